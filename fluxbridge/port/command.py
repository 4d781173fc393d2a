"""``port``: a document of Julia in, a notebook, script or page with Python out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .formats import Cell, Document, read, read_text, write_text
from .report import CellReport, Report
from .translate import Translation, render, translate_cells


def port(
    path: str | Path,
    out: str | Path | None = None,
    *,
    run: bool = False,
    check: bool = False,
    julia: bool = False,
) -> Report:
    """Translate the document in a file, and write the result.

    The ending of ``out`` says what is written: ``.ipynb``, ``.py`` (with ``# %%`` cells), ``.md``; without
    ``out`` nothing is
    written, and the text is in the report. ``run`` runs the Python; ``check`` also compares it with the
    answers that the source prints
    (doctests and prompts); ``julia`` keeps the Julia, folded below each cell. Raises OSError if there is
    no such file, ValueError if
    it is no text.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = pathlib.Path(folder, "page.md")
    ...     _ = source.write_text("```jldoctest\\njulia> sum([1, 2, 3])\\n6\\n```")
    ...     print(port(source, source.with_suffix(".ipynb"), check=True))
    1 of 1 cells translated, 0 calls of helpers
    1 of 1 cells ran
    1 of 1 printed answers agree
    """
    document = read(path)
    suffix = Path(out).suffix if out is not None else ".txt"
    report = port_document(document, suffix, run=run or check, check=check, julia=julia)
    if out is not None:
        Path(out).write_text(report.text, encoding="utf-8")
    return report


def port_document(
    document: Document,
    suffix: str,
    *,
    run: bool = False,
    check: bool = False,
    julia: bool = False,
    free: bool = False,
) -> Report:
    """Translate a document; the text is in the report. ``free``: it may use names that it does not define."""
    code = [c for c in document.cells if c.kind == "code"]
    translation = translate_cells([c.text for c in code], soft=document.soft, free=free)
    reports = [_reported(translation, number, cell) for number, cell in enumerate(code)]
    if run or check:
        from .running import run_cells

        run_cells(translation, code, reports, check)
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
    return Report(reports, write_text(cells, suffix, sources), document.form)


def _reported(translation: Translation, number: int, cell: Cell) -> CellReport:
    start, end = translation.cells[number]
    pieces = [p for p in translation.pieces if start <= p.at < end and p.julia]
    refused = [p for p in pieces if p.refused is not None]
    state = "translated" if not refused else "refused" if len(refused) == len(pieces) else "partly"
    return CellReport(cell.line, state, [p.refused or "" for p in refused], sum(p.helpers for p in pieces))


def main(options: argparse.Namespace) -> int:
    """``fluxbridge port``: the exit status."""
    if options.text is None and options.source is None:
        print("fluxbridge port: give a file, or Julia after --text", file=sys.stderr)
        return 2
    if options.text is not None:
        report = port_document(
            read_text(options.text), ".txt", run=options.run_it, check=options.check, free=True
        )
        print(report.text, end="")
        return 0 if report.complete or not options.strict else 1
    try:
        report = port(
            options.source, options.output, run=options.run_it, check=options.check, julia=options.julia
        )
    except (OSError, ValueError) as problem:
        print(f"fluxbridge port: {problem}", file=sys.stderr)
        return 2
    if options.output is None:
        print(report.text, end="")
        print(report, file=sys.stderr)
    else:
        print(report)
    return 0 if report.complete or not options.strict else 1


def parser() -> argparse.ArgumentParser:
    """The options of ``fluxbridge port``."""
    parser = argparse.ArgumentParser(
        prog="fluxbridge port",
        description="Reads a Julia script, a Pluto or Literate file, Markdown, or a notebook, and writes Python: a notebook (.ipynb), a "  # noqa: E501
        "script (.py) or Markdown (.md), by the ending of the output; without one the Python is printed.",
        epilog="What is not translated stays as a comment with its reason. Exit status: 0, with --strict 1 if something is refused, "  # noqa: E501
        "fails or differs, 2 for a wrong call.",
    )
    parser.add_argument("source", nargs="?", help="the file to translate")
    parser.add_argument("-o", "--output", help="the file to write: .ipynb, .py or .md")
    parser.add_argument("--text", help="translate this text instead of a file")
    parser.add_argument(
        "--run", dest="run_it", action="store_true", help="run the Python, and say what fails"
    )
    parser.add_argument(
        "--check", action="store_true", help="also compare with the answers that the source prints"
    )
    parser.add_argument("--julia", action="store_true", help="keep the Julia, folded below each cell")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit status 1 unless everything is translated (and runs, and agrees)",
    )
    return parser


__all__ = ["main", "port", "port_document", "render"]
