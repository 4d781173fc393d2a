"""The real Flux and Zygote, through juliacall. Importing this starts nothing.

>>> from fluxbridge import gradient, julia, AutoZygote
>>> f = julia.function("x -> 3x^2 + 2x + 1")  # doctest: +SKIP
>>> gradient(f, AutoZygote(), 3)  # doctest: +SKIP
(20.0,)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import JuliaCrashed, JuliaError, JuliaNotAvailable, JuliaTimeout, NoRuleError
from . import session
from .discovery import available
from .objects import JuliaObject
from .remote import RemoteBridge
from .translation import Source, source


def start(isolated: bool | None = None, timeout: float | None = None) -> None:
    """Start Julia now, instead of at its first use. The second call does nothing.

    With ``isolated=True``, or with FLUXBRIDGE_ISOLATED=1 in the environment, Julia runs in a process
    of its own: PyTorch, threads, forks and Ctrl-C do no harm, a crash of Julia is an exception
    (JuliaCrashed), and each call may have a time limit of `timeout` seconds (JuliaTimeout).

    Raises JuliaNotAvailable, which says why and what to do, if there is no Julia to start.
    """
    session.start(isolated, timeout)


@contextlib.contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Each call of an isolated Julia in this block may take so long, or raises JuliaTimeout.

    >>> from fluxbridge import julia
    >>> f = julia.function("x -> sum(i -> sin(x * i), 1:10^12)")  # doctest: +SKIP
    >>> with julia.time_limit(5):  # doctest: +SKIP
    ...     f(1.0)
    Traceback (most recent call last):
    fluxbridge.errors.JuliaTimeout: the call took longer than its time limit...
    """
    bridge = session.bridge()
    if not isinstance(bridge, RemoteBridge):
        raise ValueError("a time limit needs an isolated Julia: fluxbridge.julia.start(isolated=True)")
    with bridge.time_limit(seconds):
        yield


def stop() -> None:
    """End an isolated Julia, or forget the one in this process, which ends only with the process.

    Objects from it cannot be used any more.
    """
    session.stop()


def function(source: Any, trace: bool = False) -> JuliaObject:
    """A Julia function as a Python one.

    `source` is Julia code whose last expression is the function (or a Flux model, or any object),
    or an object from juliacall. Each source has a module of its own, in which the names of Flux,
    Zygote, LinearAlgebra, Statistics and Random are known.

    Inside of a native gradient its derivative is Zygote's. With ``trace=True`` its code is run on the
    native engine's numbers instead, so the derivative is native: for generic code on scalars, and on
    arrays element by element.

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
    """The Julia function behind what a user passes as `f` beside one of Julia's AD types."""
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


def versions() -> dict[str, str]:
    """The versions of the running Julia and its packages."""
    return session.bridge().versions()


__all__ = [
    "JuliaCrashed", "JuliaError", "JuliaNotAvailable", "JuliaObject", "JuliaTimeout", "Source", "available",
    "differentiable", "function", "source", "start", "stop", "time_limit", "versions",
]  # fmt: skip
