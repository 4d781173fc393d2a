"""A document run in Julia and in Python, statement by statement, and the verdicts about its cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...progress import Progress
from .. import base
from ..report import AGREES, DIFFERS, RANDOM, UNCHECKED, CellReport
from ..running import Ran, Runner, restored
from ..translate import Piece, Translation
from .answers import NOTHING, Answer
from .compare import ROUGH, compared
from .kinds import ANY, Observed, kind_of
from .printed import printed_difference
from .session import SEED, Source
from .steps import Step, steps_of

Translate = Callable[[Observed], Translation]
Answers = dict[int, tuple[Step, Answer]]
"""The statements of a document by their positions, with what Julia answered."""


def asked(cells: Sequence[str], soft: bool, source: Source) -> Answers:
    """Run the Julia of a document."""
    steps = steps_of(list(cells))
    shown = Progress("Julia", steps)
    return {step.at: (step, answer) for step, answer in zip(shown, source(steps, soft), strict=False)}


def check(
    translate: Translate, answers: Answers, report: Callable[[Translation], list[CellReport]], limit: float
) -> tuple[Translation, list[CellReport]]:
    """The translation, with the kinds that were seen, and what became of its cells.

    The kinds of variables in the first run make a second translation. It is taken if it needs fewer helpers
    and nothing is worse in it.
    """
    first = _Verdicts(translate({}), answers, limit)
    reports = first.all(report)
    if not first.observed or not any(c.helpers for c in reports):
        return first.translation, reports
    again = translate(first.observed)
    if sum(p.helpers for p in again.pieces) >= sum(p.helpers for p in first.translation.pieces):
        return first.translation, reports
    second = _Verdicts(again, answers, limit)
    better = second.all(report)
    if any(_worth(b) < _worth(a) for a, b in zip(reports, better, strict=True)):
        return first.translation, reports
    return again, better


def _worth(cell: CellReport) -> tuple[bool, bool, int]:
    return (
        cell.state == "translated",
        cell.run == "ran",
        [DIFFERS, RANDOM, UNCHECKED, "", AGREES].index(cell.check),
    )


@dataclass
class _Lost:
    """Variables that cannot be compared, or differ, each with the reason: the cell where that began."""

    random: dict[str, int] = field(default_factory=dict)
    different: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def reason(self, names: set[str], cell: int) -> tuple[str, str]:
        """Why a statement with these names may differ: a verdict and its text."""
        for name in sorted(names & self.random.keys()):
            return RANDOM, f"{name} is random since cell {self.random[name] + 1}"
        for name in sorted(names & self.different.keys()):
            if self.different[name] != cell:
                return DIFFERS, f"{name} differs since cell {self.different[name] + 1}"
        return "", ""

    def found(self, names: Sequence[str]) -> None:
        """These variables have new values that agree."""
        for table in (self.random, self.different, self.missing):
            for name in names:
                table.pop(name, None)


class _Verdicts:
    """One run of a translation beside the answers of Julia."""

    def __init__(self, translation: Translation, answers: Answers, limit: float) -> None:
        self.translation, self.answers, self.limit = translation, answers, limit
        self.lost = _Lost()
        self.seeded = False
        self.out_of_step: int | None = None  #: the cell from which on random numbers are not the same
        self.observed: Observed = {}

    def all(self, report: Callable[[Translation], list[CellReport]]) -> list[CellReport]:
        """The reports of all cells."""
        reports = report(self.translation)
        with restored():
            base.seed_(SEED)
            runner = Runner(self.translation, self.limit)
            for number in Progress("Python", range(len(reports))):
                self.cell(runner, number, reports[number])
        return reports

    def cell(self, runner: Runner, number: int, report: CellReport) -> None:
        """Run and compare one cell."""
        self.rough = ""
        findings: list[tuple[str, str]] = []
        errors: list[str] = []
        random = False
        for piece in runner.pieces(number):
            if not piece.julia:
                runner.run(piece, number)
                continue
            if piece.at not in self.answers:  # part of a module, which is one statement in Julia
                if piece.refused is None and piece.lines:
                    error = runner.run(piece, number).error
                    errors += [error] if error else []
                continue
            step, answer = self.answers[piece.at]
            if "seed!" in step.code:
                self.seeded, self.out_of_step = True, None
            random |= answer.drew and not self.seeded
            if piece.refused is not None:
                self.lose(step, answer, "not translated")
                continue
            if not piece.lines and not answer.error and not answer.missed:
                continue  # a package, which Python imports at the top
            ran = runner.run(piece, number)
            if ran.error and not answer.error:
                errors.append(ran.error)
            finding = self.compare(runner, piece, step, answer, ran, report)
            if finding[0]:
                findings.append(finding)
        if report.state == "refused":
            return
        report.run = errors[0] if errors else "ran"
        report.check, report.detail = _verdict(findings, report.compared)
        if report.check == AGREES:
            notes = [f"random without a seed, run with the seed {SEED} on both sides"] if random else []
            report.detail = "; ".join([*notes, *([f"up to rounding: {self.rough}"] if self.rough else [])])

    def lose(self, step: Step, answer: Answer, why: str) -> None:
        """What this statement leaves cannot be compared."""
        for name in step.assigns:
            self.lost.missing[name] = why
        if answer.drew and self.out_of_step is None:
            self.out_of_step = step.cell

    def compare(
        self, runner: Runner, piece: Piece, step: Step, answer: Answer, ran: Ran, report: CellReport
    ) -> tuple[str, str]:
        """Compare what one statement did. A verdict with its detail; nothing if all is well."""
        if answer.missed:
            self.lose(step, answer, answer.missed)
            return UNCHECKED, answer.missed
        if answer.error:
            if ran.error:
                report.compared += 1
                return "", ""
            self.lose(step, answer, "an error in Julia")
            kind = answer.error_type
            return UNCHECKED, f"in Julia {kind}: {answer.error}".splitlines()[0][:160]
        if ran.error:
            self.lose(step, answer, "an error")
            return DIFFERS, ran.error
        missing = step.uses & self.lost.missing.keys() - set(step.assigns)
        if missing:
            name = min(missing)
            why = self.lost.missing[name]
            self.lose(step, answer, why)
            return UNCHECKED, f"{name}: {why}"
        wrong = self.differences(runner, step, answer, ran, report)
        if not wrong:
            self.lost.found(step.assigns)
            return "", ""
        names = {n for n, _ in wrong if n}
        verdict, reason = self.lost.reason(step.uses | names, step.cell)
        if answer.drew and (not self.seeded or self.out_of_step is not None):
            since = step.cell if self.out_of_step is None else self.out_of_step
            verdict = RANDOM
            reason = (
                "random, and without a seed" if not self.seeded else f"random numbers since cell {since + 1}"
            )
            self.out_of_step = since
        verdict = verdict or DIFFERS
        table = self.lost.random if verdict == RANDOM else self.lost.different
        for name in names or step.assigns:
            table.setdefault(name, step.cell)
        text = wrong[0][1] + (f"; {len(wrong) - 1} more" if len(wrong) > 1 else "")
        return verdict, f"{text} ({reason})" if reason else text

    def differences(
        self, runner: Runner, step: Step, answer: Answer, ran: Ran, report: CellReport
    ) -> list[tuple[str, str]]:
        """What differs after a statement: variables ("" for what is printed or shown), each with a text."""
        wrong: list[tuple[str, str]] = []
        for name, seen in answer.variables.items():
            if name in self.lost.missing:
                continue
            python = self.translation.names.get(name)
            if python is None:
                continue
            if python not in runner.scope:
                if seen[0] not in ("function", "type", "module", "other"):
                    wrong.append((name, f"{name} does not exist"))
                continue
            value = runner.scope[python]
            found = compared(name, seen, value)
            report.compared += found.count
            self.rough = self.rough or found.rough
            if not found:
                wrong.append((name, str(found)))
            elif step.plain and name in step.assigns:
                kind = kind_of(seen, value)
                if kind != ANY:
                    self.observed[name, step.at] = kind
        if step.last and ran.shown and ran.value is not None and answer.value != NOTHING:
            found = compared("the value", answer.value, ran.value)
            report.compared += found.count
            self.rough = self.rough or found.rough
            if not found:
                wrong.append(("", str(found)))
        text = printed_difference(answer.printed, ran.printed)
        report.compared += bool(answer.printed)
        if text and printed_difference(answer.printed, ran.printed, ROUGH):
            wrong.append(("", text))
        else:
            self.rough = self.rough or text
        return wrong


def _verdict(findings: list[tuple[str, str]], count: int) -> tuple[str, str]:
    """The worst of what was found in a cell."""
    for verdict in (DIFFERS, RANDOM, UNCHECKED):
        for found, detail in findings:
            if found == verdict:
                return verdict, detail
    return (AGREES, "") if count else ("", "")
