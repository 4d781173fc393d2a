"""scipy.stats with derivatives: densities and distribution functions, by all their parameters.

A distribution here gives its logarithmic density in standard form; location, scale and support are
common to all. On plain values SciPy is called; so it is for every method that is not defined here.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats

from ..autodiff.primitive import holds_tracer, load_on_demand, plain
from ..autodiff.refusals import no_rule
from ..autodiff.rules.decompositions import from_triangle
from ..autodiff.values import with_value
from ..errors import NoRuleError
from .linalg import block_diag  # noqa: F401  (registers the rules that multivariate_normal needs)
from .mirror import CLOSE, array, description, traced
from .special import multigammaln

load_on_demand()
LOG_2PI = math.log(2 * math.pi)
Formula = Callable[..., Any]


class Mirror:
    """The base class of distributions. Its attributes are constants for a derivative."""

    name: str

    def __fluxbridge_split__(self, _splitter: Any) -> tuple[Any, None]:
        return self, None

    def __repr__(self) -> str:
        return f"<fluxbridge.scipy.stats.{self.name}>"

    def __call__(self, *args: Any, **options: Any) -> Frozen:
        return Frozen(self, args, options)


class Distribution(Mirror):
    """A distribution of SciPy whose methods take traced values.

    `formulas` are the methods in standard form, each a function of z and the shape parameters.
    `inside` is a point in the support where every formula is finite: it stands in for points
    outside, so that no NaN arises there whose product with zero would be NaN.
    """

    def __init__(self, name: str, inside: float = 0.5, support: Formula | None = None, **formulas: Formula):
        self.name = name
        self.distribution = getattr(scipy.stats, name)
        self.shape_names = [s.strip() for s in (self.distribution.shapes or "").split(",") if s.strip()]
        self.inside = inside
        self.support_of = support or (lambda *shapes: (-np.inf, np.inf))
        self.formulas = formulas
        self.discrete = isinstance(self.distribution, scipy.stats.rv_discrete)
        self.__doc__ = description(self.distribution, f"scipy.stats.{name}")

    def __getattr__(self, method: str) -> Any:
        """The method `method`, or an attribute of SciPy's distribution."""
        if method.startswith("_") or method == "distribution":  # absent while being copied
            raise AttributeError(method)
        own = getattr(self.distribution, method)
        if not callable(own):
            return own

        @functools.wraps(own)
        def call(*args: Any, **options: Any) -> Any:
            if not traced(*args, *options.values()):
                return own(*args, **options)
            if method not in _OF_A_POINT:
                raise no_rule(f"scipy.stats.{self.name}.{method}", handed_over=False)
            value = own(*plain(args), **plain(options))  # raises SciPy's errors
            with np.errstate(all="ignore"):
                result = self.differentiable(method, *args, **options)
            return with_value(result, value, f"scipy.stats.{self.name}.{method}", CLOSE)

        return call

    def differentiable(self, method: str, *args: Any, **options: Any) -> Any:
        for name in ("x", "q", "k"):
            if not args and name in options:
                args = (options.pop(name),)
        x, *args = args  # type: ignore[assignment]
        names = [*self.shape_names, "loc"] + ([] if self.discrete else ["scale"])
        given = {**dict(zip(names, args, strict=False)), **options}
        loc, scale = given.pop("loc", 0.0), given.pop("scale", 1.0)
        shapes = [array(given[name]) for name in self.shape_names]
        x, loc, scale = array(x), array(loc), array(scale)
        if method in ("ppf", "isf"):
            return loc + scale * self._formula(method)(x, *shapes)
        z = plain(x - loc) if self.discrete else (x - loc) / scale
        low, high = self.support_of(*map(plain, shapes))
        value = plain(z)
        outside = np.logical_not((value >= low) & (value <= high))
        if self.discrete and method in ("pmf", "logpmf"):
            outside = outside | (np.floor(value) != value)
        formula, is_log = self._formula(method), method.startswith("log")
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result = formula(np.where(outside, self.inside, z), *shapes)
            if method == "logpdf":
                result = result - np.log(scale)
            elif method == "pdf":
                result = result / scale
        if np.any(plain(scale) <= 0):
            result = np.where(plain(scale) > 0, result, np.nan)
        if not np.any(outside):
            return result
        full = 0.0 if is_log else 1.0
        none = -np.inf if is_log else 0.0
        beyond: Any = none
        if method in ("cdf", "logcdf"):
            beyond = np.where(value > high, full, none)
        elif method in ("sf", "logsf"):
            beyond = np.where(value < low, full, none)
        return np.where(outside, np.where(np.isnan(value), np.nan, beyond), result)

    def has(self, method: str) -> bool:
        """Has this method a derivative?"""
        if method not in _OF_A_POINT:
            return False
        try:
            return bool(self._formula(method))
        except NoRuleError:
            return False

    def _formula(self, method: str) -> Formula:
        """The formula of a method, its own or derived from that of another method."""
        own = self.formulas
        if method in own:
            return own[method]
        if method in ("pdf", "pmf") and "log" + method in own:
            return lambda *values: np.exp(own["log" + method](*values))
        if method == "sf" and "cdf" in own:
            return lambda *values: 1 - own["cdf"](*values)
        if method in ("logcdf", "logsf") and (method[3:] in own or "cdf" in own):
            return lambda *values: np.log(self._formula(method[3:])(*values))
        if method == "isf" and "ppf" in own:
            return lambda q, *shapes: own["ppf"](1 - q, *shapes)
        raise no_rule(f"scipy.stats.{self.name}.{method}", handed_over=False)


