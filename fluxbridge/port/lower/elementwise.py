"""Functions of the program that work on whole arrays as they are written: ``f(x) = 3x^2 + sin(x)``."""

from __future__ import annotations

from typing import Any

from ..kinds import REALS
from ..names import ELEMENTWISE
from ..syntax import Expr, Literal, Name
from .plans import parameters_of

ARITHMETIC = frozenset("+-*/")


def works_on_arrays(t: Any, definition: Expr) -> bool:
    """Whether a function of one number does the same with each element of an array: it only adds, multiplies,
    takes whole powers and calls functions of NumPy that do."""
    head = definition.args[0]
    if definition.head == "->":
        parameters = head.args if isinstance(head, Expr) and head.head == "tuple" else [head]
    else:
        parameters = parameters_of(definition)
        if not (isinstance(head, Expr) and head.head == "call") or len(head.args) != 2:
            return False
    if len(parameters) != 1 or not isinstance(parameters[0], Name):
        return False
    body = definition.args[1]
    while isinstance(body, Expr) and body.head in ("block", "return") and len(body.args) == 1:
        body = body.args[0]
    return _uses(body, parameters[0].text) and _plain(t, body, parameters[0].text)


def _uses(node: Any, name: str) -> bool:
    if isinstance(node, Name):
        return node.text == name
    return isinstance(node, Expr) and any(_uses(a, name) for a in node.args)


def _plain(t: Any, node: Any, parameter: str) -> bool:
    if isinstance(node, Literal):
        return node.type in ("Int64", "Float64")
    if isinstance(node, Name):
        if node.text == parameter or node.text in ("π", "pi", "ℯ"):
            return True
        own = t.scope.root.names.get(node.text)
        return own is not None and t.lookup(node.text) is own and t.kind_of(own) in REALS
    if not (isinstance(node, Expr) and node.head == "call" and isinstance(node.args[0], Name)):
        return False
    name, args = node.args[0].text, node.args[1:]
    if name in t.extended or t.lookup(name) is not None:
        return False
    if name in ARITHMETIC:
        return all(_plain(t, a, parameter) for a in args)
    if name == "^" and len(args) == 2:
        whole = isinstance(args[1], Literal) and args[1].type == "Int64" and args[1].value >= 0
        return whole and _plain(t, args[0], parameter)
    target = ELEMENTWISE.get(name, ("",))[0]
    return target.startswith("np.") and len(args) == 1 and _plain(t, args[0], parameter)
