"""Products are written by the number of axes that they have."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge.julia import source

V, M, N, T = np.ones(3), np.ones((2, 3)), np.ones((3, 4)), np.ones((2, 4, 3))
C = V + 1j


@pytest.mark.parametrize(
    ("f", "a", "b", "text"),
    [
        (np.dot, V, V, "dot(x, y)"),
        (np.dot, M, V, "x * y"),
        (np.dot, V, N, "y' * x"),
        (np.dot, M, N, "x * y"),
        (np.dot, 2.0, M, "x * y"),
        (np.dot, V, 2.0, "x * y"),
        (np.dot, T, V, "NumPy.tensordot(x, y, (3,), (1,))"),
        (np.dot, T, N, "NumPy.tensordot(x, y, (3,), (1,))"),
        (np.dot, V, np.ones((2, 3, 4)), "NumPy.tensordot(x, y, (1,), (2,))"),
        (np.vdot, V, V, "dot(x, y)"),
        (np.vdot, M, M, "dot(x, y)"),
        (np.vdot, M, N[:, :2], "dot(NumPy.ravel(x), NumPy.ravel(y))"),
        (np.vdot, 2.0, np.ones(1), "dot([x], y)"),
        (np.inner, V, V, "dot(x, y)"),
        (np.inner, M, V, "NumPy.tensordot(x, y, (2,), (1,))"),
        (np.inner, M, M, "NumPy.tensordot(x, y, (2,), (2,))"),
        (np.outer, V, V, "x * y'"),
        (np.outer, M, V, "NumPy.ravel(x) * y'"),
        (np.matmul, T, N, "NumPy.matmul(x, y)"),
        (np.matmul, V, N, "y' * x"),
        (np.matmul, M, N, "x * y"),
        (np.vecdot, V, V, "dot(x, y)"),
        (np.vecdot, M, V, "NumPy.vecdot(x, y)"),
        (np.matvec, M, V, "x * y") if hasattr(np, "matvec") else (np.matmul, M, V, "x * y"),
        (np.matvec, T, V, "NumPy.matvec(x, y)") if hasattr(np, "matvec") else (np.matmul, M, V, "x * y"),
        (np.vecmat, C, N, "y' * conj(x)") if hasattr(np, "vecmat") else (np.matmul, M, V, "x * y"),
        (np.vecmat, M, N, "NumPy.vecmat(x, y)") if hasattr(np, "vecmat") else (np.matmul, M, V, "x * y"),
        (np.kron, V, V, "NumPy.reshape(NumPy.tensordot(x, y, (), ()), 9)"),
        (
            np.kron,
            M,
            N,
            "NumPy.reshape(permutedims(NumPy.tensordot(x, y, (), ()), (1, 3, 2, 4)), 6, 12)",
        ),
        (np.cross, V, V, "cross(x, y)"),
        (lambda x, y: np.tensordot(x, y, 1), T, N, "NumPy.tensordot(x, y, (3,), (1,))"),
        (lambda x, y: np.tensordot(x, y, ([1, 0], [1, 0])), T, T, "NumPy.tensordot(x, y, (2, 1), (2, 1))"),
    ],
)
def test_products(f, a, b, text):
    assert f"    return {text}\n" in source(lambda x, y: f(x, y), a, b)
