"""The ufuncs of scipy.special, and the few functions beside them that need a rule of their own.

Imported only when SciPy is loaded: `load_on_demand` does so when the first ufunc arrives that is
not NumPy's. Where nothing else is said, a derivative is the one that the NIST Digital Library of
Mathematical Functions (https://dlmf.nist.gov) gives for the function.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from ...errors import NoRuleError
from ..elementwise import (
    NAMES,
    Formula,
    _array_rule,
    _tangent_rule,
    bounded,
    conj,
    define_words,
    elementwise,
    inside_of_sigmoid,
    saturating,
    saturating_number,
    select,
)
from ..primitive import PRIMITIVES, UFUNCS, Primitive, no_derivative, plain, primitive
from .incomplete import beta_by_parameters, costly, gamma_by_a, gamma_front, t_by_df

PI = math.pi
ROOT_PI = math.sqrt(PI)
ROOT_2PI = math.sqrt(2 * PI)
DEGREE = PI / 180


def rule(name: str, *formulas: Formula, holomorphic: bool = True, **words: Any) -> None:
    """The derivatives of one ufunc; older versions of SciPy may not have it."""
    ufunc = getattr(special, name, None)
    if not isinstance(ufunc, np.ufunc) or ufunc in UFUNCS:
        return
    if name in PRIMITIVES:  # NumPy has one of the same name
        words["name"] = f"special.{name}"
    if not (formulas[0] is None or hasattr(formulas[0], "costly")):
        elementwise(ufunc, *formulas, holomorphic=holomorphic, **words)
        return
    # no rule for numbers, because that one computes both derivatives whether asked for or not
    inputs = NAMES[len(formulas)]
    reverse = [_array_rule(f, inputs, holomorphic) for f in formulas]
    primitive(ufunc, *reverse, jvp=tuple(_tangent_rule(f, inputs) for f in formulas), **words)


def wide(partial: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the inputs as a partial derivative, computed in double precision.

    The output is not used: in single precision it has too few digits where it cancels.
    """

    def slope(_y: Any, *xs: Any) -> Any:
        return partial(*map(double, xs))

    # as many parameters as the function has, since they are counted
    if len(inspect.signature(partial).parameters) == 1:
        return lambda _y, x: slope(_y, x)
    return lambda _y, a, b: slope(_y, a, b)


def double(x: Any) -> Any:
    """`x` in double precision if it is in single."""
    return x.astype(np.float64) if getattr(plain(x), "dtype", None) == np.float32 else x


def rules(name: str, *partials: Callable[..., Any]) -> None:
    """The same for any number of arguments: each partial derivative is a function of (y, *inputs)."""
    ufunc = getattr(special, name, None)
    if not isinstance(ufunc, np.ufunc) or ufunc in UFUNCS:
        return

    def reverse(partial: Callable[..., Any]) -> Callable[..., Any]:
        return lambda dy, y, *xs: dy * conj(partial(y, *xs))

    def forward(partial: Callable[..., Any]) -> Callable[..., Any]:
        return lambda dx, y, *xs: dx * partial(y, *xs)

    primitive(ufunc, *map(reverse, partials), jvp=tuple(map(forward, partials)))


def unknown(function: str, argument: str) -> Callable[..., Any]:
    """The derivative by an argument for which no formula is at hand: an error, not a silent zero."""

    @costly
    def partial(*_values: Any) -> Any:
        raise NoRuleError(
            f"scipy.special.{function} has no derivative rule for its argument {argument!r} in "
            "fluxbridge; if it is a constant, pass fluxbridge.ignore_derivatives of it."
        )

    return partial


def real_sign(x: Any) -> Any:
    """The sign of a real number, for functions that are not holomorphic."""
    if np.iscomplexobj(plain(x)):
        raise NoRuleError(
            "exponentially scaled Bessel functions have no complex derivative; use the unscaled one"
        )
    return np.sign(x)


define_words({name: f for name, f in vars(special).items() if isinstance(f, np.ufunc)})
define_words({"real_sign": real_sign, "sinc": np.sinc})


# -- logistic, entropies, robust losses --------------------------------------------------------------


def _near_expit(y: Any) -> Any:
    return y * (1 - y)


