"""Subgradients: the gradients that a function has right beside a point where it has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calling import checked
from ..recording.point import Point
from ..recording.shorten import short
from .hull import corners, distance_to_hull
from .nearness import TOLERANCE
from .points import point_of
from .products import free_products
from .search import Search


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
        largest = float(np.max(np.abs(vector_of(g, self.point)), initial=0.0))
        return self.distance(g) <= tol * max(1.0, largest)

    def distance(self, g: Any) -> float:
        """How far `g` is from the convex hull of the vertices."""
        finite = self.vectors[np.all(np.isfinite(self.vectors), axis=1)]
        if not len(finite):
            return float("inf")
        return distance_to_hull(vector_of(g, self.point), finite)

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


def vector_of(g: Any, point: Point) -> np.ndarray:
    """The vector of a gradient at a point; for one argument `g` may come without the tuple."""
    is_tuple = isinstance(g, tuple) and (len(point.xs) > 1 or len(g) == 1)
    return point.vector(g if is_tuple else (g,), "vector")


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
    ``TooManyKinksError`` when there are more than `max_vertices` gradients.

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
    checked("subgradients", f, xs)
    point = point_of(xs)
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
