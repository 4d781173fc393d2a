"""scipy.linalg with derivatives.

What NumPy has as well goes to NumPy's rules; the rest has rules here. The values are those that SciPy
gives with the same options; what an option makes SciPy read of a matrix is what has a derivative. Most
formulas: Giles (2008), "An extended collection of matrix derivative results".
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import scipy.linalg

from ..autodiff.elementwise import conj
from ..autodiff.primitive import plain, primitive
from ..autodiff.refusals import no_option, no_rule
from .mirror import array, mirror, traced


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _h(a: Any) -> Any:
    """The conjugate transpose."""
    return conj(_t(a))


def _columns(b: Any, to: int) -> Any:
    """`b` as a matrix: the right side of a system may be one vector."""
    return b[:, None] if to == 1 else b


# -- systems of equations ----------------------------------------------------------------------------


def _as_read(a: Any, assume_a: Any, lower: bool) -> Any:
    """The matrix that SciPy sees in `a` when it assumes a structure, and reads no more than that."""
    kind = "general" if assume_a is None else assume_a
    size = np.arange(np.shape(a)[-1])
    if kind == "diagonal":
        return np.where(size[:, None] == size, a, 0.0)
    if kind == "tridiagonal":
        return np.where(np.abs(size[:, None] - size) <= 1, a, 0.0)
    if kind in ("upper triangular", "lower triangular"):
        return np.triu(a) if kind[0] == "u" else np.tril(a)
    if kind in ("pos", "positive definite", "her", "hermitian", "sym", "symmetric"):
        other = np.tril(a, -1) if lower else np.triu(a, 1)
        symmetric = kind[0] == "s"
        diagonal = np.where(size[:, None] == size, a if symmetric else np.real(a), 0.0)
        return other + (_t(other) if symmetric else _h(other)) + diagonal
    return a


@mirror(scipy.linalg.solve)
def solve(a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False) -> Any:
    a, b = np.atleast_2d(_as_read(array(a), assume_a, lower)), np.atleast_1d(array(b))
    a = _t(a) if transposed else a
    if np.shape(a)[-1] == 1 and np.shape(b)[-2 if np.ndim(b) > 1 else -1] != 1:
        return b / a
    return np.linalg.solve(a, b)


def _solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    return scipy.linalg.solve_triangular(
        a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal, check_finite=False
    )


_ADJOINT = {0: "C", "N": "C", 1: "conj", "T": "conj", 2: 0, "C": 0}


def triangular_by_b(
    dy: Any, _y: Any, a: Any, _b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """The system with the conjugate transpose of the same matrix."""
    adjoint = _ADJOINT[trans]
    if adjoint == "conj":
        a, adjoint = conj(a), 0
    return SOLVE_TRIANGULAR(a, dy, trans=adjoint, lower=lower, unit_diagonal=unit_diagonal)


def triangular_by_a(
    dy: Any, y: Any, a: Any, _b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """-(op(A)⁻ᴴ dY) Yᴴ, transposed as op(A) is, and of it the triangle that is read."""
    vector = _b.ndim == 1
    db = triangular_by_b(dy, None, a, _b, trans, lower, unit_diagonal)
    if vector:
        db, y = db[:, None], y[:, None]
    da = -np.matmul(db, _h(y))
    if trans in (1, "T"):
        da = _t(da)
    elif trans in (2, "C"):
        da = _h(da)
    offset = -int(unit_diagonal) if lower else int(unit_diagonal)
    return np.tril(da, offset) if lower else np.triu(da, offset)


SOLVE_TRIANGULAR = primitive(
    None,
    triangular_by_a,
    triangular_by_b,
    name="solve_triangular",
    compute=_solve_triangular,
)


@mirror(scipy.linalg.solve_triangular)
def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Any:
    return SOLVE_TRIANGULAR(
        array(a), array(b), trans=trans, lower=bool(lower), unit_diagonal=bool(unit_diagonal)
    )


def _band(rows: int, size: int, upper: int) -> tuple[np.ndarray, np.ndarray]:
    """For every position of a banded matrix in LAPACK's storage: its row, and whether it exists."""
    row = np.arange(rows)[:, None] - upper + np.arange(size)
    return np.clip(row, 0, size - 1), (row >= 0) & (row < size)


