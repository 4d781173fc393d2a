"""Sums and means, maps and folds, running results."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from . import arithmetic
from .arithmetic import _is_struct, add, array_of, is_array, lt, mul, wrap
from .broadcasting import broadcast
from .errors import MethodError
from .gathering import _is_number, gathered
from .hashing import OrderedSet, ordered
from .iteration import Generator, Pair, _plain, iterate
from .making import _MISSING, hcat, vcat
from .types import DTYPE_OF


def _axes(dims: Any) -> Any:
    if dims is None:
        return None
    return (
        tuple(int(d) - 1 for d in dims)
        if isinstance(dims, (tuple, list, np.ndarray, range))
        else int(dims) - 1
    )


def _numbers(x: Any) -> Any:
    """An array of numbers, or ``None`` if there are other things in it."""
    if hasattr(x, "nlabels"):
        return np.asarray(x)
    if isinstance(x, np.ndarray):
        return x if x.dtype.kind in "biufc" or type(x) is not np.ndarray else None
    if isinstance(x, range):
        return array_of(x)
    values = list(x) if not isinstance(x, list) else x
    if (
        values
        and all(_is_number(v) for v in values)
        and not any(type(v).__name__ == "BigInteger" for v in values)
    ):
        return gathered(values, promote=True)
    return None


def _in_turn(x: Any) -> Any:
    """A sum from the first to the last, as Julia adds fewer than 16 floats."""
    return functools.reduce(lambda a, b: a + b, np.ravel(x, order="F"))


def _reduction(name: str, whole: Callable, step: Callable, empty: Any) -> Callable:
    def call(*args: Any, dims: Any = None, init: Any = _MISSING) -> Any:
        function, x = args if len(args) == 2 else (None, args[0])
        in_turn = isinstance(x, Generator)
        if function is not None:
            x = mapped(function, x)
        elif isinstance(x, dict):
            raise MethodError(f"no method matching {name} for the pairs of a dictionary")
        if isinstance(x, (int, float)):
            return x
        if (
            _is_struct(x)
            or hasattr(x, "__next__")
            or isinstance(x, (Generator, set, frozenset, Record))
            or type(x).__name__ in ("dict_values", "dict_keys")
        ):
            in_turn = hasattr(x, "__next__")
            x = list(iterate(x))
        numbers = _numbers(x)
        if (
            numbers is not None
            and numbers.dtype == bool
            and name == "prod"
            and np.size(numbers)
            and init is _MISSING
        ):
            if dims is None:
                return bool(np.all(numbers))
            return np.all(numbers, axis=_axes(dims), keepdims=True)
        if numbers is not None and dims is not None:
            axis = _axes(dims)
            if not isinstance(axis, tuple) and axis >= np.ndim(numbers):
                return numbers
            return whole(
                numbers.astype(int) if numbers.dtype == bool and name == "sum" else numbers,
                axis=axis,
                keepdims=True,
            )
        if numbers is not None and np.size(numbers):
            if numbers.dtype == bool and name in ("sum", "prod"):
                numbers = numbers.astype(int)
            few = name == "sum" and type(numbers) is np.ndarray and numbers.dtype.kind == "f"
            result = _plain(_in_turn(numbers) if few and (in_turn or numbers.size < 16) else whole(numbers))
            return result if init is _MISSING else step(init, result)
        kind = getattr(x, "element", None)
        if (
            kind is not None
            and not len(x)
            and empty is not _MISSING
            and init is _MISSING
            and getattr(kind, "name", "") in DTYPE_OF
        ):
            return kind.convert(empty)
        values = list(iterate(x))
        if init is not _MISSING:
            values = [init, *values]
        if not values:
            if empty is _MISSING:
                raise MethodError(f"{name} of an empty collection is not defined")
            return empty if not isinstance(x, np.ndarray) or x.dtype.kind != "f" else float(empty)
        return functools.reduce(step, values)

    call.__name__, call.__doc__ = name, f"``{name}(x)``, ``{name}(f, x)``, with ``dims`` and ``init``."
    return call


def _maximum(a: Any, b: Any) -> Any:
    return b if lt(a, b) else a


def _minimum(a: Any, b: Any) -> Any:
    return b if lt(b, a) else a


sum_ = _reduction("sum", np.sum, add, 0)
prod = _reduction("prod", np.prod, mul, 1)
maximum = _reduction("maximum", np.max, _maximum, _MISSING)
minimum = _reduction("minimum", np.min, _minimum, _MISSING)


def mapped(function: Callable, x: Any) -> Any:
    """``map(f, x)`` for a reduction: elementwise functions take the whole array."""
    numbers = x if isinstance(x, (np.ndarray, range)) else None
    if numbers is not None or hasattr(x, "nlabels"):
        result = broadcast(function, array_of(x) if numbers is not None else np.asarray(x))
        return result
    if isinstance(x, dict):
        return [function(Pair(k, v)) for k, v in ordered(x).items()]
    return [function(v) for v in iterate(x)]


def mean(*args: Any, dims: Any = None) -> Any:
    """``mean(x)``, ``mean(f, x)``, with ``dims``."""
    function, x = args if len(args) == 2 else (None, args[0])
    if function is not None:
        x = mapped(function, x)
    numbers = _numbers(x if is_array(x) else list(iterate(x)))
    if numbers is None:
        values = list(iterate(x))
        return arithmetic.div(functools.reduce(add, values), len(values))
    return _plain(np.mean(numbers)) if dims is None else np.mean(numbers, axis=_axes(dims), keepdims=True)


def _spread_of(name: str, whole: Callable) -> Callable:
    def call(x: Any, *, dims: Any = None, corrected: bool = True, mean: Any = None) -> Any:
        numbers = _numbers(x)
        if numbers is None:
            raise MethodError(f"no method matching {name} for these elements")
        if dims is None:
            return _plain(whole(numbers, ddof=int(corrected)))
        return whole(numbers, axis=_axes(dims), keepdims=True, ddof=int(corrected))

    call.__name__, call.__doc__ = name, f"``{name}(x; dims, corrected)``."
    return call


std, var = _spread_of("std", np.std), _spread_of("var", np.var)


def median(x: Any, *, dims: Any = None) -> Any:
    """``median(x)``."""
    return _plain(np.median(array_of(x))) if dims is None else np.median(x, axis=_axes(dims), keepdims=True)


def middle(x: Any, y: Any = None) -> Any:
    """``middle(x, y)``, and of the extrema of an array."""
    low, high = (np.min(array_of(x)), np.max(array_of(x))) if is_array(x) else (x, x if y is None else y)
    return _plain(low / 2 + high / 2)


def quantile(x: Any, p: Any) -> Any:
    """``quantile(x, p)``."""
    result = np.quantile(array_of(x), array_of(p) if is_array(p) else p)
    return _plain(result) if np.ndim(result) == 0 else result


def cov(x: Any, y: Any = None, *, dims: int = 1, corrected: bool = True) -> Any:
    """``cov(x)``: observations are rows."""
    if y is not None:
        return _plain(np.cov(array_of(x), array_of(y), ddof=int(corrected))[0, 1])
    if np.ndim(x) == 1:
        return _plain(np.var(x, ddof=int(corrected)))
    return np.cov(x if dims == 2 else np.asarray(x).T, ddof=int(corrected))


def cor(x: Any, y: Any = None) -> Any:
    """``cor(x)``, ``cor(x, y)``."""
    if y is None:
        return np.corrcoef(np.asarray(x).T)
    a, b = (v - mean(v) for v in (array_of(x), array_of(y)))
    xx, yy, xy = _in_turn(a * a), _in_turn(b * b), _in_turn(a * b)
    most, least = max(xx, yy), min(xx, yy)
    return _plain(np.clip(xy / most / np.sqrt(least / most), -1, 1))


def all_(*args: Any, dims: Any = None) -> Any:
    """``all(x)``, ``all(f, x)``."""
    if dims is not None:
        return np.all(
            mapped(args[0], args[1]) if len(args) == 2 else args[0], axis=_axes(dims), keepdims=True
        )
    function, x = args if len(args) == 2 else (None, args[0])
    return all(bool(v if function is None else function(v)) for v in iterate(x))


def any_(*args: Any, dims: Any = None) -> Any:
    """``any(x)``, ``any(f, x)``."""
    if dims is not None:
        return np.any(
            mapped(args[0], args[1]) if len(args) == 2 else args[0], axis=_axes(dims), keepdims=True
        )
    function, x = args if len(args) == 2 else (None, args[0])
    return any(bool(v if function is None else function(v)) for v in iterate(x))


def count(*args: Any, dims: Any = None) -> Any:
    """``count(x)``, ``count(f, x)``."""
    function, x = args if len(args) == 2 else (None, args[0])
    if isinstance(x, str) and function is not None and not callable(function):
        return x.count(function) if isinstance(function, str) else sum(1 for _ in function.finditer(x))
    if dims is not None:
        return np.sum(
            mapped(function, x) if function is not None else x, axis=_axes(dims), keepdims=True, dtype=int
        )
    return sum(1 for v in iterate(x) if (v if function is None else function(v)))


def extrema(*args: Any) -> tuple:
    """``extrema(x)``."""
    return minimum(*args), maximum(*args)


def filter_(test: Callable, x: Any) -> Any:
    """``filter(f, x)``."""
    if isinstance(x, dict):
        return {k: v for k, v in ordered(x).items() if test(Pair(k, v))}
    if isinstance(x, (set, frozenset)):
        return OrderedSet(v for v in x if test(v))
    if isinstance(x, str):
        return "".join(c for c in x if test(c))
    if isinstance(x, tuple):
        return tuple(v for v in x if test(v))
    kept = [v for v in iterate(x) if test(v)]
    return (
        np.array(kept, x.dtype)
        if isinstance(x, np.ndarray) and type(x) is np.ndarray
        else gathered(kept)
        if isinstance(x, range) and kept
        else kept
    )


def map_(function: Callable, *xs: Any) -> Any:
    """``map(f, xs…)``: a tuple of a tuple, a record of a record, else an array or list."""
    first = xs[0]
    if isinstance(first, Record):
        return Record(**{k: function(*(x[k] for x in xs)) for k in map(str, first.keys())})
    if all(isinstance(x, tuple) for x in xs):
        return tuple(function(*v) for v in zip(*xs, strict=False))
    if isinstance(first, str) and len(xs) == 1:
        return "".join(function(c) for c in first)
    values = [function(*v) for v in zip(*(iterate(x) for x in xs), strict=False)]
    shapes = [np.shape(x) for x in xs if isinstance(x, np.ndarray)]
    if not values and isinstance(first, np.ndarray):
        return np.zeros(np.shape(first), first.dtype)
    return gathered(values, shapes[0] if shapes and len(shapes[0]) > 1 else None)


def foreach(function: Callable, *xs: Any) -> None:
    """``foreach(f, xs…)``."""
    for v in zip(*(iterate(x) for x in xs), strict=False):
        function(*v)


def _operation(function: Any) -> Any:
    return function


def reduce(function: Callable, x: Any, *, init: Any = _MISSING, dims: Any = None) -> Any:
    """``reduce(f, x; init)``."""
    if function in (vcat, hcat):
        values = list(iterate(x))
        return function(*values) if init is _MISSING else function(init, *values)
    if dims is not None:
        whole = {add: np.sum, mul: np.prod}.get(function)  # type: ignore[call-overload]
        if whole is None:
            raise MethodError("reduce with dims is supported for + and * only")
        return whole(x, axis=_axes(dims), keepdims=True)
    return foldl(function, x, init=init)


def _wrapped(function: Callable) -> Callable:
    return lambda a, b: wrap(function(a, b))


def foldl(function: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``foldl(f, x; init)``."""
    if init is _MISSING:
        return functools.reduce(_wrapped(function), iterate(x))
    return functools.reduce(_wrapped(function), iterate(x), init)


