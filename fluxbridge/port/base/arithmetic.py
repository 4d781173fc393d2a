"""Operators and elementary functions where kinds are not known: what Julia computes, whatever the values are.

Plain names (``add``, ``mul``, ``eq``) are Julia's operators without a dot: ``mul`` of matrices is the
matrix product.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...autodiff.tools import ignore_derivatives
from ...autodiff.tracing import Tracer
from .dispatch import EXTENSIONS, convert, generic
from .errors import MethodError
from .types import (
    BigInteger,
    Character,
    MissingValue,
    Number,
    Symbol,
    field_names,
    is_dataclass,
    is_mutable,
    isa,
    subtype,
    typeof,
)

_LOW, _HIGH, _SPAN = -(2**63), 2**63 - 1, 2**64


def wrap(value: Any) -> Any:
    """An ``Int64`` as it is after overflow."""
    if type(value) is int and not _LOW <= value <= _HIGH:
        return (value - _LOW) % _SPAN + _LOW
    return value


class Irrational(float):
    """``π`` and ``ℯ``: they take the width of the number beside them."""


PI, E = Irrational(math.pi), Irrational(math.e)


def is_array(x: Any) -> bool:
    """Whether a value is one of Julia's arrays: NumPy's with axes, lists, ranges, one-hot arrays."""
    if isinstance(x, np.ndarray):
        return np.ndim(x) > 0
    return (
        isinstance(x, (list, range))
        or (hasattr(x, "shape") and hasattr(x, "nlabels"))
        or type(x).__name__ in ("Diagonal",)
    )


def array_of(x: Any) -> Any:
    """A list or range as an array; arrays as they are."""
    if isinstance(x, range):
        return np.arange(x.start, x.stop, x.step)
    if isinstance(x, list):
        made = np.asarray(x) if x else np.zeros(0)
        return made if made.dtype.kind not in "US" else np.array(x, object)
    return np.asarray(x) if type(x).__name__ == "FloatRange" else x


def _is_struct(x: Any) -> bool:
    return hasattr(type(x), "__julia_struct__") or is_dataclass(x)


def _number(x: Any) -> Any:
    """Numbers in the form that promotes as in Julia."""
    kind = type(x)
    if kind is int or kind is float:
        return x
    if kind is np.bool_ or kind is bool or kind is np.int64:  # not isinstance: of traced values they are true
        return int(x)
    return x


def _harmonise(a: Any, b: Any) -> tuple[Any, Any]:
    """Two operands whose types NumPy promotes as Julia does."""
    kind_a, kind_b = _dtype(a), _dtype(b)
    if type(a) is Irrational or type(b) is Irrational:
        return (float(a) if type(a) is Irrational else a), (float(b) if type(b) is Irrational else b)
    if kind_a is None or kind_b is None:
        if kind_a is not None and type(b) is float and kind_a.kind == "f" and kind_a.itemsize < 8:
            b = np.float64(b)
        elif kind_b is not None and type(a) is float and kind_b.kind == "f" and kind_b.itemsize < 8:
            a = np.float64(a)
        elif kind_a is not None and type(b) is int and kind_a.kind in "iu" and kind_a.itemsize < 8:
            a = _astype(a, np.int64)
        elif kind_b is not None and type(a) is int and kind_b.kind in "iu" and kind_b.itemsize < 8:
            b = _astype(b, np.int64)
        elif kind_a is not None and kind_a.kind == "b":
            a = _astype(a, np.int64)
        elif kind_b is not None and kind_b.kind == "b":
            b = _astype(b, np.int64)
        return a, b
    if kind_a.kind == "b" and kind_b.kind == "b":
        return _astype(a, np.int64), _astype(b, np.int64)
    if kind_a.kind in "iub" and kind_b.kind == "f" and kind_b.itemsize < 8:
        a = _astype(a, kind_b)
    elif kind_b.kind in "iub" and kind_a.kind == "f" and kind_a.itemsize < 8:
        b = _astype(b, kind_a)
    return a, b


def _dtype(x: Any) -> Any:
    if type(x) in (int, float):
        return None
    return getattr(x, "dtype", None)


def _astype(x: Any, kind: Any) -> Any:
    if np.ndim(x) == 0 and not isinstance(x, np.ndarray):
        return int(x) if kind is np.int64 else np.dtype(kind).type(x)
    return np.asarray(x).astype(kind) if not hasattr(x, "astype") else x.astype(kind)


def _promote_structs(name: str, a: Any, b: Any) -> Any:
    """What Julia does with two numbers of different types: ``promote``, then the same operator."""
    if typeof(a) == typeof(b):
        return None
    if not (isa(a, Number) and isa(b, Number)):
        return None
    pair = promote(a, b)
    if typeof(pair[0]) == typeof(a) and typeof(pair[1]) == typeof(b):
        return None
    return pair


def promote(*values: Any) -> tuple:
    """``promote(x, y)``: the values in their common type."""
    kinds = [typeof(v) for v in values]
    if all(k == kinds[0] for k in kinds):
        return values
    target = promote_type(*kinds)
    return tuple(convert(target, v) for v in values)


def promote_type(*kinds: Any) -> Any:
    """``promote_type(A, B)``, with the program's own ``promote_rule``."""
    from .types import promoted

    result = kinds[0]
    for kind in kinds[1:]:
        if result == kind:
            continue
        rule = EXTENSIONS.get("promote_rule")
        found = None
        if rule is not None:
            for pair in ((result, kind), (kind, result)):
                if rule.find(pair) is not None:
                    found = rule(*pair)
                    break
        result = found if found is not None else promoted([result, kind])
    return result


