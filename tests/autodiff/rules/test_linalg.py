"""numpy.linalg: equations, inverses, determinants, norms, decompositions."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import pushforward, withgradient
from fluxbridge.autodiff.primitive import plain
from fluxbridge.errors import NoRuleError

la = np.linalg
rng = np.random.default_rng(5)


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

    def new(name, f, *args):  # since NumPy 2; the numbers are drawn with any NumPy
        if hasattr(la, "vecdot"):
            add(name, f, *args)

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
        new("solve", la.solve, S, make(3, 2))  # stacks of vectors before
        new("solve", la.solve, A, make(2, 3, 2))
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
        add(
            "tensorsolve",
            lambda a, b: la.tensorsolve(np.reshape(a, (2, 3, 6)), b),
            regular(make, 6, 6),
            make(2, 3),
        )
        add(
            "tensorsolve",
            lambda a, b: la.tensorsolve(np.reshape(a, (2, 3, 3, 2)), b, axes=(0, 2)),
            regular(make, 6, 6)[[0, 1, 4, 5, 2, 3]],
            make(3, 2),
        )
        add("multi_dot", lambda *xs: la.multi_dot(xs), make(2, 3), make(3, 4), make(4, 2), make(2, 2))
        add("multi_dot", lambda *xs: la.multi_dot(list(xs)), make(3), make(3, 4), make(4))
        add("multi_dot", lambda *xs: la.multi_dot(xs), make(2, 3), make(3))

        add("cholesky", la.cholesky, P)
        add("cholesky", la.cholesky, positive(make, 2, 3, 3))
        new("cholesky", lambda x: la.cholesky(x, upper=True), P)
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
        new("svdvals", lambda x: la.svdvals(x), make(2, 3))

        for order in (None, 1, 2, 3, 2.5, 0.5, -1, np.inf, -np.inf):
            add("norm", lambda x, o=order: la.norm(x, o), make(4))
            add("norm", lambda x, o=order: la.norm(x, o, axis=0, keepdims=True), make(3, 2))
            add("norm", lambda x, o=order: la.norm(x, ord=o, axis=-1), make(2, 3))
        for order in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
            add("norm", lambda x, o=order: la.norm(x, o), make(3, 2))
            add("norm", lambda x, o=order: la.norm(x, o, axis=(2, 0), keepdims=True), make(2, 2, 3))
            new("matrix_norm", lambda x, o=order: la.matrix_norm(x, ord=o or "fro"), make(2, 3, 2))
        add("norm2", la.norm, make(2, 2, 2))
        add("normp", lambda x: la.norm(x, 4), make(3))
        add("norm", lambda x: la.norm(x, keepdims=True), make(2, 2))
        for order in (1, 2, 3, np.inf):
            new("vector_norm", lambda x, o=order: la.vector_norm(x, ord=o), make(2, 3))
            new("vector_norm", lambda x, o=order: la.vector_norm(x, axis=(0, 2), ord=o), make(2, 2, 2))
            new("vector_norm", lambda x, o=order: la.vector_norm(x, axis=1, keepdims=True, ord=o), make(2, 3))
        for p in (None, 2, -2, 1, np.inf, "fro"):
            add("cond", lambda x, p=p: la.cond(x, p), A)
        add("cond", la.cond, S)

        x, y, M = make(3), make(3), make(2, 3, 3)
        new("linalg.outer", lambda a, b: la.outer(a, b), x, y)
        new("linalg.cross", lambda a, b: la.cross(a, b, axis=0), make(3, 2), make(3, 2))
        new("linalg.tensordot", lambda a, b: la.tensordot(a, b, axes=1), make(2, 3), make(3, 2))
        new("linalg.matmul", lambda a, b: la.matmul(a, b), make(2, 3), make(3, 2))
        new("linalg.vecdot", lambda a, b: la.vecdot(a, b, axis=0), make(3, 2), make(3, 2))
        new("linalg.trace", lambda a: la.trace(a, offset=1), M)
        new("linalg.diagonal", lambda a: la.diagonal(a, offset=-1), M)
        new("linalg.matrix_transpose", lambda a: la.matrix_transpose(a), M)
    return out


def _cut() -> list[Sample]:
    """Pseudo-inverses that cut the spectrum in the middle between two singular values."""
    rng = np.random.default_rng(8)
    found = []
    for shape in ((4, 3), (3, 4), (2, 3, 3)):
        real = rng.standard_normal(shape)
        for x in (real, real + 1j * rng.standard_normal(shape)):
            s = la.svd(x, compute_uv=False)
            cut = (s[..., 1] + s[..., 2]) / 2 / s[..., 0]
            found.append(Sample("pinv", lambda x, cut=cut: la.pinv(x, cut), (x,)))
            if len(shape) == 2:
                solve = lambda a, b, cut=cut: la.lstsq(a, b, rcond=cut)[0]  # noqa: E731
                found.append(Sample("lstsq", solve, (x, rng.standard_normal(shape[0]))))
    return found


SAMPLES: list[Sample] = _samples() + _cut()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)


# -- dtypes, names, empties ------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES[::4], ids=str)
def test_single_precision_stays(sample):
    single = [np.asarray(x).astype(np.complex64 if np.iscomplexobj(x) else np.float32) for x in sample.args]

    def f(*xs):
        y = sample.f(*xs)
        return sum(np.sum(np.real(v) * 0.5) for v in (y if isinstance(y, tuple) else (y,)))

    grads = grad(f, *single)
    assert all(g is None or g.dtype == x.dtype for g, x in zip(grads, single, strict=True))


def test_complex_eigenvalues_of_real_matrices():
    A = np.array([[1.0, 2.0, 0.3], [-2.0, 1.0, 0.5], [0.2, 0.1, 3.0]])
    assert np.iscomplexobj(la.eigvals(A))
    check(la.eigvals, A)
    check(lambda a: tuple(la.eig(a)), A)
    assert grad(lambda a: np.sum(np.abs(la.eig(a)[1]) ** 3), A)[0].dtype == float


def test_results_keep_their_names():
    seen = []

    def f(a):
        seen.extend(type(r) for r in (la.eigh(a), la.eig(a), la.svd(a), la.qr(a), la.slogdet(a)))
        seen.append(type(la.svd(a, hermitian=True)))
        return la.eigh(a).eigenvalues[0] + la.svd(a).S[0] + la.qr(a).R[0, 0] + la.slogdet(a).logabsdet

    A = np.diag([1.0, 2.0])
    grad(f, A)
    expected = [type(r) for r in (la.eigh(A), la.eig(A), la.svd(A), la.qr(A), la.slogdet(A), la.svd(A))]
    assert seen == expected


def test_lstsq_gives_all_four_results():
    a, b = real(4, 2), real(4)
    seen = []
    grad(lambda a: np.sum(seen.append(la.lstsq(a, b, rcond=None)) or seen[0][0]), a)
    got = seen[0]
    for mine, numpys in zip(got, la.lstsq(a, b, rcond=None), strict=True):
        np.testing.assert_allclose(plain(mine), numpys)
    assert got[2] == 2
    assert la.lstsq(real(2, 4), real(2), rcond=None)[1].size == 0


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (la.norm, (0,)),
        (lambda x: la.norm(x, np.inf), (0,)),
        (la.det, (0, 0)),
        (lambda a: la.slogdet(a)[1], (0, 0)),
        (lambda a: np.sum(la.det(a)), (0, 2, 2)),
        (lambda a: np.sum(la.inv(a)), (0, 0)),
        (lambda a: np.sum(la.solve(a, np.zeros((0, 2)))), (0, 0)),
        (lambda a: np.sum(la.pinv(a)), (0, 3)),
        (lambda a: np.sum(la.cholesky(a)), (0, 0)),
        (lambda a: np.sum(la.eigh(a)[1]), (0, 0)),
        (lambda a: np.sum(np.real(la.eig(a)[1])), (0, 0)),
        (lambda a: np.sum(la.svd(a, full_matrices=False)[0]), (0, 3)),
        (lambda a: np.sum(la.qr(a)[0]), (3, 0)),
        (lambda a: np.sum(la.qr(a)[0]), (0, 3)),
        (lambda a: np.sum(la.cond(a)), (0, 2, 2)),
        (lambda a: np.sum(la.lstsq(a, np.zeros(3), rcond=None)[0]), (3, 0)),
        (lambda a: la.norm(a, 1), (0, 2)),
    ],
)
def test_empty(f, shape):
    assert grad(f, np.zeros(shape))[0].shape == shape


def test_keywords_and_lists():
    x = np.array([1.0, 2.0, 3.0])
    shear = [[1, 2, 0], [0, 1, 0], [0, 0, 1]]
    np.testing.assert_allclose(grad(lambda x: np.sum(la.solve(shear, x)), x)[0], [1, -1, 1])
    np.testing.assert_allclose(grad(lambda x: la.norm(x=x, ord=1, axis=0), x)[0], [1, 1, 1])
    np.testing.assert_allclose(grad(lambda x: la.norm([x[0], x[1]]), x)[0], [1 / 5**0.5, 2 / 5**0.5, 0])
    np.testing.assert_allclose(grad(lambda x: np.sum(la.eigh(a=np.outer(x, x), UPLO="U")[0]), x)[0], 2 * x)
    (g,) = grad(lambda x: la.matrix_rank(np.outer(x, x)) * x[0], x)
    np.testing.assert_array_equal(g, [1, 0, 0])
    assert grad(lambda a: np.sum(la.matrix_power(a, 0)), np.eye(2)) == (None,)


# -- where NumPy reads one triangle ----------------------------------------------------------------


@pytest.mark.parametrize("f", [lambda a: np.sum(la.eigvalsh(a) ** 2), lambda a: np.sum(la.cholesky(a) ** 3)])
def test_gradient_lies_in_the_triangle_that_is_read(f):
    g = grad(f, positive(real, 3, 3))[0]
    assert np.all(np.triu(g, 1) == 0)
    assert np.all(g[np.tril_indices(3)] != 0)


# -- determinants of singular matrices -------------------------------------------------------------


def test_det_of_singular_matrices():
    np.testing.assert_allclose(grad(la.det, np.array([[1.0, 2.0], [2.0, 4.0]]))[0], [[4, -2], [-2, 1]])
    np.testing.assert_array_equal(grad(la.det, np.zeros((3, 3)))[0], np.zeros((3, 3)))
    np.testing.assert_array_equal(grad(la.det, np.zeros((1, 1)))[0], [[1]])
    np.testing.assert_array_equal(grad(la.det, np.zeros((9, 9)))[0], np.zeros((9, 9)))
    both = np.stack([np.eye(2), np.ones((2, 2))])
    np.testing.assert_allclose(grad(lambda a: np.sum(la.det(a)), both)[0][1], [[1, -1], [-1, 1]])


@pytest.mark.parametrize("make", [real, cplx])
@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_det_of_singular_matrices_to_second_order(make, rank):
    check(la.det, make(4, rank) @ make(rank, 4))


def test_det_third_order():
    """Of zeros(3, 3): the determinant is the sum of its third derivatives times products."""
    vs = [real(3, 3) for _ in range(3)]

    def along(f, v):
        return lambda x: pushforward(f, (x,), (v,))[1]

    third = along(along(along(la.det, vs[0]), vs[1]), vs[2])(np.zeros((3, 3)))
    regular_point = along(along(along(la.det, vs[0]), vs[1]), vs[2])(np.eye(3))
    np.testing.assert_allclose(third, regular_point)  # a cubic form: its third derivative is constant


def test_slogdet_of_a_singular_matrix_has_no_gradient():
    value, (slope,) = withgradient(lambda a: la.slogdet(a)[1], (np.zeros((2, 2)),))
    assert value == -np.inf
    assert np.all(np.isnan(slope))
    stack = np.stack([np.zeros((2, 2)), np.diag([2.0, 4.0])])
    slope = grad(lambda a: np.sum(la.slogdet(a)[1]), stack)[0]
    assert np.all(np.isnan(slope[0]))
    np.testing.assert_allclose(slope[1], np.diag([0.5, 0.25]))


def test_qr_of_a_singular_matrix_has_no_gradient():
    value, (slope,) = withgradient(lambda a: la.qr(a)[0][0, 0], (np.zeros((2, 2)),))
    assert value == la.qr(np.zeros((2, 2)))[0][0, 0]
    assert np.all(np.isnan(slope))


@pytest.mark.parametrize("p", [None, 2, -2, 1, np.inf, "fro"])
@pytest.mark.parametrize("a", [np.zeros((2, 2)), np.diag([1.0, 0.0]), np.ones((2, 2)), 2 * np.eye(2)])
def test_condition_of_a_singular_matrix(a, p):
    with np.errstate(all="ignore"):
        value, (slope,) = withgradient(lambda x: la.cond(x, p), (a,))
        np.testing.assert_allclose(value, la.cond(a, p))
    assert np.all(np.isfinite(slope))


# -- coinciding eigenvalues and singular values ----------------------------------------------------


def test_coinciding_eigenvalues():
    w = np.array([1.0, 2.0])
    for f in (la.eigvalsh, lambda a: np.real(la.eigvals(a)), lambda a: la.svd(a, compute_uv=False)):
        np.testing.assert_allclose(grad(lambda a, f=f: np.sum(w * f(a)), np.eye(2))[0], np.diag(w))
        pushed = pushforward(f, (np.eye(2),), (np.diag([3.0, 5.0]),))[1]
        np.testing.assert_allclose(pushed, [3, 5])


def test_vectors_of_simple_eigenvalues_beside_coinciding_ones():
    A = np.diag([1.0, 2.0, 2.0])
    (g,) = grad(lambda a: np.sum(la.eigh(a).eigenvectors[:, 0]), A)
    assert np.all(np.isfinite(g))
    seen = []

    def outer(b):
        seen.append(grad(lambda a: np.sum(la.eigh(a).eigenvectors[:, 0] * b[:, 0]), b)[0])
        return np.sum(b)

    grad(outer, A)
    assert np.all(np.isfinite(plain(seen[0])))  # inside another derivative, too
    (g,) = grad(lambda a: np.sum(la.eigh(a).eigenvectors[:, 1]), A)
    assert np.any(np.isnan(g))


def test_extra_columns_may_only_be_used_as_a_space():
    x = real(5, 2)
    for f in (lambda a: la.svd(a).U, lambda a: la.qr(a, "complete").Q):
        with pytest.raises(NoRuleError, match="complete the basis"):
            grad(lambda a, f=f: np.sum(f(a)), x)
    with pytest.raises(NoRuleError, match="raw"):
        grad(lambda a: np.sum(la.qr(a, "raw")[0]), x)


def test_rank_deficient_pinv():
    """Where the rank stays: along tangents of the matrices of that rank."""
    for make in (real, cplx):
        check(lambda a, b: la.pinv(a @ b), make(4, 2), make(2, 3), order=1)
        check(lambda a, b, y: la.lstsq(a @ b, y, rcond=1e-10)[0], make(4, 2), make(2, 3), make(4, 2), order=1)
    np.testing.assert_array_equal(grad(lambda a: np.sum(la.pinv(a)), np.zeros((2, 2)))[0], np.zeros((2, 2)))


def test_nuclear_and_spectral_norm_at_vanishing_singular_values():
    np.testing.assert_array_equal(grad(lambda a: la.norm(a, "nuc"), np.zeros((2, 2)))[0], np.zeros((2, 2)))
    np.testing.assert_array_equal(grad(lambda a: la.norm(a, 2), np.zeros((2, 2)))[0], np.zeros((2, 2)))
    np.testing.assert_allclose(grad(lambda a: la.norm(a, "nuc"), np.ones((2, 2)))[0], np.full((2, 2), 0.5))


# -- norms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [None, 0, 1, 2, 3, 0.5, np.inf, -np.inf])
def test_norm_of_zeros(order):
    np.testing.assert_array_equal(grad(lambda x: la.norm(x, order), np.zeros(2))[0], [0, 0])


def test_norm_ties_and_zeros():
    np.testing.assert_array_equal(grad(lambda x: la.norm(x, np.inf), np.array([2.0, -2.0]))[0], [0, -1])
    np.testing.assert_array_equal(grad(lambda x: la.norm(x, -np.inf), np.array([2.0, -2.0]))[0], [0, -1])
    np.testing.assert_array_equal(grad(lambda x: la.norm(x, 1), np.array([2.0, 0.0]))[0], [1, 0])
    assert np.all(np.isfinite(grad(lambda x: la.norm(x, 3), np.array([1.0, 0.0, 2.0]))[0]))
    zeros_and_one = np.array([[0.0, 0.0], [3.0, 4.0]])
    (g,) = grad(lambda x: np.sum(la.norm(x, axis=1)), zeros_and_one)
    np.testing.assert_allclose(g, [[0, 0], [0.6, 0.8]])
    assert grad(la.norm, -3.0) == (-1.0,)


def test_norm_refuses_what_numpy_refuses():
    with pytest.raises(ValueError, match="vectors"):
        grad(lambda x: la.norm(x, "fro", axis=0), np.zeros(2))
    with pytest.raises(ValueError, match="matrices"):
        grad(lambda x: la.norm(x, 3), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="Duplicate"):
        grad(lambda x: la.norm(x, axis=(0, -2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="dimensions"):
        grad(lambda x: la.norm(x, 2), np.zeros((2, 2, 2)))


def test_cond_of_singular_matrices():
    stack = np.stack([np.diag([1.0, 0.0]), np.diag([1.0, 2.0])])
    (g,) = grad(lambda a: np.sum(la.cond(a)[1:]), stack)
    np.testing.assert_allclose(g, [[[0, 0], [0, 0]], [[-2, 0], [0, 1]]])
    value, (g,) = withgradient(la.cond, (stack[0],))
    assert value == np.inf
    np.testing.assert_array_equal(g, np.zeros((2, 2)))
