"""A translation compared with the answers that the source prints: doctests and prompts."""

from __future__ import annotations

import re
from typing import Any

from ...progress import Progress
from .. import base
from .printed import near_numbers
from ..formats import Cell
from ..report import AGREES, DIFFERS, CellReport
from ..running import Runner, restored
from ..translate import Translation

NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*(?:[eEf][-+]?\d+)?|Inf|NaN)(?![\w.]*\w)")
OPENING = re.compile(
    r"^.*(?:Vector|Matrix|Array|element|range|Tuple|Dict|Set|adjoint|transpose).*:?$", re.MULTILINE
)


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
            printed, value, error = "", None, ""
            for piece in runner.pieces(number):
                if piece.refused is not None or not piece.lines:
                    continue
                ran = runner.run(piece, number)
                printed, value, error = printed + ran.printed, ran.value, ran.error
                if error:
                    break
            if report.state == "refused":
                continue
            report.run = "ran" if not error or cell.fails else error
            if check and cell.answers and report.state == "translated":
                _compare(report, cell, printed, value, error)


def _compare(report: CellReport, cell: Cell, printed: str, value: Any, error: str) -> None:
    answer = cell.answers[0]
    if cell.fails:
        wrong = "" if error else "the source has an error here, the translation none"
    elif error:
        wrong = error
    elif callable(value) or "generic function" in answer or any(t in answer for t in ("…", "⋮", "[...]")):
        return
    else:
        body = OPENING.sub("", answer) if "\n" in answer else answer
        wanted = NUMBER.findall(body)
        try:
            shown = printed + ("" if value is None else base.show(value))
        except Exception:
            return
        if not wanted:
            return
        wrong = _difference(answer, wanted, shown)
    report.check = DIFFERS if wrong else AGREES
    report.detail, report.compared = wrong, 1


def _difference(answer: str, wanted: list[str], shown: str) -> str:
    found = NUMBER.findall(shown)
    if len(wanted) != len(found):
        if not shown:
            return "nothing is printed"
        return f"the source prints {answer.splitlines()[-1]!r}, the translation {shown.splitlines()[-1]!r}"
    for w, f in zip(wanted, found, strict=True):
        if not _near(w, f):
            return f"the source prints {w}, the translation {f}"
    return ""


def _near(wanted: str, found: str) -> bool:
    """Numbers as people print them: all digits but the last two count."""
    if near_numbers(wanted, found):
        return True
    a, b = (float(t.replace("f", "e") if t.strip("-") not in ("Inf", "NaN") else t) for t in (wanted, found))
    digits = len(re.sub(r"[^\d]", "", re.split("[ef]", wanted)[0]))
    return abs(a - b) <= max(abs(a), abs(b)) * 10.0 ** -min(max(digits - 2, 1), 6)
