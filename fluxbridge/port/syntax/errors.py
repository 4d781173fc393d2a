"""The error for text that is no Julia."""

from __future__ import annotations


class JuliaSyntaxError(ValueError):
    """The text is not valid Julia; the message points at line and column (both count from 1)."""

    def __init__(self, message: str, text: str, at: int) -> None:
        at = max(0, min(at, len(text)))
        self.line = text.count("\n", 0, at) + 1
        self.column = at - (text.rfind("\n", 0, at) + 1) + 1
        self.at = at
        super().__init__(f"line {self.line}, column {self.column}: {message}")
