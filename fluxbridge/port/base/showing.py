"""Values as Julia shows them: ``repr(x)``, with the type of the elements where it has to be said.

What stands around a value says its type already: ``[1.0f0]`` is ``Float32[1.0]``. ``known`` is the type that a
reader knows from there (Julia's ``:typeinfo``).
"""  # noqa: E501

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...autodiff.tools import ignore_derivatives
from ...autodiff.tracing import Tracer
from .arithmetic import Irrational, is_array
from .broadcasting import Ref
from .dispatch import EXTENSIONS
from .errors import MethodError
from .gaussian import ComplexInteger, Imaginary
from .hashing import Keywords, ordered
from .indexing import FloatRange
from .iteration import Pair
from .mixed import MixedReals
from .some import Some
from .types import (
    ERROR_NAMES,
    Any_,
    Bool,
    CartesianIndex,
    Character,
    Characters,
    Float16,
    Float32,
    MissingValue,
    Symbol,
    Type,
    UnionType,
    element_type,
    entry_types,
    field_names,
    function_name,
    is_dataclass,
    typeof,
)

#: Types whose values say what they are.
_PLAIN = frozenset(("Float64", "Int64", "Char", "String", "Symbol", "Nothing", "Missing"))
_OPERATORS = frozenset(
    "+ - * / ^ % ÷ \\ == != < > <= >= ≤ ≥ ≠ ≈ && || ! | & ⊻ ∘ ~ |> => : // << >> === !==".split()  # noqa: SIM905
)
_ESCAPES = {
    "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e", "\a": "\\a", "\b": "\\b",
}  # fmt: skip


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


def show(x: Any, known: Any = Any_) -> str:
    """``repr(x)``: a value as Julia shows it inside of others."""
    if isinstance(x, Tracer):
        x = ignore_derivatives(x)
    kind = type(x)
    if kind is bool or kind is np.bool_:
        return ("1" if x else "0") if known == Bool else "true" if x else "false"
    if isinstance(x, int):
        return int.__repr__(x)
    if kind is np.float32:
        return _float32(x, known == Float32)
    if kind is np.float16:
        return float_text(x) if known == Float16 else f"Float16({float_text(x)})"
    if kind is Irrational:
        return "π" if x == math.pi else "ℯ"
    if isinstance(x, (float, np.floating)):
        return float_text(x)
    if isinstance(x, np.unsignedinteger):
        return f"0x{int(x):0{x.dtype.itemsize * 2}x}"
    if isinstance(x, np.integer):
        return str(int(x))
    own = EXTENSIONS.get("show")
    if own is not None:
        io = Text()
        if own.find((io, x)) is not None:
            own(io, x)
            return str(io)
    for sort, form in FORMS:
        if isinstance(x, sort):
            return form(x, known)
    return _show_other(x, known)


def _float32(x: Any, said: bool) -> str:
    text = float_text(x)
    if said or not math.isfinite(x):
        return text.replace("e", "f") if said else text + "32"
    return text.replace("e", "f") if "e" in text else text + "f0"


def _quoted(text: str, quote: str) -> str:
    special = {quote: "\\" + quote, **({"$": "\\$"} if quote == '"' else {})}
    return quote + "".join(special.get(c) or _ESCAPES.get(c, c) for c in text) + quote


def _symbol(x: Symbol, known: Any) -> str:
    return f":{x}" if name_of(x) == x else f"Symbol({_quoted(x, chr(34))})"


def type_text(kind: Any) -> str:
    """A type as Julia writes it. Raises TypeError where parameters are not known here."""
    text = repr(kind)
    if "?" in text:
        raise TypeError("a type whose parameters in Julia are not known here cannot be shown")
    if "Vector{Bool}" in text or "Matrix{Bool}" in text:
        raise TypeError("whether this is a BitVector or a Vector{Bool} in Julia is not known here")
    return text


def name_of(x: str) -> str:
    """The name of a field or a symbol, as it can be written."""
    plain = str(x).rstrip("!")
    return str(x) if plain.isidentifier() or str(x) in _OPERATORS else f'var"{x}"'


def _complex(x: Any, known: Any) -> str:
    if isinstance(x, Imaginary):
        return "im"
    if isinstance(x, ComplexInteger):
        return f"{int(x.real)} {'-' if x.imag < 0 else '+'} {abs(int(x.imag))}im"
    part = np.float32 if isinstance(x, np.complex64) else float
    re, im = part(x.real), part(abs(x.imag))
    sign = "-" if math.copysign(1, x.imag) < 0 else "+"
    tail = "*im" if not math.isfinite(x.imag) else "im"
    shown = [_float32(v, False) if part is np.float32 else float_text(v) for v in (re, im)]
    return f"{shown[0]} {sign} {shown[1]}{tail}"


