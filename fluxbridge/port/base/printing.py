"""Values as Julia prints them."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...autodiff.tools import ignore_derivatives
from ...autodiff.tracing import Tracer
from .arithmetic import is_array
from .broadcasting import Ref
from .dispatch import EXTENSIONS
from .hashing import ordered
from .indexing import FloatRange
from .iteration import Pair
from .types import CartesianIndex, Symbol, Type, UnionType, element_type, field_names, is_dataclass, typeof

_PLAIN_ELEMENTS = frozenset(("Int64", "Float64", "String", "Char", "Symbol", "Complex", "Tuple"))


class Text:
    """An ``io`` that collects text, for methods of ``show``."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        self.parts.append(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def __str__(self) -> str:
        return "".join(self.parts)


def float_text(x: Any) -> str:
    """A float as Julia writes it."""
    value = float(x)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    text = repr(value) if not isinstance(x, np.floating) or type(x) is np.float64 else str(x)
    size = abs(value)
    if size and (size < 1e-4 or size >= 1e6):
        mantissa, exponent = _scientific(text)
        if -5 < exponent < 6:
            return _positional(text)
        return f"{mantissa}e{exponent}"
    return _positional(text)


def _scientific(text: str) -> tuple[str, int]:
    sign = "-" if text.startswith("-") else ""
    text = text.lstrip("-")
    base, _, power = text.partition("e")
    whole, _, part = base.partition(".")
    digits = (whole + part).lstrip("0")
    shift = len(whole) - 1 if whole.strip("0") else -(len(part) - len(part.lstrip("0")) + 1)
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}", shift + int(power or 0)


def _positional(text: str) -> str:
    if "e" in text:
        text = np.format_float_positional(float(text), trim="0")
    return text if "." in text else text + ".0"


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
    if type(x) is np.float32:
        return float_text(x)
    if isinstance(x, np.unsignedinteger):
        return str(int(x))
    return show(x)


def show(x: Any) -> str:
    """``repr(x)``: a value as Julia shows it inside of others."""
    if isinstance(x, Tracer):
        x = ignore_derivatives(x)
    kind = type(x)
    if kind is bool or kind is np.bool_:
        return "true" if x else "false"
    if isinstance(x, int):
        return int.__repr__(x)
    if kind is np.float32:
        text = float_text(x)
        return text.replace("e", "f") if "e" in text else text + "f0" if math.isfinite(x) else text + "32"
    if isinstance(x, (float, np.floating)):
        return float_text(x)
    if isinstance(x, np.unsignedinteger):
        return f"0x{int(x):0{x.dtype.itemsize * 2}x}"
    if isinstance(x, np.integer):
        return str(int(x))
    return _show_other(x)


def _show_other(x: Any) -> str:
    own = EXTENSIONS.get("show")
    if own is not None:
        io = Text()
        if own.find((io, x)) is not None:
            own(io, x)
            return str(io)
    if x is None:
        return "nothing"
    if isinstance(x, Symbol):
        return f":{x}" if str(x).isidentifier() else f'Symbol("{x}")'
    if isinstance(x, str):
        return (
            '"'
            + x.replace("\\", "\\\\")
            .replace('"', '\\"')
            .replace("\n", "\\n")
            .replace("\t", "\\t")
            .replace("$", "\\$")
            + '"'
        )
    if isinstance(x, (complex, np.complexfloating)):
        im = float_text(abs(x.imag)) if not math.isnan(x.imag) else "NaN"
        return f"{float_text(x.real)} {'-' if math.copysign(1, x.imag) < 0 else '+'} {im}im"
    if isinstance(x, Fraction):
        return f"{x.numerator}//{x.denominator}"
    if isinstance(x, range):
        last = x[-1] if len(x) else x.start - 1
        return f"{x.start}:{last}" if x.step == 1 else f"{x.start}:{x.step}:{last}"
    if isinstance(x, CartesianIndex):
        return f"CartesianIndex({', '.join(map(show, x))})"
    if isinstance(x, Pair):
        return f"{show(x[0])} => {show(x[1])}"
    if isinstance(x, tuple):
        return "(" + ", ".join(show(v) for v in x) + (",)" if len(x) == 1 else ")")
    if isinstance(x, Record):
        inner = ", ".join(f"{k} = {show(v)}" for k, v in x.items())
        return f"({inner},)" if len(x) == 1 else f"({inner})"
    if isinstance(x, FloatRange) and x.step is not None and len(x):
        return f"{float_text(x[0])}:{float_text(float(x.step))}:{float_text(x[-1])}"
    if is_array(x):
        return show_array(x)
    if isinstance(x, dict):
        if not x:
            return "Dict{Any, Any}()"
        return "Dict(" + ", ".join(f"{show(k)} => {show(v)}" for k, v in ordered(x).items()) + ")"
    if isinstance(x, (type({}.keys()), type({}.values()))):
        return show_array(list(x))
    if isinstance(x, (set, frozenset)):
        return "Set([" + ", ".join(show(v) for v in x) + "])"
    if isinstance(x, Ref):
        return f"Base.RefValue{{{typeof(x.value)!r}}}({show(x.value)})"
    if isinstance(x, (Type, UnionType)):
        return repr(x)
    if isinstance(x, type) and hasattr(x, "__dataclass_fields__"):
        return x.__name__
    if isinstance(x, type) and hasattr(x, "__julia_struct__"):
        return repr(x)
    if is_dataclass(x) and not hasattr(type(x).__repr__, "__wrapped__"):
        return repr(x)
    if is_dataclass(x):
        return f"{type(x).__name__}(" + ", ".join(show(getattr(x, f)) for f in field_names(x)) + ")"
    if hasattr(type(x), "__julia_struct__") and not isinstance(x, type):
        return f"{type(x)!r}(" + ", ".join(show(getattr(x, f)) for f in x._fields) + ")"
    if isinstance(x, BaseException):
        from .errors import message

        return f"{type(x).__name__.rstrip('_')}({show(message(x))})"
    if callable(x) and hasattr(x, "__name__"):
        return x.__name__
    if hasattr(x, "__next__"):
        raise TypeError("an iterator that was not collected cannot be printed")
    return str(x)


