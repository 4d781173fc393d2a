"""Sums, products, extremes, statistics, quantiles, sorting, cumulative functions, differences."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import pushforward, withgradient

rng = np.random.default_rng(7)
v = rng.permutation(np.linspace(-1.3, 1.9, 7))
m = rng.permutation(np.linspace(-1.3, 1.9, 12)).reshape(3, 4)
t = rng.permutation(np.linspace(-1.3, 1.9, 24)).reshape(2, 3, 4)
zm = rng.standard_normal((3, 4)) + 1j * rng.standard_normal((3, 4))
holes = m.copy()
holes[0, 1] = holes[2, 3] = np.nan
mask = np.array([[True, False, True, True], [True, True, False, True], [False, True, True, True]])
zeros = np.array([[0.0, 2.0, 3.0, 0.5], [0.0, 0.0, 1.5, 2.0], [1.0, 0.0, -1.0, 2.0]])
weights = rng.uniform(0.5, 1.5, 4)
table = rng.uniform(0.5, 1.5, (3, 4))
uneven = rng.standard_normal(7)
whole = np.array([2, 1, 3, 1])


def grad(f, *xs):
    return withgradient(f, xs)[1]


def sample(name, x, *args, order=2, **kwargs):
    f = getattr(np, name, None)
    return Sample(name, lambda x: f(x, *args, **kwargs), (x,), order)


NUMPY2 = np.lib.NumpyVersion(np.__version__) >= "2.0.0"
trapezoid = getattr(np, "trapezoid", None) or getattr(np, "trapz")  # noqa: B009 (before NumPy 2.0)


def flat(parts):
    return (parts[0], *parts[1])


AXES = [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)},
        {"axis": (-1, 0), "keepdims": True},
        {"keepdims": True}, {"axis": ()}]  # fmt: skip
FOLDS = [
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "amax",
    "amin",
    "nansum",
    "nanmean",
    "nanprod",
    "nanmax",
    "nanmin",
]
SPREADS = ["var", "std", "nanvar", "nanstd"]

SAMPLES = [
    *[sample(name, t, **options) for name in FOLDS for options in AXES],
    *[sample(name, t, **options) for name in SPREADS for options in AXES[:-1]],
    *[sample(name, t, **options) for name in ("ptp", "median", "nanmedian", "average")
      for options in AXES[:-1]],
    *[sample(name, m, axis=1, where=mask) for name in ["sum", "mean", "prod", *SPREADS]],
    *[sample(name, m, where=mask) for name in ["sum", "mean", "prod", *SPREADS]],
    *[sample(name, m, axis=0, where=mask, initial=-5.0) for name in ("max", "amax", "sum", "prod")],
    *[sample(name, m, axis=0, where=mask, initial=5.0, keepdims=True)
      for name in ("min", "amin", "sum", "prod")],
    *[sample(name, m, initial=0.4, axis=1)
      for name in ("max", "min", "nanmax", "nanmin", "nansum", "nanprod")],
    *[sample(name, zm, **options) for name in ("sum", "mean", "prod", "var", "std", "average")
      for options in ({}, {"axis": 0})],
    *[sample(name, m, dtype=np.float64)
      for name in ("sum", "mean", "prod", "var", "std", "cumsum", "cumprod")],
    *[sample(name, m, axis=1, ddof=1) for name in SPREADS],
    *[sample("prod", zeros, **options)
      for options in ({}, {"axis": 0}, {"axis": 1}, {"axis": -1, "keepdims": True})],
    sample("prod", zeros, axis=1, where=mask, initial=2.0),
    sample("prod", zeros[1:], axis=1),
    sample("prod", zeros + 0j, axis=1),
    # averages
    Sample("average", lambda a, w: np.average(a, axis=1, weights=w), (m, weights)),
    Sample("average", lambda a, w: np.average(a, weights=w, returned=True), (m, table)),
    *[Sample("cov", lambda x, o=o: np.cov(x, **o), (m,)) for o in (
        {}, {"rowvar": False}, {"bias": True}, {"ddof": 0}, {"fweights": whole}, {"aweights": weights},
        {"fweights": whole, "aweights": weights, "ddof": 0}, {"dtype": np.float64})],
    Sample("cov", lambda x, w: np.cov(x, aweights=w), (m, weights)),
    Sample("cov", np.cov, (m, v[:4])),
    Sample("cov", np.cov, (v,)),
    Sample("cov", np.cov, (zm,)),
    Sample("corrcoef", np.corrcoef, (m,)),
    Sample("corrcoef", np.corrcoef, (v[:4], weights)),
    Sample("corrcoef", lambda x: np.corrcoef(x, rowvar=False), (m,)),
    # histograms
    Sample("bincount", lambda w: np.bincount(whole, w, minlength=6), (weights,)),
    Sample("histogram", lambda w: np.histogram(v[:4], 3, (-1.0, 1.0), weights=w)[0], (weights,)),
    Sample("histogram", lambda w: np.histogram(v[:4], [-1, 0, 3], density=True, weights=w)[0], (weights,)),
    Sample("histogram", lambda a: np.histogram(a, 3)[1], (v,)),
    Sample("histogram", lambda a: np.histogram(a, 3, density=True), (uneven,)),
    Sample("histogram_bin_edges", lambda a: np.histogram_bin_edges(a, 5), (v,)),
    Sample("histogram_bin_edges", lambda a: np.histogram_bin_edges(a, "sqrt"), (v,)),
    Sample("histogram2d", lambda x, y, w: np.histogram2d(x, y, [2, 3], weights=w),
           (uneven[:4], uneven[3:], weights)),
    Sample("histogramdd", lambda s, w: flat(np.histogramdd(s, 2, density=True, weights=w)),
           (t[0].T, weights)),
    # order
    *[sample("sort", t, axis) for axis in (-1, 0, 1, None)],
    sample("sort", zm),
    sample("sort", v, kind="stable"),
    sample("sort_complex", v),
    sample("sort_complex", zm[0]),
    *[sample("partition", t, k, axis) for k, axis in ((1, -1), ((0, 2), 1), (5, None))],
    *[sample("quantile", t, 0.3, **options) for options in AXES[:-1]],
    *[sample("quantile", v, [0.0, 0.21, 0.5, 1.0], method=method) for method in (
        "linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf", "averaged_inverted_cdf",
        "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased",
        "normal_unbiased")],
    *[Sample("quantile", lambda a, q, method=method: np.quantile(a, q, method=method),
      (v, np.array([0.23, 0.71])))
      for method in ("linear", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased",
                     "normal_unbiased", "lower")],
    Sample("quantile", lambda a, q: np.quantile(a, q, axis=1, keepdims=True), (m, 0.4)),
    sample("percentile", t, [25, 60], axis=(0, 1)),
    Sample("percentile", lambda q: np.percentile(v, q), (33.0,)),
    # sets
    sample("unique", np.array([3.0, 1.0, 2.0])),
    Sample("union1d", np.union1d, (v[:3], v[3:])),
    Sample("intersect1d", lambda a: np.intersect1d(a, 2 * a[::-1] - a[::-1]), (v,)),
    Sample("setdiff1d", lambda a: np.setdiff1d(a, a[:2]), (v,)),
    Sample("setxor1d", np.setxor1d, (v[:3], v[3:])),
    *[Sample(name, lambda a, name=name: getattr(np, name)(a)[0], (v,))
      for name in ("unique_all", "unique_counts", "unique_inverse")],
    Sample("unique_values", lambda a: np.unique_values(a), (v,)),
    # cumulative
    *[sample(name, x, axis) for name in ("cumsum", "cumprod", "nancumsum", "nancumprod")
      for x, axis in ((v, None), (m, None), (t, 1), (t, -1))],
    *[sample(name, zm, 1) for name in ("cumsum", "cumprod")],
    *[sample("cumprod", zeros, axis) for axis in (None, 0, 1)],
    sample("cumprod", zeros + 0j, 1),
    *[sample(name, m, axis=1, include_initial=first) for name in ("cumulative_sum", "cumulative_prod")
      for first in (False, True)],
    sample("cumulative_sum", v),
    # ufunc methods
    *[Sample(f"{u.__name__}.reduce", lambda x, u=u, o=o: u.reduce(x, **o), (t,))
      for u in (np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2)
      for o in ({}, {"axis": None}, {"axis": (0, 2), "keepdims": True}, {"axis": 1, "initial": 0.1})],
    Sample("logaddexp.reduce", lambda x: np.logaddexp.reduce(x, axis=1, where=mask), (m,)),
    *[Sample(f"{u.__name__}.accumulate", lambda x, u=u, axis=axis: u.accumulate(x, axis), (t,))
      for u in (np.add, np.multiply, np.maximum, np.minimum) for axis in (0, 2)],
    Sample("add.reduceat", lambda x: np.add.reduceat(x, [0, 2, 1]), (v,)),
    Sample("add.reduceat", lambda x: np.add.reduceat(x, [0, 3], axis=1), (m,)),
    # differences
    *[sample("diff", t, *args) for args in ((), (1, 0), (2, 1), (0,), (3,))],
    Sample("diff", lambda x, a: np.diff(x, prepend=a, append=0.0), (m, 1.5)),
    sample("ediff1d", m),
    Sample("ediff1d", lambda x, a: np.ediff1d(x, to_begin=a, to_end=[1.0, 2.0]), (v, np.ones(2))),
    sample("gradient", v),
    sample("gradient", v, 0.3, edge_order=2),
    sample("gradient", t),
    sample("gradient", t, axis=1),
    sample("gradient", t, 2.0, axis=(2, 0)),
    sample("gradient", t, edge_order=2, axis=2),
    sample("gradient", zm, axis=1),
    *[Sample("gradient", lambda f, x, o=o: np.gradient(f, x, edge_order=o), (v, np.sort(v))) for o in (1, 2)],
    Sample("gradient", lambda f, x, h: np.gradient(f, x, h, edge_order=1),
           (m, np.array([0.0, 1.0, 3.0]), 0.5)),
    Sample("trapezoid", trapezoid, (m,)),
    Sample("trapezoid", lambda y, x: trapezoid(y, x, axis=0), (m, v[:3])),
    Sample("trapezoid", lambda y, x: trapezoid(y, x), (m, table)),
    Sample("trapezoid", lambda y, h: trapezoid(y, dx=h, axis=0), (m, 0.3)),
]  # fmt: skip
LATER = [
    sample("var", m, axis=1, correction=1),
    Sample("var", lambda x: np.var(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)), (m,)),
    Sample("std", lambda x: np.std(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)), (m,)),
    Sample("average", lambda a, w: np.average(a, axis=(2, 0), weights=w, keepdims=True),
           (t, rng.uniform(0.5, 1, (4, 2)))),
    sample("quantile", m, [[0.3, 0.6]], axis=1, weights=weights, method="inverted_cdf"),
    sample("quantile", m, 0.3, weights=table, method="inverted_cdf"),
]  # fmt: skip
SAMPLES += LATER if NUMPY2 else []  # arguments that came with NumPy 2.0
SAMPLES = [
    s for s in SAMPLES if s.name == "trapezoid" or hasattr(np, s.name.partition(".")[0])
]  # older NumPy has fewer


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


NAN = [
    ("nansum", {}), ("nansum", {"axis": 1}), ("nanmean", {"axis": 0}), ("nanprod", {"axis": 1}),
    ("nanmax", {}),
    ("nanmin", {"axis": 1}), ("nanvar", {"axis": 1, "ddof": 1}), ("nanstd", {}), ("nanmedian", {"axis": 1}),
    ("nanmedian", {}), ("nanquantile", {"q": 0.3, "axis": 1}), ("nanpercentile", {"q": [20, 70], "axis": 0}),
    ("nanquantile", {"q": 0.3, "axis": 1, "keepdims": True, "method": "hazen"}),
    ("nancumsum", {"axis": 1}), ("nancumprod", {"axis": 0}), ("nancumsum", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), NAN)
def test_without_nan(name, options):
    """NaN elements get no gradient, the others that of the function without them."""
    f = getattr(np, name)

    def filled(x):
        return f(np.where(np.isnan(holes), np.nan, x), **options)

    check(filled, np.where(np.isnan(holes), 0.0, holes))
    _, (g,) = withgradient(lambda x: np.sum(f(x, **options)), (holes,))
    np.testing.assert_array_equal(g[np.isnan(holes)], 0)
    assert np.all(np.isfinite(g))


@pytest.mark.skipif(not NUMPY2, reason="weights came with NumPy 2.0")
def test_weighted_quantile_without_nan():
    (g,) = grad(lambda x: np.nanquantile(x, 0.5, weights=[1, 5, 1, 1], method="inverted_cdf"), holes[2])
    assert g.tolist() == [0, 1, 0, 0]


def test_row_of_nan():
    x = np.array([[np.nan, np.nan], [1.0, 2.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for f in (np.nanmax, np.nanmin, np.nanmedian, np.nanmean):
            value, _ = withgradient(lambda x, f=f: f(x, axis=1)[1], (x,))
            assert value == f(x, axis=1)[1]


def test_nan_is_the_result():
    x = np.array([1.0, np.nan, 3.0])
    for f in (np.max, np.min, np.median, lambda x: np.quantile(x, 0.2)):
        assert np.isnan(withgradient(f, (x,))[0])


@pytest.mark.parametrize(("f", "x", "expected"), [
    (np.max, [1.0, 3.0, 3.0], [0, 1, 0]),
    (np.min, [1.0, 1.0, 3.0], [1, 0, 0]),
    (lambda x: np.sum(np.max(x, axis=1)), [[2.0, 2.0], [1.0, 5.0]], [[1, 0], [0, 1]]),
    (lambda x: np.sum(np.max(x, axis=0)), [[2.0, 2.0], [2.0, 5.0]], [[1, 0], [0, 1]]),
    (lambda x: np.max(x, initial=3.0), [1.0, 3.0, 3.0], [0, 1, 0]),
    (lambda x: np.max(x, initial=4.0), [1.0, 3.0, 3.0], [0, 0, 0]),
    (np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
    (np.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
    (np.prod, [1e-200, 1e-200, 2.0], [2e-200, 2e-200, 0]),
    (lambda x: np.sum(np.cumprod(x)), [2.0, 0.0, 3.0], [1, 8, 0]),
    (lambda x: np.sum(np.cumprod(x)), [0.0, 0.0, 3.0], [1, 0, 0]),
    (np.std, [1.0, 1.0, 1.0], [0, 0, 0]),
    (np.std, [0.1, 0.1, 0.1], [0, 0, 0]),
    (np.var, [1.0, 1.0, 1.0], [0, 0, 0]),
    (lambda x: np.sum(np.sort(x) * [1.0, 2.0, 3.0]), [2.0, 1.0, 2.0], [2, 1, 3]),
    (np.median, [1.0, 2.0, 3.0], [0, 1, 0]),
    (np.median, [1.0, 2.0, 3.0, 4.0], [0, 0.5, 0.5, 0]),
    (np.median, [2.0, 2.0, 2.0], [0, 1, 0]),
    (lambda x: np.sum(np.unique(x)), [2.0, 1.0, 2.0], [1, 1, 0]),
    (lambda x: np.sum(np.maximum.accumulate(x)), [1.0, 3.0, 3.0, 2.0, 4.0], [1, 3, 0, 0, 1]),
    (np.ptp, [1.0, 1.0], [0, 0]),
    (lambda x: np.median(x), [1.0, np.inf, np.inf], [0, 1, 0]),
    (lambda x: np.logaddexp.reduce(x), [-np.inf, 0.0], [0, 1]),
])  # fmt: skip
def test_kinks(f, x, expected):
    x = np.array(x)
    np.testing.assert_array_equal(grad(f, x)[0], expected)


def test_second_derivative_of_a_product_with_zeros():
    hessian = [grad(lambda x, i=i: grad(np.prod, x)[0][i], np.array([0.0, 0.0, 3.0]))[0] for i in range(3)]
    np.testing.assert_array_equal(hessian, [[0, 3, 0], [3, 0, 0], [0, 0, 0]])


FLOAT32 = [
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "var",
    "std",
    "median",
    "ptp",
    "nansum",
    "nanmean",
    "nanmax",
    "average",
    "sort",
    "unique",
    "cumsum",
    "cumprod",
    "diff",
    "nanmedian",
    "nancumsum",
    "cov",
]


@pytest.mark.parametrize("name", FLOAT32)
def test_float32_stays(name):
    x = np.array([3.0, 1.0, 2.0, 5.0], np.float32)
    value, (g,) = withgradient(lambda x: np.sum(getattr(np, name)(x)), (x,))
    assert g.dtype == np.float32
    assert np.asarray(value).dtype == np.float32 or name == "cov"
    _, tangent = pushforward(lambda x: np.sum(getattr(np, name)(x)), (x,), (np.ones_like(x),))
    assert np.isfinite(float(tangent))


@pytest.mark.parametrize("name", FLOAT32)
def test_integers(name):
    (g,) = grad(lambda x: np.sum(getattr(np, name)(x)), np.array([3, 1, 2, 5]))
    assert g.dtype == np.float64
    np.testing.assert_allclose(g, grad(lambda x: np.sum(getattr(np, name)(x)), np.array([3.0, 1, 2, 5]))[0])


@pytest.mark.parametrize("name", ["sum", "prod", "nansum", "cumsum", "cumprod", "sort", "ediff1d", "unique"])
def test_empty(name):
    f = getattr(np, name)
    (g,) = grad(lambda x: np.sum(f(x)) + np.sum(x), np.zeros(0))
    assert g.shape == (0,)


def test_empty_axis():
    for name in ("sum", "prod", "mean", "max"):
        (g,) = grad(lambda x, name=name: np.sum(getattr(np, name)(x, axis=0)) + np.sum(x), np.zeros((2, 0)))
        assert g.shape == (2, 0)


@pytest.mark.parametrize(
    "name", ["sum", "mean", "prod", "max", "min", "var", "std", "median", "cumsum", "ptp"]
)
def test_0d_and_numbers(name):
    f = getattr(np, name)
    expected = 0.0 if name in ("var", "std", "ptp") else 1.0
    assert grad(lambda x: np.sum(f(x)), 3.0) == (expected,)
    np.testing.assert_array_equal(grad(lambda x: np.sum(f(x)), np.array(3.0))[0], expected)


def test_lists_of_traced_numbers():
    for f in (
        np.sum,
        np.mean,
        np.prod,
        np.max,
        np.std,
        np.median,
        lambda x: np.cumsum(x)[-1],
        lambda x: np.sort(x)[0],
        lambda x: np.average(x, weights=[1, 2]),
    ):
        a = grad(lambda x, y, f=f: f([x, y]), 1.5, 2.5)
        a = [0.0 if g is None else g for g in a]
        np.testing.assert_allclose(a, grad(f, np.array([1.5, 2.5]))[0])


def test_keyword_spelling():
    np.testing.assert_array_equal(grad(lambda x: np.sum(a=x, axis=None, keepdims=False), v)[0], 1)
    for name in ("mean", "prod", "max", "min", "std", "median", "cumsum", "sort", "quantile"):
        more = {"q": 0.4} if name == "quantile" else {}
        f = getattr(np, name)
        check(lambda x, f=f, more=more: f(a=x, axis=0, **more), m)


def test_methods():
    for name in ("sum", "mean", "prod", "max", "min", "std", "var", "cumsum", "cumprod"):
        np.testing.assert_array_equal(
            grad(lambda x, name=name: np.sum(getattr(x, name)(axis=1)), m)[0],
            grad(lambda x, name=name: np.sum(getattr(np, name)(x, axis=1)), m)[0],
        )


def test_results_are_those_of_numpy():
    x = np.array([3.0, 1.0, 2.0, 1.0])
    seen = []
    grad(
        lambda x: (
            seen.append(np.unique(x, return_index=True, return_inverse=True, return_counts=True))
            or 0.0 * x[0]
        ),
        x,
    )
    for a, b in zip(seen[0][1:], np.unique(x, True, True, True)[1:], strict=True):
        np.testing.assert_array_equal(a, b)
    for bins, density in ((3, False), (3, True), ([0, 1, 2, 3], None), ("auto", False)):
        expected = np.histogram(x, bins, density=density)
        found = []
        grad(
            lambda x, b=bins, d=density, found=found: (
                found.append(np.histogram(x, b, density=d)) or 0.0 * x[0]
            ),
            x,
        )
        for a, b in zip(found[0], expected, strict=True):
            np.testing.assert_allclose(getattr(a, "_value", a), b)


def test_errors():
    with pytest.raises(Exception, match="out="):
        grad(lambda x: np.sum(np.cumsum(x, out=np.zeros(7))), v)
    with pytest.raises(Exception, match="out="):
        grad(lambda x: np.median(x, out=np.zeros(())), v)
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: np.average(x, weights=0 * x), v)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        grad(lambda x: np.quantile(x, 1.5), v)
    with pytest.raises(ValueError, match="too small"):
        grad(lambda x: np.sum(np.gradient(x, edge_order=2)), v[:2])
    with pytest.raises(ValueError):
        grad(np.max, np.zeros(0))


@pytest.mark.parametrize("n", [65_520, 100_000])
@pytest.mark.parametrize("name", ["mean", "nanmean", "average", "var", "std"])
def test_half_precision_holds_the_mean_of_many(name, n):
    x = np.zeros(n, np.float16)
    x[: n // 2] = 0.03125
    f = getattr(np, name)
    with np.errstate(all="ignore"):  # NumPy's average and std overflow in half precision
        value, (half,) = withgradient(f, (x,))
        double = withgradient(f, (x.astype(np.float64),))[1][0]
    assert half.dtype == np.float16
    if np.isfinite(value):
        assert np.any(half)
        np.testing.assert_allclose(half.astype(float), double, rtol=0.05, atol=3e-7)


def test_std_of_equal_numbers_with_their_mean():
    def spread(x):
        return np.std(x, axis=1, mean=np.mean(x, axis=1, keepdims=True))

    np.testing.assert_array_equal(withgradient(lambda x: np.sum(spread(x)), (np.ones((2, 3)),))[1][0], 0.0)
    tangent = pushforward(lambda x: np.sum(spread(x)), (np.ones((2, 3)),), (np.ones((2, 3)),))[1]
    assert tangent == 0
    x = np.array([[1.0, 2.0, 4.0], [3.0, 3.0, 5.0]])
    options = {"axis": (0, 1), "ddof": 1, "keepdims": True}
    value, (slope,) = withgradient(lambda x: np.std(x, mean=np.mean(x, keepdims=True), **options)[0, 0], (x,))
    assert value == np.std(x, ddof=1)
    np.testing.assert_allclose(slope, withgradient(lambda x: np.std(x, ddof=1), (x,))[1][0], atol=1e-15)
