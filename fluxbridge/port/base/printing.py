"""``print`` and its relatives."""

from __future__ import annotations

import math
import re
import sys
from typing import Any

import numpy as np

from ...autodiff.tools import ignore_derivatives
from ...autodiff.tracing import Tracer
from .dispatch import generic
from .showing import Text, float_text, show, type_text
from .types import typeof


def string(*parts: Any, base: int = 10, pad: int = 1) -> str:
    """``string(parts…)``: what ``print`` writes; of one integer also in another base."""
    if base != 10 or pad != 1:
        return np.base_repr(int(parts[0]), base).lower().rjust(pad, "0")
    return "".join(_print(p) for p in parts)


def _print(x: Any) -> str:
    if isinstance(x, Tracer):
        x = ignore_derivatives(x)
    if isinstance(x, str):
        return str(x)
    if type(x) in (np.float32, np.float16):
        return float_text(x)
    if isinstance(x, np.unsignedinteger):
        return str(int(x))
    return show(x)


def println(*parts: Any) -> None:
    """``println(parts…)``, also to an ``io``."""
    print_(*parts, "\n")


def print_(*parts: Any) -> None:
    """``print(parts…)``, also to an ``io``."""
    out: Any = sys.stdout
    if parts and hasattr(parts[0], "write"):
        out, parts = parts[0], parts[1:]
    out.write(string(*parts))


def printstyled(*parts: Any, bold: bool = False, color: Any = None, **_more: Any) -> None:
    """``printstyled(parts…)``: without colours, as Julia writes into a file."""
    print_(*parts)


def show_(*args: Any) -> Any:
    """``show(x)`` and ``show(io, x)``."""
    if len(args) == 1:
        sys.stdout.write(show(args[0]))
    elif isinstance(args[0], Text) or hasattr(args[0], "write"):
        args[0].write(show(args[-1]))
    return None


def shown(name: str, value: Any) -> Any:
    """``@show``: prints ``name = value``."""
    print(f"{name} = {show(value)}")
    return value


def repr_(x: Any) -> str:
    """``repr(x)``."""
    return show(x)


def take_(io: Text) -> str:
    """``take!(io)``: what was written, and the buffer is empty again."""
    text = str(io)
    io.parts.clear()
    return text


def write(io: Any, *parts: Any) -> int:
    """``write(io, parts…)`` of text."""
    return sum(io.write(string(p)) for p in parts)


def sprint(function: Any, *args: Any) -> str:
    """``sprint(f, args…)``."""
    io = Text()
    if function is show_ or function is print_:
        return show(args[0]) if function is show_ else string(*args)
    function(io, *args)
    return str(io)


@generic("showerror")
def showerror(io: Any, error: BaseException) -> None:
    """``showerror(io, e)``."""
    from ...errors import MutationError
    from .errors import BoundsError, DomainError, ErrorException, message

    if type(error) is DomainError:
        text = message(error)
        io.write(f"DomainError with {show(error.val)}:" + (f"\n{text}" if text else ""))
        return
    if hasattr(type(error), "__julia_struct__"):
        io.write(show(error))
        return
    if isinstance(error, KeyError):
        io.write(f"KeyError: key {show(error.args[0])} not found")
        return
    if isinstance(error, BoundsError) and error.value is not None:
        io.write(f"BoundsError: attempt to access {_sized(error.value)} at index [{show(error.index)}]")
        return
    if isinstance(error, ZeroDivisionError):
        io.write("DivideError: integer division error")
        return
    name = "AssertionError" if isinstance(error, AssertionError) else type(error).__name__
    io.write(
        message(error) if isinstance(error, (ErrorException, MutationError)) else f"{name}: {message(error)}"
    )


def _sized(x: Any) -> str:
    """A value by its size and type, as in the text of an error."""
    if isinstance(x, str):
        return f"{len(x.encode())}-codeunit {type_text(typeof(x))}"
    if isinstance(x, tuple):
        return type_text(typeof(x))
    if isinstance(x, range):
        return f"{len(x)}-element {type_text(typeof(x))}"
    size = "×".join(map(str, np.shape(x))) if np.ndim(x) > 1 else f"{len(x)}-element"
    return f"{size} {type_text(typeof(x))}"


def display(x: Any) -> None:
    """``display(x)``."""
    print(show(x))


def printf(template: str, *args: Any) -> None:
    """``@printf``."""
    sys.stdout.write(sprintf(template, *args))


def sprintf(template: str, *args: Any) -> str:
    """``@sprintf``."""
    waiting = iter(args)

    def one(found: re.Match) -> str:
        if found[0] == "%%":
            return "%"
        flags, width, digits, letter = found.groups(default="")
        width, digits = (str(next(waiting)) if part == "*" else part for part in (width, digits))
        return _formatted(flags, width, f".{digits}" if digits else "", letter, next(waiting))

    return _FORMAT.sub(one, template)


_FORMAT = re.compile(r"%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?(?:hh|h|ll|l|L|j|z|t|q)?([a-zA-Z]))")


def _formatted(flags: str, width: str, digits: str, letter: str, value: Any) -> str:
    """One value in a format of C."""
    if letter in "sc":
        return f"%{flags}{width}{digits}s" % string(value)
    if letter in "diu":
        whole = value if isinstance(value, (int, np.integer)) else round(value)
        return f"%{flags}{width}{digits}d" % whole
    if letter in "eEfFgGaA" and not math.isfinite(value):
        text = "NaN" if value != value else "Inf" if value > 0 else "-Inf"
        return f"%{flags.replace('0', '')}{width}s" % (("+" if "+" in flags and value > 0 else "") + text)
    return f"%{flags}{width}{digits}{letter}" % value


def error(*parts: Any) -> Any:
    """``error("…")``."""
    from .errors import ErrorException

    raise ErrorException(string(*parts))
