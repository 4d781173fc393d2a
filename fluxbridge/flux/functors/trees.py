"""Models as trees: the parts of an object, and the same kind of object made of other parts.

As in Functors.jl 0.5 everything with parts is a branch: tuples, lists, dicts, records, objects with
attributes, closures (their captured variables), partial functions. Numbers, numeric arrays, texts, types,
functions that capture nothing and None are leaves. No registration is needed.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from ...autodiff.families import family_of
from ...autodiff.holders import blank, fields_of, is_filled, once_a_class
from ...autodiff.primitive import Tracer
from ...autodiff.template import Record
from ...errors import ArgumentError
from ..lazy import LazyLayer

__all__ = ["children", "functor", "isleaf", "leaf", "pairs"]

Rebuild = Callable[[Any], Any]

_LEAVES: tuple[type, ...] = (
    str, bytes, int, float, complex, bool, type, type(None), type(Ellipsis), range, slice, re.Pattern,
    re.Match, np.generic, np.dtype, np.random.Generator, np.random.BitGenerator, types.ModuleType,
    types.BuiltinFunctionType, np.ufunc, type(np.mean), Tracer,
)  # fmt: skip
_own_leaves: set[type] = {LazyLayer}  #: classes that were declared with `leaf`


Class = TypeVar("Class", bound=type)


def leaf(kind: Class) -> Class:
    """Class decorator: objects of this class are leaves, whatever attributes they have. Returns the class.

    Raises ArgumentError if `kind` is no class.

    >>> @leaf
    ... class Table:
    ...     def __init__(self): self.rows = [1.0]
    >>> isleaf(Table())
    True
    """
    if not isinstance(kind, type):
        raise ArgumentError(f"leaf declares a class; {kind!r} is none")
    _own_leaves.add(kind)
    return kind


def isleaf(x: Any) -> bool:
    """Has `x` no parts?

    >>> isleaf(2), isleaf(np.ones(3)), isleaf((1,)), isleaf(())
    (True, True, False, True)
    """
    parts = functor(x)[0]
    return type(parts) is tuple and not parts


def children(x: Any) -> Any:
    """The parts of `x`: a tuple, list or dict itself, a record of an object's attributes, () of a leaf.

    >>> from types import SimpleNamespace
    >>> children(SimpleNamespace(w=1.0, b=2.0))
    (w=1.0, b=2.0)
    >>> children(3.0)
    ()
    """
    return functor(x)[0]


def functor(x: Any) -> tuple[Any, Rebuild]:
    """The parts of `x`, and the function that makes another `x` of other parts.

    A class may define ``__functor__(self)`` that returns such a pair. Objects are rebuilt without calling
    their constructor.

    >>> parts, rebuild = functor({"a": 1, "b": 2})
    >>> rebuild({k: v + 1 for k, v in parts.items()})
    {'a': 2, 'b': 3}
    """
    kind = type(x)
    if kind is np.ndarray:
        if not x.dtype.hasobject:
            return (), lambda _: x
        return list(x.ravel()), lambda parts: _object_array(parts, x.shape)
    if kind in _own_leaves or _is_leaf(kind) or family_of(x) is not None:
        return (), lambda _: x
    own = getattr(kind, "__functor__", None)
    if own is not None:
        return own(x)
    if isinstance(x, Record):
        return x, lambda parts: Record(**dict(parts.items()))
    if isinstance(x, tuple):
        if hasattr(kind, "_fields"):
            return Record(**dict(zip(kind._fields, x, strict=True))), lambda parts: kind(*parts.values())
        return x, lambda parts: parts if kind is tuple else tuple.__new__(kind, parts)
    if isinstance(x, list):
        return x, lambda parts: parts if kind is list else kind(parts)
    if isinstance(x, dict):
        return x, lambda parts: parts if kind is dict else kind(parts)
    if isinstance(x, types.FunctionType):
        return _closure(x)
    if isinstance(x, types.MethodType):
        return Record(owner=x.__self__), lambda parts: types.MethodType(x.__func__, parts.owner)
    if isinstance(x, functools.partial):
        whole = Record(func=x.func, args=x.args, keywords=x.keywords)
        return whole, lambda p: functools.partial(p.func, *p.args, **p.keywords)
    fields = fields_of(x)
    return (Record(**fields), lambda parts: _remake(x, parts)) if fields else ((), lambda _: x)


@once_a_class
def _is_leaf(kind: type) -> bool:
    return issubclass(kind, (*_LEAVES, np.ndarray))


def _object_array(parts: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    out = np.empty(len(parts), dtype=object)
    out[:] = parts
    return out.reshape(shape)


def _closure(x: types.FunctionType) -> tuple[Any, Rebuild]:
    cells = dict(zip(x.__code__.co_freevars, x.__closure__ or (), strict=True))
    held = {name: cell.cell_contents for name, cell in cells.items() if is_filled(cell)}
    held = {name: value for name, value in held.items() if value is not x}  # a recursive function

    if not held:
        return (), lambda _: x

    def rebuild(parts: Record) -> types.FunctionType:
        closure = tuple(types.CellType(parts[n]) if n in held else cell for n, cell in cells.items())
        copy = types.FunctionType(x.__code__, x.__globals__, x.__name__, x.__defaults__, closure)
        copy.__kwdefaults__ = x.__kwdefaults__
        copy.__dict__.update(x.__dict__)
        copy.__qualname__, copy.__doc__ = x.__qualname__, x.__doc__
        return copy

    return Record(**held), rebuild


def _remake(x: Any, parts: Any) -> Any:
    """An object of the class of `x` with other attributes, made without calling its constructor."""
    copy = blank(type(x))
    for name, value in parts.items():
        object.__setattr__(copy, name, value)
    return copy


def pairs(parts: Any) -> Iterator[tuple[Any, Any]]:
    """(key, part) for each of the parts that :func:`children` gave.

    >>> list(pairs((5, 6))), list(pairs({"a": 1}))
    ([(0, 5), (1, 6)], [('a', 1)])
    """
    return iter(parts.items() if isinstance(parts, (Mapping, Record)) else enumerate(parts))


def collected(parts: Any, new: list[Any]) -> Any:
    """`new` in a container of the kind of `parts`."""
    if isinstance(parts, Record):
        return Record(**dict(zip(parts.keys(), new, strict=True)))
    if isinstance(parts, dict):
        return dict(zip(parts, new, strict=True))
    return tuple(new) if isinstance(parts, tuple) else list(new)


def is_shared(x: Any) -> bool:
    """Can two places share `x`? Arrays and objects can be shared, numbers and tuples cannot."""
    return not isinstance(x, (tuple, Record)) and not (isinstance(x, _LEAVES) and not isinstance(x, Tracer))
