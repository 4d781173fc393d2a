"""Convolution, polynomials by their coefficients (highest power first), interpolation."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..elementwise import conj
from ..primitive import apply, asked, implements, plain, primitive
from ..values import in_numpys_types, of_type
from .shaping import as_array

# -- convolution -----------------------------------------------------------------------------------------


def _full(dy: Any, mode: str, n: int, m: int) -> Any:
    """The cotangent of a full convolution of n and m values, from that of its middle part."""
    short = min(n, m)
    start = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    after = n + m - 1 - start - np.shape(dy)[0]
    return np.concatenate([np.zeros(start), dy, np.zeros(after)]) if mode != "full" else dy


def convolve_by_a(dy: Any, _y: Any, _a: Any, v: Any, mode: str = "full") -> Any:
    """a[i] went into y[i + j] with the factor v[j]."""
    return np.convolve(_full(dy, mode, _a.size, np.size(v)), conj(v)[::-1], "valid")


def convolve_by_v(dy: Any, _y: Any, a: Any, _v: Any, mode: str = "full") -> Any:
    return np.convolve(_full(dy, mode, np.size(a), _v.size), conj(a)[::-1], "valid")


CONVOLVE = primitive(
    None,
    convolve_by_a,
    convolve_by_v,
    jvp="multilinear",
    name="convolve",
    compute=lambda a, v, mode="full": np.convolve(a, v, mode),
)

_MODES = {"v": "valid", "s": "same", "f": "full", 0: "valid", 1: "same", 2: "full"}


def _vector(x: Any) -> Any:
    x = as_array(x)
    return np.reshape(x, (1,)) if np.ndim(x) == 0 else x


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    return apply(CONVOLVE, (_vector(a), _vector(v)), {"mode": _MODES.get(mode, mode)})


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """NumPy correlates the longer with the shorter, and turns the result round if that was v with a."""
    a, v = _vector(a), _vector(v)
    if np.size(v) > np.size(a):
        return conj(np.convolve(v, conj(a)[::-1], mode))[::-1]
    return np.convolve(a, conj(v)[::-1], mode)


# -- polynomials -----------------------------------------------------------------------------------------


@implements(np.polyval)
@in_numpys_types(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Horner's scheme."""
    p, x = as_array(p), as_array(x) if isinstance(x, (list, tuple)) else x
    y: Any = 0.0
    for k, coefficient in enumerate(p):
        y = y * x + coefficient if k else coefficient + 0.0 * x
    return y


def _aligned(a1: Any, a2: Any) -> tuple[Any, Any]:
    """Two lists of coefficients, made equally long by zeros in front."""
    a1, a2 = _vector(a1), _vector(a2)
    n = max(np.size(a1), np.size(a2))
    parts = [np.concatenate([np.zeros(n - np.size(a)), a]) if np.size(a) < n else a for a in (a1, a2)]
    return parts[0], parts[1]


