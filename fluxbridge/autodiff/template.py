"""What is left of a structure when its leaves are taken out, and the record that gradients come back as."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import StructureError


class Record:
    """An immutable record of fields, as gradients of objects come back.

    >>> r = Record(W=2.0, act=None)
    >>> r, r.W, r["W"], r[0], list(r.keys())
    ((W=2.0, act=None), 2.0, 2.0, 2.0, ['W', 'act'])
    """

    __slots__ = ("_fields",)
    _fields: dict[str, Any]

    def __init__(self, /, **fields: Any):
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._fields[name]
        except KeyError:
            has = ", ".join(self._fields)
            raise AttributeError(f"this record has no field {name!r}; it has {has}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a record cannot be changed")

    def __getitem__(self, key: str | int) -> Any:
        return self._fields[key] if isinstance(key, str) else list(self._fields.values())[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, key: object) -> bool:
        return key in self._fields

    def keys(self) -> Any:
        return self._fields.keys()

    def values(self) -> Any:
        return self._fields.values()

    def items(self) -> Any:
        return self._fields.items()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self._fields == other._fields

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "(" + ", ".join(f"{k}={v!r}" for k, v in self._fields.items()) + ")"

    def __reduce__(self) -> Any:
        return _record, (self._fields,)

    def __fluxbridge_split__(self, splitter: Any) -> tuple[Any, Any]:
        new, templates, varies = splitter._children(self._fields)
        return (Record(**new), Branch(templates, _record, ".{}")) if varies else (self, None)


def _record(fields: dict[str, Any]) -> Record:
    return Record(**fields)


class Leaf:
    """The place of one number or array. `finish` turns its cotangent into the gradient."""

    __slots__ = ("finish", "index")

    def __init__(self, index: int, finish: Callable[[Any], Any] | None = None):
        self.index = index
        self.finish = finish

    def fill(self, values: Sequence[Any]) -> Any:
        value = values[self.index]
        return value if value is None or self.finish is None else self.finish(value)

    def match(self, other: Any, path: str) -> Iterator[tuple[int, Any, str]]:
        if other is not None:
            yield self.index, other, path

    def paths(self, path: str) -> Iterator[tuple[int, str]]:
        yield self.index, path


class Branch:
    """A structure with named or numbered children; a child without leaves is None."""

    __slots__ = ("build", "children", "keep_none", "spelling")

    def __init__(
        self,
        children: dict[Any, Any],
        build: Callable[[dict[Any, Any]], Any],
        spelling: str,
        keep_none: bool = True,
    ):
        self.children = children
        self.build = build
        self.spelling = spelling
        self.keep_none = keep_none

    def fill(self, values: Sequence[Any]) -> Any:
        """The gradient: None if no child has one."""
        filled, has_gradient = {}, False
        for key, child in self.children.items():
            filled[key] = value = None if child is None else child.fill(values)
            has_gradient = has_gradient or value is not None
        if not has_gradient:
            return None
        if not self.keep_none:
            filled = {k: v for k, v in filled.items() if v is not None}
        return self.build(filled)

    def match(self, other: Any, path: str) -> Iterator[tuple[int, Any, str]]:
        """Pair the leaves with those of `other`, which has the same structure or None in places."""
        if other is None:
            return
        if isinstance(other, (list, tuple)) and len(other) > len(self.children):
            raise StructureError(
                f"the structure does not match: {len(other)} entries at {path or 'the top'} of {other!r}, "
                f"where {len(self.children)} belong"
            )
        for key, child in self.children.items():
            if child is not None:
                at = path + self.spelling.format(key)
                yield from child.match(_child(other, key, at), at)

    def paths(self, path: str) -> Iterator[tuple[int, str]]:
        for key, child in self.children.items():
            if child is not None:
                yield from child.paths(path + self.spelling.format(key))


def _child(other: Any, key: Any, path: str) -> Any:
    """The part of `other` at `key`; absent keys of a dict are None."""
    if isinstance(other, Mapping):
        return other.get(key)
    if isinstance(other, (list, tuple, Record, deque, np.ndarray)) and isinstance(key, int):
        if key < len(other):
            return other[key]
    elif isinstance(key, str) and hasattr(other, key):
        return getattr(other, key)
    raise StructureError(f"the structure does not match: nothing at {path or 'the top'} of {other!r}")
