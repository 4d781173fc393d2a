"""The settings of a convolution or a pooling as an object: DenseConvDims, DepthwiseConvDims, PoolDims.

``conv(x, w, DenseConvDims(x, w, stride=2))`` is ``conv(x, w, stride=2)``. The functions of :mod:`.cotangents`
take such an object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...errors import DimensionMismatch
from .windows import ConvDims as Settings
from .windows import Sizes, Windows, conv_dims, expand, windows


def _shape(x: Any) -> Sizes:
    """The shape of an array; a sequence of integers is a shape already."""
    if isinstance(x, (np.ndarray, Tracer)):
        array: Any = x
        return np.shape(array)
    return expand(x, 0)


class ConvDims:
    """What DenseConvDims, DepthwiseConvDims and PoolDims have in common; NNlib's abstract type.

    Fields: `place` (the windows), `channels_in`, `channels_out`, `groupcount` and `flipkernel`; the spatial
    sizes and settings are tuples, one number for each spatial axis. Raises nothing: it has no constructor of
    its own. See :class:`DenseConvDims`.
    """

    place: Windows
    channels_in: int
    channels_out: int
    groupcount: int = 1
    flipkernel: bool = False

    @property
    def groups(self) -> int:
        """The number of groups of channels that are convolved separately."""
        return self.groupcount

    @property
    def input_size(self) -> Sizes:
        """The spatial sizes of the input."""
        return self.place.input

    @property
    def kernel_size(self) -> Sizes:
        """The spatial sizes of the kernel."""
        return self.place.kernel

    @property
    def output_size(self) -> Sizes:
        """The spatial sizes of the output."""
        return self.place.output

    @property
    def stride(self) -> Sizes:
        """The step from window to window along each axis."""
        return self.place.stride

    @property
    def padding(self) -> Sizes:
        """The padding, (begin1, end1, begin2, end2, …)."""
        return self.place.pad

    @property
    def dilation(self) -> Sizes:
        """The distance of the kernel's elements along each axis."""
        return self.place.dilation

    def settings(self) -> Settings:
        """The same as an option of the primitives."""
        return Settings(self.place, self.groups, self.flipkernel)

    def weight_size(self) -> Sizes:
        """The shape of the weight."""
        return (*self.kernel_size, self.channels_in // self.groups, self.channels_out)

    def check(self, x: Any = None, w: Any = None, y: Any = None) -> None:
        """Raise DimensionMismatch unless input x, weight w and output y have the shapes of these settings."""
        if w is not None and np.shape(w) != self.weight_size():
            raise DimensionMismatch(f"{self!r} takes a w of shape {self.weight_size()}, not {np.shape(w)}")
        for name, array, sizes in (
            ("an x", x, (*self.input_size, self.channels_in)),
            ("a y", y, (*self.output_size, self.channels_out)),
        ):
            if array is not None and np.shape(array)[:-1] != sizes:
                raise DimensionMismatch(
                    f"{self!r} takes {name} of shape {(*sizes, '…')}, not {np.shape(array)}"
                )

    def __repr__(self) -> str:
        before = (*self.input_size, self.channels_in)
        after = (*self.output_size, self.channels_out)
        return (
            f"{type(self).__name__}: {before} * {self.kernel_size} -> {after}, stride: {self.stride}, "
            f"pad: {self.padding}, dil: {self.dilation}, flip: {str(self.flipkernel).lower()}, "
            f"groups: {self.groupcount}"
        )


class DenseConvDims(ConvDims):
    """Settings of ``conv(x, w, …)``, made of x (spatial…, channels, batch) and w, or of their shapes.

    w has the shape (kernel…, channels/groups, output channels). Raises DimensionMismatch if the shapes do not
    fit together, ArgumentError for settings out of range.

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
    """Settings of ``depthwiseconv(x, w, …)``, whose weights have the shape (kernel…, multiplier, channels).

    Raises DimensionMismatch if the shapes do not fit together, ArgumentError for settings out of range.

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
        if len(x_shape) < 3:
            raise DimensionMismatch(f"x has spatial axes, channels and a batch, not the shape {x_shape}")
        self.place = windows(x_shape[:-2], w_shape[:-2], stride, padding, dilation)
        if x_shape[-2] != w_shape[-1]:
            raise DimensionMismatch(f"Input channels must match! ({x_shape[-2]} vs. {w_shape[-1]})")
        self.channels_in, self.channels_out = x_shape[-2], x_shape[-2] * w_shape[-2]
        self.flipkernel = flipkernel

    @property
    def groups(self) -> int:
        return self.channels_in

    def weight_size(self) -> Sizes:
        return (*self.kernel_size, self.channels_out // self.channels_in, self.channels_in)


class PoolDims(ConvDims):
    """Settings of pooling x (spatial…, channels, batch), or an array of that shape, with windows of size `k`.

    `stride` defaults to k. Raises DimensionMismatch if k or a setting does not fit the spatial axes,
    ArgumentError for settings out of range.

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
        if len(shape) < 3:
            raise DimensionMismatch(f"x has spatial axes, channels and a batch, not the shape {shape}")
        kernel = expand(k, len(shape) - 2)
        if len(kernel) != len(shape) - 2:
            raise DimensionMismatch(
                f"PoolDims expects one size a spatial axis: {len(shape) - 2} of them for x of shape {shape}, "
                f"but k={k}"
            )
        self.place = windows(shape[:-2], kernel, kernel if stride is None else stride, padding, dilation)
        self.channels_in = self.channels_out = shape[-2]
