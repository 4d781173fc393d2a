"""Sizes, shapes, transposes, copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arithmetic
from .arithmetic import _is_struct, array_of, is_array, mul
from .dispatch import EXTENSIONS, generic
from .errors import MethodError
from .gaussian import ComplexInteger
from .indexing import is_integer
from .iteration import _plain
from .types import Type, is_dataclass


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
    if _is_struct(x) and not (is_dataclass(x) and hasattr(type(x), "__len__")):
        raise MethodError(f"no method matching length(::{type(x).__name__})")
    return len(x)


@generic("ndims")
def ndims(x: Any) -> int:
    """``ndims(x)``."""
    return 1 if isinstance(x, (list, range)) else np.ndim(x)


@generic("eltype")
def eltype(x: Any) -> Any:
    """``eltype(x)``."""
    from .types import Any_, element_type, entry_types, typeof

    if isinstance(x, Type):
        return x.params[0] if x.params else x
    if isinstance(x, dict):
        types = entry_types(x)
        return Type("Pair", Any_, types if types[0] is not None else ())
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


@generic("firstindex")
def firstindex(x: Any, d: Any = None) -> int:
    """``firstindex(x)``."""
    return 1


@generic("lastindex")
def lastindex(x: Any, d: Any = None) -> int:
    """``lastindex(x)``; of text, the byte at which its last character starts."""
    if isinstance(x, str) and d is None:
        return len(x[:-1].encode()) + 1 if x else 0
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
    return np.transpose(x, tuple(int(p) - 1 for p in order)).copy()


def dropdims(x: Any, *, dims: Any) -> Any:
    """``dropdims(x; dims)``."""
    return np.squeeze(
        x, axis=tuple(int(d) - 1 for d in dims) if isinstance(dims, (tuple, list)) else int(dims) - 1
    )


def adjoint(x: Any) -> Any:
    """``x'``: a vector becomes a row; of a function its derivative."""
    if isinstance(x, (int, float)):
        return x
    if isinstance(x, ComplexInteger):
        return x.conjugate()
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
    if isinstance(x, (str, list, tuple, range)):
        return x[::-1]
    x = array_of(x)
    return np.flip(x, axis=None if dims is None else int(dims) - 1).copy()


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
    return np.rot90(x).copy()


def rot180(x: Any) -> Any:
    """``rot180(x)``."""
    return np.rot90(x, 2).copy()


def rotr90(x: Any) -> Any:
    """``rotr90(x)``."""
    return np.rot90(x, -1).copy()


def eachcol(x: Any) -> Any:
    """``eachcol(x)``."""
    return [x[:, k] for k in range(np.shape(x)[1])]


def eachrow(x: Any) -> Any:
    """``eachrow(x)``."""
    return [x[k] for k in range(np.shape(x)[0])]


def eachslice(x: Any, *, dims: Any) -> Any:
    """``eachslice(x; dims)``."""
    axis = int(dims if is_integer(dims) else dims[0]) - 1
    return [x[(slice(None),) * axis + (k,)] for k in range(np.shape(x)[axis])]


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
