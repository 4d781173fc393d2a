"""A program answers only for what it was made for: values that decide, types, shapes, structures."""

from __future__ import annotations

import pickle
import sys
import threading
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from compiledkit import COMPILED, agree, result, same, state_of

import fluxbridge
from fluxbridge import AutoNative, gradient, hessian, jacobian, pushforward, withgradient
from fluxbridge.compiled import CompileWarning, trace
from fluxbridge.errors import FluxbridgeError, NotScalarError

pytestmark = pytest.mark.once


def both(f: Any, *xs: Any) -> Any:
    found = result(lambda: withgradient(f, COMPILED, *xs))
    wanted = result(lambda: withgradient(f, *xs))
    assert same(found, wanted), (found, wanted)
    return found


def test_branches_on_values():
    def f(x: Any) -> Any:
        return x * x if x > 1.0 else -x

    for x in (2.0, 3.0, 0.0, 0.5, 1.0, 2.0, float("nan"), float("inf"), -0.0):
        both(f, x)
    assert state_of(f).traces == 2


def test_loops_whose_length_is_decided_by_values():
    def root(x: Any) -> Any:
        t = 1.0
        while abs(t * t - x) > 1e-12:
            t = (t + x / t) / 2
        return t

    for x in (2.0, 3.0, 2.1, 100.0, 2.0, 1.0):
        both(root, x)


def test_masks():
    def f(x: Any) -> Any:
        return np.sum(np.where(x > 0, x * x, -x)) + np.sum(x[x > 1.0])

    for shift in (0.0, 0.0, 1.0, -1.0, 0.0):
        both(f, np.array([0.5, -1.5, 2.0]) + shift)


def test_ties():
    def f(x: Any) -> Any:
        return np.max(x) + np.sort(x)[0] + np.median(x)

    for x in ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1.0, 1.0, 1.0], [2.0, 2.0, 1.0]):
        both(f, np.array(x))


def test_types_and_shapes():
    def f(x: Any) -> Any:
        return np.sum(x * x)

    points: list[Any] = [
        2.0, 3, np.float64(2.0), np.float32(2.0), np.ones(3), np.ones((2, 2)), np.ones(3, np.float32),
        np.arange(3),
        np.zeros(0), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(12.0)[::2], np.array(3.0),
        np.ones((2, 0)),
    ]  # fmt: skip
    for _ in range(3):
        for x in points:
            both(f, x)


def test_whole_numbers():
    def f(x: Any) -> Any:
        return 3 * x**2 + 2 * x + 1

    for x in (3, 3, 4, 3.0, 10**30, True and 2):
        both(f, x)


def test_counts():
    def f(n: Any, x: Any) -> Any:
        y = 1.0
        for _ in range(n):
            y = y * x
        return y

    for n in (2, 2, 2, 3, 2, 0):
        both(f, n, 1.5)


class Pair(NamedTuple):
    a: Any
    b: Any


def test_structures():
    def f(p: Any) -> Any:
        return p["a"] * p["b"][0] + np.sum(p["c"][1])

    good = {"a": 2.0, "b": [3.0, None], "c": (1, np.ones(2)), "d": "text"}
    for _ in range(3):
        both(f, good)
    both(f, {**good, "d": "other"})
    both(f, {**good, "b": [3.0, None, 1.0]})
    both(f, {"b": [3.0, None], "a": 2.0, "c": (1, np.ones(2))})
    both(f, {**good, "c": [1, np.ones(2)]})
    for k in range(3):
        both(lambda q: q.a * np.sum(q.b), Pair(2.0 + k, np.ones(2)))


def test_results_with_structure():
    def f(x: Any) -> Any:
        return x * x, {"twice": 2 * x, "name": "f", "list": [x, 1]}

    for k in range(3):
        both(f, 1.0 + k)


def test_results_of_other_kinds():
    """Named tuples, and arrays that are made in the function, which are the caller's own."""

    def f(x: Any) -> Any:
        return x * x, Pair(2 * x, [np.ones(3), np.arange(2), x > 0.0])

    for k in range(5):
        found = both(f, 1.0 + k)
        found.val[1].b[0][:] = 7.0
    assert state_of(f).traces == 1 and not state_of(f).eager


