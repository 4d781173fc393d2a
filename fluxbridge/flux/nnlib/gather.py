"""gather and scatter: slices taken by index, and put (and combined) by index.

Positions count from 0, as everywhere in Python. The indexed axis is the last one: slice k of
``gather(x, idx)`` is ``x[..., idx[k]]``. Indices of several axes are tuples, or one array an axis.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import plain, primitive
from ...errors import DimensionMismatch

Index = tuple[np.ndarray, ...]


def _index(idx: Any) -> Index:
    """An index as one array of integers for each indexed axis."""
    idx = plain(idx)
    if isinstance(idx, tuple) and idx and isinstance(idx[0], np.ndarray):
        arrays = [np.asarray(i) for i in idx]
    elif isinstance(idx, list) and idx and isinstance(idx[0], tuple):
        arrays = list(np.array(idx).T)
    elif isinstance(idx, np.ndarray) and idx.dtype == object:
        arrays = [np.reshape(part, idx.shape) for part in np.array(list(idx.ravel())).T]
    else:
        arrays = [np.asarray(idx)]
    for array in arrays:
        if array.dtype.kind not in "iu":
            raise TypeError(f"An index has to be made of integers, but it is of type {array.dtype}")
    return tuple(arrays)


def _check_bounds(index: Index, sizes: Sequence[int]) -> None:
    for array, n in zip(index, sizes, strict=True):
        if array.size and (array.min() < 0 or array.max() >= n):
            wrong = array[(array < 0) | (array >= n)].flat[0]
            raise IndexError(f"index {wrong} is out of bounds for an axis of length {n} (they count from 0)")


def _gather(x: np.ndarray, index: Index) -> np.ndarray:
    where: Any = (..., *index)
    return x[where]


def _flat(index: Index, sizes: Sequence[int]) -> np.ndarray:
    return np.ravel_multi_index(index, tuple(sizes)).ravel()


def _groups(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An order that brings equal indices together, where each group begins, and its index."""
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if flat.size else np.empty(0, int)
    return order, starts, ordered[starts]


def _reduce(ufunc: np.ufunc, empty: Any) -> Callable[..., np.ndarray]:
    """Combine the slices that go to the same place by `ufunc`; `empty` stands where none goes."""

    def compute(src: np.ndarray, index: Index, sizes: tuple[int, ...]) -> np.ndarray:
        kept = src.shape[: src.ndim - index[0].ndim]
        columns = src.reshape(*kept, -1)
        fill = empty(src.dtype) if callable(empty) else empty
        out = np.full((*kept, int(np.prod(sizes))), fill, src.dtype)
        order, starts, places = _groups(_flat(index, sizes))
        if starts.size:
            out[..., places] = ufunc.reduceat(columns[..., order], starts, axis=-1)
        return out.reshape(*kept, *sizes)

    return compute


def _top(dtype: np.dtype) -> Any:
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max


def _bottom(dtype: np.dtype) -> Any:
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _sizes_of(x: Any, index: Index) -> tuple[int, ...]:
    return tuple(np.shape(x)[np.ndim(x) - len(index) :])


def _extreme_rule(dy: Any, y: Any, src: Any, index: Index, sizes: Any) -> Any:
    return np.where(np.equal(src, plain(GATHER(y, index=index))), GATHER(dy, index=index), 0.0)


def _product_rule(dy: Any, y: Any, src: Any, index: Index, sizes: Any) -> Any:
    """The product of the others: y / src, except where there are zeros."""
    zero = np.equal(src, 0)
    if not np.any(zero):
        return GATHER(dy * y, index=index) / src
    safe = np.where(zero, 1.0, src)
    zeros = GATHER(SCATTER_ADD(zero.astype(float), index=index, sizes=sizes), index=index)
    others = GATHER(SCATTER_MUL(safe, index=index, sizes=sizes), index=index) / safe
    return np.where(zeros == zero, GATHER(dy, index=index) * others, 0.0)


