"""Reading pieces of arrays: indexing, taking, diagonals; and what scatters cotangents back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..axes import normal_axis
from ..inplace import as_view
from ..primitive import _out_refused, apply, implements, plain, primitive
from .shaping import as_array, on_axis

# -- x[index] --------------------------------------------------------------------------------------


def _getitem(x: Any, index: Any) -> Any:
    if isinstance(
        x, (float, complex)
    ):  # the tangent of an array without axes, whose index is (), ... or None
        return np.asarray(x)[index]
    return x[index]


# The sweep collects cotangents of getitem in a Scatter; this rule says the same for other readers.
primitive(
    None,
    lambda dy, _y, _x, index: apply_scatter(dy, index, _x),
    jvp="linear",
    name="getitem",
    compute=_getitem,
)


def apply_scatter(dy: Any, index: Any, x: Any) -> Any:
    return SCATTER(dy, indices=[index], shape=x.shape, dtype=x.dtype)


def _scatter(
    *parts: Any, indices: Sequence[Any], shape: tuple[int, ...], dtype: Any, like: Any = None
) -> np.ndarray:
    """An array of zeros with every part added at its index; `like` is the spec of another library's."""
    if like is not None:
        return like.family.scattered(parts, indices, like)
    others = [p for p in parts if type(p) is not float and getattr(p, "dtype", None) is not dtype]
    if others and any(map(np.iscomplexobj, others)):
        dtype = np.result_type(dtype, np.complex64)
    out = np.zeros(shape, dtype)
    if len(parts) > 8 and set(map(type, indices)) == {int} and set(map(type, parts)) == {float}:
        np.add.at(out, np.array(indices), np.array(parts))  # a loop over the elements of a vector
        return out
    for index, part in zip(indices, parts, strict=True):
        if type(index) is slice:
            piece = out[index]
            piece += part  # and not out[index] += part, which would write the sum once more
        elif _is_basic(index):
            out[index] += part
        else:
            _add_at(out, index, part)
    return out


def _is_basic(index: Any) -> bool:
    """Does this index name every element once? Numbers, slices, and one array of booleans."""
    if isinstance(index, tuple):
        return all(map(_is_basic, index))
    if type(index) is np.ndarray:
        return index.dtype.kind == "b"
    return index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice, np.bool_))


def _add_at(out: np.ndarray, index: Any, part: Any) -> None:
    """Add where elements may be named more than once."""
    if out.ndim > 1 and np.size(part) * 4 >= out.size:
        # np.add.at is several times faster on a vector, with the numbers of the elements
        numbers = np.arange(out.size).reshape(out.shape)[index]
        part = np.broadcast_to(part, numbers.shape)
        np.add.at(out.reshape(-1), numbers.ravel(), part.ravel().astype(out.dtype, copy=False))
    else:
        np.add.at(out, index, part)


SCATTER = primitive(
    None,
    joint=lambda dy, _y, *_parts, indices, shape, dtype, like=None: tuple(
        dy if i is Ellipsis else dy[i] for i in indices
    ),
    jvp="linear",
    name="scatter",
    compute=_scatter,
)


# -- taking: all by way of x[index] ----------------------------------------------------------------


@implements(np.take)
def take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Any:
    if out is not None:
        raise _out_refused("take")
    a = as_array(a)
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    axis = normal_axis(axis, np.ndim(a))
    index = plain(indices)
    if type(index) is not int:
        index = np.asarray(index)
        if index.dtype.kind not in "iu":
            np.take(np.zeros(1), plain(indices), mode="clip")  # NumPy's own error, if it has one
            index = index.astype(np.intp)
    if mode == "wrap":
        index = index % np.shape(a)[axis]
    elif mode == "clip":
        index = np.clip(index, 0, np.shape(a)[axis] - 1)
    return a[on_axis(axis, index)]


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    arr, indices = as_array(arr), np.asarray(plain(indices))
    if axis is None:
        arr, axis = np.ravel(arr), 0
    ndim = np.ndim(arr)
    axis = normal_axis(axis, ndim)
    if indices.ndim != ndim or indices.dtype.kind not in "iu":
        np.take_along_axis(plain(arr), indices, axis)  # NumPy's own error
    index = [np.arange(n).reshape((-1,) + (1,) * (ndim - k - 1)) for k, n in enumerate(np.shape(arr))]
    index[axis] = indices
    return arr[tuple(index)]


@implements(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    return take(a, np.flatnonzero(np.asarray(plain(condition))), axis, out)


@implements(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    return take(arr, np.flatnonzero(np.asarray(plain(condition))))


# -- diagonals and triangles -----------------------------------------------------------------------

primitive(np.tril, lambda dy, _y, _x, k=0: np.tril(dy, k), jvp="linear")
primitive(np.triu, lambda dy, _y, _x, k=0: np.triu(dy, k), jvp="linear")
DIAG = primitive(
    None,
    lambda dy, _y, _x, k=0: np.diagonal(dy, k),
    jvp="linear",
    name="diag",
    compute=lambda x, k=0: np.diag(x, k),
)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    v = as_array(v)
    if np.ndim(v) == 1:
        return apply(DIAG, (v,), {"k": k})
    if np.ndim(v) != 2:
        raise ValueError("Input must be 1- or 2-d.")
    return np.diagonal(v, k)


@implements(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    return diag(np.ravel(as_array(v)), k)


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = as_array(a)
    count = np.diagonal(plain(a), offset, axis1, axis2).shape[-1]
    if (axis1 % np.ndim(a), axis2 % np.ndim(a)) != (np.ndim(a) - 2, np.ndim(a) - 1):
        a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    along = np.arange(count)
    diagonals = a[..., along + max(-offset, 0), along + max(offset, 0)]
    return as_view(a, diagonals, lambda x: np.diagonal(x, offset, -2, -1))
