"""Making, reshaping, joining, searching and reducing arrays, with Julia's names, axes from 1 and order by
columns."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from . import arithmetic
from .arithmetic import _is_struct, _number, add, array_of, eq, is_array, lt, mul, wrap
from .broadcasting import broadcast
from .dispatch import EXTENSIONS, generic
from .errors import BoundsError, MethodError
from .indexing import CartesianIndex, is_integer
from .iteration import Pair, _plain, iterate
from .types import DTYPE_OF, Int64, Symbol, Type

_MISSING = object()


def _is_number(v: Any) -> bool:
    return isinstance(v, (int, float, complex, np.generic)) or (
        type(v).__module__.startswith("fluxbridge.autodiff") and np.ndim(v) == 0 and not isinstance(v, Record)
    )


def gathered(values: list, shape: tuple | None = None) -> Any:
    """The results of a comprehension: numbers become an array, other things a list (or an array of
    objects)."""
    if (
        values
        and all(_is_number(v) for v in values)
        and not any(type(v).__name__ == "BigInteger" for v in values)
    ):
        if any(isinstance(v, np.float32) for v in values) and any(type(v) is float for v in values):
            made = np.array([np.float64(v) for v in values])
        else:
            made = np.array([int(v) if isinstance(v, np.int64) else v for v in values])
        return made if shape is None or len(shape) == 1 else np.reshape(made, shape, order="F")
    if shape is None or len(shape) == 1:
        return list(values)
    made = np.empty(len(values), object)
    made[:] = values if not any(is_array(v) or isinstance(v, tuple) for v in values) else [None] * len(values)
    for i, v in enumerate(values):
        made[i] = v
    return np.reshape(made, shape, order="F")


def array(values: Any, element: Any = None) -> Any:
    """A vector literal or comprehension whose kind of elements is not known: an array of numbers, else a
    list."""
    values = list(values)
    if element is not None and isinstance(element, Type) and element.name in DTYPE_OF:
        if any(type(v).__module__.startswith("fluxbridge.autodiff") for v in values):
            return np.array(values)
        return np.array([element(v) for v in values], DTYPE_OF[element.name])
    if element is not None:
        return values
    return gathered(values)


def table(function: Callable, *ranges: Any, element: Any = None) -> Any:
    """``[f(i, j) for i in a, j in b]``: an array with an axis for each range."""
    lists = [list(iterate(r)) for r in ranges]
    shape = tuple(len(x) for x in lists)
    values = []
    for place in np.ndindex(*reversed(shape)):
        values.append(function(*[x[i] for x, i in zip(lists, reversed(place), strict=False)]))
    made = gathered(values, shape)
    return (
        made.astype(DTYPE_OF[element.name]) if element is not None and isinstance(made, np.ndarray) else made
    )


def matrix(*rows: tuple, element: Any = None) -> Any:
    """``[a b; c d]``: blocks joined in rows, rows below each other."""
    made = (
        vcat(*[hcat(*row) if len(row) > 1 else row[0] for row in rows]) if len(rows) > 1 else hcat(*rows[0])
    )
    if element is not None and isinstance(made, np.ndarray):
        return made.astype(DTYPE_OF[element.name])
    return made


def _block(x: Any) -> Any:
    return array_of(x) if is_array(x) else x


def vcat(*xs: Any) -> Any:
    """``vcat(xs…)`` and ``[a; b]``."""
    if any(isinstance(x, (list, str, tuple, dict, Record)) or _is_struct(x) or x is None for x in xs):
        lists = [x for x in xs if is_array(x)]
        if not all(_is_number(v) for x in lists for v in x) or (
            len(lists) < len(xs) and any(not is_array(x) and not _is_number(x) for x in xs)
        ):
            return [v for x in xs for v in (iterate(x) if is_array(x) else (x,))]
    if not xs:
        return []
    blocks = [_block(x) for x in xs]
    rank = max(np.ndim(b) for b in blocks)
    if rank == 0:
        return gathered(list(blocks))
    blocks = [np.asarray(b) if hasattr(b, "nlabels") else b for b in blocks]
    blocks = [b if np.ndim(b) else np.array([b]) for b in blocks]
    if rank == 2:
        blocks = [b if np.ndim(b) == 2 else b[:, None] for b in blocks]
    blocks = _same_type([b for b in blocks if b.size or len(blocks) == 1 or np.ndim(b) > 1])
    return np.concatenate(blocks, axis=0) if blocks else np.zeros(0)


def _same_type(blocks: list) -> list:
    kinds = {b.dtype for b in blocks}
    if np.dtype(np.float32) in kinds and any(k.kind in "iu" for k in kinds) and np.dtype(float) not in kinds:
        return [b.astype(np.float32) if b.dtype.kind in "iu" else b for b in blocks]
    return blocks


def hcat(*xs: Any) -> Any:
    """``hcat(xs…)`` and ``[a b]``: vectors become columns."""
    blocks = [_block(x) for x in xs]
    if any(
        isinstance(b, (str, tuple, dict, Record))
        or _is_struct(b)
        or (isinstance(b, np.ndarray) and b.dtype.kind in "OU")
        for b in blocks
    ):
        made = np.empty((1, len(blocks)), object)
        if any(is_array(b) for b in blocks):
            columns = [np.array(list(b), object)[:, None] for b in blocks]
            return np.concatenate(columns, axis=1)
        for i, b in enumerate(blocks):
            made[0, i] = b
        return made
    blocks = [np.asarray(b) if hasattr(b, "nlabels") else b for b in blocks]
    columns = [np.array([[b]]) if np.ndim(b) == 0 else b[:, None] if np.ndim(b) == 1 else b for b in blocks]
    return np.concatenate(_same_type(columns), axis=1)


def behind(x: Any, rank: int) -> Any:
    """An array with axes of length 1 added behind its own."""
    return x[(Ellipsis,) + (None,) * (rank - np.ndim(x))]


def cat(*xs: Any, dims: Any) -> Any:
    """``cat(xs…; dims)``."""
    axis = int(dims if is_integer(dims) else dims[0]) - 1
    blocks = [array_of(x) if is_array(x) else np.array(x) for x in xs]
    rank = max(axis + 1, *(np.ndim(b) for b in blocks))
    blocks = [behind(b, rank) for b in blocks]
    return np.concatenate(_same_type(blocks), axis=axis)


def stack(xs: Any, *, dims: Any = None) -> Any:
    """``stack(xs; dims)``: along a new last axis, or along ``dims``."""
    blocks = [
        array_of(x) if is_array(x) else np.array(list(x)) if isinstance(x, tuple) else x for x in iterate(xs)
    ]
    return np.stack(blocks, axis=-1 if dims is None else int(dims) - 1)


def _sizes(args: tuple) -> tuple:
    if len(args) == 1 and isinstance(args[0], tuple):
        return tuple(int(a) for a in args[0])
    return tuple(int(a) if is_integer(a) else len(a) for a in args)


def _typed(args: tuple, default: Any) -> tuple:
    if args and isinstance(args[0], Type):
        return DTYPE_OF[args[0].name], args[1:]
    if args and is_array(args[0]):
        return np.asarray(args[0]).dtype, np.shape(args[0])
    return default, args


def zeros(*args: Any) -> Any:
    """``zeros(T, sizes…)``."""
    kind, sizes = _typed(args, float)
    return np.zeros(_sizes(sizes), kind)


def ones(*args: Any) -> Any:
    """``ones(T, sizes…)``."""
    kind, sizes = _typed(args, float)
    return np.ones(_sizes(sizes), kind)


def trues(*sizes: Any) -> Any:
    """``trues(sizes…)``."""
    return np.ones(_sizes(sizes), bool)


def falses(*sizes: Any) -> Any:
    """``falses(sizes…)``."""
    return np.zeros(_sizes(sizes), bool)


def fill(value: Any, *sizes: Any) -> Any:
    """``fill(value, sizes…)``."""
    shape = _sizes(sizes)
    if _is_number(value):
        return np.full(shape, value)
    if len(shape) == 1:
        return [value] * shape[0]
    return gathered([value] * math.prod(shape), shape)


def fill_(x: Any, value: Any) -> Any:
    """``fill!(x, value)``."""
    x[...] = value
    return x


def similar(x: Any, *args: Any) -> Any:
    """``similar(x, T, sizes…)``; the elements are zeros here."""
    if isinstance(x, list):
        return [None] * len(x)
    kind, sizes = (
        (DTYPE_OF[args[0].name], args[1:]) if args and isinstance(args[0], Type) else (x.dtype, args)
    )
    return np.zeros(_sizes(sizes) if sizes else np.shape(x), kind)


def uninitialised(kind: Any, *sizes: Any) -> Any:
    """``Array{T}(undef, sizes…)``; the elements are zeros here."""
    element = kind.params[0] if kind.params else None
    shape = _sizes(sizes)
    if isinstance(element, Type) and element.name in DTYPE_OF:
        return np.zeros(shape, DTYPE_OF[element.name])
    if len(shape) == 1:
        return [None] * shape[0]
    return np.empty(shape, object)


def _to_array(value: Any = (), element: Any = None) -> Any:
    values = (
        value
        if isinstance(value, np.ndarray)
        else np.asarray(value)
        if hasattr(value, "nlabels") or isinstance(value, range)
        else None
    )
    if values is None:
        values = gathered(list(iterate(value)))
    if (
        element is not None
        and isinstance(element, Type)
        and element.name in DTYPE_OF
        and isinstance(values, np.ndarray)
    ):
        from .broadcasting import _convert_all

        return _convert_all(element, values)
    return np.array(values) if isinstance(values, np.ndarray) else values


def array_from(value: Any = (), *sizes: Any, element: Any = None) -> Any:
    """``Vector{T}(x)``, ``Matrix{T}(I, n, m)``."""
    if type(value).__name__ == "UniformScaling":
        made = (
            np.eye(*(int(s) for s in sizes)) @ value
            if len(set(sizes)) == 1
            else np.eye(*(int(s) for s in sizes))
        )
        return _to_array(made, element)
    return _to_array(value, element)


def collect(*args: Any) -> Any:
    """``collect(x)`` and ``collect(T, x)``."""
    element, x = args if len(args) == 2 else (None, args[0])
    if isinstance(x, range):
        made: Any = np.arange(x.start, x.stop, x.step)
    elif isinstance(x, np.ndarray) or hasattr(x, "nlabels"):
        made = np.array(x)
    elif hasattr(x, "shape") and hasattr(x, "axes"):
        made = gathered(list(x), x.shape)
    else:
        made = gathered(list(iterate(x)))
    if element is not None:
        from .broadcasting import _convert_all

        return _convert_all(element, np.asarray(made))
    return made


def matrix_of(x: Any) -> Any:
    """``Matrix(x)`` and ``Array(x)``: a plain array of its own."""
    return (
        np.array(array_of(x))
        if not hasattr(x, "__array__") or isinstance(x, np.ndarray)
        else np.array(np.asarray(x))
    )


def linrange(*args: Any, length: Any = None, step: Any = None, stop: Any = None) -> Any:
    """``range(start, stop; length)``, ``range(start; step, length)``, ``LinRange(a, b, n)``."""
    from .indexing import FloatRange, colon

    start = args[0] if args else 1
    if len(args) > 1:
        stop = args[1]
    if len(args) > 2:
        length = args[2]
    if stop is None and length is not None:
        step = 1 if step is None else step
        values = [start + step * k for k in range(int(length))]
        return (
            range(start, start + step * int(length), step)
            if all(is_integer(v) for v in (start, step))
            else FloatRange(values, step)
        )
    if length is None:
        return (
            colon(start, 1 if step is None else step, stop)
            if len(args) or stop is not None
            else range(1, start + 1)
        )
    n = int(length)
    if (
        all(is_integer(v) for v in (start, stop))
        and n > 1
        and (stop - start) % (n - 1) == 0
        and len(args) < 3
        and False
    ):
        return range(start, stop + 1, (stop - start) // (n - 1))
    single = any(isinstance(v, np.float32) for v in (start, stop)) and not any(
        type(v) is float for v in (start, stop)
    )
    points = np.linspace(float(start), float(stop), n)
    step_value = (float(stop) - float(start)) / max(n - 1, 1)
    return FloatRange(points.astype(np.float32) if single else points, step_value)


@generic("size")
def size(x: Any, *dims: Any) -> Any:
    """``size(x)``, ``size(x, d)``."""
    shape = (
        tuple(int(n) for n in (np.shape(array_of(x)) if not isinstance(x, list) else (len(x),)))
        if not hasattr(x, "axes")
        else x.shape
    )
    if not dims:
        return shape
    picked = tuple(shape[d - 1] if d <= len(shape) else 1 for d in dims)
    return picked[0] if len(dims) == 1 else picked


@generic("length")
def length(x: Any) -> int:
    """``length(x)``: of an array the number of its elements."""
    if isinstance(x, np.ndarray) or hasattr(x, "nlabels"):
        return int(np.size(np.asarray(x)) if hasattr(x, "nlabels") else np.size(x))
    if isinstance(x, (int, float, np.generic)):
        return 1
    if hasattr(x, "layers") and not hasattr(x, "__len__"):
        return len(x.layers)
    if _is_struct(x):
        raise MethodError(f"no method matching length(::{type(x).__name__})")
    return len(x)


@generic("ndims")
def ndims(x: Any) -> int:
    """``ndims(x)``."""
    return 1 if isinstance(x, (list, range)) else np.ndim(x)


@generic("eltype")
def eltype(x: Any) -> Any:
    """``eltype(x)``."""
    from .types import element_type, typeof

    if isinstance(x, Type):
        return x.params[0] if x.params else x
    if isinstance(x, dict):
        return Type("Pair")
    if _is_struct(x):
        own = EXTENSIONS.get("eltype")
        if own is not None and own.find((type(x),)) is not None:
            return own(type(x))
    return element_type(x) if is_array(x) or isinstance(x, str) else typeof(x)


def axes(x: Any, d: Any = None) -> Any:
    """``axes(x)``, ``axes(x, d)``: ranges from 1."""
    ranges = tuple(range(1, n + 1) for n in size(x))
    return ranges if d is None else ranges[d - 1] if d <= len(ranges) else range(1, 2)


def eachindex(x: Any) -> Any:
    """``eachindex(x)``."""
    return range(1, length(x) + 1)


def lastindex(x: Any, d: Any = None) -> int:
    """``lastindex(x)``."""
    return length(x) if d is None else size(x, d)


def reshape(x: Any, *sizes: Any) -> Any:
    """``reshape(x, sizes…)``: in the order of columns; ``:`` is what is left."""
    sizes = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    return np.reshape(array_of(x), tuple(int(s) if is_integer(s) else -1 for s in sizes), order="F")


def vec(x: Any) -> Any:
    """``vec(x)``: the columns below each other."""
    if isinstance(x, (list, range)):
        return x
    flat = np.ravel(np.asarray(x) if hasattr(x, "nlabels") else x, order="F")
    return list(flat) if isinstance(flat, np.ndarray) and flat.dtype == object else flat


def permutedims(x: Any, order: Any = None) -> Any:
    """``permutedims(x, order)``."""
    x = array_of(x)
    if order is None:
        return np.array(x)[None, :] if np.ndim(x) == 1 else x.T.copy()
    return np.transpose(x, tuple(int(p) - 1 for p in order))


def dropdims(x: Any, *, dims: Any) -> Any:
    """``dropdims(x; dims)``."""
    return np.squeeze(
        x, axis=tuple(int(d) - 1 for d in dims) if isinstance(dims, (tuple, list)) else int(dims) - 1
    )


def adjoint(x: Any) -> Any:
    """``x'``: a vector becomes a row; of a function its derivative."""
    if isinstance(x, (int, float)):
        return x
    if not is_array(x):
        if callable(x):
            from .models import derivative

            return derivative(x)
        if isinstance(x, (complex, np.generic)) or np.ndim(x) == 0:
            return np.conj(x)
    x = array_of(x)
    conjugate = np.conj(x) if getattr(x, "dtype", None) is not None and x.dtype.kind == "c" else x
    if isinstance(x, arithmetic.RowVector) and np.ndim(x) == 2:
        return np.asarray(conjugate)[0]
    if np.ndim(x) == 1:
        row = conjugate[None, :]
        return row.view(arithmetic.RowVector) if type(row) is np.ndarray else row
    return conjugate.T


