"""Julia's exceptions; each is also the builtin error that fits, and has ``msg`` where Julia's has."""

from __future__ import annotations

from typing import Any

from ... import errors
from ...errors import MutationError


class _Error(type):
    """Zygote's own errors are ``ErrorException``, too."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, (MutationError, errors.NotScalarError)) or type.__instancecheck__(cls, value)


class ErrorException(RuntimeError, metaclass=_Error):
    """What ``error("…")`` raises."""

    @property
    def msg(self) -> str:
        return str(self.args[0]) if self.args else ""


def mutation(what: str) -> MutationError:
    """Zygote's error for a change of an array within a gradient."""
    return MutationError(
        f"Mutating arrays is not supported -- called {what}\n"
        "This error occurs when you ask Zygote to differentiate operations that change\n"
        "the elements of arrays in place (e.g. setting values with x .= ...)\n\n"
        "Possible fixes:\n- avoid mutating operations (preferred)\n- or read the documentation and solutions for this error\n"  # noqa: E501
        "  https://fluxml.ai/Zygote.jl/latest/limitations"
    )


class _Thrown(type):
    """An error that the program throws, with Julia's text. What the package raises is one, too, when it is
    asked for, but has a text of its own."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, cls.__mro__[1])


class ArgumentError(errors.ArgumentError, metaclass=_Thrown):
    """``ArgumentError("…")``."""


class _Mismatch(_Thrown):
    """NumPy says it in a ``ValueError``."""

    def __instancecheck__(cls, value: Any) -> bool:
        return super().__instancecheck__(value) or (
            type(value) is ValueError and any(words in str(value) for words in MISMATCHES)
        )


#: What NumPy says about shapes that do not fit.
MISMATCHES = (
    "could not be broadcast together",
    "cannot reshape array",
    "matmul: Input operand",
    "not aligned",
)


class DimensionMismatch(errors.DimensionMismatch, metaclass=_Mismatch):
    """``DimensionMismatch("…")``."""


class DomainError(errors.DomainError, metaclass=_Thrown):
    """``DomainError(val, "…")``."""

    def __init__(self, val: Any, msg: str = "") -> None:
        super().__init__(val, msg)
        self.val = val


THROWN = (ArgumentError, DimensionMismatch, DomainError)


class InexactError(ValueError):
    """A conversion that would change the number."""


class BoundsError(IndexError):
    """An index outside of the array; ``value`` and ``index`` say which, where that is known."""

    value: Any = None
    index: Any = None


def outside(value: Any, index: Any, text: str) -> BoundsError:
    """The error for an index outside of this value."""
    made = BoundsError(text)
    made.value, made.index = value, index
    return made


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
    if isinstance(error, (ErrorException, AssertionError)):
        return str(error.args[0]) if error.args else ""
    if isinstance(error, MutationError) and str(error).startswith(
        "Mutating arrays is not supported -- called"
    ):
        return str(error)
    if type(error) in THROWN:
        return str(error.args[-1]) if error.args else ""
    if "msg" in getattr(error, "_fields", ()):
        return error.msg  # type: ignore[attr-defined]
    raise TypeError(f"the text of a {type(error).__name__} is not the one that Julia gives")


def rethrow() -> Any:
    """``rethrow()`` in a ``catch``."""
    import sys

    caught = sys.exc_info()[1]
    raise (
        caught if caught is not None else ErrorException("rethrow() is not allowed outside of a catch block")
    )


def throw(what: Any) -> Any:
    """``throw(e)``, usable in an expression."""
    raise what
