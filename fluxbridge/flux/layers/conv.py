"""Convolutional layers for arrays (spatial…, channels, batch) with one to three spatial axes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...errors import ArgumentError, DimensionMismatch
from ..absent import OldField
from ..declare import layer
from ..initialisers import create_bias, glorot_uniform
from ..nnlib.conv import CONV, CONV_DATA, conv_transpose_dims, depthwise_weight
from ..nnlib.numeric import check_integer
from ..nnlib.windows import Sizes, conv_dims, expand, per_axis
from ..show import function_name
from .basic import activation, bias_and_activation, is_pair
from .shapes import activate, as_array, identity, match_eltype, size_check

__all__ = ["Conv", "ConvTranspose", "CrossCor", "DepthwiseConv", "SamePad"]

_dims = functools.lru_cache(maxsize=512)(conv_dims)
_transpose_dims = functools.lru_cache(maxsize=512)(conv_transpose_dims)


class SamePad:
    """``pad=SamePad()``: padding with which the output of stride 1 has the spatial sizes of the input.

    With another stride the output has ``ceil(size / stride)`` elements along each axis; of ConvTranspose it
    has ``size * stride``. Where the padding is odd, the larger half comes first. Raises nothing. See
    :class:`Conv`.

    >>> Conv((3, 2), (1, 1), pad=SamePad())
    Conv((3, 2), 1 => 1, pad=(1, 1, 1, 0))
    """


def calc_padding(pad: Any, kernel: Sizes, dilation: Sizes) -> Sizes:
    """`pad` as a tuple: one number as one for each end of each axis, SamePad() by the kernel's sizes."""
    rank = len(kernel)
    if not (isinstance(pad, SamePad) or pad is SamePad):
        return expand(pad, 2 * rank)
    amounts = [(k - 1) * d for k, d in zip(kernel, dilation, strict=True)]
    return tuple(half for n in amounts for half in (n - n // 2, n // 2))


def same_or_all(sizes: Sizes) -> str:
    """The text of one number if all are equal, else of the tuple."""
    return str(sizes[0]) if len(set(sizes)) == 1 else str(tuple(sizes))


def check_spatial(layer: Any, x: Any, ndim: int) -> None:
    """Raise DimensionMismatch, with the layer and the shape, unless x has `ndim` axes."""
    if len(x.shape) != ndim:
        raise DimensionMismatch(
            f"layer {layer!r} expects an input of {ndim} dimensions ({ndim - 2} spatial, channels, batch), "
            f"but got one of shape {x.shape}"
        )


def convfilter(kernel: Any, channels: Any, init: Any = glorot_uniform, groups: int = 1) -> Any:
    """The weight of a convolution, of shape (kernel…, channels in / groups, channels out), made by `init`.

    Raises ArgumentError unless groups divides both numbers of channels, DimensionMismatch if `init` returns
    another shape.

    >>> convfilter((3, 3), (4, 6), groups=2).shape
    (3, 3, 2, 6)
    """
    check_integer("groups", groups, 1)
    if not is_pair(channels):
        raise ArgumentError(f"a convolution takes a pair of channels (in, out), not {channels!r}")
    inside, out = channels
    for name, n in (("Input", inside), ("Output", out)):
        if n % groups:
            raise ArgumentError(
                f"{name} channel dimension must be divisible by groups ({n}, groups={groups})."
            )
    shape = (*kernel, inside // groups, out)
    weight = init(*shape)
    if weight.shape != shape:
        raise DimensionMismatch(f"Weight shape mismatch: expected {shape}, got {weight.shape} from init")
    return weight


def _is_kernel(k: Any) -> bool:
    """Is this the size of a kernel, and not a weight?"""
    if isinstance(k, (int, np.integer)):
        raise ArgumentError(f"the size of a kernel is a tuple with a number for each spatial axis, not {k}")
    return isinstance(k, (tuple, list)) and all(isinstance(n, (int, np.integer)) for n in k)


def _after_kernel(who: str, rest: tuple[Any, ...]) -> tuple[Any, Any]:
    """The channels and the activation, which follow the size of a kernel."""
    if not rest:
        raise ArgumentError(f"{who} takes the size of its kernel and the channels (in, out)")
    return rest[0], activation(who, rest[1:])


def _given_weight(who: str, weight: Any) -> Any:
    """A given weight as an array. Raises ArgumentError unless it has spatial axes and two of channels."""
    weight = as_array(weight)
    if len(weight.shape) < 3:
        raise ArgumentError(f"the weight of {who} has the axes (kernel…, in, out), not shape {weight.shape}")
    return weight


class _Convolution:
    """Settings, checks and printing of the convolutional layers."""

    __fluxbridge_constants__ = ("stride", "pad", "outpad", "dilation", "groups")

    W, b = OldField("weight"), OldField("bias")
    weight: Any
    bias: Any
    σ: Any
    stride: Sizes
    pad: Sizes
    dilation: Sizes
    groups: int

    def _set(
        self, weight: Any, bias: Any, σ: Any, outputs: int, kernel: Sizes, options: dict[str, Any]
    ) -> None:
        rank = weight.ndim - 2
        dilation = per_axis("dilation", options["dilation"], rank)
        self.σ = σ
        self.weight = weight
        self.bias = create_bias(weight, bias, outputs)
        self.stride = per_axis("stride", options["stride"], rank)
        self.pad = calc_padding(options["pad"], kernel, dilation)
        self.dilation = dilation

    def _input(self, x: Any) -> Any:
        """x as an array of the right shape, in the number type of the weights."""
        x = x if hasattr(x, "shape") else as_array(x)
        ndim = self.weight.ndim
        check_spatial(self, x, ndim)
        size_check(self, x, ndim - 2, self._channels()[0])
        return match_eltype(self, self.weight, x)

    def _finish(self, y: Any) -> Any:
        """σ(y + bias)."""
        if self.bias is not False:
            y = y + np.reshape(self.bias, (*(1,) * (self.weight.ndim - 2), -1, 1))
        return activate(self, self.σ, y)

    def _channels(self) -> tuple[int, int]:
        *_, inside, out = self.weight.shape
        return inside * getattr(self, "groups", 1), out

    def _options(self) -> str:
        pad, stride, dilation = self.pad, self.stride, self.dilation
        groups = getattr(self, "groups", 1)
        words = [] if self.σ is identity else [function_name(self.σ)]
        words += [f"pad={same_or_all(pad)}"] if any(pad) else []
        words += [f"stride={same_or_all(stride)}"] if set(stride) != {1} else []
        words += [f"dilation={same_or_all(dilation)}"] if set(dilation) != {1} else []
        words += [f"groups={groups}"] if groups != 1 else []
        words += ["bias=false"] if self.bias is False else []
        return "".join(f", {word}" for word in words)

    def __repr__(self) -> str:
        inside, out = self._channels()
        return f"{type(self).__name__}({self.weight.shape[:-2]}, {inside} => {out}{self._options()})"


@layer
class Conv(_Convolution):
    """Convolution: ``Conv(kernel, (in, out), σ=identity, *, stride, pad, dilation, groups, bias, init)``.

    Or ``Conv(weight, bias=True, σ=identity, …)`` with a weight of shape (kernel…, in / groups, out). Each of
    stride, pad and dilation is one integer or one for each spatial axis; pad may also be (begin1, end1,
    begin2, end2, …) or SamePad(); negative padding cuts elements off. Takes x (spatial…, in, batch) and
    returns (spatial…, out, batch), with
    (size + padding - (kernel - 1)·dilation - 1) // stride + 1 along each axis, in the dtype of the weights.
    Fields: `σ`, `weight`, `bias` (out,) or False, `stride`, `pad`, `dilation`, `groups`.

    Raises DimensionMismatch if x has other axes or channels or is smaller than the kernel, ArgumentError if
    groups does not divide the channels, for settings out of range and unusable arguments.

    >>> layer = Conv((5, 5), (3, 7), np.tanh, stride=2)
    >>> layer
    Conv((5, 5), 3 => 7, tanh, stride=2)
    >>> layer(np.ones((100, 100, 3, 50), np.float32)).shape
    (48, 48, 7, 50)
    """

    def __init__(
        self,
        kernel: Any,
        *rest: Any,
        stride: Any = 1,
        pad: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: Any = True,
        init: Any = glorot_uniform,
    ):
        if _is_kernel(kernel):
            channels, σ = _after_kernel("Conv", rest)
            weight = convfilter(kernel, channels, init, groups)
        else:
            weight = _given_weight("Conv", kernel)
            bias, σ = bias_and_activation("Conv", rest, bias)
            check_integer("groups", groups, 1)
            if weight.shape[-1] % groups:
                raise ArgumentError(
                    "Output channel dimension must be divisible by groups "
                    f"({weight.shape[-1]}, groups={groups})."
                )
        options = {"stride": stride, "pad": pad, "dilation": dilation}
        self._set(weight, bias, σ, weight.shape[-1], weight.shape[:-2], options)
        self.groups = groups

    def __call__(self, x: Any) -> Any:
        x = self._input(x)
        dims = _dims(x.shape, self.weight.shape, self.stride, self.pad, self.dilation, self.groups)
        return self._finish(CONV(x, self.weight, dims=dims))


def DepthwiseConv(
    kernel: Any,
    *rest: Any,
    stride: Any = 1,
    pad: Any = 0,
    dilation: Any = 1,
    bias: Any = True,
    init: Any = glorot_uniform,
) -> Conv:
    """Depthwise convolution: a :class:`Conv` with as many groups as input channels.

    ``DepthwiseConv(kernel, (in, out), σ)``, out being a multiple of in, or ``DepthwiseConv(weight, bias, σ)``
    with a weight of shape (kernel…, in, out / in), whose last two axes are flattened first axis fastest, as
    in Flux, to the output channels. Shapes as for Conv. Raises ArgumentError if `in` does not divide `out` or
    for unusable arguments, DimensionMismatch for a bias of another size.

    >>> DepthwiseConv((3, 3), (3, 6))
    Conv((3, 3), 3 => 6, groups=3)
    """
    options = {"stride": stride, "pad": pad, "dilation": dilation, "bias": bias}
    if _is_kernel(kernel):
        channels, _ = _after_kernel("DepthwiseConv", rest)
        groups = channels[0] if is_pair(channels) else 1  # Conv refuses what is no pair
        return Conv(kernel, *rest, groups=groups, init=init, **options)
    weight = _given_weight("DepthwiseConv", kernel)
    return Conv(depthwise_weight(weight), *rest, groups=weight.shape[-2], **options)


@layer
class CrossCor(_Convolution):
    """Cross-correlation: as :class:`Conv`, but the kernel is not reversed, and there are no groups.

    Shapes, fields and settings are those of Conv. Raises DimensionMismatch and ArgumentError as Conv does.

    >>> CrossCor((5, 5), (3, 7), np.tanh)
    CrossCor((5, 5), 3 => 7, tanh)
    """

    def __init__(
        self,
        kernel: Any,
        *rest: Any,
        stride: Any = 1,
        pad: Any = 0,
        dilation: Any = 1,
        bias: Any = True,
        init: Any = glorot_uniform,
    ):
        if _is_kernel(kernel):
            channels, σ = _after_kernel("CrossCor", rest)
            weight = convfilter(kernel, channels, init)
        else:
            weight = _given_weight("CrossCor", kernel)
            bias, σ = bias_and_activation("CrossCor", rest, bias)
        options = {"stride": stride, "pad": pad, "dilation": dilation}
        self._set(weight, bias, σ, weight.shape[-1], weight.shape[:-2], options)

    def __call__(self, x: Any) -> Any:
        x = self._input(x)
        dims = _dims(x.shape, self.weight.shape, self.stride, self.pad, self.dilation, 1, True)
        return self._finish(CONV(x, self.weight, dims=dims))


@layer
class ConvTranspose(_Convolution):
    """Transposed convolution: ``ConvTranspose(kernel, (in, out), σ=identity, *, outpad=0, …)``.

    The transpose of the linear map of a :class:`Conv` from out to in channels. Takes x (spatial…, in, batch)
    and returns (spatial…, out, batch), with (size - 1)·stride + 1 + (kernel - 1)·dilation - padding + outpad
    along each axis. The weight has the shape (kernel…, out / groups, in); other fields, settings and errors
    as for Conv. `outpad`, at least 0 and smaller than the stride, chooses among the sizes that a convolution
    takes to the same size.

    Raises DimensionMismatch if x has other axes or channels or outpad is out of range, ArgumentError as Conv
    does.

    >>> layer = ConvTranspose((5, 5), (3, 7), np.tanh, stride=2)
    >>> layer
    ConvTranspose((5, 5), 3 => 7, tanh, stride=2)
    >>> layer(np.ones((10, 10, 3, 5), np.float32)).shape
    (23, 23, 7, 5)
    """

    def __init__(
        self,
        kernel: Any,
        *rest: Any,
        stride: Any = 1,
        pad: Any = 0,
        outpad: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: Any = True,
        init: Any = glorot_uniform,
    ):
        if _is_kernel(kernel):
            channels, σ = _after_kernel("ConvTranspose", rest)
            weight = convfilter(kernel, channels[::-1] if is_pair(channels) else channels, init, groups)
        else:
            weight = _given_weight("ConvTranspose", kernel)
            bias, σ = bias_and_activation("ConvTranspose", rest, bias)
        check_integer("groups", groups, 1)
        rank = weight.ndim - 2
        strides = per_axis("stride", stride, rank)
        same = tuple(k - s + 1 for k, s in zip(weight.shape[:-2], strides, strict=True))  # for SamePad
        options = {"stride": stride, "pad": pad, "dilation": dilation}
        self._set(weight, bias, σ, weight.shape[-2] * groups, same, options)
        self.outpad = per_axis("outpad", outpad, rank)
        self.__dict__["dilation"] = self.__dict__.pop("dilation")  # Flux's order of fields: after outpad
        self.groups = groups

    def __call__(self, x: Any) -> Any:
        x = self._input(x)
        settings = (self.stride, self.pad, self.outpad, self.dilation, self.groups)
        dims = _transpose_dims(x.shape, self.weight.shape, *settings)
        return self._finish(CONV_DATA(x, self.weight, dims=dims))

    def _channels(self) -> tuple[int, int]:
        *_, out, inside = self.weight.shape
        return inside, out * self.groups

    def _options(self) -> str:
        return super()._options() + (f", outpad={self.outpad}" if any(self.outpad) else "")
