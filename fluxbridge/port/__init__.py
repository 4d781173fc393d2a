"""From a Flux tutorial in Julia to Python: a parser, kinds, and Python that a Python person would have
written."""

from .command import port
from .report import CellReport, Report
from .syntax import JuliaSyntaxError
from .translate import Translation, translate, translate_cells

__all__ = ["CellReport", "JuliaSyntaxError", "Report", "Translation", "port", "translate", "translate_cells"]
