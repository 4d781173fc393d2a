"""What a page knows: the data of the explanation, which parts are open, its program, fields and plot."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ...recording import Step
from ..run import ExplainedRun
from ..views.data import SIZE, Writer
from ..views.outline import opened_groups
from .around import takes_other_constants
from .plots import plot, span
from .program import NeedsKernel, encoded, program

LARGE = 1500  #: steps from which on formulas are left out; the page names operation and slope instead
FIELDS = 16  #: numbers that have a field
LONGEST = 300_000  #: characters of a program


class _Light(Writer):
    """Without the formulas, which take most of the time and room."""

    def text_of(self, what: Any) -> str:
        return ""

    def local_of(self, part: Any) -> str:
        return ""

    def gift_text(self, group: Any, gift: Any) -> str:
        return ""


def content(e: ExplainedRun, plots: bool = True, kernel: bool = False) -> dict[str, Any]:
    """The data of one page; with `kernel` Python computes what changes, and no program is written."""
    writer = (_Light if len(e.lines) > LARGE else Writer)(e, SIZE)
    found = writer.document()
    opened = opened_groups(e)
    found["open"] = [number for key, number in writer.numbers.items() if key in opened]
    found["used"] = [line.step.position for line in e.arguments]
    found["fields"] = fields(e)
    if not e.forward and not e.reverse_order:
        found["nothing"] = e.without_steps
    if not kernel:
        try:
            made = program(e)
            if len(json.dumps(made)) > LONGEST:
                raise NeedsKernel("its program is too long")
            if takes_other_constants(e, [field["id"] for field in found["fields"]]):
                raise NeedsKernel("it uses values that are others elsewhere, though no step computes them")
            found["program"] = made
        except NeedsKernel as reason:
            if found["fields"]:
                found["kernel"] = f"To change the arguments, the page needs a kernel: {reason}."
    if plots and (drawn := plot(e)) is not None:
        found["plot"] = drawn
    return found


def fields(e: ExplainedRun) -> list[dict[str, Any]]:
    """The numbers and small arrays that can be changed; none if there are too many."""
    found: list[dict[str, Any]] = []
    for line in e.arguments:
        step: Step = line.step
        if not e.forward and line.cotangent is None:
            continue
        if np.result_type(step.value).kind not in "fi" or np.size(step.value) > FIELDS:
            continue
        value = encoded(step.value)
        flat = value["flat"] if isinstance(value, dict) else [value]
        if not np.all(np.isfinite(flat)):
            continue
        shape = value["shape"] if isinstance(value, dict) else None
        ranges = [list(span(x)) for x in flat]
        found.append({"id": step.position, "name": line.name, "shape": shape, "flat": flat, "range": ranges})
    return found if sum(len(f["flat"]) for f in found) <= FIELDS else []
