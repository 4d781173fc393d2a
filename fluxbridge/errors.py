"""The errors of fluxbridge: one family, and each is also the builtin error that fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class FluxbridgeError(Exception):
    """The ancestor of every error that fluxbridge raises on purpose."""


#: Called with every refusal that is raised (see autodiff/running.py).
WITNESSES: list[Callable[[Refusal], None]] = []


class Refusal(FluxbridgeError):
    """Something that works outside of a gradient and is refused inside.

    A function that catches one has gone another way than it goes outside; the call that
    differentiates it notes the refusal and ends with it.
    """

    def __init__(self, *args: Any):
        super().__init__(*args)
        for witness in WITNESSES:
            witness(self)


class NotScalarError(FluxbridgeError, TypeError):
    """The function does not return one real number, so it has no gradient."""


class MutationError(Refusal, TypeError):
    """An array that the derivative depends on was, or would be, changed in place."""


class NoRuleError(Refusal, NotImplementedError):
    """No rule says how to differentiate this function."""


class GradientLostError(Refusal, TypeError):
    """A call would turn a traced value into a plain number and so lose its derivative."""


class EscapedTracerError(Refusal, RuntimeError):
    """A traced value was used after the gradient call that made it had ended."""


class StructureError(FluxbridgeError, ValueError):
    """An argument, a seed or a result does not have the structure that is asked for."""


class ParityError(FluxbridgeError, AssertionError):
    """A function computes another value inside of a gradient call than outside of it."""


class GradientMismatchError(FluxbridgeError, AssertionError):
    """Engines disagree about a derivative; the text is the `report`, which names who and where."""

    def __init__(self, text: str, report: Any = None):
        super().__init__(text)
        self.report = report


class DimensionMismatch(FluxbridgeError, ValueError):
    """Sizes that do not fit together: those of a layer and its input, of predictions and targets …"""


class ArgumentError(FluxbridgeError, ValueError):
    """An argument is not one that this function can take."""


class DomainError(FluxbridgeError, ValueError):
    """A number is outside of where a function is defined, or is not finite where it must be."""


class MissingPackage(FluxbridgeError, ModuleNotFoundError):
    """A package is not installed that one of the extras brings; the text is the command that installs it."""


class JuliaNotAvailable(FluxbridgeError, RuntimeError):
    """Julia is needed and cannot be used: `reason` says why, `remedy` what to do about it.

    >>> raise JuliaNotAvailable("no Julia was found", "install one")
    Traceback (most recent call last):
    fluxbridge.errors.JuliaNotAvailable: no Julia was found
    install one
    """

    def __init__(self, reason: str, remedy: str = ""):
        super().__init__(reason, remedy)
        self.reason = reason
        self.remedy = remedy
        self.cause = ""  #: the name of the known cause, which `fluxbridge doctor` reports
        self.stderr = ""  #: what Julia printed while it tried to start

    def __str__(self) -> str:
        return f"{self.reason}\n{self.remedy}" if self.remedy else self.reason


class JuliaError(FluxbridgeError, RuntimeError):
    """An exception that was thrown in Julia; its text names the lines of your own Julia code.

    `type` is the name of its Julia type, `message` its text alone, `frames` the lines of the user's
    own code, innermost first, and `full` everything that Julia says, with the whole stack. Where a
    builtin Python error says the same, the exception is of that class too.
    """

    type: str = ""
    frames: tuple[str, ...] = ()
    whole: Callable[[], str] | None = None  #: asks Julia for the whole stack

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else ""

    @property
    def full(self) -> str:
        return self.whole() if self.whole is not None else str(self)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  in {frame}" for frame in self.frames)])

    def __reduce__(self) -> Any:
        text = self.full
        return _julia_error, (type(self), self.args, self.type, self.frames, text)


def _julia_error(cls: type, args: tuple, kind: str, frames: tuple, full: str) -> JuliaError:
    error = cls(*args)
    error.type, error.frames, error.whole = kind, frames, lambda: full
    return error


class JuliaCrashed(JuliaError):
    """The process of an isolated Julia ended during a call. The next call starts a fresh one."""


class JuliaTimeout(JuliaError, TimeoutError):
    """A call to an isolated Julia took longer than its limit. The next call starts a fresh process."""
