"""Running translated cells, and comparing what they give with the answers that the source prints."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import warnings
from typing import Any

from . import base
from .formats import Cell
from .printed import values_of
from .report import CellReport
from .translate import Translation


class Runner:
    """One program: its variables live from cell to cell. Random generators and methods of Base are left as
    they were found."""

    def __init__(self, translation: Translation) -> None:
        self.translation = translation
        self.scope: dict[str, Any] = {"__name__": "__main__", "__file__": "program.py"}
        self._exec("\n".join(translation.header))

    def _exec(self, code: str) -> None:
        exec(compile(code, "<translated>", "exec", dont_inherit=True), self.scope)

    def cell(self, number: int) -> tuple[str, Any, str]:
        """What one cell prints, its last value, and its error (or ``""``)."""
        out = io.StringIO()
        value = None
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start, end = self.translation.cells[number]
            for piece in self.translation.pieces:
                if not start <= piece.at < end or piece.refused is not None or not piece.lines:
                    continue
                try:
                    tree = ast.parse(piece.python)
                    last = tree.body[-1] if tree.body else None
                    if isinstance(last, ast.Expr):
                        before = ast.Module(tree.body[:-1], [])
                        exec(compile(before, "<translated>", "exec", dont_inherit=True), self.scope)
                        value = eval(
                            compile(ast.Expression(last.value), "<translated>", "eval", dont_inherit=True),
                            self.scope,
                        )
                    else:
                        self._exec(piece.python)
                        value = self._assigned(last)
                except Exception as problem:
                    return out.getvalue(), None, f"{type(problem).__name__}: {problem}"
        return out.getvalue(), value, ""

    def _assigned(self, last: ast.stmt | None) -> Any:
        if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
            return self.scope.get(last.targets[0].id)
        return None


@contextlib.contextmanager
def restored() -> Any:
    """Methods of Base and the default generator as they were before."""
    from ..flux import rng

    methods = {name: list(f.methods) for name, f in base.EXTENSIONS.items()}
    generator = rng.DefaultRNG.generator
    base.EXTENSIONS.clear()
    try:
        yield
    finally:
        base.EXTENSIONS.clear()
        for name, found in methods.items():
            base.EXTENSIONS[name] = base.Function(name)
            base.EXTENSIONS[name].methods = found
        rng.DefaultRNG.generator = generator


def run_cells(
    translation: Translation, cells: list[Cell], reports: list[CellReport], check: bool
) -> list[str]:
    """Run all cells of code; what each printed. Fills in the reports."""
    outputs = []
    with restored():
        runner = Runner(translation)
        for number, (cell, report) in enumerate(zip(cells, reports, strict=False)):
            printed, value, error = runner.cell(number)
            outputs.append(printed)
            if report.state == "refused":
                continue
            expected_error = cell.fails and error
            report.run = "ran" if not error or expected_error else error
            if check and cell.answers and report.state == "translated":
                report.check = _compared(cell, printed, value, error)
    return outputs


def _compared(cell: Cell, printed: str, value: Any, error: str) -> str:
    answer = cell.answers[0]
    if cell.fails:
        return "agrees" if error else "the source has an error here, the translation none"
    if error:
        return error
    if callable(value) or "generic function" in answer or "…" in answer or "⋮" in answer or "[...]" in answer:
        return ""
    wanted = values_of(answer)
    try:
        shown = printed + ("" if value is None else base.show(value))
    except Exception:
        return ""
    found = values_of(shown)
    if not wanted:
        return ""
    if len(wanted) != len(found):
        return (
            f"the source prints {answer.splitlines()[-1]!r}, the translation {shown.splitlines()[-1]!r}"
            if shown
            else "nothing is printed"
        )
    for w, f in zip(wanted, found, strict=False):
        if not _near(w, f):
            return f"the source prints {w}, the translation {f}"
    return "agrees"


def _near(wanted: str, found: str) -> bool:
    if wanted.isalpha() or found.isalpha():
        return wanted == found or (wanted, found) in (
            ("true", "1"),
            ("1", "true"),
            ("false", "0"),
            ("0", "false"),
        )
    a, b = (float(t.replace("f", "e") if t not in ("Inf", "-Inf", "NaN") else t) for t in (wanted, found))
    digits = len(re.sub(r"[^\d]", "", wanted.split("e")[0].split("f")[0]))
    return (
        a == b
        or (a != a and b != b)
        or abs(a - b) <= max(abs(a), abs(b)) * 10.0 ** -min(max(digits - 2, 1), 6)
    )
