"""Norms of vectors and matrices, and condition numbers.

At zero a norm has the gradient zero; of several elements that attain the maximum norm, the last
one gets everything (both as in ChainRules).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import normal_axis
from ..primitive import asked, implements, plain, primitive
from ..refusals import constant
from .arithmetic import unit
from .reductions import expand
from .shaping import as_array
from .singular import singular

_BY_ORDER = "Write np.sum(np.abs(x)**p)**(1/p), which has a derivative by p, or give a plain number."

# -- vectors ---------------------------------------------------------------------------------------


def _norm2(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if axis is None or isinstance(axis, int) or len(axis) == 1:
        axis = axis[0] if isinstance(axis, tuple) else axis
        return np.linalg.norm(x, axis=axis, keepdims=keepdims)
    return np.sqrt(np.sum(np.real(np.conj(x) * x), axis=axis, keepdims=keepdims))


def norm2_rule(dy: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    zero = np.equal(plain(y), 0)
    slope = np.where(zero, 0.0, dy / np.where(zero, 1.0, y)) if np.any(zero) else dy / y
    if axis is None and np.ndim(y) == 0:
        return x * slope
    return x * expand(slope, np.shape(x), axis, keepdims)


NORM2 = primitive(None, norm2_rule, name="norm2", compute=_norm2)


def _normp(x: Any, p: float, axis: Any = None, keepdims: bool = False) -> Any:
    total = np.sum(np.abs(x) ** p, axis=axis, keepdims=keepdims)
    return total ** np.reciprocal(float(p), dtype=np.result_type(total))


def normp_rule(dy: Any, y: Any, x: Any, p: float, axis: Any = None, keepdims: bool = False) -> Any:
    """dy·x/|x|·(|x|/y)^(p-1); zero where x is, even if p < 1 makes the slope infinite there."""
    y = expand(y, np.shape(x), axis, keepdims)
    zero = np.equal(plain(x), 0) | np.equal(plain(y), 0)
    size = np.where(zero, 1.0, np.abs(x)) / np.where(zero, 1.0, y)
    return np.where(zero, 0.0, expand(dy, np.shape(x), axis, keepdims) * unit(x) * size ** (p - 1))


NORMP = primitive(None, normp_rule, name="normp", compute=_normp)


def _extreme(x: Any, largest: bool, axis: int | None, keepdims: bool) -> Any:
    """The largest (smallest) absolute value: that of the last element which attains it."""
    shape = np.shape(x)
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    find = np.argmax if largest else np.argmin
    sizes = np.abs(x)
    last = np.shape(x)[axis] - 1 - find(np.flip(plain(sizes), axis), axis=axis)
    last = asked(find, (sizes,), {"axis": axis}, last)
    y = np.take_along_axis(sizes, np.expand_dims(last, axis), axis)
    if keepdims:
        return np.reshape(y, (1,) * len(shape)) if np.ndim(y) != len(shape) else y
    return np.squeeze(y, axis)


def _vector_norm(x: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    """The norm of vectors along one axis, or of all elements."""
    if order is None or order == 2:
        return NORM2(x, axis=axis, keepdims=keepdims)
    if order == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if order in (np.inf, -np.inf):
        if 0 in np.shape(x) and order > 0:
            return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
        return _extreme(x, order > 0, axis, keepdims)
    if order == 0:
        count = np.sum(np.not_equal(plain(x), 0), axis=axis, keepdims=keepdims)
        return np.sum(np.real(x) * 0.0, axis=axis, keepdims=keepdims) + count
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order {order!r} for vectors")
    return NORMP(x, p=order, axis=axis, keepdims=keepdims)


# -- matrices ----------------------------------------------------------------------------------------


def _singular_values(x: Any) -> Any:
    """The singular values; one that is zero has a kink there as abs(0) has, and slope zero."""
    s = np.linalg.svd(x, compute_uv=False)
    value = plain(s)
    least = np.finfo(value.dtype).eps * max(np.shape(x)[-2:]) * value[..., :1]
    return s if np.all(value > least) else np.where(value > least, s, value)


def _matrix_norm(x: Any, order: Any, axis: tuple[int, int], keepdims: bool) -> Any:
    n = np.ndim(x)
    row, col = (normal_axis(a, n) for a in axis)
    if row == col:
        raise ValueError("Duplicate axes given.")
    if order in (None, "fro", "f"):
        return NORM2(x, axis=(row, col), keepdims=keepdims)
    x = np.moveaxis(x, (row, col), (-2, -1)) if (row, col) != (n - 2, n - 1) else x
    if order in (2, -2, "nuc"):
        if 0 in np.shape(x) and order != -2:
            y = np.sum(np.abs(x), axis=(-2, -1))
        else:
            s = _singular_values(x)
            y = np.sum(s, axis=-1) if order == "nuc" else s[..., 0 if order == 2 else -1]
    elif order in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(x), axis=-2 if abs(order) == 1 else -1)
        y = (np.max if order > 0 else np.min)(sums, axis=-1)
    else:
        raise ValueError("Invalid norm order for matrices.")
    return np.expand_dims(y, (row, col)) if keepdims else y


def _inexact(x: Any) -> Any:
    """Whole numbers as floats, as all norms take them."""
    value = plain(x)
    kind = value.dtype if type(value) is np.ndarray else np.result_type(value)
    return x if kind.kind in "fc" else np.multiply(x, 1.0)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x, ord = as_array(x), constant(ord, "The order of a norm", _BY_ORDER)
    x, n = _inexact(x), np.ndim(x)
    if axis is None and (ord is None or (n == 1 and ord == 2) or (n == 2 and ord in ("f", "fro"))):
        return NORM2(x, axis=None, keepdims=keepdims)
    axis = tuple(range(n)) if axis is None else axis if isinstance(axis, tuple) else (int(axis),)
    if len(axis) == 1:
        return _vector_norm(x, ord, axis[0], keepdims)
    if len(axis) == 2:
        return _matrix_norm(x, ord, axis, keepdims)  # type: ignore[arg-type]
    raise ValueError("Improper number of dimensions to norm.")


if hasattr(np.linalg, "vector_norm"):  # NumPy 2.0

    @implements(np.linalg.vector_norm)
    def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
        """The norm of the elements along some axes, as one vector."""
        x, ord = _inexact(as_array(x)), constant(ord, "The order of a norm", _BY_ORDER)
        n = np.ndim(x)
        axes = tuple(range(n)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = tuple(normal_axis(a, n) for a in axes)
        if len(axes) != 1:
            rest = [i for i in range(n) if i not in axes]
            shape = [np.shape(x)[i] for i in rest]
            flat = np.reshape(np.transpose(x, (*rest, *axes)), (*shape, -1))
            y = _vector_norm(flat, ord, -1, False)
        else:
            y = _vector_norm(x, ord, axes[0], False)
        return np.expand_dims(y, axes) if keepdims else y

    @implements(np.linalg.matrix_norm)
    def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
        ord = constant(ord, "The order of a norm", _BY_ORDER)
        return _matrix_norm(_inexact(as_array(x)), ord, (-2, -1), keepdims)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """The condition number; where it is infinite it has no slope, and the gradient is zero."""
    p = constant(p, "The order of a norm", _BY_ORDER)
    if p is None or p in (2, -2):
        s = np.linalg.svd(x, compute_uv=False)
        first, last = s[..., 0], s[..., -1]
        above, below = (last, first) if p == -2 else (first, last)
        zero = np.equal(plain(below), 0)
        if not np.any(zero):
            return above / below
        with np.errstate(all="ignore"):
            infinite = np.where(np.isnan(plain(above)), np.nan, np.inf)
            return np.where(zero, infinite, above / np.where(zero, 1.0, below))[()]
    bad = singular(x) if np.ndim(x) > 1 and np.shape(x)[-1] == np.shape(x)[-2] else np.zeros((), bool)
    if not np.any(bad):
        return norm(x, p, (-2, -1)) * norm(np.linalg.inv(x), p, (-2, -1))
    regular = np.where(bad[..., None, None], np.eye(np.shape(x)[-1]), x)
    return np.where(bad, np.inf, norm(x, p, (-2, -1)) * norm(np.linalg.inv(regular), p, (-2, -1)))[()]