def transpose(x: Any) -> Any:
    """``transpose(x)``."""
    x = array_of(x)
    return x[None, :] if np.ndim(x) == 1 else x.T


def row_times(row: Any, *others: Any) -> Any:
    """``v' * x * …``: of a vector ``v`` with a vector a number, with a matrix a row; of a matrix the
    product."""
    if not (is_array(row) and np.ndim(array_of(row)) == 1):
        result = adjoint(row)
        for other in others:
            result = mul(result, other)
        return result
    v = array_of(row)
    v = np.conj(v) if v.dtype.kind == "c" else v
    for other in others:
        if not is_array(other) or np.ndim(v) == 0:
            v = mul(v, other)
            continue
        a, b = arithmetic._harmonise(v, array_of(other))
        if np.shape(a)[0] != np.shape(b)[0]:
            from ...errors import DimensionMismatch

            raise DimensionMismatch(
                f"product of a row of length {np.size(a)} and an array of shape {np.shape(b)}"
            )
        v = a @ b
    if np.ndim(v) == 0:
        return _plain(v)
    made = v[None, :]
    return made.view(arithmetic.RowVector) if type(made) is np.ndarray else made


def repeat(x: Any, *counts: Any, inner: Any = 1, outer: Any = 1) -> Any:
    """``repeat(x, counts…)``."""
    if isinstance(x, str):
        return x * int(counts[0])
    if isinstance(x, list):
        values = [v for v in x for _ in range(int(inner))]
        return values * int(counts[0] if counts else outer)
    x = array_of(x)
    if np.ndim(x) == 1 and len(counts) == 2:
        x = x[:, None]
    inner = inner if isinstance(inner, tuple) else (inner,)
    for axis, n in enumerate(inner):
        x = np.repeat(x, int(n), axis=axis)
    outer = counts or (outer if isinstance(outer, tuple) else (outer,))
    return np.tile(x, tuple(int(c) for c in outer) + (1,) * (np.ndim(x) - len(outer)))


