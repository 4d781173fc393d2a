"""Operations of single numbers as instructions of LLVM: as written, no fast-math, no contraction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir

BYTE, BIT, LONG, INT = ir.IntType(8), ir.IntType(1), ir.IntType(64), ir.IntType(32)
TYPES = {"d": ir.DoubleType(), "f": ir.FloatType(), "?": BIT}
STORED = {"d": ir.DoubleType(), "f": ir.FloatType(), "?": BYTE}


def constant(char: str, value: Any) -> Any:
    """A number in this type, rounded as NumPy does."""
    if char == "?":
        return BIT(int(bool(value)))
    return TYPES[char](float(np.float32(value)) if char == "f" else float(value))


def char_of(value: Any) -> str:
    return next(char for char, kind in TYPES.items() if value.type == kind)


def converted(b: Any, value: Any, char: str) -> Any:
    """A value in another type; a truth becomes 1 or 0."""
    known = char_of(value)
    if known == char:
        return value
    if known == "?":
        return b.uitofp(value, TYPES[char])
    if char == "?":
        return b.fcmp_unordered("!=", value, TYPES[known](0.0))
    return b.fpext(value, TYPES[char]) if char == "d" else b.fptrunc(value, TYPES[char])


def _intrinsic(b: Any, name: str, x: Any) -> Any:
    kind = ir.FunctionType(x.type, [x.type])
    name = f"llvm.{name}.{'f64' if x.type == TYPES['d'] else 'f32'}"
    found = b.module.globals.get(name) or ir.Function(b.module, kind, name)
    return b.call(found, [x])


def compare(b: Any, sign: str, x: Any, y: Any) -> Any:
    return b.fcmp_unordered(sign, x, y) if sign == "!=" else b.fcmp_ordered(sign, x, y)


def _sign(b: Any, x: Any) -> Any:
    zero, one = x.type(0.0), x.type(1.0)
    rest = b.select(b.fcmp_ordered("==", x, zero), zero, x)
    rest = b.select(b.fcmp_ordered("<", x, zero), x.type(-1.0), rest)
    return b.select(b.fcmp_ordered(">", x, zero), one, rest)


def _strong_zeros(b: Any, slope: Any, product: Any) -> Any:
    lost = b.and_(b.fcmp_unordered("uno", product, product), b.fcmp_ordered("==", slope, slope.type(0.0)))
    return b.select(lost, product.type(0.0), product)


_BINARY = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_BITS = {"and": "and_", "or": "or_", "xor": "xor"}


def computed(b: Any, what: str, args: Sequence[Any], char: str) -> Any:
    """The result, of type `char`, of one operation on values."""
    if what == "where" or what == "select":
        x, y = (args[1], args[2]) if what == "where" else (args[1], constant(char, 0.0))
        return b.select(converted(b, args[0], "?"), converted(b, x, char), converted(b, y, char))
    if what in _BITS:
        return getattr(b, _BITS[what])(*args)
    if what == "not":
        return b.not_(args[0])
    if what in ("<", "<=", ">", ">=", "==", "!="):
        return compare(b, what, *args)
    if what == "isnan":
        return b.fcmp_unordered("uno", args[0], args[0])
    values = [converted(b, x, char) for x in args]
    if what in _BINARY:
        return getattr(b, _BINARY[what])(*values)
    x = values[0]
    if what == "neg":
        return b.fneg(x)
    if what == "square":
        return b.fmul(x, x)
    if what in ("abs", "sqrt"):
        return _intrinsic(b, "fabs" if what == "abs" else what, x)
    if what == "sign":
        return _sign(b, x)
    if what == "strong_zeros":
        return _strong_zeros(b, *values)
    if what == "strong":
        return _strong_zeros(b, values[1], values[0])
    return x
