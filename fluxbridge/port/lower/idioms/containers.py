"""Vectors, dictionaries, sets and references."""

from __future__ import annotations

import ast
from typing import Any

from ...kinds import (
    ANY,
    BOOL,
    BOTTOM,
    FLOAT,
    INT,
    NONE,
    STR,
    SYM,
    Kind,
    join_all,
)
from ...syntax import Expr, Literal, Name
from .registry import Value, idiom, plain


@idiom("findfirst", "findlast", "findall")
def found(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``findfirst('a', text)``: a character is looked for."""
    if len(positional) == 2 and isinstance(positional[0], Literal) and positional[0].type == "Char":
        name = node.args[0].text
        code, _ = t.expr(positional[1])
        return f"{t.jl(name)}({t.jl('fixed')}({t.jl('eq')}, {positional[0].value!r}), {code})", ANY
    return None


@idiom("haskey")
def haskey(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``haskey(d, k)``."""
    values = plain(t, positional, keywords, 2)
    if values is None or values[0][1].tag not in ("dict", "record", "grads"):
        return None
    return f"({values[1][0]} in {values[0][0]})", BOOL


@idiom("get")
def get(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``get(d, k, default)``."""
    if len(positional) == 3 and isinstance(positional[0], Expr) and positional[0].head == "->":
        return None
    values = plain(t, positional, keywords, 3)
    if values is None or values[0][1].tag != "dict":
        return None
    return f"{values[0][0]}.get({values[1][0]}, {values[2][0]})", join_all(
        [values[0][1].args[1], values[2][1]]
    )


@idiom("push!")
def push(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``push!(xs, v)``: ``append`` (the value of the call is used rarely; then the helper is called)."""
    if keywords or len(positional) != 2 or not t.statement_level:
        if positional and len(positional) == 2 and not keywords:
            code, kind = t.expr(positional[0])
            value, vk = t.passed(positional[1])
            t.learn_push(positional[0], kind, vk)
            return f"{t.jl('push_')}({code}, {t.pushed(kind, value, vk)})", kind
        return None
    code, kind = t.expr(positional[0])
    value, vk = t.passed(positional[1])
    t.learn_push(positional[0], kind, vk)
    if kind.tag == "arr" and kind.stored == "list" and not value.startswith("*"):
        return f"{code}.append({t.pushed(kind, value, vk)})", NONE
    if kind.tag == "set":
        t.keyed(vk)
        return f"{code}.add({value})", NONE
    if not value.startswith("*"):
        value = t.pushed(kind, value, vk)
    return f"{t.jl('push_')}({code}, {value})", kind if kind.tag == "arr" else ANY


@idiom("last", "first")
def ends(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``first(xs)``, ``last(xs)``."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    name = node.args[0].text
    code, kind = values[0]
    if (kind.tag == "arr" and kind.rank == 1 and kind.element in (INT, FLOAT, STR, SYM)) or kind.tag == "str":
        return f"{code}[{0 if name == 'first' else -1}]", kind.element
    if kind.tag == "tuple" and kind.args:
        return f"{code}[{0 if name == 'first' else -1}]", kind.args[0 if name == "first" else -1]
    if kind.tag == "iter" and name == "first":
        return f"{t.jl('first')}({code})", kind.args[0]
    return f"{t.jl(name)}({code})", kind.element if kind.tag in (
        "arr",
        "range",
    ) else BOTTOM if kind == BOTTOM else ANY


@idiom("Ref")
def reference(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Ref(x)``."""
    values = [t.passed(a) for a in positional]
    return f"{t.jl('Ref')}({', '.join(c for c, _ in values)})", Kind(
        "ref", (ANY if not t.broadcasting else values[0][1] if values else ANY,)
    )


@idiom("Dict")
def dictionary(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Dict(k => v, …)`` and ``Dict(k => v for …)``."""
    if keywords:
        return None
    if not positional:
        empty = f"{t.jl('typed_dict')}({t.jl('Any_')}, {t.jl('Any_')})" if t.told else "{}"
        return empty, Kind("dict", (ANY, ANY))
    if all(
        isinstance(a, Expr) and a.head == "call" and isinstance(a.args[0], Name) and a.args[0].text == "=>"
        for a in positional
    ):
        pairs = [(t.passed(a.args[1]), t.passed(a.args[2])) for a in positional]
        for (_, key), _value in pairs:
            t.keyed(key)
        inside = "{" + ", ".join(f"{k[0]}: {v[0]}" for k, v in pairs) + "}"
        return f"{t.jl('sized')}({inside})" if len(pairs) > 10 else inside, Kind(
            "dict", (join_all(k[1] for k, _ in pairs), join_all(v[1] for _, v in pairs))
        )
    if (
        len(positional) == 1
        and isinstance(positional[0], Expr)
        and positional[0].head in ("generator", "flatten")
    ):
        element, _ = t.clauses(positional[0])
        if (
            isinstance(element, Expr)
            and element.head == "call"
            and isinstance(element.args[0], Name)
            and element.args[0].text == "=>"
        ):
            code, kind, loops = t.generate(positional[0])
            call = ast.parse(code, mode="eval").body
            if isinstance(call, ast.Call) and len(call.args) == 2:
                key, value = (ast.unparse(a) for a in call.args)
                if kind.tag != "pair":
                    kind = Kind("pair", (ANY, ANY))
                made = "{" + f"{key}: {value} {loops}" + "}"
                return made if " if " in loops else f"{t.jl('sized')}({made})", Kind("dict", kind.args)
    return None


@idiom("Set")
def make_set(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Set(xs)``."""
    if keywords or len(positional) > 1:
        return None
    if not positional:
        empty = f"{t.jl('typed_set')}({t.jl('Any_')})" if t.told else f"{t.jl('set_')}()"
        return empty, Kind("set", (ANY,))
    code, kind = t.expr(positional[0])
    t.keyed(t.iterated_kind(positional[0], kind))
    return f"{t.jl('set_')}({code})", Kind("set", (t.iterated_kind(positional[0], kind),))
