"""Putting arrays together and taking them apart along an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..axes import normal_axis
from ..inplace import as_view
from ..primitive import _out_refused, apply, implements, plain, primitive
from ..refusals import mutation
from ..values import of_type
from .shaping import as_array, at_least, on_axis


def _list(arrays: Any) -> list[Any]:
    """The arrays to be joined, each an array or a traced value; given as a list or as one array."""
    return [as_array(a) for a in arrays]


def _finish(name: str, result: Any, out: Any, dtype: Any) -> Any:
    if out is not None:
        raise _out_refused(name)
    return result if dtype is None else result.astype(dtype)


# -- concatenate -----------------------------------------------------------------------------------


def concatenate_rule(dy: Any, _y: Any, *_arrays: Any, axis: int) -> tuple[Any, ...]:
    """To each array its piece of the cotangent."""
    axis = axis % _arrays[0].ndim
    pieces, start = [], 0
    for array in _arrays:
        stop = start + array.shape[axis]
        pieces.append(dy[on_axis(axis, slice(start, stop))])
        start = stop
    return tuple(pieces)


CONCATENATE = primitive(
    None,
    joint=concatenate_rule,
    jvp="linear",
    name="concatenate",
    compute=lambda *arrays, axis: np.concatenate(arrays, axis=axis),
)


@implements(np.concatenate)
def concatenate(
    arrays: Any, /, axis: int | None = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    parts = _list(arrays)
    if axis is None:
        parts, axis = [np.ravel(p) for p in parts], 0
    return _finish("concatenate", apply(CONCATENATE, parts, {"axis": axis}), out, dtype)


@implements(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return concatenate((arr, values), axis=axis)


# -- stack -----------------------------------------------------------------------------------------


def _stack(*arrays: Any, axis: int = 0) -> Any:
    if set(map(type, arrays)) == {float}:
        return np.array(arrays)  # many numbers: no array for each
    return np.stack(arrays, axis=axis)


def stack_rule(dy: Any, _y: Any, *_arrays: Any, axis: int = 0) -> tuple[Any, ...]:
    if type(dy) is np.ndarray and dy.ndim == 1:
        return tuple(dy.tolist())
    return tuple(np.moveaxis(dy, axis, 0))


STACK = primitive(None, joint=stack_rule, jvp="linear", name="stack", compute=_stack)


@implements(np.stack)
def stack(
    arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    return _finish("stack", apply(STACK, _list(arrays), {"axis": axis}), out, dtype)


if hasattr(np, "unstack"):  # NumPy 2.1

    @implements(np.unstack)
    def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
        if np.ndim(x) == 0:
            raise ValueError("Input array must be at least 1-d.")
        return tuple(np.moveaxis(x, axis, 0))


# -- the other joiners -----------------------------------------------------------------------------


@implements(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return concatenate([at_least(2, a) for a in _list(tup)], dtype=dtype)


@implements(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [at_least(1, a) for a in _list(tup)]
    return concatenate(parts, axis=0 if parts and np.ndim(parts[0]) == 1 else 1, dtype=dtype)


@implements(np.dstack)
def dstack(tup: Any) -> Any:
    return concatenate([at_least(3, a) for a in _list(tup)], axis=2)


@implements(np.column_stack)
def column_stack(tup: Any) -> Any:
    return concatenate([a if np.ndim(a) >= 2 else np.reshape(a, (-1, 1)) for a in _list(tup)], axis=1)


@implements(np.block)
def block(arrays: Any) -> Any:
    """Innermost lists are joined along the last axis, the next outer ones along the one before it."""

    def depth(x: Any) -> int:
        return 1 + depth(x[0]) if isinstance(x, list) and x else 0

    def leaves(x: Any) -> list[Any]:
        return [leaf for part in x for leaf in leaves(part)] if isinstance(x, list) else [x]

    deep = depth(arrays)
    ndim = max([deep, *[np.ndim(leaf) for leaf in leaves(arrays)]])

    def join(x: Any, level: int) -> Any:
        if isinstance(x, list) and x and level < deep:
            return concatenate([join(part, level + 1) for part in x], axis=level - deep)
        if isinstance(x, (list, tuple)) or level < deep:
            np.block(plain(arrays))  # NumPy's own error
            raise ValueError("the lists given to block are nested unevenly")
        return np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x))

    return join(arrays, 0)


@implements(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    vectors = [np.ravel(as_array(x)) for x in xi]
    places = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        places[:2] = 1, 0
    grids = [
        np.reshape(v, (1,) * place + (-1,) + (1,) * (len(vectors) - place - 1))
        for v, place in zip(vectors, places, strict=True)
    ]
    grids = grids if sparse else list(np.broadcast_arrays(*grids))
    return tuple([g.copy() for g in grids] if copy else grids)


# -- splitting -------------------------------------------------------------------------------------


def _split(how: Callable[..., Any], ary: Any, sections: Any, axis: int) -> list[Any]:
    """Slices where NumPy cuts a vector of positions."""
    axis = normal_axis(axis, np.ndim(ary))
    cuts = how(np.arange(np.shape(ary)[axis]), plain(sections))
    pieces = [slice(c[0], c[-1] + 1) if len(c) else slice(0, 0) for c in cuts]
    return [ary[on_axis(axis, piece)] for piece in pieces]


@implements(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return _split(np.array_split, ary, indices_or_sections, axis)


@implements(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return _split(np.split, ary, indices_or_sections, axis)


def _splitter(function: Callable[..., Any], axis: int, least: int) -> None:
    """hsplit, vsplit, dsplit: split along a fixed axis an array of at least so many dimensions."""

    @implements(function)
    def rule(ary: Any, indices_or_sections: Any) -> list[Any]:
        ndim = np.ndim(ary)
        if ndim < least:
            function(plain(ary), plain(indices_or_sections))  # NumPy's own error
        return _split(np.split, ary, indices_or_sections, min(axis, ndim - 1))

    rule.__name__ = function.__name__


_splitter(np.hsplit, 1, 1)
_splitter(np.vsplit, 0, 2)
_splitter(np.dsplit, 2, 3)


# -- removing and inserting ------------------------------------------------------------------------
# NumPy moves the numbers of the elements, and the elements follow: every quirk of its arguments
# is right by construction.


def _follow(elements: Any, numbers: np.ndarray) -> Any:
    return np.reshape(np.take(elements, numbers.ravel()), numbers.shape)


def _numbers(shape: Sequence[int], start: int = 0) -> np.ndarray:
    size = int(np.prod(shape, dtype=int))
    return np.arange(start, start + size).reshape(shape)


@implements(np.delete)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    return _follow(np.ravel(arr), np.delete(_numbers(np.shape(arr)), plain(obj), axis))


@implements(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    if writeable:
        raise mutation("np.lib.stride_tricks.sliding_window_view(..., writeable=True)")
    windows = np.lib.stride_tricks.sliding_window_view(_numbers(np.shape(x)), window_shape, axis)
    return as_view(
        x,
        _follow(np.ravel(x), windows),
        lambda a: np.lib.stride_tricks.sliding_window_view(a, window_shape, axis, writeable=writeable),
    )


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    arr = as_array(arr)
    values = of_type(as_array(values), np.result_type(plain(arr)))
    new = _numbers(np.shape(values), int(np.size(arr)))
    numbers = np.insert(_numbers(np.shape(arr)), plain(obj), new, axis)
    return _follow(concatenate((np.ravel(arr), np.ravel(values))), numbers)


@implements(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    filt = as_array(filt)
    kept = _follow(np.ravel(filt), _trimmed(plain(filt), trim, axis))
    options: Any = {} if axis is None else {"axis": axis}  # NumPy 2.2
    return as_view(filt, kept, lambda a: np.trim_zeros(a, trim, **options))  # type: ignore[arg-type]


def _trimmed(value: np.ndarray, trim: str, axis: Any) -> np.ndarray:
    """The numbers of the elements that trim_zeros keeps (from 1 on, so that none is a zero itself)."""
    numbers = _numbers(value.shape, 1)
    options: Any = {} if axis is None else {"axis": axis}  # NumPy 2.2
    kept = np.trim_zeros(np.where(value != 0, numbers, 0), trim, **options)  # type: ignore[arg-type]
    if kept.size == 0:
        return kept
    first = np.unravel_index(int(kept[kept > 0].min()) - 1, value.shape)  # a kept element of the array ...
    inside = tuple(int(i[0]) for i in np.nonzero(kept == kept[kept > 0].min()))  # ... and where it went
    corner = [a - b for a, b in zip(first, inside, strict=True)]
    return numbers[tuple(slice(c, c + n) for c, n in zip(corner, kept.shape, strict=True))] - 1
