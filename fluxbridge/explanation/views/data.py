"""An explanation as data: ``records`` with real arrays, ``data`` for JSON (its schema: docs/explain.md)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import CodeType
from typing import Any

import numpy as np

from ...autodiff.primitive import PRIMITIVES
from ...recording import Step, rule_values
from ...recording.shorten import shown
from ...recording.sources import is_users, lines_of, place_of, questioned, statement
from ..about import sentence
from ..folding import Group
from ..rows import formula_of, given, negligible, slope
from ..run import ExplainedRun
from ..steps import ExplainedStep, Part
from ..words import pullback
from .text import slope_text

SCHEMA = "fluxbridge.explain/1"
SIZE = 64  #: elements up to which an array is written out


def records(explanation: ExplainedRun) -> list[dict[str, Any]]:
    """One dict for every argument and step."""
    return [_record(explanation, line) for line in explanation.lines]


def _record(explanation: ExplainedRun, line: ExplainedStep) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": line.name,
        "kind": "argument" if line.is_argument else "step",
        "operation": line.primitive_name,
        "text": line.name if line.is_argument else line.operation_text,
        "inputs": line.inputs,
        "value": line.value,
        "shape": None if isinstance(line.value, tuple) else list(np.shape(line.value)),
        "dtype": None if isinstance(line.value, tuple) else np.result_type(line.value).name,
        "file": line.source.file,
        "line": line.source.line,
        "expression": line.source.expression,
    }
    if explanation.forward:
        record["tangent"] = line.tangent
        record["formulas"] = [] if line.is_argument else _forward(explanation, line)
        return record
    record["cotangent"] = line.cotangent
    record["contributions"] = [
        {
            "to": part.name,
            "local": part.local_text,
            "formula": part.text(),
            "latex": part.latex(),
            "value": part.contribution,
        }
        for part in line.parts
    ]
    if line.kink:
        record["kink"] = line.kink
    return record


def _forward(explanation: ExplainedRun, line: ExplainedStep) -> list[str]:
    return [f.text() for f in line.tangent_formulas(explanation.tangents)]


# -- for JSON --------------------------------------------------------------------------------------------


def data(e: ExplainedRun, size: int = SIZE) -> dict[str, Any]:
    """Everything as lists, dicts, strings and numbers; arrays of up to `size` elements are written out."""
    return Writer(e, size).document()


class Writer:
    """One explanation while it is written; `numbers` are those of the groups, by their ids."""

    def __init__(self, e: ExplainedRun, size: int):
        self.e = e
        self.size = size
        self.sources: dict[str, set[int]] = {}  #: the lines of each file that something refers to
        self.places: dict[tuple[Any, ...], int] = {}
        self.constants = {key: k for k, key in enumerate(e.names.constants)}
        self.groups: list[dict[str, Any]] = []
        self.numbers: dict[int, int] = {}
        self.home: dict[Step, int] = {}
        self.turn: dict[Step, list[int]] = {}
        self.contributions = [part for line in e.reverse_order for part in line.parts]
        self.number = {id(part): k for k, part in enumerate(self.contributions)}

    def document(self) -> dict[str, Any]:
        e = self.e
        root = self._items(e.tree, None, [])
        steps = [self._step(line) for line in e.lines]
        tests = [self._test(choice) for choice in e.recording.choices]
        return {
            "schema": SCHEMA,
            "function": e.function,
            "mode": "forward" if e.forward else "reverse",
            "value": self._value(e.value),
            **({"tangent": self._value(e.tangent)} if e.forward else {}),
            "outputs": [s.position for s in e.outputs],
            "about": sentence(e.about, e.forward),
            "arguments": [
                {
                    "name": a.name,
                    "steps": [leaf.position for leaf in a.leaves],
                    "constant": not a.reached,
                    "reason": a.reason,
                }
                for a in e.about
            ],
            "sources": self._sources(),
            "places": [_places(*place) for place in self.places],
            "constants": [{"name": name, "value": self._value(x)} for name, x in e.names.constants.values()],
            "steps": steps,
            "forward": [line.step.position for line in e.lines],
            "reverse": [line.step.position for line in e.reverse_order],
            "contributions": [self._contribution(part) for part in self.contributions],
            "tests": tests,
            "groups": self.groups,
            "items": root,
        }

    # -- formulas --------------------------------------------------------------------------------------

    def text_of(self, what: ExplainedStep | Part | Group) -> str:
        if isinstance(what, Group):
            formula = formula_of(what)
            return formula.text() if formula else ""
        return what.operation_text if isinstance(what, ExplainedStep) else what.text()

    def local_of(self, part: Part) -> str:
        return part.local_text

    def gift_text(self, group: Group, gift: Any) -> str:
        return slope_text(group, gift, self.e.results(group))

    # -- values ----------------------------------------------------------------------------------------

    def _value(self, x: Any) -> Any:
        """A finite real number as it is; else ``text``, small ``data``, of arrays ``shape`` and ``dtype``."""
        if type(x) in (float, int, np.float64) and np.isfinite(x):
            return float(x) if type(x) is np.float64 else x
        value: dict[str, Any] = {"text": shown(x)}
        if isinstance(x, np.ndarray):
            value |= {"shape": list(x.shape), "dtype": x.dtype.name}
        if np.size(x) <= self.size if not isinstance(x, tuple) else sum(map(np.size, x)) <= self.size:
            value["data"] = plain_data(x)
        return value

    # -- steps -----------------------------------------------------------------------------------------

    def _step(self, line: ExplainedStep) -> dict[str, Any]:
        step = line.step
        found: dict[str, Any] = {
            "id": step.position,
            "name": line.name,
            "value": self._value(line.value),
            "place": self._place(step.calls),
            "group": self.home.get(step),
            "turns": self.turn.get(step),
            "kink": line.kink,
        }
        if not line.is_argument:
            found["operation"] = line.primitive_name
            found["text"] = self.text_of(line)
            found["inputs"] = [self._input(x) for x in step.inputs]
        if self.e.forward:
            found["tangent"] = None if line.tangent is None else self._value(line.tangent)
            found["formulas"] = [] if line.is_argument else _forward(self.e, line)
        else:
            found["bar"] = line.bar
            found["cotangent"] = None if line.cotangent is None else self._value(line.cotangent)
            found["sum"] = [self.number[id(part)] for part in line.incoming]
        return _filled(found)

    def _input(self, x: Any) -> Any:
        """The id of a step, or what else stands there."""
        if isinstance(x, Step):
            if x in self.e.of_step:
                return x.position
            x = x.value  # a step that only a test looks at
        elif id(x) in self.constants:
            return {"constant": self.constants[id(x)]}
        return {"value": self._value(x)}

    def _contribution(self, part: Part) -> dict[str, Any]:
        whole = self.e.of_step[part.step].cotangent
        found = {
            "from": part.line.step.position,
            "to": part.step.position,
            "input": part.index,
            "text": self.text_of(part),
            "local": self.local_of(part),
            "slope": _number(part),
            "value": self._value(part.contribution),
        }
        if negligible(part.contribution, whole):
            found["negligible"] = True
        return _filled(found)

    # -- groups ----------------------------------------------------------------------------------------

    def _items(self, group: Group, parent: int | None, turns: list[int]) -> list[dict[str, int]]:
        found = []
        for k, item in enumerate(group.items):
            if isinstance(item, Group):
                inner = [*turns, k + 1] if item.kind == "iteration" else turns
                found.append({"group": self._group(item, parent, inner, k)})
            else:
                self.home[item.step] = parent  # type: ignore[assignment]
                self.turn[item.step] = turns
                found.append({"step": item.step.position})
        return found

    def _group(self, group: Group, parent: int | None, turns: list[int], k: int) -> int:
        number = self.numbers[id(group)] = len(self.groups)
        found: dict[str, Any] = {"kind": group.kind, "label": group.label, "parent": parent}
        self.groups.append(found)
        code = next(group.lines()).calls[group.level].code
        text = self.text_of(group) if group.kind == "line" else ""
        more = {
            "owner": group.owner,
            "place": self._lines(code.co_filename, *statement(code, group.line)),
            "text": text,
            "iteration": k + 1 if group.kind == "iteration" else None,
            "iterations": group.iterations or None,
            "results": [line.step.position for line in self.e.results(group)],
            "items": self._items(group, number, turns),
            "gives": [] if self.e.forward else [self._gift(group, gift) for gift in given(group)],
        }
        found |= _filled(more)
        return number

    def _gift(self, group: Group, gift: Any) -> dict[str, Any]:
        found = {
            "to": gift.step.position,
            "value": self._value(gift.contribution),
            "text": self.gift_text(group, gift),
            "slope": slope(group, gift) if group.kind == "line" else None,
            "sum": [self.number[id(part)] for part in gift.parts],
        }
        return _filled(found)

    # -- tests and places ------------------------------------------------------------------------------

    def _test(self, choice: Any) -> dict[str, Any]:
        found = {
            "at": choice.at,
            "text": questioned(choice),
            "answer": shown(choice.outcome),
            "place": self._place(choice.calls),
            "inputs": [self._input(x) for x in choice.inputs],
        }
        return _filled(found)

    def _place(self, calls: Any) -> int | None:
        """The number of a place in the code."""
        place = place_of(calls)
        if place is None:
            return None
        return self._lines(place.file, place.line, place.last, place.columns)

    def _lines(self, file: str, first: int, last: int, columns: Any = None) -> int:
        lines = self.sources.setdefault(file, set())
        key = (list(self.sources).index(file), first, last, columns)
        if key not in self.places:
            lines.update(range(first, last + 1))
        return self.places.setdefault(key, len(self.places))

    def _sources(self) -> list[dict[str, Any]]:
        """The code from the first line that is referred to, to the last; whole functions where known."""
        found = []
        codes = {call.code for line in self.e.lines for call in line.calls}
        if not self.sources and isinstance(code := getattr(self.e.f, "__code__", None), CodeType):
            codes.add(code)  # no step was made in it
            self.sources[code.co_filename] = set()
        for file, numbers in self.sources.items():
            own = [c for c in codes if c.co_filename == file]
            first = min([*numbers, *(c.co_firstlineno for c in own)])
            last = max([*numbers, *(_reach(c)[1] for c in own)])
            lines = lines_of(file, own, first, last)
            blocks = _joined([(n, n) for n in numbers] + [_reach(c) for c in own])
            entry = {"file": os.path.basename(file), "first": first, "lines": lines, "blocks": blocks}
            found.append(entry if is_users(file) else {**entry, "library": True})
        return found


def _reach(code: Any) -> tuple[int, int]:
    """The first and the last line of a code object."""
    return code.co_firstlineno, max(line for *_, line in code.co_lines() if line)


def _joined(ranges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Ranges of lines in order; those that touch, or have one or two lines between them, as one."""
    found: list[list[int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 3:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return found


def _places(source: int, first: int, last: int, columns: tuple[int, int] | None) -> dict[str, Any]:
    return _filled({"source": source, "lines": [first, last], "columns": columns and list(columns)})


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    """Without what is None, empty text or an empty list: to be absent means that."""
    return {k: v for k, v in found.items() if v is not None and v != "" and v != []}


def _number(part: Part) -> float | None:
    """The local derivative as a number, if input, output and cotangent are real numbers."""
    ct, value = part.line.cotangent, part.contribution
    if not (isinstance(ct, float) and isinstance(value, float)):
        return None
    found: Any = float(value) / float(ct) if ct else _slope_at_zero(part)
    return float(found) if isinstance(found, (int, float)) and np.isfinite(found) else None


def _slope_at_zero(part: Part) -> Any:
    """The local derivative where the cotangent is 0, by the rule; None where the rule is the user's."""
    step = part.line.step
    if PRIMITIVES.get(step.primitive.name) is not step.primitive.original:
        return None
    try:
        with np.errstate(all="ignore"):
            return pullback(step.primitive, part.index, 1.0, rule_values(step), step.options)
    except (ArithmeticError, ValueError):
        return None


def plain_data(x: Any) -> Any:
    """Lists, dicts, strings and numbers, for JSON. Infinities and NaN are written as strings."""
    if isinstance(x, dict):
        return {str(k): plain_data(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain_data(v) for v in x]
    if isinstance(x, np.ndarray):
        return plain_data(x.tolist())
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, complex):
        return {"re": plain_data(x.real), "im": plain_data(x.imag)}
    if isinstance(x, float) and not np.isfinite(x):
        return str(x)
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    return shown(x)