def reverse(x: Any, *, dims: Any = None) -> Any:
    """``reverse(x; dims)``."""
    if isinstance(x, (str, list, tuple)):
        return x[::-1]
    x = array_of(x)
    return np.flip(x, axis=None if dims is None else int(dims) - 1)


def circshift(x: Any, shifts: Any) -> Any:
    """``circshift(x, shifts)``."""
    if isinstance(x, list):
        k = int(shifts) % max(len(x), 1)
        return x[-k:] + x[:-k] if k else list(x)
    return np.roll(
        x,
        tuple(shifts) if isinstance(shifts, tuple) else shifts,
        axis=tuple(range(len(shifts))) if isinstance(shifts, tuple) else 0,
    )


def rotl90(x: Any) -> Any:
    """``rotl90(x)``."""
    return np.rot90(x)


def rotr90(x: Any) -> Any:
    """``rotr90(x)``."""
    return np.rot90(x, -1)


def eachcol(x: Any) -> Any:
    """``eachcol(x)``."""
    return [x[:, k] for k in range(np.shape(x)[1])]


def eachrow(x: Any) -> Any:
    """``eachrow(x)``."""
    return [x[k] for k in range(np.shape(x)[0])]


def eachslice(x: Any, *, dims: Any) -> Any:
    """``eachslice(x; dims)``."""
    axis = int(dims if is_integer(dims) else dims[0]) - 1
    return [np.take(x, k, axis=axis) for k in range(np.shape(x)[axis])]


