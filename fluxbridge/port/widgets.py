"""``@bind`` of Pluto: a variable with the value that its widget has at first."""

from __future__ import annotations

from typing import Any

from .syntax import Expr, Literal, Name, Node

WIDGETS = frozenset(
    ["Slider", "NumberField", "CheckBox", "TextField", "Select", "Radio", "Scrubbable", "RangeSlider"]
)


def bound_widgets(statements: list[Node], text: str) -> list[Node]:
    """``@bind n Slider(1:9; default = 5)`` as ``n = 5``, in a notebook with Pluto's own macro of that name."""  # noqa: E501
    macro: Any = next((s for s in statements if _defines_bind(s)), None)
    if macro is None or not any(
        w in text[macro.at : macro.end] for w in ("Base.get", "initial_value_getter")
    ):
        return statements
    made: list[Node] = []
    for s in statements:
        if s is macro:
            continue
        if isinstance(s, Expr) and s.head in ("using", "import") and _only_widgets(s):
            continue
        made.append(_default(s))
    return made


def _defines_bind(node: Any) -> bool:
    return (
        isinstance(node, Expr)
        and node.head == "macro"
        and isinstance(node.args[0], Expr)
        and getattr(node.args[0].args[0], "text", "") == "bind"
    )


def _only_widgets(node: Expr) -> bool:
    return all(
        isinstance(p, Expr) and [getattr(a, "text", "") for a in p.args] == ["PlutoUI"] for p in node.args
    )


def _default(node: Any) -> Any:
    if not (
        isinstance(node, Expr) and node.head == "macrocall" and getattr(node.args[0], "text", "") == "@bind"
    ):
        return node
    name, widget = node.args[-2:]
    if not (isinstance(name, Name) and isinstance(widget, Expr) and widget.head == "call"):
        return node
    kind = getattr(widget.args[0], "text", "")
    if kind not in WIDGETS:
        return node
    keywords = [
        k for a in widget.args[1:] if isinstance(a, Expr) for k in (a.args if a.head == "parameters" else [a])
    ]
    for k in keywords:
        if isinstance(k, Expr) and k.head == "kw" and getattr(k.args[0], "text", "") == "default":
            return Expr("=", [name, k.args[1]], node.at, node.end)
    positional = [a for a in widget.args[1:] if not (isinstance(a, Expr) and a.head in ("parameters", "kw"))]
    if kind == "CheckBox":
        return Expr("=", [name, Literal("Bool", False)], node.at, node.end)
    if kind == "TextField":
        return Expr("=", [name, Literal("String", "")], node.at, node.end)
    if kind == "Scrubbable" and positional and isinstance(positional[0], Literal):
        return Expr("=", [name, positional[0]], node.at, node.end)
    if kind in ("Slider", "NumberField", "Select", "Radio") and positional:
        first: Node = Expr("call", [Name("first", node.at), positional[0]], node.at, node.end)
        if kind in ("Select", "Radio") and _has_pairs(positional[0]):
            first = Expr("call", [Name("first", node.at), first], node.at, node.end)
        return Expr("=", [name, first], node.at, node.end)
    return node


def _has_pairs(node: Any) -> bool:
    return isinstance(node, Expr) and any(
        isinstance(a, Expr) and a.head == "call" and getattr(a.args[0], "text", "") == "=>" for a in node.args
    )


__all__ = ["bound_widgets"]
