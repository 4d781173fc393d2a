"""What random programs may call: dispatch on types, recursion, classes, changes in place."""

from __future__ import annotations

import copy
import functools
import itertools
import math
import numbers
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from typing import Any, NamedTuple

import numpy as np


def float_or_same(a: Any) -> Any:
    return a * 2 if isinstance(a, float) else a


def kind(a: Any) -> Any:
    if isinstance(a, np.ndarray):
        return a * 0.5
    if isinstance(a, numbers.Real):
        return a * 3
    return a * 7


def matched(a: Any) -> Any:
    match a:
        case int():
            return a * 5
        case float():
            return a * 0.3
        case np.ndarray():
            return a + 1
        case _:
            return a * 11


@functools.singledispatch
def dispatched(a: Any) -> Any:
    return a * 13


@dispatched.register
def _(a: float) -> Any:
    return a - 0.5


@dispatched.register
def _(a: np.ndarray) -> Any:
    return a * 1.5


def recursive(a: Any, n: int) -> Any:
    return a if n == 0 else recursive(a * 0.9 + 0.1, n - 1)


def halved(a: Any, below: float) -> Any:
    while abs(a) > abs(below) + 0.1:
        a = a / 2
    return a


def checked(a: Any) -> Any:
    if a > 0.5:
        raise ValueError(f"too large: {a}")
    return a * 2


def softmax(a: Any) -> Any:
    e = np.exp(a - np.max(a))
    e /= np.sum(e)
    return e


def scale_(a: Any) -> None:
    a *= 0.5


def shift_(a: Any) -> None:
    a += a


def normalise_(a: Any) -> None:
    a /= np.sum(a**2) + 1


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass
class Point:
    x: Any
    y: Any

    def area(self) -> Any:
        return self.x * self.y

    @property
    def norm(self) -> Any:
        return np.sqrt(self.x**2 + self.y**2 + 1)


@dataclass(frozen=True)
class Frozen:
    x: Any
    y: Any


class Sequence3:
    def __init__(self, items: Any):
        self.items = items

    def __getitem__(self, i: int) -> Any:
        return self.items[i]

    def __len__(self) -> int:
        return len(self.items)

    def __call__(self, k: Any) -> Any:
        return sum(u * k for u in self)

    def __pos__(self) -> Sequence3:
        return Sequence3([abs(u) for u in self.items])

    def __matmul__(self, other: Sequence3) -> Any:
        return sum(u * w for u, w in zip(self, other, strict=True))

    def __rmul__(self, k: Any) -> Sequence3:
        return Sequence3([u * k for u in self.items])

    @property
    def total(self) -> Any:
        return sum(self.items)


def nested(a: Any) -> Any:
    match a:
        case [first, *rest]:
            return nested(first) + 0.5 * nested(rest)
        case {"z": z}:
            return z
        case np.ndarray():
            return np.sum(a**2)
        case list() | tuple():
            return 0.0
    return a


def quadratic(a: Any) -> Any:
    def inner(u: Any) -> Any:
        return a * u**2

    return inner


def compose_(*functions: Any) -> Any:
    return functools.reduce(lambda f, g: lambda u: f(g(u)), functions)


class Box:
    def __init__(self, value: Any):
        self.value = value

    def __add__(self, other: Box) -> Box:
        return Box(self.value + other.value)

    def doubled(self) -> Any:
        self.value = self.value * 2
        return self.value


#: The names of a program.
NAMES: dict[str, Any] = {
    name: value
    for name, value in {**globals()}.items()
    if not name.startswith("_") and name not in ("annotations", "Any", "NamedTuple")
}
__all__ = ["NAMES", "Counter", "Iterable", "astuple", "copy", "deque", "itertools", "math", "replace"]