def _expit_slope(x: Any) -> Any:
    return special.expit(x) * special.expit(-1.0 * x)


rule(
    "expit",
    "y * (1 - y)",
    stable=[saturating(_near_expit, _expit_slope, inside_of_sigmoid)],
    number_vjp=saturating_number(_near_expit, _expit_slope),
    holomorphic=False,
)
rule("logit", "1 / (x * (1 - x))", holomorphic=False)
rule("log_expit", "expit(-x)", holomorphic=False)
rule("entr", "-log(x) - 1", holomorphic=False)


def log_ratio(a: Any, b: Any) -> Any:
    """log(a/b), also where the quotient is no normal number."""
    with np.errstate(all="ignore"):
        ratio = np.true_divide(plain(a), plain(b))
        odd = ((ratio < 1e-30) | (ratio > 1e30)) & (np.greater(a, 0) & np.greater(b, 0))
    if not np.any(odd):
        return np.log(a / b)
    return np.where(
        odd,
        np.log(np.where(odd, a, 1.0)) - np.log(np.where(odd, b, 1.0)),
        np.log(np.where(odd, 1.0, a) / np.where(odd, 1.0, b)),
    )


define_words({"log_ratio": log_ratio})
rule("rel_entr", "log(a / b) + 1", "-a / b", stable=["log_ratio(a, b) + 1", "-a / b"], holomorphic=False)
rule("kl_div", "log(a / b)", "1 - a / b", stable=["log_ratio(a, b)", "1 - a / b"], holomorphic=False)
rule("huber", "maximum(absolute(b) - a, 0.0)", "maximum(-a, minimum(b, a))", holomorphic=False)


def pseudo_huber_by_delta(_y: Any, a: Any, b: Any) -> Any:
    """t²/h with h = sqrt(a² + b²) and t = h - a = b²/(h + a)."""
    h = np.hypot(a, b)
    h = np.where(np.equal(h, 0), 1.0, h)
    t = b * (b / (h + a))
    return t * (t / h)


rule(
    "pseudo_huber",
    pseudo_huber_by_delta,
    "b / hypot(1.0, b / a)",
    stable=[
        pseudo_huber_by_delta,
        "where(absolute(b) > a, a * share(b, a, hypot(a, b)), b * share(a, b, hypot(a, b)))",
    ],
    holomorphic=False,
)


def ratio_or_zero(a: Any, b: Any) -> Any:
    """a/b, and 0 where a is 0 (also at b = 0; LogExpFunctions)."""
    zero = np.equal(a, 0) & ~np.isnan(plain(b))
    return select(~zero, a / np.where(zero, 1.0, b))


define_words({"ratio_or_zero": ratio_or_zero})
rule("xlogy", "log(b)", "ratio_or_zero(a, b)")
rule("xlog1py", "log1p(b)", "ratio_or_zero(a, 1 + b)")

# -- powers and exponentials --------------------------------------------------------------------------


def exprel_slope(_y: Any, x: Any) -> Any:
    """(1 + (x - 1)·exp(x))/x² where that does not cancel, else ½ 1F1(2; 3; x)."""
    far = np.absolute(plain(x)) > 1.0
    z = np.where(far, x, 1.0)
    w = bounded(z, 800.0)
    direct = np.exp(w) / w * (1 - 1 / w) + 1 / z / z
    return np.where(far, direct, 0.5 * special.hyp1f1(2.0, 3.0, np.where(far, 0.0, x)))


def boxcox_by_exponent(_y: Any, x: Any, p: Any) -> Any:
    """With u = p·log(x) and boxcox = log(x)·exprel(u); exprel' is smooth at 0."""
    log = np.log(x)
    return log * log * exprel_slope(None, p * log)


def inv_boxcox_by_exponent(y: Any, x: Any, p: Any) -> Any:
    """Of exp(log1p(w)/p) at w = p·x; the derivative of log1p(w)/w is -½ 2F1(2, 2; 3; -w)."""
    return -0.5 * y * x * x * special.hyp2f1(2.0, 2.0, 3.0, -p * x)


