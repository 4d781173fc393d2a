"""NNlib's functions with an exclamation mark, which write their result into a given array.

``f!(out, args…)`` is ``f_(out, args…)`` here. They cannot be differentiated, as in NNlib.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...errors import ArgumentError, DimensionMismatch, MutationError
from ..axes import takes_axis
from . import cotangents
from .batched import batched_mul
from .conv import conv, depthwiseconv
from .functions import conv_bias_act, dropout
from .gather import gather, scatter
from .numeric import check_broadcast
from .pooling import lpnormpool, maxpool, meanpool
from .softmax import logsoftmax, softmax


def write(out: Any, value: Any, who: str) -> Any:
    """Write `value` into the array `out` of the same shape, and return `out`; `who` is the caller's name.

    Raises MutationError inside of a gradient, DimensionMismatch for another shape, ArgumentError if `out`
    cannot hold the values.
    """
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
    if not isinstance(out, np.ndarray) or not np.can_cast(np.result_type(value), out.dtype, "same_kind"):
        kind = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise ArgumentError(f"{who} writes {np.result_type(value)} into an array, which {kind} cannot hold")
    np.copyto(out, value, casting="same_kind")
    return out


def _writing(f: Callable[..., Any]) -> Callable[..., Any]:
    name = f"{f.__name__}_"

    @functools.wraps(f)
    def into(out: Any, *args: Any, **options: Any) -> Any:
        return write(out, f(*args, **options), name)

    del into.__wrapped__  # type: ignore[attr-defined] # it has one argument more
    into.__name__ = into.__qualname__ = name
    into.__module__ = __name__
    into.__doc__ = (
        f"``{name}(out, …)``: write the result of ``{f.__name__}(…)`` into the array `out` and return it.\n\n"
        "Raises MutationError inside of a gradient, DimensionMismatch if `out` has another shape than the\n"
        "result, ArgumentError if it cannot hold it, and the errors of the function.\n"
        f"See :func:`{f.__name__}`.\n"
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


@takes_axis
def softmax_(out: Any, x: Any = None, *, axis: Any = 0) -> Any:
    """Write ``softmax(x)`` along `axis` into `out`, by default that of `out` itself, and return `out`.

    Raises MutationError inside of a gradient, DimensionMismatch if `out` has another shape than the result,
    ArgumentError if it cannot hold it, TypeError for a number.

    >>> x = np.zeros(2)
    >>> softmax_(x) is x, x
    (True, array([0.5, 0.5]))
    """
    return write(out, softmax(out if x is None else x, axis=axis), "softmax_")


@takes_axis
def logsoftmax_(out: Any, x: Any = None, *, axis: Any = 0) -> Any:
    """Write ``logsoftmax(x)`` along `axis` into `out`, by default that of `out` itself, and return `out`.

    Raises MutationError inside of a gradient, DimensionMismatch if `out` has another shape than the result,
    ArgumentError if it cannot hold it, TypeError for a number.

    >>> logsoftmax_(np.zeros(2)).round(4)
    array([-0.6931, -0.6931])
    """
    return write(out, logsoftmax(out if x is None else x, axis=axis), "logsoftmax_")


def batched_mul_(out: Any, a: Any, b: Any, alpha: Any = 1, beta: Any = 0) -> Any:
    """Write ``alpha · batched_mul(a, b) + beta · out`` into `out`, and return `out`.

    a has the shape (m, n, batch), b (n, p, batch), out (m, p, batch). Raises MutationError inside of a
    gradient, DimensionMismatch if `out` has another shape than the result, ArgumentError if it cannot hold
    it.

    >>> batched_mul_(np.ones((1, 1, 2)), np.ones((1, 3, 2)), np.ones((3, 1, 2)), 1, 10).ravel()
    array([13., 13.])
    """
    product = alpha * batched_mul(a, b)
    check_broadcast("batched_mul_: out and product", np.shape(out), np.shape(product))
    return write(out, product + beta * out if beta else product, "batched_mul_")


@takes_axis
def dropout_(*args: Any, axis: Any = None) -> Any:
    """``dropout_([rng], out, x, p)``: write ``dropout([rng], x, p)`` into `out`, and return `out`.

    out has the shape of x. Raises TypeError for another number of arguments, and as :func:`dropout` does,
    ValueError unless 0 ≤ p ≤ 1. Raises MutationError inside of a gradient, DimensionMismatch if `out` has
    another shape than the result, ArgumentError if it cannot hold it.

    >>> dropout_(np.zeros(2), np.ones(2), 0.0)
    array([1., 1.])
    """
    if len(args) not in (3, 4):
        raise TypeError(f"dropout_ takes ([rng], out, x, p), but got {len(args)} arguments")
    *rng, out, x, p = args
    return write(out, dropout(*rng, x, p, axis=axis), "dropout_")


def scatter_(op: Any, out: Any, src: Any, idx: Any) -> Any:
    """Combine the slices of src with `out` by `op`, at the places `idx`, and return `out`.

    Arguments as for :func:`scatter`. Raises MutationError inside of a gradient, DimensionMismatch if src or
    idx do not fit the shape of `out`, ValueError for another operation, IndexError for an index out of
    bounds, TypeError for one that is no integer, ArgumentError for what holds no numbers.

    >>> scatter_("+", np.array([1.0, 1.0]), np.array([10.0, 20.0]), np.array([1, 1]))
    array([ 1., 31.])
    """
    return write(out, scatter(op, src, idx, init=out, dstsize=np.shape(out)), "scatter_")
