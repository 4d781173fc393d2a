"""What stands in for numbers and arrays inside a function that is being differentiated.

:class:`TracedNumber` and :class:`TracedArray` behave like the Python number and the NumPy array
they stand for: operators, ufuncs and NumPy functions arrive here through Python's and NumPy's
protocols and all end in :func:`~fluxbridge.autodiff.primitive.apply`. How an operation is recorded
is the business of the level (:mod:`.tape` for reverse mode, :mod:`.forward` for forward mode).
"""

from __future__ import annotations

import dis
import importlib
import operator
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import GradientLostError, MutationError, NoRuleError
from .primitive import (
    FUNCTIONS,
    NO_DERIVATIVE,
    ON_DEMAND,
    PRIMITIVES,
    REFUSED,
    UFUNCS,
    Tracer,
    apply,
    load_on_demand,
    take_up,
)

_OPERANDS = (Tracer, np.ndarray, np.generic, float, int, complex)


def plain(x: Any) -> Any:
    """The ordinary value behind `x`, through all levels and inside lists, tuples and dicts."""
    while isinstance(x, Tracer):
        x = x.value
    kind = type(x)
    if kind is list:
        return [plain(v) for v in x]
    if kind is tuple:
        return tuple(plain(v) for v in x)
    if kind is dict:
        return {k: plain(v) for k, v in x.items()}
    if kind is np.ndarray and x.dtype.hasobject:
        return np.array([plain(v) for v in x.ravel()]).reshape(x.shape)
    if kind is slice:
        return slice(plain(x.start), plain(x.stop), plain(x.step))
    return x


# ---------------------------------------------------------------------------------------------
# NumPy's protocols
# ---------------------------------------------------------------------------------------------


def no_rule(name: str) -> NoRuleError:
    return NoRuleError(
        f"{name} has no derivative rule in fluxbridge. Write it with functions that have one, or "
        f"give it a rule:\n\n    @fluxbridge.adjoint({name})\n    def _(x):\n"
        f"        return {name}(x), lambda dy: (dy * ...,)\n\n"
        "or, if its result does not matter for the derivative, call it on "
        "fluxbridge.ignore_derivatives(x)."
    )


def _lost(what: str, instead: str) -> GradientLostError:
    return GradientLostError(
        f"{what} from a traced value, which would lose its derivative. {instead} "
        "Where no derivative is wanted, take fluxbridge.ignore_derivatives(x)."
    )


#: What Python and NumPy say when they do not know what to do with a traced value.
_FOREIGN_WORDS = re.compile(
    r"ufunc '(\w+)'.*(dtype\('O'\)|not supported for the input types)|loop of ufunc does not support"
    r"|Iterator operand or requested dtype holds references"
    r"|'(Reverse|Dual)\w+' object has no attribute '(dtype|flags|strides|base|data|ctypes|__dlpack__)'"
    r"|(conversion from|bytes-like object is required, not) '?(Reverse|Dual)|or a Rational instance"
)


def in_our_words(error: BaseException) -> GradientLostError | None:
    """A complaint about an array of objects, such as np.array([x, y]) makes, or about a traced value."""
    if not isinstance(error, (TypeError, AttributeError)) or not _FOREIGN_WORDS.search(str(error)):
        return None
    return GradientLostError(
        f"A function was called that does not take traced values, or arrays of them: {error}.\n"
        "np.array([x, y]) and np.asarray(x) of traced values make an array of objects, which only some "
        "functions take. Write np.stack([x, y]) instead of np.array([x, y]), np.block([[a, b], [c, d]]) "
        "for a matrix, and x itself instead of np.asarray(x). Where no derivative is wanted, take "
        "fluxbridge.ignore_derivatives(x)."
    )


def _full_name(function: Any) -> str:
    module = getattr(function, "__module__", None) or _library(function)
    name = f"{module}.{getattr(function, '__name__', function)}"
    return name.replace("numpy", "np", 1) if name.startswith("numpy") else name


def _library(ufunc: Any) -> str:
    """The module of a ufunc, which does not know it itself."""
    name = getattr(ufunc, "__name__", "")
    for module in ON_DEMAND:
        if getattr(sys.modules.get(module), name, None) is ufunc:
            return module
    return "numpy"


