"""The steps of one evaluation that are at a kink, the derivative that the engine chose, and the others."""

from __future__ import annotations

import html
import operator
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..calling import checked
from ..recording import Choice, Recording, Step, pull
from ..recording.shorten import short
from ..recording.sources import Location, location_of
from .kink import SORTS, Kink, Tie
from .nearness import TOLERANCE, near_ties
from .points import point_of
from .questions import question_kink
from .sides import alternatives, beside
from .table import kinks_of

SHOWN = 20  #: kinks that are written out
_SIGNS = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.equal: "==",
    np.not_equal: "!=",
}


class OnKink(NamedTuple):
    """One step that is at a kink.

    `chosen` is the local derivative that the engine used, by each input that varies, and `others` are
    those of the other sides; for a comparison they are its answer and the other answer. `distance` is
    how far the equal values are apart (0 on the kink itself).
    """

    name: str  #: of the step, v0, v1, … in the order of the run
    operation: str
    element: tuple[int, ...]  #: which element of the result
    source: Location
    sort: str
    word: str
    distance: float
    chosen: Any
    others: tuple[Any, ...]

    @property
    def where(self) -> str:
        """File and line; of a cell in a notebook, and of what was typed, the line alone."""
        file = self.source.file
        if not self.source.line:
            return ""
        if file.startswith("<") or f"{os.sep}ipykernel_" in file:
            return f"line {self.source.line}"
        return f"{os.path.basename(file)}:{self.source.line}"


class Kinks(Sequence):
    """The kinks of one evaluation, in the order of the run; as text, as a table in a notebook."""

    def __init__(self, kinks: list[OnKink]):
        self._found = kinks

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, k: Any) -> Any:
        return self._found[k]

    def __iter__(self) -> Iterator[OnKink]:
        return iter(self._found)

    def rows(self) -> list[tuple[str, ...]]:
        """The table: step, expression, place, what is there, chosen, possible."""
        return [
            (
                kink.name + (str(list(kink.element)) if kink.element else ""),
                kink.source.expression or kink.operation,
                kink.where,
                kink.word or SORTS[kink.sort],
                _shown(kink.chosen),
                " or ".join(_shown(other) for other in kink.others) or "–",
            )
            for kink in self._found[:SHOWN]
        ]

    def __repr__(self) -> str:
        if not self._found:
            return "no kinks: f is smooth here, as far as its steps tell"
        table = [HEADS, *self.rows()]
        widths = [max(len(row[k]) for row in table) for k in range(len(HEADS))]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([*lines, *self._rest()])

    def _rest(self) -> list[str]:
        return [f"… and {len(self) - SHOWN} more"] if len(self) > SHOWN else []

    def _repr_html_(self) -> str:
        if not self._found:
            return f"<p>{html.escape(repr(self))}</p>"
        head = "".join(f"<th style='text-align:left'>{h}</th>" for h in HEADS)
        body = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(c)}</td>" for c in row) + "</tr>"
            for row in self.rows()
        )
        rest = "".join(f"<p>{line}</p>" for line in self._rest())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


HEADS = ("step", "expression", "where", "what is there", "chosen", "also possible")


def _shown(x: Any) -> str:
    if isinstance(x, tuple):
        return ", ".join(short(v) for v in x)
    return x if isinstance(x, str) else short(x)


def kinks(f: Callable[..., Any], *xs: Any, tol: float = TOLERANCE) -> Kinks:
    """The steps of ``f(*xs)`` that are at a kink, to within `tol`.

    The tolerance is relative: values count as equal if an error of that size in each of the numbers they
    are made of could have moved them apart. With 0 only equal values are. Raises StructureError if no
    argument has a number, and what `f` raises.

    >>> import numpy as np
    >>> found = kinks(lambda x: np.maximum(x, 0.0) + abs(x - 1.0), 0.0)
    >>> [(k.operation, k.chosen, k.others) for k in found]
    [('maximum', (0.0,), ((1.0,),))]
    >>> kinks(np.sin, 0.0)
    no kinks: f is smooth here, as far as its steps tell
    """
    checked("kinks", f, xs)
    with np.errstate(all="ignore"):
        recording = Recording(f, point_of(xs).at())
        on_kinks: list[tuple[int, OnKink]] = []
        for step in recording.steps:
            for kink in kinks_of(step.primitive):
                ties = near_ties(kink, step, recording.steps[: step.position], tol)
                for tie in _neighbours(kink, [tie for tie, _ in ties]):
                    on_kinks.append((step.position, _on_step(step, kink, tie)))
        for choice in recording.choices:
            on_kinks += [
                (choice.at, there) for there in _on_choice(choice, recording.steps[: choice.at], tol)
            ]
    return Kinks([kink for _, kink in sorted(on_kinks, key=lambda pair: pair[0])])


