"""The program that is compiled of a function and its gradient, beside the user's lines."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterable

from ...compiled.listing import Row, listing
from ...compiled.refusals import CannotCompile
from ..run import ExplainedRun
from .text import table


def program(e: ExplainedRun) -> str:
    """The operations before and after the passes, as aligned text; or why there is no program."""
    head = f"{e.function}({', '.join(e.names.arguments)})"
    try:
        found = listing(e.f, e.xs)
    except CannotCompile as refusal:
        return f"{head} runs eagerly, not compiled: {refusal}"
    known = source_lines(e)
    recorded, left = shown(found.recorded, known), shown(found.program, known)
    return "\n".join([head, "", "recorded", *recorded, "", "as it runs", *left])


def shown(rows: Iterable[Row], known: dict[str, str]) -> list[str]:
    """Operation, place and line; the same line is not said twice in a row."""
    made, last = [], ""
    for text, place in rows:
        new = place != last
        last = place or last
        made.append([text, place if new else "", known.get(place, "") if new else ""])
    return table(made, [])


def source_lines(e: ExplainedRun) -> dict[str, str]:
    """The text of the user's lines, by ``file.py:12``."""
    places = {line.source for line in e.lines if line.source.line}
    return {f"{os.path.basename(p.file)}:{p.line}": linecache.getline(p.file, p.line).strip() for p in places}
