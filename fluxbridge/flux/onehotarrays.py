"""One-hot arrays: boolean columns with a single True, stored as the position of that one.

``onehotbatch(labels, classes)`` makes a :class:`OneHotArray`; ``W @ onehot`` selects columns of W instead of
multiplying; all other NumPy functions see an ordinary boolean array. Positions count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, plain
from ..autodiff.tracing import beside, follower
from ..errors import ArgumentError, DimensionMismatch
from .functors import leaf

__all__ = ["OneHotArray", "OneHotMatrix", "OneHotVector", "onecold", "onehot", "onehotbatch"]

_UNSET: Any = object()


@leaf
class OneHotArray(np.lib.mixins.NDArrayOperatorsMixin):
    """A boolean array of shape ``(nlabels, *indices.shape)``, True at `indices` along axis 0, else False.

    `indices` are integers that count from 0 (kept as uint32 in a field of this name). Raises ArgumentError
    for positions that are no integers or outside of 0 … nlabels - 1.

    >>> y = OneHotArray([0, 2], 3)
    >>> y
    3×2 OneHotMatrix(::Vector{UInt32}) with eltype Bool:
     1  ⋅
     ⋅  ⋅
     ⋅  1
    >>> np.array([[1.0, 2.0, 3.0]]) @ y
    array([[1., 3.]])
    >>> y[:, 1], y + 0.5
    (3-element OneHotVector(::UInt32) with eltype Bool:
     ⋅
     ⋅
     1, array([[1.5, 0.5],
           [0.5, 0.5],
           [0.5, 1.5]]))
    """

    dtype = np.dtype(bool)
    __slots__ = ("indices", "nlabels")

    def __init__(self, indices: Any, nlabels: int):
        if not isinstance(nlabels, (int, np.integer)) or nlabels < 0:
            raise ArgumentError(f"the number of labels is an integer of at least 0, not {nlabels!r}")
        positions = np.asarray(indices)
        if positions.size and positions.dtype.kind not in "iu":
            raise ArgumentError(f"positions of a OneHotArray are integers, not {positions.dtype}")
        if positions.size and (positions.min() < 0 or positions.max() >= nlabels):
            raise ArgumentError(f"positions of a OneHotArray with {nlabels} labels are 0 to {nlabels - 1}")
        self.indices = positions.astype(np.uint32)
        self.nlabels = int(nlabels)

    # -- the interface of an array -----------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """``(nlabels, *indices.shape)``."""
        return (self.nlabels, *self.indices.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.indices.ndim + 1

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.nlabels * self.indices.size

    def __len__(self) -> int:
        return self.nlabels

    def __iter__(self) -> Iterator[Any]:
        return iter(np.asarray(self))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        positions = np.arange(self.nlabels, dtype=np.uint32).reshape(-1, *[1] * self.indices.ndim)
        dense = positions == self.indices
        return dense if dtype is None else dense.astype(dtype)

    def __getitem__(self, index: Any) -> Any:
        first, *rest = index if isinstance(index, tuple) else (index,)
        if first is Ellipsis and len(rest) == 1 and self.ndim > 1:
            return OneHotArray(self.indices[..., rest[0]], self.nlabels)
        keeps_labels = isinstance(first, slice) and first == slice(None)
        if keeps_labels and rest and not any(r is None or r is Ellipsis for r in rest):
            return OneHotArray(self.indices[tuple(rest)], self.nlabels)
        return self if keeps_labels and not rest else np.asarray(self)[index]

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """As ``ndarray.reshape``; a OneHotArray if axis 0 keeps its length."""
        shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        if shape and shape[0] == self.nlabels and order == "C":
            return OneHotArray(self.indices.reshape(shape[1:]), self.nlabels)
        return np.asarray(self).reshape(shape, order=order)  # type: ignore[call-overload]

    def copy(self) -> OneHotArray:
        """A OneHotArray with indices of its own."""
        return OneHotArray(self.indices, self.nlabels)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"OneHotArray has no attribute {name!r}")
        return getattr(np.asarray(self), name)

    def __bool__(self) -> bool:
        return bool(np.asarray(self))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and not options:
            a, b = inputs
            if isinstance(b, OneHotArray) and not isinstance(a, OneHotArray) and np.ndim(a) > 0:
                return columns(a, b)
        return getattr(ufunc, method)(*map(_dense, inputs), **options)

    def __array_function__(self, func: Any, _types: Any, args: tuple, options: dict[str, Any]) -> Any:
        own = _FUNCTIONS.get(func)
        result = NotImplemented if own is None else own(*args, **options)
        return func(*_dense(args), **_dense(options)) if result is NotImplemented else result

    # -- for gradient: an argument without derivative ----------------------------------------------------

    def __fluxbridge_split__(self, splitter: Any) -> tuple[Any, None]:
        observed = getattr(getattr(splitter.stand_in, "__self__", None), "observed", None)
        return self if observed is None else observed(self), None

    @property
    def form(self) -> tuple[Any, ...]:
        """All but the positions."""
        return self.nlabels, self.indices.shape

    def observed(self, level: Any) -> Observed:
        """A stand-in in a recording that is to be run again with other arrays."""
        return Observed(level, self)

    def __reduce__(self) -> Any:
        return OneHotArray, (self.indices, self.nlabels)

    # -- printing ----------------------------------------------------------------------------------------

    def summary(self) -> str:
        """Size and type as Julia prints them."""
        names = {1: ("OneHotVector", "UInt32"), 2: ("OneHotMatrix", "Vector{UInt32}")}
        held = "Matrix{UInt32}" if self.ndim == 3 else f"Array{{UInt32, {self.ndim - 1}}}"
        name, inner = names.get(self.ndim, ("OneHotArray", held))
        size = "×".join(map(str, self.shape)) if self.ndim > 1 else f"{self.nlabels}-element"
        return f"{size} {name}(::{inner}) with eltype Bool"

    def __repr__(self) -> str:
        if self.ndim < 3:
            return f"{self.summary()}:\n{_rows(self.indices.reshape(-1), self.nlabels)}"
        blocks = []
        for place in np.ndindex(*self.indices.shape[1:][::-1]):
            at = (slice(None), *place[::-1])
            label = ", ".join(str(k + 1) for k in place[::-1])  # as in Julia, from 1
            rows = _rows(self.indices[at], self.nlabels).replace("⋅", "0")
            blocks.append(f"[:, :, {label}] =\n{rows}")
        return f"{self.summary()}:\n" + "\n\n".join(blocks)


class Observed(OneHotArray):
    """Stands in for a OneHotArray, of the same shape, in a recording that is run again with other ones.

    Its indices are a traced value. Raises nothing of its own.

    >>> from fluxbridge import AutoNative, gradient
    >>> y = OneHotArray([0, 2], 3)
    >>> gradient(lambda w: np.sum(w @ y), AutoNative(compile=True), np.ones((1, 3)))[0]
    array([[1., 0., 1.]])
    """

    __slots__ = ("_value", "level", "place")

    def __init__(self, level: Any, value: OneHotArray):
        self._value, self.level, self.nlabels = value, level, value.nlabels
        self.place: int | None = None  # of the step that gives it

    @property
    def step(self) -> Any:
        """The step of the recording that gives it."""
        return self.level.step_of(self)

    @property
    def indices(self) -> Any:  # type: ignore[override]
        """The positions, traced while the function runs."""
        return beside(_indices, self) if self.level.watching else self._value.indices

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def ndim(self) -> int:
        return self._value.ndim

    @property
    def size(self) -> int:
        return self._value.size

    def dense(self) -> Any:
        """The same as a traced array of booleans, of the same shape."""
        positions = np.arange(self.nlabels, dtype=np.uint32).reshape(-1, *[1] * (self.ndim - 1))
        return self.indices == positions


def _indices(x: OneHotArray) -> np.ndarray:
    return x.indices


#: OneHotArrays' name for one-hot arrays and views of them, which are one class here.
OneHotLike = OneHotArray


def OneHotVector(index: int, nlabels: int) -> OneHotArray:
    """The one-hot vector of length nlabels that is True at `index`, which counts from 0.

    Raises ArgumentError for an array of positions, or a position outside of 0 … nlabels - 1. The shape is
    (nlabels,).

    >>> OneHotVector(1, 3).indices
    array(1, dtype=uint32)
    """
    if np.ndim(index) != 0:
        raise ArgumentError(f"a OneHotVector has one position, not an array of shape {np.shape(index)}")
    return OneHotArray(index, nlabels)


def OneHotMatrix(indices: Any, nlabels: int) -> OneHotArray:
    """The matrix (nlabels, n) of n one-hot columns that are True at `indices`, which count from 0.

    Raises ArgumentError unless the positions are a vector of integers in 0 … nlabels - 1.

    >>> OneHotMatrix([0, 2], 3).shape
    (3, 2)
    """
    if np.ndim(indices) != 1:
        raise ArgumentError(f"a OneHotMatrix has a vector of positions, not shape {np.shape(indices)}")
    return OneHotArray(indices, nlabels)


def _rows(indices: np.ndarray, nlabels: int, most: int = 24) -> str:
    """The rows as Julia prints them, with the middle left out if there are many."""
    columns: list[Any] = list(indices) if len(indices) <= most else [*indices[:12], None, *indices[-12:]]
    rows: list[Any] = (
        list(range(nlabels)) if nlabels <= most else [*range(12), None, *range(nlabels - 12, nlabels)]
    )
    lines = []
    for row in rows:
        cells = [_cell(row, column) for column in columns]
        lines.append(" " + "  ".join(cells))
    return "\n".join(lines)


def _cell(row: int | None, column: int | None) -> str:
    if row is None:
        return "⋮" if column is not None else "⋱"
    return "…" if column is None else "1" if row == column else "⋅"


def _dense(x: Any) -> Any:
    """`x` with ordinary arrays in place of one-hot ones, in lists, tuples and dicts too."""
    if isinstance(x, OneHotArray):
        return x.dense() if isinstance(x, Observed) and x.level.watching else np.asarray(x)
    if type(x) in (list, tuple):
        return type(x)(map(_dense, x))
    return {k: _dense(v) for k, v in x.items()} if type(x) is dict else x


def columns(matrix: Any, onehot: OneHotArray) -> Any:
    """``matrix @ onehot`` by selecting columns, differentiable in the matrix.

    matrix has the shape (out, nlabels), onehot (nlabels,) or (nlabels, batch), the result (out,) or (out,
    batch). Raises DimensionMismatch if the matrix does not have one column for each label, ArgumentError for
    other arguments.

    >>> columns(np.array([[1.0, 2.0, 3.0]]), OneHotArray([2, 0], 3))
    array([[3., 1.]])
    """
    if not isinstance(onehot, OneHotArray) or not getattr(matrix, "ndim", 0):
        raise ArgumentError(f"columns takes an array and a OneHotArray, not {matrix!r} and {onehot!r}")
    if np.shape(matrix)[-1] != onehot.nlabels:
        raise DimensionMismatch(
            f"a matrix of shape {np.shape(matrix)} cannot be multiplied with a one-hot array of shape "
            f"{onehot.shape}: {np.shape(matrix)[-1]} columns, {onehot.nlabels} labels"
        )
    if onehot.ndim > 2 or np.ndim(matrix) > 2:
        return np.matmul(matrix, np.asarray(onehot))
    if isinstance(matrix, Tracer):
        from .nnlib import gather

        return gather(matrix, onehot.indices.astype(np.intp))
    return matrix[..., onehot.indices]


# -- NumPy's functions that keep one-hot arrays compact ------------------------------------------------


def _all_onehot(arrays: Any) -> bool:
    return len(arrays) > 0 and all(isinstance(a, OneHotArray) for a in arrays)


def _same_labels(arrays: Sequence[OneHotArray]) -> int:
    if len({a.nlabels for a in arrays}) > 1:
        raise DimensionMismatch(
            f"the numbers of labels are not the same for all one-hot arrays: {[a.nlabels for a in arrays]}"
        )
    return arrays[0].nlabels


def _concatenate(arrays: Any, axis: Any = 0, **options: Any) -> Any:
    if options or not _all_onehot(arrays) or axis is None or not axis % arrays[0].ndim > 0:
        return NotImplemented
    labels = _same_labels(arrays)
    return OneHotArray(np.concatenate([a.indices for a in arrays], axis % arrays[0].ndim - 1), labels)


def _stack(arrays: Any, axis: int = 0, **options: Any) -> Any:
    if options or not _all_onehot(arrays) or not axis % (arrays[0].ndim + 1) > 0:
        return NotImplemented
    labels = _same_labels(arrays)
    return OneHotArray(np.stack([a.indices for a in arrays], axis % (arrays[0].ndim + 1) - 1), labels)


def _column_stack(arrays: Any) -> Any:
    if not _all_onehot(arrays):
        return NotImplemented
    joined = np.concatenate([np.atleast_1d(a.indices) for a in arrays])
    return OneHotArray(joined, _same_labels(arrays))


def _hstack(arrays: Any, **options: Any) -> Any:
    return (
        _concatenate(arrays, 1, **options) if _all_onehot(arrays) and arrays[0].ndim > 1 else NotImplemented
    )


def _argmax(a: Any, axis: Any = None, **options: Any) -> Any:
    return a.indices.astype(np.intp) if axis == 0 and not options else NotImplemented


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.column_stack: _column_stack,
    np.hstack: _hstack,
    np.argmax: _argmax,
    np.shape: lambda a: a.shape if isinstance(a, OneHotArray) else NotImplemented,
    np.ndim: lambda a: a.ndim if isinstance(a, OneHotArray) else NotImplemented,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
}


# -- labels to one-hot, and back -------------------------------------------------------------------


def _finder(labels: Any) -> Callable[[Any], int | None]:
    """A function that finds the position of a value among the labels, by Julia's ``isequal``, or None."""
    positions: dict[Any, int] = {}
    rest: list[tuple[Any, int]] = []
    for k, label in enumerate(labels):
        try:
            positions.setdefault(_nan_as_one(label), k)
        except TypeError:  # unhashable
            rest.append((label, k))

    def find(x: Any) -> int | None:
        try:
            found = positions.get(_nan_as_one(x))
        except TypeError:
            found = None
        return (
            found
            if found is not None or not rest
            else next((k for v, k in rest if np.array_equal(v, x)), None)
        )

    return find


