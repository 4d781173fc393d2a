"""The cotangents of NNlib's functions, as functions: its ``∇conv_data`` and others, named grad_conv_data.

They take the cotangent dy of the output and give that of an input. They are differentiable themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autodiff.native import pullback
from .conv import CONV_DATA, CONV_WEIGHT, depthwise_weight
from .dims import ConvDims as PublicDims
from .dims import DenseConvDims, DepthwiseConvDims, PoolDims
from .pooling import SPREAD, SUMPOOL_DATA
from .rotate import imrotate
from .sampling import grid_sample
from .softmax import logsoftmax_rule, softmax_rule
from .upsample import upsample_linear, upsample_nearest
from .windows import ConvDims, count


def _dims(cdims: PublicDims) -> ConvDims:
    return ConvDims(cdims.place, cdims.groups, cdims.flipkernel)


def grad_conv_data(dy: Any, w: Any, cdims: DenseConvDims) -> Any:
    """∇conv_data: the cotangent of the input of ``conv(x, w, cdims)``.

    >>> from fluxbridge.flux.nnlib import DenseConvDims
    >>> cdims = DenseConvDims((3, 1, 1), (2, 1, 1))
    >>> grad_conv_data(np.ones((2, 1, 1)), np.array([1.0, 2.0]).reshape(2, 1, 1), cdims).ravel()
    array([2., 3., 1.])
    """
    return CONV_DATA(dy, w, dims=_dims(cdims))


def grad_conv_filter(x: Any, dy: Any, cdims: DenseConvDims) -> Any:
    """∇conv_filter: the cotangent of the weight of ``conv(x, w, cdims)``."""
    return CONV_WEIGHT(x, dy, dims=_dims(cdims))


def grad_depthwiseconv_data(dy: Any, w: Any, cdims: DepthwiseConvDims) -> Any:
    """∇depthwiseconv_data: the cotangent of the input of ``depthwiseconv(x, w, cdims)``."""
    return CONV_DATA(dy, depthwise_weight(w), dims=_dims(cdims))


def grad_depthwiseconv_filter(x: Any, dy: Any, cdims: DepthwiseConvDims) -> Any:
    """∇depthwiseconv_filter: the cotangent of the weight of ``depthwiseconv(x, w, cdims)``."""
    dw = CONV_WEIGHT(x, dy, dims=_dims(cdims))
    channels = cdims.channels_in
    split = np.reshape(dw, (*cdims.kernel_size, channels, cdims.channels_out // channels))
    return np.swapaxes(split, -1, -2)


def grad_maxpool(dy: Any, y: Any, x: Any, pdims: PoolDims) -> Any:
    """∇maxpool: the cotangent of the input of ``maxpool(x, pdims)``, whose output is y."""
    return SPREAD(dy, y, x, place=pdims.place)


def grad_meanpool(dy: Any, _y: Any, _x: Any, pdims: PoolDims) -> Any:
    """∇meanpool: the cotangent of the input of ``meanpool(x, pdims)``."""
    return SUMPOOL_DATA(dy, place=pdims.place) / count(pdims.kernel_size)


def grad_lpnormpool(dy: Any, y: Any, x: Any, pdims: PoolDims, *, p: float) -> Any:
    """∇lpnormpool: the cotangent of the input of ``lpnormpool(x, p, pdims)``, whose output is y."""
    return SUMPOOL_DATA(dy * y ** (1 - p), place=pdims.place) * x ** (p - 1)


def grad_softmax(dy: Any, _x: Any, y: Any, *, axis: Any = 0) -> Any:
    """∇softmax: the cotangent of the input of ``softmax``, whose output is y.

    >>> grad_softmax(np.array([1.0, 0.0]), None, np.array([0.5, 0.5]))
    array([ 0.25, -0.25])
    """
    return softmax_rule(dy, y, None, axis)


def grad_logsoftmax(dy: Any, _x: Any, y: Any, *, axis: Any = 0) -> Any:
    """∇logsoftmax: the cotangent of the input of ``logsoftmax``, whose output is y."""
    return logsoftmax_rule(dy, y, None, axis)


def grad_upsample_nearest(dy: Any, scales: Sequence[int]) -> Any:
    """∇upsample_nearest: the sum over each block of `scales` elements.

    >>> grad_upsample_nearest(np.ones((4, 3)), (2, 1))
    array([[2., 2., 2.],
           [2., 2., 2.]])
    """
    shape = np.shape(dy)
    before = (*(n // s for n, s in zip(shape, scales, strict=False)), *shape[len(scales) :])
    return pullback(lambda x: upsample_nearest(x, scales), [np.zeros(before, dy.dtype)])[1](dy)[0]


def grad_upsample_linear(dy: Any, *, size: Sequence[int], align_corners: bool = True) -> Any:
    """∇upsample_linear: `size` is that of the spatial axes before."""
    shape = np.shape(dy)
    now, before = shape[:-2], (*size, *shape[-2:])
    f = lambda x: upsample_linear(x, size=now, align_corners=align_corners)  # noqa: E731
    return pullback(f, [np.zeros(before, dy.dtype)])[1](dy)[0]


grad_upsample_bilinear = grad_upsample_linear
grad_upsample_trilinear = grad_upsample_linear


def grad_grid_sample(dy: Any, x: Any, grid: Any, *, padding_mode: str = "zeros") -> tuple[Any, Any]:
    """∇grid_sample: the cotangents of the image and of the grid."""
    dx, dgrid = pullback(lambda x, g: grid_sample(x, g, padding_mode=padding_mode), [x, grid])[1](dy)
    return dx, dgrid


def grad_imrotate(
    dy: Any,
    x: Any,
    θ: float,
    *,
    method: str = "bilinear",
    rotation_center: tuple[float, ...] | None = None,
) -> Any:
    """∇imrotate: the cotangent of the images."""
    f = lambda x: imrotate(x, θ, method=method, rotation_center=rotation_center)  # noqa: E731
    return pullback(f, [x])[1](dy)[0]
