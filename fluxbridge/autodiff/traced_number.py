"""What stands in for a number, with the attributes that numbers of its type have."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from .callers import calls_a_cache, compares_fractions, computes_with_fractions
from .primitive import Tracer, asked, plain, seen
from .refusals import lost
from .running import about
from .special_methods import NUMPYS, OPERANDS, Operators, astype, like


class TracedNumber(Operators, Tracer):
    """Stands in for one number (or a NumPy scalar).

    To ``isinstance`` and its kin it is what it stands for; ``type(x)`` and C code see what it is.
    It has the attributes of that type (:class:`_Attribute`), and the methods that NumPy's loops over
    arrays of objects call.
    """

    __slots__ = ()
    operands = OPERANDS
    place: str  #: the name of the attribute that says where it stands at its level
    numpys: type  #: the class for one of NumPy's numbers at the same level,
    pythons: type  #: and for one of Python's

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # type: ignore[override]
        kind = self._value.__class__
        if (kind is int or kind is Fraction) and computes_with_fractions(sys._getframe(1)):
            return object  # so a Fraction leaves the operation to us
        return kind

    def __eq__(self, other: object) -> Any:
        same: Any = Operators.__eq__(self, other)  # type: ignore[call-arg]
        if same is True and type(plain(self)) is int and calls_a_cache(sys._getframe(1)):
            refusal = lost(
                "The result for an equal integer was found in a functools.cache, when it was called with a "
                "number",
                "Call the function behind it: f.__wrapped__(n).",
            )
            raise about(refusal, self, other)
        return same

    def as_pythons(self) -> Any:
        """The same number as one of Python's, as ``x.item()`` gives it."""
        kind, value = self.__class__, self._value
        if issubclass(kind, (np.float32, np.float16, np.complex64)):
            return astype(self, np.complex128 if kind is np.complex64 else np.float64).as_pythons()
        if kind is np.complex128 or issubclass(kind, np.integer):
            return like(self, self.pythons, value.as_pythons() if isinstance(value, Tracer) else value.item())
        return self

    def as_numpys(self) -> Any:
        """The same number as one of NumPy's, whose arithmetic knows Inf and NaN where Python's raises."""
        value = self._value if type(self._value) in NUMPYS else as_numpys(self._value)
        return like(self, self.numpys if self.__class__ in NUMPYS else type(self), value)

    def __hash__(self) -> int:
        # An integer finds the dict entry of its value. Of other numbers equal ones may have other
        # derivatives: an entry of an equal number would come with the wrong one, or with none.
        value = plain(self)
        if isinstance(value, int):
            return hash(value)
        refusal = lost(
            "A key was asked for, in a set or dict or by functools.cache,",
            "Write fluxbridge.ignore_derivatives(x) where only the value counts (in {…}, d[…]), and call the "
            "function behind a functools.cache: f.__wrapped__(x).",
        )
        raise about(refusal, self)


def as_numpys(x: Any) -> Any:
    """A number, traced or not, as NumPy computes with it: 1/0 is Inf and 0/0 NaN, with a warning."""
    if isinstance(x, TracedNumber):
        return x.as_numpys()
    return np.complex128(x) if type(x) is complex else np.float64(x) if type(x) in (float, int) else x


def as_pythons(x: Any) -> Any:
    """A number, traced or not, as Python's own."""
    if isinstance(x, TracedNumber):
        return x.as_pythons()
    return x.item() if type(x) is np.float64 or type(x) is np.int64 else x


class Attribute:
    """An attribute of a traced number, there only if numbers of its type have it.

    So ``hasattr(x, "shape")`` answers as it does outside: yes for NumPy's numbers, no for Python's.
    """

    def __init__(self, name: str, get: Callable[[Any], Any]):
        self.name, self.get = name, get

    def __get__(self, x: Any, owner: Any = None) -> Any:
        if x is None:
            return self
        kind = x.__class__
        if not hasattr(kind, self.name):
            raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}")
        return self.get(x)


def method_of_numbers(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda x: types.MethodType(function, x)


def _dtype_of_number(x: Any) -> np.dtype:
    caller = sys._getframe(2).f_globals.get("__name__", "")
    if caller.startswith("numpy.") and caller.endswith("._methods"):
        raise AttributeError("dtype")  # np.mean([x, y]) would take it for a NumPy scalar and convert it
    return np.dtype(x.__class__)


def _number_method(name: str) -> Callable[[Any], Any]:
    """A question to the value: it counts or compares, and has no derivative."""

    def method(self: Any, *args: Any) -> Any:
        function = getattr(seen(self), name)
        return asked(getattr(type(plain(self)), name, function), (self, *args), {}, function(*args))

    return method_of_numbers(method)


def _lost_method(name: str, what: str, instead: str) -> Callable[[Any], Any]:
    def get(x: Any) -> Any:
        raise about(lost(f"{what} was asked for, by {name}", instead), x)

    return get


_FRACTION = "Use the NumPy function (np.mean instead of statistics.mean)."
_OF_FRACTIONS = "Write the traced number first: x * Fraction(1, 2) instead of Fraction(1, 2) * x."


def _ratio(x: Any) -> Any:
    if compares_fractions(sys._getframe(2)):
        return lambda: asked(float.as_integer_ratio, (x,), {}, plain(x).as_integer_ratio())
    raise about(
        lost("A fraction was asked for, by Fraction(), statistics.* or as_integer_ratio()", _FRACTION), x
    )


ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "shape": lambda x: (), "ndim": lambda x: 0, "size": lambda x: 1, "strides": lambda x: (),
    "T": lambda x: x, "dtype": _dtype_of_number,
    "itemsize": lambda x: np.dtype(x.__class__).itemsize, "nbytes": lambda x: np.dtype(x.__class__).itemsize,
    "item": method_of_numbers(lambda x, *_index: x.as_pythons()),
    "tolist": method_of_numbers(lambda x: x.as_pythons()),
    "copy": method_of_numbers(lambda x, order="C": x),
    "conj": method_of_numbers(lambda x: x.conjugate()),
    "astype": method_of_numbers(
        lambda x, dtype, order="K", casting="unsafe", subok=True, copy=True: astype(x, dtype, casting)
    ),
    "reshape": method_of_numbers(
        lambda x, *shape, **options: np.reshape(x, shape[0] if len(shape) == 1 else shape, **options)
    ),
    "flatten": method_of_numbers(lambda x, order="C": np.reshape(x, (1,))),
    "is_integer": _number_method("is_integer"), "bit_length": _number_method("bit_length"),
    "bit_count": _number_method("bit_count"), "to_bytes": _number_method("to_bytes"),
    "as_integer_ratio": _ratio,
    "numerator": _lost_method("Fraction() or numerator", "An integer", _OF_FRACTIONS),
    "denominator": _lost_method("Fraction() or denominator", "An integer", _OF_FRACTIONS),
    "hex": _lost_method("hex()", "Text", 'Write f"{x}".'),
}  # fmt: skip
