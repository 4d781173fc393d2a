"""The real Flux and Zygote, through juliacall. Importing this starts nothing.

>>> from fluxbridge import gradient, julia, AutoZygote
>>> f = julia.function("x -> 3x^2 + 2x + 1")  # doctest: +SKIP
>>> gradient(f, AutoZygote(), 3)  # doctest: +SKIP
(20.0,)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..errors import JuliaCrashed, JuliaError, JuliaNotAvailable, JuliaTimeout
from . import session
from .bridge.objects import JuliaObject
from .emit.translation import Source, source
from .functions import differentiable, function
from .isolated.remote import RemoteBridge
from .setup.discovery import available


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
    """Calls of an isolated Julia by this thread in this block may take so long, or raise JuliaTimeout.

    The process is ended then, and the next call starts a fresh one. Raises ValueError if Julia is not
    isolated.

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


def versions() -> dict[str, str]:
    """The versions of Julia and its packages; starts Julia if it does not run."""
    return session.bridge().versions()


# formatted by hand: several names a line
__all__ = [
    "JuliaCrashed", "JuliaError", "JuliaNotAvailable", "JuliaObject", "JuliaTimeout", "Source", "available",
    "differentiable", "function", "source", "start", "stop", "time_limit", "versions",
]  # fmt: skip
