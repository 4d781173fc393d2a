"""Julia's exceptions; each is also the builtin error that fits, and has ``msg`` where Julia's has."""

from __future__ import annotations

from typing import Any


class ErrorException(RuntimeError):
    """What ``error("…")`` raises."""

    @property
    def msg(self) -> str:
        return str(self.args[0]) if self.args else ""


class InexactError(ValueError):
    """A conversion that would change the number."""


class BoundsError(IndexError):
    """An index outside of the array."""


class MethodError(TypeError):
    """No method fits the arguments."""


class UndefVarError(NameError):
    """A name without a value."""


class AssertionError_(AssertionError):
    """What ``@assert`` raises."""

    @property
    def msg(self) -> str:
        return str(self.args[0]) if self.args else ""


def message(error: BaseException) -> str:
    """The field ``msg`` of a caught exception."""
    found = getattr(error, "msg", None)
    return found if isinstance(found, str) else str(error)


def error(*parts: Any) -> Any:
    """``error("…")``."""
    from .printing import string

    raise ErrorException(string(*parts))


def rethrow() -> Any:
    """``rethrow()`` in a ``catch``."""
    import sys

    caught = sys.exc_info()[1]
    raise caught if caught is not None else ErrorException("rethrow() is not allowed outside of a catch block")


def throw(what: Any) -> Any:
    """``throw(e)``, usable in an expression."""
    raise what
