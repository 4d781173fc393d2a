"""What all notebooks of the course have in common: numbers, links, what to know before, hidden checks.

    python tools/course.py            # writes it into the notebooks, after the table of notebooks/README.md
    python tools/course.py --check    # says what would change, and fails if anything would

The first cell says the chapter's number, what it needs and what comes next; the last one leads there. Asserts
of long numbers at the end of a cell move to a cell of their own, tagged ``check`` and folded; solutions of
exercises are cells tagged ``solution``, folded with their outputs. No output changes.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ROW = re.compile(r"^\| (\d+) \| \[[^]]*\]\((\w+)\.ipynb\) \| (.*?) \| (.*?) \| .*? \|$", re.M)

Cell = dict[str, Any]


class Chapter(NamedTuple):
    number: int
    name: str
    needs: str
    title: str

    @property
    def link(self) -> str:
        return f"[{self.number}. {self.title}]({self.name}.ipynb)"


def text(cell: Cell) -> str:
    return "".join(cell["source"])


def set_text(cell: Cell, new: str) -> None:
    cell["source"] = new.splitlines(keepends=True)


def read(name: str) -> dict[str, Any]:
    return json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))


def chapters() -> list[Chapter]:
    """The rows of the course's table, with the titles that the notebooks have."""
    found = []
    for number, name, _, needs in ROW.findall((NOTEBOOKS / "README.md").read_text(encoding="utf-8")):
        title = text(read(name)["cells"][0]).splitlines()[0].removeprefix("# ")
        found.append(Chapter(int(number), name, needs, re.sub(r"^\d+\. ", "", title)))
    return found


def before(chapter: Chapter, course: list[Chapter]) -> str:
    """What to know, with links where the table names chapters."""

    def linked(match: re.Match[str]) -> str:
        return course[int(match[1]) - 1].link

    return re.sub(r"chapter (\d+)", linked, chapter.needs)


def opening(chapter: Chapter, course: list[Chapter], old: str) -> str:
    """The title with its number, and below it the line that leads through the course."""
    rest = re.sub(r"^# .*\n", "", old).lstrip("\n")
    rest = re.sub(r"^\*Chapter \d+ of .*\n", "", rest).lstrip("\n")
    line = f"*Chapter {chapter.number} of {len(course)} of [the course](README.md).*"
    line += f" **Before:** {before(chapter, course)}."
    return f"# {chapter.number}. {chapter.title}\n\n{line}\n\n{rest}"


def closing(chapter: Chapter, course: list[Chapter]) -> str:
    if chapter.number == len(course):
        return "This is the last chapter. [The course](README.md) lists all of them."
    return f"**Next:** {course[chapter.number].link}"


def tagged(cell: Cell, *tags: str) -> bool:
    return any(tag in cell["metadata"].get("tags", []) for tag in tags)


def is_long(node: ast.AST) -> bool:
    """Does a number of eight digits or more stand in it?"""
    return any(
        isinstance(n, ast.Constant)
        and isinstance(n.value, float)
        and len(re.sub(r"e.*|\D", "", repr(n.value)).strip("0")) >= 8
        for n in ast.walk(node)
    )


def fold(cell: Cell, *tags: str, outputs: bool) -> None:
    cell["metadata"]["tags"] = sorted({*cell["metadata"].get("tags", []), *tags})
    cell["metadata"]["jupyter"] = {"source_hidden": True} | ({"outputs_hidden": True} if outputs else {})


def names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def is_data(statement: ast.stmt) -> bool:
    """Numbers that get a name: ``expected = [1.0, 2.0]``."""
    return isinstance(statement, ast.Assign) and not any(
        isinstance(n, (ast.Call, ast.BinOp, ast.Subscript, ast.Attribute)) for n in ast.walk(statement.value)
    )


def checks(body: list[ast.stmt]) -> list[ast.stmt]:
    """The asserts of long numbers that may come later, and the numbers that only they look at."""
    tables = [s for s in body if is_data(s) and is_long(s)]
    named = {name for table in tables for name in names(table, ast.Store)}
    moved = [
        s
        for at, s in enumerate(body)
        if isinstance(s, ast.Assert)
        and (is_long(s) or names(s, ast.Load) & named)
        and not any(names(later, ast.Store) & names(s, ast.Load) for later in body[at + 1 :])
    ]
    stay = [s for s in body if s not in moved]
    tables = [t for t in tables if not any(names(s, ast.Load) & names(t, ast.Store) for s in stay)]
    tables = [t for t in tables if any(names(s, ast.Load) & names(t, ast.Store) for s in moved)]
    return [s for s in body if s in moved or s in tables]


def apart(cell: Cell) -> list[Cell]:
    """A cell, or it without its asserts of long numbers and a folded cell with these."""
    if cell["cell_type"] != "code" or tagged(cell, "check", "solution", "julia"):
        return [cell]
    source = text(cell)
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a magic command
        return [cell]
    found = checks(body)
    if not found:
        return [cell]
    if len(found) == len(body):
        fold(cell, "check", "remove-cell", outputs=False)
        return [cell]
    lines = source.splitlines(keepends=True)
    taken = {n for s in found for n in range(s.lineno - 1, s.end_lineno or s.lineno)}
    check = {
        "cell_type": "code",
        "execution_count": None,
        "id": f"{cell['id']}-check",
        "metadata": {},
        "outputs": [],
        "source": [],
    }
    set_text(check, "".join(line for n, line in enumerate(lines) if n in taken).rstrip("\n"))
    fold(check, "check", "remove-cell", outputs=False)
    left = "".join(line for n, line in enumerate(lines) if n not in taken)
    set_text(cell, re.sub(r"\n{3,}", "\n\n\n", left).rstrip("\n"))
    return [cell, check]


def revised(chapter: Chapter, course: list[Chapter], notebook: dict[str, Any]) -> dict[str, Any]:
    cells = [new for cell in notebook["cells"] for new in apart(cell) if not tagged(cell, "next")]
    set_text(cells[0], opening(chapter, course, text(cells[0])))
    for cell in cells:
        if tagged(cell, "solution"):
            fold(cell, "solution", "hide-cell", outputs=True)
    last = {"cell_type": "markdown", "id": "next", "metadata": {"tags": ["next"]}, "source": []}
    set_text(last, closing(chapter, course))
    return notebook | {"cells": [*cells, last]}


def table(course: list[Chapter]) -> str:
    """The page of the course, with the titles in its table."""
    page = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    for chapter in course:
        link = f"| {chapter.number} | [{chapter.title}]({chapter.name}.ipynb) |"
        row = rf"^\| {chapter.number} \| \[[^]]*\]\(\w+\.ipynb\) \|"
        page = re.sub(row, link.replace("\\", r"\\"), page, flags=re.M)
    return page


def main(arguments: list[str]) -> int:
    course, changed = chapters(), []
    new_texts = {
        f"{c.name}.ipynb": json.dumps(revised(c, course, read(c.name)), indent=1, ensure_ascii=False) + "\n"
        for c in course
    }
    for file, new in (new_texts | {"README.md": table(course)}).items():
        path = NOTEBOOKS / file
        if new != path.read_text(encoding="utf-8"):
            changed.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    print("\n".join(changed) or "nothing to change")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
