"""The arguments of a function as a point of a real vector space, for those who move it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.families import family_of
from ..autodiff.native import check_scalar
from ..autodiff.structure import put_together, take_apart
from ..autodiff.template import Leaf
from ..errors import StructureError


class Entry(NamedTuple):
    """One real coordinate of a point: an element of a leaf, in the direction 1 or, if complex, 1j."""

    leaf: int
    index: tuple[int, ...]  # type: ignore[assignment]
    direction: complex


class Point:
    """The arguments `xs` of a function as leaves (numbers and arrays), and as one vector of real numbers.

    `leaves` are the numbers and arrays as they stand in the arguments, at `paths`; `arrays` has them as
    arrays of floating-point numbers, in their own precision. A tangent is a list of arrays, one for each
    leaf; a vector has the entries of all leaves, of a complex number the real and the imaginary part.

    Raises StructureError if there is no number and no array among the arguments.

    >>> point = Point((2.0, {"W": np.ones((1, 2)), "name": "layer"}))
    >>> point.paths, point.size
    (['[0]', "[1]['W']"], 3)
    >>> point.at(np.array([0.0, 0.0, 0.5]))
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
        for path, x in zip(self.paths, self.leaves, strict=True):
            family = family_of(x)
            if family is not None:
                plainly = "fluxbridge.compute(x)" if family.lazy else "fluxbridge.flux.cpu(x)"
                raise StructureError(
                    f"the argument at {path} is an array of {family.name}, whose elements would be looked at "
                    f"one by one: make a small one of NumPy's of it, with {plainly}"
                )
        self.arrays = [_floating(x) for x in self.leaves]
        children = zip(self.xs, self.template.children.values(), strict=True)
        #: For each argument None if it has no leaf, the number of the leaf that it is, or -1 for a structure.
        self._places = [None if child is None else _place(child, x, self.leaves) for x, child in children]
        self._is_flat = -1 not in self._places

    # -- entries -----------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """The number of real coordinates."""
        return sum(map(_coordinates, self.arrays))

    def entries_at(self, k: int, index: tuple[int, ...]) -> Iterator[Entry]:
        """The entries of one element of leaf k: two if it is complex."""
        yield Entry(k, index, 1.0)
        if self.arrays[k].dtype.kind == "c":
            yield Entry(k, index, 1j)

    def name(self, entry: Entry) -> str:
        """How a user finds an entry: ``[1].layers[0].weight[2, 3]``."""
        position = f"[{', '.join(map(str, entry.index))}]" if entry.index else ""
        part = " (imaginary part)" if entry.direction == 1j else ""
        return self.paths[entry.leaf] + position + part

    def unit(self, *entries: tuple[Entry, float]) -> list[np.ndarray]:
        """The tangent that has these values at these entries, and zeros elsewhere."""
        tangents = [np.zeros(a.shape, complex if a.dtype.kind == "c" else float) for a in self.arrays]
        for entry, value in entries:
            tangents[entry.leaf][entry.index] += value * entry.direction
        return tangents

    # -- vectors -----------------------------------------------------------------------------------

    def split(self, vector: np.ndarray) -> list[np.ndarray]:
        """The tangent with the entries of a vector."""
        tangents, start = [], 0
        for a in self.arrays:
            part = np.array(vector[start : start + _coordinates(a)], float)
            start += part.size
            tangents.append((part.view(np.complex128) if a.dtype.kind == "c" else part).reshape(a.shape))
        return tangents

    def join(self, tangents: Sequence[Any]) -> np.ndarray:
        """The vector with the entries of a tangent, or of cotangents; None counts as zeros."""
        joined = []
        for part, a in zip(tangents, self.arrays, strict=True):
            kind = np.complex128 if a.dtype.kind == "c" else np.float64
            whole = np.broadcast_to(np.asarray(0.0 if part is None else part, kind), a.shape)
            joined.append(np.ascontiguousarray(whole).reshape(-1).view(np.float64))
        return np.concatenate(joined)

    def vector(self, structure: Sequence[Any], what: str) -> np.ndarray:
        """The vector of something that has the structure of the arguments (None counts as zeros).

        Raises StructureError, which calls it `what`, if a part of it has not the shape of the argument.
        """
        parts: list[Any] = [None] * len(self.leaves)
        for k, value, path in self.template.match(tuple(structure), ""):
            if np.shape(value) != self.arrays[k].shape:
                raise StructureError(
                    f"the {what} at {path} has shape {np.shape(value)}, but the argument has shape "
                    f"{self.arrays[k].shape}"
                )
            parts[k] = value
        return self.join(parts)

    def gradient(self, vector: np.ndarray, touched: Sequence[bool]) -> tuple[Any, ...]:
        """The vector as `gradient` would return it; None for a leaf that was not `touched`."""
        parts: list[Any] = [None] * len(self.leaves)
        for k, (x, part) in enumerate(zip(self.leaves, self.split(vector), strict=True)):
            if touched[k]:
                parts[k] = part.item() if not isinstance(x, np.ndarray) else part.astype(_kind(x), copy=False)
        filled = self.template.fill(parts)
        return filled if filled is not None else (None,) * len(self.xs)

    # -- other points --------------------------------------------------------------------------------

    def with_leaves(self, arrays: dict[int, Any]) -> tuple[Any, ...]:
        """The arguments with other values for some leaves, by their numbers."""
        leaves = [
            x if k not in arrays else np.asarray(arrays[k]) if isinstance(x, np.ndarray) else arrays[k].item()
            for k, x in enumerate(self.leaves)
        ]
        return self.put_together(leaves)

    def put_together(self, leaves: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments with other leaves."""
        if self._is_flat:
            return tuple([x if k is None else leaves[k] for x, k in zip(self.xs, self._places, strict=True)])
        return put_together(self.xs, leaves)

    def wide(self, k: int) -> np.ndarray:
        """A copy of leaf k in double precision."""
        return double(self.arrays[k])

    def at(self, shift: np.ndarray | None = None) -> tuple[Any, ...]:
        """The arguments moved by a vector, in double precision; integers that do not move stay integers."""
        moved = {k: self.wide(k) for k, x in enumerate(self.leaves) if not is_integer(x)}
        for k, tangent in enumerate(self.split(shift)) if shift is not None else ():
            if np.any(tangent):
                moved[k] = self.wide(k) + tangent
        return self.with_leaves(moved)

    def moves(self, shift: np.ndarray) -> bool:
        """Is `shift` large enough to change every entry in which it is not zero?"""
        pairs = [(self.wide(k), tangent) for k, tangent in enumerate(self.split(shift))]
        return all(np.all((a + t != a) | (t == 0)) for a, t in pairs)

    def value(self, f: Callable[..., Any], shift: np.ndarray | None = None) -> float:
        """The value of f there, a real number or NaN; raises NotScalarError if it is no real number."""
        with np.errstate(all="ignore"):
            y = f(*self.at(shift))
        check_scalar(y)
        return float(y)


def _place(child: Any, x: Any, leaves: Sequence[Any]) -> int:
    """The number of the leaf that the argument `x` is; -1 if it is a structure."""
    return child.index if isinstance(child, Leaf) and leaves[child.index] is x else -1


def is_integer(x: Any) -> bool:
    """Is this a leaf of integers? They may be indices, or have bits."""
    return isinstance(x, (int, np.integer)) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu")


def double(x: np.ndarray) -> np.ndarray:
    """A copy in double precision."""
    return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)


def _floating(x: Any) -> np.ndarray:
    array = np.array(x)  # numbers like Fraction become objects
    return array if array.dtype.kind in "fc" else array.astype(float)


def _coordinates(a: np.ndarray) -> int:
    return a.size * (2 if a.dtype.kind == "c" else 1)


def _kind(x: np.ndarray) -> Any:
    """The dtype of a gradient by an array."""
    return x.dtype if x.dtype.kind in "fc" else np.float64
