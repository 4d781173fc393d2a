"""The spellings in Julia that are more than a name, for the registrations of the primitives.

Each is a function ``(site, *terms, **options)`` (see :mod:`.spelling`). What Julia has no short word for
is a function of the module ``NumPy`` in FluxBridge.jl, which counts axes from 1 as Julia does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import NoRuleError
from .indices import column_major, indexed
from .spelling import (
    Site,
    Term,
    aligned,
    call,
    converted,
    elementwise,
    infix,
    negative,
    number,
    number_term,
    reshaped,
    same_order,
    spelling,
    transposed,
    tuple_of,
    typed,
)

Spelled = Term | str


def from_one(axis: Any, ndim: int) -> int:
    return int(axis) % ndim + 1


def axes_from_one(axis: Any, ndim: int) -> list[int]:
    axes = range(ndim) if axis is None else axis if hasattr(axis, "__iter__") else (axis,)
    return [from_one(a, ndim) for a in axes]


def dims_of(axis: Any, ndim: int) -> str | int:
    axes = axes_from_one(axis, ndim)
    return axes[0] if len(axes) == 1 else tuple_of(axes)


# -- arithmetic --------------------------------------------------------------------------------------


@spelling("-x")
def minus(site: Site, x: Term) -> Spelled:
    return negative(x, site.out)


@spelling("x")
def itself(site: Site, x: Term) -> Spelled:
    return Term(x.text, site.out, x.level)


@spelling("x .^ 2")
def squared(site: Site, x: Term) -> Spelled:
    return infix("^", x, number_term(2), site.out, bool(x.ndim))


@spelling("x .^ p")
def literal_power(site: Site, x: Term, p: Term) -> Spelled:
    if p.literal and float(p.value).is_integer() and abs(p.value) < 2**31:
        p = number_term(int(p.value))
        if x.dtype.kind in "iu" and np.result_type(site.out).kind in "fc":
            x = converted(x, np.float64)
        return infix("^", x, p, site.out, bool(x.ndim))
    return elementwise("^", (x, p), site.out)


@spelling("ifelse.(c, a, b)")
def choose(site: Site, c: Term, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    kind = np.result_type(site.out)
    if kind.kind == "c":  # Zygote needs both to be of one type
        a, b = (x if x.is_complex else _as_complex(x, kind) for x in (a, b))
    c, a, b = aligned([c, a, b])
    return call("ifelse." if c.ndim or a.ndim or b.ndim else "ifelse", c, a, b)


def _as_complex(x: Term, kind: np.dtype) -> Term:
    return number_term(complex(x.value), kind.itemsize * 4) if x.literal else converted(x, kind)


@spelling("clamp.(x, low, high)")
def clamp(site: Site, x: Term, low: Term, high: Term) -> Spelled:
    if low.value is None and high.value is None:
        return itself(site, x)
    if high.value is None:
        return elementwise("max", (x, low), site.out)
    if low.value is None:
        return elementwise("min", (x, high), site.out)
    return elementwise("clamp", (x, low, high), site.out)


@spelling("Float32.(x)")
def of_type(site: Site, x: Term, dtype: Any = None) -> Spelled:
    if x.dtype == np.dtype(dtype):
        return itself(site, x)
    return Term(converted(x, dtype).text, site.out)


@spelling("round(x; digits)")
def rounded(site: Site, x: Term, decimals: int = 0, **_: Any) -> Spelled:
    return call("round", x, digits=decimals or None)


@spelling("SpecialFunctions.besseli.(n, x)")
def bessel_i(site: Site, x: Term, n: int) -> Spelled:
    return elementwise("SpecialFunctions.besseli", (number_term(n), x), site.out)


# -- shapes --------------------------------------------------------------------------------------------


@spelling("reshape(x, 2, 3), NumPy.reshape(x, 2, 3)")
def reshape(site: Site, x: Term, shape: Any = None, order: str = "C", **_: Any) -> Spelled:
    new = np.shape(site.out)
    if new == x.shape:
        return itself(site, x)
    if x.ndim == 0:
        return call("fill", x, *new) if order == "C" else call("reshape", f"[{x}]", *new)
    if same_order(x.shape, new):
        return reshaped(x, new)
    if order == "F":
        return "vec(%s)" % x if len(new) == 1 else call("reshape", x, *new)
    return call("NumPy.reshape", x, *new)


@spelling("reshape(x, :, 1), dropdims(x; dims)")
def fewer_or_more_axes(site: Site, x: Term, axis: Any = None) -> Spelled:
    """squeeze and expand_dims."""
    new = np.shape(site.out)
    if x.ndim == 0:
        return call("fill", x, *new) if new else itself(site, x)
    return reshaped(x, new)


def ravelled(x: Term) -> Term:
    """All elements as a vector, in C order."""
    if x.ndim == 1:
        return x
    value = np.ravel(x.value)
    if x.ndim == 0:
        return Term(f"[{x}]", value)
    if same_order(x.shape, value.shape):
        return reshaped(x, value.shape)
    return Term(call("NumPy.ravel", x), value)


@spelling("permutedims(x, (2, 1, 3))")
def permuted(site: Site, x: Term, order: Sequence[int]) -> Spelled:
    order = [int(i) % x.ndim for i in order]
    if order == list(range(x.ndim)):
        return itself(site, x)
    if order == [1, 0]:
        return transposed(x, site.out)
    return call("permutedims", x, tuple_of([i + 1 for i in order]))


@spelling("x', permutedims(x, (3, 1, 2))")
def transpose(site: Site, x: Term, axes: Any = None) -> Spelled:
    return permuted(site, x, range(x.ndim)[::-1] if axes is None else axes)


@spelling("x', permutedims(x, (1, 3, 2))")
def swapaxes(site: Site, x: Term, axis1: int, axis2: int) -> Spelled:
    order = list(range(x.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return permuted(site, x, order)


@spelling("x', permutedims(x, (2, 3, 1))")
def moveaxis(site: Site, x: Term, source: Any, destination: Any) -> Spelled:
    # an empty array whose lengths say where its axes came from; one axis more, in front, keeps it empty
    numbered = np.empty((0, *range(x.ndim)))
    moved = np.moveaxis(numbered, axes_from_one(source, x.ndim), axes_from_one(destination, x.ndim))
    return permuted(site, x, moved.shape[1:])


@spelling("NumPy.broadcast_to(x, 2, 3)")
def broadcast_to(site: Site, x: Term, **_: Any) -> Spelled:
    shape = np.shape(site.out)
    if shape == x.shape:
        return itself(site, x)
    if x.ndim == 0:
        return call("fill", x, *shape)
    return call("NumPy.broadcast_to", x, *shape)


@spelling("reverse(x; dims)")
def flip(site: Site, x: Term, axis: Any = None) -> Spelled:
    every = axis is None or x.ndim == 1
    return call("reverse", x, dims=None if every else dims_of(axis, x.ndim))


@spelling("NumPy.rot90(x, k, (1, 2))")
def rot90(site: Site, x: Term, k: int = 1, axes: Any = (0, 1)) -> Spelled:
    return call("NumPy.rot90", x, k % 4, tuple_of(axes_from_one(tuple(axes), x.ndim)))


@spelling("circshift(x, (1, 0))")
def roll(site: Site, x: Term, shift: Any, axis: Any = None) -> Spelled:
    if axis is None and x.ndim == 1:
        axis = 0
    if axis is None:
        return call("NumPy.reshape", call("circshift", ravelled(x), int(shift)), *x.shape)
    shifts = np.zeros(x.ndim, int)
    for s, a in np.broadcast(shift, axis):
        shifts[a] += s
    return call("circshift", x, tuple_of(shifts.tolist()) if x.ndim > 1 else int(shifts[0]))


@spelling("repeat(x, 2, 3)")
def tile(site: Site, x: Term, reps: Any) -> Spelled:
    counts = np.atleast_1d(reps).tolist()
    n = max(len(counts), x.ndim)
    counts = [1] * (n - len(counts)) + counts
    return call("repeat", reshaped(x, (1,) * (n - x.ndim) + x.shape) if x.ndim else f"[{x}]", *counts)


@spelling("[a, b], vcat(a, b), hcat(a, b), cat(a, b; dims=3)")
def concatenate(site: Site, *parts: Term, axis: int = 0) -> Spelled:
    parts = tuple(typed(parts, site.out))
    axis = from_one(axis, parts[0].ndim)
    if axis <= 2:
        return call(("vcat", "hcat")[axis - 1], *parts)
    return call("cat", *parts, dims=axis)


@spelling("[a, b], stack([a, b]; dims=1)")
def stack(site: Site, *parts: Term, axis: int = 0) -> Spelled:
    parts = tuple(typed(parts, site.out))
    inside = f"[{', '.join(map(str, parts))}]"
    if parts[0].ndim == 0:
        return inside
    return call("stack", inside, dims=from_one(axis, np.ndim(site.out)))


@spelling("NumPy.linspace(a, b, 5)")
def linspace(site: Site, start: Term, stop: Term, num: int, endpoint: bool, axis: int) -> Spelled:
    start, stop = aligned([start, stop])
    dims = from_one(axis, np.ndim(site.out))
    return call(
        "NumPy.linspace", start, stop, num, endpoint=None if endpoint else "false", dims=None if dims == 1 else dims
    )  # fmt: skip


@spelling("NumPy.pad(x, ((1, 1), (0, 2)))")
def pad(site: Site, x: Term, pad_width: Any) -> Spelled:
    return call("NumPy.pad", x, tuple_of([tuple_of(pair) for pair in pad_width]))


def triangle(name: str) -> Callable[..., Spelled]:
    @spelling(f"{name}(x, k)")
    def spelled(site: Site, x: Term, k: int = 0) -> Spelled:
        if x.ndim == 1:  # NumPy makes a square of it
            x = Term(call("NumPy.broadcast_to", x, *np.shape(site.out)), site.out)
        return call(name if x.ndim == 2 else f"NumPy.{name}", x, *([k] if k else []))

    return spelled


@spelling("diagm(k => v)")
def diagonal_matrix(site: Site, v: Term, k: int = 0) -> Spelled:
    return call("diagm", f"{k} => {v}" if k else v)


# -- reductions -----------------------------------------------------------------------------------------


def folded(site: Site, name: str, x: Term, axis: Any, keepdims: bool, **keywords: Any) -> Term:
    """``name(x; dims)``, with the axes of length 1 dropped unless `keepdims`."""
    axes = axes_from_one(axis, x.ndim)
    value = site.out
    if not x.ndim:
        return Term(call(name, f"[{x}]", **keywords), value)
    if len(axes) == x.ndim and not keepdims:
        return Term(call(name, x, **keywords), value)
    dims = axes[0] if len(axes) == 1 else tuple_of(axes)
    kept = Term(call(name, x, dims=dims, **keywords), np.zeros([1 if i + 1 in axes else n for i, n in enumerate(x.shape)]))
    return kept if keepdims else dropped(kept, axes, value)


def dropped(t: Term, axes: Sequence[int], value: Any) -> Term:
    if np.ndim(value) == 1:
        return Term(f"vec({t})", value, kept=t)
    return Term(call("dropdims", t, dims=axes[0] if len(axes) == 1 else tuple_of(axes)), value, kept=t)


def masked(site: Site, x: Term, where: Any, other: Any) -> Term:
    """`x` with another number where it is left out of a reduction."""
    if where is True:
        return x
    mask = np.broadcast_to(where, x.shape)
    c = site.capture(mask)
    return Term(call("ifelse.", c, x, number(other, x.dtype.itemsize * 8 if x.dtype.kind == "f" else 64)), x.value)


#: What a reduction takes for an element that is left out, and how it takes up its `initial`.
_NEUTRAL = {"sum": (0.0, "+"), "prod": (1.0, "*"), "maximum": (-np.inf, "max"), "minimum": (np.inf, "min")}


def reduction(name: str) -> Callable[..., Spelled]:
    """sum, prod, maximum, minimum."""

    @spelling(f"{name}(x; dims)")
    def spelled(
        site: Site, x: Term, axis: Any = None, dtype: Any = None, keepdims: bool = False, initial: Any = None,
        where: Any = True, **_: Any,
    ) -> Spelled:  # fmt: skip
        neutral, join = _NEUTRAL[name]
        keepdims = keepdims is True
        initial = None if initial is np._NoValue else initial  # type: ignore[attr-defined]
        if dtype is not None and np.dtype(dtype) != x.dtype:
            x = converted(x, dtype)
        y = folded(site, name, masked(site, x, where, neutral), axis, keepdims)
        if initial is not None and not (name == "sum" and initial == 0):
            y = elementwise(join, (number_term(plain_number(initial)), y), site.out)
        return y

    return spelled


def plain_number(x: Any) -> Any:
    return x.item() if isinstance(x, (np.ndarray, np.generic)) else x


@spelling("mean(x; dims)")
def mean(
    site: Site, x: Term, axis: Any = None, dtype: Any = None, keepdims: bool = False, where: Any = True, **_: Any
) -> Spelled:
    if dtype is not None and np.dtype(dtype) != x.dtype:
        x = converted(x, dtype)
    if where is True:
        return folded(site, "mean", x, axis, keepdims is True)
    count = np.sum(np.broadcast_to(where, x.shape), axis=axis, keepdims=keepdims is True)
    total = folded(site, "sum", masked(site, x, where, 0.0), axis, keepdims is True)
    counts = site.capture(count) if np.ndim(count) else number_term(int(count))
    return elementwise("/", (total, counts), site.out)


def spread(name: str) -> Callable[..., Spelled]:
    """var and std."""

    @spelling(f"{name}(x; dims, corrected)")
    def spelled(
        site: Site, x: Term, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
        dtype: Any = None, **_: Any,
    ) -> Spelled:  # fmt: skip
        if dtype is not None and np.dtype(dtype) != x.dtype:
            x = converted(x, dtype)
        if where is True and ddof in (0, 1) and not x.is_complex:
            return folded(site, name, x, axis, keepdims is True, corrected="false" if ddof == 0 else None)
        axes = axes_from_one(axis, x.ndim)
        mask = site.capture(np.broadcast_to(where, x.shape)) if where is not True else None
        kept = Term(
            call(f"NumPy.{name}", x, dims=tuple_of(axes), ddof=ddof, where=mask),
            np.zeros([1 if i + 1 in axes else n for i, n in enumerate(x.shape)]),
        )
        if keepdims is True:
            return kept
        return f"only({kept})" if np.ndim(site.out) == 0 else dropped(kept, axes, site.out)

    return spelled


def running(name: str) -> Callable[..., Spelled]:
    """cumsum and cumprod."""

    @spelling(f"{name}(x; dims)")
    def spelled(site: Site, x: Term, axis: Any = None, dtype: Any = None, **_: Any) -> Spelled:
        if dtype is not None and np.dtype(dtype) != x.dtype:
            x = converted(x, dtype)
        if axis is None or x.ndim < 2:
            return call(name, ravelled(x))
        return call(name, x, dims=from_one(axis, x.ndim))

    return spelled


@spelling("NNlib.logsumexp(x; dims)")
def logsumexp(site: Site, x: Term, axis: Any = None, keepdims: bool = False) -> Spelled:
    return folded(site, "NNlib.logsumexp", x, axis, keepdims)


def along(name: str) -> Callable[..., Spelled]:
    """softmax and logsoftmax, whose result has the shape of the argument."""

    @spelling(f"{name}(x; dims)")
    def spelled(site: Site, x: Term, axis: Any = None, **_: Any) -> Spelled:
        return call(name, x, dims=dims_of(axis, x.ndim))

    return spelled


@spelling("norm(x), NumPy.norm(x; dims)")
def norm2(site: Site, x: Term, axis: Any = None, keepdims: bool = False) -> Spelled:
    if axis is None and not keepdims:
        return call("norm", x)
    return folded(site, "NumPy.norm", x, axis, keepdims)


@spelling("norm(x, p), NumPy.norm(x, p; dims)")
def normp(site: Site, x: Term, p: Any, axis: Any = None, keepdims: bool = False) -> Spelled:
    if axis is None and not keepdims:
        return call("norm", x, number(p))
    return folded(site, "NumPy.norm", Term(f"{x}, {number(p)}", x.value), axis, keepdims)


@spelling("sort(x), NumPy.sort(x; dims)")
def sort(site: Site, x: Term, axis: int = -1, **_: Any) -> Spelled:
    return call("sort", x) if x.ndim == 1 else call("NumPy.sort", x, dims=from_one(axis, x.ndim))


# -- products ---------------------------------------------------------------------------------------------


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
    return call("cross" if a.ndim == b.ndim == 1 else "NumPy.cross", *([a, b] if a.ndim == b.ndim else aligned([a, b])))


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


# -- linear algebra ------------------------------------------------------------------------------------------


def of_matrices(name: str, stacked: str | None = None, text: str = "") -> Callable[..., Spelled]:
    """A function of one matrix, and its other name for stacks of them."""

    @spelling(text or f"{name}(A)")
    def spelled(site: Site, a: Term, **_: Any) -> Spelled:
        return call(name if a.ndim == 2 else stacked or f"NumPy.{name}", a)

    return spelled


@spelling("A \\ b")
def solve(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    return infix("\\", a, b, site.out, dotted=False) if a.ndim == 2 and b.ndim <= 2 else call("NumPy.solve", a, b)


@spelling("pinv(A; rtol) * b")
def lstsq(site: Site, a: Term, b: Term, rcond: Any) -> Spelled:
    return times(Term(call("pinv", a, rtol=number(float(rcond))), a.value), b, site.out)


@spelling("pinv(A; rtol)")
def pinv(site: Site, a: Term, rcond: Any = None, hermitian: bool = False) -> Spelled:
    if np.ndim(rcond):
        rcond = float(np.max(rcond))
    return call("pinv" if a.ndim == 2 else "NumPy.pinv", a, rtol=None if rcond is None else number(float(rcond)))


@spelling("cholesky(Symmetric(A, :L)).L")
def cholesky(site: Site, a: Term) -> Spelled:
    return call("NumPy.cholesky", a) if a.ndim > 2 else f"cholesky({_hermitian(a, 'L')}).L"


def _hermitian(a: Term, triangle: str) -> str:
    return call("Hermitian" if a.is_complex else "Symmetric", a, f":{triangle}")


@spelling("NumPy.eigh(A)")
def eigh(site: Site, a: Term, UPLO: str = "L") -> Spelled:
    return call("NumPy.eigh", a, *([":U"] if UPLO.upper() == "U" else []))


@spelling("NumPy.svd(A)")
def svd(site: Site, a: Term, full_matrices: bool) -> Spelled:
    m, n = a.shape[-2:]
    return call("NumPy.svd", a, full="true" if full_matrices and m != n else None)


@spelling("NumPy.qr(A)")
def qr(site: Site, a: Term, mode: str = "reduced") -> Spelled:
    m, n = a.shape[-2:]
    return call("NumPy.qr", a, full="true" if mode == "complete" and m > n else None)


@spelling("LowerTriangular(A) \\ b")
def solve_triangular(
    site: Site, a: Term, b: Term, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Spelled:
    a, b = typed([a, b], site.out)
    if a.ndim != 2 or b.ndim > 2:
        if trans or unit_diagonal:
            raise NoRuleError("solve_triangular of stacks is written in Julia only without trans= and unit_diagonal=")
        return call("NumPy.solve", call(f"NumPy.{'tril' if lower else 'triu'}", a), b)
    kind = f"{'Unit' if unit_diagonal else ''}{'Lower' if lower else 'Upper'}Triangular"
    triangle = Term(call(kind, a), a.value)
    if trans in (1, "T"):
        triangle = Term(f"transpose({triangle})", a.value)
    elif trans in (2, "C"):
        triangle = Term(f"{triangle}'", a.value)
    return infix("\\", triangle, b, site.out, dotted=False)


@spelling("sylvester(A, B, -Q)")
def sylvester(site: Site, a: Term, b: Term, q: Term) -> Spelled:
    a, b, q = typed([a, b, q], site.out)
    return call("sylvester", a, b, negative(q, q.value))


@spelling("cat(A, B; dims=(1, 2))")
def block_diagonal(site: Site, *blocks: Term) -> Spelled:
    whole = [reshaped(t, (1,) * (2 - t.ndim) + t.shape) if t.ndim else Term(f"fill({t}, 1, 1)", [[1]]) for t in blocks]
    return call("cat", *whole, dims="(1, 2)")


# -- signals ---------------------------------------------------------------------------------------------------


@spelling("NumPy.convolve(a, v), NumPy.convolve(a, v, :same)")
def convolve(site: Site, a: Term, v: Term, mode: str = "full", axes: Any = None, method: str = "") -> Spelled:
    if axes is not None and sorted(axes_from_one(axes, a.ndim)) != list(range(1, a.ndim + 1)):
        raise NoRuleError("a convolution along some of the axes only has no spelling in Julia yet")
    return call("NumPy.convolve", *typed([a, v], site.out), *([f":{mode}"] if mode != "full" else []))


def transform(name: str) -> Callable[..., Spelled]:
    """A Fourier transform along one axis."""

    @spelling(f"NumPy.{name}(x; dims)")
    def spelled(site: Site, x: Term, n: Any = None, axis: int = -1, norm: Any = None, **_: Any) -> Spelled:
        length = np.shape(site.out)[axis] if name == "irfft" else x.shape[axis] if n is None else int(n)
        usual = 2 * (x.shape[axis] - 1) if name == "irfft" else x.shape[axis]
        return call(
            f"NumPy.{name}", x, n=None if length == usual else length,
            dims=from_one(axis, x.ndim) if x.ndim > 1 else None,
            norm=None if norm in (None, "backward") else f":{norm}",
        )  # fmt: skip

    return spelled


def transforms(name: str) -> Callable[..., Spelled]:
    """A Fourier transform along several axes, one after the other."""

    @spelling(f"NumPy.{name}(x; dims)")
    def spelled(site: Site, x: Term, s: Any = None, axes: Any = None, norm: Any = None) -> Spelled:
        one = transform(name)
        for length, axis in zip(s, axes, strict=True):
            out = np.moveaxis(np.zeros(x.shape, complex), axis, -1)[..., :1]
            out = np.moveaxis(np.broadcast_to(out, (*out.shape[:-1], int(length))), -1, axis)
            x = Term(str(one(Site(out, site.capture), x, n=length, axis=axis, norm=norm)), out)
        return Term(x.text, site.out)

    return spelled


def shift_of_frequencies(inverse: bool) -> Callable[..., Spelled]:
    @spelling("circshift(x, (1, 2))")
    def spelled(site: Site, x: Term, axes: Any = None) -> Spelled:
        shifts = [0] * x.ndim
        for axis in axes_from_one(axes, x.ndim):
            n = x.shape[axis - 1]
            shifts[axis - 1] = -(n // 2) if inverse else n // 2
        return call("circshift", x, tuple_of(shifts) if x.ndim > 1 else shifts[0])

    return spelled


# -- pieces --------------------------------------------------------------------------------------------------------


@spelling("x[1, 2:end]")
def getitem(site: Site, x: Term, index: Any) -> Spelled:
    return indexed(site, x, index)


@spelling("NumPy.scatter((2, 3), ([1, 2], 3), a, b)")
def scatter(site: Site, *parts: Term, indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Spelled:
    return call("NumPy.scatter", tuple_of(shape), *_written(site, shape, indices, parts))


@spelling("[a, b], NumPy.assemble(base, (1, 2:3), a, b)")
def assemble(site: Site, base: Term, *values: Term, indices: Sequence[Any]) -> Spelled:
    shape = base.shape
    base, *values = typed([base, *values], site.out)  # type: ignore[assignment]
    if len(shape) == 1 and all(isinstance(_single(i), int) for i in indices):
        places = {int(_single(i)) % shape[0]: v for i, v in zip(indices, values, strict=True)}  # type: ignore[call-overload]
        if len(places) == shape[0]:  # every element is written
            return f"[{', '.join(str(places[k]) for k in range(shape[0]))}]"
    return call("NumPy.assemble", base, *_written(site, shape, indices, values))


def _written(site: Site, shape: tuple[int, ...], indices: Sequence[Any], parts: Sequence[Term]) -> list[Any]:
    """Where the parts are written, and the parts."""
    places = [column_major(site, shape, i) for i in indices]
    return [tuple_of(places), *[_spread(shape, i, p) for i, p in zip(indices, parts, strict=True)]]


def _single(index: Any) -> Any:
    index = index[0] if isinstance(index, tuple) and len(index) == 1 else index
    return int(index) if isinstance(index, (int, np.integer)) else None


def _spread(shape: tuple[int, ...], index: Any, part: Term) -> Term:
    """What is written to an index, in the shape that the index has."""
    target = np.empty(shape, bool)[index].shape
    if part.ndim == 0 or part.shape == target:
        return part
    lifted = part if part.ndim == len(target) else reshaped(part, (1,) * (len(target) - part.ndim) + part.shape)
    return Term(call("NumPy.broadcast_to", lifted, *target), np.empty(target))


@spelling("NumPy.bincount(w, index, n)")
def bincount(site: Site, weights: Term, index: np.ndarray, size: int) -> Spelled:
    places = site.capture(np.asarray(index) + 1)
    return call("NumPy.bincount", weights, places, size)
