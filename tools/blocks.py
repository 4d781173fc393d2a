"""Translates and runs every block of Julia in checkouts of repositories, and counts what becomes of them.

    python tools/blocks.py FOLDER…             # a checkout of Flux.jl, Zygote.jl, the model zoo …
    python tools/blocks.py FOLDER… --list      # also every block that is refused, fails or differs
    python tools/blocks.py FOLDER… --write     # the tables of docs/porting_blocks.md

A folder with ``src`` and ``docs`` is a package: its pages and its docstrings are read. Of any other folder all scripts, pages and
notebooks are. A block is an input at a prompt, a fenced block, a cell of a notebook, or a paragraph of a script.
"""  # noqa: E501

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from fluxbridge.port.checking.fromsource import compared_answer
from fluxbridge.port.command import _reported
from fluxbridge.port.formats import Cell, read_text
from fluxbridge.port.formats.readers import included
from fluxbridge.port.lower.facts import names_in
from fluxbridge.port.running import Runner, restored
from fluxbridge.port.survey import RANDOM, assigned_in, changed_in
from fluxbridge.port.syntax import JuliaSyntaxError, parse
from fluxbridge.port.translate import translate_cells

PAGE = Path(__file__).parents[1] / "docs" / "porting_blocks.md"
MARK = "<!-- made by tools/blocks.py -->"
SECONDS = 60
SETUPS = {
    "Flux": "using Flux", "Zygote": "using Zygote", "Optimisers": "using Optimisers", "NNlib": "using NNlib\nusing UnicodePlots",  # noqa: E501
    "MLUtils": "using MLUtils", "OneHotArrays": "using OneHotArrays",
}  # fmt: skip

#: Why a block is outside of what can be translated here: a word in the reason, and what it is.
OUTSIDE = (
    ("graphics card", "graphics cards"),
    ("GPU", "graphics cards"),
    ("several machines", "graphics cards"),
    ("older versions of Flux", "older Flux"),
    ("download", "downloads"),
    ("data set", "downloads"),
    ("files of the tutorial", "downloads"),
    ("has no counterpart here", "other packages"),
    ("use ", "other packages"),
    ("another engine", "other packages"),
    ("another compiler", "other packages"),
    ("its models are not those of Flux", "other packages"),
    ("a package without a counterpart", "other packages"),
    ("no valid Julia", "no Julia"),
    ("code that makes code", "code about code"),
)


@dataclass
class Block:
    """What became of one block."""

    file: str
    line: int
    julia: str
    python: str
    state: str
    reason: str = ""
    outside: str = ""
    run: str = ""
    check: str = ""
    random: bool = False
    fragment: bool = False


