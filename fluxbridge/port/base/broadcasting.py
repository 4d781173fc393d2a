"""Broadcasting: axes line up from the first one, and any function can be applied to the elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from . import arithmetic, elementary
from .arithmetic import _harmonise, _number, array_of, is_array
from .dispatch import EXTENSIONS
from .errors import MethodError
from .ranges import range_sum
from .types import Type


class Ref:
    """``Ref(x)``: one value; in a broadcast it counts as a whole. ``r[]`` is ``r.value``."""

    def __init__(self, value: Any = None) -> None:
        self.value = value


def _spread(x: Any) -> Any:
    """What a value contributes to a broadcast: an array with axes, or a single element."""
    if isinstance(x, Ref):
        return Single(x.value)
    if isinstance(x, (list, range)):
        return x
    if type(x).__name__ == "Pair":
        return Single(x)
    if isinstance(x, tuple) and not isinstance(x, arithmetic.Symbol):
        return x
    if isinstance(x, dict):
        raise TypeError("broadcasting over dictionaries is reserved, as in Julia")
    return x


class Single:
    """A value that a broadcast takes as a whole."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _rank(x: Any) -> int:
    if isinstance(x, (list, range, tuple)):
        return 1
    if isinstance(x, (Single, Record)):
        return 0
    return np.ndim(x) if is_array(x) else 0


def _elementwise(function: Callable) -> Callable | None:
    """A function of NumPy that does the same with whole arrays."""
    return _VECTORISED.get(function) or (function if function in _SELF else None)


def _dotted(name: str, plain: Callable) -> Callable:
    def operate(a: Any, b: Any) -> Any:
        a, b = _harmonise(_number(a), _number(b))
        return plain(a, b)

    return operate


def _dot_divide(a: Any, b: Any) -> Any:
    a, b = _harmonise(_number(a), _number(b))
    with np.errstate(divide="ignore", invalid="ignore"):
        if type(a) in (int, float) and type(b) in (int, float):
            return arithmetic.div(a, b)
        return a / b


def _dot_power(a: Any, b: Any) -> Any:
    a, b = _harmonise(_number(a), _number(b))
    if np.ndim(a) == 0 and np.ndim(b) == 0:
        return arithmetic.pow_(a, b)
    exponent = getattr(b, "dtype", None)
    base = getattr(a, "dtype", None)
    if (
        exponent is not None
        and exponent.kind == "i"
        and np.any(np.asarray(b) < 0)
        and (base is None or base.kind in "iu")
    ) and type(a) is not float:
        raise ValueError("an integer to a negative power; write 10.0 .^ x")
    return a**b


_VECTORISED: dict[Callable, Callable] = {}
_SELF: set[Callable] = set()
_NAMES_OF: dict[Callable, str] = {}


def _register() -> None:
    import operator

    for name, own, plain in (
        ("+", arithmetic.add, operator.add), ("-", arithmetic.sub, operator.sub), ("*", arithmetic.mul, operator.mul),  # noqa: E501
    ):  # fmt: skip
        _VECTORISED[own] = _dotted(name, plain)
        _NAMES_OF[own] = name
    _VECTORISED[arithmetic.div] = _dot_divide
    _VECTORISED[arithmetic.pow_] = _dot_power
    _NAMES_OF[arithmetic.div], _NAMES_OF[arithmetic.pow_] = "/", "^"
    others: tuple[tuple[Any, Any], ...] = (
        (arithmetic.eq, operator.eq),
        (arithmetic.ne, operator.ne),
        (arithmetic.lt, operator.lt),
        (arithmetic.le, operator.le),
        (arithmetic.gt, operator.gt),
        (arithmetic.ge, operator.ge),
        (arithmetic.bitand, operator.and_),
        (arithmetic.bitor, operator.or_),
        (arithmetic.xor, operator.xor),
        (elementary.clamp, np.clip),
        (arithmetic.mod, np.mod),
        (arithmetic.rem, np.fmod),
        (elementary.max_, np.maximum),
        (elementary.min_, np.minimum),
        (elementary.hypot, np.hypot),
    )
    for own, plain in others:
        _VECTORISED[own] = _compared(plain)
        _NAMES_OF[own] = own.__name__.rstrip("_")
    names = (
        "sin cos tan asin acos sinh cosh tanh asinh acosh atanh exp exp2 expm1 log2 log10 log1p sqrt cbrt sinpi cospi deg2rad "  # noqa: E501
        "rad2deg real imag conj angle isnan isfinite isinf sign abs_ log abs2 float_ identity"
    )
    for name in names.split():
        function = getattr(elementary, name)
        if name == "log":
            _VECTORISED[function] = _dot_log
        elif hasattr(function, "elementwise"):
            _VECTORISED[function] = function.elementwise
        else:
            _SELF.add(function)
        _NAMES_OF[function] = name.rstrip("_")
    _VECTORISED[elementary.iseven] = lambda x: x % 2 == 0
    _VECTORISED[elementary.isodd] = lambda x: x % 2 != 0
    _VECTORISED[elementary.iszero] = lambda x: x == 0
    _VECTORISED[elementary.atan] = lambda y, x=None: np.arctan(y) if x is None else np.arctan2(y, x)