def _banded_adjoint(ab: Any, upper: int, lower: int) -> Any:
    """The conjugate transpose of a banded matrix: its diagonals in reverse, each moved along."""
    size = ab.shape[1]
    row, there = _band(ab.shape[0], size, lower)
    diagonal = np.broadcast_to(np.arange(ab.shape[0])[::-1, None], row.shape)
    return np.where(there, conj(ab[diagonal, row]), 0.0)


def _solve_banded(ab: Any, b: Any, upper: int, lower: int) -> Any:
    return scipy.linalg.solve_banded((lower, upper), ab, b, check_finite=False)


def banded_by_b(dy: Any, _y: Any, ab: Any, _b: Any, upper: int, lower: int) -> Any:
    return SOLVE_BANDED(_banded_adjoint(ab, upper, lower), dy, upper=lower, lower=upper)


def banded_by_ab(dy: Any, y: Any, ab: Any, _b: Any, upper: int, lower: int) -> Any:
    """The bands of -dB Xᴴ."""
    db = _columns(banded_by_b(dy, None, ab, _b, upper, lower), _b.ndim)
    row, there = _band(ab.shape[0], ab.shape[1], upper)
    return np.where(there, -np.sum(db[row] * conj(_columns(y, _b.ndim)), axis=-1), 0.0)


SOLVE_BANDED = primitive(None, banded_by_ab, banded_by_b, name="solve_banded", compute=_solve_banded)


@mirror(scipy.linalg.solve_banded)
def solve_banded(l_and_u: Any, ab: Any, b: Any) -> Any:
    lower, upper = l_and_u
    return SOLVE_BANDED(array(ab), array(b), upper=int(upper), lower=int(lower))


@mirror(scipy.linalg.solveh_banded)
def solveh_banded(ab: Any, b: Any, lower: bool = False) -> Any:
    ab = array(ab)
    width = ab.shape[0] - 1
    if lower:
        other = _banded_adjoint(np.concatenate([np.zeros_like(ab)[:width], ab]), width, width)[:width]
        both = np.concatenate([other, ab])
    else:
        other = _banded_adjoint(np.concatenate([ab, np.zeros_like(ab)[:width]]), width, width)[width + 1 :]
        both = np.concatenate([ab, other])
    return SOLVE_BANDED(both, array(b), upper=width, lower=width)


def _solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    return scipy.linalg.solve_sylvester(a, b, q)


def sylvester_rule(dy: Any, y: Any, a: Any, b: Any, _q: Any) -> Any:
    dq = SOLVE_SYLVESTER(_h(a), _h(b), dy)
    return -np.matmul(dq, _h(y)), -np.matmul(_h(y), dq), dq


SOLVE_SYLVESTER = primitive(None, joint=sylvester_rule, name="solve_sylvester", compute=_solve_sylvester)


@mirror(scipy.linalg.solve_sylvester)
def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    return SOLVE_SYLVESTER(array(a), array(b), array(q))


