"""Activation functions of NNlib as elementwise primitives.

Each takes a real number, or an array of any shape, and returns the same shape. Floats keep their width;
integers become Float64, except where the function only selects (``relu``, ``relu6``, ``hardtanh``,
``trelu``). Strings, other objects and (mostly) complex numbers raise ArgumentError.

Formulas, constants and the derivatives at kinks are NNlib's. Where NNlib computes the derivative from the
output (``relu``: is the output positive?), so does the table here, because that decides the derivative at
the kink and for unusual parameters.

>>> import numpy as np
>>> relu(np.array([-1.0, 0.5])), relu(-3), softplus(0.0)
(array([0. , 0.5]), 0, 0.6931471805599453)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.elementwise import (
    bounded,
    define_words,
    elementwise,
    inside_of_sigmoid,
    masked,
    saturating,
    saturating_number,
)
from ...autodiff.primitive import Primitive, Tracer, take_up
from ...autodiff.rules.transcendental import SECH2, tanh_words
from ...errors import ArgumentError
from ..rng import default_rng, rand
from .numeric import as_float, elementwise_compute
from .pieces import by_pieces

SELU_SCALE = 1.0507009873554804934193349852946  #: λ of Klambauer et al. 2017
SELU_ALPHA = 1.6732632423543772848170429916717  #: α of Klambauer et al. 2017
GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBIC = 0.044715
LOG2 = math.log(2)


def _primitive(
    name: str,
    compute: Callable[..., Any],
    *formulas: str,
    keep_integers: bool = False,
    complex_too: bool = False,
    **words: Any,
) -> Primitive:
    """An elementwise primitive without a NumPy function of the same meaning."""
    computed = elementwise_compute(compute, keep_integers, complex_too)
    return elementwise(None, *formulas, name=name, compute=computed, holomorphic=False, **words)


# -- sigmoid, tanh and functions composed of them ---------------------------------------------------


def _sigmoid(x: Any) -> Any:
    t = np.exp(-np.abs(x))
    return np.where(x < 0, t, 1) / (1 + t)


def _softplus(x: Any) -> Any:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _erf(x: Any) -> Any:
    try:
        from scipy.special import erf
    except ImportError:
        return np.vectorize(math.erf, otypes=[x.dtype])(x)
    return erf(x).astype(x.dtype)


def _erfc(x: Any) -> Any:
    try:
        from scipy.special import erfc
    except ImportError:
        return np.vectorize(math.erfc, otypes=[x.dtype])(x)
    return erfc(x).astype(x.dtype)


def _near_sigmoid(y: Any) -> Any:
    return y * (1 - y)


def _sigmoid_slope(x: Any) -> Any:
    if isinstance(x, Tracer):
        return _SIGMOID(x) * _SIGMOID(np.negative(x))
    t = np.exp(-np.abs(np.asarray(x) * 1.0))
    return t / ((1 + t) * (1 + t))


_SIGMOID = _primitive(
    "sigmoid",
    _sigmoid,
    "y * (1 - y)",
    stable=[saturating(_near_sigmoid, _sigmoid_slope, inside_of_sigmoid)],
    number_vjp=saturating_number(_near_sigmoid, _sigmoid_slope),
)
_TANH = _primitive("tanh_fast", np.tanh, "1 - y * y", complex_too=True, **tanh_words)
_ERF = _primitive("nnlib_erf", _erf, f"{2 / math.sqrt(math.pi)!r} * exp(-x * x)")
_ERFC = _primitive("nnlib_erfc", _erfc, f"-{2 / math.sqrt(math.pi)!r} * exp(-x * x)")


def _celu_slope(u: Any) -> Any:
    """exp(u)·(1 - u) - 1 for u <= 0, near 0 by its series -Σ (k-1)/k! uᵏ."""
    near = u > -0.5
    v = np.where(near, u, 0.0)
    total: Any = 0.0
    for k in range(15, 1, -1):
        total = (total - (k - 1) / math.factorial(k)) * v
    return np.where(near, total * v, np.exp(u) * (1 - u) - 1)


define_words(
    {
        "sigmoid": _SIGMOID,
        "nnlib_tanh": _TANH,
        "nnlib_erf": _ERF,
        "nnlib_erfc": _ERFC,
        "celu_slope": _celu_slope,
    }
)
_SOFTPLUS = _primitive("softplus", _softplus, "sigmoid(x)")
define_words({"softplus": _SOFTPLUS})


def _hard_sigmoid(x: Any) -> Any:
    return np.clip((x + 3) / 6, 0, 1)


@by_pieces
def _gelu_tanh(x: Any, y: Any) -> None:
    np.multiply(x, x, out=y)
    y *= GELU_CUBIC * GELU_SCALE
    y += GELU_SCALE
    y *= x
    np.tanh(y, out=y)
    y += 1
    y *= x
    y *= 0.5


def _gelu_sigmoid(x: Any) -> Any:
    return x * _sigmoid(2 * GELU_SCALE * x * (1 + GELU_CUBIC * x * x))


def _gelu_slope(_y: Any, x: Any) -> Any:
    """The derivative with s = sigmoid, for (1 + tanh(u/2))/2 = s(u); constant for |x| > 30."""
    if type(x) is np.ndarray and x.dtype.char in "fd":
        return _gelu_slopes(x)
    x = bounded(x, 30.0)
    u = 2 * GELU_SCALE * x * (1 + GELU_CUBIC * x * x)
    return _SIGMOID(u) * (1 + x * _SIGMOID(-u) * 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x))


@by_pieces
def _gelu_slopes(x: Any, y: Any) -> None:
    """The same for floats, as s (1 + x u' q) with E = exp(u), q = 1/(1 + E) = s(-u) and s = E q."""
    x = np.clip(x, -30.0, 9.0)  # beyond, s is 0 or 1, and so is the slope
    u = x * x
    rise = u * (6 * GELU_SCALE * GELU_CUBIC)
    rise += 2 * GELU_SCALE
    rise *= x  # x u'
    u *= 2 * GELU_SCALE * GELU_CUBIC
    u += 2 * GELU_SCALE
    u *= x
    np.exp(u, out=y)
    np.add(y, 1, out=u)
    y /= u
    rise /= u
    rise += 1
    y *= rise


def _mish_slope(_y: Any, x: Any) -> Any:
    x = bounded(x, 800.0)
    u = _SOFTPLUS(x)
    return _TANH(u) + x * SECH2(u) * _SIGMOID(x)


def _lisht_slope(_y: Any, x: Any) -> Any:
    x = bounded(x, 800.0)
    return _TANH(x) + x * SECH2(x)


def _relu(x: Any) -> Any:
    negative = x < 0  # False for NaN, which passes
    if x.dtype.char in "fd":
        return masked(np.logical_not(negative), x)
    return np.where(negative, x.dtype.type(0), x)


def _clamp(x: Any, low: int, high: int) -> Any:
    """np.clip, but -0.0 stays -0.0."""
    return np.where(x > high, x.dtype.type(high), np.where(x < low, x.dtype.type(low), x))


_LOGSIGMOID = _primitive("logsigmoid", lambda x: -_softplus(-x), "sigmoid(-x)")


_HARDSIGMOID = _primitive("hardsigmoid", _hard_sigmoid, f"{1 / 6!r} if (y > 0) & (y < 1)")
_HARDTANH = _primitive(
    "hardtanh",
    lambda x: _clamp(x, -1, 1),
    "1 if (y > -1) & (y < 1)",
    keep_integers=True,
)
_RELU = _primitive(
    "relu",
    _relu,
    "1 if y > 0",
    keep_integers=True,
)
_RELU6 = _primitive(
    "relu6",
    lambda x: _clamp(x, 0, 6),
    "1 if (y > 0) & (y < 6)",
    keep_integers=True,
)
_GELU_TANH = elementwise(
    None,
    _gelu_slope,
    name="gelu_tanh",
    compute=elementwise_compute(_gelu_tanh, complex_too=True),
    holomorphic=False,
)
_GELU_SIGMOID = elementwise(
    None,
    _gelu_slope,
    name="gelu_sigmoid",
    compute=elementwise_compute(_gelu_sigmoid),
    holomorphic=False,
)
_GELU_ERF = _primitive(
    "gelu_erf",
    lambda x: x / 2 * (1 + _erf(x * math.sqrt(0.5))),
    f"(1 + nnlib_erf(x * {math.sqrt(0.5)!r})) / 2 + x * exp(-x * x / 2) * {1 / math.sqrt(2 * math.pi)!r}",
    stable=[
        f"nnlib_erfc(bounded(x, 40.0) * {-math.sqrt(0.5)!r}) / 2"
        f" + bounded(x, 40.0) * exp(-square(bounded(x, 40.0)) / 2) * {1 / math.sqrt(2 * math.pi)!r}"
    ],
)
_SWISH = _primitive(
    "swish",
    lambda x: x * _sigmoid(x),
    "y + sigmoid(x) * (1 - y)",
    stable=["sigmoid(x) * (1 + bounded(x, 800.0) * sigmoid(-x))"],
)
_HARDSWISH = _primitive(
    "hardswish",
    lambda x: x * _hard_sigmoid(x),
    "where(x < -3, 0.0, where(x > 3, 1.0, x / 3 + 0.5))",
)
_LISHT = elementwise(
    None,
    _lisht_slope,
    name="lisht",
    compute=elementwise_compute(lambda x: x * np.tanh(x), complex_too=True),
    holomorphic=False,
)
_SELU = _primitive(
    "selu",
    lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * (np.exp(x) - 1)),
    f"where(y > 0, {SELU_SCALE!r}, y + {SELU_ALPHA * SELU_SCALE!r})",
    stable=[f"where(y > 0, {SELU_SCALE!r}, {SELU_ALPHA * SELU_SCALE!r} * exp(minimum(x, 0.0)))"],
)
_SOFTSIGN = _primitive(
    "softsign",
    lambda x: x / (1 + np.abs(x)),
    "1 / ((1 + absolute(x)) * (1 + absolute(x)))",
    stable=["square(1 / (1 + absolute(x)))"],
    complex_too=True,
)
_LOGCOSH = _primitive("logcosh", lambda x: x + _softplus(-2 * x) - LOG2, "nnlib_tanh(x)")
_MISH = elementwise(
    None,
    _mish_slope,
    name="mish",
    compute=elementwise_compute(lambda x: x * np.tanh(_softplus(x))),
    holomorphic=False,
)
_TANHSHRINK = _primitive(
    "tanhshrink",
    lambda x: x - np.tanh(x),
    "(x - y) * (x - y)",
    stable=["square(nnlib_tanh(x))"],
    complex_too=True,
)


