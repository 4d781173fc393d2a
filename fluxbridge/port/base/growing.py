"""Vectors, sets and dictionaries that change their length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .dispatch import convert, generic
from .errors import ArgumentError, BoundsError, MethodError
from .indexing import is_integer
from .iteration import Pair, iterate
from .orders import unique


def _growable(x: Any) -> list:
    if not isinstance(x, list):
        raise MethodError(
            "this vector was made as an array, which cannot grow; make it a list where it is created"
        )
    return x


@generic("push!")
def push_(x: Any, *values: Any) -> Any:
    """``push!(x, values…)``: of a vector, a set or a dictionary."""
    if isinstance(x, set):
        x.update(values)
    elif isinstance(x, dict):
        for key, value in values:
            x[key] = value
    else:
        target = _growable(x)
        kind = getattr(x, "element", None)
        if kind is not None:
            values = tuple(convert(kind, v) for v in values)
        elif target and type(target[0]) is float:
            values = tuple(float(v) if type(v) is int else v for v in values)
        target.extend(values)
    return x


@generic("append!")
def append_(x: Any, *others: Any) -> Any:
    """``append!(x, others…)``."""
    for other in others:
        _growable(x).extend(list(iterate(other)))
    return x


def pushfirst_(x: Any, *values: Any) -> Any:
    """``pushfirst!(x, values…)``."""
    _growable(x)[0:0] = values
    return x


def prepend_(x: Any, values: Any) -> Any:
    """``prepend!(x, values)``."""
    _growable(x)[0:0] = list(iterate(values))
    return x


@generic("pop!")
def pop_(x: Any, *key: Any) -> Any:
    """``pop!(x)``, ``pop!(dict, key, default)``."""
    if isinstance(x, dict):
        return x.pop(*key)
    if isinstance(x, set):
        if key:
            x.remove(key[0])
            return key[0]
        return x.pop()
    if not _growable(x):
        raise ArgumentError("array must be non-empty")
    return x.pop()


def popfirst_(x: Any) -> Any:
    """``popfirst!(x)``."""
    return _growable(x).pop(0)


def popat_(x: Any, i: int) -> Any:
    """``popat!(x, i)``."""
    return _growable(x).pop(i - 1)


def insert_(x: Any, i: int, value: Any) -> Any:
    """``insert!(x, i, value)``."""
    _growable(x).insert(i - 1, value)
    return x


def deleteat_(x: Any, i: Any) -> Any:
    """``deleteat!(x, i)``."""
    places = [i] if is_integer(i) else list(iterate(i))
    for place in sorted(places, reverse=True):
        if not 1 <= place <= len(x):
            raise BoundsError(f"index {place} of a vector of length {len(x)}")
        del _growable(x)[int(place) - 1]
    return x


def resize_(x: Any, n: int) -> Any:
    """``resize!(x, n)`` to a smaller length."""
    if n > len(x):
        raise MethodError("resize! to a larger length leaves elements undefined")
    del _growable(x)[n:]
    return x


def filter_in_place(test: Callable, x: Any) -> Any:
    """``filter!(f, x)``."""
    if isinstance(x, dict):
        for key in [k for k, v in x.items() if not test(Pair(k, v))]:
            del x[key]
        return x
    if isinstance(x, set):
        x.difference_update([v for v in x if not test(v)])
        return x
    target = _growable(x)
    target[:] = [v for v in target if test(v)]
    return x


def map_in_place(function: Callable, target: Any, *xs: Any) -> Any:
    """``map!(f, target, xs…)``."""
    values = [function(*v) for v in zip(*(iterate(x) for x in xs), strict=False)]
    if isinstance(target, list):
        target[: len(values)] = values
    else:
        target[...] = np.reshape(np.array(values), np.shape(target), order="F")
    return target


def reverse_in_place(x: Any) -> Any:
    """``reverse!(x)``."""
    x[:] = x[::-1] if isinstance(x, list) else x[::-1].copy()
    return x


def unique_in_place(x: Any) -> Any:
    """``unique!(x)``."""
    _growable(x)[:] = list(unique(x))
    return x


def normalize_in_place(x: Any) -> Any:
    """``normalize!(x)``."""
    x *= 1 / np.linalg.norm(x)  # as Julia rounds it
    return x


def splice_in_place(x: Any, i: Any) -> Any:
    """``splice!(x, i)``: takes out one position, or a range of them."""
    if isinstance(i, range) and i.step == 1 and (not i or 1 <= i.start <= i.stop - 1 <= len(x)):
        own, taken = _growable(x), slice(i.start - 1, i.stop - 1)
        gone = own[taken]
        del own[taken]
        return gone
    return _growable(x).pop(int(i) - 1)


@generic("empty!")
def empty_(x: Any) -> Any:
    """``empty!(x)``."""
    x.clear()
    return x
