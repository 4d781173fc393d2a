"""How exact the derivatives of one or two variables are: every rule beside mpmath, on a grid.

``python tests/accuracy.py > docs/accuracy.md`` writes the table; the tests ask for a part of the grid.
A reference is the partial derivative, written for mpmath so that nothing cancels, or `slope` of the
function itself. The error of a point is relative, less what the derivative moves when its
arguments do by half a unit in the last place (its own conditioning).
"""

# ruff: noqa: E501

from __future__ import annotations

import contextlib
import itertools
import math
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import mpmath
import numpy as np
from mpmath import mp
from scipy import special

import fluxbridge.flux as flux
from fluxbridge.autodiff.native import pullback

mp.dps = 40


class Case(NamedTuple):
    """One function, its partial derivatives for mpmath, and the grid of its arguments."""

    name: str
    f: Callable[..., Any]
    partials: tuple[Callable[..., Any] | None, ...]
    grid: tuple[tuple[float, ...], ...]
    bounds: tuple[float, float]  #: of the relative error in float64 and float32


class Worst(NamedTuple):
    """The place with the largest error of one partial derivative."""

    error: float
    at: tuple[float, ...]
    got: float
    right: float


# -- grids ---------------------------------------------------------------------------------------

SIZES = (
    1e-300, 1e-200, 1e-160, 1e-100, 1e-50, 1e-30, 1e-20, 1e-16, 1e-12, 1e-8, 1e-5, 1e-3, 0.03, 0.1, 0.3, 0.5,
    0.7, 0.9, 0.99, 1 - 2.0**-20, 1.0, 1 + 2.0**-20, 1.1, 1.5, 2.0, 2.9, 3.0, 3.1, 4.0, 5.0, 6.5, 8.0, 10.0, 14.0, 19.0,
    20.0, 26.0, 38.0, 40.0, 80.0, 88.0, 100.0, 200.0, 360.0, 500.0, 700.0, 740.0, 1e3, 1e4, 1e6, 1e8, 1e12, 1e16,
    1e20, 1e30, 1e50, 1e100, 1e150, 1e160, 1e200, 1e300,
)  # fmt: skip
POSITIVE = SIZES
REAL = (*(-x for x in reversed(SIZES)), 0.0, *SIZES)
INNER = tuple(x for x in REAL if abs(x) < 1)
UNIT = tuple(x for x in POSITIVE if x < 1)
ABOVE = tuple(x for x in POSITIVE if x > 1)
BELOW_ONE = tuple(x for x in REAL if x < 1)
FEW = (
    1e-300,
    1e-160,
    1e-100,
    1e-20,
    1e-10,
    1e-3,
    0.3,
    1.0,
    1.5,
    5.0,
    30.0,
    500.0,
    1e4,
    1e10,
    1e20,
    1e100,
    1e160,
    1e300,
)
FEW_REAL = (*(-x for x in reversed(FEW)), *FEW)
MODERATE = (0.01, 0.3, 1.0, 1.7, 4.0, 11.0, 40.0, 150.0)


def within(low: float, high: float, grid: Iterable[float] = REAL) -> tuple[float, ...]:
    return tuple(x for x in grid if low <= x <= high)


# -- references ----------------------------------------------------------------------------------


def slope(f: Callable[..., Any], k: int = 0) -> Callable[..., Any]:
    """The derivative of an mpmath function by its argument k, by a difference in 80 digits."""

    def derivative(*xs: Any) -> Any:
        with mp.workdps(90):
            step = (abs(xs[k]) or mp.mpf(1)) * mp.mpf(10) ** -28
            up, down = list(xs), list(xs)
            up[k], down[k] = xs[k] + step, xs[k] - step
            return (f(*up) - f(*down)) / (2 * step)

    return derivative


def sinc_slope(x: Any) -> Any:
    z = mp.pi * x
    if abs(z) < 1e-6:
        return -mp.pi * z / 3 * (1 - z * z / 10)
    with mp.workdps(60):
        return mp.pi * (mp.cos(z) - mp.sin(z) / z) / z if abs(x) < 1e100 else mp.cos(mp.pi * (x % 2)) / x


def asymptotic(lead: Any, ratio: Callable[[int], Any]) -> Any:
    total, term = mp.mpf(0), lead
    for k in range(1, 30):
        total += term
        term *= ratio(k)
        if abs(term) < abs(total) * mp.mpf(10) ** -35:
            break
    return total


