"""The arithmetic operators of the tracers on a tape, their source text made for speed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from . import tape
from .primitive import GENERATED, OPERATORS, PRIMITIVES, UFUNCS, Tracer
from .tape import FLOAT, ReverseArray, ReverseFloat, ReverseScalar, as_floats
from .tracer import TracedNumber, as_numpys, power_of_integers

#: The operators that are made here, by class and name. Where the rule of one is replaced, the class goes
#: without it (see written.py).
FAST: dict[type, dict[str, Any]] = {ReverseFloat: {}, ReverseScalar: {}, ReverseArray: {}}

_NUMBERS = """
def {name}(self, other):
    kind = type(other)
    tape = self.level
    if kind is ReverseFloat and other.level is tape:
        parents = {both}
        {right} = other._value{same}
    elif kind is float or kind is int:
        parents = {one}
        {right} = other
    elif kind is ReverseScalar and other.level is tape:
        return numpys(self, other)
    else:
        return slow(self, other)
    {left} = self._value
    y = a {symbol} b
    result = ReverseFloat()
    result._value = y
    result.level = tape
    result._index = len(tape)
    tape.append((primitive, parents, (y, a, b), None, FLOAT))
    return result
"""

# Numbers of NumPy, kept as Python's: 1/0 is Inf, and so is what is made of them and Python's.
_NUMPYS = """
def {name}(self, other):
    kind = type(other)
    tape = self.level
    if (kind is ReverseScalar or kind is ReverseFloat) and other.level is tape:
        parents = {both}
        {right} = other._value{same}
    elif kind is float or kind is int:
        parents = {one}
        {right} = other
    elif kind is float64:
        parents = {one}
        {right} = other.item()
    else:
        return slow(self, other)
    {left} = self._value
    try:
        y = a {symbol} b
    except ArithmeticError:
        y = singular(a, b)
    result = ReverseScalar()
    result._value = y
    result.level = tape
    result._index = len(tape)
    tape.append((primitive, parents, (y, a, b), None, FLOAT))
    return result
"""

# The same for arrays: what the rules do not need is not kept, and a result like an operand
# shares its spec.
_ARRAYS = """
def {name}(self, other):
    kind = type(other)
    tape = self.level
    if (kind is ReverseArray or kind is ReverseFloat) and other.level is tape:
        {left} = self._value
        {right} = other._value{same}
        parents = {both}
        y = a {symbol} b
        known = {keep_both}
    elif kind is float or kind is int:
        {left} = self._value
        {right} = other
        parents = {one}
        y = a {symbol} b
        known = {keep_one}
    elif kind is ReverseScalar and other.level is tape and self._value.dtype is float64_dtype:
        {left} = self._value
        {right} = other._value
        parents = {both}
        y = a {symbol} b
        known = {keep_both}
    elif kind is ndarray and not other.dtype.hasobject:
        {left} = self._value
        {right} = {constant}
        parents = {one}
        y = a {symbol} b
        known = {keep_one}
    else:
        return slow(self, other)
    spec = tape[self._index][4]
    if type(y) is ndarray and y.dtype is spec[1] and y.shape == spec[0]:
        if tape.lent:
            tape.watch_lent(known)
        result = ReverseArray()
        result._value = y
        result.level = tape
        result._index = len(tape)
        tape.append((primitive, parents, known, no_options, spec))
        return result
    return tape.wrap(y, primitive, parents, known, no_options)
