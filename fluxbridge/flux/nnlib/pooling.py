"""Pooling: what is left of each window is its maximum, its mean or its p-norm.

The maximum passes its cotangent to the first largest element of the window, first axis fastest (as
Julia stores it). That choice, once made, is linear: ``maxpool_spread`` puts numbers where the
maxima were, ``maxpool_pick`` takes them from there, and each is the other's rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import primitive
from .dims import PoolDims
from .numeric import as_float
from .windows import Sizes, Windows, channels_first, channels_last, check_rank, count, expand, padded, windows


def pool_windows(shape: Sizes, k: Any, stride: Any = None, pad: Any = 0) -> Windows:
    """The windows of pooling over an array of this shape; `stride` defaults to the window's size.

    k may be a PoolDims, which says it all.
    """
    if isinstance(k, PoolDims):
        k.check(np.empty(shape, np.bool_))
        return k.place
    rank = len(shape) - 2
    kernel = expand(k, rank)
    check_rank(np.empty(shape, np.bool_), len(kernel), "Pooling")
    return windows(shape[:-2], kernel, kernel if stride is None else stride, pad)


def _at(slices: tuple[slice, ...]) -> tuple[slice, ...]:
    return (slice(None), *slices)


def _is_global(place: Windows) -> bool:
    """Is there one window, the whole array?"""
    return place.kernel == place.input and not any(place.pad) and count(place.output) == 1


def _flat(x: np.ndarray) -> np.ndarray:
    """The spatial axes of C, spatial, N as one, first axis fastest."""
    spatial = range(x.ndim - 2, 0, -1)
    return np.transpose(x, (0, *spatial, x.ndim - 1)).reshape(x.shape[0], count(x.shape[1:-1]), x.shape[-1])


# -- the largest -----------------------------------------------------------------------------------


def _lowest(x: np.ndarray) -> Any:
    """What the padding holds: the lowest finite number, as in NNlib."""
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
    return channels_last(dx[_at(place.inside)])


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
    return channels_last(dx[_at(place.inside)])


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
    """The largest element of each window of size `k`, of x (spatial…, channels, batch).

    `stride` defaults to k. The padding counts as -Inf. Raises DimensionMismatch if k does not fit x.

    >>> maxpool(np.arange(16.0).reshape(4, 4, 1, 1), (2, 2))[:, :, 0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return MAXPOOL(x, place=pool_windows(np.shape(x), k, stride, pad))


def meanpool(x: Any, k: Any, stride: Any = None, pad: Any = 0, count_include_pad: bool = True) -> Any:
    """The mean of each window of size `k`, of x (spatial…, channels, batch).

    The padding counts as zeros, or with count_include_pad=False not at all. Raises
    DimensionMismatch if k does not fit x.

    >>> meanpool(np.arange(16.0).reshape(4, 4, 1, 1), (2, 2))[:, :, 0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return mean_of_windows(x, pool_windows(np.shape(x), k, stride, pad), count_include_pad)


def mean_of_windows(x: Any, place: Windows, count_include_pad: bool = True) -> Any:
    total = SUMPOOL(as_float(x) if type(x) is np.ndarray else x, place=place)
    if count_include_pad:
        return total * (1 / count(place.kernel))
    ones = np.ones((*place.input, 1, 1), x.dtype if x.dtype.kind == "f" else np.float64)
    return total / np.maximum(_sumpool(ones, place), 1)


def lpnormpool(x: Any, p: float, k: Any, stride: Any = None, pad: Any = 0) -> Any:
    """(Σ xᵖ)^(1/p) of each window of size `k`, of x (spatial…, channels, batch).

    Raises ValueError unless 0 < p < Inf, DimensionMismatch if k does not fit x.

    >>> lpnormpool(np.array([3.0, 4.0]).reshape(2, 1, 1), 2, (2,)).item()
    5.0
    """
    if not 0 < p < np.inf:
        raise ValueError(f"p value of Lp norm pool expects 0 < p < Inf, but p is {p}")
    return SUMPOOL(x**p, place=pool_windows(np.shape(x), k, stride, pad)) ** (1 / p)