class Operator:
    """An operator of Julia as a function: methods of the program first, then promotion of its numbers,
    then plain values."""

    def __init__(self, name: str, plain: Callable[[Any, Any], Any]) -> None:
        self.name, self.plain = name, plain
        self.__name__ = self.__qualname__ = _PYTHON_NAMES.get(name, name)
        self.__doc__ = f"Julia's ``a {name} b``, whatever the operands are."

    def __functor__(self) -> tuple[tuple, Any]:
        """Within a model: a leaf."""
        return (), lambda _: self

    def __fluxbridge_split__(self, _splitter: Any) -> tuple[Any, None]:
        """Within a gradient: itself."""
        return self, None

    def __call__(self, a: Any, b: Any = None, *more: Any) -> Any:
        if b is None:
            return unary(self.name, a)
        if more:
            result = self(a, b)
            for other in more:
                result = self(result, other)
            return result
        ta, tb = type(a), type(b)
        if (ta is int or ta is float) and (tb is int or tb is float):
            return self.plain(a, b)
        if EXTENSIONS and self.name in EXTENSIONS:
            found = EXTENSIONS[self.name].find((a, b))
            if found is not None:
                method, bound = found
                return method.function(a, b, **{n: v for n, v in bound.items() if n in method.wants})
        if _is_struct(a) or _is_struct(b):
            pair = _promote_structs(self.name, a, b)
            if pair is not None:
                return self(*pair)
            if is_dataclass(a) or is_dataclass(b):
                return _SPECIAL_METHODS[self.name](a, b)
            raise MethodError(f"no method matching {self.name}(::{typeof(a)!r}, ::{typeof(b)!r})")
        return self.plain(a, b)


_SPECIAL_METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow,
}  # fmt: skip
_PYTHON_NAMES = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow_"}


def unary(name: str, a: Any) -> Any:
    """``-a`` and ``+a``."""
    if EXTENSIONS and name in EXTENSIONS:
        found = EXTENSIONS[name].find((a,))
        if found is not None:
            return found[0].function(a)
    if name == "-" and is_dataclass(a) and hasattr(type(a), "__neg__"):
        return -a
    if _is_struct(a):
        raise MethodError(f"no method matching {name}(::{typeof(a)!r})")
    if isinstance(a, range):
        return range(-a.start, -a.start - a.step * len(a), -a.step) if name == "-" else a
    if is_array(a):
        a = a if type(a).__name__ == "FloatRange" else array_of(a)
    if isinstance(a, str):
        raise MethodError(f"no method matching {name}(::String)")
    if name == "-" and isinstance(a, RowVector):
        return _as_row(-np.asarray(a), a)
    if name == "-":
        return wrap(-_number(a)) if not isinstance(a, np.ndarray) or a.dtype != bool else -a.astype(int)
    return a


