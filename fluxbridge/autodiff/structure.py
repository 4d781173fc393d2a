"""Arguments with structure: find the leaves, rebuild the whole around stand-ins, and back.

A leaf is a number or a numeric array. Tuples, lists, dicts, named tuples, dataclasses, objects with
attributes, closures and partial functions are branches. Everything else (strings, booleans,
functions without captured values) has no gradient and is handed through as it is.
"""

from __future__ import annotations

import functools
import numbers
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np

from ..errors import StructureError
from .inplace import was_changed
from .primitive import Tracer
from .template import Branch, Leaf, Record

StandIn = Callable[[Any], Any]
T = TypeVar("T")


def once_a_class(question: Callable[[type], T]) -> Callable[[type], T]:
    """Remember the answers: a training loop asks the same of the same classes in every step."""
    return functools.lru_cache(maxsize=512)(question)


class Splitter:
    """Rebuilds structures with a stand-in for every leaf.

    `stand_in` makes the replacement of a leaf. `is_leaf` may narrow what counts as one. Objects
    are copied without calling their constructor, and only where there is a leaf inside. `globals`
    says whether functions are followed into the global names they use (for implicit parameters).
    """

    def __init__(
        self,
        stand_in: StandIn,
        is_leaf: Callable[[Any], bool] | None = None,
        follow_globals: bool = False,
    ):
        self.stand_in = stand_in
        self.is_leaf = is_leaf or is_number_or_array
        self.follow_globals = follow_globals
        self.count = 0
        self.active: dict[int, Any] = {}  # objects we are inside of, so that circles end
        self.copies: list[tuple[Any, Any, dict[Any, Any]]] = []  # (original, copy, as made)
        self.overlays: list[tuple[_Overlay, dict[str, Any]]] = []
        self.seen: dict[int, tuple[Any, tuple[Any, Any]]] = {}

    def split(self, x: Any) -> tuple[Any, Any]:
        """(`x` rebuilt around stand-ins, template); the template is None if there is no leaf."""
        if not self.follow_globals:
            return self._split(x)
        known = self.seen.get(id(x))  # what is shared stays shared
        if known is None:
            known = self.seen[id(x)] = (x, self._split(x))
        return known[1]

    def _split(self, x: Any) -> tuple[Any, Any]:
        kind = type(x)
        if kind in _NOTHING_INSIDE or (
            kind is types.FunctionType and x.__closure__ is None and not self.follow_globals
        ):
            return x, None
        if self.is_leaf(x):
            new = self.stand_in(x)
            leaf = Leaf(self.count, _finisher(x))
            self.count += 1
            return new, leaf
        taker = _taker(kind)
        if taker is None or id(x) in self.active:
            return self.active.get(id(x), x), None
        return taker(self, x)

    def _children(self, items: dict[Any, Any]) -> tuple[dict[Any, Any], dict[Any, Any], bool]:
        new, templates, found = {}, {}, False
        split = self.split if self.follow_globals else self._split
        for key, value in items.items():
            new[key], template = split(value)
            templates[key] = template
            found = found or template is not None
        return new, templates, found

    def _sequence(self, x: Any) -> tuple[Any, Any]:
        fields = getattr(x, "_fields", None)
        kind = type(x)
        new, templates, found = self._children(dict(enumerate(x)))
        if not found:
            return x, None
        if fields is not None and isinstance(x, tuple):
            named = dict(zip(fields, templates.values(), strict=True))
            return kind(*new.values()), Branch(named, lambda d: kind(*d.values()), ".{}")
        plain = tuple if isinstance(x, tuple) else list
        rebuilt = plain(new.values()) if kind is plain else _reconstruct(x, new)
        if kind is list:
            self.copies.append((x, rebuilt, new))
        return rebuilt, Branch(templates, lambda d: plain(d.values()), "[{}]")

    def _mapping(self, x: dict) -> tuple[Any, Any]:
        new, templates, found = self._children(x)
        if not found:
            return x, None
        if type(x) is not dict:
            copy = x.copy()
            copy.update(new)
            new = copy
        else:
            self.copies.append((x, new, dict(new)))
        return new, Branch(templates, dict, "[{!r}]", keep_none=False)

    def _object_array(self, x: np.ndarray) -> tuple[Any, Any]:
        if not x.dtype.hasobject:
            return x, None
        new, templates, found = self._children(dict(enumerate(x.ravel())))
        if not found:
            return x, None

        def build(d: dict[Any, Any]) -> np.ndarray:
            out = np.empty(x.size, dtype=object)
            out[:] = list(d.values())
            return out.reshape(x.shape)

        return build(new), Branch(templates, build, "[{}]")

    def _function(self, x: types.FunctionType) -> tuple[Any, Any]:
        """A closure: its captured variables are its fields."""
        self.active[id(x)] = x
        try:
            cells = dict(zip(x.__code__.co_freevars, x.__closure__ or (), strict=True))
            held = {k: c.cell_contents for k, c in cells.items() if _is_filled(c)}
            new, templates, found = self._children(held)
            names = x.__globals__
            if self.follow_globals:
                used = {k: names[k] for k in _global_names(x.__code__) if k in names}
                replaced, below, hit = self._children(used)
                if hit:
                    found = True
                    changed = {k: v for k, v in replaced.items() if below[k] is not None}
                    names = _Overlay(names, changed)
                    self.overlays.append((names, dict(names)))
            defaults, default_templates = self.split(x.__defaults__ or ())
            keywords, keyword_templates = self.split(x.__kwdefaults__ or {})
            extra = self.follow_globals and (default_templates or keyword_templates)
            if not found and not extra:
                return x, None
            closure = tuple(types.CellType(new[k]) if k in new else c for k, c in cells.items())
            copy = types.FunctionType(x.__code__, names, x.__name__, defaults or None, closure or None)
            copy.__kwdefaults__ = keywords or None
            copy.__qualname__, copy.__doc__ = x.__qualname__, x.__doc__
            copy.__dict__.update(x.__dict__)
            return copy, Branch(templates, lambda d: Record(**d), ".{}")
        finally:
            del self.active[id(x)]

    def _method(self, x: types.MethodType) -> tuple[Any, Any]:
        owner, template = self.split(x.__self__)
        function, below = self.split(x.__func__) if self.follow_globals else (x.__func__, None)
        if template is None and below is None:
            return x, None
        return types.MethodType(function, owner), template

    def _partial(self, x: functools.partial) -> tuple[Any, Any]:
        parts = {"func": x.func, "args": x.args, "keywords": x.keywords}
        new, templates, found = self._children(parts)
        if not found:
            return x, None
        rebuilt = functools.partial(new["func"], *new["args"], **new["keywords"])
        return rebuilt, Branch(templates, lambda d: Record(**d), ".{}")

    def _object(self, x: Any) -> tuple[Any, Any]:
        special = getattr(type(x), "__fluxbridge_split__", None)
        if special is not None:
            return special(x, self)
        fields = _fields_of(x)
        if not fields:
            return x, None
        try:
            copy = blank(type(x))
        except TypeError:  # made in C: nothing that we could rebuild
            return x, None
        constants = getattr(type(x), "__fluxbridge_constants__", ())  # numbers that are settings
        self.active[id(x)] = copy
        try:
            varying = {k: v for k, v in fields.items() if k not in constants} if constants else fields
            new, templates, found = self._children(varying)
        finally:
            del self.active[id(x)]
        if not found:
            return x, None
        if constants:
            new = {k: new.get(k, v) for k, v in fields.items()}
            templates = {k: templates.get(k) for k in fields}
        if _slots(type(x)):
            for name, value in new.items():
                object.__setattr__(copy, name, value)
        else:
            copy.__dict__.update(new)
        self.copies.append((x, copy, new))
        return copy, Branch(templates, lambda d: Record(**d), ".{}")

    def write_back(self) -> None:
        """Hand what the function assigned on our copies (attributes, globals) to the originals."""
        for names, before in self.overlays:
            for name, value in names.items():
                if name not in before or before[name] is not value:
                    names.names[name] = value
        for original, copy, made in self.copies:
            if isinstance(copy, list):
                if len(copy) != len(made) or any(
                    v is not made[k] or was_changed(v) for k, v in enumerate(copy)
                ):
                    kept = {id(v): original[k] for k, v in made.items() if not was_changed(v)}
                    original[:] = [kept[id(v)] if id(v) in kept else _value(v) for v in copy]
                continue
            now = copy if isinstance(copy, dict) else _fields_of(copy)
            for name, value in now.items():
                if name not in made or made[name] is not value or was_changed(value):
                    if isinstance(copy, dict):
                        original[name] = _value(value)
                    else:
                        object.__setattr__(original, name, _value(value))


