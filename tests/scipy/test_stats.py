"""scipy.stats: densities and distribution functions by the point and by every parameter."""

from __future__ import annotations

import copy

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")

import scipy.stats as st  # noqa: E402
from rulecheck import Sample, check  # noqa: E402

from fluxbridge.autodiff.native import pushforward, withgradient  # noqa: E402
from fluxbridge.errors import GradientLostError, NoRuleError  # noqa: E402
from fluxbridge.scipy import stats as fs  # noqa: E402

rng = np.random.default_rng(3)
X = rng.uniform(0.3, 0.9, size=(2, 3))
LOC, SCALE = 0.1, np.array([1.2, 1.5, 0.9])
Q = rng.uniform(0.1, 0.9, size=4)
SHAPES: dict[str, tuple] = {
    "norm": (), "expon": (), "uniform": (), "laplace": (), "logistic": (), "cauchy": (), "gamma": (2.3,),
    "invgamma": (1.7,), "beta": (1.6, 2.4), "t": (3.5,), "chi2": (2.5,), "lognorm": (0.8,),
}  # fmt: skip
MASS: dict[str, tuple] = {"poisson": (2.2,), "bernoulli": (0.3,), "geom": (0.4,)}
K = np.array([0, 1, 1, 3])
D, A = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))
ALPHA = np.array([1.5, 2.5, 3.0])


def spd(a):
    return a @ a.T + np.eye(3)


def _samples() -> list[Sample]:
    found = []
    for name, shapes in SHAPES.items():
        d = getattr(fs, name)
        for method in ("pdf", "logpdf"):
            f = getattr(d, method)
            found.append(Sample(name, f, (X, *shapes, LOC, SCALE)))
            found.append(Sample(name, lambda x, s, f=f, sh=shapes: f(x, *sh, scale=s), (0.6, 1.3)))
        for method in ("cdf", "logcdf", "sf", "logsf"):
            f = getattr(d, method)
            found.append(Sample(name, f, (X, *shapes, LOC, SCALE)))
        for method in ("ppf", "isf"):
            found.append(Sample(name, getattr(d, method), (Q, *shapes, LOC, 1.3)))
    for name, shapes in MASS.items():
        for method in ("pmf", "logpmf", "cdf", "sf"):
            f = getattr(getattr(fs, name), method)
            if name != "geom":
                f = lambda p, f=f: f(K, p)  # noqa: E731
            else:
                f = lambda p, f=f: f(K + 1, p)  # noqa: E731
            if method in ("pmf", "cdf") or name != "bernoulli":
                found.append(Sample(name, f, shapes))
    return found


SAMPLES = [
    *_samples(),
    Sample("poisson", lambda mu: fs.poisson.logpmf(K, mu, loc=-1), (SCALE[:1],)),
    Sample("binom", lambda p: fs.binom.pmf(K, 4, p), (0.3,)),
    Sample("binom", lambda p: fs.binom.logpmf(K, 4, p), (Q,)),
    Sample("norm", lambda m, s: fs.norm(m, scale=s).logpdf(X), (0.3, 1.2)),
    Sample("norm", lambda x: fs.norm.logpdf(x=x, loc=0.2), (X,)),
    Sample("norm", lambda x: fs.norm.logcdf(x), (-30.0,)),
    Sample("dirichlet", lambda x, a: fs.dirichlet.logpdf(x[:2] / 4, a), (ALPHA / 3, ALPHA)),
    Sample("dirichlet", lambda x, a: fs.dirichlet.logpdf(x / np.sum(x), a), (ALPHA, ALPHA)),
    Sample("dirichlet", lambda a: fs.dirichlet.pdf(np.array([0.2, 0.3, 0.5]), a), (ALPHA,)),
    Sample("dirichlet", lambda a: fs.dirichlet.logpdf(rng_simplex(), a), (ALPHA,)),
    Sample("dirichlet", fs.dirichlet.entropy, (ALPHA,)),
    Sample(
        "multivariate_normal",
        lambda x, m, a: fs.multivariate_normal.logpdf(x, m, spd(a)),
        (D, D[0], A),
    ),
    Sample("multivariate_normal", lambda x, m, a: fs.multivariate_normal.pdf(x, m, spd(a)), (D[1], D[0], A)),
    Sample("multivariate_normal", lambda x, c: fs.multivariate_normal.logpdf(x, D[1], cov=c), (D, SCALE)),
    Sample("multivariate_normal", lambda x, m, c: fs.multivariate_normal.logpdf(x, m, c), (D[0], 0.5, 1.3)),
    Sample("multivariate_normal", lambda x: fs.multivariate_normal.logpdf(x), (0.7,)),
    Sample("multivariate_normal", lambda a: fs.multivariate_normal.entropy(D[0], spd(a)), (A,)),
    Sample(
        "multivariate_normal",
        lambda x: fs.multivariate_normal.logpdf(x, cov=np.diag([1.0, 2.0, 0.0]), allow_singular=True),
        (D * [1, 1, 0],),
        0,
    ),
    Sample("wishart", lambda x, df, s: fs.wishart.logpdf(spd(x), df, spd(s)), (A, 4.5, A + 1)),
    Sample("wishart", lambda x: fs.wishart.pdf(spd(x), 5, np.eye(3)), (0.5 * A,)),
]


