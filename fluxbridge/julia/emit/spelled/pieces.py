"""Pieces of arrays: read, written, added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..spelling import Site, Spelled, Term, call, reshaped, spelling, tuple_of, typed
from .indices import column_major, indexed


@spelling("x[1, 2:end]")
def getitem(site: Site, x: Term, index: Any) -> Spelled:
    return indexed(site, x, index)


@spelling("NumPy.scatter((2, 3), ([1, 2], 3), a, b)")
def scatter(site: Site, *parts: Term, indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Spelled:
    return call("NumPy.scatter", tuple_of(shape), *_written(site, shape, indices, parts))


@spelling("[a, b], NumPy.assemble(base, (1, 2:3), a, b)")
def assemble(site: Site, base: Term, *values: Term, indices: Sequence[Any]) -> Spelled:
    shape = base.shape
    base, *values = typed([base, *values], site.out)  # type: ignore[assignment]
    if len(shape) == 1 and all(isinstance(_single(i), int) for i in indices):
        places = {int(_single(i)) % shape[0]: v for i, v in zip(indices, values, strict=True)}  # type: ignore[call-overload]
        if len(places) == shape[0]:  # every element is written
            return f"[{', '.join(str(places[k]) for k in range(shape[0]))}]"
    return call("NumPy.assemble", base, *_written(site, shape, indices, values))


def _written(site: Site, shape: tuple[int, ...], indices: Sequence[Any], parts: Sequence[Term]) -> list[Any]:
    """Where the parts are written, and the parts."""
    places = [column_major(site, shape, i) for i in indices]
    return [tuple_of(places), *[_spread(shape, i, p) for i, p in zip(indices, parts, strict=True)]]


def _single(index: Any) -> Any:
    index = index[0] if isinstance(index, tuple) and len(index) == 1 else index
    return int(index) if isinstance(index, (int, np.integer)) else None


def _spread(shape: tuple[int, ...], index: Any, part: Term) -> Term:
    """What is written to an index, in the shape that the index has."""
    target = np.empty(shape, bool)[index].shape
    if part.ndim == 0 or part.shape == target:
        return part
    lifted = (
        part if part.ndim == len(target) else reshaped(part, (1,) * (len(target) - part.ndim) + part.shape)
    )
    return Term(call("NumPy.broadcast_to", lifted, *target), np.empty(target))


@spelling("NumPy.bincount(w, index, n)")
def bincount(site: Site, weights: Term, index: np.ndarray, size: int) -> Spelled:
    places = site.capture(np.asarray(index) + 1)
    return call("NumPy.bincount", weights, places, size)
