"""The rules, one file an area. Importing this package registers them all."""

from ..operators import define_arithmetic
from . import (  # noqa: F401
    arithmetic,
    choosing,
    constant,
    cumulative,
    filling,
    indexing,
    joining,
    linalg,
    padding,
    polynomials,
    reductions,
    rounding,
    shaping,
    slices,
    sorting,
    statistics,
    transcendental,
)
from . import shown  # noqa: F401, E402, I001  (last: it looks the others' primitives up)

define_arithmetic()
