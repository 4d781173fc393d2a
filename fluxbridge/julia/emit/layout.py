"""Lines of Julia source that are not too long."""

from __future__ import annotations

import re

WIDTH = 92  #: of a line


def wrapped(line: str, indent: str) -> str:
    """A line, broken after commas or operators where it is too long; as far outside as possible."""
    rest = indent + line
    out = []
    while len(rest) > WIDTH and not rest.lstrip().startswith("#"):
        cut = _best_cut(rest, len(indent) + 12)
        if cut is None:
            break
        out.append(rest[:cut])
        rest = indent + "    " + rest[cut:].lstrip()
    return "\n".join([*out, rest])


def _best_cut(line: str, start: int) -> int | None:
    """The end of the last comma or operator before the margin that is in the fewest brackets."""
    depth, best = 0, None
    for m in re.finditer(r"[([{]|[)\]}]|, |; | \.?[-+*/] ", line[:WIDTH]):
        if m[0] in "([{":
            depth += 1
        elif m[0] in ")]}":
            depth -= 1
        elif m.end() > start:
            rank = (depth, m[0].strip(" .") in ("*", "/"))
            if best is None or rank <= best[0]:
                best = rank, m.end() - 1
    return None if best is None else best[1]
