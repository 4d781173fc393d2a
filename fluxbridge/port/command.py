"""``port``: a document of Julia in, a notebook, script or page with Python out."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..shell import Parser, WrongCall, wrapped
from .formats import Cell, Document, read, read_text, write_text
from .formats.layout import laid_out
from .limits import files_named, scratch_folder
from .report import CellReport, Report
from .translate import Translation, render, translate_cells

if TYPE_CHECKING:
    from .checking.session import Source

#: Seconds that a cell may take, on either side.
LIMIT = 120.0
_NO_JULIA = "no Julia here, fluxbridge doctor says why: compared with the answers that the source prints"
ENDINGS = (".ipynb", ".py", ".md", ".markdown")


def port(
    path: str | Path,
    out: str | Path | None = None,
    *,
    run: bool = False,
    check: bool = False,
    julia: bool = False,
    limit: float = LIMIT,
) -> Report:
    """Translate the document in a file, and write the result.

    The ending of ``out`` says what is written: ``.ipynb``, ``.py`` (with ``# %%`` cells), ``.md``; without
    ``out`` nothing is written, and the text is in the report. ``run`` runs the Python. ``check`` also runs
    the Julia, in a process of its own, and compares every value and all that is printed; where there is no
    Julia, it compares with the answers that the source prints (doctests and prompts). Each cell may take
    ``limit`` seconds on either side. ``julia`` keeps the Julia, folded below each cell.

    Raises ArgumentError if there is no such file or it is no text.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = pathlib.Path(folder, "page.md")
    ...     _ = source.write_text("```jldoctest\\njulia> sum([1, 2, 3])\\n6\\n```")
    ...     print(port(source, source.with_suffix(".ipynb"), run=True))
    1 of 1 cells translated, 0 calls of helpers
    1 of 1 cells ran
      cell 1 (line 2): ran
    """
    document = opened(path)
    suffix = Path(out).suffix if out is not None else ".txt"
    if out is not None and suffix not in ENDINGS:
        raise ArgumentError(f"{out}: the ending of the output says what is written: .ipynb, .py or .md")
    home = Path(path).resolve().parent
    report = port_document(
        document, suffix, run=run or check, check=check, julia=julia, limit=limit, home=home
    )
    if out is not None:
        try:
            Path(out).write_text(report.text, encoding="utf-8")
        except OSError as problem:
            raise ArgumentError(f"{out} cannot be written: {problem.strerror}") from None
    return report


def opened(path: str | Path) -> Document:
    """The document in a file; ArgumentError, which says what is wrong with it, if there is none."""
    path = Path(path)
    if path.is_dir():
        raise ArgumentError(f"{path} is a folder; name the file that is to be translated")
    if not path.exists():
        raise ArgumentError(f"there is no file {path}")
    try:
        return read(path)
    except OSError as problem:
        raise ArgumentError(f"{path} cannot be read: {problem.strerror}") from None
    except ValueError as problem:
        raise ArgumentError(f"{path}: {problem}") from None


def port_document(
    document: Document,
    suffix: str,
    *,
    run: bool = False,
    check: bool = False,
    julia: bool = False,
    free: bool = False,
    limit: float = LIMIT,
    source: Source | None = None,
    home: Path | None = None,
) -> Report:
    """Translate a document; the text is in the report.

    ``free``: it may use names that it does not define. ``source`` answers instead of the real Julia. The code
    runs in a folder of its own, with copies of the files in ``home`` that it names.
    """
    code = [c for c in document.cells if c.kind == "code"]
    files = files_named([c.text for c in code], home) if home is not None and (run or check) else []

    def translated(seen: Any) -> Translation:
        return translate_cells([c.text for c in code], document.soft, free, seen)

    def reported(translation: Translation) -> list[CellReport]:
        return [_reported(translation, number, cell) for number, cell in enumerate(code)]

    against, notes = "", []
    if check and source is None:
        source = _julia(code, document, limit)
        if source is None:
            notes.append(_NO_JULIA)
    if check and source is not None:
        from .checking.check import asked
        from .checking.check import check as checked

        with scratch_folder(home, files):
            answers = asked([c.text for c in code], document.soft, source)
            translation, reports = checked(translated, answers, reported, limit)
        against = "Julia"
    else:
        translation = translated(None)
        reports = reported(translation)
        if run or check:
            from .checking.fromsource import run_cells

            with scratch_folder(home, files):
                run_cells(translation, code, reports, check, limit)
    report = Report(reports, "", document.form, against, notes)
    report.text = _written(document, translation, report, suffix, julia, table=run or check)
    return report


def _julia(code: list[Cell], document: Document, limit: float) -> Source | None:
    """The real Julia, if there is one."""
    from ..julia import available
    from .checking.session import live

    if not available():
        return None
    loads = any(re.search(r"^\s*(?:using|import)\b", c.text, re.MULTILINE) for c in code)
    return live(limit, usual=document.soft and not loads)


def _written(
    document: Document, translation: Translation, report: Report, suffix: str, julia: bool, table: bool
) -> str:
    cells: list[Cell] = []
    sources: list[str | None] = []
    if translation.header:
        cells.append(Cell("code", "\n".join(translation.header)))
        sources.append(None)
    number = 0
    for cell in document.cells:
        if cell.kind == "prose":
            cells.append(cell)
            sources.append(None)
            continue
        made = translation.cell(number).strip("\n")
        number += 1
        if made:
            cells.append(Cell("code", made, cell.line))
            sources.append(cell.text if julia else None)
    if suffix != ".txt":
        texts = iter(laid_out([c.text for c in cells if c.kind == "code"]))
        cells = [Cell("code", next(texts), c.line) if c.kind == "code" else c for c in cells]
    if table and suffix == ".ipynb":
        cells.append(Cell("prose", report.table()))
        sources.append(None)
    return write_text(cells, suffix, sources)


def _reported(translation: Translation, number: int, cell: Cell) -> CellReport:
    pieces = [p for p in translation.of_cell(number) if p.julia]
    refused = [p for p in pieces if p.refused is not None]
    state = "translated" if not refused else "refused" if len(refused) == len(pieces) else "partly"
    return CellReport(cell.line, state, [p.refused or "" for p in refused], sum(p.helpers for p in pieces))


def main(options: argparse.Namespace) -> int:
    """``fluxbridge port``: the exit status."""
    if (options.text is None) == (options.source is None):
        raise WrongCall("port: give a file, or Julia after --text, and not both")
    if not options.limit > 0:
        raise WrongCall(f"port: --limit is a number of seconds above 0, not {options.limit:g}")
    wanted = {"run": options.run_it, "check": options.check, "julia": options.julia, "limit": options.limit}
    if options.text is not None:
        report = port_document(read_text(options.text), ".txt", free=True, **wanted)
    else:
        report = port(options.source, options.output, **wanted)
    if options.output is None:
        print(report.text, end="")
    if options.output is not None or options.text is None or options.run_it or options.check:
        beside = sys.stdout if options.output is not None else sys.stderr
        print(wrapped(str(report), rest="    "), file=beside)
    return 0 if report.complete or not options.strict else 1


def parser() -> argparse.ArgumentParser:
    """The options of ``fluxbridge port``."""
    parser = Parser(
        prog="fluxbridge port",
        description="Reads a Julia script, a Pluto or Literate file, Markdown, or a notebook, and writes "
        "Python: a notebook (.ipynb), a script (.py) or Markdown (.md), by the ending of the output; without "
        "one the Python is printed. What is not translated stays as a comment with its reason.",
        status="Exit status: 0, with --strict 1 if something is refused, fails or differs; 2 for a wrong "
        "call.",
        examples=[
            "fluxbridge port tutorial.jl -o tutorial.ipynb --run",
            "fluxbridge port --text 'f(x) = 3x^2 + 2x + 1'",
        ],
    )
    parser.add_argument("source", nargs="?", help="the file to translate")
    parser.add_argument("-o", "--output", help="the file to write: .ipynb, .py or .md")
    parser.add_argument("--text", help="translate this text instead of a file")
    parser.add_argument(
        "--run", dest="run_it", action="store_true", help="run the Python, and say what fails"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="also run the Julia, in a process of its own, and compare all values and all that is printed; "
        "without a Julia, compare with the answers that the source prints",
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=LIMIT,
        metavar="SECONDS",
        help=f"how long a cell may take, in Python and in Julia (default {LIMIT:g})",
    )
    parser.add_argument("--julia", action="store_true", help="keep the Julia, folded below each cell")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit status 1 unless everything is translated (and runs, and agrees)",
    )
    return parser


__all__ = ["main", "port", "port_document", "render"]
