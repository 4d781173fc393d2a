"""How a function of SciPy is mirrored."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, holds_tracer, load_on_demand, take_up

Function = Callable[..., Any]


def traced(*values: Any) -> bool:
    """Is one of the values, or something inside a list or tuple of them, being differentiated?"""
    return any(isinstance(v, Tracer) or holds_tracer(v) for v in values)


def array(x: Any) -> Any:
    """np.asarray for what may be traced."""
    return x if isinstance(x, Tracer) else take_up(x) if traced(x) else np.asarray(x)


def description(target: Function) -> str:
    """SciPy's documentation of `target` but for the examples, which are about SciPy's own function."""
    return (inspect.getdoc(target) or "").partition("\nExamples\n---")[0]


def mirror(target: Function) -> Callable[[Function], Function]:
    """Decorator: call `target` itself on plain values, the decorated function if one is traced.

    Lists and object arrays that hold traced values arrive there as one traced array.
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(target)
        def call(*args: Any, **options: Any) -> Any:
            if not traced(*args, *options.values()):
                return target(*args, **options)
            load_on_demand()
            args = tuple(a if isinstance(a, tuple) else array(a) if traced(a) else a for a in args)
            options = {k: array(v) if isinstance(v, list) and traced(v) else v for k, v in options.items()}
            return function(*args, **options)

        call.__module__ = getattr(function, "__module__", None) or "fluxbridge.scipy.special"
        call.__qualname__ = function.__name__
        call.__doc__ = description(target)
        return call

    return decorate
