"""Functions with several methods, chosen by the types of all arguments, as in Julia."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import MethodError
from .types import (
    DTYPE_OF,
    Any_,
    Character,
    Substring,
    Type,
    TypeOf,
    TypeVar,
    UnionType,
    Vector_,
    isa,
    subtype,
    typeof,
)

EXTENSIONS: dict[str, Function] = {}
"""The functions of Julia's Base that a program gave methods of its own."""


def _annotation(parameter: Any, function: Callable) -> Any:
    """The type of a parameter; what is not evaluated yet is evaluated where the function stands."""
    found = parameter.annotation
    if found is parameter.empty:
        return Any_
    return eval(found, function.__globals__) if isinstance(found, str) else found  # type: ignore[attr-defined]


class Method:
    """One method: the types of its parameters, and the function."""

    def __init__(self, function: Callable, kinds: list | None = None) -> None:
        self.function = function
        parameters = list(inspect.signature(function).parameters.values())
        positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        given = [_annotation(p, function) for p in positional]
        self.kinds = given if kinds is None else kinds
        self.required = sum(p.default is p.empty for p in positional)
        self.rest = next(
            (_annotation(p, function) for p in parameters if p.kind == p.VAR_POSITIONAL),
            None,
        )
        self.wants = {p.name for p in parameters if p.kind == p.KEYWORD_ONLY}

    def bindings(self, args: tuple) -> dict[str, Any] | None:
        """The type variables if the arguments fit, else ``None``."""
        count = len(args)
        if count < self.required or (count > len(self.kinds) and self.rest is None):
            return None
        found: dict[str, Any] = {}
        kinds = [*self.kinds[:count], *[self.rest] * (count - len(self.kinds))]
        for value, kind in zip(args, kinds, strict=False):
            if not isa(value, kind) or not _bind(kind, value, found):
                return None
        return found

    def same_types(self, other: Method) -> bool:
        """Whether this method and another are for the same types."""
        return _plain(self.kinds) == _plain(other.kinds) and self.rest == other.rest

    def more_special(self, other: Method, count: int) -> bool:
        """Whether this method's types are all narrower than the other's."""
        mine = [*self.kinds[:count], *[self.rest or Any_] * (count - len(self.kinds))]
        theirs = [*other.kinds[:count], *[other.rest or Any_] * (count - len(other.kinds))]
        if not all(subtype(a, b) for a, b in zip(mine, theirs, strict=False)):
            return False
        if not all(subtype(b, a) for a, b in zip(mine, theirs, strict=False)):
            return True
        if self._diagonal() != other._diagonal():
            return self._diagonal()
        return self.rest is None and other.rest is not None

    def _diagonal(self) -> bool:
        names = [k.name for k in self.kinds if isinstance(k, TypeVar)]
        return len(names) != len(set(names))


def _plain(kinds: list) -> list:
    """Type variables without a bound that occur once are any type."""
    names = [k.name for k in kinds if isinstance(k, TypeVar)]
    return [
        Any_ if isinstance(k, TypeVar) and k.bound == Any_ and names.count(k.name) == 1 else k for k in kinds
    ]


def _bind(kind: Any, value: Any, found: dict[str, Any]) -> bool:
    if isinstance(kind, TypeVar):
        return found.setdefault(kind.name, typeof(value)) == typeof(value)
    if isinstance(kind, TypeOf):
        return _bind_type(kind.inner, value, found)
    params = getattr(kind, "params", ()) or getattr(kind, "__julia_params__", ())
    if params and any(isinstance(p, TypeVar) for p in params):
        from .types import element_type

        own = getattr(typeof(value), "params", ()) or getattr(type(value), "__julia_params__", ())
        if hasattr(value, "__len__") and not hasattr(type(value), "__julia_struct__") and not own:
            own = (element_type(value),)
        for p, actual in zip(params, own, strict=False):
            if isinstance(p, TypeVar) and found.setdefault(p.name, actual) != actual:
                return False
    return True


def _bind_type(pattern: Any, value: Any, found: dict[str, Any]) -> bool:
    if isinstance(pattern, TypeVar):
        return found.setdefault(pattern.name, value) == value
    own = value.params if hasattr(value, "params") else getattr(value, "__julia_params__", ())
    params: Any = getattr(pattern, "params", None) or getattr(pattern, "__julia_params__", ())
    for p, actual in zip(params, own, strict=False):
        if isinstance(p, TypeVar) and found.setdefault(p.name, actual) != actual:
            return False
    return True


class Function:
    """A generic function: calls go to the method that fits best; ``fallback`` takes what fits none."""

    def __init__(self, name: str, fallback: Callable | None = None) -> None:
        self.__name__ = self.__qualname__ = name
        self.methods: list[Method] = []
        self.fallback = fallback

    def add(self, function: Callable, kinds: list | None = None) -> None:
        """Add a method; one of the same types is replaced."""
        new = Method(function, kinds)
        self.methods = [m for m in self.methods if not m.same_types(new)]
        self.methods.append(new)

    def find(self, args: tuple) -> tuple[Method, dict[str, Any]] | None:
        """The best method for these arguments."""
        fitting = [(m, b) for m in self.methods if (b := m.bindings(args)) is not None]
        if not fitting:
            return None
        count = len(args)
        for method, bound in fitting:
            if all(other is method or method.more_special(other, count) for other, _ in fitting):
                return method, bound
        raise MethodError(f"{self.__name__}: several methods fit these arguments equally well")

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        found = self.find(args)
        if found is None:
            if self.fallback is not None:
                return self.fallback(*args, **keywords)
            kinds = ", ".join(f"::{typeof(a)!r}" for a in args)
            raise MethodError(f"no method matching {self.__name__}({kinds})")
        method, bound = found
        extra = {name: value for name, value in bound.items() if name in method.wants}
        return method.function(*args, **extra, **keywords)

    def __repr__(self) -> str:
        return f"{self.__name__} (generic function with {len(self.methods)} methods)"


