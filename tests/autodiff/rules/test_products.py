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
        add("matmul", lambda x, y: np.matmul(x, y, axes=[(0, 1), (0, 1), (0, 1)]), make(2, 3, 4), make(3, 5, 4))
    return out


SAMPLES: list[Sample] = _samples()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)
