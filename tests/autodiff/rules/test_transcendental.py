"""Ufuncs: arithmetic, exponentials, trigonometry, rounding, limits; sinc, i0 and unwrap."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import pushforward, withgradient
from fluxbridge.autodiff.primitive import PRIMITIVES, UFUNCS
from fluxbridge.errors import GradientLostError

rng = np.random.default_rng(5)
any_x = rng.standard_normal((2, 3))
positive = rng.uniform(0.5, 2.0, (2, 3))
inner = rng.uniform(-0.8, 0.8, (2, 3))
above = rng.uniform(1.3, 3.0, (2, 3))
row = rng.uniform(0.5, 2.0, 3)
z = rng.uniform(-0.7, 0.7, (2, 3)) + 1j * rng.uniform(0.2, 0.7, (2, 3))


def grad(f, *xs):
    return withgradient(f, xs)[1]


DOMAINS = [
    (any_x, "exp exp2 expm1 sin cos tan sinh cosh tanh arctan arcsinh negative positive square deg2rad "
            "rad2deg degrees radians absolute fabs sign conjugate floor ceil trunc rint sinc i0"),
    (positive, "log log2 log10 log1p sqrt cbrt reciprocal"),
    (inner, "arcsin arccos arctanh"),
    (above, "arccosh"),
    (z, "exp exp2 expm1 sin cos tan sinh cosh tanh arctan arcsinh negative positive square "
        "absolute conjugate log log2 log10 log1p sqrt reciprocal arcsin arccos arctanh arccosh sign sinc"),
]  # fmt: skip
BINARY = [
    ("add", any_x, row), ("subtract", any_x, row), ("multiply", any_x, row), ("divide", any_x, row),
    ("maximum", any_x, row), ("minimum", any_x, row), ("fmax", any_x, row), ("fmin", any_x, row),
    ("remainder", any_x, row + 0.1), ("fmod", any_x, row + 0.1), ("mod", above, row),
    ("copysign", any_x, row), ("hypot", any_x, row), ("power", positive, row), ("float_power", positive, row),
    ("logaddexp", any_x, row), ("logaddexp2", any_x, row), ("arctan2", any_x, row), ("arctan2", row, any_x),
    ("heaviside", any_x, row), ("nextafter", any_x, row),
    ("add", z, any_x), ("multiply", z, any_x), ("divide", any_x, z), ("power", z, positive),
]  # fmt: skip

SAMPLES = [
    *[Sample(name, getattr(np, name), (x,)) for x, names in DOMAINS for name in names.split()],
    *[Sample(name, getattr(np, name), (a, b)) for name, a, b in BINARY],
    *[Sample(name, getattr(np, name), (0.3 if name != "arccosh" else 1.7,))
      for _, names in DOMAINS[:4] for name in names.split()],
    Sample("ldexp", lambda x: np.ldexp(x, np.array([1, -2, 3])), (any_x,)),
    Sample("literal_power", lambda x: x**3, (any_x,)),
    Sample("literal_power", lambda x: np.power(x, 2.5), (positive,)),
    Sample("real", np.real, (z,)),
    Sample("imag", np.imag, (z,)),
    Sample("angle", np.angle, (z,)),
    Sample("angle", lambda x: np.angle(x, deg=True), (z,)),
    Sample("real_if_close", np.real_if_close, (z,)),
    Sample("modf", np.modf, (any_x,)),
    Sample("frexp", lambda x: np.frexp(x)[0], (any_x,)),
    Sample("divmod", lambda x: np.divmod(x, 0.7)[1], (any_x,)),
    Sample("round", lambda x: np.round(x, 1) + x, (any_x,)),
    Sample("around", lambda x: np.around(x, decimals=1) + x, (any_x,)),
    Sample("fix", lambda x: quiet(np.fix, x) + x, (any_x,)),
    Sample("clip", lambda x: np.clip(x, -0.5, 0.5), (any_x,)),
    Sample("clip", lambda x: np.clip(x, None, 0.5), (any_x,)),
    Sample("clip", lambda x: np.clip(x, -0.5, None), (any_x,)),
    Sample("clip", np.clip, (any_x, row - 2, row - 1)),
    Sample("clip", np.clip, (any_x, row, row - 1)),
    Sample("clip", lambda x: x.clip(-0.5, 0.5), (any_x,)),
    Sample("nan_to_num", lambda x: np.nan_to_num(x) ** 2, (any_x,)),
    Sample("unwrap", lambda x: np.unwrap(x) ** 2, (np.array([0.0, 2.0, 5.5, 9.9, 3.0]),)),
    Sample("unwrap", lambda x: np.unwrap(x, axis=0, period=4.0) ** 2, (5 * any_x,)),
    Sample("sinc_derivative", np.sinc, (np.array([-7.3, -2.99, -0.4, 0.0, 1e-9, 0.5, 3.3, 40.2]),)),
    Sample("bessel_i", np.i0, (np.array([-8.5, -0.4, 0.0, 1e-9, 0.5, 9.0]),)),
    Sample("sech2", lambda x: PRIMITIVES["sech2"](x), (any_x,)),
]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


REAL = sorted({n for _, names in DOMAINS[:4] for n in names.split() if isinstance(getattr(np, n), np.ufunc)})

STEPS = ("floor", "ceil", "trunc", "rint", "sign")


@pytest.mark.parametrize("name", REAL)
def test_float32_stays(name):
    x = np.array([[1.25, 1.5]] if name == "arccosh" else [[0.25, 0.5]], np.float32)
    f = getattr(np, name)
    value, (g,) = withgradient(lambda x: np.sum(f(x)), (x,))
    assert np.asarray(value).dtype == np.float32
    if name not in STEPS:
        assert g.dtype == np.float32 and g.shape == x.shape


@pytest.mark.parametrize("name", [name for name in REAL if name not in STEPS])
def test_empty_integer_and_0d(name):
    f = getattr(np, name)
    (g,) = grad(lambda x: np.sum(f(x)), np.zeros((0, 3)))
    assert g.shape == (0, 3)
    at = 2 if name == "arccosh" else 0 if name.startswith("arc") else 1
    (g,) = grad(f, at)
    (a,) = grad(f, float(at))
    assert a == g
    assert type(g) is type(a) is float
    (g,) = grad(lambda x: np.sum(f(x)), np.array([at, at]))
    assert g.dtype == np.float64
    np.testing.assert_allclose(g, [a, a])
    (g,) = grad(f, np.array(float(at)))
    np.testing.assert_allclose(g, a)


def quiet(f, x):
    """np.fix is deprecated since NumPy 2.5."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return f(x)