def _range(x: range, known: Any) -> str:
    last = x[-1] if len(x) else x.start - x.step
    return f"{x.start}:{last}" if x.step == 1 else f"{x.start}:{x.step}:{last}"


def _part(known: Any, family: str, place: int) -> Any:
    """What is known of a part of a tuple of which this is known."""
    params = getattr(known, "params", ())
    if getattr(known, "name", "") == family and len(params) > place:
        return params[place]
    return Any_ if getattr(known, "name", "") == family else known


def _pair(x: Pair, known: Any) -> str:
    left, right = (show(v, _part(known, "Pair", i)) for i, v in enumerate(x))
    return f"({left}) => {right}" if isinstance(x[0], Pair) else f"{left} => {right}"


def _tuple(x: Any, known: Any) -> str:
    if hasattr(type(x), "_fields"):
        return _record(Record(**dict(zip(type(x)._fields, x, strict=True))), known)
    inside = ", ".join(show(v, _part(known, "Tuple", i)) for i, v in enumerate(x))
    return f"({inside},)" if len(x) == 1 else f"({inside})"


def _record(x: Record, known: Any) -> str:
    if not len(x):
        return "NamedTuple()"
    parts = (show(v, _part(known, "NamedTuple", i)) for i, v in enumerate(x.values()))
    inside = ", ".join(f"{name_of(k)} = {v}" for k, v in zip(x.keys(), parts, strict=True))
    return f"({inside},)" if len(x) == 1 else f"({inside})"


def _dict(x: dict, known: Any) -> str:
    if isinstance(x, Keywords):
        raise MethodError("collected keyword arguments are not shown here; write (; kws...)")
    key, value = entry_types(x)
    if not x:
        if key is None:
            raise MethodError("an empty dictionary of unknown types cannot be shown as in Julia")
        return type_text(Type("Dict", Any_, (key, value))) + "()"
    whole = Type("Pair", Any_, (key, value))
    prefix, plain = _dict_prefix(key, value, known)
    inner = known if plain else whole
    return f"{prefix}({', '.join(_pair(Pair(k, v), inner) for k, v in ordered(x).items())})"


def _dict_prefix(key: Any, value: Any, known: Any) -> tuple[str, bool]:
    if getattr(known, "name", "") == "Dict" and known.params == (key, value):
        return "Dict", False
    if says_itself(key) and says_itself(value):
        return "Dict", True
    return type_text(Type("Dict", Any_, (key, value))), False


def _set(x: Any, known: Any) -> str:
    if not len(x):
        if getattr(x, "element", None) is None:
            raise MethodError("an empty set whose type of elements is not known cannot be shown as in Julia")
        return type_text(Type("Set", Any_, (x.element,))) + "()"
    return f"Set({show_array(list(x), known, getattr(x, 'element', None))})"


def _view(x: Any, known: Any) -> str:
    return show_array(list(x), known)


def _error(x: BaseException, known: Any) -> str:
    from .errors import DomainError, message

    if isinstance(x, ZeroDivisionError):
        return "DivideError()"
    if type(x) is DomainError:
        return f"DomainError({show(x.val)}, {show(message(x))})"
    if isinstance(x, KeyError):
        return f"KeyError({show(x.args[0])})"
    return f"{type(x).__name__.rstrip('_')}({show(message(x))})"


FORMS: list[tuple[Any, Callable[[Any, Any], str]]] = [
    (type(None), lambda x, known: "nothing"),
    (MissingValue, lambda x, known: "missing"),
    (Symbol, _symbol),
    (Character, lambda x, known: _quoted(x, "'")),
    (str, lambda x, known: _quoted(x, '"')),
    ((complex, np.complexfloating), _complex),
    (Fraction, lambda x, known: f"{x.numerator}//{x.denominator}"),
    (range, _range),
    (Characters, lambda x, known: f"{show(x[0])}:{x.step}:{show(x[-1])}" if x else show_array(x, known)),
    (CartesianIndex, lambda x, known: f"CartesianIndex({', '.join(map(show, x))})"),
    (Pair, _pair),
    (tuple, _tuple),
    (Record, _record),
    (dict, _dict),
    ((type({}.keys()), type({}.values())), _view),
    ((set, frozenset), _set),
    (Some, lambda x, known: f"Some({show(x.value)})"),
    (Ref, lambda x, known: f"Base.RefValue{{{type_text(typeof(x.value))}}}({show(x.value)})"),
    ((Type, UnionType), lambda x, known: type_text(x)),
]


