"""Indices of NumPy's as Julia's: counted from 1, ranges with their end, `end` for what counts from there."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..spelling import Site, Term, reshaped


def indexed(site: Site, x: Term, index: Any) -> Term:
    """``x[index]``.

    Numbers, slices and one array of indices (or of booleans, for a vector) are written as they are. Several
    arrays, which NumPy reads together, become ``CartesianIndex.(i, j)``; everything else is looked up
    here, as an array of positions in Julia's order of elements.
    """
    parts = _parts(index, x.shape)
    kept = [p for p in parts if p is not None]
    fancy = [k for k, p in enumerate(kept) if isinstance(p, np.ndarray)]
    numbers = [k for k, p in enumerate(kept) if isinstance(p, int)]
    new_axes = len(kept) < len(parts)
    if (
        len(fancy) > 1
        or (fancy and (numbers or new_axes))
        or any(kept[k].dtype == bool and (kept[k].ndim > 1 or len(kept) > 1) for k in fancy)
    ):
        return _looked_up(site, x, index, kept, fancy)
    if all(isinstance(p, slice) and _range(p, n) == ":" for p, n in zip(kept, x.shape, strict=True)):
        inner = x
    else:
        if len(kept) == 1 and x.turned is None:
            inside = _one(site, kept[0], x.shape[0])
        else:
            inside = ", ".join(_one(site, p, n) for p, n in zip(kept, x.shape, strict=True))
        if isinstance(index, np.ndarray) and index.dtype == bool:
            value = x.value[index]
        else:
            value = x.value[tuple(kept)]
        inner = Term(f"{x.at(7)}[{inside}]", value)
    return reshaped(inner, np.shape(site.out)) if new_axes else inner


def _parts(index: Any, shape: tuple[int, ...]) -> list[Any]:
    """One entry an axis: int, slice or array; None for a new axis."""
    parts = list(index) if isinstance(index, tuple) else [index]
    parts = [np.asarray(p) if isinstance(p, (list, np.ndarray)) else p for p in parts]
    parts = [np.asarray(p) if isinstance(p, (bool, np.bool_)) else p for p in parts]
    used = sum(
        p.ndim if isinstance(p, np.ndarray) and p.dtype == bool else p is not None
        for p in parts
        if p is not ...
    )
    rest = [slice(None)] * (len(shape) - used)
    dots = [k for k, p in enumerate(parts) if p is ...]
    if dots:
        parts[dots[0] : dots[0] + 1] = rest
    else:
        parts += rest
    return [
        int(p)
        if isinstance(p, (int, np.integer)) or (isinstance(p, np.ndarray) and p.ndim == 0 and p.dtype != bool)
        else p
        for p in parts
    ]


def _one(site: Site, part: Any, n: int) -> str:
    if isinstance(part, int):
        return _from_end(part + n if part < 0 else part, n, part < 0)
    if isinstance(part, np.ndarray):
        return str(_positions(site, part, n))
    return _range(part, n)


def _from_end(k: int, n: int, count_back: bool) -> str:
    """Element k, counted from 0, of n."""
    if not count_back:
        return str(k + 1)
    return "end" if k == n - 1 else f"end-{n - 1 - k}"


def _range(part: slice, n: int) -> str:
    start, stop, step = part.indices(n)
    length = len(range(start, stop, step))
    if step == 1:
        if (start, stop) == (0, n):
            return ":"
        if length == 0:
            return f"{start + 1}:{start}"
        last = "end" if part.stop is None or stop == n else _from_end(stop - 1, n, part.stop < 0)
        return f"{_from_end(start, n, (part.start or 0) < 0)}:{last}"
    if length == 0:
        return "1:0"
    last_element = start + (length - 1) * step
    if step > 0:
        return f"{start + 1}:{step}:{'end' if stop == n else last_element + 1}"
    return f"{'end' if start == n - 1 else start + 1}:{step}:{last_element + 1}"


def _positions(site: Site, index: np.ndarray, n: int) -> Term | str:
    """An array of indices or booleans."""
    if index.dtype == bool:
        return site.capture(index)
    if not site.is_open and _is_range(index) and index[0] >= 0:
        return f"{index[0] + 1}:{index[-1] + 1}"
    return site.capture(np.where(index < 0, index + n, index) + 1)


def _is_range(x: np.ndarray) -> bool:
    return x.ndim == 1 and x.size > 1 and np.array_equal(x, np.arange(x[0], x[0] + x.size))


def _looked_up(site: Site, x: Term, index: Any, kept: list[Any], fancy: list[int]) -> Term:
    arrays = [kept[k] for k in fancy]
    together = len(fancy) == x.ndim and all(a.dtype != bool and a.ndim == 1 for a in arrays)
    if together and len({a.size for a in arrays}) == 1:
        inside = ", ".join(str(_positions(site, a, n)) for a, n in zip(arrays, x.shape, strict=True))
        return Term(f"{x.at(7)}[CartesianIndex.({inside})]", site.out)
    places = column_major(site, x.shape, index)
    return Term(f"{x.at(7)}[{places}]", site.out)


def column_major(site: Site, shape: tuple[int, ...], index: Any) -> str:
    """The positions of elements of an array of `shape`, in Julia's order: a number, a range or an array."""
    size = int(np.prod(shape))
    places = np.arange(1, size + 1).reshape(shape, order="F")[index]
    if np.ndim(places) == 0:
        return str(int(places))
    if not site.is_open and _is_range(places):
        return f"{places[0]}:{places[-1]}"
    return str(site.capture(np.ascontiguousarray(places)))
