"""The first, the last, the only element; membership; what functions of one argument are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .arithmetic import _number, array_of, eq, is_array, wrap
from .broadcasting import broadcast
from .dispatch import generic
from .errors import ArgumentError, BoundsError, MethodError
from .gathering import gathered
from .iteration import _plain, iterate
from .making import _MISSING
from .shapes import length
from .types import Character, Int64, MissingValue


def step(x: Any) -> Any:
    """``step(range)``. Raises MethodError for what is no range."""
    if isinstance(x, range):
        return x.step
    if getattr(x, "step", None) is not None:
        return float(x.step)
    raise MethodError(f"no method matching step(::{type(x).__name__})")


@generic("first")
def first(x: Any, n: Any = None) -> Any:
    """``first(x)``, ``first(x, n)``."""
    if n is not None:
        if isinstance(x, np.ndarray):
            return x[:n].copy()
        return (
            x[:n]
            if isinstance(x, (str, list, tuple, range))
            else [v for v, _ in zip(iterate(x), range(n), strict=False)]
        )
    for v in iterate(x):
        return v
    raise BoundsError("the collection is empty")


@generic("last")
def last(x: Any, n: Any = None) -> Any:
    """``last(x)``, ``last(x, n)``."""
    if n is not None:
        found = x[max(len(x) - n, 0) :]
        return found.copy() if isinstance(found, np.ndarray) else found
    if isinstance(x, (list, tuple, range, str)):
        if not len(x):
            raise BoundsError("the collection is empty")
        return Character(x[-1]) if isinstance(x, str) else x[-1]
    if isinstance(x, np.ndarray):
        return _plain(np.ravel(x, order="F")[-1])
    return list(iterate(x))[-1]


@generic("isempty")
def isempty(x: Any) -> bool:
    """``isempty(x)``."""
    if x is None:
        raise MethodError("no method matching isempty(::Nothing)")
    return length(x) == 0


_ONLY = (
    "Collection is empty, must contain exactly 1 element",
    "Collection has multiple elements, must contain exactly 1 element",
)


def only(x: Any) -> Any:
    """``only(x)``: the single element."""
    if isinstance(x, np.ndarray):
        if np.size(x) != 1:
            raise ArgumentError(_ONLY[np.size(x) > 1])
        return _plain(np.ravel(x)[0]) if np.ndim(x) else x
    values = list(iterate(x))
    if len(values) != 1:
        raise ArgumentError(_ONLY[len(values) > 1])
    return values[0]


@generic("in")
def in_(v: Any, x: Any = _MISSING) -> Any:
    """``v in x``."""
    if x is _MISSING:
        return lambda value: in_(value, v)
    if isinstance(x, (set, frozenset)):
        return v in x
    if isinstance(x, dict):
        return isinstance(v, tuple) and v[0] in x and eq(x[v[0]], v[1])
    if isinstance(x, range):
        return v in x
    if isinstance(x, str):
        if isinstance(v, str) and len(v) != 1:
            raise MethodError("use occursin for substrings")
        return v in x
    if type(x).__name__ in ("dict_keys", "KeysView"):
        return v in x
    return any(bool(eq(v, w)) for w in iterate(x))


def fixed(function: Callable, value: Any) -> Callable:
    """``==(value)``, ``>(value)``: the function with its second argument."""

    def test(x: Any) -> Any:
        return function(x, value)

    test.__elementwise__ = lambda x: (  # type: ignore[attr-defined]
        broadcast(function, x, value) if not is_array(value) else broadcast(test, x)
    )  # type: ignore[attr-defined]
    return test


def tuple_of(x: Any) -> tuple:
    """``Tuple(x)``."""
    return tuple(iterate(x)) if not isinstance(x, tuple) else tuple(x)


def ntuple(function: Callable, n: int) -> tuple:
    """``ntuple(f, n)``."""
    return tuple(function(i) for i in range(1, n + 1))


_ = (Int64, wrap, _number)


def not_(x: Any) -> Any:
    """``!x``; of a function the function that says the opposite.

    >>> not_(True), not_(str.isdigit)("a")
    (False, True)
    """
    if callable(x):
        return lambda *xs: not_(x(*xs))
    return x if isinstance(x, MissingValue) else not x


def unpack(x: Any, n: int) -> list:
    """The first ``n`` elements, for ``a, b = x``."""
    found = [v for v, _ in zip(iterate(x), range(n), strict=False)]
    if len(found) < n:
        raise BoundsError(f"{n} values were expected, not {len(found)}")
    return found


def unpack_rest(x: Any, n: int) -> list:
    """The first ``n`` elements and what is left, for ``a, b... = x``."""
    if isinstance(x, (tuple, str, list)):
        return [*x[:n], x[n:]]
    values = list(iterate(x))
    return [*values[:n], gathered(values[n:])]


def grown(x: Any) -> Any:
    """A vector that the program makes longer: as a list."""
    return list(iterate(x)) if isinstance(x, (np.ndarray, range)) and np.ndim(array_of(x)) == 1 else x