rule("boxcox", "power(a, b - 1)", boxcox_by_exponent, holomorphic=False)
rule("boxcox1p", "power(1 + a, b - 1)", lambda y, a, b: boxcox_by_exponent(y, 1 + a, b), holomorphic=False)
rule("inv_boxcox", "power(y, 1 - b)", inv_boxcox_by_exponent, holomorphic=False)
rule(
    "inv_boxcox1p",
    "power(1 + y, 1 - b)",
    lambda y, a, b: inv_boxcox_by_exponent(1 + y, a, b),
    holomorphic=False,
)
rule("exp2", "ln2 * y")
rule("exp10", "ln10 * y")
rule("expm1", "y + 1", stable=["exp(x)"])
rule("log1p", "1 / (1 + x)")
rule("cosm1", "-sin(x)")
rule("cbrt", "1 / (3 * y * y)", holomorphic=False)


rule("exprel", exprel_slope, holomorphic=False)
rule(
    "powm1",
    "b * power(a, b - 1)",
    "(y + 1) * log(a)",
    stable=["b * power(a, b - 1)", "power(a, b) * log(a)"],
    holomorphic=False,
)
rule("sindg", f"{DEGREE!r} * cosdg(x)", holomorphic=False)
rule("cosdg", f"-{DEGREE!r} * sindg(x)", holomorphic=False)
rule("tandg", f"{DEGREE!r} * (1 + y * y)", holomorphic=False)
rule(
    "cotdg",
    f"-{DEGREE!r} * (1 + y * y)",
    stable=[f"-{DEGREE!r} * square(reciprocal(sindg(x)))"],
    holomorphic=False,
)
rule("wrightomega", "y / (1 + y)")

# -- error function and its relatives --------------------------------------------------------------

rule("erf", f"{2 / ROOT_PI!r} * exp(-x * x)")
rule("erfc", f"-{2 / ROOT_PI!r} * exp(-x * x)")
rule("erfi", f"{2 / ROOT_PI!r} * exp(x * x)")


def far_tail(x: Any, sign: float) -> Any:
    """1 - √π·x·erfcx(x) (sign -1), 1 - 2x·dawsn(x) (sign 1) up to its sign: Σ (2k-1)!! (sign/2x²)ᵏ, k > 0."""
    u = sign * (0.5 / x / x)
    total: Any = 0.0
    for k in range(16, 0, -1):
        total = (1 + total) * (2 * k - 1) * u
    return total


def erfcx_slope(x: Any) -> Any:
    if np.iscomplexobj(plain(x)):
        return 2 * x * special.erfcx(x) - 2 / ROOT_PI
    far = np.greater(plain(x), 10.0)
    z = np.where(far, 0.0, x)
    return np.where(
        far, far_tail(np.where(far, x, 10.0), -1.0) * (2 / ROOT_PI), 2 * z * special.erfcx(z) - 2 / ROOT_PI
    )


def dawsn_slope(x: Any) -> Any:
    if np.iscomplexobj(plain(x)):
        return 1 - 2 * x * special.dawsn(x)
    far = np.absolute(plain(x)) > 10.0
    z = np.where(far, 0.0, x)
    return np.where(far, -far_tail(np.where(far, x, 10.0), 1.0), 1 - 2 * z * special.dawsn(z))


rule("erfcx", f"2 * x * y - {2 / ROOT_PI!r}", stable=[wide(erfcx_slope)])
rule("dawsn", "1 - 2 * x * y", stable=[wide(dawsn_slope)])
rule("wofz", f"{2 / ROOT_PI!r}j - 2 * x * y")
rule("erfinv", f"{ROOT_PI / 2!r} * exp(y * y)", holomorphic=False)
rule("erfcinv", f"-{ROOT_PI / 2!r} * exp(y * y)", holomorphic=False)
rule("ndtr", f"{1 / ROOT_2PI!r} * exp(-0.5 * x * x)")


def log_ndtr_slope(y: Any, x: Any) -> Any:
    """The density over the distribution function: sqrt(2/π)/erfcx(-x/√2) for negative x."""
    if np.iscomplexobj(plain(x)):
        return np.exp(-0.5 * x * x - y) / ROOT_2PI
    low = np.less(plain(x), 0)
    z = np.where(low, 0.0, bounded(x, 1e4))
    scaled = special.erfcx(np.where(low, x, 0.0) * -math.sqrt(0.5))
    return np.where(low, math.sqrt(2 / PI) / scaled, np.exp(-0.5 * z * z - np.where(low, 0.0, y)) / ROOT_2PI)