def _element(x: Any, name: str) -> str:
    if name == "Bool":
        return "1" if x else "0"
    if name in ("Float32", "Float16"):
        return float_text(x).replace("e", "f") if name == "Float32" else float_text(x)
    return show(x)


def show_array(x: Any) -> str:
    """An array on one line, as ``print`` writes it."""
    if hasattr(x, "nlabels"):
        x = np.asarray(x)
    kind = (
        element_type(x)
        if not (isinstance(x, np.ndarray) and x.dtype == object)
        else element_type(list(x.ravel()))
    )
    name = kind.name if isinstance(kind, Type) else getattr(kind, "__name__", "Any")
    if name == "CartesianIndex":
        return f"CartesianIndex{{{len(x[0] if isinstance(x, list) else x.flat[0])}}}" + _bracketed(x, name)
    if name in ("UnitRange", "StepRange"):
        return name + ("{Int64}" if name == "UnitRange" else "{Int64, Int64}") + _bracketed(x, name)
    prefix = "" if name in _PLAIN_ELEMENTS or name in ("Vector", "Matrix") else show(kind)
    if (
        name in ("Vector", "Matrix")
        and np.size(np.asarray(x, object))
        and getattr(kind, "params", None)
        and kind.params[0].name not in _PLAIN_ELEMENTS
    ):
        prefix = show(kind)
    if (isinstance(x, (list, range)) or np.ndim(x) == 1) and not len(x):
        return f"{prefix or name}[]"
    return prefix + _bracketed(x, name)


def _bracketed(x: Any, name: str) -> str:
    """The elements in brackets."""
    if isinstance(x, (list, range)) or np.ndim(x) == 1:
        return "[" + ", ".join(_element(v, name) for v in x) + "]"
    made = _matrix(x, name)
    return made if x.shape[-1] != 1 else made[:-1] + ";" * np.ndim(x) + "]"


def _matrix(x: Any, name: str) -> str:
    if np.ndim(x) == 2:
        return "[" + "; ".join(" ".join(_element(v, name) for v in row) for row in x) + "]"
    slices = [_matrix(np.take(x, k, axis=-1), name)[1:-1] for k in range(x.shape[-1])]
    return "[" + (";" * (np.ndim(x)) + " ").join(slices) + "]"


def println(*parts: Any) -> None:
    """``println(parts…)``, also to an ``io``."""
    print_(*parts, "\n")


def print_(*parts: Any) -> None:
    """``print(parts…)``, also to an ``io``."""
    out: Any = sys.stdout
    if parts and hasattr(parts[0], "write"):
        out, parts = parts[0], parts[1:]
    out.write(string(*parts))


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


def showerror(io: Any, error: BaseException) -> None:
    """``showerror(io, e)``."""
    from .errors import ErrorException, message

    prefix = "AssertionError: " if isinstance(error, AssertionError) else ""
    io.write(prefix + message(error) if not isinstance(error, ErrorException) else message(error))


def display(x: Any) -> None:
    """``display(x)``."""
    print(show(x))


def printf(template: str, *args: Any) -> None:
    """``@printf``."""
    sys.stdout.write(sprintf(template, *args))


def sprintf(template: str, *args: Any) -> str:
    """``@sprintf``."""
    values = [
        string(a) if isinstance(a, (bool, np.bool_, Symbol, tuple, list)) or is_array(a) or a is None else a
        for a in args
    ]
    return template % tuple(values)


def error(*parts: Any) -> Any:
    """``error("…")``."""
    from .errors import ErrorException

    raise ErrorException(string(*parts))
