"""Functions that Julia calls while it converts values: taking Python objects apart, and making them."""

from __future__ import annotations

import decimal
import enum
import functools
import numbers
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...autodiff import native
from ...autodiff.holders import fields_of
from ...autodiff.matrices import Diagonal, UniformScaling
from ...autodiff.primitive import Tracer
from ...autodiff.template import Record
from ...errors import GradientLostError, StructureError
from . import errors
from .gate import Gate, Handle
from .objects import JuliaObject, TracedObject


def table(bridge: Any, gate: Gate) -> dict[str, Any]:
    """The hooks, by their names in Julia; those that may run the user's code run outside of the gate."""
    outside = gate.outside

    def pullback_outside(f: Callable[..., Any], args: tuple[Any, ...], keywords: Any) -> Any:
        y, back = pullback(f, args, keywords)
        return y, outside(back)

    def pullback_of_object_outside(f: Any, args: tuple[Any, ...], keywords: Any) -> Any:
        y, back = pullback_of_object(args, keywords)
        return y, outside(back)

    return {
        "JuliaObject": JuliaObject,
        "Diagonal": Diagonal,
        "UniformScaling": UniformScaling,
        "array0": array0,
        "decimal": decimal_of,
        "is_tracer": lambda x: isinstance(x, Tracer),
        "make_error": lambda kind, message, frames, thrown: errors.make(
            kind, message, frames, thrown._value, bridge.full
        ),
        "numpy": np,
        "opaque": lambda raw: JuliaObject(Handle(gate, raw), bridge),
        "plain_array": outside(plain_array),
        "pullback": outside(pullback_outside),
        "pullback_of_object": outside(pullback_of_object_outside),
        "python_call": outside(python_call),
        "record": record,
        "stack": lambda parts, shape: np.reshape(np.stack(parts), shape),
        "take_apart": outside(take_apart),
    }


def array0(x: Any) -> np.ndarray:
    """The gradient of an array without axes."""
    return np.asarray(x)


def record(names: tuple[str, ...], values: tuple[Any, ...]) -> Record:
    return Record(**dict(zip(names, values, strict=True)))


def plain_array(x: np.ndarray) -> Any:
    """An array that Julia cannot read as it is, as one that it can, or as a list."""
    if x.dtype.kind in "fc":  # longer than any type of Julia's
        return _shorter(x)
    if (x.ndim and x.dtype.kind in "US") or (x.ndim == 1 and x.dtype.kind == "O"):
        return x.tolist()
    raise StructureError(f"an array of dtype {x.dtype} cannot become a Julia array; convert it first")


def _shorter(x: Any) -> Any:
    """A longdouble or clongdouble in double precision, if no digit is lost."""
    with np.errstate(over="ignore", under="ignore"):
        y = x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    if np.array_equal(x, y, equal_nan=True):
        return y
    raise StructureError(
        f"{x.dtype} holds digits that no type of Julia's has room for; pass x.astype({y.dtype.name!r}) to "
        "cut them"
    )


def decimal_of(n: int | str, exponent: int) -> decimal.Decimal:
    """The Decimal n·2^exponent, with all its digits; or of a text."""
    if exponent >= 0:
        return decimal.Decimal(n if isinstance(n, str) else n << exponent)
    digits = decimal.Decimal(int(n) * 5**-exponent)
    return digits.scaleb(exponent, _EVERY_DIGIT)


_EVERY_DIGIT = decimal.Context(
    prec=decimal.MAX_PREC, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX, traps=[decimal.Inexact]
)


def python_call(f: Callable[..., Any], args: tuple[Any, ...], keywords: Any) -> Any:
    """Call a Python function for Julia."""
    return f(*args, **_named(keywords))


def _named(keywords: Any) -> dict[str, Any]:
    """Keyword arguments, which come as a record, or as an empty tuple if there are none."""
    return dict(keywords.items()) if isinstance(keywords, Record) else {}


def pullback(f: Callable[..., Any], args: tuple[Any, ...], keywords: Any) -> tuple[Any, Any]:
    """The native engine's pullback of a Python function that Julia calls."""
    named = _named(keywords)
    return native.pullback(functools.partial(f, **named) if named else f, args)


def pullback_of_object(args: tuple[Any, ...], keywords: Any) -> tuple[Any, Any]:
    """The same for an object with fields, the first of `args`, which are differentiated, too."""
    return pullback(_call, args, keywords)


def _call(f: Any, *args: Any, **keywords: Any) -> Any:
    return f(*args, **keywords)


def take_apart(x: Any) -> tuple[Any, ...]:
    """How Julia is to convert `x`, a value of no common type: a tuple that starts with the kind.

    >>> take_apart(Record(a=1.0))
    ('fields', ('a',), (1.0,), None)
    >>> take_apart(range(3))
    ('range', 0, 1, 2)
    """
    if isinstance(x, Record):
        return "fields", tuple(x.keys()), tuple(x.values()), None
    if isinstance(x, Tracer):
        raise GradientLostError(
            "A traced value went into Julia where its derivative cannot follow (inside a container, or "
            "as a keyword argument); pass it as an argument of the Julia function."
        )
    known = type(x)  # its class, not the `__class__` that it reports
    for kind, taker in _TAKERS:
        if issubclass(known, kind):
            return taker(x)
    if hasattr(known, "__array__") and isinstance(getattr(x, "dtype", None), np.dtype):
        return "value", np.asarray(x)
    fields = fields_of(x)
    if callable(x):
        if fields and _crosses(tuple(fields.values()), (x,)):
            return "callable", tuple(fields), tuple(fields.values()), None
        return ("function",)
    return ("fields", tuple(fields), tuple(fields.values()), None) if fields else ("opaque",)


