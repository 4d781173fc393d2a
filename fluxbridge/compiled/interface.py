"""The ways in: the operators for ``AutoNative(compile=True)``, and :func:`compiled`."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..autodiff import native
from ..autodiff.primitive import Tracer
from ..autodiff.structure import take_apart
from ..errors import ArgumentError
from . import build, pulling, tiers
from .cache import CACHE, PATIENCE, State, code_of
from .refusals import CannotCompile
from .writers.python import MISS


class How(NamedTuple):
    """Which writer is used ("auto", "numpy" or "numba"), and on how many threads."""

    writer: str = "auto"
    threads: int = 1


AUTO = How()


def how_of(compile: bool | str, threads: int) -> How:
    """What ``AutoNative(compile=…, threads=…)`` asks for."""
    if compile is not True and compile not in ("numpy", "numba"):
        raise ArgumentError(f'compile is True, "numpy" or "numba", not {compile!r}')
    if type(threads) is not int or threads < 1:
        raise ArgumentError(f"threads is a whole number from 1 on, not {threads!r}")
    if compile == "numba" and tiers.missing():
        raise ArgumentError('compile="numba" needs Numba: pip install "fluxbridge[compile]", or compile=True')
    found = How("auto" if compile is True else compile, threads)
    return AUTO if found == AUTO else found


def run(
    kind: Hashable,
    f: Any,
    xs: Sequence[Any],
    make: Callable[[], Any],
    eager: Callable[[], Any],
    how: How = AUTO,
) -> Any:
    """What the compiled program of f gives; if there is none, it is made, or `eager` answers."""
    if how is not AUTO:
        kind = (how, kind)
    state = CACHE.states.get((kind, code_of(f), len(xs)))
    if state is None:
        state = CACHE.state((kind, code_of(f), len(xs)), f)
        state.how = how
    if state.eager:
        return eager()
    for k, entry in enumerate(state.entries):
        try:
            found = entry.run(f, xs) if entry.confirmed else entry.trial(f, xs)
        except Exception as error:  # the engine says what is wrong, or knows better
            result = eager()
            state.raised = type(error).__name__
            return result
        if found is not MISS:
            state.hits += 1
            if k:
                state.to_front(entry)
            if not entry.confirmed:
                return _second(state, entry, f, xs, make, eager)
            if entry.later is not None and entry.later.waits:
                entry.later.called(entry, state.how)
            return found
    return _first(state, f, xs, make, eager)


def _first(state: State, f: Any, xs: Sequence[Any], make: Callable[[], Any], eager: Callable[[], Any]) -> Any:
    """A call for which there is no program yet."""
    if state.traces > PATIENCE and state.traces > state.hits:
        result = eager()
        state.refuse("it goes another way in almost every call")
        return result
    try:
        entry = make()
        found = entry.run(f, xs)
        if found is MISS or _escaped(found):
            raise CannotCompile("the program does not apply to what it was made from")
    except CannotCompile as refusal:
        result = eager()
        if refusal.call:
            state.say(str(refusal))
        elif refusal.reason:
            state.refuse(str(refusal))
        return result
    except ArithmeticError:  # of Python's numbers at this point; the engine may know better
        state.traces += 1
        return eager()
    except Exception as error:
        result = eager()
        state.refuse(f"{type(error).__name__}: {error}")
        return result
    state.add(entry)
    return found


def _escaped(found: Any) -> bool:
    """Is there a stand-in of the trace in a result?"""
    pulls = type(found) is tuple and type(found[-1]) is pulling.Back  # which may hold records of its own
    return bool(take_apart(found[0] if pulls else found, lambda x: isinstance(x, Tracer))[0])


def _second(
    state: State,
    entry: build.Compiled,
    f: Any,
    xs: Sequence[Any],
    make: Callable[[], Any],
    eager: Callable[[], Any],
) -> Any:
    """The second call that goes this way is traced again: what is constant must be the same.

    Its result is that of the second trace, so whatever f does by the way is done once a call.
    """
    first, entry.signature = entry.signature, None
    if first is None:  # another thread is at it
        return eager()
    try:
        again = make()
        found = again.run(f, xs)
        difference = first.difference(again.signature)
        if found is MISS:
            raise CannotCompile("the program does not apply to what it was made from")
    except Exception as error:
        result = eager()
        state.refuse(str(error) if isinstance(error, CannotCompile) else f"{type(error).__name__}: {error}")
        return result
    entry.confirmed = True
    if difference:
        state.refuse(difference)
    return found


def withgradient(f: Callable[..., Any], xs: Sequence[Any], aux: bool, how: How = AUTO) -> tuple[Any, Any]:
    """:func:`~fluxbridge.autodiff.native.withgradient` by a compiled program."""
    if type(f) is Compiled:
        f = f.f
    return run(aux, f, xs, lambda: build.gradient(f, xs, aux), lambda: native.withgradient(f, xs, aux), how)


def pullback(f: Callable[..., Any], xs: Sequence[Any], how: How = AUTO) -> tuple[Any, Callable[..., Any]]:
    """:func:`~fluxbridge.autodiff.native.pullback` by a compiled program."""
    if type(f) is Compiled:
        f = f.f
    return run("pull", f, xs, lambda: pulling.pullback(f, xs), lambda: native.pullback(f, xs), how)


def pushforward(
    f: Callable[..., Any], xs: Sequence[Any], dxs: Sequence[Any], how: How = AUTO
) -> tuple[Any, Any]:
    """:func:`~fluxbridge.autodiff.native.pushforward` by a compiled program."""
    if type(f) is Compiled:
        f = f.f
    if any(dx is None for dx in dxs):
        return native.pushforward(f, xs, dxs)
    if any(isinstance(dx, (int, np.integer)) for dx in take_apart(tuple(dxs))[0]):  # which become floats
        return native.pushforward(f, xs, dxs)
    push = Push(f, len(xs))
    return call("push", push, (*xs, *dxs), how)


def call(kind: Hashable, operator: Any, xs: Sequence[Any], how: How = AUTO) -> Any:
    """What an operator on a function ``operator.f`` gives at `xs`, by a compiled program."""
    if type(operator.f) is Compiled:
        operator.f = operator.f.f
    if native.within_gradient():  # where functions run as in training, which this kind of program does not
        return operator(*xs)
    key = (kind, code_of(operator.f))
    return run(key, operator, xs, lambda: build.call(operator, xs), lambda: operator(*xs), how)


class Push:
    """A function of arguments and tangents, which gives the value of f and its tangent."""

    def __init__(self, f: Callable[..., Any], count: int):
        self.f, self.count = f, count

    def __call__(self, *both: Any) -> Any:
        return native.pushforward(self.f, both[: self.count], both[self.count :])


_WHAT: dict[Any, str] = {True: "value and gradient", False: "gradient", "pull": "pullback"}


class Compiled:
    """What :func:`compiled` makes of a function."""

    def __init__(self, f: Callable[..., Any]):
        if not callable(f):
            raise ArgumentError(f"compiled takes a function, not a {type(f).__name__}")
        self.f = f
        functools.update_wrapper(self, f)

    def __call__(self, *xs: Any, **options: Any) -> Any:
        return self.f(*xs, **options)

    def __get__(self, owner: Any, kind: Any = None) -> Compiled:
        """In a class it is a method, as the function is."""
        bind = getattr(self.f, "__get__", None)
        return self if owner is None or bind is None else Compiled(bind(owner, kind))

    def __repr__(self) -> str:
        return f"compiled({self.f!r})"

    def __reduce__(self) -> Any:
        """By name where the decorator has put it in the place of the function, as a function is."""
        found: Any = sys.modules.get(getattr(self.f, "__module__", None) or "")
        for name in getattr(self.f, "__qualname__", "").split("."):
            found = getattr(found, name, None)
        return self.f.__qualname__ if found is self else (Compiled, (self.f,))

    def source(self, *xs: Any) -> str:
        """The code of the value and the gradient at these arguments; what runs there, if it does already."""
        made = build.gradient(self.f, xs, True)
        code = code_of(self.f)
        states: list[tuple[Any, State]] = list(CACHE.states.items())
        for (kind, of, count), state in states:
            if of is code and count == len(xs) and _kind(kind)[1] in (True, False):
                for entry in state.entries:
                    if entry.later is not None and entry.later.plain == made.source:
                        return entry.source
        return made.source

    def report(self) -> str:
        """What was fused and planned, which guards and questions there are, and why it fell back."""
        lines = []
        code = code_of(self.f)
        states: list[tuple[Any, State]] = list(CACHE.states.items())
        for (kind, of, count), state in states:
            how, kind = _kind(kind)
            operator = isinstance(kind, tuple) and kind[-1] is code
            if of is code or operator:
                what = kind[0] if operator else _WHAT.get(kind, kind)
                wish = "" if how is AUTO else f", {how}"
                lines.append(f"{what}, {count} arguments, traced {state.traces} times{wish}")
                lines += [f"runs eagerly: {state.eager}"] if state.eager else []
                lines += [f"a call ran eagerly after a {state.raised}"] if state.raised else []
                lines += [str(entry.report) for entry in state.entries]
        return "\n".join(lines) or "not called yet"


def _kind(kind: Any) -> tuple[How, Any]:
    """How a kind of program is wanted, and the kind itself."""
    if isinstance(kind, tuple) and kind and type(kind[0]) is How:
        return kind[0], kind[1]
    return AUTO, kind


def compiled(f: Callable[..., Any]) -> Compiled:
    """Let gradients of f be compiled."""
    return Compiled(f)
