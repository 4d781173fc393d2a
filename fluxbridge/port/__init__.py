"""From a Flux tutorial in Julia to Python: a parser, kinds, and Python that a Python person would have written."""

from .syntax import JuliaSyntaxError
from .translate import Translation, translate, translate_cells

__all__ = ["JuliaSyntaxError", "Translation", "translate", "translate_cells"]
