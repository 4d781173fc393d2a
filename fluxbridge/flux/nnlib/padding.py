"""Padding with a constant, or with elements of the array itself.

`pad` is one integer for both ends of every axis, one for each axis, or (begin1, end1, begin2, end2, …).
`axis` names these axes, one or several.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...errors import DimensionMismatch
from ..axes import takes_axis
from .numeric import check_axis, check_numbers
from .windows import expand

Pad = int | Sequence[int]
Axis = int | Sequence[int] | None


def _pairs(pad: Pad, axes: Sequence[int]) -> list[tuple[int, int]]:
    """(begin, end) for each of `axes`. Raises ValueError for another number of them, or negative numbers."""
    sizes = expand(pad, len(axes))
    if any(p < 0 for p in sizes):
        raise ValueError(f"padding must not be negative, but it is {sizes}")
    if len(sizes) == len(axes):
        return [(p, p) for p in sizes]
    if len(sizes) == 2 * len(axes):
        return list(zip(sizes[::2], sizes[1::2], strict=True))
    raise ValueError(f"Could not parse padding {tuple(sizes)} for the axes {tuple(axes)}")


def _axes(axis: Axis, default: Sequence[int]) -> list[int]:
    if axis is None:
        return list(default)
    return list(expand(axis, 1))


@takes_axis
def pad_constant(x: Any, pad: Pad, value: Any = 0, axis: Axis = None) -> Any:
    """x padded with the number `value`, by default along all axes.

    x is an array of any shape; `pad` and `axis` as in the module's text. Raises ValueError if `pad` does not
    fit the axes or is negative, DimensionMismatch if x has no such axis, ArgumentError for what holds no
    numbers.

    >>> pad_constant(np.array([1.0, 2.0]), (1, 2), 7.5)
    array([7.5, 1. , 2. , 7.5, 7.5])
    """
    check_numbers("pad_constant", x)
    ndim = np.ndim(x)
    axes = _axes(axis, range(ndim))
    check_axis("pad_constant", tuple(axes), ndim)
    widths = [(0, 0)] * ndim
    for i, pair in zip(axes, _pairs(pad, axes), strict=True):
        widths[i] = pair
    return np.pad(x, widths, constant_values=value)


@takes_axis
def pad_zeros(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x padded with zeros, by default along all axes.

    Arguments, shapes and errors as for :func:`pad_constant`. Raises ValueError if `pad` does not fit the
    axes, DimensionMismatch if x has no such axis, ArgumentError for what holds no numbers.

    >>> pad_zeros(np.array([1.0, 2.0]), 1)
    array([0., 1., 2., 0.])
    """
    return pad_constant(x, pad, 0, axis)


def _pad_by_index(
    name: str, x: Any, pad: Pad, axis: Axis, most: Callable[[int], int], index: Callable[[int, int, int], Any]
) -> Any:
    """The slices `index(length, begin, end)` of x along each axis; `most(length)` is the largest padding."""
    check_numbers(name, x)
    if axis is None:
        number = isinstance(pad, (int, np.integer))
        axis = range(np.ndim(x) - 2) if number else range(len(expand(pad, 1)) // 2)
    axes = _axes(axis, ())
    check_axis(name, tuple(axes), np.ndim(x))
    if not isinstance(pad, (int, np.integer)) and len(expand(pad, 1)) != 2 * len(axes):
        raise ValueError("The number of axes should be equal to the number of padding dimensions")
    for i, (begin, end) in zip(axes, _pairs(pad, axes), strict=True):
        n = np.shape(x)[i]
        if max(begin, end) > most(n):
            raise DimensionMismatch(
                f"{name} of an axis of length {n} pads at most {most(n)} on either side, not ({begin}, {end})"
            )
        x = np.take(x, np.concatenate(index(n, begin, end)), axis=i)
    return x


@takes_axis
def pad_repeat(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x padded with repetitions of its border elements.

    By default along the first axes, as many as `pad` has pairs; for an integer `pad` along the spatial axes,
    all but the last two. Raises ValueError if the length of `pad` does not fit the axes or it is negative,
    DimensionMismatch if it is too large or x has no such axis, ArgumentError for what holds no numbers.

    >>> pad_repeat(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([1., 1., 2., 3., 3., 3.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.zeros(begin, int), np.arange(n), np.full(end, n - 1)

    return _pad_by_index("pad_repeat", x, pad, axis, lambda n: sys.maxsize if n else 0, index)


@takes_axis
def pad_reflect(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x padded with its reflection at the border elements, which are not repeated.

    Axes as for :func:`pad_repeat`; the padding is shorter than the axis. Raises ValueError if the length of
    `pad` does not fit the axes or it is negative, DimensionMismatch if it is too large or x has no such axis,
    ArgumentError for what holds no numbers.

    >>> pad_reflect(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([2., 1., 2., 3., 2., 1.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.arange(begin, 0, -1), np.arange(n), np.arange(n - 2, n - 2 - end, -1)

    return _pad_by_index("pad_reflect", x, pad, axis, lambda n: max(n - 1, 0), index)


@takes_axis
def pad_symmetric(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x padded with its reflection at the borders; the border elements are repeated.

    Axes as for :func:`pad_repeat`; the padding is no longer than the axis. Raises ValueError if the length of
    `pad` does not fit the axes or it is negative, DimensionMismatch if it is too large or x has no such axis,
    ArgumentError for what holds no numbers.

    >>> pad_symmetric(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([1., 1., 2., 3., 3., 2.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.arange(begin - 1, -1, -1), np.arange(n), np.arange(n - 1, n - 1 - end, -1)

    return _pad_by_index("pad_symmetric", x, pad, axis, lambda n: n, index)


@takes_axis
def pad_circular(x: Any, pad: Pad, axis: Axis = None) -> Any:
    """x padded with its periodic continuation.

    Axes as for :func:`pad_repeat`; the padding is no longer than the axis. Raises ValueError if the length of
    `pad` does not fit the axes or it is negative, DimensionMismatch if it is too large or x has no such axis,
    ArgumentError for what holds no numbers.

    >>> pad_circular(np.array([1.0, 2.0, 3.0]), (1, 2))
    array([3., 1., 2., 3., 1., 2.])
    """

    def index(n: int, begin: int, end: int) -> Any:
        return np.arange(n - begin, n), np.arange(n), np.arange(end)

    return _pad_by_index("pad_circular", x, pad, axis, lambda n: n, index)
