"""Products of vectors, matrices and tensors, and the trace.

The cotangents of a product are products again: of y = A B they are dy Bᴴ and Aᴴ dy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..elementwise import conj
from ..primitive import implements, no_derivative, plain, primitive, refuse_out
from .shaping import as_array


def adjoint(x: Any) -> Any:
    """The conjugate transpose of a matrix, or of every matrix in a stack."""
    return conj(np.swapaxes(x, -1, -2))


def column(x: Any) -> Any:
    """A vector, or a stack of them, as matrices with one column."""
    return np.reshape(x, (*np.shape(x), 1))


def rows(x: Any) -> Any:
    """An array as one matrix: all axes but the last become one."""
    shape = np.shape(x)
    return np.reshape(x, (math.prod(shape[:-1]), shape[-1]))


# -- matmul, dot -----------------------------------------------------------------------------------


def matmul_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    n = b.ndim
    if n == 2 and _a.ndim > 1:
        return dy @ conj(b.T)
    if n == 1:
        return dy * conj(b) if _a.ndim == 1 else column(dy) * conj(b)
    if _a.ndim == 1:
        return np.matmul(conj(b), dy) if n == 2 else np.matmul(conj(b), column(dy))[..., 0]
    if _a.ndim == 2:  # one matrix times a stack: contract the stack in the product
        both = (*range(n - 2), n - 1)
        return np.tensordot(dy, conj(b), (both, both))
    return np.matmul(dy, adjoint(b))


def matmul_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    n = a.ndim
    if n == 2 and _b.ndim <= 2:
        return conj(a.T) @ dy
    if n == 1:
        if _b.ndim == 1:
            return dy * conj(a)
        return column(conj(a)) * np.expand_dims(dy, -2)
    if _b.ndim == 1:
        return np.matmul(np.reshape(dy, (-1,)), conj(rows(a)))
    if _b.ndim == 2:  # a stack times one matrix
        return np.matmul(conj(np.transpose(rows(a))), rows(dy))
    return np.matmul(adjoint(a), dy)


MATMUL = primitive(np.matmul, matmul_by_a, matmul_by_b, jvp="multilinear")


def dot_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    """np.dot: the last axis of a with the last but one of b (the only one of a vector)."""
    n = np.ndim(b)
    if np.ndim(_a) == 0 or n == 0:
        return dy * conj(b)
    if n == 1 or (n == 2 and np.ndim(_a) == 2):
        return matmul_by_a(dy, None, _a, b)
    first = np.ndim(_a) - 1
    return np.tensordot(dy, conj(b), ((*range(first, first + n - 1),), (*range(n - 2), n - 1)))


def dot_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    n = np.ndim(a)
    if n == 0 or np.ndim(_b) == 0:
        return dy * conj(a)
    if np.ndim(_b) == 1 or (n == 2 and np.ndim(_b) == 2):
        return matmul_by_b(dy, None, a, _b)
    others = tuple(range(n - 1))
    return np.moveaxis(np.tensordot(conj(a), dy, (others, others)), 0, -2)


DOT = primitive(np.dot, dot_by_a, dot_by_b, jvp="multilinear")


@implements(np.dot)  # names its arguments, which NumPy 1 does not
def dot(a: Any, b: Any, out: Any = None) -> Any:
    refuse_out("dot", out)
    return DOT(a, b)


# -- products that conjugate their first argument ---------------------------------------------------


def vdot_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    return np.reshape(b * conj(dy), np.shape(_a))


def vdot_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    return np.reshape(a * dy, np.shape(_b))


VDOT = primitive(np.vdot, vdot_by_a, vdot_by_b, jvp="multilinear")


@implements(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    return VDOT(a, b)


def vecdot_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    return column(conj(dy)) * b


def vecdot_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    return column(dy) * a


def matvec_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    return column(dy) * conj(np.expand_dims(b, -2))


def matvec_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    return np.matmul(adjoint(a), column(dy))[..., 0]


def vecmat_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    return np.matmul(b, column(conj(dy)))[..., 0]


def vecmat_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    return column(a) * np.expand_dims(dy, -2)


if hasattr(np, "vecdot"):  # NumPy 2.0
    primitive(np.vecdot, vecdot_by_a, vecdot_by_b, jvp="multilinear")
if hasattr(np, "matvec"):  # NumPy 2.2
    primitive(np.matvec, matvec_by_a, matvec_by_b, jvp="multilinear")
    primitive(np.vecmat, vecmat_by_a, vecmat_by_b, jvp="multilinear")


#: Which of the last axes the two arguments and the result of a ufunc of vectors and matrices have.
_CORE = {"matmul": (2, 2, 2), "vecdot": (1, 1, 0), "matvec": (2, 1, 1), "vecmat": (1, 2, 1)}


def _with_axes(ufunc: np.ufunc) -> Any:
    """`ufunc` with axis=, axes= or keepdims=: the axes are moved to the end, and back."""
    counts = _CORE[ufunc.__name__]

    def call(a: Any, b: Any, axis: Any = None, axes: Any = None, keepdims: bool = False) -> Any:
        axis, axes = plain(axis), plain(axes)
        if axis is not None:
            axes = [axis, axis, axis] if keepdims else [axis, axis, ()]
        elif axes is None:
            axes = [tuple(range(-n, 0)) for n in counts]
        if len(axes) == 2:
            axes = [*axes, axes[0] if keepdims else ()]
        places = [(p,) if isinstance(p, int) else tuple(p) for p in axes]
        moved = [
            np.moveaxis(as_array(x), place, range(-n, 0))
            for x, place, n in zip((a, b), places[:2], counts[:2], strict=True)
        ]
        y = ufunc(*moved)
        if keepdims:
            return np.moveaxis(column(y), -1, places[2][0])
        return np.moveaxis(y, range(-counts[2], 0), places[2]) if counts[2] else y

    return call


for _name in _CORE:
    if hasattr(np, _name):
        implements((getattr(np, _name), "axes"))(_with_axes(getattr(np, _name)))

# -- outer products -------------------------------------------------------------------------------


def outer_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    return np.reshape(np.matmul(dy, conj(np.reshape(b, (-1,)))), np.shape(_a))


def outer_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    return np.reshape(np.matmul(conj(np.reshape(a, (-1,))), dy), np.shape(_b))


primitive(np.outer, outer_by_a, outer_by_b, jvp="multilinear")


@implements(np.inner)
def inner(a: Any, b: Any) -> Any:
    """The sum over the last axis of both."""
    a, b = as_array(a), as_array(b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return np.dot(a, b)
    return np.tensordot(a, b, (-1, -1))


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Every element of a times all of b, in blocks."""
    a, b = as_array(a), as_array(b)
    n = max(np.ndim(a), np.ndim(b))
    a, b = (np.reshape(x, (1,) * (n - np.ndim(x)) + np.shape(x)) for x in (a, b))
    pairs = [axis for k in range(n) for axis in (k, n + k)]
    shape = tuple(p * q for p, q in zip(np.shape(a), np.shape(b), strict=True))
    return np.reshape(np.transpose(np.tensordot(a, b, 0), pairs), shape)


