"""Where Flux and MLUtils count from 1: layers and functions of :mod:`fluxbridge.flux` with Julia's
positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import flux as Flux
from ...api import gradient as _gradient
from .arithmetic import array_of, is_array
from .iteration import iterate
from .types import Symbol


class Embedding(Flux.Embedding):
    """``Embedding``: words are numbered from 1."""

    def __call__(self, x: Any) -> Any:
        if hasattr(x, "nlabels"):
            return super().__call__(x)
        return super().__call__(_shifted(x))


class EmbeddingBag(Flux.EmbeddingBag):
    """``EmbeddingBag``: words are numbered from 1."""

    def __call__(self, *args: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], (list, tuple)) and is_array(args[0][0]):
            return np.stack([self(bag) for bag in args[0]], axis=1)
        return super().__call__(*map(_shifted, args))


def _shifted(x: Any) -> Any:
    """Positions from 0 for positions from 1, in arrays and in lists of arrays."""
    if hasattr(x, "nlabels"):
        return x
    if isinstance(x, (int, np.integer)):
        return int(x) - 1
    if isinstance(x, (list, tuple)) and x and not isinstance(x[0], (int, np.integer)):
        return [_shifted(v) for v in x]
    return np.asarray(array_of(x)) - 1


def gather(source: Any, index: Any) -> Any:
    """``gather(source, index)``: positions from 1."""
    return Flux.gather(source, _shifted(index))


def _observations(data: Any) -> Any:
    return range(1, int(data) + 1) if isinstance(data, (int, np.integer)) else data


def splitobs(data: Any, *args: Any, **options: Any) -> Any:
    """``splitobs(data; at)``; of a number the positions from 1."""
    return Flux.splitobs(_observations(data), *args, **options)


def kfolds(data: Any, *args: Any, **options: Any) -> Any:
    """``kfolds(data, k)``; of a number the positions from 1."""
    return Flux.kfolds(_observations(data), *args, **options)


def leavepout(data: Any, *args: Any, **options: Any) -> Any:
    """``leavepout(data, p)``; of a number the positions from 1."""
    return Flux.leavepout(_observations(data), *args, **options)


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


def getobs(data: Any, i: Any = None) -> Any:
    """``getobs(data, i)``: observations are numbered from 1."""
    if i is None:
        return Flux.getobs(data)
    return Flux.getobs(data, int(i) - 1 if isinstance(i, (int, np.integer)) else np.asarray(array_of(i)) - 1)


def obsview(data: Any, i: Any) -> Any:
    """``obsview(data, i)``."""
    return Flux.obsview(data, np.asarray(array_of(i)) - 1)


def group_indices(x: Any) -> dict:
    """``group_indices(x)``: positions from 1."""
    return {k: np.asarray(v) + 1 for k, v in Flux.group_indices(x).items()}


def keys_of(model: Any) -> tuple:
    """``keys(m)`` of a record."""
    return tuple(Symbol(k) for k in map(str, model.keys()))


def derivative(f: Any, x: Any = None) -> Any:
    """``ForwardDiff.derivative(f, x)`` and ``f'``."""
    if x is None:
        return lambda v: derivative(f, v)
    result = _gradient(lambda v: f(v), float(x) if isinstance(x, int) else x)[0]
    return 0.0 if result is None else result


def first_gradient(f: Any, x: Any) -> Any:
    """``ForwardDiff.gradient(f, x)``."""
    return _gradient(f, array_of(x))[0]


def gradient(f: Any, *args: Any) -> tuple:
    """``gradient(f, args…)``: ranges count as arrays."""
    return _gradient(f, *[array_of(a) if isinstance(a, (range, list)) and _numeric(a) else a for a in args])


def _numeric(x: Any) -> bool:
    return isinstance(x, range) or all(isinstance(v, (int, float, np.generic)) for v in x)


__all__ = [
    "Embedding", "EmbeddingBag", "derivative", "gather", "getobs", "group_indices", "kfolds", "leavepout", "obsview", "onecold", "onehot",  # noqa: E501
    "onehotbatch", "splitobs",
]  # fmt: skip
