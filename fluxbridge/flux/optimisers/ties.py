"""Which arrays are one and the same memory: identical ones, and one that is a transpose of another."""

from __future__ import annotations

from typing import Any

import numpy as np


def memory(x: np.ndarray) -> Any:
    """A key that is equal for arrays of the same elements in memory, whatever the order of their axes."""
    if x.size == 0:
        return id(x)
    axes = sorted((stride, n) for stride, n in zip(x.strides, x.shape, strict=True) if n > 1)
    return x.__array_interface__["data"][0], x.dtype, x.ndim, tuple(axes)


def permutation(x: np.ndarray, y: np.ndarray) -> tuple[int, ...] | None:
    """The axes for which ``y = x.transpose(axes)``, given that they share their memory; None if y is as x."""
    if y is x or (y.shape == x.shape and y.strides == x.strides):
        return None
    free = list(range(x.ndim))
    axes = []
    for stride, n in zip(y.strides, y.shape, strict=True):
        axis = next(k for k in free if x.shape[k] == n and (n == 1 or x.strides[k] == stride))
        free.remove(axis)
        axes.append(axis)
    return None if axes == list(range(x.ndim)) else tuple(axes)


class Ties:
    """What was made for arrays so far, found again for the same memory."""

    def __init__(self) -> None:
        self.known: dict[Any, tuple[np.ndarray, Any]] = {}

    def find(self, x: np.ndarray) -> tuple[Any, tuple[int, ...] | None]:
        """(what was made, order of axes): (None, None) for a new array; the order is None for the same."""
        found = self.known.get(memory(x))
        return (None, None) if found is None else (found[1], permutation(found[0], x))

    def add(self, x: np.ndarray, made: Any) -> Any:
        self.known[memory(x)] = (x, made)
        return made

    def __len__(self) -> int:
        return len(self.known)
