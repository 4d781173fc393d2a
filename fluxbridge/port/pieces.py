"""Statements of Julia with their Python, and the program that they make."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

from .syntax import Expr, JuliaSyntaxError, Node, parse

#: How deep expressions may be nested: each level takes several of Python's thousand calls.
DEEPEST = 100


@dataclass
class Piece:
    """One statement of Julia: its Python, or why there is none."""

    julia: str
    at: int
    lines: list[str] = field(default_factory=list)
    refused: str | None = None
    names: list[str] = field(default_factory=list)
    helpers: int = 0

    @property
    def python(self) -> str:
        """The code of this statement."""
        return "\n".join(self.lines)


@dataclass
class Translation:
    """What became of a program."""

    header: list[str]
    pieces: list[Piece]
    text: str
    cells: list[tuple[int, int]]
    names: dict[str, str]

    @property
    def refusals(self) -> list[Piece]:
        """The statements that were not translated."""
        return [p for p in self.pieces if p.refused is not None]

    def cell(self, number: int) -> str:
        """The Python of one cell; what was refused is a comment with its reason."""
        return render(self.of_cell(number), self.text)

    def of_cell(self, number: int) -> list[Piece]:
        """The statements of one cell, in order."""
        first, last = (bisect.bisect_left(self.pieces, at, key=lambda p: p.at) for at in self.cells[number])
        return self.pieces[first:last]

    @property
    def code(self) -> str:
        """The whole program."""
        body = render(self.pieces, self.text)
        return "\n".join([*self.header, "", body]).strip() + "\n" if self.header else body.strip() + "\n"


def render(pieces: list[Piece], text: str) -> str:
    """Statements below each other, with the blank lines of the source."""
    out: list[str] = []
    for piece in pieces:
        gap = text[max(piece.at - 400, 0) : piece.at].rstrip(" \t")
        if out and gap.endswith("\n\n") and out[-1] != "":
            out.append("")
        if piece.refused is not None:
            out.append(f"# not translated: {piece.refused}")
            out.extend("#   " + line for line in piece.julia.replace("\0", "\\0").splitlines())
        else:
            out.extend(piece.lines)
    return "\n".join(out)


def used(header: list[str], pieces: list[Piece]) -> list[str]:
    """The imports without the names that nothing uses."""
    body = "\n".join(line for p in pieces if p.refused is None for line in p.lines)
    kept = []
    for line in header:
        start, _, names = line.rpartition("import ")
        wanted = [
            n for n in names.split(", ") if n and re.search(rf"(?<![\w.]){re.escape(n.split()[-1])}\b", body)
        ]
        if not line or wanted:
            kept.append(f"{start}import {', '.join(wanted)}" if line else line)
    return "\n".join(kept).strip("\n").replace("\n\n\n", "\n\n").split("\n") if any(kept) else []


def joined(cells: list[str]) -> tuple[str, list[tuple[int, int]], list[Piece]]:
    """The cells in one text; those that are no Julia are blanked out and reported."""
    parts, bounds, broken = [], [], []
    here = 0
    for cell in cells:
        cell = cell.replace("\r\n", "\n")
        try:
            statements = parse(cell).statements
            if depth(statements) > DEEPEST:
                raise JuliaSyntaxError("brackets and blocks are nested too deeply", cell, 0)
            kept = cell
        except JuliaSyntaxError as problem:
            broken.append(Piece(cell, here, refused=f"no valid Julia: {problem}"))
            kept = "".join(c if c == "\n" else " " for c in cell)
        parts.append(kept + "\n")
        bounds.append((here, here + len(kept) + 1))
        here += len(kept) + 1
    return "".join(parts), bounds, broken


def depth(nodes: list[Node]) -> int:
    """How deep expressions are nested."""
    depth, level = 0, [n for n in nodes if isinstance(n, Expr)]
    while level:
        depth += 1
        level = [a for n in level for a in n.args if isinstance(a, Expr)]
    return depth