def erfcx_slope(x: Any) -> Any:
    """2x·erfcx(x) - 2/√π."""
    if x > 60:
        return asymptotic(-1 / (mp.sqrt(mp.pi) * x * x), lambda k: -(2 * k + 1) / (2 * x * x))
    with mp.workdps(80):
        return 2 * x * mp.exp(x * x) * mp.erfc(x) - 2 / mp.sqrt(mp.pi)


def dawsn_slope(x: Any) -> Any:
    if abs(x) > 60:
        return asymptotic(-1 / (2 * x * x), lambda k: (2 * k + 1) / (2 * x * x))
    with mp.workdps(80):
        return 1 - 2 * x * mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def log_ndtr_slope(x: Any) -> Any:
    """φ(x)/Φ(x)."""
    if x > -60:
        return mp.npdf(x) / mp.ncdf(x)
    return -x / asymptotic(mp.mpf(1), lambda k: -(2 * k - 1) / (x * x))


def exprel_slope(x: Any) -> Any:
    if abs(x) < 1e-8:
        return mp.mpf(1) / 2 + x / 3 + x * x / 8
    with mp.workdps(60):
        return (mp.exp(x) * (x - 1) + 1) / (x * x)


def scaled_bessel(kind: Callable[..., Any], n: int, sign: int) -> Callable[..., Any]:
    """exp(±|x|)·I_n or K_n and its derivative."""

    def f(x: Any) -> Any:
        return mp.exp(sign * abs(x)) * kind(n, x)

    return slope(f)


def sech2(x: Any) -> Any:
    return mp.sech(x) ** 2


def logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(-abs(x))) + max(x, 0)


def bumped(x: Any) -> Any:
    """softplus(x) as precisely as exp(x) is, for mish."""
    with mp.workdps(60):
        return mp.log1p(mp.exp(x)) if x < 200 else x + mp.exp(-x)


def mish_slope(x: Any) -> Any:
    s = bumped(x)
    return mp.tanh(s) + x * sech2(s) * logistic(x)


def gelu_tanh_slope(x: Any) -> Any:
    with mp.workdps(60):
        scale = mp.mpf(math.sqrt(2 / math.pi))
        cubic = mp.mpf(0.044715)
        u = scale * (x + cubic * x**3)
        return logistic(2 * u) + x * scale * (1 + 3 * cubic * x * x) * sech2(u) / 2


def gelu_erf_slope(x: Any) -> Any:
    return mp.ncdf(x) + x * mp.npdf(x)


def swish_slope(x: Any) -> Any:
    with mp.workdps(60):
        return logistic(x) * (1 + x * logistic(-x))


def minus_cos(x: Any) -> Any:
    return mp.cos(x)


def degrees(f: Callable[..., Any]) -> Callable[..., Any]:
    def g(x: Any) -> Any:
        with mp.workdps(420 if abs(x) > 1e30 else 60):
            return f(x * mp.pi / 180) * mp.pi / 180

    return g


def big(f: Callable[..., Any]) -> Callable[..., Any]:
    """With digits enough for angles of any size, or sums of numbers of any two sizes."""

    def g(*xs: Any) -> Any:
        with mp.workdps(700):
            return +f(*xs)

    return g


