"""Kinds: what the translator knows about a value before the program runs.

A kind is a guarantee. ``nat`` is an ``Int64`` that is small and not negative (a literal, a length, a
position), ``real`` an
``Int64`` or a ``Float64``, ``any`` is everything, ``bottom`` nothing that has been seen yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RANGED = "ranged"
"""How a range of floats is stored: in an array that knows its step."""


@dataclass(frozen=True)
class Kind:
    """A kind: its tag, and for containers the kinds of what is inside."""

    tag: str
    args: tuple = ()

    @property
    def element(self) -> Kind:
        """The kind of the elements of an array, range, set or text."""
        if self.tag in ("arr", "set"):
            return self.args[0]
        if self.tag == "range":
            return INT if not self.args else self.args[0]
        if self.tag == "str":
            return CHAR
        if self.tag == "tuple" and self.args:
            return join_all(self.args)
        if self.tag == "dict":
            return Kind("tuple", self.args)
        if self.tag == "row":
            return self.args[0]
        return self if self.tag in ("bottom",) else ANY

    @property
    def rank(self) -> int | None:
        """How many axes an array has, if that is known."""
        if self.tag == "range":
            return 1
        return self.args[1] if self.tag == "arr" else 0 if self in SCALARS else None

    @property
    def stored(self) -> str | None:
        """How a vector is stored: ``"nd"`` or ``"list"``."""
        found = self.args[2] if self.tag == "arr" else None
        return "nd" if found == RANGED else found

    @property
    def ranged(self) -> bool:
        """Whether a vector may be a range of floats, which stays one in sums and products."""
        return self.tag == "range" or (self.tag == "arr" and self.args[2] == RANGED)

    def __repr__(self) -> str:
        return self.tag + (f"{self.args!r}" if self.args else "")


ANY, BOTTOM = Kind("any"), Kind("bottom")
NAT, INT, FLOAT, F32, REAL, NUM = (Kind(t) for t in ["nat", "int", "float", "f32", "real", "num"])
BOOL, STR, SYM, CHAR, NONE, COMPLEX = (Kind(t) for t in ["bool", "str", "sym", "char", "none", "complex"])
RANGE, MODEL, TYPE, FUNCTION, MODULE = (Kind(t) for t in ["range", "model", "type", "function", "module"])
INTS = frozenset((NAT, INT))
REALS = frozenset((NAT, INT, FLOAT, REAL))
FLOATS = frozenset((FLOAT, F32))
NUMBERS = REALS | {F32, NUM, BOOL, COMPLEX}
SCALARS = NUMBERS | {STR, SYM, CHAR, NONE}
NATS = Kind("range", (NAT,))
FUNCTIONS_FOLLOWED = 6
"""A variable that holds one of more functions than this is not followed."""


def arr(element: Kind, rank: int | None, stored: str | None = "nd") -> Kind:
    """An array."""
    if element == NAT:
        element = INT
    return Kind("arr", (element, rank, stored))


def vector_of(element: Kind) -> Kind:
    """A vector made by a literal or a comprehension: numbers are stored in an array, other things in a
    list."""
    if element == BOTTOM:
        return BOTTOM
    if element in NUMBERS:
        return arr(element, 1, "nd")
    return arr(element, 1, "list" if element.tag not in ("any", "num") else None)


def tuple_of(*parts: Kind) -> Kind:
    """A tuple with these parts."""
    return Kind("tuple", parts)


def join(a: Kind, b: Kind) -> Kind:
    """The narrowest kind that is both."""
    if a == b or b == BOTTOM:
        return a
    if a == BOTTOM:
        return b
    pair = {a, b}
    if pair <= INTS:
        return INT
    if pair <= REALS:
        return REAL
    if pair <= NUMBERS:
        return NUM
    if a.tag == b.tag == "lambda" and len(set(a.args) | set(b.args)) <= FUNCTIONS_FOLLOWED:
        return Kind("lambda", tuple(sorted({*a.args, *b.args}, key=str)))
    if a.tag == b.tag == "arr":
        element = join(a.args[0], b.args[0])
        return Kind(
            "arr",
            (
                element,
                a.args[1] if a.args[1] == b.args[1] else None,
                a.args[2] if a.args[2] == b.args[2] else None,
            ),
        )
    if a.tag == b.tag == "range":
        return Kind("range", (join(a.element, b.element),))
    if a.tag == b.tag == "tuple" and len(a.args) == len(b.args):
        return Kind("tuple", tuple(join(x, y) for x, y in zip(a.args, b.args, strict=False)))
    if a.tag == b.tag and a.tag in ("dict", "set"):
        return Kind(a.tag, tuple(join(x, y) for x, y in zip(a.args, b.args, strict=False)))
    if a.tag == b.tag == "record" and [n for n, _ in a.args] == [n for n, _ in b.args]:
        return Kind("record", tuple((n, join(x, y)) for (n, x), (_, y) in zip(a.args, b.args, strict=False)))
    return ANY


def narrowed(known: Kind, seen: Kind) -> Kind:
    """What is known of a value, or what was seen when it ran, where that is a case of it."""
    return seen if join(known, seen) == known != BOTTOM else known


def join_all(kinds: Any) -> Kind:
    """The join of several kinds."""
    result = BOTTOM
    for kind in kinds:
        result = join(result, kind)
    return result


def promoted(a: Kind, b: Kind) -> Kind:
    """The kind of a sum of two numbers."""
    if BOTTOM in (a, b):
        return BOTTOM
    if {a, b} <= INTS:
        return INT
    if FLOAT in (a, b) and {a, b} <= REALS | {F32, BOOL}:
        return FLOAT
    if {a, b} <= REALS:
        return REAL
    if F32 in (a, b) and {a, b} <= INTS | {F32, BOOL}:
        return F32
    if {a, b} <= INTS | {BOOL}:
        return INT
    return NUM if {a, b} <= NUMBERS else ANY


def floated(a: Kind) -> Kind:
    """The kind of a quotient or a sine."""
    if a in (NAT, INT, FLOAT, REAL, BOOL):
        return FLOAT
    return a if a in (F32, BOTTOM, COMPLEX) else NUM if a == NUM else ANY


def traced(a: Kind) -> Kind:
    """The kind of an argument inside of a gradient: whole numbers become floats."""
    if a in (NAT, INT, REAL, FLOAT):
        return FLOAT
    if a.tag == "range":
        return arr(FLOAT, 1, "nd")
    if a.tag == "arr" and a.args[0] in (INT, NAT, REAL):
        return Kind("arr", (FLOAT, *a.args[1:]))
    return (
        a
        if a in (F32, BOTTOM) or a.tag in ("arr", "model", "struct", "diagonal", "uniform", "onehot")
        else ANY
    )
