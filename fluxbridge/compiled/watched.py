"""The stand-ins of a trace, which notice when somebody looks at their values.

Comparisons of arrays are steps, whose answers are masks.
Functions of NumPy are attempted (see :mod:`.attempts`): one whose rule looks at values becomes one step.
"""

from __future__ import annotations

import contextlib
import operator
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.frames import engine_package
from ..autodiff.primitive import REPLACED, UFUNCS, Kind, Primitive, Tracer
from ..recording.recording import RecordedArray, RecordedNumber, RecordedScalar
from .calls import Apart
from .sites import place_of, reads_value

engine_package(__package__)
_OURS = (os.path.dirname(os.path.dirname(__file__)) + os.sep, os.path.dirname(np.__file__) + os.sep)
SLOT: Any = Tracer._value  # type: ignore[misc]  #: where the value is, for those who may look


def _read(self: Any) -> Any:
    value = SLOT.__get__(self)
    level = self.level
    if level.watching:
        frame = place_of(sys._getframe(1))
        if frame is not None and reads_value(frame):
            level.looked_at(self, value)
    return value


class WatchedNumber(RecordedNumber, metaclass=Kind):
    _SLOTs__ = ()
    _value = property(_read, SLOT.__set__)


class WatchedScalar(RecordedScalar, metaclass=Kind):
    """A number that is one of NumPy's outside."""

    _SLOTs__ = ()
    _value = property(_read, SLOT.__set__)


WatchedNumber.numpys, WatchedNumber.pythons = WatchedScalar, WatchedNumber
WatchedScalar.numpys, WatchedScalar.pythons = WatchedScalar, WatchedNumber


class WatchedArray(RecordedArray, metaclass=Kind):
    _SLOTs__ = ()
    _value = property(_read, SLOT.__set__)


def _of_memory(name: str) -> property:
    """An attribute that tells how an array lies in memory, which is not that of the stand-in."""

    def get(self: Any) -> Any:
        if self.level.watching and not sys._getframe(1).f_code.co_filename.startswith(_OURS):
            self.level.stop(f"it asks for the {name} of an array")
        return getattr(SLOT.__get__(self), name)

    return property(get)


for _name in ("flags", "base", "ctypes", "data"):
    setattr(WatchedArray, _name, _of_memory(_name))


class WatchedMask(WatchedArray, metaclass=Kind):
    """The answers of a comparison of each element: an array of booleans that is a step of its own.

    For everybody else it is as constant as a plain one; no cotangent goes through it.
    """

    _SLOTs__ = ()
    is_answer = True


def _answer(ufunc: np.ufunc, operation: Callable[..., Any], swap: bool = False) -> Callable[..., Any]:
    """A method that compares each element of an array of a trace that follows such answers."""
    name = f"__{'r' if swap else ''}{operation.__name__.strip('_')}__"

    def method(self: Any, *others: Any) -> Any:
        inputs = (*others, self) if swap else (self, *others)
        open_to_it = (
            self.level.masks and ufunc not in REPLACED and all(isinstance(x, _OPERANDS) for x in others)
        )
        if open_to_it and _by_elements(inputs):
            return self.level.mask(ufunc, inputs)
        return getattr(super(WatchedArray, self), name)(*others)

    return method


def _by_elements(inputs: Sequence[Any]) -> bool:
    """Do these broadcast to an array with axes, by way of one trace alone?"""
    try:
        shape = np.broadcast_shapes(*[np.shape(x) for x in inputs])
    except ValueError:
        return False
    levels = {id(x.level) for x in inputs if isinstance(x, Tracer)}
    return bool(shape) and len(levels) == 1


_OPERANDS = (Tracer, np.ndarray, np.generic, float, int, complex)
for _operation, _ufunc in (
    (operator.lt, np.less), (operator.le, np.less_equal), (operator.gt, np.greater),
    (operator.ge, np.greater_equal), (operator.eq, np.equal), (operator.ne, np.not_equal),
):  # fmt: skip
    setattr(WatchedArray, f"__{_operation.__name__}__", _answer(_ufunc, _operation))
