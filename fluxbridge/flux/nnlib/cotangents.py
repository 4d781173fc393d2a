"""Pullbacks of NNlib's functions: ``∇conv_data`` and others, here named grad_conv_data.

Each takes the cotangent dy of the output and returns the cotangent of an input, in its shape. They are
differentiable themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autodiff.native import pullback
from ...autodiff.primitive import take_up
from ...errors import ArgumentError, DimensionMismatch
from ..axes import takes_axis
from .conv import CONV_DATA, CONV_WEIGHT, depthwise_weight
from .dims import ConvDims as PublicDims
from .dims import DenseConvDims, DepthwiseConvDims, PoolDims
from .numeric import check_axis, check_numbers, check_real
from .pooling import SPREAD, SUMPOOL_DATA
from .rotate import imrotate
from .sampling import grid_sample
from .softmax import logsoftmax_rule, softmax_rule
from .upsample import upsample_linear, upsample_nearest
from .windows import ConvDims, count, expand


def _checked(name: str, cdims: Any, kind: type[PublicDims], **arrays: Any) -> ConvDims:
    """The settings in `cdims`, which must be of this `kind` and fit the arrays x, w, y."""
    if not isinstance(cdims, kind):
        raise ArgumentError(f"{name} takes {kind.__name__} as its last argument, not {cdims!r}")
    check_numbers(name, *arrays.values())
    cdims.check(**arrays)
    return cdims.settings()


def _same_batch(name: str, x: Any, dy: Any) -> None:
    """Raise DimensionMismatch unless x and dy have as many observations, along their last axis."""
    if np.shape(x)[-1:] != np.shape(dy)[-1:]:
        raise DimensionMismatch(
            f"{name} takes x and dy of one batch, but got the shapes {np.shape(x)} and {np.shape(dy)}"
        )


def _same(name: str, dy: Any, *others: Any) -> None:
    """Raise DimensionMismatch unless all have the shape of the cotangent dy."""
    check_numbers(name, dy, *others)
    if any(np.shape(dy) != np.shape(x) for x in others):
        shapes = " and ".join(str(np.shape(x)) for x in (dy, *others))
        raise DimensionMismatch(f"{name} takes dy and y of the same shape, but got the shapes {shapes}")


def grad_conv_data(dy: Any, w: Any, cdims: DenseConvDims) -> Any:
    """∇conv_data: the cotangent of x in ``conv(x, w, cdims)``, from dy, in the shape of x.

    `cdims` is a :class:`DenseConvDims`. Raises DimensionMismatch if dy or w do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import DenseConvDims
    >>> cdims = DenseConvDims((3, 1, 1), (2, 1, 1))
    >>> grad_conv_data(np.ones((2, 1, 1)), np.array([1.0, 2.0]).reshape(2, 1, 1), cdims).ravel()
    array([2., 3., 1.])
    """
    return CONV_DATA(dy, w, dims=_checked("grad_conv_data", cdims, DenseConvDims, y=dy, w=w))


def grad_conv_filter(x: Any, dy: Any, cdims: DenseConvDims) -> Any:
    """∇conv_filter: the cotangent of w in ``conv(x, w, cdims)``, from dy, in the shape of w.

    `cdims` is a :class:`DenseConvDims`. Raises DimensionMismatch if x or dy do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import DenseConvDims
    >>> cdims = DenseConvDims((3, 1, 1), (2, 1, 1))
    >>> x = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    >>> grad_conv_filter(x, np.ones((2, 1, 1)), cdims).ravel()
    array([5., 3.])
    """
    dims = _checked("grad_conv_filter", cdims, DenseConvDims, x=x, y=dy)
    _same_batch("grad_conv_filter", x, dy)
    return CONV_WEIGHT(x, dy, dims=dims)


def grad_depthwiseconv_data(dy: Any, w: Any, cdims: DepthwiseConvDims) -> Any:
    """∇depthwiseconv_data: the cotangent of x in ``depthwiseconv(x, w, cdims)``, from dy, in the shape of x.

    `cdims` is a :class:`DepthwiseConvDims`. Raises DimensionMismatch if dy or w do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import DepthwiseConvDims
    >>> cdims = DepthwiseConvDims((3, 1, 1), (2, 1, 1))
    >>> grad_depthwiseconv_data(np.ones((2, 1, 1)), np.ones((2, 1, 1)), cdims).ravel()
    array([1., 2., 1.])
    """
    dims = _checked("grad_depthwiseconv_data", cdims, DepthwiseConvDims, y=dy, w=w)
    return CONV_DATA(dy, depthwise_weight(w), dims=dims)


def grad_depthwiseconv_filter(x: Any, dy: Any, cdims: DepthwiseConvDims) -> Any:
    """∇depthwiseconv_filter: the cotangent of w in ``depthwiseconv(x, w, cdims)``, in its shape.

    `cdims` is a :class:`DepthwiseConvDims`. Raises DimensionMismatch if x or dy do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import DepthwiseConvDims
    >>> cdims = DepthwiseConvDims((3, 1, 1), (2, 1, 1))
    >>> grad_depthwiseconv_filter(np.ones((3, 1, 1)), np.ones((2, 1, 1)), cdims).shape
    (2, 1, 1)
    """
    dims = _checked("grad_depthwiseconv_filter", cdims, DepthwiseConvDims, x=x, y=dy)
    _same_batch("grad_depthwiseconv_filter", x, dy)
    dw = CONV_WEIGHT(x, dy, dims=dims)
    channels = cdims.channels_in
    split = np.reshape(dw, (*cdims.kernel_size, channels, cdims.channels_out // channels))
    return np.swapaxes(split, -1, -2)


def grad_maxpool(dy: Any, y: Any, x: Any, pdims: PoolDims) -> Any:
    """∇maxpool: the cotangent of x in ``y = maxpool(x, pdims)``, from dy, in the shape of x.

    `pdims` is a :class:`PoolDims`. Raises DimensionMismatch if the arrays do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import PoolDims, maxpool
    >>> x = np.array([1.0, 2.0]).reshape(2, 1, 1)
    >>> pdims = PoolDims(x, 2)
    >>> grad_maxpool(np.ones((1, 1, 1)), maxpool(x, pdims), x, pdims).ravel()
    array([0., 1.])
    """
    _checked("grad_maxpool", pdims, PoolDims, x=x, y=dy)
    _same("grad_maxpool", dy, y)
    _same_batch("grad_maxpool", x, dy)
    return SPREAD(dy, y, x, place=pdims.place)


def grad_meanpool(dy: Any, _y: Any, _x: Any, pdims: PoolDims) -> Any:
    """∇meanpool: the cotangent of x in ``meanpool(x, pdims)``, from dy; y and x are not used.

    `pdims` is a :class:`PoolDims`. Raises DimensionMismatch if the arrays do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import PoolDims
    >>> grad_meanpool(np.ones((1, 1, 1)), None, None, PoolDims((2, 1, 1), 2)).ravel()
    array([0.5, 0.5])
    """
    _checked("grad_meanpool", pdims, PoolDims, y=dy)
    return SUMPOOL_DATA(dy, place=pdims.place) / count(pdims.kernel_size)


def grad_lpnormpool(dy: Any, y: Any, x: Any, pdims: PoolDims, *, p: float) -> Any:
    """∇lpnormpool: the cotangent of x in ``y = lpnormpool(x, p, pdims)``, from dy, in the shape of x.

    `pdims` is a :class:`PoolDims`. Raises DimensionMismatch if the arrays do not have its shapes,
    ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import PoolDims
    >>> x, y = np.array([3.0, 4.0]).reshape(2, 1, 1), np.full((1, 1, 1), 5.0)
    >>> grad_lpnormpool(np.ones((1, 1, 1)), y, x, PoolDims(x, 2), p=2).ravel()
    array([0.6, 0.8])
    """
    check_real("p", p)
    _checked("grad_lpnormpool", pdims, PoolDims, x=x, y=dy)
    _same("grad_lpnormpool", dy, y)
    _same_batch("grad_lpnormpool", x, dy)
    return SUMPOOL_DATA(dy * y ** (1 - p), place=pdims.place) * x ** (p - 1)


@takes_axis
def grad_softmax(dy: Any, _x: Any, y: Any, *, axis: Any = 0) -> Any:
    """∇softmax: the cotangent of x in ``y = softmax(x, axis)``, from dy; x is not used.

    dy and y have the same shape, and so has the result. Raises DimensionMismatch otherwise, or if there is no
    such axis, ArgumentError for what holds no numbers.

    >>> grad_softmax(np.array([1.0, 0.0]), None, np.array([0.5, 0.5]))
    array([ 0.25, -0.25])
    """
    _same("grad_softmax", dy, y)
    check_axis("grad_softmax", axis, np.ndim(dy))
    return softmax_rule(dy, y, None, axis)


@takes_axis
def grad_logsoftmax(dy: Any, _x: Any, y: Any, *, axis: Any = 0) -> Any:
    """∇logsoftmax: the cotangent of x in ``y = logsoftmax(x, axis)``, from dy; x is not used.

    dy and y have the same shape, and so has the result. Raises DimensionMismatch otherwise, or if there is no
    such axis, ArgumentError for what holds no numbers.

    >>> grad_logsoftmax(np.array([1.0, 0.0]), None, np.log([0.5, 0.5])).round(6)
    array([ 0.5, -0.5])
    """
    _same("grad_logsoftmax", dy, y)
    check_axis("grad_logsoftmax", axis, np.ndim(dy))
    return logsoftmax_rule(dy, y, None, axis)


def grad_upsample_nearest(dy: Any, scales: Sequence[int]) -> Any:
    """∇upsample_nearest: the sum of each block of `scales` elements of dy.

    dy has the shape of the output, a multiple of `scales` along the first axes; the result has that of the
    input. Raises DimensionMismatch otherwise, ArgumentError for what holds no numbers.

    >>> grad_upsample_nearest(np.ones((4, 3)), (2, 1))
    array([[2., 2., 2.],
           [2., 2., 2.]])
    """
    check_numbers("grad_upsample_nearest", dy)
    shape, scales = np.shape(dy), expand(scales, len(np.shape(dy)))
    if not 1 <= len(scales) <= len(shape) or any(s < 1 or n % s for n, s in zip(shape, scales, strict=False)):
        raise DimensionMismatch(f"grad_upsample_nearest: the shape {shape} is no multiple of scales={scales}")
    dy = take_up(dy)
    before = (*(n // s for n, s in zip(shape, scales, strict=False)), *shape[len(scales) :])
    return pullback(lambda x: upsample_nearest(x, scales), [np.zeros(before, dy.dtype)])[1](dy)[0]


def grad_upsample_linear(dy: Any, *, size: Sequence[int], align_corners: bool = True) -> Any:
    """∇upsample_linear: the cotangent of x in ``upsample_linear(x, …)``, from dy (spatial…, channels, batch).

    `size` holds the spatial sizes of x. Raises DimensionMismatch unless there is one for each spatial axis of
    dy, ArgumentError for what holds no numbers.

    >>> grad_upsample_linear(np.ones((3, 1, 1)), size=(2,)).ravel()
    array([1.5, 1.5])
    """
    shape = np.shape(dy)
    size = expand(size, len(shape) - 2)
    check_numbers("grad_upsample_linear", dy)
    if len(size) != len(shape) - 2 or min(size, default=0) < 1:
        raise DimensionMismatch(f"grad_upsample_linear: dy of shape {shape} does not go with size={size}")
    dy = take_up(dy)
    now, before = shape[:-2], (*size, *shape[-2:])
    f = lambda x: upsample_linear(x, size=now, align_corners=align_corners)  # noqa: E731
    return pullback(f, [np.zeros(before, dy.dtype)])[1](dy)[0]


grad_upsample_bilinear = grad_upsample_linear
grad_upsample_trilinear = grad_upsample_linear


def grad_grid_sample(dy: Any, x: Any, grid: Any, *, padding_mode: str = "zeros") -> tuple[Any, Any]:
    """∇grid_sample: the cotangents of x and grid in ``grid_sample(x, grid)``, from dy, in their shapes.

    Shapes and `padding_mode` as for :func:`grid_sample`. Raises DimensionMismatch if they do not fit,
    ArgumentError for another mode.

    >>> x, middle = np.arange(4.0).reshape(2, 2, 1, 1), np.zeros((2, 1, 1, 1))
    >>> grad_grid_sample(np.ones((1, 1, 1, 1)), x, middle)[0].ravel()
    array([0.25, 0.25, 0.25, 0.25])
    """
    y, back = pullback(lambda x, g: grid_sample(x, g, padding_mode=padding_mode), [x, grid])
    _same("grad_grid_sample", dy, y)
    dx, dgrid = back(dy)
    return dx, dgrid


def grad_imrotate(
    dy: Any,
    x: Any,
    θ: float,
    *,
    method: str = "bilinear",
    rotation_center: tuple[float, ...] | None = None,
) -> Any:
    """∇imrotate: the cotangent of the images x in ``imrotate(x, θ)``, from dy, in the shape of x.

    Arguments as for :func:`imrotate`. Raises DimensionMismatch unless dy has the shape of x, (W, H, channels,
    batch), ArgumentError for what holds no numbers.

    >>> grad_imrotate(np.arange(4.0).reshape(2, 2, 1, 1), np.ones((2, 2, 1, 1)), 0.0).ravel()
    array([0., 1., 2., 3.])
    """
    _same("grad_imrotate", dy, x)
    f = lambda x: imrotate(x, θ, method=method, rotation_center=rotation_center)  # noqa: E731
    return pullback(f, [x])[1](dy)[0]
