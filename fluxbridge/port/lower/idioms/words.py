"""Text in Python's words."""

from __future__ import annotations

from typing import Any

from ...kinds import BOOL, CHAR, INTS, STR, SYM, arr
from ...syntax import Expr, Literal, Name
from .registry import Value, idiom, plain

TEXTS = (STR, CHAR)


@idiom("join")
def join(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``join(words, ", ")``."""
    if len(positional) not in (1, 2) or keywords:
        return None
    values = [t.expr(a) for a in positional]
    code, kind = values[0]
    if len(values) == 2 and values[1][1] not in TEXTS:
        return None
    separator = values[1][0] if len(values) == 2 else "''"
    if not separator.startswith(("'", '"')) and not separator.isidentifier():
        return None
    if kind.tag == "str":
        return f"{separator}.join({code})", STR
    texts = (kind.tag == "arr" and kind.stored == "list") or (kind.tag == "iter" and kind.args[0] in TEXTS)
    if texts and (kind.tag == "iter" or kind.element in (STR, CHAR, SYM)):
        if kind.tag == "iter" and code.startswith("(") and code.endswith(")"):
            code = code[1:-1] if _whole(code) else code
        return f"{separator}.join({code})", STR
    return None


def _whole(code: str) -> bool:
    depth = 0
    for place, c in enumerate(code):
        depth += (c in "([{") - (c in ")]}")
        if depth == 0:
            return place == len(code) - 1
    return False


@idiom("split")
def split(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``split(text, ",")``: by a separator that is not empty."""
    if keywords or len(positional) != 2:
        return None
    second = positional[1]
    if not (isinstance(second, Literal) and second.type in ("String", "Char") and second.value):
        return None
    code, kind = t.expr(positional[0])
    plain = kind == STR and not t.told
    return (f"{code}.split({second.value!r})", arr(STR, 1, "list")) if plain else None


@idiom("startswith", "endswith")
def begins(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``startswith(text, part)``."""
    values = plain(t, positional, keywords, 2)
    if values is None or values[0][1] != STR or values[1][1] not in TEXTS:
        return None
    return f"{values[0][0]}.{node.args[0].text}({values[1][0]})", BOOL


@idiom("occursin", "contains")
def within(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``occursin(part, text)``."""
    values = plain(t, positional, keywords, 2)
    if values is None:
        return None
    part, text = values if node.args[0].text == "occursin" else reversed(values)
    if part[1] not in TEXTS or text[1] != STR:
        return None
    return f"({part[0]} in {text[0]})", BOOL


@idiom("replace")
def replace(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``replace(text, "a" => "b")`` of literals."""
    if keywords or len(positional) != 2:
        return None
    pair = positional[1]
    if not (
        isinstance(pair, Expr)
        and pair.head == "call"
        and isinstance(pair.args[0], Name)
        and pair.args[0].text == "=>"
        and all(isinstance(a, Literal) and a.type in ("String", "Char") for a in pair.args[1:])
        and pair.args[1].value  # type: ignore[union-attr]
    ):
        return None
    code, kind = t.expr(positional[0])
    if kind != STR:
        return None
    return f"{code}.replace({pair.args[1].value!r}, {pair.args[2].value!r})", STR  # type: ignore[union-attr]


@idiom("lpad", "rpad")
def padded(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``lpad(7, 3, '0')`` of a whole number."""
    values = plain(t, positional, keywords, len(positional))
    if not values or len(values) not in (2, 3) or not all(k in INTS for _, k in values[:2]):
        return None
    fill = ""
    if len(values) == 3:
        last = positional[2]
        if not (isinstance(last, Literal) and last.type in ("String", "Char") and len(last.value) == 1):
            return None
        fill = f", {last.value!r}"
    method = "rjust" if node.args[0].text == "lpad" else "ljust"
    return f"{t.builtin('str')}({values[0][0]}).{method}({values[1][0]}{fill})", STR


@idiom("repeat")
def repeated(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``repeat("ab", 3)``."""
    values = plain(t, positional, keywords, 2)
    if values is None or values[0][1] not in TEXTS or values[1][1] not in INTS or t.in_try:
        return None
    return f"({values[0][0]} * {values[1][0]})", STR


@idiom("isempty")
def isempty(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isempty(x)``."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind.tag in ("str", "dict", "set") or (kind.tag == "arr" and kind.stored == "list"):
        return f"(not {code})", BOOL
    if kind.tag == "arr" and kind.stored == "nd" and kind.rank is not None:
        return (f"({t.builtin('len')}({code}) == 0)" if kind.rank == 1 else f"({code}.size == 0)"), BOOL
    return None
