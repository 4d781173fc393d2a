"""Who asks: what the frame that called a special method of a traced number is doing there.

C code that formats text, compares fractions or looks for a key asks a number in the same words as code that
would lose its derivative. These questions come only where the answer would else be a refusal.
"""

from __future__ import annotations

import dis
import functools
from types import FrameType
from typing import Any

#: Operators that ask a number, and no call.
_NO_CALL = frozenset(
    {
        "COMPARE_OP",
        "CONTAINS_OP",
        "BINARY_SUBSCR",
        "STORE_SUBSCR",
        "DELETE_SUBSCR",
        "BINARY_OP",
        "BUILD_MAP",
        "BUILD_SET",
        "MAP_ADD",
        "SET_ADD",
    }
)
_CACHED = type(functools.lru_cache(len))


def _instruction(frame: FrameType) -> tuple[str, int]:
    code = frame.f_code.co_code
    return dis.opname[code[frame.f_lasti]], code[frame.f_lasti + 1]


def formats_text(frame: FrameType) -> bool:
    """Is it at ``"%.3f" % x``? Numbers and arrays on the left would not ask for a float there."""
    name, which = _instruction(frame)
    return name == "BINARY_MODULO" or (name == "BINARY_OP" and dis._nb_ops[which][1] in ("%", "%="))  # type: ignore[attr-defined]


def compares_fractions(frame: FrameType | None) -> bool:
    """Does a Fraction compare itself with the number?"""
    for _ in range(3):
        if frame is None or frame.f_globals.get("__name__") != "fractions":
            return False
        if frame.f_code.co_name in ("_richcmp", "__eq__"):
            return True
        frame = frame.f_back
    return False


def computes_with_fractions(frame: FrameType) -> bool:
    """Does an operator of a Fraction ask what stands on its other side?"""
    if frame.f_globals.get("__name__") == "abc" and frame.f_back is not None:  # it asks by isinstance
        frame = frame.f_back
    return frame.f_globals.get("__name__") == "fractions" and frame.f_code.co_name in (
        "forward",
        "reverse",
        "_richcmp",
        "__eq__",
    )


def calls_a_cache(frame: FrameType) -> bool:
    """Is a function behind functools.cache or lru_cache called there, as far as its names tell?"""
    if _instruction(frame)[0] in _NO_CALL:
        return False
    held = {**frame.f_globals, **frame.f_locals}
    names = (*frame.f_code.co_names, *frame.f_locals)
    candidates: list[Any] = [held.get(name) for name in names]
    owners = [type(x) for x in frame.f_locals.values()] + [held.get(name) for name in frame.f_code.co_names]
    candidates += [
        getattr(owner, name, None) for owner in owners if isinstance(owner, type) for name in names
    ]
    return any(type(x) is _CACHED for x in candidates)


def is_from_import(frame: FrameType) -> bool:
    """Is it at ``from … import name``? Of an AttributeError that statement would keep the name only."""
    return frame.f_lasti >= 0 and _instruction(frame)[0] == "IMPORT_FROM"
