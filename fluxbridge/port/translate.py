"""Cells of Julia to cells of Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answers import answered
from .kinds import ANY, BOTTOM, Kind
from .lower import Tables
from .modules import flattened
from .onepass import Pass
from .pieces import Piece, Translation, joined, render, used
from .syntax import parse
from .widgets import bound_widgets

PASSES = 12
KINDS = ("variables", "parameters", "results")


def translate_cells(
    cells: list[str],
    soft: bool = False,
    free: bool = False,
    seen: Mapping[tuple[str, int], Kind] | None = None,
    interactive: bool = False,
) -> Translation:
    """Translate cells that belong to one program.

    ``soft``: loops may assign globals, as at the prompt. ``free``: names that nobody defines are variables
    of the reader; else what needs them is refused. ``seen``: the kinds that variables had when the program
    ran, by name and the position of the statement that assigns it. ``interactive``: the reader may call the
    functions with anything later, and give the variables that they use other values.
    """
    text, bounds, broken = joined(answered(cells))
    more: dict[str, Any] = {
        "seen": seen or {},
        "interactive": interactive,
        "ends": [end for _, end in bounds],
    }
    source = parse(text)
    source.statements = bound_widgets(flattened(source.statements), text)
    known = Tables()
    lost: dict[str, str] = {}
    hopeful = True
    pinned: set[Any] = set()
    for number in range(16 * PASSES):
        run = Pass(source, known, lost, soft, free, **more)
        run.all()
        learned = run.lowerer.learned
        _pin(learned, pinned)
        if hopeful:  # until the kinds are settled, nothing is ruled out
            hopeful = number < PASSES // 2 and not learned.same_kinds(known)
            if hopeful:
                learned.escaped, learned.heavy = set(), set()
        if learned.same(known) and run.lost == lost:
            unseen = _unseen(learned) - pinned
            if _open_parameters(learned, run):
                learned = _opened(learned, run)
            elif unseen:
                pinned |= unseen
                _pin(learned, pinned)
            elif learned.unseen == BOTTOM:
                learned.unseen = ANY
            else:
                break
        elif number >= PASSES:
            learned = _widened(known, learned, pinned)
        known, lost = learned, run.lost
    run = Pass(source, known, lost, soft, free, final=True, **more)
    pieces = run.all()
    pieces += broken
    pieces.sort(key=lambda p: p.at)
    return Translation(used(run.header(), pieces), pieces, text, bounds, run.python_names())


def translate(julia: str, soft: bool = True) -> str:
    """The Python for a piece of Julia, in which the names of the reader may stand.

    What is not translated becomes a comment with its reason. Raises nothing for invalid Julia: that is a
    refusal, too.

    >>> from fluxbridge.port import translate
    >>> print(translate("f(x) = 3x^2 + 1\\nf(2.0)"))
    def f(x):
        return 3 * x ** 2 + 1
    f(2.0)
    """
    return translate_cells([julia], soft, free=True).code.rstrip("\n")


def _open_parameters(learned: Tables, run: Pass) -> bool:
    return (
        any(v == BOTTOM for v in run.lowerer.learned.variables.values())
        and not getattr(run, "opened", False)
        and not run.known_open
    )


def _opened(learned: Tables, run: Pass) -> Tables:
    """Parameters of functions that nobody calls can be anything."""
    made = Tables()
    made.variables, made.results = dict(learned.variables), dict(learned.results)
    made.parameters = dict(learned.parameters)
    made.escaped, made.heavy, made.told = set(learned.escaped), set(learned.heavy), learned.told
    made.unseen = learned.unseen
    for key, kind in made.variables.items():
        if kind == BOTTOM and isinstance(key[0], tuple) and key[0][0] == "struct":
            made.variables[key] = ANY
    for key in run.parameter_keys:
        if made.parameters.get(key, BOTTOM) == BOTTOM:
            made.parameters[key] = ANY
    made.open = True  # type: ignore[attr-defined]
    return made


def _unseen(tables: Tables) -> set[Any]:
    """What no pass has seen a value of: it can be anything."""
    return {(name, k) for name in KINDS for k, v in getattr(tables, name).items() if v == BOTTOM}


def _widened(before: Tables, after: Tables, pinned: set[Any]) -> Tables:
    """What still changes is taken to be anything, in all passes that follow."""
    for name in KINDS:
        old, new = getattr(before, name), getattr(after, name)
        pinned.update((name, k) for k, v in new.items() if old.get(k, v) != v)
    _pin(after, pinned)
    return after


def _pin(tables: Tables, pinned: set[Any]) -> None:
    """Kinds that were given up."""
    for name, key in pinned:
        table = getattr(tables, name)
        if key in table and table[key] != ANY:
            if table[key].tag == "lambda":
                tables.escaped.update(table[key].args)
            table[key] = ANY


__all__ = ["Piece", "Translation", "render", "translate", "translate_cells"]
