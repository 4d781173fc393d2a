"""What stands in for numbers and arrays inside a function that is being differentiated.

:class:`TracedNumber` and :class:`TracedArray` behave like the Python number and the NumPy array
they stand for: operators, ufuncs and NumPy functions arrive there through Python's and NumPy's
protocols and all end in :func:`~fluxbridge.autodiff.dispatch.apply`. How an operation is recorded
is the business of the level (:mod:`.tape` for reverse mode, :mod:`.forward` for forward mode).

Here they get the methods that are NumPy functions of the same name, and refusals for all others.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .families import family_of
from .inplace import change
from .primitive import plain
from .refusals import mutation, no_attribute
from .running import about
from .special_methods import NumpyNumber, Operators, astype, like, power_of_integers
from .traced_array import TracedArray
from .traced_number import (
    ATTRIBUTES,
    Attribute,
    TracedNumber,
    as_numpys,
    as_pythons,
    method_of_numbers,
)

__all__ = [
    "NumpyNumber", "Operators", "TracedArray", "TracedNumber", "as_numpys", "as_pythons", "astype", "like",
    "power_of_integers", "stand_in",
]  # fmt: skip


def stand_in(level: Any, value: Any, array: type, number: type, scalar: type) -> Any:
    """A new object of one of a level's classes: for an array, a number of Python's, one of NumPy's."""
    of_numpy = value.__class__ is np.float64 or value.__class__ is np.int64
    whole = isinstance(value, np.ndarray) or family_of(value) is not None
    made: Any = object.__new__(array if whole else scalar if of_numpy else number)
    made._value = value.item() if type(value) is np.float64 or type(value) is np.int64 else value
    made.level = level
    return made


# The methods are set here, not by __getattr__: a class without it reads its slots twice as fast.


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


def _in_place(operation: Callable[[Any, Any], Any], ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        new = operation(self, other)
        family = family_of(plain(self))
        if family is not None:
            if family.lazy:  # which has no `+=` of its own: Python binds the name to the sum
                return new
            raise about(mutation(f"np.{ufunc.__name__} in place (y += x)"), self)
        if ufunc is np.matmul and np.shape(new) != self.shape:
            scratch = plain(self).copy()
            scratch @= plain(other)  # NumPy's own error
        return change(self, new, ufunc, (self, other))

    return method


def _refused_method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise about(mutation(f"array.{name} ..."), self)

    return method


#: Methods of ndarray that take the same arguments as the NumPy function of that name.
_METHODS = [
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "clip", "cumprod", "cumsum",
    "diagonal", "dot", "max", "mean", "min", "nonzero", "prod", "ptp", "ravel", "repeat", "round",
    "searchsorted", "squeeze", "std", "sum", "swapaxes", "take", "trace", "var",
]  # fmt: skip
_MUTATING = ["sort", "fill", "put", "itemset", "partition", "resize", "byteswap", "setflags", "setfield"]

for _name in filter(functools.partial(hasattr, np.ndarray), _METHODS):  # ndarray.ptp is gone in NumPy 2
    setattr(TracedArray, _name, _method(getattr(np, _name)))
    ATTRIBUTES.setdefault(_name, method_of_numbers(getattr(np, _name)))
for _word, _symbol, _ufunc in (
    ("add", operator.add, np.add),
    ("sub", operator.sub, np.subtract),
    ("mul", operator.mul, np.multiply),
    ("truediv", operator.truediv, np.true_divide),
    ("mod", operator.mod, np.remainder),
    ("floordiv", operator.floordiv, np.floor_divide),
    ("pow", operator.pow, np.power),
    ("matmul", operator.matmul, np.matmul),
    ("and", np.bitwise_and, np.bitwise_and),
    ("or", np.bitwise_or, np.bitwise_or),
    ("xor", np.bitwise_xor, np.bitwise_xor),
    ("lshift", np.left_shift, np.left_shift),
    ("rshift", np.right_shift, np.right_shift),
):
    setattr(TracedArray, f"__i{_word}__", _in_place(_symbol, _ufunc))
for _name in filter(functools.partial(hasattr, np.ndarray), _MUTATING):
    setattr(TracedArray, _name, _refused_method(_name))
for _name in ("shape", "dtype", "real", "imag", "flat"):
    setattr(TracedArray, _name, getattr(TracedArray, _name).setter(_refused_method(f"{_name} =")))
for _name, _get in ATTRIBUTES.items():
    setattr(TracedNumber, _name, Attribute(_name, _get))


def _unknown(name: str) -> property:
    def refused(self: Any) -> Any:
        raise about(no_attribute(name), self)

    return property(refused)


# What arrays and numbers have besides is refused: hasattr and getattr must not say that it is not there.
for _name in dir(np.ndarray):
    if not _name.startswith("__") and not hasattr(TracedArray, _name):
        setattr(TracedArray, _name, _unknown(_name))
for _kind in (np.float64, np.int64, np.complex128, float, int, complex):
    for _name in dir(_kind):
        if not _name.startswith("_") and not hasattr(TracedNumber, _name):
            setattr(TracedNumber, _name, Attribute(_name, _unknown(_name).fget))  # type: ignore[arg-type]
# NumPy's loops over object arrays call the method of the same name: np.sin -> x.sin()
_OF_TWO = ("arctan2", "hypot", "fmod")
for _name, _ufunc in list(vars(np).items()):
    _elementwise = isinstance(_ufunc, np.ufunc) and (_ufunc.nin == 1 or _name in _OF_TWO)
    if _elementwise and not hasattr(TracedNumber, _name):
        setattr(TracedNumber, _name, _method(_ufunc))