def test_a_result_that_does_not_depend_on_the_argument():
    for k in range(3):
        both(lambda x: 3.0, 1.0 + k)
        both(lambda x, y: x * 2.0, 1.0 + k, np.ones(2))


def test_errors_are_the_same():
    def f(x: Any) -> Any:
        if x > 1.0:
            raise KeyError("large")
        return x

    for x in (0.5, 0.5, 0.5, 2.0, 0.5):
        both(f, x)
    with pytest.raises(NotScalarError):
        gradient(lambda x: x, COMPILED, np.ones(2))
    with pytest.raises(KeyError, match="large"):
        gradient(f, COMPILED, 3.0)


def test_division_by_zero_is_as_eagerly():
    def f(x: Any, y: Any) -> Any:
        return x / y

    for y in (2.0, 2.0, 2.0, 0.0, np.float64(0.0), np.float64(2.0)):
        both(f, 1.0, y)


def test_powers():
    def f(x: Any, p: Any) -> Any:
        return x**p

    def g(x: Any) -> Any:
        return x**0.5

    for x in (2.0, 2.0, 2.0, -2.0, 0.0, 4.0):
        both(g, x)
        both(f, x, 1.5)
        both(f, x, 2.0)


def test_results_are_the_callers_own():
    def f(x: Any, y: Any) -> Any:
        return np.sum(x + y)

    x = np.ones(40_000)
    grads = [gradient(f, COMPILED, x, x) for _ in range(4)]
    for a, b in grads:
        assert a is not b and not np.may_share_memory(a, b) and a.flags.writeable
        a += 1.0
        assert np.all(b == 1.0)
    assert np.all(x == 1.0)


def test_gradients_are_not_the_arguments():
    def f(x: Any, y: Any) -> Any:
        return np.sum(x * y)

    x, y, seed = np.ones(3), np.full(3, 2.0), np.ones(3)
    for _ in range(3):
        for g in gradient(f, COMPILED, x, y):
            g += 10.0
        back = fluxbridge.pullback(lambda x: x + y, COMPILED, x)[1]
        for g in (back(seed)[0], back(seed)[0], jacobian(lambda x: x, COMPILED, x)[0]):
            g += 10.0
        pushed = pushforward(lambda x: x, COMPILED, x)(seed)
        pushed += 10.0
    assert np.all(x == 1.0) and np.all(y == 2.0) and np.all(seed == 1.0)


def test_changed_in_place_between_calls():
    x = np.array([1.0, 2.0])

    def f(x: Any) -> Any:
        return np.sum(x * x)

    for k in range(5):
        x[0] = k
        both(f, x)


def test_nested_gradients():
    def inner(x: Any) -> Any:
        return np.sum(np.sin(x) * x)

    def f(x: Any) -> Any:
        return np.sum(gradient(inner, x)[0] * x)

    def g(x: Any) -> Any:
        return np.sum(gradient(inner, COMPILED, x)[0] * x)

    for k in range(4):
        x = np.array([0.5, 1.0]) + k
        both(f, x)
        both(g, x)
        assert same(gradient(g, x), gradient(f, x))


def test_all_operators():
    def vector(x: Any) -> Any:
        return np.tanh(x) * x[0]

    def scalar(x: Any) -> Any:
        return np.sum(np.sin(x) * x[::-1])

    x = np.array([0.3, -0.8, 1.2])
    for k in range(4):
        agree(vector, (x + k,), "jacobian")
        agree(vector, (x + k,), "withjacobian", order="F")
        for op in ("hessian", "diaghessian", "gradient", "hessian_reverse"):
            if op != "hessian_reverse":
                agree(scalar, (x + k,), op)
            else:
                np.testing.assert_allclose(
                    fluxbridge.hessian_reverse(scalar, COMPILED, x), hessian(scalar, x), rtol=1e-13
                )
        found, wanted = pushforward(vector, COMPILED, x + k)(x), pushforward(vector, x + k)(x)
        np.testing.assert_allclose(found, wanted, rtol=1e-14)
    assert same(jacobian(lambda z: z * 2.0, COMPILED, 3.0), jacobian(lambda z: z * 2.0, 3.0))


