"""Thirty whole programs in plain NumPy: the native engine and Zygote on the emitted source agree."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from programs import PROGRAMS

import fluxbridge
from fluxbridge import (
    AutoForwardDiff,
    AutoZygote,
    Record,
    gradient,
    hessian,
    jacobian,
    pullback,
    withgradient,
)
from fluxbridge.errors import ArgumentError, NoRuleError, NotScalarError
from fluxbridge.julia import session
from fluxbridge.julia.emit import translation

pytestmark = pytest.mark.julia


def same(got: Any, expected: Any, rtol: float) -> None:
    """Equal in structure, types and None; numbers to `rtol` of the largest."""
    assert type(got) is type(expected)
    if isinstance(expected, (tuple, list, Record)):
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            same(a, b, rtol)
    elif isinstance(expected, dict):
        assert list(got) == list(expected)
        for key in expected:
            same(got[key], expected[key], rtol)
    elif expected is not None:
        assert np.shape(got) == np.shape(expected)
        assert np.asarray(got).dtype == np.asarray(expected).dtype
        scale = np.max(np.abs(expected), initial=1e-300)
        assert np.max(np.abs(np.asarray(got) - expected), initial=0.0) <= rtol * scale


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_native_and_zygote_agree(program):
    y, grads = withgradient(program.f, *program.args)
    z, there = withgradient(program.f, AutoZygote(), *program.args)
    rtol = 2e-6 if np.asarray(y).dtype == np.float32 else 1e-12
    same(z, y, rtol)
    same(there, grads, rtol)


# ---------------------------------------------------------------------------------------------
# Structures, caches, other operators
# ---------------------------------------------------------------------------------------------


def test_gradients_come_back_in_the_structure_of_the_arguments():
    class Layer:
        def __init__(self):
            self.weight, self.name, self.scale = np.ones((2, 2)), "first", np.float32(2.0)

        def __call__(self, x):
            return self.weight @ x * self.scale

    def f(layer, p, xs, n, text):
        return np.sum(layer(xs[0])) * p["a"][1] + p["deep"]["end"] ** 2 + xs[1] * n

    args = (
        Layer(),
        {"a": [1.0, 3.0], "deep": {"end": 2.0, "x": "y"}, 3: 4.0},
        (np.ones(2), 2.0, None),
        3,
        "text",
    )
    same(gradient(f, AutoZygote(), *args), gradient(f, *args), 1e-14)


def test_closures_are_arguments_too():
    def line(w, b):
        return lambda x: w * x + b

    f = lambda g, x: g(x) ** 2  # noqa: E731
    assert gradient(lambda x: 3 * x**2 + 2 * x + 1, AutoZygote(), 3) == (20.0,)
    same(gradient(f, AutoZygote(), line(2.0, 1.0), 3.0), gradient(f, line(2.0, 1.0), 3.0), 1e-15)


def test_zygote_says_nothing_where_nothing_depends():
    assert gradient(lambda x, y: x * 2, AutoZygote(), 1.0, np.ones(2)) == (2.0, None)
    assert gradient(lambda x: 3.0, AutoZygote(), 1.0) == (None,)
    assert gradient(lambda x: 1.0 if x > 0 else 2.0, AutoZygote(), 1.0) == (None,)


def test_outputs_with_more_than_a_number():
    def f(x):
        return {"loss": np.sum(x**2), "twice": [2 * x, "text"], "n": 3}

    y, grads = withgradient(f, AutoZygote(), np.array([1.0, 2.0]))
    assert y["loss"] == 5.0 and y["n"] == 3 and y["twice"][1] == "text"
    np.testing.assert_array_equal(y["twice"][0], [2.0, 4.0])
    np.testing.assert_array_equal(grads[0], [2.0, 4.0])


def test_every_call_follows_the_values():
    f = lambda x: x**2 if x > 0 else -x  # noqa: E731
    assert gradient(f, AutoZygote(), 3.0) == (6.0,)
    assert gradient(f, AutoZygote(), -3.0) == (-1.0,)
    g = lambda x: np.sum(x[x > 0] ** 2)  # noqa: E731
    for x in ([1.0, -2.0, 3.0], [-1.0, 2.0, 3.0]):
        x = np.array(x)
        np.testing.assert_array_equal(gradient(g, AutoZygote(), x)[0], gradient(g, x)[0])


def test_constants_that_change_are_compiled_once():
    bridge = session.bridge()
    known = translation.library(bridge)
    rng = np.random.default_rng(1)
    data = rng.normal(size=(50, 3))

    def step(w, rate, rows):
        batch = data[rows]
        return rate * np.sum((batch @ w) ** 2)

    counts = []
    for t in range(5):
        rows = rng.integers(0, 50, 20)
        f = lambda w, t=t, rows=rows: step(w, 0.1 / (t + 1), rows)  # noqa: E731
        same(gradient(f, AutoZygote(), np.ones(3)), gradient(f, np.ones(3)), 1e-13)
        counts.append(len(known.handles))
    assert counts[-1] == counts[1]  # the first change makes the constant an argument, and that is all


def test_pullback_jacobian_hessian_and_forward_mode():
    x = np.array([0.5, 1.0, 2.0])
    f = lambda x: (np.sin(x) * x[0], {"s": np.sum(x)})  # noqa: E731
    (y, s), back = pullback(f, AutoZygote(), x)
    (y0, s0), back0 = pullback(f, x)
    np.testing.assert_array_equal(y, y0)
    assert s == s0
    for seed in ((np.ones(3), None), (None, {"s": 2.0}), (np.arange(3.0), {"s": 1.0})):
        same(back(seed), back0(seed), 1e-14)
    g = lambda x: np.sum(x**3) * x[1]  # noqa: E731
    np.testing.assert_allclose(hessian(g, AutoZygote(), x), hessian(g, x), rtol=1e-13)
    np.testing.assert_allclose(jacobian(np.sin, AutoZygote(), x)[0], jacobian(np.sin, x)[0], rtol=1e-14)
    assert gradient(lambda x: x**3, AutoForwardDiff(), 2.0) == (12.0,)
    np.testing.assert_allclose(gradient(g, AutoForwardDiff(), x)[0], gradient(g, x)[0], rtol=1e-14)
    np.testing.assert_allclose(
        fluxbridge.diaghessian(g, AutoZygote(), x)[0], fluxbridge.diaghessian(g, x)[0], rtol=1e-13
    )


def test_native_derivatives_of_zygotes():
    inner = lambda x: gradient(lambda y: y**3 * x, AutoZygote(), x)[0]  # noqa: E731
    native = lambda x: gradient(lambda y: y**3 * x, x)[0]  # noqa: E731
    np.testing.assert_allclose(gradient(inner, 2.0)[0], gradient(native, 2.0)[0], rtol=1e-14)


def test_a_closure_over_a_value_of_an_outer_derivative():
    for c in (2.0, 3.0):  # the second is not written out
        inner = lambda y, c=c: gradient(lambda x: x**2 * y * c, AutoZygote(), 3.0)[0]  # noqa: E731
        assert gradient(inner, 5.0) == (6.0 * c,)
    with pytest.raises(NoRuleError, match="an outer derivative"):
        gradient(lambda y: gradient(lambda x: x**2 * y, AutoForwardDiff(), 3.0)[0], 5.0)


def test_errors_are_the_native_ones():
    with pytest.raises(NotScalarError):
        gradient(lambda x: x * 2, AutoZygote(), np.ones(2))
    with pytest.raises(NoRuleError, match="differentiable"):
        gradient(lambda x: np.nextafter(x, 2.0), AutoZygote(), 1.0)
    with pytest.raises(ArgumentError, match="takes a function as f"):
        gradient(3.0, AutoZygote(), 1.0)


def test_the_first_gradient_of_an_mlp_and_the_next_ones_are_quick():
    rng = np.random.default_rng(0)
    m = {"W1": rng.normal(size=(7, 5)), "b1": np.zeros(7), "W2": rng.normal(size=(2, 7)), "b2": np.zeros(2)}
    x = rng.normal(size=5)

    def loss(m, x):
        h = np.tanh(m["W1"] @ x + m["b1"])
        return np.sum((m["W2"] @ h + m["b2"]) ** 2)

    gradient(lambda m, x: np.sum(np.exp(m["W1"] @ x)), AutoZygote(), m, x)  # Julia is warm
    start = time.perf_counter()
    gradient(loss, AutoZygote(), m, x)
    first = time.perf_counter() - start
    times = []
    for _ in range(50):
        start = time.perf_counter()
        gradient(loss, AutoZygote(), m, x)
        times.append(time.perf_counter() - start)
    print(f"first {first:.2f} s, then {1e3 * min(times):.2f} ms")
    assert min(times) < 2e-3  # 1 ms on a machine of its own, the gradient itself included
