"""Printing and making text."""

from __future__ import annotations

from typing import Any

from ...kinds import (
    BOOL,
    BOTTOM,
    INT,
    NAT,
    NONE,
    STR,
    Kind,
)
from ...syntax import Expr, Literal, Name
from .registry import Value, idiom, plain


@idiom("println", "print")
def printing(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``println`` of text and plain numbers is ``print``."""
    name = node.args[0].text if isinstance(node.args[0], Name) else "println"
    if any(isinstance(a, Expr) and a.head == "..." for a in positional) or keywords:
        return None
    values = [t.shown_value(a) for a in positional]
    if (
        values
        and not t.plainly(values[0][1])
        and values[0][1] != BOTTOM
        and isinstance(positional[0], Name)
        and positional[0].text in ("io", "stdout")
    ):
        code = ", ".join(c for c, _ in values)
        return f"{t.jl('println' if name == 'println' else 'print_')}({code})", NONE
    if BOOL in [k for _, k in values] and all(k == BOOL or t.plainly(k) for _, k in values):
        values = [(f"{t.builtin('str')}({c}).lower()", STR) if k == BOOL else (c, k) for c, k in values]
    if all(t.plainly(k) for _, k in values):
        end = "" if name == "println" else ", end=''"
        joined = t.format_string([_part(t, a, *v) for a, v in zip(positional, values, strict=True)])
        if len(values) > 1 and joined.startswith(("f'", 'f"')):
            return f"{t.builtin('print')}({joined}{end})", NONE
        separator = ", sep=''" if len(values) > 1 else ""
        return f"{t.builtin('print')}({', '.join(c for c, _ in values)}{separator}{end})".replace(
            "(, ", "("
        ), NONE
    for _, kind in values:
        t.printed(kind)
    return (
        f"{t.jl('println' if name == 'println' else 'print_')}({', '.join(t.shown(v) for v in values)})",
        NONE,
    )


def _part(t: Any, node: Any, code: str, kind: Kind) -> tuple[str, str]:
    if isinstance(node, Literal) and node.type in ("String", "Char"):
        return "text", node.value
    return "code", code


@idiom("string")
def text(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``string(…)``."""
    values = plain(t, positional, keywords, len(positional))
    if values is None:
        return None
    if len(values) == 1 and values[0][1] in (INT, NAT, STR):
        return f"{t.builtin('str')}({values[0][0]})", STR
    for _, kind in values:
        t.printed(kind)
    return f"{t.jl('string')}({', '.join(c for c, _ in values)})", STR


@idiom("error")
def failing(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``error(…)``: raises also within an expression."""
    return f"{t.jl('error')}({', '.join(t.reader(a)[0] for a in positional)})", BOTTOM
