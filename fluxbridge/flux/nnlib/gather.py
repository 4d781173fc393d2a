"""gather and scatter: slices read by index, and slices written (and combined) by index.

Indices count from 0. The indexed axis is the last one: slice k of ``gather(x, idx)`` is ``x[..., idx[k]]``.
An index of several axes is a list of tuples, or one array for each axis.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer, plain, primitive
from ...autodiff.tracing import follower
from ...errors import DimensionMismatch
from .numeric import check_broadcast, check_numbers
from .windows import expand

Index = tuple[np.ndarray, ...]


def _index(idx: Any) -> Index:
    """An index as one array of integers for each indexed axis, all of one shape."""
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
        if array.shape != arrays[0].shape:
            raise DimensionMismatch(
                f"the arrays of an index have one shape, but these have {[a.shape for a in arrays]}"
            )
    return tuple(arrays)


def _check_bounds(index: Index, sizes: Sequence[int]) -> None:
    if len(index) != len(sizes):
        raise DimensionMismatch(
            f"an index of {len(index)} axes does not fit the axes of lengths {tuple(sizes)}"
        )
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
    """The order that sorts the indices, the start of each run of equal indices, and its index."""
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if flat.size else np.empty(0, int)
    return order, starts, ordered[starts]


def _reduce(ufunc: np.ufunc, empty: Any) -> Callable[..., np.ndarray]:
    """Reduce the slices with equal index by `ufunc`; places without a slice hold `empty`."""

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
    """dy times the product of the other slices of the place: y / src, except where there are zeros."""
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
    """The slices ``x[..., i]`` of x for every i in `idx`; the result has the shape ``(…, *idx.shape)``.

    `idx` is an array of integers that count from 0; for several axes a list of tuples, or one array for each
    axis. The dtype is that of x. Raises IndexError for an index out of bounds, TypeError for one that is no
    integer, DimensionMismatch for one of more axes than x has.

    >>> gather(np.array([[1, 2, 3], [4, 5, 6]]), np.array([2, 0, 2]))
    array([[3, 1, 3],
           [6, 4, 6]])
    """
    level = follower(*[i for i in idx if isinstance(i, Tracer)])
    if level is not None:
        return level.call(gather, (x, *idx), {})
    index = _index(idx[0]) if len(idx) == 1 else _index(tuple(np.asarray(i) for i in idx))
    _check_bounds(index, np.shape(x)[max(np.ndim(x) - len(index), 0) :])
    return GATHER(x, index=index)


def _mean(src: Any, index: Index, sizes: tuple[int, ...]) -> Any:
    counts = np.bincount(_flat(index, sizes), minlength=int(np.prod(sizes))).reshape(sizes)
    total = SCATTER_ADD(src, index=index, sizes=sizes)
    return total / np.maximum(counts, 1).astype(total.dtype if total.dtype.kind == "f" else float)


#: For each operation: its names, the function that combines slices, and the one that combines with `init`.
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
    """An array whose slice ``[..., i]`` combines by `op` the slices ``src[..., k]`` with ``idx[k] == i``.

    `op` is one of operator.add, sub, mul, truediv, max, min, np.mean (or "+", "-", …). src has the shape
    ``(…, *idx.shape)``; `dstsize` is the shape of the result, by default up to the largest index. Places
    without a slice hold `init`, by default the neutral element (0 for ``+``, 1 for ``*``, -Inf for max);
    `init` is combined with the others. Raises ValueError for another operation, IndexError for an index out
    of bounds, TypeError for one that is no integer, DimensionMismatch if src, dstsize or init do not fit,
    ArgumentError for what holds no numbers.

    >>> scatter("+", np.array([1.0, 2.0, 3.0]), np.array([0, 2, 0]))
    array([4., 0., 2.])
    """
    check_numbers("scatter", src, *(() if init is None else (init,)))
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
        whole = expand(dstsize, 1)
        sizes = whole[kept:]
        if whole[:kept] != np.shape(src)[:kept]:
            raise DimensionMismatch(
                f"scatter: dstsize={whole} does not begin with {np.shape(src)[:kept]}, as src does"
            )
    _check_bounds(index, sizes)
    for names, combine, join in _OPERATIONS:
        if any(op is name or (isinstance(op, str) and op == name) for name in names):
            out = combine(src, index=index, sizes=sizes)
            if init is None:
                return out
            check_broadcast("scatter: init and result", np.shape(init), np.shape(out))
            return join(init, out)
    raise ValueError(f"scatter knows +, -, *, /, max, min and mean, but not {op!r}")
