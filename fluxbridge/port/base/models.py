"""Layers and derivatives with Julia's positions and arguments."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from ... import flux as Flux
from ...api import gradient as _gradient
from ...api import pullback as _pullback
from ...autodiff.tools import ignore_derivatives
from ...errors import ArgumentError
from .arithmetic import array_of
from .observations import shifted
from .types import Symbol


class Embedding(Flux.Embedding):
    """``Embedding``: words are numbered from 1."""

    def __call__(self, x: Any) -> Any:
        if hasattr(x, "nlabels"):
            return super().__call__(x)
        return super().__call__(shifted(x))


_REDUCTIONS = {"sum": np.sum, "mean": np.mean, "maximum": np.max, "minimum": np.min, "prod": np.prod}


class EmbeddingBag(Flux.EmbeddingBag):
    """``EmbeddingBag``: words are numbered from 1."""

    def __init__(self, size: Any, reduction: Any = np.mean, **options: Any) -> None:
        name = getattr(reduction, "__name__", "")
        super().__init__(size, _REDUCTIONS.get(name, reduction), **options)

    def __call__(self, *args: Any) -> Any:
        return super().__call__(*map(shifted, args))

    def _bags(self, bags: np.ndarray) -> Any:
        made = np.stack([super(EmbeddingBag, self).__call__(bag) for bag in bags.ravel()], axis=1)
        return made if bags.ndim == 1 else np.reshape(made, (self.weight.shape[0], *bags.shape))


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


def constant(f: Any) -> Any:
    """``@nograd f``: the function, whose results count as constants."""

    @functools.wraps(f)
    def call(*args: Any, **options: Any) -> Any:
        return ignore_derivatives(lambda: f(*args, **options))

    return call


def pullback_with_function(f: Any, *args: Any) -> tuple:
    """``Zygote._pullback(f, args…)``: the pullback gives a gradient for the function, too.

    That of a function which captures nothing is ``None``. Raises ArgumentError for another function.
    """
    inner = inspect.unwrap(f) if inspect.isfunction(f) else f
    plain = inspect.isfunction(inner) and inner.__closure__ is None
    ours = type(f).__module__.startswith("fluxbridge") and not hasattr(f, "layers")
    if not (plain or ours or inspect.isbuiltin(f) or isinstance(f, np.ufunc)):
        raise ArgumentError("_pullback of a function that captures variables; write pullback(f, x)")
    y, back = _pullback(f, *args)
    return y, lambda dy: (None, *back(dy))


def _numeric(x: Any) -> bool:
    return isinstance(x, range) or all(isinstance(v, (int, float, np.generic)) for v in x)


__all__ = ["Embedding", "EmbeddingBag", "constant", "derivative", "pullback_with_function"]
