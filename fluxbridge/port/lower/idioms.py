"""Functions of Julia that a Python person writes otherwise, where the kinds allow it.

Each idiom takes the translator, positional and keyword arguments, and gives code and kind, or ``None`` for
the helper.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    COMPLEX,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NONE,
    NUMBERS,
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    floated,
    join_all,
)  # fmt: skip
from ..syntax import Expr, Literal, Name

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


def _plain(t: Any, positional: list, keywords: list, count: int) -> list[Value] | None:
    if (
        keywords
        or len(positional) != count
        or any(isinstance(a, Expr) and a.head == "..." for a in positional)
    ):
        return None
    return [t.reader(a) for a in positional]


@idiom("println", "print")
def printing(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``println`` of text and plain numbers is ``print``."""
    name = node.args[0].text if isinstance(node.args[0], Name) else "println"
    if any(isinstance(a, Expr) and a.head == "..." for a in positional) or keywords:
        return None
    values = [t.reader(a) for a in positional]
    if (
        values
        and values[0][1] not in PRINTED
        and values[0][1] != BOTTOM
        and isinstance(positional[0], Name)
        and positional[0].text in ("io", "stdout")
    ):
        code = ", ".join(c for c, _ in values)
        return f"{t.jl('println' if name == 'println' else 'print_')}({code})", NONE
    if all(k in PRINTED for _, k in values):
        end = "" if name == "println" else ", end=''"
        separator = ", sep=''" if len(values) > 1 else ""
        return f"{t.builtin('print')}({', '.join(c for c, _ in values)}{separator}{end})".replace(
            "(, ", "("
        ), NONE
    return f"{t.jl('println' if name == 'println' else 'print_')}({', '.join(c for c, _ in values)})", NONE


