"""The incomplete gamma and beta functions by their parameters, of which SciPy has no derivative.

Both are sums of positive terms (DLMF 8.7.1 and 8.17.8 with 15.8.1) whose logarithms are smooth in
the parameters; the derivatives below sum terms times the derivative of their logarithm. The error
is a few units in the last place of 1, absolutely: far out in a tail, where the derivative itself is
tiny, few of its digits are right. Written with functions that have rules, as all rules are.
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


def gamma_by_a(a: Any, x: Any, name: str = "gammainc") -> Any:
    """∂P(a, x)/∂a, with P = Σ t_k and t_k = x^(a+k) exp(-x) / Γ(a+k+1)."""
    here = np.greater(x, 0) & np.isfinite(plain(x))  # at 0 and at infinity P is constant
    x = np.where(here, x, 1.0)
    a_, x_ = plain(a), plain(x)
    k = _terms(lambda k: (a_ + k) * np.log(x_) - x_ - special.gammaln(a_ + k + 1), name)
    a, x = np.expand_dims(a, -1), np.expand_dims(x, -1)
    log_x = np.log(x)
    terms = np.exp((a + k) * log_x - x - special.gammaln(a + k + 1))
    return np.where(here, np.sum(terms * (log_x - special.psi(a + k + 1)), axis=-1), 0.0)


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
