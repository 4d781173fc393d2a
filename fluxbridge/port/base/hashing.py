"""The order in which Julia goes through dictionaries and sets: that of its hash table.

The hashes are those of Julia 1.10 on 64 bits: of integers and floats (Wang's 64-bit mix), text and symbols (MurmurHash3),
characters and tuples of these. Keys of other types keep the order in which they were inserted.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .dispatch import convert
from .types import Character, Int64, Symbol

_MASK = 0xFFFFFFFFFFFFFFFF
_TEXT_SEED = 0x71E729FD56419C81
_TUPLE_SEED = 0x77CFA1EEF01BCA90
_SYMBOL_SEED = 0xCAFE8881
_SYMBOL_MIX = (_MASK // 3) * 2  # ~0 / 3 * 2
_CHAR_SEED = 0xD4D64234


def _mix(a: int) -> int:
    """Thomas Wang's hash of 64 bits."""
    a = (~a + (a << 21)) & _MASK
    a ^= a >> 24
    a = (a + (a << 3) + (a << 8)) & _MASK
    a ^= a >> 14
    a = (a + (a << 2) + (a << 4)) & _MASK
    a ^= a >> 28
    return (a + (a << 31)) & _MASK


def _turn(x: int, by: int) -> int:
    return ((x << by) | (x >> (64 - by))) & _MASK


def _final(k: int) -> int:
    k ^= k >> 33
    k = (k * 0xFF51AFD7ED558CCD) & _MASK
    k ^= k >> 33
    k = (k * 0xC4CEB9FE1A85EC53) & _MASK
    return k ^ (k >> 33)


def _murmur(data: bytes, seed: int) -> int:
    """The second half of MurmurHash3, x64, 128 bits."""
    c1, c2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
    h1 = h2 = seed & 0xFFFFFFFF
    whole = len(data) // 16 * 16
    for i in range(0, whole, 16):
        k1, k2 = (int.from_bytes(data[j : j + 8], "little") for j in (i, i + 8))
        h1 ^= (_turn((k1 * c1) & _MASK, 31) * c2) & _MASK
        h1 = (_turn(h1, 27) + h2) & _MASK
        h1 = (h1 * 5 + 0x52DCE729) & _MASK
        h2 ^= (_turn((k2 * c2) & _MASK, 33) * c1) & _MASK
        h2 = (_turn(h2, 31) + h1) & _MASK
        h2 = (h2 * 5 + 0x38495AB5) & _MASK
    rest = data[whole:]
    k2 = int.from_bytes(rest[8:], "little")
    k1 = int.from_bytes(rest[:8], "little")
    if len(rest) > 8:
        h2 ^= (_turn((k2 * c2) & _MASK, 33) * c1) & _MASK
    if rest:
        h1 ^= (_turn((k1 * c1) & _MASK, 31) * c2) & _MASK
    h1 ^= len(data)
    h2 ^= len(data)
    h1 = (h1 + h2) & _MASK
    h2 = (h2 + h1) & _MASK
    h1, h2 = _final(h1), _final(h2)
    h1 = (h1 + h2) & _MASK
    return (h2 + h1) & _MASK


def julia_hash(x: Any, h: int = 0, kind: str = "") -> int:
    """``hash(x, h)``. Raises TypeError for types whose hash is not known here.

    >>> hex(julia_hash(1))
    '0x5bca7c69b794f8ce'
    """
    if isinstance(x, Symbol) or (kind == "Symbol" and isinstance(x, str)):
        data = str(x).encode()
        return _mix(-(_murmur(data, _SYMBOL_SEED) ^ _SYMBOL_MIX) & _MASK)
    if isinstance(x, str):
        if kind == "Char" or isinstance(x, Character):
            bits = int.from_bytes(x.encode().ljust(4, bytes(1)), "big")
            return _mix(((((bits + _CHAR_SEED) & _MASK) << 32) & _MASK) ^ h)
        h = (h + _TEXT_SEED) & _MASK
        return (_murmur(x.encode(), h) + h) & _MASK
    if isinstance(x, (bool, np.bool_, int, np.integer)) and -(2**63) <= int(x) < 2**63:
        return (_mix(int(x) & _MASK) - 3 * h) & _MASK
    if isinstance(x, (float, np.floating)):
        value = float(x)
        if value.is_integer() and -(2.0**63) <= value < 2.0**63 and not (value == 0 and np.signbit(value)):
            return julia_hash(int(value), h)
        return (_mix(int(np.float64(value).view(np.uint64))) - 3 * h) & _MASK
    if type(x) is tuple:
        h = (h + _TUPLE_SEED) & _MASK
        for part in reversed(x):
            h = julia_hash(part, h)
        return h
    raise TypeError(f"the hash of a {type(x).__name__} is not known")


def _size(n: int) -> int:
    return 16 if n < 16 else 1 << (n - 1).bit_length()


