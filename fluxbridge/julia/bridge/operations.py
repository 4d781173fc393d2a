"""The operations on a running Julia that everything else is made of.

Their arguments and results are plain Python data and handles. A handle stands for an object in Julia; here
it holds juliacall's value, in :mod:`~fluxbridge.julia.isolated.remote` a number. Other files do not look
into it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from . import hooks
from .gate import Gate, Handle


class Bridge:
    """Julia in this process.

    All operations go through the gate: while a thread runs Julia code, or Python code that Julia called,
    other threads wait.
    """

    def __init__(self, operations: Any, gate: Gate):
        entry, numbers = operations
        self._do = {
            str(name): functools.partial(gate.enter, entry._jl_callmethod, numbers[name]) for name in numbers
        }
        self._do["connect"](hooks.table(self, gate))
        self._call = self._do["call"]
        self._gradients = {
            name.partition(":")[2]: f for name, f in self._do.items() if name.startswith("withgradient:")
        }

    @functools.cached_property
    def apply(self) -> Handle:
        """The Julia function ``(f, xs...) -> f(xs...)``."""
        return self.define("(f, xs...; kw...) -> f(xs...; kw...)")

    # -- functions and objects ------------------------------------------------------------------

    def define(self, source: str) -> Handle:
        """The value of the last expression of Julia source."""
        return self._do["define"](source)._value

    def wrap(self, value: Any) -> Handle:
        """A handle for what juliacall returned, or for any value that can be converted."""
        return self._do["wrap"](value)._value

    def callback(self, function: Callable[..., Any]) -> Handle:
        """A Julia function that calls a Python one, with the native engine's pullback as its rule."""
        return self._do["callback"](function)._value

    def curry(self, handle: Handle, keywords: dict[str, Any]) -> Handle:
        """The function with keyword arguments filled in."""
        return self._do["curry"](handle, keywords)._value

    def capture(self, handle: Handle, values: tuple) -> Handle:
        """The function with its last arguments filled in."""
        return self._do["capture"](handle, values)._value

    def call(self, handle: Handle, args: tuple, keywords: dict[str, Any] | None = None) -> Any:
        if keywords:
            return self._do["call_keywords"](handle, args, keywords)
        return self._call(handle, args)

    def call_traced(self, handle: Handle, args: tuple) -> Any:
        """Call generic Julia code on tracers of the native engine."""
        return self._do["call_traced"](handle, args)

    def attribute(self, handle: Handle, name: str) -> Any:
        return self._do["attribute"](handle, name)

    def names(self, handle: Handle) -> tuple[str, ...]:
        return self._do["names"](handle)

    def parts(self, handle: Handle) -> tuple[tuple[str, ...], tuple[Any, ...]] | None:
        """The names and values of all fields; None for what has none."""
        return self._do["parts"](handle)

    def item(self, handle: Handle, key: Any) -> Any:
        return self._do["item"](handle, key)

    def length(self, handle: Handle) -> int:
        return self._do["length"](handle)

    def show(self, handle: Handle) -> str:
        return self._do["show"](handle)

    def release(self, handle: Handle) -> None:
        """Let go of a handle. Here the handle itself does that when it is no longer used."""

    # -- derivatives ----------------------------------------------------------------------------

    def withgradient(
        self, handle: Handle, args: tuple, engine: str = "zygote", aux: bool = True
    ) -> tuple[Any, tuple]:
        """With `aux`, the function may return a tuple whose first entry is the number."""
        return self._gradients[engine](handle, args, aux)

    def pullback(self, handle: Handle, args: tuple) -> tuple[Any, Handle]:
        """The value, and a handle of the pullback for `pull`."""
        y, held = self._do["pullback"](handle, args)
        return y, held._value

    def pull(self, held: Handle, seed: Any) -> tuple:
        """The gradients of all arguments for one seed."""
        return self._do["pull"](held, seed)

    def vjp(self, handle: Handle) -> Handle:
        """The Julia function ``(xs..., dy) -> cotangents``, for derivatives of derivatives."""
        return self._do["vjp"](handle)._value

    def withjacobian(
        self, handle: Handle, args: tuple, engine: str = "zygote", order: str = "C"
    ) -> tuple[Any, tuple]:
        return self._do["withjacobian"](handle, f"{engine}:{order}", args)

    def hessian(self, handle: Handle, x: Any, engine: str = "zygote", order: str = "C") -> Any:
        return self._do["hessian"](handle, f"{engine}:{order}", x)

    def diaghessian(self, handle: Handle, args: Sequence[Any], engine: str = "zygote") -> tuple:
        return self._do["diaghessian"](handle, engine, args)

    # -- the whole ------------------------------------------------------------------------------

    def full(self, thrown: Handle) -> str:
        """Everything that Julia says about an exception."""
        return self._do["full"](thrown)

    def collect(self) -> None:
        """Run Julia's garbage collector."""
        self._do["collect"]()

    def versions(self) -> dict[str, str]:
        """The versions of Julia and its packages, its threads and its project."""
        return self._do["versions"]()
