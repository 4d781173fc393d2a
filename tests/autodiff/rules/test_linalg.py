"""numpy.linalg: equations, inverses, determinants, norms, decompositions."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import Sample, check, filled, inner

from fluxbridge.autodiff.native import pushforward, withgradient
from fluxbridge.errors import NoRuleError

la = np.linalg
rng = np.random.default_rng(8)


def real(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape)


def cplx(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def regular(make, *shape: int) -> np.ndarray:
    """Well conditioned square matrices."""
    return make(*shape) + 2.5 * np.eye(shape[-1])


def positive(make, *shape: int) -> np.ndarray:
    x = make(*shape)
    return x @ np.swapaxes(x, -1, -2).conj() + np.eye(shape[-1])


def spread(make, *shape: int) -> np.ndarray:
    """Hermitian, with eigenvalues that lie well apart."""
    x = make(*shape)
    return 0.3 * (x + np.swapaxes(x, -1, -2).conj()) + np.diag(2.0 * np.arange(shape[-1]) - 1.5)


def grad(f, *xs):
    return withgradient(f, xs)[1]


def projector(x):
    return x @ np.conj(np.swapaxes(x, -1, -2))


def _samples() -> list[Sample]:
    out: list[Sample] = []

    def add(name, f, *args, order=2):
        out.append(Sample(name, f, args, order))

    for make in (real, cplx):
        A, S = regular(make, 3, 3), regular(make, 2, 3, 3)
        P, H = positive(make, 3, 3), spread(make, 3, 3)
        add("inv", la.inv, A)
        add("inv", la.inv, S)
        add("det", la.det, A)
        add("det", la.det, S)
        add("det", la.det, make(1, 1))
        add("slogdet", la.slogdet, A)
        add("slogdet", la.slogdet, S)
        add("solve", la.solve, A, make(3))
        add("solve", la.solve, A, make(3, 2))
        add("solve", la.solve, S, make(2, 3, 2))
        add("solve", la.solve, S, make(3, 2))
        add("solve", la.solve, A, make(2, 3, 2))
        for a, b in [((4, 2), (4,)), ((4, 2), (4, 3)), ((2, 4), (2,)), ((2, 4), (2, 3)), ((3, 3), (3,))]:
            add("lstsq", lambda a, b: la.lstsq(a, b, rcond=None)[0], make(*a), make(*b))
        add("lstsq", lambda a, b: la.lstsq(a, b, rcond=None)[1], make(5, 2), make(5, 2))
        add("lstsq", lambda a, b: la.lstsq(a, b, rcond=None)[1], make(5, 2), make(5))
        add("lstsq", lambda a, b: la.lstsq(a, b, None)[3], make(4, 2), make(4))
        for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2)]:
            add("pinv", la.pinv, make(*shape))
        add("pinv", lambda x: la.pinv(x, hermitian=True), P)
        for n in (1, 2, 3, 5, -1, -3):
            add("matrix_power", lambda x, n=n: la.matrix_power(x, n), A)
        add("matrix_power", lambda x: la.matrix_power(x, 4), S)
        add("tensorinv", lambda x: la.tensorinv(np.reshape(x, (3, 2, 6))), regular(make, 6, 6))
        add("tensorinv", lambda x: la.tensorinv(np.reshape(x, (6, 2, 3)), ind=1), regular(make, 6, 6))
        add("tensorsolve", lambda a, b: la.tensorsolve(np.reshape(a, (2, 3, 6)), b), regular(make, 6, 6), make(2, 3))
        add("tensorsolve", lambda a, b: la.tensorsolve(np.reshape(a, (2, 3, 3, 2)), b, axes=(0, 2)),
            make(6, 6), make(3, 2))
        add("multi_dot", lambda *xs: la.multi_dot(xs), make(2, 3), make(3, 4), make(4, 2), make(2, 2))
        add("multi_dot", lambda *xs: la.multi_dot(list(xs)), make(3), make(3, 4), make(4))
        add("multi_dot", lambda *xs: la.multi_dot(xs), make(2, 3), make(3))

        add("cholesky", la.cholesky, P)
        add("cholesky", la.cholesky, positive(make, 2, 3, 3))
        if hasattr(la, "matrix_norm"):
            add("cholesky", lambda x: la.cholesky(x, upper=True), P)
        for uplo in "LU":
            add("eigh", lambda x, u=uplo: tuple(la.eigh(x, u)), H)
            add("eigvalsh", lambda x, u=uplo: la.eigvalsh(x, UPLO=u), H)
        add("eigh", lambda x: tuple(la.eigh(x)), spread(make, 2, 3, 3))
        add("eigh", lambda x: la.eigh(x).eigenvectors, H)
        add("eig", lambda x: tuple(la.eig(x)), A)
        add("eig", lambda x: tuple(la.eig(x)), make(2, 3, 3))
        add("eig", lambda x: tuple(la.eig(x)), spread(make, 3, 3))
        add("eigvals", la.eigvals, A)
        for shape in [(3, 3), (4, 2), (2, 4), (2, 3, 2), (1, 3), (3, 1)]:
            add("svd", lambda x: tuple(la.svd(x, full_matrices=False)), make(*shape))
            add("svd", lambda x: la.svd(x, full_matrices=False).U, make(*shape))
            add("svd", lambda x: la.svd(x, full_matrices=False).Vh, make(*shape))
            add("svd", lambda x: la.svd(x, compute_uv=False), make(*shape))
            add("qr", lambda x: tuple(la.qr(x)), make(*shape))
            add("qr", lambda x: la.qr(x, "r"), make(*shape))
            add("qr", lambda x: la.qr(x, mode="reduced").Q, make(*shape))
        add("svd", lambda x: tuple(la.svd(x)), make(3, 3))
        add("svd", lambda x: projector(la.svd(x).U[:, 2:]), make(5, 2))
        add("svd", lambda x: projector(la.svd(x).Vh.T[:, 2:]), make(2, 4))
        add("svd", lambda x: tuple(la.svd(x, hermitian=True)), H)
        add("svd", lambda x: la.svd(x, hermitian=True, compute_uv=False), H)
        add("qr", lambda x: tuple(la.qr(x, "complete")), make(3, 3))
        add("qr", lambda x: tuple(la.qr(x, "complete")), make(2, 3))
        add("qr", lambda x: projector(la.qr(x, "complete").Q[:, 2:]), make(4, 2))
        add("qr", lambda x: la.qr(x, "complete").R, make(4, 2))
        if hasattr(la, "svdvals"):
            add("svdvals", la.svdvals, make(2, 3))

        for order in (None, 1, 2, 3, 2.5, 0.5, -1, np.inf, -np.inf):
            add("norm", lambda x, o=order: la.norm(x, o), make(4))
            add("norm", lambda x, o=order: la.norm(x, o, axis=0, keepdims=True), make(3, 2))
            add("norm", lambda x, o=order: la.norm(x, ord=o, axis=-1), make(2, 3))
        for order in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
            add("norm", lambda x, o=order: la.norm(x, o), make(3, 2))
            add("norm", lambda x, o=order: la.norm(x, o, axis=(2, 0), keepdims=True), make(2, 2, 3))
            if hasattr(la, "matrix_norm"):
                add("matrix_norm", lambda x, o=order: la.matrix_norm(x, ord=o or "fro"), make(2, 3, 2))
        add("norm", la.norm, make(2, 2, 2))
        add("norm", lambda x: la.norm(x, keepdims=True), make(2, 2))
        if hasattr(la, "vector_norm"):
            for order in (1, 2, 3, np.inf):
                add("vector_norm", lambda x, o=order: la.vector_norm(x, ord=o), make(2, 3))
                add("vector_norm", lambda x, o=order: la.vector_norm(x, axis=(0, 2), ord=o), make(2, 2, 2))
                add("vector_norm", lambda x, o=order: la.vector_norm(x, axis=1, keepdims=True, ord=o), make(2, 3))
        for p in (None, 2, -2, 1, np.inf, "fro"):
            add("cond", lambda x, p=p: la.cond(x, p), A)
        add("cond", la.cond, S)

        if hasattr(la, "vecdot"):
            x, y, M = make(3), make(3), make(2, 3, 3)
            add("linalg.outer", la.outer, x, y)
            add("linalg.cross", lambda a, b: la.cross(a, b, axis=0), make(3, 2), make(3, 2))
            add("linalg.tensordot", lambda a, b: la.tensordot(a, b, axes=1), make(2, 3), make(3, 2))
            add("linalg.matmul", la.matmul, make(2, 3), make(3, 2))
            add("linalg.vecdot", lambda a, b: la.vecdot(a, b, axis=0), make(3, 2), make(3, 2))
            add("linalg.trace", lambda a: la.trace(a, offset=1), M)
            add("linalg.diagonal", lambda a: la.diagonal(a, offset=-1), M)
            add("linalg.matrix_transpose", la.matrix_transpose, M)
    return out


SAMPLES: list[Sample] = _samples()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)
