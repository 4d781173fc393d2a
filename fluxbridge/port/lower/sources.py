"""How Julia writes an expression, for ``@show``: from the tree, with its own blanks and brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..base.showing import show
from ..base.types import Character
from ..syntax import Expr, Literal, Name, Node, Quoted
from ..syntax.operators import PRECEDENCE, UNARY
from .core import Refused

#: The precedence of what is not an operator, and of the place where anything may stand.
_NONE, _FREE = 0, 0
_INFIX = {"&&": " && ", "||": " || ", "::": "::", "<:": " <: ", ">:": " >: ", "=": " = ", "kw": " = "}


def written(node: Node, within: int = _FREE) -> str:
    """An expression as Julia shows it. Raises Refused for forms that are not known here.

    >>> from fluxbridge.port.syntax import parse
    >>> [written(parse(code).statements[0]) for code in ("2x+1", "f( x,y )", "-(a+b)*c")]
    ['2x + 1', 'f(x, y)', '-((a + b)) * c']
    """
    if isinstance(node, Name):
        return node.text
    if isinstance(node, Quoted):
        return ":" + written(node.value)
    if isinstance(node, Literal):
        return _literal(node)
    form = _FORMS.get(node.head)
    if form is None:
        raise Refused("@show of this expression: how Julia writes it is not known")
    return form(node, within)


def _literal(node: Literal) -> str:
    if node.type == "Char":
        return show(Character(node.value))
    if node.type == "Float32":
        return show(np.float32(float(str(node.value))))
    if node.type.startswith("UInt"):
        return show(np.dtype(node.type.lower()).type(node.value))
    return show(node.value)


def _list(nodes: list[Node]) -> str:
    return ", ".join(written(n) for n in nodes)


def _bracketed(text: str, level: int, within: int) -> str:
    return f"({text})" if level <= within else text


def _arguments(nodes: list[Node]) -> str:
    positional = [n for n in nodes if not (isinstance(n, Expr) and n.head == "parameters")]
    keywords = [n for n in nodes if isinstance(n, Expr) and n.head == "parameters"]
    return _list(positional) + "".join(f"; {_list(k.args)}" for k in keywords)


def _head(node: Node) -> str:
    """What is called or indexed."""
    simple = isinstance(node, Name) or (isinstance(node, Expr) and node.head in (".", "curly"))
    return written(node) if simple else f"({written(node)})"


def _call(node: Expr, within: int) -> str:
    function, args = node.args[0], node.args[1:]
    if isinstance(function, Name):
        text = function.text
        level = PRECEDENCE.get(text.removeprefix(".") if text != "." else text, _NONE)
        if len(args) == 1 and text in UNARY:
            inner = written(args[0], level)
            return f"{text}({inner})" if isinstance(args[0], Expr) else f"{text}{inner}"
        if level and len(args) > 1:
            return _infix(text, level, args, within)
    return f"{_head(function)}({_arguments(args)})"


def _infix(text: str, level: int, args: list[Node], within: int) -> str:
    first, second = args[0], args[1]
    if (
        text == "*"
        and len(args) == 2
        and isinstance(first, Literal)
        and first.type in ("Int64", "Float64", "Float32")
        and isinstance(second, Name)
    ):
        return _bracketed(written(first) + written(second), level, within)
    between = ":" if text == ":" else f" {text} "
    return _bracketed(between.join(written(a, level) for a in args), level, within)


def _operator(node: Expr, within: int) -> str:
    level = PRECEDENCE.get(node.head if node.head != "kw" else "=", 30)
    parts = [written(a, level) for a in node.args]
    return _bracketed(_INFIX[node.head].join(parts), level, within if node.head != "kw" else -1)


def _comparison(node: Expr, within: int) -> str:
    level = PRECEDENCE["<"]
    return _bracketed(" ".join(written(a, level) for a in node.args), level, within)


def _field(node: Expr, within: int) -> str:
    base, second = node.args[0], node.args[1]
    if isinstance(second, Expr) and second.head == "tuple":
        return f"{_head(base)}.({_arguments(second.args)})"
    if isinstance(second, Quoted) and isinstance(second.value, Name):
        return f"{_head(base)}.{second.value.text}"
    raise Refused("@show of this expression: how Julia writes it is not known")


def _tuple(node: Expr, within: int) -> str:
    if node.args and isinstance(node.args[0], Expr) and node.args[0].head == "parameters":
        return f"(; {_list(node.args[0].args)})"
    return f"({_list(node.args)}{',' if len(node.args) == 1 else ''})"


def _rows(node: Expr, within: int) -> str:
    rows = (
        " ".join(map(written, row.args)) if isinstance(row, Expr) and row.head == "row" else written(row)
        for row in node.args
    )
    return f"[{'; '.join(rows)}]"


def _generator(node: Any) -> str:
    if not isinstance(node, Expr) or node.head != "generator":
        raise Refused("@show of this expression: how Julia writes it is not known")
    ranges, test = node.args[1:], ""
    if isinstance(ranges[0], Expr) and ranges[0].head == "filter":
        test, ranges = f" if {written(ranges[0].args[0])}", ranges[0].args[1:]
    loops = ", ".join(f"{written(r.args[0])} = {written(r.args[1])}" for r in ranges)  # type: ignore[union-attr]
    return f"{written(node.args[0])} for {loops}{test}"


def _text(node: Expr, within: int) -> str:
    parts: list[Any] = [
        show(p.value)[1:-1] if isinstance(p, Literal) and p.type == "String" else f"$({written(p)})"
        for p in node.args
    ]
    return '"' + "".join(parts) + '"'


def _primed(node: Node) -> str:
    return f"{written(node)}'" if isinstance(node, Name) else f"({written(node)})'"


_FORMS: dict[str, Any] = {
    "call": _call,
    "comparison": _comparison,
    "generator": lambda n, _: f"({_generator(n)})",
    "comprehension": lambda n, _: f"[{_generator(n.args[0])}]",
    ".": _field,
    "tuple": _tuple,
    "vcat": _rows,
    "string": _text,
    "vect": lambda n, _: f"[{_list(n.args)}]",
    "hcat": lambda n, _: f"[{' '.join(map(written, n.args))}]",
    "ref": lambda n, _: f"{_head(n.args[0])}[{_list(n.args[1:])}]",
    "curly": lambda n, _: f"{_head(n.args[0])}{{{_list(n.args[1:])}}}",
    "'": lambda n, _: _primed(n.args[0]),
    "...": lambda n, _: written(n.args[0]) + "...",
    **dict.fromkeys(_INFIX, _operator),
}