rule("log_ndtr", f"{1 / ROOT_2PI!r} * exp(-0.5 * x * x - y)", stable=[log_ndtr_slope])
rule("ndtri", f"{ROOT_2PI!r} * exp(0.5 * y * y)", holomorphic=False)
rule("ndtri_exp", f"{ROOT_2PI!r} * exp(x + 0.5 * y * y)", holomorphic=False)
rule(
    "owens_t",
    f"-{0.5 / ROOT_2PI!r} * exp(-0.5 * a * a) * erf(a * b * {math.sqrt(0.5)!r})",
    f"exp(-0.5 * a * a * (1 + b * b)) / ({2 * PI!r} * (1 + b * b))",
    holomorphic=False,
)

# -- gamma and beta -------------------------------------------------------------------------------


def polygamma_of(n: Any, x: Any) -> Any:
    """scipy.special.polygamma, which has no use for float32."""
    y = special.polygamma(n, x)[()]
    return y.astype(x.dtype) if getattr(x, "dtype", None) == np.float32 else y


POLYGAMMA: Primitive = primitive(
    special.polygamma,
    None,
    lambda dy, _y, n, x: dy * POLYGAMMA(n + 1, x),
    jvp=(None, lambda dx, _y, n, x: dx * POLYGAMMA(n + 1, x)),
    compute=polygamma_of,
)


def rgamma_slope(y: Any, x: Any) -> Any:
    """-ψ(x)/Γ(x), and (-1)ⁿ n! at the pole x = -n of ψ."""
    if np.iscomplexobj(plain(x)):
        return -y * special.psi(x)
    at_pole = (plain(x) <= 0) & (np.floor(plain(x)) == plain(x))
    n = np.where(at_pole, -plain(x), 0.0)
    inside = -y * special.psi(np.where(at_pole, 1.0, x))
    return np.where(at_pole, np.cos(PI * n) * special.gamma(n + 1), inside)


define_words({"polygamma": POLYGAMMA})
rule("gamma", "y * psi(x)")
rule("gammaln", "psi(x)", holomorphic=False)
rule("loggamma", "psi(x)")
rule("rgamma", rgamma_slope)
rule("psi", "polygamma(1, x)", holomorphic=False)


def _psi_gap(a: Any, b: Any) -> Any:
    """ψ(a + b) - ψ(a) without cancellation: by recurrence up to 10, then by the asymptotic series."""
    dtype = np.result_type(np.asarray(a), np.asarray(b), np.float16)
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    direct = special.psi(a + b) - special.psi(a)
    smooth = (a > 0) & (a + b > 0)
    a, b = np.where(smooth, a, 1.0), np.where(smooth, b, 0.0)
    total = np.zeros(np.broadcast_shapes(a.shape, b.shape))
    for _ in range(10):
        small = np.minimum(a, a + b) < 10
        total = total + np.where(small, b / a / np.where(small, a + b, 1.0), 0.0)
        a = np.where(small, a + 1, a)
    log = np.log1p(b / a)
    total = total + log + 0.5 * (b / a / (a + b))
    for k, c in enumerate(_BERNOULLI, 1):
        total = total + c / (2 * k) * np.expm1(-2 * k * log) * -(a ** (-2.0 * k))
    return np.where(smooth, total, direct).astype(dtype)[()]


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
PSI_GAP = elementwise(
    None,
    "polygamma(1, a + b) - polygamma(1, a)",
    "polygamma(1, a + b)",
    name="psi_gap",
    compute=_psi_gap,
    holomorphic=False,
)
define_words({"psi_gap": PSI_GAP})
rule(
    "beta",
    "y * (psi(a) - psi(a + b))",
    "y * (psi(b) - psi(a + b))",
    stable=[
        wide(lambda a, b: -special.beta(a, b) * PSI_GAP(a, b)),
        wide(lambda a, b: -special.beta(a, b) * PSI_GAP(b, a)),
    ],
    holomorphic=False,
)
rule(
    "betaln",
    "psi(a) - psi(a + b)",
    "psi(b) - psi(a + b)",
    stable=["-psi_gap(a, b)", "-psi_gap(b, a)"],
    holomorphic=False,
)
rule(
    "binom",
    "y * (psi(a + 1) - psi(a - b + 1))",
    "y * (psi(a - b + 1) - psi(b + 1))",
    stable=["y * psi_gap(a - b + 1, b)", "y * psi_gap(b + 1, a - b - b)"],
    holomorphic=False,
)
rule(
    "poch",
    "y * (psi(a + b) - psi(a))",
    "y * psi(a + b)",
    stable=["y * psi_gap(a, b)", "y * psi(a + b)"],
    holomorphic=False,
)
no_derivative(special.gammasgn)


