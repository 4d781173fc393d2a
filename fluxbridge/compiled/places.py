"""Where arrays of a kernel lie: an address with fixed steps, of which views are made for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .program import Form


class Place:
    """Elements of one type at `pointer` plus `offset` bytes, `strides` apart along each axis."""

    __slots__ = ("char", "offset", "pointer", "shape", "strides")

    def __init__(
        self, pointer: Any, char: str, shape: tuple[int, ...], strides: tuple[int, ...] | None = None,
        offset: int = 0,
    ):  # fmt: skip
        self.pointer, self.char, self.shape, self.offset = pointer, char, shape, offset
        self.strides = contiguous(shape, np.dtype(char).itemsize) if strides is None else strides

    @property
    def itemsize(self) -> int:
        return np.dtype(self.char).itemsize

    @property
    def is_contiguous(self) -> bool:
        wanted = contiguous(self.shape, self.itemsize)
        return all(n == 1 or a == b for n, a, b in zip(self.shape, self.strides, wanted, strict=True))

    def view(self, index: Any) -> Place:
        """What this index, or "T", gives of it."""
        whole = as_strided(np.empty(1, self.char), self.shape, self.strides)
        if isinstance(index, str):
            part = whole.T
        else:
            parts = index if isinstance(index, tuple) else (index,)
            part = whole[parts if any(i is ... for i in parts) else (*parts, ...)]  # a view in any case
        offset = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
        return Place(self.pointer, self.char, part.shape, part.strides, self.offset + offset)

    def steps(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The steps along the axes of a shape that this broadcasts to."""
        missing = len(shape) - len(self.shape)
        return (0,) * missing + tuple(
            [0 if n == 1 else s for n, s in zip(self.shape, self.strides, strict=True)]
        )


def contiguous(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The steps of an array in C order."""
    found = []
    for n in reversed(shape):
        found.append(itemsize)
        itemsize *= n
    return tuple(reversed(found))


def char_of(form: Form) -> str:
    return "d" if form.kind == "number" else str(form.dtype.char)
