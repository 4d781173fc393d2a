"""Axes: counted from the front, those that a reduction folds, and arrays with them as the last one."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .tracing import plain


def normal_axis(axis: Any, ndim: int) -> int:
    """`axis` counted from the front, NumPy's error if there is no such axis."""
    axis = operator.index(plain(axis))
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that are reduced, counted from the front."""
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(normal_axis(a, ndim) for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(set(axes)) < len(axes):
        raise ValueError("repeated axis")
    return axes


def _split_axes(shape: tuple[int, ...], axis: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    reduced = axes_of(axis, len(shape))
    return tuple(i for i in range(len(shape)) if i not in reduced), reduced


def to_last(x: Any, axis: Any) -> Any:
    """`x` with the reduced axes as one axis, the last."""
    shape = np.shape(x)
    kept, reduced = _split_axes(shape, axis)
    length = int(np.prod([shape[i] for i in reduced]))
    return np.reshape(np.transpose(x, (*kept, *reduced)), (*[shape[i] for i in kept], length))


def from_last(x: Any, axis: Any, shape: tuple[int, ...]) -> Any:
    """Undo :func:`to_last` for an array that had `shape`."""
    order = sum(_split_axes(shape, axis), ())
    return np.transpose(np.reshape(x, [shape[i] for i in order]), tuple(np.argsort(order)))
