"""Julia functions, models and other objects, in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...autodiff.structure import Branch, Record, Splitter
from ...autodiff.tools import call_with_rule
from ...errors import StructureError
from . import errors

_WITHOUT_TRACERS = frozenset((float, int, str, bool, complex, type(None)))


class JuliaObject:
    """An object in Julia: a function, a Flux model, anything without a counterpart in Python.

    It can be called; its fields are attributes, read as plain data (arrays are copies). Called on
    the traced values of a native gradient it takes part in it, with Zygote's pullback.

    >>> from fluxbridge import julia
    >>> h = julia.function("x -> sum(abs2, x)")  # doctest: +SKIP
    >>> h([3.0, 4.0])  # doctest: +SKIP
    25.0
    """

    __slots__ = ("__weakref__", "_bridge", "_trace", "_value")

    def __init__(self, value: Any, bridge: Any, trace: bool = False):
        self._value = value
        self._bridge = bridge
        self._trace = trace

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        for x in args:
            kind = type(x)
            if kind in _WITHOUT_TRACERS or (kind is np.ndarray and x.dtype is not _OBJECT):
                continue
            if isinstance(x, (Tracer, TracedObject)) or has_tracer(x):
                return self._call_traced(args, keywords)
        return self._bridge.call(self._value, args, keywords)

    def _call_traced(self, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if self._trace:
            return self._bridge.call_traced(self._value, args)
        handle = self._bridge.curry(self._value, keywords) if keywords else self._value
        return value_and_back(self._bridge, handle, args)[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_fields", "_ipython_canary_method_should_not_exist_"):
            raise AttributeError(name)
        return self._bridge.attribute(self._value, name)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._bridge.names(self._value)]

    def __getitem__(self, key: Any) -> Any:
        return self._bridge.item(self._value, key)

    def __len__(self) -> int:
        return self._bridge.length(self._value)

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self)))

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return self._bridge.show(self._value)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise errors.JuliaTypeError(
            "an object of Julia lives in its process and cannot be pickled or copied. Send its source as "
            "text, and make it there: fluxbridge.julia.function(source)"
        )

    def __functor__(self) -> tuple[Any, Any]:
        """For functors: a leaf without children."""
        return (), lambda _: self

    def __fluxbridge_split__(self, splitter: Splitter) -> tuple[Any, Any]:
        """For the native engine: the fields are the branches, the numbers in them the leaves."""
        if splitter.is_leaf(_TRIAL) is False:  # a search for tracers, of which there are none in Julia
            return self, None
        parts = self._bridge.parts(self._value)
        if parts is None:
            return self, None
        fields, templates, count = splitter._children(dict(zip(*parts, strict=True)))
        if not count:
            return self, None
        return TracedObject(self, fields), Branch(templates, lambda d: Record(**d), ".{}")


_TRIAL = 1.0
_OBJECT = np.dtype(object)


class TracedObject:
    """A Julia object whose parameters are traced by the native engine."""

    __slots__ = ("_traced", "_whole")

    def __init__(self, whole: JuliaObject, traced: dict[str, Any]):
        self._whole = whole
        self._traced = traced

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        bridge = self._whole._bridge
        applied = bridge.apply
        if keywords:
            applied = bridge.curry(applied, keywords)
        return value_and_back(bridge, applied, (self, *args))[0]

    def __getattr__(self, name: str) -> Any:
        if name in self._traced:
            return self._traced[name]
        return getattr(self._whole, name)

    def __repr__(self) -> str:
        return repr(self._whole)

    def __fluxbridge_split__(self, splitter: Splitter) -> tuple[Any, Any]:
        fields, templates, count = splitter._children(self._traced)
        if not count:
            return self, None
        return TracedObject(self._whole, fields), Branch(templates, lambda d: Record(**d), ".{}")


def has_tracer(x: Any) -> bool:
    """Is there a traced value anywhere in `x`?"""
    tracers: list[Any] = []

    def note(v: Any) -> Any:
        if isinstance(v, Tracer):
            tracers.append(v)
        return v

    try:
        Splitter(note, lambda v: isinstance(v, Tracer)).split(x)
    except RecursionError:
        raise StructureError(
            "a structure that holds itself, or is nested too deeply, cannot be passed to Julia"
        ) from None
    return bool(tracers)


def value_and_back(bridge: Any, handle: Any, args: tuple[Any, ...]) -> tuple[Any, Callable[[Any], Any]]:
    """The value and the pullback of a Julia function; `args` may hold traced values (nested derivatives)."""

    def vjp(dy: Any) -> Any:
        return value_and_back(bridge, bridge.vjp(handle), (*args, dy))[0]

    if has_tracer(args):
        y = call_with_rule("Julia", lambda *opened: value_and_back(bridge, handle, opened), args)
        return y, vjp
    y, held = bridge.pullback(handle, args)
    return y, lambda dy: vjp(dy) if has_tracer(dy) else bridge.pull(held, dy)
