"""numpy.linalg: equations, inverses, powers; and the names it has for products.

Determinants, norms and decompositions have files of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..primitive import implements, plain, primitive, refuse_out
from ..values import in_numpys_types
from . import decompositions, determinant, einsum, fft, norms, products  # noqa: F401
from .decompositions import from_triangle
from .products import adjoint, column
from .shaping import as_array

# -- equations ---------------------------------------------------------------------------------------

_STACKS_OF_VECTORS = np.lib.NumpyVersion(np.__version__) < "2.0.0"


def _is_vector(a: Any, b: Any) -> bool:
    """Does solve take b for a vector? Before NumPy 2 a stack of vectors was one, too."""
    return np.ndim(b) == 1 or (_STACKS_OF_VECTORS and np.ndim(b) == np.ndim(a) - 1)


def solve_rule(dy: Any, y: Any, a: Any, _b: Any) -> Any:
    """y = A⁻¹b: db = A⁻ᴴ dy, and dA = -db yᴴ (Giles 2008, section 2.2.2)."""
    if _is_vector(a, _b):
        db = np.linalg.solve(adjoint(a), column(dy))
        return -db * np.conjugate(np.expand_dims(y, -2)), db[..., 0]
    db = np.linalg.solve(adjoint(a), dy)
    return -np.matmul(db, adjoint(y)), db


def solve_by_a(da: Any, y: Any, a: Any, b: Any) -> Any:
    if _is_vector(a, b):
        return -np.linalg.solve(a, np.matmul(da, column(y)))[..., 0]
    return -np.linalg.solve(a, np.matmul(da, y))


def solve_by_b(db: Any, _y: Any, a: Any, _b: Any) -> Any:
    return np.linalg.solve(a, db)


SOLVE = primitive(None, joint=solve_rule, jvp=(solve_by_a, solve_by_b), name="solve", compute=np.linalg.solve)


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    return SOLVE(as_array(a), as_array(b))


def lstsq_rule(dy: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
    """x = A⁺b, so the rule of A⁺ (see pinv) applied to b."""
    inverse = np.linalg.pinv(a, rcond)
    dx, x = (column(dy), column(y)) if np.ndim(y) == 1 else (dy, y)
    right = column(b) if np.ndim(b) == 1 else b
    db = np.matmul(adjoint(inverse), dx)
    if cuts(plain(a), rcond) is not None:
        da = pinv_rule(np.matmul(dx, adjoint(right)), inverse, a, rcond, False)
    else:
        residual = right - np.matmul(a, x)
        da = -np.matmul(db, adjoint(x)) + np.matmul(residual, adjoint(np.matmul(inverse, db)))
        missed = dx - np.matmul(adjoint(a), db)
        da = da + np.matmul(np.matmul(adjoint(inverse), x), adjoint(missed))
    return da, db[..., 0] if np.ndim(y) == 1 else db


def _lstsq(a: Any, b: Any, rcond: Any) -> Any:
    return np.linalg.lstsq(a, b, rcond=rcond)[0]


LSTSQ = primitive(None, joint=lstsq_rule, name="lstsq", compute=_lstsq)


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Solution, sum of squared residuals, rank and singular values, of which the rank is plain."""
    a, b = as_array(a), as_array(b)
    cut = plain(rcond)
    if cut is None or cut == -1:
        eps = np.finfo(np.result_type(plain(a), plain(b), np.float32)).eps
        cut = float(eps) * (max(a.shape) if cut is None else 1)
    x = LSTSQ(a, b, rcond=cut)
    s = np.linalg.svd(a, compute_uv=False)
    sizes = plain(s)
    rank = np.int32(np.sum(sizes > cut * np.max(sizes, initial=0.0)))
    m, n = a.shape
    residuals: Any = np.array([], sizes.dtype)
    if rank == n and m > n:
        miss = np.abs(b - np.matmul(a, x)) ** 2
        residuals = np.sum(np.reshape(miss, (m, -1)), axis=0)
    return x, residuals, rank, s


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    a, b = as_array(a), as_array(b)
    n = np.ndim(a)
    if axes is not None:
        axes = [axes] if isinstance(axes, int) else list(axes)
        a = np.transpose(a, [k for k in range(n) if k not in axes] + axes)
    shape = a.shape[-(n - np.ndim(b)) :] if n > np.ndim(b) else ()
    size = int(np.prod(shape))
    return np.reshape(SOLVE(np.reshape(a, (-1, size)), np.reshape(b, -1)), shape)


