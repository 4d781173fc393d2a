"""Every Python example in README.md and docs/ gives what stands below it; links lead somewhere."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "notebooks" / "README.md"]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

page = pytest.mark.parametrize("path", PAGES, ids=[p.relative_to(ROOT).as_posix() for p in PAGES])


def examples(path: Path) -> str:
    """The lines inside ```python fences, at their places; all other lines are empty."""
    lines, inside = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.lstrip()  # a block may stand inside of a list
        fence = text.startswith("```")
        inside = (text.startswith("```python") if fence else inside) and not (fence and inside)
        lines.append(line if inside and not fence else "")
    return "\n".join(lines) + "\n"


@pytest.mark.once
@page
def test_examples(path):
    name = path.relative_to(ROOT).as_posix()
    test = doctest.DocTestParser().get_doctest(examples(path), {"__name__": "__main__"}, name, str(path), 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


@page
def test_every_python_block_is_python(path):
    """Blocks without a prompt (they need a Julia) are at least read."""
    for block in re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S):
        if not block.startswith(">>>"):
            compile(block, str(path), "exec")


def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@page
def test_links(path):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def test_nothing_is_said_twice():
    """A merge that keeps both sides leaves rows and items doubled."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    rooms = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()
    course = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8").splitlines()
    for said in (
        [line for line in lines if len(line) > 20],
        [line.split("|")[1] for line in rooms if line.startswith("| `")],
        [line.split("|")[1] for line in course if line.startswith("| ") and line[2].isdigit()],
    ):
        assert said
        assert [line for line in said if said.count(line) > 1] == []


def test_the_architecture_names_every_file():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "fluxbridge"
    files = [*package.glob("*.py"), *(package / "autodiff").glob("*.py")]
    missing = [p.name for p in files if p.name not in page and p.name not in ("__init__.py", "__main__.py")]
    assert not missing
    assert all(f"{p.name}/" in page for p in package.iterdir() if (p / "__init__.py").exists())
