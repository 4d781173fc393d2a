"""A document: cells of prose and of code."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Cell:
    """Prose (Markdown) or code (Julia).

    ``hidden``: the source does not show it. ``answers``: what the source says is printed, by the number of
    the line behind which
    it stands. ``fails``: the source says that the cell ends with an error.
    """

    kind: str
    text: str
    line: int = 1
    hidden: bool = False
    answers: list[str] = field(default_factory=list)
    fails: bool = False


@dataclass
class Document:
    """The cells of a tutorial, and the form in which it came; ``soft``: loops may assign globals, as at
    the prompt."""

    cells: list[Cell]
    form: str
    soft: bool = False

    @property
    def code(self) -> list[str]:
        """The texts of the cells of code."""
        return [c.text for c in self.cells if c.kind == "code"]