# -- functions with a parameter; in the formulas a is x and b the parameter ---------------------------


def _softshrink(x: Any, b: Any) -> Any:
    low, high = x - b, x + b
    return np.where(high > 0, np.where(low < 0, x.dtype.type(0), low), high)


_LEAKYRELU = _primitive(
    "leakyrelu",
    lambda x, b: np.where(x > 0, x, b * x),
    "where(y > 0, 1.0, b)",
    "a if a <= 0",
)
_ELU = _primitive(
    "elu",
    lambda x, b: np.where(x >= 0, x, b * (np.exp(x) - 1)),
    "where(y >= 0, 1.0, y + b)",
    "exp(a) - 1 if a < 0",
    stable=["where(y >= 0, 1.0, b * exp(where(y >= 0, 0.0, a)))", "expm1(minimum(a, 0.0)) if a < 0"],
)
_CELU = _primitive(
    "celu",
    lambda x, b: np.where(x >= 0, x, b * (np.exp(x / b) - 1)),
    "where(y > 0, 1.0, y / b + 1)",
    "exp(a / b) * (1 - a / b) - 1 if a < 0",
    stable=["exp(where(y > 0, 0.0, a / b))", "celu_slope(bounded(minimum(a, 0.0) / b, 800.0)) if a < 0"],
)
_TRELU = _primitive(
    "trelu",
    lambda x, b: np.where(x <= b, x.dtype.type(0), x),
    "1 if y > 0",
    "0",
    keep_integers=True,
)
_SOFTSHRINK = _primitive(
    "softshrink",
    _softshrink,
    "1 if not_equal(y, 0)",
    "-sign(y)",
)

