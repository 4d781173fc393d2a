"""Decompositions of matrices: Cholesky, QR, eigenvalues, singular values.

Where NumPy reads one triangle of a matrix only, the gradient lies in that triangle, as that of
Julia's ``Symmetric(A, :L)``. Where eigenvalues (singular values) coincide, their vectors have no
derivative: it is NaN for a loss that depends on such vectors, and never for one that does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import NoRuleError
from ..elementwise import conj
from ..primitive import Tracer, implements, plain, primitive
from ..refusals import no_option
from .products import adjoint
from .shaping import as_array
from .singular import solve

# -- helpers -----------------------------------------------------------------------------------------


def _is_complex(x: Any) -> bool:
    return np.iscomplexobj(plain(x))


def _diagonal(values: Any) -> Any:
    """Diagonal matrices with these values."""
    return np.expand_dims(values, -2) * np.eye(np.shape(values)[-1])


def _half_triangle(n: int, uplo: str) -> np.ndarray:
    """Ones in a strict triangle, 1/2 on the diagonal."""
    mask = np.tri(n, k=-1) + np.eye(n) / 2
    return mask if uplo == "L" else mask.T


def from_triangle(a: Any, uplo: str) -> Any:
    """The Hermitian matrix of which `a` holds one triangle."""
    half = a * _half_triangle(np.shape(a)[-1], uplo)
    return half + adjoint(half)


def onto_triangle(g: Any, uplo: str) -> Any:
    """The cotangent of the triangle, given that of the Hermitian matrix: the adjoint of the above."""
    return (g + adjoint(g)) * _half_triangle(np.shape(g)[-1], uplo)


def _used(vectors: Any) -> Any:
    """Which of these vectors have a cotangent.

    One that is traced and zero throughout is a place holder of the forward mode: all count then.
    """
    used = np.any(np.not_equal(plain(vectors), 0), axis=-2)
    return used if np.any(used) or not isinstance(vectors, Tracer) else ~used


def _inverse_where(x: Any, zero: Any, used: Any) -> Any:
    """1/x; where x is zero NaN if that is used and else 0."""
    return np.where(zero, np.where(used, np.nan, 0.0), 1.0 / np.where(zero, 1.0, x))


def _inverse_gaps(w: Any, vectors: Any) -> Any:
    """1/(w_j - w_i), zero on the diagonal, for the cotangents of the vectors that belong to w."""
    value = plain(w)
    n = value.shape[-1]
    gap = value[..., None, :] - value[..., :, None]
    scale = np.max(np.abs(value), axis=-1, initial=0.0)[..., None, None]
    same = np.abs(gap) <= 4 * np.finfo(value.dtype).eps * scale
    used = _used(vectors)
    either = (used[..., None, :] | used[..., :, None]) & ~np.eye(n, dtype=bool)
    return _inverse_where(np.expand_dims(w, -2) - np.expand_dims(w, -1), same, either)


def _turned(vectors: Any, cotangent: Any, real_row: np.ndarray, turn: Any = None) -> Any:
    """Allow for the phase of complex vectors: LAPACK makes one element of each real.

    A turn of all vectors by a phase moves the loss by Im(vᴴ dv); the turn which keeps the marked
    element real depends on that element's imaginary part. (ChainRules does so for eigenvectors;
    where the element is almost zero, the loss is taken not to depend on the phase.)
    """
    if turn is None:
        turn = np.imag(np.sum(conj(vectors) * cotangent, axis=-2))
    pivot = np.sum(np.real(vectors) * real_row, axis=-2)
    small = np.abs(plain(pivot)) < 1e-8
    ratio = np.where(small, 0.0, turn / np.where(small, 1.0, pivot))
    return cotangent - 1j * real_row * np.expand_dims(ratio, -2)


def _row(n: int, k: int) -> np.ndarray:
    """A column vector with a one in row k."""
    return np.eye(n)[:, [k]]


def _without_extra(vectors: Any, cotangent: Any, count: int, name: str) -> Any:
    """The cotangent of the first `count` columns of a unitary matrix, with that of the others in it.

    The others are any basis of what the first leave over. They may turn among themselves, so a
    loss must not depend on that; then only the space they span matters.
    """
    first, extra = vectors[..., :count], vectors[..., count:]
    dextra = cotangent[..., count:]
    overlap = plain(np.matmul(adjoint(extra), dextra))
    turn = np.abs(overlap - conj(np.swapaxes(overlap, -1, -2)))
    if np.any(turn > 1e-5 * (1.0 + np.max(np.abs(overlap), initial=0.0))):
        raise NoRuleError(
            f"{name}: the loss depends on the columns that only complete the basis, and these are not "
            "determined by the matrix. Use the reduced form, or only the space that they span."
        )
    return cotangent[..., :count] - np.matmul(np.matmul(extra, adjoint(dextra)), first)


# -- Cholesky ------------------------------------------------------------------------------------------


def cholesky_rule(dy: Any, y: Any, _a: Any) -> Any:
    """L⁻ᴴ Φ(Lᴴ dL) L⁻¹, Φ the lower triangle with half the diagonal (Murray 2016, section 3)."""
    n = np.shape(y)[-1]
    inner = np.matmul(adjoint(y), np.tril(dy)) * _half_triangle(n, "L")
    left = np.linalg.solve(adjoint(y), inner)
    g = adjoint(np.linalg.solve(adjoint(y), adjoint(left)))
    return onto_triangle(g, "L")


CHOLESKY = primitive(None, cholesky_rule, name="cholesky", compute=np.linalg.cholesky)


@implements(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    a = as_array(a)
    return adjoint(CHOLESKY(adjoint(a))) if upper else CHOLESKY(a)


# -- QR ------------------------------------------------------------------------------------------------


def qr_rule(dy: Any, y: Any, _a: Any, mode: str = "reduced") -> Any:
    """Walter & Lehmann 2010; for wide matrices Roberts & Roberts 2020.

    The diagonal of R is real, also for complex matrices.
    """
    (dq, dr), (q, r) = dy, y
    m, n = np.shape(q)[-2], np.shape(r)[-1]
    dq = np.zeros(np.shape(q)) if dq is None else dq
    dr = np.zeros(np.shape(r)) if dr is None else dr
    if m > n and np.shape(q)[-1] > n:
        dq = _without_extra(q, dq, n, "np.linalg.qr(mode='complete')")
        q, r, dr = q[..., :n], r[..., :n, :], dr[..., :n, :]
    if m >= n:
        return _tall_qr(dq, dr, q, r)
    right, dright = r[..., m:], dr[..., m:]
    dq = dq + np.matmul(np.matmul(q, right), adjoint(dright))
    left = _tall_qr(dq, dr[..., :m], q, r[..., :m])
    return np.concatenate([left, np.matmul(q, dright)], axis=-1)


def _tall_qr(dq: Any, dr: Any, q: Any, r: Any) -> Any:
    n = np.shape(r)[-1]
    upper = np.matmul(dr, adjoint(r)) - np.matmul(adjoint(q), dq)
    g = dq + np.matmul(q, from_triangle(upper, "U"))
    return adjoint(solve(r, adjoint(g))) if n else g


QR = primitive(None, qr_rule, name="qr", compute=np.linalg.qr)


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    if mode not in ("reduced", "complete", "r"):
        raise no_option(f"np.linalg.qr(mode={mode!r})")
    a = as_array(a)
    return QR(a, mode="reduced")[1] if mode == "r" else QR(a, mode=mode)


# -- eigenvalues ---------------------------------------------------------------------------------------


def eigh_rule(dy: Any, y: Any, _a: Any, UPLO: str = "L") -> Any:
    """Giles 2008, section 3.1; complex: Boeddeker et al. 2017, section 4.5."""
    (dw, dv), (w, v) = dy, y
    inner: Any = 0.0 if dw is None else _diagonal(np.real(dw))
    n = np.shape(v)[-1]
    if dv is not None and n:
        if _is_complex(v):
            dv = _turned(v, dv, _row(n, 0 if UPLO.upper() == "L" else n - 1))
        inner = inner + np.matmul(adjoint(v), dv) * _inverse_gaps(w, dv)
    g = np.matmul(np.matmul(v, inner), adjoint(v)) if n else np.zeros(np.shape(v))
    return onto_triangle(g, UPLO.upper())


EIGH = primitive(np.linalg.eigh, eigh_rule)


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: Any = "L") -> Any:
    return np.linalg.eigh(a, UPLO)[0]


def eig_rule(dy: Any, y: Any, _a: Any) -> Any:
    """Giles 2008, section 3.1, with vectors of length one (Boeddeker et al. 2017, section 4.4)."""
    (dw, dv), (w, v) = dy, y
    inner: Any = 0.0 if dw is None else _diagonal(dw)
    if dv is not None and np.shape(v)[-1]:
        overlap = np.sum(conj(v) * dv, axis=-2)
        free = dv - np.expand_dims(np.real(overlap), -2) * v
        if _is_complex(v):
            free = _turned(v, free, _largest_real(plain(v)), np.imag(overlap))
        inner = inner + conj(_inverse_gaps(w, dv)) * np.matmul(adjoint(v), free)
    vh = adjoint(v)
    return solve(vh, np.matmul(inner, vh)) if np.shape(v)[-1] else np.zeros(np.shape(v))


def _largest_real(v: np.ndarray) -> np.ndarray:
    """Marks, in every column, the element that LAPACK made real: the largest."""
    size = np.where(v.imag == 0, np.abs(v), -1.0)
    return np.equal(np.arange(v.shape[-2])[:, None], np.argmax(size, axis=-2)[..., None, :]) * 1.0


EIG = primitive(np.linalg.eig, eig_rule)


@implements(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    return np.linalg.eig(a)[0]


# -- singular values -------------------------------------------------------------------------------------


def svd_rule(dy: Any, y: Any, _a: Any, full_matrices: bool) -> Any:
    """Giles 2008, section 3.2, and Seeger et al. 2017; complex: Wan & Zhang 2019."""
    (du, ds, dvh), (u, s, vh) = dy, y
    m, n, k = np.shape(u)[-2], np.shape(vh)[-1], np.shape(s)[-1]
    if k == 0:
        return np.zeros((*np.shape(s)[:-1], m, n))
    v = adjoint(vh)
    dv = None if dvh is None else adjoint(dvh)
    if np.shape(u)[-1] > k:
        du = None if du is None else _without_extra(u, du, k, "np.linalg.svd(full_matrices=True)")
        u = u[..., :k]
    if np.shape(v)[-1] > k:
        dv = None if dv is None else _without_extra(v, dv, k, "np.linalg.svd(full_matrices=True)")
        v = v[..., :k]
    inner: Any = 0.0 if ds is None else _diagonal(np.real(ds))
    if du is None and dv is None:
        return np.matmul(np.matmul(u, inner), adjoint(v))

    turned = _is_complex(u)
    if turned:
        du = np.zeros(np.shape(u)) if du is None else du
        dv = np.zeros(np.shape(v)) if dv is None else dv
        turn = np.imag(np.sum(conj(u) * du, axis=-2)) + np.imag(np.sum(conj(v) * dv, axis=-2))
        if m >= n:
            dv = _turned(v, dv, _row(n, 0), turn)
        else:
            du = _turned(u, du, _row(m, 0), turn)
    row, col = np.expand_dims(s, -2), np.expand_dims(s, -1)
    value = plain(s)
    sums = value[..., None, :] + value[..., :, None] == 0
    inverse_sums = np.where(sums, 0.0, 1.0 / np.where(sums, 1.0, row + col))
    zero = value <= np.finfo(value.dtype).eps * np.max(value, axis=-1, keepdims=True)
    if du is not None:
        turns = np.matmul(adjoint(u), du)
        skew = turns * (_inverse_gaps(s, du) * inverse_sums)
        inner = inner + (skew + adjoint(skew)) * row
        if turned:
            angle = np.imag(np.diagonal(turns, 0, -2, -1)) * _inverse_where(s, zero, _used(du))
            inner = inner + 1j * _diagonal(angle)
    if dv is not None:
        skew = np.matmul(adjoint(v), dv) * (_inverse_gaps(s, dv) * inverse_sums)
        inner = inner + col * (skew + adjoint(skew))
    g = np.matmul(np.matmul(u, inner), adjoint(v))
    if du is not None and m > k:
        part = du * np.expand_dims(_inverse_where(s, zero, _used(du)), -2)
        g = g + np.matmul(part - np.matmul(u, np.matmul(adjoint(u), part)), adjoint(v))
    if dv is not None and n > k:
        part = dv * np.expand_dims(_inverse_where(s, zero, _used(dv)), -2)
        g = g + np.matmul(u, adjoint(part - np.matmul(v, np.matmul(adjoint(v), part))))
    return g


def _svd(a: Any, full_matrices: bool) -> Any:
    return np.linalg.svd(a, full_matrices)


SVD = primitive(
    None,
    svd_rule,
    name="svd",
    compute=_svd,
)


@implements(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    a = as_array(a)
    if not hermitian:
        return SVD(a, full_matrices=full_matrices) if compute_uv else SVD(a, full_matrices=False)[1]
    w, v = np.linalg.eigh(a)
    order = np.flip(np.argsort(np.abs(plain(w)), axis=-1), -1)
    w = np.take_along_axis(w, order, axis=-1)
    sign = np.sign(plain(w))
    s = w * sign
    if not compute_uv:
        return s
    v = np.take_along_axis(v, np.expand_dims(order, -2), axis=-1)
    return _SVD_RESULT(v, s, adjoint(v * np.expand_dims(sign, -2)))


_SVD_RESULT = type(np.linalg.svd(np.eye(1)))

if hasattr(np.linalg, "svdvals"):  # NumPy 2.0

    @implements(np.linalg.svdvals)
    def svdvals(x: Any, /) -> Any:
        return svd(x, compute_uv=False)
