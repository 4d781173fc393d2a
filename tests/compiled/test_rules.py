"""Calls with a rule of their own, and functions whose rules look at values: called in every run."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, same, states

import fluxbridge
from fluxbridge import (
    Buffer,
    adjoint,
    checkpointed,
    compose,
    forwarddiff,
    gradient,
    hook,
    ignore_derivatives,
    pullback,
    withgradient,
)  # fmt: skip
from fluxbridge.compiled import CompileWarning
from fluxbridge.compiled.cache import CACHE
from fluxbridge.errors import FluxbridgeError, MutationError

pytestmark = pytest.mark.once

X = np.array([0.5, 2.0, 3.0])
SCALE = 2.0
WEIGHTS = np.ones(3)
SEEN: list[Any] = []


@adjoint
def clipped(x: Any) -> Any:
    return np.minimum(x, 1.0), lambda dy: (dy * SCALE,)


@adjoint
def product(x: Any, y: Any) -> Any:
    return x * y, lambda dy: (dy * 10.0, None)


@adjoint
def both(x: Any) -> Any:
    return (np.sin(x), np.sum(x)), lambda dy: (dy[0] * 3.0 if dy[1] is None else dy[0] + dy[1] * np.ones(3),)


def filled(x: Any) -> Any:
    b = Buffer(x)
    for i in range(3):
        b[i] = x[i] * 2
    return np.sum(copy.copy(b) * x)


def multiplied(parts: Any) -> Any:
    return np.sum(parts[0]) * parts[1]


def by_hand(d: Any) -> Any:
    return d * SCALE


COMPILED_CASES: dict[str, Callable[..., Any]] = {
    "adjoint": lambda x: np.sum(clipped(x) * x),
    "no derivative for an argument": lambda x, y: np.sum(product(x, y)),
    "several results": lambda x: np.sum(both(x)[0]) * 2.0,
    "several results, all used": lambda x: multiplied(both(x)),
    "hook": lambda x: np.sum(hook(lambda d: d * 3.0, x) ** 2),
    "hook with a function outside": lambda x: np.sum(hook(by_hand, x * 2.0) ** 2),
    "checkpointed": lambda x: np.sum(checkpointed(lambda v: np.sin(v) * v, x)),
    "checkpointed with a value inside": lambda x: np.sum(checkpointed(lambda v: np.sin(v) * x, x * 2)),
    "forwarddiff": lambda x: np.sum(forwarddiff(lambda v: np.sin(v) * v, x)),
    "ignored": lambda x: np.sum(x * ignore_derivatives(x) * (ignore_derivatives(x) > 1.0)),
    "filled": filled,
    "sorted": lambda x: np.sum(np.sort(x) * WEIGHTS) + np.median(x) + np.quantile(x, 0.3),
    "norms": lambda x: np.linalg.norm(x, np.inf) + np.linalg.norm(np.outer(x, x) + np.diag(x), 2),
    "without NaN": lambda x: np.nansum(np.log(x - 1.0)) + np.nanmax(x),
    "folded": lambda x: np.logaddexp.reduce(x) + np.maximum.accumulate(x)[-1] + np.fmax.reduce(x),
    "least squares": lambda x: np.sum(np.linalg.lstsq(np.stack([x, x**2], 1), np.ones(3))[0]),
    "several results of NumPy": lambda x: np.sum(np.linalg.svd(np.outer(x, x) + np.diag(x))[1][:2]),
}


@pytest.mark.parametrize("name", COMPILED_CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_one_program_at_all_points(name):
    f = COMPILED_CASES[name]
    CACHE.clear()
    for k in range(5):
        xs = (np.random.default_rng(k).permutation(X) * (1.0 + k),) * f.__code__.co_argcount
        assert same(tuple(withgradient(f, COMPILED, *xs)), tuple(withgradient(f, *xs)))
    assert [(s.eager, s.raised, s.traces) for s in states()] == [("", "", 1)]


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(hook(lambda d: d * WEIGHTS, x) ** 2),
        lambda x: np.sum(hook(lambda d: d * ignore_derivatives(x), x) ** 2),
        lambda x: np.sum(hook(lambda d: d * SCALE, x) ** 2) + np.sum(clipped(x)),
        lambda x: np.sum(hook(lambda d: (SEEN.append(1), d)[1], x) ** 2),
        lambda x: np.sum(checkpointed(lambda v: np.sin(v) * WEIGHTS, x)),
        lambda x: np.sum(product(x, x * 2)),
        lambda x: np.sum(x * ignore_derivatives(lambda: np.sum(x))),
        lambda x: x[0] * float(ignore_derivatives(x[1])),
        lambda x: x[0] if ignore_derivatives(x)[1] > 3.0 else x[1],
        lambda x: np.sum(np.trim_zeros(x - 2.0)) * np.mean(np.trim_zeros(x - 3.0)),
    ],
)
def test_what_they_read_is_read_anew(f, monkeypatch):
    for k in range(5):
        monkeypatch.setitem(globals(), "SCALE", 2.0 + k)
        WEIGHTS[:] = k
        n = len(SEEN)
        found = withgradient(f, COMPILED, X + k)
        m = len(SEEN)
        assert same(tuple(found), tuple(withgradient(f, X + k)))
        assert m - n == len(SEEN) - m
    WEIGHTS[:] = 1.0


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
@pytest.mark.parametrize("kind", [float, lambda s: np.full(3, s), lambda s: [np.full(3, int(s))]])
def test_a_function_in_a_hook_that_is_replaced(kind):
    def scaled(s: float) -> Callable[[Any], Any]:
        w = kind(s)
        return lambda d: d * np.asarray(w)

    class Holder:
        rule = scaled(1.0)

    holder = Holder()

    def f(x: Any) -> Any:
        return np.sum(hook(holder.rule, x))

    for k in range(5):
        holder.rule = scaled(1.0 + k)
        assert same(tuple(withgradient(f, COMPILED, X)), tuple(withgradient(f, X)))
        for _ in range(2):
            assert same(tuple(withgradient(f, COMPILED, X + k)), tuple(withgradient(f, X + k)))


def test_a_result_of_another_shape_is_for_another_program():
    f = lambda x: np.mean(np.unique(x) ** 2)  # noqa: E731
    CACHE.clear()
    for x in ([1.0, 2.0, 3.0], [3.0, 1.0, 2.0], [1.0, 1.0, 2.0], [2.0, 2.0, 1.0], [5.0, 4.0, 1.0]):
        assert same(tuple(withgradient(f, COMPILED, np.array(x))), tuple(withgradient(f, np.array(x))))
    assert [(s.eager, s.raised, s.traces) for s in states()] == [("", "", 2)]


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_views_that_functions_give():
    """A change in place is seen in the view that trim_zeros gave; what was handed out cannot be changed."""

    def viewed(x: Any) -> Any:
        y = x * 1.0
        z = np.trim_zeros(y)
        y += 1.0
        return np.sum(z * z) + np.sum(y)

    def handed_out(x: Any) -> Any:
        y = x * 1.0
        p = ignore_derivatives(y)[1:]
        y += 1.0
        return np.sum(p) + np.sum(y)

    for k in range(4):
        x = np.array([0.0, 1.0, 2.0]) + k % 2
        assert same(tuple(withgradient(viewed, COMPILED, x)), tuple(withgradient(viewed, x)))
        with pytest.raises(MutationError):
            withgradient(handed_out, COMPILED, x)


def test_a_rule_that_fails():
    @adjoint
    def failing(x: Any) -> Any:
        def back(dy: Any) -> Any:
            if np.sum(x) > 20.0:
                raise KeyError("too large")
            return (dy,)

        return x * 2.0, back

    def f(x: Any) -> Any:
        return np.sum(failing(x))

    for k in (1, 1, 1, 5):
        if k < 5:
            assert same(tuple(withgradient(f, COMPILED, X * k)), tuple(withgradient(f, X * k)))
        else:
            with pytest.raises(KeyError, match="too large"):
                withgradient(f, COMPILED, X * k)


def test_a_value_that_a_rule_leaves_without_gradient_on_the_way():
    f = lambda x: np.sum(product(x, x * 2))  # noqa: E731
    with pytest.warns(CompileWarning, match="a rule gives no gradient for a value on the way"):
        fluxbridge.gradient(f, COMPILED, X)


def _pulled(f: Any, x: Any, seed: Any, *engine: Any) -> Any:
    y, back = pullback(f, *engine, x)
    return y, back(seed)


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_rule_that_gives_none_at_some_values():
    """The program finds out on the way back; then the engine pulls back, if it would meet the same values."""

    @adjoint
    def rule(x: Any) -> Any:
        return np.sum(x), lambda dy: (None if x[0] > 0 else dy * np.ones(3),)

    x = np.array([1.0, -2.0, 3.0])
    for f in (rule, lambda x: rule(2 * x), lambda x: rule(2 * x) + np.sum(x), lambda x: rule(x) * x):
        for point in (-x, -x, -x, x, x, -x):
            total = compose(np.sum, f)
            assert same(gradient(total, COMPILED, point), gradient(total, point))
            seed = np.ones_like(f(point))
            seed = seed if seed.ndim else 1.0
            assert same(_pulled(f, point, seed, COMPILED), _pulled(f, point, seed))


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_a_pullback_of_what_has_changed_is_refused():
    @adjoint
    def rule(x: Any) -> Any:
        return np.sum(x), lambda dy: (None if x[0] > 0 else dy * np.ones(2),)

    def f(x: Any) -> Any:
        return rule(2 * x) * np.sum(x)

    x = np.array([-1.0, 2.0])
    for _ in range(3):
        pullback(f, COMPILED, x)[1](1.0)
    x[0] = 3.0
    _, back = pullback(f, COMPILED, x)
    assert same(back(1.0), pullback(f, x)[1](1.0))
    x[1] = 7.0
    with pytest.raises(FluxbridgeError, match="has changed since"):
        back(1.0)


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@pytest.mark.parametrize("f", [lambda x: x**0.5, lambda x: abs(x) ** 0.3, lambda x: 2 * np.sqrt(x), np.log])
def test_pullbacks_where_numbers_of_python_raise(f):
    for x in (1.0, 1.0, 1.0, 0.0, 2.0):
        assert same(_pulled(f, x, 1.0, COMPILED), _pulled(f, x, 1.0))