def by_abs(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: f(abs(x)) * mp.sign(x)


def spence_slope(x: Any) -> Any:
    if abs(x - 1) < 1e-9:
        return -1 + (x - 1) / 2
    return mp.log(x) / (1 - x)


def log_ratio(a: Any, b: Any) -> Any:
    with mp.workdps(60):
        return mp.log(a / b)


EXACT = (1e-12, 1e-5)
ONE = 1


def case(name: str, f: Callable[..., Any], *partials: Any, grid: Any = REAL, bounds: Any = EXACT) -> Case:
    made = tuple((lambda *_xs, c=p: mp.mpf(c)) if isinstance(p, (int, float)) else p for p in partials)
    grids = grid if isinstance(grid[0], tuple) else (grid,) * len(partials)
    return Case(name, f, made, grids, bounds)


def numpy_cases() -> list[Case]:
    c = case
    few = FEW_REAL
    return [
        c("absolute", np.absolute, mp.sign), c("fabs", np.fabs, mp.sign), c("negative", np.negative, -1),
        c("square", np.square, lambda x: 2 * x), c("reciprocal", np.reciprocal, lambda x: -1 / x**2, grid=POSITIVE),
        c("sqrt", np.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), grid=POSITIVE),
        c("cbrt", np.cbrt, lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2)),
        c("exp", np.exp, mp.exp, grid=within(-1e300, 709)), c("exp2", np.exp2, lambda x: mp.ln2 * 2**x, grid=within(-1e4, 1000)),
        c("expm1", np.expm1, mp.exp, grid=within(-1e300, 709)),
        c("log", np.log, lambda x: 1 / x, grid=POSITIVE), c("log2", np.log2, lambda x: 1 / (x * mp.ln2), grid=POSITIVE),
        c("log10", np.log10, lambda x: 1 / (x * mp.ln10), grid=POSITIVE),
        c("log1p", np.log1p, lambda x: 1 / (1 + x), grid=within(-0.9999999, 1e300)),
        c("sin", np.sin, big(mp.cos)), c("cos", np.cos, big(lambda x: -mp.sin(x))),
        c("tan", np.tan, big(lambda x: mp.sec(x) ** 2)),
        c("arcsin", np.arcsin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x)), grid=INNER),
        c("arccos", np.arccos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x)), grid=INNER),
        c("arctan", np.arctan, lambda x: 1 / (1 + x * x)),
        c("sinh", np.sinh, mp.cosh, grid=within(-709, 709)), c("cosh", np.cosh, mp.sinh, grid=within(-709, 709)),
        c("tanh", np.tanh, sech2), c("arcsinh", np.arcsinh, lambda x: 1 / mp.sqrt(1 + x * x)),
        c("arccosh", np.arccosh, lambda x: 1 / mp.sqrt((x - 1) * (x + 1)), grid=ABOVE),
        c("arctanh", np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)), grid=INNER),
        c("deg2rad", np.deg2rad, lambda x: mp.pi / 180), c("rad2deg", np.rad2deg, lambda x: 180 / mp.pi),
        c("sinc", np.sinc, sinc_slope, grid=within(-1e3, 1e3)),
        c("i0", np.i0, lambda x: mp.besseli(1, x), grid=within(-700, 700)),
        c("logaddexp", np.logaddexp, big(lambda a, b: logistic(a - b)), big(lambda a, b: logistic(b - a)), grid=few),
        c("logaddexp2", np.logaddexp2, big(lambda a, b: logistic((a - b) * mp.ln2)),
          big(lambda a, b: logistic((b - a) * mp.ln2)), grid=few),
        c("arctan2", np.arctan2, lambda a, b: b / (a * a + b * b), lambda a, b: -a / (a * a + b * b), grid=few),
        c("hypot", np.hypot, lambda a, b: a / mp.sqrt(a * a + b * b), lambda a, b: b / mp.sqrt(a * a + b * b), grid=few),
        c("divide", np.true_divide, lambda a, b: 1 / b, lambda a, b: -a / (b * b), grid=few),
        c("multiply", np.multiply, lambda a, b: b, lambda a, b: a, grid=few),
        c("power", np.power, lambda a, b: b * a ** (b - 1), lambda a, b: a**b * mp.log(a), grid=(FEW, few)),
        c("literal_power", lambda x: x**7, lambda x: 7 * x**6),
        c("x**-2.5", lambda x: x**-2.5, lambda x: -2.5 * x ** mp.mpf(-3.5), grid=POSITIVE),
        c("copysign", np.copysign, lambda a, b: mp.sign(a) * mp.sign(b), None, grid=few),
        c("fmod", np.fmod, 1, big(lambda a, b: -mp.sign(a / b) * mp.floor(abs(a / b))), grid=few),
        c("remainder", np.remainder, 1, big(lambda a, b: -mp.floor(a / b)), grid=few),
        c("maximum", np.maximum, lambda a, b: mp.mpf(a > b), lambda a, b: mp.mpf(a <= b), grid=few),
    ]  # fmt: skip


