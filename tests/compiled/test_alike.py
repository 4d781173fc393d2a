"""What compares equal is not always the same, nor is what was found in one place always found there alone."""

from __future__ import annotations

import cmath
import copy
import ctypes
import itertools
import math
import threading
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, state_of

from fluxbridge import flux, gradient, withgradient
from fluxbridge.compiled import CompileWarning
from fluxbridge.compiled.cache import CACHE

pytestmark = pytest.mark.once

X = np.array([0.5, -1.25, 2.0])


def agree(f: Any, *sets: Any, x: Any = X) -> None:
    """After each of the calls that set something, f compiled gives what f gives."""
    for put in (*sets, *sets):
        for _ in range(3):
            put()
            assert repr(withgradient(f, COMPILED, x)) == repr(withgradient(f, x))


@pytest.mark.parametrize(
    "values",
    [
        (complex(-1.0, 0.0), complex(-1.0, -0.0)),
        ({1: 0}, {1.0: 0}, {True: 0}),
        ({0.0}, {-0.0}, {0}, {False}),
        (range(0), range(5, 0)),
        (dict.fromkeys(range(12), 0), {i * 1.0: 0 for i in range(12)}),
        ((0.0,), (-0.0,), (0,), [0]),
    ],
    ids=repr,
)
def test_values_that_compare_equal(values):
    held: list[Any] = [None]

    def f(x: Any) -> Any:
        c = held[0]
        if isinstance(c, complex):
            return x * cmath.sqrt(c).imag
        if isinstance(c, range):
            return x * c.start
        return x * sum(
            (2 if type(k) is float else 3 if type(k) is int else 5) * math.copysign(1, k) for k in c
        )

    agree(f, *[lambda v=v: held.__setitem__(0, v) for v in values], x=2.0)


def test_keys_of_an_argument():
    def f(d: Any) -> Any:
        return sum(v * (2.0 if isinstance(k, float) else 3.0) for k, v in d.items())

    for d in ({1.0: 2.0}, {1: 2.0}, {1.0: 2.0}):
        for _ in range(3):
            assert repr(gradient(f, COMPILED, d)) == repr(gradient(f, d))


class Thing:
    def __init__(self, v: float):
        self.v = v


@pytest.mark.parametrize(
    "make", [lambda: np.ones(3), lambda: Thing(1.0), lambda: [1.0]], ids=["array", "object", "list"]
)
def test_one_thing_in_two_places(make):
    """Two that become one, and one that becomes two."""
    held = {"a": make(), "b": make()}
    other = held["b"]

    def f(x: Any) -> Any:
        return np.sum(x) * (2.0 if held["a"] is held["b"] else 3.0)

    agree(f, lambda: held.update(b=other), lambda: held.update(b=held["a"]))


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_layers_that_become_one():
    a, b = flux.Dense((2, 2)), flux.Dense((2, 2))
    x = np.ones((2, 1), np.float32)

    def f(m: Any) -> Any:
        return np.sum(m["a"](x) * m["b"](x))

    for m in ({"a": a, "b": b}, {"a": a, "b": a}, {"a": a, "b": b}):
        for _ in range(3):
            assert repr(gradient(f, COMPILED, m)) == repr(gradient(f, m))


@pytest.mark.parametrize("what", ["flags", "base", "type", "id"])
@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_what_tells_an_array_from_its_stand_in(what):
    a = np.ones(3)
    b = np.stack([a, a])[0]
    b.flags.writeable = False
    held, by_id = {"a": a}, {id(a): 7.0}

    def f(x: Any) -> Any:
        w = held["a"]
        if what == "flags":
            return np.sum(x * w) * (2.0 if w.flags.writeable else 3.0)
        if what == "base":
            return np.sum(x * w) * (2.0 if w.base is None else 3.0)
        if what == "type":
            return np.sum(x * w) * (2.0 if type(w) is np.ndarray else 3.0)
        return np.sum(x * w) * by_id.get(id(w), 3.0)

    agree(f, lambda: held.update(a=a), lambda: held.update(a=b))


