"""Linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff import matrices
from .arithmetic import array_of, is_array
from .errors import DomainError, MethodError
from .iteration import _plain

I = matrices.I


def norm(x: Any, p: Any = 2) -> Any:
    """``norm(x, p)``: of all elements, whatever the shape."""
    if isinstance(x, (int, float)):
        return abs(x)
    x = array_of(x)
    flat = x if np.ndim(x) == 1 else np.ravel(x)
    if flat.dtype.kind in "iub":
        flat = flat.astype(float)
    return _plain(np.linalg.norm(flat) if p == 2 else np.linalg.norm(flat, p))


def normalize(x: Any, p: Any = 2) -> Any:
    """``normalize(x)``."""
    return array_of(x) * (1 / norm(x, p))  # as Julia rounds it


def dot(x: Any, y: Any, *rest: Any) -> Any:
    """``dot(x, y)``, ``dot(x, A, y)``."""
    if rest:
        return dot(x, y @ rest[0])
    if not is_array(x):
        return np.conj(x) * y if np.iscomplexobj(x) else x * y
    from .arithmetic import _harmonise

    a, b = _harmonise(array_of(x), array_of(y))
    if np.shape(a) != np.shape(b) and np.size(a) != np.size(b):
        from ...errors import DimensionMismatch

        raise DimensionMismatch(f"dot of arrays of shapes {np.shape(a)} and {np.shape(b)}")
    if np.iscomplexobj(a):
        a = np.conj(a)
    return _plain(a @ b if np.ndim(a) == 1 and np.ndim(b) == 1 else np.sum(np.ravel(a) * np.ravel(b)))


def cross(x: Any, y: Any) -> Any:
    """``cross(x, y)``."""
    return np.cross(array_of(x), array_of(y))


def det(x: Any) -> Any:
    """``det(A)``."""
    if type(x) not in (np.ndarray, list) or np.ndim(x) != 2 or np.asarray(x).dtype.kind not in "biuf":
        return _plain(np.linalg.det(x)) if is_array(x) else x
    made, order = _eliminated(array_of(x))
    swaps = sum(1 for k in _cycles(order) if k % 2 == 0)
    result = made.dtype.type(1)
    for value in np.diagonal(made):
        result = result * value
    return _plain(-result if swaps % 2 else result)


def _cycles(order: Any) -> list[int]:
    """How long the cycles of a permutation are."""
    seen: set[int] = set()
    lengths = []
    for start in range(len(order)):
        here, count = start, 0
        while here not in seen:
            seen.add(here)
            here, count = int(order[here]), count + 1
        if count:
            lengths.append(count)
    return lengths


def tr(x: Any) -> Any:
    """``tr(A)``."""
    return _plain(np.trace(x))


def rank(x: Any) -> int:
    """``rank(A)``."""
    return int(np.linalg.matrix_rank(np.asarray(x)))


def cond(x: Any, p: Any = 2) -> Any:
    """``cond(A)``."""
    return _plain(np.linalg.cond(x, p))


def opnorm(x: Any, p: Any = 2) -> Any:
    """``opnorm(A, p)``."""
    return _plain(np.linalg.norm(x, p))


def pinv(x: Any) -> Any:
    """``pinv(A)``."""
    return np.linalg.pinv(x)


def kron(x: Any, y: Any) -> Any:
    """``kron(A, B)``."""
    x, y = array_of(x), array_of(y)
    if np.ndim(x) == 1 and np.ndim(y) == 2:
        x = x[:, None]
    elif np.ndim(x) == 2 and np.ndim(y) == 1:
        y = y[:, None]
    return np.kron(x, y)


def diag(x: Any, k: int = 0) -> Any:
    """``diag(A)``."""
    return np.diagonal(x, k).copy()


def diagm(x: Any) -> Any:
    """``diagm(v)``."""
    return np.diag(array_of(x)) if is_array(x) else np.diag(array_of(x[1]), x[0])


def triu(x: Any, k: int = 0) -> Any:
    """``triu(A)``."""
    return np.triu(x, k)


def tril(x: Any, k: int = 0) -> Any:
    """``tril(A)``."""
    return np.tril(x, k)


def symmetric(x: Any, part: Any = "U") -> Any:
    """``Symmetric(A)``: by its upper triangle."""
    x = np.asarray(x)
    upper = np.triu(x) if part == "U" else np.tril(x)
    return upper + np.where(np.eye(len(x), dtype=bool), 0, upper).T


def upper_triangular(x: Any) -> Any:
    """``UpperTriangular(A)``."""
    return np.triu(x)


def lower_triangular(x: Any) -> Any:
    """``LowerTriangular(A)``."""
    return np.tril(x)


def diagonal(x: Any) -> Any:
    """``Diagonal(v)``."""
    return matrices.Diagonal(array_of(x) if np.ndim(array_of(x)) == 1 else np.diagonal(x))


def istriu(x: Any) -> bool:
    """``istriu(A)``."""
    return bool(np.all(np.tril(x, -1) == 0))


def istril(x: Any) -> bool:
    """``istril(A)``."""
    return bool(np.all(np.triu(x, 1) == 0))


def isdiag(x: Any) -> bool:
    """``isdiag(A)``."""
    return istriu(x) and istril(x)


def issymmetric(x: Any) -> bool:
    """``issymmetric(A)``."""
    return np.shape(x)[0] == np.shape(x)[1] and bool(np.all(np.asarray(x) == np.asarray(x).T))


def isposdef(x: Any) -> bool:
    """``isposdef(A)``."""
    try:
        np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        return False
    return issymmetric(x)


def _hermitian(x: Any) -> bool:
    return bool(np.all(np.asarray(x) == np.conj(np.asarray(x)).T))


def eigvals(x: Any) -> Any:
    """``eigvals(A)``: in rising order, as Julia sorts them."""
    if _hermitian(x):
        return np.linalg.eigvalsh(x)
    values = np.linalg.eigvals(x)
    return values[np.lexsort((values.imag, values.real))] if np.iscomplexobj(values) else np.sort(values)


class Factors:
    """The parts of a factorisation, by name and in order."""

    def __init__(
        self, names: tuple[str, ...], values: tuple, iterated: tuple[str, ...] | None = None
    ) -> None:
        self.__dict__.update(zip(names, values, strict=False))
        self._order = iterated or names

    def __iter__(self) -> Any:
        return iter(getattr(self, n) for n in self._order)


def eigen(x: Any) -> Factors:
    """``eigen(A)``."""
    if _hermitian(x):
        values, vectors = np.linalg.eigh(x)
    else:
        values, vectors = np.linalg.eig(x)
        order = np.lexsort((np.imag(values), np.real(values)))
        values, vectors = values[order], vectors[:, order]
    return Factors(("values", "vectors"), (values, vectors))


def eigvecs(x: Any) -> Any:
    """``eigvecs(A)``."""
    return eigen(x).vectors  # type: ignore[attr-defined]


def svd(x: Any) -> Factors:
    """``svd(A)``."""
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return Factors(("U", "S", "V", "Vt"), (u, s, np.conj(vt).T, vt), ("U", "S", "V"))


def svdvals(x: Any) -> Any:
    """``svdvals(A)``."""
    return np.linalg.svd(x, compute_uv=False)


class LU(Factors):
    """``lu(A)``, which also solves systems."""

    def solve(self, b: Any) -> Any:
        return np.linalg.solve(self.L @ self.U, np.asarray(b)[self.p - 1])  # type: ignore[attr-defined]


def _eliminated(x: Any) -> tuple[Any, Any]:
    """Both triangles of a matrix in one, and its rows in their order after pivoting."""
    made = np.array(x, np.result_type(x, np.float32) if np.asarray(x).dtype.kind == "f" else float)
    order = np.arange(len(made))
    for k in range(min(made.shape)):
        best = k + int(np.argmax(np.abs(made[k:, k])))
        made[[k, best]], order[[k, best]] = made[[best, k]], order[[best, k]]
        if made[k, k] != 0:
            made[k + 1 :, k] /= made[k, k]
            made[k + 1 :, k + 1 :] -= np.outer(made[k + 1 :, k], made[k, k + 1 :])
    return made, order


def lu(x: Any) -> Factors:
    """``lu(A)``: ``L``, ``U``, the rows ``p`` and the matrix ``P``."""
    made, order = _eliminated(array_of(x))
    n = len(made)
    if np.any(np.diagonal(made) == 0):
        raise MethodError("lu of a singular matrix: Julia raises SingularException")
    values = np.tril(made, -1) + np.eye(n), np.triu(made), order + 1, np.eye(n)[order]
    return LU(("L", "U", "p", "P"), values, ("L", "U", "p"))


def logabsdet(x: Any) -> tuple:
    """``logabsdet(A)``: the logarithm of the size of the determinant, and its sign."""
    sign, size = np.linalg.slogdet(array_of(x))
    return _plain(size), _plain(sign)


def logdet(x: Any) -> Any:
    """``logdet(A)``."""
    size, sign = logabsdet(x)
    if sign <= 0:
        raise DomainError(size, "determinant is not positive")
    return size


def ishermitian(x: Any) -> bool:
    """``ishermitian(A)``."""
    return _hermitian(x)


class QR(Factors):
    """``qr(A)``."""


def qr(x: Any) -> Factors:
    """``qr(A)``."""
    q, r = np.linalg.qr(x)
    return Factors(("Q", "R"), (q, r))


class Cholesky(Factors):
    """``cholesky(A)``, which also solves systems."""

    def solve(self, b: Any) -> Any:
        return np.linalg.solve(self.L @ self.L.T, b)  # type: ignore[attr-defined]


def cholesky(x: Any) -> Factors:
    """``cholesky(A)``."""
    lower = np.linalg.cholesky(x)
    return Cholesky(("L", "U"), (lower, np.conj(lower).T))
