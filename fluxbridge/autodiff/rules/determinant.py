"""Determinants.

The slope of det at A is its matrix of cofactors, det(A) A⁻ᵀ where A has an inverse. Where it has
none (or hardly one) the determinant is written as a polynomial in the part of A that is missing to
the full rank, so that all its derivatives stay exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import implements, plain, primitive
from .products import adjoint
from .shaping import as_array
from .singular import inverse

_HARDLY = 1e-10  # ratios of singular values below this count as singular


def _as_matrices(x: Any) -> Any:
    """Numbers, one for each matrix of a stack, in the shape of the matrices."""
    return np.reshape(x, (*np.shape(x), 1, 1))


def det_rule(dy: Any, y: Any, a: Any) -> Any:
    return _as_matrices(dy * np.conjugate(y)) * adjoint(np.linalg.inv(a))


DET = primitive(None, det_rule, name="det", compute=np.linalg.det)


@implements(np.linalg.det)
def det(a: Any) -> Any:
    a = as_array(a)
    values = plain(a)
    if np.ndim(a) < 2 or a.shape[-1] != a.shape[-2] or _all_regular(values):
        return DET(a)
    matrices = np.reshape(a, (-1, *a.shape[-2:]))
    determinants = [_singular(m) if not _all_regular(plain(m)) else DET(m) for m in matrices]
    return determinants[0] if np.ndim(a) == 2 else np.reshape(np.stack(determinants), a.shape[:-2])


def _all_regular(a: np.ndarray) -> bool:
    """Is the inverse of every one of these matrices good enough for the rule?"""
    if a.size == 0:
        return True
    a = a.astype(np.result_type(a, np.float64))
    with np.errstate(all="ignore"):
        size = np.abs(np.linalg.det(a))
        bound = np.prod(_lengths(a, -1), axis=-1)  # Hadamard's; far below it det may still be exact
        if np.all(size > 1e-6 * bound) or not np.all(np.isfinite(bound)):
            return True
        try:
            inverted = np.linalg.inv(a)
        except np.linalg.LinAlgError:
            return False
        return bool(np.all(_lengths(a, (-2, -1)) * _lengths(inverted, (-2, -1)) < 1 / _HARDLY))


def _lengths(a: np.ndarray, axis: Any) -> np.ndarray:
    return np.sqrt(np.sum(np.abs(a) ** 2, axis=axis))


def _singular(a: Any) -> Any:
    """det of one matrix that has (almost) no inverse, by its Schur complement.

    With orthogonal factors U, V of the value of A, held constant, UᴴAV = [G11 G12; G21 G22] where
    G11 is regular, and det A = det(U) det(Vᴴ) det(G11) det(G22 - G21 G11⁻¹ G12). The last matrix is
    small and almost zero, so its determinant is expanded.
    """
    value = plain(a)
    u, s, vh = np.linalg.svd(value)
    r = int(np.sum(s > _HARDLY * s[0]))
    g = np.matmul(np.matmul(u.conj().T, a), vh.conj().T)
    rest = g[r:, r:]
    result = np.linalg.det(u) * np.linalg.det(vh)
    if r:
        regular = g[:r, :r]
        rest = rest - np.matmul(g[r:, :r], np.linalg.solve(regular, g[:r, r:]))
        result = result * DET(regular)
    result = result * _expanded(rest)
    return result + (np.linalg.det(value) - plain(result))  # the value that NumPy has


def _expanded(a: Any) -> Any:
    """det of a small matrix along its first row; beyond 6 × 6 no derivative below the 7th is left."""
    n = np.shape(a)[0]
    if n == 1:
        return a[0, 0]
    if n > 6:
        return np.sum(a) * 0.0
    total = 0.0
    for k in range(n):
        minor = np.concatenate([a[1:, :k], a[1:, k + 1 :]], axis=1)
        total = total + (-1) ** k * a[0, k] * _expanded(minor)
    return total


# -- slogdet -----------------------------------------------------------------------------------------


def slogdet_rule(dy: Any, y: Any, a: Any) -> Any:
    """d log|det A| = Re tr(A⁻¹ dA); the sign of a complex determinant turns by Im tr(A⁻¹ dA)."""
    dsign, dlog = dy
    total: Any = 0.0 if dlog is None else dlog
    if dsign is not None and np.iscomplexobj(plain(a)):
        total = total + 1j * np.imag(dsign * np.conjugate(y[0]))
    return _as_matrices(total) * adjoint(inverse(a))


primitive(np.linalg.slogdet, slogdet_rule)
