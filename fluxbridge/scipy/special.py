"""scipy.special with derivatives. The ufuncs have theirs anyway; here are the other functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from ..autodiff.elementwise import conj
from ..autodiff.primitive import UFUNCS, load_on_demand, primitive
from ..autodiff.refusals import no_rule
from ..autodiff.rules import special as rules
from ..autodiff.rules.reductions import expand
from .mirror import array, mirror

load_on_demand()

# -- logsumexp and softmax ---------------------------------------------------------------------------


def shares(x: Any, y: Any, axis: Any, keepdims: bool) -> Any:
    """exp(x - y), the softmax of x, for y the logsumexp of x."""
    return np.exp(x - expand(y, np.shape(x), axis, keepdims))


def logsumexp_rule(dy: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return expand(dy, np.shape(x), axis, keepdims) * conj(shares(x, y, axis, keepdims))


LOGSUMEXP = primitive(
    None,
    logsumexp_rule,
    jvp=(
        lambda dx, y, x, axis=None, keepdims=False: np.sum(
            dx * shares(x, y, axis, keepdims), axis=axis, keepdims=keepdims
        ),
    ),
    name="special.logsumexp",
    compute=lambda x, axis=None, keepdims=False: scipy.special.logsumexp(x, axis=axis, keepdims=keepdims),
)
SOFTMAX = primitive(
    None,
    lambda dy, y, _x, axis=None: (dy - np.sum(dy * conj(y), axis=axis, keepdims=True)) * conj(y),
    jvp=(lambda dx, y, _x, axis=None: (dx - np.sum(dx * y, axis=axis, keepdims=True)) * y,),
    name="special.softmax",
    compute=scipy.special.softmax,
)
LOG_SOFTMAX = primitive(
    None,
    lambda dy, y, _x, axis=None: dy - np.sum(dy, axis=axis, keepdims=True) * conj(np.exp(y)),
    jvp=(lambda dx, y, _x, axis=None: dx - np.sum(dx * np.exp(y), axis=axis, keepdims=True),),
    name="special.log_softmax",
    compute=scipy.special.log_softmax,
)


@mirror(scipy.special.logsumexp)
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    if b is None and not return_sign:
        return LOGSUMEXP(a, axis=axis, keepdims=keepdims)
    if b is not None:
        a, b = np.broadcast_arrays(array(a), array(b))
    weights = 1.0 if b is None else b
    value = np.real(rules.plain(a))
    if b is not None:
        value = np.where(rules.plain(b) == 0, -np.inf, value)
    top = np.max(value, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.sum(weights * np.exp(a - top), axis=axis, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.absolute(total) if return_sign else total
        result, sign = np.log(size) + top, np.sign(total)
    if not keepdims:
        result, sign = np.squeeze(result, axis=axis), np.squeeze(sign, axis=axis)
    return (result, sign) if return_sign else result


@mirror(scipy.special.softmax, exact=True)
def softmax(x: Any, axis: Any = None) -> Any:
    return SOFTMAX(x, axis=axis)


@mirror(scipy.special.log_softmax, exact=True)
def log_softmax(x: Any, axis: Any = None) -> Any:
    return LOG_SOFTMAX(x, axis=axis)


# -- gamma and its relatives -------------------------------------------------------------------------


@mirror(scipy.special.polygamma, exact=True)
def polygamma(n: Any, x: Any) -> Any:
    return rules.POLYGAMMA(n, x)


@mirror(scipy.special.multigammaln)
def multigammaln(a: Any, d: int) -> Any:
    parts = scipy.special.gammaln(np.expand_dims(a, -1) - np.arange(d) / 2)
    return np.sum(parts, axis=-1) + d * (d - 1) / 4 * math.log(math.pi)


@mirror(scipy.special.zeta)
def zeta(x: Any, q: Any = None) -> Any:
    if q is None:
        raise no_rule("scipy.special.zeta of one argument")
    return rules.ZETA(x, q)


@mirror(scipy.special.factorial)
def factorial(n: Any, extend: str = "zero") -> Any:
    n = array(n)
    if extend == "complex":
        return scipy.special.gamma(n + 1)
    return np.where(np.less(n, 0), 0.0, scipy.special.gamma(n + 1))


@mirror(scipy.special.comb)
def comb(N: Any, k: Any, *, repetition: bool = False) -> Any:
    if repetition:
        N = N + k - 1
    outside = np.less(k, 0) | np.less(N, k)
    return np.where(outside, 0.0, scipy.special.binom(N, k))


# -- others ------------------------------------------------------------------------------------------

LAMBERTW = primitive(
    None,
    lambda dy, y, _z, k=0, tol=1e-8: dy * conj(1 / (np.exp(y) * (1 + y))),
    jvp=(lambda dz, y, _z, k=0, tol=1e-8: dz / (np.exp(y) * (1 + y)),),
    name="lambertw",
    compute=scipy.special.lambertw,
)


@mirror(scipy.special.lambertw, exact=True)
def lambertw(z: Any, k: int = 0, tol: float = 1e-8) -> Any:
    return LAMBERTW(z, k=k, tol=tol)


@mirror(scipy.special.sinc)
def sinc(x: Any) -> Any:
    return np.sinc(x)


def _spherical(name: str, below: float, above: float) -> Any:
    """A spherical Bessel function f; f' is (below·n·f_{n-1} + above·(n+1)·f_{n+1})/(2n + 1)."""
    target = getattr(scipy.special, name)

    def slope(n: Any, z: Any) -> Any:
        lower = FUNCTION(np.maximum(n - 1, 0), z)
        return (below * n * lower + above * (n + 1) * FUNCTION(n + 1, z)) / (2 * n + 1)

    FUNCTION = primitive(
        None,
        None,
        lambda dy, _y, n, z: dy * conj(slope(n, z)),
        jvp=(None, lambda dz, _y, n, z: dz * slope(n, z)),
        name=name,
        compute=lambda n, z: target(n, z)[()],
    )

    @mirror(target)
    def call(n: Any, z: Any, derivative: bool = False) -> Any:
        return slope(rules.plain(n), z) if derivative else FUNCTION(n, z)

    call.__module__ = __name__
    return call


spherical_jn = _spherical("spherical_jn", 1.0, -1.0)
spherical_yn = _spherical("spherical_yn", 1.0, -1.0)
spherical_in = _spherical("spherical_in", 1.0, 1.0)
spherical_kn = _spherical("spherical_kn", -1.0, -1.0)

if hasattr(scipy.special, "softplus"):  # new in SciPy 1.17

    @mirror(scipy.special.softplus)
    def softplus(x: Any) -> Any:
        return np.logaddexp(x, 0.0)


__all__ = [
    "comb", "factorial", "lambertw", "log_softmax", "logsumexp", "multigammaln", "polygamma", "sinc",
    "softmax", "spherical_in", "spherical_jn", "spherical_kn", "spherical_yn", "zeta",
    *(["softplus"] if hasattr(scipy.special, "softplus") else []),
    *sorted(n for n, f in vars(scipy.special).items() if isinstance(f, np.ufunc) and f in UFUNCS),
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """A ufunc with rules also takes lists and object arrays of traced values; the rest is SciPy's own."""
    found = getattr(scipy.special, name)
    if isinstance(found, np.ufunc) and found in UFUNCS:
        found = globals()[name] = mirror(found, exact=True)(found)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(scipy.special)})
