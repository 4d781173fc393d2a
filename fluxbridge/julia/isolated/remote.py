"""The bridge to a Julia in a process of its own: the same operations, answered by :mod:`worker`.

A call that crashes or takes too long ends the other process and raises; the next call starts a fresh
one. Functions made from source are made again in it; other objects of the old one are gone.
"""

from __future__ import annotations

import atexit
import contextlib
import copyreg
import functools
import operator
import os
import signal
import threading
import time
import types
import weakref
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.matrices import Diagonal, UniformScaling
from ...autodiff.primitive import Tracer
from ...autodiff.structure import Record
from ...errors import JuliaCrashed, JuliaError, JuliaNotAvailable, JuliaTimeout
from ..bridge import hooks
from ..bridge.objects import JuliaObject
from ..setup import failures
from . import endpoint
from .channel import REQUEST, Channel
from .process import Process

#: How long an interrupted or ending process may take before it is killed, in seconds.
PATIENCE = 5.0
#: How soon a process that waits hears that it is interrupted; a process that works gets a signal then.
WAITS = 0.25
JULIA = "fluxbridge.julia.served:julia"

_GONE = (
    "this Julia object was lost with the process that it lived in: it ended, and a fresh one has been "
    "started (or this process was forked). Make the object again."
)
_OTHER = (
    "this object belongs to the Julia inside of this process, and cannot be passed to the isolated one. "
    "Make it with fluxbridge.julia.function."
)


class RemoteHandle:
    """An object in the other process, by its number there. The other process forgets it with this one."""

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


class Interrupts:
    """Ctrl-C during a call: it strikes while we wait or run the user's code, never amid a message."""

    def __init__(self) -> None:
        self.open = False  #: may it strike now?
        self.pending = False

    def strike(self, *_: Any) -> None:
        self.pending = not self.open
        if self.open:
            raise KeyboardInterrupt

    def check(self) -> None:
        if self.pending:
            self.pending = False
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        before, self.open = self.open, True
        try:
            self.check()
            yield
        finally:
            self.open = before

    def install(self) -> bool:
        """Take Ctrl-C over, where Python's own handler has it."""
        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            return False
        signal.signal(signal.SIGINT, self.strike)
        return True


class Worker(endpoint.Endpoint):
    """This side of the conversation with one process."""

    def __init__(self, bridge: RemoteBridge, factory: str):
        self._bridge = bridge
        self._process = Process()
        super().__init__(Channel(self._process.end))
        self._exports: dict[int, Any] = {}
        self._last = 0
        self.alive = True
        self.deadline: float | None = None
        self._starting = True
        _workers.add(self)
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
        """Make the other side give up the request that it works on; end it if it does not."""
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
                        self._process.interrupt()  # it does not wait, it works
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
            return _for_tracing(_OPERATORS[f](*values) if f in _OPERATORS else getattr(np, f)(*values))
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
        if kind in _PLAIN or isinstance(x, (np.generic, np.dtype)):
            return NotImplemented
        if isinstance(x, (type, types.BuiltinFunctionType, types.FunctionType)):
            if id(x) in _NEEDED or endpoint.is_stand_in(x):
                return NotImplemented
            return endpoint.open_reference, (self._export(x), True)
        if kind is _Traced:
            return endpoint.open_tracer, (self._export(x.tracer), np.shape(x.tracer))
        if isinstance(x, BaseException):
            return endpoint.open_raised, (self._export(x), _told(x))
        if kind is _Maker:
            return endpoint.open_reference, (self._export(x.made), False)
        if kind is _Function:
            return endpoint.open_reference, (self._export(x.function), True)
        if kind.__module__ == "juliacall":
            raise JuliaError(_OTHER)
        parts = hooks.take_apart(x)
        if parts[0] == "function":
            return endpoint.open_reference, (self._export(x), True)
        if parts[0] == "fields" and parts[3] is not None:
            parts = (*parts[:3], _Maker(parts[3]))
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
    """The lines by which a crash of Julia begins, marked as what matters."""
    start = text.find(" signal ")
    return text if start < 0 else "ERROR:" + "\n".join(text[start:].splitlines()[:8])


