"""``ans``, the last answer at a prompt, as a variable."""

from __future__ import annotations

import re

from .syntax import Expr, JuliaSyntaxError, Name, parse

_ANS = re.compile(r"(?<![\w.:])ans(?!\w)")
_SILENT = frozenset(
    ["using", "import", "function", "struct", "macro", "module", "for", "while", "const", "export"]
)


def answered(cells: list[str]) -> list[str]:
    """The cells, where one that reads ``ans`` finds the value of the cell before.

    >>> answered(["sqrt(4.0)", "ans + 1"])
    ['ans = sqrt(4.0)\\nans', 'ans + 1']
    >>> answered(["x = 2", "ans + x"])
    ['x = 2\\nans = x', 'ans + x']
    >>> answered(["ans = 3", "ans + 1"])
    ['ans = 3', 'ans + 1']
    """
    reads = [bool(_ANS.search(c)) for c in cells]
    if not any(reads) or any(re.search(r"(?<![\w.:])ans *=(?!=)", c) for c in cells):
        return cells
    needed = set()
    for number, wanted in enumerate(reads):
        if wanted and number:
            needed.add(number - 1)
    return [_keeping(c) if number in needed else c for number, c in enumerate(cells)]


def _keeping(cell: str) -> str:
    """A cell that keeps its answer in ``ans``."""
    try:
        statements = parse(cell).statements
    except JuliaSyntaxError:
        return cell
    last = statements[-1] if statements else None
    if last is None:
        return cell
    if isinstance(last, Expr):
        if last.head in _SILENT or (last.head == "macrocall"):
            return cell
        if last.head == "=" and isinstance(last.args[0], Name):
            return f"{cell}\nans = {last.args[0].text}"
        if last.head.endswith("=") and last.head not in ("==", "!=", "<=", ">="):
            return cell
    at = max(getattr(last, "at", 0), 0)
    end = getattr(last, "end", -1)
    shown = cell[at:end] if end > at else cell[at:].split("#")[0].rstrip("; \n")
    rest = cell[at + len(shown) :]
    return f"{cell[:at]}ans = {shown}{rest.lstrip(';')}\nans"


__all__ = ["answered"]
