"""Products of vectors, matrices and tensors: np.dot, matmul, einsum and their relatives."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import withgradient

rng = np.random.default_rng(11)


def real(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape)


def cplx(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def grad(f, *xs):
    return withgradient(f, xs)[1]


#: shapes of the two arguments of a matrix product
MATMUL = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((4, 1, 2, 3), (5, 3, 2)),
    ((3,), (5, 3, 2)), ((5, 2, 3), (3,)), ((4, 5, 2, 3), (3,)), ((3,), (4, 5, 3, 2)),
]  # fmt: skip
DOT = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (2, 3, 4)),
    ((2, 3), (2, 3, 4)), ((2, 2, 3), (3, 2)), ((2, 2, 3), (4, 3, 2)), ((), (2, 3)), ((2, 3), ()),
]  # fmt: skip
EINSUM = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 4)),
    ("i,j,k,l->l", (2,), (3,), (2,), (3,)),
    ("ij->", (2, 3)),
    ("ij->j", (2, 3)),
    ("ij->ji", (2, 3)),
    ("ba", (2, 3)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iij->j", (3, 3, 2)),
    ("iii->i", (2, 2, 2)),
    ("iji,j->i", (2, 3, 2), (3,)),
    ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    ("...ij,...jk->...ik", (4, 1, 2, 3), (5, 3, 2)),
    ("...i,...i", (2, 3), (3,)),
    ("i...->...", (2, 3)),
    ("a...b,...b->a...", (2, 4, 3), (3,)),
    ("i,i->i", (1,), (3,)),
    ("ij,kj->k", (2, 3), (4, 3)),
    ("ij,k->k", (2, 3), (4,)),
    (",ij->i", (), (2, 3)),
    ("i,i", (3,), (3,)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 2), (2, 2, 4, 2)),
    (" i j , j -> i ", (2, 3), (3,)),
]


def _samples() -> list[Sample]:
    out: list[Sample] = []

    def add(name, f, *args, order=2):
        out.append(Sample(name, f, args, order))

    for make in (real, cplx):
        for a, b in MATMUL:
            add("matmul", lambda x, y: x @ y, make(*a), make(*b))
        for a, b in DOT:
            add("dot", np.dot, make(*a), make(*b))
        for a, b in [((3,), (3,)), ((2, 3), (3, 2)), ((2, 3), (6,))]:
            add("vdot", np.vdot, make(*a), make(*b))
        for a, b in [((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), (3,)), ((2, 2, 3), (4, 3)), ((), (2, 3))]:
            add("inner", np.inner, make(*a), make(*b))
        for a, b in [((3,), (2,)), ((2, 2), (3,)), ((), (3,))]:
            add("outer", np.outer, make(*a), make(*b))
        for a, b in [((2, 3), (2, 2)), ((3,), (2,)), ((2,), (3, 2)), ((2, 1, 2), (2, 3))]:
            add("kron", np.kron, make(*a), make(*b))
        for a, b in [((3,), (3,)), ((4, 3), (3,)), ((4, 3), (4, 3)), ((2, 1, 3), (4, 3))]:
            add("cross", np.cross, make(*a), make(*b))
        for terms, *shapes in EINSUM:
            add(f"einsum{len(shapes)}", lambda *xs, t=terms: np.einsum(t, *xs), *[make(*s) for s in shapes])
        for shape in [(3, 3), (2, 4), (2, 3, 4)]:
            add("trace", np.trace, make(*shape))
        add("trace", lambda x: np.trace(x, 1), make(3, 4))
        add("trace", lambda x: np.trace(x, offset=-1, axis1=2, axis2=0), make(3, 2, 4))
        for axes, a, b in [
            (2, (2, 3, 4), (3, 4, 2)), (1, (2, 3), (3,)), (0, (2,), (3, 2)), (([0], [1]), (2, 3), (4, 2)),
            (([2, 0], [0, 1]), (2, 3, 4), (4, 2, 5)), ((-1, 0), (2, 3), (3, 4)),
            (([1, 0], [1, 2]), (3, 2, 4), (5, 2, 3)),
        ]:  # fmt: skip
            add("tensordot", lambda x, y, axes=axes: np.tensordot(x, y, axes), make(*a), make(*b))
        if hasattr(np, "vecdot"):
            for a, b in [((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3))]:
                add("vecdot", np.vecdot, make(*a), make(*b))
            add("vecdot", lambda x, y: np.vecdot(x, y, axis=0), make(3, 2), make(3, 2))

        if hasattr(np, "matvec"):
            for a, b in [((2, 3), (3,)), ((4, 2, 3), (3,)), ((2, 3), (4, 3)), ((4, 2, 3), (4, 3))]:
                add("matvec", np.matvec, make(*a), make(*b))
            for a, b in [((3,), (3, 2)), ((3,), (4, 3, 2)), ((4, 3), (3, 2)), ((4, 3), (4, 3, 2))]:
                add("vecmat", np.vecmat, make(*a), make(*b))
            add("matvec", lambda x, y: np.matvec(x, y, axes=[(0, 1), 0, 0]), make(2, 3, 4), make(3, 4))
        add(
            "matmul",
            lambda x, y: np.matmul(x, y, axes=[(0, 1), (0, 1), (0, 1)]),
            make(2, 3, 4),
            make(3, 5, 4),
        )
    return out


SAMPLES: list[Sample] = _samples()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)


@pytest.mark.parametrize("sample", SAMPLES[::3], ids=str)
def test_single_precision_stays(sample):
    single = [np.asarray(x).astype(np.complex64 if np.iscomplexobj(x) else np.float32) for x in sample.args]
    grads = grad(lambda *xs: np.sum(np.real(sample.f(*xs))), *single)
    assert [g.dtype for g in grads] == [x.dtype for x in single]


def test_lists_and_integers():
    x = np.array([1.0, 2.0, 3.0])
    same = [1.0, 2.0, 4.0]
    for f in (
        np.dot,
        np.vdot,
        np.inner,
        lambda a, b: np.einsum("i,i", a, b),
        lambda a, b: np.tensordot(a, b, 1),
    ):
        np.testing.assert_array_equal(grad(lambda x, f=f: f(same, x), x)[0], same)
    np.testing.assert_array_equal(grad(lambda x: np.sum(x @ [[1], [2], [4]]), x)[0], same)
    np.testing.assert_array_equal(grad(lambda x: np.sum(np.kron([1, 2], x)), x)[0], [3, 3, 3])
    (g,) = grad(lambda x: np.einsum("ij,jk->", x, x), np.array([[1, 1], [0, 1]]))
    assert g.dtype == float
    np.testing.assert_array_equal(g, [[3, 2], [4, 3]])
    np.testing.assert_array_equal(grad(lambda x: np.sum(np.dot([x, 2 * x], x)), x)[0], 6 * x)


def test_keywords():
    x = np.array([1.0, 2.0, 3.0])
    for f in (
        lambda x: np.dot(a=x, b=x),
        lambda x: np.tensordot(a=x, b=x, axes=1),
        lambda x: np.trace(a=np.outer(a=x, b=x), offset=0),
        lambda x: x.dot(x),
        lambda x: np.outer(x, x).trace(),
        lambda x: np.einsum(x, [0], x, [0]),
        lambda x: np.einsum(x, [Ellipsis, 0], x, [0], [Ellipsis]),
        lambda x: np.einsum("i,i", x, x, optimize=np.einsum_path("i,i", x, x)[0]),
        lambda x: np.einsum("i,i->", x, x, optimize="greedy"),
        lambda x: np.einsum("i,i", x, x, dtype=float),
    ):
        np.testing.assert_array_equal(grad(f, x)[0], 2 * x)


def test_shared_operand_of_einsum_is_optimised_with_many_factors():
    x, y, z = real(4, 4), real(4, 4), real(4, 4)
    got = grad(lambda *a: np.einsum("ij,jk,kl,lm->", *a, np.eye(4), optimize=True), x, y, z)
    expected = grad(lambda a, b, c: np.sum(a @ b @ c), x, y, z)
    for g, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(g, e)


def test_einsum_refuses_what_numpy_refuses():
    x = real(2, 3)
    with pytest.raises(ValueError, match="terms"):
        grad(lambda x: np.einsum("ij,jk", x), x)
    with pytest.raises(ValueError, match="ellipsis"):
        grad(lambda x: np.sum(np.einsum("...j->j", x)), x)


def test_numbers_take_part():
    assert grad(lambda a, b: np.dot(a, b), 2.0, 3.0) == (3.0, 2.0)
    assert grad(lambda a, b: np.inner(a, b), 2.0, 3.0) == (3.0, 2.0)
    assert grad(lambda a: np.sum(np.outer(a, [1.0, 2.0])), 2.0) == (3.0,)
    assert grad(lambda a: np.sum(np.kron(a, [1.0, 2.0])), 2.0) == (3.0,)
    assert grad(lambda a: np.sum(np.einsum(",i->i", a, [1.0, 2.0])), 2.0) == (3.0,)


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors")
@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) >= "2.5.0", reason="NumPy 2.5 takes 3-vectors only")
def test_cross_of_short_vectors():
    check(lambda a, b: np.cross(a, b), real(4, 3), real(4, 2))
    check(lambda a, b: np.cross(a, b), real(2), real(3))
    check(lambda a, b: np.cross(a, b), real(2), real(4, 2))


def test_cross_with_axes():
    check(lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), real(3, 2), real(2, 3))
    check(lambda a, b: np.cross(a, b, axis=0), real(3, 2), real(3, 2))


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lambda x: np.dot(x, x), (0,)),
        (lambda x: np.sum(x @ x.T), (2, 0)),
        (lambda x: np.sum(x.T @ x), (2, 0)),
        (lambda x: np.einsum("ij->", x), (0, 3)),
        (lambda x: np.einsum("ii", x), (0, 0)),
        (lambda x: np.trace(x), (0, 3)),
        (lambda x: np.sum(np.kron(x, x)), (0, 3)),
        (lambda x: np.sum(np.outer(x, x)), (0,)),
        (lambda x: np.sum(np.cross(x, x)), (0, 3)),
        (lambda x: np.tensordot(x, x), (0, 3)),
    ],
)
def test_empty(f, shape):
    assert grad(f, np.zeros(shape))[0].shape == shape