"""


# A square may be that of a norm: see rules/smooth.py.
_SAME = """
        if other is self and isinstance(other._value, Tracer):
            return slow(self, other)"""


def _define(kind: type, template: str, word: str, symbol: str, ufunc: np.ufunc, swap: bool) -> None:
    """Make one arithmetic operator of a tracer class.

    Generated code, for speed: one function with nothing to look up, and no call inside.
    """
    primitive = UFUNCS[ufunc]
    name = f"__{'r' if swap else ''}{word}__"
    left, right = ("b", "a") if swap else ("a", "b")

    def kept(traced: tuple[bool, bool]) -> str:
        output, inputs = primitive.keep(traced)
        names = [n if on else "None" for n, on in zip("yab", (output, *inputs), strict=True)]
        return f"({', '.join(names)})"

    def singular(a: Any, b: Any) -> Any:
        y = ufunc(as_numpys(a), as_numpys(b))
        return y if isinstance(y, Tracer) else float(y)

    source = template.format(
        name=name,
        left=left,
        right=right,
        symbol=symbol,
        same=_SAME if word == "mul" else "",
        both="(other._index, self._index)" if swap else "(self._index, other._index)",
        one="(None, self._index)" if swap else "(self._index, None)",
        keep_both=kept((True, True)),
        keep_one=kept((not swap, swap)),
        constant="tape.own(other)" if primitive.keep((not swap, swap))[1][not swap] else "other",
    )
    words = {
        "ReverseFloat": ReverseFloat,
        "ReverseScalar": ReverseScalar,
        "ReverseArray": ReverseArray,
        "FLOAT": FLOAT,
        "ndarray": np.ndarray,
        "no_options": {},
        "primitive": primitive,
        "singular": singular,
        "numpys": FAST[ReverseScalar].get(name),
        "float64": np.float64,
        "float64_dtype": np.dtype(np.float64),
        "slow": getattr(TracedNumber, name),
        "Tracer": Tracer,
    }
    exec(compile(source, GENERATED, "exec"), words)
    FAST[kind][name] = words[name]


def _literal_power(kind: type) -> Callable[[Any, Any], Any]:
    """``x ** p`` for a constant p, without a search for who is traced."""
    slow = TracedNumber.__pow__
    primitive = PRIMITIVES["literal_power"]
    options: dict[str, Any] | None = None if kind is ReverseFloat else {}

    def power(self: Any, p: Any, modulus: Any = None) -> Any:
        x = self._value
        if modulus is not None:
            return power_of_integers(self, p, modulus)
        if (type(p) is not int and type(p) is not float) or isinstance(x, Tracer):
            return slow(self, p)
        y = x**p
        if type(y) is complex:  # a negative number to a broken power
            return slow(self, p)
        known = (None, as_floats(x) if self.level.integers else x, p)
        return self.level.wrap(y, primitive, (self._index, None), known, options)

    return power


def _numpys_power(self: Any, p: Any, modulus: Any = None) -> Any:
    """The same for a number of NumPy."""
    x = self._value
    if modulus is not None:
        return power_of_integers(self, p, modulus)
    if (type(p) is not int and type(p) is not float) or type(x) is not float:
        return TracedNumber.__pow__(self, p)
    try:
        y = x**p
    except ArithmeticError:
        y = np.float64(x) ** p
    if type(y) is complex:
        y = np.float64(x) ** p
    result = ReverseScalar()
    result._value = y = float(y)
    result.level = tape = self.level
    result._index = len(tape)
    tape.append((PRIMITIVES["literal_power"], (self._index, None), (y, x, p), None, FLOAT))
    return result


#: How Python writes the operations; ``np.add(x, y)`` is computed by NumPy also where x and y are Python's.
_WRITTEN: dict[np.ufunc, Callable[..., Any]] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul,
    np.true_divide: operator.truediv, np.remainder: operator.mod, np.matmul: operator.matmul,
    np.negative: operator.neg, np.positive: operator.pos, np.absolute: operator.abs,
}  # fmt: skip


def define_arithmetic() -> None:
    """Called once the rules of the operators are registered."""
    tape.GETITEM = PRIMITIVES["getitem"]
    for ufunc, operation in _WRITTEN.items():
        OPERATORS[ufunc] = UFUNCS[ufunc].computed_by(operation)
    OPERATORS[np.power] = PRIMITIVES["power"].computed_by(operator.pow)
    OPERATORS["literal_power"] = PRIMITIVES["literal_power"].computed_by(operator.pow)
    for word, symbol, ufunc in (
        ("add", "+", np.add),
        ("sub", "-", np.subtract),
        ("mul", "*", np.multiply),
        ("truediv", "/", np.true_divide),
    ):
        for swap in (False, True):
            _define(ReverseScalar, _NUMPYS, word, symbol, ufunc, swap)
            _define(ReverseFloat, _NUMBERS, word, symbol, ufunc, swap)
            _define(ReverseArray, _ARRAYS, word, symbol, ufunc, swap)
    for kind in (ReverseFloat, ReverseArray):
        FAST[kind]["__pow__"] = _literal_power(kind)
    FAST[ReverseScalar]["__pow__"] = _numpys_power
    for owner, methods in FAST.items():
        for name, method in methods.items():
            setattr(owner, name, method)