def gamma_density(a: Any, x: Any) -> Any:
    """x**(a-1)·exp(-x)/Γ(a), and its limits at 0 and at infinity."""
    inner = np.greater(x, 0) & np.isfinite(plain(x))
    with np.errstate(all="ignore"):
        limit = np.exp(special.xlogy(plain(a) - 1.0, plain(x)) - plain(x) - special.gammaln(plain(a)))
    limit = np.where(np.equal(x, np.inf), 0.0, limit)
    z = np.where(inner, x, 1.0)
    return np.where(inner, gamma_front(a, z) / z, limit)


def beta_density(a: Any, b: Any, x: Any) -> Any:
    return np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


define_words({"gamma_density": gamma_density})
rule("gammainc", costly(lambda _y, a, x: gamma_by_a(a, x)), "gamma_density(a, b)", holomorphic=False)
rule("gammaincc", costly(lambda _y, a, x: -gamma_by_a(a, x)), "-gamma_density(a, b)", holomorphic=False)
# the inverse x(a, y) moves so that P(a, x) stays
for _name, _sign in (("gammaincinv", ""), ("gammainccinv", "-")):
    rule(
        _name,
        costly(lambda y, a, _p: -gamma_by_a(a, y) / gamma_density(a, y)),
        _sign + "1 / gamma_density(a, y)",
        holomorphic=False,
    )
for _name, _up in (("betainc", 1), ("betaincc", -1)):
    rules(
        _name,
        lambda _y, a, b, x, up=_up: up * beta_by_parameters(a, b, x)[0],
        lambda _y, a, b, x, up=_up: up * beta_by_parameters(a, b, x)[1],
        lambda _y, a, b, x, up=_up: up * beta_density(a, b, x),
    )
for _name, _up in (("betaincinv", 1), ("betainccinv", -1)):
    rules(
        _name,
        lambda y, a, b, _p: -beta_by_parameters(a, b, y)[0] / beta_density(a, b, y),
        lambda y, a, b, _p: -beta_by_parameters(a, b, y)[1] / beta_density(a, b, y),
        lambda y, a, b, _p, up=_up: up / beta_density(a, b, y),
    )

ZETA: Primitive = primitive(
    None,
    lambda dy, _y, _x, _q: unknown("zeta", "x")(),
    lambda dy, _y, x, q: -dy * x * ZETA(x + 1.0, q),
    jvp=(lambda dx, _y, _x, _q: unknown("zeta", "x")(), lambda dq, _y, x, q: -dq * x * ZETA(x + 1.0, q)),
    name="zeta",
    compute=special.zeta,
)
if isinstance(_zeta := getattr(getattr(special, "_ufuncs", None), "_zeta", None), np.ufunc):
    UFUNCS[_zeta] = ZETA  # scipy.special.zeta(x, q) is a function that hands its arguments to this one

# -- distribution functions ------------------------------------------------------------------------


def t_density(df: Any, x: Any) -> Any:
    """Student's density, as a power of 1 + x²/df."""
    log_power = -0.5 * (df + 1.0) * np.log1p(x * x / df)
    return np.exp(log_power - special.betaln(0.5 * df, 0.5)) / np.sqrt(df)


