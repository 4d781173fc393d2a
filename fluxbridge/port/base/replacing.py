"""``replace`` of text: all pairs at once, from the left."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .types import Character, Substring


class Substitution(str):
    """``s"\\1"``: a text with the groups of a match in it."""

    __slots__ = ()


def replaced_text(text: str, pairs: tuple, count: int | None = None) -> str:
    """The text with the old part of each pair replaced by the new one; what was put in is not looked at
    again.

    >>> replaced_text("abc", (("a", "b"), ("b", "a"))), replaced_text("hello", (("l", str.upper),), 1)
    ('bac', 'heLlo')
    """
    searches = [(_search(old), new) for old, new in pairs]
    parts, here, done = [], 0, 0
    while count is None or done < count:
        found = [(m, new) for search, new in searches if (m := search(text, here)) is not None]
        if not found:
            break
        match, new = min(found, key=lambda one: one[0].start())
        parts += [text[here : match.start()], _made(new, match)]
        here, done = match.end(), done + 1
        if match.end() == match.start():
            parts.append(text[here : here + 1])
            here += 1
            if here > len(text):
                break
    return "".join(parts) + text[here:]


def _search(old: Any) -> Callable[[str, int], Any]:
    if isinstance(old, str):
        return re.compile(re.escape(old)).search
    if isinstance(old, re.Pattern):
        return old.search
    if isinstance(old, (list, tuple, set)):
        return re.compile("|".join(re.escape(c) for c in old)).search

    def test(text: str, start: int) -> Any:
        place = next((i for i in range(start, len(text)) if old(Character(text[i]))), None)
        return None if place is None else re.compile("(?s).").match(text, place)

    return test


def _made(new: Any, match: re.Match) -> str:
    if isinstance(new, Substitution):
        return match.expand(re.sub(r"\\0", lambda _: r"\g<0>", str(new)))
    return str(new) if isinstance(new, str) else str(new(Substring(match.group())))


__all__ = ["Substitution", "replaced_text"]
