"""Elementary functions of numbers, which also take arrays of any shape when broadcast."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ... import errors
from .arithmetic import _is_struct, _number, array_of, is_array, wrap
from .dispatch import EXTENSIONS, generic
from .errors import DomainError, MethodError
from .floats import muladd
from .gaussian import ComplexInteger, complex_of
from .types import Type

#: Functions whose result needs no rounding.
_EXACTLY = frozenset(("real", "imag", "conj", "abs", "sign", "isnan", "isinf", "isfinite"))


def _numeric(name: str, function: Callable, domain: Callable | None = None) -> Callable:
    def call(x: Any) -> Any:
        if EXTENSIONS and name in EXTENSIONS:
            found = EXTENSIONS[name].find((x,))
            if found is not None:
                return found[0].function(x)
        if is_array(x) and name not in ("real", "imag", "conj"):
            raise MethodError(
                f"{name} of an array is no function of its elements in Julia (of a matrix it is a matrix "
                f"function, which is not supported): write {name}.(x)"
            )
        return elementwise(x)

    def elementwise(x: Any) -> Any:
        if isinstance(x, (list, range)):
            x = array_of(x)
        if _is_struct(x) or isinstance(x, (str, tuple, dict)):
            raise MethodError(f"no method matching {name}(::{type(x).__name__})")
        x = _number(x)
        if isinstance(x, ComplexInteger):
            x = x if name == "conj" else complex(x)
            if name in ("real", "imag"):
                return int(getattr(x, name))
        if domain is not None and isinstance(x, (int, float)) and domain(x):
            if name not in ("sqrt", "log", "log2", "log10"):
                raise errors.DomainError(f"{name} of {x}: the result is complex; write {name}(complex({x}))")
            raise DomainError(
                float(x),
                f"{name} was called with a negative real argument but will only return a complex result "
                f"if called with a complex argument. Try {name}(Complex(x)).",
            )
        if type(x) is np.float32 and name not in _EXACTLY:
            return np.float32(function(np.float64(x)))  # rounded once, as in Julia
        result = function(x)
        if isinstance(result, np.ndarray) and result.base is not None:
            result = result.copy()
        return float(result) if type(result) is np.float64 else result

    call.__name__ = name
    call.__doc__ = f"``{name}(x)``."
    call.elementwise = elementwise  # type: ignore[attr-defined]
    return call


sin, cos, tan = _numeric("sin", np.sin), _numeric("cos", np.cos), _numeric("tan", np.tan)
asin = _numeric("asin", np.arcsin, lambda x: abs(x) > 1)
acos = _numeric("acos", np.arccos, lambda x: abs(x) > 1)
sinh, cosh, tanh = _numeric("sinh", np.sinh), _numeric("cosh", np.cosh), _numeric("tanh", np.tanh)
asinh, acosh, atanh = (
    _numeric("asinh", np.arcsinh),
    _numeric("acosh", np.arccosh),
    _numeric("atanh", np.arctanh),
)
exp, exp2, expm1 = _numeric("exp", np.exp), _numeric("exp2", np.exp2), _numeric("expm1", np.expm1)
exp10 = _numeric("exp10", lambda x: 10.0**x)
log2 = _numeric("log2", np.log2, lambda x: x < 0)
log10 = _numeric("log10", np.log10, lambda x: x < 0)
log1p = _numeric("log1p", np.log1p, lambda x: x < -1)
_log = _numeric(
    "log", lambda x: np.log(x) if not (isinstance(x, (int, float)) and x == 0) else -math.inf, lambda x: x < 0
)
sqrt = _numeric("sqrt", np.sqrt, lambda x: x < 0)
cbrt = _numeric("cbrt", np.cbrt)
sinpi = _numeric(
    "sinpi",
    lambda x: np.sin(np.asarray(np.pi, getattr(x, "dtype", float)) * x) if np.ndim(x) else np.sin(np.pi * x),
)
cospi = _numeric("cospi", lambda x: np.cos(np.pi * x))
deg2rad, rad2deg = _numeric("deg2rad", np.deg2rad), _numeric("rad2deg", np.rad2deg)


def _conjugate(x: Any) -> Any:
    return x.conjugate() if isinstance(x, ComplexInteger) else np.conj(x)


real, imag, conj, angle = (
    _numeric(n, f)
    for n, f in (("real", np.real), ("imag", np.imag), ("conj", _conjugate), ("angle", np.angle))
)
isnan, isfinite, isinf = (
    _numeric(n, f) for n, f in (("isnan", np.isnan), ("isfinite", np.isfinite), ("isinf", np.isinf))
)
sign = _numeric("sign", np.sign)
abs_ = _numeric("abs", np.abs)


def log(x: Any, y: Any = None) -> Any:
    """``log(x)``, or ``log(base, x)``."""
    return _log(x) if y is None else _log(y) / _log(x)


def atan(y: Any, x: Any = None) -> Any:
    """``atan(y)`` or ``atan(y, x)``."""
    return np.arctan(_number(y)) if x is None else np.arctan2(_number(y), _number(x))


def sincos(x: Any) -> tuple:
    """``sincos(x)``."""
    return np.sin(x), np.cos(x)


def cis(x: Any) -> Any:
    """``cis(x)``: exp(im x)."""
    return np.exp(1j * x)


@generic("abs2")
def abs2(x: Any) -> Any:
    """``abs2(x)``."""
    x = _number(array_of(x))
    if isinstance(x, ComplexInteger):
        return int(x.real) ** 2 + int(x.imag) ** 2
    return wrap(x * x) if not np.iscomplexobj(x) else np.real(x) ** 2 + np.imag(x) ** 2


@generic("inv")
def inv(x: Any) -> Any:
    """``inv(x)`` of a number or a matrix."""
    if is_array(x):
        return np.linalg.inv(x)
    return 1 / _number(x)


def hypot(*xs: Any) -> Any:
    """``hypot(x, y)``."""
    result = xs[0]
    for x in xs[1:]:
        result = np.hypot(result, x)
    return abs(result) if len(xs) == 1 else result


def identity(x: Any) -> Any:
    """``identity(x)``."""
    return x


def iseven(x: Any) -> Any:
    """``iseven(x)``."""
    return x % 2 == 0


def isodd(x: Any) -> Any:
    """``isodd(x)``."""
    return x % 2 != 0


@generic("iszero")
def iszero(x: Any) -> Any:
    """``iszero(x)``."""
    return bool(np.all(array_of(x) == 0)) if is_array(x) else x == 0


def isone(x: Any) -> Any:
    """``isone(x)``; of a matrix whether it is the identity."""
    if is_array(x):
        return np.ndim(x) == 2 and np.array_equal(x, np.eye(*np.shape(x)))
    return bool(x == 1)


def isinteger(x: Any) -> bool:
    """``isinteger(x)``."""
    return x == int(x) if x == x and abs(x) != math.inf else False


def isreal(x: Any) -> bool:
    """``isreal(x)``."""
    return bool(np.all(np.imag(x) == 0))


@generic("clamp")
def clamp(x: Any, low: Any, high: Any) -> Any:
    """``clamp(x, low, high)``."""
    return np.clip(x, low, high)


def _extreme(name: str, function: Callable, better: Callable) -> Callable:
    def call(*values: Any) -> Any:
        result = values[0]
        for value in values[1:]:
            if EXTENSIONS and name in EXTENSIONS and EXTENSIONS[name].find((result, value)) is not None:
                result = EXTENSIONS[name](result, value)
            elif _is_struct(result) or isinstance(result, (str, tuple)):
                result = value if better(value, result) else result
            else:
                a, b = _number(result), _number(value)
                if type(a) is int and type(b) is int:
                    result = (max if name == "max" else min)(a, b)
                elif type(a) in (int, float) and type(b) in (int, float):
                    result = float(function(a, b))
                else:
                    from .arithmetic import _harmonise

                    result = function(*_harmonise(a, b))
        return result

    call.__name__, call.__doc__ = name, f"``{name}(x, y…)``."
    return call


max_ = _extreme("max", np.maximum, lambda a, b: b < a)
min_ = _extreme("min", np.minimum, lambda a, b: a < b)


def nextfloat(x: Any) -> Any:
    """``nextfloat(x)``."""
    return _plain_float(np.nextafter(x, type(x)(np.inf)))


def prevfloat(x: Any) -> Any:
    """``prevfloat(x)``."""
    return _plain_float(np.nextafter(x, type(x)(-np.inf)))


def _plain_float(x: Any) -> Any:
    return float(x) if isinstance(x, np.float64) else x


def minmax(a: Any, b: Any) -> tuple:
    """``minmax(a, b)``."""
    return min_(a, b), max_(a, b)


#: Roundings of fractions.
_EXACT: dict[str, Callable] = {"round": round, "floor": math.floor, "ceil": math.ceil, "trunc": math.trunc}


def _rounder(name: str, function: Callable) -> Callable:
    def call(*args: Any, digits: Any = None, sigdigits: Any = None, base: int = 10) -> Any:
        kind, x = args if len(args) == 2 and isinstance(args[0], Type) else (None, args[0])
        if len(args) == 2 and kind is None:
            return function(x)
        if is_array(x):
            raise MethodError(f"{name} of an array; write {name}.(x)")
        if isinstance(x, (tuple, str)):
            raise MethodError(f"no method matching {name}(::{type(x).__name__})")
        if digits is not None:
            return _to_digits(x, int(digits), function)
        if sigdigits is not None:
            if x == 0:
                return x
            return _to_digits(x, int(sigdigits) - 1 - math.floor(math.log10(abs(x))), function)
        if kind is not None and isinstance(x, (int, np.integer)):
            return kind(int(x))
        if isinstance(x, (int, np.integer)) and not isinstance(x, bool):
            return x
        if isinstance(x, Fraction):
            exact = _EXACT[name](x)
            return kind(exact) if kind is not None else Fraction(exact)
        result = function(x)
        if kind is not None:
            return kind(result)
        return float(result) if type(result) is np.float64 else result

    call.__name__, call.__doc__ = name, f"``{name}(x; digits, sigdigits)`` and ``{name}(T, x)``."
    return call


def _to_digits(x: Any, digits: int, function: Callable) -> Any:
    if isinstance(x, (int, np.integer)) and digits >= 0:
        return x
    exact = float(x)
    if not math.isfinite(exact):
        return x
    if function is np.round:
        scaled = exact * 10.0**digits if digits >= 0 else exact / 10.0**-digits
        result = (
            float(np.round(scaled)) / 10.0**digits if digits >= 0 else float(np.round(scaled)) * 10.0**-digits
        )
        if not math.isfinite(result):
            result = exact
    else:
        result = float(function(exact * 10.0**digits)) / 10.0**digits
    if isinstance(x, np.floating) and type(x) is not np.float64:
        return type(x)(result)
    return int(result) if isinstance(x, (int, np.integer)) else result


round_ = _rounder("round", np.round)
floor, ceil, trunc = _rounder("floor", np.floor), _rounder("ceil", np.ceil), _rounder("trunc", np.trunc)


def powermod(base: int, exponent: int, m: int) -> int:
    """``powermod(b, e, m)``."""
    return pow(int(base), int(exponent), int(m))


def invmod(n: int, m: int) -> int:
    """``invmod(n, m)``. Raises DomainError if there is none."""
    try:
        return pow(int(n), -1, int(m))
    except ValueError:
        from ...errors import DomainError

        raise DomainError(f"Greatest common divisor is {math.gcd(int(n), int(m))}.") from None


def gcd(*values: int) -> int:
    """``gcd(a, b…)``."""
    return math.gcd(*(int(v) for v in values))


def lcm(*values: int) -> int:
    """``lcm(a, b…)``."""
    return math.lcm(*(int(v) for v in values))


def isqrt(n: int) -> int:
    """``isqrt(n)``."""
    return math.isqrt(int(n))


def factorial(n: int) -> int:
    """``factorial(n)``; beyond 20 an ``Int64`` overflows, as in Julia."""
    from .types import BigInteger

    if n < 0:
        raise DomainError(n, "`n` must not be negative.")
    if isinstance(n, BigInteger):
        return BigInteger(math.factorial(n))
    if n > 20:
        raise OverflowError(f"factorial({n}) does not fit an Int64; write factorial(big({n}))")
    return math.factorial(int(n))


def binomial(n: int, k: int) -> int:
    """``binomial(n, k)``."""
    return math.comb(int(n), int(k)) if 0 <= k <= n else 0


def big(x: Any) -> Any:
    """``big(x)`` of an integer."""
    from .types import BigInteger

    if isinstance(x, (int, np.integer)):
        return BigInteger(int(x))
    raise TypeError("big of a float is not supported; use mpmath.mpf")


def float_(x: Any) -> Any:
    """``float(x)``: integers become floats."""
    if is_array(x):
        x = array_of(x)
        return x if x.dtype.kind in "fc" else x.astype(float)
    return x if not isinstance(x, (int, np.integer, Fraction)) else float(x)


def complex_(re: Any, im: Any = 0) -> Any:
    """``complex(x)``, ``complex(re, im)``."""
    if is_array(re) or is_array(im):
        return re + 1j * im
    return complex_of(re, im)


def digits(n: int, *, base: int = 10, pad: int = 0) -> Any:
    """``digits(n)``: the digits, the last first."""
    found = []
    n = int(n)
    while n:
        n, digit = divmod(n, base)
        found.append(digit)
    found += [0] * (max(pad, 1) - len(found))
    return np.array(found)


def evalpoly(x: Any, coefficients: Any) -> Any:
    """``evalpoly(x, p)``: the first coefficient is the constant."""
    result = None
    for c in reversed(list(coefficients)):
        result = c if result is None else muladd(x, result, c)
    return result


def isprime(n: int) -> bool:
    """``isprime(n)`` of Primes."""
    return n > 1 and all(n % k for k in range(2, math.isqrt(n) + 1))


def count_ones(n: int) -> int:
    """``count_ones(n)``."""
    return int(n).bit_count()


def signbit(x: Any) -> bool:
    """``signbit(x)``."""
    return bool(np.signbit(x))


def copysign(x: Any, y: Any) -> Any:
    """``copysign(x, y)``."""
    return np.copysign(x, y)


@generic("isless")
def isless(a: Any, b: Any) -> bool:
    """``isless(a, b)``: a total order; NaN is the greatest float, and -0.0 is less than 0.0."""
    from .arithmetic import lt

    if isinstance(a, (int, float, np.number)) and isinstance(b, (int, float, np.number)):
        if a != a or b != b:
            return a == a and b != b
        if a == b == 0:
            return bool(np.signbit(a) and not np.signbit(b))
    if isinstance(a, tuple) and isinstance(b, tuple):
        for x, y in zip(a, b, strict=False):
            if isless(x, y):
                return True
            if isless(y, x):
                return False
        return len(a) < len(b)
    return bool(lt(a, b))
