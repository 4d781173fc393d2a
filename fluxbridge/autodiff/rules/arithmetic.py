"""Arithmetic, powers, comparisons of size, and the parts of complex numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..elementwise import conj, elementwise, zero_of
from ..families import is_real
from ..primitive import Tracer, apply, asked, implements, nan_in, no_derivative, plain, primitive, take_up
from ..tracer import as_numpys
from ..values import in_numpys_types, of_type

elementwise(np.add, "1", "1")
elementwise(np.subtract, "1", "-1")
elementwise(np.multiply, "b", "a")
elementwise(np.true_divide, "1 / b", "-y / b")
elementwise(np.negative, "-1")
elementwise(np.positive, "1")
elementwise(np.reciprocal, "-y * y")
elementwise(np.square, "2 * x")

elementwise(
    np.absolute,
    "sign(x)",
    vjps=[lambda dy, _y, x: np.real(dy) * unit(x)],
    jvp=[lambda dx, _y, x: real_inner(unit(x), dx)],
    holomorphic=False,
)
elementwise(np.fabs, "sign(x)", holomorphic=False)
SIGN = elementwise(None, "0", holomorphic=False, name="sign", compute=np.sign)
elementwise(np.maximum, "1 if a > b", "1 if logical_not(a > b)", holomorphic=False)
elementwise(np.minimum, "1 if logical_not(a > b)", "1 if a > b", holomorphic=False)
elementwise(np.fmax, "1 if (a > b) | isnan(b)", "1 if logical_not((a > b) | isnan(b))", holomorphic=False)
elementwise(np.fmin, "1 if (a <= b) | isnan(b)", "1 if logical_not((a <= b) | isnan(b))", holomorphic=False)
elementwise(np.remainder, "1", "-floor_divide(a, b)", holomorphic=False)
elementwise(np.fmod, "1", "-trunc(a / b)", holomorphic=False)
elementwise(np.copysign, "copysign(1.0, a) * copysign(1.0, b)", None, holomorphic=False)
elementwise(
    np.hypot,
    "select(y != 0, a / where(y == 0, 1.0, y))",
    "select(y != 0, b / where(y == 0, 1.0, y))",
    stable=["share(a, b, y)", "share(b, a, y)"],
    holomorphic=False,
)

# -- complex numbers -------------------------------------------------------------------------------
# The gradient of a real function of z = x + iy is df/dx + i df/dy (Zygote's convention).


def unit(z: Any) -> Any:
    """z/|z|, and 0 at 0; the sign of a real number."""
    if is_real(plain(z)):
        return np.sign(z)
    size = np.absolute(z)
    return z / np.where(np.equal(size, 0), 1.0, size)


def real_inner(a: Any, b: Any) -> Any:
    return np.real(np.conjugate(a) * b)


elementwise(
    np.conjugate,
    "1",
    holomorphic=False,
    vjps=[lambda dy, _y, _x: np.conjugate(dy)],
    jvp=[lambda dx, _y, _x: np.conjugate(dx)],
)
primitive(np.real, lambda dy, _y, _z: np.real(dy), jvp="linear")
primitive(np.imag, lambda dy, _y, _z: np.real(dy) * 1j, jvp="linear")


@implements(np.angle)
@in_numpys_types(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """The angle; its gradient at 0 is 0, as in Zygote (that of arctan2 at the origin is NaN)."""
    zero = np.equal(plain(z), 0)
    result = np.arctan2(np.where(zero, 0.0, np.imag(z)), np.where(zero, 1.0, np.real(z)))
    return result * (180 / np.pi) if deg else result


@implements(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    return np.real(a) if np.isrealobj(np.real_if_close(plain(a), tol)) else a


@implements(np.sign)
def sign(x: Any) -> Any:
    """Of an array the derivative is 0; of a number Zygote says that there is none."""
    if np.iscomplexobj(plain(x)) and np.sign(1j) == 1j:  # the point on the unit circle, since NumPy 2.0
        return unit(x)
    return SIGN(x) if np.ndim(x) else asked(np.sign, (x,), {}, np.sign(plain(x)))


# -- powers ----------------------------------------------------------------------------------------


def power_by_base(_y: Any, a: Any, b: Any) -> Any:
    """The derivative of a**b by a: b·a**(b-1); at a = 0 its limit where that is finite (as in ChainRules)."""
    if not _all_real(a, b):
        return b * a ** (b - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = b * np.power(a, b - 1.0)
    return np.where(np.equal(b, 0), 0.0, slope)


def power_by_exponent(y: Any, a: Any, b: Any) -> Any:
    """The derivative of a**b by b: y·log(a), for negative a its real part; at a = 0 it is 0 if b > 0."""
    if not _all_real(a, b):
        return y * np.log(a + 0j)
    zero = np.equal(a, 0)
    at_zero: Any = np.where(np.greater(b, 0), 0.0, np.nan)
    bad = plain(zero) & np.isnan(at_zero)
    if np.any(bad):  # where the derivative is NaN as well
        at_zero = at_zero * np.where(bad, b, 1.0)
    return np.where(zero, at_zero, y * np.log(np.where(zero, 1.0, np.absolute(a))))


def _all_real(*xs: Any) -> bool:
    return all(is_real(plain(x)) for x in xs)


POWER = elementwise(
    None,
    power_by_base,
    power_by_exponent,
    name="power",
    compute=np.power,
)


def literal_power_of(x: Any, p: Any) -> Any:
    """x**p, with Inf rather than an exception where Python's own numbers overflow."""
    try:
        return x**p
    except ArithmeticError:
        with np.errstate(all="ignore"):
            y = as_numpys(x) ** p
            return y if isinstance(y, Tracer) else float(y)


