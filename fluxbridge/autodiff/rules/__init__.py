"""The rules, one file an area. Importing this package registers them all."""

from .. import written  # noqa: F401
from ..operators import define_arithmetic
from . import (  # noqa: F401
    arithmetic,
    choosing,
    constant,
    cumulative,
    filling,
    foreign,
    indexing,
    joining,
    linalg,
    padding,
    polynomials,
    reductions,
    rounding,
    shaping,
    slices,
    smooth,
    sorting,
    statistics,
    transcendental,
)

define_arithmetic()