def _listed(labels: Any) -> Any:
    """The labels as something with a length. Raises ArgumentError for what is no collection."""
    if hasattr(labels, "__len__"):
        return labels
    if not hasattr(labels, "__iter__"):
        raise ArgumentError(f"labels are a list, a range, a string or an array, not {labels!r}")
    return list(labels)


def _nan_as_one(x: Any) -> Any:
    return "NaN, itself" if isinstance(x, (float, np.floating)) and x != x else x


def onehot(x: Any, labels: Any, default: Any = _UNSET) -> OneHotArray:
    """The one-hot vector (number of labels,) that is True at the position of `x` among `labels`.

    An `x` that is no label counts as `default`. Raises ArgumentError if there is none, or it is no label
    either.

    >>> onehot("b", "abc")
    3-element OneHotVector(::UInt32) with eltype Bool:
     ⋅
     1
     ⋅
    """
    labels = _listed(labels)
    find = _finder(labels)
    position = find(x)
    if position is None and default is not _UNSET:
        position = find(default)
        x = default
    if position is None:
        raise ArgumentError(f"Value {x!r} is not in labels")
    return OneHotArray(position, len(labels))


def onehotbatch(xs: Any, labels: Any, default: Any = _UNSET) -> OneHotArray:
    """The one-hot vectors of many values, as columns: (number of labels, number of values).

    `xs` is an array, a list, a string or another iterable; an array of shape (m, n) gives (number of labels,
    m, n). A value that is no label counts as `default`. Raises ArgumentError if there is none, or it is no
    label either.

    >>> onehotbatch("abca", "abc")
    3×4 OneHotMatrix(::Vector{UInt32}) with eltype Bool:
     1  ⋅  ⋅  1
     ⋅  1  ⋅  ⋅
     ⋅  ⋅  1  ⋅
    >>> onehotbatch([0, 5], range(3), 2).indices
    array([0, 2], dtype=uint32)
    """
    if isinstance(xs, Tracer) and follower(xs) is not None:
        return beside(onehotbatch, xs, labels=labels, default=default)
    xs = plain(xs)
    labels = _listed(labels)
    if isinstance(labels, range) and labels.step == 1 and len(labels):
        found = _counted(xs, labels)
        if found is not None and (default is _UNSET or bool(np.all(found >= 0))):
            if found.size and found.min() < 0:
                raise ArgumentError(f"Value {np.asarray(xs)[found < 0].ravel()[0]} not found in labels")
            return OneHotArray(found, len(labels))
    find = _finder(labels)
    spare = None
    if default is not _UNSET:
        spare = find(default)
        if spare is None:
            raise ArgumentError(f"Default value {default!r} is not in labels")
    if not hasattr(xs, "__iter__"):
        raise ArgumentError(f"onehotbatch takes a list or an array of values, not {xs!r}; see onehot for one")
    shape = xs.shape if isinstance(xs, np.ndarray) else (-1,)
    values = xs.ravel().tolist() if isinstance(xs, np.ndarray) else list(xs)
    positions = []
    for x in values:
        position = find(x)
        position = spare if position is None else position
        if position is None:
            raise ArgumentError(f"Value {x!r} not found in labels")
        positions.append(position)
    return OneHotArray(np.array(positions, dtype=np.intp).reshape(shape), len(labels))


