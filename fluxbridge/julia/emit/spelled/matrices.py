"""Linear algebra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....errors import NoRuleError
from ..spelling import Site, Spelled, Term, call, infix, negative, number, reshaped, spelling, typed
from .products import times


def of_matrices(name: str, stacked: str | None = None, text: str = "") -> Callable[..., Spelled]:
    """A function of one matrix, and its other name for stacks of them."""

    @spelling(text or f"{name}(A)")
    def spelled(site: Site, a: Term, **_: Any) -> Spelled:
        return call(name if a.ndim == 2 else stacked or f"NumPy.{name}", a)

    return spelled


@spelling("A \\ b")
def solve(site: Site, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    return (
        infix("\\", a, b, site.out, dotted=False)
        if a.ndim == 2 and b.ndim <= 2
        else call("NumPy.solve", a, b)
    )


@spelling("pinv(A; rtol) * b")
def lstsq(site: Site, a: Term, b: Term, rcond: Any) -> Spelled:
    return times(Term(call("pinv", a, rtol=number(float(rcond))), a.value), b, site.out)


@spelling("pinv(A; rtol)")
def pinv(site: Site, a: Term, rcond: Any = None, hermitian: bool = False) -> Spelled:
    if np.ndim(rcond):
        rcond = float(np.max(rcond))
    return call(
        "pinv" if a.ndim == 2 else "NumPy.pinv", a, rtol=None if rcond is None else number(float(rcond))
    )


@spelling("cholesky(Symmetric(A, :L)).L")
def cholesky(site: Site, a: Term) -> Spelled:
    if a.ndim > 2:
        return call("NumPy.cholesky", a)
    if a.is_complex and not a.text.isidentifier():  # Zygote's broadcasts take no triangular cotangents
        a = Term(call("collect", a), a.value)
    return f"cholesky({_hermitian(a, 'L')}).L"


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
            raise NoRuleError(
                "solve_triangular of stacks is written in Julia only without trans= and unit_diagonal="
            )
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
    whole = [
        reshaped(t, (1,) * (2 - t.ndim) + t.shape) if t.ndim else Term(f"fill({t}, 1, 1)", [[1]])
        for t in blocks
    ]
    return call("cat", *whole, dims="(1, 2)")
