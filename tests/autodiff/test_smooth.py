"""Smooth functions at a point where a part of them is not, to second order, in every order of modes."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import gradient, hessian, hessian_reverse, jacobian, pushforward
from fluxbridge.scipy import linalg

norm = np.linalg.norm
TWICE = 2 * np.eye(2)

SMOOTH = {
    "norm": (lambda x: norm(x) ** 2, TWICE),
    "norm of a matrix": (lambda x: norm(np.reshape(x, (1, 2))) ** 2.0, TWICE),
    "norms of rows": (lambda x: np.sum(norm(np.reshape(x, (1, 2)), axis=1, keepdims=True) ** 2), TWICE),
    "square": (lambda x: np.square(norm(x)), TWICE),
    "power": (lambda x: np.power(norm(x), 2), TWICE),
    "times itself": (lambda x: (lambda r: r * r)(norm(x)), TWICE),
    "fourth": (lambda x: norm(x) ** 4 + norm(x) ** 2, TWICE),
    "abs": (lambda x: np.sum(np.abs(x) ** 2), TWICE),
    "abs itself": (lambda x: np.sum((lambda r: r * r)(np.abs(x))), TWICE),
    "fabs": (lambda x: np.sum(np.fabs(x) ** 4 + np.square(np.fabs(x))), TWICE),
    "number": (lambda x: abs(x[0]) ** 2 + abs(x[1]) ** 2, TWICE),
    "complex": (lambda x: np.abs(x[0] + 1j * x[1]) ** 2, TWICE),
    "hypot": (lambda x: np.hypot(x[0], x[1]) ** 2, TWICE),
    "hypots": (lambda x: np.sum(np.hypot(x, 0.0) ** 2), TWICE),
    "std": (lambda x: np.std(x) ** 2, np.array([[0.5, -0.5], [-0.5, 0.5]])),
    "std with ddof": (lambda x: np.std(x, ddof=1) ** 2, np.array([[1.0, -1.0], [-1.0, 1.0]])),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_second_derivative_at_the_corner(name):
    f, expected = SMOOTH[name]
    zero = np.zeros(2)
    np.testing.assert_array_equal(gradient(f, zero)[0], zero)
    np.testing.assert_allclose(hessian(f, zero), expected)
    np.testing.assert_allclose(hessian_reverse(f, zero), expected)
    both = jacobian(lambda x: np.stack([pushforward(f, x)(e) for e in np.eye(2)]), zero)[0]
    np.testing.assert_allclose(both, expected)


@pytest.mark.parametrize("name", SMOOTH)
def test_and_elsewhere_as_by_differences(name):
    f, x, h = SMOOTH[name][0], np.array([0.7, -1.3]), 1e-6
    rows = [(gradient(f, x + h * e)[0] - gradient(f, x - h * e)[0]) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(hessian(f, x), rows, atol=1e-7)
    np.testing.assert_allclose(hessian_reverse(f, x), rows, atol=1e-7)


def test_third_derivative_of_a_fourth_power():
    def slope(x):
        return gradient(lambda x: gradient(lambda x: abs(x) ** 4, x)[0], x)[0]

    assert gradient(slope, 0.5) == (12.0,)
    assert gradient(lambda x: gradient(slope, x)[0], 0.0) == (24.0,)


def test_one_number():
    for f in (lambda x: abs(x) ** 2, lambda x: np.abs(x) ** 2, lambda x: np.square(np.abs(x))):
        assert hessian(f, 0.0) == hessian_reverse(f, 0.0) == 2.0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_root_of_a_power_is_0_in_both_modes():
    assert gradient(lambda x: np.sqrt(x**2), 0.0) == (0.0,)
    assert pushforward(lambda x: np.sqrt(x**2), 0.0)(1.0) == 0.0
    f = lambda x: np.sqrt(np.sum(x**2))  # noqa: E731
    np.testing.assert_array_equal(gradient(f, np.zeros(2))[0], np.zeros(2))
    assert pushforward(f, np.zeros(2))(np.ones(2)) == 0.0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_other_roots_and_quotients_are_nan_in_both_modes():
    for f in (lambda x: np.sqrt(x * x), lambda x: np.sqrt(x) ** 2, lambda x: x**2 / np.abs(x)):
        x = np.array([0.0])
        assert np.isnan(gradient(lambda x, f=f: np.sum(f(x)), x)[0][0])
        assert np.isnan(pushforward(f, x)(np.ones(1))[0])


#: Composites of equal eigenvalues and singular values, with what docs/deviations.md says to write instead.
REPEATED = {
    "expm": (
        lambda A: np.sum(np.exp(np.linalg.eigvalsh(A))),
        lambda A: np.trace(linalg.expm(A)),
    ),
    "square": (lambda A: np.sum(np.linalg.eigvalsh(A) ** 2), lambda A: np.sum(A * A.T)),
    "log": (lambda A: np.sum(np.log(np.linalg.eigvalsh(A))), lambda A: np.linalg.slogdet(A)[1]),
    "inverse": (lambda A: np.sum(1 / np.linalg.eigvalsh(A)), lambda A: np.trace(np.linalg.inv(A))),
    "singular": (lambda A: np.sum(np.linalg.svd(A, compute_uv=False) ** 2), lambda A: np.sum(A * A)),
}


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_equal_eigenvalues_and_what_to_write_instead(name):
    by_values, instead = REPEATED[name]
    A = 2 * np.eye(2)
    np.testing.assert_allclose(by_values(A), instead(A))
    np.testing.assert_allclose(gradient(by_values, A)[0], gradient(instead, A)[0], atol=1e-12)
    assert np.any(np.isnan(hessian(by_values, A)))
    exact = hessian(instead, A)
    assert np.all(np.isfinite(exact))
    np.testing.assert_allclose(hessian_reverse(instead, A), exact, atol=1e-12)
    apart = np.diag([2.0, 2.0 + 1e-3])
    np.testing.assert_allclose(np.diag(hessian(by_values, apart))[[0, 3]], np.diag(exact)[[0, 3]], rtol=0.01)
