"""What stands in for numbers and arrays inside a function that is being differentiated.

:class:`TracedNumber` and :class:`TracedArray` behave like the Python number and the NumPy array
they stand for: operators, ufuncs and NumPy functions arrive here through Python's and NumPy's
protocols and all end in :func:`~fluxbridge.autodiff.primitive.apply`. How an operation is recorded
is the business of the level (:mod:`.tape` for reverse mode, :mod:`.forward` for forward mode).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .inplace import change, copied, is_part
from .primitive import FUNCTIONS, PRIMITIVES, UFUNCS, WATCHERS, Tracer, apply, asked, plain
from .protocols import NumpyProtocols
from .refusals import lost, mutation, no_rule

_OPERANDS = (Tracer, np.ndarray, np.generic, float, int, complex)


def _unary(ufunc: np.ufunc) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return self.level.record(UFUNCS[ufunc], (self,), {})

    return method


def _binary(ufunc: np.ufunc, swap: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, self.operands):
            return NotImplemented
        return apply(UFUNCS[ufunc], (other, self) if swap else (self, other), {})

    return method


def _power(swap: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, self.operands):
            return NotImplemented
        return FUNCTIONS[np.power](*(other, self) if swap else (self, other))

    return method


def _comparison(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        outcome = operation(plain(self), plain(other))
        return asked(operation, (self, other), {}, outcome) if WATCHERS else outcome

    return method


def _whole(swap: bool = False) -> Callable[[Any, Any], Any]:
    """Floor division: a step function, so its result is an ordinary value."""

    def method(self: Any, other: Any) -> Any:
        inputs = (other, self) if swap else (self, other)
        a, b = plain(inputs[0]), plain(inputs[1])
        try:
            outcome = a // b
        except ZeroDivisionError:
            with np.errstate(all="ignore"):
                outcome = float(np.floor_divide(np.float64(a), b))
        return asked(operator.floordiv, inputs, {}, outcome)

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
    __neg__, __pos__, __abs__ = _unary(np.negative), _unary(np.positive), _unary(np.absolute)
    __eq__, __ne__ = _comparison(operator.eq), _comparison(operator.ne)  # type: ignore[assignment]
    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __bool__(self) -> bool:
        return asked(bool, (self,), {}, bool(plain(self)))

    def __repr__(self) -> str:
        return f"Traced({plain(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(plain(self), spec)

    def __reduce__(self) -> Any:
        raise lost("A copy was asked for, by pickle,", "Pass the traced value itself.")

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __float__(self) -> float:
        raise lost(
            'A float was asked for, by float(), math.*, array[i] = x, astype or "%f" % x,',
            "Use the NumPy function (np.sin instead of math.sin), np.stack, np.where or fluxbridge.Buffer "
            'instead of writing into an array, f"{x:.3f}" for text.',
        )

    def __complex__(self) -> complex:
        raise lost(
            "A complex number was asked for, by complex(), cmath.* or array[i] = x,",
            "Write x + 1j * y instead of complex(x, y), and np.exp instead of cmath.exp.",
        )

    def __int__(self) -> int:  # truncation is a step function: nothing is lost
        return asked(int, (self,), {}, int(plain(self)))

    def __index__(self) -> int:
        return asked(operator.index, (self,), {}, operator.index(plain(self)))

    def __trunc__(self) -> int:
        return asked(math.trunc, (self,), {}, int(plain(self)))

    def __round__(self, digits: int | None = None) -> Any:
        return asked(round, (self,), {}, round(plain(self), digits))

    def __floor__(self) -> int:
        return asked(math.floor, (self,), {}, int(np.floor(plain(self))))

    def __ceil__(self) -> int:
        return asked(math.ceil, (self,), {}, int(np.ceil(plain(self))))

    @property
    def real(self) -> Any:
        return self if np.isrealobj(plain(self)) else np.real(self)  # type: ignore[call-overload]

    @property
    def imag(self) -> Any:
        return np.imag(self)  # type: ignore[call-overload]

    def conjugate(self) -> Any:
        return self if np.isrealobj(plain(self)) else np.conjugate(self)  # type: ignore[call-overload]

    conj = conjugate


def _astype(x: Any, dtype: Any, casting: Any = "unsafe") -> Any:
    dtype = np.dtype(dtype)
    if casting != "unsafe":
        np.empty(0, np.result_type(plain(x))).astype(dtype, casting=casting)  # NumPy's own error
    if dtype.kind not in "fc":  # truncation: a step function
        return np.asarray(plain(x)).astype(dtype)[()]
    return apply(PRIMITIVES["astype"], (x,), {"dtype": dtype})


class TracedNumber(_Operators, Tracer):
    """Stands in for one number (or a NumPy scalar)."""

    __slots__ = ()
    operands = _OPERANDS
    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1

    def __hash__(self) -> int:
        # An integer finds the dict entry of its value. Any other number is itself alone, else a
        # cache filled outside (functools.lru_cache) would answer with a value that has no derivative.
        value = plain(self)
        return hash(value) if isinstance(value, int) else id(self)

    @property
    def T(self) -> TracedNumber:
        return self

    def item(self) -> TracedNumber:
        return self

    def tolist(self) -> TracedNumber:
        return self

    def is_integer(self) -> bool:
        return bool(plain(self).is_integer())

    def as_integer_ratio(self) -> Any:
        raise lost(
            "A fraction was asked for, by Fraction(), statistics.* or as_integer_ratio()",
            "Use the NumPy function (np.mean instead of statistics.mean).",
        )

    # No dtype: np.mean([x, y]) would take it for a NumPy scalar and convert it.

    def astype(
        self, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        return _astype(self, dtype, casting)

    def copy(self) -> TracedNumber:
        return self

    def reshape(self, *shape: Any, order: str = "C", **copy: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order, **copy)  # type: ignore[call-overload]

    def flatten(self, order: str = "C") -> Any:
        return np.reshape(self, (1,))  # type: ignore[call-overload]


class TracedArray(_Operators, Tracer):
    """Stands in for a NumPy array."""

    __slots__ = ("__weakref__",)
    state: tuple[str, ...] = ()  #: what an object of this level holds, beside the level itself
    operands = (*_OPERANDS, list, tuple)
    __hash__ = None  # type: ignore[assignment]

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
            raise mutation("array[i] = value")

    def item(self, *index: int) -> Any:
        return np.ravel(self)[0 if not index else index[0]] if len(index) < 2 else self[index]  # type: ignore[call-overload]

    def tolist(self) -> list:
        return [v.tolist() if isinstance(v, Tracer) else v for v in self]

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
        return self if not copy and np.dtype(dtype) == self.dtype else _astype(self, dtype, casting)

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
            raise no_rule("array.view(dtype)")
        return self

    def tobytes(self, *args: Any) -> bytes:
        raise lost("Bytes were asked for", "Take what is saved out of the function.")


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
        raise mutation(f"array.{name} ...")

    return method


#: Methods of ndarray that take the same arguments as the NumPy function of that name.
_METHODS = [
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "clip", "cumprod", "cumsum",
    "diagonal", "dot", "max", "mean", "min", "nonzero", "prod", "ptp", "ravel", "repeat", "round",
    "searchsorted", "squeeze", "std", "sum", "swapaxes", "take", "trace", "var",
]  # fmt: skip
_MUTATING = ["sort", "fill", "put", "itemset", "partition", "resize", "byteswap", "setflags", "setfield"]

for _name in _METHODS:
    setattr(TracedArray, _name, _method(getattr(np, _name)))
    setattr(TracedNumber, _name, _method(getattr(np, _name)))
for _word, _symbol, _ufunc in (
    ("add", operator.add, np.add), ("sub", operator.sub, np.subtract), ("mul", operator.mul, np.multiply),
    ("truediv", operator.truediv, np.true_divide), ("mod", operator.mod, np.remainder),
    ("floordiv", operator.floordiv, np.floor_divide), ("pow", operator.pow, np.power),
    ("matmul", operator.matmul, np.matmul), ("and", np.bitwise_and, np.bitwise_and),
    ("or", np.bitwise_or, np.bitwise_or), ("xor", np.bitwise_xor, np.bitwise_xor),
    ("lshift", np.left_shift, np.left_shift), ("rshift", np.right_shift, np.right_shift),
):  # fmt: skip
    setattr(TracedArray, f"__i{_word}__", _in_place(_symbol, _ufunc))
for _name in _MUTATING:
    setattr(TracedArray, _name, _refused_method(_name))
for _name in ("shape", "dtype", "real", "imag", "flat"):
    setattr(TracedArray, _name, getattr(TracedArray, _name).setter(_refused_method(f"{_name} =")))
# NumPy's loops over object arrays call the method of the same name: np.sin -> x.sin()
_OF_TWO = ("arctan2", "hypot", "fmod")
for _name, _ufunc in list(vars(np).items()):
    _elementwise = isinstance(_ufunc, np.ufunc) and (_ufunc.nin == 1 or _name in _OF_TWO)
    if _elementwise and not hasattr(TracedNumber, _name):
        setattr(TracedNumber, _name, _method(_ufunc))
