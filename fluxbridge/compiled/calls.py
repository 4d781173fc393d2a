"""Functions that are one step of a program, called and pulled back by the engine in every run.

A function whose rule looks at values (where the largest is, which are NaN) is no fixed row of steps.
"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff import native
from ..autodiff.primitive import Primitive, Tracer, strong
from ..autodiff.tools import no_recomputation
from ..errors import FluxbridgeError
from .refusals import Differs


class Apart(Exception):
    """This call cannot be one step."""


class Hole:
    """The place of an input among the arguments."""

    __slots__ = ("index",)

    def __init__(self, index: int):
        self.index = index

    def __eq__(self, other: object) -> bool:
        return type(other) is Hole and other.index == self.index

    __hash__ = None  # type: ignore[assignment]


def opened(x: Any, level: Any, inputs: list[Any]) -> Any:
    """`x` with holes for the values traced at `level`, which are added to `inputs`; all else is constant."""
    kind = type(x)
    if isinstance(x, Tracer):
        if x.level is not level:
            raise Apart
        inputs.append(x)
        return Hole(len(inputs) - 1)
    if getattr(x, "level", None) is level:  # an object that stands for another one
        inputs.append(x)
        return Hole(len(inputs) - 1)
    if kind is tuple or kind is list:
        return kind([opened(v, level, inputs) for v in x])
    if kind is dict:
        return {k: opened(v, level, inputs) for k, v in x.items()}
    if kind is np.ndarray and not x.dtype.hasobject:
        return level._kept(x)
    if x is None or x is Ellipsis or isinstance(x, (float, int, complex, str, np.generic, np.dtype, type)):
        return x
    if kind is slice and all(v is None or type(v) is int for v in (x.start, x.stop, x.step)):
        return x
    raise Apart


def filled(x: Any, values: Sequence[Any]) -> Any:
    """The reverse."""
    kind = type(x)
    if kind is Hole:
        return values[x.index]
    if kind is tuple or kind is list:
        return kind([filled(v, values) for v in x])
    return {k: filled(v, values) for k, v in x.items()} if kind is dict else x


class Called:
    """``function(*args, **options)`` at the values in their holes: the result, what pulls back, which
    parts of the result have a derivative, and the values.

    `on` says of every hole whether it has a derivative, `gives` whether the rule gives it one.
    """

    def __init__(
        self, function: Callable[..., Any], args: Any, options: Any, on: Sequence[bool], training: bool
    ):
        self.function, self.args, self.options = function, args, options
        self.on = list(on)
        self.gives = list(on)
        self.training = training
        self.tried = False  #: has it been called here? Not where it has a rule of the user's
        self.wanted: Any = None  #: the form of what a call gives
        self.traced: Any = ()  #: parts of the result and what pulls back, here
        self.__name__ = getattr(function, "__name__", "call")

    def __call__(self, *values: Any) -> tuple[Any, Any, tuple[bool, ...], Any]:
        def at(*active: Any) -> Any:
            feed = iter(active)
            now = [next(feed) if on else v for v, on in zip(values, self.on, strict=True)]
            return self.function(*filled(self.args, now), **filled(self.options, now))

        with native.as_in_gradient() if self.training else contextlib.nullcontext():
            if not any(self.on):
                return at(), None, (), values
            trace = native.Trace(at, [v for v, on in zip(values, self.on, strict=True) if on])
        out = trace.out
        parts = out if isinstance(out, tuple) else (out,)
        traced = [trace.mine(p) for p in parts]
        plain = [strong(p._value, p.__class__) if on else p for p, on in zip(parts, traced, strict=True)]
        trace.tape.close(free=False)

        def back(seeds: tuple[Any, ...]) -> list[Any]:
            pairs = [
                (p._index, ct)
                for p, on, ct in zip(parts, traced, seeds, strict=True)
                if on and ct is not None
            ]
            found = iter(trace.pull(pairs, free=False))
            return [next(found) if on else None for on in self.on]

        given = _like(out, plain) if isinstance(out, tuple) else plain[0]
        return given, back, tuple(traced) * self.tried, values

    def first(self, values: Sequence[Any]) -> Any:
        """The result here. Raises Apart where there are no floats in it, or views of what was given."""
        self.tried = True
        out, back, active, _ = self(*values)
        parts = out if isinstance(out, tuple) else (out,)
        if not any(map(is_float, parts)) or not all(is_float(p) or is_whole(p) for p in parts):
            raise Apart
        if self._gives_view(values):
            raise Apart
        self.traced = parts, back
        self.wanted = forms(out), active
        self.gives = self.giving([True] * len(parts))
        return out

    def _gives_view(self, values: Sequence[Any]) -> bool:
        """Is an array of the result, as NumPy gives it, a view of one that was given?"""
        with warnings.catch_warnings(), np.errstate(all="ignore"), native.outside_of_gradient():
            warnings.simplefilter("ignore")
            out = self.function(*filled(self.args, values), **filled(self.options, values))
        arrays = [v for v in values if isinstance(v, np.ndarray)]
        parts = out if isinstance(out, (tuple, list)) else (out,)
        return any(isinstance(p, np.ndarray) and np.may_share_memory(p, a) for p in parts for a in arrays)

    def giving(self, present: Sequence[bool]) -> list[bool]:
        """Which inputs get a cotangent, if these parts of the result have one?"""
        parts, back = self.traced or ((), None)
        if back is None:  # or it has a rule of the user's, which is not called to no purpose
            return list(self.on)
        seeds = [
            None if not (on and is_float(p)) else np.ones_like(p) if isinstance(p, np.ndarray) else type(p)(1)
            for p, on in zip(parts, present, strict=True)
        ]
        quiet = np.errstate(all="ignore"), contextlib.suppress(FluxbridgeError)  # no seeds of the user's
        with native.outside_of_gradient(), quiet[0], quiet[1]:
            return [ct is not None for ct in back(tuple(seeds))]
        return list(self.on)

    def forget(self) -> None:
        """Free what was recorded on the way."""
        self.traced = ()


def _like(out: Any, parts: list[Any]) -> Any:
    return type(out)(*parts) if hasattr(out, "_fields") else tuple(parts)


def is_whole(x: Any) -> bool:
    """Is this made of whole numbers or booleans?"""
    return isinstance(x, (int, np.integer, np.bool_)) or (type(x) is np.ndarray and x.dtype.kind in "biu")


def is_float(x: Any) -> bool:
    if isinstance(x, np.ndarray):
        return type(x) is np.ndarray and x.dtype.kind in "fc"
    return isinstance(x, (float, complex, np.inexact))


def pulled(made: tuple[Any, ...], gives: tuple[bool, ...], *seeds: Any) -> list[Any]:
    """The cotangents of the inputs of a call; `seeds` are those of the parts of its result."""
    found: list[Any] = made[1](seeds)
    if any(ct is not None and not wanted for ct, wanted in zip(found, gives, strict=True)):
        raise Differs
    return found


def form(made: tuple[Any, ...]) -> tuple[Any, ...]:
    """Shapes and types of the parts of the result, and which have a derivative: the steps that follow rely
    on it."""
    return forms(made[0]), made[2]


def forms(out: Any) -> tuple[Any, ...]:
    parts = out if isinstance(out, tuple) else (out,)
    return tuple([(p.shape, p.dtype.char) if type(p) is np.ndarray else type(p).__name__ for p in parts])


@functools.lru_cache(maxsize=4096)
def primitive_of(function: Callable[..., Any]) -> Primitive:
    """The primitive of calls of a function, the same one in every trace."""
    return ruled(getattr(function, "__name__", "call"), "")


@functools.lru_cache(maxsize=4096)
def ruled(name: str, where: str) -> Primitive:
    """The primitive of calls with a rule of their own, by name and place of the rule."""
    made = Primitive(name, compute=no_recomputation, where=where)
    made.keeps_arrays = True
    return made