def _dot_log(*values: Any) -> Any:
    logs = [elementary._log.elementwise(v) for v in values]  # type: ignore[attr-defined]
    return logs[0] if len(logs) == 1 else logs[1] / logs[0]


def _compared(plain: Callable) -> Callable:
    def operate(*values: Any) -> Any:
        truths = any(getattr(v, "dtype", None) == np.dtype(bool) for v in values)
        if len(values) == 2 and not truths:
            values = _harmonise(*map(_number, values))
        return plain(*values)

    return operate


def _is_numeric(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return len(x) > 0 and all(
            isinstance(v, (int, float, complex, np.generic))
            or type(v).__module__.startswith("fluxbridge.autodiff")
            for v in x
        )
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "biufc"
    return (
        isinstance(x, (int, float, complex, np.generic, range))
        or hasattr(x, "nlabels")
        or type(x).__module__.startswith("fluxbridge.autodiff")
    )


def broadcast(function: Callable, *args: Any, **keywords: Any) -> Any:
    """``f.(args…)``: ``f`` of every element; axes of different arrays line up from the first one.

    >>> from fluxbridge.port import base as jl
    >>> import numpy as np
    >>> jl.broadcast(jl.add, np.array([1, 2]), np.array([[10, 20], [30, 40]]))
    array([[11, 21],
           [32, 42]])
    """
    if isinstance(function, np.ufunc) and function.nin != len(args):
        if function is not np.log:
            raise MethodError(f"no method matching {function.__name__} with {len(args)} arguments")
        function = elementary.log
    if len(args) == 2 and (name := _RANGED.get(function)) and any(type(a) is range for a in args):
        made = range_sum(name, *args)
        if made is not None:
            return made
    values = [_spread(a) for a in args]
    ranks = [_rank(v) for v in values]
    rank = max(ranks, default=0)
    tuples = rank == 1 and any(isinstance(v, tuple) for v in values) and not any(is_array(v) for v in values)
    if rank == 0:
        return function(*[v.value if isinstance(v, Single) else v for v in values], **keywords)
    own = _NAMES_OF.get(function)
    extended = (
        own is not None
        and EXTENSIONS
        and any(_touches(n) for n in (own,))
        and not all(_is_numeric(v) for v in values)
    )
    vectorised = None if extended or tuples or keywords else _elementwise(function)
    if vectorised is None and not tuples and not keywords:
        vectorised = getattr(function, "__elementwise__", None) or (
            function if isinstance(function, np.ufunc) else None
        )
        if vectorised is None and _is_flux_function(function) and all(_is_numeric(v) for v in values):
            vectorised = function
        if (
            isinstance(function, Type)
            and function.name in _CONVERSIONS
            and len(values) == 1
            and _is_numeric(values[0])
        ):
            return _convert_all(function, values[0])
    if vectorised is not None and all(
        _is_numeric(v) or (isinstance(v, Single) and _is_numeric(v.value)) for v in values
    ):
        made = vectorised(*aligned([v.value if isinstance(v, Single) else v for v in values], rank, ranks))
        return made.copy() if any(made is a for a in args) and isinstance(made, np.ndarray) else made
    return _each(function, values, rank, ranks, tuples, keywords)


#: The operators that keep ranges ranges.
_RANGED: dict[Callable, str] = {
    arithmetic.add: "+",
    arithmetic.sub: "-",
    arithmetic.mul: "*",
    arithmetic.div: "/",
}


def _touches(name: str) -> bool:
    return name in EXTENSIONS


_CONVERSIONS = frozenset(
    [
        "Int64",
        "Int32",
        "Int16",
        "Int8",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "Float64",
        "Float32",
        "Float16",
        "Bool",
    ]
)


def _convert_all(kind: Type, value: Any) -> Any:
    from .errors import InexactError
    from .types import DTYPE_OF

    value = (
        np.asarray(array_of(value))
        if isinstance(value, (list, range, tuple)) or hasattr(value, "nlabels")
        else value
    )
    dtype = DTYPE_OF[kind.name]
    if (
        dtype.kind in "iub"
        and value.dtype.kind == "f"
        and np.any(np.asarray(value) != np.trunc(np.asarray(value)))
    ):
        raise InexactError(f"{kind.name}.(x): not all elements are whole numbers")
    return value.astype(dtype)


def _is_flux_function(function: Any) -> bool:
    module = getattr(function, "__module__", "") or ""
    return module.startswith("fluxbridge.flux.nnlib")


def aligned(values: list, rank: int, ranks: list[int]) -> list:
    """Arrays with axes of length 1 added behind, so that NumPy lines them up as Julia does."""
    result = []
    for value, own in zip(values, ranks, strict=False):
        if isinstance(value, (list, range, tuple)):
            value = array_of(list(value) if isinstance(value, tuple) else value)
        if hasattr(value, "nlabels"):
            value = np.asarray(value)
        if own and own < rank:
            value = value[(Ellipsis,) + (None,) * (rank - own)]
        result.append(value)
    return result


def _each(function: Callable, values: list, rank: int, ranks: list[int], tuples: bool, keywords: dict) -> Any:
    from .gathering import gathered

    shapes = [_shape(v, own) for v, own in zip(values, ranks, strict=False)]
    shape = []
    for axis in range(rank):
        sizes = {s[axis] for s in shapes if len(s) > axis and s[axis] != 1}
        if len(sizes) > 1:
            from ...errors import DimensionMismatch

            raise DimensionMismatch(f"arrays of shapes {', '.join(map(str, shapes))} cannot be broadcast")
        shape.append(sizes.pop() if sizes else 1)
    results = []
    for index in np.ndindex(*reversed(shape)):
        place = tuple(reversed(index))
        results.append(
            function(
                *[_pick(v, own, s, place) for v, own, s in zip(values, ranks, shapes, strict=False)],
                **keywords,
            )
        )
    if tuples:
        return tuple(results)
    return gathered(results, tuple(shape))


def _shape(value: Any, rank: int) -> tuple:
    if rank == 0:
        return ()
    return (len(value),) if isinstance(value, (list, range, tuple)) else tuple(np.shape(value))


def _pick(value: Any, rank: int, shape: tuple, place: tuple) -> Any:
    if isinstance(value, Single):
        return value.value
    if rank == 0:
        return value
    index = tuple(0 if size == 1 else p for size, p in zip(shape, place, strict=False))
    if isinstance(value, (list, range, tuple)):
        return value[index[0]]
    element = value[index]
    return element.item() if type(element) in (np.int64, np.float64, np.bool_) else element


class Dotted:
    """``.+`` as a value: a function applied to elements."""

    def __init__(self, f: Callable) -> None:
        self.f = f

    def __call__(self, *args: Any) -> Any:
        return broadcast(self.f, *args)


def elementwise(name: str) -> Callable:
    """The dotted form of an operator of this package."""

    def operate(*args: Any) -> Any:
        return broadcast(arithmetic.BY_NAME[name], *args)

    return operate


_register()