def _check_shapes(name: str, a: Any, b: Any) -> None:
    from ...errors import DimensionMismatch

    if np.shape(a) != np.shape(b):
        raise DimensionMismatch(
            f"{name}: arrays of shapes {np.shape(a)} and {np.shape(b)}; write .{name} to broadcast"
        )


def _sum_like(name: str, function: Callable) -> Callable:
    def plain(a: Any, b: Any) -> Any:
        if isinstance(a, tuple) and not hasattr(a, "_fields") and type(a).__name__ == "CartesianIndex":
            return a + b if name == "+" else a - b  # type: ignore[operator]
        arrays = is_array(a), is_array(b)
        if any(arrays):
            if not all(arrays):
                if "UniformScaling" in (type(a).__name__, type(b).__name__):
                    return function(a, b)
                raise MethodError(f"{name} of an array and a number; write .{name} to broadcast")
            a, b = array_of(a), array_of(b)
            _check_shapes(name, a, b)
            if isinstance(a, RowVector) and isinstance(b, RowVector):
                return _as_row(function(*_harmonise(np.asarray(a), np.asarray(b))), a)
        elif isinstance(a, str) or isinstance(b, str):
            return _char_arithmetic(name, a, b)
        elif isinstance(a, (tuple, Record)) or isinstance(b, (tuple, Record)):
            raise MethodError(f"no method matching {name} for tuples")
        a, b = _harmonise(_number(a), _number(b))
        return wrap(function(a, b))

    return plain


def _char_arithmetic(name: str, a: Any, b: Any) -> Any:
    if isinstance(a, str) and len(a) == 1 and isinstance(b, str) and len(b) == 1 and name == "-":
        return ord(a) - ord(b)
    if isinstance(a, str) and len(a) == 1 and isinstance(b, (int, np.integer)):
        return Character(chr(ord(a) + (int(b) if name == "+" else -int(b))))
    if isinstance(b, str) and len(b) == 1 and isinstance(a, (int, np.integer)) and name == "+":
        return Character(chr(ord(b) + int(a)))
    raise MethodError(f"no method matching {name} for text; strings are joined by *")


def _multiply(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, str) and not isinstance(a, Symbol) and not isinstance(b, Symbol):
        return a + b
    if isinstance(a, str) or isinstance(b, str) or isinstance(a, tuple) or isinstance(b, tuple):
        raise MethodError(f"no method matching *(::{typeof(a)!r}, ::{typeof(b)!r})")
    arrays = is_array(a), is_array(b)
    if all(arrays):
        return matrix_product(array_of(a), array_of(b))
    if any(arrays):
        if "UniformScaling" in (type(a).__name__, type(b).__name__):
            return np.matmul(a, b)
        a, b = (array_of(a) if arrays[0] else _number(a)), (array_of(b) if arrays[1] else _number(b))
        p, q = _harmonise(a, b)
        return _as_row(p * q, a, b)
    if isinstance(a, (bool, np.bool_)) and isinstance(b, (bool, np.bool_)):
        return bool(a and b)
    a, b = _harmonise(_number(a), _number(b))
    return wrap(a * b)


class RowVector(np.ndarray):
    """The adjoint of a vector: a row that gives a number with a vector."""

    def __getitem__(self, index: Any) -> Any:
        return np.asarray(self)[index]

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        plain = np.asarray(array)
        return plain[()] if return_scalar or plain.ndim == 0 else plain


def _as_row(result: Any, *operands: Any) -> Any:
    """A product of a row with a number, a sum of rows: a row again."""
    rows = any(isinstance(x, RowVector) for x in operands)
    return result.view(RowVector) if rows and type(result) is np.ndarray and result.ndim == 2 else result