# -- tensordot -------------------------------------------------------------------------------------


def _contracted(a_ndim: int, b_ndim: int, axes: Any) -> tuple[list[int], list[int]]:
    """The axes of a and of b that tensordot sums over, counted from the front."""
    try:
        first, second = axes
    except TypeError:
        first, second = range(a_ndim - axes, a_ndim), range(axes)
    first = [first] if isinstance(first, (int, np.integer)) else first
    second = [second] if isinstance(second, (int, np.integer)) else second
    return [int(i) % a_ndim for i in first], [int(i) % b_ndim for i in second]


def _rest(ndim: int, axes: Sequence[int]) -> list[int]:
    return [i for i in range(ndim) if i not in axes]


def _inverse(order: Sequence[int]) -> list[int]:
    return [int(i) for i in np.argsort(order)]


def tensordot_by_a(dy: Any, _y: Any, _a: Any, b: Any, axes: Any = 2) -> Any:
    n = np.ndim(b)
    ours, theirs = _contracted(np.ndim(_a), n, axes)
    kept, free = _rest(np.ndim(_a), ours), _rest(n, theirs)
    last = range(len(kept), len(kept) + len(free))
    g = np.tensordot(dy, conj(b), (list(last), free))
    # what is left of b after this product are the summed axes, in their order in b
    order = kept + [ours[theirs.index(i)] for i in sorted(theirs)]
    return np.transpose(g, _inverse(order))


def tensordot_by_b(dy: Any, _y: Any, a: Any, _b: Any, axes: Any = 2) -> Any:
    n = np.ndim(a)
    theirs, ours = _contracted(n, np.ndim(_b), axes)
    kept, free = _rest(np.ndim(_b), ours), _rest(n, theirs)
    g = np.tensordot(conj(a), dy, (free, list(range(len(free)))))
    order = [ours[theirs.index(i)] for i in sorted(theirs)] + kept
    return np.transpose(g, _inverse(order))


primitive(np.tensordot, tensordot_by_a, tensordot_by_b, jvp="multilinear")

# -- cross products ----------------------------------------------------------------------------------


def _cross(a: Any, b: Any) -> Any:
    return np.cross(a, b)


CROSS: Any = primitive(
    None,
    lambda dy, _y, _a, b: CROSS(conj(b), dy),
    lambda dy, _y, a, _b: CROSS(dy, conj(a)),
    jvp="multilinear",
    name="cross",
    compute=_cross,
)


@implements(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The cross product of vectors of length 3 (or 2: the third component is 0 then)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = np.moveaxis(as_array(a), axisa, -1)
    b = np.moveaxis(as_array(b), axisb, -1)
    lengths = np.shape(a)[-1], np.shape(b)[-1]
    if lengths == (2, 2):
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if 2 in lengths:
        a, b = (
            x if np.shape(x)[-1] != 2 else np.concatenate([x, np.zeros((*np.shape(x)[:-1], 1))], axis=-1)
            for x in (a, b)
        )
    return np.moveaxis(CROSS(a, b), -1, axisc)


# -- trace -------------------------------------------------------------------------------------------


def trace_rule(
    dy: Any,
    _y: Any,
    _x: Any,
    offset: int = 0,
    axis1: int = 0,
    axis2: int = 1,
    dtype: Any = None,
    out: Any = None,
) -> Any:
    n, m = _x.shape[axis1], _x.shape[axis2]
    g = np.eye(n, m, offset) * np.reshape(dy, (*np.shape(dy), 1, 1))
    return np.moveaxis(g, (-2, -1), (axis1, axis2))


primitive(np.trace, trace_rule, jvp="linear")

no_derivative(np.einsum_path)
