"""Convolution, polynomials, interpolation, and functions of slices."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import withgradient

rng = np.random.default_rng(9)
a5, v3, p4 = rng.standard_normal(5), rng.standard_normal(3), rng.standard_normal(4)
z3 = rng.standard_normal(3) + 1j * rng.standard_normal(3)
m = rng.standard_normal((3, 4))
knots = np.array([-1.0, 0.0, 0.5, 2.0])
points = np.array([[-2.0, -0.7, 0.2], [0.9, 1.7, 2.5]])


def grad(f, *xs):
    return withgradient(f, xs)[1]


SAMPLES = [
    *[Sample("convolve", lambda a, v, mode=mode: np.convolve(a, v, mode), args)
      for mode in ("full", "same", "valid") for args in ((a5, v3), (v3, a5), (a5, z3), (a5, p4), (z3, a5))],
    *[Sample("correlate", lambda a, v, mode=mode: np.correlate(a, v, mode), args)
      for mode in ("full", "same", "valid")
      for args in ((a5, v3), (v3, a5), (a5, z3), (a5, p4), (z3, a5), (v3, p4))],
    Sample("correlate", np.correlate, (a5, v3)),
    Sample("polyval", np.polyval, (p4, 0.7)),
    Sample("polyval", np.polyval, (p4, m)),
    Sample("polyval", np.polyval, (z3, m)),
    Sample("polyadd", np.polyadd, (a5, v3)),
    Sample("polysub", np.polysub, (v3, a5)),
    Sample("polymul", np.polymul, (a5, v3)),
    Sample("polymul", lambda a: np.polymul([0, 0, 1, 2], a), (v3,)),
    Sample("polydiv", np.polydiv, (a5, v3)),
    Sample("polydiv", np.polydiv, (v3, a5)),
    *[Sample("polyder", lambda p, k=k: np.polyder(p, k), (a5,)) for k in (0, 1, 2)],
    *[Sample("polyint", lambda p, c, k=k: np.polyint(p, k, c), (a5, v3[:2])) for k in (1, 2)],
    Sample("polyint", np.polyint, (a5,)),
    Sample("polyint", lambda p, c: np.polyint(p, 2, c), (a5, 0.5)),
    Sample("poly", np.poly, (p4,)),
    Sample("poly", np.poly, (z3,)),
    Sample("poly", np.poly, (rng.standard_normal((3, 3)),)),
    Sample("roots", np.roots, (np.array([1.0, -6.5, 11.0, -5.0]),)),
    Sample("roots", np.roots, (np.array([2.0, 0.3, 1.0]),)),
    Sample("roots", np.roots, (z3,)),
    Sample("polyfit", lambda x, y: np.polyfit(x, y, 2), (a5, rng.standard_normal(5))),
    Sample("polyfit", lambda y, w: np.polyfit(a5, y, 1, w=w),
           (rng.standard_normal((5, 2)), np.arange(1.0, 6))),
    Sample("vander", np.vander, (v3,)),
    Sample("vander", lambda x: np.vander(x, 4, increasing=True), (v3,)),
    Sample("vander", lambda x: np.vander(x, N=2), (z3,)),
    Sample("interp", np.interp, (points, knots, p4)),
    Sample("interp", np.interp, (0.3, knots, p4)),
    Sample("interp", lambda x, fp: np.interp(x, knots, fp, left=0.5, right=fp[0]), (points, p4)),
    Sample("interp", lambda x, fp: np.interp(x, [0.3, 2.2, 1.1, 2.9], fp, period=3.0), (points, p4)),
    Sample("interp", lambda fp: np.interp(points, knots, fp), (np.array([1j, 2.0, 1 + 1j, 3]),)),
    *[Sample("apply_along_axis", lambda x, axis=axis: np.apply_along_axis(np.cumprod, axis, x), (m,))
      for axis in (0, 1, -1)],
    Sample("apply_along_axis", lambda x: np.apply_along_axis(lambda r, k: r[:k, None] * r, 0, x, 2), (m,)),
    Sample("apply_along_axis", lambda x: np.apply_along_axis(np.prod, 1, x), (m,)),
    Sample("apply_over_axes", lambda x: np.apply_over_axes(np.prod, x, [0, -1]),
           (rng.standard_normal((2, 3, 2)),)),
]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_results_of_convolutions_are_those_of_numpy(mode):
    for n in range(1, 6):
        for k in range(1, 6):
            a, v = rng.standard_normal(n), rng.standard_normal(k) + 1j * rng.standard_normal(k)
            for f in (np.convolve, np.correlate):
                seen = []
                grad(lambda a, v=v, f=f, seen=seen: seen.append(f(a, v, mode)) or np.sum(a), a)
                np.testing.assert_allclose(seen[0]._value, f(a, v, mode), rtol=1e-12, atol=1e-13)
                check(lambda a, v, f=f: f(a, v, mode), a, v, order=1)


def test_roots_at_zero_and_leading_zeros():
    p = np.array([0.0, 1.0, -3.0, 2.0])
    (g,) = grad(lambda p: np.sum(np.real(np.roots(p))), p)
    np.testing.assert_allclose(g, [0, -3, -1, 0], atol=1e-12)
    (g,) = grad(lambda p: np.sum(np.real(np.roots(p))), np.array([1.0, -3.0, 2.0, 0.0]))
    np.testing.assert_allclose(g, [-3, -1, 0, 0], atol=1e-12)


@pytest.mark.parametrize(("x", "slope"), [(-1.5, 0.0), (-1.0, 2.0), (0.0, -1.0), (1.0, -1.0), (1.5, 0.0)])
def test_slopes_of_interp_at_knots(x, slope):
    assert grad(lambda x: np.interp(x, [-1.0, 0.0, 1.0], [0.0, 2.0, 1.0]), x) == (slope,)


def test_interp_gives_the_values_of_numpy():
    for x in (-1.0, 0.0, 0.1, 0.3, 2.0, 3.0):
        value, _ = withgradient(lambda x: np.interp(x, knots, p4), (x,))
        assert value == pytest.approx(np.interp(x, knots, p4), rel=1e-15)


def test_float32_stays():
    x = np.array([1.0, 2.0, 4.0], np.float32)
    for f in (lambda x: np.convolve(x, x), lambda x: np.polyval(x, x), np.poly, np.vander, np.polyder,
              lambda x: np.correlate(x, x, "full"), lambda x: np.polyadd(x, x)):  # fmt: skip
        assert grad(lambda x, f=f: np.sum(f(x)), x)[0].dtype == np.float32


def test_integers_and_lists():
    assert grad(lambda x, y: np.polyval([x, y, 1], 2), 3.0, 4.0) == (4.0, 2.0)
    (g,) = grad(lambda x: np.sum(np.convolve(x, [1, 2])), np.array([1, 2, 3]))
    np.testing.assert_array_equal(g, [3.0, 3.0, 3.0])
    (g,) = grad(lambda x: np.polyfit(x=np.arange(3), y=x, deg=1)[0], np.array([1, 2, 3]))
    np.testing.assert_allclose(g, [-0.5, 0, 0.5], atol=1e-12)


def test_errors():
    with pytest.raises(ValueError):
        grad(lambda x: np.sum(np.vander(x)), m)
