"""The natural logarithm of Julia, to the last bit.

The tails of the ziggurat return a logarithm as a random number, and that of the C library may differ in the
last bit. Julia computes it with a table, after P. T. P. Tang, "Table-driven implementation of the logarithm
function in IEEE floating-point arithmetic", ACM Transactions on Mathematical Software 16 (1990), 378-400, and
with fused multiply-adds.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

_NEAR_ONE = (0.9394130628134757, 1.0644944589178595)  # exp(-1/16) and exp(1/16)
_ROUNDER = 2.0**45  # adding and subtracting it rounds to multiples of 1/128


def _exact_fma(a: float, b: float, c: float) -> float:
    return float(Fraction(a) * Fraction(b) + Fraction(c))


_fma = getattr(math, "fma", _exact_fma)  # math.fma: Python 3.13


@cache
def _table() -> list[tuple[float, float]]:
    """log(1 + j / 128) as a multiple of 2^-39 and the rest."""
    with localcontext() as context:
        context.prec = 50
        logs = [(1 + Decimal(j) / 128).ln() for j in range(129)]
        high = [float(round(value * 2**39)) / 2**39 for value in logs]
        return [(h, float(value - Decimal(h))) for h, value in zip(high, logs, strict=True)]


def log(x: float) -> float:
    """The logarithm of a number in [0, inf), as Julia rounds it.

    >>> log(1.0), log(0.0), log(0.5)
    (0.0, -inf, -0.6931471805599453)
    """
    if x == 0.0:
        return -math.inf
    if _NEAR_ONE[0] < x < _NEAR_ONE[1]:
        return _by_series(x - 1.0)
    fraction, exponent = math.frexp(x)
    y, m = 2.0 * fraction, float(exponent - 1)
    center = (y + _ROUNDER) - _ROUNDER
    high, low = _table()[int(128.0 * center) - 128]
    last_high, last_low = _table()[128]
    high, low = m * last_high + high, m * last_low + low
    u = 2.0 * (y - center) / (y + center)
    v = u * u
    q = u * v * _fma(v, 0.012500053168098584, 0.08333333333303913)
    return high + (u + (q + low))


def _by_series(f: float) -> float:
    """log(1 + f) for a small f."""
    g = 1.0 / (2.0 + f)
    u = 2.0 * f * g
    v = u * u
    p = 0.0004348877777076146
    for coefficient in (0.0022321399879194482, 0.012500000003771751, 0.08333333333333179):
        p = _fma(v, p, coefficient)
    q = u * v * p
    return u + _fma(_fma(-u, f, 2.0 * (f - u)), g, q)
