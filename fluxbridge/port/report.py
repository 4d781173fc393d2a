"""What became of a document, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field

AGREES, DIFFERS, RANDOM, UNCHECKED = "agrees", "differs", "random", "not checked"
#: So many cells are listed one by one in a terminal; of more, only those that are not in order.
FEW = 40


@dataclass
class CellReport:
    """One cell of code: ``translated``, ``partly`` (some of its statements are refused) or ``refused``,
    and why.

    ``run``: ``""`` (not run), ``"ran"`` or the error. ``check``: ``""`` (nothing to compare), ``"agrees"``,
    ``"differs"``, ``"random"`` or ``"not checked"``; ``detail`` says where and by how much, or why;
    ``compared`` is how many values were compared.
    """

    line: int
    state: str
    reasons: list[str] = field(default_factory=list)
    helpers: int = 0
    run: str = ""
    check: str = ""
    detail: str = ""
    compared: int = 0

    @property
    def word(self) -> str:
        """The cell in a word or two."""
        if self.state == "refused":
            return "not translated"
        if self.run not in ("", "ran"):
            return "fails"
        word = self.check or ("ran" if self.run else "translated")
        return f"{word}; partly translated" if self.state == "partly" else word

    @property
    def notes(self) -> str:
        """What there is to say about it."""
        notes = [*self.reasons]
        if self.run not in ("", "ran"):
            notes.append(self.run)
        if self.detail and self.detail != self.run:
            notes.append(self.detail)
        return "; ".join(dict.fromkeys(notes))

    @property
    def good(self) -> bool:
        """Whether nothing went wrong. What is random can be no more than that."""
        return (
            self.state == "translated"
            and self.run in ("", "ran")
            and self.check in ("", AGREES, RANDOM)
        )  # fmt: skip


@dataclass
class Report:
    """The cells of a document and the text that was written. ``against``: with what it was compared."""

    cells: list[CellReport]
    text: str
    form: str
    against: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def translated(self) -> int:
        """How many cells are translated as a whole."""
        return sum(c.state == "translated" for c in self.cells)

    @property
    def complete(self) -> bool:
        """Whether everything is translated, and nothing that was run or compared went wrong."""
        return all(c.good for c in self.cells)

    def __str__(self) -> str:
        return "\n".join([*self.totals(), *self._rows()])

    def totals(self) -> list[str]:
        """The report in two or three lines."""
        helpers = sum(c.helpers for c in self.cells)
        lines = [f"{self.translated} of {len(self.cells)} cells translated, {helpers} calls of helpers"]
        ran = [c for c in self.cells if c.run]
        if ran:
            lines.append(f"{sum(c.run == 'ran' for c in ran)} of {len(ran)} cells ran")
        compared = [c for c in self.cells if c.check]
        if self.against:
            counts = {w: sum(c.check == w for c in compared) for w in (AGREES, DIFFERS, RANDOM, UNCHECKED)}
            words = ", ".join(f"{n} {w}" for w, n in counts.items() if n) or "nothing to compare"
            values = sum(c.compared for c in compared)
            lines.append(f"compared with {self.against}: {words} ({values} values)")
        elif compared:
            agree = sum(c.check == AGREES for c in compared)
            lines.append(f"{agree} of {len(compared)} printed answers agree")
        return [*lines, *self.notes]

    def _rows(self) -> list[str]:
        shown = [
            (n, c)
            for n, c in enumerate(self.cells, 1)
            if not c.good or c.notes or (c.run and len(self.cells) <= FEW)
        ]
        width = max((len(c.word) for _, c in shown), default=0)
        return [f"  cell {n} (line {c.line}): {c.word:<{width}}  {c.notes}".rstrip() for n, c in shown]

    def table(self) -> str:
        """The report as Markdown, for the last cell of a notebook."""
        rows = [f"| {n} | {c.line} | {c.word} | {_escaped(c.notes)} |" for n, c in enumerate(self.cells, 1)]
        return "\n".join(
            [
                *(line + "  " for line in self.totals()),
                "",
                "| cell | line | | |",
                "| --- | --- | --- | --- |",
                *rows,
            ]
        )


def _escaped(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