def _counted(xs: Any, labels: range) -> np.ndarray | None:
    """Positions of integers among the labels of a range, -1 for others; None if `xs` are no integers."""
    if isinstance(xs, (str, bytes)) or not hasattr(xs, "__len__"):
        return None
    array = np.asarray(xs)
    if array.dtype.kind not in "iu" or array.ndim == 0:
        return None
    positions = array.astype(np.int64) - labels.start
    return np.where((positions >= 0) & (positions < len(labels)), positions, -1)


def onecold(y: Any, labels: Any = None) -> Any:
    """The position of the largest element along axis 0 (the first of equals), or its label.

    Positions count from 0. For a vector the result is one position or label, for an array (n, batch…) an
    array (batch…). There is no derivative. Raises DimensionMismatch unless there is one label for each row,
    ArgumentError for a vector with NaN and for what has no rows.

    >>> onecold(np.array([0.3, 0.2, 0.5])), onecold(np.array([0.3, 0.2, 0.5]), "abc")
    (2, 'c')
    >>> onecold(np.array([[0.9, 0.2], [0.1, 0.8]]), [10, 20])
    array([10, 20])
    """
    y = plain(y)
    y = y if isinstance(y, OneHotArray) else np.asarray(y)
    if not y.ndim or not y.shape[0]:
        raise ArgumentError(f"onecold takes an array with at least one row, not one of shape {y.shape}")
    if labels is not None:
        labels = _listed(labels)
        if len(labels) != y.shape[0]:
            raise DimensionMismatch(
                f"onecold got {len(labels)} labels for an array of shape {y.shape}: {y.shape[0]} rows"
            )
    if isinstance(y, np.ndarray) and y.ndim == 1 and y.dtype.kind == "f" and np.isnan(y).any():
        raise ArgumentError("maximum value found by onecold is NaN")
    positions = np.argmax(y, axis=0)
    if np.ndim(positions) == 0:
        return int(positions) if labels is None else labels[int(positions)]
    return positions if labels is None else _table(labels)[positions]


def _table(labels: Any) -> np.ndarray:
    """The labels as an array: of their type if they are numbers or strings, else of objects."""
    if isinstance(labels, (range, np.ndarray)):
        return np.asarray(labels)
    kinds = {type(v) for v in labels}
    if len(kinds) == 1 and kinds <= {int, float, bool, str}:
        return np.array(list(labels))
    table = np.empty(len(labels), dtype=object)
    table[:] = list(labels)
    return table
