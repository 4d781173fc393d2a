"""NNlib's functions with an exclamation mark: the same, but the result is written into a given array.

``f!(out, args…)`` is ``f_(out, args…)``. They cannot be differentiated, as there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...errors import DimensionMismatch, MutationError
from . import cotangents
from .batched import batched_mul
from .conv import conv, depthwiseconv
from .functions import conv_bias_act, dropout
from .gather import gather, scatter
from .pooling import lpnormpool, maxpool, meanpool
from .softmax import logsoftmax, softmax


def write(out: Any, value: Any, who: str) -> Any:
    """`out`, with `value` written into it. Raises if it is traced, or has another shape."""
    if isinstance(out, Tracer) or isinstance(value, Tracer):
        name = who.rstrip("_")
        raise MutationError(
            f"Mutating arrays is not supported -- {who} writes into an array, which cannot be "
            f"differentiated; {name} returns a new one"
        )
    if np.shape(out) != np.shape(value):
        raise DimensionMismatch(
            f"{who}: the array to write into has the shape {np.shape(out)}, the result {np.shape(value)}"
        )
    np.copyto(out, value, casting="same_kind")
    return out


def _writing(f: Callable[..., Any]) -> Callable[..., Any]:
    name = f"{f.__name__}_"

    @functools.wraps(f)
    def into(out: Any, *args: Any, **options: Any) -> Any:
        return write(out, f(*args, **options), name)

    del into.__wrapped__  # type: ignore[attr-defined] # it has one argument more
    into.__name__ = into.__qualname__ = name
    into.__doc__ = (
        f"``{name}(out, …)``: :func:`{f.__name__}`, written into the array `out`, which is returned."
    )
    return into


conv_ = _writing(conv)
depthwiseconv_ = _writing(depthwiseconv)
conv_bias_act_ = _writing(conv_bias_act)
maxpool_ = _writing(maxpool)
meanpool_ = _writing(meanpool)
lpnormpool_ = _writing(lpnormpool)
gather_ = _writing(gather)
grad_conv_data_ = _writing(cotangents.grad_conv_data)
grad_conv_filter_ = _writing(cotangents.grad_conv_filter)
grad_depthwiseconv_data_ = _writing(cotangents.grad_depthwiseconv_data)
grad_depthwiseconv_filter_ = _writing(cotangents.grad_depthwiseconv_filter)
grad_maxpool_ = _writing(cotangents.grad_maxpool)
grad_meanpool_ = _writing(cotangents.grad_meanpool)
grad_lpnormpool_ = _writing(cotangents.grad_lpnormpool)
grad_softmax_ = _writing(cotangents.grad_softmax)
grad_logsoftmax_ = _writing(cotangents.grad_logsoftmax)


def softmax_(out: Any, x: Any = None, *, axis: Any = 0) -> Any:
    """softmax of x, or of `out` itself, written into `out`.

    >>> x = np.zeros(2)
    >>> softmax_(x) is x, x
    (True, array([0.5, 0.5]))
    """
    return write(out, softmax(out if x is None else x, axis=axis), "softmax_")


def logsoftmax_(out: Any, x: Any = None, *, axis: Any = 0) -> Any:
    """logsoftmax of x, or of `out` itself, written into `out`."""
    return write(out, logsoftmax(out if x is None else x, axis=axis), "logsoftmax_")


def batched_mul_(out: Any, a: Any, b: Any, alpha: Any = 1, beta: Any = 0) -> Any:
    """alpha · batched_mul(a, b) + beta · out, written into `out`.

    >>> batched_mul_(np.ones((1, 1, 2)), np.ones((1, 3, 2)), np.ones((3, 1, 2)), 1, 10).ravel()
    array([13., 13.])
    """
    product = alpha * batched_mul(a, b)
    return write(out, product + beta * out if beta else product, "batched_mul_")


def dropout_(*args: Any, axis: Any = None) -> Any:
    """``dropout_([rng], out, x, p)``: :func:`dropout`, written into `out`."""
    *rng, out, x, p = args
    return write(out, dropout(*rng, x, p, axis=axis), "dropout_")


def scatter_(op: Any, out: Any, src: Any, idx: Any) -> Any:
    """The slices of src combined by `op` with what stands in `out`, where idx says.

    >>> scatter_("+", np.array([1.0, 1.0]), np.array([10.0, 20.0]), np.array([1, 1]))
    array([ 1., 31.])
    """
    return write(out, scatter(op, src, idx, init=out, dstsize=np.shape(out)), "scatter_")
