"""Values of the primitives that compute something of their own, beside an independent definition.

What is NumPy's or SciPy's own function has their value. The rest is compared here with mpmath, with loops
over Python numbers, or with the equation that defines it; what belongs to layers is compared with recorded
answers of Flux (tests/flux). A test names a primitive that is in neither place.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

pytest.importorskip("scipy")

from fluxbridge.autodiff.primitive import PRIMITIVES
from fluxbridge.tables.registry import primitives

primitives()  # loads those of SciPy

rng = np.random.default_rng(11)
M = rng.normal(size=(3, 4))
T = rng.normal(size=(2, 3, 4))
A = rng.normal(size=(3, 3)) + 3 * np.eye(3)
E = rng.normal(size=(3, 3))
X = np.array([-3.7, -0.4, 0.0, 1e-3, 0.9, 2.6, 5.3])
P = np.array([0.3, 1.0, 2.7, 9.5, 31.0])

#: Areas whose values are those of the real Flux, recorded.
OF_FLUX = {
    "activations", "affine", "batched", "conv", "fold", "gather", "losses", "lstm", "pooling", "rotate",
    "sampling", "softmax", "standard",
}  # fmt: skip


def p(name: str) -> Callable[..., Any]:
    """What a primitive computes, without any tracing."""
    return PRIMITIVES[name].compute


def each(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers by mpmath, element by element."""

    def of_arrays(*xs: Any) -> np.ndarray:
        xs = np.broadcast_arrays(*xs)
        with mpmath.workdps(40):
            values = [
                complex(f(*map(mpmath.mpmathify, v)))
                for v in zip(*(x.ravel().tolist() for x in xs), strict=True)
            ]
        found = np.array(values).reshape(xs[0].shape)
        return found if np.any(found.imag) else found.real

    return of_arrays


