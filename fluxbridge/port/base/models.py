"""Layers and derivatives with Julia's positions and arguments."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ... import flux as Flux
from ...api import gradient as _gradient
from ...api import pullback as _pullback
from ...errors import ArgumentError
from .arithmetic import array_of, is_array
from .observations import shifted
from .types import Symbol


class Embedding(Flux.Embedding):
    """``Embedding``: words are numbered from 1."""

    def __call__(self, x: Any) -> Any:
        if hasattr(x, "nlabels"):
            return super().__call__(x)
        return super().__call__(shifted(x))


class EmbeddingBag(Flux.EmbeddingBag):
    """``EmbeddingBag``: words are numbered from 1."""

    def __call__(self, *args: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], (list, tuple)) and is_array(args[0][0]):
            return np.stack([self(bag) for bag in args[0]], axis=1)
        return super().__call__(*map(shifted, args))


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


def pullback_with_function(f: Any, *args: Any) -> tuple:
    """``Zygote._pullback(f, args…)``: the pullback gives a gradient for the function, too.

    That of a function which captures nothing is ``None``. Raises ArgumentError for another function.
    """
    plain = inspect.isfunction(f) and f.__closure__ is None
    if not (plain or inspect.isbuiltin(f) or isinstance(f, np.ufunc)):
        raise ArgumentError("_pullback of a function that captures variables; write pullback(f, x)")
    y, back = _pullback(f, *args)
    return y, lambda dy: (None, *back(dy))


def _numeric(x: Any) -> bool:
    return isinstance(x, range) or all(isinstance(v, (int, float, np.generic)) for v in x)


__all__ = ["Embedding", "EmbeddingBag", "derivative", "pullback_with_function"]
