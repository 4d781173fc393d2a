"""Vectors: order, places, running sums; the parts of dictionaries."""

from __future__ import annotations

from typing import Any

from ...kinds import ANY, BOOL, BOTTOM, CHAR, COMPLEX, F32, FLOAT, INT, NAT, STR, Kind, arr, tuple_of
from ...syntax import Expr
from .registry import Value, idiom, plain

NUMERIC = (INT, FLOAT, F32)


def _vector(kind: Kind) -> bool:
    return (
        kind.tag == "arr"
        and kind.rank == 1
        and kind.stored == "nd"
        and kind.element in (*NUMERIC, BOOL, COMPLEX)
    )


@idiom("reverse")
def reverse(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``reverse(x)`` of a vector or text."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if _vector(kind):
        return f"{code}[::-1]" + ("" if t.reading else ".copy()"), kind
    if kind.tag == "str" or (kind.tag == "arr" and kind.stored == "list"):
        return f"{code}[::-1]", kind
    return None


@idiom("sort")
def sort(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``sort(x)`` of whole numbers and text; floats have two zeros, which Julia tells apart."""
    made = _sorted_parts(t, positional, keywords)
    if made is not None:
        return made
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if _vector(kind) and kind.element == INT:
        return f"{t.np('sort')}({code})", kind
    if kind.tag == "arr" and kind.stored == "list" and kind.element in (STR, INT, CHAR):
        return f"{t.builtin('sorted')}({_plain_list(code)})", kind
    return None


def _sorted_parts(t: Any, positional: list, keywords: list) -> Value | None:
    """``sort(collect(keys(d)))``, whose order is not that of the dictionary."""
    node = positional[0] if len(positional) == 1 and not keywords else None
    for text in ("collect", ("keys", "values")):
        if not (isinstance(node, Expr) and node.head == "call" and len(node.args) == 2):
            return None
        name = getattr(node.args[0], "text", "")
        if (name != text and name not in text) or t.lookup(name) is not None or name in t.extended:
            return None
        if name != "collect":
            code, kind = t.reader(node.args[1])
            element = kind.args[name == "values"] if kind.tag == "dict" else ANY
            if element not in (STR, CHAR):
                return None
            every = f"{code}.values()" if name == "values" else code
            return f"{t.builtin('sorted')}({every})", arr(element, 1, "list")
        node = node.args[1]
    return None


def _plain_list(code: str) -> str:
    """``list(x)`` without a list, for functions that go over it once."""
    if not (code.startswith("list(") and code.endswith(")")):
        return code
    depth = 0
    for place, c in enumerate(code[4:-1]):
        depth += (c == "(") - (c == ")")
        if depth == 0 and place:
            return code
    return code[5:-1]


@idiom("argmax", "argmin")
def best_place(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``argmax(x)`` of a vector: a position of Julia."""
    values = plain(t, positional, keywords, 1)
    if values is None or not _vector(values[0][1]) or values[0][1].element not in NUMERIC or t.in_try:
        return None
    return f"({t.np(node.args[0].text)}({values[0][0]}) + 1)", NAT


@idiom("any", "all")
def every(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``all(x)`` of an array of truth values, or of a generator of them."""
    if (
        len(positional) == 1
        and isinstance(positional[0], Expr)
        and positional[0].head in ("generator", "flatten")
    ):
        code, kind = t.expr(positional[0])
        if kind.args[0] == BOOL:
            return f"{t.builtin(node.args[0].text)}{code}", BOOL
        return f"{t.jl(node.args[0].text + '_')}({code})", BOOL
    values = plain(t, positional, keywords, 1)
    if values is None or not (
        values[0][1].tag == "arr" and values[0][1].stored == "nd" and values[0][1].element == BOOL
    ):
        return None
    return f"{t.np(node.args[0].text)}({values[0][0]})", BOOL


@idiom("count")
def count(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``count(x)`` of an array of truth values."""
    values = plain(t, positional, keywords, 1) if len(positional) == 1 else None
    if values is None or not (
        values[0][1].tag == "arr" and values[0][1].stored == "nd" and values[0][1].element == BOOL
    ):
        return None
    return f"{t.np('count_nonzero')}({values[0][0]})", NAT


@idiom("cumsum", "diff")
def running(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``cumsum(x)`` of a vector."""
    values = plain(t, positional, keywords, 1)
    if values is None or not _vector(values[0][1]) or values[0][1].element not in NUMERIC:
        return None
    name = node.args[0].text
    if name == "cumsum" and values[0][1].element != INT and not t.differentiating:  # rounded as in Julia
        return f"{t.jl(name)}({values[0][0]})", values[0][1]
    return f"{t.np(name)}({values[0][0]})", values[0][1]


@idiom("keys", "values", "pairs")
def parts(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``keys(d)`` of a dictionary, where a loop goes over it."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    name = node.args[0].text
    if kind.tag == "grads" and name == "keys":
        return f"{code}.keys()", arr(ANY, 1, "list")
    if kind.tag != "dict" or not t.looping:
        return None
    code = t.walked(code, kind)
    if name == "keys":
        return f"{t.walked(code, kind)}.keys()", Kind("iter", (kind.args[0],))
    if name == "values":
        return f"{t.walked(code, kind)}.values()", Kind("iter", (kind.args[1],))
    return f"{t.walked(code, kind)}.items()", Kind("iter", (tuple_of(*kind.args),))


@idiom("delete!")
def delete(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``delete!(d, k)`` as a statement."""
    values = plain(t, positional, keywords, 2)
    if values is None or not t.statement_level:
        return None
    (code, kind), (key, _) = values
    if kind.tag == "dict":
        return f"{code}.pop({key}, None)", ANY
    return (f"{code}.discard({key})", ANY) if kind.tag == "set" else None


@idiom("enumerate", "zip")
def pairwise(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``enumerate(xs)`` counts from 1; ``zip`` stops at the shortest."""
    if keywords or not t.looping or any(isinstance(a, Expr) and a.head == "..." for a in positional):
        return None
    values = [t.loop_value(a) for a in positional]
    elements = []
    for code, kind in values:
        if kind == BOTTOM:
            return f"{t.builtin('zip')}({code})", BOTTOM
        if not (
            kind.tag in ("range", "str", "tuple")
            or (kind.tag == "arr" and kind.rank == 1)
            or (kind.tag == "iter" and not code.startswith("jl."))
        ):
            return None
        elements.append(t.iterated_kind(None, kind))
    codes = ", ".join(code for code, _ in values)
    if node.args[0].text == "zip":
        return f"{t.builtin('zip')}({codes})", Kind("iter", (tuple_of(*elements),))
    if len(values) != 1:
        return None
    return f"{t.builtin('enumerate')}({codes}, 1)", Kind("iter", (tuple_of(NAT, *elements),))


@idiom("onehotbatch")
def onehotbatch(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``onehotbatch(xs, labels)`` of a vector and a list of labels."""
    values = plain(t, positional, keywords, 2)
    if values is None or t.helper_name("onehotbatch") is None:
        return None
    (xs, kx), (labels, kl) = values
    known = kx.tag == "arr" and kx.rank == 1 and kx.stored is not None
    listed = kl.tag == "range" or (kl.tag == "arr" and kl.rank == 1 and kl.stored is not None)
    if not (known and listed):
        return None
    return f"{t.flux('onehotbatch')}({xs}, {labels})", Kind("onehot", (2,))