def _scipy_caller(frame: Any) -> str | None:
    """The SciPy function that the user called, if `frame` belongs to SciPy: "linalg.expm"."""
    found = None
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("scipy."):
            if found is None and module.startswith("numpy."):  # SciPy may ask through NumPy
                frame = frame.f_back
                continue
            break
        names, function = frame.f_locals, frame.f_code.co_name
        if module.startswith("scipy._"):  # a decorator: what does it decorate?
            wrapped = names.get("f", names.get("func"))
            module, function = getattr(wrapped, "__module__", ""), getattr(wrapped, "__name__", "_")
        if module.startswith("scipy.") and function.isidentifier() and not function.startswith("_"):
            owner = type(names["self"]).__name__ if "self" in names else ""
            if owner.endswith("_gen"):  # a distribution: norm.pdf
                function = f"{owner[:-4]}.{function}"
            if not owner or owner.endswith("_gen") or found is None:
                found = f"{module.split('.')[1]}.{function}"
        frame = frame.f_back
    return found


def _refused_by_scipy(called: str) -> Exception:
    area, name = called.split(".")[:2]
    try:
        mirror = importlib.import_module(f"fluxbridge.scipy.{area}")
    except ImportError:
        return no_rule(f"scipy.{called}")
    if name not in mirror.__all__:
        return no_rule(f"scipy.{called}")
    return GradientLostError(
        f"scipy.{called} makes plain arrays of its arguments, so the derivative of a traced one would be "
        f"lost. Use fluxbridge.scipy.{called}: it takes the same arguments and has a derivative."
    )


def _call_ufunc(ufunc: np.ufunc, method: str, inputs: tuple, options: dict[str, Any]) -> Any:
    """Everything that is not a plain ``ufunc(*inputs)``: reduce, accumulate, outer, out=, where=."""
    out = options.pop("out", None)
    if out is not None:
        out = out[0]
        if method != "__call__" or out is not inputs[0] or not _only_here(out):
            raise MutationError(
                f"{_full_name(ufunc)}(..., out=array) (or `array += traced`) would write a traced "
                "value into an ordinary array that others can see; write `array = array + traced` "
                "or use fluxbridge.Buffer."
            )
    if method == "__call__":
        where = options.pop("where", True)
        dtype = options.pop("dtype", None)
        options.pop("casting", None)
        axes = {k: options[k] for k in ("axis", "axes", "keepdims") if k in options}
        if axes and (ufunc, "axes") not in FUNCTIONS:
            raise no_rule(f"{_full_name(ufunc)}(..., {', '.join(axes)})")
        result = FUNCTIONS[ufunc, "axes"](*inputs, **axes) if axes else ufunc(*inputs)
        if dtype is not None and isinstance(result, TracedArray):
            result = result.astype(dtype)
        return result if where is True else np.where(where, result, 0.0)
    if ufunc in NO_DERIVATIVE:
        return getattr(ufunc, method)(*plain(inputs), **plain(options))
    function = FUNCTIONS.get((ufunc, method))
    if function is None and method == "outer":
        a, b = (take_up(x) for x in inputs)
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    if function is None:
        raise no_rule(f"{_full_name(ufunc)}.{method}")
    if method in ("reduce", "accumulate") and len(inputs) == 1:
        options.setdefault("axis", 0)
    return function(*inputs, **options)


# `array += traced` arrives as np.add(array, traced, out=(array,)). Rebinding the name to the
# traced result is right as long as no one else holds the array or its memory; CPython's reference
# counts tell, measured once against a statement whose array is known to be alone.
_alone: tuple[int, int] | None = None


class _Measured(Exception):
    pass


def _only_here(array: np.ndarray) -> bool:
    """Is this the array of an in-place statement, which rebinds a name, and is it no one else's?"""
    if not hasattr(sys, "getrefcount"):
        return False
    base = array.base
    count = sys.getrefcount(array), 0 if base is None else sys.getrefcount(base)
    if _alone is None:
        raise _Measured(count)
    statement = sys._getframe(3)  # below are _call_ufunc and __array_ufunc__
    operation = dis.opname[statement.f_code.co_code[statement.f_lasti]]
    if operation != "BINARY_OP" and not operation.startswith("INPLACE"):  # np.add(a, x, out=a)
        return False
    own = base is None or (type(base) is np.ndarray and base.base is None)
    return own and count[0] <= _alone[0] and count[1] <= _alone[1]