def _neighbours(kink: Kink, ties: list[Tie]) -> list[Tie]:
    """Of many elements that are equal to each other, those pairs that follow upon each other."""
    if kink.sort != "order":
        return ties
    first: dict[Any, Tie] = {}
    for tie in ties:
        first.setdefault((tie.group, tie.row, tie.tied[0]), tie)
    return list(first.values())


def _on_step(step: Step, kink: Kink, tie: Tie) -> OnKink:
    chosen = _local(step, tie)
    moved = [beside(step, inputs) for inputs in alternatives(step, kink, tie)]
    sides = [_local(there, tie) for there in moved]
    others: list[Any] = []
    for side in sides:
        if not any(_equal(side, known) for known in (chosen, *others)):
            others.append(side)
    if kink.sort == "jump":  # the value jumps
        values = {short(np.round(np.asarray(s.value)[tie.row], 6)) for s in moved}
        others += [f"value {v}" for v in sorted(values)]
    return OnKink(
        f"v{step.position}",
        step.primitive.name,
        tie.row,
        location_of(step.calls),
        kink.sort,
        kink.word,
        _distance(kink, tie, step.values, step.options),
        chosen,
        tuple(others),
    )


def _local(step: Step, tie: Tie) -> tuple[Any, ...]:
    """The derivative of the element of the result at which the kink is, by each input that varies.

    Where a kink belongs to a whole row (sort), it is that of Σ k·row[k], which tells the places apart.
    """
    value = step.value
    if isinstance(value, tuple):
        seed: Any = tuple([np.ones(np.shape(v)) for v in value])
    elif np.ndim(value) == 0:
        seed = 1.0
    else:
        seed = np.zeros(np.shape(value))
        if len(tie.row) == np.ndim(value):
            seed[tie.row] = 1.0
        elif len(tie.row) == np.ndim(value) - 1:
            seed[...] = np.arange(1.0, seed.size + 1).reshape(seed.shape)
        else:
            seed.flat[0] = 1.0
    pulled = pull(step, np.float64(seed) if np.ndim(seed) == 0 and not isinstance(seed, tuple) else seed)
    parts = []
    for x, part in zip(step.inputs, pulled, strict=True):
        if not isinstance(x, Step):
            continue
        part = 0.0 if part is None else part
        if np.ndim(part) and len(tie.row) == np.ndim(part):
            part = np.asarray(part)[tie.row]
        parts.append(part.item() if isinstance(part, np.generic) else part)
    return tuple([p + 0.0 for p in parts])


def _equal(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return all(np.allclose(x, y, rtol=1e-6, atol=1e-6, equal_nan=True) for x, y in zip(a, b, strict=True))


def _distance(kink: Kink, tie: Tie, values: tuple[Any, ...], options: dict[str, Any]) -> float:
    row = np.asarray(kink.rivals(*values, **options)[tie.group])[tie.row][list(tie.tied)]
    return float(np.max(np.abs(row)) if kink.sort in ("cone", "split") else np.ptp(row))


def _on_choice(choice: Choice, steps: Sequence[Step], tol: float) -> Iterator[OnKink]:
    kink = question_kink(choice.function)
    if kink is None:
        return
    values = tuple([x.value if isinstance(x, Step) else x for x in choice.inputs])
    asked = Step(choice.at, None, choice.inputs, choice.options, None)  # type: ignore[arg-type]
    try:
        ties = [tie for tie, _ in near_ties(kink, asked, steps, tol)]
    except (TypeError, ValueError, LookupError):
        return
    for tie in _neighbours(kink, ties):
        answer, others = _answers(choice, tie)
        yield OnKink(
            f"before v{choice.at}",
            _asked(choice),
            tie.row,
            location_of(choice.calls),
            kink.sort,
            kink.word,
            _distance(kink, tie, values, choice.options),
            answer,
            others,
        )


def _answers(choice: Choice, tie: Tie) -> tuple[Any, tuple[Any, ...]]:
    outcome = np.asarray(choice.outcome)
    if outcome.dtype == bool:
        answer = bool(outcome[tie.row] if outcome.ndim else outcome)
        return str(answer), (str(not answer),)
    if outcome.dtype.kind in "iu" and outcome.ndim == 0 and int(outcome) in tie.tied:
        return str(int(outcome)), tuple(str(k) for k in tie.tied if k != int(outcome))
    return short(choice.outcome), ()


def _asked(choice: Choice) -> str:
    names = [f"v{x.position}" if isinstance(x, Step) else short(x) for x in choice.inputs]
    sign = _SIGNS.get(choice.function)
    if sign and len(names) == 2:
        return f"{names[0]} {sign} {names[1]}"
    return f"{getattr(choice.function, '__name__', choice.function)}({', '.join(names)})"
