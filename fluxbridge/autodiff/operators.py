"""The arithmetic operators of the tracers on a tape, their source text made for speed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import tape
from .primitive import GENERATED, PRIMITIVES, UFUNCS, Tracer
from .tape import FLOAT, ReverseArray, ReverseFloat, as_floats
from .tracer import TracedNumber

_NUMBERS = """
def {name}(self, other):
    kind = type(other)
    tape = self.level
    if kind is ReverseFloat and other.level is tape:
        parents = {both}
        {right} = other.value
    elif kind is float or kind is int:
        parents = {one}
        {right} = other
    else:
        return slow(self, other)
    {left} = self.value
    try:
        y = a {symbol} b
    except ArithmeticError:
        y = overflow(a, b)
    result = ReverseFloat()
    result.value = y
    result.level = tape
    result.index = len(tape)
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
        {left} = self.value
        {right} = other.value
        parents = {both}
        y = a {symbol} b
        known = {keep_both}
    elif kind is float or kind is int:
        {left} = self.value
        {right} = other
        parents = {one}
        y = a {symbol} b
        known = {keep_one}
    elif kind is ndarray and not other.dtype.hasobject:
        {left} = self.value
        {right} = {constant}
        parents = {one}
        y = a {symbol} b
        known = {keep_one}
    else:
        return slow(self, other)
    spec = tape[self.index][4]
    if type(y) is ndarray and y.dtype is spec[1] and y.shape == spec[0]:
        if tape.lent:
            tape.watch_lent(known)
        result = ReverseArray()
        result.value = y
        result.level = tape
        result.index = len(tape)
        tape.append((primitive, parents, known, no_options, spec))
        return result
    return tape.wrap(y, primitive, parents, known, no_options)
"""


def _define(kind: type, template: str, word: str, symbol: str, ufunc: np.ufunc, swap: bool) -> None:
    """Give a tracer class one arithmetic operator, its source text made for speed."""
    primitive = UFUNCS[ufunc]
    name = f"__{'r' if swap else ''}{word}__"
    left, right = ("b", "a") if swap else ("a", "b")

    def kept(traced: tuple[bool, bool]) -> str:
        output, inputs = primitive.keep(traced)
        names = [n if on else "None" for n, on in zip("yab", (output, *inputs), strict=True)]
        return f"({', '.join(names)})"

    def overflow(a: Any, b: Any) -> float:
        with np.errstate(all="ignore"):
            return float(ufunc(np.float64(a), np.float64(b)))

    source = template.format(
        name=name,
        left=left,
        right=right,
        symbol=symbol,
        both="(other.index, self.index)" if swap else "(self.index, other.index)",
        one="(None, self.index)" if swap else "(self.index, None)",
        keep_both=kept((True, True)),
        keep_one=kept((not swap, swap)),
        constant="tape.own(other)" if primitive.keep((not swap, swap))[1][not swap] else "other",
    )
    words = {
        "ReverseFloat": ReverseFloat,
        "ReverseArray": ReverseArray,
        "FLOAT": FLOAT,
        "ndarray": np.ndarray,
        "no_options": {},
        "primitive": primitive,
        "overflow": overflow,
        "slow": getattr(TracedNumber, name),
    }
    exec(compile(source, GENERATED, "exec"), words)
    setattr(kind, name, words[name])


def _literal_power(kind: type) -> Callable[[Any, Any], Any]:
    """``x ** p`` for a constant p, without a search for who is traced."""
    slow = TracedNumber.__pow__
    primitive = PRIMITIVES["literal_power"]
    compute = primitive.compute
    options: dict[str, Any] | None = None if kind is ReverseFloat else {}

    def power(self: Any, p: Any) -> Any:
        x = self.value
        if (type(p) is not int and type(p) is not float) or isinstance(x, Tracer):
            return slow(self, p)
        y = compute(x, p)
        if type(y) is complex:  # a negative number to a broken power
            return slow(self, p)
        known = (None, as_floats(x) if self.level.integers else x, p)
        return self.level.wrap(y, primitive, (self.index, None), known, options)

    return power


def define_arithmetic() -> None:
    """Called once the rules of the operators are registered."""
    tape.GETITEM = PRIMITIVES["getitem"]
    for word, symbol, ufunc in (
        ("add", "+", np.add),
        ("sub", "-", np.subtract),
        ("mul", "*", np.multiply),
        ("truediv", "/", np.true_divide),
    ):
        for swap in (False, True):
            _define(ReverseFloat, _NUMBERS, word, symbol, ufunc, swap)
            _define(ReverseArray, _ARRAYS, word, symbol, ufunc, swap)
    for kind in (ReverseFloat, ReverseArray):
        kind.__pow__ = _literal_power(kind)  # type: ignore[assignment]
