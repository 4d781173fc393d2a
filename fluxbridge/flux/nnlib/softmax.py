"""softmax, logsoftmax and logsumexp, as stable primitives.

Their rules need the output only (logsumexp: its softmax), so nothing is computed twice. `axis` is
one axis, a tuple of axes, or None for all together; it defaults to 0 (the features) where Flux's
``dims`` does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import primitive
from .numeric import as_float

Axis = int | tuple[int, ...] | None


def _refuse_number(x: Any, name: str) -> None:
    if np.ndim(x) == 0:
        raise TypeError(
            f"{name}(x) was called with a number, but it needs an array. A layer like "
            f"Dense((3, 4), {name}) applies its activation to every number by itself: put {name} after "
            f"the layer instead, Chain(Dense((3, 4)), {name})."
        )


def _below_maximum(x: Any, axis: Axis) -> tuple[Any, Any]:
    """x minus its maximum along `axis`, and that maximum."""
    x = as_float(x)
    top = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    return x - top, top


def _scores(x: Any, axis: Axis) -> Any:
    """x minus its maximum, where an infinite score takes everything."""
    z, top = _below_maximum(x, axis)
    if (top == np.inf).any():
        z = np.where(np.isposinf(top), np.where(np.isposinf(x), 0, -np.inf), z).astype(z.dtype)
    return z


def _sum(x: Any, axis: Axis) -> Any:
    return np.sum(x, axis=axis, keepdims=True)


def _softmax(x: Any, axis: Axis = 0) -> Any:
    with np.errstate(all="ignore"):
        z = _scores(x, axis)
        np.exp(z, out=z)
        z /= np.add.reduce(z, axis=axis, keepdims=True)
    return z


def _logsoftmax(x: Any, axis: Axis = 0) -> Any:
    with np.errstate(all="ignore"):
        z = _scores(x, axis)
        z -= np.log(np.add.reduce(np.exp(z), axis=axis, keepdims=True))
    return z


def _logsumexp(x: Any, axis: Axis = None) -> Any:
    with np.errstate(all="ignore"):
        z, top = _below_maximum(x, axis)
        y = top + np.log(np.add.reduce(np.exp(z, out=z), axis=axis, keepdims=True))
        return y.reshape(())[()] if axis is None else y


def softmax_rule(dy: Any, y: Any, _x: Any, axis: Axis = 0) -> Any:
    weighted = dy * y
    return weighted - y * _sum(weighted, axis)


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


def softmax(x: Any, axis: Axis = 0) -> Any:
    """exp(x) / sum(exp(x)) along `axis`: scores become probabilities. Same shape as x.

    Raises TypeError for a number.

    >>> softmax(np.array([1.0, 2.0, 3.0])).round(4)
    array([0.09  , 0.2447, 0.6652])
    """
    _refuse_number(x, "softmax")
    return SOFTMAX(x, axis=axis)


def logsoftmax(x: Any, axis: Axis = 0) -> Any:
    """log(softmax(x)) without the rounding of the two steps. Same shape as x.

    Raises TypeError for a number.

    >>> logsoftmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    _refuse_number(x, "logsoftmax")
    return LOGSOFTMAX(x, axis=axis)


def logsumexp(x: Any, axis: Axis = None) -> Any:
    """log(sum(exp(x))) without overflow: a number, or with `axis` an array that keeps this axis, of length 1.

    Raises TypeError for a number.

    >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 4)
    1000.6931
    >>> logsumexp(np.zeros((3, 2)), axis=0).shape
    (1, 2)
    """
    _refuse_number(x, "logsumexp")
    return LOGSUMEXP(x, axis=axis)
