"""``@info``, ``@warn`` and ``@error``: messages beside the output, as Julia writes them."""

from __future__ import annotations

import sys
from typing import Any

from .printing import show, string


def _message(level: str, text: Any, values: dict[str, Any]) -> None:
    lines = string(text).split("\n")
    lines += [
        f"  {name} = {value if isinstance(value, str) else show(value)}" for name, value in values.items()
    ]
    marks = ["["] if len(lines) == 1 else ["┌", *["│"] * (len(lines) - 2), "└"]
    lines[0] = f"{level}: {lines[0]}"
    for mark, line in zip(marks, lines, strict=True):
        print(f"{mark} {line}", file=sys.stderr)


def info(text: Any = "", /, **values: Any) -> None:
    """``@info text name = value``, on stderr."""
    _message("Info", text, values)


def warn(text: Any = "", /, **values: Any) -> None:
    """``@warn text``, on stderr."""
    _message("Warning", text, values)


def log_error(text: Any = "", /, **values: Any) -> None:
    """``@error text``, on stderr."""
    _message("Error", text, values)


__all__ = ["info", "log_error", "warn"]