def rng_simplex():
    x = np.random.default_rng(0).uniform(0.2, 1, size=(3, 5))
    return x / np.sum(x, axis=0)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.order], ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


def test_everything_has_a_sample():
    assert not set(fs.__all__) - {s.name for s in SAMPLES}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_values_are_those_of_scipy_also_outside_of_the_support(name):
    x = np.array([-3.0, -0.2, 0.4, 1.0, 1.3, 0.0, np.nan])
    for method in ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"):
        f = getattr(fs, name)
        expected = getattr(getattr(st, name), method)(x, *SHAPES[name], 0.0, 1.2)
        ours = lambda x, s, f=f, m=method: getattr(f, m)(x, *SHAPES[name], 0.0, s)  # noqa: E731
        traced = pushforward(lambda s, f=ours: f(x, s), (1.2,), (1.0,))[0]
        np.testing.assert_allclose(traced, expected, rtol=1e-10, atol=1e-300)
        _, (g,) = withgradient(lambda s, f=ours: f_sum(f(x[:-2], s)), (1.2,))
        assert np.isfinite(g)


def f_sum(y):
    return np.sum(np.where(np.isfinite(y), y, 0.0))


def test_discrete_values_outside_of_the_support():
    k = np.array([-1.0, 0.0, 0.5, 1.0, 7.0])
    for name, shapes in {**MASS, "binom": (4, 0.3)}.items():
        for method in ("pmf", "logpmf"):
            f = getattr(getattr(fs, name), method)
            traced = pushforward(lambda p, f=f, sh=shapes: f(k, *sh[:-1], p), (shapes[-1],), (1.0,))[0]
            expected = getattr(getattr(st, name), method)(k, *shapes)
            np.testing.assert_allclose(traced, expected, rtol=1e-12)


def test_a_count_has_no_gradient():
    assert withgradient(lambda k, mu: fs.poisson.logpmf(k, mu), (2.0, 3.0))[1][0] is None


def test_an_invalid_scale_is_nan():
    assert np.isnan(withgradient(lambda s: fs.norm.pdf(1.0, 0.0, s), (-1.0,))[0])


def test_float32_stays():
    _, (g,) = withgradient(lambda x: np.sum(fs.norm.logpdf(x)), (X.astype(np.float32),))
    assert g.dtype == np.float32


def test_plain_values_and_other_methods_are_scipys():
    assert fs.norm.logpdf(0.3) == st.norm.logpdf(0.3)
    assert fs.gamma(2.0).mean() == 2.0
    assert fs.norm.shapes is None
    assert repr(fs.norm) == "<fluxbridge.scipy.stats.norm>"
    assert copy.copy(fs.norm).logpdf(0.3) == st.norm.logpdf(0.3)
    assert fs.pearsonr is st.pearsonr
    assert fs.multivariate_normal.rvs(np.zeros(2), random_state=0).shape == (2,)


def test_a_distribution_is_no_parameter():
    """A model may hold a distribution; the numbers inside of it are no parameters of the model."""

    class Model:
        def __init__(self):
            self.noise, self.scale = fs.norm, 2.0

    _, (g,) = withgradient(lambda m: m.noise.logpdf(1.0, 0.0, m.scale), (Model(),))
    assert g.noise is None
    assert g.scale == pytest.approx(-1 / 2 + 1 / 8)


def test_errors():
    with pytest.raises(GradientLostError, match=r"fluxbridge\.scipy\.stats\.norm\.logpdf"):
        withgradient(lambda x: np.sum(st.norm.logpdf(x)), (X,))
    with pytest.raises(GradientLostError, match=r"fluxbridge\.scipy\.stats\.norm\.cdf"):
        withgradient(lambda x: np.sum(st.norm(0, 1).cdf(x)), (X,))
    with pytest.raises(GradientLostError, match=r"fluxbridge\.scipy\.stats\.multivariate_normal\.logpdf"):
        withgradient(lambda x: np.sum(st.multivariate_normal.logpdf(x)), (D,))
    with pytest.raises(NoRuleError, match=r"scipy\.stats\.gamma\.mean"):
        withgradient(lambda a: fs.gamma.mean(a), (2.0,))
    with pytest.raises(NoRuleError, match=r"scipy\.stats\.multivariate_normal\.cdf"):
        withgradient(lambda x: fs.multivariate_normal.cdf(x), (D[0],))
    with pytest.raises(NoRuleError, match=r"scipy\.stats\.\w+"):
        withgradient(lambda x: np.sum(st.skewnorm.pdf(x, 1.0)), (X,))
    with pytest.raises(ValueError):
        withgradient(lambda c: fs.multivariate_normal.logpdf(D[0], cov=c), (SCALE,))
    with pytest.raises(np.linalg.LinAlgError):
        withgradient(lambda x: fs.multivariate_normal.logpdf(x, cov=np.zeros((3, 3))), (D[0],))


def test_far_tails_by_the_shape():
    """Right numbers from mpmath, by differences in 60 digits."""
    by_df = withgradient(lambda df: fs.chi2.logsf(100.0, df), (3.0,))[1][0]
    assert by_df == pytest.approx(1.9476675408266775, rel=1e-12)