def special_cases() -> list[Case]:
    s, c = special, case
    pi = mp.pi
    shapes = MODERATE
    return [
        c("expit", s.expit, lambda x: logistic(x) * logistic(-x)),
        c("logit", s.logit, lambda x: 1 / (x * (1 - x)), grid=UNIT),
        c("log_expit", s.log_expit, lambda x: logistic(-x)),
        c("entr", s.entr, lambda x: -mp.log(x) - 1, grid=POSITIVE),
        c("rel_entr", s.rel_entr, lambda a, b: log_ratio(a, b) + 1, lambda a, b: -a / b, grid=FEW),
        c("kl_div", s.kl_div, log_ratio, big(lambda a, b: 1 - a / b), grid=FEW),
        c("pseudo_huber", s.pseudo_huber,
          big(lambda a, b: 2 * a * (mp.sqrt(1 + (b / a) ** 2) - 1) - b * b / a / mp.sqrt(1 + (b / a) ** 2)),
          lambda a, b: b / mp.sqrt(1 + (b / a) ** 2), grid=(FEW[2:-2], FEW_REAL)),
        c("xlogy", s.xlogy, lambda a, b: mp.log(b), lambda a, b: a / b, grid=(FEW_REAL, FEW)),
        c("xlog1py", s.xlog1py, lambda a, b: mp.log1p(b), lambda a, b: a / (1 + b), grid=(FEW_REAL, FEW)),
        c("boxcox", s.boxcox, lambda a, b: a ** (b - 1), slope(lambda a, b: mp.expm1(b * mp.log(a)) / b, 1),
          grid=(within(1e-100, 1e100, FEW), (-2.0, -0.3, 1e-5, 0.3, 1.0, 2.5))),
        c("exp10", s.exp10, lambda x: mp.ln10 * 10**x, grid=within(-400, 300)),
        c("cosm1", s.cosm1, big(lambda x: -mp.sin(x))),
        c("exprel", s.exprel, exprel_slope, grid=within(-1e300, 700)),
        c("powm1", s.powm1, lambda a, b: b * a ** (b - 1), lambda a, b: a**b * mp.log(a), grid=(FEW, FEW_REAL)),
        c("sindg", s.sindg, degrees(mp.cos), grid=within(-1e6, 1e6)),
        c("cosdg", s.cosdg, degrees(lambda x: -mp.sin(x)), grid=within(-1e6, 1e6)),
        c("tandg", s.tandg, degrees(lambda x: mp.sec(x) ** 2), grid=within(-1e6, 1e6)),
        c("cotdg", s.cotdg, degrees(lambda x: -mp.csc(x) ** 2), grid=within(-1e6, 1e6, [x for x in REAL if x and x % 180])),
        c("erf", s.erf, lambda x: 2 / mp.sqrt(pi) * mp.exp(-x * x)),
        c("erfc", s.erfc, lambda x: -2 / mp.sqrt(pi) * mp.exp(-x * x)),
        c("erfi", s.erfi, lambda x: 2 / mp.sqrt(pi) * mp.exp(x * x), grid=within(-26, 26)),
        c("erfcx", s.erfcx, erfcx_slope, grid=within(-26, 1e300)), c("dawsn", s.dawsn, dawsn_slope),
        c("erfinv", s.erfinv, lambda x: mp.sqrt(pi) / 2 * mp.exp(mp.erfinv(x) ** 2), grid=INNER),
        c("ndtr", s.ndtr, mp.npdf), c("log_ndtr", s.log_ndtr, log_ndtr_slope),
        c("gamma", s.gamma, lambda x: mp.gamma(x) * mp.psi(0, x), grid=within(1e-100, 170)),
        c("gammaln", s.gammaln, lambda x: mp.psi(0, x), grid=POSITIVE),
        c("loggamma", s.loggamma, lambda x: mp.psi(0, x), grid=POSITIVE),
        c("rgamma", s.rgamma, lambda x: -mp.rgamma(x) * mp.psi(0, x), grid=within(1e-100, 170)),
        c("psi", s.psi, lambda x: mp.psi(1, x), grid=within(1e-150, 1e300)),
        c("beta", s.beta, slope(mp.beta, 0), slope(mp.beta, 1), grid=shapes),
        c("betaln", s.betaln, big40(lambda a, b: mp.psi(0, a) - mp.psi(0, a + b)),
          big40(lambda a, b: mp.psi(0, b) - mp.psi(0, a + b)), grid=FEW[3:-3]),
        c("j0", s.j0, lambda x: -mp.besselj(1, x), grid=within(-100, 100)),
        c("j1", s.j1, lambda x: mp.besselj(1, x, 1), grid=within(-100, 100)),
        c("i0e", s.i0e, scaled_bessel(mp.besseli, 0, -1), grid=within(-700, 700, [x for x in REAL if abs(x) > 1e-20])),
        c("i1e", s.i1e, scaled_bessel(mp.besseli, 1, -1), grid=within(-700, 700, [x for x in REAL if abs(x) > 1e-20])),
        c("k0", s.k0, lambda x: -mp.besselk(1, x), grid=within(1e-100, 700)),
        c("k0e", s.k0e, scaled_bessel(mp.besselk, 0, 1), grid=within(1e-3, 700)),
        c("k1e", s.k1e, scaled_bessel(mp.besselk, 1, 1), grid=within(1e-3, 700)),
        c("exp1", s.exp1, lambda x: -mp.exp(-x) / x, grid=POSITIVE), c("expi", s.expi, lambda x: mp.exp(x) / x, grid=within(1e-300, 700)),
        c("spence", s.spence, spence_slope, grid=POSITIVE),
        c("wrightomega", s.wrightomega, lambda x: (lambda w: w / (1 + w))(mp.lambertw(mp.exp(x))), grid=within(-700, 500)),
        c("ellipk", s.ellipk, slope(mp.ellipk), grid=within(-1e10, 0.999, [x for x in REAL if abs(x) > 1e-12])),
        c("ellipe", s.ellipe, slope(mp.ellipe), grid=within(-1e10, 0.999, [x for x in REAL if abs(x) > 1e-12])),
    ]  # fmt: skip


