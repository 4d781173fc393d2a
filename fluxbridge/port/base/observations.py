"""Observations and positions of MLUtils and NNlib, counted from 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import flux as Flux
from .arithmetic import array_of
from .iteration import iterate
from .making import typed
from .types import AbstractArray


def shifted(x: Any) -> Any:
    """Positions from 0 for positions from 1: numbers, tuples, arrays, lists of arrays."""
    if hasattr(x, "nlabels"):
        return x
    if isinstance(x, (int, np.integer)):
        return int(x) - 1
    if isinstance(x, tuple):
        return tuple(shifted(v) for v in x)
    if isinstance(x, (list, np.ndarray)) and len(x) and not isinstance(x[0], (int, np.integer, np.ndarray)):
        return [shifted(v) for v in x]
    if isinstance(x, np.ndarray) and x.dtype == object:
        return [shifted(v) for v in x]
    if isinstance(x, list) and x and isinstance(x[0], np.ndarray):
        return [shifted(v) for v in x]
    return np.asarray(array_of(x)) - 1


def gather(source: Any, *index: Any) -> Any:
    """``gather(source, index…)``."""
    return Flux.gather(source, *map(shifted, index))


def gather_(out: Any, source: Any, *index: Any) -> Any:
    """``gather!(out, source, index…)``."""
    return Flux.gather_(out, source, *map(shifted, index))


def scatter(op: Any, source: Any, index: Any, *, init: Any = None, dstsize: Any = None) -> Any:
    """``scatter(op, source, index; init, dstsize)``."""
    return Flux.scatter(_named(op), source, shifted(index), init=init, dstsize=dstsize)


def scatter_(op: Any, out: Any, source: Any, index: Any) -> Any:
    """``scatter!(op, out, source, index)``."""
    return Flux.scatter_(_named(op), out, source, shifted(index))


def _named(op: Any) -> Any:
    """The operation of a scatter, which are helpers here, by the name that Flux's mirror knows."""
    names = {"add": "+", "sub": "-", "mul": "*", "div": "/", "max_": "max", "min_": "min", "mean": "mean"}
    return names.get(getattr(op, "__name__", ""), op)


def topk(x: Any, k: int, *, dims: int = 1, rev: bool = True) -> tuple:
    """``topk(x, k; dims, rev)``: the values and their positions."""
    values, places = Flux.topk(x, k, axis=dims - 1, rev=rev)
    return values, places + 1


def batched_searchsortedfirst(xp: Any, x: Any, *, dims: int = 1, rev: bool = False) -> Any:
    """``batched_searchsortedfirst(xp, x)``."""
    return Flux.batched_searchsortedfirst(array_of(xp), array_of(x), axis=dims - 1, rev=rev) + 1


def batched_searchsortedlast(xp: Any, x: Any, *, dims: int = 1, rev: bool = False) -> Any:
    """``batched_searchsortedlast(xp, x)``."""
    return Flux.batched_searchsortedlast(array_of(xp), array_of(x), axis=dims - 1, rev=rev) + 1


def _observations(data: Any) -> Any:
    return range(1, int(data) + 1) if isinstance(data, (int, np.integer)) else data


def _count(data: Any) -> bool:
    return isinstance(data, (int, np.integer)) and not isinstance(data, bool)


def _range(places: Any) -> range:
    """Neighbouring positions from 0, as a range from 1."""
    return range(int(places[0]) + 1, int(places[-1]) + 2) if len(places) else range(1, 1)


def splitobs(data: Any, *args: Any, **options: Any) -> Any:
    """``splitobs(data; at)``; of a number the positions from 1."""
    return Flux.splitobs(_observations(data), *args, **options)


def kfolds(data: Any, *args: Any, **options: Any) -> Any:
    """``kfolds(data, k)``; of a number the positions from 1.

    >>> kfolds(4, 2)
    ([array([3, 4]), array([1, 2])], [range(1, 3), range(3, 5)])
    """
    return _folds(Flux.kfolds, data, args, options, lambda train: train + 1)


def leavepout(data: Any, *args: Any, **options: Any) -> Any:
    """``leavepout(data, p)``; of a number the positions from 1."""
    return _folds(Flux.leavepout, data, args, options, lambda train: train + 1)


def timeseries_kfolds(data: Any, *args: Any, **options: Any) -> Any:
    """``timeseries_kfolds(data; k)``; of a number the positions from 1."""
    return _folds(Flux.timeseries_kfolds, data, args, options, _range)


def _folds(function: Any, data: Any, args: Any, options: Any, training: Any) -> Any:
    if not _count(data):
        return function(data, *args, **options)
    train, validation = function(data, *args, **options)
    return [training(np.asarray(t)) for t in train], [_range(v) for v in validation]


