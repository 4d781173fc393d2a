"""The rules, one file an area. Importing this package registers them all."""

from ..tape import define_arithmetic
from . import (  # noqa: F401
    arithmetic,
    choosing,
    constant,
    filling,
    indexing,
    joining,
    linalg,
    padding,
    reductions,
    shaping,
)

define_arithmetic()