def literal_slope(x: Any, p: Any) -> Any:
    """p·x**(p-1); 0 for p = 0, at x = 0 too."""
    x = int(x) if isinstance(x, np.integer) else x  # those of few bits would wrap round
    return 2 * x if p == 2 else p * literal_power_of(x, p - 1) if p else zero_of(x)


def literal_power_rule(dy: Any, _y: Any, x: Any, p: Any) -> Any:
    """dy·p·x**(p-1). Where the slope is exactly 0 the cotangent is 0, even against Inf or NaN."""
    slope = literal_slope(x, p)
    product = dy * conj(slope)
    if type(dy) is float and math.isfinite(dy):
        return product
    return np.where(np.equal(slope, 0), 0.0, product) if nan_in(product) else product


def literal_power_number(dy: Any, known: Any) -> Any:
    _, x, p = known
    x = int(x) if isinstance(x, np.integer) else x
    slope = 2 * x if p == 2 else p * x ** (p - 1) if p else 0.0
    product = dy * slope
    return (0.0 if product != product and slope == 0 else product, None)


LITERAL_POWER = elementwise(
    None,
    lambda _y, x, p: literal_slope(x, p),
    None,
    vjps=(literal_power_rule, None),
    number_vjp=literal_power_number,
    name="literal_power",
    compute=np.power,
)


@implements(np.power)
def power(a: Any, b: Any) -> Any:
    """A power with a constant exponent has a rule of its own, as in Zygote."""
    if issubclass(type(b), np.generic):
        return _scalar_power(a, b)
    if issubclass(type(b), (int, float)):
        return apply(LITERAL_POWER, (a, b), {})
    return apply(POWER, (a, b), {})


def _scalar_power(a: Any, b: np.generic) -> Any:
    """To the power of a NumPy scalar, whose type counts as an array's does."""
    if b.dtype.kind not in "iuf":
        return apply(POWER, (a, b), {})
    value = plain(a)
    if not isinstance(value, (np.ndarray, np.generic)):
        return apply(LITERAL_POWER, (a, b.item() if b.dtype.kind != "f" or b.dtype == np.float64 else b), {})
    kind = np.result_type(value, b)
    a = a if kind == value.dtype else a.astype(kind)
    return apply(LITERAL_POWER, (a, b.item() if b.dtype.itemsize <= 8 else b), {})


@implements(np.float_power)
def float_power(a: Any, b: Any) -> Any:
    """In double precision at least."""
    a, b = take_up(a), take_up(b)
    kind = np.result_type(*[np.result_type(plain(x)) for x in (a, b)], np.float64)
    return power(_widened(a, kind), _widened(b, kind))


def _widened(x: Any, kind: np.dtype) -> Any:
    """`x` in this type; a Python number adapts to it by itself."""
    if isinstance(plain(x), (int, float, complex)) and kind.kind == "f":
        return x
    return of_type(x, kind)


# -- no derivative ---------------------------------------------------------------------------------

no_derivative(
    np.floor_divide,
    np.equal,
    np.not_equal,
    np.less,
    np.less_equal,
    np.greater,
    np.greater_equal,
    np.logical_and,
    np.logical_or,
    np.logical_not,
    np.logical_xor,
    np.isnan,
    np.isinf,
    np.isfinite,
    np.signbit,
    np.spacing,
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.invert,
    np.left_shift,
    np.right_shift,
    np.gcd,
    np.lcm,
    np.isnat,
)
