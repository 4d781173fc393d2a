"""Axes as Julia counts them: from 1."""

from __future__ import annotations

from typing import Any

from ..spelling import tuple_of


def from_one(axis: Any, ndim: int) -> int:
    return int(axis) % ndim + 1


def axes_from_one(axis: Any, ndim: int) -> list[int]:
    axes = range(ndim) if axis is None else axis if hasattr(axis, "__iter__") else (axis,)
    return [from_one(a, ndim) for a in axes]


def dims_of(axis: Any, ndim: int) -> str | int:
    axes = axes_from_one(axis, ndim)
    return axes[0] if len(axes) == 1 else tuple_of(axes)
