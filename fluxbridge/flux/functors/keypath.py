"""Where a part of a model is: the keys from the top down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...autodiff.template import Record
from ...errors import ArgumentError, MutationError
from .trees import children

__all__ = ["KeyPath", "getkeypath", "haskeypath", "part", "setkeypath_"]


class KeyPath(tuple):
    """The keys from a model to one of its parts: attribute names, positions, keys of dicts.

    A tuple; paths among its members are joined.

    >>> KeyPath("layers", 0, "weight")
    KeyPath('layers', 0, 'weight')
    >>> getkeypath({"a": (1, 2)}, KeyPath("a", 1))
    2
    """

    def __new__(cls, *keys: Any) -> KeyPath:
        flat: list[Any] = []
        for key in keys:
            flat.extend(key if isinstance(key, KeyPath) else [key])
        return super().__new__(cls, flat)

    def __repr__(self) -> str:
        return f"KeyPath({', '.join(map(repr, self))})"


def part(parts: Any, key: Any) -> Any:
    """The part named `key`; of an object its attribute of that name.

    Raises KeyError, IndexError or TypeError if there is no such part.

    >>> part({"a": 1}, "a"), part([1, 2], -1)
    (1, 2)
    """
    if isinstance(parts, (Mapping, Record, tuple, list)):
        return parts[key]
    return children(parts)[key]


def getkeypath(x: Any, path: KeyPath) -> Any:
    """The part of `x` at `path`; `x` itself for an empty path.

    Raises KeyError, IndexError or TypeError if there is no such part.

    >>> from types import SimpleNamespace
    >>> getkeypath(SimpleNamespace(w=[1.0, 2.0]), KeyPath("w", 0))
    1.0
    """
    for key in path:
        x = part(x, key)
    return x


def haskeypath(x: Any, path: KeyPath) -> bool:
    """Is there a part of `x` at `path`?

    >>> haskeypath({"a": (1, 2)}, KeyPath("a", 1)), haskeypath({"a": (1, 2)}, KeyPath("a", 2))
    (True, False)
    """
    try:
        getkeypath(x, path)
    except (KeyError, IndexError, AttributeError, TypeError):
        return False
    return True


def setkeypath_(x: Any, path: KeyPath, value: Any) -> Any:
    """Put `value` at `path` into `x`, in place, and return it.

    Raises ArgumentError for an empty path, MutationError for a part of a tuple or record, which cannot be
    changed; KeyError, IndexError or TypeError if there is no place for it.

    >>> model = {"a": [1.0, 2.0]}
    >>> setkeypath_(model, KeyPath("a", 1), 5.0), model
    (5.0, {'a': [1.0, 5.0]})
    """
    if not path:
        raise ArgumentError("Empty keypath not allowed: it says which part is to be replaced")
    owner, key = getkeypath(x, KeyPath(*path[:-1])), path[-1]
    if isinstance(owner, (tuple, Record)):
        raise MutationError(
            f"a {type(owner).__name__} cannot be changed; fmap_with_path makes a model with another part"
        )
    if isinstance(key, str) and not isinstance(owner, Mapping):
        object.__setattr__(owner, key, value)
    else:
        owner[key] = value
    return value
