"""Layers without parameters that enlarge the spatial axes."""

from __future__ import annotations

from typing import Any

from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..functors import leaf
from ..nnlib.numeric import check_integer
from ..nnlib.upsample import pixel_shuffle, upsample_linear, upsample_nearest
from .shapes import as_array

__all__ = ["PixelShuffle", "Upsample"]

_MODES = ("nearest", "bilinear", "trilinear")


def _image(layer: Any, x: Any) -> Any:
    """x as an array. Raises DimensionMismatch, with the layer, unless it has spatial axes."""
    x = as_array(x)
    if x.ndim < 3:
        raise DimensionMismatch(
            f"layer {layer!r} expects an input with spatial axes, channels and a batch, but got one of "
            f"shape {x.shape}"
        )
    return x


@leaf
class Upsample:
    """Enlarges the spatial axes: ``Upsample(scale, mode="nearest")``, or with keyword `scale` or `size`.

    The modes are "nearest", "bilinear" and "trilinear". Takes x (spatial…, channels, batch); `scale` is the
    factor, one number or one for each spatial axis, `size` the spatial sizes of the result. The dtype is that
    of x. Fields: `mode`, `scale`, `size`. Raises ArgumentError for another mode, or unless exactly one of
    scale and size is given, DimensionMismatch if x has no spatial axis, ValueError if scale or size do not
    fit x.

    >>> import numpy as np
    >>> layer = Upsample("nearest", scale=(2, 3))
    >>> layer
    Upsample(:nearest, scale = (2, 3))
    >>> layer(np.ones((2, 2, 1, 1))).shape
    (4, 6, 1, 1)
    """

    __fluxbridge_constants__ = ("mode", "scale", "size")

    def __init__(self, *args: Any, scale: Any = None, size: Any = None, mode: str = "nearest"):
        for arg in args:
            if isinstance(arg, str):
                mode = arg
            else:
                scale = arg
        if not isinstance(mode, str) or mode not in _MODES:
            raise ArgumentError(f"mode={mode!r} is not supported; the modes are {', '.join(_MODES)}")
        if (scale is None) == (size is None):
            raise ArgumentError("Either scale or size should be specified (but not both).")
        self.mode = mode
        self.scale = scale
        self.size = size

    def __call__(self, x: Any) -> Any:
        x = _image(self, x)
        scale, size = self.scale, self.size
        if self.mode != "nearest":
            return upsample_linear(x, scale, size=size)
        if isinstance(scale, int):
            scale = (scale,) * (len(x.shape) - 2)
        return upsample_nearest(x, scale, size=size)

    def __repr__(self) -> str:
        scale, size = self.scale, self.size
        given = f"size = {size}" if scale is None else f"scale = {scale}"
        return f"Upsample(:{self.mode}, {given})"


@layer
class PixelShuffle:
    """Channels become pixels (Shi et al. 2016): x (W, H, r²·C, N) → (r·W, r·H, C, N).

    Takes any number of spatial axes, with r^(number of axes) as the divisor of the channels. Field: `r`.
    Raises DimensionMismatch if x has no spatial axis or its channels are no such multiple, ArgumentError for
    r below 1.

    >>> import numpy as np
    >>> PixelShuffle(2)(np.ones((2, 3, 4, 1))).shape
    (4, 6, 1, 1)
    """

    __fluxbridge_constants__ = ("r",)

    def __init__(self, r: int):
        check_integer("the factor of PixelShuffle", r, 1)
        self.r = r

    def __call__(self, x: Any) -> Any:
        x = _image(self, x)
        pixels = self.r ** (x.ndim - 2)
        if x.shape[-2] % pixels:
            raise DimensionMismatch(
                f"layer {self!r} expects a number of channels that is divisible by {pixels}, but got "
                f"an input of shape {x.shape}"
            )
        return pixel_shuffle(x, self.r)

    def __repr__(self) -> str:
        return f"PixelShuffle({self.r})"
