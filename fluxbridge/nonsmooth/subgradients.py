"""Subgradients: the gradients that a function has beside a point where it has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..recording.shorten import short
from .hull import corners, distance_to_hull, nearest_to_origin
from .nearness import TOLERANCE
from .pieces import Piece
from .points import Point
from .products import free_products
from .search import Search, TooManyKinksError


class Subgradients:
    """The limits of nearby gradients at a point, and their convex hull, Clarke's subdifferential.

    `limits` are all of them, each as `gradient` would return it (a tuple, one entry an argument), and
    `vertices` those that are corners of their convex hull. `exact` says that the list is complete and
    every entry a limit of gradients at real points; otherwise `notes` says why not. `outer` is True for
    the free product of all choices (``consistent=False``), which contains the subdifferential but may
    contain more; `real` then says for every entry of `limits` whether it is a limit of gradients.
    """

    def __init__(
        self,
        point: Point,
        vectors: np.ndarray,
        touched: Sequence[bool],
        exact: bool,
        notes: list[str],
        outer: bool = False,
        real: Sequence[bool] | None = None,
        ways: Sequence[np.ndarray | None] = (),
    ):
        order = sorted(range(len(vectors)), key=lambda k: tuple(np.round(vectors[k], 9)))
        self.point = point
        self.vectors = np.array([vectors[k] for k in order]).reshape(-1, point.size) + 0.0
        self.touched = touched
        self.exact = exact
        self.notes = notes
        self.outer = outer
        self._ways = [ways[k] if k < len(ways) else None for k in order]
        self.real = [True] * len(order) if real is None else [real[k] for k in order]
        finite = np.all(np.isfinite(self.vectors), axis=1)
        inside = np.nonzero(finite)[0]
        self._corners = [int(inside[k]) for k in corners(self.vectors[inside])] if len(inside) else []
        self._corners += [int(k) for k in np.nonzero(~finite)[0]]

    def _shaped(self, k: int) -> tuple[Any, ...]:
        return self.point.gradient(self.vectors[k], self.touched)

    @property
    def limits(self) -> list[tuple[Any, ...]]:
        return [self._shaped(k) for k in range(len(self.vectors))]

    @property
    def vertices(self) -> list[tuple[Any, ...]]:
        return [self._shaped(k) for k in sorted(self._corners)]

    @property
    def directions(self) -> list[tuple[Any, ...] | None]:
        """For every entry of `limits` a direction in which it is the gradient, right beside the point."""
        every = [True] * len(self.point.leaves)
        return [None if way is None else self.point.gradient(way, every) for way in self._ways]

    @property
    def interval(self) -> tuple[float, float]:
        """The smallest and the largest subgradient of a function of one number."""
        if self.point.size != 1:
            raise ValueError(
                f"an interval is for a function of one real number, and this one has {self.point.size}; "
                "see .vertices"
            )
        return float(np.min(self.vectors)), float(np.max(self.vectors))

    @property
    def smooth(self) -> bool:
        """Is there one gradient only?"""
        return len(self.vectors) == 1

    def contains(self, g: Any, tol: float = 1e-6) -> bool:
        """Is `g`, of the structure of a gradient, in the convex hull of the vertices?"""
        return self.distance(g) <= tol * max(1.0, float(np.max(np.abs(self._vector(g)), initial=0.0)))

    def distance(self, g: Any) -> float:
        """How far `g` is from the convex hull of the vertices."""
        finite = self.vectors[np.all(np.isfinite(self.vectors), axis=1)]
        if not len(finite):
            return float("inf")
        return distance_to_hull(self._vector(g), finite)

    def _vector(self, g: Any) -> np.ndarray:
        return self.point.vector(g if isinstance(g, tuple) and len(self.point.xs) > 1 else _one(g), "vector")

    def __len__(self) -> int:
        return len(self._corners)

    def __repr__(self) -> str:
        kind = "outer bound" if self.outer else "subgradients"
        what = kind if self.exact or self.outer else f"{kind}, not all exact"
        if self.smooth:
            body = f"only {_text(self.limits[0])}"
        elif self.point.size == 1:
            low, high = self.interval
            body = f"[{low:g}, {high:g}]"
        else:
            shown = [_text(v) for v in self.vertices[:8]]
            more = f", … ({len(self)} in all)" if len(self) > 8 else ""
            body = f"hull of {', '.join(shown)}{more}"
        return "\n".join([f"<{what}: {body}>", *(f"  note: {note}" for note in self.notes)])


def _one(g: Any) -> tuple[Any, ...]:
    return g if isinstance(g, tuple) and len(g) == 1 else (g,)


def _text(gradient: tuple[Any, ...]) -> str:
    shown = gradient if len(gradient) > 1 else gradient[0]
    if isinstance(shown, np.ndarray):
        return np.array2string(shown, precision=4) if shown.size <= 12 else short(shown)
    return str(shown)


def subgradients(
    f: Callable[..., Any],
    *xs: Any,
    tol: float = TOLERANCE,
    max_vertices: int = 256,
    consistent: bool = True,
    seed: int = 0,
) -> Subgradients:
    """The gradients that `f` has right beside `xs`, where the point itself may have none.

    Every kink offers a choice of one-sided derivatives, but not every combination of choices occurs:
    each gradient listed is the limit of gradients at real points, and found with a direction that leads
    there (`directions`). Their convex hull is Clarke's subdifferential; for a convex function it is the
    set of subgradients. With ``consistent=False`` all combinations are tried, as the chain rule for
    subdifferentials allows: an outer bound, of which `real` says what is a limit.

    `tol` says when two values count as equal: if an error of that relative size in each of the numbers they
    are made of could have moved them apart. The list is called exact only if all that count as equal are
    equal, as they must be with ``tol=0``. Raises
    :class:`TooManyKinksError` when there are more than `max_vertices` gradients.

    >>> import numpy as np
    >>> subgradients(abs, 0.0)
    <subgradients: [-1, 1]>
    >>> subgradients(lambda x: abs(x) + np.maximum(x, 0), 0.0).vertices
    [(-1.0,), (2.0,)]
    >>> trap = lambda x: np.maximum(x, 0) - np.maximum(x, 0)
    >>> subgradients(trap, 0.0)
    <subgradients: only 0.0>
    >>> bound = subgradients(trap, 0.0, consistent=False)
    >>> bound.limits, bound.real
    ([(-1.0,), (0.0,), (1.0,)], [False, True, False])
    >>> subgradients(np.max, np.array([2.0, 2.0, 1.0])).vertices
    [(array([0., 1., 0.]),), (array([1., 0., 0.]),)]

    F. H. Clarke, Optimization and Nonsmooth Analysis (1983), theorem 2.5.1; K. A. Khan and P. I. Barton,
    ACM Trans. Math. Softw. 39 (2013), on directions that lead to limits.
    """
    point = Point(xs)
    search = Search(f, point, tol, max_vertices, seed, None)
    vectors = np.array([p.gradient for p in search.pieces]).reshape(-1, point.size)
    touched = [any(flags) for flags in zip(*[p.touched for p in search.pieces], strict=True)]
    if consistent:
        ways = [p.direction for p in search.pieces]
        return Subgradients(point, vectors, touched, search.exact, search.notes, ways=ways)
    products, notes = free_products(f, point, tol, max_vertices)
    real = [any(search.same(v, g) for v in vectors) for g in products]
    notes = ["all combinations of one-sided derivatives; Clarke's subdifferential may be smaller", *notes]
    missing = [v for v in vectors if not any(search.same(v, g) for g in products)]
    products = np.array([*products, *missing])
    return Subgradients(point, products, touched, all(real), notes, True, [*real, *[True] * len(missing)])


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

    `g` has the structure of ``gradient(f, *xs)``; for one argument it may also come without the tuple. `tol`
    is how far outside of the hull g may be, relative to its largest entry, or to 1.

    >>> import numpy as np
    >>> is_subgradient(0.5, abs, 0.0), is_subgradient(1.5, abs, 0.0)
    (True, False)
    >>> is_subgradient(np.array([0.3, 0.7, 0.0]), np.max, np.array([1.0, 1.0, 0.0]))
    True

    Where the vertices are too many to list, or infinitely many (a norm at zero), the nearest point of the
    hull is approached by gradients in chosen directions, which can prove that g is inside. False is said if
    the list of gradients is complete, or if f grows less in some direction than g says while it grows as all
    known gradients say (as convex functions do). Else the answer is :class:`NotKnown`, with the reason.

    >>> is_subgradient(np.array([0.6, 0.9]), lambda x: -np.linalg.norm(x), np.zeros(2))
    not known: the limits are infinitely many (the tip of a cone); these are samples of them
    """
    point = Point(xs)
    target = point.vector(g if isinstance(g, tuple) and len(xs) > 1 else _one(g), "vector")
    reached = _reached(f, point, target, tol * max(1.0, float(np.max(np.abs(target), initial=0.0))))
    if reached:
        return True
    try:
        found = subgradients(f, *xs, max_vertices=max_vertices)
    except TooManyKinksError as error:
        return False if reached is False else NotKnown(str(error))
    if found.contains(g, tol):
        return True
    return False if found.exact or reached is False else NotKnown("; ".join(found.notes))


