"""One-sided directional derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calling import checked
from ..errors import ArgumentError
from .nearness import TOLERANCE
from .pieces import Piece
from .points import point_of


def directional(f: Callable[..., Any], *points_and_directions: Any, tol: float = TOLERANCE) -> float:
    """The one-sided directional derivative ``directional(f, x, v)``, the limit of (f(x + tv) - f(x))/t.

    For several arguments the directions follow after all of them: ``directional(f, x, y, v, w)``. It is
    infinite where f jumps or rises without bound in that direction, and NaN where f is not defined there.

    Raises ArgumentError if there are not as many directions as arguments, StructureError if a direction has
    another shape than its argument, NotScalarError if f does not return one real number.

    >>> directional(abs, 0.0, 1.0), directional(abs, 0.0, -1.0)
    (1.0, 1.0)
    >>> import numpy as np
    >>> directional(np.max, np.array([1.0, 1.0]), np.array([-1.0, -3.0]))
    -1.0
    """
    count = len(points_and_directions) // 2
    checked("directional", f, points_and_directions)
    if not count or len(points_and_directions) % 2:
        raise ArgumentError(
            f"directional(f, x, v) takes as many directions as arguments of f, after all of them; "
            f"{len(points_and_directions)} were given together"
        )
    point = point_of(points_and_directions[:count])
    vector = point.vector(points_and_directions[count:], "direction")
    size = float(np.linalg.norm(vector))
    if size == 0:
        return 0.0
    piece = Piece(f, point, vector / size, tol)
    if piece.outside:
        return float("nan")
    base = point.value(f)
    if abs(piece.value - base) > 1e-7 * max(1.0, abs(base)):
        return float(np.sign(piece.value - base) * np.inf)
    along = piece.gradient[vector != 0] * vector[vector != 0]
    return float(np.sum(along))
