"""Where something stands, counted from 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from .arithmetic import array_of, lt
from .errors import MethodError
from .indexing import CartesianIndex
from .iteration import iterate
from .shapes import length
from .types import Symbol


def _positions(x: Any) -> Any:
    if isinstance(x, str) and not x.isascii():
        from .indexing import byte_starts

        return list(byte_starts(x))
    if isinstance(x, np.ndarray) and np.ndim(x) > 1:
        return [CartesianIndex(tuple(i + 1 for i in reversed(p))) for p in np.ndindex(*reversed(x.shape))]
    if isinstance(x, dict):
        return list(x.keys())
    if isinstance(x, Record):
        return [Symbol(k) for k in map(str, x.keys())]
    return range(1, length(x) + 1)


def _values(x: Any) -> Any:
    return list(x.values()) if isinstance(x, (dict, Record)) else list(iterate(x))


def _best(name: str, better: Callable) -> Callable:
    def call(*args: Any, dims: Any = None) -> Any:
        function, x = args if len(args) == 2 else (None, args[0])
        if dims is not None:
            raise MethodError(f"{name} with dims is not supported")
        values = _values(x)
        if not values:
            from ...errors import ArgumentError

            raise ArgumentError(f"{name} of an empty collection is not defined")
        scores = values if function is None else [function(v) for v in values]
        best = 0
        for k in range(1, len(scores)):
            if better(scores[k], scores[best]) or (scores[k] != scores[k] and scores[best] == scores[best]):
                best = k
        if name.startswith("find"):
            return scores[best], _positions(x)[best]
        return _positions(x)[best] if function is None else values[best]

    call.__name__, call.__doc__ = name, f"``{name}(x)``, ``{name}(f, x)``; of equal ones the first."
    return call


argmax, argmin = _best("argmax", lambda a, b: lt(b, a)), _best("argmin", lambda a, b: lt(a, b))
findmax, findmin = _best("findmax", lambda a, b: lt(b, a)), _best("findmin", lambda a, b: lt(a, b))


def _test(args: tuple) -> tuple:
    return args if len(args) == 2 else (bool, args[0])


def findall(*args: Any) -> Any:
    """``findall(x)``, ``findall(f, x)``: the places, from 1."""
    test, x = _test(args)
    found = [p for p, v in zip(_positions(x), _values(x), strict=False) if test(v)]
    return np.array(found, int) if not isinstance(x, dict) and np.ndim(array_of(x)) < 2 else found


def findfirst(*args: Any) -> Any:
    """``findfirst(f, x)``: a place, or ``None``."""
    test, x = _test(args)
    if isinstance(test, str):
        place = x.find(test)
        if place >= 0 and not x.isascii():
            raise MethodError("positions in text that is not ASCII are not supported")
        return None if place < 0 else range(place + 1, place + len(test) + 1)
    return next((p for p, v in zip(_positions(x), _values(x), strict=False) if test(v)), None)


def findlast(*args: Any) -> Any:
    """``findlast(f, x)``."""
    test, x = _test(args)
    found = None
    for p, v in zip(_positions(x), _values(x), strict=False):
        if test(v):
            found = p
    return found


def findnext(test: Callable, x: Any, start: int) -> Any:
    """``findnext(f, x, start)``."""
    return next((p for p, v in zip(_positions(x), _values(x), strict=False) if p >= start and test(v)), None)