# -- public functions ----------------------------------------------------------------------------------


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), computed without overflow.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> sigmoid(0.0)
    0.5
    """
    return _SIGMOID(x)


def hardsigmoid(x: Any) -> Any:
    """min(max((x + 3) / 6, 0), 1), a piecewise linear sigmoid (Howard et al. 2019).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number. The derivative at the
    corners -3 and 3 is 0.

    >>> hardsigmoid(1.5)
    0.75
    """
    return _HARDSIGMOID(x)


def logsigmoid(x: Any) -> Any:
    """log(sigmoid(x)), accurate also where the sigmoid underflows.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> logsigmoid(-1000.0)
    -1000.0
    """
    return _LOGSIGMOID(x)


def hardtanh(x: Any) -> Any:
    """min(max(x, -1), 1).

    Elementwise, in the shape of x; integers stay integers. Raises ArgumentError for what is not a real
    number. The derivative at -1 and 1 is 0.

    >>> hardtanh(-7), hardtanh(0.5)
    (-1, 0.5)
    """
    return _HARDTANH(x)


def relu(x: Any) -> Any:
    """max(x, 0).

    Elementwise, in the shape of x; integers stay integers. Raises ArgumentError for what is not a real
    number. The derivative at 0 is 0.

    >>> relu(-2.0), relu(3)
    (0.0, 3)
    """
    return _RELU(x)


def leakyrelu(x: Any, a: Any = 0.01) -> Any:
    """x where it is positive, else a·x.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number. `a` is a number, with
    a derivative of its own; the derivative by x at 0 is a.

    >>> leakyrelu(-10.0, 0.2)
    -2.0
    """
    return _LEAKYRELU(x, a)


def relu6(x: Any) -> Any:
    """min(max(x, 0), 6) (Krizhevsky 2010).

    Elementwise, in the shape of x; integers stay integers. Raises ArgumentError for what is not a real
    number. The derivative at 0 and 6 is 0.

    >>> relu6(8.5)
    6.0
    """
    return _RELU6(x)


def rrelu(x: Any, lo: float = 1 / 8, hi: float = 1 / 3, rng: Any = None) -> Any:
    """``leakyrelu(x, a)`` with a drawn for each element, uniformly from [lo, hi) (Xu et al. 2015).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number. `rng` is a generator,
    by default ``fluxbridge.flux.default_rng()``.

    >>> rrelu(-8.0, 0.25, 0.25)
    -2.0
    """
    rng = default_rng() if rng is None else rng
    x = take_up(x)
    shape = np.shape(x)
    if shape == ():
        return leakyrelu(x, lo if lo == hi else lo + (hi - lo) * float(rand(rng, np.float64)))
    x = as_float(x) if x.dtype.kind == "O" else x
    if x.dtype.kind not in "fiub":
        raise ArgumentError(f"rrelu takes real numbers and arrays of them, not {x!r}")
    dtype = as_float(np.empty(0, x.dtype)).dtype
    a = (lo + (hi - lo) * rand(rng, np.float64, *shape)).astype(dtype)
    return np.where(x >= 0, x, a * x)


def elu(x: Any, alpha: Any = 1) -> Any:
    """x where it is not negative, else alpha·(exp(x) - 1) (Clevert et al. 2015).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(elu(-1.0), 6)
    -0.632121
    """
    return _ELU(x, alpha)


def gelu_tanh(x: Any) -> Any:
    """x/2·(1 + tanh(√(2/π)·(x + 0.044715 x³))), an approximation of GELU (Hendrycks and Gimpel 2016).

    Elementwise, in the shape of x, which may be complex. Raises ArgumentError for what is no number.

    >>> round(gelu_tanh(1.0), 6)
    0.841192
    """
    return _GELU_TANH(x)


def gelu_sigmoid(x: Any) -> Any:
    """x·sigmoid(√(8/π)·(x + 0.044715 x³)), equal to :func:`gelu_tanh`.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(gelu_sigmoid(1.0), 6)
    0.841192
    """
    return _GELU_SIGMOID(x)


def gelu_erf(x: Any) -> Any:
    """x·Φ(x) with the standard normal distribution function Φ: GELU without approximation.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(gelu_erf(1.0), 6)
    0.841345
    """
    return _GELU_ERF(x)


def swish(x: Any) -> Any:
    """x·sigmoid(x), also called SiLU (Ramachandran et al. 2017).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(swish(1.0), 6)
    0.731059
    """
    return _SWISH(x)


def hardswish(x: Any) -> Any:
    """x·hardsigmoid(x) (Howard et al. 2019).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number. The derivatives at the
    corners -3 and 3 are -0.5 and 1.5.

    >>> hardswish(-1.5)
    -0.375
    """
    return _HARDSWISH(x)


def lisht(x: Any) -> Any:
    """x·tanh(x) (Roy et al. 2019).

    Elementwise, in the shape of x, which may be complex. Raises ArgumentError for what is no number.

    >>> round(lisht(1.0), 6)
    0.761594
    """
    return _LISHT(x)


def selu(x: Any) -> Any:
    """λ·x where x is positive, else λ·α·(exp(x) - 1) (Klambauer et al. 2017).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number. λ = 1.0507…, α =
    1.6732…; the derivative at 0 is λ·α.

    >>> round(selu(1.0), 6)
    1.050701
    """
    return _SELU(x)


def celu(x: Any, alpha: Any = 1) -> Any:
    """x where it is not negative, else alpha·(exp(x/alpha) - 1) (Barron 2017).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(celu(-1.0, 2.0), 6)
    -0.786939
    """
    return _CELU(x, alpha)


def softplus(x: Any) -> Any:
    """log(exp(x) + 1), computed without overflow.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> softplus(1000.0)
    1000.0
    """
    return _SOFTPLUS(x)


def softsign(x: Any) -> Any:
    """``x / (1 + |x|)``.

    Elementwise, in the shape of x, which may be complex. Raises ArgumentError for what is no number.

    >>> softsign(-1.0)
    -0.5
    """
    return _SOFTSIGN(x)


def logcosh(x: Any) -> Any:
    """log(cosh(x)), computed without overflow.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(logcosh(1000.0), 6)
    999.306853
    """
    return _LOGCOSH(x)


def mish(x: Any) -> Any:
    """x·tanh(softplus(x)) (Misra 2019).

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> round(mish(1.0), 6)
    0.865098
    """
    return _MISH(x)


def tanhshrink(x: Any) -> Any:
    """x - tanh(x).

    Elementwise, in the shape of x, which may be complex. Raises ArgumentError for what is no number.

    >>> round(tanhshrink(1.0), 6)
    0.238406
    """
    return _TANHSHRINK(x)


def softshrink(x: Any, lam: Any = 0.5) -> Any:
    """x - lam where x > lam, x + lam where x < -lam, else 0.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number. At ±lam the derivative
    is 0.

    >>> softshrink(2.0), softshrink(-0.25)
    (1.5, 0.0)
    """
    return _SOFTSHRINK(x, lam)


def trelu(x: Any, theta: Any = 1) -> Any:
    """x where it is greater than theta, else 0 (Konda et al. 2014).

    Elementwise, in the shape of x; integers stay integers. Raises ArgumentError for what is not a real
    number.

    >>> trelu(0.5), trelu(1.5)
    (0.0, 1.5)
    """
    return _TRELU(x, theta)


def tanh_fast(x: Any) -> Any:
    """tanh, NumPy's own: NNlib's function of this name is faster and less accurate than Julia's.

    Elementwise, in the shape of x, which may be complex. Raises ArgumentError for what is no number.

    >>> round(tanh_fast(0.5), 6)
    0.462117
    """
    return _TANH(x)


def sigmoid_fast(x: Any) -> Any:
    """The same as :func:`sigmoid`: NNlib's function of this name is faster and less accurate.

    Elementwise, in the shape of x. Raises ArgumentError for what is not a real number.

    >>> sigmoid_fast(0.0)
    0.5
    """
    return _SIGMOID(x)


σ = sigmoid
hardσ = hardsigmoid
logσ = logsigmoid
gelu = gelu_tanh
thresholdrelu = trelu

#: All activation functions, without their aliases (σ, gelu, …).
ACTIVATIONS: tuple[Callable[..., Any], ...] = (
    sigmoid,
    hardsigmoid,
    hardtanh,
    relu,
    leakyrelu,
    relu6,
    rrelu,
    elu,
    gelu_tanh,
    gelu_sigmoid,
    gelu_erf,
    swish,
    hardswish,
    selu,
    celu,
    softplus,
    softsign,
    logsigmoid,
    logcosh,
    mish,
    tanhshrink,
    softshrink,
    trelu,
    lisht,
    tanh_fast,
    sigmoid_fast,
)


def fast_act(f: Callable[..., Any], x: Any = None) -> Callable[..., Any]:
    """The function that a layer calls for the activation `f`.

    That is tanh_fast for ``np.tanh``, sigmoid_fast for sigmoid, else f itself. `x`, an array of any shape,
    has no influence here. Raises nothing.

    >>> fast_act(np.tanh).__name__, fast_act(relu).__name__
    ('tanh_fast', 'relu')
    """
    if f is np.tanh:
        return tanh_fast
    return sigmoid_fast if f is sigmoid else f
