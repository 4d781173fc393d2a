"""The point at which a function is checked: which entries vary, and how to move them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import models
from ..recording.point import Entry, Point, double, is_integer
from .noise import values


class CheckedPoint(Point):
    """A point of which some leaves vary, the `free` ones; the others are settings of layers.

    >>> point = CheckedPoint((2.0, {"W": np.ones((1, 2)), "name": "layer"}))
    >>> point.moved(Entry(1, (0, 1), 1.0), 0.5)
    (2.0, {'W': array([[1. , 1.5]]), 'name': 'layer'})
    """

    def __init__(self, xs: Sequence[Any]):
        super().__init__(xs)
        #: The leaves in double precision, for a layer computes in the narrower type of its arrays.
        self._wide = {
            k: self.wide(k)
            for k, (a, x) in enumerate(zip(self.arrays, self.leaves, strict=True))
            if isinstance(x, np.ndarray) and a.dtype == x.dtype and a.dtype.char in "efF"
        }
        self.free = _free(self.xs, self.leaves, self.paths)

    @property
    def size(self) -> int:
        """The number of real coordinates that vary."""
        free = [self.arrays[k] for k in self.free]
        return sum(a.size * (2 if a.dtype.kind == "c" else 1) for a in free)

    def entries(self) -> Iterator[Entry]:
        """The coordinates that vary."""
        for k in self.free:
            for index in np.ndindex(self.arrays[k].shape):
                yield from self.entries_at(k, index)

    def sample(self, count: int, rng: np.random.Generator) -> list[Entry]:
        """All entries if there are at most `count`, else so many, some of them in every leaf."""
        if self.size <= count:
            return list(self.entries())
        chosen: list[Entry] = []
        for k in self.free:
            array = self.arrays[k]
            share = max(1, count // len(self.free) // (2 if array.dtype.kind == "c" else 1))
            for flat in np.sort(rng.permutation(array.size)[:share]):
                chosen += self.entries_at(k, tuple(map(int, np.unravel_index(flat, array.shape))))
        return chosen

    def scale(self, entry: Entry) -> float:
        return max(1.0, float(np.abs(self.arrays[entry.leaf][entry.index])))

    def least(self, entry: Entry) -> float:
        """The smallest step of finite differences at this entry: some of its units in the last place."""
        x = self.arrays[entry.leaf][entry.index]
        x = float(np.imag(x) if entry.direction == 1j else np.real(x))
        return 32 * float(np.spacing(abs(x))) if np.isfinite(x) and x else 0.0

    def rebuilt(
        self, stand_in: Callable[[Any], Any], wide: bool, jitter: Sequence[np.ndarray] | None = None
    ) -> tuple[Any, ...]:
        """The arguments with stand-ins for the leaves that vary, in double precision if `wide`."""
        arrays = [double(a) if wide else a for a in self.arrays]
        if jitter is not None:
            arrays = [a + t for a, t in zip(arrays, jitter, strict=True)]
        leaves = [
            stand_in(np.asarray(a)) if isinstance(x, np.ndarray) else stand_in(a.item())
            for a, x in zip(arrays, self.leaves, strict=True)
        ]
        kept = [
            new if k in self.free else old
            for k, (old, new) in enumerate(zip(self.leaves, leaves, strict=True))
        ]
        return self.put_together(kept)

    def whole_numbers(self) -> list[int]:
        """The leaves that are integers: they may count or stand for positions, and need not vary."""
        return [k for k in self.free if is_integer(self.leaves[k])]

    def moved(self, entry: Entry, step: float) -> tuple[Any, ...]:
        """The arguments with one entry moved by `step`, all in double precision."""
        array = self.wide(entry.leaf)
        array[entry.index] += step * entry.direction
        return self.with_leaves({**self._wide, entry.leaf: array})

    def displaced(self, *terms: tuple[Sequence[np.ndarray], float]) -> tuple[Any, ...]:
        """The arguments moved by each (tangents, step), with a tangent for each leaf, in double precision."""
        moved = {k: self.wide(k) for k in self.free}
        for tangents, step in terms:
            for k in self.free:
                moved[k] = moved[k] + step * tangents[k]
        return self.with_leaves({**self._wide, **moved})

    def rounded(self, rng: np.random.Generator) -> tuple[Any, ...]:
        """The arguments changed as by one more rounding of every entry."""
        return self.with_leaves(
            {
                k: (a * (1 + np.finfo(a.dtype).eps * rng.choice([-1.0, 1.0], a.shape))).astype(a.dtype)
                for k, a in enumerate(self.arrays)
                if k in self.free
            }
        )

    def flatten(self, gradient: Any) -> list[Any]:
        """The entry of a structural gradient for each leaf; None where there is none."""
        parts: list[Any] = [None] * len(self.leaves)
        for k, part, _ in self.template.match(tuple(gradient), ""):
            parts[k] = np.asarray(values(part))
        return parts


def _free(xs: tuple[Any, ...], leaves: list[Any], paths: list[str]) -> list[int]:
    """The leaves that are moved: of a layer only its parameters, of other arguments all."""
    layers = {f"[{i}]": x for i, x in enumerate(xs) if models.is_layer(x)}
    trained = {id(a) for layer in layers.values() for a in models.trainables(layer)}
    return [
        k
        for k, (leaf, path) in enumerate(zip(leaves, paths, strict=True))
        if id(leaf) in trained or path[: path.find("]") + 1] not in layers
    ]