def matrix_product(a: Any, b: Any) -> Any:
    """``A * B`` of arrays."""
    from ...errors import DimensionMismatch

    rank_a, rank_b = np.ndim(a), np.ndim(b)
    is_row = isinstance(a, RowVector) and rank_a == 2 and np.shape(a)[0] == 1
    a = np.asarray(a) if isinstance(a, RowVector) else a
    b = np.asarray(b) if isinstance(b, RowVector) else b
    if rank_a == 1 and rank_b == 1:
        raise MethodError("no method matching *(::Vector, ::Vector); write .* or dot(x, y)")
    if rank_a == 1:
        if np.shape(b)[0] != 1:
            raise DimensionMismatch(f"* of arrays of shapes {np.shape(a)} and {np.shape(b)}")
        a, b = _harmonise(a[:, None], b)
        return a * b  # no sum, so that zeros keep their sign
    if np.shape(a)[-1] != np.shape(b)[0]:
        raise DimensionMismatch(f"* of arrays of shapes {np.shape(a)} and {np.shape(b)}")
    a, b = _harmonise(a, b)
    if is_row and rank_b == 1:
        return _scalar((a @ b)[0])
    return (a @ b).view(RowVector) if is_row and type(b) is np.ndarray else a @ b


def _scalar(value: Any) -> Any:
    return float(value) if type(value) is np.float64 else int(value) if type(value) is np.int64 else value


def _divide(a: Any, b: Any) -> Any:
    if isinstance(a, str) or isinstance(b, str):
        raise MethodError("no method matching / for text")
    if is_array(b):
        b = array_of(b)
        if is_array(a):
            return np.linalg.solve(b.T, array_of(a).T).T if np.ndim(b) == 2 else _refuse_division()
        raise MethodError("/ of a number by an array; write ./ to broadcast")
    a, b = (array_of(a) if is_array(a) else _number(a)), _number(b)
    if isinstance(a, np.ndarray) and np.ndim(a):
        if isinstance(a, RowVector):
            p, q = _harmonise(np.asarray(a), b)
            return _as_row(p / q, a)
        a, b = _harmonise(a, b)
        if isinstance(b, (int, float)) and b == 0:
            with np.errstate(divide="ignore", invalid="ignore"):
                return a / np.float64(b)
        return a / b
    a, b = _harmonise(a, b)
    if isinstance(a, Fraction) or isinstance(b, Fraction):
        return a / b
    zero = type(b) in (int, float, np.float64, np.float32) and b == 0
    if zero and (type(a) is int or isinstance(a, (float, np.floating))):
        return _by_zero(a, b)
    return a / b


def _by_zero(a: Any, b: Any) -> float:
    if a != a or a == 0:
        return math.nan
    negative = (a < 0) != (math.copysign(1.0, float(b)) < 0)
    return -math.inf if negative else math.inf


def _refuse_division() -> Any:
    raise MethodError("/ of arrays is supported for matrices only")


def _power(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, (int, np.integer)):
        return a * int(b)
    if is_array(a):
        matrix = array_of(a)
        if np.ndim(matrix) == 2 and isinstance(b, (int, np.integer)):
            return np.linalg.matrix_power(matrix, int(b))
        raise MethodError("^ of a vector; write .^ for the powers of its elements")
    a, b = _number(a), _number(b)
    if type(a) is int and type(b) is int:
        if b < 0:
            if a in (1, -1):
                return a if b % 2 else 1
            from ...errors import DomainError

            raise DomainError(f"an integer to the power {b}; write {float(a)}^{b}")
        return wrap(pow(a, b)) if abs(a) < 2 or b < 200 else wrap(_wrapped_power(a, b))
    if isinstance(a, (float, np.floating)) and isinstance(b, (float, np.floating)) and a < 0 and b != int(b):
        from ...errors import DomainError

        raise DomainError(f"a negative number to the power {b}; write complex({a})^{b}")
    if isinstance(a, (int, float)) and a == 0 and isinstance(b, (int, float)) and b < 0:
        return math.inf
    if isinstance(b, Fraction):
        b = float(b)
    if isinstance(a, np.integer) and type(b) is int and b >= 0:
        unsigned = np.dtype(f"u{a.dtype.name.lstrip('u')}").type(pow(int(a), b, 2 ** (8 * a.itemsize)))
        return unsigned.astype(a.dtype)
    a, b = _harmonise(a, b)
    return a**b


