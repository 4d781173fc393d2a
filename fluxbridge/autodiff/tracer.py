"""What stands in for numbers and arrays inside a function that is being differentiated.

:class:`TracedNumber` and :class:`TracedArray` behave like the Python number and the NumPy array
they stand for: operators, ufuncs and NumPy functions arrive here through Python's and NumPy's
protocols and all end in :func:`~fluxbridge.autodiff.primitive.apply`. How an operation is recorded
is the business of the level (:mod:`.tape` for reverse mode, :mod:`.forward` for forward mode).
"""

from __future__ import annotations

import functools
import math
import numbers
import operator
import sys
import types
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from .callers import calls_a_cache, compares_fractions, computes_with_fractions, formats_text
from .inplace import change, copied, is_part
from .primitive import OPERATORS, PRIMITIVES, WATCHERS, Tracer, apply, asked, plain, seen
from .protocols import NumpyProtocols
from .refusals import lost, mutation, no_attribute, no_rule
from .running import about

_OPERANDS = (Tracer, np.ndarray, np.generic, float, int, complex, numbers.Number)


#: The types of exponents that count as constants.
REAL = (int, float, np.integer, np.floating)


def _unary(ufunc: np.ufunc) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return self.level.record(OPERATORS[ufunc], (self,), {})

    return method


def _binary(ufunc: np.ufunc, swap: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, self.operands):
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
        if not isinstance(other, self.operands):
            return NotImplemented
        base, exponent = (other, self) if swap else (self, other)
        kind = "literal_power" if issubclass(type(exponent), REAL) else np.power
        return apply(OPERATORS[kind], (base, exponent), {})

    return method


def _comparison(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        outcome = operation(plain(self), plain(other))
        if type(outcome) is bool and (isinstance(self, NumpyNumber) or isinstance(other, NumpyNumber)):
            outcome = np.bool_(outcome)
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


class _Operators(NumpyProtocols):
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
        return asked(bool, (self,), {}, bool(plain(self)))

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
        return self if np.isrealobj(plain(self)) else np.real(self)  # type: ignore[call-overload]

    @property
    def imag(self) -> Any:
        return np.imag(self)  # type: ignore[call-overload]

    def conjugate(self) -> Any:
        if np.isrealobj(plain(self)):
            return self
        y: Any = np.conjugate(self)  # type: ignore[call-overload]
        return as_pythons(y) if self.__class__ is complex else y

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
        return np.asarray(plain(x)).astype(dtype)[()]
    return apply(PRIMITIVES["astype"], (x,), {"dtype": dtype})


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
        return asked(float, (self,), {}, float(plain(self)))
    refusal = lost(
        "A float was asked for, by float(), math.*, array[i] = x or astype,",
        "Use the NumPy function (np.sin instead of math.sin), np.stack, np.where or fluxbridge.Buffer "
        "instead of writing into an array.",
    )
    raise about(refusal, self)


def _int(self: Any) -> int:  # truncation is a step function: nothing is lost
    return asked(int, (self,), {}, int(plain(self)))


def _index(self: Any) -> int:
    return asked(operator.index, (self,), {}, operator.index(plain(self)))


for _name, _special in (("__float__", _float), ("__int__", _int), ("__index__", _index)):
    setattr(_Operators, _name, _Special(_name, _special))


class Text(str):
    """A traced value as text. Read back as a number at once, it says that its derivative would be lost."""

    __slots__ = ()

    def __float__(self) -> float:
        raise lost("A float was read from the text", "Use the number itself, and np.round(x, 3) to round it.")


_equal: Any = _Operators.__eq__


class TracedNumber(_Operators, Tracer):
    """Stands in for one number (or a NumPy scalar).

    To ``isinstance`` and its kin it is what it stands for; ``type(x)`` and C code see what it is.
    It has the attributes of that type (:class:`_Attribute`), and the methods that NumPy's loops over
    arrays of objects call.
    """

    __slots__ = ()
    operands = _OPERANDS
    place: str  #: the name of the attribute that says where it stands at its level
    numpys: type  #: the class for one of NumPy's numbers at the same level,
    pythons: type  #: and for one of Python's

    @property
    def __class__(self) -> type:  # type: ignore[override]
        kind = self._value.__class__
        if (kind is int or kind is Fraction) and computes_with_fractions(sys._getframe(1)):
            return object  # so a Fraction leaves the operation to us
        return kind

    def __eq__(self, other: object) -> Any:
        same = _equal(self, other)
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
        value = self._value if type(self._value) in _NUMPYS else as_numpys(self._value)
        return like(self, self.numpys if self.__class__ in _NUMPYS else type(self), value)

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


class NumpyNumber:
    """One of NumPy's numbers, np.float64 or np.int64, whose value is kept as a Python number."""

    __slots__ = ()

    @property
    def __class__(self) -> type:  # type: ignore[override]
        kind = self._value.__class__  # type: ignore[attr-defined]
        return _NUMPYS.get(kind, kind)

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


_NUMPYS: dict[type, type] = {float: np.float64, int: np.int64}


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


class _Attribute:
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


def _method_of_numbers(function: Callable[..., Any]) -> Callable[[Any], Any]:
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

    return _method_of_numbers(method)


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


_ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "shape": lambda x: (), "ndim": lambda x: 0, "size": lambda x: 1, "strides": lambda x: (),
    "T": lambda x: x, "dtype": _dtype_of_number,
    "itemsize": lambda x: np.dtype(x.__class__).itemsize, "nbytes": lambda x: np.dtype(x.__class__).itemsize,
    "item": _method_of_numbers(lambda x, *_index: x.as_pythons()),
    "tolist": _method_of_numbers(lambda x: x.as_pythons()),
    "copy": _method_of_numbers(lambda x, order="C": x),
    "conj": _method_of_numbers(lambda x: x.conjugate()),
    "astype": _method_of_numbers(
        lambda x, dtype, order="K", casting="unsafe", subok=True, copy=True: astype(x, dtype, casting)
    ),
    "reshape": _method_of_numbers(
        lambda x, *shape, **options: np.reshape(x, shape[0] if len(shape) == 1 else shape, **options)
    ),
    "flatten": _method_of_numbers(lambda x, order="C": np.reshape(x, (1,))),
    "is_integer": _number_method("is_integer"), "bit_length": _number_method("bit_length"),
    "bit_count": _number_method("bit_count"), "to_bytes": _number_method("to_bytes"),
    "as_integer_ratio": _ratio,
    "numerator": _lost_method("Fraction() or numerator", "An integer", _OF_FRACTIONS),
    "denominator": _lost_method("Fraction() or denominator", "An integer", _OF_FRACTIONS),
    "hex": _lost_method("hex()", "Text", 'Write f"{x}".'),
}  # fmt: skip


