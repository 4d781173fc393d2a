"""What holds values: attributes, items and variables, read and written by one set of words."""

from __future__ import annotations

import functools
import types
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def once_a_class(question: Callable[[type], T]) -> Callable[[type], T]:
    """Remember the answers: a training loop asks the same of the same classes in every step."""
    return functools.lru_cache(maxsize=512)(question)


def is_filled(cell: types.CellType) -> bool:
    """Has the variable behind a closure's cell a value?"""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def blank(kind: type) -> Any:
    """An object of this class whose constructor was not called."""
    return kind.__new__(kind) if issubclass(kind, types.SimpleNamespace) else object.__new__(kind)


def fields_of(x: Any) -> dict[str, Any]:
    """The attributes of an object, in `__dict__` and in slots."""
    fields = dict(getattr(x, "__dict__", None) or {})
    for name in slots(type(x)):
        if hasattr(x, name):
            fields.setdefault(name, getattr(x, name))
    return fields


@once_a_class
def slots(kind: type) -> tuple[str, ...]:
    """The names that a class and its bases keep in slots, as they are spelled outside of the class."""
    spelled: list[str] = []
    for base in kind.__mro__:
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            private = name.startswith("__") and not name.endswith("__")
            spelled.append(f"_{base.__name__.lstrip('_')}{name}" if private else name)
    return tuple([name for name in spelled if name not in ("__dict__", "__weakref__")])


def contents(holder: Any) -> dict[Any, Any]:
    """What a dict, list, variable of a closure, class, module or object holds, by key."""
    if isinstance(holder, dict):
        return dict(dict.items(holder))
    if isinstance(holder, (list, deque)):
        return dict(enumerate(holder))
    if isinstance(holder, types.CellType):
        return {"cell_contents": holder.cell_contents} if is_filled(holder) else {}
    return dict(vars(holder)) if isinstance(holder, (type, types.ModuleType)) else fields_of(holder)


def put(holder: Any, name: Any, value: Any) -> None:
    """Store one value, past the class's own ways of storing."""
    if isinstance(holder, dict):
        (OrderedDict if isinstance(holder, OrderedDict) else dict).__setitem__(holder, name, value)
    elif isinstance(holder, (types.CellType, type, types.ModuleType)):
        setattr(holder, name, value)
    elif name in slots(type(holder)):
        object.__setattr__(holder, name, value)
    else:
        holder.__dict__[name] = value


def remove(holder: Any, name: Any) -> None:
    """Take one value out."""
    if isinstance(holder, dict):
        (OrderedDict if isinstance(holder, OrderedDict) else dict).__delitem__(holder, name)
    elif isinstance(holder, (types.CellType, type, types.ModuleType)):
        delattr(holder, name)
    elif name in slots(type(holder)):
        object.__delattr__(holder, name)
    else:
        del holder.__dict__[name]
