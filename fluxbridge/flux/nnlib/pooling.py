"""Pooling: the maximum, the mean or the p-norm of each window.

The cotangent of a maximum goes to the first of the largest elements of its window, first axis fastest (the
order of Julia's memory). For given maxima that is linear: ``maxpool_spread`` puts numbers at the places of
the maxima, ``maxpool_pick`` takes them from there, and each is the other's rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import primitive, take_up
from .dims import PoolDims
from .numeric import as_float, check_numbers, check_real
from .windows import (
    Sizes,
    Windows,
    channels_first,
    channels_last,
    check_rank,
    count,
    expand,
    padded,
    unpadded,
    windows,
)


def pool_windows(shape: Sizes, k: Any, stride: Any = None, pad: Any = 0) -> Windows:
    """The windows of pooling over an array of this shape; `stride` defaults to the window's size.

    A PoolDims as k holds all settings. Raises DimensionMismatch if a setting does not fit the spatial axes.
    """
    if isinstance(k, PoolDims):
        k.check(np.empty(shape, np.bool_))
        return k.place
    rank = max(len(shape) - 2, 1)
    kernel = expand(k, rank)
    check_rank(np.empty(shape, np.bool_), len(kernel), "Pooling")
    return windows(shape[:-2], kernel, kernel if stride is None else stride, pad)


def _at(slices: tuple[slice, ...]) -> tuple[slice, ...]:
    return (slice(None), *slices)


def _is_global(place: Windows) -> bool:
    """Is there a single window, the whole array? Then NumPy's reductions are faster."""
    return place.kernel == place.input and not any(place.pad) and count(place.output) == 1


def _flat(x: np.ndarray) -> np.ndarray:
    """(C, spatial…, N) with the spatial axes flattened, first axis fastest."""
    spatial = range(x.ndim - 2, 0, -1)
    return np.transpose(x, (0, *spatial, x.ndim - 1)).reshape(x.shape[0], count(x.shape[1:-1]), x.shape[-1])


# -- the largest -----------------------------------------------------------------------------------


def _lowest(x: np.ndarray) -> Any:
    """The value of the padding: the lowest finite number, as in NNlib."""
    return (np.finfo if x.dtype.kind == "f" else np.iinfo)(x.dtype).min


def _maxpool(x: np.ndarray, place: Windows) -> np.ndarray:
    x = channels_first(x)
    if _is_global(place):
        axes = tuple(range(1, place.rank + 1))
        return channels_last(np.max(x, axis=axes, keepdims=True))
    x = padded(x, place, _lowest(x))
    y: Any = None
    for _, slices in place.offsets():
        part = x[_at(slices)]
        y = part.copy() if y is None else np.maximum(y, part, out=y)
    return channels_last(y)


def _spread(dy: np.ndarray, y: np.ndarray, x: np.ndarray, place: Windows) -> np.ndarray:
    x, y, dy = channels_first(x), channels_first(y), channels_first(dy)
    if _is_global(place):
        first = np.argmax(_flat(x), axis=1, keepdims=True)
        dx = np.zeros((x.shape[0], count(place.input), x.shape[-1]), dy.dtype)
        np.put_along_axis(dx, first, dy.reshape(first.shape), axis=1)
        spatial = tuple(reversed(place.input))
        dx = dx.reshape(x.shape[0], *spatial, x.shape[-1])
        return channels_last(np.transpose(dx, (0, *range(place.rank, 0, -1), place.rank + 1)))
    x = padded(x, place, _lowest(x))
    dx = np.zeros(x.shape, dy.dtype)
    alone = all(k <= s for k, s in zip(place.kernel, place.stride, strict=True))
    free = np.ones(y.shape, bool)
    for _, slices in place.offsets():
        here = x[_at(slices)] == y
        here &= free
        free ^= here
        if alone:  # windows do not overlap
            np.multiply(dy, here, out=dx[_at(slices)])
        else:
            dx[_at(slices)] += dy * here
    return channels_last(unpadded(dx, place))


def _pick(dx: np.ndarray, y: np.ndarray, x: np.ndarray, place: Windows) -> np.ndarray:
    x, y, dx = channels_first(x), channels_first(y), channels_first(dx)
    x, dx = padded(x, place, _lowest(x)), padded(dx, place)
    picked = np.zeros(y.shape, dx.dtype)
    free = np.ones(y.shape, bool)
    for _, slices in place.offsets():
        here = x[_at(slices)] == y
        here &= free
        free ^= here
        picked += dx[_at(slices)] * here
    return channels_last(picked)


MAXPOOL: Any = primitive(
    None,
    lambda dy, y, x, place: SPREAD(dy, y, x, place=place),
    jvp=[lambda dx, y, x, place: PICK(dx, y, x, place=place)],
    name="maxpool",
    compute=_maxpool,
)
SPREAD: Any = primitive(
    None,
    lambda ct, _y, _dy, y, x, place: PICK(ct, y, x, place=place),
    None,
    None,
    jvp=[lambda d, _y, _dy, y, x, place: SPREAD(d, y, x, place=place), None, None],
    name="maxpool_spread",
    compute=_spread,
)
PICK: Any = primitive(
    None,
    lambda ct, _y, _dx, y, x, place: SPREAD(ct, y, x, place=place),
    None,
    None,
    jvp=[lambda d, _y, _dx, y, x, place: PICK(d, y, x, place=place), None, None],
    name="maxpool_pick",
    compute=_pick,
)

