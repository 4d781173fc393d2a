"""The golden texts of explanations: ``python tests/goldentexts.py`` writes them anew.

A program is a file of `explanation/golden/` with a function ``f`` and its arguments ``xs``; beside it stands
what ``print(explain(f, *xs))`` says.
"""

from __future__ import annotations

import runpy
from pathlib import Path

from fluxbridge.explanation import explain

FOLDER = Path(__file__).parent / "explanation" / "golden"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))


def golden(name: str) -> Path:
    """The file with the text of a program."""
    return FOLDER / f"{name}.txt"


def said(name: str) -> str:
    """What explain says about a program."""
    words = runpy.run_path(str(FOLDER / f"{name}.py"))
    return explain(words["f"], *words["xs"]).text() + "\n"


if __name__ == "__main__":
    for program in PROGRAMS:
        golden(program).write_text(said(program), encoding="utf-8")
