"""Arrays and ranges that are made."""

from __future__ import annotations

from typing import Any

from ...kinds import (
    ANY,
    BOOL,
    CHAR,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NUMBERS,
    RANGED,
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    join_all,
)
from ...syntax import Expr, Name
from .registry import Value, idiom, plain


@idiom("zeros", "ones")
def zeros(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``zeros(T, 2, 3)``."""
    name = node.args[0].text if isinstance(node.args[0], Name) else "zeros"
    if keywords or not positional:
        return None
    element, dtype = FLOAT, ""
    if (
        isinstance(positional[0], Name)
        and positional[0].text in ("Float32", "Float64", "Int", "Int64", "Bool")
        and t.lookup(positional[0].text) is None
    ):
        element, dtype = {
            "Float32": (F32, "np.float32"), "Float64": (FLOAT, ""), "Int": (INT, "int"), "Int64": (INT, "int"), "Bool": (BOOL, "bool"),  # noqa: E501
        }[positional[0].text]  # fmt: skip
        positional = positional[1:]
    if not positional:
        return None
    values = [t.expr(a) for a in positional]
    if len(values) == 1 and values[0][1].tag == "tuple" and values[0][1].args:
        shape, rank = values[0][0], len(values[0][1].args)
    elif all(k in INTS for _, k in values):
        shape = values[0][0] if len(values) == 1 else "(" + ", ".join(c for c, _ in values) + ")"
        rank = len(values)
    else:
        return None
    t.imports.add("np")
    return f"np.{name}({shape}{', ' + dtype if dtype else ''})", arr(element, rank)


@idiom("fill")
def fill(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``fill(v, 2, 3)``."""
    if keywords or len(positional) < 2:
        return None
    values = [t.expr(a) for a in positional]
    if values[0][1] in (INT, NAT, FLOAT, F32, BOOL) and all(k in INTS for _, k in values[1:]):
        shape = values[1][0] if len(values) == 2 else "(" + ", ".join(c for c, _ in values[1:]) + ")"
        return f"{t.np('full')}({shape}, {values[0][0]})", arr(values[0][1], len(values) - 1)
    return None


@idiom("trues", "falses")
def truths(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``trues(n)``."""
    values = plain(t, positional, keywords, len(positional))
    if not values or not all(k in INTS for _, k in values):
        return None
    name = "ones" if node.args[0].text == "trues" else "zeros"
    shape = values[0][0] if len(values) == 1 else "(" + ", ".join(c for c, _ in values) + ")"
    return f"{t.np(name)}({shape}, bool)", arr(BOOL, len(values))


@idiom("collect")
def collect(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``collect(1:n)``."""
    if (
        len(positional) == 2
        and isinstance(positional[0], Name)
        and positional[0].text in ("Float32", "Float64", "Int")
        and not keywords
    ):
        code, kind = t.expr(positional[1])
        element = {"Float32": F32, "Float64": FLOAT, "Int": INT}[positional[0].text]
        rank = kind.rank if kind.tag in ("arr", "range") else None
        return f"{t.jl('collect')}({t.jl('Int64' if element == INT else positional[0].text)}, {code})", arr(
            element, rank
        ) if rank else ANY
    made = _parts_of_dictionary(t, positional, keywords)
    if made is not None:
        return made
    values = plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind.tag == "range" and code.startswith("range(") and kind.element in INTS:
        return f"{t.np('arange')}({code[6:]}", arr(INT, 1)
    if (kind.tag == "iter" and kind.args[0] in (STR, SYM)) or (kind.tag == "str" and not t.told):
        return f"{t.builtin('list')}({code})", arr(
            STR if kind.tag == "iter" and kind.args[0] == STR else CHAR if kind.tag == "str" else SYM,
            1,
            "list",
        )
    return None


def _parts_of_dictionary(t: Any, positional: list, keywords: list) -> Value | None:
    """``collect(keys(d))`` and ``collect(values(d))``."""
    node = positional[0] if len(positional) == 1 and not keywords else None
    if not (isinstance(node, Expr) and node.head == "call" and len(node.args) == 2):
        return None
    text = getattr(node.args[0], "text", "")
    if text not in ("keys", "values") or t.lookup(text) is not None or text in t.extended:
        return None
    code, kind = t.reader(node.args[1])
    if kind.tag != "dict":
        return None
    code = t.walked(code, kind)
    element = kind.args[text == "values"]
    listed = f"{t.builtin('list')}({code}{'.values()' if text == 'values' else ''})"
    if element in (STR, SYM, CHAR):
        return listed, arr(element, 1, "list")
    if element in (INT, NAT, FLOAT):
        return f"{t.np('array')}({listed})", arr(INT if element == NAT else element, 1)
    return None


@idiom("hcat", "vcat")
def joined(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``hcat(xs…)``."""
    if keywords or not positional:
        return None
    if len(positional) == 1 and isinstance(positional[0], Expr) and positional[0].head == "...":
        code, _ = t.passed(positional[0])
        with t.hoisting():
            source = t.expr(positional[0].args[0])[1]
        element = source.element if source.tag == "arr" and source.rank == 1 else ANY
        flat = element in NUMBERS
        columns = element.tag == "arr" and element.rank == 1 and element.element in NUMBERS
        name = node.args[0].text
        if flat or columns:
            inner = element if flat else element.element
            return f"{t.jl(name)}({code})", arr(inner, 2 if name == "hcat" else 1)
        return f"{t.jl(name)}({code})", ANY
    values = [t.passed(a) for a in positional]
    kinds = [k for _, k in values]
    name = node.args[0].text
    if name == "hcat" and all(
        k.tag == "arr" and k.stored == "nd" and k.rank == 1 and k.element in (INT, FLOAT) for k in kinds
    ):
        element = join_all(k.element for k in kinds)
        return f"{t.np('stack')}([{', '.join(c for c, _ in values)}], axis=1)", arr(
            FLOAT if element != INT else INT, 2
        )
    if name == "vcat" and all(k.tag == "row" and c.startswith("jl.adjoint(") for c, k in values):
        rows = [c.removeprefix("jl.adjoint(").removesuffix(")") for c, _ in values]
        element = join_all(k.element for k in kinds)
        if element in (INT, FLOAT, F32) and all(k.element == element for k in kinds):
            t.helper_calls -= len(values)
            return f"{t.np('stack')}([{', '.join(rows)}])", arr(element, 2)
    elements = [k.element if k.tag in ("arr", "range") else k for k in kinds]
    result = ANY
    if all(e in NUMBERS for e in elements):
        element = join_all(elements)
        if element == Kind("real"):
            element = FLOAT
        if name == "hcat":
            result = arr(element, 2)
        elif all(k.rank == 1 or k in NUMBERS for k in kinds):
            result = arr(element, 1)
        elif all(k.rank == 2 for k in kinds):
            result = arr(element, 2)
    return f"{t.jl(name)}({', '.join(c for c, _ in values)})", result


@idiom("range")
def ranged(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``range(a, b; length = n)``."""
    values = [t.expr(a) for a in positional]
    named = t.keyword_arguments(keywords)
    kinds = [k for _, k in values]
    has_length = any(n.startswith("length=") for n in named)
    element = (
        FLOAT
        if has_length and len(values) == 2 and all(k in REALS for k in kinds)
        else F32
        if has_length and kinds and all(k == F32 for k in kinds)
        else None
    )
    return f"{t.jl('linrange')}({', '.join([*(c for c, _ in values), *named])})", arr(
        element, 1, RANGED
    ) if element else ANY


@idiom("CartesianIndex")
def cartesian(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``CartesianIndex(i, j)``."""
    return f"{t.jl('CartesianIndex')}({', '.join(t.expr(a)[0] for a in positional)})", ANY