define_words({"t_density": t_density})
rule("stdtr", costly(lambda _y, df, x: t_by_df(double(df), double(x))), "t_density(a, b)", holomorphic=False)
rule(
    "stdtrit",
    costly(lambda y, df, _p: -t_by_df(df, y) / t_density(df, y)),
    "1 / t_density(a, y)",
    holomorphic=False,
)
rule(
    "chdtr",
    costly(lambda _y, v, x: 0.5 * gamma_by_a(0.5 * v, 0.5 * x)),
    "0.5 * gamma_density(0.5 * a, 0.5 * b)",
    holomorphic=False,
)
rule(
    "chdtrc",
    costly(lambda _y, v, x: -0.5 * gamma_by_a(0.5 * v, 0.5 * x)),
    "-0.5 * gamma_density(0.5 * a, 0.5 * b)",
    holomorphic=False,
)
rule("pdtr", None, "-gamma_density(floor(a) + 1, b)", holomorphic=False)
rule("pdtrc", None, "gamma_density(floor(a) + 1, b)", holomorphic=False)

# -- Bessel functions --------------------------------------------------------------------------------

rule("j0", "-j1(x)", holomorphic=False)
rule("j1", "0.5 * (j0(x) - jv(2.0, x))", holomorphic=False)
rule("y0", "-y1(x)", holomorphic=False)
rule("y1", "0.5 * (y0(x) - yn(2, x))", holomorphic=False)
rule("i0", "i1(x)", holomorphic=False)
rule("i1", "0.5 * (i0(x) + iv(2.0, x))", holomorphic=False)
rule("k0", "-k1(x)", holomorphic=False)
rule("k1", "-0.5 * (k0(x) + kn(2, x))", holomorphic=False)


def i0e_slope(x: Any) -> Any:
    """exp(-|x|)·I0(x) = 1F1(1/2; 1; -2|x|)."""
    return real_sign(x) * -special.hyp1f1(1.5, 2.0, -2 * np.absolute(x))


def i1e_slope(x: Any) -> Any:
    """exp(-|x|)·I1(x) = x/2·1F1(3/2; 3; -2|x|)."""
    z = -2 * np.absolute(x)
    return 0.5 * special.hyp1f1(1.5, 3.0, z) + 0.25 * z * special.hyp1f1(2.5, 4.0, z)


rule("i0e", "i1e(x) - real_sign(x) * y", stable=[wide(i0e_slope)], holomorphic=False)
rule("i1e", "0.5 * (i0e(x) + ive(2.0, x)) - real_sign(x) * y", stable=[wide(i1e_slope)], holomorphic=False)
rule("k0e", "y - k1e(x)", stable=[wide(lambda x: special.k0e(x) - special.k1e(x))], holomorphic=False)
rule(
    "k1e",
    "y - 0.5 * (k0e(x) + kve(2.0, x))",
    stable=[wide(lambda x: special.k1e(x) - 0.5 * (special.k0e(x) + special.kve(2.0, x)))],
    holomorphic=False,
)
for _name in ("jv", "yv", "hankel1", "hankel2"):
    rule(_name, unknown(_name, "v"), f"0.5 * ({_name}(a - 1.0, b) - {_name}(a + 1.0, b))")
rule("yn", None, "0.5 * (yv(a - 1.0, b) - yv(a + 1.0, b))", holomorphic=False)
rule("iv", unknown("iv", "v"), "0.5 * (iv(a - 1.0, b) + iv(a + 1.0, b))")
rule("kv", unknown("kv", "v"), "-0.5 * (kv(a - 1.0, b) + kv(a + 1.0, b))")
rule("kn", None, "-0.5 * (kv(a - 1.0, b) + kv(a + 1.0, b))", holomorphic=False)
rule("ive", unknown("ive", "v"), "0.5 * (ive(a - 1.0, b) + ive(a + 1.0, b)) - real_sign(b) * y")
rule("kve", unknown("kve", "v"), "y - 0.5 * (kve(a - 1.0, b) + kve(a + 1.0, b))")
rule("hankel1e", unknown("hankel1e", "v"), "0.5 * (hankel1e(a - 1.0, b) - hankel1e(a + 1.0, b)) - 1j * y")
rule("hankel2e", unknown("hankel2e", "v"), "0.5 * (hankel2e(a - 1.0, b) - hankel2e(a + 1.0, b)) + 1j * y")

