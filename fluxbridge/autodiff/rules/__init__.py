"""The rules, one file an area. Importing this package registers them all."""

from ..tape import define_arithmetic
from . import arithmetic, constant, indexing, reductions, shaping, linalg  # noqa: F401

define_arithmetic()
