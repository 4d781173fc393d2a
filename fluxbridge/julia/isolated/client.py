"""The user's side of the protocol: requests to one Julia process, time limits, interrupts, crashes."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import time
import types
import weakref
from typing import Any

import numpy as np

from ...errors import JuliaCrashed, JuliaError, JuliaNotAvailable, JuliaTimeout
from ..bridge import hooks
from ..bridge.objects import JuliaObject
from ..setup import failures
from . import endpoint, exports
from .channel import REQUEST, Channel
from .process import Process

#: How long an interrupted or ending process may take before it is killed, in seconds.
PATIENCE = 5.0
#: Seconds in which a process that waits takes an interrupt; after that it is sent a signal.
WAITS = 0.25

_GONE = (
    "this Julia object was lost with the process that it lived in: it ended, and a fresh one has been "
    "started (or this process was forked). Make the object again."
)
_OTHER = (
    "this object belongs to the Julia inside of this process, and cannot be passed to the isolated one. "
    "Make it with fluxbridge.julia.function."
)

#: The processes of all bridges: they end with this process, and forked children do not use them.
workers: weakref.WeakSet[Any] = weakref.WeakSet()


class RemoteHandle:
    """An object in the Julia process, by its number there; it is released there when this handle is freed."""

    __slots__ = ("__weakref__", "_made_by", "_number", "_worker")

    def __init__(self, worker: Worker, number: int):
        self._worker = worker
        self._number = number
        self._made_by: tuple[Any, ...] | None = None  #: the operation that makes it, if it can be repeated

    def number(self, worker: Worker) -> int:
        """Its number in `worker`; a function of a former process is made again."""
        if self._worker is not worker:
            if self._made_by is None:
                raise JuliaError(_GONE)
            again = worker.ask(*self._made_by)
            self._worker, self._number, again._worker = worker, again._number, None
        return self._number

    def __del__(self) -> None:
        if self._worker is not None:
            self._worker.dropped.append(self._number)


class Worker(endpoint.Endpoint):
    """The user's end of the connection to one Julia process."""

    def __init__(self, bridge: Any, factory: str):
        self._bridge = bridge
        self._process = Process()
        super().__init__(Channel(self._process.end))
        self._exports: dict[int, Any] = {}
        self._last = 0
        self.alive = True
        self.deadline: float | None = None
        self._starting = True
        workers.add(self)
        try:
            self.ask("start", factory)
        except BaseException:
            self._kill()
            raise
        self._starting = False

    @property
    def pid(self) -> int:
        return self._process.pid

    # -- the end of the process, in its several ways -----------------------------------------------

    def ask(self, name: str, *args: Any) -> Any:
        interrupts = self._bridge.interrupts
        before, interrupts.open = interrupts.open, False
        try:
            return super().ask(name, *args)
        finally:
            interrupts.open = before

    def wait(self) -> None:
        with self._bridge.interrupts.opened():
            answered = self._process.wait(self.deadline)
        if not answered:
            self._kill()
            raise JuliaTimeout(
                "the call took longer than its time limit, and its Julia process was ended; the next call "
                "starts a fresh one"
            )

    def failed(self, stage: str, failure: BaseException) -> None:
        if isinstance(failure, (EOFError, OSError)) and not isinstance(failure, JuliaError):
            if self.alive:
                raise self._crashed() from None
            raise JuliaCrashed("the Julia process of this call has ended") from None
        if isinstance(failure, KeyboardInterrupt) and self.alive:
            if stage == endpoint.WAITING and not self._starting:
                self._interrupt()
            else:
                self._kill()

    def _crashed(self) -> Exception:
        self._process.closed = True
        status = self._kill()
        how = f"exit status {status}"
        if status < 0:
            with contextlib.suppress(ValueError):
                how = signal.Signals(-status).name
            how += ", which may be the system's answer to too little memory" if status == -9 else ""
        said = failures.what_julia_said(_from_the_signal_on(self._process.said()), 8)
        said = f"\nIt said:\n{said}" if said else ""
        if self._starting:
            return JuliaNotAvailable(
                f"the process for Julia ended while it started ({how}){said}",
                "`fluxbridge doctor` looks for the cause",
            )
        return JuliaCrashed(
            f"the Julia process ended during this call ({how}); the next call starts a fresh one{said}"
        )

    def _interrupt(self) -> None:
        """Make the process abort the request under way; kill it if it does not within PATIENCE."""
        try:
            if not self._process.ask_to_stop():
                raise EOFError
            before, limit = self.deadline, time.monotonic() + PATIENCE
            until = limit - PATIENCE + WAITS
            while True:
                with self._bridge.interrupts.opened():
                    if not self._process.wait(until):
                        if until == limit:
                            break
                        self._process.interrupt()  # it computes, and does not read requests
                        until = limit
                        continue
                kind, body, files = self.channel.receive()
                if kind == REQUEST:
                    self.refuse(body, files, KeyboardInterrupt())
                    continue
                with contextlib.suppress(Exception):
                    self._unpack(body, files)
                self.deadline = limit
                self.ask("settle", self._process.asked)
                self.deadline = before
                return
            self._kill()
        except BaseException:
            self._kill()

    def _kill(self) -> int:
        self.alive = False
        self.deadline = None
        return self._process.kill()

    def close(self) -> None:
        """End the process in good order."""
        if self.alive and self._process.owner == os.getpid():
            self.alive = False
            self._process.exit(PATIENCE)

    def abandon(self) -> None:
        self.alive = False
        self._process.abandon()

    # -- what the other side asks -------------------------------------------------------------------

    def perform(self, name: str, args: tuple) -> Any:
        if name == "call":
            f, values, keywords = args
            with self._bridge.interrupts.opened():
                return f(*values, **keywords)
        if name == "pullback":
            with self._bridge.interrupts.opened():
                return hooks.pullback(*args)
        if name == "pullback_of_object":
            with self._bridge.interrupts.opened():
                return hooks.pullback_of_object(*args)
        if name == "trace":
            f, values = args
            function = exports.OPERATORS.get(f) or getattr(np, f)
            return exports.for_tracing(function(*values))
        raise ValueError(f"unknown request {name}")

    def release(self, numbers: list[int]) -> None:
        for number in numbers:
            self._exports.pop(number, None)

    # -- what cannot leave this process -------------------------------------------------------------

    def reduce(self, x: Any) -> Any:
        kind = type(x)
        if kind is RemoteHandle:
            return endpoint.open_handle, (x.number(self),)
        if kind is JuliaObject:
            if type(x._value) is not RemoteHandle:
                raise JuliaError(_OTHER)
            return endpoint.open_object, (x._value.number(self),)
        if kind in exports.PLAIN or isinstance(x, (np.generic, np.dtype)):
            return NotImplemented
        if isinstance(x, (type, types.BuiltinFunctionType, types.FunctionType)):
            if id(x) in exports.NEEDED or endpoint.is_stand_in(x):
                return NotImplemented
            return endpoint.open_reference, (self._export(x), True)
        if kind is exports.AsTracer:
            return endpoint.open_tracer, (self._export(x.tracer), np.shape(x.tracer))
        if isinstance(x, BaseException):
            return endpoint.open_raised, (self._export(x), exports.told(x))
        if kind is exports.AsMaker:
            return endpoint.open_reference, (self._export(x.made), False)
        if kind is exports.AsFunction:
            return endpoint.open_reference, (self._export(x.function), True)
        if kind.__module__ == "juliacall":
            raise JuliaError(_OTHER)
        parts = hooks.take_apart(x)
        if parts[0] == "function":
            return endpoint.open_reference, (self._export(x), True)
        if parts[0] == "fields" and parts[3] is not None:
            parts = (*parts[:3], exports.AsMaker(parts[3]))
        whole = parts[0] in ("opaque", "callable")
        return endpoint.open_foreign, (self._export(x) if whole else 0, parts)

    def _export(self, x: Any) -> int:
        self._last += 1
        self._exports[self._last] = x
        return self._last

    def open_handle(self, number: int) -> RemoteHandle:
        return RemoteHandle(self, number)

    def open_object(self, number: int) -> JuliaObject:
        return JuliaObject(RemoteHandle(self, number), self._bridge)

    def open_error(self, kind: type, args: tuple, julia: str, frames: tuple, number: int) -> JuliaError:
        error = kind(*args)
        error.type, error.frames = julia, frames
        error.whole = functools.partial(_whole, self._bridge, RemoteHandle(self, number), str(error))
        return error

    def open_reference(self, number: int) -> Any:
        return self._exports[number]

    def open_made(self, number: int, args: tuple) -> Any:
        return self._exports[number](*args)


def _from_the_signal_on(text: str) -> str:
    """The text from the line that names the signal on, marked as an error; all of it if there is none."""
    start = text.find(" signal ")
    return text if start < 0 else "ERROR:" + "\n".join(text[start:].splitlines()[:8])


def _whole(bridge: Any, handle: RemoteHandle, short: str) -> str:
    try:
        return bridge.full(handle)
    except JuliaError:
        return f"{short}\n(the rest was lost with the Julia process)"
