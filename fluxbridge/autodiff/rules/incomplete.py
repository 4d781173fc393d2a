"""The incomplete gamma and beta functions by their parameters, of which SciPy has no derivative.

Both are sums of positive terms (DLMF 8.7.1 and 8.17.8 with 15.8.1) whose logarithms are smooth in
the parameters; the derivatives below sum terms times the derivative of their logarithm. Up to the mean
of the distribution all of these have one sign. Beyond it the complement is taken: of beta by its
symmetry, of gamma by an integral of one sign. So digits are right in both tails. Written with functions
that have rules, as all rules are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from ...errors import NoRuleError
from ..primitive import plain

LIMIT = 1 << 16  # of terms
SMALL = -42.0  # logarithm of what does not count beside 1


def costly(partial: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a derivative that shall not be computed unless it is asked for."""
    partial.costly = True  # type: ignore[attr-defined]
    return partial


def _terms(log_term: Callable[[Any], Any], name: str) -> np.ndarray:
    """Indices of the terms to sum: up to where the next ones no longer count."""
    count = 64
    with np.errstate(all="ignore"):
        while True:
            last, before = log_term(float(count)), log_term(count - 1.0)
            if not np.any((last > SMALL) & np.isfinite(last)) and not np.any(last > before):
                return np.arange(float(count))
            count *= 2
            if count > LIMIT:
                raise NoRuleError(
                    f"the derivative of scipy.special.{name} by its parameters takes too many terms here"
                )


#: s = L·exp(v - exp(-v)) takes an integral from 0 to ∞ to one that the trapezoidal rule does best.
_STEP = 1 / 24
_V = np.arange(-4.2, 5.0, _STEP)
_NODES = np.exp(_V - np.exp(-_V))
_WEIGHTS = _STEP * _NODES * (1 + np.exp(-_V))
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def gamma_front(a: Any, x: Any) -> Any:
    """x**a·exp(-x)/Γ(a) for x > 0: for large a by Stirling's series, where logarithms would cancel."""
    large = np.greater_equal(plain(a), 10.0)
    b = np.where(large, a, 10.0)
    d = (x - b) / b
    series: Any = 0.0
    for c in _STIRLING[::-1]:
        series = series / (b * b) + c
    low = plain(x) < 0.5 * plain(b)
    log = np.where(low, np.log(np.where(low, x, 1.0) / b), np.log1p(np.where(low, 0.0, d)))
    by_series = np.exp(b * (log - d) - series / b) * np.sqrt(b * (0.5 / np.pi))
    b, z = np.where(large, 1.0, a), np.minimum(x, 2e3)
    direct = np.exp(b * np.log(z) - z) * special.rgamma(b)
    return np.where(large, by_series, direct)


def gamma_by_a(a: Any, x: Any, name: str = "gammainc") -> Any:
    """∂P(a, x)/∂a: below the mean of log t by P = Σ x^(a+k) exp(-x)/Γ(a+k+1), above it by an integral."""
    single = np.float32 in (getattr(plain(a), "dtype", None), getattr(plain(x), "dtype", None))
    if single:
        a, x = (v.astype(np.float64) if hasattr(v, "astype") else v for v in (a, x))
    here = np.greater(x, 0) & np.isfinite(plain(x))  # at 0 and at infinity P is constant
    x = np.where(here, x, 1.0)
    with np.errstate(divide="ignore"):
        above = np.log(plain(x)) > special.psi(plain(a) + 1.0)
    beyond = _tail_by_a(np.where(above, a, 1.0), np.where(above, x, 2.0)) if np.any(above) else 0.0
    below = _series_by_a(np.where(above, 2.0, a), np.where(above, 1.0, x), name) if not np.all(above) else 0.0
    return np.where(here, np.where(above, beyond, below), 0.0)


