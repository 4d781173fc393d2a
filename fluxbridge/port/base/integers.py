"""Functions of whole numbers and fractions: digits, powers, numerators."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from .hashing import julia_hash
from .indexing import is_integer


def numerator(x: Any) -> int:
    """``numerator(x)`` of a fraction or a whole number."""
    return Fraction(x).numerator


def denominator(x: Any) -> int:
    """``denominator(x)``, above zero."""
    return Fraction(x).denominator


def ndigits(n: int, *, base: int = 10) -> int:
    """``ndigits(n; base)``.

    >>> ndigits(1000), ndigits(0), ndigits(-5, base=2)
    (4, 1, 3)
    """
    rest, count = abs(int(n)) // base, 1
    while rest:
        rest //= base
        count += 1
    return count


def gcdx(a: int, b: int) -> tuple[int, int, int]:
    """``gcdx(a, b)``: the greatest common divisor d, and x, y with ``a * x + b * y == d``.

    >>> gcdx(240, 46)
    (2, -9, 47)
    """
    a, b = int(a), int(b)
    x, next_x, y, next_y = 1, 0, 0, 1
    while b:
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        x, next_x = next_x, x - quotient * next_x
        y, next_y = next_y, y - quotient * next_y
        a, b = b, a - quotient * b
    return (-a, -x, -y) if a < 0 else (a, x, y)


def ispow2(n: Any) -> bool:
    """``ispow2(n)`` of a whole number."""
    if not is_integer(n):
        raise TypeError("ispow2 is for whole numbers here")
    return n > 0 and int(n) & (int(n) - 1) == 0


def nextpow(a: int, x: Any) -> int:
    """``nextpow(a, x)``: the smallest ``a^n`` that is not below `x`."""
    power = 1
    while power < x:
        power *= a
    return power


def prevpow(a: int, x: Any) -> int:
    """``prevpow(a, x)``: the largest ``a^n`` that is not above `x`."""
    power = 1
    while power * a <= x:
        power *= a
    return power


def rationalize(x: float, *, tol: Any = None) -> Fraction:
    """``rationalize(x; tol)``: the simplest fraction that is as near; ``tol`` is ``eps(x)``.

    >>> rationalize(0.75), rationalize(3.14159, tol=0.01)
    (Fraction(3, 4), Fraction(22, 7))
    """
    bound = float(np.spacing(abs(x))) if tol is None else float(tol)
    sign, whole, part = (-1 if x < 0 else 1), abs(float(x)), 1.0
    p, q, before_p, before_q = sign, 0, 0, 1
    a = float(int(whole))
    rest = whole - a
    reach, last, older = bound, 0.0, bound
    while rest > reach:
        p, before_p = int(a) * p + before_p, p
        q, before_q = int(a) * q + before_q, q
        whole, part = part, rest
        a = whole // part
        rest = math.fmod(whole, part)
        last, older = reach, last
        reach = a * last + older
    a = math.ceil((whole - older) / (part + last))
    return Fraction(int(a) * p + before_p, int(a) * q + before_q)


def hash_(x: Any, seed: int = 0) -> Any:
    """``hash(x)`` of numbers, text, symbols and tuples of them."""
    return np.uint64(julia_hash(x, int(seed)))


def trailing_zeros(n: int) -> int:
    """``trailing_zeros(n)``: a whole number has 64 bits unless its type says less."""
    bits = 8 * getattr(n, "itemsize", 8)
    n = int(n) & (2**bits - 1)
    return bits if n == 0 else (n & -n).bit_length() - 1


def leading_zeros(n: int) -> int:
    """``leading_zeros(n)``: a whole number has 64 bits unless its type says less."""
    bits = 8 * getattr(n, "itemsize", 8)
    return bits - (int(n) & (2**bits - 1)).bit_length()


__all__ = ["denominator", "gcdx", "hash_", "ispow2", "leading_zeros", "ndigits", "nextpow", "numerator", "prevpow", "rationalize", "trailing_zeros"]  # noqa: E501  # fmt: skip
