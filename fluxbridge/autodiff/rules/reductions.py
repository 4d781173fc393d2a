"""Sums, products, means, extremes: what folds an array along some of its axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..axes import axes_of, from_last, to_last
from ..elementwise import conj
from ..primitive import FUNCTIONS, implements, plain, primitive, refuse_out
from ..values import in_numpys_types
from .shaping import as_array

# -- the axes of a reduction -----------------------------------------------------------------------


def expand(dy: Any, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Any:
    """The cotangent of a reduction, repeated along the axes that were reduced."""
    if type(dy) is float:  # one number, seen from everywhere: np.broadcast_to, but quick
        return np.ndarray(shape, float, np.array(dy), 0, (0,) * len(shape))
    if axis is not None and not keepdims and np.ndim(dy) < len(shape):
        axes = axis if isinstance(axis, tuple) else (axis,)
        dy = np.expand_dims(dy, tuple(a % len(shape) for a in axes))
    return np.broadcast_to(dy, shape)


def count(shape: tuple[int, ...], axis: Any, where: Any) -> Any:
    """How many elements are folded into each: a number, or with `where` an array (keepdims)."""
    if where is True:
        return int(np.prod([shape[i] for i in axes_of(axis, len(shape))]))
    return np.sum(np.broadcast_to(plain(where), shape), axis=axis, keepdims=True)


def masked(where: Any, x: Any) -> Any:
    return x if where is True else np.where(where, x, 0.0)


def widened(x: Any) -> Any:
    """`x`, from half precision as single: counts of 65,520 and more are infinite there."""
    return x.astype(np.float32) if getattr(plain(x), "dtype", None) == np.float16 else x


# -- sum and mean ------------------------------------------------------------------------------------

_ONE_NUMBER = {float, np.float32}  #: what is exact as a Python float


def sum_rule(
    dy: Any,
    _y: Any,
    _x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = 0,
    where: Any = True,
) -> Any:
    if where is True and type(dy) in _ONE_NUMBER:
        return float(dy)  # the same everywhere
    dy = expand(dy, _x.shape, axis, keepdims)
    return dy if where is True else np.where(where, dy, 0.0)


def sum_tangent(
    dx: Any,
    _y: Any,
    _x: Any,
    axis: Any = None,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Any = 0,
    where: Any = True,
) -> Any:
    return np.sum(dx, axis=axis, keepdims=keepdims, where=where)


def _sum(x: Any, axis: Any = None, **options: Any) -> Any:
    return np.add.reduce(x, axis, **options)  # np.sum without its detours


primitive(np.sum, sum_rule, jvp=(sum_tangent,), compute=_sum)


def mean_rule(
    dy: Any,
    _y: Any,
    _x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    n = count(_x.shape, axis, where)
    if where is True and type(dy) in _ONE_NUMBER:
        return float(dy) / max(n, 1)
    dy = widened(dy)
    if where is True:
        return expand(dy / max(n, 1), _x.shape, axis, keepdims)
    return np.where(where, expand(dy, _x.shape, axis, keepdims) / np.maximum(n, 1), 0.0)


primitive(np.mean, mean_rule, jvp="linear")

# -- products ----------------------------------------------------------------------------------------


def product_of_others(x: Any) -> Any:
    """For each element the product of all the others on the last axis, exact in presence of zeros."""
    if np.shape(x)[-1] == 0:
        return x
    one = np.ones((*np.shape(x)[:-1], 1), plain(x).dtype)
    before = np.concatenate([one, np.cumprod(x[..., :-1], axis=-1)], axis=-1)
    after = np.concatenate([one, np.cumprod(np.flip(x[..., 1:], -1), axis=-1)], axis=-1)
    return before * np.flip(after, -1)


def divisible(y: Any) -> bool:
    """Can a factor be taken out of these products by division?"""
    y = plain(y)
    return bool(np.all(np.not_equal(y, 0)) and np.all(np.isfinite(y)))


def prod_slope(y: Any, x: Any, axis: Any, keepdims: bool, initial: Any, where: Any) -> Any:
    """The derivative of a product by each factor: y/x, unless something is 0 or not finite."""
    x = as_array(x)
    shape = np.shape(x)
    factors = x if where is True else np.where(where, x, 1.0)
    if divisible(y):
        slope = expand(y, shape, axis, keepdims) / factors
    else:
        slope = from_last(product_of_others(to_last(factors, axis)), axis, shape) * initial
    return masked(where, slope)


def prod_rule(
    dy: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = 1,
    where: Any = True,
) -> Any:
    slope = prod_slope(y, x, axis, keepdims, initial, where)
    return expand(dy, np.shape(x), axis, keepdims) * conj(slope)


def prod_tangent(
    dx: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Any = 1,
    where: Any = True,
) -> Any:
    slope = prod_slope(y, x, axis, keepdims, initial, where)
    return np.sum(slope * dx, axis=axis, keepdims=keepdims)


primitive(np.prod, prod_rule, jvp=(prod_tangent,))

# -- extremes ----------------------------------------------------------------------------------------
# The first extremum gets everything, as in Zygote.


def first_extremum(x: Any, axis: Any, initial: Any, where: Any, largest: bool) -> np.ndarray:
    """A mask of the element that is the extremum; empty where `initial` is."""
    x = np.asarray(plain(x))
    values = x if where is True else np.where(where, x, -np.inf if largest else np.inf)
    rows = to_last(values, axis)
    chosen = np.zeros(rows.shape, bool)
    if rows.size:
        index = (np.argmax if largest else np.argmin)(rows, axis=-1)
        np.put_along_axis(chosen, np.expand_dims(index, -1), True, -1)
    chosen = from_last(chosen, axis, x.shape)
    if where is not True:
        chosen = chosen & where
    if initial is not None:
        chosen = chosen & (np.greater_equal(x, initial) if largest else np.less_equal(x, initial))
    return chosen


def _extreme(target: Any, fold: np.ufunc, largest: bool) -> None:
    def rule(
        dy: Any,
        _y: Any,
        x: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        chosen = first_extremum(x, axis, initial, where, largest)
        return np.where(chosen, expand(dy, np.shape(x), axis, keepdims), 0.0)

    def tangent(
        dx: Any,
        _y: Any,
        x: Any,
        axis: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        chosen = first_extremum(x, axis, initial, where, largest)
        return np.sum(np.where(chosen, dx, 0.0), axis=axis, keepdims=keepdims)

    def compute(x: Any, axis: Any = None, **options: Any) -> Any:
        return fold.reduce(x, axis, **options)

    primitive(target, rule, jvp=(tangent,), compute=compute)


_extreme(np.max, np.maximum, largest=True)
_extreme(np.min, np.minimum, largest=False)
FUNCTIONS[np.amax], FUNCTIONS[np.amin] = FUNCTIONS[np.max], FUNCTIONS[np.min]


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    refuse_out("ptp", out)
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


# -- without NaN ---------------------------------------------------------------------------------------


def not_nan(a: Any, where: Any = True) -> np.ndarray:
    """A mask of the elements that count."""
    return np.logical_and(np.logical_not(np.isnan(plain(a))), plain(where))


def _skip_nan(target: Any, fold: Callable[..., Any]) -> None:
    """`target` is `fold` over the elements that are not NaN."""

    @implements(target)
    def without_nan(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(target.__name__, out)
        a = as_array(a)
        options: dict[str, Any] = {} if initial is None else {"initial": initial}
        return fold(a, axis=axis, dtype=dtype, keepdims=keepdims, where=not_nan(a, where), **options)


_skip_nan(np.nansum, np.sum)
_skip_nan(np.nanprod, np.prod)
_skip_nan(np.nanmean, np.mean)


def _extreme_without_nan(target: Any, fold: Callable[..., Any], least: float) -> None:
    @implements(target)
    def without_nan(
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse_out(target.__name__, out)
        a = as_array(a)
        if plain(a).dtype.kind in "biu":
            options = {} if initial is None else {"initial": initial}
            return fold(a, axis=axis, keepdims=keepdims, where=where, **options)
        counted = not_nan(a, where)
        if initial is not None:
            return fold(a, axis=axis, keepdims=keepdims, initial=initial, where=counted)
        if np.size(a) == 0:
            return fold(a, axis=axis, keepdims=keepdims)  # NumPy's error
        extreme = fold(a, axis=axis, keepdims=keepdims, initial=least, where=counted)
        some = np.any(counted, axis=axis, keepdims=keepdims)
        return extreme if np.all(some) else np.where(some, extreme, np.nan)


_extreme_without_nan(np.nanmax, np.max, -np.inf)
_extreme_without_nan(np.nanmin, np.min, np.inf)

# -- methods of ufuncs: np.add.reduce(x) and so on -------------------------------------------------------

for _ufunc, _function in (
    (np.add, np.sum),
    (np.multiply, np.prod),
    (np.maximum, np.max),
    (np.minimum, np.min),
    (np.fmax, np.nanmax),
    (np.fmin, np.nanmin),
):
    FUNCTIONS[_ufunc, "reduce"] = _function


def _log_sum(exp: Any, log: Any) -> Callable[..., Any]:
    def fold(
        x: Any,
        axis: Any = 0,
        dtype: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        x = as_array(x)
        x = x if np.result_type(plain(x)).kind in "fc" else x * 1.0
        start = -np.inf if initial is None else initial
        top = np.max(plain(x), axis=axis, keepdims=True, initial=start, where=plain(where))
        top = np.where(np.isfinite(top), top, 0.0)
        total = np.sum(exp(x - top), axis=axis, keepdims=True, where=where) + exp(start - top)
        with np.errstate(divide="ignore"):
            result = log(total) + top
        return result if keepdims else np.squeeze(result, axes_of(axis, np.ndim(x)))

    return fold


FUNCTIONS[np.logaddexp, "reduce"] = in_numpys_types(np.logaddexp.reduce)(_log_sum(np.exp, np.log))
FUNCTIONS[np.logaddexp2, "reduce"] = in_numpys_types(np.logaddexp2.reduce)(_log_sum(np.exp2, np.log2))


@implements((np.add, "reduceat"))
@in_numpys_types(np.add.reduceat)
def add_reduceat(x: Any, indices: Any, axis: int = 0, dtype: Any = None) -> Any:
    """Sums of the pieces between neighbouring indices; where these do not rise, one element."""
    x = np.moveaxis(as_array(x), axis, 0)
    starts = [int(i) for i in plain(indices)]
    stops = [*starts[1:], np.shape(x)[0]]
    pieces = [np.sum(x[i:j], axis=0) if i < j else x[i] for i, j in zip(starts, stops, strict=True)]
    return np.moveaxis(np.stack(pieces), 0, axis)