_STRUVE = f"power(0.5 * b, a) * rgamma(a + 1.5) * {1 / ROOT_PI!r}"
rule(
    "struve",
    unknown("struve", "v"),
    f"0.5 * (struve(a - 1.0, b) - struve(a + 1.0, b) + {_STRUVE})",
    holomorphic=False,
)
rule(
    "modstruve",
    unknown("modstruve", "v"),
    f"0.5 * (modstruve(a - 1.0, b) + modstruve(a + 1.0, b) + {_STRUVE})",
    holomorphic=False,
)

# -- integrals of elementary functions ---------------------------------------------------------------


def spence_slope(_y: Any, x: Any) -> Any:
    """log(x)/(1-x), which is -2F1(1, 1; 2; 1-x) near its removable singularity at 1."""
    if np.iscomplexobj(plain(x)):
        return np.log(x) / (1 - x)
    near = np.absolute(plain(x) - 1) < 0.5
    far = np.where(near, 2.0, x)
    series = -special.hyp2f1(1.0, 1.0, 2.0, 1 - np.where(near, x, 1.0))
    return np.where(near, series, np.log(far) / (1 - far))


def expn_slope(y: Any, n: Any, x: Any) -> Any:
    """-E_{n-1}(x); for n = 0 by the recurrence n·E_{n+1} = exp(-x) - x·E_n."""
    lower = np.where(np.greater(n, 0), n - 1, 0)
    return -np.where(np.greater(n, 0), special.expn(lower, x), (np.exp(-x) + y) / x)


rule("spence", spence_slope)
rule("expi", "exp(x) / x")
rule("exp1", "-exp(-x) / x")
rule("expn", None, expn_slope, holomorphic=False)


def several(name: str, slopes: Callable[[Any, Any], tuple[Any, ...]]) -> None:
    """The rule of a function of one number with several outputs, by the slopes of each."""

    def reverse(dy: Any, y: Any, x: Any) -> Any:
        parts = [d * conj(s) for d, s in zip(dy, slopes(y, x), strict=True) if d is not None]
        return sum(parts[1:], parts[0])

    def forward(dx: Any, y: Any, x: Any) -> Any:
        return tuple(dx * s for s in slopes(y, x))

    primitive(getattr(special, name), reverse, jvp=(forward,))


def _sinhc(x: Any) -> Any:
    return 0.5 * (special.exprel(x) + special.exprel(-x))


several("fresnel", lambda _y, x: (np.sin(PI / 2 * x * x), np.cos(PI / 2 * x * x)))
several("sici", lambda _y, x: (np.sinc(x / PI), np.cos(x) / x))
several("shichi", lambda _y, x: (_sinhc(x), np.cosh(x) / x))
several("airy", lambda y, x: (y[1], x * y[0], y[3], x * y[2]))

# -- elliptic integrals ---------------------------------------------------------------------------


def ellipk_slope(y: Any, m: Any) -> Any:
    """(E/(1-m) - K)/(2m), near its removable singularity at m = 0 as a hypergeometric function."""
    near = np.absolute(plain(m)) < 0.25
    far = np.where(near, 0.5, m)
    series = PI / 8 * special.hyp2f1(1.5, 1.5, 2.0, np.where(near, m, 0.0))
    direct = (special.ellipe(far) / (1 - far) - np.where(near, 0.0, y)) / (2 * far)
    return np.where(near, series, direct)


def ellipe_slope(y: Any, m: Any) -> Any:
    """(E - K)/(2m), near m = 0 as a hypergeometric function."""
    near = np.absolute(plain(m)) < 0.25
    far = np.where(near, 0.5, m)
    series = -PI / 8 * special.hyp2f1(0.5, 1.5, 2.0, np.where(near, m, 0.0))
    return np.where(near, series, (np.where(near, 0.0, y) - special.ellipk(far)) / (2 * far))


def ellipkinc_by_m(y: Any, phi: Any, m: Any) -> Any:
    zero = np.equal(m, 0)
    k = np.where(zero, 0.5, m)
    root = np.sqrt(1 - k * np.sin(phi) ** 2)
    direct = special.ellipeinc(phi, k) / (2 * k * (1 - k)) - np.where(zero, 0.0, y) / (2 * k)
    direct = direct - np.sin(2 * phi) / (4 * (1 - k) * root)
    return np.where(zero, (phi - np.sin(phi) * np.cos(phi)) / 4, direct)