def documents(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Name, ending and text of everything to translate in a folder."""
    if (folder / "src").is_dir() and (folder / "docs").is_dir():
        for page in sorted((folder / "docs").rglob("*.md")):
            yield str(page.relative_to(folder)), ".md", page.read_text()
        for source in sorted((folder / "src").rglob("*.jl")):
            for number, text in enumerate(docstrings(source.read_text()), 1):
                yield f"{source.relative_to(folder)}:{number}", ".md", text
        return
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".jl", ".md", ".ipynb") and "/." not in str(path):
            text = path.read_text()
            text = included(text, path.parent) if path.suffix == ".jl" else text
            yield str(path.relative_to(folder)), path.suffix, text


def docstrings(text: str) -> list[str]:
    """The docstrings of a file that contain code."""
    return [t.replace("\\$", "$").replace('\\"', '"').replace("\\\\", "\\")
            for t in re.findall(r'^\s*(?:@doc )?(?:raw)?"""(.*?)^\s*"""', text, re.S | re.M) if "```" in t]  # fmt: skip  # noqa: E501


def paragraphs(text: str) -> list[str]:
    """The statements of a script, taken together where no blank line is between them."""
    try:
        starts = [max(getattr(s, "at", 0), 0) for s in parse(text).statements]
    except JuliaSyntaxError:
        return [text]
    breaks = [0]
    for start in starts[1:]:
        before = text[:start].rstrip(" \t")
        line = before.rfind("\n\n")
        if (
            line >= 0
            and all(s.startswith("#") or not s.strip() for s in before[line:].split("\n"))
            and line > breaks[-1]
        ):
            breaks.append(line)
    return [text[a:b] for a, b in zip(breaks, [*breaks[1:], len(text)], strict=True)]


def examine(name: str, suffix: str, text: str, setup: str) -> list[Block]:
    """Translate and run one document."""
    document = read_text(text, suffix)
    cells = [c for c in document.cells if c.kind == "code"]
    if document.form == "script":
        cells = [Cell("code", p) for p in paragraphs(text)]
    if not cells:
        return []
    if setup:
        cells.insert(0, Cell("code", setup))
    translation = translate_cells([c.text for c in cells], soft=document.soft, free=document.soft)
    random = drawn(cells)
    blocks = []
    with restored():
        runner = Runner(translation)
        for number, cell in enumerate(cells):
            report = _reported(translation, number, cell)
            reason = report.reasons[0] if report.reasons else ""
            block = Block(
                name,
                cell.line,
                cell.text,
                translation.cell(number),
                report.state,
                reason,
                random=number in random,
            )
            if reason:
                block.outside = next(
                    (o for r in report.reasons if (o := outside(r, translation, cell.text))), ""
                )
            if report.state != "refused":
                printed, value, error = limited(runner, number)
                block.run = "ran" if not error or (cell.fails and error) else error
                if report.state == "translated" and cell.answers:
                    block.check = compared_answer(cell, printed, value, error)
                if error.startswith("FileNotFoundError"):
                    block.outside = "downloads"
                missing = re.match(r"NameError: name '(.*?)' is not defined", error)
                block.fragment = bool(missing)
            blocks.append(block)
    return blocks[1:] if setup else blocks


def limited(runner, number: int) -> tuple:
    """Run a cell; give up after a while."""

    def late(*_) -> None:
        raise TimeoutError(f"not finished after {SECONDS} seconds")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        return runner.cell(number)
    except TimeoutError as problem:
        return "", None, f"TimeoutError: {problem}"
    finally:
        signal.alarm(0)


def drawn(cells: list) -> set[int]:
    """The cells whose values depend on random numbers that no seed fixes."""
    tainted: set[str] = set()
    found = set()
    for number, cell in enumerate(cells):
        if "seed!" in cell.text or re.search(r"(?:Xoshiro|MersenneTwister)\(\d", cell.text):
            tainted -= RANDOM
            continue
        try:
            statements = parse(cell.text).statements
        except JuliaSyntaxError:
            continue
        for node in statements:
            if names_in(node) & (RANDOM | tainted):
                found.add(number)
                tainted |= {*assigned_in(node), *changed_in(node)}
    return found


def outside(reason: str, translation, julia: str, seen: frozenset = frozenset()) -> str:
    """Why a block is outside of what can be translated, followed to the statement that it depends on."""
    root = re.search(r"depends on (\S+), which was not translated", reason)
    if root and root[1] not in seen:
        for piece in translation.refusals:
            if root[1] in piece.names:
                return outside(piece.refused or "", translation, piece.julia, seen | {root[1]})
    if re.search(
        r"\b(?:CUDA|cuDNN|AMDGPU|Metal|Reactant|NCCLBackend|MPIBackend|DistributedUtils)\b|\bcu\(", julia
    ):
        return "graphics cards"
    for word, kind in OUTSIDE:
        if word in reason:
            return kind
    if "is not known" in reason and any(
        p.julia.startswith(("using", "import")) and outside(p.refused or "", translation, "")
        for p in translation.refusals
    ):
        return "other packages"
    return ""


def kind_of(reason: str) -> str:
    """A reason without the names in it."""
    reason = re.sub(r"depends on .*", "depends on a refused statement", reason)
    reason = re.sub(
        r"draws random numbers after .*", "draws random numbers after a refused statement", reason
    )
    return re.sub(r"^(the (?:function|name|macro|package)) \S+", r"\1 …", reason)[:90]


def survey(folder: Path, jobs: int) -> list[Block]:
    """All blocks of a folder, each document in a process of its own."""
    setup = SETUPS.get(folder.name.removesuffix(".jl"), "")
    work = [
        (name, suffix, text, setup if suffix == ".md" else "") for name, suffix, text in documents(folder)
    ]
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        return [b for blocks in pool.starmap(examine, work, chunksize=1) for b in blocks]


def share(part: int, whole: int) -> str:
    """``12 (60 %)``."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "0"


COLUMNS = "| | blocks | outside | the others | translated | with their names | run | comparable | equal |"


def row(title: str, blocks: list[Block]) -> str:
    """One line of the table."""
    inside = [b for b in blocks if not b.outside]
    done = [b for b in inside if b.state == "translated"]
    whole = [b for b in done if not b.fragment]
    compared = [b for b in whole if b.check and not b.random]
    return (
        f"| {title} | {len(blocks)} | {len(blocks) - len(inside)} | {len(inside)} | {share(len(done), len(inside))} | {len(whole)} "  # noqa: E501
        f"| {share(sum(b.run == 'ran' for b in whole), len(whole))} | {len(compared)} "
        f"| {share(sum(b.check == 'agrees' for b in compared), len(compared))} |"
    )  # fmt: skip


def tables(found: dict[str, list[Block]]) -> str:
    """The tables, as Markdown."""
    every = [b for blocks in found.values() for b in blocks]
    lines = [
        COLUMNS,
        "| --- |" + " ---: |" * 8,
        *(row(t, b) for t, b in found.items()),
        row("all", every),
        "",
    ]
    lines += ["| refused because | blocks |", "| --- | ---: |"]
    reasons = Counter(b.outside or kind_of(b.reason) for b in every if b.state != "translated")
    lines += [f"| {r} | {n} |" for r, n in reasons.most_common()]
    lines += ["", "| fails with | blocks |", "| --- | ---: |"]
    errors = Counter(b.run.split(":")[0] for b in every if b.run not in ("", "ran") and not b.fragment)
    lines += [f"| {r} | {n} |" for r, n in errors.most_common()]
    return "\n".join(lines)


def listing(blocks: list[Block]) -> Iterator[str]:
    """What is refused, fails or differs."""
    for b in blocks:
        if b.outside:
            continue
        wrong = b.reason or (b.run if b.run not in ("", "ran") and not b.fragment else "")
        wrong = wrong or (b.check if b.check != "agrees" and not b.random else "")
        if wrong:
            yield f"{b.file}:{b.line} [{b.state}] {wrong}\n    " + b.julia.strip().replace("\n", "\n    ")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--list", action="store_true", help="every block that is refused, fails or differs")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {PAGE.name}")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, help="all blocks, as JSON")
    options = parser.parse_args()
    found = {folder.name: survey(folder, options.jobs) for folder in options.folders}
    made = tables(found)
    if options.list:
        print("\n".join(line for blocks in found.values() for line in listing(blocks)), end="\n\n")
    print(made)
    if options.json:
        options.json.write_text(json.dumps({t: [asdict(b) for b in bs] for t, bs in found.items()}))
    if options.write:
        before, _, _ = PAGE.read_text().partition(MARK)
        PAGE.write_text(before + MARK + "\n\n" + made + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
