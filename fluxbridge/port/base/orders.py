"""Sorting, unique elements, sorted searches."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np

from .arithmetic import array_of, eq, lt
from .gathering import gathered
from .iteration import iterate
from .shapes import length


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


def unique(*args: Any, dims: int | None = None) -> Any:
    """``unique(x)``: in the order of their first appearance; with ``dims`` of rows or columns."""
    if dims is not None:
        x = np.asarray(args[-1])
        rows = [tuple(np.take(x, k, axis=dims - 1).ravel()) for k in range(x.shape[dims - 1])]
        return np.take(x, [k for k, row in enumerate(rows) if row not in rows[:k]], axis=dims - 1)
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


def searchsorted(x: Any, v: Any) -> range:
    """``searchsorted(x, v)``: the positions of what equals `v`."""
    return range(searchsortedfirst(x, v), searchsortedlast(x, v) + 1)


def partialsort(x: Any, k: Any, **options: Any) -> Any:
    """``partialsort(x, k; rev, by, lt)``: what stands at `k` in the sorted vector."""
    from .indexing import at

    return at(sort(x, **options), k)


def searchsortedlast(x: Any, v: Any) -> int:
    """``searchsortedlast(x, v)``."""
    return int(np.searchsorted(array_of(x), v, side="right"))


def sortslices(x: Any, *, dims: int, by: Any = None, rev: bool = False) -> Any:
    """``sortslices(A; dims)``: rows or columns in the order of their elements."""
    x = np.asarray(x)
    slices = [np.take(x, k, axis=dims - 1) for k in range(x.shape[dims - 1])]
    key = (lambda k: list(slices[k])) if by is None else (lambda k: by(slices[k]))
    return np.take(x, sorted(range(len(slices)), key=key, reverse=rev), axis=dims - 1)
