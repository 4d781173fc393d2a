"""What stands in an array of objects.

That is all that NumPy can make of ``np.array([x, y])`` and of ``np.asarray(x)``. It computes with such an array element by element, in ordinary Python arithmetic. That is right for
real numbers. It would be wrong without a word for complex ones: the imaginary part of an array of
objects is 0, and a norm or a variance of it conjugates nothing. So a number that goes into one is marked
(:class:`InArray`), and whatever would make it complex says what to write instead.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GradientLostError
from .inplace import alias, given_out
from .primitive import PRIMITIVES, apply, plain
from .tracer import TracedArray, TracedNumber

_blank = object.__new__
_set_class = object.__dict__["__class__"].__set__  # type: ignore[attr-defined]


class InArray(TracedNumber):
    """A number that stands in an array of objects: the results of its arithmetic do so, too."""

    __slots__ = ()

    @property
    def tracer(self) -> Any:
        """The number by itself."""
        kind = _UNMARKED[type(self)]
        twin: Any = _blank(kind)
        for name in _fields(kind):
            setattr(twin, name, getattr(self, name))
        return twin

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*[bare(x) for x in inputs], **options)

    def __array_function__(self, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
        return func(*bare(args), **bare(kwargs))

    __hash__ = TracedNumber.__hash__


class Element(InArray):
    """Number `place` of the flat traced array `base`, picked out when it is first needed."""

    __slots__ = ("base", "of", "place")
    base: Any
    of: Any
    place: int

    @property
    def tracer(self) -> Any:
        if self.of is None:
            self.of = self.base[self.place]
        return self.of

    @property
    def level(self) -> Any:  # type: ignore[override]
        return self.base.level


for _name in ("value", "index", "tangent", "step"):
    setattr(Element, _name, property(lambda self, _name=_name: getattr(self.tracer, _name)))

_MARKED: dict[type, type] = {}  # the class of a number -> that of one in an array of objects
_UNMARKED: dict[type, type] = {}


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


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple([name for k in kind.__mro__ for name in k.__dict__.get("__slots__", ())])


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
    if type(result.value) is not float and np.iscomplexobj(plain(result)):
        raise _complex_refused()
    return mark(result)


def _complex_refused() -> GradientLostError:
    return GradientLostError(
        "An array of objects, such as np.array([x, y]) and np.asarray(x) make of traced values, cannot hold "
        "complex numbers: NumPy would take their imaginary part for 0. Write np.stack([x, y]) instead of "
        "np.array([x, y]) or the list [x, y], and x itself instead of np.asarray(x)."
    )


def _operator(operation: Callable[..., Any], swap: bool = False) -> Callable[..., Any]:
    def method(self: InArray, other: Any) -> Any:
        if not isinstance(other, self.operands):
            return NotImplemented
        other = bare(other)
        return _inside(operation(other, self.tracer) if swap else operation(self.tracer, other))

    return method


def _method(name: str) -> Callable[..., Any]:
    def method(self: InArray, *args: Any, **options: Any) -> Any:
        return _inside(getattr(self.tracer, name)(*bare(args), **options))

    return method


for _word in ("add", "sub", "mul", "truediv", "mod", "pow", "matmul", "floordiv"):
    setattr(InArray, f"__{_word}__", _operator(getattr(operator, _word)))
    setattr(InArray, f"__r{_word}__", _operator(getattr(operator, _word), swap=True))
#: What NumPy's loops over objects call by name.
for _name in ("__neg__", "__pos__", "__abs__", "__round__", "conjugate", "conj"):
    setattr(InArray, _name, _method(_name))
for _name in list(vars(TracedNumber)):
    if isinstance(getattr(np, _name, None), np.ufunc):
        setattr(InArray, _name, _method(_name))


# -- arrays of them ----------------------------------------------------------------------------------


def objects(x: Any, copy: bool | None) -> np.ndarray:
    """The array of objects that NumPy asks for, of a traced number or array."""
    if not isinstance(x, InArray) and type(x.value) is not float and np.iscomplexobj(plain(x)):
        raise _complex_refused()
    if not isinstance(x, TracedArray):
        result = np.empty((), dtype=object)
        result[()] = mark(x)
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
