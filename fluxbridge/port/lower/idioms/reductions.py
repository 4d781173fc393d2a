"""Sums and the like."""

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
    Kind,
    arr,
    floated,
)
from ...syntax import Expr, Literal, Name
from .registry import Value, idiom


def _dims(t: Any, keywords: list) -> str | None:
    if len(keywords) != 1:
        return None
    k = keywords[0]
    if not (
        isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name) and k.args[0].text == "dims"
    ):
        return None
    value = k.args[1]
    if isinstance(value, Literal):
        return str(value.value - 1)
    if isinstance(value, Expr) and value.head == "tuple" and all(isinstance(a, Literal) for a in value.args):
        return "(" + ", ".join(str(a.value - 1) for a in value.args if isinstance(a, Literal)) + ")"
    return None


@idiom("sum", "prod", "maximum", "minimum", "mean")
def reduction(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """Sums and the like of numeric arrays."""
    name = node.args[0].text if isinstance(node.args[0], Name) else node.args[0].args[1].value.text
    if name == "mean" and not t.helper_name("mean"):
        return None
    if len(positional) != 1:
        return _mapped_sum(t, name, positional, keywords)
    source = positional[0]
    if isinstance(source, Expr) and source.head in ("generator", "flatten") and not keywords:
        code, kind = t.expr(source)
        inner = kind.args[0]
        if inner == BOTTOM:
            return code, BOTTOM
        exact = inner in (INT, NAT) or (t.differentiating and inner in (FLOAT, Kind("real")))
        if name == "sum" and exact:  # newer Pythons add floats in another way
            return f"{t.builtin('sum')}{code}", INT if inner == NAT else inner
        if name in ("maximum", "minimum") and inner in (INT, NAT, FLOAT):
            return f"{t.builtin('max' if name == 'maximum' else 'min')}{code}", inner
        helper = {"sum": "sum_", "prod": "prod", "maximum": "maximum", "minimum": "minimum", "mean": "mean"}[
            name
        ]
        result = inner if inner in NUMBERS and name != "mean" else ANY
        if name == "prod" and inner == BOOL:
            return f"{t.jl(helper)}({code})", BOOL
        return f"{t.jl(helper)}({code})", INT if result in (BOOL, NAT) else result
    code, kind = t.reader(source)
    if kind == BOTTOM:
        return code, BOTTOM
    element = kind.element
    if name == "prod" and element == BOOL:
        return None
    axis = _dims(t, keywords)
    if keywords and axis is None:
        return None
    function = {"sum": "sum", "prod": "prod", "maximum": "max", "minimum": "min", "mean": "mean"}[name]
    if (
        kind.tag == "arr"
        and kind.stored == "nd"
        and element in (INT, FLOAT, F32, BOOL)
        and kind.rank is not None
    ):
        result = (
            INT
            if element == BOOL and name in ("sum", "prod")
            else floated(element)
            if name == "mean"
            else element
        )
        if axis is None:
            if name in ("maximum", "minimum", "mean") and element == BOOL and name != "mean":
                return None
            return f"{t.np(function)}({code})", result
        if axis.startswith("(") or int(axis) < kind.rank:
            return f"{t.np(function)}({code}, axis={axis}, keepdims=True)", arr(result, kind.rank)
    if (
        kind.tag == "arr"
        and kind.stored == "list"
        and element in (INT, FLOAT, F32)
        and axis is None
        and name in ("sum", "maximum", "minimum")
    ):
        plain = {"sum": "sum", "maximum": "max", "minimum": "min"}[name]
        if name == "sum" and element != INT:  # newer Pythons add floats in another way
            return None
        return f"{t.builtin(plain)}({code})", element
    if (
        kind.tag == "range"
        and axis is None
        and name in ("sum", "maximum", "minimum")
        and kind.element in INTS
    ):
        return f"{t.builtin({'sum': 'sum', 'maximum': 'max', 'minimum': 'min'}[name])}({code})", INT
    helper = {"sum": "sum_", "prod": "prod", "maximum": "maximum", "minimum": "minimum", "mean": "mean"}[name]
    named = t.keyword_arguments(keywords)
    result = ANY
    if not keywords and element in NUMBERS:
        result = (
            INT
            if element in (BOOL, NAT) and name in ("sum", "prod")
            else floated(element)
            if name == "mean"
            else element
        )
    elif axis is not None and kind.tag == "arr" and element in NUMBERS and kind.rank:
        result = arr(floated(element) if name == "mean" else INT if element == BOOL else element, kind.rank)
    return f"{t.jl(helper)}({', '.join([code, *named])})", result


def _mapped_sum(t: Any, name: str, positional: list, keywords: list) -> Value | None:
    """``sum(abs2, x)``."""
    if (
        len(positional) != 2
        or keywords
        or name != "sum"
        or not isinstance(positional[0], Name)
        or t.lookup(positional[0].text)
    ):
        return None
    code, kind = t.reader(positional[1])
    if (
        kind.tag == "arr"
        and kind.stored == "nd"
        and kind.element in (INT, FLOAT, F32)
        and kind.rank is not None
    ):
        if positional[0].text == "abs2" and "abs2" not in t.extended:
            return f"{t.np('sum')}({code} ** 2)", kind.element
        if positional[0].text == "abs" and "abs" not in t.extended:
            return f"{t.np('sum')}({t.np('abs')}({code}))", kind.element
    return None
