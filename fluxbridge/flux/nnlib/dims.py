"""The geometry of a convolution or a pooling as an object: DenseConvDims, DepthwiseConvDims, PoolDims.

``conv(x, w, DenseConvDims(x, w, stride=2))`` is ``conv(x, w, stride=2)``. What gradients are computed
with (:mod:`.cotangents`) needs such an object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...errors import DimensionMismatch
from .windows import Sizes, Windows, conv_dims, expand, windows


def _shape(x: Any) -> Sizes:
    """The shape of an array, or the shape that is given."""
    if isinstance(x, (np.ndarray, Tracer)):
        array: Any = x
        return np.shape(array)
    return tuple(int(n) for n in x)


class ConvDims:
    """What the three kinds have in common: where the windows are, and the channels before and after."""

    place: Windows
    channels_in: int
    channels_out: int
    groupcount: int = 1
    flipkernel: bool = False

    @property
    def groups(self) -> int:
        """How many convolutions of separate channels it really is."""
        return self.groupcount

    @property
    def input_size(self) -> Sizes:
        return self.place.input

    @property
    def kernel_size(self) -> Sizes:
        return self.place.kernel

    @property
    def output_size(self) -> Sizes:
        return self.place.output

    @property
    def stride(self) -> Sizes:
        return self.place.stride

    @property
    def padding(self) -> Sizes:
        return self.place.pad

    @property
    def dilation(self) -> Sizes:
        return self.place.dilation

    def check(self, x: Any, w: Any = None) -> None:
        """Raise DimensionMismatch unless these are arrays that the geometry was made for."""
        expected = (*self.input_size, self.channels_in)
        if np.shape(x)[:-1] != expected:
            raise DimensionMismatch(f"{self!r} takes an x of shape {(*expected, '…')}, not {np.shape(x)}")
        if w is not None and np.shape(w)[: len(self.kernel_size)] != self.kernel_size:
            raise DimensionMismatch(f"{self!r} takes kernels of size {self.kernel_size}, not {np.shape(w)}")

    def __repr__(self) -> str:
        before = (*self.input_size, self.channels_in)
        after = (*self.output_size, self.channels_out)
        return (
            f"{type(self).__name__}: {before} * {self.kernel_size} -> {after}, stride: {self.stride}, "
            f"pad: {self.padding}, dil: {self.dilation}, flip: {str(self.flipkernel).lower()}, "
            f"groups: {self.groupcount}"
        )


class DenseConvDims(ConvDims):
    """Of ``conv``: made of the input and the weight, or of their shapes.

    Raises DimensionMismatch if they do not fit together.

    >>> DenseConvDims((28, 28, 3, 8), (5, 5, 3, 16), stride=2)
    DenseConvDims: (28, 28, 3) * (5, 5) -> (12, 12, 16),
    stride: (2, 2), pad: (0, 0, 0, 0), dil: (1, 1), flip: false, groups: 1
    """

    def __init__(
        self,
        x: Any,
        w: Any,
        *,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        flipkernel: bool = False,
    ):
        x_shape, w_shape = _shape(x), _shape(w)
        self.place = conv_dims(x_shape, w_shape, stride, padding, dilation, groups).place
        self.channels_in, self.channels_out = x_shape[-2], w_shape[-1]
        self.groupcount, self.flipkernel = groups, flipkernel


class DepthwiseConvDims(ConvDims):
    """Of ``depthwiseconv``, whose weights are (kernel…, multiplier, channels).

    >>> DepthwiseConvDims((8, 8, 3, 1), (2, 2, 5, 3)).channels_out
    15
    """

    def __init__(
        self,
        x: Any,
        w: Any,
        *,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        flipkernel: bool = False,
    ):
        x_shape, w_shape = _shape(x), _shape(w)
        if len(x_shape) != len(w_shape):
            raise DimensionMismatch(f"Rank of x and w must match! ({len(x_shape)} vs. {len(w_shape)})")
        self.place = windows(x_shape[:-2], w_shape[:-2], stride, padding, dilation)
        if x_shape[-2] != w_shape[-1]:
            raise DimensionMismatch(f"Input channels must match! ({x_shape[-2]} vs. {w_shape[-1]})")
        self.channels_in, self.channels_out = x_shape[-2], x_shape[-2] * w_shape[-2]
        self.flipkernel = flipkernel

    @property
    def groups(self) -> int:
        return self.channels_in


class PoolDims(ConvDims):
    """Of pooling with windows of size `k`; the stride is k if nothing is said.

    >>> PoolDims((28, 28, 3, 8), 2).output_size
    (14, 14)
    """

    def __init__(
        self,
        x: Any,
        k: int | Sequence[int],
        *,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
    ):
        shape = _shape(x)
        kernel = expand(k, len(shape) - 2)
        if len(kernel) != len(shape) - 2:
            raise DimensionMismatch(
                f"PoolDims expects one size a spatial axis: {len(shape) - 2} of them for x of shape {shape}, "
                f"but k={k}"
            )
        self.place = windows(shape[:-2], kernel, kernel if stride is None else stride, padding, dilation)
        self.channels_in = self.channels_out = shape[-2]
