"""Jacobians and Hessians with many directions in one run are those with one run for each direction."""

from __future__ import annotations

import importlib
import itertools
import tracemalloc
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulecheck import inner, pair, random_like
from rulesamples import samples

from fluxbridge import (
    AutoNative,
    adjoint,
    diaghessian,
    gradient,
    hessian,
    hessian_reverse,
    jacobian,
    pullback,
)
from fluxbridge.autodiff import block, blocks
from fluxbridge.autodiff.blockrules import RULES
from fluxbridge.autodiff.primitive import PRIMITIVES

SAMPLES = samples()
TOGETHER: Counter[bool | str] = Counter()


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that computes something in blocks and one by one; notes whether the blocks were used."""

    def both(compute: Any) -> tuple[Any, Any]:
        used = []
        in_blocks = blocks._in_blocks

        def noted(*args: Any) -> Any:
            results = in_blocks(*args)
            if args[0] > 1:
                used.append(results is not None)
            return results

        with monkeypatch.context() as patch:
            patch.setattr(blocks, "_in_blocks", noted)
            together = compute()
        TOGETHER.update(used)
        TOGETHER["asked"] += 1
        both.used = used  # type: ignore[attr-defined]
        with monkeypatch.context() as patch:
            patch.setattr(blocks, "_in_blocks", lambda *_: None)
            return together, compute()

    return both


def same(a: Any, b: Any) -> None:
    if isinstance(a, tuple):
        for x, y in zip(a, b, strict=True):
            same(x, y)
        return
    assert type(a) is type(b)
    if a is None:
        return
    assert np.shape(a) == np.shape(b) and np.result_type(a) == np.result_type(b)
    scale = np.max(np.abs(b), where=np.isfinite(b), initial=0.0)
    precision = np.finfo(np.result_type(b)).eps if np.result_type(b).kind in "fc" else 0.0
    np.testing.assert_allclose(a, b, rtol=0, atol=64 * precision * scale)


def flat(f: Any) -> Any:
    """The function with all its outputs as one real vector."""

    def call(*xs: Any) -> Any:
        out = f(*xs)
        parts = out if isinstance(out, (tuple, list)) else (out,)
        return np.concatenate([np.ravel(g(p)) for p in parts for g in (np.real, np.imag)])

    return call


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_the_jacobian_of_every_rule(sample, ways):
    same(*ways(lambda: jacobian(flat(sample.f), *sample.args)))


def place(sample: Any) -> int | None:
    """Which argument of a sample the Hessian is taken by: a real array with some elements."""
    for k, x in enumerate(sample.args):
        if sample.order > 1 and np.result_type(x).kind in "fiu" and 1 < np.size(x) <= 60:
            return k
    return None


TWICE = [s for s in SAMPLES if place(s) is not None][::3]  #: of these the Hessian is taken, too


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@pytest.mark.parametrize("sample", TWICE, ids=repr)
def test_the_hessian_of_every_rule(sample, ways):
    rng = np.random.default_rng(0)
    out = sample.f(*sample.args)
    parts = out if isinstance(out, (tuple, list)) else (out,)
    s = pair(sample.f, [random_like(rng, p) for p in parts])
    k = place(sample)
    f = lambda x: s(*sample.args[:k], x, *sample.args[k + 1 :])  # noqa: E731
    same(*ways(lambda: hessian(f, np.asarray(sample.args[k]))))


def test_nearly_all_of_them_were_taken_together():
    if TOGETHER["asked"] < len(SAMPLES) + len(TWICE):
        pytest.skip("the tests above did not all run in this process")
    assert TOGETHER[True] > 30 * TOGETHER[False] > 0


def test_every_rule_of_blocks_is_of_a_primitive():
    importlib.import_module("fluxbridge.flux")
    assert set(RULES) <= set(PRIMITIVES)


A = np.random.default_rng(0).normal(size=(4, 3))
FUNCTIONS = {
    "a loop": lambda x: np.sum(np.stack([x[i] * x[i - 1] ** 3 for i in range(3)])),
    "a branch": lambda x: np.sum(np.where(x > 0, np.sin(x), x**2)) if x[0] > 0 else np.prod(x),
    "a matrix": lambda x: np.sum(np.tanh(A @ x) ** 2) * np.linalg.norm(x),
    "in place": lambda x: _squares(x),
    "a gradient": lambda x: np.sum(gradient(lambda y: np.sum(y**3 * x), x)[0] ** 2),
    "Python numbers": lambda x: sum(v.item() / (1.0 + w.item() ** 2) for v, w in itertools.product(x, x)),
    "a list": lambda x: np.logaddexp.reduce(x) + max(list(x)),
    "a rule of its own": lambda x: np.sum(_cubed(x) * x),
    "an inverse": lambda x: np.linalg.slogdet(np.outer(x, x) + np.eye(3))[1],
    "einsum": lambda x: np.einsum("i,ij,j->", x, A[:3], x) ** 2,
    "steep": lambda x: np.sum(np.sqrt(np.abs(x)) * x),
}  # fmt: skip


def _squares(x):
    y = x * 1.0
    y[:1] *= x[1:2]
    y += x
    return np.sum(y * y)


@adjoint
def _cubed(x):
    return x**3, lambda dy: (3 * x**2 * dy,)


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize("derive", [hessian, hessian_reverse, diaghessian])
def test_second_derivatives_of_programs(f, derive, ways):
    same(*ways(lambda: derive(f, np.array([0.3, -1.2, 2.0]))))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["C", "F"]), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_orders_and_shapes(order, n, m, seed):
    x = np.random.default_rng(seed).normal(size=(n, m))
    f = lambda x: np.cumsum(np.sin(x) @ x.T, axis=0)  # noqa: E731
    J = jacobian(f, x, order=order)[0]
    H = hessian(lambda x: np.sum(f(x) ** 2), x, order=order)
    y, back = pullback(f, x)
    rows = []
    for k in range(y.size):
        seed_of_k = np.zeros(y.shape)
        seed_of_k[np.unravel_index(k, y.shape, order=order)] = 1.0
        rows.append(back(seed_of_k)[0].ravel(order=order))
    np.testing.assert_allclose(J, np.stack(rows), rtol=0, atol=1e-12)
    np.testing.assert_allclose(H, H.T, atol=1e-9 * (1 + np.max(np.abs(H))))


def test_a_function_that_catches_everything_is_still_right(monkeypatch):
    def f(x):
        try:
            return np.sum(np.sort(np.roots(x).real) ** 2)
        except BaseException:
            return np.sum(x)

    x = np.array([1.0, -3.0, 2.0])
    expected = hessian(lambda x: np.sum(np.sort(np.roots(x).real) ** 2), x)
    np.testing.assert_array_equal(hessian(f, x), expected)
    assert np.any(expected)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_precision(kind, ways):
    weights = np.linspace(0, 1, 5, dtype=kind)
    both = ways(lambda: jacobian(lambda x: 0.1 * weights * np.tanh(x) ** 2, np.ones(5, kind)))
    same(*both)
    assert both[0][0].dtype == kind


def test_several_arguments_and_numbers(ways):
    f = lambda a, x, d, B: a * x + B @ x + d["b"] * x  # noqa: E731
    together, apart = ways(lambda: jacobian(f, 2.0, np.arange(3.0), {"b": 1.0}, np.eye(3)))
    same(together, apart)
    assert together[2] is None and together[0].shape == (3,)


def test_inside_of_another_gradient(ways):
    def f(x):
        return np.sum(jacobian(lambda y: np.sin(y) * x, x)[0] ** 2) + np.sum(
            hessian(lambda y: np.sum(y**4), x)
        )

    same(*ways(lambda: gradient(f, np.array([0.2, 0.5]))))


def test_memory_is_bounded_by_a_block():
    n = 3000
    f = lambda x: np.sin(x) * np.mean(x)  # noqa: E731
    x = np.linspace(0, 1, n)
    tracemalloc.start()
    J = jacobian(f, x)[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.2 * J.nbytes + 12 * 8 * block.ELEMENTS


def test_an_array_that_grows_inside_makes_the_blocks_smaller(ways, monkeypatch):
    monkeypatch.setattr(block, "ELEMENTS", 200)
    f = lambda x: np.sum(np.outer(x, x) ** 2, axis=0)  # noqa: E731
    same(*ways(lambda: jacobian(f, np.arange(6.0))))
    same(*ways(lambda: hessian(lambda x: np.sum(f(x)), np.arange(6.0))))


def test_a_pullback_with_a_wrong_seed_still_says_so():
    with pytest.raises(ValueError, match="shape"):
        pullback(np.sin, np.ones(3))[1](np.ones(2))


def test_verified(ways):
    f = lambda x: np.sum(x**3)  # noqa: E731
    x = np.arange(3.0)
    same(*ways(lambda: hessian(f, AutoNative(verify=True), x)))
    same(*ways(lambda: jacobian(np.exp, AutoNative(verify=True), x)))


def test_inner_of_blocks_is_the_matrix_times_a_vector():
    x, v = np.linspace(0, 1, 4), np.array([1.0, -1.0, 2.0, 0.5])
    f = lambda x: np.sum(np.exp(x[:-1] * x[1:]))  # noqa: E731
    np.testing.assert_allclose(
        hessian(f, x) @ v, gradient(lambda x: inner(v, gradient(f, x)[0]), x)[0], rtol=1e-12
    )