class TracedArray(_Operators, Tracer):
    """Stands in for a NumPy array."""

    __slots__ = ("__weakref__",)
    state: tuple[str, ...] = ()  #: what an object of this level holds, beside the level itself
    operands = (*_OPERANDS, list, tuple)
    __hash__ = None  # type: ignore[assignment]

    __class__ = property(lambda self: np.ndarray)  # type: ignore[assignment]

    @property
    def shape(self) -> tuple[int, ...]:
        return plain(self).shape

    @property
    def ndim(self) -> int:
        return plain(self).ndim

    @property
    def size(self) -> int:
        return plain(self).size

    @property
    def dtype(self) -> np.dtype:
        return plain(self).dtype

    @property
    def strides(self) -> tuple[int, ...]:
        return plain(self).strides

    @property
    def flags(self) -> Any:
        return plain(self).flags

    @property
    def itemsize(self) -> int:
        return plain(self).itemsize

    @property
    def nbytes(self) -> int:
        return plain(self).nbytes

    @property
    def T(self) -> Any:
        return np.transpose(self)  # type: ignore[call-overload]

    @property
    def mT(self) -> Any:
        return np.swapaxes(self, -1, -2)  # type: ignore[call-overload]

    @property
    def flat(self) -> Flat:
        return Flat(self)

    def __len__(self) -> int:
        return len(plain(self))

    def __getitem__(self, index: Any) -> Any:
        return apply(PRIMITIVES["getitem"], (self,), {"index": _frozen(index)})

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __contains__(self, other: Any) -> bool:
        return plain(other) in plain(self)

    def __setitem__(self, index: Any, value: Any) -> None:
        if not is_part(self, _frozen(index), value):
            raise about(mutation("array[i] = value"), self)

    def item(self, *index: int) -> Any:
        if len(index) < 2:
            return as_pythons(np.ravel(self)[0 if not index else index[0]])  # type: ignore[call-overload]
        return as_pythons(self[index])

    def tolist(self) -> Any:
        return [v.tolist() if isinstance(v, Tracer) else v for v in self] if self.ndim else self.item()

    def reshape(self, *shape: Any, order: str = "C", **copy: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order, **copy)  # type: ignore[call-overload]

    def transpose(self, *axes: Any) -> Any:
        axes = axes[0] if len(axes) == 1 else axes
        return np.transpose(self, axes or None)  # type: ignore[call-overload]

    def flatten(self, order: str = "C") -> Any:
        return copied(np.ravel(self, order=order))  # type: ignore[call-overload]

    def astype(
        self, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        return self if not copy and np.dtype(dtype) == self.dtype else astype(self, dtype, casting)

    def copy(self, order: str = "C") -> TracedArray:
        return copied(self, order)

    def __copy__(self) -> TracedArray:
        return copied(self, "K")

    def __deepcopy__(self, memo: Any) -> TracedArray:
        return copied(self, "K")

    def compress(self, condition: Any, axis: int | None = None, out: Any = None) -> Any:
        return np.compress(condition, self, axis, out)

    def view(self, dtype: Any = None) -> TracedArray:
        if dtype is not None and np.dtype(dtype) != self.dtype:
            raise about(no_rule("array.view(dtype)"), self)
        return self

    def tobytes(self, *args: Any) -> bytes:
        raise about(lost("Bytes were asked for", "Take what is saved out of the function."), self)


class Flat:
    """What ``x.flat`` is: the elements of an array in C order, one after the other and by number."""

    __slots__ = ("base", "index")

    def __init__(self, base: Any):
        self.base = base
        self.index = 0  #: of the element that comes next

    @property
    def coords(self) -> tuple[int, ...]:
        return tuple([int(i) for i in np.unravel_index(self.index, self.base.shape)])

    def copy(self) -> Any:
        return self.base.flatten()

    def __len__(self) -> int:
        return self.base.size

    def __getitem__(self, index: Any) -> Any:
        picked = np.ravel(self.base)[index]  # type: ignore[call-overload]
        return picked.copy() if isinstance(picked, TracedArray) else picked

    def __setitem__(self, index: Any, value: Any) -> None:
        raise mutation("array.flat[i] = value")

    def __iter__(self) -> Flat:
        return self

    def __next__(self) -> Any:
        if self.index >= self.base.size:
            raise StopIteration
        self.index += 1
        return np.ravel(self.base)[self.index - 1]  # type: ignore[call-overload]

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array(self.copy(), dtype=dtype)


def _frozen(index: Any) -> Any:
    """An index as it is now: plain, and with arrays that no one else can change."""
    kind = type(index)
    if kind is int:
        return index
    if kind is tuple:
        return tuple([_frozen(i) for i in index])
    index = plain(index)
    if kind is list:
        return _as_array(index)
    if type(index) is not np.ndarray:
        return index
    copy = index.copy()
    for watcher in WATCHERS:
        watcher.copied(index, copy)
    return copy


def _as_array(index: list[Any]) -> Any:
    """A list as an index; left as it is where NumPy will have something to say about it."""
    try:
        array = np.asarray(index) if index else np.zeros(0, np.intp)
    except ValueError:
        return index
    return array if array.dtype.kind in "biu" else index


# The methods are set here, not by __getattr__: a class without it reads its slots twice as fast.


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


def _in_place(operation: Callable[[Any, Any], Any], ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        new = operation(self, other)
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
    _ATTRIBUTES.setdefault(_name, _method_of_numbers(getattr(np, _name)))
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
for _name, _get in _ATTRIBUTES.items():
    setattr(TracedNumber, _name, _Attribute(_name, _get))


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
            setattr(TracedNumber, _name, _Attribute(_name, _unknown(_name).fget))  # type: ignore[arg-type]
# NumPy's loops over object arrays call the method of the same name: np.sin -> x.sin()
_OF_TWO = ("arctan2", "hypot", "fmod")
for _name, _ufunc in list(vars(np).items()):
    _elementwise = isinstance(_ufunc, np.ufunc) and (_ufunc.nin == 1 or _name in _OF_TWO)
    if _elementwise and not hasattr(TracedNumber, _name):
        setattr(TracedNumber, _name, _method(_ufunc))