def _whole(bridge: RemoteBridge, handle: RemoteHandle, short: str) -> str:
    try:
        return bridge.full(handle)
    except JuliaError:
        return f"{short}\n(the rest was lost with the Julia process)"


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
        """Another limit for the calls in a block."""
        before, self.timeout = self.timeout, seconds
        try:
            yield
        finally:
            self.timeout = before

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
                worker.deadline = None if self.timeout is None else time.monotonic() + self.timeout
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
        return self._make("callback", _Function(function))

    def curry(self, handle: Any, keywords: dict[str, Any]) -> RemoteHandle:
        return self._make("curry", handle, keywords)

    def capture(self, handle: Any, values: tuple) -> RemoteHandle:
        return self._make("capture", handle, values)

    def call(self, handle: Any, args: tuple, keywords: dict[str, Any] | None = None) -> Any:
        return self._do("call", handle, args, keywords)

    def call_traced(self, handle: Any, args: tuple) -> Any:
        return self._do("call_traced", handle, tuple(map(_for_tracing, args)))

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


class _Traced:
    """One of the native engine's traced values, on its way into generic Julia code."""

    __slots__ = ("tracer",)

    def __init__(self, tracer: Any):
        self.tracer = tracer


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


def _for_tracing(x: Any) -> Any:
    return _Traced(x) if isinstance(x, Tracer) else x


class _Function:
    """Anything that can be called, and is meant as a function whatever else it is."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]):
        self.function = function


class _Maker:
    """The class of a named tuple, which the other side calls only on the way back."""

    __slots__ = ("made",)

    def __init__(self, made: Any):
        self.made = made


_NAMES = "add sub mul truediv pow mod neg abs eq ne lt le gt ge getitem"
_OPERATORS: dict[str, Callable[..., Any]] = {name: getattr(operator, name) for name in _NAMES.split()}
_OPERATORS["stack"] = lambda parts, shape: np.reshape(np.stack(parts), shape)

_PLAIN = frozenset(
    (complex, bytearray, range, slice, Fraction, Record, Diagonal, UniformScaling, type(Ellipsis))
)


def _needed() -> frozenset[int]:
    """The functions and classes by which pickle makes plain values again; all others stay here."""
    samples = (
        1j,
        range(2),
        slice(1),
        bytearray(),
        Fraction(1, 2),
        Record(a=1),
        Diagonal(np.ones(1)),
        UniformScaling(),
        np.ones(1),
        np.asfortranarray(np.ones((2, 2))),
        np.ones(4)[::2],
        np.array([None]),
        np.float32(1),
        np.dtype("f4"),
        np.dtype([("a", "f4")]),
        np.datetime64(1, "s"),
    )
    found: set[Any] = {np.ndarray, np.dtype, np.record, np.void, *_PLAIN, copyreg.__newobj__}  # type: ignore[attr-defined]
    for sample in samples:
        made_by, made_of, *_ = sample.__reduce_ex__(5)  # type: ignore[str-unpack]
        found.update(x for x in (made_by, *made_of) if callable(x))
    return frozenset(map(id, found))


_NEEDED = _needed()

_workers: weakref.WeakSet[Worker] = weakref.WeakSet()
_bridges: weakref.WeakSet[RemoteBridge] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for worker in list(_workers):
        worker.close()


def _after_fork() -> None:
    """A forked child does not use its parent's process; it starts one of its own when it needs one."""
    for worker in list(_workers):
        worker.abandon()
    for bridge in list(_bridges):
        bridge._lock = threading.RLock()
        bridge._worker, bridge._depth, bridge.interrupts = None, 0, Interrupts()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
