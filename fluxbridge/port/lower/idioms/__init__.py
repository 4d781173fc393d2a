"""Functions of Julia that a Python person writes otherwise, where the kinds allow it.

Each idiom takes the translator, positional and keyword arguments, and gives code and kind, or ``None`` for
the helper.
"""

from . import containers, linear, making, numbers, printing, reductions, sizes, vectors, words
from .registry import IDIOMS

__all__ = [
    "IDIOMS",
    "containers",
    "linear",
    "making",
    "numbers",
    "printing",
    "reductions",
    "sizes",
    "vectors",
    "words",
]