# -- inverses ----------------------------------------------------------------------------------------


def inv_rule(dy: Any, y: Any, _a: Any) -> Any:
    """Giles 2008, section 2.2.3."""
    inverse = adjoint(y)
    return -np.matmul(np.matmul(inverse, dy), inverse)


def inv_tangent(da: Any, y: Any, _a: Any) -> Any:
    return -np.matmul(np.matmul(y, da), y)


primitive(np.linalg.inv, inv_rule, jvp=(inv_tangent,))


def pinv_rule(dy: Any, y: Any, a: Any, rcond: Any, hermitian: bool) -> Any:
    """Golub & Pereyra 1973, equation 4.12; it holds wherever the rank is constant."""
    kept = cuts(plain(a), rcond)
    if kept is not None:
        return _truncated_rule(dy, a, kept)
    yh, dyh = adjoint(y), adjoint(dy)
    left = dyh - np.matmul(a, np.matmul(y, dyh))  # (I - AA⁺) dyᴴ
    right = dyh - np.matmul(np.matmul(dyh, y), a)  # dyᴴ (I - A⁺A)
    return (
        np.matmul(np.matmul(left, y), yh)
        + np.matmul(yh, np.matmul(y, right))
        - np.matmul(np.matmul(yh, dy), yh)
    )


def cuts(a: np.ndarray, rcond: Any) -> np.ndarray | None:
    """Which singular values count, if `rcond` takes some for zero that are not; else None."""
    if rcond is None or a.size == 0:
        return None
    s = np.linalg.svd(a, compute_uv=False)
    kept = s > np.expand_dims(np.asarray(rcond), -1) * s[..., :1]
    rounding = max(a.shape[-2:]) * np.finfo(s.dtype).eps * s[..., :1]
    return None if np.all(kept | (s <= rounding)) else kept


def _truncated_rule(dy: Any, a: Any, kept: np.ndarray) -> Any:
    """The rule where A⁺ is U f(S) Vᴴ, conjugated and transposed, with f(s) = 1/s for what is kept, else 0.

    The derivative of such a function along E is U (Γ₋ ∘ H + Γ₊ ∘ K) Vᴴ with the Hermitian part H of
    UᴴEV and the other one K, Γ∓ = (fᵢ ∓ fⱼ)/(sᵢ ∓ sⱼ), where what U and V leave over counts as
    singular values of zero; and it is its own adjoint.
    """
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    v, e = adjoint(vh), adjoint(dy)
    inverse = np.where(kept, 1 / np.where(kept, s, 1.0), 0.0)
    row, col = np.expand_dims(s, -1), np.expand_dims(s, -2)
    one, two = np.expand_dims(kept, -1), np.expand_dims(kept, -2)
    both, either = one & two, one ^ two
    product = np.expand_dims(inverse, -1) * np.expand_dims(inverse, -2)
    first = np.where(one, 1.0, -1.0) * (np.expand_dims(inverse, -1) + np.expand_dims(inverse, -2))
    apart = np.where(either, first / np.where(either, row - col, 1.0), np.where(both, -product, 0.0))
    sums = np.expand_dims(inverse, -1) + np.expand_dims(inverse, -2)
    together = np.where(either, sums / np.where(either, row + col, 1.0), np.where(both, product, 0.0))
    inner = np.matmul(np.matmul(adjoint(u), e), v)
    hermitian, rest = (inner + adjoint(inner)) / 2, (inner - adjoint(inner)) / 2
    result = np.matmul(np.matmul(u, apart * hermitian + together * rest), vh)
    weights = np.expand_dims(inverse * inverse, -2)
    above = np.matmul(e, v) * weights  # what of the columns lies outside of U
    result = result + np.matmul(above - np.matmul(u, np.matmul(adjoint(u), above)), vh)
    below = np.matmul(adjoint(e), u) * weights
    return result + np.matmul(u, adjoint(below - np.matmul(v, np.matmul(vh, below))))