GATHER: Any = primitive(
    None,
    lambda dy, _y, _x, index: SCATTER_ADD(dy, index=index, sizes=_sizes_of(_x, index)),
    jvp="linear",
    name="gather",
    compute=_gather,
)
SCATTER_ADD: Any = primitive(
    None,
    lambda dy, _y, _src, index, sizes: GATHER(dy, index=index),
    jvp="linear",
    name="scatter_add",
    compute=_reduce(np.add, 0),
)
SCATTER_MUL: Any = primitive(None, _product_rule, name="scatter_mul", compute=_reduce(np.multiply, 1))
SCATTER_MAX: Any = primitive(
    None,
    _extreme_rule,
    name="scatter_max",
    compute=_reduce(np.maximum, _bottom),
)
SCATTER_MIN: Any = primitive(
    None,
    _extreme_rule,
    name="scatter_min",
    compute=_reduce(np.minimum, _top),
)


def gather(x: Any, *idx: Any) -> Any:
    """The slices x[..., i] for every i in `idx`, in the shape of idx.

    `idx` is an array of integers (from 0), a list of tuples, or one array for each of several axes.
    Raises IndexError for an index out of bounds.

    >>> gather(np.array([[1, 2, 3], [4, 5, 6]]), np.array([2, 0, 2]))
    array([[3, 1, 3],
           [6, 4, 6]])
    """
    index = _index(idx[0]) if len(idx) == 1 else _index(tuple(np.asarray(i) for i in idx))
    _check_bounds(index, np.shape(x)[np.ndim(x) - len(index) :])
    return GATHER(x, index=index)


def _mean(src: Any, index: Index, sizes: tuple[int, ...]) -> Any:
    counts = np.bincount(_flat(index, sizes), minlength=int(np.prod(sizes))).reshape(sizes)
    total = SCATTER_ADD(src, index=index, sizes=sizes)
    return total / np.maximum(counts, 1).astype(total.dtype if total.dtype.kind == "f" else float)


#: For each operation: its names, how slices are combined, and how that joins an initial value.
_OPERATIONS: list[tuple[tuple[Any, ...], Any, Any]] = [
    (("+", operator.add, np.add), SCATTER_ADD, np.add),
    (("-", operator.sub, np.subtract), lambda s, **o: -SCATTER_ADD(s, **o), np.add),
    (("*", operator.mul, np.multiply), SCATTER_MUL, np.multiply),
    (("/", operator.truediv, np.true_divide), lambda s, **o: 1 / SCATTER_MUL(s, **o), np.multiply),
    (("max", max, np.maximum, np.max), SCATTER_MAX, np.maximum),
    (("min", min, np.minimum, np.min), SCATTER_MIN, np.minimum),
    (("mean", np.mean), _mean, np.add),
]


def scatter(op: Any, src: Any, idx: Any, init: Any = None, dstsize: int | Sequence[int] | None = None) -> Any:
    """An array whose slice [..., i] combines by `op` the slices src[..., k] with idx[k] = i.

    `op` is one of operator.add, sub, mul, truediv, max, min, np.mean (or "+", "-", …). Where nothing
    goes there stands `init`, by default what the operation begins with (0 for +, 1 for *, -Inf for
    max). `dstsize` is the shape of the result; by default it reaches up to the largest index.
    Raises ValueError for another operation, DimensionMismatch if src does not fit idx.

    >>> scatter("+", np.array([1.0, 2.0, 3.0]), np.array([0, 2, 0]))
    array([4., 0., 2.])
    """
    index = _index(idx)
    shape = index[0].shape
    kept = np.ndim(src) - len(shape)
    if kept < 0 or np.shape(src)[kept:] != shape:
        raise DimensionMismatch(
            f"scatter: src of shape {np.shape(src)} does not end with idx's shape {shape}"
        )
    if dstsize is None:
        sizes = tuple(int(i.max()) + 1 if i.size else 0 for i in index)
    else:
        sizes = tuple(int(n) for n in np.atleast_1d(dstsize))[kept:]
    _check_bounds(index, sizes)
    for names, combine, join in _OPERATIONS:
        if any(op is name or (isinstance(op, str) and op == name) for name in names):
            out = combine(src, index=index, sizes=sizes)
            return out if init is None else join(init, out)
    raise ValueError(f"scatter knows +, -, *, /, max, min and mean, but not {op!r}")