class Frozen:
    """A distribution together with its parameters."""

    def __init__(self, distribution: Any, args: tuple, options: dict[str, Any]):
        self.distribution, self.args, self.options = distribution, args, options

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method == "distribution":  # absent while being copied
            raise AttributeError(method)
        call = getattr(self.distribution, method)
        if method in _OF_A_POINT:
            return lambda x: call(x, *self.args, **self.options)
        return lambda *args, **options: call(*self.args, *args, **self.options, **options)


_OF_A_POINT = {"pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"}
REST: Formula = lambda *shapes: (0.0, np.inf)  # noqa: E731
POSITIVE: Formula = lambda *shapes: (5e-324, np.inf)  # noqa: E731
UNIT: Formula = lambda *shapes: (0.0, 1.0)  # noqa: E731

norm = Distribution(
    "norm",
    logpdf=lambda z: -0.5 * z * z - 0.5 * LOG_2PI,
    cdf=sp.ndtr,
    logcdf=sp.log_ndtr,
    sf=lambda z: sp.ndtr(-z),
    logsf=lambda z: sp.log_ndtr(-z),
    ppf=sp.ndtri,
    isf=lambda q: -sp.ndtri(q),
)
gamma = Distribution(
    "gamma",
    support=REST,
    logpdf=lambda z, a: sp.xlogy(a - 1.0, z) - z - sp.gammaln(a),
    cdf=lambda z, a: sp.gammainc(a, z),
    sf=lambda z, a: sp.gammaincc(a, z),
    ppf=lambda q, a: sp.gammaincinv(a, q),
    isf=lambda q, a: sp.gammainccinv(a, q),
)
invgamma = Distribution(
    "invgamma",
    support=POSITIVE,
    logpdf=lambda z, a: -(a + 1) * np.log(z) - sp.gammaln(a) - 1 / z,
    cdf=lambda z, a: sp.gammaincc(a, 1 / z),
    sf=lambda z, a: sp.gammainc(a, 1 / z),
    ppf=lambda q, a: 1 / sp.gammainccinv(a, q),
)
beta = Distribution(
    "beta",
    support=UNIT,
    logpdf=lambda z, a, b: sp.xlog1py(b - 1.0, -z) + sp.xlogy(a - 1.0, z) - sp.betaln(a, b),
    cdf=lambda z, a, b: sp.betainc(a, b, z),
    sf=lambda z, a, b: sp.betainc(b, a, 1 - z),
    ppf=lambda q, a, b: sp.betaincinv(a, b, q),
)
t = Distribution(
    "t",
    logpdf=lambda z, df: -0.5 * (df + 1) * np.log1p(z * z / df) - 0.5 * np.log(df) - sp.betaln(0.5 * df, 0.5),
    cdf=lambda z, df: sp.stdtr(df, z),
    sf=lambda z, df: sp.stdtr(df, -z),
    ppf=lambda q, df: sp.stdtrit(df, q),
    isf=lambda q, df: -sp.stdtrit(df, q),
)
chi2 = Distribution(
    "chi2",
    support=REST,
    logpdf=lambda z, df: sp.xlogy(0.5 * df - 1, z) - 0.5 * z - sp.gammaln(0.5 * df) - 0.5 * math.log(2) * df,
    cdf=lambda z, df: sp.gammainc(0.5 * df, 0.5 * z),
    sf=lambda z, df: sp.gammaincc(0.5 * df, 0.5 * z),
    ppf=lambda q, df: 2 * sp.gammaincinv(0.5 * df, q),
    isf=lambda q, df: 2 * sp.gammainccinv(0.5 * df, q),
)
expon = Distribution(
    "expon",
    support=REST,
    logpdf=lambda z: -z,
    cdf=lambda z: -np.expm1(-z),
    sf=lambda z: np.exp(-z),
    logsf=lambda z: -z,
    ppf=lambda q: -np.log1p(-q),
    isf=lambda q: -np.log(q),
)
uniform = Distribution(
    "uniform", support=UNIT, logpdf=lambda z: 0.0 * z, cdf=lambda z: z, sf=lambda z: 1 - z, ppf=lambda q: q
)
laplace = Distribution(
    "laplace",
    logpdf=lambda z: -np.absolute(z) - math.log(2),
    cdf=lambda z: _laplace_cdf(z),
    sf=lambda z: _laplace_cdf(-z),
    ppf=lambda q: np.where(np.greater(q, 0.5), -1.0, 1.0) * np.log(2 * np.minimum(q, 1 - q)),
)
logistic = Distribution(
    "logistic",
    logpdf=lambda z: sp.log_expit(z) + sp.log_expit(-z),
    cdf=sp.expit,
    sf=lambda z: sp.expit(-z),
    logcdf=sp.log_expit,
    logsf=lambda z: sp.log_expit(-z),
    ppf=sp.logit,
    isf=lambda q: -sp.logit(q),
)
cauchy = Distribution(
    "cauchy",
    logpdf=lambda z: -np.log1p(z * z) - math.log(math.pi),
    cdf=lambda z: 0.5 + np.arctan(z) / math.pi,
    sf=lambda z: 0.5 - np.arctan(z) / math.pi,
    ppf=lambda q: np.tan(math.pi * (q - 0.5)),
)
lognorm = Distribution(
    "lognorm",
    support=POSITIVE,
    logpdf=lambda z, s: -0.5 * (np.log(z) / s) ** 2 - np.log(s * z) - 0.5 * LOG_2PI,
    cdf=lambda z, s: sp.ndtr(np.log(z) / s),
    sf=lambda z, s: sp.ndtr(-np.log(z) / s),
    logcdf=lambda z, s: sp.log_ndtr(np.log(z) / s),
    ppf=lambda q, s: np.exp(s * sp.ndtri(q)),
)