def lower_gamma(a: Any, x: Any) -> Any:
    """P(a, x), or 1 - Q where that says more."""
    if x > a:
        return -mp.gammainc(a, x, mp.inf, regularized=True)
    return mp.gammainc(a, 0, x, regularized=True)


def density(a: Any, x: Any) -> Any:
    return mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a))


def student(df: Any, x: Any) -> Any:
    """Student's distribution function, less 1 for positive x."""
    tail = mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + x * x), regularized=True) / 2
    return -tail if x > 0 else tail


def more_special_cases() -> list[Case]:
    s, c = special, case
    pi = mp.pi
    shapes = (0.01, 0.3, 1.0, 1.7, 4.0, 9.5, 11.0, 40.0, 150.0)
    sizes = (1e-10, 0.01, 0.3, 1.0, 2.0, 5.0, 20.0, 50.0, 130.0, 300.0, 600.0)
    some = within(1e-3, 40)
    sides = (*(-x for x in some), *some)
    return [
        c("gammainc", s.gammainc, slope(lower_gamma), density, grid=(shapes, sizes), bounds=(1e-11, 1e-5)),
        c("gammaincc", s.gammaincc, lambda a, x: -slope(lower_gamma)(a, x), lambda a, x: -density(a, x),
          grid=(shapes, sizes), bounds=(1e-11, 1e-5)),
        c("chdtr", s.chdtr, slope(lambda v, x: lower_gamma(v / 2, x / 2)), lambda v, x: density(v / 2, x / 2) / 2,
          grid=(shapes, sizes), bounds=(1e-11, 1e-5)),
        c("stdtr", s.stdtr, slope(student), slope(student, 1), grid=(shapes[1:], (-30.0, -5.0, -1.0, -0.1, 0.3, 2.0, 12.0)),
          bounds=(1e-9, 1e-4)),
        c("erfcinv", s.erfcinv, lambda x: -mp.sqrt(pi) / 2 * mp.exp(mp.erfinv(1 - x) ** 2), grid=within(1e-3, 1.99)),
        c("ndtri", s.ndtri, lambda x: mp.sqrt(2 * pi) * mp.exp(mp.erfinv(2 * x - 1) ** 2), grid=within(1e-3, 0.99)),
        c("y0", s.y0, lambda x: -mp.bessely(1, x), grid=some, bounds=(1e-11, 1e-4)),
        c("y1", s.y1, slope(lambda x: mp.bessely(1, x)), grid=some, bounds=(1e-11, 1e-4)),
        c("k1", s.k1, slope(lambda x: mp.besselk(1, x)), grid=some),
        c("i1", s.i1, slope(lambda x: mp.besseli(1, x)), grid=sides),
        c("special.i0", s.i0, slope(lambda x: mp.besseli(0, x)), grid=sides),
        c("binom", s.binom, slope(mp.binomial), slope(mp.binomial, 1), grid=((1.5, 4.0, 11.0, 40.5), (0.3, 1.0, 3.7))),
        c("poch", s.poch, slope(mp.rf), slope(mp.rf, 1), grid=((0.3, 1.0, 4.0, 40.0), (0.01, 0.3, 1.0, 3.7, 20.0))),
        c("owens_t", s.owens_t,
          slope(lambda h, a: mp.quad(lambda t: mp.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]) / (2 * pi)),
          lambda h, a: mp.exp(-h * h * (1 + a * a) / 2) / (1 + a * a) / (2 * pi), grid=((0.1, 0.7, 2.0, 6.0), (0.2, 1.0, 3.0))),
        c("inv_boxcox", s.inv_boxcox, slope(lambda y, p: mp.exp(mp.log1p(p * y) / p)),
          slope(lambda y, p: mp.exp(mp.log1p(p * y) / p), 1), grid=((0.1, 0.5, 2.0), (1e-5, 0.3, 1.0, 2.5))),
        c("ellipkinc", s.ellipkinc, slope(mp.ellipf), slope(mp.ellipf, 1), grid=((0.2, 0.9, 1.5), (1e-3, 0.1, 0.5, 0.9)),
          bounds=(1e-9, 1e-2)),
        c("ellipeinc", s.ellipeinc, slope(mp.ellipe), slope(mp.ellipe, 1), grid=((0.2, 0.9, 1.5), (1e-3, 0.1, 0.5, 0.9)),
          bounds=(1e-9, 1e-2)),
        c("expn of order 3", lambda x: s.expn(3, x), lambda x: -mp.expint(2, x), grid=within(1e-3, 40)),
        c("zeta of 2.5", lambda q: s.zeta(2.5, q), lambda q: -2.5 * mp.zeta(3.5, q), grid=within(0.1, 100)),
        c("jv of order 2.5", lambda x: s.jv(2.5, x), slope(lambda x: mp.besselj(2.5, x)), grid=some, bounds=(1e-11, 1e-4)),
        c("huber", s.huber, lambda d, r: max(abs(r) - d, 0), lambda d, r: max(-d, min(d, r)), grid=(FEW, FEW_REAL)),
    ]  # fmt: skip


