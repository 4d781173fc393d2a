"""The largest elements along an axis, and places in sorted arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...errors import ArgumentError, DimensionMismatch
from ..axes import takes_axis
from .observations import checked_axis

__all__ = ["batched_searchsortedfirst", "batched_searchsortedlast", "topk"]


@takes_axis
def topk(x: Any, k: int, *, axis: int = 0, rev: bool = True) -> tuple[Any, np.ndarray]:
    """The k largest elements along `axis`, the largest first, and their positions (from 0).

    With ``rev=False`` the smallest, the smallest first. Of equal elements the first comes first. The values,
    with the dtype of x, are differentiable. Raises ArgumentError unless 1 ≤ k ≤ the length of the axis,
    DimensionMismatch if the array has no such axis.

    >>> topk(np.array([5, 1, 4, 2, 3]), 3)
    (array([5, 4, 3]), array([0, 2, 4]))
    """
    axis = checked_axis(x, axis)
    n = np.shape(x)[axis]
    if not 1 <= k <= n:
        raise ArgumentError(f"k={k} must be in the range 1:{n}, the length of the axis")
    values = plain(x)
    if rev:  # sorted in reverse, so that equal elements keep their order
        order = n - 1 - np.flip(np.argsort(np.flip(values, axis), axis=axis, kind="stable"), axis)
    else:
        order = np.argsort(values, axis=axis, kind="stable")
    places = np.take(order, np.arange(k), axis=axis)
    return np.take_along_axis(x, places, axis=axis), places


def _count(xp: Any, x: Any, axis: int, compare: Any) -> np.ndarray:
    xp, x = np.asarray(plain(xp)), np.atleast_1d(plain(x))
    axis = checked_axis(x, axis)
    if xp.ndim == 1:  # the same vector for every query
        xp = xp.reshape((1,) * axis + (-1,) + (1,) * (x.ndim - axis - 1))
    elif xp.ndim != x.ndim or np.any(np.delete(xp.shape, axis) != np.delete(x.shape, axis)):
        raise DimensionMismatch(
            f"xp has shape {xp.shape}, x {x.shape}; xp is a vector, or differs from x in axis {axis} only"
        )
    xp, x = np.expand_dims(xp, axis + 1), np.expand_dims(x, axis)
    return np.sum(compare(xp, x), axis=axis)


@takes_axis
def batched_searchsortedfirst(xp: Any, x: Any, *, axis: int = 0, rev: bool = False) -> np.ndarray:
    """For each element of x the position (from 0) of the first of `xp` along `axis` that is not below it.

    `xp` is sorted along `axis`, with ``rev=True`` in descending order; it is a vector, or its other axes are
    those of x. The position is ``len(xp)`` where there is none. The result has the shape of x. Raises
    DimensionMismatch if the shapes do not fit.

    >>> batched_searchsortedfirst(np.array([1, 3, 5, 7, 9]), np.array([4, 5, 8]))
    array([2, 2, 4])
    """
    return _count(xp, x, axis, np.greater if rev else np.less)


@takes_axis
def batched_searchsortedlast(xp: Any, x: Any, *, axis: int = 0, rev: bool = False) -> np.ndarray:
    """For each element of x the position of the last of `xp` along `axis` that is not above it, or -1.

    `xp`, `axis`, `rev` and the errors are as in :func:`batched_searchsortedfirst`.

    >>> batched_searchsortedlast(np.array([1, 3, 5, 7, 9]), np.array([4, 5, 0]))
    array([ 1,  2, -1])
    """
    return _count(xp, x, axis, np.greater_equal if rev else np.less_equal) - 1
