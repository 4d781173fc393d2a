"""Upsampling: nearest neighbour, linear interpolation, and pixel shuffle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import take_up
from .numeric import check_integer, check_numbers
from .windows import expand


def upsample_nearest(x: Any, scale: Sequence[int] | None = None, size: Sequence[int] | None = None) -> Any:
    """x with each element of its first axes repeated `scale` times along each of them.

    `scale` has one integer for each of the first axes of x; instead `size` gives the sizes of the result
    along them, multiples of those of x. The dtype is that of x. Raises ValueError if scale or size do not fit
    x or both are missing, ArgumentError for what are no integers or no numbers.

    >>> upsample_nearest(np.array([[1.0, 2.0]]), (1, 2))
    array([[1., 1., 2., 2.]])
    """
    check_numbers("upsample_nearest", x)
    shape = np.shape(x)
    if scale is None:
        if size is None:
            raise ValueError("Either scale or size should be specified")
        size = expand(size, max(len(shape) - 2, 1))
        if 0 in shape[: len(size)]:
            raise ValueError(f"an array of shape {shape} has no elements to repeat up to size={size}")
        if any(n % m for n, m in zip(size, shape, strict=False)):
            raise ValueError(f"expected output size divisible by input size, got size={size} for {shape}")
        scale = [n // m for n, m in zip(size, shape, strict=False)]
    scales = expand(scale, max(len(shape) - 2, 1))
    if not 1 <= len(scales) <= len(shape) or min(scales) < 1:
        raise ValueError(f"can't upsample an array of shape {shape} with scale={scales}")
    rest = shape[len(scales) :]
    pairs = list(zip(shape, scales, strict=False))
    column = [n for length, _ in pairs for n in (length, 1)]
    repeated = [n for pair in pairs for n in pair]
    spread = np.broadcast_to(np.reshape(x, (*column, *rest)), (*repeated, *rest))
    return np.reshape(spread, (*(n * s for n, s in pairs), *rest))


def _interpolation(n: int, out: int, align_corners: bool, dtype: Any) -> np.ndarray:
    """The matrix (out, n) that interpolates n points linearly at `out` points."""
    matrix = np.zeros((out, n), dtype)
    real = np.dtype(dtype).type
    points = np.arange(out, dtype=dtype)
    if align_corners:
        place = points * real((n - 1) / (out - 1) if out > 1 else 0)
    else:
        place = np.maximum(real(n / out) * (points + real(0.5)) - real(0.5), 0)
    left = np.minimum(np.floor(place).astype(int), n - 1)
    right = np.minimum(left + 1, n - 1)
    weight = place - left.astype(dtype)
    np.add.at(matrix, (np.arange(out), left), 1 - weight)
    np.add.at(matrix, (np.arange(out), right), weight)
    return matrix


def upsample_linear(
    x: Any,
    scale: float | Sequence[float] | None = None,
    size: int | Sequence[int] | None = None,
    align_corners: bool = True,
) -> Any:
    """x (spatial…, channels, batch) interpolated linearly along each spatial axis.

    Give `scale`, a number or one for each spatial axis, or `size`, the new spatial sizes. With
    `align_corners` the first and last points stay in place. Floats keep their dtype; integers are
    interpolated and rounded. Raises ValueError if scale or size do not fit the spatial axes or both are
    missing, ArgumentError for what holds no numbers.

    >>> upsample_linear(np.array([0.0, 1.0]).reshape(2, 1, 1), size=(3,)).ravel()
    array([0. , 0.5, 1. ])
    """
    check_numbers("upsample_linear", x)
    x = take_up(x)
    rank = np.ndim(x) - 2
    if rank < 1:
        raise ValueError(f"expected x of shape (spatial…, channels, batch), got one of shape {np.shape(x)}")
    spatial = np.shape(x)[:rank]
    if size is None:
        if scale is None:
            raise ValueError("Either scale or size should be specified")
        scales = (scale,) * rank if isinstance(scale, (int, float)) else tuple(scale)
        if len(scales) != rank:
            raise ValueError(f"The scale argument should have length {rank}, but got {scales}")
        size = [math.floor(s * n) for s, n in zip(scales, spatial, strict=True)]
    sizes = expand(size, rank)
    if len(sizes) != rank:
        raise ValueError(f"The size argument should have length {rank}, but got {sizes}")
    if min(sizes) < 0 or (0 in spatial and sizes != spatial):
        raise ValueError(f"an array with the spatial sizes {spatial} cannot be interpolated to size={sizes}")
    if sizes == spatial:
        return x
    whole = x.dtype.kind in "iu"
    dtype = np.dtype(float) if whole else x.dtype
    y = x.astype(dtype) if whole else x
    for axis, (n, out) in enumerate(zip(spatial, sizes, strict=True)):
        matrix = _interpolation(n, out, align_corners, dtype)
        y = np.moveaxis(np.tensordot(matrix, y, ((1,), (axis,))), 0, axis)
    return np.round(y).astype(x.dtype) if whole else y


upsample_bilinear = upsample_linear
upsample_trilinear = upsample_linear


def pixel_shuffle(x: Any, r: int) -> Any:
    """Channels become pixels: (W, H, r²·C, N) → (r·W, r·H, C, N), for any number of spatial axes.

    From Shi et al. 2016. The dtype is that of x. Raises ValueError if x has no spatial axis or the
    channels are no multiple of r^(number of spatial axes), ArgumentError unless r is an integer of at least 1
    and for what holds no numbers.

    >>> pixel_shuffle(np.arange(4.0).reshape(1, 4, 1), 2).shape
    (2, 2, 1)
    """
    check_numbers("pixel_shuffle", x)
    check_integer("the factor r of pixel_shuffle", r, 1)
    shape = np.shape(x)
    d = len(shape) - 2
    if d < 1:
        raise ValueError(f"expected x with at least 3 dimensions, got one of shape {shape}")
    *spatial, channels, batch = shape
    if channels % r**d:
        raise ValueError(
            f"expected channel dimension to be divisible by r^d = {r**d}, where d={d} is the number of "
            f"spatial dimensions. Given r={r}, input shape {shape}"
        )
    # Julia reshapes first axis fastest, so in C order the channels split into (C, r_d, …, r_1)
    split = np.reshape(x, (*spatial, channels // r**d, *(r,) * d, batch))
    order = [i for k in range(d) for i in (k, 2 * d - k)]
    moved = np.transpose(split, (*order, d, 2 * d + 1))
    return np.reshape(moved, (*(n * r for n in spatial), channels // r**d, batch))