def big40(f: Callable[..., Any]) -> Callable[..., Any]:
    def g(*xs: Any) -> Any:
        with mp.workdps(160):
            return +f(*xs)

    return g


def nnlib_cases() -> list[Case]:
    c = case
    return [
        c("sigmoid", flux.sigmoid, lambda x: logistic(x) * logistic(-x)),
        c("tanh_fast", flux.tanh_fast, sech2), c("softplus", flux.softplus, logistic),
        c("logsigmoid", flux.logsigmoid, lambda x: logistic(-x)), c("logcosh", flux.logcosh, mp.tanh),
        c("swish", flux.swish, swish_slope), c("mish", flux.mish, mish_slope),
        c("lisht", flux.lisht, lambda x: mp.tanh(x) + x * sech2(x)),
        c("gelu_tanh", flux.gelu_tanh, gelu_tanh_slope), c("gelu_sigmoid", flux.gelu_sigmoid, gelu_tanh_slope),
        c("gelu_erf", flux.gelu_erf, gelu_erf_slope), c("softsign", flux.softsign, lambda x: 1 / (1 + abs(x)) ** 2),
        c("tanhshrink", flux.tanhshrink, lambda x: mp.tanh(x) ** 2),
        c("selu", flux.selu, lambda x: mp.mpf(1.0507009873554805) * (1 if x > 0 else mp.mpf(1.6732632423543772) * mp.exp(x)),
          grid=tuple(x for x in REAL if x)),
        c("elu", flux.elu, lambda x: mp.exp(min(x, 0))),
        c("celu", lambda x: flux.celu(x, 0.7), lambda x: mp.exp(min(x, 0) / mp.mpf(0.7))),
        c("leakyrelu", flux.leakyrelu, lambda x: mp.mpf(1 if x > 0 else 0.01)),
        c("relu", flux.relu, lambda x: mp.mpf(x > 0)),
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*numpy_cases(), *special_cases(), *more_special_cases(), *nnlib_cases()]


# -- measuring -----------------------------------------------------------------------------------