def _wrapped_power(a: int, b: int) -> int:
    return pow(a, b, _SPAN)


add = Operator("+", _sum_like("+", lambda a, b: a + b))
sub = Operator("-", _sum_like("-", lambda a, b: a - b))
mul = Operator("*", _multiply)
div = Operator("/", _divide)
_pow = Operator("^", _power)


def pow_(a: Any, b: Any) -> Any:
    """``a ^ b``."""
    if (
        _is_struct(a)
        and type(b) is int
        and b >= 0
        and (not EXTENSIONS.get("^") or EXTENSIONS["^"].find((a, b)) is None)
    ):
        result = None
        for _ in range(b):
            result = a if result is None else mul(result, a)
        return result if result is not None else one(a)
    return _pow(a, b)


def literal_power(a: Any, b: int) -> Any:
    """``a ^ 2`` with a literal exponent: of integers also negative ones."""
    if b < 0 and isinstance(_number(a), int):
        return math.inf if a == 0 else (1 / a) ** 2 if b == -2 else float(a) ** b
    if b == -2 and isinstance(a, (float, np.floating)) and a != 0:
        return (1 / a) * (1 / a)
    return pow_(a, b)


def left_divide(a: Any, b: Any) -> Any:
    """``A \\ b``: the solution of a system, or the least squares solution."""
    if not is_array(a):
        return div(b, a)
    if hasattr(a, "solve"):
        return a.solve(array_of(b))
    a, b = array_of(a), array_of(b)
    if np.ndim(a) == 2 and a.shape[0] == a.shape[1]:
        return np.linalg.solve(a, b)
    return np.linalg.lstsq(np.atleast_2d(a.T).T if np.ndim(a) == 1 else a, b, rcond=None)[0]


def _both_int(a: Any, b: Any) -> bool:
    return isinstance(a, int) and isinstance(b, int)


@generic("div")
def int_div(a: Any, b: Any, mode: Any = None) -> Any:
    """``a ÷ b``: the quotient towards zero."""
    a, b = _number(a), _number(b)
    if _both_int(a, b):
        quotient = abs(a) // abs(b)
        return quotient if (a < 0) == (b < 0) else -quotient
    return np.trunc(a / b) if not isinstance(a, np.integer) else type(a)(np.trunc(a / b))


@generic("rem")
def rem(a: Any, b: Any) -> Any:
    """``a % b``: with the sign of ``a``."""
    a, b = _number(a), _number(b)
    if _both_int(a, b):
        return int(math.fmod(a, b)) if abs(a) < 2**53 and abs(b) < 2**53 else a - b * int_div(a, b)
    return np.fmod(*_harmonise(a, b))


@generic("mod")
def mod(a: Any, b: Any) -> Any:
    """``mod(a, b)``: with the sign of ``b``; of a range: back into it."""
    if isinstance(b, range):
        return b.start + (a - b.start) % len(b)
    a, b = _harmonise(_number(a), _number(b))
    return a % b


def mod1(a: Any, b: Any) -> Any:
    """``mod1(a, b)``: from 1 to ``b``."""
    return (a - 1) % b + 1


@generic("fld")
def fld(a: Any, b: Any) -> Any:
    """``fld(a, b)``: the quotient rounded down."""
    return _number(a) // _number(b)


