"""SciPy's own functions with traced values: the error names the function, and its advice works."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")
for _module in ("fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "sparse.linalg", "stats",
                "spatial.distance"):  # fmt: skip
    pytest.importorskip(f"scipy.{_module}")

import fluxbridge  # noqa: E402
from fluxbridge import gradient, hessian, ignore_derivatives  # noqa: E402
from fluxbridge.errors import FluxbridgeError  # noqa: E402
from fluxbridge.scipy import integrate  # noqa: E402

V = np.array([1.0, 2.0, 3.0, 4.0])
A = np.array([[2.0, 1.0], [1.0, 3.0]])
SPARSE = scipy.sparse.csr_array(A)
so, si, sp = scipy.optimize, scipy.integrate, scipy.interpolate
QUAD, ODEINT = "fluxbridge.scipy.integrate.quad", "fluxbridge.scipy.integrate.odeint"

PROGRAMS = {
    "optimize.brentq": (lambda a: so.brentq(lambda x: x * x - a, 0.0, 3.0), 2.0, "Newton"),
    "optimize.brentq, an end": (lambda a: so.brentq(lambda x: x * x - 2, 0.0, a), 3.0, "Newton"),
    "optimize.bisect": (lambda a: so.bisect(lambda x, a: x * x - a, 0.0, 3.0, args=(a,)), 2.0, "Newton"),
    "optimize.root_scalar": (
        lambda a: so.root_scalar(lambda x: x * x - a, bracket=[0, 3]).root,
        2.0,
        "Newton",
    ),
    "optimize.newton": (lambda a: so.newton(lambda x: x * x - 2, a), 2.0, "Newton"),
    "optimize.minimize": (
        lambda a: so.minimize(lambda x: np.sum((x - a) ** 2), np.zeros(2)).fun,
        V[:2],
        "hessian",
    ),
    "optimize.minimize_scalar": (lambda a: so.minimize_scalar(lambda x: (x - a) ** 2).x, 2.0, "hessian"),
    "optimize.curve_fit": (lambda y: so.curve_fit(lambda x, a: a * x, V, y)[0][0], V, "hessian"),
    "optimize.linprog": (lambda c: so.linprog(c, A_ub=A, b_ub=[1, 1]).fun, -V[:2], "adjoint"),
    "integrate.quad": (lambda a: si.quad(lambda x: x * a, 0, 1)[0], 2.0, QUAD),
    "integrate.quad, an end": (lambda a: si.quad(lambda x: x, 0, a)[0], 2.0, QUAD),
    "integrate.dblquad": (lambda a: si.dblquad(lambda x, y: x * a, 0, 1, 0, 1)[0], 2.0, QUAD),
    "integrate.solve_ivp": (lambda a: si.solve_ivp(lambda t, y: -a * y, (0, 1), [1.0]).y[0, -1], 2.0, ODEINT),
    "integrate.solve_ivp, y0": (lambda a: si.solve_ivp(lambda t, y: -y, (0, 1), [a]).y[0, -1], 2.0, ODEINT),
    "integrate.solve_ivp, a span": (
        lambda a: si.solve_ivp(lambda t, y: -y, (0, a), [1.0]).y[0, -1],
        2.0,
        ODEINT,
    ),
    "integrate.odeint": (lambda a: si.odeint(lambda y, t: -a * y, 1.0, [0, 1.0])[-1, 0], 2.0, ODEINT),
    "interpolate.interp1d": (lambda y: sp.interp1d(V, y)(1.5), V, "np.interp"),
    "interpolate.interp1d, a point": (lambda x: sp.interp1d(V, V)(x), 1.5, "np.interp"),
    "interpolate.CubicSpline": (lambda y: sp.CubicSpline(V, y)(1.5), V, "np.eye"),
    "interpolate.splev": (lambda x: sp.splev(x, sp.splrep(V, V)), 1.5, "np.eye"),
    "spatial.distance.cdist": (lambda x: np.sum(scipy.spatial.distance.cdist(x, A)), A, r"np.sqrt"),
    "sparse.csr_array": (lambda x: np.sum(SPARSE @ x), V[:2], "toarray"),
    "sparse.linalg.spsolve": (
        lambda x: np.sum(scipy.sparse.linalg.spsolve(SPARSE.tocsc(), x)),
        V[:2],
        "toarray",
    ),
    "fft.rfft": (lambda x: np.sum(np.abs(scipy.fft.rfft(x))), V, "np.fft.rfft"),
    "ndimage.zoom": (lambda x: np.sum(scipy.ndimage.zoom(x, 2)), A, "adjoint"),
    "stats.skew": (lambda x: scipy.stats.skew(x), V, "adjoint"),
    "stats.norm.fit": (lambda x: scipy.stats.norm.fit(x)[0], V, "adjoint"),
    "stats.norm.pdf": (lambda x: scipy.stats.norm.pdf(x), 0.5, r"fluxbridge.scipy.stats.norm.pdf"),
    "linalg.lstsq": (lambda a: np.sum(scipy.linalg.lstsq(a, V[:2])[0]), A, "np.linalg.lstsq"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_error_names_the_function_and_what_to_write(name):
    f, x, word = PROGRAMS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(FluxbridgeError) as caught:
            gradient(f, x)
    assert f"scipy.{name.partition(',')[0]}" in str(caught.value)
    assert word in str(caught.value)


def close(got, expected, tol=1e-6):
    np.testing.assert_allclose(got, expected, rtol=tol, atol=tol)


def test_one_step_of_newton():
    f = lambda x, a: x**3 - a  # noqa: E731

    def root(a):
        p = ignore_derivatives(a)
        x0 = so.brentq(lambda x: f(x, p), 0.0, 3.0)
        return x0 - f(x0, a) / gradient(lambda x: f(x, p), x0)[0]

    close(gradient(root, 2.0)[0], 2.0 ** (-2 / 3) / 3)


def test_the_minimum_moves():
    f = lambda x, a: np.sum((x - a) ** 2) + np.sum(x) ** 2  # noqa: E731

    def minimum(a):
        p = ignore_derivatives(a)
        x0 = so.minimize(lambda x: f(x, p), np.zeros(2), tol=1e-10).x
        return x0 - np.linalg.solve(hessian(lambda x: f(x, p), x0), gradient(lambda x: f(x, a), x0)[0])

    expected = np.linalg.inv(np.eye(2) + np.ones((2, 2)))  # of the equations x - a + sum(x) = 0
    close(gradient(lambda a: minimum(a)[0], V[:2])[0], expected[0])


def test_odeint_in_the_place_of_solve_ivp():
    def end(a, y0):
        return integrate.odeint(lambda t, y: -a * y, np.stack([y0]), [0.0, 1.0], tfirst=True)[-1, 0]

    close(gradient(end, 2.0, 3.0), (-3.0 * np.exp(-2.0), np.exp(-2.0)), 1e-5)


def test_one_integral_in_another():
    def double(a):
        inner = lambda y: integrate.quad(lambda x: x * y * a**2, 0.0, 1.0)[0]  # noqa: E731
        return integrate.quad(inner, 0.0, 1.0)[0]

    close(gradient(double, 3.0)[0], 1.5)


def test_interpolation_is_linear_in_the_values():
    points = np.array([1.3, 2.7])
    matrix = sp.CubicSpline(V, np.eye(4))(points)
    values = np.sin(V)
    close(matrix @ values, sp.CubicSpline(V, values)(points))
    close(gradient(lambda y: np.sum(matrix @ y), values)[0], matrix.sum(axis=0))


def test_distances():
    b = A + 0.3
    distances = lambda a: np.sqrt(np.sum((a[:, None] - b) ** 2, axis=-1))  # noqa: E731
    close(distances(A), scipy.spatial.distance.cdist(A, b))
    assert np.all(np.isfinite(gradient(lambda a: np.sum(distances(a)), A)[0]))


def test_a_function_with_a_rule_in_its_place():
    @fluxbridge.adjoint
    def zoom(x):
        return scipy.ndimage.zoom(x, 2, order=0), lambda dy: (np.sum(dy) * np.ones_like(x) / x.size,)

    close(gradient(lambda x: np.sum(zoom(x)), A)[0], np.full((2, 2), 4.0))


def test_what_is_not_about_traced_values_is_left_as_it_is():
    with pytest.raises(ValueError, match="different signs"):
        gradient(lambda a: a * so.brentq(lambda x: x * x + 1, 0.0, 3.0), 2.0)

    def own(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        gradient(lambda a: a * si.quad(own, 0, 1)[0], 2.0)
