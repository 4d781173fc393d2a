"""The point at which kinks are looked for, and how far from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import StructureError
from ..recording.point import Point

STEP = 1e-6  #: how far away the choices are looked up


def point_of(xs: Sequence[Any]) -> Point:
    """The arguments of a function as a point; raises StructureError if it has no coordinates."""
    point = Point(xs)
    if not point.size:
        raise StructureError("there is nothing to differentiate by: all arrays in the arguments are empty")
    return point


def step_at(point: Point) -> float:
    """How far away the choices are looked up: :data:`STEP`, or more where the entries are large."""
    largest = max(float(np.max(np.abs(point.wide(k)), initial=0.0)) for k in range(len(point.leaves)))
    return max(STEP, 1e-12 * largest if math.isfinite(largest) else 0.0)