#: How deep structures may be nested, as in FluxBridge.
_DEEPEST = 64
_NO_PARTS = frozenset((float, int, str, bool, complex, bytes, type(None), np.ndarray, JuliaObject))


def _crosses(values: tuple[Any, ...], path: tuple[Any, ...]) -> bool:
    """Can the fields of a callable object all be converted to Julia values?"""
    for x in values:
        if type(x) in _NO_PARTS:
            continue
        if len(path) > _DEEPEST // 2 or any(x is y for y in path):
            return False
        try:
            kind, *content = take_apart(x) if type(x) not in (tuple, list, dict) else ("value", x)
        except StructureError:
            return False
        inner: Any = content[1] if kind in ("fields", "callable") else ()
        if kind in ("value", "set"):
            inner = tuple(content[0].values()) if isinstance(content[0], dict) else content[0]
        if isinstance(inner, (tuple, list)) and not _crosses(tuple(inner), (*path, x)):
            return False
    return True


def _sequence(x: Any) -> tuple[Any, ...]:
    names = getattr(x, "_fields", None)
    if isinstance(names, tuple) and isinstance(x, tuple) and len(names) == len(x):
        return "fields", names, tuple(x), type(x)
    return "value", (tuple if isinstance(x, tuple) else list)(x)


def _number(x: Any) -> tuple[Any, ...]:
    """The same number in a class that Julia has; raises StructureError if there is none."""
    if isinstance(x, np.generic):  # longdouble and its kin; juliacall converts the others
        x = np.asarray(x)
        return "value", x if x.dtype.kind in "biu" else _shorter(x)
    if isinstance(x, numbers.Integral):
        return "value", int.__index__(int(x))
    if isinstance(x, numbers.Rational):
        return "rational", int(x.numerator), int(x.denominator)
    y = _exactly(float, x) if not isinstance(x, numbers.Complex) or isinstance(x, numbers.Real) else None
    if y is None:
        y = _exactly(complex, x)
    if y is None:
        raise StructureError(
            f"{type(x).__name__} {x!r} is no number that Julia has; pass float(x) or complex(x) to cut its "
            "digits"
        )
    return "value", y


def _exactly(kind: type, x: Any) -> Any:
    """``kind(x)``, if that is the same number."""
    try:
        y = kind(x)
        return y if y == x or (y != y and x != x) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _decimal(x: decimal.Decimal) -> tuple[Any, ...]:
    """The numerator, and the power of two in the denominator."""
    if not x.is_finite() or not x:
        if x.is_snan():
            raise StructureError("a signaling NaN is no number that Julia has; pass float('nan')")
        return "special", float(x)
    if abs(x.adjusted()) < 12_000 and x.as_tuple().exponent > -12_000:  # type: ignore[operator]
        n, d = x.as_integer_ratio()
        if d & (d - 1) == 0:
            return "decimal", n, d.bit_length() - 1
    raise StructureError(
        f"Decimal('{x:.20g}') has no finite number of binary digits that Julia could hold; pass float(x) to "
        "cut them, or fractions.Fraction(x) for the exact value"
    )


def _refuse_masked(x: Any) -> Any:
    raise StructureError(
        "a masked array would lose its mask in Julia; pass x.filled(value), or x.data and x.mask as two "
        "arrays"
    )


def _refuse_scalar(x: Any) -> Any:
    raise StructureError(f"a NumPy scalar of dtype {x.dtype} has no like in Julia; convert it first")


def _opaque(x: Any) -> tuple[Any, ...]:
    return ("opaque",)


#: The first class that fits decides. The content of a "value" has a type that juliacall converts.
_TAKERS: tuple[tuple[Any, Callable[[Any], tuple[Any, ...]]], ...] = (
    (TracedObject, lambda x: ("value", x._whole)),
    ((np.timedelta64, np.datetime64, np.void), _refuse_scalar),
    (int, lambda x: ("value", int.__int__(x))),
    (float, lambda x: ("value", float.__float__(x))),
    (complex, lambda x: ("value", complex.__pos__(x))),
    (decimal.Decimal, _decimal),
    ((BaseException, enum.Enum, types.ModuleType, bytes), _opaque),
    (numbers.Number, _number),
    ((tuple, list), _sequence),
    (dict, lambda x: ("value", dict(x))),
    (str, lambda x: ("value", str.__str__(x))),
    (range, lambda x: ("range", x.start, x.step, x[-1] if x else x.start - x.step)),
    ((set, frozenset), lambda x: ("set", tuple(x))),
    (Diagonal, lambda x: ("diagonal", x.diag)),
    (UniformScaling, lambda x: ("scaling", x.factor)),
    (np.ma.MaskedArray, _refuse_masked),
    (np.ndarray, lambda x: ("value", np.asarray(x))),
    (
        (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial, np.ufunc, type),
        lambda x: ("function",),
    ),
    (Iterator, lambda x: _refuse_iterator(x)),
)


def _refuse_iterator(x: Any) -> Any:
    raise StructureError(
        f"an iterator ({type(x).__name__}) cannot be differentiated by; pass list(...) of it"
    )
