"""Sums, products, means, extremes, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import primitive


def expand(dy: Any, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Any:
    """The cotangent of a reduction, repeated along the axes that were reduced."""
    if type(dy) is float:  # one number, seen from everywhere: np.broadcast_to, but quick
        return np.ndarray(shape, float, np.array(dy), 0, (0,) * len(shape))
    if axis is not None and not keepdims and np.ndim(dy) < len(shape):
        axes = axis if isinstance(axis, tuple) else (axis,)
        dy = np.expand_dims(dy, tuple(a % len(shape) for a in axes))
    return np.broadcast_to(dy, shape)


def sum_rule(
    dy: Any, _y: Any, _x: Any, axis: Any = None, dtype: Any = None, out: Any = None,
    keepdims: bool = False, initial: Any = 0, where: Any = True,
) -> Any:  # fmt: skip
    dy = expand(dy, _x.shape, axis, keepdims)
    return dy if where is True else np.where(where, dy, 0.0)


def _sum(x: Any, axis: Any = None, **options: Any) -> Any:
    return np.add.reduce(x, axis, **options)  # np.sum without its detours


primitive(np.sum, sum_rule, jvp="linear", compute=_sum)
