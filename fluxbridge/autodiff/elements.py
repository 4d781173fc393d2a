"""What stands in an array of objects, which is all that NumPy can make of ``np.array([x, y])`` and ``np.asarray(x)``.

NumPy computes with such an array element by element, in ordinary Python arithmetic. That is right for
real numbers. It would be wrong without a word for complex ones: the imaginary part of an array of
objects is 0, and a norm or a variance of it conjugates nothing. So an :class:`Element` stands for a
real number, and whatever would make it complex says what to write instead.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GradientLostError
from .inplace import alias, given_out
from .primitive import PRIMITIVES, Tracer, apply, plain
from .tracer import TracedArray, TracedNumber


_blank = object.__new__


class Element(TracedNumber):
    """A traced number in an array of objects: `of`, or number `place` of the flat array `base`."""

    __slots__ = ("base", "of", "place")
    base: Any
    of: Any
    place: int

    @property
    def tracer(self) -> Any:
        """The number itself, picked out of its array when it is first needed."""
        if self.of is None:
            self.of = self.base[self.place]
        return self.of

    @property
    def level(self) -> Any:  # type: ignore[override]
        return self.base.level

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*[bare(x) for x in inputs], **options)

    def __array_function__(self, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
        return func(*bare(args), **bare(kwargs))

    def __hash__(self) -> int:
        return hash(self.tracer)


for _name in ("value", "index", "tangent", "step"):
    setattr(Element, _name, property(lambda self, _name=_name: getattr(self.tracer, _name)))


def element(number: Any) -> Element:
    """`number` as it stands in an array of objects."""
    if type(number) is Element:
        return number
    made = _blank(Element)
    made.base = made.of = number
    return made


def bare(x: Any) -> Any:
    """`x`, with the numbers themselves in place of elements, also inside lists, tuples and dicts."""
    if isinstance(x, Element):
        return x.tracer
    if type(x) is list or type(x) is tuple:
        return type(x)([bare(v) for v in x])
    return {k: bare(v) for k, v in x.items()} if type(x) is dict else x


def _inside(result: Any) -> Any:
    """The result of a loop over an array of objects, which stays in one."""
    if not isinstance(result, TracedNumber):
        return result
    if np.iscomplexobj(plain(result)):
        raise _complex_refused()
    return element(result)


def _complex_refused() -> GradientLostError:
    return GradientLostError(
        "An array of objects, such as np.array([x, y]) and np.asarray(x) make of traced values, cannot hold "
        "complex numbers: NumPy would take their imaginary part for 0. Write np.stack([x, y]) instead of "
        "np.array([x, y]), and x itself instead of np.asarray(x)."
    )


def _operator(operation: Callable[..., Any], swap: bool = False) -> Callable[..., Any]:
    def method(self: Element, other: Any) -> Any:
        if type(other) is Element:
            other = other.of if other.of is not None else other.tracer
        elif not isinstance(other, self.operands):
            return NotImplemented
        own = self.of if self.of is not None else self.tracer
        result = operation(other, own) if swap else operation(own, other)
        if not isinstance(result, TracedNumber) or type(result.value) is not float:
            return _inside(result)
        made = _blank(Element)
        made.base = made.of = result
        return made

    return method


def _method(name: str) -> Callable[..., Any]:
    def method(self: Element, *args: Any, **options: Any) -> Any:
        return _inside(getattr(self.tracer, name)(*bare(args), **options))

    return method


for _word in ("add", "sub", "mul", "truediv", "mod", "pow", "matmul", "floordiv"):
    setattr(Element, f"__{_word}__", _operator(getattr(operator, _word)))
    setattr(Element, f"__r{_word}__", _operator(getattr(operator, _word), swap=True))
#: What NumPy's loops over objects call by name.
for _name in ("__neg__", "__pos__", "__abs__", "__round__", "conjugate", "conj"):
    setattr(Element, _name, _method(_name))
for _name, _value in list(vars(TracedNumber).items()):
    if isinstance(getattr(np, _name, None), np.ufunc):
        setattr(Element, _name, _method(_name))


# -- arrays of them ----------------------------------------------------------------------------------


def objects(x: Any, copy: bool | None) -> np.ndarray:
    """The array of objects that NumPy asks for, of a traced number or array."""
    if type(x) is not Element and type(x.value) is not float and np.iscomplexobj(plain(x)):
        raise _complex_refused()
    if not isinstance(x, TracedArray):
        result = np.empty((), dtype=object)
        result[()] = element(x)
        return result
    flat = alias(apply(PRIMITIVES["reshape"], (x,), {"shape": -1}))
    elements = []
    for k in range(x.size):
        made = _blank(Element)
        made.base, made.of, made.place = flat, None, k
        elements.append(made)
    result = np.fromiter(elements, dtype=object, count=x.size).reshape(x.shape)
    if not copy:  # NumPy would give out the array itself
        result.flags.writeable = False
        given_out(x, result)
    return result


def gathered(elements: np.ndarray) -> Any:
    """The part of one traced array that an array of objects is, or None."""
    flat = elements.ravel()
    base = getattr(flat[0], "base", None)
    if not isinstance(base, TracedArray):
        return None
    places = np.empty(flat.size, np.intp)
    for k, x in enumerate(flat):
        if type(x) is not Element or x.base is not base:
            return None
        places[k] = x.place
    if len(places) != base.size or np.any(places != np.arange(len(places))):
        base = base[places]
    return np.reshape(base, elements.shape)  # type: ignore[call-overload]