def _laplace_cdf(z: Any) -> Any:
    tail = 0.5 * np.exp(-np.absolute(z))
    return np.where(np.greater(z, 0), 1 - tail, tail)


def _whole(k: Any) -> Any:
    return np.floor(plain(k))


poisson = Distribution(
    "poisson",
    inside=1.0,
    support=REST,
    logpmf=lambda k, mu: sp.xlogy(k, mu) - sp.gammaln(k + 1) - mu,
    cdf=lambda k, mu: sp.pdtr(_whole(k), mu),
    sf=lambda k, mu: sp.pdtrc(_whole(k), mu),
)
bernoulli = Distribution(
    "bernoulli",
    inside=1.0,
    support=UNIT,
    logpmf=lambda k, p: sp.xlogy(k, p) + sp.xlog1py(1 - k, -p),
    cdf=lambda k, p: np.where(np.less(k, 1), 1 - p, 1.0),
)
binom = Distribution(
    "binom",
    inside=0.0,
    support=lambda n, p: (0.0, n),
    logpmf=lambda k, n, p: np.log(sp.binom(plain(n), k)) + sp.xlogy(k, p) + sp.xlog1py(plain(n) - k, -p),
)
geom = Distribution(
    "geom",
    inside=1.0,
    support=lambda p: (1.0, np.inf),
    logpmf=lambda k, p: sp.xlog1py(k - 1, -p) + np.log(p),
    cdf=lambda k, p: -np.expm1(_whole(k) * np.log1p(-p)),
    sf=lambda k, p: np.exp(_whole(k) * np.log1p(-p)),
)