# -- the sum -----------------------------------------------------------------------------------------


def _sumpool(x: np.ndarray, place: Windows) -> np.ndarray:
    x = channels_first(x)
    if _is_global(place):
        return channels_last(np.sum(x, axis=tuple(range(1, place.rank + 1)), keepdims=True))
    x = padded(x, place)
    y: Any = None
    for _, slices in place.offsets():
        part = x[_at(slices)]
        y = part.copy() if y is None else np.add(y, part, out=y)
    return channels_last(y)


def _sumpool_data(dy: np.ndarray, place: Windows) -> np.ndarray:
    dy = channels_first(dy)
    if _is_global(place):
        return channels_last(np.broadcast_to(dy, (dy.shape[0], *place.input, dy.shape[-1])))
    dx = np.zeros((dy.shape[0], *place.padded, dy.shape[-1]), dy.dtype)
    for _, slices in place.offsets():
        dx[_at(slices)] += dy
    return channels_last(unpadded(dx, place))


SUMPOOL: Any = primitive(
    None,
    lambda dy, _y, _x, place: SUMPOOL_DATA(dy, place=place),
    jvp="linear",
    name="sumpool",
    compute=_sumpool,
)
SUMPOOL_DATA: Any = primitive(
    None,
    lambda dx, _y, _dy, place: SUMPOOL(dx, place=place),
    jvp="linear",
    name="sumpool_data",
    compute=_sumpool_data,
)

# -- the public functions ------------------------------------------------------------------------------


def maxpool(x: Any, k: Any, stride: Any = None, pad: Any = 0) -> Any:
    """The largest element of each window of size `k`, for x of shape (spatial…, channels, batch).

    `k`, `stride` (by default k) and `pad` are integers, one or one for each spatial axis; a :class:`PoolDims`
    as k stands for all. The padding never is the maximum. The result has the dtype of x. Raises
    DimensionMismatch if the settings do not fit x, ArgumentError for settings out of range and what holds no
    numbers.

    >>> maxpool(np.arange(16.0).reshape(4, 4, 1, 1), (2, 2))[:, :, 0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    check_numbers("maxpool", x)
    return MAXPOOL(x, place=pool_windows(np.shape(x), k, stride, pad))


def meanpool(x: Any, k: Any, stride: Any = None, pad: Any = 0, count_include_pad: bool = True) -> Any:
    """The mean of each window of size `k`, for x of shape (spatial…, channels, batch).

    Settings as for :func:`maxpool`. The padding counts as zeros, with ``count_include_pad=False`` not at all.
    Integers give Float64. Raises DimensionMismatch if the settings do not fit x, ArgumentError for settings
    out of range and what holds no numbers.

    >>> meanpool(np.arange(16.0).reshape(4, 4, 1, 1), (2, 2))[:, :, 0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    >>> meanpool(np.array([2.0, 4.0]).reshape(2, 1, 1), (2,), pad=1, count_include_pad=False).ravel()
    array([2., 4.])
    """
    check_numbers("meanpool", x)
    return mean_of_windows(take_up(x), pool_windows(np.shape(x), k, stride, pad), count_include_pad)


def mean_of_windows(x: Any, place: Windows, count_include_pad: bool = True) -> Any:
    """The sum of each window divided by the size of the window, or by the number of its elements in x."""
    total = SUMPOOL(as_float(x) if type(x) is np.ndarray else x, place=place)
    if count_include_pad:
        return total * (1 / count(place.kernel))
    ones = np.ones((*place.input, 1, 1), x.dtype if x.dtype.kind == "f" else np.float64)
    return total / np.maximum(_sumpool(ones, place), 1)  # 1: a window may lie in the padding


def lpnormpool(x: Any, p: float, k: Any, stride: Any = None, pad: Any = 0) -> Any:
    """(Σ xᵖ)^(1/p) over each window of size `k`, for x of shape (spatial…, channels, batch).

    Settings as for :func:`maxpool`; the padding counts as zeros. Raises ValueError unless 0 < p < Inf,
    DimensionMismatch if the settings do not fit x, ArgumentError for settings out of range and what holds no
    numbers.

    >>> lpnormpool(np.array([3.0, 4.0]).reshape(2, 1, 1), 2, (2,)).item()
    5.0
    """
    check_real("p", p)
    if not 0 < p < np.inf:
        raise ValueError(f"p value of Lp norm pool expects 0 < p < Inf, but p is {p}")
    check_numbers("lpnormpool", x)
    x = take_up(x)
    return SUMPOOL(x**p, place=pool_windows(np.shape(x), k, stride, pad)) ** (1 / p)
