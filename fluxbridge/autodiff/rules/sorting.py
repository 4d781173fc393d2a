"""Sorting, and what depends on the order of values: medians, quantiles, sets."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import axes_of, to_last
from ..primitive import PRIMITIVES, apply, asked, implements, plain, primitive, refuse_out
from ..values import in_numpys_types
from .shaping import as_array

# -- sort and partition --------------------------------------------------------------------------------
# Equal values keep their order, so the gradient is that of a stable sort.


def _orders(x: Any, y: Any, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """For values x and their rearrangement y: the positions of both in ascending order."""
    x, y = np.asarray(plain(x)), np.asarray(plain(y))
    return np.argsort(x, axis=axis, kind="stable"), np.argsort(y, axis=axis, kind="stable")


def _linked(of: np.ndarray, to: np.ndarray, axis: int) -> np.ndarray:
    """For each position of the array with order `of`, the position of the same value in the other."""
    link = np.empty_like(of)
    np.put_along_axis(link, of, to, axis)
    return link


def rearranged_rule(dy: Any, y: Any, x: Any, axis: int = -1, kth: Any = None) -> Any:
    of_x, of_y = _orders(x, y, axis)
    return np.take_along_axis(dy, _linked(of_x, of_y, axis), axis)


def rearranged_tangent(dx: Any, y: Any, x: Any, axis: int = -1, kth: Any = None) -> Any:
    of_x, of_y = _orders(x, y, axis)
    return np.take_along_axis(dx, _linked(of_y, of_x, axis), axis)


SORT = primitive(
    None,
    rearranged_rule,
    jvp=(rearranged_tangent,),
    name="sort",
    compute=lambda x, axis=-1: np.sort(x, axis),
)
PARTITION = primitive(
    None,
    rearranged_rule,
    jvp=(rearranged_tangent,),
    name="partition",
    compute=lambda x, axis=-1, kth=None: np.partition(x, kth, axis),
)


@implements(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    a = as_array(a)
    return apply(SORT, (np.ravel(a),), {"axis": -1}) if axis is None else apply(SORT, (a,), {"axis": axis})


@implements(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Any:
    a = np.ravel(as_array(a)) if axis is None else as_array(a)
    return apply(PARTITION, (a,), {"axis": -1 if axis is None else axis, "kth": plain(kth)})


@implements(np.sort_complex)
@in_numpys_types(np.sort_complex)
def sort_complex(a: Any) -> Any:
    a = np.sort(as_array(a))
    return a if np.iscomplexobj(plain(a)) else apply(PRIMITIVES["astype"], (a,), {"dtype": np.complex128})


# -- quantiles -----------------------------------------------------------------------------------------
# Every method of NumPy's interpolates between two neighbours in the sorted row. Where it does so
# is learned from NumPy itself, by asking for the quantiles of 0, 1, 2, ...

#: How fast that position moves with q, for rows of n; the other methods jump.
_PACE = {
    "linear": -1.0, "interpolated_inverted_cdf": 0.0, "hazen": 0.0, "weibull": 1.0,
    "median_unbiased": 1 / 3, "normal_unbiased": 1 / 4,
}  # fmt: skip


def _positions(q: np.ndarray, n: int, method: str) -> np.ndarray:
    if n == 0:
        return np.zeros(q.shape)
    return np.quantile(np.arange(float(n)), q, method=method)  # type: ignore[call-overload]


def _pace(position: np.ndarray, n: Any, method: str) -> Any:
    """The derivative of a position by q; 0 where it has reached an end of the row."""
    if method not in _PACE:
        return 0.0
    inside = (position > 0) & (position < n - 1) | (method == "linear")
    return np.where(inside, n + _PACE[method], 0.0)


def _weighted_positions(q: np.ndarray, order: np.ndarray, counts: np.ndarray, weights: Any) -> np.ndarray:
    result = np.empty((*order.shape[:-1], q.size))
    for row in np.ndindex(order.shape[:-1]):
        n = counts[row]
        w = weights[row][order[row]][:n]
        result[row] = np.quantile(np.arange(float(n)), q, weights=w, method="inverted_cdf")
    return result


def _quantile(
    a: Any, q: Any, axis: Any, method: str, keepdims: bool, weights: Any = None, skip_nan: bool = False
) -> Any:
    a = as_array(a)
    weak = isinstance(q, (int, float))
    q = as_array(q)
    flat_q = np.asarray(plain(q), float).ravel()
    if flat_q.size and not (flat_q.min() >= 0 and flat_q.max() <= 1):
        raise ValueError("Quantiles must be in the range [0, 1]")
    rows = to_last(a, axis)
    values = np.asarray(plain(rows))
    if weights is not None:
        weights = np.asarray(plain(weights))
        if weights.shape != np.shape(a):
            shape = [n if i in axes_of(axis, np.ndim(a)) else 1 for i, n in enumerate(np.shape(a))]
            weights = np.broadcast_to(weights.reshape(shape), np.shape(a))
        weights = to_last(weights, axis)
    order = np.argsort(values, axis=-1, kind="stable")  # NaN comes last
    order = asked(np.argsort, (rows,), {"axis": -1}, order)
    nans = np.isnan(values)
    n = values.shape[-1]
    if n == 0:
        return np.quantile(np.asarray(plain(a)), plain(q), axis, method=method, keepdims=keepdims)  # type: ignore[call-overload]
    counts = n - np.count_nonzero(nans, axis=-1) if skip_nan else np.full(values.shape[:-1], n)
    if weights is not None:
        position = _weighted_positions(flat_q, order, counts, weights)
    elif skip_nan:
        position = np.empty((*values.shape[:-1], flat_q.size))
        for some in np.unique(counts):
            position[counts == some] = _positions(flat_q, int(some), method)
    else:
        position = np.broadcast_to(_positions(flat_q, n, method), (*values.shape[:-1], flat_q.size))
    if not skip_nan:  # one NaN in a row is its result
        position = np.where(np.any(nans, axis=-1, keepdims=True), n - 1.0, position)

    low = np.floor(position).astype(int)
    part: Any = position - low
    if weak and values.dtype.kind in "fc":  # a number takes on the precision of the array
        part = part.astype(values.real.dtype)
    if q is not plain(q):
        pace = _pace(position, np.expand_dims(counts, -1), method)
        part = part + pace * (np.ravel(q) - flat_q)
    high = np.minimum(low + 1, np.maximum(np.expand_dims(counts, -1) - 1, 0))
    lower, upper = (np.take_along_axis(rows, np.take_along_axis(order, k, -1), -1) for k in (low, high))
    if q is plain(q):
        with np.errstate(invalid="ignore"):
            result = np.where(part > 0, lower * (1 - part) + upper * part, lower)  # Inf times 0 is NaN
    else:
        result = lower * (1 - part) + upper * part
    result = np.moveaxis(result, -1, 0)
    shape = np.shape(q) + np.shape(result)[1:]
    if keepdims:
        reduced = axes_of(axis, np.ndim(a))
        shape = np.shape(q) + tuple(1 if i in reduced else n for i, n in enumerate(np.shape(a)))
    return np.reshape(result, shape)


def _register_quantile(target: Any, scale: float, skip_nan: bool) -> None:
    @implements(target)
    @in_numpys_types(target)
    def quantile(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: bool = False,
        *,
        weights: Any = None,
    ) -> Any:
        refuse_out(target.__name__, out)
        if scale != 1:
            q = (as_array(q) if isinstance(q, (list, tuple)) else q) / scale
        return _quantile(a, q, axis, method, keepdims is True, weights, skip_nan)


_register_quantile(np.quantile, 1, False)
_register_quantile(np.percentile, 100, False)
_register_quantile(np.nanquantile, 1, True)
_register_quantile(np.nanpercentile, 100, True)


def _register_median(target: Any, skip_nan: bool) -> None:
    @implements(target)
    @in_numpys_types(target)
    def median(
        a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
    ) -> Any:
        refuse_out(target.__name__, out)
        return _quantile(a, 0.5, axis, "linear", keepdims is True, None, skip_nan)


_register_median(np.median, False)
_register_median(np.nanmedian, True)

# -- sets: of equal values the first one gets the gradient -------------------------------------------------


@implements(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **options: Any,
) -> Any:
    ar = as_array(ar)
    parts = np.unique(plain(ar), True, return_inverse, return_counts, axis, **options)  # type: ignore[call-overload]
    index = parts[1]
    place = (*[slice(None)] * (0 if axis is None else axis % np.ndim(ar)), index)
    values = (np.ravel(ar) if axis is None else ar)[place]
    rest = parts[1 if return_index else 2 :]
    return (values, *rest) if rest else values


def _first_of(values: np.ndarray, x: Any) -> Any:
    """The first elements of x that have these values, which are its distinct ones in any order."""
    index = np.unique(plain(x), return_index=True, equal_nan=False)[1]
    link = np.empty_like(index)
    link[np.argsort(values, kind="stable")] = index
    return np.ravel(x)[link]


def _register_unique(target: Any) -> None:
    @implements(target)
    def distinct(x: Any) -> Any:
        x = as_array(x)
        outcome = target(plain(x))
        if isinstance(outcome, tuple):
            return outcome._replace(values=_first_of(outcome.values, x))  # type: ignore[attr-defined]
        return _first_of(outcome, x)


for _name in ("unique_values", "unique_counts", "unique_inverse", "unique_all"):
    if hasattr(np, _name):  # since NumPy 2.0
        _register_unique(getattr(np, _name))


@implements(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.ravel(as_array(ar1)), np.ravel(as_array(ar2))]))


@implements(np.intersect1d)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    ar1 = np.ravel(as_array(ar1))
    _, first, second = np.intersect1d(plain(ar1), plain(ar2), assume_unique, return_indices=True)
    return (ar1[first], first, second) if return_indices else ar1[first]


@implements(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    ar1 = np.ravel(as_array(ar1)) if assume_unique else np.unique(as_array(ar1))
    return ar1[np.isin(plain(ar1), plain(ar2), assume_unique=True, invert=True)]


@implements(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    parts = [np.ravel(as_array(a)) if assume_unique else np.unique(as_array(a)) for a in (ar1, ar2)]
    merged = np.sort(np.concatenate(parts))
    new = np.concatenate([[True], plain(merged)[1:] != plain(merged)[:-1], [True]])
    return merged[new[1:] & new[:-1]] if np.size(merged) else merged