def _show_other(x: Any, known: Any) -> str:
    if isinstance(x, FloatRange) and x.step is not None and len(x):
        return f"{float_text(x[0])}:{float_text(float(x.step))}:{float_text(x[-1])}"
    if is_array(x):
        return show_array(x, known)
    if isinstance(x, type) and hasattr(x, "__dataclass_fields__"):
        return x.__name__
    if isinstance(x, type) and hasattr(x, "__julia_struct__"):
        return type_text(x)
    if isinstance(x, type) and issubclass(x, BaseException):
        return ERROR_NAMES.get(x, x.__name__.rstrip("_"))
    if is_dataclass(x) and not hasattr(type(x).__repr__, "__wrapped__"):
        return repr(x)
    if is_dataclass(x):
        return f"{type(x).__name__}(" + ", ".join(show(getattr(x, f)) for f in field_names(x)) + ")"
    if hasattr(type(x), "__julia_struct__") and not isinstance(x, type):
        return f"{type_text(type(x))}(" + ", ".join(show(getattr(x, f)) for f in x._fields) + ")"
    if isinstance(x, BaseException):
        return _error(x, known)
    if callable(x) and hasattr(x, "__name__"):
        name = function_name(x)
        if name == "?":
            raise MethodError("an anonymous function cannot be shown: its number in Julia is not known")
        return name
    if hasattr(x, "__next__"):
        raise TypeError("an iterator that was not collected cannot be printed")
    text = repr(x)
    if "<lambda>" in text or "<function" in text:
        raise MethodError("an anonymous function cannot be shown: its number in Julia is not known")
    return text


def says_itself(kind: Any) -> bool:
    """Whether values of this type say what they are when they are shown, so no prefix is needed."""
    name = getattr(kind, "name", None)
    if name is None:
        return False
    if name in _PLAIN:
        return True
    if name in ("Vector", "Matrix", "Array"):
        return bool(kind.params) and says_itself(kind.params[0])
    if name in ("Tuple", "Pair", "Dict"):
        return bool(kind.params) and all(says_itself(p) for p in kind.params)
    return False


def show_array(x: Any, known: Any = Any_, element: Any = None) -> str:
    """An array on one line, as ``print`` writes it; ``element``: the type of its elements, if that is known."""  # noqa: E501
    if hasattr(x, "nlabels") or type(x).__name__ == "Diagonal":
        x = np.asarray(x)
    if isinstance(x, MixedReals):
        if x.values is None:
            raise MethodError("a vector made of whole numbers and floats: which is which is not known here")
        return "Real" + _bracketed(x.values, Any_)
    flat = list(x.ravel(order="F")) if isinstance(x, np.ndarray) and x.dtype == object else x
    kind = element if element is not None else element_type(flat)
    if element is None and type(x) is list and not x:
        raise MethodError("an empty vector whose type of elements is not known cannot be shown as in Julia")
    said = getattr(known, "params", ())
    if getattr(known, "name", "") in ("Vector", "Matrix", "Array", "Set") and said and said[0] == kind:
        prefix, inner = "", kind
    elif np.size(flat if isinstance(flat, np.ndarray) else np.empty(len(flat))) and says_itself(kind):
        prefix, inner = "", known
    else:
        prefix, inner = _prefix(kind), kind
    if isinstance(x, np.ndarray) and x.ndim > 1 and not x.size:
        return f"{type_text(typeof(x))}(undef, {', '.join(map(str, x.shape))})"
    return prefix + _bracketed(x, inner)


def _prefix(kind: Any) -> str:
    plain = isinstance(kind, type) and not hasattr(kind, "__julia_struct__")
    return kind.__name__ if plain else type_text(kind)


def _bracketed(x: Any, known: Any) -> str:
    """The elements in brackets."""
    if isinstance(x, (list, range)) or np.ndim(x) == 1:
        return "[" + ", ".join(show(v, known) for v in x) + "]"
    made = _matrix(x, known)
    return made if x.shape[-1] != 1 else made[:-1] + ";" * np.ndim(x) + "]"


def _matrix(x: Any, known: Any) -> str:
    if np.ndim(x) == 2:
        return "[" + "; ".join(" ".join(show(v, known) for v in row) for row in x) + "]"
    slices = [_matrix(np.take(x, k, axis=-1), known)[1:-1] for k in range(x.shape[-1])]
    return "[" + (";" * (np.ndim(x)) + " ").join(slices) + "]"
