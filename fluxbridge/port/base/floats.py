"""Functions of floats: their parts and limits, angles in degrees and in turns."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from .arithmetic import add, mul
from .errors import MethodError
from .types import DTYPE_OF, Type

_TURN = 2 * Fraction("3.14159265358979323846264338327950288419716939937510")


def floatmax(kind: Any = None) -> Any:
    """``floatmax(T)``."""
    return _limit(kind, "max")


def floatmin(kind: Any = None) -> Any:
    """``floatmin(T)``: the smallest that has all its digits."""
    return _limit(kind, "tiny")


def _limit(kind: Any, name: str) -> Any:
    dtype: Any = DTYPE_OF[kind.name] if isinstance(kind, Type) else np.dtype(float)
    value = getattr(np.finfo(dtype), name)
    return float(value) if dtype == np.float64 else value


def _sine_of_degrees(x: float) -> float:
    """Exact where the sine of a whole number of degrees is."""
    turned = math.fmod(float(x), 360.0)
    special: dict[float, float] = {
        0: 0.0,
        30: 0.5,
        90: 1.0,
        150: 0.5,
        180: 0.0,
        210: -0.5,
        270: -1.0,
        330: -0.5,
    }
    found = special.get(turned % 360)
    if found is not None:
        return math.copysign(found, x) if found == 0 else found
    quarter, rest = divmod(turned, 90) if turned >= 0 else divmod(turned + 360, 90)
    side = math.radians(rest if quarter % 2 == 0 else 90 - rest)
    return math.sin(side) if quarter < 2 else -math.sin(side)


def sind(x: Any) -> float:
    """``sind(x)``, x in degrees.

    >>> sind(30), sind(180), cosd(60)
    (0.5, 0.0, 0.5)
    """
    return _sine_of_degrees(x)


def cosd(x: Any) -> float:
    """``cosd(x)``, x in degrees."""
    special: dict[float, float] = {
        60: 0.5,
        90: 0.0,
        120: -0.5,
        240: -0.5,
        270: 0.0,
        300: 0.5,
        0: 1.0,
        180: -1.0,
    }
    found = special.get(math.fmod(abs(float(x)), 360.0))
    return found if found is not None else math.cos(math.radians(math.fmod(float(x), 360.0)))


def tand(x: Any) -> float:
    """``tand(x)``, x in degrees."""
    return sind(x) / cosd(x)


def modf(x: float) -> tuple[float, float]:
    """``modf(x)``: the fraction and the whole part."""
    return math.modf(x)


def frexp(x: float) -> tuple[float, int]:
    """``frexp(x)``."""
    return math.frexp(x)


def ldexp(x: float, n: int) -> float:
    """``ldexp(x, n)``: ``x * 2^n``."""
    return math.ldexp(x, n)


def exponent(x: float) -> int:
    """``exponent(x)``: the power of two in it."""
    return math.frexp(x)[1] - 1


def significand(x: float) -> float:
    """``significand(x)``."""
    return math.frexp(x)[0] * 2


def mod2pi(x: float) -> float:
    """``mod2pi(x)``: the remainder of a whole turn, with 50 digits of π."""
    if abs(x) > 1e15:
        raise MethodError("mod2pi of so large an angle needs more digits of π than are used here")
    return float(Fraction(x) % _TURN)


def muladd(x: Any, y: Any, z: Any) -> Any:
    """``muladd(x, y, z)``: ``x * y + z``, of floats rounded once, as processors do it.

    >>> muladd(0.1, 10.0, -1.0), muladd(2, 3, 4)
    (5.551115123125783e-17, 10)
    """
    given = (x, y, z)
    kinds = set(map(type, given))
    if kinds <= {int, float, np.int64, np.float64, np.float32} and all(map(math.isfinite, given)):
        if kinds & {float, np.float64}:
            return fma(*map(float, given))
        if np.float32 in kinds:
            return np.float32(float(x) * float(y) + float(z))
    return add(mul(x, y), z)


def fma(x: Any, y: Any, z: Any) -> Any:
    """``fma(x, y, z)``: rounded once."""
    if not all(isinstance(v, (float, int)) and math.isfinite(v) for v in (x, y, z)):
        raise MethodError("fma is for finite numbers of 64 bits here")
    return float(Fraction(x) * Fraction(y) + Fraction(z))


def reim(x: Any) -> tuple:
    """``reim(z)``."""
    return x.real, x.imag


__all__ = [
    "cosd",
    "exponent",
    "floatmax",
    "floatmin",
    "fma",
    "frexp",
    "ldexp",
    "mod2pi",
    "modf",
    "muladd",
    "reim",
    "significand",
    "sind",
    "tand",
]
