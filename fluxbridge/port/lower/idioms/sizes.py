"""Lengths, shapes, and arrays in another shape."""

from __future__ import annotations

from typing import Any

from ...kinds import (
    ANY,
    BOOL,
    COMPLEX,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NATS,
    NUMBERS,
    Kind,
    arr,
)
from ...shifts import moved
from ...syntax import Expr, Literal, Name
from .registry import Value, idiom, plain


@idiom("length")
def length(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``length(x)``: ``len`` or ``size``."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind.tag in ("str", "tuple", "dict", "set", "range", "layers") or (
        kind.tag == "arr" and kind.rank == 1
    ):
        return f"{t.builtin('len')}({code})", NAT
    if kind.tag == "arr" and kind.stored == "nd" and kind.rank is not None:
        return f"{code}.size", NAT
    return f"{t.jl('length')}({code})", NAT


@idiom("size")
def size(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``size(x)``, ``size(x, 1)``."""
    if keywords or not positional or len(positional) > 2:
        return None
    code, kind = t.reader(positional[0])
    if len(positional) == 1:
        if kind == Kind("onehot", (2,)):
            return f"{code}.shape", Kind("tuple", (NAT, NAT))
        if kind.tag == "arr" and kind.stored == "nd" and kind.rank:
            return f"{code}.shape", Kind("tuple", (NAT,) * kind.rank)
        return f"{t.jl('size')}({code})", Kind(
            "tuple", (NAT,) * kind.rank
        ) if kind.tag == "arr" and kind.rank else ANY
    axis, ak = t.expr(positional[1])
    literal = t.literal_int(axis)
    if (
        kind.tag == "arr"
        and kind.stored == "nd"
        and kind.rank
        and literal is not None
        and 1 <= literal <= kind.rank
    ):
        return f"{code}.shape[{literal - 1}]", NAT
    if (
        kind.tag == "arr"
        and kind.stored == "nd"
        and kind.rank
        and (
            ak == NAT or (ak == FLOAT and axis.isidentifier())  # a whole number within a gradient
        )
    ):
        return f"{code}.shape[{moved(axis, -1)}]", NAT
    return f"{t.jl('size')}({code}, {axis})", NAT


@idiom("reshape")
def reshape(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``reshape(x, 2, :)``."""
    if keywords or len(positional) < 2 or any(isinstance(a, Expr) and a.head == "..." for a in positional):
        return None
    code, kind = t.expr(positional[0])
    sizes = []
    for a in positional[1:]:
        if isinstance(a, Name) and a.text == ":":
            sizes.append(("-1", NAT))
        else:
            sizes.append(t.expr(a))
    if not all(k in INTS for _, k in sizes):
        return None
    element = kind.element if kind.tag in ("arr", "range") else ANY
    result = arr(element if element != NAT else INT, len(sizes)) if element in NUMBERS else ANY
    if kind.tag == "arr" and kind.stored == "nd" and element in (INT, FLOAT, F32, BOOL, COMPLEX):
        return f"{t.np('reshape')}({code}, ({', '.join(c for c, _ in sizes)},), order='F')".replace(
            ",)", ",)" if len(sizes) == 1 else ")"
        ), result
    if kind.tag == "range" and code.startswith("range(") and element in INTS:
        return (
            f"{t.np('reshape')}({code}, ({', '.join(c for c, _ in sizes)}{',' if len(sizes) == 1 else ''}), order='F')",  # noqa: E501
            result,
        )
    codes = ", ".join(t.jl("COLON") if c == "-1" else c for c, _ in sizes)
    return f"{t.jl('reshape')}({code}, {codes})", result


@idiom("vec")
def vec(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``vec(x)``."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind.tag == "arr" and kind.stored == "nd" and kind.element in (INT, FLOAT, F32, BOOL):
        return f"{t.np('ravel')}({code}, order='F')", arr(kind.element, 1)
    return None


@idiom("copy")
def copy(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``copy(x)``."""
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if (kind.tag == "arr" and kind.stored) or kind.tag == "dict":
        return f"{code}.copy()", kind
    return None


@idiom("transpose")
def transpose(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``transpose(A)``."""
    values = plain(t, positional, keywords, 1)
    if values is None or not (
        values[0][1].tag == "arr" and values[0][1].rank == 2 and values[0][1].stored == "nd"
    ):
        return None
    return f"{values[0][0]}.T", values[0][1]


@idiom("eachindex", "axes")
def places(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``eachindex(x)``, ``axes(A, 2)``: the positions of Julia."""
    axis = 1
    if node.args[0].text == "axes":
        if len(positional) != 2 or not isinstance(positional[1], Literal):
            return None
        axis, positional = positional[1].value, positional[:1]
    values = plain(t, positional, keywords, 1)
    if values is None or not values[0][0].replace(".", "").isidentifier():
        return None
    code, kind = values[0]
    if kind.tag != "arr" or kind.rank is None or not 1 <= axis <= kind.rank:
        return None
    if node.args[0].text == "eachindex":
        if kind.rank != 1 and kind.stored != "nd":
            return None
        size = f"{t.builtin('len')}({code})" if kind.rank == 1 else f"{code}.size"
    elif kind.rank == 1:
        size = f"{t.builtin('len')}({code})"
    elif kind.stored == "nd":
        size = f"{code}.shape[{axis - 1}]"
    else:
        return None
    return f"{t.builtin('range')}(1, {size} + 1)", NATS