def test_steps():
    """As in Zygote: 0 for a number, None for an array."""
    for f in (np.floor, np.ceil, np.rint, np.round, np.around, np.fix):
        assert grad(lambda x, f=f: quiet(f, x), 1.3) == (0.0,)
        assert grad(lambda x, f=f: np.sum(quiet(f, x)), any_x) == (None,)
    assert grad(np.trunc, 1.3) == grad(np.sign, 1.3) == (None,)


@pytest.mark.parametrize(("f", "xs", "expected"), [
    (np.abs, (0.0,), (0.0,)),
    (np.abs, (0j,), (0j,)),
    (np.fabs, (0.0,), (0.0,)),
    (np.sign, (0.0,), (None,)),
    (np.maximum, (1.0, 1.0), (0.0, 1.0)),
    (np.minimum, (1.0, 1.0), (1.0, 0.0)),
    (np.fmax, (1.0, np.nan), (1.0, 0.0)),
    (np.fmax, (np.nan, 1.0), (0.0, 1.0)),
    (np.fmin, (1.0, np.nan), (1.0, 0.0)),
    (np.fmin, (np.nan, 1.0), (0.0, 1.0)),
    (lambda x: np.clip(x, 0.0, 1.0), (0.0,), (1.0,)),
    (lambda x: np.clip(x, 0.0, 1.0), (1.0,), (1.0,)),
    (lambda x: np.clip(x, 0.0, 1.0), (1.5,), (0.0,)),
    (np.clip, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
    (np.clip, (-1.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    (np.clip, (2.0, 0.0, 1.0), (0.0, 0.0, 1.0)),
    (np.clip, (0.5, 1.0, 0.0), (0.0, 0.0, 1.0)),
    (np.floor, (2.0,), (0.0,)),
    (np.round, (0.5,), (0.0,)),
    (np.sinc, (0.0,), (0.0,)),
    (np.i0, (0.0,), (0.0,)),
    (np.hypot, (0.0, 0.0), (0.0, 0.0)),
    (np.arctan2, (0.0, -1.0), (-1.0, 0.0)),
    (np.logaddexp, (-np.inf, 1.0), (0.0, 1.0)),
    (np.logaddexp, (-np.inf, -np.inf), (0.0, 0.0)),
    (np.logaddexp, (np.inf, 1.0), (1.0, 0.0)),
    (np.logaddexp2, (-np.inf, 1.0), (0.0, 1.0)),
    (np.heaviside, (0.0, 0.5), (0.0, 1.0)),
    (np.remainder, (6.0, 3.0), (1.0, -2.0)),
    (np.nan_to_num, (np.nan,), (0.0,)),
    (np.nan_to_num, (np.inf,), (0.0,)),
    (lambda x: np.modf(x)[0], (np.inf,), (0.0,)),
    (lambda x: x**0, (0.0,), (0.0,)),
    (lambda x: x**2.0, (0.0,), (0.0,)),
    (lambda p: 0.0**p, (1.0,), (0.0,)),
    (np.power, (0.0, 1.0), (1.0, 0.0)),
    (np.sqrt, (0.0,), (np.inf,)),
    (np.cbrt, (0.0,), (np.inf,)),
    (np.angle, (0j,), (0j,)),
])  # fmt: skip
def test_kinks(f, xs, expected):
    assert grad(f, *xs) == expected


def test_kinks_of_arrays_are_those_of_numbers():
    def f(a, b):
        return np.sum(np.maximum(a, b)) + np.sum(np.hypot(a, b)) + np.sum(np.abs(a))

    a, b = grad(f, np.zeros(2), np.zeros(2))
    np.testing.assert_array_equal(a, [0, 0])
    np.testing.assert_array_equal(b, [1, 1])


def test_second_derivative_of_sinc_at_zero():
    (g,) = grad(lambda x: grad(np.sinc, x)[0], 0.0)
    assert g == pytest.approx(-(math.pi**2) / 3)


def test_complex_gradient_is_df_dre_plus_i_df_dim():
    (g,) = grad(lambda w: np.imag(np.exp(w)), 0.3 + 0.4j)
    assert g == pytest.approx(np.conj(-1j * np.exp(0.3 + 0.4j)))


def test_real_argument_of_complex_function_has_a_real_gradient():
    (g,) = grad(lambda x: np.sum(np.real(np.exp(1j * x))), np.array([0.1, 0.2]))
    assert g.dtype == np.float64
    np.testing.assert_allclose(g, -np.sin([0.1, 0.2]))


def test_whole_parts_are_plain():
    assert grad(lambda x: x * np.frexp(x)[1], 3.0) == (2.0,)
    assert grad(lambda x: x * np.divmod(x, 2.0)[0], 5.0) == (2.0,)


def test_aliases_are_the_same_objects():
    for alias, name in (("acos", "arccos"), ("pow", "power"), ("abs", "absolute"), ("concat", "concatenate")):
        if hasattr(np, alias):
            assert getattr(np, alias) is getattr(np, name)
    assert np.divide in UFUNCS and np.mod in UFUNCS and np.conj in UFUNCS


def test_where_and_dtype_of_ufuncs():
    x = np.array([0.5, 1.5, 2.5])
    with pytest.raises(GradientLostError, match=r"np.where\(mask, np.exp"):
        grad(lambda x: np.sum(np.exp(x, where=x > 1) * (x > 1)), x)
    (g,) = grad(lambda x: np.sum(np.where(x > 1, np.exp(x), 0.0)), x)
    np.testing.assert_allclose(g, np.exp(x) * (x > 1))
    (g,) = grad(lambda x: np.sum(np.exp(x, dtype=np.float32)), x)
    assert g.dtype == np.float64


def test_forward_mode_of_steps():
    assert pushforward(np.round, (1.2,), (1.0,))[1] == 0.0


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.1.0", reason="min= came with NumPy 2.1")
def test_clip_by_min_and_max():
    check(lambda x, low: np.clip(x, min=low, max=0.5), any_x, -0.5)


def test_traced_period_of_unwrap():
    check(lambda p, q: np.unwrap(p, period=q), np.array([0.0, 5.0, 9.9, 1.0]), 4.0)


def test_nan_to_num_of_complex_numbers_by_parts():
    (g,) = grad(lambda w: np.real(np.nan_to_num(w)) + np.imag(np.nan_to_num(w)), complex(1.0, np.nan))
    assert g == 1.0


def test_out_is_refused():
    with pytest.raises(Exception, match="out="):
        grad(lambda x: np.sum(np.clip(x, 0, 1, out=np.zeros(2))), np.ones(2))