def foldr(function: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``foldr(f, x; init)``."""
    values = list(iterate(x))[::-1]
    result = values.pop(0) if init is _MISSING else init
    for v in values:
        result = wrap(function(v, result))
    return result


def mapreduce(
    function: Callable, operation: Callable, *xs: Any, init: Any = _MISSING, dims: Any = None
) -> Any:
    """``mapreduce(f, op, x; init)``."""
    return reduce(operation, map_(function, *xs), init=init, dims=dims)


def mapfoldl(function: Callable, operation: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``mapfoldl(f, op, x; init)``."""
    return foldl(operation, map_(function, x), init=init)


def mapfoldr(function: Callable, operation: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``mapfoldr(f, op, x; init)``."""
    return foldr(operation, map_(function, x), init=init)


def mapslices(function: Callable, x: Any, *, dims: Any) -> Any:
    """``mapslices(f, x; dims)`` for one axis, which stays with length 1 where ``f`` gives a number."""
    axis = _axes(dims)
    if isinstance(axis, tuple):
        if len(axis) != 1:
            raise MethodError("mapslices over several axes is not supported")
        axis = axis[0]
    x = array_of(x)
    made = np.apply_along_axis(lambda v: np.asarray(array_of(function(v))), axis, x)
    return np.expand_dims(made, axis) if np.ndim(made) < np.ndim(x) else made


def accumulate(function: Callable, x: Any, *, init: Any = _MISSING) -> Any:
    """``accumulate(op, x; init)``."""
    results = []
    state = init
    for v in iterate(x):
        state = v if state is _MISSING else wrap(function(state, v))
        results.append(state)
    return gathered(results)


def _running(name: str, whole: Callable) -> Callable:
    def call(x: Any, *, dims: Any = None) -> Any:
        x = array_of(x)
        if dims is None and np.ndim(x) > 1:
            raise MethodError(f"{name} of a matrix needs dims")
        return whole(x, axis=0 if dims is None else int(dims) - 1)

    call.__name__, call.__doc__ = name, f"``{name}(x; dims)``."
    return call


def _cumulated(x: Any, axis: Any = None) -> Any:
    """Sums up to each element: the first, and to it the sum of those that follow, as Julia rounds floats."""
    if type(x) is not np.ndarray or x.dtype.kind != "f" or x.ndim != 1 or not 2 < len(x) <= 128:
        return np.cumsum(x) if axis is None else np.cumsum(x, axis=axis)
    return np.concatenate([x[:1], x[0] + np.cumsum(x[1:])])


cumsum, cumprod = _running("cumsum", _cumulated), _running("cumprod", np.cumprod)


def diff(x: Any, *, dims: Any = None) -> Any:
    """``diff(x; dims)``."""
    return np.diff(array_of(x), axis=0 if dims is None else int(dims) - 1)