def selectdim(x: Any, d: int, i: Any) -> Any:
    """``selectdim(x, d, i)``."""
    from .indexing import COLON, view

    return view(x, *[i if k == d - 1 else COLON for k in range(np.ndim(x))])


def copy(x: Any) -> Any:
    """``copy(x)``: of a container, not of what is in it."""
    import copy as copies

    if type(x).__name__ == "Buffer":
        return x.copy()
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, range):
        return x
    return copies.copy(x)


def deepcopy(x: Any) -> Any:
    """``deepcopy(x)``."""
    import copy as copies

    return copies.deepcopy(x)


def copyto_(target: Any, source: Any) -> Any:
    """``copyto!(target, source)``."""
    flat = np.ravel(array_of(source), order="F")
    if np.shape(target) == np.shape(source):
        target[...] = source
    else:
        for k, v in enumerate(flat):
            target[np.unravel_index(k, target.shape, order="F")] = v
    return target


# Reductions.


def _axes(dims: Any) -> Any:
    if dims is None:
        return None
    return (
        tuple(int(d) - 1 for d in dims)
        if isinstance(dims, (tuple, list, np.ndarray, range))
        else int(dims) - 1
    )


def _numbers(x: Any) -> Any:
    """An array of numbers, or ``None`` if there are other things in it."""
    if hasattr(x, "nlabels"):
        return np.asarray(x)
    if isinstance(x, np.ndarray):
        return x if x.dtype.kind in "biufc" or type(x) is not np.ndarray else None
    if isinstance(x, range):
        return array_of(x)
    values = list(x) if not isinstance(x, list) else x
    if (
        values
        and all(_is_number(v) for v in values)
        and not any(type(v).__name__ == "BigInteger" for v in values)
    ):
        return gathered(values)
    return None


def _reduction(name: str, whole: Callable, step: Callable, empty: Any) -> Callable:
    def call(*args: Any, dims: Any = None, init: Any = _MISSING) -> Any:
        function, x = args if len(args) == 2 else (None, args[0])
        if function is not None:
            x = mapped(function, x)
        elif isinstance(x, dict):
            raise MethodError(f"no method matching {name} for the pairs of a dictionary")
        if isinstance(x, (int, float)):
            return x
        if (
            _is_struct(x)
            or hasattr(x, "__next__")
            or isinstance(x, (set, frozenset, Record))
            or type(x).__name__ in ("dict_values", "dict_keys")
        ):
            x = list(iterate(x))
        numbers = _numbers(x)
        if numbers is not None and dims is not None:
            axis = _axes(dims)
            if not isinstance(axis, tuple) and axis >= np.ndim(numbers):
                return numbers
            return whole(
                numbers.astype(int) if numbers.dtype == bool and name in ("sum", "prod") else numbers,
                axis=axis,
                keepdims=True,
            )
        if numbers is not None and np.size(numbers):
            if numbers.dtype == bool and name in ("sum", "prod"):
                numbers = numbers.astype(int)
            result = _plain(whole(numbers))
            return result if init is _MISSING else step(init, result)
        values = list(iterate(x))
        if init is not _MISSING:
            values = [init, *values]
        if not values:
            if empty is _MISSING:
                from ...errors import ArgumentError

                raise ArgumentError(f"{name} of an empty collection is not defined")
            return empty if not isinstance(x, np.ndarray) or x.dtype.kind != "f" else float(empty)
        return functools.reduce(step, values)

    call.__name__, call.__doc__ = name, f"``{name}(x)``, ``{name}(f, x)``, with ``dims`` and ``init``."
    return call