def _reached(f: Callable[..., Any], point: Point, target: np.ndarray, tol: float) -> bool | None:
    """Does the hull of the gradients near the point come within `tol` of the target? None: cannot tell."""
    found = [Piece(f, point, np.ones(point.size)).gradient - target]
    if not np.all(np.isfinite(found)):
        return None
    rng = np.random.default_rng(0)
    for _ in range(2000):
        nearest = nearest_to_origin(np.array(found))[0]
        length = float(np.linalg.norm(nearest))
        if length <= tol:
            return True
        direction = -nearest / length + 1e-9 * rng.normal(size=point.size)
        slope = Piece(f, point, direction).gradient - target
        if not np.all(np.isfinite(slope)):
            return None
        if slope @ direction < 0:  # a direction in which f grows less than the target says
            regular = all(known @ direction <= slope @ direction + 1e-6 * (1 + length) for known in found)
            return False if regular else None
        if any(np.max(np.abs(slope - known)) <= 1e-12 for known in found):
            return True if length <= 10 * tol else None
        found.append(slope)
    return None


def directional(f: Callable[..., Any], *points_and_directions: Any, tol: float = TOLERANCE) -> float:
    """The one-sided directional derivative ``directional(f, x, v)``, the limit of (f(x + tv) - f(x))/t.

    For several arguments the directions follow after all of them: ``directional(f, x, y, v, w)``. It is
    infinite where f jumps or rises without bound in that direction, and NaN where f is not defined there.

    >>> directional(abs, 0.0, 1.0), directional(abs, 0.0, -1.0)
    (1.0, 1.0)
    >>> import numpy as np
    >>> directional(np.max, np.array([1.0, 1.0]), np.array([-1.0, -3.0]))
    -1.0
    """
    count = len(points_and_directions) // 2
    if not count or len(points_and_directions) % 2:
        raise TypeError("directional takes a function, its arguments, and as many directions")
    point = Point(points_and_directions[:count])
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


def subgradient_gap(
    g: Any, f: Callable[..., Any], *xs: Any, samples: int = 200, radius: float = 1.0, seed: int = 0
) -> float:
    """The least of ``f(y) - f(x) - g·(y - x)`` over random points y around x.

    For a convex f it is at least 0 (up to rounding) exactly if g is a subgradient; a negative number is a
    proof that g is none. Half of the points are near, half as far as `radius`.

    >>> subgradient_gap(0.5, abs, 0.0) >= 0, subgradient_gap(1.5, abs, 0.0) < 0
    (True, True)
    """
    point = Point(xs)
    slope = point.vector(g if isinstance(g, tuple) and len(xs) > 1 else _one(g), "vector")
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
