"""Variances, averages, correlations, histograms."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..axes import axes_of
from ..primitive import Tracer, apply, holds_tracer, implements, plain, primitive, refuse_out
from ..values import in_numpys_types, with_value
from .reductions import count, masked, not_nan, widened
from .shaping import as_array


def traced(*xs: Any) -> bool:
    return any(isinstance(x, Tracer) or holds_tracer(x) for x in xs)


# -- variance and standard deviation -----------------------------------------------------------------


def freedom(shape: tuple[int, ...], axis: Any, ddof: float, where: Any) -> Any:
    """Degrees of freedom, NaN where there are none."""
    n = count(shape, axis, where) - ddof
    if np.ndim(n) == 0:
        return n if n > 0 else np.nan
    return np.where(n > 0, n, np.nan)


def deviations(x: Any, axis: Any, where: Any) -> tuple[Any, Any]:
    """The elements less their mean, and the mean."""
    mean = np.mean(x, axis=axis, keepdims=True, where=where)
    return masked(where, x - mean), mean


def var_rule(
    dy: Any,
    _y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    d, mean = deviations(x, axis, where)
    n = freedom(np.shape(x), axis, ddof, where)
    return d * (np.reshape(widened(dy), np.shape(mean)) * (2 / n))


def var_tangent(
    dx: Any,
    _y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    n = freedom(np.shape(x), axis, ddof, where)
    change = np.real(np.conjugate(widened(deviations(x, axis, where)[0])) * dx) * (2 / n)
    return np.sum(change, axis=axis, keepdims=keepdims, where=where)


VAR = primitive(None, var_rule, jvp=(var_tangent,), name="var", compute=np.var)


def std_slope(y: Any, x: Any, axis: Any, ddof: float, where: Any) -> tuple[Any, Any]:
    """The derivative of the standard deviation by each element, as deviation · factor.

    Where all elements are equal (up to the rounding of their mean) it is 0, and not NaN: the
    standard deviation has its minimum there.
    """
    d, mean = deviations(x, axis, where)
    n = freedom(np.shape(x), axis, ddof, where)
    size = np.reshape(widened(y), np.shape(mean))
    noise = 8 * np.finfo(np.result_type(plain(d))).eps * np.absolute(plain(mean))
    equal = np.less_equal(size, noise)
    return d, np.where(equal, 0.0, 1 / (n * np.where(equal, 1.0, size)))


def std_rule(
    dy: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    d, factor = std_slope(y, x, axis, ddof, where)
    return d * (np.reshape(dy, np.shape(factor)) * factor)


def std_tangent(
    dx: Any,
    y: Any,
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    d, factor = std_slope(y, x, axis, ddof, where)
    change = np.real(np.conjugate(d) * dx) * factor
    return np.sum(change, axis=axis, keepdims=keepdims, where=where)


STD = primitive(None, std_rule, jvp=(std_tangent,), name="std", compute=np.std)


def _length(d: Any, axis: Any, keepdims: bool) -> Any:
    """The 2-norm over any number of axes; its derivative at zero is zero."""
    axes = axes_of(axis, np.ndim(d))
    kept = [i for i in range(np.ndim(d)) if i not in axes]
    shape = [np.shape(d)[i] for i in kept]
    size = np.linalg.norm(np.reshape(np.transpose(d, kept + list(axes)), [*shape, -1]), axis=-1)
    return np.expand_dims(size, axes) if keepdims else size


def _spread(target: Any, made: Any, skip_nan: bool) -> None:
    @implements(target)
    def spread(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: Any = True,
        mean: Any = None,
        correction: Any = None,
    ) -> Any:
        refuse_out(target.__name__, out)
        a = as_array(a)
        if skip_nan:
            where = not_nan(a, where)
        ddof = ddof if correction is None else correction
        if traced(ddof):  # the same with another number of degrees of freedom
            biased = spread(a, axis, dtype, ddof=0, keepdims=keepdims, where=where, mean=mean)
            ratio = freedom(np.shape(a), axis, 0, where) / freedom(np.shape(a), axis, ddof, where)
            ratio = ratio if keepdims or np.ndim(ratio) == 0 else np.squeeze(ratio, axes_of(axis, np.ndim(a)))
            result = biased * (ratio if made is VAR else np.sqrt(ratio))
            exact = {"axis": axis, "dtype": dtype, "keepdims": keepdims, "where": where, "ddof": plain(ddof)}
            exact.update({} if mean is None else {"mean": plain(mean)})
            return with_value(result, target(plain(a), **exact), f"np.{target.__name__}")
        if mean is not None:  # whatever was given as the mean takes part in the derivative
            d = masked(where, a - mean)
            n = freedom(np.shape(a), axis, ddof, where)
            if made is STD:
                result = _length(d / np.sqrt(n), axis, keepdims)
                exact = {"axis": axis, "dtype": dtype, "keepdims": keepdims, "where": where, "ddof": ddof}
                return with_value(
                    result, target(plain(a), mean=plain(mean), **exact), f"np.{target.__name__}"
                )
            squares = np.real(np.conjugate(d) * d) / n
            return np.sum(squares, axis=axis, dtype=dtype, keepdims=keepdims)
        options: dict[str, Any] = {"axis": axis, "ddof": ddof, "keepdims": keepdims}
        if dtype is not None:
            options["dtype"] = dtype
        if where is not True:
            options["where"] = where
        result = apply(made, (a,), options)
        if skip_nan and dtype is not None:  # NumPy rounds the deviations to the type of `a`
            result = with_value(result, target(plain(a), **plain(options)), f"np.{target.__name__}")
        return result


_spread(np.var, VAR, skip_nan=False)
_spread(np.nanvar, VAR, skip_nan=True)
_spread(np.std, STD, skip_nan=False)
_spread(np.nanstd, STD, skip_nan=True)

# -- averages, covariance, correlation -----------------------------------------------------------------


@implements(np.average)
@in_numpys_types(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    a = as_array(a)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        total: Any = float(count(np.shape(a), axis, True))
    else:
        weights = as_array(weights)
        if np.shape(weights) != np.shape(a):
            if axis is None:
                raise TypeError("Axis must be specified when shapes of a and weights differ.")
            axes = axes_of(axis, np.ndim(a))
            if np.shape(weights) != tuple(np.shape(a)[i] for i in axes):
                raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
            shape = [np.shape(a)[i] if i in axes else 1 for i in range(np.ndim(a))]
            weights = np.reshape(np.transpose(weights, tuple(np.argsort(axes))), shape)
        total = np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis, keepdims=keepdims)
        if np.any(np.equal(total, 0)):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, np.broadcast_to(total, np.shape(mean))) if returned else mean


def _variables_in_rows(m: Any, rowvar: bool, dtype: Any) -> Any:
    m = as_array(m)
    m = m if np.result_type(plain(m)) == dtype else m.astype(dtype)
    if np.ndim(m) < 2:
        return np.reshape(m, (1, -1))
    return m if rowvar else np.transpose(m)


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """In double precision at least, unless dtype= says otherwise, as NumPy has it."""
    kinds = [plain(as_array(part)) for part in (m, y) if part is not None]
    dtype = np.result_type(*kinds, np.float64) if dtype is None else np.dtype(dtype)
    x = _variables_in_rows(m, rowvar, dtype)
    if y is not None:
        x = np.concatenate([x, _variables_in_rows(y, rowvar, dtype)], axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is not None:
        np.cov(np.zeros((1, np.shape(x)[1])), fweights=plain(fweights))  # NumPy's own errors
    weights = None if fweights is None else np.asarray(plain(fweights), float)
    if aweights is not None:
        aweights = as_array(aweights)
        np.cov(np.zeros((1, np.shape(x)[1])), aweights=plain(aweights))
        aweights = aweights.astype(np.float64)
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        mean, factor = np.mean(x, axis=1, keepdims=True), np.shape(x)[1] - ddof
    else:
        total = np.sum(weights)
        mean = np.sum(x * weights, axis=1, keepdims=True) / total
        factor = total - ddof * (1 if aweights is None else np.sum(weights * aweights) / total)
    if factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
        factor = 0.0
    d = x - mean
    d = d if np.result_type(plain(d)) == dtype else d.astype(dtype)  # the mean may have wider weights
    right = np.transpose(np.conjugate(d if weights is None else d * weights))
    return np.squeeze(np.matmul(d, right) * (1 / factor if factor else np.inf))


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    index = np.arange(np.shape(c)[0])
    size = np.sqrt(np.real(c[index, index]))
    c = c / size[:, None] / size
    value = plain(c)
    limited = np.clip(value.real, -1, 1) + (1j * np.clip(value.imag, -1, 1) if np.iscomplexobj(value) else 0)
    return c + (limited - value)  # rounding beyond ±1 is cut off, without a kink


# -- histograms ------------------------------------------------------------------------------------------
# Counts are steps; weights and edges have derivatives.


_TOTALS = primitive(
    None,
    lambda dy, _y, _weights, index, size: dy[index],
    jvp="linear",
    name="bincount",
    compute=lambda weights, index, size: np.bincount(index, weights, size),
)


def totals(weights: Any, index: np.ndarray, size: int) -> Any:
    """Sums of the weights that fall on each index below `size`; real or complex, traced or not."""
    weights = np.broadcast_to(np.ravel(as_array(weights)), np.shape(index))
    if np.iscomplexobj(plain(weights)):
        return totals(np.real(weights), index, size) + 1j * totals(np.imag(weights), index, size)
    return apply(_TOTALS, (weights,), {"index": index, "size": size})


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    x = np.asarray(plain(x))
    if not traced(weights):
        return np.bincount(x, plain(weights), minlength)
    if np.iscomplexobj(plain(as_array(weights))):
        return np.bincount(x, plain(as_array(weights)), minlength)  # NumPy's own error
    return totals(weights, x, np.bincount(x, minlength=minlength).size)


def edges_of(a: Any, bins: Any, limits: Any, weights: Any) -> Any:
    """Edges of bins; equal bins between the extremes of a move with these."""
    if np.ndim(bins) == 1:
        return as_array(bins)
    edges = np.histogram_bin_edges(plain(a), plain(bins), plain(limits), plain(weights))
    low, high = limits if limits is not None else (np.min(a), np.max(a)) if np.size(a) else (0.0, 1.0)
    if not traced(low, high):
        return edges
    part = (edges - edges[0]) / (edges[-1] - edges[0])  # equal extremes are half a unit from the edges
    return edges + (1 - part) * (low - plain(low)) + part * (high - plain(high))


@implements(np.histogram_bin_edges)
@in_numpys_types(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    return edges_of(as_array(a), bins, range, weights)


def bin_index(a: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The bin of each value; -1 outside. The last bin has its right edge."""
    index = np.searchsorted(edges, a, side="right") - 1
    index = np.where(a == edges[-1], edges.size - 2, index)
    return np.where((index >= edges.size - 1) | (index < 0) | np.isnan(a), -1, index)


