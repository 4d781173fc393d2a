"""Where something stands, counted from 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from .arithmetic import array_of, lt
from .elements import in_
from .errors import MethodError
from .gathering import gathered
from .hashing import ordered
from .indexing import CartesianIndex
from .iteration import iterate
from .shapes import length
from .types import Character, Int64, Nothing, Symbol, UnionType, Vector_


def _positions(x: Any) -> Any:
    if isinstance(x, str) and not x.isascii():
        from .indexing import byte_starts

        return list(byte_starts(x))
    if isinstance(x, np.ndarray) and np.ndim(x) > 1:
        return [CartesianIndex(tuple(i + 1 for i in reversed(p))) for p in np.ndindex(*reversed(x.shape))]
    if isinstance(x, dict):
        return list(ordered(x))
    if isinstance(x, Record):
        return [Symbol(k) for k in map(str, x.keys())]
    return range(1, length(x) + 1)


def _values(x: Any) -> Any:
    return list(ordered(x).values()) if isinstance(x, (dict, Record)) else list(iterate(x))


def _along(name: str, better: Callable, function: Any, x: Any, dims: tuple) -> Any:
    """The best of each line along some axes: values, places, or both."""
    inner = [d - 1 for d in dims if d <= np.ndim(x)]
    shape = tuple(1 if i in inner else n for i, n in enumerate(x.shape))
    reach = tuple(n if i in inner else 1 for i, n in enumerate(x.shape))
    scores, places = [], []
    for start in np.ndindex(*reversed(shape)):
        best: Any = None
        for step in np.ndindex(*reversed(reach)):
            place = tuple(a + b for a, b in zip(reversed(start), reversed(step), strict=True))
            score = x[place] if function is None else function(x[place])
            if best is None or better(score, best[0]) or (score != score and best[0] == best[0]):
                best = (score, place)
        scores.append(best[0])
        places.append(best[1][0] + 1 if np.ndim(x) == 1 else CartesianIndex(tuple(i + 1 for i in best[1])))
    found = gathered(places, shape)
    return (gathered(scores, shape), found) if name.startswith("find") else found


def _best(name: str, better: Callable) -> Callable:
    def call(*args: Any, dims: Any = None) -> Any:
        function, x = args if len(args) == 2 else (None, args[0])
        if dims is not None:
            return _along(name, better, function, array_of(x), dims if isinstance(dims, tuple) else (dims,))
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
    if isinstance(test, str):
        place = x.rfind(test)
        if place >= 0 and not x.isascii():
            raise MethodError("positions in text that is not ASCII are not supported")
        return None if place < 0 else range(place + 1, place + len(test) + 1)
    found = None
    for p, v in zip(_positions(x), _values(x), strict=False):
        if test(v):
            found = p
    return found


def findnext(test: Callable, x: Any, start: int) -> Any:
    """``findnext(f, x, start)``; of a text in a text, where it is."""
    if isinstance(test, str):
        found = findfirst(test, x[start - 1 :])
        if not x.isascii():
            raise MethodError("positions in text that is not ASCII are not supported")
        if found is None or isinstance(test, Character):
            return None if found is None else _first_of(found) + start - 1
        return range(found.start + start - 1, found.stop + start - 1)
    return next((p for p, v in zip(_positions(x), _values(x), strict=False) if p >= start and test(v)), None)


def findprev(test: Callable, x: Any, start: int) -> Any:
    """``findprev(f, x, start)``: the last place that is not after ``start``."""
    if isinstance(test, str):
        raise MethodError("findprev of text is not supported")
    places = [p for p, v in zip(_positions(x), _values(x), strict=False) if p <= start and test(v)]
    return places[-1] if places else None


def _first_of(found: Any) -> int:
    return found.start if isinstance(found, range) else found


def insorted(value: Any, x: Any) -> bool:
    """``insorted(value, x)`` of a sorted vector."""
    return bool(in_(value, x))


def indexin(wanted: Any, x: Any) -> list:
    """``indexin(a, b)``: where each element of ``a`` stands first in ``b``."""
    places: dict = {}
    for p, v in zip(_positions(x), _values(x), strict=False):
        places.setdefault(v, p)
    made = Vector_(places.get(v) for v in iterate(wanted))
    made.element = UnionType(Nothing, Int64)
    return made