def _measure() -> None:
    """Count the references to an array, and to its base, that only a local variable holds."""
    global _alone
    array = np.zeros(2)[:1]
    try:
        array += _Numpy()  # type: ignore[arg-type]
    except _Measured as measured:
        _alone = measured.args[0]


class _Numpy:
    """NumPy's two protocols, for numbers and arrays alike."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if options or method != "__call__":
            return _call_ufunc(ufunc, method, inputs, options)
        primitive = UFUNCS.get(ufunc)
        if primitive is not None:
            if len(inputs) == 1:
                return self.level.record(primitive, inputs, {})  # type: ignore[attr-defined]
            return apply(primitive, inputs, {})
        if ufunc in NO_DERIVATIVE:
            return ufunc(*plain(inputs))
        function = FUNCTIONS.get(ufunc)
        if function is not None:
            return function(*inputs)
        if load_on_demand():
            return ufunc(*inputs)
        raise no_rule(_full_name(ufunc))

    def __array_function__(self, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
        function = FUNCTIONS.get(func)
        if function is not None:
            return function(*args, **kwargs)
        if func in NO_DERIVATIVE:
            return func(*plain(args), **plain(kwargs))
        if func in REFUSED:
            raise MutationError(f"{_full_name(func)} {REFUSED[func]}")
        raise no_rule(_full_name(func))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        called = _scipy_caller(sys._getframe(1))
        if called:
            raise _refused_by_scipy(called)
        if dtype is not None and np.dtype(dtype).kind != "O":
            raise _lost(
                f"An array of {np.dtype(dtype)} was asked for",
                "Leave out dtype= (np.array and np.asarray take traced values without it; x.astype(dtype) "
                "converts), or write the formula with NumPy functions of x (mean + scale * rng.normal()).",
            )
        if not isinstance(self, TracedArray) or self.ndim == 0:
            result = np.empty((), dtype=object)
            result[()] = self
            return result
        elements = np.ravel(self)  # type: ignore[call-overload]
        return np.fromiter(elements, dtype=object, count=len(elements)).reshape(self.shape)


_measure()


# ---------------------------------------------------------------------------------------------
# Operators
# ---------------------------------------------------------------------------------------------


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
        return operation(plain(self), plain(other))

    return method


def _whole(swap: bool = False) -> Callable[[Any, Any], Any]:
    """Floor division: a step function, so its result is an ordinary value."""

    def method(self: Any, other: Any) -> Any:
        a, b = (other, self) if swap else (self, other)
        a, b = plain(a), plain(b)
        try:
            return a // b
        except ZeroDivisionError:
            with np.errstate(all="ignore"):
                return float(np.floor_divide(np.float64(a), b))

    return method


class _Operators(_Numpy):
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
        return bool(plain(self))

    def __repr__(self) -> str:
        return f"Traced({plain(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(plain(self), spec)

    def __reduce__(self) -> Any:
        raise GradientLostError(
            "A traced value cannot be pickled or copied out of its gradient call; "
            "pass fluxbridge.ignore_derivatives(x) instead."
        )

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __float__(self) -> float:
        raise _lost(
            "A float was asked for, by float(), math.*, array[i] = x, astype or \"%f\" % x,",
            "Use the NumPy function (np.sin instead of math.sin), np.stack, np.where or fluxbridge.Buffer "
            'instead of writing into an array, f"{x:.3f}" for text.',
        )

    def __complex__(self) -> complex:
        raise _lost(
            "A complex number was asked for, by complex(), cmath.* or array[i] = x,",
            "Write x + 1j * y instead of complex(x, y), and np.exp instead of cmath.exp.",
        )

    def __int__(self) -> int:  # truncation is a step function: nothing is lost
        return int(plain(self))

    def __index__(self) -> int:
        return operator.index(plain(self))

    def __trunc__(self) -> int:
        return int(plain(self))

    def __round__(self, digits: int | None = None) -> Any:
        return round(plain(self), digits)

    def __floor__(self) -> int:
        return int(np.floor(plain(self)))

    def __ceil__(self) -> int:
        return int(np.ceil(plain(self)))

    @property
    def real(self) -> Any:
        return self if np.isrealobj(plain(self)) else np.real(self)  # type: ignore[call-overload]

    @property
    def imag(self) -> Any:
        return np.imag(self)  # type: ignore[call-overload]

    def conjugate(self) -> Any:
        return self if np.isrealobj(plain(self)) else np.conjugate(self)  # type: ignore[call-overload]

    conj = conjugate


def _astype(x: Any, dtype: Any) -> Any:
    dtype = np.dtype(dtype)
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
        raise _lost(
            "A fraction was asked for, by Fraction(), statistics.* or as_integer_ratio()",
            "Use the NumPy function (np.mean instead of statistics.mean).",
        )

    # No dtype: np.mean([x, y]) would take it for a NumPy scalar and convert it.

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        return _astype(self, dtype)

    def copy(self) -> TracedNumber:
        return self

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)  # type: ignore[call-overload]

    def flatten(self, order: str = "C") -> Any:
        return np.reshape(self, (1,))  # type: ignore[call-overload]


class TracedArray(_Operators, Tracer):
    """Stands in for a NumPy array."""

    __slots__ = ()
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
    def flat(self) -> Any:
        return iter(np.ravel(self))  # type: ignore[call-overload]

    def __len__(self) -> int:
        return len(plain(self))

    def __getitem__(self, index: Any) -> Any:
        return apply(PRIMITIVES["getitem"], (self,), {"index": _frozen(index)})

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __contains__(self, other: Any) -> bool:
        return plain(other) in plain(self)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise _mutation("array[i] = value")

    def item(self, *index: int) -> Any:
        return np.ravel(self)[0 if not index else index[0]] if len(index) < 2 else self[index]  # type: ignore[call-overload]

    def tolist(self) -> list:
        return [v.tolist() if isinstance(v, Tracer) else v for v in self]

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)  # type: ignore[call-overload]

    def transpose(self, *axes: Any) -> Any:
        axes = axes[0] if len(axes) == 1 else axes
        return np.transpose(self, axes or None)  # type: ignore[call-overload]

    def flatten(self, order: str = "C") -> Any:
        return np.ravel(self, order=order)  # type: ignore[call-overload]

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        return _astype(self, dtype)

    def copy(self, order: str = "C") -> TracedArray:
        return self

    def compress(self, condition: Any, axis: int | None = None, out: Any = None) -> Any:
        return np.compress(condition, self, axis, out)

    def view(self, dtype: Any = None) -> TracedArray:
        if dtype is not None and np.dtype(dtype) != self.dtype:
            raise no_rule("array.view(dtype)")
        return self

    def tobytes(self, *args: Any) -> bytes:
        raise _lost("Bytes were asked for", "Take what is saved out of the function.")


def _frozen(index: Any) -> Any:
    """An index as it is now: plain, and with arrays that no one else can change."""
    kind = type(index)
    if kind is int:
        return index
    if kind is tuple:
        return tuple([_frozen(i) for i in index])
    index = plain(index)
    return index.copy() if type(index) is np.ndarray else index


def _mutation(what: str) -> MutationError:
    return MutationError(
        f"Mutating arrays is not supported -- {what} changes an array that is being "
        "differentiated. Build a new one instead (np.where, np.stack, np.concatenate), or write "
        "into a fluxbridge.Buffer."
    )


# The methods are set here, not by __getattr__: a class without it reads its slots twice as fast.


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


def _refused_method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise _mutation(f"array.{name} ...")

    return method


#: Methods of ndarray that take the same arguments as the NumPy function of that name.
_METHODS = (
    "all any argmax argmin argpartition argsort choose clip cumprod cumsum diagonal dot "
    "max mean min nonzero prod ptp ravel repeat round searchsorted squeeze std sum swapaxes take "
    "trace var"
).split()
_MUTATING = "sort fill put itemset partition resize byteswap setflags setfield".split()

for _name in _METHODS:
    setattr(TracedArray, _name, _method(getattr(np, _name)))
    setattr(TracedNumber, _name, _method(getattr(np, _name)))
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
