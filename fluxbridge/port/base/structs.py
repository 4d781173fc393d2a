"""Structs: classes with typed fields, constructors by type, and Julia's operators."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .dispatch import Function, convert
from .errors import MethodError
from .types import (
    Any_,
    Exception_,
    Type,
    TypeVar,
    UnionType,
    _plain_type,
    field_names,
    is_dataclass,
    isa,
    subtype,
    typeof,
)


class StructMeta(type):
    """What is called to make a struct: the constructors of the program, else one with a value for each
    field."""

    __julia_struct__ = True
    __julia_params__: tuple[Any, ...]
    _fields: Any
    _keywords: Any
    _kinds: Any
    _parent: Any
    _variables: Any

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        constructors = cls.__dict__.get("_constructors")
        if constructors is not None:
            found = constructors.find(args) if not keywords or cls._keywords is None else None
            if found is not None:
                method, bound = found
                extra = {n: v for n, v in bound.items() if n in method.wants}
                return method.function(*args, **extra, **keywords)
        origin = cls.__dict__.get("_origin")
        if origin is not None:
            for function in reversed(origin.__dict__.get("_parametric_constructors", [])):
                count = len(cls.__julia_params__)
                if len(inspect.signature(function).parameters) == count + len(args):
                    return function(*cls.__julia_params__, *args, **keywords)
        if (
            origin is not None
            and origin.__dict__.get("_constructors") is not None
            and cls.__dict__.get("_free")
        ):
            return origin(*args, **keywords)
        if cls._keywords is not None and not args:
            return cls._from_keywords(keywords)
        return cls.default(*args)

    def __getitem__(cls, params: Any) -> Any:
        params = params if isinstance(params, tuple) else (params,)
        cache = cls.__dict__["_parametric"]
        key = tuple((repr(p), repr(getattr(p, "bound", None))) for p in params)
        if key not in cache:
            made = StructMeta(
                cls.__name__, (cls,), {"__julia_params__": params, "_parametric": {}, "_origin": cls}
            )
            cache[key] = made
        return cache[key]

    def default(cls, *args: Any) -> Any:
        """A new instance from a value for each field."""
        fields = cls._fields
        if len(args) != len(fields):
            kinds = ", ".join(f"::{typeof(a)!r}" for a in args)
            raise MethodError(f"no method matching {cls.__name__}({kinds})")
        kinds = cls._kinds
        bound = dict(zip(cls._variables, cls.__julia_params__, strict=False))
        if cls._variables and not bound:
            bound = _infer(cls, args)
            if not getattr(cls, "_abstract", False) and bound:
                cls = cls[tuple(bound.get(v, Any_) for v in cls._variables)]
        made: Any = cls.__new__(cls)  # type: ignore[call-overload]
        for name, kind, value in zip(fields, kinds, args, strict=False):
            object.__setattr__(made, name, _converted(_substitute(kind, bound), value))
        return made

    def __julia_struct_type__(cls) -> Type:
        return Type(
            cls.__name__,
            cls._parent if isinstance(cls._parent, Type) or cls._parent is None else _plain_type(cls._parent),
            cls.__julia_params__,
        )

    def _from_keywords(cls, keywords: dict[str, Any]) -> Any:
        values = []
        for name in cls._fields:
            if name in keywords:
                values.append(keywords.pop(name))
            elif name in cls._keywords:
                values.append(cls._keywords[name]())
            else:
                raise TypeError(f"{cls.__name__} needs a value for {name}")
        if keywords:
            raise TypeError(f"{cls.__name__} has no field {next(iter(keywords))}")
        return cls(*values)

    def __eq__(cls, other: object) -> bool:
        return cls is other

    def __hash__(cls) -> int:
        return id(cls)

    def __repr__(cls) -> str:
        return repr(cls.__julia_struct_type__())


#: How many axes arrays of these types have.
_AXES = {"Vector": 1, "Matrix": 2}


def _infer(cls: Any, args: tuple) -> dict[str, Any]:
    bound: dict[str, Any] = {}
    for kind, value in zip(cls._kinds, args, strict=False):
        if isinstance(kind, TypeVar):
            own = typeof(value)
            if bound.setdefault(kind.name, own) != own:
                raise MethodError(f"{cls.__name__}: the arguments do not agree about the type {kind.name}")
            if not subtype(own, kind.bound):
                raise MethodError(f"{cls.__name__}: {own!r} is no {kind.bound!r}")
        elif isinstance(kind, Type) and any(isinstance(p, TypeVar) for p in kind.params):
            own = typeof(value)
            found = getattr(own, "params", ())
            if len(kind.params) > len(found) and getattr(own, "name", "") in _AXES:
                found = (*found, _AXES[own.name])
            for p, actual in zip(kind.params, found, strict=False):
                if isinstance(p, TypeVar):
                    bound.setdefault(p.name, actual)
    return bound


def _substitute(kind: Any, bound: dict[str, Any]) -> Any:
    if isinstance(kind, TypeVar):
        return bound.get(kind.name, Any_)
    if isinstance(kind, Type) and kind.params and any(isinstance(p, TypeVar) for p in kind.params):
        return kind[tuple(bound.get(p.name, p) if isinstance(p, TypeVar) else p for p in kind.params)]
    return kind


def _converted(kind: Any, value: Any) -> Any:
    if kind is Any_ or isinstance(kind, (UnionType, TypeVar, type)):
        return value
    if (
        isinstance(kind, Type)
        and kind.convert is not None
        and kind.name not in ("Vector", "Array", "Matrix", "String", "Char", "Tuple")
    ):
        return value if typeof(value) == kind else convert(kind, value)
    if isinstance(kind, Type) and kind.params and isinstance(kind.params[0], Type):
        return convert(kind, value)
    return value


def _operator(name: str, swapped: bool = False) -> Callable:
    def operate(self: Any, other: Any) -> Any:
        from . import arithmetic

        return arithmetic.BY_NAME[name](other, self) if swapped else arithmetic.BY_NAME[name](self, other)

    return operate


class Struct(metaclass=StructMeta):
    """The ancestor of all structs."""

    _fields: tuple[str, ...] = ()
    _kinds: tuple = ()
    _variables: tuple[str, ...] = ()
    _parent: Any = Any_
    _keywords: dict[str, Any] | None = None
    _mutable = False
    _parametric: ClassVar[dict] = {}
    __julia_params__: tuple = ()
    __julia_struct__ = True
    __array_ufunc__ = None

    def __julia_type__(self) -> Any:
        return type(self)

    def __setattr__(self, name: str, value: Any) -> None:
        cls = type(self)
        if not cls._mutable and not getattr(cls, "__functor__", None):
            raise AttributeError(f"setfield!: immutable struct of type {cls.__name__} cannot be changed")
        if name in cls._fields and type(value).__module__.split(".")[0] != "fluxbridge":
            kind = cls._kinds[cls._fields.index(name)]
            value = _converted(
                _substitute(kind, dict(zip(cls._variables, cls.__julia_params__, strict=False))), value
            )
        object.__setattr__(self, name, value)

    def __copy__(self) -> Any:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __eq__(self, other: object) -> bool:
        from .arithmetic import eq

        return bool(eq(self, other))

    def __hash__(self) -> int:
        if type(self)._mutable:
            return id(self)
        return hash(
            (
                type(self).__name__,
                *(v if v.__hash__ else id(v) for v in (getattr(self, f) for f in self._fields)),
            )
        )

    def __repr__(self) -> str:
        from .printing import show

        return show(self)

    def __iter__(self) -> Any:
        from .iteration import iterate

        return iterate(self)

    def __len__(self) -> int:
        from .arrays import length

        return int(length(self))

    def __bool__(self) -> bool:
        return True

    def __neg__(self) -> Any:
        from .arithmetic import sub

        return sub(self)

    def __lt__(self, other: Any) -> bool:
        from .arithmetic import lt

        return bool(lt(self, other))

    def __gt__(self, other: Any) -> bool:
        from .arithmetic import lt

        return bool(lt(other, self))

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __ge__(self, other: Any) -> bool:
        return not self < other


for _python, _julia in (
    ("add", "+"),
    ("sub", "-"),
    ("mul", "*"),
    ("truediv", "/"),
    ("pow", "^"),
    ("matmul", "*"),
):
    setattr(Struct, f"__{_python}__", _operator(_julia))
    setattr(Struct, f"__r{_python}__", _operator(_julia, True))


def struct(cls: Any = None, /, *, mutable: bool = False, of: Any = Any_, where: tuple = ()) -> Any:
    """Decorator: a class with annotated fields becomes a struct.

    Fields are converted to their types, as by Julia's constructor; without ``mutable`` they cannot be set.
    A value given
    to a field in the class is its default for keyword arguments (``@kwdef``); a function there is called
    each time.

    >>> from fluxbridge.port import base as jl
    >>> @jl.struct
    ... class Circle:
    ...     r: jl.Float64
    >>> Circle(1).r
    1.0
    """
    if cls is None:
        return lambda real: struct(real, mutable=mutable, of=of, where=where)
    frame = sys._getframe(1)
    if frame.f_code.co_name == "<lambda>":
        frame = frame.f_back  # type: ignore[assignment]
    annotations = {
        name: eval(kind, frame.f_globals, frame.f_locals) if isinstance(kind, str) else kind
        for name, kind in inspect.get_annotations(cls).items()
    }
    namespace = {
        k: v
        for k, v in cls.__dict__.items()
        if k not in ("__dict__", "__weakref__", "__annotations__") and k not in annotations
    }
    keywords = {k: v for k, v in cls.__dict__.items() if k in annotations}
    namespace["_fields"] = tuple(annotations)
    namespace["_kinds"] = tuple(annotations.values())
    namespace["_variables"] = tuple(v.name for v in where)
    namespace["_parent"] = of
    namespace["_mutable"] = mutable
    namespace["_keywords"] = (
        {k: (v.function if isinstance(v, Default) else (lambda v=v: v)) for k, v in keywords.items()}
        if keywords
        else None
    )
    namespace["_parametric"] = {}
    namespace["__match_args__"] = tuple(annotations)
    bases: tuple = (of,) if isinstance(of, type) else (Struct,)
    if not issubclass(bases[0], Struct):
        bases = (*bases, Struct)
    if not issubclass(bases[0], BaseException) and of is not Any_ and subtype(of, Exception_):
        bases = (*bases, Exception)
    made = StructMeta(cls.__name__, bases, namespace)
    if not annotations and not hasattr(cls, "_new"):
        made._fields = ()
    return made


class Default:
    """The default of a field that is computed anew for each struct."""

    def __init__(self, function: Callable) -> None:
        self.function = function


def constructor(cls: Any, inner: bool = False) -> Callable[[Callable], Callable]:
    """Decorator: one more constructor of a struct. With ``inner`` the default one is replaced."""

    def decorate(function: Callable) -> Callable:
        if cls.__dict__.get("_constructors") is None:
            cls._constructors = Function(cls.__name__)
            if not inner:
                variables = dict.fromkeys(cls._variables)
                if variables:
                    kinds = list(cls._kinds)
                else:
                    kinds = [Any_] * len(cls._kinds)
                    specific = list(cls._kinds)
                    if specific != kinds:
                        cls._constructors.add(_default_of(cls, len(kinds)), specific)
                cls._constructors.add(_default_of(cls, len(kinds)), kinds)
        cls._constructors.add(function)
        return function

    return decorate


def _default_of(cls: Any, count: int) -> Callable:
    names = ", ".join(f"a{i}" for i in range(count))
    scope = {"cls": cls}
    exec(f"def default({names}): return cls.default({names})", scope)
    return scope["default"]  # type: ignore[return-value]


def new(cls: Any, *args: Any) -> Any:
    """``new(…)`` in an inner constructor."""
    return cls.default(*args)


def abstract(name: str, of: Any = Any_) -> Type:
    """``abstract type … end``."""
    return Type(name, of)


def fields_of(value: Any) -> tuple[str, ...]:
    """The names of the fields of a struct or of a record."""
    if isinstance(value, type):
        return field_names(value)
    if hasattr(value, "_fields") and isinstance(value, Struct):
        return type(value)._fields
    if is_dataclass(value):
        return field_names(value)
    if hasattr(value, "keys"):
        return tuple(value.keys())
    return tuple(vars(value))


__all__ = ["Default", "Struct", "abstract", "constructor", "fields_of", "isa", "new", "np", "struct"]


def parametric(cls: Any) -> Callable[[Callable], Callable]:
    """Decorator: a constructor of a struct with type parameters, which come first."""

    def decorate(function: Callable) -> Callable:
        cls._parametric_constructors = [*getattr(cls, "_parametric_constructors", []), function]
        return function

    return decorate


def extended_call(name: str, kind: Any, *args: Any) -> Any:
    """``Float64(x)`` where the program has a method of its own for it."""
    from .dispatch import EXTENSIONS

    own = EXTENSIONS.get(name)
    return own(*args) if own is not None and own.find(args) is not None else kind(*args)
