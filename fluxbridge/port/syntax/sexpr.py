"""Trees as S-expressions, as Julia's ``Meta.show_sexpr`` writes them (without line numbers)."""

from __future__ import annotations

import numpy as np

from .tree import Literal, Name, Node, Quoted


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
        return f"Float64({value:.17g})"
    if kind == "Float32":
        return f"Float32({float(np.float32(value)):.9g})"
    if kind.startswith("UInt"):
        return f"{kind}({value})"
    if kind == "String":
        return _text(value)
    if kind == "Char":
        return f"Char({_text(value)})"
    return str(value)


def _text(value: str) -> str:
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return (
        '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\u{{{ord(c):x}}}" for c in plain) + '"'
    )