def ellipeinc_by_m(y: Any, phi: Any, m: Any) -> Any:
    zero = np.equal(m, 0)
    k = np.where(zero, 0.5, m)
    direct = (np.where(zero, 0.0, y) - special.ellipkinc(phi, k)) / (2 * k)
    return np.where(zero, (np.sin(phi) * np.cos(phi) - phi) / 4, direct)


rule("ellipk", ellipk_slope, holomorphic=False)
rule("ellipkm1", lambda _y, p: -ellipk_slope(special.ellipk(1 - p), 1 - p), holomorphic=False)
rule("ellipe", ellipe_slope, holomorphic=False)
rule("ellipkinc", "1 / sqrt(1 - b * sin(a) * sin(a))", ellipkinc_by_m, holomorphic=False)
rule("ellipeinc", "sqrt(1 - b * sin(a) * sin(a))", ellipeinc_by_m, holomorphic=False)

# -- hypergeometric functions and orthogonal polynomials ---------------------------------------------

rule("hyp0f1", unknown("hyp0f1", "v"), "hyp0f1(a + 1.0, b) / a")
rules(
    "hyp1f1",
    unknown("hyp1f1", "a"),
    unknown("hyp1f1", "b"),
    lambda _y, a, b, x: special.hyp1f1(a + 1.0, b + 1.0, x) * a / b,
)
rules(
    "hyperu",
    unknown("hyperu", "a"),
    unknown("hyperu", "b"),
    lambda _y, a, b, x: -a * special.hyperu(a + 1.0, b + 1.0, x),
)
rules(
    "hyp2f1",
    unknown("hyp2f1", "a"),
    unknown("hyp2f1", "b"),
    unknown("hyp2f1", "c"),
    lambda _y, a, b, c, z: special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z) * (a * b / c),
)


def lower(polynomial: Callable[..., Any], factor: Callable[..., Any]) -> Callable[..., Any]:
    """factor·P_{n-1}, and 0 for n = 0; `polynomial` takes the degree first."""

    def partial(_y: Any, n: Any, *rest: Any) -> Any:
        degree = np.where(np.greater(n, 0), n - 1, 0)
        return select(np.greater(n, 0), factor(n, *rest[:-1]) * polynomial(degree, *rest))

    return partial


rule("eval_chebyt", unknown("eval_chebyt", "n"), lower(special.eval_chebyu, lambda n: n))
rule(
    "eval_chebyu",
    unknown("eval_chebyu", "n"),
    lower(lambda n, x: special.eval_gegenbauer(n, 2.0, x), lambda n: 2.0),
)
rule(
    "eval_legendre",
    unknown("eval_legendre", "n"),
    lower(lambda n, x: special.eval_jacobi(n, 1.0, 1.0, x), lambda n: 0.5 * (n + 1)),
)
rule("eval_hermite", None, lower(special.eval_hermite, lambda n: 2 * n), holomorphic=False)
rule("eval_hermitenorm", None, lower(special.eval_hermitenorm, lambda n: n), holomorphic=False)
rule(
    "eval_laguerre",
    unknown("eval_laguerre", "n"),
    lower(lambda n, x: special.eval_genlaguerre(n, 1.0, x), lambda n: -1.0),
)
rules(
    "eval_genlaguerre",
    unknown("eval_genlaguerre", "n"),
    unknown("eval_genlaguerre", "alpha"),
    lower(lambda n, p, x: special.eval_genlaguerre(n, p + 1, x), lambda n, p: -1.0),
)
rules(
    "eval_gegenbauer",
    unknown("eval_gegenbauer", "n"),
    unknown("eval_gegenbauer", "alpha"),
    lower(lambda n, p, x: special.eval_gegenbauer(n, p + 1, x), lambda n, p: 2 * p),
)
rules(
    "eval_jacobi",
    unknown("eval_jacobi", "n"),
    unknown("eval_jacobi", "alpha"),
    unknown("eval_jacobi", "beta"),
    lower(lambda n, p, q, x: special.eval_jacobi(n, p + 1, q + 1, x), lambda n, p, q: 0.5 * (n + p + q + 1)),
)

# -- functions with results that do not vary ----------------------------------------------------------

no_derivative(special.round)