_bits: Any
for _operation, _bits in (
    (operator.and_, np.bitwise_and), (operator.or_, np.bitwise_or), (operator.xor, np.bitwise_xor),
):  # fmt: skip
    setattr(WatchedMask, f"__{_operation.__name__.strip('_')}__", _answer(_bits, _operation))
    setattr(WatchedMask, f"__r{_operation.__name__.strip('_')}__", _answer(_bits, _operation, True))
WatchedMask.__invert__ = _answer(np.invert, operator.invert)  # type: ignore[method-assign]


def _array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    level = self.level
    follows = level.masks and ufunc in MASKS and ufunc not in REPLACED
    if follows and method == "__call__" and not options and _by_elements(inputs):
        of_masks = ufunc not in _BITS or all(getattr(x, "dtype", None) is BOOL for x in inputs)
        if of_masks and all(isinstance(x, _OPERANDS) for x in inputs):
            return level.mask(ufunc, inputs)
    return RecordedArray.__array_ufunc__(self, ufunc, method, *inputs, **options)


def _getitem(self: Any, index: Any) -> Any:
    """Elements at places that are computed, or given anew, by a call."""
    parts = index if type(index) is tuple else (index,)
    if self.level.masks and self.level.watching and any(map(_is_places, parts)):
        with contextlib.suppress(Apart):
            return self.level.call(operator.getitem, (self, index), {})
    return RecordedArray.__getitem__(self, index)


def _is_places(x: Any) -> bool:
    if isinstance(x, WatchedNumber):
        return type(SLOT.__get__(x)) is int
    return isinstance(x, WatchedArray) and x.dtype.kind in "iu"


WatchedArray.__getitem__ = _getitem  # type: ignore[method-assign]


CLASSES = {RecordedNumber: WatchedNumber, RecordedScalar: WatchedScalar, RecordedArray: WatchedArray}


def _attempting(usual: Callable[..., Any]) -> Callable[..., Any]:
    """The protocol of NumPy's ufuncs by way of :meth:`Trace.attempt`."""

    def method(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        direct = method == "__call__" and not options and ufunc in UFUNCS
        if direct or not self.level.may_attempt(ufunc, inputs, options):
            return usual(self, ufunc, method, *inputs, **options)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return self.level.attempt(
            function, inputs, options, lambda: usual(self, ufunc, method, *inputs, **options)
        )

    return method


def _array_function(self: Any, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
    def usual() -> Any:
        return RecordedArray.__array_function__(self, func, types, args, kwargs)

    return (
        self.level.attempt(func, args, kwargs, usual)
        if self.level.may_attempt(func, args, kwargs)
        else usual()
    )


for _class in CLASSES.values():
    _class.__array_function__ = _array_function  # type: ignore[method-assign]
    _usual = _array_ufunc if _class is WatchedArray else _class.__array_ufunc__
    _class.__array_ufunc__ = _attempting(_usual)  # type: ignore[method-assign]


def _failing(kind: Any, name: str) -> Callable[..., Any]:
    """An operation after which the level knows of what was raised, as f may catch it.

    The operators of the class behind it are made anew where a function gets another rule.
    """

    def method(self: Any, *others: Any) -> Any:
        try:
            return getattr(super(kind, self), name)(*others)
        except Exception:
            self.level.failed((self, *others))
            raise

    return method


_MAY_FAIL = ("truediv", "floordiv", "mod", "divmod", "pow", "add", "sub", "mul")
for _class in CLASSES.values():
    for _word in (*_MAY_FAIL, *[f"r{name}" for name in _MAY_FAIL], "round", "floor", "ceil", "trunc"):
        if hasattr(_class, f"__{_word}__"):
            setattr(_class, f"__{_word}__", _failing(_class, f"__{_word}__"))
BOOL = np.dtype(bool)
_BITS = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}
#: Functions of each element that answer with a boolean, as steps.
MASKS: dict[np.ufunc, Primitive] = {
    u: Primitive(f"answer of {u.__name__}", compute=u, vjps=(None,) * u.nin)
    for u in (
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and,
        np.logical_or, np.logical_not, np.logical_xor, np.isnan, np.isinf, np.isfinite, np.signbit, *_BITS,
    )
}  # fmt: skip
ANSWERS = set(MASKS.values())
