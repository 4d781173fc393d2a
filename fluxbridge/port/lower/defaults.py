"""Methods that only fill in arguments: ``f(x) = f(x, 2)`` beside ``f(x, n) = …`` is a default."""

from __future__ import annotations

from typing import Any

from ..syntax import Expr, Literal, Name, Node


def with_defaults(name: str, definitions: list[Expr]) -> tuple[Expr, list[Expr]] | None:
    """One definition for all of these, and those that it replaces; ``None`` if they do more than that."""
    plain = [(d, p) for d in definitions if (p := _parameters(d, name)) is not None]
    if len(plain) != len(definitions) or len(plain) < 2:
        return None
    plain.sort(key=lambda pair: len(pair[1]))
    longest, parameters = plain.pop()
    defaults: dict[int, Literal] = {}
    for definition, mine in plain:
        filled = _filled(definition, name, mine, len(parameters))
        if filled is None or mine != parameters[: len(mine)] or len(mine) == len(parameters):
            return None
        for place, value in enumerate(filled, len(mine)):
            if defaults.setdefault(place, value) != value:
                return None
    made = [Expr("kw", [p, defaults[k]]) if k in defaults else p for k, p in enumerate(parameters)]
    head: Any = longest.args[0]
    joined = Expr(
        longest.head,
        [Expr("call", [Name(name), *made], head.at, head.end), *longest.args[1:]],
        longest.at,
        longest.end,
    )
    return joined, [d for d, _ in plain]


def _parameters(definition: Expr, name: str) -> list[Node] | None:
    head = definition.args[0]
    if not (
        isinstance(head, Expr)
        and head.head == "call"
        and isinstance(head.args[0], Name)
        and head.args[0].text == name
        and len(definition.args) > 1
    ):
        return None
    parameters = head.args[1:]
    for p in parameters:
        inner = p.args[0] if isinstance(p, Expr) and p.head == "::" and len(p.args) == 2 else p
        if not isinstance(inner, Name):
            return None
    return parameters


def _filled(definition: Expr, name: str, parameters: list[Node], count: int) -> list[Literal] | None:
    """The literals that a method adds to its arguments."""
    body: Any = definition.args[1]
    while isinstance(body, Expr) and body.head in ("block", "return") and len(body.args) == 1:
        body = body.args[0]
    if not (isinstance(body, Expr) and body.head == "call" and body.args[0] == Name(name)):
        return None
    given = body.args[1:]
    names = [p.args[0] if isinstance(p, Expr) else p for p in parameters]
    more = given[len(names) :]
    if len(given) != count or given[: len(names)] != names or not all(isinstance(a, Literal) for a in more):
        return None
    return more  # type: ignore[return-value]