def _series_by_a(a: Any, x: Any, name: str) -> Any:
    a_, x_ = plain(a), plain(x)
    k = _terms(lambda k: _log_ratio(a_, x_, k), name)
    front = gamma_front(a, x) / a
    a, x = np.expand_dims(a, -1), np.expand_dims(x, -1)
    ratios = np.exp(k * np.log(x) + special.gammaln(a + 1) - special.gammaln(a + k + 1))
    return front * np.sum(ratios * (np.log(x) - special.psi(a + k + 1)), axis=-1)


def _log_ratio(a: Any, x: Any, k: Any) -> Any:
    """The logarithm of x^k Γ(a+1)/Γ(a+k+1), a term by the first."""
    return k * np.log(x) + special.gammaln(a + 1) - special.gammaln(a + k + 1)


def _tail_by_a(a: Any, x: Any) -> Any:
    """-∂Q/∂a = -x^(a-1) exp(-x)/Γ(a)·∫ (log(x + s) - ψ(a))·(1 + s/x)^(a-1)·exp(-s) ds, s from 0 to ∞."""
    a_, x_ = plain(a), plain(x)
    width = 1 / (np.maximum(1 - (a_ - 1) / x_, 0.0) + 1 / np.sqrt(x_ + 1))
    front = gamma_front(a, x) / x
    a, x, width = np.expand_dims(a, -1), np.expand_dims(x, -1), np.expand_dims(width, -1)
    s = width * _NODES
    log = np.log1p(s / x)
    inside = (np.log(x) - special.psi(a) + log) * np.exp((a - 1) * log - s)
    return -front * np.sum(inside * (width * _WEIGHTS), axis=-1)


def beta_by_parameters(a: Any, b: Any, x: Any, name: str = "betainc") -> tuple[Any, Any]:
    """∂I_x(a, b)/∂a and ∂b: I = Σ t_k, t_k = x^(a+k) (1-x)^b Γ(a+b+k) / (Γ(b) Γ(a+k+1)).

    Beyond the mean the sum is that of the complement 1 - I_{1-x}(b, a), which converges faster.
    """
    inside = np.greater(x, 0) & np.less(x, 1)  # at both ends I is constant
    x = np.where(inside, x, 0.5)
    swap = plain(x) > (plain(a) + 1) / (plain(a) + plain(b) + 2)
    p, q, z = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, 1 - x, x)
    p_, q_, z_ = plain(p), plain(q), plain(z)

    def log_term(k: Any) -> Any:
        front = (p_ + k) * np.log(z_) + q_ * np.log1p(-z_)
        return front + special.gammaln(p_ + q_ + k) - special.gammaln(q_) - special.gammaln(p_ + k + 1)

    k = _terms(log_term, name)
    p, q, z = (np.expand_dims(v, -1) for v in (p, q, z))
    log_z, log_rest = np.log(z), np.log1p(-z)
    logs = special.gammaln(p + q + k) - special.gammaln(q) - special.gammaln(p + k + 1)
    terms = np.exp((p + k) * log_z + q * log_rest + logs)
    both = special.psi(p + q + k)
    first = np.sum(terms * (both - special.psi(p + k + 1) + log_z), axis=-1)
    second = np.sum(terms * (both - special.psi(q) + log_rest), axis=-1)
    by_a, by_b = np.where(swap, -second, first), np.where(swap, -first, second)
    return np.where(inside, by_a, 0.0), np.where(inside, by_b, 0.0)


def t_by_df(df: Any, t: Any) -> Any:
    """Of Student's distribution function, 1 - I_x(df/2, 1/2)/2 for t > 0 with x = df/(df + t²)."""
    sign = np.sign(plain(t))
    t = np.where(sign == 0, 1.0, t)
    size = df + t * t
    x, rest = df / size, t * t / size
    log_density = special.xlogy(0.5 * df - 1, x) - 0.5 * np.log(rest) - special.betaln(0.5 * df, 0.5)
    by_x = np.exp(log_density) * rest / size
    return -0.5 * sign * (0.5 * beta_by_parameters(0.5 * df, 0.5, x, "stdtr")[0] + by_x)