def of_matrix(f: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of a matrix by mpmath."""

    def of_array(a: np.ndarray) -> np.ndarray:
        with mpmath.workdps(40):
            found = np.array(f(mpmath.matrix(a.tolist())).tolist(), complex)
        return found if np.max(np.abs(found.imag)) > 1e-20 else found.real

    return of_array


def tangents(f: Callable[[Any], Any]) -> Callable[..., np.ndarray]:
    """The derivative of a function of a matrix along e, as a block of the function of [[a, e], [0, a]]."""
    whole = of_matrix(f)
    n = len(A)
    return lambda a, e: whole(np.block([[a, e], [np.zeros((n, n)), a]]))[:n, n:]


MATRIX = {
    "expm": mpmath.expm, "logm": mpmath.logm, "cosm": mpmath.cosm, "sinm": mpmath.sinm,
    "tanm": lambda m: mpmath.sinm(m) * mpmath.cosm(m) ** -1,
    "coshm": lambda m: (mpmath.expm(m) + mpmath.expm(-m)) / 2,
    "sinhm": lambda m: (mpmath.expm(m) - mpmath.expm(-m)) / 2,
    "tanhm": lambda m: (mpmath.expm(m) - mpmath.expm(-m)) * (mpmath.expm(m) + mpmath.expm(-m)) ** -1,
}  # fmt: skip

# -- loops over Python numbers -------------------------------------------------------------------------


def loop_sum(x: np.ndarray, axis: int) -> np.ndarray:
    out = np.zeros(np.delete(x.shape, axis))
    for index in np.ndindex(x.shape):
        out[tuple(np.delete(index, axis))] += x[index]
    return out


def loop_extreme(x: np.ndarray, axis: int, better: Callable[..., float]) -> np.ndarray:
    out = np.full(np.delete(x.shape, axis), np.nan)
    for index in np.ndindex(x.shape):
        place = tuple(np.delete(index, axis))
        out[place] = x[index] if np.isnan(out[place]) else better(out[place], x[index])
    return out


def loop_norm(x: np.ndarray, q: float) -> np.ndarray:
    return np.array([math.fsum(abs(v) ** q for v in row) ** (1 / q) for row in x.tolist()])


def loop_convolve(a: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.array(
        [
            math.fsum(a[i] * v[k - i] for i in range(len(a)) if 0 <= k - i < len(v))
            for k in range(len(a) + len(v) - 1)
        ]
    )


def loop_einsum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """ij,kj->ki"""
    out = np.zeros((len(b), len(a)))
    for i, j, k in itertools.product(range(len(a)), range(a.shape[1]), range(len(b))):
        out[k, i] += a[i, j] * b[k, j]
    return out


def loop_filter(b: np.ndarray, a: np.ndarray, x: np.ndarray) -> np.ndarray:
    y: list[float] = []
    for n in range(len(x)):
        y.append(
            (sum(b[k] * x[n - k] for k in range(len(b)) if n >= k)
             - sum(a[k] * y[n - k] for k in range(1, len(a)) if n >= k)) / a[0]
        )  # fmt: skip
    return np.array(y)


def loop_concatenate(*arrays: np.ndarray) -> np.ndarray:
    return np.array([[v for array in arrays for v in array[i].tolist()] for i in range(len(arrays[0]))])


def loop_cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    rows = zip(a.tolist(), b.tolist(), strict=True)
    return np.array(
        [[u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]] for u, v in rows]
    )


def loop_pad(x: np.ndarray) -> np.ndarray:
    """One row before, two columns after."""
    return np.array([[0.0] * (x.shape[1] + 2), *[[*row, 0.0, 0.0] for row in x.tolist()]])


def loop_bincount(weights: np.ndarray, index: np.ndarray, size: int) -> np.ndarray:
    out = [0.0] * size
    for w, i in zip(weights.tolist(), index.tolist(), strict=True):
        out[i] += w
    return np.array(out)


def bubble(x: np.ndarray) -> np.ndarray:
    rows = x.copy()
    for row in rows:
        for end in range(len(row) - 1, 0, -1):
            for k in range(end):
                if row[k] > row[k + 1]:
                    row[k], row[k + 1] = row[k + 1], row[k]
    return rows


def least_squares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """By the normal equations."""
    return np.linalg.solve(a.T @ a, a.T @ b)


def pseudo_inverse(a: np.ndarray) -> np.ndarray:
    return a.T @ np.linalg.inv(a @ a.T)


def deviation(x: np.ndarray) -> float:
    mean = math.fsum(x.tolist()) / len(x)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in x.tolist()) / len(x))


def log_of_sum(x: np.ndarray) -> np.ndarray:
    with mpmath.workdps(40):
        return np.array([float(mpmath.log(mpmath.fsum(mpmath.exp(v) for v in row))) for row in x.tolist()])


WEIGHTS = np.array([0.5, 1.5, -2.0, 4.0, 0.25])
PLACES = np.array([2, 0, 2, 3, 0])
BANDED = np.array([[0.0, 1.0, 2.0], [5.0, 6.0, 7.0], [0.5, 1.5, 0.0]])


def banded() -> np.ndarray:
    """The matrix whose diagonals are the rows of BANDED."""
    return np.diag(BANDED[0, 1:], 1) + np.diag(BANDED[1]) + np.diag(BANDED[2, :-1], -1)


def factors(a: np.ndarray) -> np.ndarray:
    """L and U of P·a in one matrix, by Gauss with the largest pivot."""
    a = a.copy()
    n = len(a)
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(a[k:, k])))
        a[[k, pivot]] = a[[pivot, k]]
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return a


def bessel(f: Callable[[Any, Any], Any]) -> Callable[..., np.ndarray]:
    """A spherical Bessel function of order 2 from the cylindrical one (DLMF 10.47)."""
    return each(lambda z: mpmath.sqrt(mpmath.pi / (2 * z)) * f(mpmath.mpf(5) / 2, z))


DIRECT: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
    ("sech2", lambda: p("sech2")(X), lambda: each(lambda x: mpmath.sech(x) ** 2)(X)),
    ("sech2", lambda: p("sech2")(X + 0.5j), lambda: each(lambda x: mpmath.sech(x) ** 2)(X + 0.5j)),
    *[
        (
            "sinc_derivative",
            lambda n=n: p("sinc_derivative")(X, n=n),
            lambda n=n: each(lambda x: mpmath.diff(lambda t: mpmath.sincpi(t), x, n))(X),
        )
        for n in (1, 2, 3)
    ],
    *[
        ("bessel_i", lambda n=n: p("bessel_i")(X, n=n), lambda n=n: each(lambda x: mpmath.besseli(n, x))(X))
        for n in (0, 1, 2, 5)
    ],
    *[
        ("polygamma", lambda n=n: p("polygamma")(n, P), lambda n=n: each(lambda x: mpmath.polygamma(n, x))(P))
        for n in (0, 1, 3)
    ],
    (
        "psi_gap",
        lambda: p("psi_gap")(P, P[::-1]),
        lambda: each(lambda a, b: mpmath.psi(0, a + b) - mpmath.psi(0, a))(P, P[::-1]),
    ),
    (
        "psi_gap",
        lambda: p("psi_gap")(P, 1e-9),
        lambda: each(lambda a, b: mpmath.psi(0, a + b) - mpmath.psi(0, a))(P, 1e-9),
    ),
    (
        "psi_gap",
        lambda: p("psi_gap")(P, -0.25),
        lambda: each(lambda a, b: mpmath.psi(0, a + b) - mpmath.psi(0, a))(P, -0.25),
    ),
    ("spherical_jn", lambda: p("spherical_jn")(2, P), lambda: bessel(mpmath.besselj)(P)),
    ("spherical_yn", lambda: p("spherical_yn")(2, P), lambda: bessel(mpmath.bessely)(P)),
    ("spherical_in", lambda: p("spherical_in")(2, P), lambda: bessel(mpmath.besseli)(P)),
    ("spherical_kn", lambda: p("spherical_kn")(2, P), lambda: bessel(mpmath.besselk)(P)),
    *[
        (name, lambda name=name: p(name)(A / 3), lambda f=f: of_matrix(f)(A / 3))
        for name, f in MATRIX.items()
    ],
    *[
        (
            f"{name}_frechet",
            lambda name=name: p(f"{name}_frechet")(A / 3, E),
            lambda f=f: tangents(f)(A / 3, E),
        )
        for name, f in MATRIX.items()
    ],
    ("sqrtm", lambda: p("sqrtm")(A), lambda: of_matrix(mpmath.sqrtm)(A)),
    ("absolute_power", lambda: p("absolute_power")(X, p=4), lambda: each(lambda x: abs(x) ** 4)(X)),
    ("fabs_power", lambda: p("fabs_power")(X, p=2), lambda: each(lambda x: abs(x) ** 2)(X)),
    (
        "hypot_power",
        lambda: p("hypot_power")(X, X[::-1], p=4),
        lambda: each(lambda a, b: (a * a + b * b) ** 2)(X, X[::-1]),
    ),
    ("norm2_power", lambda: p("norm2_power")(X, p=4), lambda: math.fsum(v * v for v in X.tolist()) ** 2),
    ("std_power", lambda: p("std_power")(X, p=4), lambda: deviation(X) ** 4),
    ("norm2", lambda: p("norm2")(M, axis=1), lambda: loop_norm(M, 2)),
    ("normp", lambda: p("normp")(M, p=3.5, axis=1), lambda: loop_norm(M, 3.5)),
    ("sum", lambda: p("sum")(T, axis=1), lambda: loop_sum(T, 1)),
    ("max", lambda: p("max")(T, axis=1), lambda: loop_extreme(T, 1, max)),
    ("min", lambda: p("min")(T, axis=2), lambda: loop_extreme(T, 2, min)),
    ("special.logsumexp", lambda: p("special.logsumexp")(M * 9, axis=1), lambda: log_of_sum(M * 9)),
    (
        "linspace",
        lambda: p("linspace")(1.0, 2.5, num=4, endpoint=True, axis=0),
        lambda: np.array([1.0, 1.5, 2.0, 2.5]),
    ),
    (
        "linspace",
        lambda: p("linspace")(1.0, 3.0, num=4, endpoint=False, axis=0),
        lambda: np.array([1.0, 1.5, 2.0, 2.5]),
    ),
    ("concatenate", lambda: p("concatenate")(M, M[:, :2], axis=1), lambda: loop_concatenate(M, M[:, :2])),
    (
        "stack",
        lambda: p("stack")(M, 2 * M, axis=1),
        lambda: np.array([[r, [2 * v for v in r]] for r in M.tolist()]),
    ),
    ("stack", lambda: p("stack")(M, 2 * M), lambda: np.array([M.tolist(), (2 * M).tolist()])),
    ("pad", lambda: p("pad")(M, pad_width=((1, 0), (0, 2))), lambda: loop_pad(M)),
    (
        "reshape",
        lambda: p("reshape")(M, shape=(2, 6), order="F"),
        lambda: np.array([[M[k % 3, k // 3] for k in range(i, 12, 2)] for i in range(2)]),
    ),
    ("astype", lambda: p("astype")(np.array([1.9, -1.9]), dtype=int), lambda: np.array([1, -1])),
    (
        "getitem",
        lambda: p("getitem")(M, index=(slice(None, None, -1), 2)),
        lambda: np.array([r[2] for r in M.tolist()[::-1]]),
    ),
    (
        "diag",
        lambda: p("diag")(X[:3], k=1),
        lambda: np.array([[0, X[0], 0, 0], [0, 0, X[1], 0], [0, 0, 0, X[2]], [0] * 4]),
    ),
    (
        "scatter",
        lambda: p("scatter")(
            np.ones(2), np.float64(5), indices=[np.array([0, 2]), 2], shape=(4,), dtype=float
        ),
        lambda: np.array([1.0, 0.0, 6.0, 0.0]),
    ),
    (
        "assemble",
        lambda: p("assemble")(np.zeros(4), np.ones(2), 5.0, indices=[slice(1, 3), 2]),
        lambda: np.array([0.0, 1.0, 5.0, 0.0]),
    ),
    ("cross", lambda: p("cross")(A, E), lambda: loop_cross(A, E)),
    (
        "einsum1",
        lambda: p("einsum1")(A, subscripts="ii->i", optimize=False),
        lambda: np.array([A[k, k] for k in range(3)]),
    ),
    (
        "einsum2",
        lambda: p("einsum2")(A, M.T, subscripts="ij,kj->ki", optimize=False),
        lambda: loop_einsum(A, M.T),
    ),
    (
        "einsum3",
        lambda: p("einsum3")(A, M.T, X[:4], subscripts="ij,kj,k->i", optimize=False),
        lambda: np.array([math.fsum(loop_einsum(A, M.T)[k, i] * X[k] for k in range(4)) for i in range(3)]),
    ),
    ("convolve", lambda: p("convolve")(X, P), lambda: loop_convolve(X, P)),
    ("convolve", lambda: p("convolve")(X, P, mode="same"), lambda: loop_convolve(X, P)[2:9]),
    ("convolve", lambda: p("convolve")(X, P, mode="valid"), lambda: loop_convolve(X, P)[4:7]),
    ("signal.convolve", lambda: p("signal.convolve")(X, P), lambda: loop_convolve(X, P)),
    (
        "lfilter",
        lambda: p("lfilter")(P[:3], np.array([2.0, -0.5, 0.25]), X),
        lambda: loop_filter(P[:3], [2.0, -0.5, 0.25], X),
    ),
    (
        "bincount",
        lambda: p("bincount")(WEIGHTS, index=PLACES, size=5),
        lambda: loop_bincount(WEIGHTS, PLACES, 5),
    ),
    ("sort", lambda: p("sort")(M), lambda: bubble(M)),
    ("sort", lambda: p("sort")(M, axis=0), lambda: bubble(M.T).T),
    ("partition", lambda: p("partition")(M, kth=1)[:, 1], lambda: bubble(M)[:, 1]),
    ("lstsq", lambda: p("lstsq")(M.T, X[:4], rcond=None), lambda: least_squares(M.T, X[:4])),
    ("pinv", lambda: p("pinv")(M, rcond=1e-15, hermitian=False), lambda: pseudo_inverse(M)),
    ("solve_banded", lambda: banded() @ p("solve_banded")(BANDED, P[:3], upper=1, lower=1), lambda: P[:3]),
    ("solve_triangular", lambda: np.triu(A) @ p("solve_triangular")(A, M), lambda: M),
    ("solve_triangular", lambda: np.tril(A).T @ p("solve_triangular")(A, M, trans=1, lower=True), lambda: M),
    (
        "solve_triangular",
        lambda: (np.tril(A, -1) + np.eye(3)) @ p("solve_triangular")(A, M, lower=True, unit_diagonal=True),
        lambda: M,
    ),
    (
        "solve_sylvester",
        lambda: (lambda s: A @ s + s @ (E + 9 * np.eye(3)))(p("solve_sylvester")(A, E + 9 * np.eye(3), A)),
        lambda: A,
    ),
    ("lu_factor", lambda: p("lu_factor")(A)[0], lambda: factors(A)),
    ("svd", lambda: (lambda u, s, v: u @ np.diag(s) @ v)(*p("svd")(A, full_matrices=False)), lambda: A),
    (
        "svd",
        lambda: p("svd")(A, full_matrices=True)[1] ** 2,
        lambda: np.sort(np.linalg.eigvalsh(A.T @ A))[::-1],
    ),
    (
        "odeint",
        lambda: np.ravel(
            p("odeint")(
                np.array([2.0]), np.array([0.0, 0.7]), np.array([1.5]), lambda y, t, k: -k * y * t, {}
            )
        ),
        lambda: np.array([2.0, 2 * math.exp(-1.5 * 0.7**2 / 2)]),
    ),
    (
        "quad",
        lambda: p("quad")(0.5, 2.0, np.array([3.0]), lambda x, k: k[0] * x**2, {})[0],
        lambda: 3.0 * (8 - 0.125) / 3,
    ),
]

#: Looser bounds, relative to the largest entry.
BOUNDS = {"odeint": 1e-6, "sinc_derivative": 1e-11, "partition": 0.0, "sort": 0.0}


@pytest.mark.parametrize(("name", "ours", "defined"), DIRECT, ids=[name for name, _, _ in DIRECT])
def test_the_value_is_the_defined_one(name, ours, defined):
    got, expected = np.asarray(ours()), np.asarray(defined())
    assert got.shape == expected.shape
    scale = np.max(np.abs(expected), initial=1e-300)
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=BOUNDS.get(name, 1e-13) * scale)


#: The primitives that compute something of their own, before tests make further ones. Those of einsum are
#: made for the number of operands, as they are needed.
OWN = {
    name
    for name, primitive in PRIMITIVES.items()
    if str(getattr(primitive.compute, "__module__", "")).startswith("fluxbridge")
    and primitive.area not in OF_FLUX
    and not (name.startswith("einsum") and name > "einsum3")
}


def test_every_primitive_with_an_own_value_is_here():
    assert OWN - {name for name, _, _ in DIRECT} == set()
