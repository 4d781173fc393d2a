"""The layout of the Python: a formatter, if one is installed (``fluxbridge[format]``)."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

LINE = 100
_MARK = "# %% fluxbridge cell"


def laid_out(cells: list[str]) -> list[str]:
    """Cells of Python as ruff or black lays them out; as they are, if there is neither of them.

    >>> laid_out(["x = 1"])
    ['x = 1']
    """
    if not any(cells):
        return cells
    text = "".join(f"{_MARK} {number}\n{cell}\n" for number, cell in enumerate(cells))
    made = _ruff(text) if importlib.util.find_spec("ruff") else None
    if made is None and importlib.util.find_spec("black"):
        made = _black(text)
    parts = made.split(_MARK)[1:] if made is not None else []
    if len(parts) != len(cells):
        return cells
    return [part.partition("\n")[2].strip("\n") for part in parts]


def _ruff(text: str) -> str | None:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--isolated",
        "--line-length",
        str(LINE),
        "--stdin-filename",
    ]
    try:
        done = subprocess.run(
            [*command, "cell.py", "-"],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _black(text: str) -> str | None:
    import black

    try:
        return black.format_str(text, mode=black.Mode(line_length=LINE))
    except (ValueError, black.NothingChanged):
        return None