# -- distributions of vectors -------------------------------------------------------------------------


class Multivariate(Mirror):
    """A distribution of vectors: methods with traced arguments are ours, the rest is SciPy's."""

    def __init__(self, name: str, **methods: Formula):
        self.name, self.methods = name, methods
        self.distribution = getattr(scipy.stats, name)
        self.__doc__ = description(self.distribution, f"scipy.stats.{name}")

    def has(self, method: str) -> bool:
        """Has this method a derivative?"""
        return method in self.methods

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method == "distribution":  # absent while being copied
            raise AttributeError(method)
        own, ours = getattr(self.distribution, method), self.methods.get(method)

        @functools.wraps(own)
        def call(*args: Any, **options: Any) -> Any:
            if not traced(*args, *options.values()):
                return own(*args, **options)
            if ours is None:
                raise no_rule(f"scipy.stats.{self.name}.{method}", handed_over=False)
            value = own(*plain(args), **plain(options))  # raises SciPy's errors
            args = tuple(array(a) if holds_tracer(a) else a for a in args)
            options = {k: array(a) if holds_tracer(a) else a for k, a in options.items()}
            return with_value(ours(*args, **options), value, f"scipy.stats.{self.name}.{method}", CLOSE)

        return call


def _dirichlet_logpdf(x: Any, alpha: Any) -> Any:
    """Along the first axis of x, whose last entry may be left out; all add up to one."""
    x, alpha = array(x), array(alpha)
    if x.shape[0] == alpha.shape[0] - 1:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    logs = sp.xlogy(np.reshape(alpha - 1, (-1,) + (1,) * (x.ndim - 1)), x)
    return np.sum(logs, axis=0) + sp.gammaln(np.sum(alpha)) - np.sum(sp.gammaln(alpha))


def _dirichlet_entropy(alpha: Any) -> Any:
    total, k = np.sum(alpha), alpha.shape[0]
    log_beta = np.sum(sp.gammaln(alpha)) - sp.gammaln(total)
    return log_beta + (total - k) * sp.psi(total) - np.sum((alpha - 1) * sp.psi(alpha))


dirichlet = Multivariate(
    "dirichlet",
    logpdf=_dirichlet_logpdf,
    pdf=lambda x, alpha: np.exp(_dirichlet_logpdf(x, alpha)),
    entropy=_dirichlet_entropy,
)


