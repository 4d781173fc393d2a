"""What a row says: the formula of a statement, what it gives to steps before it, cotangents as sums."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..recording import Step
from ..recording.shorten import shown
from .folding import Group
from .formula import Formula
from .steps import ExplainedStep, Part

LONGEST = 60  #: characters of a formula that is made of several steps
MOST = 12  #: steps that are written as one formula
TERMS = 5  #: terms of a sum that are written out


# -- statements ----------------------------------------------------------------------------------------


def formula_of(group: Group) -> Formula | None:
    """The steps of a statement as one formula; None where it would be too long to read."""
    if not hasattr(group, "formula"):
        lines = list(group.lines())
        formula = _composed({line.step: line for line in lines}, lines[-1]) if len(lines) <= MOST else None
        short = formula is not None and len(formula.text()) <= LONGEST
        group.formula = formula if short else None  # type: ignore[attr-defined]
    return group.formula  # type: ignore[attr-defined,no-any-return]


def _composed(inside: dict[Step, ExplainedStep], line: ExplainedStep) -> Formula:
    inner = {
        k: _composed(inside, inside[x])
        for k, x in enumerate(line.step.inputs)
        if isinstance(x, Step) and x in inside
    }
    formula = line.operation_with(inner)
    formula.value = line.value
    return formula


# -- what goes back ------------------------------------------------------------------------------------


class Given(NamedTuple):
    """What a group gives to one step before it, over all ways through the group."""

    step: Step
    name: str
    contribution: Any
    parts: list[Part]


def given(group: Group) -> list[Given]:
    """The sums of what the steps of a group give to steps outside, in the order of the sweep."""
    lines = list(group.lines())
    inside = {line.step for line in lines}
    found: dict[Step, list[Part]] = {}
    for line in reversed(lines):
        for part in line.parts:
            if part.step not in inside:
                found.setdefault(part.step, []).append(part)
    return [Given(step, parts[0].name, total(parts), parts) for step, parts in found.items()]


def total(parts: list[Part]) -> Any:
    """The sum of contributions, added as the sweep adds them."""
    value = parts[0].contribution
    for part in parts[1:]:
        value = value + part.contribution
    return value


def gift_formula(group: Group, gift: Given) -> Formula | None:
    """What a statement gives to an input as one formula; None if it is a sum of several, or long."""
    lines = list(group.lines())
    inside = {line.step: line for line in lines}

    def back(part: Part) -> Formula | None:
        line = part.line
        words: dict[str, Any] = {}
        for name, x in line.input_words():
            if isinstance(x, Step) and x in inside:
                words[name] = _composed(inside, inside[x])
        if line is not lines[-1]:
            ways = [p for p in line.incoming if p.line.step in inside]
            before = back(ways[0]) if len(ways) == 1 and not ways[0].summed else None
            if before is None:
                return None
            words |= {"dy": before, "y": _composed(inside, line)}
        formula = part.formula_with(words)
        formula.value = part.contribution
        return formula

    if len(gift.parts) > 1 or len(lines) > MOST:
        return None
    formula = back(gift.parts[0])
    return formula if formula is not None and len(formula.text()) <= LONGEST else None


def slope(group: Group, gift: Given) -> Any:
    """The local derivative of a statement by an input, where both are real numbers; else None."""
    last = next((line for line in reversed(list(group.lines())) if line.cotangent is not None), None)
    if last is None or not (_is_real(last.cotangent) and _is_real(gift.contribution)) or not last.cotangent:
        return None
    value = float(gift.contribution) / float(last.cotangent)
    return value if math.isfinite(value) else None


def _is_real(x: Any) -> bool:
    return isinstance(x, (float, np.floating)) and not isinstance(x, np.ndarray)


# -- sums ----------------------------------------------------------------------------------------------


class Term(NamedTuple):
    """What one row adds to a cotangent."""

    row: Any  #: the ExplainedStep or Group that stands in the row
    value: Any


def terms(line: ExplainedStep, home: dict[Step, Any]) -> list[Term]:
    """The rows that contribute to the cotangent of a step, in the order of the sweep."""
    own = home.get(line.step)
    found: dict[int, tuple[Any, list[Part]]] = {}
    for part in line.incoming:
        row = home.get(part.line.step, part.line)
        if row is not own or not isinstance(row, Group):
            found.setdefault(id(row), (row, []))[1].append(part)
    return [Term(row, total(parts)) for row, parts in found.values()]


def homes(items: Iterator[Any]) -> dict[Step, Any]:
    """For each step the row that it stands in, a step or a closed group."""
    home: dict[Step, Any] = {}
    for item in items:
        for line in item.lines() if isinstance(item, Group) else [item]:
            home[line.step] = item
    return home


def negligible(part: Any, whole: Any) -> bool:
    """Is a term below the last digit that is shown of the sum? Everywhere, for arrays."""
    if isinstance(part, tuple) or isinstance(whole, tuple) or whole is None:
        return False
    if type(part) is type(whole) is float:  # the usual case in loops of numbers
        if not part or not whole or not math.isfinite(whole):
            return False
        return abs(part) < 10.0 ** (math.floor(math.log10(abs(whole))) - 5) / 2
    part, whole = np.abs(np.asarray(part)), np.abs(np.asarray(whole))
    if part.shape != whole.shape or not part.size or not np.all(np.isfinite(whole)) or not np.any(part):
        return False
    digits = 6 if whole.ndim == 0 else 4
    with np.errstate(divide="ignore"):
        last = 10.0 ** (np.floor(np.log10(np.where(whole == 0, 1.0, whole))) - digits + 1)
    return bool(np.all((part == 0) | ((whole > 0) & (part < last / 2))))


def amount(part: Any, whole: Any) -> str:
    """A contribution as it is shown beside the sum that it goes into."""
    return "≈ 0" if negligible(part, whole) else shown(part)


def sum_of(found: list[Term], whole: Any) -> list[tuple[str, Term | None]]:
    """The pieces of ``0.5 + 0.25 - ≈ 0``, each with the term that it stands for; none for a single term."""
    if len(found) < 2 or isinstance(whole, tuple):
        return []
    if len(found) > TERMS + 1:
        rest = len(found) - TERMS
        pieces: list[tuple[str, Term | None]] = [(amount(t.value, whole), t) for t in found[:TERMS]]
        pieces.append((f"… ({rest} more)", None))
    else:
        pieces = [(amount(t.value, whole), t) for t in found]
    if sum(len(text) for text, _ in pieces) > LONGEST and np.ndim(whole):
        return [(f"sum of {len(found)} terms", None)]
    signed = [pieces[0]]
    for text, term in pieces[1:]:
        signed.append((" - " if text[0] == "-" else " + ", None))
        signed.append((text.lstrip("-"), term))
    return signed


def sum_text(found: list[Term], whole: Any) -> str:
    """`` = 0.5 + 0.25`` where several rows contribute, else nothing."""
    text = "".join(piece for piece, _ in sum_of(found, whole))
    return f" = {text}" if text else ""
