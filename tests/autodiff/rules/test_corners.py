"""Branches of rules that the samples do not reach: ends of ranges, equal knots, the guard of powers."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import check

from fluxbridge import gradient, hessian, pushforward
from fluxbridge.autodiff.rules.arithmetic import literal_power_rule

rng = np.random.default_rng(8)
X = rng.normal(size=5)
M = rng.normal(size=(3, 4))


# -- powers with a literal exponent --------------------------------------------------------------------


@pytest.mark.parametrize("p", [2, 3, 4, 2.5, np.int64(3)])
@pytest.mark.parametrize("dy", [np.inf, -np.inf, np.nan])
@pytest.mark.filterwarnings("ignore")
def test_a_slope_of_zero_is_stronger_than_an_infinite_cotangent(p, dy):
    x = np.array([0.0, 2.0, 0.0])
    got = literal_power_rule(np.full(3, dy), x**p, x, p)
    np.testing.assert_array_equal(got, [0.0, dy * p * 2.0 ** (p - 1), 0.0])
    assert literal_power_rule(dy, 0.0, 0.0, p) == 0.0
    np.testing.assert_array_equal(
        literal_power_rule(np.array([1.0, 2.0, 3.0]), x**p, x, p)[[0, 2]], [0.0, 0.0]
    )


@pytest.mark.filterwarnings("ignore")
def test_the_guard_of_powers_in_gradients():
    """The square root at 0 gives an infinite cotangent, which meets a slope of 0."""
    for f in (lambda x: np.sum(np.sqrt(x**2)), lambda x: np.sum(np.sqrt(x**3) * x)):
        got = gradient(f, np.array([0.0, 3.0]))[0]
        assert got[0] == 0.0 and np.isfinite(got[1]) and got[1] != 0
    assert gradient(lambda x: np.sqrt(x**2), 0.0)[0] == 0.0
    assert gradient(lambda x: np.sqrt(x**4) + x, 0.0)[0] == 1.0


def test_powers_of_zero_and_to_zero():
    zero = np.zeros(2)
    np.testing.assert_array_equal(gradient(lambda x: np.sum(x**0), zero)[0], zero)
    np.testing.assert_array_equal(gradient(lambda x: np.sum(x**1), zero)[0], zero + 1)
    np.testing.assert_array_equal(hessian(lambda x: np.sum(x**2), zero), 2 * np.eye(2))
    assert gradient(lambda x: x**0, 0.0)[0] == 0.0
    assert gradient(lambda a, b: a**b, 0.0, 2.0) == (0.0, 0.0)
    assert gradient(lambda a, b: np.sum(a**b), np.array([0.0]), np.array([0.0]))[0] == 0.0


def test_integers_of_few_bits_do_not_wrap_round():
    n = np.array([100, 7], np.int8)
    assert pushforward(lambda x: x**2 * 1.0, n[0])(1.0) == 200.0
    assert gradient(lambda x: x**3 * 1.0, n[0])[0] == 30000.0


@pytest.mark.parametrize("p", [2, 4, 6])
def test_even_powers_of_lengths(p):
    check(lambda a, b: np.hypot(a, b) ** p, X, X[::-1].copy())
    check(lambda x: np.linalg.norm(x) ** p, X)
    check(lambda x: np.abs(x) ** p, X)
    check(lambda x: np.std(x) ** p, X)
    check(lambda x: np.fabs(x) ** p, X)
    at_zero = gradient(lambda a, b: np.sum(np.hypot(a, b) ** p), np.zeros(2), np.zeros(2))
    np.testing.assert_array_equal(at_zero, np.zeros((2, 2)))
    np.testing.assert_array_equal(gradient(lambda x: np.linalg.norm(x) ** p, np.zeros(3))[0], np.zeros(3))


# -- interpolation, quantiles, distinct values -----------------------------------------------------------


def test_interpolation_at_equal_knots():
    knots, values = np.array([0.0, 1.0, 1.0]), np.array([2.0, 3.0, 5.0])
    for x in (np.array([1.0]), np.array([0.5, 1.0])):
        y = np.interp(x, knots, values)
        f = lambda v, x=x: np.sum(np.interp(x, knots, v))  # noqa: E731
        assert f(values) == np.sum(y)
        assert np.all(np.isfinite(gradient(f, values)[0]))
    np.testing.assert_array_equal(
        gradient(lambda v: np.sum(np.interp([1.0], knots, v)), values)[0], [0.0, 0.0, 1.0]
    )
    got = gradient(lambda x: np.sum(np.interp(x, knots, values)), np.array([1.0, 0.25]))[0]
    assert np.isfinite(got).all() and got[1] == 1.0


def test_interpolation_of_lists():
    got = gradient(lambda v: np.sum(np.interp([0.5, 1.5], [0.0, 1.0, 2.0], v)), np.array([1.0, 2.0, 4.0]))[0]
    np.testing.assert_array_equal(got, [0.5, 1.0, 0.5])
    got = gradient(lambda x: np.sum(np.interp(np.stack([x, 2 * x]), [0.0, 1.0, 2.0], [1.0, 2.0, 4.0])), 0.75)[
        0
    ]
    assert got == 1.0 + 2 * 2.0


@pytest.mark.parametrize("f", [np.quantile, np.nanquantile])
def test_quantiles_at_the_ends(f):
    x = np.array([3.0, 1.0, 2.0])
    for q, place in ((0.0, 1), (1.0, 0)):
        np.testing.assert_array_equal(gradient(lambda x, q=q: f(x, q), x)[0], np.eye(3)[place])
    for q in (1.5, -0.1, np.array([0.5, 1.1])):
        with pytest.raises(ValueError, match=r"range \[0, 1\]"):
            gradient(lambda x, q=q: np.sum(f(x, q)), x)


@pytest.mark.parametrize("method", ["linear", "weibull", "hazen", "median_unbiased", "normal_unbiased",
                                    "interpolated_inverted_cdf"])  # fmt: skip
@pytest.mark.parametrize("q", [0.321, 0.547, 0.771])
def test_quantiles_by_their_level(method, q):
    x = np.array([3.0, 1.0, 2.2, 5.0, 9.0])
    check(lambda q: np.quantile(x, q, method=method), q, order=1)
    check(lambda x: np.quantile(x, q, method=method), x, order=1)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_distinct_rows(axis):
    x = np.array([[3.0, 1.0, 3.0], [2.0, 5.0, 2.0]])
    weights = rng.normal(size=np.unique(x, axis=axis).shape)
    got = gradient(lambda x: np.sum(np.unique(x, axis=axis) * weights), x)[0]
    expected = np.zeros_like(x)
    index = np.unique(x, axis=axis, return_index=True)[1]
    expected[(slice(None), index) if axis in (1, -1) else (index,)] = weights
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_distinct_slices(axis):
    x = np.stack([M, M[::-1], M], axis=axis)
    place = [slice(None)] * 3
    place[axis] = np.unique(x, axis=axis, return_index=True)[1]
    expected = np.zeros_like(x)
    expected[tuple(place)] = 2.0
    np.testing.assert_array_equal(gradient(lambda x: 2 * np.sum(np.unique(x, axis=axis)), x)[0], expected)


def test_the_correlation_of_one_variable():
    assert gradient(lambda x: 2 * np.corrcoef(x) + np.sum(x), X)[0] == pytest.approx(np.ones(5))
    check(lambda x: np.corrcoef(x), M)


# -- decompositions of stacks ----------------------------------------------------------------------------


def test_stacks_of_matrices():
    a = rng.normal(size=(2, 3, 3)) + 3 * np.eye(3)
    symmetric = a + np.swapaxes(a, -1, -2)
    positive = a @ np.swapaxes(a, -1, -2)
    check(lambda a: np.linalg.qr(a).R ** 2, a)
    check(lambda a: np.linalg.qr(a[:, :, :2]).R ** 2, a)
    check(lambda a: np.linalg.eigvalsh(a + np.swapaxes(a, -1, -2)), symmetric)
    check(lambda a: np.linalg.eigh(a + np.swapaxes(a, -1, -2)).eigenvectors ** 2, symmetric)
    check(lambda a: np.linalg.cholesky((a + np.swapaxes(a, -1, -2)) / 2), positive)
    check(lambda a: np.linalg.svd(a, compute_uv=False), a)
    check(lambda a: np.linalg.inv(a), a)
    check(lambda a: np.linalg.det(a), a)
    check(lambda a: np.real(np.linalg.eigvals(a)) ** 2, a)


# -- SciPy ---------------------------------------------------------------------------------------------


def test_erfcx():
    special = pytest.importorskip("scipy.special")
    z = np.array([0.3 + 0.4j, -0.5 + 1.2j, 2.0 - 0.7j])
    check(lambda z: special.erfcx(z), z)
    for x in (-0.5, 0.7, 9.9, 10.1, 40.0):  # an expansion takes over at 10
        y = special.erfcx(x)
        assert gradient(special.erfcx, x)[0] == pytest.approx(
            2 * x * y - 2 / np.sqrt(np.pi), rel=1e-9, abs=1e-13
        )


@pytest.mark.parametrize("f", ["beta", "betaln", "binom", "poch"])
def test_gamma_quotients(f):
    special = pytest.importorskip("scipy.special")
    check(getattr(special, f), np.array([2.3, 7.7, 15.2]), np.array([0.9, 1.3, 4.1]))
