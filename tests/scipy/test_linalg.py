"""scipy.linalg: the mirrored functions."""

from __future__ import annotations

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")

import scipy.linalg as sl  # noqa: E402
from rulecheck import Sample, check  # noqa: E402

from fluxbridge.autodiff.native import withgradient  # noqa: E402
from fluxbridge.autodiff.primitive import PRIMITIVES  # noqa: E402
from fluxbridge.errors import GradientLostError, NoRuleError  # noqa: E402
from fluxbridge.scipy import linalg as fl  # noqa: E402

rng = np.random.default_rng(11)
A = rng.normal(size=(3, 3)) + 3 * np.eye(3)
B = rng.normal(size=(3, 3)) + 2 * np.eye(3)
Z = A + 1j * rng.normal(size=(3, 3))
S = rng.normal(size=(3, 3))
V = rng.normal(size=3)
M = rng.normal(size=(3, 2))
C = rng.normal(size=(3,)) + 1j * rng.normal(size=3)
T = rng.normal(size=(2, 3, 3)) + 3 * np.eye(3)
BAND = np.array([[0.0, 0.3, 0.4, 0.1], [4.0, 5.0, 6.0, 4.0], [0.2, 0.7, 0.1, 0.0], [0.1, 0.5, 0.0, 0.0]])


def spd(a):
    return a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(a.shape[-1])


def fixed_signs(f):
    """The columns of q or of eigenvectors, freed of their sign by taking squares."""
    return lambda x: [np.abs(part) ** 2 for part in f(x)]


