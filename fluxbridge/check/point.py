"""The point at which a function is checked: its leaves, their entries, and how to move one of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.structure import put_together, take_apart
from ..errors import StructureError
from .noise import values


class Entry(NamedTuple):
    """One real coordinate of the point: an element of a leaf, in the direction 1 or, if complex, 1j."""

    leaf: int
    index: tuple[int, ...]  # type: ignore[assignment]
    direction: complex


class Point:
    """The arguments `xs` of a function, seen as a list of leaves: numbers and arrays with a path each.

    >>> import numpy as np
    >>> point = Point((2.0, {"W": np.ones((1, 2)), "name": "layer"}))
    >>> point.paths, point.size
    (['[0]', "[1]['W']"], 3)
    >>> point.moved(Entry(1, (0, 1), 1.0), 0.5)
    (2.0, {'W': array([[1. , 1.5]]), 'name': 'layer'})
    """

    def __init__(self, xs: Sequence[Any]):
        self.xs = tuple(xs)
        self.leaves, self.template = take_apart(self.xs)
        if self.template is None:
            raise StructureError(
                "there is nothing to differentiate by: none of the arguments holds a number or an array"
            )
        self.paths: list[str] = [""] * len(self.leaves)
        for k, path in self.template.paths(""):
            self.paths[k] = path
        self.arrays = [_floating(x) for x in self.leaves]
        #: The other leaves in double precision, for a layer computes in the narrower type of its arrays.
        self._wide = {
            k: _double(a)
            for k, (a, x) in enumerate(zip(self.arrays, self.leaves, strict=True))
            if isinstance(x, np.ndarray) and a.dtype == x.dtype and a.dtype.char in "efF"
        }
        self.free = _free(self.xs, self.leaves, self.paths)  #: leaves that are moved; the others are settings

    @property
    def size(self) -> int:
        """The number of real coordinates."""
        free = [self.arrays[k] for k in self.free]
        return sum(a.size * (2 if a.dtype.kind == "c" else 1) for a in free)

    def entries(self) -> Iterator[Entry]:
        for k in self.free:
            for index in np.ndindex(self.arrays[k].shape):
                yield from self._coordinates(k, index)

    def _coordinates(self, k: int, index: tuple[int, ...]) -> Iterator[Entry]:
        yield Entry(k, index, 1.0)
        if self.arrays[k].dtype.kind == "c":
            yield Entry(k, index, 1j)

    def sample(self, count: int, rng: np.random.Generator) -> list[Entry]:
        """All entries if there are at most `count`, else so many, some of them in every leaf."""
        if self.size <= count:
            return list(self.entries())
        chosen: list[Entry] = []
        for k in self.free:
            array = self.arrays[k]
            share = max(1, count // len(self.free) // (2 if array.dtype.kind == "c" else 1))
            for flat in np.sort(rng.permutation(array.size)[:share]):
                chosen += self._coordinates(k, tuple(map(int, np.unravel_index(flat, array.shape))))
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
        arrays = [_double(a) if wide else a for a in self.arrays]
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
        return put_together(self.xs, kept)

    def whole_numbers(self) -> list[int]:
        """The leaves that are integers: they may count or stand for positions, and need not vary."""
        return [k for k in self.free if np.asarray(self.leaves[k]).dtype.kind in "iu"]

    def moved(self, entry: Entry, step: float) -> tuple[Any, ...]:
        """The arguments with one entry moved by `step`, all in double precision."""
        array = _double(self.arrays[entry.leaf])
        array[entry.index] += step * entry.direction
        return self.with_leaves({**self._wide, entry.leaf: array})

    def displaced(self, *terms: tuple[Sequence[np.ndarray], float]) -> tuple[Any, ...]:
        """The arguments moved by each (tangents, step), with a tangent for each leaf, in double precision."""
        moved = {k: _double(self.arrays[k]) for k in self.free}
        for tangents, step in terms:
            for k in self.free:
                moved[k] = moved[k] + step * tangents[k]
        return self.with_leaves({**self._wide, **moved})

    def unit(self, *entries: tuple[Entry, float]) -> list[np.ndarray]:
        """The tangent that has these values at these entries, and zeros elsewhere."""
        tangents = [np.zeros(a.shape, complex if a.dtype.kind == "c" else float) for a in self.arrays]
        for entry, value in entries:
            tangents[entry.leaf][entry.index] += value * entry.direction
        return tangents

    def with_leaves(self, arrays: dict[int, Any]) -> tuple[Any, ...]:
        leaves = [
            x if k not in arrays else np.asarray(arrays[k]) if isinstance(x, np.ndarray) else arrays[k].item()
            for k, x in enumerate(self.leaves)
        ]
        return put_together(self.xs, leaves)

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
        found: list[Any] = [None] * len(self.leaves)
        for k, part, _ in self.template.match(tuple(gradient), ""):
            found[k] = np.asarray(values(part))
        return found

    def name(self, entry: Entry) -> str:
        """How a user finds an entry: ``[1].layers[0].weight[2, 3]``."""
        position = f"[{', '.join(map(str, entry.index))}]" if entry.index else ""
        part = " (imaginary part)" if entry.direction == 1j else ""
        return self.paths[entry.leaf] + position + part


def _free(xs: tuple[Any, ...], leaves: list[Any], paths: list[str]) -> list[int]:
    """The leaves that are no settings: of a model of fluxbridge.flux only what is trained."""
    flux = sys.modules.get("fluxbridge.flux")
    models = {f"[{i}]": x for i, x in enumerate(xs) if flux and flux.exchange.is_layer(x)}
    trained = {id(a) for model in models.values() for a in flux.trainables(model)} if flux else set()
    return [
        k
        for k, (leaf, path) in enumerate(zip(leaves, paths, strict=True))
        if id(leaf) in trained or path[: path.find("]") + 1] not in models
    ]


def _floating(x: Any) -> np.ndarray:
    array = np.array(x)
    if array.dtype.kind == "O":  # Fraction and its like
        return array.astype(float)
    return array if array.dtype.kind in "fc" else array.astype(float)


def _double(x: np.ndarray) -> np.ndarray:
    return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