def _maximum(a: Any, b: Any) -> Any:
    return b if lt(a, b) else a


def _minimum(a: Any, b: Any) -> Any:
    return b if lt(b, a) else a


sum_ = _reduction("sum", np.sum, add, 0)
prod = _reduction("prod", np.prod, mul, 1)
maximum = _reduction("maximum", np.max, _maximum, _MISSING)
minimum = _reduction("minimum", np.min, _minimum, _MISSING)


def mapped(function: Callable, x: Any) -> Any:
    """``map(f, x)`` for a reduction: elementwise functions take the whole array."""
    numbers = x if isinstance(x, (np.ndarray, range)) else None
    if numbers is not None or hasattr(x, "nlabels"):
        result = broadcast(function, array_of(x) if numbers is not None else np.asarray(x))
        return result
    if isinstance(x, dict):
        return [function(Pair(k, v)) for k, v in x.items()]
    return [function(v) for v in iterate(x)]


def mean(*args: Any, dims: Any = None) -> Any:
    """``mean(x)``, ``mean(f, x)``, with ``dims``."""
    function, x = args if len(args) == 2 else (None, args[0])
    if function is not None:
        x = mapped(function, x)
    numbers = _numbers(x if is_array(x) else list(iterate(x)))
    if numbers is None:
        values = list(iterate(x))
        return arithmetic.div(functools.reduce(add, values), len(values))
    return _plain(np.mean(numbers)) if dims is None else np.mean(numbers, axis=_axes(dims), keepdims=True)


def _spread_of(name: str, whole: Callable) -> Callable:
    def call(x: Any, *, dims: Any = None, corrected: bool = True, mean: Any = None) -> Any:
        numbers = _numbers(x)
        if numbers is None:
            raise MethodError(f"no method matching {name} for these elements")
        if dims is None:
            return _plain(whole(numbers, ddof=int(corrected)))
        return whole(numbers, axis=_axes(dims), keepdims=True, ddof=int(corrected))

    call.__name__, call.__doc__ = name, f"``{name}(x; dims, corrected)``."
    return call


std, var = _spread_of("std", np.std), _spread_of("var", np.var)


def median(x: Any, *, dims: Any = None) -> Any:
    """``median(x)``."""
    return _plain(np.median(array_of(x))) if dims is None else np.median(x, axis=_axes(dims), keepdims=True)


def quantile(x: Any, p: Any) -> Any:
    """``quantile(x, p)``."""
    result = np.quantile(array_of(x), array_of(p) if is_array(p) else p)
    return _plain(result) if np.ndim(result) == 0 else result


def cov(x: Any, y: Any = None, *, dims: int = 1, corrected: bool = True) -> Any:
    """``cov(x)``: observations are rows."""
    if y is not None:
        return _plain(np.cov(array_of(x), array_of(y), ddof=int(corrected))[0, 1])
    if np.ndim(x) == 1:
        return _plain(np.var(x, ddof=int(corrected)))
    return np.cov(x if dims == 2 else np.asarray(x).T, ddof=int(corrected))


def cor(x: Any, y: Any = None) -> Any:
    """``cor(x)``, ``cor(x, y)``."""
    return (
        _plain(np.corrcoef(array_of(x), array_of(y))[0, 1]) if y is not None else np.corrcoef(np.asarray(x).T)
    )


def all_(*args: Any, dims: Any = None) -> Any:
    """``all(x)``, ``all(f, x)``."""
    if dims is not None:
        return np.all(
            mapped(args[0], args[1]) if len(args) == 2 else args[0], axis=_axes(dims), keepdims=True
        )
    function, x = args if len(args) == 2 else (None, args[0])
    return all(bool(v if function is None else function(v)) for v in iterate(x))


def any_(*args: Any, dims: Any = None) -> Any:
    """``any(x)``, ``any(f, x)``."""
    if dims is not None:
        return np.any(
            mapped(args[0], args[1]) if len(args) == 2 else args[0], axis=_axes(dims), keepdims=True
        )
    function, x = args if len(args) == 2 else (None, args[0])
    return any(bool(v if function is None else function(v)) for v in iterate(x))


def count(*args: Any, dims: Any = None) -> Any:
    """``count(x)``, ``count(f, x)``."""
    function, x = args if len(args) == 2 else (None, args[0])
    if dims is not None:
        return np.sum(
            mapped(function, x) if function is not None else x, axis=_axes(dims), keepdims=True, dtype=int
        )
    return sum(1 for v in iterate(x) if (v if function is None else function(v)))


def extrema(*args: Any) -> tuple:
    """``extrema(x)``."""
    return minimum(*args), maximum(*args)


def _positions(x: Any) -> Any:
    if isinstance(x, np.ndarray) and np.ndim(x) > 1:
        return [CartesianIndex(tuple(i + 1 for i in reversed(p))) for p in np.ndindex(*reversed(x.shape))]
    if isinstance(x, dict):
        return list(x.keys())
    if isinstance(x, Record):
        return [Symbol(k) for k in map(str, x.keys())]
    return range(1, length(x) + 1)


