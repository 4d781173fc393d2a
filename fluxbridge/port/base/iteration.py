"""What Julia's loops go over, and Base's Iterators."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .arithmetic import _is_struct, is_array
from .dispatch import EXTENSIONS
from .errors import MethodError
from .hashing import ordered
from .indexing import CartesianIndices
from .types import Character, Pair, Symbol, is_dataclass


class Generator:
    """A generator with a name: each loop over it begins anew.

    >>> squares = Generator(lambda: (x * x for x in (1, 2)))
    >>> list(squares), list(squares)
    ([1, 4], [1, 4])
    """

    def __init__(self, make: Callable[[], Iterator]) -> None:
        self._make = make

    def __iter__(self) -> Iterator:
        return self._make()


def iterate(x: Any) -> Iterator:
    """The elements that ``for`` goes over: of a matrix down the columns, of a dictionary pairs, of a
    number itself."""
    if isinstance(x, np.ndarray):
        if np.ndim(x) > 1:
            return (_plain(v) for v in np.ravel(x, order="F"))
        if np.ndim(x) == 0:
            return iter((x,))
        return (_plain(v) for v in x)
    if isinstance(x, dict):
        return (Pair(k, v) for k, v in ordered(x).items())
    if _is_struct(x):
        return _iterate_struct(x)
    if isinstance(x, str):
        if isinstance(x, Symbol):
            raise MethodError("no method matching iterate(::Symbol)")
        return iter((x,)) if isinstance(x, Character) else map(Character, x)
    if isinstance(x, (list, tuple, range, set, frozenset, CartesianIndices)) or hasattr(x, "__next__"):
        return iter(x)
    if isinstance(x, (int, float, complex, np.generic)):
        return iter((x,))
    if hasattr(x, "nlabels"):
        return (_plain(v) for v in np.ravel(np.asarray(x), order="F"))
    if hasattr(x, "__iter__"):
        return iter(x)
    if hasattr(x, "layers"):
        return iter(x.layers)
    raise MethodError(f"no method matching iterate(::{type(x).__name__})")


def _iterate_struct(x: Any) -> Iterator:
    own = EXTENSIONS.get("iterate")
    if own is None or own.find((x,)) is None:
        if is_dataclass(x) and hasattr(type(x), "__iter__"):
            return iter(x)
        raise MethodError(f"no method matching iterate(::{type(x).__name__})")

    def steps() -> Iterator:
        found = own(x)
        while found is not None:
            value, state = found
            yield value
            found = own(x, state)

    return steps()


def _plain(v: Any) -> Any:
    if type(v) is np.int64:
        return int(v)
    if type(v) is np.float64:
        return float(v)
    if type(v) is np.bool_:
        return bool(v)
    return v


def next_of(x: Any, *state: Any) -> tuple | None:
    """``iterate(x)`` and ``iterate(x, state)``: the next element and state, or ``None`` at the end."""
    own = EXTENSIONS.get("iterate")
    if own is not None and own.find((x, *state)) is not None:
        return own(x, *state)
    if isinstance(x, range):
        here = state[0] + x.step if state else x.start
        return (here, here) if here in x else None
    if isinstance(x, str):
        return _next_character(x, state[0] if state else 1)
    if not isinstance(x, (list, tuple, np.ndarray)) or np.ndim(x) > 1:
        raise MethodError(f"the state of a loop over a {type(x).__name__} is not known here")
    place = state[0] if state else 1
    return (_plain(x[place - 1]), place + 1) if place <= len(x) else None


def _next_character(x: str, place: int) -> tuple | None:
    rest = x.encode()[place - 1 :].decode()
    return (Character(rest[0]), place + len(rest[0].encode())) if rest else None


def enumerate_(x: Any) -> Iterator:
    """``enumerate(x)``: counts from 1."""
    return enumerate(iterate(x), 1)


def zip_(*xs: Any) -> Iterator:
    """``zip(xs…)``."""
    return zip(*(iterate(x) for x in xs), strict=False)


def pairs(x: Any) -> Iterator:
    """``pairs(x)``: keys with values; of a vector positions from 1 with elements."""
    from ...autodiff.template import Record

    if isinstance(x, dict):
        return (Pair(k, v) for k, v in ordered(x).items())
    if isinstance(x, Record):
        return (Pair(Symbol(k), v) for k, v in x.items())
    return (Pair(i, v) for i, v in enumerate(iterate(x), 1))


def product(*xs: Any) -> Any:
    """``Iterators.product``: as a matrix of tuples, the first index runs fastest."""
    from .gathering import gathered

    lists = [list(iterate(x)) for x in xs]
    places = itertools.product(*reversed(lists))
    return gathered([tuple(reversed(p)) for p in places], tuple(len(x) for x in lists))


def partition(x: Any, n: int) -> list:
    """``Iterators.partition``."""
    if is_array(x) and not isinstance(x, list):
        return [x[i : i + n] for i in range(0, len(x), n)]
    values = list(iterate(x))
    return [values[i : i + n] for i in range(0, len(values), n)]


def peel(x: Any) -> Any:
    """``Iterators.peel(x)``: the first element and the others; ``None`` of nothing."""
    source = iterate(x)
    for first in source:
        return first, source
    return None


def tuple_(*values: Any) -> tuple:
    """``tuple(a, b…)``."""
    return values


def take(x: Any, n: int) -> Iterator:
    """``Iterators.take``."""
    return itertools.islice(iterate(x), n)


def drop(x: Any, n: int) -> Iterator:
    """``Iterators.drop``."""
    return itertools.islice(iterate(x), n, None)


def rest(x: Any, state: int) -> Iterator:
    """``Iterators.rest`` of a vector: from this position on."""
    return itertools.islice(iterate(x), state - 1, None)


def cycle(x: Any) -> Iterator:
    """``Iterators.cycle``."""
    return itertools.cycle(list(iterate(x)))


def flatten(x: Any) -> Iterator:
    """``Iterators.flatten``."""
    return (v for part in iterate(x) for v in iterate(part))


def lazy_filter(f: Callable, x: Any) -> Iterator:
    """``Iterators.filter``."""
    return (v for v in iterate(x) if f(v))


def lazy_map(f: Callable, *xs: Any) -> Iterator:
    """``Iterators.map``."""
    return (f(*v) for v in zip(*(iterate(x) for x in xs), strict=False))


def takewhile(f: Callable, x: Any) -> Iterator:
    """``Iterators.takewhile``."""
    return itertools.takewhile(f, iterate(x))


def dropwhile(f: Callable, x: Any) -> Iterator:
    """``Iterators.dropwhile``."""
    return itertools.dropwhile(f, iterate(x))


def repeated(x: Any, n: int | None = None) -> Iterator:
    """``Iterators.repeated``."""
    return itertools.repeat(x) if n is None else itertools.repeat(x, n)


def countfrom(start: int = 1, step: int = 1) -> Iterator:
    """``Iterators.countfrom``."""
    return itertools.count(start, step)


def lazy_accumulate(f: Callable, x: Any) -> Iterator:
    """``Iterators.accumulate``."""
    return itertools.accumulate(iterate(x), f)


def reverse_iterator(x: Any) -> Iterator:
    """``Iterators.reverse``."""
    return iter(list(iterate(x))[::-1])
