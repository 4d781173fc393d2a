"""A translation compared with the answers that the source prints: doctests and prompts."""

from __future__ import annotations

import re
from typing import Any

from ...progress import Progress
from .. import base
from ..formats import Cell
from ..printed import values_of
from ..report import AGREES, DIFFERS, CellReport
from ..running import Runner, restored
from ..translate import Translation
from .printed import near_numbers


def run_cells(
    translation: Translation,
    cells: list[Cell],
    reports: list[CellReport],
    check: bool,
    limit: float | None = None,
) -> None:
    """Run all cells of code, compare where there are answers, and fill in the reports."""
    with restored():
        runner = Runner(translation, limit)
        for number in Progress("Python", range(len(cells))):
            cell, report = cells[number], reports[number]
            printed, value, error = runner.cell(number)
            if report.state == "refused":
                continue
            report.run = "ran" if not error or cell.fails else error
            if check and cell.answers and report.state == "translated":
                _compare(report, cell, printed, value, error)


def _compare(report: CellReport, cell: Cell, printed: str, value: Any, error: str) -> None:
    verdict = compared_answer(cell, printed, value, error)
    if verdict:
        report.check, report.compared = (AGREES if verdict == AGREES else DIFFERS), 1
        report.detail = "" if verdict == AGREES else verdict


def compared_answer(cell: Cell, printed: str, value: Any, error: str) -> str:
    """``"agrees"``, how the answer of the source differs, or nothing where there is nothing to compare."""
    answer = cell.answers[0]
    if cell.fails:
        return AGREES if error else "the source has an error here, the translation none"
    if error:
        return error
    if callable(value) or "generic function" in answer or any(t in answer for t in ("…", "⋮", "[...]")):
        return ""
    wanted = values_of(answer)
    try:
        shown = printed + ("" if value is None else base.show(value))
    except Exception:
        return ""
    if not wanted:
        return ""
    found = values_of(shown)
    if len(wanted) != len(found):
        if not shown:
            return "nothing is printed"
        return f"the source prints {answer.splitlines()[-1]!r}, the translation {shown.splitlines()[-1]!r}"
    for w, f in zip(wanted, found, strict=True):
        if not _near(w, f):
            return f"the source prints {w}, the translation {f}"
    return AGREES


#: Truth values that stand in arrays of numbers on one side.
TRUTHS = {"true": "1", "false": "0"}


def _near(wanted: str, found: str) -> bool:
    """Whether two values are the same, numbers as people print them: all digits but the last two count."""
    words = [t for t in (wanted, found) if t.isalpha() and t not in ("Inf", "NaN")]
    if words:
        return TRUTHS.get(wanted, wanted) == TRUTHS.get(found, found)
    if near_numbers(wanted, found):
        return True
    a, b = (float(t.replace("f", "e") if t.strip("-") not in ("Inf", "NaN") else t) for t in (wanted, found))
    digits = len(re.sub(r"[^\d]", "", re.split("[ef]", wanted)[0]))
    return abs(a - b) <= max(abs(a), abs(b)) * 10.0 ** -min(max(digits - 2, 1), 6)