def points(one: Case, dtype: Any) -> np.ndarray:
    """The grid of a case in a dtype, one row an argument; what overflows or vanishes there is left out."""
    info = np.finfo(dtype)
    grids = [
        [x for x in grid if x == 0 or float(info.tiny) * 8 <= abs(x) <= float(info.max) / 8]
        for grid in one.grid
    ]
    rows = list(itertools.product(*grids))
    return np.array(rows, dtype).T


def reference(partial: Callable[..., Any], xs: tuple[Any, ...], eps: float) -> tuple[Any, Any]:
    """The derivative at exact arguments, and how far it moves within their last place."""
    exact = [mp.mpf(float(x)) for x in xs]
    right = partial(*exact)
    moved = mp.mpf(0)
    for k in range(len(exact)):
        for sign in (-1, 1):
            near = list(exact)
            near[k] = exact[k] * (1 + sign * mp.mpf(eps) / 2)
            with contextlib.suppress(ValueError, ZeroDivisionError):
                moved = max(moved, abs(partial(*near) - right))
    return right, moved


def computed(one: Case, xs: np.ndarray) -> list[Any]:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y, back = pullback(one.f, tuple(xs))
        return list(back(np.ones_like(y)))


def errors(one: Case, dtype: Any, few: int = 0) -> list[Worst]:
    """The worst place of each partial derivative; of about `few` points, if that is given."""
    xs = points(one, dtype)
    if few:
        xs = xs[:, :: max(1, xs.shape[1] // few)]
    info = np.finfo(dtype)
    found = []
    for partial, got in zip(one.partials, computed(one, xs), strict=True):
        if partial is None:
            continue
        worst = Worst(0.0, (), 0.0, 0.0)
        for j in range(xs.shape[1]):
            at = tuple(xs[:, j])
            try:
                right, moved = reference(partial, at, float(info.eps))
            except (ValueError, ZeroDivisionError, mpmath.libmp.NoConvergence, OverflowError):
                continue
            value = float(got[j])
            if not mp.isfinite(right) or mp.isnan(right):
                continue
            if abs(right) > float(info.max):
                error = 0.0 if math.isinf(value) else float("inf")
            elif math.isnan(value) or math.isinf(value):
                error = float("inf")
            else:
                off = abs(mp.mpf(value) - right) - 4 * moved - mp.mpf(float(info.tiny))
                error = 0.0 if off <= 0 else float(off / max(abs(right), mp.mpf(float(info.tiny))))
            if error > worst.error:
                worst = Worst(error, tuple(map(float, at)), value, float(right))
        found.append(worst)
    return found


PAGE = """\
# How exact the derivatives are

Every elementwise rule of one or two real variables beside mpmath, at the numbers from 1e-300 to 1e300 (1e-37 to 1e37
in single precision), both signs, and those near 1, 2, 3, … where a formula may cancel. The error is relative, less
what the derivative itself moves when its arguments do in their last place; `0` is an error below that. What is smaller than the smallest
normal number (2.2e-308, 1.2e-38) may be 0. `by` says by which argument the derivative is taken. Values and
derivatives that SciPy's own function has inexact are so here.

Written by `python tests/accuracy.py`; the tests hold every row to its bound: 1e-12 and 1e-5 if no other is given.

| function | by | worst in float64 | at | worst in float32 | at | bounds |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The table as Markdown."""
    rows = []
    for one in cases():
        double, single = errors(one, np.float64), errors(one, np.float32)
        given = "" if one.bounds == EXACT else f"{one.bounds[0]:.0e}, {one.bounds[1]:.0e}"
        numbers = [k for k, p in enumerate(one.partials) if p is not None]
        for k, a, b in zip(numbers, double, single, strict=True):
            cells = [text for w in (a, b) for text in (f"{w.error:.1e}" if w.error else "0", _place(w.at))]
            by = "" if len(one.partials) == 1 else str(k + 1)
            rows.append(f"| `{one.name}` | {by} | {' | '.join(cells)} | {given} |")
    return PAGE + "\n".join(rows) + "\n"


def _place(at: tuple[float, ...]) -> str:
    return ", ".join(f"{x:.6g}" for x in at)


if __name__ == "__main__":
    if sys.argv[1:]:
        for one in cases():
            if one.name in sys.argv[1:]:
                print(one.name, *errors(one, np.float64), *errors(one, np.float32), sep="\n  ")
    else:
        print(page(), end="")
