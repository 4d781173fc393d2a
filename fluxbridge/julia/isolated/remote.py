"""The bridge to a Julia in a process of its own: the same operations, answered by :mod:`worker`.

A call that crashes or takes too long ends the other process and raises; the next call starts a fresh
one. Functions made from source are made again in it; other objects of the old one are gone.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import signal
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from ...errors import JuliaError
from . import exports
from .client import RemoteHandle, Worker, workers
from .interrupts import Interrupts

JULIA = "fluxbridge.julia.served:julia"


#: The limits of the blocks of `time_limit` that the thread or task is in, by the ids of their bridges.
_limits: ContextVar[dict[int, float | None]] = ContextVar("fluxbridge_time_limits", default={})  # noqa: B039  (never changed, only replaced)


class RemoteBridge:
    """Julia in a process of its own, with the operations of
    :class:`~fluxbridge.julia.bridge.operations.Bridge`.

    One request is under way at a time; other threads wait. `timeout` limits each call, in seconds.
    """

    def __init__(self, timeout: float | None = None, factory: str = JULIA):
        self.timeout = timeout
        self.interrupts = Interrupts()
        self._factory = factory
        self._worker: Worker | None = None
        self._lock = threading.RLock()
        self._depth = 0
        self._closed = False
        _bridges.add(self)

    @contextlib.contextmanager
    def time_limit(self, seconds: float | None) -> Iterator[None]:
        """Another limit for the calls that this thread or task makes in a block."""
        token = _limits.set({**_limits.get(), id(self): seconds})
        try:
            yield
        finally:
            _limits.reset(token)

    def start(self) -> Worker:
        """The process, started if there is none."""
        with self._lock:
            if self._closed:
                raise JuliaError("this Julia was stopped; make the object again")
            if self._worker is None or not self._worker.alive:
                self._worker = Worker(self, self._factory)
            return self._worker

    def close(self) -> None:
        """End the process. Its objects cannot be used any more."""
        with self._lock:
            self._closed = True
            if self._worker is not None:
                self._worker.close()

    def _do(self, name: str, *args: Any) -> Any:
        with self._lock:
            worker = self._worker
            if worker is None or not worker.alive:
                worker = self.start()
            outermost = self._depth == 0
            if outermost:
                limit = _limits.get().get(id(self), self.timeout)
                worker.deadline = None if limit is None else time.monotonic() + limit
            installed = outermost and self.interrupts.install()
            self._depth += 1
            try:
                return worker.ask(name, *args)
            finally:
                self._depth -= 1
                if installed:
                    signal.signal(signal.SIGINT, signal.default_int_handler)
                self.interrupts.check()

    def _make(self, *request: Any) -> RemoteHandle:
        """A handle that can be made again."""
        handle = self._do(*request)
        handle._made_by = request
        return handle

    @functools.cached_property
    def apply(self) -> RemoteHandle:
        return self.define("(f, xs...; kw...) -> f(xs...; kw...)")

    # -- functions and objects ------------------------------------------------------------------

    def define(self, source: str) -> RemoteHandle:
        handle, function = self._do("define_any", source)
        handle._made_by = ("define", source) if function else None
        return handle

    def wrap(self, value: Any) -> RemoteHandle:
        return self._do("wrap", value)

    def callback(self, function: Callable[..., Any]) -> RemoteHandle:
        return self._make("callback", exports.AsFunction(function))

    def curry(self, handle: Any, keywords: dict[str, Any]) -> RemoteHandle:
        return self._make("curry", handle, keywords)

    def capture(self, handle: Any, values: tuple) -> RemoteHandle:
        return self._make("capture", handle, values)

    def call(self, handle: Any, args: tuple, keywords: dict[str, Any] | None = None) -> Any:
        return self._do("call", handle, args, keywords)

    def call_traced(self, handle: Any, args: tuple) -> Any:
        return self._do("call_traced", handle, tuple(map(exports.for_tracing, args)))

    def attribute(self, handle: Any, name: str) -> Any:
        return self._do("attribute", handle, name)

    def names(self, handle: Any) -> tuple[str, ...]:
        return self._do("names", handle)

    def parts(self, handle: Any) -> tuple[tuple[str, ...], tuple[Any, ...]] | None:
        return self._do("parts", handle)

    def item(self, handle: Any, key: Any) -> Any:
        return self._do("item", handle, key)

    def length(self, handle: Any) -> int:
        return self._do("length", handle)

    def show(self, handle: Any) -> str:
        return self._do("show", handle)

    def release(self, handle: Any) -> None:
        """Handles are released when they are no longer used, together with the next request."""

    # -- derivatives ----------------------------------------------------------------------------

    def withgradient(
        self, handle: Any, args: tuple, engine: str = "zygote", aux: bool = True
    ) -> tuple[Any, tuple]:
        return self._do("withgradient", handle, args, engine, aux)

    def pullback(self, handle: Any, args: tuple) -> tuple[Any, Any]:
        return self._do("pullback", handle, args)

    def pull(self, held: Any, seed: Any) -> tuple:
        return self._do("pull", held, seed)

    def vjp(self, handle: Any) -> RemoteHandle:
        return self._make("vjp", handle)

    def withjacobian(
        self, handle: Any, args: tuple, engine: str = "zygote", order: str = "C"
    ) -> tuple[Any, tuple]:
        return self._do("withjacobian", handle, args, engine, order)

    def hessian(self, handle: Any, x: Any, engine: str = "zygote", order: str = "C") -> Any:
        return self._do("hessian", handle, x, engine, order)

    def diaghessian(self, handle: Any, args: Sequence[Any], engine: str = "zygote") -> tuple:
        return self._do("diaghessian", handle, tuple(args), engine)

    # -- the whole ------------------------------------------------------------------------------

    def full(self, thrown: Any) -> str:
        return self._do("full", thrown)

    def collect(self) -> None:
        self._do("collect")

    def versions(self) -> dict[str, str]:
        return self._do("versions")


_bridges: weakref.WeakSet[RemoteBridge] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for worker in list(workers):
        worker.close()


def _after_fork() -> None:
    """A forked child does not use its parent's process; it starts one of its own when it needs one."""
    for worker in list(workers):
        worker.abandon()
    for bridge in list(_bridges):
        bridge._lock = threading.RLock()
        bridge._worker, bridge._depth, bridge.interrupts = None, 0, Interrupts()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