class _Table:
    """Julia's hash table, with keys only."""

    def __init__(self, hint: int = 0) -> None:
        self.slots: list[Any] = [None] * 16
        self.count = self.probes = 0
        if hint:
            self.grow(_size(-(-3 * hint // 2)))

    def grow(self, size: int) -> None:
        """Put all keys in a table of this size, in the order of the old one."""
        if size == len(self.slots) and self.count == 0:
            return
        old = [s for s in self.slots if s is not None]
        self.slots, self.probes = [None] * size, 0
        for slot in old:
            index = start = slot[1] & (size - 1)
            while self.slots[index] is not None:
                index = (index + 1) & (size - 1)
            self.slots[index] = slot
            self.probes = max(self.probes, (index - start) & (size - 1))

    def add(self, key: Any, code: int) -> None:
        """Insert a key that is not there."""
        size = len(self.slots)
        index, steps = code & (size - 1), 0
        while self.slots[index] is not None:
            index = (index + 1) & (size - 1)
            steps += 1
            if steps > max(self.probes, 16, size >> 6):
                self.grow(_size(size * 2 if self.count > 64000 else size * 4))
                return self.add(key, code)
        self.probes = max(self.probes, steps)
        self.slots[index] = (key, code)
        self.count += 1
        if self.count * 3 > size * 2:
            self.grow(_size(self.count * 2 if self.count > 64000 else max(self.count * 4, 4)))
        return None


def in_order(keys: Iterable[Any], hint: int = 0, kind: str = "") -> list[Any]:
    """Keys, given in the order of insertion, in Julia's order."""
    keys = list(keys)
    table = _Table(hint)
    try:
        for key in keys:
            table.add(key, julia_hash(key, 0, kind))
    except TypeError:
        return keys
    return [slot[0] for slot in table.slots if slot is not None]


class OrderedSet(set):
    """A set that is gone through in Julia's order."""

    def __init__(self, values: Iterable[Any] = (), hint: int = 0) -> None:
        super().__init__()
        self._order: dict[Any, None] = {}
        self._hint = hint
        for v in values:
            self.add(v)

    element: Any = None

    def add(self, value: Any) -> None:
        if self.element is not None:
            value = convert(self.element, value)
        super().add(value)
        self._order.setdefault(value)

    def discard(self, value: Any) -> None:
        super().discard(value)
        self._order.pop(value, None)

    def remove(self, value: Any) -> None:
        super().remove(value)
        self._order.pop(value, None)

    def pop(self) -> Any:
        value = next(iter(self))
        self.remove(value)
        return value

    def clear(self) -> None:
        super().clear()
        self._order.clear()

    def update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for v in list(other):
                self.add(v)

    def difference_update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for v in list(other):
                self.discard(v)

    def copy(self) -> OrderedSet:
        return OrderedSet(self._order, self._hint)

    def __iter__(self) -> Iterator[Any]:
        return iter(in_order(self._order, self._hint))


class Sized(dict):
    """A dictionary that was made from so many entries at once: Julia's table has room for them from the start."""  # noqa: E501

    hint = 0


def sized(entries: dict) -> dict:
    """A dictionary made at once; up to ten entries need no more than the first table."""
    if len(entries) <= 10:
        return entries
    made = Sized(entries)
    made.hint = len(entries)
    return made


class Dict_(dict):
    """A dictionary whose types were written down: ``Dict{String, Int}()``."""

    types: tuple[Any, Any] = (None, None)
    hint = 0

    def __setitem__(self, key: Any, value: Any) -> None:
        kind = self.types[0]
        super().__setitem__(key if kind is None else convert(kind, key), self._fitting(value))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other: Any) -> None:  # type: ignore[override]
        for key, value in other.items():
            self[key] = value

    def _fitting(self, value: Any) -> Any:
        kind = self.types[1]
        if kind == Int64 and type(value) is int:
            return (value + 2**63) % 2**64 - 2**63
        return convert(kind, value) if kind is not None else value


class Walked(dict):
    """A dictionary whose order is Julia's already."""


class Keywords(Walked):
    """The keyword arguments that a function collects."""


def keywords(found: dict) -> Keywords:
    """``kws`` of ``f(; kws...)``: pairs of symbols and values, in the order of the call."""
    return Keywords((Symbol(name), value) for name, value in found.items())


def ordered(d: Any, kind: str = "") -> Any:
    """A dictionary in Julia's order; other things as they are. `kind`: Symbol or Char, if its keys are.

    >>> list(ordered({"one": 1, "two": 2, "three": 3}))
    ['two', 'one', 'three']
    """
    if type(d) not in (dict, Sized, Dict_) or len(d) < 2:
        return d
    return Walked((key, d[key]) for key in in_order(d, getattr(d, "hint", 0), kind))


__all__ = ["Dict_", "Keywords", "OrderedSet", "in_order", "julia_hash", "keywords", "ordered", "sized"]