def dispatch(function: Callable) -> Function:
    """Decorator: one more method of the function of this name, chosen by the annotations.

    >>> from fluxbridge.port import base as jl
    >>> @jl.dispatch
    ... def kind(x: jl.Integer): return "integer"
    >>> @jl.dispatch
    ... def kind(x: jl.AbstractFloat): return "float"
    >>> kind(1), kind(2.0)
    ('integer', 'float')
    """
    frame = sys._getframe(1)
    name = function.__name__
    existing = frame.f_locals.get(name, frame.f_globals.get(name))
    target = existing if isinstance(existing, Function) else Function(name)
    target.add(function)
    return target


def extend(name: str) -> Callable[[Callable], Callable]:
    """Decorator: a method for a function of Julia's Base, such as ``"+"`` or ``"length"``."""

    def decorate(function: Callable) -> Callable:
        EXTENSIONS.setdefault(name, Function(name)).add(function)
        return function

    return decorate


def extension(name: str) -> Function | None:
    """The methods that the program gave to a function of Base."""
    return EXTENSIONS.get(name)


def extended(name: str, args: tuple) -> Callable[[], Any] | None:
    """A call of the program's own method of a function of Base, if one fits."""
    own = EXTENSIONS.get(name)
    if own is None:
        return None
    found = own.find(args)
    if found is None:
        return None
    method, bound = found
    extra = {n: v for n, v in bound.items() if n in method.wants}
    return lambda: method.function(*args, **extra)


def generic(name: str) -> Callable[[Callable], Callable]:
    """Decorator for a function of this package that programs may extend."""

    def decorate(function: Callable) -> Callable:
        def call(*args: Any, **keywords: Any) -> Any:
            if EXTENSIONS and name in EXTENSIONS:
                found = EXTENSIONS[name].find(args)
                if found is not None:
                    method, bound = found
                    extra = {n: v for n, v in bound.items() if n in method.wants}
                    return method.function(*args, **extra, **keywords)
            return function(*args, **keywords)

        call.__name__ = call.__qualname__ = function.__name__
        call.__doc__ = function.__doc__
        call.__wrapped__ = function  # type: ignore[attr-defined]
        return call

    return decorate


def _typed_vector(element: Any, value: list) -> list:
    """A list as a vector of this type: itself where it is one."""
    if isinstance(value, Vector_) and value.element == element:
        return value
    items = [convert(element, v) for v in value]
    if items and not isinstance(value, Vector_) and all(a is b for a, b in zip(items, value, strict=True)):
        return value
    made = Vector_(items)
    made.element = element
    return made


def convert(kind: Any, value: Any) -> Any:
    """``convert(T, value)``."""
    own = extension("convert")
    if own is not None:
        method = own.find((kind, value))
        if method is not None:
            return own(kind, value)
    if isinstance(kind, (TypeVar, UnionType)) or kind is Any_ or isinstance(kind, type):
        return value
    if kind.name == "Tuple" and isinstance(value, tuple) and len(kind.params) == len(value):
        return type(value)(convert(k, v) for k, v in zip(kind.params, value, strict=True))
    if kind.name == "String" and isinstance(value, Substring):
        return str(value)
    if kind.name in ("Rational", "Complex") and not isinstance(value, (str, np.ndarray, list)):
        return kind.convert(value)
    if kind.name == "Vector" and kind.params and isinstance(value, list):
        return _typed_vector(kind.params[0], value)
    if kind.name in DTYPE_OF and isinstance(value, str) and not isinstance(value, Character):
        raise MethodError(
            f"Cannot `convert` an object of type {typeof(value)!r} to an object of type {kind!r}"
        )
    if kind.name in DTYPE_OF and not isinstance(value, (str, np.ndarray, list)):
        return kind.convert(value)
    if (
        kind.name in ("Vector", "Array", "Matrix", "AbstractVector", "AbstractArray", "AbstractMatrix")
        and kind.params
    ):
        element = kind.params[0]
        if isinstance(value, list) and isinstance(element, Type) and element.name in DTYPE_OF:
            return [element.convert(v) for v in value]  # type: ignore[misc]
        if isinstance(value, (np.ndarray, range)) and isinstance(element, Type) and element.name in DTYPE_OF:
            return np.asarray(value, DTYPE_OF[element.name])
        return value
    if kind.name == "Symbol":
        return value
    return value


def no_method(name: str, *args: Any) -> Any:
    """A call that no method fits."""
    raise MethodError(f"no method matching {name}({', '.join(f'::{typeof(a)!r}' for a in args)})")
