"""Shapes, and arrays made of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..spelling import (
    Site,
    Spelled,
    Term,
    aligned,
    call,
    reshaped,
    same_order,
    spelling,
    transposed,
    tuple_of,
    typed,
)
from .axes import axes_from_one, dims_of, from_one
from .elementwise import itself


@spelling("reshape(x, 2, 3), NumPy.reshape(x, 2, 3)")
def reshape(site: Site, x: Term, shape: Any = None, order: str = "C", **_: Any) -> Spelled:
    new = np.shape(site.out)
    if new == x.shape:
        return itself(site, x)
    if x.ndim == 0:
        return call("fill", x, *new) if order == "C" else call("reshape", f"[{x}]", *new)
    if same_order(x.shape, new):
        return reshaped(x, new)
    if order == "F":
        return f"vec({x})" if len(new) == 1 else call("reshape", x, *new)
    return call("NumPy.reshape", x, *new)


@spelling("reshape(x, :, 1), dropdims(x; dims)")
def fewer_or_more_axes(site: Site, x: Term, axis: Any = None) -> Spelled:
    """squeeze and expand_dims."""
    new = np.shape(site.out)
    if x.ndim == 0:
        return call("fill", x, *new) if new else itself(site, x)
    return reshaped(x, new)


def ravelled(x: Term) -> Term:
    """All elements as a vector, in C order."""
    if x.ndim == 1:
        return x
    value = np.ravel(x.value)
    if x.ndim == 0:
        return Term(f"[{x}]", value)
    if same_order(x.shape, value.shape):
        return reshaped(x, value.shape)
    return Term(call("NumPy.ravel", x), value)


@spelling("permutedims(x, (2, 1, 3))")
def permuted(site: Site, x: Term, order: Sequence[int]) -> Spelled:
    order = [int(i) % x.ndim for i in order]
    if order == list(range(x.ndim)):
        return itself(site, x)
    if order == [1, 0]:
        return transposed(x, site.out)
    return call("permutedims", x, tuple_of([i + 1 for i in order]))


@spelling("x', permutedims(x, (3, 1, 2))")
def transpose(site: Site, x: Term, axes: Any = None) -> Spelled:
    return permuted(site, x, range(x.ndim)[::-1] if axes is None else axes)


@spelling("x', permutedims(x, (1, 3, 2))")
def swapaxes(site: Site, x: Term, axis1: int, axis2: int) -> Spelled:
    order = list(range(x.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return permuted(site, x, order)


@spelling("x', permutedims(x, (2, 3, 1))")
def moveaxis(site: Site, x: Term, source: Any, destination: Any) -> Spelled:
    # an empty array whose lengths say where its axes came from; one axis more, in front, keeps it empty
    numbered = np.empty((0, *range(x.ndim)))
    moved = np.moveaxis(numbered, axes_from_one(source, x.ndim), axes_from_one(destination, x.ndim))
    return permuted(site, x, moved.shape[1:])


@spelling("NumPy.broadcast_to(x, 2, 3)")
def broadcast_to(site: Site, x: Term, **_: Any) -> Spelled:
    shape = np.shape(site.out)
    if shape == x.shape:
        return itself(site, x)
    if x.ndim == 0:
        return call("fill", x, *shape)
    return call("NumPy.broadcast_to", x, *shape)


@spelling("reverse(x; dims)")
def flip(site: Site, x: Term, axis: Any = None) -> Spelled:
    every = axis is None or x.ndim == 1
    return call("reverse", x, dims=None if every else dims_of(axis, x.ndim))


@spelling("NumPy.rot90(x, k, (1, 2))")
def rot90(site: Site, x: Term, k: int = 1, axes: Any = (0, 1)) -> Spelled:
    return call("NumPy.rot90", x, k % 4, tuple_of(axes_from_one(tuple(axes), x.ndim)))


@spelling("circshift(x, (1, 0))")
def roll(site: Site, x: Term, shift: Any, axis: Any = None) -> Spelled:
    if axis is None and x.ndim == 1:
        axis = 0
    if axis is None:
        return call("NumPy.reshape", call("circshift", ravelled(x), int(shift)), *x.shape)
    shifts = np.zeros(x.ndim, int)
    for s, a in np.broadcast(shift, axis):
        shifts[a] += s
    return call("circshift", x, tuple_of(shifts.tolist()) if x.ndim > 1 else int(shifts[0]))


@spelling("repeat(x, 2, 3)")
def tile(site: Site, x: Term, reps: Any) -> Spelled:
    counts = np.atleast_1d(reps).tolist()
    n = max(len(counts), x.ndim)
    counts = [1] * (n - len(counts)) + counts
    return call("repeat", reshaped(x, (1,) * (n - x.ndim) + x.shape) if x.ndim else f"[{x}]", *counts)


@spelling("[a, b], vcat(a, b), hcat(a, b), cat(a, b; dims=3)")
def concatenate(site: Site, *parts: Term, axis: int = 0) -> Spelled:
    parts = tuple(typed(parts, site.out))
    axis = from_one(axis, parts[0].ndim)
    if axis <= 2:
        return call(("vcat", "hcat")[axis - 1], *parts)
    return call("cat", *parts, dims=axis)


@spelling("[a, b], stack([a, b]; dims=1)")
def stack(site: Site, *parts: Term, axis: int = 0) -> Spelled:
    parts = tuple(typed(parts, site.out))
    inside = f"[{', '.join(map(str, parts))}]"
    if parts[0].ndim == 0:
        return inside
    return call("stack", inside, dims=from_one(axis, np.ndim(site.out)))


@spelling("NumPy.linspace(a, b, 5)")
def linspace(site: Site, start: Term, stop: Term, num: int, endpoint: bool, axis: int) -> Spelled:
    start, stop = aligned([start, stop])
    dims = from_one(axis, np.ndim(site.out))
    options = {"endpoint": None if endpoint else "false", "dims": None if dims == 1 else dims}
    return call("NumPy.linspace", start, stop, num, **options)


@spelling("NumPy.pad(x, ((1, 1), (0, 2)))")
def pad(site: Site, x: Term, pad_width: Any) -> Spelled:
    return call("NumPy.pad", x, tuple_of([tuple_of(pair) for pair in pad_width]))


def triangle(name: str) -> Callable[..., Spelled]:
    @spelling(f"{name}(x, k)")
    def spelled(site: Site, x: Term, k: int = 0) -> Spelled:
        if x.ndim == 1:  # NumPy makes a square of it
            x = Term(call("NumPy.broadcast_to", x, *np.shape(site.out)), site.out)
        return call(name if x.ndim == 2 else f"NumPy.{name}", x, *([k] if k else []))

    return spelled


@spelling("diagm(k => v)")
def diagonal_matrix(site: Site, v: Term, k: int = 0) -> Spelled:
    return call("diagm", f"{k} => {v}" if k else v)