@idiom("length")
def length(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``length(x)``: ``len`` or ``size``."""
    values = _plain(t, positional, keywords, 1)
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
        if kind.tag == "arr" and kind.stored == "nd" and kind.rank:
            return f"{code}.shape", Kind("tuple", (NAT,) * kind.rank)
        return f"{t.jl('size')}({code})", Kind(
            "tuple", (NAT,) * kind.rank
        ) if kind.tag == "arr" and kind.rank else ANY
    axis, _ak = t.expr(positional[1])
    literal = t.literal_int(axis)
    if (
        kind.tag == "arr"
        and kind.stored == "nd"
        and kind.rank
        and literal is not None
        and 1 <= literal <= kind.rank
    ):
        return f"{code}.shape[{literal - 1}]", NAT
    return f"{t.jl('size')}({code}, {axis})", NAT


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
        if name == "sum" and inner in (INT, NAT, FLOAT, Kind("real")):
            return f"{t.builtin('sum')}{code}", INT if inner == NAT else inner
        if name in ("maximum", "minimum") and inner in (INT, NAT, FLOAT):
            return f"{t.builtin('max' if name == 'maximum' else 'min')}{code}", inner
        helper = {"sum": "sum_", "prod": "prod", "maximum": "maximum", "minimum": "minimum", "mean": "mean"}[
            name
        ]
        result = inner if inner in NUMBERS and name != "mean" else ANY
        return f"{t.jl(helper)}({code})", INT if result in (BOOL, NAT) else result
    code, kind = t.reader(source)
    if kind == BOTTOM:
        return code, BOTTOM
    element = kind.element
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
        if name == "sum" and element == F32:
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


@idiom("abs2")
def abs2(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``abs2(x)``."""
    values = _plain(t, positional, keywords, 1)
    if values is None or values[0][1] not in (FLOAT, F32):
        return None
    code = f"({values[0][0]})" if values[0][0].startswith("-") else values[0][0]
    return f"({code} ** 2)", values[0][1]


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
    values = _plain(t, positional, keywords, len(positional))
    if not values or not all(k in INTS for _, k in values):
        return None
    name = "ones" if node.args[0].text == "trues" else "zeros"
    shape = values[0][0] if len(values) == 1 else "(" + ", ".join(c for c, _ in values) + ")"
    return f"{t.np(name)}({shape}, bool)", arr(BOOL, len(values))


@idiom("isodd", "iseven")
def parity(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isodd(n)``."""
    values = _plain(t, positional, keywords, 1)
    if values is None or values[0][1] not in INTS:
        return None
    return f"({values[0][0]} % 2 {'!=' if node.args[0].text == 'isodd' else '=='} {0})", BOOL


@idiom("isnothing")
def isnothing(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``isnothing(x)``."""
    values = _plain(t, positional, keywords, 1)
    return None if values is None else (f"({values[0][0]} is None)", BOOL)


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
    values = _plain(t, positional, keywords, 2)
    if values is None or values[0][1].tag not in ("dict", "record"):
        return None
    return f"({values[1][0]} in {values[0][0]})", BOOL


@idiom("get")
def get(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``get(d, k, default)``."""
    if len(positional) == 3 and isinstance(positional[0], Expr) and positional[0].head == "->":
        return None
    values = _plain(t, positional, keywords, 3)
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
        return f"{code}.add({value})", NONE
    return f"{t.jl('push_')}({code}, {value})", kind if kind.tag == "arr" else ANY


@idiom("last", "first")
def ends(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``first(xs)``, ``last(xs)``."""
    values = _plain(t, positional, keywords, 1)
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
    values = _plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind.tag == "range" and code.startswith("range(") and kind.element in INTS:
        return f"{t.np('arange')}({code[6:]}", arr(INT, 1)
    if (kind.tag == "iter" and kind.args[0] in (STR, SYM)) or kind.tag == "str":
        return f"{t.builtin('list')}({code})", arr(
            STR if kind.tag == "iter" and kind.args[0] == STR else CHAR if kind.tag == "str" else SYM,
            1,
            "list",
        )
    return None


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
    values = _plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if kind.tag == "arr" and kind.stored == "nd" and kind.element in (INT, FLOAT, F32, BOOL):
        return f"{t.np('ravel')}({code}, order='F')", arr(kind.element, 1)
    return None


@idiom("copy")
def copy(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``copy(x)``."""
    values = _plain(t, positional, keywords, 1)
    if values is None:
        return None
    code, kind = values[0]
    if (kind.tag == "arr" and kind.stored) or kind.tag == "dict":
        return f"{code}.copy()", kind
    return None


@idiom("transpose")
def transpose(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``transpose(A)``."""
    values = _plain(t, positional, keywords, 1)
    if values is None or not (
        values[0][1].tag == "arr" and values[0][1].rank == 2 and values[0][1].stored == "nd"
    ):
        return None
    return f"{values[0][0]}.T", values[0][1]


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
    values = _plain(t, positional, keywords, 1)
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


@idiom("Ref")
def reference(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Ref(x)``."""
    values = [t.passed(a) for a in positional]
    return f"{t.jl('Ref')}({', '.join(c for c, _ in values)})", Kind(
        "ref", (ANY if not t.broadcasting else values[0][1] if values else ANY,)
    )


@idiom("Pair")
def pair(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Pair(a, b)``."""
    return None


@idiom("Dict")
def dictionary(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Dict(k => v, …)`` and ``Dict(k => v for …)``."""
    if keywords:
        return None
    if not positional:
        return "{}", Kind("dict", (ANY, ANY))
    if all(
        isinstance(a, Expr) and a.head == "call" and isinstance(a.args[0], Name) and a.args[0].text == "=>"
        for a in positional
    ):
        pairs = [(t.passed(a.args[1]), t.passed(a.args[2])) for a in positional]
        inside = ", ".join(f"{k[0]}: {v[0]}" for k, v in pairs)
        return "{" + inside + "}", Kind(
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
                return "{" + f"{key}: {value} {loops}" + "}", Kind("dict", kind.args)
    return None


@idiom("Set")
def make_set(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``Set(xs)``."""
    if keywords or len(positional) > 1:
        return None
    if not positional:
        return f"{t.builtin('set')}()", Kind("set", (ANY,))
    code, kind = t.expr(positional[0])
    return f"{t.jl('set_')}({code})", Kind("set", (t.iterated_kind(positional[0], kind),))


@idiom("CartesianIndex")
def cartesian(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``CartesianIndex(i, j)``."""
    return f"{t.jl('CartesianIndex')}({', '.join(t.expr(a)[0] for a in positional)})", ANY


@idiom("error")
def failing(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``error(…)``: raises also within an expression."""
    return f"{t.jl('error')}({', '.join(t.reader(a)[0] for a in positional)})", BOTTOM


@idiom("hcat", "vcat")
def joined(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``hcat(xs…)``."""
    if keywords or not positional:
        return None
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
        element, 1
    ) if element else ANY


@idiom("string")
def text(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``string(…)``."""
    values = _plain(t, positional, keywords, len(positional))
    if values is None:
        return None
    if len(values) == 1 and values[0][1] in (INT, NAT, STR):
        return f"{t.builtin('str')}({values[0][0]})", STR
    return f"{t.jl('string')}({', '.join(c for c, _ in values)})", STR


@idiom("ifelse")
def choose(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``ifelse(c, a, b)``."""
    values = _plain(t, positional, keywords, 3)
    if values is None or values[0][1] != BOOL:
        return None
    return f"({values[1][0]} if {values[0][0]} else {values[2][0]})", join_all([values[1][1], values[2][1]])


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


@idiom("abspath")
def path(t: Any, positional: list, keywords: list, node: Any) -> Value | None:
    """``abspath(PROGRAM_FILE) == @__FILE__`` is recognised where it is compared."""
    return None
