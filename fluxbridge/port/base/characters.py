"""Text by its characters and bytes."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from .errors import BoundsError, MethodError
from .indexing import byte_starts
from .types import Character, Substring


def cmp(a: Any, b: Any) -> int:
    """``cmp(a, b)``: -1, 0 or 1."""
    return (a > b) - (a < b)


def codepoint(c: str) -> Any:
    """``codepoint(c)``."""
    return np.uint32(ord(c))


def codeunit(text: str, i: int) -> Any:
    """``codeunit(text, i)``: the byte at place ``i``."""
    return np.uint8(text.encode()[i - 1])


def ncodeunits(text: str) -> int:
    """``ncodeunits(text)``: how many bytes it has.

    >>> ncodeunits("é")
    2
    """
    return len(text.encode())


def sizeof(text: Any) -> int:
    """``sizeof(text)`` in bytes, and of an array of numbers."""
    if isinstance(text, str):
        return len(text.encode())
    if isinstance(text, np.ndarray) and text.dtype.kind in "biufc":
        return int(text.nbytes)
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return 8
    raise MethodError(f"sizeof(::{type(text).__name__}) is not known here")


def eachsplit(text: str, *separator: Any) -> list:
    """``eachsplit(text, separator)``."""
    from .collections import split

    return split(text, *separator)


def isascii(text: str) -> bool:
    """``isascii(text)``."""
    return text.isascii()


def iscntrl(c: str) -> bool:
    """``iscntrl(c)``."""
    return unicodedata.category(c) == "Cc"


def isnumeric(c: str) -> bool:
    """``isnumeric(c)``."""
    return unicodedata.category(c).startswith("N")


def isprint(c: str) -> bool:
    """``isprint(c)``."""
    return not unicodedata.category(c).startswith(("C", "Zl", "Zp"))


def lowercasefirst(text: str) -> str:
    """``lowercasefirst(text)``."""
    return text[:1].lower() + text[1:]


def nextind(text: Any, i: int, n: int = 1) -> int:
    """``nextind(text, i, n)``: where the character ``n`` further on begins.

    >>> nextind("aéb", 2), nextind("aéb", 0)
    (4, 1)
    """
    places = [0, *byte_starts(text), ncodeunits(text) + 1]
    return places[_place(places, i) + n]


def prevind(text: Any, i: int, n: int = 1) -> int:
    """``prevind(text, i, n)``: where the character ``n`` before begins."""
    places = [0, *byte_starts(text), ncodeunits(text) + 1]
    here = next((k for k, p in enumerate(places) if p >= i), None)
    if here is None or here < n:
        raise BoundsError(f"index {i} of a text of {ncodeunits(text)} bytes")
    return places[here - n]


def thisind(text: Any, i: int) -> int:
    """``thisind(text, i)``: where the character begins of which byte ``i`` is a part."""
    places = [0, *byte_starts(text), ncodeunits(text) + 1]
    return places[_place(places, i)]


def _place(places: list[int], i: int) -> int:
    if not 0 <= i <= places[-1]:
        raise BoundsError(f"index {i} of a text of {places[-1] - 1} bytes")
    return max(k for k, p in enumerate(places) if p <= i)


__all__ = [
    "Character",
    "Substring",
    "cmp",
    "codepoint",
    "codeunit",
    "eachsplit",
    "isascii",
    "iscntrl",
    "isnumeric",
    "isprint",
    "lowercasefirst",
    "ncodeunits",
    "nextind",
    "prevind",
    "sizeof",
    "thisind",
]
