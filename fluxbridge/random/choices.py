"""Random elements of ranges, arrays, lists, tuples and strings, as Julia's ``rand(rng, collection)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np

from ..errors import StructureError
from .kinds import UINT64
from .words import MASK64, Source, objects

EMPTY = "A random element needs a collection that is not empty."
ALL_52 = (1 << 52) - 1


def choose(source: Source, items: Any) -> Any:
    """One element. Raises StructureError if the collection is empty, or cannot be indexed.

    >>> from fluxbridge.random import Xoshiro
    >>> choose(Xoshiro(0), [10, 20, 30])
    20
    """
    if isinstance(items, range):
        return _from_range(source, items, None)
    if isinstance(items, str):
        return _character(source, items)
    items = _indexable(items)
    n = len(items)
    if n == 0:
        raise StructureError(EMPTY)
    if not isinstance(items, tuple):
        return items[source._one(source._below(n))]
    return items[source._one(_tuple_pick(source, n))] if n > 1 else items[0]


def choose_many(source: Source, items: Any, n: int) -> np.ndarray:
    """n elements, as a vector. Raises as :func:`choose`.

    >>> from fluxbridge.random import Xoshiro
    >>> choose_many(Xoshiro(0), [10, 20, 30], 4)
    array([20, 10, 30, 10])
    """
    if isinstance(items, range):
        return _from_range(source, items, n)
    items = items if isinstance(items, tuple) else as_vector(_indexable(items))
    if len(items) == 0:
        raise StructureError(EMPTY)
    if not isinstance(items, tuple):
        return items[source._many(source._below(len(items)), n).view(np.int64)]
    if len(items) == 1:
        return np.repeat(as_vector(items), n)
    return as_vector(items)[source._many(_tuple_pick(source, len(items)), n).astype(np.int64)]


def as_vector(items: Any) -> np.ndarray:
    """A collection as a vector, in Julia's order; of objects if their types differ."""
    if isinstance(items, np.ndarray):
        return items.ravel(order="F")
    if isinstance(items, range):
        return np.array(items, np.int64 if _fits(items, 64) else object)
    items = list(items)
    kinds = {type(item) for item in items}
    characters = kinds == {str} and all(len(item) == 1 for item in items)
    alike = len(kinds) == 1 and isinstance(items[0], (complex, float, int, np.generic))
    return np.array(items) if alike or characters or kinds == {int, float} else objects(items)


def _indexable(items: Any) -> Any:
    if isinstance(items, np.ndarray):
        return items.ravel(order="F") if items.ndim != 1 else items
    if isinstance(items, (Mapping, Set)):
        name = type(items).__name__
        raise StructureError(
            f"Which element of a {name} comes first in Julia depends on Julia's own hashes, so a random "
            f"element of it cannot be the same; pick from a list, say, in both languages."
        )
    if isinstance(items, Sequence) and not isinstance(items, (bytes, bytearray)):
        return items
    raise StructureError(
        f"Cannot draw from {items!r}; it is neither a type nor a range, array, list, tuple or string."
    )


def _tuple_pick(source: Source, n: int) -> Any:
    """A pick of an index of a tuple of n elements, as Julia draws it.

    One-element tuples consume no randomness.
    """
    if n == 2:
        return lambda word: (source._bits(word, 8) & 1, None)
    if n == 3:

        def pick(word: Any) -> Any:
            value = source._bits(word, 52)
            return value // (ALL_52 // 3), value != ALL_52

        return pick
    if n & (n - 1) == 0:
        return lambda word: (source._bits(word, 32) & (n - 1), None)
    return source._below(n)


def _character(source: Source, text: str) -> str:
    """A character of a string: bytes are drawn until one begins a character."""
    octets = text.encode()
    if not octets:
        raise StructureError(EMPTY)
    while True:
        place = source._one(source._below(len(octets)))
        if octets[place] & 0xC0 != 0x80:
            return text[len(octets[:place].decode())]


def _fits(items: range, bits: int) -> bool:
    """Are the numbers that define the range, with the stop included as in Julia, integers of so many bits?"""
    last = items.stop - (1 if items.step > 0 else -1)
    return all(-(1 << bits - 1) <= n < 1 << bits - 1 for n in (items.start, items.step, last))


def _from_range(source: Source, items: range, n: int | None) -> Any:
    """Integers of Julia's Int64, Int128 or BigInt, whichever the ends of the range need."""
    size = max(0, -((items.start - items.stop) // items.step))
    if size == 0:
        raise StructureError(EMPTY)
    if not _fits(items, 64):
        small = min(items.start, items.stop) >= -(2**127) and max(items.start, items.stop) <= 2**127
        draw = _fast if small else _by_limbs
        if n is None:
            return items.start + items.step * draw(source, size - 1)
        return objects([items.start + items.step * draw(source, size - 1) for _ in range(n)])
    if items.step != 1 and size >= 2**63:
        raise StructureError(f"Julia cannot index so long a range: {items!r} has {size} elements.")
    pick = source._below(size)
    if n is None:
        return items.start + items.step * source._one(pick)
    index = source._many(pick, n)
    return (index * np.uint64(items.step & MASK64) + np.uint64(items.start & MASK64)).view(np.int64)


def _fast(source: Source, greatest: int) -> int:
    """An integer in [0, greatest], which has at most 128 bits."""
    mask = (1 << greatest.bit_length()) - 1
    while True:
        value = source._next() if mask <= MASK64 else source._wide(source._next(), source._next())
        if value & mask <= greatest:
            return value & mask


def _by_limbs(source: Source, greatest: int) -> int:
    """An integer in [0, greatest] of any size: the lower words first, then the highest."""
    limbs = -(-greatest.bit_length() // 64)
    if limbs == 0:
        return 0
    shift = 64 * (limbs - 1)
    highest = source._below((greatest >> shift) + 1)
    while True:
        low = int.from_bytes(source._fill(UINT64, limbs - 1).astype("<u8").tobytes(), "little")
        value = source._one(highest) << shift | low
        if value <= greatest:
            return value