def _values(x: Any) -> Any:
    return list(x.values()) if isinstance(x, (dict, Record)) else list(iterate(x))


def _best(name: str, better: Callable) -> Callable:
    def call(*args: Any, dims: Any = None) -> Any:
        function, x = args if len(args) == 2 else (None, args[0])
        if dims is not None:
            raise MethodError(f"{name} with dims is not supported")
        values = _values(x)
        if not values:
            from ...errors import ArgumentError

            raise ArgumentError(f"{name} of an empty collection is not defined")
        scores = values if function is None else [function(v) for v in values]
        best = 0
        for k in range(1, len(scores)):
            if better(scores[k], scores[best]) or (scores[k] != scores[k] and scores[best] == scores[best]):
                best = k
        if name.startswith("find"):
            return scores[best], _positions(x)[best]
        return _positions(x)[best] if function is None else values[best]

    call.__name__, call.__doc__ = name, f"``{name}(x)``, ``{name}(f, x)``; of equal ones the first."
    return call


argmax, argmin = _best("argmax", lambda a, b: lt(b, a)), _best("argmin", lambda a, b: lt(a, b))
findmax, findmin = _best("findmax", lambda a, b: lt(b, a)), _best("findmin", lambda a, b: lt(a, b))


def _test(args: tuple) -> tuple:
    return args if len(args) == 2 else (bool, args[0])


def findall(*args: Any) -> Any:
    """``findall(x)``, ``findall(f, x)``: the places, from 1."""
    test, x = _test(args)
    found = [p for p, v in zip(_positions(x), _values(x), strict=False) if test(v)]
    return np.array(found, int) if not isinstance(x, dict) and np.ndim(array_of(x)) < 2 else found


def findfirst(*args: Any) -> Any:
    """``findfirst(f, x)``: a place, or ``None``."""
    test, x = _test(args)
    if isinstance(test, str):
        place = x.find(test)
        return None if place < 0 else range(place + 1, place + len(test) + 1)
    return next((p for p, v in zip(_positions(x), _values(x), strict=False) if test(v)), None)


def findlast(*args: Any) -> Any:
    """``findlast(f, x)``."""
    test, x = _test(args)
    found = None
    for p, v in zip(_positions(x), _values(x), strict=False):
        if test(v):
            found = p
    return found


def findnext(test: Callable, x: Any, start: int) -> Any:
    """``findnext(f, x, start)``."""
    return next((p for p, v in zip(_positions(x), _values(x), strict=False) if p >= start and test(v)), None)


def filter_(test: Callable, x: Any) -> Any:
    """``filter(f, x)``."""
    if isinstance(x, dict):
        return {k: v for k, v in x.items() if test(Pair(k, v))}
    if isinstance(x, (set, frozenset)):
        return {v for v in x if test(v)}
    if isinstance(x, str):
        return "".join(c for c in x if test(c))
    if isinstance(x, tuple):
        return tuple(v for v in x if test(v))
    kept = [v for v in iterate(x) if test(v)]
    return (
        np.array(kept, x.dtype)
        if isinstance(x, np.ndarray) and type(x) is np.ndarray
        else gathered(kept)
        if isinstance(x, range) and kept
        else kept
    )


def map_(function: Callable, *xs: Any) -> Any:
    """``map(f, xs…)``: a tuple of a tuple, a record of a record, else an array or list."""
    first = xs[0]
    if isinstance(first, Record):
        return Record(**{k: function(*(x[k] for x in xs)) for k in map(str, first.keys())})
    if all(isinstance(x, tuple) for x in xs):
        return tuple(function(*v) for v in zip(*xs, strict=False))
    if isinstance(first, str) and len(xs) == 1:
        return "".join(function(c) for c in first)
    values = [function(*v) for v in zip(*(iterate(x) for x in xs), strict=False)]
    shapes = [np.shape(x) for x in xs if isinstance(x, np.ndarray)]
    if not values and isinstance(first, np.ndarray):
        return np.zeros(np.shape(first), first.dtype)
    return gathered(values, shapes[0] if shapes and len(shapes[0]) > 1 else None)


def foreach(function: Callable, *xs: Any) -> None:
    """``foreach(f, xs…)``."""
    for v in zip(*(iterate(x) for x in xs), strict=False):
        function(*v)


def _operation(function: Any) -> Any:
    return function


def reduce(function: Callable, x: Any, *, init: Any = _MISSING, dims: Any = None) -> Any:
    """``reduce(f, x; init)``."""
    if function in (vcat, hcat):
        values = list(iterate(x))
        return function(*values) if init is _MISSING else function(init, *values)
    if dims is not None:
        whole = {add: np.sum, mul: np.prod}.get(function)
        if whole is None:
            raise MethodError("reduce with dims is supported for + and * only")
        return whole(x, axis=_axes(dims), keepdims=True)
    return foldl(function, x, init=init)


