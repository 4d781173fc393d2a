"""Julia's side of the protocol: the process in which an isolated Julia runs.

Objects that stay in the user's process (functions, objects that cannot be copied, exceptions, traced
values) are references with a number here; sent back, they are the objects themselves.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import select
import signal
import socket
import sys
import threading
import types
from typing import Any

import numpy as np

from ...errors import JuliaError
from ..bridge import hooks
from ..bridge.objects import JuliaObject
from . import endpoint
from .channel import Channel


class Reference:
    """A function or an object of the user's process."""

    __slots__ = ("_function", "_number", "_server")

    def __init__(self, server: Server, number: int, function: bool = False):
        self._server = server
        self._number = number
        self._function = function

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        return self._server.ask("call", self, args, keywords)

    def __del__(self) -> None:
        self._server.dropped.append(self._number)


class Maker(Reference):
    """The class of a named tuple of the user's."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Made:  # type: ignore[override]
        return Made(self, args)


class Made:
    """A named tuple that is made in the user's process."""

    __slots__ = ("args", "maker")

    def __init__(self, maker: Maker, args: tuple):
        self.maker = maker
        self.args = args


class Foreign:
    """An object of the user's, as :func:`hooks.take_apart` sees it."""

    __slots__ = ("parts", "whole")

    def __init__(self, whole: Reference | None, parts: tuple):
        self.whole = whole
        self.parts = parts

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        assert self.whole is not None
        return self.whole(*args, **keywords)


class Raised(Exception):
    """An exception that was raised in the user's process, on its way back through Julia."""

    def __init__(self, text: str, reference: Reference):
        super().__init__(text)
        self.reference = reference


class Traced(Reference):
    """A traced value of the native engine; its arithmetic is computed in the user's process."""

    __slots__ = ("shape",)

    def __init__(self, server: Server, number: int, shape: tuple[int, ...]):
        super().__init__(server, number)
        self.shape = shape

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        return self._server.ask("trace", ufunc.__name__, args)

    __hash__ = object.__hash__


def _arithmetic(name: str, turned: bool) -> Any:
    def operation(*args: Any) -> Any:
        return args[0]._server.ask("trace", name, args[::-1] if turned else args)

    return operation


for _name in ("add", "sub", "mul", "truediv", "pow", "mod"):
    setattr(Traced, f"__{_name}__", _arithmetic(_name, False))
    setattr(Traced, f"__r{_name}__", _arithmetic(_name, True))
for _name in ("neg", "abs", "eq", "ne", "lt", "le", "gt", "ge", "getitem"):
    setattr(Traced, f"__{_name}__", _arithmetic(_name, False))


