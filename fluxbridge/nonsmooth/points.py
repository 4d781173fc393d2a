"""The arguments of a function as one vector of real numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.native import check_scalar
from ..autodiff.structure import put_together, take_apart
from ..errors import StructureError

STEP = 1e-6  #: how far away the choices are looked up


class Point:
    """The arguments of a function as one vector of real numbers."""

    def __init__(self, xs: Sequence[Any]):
        self.xs = tuple(xs)
        self.originals, self.template = take_apart(self.xs)
        if self.template is None:
            raise StructureError("there is no number and no array among the arguments, so nothing can vary")
        if not any(np.size(x) for x in self.originals):
            raise StructureError("all arrays among the arguments are empty, so nothing can vary")
        self.leaves = [_precise(x) for x in self.originals]
        #: Integers stay what they are as long as nothing moves them: they index, and have bits.
        self.unmoved = [x if _is_integer(x) else y for x, y in zip(self.originals, self.leaves, strict=True)]
        self.sizes = [np.size(x) * (2 if np.iscomplexobj(x) else 1) for x in self.leaves]
        self.size = sum(self.sizes)
        largest = max((float(np.max(np.abs(x), initial=0.0)) for x in self.leaves), default=0.0)
        self.step = max(STEP, 1e-12 * largest if math.isfinite(largest) else 0.0)

    def at(self, shift: np.ndarray | None = None) -> tuple[Any, ...]:
        """The arguments, moved by `shift`, all in double precision."""
        if shift is None:
            return put_together(self.xs, self.unmoved)
        steps = zip(self.unmoved, self.leaves, self.cut(shift), strict=True)
        moved = [b + c if np.any(c) else a for a, b, c in steps]
        return put_together(self.xs, moved)

    def moves(self, shift: np.ndarray) -> bool:
        """Is `shift` large enough to change the arguments in every direction that it has?"""
        pairs = zip(self.leaves, self.cut(shift), strict=True)
        return all(np.all((a + b != a) | (np.asarray(b) == 0)) for a, b in pairs)

    def value(self, f: Callable[..., Any], shift: np.ndarray | None = None) -> float:
        """What f gives there, a real number (or NaN)."""
        with np.errstate(all="ignore"):
            y = f(*self.at(shift))
        check_scalar(y)
        return float(y)

    def cut(self, vector: np.ndarray) -> list[Any]:
        """The parts of a vector in the shapes of the leaves."""
        parts, start = [], 0
        for leaf, size in zip(self.leaves, self.sizes, strict=True):
            part = np.array(vector[start : start + size], float)
            start += size
            if np.iscomplexobj(leaf):
                part = part.view(np.complex128)
            part = part.reshape(np.shape(leaf))
            parts.append(part if isinstance(leaf, np.ndarray) else part.item())
        return parts

    def join(self, parts: Sequence[Any]) -> np.ndarray:
        """The vector of cotangents (or tangents) of the leaves; None counts as zero."""
        joined = []
        for part, leaf, size in zip(parts, self.leaves, self.sizes, strict=True):
            if part is None:
                joined.append(np.zeros(size))
                continue
            kind = np.complex128 if np.iscomplexobj(leaf) else np.float64
            whole = np.broadcast_to(np.asarray(part, kind), np.shape(leaf))
            joined.append(np.ascontiguousarray(whole).reshape(-1).view(np.float64))
        return np.concatenate(joined) if joined else np.zeros(0)

    def vector(self, structure: Sequence[Any], what: str) -> np.ndarray:
        """The vector of something that has the structure of the arguments (None counts as zero)."""
        parts: list[Any] = [None] * len(self.leaves)
        for index, value, path in self.template.match(tuple(structure), ""):
            if np.shape(value) != np.shape(self.leaves[index]):
                raise StructureError(
                    f"the {what} at {path} has shape {np.shape(value)}, but the argument has shape "
                    f"{np.shape(self.leaves[index])}"
                )
            parts[index] = value
        return self.join(parts)

    def gradient(self, vector: np.ndarray, touched: Sequence[bool]) -> tuple[Any, ...]:
        """The vector as `gradient` would return it; None where the function never looked."""
        parts = self.cut(vector)
        for k, original in enumerate(self.originals):
            if not touched[k]:
                parts[k] = None
            elif isinstance(original, np.ndarray) and original.dtype.kind in "fc":
                parts[k] = parts[k].astype(original.dtype, copy=False)
        filled = self.template.fill(parts)
        return filled if filled is not None else (None,) * len(self.xs)


def _precise(x: Any) -> Any:
    """A leaf in double precision."""
    if isinstance(x, np.ndarray):
        return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    return complex(x) if isinstance(x, (complex, np.complexfloating)) else float(x)


def _is_integer(x: Any) -> bool:
    return isinstance(x, (int, np.integer)) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu")