def foldl(function: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``foldl(f, x; init)``."""
    if init is _MISSING:
        return functools.reduce(function, iterate(x))
    return functools.reduce(function, iterate(x), init)


def foldr(function: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``foldr(f, x; init)``."""
    values = list(iterate(x))[::-1]
    result = values.pop(0) if init is _MISSING else init
    for v in values:
        result = function(v, result)
    return result


def mapreduce(
    function: Callable, operation: Callable, *xs: Any, init: Any = _MISSING, dims: Any = None
) -> Any:
    """``mapreduce(f, op, x; init)``."""
    return reduce(operation, map_(function, *xs), init=init, dims=dims)


def mapslices(function: Callable, x: Any, *, dims: Any) -> Any:
    """``mapslices(f, x; dims)`` for one axis."""
    return np.apply_along_axis(function, int(dims) - 1, x)


def accumulate(function: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``accumulate(op, x; init)``."""
    results = []
    state = init
    for v in iterate(x):
        state = v if state is _MISSING else function(state, v)
        results.append(state)
    return gathered(results)


def _running(name: str, whole: Callable) -> Callable:
    def call(x: Any, *, dims: Any = None) -> Any:
        x = array_of(x)
        if dims is None and np.ndim(x) > 1:
            raise MethodError(f"{name} of a matrix needs dims")
        return whole(x, axis=0 if dims is None else int(dims) - 1)

    call.__name__, call.__doc__ = name, f"``{name}(x; dims)``."
    return call


cumsum, cumprod = _running("cumsum", np.cumsum), _running("cumprod", np.cumprod)


def diff(x: Any, *, dims: Any = None) -> Any:
    """``diff(x; dims)``."""
    return np.diff(array_of(x), axis=0 if dims is None else int(dims) - 1)


# Order.


def _key(by: Any, lt_: Any, rev: bool) -> Any:
    compare = lt_ if lt_ is not None else lt

    def order(a: Any, b: Any) -> int:
        x, y = (by(a), by(b)) if by is not None else (a, b)
        x, y = (y, x) if rev else (x, y)
        return -1 if compare(x, y) else 1 if compare(y, x) else 0

    return functools.cmp_to_key(order)


def sort(x: Any, *, rev: bool = False, by: Any = None, lt: Any = None, dims: Any = None) -> Any:
    """``sort(x; rev, by, lt)``."""
    if dims is not None:
        made = np.sort(x, axis=int(dims) - 1)
        return np.flip(made, axis=int(dims) - 1) if rev else made
    if by is None and lt is None and isinstance(x, np.ndarray) and x.dtype.kind in "iuf" and np.ndim(x) == 1:
        made = np.sort(x)
        return made[::-1] if rev else made
    values = sorted(iterate(x), key=_key(by, lt, rev))
    if isinstance(x, range):
        return x if not rev and by is None else np.array(values)
    return np.array(values, x.dtype) if isinstance(x, np.ndarray) and x.dtype != object else values


def sort_(x: Any, **options: Any) -> Any:
    """``sort!(x)``."""
    x[:] = sort(x, **options)
    return x


def sortperm(x: Any, *, rev: bool = False, by: Any = None, lt: Any = None) -> Any:
    """``sortperm(x)``: places from 1."""
    values = list(iterate(x))
    key = _key(by, lt, rev)
    return np.array(sorted(range(1, len(values) + 1), key=lambda i: key(values[i - 1])), int)


def issorted(x: Any, *, rev: bool = False) -> bool:
    """``issorted(x)``."""
    values = list(iterate(x))
    return all(not lt(*((a, b) if rev else (b, a))) for a, b in itertools.pairwise(values))


def unique(*args: Any) -> Any:
    """``unique(x)``: in the order of their first appearance."""
    function, x = args if len(args) == 2 else (None, args[0])
    seen: list = []
    kept = []
    hashed: set = set()
    for v in iterate(x):
        mark = v if function is None else function(v)
        try:
            if mark in hashed:
                continue
            hashed.add(mark)
        except TypeError:
            if any(eq(mark, s) for s in seen):
                continue
            seen.append(mark)
        kept.append(v)
    return gathered(kept)


def allunique(x: Any) -> bool:
    """``allunique(x)``."""
    return len(unique(x)) == length(x)


def searchsortedfirst(x: Any, v: Any) -> int:
    """``searchsortedfirst(x, v)``."""
    return int(np.searchsorted(array_of(x), v, side="left")) + 1


def searchsortedlast(x: Any, v: Any) -> int:
    """``searchsortedlast(x, v)``."""
    return int(np.searchsorted(array_of(x), v, side="right"))


# Growing.


def _growable(x: Any) -> list:
    if not isinstance(x, list):
        raise MethodError(
            "this vector was made as an array, which cannot grow; make it a list where it is created"
        )
    return x


@generic("push!")
def push_(x: Any, *values: Any) -> Any:
    """``push!(x, values…)``: of a vector, a set or a dictionary."""
    if isinstance(x, set):
        x.update(values)
    elif isinstance(x, dict):
        for key, value in values:
            x[key] = value
    else:
        target = _growable(x)
        if target and type(target[0]) is float:
            values = tuple(float(v) if type(v) is int else v for v in values)
        target.extend(values)
    return x


@generic("append!")
def append_(x: Any, *others: Any) -> Any:
    """``append!(x, others…)``."""
    for other in others:
        _growable(x).extend(list(iterate(other)))
    return x


def pushfirst_(x: Any, *values: Any) -> Any:
    """``pushfirst!(x, values…)``."""
    _growable(x)[0:0] = values
    return x


def prepend_(x: Any, values: Any) -> Any:
    """``prepend!(x, values)``."""
    _growable(x)[0:0] = list(iterate(values))
    return x


@generic("pop!")
def pop_(x: Any, *key: Any) -> Any:
    """``pop!(x)``, ``pop!(dict, key, default)``."""
    if isinstance(x, dict):
        return x.pop(*key)
    if isinstance(x, set):
        if key:
            x.remove(key[0])
            return key[0]
        return x.pop()
    if not _growable(x):
        from ...errors import ArgumentError

        raise ArgumentError("array must be non-empty")
    return x.pop()


def popfirst_(x: Any) -> Any:
    """``popfirst!(x)``."""
    return _growable(x).pop(0)


def popat_(x: Any, i: int) -> Any:
    """``popat!(x, i)``."""
    return _growable(x).pop(i - 1)


def insert_(x: Any, i: int, value: Any) -> Any:
    """``insert!(x, i, value)``."""
    _growable(x).insert(i - 1, value)
    return x


def deleteat_(x: Any, i: Any) -> Any:
    """``deleteat!(x, i)``."""
    places = [i] if is_integer(i) else list(iterate(i))
    for place in sorted(places, reverse=True):
        if not 1 <= place <= len(x):
            raise BoundsError(f"index {place} of a vector of length {len(x)}")
        del _growable(x)[int(place) - 1]
    return x


def resize_(x: Any, n: int) -> Any:
    """``resize!(x, n)`` to a smaller length."""
    if n > len(x):
        raise MethodError("resize! to a larger length leaves elements undefined")
    del _growable(x)[n:]
    return x


def filter_in_place(test: Callable, x: Any) -> Any:
    """``filter!(f, x)``."""
    if isinstance(x, dict):
        for key in [k for k, v in x.items() if not test(Pair(k, v))]:
            del x[key]
        return x
    if isinstance(x, set):
        x.difference_update([v for v in x if not test(v)])
        return x
    target = _growable(x)
    target[:] = [v for v in target if test(v)]
    return x


def map_in_place(function: Callable, target: Any, *xs: Any) -> Any:
    """``map!(f, target, xs…)``."""
    values = [function(*v) for v in zip(*(iterate(x) for x in xs), strict=False)]
    if isinstance(target, list):
        target[: len(values)] = values
    else:
        target[...] = np.reshape(np.array(values), np.shape(target), order="F")
    return target


def reverse_in_place(x: Any) -> Any:
    """``reverse!(x)``."""
    x[:] = x[::-1] if isinstance(x, list) else x[::-1].copy()
    return x


def unique_in_place(x: Any) -> Any:
    """``unique!(x)``."""
    _growable(x)[:] = list(unique(x))
    return x


def normalize_in_place(x: Any) -> Any:
    """``normalize!(x)``."""
    x /= np.linalg.norm(x)
    return x


def splice_in_place(x: Any, i: int) -> Any:
    """``splice!(x, i)`` of one position."""
    return _growable(x).pop(int(i) - 1)


@generic("empty!")
def empty_(x: Any) -> Any:
    """``empty!(x)``."""
    x.clear()
    return x


@generic("first")
def first(x: Any, n: Any = None) -> Any:
    """``first(x)``, ``first(x, n)``."""
    if n is not None:
        return (
            x[:n]
            if isinstance(x, (str, list, tuple, range, np.ndarray))
            else [v for v, _ in zip(iterate(x), range(n), strict=False)]
        )
    for v in iterate(x):
        return v
    raise BoundsError("the collection is empty")


@generic("last")
def last(x: Any, n: Any = None) -> Any:
    """``last(x)``, ``last(x, n)``."""
    if n is not None:
        return x[max(len(x) - n, 0) :]
    if isinstance(x, (list, tuple, range, str)):
        if not len(x):
            raise BoundsError("the collection is empty")
        return x[-1]
    if isinstance(x, np.ndarray):
        return _plain(np.ravel(x, order="F")[-1])
    return list(iterate(x))[-1]


@generic("isempty")
def isempty(x: Any) -> bool:
    """``isempty(x)``."""
    if x is None:
        raise MethodError("no method matching isempty(::Nothing)")
    return length(x) == 0


def only(x: Any) -> Any:
    """``only(x)``: the single element."""
    if isinstance(x, np.ndarray):
        if np.size(x) != 1:
            raise BoundsError(f"only of {np.size(x)} elements")
        return _plain(np.ravel(x)[0]) if np.ndim(x) else x
    values = list(iterate(x))
    if len(values) != 1:
        raise BoundsError(f"only of {len(values)} elements")
    return values[0]


@generic("in")
def in_(v: Any, x: Any = _MISSING) -> Any:
    """``v in x``."""
    if x is _MISSING:
        return lambda value: in_(value, v)
    if isinstance(x, (set, frozenset)):
        return v in x
    if isinstance(x, dict):
        return isinstance(v, tuple) and v[0] in x and eq(x[v[0]], v[1])
    if isinstance(x, range):
        return v in x
    if isinstance(x, str):
        if isinstance(v, str) and len(v) != 1:
            raise MethodError("use occursin for substrings")
        return v in x
    if type(x).__name__ in ("dict_keys", "KeysView"):
        return v in x
    return any(bool(eq(v, w)) for w in iterate(x))


def fixed(function: Callable, value: Any) -> Callable:
    """``==(value)``, ``>(value)``: the function with its second argument."""

    def test(x: Any) -> Any:
        return function(x, value)

    test.__elementwise__ = lambda x: (
        broadcast(function, x, value) if not is_array(value) else broadcast(test, x)
    )  # type: ignore[attr-defined]
    return test


def tuple_of(x: Any) -> tuple:
    """``Tuple(x)``."""
    return tuple(iterate(x)) if not isinstance(x, tuple) else tuple(x)


def ntuple(function: Callable, n: int) -> tuple:
    """``ntuple(f, n)``."""
    return tuple(function(i) for i in range(1, n + 1))


_ = (Int64, wrap, _number)


def unpack(x: Any, n: int) -> list:
    """The first ``n`` elements, for ``a, b = x``."""
    found = [v for v, _ in zip(iterate(x), range(n), strict=False)]
    if len(found) < n:
        raise BoundsError(f"{n} values were expected, not {len(found)}")
    return found


def unpack_rest(x: Any, n: int) -> list:
    """The first ``n`` elements and what is left, for ``a, b... = x``."""
    if isinstance(x, (tuple, str, list)):
        return [*x[:n], x[n:]]
    values = list(iterate(x))
    return [*values[:n], gathered(values[n:])]


def grown(x: Any) -> Any:
    """A vector that the program makes longer: as a list."""
    return list(iterate(x)) if isinstance(x, (np.ndarray, range)) and np.ndim(array_of(x)) == 1 else x
