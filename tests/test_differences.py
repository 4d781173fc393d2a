"""Adaptive finite differences: right, and honest about how right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge.differences import NO_VALUE, STEEP, central, slopes

SMOOTH = [
    (math.sin, math.cos), (math.exp, math.exp), (lambda t: t**5, lambda t: 5 * t**4),
    (lambda t: 1 / (1 + t * t), lambda t: -2 * t / (1 + t * t) ** 2),
    (math.tanh, lambda t: 1 - math.tanh(t) ** 2),
]  # fmt: skip


def ulps(x):
    return 32 * float(np.spacing(abs(x))) if x else 0.0


@pytest.mark.parametrize("points", [3, 5, 7])
@given(x=st.floats(-2, 2), coefficients=st.lists(st.integers(-5, 5), min_size=1, max_size=8))
def test_central_differences_are_exact_for_polynomials_of_their_order(points, x, coefficients):
    p = np.polynomial.Polynomial(coefficients[:points])
    assert central(lambda t: p(x + t), 0.25, points) == pytest.approx(p.deriv()(x), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(("f", "df"), SMOOTH)
@settings(max_examples=40)
@given(x=st.floats(-3, 3))
def test_smooth_functions(f, df, x):
    found = slopes(lambda t: f(x + t), max(1.0, abs(x)), least=ulps(x))
    assert not found.kink
    assert abs(found.value - df(x)) <= 10 * found.error
    assert found.error < 1e-9 * (1 + abs(df(x)))


@pytest.mark.parametrize("p", [0, 2, 4, 6, 8, 10])
def test_many_periods_are_seen_through(p):
    """The larger steps jump over many periods; only the smaller ones count."""
    c = 10.0**p
    found = slopes(lambda t: math.sin(c * (1 + t)), noise=c * 1e-16, least=ulps(1.0))
    assert abs(found.value - c * math.cos(c)) <= 10 * found.error
    assert found.error < 1e-3 * c


def test_small_values_have_small_errors():
    found = slopes(lambda t: 1e-20 * (t**3 + t))
    assert found.value == pytest.approx(1e-20, rel=1e-12) and found.error < 1e-30


def test_noise_is_no_kink():
    rng = np.random.default_rng(3)
    found = slopes(lambda t: math.sin(1 + t) + 1e-8 * rng.standard_normal(), noise=1e-8)
    assert not found.kink
    assert abs(found.value - math.cos(1)) <= 10 * found.error
    found = slopes(lambda t: abs(t) + math.sin(1 + t) + 1e-8 * rng.standard_normal(), noise=1e-8)
    assert found.kink
    assert found.low == pytest.approx(math.cos(1) - 1, abs=0.01)
    assert found.high == pytest.approx(math.cos(1) + 1, abs=0.01)


@pytest.mark.parametrize("gap", [2.0, 1e-2, 1e-5])
def test_both_sides_of_a_kink(gap):
    found = slopes(lambda t: 1 + t + gap / 2 * abs(t))
    assert found.kink
    assert (found.low, found.high) == (
        pytest.approx(1 - gap / 2, rel=1e-6),
        pytest.approx(1 + gap / 2, rel=1e-6),
    )


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_kink_nearby_is_no_kink_here(distance):
    found = slopes(lambda t: abs(t - distance))
    assert not found.kink and found.value == pytest.approx(-1, rel=1e-6)


@pytest.mark.parametrize(
    ("f", "slope"), [(math.floor, 0), (lambda t: t - math.floor(t), 1), (lambda t: (t > 0) + 2 * t, 2)]
)
def test_beside_a_jump_there_are_slopes(f, slope):
    found = slopes(f)
    assert found.kink and found.low == found.high == pytest.approx(slope)


@pytest.mark.parametrize("f", [math.sqrt, lambda t: math.sqrt(abs(t)), np.cbrt])
def test_no_limit(f):
    assert slopes(f).error == np.inf


def test_a_kink_that_only_some_steps_see_through():
    found = slopes(lambda t: 1e-12 * (abs(t + 2e-13) + t), noise=1e-26, least=ulps(2e-13))
    assert abs(found.value - 2e-12) <= 10 * found.error


def test_the_reason():
    assert slopes(lambda t: math.sqrt(abs(t))).reason == STEEP
    assert slopes(lambda t: math.nan).reason == NO_VALUE
    assert slopes(lambda t: math.inf).error == np.inf


@pytest.mark.parametrize("x", [1e-3, 1e-8, 1e-12])
def test_a_near_border_of_the_domain_is_no_obstacle(x):
    found = slopes(lambda t: math.log(x + t), least=ulps(x))
    assert abs(found.value * x - 1) < 1e-6 and abs(found.value - 1 / x) <= 10 * found.error


def test_overflow_at_larger_steps():
    found = slopes(lambda t: math.exp(700 * (1 + t)), noise=1e-13 * math.exp(700), least=ulps(1.0))
    assert abs(found.value - 700 * math.exp(700)) <= 10 * found.error
    assert found.error < 1e-6 * found.value


def test_arrays_have_a_slope_each():
    found = slopes(lambda t: np.array([math.sin(t), 3 * t, abs(t - 0.01), abs(t)]))
    np.testing.assert_allclose(found.value[:3], [1, 3, -1], atol=1e-9)
    assert found.kink.tolist() == [False, False, False, True]
    assert (found.low[3], found.high[3]) == (-1, 1)