class Server(endpoint.Endpoint):
    """Julia's end of the connection."""

    def __init__(self, channel: Channel, asks: int | None = None):
        super().__init__(channel)
        self.asks = asks  #: the file through which the user's side asks for interrupts
        self.bridge: Any = None
        self._held: dict[int, Any] = {}
        self._last = 0
        self._working = False

    def run(self) -> None:
        """Serve until the other side ends."""
        signal.signal(signal.SIGINT, self._interrupted)
        with contextlib.suppress(EOFError):
            while True:
                _, body, files = self.channel.receive()
                self.serve(body, files)

    def _interrupted(self, number: int, frame: Any) -> None:
        if self._working:
            raise KeyboardInterrupt

    def ask(self, name: str, *args: Any) -> Any:
        self._working = False
        try:
            return super().ask(name, *args)
        finally:
            self._working = True

    def perform(self, name: str, args: tuple) -> Any:
        try:
            self._working = True
            if name == "start":
                return self._start(*args)
            if name == "settle":
                return self.bridge.settle(*args)
            if name == "full":
                return args[0].full
            return getattr(self.bridge, name)(*args)
        finally:
            self._working = False
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()

    def _start(self, factory: str) -> None:
        module, _, name = factory.partition(":")
        self.bridge = getattr(importlib.import_module(module), name)(self)

    def release(self, numbers: list[int]) -> None:
        for number in numbers:
            self._held.pop(number, None)

    def hold(self, x: Any) -> int:
        self._last += 1
        self._held[self._last] = x
        return self._last

    # -- what cannot leave this process -------------------------------------------------------------

    def reduce(self, x: Any) -> Any:
        kind = type(x)
        if kind is getattr(self.bridge, "handle_type", None):
            return endpoint.open_handle, (self.hold(x),)
        if kind is JuliaObject:
            return endpoint.open_object, (self.hold(x._value),)
        if isinstance(x, Reference):
            return endpoint.open_reference, (x._number,)
        if kind is Foreign and x.whole is not None:
            return endpoint.open_reference, (x.whole._number,)
        if kind is Raised:
            return endpoint.open_reference, (x.reference._number,)
        if kind is Made:
            return endpoint.open_made, (x.maker._number, x.args)
        if isinstance(x, JuliaError) and x.whole is not None:
            x.__traceback__ = x.__context__ = None
            return endpoint.open_error, (kind, x.args, x.type, x.frames, self.hold(x))
        if isinstance(x, BaseException):
            pickle.loads(pickle.dumps(x))  # raises for what cannot be made again
        elif kind.__module__ == "juliacall":
            return endpoint.open_object, (self.hold(self.bridge.wrap(x)),)
        return NotImplemented

    def open_handle(self, number: int) -> Any:
        return self._held[number]

    def open_object(self, number: int) -> JuliaObject:
        return JuliaObject(self._held[number], self.bridge)

    def open_reference(self, number: int, function: bool) -> Reference:
        return Reference(self, number, True) if function else Maker(self, number)

    def open_tracer(self, number: int, shape: tuple[int, ...]) -> Traced:
        return Traced(self, number, shape)

    def open_raised(self, number: int, text: str) -> Raised:
        return Raised(text, Reference(self, number))

    def open_foreign(self, number: int, parts: tuple) -> Foreign:
        return Foreign(Reference(self, number) if number else None, parts)

    # -- what Julia asks of Python (see hooks) -------------------------------------------------------

    def hooks(self) -> dict[str, Any]:
        """The hooks that ask the user's process, or convert references to its objects."""
        return {
            "is_tracer": lambda x: isinstance(x, Traced),
            "pullback": self._pullback,
            "pullback_of_object": lambda f, args, keywords: self.ask("pullback_of_object", args, keywords),
            "stack": lambda parts, shape: self.ask("trace", "stack", (parts, shape)),
            "take_apart": _take_apart,
        }

    def _pullback(self, f: Any, args: tuple, keywords: Any) -> Any:
        if isinstance(f, Reference):
            return self.ask("pullback", f, args, keywords)
        return hooks.pullback(f, args, keywords)


def _take_apart(x: Any) -> tuple[Any, ...]:
    if isinstance(x, Foreign):
        return x.parts
    if isinstance(x, Reference):
        return ("function",) if x._function else ("opaque",)
    if isinstance(x, (Raised, Made)):
        return ("opaque",)
    return hooks.take_apart(x)


def _end_with(lifeline: int) -> None:
    """End this process when the other end of a pipe closes, whatever is being computed."""
    if hasattr(os, "register_at_fork") and sys.platform == "linux":
        import fcntl

        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, 10, signal.SIGKILL)  # F_SETSIG
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
        if not select.select([lifeline], [], [], 0)[0]:
            return

    def watch() -> None:
        with contextlib.suppress(OSError):
            os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main(end: int | None, asks: int | None) -> None:
    """The main function of the process; `end` and `asks` are inherited file descriptors, None on Windows."""
    lifeline = os.dup(0)
    if end is None:
        size = int.from_bytes(_exactly(lifeline, 4), "big")
        link = socket.fromshare(_exactly(lifeline, size))  # type: ignore[attr-defined]
    else:
        os.set_inheritable(end, False)
        assert asks is not None
        os.set_inheritable(asks, False)
        link = socket.socket(fileno=end)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    _end_with(lifeline)
    # pickle would look for names of the user's __main__ in this one
    sys.modules["__main__"] = types.ModuleType("__main__")
    Server(Channel(link), asks).run()


def _exactly(file: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = os.read(file, size - len(data))
        if not more:
            sys.exit(1)
        data += more
    return data
