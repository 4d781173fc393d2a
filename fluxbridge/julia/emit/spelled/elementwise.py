"""Functions of each element that are not just a name in Julia."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....errors import NoRuleError
from ..spelling import (
    Site,
    Spelled,
    Term,
    aligned,
    call,
    converted,
    elementwise,
    infix,
    negative,
    number_term,
    spell,
    spelling,
    typed,
)


@spelling("-x")
def minus(site: Site, x: Term) -> Spelled:
    return negative(x, site.out)


@spelling("x")
def itself(site: Site, x: Term) -> Spelled:
    return Term(x.text, site.out, x.level)


@spelling("sech.(x) .^ 2")
def sech2(site: Site, x: Term) -> Spelled:
    return infix("^", elementwise("sech", (x,), site.out), number_term(2), site.out, bool(x.ndim))


@spelling("x .^ 2")
def squared(site: Site, x: Term) -> Spelled:
    return infix("^", x, number_term(2), site.out, bool(x.ndim))


@spelling("x .^ p")
def literal_power(site: Site, x: Term, p: Term) -> Spelled:
    if p.literal and float(p.value).is_integer() and abs(p.value) < 2**31:
        p = number_term(int(p.value))
        if p.value == 0 and np.result_type(site.out).kind in "iu":  # Zygote takes integers to the power -1
            return call("one." if x.ndim else "one", x)
        if x.dtype.kind in "iu" and np.result_type(site.out).kind in "fc":
            x = converted(x, np.float64)
        return infix("^", _of_many_bits(x, site), p, site.out, bool(x.ndim))
    return elementwise("^", (_of_many_bits(x, site), p), site.out)


@spelling("a .^ b")
def power(site: Site, a: Term, b: Term) -> Spelled:
    return elementwise("^", (_of_many_bits(a, site), b), site.out)


def _of_many_bits(x: Term, site: Site) -> Term:
    """Integers of few bits as Int64: the derivative of their power is made of powers that may be large."""
    whole = np.result_type(site.out).kind in "iu"
    return converted(x, np.int64) if whole and x.dtype.kind in "iu" and x.dtype.itemsize < 8 else x


def powered(inner: Any) -> Any:
    """The spelling of a function whose values are raised to the power p, by the spelling of the function."""

    @spelling("f(x) .^ p")
    def power_of(site: Site, *xs: Term, p: int, **options: Any) -> Spelled:
        base = spell(inner, site, list(xs), options)
        return infix("^", base, number_term(p), site.out, bool(np.ndim(site.out)))

    return power_of


@spelling("ifelse.(c, a, b)")
def choose(site: Site, c: Term, a: Term, b: Term) -> Spelled:
    a, b = typed([a, b], site.out)
    kind = np.result_type(site.out)
    if kind.kind in "iu":  # Zygote needs both to be numbers
        a, b = (x if x.dtype.kind != "b" else _as_integer(x, kind) for x in (a, b))
    if kind.kind == "c":  # Zygote needs both to be of one type
        a, b = (x if x.is_complex else _as_complex(x, kind) for x in (a, b))
    c, a, b = aligned([c, a, b])
    return call("ifelse." if c.ndim or a.ndim or b.ndim else "ifelse", c, a, b)


def _as_integer(x: Term, kind: np.dtype) -> Term:
    return number_term(int(x.value)) if x.literal else converted(x, kind)


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


@spelling("SpecialFunctions.digamma.(a .+ b) .- SpecialFunctions.digamma.(a)")
def psi_gap(site: Site, a: Term, b: Term) -> Spelled:
    total = elementwise("+", (a, b), a.value + b.value)
    parts = [elementwise("SpecialFunctions.digamma", (t,), t.value * 1.0) for t in (total, a)]
    return elementwise("-", parts, site.out)


def of_order(name: str) -> Callable[..., Spelled]:
    """A special function of an order, by which there is no derivative, and of a real number."""

    @spelling(f"NumPy.{name}.(v, x)")
    def spelled(site: Site, v: Term, x: Term) -> Spelled:
        if not v.constant:
            raise NoRuleError(f"{name} has no derivative by its first argument in Julia")
        if x.is_complex:
            raise NoRuleError(f"Zygote does not differentiate {name} by complex numbers")
        return elementwise(f"NumPy.{name}", (v, x), site.out)

    return spelled


@spelling("NumPy.iv.(n, x)")
def bessel_i(site: Site, x: Term, n: int) -> Spelled:
    return elementwise("NumPy.iv", (number_term(n), x), site.out)
