"""Is a vector a subgradient? By the list of all limits, by approaching the hull, by the inequality."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calling import checked
from ..recording.point import Point
from .hull import nearest_to_origin
from .pieces import Piece
from .points import point_of
from .search import TooManyKinksError
from .subgradients import subgradients, vector_of


class NotKnown:
    """What :func:`is_subgradient` says if it can neither prove nor disprove: `why`. It counts as False."""

    def __init__(self, why: str):
        self.why = why

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"not known: {self.why}"


def is_subgradient(
    g: Any, f: Callable[..., Any], *xs: Any, tol: float = 1e-6, max_vertices: int = 256
) -> bool | NotKnown:
    """Is `g` in Clarke's subdifferential of `f` at `xs` (for convex f: a subgradient)?

    `g` has the structure of ``gradient(f, *xs)``; for one argument it may also come without the tuple.
    `tol` is how far outside of the hull g may be, relative to its largest entry, or to 1. Raises
    StructureError if a part of g has another shape than its argument, NotScalarError if f does not return
    one real number.

    >>> import numpy as np
    >>> is_subgradient(0.5, abs, 0.0), is_subgradient(1.5, abs, 0.0)
    (True, False)
    >>> is_subgradient(np.array([0.3, 0.7, 0.0]), np.max, np.array([1.0, 1.0, 0.0]))
    True

    Where the vertices are too many to list, or infinitely many (a norm at zero), the nearest point of the
    hull is approached by gradients in chosen directions, which can prove that g is inside. False is said if
    the list of gradients is complete, or if f grows less in some direction than g says while it grows as all
    known gradients say (as convex functions do). Else the answer is ``NotKnown``, with the reason.

    >>> is_subgradient(np.array([0.6, 0.9]), lambda x: -np.linalg.norm(x), np.zeros(2))
    not known: the limits are infinitely many (the tip of a cone); these are samples of them
    """
    checked("is_subgradient", f, xs)
    point = point_of(xs)
    target = vector_of(g, point)
    reached = _reached(f, point, target, tol * max(1.0, float(np.max(np.abs(target), initial=0.0))))
    if reached:
        return True
    try:
        known = subgradients(f, *xs, max_vertices=max_vertices)
    except TooManyKinksError as error:
        return False if reached is False else NotKnown(str(error))
    if known.contains(g, tol):
        return True
    return False if known.exact or reached is False else NotKnown("; ".join(known.notes))


def _reached(f: Callable[..., Any], point: Point, target: np.ndarray, tol: float) -> bool | None:
    """Does the hull of the gradients near the point come within `tol` of the target? None: cannot tell."""
    slopes = [Piece(f, point, np.ones(point.size)).gradient - target]
    if not np.all(np.isfinite(slopes)):
        return None
    rng = np.random.default_rng(0)
    for _ in range(2000):
        nearest = nearest_to_origin(np.array(slopes))[0]
        length = float(np.linalg.norm(nearest))
        if length <= tol:
            return True
        direction = -nearest / length + 1e-9 * rng.normal(size=point.size)
        slope = Piece(f, point, direction).gradient - target
        if not np.all(np.isfinite(slope)):
            return None
        if slope @ direction < 0:  # a direction in which f grows less than the target says
            regular = all(known @ direction <= slope @ direction + 1e-6 * (1 + length) for known in slopes)
            return False if regular else None
        if any(np.max(np.abs(slope - known)) <= 1e-12 for known in slopes):
            return True if length <= 10 * tol else None
        slopes.append(slope)
    return None


def subgradient_gap(
    g: Any, f: Callable[..., Any], *xs: Any, samples: int = 200, radius: float = 1.0, seed: int = 0
) -> float:
    """The least of ``f(y) - f(x) - g·(y - x)`` over random points y around x.

    For a convex f it is at least 0 (up to rounding) exactly if g is a subgradient; a negative number is a
    proof that g is none. Half of the points are near, half as far as `radius`.

    >>> subgradient_gap(0.5, abs, 0.0) >= 0, subgradient_gap(1.5, abs, 0.0) < 0
    (True, True)
    """
    point = point_of(xs)
    slope = vector_of(g, point)
    rng = np.random.default_rng(seed)
    base = point.value(f)
    worst = np.inf
    for k in range(samples):
        step = rng.normal(size=point.size)
        step *= radius * (rng.uniform() if k % 2 else 10.0 ** -rng.uniform(0, 4)) / np.linalg.norm(step)
        value = point.value(f, step)
        if np.isfinite(value):
            worst = min(worst, value - base - float(slope @ step))
    return worst