def cld(a: Any, b: Any) -> Any:
    """``cld(a, b)``: the quotient rounded up."""
    return -((-_number(a)) // _number(b))


def divrem(a: Any, b: Any) -> tuple:
    """``divrem(a, b)``."""
    return int_div(a, b), rem(a, b)


def fldmod(a: Any, b: Any) -> tuple:
    """``fldmod(a, b)``."""
    return fld(a, b), mod(a, b)


def rational(a: Any, b: Any) -> Any:
    """``a // b``."""
    return Fraction(a) / Fraction(b)


def shift_left(a: Any, b: Any) -> Any:
    """``a << b``."""
    if b < 0:
        return shift_right(a, -b)
    return wrap(int(a) << int(b)) if isinstance(a, (int, np.int64)) else a << b


def shift_right(a: Any, b: Any) -> Any:
    """``a >> b``."""
    return shift_left(a, -b) if b < 0 else a >> b


def shift_right_logical(a: Any, b: Any) -> Any:
    """``a >>> b``: zeros come in from the left."""
    return (int(a) % _SPAN if isinstance(a, (int, np.int64)) else a) >> b


def bits(name: str) -> Callable[[Any, Any], Any]:
    """``&``, ``|`` and ``xor`` of integers or truth values."""
    import operator

    plain = {"&": operator.and_, "|": operator.or_, "xor": operator.xor}[name]

    def operate(a: Any, b: Any) -> Any:
        return plain(a, b)

    operate.__name__ = {"&": "bitand", "|": "bitor", "xor": "xor"}[name]
    return operate


bitand, bitor, xor = bits("&"), bits("|"), bits("xor")


@generic("==")
def eq(a: Any, b: Any) -> Any:
    """``a == b``: of arrays one answer, whether shapes and all elements are equal."""
    if _is_struct(a) or _is_struct(b):
        return _structs_equal(a, b)
    if is_array(a) or is_array(b):
        if not (is_array(a) and is_array(b)):
            return False
        if isinstance(a, (list, range)) and isinstance(b, (list, range)):
            return len(a) == len(b) and all(eq(x, y) for x, y in zip(a, b, strict=False))
        if np.shape(a) != np.shape(b):
            return False
        if isinstance(a, list) or isinstance(b, list):
            return all(eq(x, y) for x, y in zip(list(a), list(b), strict=False))
        return bool(np.all(np.asarray(array_of(a)) == np.asarray(array_of(b))))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(eq(x, y) for x, y in zip(a, b, strict=False))
    if isinstance(a, Record) and isinstance(b, Record):
        return list(a.keys()) == list(b.keys()) and all(eq(x, y) for x, y in zip(a, b, strict=False))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(eq(a[k], b[k]) for k in a)
    if isinstance(a, str) != isinstance(b, str):
        return False
    if a is None or b is None:
        return a is b
    a, b = _one_width(a, b)
    result = a == b
    return bool(result) if isinstance(result, (bool, np.bool_)) else result


def _structs_equal(a: Any, b: Any) -> Any:
    own = EXTENSIONS.get("==")
    if own is not None and own.find((a, b)) is not None:
        return own(a, b)
    if isinstance(a, type) or isinstance(b, type):
        return a is b
    for value in (a, b):
        if is_dataclass(value) and _own_equality(type(value)):
            return a == b
    if typeof(a) != typeof(b):
        pair = _promote_structs("==", a, b)
        return eq(*pair) if pair is not None else False
    return egal(a, b)


def _own_equality(cls: Any) -> bool:
    """Whether a dataclass says itself when two of them are equal."""
    return not cls.__dataclass_params__.eq and cls.__eq__ is not object.__eq__


def ne(a: Any, b: Any) -> Any:
    """``a != b``."""
    return not eq(a, b)


def _same_sign(a: Any, b: Any) -> bool:
    """Whether two equal numbers are so in every bit: the zeros of floats have a sign."""
    if a != 0 or isinstance(a, (int, np.integer, np.bool_)):
        return True
    x, y = complex(a), complex(b)
    return math.copysign(1, x.real) == math.copysign(1, y.real) and (
        math.copysign(1, x.imag) == math.copysign(1, y.imag)
    )


def egal(a: Any, b: Any) -> bool:
    """``a === b``: the same object, or immutable and equal in every bit."""
    if a is b:
        return True
    if _is_struct(a) and _is_struct(b) and not isinstance(a, type):
        if type(a) is not type(b) or is_mutable(type(a)):
            return False
        return all(egal(getattr(a, f), getattr(b, f)) for f in field_names(a))
    if is_array(a) or is_array(b) or isinstance(a, (dict, set)) or isinstance(b, (dict, set)):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(egal(x, y) for x, y in zip(a, b, strict=False))
    if isinstance(a, Record) and isinstance(b, Record):
        return list(a.keys()) == list(b.keys()) and all(egal(x, y) for x, y in zip(a, b, strict=False))
    if isinstance(a, (int, float, complex, np.generic)) and isinstance(b, (int, float, complex, np.generic)):
        return typeof(a) == typeof(b) and bool((a == b and _same_sign(a, b)) or (a != a and b != b))
    if isinstance(a, str) and isinstance(b, str):
        return a == b and isinstance(a, Symbol) == isinstance(b, Symbol)
    from .types import Type

    return a == b if isinstance(a, Type) and isinstance(b, Type) else False


def isequal(a: Any, *other: Any) -> Any:
    """``isequal(a, b)``: as ``==``, but NaN equals NaN, and 0.0 is not -0.0; also within arrays and tuples.

    >>> isequal(0.0, -0.0), isequal(float("nan"), float("nan")), isequal([1.0, float("nan")], [1.0, float("nan")])
    (False, True, True)
    """  # noqa: E501
    if not other:
        return lambda x: isequal(x, a)
    b = other[0]
    if isinstance(a, MissingValue) or isinstance(b, MissingValue):
        return a is b
    if isinstance(a, (float, np.floating)) and isinstance(b, (float, np.floating)):
        return bool((a == b and np.signbit(a) == np.signbit(b)) or (a != a and b != b))
    if (is_array(a) and is_array(b)) or (isinstance(a, tuple) and isinstance(b, tuple)):
        if np.shape(array_of(a) if is_array(a) else ()) != np.shape(array_of(b) if is_array(b) else ()):
            return False
        left, right = (list(np.ravel(x)) if isinstance(x, np.ndarray) else list(x) for x in (a, b))
        return len(left) == len(right) and all(isequal(x, y) for x, y in zip(left, right, strict=True))
    return bool(eq(a, b))


def lt(a: Any, b: Any) -> Any:
    """``a < b``."""
    if _is_struct(a) or _is_struct(b):
        for name in ("<", "isless"):
            own = EXTENSIONS.get(name)
            if own is not None and own.find((a, b)) is not None:
                return own(a, b)
        if is_dataclass(a) and "__lt__" in dir(type(a)) and type(a).__lt__ is not object.__lt__:  # type: ignore[operator]
            return a < b
        pair = _promote_structs("<", a, b)
        if pair is not None:
            return lt(*pair)
        raise MethodError(f"no method matching isless(::{typeof(a)!r}, ::{typeof(b)!r})")
    if is_array(a) or is_array(b):
        if is_array(a) and is_array(b):
            return list(a) < list(b)
        raise MethodError("no method matching < for an array and a number; write .< to broadcast")
    a, b = _one_width(a, b)
    return a < b


def le(a: Any, b: Any) -> Any:
    """``a <= b``."""
    return lt(a, b) or eq(a, b) if _is_struct(a) or _is_struct(b) else lt_or_equal(a, b)


def _one_width(a: Any, b: Any) -> tuple[Any, Any]:
    """Two numbers to compare: beside a Float32 NumPy would round a float of Python."""
    if isinstance(a, np.floating) and type(b) is float:
        return float(a), b
    if isinstance(b, np.floating) and type(a) is float:
        return a, float(b)
    return a, b


def lt_or_equal(a: Any, b: Any) -> Any:
    """``a <= b`` of plain values."""
    if is_array(a) or is_array(b):
        raise MethodError("no method matching <= for arrays; write .<= to broadcast")
    a, b = _one_width(a, b)
    return a <= b


def gt(a: Any, b: Any) -> Any:
    """``a > b``."""
    return lt(b, a)


def ge(a: Any, b: Any) -> Any:
    """``a >= b``."""
    return le(b, a)


def isapprox(
    a: Any, b: Any, *, atol: Any = 0, rtol: Any = None, norm: Any = None, nans: bool = False
) -> bool:
    """``a ≈ b``: of arrays by the norm of the difference; ``rtol`` is √eps of the less precise, unless
    ``atol`` is given."""
    if _is_identity(a):
        a = np.eye(np.shape(b)[0]) @ a
    if _is_identity(b):
        b = np.eye(np.shape(a)[0]) @ b
    x, y = np.asarray(array_of(a)), np.asarray(array_of(b))
    if x.shape != y.shape:
        from ...errors import DimensionMismatch

        raise DimensionMismatch(f"≈ of arrays of shapes {x.shape} and {y.shape}")
    if rtol is None:
        widths = [np.finfo(v.dtype).eps for v in (x, y) if v.dtype.kind in "fc"]
        rtol = math.sqrt(max(widths)) if widths and not atol > 0 else 0
    x64, y64 = (v.astype(complex if v.dtype.kind == "c" else float) for v in (x, y))
    if nans:
        both = np.isnan(x64) & np.isnan(y64)
        x64, y64 = np.where(both, 0, x64), np.where(both, 0, y64)
    if np.array_equal(x64, y64):
        return True
    distance = float(np.linalg.norm((x64 - y64).ravel()))
    return bool(
        distance
        <= max(atol, rtol * max(float(np.linalg.norm(x64.ravel())), float(np.linalg.norm(y64.ravel()))))
    )


def _is_identity(x: Any) -> bool:
    from ...autodiff import matrices

    return isinstance(x, matrices.UniformScaling)


@generic("zero")
def zero(x: Any) -> Any:
    """``zero(x)`` or ``zero(T)``."""
    from .types import Type

    if isinstance(x, Type):
        return x.convert(0)  # type: ignore[misc]
    if is_array(x):
        return np.zeros_like(array_of(x))
    x = ignore_derivatives(x) if isinstance(x, Tracer) else x
    return type(x)(0) if isinstance(x, (int, float, np.generic)) else x * 0


@generic("one")
def one(x: Any) -> Any:
    """``one(x)`` or ``one(T)``."""
    from .types import Type

    if isinstance(x, Type):
        return x.convert(1)  # type: ignore[misc]
    if is_array(x):
        return np.eye(np.shape(x)[0], dtype=array_of(x).dtype)
    x = ignore_derivatives(x) if isinstance(x, Tracer) else x
    return type(x)(1) if isinstance(x, (int, np.generic)) else 1.0


def typemax(kind: Any) -> Any:
    """``typemax(T)``."""
    return _limits(kind)[1]


def typemin(kind: Any) -> Any:
    """``typemin(T)``."""
    return _limits(kind)[0]


def _limits(kind: Any) -> tuple:
    from .types import DTYPE_OF

    dtype = DTYPE_OF[kind.name]
    if dtype.kind == "f":
        return kind.convert(-np.inf), kind.convert(np.inf)
    if dtype.kind == "b":
        return False, True
    info = np.iinfo(dtype)
    return kind.convert(int(info.min)), kind.convert(int(info.max))


def eps(x: Any = None) -> Any:
    """``eps(T)`` or ``eps(x)``."""
    from .types import DTYPE_OF, Type

    if x is None:
        return 2.0**-52
    if isinstance(x, Type):
        return x.convert(np.finfo(DTYPE_OF[x.name]).eps)  # type: ignore[misc]
    return type(x)(np.spacing(np.abs(x)))


BY_NAME: dict[str, Callable] = {"+": add, "-": sub, "*": mul, "/": div, "^": pow_}
__all__ = [n for n in dir() if not n.startswith("_")] + []
_ = (BigInteger, subtype)
