"""softmax, logsoftmax and logsumexp as primitives, computed without overflow.

`axis` is one axis, a tuple of axes, or None for all of them; it defaults as Flux's ``dims`` does. The rules
need only the output (that of logsumexp: its softmax).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.axes import axes_of
from ...autodiff.chunks import CHUNKED
from ...autodiff.families import FORMULAS
from ...autodiff.primitive import primitive
from ..axes import takes_axis
from .numeric import as_float, check_axis
from .totals import is_plain, total

Axis = int | tuple[int, ...] | None


def _check(x: Any, axis: Axis, name: str) -> None:
    ndim = np.ndim(x)
    if ndim == 0:
        raise TypeError(
            f"{name}(x) was called with a number, but it needs an array. A layer like "
            f"Dense((3, 4), {name}) applies its activation to every number by itself: put {name} after "
            f"the layer instead, Chain(Dense((3, 4)), {name})."
        )
    check_axis(name, axis, ndim)


def _below_maximum(x: Any, axis: Axis) -> tuple[Any, Any]:
    """x minus its maximum along `axis`, and that maximum."""
    x = as_float(x)
    top = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    return x - top, top


def _scores(x: Any, axis: Axis) -> Any:
    """x minus its maximum; where the maximum is Inf, 0 at the infinite entries and -Inf elsewhere."""
    z, top = _below_maximum(x, axis)
    if (top == np.inf).any():
        z = np.where(np.isposinf(top), np.where(np.isposinf(x), 0, -np.inf), z).astype(z.dtype)
    return z


def _sum(x: Any, axis: Axis) -> Any:
    if is_plain(x) and x.size:
        return total(x, axes_of(axis, x.ndim))
    return np.sum(x, axis=axis, keepdims=True)


def _softmax(x: Any, axis: Axis = 0) -> Any:
    with np.errstate(all="ignore"):
        z = _scores(x, axis)
        np.exp(z, out=z)
        z /= _sum(z, axis)
    return z


def _logsoftmax(x: Any, axis: Axis = 0) -> Any:
    with np.errstate(all="ignore"):
        z = _scores(x, axis)
        z -= np.log(_sum(np.exp(z), axis))
    return z


def _logsumexp(x: Any, axis: Axis = None) -> Any:
    with np.errstate(all="ignore"):
        z, top = _below_maximum(x, axis)
        y = top + np.log(_sum(np.exp(z, out=z), axis))
        return y.reshape(())[()] if axis is None else y


def softmax_rule(dy: Any, y: Any, _x: Any, axis: Axis = 0) -> Any:
    weighted = dy * y
    less = y * _sum(weighted, axis)
    return np.subtract(weighted, less, out=weighted) if is_plain(weighted, less) else weighted - less


def logsoftmax_rule(dy: Any, y: Any, _x: Any, axis: Axis = 0) -> Any:
    return dy - np.exp(y) * _sum(dy, axis)


SOFTMAX = primitive(None, softmax_rule, name="softmax", compute=_softmax)
LOGSOFTMAX = primitive(None, logsoftmax_rule, name="logsoftmax", compute=_logsoftmax)
LOGSUMEXP = primitive(
    None,
    lambda dy, y, x, axis=None: dy * np.where(np.isfinite(y), softmax(x, axis=axis), np.nan),
    name="logsumexp",
    compute=_logsumexp,
)


# -- arrays of other libraries, by functions that they have ----------------------------------------------


def _scores_of(x: Any, axis: Axis) -> tuple[Any, Any]:
    x = as_float(x)
    top = np.max(x, axis=axis, keepdims=True)
    infinite = np.where(x == np.inf, 0.0, -np.inf)
    return np.where(top == np.inf, infinite, x - top).astype(x.dtype), top


def _softmax_of(x: Any, axis: Axis = 0) -> Any:
    e = np.exp(_scores_of(x, axis)[0])
    return e / np.sum(e, axis=axis, keepdims=True)


def _logsoftmax_of(x: Any, axis: Axis = 0) -> Any:
    z, _ = _scores_of(x, axis)
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))


def _logsumexp_of(x: Any, axis: Axis = None) -> Any:
    z, top = _scores_of(x, axis)
    y = top + np.log(np.sum(np.exp(z), axis=axis, keepdims=True))
    return np.reshape(y, ()) if axis is None else y


FORMULAS.update(softmax=_softmax_of, logsoftmax=_logsoftmax_of, logsumexp=_logsumexp_of)
CHUNKED.update(("softmax", "logsoftmax", "logsumexp"))


@takes_axis
def softmax(x: Any, axis: Axis = 0) -> Any:
    """exp(x) / sum(exp(x)) along `axis`: probabilities that sum to 1.

    x is an array of scores of any shape, and the result has that shape. Raises TypeError for a number,
    DimensionMismatch if there is no such axis, ArgumentError for what holds no numbers.

    >>> softmax(np.array([1.0, 2.0, 3.0])).round(4)
    array([0.09  , 0.2447, 0.6652])
    """
    _check(x, axis, "softmax")
    return SOFTMAX(x, axis=axis)


@takes_axis
def logsoftmax(x: Any, axis: Axis = 0) -> Any:
    """log(softmax(x)), computed as x - logsumexp(x), in the shape of x.

    Raises TypeError for a number, DimensionMismatch if there is no such axis, ArgumentError for what holds no
    numbers.

    >>> logsoftmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    _check(x, axis, "logsoftmax")
    return LOGSOFTMAX(x, axis=axis)


@takes_axis
def logsumexp(x: Any, axis: Axis = None) -> Any:
    """log(sum(exp(x))), computed without overflow.

    A number for ``axis=None``; else an array of the shape of x in which `axis` has length 1. Raises TypeError
    for a number, DimensionMismatch if there is no such axis, ArgumentError for what holds no numbers.

    >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 4)
    1000.6931
    >>> logsumexp(np.zeros((3, 2)), axis=0).shape
    (1, 2)
    """
    _check(x, axis, "logsumexp")
    return LOGSUMEXP(x, axis=axis)
