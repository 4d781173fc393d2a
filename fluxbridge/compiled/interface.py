"""The ways in: :class:`CompilingEngine`, which ``AutoNative(compile=True)`` makes, and :func:`compiled`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..autodiff import native
from . import build
from .cache import CACHE, PATIENCE, State, code_of
from .refusals import CannotCompile
from .signature import Signature
from .writers.python import MISS


def withgradient(f: Callable[..., Any], xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
    """Value and gradient by the compiled program of f, or eagerly."""
    if type(f) is Compiled:
        f = f.f
    state = CACHE.state((aux, code_of(f), len(xs)), f)
    if not state.eager:
        for k, entry in enumerate(state.entries):
            try:
                found = entry.run(f, xs)
            except Exception:
                break  # the engine says what is wrong, or knows better
            if found is not MISS:
                if k:
                    state.entries.insert(0, state.entries.pop(k))
                entry.hits += 1
                if not entry.confirmed:
                    _confirm(state, entry, f, xs)
                return found
        else:
            return _first(state, f, xs, aux)
    return native.withgradient(f, xs, aux)


def _first(state: State, f: Callable[..., Any], xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
    """A call for which there is no program yet."""
    if state.traces > PATIENCE and state.traces > sum(e.hits for e in state.entries):
        state.refuse("it goes another way in almost every call")
        return native.withgradient(f, xs, aux)
    try:
        entry = build.gradient(f, xs, aux)
        found = entry.run(f, xs)
        if found is MISS:
            raise CannotCompile("the program does not apply to what it was made from")
    except CannotCompile as refusal:
        result = native.withgradient(f, xs, aux)
        if refusal.reason:
            state.refuse(str(refusal))
        return result
    except Exception as error:
        result = native.withgradient(f, xs, aux)
        state.refuse(f"{type(error).__name__}: {error}")
        return result
    state.add(entry)
    return found


def _confirm(state: State, entry: build.Compiled, f: Callable[..., Any], xs: Sequence[Any]) -> None:
    """The second trace of the same way: what is constant must be the same."""
    try:
        again = Signature(build.trace_of(f, xs).trace)
        difference = entry.signature.difference(again) if entry.signature is not None else None
    except Exception as error:
        difference = f"{type(error).__name__}: {error}"
    entry.confirmed, entry.signature = True, None
    if difference:
        state.refuse(difference)


class Compiled:
    """What :func:`compiled` makes of a function."""

    def __init__(self, f: Callable[..., Any]):
        self.f = f
        functools.update_wrapper(self, f)

    def __call__(self, *xs: Any, **options: Any) -> Any:
        return self.f(*xs, **options)

    def source(self, *xs: Any) -> str:
        """The code of the value and the gradient at these arguments."""
        return build.gradient(self.f, xs, True).source

    def report(self) -> str:
        """What was fused and planned, which guards and questions there are, and why it fell back."""
        lines = []
        for (_, code, count), state in list(CACHE.states.items()):
            if code is code_of(self.f):
                lines.append(f"{count} arguments, traced {state.traces} times")
                lines += [f"runs eagerly: {state.eager}"] if state.eager else []
                lines += [str(entry.report) for entry in state.entries]
        return "\n".join(lines) or "not called yet"


def compiled(f: Callable[..., Any]) -> Compiled:
    """Let gradients of f be compiled."""
    return Compiled(f)
