"""Making arrays: literals, comprehensions, joined blocks, ranges, conversions."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.template import Record
from .arithmetic import _is_struct, array_of, is_array
from .dispatch import EXTENSIONS, convert
from .errors import MethodError
from .gathering import _is_number, gathered
from .hashing import Dict_
from .indexing import is_integer
from .iteration import iterate
from .types import DTYPE_OF, Any_, Type, Vector_

_MISSING: Any = object()


def typed(kind: Any, items: Any = ()) -> Vector_:
    """``T[items…]`` as a list that knows ``T``.

    >>> from fluxbridge.port import base as jl
    >>> jl.show(jl.typed(jl.Int64)), jl.show(jl.typed(jl.Any_, [1, 2]))
    ('Int64[]', 'Any[1, 2]')
    """
    made = Vector_(convert(kind, v) for v in items)
    made.element = kind
    return made


def vector_of(kind: Any, items: Any) -> Any:
    """A vector of the program, which may have become empty, before it is printed: then its type is said."""
    return items if len(items) or isinstance(items, Vector_) else typed(kind)


def typed_dict(key: Any, kind: Any, *pairs: Any) -> Dict_:
    """``Dict{K, V}(pairs…)``: what is put in is converted to these types.

    >>> from fluxbridge.port import base as jl
    >>> jl.show(jl.typed_dict(jl.String, jl.Float64, jl.Pair("a", 1)))
    'Dict("a" => 1.0)'
    """
    made = Dict_()
    made.types = (key, kind)
    entries = pairs if not pairs or type(pairs[0]).__name__ == "Pair" else iterate(pairs[0])
    for k, v in entries:
        made[k] = v
    made.hint = len(made) if len(made) > 10 else 0
    return made


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
    numbers = all(isinstance(v, (Fraction, int, float)) for v in values)
    if numbers and any(isinstance(v, Fraction) for v in values):
        kind = float if any(type(v) is float for v in values) else Fraction
        values = [kind(v) for v in values]
    return gathered(values, promote=True)


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


def joined_along(dims: int, *parts: Any) -> Any:
    """Blocks or numbers joined along an axis, which a number has as well as any other."""
    blocks = [np.asarray(array_of(p)) for p in parts]
    rank = max([dims, *(np.ndim(b) for b in blocks)])
    return np.concatenate([b.reshape(b.shape + (1,) * (rank - b.ndim)) for b in blocks], axis=dims - 1)


def BitVector(x: Any) -> Any:
    """``BitVector(x)``."""
    return np.asarray(array_of(x), bool)


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
        return gathered(list(blocks), promote=True)
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
            np.eye(*(int(s) for s in sizes)) @ value  # type: ignore[call-overload]
            if len(set(sizes)) == 1
            else np.eye(*(int(s) for s in sizes))  # type: ignore[call-overload]
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
    elif _is_struct(x) and element is None and "IteratorEltype" not in EXTENSIONS:
        return _collected(x)
    else:
        made = gathered(list(iterate(x)))
    if element is not None:
        from .broadcasting import _convert_all

        return _convert_all(element, np.asarray(made))
    return made


def _collected(x: Any) -> Any:
    """What an iterator of the program gives: of the type that its method of ``eltype`` names, else of any."""
    own = EXTENSIONS.get("eltype")
    found = own.find((type(x),)) if own is not None else None
    kind = Any_
    if found is not None:
        method, bound = found
        kind = method.function(type(x), **{n: v for n, v in bound.items() if n in method.wants})
    items = list(iterate(x))
    if getattr(kind, "name", "") in DTYPE_OF:
        return array(items, kind)
    return typed(kind, items)


def matrix_of(x: Any, *sizes: Any) -> Any:
    """``Matrix(x)`` and ``Array(x)``: a plain array of its own; ``Matrix(I, m, n)``."""
    if type(x).__name__ == "UniformScaling":
        from .linear import I

        made = np.eye(*(int(s) for s in sizes))  # type: ignore[call-overload]
        return made.astype(bool) if x is I else x.factor * made
    if sizes:
        raise MethodError(f"no method matching Matrix(::{type(x).__name__}, …)")
    return (
        np.array(array_of(x))
        if not hasattr(x, "__array__") or isinstance(x, np.ndarray)
        else np.array(np.asarray(x))
    )


def linrange(*args: Any, length: Any = None, step: Any = None, stop: Any = None) -> Any:
    """``range(start, stop; length)``, ``range(start; step, length)``, ``LinRange(a, b, n)``."""
    from .indexing import FloatRange, _fraction, colon, evenly

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
    step_value = (float(stop) - float(start)) / max(n - 1, 1)
    dtype = np.float32 if single else float
    first, last = _fraction(start, dtype), _fraction(stop, dtype)
    points = None
    if n > 1 and first is not None and last is not None:
        points = evenly(first, (last - first) / (n - 1), n, dtype)
    return FloatRange(
        np.linspace(float(start), float(stop), n).astype(dtype) if points is None else points, step_value
    )
