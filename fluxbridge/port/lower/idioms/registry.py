"""The table of idioms, and what all of them use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...kinds import CHAR, F32, FLOAT, INT, NAT, STR, SYM, Kind
from ...syntax import Expr

Value = tuple[str, Kind]
IDIOMS: dict[str, Callable] = {}
PRINTED = frozenset((STR, INT, NAT, FLOAT, CHAR, SYM, F32))


def idiom(*names: str) -> Callable[[Callable], Callable]:
    """Decorator: the idiom of these names."""

    def register(function: Callable) -> Callable:
        for name in names:
            IDIOMS[name] = function
        return function

    return register


def plain(t: Any, positional: list, keywords: list, count: int) -> list[Value] | None:
    """The values of so many positional arguments, or ``None`` if there are others."""
    if (
        keywords
        or len(positional) != count
        or any(isinstance(a, Expr) and a.head == "..." for a in positional)
    ):
        return None
    return [t.reader(a) for a in positional]
