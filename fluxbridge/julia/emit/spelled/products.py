"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..spelling import (
    Site,
    Spelled,
    Term,
    aligned,
    call,
    elementwise,
    infix,
    spelling,
    transposed,
    tuple_of,
    typed,
)
from .axes import axes_from_one
from .shapes import ravelled


def times(a: Term, b: Term, value: Any) -> Term:
    return infix("*", a, b, value, dotted=False)


@spelling("A * B, dot(a, b)")
def matmul(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    if a.ndim > 2 or b.ndim > 2:
        return call("NumPy.matmul", a, b)
    if a.ndim == 1 and b.ndim == 1:
        if a.is_complex:
            return times(Term(f"transpose({a})", a.value), b, site.out)
        return call("dot", a, b)
    if a.ndim == 1:
        return times(transposed(b), a, site.out)
    return times(a, b, site.out)


@spelling("A * B, dot(a, b)")
def dot(site: Site, a: Term, b: Term) -> Spelled:
    if a.ndim == 0 or b.ndim == 0:
        return elementwise("*", (a, b), site.out)
    if a.ndim <= 2 and b.ndim <= 2:
        return matmul(site, a, b)
    last = b.ndim - 1 if b.ndim > 1 else 1
    return call("NumPy.tensordot", *typed([a, b], site.out), tuple_of([a.ndim]), tuple_of([last]))


@spelling("dot(a, b)")
def vdot(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    if a.ndim == 0 and b.ndim == 0:
        return call("dot", a, b)
    return call("dot", a, b) if a.shape == b.shape else call("dot", ravelled(a), ravelled(b))


@spelling("dot(a, b), NumPy.vecdot(a, b)")
def vecdot(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    return call("dot" if a.ndim == b.ndim == 1 else "NumPy.vecdot", a, b)


@spelling("A * x, NumPy.matvec(A, x)")
def matvec(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    return times(a, b, site.out) if (a.ndim, b.ndim) == (2, 1) else call("NumPy.matvec", a, b)


@spelling("transpose(A) * conj(x), NumPy.vecmat(x, A)")
def vecmat(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    if (a.ndim, b.ndim) != (1, 2):
        return call("NumPy.vecmat", a, b)
    return times(transposed(b), Term(f"conj({a})", a.value) if a.is_complex else a, site.out)


@spelling("a * b'")
def outer(site: Site, a: Term, b: Term) -> Spelled:
    a, b = map(ravelled, typed([a, b], site.out))
    return times(a, transposed(b), site.out)


@spelling("NumPy.tensordot(a, b, (3,), (1,))")
def tensordot(site: Site, a: Term, b: Term, axes: Any = 2) -> Spelled:
    a, b = typed([a, b], site.out)
    try:
        first, second = axes
    except TypeError:
        first, second = range(a.ndim - axes, a.ndim), range(axes)
    first, second = ([x] if isinstance(x, (int, np.integer)) else list(x) for x in (first, second))
    one, two = axes_from_one(first, a.ndim), axes_from_one(second, b.ndim)
    if (a.ndim, b.ndim, one, two) == (2, 2, [2], [1]):
        return times(a, b, site.out)
    return call("NumPy.tensordot", a, b, tuple_of(one), tuple_of(two))


@spelling("cross(a, b), NumPy.cross(a, b)")
def cross(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    return call(
        "cross" if a.ndim == b.ndim == 1 else "NumPy.cross",
        *([a, b] if a.ndim == b.ndim else aligned([a, b])),
    )


@spelling("tr(A), sum(diag(A, k)), NumPy.trace(x, k, (1, 2))")
def trace(site: Site, x: Term, offset: int = 0, axis1: int = 0, axis2: int = 1, **_: Any) -> Spelled:
    first, second = axes_from_one((axis1, axis2), x.ndim)
    if x.ndim == 2 and first < second:
        if offset == 0 and x.shape[0] == x.shape[1]:
            return call("tr", x)
        return f"sum(diag({x}{f', {offset}' if offset else ''}))"
    return call("NumPy.trace", x, offset, tuple_of((first, second)))


@spelling('NumPy.einsum("ij,jk->ik", a, b)')
def einsum(site: Site, *terms: Term, subscripts: str, optimize: Any = False) -> Spelled:
    return call("NumPy.einsum", f'"{subscripts.replace(" ", "")}"', *typed(terms, site.out))