def test_the_type_of_an_object_is_asked_for():
    """An attribute of it says nothing about arrays, so these stay inputs."""
    thing, w = Thing(2.0), np.ones(3)

    def f(x: Any) -> Any:
        return np.sum(x * w) * len(type(thing).__name__)

    agree(f, lambda: w.fill(1.0), lambda: w.fill(2.0))
    assert len(state_of(f).entries) == 1


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_memory_that_cannot_be_looked_into():
    held = (ctypes.c_double * 2)(1.0, 2.0)

    def f(x: Any) -> Any:
        return np.sum(x) * held[0]

    with pytest.warns(CompileWarning, match="which cannot be looked into"):
        gradient(f, COMPILED, X)
    agree(f, lambda: held.__setitem__(0, 1.0), lambda: held.__setitem__(0, 5.0))


K = 2.0


def test_a_thread_in_a_function():
    """What its functions read is not seen."""
    global K

    def work(x: Any, found: list[Any]) -> None:
        found.append(np.sum(x) * K)

    def f(x: Any) -> Any:
        found: list[Any] = []
        thread = threading.Thread(target=work, args=(x, found))
        thread.start()
        thread.join()
        return found[0]

    with pytest.warns(CompileWarning, match="it starts a thread"):
        gradient(f, COMPILED, X)
    K = 5.0
    assert np.array_equal(gradient(f, COMPILED, X)[0], [5.0] * 3)


CAUGHT = (ArithmeticError, ValueError, IndexError, np.linalg.LinAlgError)


@pytest.mark.parametrize(
    "g",
    [
        lambda x: 1 / x, lambda x: x**-2.5, lambda x: x**300.0, lambda x: 5 // x, lambda x: divmod(5.0, x)[1],
        lambda x: x * int(x), lambda x: x * round(x), lambda x: x * math.floor(x),
    ],
)  # fmt: skip
def test_errors_that_f_catches(g):
    """Which way it goes then depends on the values."""

    def f(x: Any) -> Any:
        try:
            return g(x)
        except CAUGHT:
            return x * 5

    for values in itertools.permutations((0.0, 1e200, 2.5, math.inf), 2):
        CACHE.clear()
        for x in values * 2:
            assert repr(withgradient(f, COMPILED, x)) == repr(withgradient(f, x))


@pytest.mark.parametrize("g", [np.linalg.inv, np.linalg.cholesky])
def test_errors_of_linear_algebra_that_f_catches(g):
    def f(x: Any) -> Any:
        try:
            return g(x)[0, 0]
        except CAUGHT:
            return np.sum(x)

    for x in (np.zeros((2, 2)), 2.0 * np.eye(2), np.zeros((2, 2)), 3.0 * np.eye(2)) * 2:
        assert repr(withgradient(f, COMPILED, x)) == repr(withgradient(f, x))


def test_constants_are_not_handed_out():
    """A gradient that is constant is the caller's own, to be changed."""
    weights = np.arange(3.0)

    def f(x: Any) -> Any:
        return np.sum(x * np.arange(3.0)), np.arange(3.0)

    for _ in range(5):
        (_, kept), (dx,) = withgradient(f, COMPILED, X)
        assert np.array_equal(dx, weights) and np.array_equal(kept, weights)
        dx[:], kept[:] = 7.0, 8.0


@pytest.mark.parametrize("order", ["A", "K", "C", "F"])
def test_the_layout_of_arguments(order):
    """Eagerly as well: what a tape copies keeps its layout."""

    def f(x: Any) -> Any:
        return np.sum(x.ravel(order) * np.arange(12.0))

    x = np.arange(12.0).reshape(3, 4)
    for y in (x, np.asfortranarray(x), x.T, copy.copy(x)):
        for _ in range(3):
            assert withgradient(f, COMPILED, y).val == f(y) == withgradient(f, y).val
