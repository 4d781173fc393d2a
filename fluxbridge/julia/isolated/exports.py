"""What is pickled for the process of Julia: plain values by content, other objects as what they serve for."""

from __future__ import annotations

import copyreg
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.matrices import Diagonal, UniformScaling
from ...autodiff.primitive import Tracer
from ...autodiff.structure import Record


class AsTracer:
    """A traced value of the native engine, as an argument of generic Julia code."""

    __slots__ = ("tracer",)

    def __init__(self, tracer: Any):
        self.tracer = tracer


def told(error: BaseException) -> str:
    """The type and text of an exception; its type alone if its text cannot be had."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # of a __str__ of the user's
        return type(error).__name__


def for_tracing(x: Any) -> Any:
    """A traced value as :class:`AsTracer`; other values as they are."""
    return AsTracer(x) if isinstance(x, Tracer) else x


class AsFunction:
    """An object that is to be called in Julia, whatever else it is."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]):
        self.function = function


class AsMaker:
    """The class of a named tuple, which the other side calls only on the way back."""

    __slots__ = ("made",)

    def __init__(self, made: Any):
        self.made = made


_NAMES = "add sub mul truediv pow mod neg abs eq ne lt le gt ge getitem"
OPERATORS: dict[str, Callable[..., Any]] = {name: getattr(operator, name) for name in _NAMES.split()}
OPERATORS["stack"] = lambda parts, shape: np.reshape(np.stack(parts), shape)

PLAIN = frozenset(
    (complex, bytearray, range, slice, Fraction, Record, Diagonal, UniformScaling, type(Ellipsis))
)


def _needed() -> frozenset[int]:
    """The ids of the functions and classes by which pickle rebuilds plain values; others are references."""
    samples = (
        1j,
        range(2),
        slice(1),
        bytearray(),
        Fraction(1, 2),
        Record(a=1),
        Diagonal(np.ones(1)),
        UniformScaling(),
        np.ones(1),
        np.asfortranarray(np.ones((2, 2))),
        np.ones(4)[::2],
        np.array([None]),
        np.float32(1),
        np.dtype("f4"),
        np.dtype([("a", "f4")]),
        np.datetime64(1, "s"),
    )
    needed: set[Any] = {np.ndarray, np.dtype, np.record, np.void, *PLAIN, copyreg.__newobj__}  # type: ignore[attr-defined]
    for sample in samples:
        made_by, made_of, *_ = sample.__reduce_ex__(5)  # type: ignore[str-unpack]
        needed.update(x for x in (made_by, *made_of) if callable(x))
    return frozenset(map(id, needed))


NEEDED = _needed()
