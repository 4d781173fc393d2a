"""Python's special methods, for numbers and arrays alike: operators, comparisons, conversions."""

from __future__ import annotations

import math
import numbers
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .callers import compares_fractions, formats_text
from .families import family_of, is_real, known
from .habits import ATTRIBUTES, Absent
from .primitive import OPERATORS, PRIMITIVES, REPLACED, WATCHERS, Tracer, apply, asked, plain, seen
from .protocols import NumpyProtocols
from .refusals import lost
from .running import about
from .tracing import beside

OPERANDS = (Tracer, np.ndarray, np.generic, float, int, complex, numbers.Number)


#: The types of exponents that count as constants.
REAL = (int, float, np.integer, np.floating)


def _unary(ufunc: np.ufunc) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return self.level.record(OPERATORS[ufunc], (self,), {})

    return method


def _binary(ufunc: np.ufunc, swap: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, self.operands) and family_of(other) is None:
            return NotImplemented
        return apply(OPERATORS[ufunc], (other, self) if swap else (self, other), {})

    return method


def power_of_integers(*inputs: Any) -> Any:
    """``pow(n, k, modulus)``: of integers alone, and it counts as operations on bits do."""
    return asked(pow, inputs, {}, pow(*map(seen, inputs)))


def _power(swap: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            return power_of_integers(self, other, modulus)
        if not isinstance(other, self.operands) and family_of(other) is None:
            return NotImplemented
        base, exponent = (other, self) if swap else (self, other)
        kind = "literal_power" if issubclass(type(exponent), REAL) else np.power
        return apply(OPERATORS[kind], (base, exponent), {})

    return method


def _comparison(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        outcome = operation(plain(self), plain(other))
        if type(outcome) is bool:
            if isinstance(self, NumpyNumber) or isinstance(other, NumpyNumber):
                outcome = np.bool_(outcome)
        elif (family := family_of(outcome)) is not None:
            outcome = family.answer(outcome, operation, (plain(self), plain(other)))
        return asked(operation, (self, other), {}, outcome) if WATCHERS else outcome

    return method


def _whole(swap: bool = False) -> Callable[[Any, Any], Any]:
    """Floor division: a step function, so its result is an ordinary value."""

    def method(self: Any, other: Any) -> Any:
        inputs = (other, self) if swap else (self, other)
        return asked(operator.floordiv, inputs, {}, seen(inputs[0]) // seen(inputs[1]))

    return method


def _bits(operation: Callable[[Any, Any], Any], swap: bool = False) -> Callable[[Any, Any], Any]:
    """Operations on the bits of integers: they count something, as ``int(n)`` does."""

    def method(self: Any, other: Any) -> Any:
        inputs = (other, self) if swap else (self, other)
        return asked(operation, inputs, {}, operation(seen(inputs[0]), seen(inputs[1])))

    return method


class NumpyNumber:
    """One of NumPy's numbers, np.float64 or np.int64, whose value is kept as a Python number."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # type: ignore[override]
        kind = self._value.__class__  # type: ignore[attr-defined]
        return NUMPYS.get(kind, kind)

    def as_numpys(self) -> Any:
        return self

    def as_pythons(self) -> Any:
        value = self._value  # type: ignore[attr-defined]
        return like(self, self.pythons, value.as_pythons() if isinstance(value, Tracer) else value)  # type: ignore[attr-defined]


def like(x: Any, kind: type, value: Any) -> Any:
    """Another stand-in of this class at the same place as `x`."""
    new: Any = object.__new__(kind)
    new.level, new._value = x.level, value
    for name in x.places:
        setattr(new, name, getattr(x, name))
    return new


NUMPYS: dict[type, type] = {float: np.float64, int: np.int64}


class Operators(NumpyProtocols):
    __slots__ = ()

    __add__, __radd__ = _binary(np.add), _binary(np.add, True)
    __sub__, __rsub__ = _binary(np.subtract), _binary(np.subtract, True)
    __mul__, __rmul__ = _binary(np.multiply), _binary(np.multiply, True)
    __truediv__, __rtruediv__ = _binary(np.true_divide), _binary(np.true_divide, True)
    __mod__, __rmod__ = _binary(np.remainder), _binary(np.remainder, True)
    __pow__, __rpow__ = _power(), _power(True)
    __matmul__, __rmatmul__ = _binary(np.matmul), _binary(np.matmul, True)
    __floordiv__, __rfloordiv__ = _whole(), _whole(swap=True)
    __and__, __rand__ = _bits(operator.and_), _bits(operator.and_, True)
    __or__, __ror__ = _bits(operator.or_), _bits(operator.or_, True)
    __xor__, __rxor__ = _bits(operator.xor), _bits(operator.xor, True)
    __lshift__, __rlshift__ = _bits(operator.lshift), _bits(operator.lshift, True)
    __rshift__, __rrshift__ = _bits(operator.rshift), _bits(operator.rshift, True)
    __neg__, __pos__, __abs__ = _unary(np.negative), _unary(np.positive), _unary(np.absolute)
    __eq__, __ne__ = _comparison(operator.eq), _comparison(operator.ne)  # type: ignore[assignment]
    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __invert__(self) -> Any:
        return asked(operator.invert, (self,), {}, ~seen(self))

    def __bool__(self) -> bool:
        return asked(bool, (self,), {}, bool(known(self)))

    def __repr__(self) -> str:  # that of the value; one that outlived its call is told from it
        return f"Traced({plain(self)!r})" if self.level.over else repr(seen(self))  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return Text(plain(self))

    def __format__(self, spec: str) -> str:
        return Text(format(plain(self), spec))

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise about(lost("A copy was asked for, by pickle,", "Pass the traced value itself."), self)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __complex__(self) -> complex:
        refusal = lost(
            "A complex number was asked for, by complex(), cmath.* or array[i] = x,",
            "Write x + 1j * y instead of complex(x, y), and np.exp instead of cmath.exp.",
        )
        raise about(refusal, self)

    def __trunc__(self) -> int:
        return asked(math.trunc, (self,), {}, math.trunc(seen(self)))

    def __round__(self, digits: int | None = None) -> Any:
        return asked(round, (self,), {}, round(seen(self), digits))

    def __floor__(self) -> int:
        return asked(math.floor, (self,), {}, math.floor(seen(self)))

    def __ceil__(self) -> int:
        return asked(math.ceil, (self,), {}, math.ceil(seen(self)))

    @property
    def real(self) -> Any:
        own = is_real(plain(self)) and np.real not in REPLACED
        return self if own else np.real(self)  # type: ignore[call-overload]

    @property
    def imag(self) -> Any:
        return np.imag(self)  # type: ignore[call-overload]

    def conjugate(self) -> Any:
        if is_real(plain(self)) and np.conjugate not in REPLACED:
            return self
        y: Any = np.conjugate(self)  # type: ignore[call-overload]
        of_pythons = isinstance(y, Tracer) and not issubclass(self.__class__, (np.ndarray, np.generic))
        return y.as_pythons() if of_pythons else y  # type: ignore[attr-defined]

    conj = conjugate


def astype(x: Any, dtype: Any, casting: Any = "unsafe") -> Any:
    dtype = np.dtype(dtype)
    if casting != "unsafe":
        np.empty(0, np.result_type(plain(x))).astype(dtype, casting=casting)  # NumPy's own error
    if dtype.kind not in "fc":  # truncation: a step function
        if dtype.kind == "O":  # of its elements, which are traced
            return np.array(x)
        if dtype.kind not in "iub":
            raise lost(
                f"An array of {dtype} was asked for, by astype,", "Leave it out, or convert the result."
            )
        return beside(_truncated, x, dtype=dtype)
    return apply(PRIMITIVES["astype"], (x,), {"dtype": dtype})


def _truncated(x: Any, dtype: Any) -> Any:
    return np.asarray(x).astype(dtype)[()]


class _NotThere(AttributeError, TypeError):
    """To ``hasattr`` an attribute that is not there, to those who need it a wrong type."""


class _Special:
    """A special method that is there only if values of the type have it, as ``hasattr`` is asked to tell."""

    def __init__(self, name: str, method: Callable[[Any], Any]):
        self.name, self.method = name, method

    def __get__(self, x: Any, owner: Any = None) -> Any:
        if x is None:
            return self
        kind = x.__class__
        if not hasattr(kind, self.name):
            verb = "interpreted as an integer" if self.name == "__index__" else "converted to a real number"
            raise _NotThere(f"'{kind.__name__}' object cannot be {verb}")
        return types.MethodType(self.method, x)


def _float(self: Any) -> float:
    caller = sys._getframe(1)
    if formats_text(caller) or compares_fractions(caller):
        return asked(float, (self,), {}, float(known(self)))
    refusal = lost(
        "A float was asked for, by float(), math.*, array[i] = x or astype,",
        "Use the NumPy function (np.sin instead of math.sin), np.stack, np.where or fluxbridge.Buffer "
        "instead of writing into an array.",
    )
    raise about(refusal, self)


def _int(self: Any) -> int:  # truncation is a step function: nothing is lost
    value = known(self)
    try:
        answer = int(value)
    except (ValueError, OverflowError):  # NaN, an infinity; who catches this depends on it
        asked(np.isfinite, (self,), {}, np.isfinite(value))
        raise
    return asked(int, (self,), {}, answer)


def _index(self: Any) -> int:
    return asked(operator.index, (self,), {}, operator.index(known(self)))


for _name, _special in (("__float__", _float), ("__int__", _int), ("__index__", _index)):
    setattr(Operators, _name, _Special(_name, _special))


class Text(str):
    """A traced value as text. Read back as a number at once, it says that its derivative would be lost."""

    __slots__ = ()

    def __float__(self) -> float:
        raise lost("A float was read from the text", "Use the number itself, and np.round(x, 3) to round it.")


for _name in ATTRIBUTES:  # no __getattr__, which would slow down every attribute
    setattr(Operators, _name, Absent(_name))