def _covariance(mean: Any, cov: Any) -> tuple[Any, Any]:
    """Mean and covariance as a vector and a matrix; a number or a vector stands for a diagonal."""
    mean = None if mean is None else np.atleast_1d(array(mean))
    cov = array(cov)
    size = mean.shape[0] if mean is not None else np.shape(cov)[0] if np.ndim(cov) == 2 else 1
    if np.ndim(cov) == 1 and np.shape(cov)[0] != size:
        raise ValueError(f"the mean has {size} entries, the diagonal of the covariance {np.shape(cov)[0]}")
    cov = np.eye(size) * cov if np.ndim(cov) < 2 else from_triangle(cov, "L")  # the triangle that SciPy reads
    return np.zeros(size) if mean is None else mean, cov


def _spectrum(cov: Any) -> tuple[Any, int]:
    """The product of the eigenvalues that are not zero, as a logarithm, and their number."""
    values = np.linalg.eigvalsh(plain(cov))
    kept = values > 1e6 * np.finfo(values.dtype).eps * np.max(np.absolute(values))
    if np.all(kept):
        return np.linalg.slogdet(cov)[1], len(values)
    return np.sum(np.log(np.linalg.eigvalsh(cov)[kept])), int(np.sum(kept))


def _normal_logpdf(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    mean, cov = _covariance(mean, cov)
    size = mean.shape[0]
    x = array(x)
    if np.ndim(x) == 0:
        x = np.reshape(x, (1, 1))
    elif np.ndim(x) == 1:
        x = x[:, None] if size == 1 else x[None, :]
    deviation = x - mean
    log_det, rank = _spectrum(cov)
    if rank < size and not allow_singular:
        raise np.linalg.LinAlgError(
            "When `allow_singular is False`, the input matrix must be symmetric positive definite."
        )
    if rank == size:
        whitened = np.swapaxes(np.linalg.solve(cov, np.reshape(deviation, (-1, size)).T), 0, 1)
    else:
        whitened = np.matmul(np.reshape(deviation, (-1, size)), np.linalg.pinv(cov, hermitian=True))
    distance = np.sum(np.reshape(whitened, deviation.shape) * deviation, axis=-1)
    result = -0.5 * (rank * LOG_2PI + log_det + distance)
    return np.squeeze(result)


def _normal_entropy(mean: Any = None, cov: Any = 1) -> Any:
    log_det, rank = _spectrum(_covariance(mean, cov)[1])
    return 0.5 * (rank * (LOG_2PI + 1) + log_det)


multivariate_normal = Multivariate(
    "multivariate_normal",
    logpdf=_normal_logpdf,
    pdf=lambda *args, **options: np.exp(_normal_logpdf(*args, **options)),
    entropy=_normal_entropy,
)


def _wishart_logpdf(x: Any, df: Any, scale: Any) -> Any:
    x, scale = array(x), array(scale)
    if np.ndim(x) != 2 or np.ndim(scale) != 2:
        raise no_rule("scipy.stats.wishart of more than one matrix, or of a number")
    p, scale = scale.shape[-1], from_triangle(scale, "L")  # SciPy reads one triangle
    log_x, log_scale = np.linalg.slogdet(from_triangle(x, "L"))[1], np.linalg.slogdet(scale)[1]
    inside = 0.5 * (df - p - 1) * log_x - 0.5 * np.trace(np.linalg.solve(scale, x))
    return inside - 0.5 * df * (p * math.log(2) + log_scale) - multigammaln(0.5 * df, p)


wishart = Multivariate(
    "wishart", logpdf=_wishart_logpdf, pdf=lambda x, df, scale: np.exp(_wishart_logpdf(x, df, scale))
)

__all__ = [
    "bernoulli", "beta", "binom", "cauchy", "chi2", "dirichlet", "expon", "gamma", "geom", "invgamma",
    "laplace", "logistic", "lognorm", "multivariate_normal", "norm", "poisson", "t", "uniform", "wishart",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    return getattr(scipy.stats, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(scipy.stats)})
