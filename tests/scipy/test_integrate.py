"""scipy.integrate: odeint by the adjoint method, quad, sums over samples."""

from __future__ import annotations

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")

import scipy.integrate as si  # noqa: E402
from rulecheck import Sample, check  # noqa: E402

from fluxbridge.autodiff.native import pushforward, withgradient  # noqa: E402
from fluxbridge.autodiff.primitive import PRIMITIVES  # noqa: E402
from fluxbridge.errors import GradientLostError, NoRuleError  # noqa: E402
from fluxbridge.scipy import integrate as fi  # noqa: E402

rng = np.random.default_rng(2)
EXACT = {"rtol": 1e-11, "atol": 1e-11}
TIMES = np.array([0.0, 0.4, 1.0])
START = np.array([1.0, -0.5])
A = np.array([[-0.3, 1.0], [-1.2, -0.1]])
Y, XS = rng.normal(size=(2, 6)), np.cumsum(rng.uniform(0.5, 1, size=6))


def pendulum(y, t, g, friction):
    return np.stack([y[1], -g * np.sin(y[0]) - friction * y[1] + np.cos(t)])


def captured(a):
    """A model whose matrix is captured, not passed."""
    return fi.odeint(lambda y, t: a @ y, START, TIMES, **EXACT)


SAMPLES = [
    Sample("odeint", lambda y0, t, g: fi.odeint(pendulum, y0, t, (g, 0.2), **EXACT), (START, TIMES, 1.5)),
    Sample("odeint", lambda f: fi.odeint(pendulum, START, TIMES, args=(1.5, f), **EXACT), (0.2,)),
    Sample("odeint", captured, (A,), 1),
    Sample(
        "odeint", lambda a: fi.odeint(lambda y, t, p: p["a"] @ y, START, TIMES, ({"a": a},), **EXACT), (A,), 1
    ),
    Sample("odeint", lambda y0, k: fi.odeint(lambda y, t: -k * y, y0, TIMES, **EXACT), (1.5, 0.7)),
    Sample(
        "odeint",
        lambda y0, k: fi.odeint(lambda t, y, k: -k * y * t, y0, TIMES, (k,), tfirst=True, **EXACT),
        (START, 0.7),
        1,
    ),
    Sample("quad", lambda a, b: fi.quad(lambda x: np.sin(x) * x, a, b)[0], (0.3, 1.4)),
    Sample("quad", lambda b, k: fi.quad(lambda x, k: np.exp(-k * x), 0.0, b, args=(k,))[0], (1.5, 0.8)),
    Sample("quad", lambda k: fi.quad(lambda x: np.exp(-k * x * x), -np.inf, np.inf)[0], (0.8,)),
    Sample("trapezoid", lambda y, x: fi.trapezoid(y, x), (Y, XS)),
    Sample("trapezoid", lambda y, dx: fi.trapezoid(y, dx=dx, axis=0), (Y, 0.3)),
    Sample("cumulative_trapezoid", lambda y, x: fi.cumulative_trapezoid(y, x, initial=0), (Y, XS)),
    Sample("cumulative_trapezoid", lambda y: fi.cumulative_trapezoid(y.T, dx=0.3, axis=0), (Y,)),
    *[Sample("simpson", lambda y, x: fi.simpson(y, x=x), (Y[:, :n], XS[:n])) for n in (2, 3, 4, 5, 6)],
    Sample("simpson", lambda y, dx: fi.simpson(y, dx=dx, axis=0), (Y.T, 0.3)),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order, rtol=1e-5 if sample.name == "odeint" else 1e-6)


def test_everything_has_a_sample():
    names = {s.name for s in SAMPLES}
    assert not set(fi.__all__) - names
    assert not {p.name for p in PRIMITIVES.values() if p.where.startswith("integrate:")} - names


def test_gradient_of_the_harmonic_oscillator_is_exact():
    """y = y0 cos(wt) + v0 sin(wt)/w."""
    t, w, y0, v0 = 1.3, 1.7, 0.6, -0.4

    def f(y0, v0, w, t):
        field = lambda y, t: np.stack([y[1], -w * w * y[0]])  # noqa: E731
        return fi.odeint(field, np.stack([y0, v0]), np.stack([0.0, t]), **EXACT)[-1, 0]

    _, grads = withgradient(f, (y0, v0, w, t))
    c, s = np.cos(w * t), np.sin(w * t)
    by_w = -y0 * t * s + v0 * (t * c / w - s / w**2)
    np.testing.assert_allclose(grads, [c, s / w, by_w, -y0 * w * s + v0 * c], rtol=1e-8)


def test_plain_values_and_values_beside_derivatives_are_scipys():
    field = lambda y, t: A @ y  # noqa: E731
    expected = si.odeint(field, START, TIMES)
    np.testing.assert_array_equal(fi.odeint(field, START, TIMES), expected)
    traced = pushforward(lambda y0: fi.odeint(field, y0, TIMES), (START,), (START,))[0]
    np.testing.assert_array_equal(traced, expected)
    assert fi.quad(np.sin, 0, 1) == si.quad(np.sin, 0, 1)
    assert fi.odeint(field, START, TIMES, full_output=True)[1]["message"]
    for n in (2, 3, 4, 5, 6):
        for x in (None, XS[:n]):
            traced = pushforward(lambda y, x=x: fi.simpson(y, x=x), (Y[:, :n],), (Y[:, :n],))[0]
            np.testing.assert_allclose(traced, si.simpson(Y[:, :n], x=x), rtol=1e-12)


def test_errors():
    with pytest.raises(GradientLostError, match=r"fluxbridge\.scipy\.integrate\.odeint"):
        withgradient(lambda y0: np.sum(si.odeint(lambda y, t: -y, y0, TIMES)), (START,))
    with pytest.raises(GradientLostError):
        withgradient(lambda k: si.quad(lambda x: k * x, 0, 1)[0], (1.0,))
    with pytest.raises(NoRuleError, match="full_output"):
        withgradient(lambda y0: np.sum(fi.odeint(lambda y, t: -y, y0, TIMES, full_output=1)[0]), (START,))
    with pytest.raises(NoRuleError, match="weight"):
        withgradient(lambda b: fi.quad(np.cos, 0, b, weight="cos", wvar=1.0)[0], (1.0,))