@implements(np.histogramdd)
@in_numpys_types(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    if isinstance(sample, (list, tuple)):
        columns = [np.ravel(as_array(s)) for s in sample]
        if np.ndim(plain(columns[0])) == 1 and not isinstance(sample[0], (list, tuple, Tracer, np.ndarray)):
            columns = [np.ravel(as_array(sample))]
    else:
        sample = as_array(sample)
        columns = [np.ravel(sample)] if np.ndim(sample) < 2 else [sample[:, i] for i in
                                                                  np.arange(np.shape(sample)[1])]  # fmt: skip
    n = len(columns)
    bins = [bins] * n if np.ndim(plain(bins)) == 0 else list(bins)
    limits = [None] * n if range is None else list(range)
    edges = [edges_of(c, b, r, None) for c, b, r in zip(columns, bins, limits, strict=True)]
    each = [bin_index(np.asarray(plain(c)), plain(e)) for c, e in zip(columns, edges, strict=True)]
    inside = np.all([i >= 0 for i in each], axis=0)
    shape = [np.size(e) - 1 for e in edges]
    index = np.ravel_multi_index([i[inside] for i in each], shape)
    ones = np.ones(inside.shape) if weights is None else np.ravel(as_array(weights))
    counts = np.reshape(totals(ones[inside], index, int(np.prod(shape))), shape)
    if density:
        counts = counts / np.sum(counts)
        for k, e in enumerate(edges):
            counts = counts / np.reshape(np.diff(e), [-1 if i == k else 1 for i in np.arange(n)])
    return counts, tuple(edges)


@implements(np.histogram2d)
@in_numpys_types(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    if np.ndim(plain(bins)) == 1 and len(bins) > 2:
        bins = [bins, bins]
    counts, edges = histogramdd([np.ravel(as_array(x)), np.ravel(as_array(y))], bins, range, density, weights)
    return counts, edges[0], edges[1]


@implements(np.histogram)
@in_numpys_types(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    a = np.ravel(as_array(a))
    edges = edges_of(a, bins, range, weights)
    index = bin_index(np.asarray(plain(a)), plain(edges))
    inside = index >= 0
    if weights is None:
        counts: Any = np.bincount(index[inside], minlength=np.size(edges) - 1)
    else:
        counts = totals(np.ravel(as_array(weights))[inside], index[inside], np.size(edges) - 1)
    if density:
        counts = counts / np.diff(edges) / np.sum(counts)
    return counts, edges
