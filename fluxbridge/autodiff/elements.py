"""What stands in an array of objects, which is all that NumPy makes of a list of traced numbers.

NumPy computes with such an array element by element, in Python arithmetic. That is right for real
numbers. It would be wrong without a word for complex ones: the imaginary part of an array of objects
is 0, and a norm or a variance of it conjugates nothing. So a number that goes into one is marked
(:class:`InArray`), and whatever would make it complex says what to write instead.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GradientLostError
from .inplace import alias, given_out
from .primitive import PRIMITIVES, REPLACED, apply, plain
from .protocols import NumpyProtocols
from .tracer import TracedArray, TracedNumber, like

_blank = object.__new__
_set_class = object.__dict__["__class__"].__set__  # type: ignore[attr-defined]


class InArray(TracedNumber):
    """A number that stands in an array of objects: the results of its arithmetic do so, too."""

    __slots__ = ()

    @property
    def tracer(self) -> Any:
        """The number by itself."""
        return like(self, _UNMARKED[type(self)], self._value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*[bare(x) for x in inputs], **options)

    def __array_function__(self, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
        return func(*bare(args), **bare(kwargs))

    __hash__ = TracedNumber.__hash__


class Whole:
    """A flat traced array whose elements stand in arrays of objects, and what loops over them made of it.

    A loop over an array of objects does the same to every element. So what is done to the first one is
    done to the whole array, once, and the other elements only find its result.
    """

    __slots__ = ("array", "made")

    def __init__(self, array: Any):
        self.array = array
        self.made: dict[Any, tuple[Whole, Any]] = {}

    def after(self, key: Any, place: int, result: Callable[[], Any], partner: Any = None) -> Element | None:
        """Element `place` of what `result` makes of the whole array; None if that is not known."""
        known = self.made.get(key)
        if known is None:
            if place != 0:
                return None
            array = result()
            if not isinstance(array, TracedArray):
                return None
            if np.iscomplexobj(plain(array)):
                raise _complex_refused()
            known = self.made[key] = (Whole(array), partner)  # which keeps the key's identity alive
        return _pick(known[0], place)


class Element(InArray):
    """Number `number` of a whole array, picked out when it is first needed."""

    __slots__ = ("number", "of", "whole")
    of: Any
    number: int
    whole: Whole

    @property
    def tracer(self) -> Any:
        if self.of is None:
            self.of = self.whole.array[self.number]
        return self.of

    @property
    def level(self) -> Any:  # type: ignore[override]
        return self.whole.array.level

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # type: ignore[override]
        return self.tracer.__class__  # one of NumPy's, as its array is

    def as_pythons(self) -> Any:
        return self.tracer.as_pythons()

    def as_numpys(self) -> Any:
        return self.tracer.as_numpys()

    def __add__(self, other: Any) -> Any:
        if type(other) is not Element or np.add in REPLACED:
            return _add(self, other)
        if other.whole is self.whole and other.number == self.number + 1:
            return _partial_sum(self.whole, self.number, other.number + 1)
        return _add(self, other)


class PartialSum(Element):
    """The sum of the elements from `number` up to `stop`, as a loop adds them one by one."""

    __slots__ = ("stop",)
    stop: int

    @property
    def tracer(self) -> Any:
        if self.of is None:
            self.of = np.sum(self.whole.array[self.number : self.stop])
        return self.of

    def __add__(self, other: Any) -> Any:
        if type(other) is not Element or np.add in REPLACED:
            return _add(self, other)
        if other.whole is self.whole and other.number == self.stop:
            return _partial_sum(self.whole, self.number, self.stop + 1)
        return _add(self, other)


def _pick(whole: Whole, place: int) -> Element:
    made = _blank(Element)
    made.whole, made.number, made.of = whole, place, None
    return made


def _partial_sum(whole: Whole, place: int, stop: int) -> PartialSum:
    made = _blank(PartialSum)
    made.whole, made.number, made.stop, made.of = whole, place, stop, None
    return made


for _name in ("_value", "_index", "tangent", "origin", "strong", "step"):
    setattr(Element, _name, property(lambda self, _name=_name: getattr(self.tracer, _name)))  # type: ignore[misc]

# Two threads may both make the class for one of numbers; either will do, and _UNMARKED knows both.
_MARKED: dict[type, type] = {}  # the class of a number -> that of one in an array of objects
_UNMARKED: dict[type, type] = {}  # and back


def mark(number: Any) -> Any:
    """`number` itself, which from now on stands in an array of objects."""
    kind = type(number)
    if issubclass(kind, InArray):
        return number
    if kind not in _MARKED:
        made = type(f"{kind.__name__}InArray", (InArray, kind), {"__slots__": ()})
        _UNMARKED[made] = kind
        _MARKED[kind] = made
    _set_class(number, _MARKED[kind])
    return number


def bare(x: Any) -> Any:
    """`x`, with numbers by themselves in place of those in arrays, also inside lists, tuples and dicts."""
    if isinstance(x, InArray):
        return x.tracer
    if type(x) is list or type(x) is tuple:
        return type(x)([bare(v) for v in x])
    return {k: bare(v) for k, v in x.items()} if type(x) is dict else x


def _inside(result: Any) -> Any:
    """The result of a loop over an array of objects, which stays in one."""
    if not isinstance(result, TracedNumber):
        return result
    if type(result._value) is not float and np.iscomplexobj(plain(result)):
        raise _complex_refused()
    return mark(result)


def _complex_refused() -> GradientLostError:
    return GradientLostError(
        "An array of objects, such as np.array([x, y]) and np.asarray(x) make of traced values, cannot hold "
        "complex numbers: NumPy would take their imaginary part for 0. Write np.stack([x, y]) instead of "
        "np.array([x, y]) or the list [x, y], and x itself instead of np.asarray(x)."
    )


def _same_size(a: Element, b: Element) -> bool:
    return a.whole.array.shape == b.whole.array.shape


def _operator(operation: Callable[..., Any], swap: bool = False) -> Callable[..., Any]:
    def method(self: InArray, other: Any) -> Any:
        kind = type(other)
        if type(self) is Element:
            element = None
            if kind is float or kind is int:
                key: tuple[Any, ...] = (operation, swap, kind, other or str(other))  # 0.0 is not -0.0
                element = self.whole.after(key, self.number, lambda: call(self.whole.array, other))
            elif kind is Element and other.number == self.number and _same_size(self, other):
                key = (operation, swap, id(other.whole))
                element = self.whole.after(
                    key, self.number, lambda: call(self.whole.array, other.whole.array), other.whole
                )
            if element is not None:
                return element
        if not isinstance(other, self.operands):
            return NotImplemented
        return _inside(call(self.tracer, bare(other)))

    def call(a: Any, b: Any) -> Any:
        return operation(b, a) if swap else operation(a, b)

    return method


def _method(name: str) -> Callable[..., Any]:
    def method(self: InArray, *args: Any, **options: Any) -> Any:
        if type(self) is Element and not args and not options and hasattr(np, name):
            element = self.whole.after(name, self.number, lambda: getattr(np, name)(self.whole.array))
            if element is not None:
                return element
        return _inside(getattr(self.tracer, name)(*bare(args), **options))

    return method


for _word in ("add", "sub", "mul", "truediv", "mod", "pow", "matmul", "floordiv"):
    setattr(InArray, f"__{_word}__", _operator(getattr(operator, _word)))
    setattr(InArray, f"__r{_word}__", _operator(getattr(operator, _word), swap=True))
_add: Callable[[Any, Any], Any] = InArray.__add__
#: What NumPy's loops over objects call by name.
for _name in ("__neg__", "__pos__", "__abs__", "__round__", "conjugate", "conj"):
    setattr(InArray, _name, _method(_name))
for _name in list(vars(TracedNumber)):
    if isinstance(getattr(np, _name, None), np.ufunc):
        setattr(InArray, _name, _method(_name))


# -- arrays of them ----------------------------------------------------------------------------------


def objects(x: Any, copy: bool | None) -> np.ndarray:
    """The array of objects that NumPy asks for, of a traced number or array."""
    if not isinstance(x, InArray) and type(x._value) is not float and np.iscomplexobj(plain(x)):
        raise _complex_refused()
    if not isinstance(x, TracedArray):
        result = np.empty((), dtype=object)
        result[()] = mark(x)
        return result
    whole = Whole(alias(apply(PRIMITIVES["reshape"], (x,), {"shape": -1})))
    elements = (_pick(whole, k) for k in range(x.size))
    result = np.fromiter(elements, dtype=object, count=x.size).reshape(x.shape)
    if not copy:  # NumPy would give out the array itself
        result.flags.writeable = False
        given_out(x, result)
    return result


def _gathered(elements: np.ndarray) -> Any:
    """The part of one traced array that an array of objects is, or None."""
    flat = elements.ravel()
    whole = getattr(flat[0], "whole", None)
    if whole is None:
        return None
    places = np.empty(flat.size, np.intp)
    for k, x in enumerate(flat):
        if type(x) is not Element or x.whole is not whole:
            return None
        places[k] = x.number
    base = whole.array
    if len(places) != base.size or np.any(places != np.arange(len(places))):
        base = base[places]
    return np.reshape(base, elements.shape)  # type: ignore[call-overload]


# Set from here, so that the files of the numbers and of the dispatch need not know this one.
Element.gathered = staticmethod(_gathered)  # type: ignore[attr-defined]
NumpyProtocols.as_objects = objects  # type: ignore[attr-defined]
