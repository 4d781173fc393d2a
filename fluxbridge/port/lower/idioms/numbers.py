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
    STR,
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
    codes = ", ".join(c for c, _ in values)
    name = node.args[0].text
    if all(k in INTS for k in kinds):
        positive = set(kinds) == {NAT} or (name == "max" and NAT in kinds)
        return f"{t.builtin(name)}({codes})", NAT if positive else INT
    if len(values) == 2 and ((FLOAT in kinds and set(kinds) <= REALS) or set(kinds) == {F32}):
        return f"{t.np('maximum' if name == 'max' else 'minimum')}({codes})", FLOAT if FLOAT in kinds else F32
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
    """``round(x; digits)``, ``round(Int, x)``."""
    text = node.args[0].text
    name = {"round": "round_"}.get(text, text)
    if any(isinstance(a, Expr) and a.head == "..." for a in positional):
        return None
    if len(positional) == 2 and isinstance(positional[0], Name) and positional[0].text in ("Int", "Int64"):
        code, kind = t.reader(positional[1])
        if kind == FLOAT and not t.in_try:
            inner = {"floor": f"{t.np('floor')}({code})", "ceil": f"{t.np('ceil')}({code})"}.get(text, code)
            return f"{t.builtin('round' if text == 'round' else 'int')}({inner})", INT
        return f"{t.jl(name)}({t.jl('Int64')}, {code})", INT
    if len(positional) != 1:
        return None
    code, kind = t.reader(positional[0])
    if kind == FLOAT and not keywords:
        return f"{t.np(text)}({code})", FLOAT
    if kind == FLOAT and text == "round" and (digits := _digits(t, keywords)) is not None:
        return f"{t.np('round')}({code}, {digits})", FLOAT
    named = t.keyword_arguments(keywords)
    return f"{t.jl(name)}({', '.join([code, *named])})", kind if kind in (
        FLOAT,
        F32,
        INT,
        BOTTOM,
    ) else INT if kind == NAT else ANY


def _digits(t: Any, keywords: list) -> str | None:
    """``digits = 3``: a number that is not negative."""
    if len(keywords) != 1:
        return None
    k = keywords[0]
    if not (
        isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name) and k.args[0].text == "digits"
    ):
        return None
    code, kind = t.expr(k.args[1])
    return code if kind == NAT else None


@idiom("mod", "fld", "cld", "mod1", "div", "divrem")
def divided(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``mod(a, b)`` of whole numbers."""
    values = plain(t, positional, keywords, 2)
    if values is None or t.in_try or not all(k in INTS for _, k in values):
        return None
    (a, ka), (b, kb) = values
    natural = ka == kb == NAT
    b = b if b.isidentifier() or t.literal_int(b) is not None else f"({b})"
    text = node.args[0].text
    if text == "mod":
        return f"({a} % {b})", NAT if kb == NAT else INT
    if text == "fld" or (text == "div" and natural):
        return f"({a} // {b})", NAT if natural else INT
    if text == "cld":
        return f"(-(-{a} // {b}))", NAT if natural else INT
    if text == "mod1":
        return f"(({a} - 1) % {b} + 1)", NAT if kb == NAT else INT
    if text == "divrem" and natural:
        return f"{t.builtin('divmod')}({a}, {b})", Kind("tuple", (NAT, NAT))
    return None


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


@idiom("isapprox")
def close(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isapprox(x, y)`` of two floats."""
    values = plain(t, positional, keywords, 2)
    if values is None or not all(k == FLOAT for _, k in values) or t.scope.home.kind != "file":
        return None
    return t.close(values[0][0], values[1][0])


@idiom("isless")
def isless(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isless(a, b)`` of whole numbers and of text."""
    values = plain(t, positional, keywords, 2)
    if values is None:
        return None
    (a, ka), (b, kb) = values
    return (f"({a} < {b})", BOOL) if {ka, kb} <= INTS or ka == kb == STR else None