@mirror(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    a = array(a)
    return SOLVE_SYLVESTER(a, _h(a), array(q))


@mirror(scipy.linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(a: Any, q: Any) -> Any:
    """X = A X Aᴴ + Q, as a linear system for the entries of X."""
    a, q = array(a), array(q)
    n = a.shape[0]
    system = np.eye(n * n) - np.kron(a, conj(a))
    return np.reshape(np.linalg.solve(system, np.ravel(q)), (n, n))


# -- factors -----------------------------------------------------------------------------------------


@mirror(scipy.linalg.inv)
def inv(a: Any, *, assume_a: Any = None, lower: bool = False) -> Any:
    a = array(a)
    if assume_a == "diagonal":  # SciPy leaves the other elements as they are
        diagonal = np.eye(np.shape(a)[-1]) > 0
        return np.where(diagonal, 1 / np.where(diagonal, a, 1.0), a)
    return np.linalg.inv(_as_read(a, assume_a, lower))


@mirror(scipy.linalg.det)
def det(a: Any) -> Any:
    return np.linalg.det(a)


@mirror(scipy.linalg.norm)
def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return np.linalg.norm(a, ord=ord, axis=axis, keepdims=keepdims)


@mirror(scipy.linalg.pinv)
def pinv(a: Any, *, atol: Any = None, rtol: Any = None, return_rank: bool = False) -> Any:
    """The tolerances become the share of the largest singular value that NumPy's pinv takes."""
    a = array(a)
    largest = np.linalg.svd(plain(a), compute_uv=False)[..., 0]
    share = max(np.shape(a)[-2:]) * np.finfo(largest.dtype).eps if rtol is None else plain(rtol)
    cut = share + (0.0 if atol is None else plain(atol)) / np.where(largest == 0, 1.0, largest)
    result = np.linalg.pinv(a, cut)
    return (result, 0) if return_rank else result


@mirror(scipy.linalg.cholesky)
def cholesky(a: Any, lower: bool = False) -> Any:
    """The upper factor, unless `lower`."""
    a = array(a)
    return np.linalg.cholesky(a) if lower else _h(np.linalg.cholesky(_h(a)))


@mirror(scipy.linalg.cho_factor)
def cho_factor(a: Any, lower: bool = False) -> Any:
    """The other triangle of the result is that of `a`."""
    a = array(a)
    return cholesky(a, lower) + (np.triu(a, 1) if lower else np.tril(a, -1)), lower


@mirror(scipy.linalg.cho_solve)
def cho_solve(c_and_lower: tuple[Any, bool], b: Any) -> Any:
    c, lower = c_and_lower
    first, second = (0, 2) if lower else (2, 0)
    return solve_triangular(c, solve_triangular(c, b, trans=first, lower=lower), trans=second, lower=lower)


def _lu_factor(a: Any) -> Any:
    return scipy.linalg.lu_factor(a, check_finite=False)


def _rows(pivots: np.ndarray) -> np.ndarray:
    """The order of the rows after LAPACK's sequence of exchanges."""
    order = np.arange(len(pivots))
    for i, k in enumerate(pivots):
        order[[i, k]] = order[[k, i]]
    return order


def lu_rule(dy: Any, y: Any, _a: Any) -> Any:
    """Pᵀ L⁻ᴴ (tril(Lᴴ dL, -1) + triu(dU Uᴴ)) U⁻ᴴ (Seeger et al. 2017, section 2)."""
    lu, pivots = y
    d = dy[0]
    unit = {"lower": True, "unit_diagonal": True}
    eye = np.eye(lu.shape[0])
    low, up = np.tril(lu, -1) + eye, np.triu(lu)
    middle = np.tril(np.matmul(_h(low), np.tril(d, -1)), -1) + np.triu(np.matmul(np.triu(d), _h(up)))
    left = SOLVE_TRIANGULAR(lu, middle, trans=2, **unit)
    both = _h(SOLVE_TRIANGULAR(lu, _h(left), trans=0, lower=False, unit_diagonal=False))
    return both[np.argsort(_rows(plain(pivots)))]


LU_FACTOR = primitive(None, lu_rule, name="lu_factor", compute=_lu_factor)


@mirror(scipy.linalg.lu_factor)
def lu_factor(a: Any) -> Any:
    a = array(a)
    if a.ndim != 2 or a.shape[0] != a.shape[1]:
        raise no_rule("scipy.linalg.lu_factor of a matrix that is not square")
    lu, pivots = LU_FACTOR(a)
    return lu, np.asarray(plain(pivots))


@mirror(scipy.linalg.lu_solve)
def lu_solve(lu_and_piv: tuple[Any, Any], b: Any, trans: int = 0) -> Any:
    lu, pivots = lu_and_piv
    b, rows = array(b), _rows(plain(pivots))
    unit = {"lower": True, "unit_diagonal": True}
    if trans == 0:
        return solve_triangular(lu, solve_triangular(lu, b[rows], **unit))
    x = solve_triangular(lu, solve_triangular(lu, b, trans=trans), trans=trans, **unit)
    return x[np.argsort(rows)]


@mirror(scipy.linalg.lu)
def lu(a: Any, permute_l: bool = False, p_indices: bool = False) -> Any:
    both, pivots = lu_factor(a)
    eye = np.eye(a.shape[0])
    order = np.argsort(_rows(pivots))
    low, up = np.tril(both, -1) + eye, np.triu(both)
    if permute_l:
        return low[order], up
    return order if p_indices else eye[order], low, up


@mirror(scipy.linalg.qr)
def qr(a: Any, mode: str = "full", pivoting: bool = False) -> Any:
    if pivoting or mode == "raw":
        raise no_option(f"scipy.linalg.qr(..., {'pivoting=True' if pivoting else 'mode=' + repr(mode)})")
    rows, columns = a.shape[-2:]
    if mode == "full" and rows > columns:
        raise no_option("scipy.linalg.qr with mode='full' of a tall matrix (mode='economic' has one)")
    q, r = np.linalg.qr(a, mode="reduced")
    if mode == "r":
        zeros = np.zeros((*r.shape[:-2], max(rows - columns, 0), columns))
        return (np.concatenate([r, zeros], axis=-2),)
    return q, r


@mirror(scipy.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, lapack_driver: str = "gesdd") -> Any:
    if not compute_uv:
        return np.linalg.svd(a, compute_uv=False)
    u, s, vh = np.linalg.svd(a, full_matrices=full_matrices)
    theirs = scipy.linalg.svd(plain(a), full_matrices, lapack_driver=lapack_driver)[0]
    turn, count = _turn(u, theirs), np.shape(s)[-1]
    rows = np.concatenate(
        [turn[..., :count], np.ones((*np.shape(turn)[:-1], np.shape(vh)[-2] - count))], axis=-1
    )
    return u * turn[..., None, :], s, vh * rows[..., :, None]


@mirror(scipy.linalg.svdvals)
def svdvals(a: Any) -> Any:
    return np.linalg.svd(a, compute_uv=False)


def _turn(ours: Any, theirs: np.ndarray) -> np.ndarray:
    """Factors of 1 and -1 that make vectors of NumPy SciPy's, where they differ in sign only."""
    overlap = np.real(np.sum(np.conj(theirs) * plain(ours), axis=-2))
    return np.where(overlap < 0, -1.0, 1.0)


@mirror(scipy.linalg.polar)
def polar(a: Any, side: str = "right") -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    if side == "right":
        return np.matmul(u, vh), np.matmul(_h(vh) * s, vh)
    return np.matmul(u, vh), np.matmul(u * s, _h(u))


# -- eigenvalues -------------------------------------------------------------------------------------


@mirror(scipy.linalg.eigh)
def eigh(
    a: Any,
    b: Any = None,
    *,
    lower: bool = True,
    eigvals_only: bool = False,
    type: int = 1,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: Any = None,
) -> Any:
    """With b = L Lᴴ the general problem is that of L⁻¹ a L⁻ᴴ."""
    if type != 1 or subset_by_value is not None:
        raise no_option(f"scipy.linalg.eigh(..., {'type=...' if type != 1 else 'subset_by_value=...'})")
    given = a = array(a)
    factor, triangle = None, "L" if lower else "U"
    if b is not None:
        b = array(b)
        factor = np.linalg.cholesky(b if lower else _h(b))
        strict = np.tril(a, -1) if lower else np.triu(a, 1)
        a = strict + _h(strict) + np.eye(a.shape[-1]) * np.real(a)
        half = solve_triangular(factor, a, lower=True)
        a = _h(solve_triangular(factor, _h(half), lower=True))
    if eigvals_only:
        w, v = np.linalg.eigvalsh(a, UPLO=triangle), None  # type: ignore[call-overload]
    else:
        w, v = np.linalg.eigh(a, UPLO=triangle)  # type: ignore[call-overload]
        v = v if factor is None else solve_triangular(factor, v, trans=2, lower=True)
    if subset_by_index is not None:
        first, last = subset_by_index
        w, v = w[first : last + 1], None if v is None else v[:, first : last + 1]
    if v is None:
        return w
    theirs = scipy.linalg.eigh(
        plain(given), plain(b), lower=lower, subset_by_index=subset_by_index, driver=driver
    )[1]
    return w, v * _turn(v, theirs)[..., None, :]


@mirror(scipy.linalg.eigvalsh)
def eigvalsh(
    a: Any,
    b: Any = None,
    *,
    lower: bool = True,
    type: int = 1,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: Any = None,
) -> Any:
    return eigh(
        a,
        b,
        lower=lower,
        eigvals_only=True,
        type=type,
        subset_by_index=subset_by_index,
        subset_by_value=subset_by_value,
        driver=driver,
    )


@mirror(scipy.linalg.eig)
def eig(a: Any, b: Any = None, left: bool = False, right: bool = True) -> Any:
    if left or b is not None:
        raise no_option(f"scipy.linalg.eig(..., {'left=True' if left else 'b=...'})")
    w, v = np.linalg.eig(array(a))
    return (w + 0j, v) if right else w + 0j


@mirror(scipy.linalg.eigvals)
def eigvals(a: Any, b: Any = None) -> Any:
    if b is not None:
        raise no_option("scipy.linalg.eigvals(..., b=...)")
    return np.linalg.eigvals(array(a)) + 0j


# -- functions of matrices ---------------------------------------------------------------------------
# The derivative of f at A along E is the upper right block of f([[A, E], [0, A]]) (Higham 2008,
# section 3.2). It is linear in E, its adjoint is the same with Aᴴ, and its own derivative by A is
# of the same kind: so the rules below hold for any order.


def _double(a: Any, e: Any) -> Any:
    return np.concatenate(
        [np.concatenate([a, e], axis=-1), np.concatenate([np.zeros_like(plain(a)), a], axis=-1)], axis=-2
    )


def _frechet(name: str, compute: Any) -> Any:
    """The primitive (A, E) -> derivative along E of the function of matrices called `name`."""

    def by_a(dy: Any, _y: Any, a: Any, e: Any) -> Any:
        n = a.shape[-1]
        return FRECHET(_double(_h(a), _h(e)), _double(dy, np.zeros_like(plain(dy))))[..., :n, n:]

    FRECHET = primitive(
        None,
        by_a,
        lambda dy, _y, a, _e: FRECHET(_h(a), dy),
        name=f"{name}_frechet",
        compute=compute,
    )
    return FRECHET


def _function(name: str, frechet: Any = None) -> Any:
    target = getattr(scipy.linalg, name)

    def compute(a: Any) -> Any:
        return target(a)

    def block(a: Any, e: Any) -> Any:
        a, e = np.broadcast_arrays(a, e)
        n = a.shape[-1]
        return compute(_double(a, e))[..., :n, n:]

    derivative = _frechet(name, frechet or block)
    made = primitive(
        None,
        lambda dy, _y, a: derivative(_h(a), dy),
        jvp=(lambda da, _y, a: derivative(a, da),),
        name=name,
        compute=compute,
    )

    @mirror(target, exact=True)
    def call(A: Any, disp: Any = True) -> Any:
        if disp is False:
            raise no_option(f"scipy.linalg.{name}(..., disp=False)")
        return made(A)

    call.__module__ = __name__
    return call, derivative


def _expm_frechet(a: Any, e: Any) -> Any:
    """SciPy's own algorithm (Al-Mohy and Higham 2009), which takes one matrix."""
    a, e = np.broadcast_arrays(a, e)
    if a.dtype != e.dtype:
        kind = np.result_type(a, e)
        a, e = a.astype(kind), e.astype(kind)
    if a.ndim == 2:
        return scipy.linalg.expm_frechet(a, e, compute_expm=False)
    pairs = zip(a.reshape(-1, *a.shape[-2:]), e.reshape(-1, *e.shape[-2:]), strict=True)
    return np.array([scipy.linalg.expm_frechet(x, y, compute_expm=False) for x, y in pairs]).reshape(a.shape)


expm, EXPM_FRECHET = _function("expm", _expm_frechet)
logm, LOGM_FRECHET = _function("logm")
cosm, _ = _function("cosm")
sinm, _ = _function("sinm")
tanm, _ = _function("tanm")
coshm, _ = _function("coshm")
sinhm, _ = _function("sinhm")
tanhm, _ = _function("tanhm")


@mirror(scipy.linalg.expm_frechet)
def expm_frechet(A: Any, E: Any, compute_expm: bool = True) -> Any:
    A, E = array(A), array(E)
    derivative = EXPM_FRECHET(A, E)
    return (expm(A), derivative) if compute_expm else derivative


def _sqrtm(a: Any) -> Any:
    return scipy.linalg.sqrtm(a)


SQRTM = primitive(
    None,
    lambda dy, y, _a: SOLVE_SYLVESTER(_h(y), _h(y), dy),
    jvp=(lambda da, y, _a: SOLVE_SYLVESTER(y, y, da),),
    name="sqrtm",
    compute=_sqrtm,
)


@mirror(scipy.linalg.sqrtm, exact=True)
def sqrtm(A: Any, disp: Any = True) -> Any:
    if disp is False:
        raise no_option("scipy.linalg.sqrtm(..., disp=False)")
    return SQRTM(A)


@mirror(scipy.linalg.fractional_matrix_power)
def fractional_matrix_power(A: Any, t: Any) -> Any:
    """exp(t log A), and a product of matrices for a whole t."""
    if not traced(t) and float(t).is_integer():
        return np.linalg.matrix_power(A, int(t))
    return expm(t * logm(A))


# -- matrices of special form ------------------------------------------------------------------------


def _corners(shapes: list[tuple[int, ...]]) -> list[tuple[slice, slice]]:
    ends = np.cumsum(np.array([(0, 0), *shapes]), axis=0).tolist()
    return [(slice(a, b), slice(c, d)) for (a, c), (b, d) in itertools.pairwise(ends)]


def block_diag_rule(dy: Any, _y: Any, *_blocks: Any) -> Any:
    return tuple(dy[corner] for corner in _corners([s.shape for s in _blocks]))


BLOCK_DIAG = primitive(
    None,
    joint=block_diag_rule,
    jvp="linear",
    name="block_diag",
    compute=scipy.linalg.block_diag,
)


@mirror(scipy.linalg.block_diag)
def block_diag(*arrs: Any) -> Any:
    blocks = [np.reshape(a, (1, -1)) if np.ndim(a) < 2 else array(a) for a in arrs]
    return BLOCK_DIAG(*blocks)


@mirror(scipy.linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    c = array(c)
    r = conj(c) if r is None else array(r)
    rows, columns = c.shape[-1], r.shape[-1]
    if c.ndim > 1 or r.ndim > 1:
        raise no_rule("scipy.linalg.toeplitz of more than one vector")
    values = np.concatenate([c[::-1], r[1:]])
    return values[rows - 1 - np.arange(rows)[:, None] + np.arange(columns)]


@mirror(scipy.linalg.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    c = np.ravel(array(c))
    r = np.zeros(c.shape[0]) if r is None else np.ravel(array(r))
    values = np.concatenate([c, r[1:]])
    return values[np.arange(c.shape[0])[:, None] + np.arange(r.shape[0])]


@mirror(scipy.linalg.circulant)
def circulant(c: Any) -> Any:
    n = c.shape[-1]
    return c[..., (np.arange(n)[:, None] - np.arange(n)) % n]


def _toeplitz_of(c_or_cr: Any) -> Any:
    return toeplitz(*c_or_cr) if isinstance(c_or_cr, tuple) else toeplitz(c_or_cr)


@mirror(scipy.linalg.solve_toeplitz)
def solve_toeplitz(c_or_cr: Any, b: Any) -> Any:
    return np.linalg.solve(_toeplitz_of(c_or_cr), array(b))


@mirror(scipy.linalg.matmul_toeplitz)
def matmul_toeplitz(c_or_cr: Any, x: Any) -> Any:
    return np.matmul(_toeplitz_of(c_or_cr), array(x))


@mirror(scipy.linalg.khatri_rao)
def khatri_rao(a: Any, b: Any) -> Any:
    a, b = array(a), array(b)
    product = a[..., :, None, :] * b[..., None, :, :]
    return np.reshape(product, (*product.shape[:-3], -1, product.shape[-1]))


__all__ = [
    "block_diag", "cho_factor", "cho_solve", "cholesky", "circulant", "coshm", "cosm", "det", "eig", "eigh",
    "eigvals", "eigvalsh", "expm", "expm_frechet", "fractional_matrix_power", "hankel", "inv", "khatri_rao",
    "logm", "lu", "lu_factor", "lu_solve", "matmul_toeplitz", "norm", "pinv", "polar", "qr", "sinhm", "sinm",
    "solve", "solve_banded", "solve_continuous_lyapunov", "solve_discrete_lyapunov", "solve_sylvester",
    "solve_toeplitz", "solve_triangular", "solveh_banded", "sqrtm", "svd", "svdvals", "tanhm", "tanm",
    "toeplitz",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    return getattr(scipy.linalg, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(scipy.linalg)})
