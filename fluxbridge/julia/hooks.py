"""What Julia asks of Python while it converts values: how to take objects apart and make them."""

from __future__ import annotations

import dataclasses
import functools
import numbers
import types
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from ..autodiff import native
from ..autodiff.holders import fields_of
from ..autodiff.matrices import Diagonal, UniformScaling
from ..autodiff.primitive import Tracer
from ..autodiff.template import Record
from ..errors import GradientLostError, StructureError
from . import errors
from .gate import Gate, Handle
from .objects import JuliaObject, TracedObject


def table(bridge: Any, gate: Gate) -> dict[str, Any]:
    """The hooks, by the names that Julia knows; those that run Python code of any length leave Julia."""
    outside = gate.outside

    def pullback_outside(f: Callable[..., Any], args: tuple[Any, ...], keywords: Any) -> Any:
        y, back = pullback(f, args, keywords)
        return y, outside(back)

    return {
        "JuliaObject": JuliaObject,
        "Diagonal": Diagonal,
        "UniformScaling": UniformScaling,
        "array0": array0,
        "is_tracer": lambda x: isinstance(x, Tracer),
        "make_error": lambda kind, message, frames, thrown: errors.make(
            kind, message, frames, thrown._value, bridge.full
        ),
        "numpy": np,
        "opaque": lambda raw: JuliaObject(Handle(gate, raw), bridge),
        "plain_array": outside(plain_array),
        "pullback": outside(pullback_outside),
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
        return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    if x.dtype.kind == "O" and x.ndim == 1:
        return x.tolist()
    if x.dtype.kind in "US":
        return x.astype(str).tolist()
    raise StructureError(f"an array of dtype {x.dtype} cannot become a Julia array; convert it first")


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


def take_apart(x: Any) -> tuple[Any, ...]:
    """What `x` is, for values of no common type: a tuple that starts with the kind.

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
    for kind, taker in _TAKERS:
        if isinstance(x, kind):
            return taker(x)
    if hasattr(x, "__array__") and isinstance(getattr(x, "dtype", None), np.dtype):
        return "value", np.asarray(x)
    if callable(x) and not dataclasses.is_dataclass(x) and not getattr(x, "__dict__", None):
        return ("function",)
    fields = fields_of(x)
    if fields and not isinstance(x, (types.ModuleType, type)):
        return "fields", tuple(fields), tuple(fields.values()), None
    return ("opaque",)


def _sequence(x: Any) -> tuple[Any, ...]:
    names = getattr(x, "_fields", None)
    if names is not None and isinstance(x, tuple):
        return "fields", tuple(names), tuple(x), type(x)
    return "value", (tuple if isinstance(x, tuple) else list)(x)


def _number(x: Any) -> tuple[Any, ...]:
    if isinstance(x, (Fraction, numbers.Rational)):
        return "rational", x.numerator, x.denominator
    if isinstance(x, (int, np.integer)):
        return "value", int(x)
    return "value", complex(x) if isinstance(x, (complex, np.complexfloating)) else float(x)


_TAKERS: tuple[tuple[Any, Callable[[Any], tuple[Any, ...]]], ...] = (
    (TracedObject, lambda x: ("value", x._whole)),
    (bool, lambda x: ("value", bool(x))),
    (int, lambda x: ("value", int(x))),
    (numbers.Number, _number),
    ((tuple, list), _sequence),
    (dict, lambda x: ("value", dict(x))),
    (str, lambda x: ("value", str(x))),
    (range, lambda x: ("range", x.start, x.step, x[-1] if x else x.start - x.step)),
    ((set, frozenset), lambda x: ("set", list(x))),
    (Diagonal, lambda x: ("diagonal", x.diag)),
    (UniformScaling, lambda x: ("scaling", x.factor)),
    (np.ndarray, lambda x: ("value", np.asarray(x))),
    ((types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial, np.ufunc, type),
     lambda x: ("function",)),
    (Iterator, lambda x: _refuse_iterator(x)),
)  # fmt: skip


def _refuse_iterator(x: Any) -> Any:
    raise StructureError(
        f"an iterator ({type(x).__name__}) cannot be differentiated by; pass list(...) of it"
    )
