"""Adaptive finite differences: right, and honest about how right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxbridge.check.differences import one_sided, slope

SMOOTH = [
    (math.sin, math.cos), (math.exp, math.exp), (lambda t: t**5, lambda t: 5 * t**4),
    (lambda t: 1 / (1 + t * t), lambda t: -2 * t / (1 + t * t) ** 2),
    (math.tanh, lambda t: 1 - math.tanh(t) ** 2),
]  # fmt: skip


@pytest.mark.parametrize(("f", "df"), SMOOTH)
@given(x=st.floats(-3, 3))
def test_smooth_functions(f, df, x):
    found, error = slope(lambda t: f(x + t), max(1.0, abs(x)))
    assert abs(found - df(x)) <= 10 * error + 1e-12
    assert error < 1e-7 * (1 + abs(df(x)))


def test_the_error_grows_where_there_is_no_limit():
    assert slope(lambda t: math.sqrt(t) if t > 0 else 0.0)[1] > 0.1
    assert slope(lambda t: math.nan)[1] == np.inf


def test_a_near_border_of_the_domain_is_no_obstacle():
    x = 1e-3
    found, error = slope(lambda t: math.log(x + t))
    assert abs(found - 1 / x) < 1e-5 / x
    assert error < 1e-4 / x


def test_arrays_have_a_slope_each():
    found, error = slope(lambda t: np.array([math.sin(t), 3 * t, abs(t - 0.01)]))
    np.testing.assert_allclose(found, [1, 3, -1], atol=1e-10)
    assert error.shape == (3,)


def test_both_sides_of_a_kink():
    left, right = one_sided(abs)
    assert (left, right) == (-1, 1)
