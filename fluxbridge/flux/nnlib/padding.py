"""Padding: with a constant, or with what stands in the array.

`pad` is one number for both ends of every axis, one number an axis, or (begin1, end1, begin2, end2,
…). `axis` says which axes these are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Pad = int | Sequence[int]
Axis = int | Sequence[int] | None


def _pairs(pad: Pad, axes: Sequence[int]) -> list[tuple[int, int]]:
    """The begin and end for each of `axes`."""
    if isinstance(pad, (int, np.integer)):
        return [(int(pad), int(pad))] * len(axes)
    sizes = [int(p) for p in pad]
    if len(sizes) == len(axes):
        return [(p, p) for p in sizes]
    if len(sizes) == 2 * len(axes):
        return list(zip(sizes[::2], sizes[1::2], strict=True))
    raise ValueError(f"Could not parse padding {tuple(sizes)} for the axes {tuple(axes)}")


def _axes(axis: Axis, default: Sequence[int]) -> list[int]:
    if axis is None:
        return list(default)
    return [axis] if isinstance(axis, (int, np.integer)) else list(axis)  # type: ignore[list-item]


def pad_constant(x: Any, pad: Pad, value: Any = 0, axis: Axis = None) -> Any:
    """x with `value` around it, by default along all axes.

    Raises ValueError if the length of `pad` does not fit the axes.

    >>> pad_constant(np.array([1.0, 2.0]), (1, 2), 7.5)
    array([7.5, 1. , 2. , 7.5, 7.5])
    """
    ndim = np.ndim(x)
    axes = _axes(axis, range(ndim))
    widths = [(0, 0)] * ndim
    for i, pair in zip(axes, _pairs(pad, axes), strict=True):
        widths[i] = pair
    return np.pad(x, widths, constant_values=value)


def pad_zeros(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x with zeros around it, by default along all axes.

    >>> pad_zeros(np.array([1.0, 2.0]), 1)
    array([0., 1., 2., 0.])
    """
    return pad_constant(x, pad, 0, axis)


def _pad_by_index(x: Any, pad: Pad, axis: Axis, index: Callable[[int, int, int], Any]) -> Any:
    """x with copies of its own slices: those at `index(length, begin, end)` along each axis."""
    if axis is None:
        number = isinstance(pad, (int, np.integer))
        axis = range(np.ndim(x) - 2) if number else range(len(pad) // 2)  # type: ignore[arg-type]
    axes = _axes(axis, ())
    if not isinstance(pad, (int, np.integer)) and len(pad) != 2 * len(axes):
        raise ValueError("The number of axes should be equal to the number of padding dimensions")
    for i, (begin, end) in zip(axes, _pairs(pad, axes), strict=True):
        x = np.take(x, np.concatenate(index(np.shape(x)[i], begin, end)), axis=i)
    return x


def pad_repeat(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x with its borders repeated; by default along the first axes, as many as `pad` has pairs.

    >>> pad_repeat(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([1., 1., 2., 3., 3., 3.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.zeros(begin, int), np.arange(n), np.full(end, n - 1)

    return _pad_by_index(x, pad, axis, index)


def pad_reflect(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x with its reflection at the border elements, which are not repeated.

    >>> pad_reflect(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([2., 1., 2., 3., 2., 1.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.arange(begin, 0, -1), np.arange(n), np.arange(n - 2, n - 2 - end, -1)

    return _pad_by_index(x, pad, axis, index)


def pad_symmetric(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x with its reflection at the borders; the border elements are repeated.

    >>> pad_symmetric(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([1., 1., 2., 3., 3., 2.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.arange(begin - 1, -1, -1), np.arange(n), np.arange(n - 1, n - 1 - end, -1)

    return _pad_by_index(x, pad, axis, index)


def pad_circular(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x as a piece of its periodic continuation.

    >>> pad_circular(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([3., 1., 2., 3., 1., 2.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.arange(n - begin, n), np.arange(n), np.arange(end)

    return _pad_by_index(x, pad, axis, index)
