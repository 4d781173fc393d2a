"""Running sums, products and extremes; differences and slopes between neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import axes_of, normal_axis
from ..elementwise import conj
from ..primitive import FUNCTIONS, asked, implements, plain, primitive, refuse_out
from ..values import in_numpys_types
from .reductions import divisible, not_nan
from .shaping import as_array

# -- cumulative sums and products -----------------------------------------------------------------------


def sum_of_later(dy: Any, axis: int) -> Any:
    return np.flip(np.cumsum(np.flip(dy, axis), axis=axis), axis)


def cumsum_rule(dy: Any, _y: Any, _x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    if axis is None:
        return np.reshape(sum_of_later(dy, 0), _x.shape)
    return sum_of_later(dy, axis)


primitive(np.cumsum, cumsum_rule, jvp="linear")


def recurrence(a: Any, b: Any) -> Any:
    """S with S[i] = b[i] + a[i]·S[i+1] along the last axis, by doubling: log2(n) steps."""
    n = np.shape(b)[-1]
    step = 1
    while step < n:
        b = np.concatenate([b[..., :-step] + a[..., :-step] * b[..., step:], b[..., -step:]], axis=-1)
        a = np.concatenate([a[..., :-step] * a[..., step:], np.zeros((*np.shape(a)[:-1], step))], axis=-1)
        step *= 2
    return b


def cumprod_rule(dy: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """By division, or, where that fails, as (product of the earlier)·(dy + next·(dy + next·(...)))."""
    x, shape = as_array(x), np.shape(x)
    if axis is None:
        x, axis = np.ravel(x), 0
    if divisible(y):
        result = sum_of_later(dy * conj(y), axis) / conj(x)
    elif np.size(x) == 0:
        result = x
    else:
        factors = conj(np.moveaxis(x, axis, -1))
        end = (*np.shape(factors)[:-1], 1)
        following = np.concatenate([factors[..., 1:], np.zeros(end)], axis=-1)
        later = recurrence(following, np.moveaxis(dy, axis, -1))
        earlier = np.concatenate([np.ones(end), np.cumprod(factors[..., :-1], axis=-1)], axis=-1)
        result = np.moveaxis(earlier * later, -1, axis)
    return np.reshape(result, shape)


primitive(np.cumprod, cumprod_rule)


def _cumulative(target: Any, accumulate: Any, start: float) -> None:
    @implements(target)
    def cumulative(
        x: Any,
        /,
        *,
        axis: int | None = None,
        dtype: Any = None,
        out: Any = None,
        include_initial: bool = False,
    ) -> Any:
        refuse_out(target.__name__, out)
        x = as_array(x)
        if axis is None:
            if np.ndim(x) != 1:
                raise ValueError("for arrays with more than one dimension, axis is required")
            axis = 0
        y = accumulate(x, axis=axis, dtype=dtype)
        if not include_initial:
            return y
        shape = [1 if i == normal_axis(axis, np.ndim(x)) else n for i, n in enumerate(np.shape(x))]
        return np.concatenate([np.full(shape, start, plain(y).dtype), y], axis=axis)


if hasattr(np, "cumulative_sum"):  # since NumPy 2.1
    _cumulative(np.cumulative_sum, np.cumsum, 0)
    _cumulative(np.cumulative_prod, np.cumprod, 1)


@implements(np.nancumsum)
@in_numpys_types(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("nancumsum", out)
    a = as_array(a)
    a = a if np.result_type(plain(a)).kind not in "fc" else np.where(not_nan(a), a, 0.0)
    return np.cumsum(a, axis=axis, dtype=dtype)


@implements(np.nancumprod)
@in_numpys_types(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("nancumprod", out)
    a = as_array(a)
    a = a if np.result_type(plain(a)).kind not in "fc" else np.where(not_nan(a), a, 1.0)
    return np.cumprod(a, axis=axis, dtype=dtype)


FUNCTIONS[np.add, "accumulate"] = np.cumsum
FUNCTIONS[np.multiply, "accumulate"] = np.cumprod


def _running_extreme(ufunc: np.ufunc, beats: np.ufunc) -> None:
    @implements((ufunc, "accumulate"))
    def running(x: Any, axis: int = 0, dtype: Any = None) -> Any:
        """Each result is the first of the elements so far that attains the extreme."""
        x = as_array(x)
        value = np.moveaxis(np.asarray(plain(x)), axis, -1)
        best = ufunc.accumulate(value, -1)
        new = np.zeros(value.shape, bool)
        new[..., 1:] = beats(value[..., 1:], best[..., :-1])
        new[..., 1:] |= np.isnan(value[..., 1:]) & ~np.isnan(best[..., :-1])
        index = np.maximum.accumulate(np.where(new, np.arange(value.shape[-1]), 0), -1)
        index = asked(np.argsort, (x,), {"axis": axis}, index)
        return np.take_along_axis(x, np.moveaxis(index, -1, axis), axis)


_running_extreme(np.maximum, np.greater)
_running_extreme(np.minimum, np.less)

# -- differences -------------------------------------------------------------------------------------


def cut(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    index = (*[slice(None)] * axis, slice(start, stop))
    return x[index]


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue) -> Any:
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    a = as_array(a)
    if np.ndim(a) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normal_axis(axis, np.ndim(a))
    parts = []
    for part in (prepend, a, append):
        if part is np._NoValue:
            continue
        part = as_array(part)
        if np.ndim(part) == 0:
            part = np.broadcast_to(part, [1 if i == axis else m for i, m in enumerate(np.shape(a))])
        parts.append(part)
    a = np.concatenate(parts, axis=axis) if len(parts) > 1 else a
    for _ in range(n):
        a = cut(a, axis, 1, None) - cut(a, axis, None, -1)
    return a


@implements(np.ediff1d)
@in_numpys_types(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    ary = np.ravel(as_array(ary))
    parts = [None if to_begin is None else np.ravel(as_array(to_begin)), ary[1:] - ary[:-1],
             None if to_end is None else np.ravel(as_array(to_end))]  # fmt: skip
    parts = [p for p in parts if p is not None]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@implements(getattr(np, "trapezoid", None) or getattr(np, "trapz"))  # noqa: B009 (before NumPy 2.0)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    y = as_array(y)
    axis = normal_axis(axis, np.ndim(y))
    if x is not None:
        x = as_array(x)
        if np.ndim(x) == 1:
            dx = np.reshape(x[1:] - x[:-1], [-1 if i == axis else 1 for i in range(np.ndim(y))])
        else:
            dx = np.diff(x, axis=axis - np.ndim(y))
    return np.sum(dx * (cut(y, axis, 1, None) + cut(y, axis, None, -1)) / 2, axis=axis)


# -- np.gradient: slopes by second-order differences ------------------------------------------------------


def _weights(h1: Any, h2: Any, at: int) -> tuple[Any, Any, Any]:
    """Weights of the three points 0, h1, h1 + h2 in the slope at one of them (of a parabola)."""
    whole = h1 + h2
    if at == 0:
        return -(2 * h1 + h2) / (h1 * whole), whole / (h1 * h2), -h1 / (h2 * whole)
    if at == 1:
        return -h2 / (h1 * whole), (h2 - h1) / (h1 * h2), h1 / (h2 * whole)
    return h2 / (h1 * whole), -whole / (h1 * h2), (2 * h2 + h1) / (h2 * whole)


def _slope(f: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    size = np.shape(f)[axis]
    if size < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, "
            "at least (edge_order + 1) elements are required."
        )
    f = np.moveaxis(f, axis, -1)
    if np.ndim(spacing) == 0:
        first = last = (spacing, spacing)
        inner = (f[..., 2:] - f[..., :-2]) / (2 * spacing)
    else:
        if np.shape(spacing)[0] != size:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        h = spacing[1:] - spacing[:-1]
        first, last = (h[0], h[min(1, size - 2)]), (h[max(-2, 1 - size)], h[-1])
        a, b, c = _weights(h[:-1], h[1:], 1)
        inner = a * f[..., :-2] + b * f[..., 1:-1] + c * f[..., 2:]
    if edge_order == 1:
        start, end = (f[..., 1] - f[..., 0]) / first[0], (f[..., -1] - f[..., -2]) / last[1]
    else:
        start = sum(w * f[..., k] for k, w in enumerate(_weights(*first, 0)))
        end = sum(w * f[..., k] for k, w in zip((-3, -2, -1), _weights(*last, 2), strict=True))
    result = np.concatenate([np.expand_dims(start, -1), inner, np.expand_dims(end, -1)], axis=-1)
    return np.moveaxis(result, -1, axis)


@implements(np.gradient)
@in_numpys_types(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = as_array(f)
    f = f if np.result_type(plain(f)).kind in "fc" else f * 1.0
    axes = axes_of(axis, np.ndim(f))
    count = len(axes)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    spacings = list(varargs) or [1.0]
    if len(spacings) == 1 and np.ndim(plain(spacings[0])) == 0:
        spacings = spacings * count
    if len(spacings) != count:
        raise TypeError("invalid number of arguments")
    spacings = [h if np.ndim(plain(h)) == 0 else as_array(h) for h in spacings]
    spacings = [h if np.result_type(plain(h)).kind in "fc" else h * 1.0 for h in spacings]
    slopes = tuple(_slope(f, a, h, edge_order) for a, h in zip(axes, spacings, strict=True))
    return slopes[0] if count == 1 else slopes