def getobs(data: Any, i: Any = None) -> Any:
    """``getobs(data, i)``."""
    return Flux.getobs(data) if i is None else Flux.getobs(data, shifted(i))


def getobs_(buffer: Any, data: Any, i: Any = None) -> Any:
    """``getobs!(buffer, data, i)``."""
    return Flux.getobs_(buffer, data) if i is None else Flux.getobs_(buffer, data, shifted(i))


class ObsDim(Flux.ObsDim):
    """``ObsDim(d)``: the observations are along axis d, from 1."""

    def __init__(self, axis: int) -> None:
        super().__init__(axis - 1)


def obsview(data: Any, *rest: Any) -> Any:
    """``obsview(data, i, ObsDim(d))``; without positions all of them."""
    along = [r for r in rest if isinstance(r, Flux.ObsDim)]
    places = [shifted(r) for r in rest if not isinstance(r, Flux.ObsDim)]
    return Flux.obsview(data, *(places or [slice(None)] if along else places), *along)


def counted(method: Any) -> Any:
    """A ``getobs`` of the program's own, which counts from 1, as ``__getitem__``."""

    def getitem(data: Any, i: Any) -> Any:
        if _count(i):
            return method(data, int(i) + 1)
        if isinstance(i, slice):
            i = range(*i.indices(len(data)))
        return method(data, range(i.start + 1, i.stop + 1) if isinstance(i, range) else np.asarray(i) + 1)

    return getitem


def slidingwindow(data: Any, *, size: int, stride: int = 1, obsdim: int | None = None) -> Any:
    """``slidingwindow(data; size, stride, obsdim)``; windows of a range are ranges."""
    if isinstance(data, range):
        return [data[i : i + size] for i in range(0, len(data) - size + 1, stride)]
    return Flux.slidingwindow(data, size=size, stride=stride, obsdim=None if obsdim is None else obsdim - 1)


def group_indices(x: Any) -> dict:
    """``group_indices(x)``."""
    return {k: np.asarray(v) + 1 for k, v in Flux.group_indices(x).items()}


def imrotate(x: Any, angle: float, *, method: str = "bilinear", rotation_center: Any = None) -> Any:
    """``imrotate(x, θ; method, rotation_center)``."""
    center = None if rotation_center is None else tuple(c - 1 for c in rotation_center)
    return Flux.imrotate(x, angle, method=str(method), rotation_center=center)


class KeyPath(Flux.KeyPath):
    """``KeyPath(:layers, 1, :weight)``: positions count from 1."""


def _path(path: Any) -> Any:
    return Flux.KeyPath(*[k - 1 if _count(k) else k for k in path]) if isinstance(path, KeyPath) else path


def getkeypath(x: Any, path: Any) -> Any:
    """``getkeypath(x, path)``."""
    return Flux.getkeypath(x, _path(path))


def haskeypath(x: Any, path: Any) -> bool:
    """``haskeypath(x, path)``."""
    return Flux.haskeypath(x, _path(path))


def trainables(x: Any, *, path: bool = False) -> Any:
    """``trainables(x; path)``."""
    if not path:
        return typed(AbstractArray, Flux.trainables(x))
    return [(KeyPath(*[k + 1 if _count(k) else k for k in p]), y) for p, y in Flux.trainables(x, path=True)]


def onecold(y: Any, labels: Any = None) -> Any:
    """``onecold(y, labels)``; without labels positions from 1."""
    if labels is None:
        return Flux.onecold(y) + 1
    names = list(iterate(labels))
    places = Flux.onecold(y)
    if np.ndim(places) == 0:
        return names[int(places)]
    from .gathering import gathered

    return gathered(
        [names[int(p)] for p in np.ravel(places, order="F")],
        np.shape(places) if np.ndim(places) > 1 else None,
    )


def onehot(x: Any, labels: Any, *default: Any) -> Any:
    """``onehot(x, labels, default)``."""
    return Flux.onehot(x, list(iterate(labels)), *default)


def onehotbatch(xs: Any, labels: Any, *default: Any) -> Any:
    """``onehotbatch(xs, labels, default)``."""
    names = list(iterate(labels))
    return Flux.onehotbatch(xs if isinstance(xs, (str, np.ndarray)) else list(iterate(xs)), names, *default)


__all__ = [
    "KeyPath", "ObsDim", "batched_searchsortedfirst", "batched_searchsortedlast", "counted", "gather", "gather_", "getkeypath", "getobs",  # noqa: E501
    "getobs_", "group_indices", "haskeypath", "imrotate", "kfolds", "leavepout", "obsview", "onecold", "onehot", "onehotbatch", "scatter",  # noqa: E501
    "scatter_", "slidingwindow", "splitobs", "timeseries_kfolds", "topk", "trainables",
]  # fmt: skip