@implements(np.polyadd)
@in_numpys_types(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    return np.add(*_aligned(a1, a2))


@implements(np.polysub)
@in_numpys_types(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    return np.subtract(*_aligned(a1, a2))


def _without_leading_zeros(p: Any) -> Any:
    p = _vector(p)
    nonzero = np.flatnonzero(plain(p))
    return p[nonzero[0] :] if nonzero.size else p[-1:]


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(_without_leading_zeros(a1), _without_leading_zeros(a2))


@implements(np.polydiv)
@in_numpys_types(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """Quotient and remainder by long division."""
    count = np.size(np.polydiv(plain(_vector(u)), plain(_vector(v)))[1])
    u, v = _vector(u) + 0.0, _vector(v) + 0.0
    n, m = np.size(u), np.size(v)
    quotient = []
    scale = 1.0 / v[0]
    for _ in range(max(n - m + 1, 1)):
        if n < m:
            quotient.append(0.0 * v[0])
            break
        factor = scale * u[0]
        quotient.append(factor)
        u = np.concatenate([u[1:m] - factor * v[1:], u[m:]])
    if not np.size(u):
        return np.stack(quotient), np.zeros(1)
    # NumPy takes off leading coefficients of the remainder that are only rounding
    if np.size(u) < count:  # or leaves on what is rounding in single precision
        return np.stack(quotient), np.concatenate([np.zeros(count - np.size(u)), u])
    return np.stack(quotient), u[np.size(u) - count :]


@implements(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    p = _vector(p)
    for _ in range(m):
        p = p[:-1] * np.arange(np.size(p) - 1, 0, -1)
    return p


@implements(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    p = _vector(p)
    constants = _vector(0.0 if k is None else k)
    if np.size(constants) == 1:
        constants = np.broadcast_to(constants, (max(m, 1),))
    if np.size(constants) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for i in range(m):
        p = np.concatenate([p / np.arange(np.size(p), 0, -1), constants[i : i + 1]])
    return p


@implements(np.poly)
@in_numpys_types(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """The product of the factors (x - zero)."""
    zeros = _vector(seq_of_zeros)
    if np.ndim(zeros) == 2:
        zeros = np.linalg.eigvals(zeros)
    p: Any = np.ones(1)
    for k in range(np.size(zeros)):
        p = np.convolve(p, np.stack([1.0, -zeros[k]]))
    value = plain(zeros)
    if np.iscomplexobj(value) and np.all(np.sort(value) == np.sort(value.conjugate())):
        p = np.real(p)
    return p


def roots_rule(dy: Any, y: Any, p: Any) -> Any:
    """From P(root) = 0: a coefficient moves a root by -root**k / P'(root)."""
    slopes = np.polyval(np.polyder(p), y)
    powers = np.vander(y, np.size(p))
    return np.sum(np.expand_dims(dy / conj(slopes), -1) * conj(-powers), axis=0)


def roots_tangent(dx: Any, y: Any, p: Any) -> Any:
    return -np.polyval(dx, y) / np.polyval(np.polyder(p), y)


ROOTS = primitive(None, roots_rule, jvp=(roots_tangent,), name="roots", compute=np.roots)


@implements(np.roots)
@in_numpys_types(np.roots)
def roots(p: Any) -> Any:
    """The roots; a multiple root has no derivative, and its gradient is Inf or NaN."""
    p = _vector(p)
    nonzero = np.flatnonzero(plain(p))
    if nonzero.size == 0:
        return np.zeros(0)
    return apply(ROOTS, (p[nonzero[0] :],), {})


@implements(np.polyfit)
@in_numpys_types(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """Least squares with the columns of the Vandermonde matrix scaled to length 1, as NumPy does it."""
    x, y = as_array(x) + 0.0, as_array(y) + 0.0
    order = int(deg) + 1
    left = np.vander(x, order)
    if w is not None:
        w = as_array(w) + 0.0
        left = left * w[:, None]
        y = y * (w if np.ndim(y) == 1 else w[:, None])
    scale = np.sqrt(np.sum(np.real(left * conj(left)), axis=0))
    rcond = np.size(x) * np.finfo(plain(x).dtype).eps if rcond is None else rcond
    coefficients, residuals, rank, sizes = np.linalg.lstsq(left / scale, y, plain(rcond))
    coefficients = coefficients / (scale if np.ndim(y) == 1 else scale[:, None])
    if rank != order and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    if full:
        return coefficients, residuals, rank, sizes, rcond
    if not cov:
        return coefficients
    spread = np.linalg.inv(np.dot(left.T / scale[:, None], left / scale)) / np.outer(scale, scale)
    if isinstance(cov, str) and cov == "unscaled":
        factor: Any = 1.0
    elif np.size(x) <= order:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    else:
        factor = residuals / (np.size(x) - order)
    return coefficients, spread * factor if np.ndim(y) == 1 else spread[:, :, None] * factor


@implements(np.vander)
@in_numpys_types(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    x = as_array(x)
    if np.ndim(x) != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    n = np.size(x) if N is None else N
    columns = [x * 0.0 + 1.0] if n else []
    for _ in range(n - 1):
        columns.append(columns[-1] * x)
    if not columns:
        return np.zeros((np.size(x), 0))
    return np.stack(columns if increasing else columns[::-1], axis=-1)


# -- interpolation -----------------------------------------------------------------------------------------


@implements(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Linear interpolation; at a knot the slope is that on its right, at the last one on its left."""
    x = as_array(x) if isinstance(x, (list, tuple)) else x
    xp, fp = as_array(xp), as_array(fp)
    kind = np.complex128 if np.iscomplexobj(plain(fp)) else np.float64
    if period is None and not all(
        np.can_cast(np.result_type(plain(v)), t) for v, t in ((x, float), (xp, float), (fp, kind))
    ):
        return np.interp(plain(x), plain(xp), plain(fp))  # NumPy's own error
    x, xp, fp = of_type(x, np.float64), of_type(xp, np.float64), of_type(fp, kind)
    if period is not None:
        period = abs(period)
        x, xp = x % period, xp % period
        order = np.argsort(plain(xp), kind="stable")
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
        left = right = None
    at, knots = plain(x), plain(xp)
    last = knots.size - 1
    low = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, max(last - 1, 0))
    low = asked(np.searchsorted, (xp, x), {"side": "right"}, low)
    high = np.minimum(low + 1, last)
    width = xp[high] - xp[low]
    flat = np.equal(plain(width), 0)
    inside = np.logical_not(np.less(at, knots[0]) | np.greater(at, knots[-1]) | flat)
    safe = np.where(inside, width, 1.0)
    part = np.where(inside, (x - xp[low]) / safe, np.where(flat, 1.0, 0.0))  # of equal knots the last counts
    y = fp[low] + part * (fp[high] - fp[low])
    y = np.where(
        np.equal(at, knots[high]) & (inside | flat), fp[high] + (part - 1.0) * (fp[high] - fp[low]), y
    )
    y = np.where(np.less(at, knots[0]), fp[0] if left is None else left, y)
    return np.where(np.greater(at, knots[-1]), fp[-1] if right is None else right, y)
