"""Julia's exceptions as Python's: each is a JuliaError, and the builtin error that says the same.

MethodError, TypeError                    TypeError
DimensionMismatch, DomainError,
ArgumentError, InexactError, …            ValueError
BoundsError                               IndexError
KeyError                                  KeyError
UndefVarError                             NameError
DivideError                               ZeroDivisionError
StackOverflowError                        RecursionError
OutOfMemoryError                          MemoryError
ParseError                                SyntaxError
output that is no real number             NotScalarError, as natively
mutation of an array                      MutationError, as natively
foreign calls, try/catch                  NoRuleError, as natively
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...errors import (
    JuliaError,
    JuliaNotAvailable,
    MutationError,
    NoRuleError,
    NotScalarError,
    StructureError,
)


class JuliaTypeError(JuliaError, TypeError):
    """No method for these arguments, or a value of the wrong type."""


class JuliaValueError(JuliaError, ValueError):
    """Shapes or values that do not fit."""


class JuliaIndexError(JuliaError, IndexError):
    """An index outside of an array."""


class JuliaKeyError(JuliaError, KeyError):
    """A key that a dictionary does not have."""

    __str__ = JuliaError.__str__


class JuliaNameError(JuliaError, NameError):
    """A name that is not defined."""


class JuliaAttributeError(JuliaError, AttributeError):
    """A field that a Julia object does not have."""


class JuliaZeroDivisionError(JuliaError, ZeroDivisionError):
    """An integer division by zero."""


class JuliaRecursionError(JuliaError, RecursionError):
    """A recursion without end."""


class JuliaMemoryError(JuliaError, MemoryError):
    """Not enough memory."""


class JuliaSyntaxError(JuliaError, SyntaxError):
    """Julia source that cannot be read."""

    __str__ = JuliaError.__str__


class JuliaNotScalarError(JuliaError, NotScalarError):
    """The function does not return one real number."""


class JuliaMutationError(JuliaError, MutationError):
    """An array that is being differentiated was changed in place."""


class JuliaNoRuleError(JuliaError, NoRuleError):
    """Something that this AD package cannot differentiate."""


class JuliaStructureError(JuliaError, StructureError):
    """A seed, an argument or a result without the structure that is asked for."""


#: Julia type → our class.
CLASSES: dict[str, type[JuliaError]] = {
    "MethodError": JuliaTypeError,
    "TypeError": JuliaTypeError,
    "DimensionMismatch": JuliaValueError,
    "DomainError": JuliaValueError,
    "ArgumentError": JuliaValueError,
    "InexactError": JuliaValueError,
    "OverflowError": JuliaValueError,
    "SingularException": JuliaValueError,
    "PosDefException": JuliaValueError,
    "BoundsError": JuliaIndexError,
    "KeyError": JuliaKeyError,
    "UndefVarError": JuliaNameError,
    "FieldError": JuliaAttributeError,
    "NoField": JuliaAttributeError,
    "DivideError": JuliaZeroDivisionError,
    "StackOverflowError": JuliaRecursionError,
    "OutOfMemoryError": JuliaMemoryError,
    "ParseError": JuliaSyntaxError,
    "Misfit": JuliaStructureError,
    "NotOffered": JuliaNoRuleError,
}

#: Texts of Zygote's plain `error(...)` that have a class of their own.
TEXTS: tuple[tuple[str, type[JuliaError]], ...] = (
    (r"Output (is complex|is an array|should be scalar)", JuliaNotScalarError),
    (r"Mutating arrays is not supported", JuliaMutationError),
    (r"Can't differentiate|try/catch is not supported|is not differentiable", JuliaNoRuleError),
    (r"jacobian (does not accept|expected)", JuliaStructureError),
    (r"^type \S+ has no field", JuliaAttributeError),
    (r"^syntax:", JuliaSyntaxError),
)


#: What Julia says at length, in fewer words and with the ways out that exist here.
SHORTER: tuple[tuple[str, str], ...] = (
    (r"(?s)(Mutating arrays is not supported[^\n]*).*", r"\1\nBuild a new array, or use Zygote.Buffer."),
)


def make(kind: str, message: str, frames: Sequence[str], thrown: Any, full: Any) -> Exception:
    """The Python exception for a Julia one; `full` is called with `thrown` for the whole stack."""
    if kind == "MissingPackage":
        name = message.rpartition(" ")[2]
        return JuliaNotAvailable(
            f"{message}, which this AD type needs",
            f'Add it to the project: julia> using Pkg; Pkg.add("{name}")',
        )
    cls = CLASSES.get(kind, JuliaError)
    for pattern, special in TEXTS:
        if re.search(pattern, message):
            cls = special
            break
    for pattern, short in SHORTER:
        message = re.sub(pattern, short, message)
    if kind not in ("ErrorException", "Misfit", "NoField", "NotOffered") and not message.startswith(kind):
        message = f"{kind}: {message}"
    error = cls(message)
    error.type = kind
    error.frames = tuple(frames)
    error.whole = lambda: full(thrown)
    return error