SAMPLES = [
    Sample("solve", fl.solve, (A, V)),
    Sample("solve", lambda a, b: fl.solve(a, b, transposed=True), (A, M)),
    Sample("solve", lambda b: fl.solve(spd(A), b, assume_a="pos"), (M,)),
    *[
        Sample(
            "solve_triangular",
            lambda a, b, t=t, low=low, u=u: fl.solve_triangular(a, b, trans=t, lower=low, unit_diagonal=u),
            (A, b),
        )
        for t, low, u, b in [(0, 0, 0, V), ("T", 1, 0, M), (2, 0, 1, V), (1, 1, 1, M)]
    ],
    Sample("solve_triangular", lambda a, b: fl.solve_triangular(a, b, trans="C"), (Z, C)),
    Sample("solve_triangular", lambda a, b: fl.solve_triangular(a, b, trans=1, lower=True), (Z, C)),
    Sample("solve_triangular", lambda a, b: fl.solve_triangular(a, b, lower=True), (Z, C)),
    Sample("solve_banded", lambda ab, b: fl.solve_banded((2, 1), ab, b), (BAND, np.arange(4.0))),
    Sample("solve_banded", lambda ab, b: fl.solve_banded((2, 1), ab, b), (BAND, rng.normal(size=(4, 2)))),
    Sample(
        "solve_banded",
        lambda ab, b: fl.solve_banded((2, 1), ab, b),
        (BAND * (1 + 0.5j), V[[0, 1, 2, 0]] * 1j),
    ),
    Sample("solveh_banded", fl.solveh_banded, (BAND[:2], np.arange(4.0))),
    Sample("solveh_banded", lambda ab, b: fl.solveh_banded(ab, b, lower=True), (BAND[1:], np.arange(4.0))),
    Sample("solve_sylvester", fl.solve_sylvester, (A, B, S)),
    Sample("solve_sylvester", fl.solve_sylvester, (A, B[:2, :2], M)),
    Sample("solve_sylvester", fl.solve_sylvester, (Z, B + 0j, S + 0j)),
    Sample("solve_continuous_lyapunov", fl.solve_continuous_lyapunov, (A, S)),
    Sample("solve_discrete_lyapunov", fl.solve_discrete_lyapunov, (0.1 * A, S)),
    Sample("inv", fl.inv, (A,)),
    Sample("det", fl.det, (A,)),
    Sample("norm", fl.norm, (A,)),
    Sample("norm", lambda a: fl.norm(a, 2, axis=0), (A,)),
    Sample("pinv", fl.pinv, (M,)),
    Sample("cholesky", lambda a: fl.cholesky(spd(a)), (A,)),
    Sample("cholesky", lambda a: fl.cholesky(spd(a), lower=True), (A,)),
    Sample("cholesky", lambda a: fl.cholesky(spd(a)), (Z,), 1),
    Sample("cho_factor", lambda a: np.triu(fl.cho_factor(spd(a))[0]), (A,)),
    Sample("cho_solve", lambda a, b: fl.cho_solve(fl.cho_factor(spd(a)), b), (A, V)),
    Sample("cho_solve", lambda a, b: fl.cho_solve(fl.cho_factor(spd(a), lower=True), b), (A, M)),
    Sample("cho_solve", lambda a, b: fl.cho_solve(fl.cho_factor(spd(a)), b), (Z, C), 1),
    Sample("lu_factor", lambda a: fl.lu_factor(a)[0], (S,)),
    Sample("lu_factor", lambda a: fl.lu_factor(a)[0], (Z,)),
    Sample("lu_solve", lambda a, b: fl.lu_solve(fl.lu_factor(a), b), (S, V)),
    Sample("lu_solve", lambda a, b: fl.lu_solve(fl.lu_factor(a), b, trans=1), (S, M)),
    Sample("lu_solve", lambda b: fl.lu_solve(sl.lu_factor(S), b), (M,)),
    Sample("lu", lambda a: fl.lu(a)[1:], (S,)),
    Sample("lu", lambda a: fl.lu(a, permute_l=True), (S,)),
    Sample("qr", fixed_signs(lambda a: fl.qr(a, mode="economic")), (M,)),
    Sample("qr", fixed_signs(fl.qr), (A,)),
    Sample("qr", lambda a: np.abs(fl.qr(a, mode="r")[0]), (A,)),
    Sample("svd", fixed_signs(lambda a: fl.svd(a, full_matrices=False)), (M,)),
    Sample("svd", lambda a: fl.svd(a, compute_uv=False), (A,)),
    Sample("svdvals", fl.svdvals, (M,)),
    Sample("polar", fl.polar, (A,)),
    Sample("polar", lambda a: fl.polar(a, side="left"), (A,)),
    Sample("eigh", fixed_signs(lambda a: fl.eigh(a + a.T)), (A,)),
    Sample("eigh", lambda a: fl.eigh(a + a.T, lower=False, eigvals_only=True, subset_by_index=[0, 1]), (A,)),
    Sample("eigh", fixed_signs(lambda a: fl.eigh(a + a.T, spd(B))), (A,)),
    Sample("eigh", lambda b: fl.eigh(A + A.T, spd(b), eigvals_only=True), (B,)),
    Sample("eigvalsh", lambda a: fl.eigvalsh(spd(a)), (A,)),
    Sample("eigvals", lambda a: np.sum(np.abs(fl.eigvals(a)) ** 2), (A,), 1),
    Sample("eig", lambda a: np.sum(np.abs(fl.eig(a)[0]) ** 2), (A,), 1),
    Sample("expm", fl.expm, (S,)),
    Sample("expm", fl.expm, (0.3 * Z,)),
    Sample("expm", fl.expm, (0.3 * T,)),
    Sample("expm_frechet", fl.expm_frechet, (S, B)),
    Sample("expm_frechet", lambda a, e: fl.expm_frechet(a, e, compute_expm=False), (S, 0.3 * Z)),
    Sample("logm", lambda a: fl.logm(spd(a)), (A,)),
    Sample("logm_frechet", lambda a: fl.logm(a), (A,)),
    *[Sample(n, getattr(fl, n), (0.3 * A,)) for n in ("cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm")],
    *[Sample(n + "_frechet", getattr(fl, n), (0.2 * A,)) for n in ("cosm", "sinm", "tanm")],
    *[Sample(n + "_frechet", getattr(fl, n), (0.2 * A,)) for n in ("coshm", "sinhm", "tanhm")],
    Sample("sqrtm", fl.sqrtm, (A,)),
    Sample("sqrtm", fl.sqrtm, (Z,)),
    Sample("fractional_matrix_power", lambda a: fl.fractional_matrix_power(a, 0.3), (spd(A),)),
    Sample("fractional_matrix_power", lambda t: fl.fractional_matrix_power(spd(A), t), (0.3,)),
    Sample("fractional_matrix_power", lambda a: fl.fractional_matrix_power(a, 3), (A,)),
    Sample("block_diag", fl.block_diag, (A, M, V)),
    Sample("block_diag", lambda a, x: fl.block_diag(a, x, np.ones((1, 2))), (A, 2.0)),
    Sample("toeplitz", fl.toeplitz, (V,)),
    Sample("toeplitz", fl.toeplitz, (C,)),
    Sample("toeplitz", fl.toeplitz, (V, rng.normal(size=4))),
    Sample("hankel", fl.hankel, (V,)),
    Sample("hankel", fl.hankel, (V, rng.normal(size=4))),
    Sample("circulant", fl.circulant, (V,)),
    Sample("solve_toeplitz", lambda c, b: fl.solve_toeplitz(c, b), (np.array([4.0, 1, 0.5]), V)),
    Sample("solve_toeplitz", lambda c, r: fl.solve_toeplitz((c, r), V), (V + 4, np.array([4.0, 1, 0.5]))),
    Sample("matmul_toeplitz", lambda c, x: fl.matmul_toeplitz((c, V), x), (V, M)),
    Sample("khatri_rao", fl.khatri_rao, (A, B)),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


def test_everything_has_a_sample():
    names = {s.name for s in SAMPLES}
    assert not {p.name for p in PRIMITIVES.values() if p.name.endswith("_frechet")} - names
    assert not set(fl.__all__) - names


def test_float32_stays():
    for f in (fl.expm, fl.sqrtm, fl.inv, lambda a: fl.solve_triangular(a, a), lambda a: fl.lu_factor(a)[0]):
        _, (g,) = withgradient(lambda a, f=f: np.sum(np.real(f(a))), (A.astype(np.float32),))
        assert g.dtype == np.float32


def test_the_gradient_has_the_triangle_that_is_read():
    _, (g,) = withgradient(lambda a: np.sum(fl.solve_triangular(a, V, lower=True)), (A,))
    assert np.all(np.triu(g, 1) == 0)
    _, (g,) = withgradient(lambda a: np.sum(fl.solve_triangular(a, V, unit_diagonal=True)), (A,))
    assert np.all(np.tril(g) == 0)


def test_plain_values_go_to_scipy():
    np.testing.assert_array_equal(fl.expm(A), sl.expm(A))
    np.testing.assert_array_equal(fl.cholesky(spd(A)), sl.cholesky(spd(A)))
    assert fl.hilbert is sl.hilbert
    assert "expm" in dir(fl) and fl.expm.__doc__.startswith("Compute the matrix exponential")


def test_empty():
    _, (g,) = withgradient(lambda a: np.sum(fl.block_diag(a, np.ones((2, 2)))), (np.zeros((0, 3)),))
    assert g.shape == (0, 3)
    _, (g,) = withgradient(lambda a: np.sum(fl.expm(a)), (np.zeros((0, 0)),))
    assert g.shape == (0, 0)


def test_numbers_inside_of_lists():
    _, grads = withgradient(lambda a, b: np.sum(fl.toeplitz([a, b, 2.0]) * A), (1.0, 2.0))
    np.testing.assert_allclose(grads, [np.trace(A), np.sum(np.diag(A, 1) + np.diag(A, -1))])


@pytest.mark.parametrize("call", [
    lambda a: sl.expm(a), lambda a: sl.solve(a, V), lambda a: sl.inv(a), lambda a: sl.det(a),
    lambda a: sl.cholesky(a), lambda a: sl.sqrtm(a), lambda a: sl.eigh(a), lambda a: sl.svd(a),
    lambda a: sl.solve_triangular(a, V), lambda a: sl.block_diag(a, a), lambda a: sl.toeplitz(a[0]),
    lambda a: sl.solve_sylvester(a, a, a), lambda a: sl.lu_factor(a), lambda a: sl.logm(a),
])  # fmt: skip
def test_scipys_own_functions_name_the_mirror(call):
    with pytest.raises(GradientLostError, match=r"fluxbridge\.scipy\.linalg\.\w+"):
        withgradient(lambda a: np.sum(call(a)), (A,))


def test_what_has_no_rule_says_so():
    with pytest.raises(NoRuleError, match=r"scipy\.linalg\.schur"):
        withgradient(lambda a: np.sum(sl.schur(a)[0]), (A,))
    with pytest.raises(NoRuleError, match="mode='full' of a tall matrix"):
        withgradient(lambda a: np.sum(fl.qr(a)[0]), (M,))
    with pytest.raises(NoRuleError, match="pivoting"):
        withgradient(lambda a: np.sum(fl.qr(a, pivoting=True)[0]), (A,))