def _pinv(a: Any, rcond: Any, hermitian: bool) -> Any:
    return np.linalg.pinv(a, hermitian=hermitian) if rcond is None else np.linalg.pinv(a, rcond, hermitian)


PINV = primitive(None, pinv_rule, name="pinv", compute=_pinv)


@implements(np.linalg.pinv)
@in_numpys_types(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    cut = plain(rcond) if rtol is None else plain(rtol)
    a = as_array(a)
    return PINV(from_triangle(a, "L") if hermitian else a, rcond=cut, hermitian=hermitian)


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    a = as_array(a)
    shape = a.shape[ind:] + a.shape[:ind]
    size = int(np.prod(a.shape[ind:]))
    return np.reshape(np.linalg.inv(np.reshape(a, (size, -1))), shape)


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Repeated squaring, of the inverse for negative n."""
    n = int(n)
    if n == 0:
        return np.linalg.matrix_power(plain(a), 0)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    result = None
    while n:
        if n % 2:
            result = a if result is None else np.matmul(result, a)
        n //= 2
        if n:
            a = np.matmul(a, a)
    return result


# -- products under their names in numpy.linalg -------------------------------------------------------


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    """The product of several matrices in the order that takes the fewest multiplications."""
    refuse_out("multi_dot", out)
    arrays = [as_array(x) for x in arrays]
    sizes = [1 if np.ndim(arrays[0]) == 1 else arrays[0].shape[0]]
    sizes += [x.shape[0] if np.ndim(x) == 1 else x.shape[-1] for x in arrays[:1]]
    sizes += [1 if np.ndim(x) == 1 else x.shape[1] for x in arrays[1:]]
    best: dict[tuple[int, int], tuple[float, int]] = {(i, i): (0.0, i) for i in range(len(arrays))}
    for length in range(1, len(arrays)):
        for i in range(len(arrays) - length):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                for k in range(i, j)
            )

    def product(i: int, j: int) -> Any:
        if i == j:
            return arrays[i]
        k = best[i, j][1]
        return np.dot(product(i, k), product(k + 1, j))

    return product(0, len(arrays) - 1)


if hasattr(np.linalg, "vecdot"):  # NumPy 2.0: the names of the array API

    @implements(np.linalg.matrix_transpose, np.matrix_transpose)
    def matrix_transpose(x: Any, /) -> Any:
        return np.swapaxes(x, -1, -2)

    @implements(np.linalg.outer)
    def outer(x1: Any, x2: Any, /) -> Any:
        if np.ndim(x1) != 1 or np.ndim(x2) != 1:
            raise ValueError("Input arrays must be one-dimensional, as for np.linalg.outer")
        return np.outer(x1, x2)

    @implements(np.linalg.cross)
    def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
        if 3 not in (np.shape(x1)[axis], np.shape(x2)[axis]):
            raise ValueError("Both input arrays must be (arrays of) 3-dimensional vectors")
        return np.cross(x1, x2, axis=axis)

    @implements(np.linalg.tensordot)
    def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
        return np.tensordot(x1, x2, axes)

    @implements(np.linalg.matmul)
    def matmul(x1: Any, x2: Any, /) -> Any:
        return np.matmul(x1, x2)

    @implements(np.linalg.vecdot)
    def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
        ufunc: Any = np.vecdot
        return ufunc(x1, x2, axis=axis) if axis != -1 else ufunc(x1, x2)

    @implements(np.linalg.trace)
    def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
        return np.trace(x, offset, -2, -1, dtype)

    @implements(np.linalg.diagonal)
    def diagonal(x: Any, /, *, offset: int = 0) -> Any:
        return np.diagonal(x, offset, -2, -1)
