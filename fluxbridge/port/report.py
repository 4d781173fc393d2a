"""What became of a document, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class CellReport:
    """One cell of code: ``translated``, ``partly`` (some of its statements are refused) or ``refused``,
    and why.

    ``run``: ``""`` (not run), ``"ran"`` or the error. ``check``: ``""`` (nothing to compare), ``"agrees"``
    or where it differs.
    """

    line: int
    state: str
    reasons: list[str] = field(default_factory=list)
    helpers: int = 0
    run: str = ""
    check: str = ""


@dataclass
class Report:
    """The cells of a document and the text that was written."""

    cells: list[CellReport]
    text: str
    form: str

    @property
    def translated(self) -> int:
        """How many cells are translated as a whole."""
        return sum(c.state == "translated" for c in self.cells)

    @property
    def complete(self) -> bool:
        """Whether everything is translated, and nothing that was run or compared went wrong."""
        return all(
            c.state == "translated" and c.run in ("", "ran") and c.check in ("", "agrees") for c in self.cells
        )

    def __str__(self) -> str:
        lines = [
            f"{self.translated} of {len(self.cells)} cells translated, {sum(c.helpers for c in self.cells)} calls of helpers"  # noqa: E501
        ]
        for number, cell in enumerate(self.cells, 1):
            notes = [*cell.reasons]
            if cell.run not in ("", "ran"):
                notes.append(cell.run)
            if cell.check not in ("", "agrees"):
                notes.append(cell.check)
            if notes or cell.state != "translated":
                lines.append(
                    f"  cell {number} (line {cell.line}): {cell.state}; " + "; ".join(dict.fromkeys(notes))
                )
        ran = [c for c in self.cells if c.run]
        if ran:
            lines.append(f"{sum(c.run == 'ran' for c in ran)} of {len(ran)} cells ran")
        compared = [c for c in self.cells if c.check]
        if compared:
            lines.append(
                f"{sum(c.check == 'agrees' for c in compared)} of {len(compared)} printed answers agree"
            )
        return "\n".join(lines)
