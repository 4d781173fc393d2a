"""Julia functions in Python, and Python functions in Julia."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import NoRuleError
from . import session
from .bridge.objects import JuliaObject


def function(source: Any, trace: bool = False) -> JuliaObject:
    """A Julia function as a Python one.

    `source` is Julia code whose last expression is the function (or a Flux model, or any object),
    or an object from juliacall. Each source has a module of its own, in which the names of Flux,
    Zygote, LinearAlgebra, Statistics and Random are known.

    Inside of a native gradient its derivative is Zygote's. With ``trace=True`` its code is run on the
    native engine's numbers instead, so the derivative is native: for generic code on scalars, and on
    arrays element by element.

    Starts Julia if it does not run. Raises JuliaNotAvailable if there is none, and a JuliaError for source
    that cannot be parsed or evaluated.

    >>> from fluxbridge import julia
    >>> cube = julia.function("cube(x) = x^3")  # doctest: +SKIP
    >>> cube(2.0)  # doctest: +SKIP
    8.0
    """
    bridge = session.bridge()
    if isinstance(source, JuliaObject):
        handle = source._value
    else:
        handle = bridge.define(source) if isinstance(source, str) else bridge.wrap(source)
    return JuliaObject(handle, bridge, trace)


def differentiable(f: Callable[..., Any]) -> JuliaObject:
    """A Python function as a Julia one that Zygote can differentiate, by the native engine.

    Starts Julia if it does not run; raises JuliaNotAvailable if there is none.

    >>> import numpy as np
    >>> from fluxbridge import gradient, julia, AutoZygote
    >>> wave = julia.differentiable(lambda x: np.sin(x) * x)  # doctest: +SKIP
    >>> loss = julia.function("(f, x) -> f(x)^2")  # doctest: +SKIP
    >>> gradient(loss, AutoZygote(), wave, 2.0)  # doctest: +SKIP
    (None, 0.2797...)
    """
    bridge = session.bridge()
    return JuliaObject(bridge.callback(f), bridge)


def handle_of(f: Any) -> Any:
    """The handle of a function that is passed with one of Julia's AD types; NoRuleError if it is none."""
    if isinstance(f, JuliaObject):
        return f._value
    if isinstance(f, str):
        return function(f)._value
    if type(f).__module__ == "juliacall":
        return session.bridge().wrap(f)
    raise NoRuleError(
        f"a function was expected, in Python or in Julia, not {type(f).__name__}; Julia source makes one: "
        'fluxbridge.julia.function("x -> ...")'
    )
