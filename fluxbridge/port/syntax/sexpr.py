"""Trees as S-expressions, as Julia's ``Meta.show_sexpr`` writes them (without line numbers)."""

from __future__ import annotations

import numpy as np

from .tree import Expr, Literal, Name, Node, Quoted


def show(node: Node) -> str:
    """One line for a tree."""
    if isinstance(node, Name):
        return _symbol(node.text)
    if isinstance(node, Quoted):
        return f"(:quote, #QuoteNode {show(node.value)})"
    if isinstance(node, Literal):
        return _literal(node)
    args = [show(a) for a in node.args]
    return "(" + ", ".join([_symbol(node.head), *args]) + ")"


def _symbol(name: str) -> str:
    return ":" + name


def _literal(node: Literal) -> str:
    kind, value = node.type, node.value
    if kind == "Nothing":
        return "nothing"
    if kind == "Bool":
        return "true" if value else "false"
    if kind == "Float64":
        return f"Float64({value!r})"
    if kind == "Float32":
        return f"Float32({float(np.float32(value))!r})"
    if kind.startswith("UInt"):
        return f"{kind}({value})"
    if kind in ("String", "Char"):
        return kind + "(" + ",".join(str(b) for b in value.encode("utf-8", "surrogateescape")) + ")"
    return str(value)
