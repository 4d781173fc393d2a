"""Functions of numbers and types."""

from __future__ import annotations

from typing import Any

from ...kinds import (
    ANY,
    BOOL,
    BOTTOM,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NUMBERS,
    REALS,
    Kind,
    arr,
    floated,
    join_all,
)
from ...syntax import Expr, Name
from .registry import Value, idiom, plain


@idiom("abs2")
def abs2(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``abs2(x)``."""
    values = plain(t, positional, keywords, 1)
    if values is None or values[0][1] not in (FLOAT, F32):
        return None
    code = f"({values[0][0]})" if values[0][0].startswith("-") else values[0][0]
    return f"({code} ** 2)", values[0][1]


@idiom("isodd", "iseven")
def parity(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isodd(n)``."""
    values = plain(t, positional, keywords, 1)
    if values is None or values[0][1] not in INTS:
        return None
    return f"({values[0][0]} % 2 {'!=' if node.args[0].text == 'isodd' else '=='} {0})", BOOL


@idiom("max", "min")
def extremes(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``max(a, b)`` of whole numbers."""
    if keywords or len(positional) < 2 or any(isinstance(a, Expr) and a.head == "..." for a in positional):
        return None
    values = [t.reader(a) for a in positional]
    kinds = [k for _, k in values]
    if all(k in INTS for k in kinds):
        return f"{t.builtin(node.args[0].text)}({', '.join(c for c, _ in values)})", NAT if set(kinds) == {
            NAT
        } else INT
    return None


@idiom("float")
def floating(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``float(x)``."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind in (INT, NAT):
        return f"{t.builtin('float')}({code})", FLOAT
    return (
        (code, kind)
        if kind in (FLOAT, F32)
        else (
            f"{t.jl('float_')}({code})",
            floated(kind)
            if kind in NUMBERS
            else arr(floated(kind.element), kind.rank)
            if kind.tag == "arr" and kind.element in REALS
            else ANY,
        )
    )


@idiom("round", "floor", "ceil", "trunc")
def rounding(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``round(x; digits)``: the helper, with its kind."""
    name = {"round": "round_"}.get(node.args[0].text, node.args[0].text)
    if any(isinstance(a, Expr) and a.head == "..." for a in positional):
        return None
    if len(positional) == 2 and isinstance(positional[0], Name) and positional[0].text in ("Int", "Int64"):
        code, kind = t.reader(positional[1])
        return f"{t.jl(name)}({t.jl('Int64')}, {code})", INT
    if len(positional) != 1:
        return None
    code, kind = t.reader(positional[0])
    named = t.keyword_arguments(keywords)
    return f"{t.jl(name)}({', '.join([code, *named])})", kind if kind in (
        FLOAT,
        F32,
        INT,
        BOTTOM,
    ) else INT if kind == NAT else ANY


@idiom("typemax", "typemin")
def limits(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``typemax(Int64) + 1`` overflows: its kind must not be a plain integer."""
    return f"{t.jl(node.args[0].text)}({t.type_expr(positional[0])})", Kind("num")


@idiom("one", "zero")
def units(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``zero(x)``, ``one(x)``."""
    if (
        isinstance(positional[0], Name)
        and t.type_name(positional[0].text)
        and t.lookup(positional[0].text) is None
    ):
        name = positional[0].text
        kind = {"Int": INT, "Int64": INT, "Float64": FLOAT}.get(name, ANY)
        return f"{t.jl(node.args[0].text)}({t.type_expr(positional[0])})", kind
    code, kind = t.expr(positional[0])
    if kind == FLOAT:
        return ("0.0" if node.args[0].text == "zero" else "1.0"), FLOAT
    if kind in INTS:
        return ("0" if node.args[0].text == "zero" else "1"), INT
    return f"{t.jl(node.args[0].text)}({code})", kind if kind.tag == "arr" and node.args[
        0
    ].text == "zero" else BOTTOM if kind == BOTTOM else ANY


@idiom("convert")
def conversion(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``convert(T, x)``."""
    return f"{t.jl('convert')}({t.type_expr(positional[0])}, {t.expr(positional[1])[0]})", ANY


@idiom("isa")
def instance(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isa(x, T)``."""
    return f"{t.jl('isa')}({t.expr(positional[0])[0]}, {t.type_expr(positional[1])})", BOOL


@idiom("isnothing")
def isnothing(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isnothing(x)``."""
    values = plain(t, positional, keywords, 1)
    return None if values is None else (f"({values[0][0]} is None)", BOOL)


@idiom("ifelse")
def choose(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``ifelse(c, a, b)``."""
    values = plain(t, positional, keywords, 3)
    if values is None or values[0][1] != BOOL:
        return None
    return f"({values[1][0]} if {values[0][0]} else {values[2][0]})", join_all([values[1][1], values[2][1]])
