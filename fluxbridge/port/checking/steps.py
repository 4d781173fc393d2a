"""A document as Julia runs it: its statements, and the variables that each may have changed."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass, field
from typing import Any

from ..answers import answered
from ..lower import is_definition
from ..lower.facts import names_in
from ..pieces import joined
from ..survey import assigned_in, changed_in, end_of, start_of
from ..syntax import Expr, Name, parse


@dataclass
class Step:
    """One statement: where it stands, its code, and what is to be looked at after it.

    ``at`` is its position in the joined text of all cells, as in :class:`~..translate.Piece`. ``assigns`` are
    the names that it gives a value, ``uses`` all names in it and in the functions of the document that it
    calls. ``plain``: it is an assignment that runs once, so what it leaves is what it assigned.
    """

    cell: int
    at: int
    code: str
    assigns: list[str]
    uses: set[str]
    plain: bool = False
    last: bool = False
    look: tuple[str, ...] = field(default=())


def steps_of(cells: list[str]) -> list[Step]:
    """The statements of a document. A cell that is no Julia for the parser is one statement.

    >>> [(s.code, s.look) for s in steps_of(["x = 1; f(y) = x + y", "f(2)"])]
    [('x = 1', ('x',)), ('f(y) = x + y', ('f', 'x')), ('f(2)', ('f', 'x'))]
    """
    text, bounds, broken = joined(answered(cells))
    statements = parse(text).statements
    steps = [Step(_cell(bounds, p.at), p.at, p.julia, [], set()) for p in broken]
    starts = [start_of(node) for node in statements] + [len(text)]
    bodies: dict[str, set[str]] = {}
    for node, following in zip(statements, starts[1:], strict=True):
        at = start_of(node)
        assigns, names = assigned_in(node), names_in(node)
        if is_definition(node):
            for name in assigns:
                bodies.setdefault(name, set()).update(names)
        step = Step(_cell(bounds, at), at, _code(node, text, at, following), assigns, names)
        step.plain = isinstance(node, Expr) and node.head.endswith("=") and not is_definition(node)
        step.look = tuple(dict.fromkeys([*assigns, *changed_in(node)]))
        steps.append(step)
    steps.sort(key=lambda s: s.at)
    known = {name for s in steps for name in s.assigns}
    for step in steps:
        step.uses = _reached(step.uses, bodies) & known
    for _, group in itertools.groupby(steps, lambda s: s.cell):
        inside = list(group)
        inside[-1].last = True
        inside[-1].look = tuple(sorted(set().union(*(s.uses.union(s.assigns) for s in inside))))
    return steps


def _cell(bounds: list[tuple[int, int]], at: int) -> int:
    return bisect.bisect_right(bounds, at, key=lambda b: b[0]) - 1


def _code(node: Any, text: str, at: int, following: int) -> str:
    if isinstance(node, Name):
        return node.text
    code = text[at : max(end_of(node, text), at + 1)]
    return code if isinstance(node, Expr) else code[: max(following - at, 1)].rstrip(" \t\n;)")


def _reached(names: set[str], bodies: dict[str, set[str]]) -> set[str]:
    """These names, and those in the functions among them."""
    found, new = set(names), set(names)
    while new:
        new = {n for name in new & bodies.keys() for n in bodies[name]} - found
        found |= new
    return found
