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
    """The axes of ``y = x.transpose(axes)``, for arrays with the same memory; None if x and y are alike."""
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
    """Results for arrays, found again for arrays with the same memory."""

    def __init__(self) -> None:
        self.known: dict[Any, tuple[np.ndarray, Any]] = {}

    def find(self, x: np.ndarray) -> tuple[Any, tuple[int, ...] | None]:
        """(result, axes) for an array; (None, None) for a new one, axes None for one like the first."""
        found = self.known.get(memory(x))
        return (None, None) if found is None else (found[1], permutation(found[0], x))

    def add(self, x: np.ndarray, made: Any) -> Any:
        self.known[memory(x)] = (x, made)
        return made

    def __len__(self) -> int:
        return len(self.known)
