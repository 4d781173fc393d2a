"""Functions of NumPy as Python writes them, ``x + y`` for np.add, after their rules were replaced.

The operators of traced values are methods that know their primitives, for speed. So they are made anew when a
function that they stand for gets another rule (:func:`~.primitive.answer`), and put back with its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .operators import FAST
from .primitive import FUNCTIONS, LISTENERS, REPLACED, UFUNCS
from .protocols import as_numpy_gives
from .tracer import Operators, as_pythons, power_of_integers

#: The function of NumPy behind an operator: its special methods are ``__add__`` and ``__radd__``, and
#: ``__iadd__`` goes by way of them.
BINARY: dict[Any, str] = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "truediv", np.remainder: "mod",
    np.floor_divide: "floordiv", np.divmod: "divmod", np.power: "pow", np.matmul: "matmul",
    np.bitwise_and: "and", np.bitwise_or: "or", np.bitwise_xor: "xor", np.left_shift: "lshift",
    np.right_shift: "rshift",
}  # fmt: skip
UNARY: dict[Any, str] = {
    np.negative: "neg", np.positive: "pos", np.absolute: "abs", np.invert: "invert",
}  # fmt: skip
#: Comparisons have no reflected form: Python asks the opposite one.
COMPARISONS: dict[Any, str] = {
    np.equal: "eq", np.not_equal: "ne", np.less: "lt", np.less_equal: "le", np.greater: "gt",
    np.greater_equal: "ge",
}  # fmt: skip

Method = Callable[..., Any]


def _as_written(result: Any, *inputs: Any) -> Any:
    """What an operator gives where the function of NumPy gives `result`: Python's numbers stay Python's."""
    if any(issubclass(x.__class__, (np.ndarray, np.generic)) for x in inputs):
        return as_numpy_gives(result)
    if type(result) is tuple:
        return tuple([_as_written(part, *inputs) for part in result])
    return result.item() if issubclass(type(result), np.generic) else as_pythons(result)


def _unary(by: Method) -> Method:
    def method(self: Any) -> Any:
        return _as_written(by(self), self)

    return method


def _binary(by: Method, swap: bool) -> Method:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, self.operands):
            return NotImplemented
        a, b = (other, self) if swap else (self, other)
        return _as_written(by(a, b), a, b)

    return method


def _power(by: Method, swap: bool) -> Method:
    plain_power = _binary(by, swap)

    def method(self: Any, other: Any, modulus: Any = None) -> Any:
        return plain_power(self, other) if modulus is None else power_of_integers(self, other, modulus)

    return method


def _round(by: Method) -> Method:
    """``round(x, digits)`` of NumPy's numbers is np.round; that of Python's rounds in another way."""
    own = _OWN["__round__"]

    def method(self: Any, digits: Any = None) -> Any:
        if digits is None or not issubclass(self.__class__, np.generic):
            return own(self, digits)
        return as_numpy_gives(by(self, digits))

    return method


def _methods(target: Any, by: Method) -> dict[str, Method]:
    """The special methods that stand for a function, made of what answers for it."""
    if target in BINARY:
        make = _power if target is np.power else _binary
        return {f"__{r}{BINARY[target]}__": make(by, bool(r)) for r in ("", "r")}
    if target in UNARY:
        return {f"__{UNARY[target]}__": _unary(by)}
    if target in COMPARISONS:
        return {f"__{COMPARISONS[target]}__": _binary(by, False)}
    return {"__round__": _round(by)} if target is np.round else {}


def _remake(target: Any) -> None:
    """Make the operators anew for which `target` is written."""
    by: Any = UFUNCS.get(target) or FUNCTIONS.get(target)
    for name, method in _methods(target, by).items():
        replaced = target in REPLACED
        for kind, fast in FAST.items():
            if name in fast:
                if not replaced:
                    setattr(kind, name, fast[name])
                elif name in vars(kind):
                    delattr(kind, name)
        setattr(Operators, name, method if replaced else _OWN[name])


_OWN: dict[str, Method] = {
    name: method for name, method in vars(Operators).items() if name.startswith("__") and callable(method)
}
LISTENERS.append(_remake)
