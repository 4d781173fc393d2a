"""Why a function is not compiled, and how that is said."""

from __future__ import annotations


class CannotCompile(Exception):
    """This function, or with `call` this call of it, runs eagerly. `line` is where in the user's code."""

    def __init__(self, reason: str, line: str = "", call: bool = False):
        super().__init__(reason)
        self.reason = reason
        self.call = call
        self.line = line

    def __str__(self) -> str:
        return f"{self.reason} ({self.line})" if self.line else self.reason


class CompileWarning(UserWarning):
    """A function that was to be compiled runs eagerly: the result is the same, the time is not."""


class Differs(Exception):
    """The program at hand was made for other types, another structure or other answers."""
