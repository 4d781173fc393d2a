"""A bridge without Julia for the other process: its source is Python, its handles are boxes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fluxbridge.julia.bridge.errors import JuliaTypeError
from fluxbridge.julia.bridge.objects import JuliaObject


class Box:
    """A handle: in the other process juliacall's raw value, here any Python object."""

    def __init__(self, value: Any):
        self.value = value


class FakeBridge:
    handle_type = Box

    def __init__(self, server: Any):
        self.server = server
        self.known = {
            "os": os,
            "np": np,
            "time": time,
            "server": server,
            "fail": fail,
            "caught": caught,
            "deaf": deaf,
        }

    def define_any(self, source: str) -> tuple[Box, bool]:
        made = self.define(source)
        return made, callable(made.value)

    def define(self, source: str) -> Box:
        return Box(eval(source, dict(self.known)))

    def wrap(self, value: Any) -> Box:
        return Box(value)

    def callback(self, function: Callable[..., Any]) -> Box:
        return Box(function)

    def call(self, handle: Box, args: tuple, keywords: dict[str, Any] | None = None) -> Any:
        args = tuple(x._value.value if isinstance(x, JuliaObject) else x for x in args)
        return handle.value(*args, **(keywords or {}))

    def pullback(self, handle: Box, args: tuple) -> tuple[Any, Box]:
        y, back = self.server.hooks()["pullback"](handle.value, args, None)
        return y, Box(back)

    def pull(self, held: Box, seed: Any) -> Any:
        return held.value(seed)

    def call_traced(self, handle: Box, args: tuple) -> Any:
        return handle.value(*args)

    def settle(self, sent: int) -> None:
        pass


def fail(text: str) -> None:
    error = JuliaTypeError(text)
    error.type, error.frames, error.whole = "MethodError", ("f at source:1",), lambda: text + " and much more"
    raise error


class Answering(FakeBridge):
    """Answers with the operation and what came in, as it came in."""

    def pullback(self, handle: Box, args: tuple) -> tuple[Any, Box]:
        return ("pullback", handle.value, args), Box(f"back of {handle.value}")

    def pull(self, held: Box, seed: Any) -> Any:
        return "pull", held.value, seed


def _enter(name: str, makes: bool) -> None:
    def operation(self: Any, handle: Box, *given: Any) -> Any:
        answer = (name, handle.value, *given)
        return Box(answer) if makes else answer

    setattr(Answering, name, operation)


for _name in ("withgradient", "withjacobian", "hessian", "diaghessian", "attribute", "names", "parts", "item",
              "length", "show"):  # fmt: skip
    _enter(_name, False)
for _name in ("curry", "capture", "vjp"):
    _enter(_name, True)


def answering(server: Any) -> Answering:
    return Answering(server)


def make(server: Any) -> FakeBridge:
    print("a process starts")
    return FakeBridge(server)


def broken(server: Any) -> FakeBridge:
    os._exit(3)


def caught(f: Callable[[], Any]) -> str:
    """What the error of a callback looks like over there."""
    try:
        f()
    except Exception as error:
        return str(error)
    return ""


def deaf(seconds: float) -> None:
    """Work that no interrupt reaches."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        time.sleep(seconds)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