def take_apart(x: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], Any]:
    """The leaves of a structure in order, and its template (None if there is no leaf)."""
    leaves: list[Any] = []

    def collect(leaf: Any) -> Any:
        leaves.append(leaf)
        return leaf

    return leaves, Splitter(collect, is_leaf).split(x)[1]


def put_together(x: Any, leaves: Iterable[Any]) -> Any:
    """`x` with other leaves, given in the order of :func:`take_apart`."""
    feed = iter(leaves)
    return Splitter(lambda _: next(feed)).split(x)[0]


def _value(x: Any) -> Any:
    while isinstance(x, Tracer):
        x = x.value
    return x


class _Overlay(dict):
    """The globals of a rebuilt function: the replaced names, and the module's own behind them."""

    def __init__(self, names: dict[str, Any], changed: dict[str, Any]):
        super().__init__(changed)
        self["__builtins__"] = names.get("__builtins__", __builtins__)
        self.names = names

    def __missing__(self, name: str) -> Any:
        return self.names[name]


def _is_filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _global_names(code: types.CodeType) -> Iterator[str]:
    """The global names that a code object, or a function inside of it, reads."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)


def blank(kind: type) -> Any:
    """An object of this class whose constructor was not called."""
    return kind.__new__(kind) if issubclass(kind, types.SimpleNamespace) else object.__new__(kind)


def _fields_of(x: Any) -> dict[str, Any]:
    """The attributes of an object, in `__dict__` and in slots."""
    fields = dict(getattr(x, "__dict__", None) or {})
    for name in _slots(type(x)):
        if hasattr(x, name):
            fields.setdefault(name, getattr(x, name))
    return fields


@once_a_class
def _slots(kind: type) -> tuple[str, ...]:
    """The names that a class and its bases keep in slots."""
    found: list[str] = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        found += (slots,) if isinstance(slots, str) else slots
    return tuple([name for name in found if name not in ("__dict__", "__weakref__")])


def _reconstruct(x: Any, new: dict[Any, Any]) -> Any:
    """A subclass of list or tuple around other members."""
    if isinstance(x, tuple):
        return tuple.__new__(type(x), new.values())
    copy = list.__new__(type(x))
    list.extend(copy, new.values())
    copy.__dict__.update(getattr(x, "__dict__", {}))
    return copy


def is_number_or_array(x: Any) -> bool:
    """Has `x` a gradient of its own?"""
    kind = type(x)
    if kind is float or kind is int:
        return True
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "iufc":
            return False
        if kind is not np.ndarray and kind is not np.memmap:
            raise StructureError(
                f"arrays of type {kind.__module__}.{kind.__name__} follow rules of their own; "
                "convert with np.asarray(x) first"
            )
        return True
    return _is_number(kind)


@once_a_class
def _is_number(kind: type) -> bool:
    if issubclass(kind, (numbers.Number, np.number)):
        return not issubclass(kind, (bool, np.bool_))
    return issubclass(kind, Tracer)


def _finisher(x: Any) -> Callable[[Any], Any] | None:
    """The last step for one gradient: the type of a NumPy scalar."""
    return type(x) if isinstance(x, np.floating) else None


_OPAQUE = (str, bytes, bool, np.bool_, type, types.ModuleType, types.BuiltinFunctionType, type(None))
_NOTHING_INSIDE = {type(None), bool, str, np.ufunc, types.BuiltinFunctionType, type}
_TAKERS: list[tuple[Any, Callable[[Splitter, Any], tuple[Any, Any]]]] = [
    (dict, Splitter._mapping),
    ((list, tuple), Splitter._sequence),
    (np.ndarray, Splitter._object_array),
    (types.FunctionType, Splitter._function),
    (types.MethodType, Splitter._method),
    (functools.partial, Splitter._partial),
]


@once_a_class
def _taker(kind: type) -> Callable[[Splitter, Any], tuple[Any, Any]] | None:
    """How objects of this class are taken apart; None for those with nothing inside."""
    if issubclass(kind, _OPAQUE):
        return None
    return next((taker for kinds, taker in _TAKERS if issubclass(kind, kinds)), Splitter._object)
