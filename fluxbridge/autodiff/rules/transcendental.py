"""Exponentials, logarithms, roots, trigonometric and hyperbolic functions, sinc and i0."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from ..elementwise import conj, elementwise, saturating, saturating_number
from ..primitive import Primitive, apply, implements, register, take_up

# -- exponentials, logarithms, roots ---------------------------------------------------------------

elementwise(np.exp, "y")
elementwise(np.exp2, "y * ln2")
elementwise(np.expm1, "y + 1", stable=["exp(x)"])
elementwise(np.log, "1 / x")
elementwise(np.log2, "1 / (x * ln2)")
elementwise(np.log10, "1 / (x * ln10)")
elementwise(np.log1p, "1 / (x + 1)")
elementwise(np.sqrt, "1 / (2 * y)")
elementwise(np.cbrt, "1 / (3 * y * y)", holomorphic=False)

# The share of each term in the sum. Without the minimum and the where, infinite terms would give
# Inf - Inf: a term of -Inf has the share 0, one of +Inf the share 1.
elementwise(
    np.logaddexp,
    "exp(minimum(a - where(isinf(a), 0.0, y), 0.0))",
    "exp(minimum(b - where(isinf(b), 0.0, y), 0.0))",
    holomorphic=False,
)
elementwise(
    np.logaddexp2,
    "exp2(minimum(a - where(isinf(a), 0.0, y), 0.0))",
    "exp2(minimum(b - where(isinf(b), 0.0, y), 0.0))",
    holomorphic=False,
)

# -- trigonometric and hyperbolic functions ----------------------------------------------------------
# Products such as (1 - x)(1 + x) rather than 1 - x² are exact to the last digit near x = 1. On the
# branch cuts of complex numbers the derivatives continue those of NumPy's principal values.

elementwise(np.sin, "cos(x)")
elementwise(np.cos, "-sin(x)")
elementwise(np.tan, "1 + y * y")
elementwise(np.arcsin, "1 / sqrt((1 - x) * (1 + x))")
elementwise(np.arccos, "-1 / sqrt((1 - x) * (1 + x))")
elementwise(np.arctan, "1 / (1 + x * x)", stable=["square(1 / hypot1(x))"])
elementwise(np.sinh, "cosh(x)")
elementwise(np.cosh, "sinh(x)")


def _near_tanh(y: Any) -> Any:
    return 1 - y * y


def _sech2(x: Any) -> Any:
    if np.iscomplexobj(x):
        return 1 / np.cosh(x) ** 2
    t = np.exp(-2.0 * np.absolute(x))
    return 4 * t / ((1 + t) * (1 + t))


SECH2 = elementwise(None, "-2 * y * tanh(x)", name="sech2", compute=_sech2)
tanh_words: dict[str, Any] = {
    "stable": [saturating(_near_tanh, SECH2, lambda low: (-math.sqrt(1 - low), math.sqrt(1 - low)))],
    "number_vjp": saturating_number(_near_tanh, SECH2),
}
elementwise(np.tanh, "1 - y * y", **tanh_words)
elementwise(np.arcsinh, "1 / sqrt(1 + x * x)", stable=["1 / hypot1(x)"])
elementwise(np.arccosh, "1 / (sqrt(x - 1) * sqrt(x + 1))")
elementwise(np.arctanh, "1 / ((1 - x) * (1 + x))")

elementwise(
    np.arctan2,
    "b / (a * a + b * b)",
    "-a / (a * a + b * b)",
    holomorphic=False,
    stable=["angle_slope(b, hypot(a, b))", "-angle_slope(a, hypot(a, b))"],
)

elementwise(np.deg2rad, "pi / 180", holomorphic=False)
elementwise(np.radians, "pi / 180", holomorphic=False)
elementwise(np.rad2deg, "180 / pi", holomorphic=False)
elementwise(np.degrees, "180 / pi", holomorphic=False)

# -- families that are closed under differentiation ----------------------------------------------------


def family(name: str, compute: Any, slope: Any) -> Primitive:
    """Register functions with an integer parameter n; ``slope(x, n)`` is the derivative of the n-th."""
    made = Primitive(
        name,
        compute,
        vjps=[lambda dy, _y, x, n: dy * conj(slope(x, n))],
        jvp=[lambda dx, _y, x, n: dx * slope(x, n)],
        option_names=["n"],
        where="transcendental",
    )
    return register(None, made)


@cache
def _unit_interval() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss and Legendre between 0 and 1."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    return (nodes + 1) / 2, weights / 2


def _cos_derivative(x: np.ndarray, n: int) -> np.ndarray:
    wave = np.sin(x) if n % 2 else np.cos(x)
    return -wave if n % 4 in (1, 2) else wave


def sinc_derivative(x: Any, n: int) -> Any:
    """The n-th derivative of sinc.

    Near zero from sinc(x) = ∫₀¹ cos(πxt) dt by quadrature, so that derivatives of every order are
    right at 0; elsewhere from x·sinc(x) = sin(πx)/π, differentiated n times.
    """
    x = np.asarray(x)
    near = np.absolute(x) < 3
    small = np.where(near, x, 0.0)
    nodes, weights = _unit_interval()
    waves = _cos_derivative(math.pi * small[..., None] * nodes, n)
    by_sum = math.pi**n * np.sum(weights * nodes**n * waves, axis=-1)
    large = np.where(near, 3.0, x)
    value = np.sinc(large)
    for k in range(1, n + 1):
        value = (math.pi ** (k - 1) * _cos_derivative(math.pi * large, k - 1) - k * value) / large
    return np.where(near, by_sum, value).astype(np.result_type(x.dtype, np.float16))[()]


SINC_DERIVATIVE: Primitive = family(
    "sinc_derivative", sinc_derivative, lambda x, n: apply(SINC_DERIVATIVE, (x,), {"n": n + 1})
)
elementwise(np.sinc, lambda _y, x: apply(SINC_DERIVATIVE, (x,), {"n": 1}))


_ANGLES = (np.arange(160) + 0.5) * math.pi / 160


def bessel_i(x: Any, n: int) -> Any:
    """The modified Bessel function I_n(x) = (1/π) ∫₀^π exp(x cos t) cos(nt) dt.

    The midpoint rule converges geometrically here; 160 points are exact to rounding up to
    |x| = 700, where exp overflows.
    """
    x = np.asarray(x)
    size = np.absolute(x)[..., None]
    waves = x[..., None] * np.cos(_ANGLES)
    terms = np.exp(waves - size)
    if n % 2:  # only the odd part counts, which is small near 0
        terms = np.where(size < 1, np.sinh(np.where(size < 1, waves, 0.0)) * np.exp(-size), terms)
    mean = np.mean(terms * np.cos(n * _ANGLES), axis=-1)
    return (mean * np.exp(size[..., 0])).astype(np.result_type(x.dtype, np.float16))[()]


def bessel_i_slope(x: Any, n: int) -> Any:
    """I_n' = (I_{n-1} + I_{n+1})/2 (DLMF 10.29.1)."""
    lower, upper = (apply(BESSEL_I, (x,), {"n": abs(n + step)}) for step in (-1, 1))
    return (lower + upper) / 2


BESSEL_I: Primitive = family("bessel_i", bessel_i, bessel_i_slope)
_I0 = elementwise(
    None, lambda _y, x: apply(BESSEL_I, (x,), {"n": 1}), name="i0", compute=np.i0, holomorphic=False
)


@implements(np.i0)
def i0(x: Any) -> Any:
    return apply(_I0, (take_up(x),), {})