def test_complex_numbers_and_single_precision():
    agree(lambda z: np.real(z * np.conj(z) + np.exp(z)), (1.0 + 2.0j,))
    agree(lambda z: np.sum(np.abs(z) ** 2), (np.array([1 + 2j, 3 - 1j]),))
    agree(lambda x: np.sum(np.tanh(x) * 2.0 + x**3), (np.float32([0.5, 1.5]),))
    agree(lambda x, s: np.sum(x * s), (np.float32([0.5, 1.5]), np.float64(2.0)))
    agree(lambda x: np.sum(x * np.sum(np.float64([1.0, 2.0]))), (np.float32([0.5, 1.5]),))


def test_exact_numbers_run_eagerly():
    with pytest.warns(CompileWarning, match="Fraction"):
        found = gradient(lambda x: x * x, COMPILED, Fraction(1, 3))
    assert found == (Fraction(2, 3),)


def test_threads():
    def f(x: Any) -> Any:
        return np.sum(np.tanh(x) * x + np.exp(-x * x))

    x = np.linspace(-1.0, 1.0, 50_000)
    wanted = {k: gradient(f, x * k)[0] for k in range(4)}
    wrong: list[int] = []

    def work(k: int) -> None:
        for _ in range(20):
            if not np.array_equal(gradient(f, COMPILED, x * k)[0], wanted[k]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_what_is_refused_is_refused():
    import math

    for _ in range(3):
        with pytest.raises(FluxbridgeError):
            gradient(lambda x: math.sin(x), COMPILED, 1.0)


def test_a_function_that_goes_a_new_way_every_time_becomes_eager():
    def f(x: Any) -> Any:
        return x * int(x * 1000.0)

    with pytest.warns(CompileWarning, match="another way"):
        for k in range(40):
            assert gradient(f, COMPILED, 1.0 + k / 7) == gradient(f, 1.0 + k / 7)


def test_a_loop_that_is_too_long(monkeypatch):
    monkeypatch.setattr(trace, "LONGEST", 2_000)

    def f(x: Any) -> Any:
        for _ in range(3_000):
            x = x + 1.0
        return x

    with pytest.warns(CompileWarning, match="more than 2,000 steps"):
        assert gradient(f, COMPILED, 1.0) == (1.0,)


def test_values_on_the_side_are_guarded():
    """What a rule or the user reads of a value past the record is part of what a program is for."""

    def f(x: Any) -> Any:
        return x * fluxbridge.ignore_derivatives(x)

    def g(x: Any) -> Any:
        return np.sum(np.angle(x + 1j * x * x))

    for k in range(4):
        both(f, 2.0 + k)
        both(g, np.array([1.0, 0.0, -1.0]) + k)


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_rule_that_is_registered_later():
    def f(x: Any) -> Any:
        return np.nextafter(x, 3.0) * 2.0

    for _ in range(3):
        assert gradient(f, COMPILED, 1.0) == (2.0,)

    def rule(x: Any, y: Any) -> Any:
        return np.nextafter(x, y), lambda dy: (dy * 10.0, None)

    try:
        fluxbridge.adjoint(np.nextafter)(rule)
        assert gradient(f, COMPILED, 1.0) == gradient(f, 1.0) == (20.0,)
    finally:
        fluxbridge.adjoint(np.nextafter, None)


def test_the_engine_says_what_it_is():
    assert isinstance(pickle.loads(pickle.dumps(AutoNative(compile=True))), type(AutoNative(compile=True)))
    assert repr(AutoNative(compile=True)) == "AutoNative(compile=True)"
    assert isinstance(AutoNative(compile=True), AutoNative)
    assert repr(AutoNative(True, True)) == "AutoNative(verify=True, compile=True)"


def test_a_warning_names_the_line_of_the_call():
    def f(x: Any) -> Any:
        return np.sum(x * np.random.rand(2))

    with pytest.warns(fluxbridge.compiled.CompileWarning, match=r"np\.random") as caught:
        line = sys._getframe().f_lineno + 1
        gradient(f, COMPILED, np.ones(2))
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


@pytest.mark.parametrize(
    ("target", "f"),
    [
        (np.add, lambda x: x + 1.0),
        (np.add, lambda x: np.sum(1.0 + x * np.ones(2))),
        (np.multiply, lambda x: x * 3.0 - 1.0),
        (np.absolute, abs),
        (np.greater, lambda x: np.sum(np.where(x * np.ones(2) > 0, x, 0.0))),
    ],
)
def test_a_rule_for_what_is_written_as_an_operator(target, f):
    def rule(*xs: Any) -> Any:
        return target(*xs), lambda dy: (10.0 * dy,) * len(xs)

    before = gradient(f, COMPILED, 2.0)
    fluxbridge.adjoint(target, rule)
    try:
        for _ in range(3):
            assert result(lambda: gradient(f, COMPILED, 2.0)) == result(lambda: gradient(f, 2.0))
    finally:
        fluxbridge.adjoint(target, None)
    assert gradient(f, COMPILED, 2.0) == before


@pytest.mark.parametrize("function", [np.tanh, fluxbridge.flux.sigmoid, fluxbridge.flux.softplus])
@pytest.mark.parametrize(
    "x", [0.3, 30.0, np.float64(0.3), np.array([0.3, -2.0, 25.0]), np.ones(2, np.float32)]
)
def test_gradients_of_gradients_of_what_levels_off(function, x):
    """Here the slope is a step of its own, which has a derivative, too."""

    def twice(x: Any) -> Any:
        (slope,) = gradient(lambda x: np.sum(function(x) ** 3), x)
        return np.sum(slope**2)

    for _ in range(3):
        assert same(gradient(twice, COMPILED, x), gradient(twice, x))
        assert same(gradient(lambda x: twice(2.0 * x), COMPILED, x), gradient(lambda x: twice(2.0 * x), x))


class Holder:
    def __init__(self, w: Any):
        self.w = w


OUTSIDE: dict[str, Any] = {"list": [1.0, [2.0]], "dict": {"w": np.ones(2)}, "object": Holder(np.ones(2))}


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("engine", [AutoNative(compile=True), AutoNative(compile="numpy")])
def test_what_is_returned_is_itself(name, engine):
    """What was given, or found outside, is returned and no copy of it, so whoever changes it changes it."""
    thing = OUTSIDE[name]

    def outside(x: Any) -> Any:
        return np.sum(x), thing, {"in": (thing, x)}

    def given(x: Any, thing: Any) -> Any:
        return np.sum(x), thing, [thing]

    for _ in range(4):
        _, mine, inner = withgradient(outside, engine, np.ones(2)).val
        assert mine is thing and inner["in"][0] is thing
        _, mine, (inner,) = withgradient(given, engine, np.ones(2), thing).val
        assert mine is thing and inner is thing
    assert same(
        tuple(withgradient(lambda x: (np.sum(x), [x, {"y": x * 2}], []), engine, np.ones(2))),
        tuple(withgradient(lambda x: (np.sum(x), [x, {"y": x * 2}], []), np.ones(2))),
    )


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_list_that_stands_twice_in_a_result():
    def f(x: Any) -> Any:
        made = [2.0]
        return np.sum(x), made, [made]

    for _ in range(4):
        _, made, (again,) = withgradient(f, COMPILED, np.ones(2)).val
        assert made is again


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_how_arrays_are_printed():
    def f(x: Any) -> Any:
        return x * len(str(np.array([1.23456789]))) + len(repr(np.array(1 / 3)))

    for digits in (8, 8, 8, 2, 2, 8):
        with np.printoptions(precision=digits):
            agree(f, (2.0,), calls=1)
