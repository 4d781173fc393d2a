"""What a program does as a whole: found in its tree before anything is translated."""

from __future__ import annotations

from typing import Any

from ..syntax import Expr, Name, Node, Quoted
from .plans import base_name, extended_name, parameters_of, type_of
from .scope import is_definition, signature_name


def expressions(root: Expr) -> list[Expr]:
    found, stack = [], [root]
    while stack:
        here = stack.pop()
        found.append(here)
        stack.extend(a for a in here.args if isinstance(a, Expr))
    return found


def names_in(node: Any) -> set[str]:
    found: set[str] = set()
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, Name):
            found.add(here.text)
        elif isinstance(here, Quoted):
            stack.append(here.value)
        elif isinstance(here, Expr):
            stack.extend(here.args)
    return found


def tried(root: Expr) -> set[int]:
    """The functions that may run within ``try``: their errors must be Julia's."""
    everything = expressions(root)
    reached = {name for n in everything if n.head == "try" for name in names_in(n.args[0])}
    if not reached:
        return set()
    named: dict[str, list[Expr]] = {}
    found: set[int] = set()
    for n in everything:
        if is_definition(n):
            called = signature_name(n.args[0])
            if isinstance(called, Name):
                named.setdefault(called.text, []).append(n)
            else:  # methods of Base, of types, and calls of structs are reached in many ways
                found.add(n.at)
                reached |= names_in(n)
        elif n.head == "=" and isinstance(n.args[0], Name) and isinstance(n.args[1], Expr):
            named.setdefault(n.args[0].text, []).append(n)
    todo = list(reached)
    while todo:
        for definition in named.pop(todo.pop(), []):
            found |= {e.at for e in expressions(definition) if e.head in ("->", "function", "=", "do")}
            more = names_in(definition) - reached
            reached |= more
            todo += more
    return found


def pirated(statements: list[Node], extended: set[str], plans: dict[str, Any]) -> set[str]:
    """Functions of Base that get a method for something else than the program's structs."""
    found = set()
    for node in expressions(Expr("block", list(statements))):
        if is_definition(node) and (text := extended_name(node, extended)) is not None:
            types = {base_name(type_of(p)) for p in parameters_of(node)}
            if not types & set(plans):
                found.add(text)
    return found


def tells(check: Node, names: set[str]) -> bool:
    """Whether a check shows one of these parameters when it fails."""
    failures = [n for n in expressions(Expr("block", [check])) if n.head in ("string", "call")]
    return any(
        n.head == "string" or getattr(n.args[0], "text", "") in ("error", "throw", "string")
        for n in failures
        if names_in(n) & names
        and (n.head == "string" or getattr(n.args[0], "text", "") in ("error", "throw"))
    )


def abstract_classes(statements: list[Node]) -> set[str]:
    """The abstract types whose parents are the program's own: they can be classes."""
    found: dict[str, Node | None] = {}
    for s in statements:
        while isinstance(s, Expr) and s.head == "macrocall" and len(s.args) > 1:
            s = s.args[-1]
        if isinstance(s, Expr) and s.head == "abstract":
            head, parent = s.args[0], None
            if isinstance(head, Expr) and head.head == "<:":
                head, parent = head.args
            if isinstance(head, Name):
                found[head.text] = parent
    while True:
        bad = {
            n
            for n, p in found.items()
            if not (p is None or (isinstance(p, Name) and p.text in {"Any", *found}))
        }
        if not bad:
            return set(found)
        for n in bad:
            del found[n]
