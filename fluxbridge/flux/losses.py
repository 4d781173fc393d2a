"""Loss functions of Flux.Losses (Flux 0.16), with the formulas of its documentation.

Every loss takes the prediction `ŷ` and the target `y`, two arrays of the same shape (features, batch).
A single number as target is compared with every prediction. `agg` reduces the array of the single losses:
``np.mean`` by default, ``np.sum``, any function of an array, or None to return that array. Targets may be
integers, booleans or a :class:`~fluxbridge.flux.onehotarrays.OneHotArray`. The result is a number of the
float type of the prediction (Float64 for integers).
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Number
from typing import Any

import numpy as np

from ..autodiff.elementwise import elementwise
from ..autodiff.primitive import Tracer, plain, primitive, take_up
from ..errors import ArgumentError, DimensionMismatch, DomainError
from .axes import takes_axis
from .nnlib import ctc_loss as ctc_loss
from .nnlib import logsigmoid, logsoftmax, softmax
from .nnlib.numeric import as_float, check_axis, check_real
from .onehotarrays import Observed, OneHotArray

__all__ = [
    "binary_focal_loss",
    "binarycrossentropy",
    "crossentropy",
    "ctc_loss",
    "dice_coeff_loss",
    "focal_loss",
    "hinge_loss",
    "huber_loss",
    "kldivergence",
    "label_smoothing",
    "logitbinarycrossentropy",
    "logitcrossentropy",
    "mae",
    "mse",
    "msle",
    "poisson_loss",
    "siamese_contrastive_loss",
    "squared_hinge_loss",
    "tversky_loss",
]

#: Python's built-in reductions stand for NumPy's, over all elements.
_AGGREGATES: list[tuple[Any, Any]] = [(sum, np.sum), (min, np.min), (max, np.max), (None, lambda x: x)]


def _aggregate(agg: Any, losses: Any) -> Any:
    if agg is not None and not callable(agg):
        raise ArgumentError(
            f"agg is a function of the losses such as np.mean or np.sum, or None, not {agg!r}"
        )
    return next((reduce for word, reduce in _AGGREGATES if agg is word), agg)(losses)


# -- logarithms with their limits at 0 -------------------------------------------------------------


def _not_negative(x: Any) -> None:
    if np.any(np.less(x, 0)):
        raise DomainError(
            f"the logarithm of a negative number ({np.min(x)}) was asked for: this loss takes probabilities "
            "or positive numbers. For raw outputs of a model take the logit… version of it."
        )


def _log_value(x: Any) -> Any:
    _not_negative(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(as_float(x))


def _xlogy_value(x: Any, y: Any) -> Any:
    _not_negative(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.equal(x, 0), np.zeros_like(y), x * np.log(as_float(y)))[()]


def _quiet(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule without NumPy's warnings about division by zero and NaN."""

    def quiet(dy: Any, _y: Any, a: Any, b: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return rule(dy, a, b)

    return quiet


def _slope_of_log(dy: Any, _y: Any, x: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return dy / x


log: Any = elementwise(
    None, "1 / x", vjps=[_slope_of_log], name="loss_log", compute=_log_value, holomorphic=False
)

#: x·log(y), and 0 where x is 0.
xlogy: Any = elementwise(
    None,
    "log(b)",
    "a / b",
    name="loss_xlogy",
    compute=_xlogy_value,
    holomorphic=False,
    vjps=[_quiet(lambda dy, _a, b: xlogy(dy, b)), _quiet(lambda dy, a, b: dy * a / b)],
)


def xlogx(x: Any) -> Any:
    """x·log(x) elementwise, with its limit 0 at x = 0.

    x is a number or an array of any shape, and so is the result. Raises DomainError for negative numbers,
    ArgumentError for what holds no numbers.

    >>> xlogx(np.array([0.0, 1.0, 2.0]))
    array([0.        , 0.        , 1.38629436])
    """
    x = _as_array(x)
    zero = np.equal(plain(x), 0)
    return np.where(zero, 0.0, x * log(np.where(zero, 1.0, x)))


# -- arguments ---------------------------------------------------------------------------------------


def _float_type(x: Any) -> Any:
    """The float type of the elements of `x`; Float64 for integers and booleans."""
    dtype = np.result_type(plain(x))
    return dtype if dtype.kind in "fc" else np.dtype(np.float64)


def _double(x: Any) -> Any:
    """A Python float as a Float64, which widens Float32 as in Julia; anything else unchanged."""
    return np.float64(x) if issubclass(type(x), float) else x


def _eps(eps: float | None, ŷ: Any) -> Any:
    return float(np.finfo(_float_type(ŷ)).eps) if eps is None else _double(eps)


_NUMBERS = (np.ndarray, OneHotArray, int, float, complex, np.generic)


def _arrays(ŷ: Any, y: Any) -> tuple[Any, Any]:
    """Prediction and target as arrays (or numbers) of one shape; integer targets in the float type of ŷ."""
    ŷ, y = _as_array(ŷ), _as_array(y)
    a, b = np.shape(ŷ), np.shape(y)
    if a and b and a != b:
        longest = max(len(a), len(b))
        if a + (1,) * (longest - len(a)) != b + (1,) * (longest - len(b)):
            raise DimensionMismatch(
                f"loss function expects the shape of ŷ, {a}, to match that of y, {b}; losses do not broadcast"
            )
        ŷ, y = (np.reshape(x, max(a, b, key=len)) for x in (ŷ, y))
    if np.result_type(plain(y)).kind in "biu" and np.ndim(y):
        y = y.astype(_float_type(ŷ))
    return ŷ, y


def _abs2(x: Any) -> Any:
    """|x|², which is real for complex x too."""
    return np.real(x * np.conj(x)) if np.iscomplexobj(plain(x)) else np.square(x)


def _as_array(x: Any) -> Any:
    """`x` as an array or a number; ArgumentError for anything else."""
    x = x.dense() if isinstance(x, Observed) else take_up(x)
    if isinstance(x, Tracer):
        return x
    if isinstance(x, range) or (hasattr(x, "__array__") and not hasattr(x, "astype")):
        x = np.asarray(x)
    if type(x) is np.ndarray and x.dtype.hasobject:
        x = plain(x)  # of floats, if it holds such; tracers in it became a tracer above
    kind = np.result_type(plain(x)).kind if isinstance(plain(x), _NUMBERS) else "V"
    if kind not in "biufc" and not (kind == "O" and all(isinstance(v, Number) for v in np.ravel(x))):
        raise ArgumentError(f"losses take numbers and arrays of them, not {x!r} ({type(x).__name__})")
    return x


def _classes(name: str, ŷ: Any, y: Any, axis: Any) -> tuple[Any, Any]:
    """As :func:`_arrays`, of arrays that have this axis (numbers may be summed over axis 0)."""
    ŷ, y = _arrays(ŷ, y)
    check_axis(name, axis, np.ndim(ŷ) or 1)
    return ŷ, y


def _kept(x: Any, axis: Any) -> bool:
    """Keep reduced axes? Not for full reductions."""
    return axis is not None and np.ndim(x) > 0


# -- regression --------------------------------------------------------------------------------------


def mae(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """Mean absolute error, ``agg(|ŷ - y|)``.

    The derivative at ŷ = y is 0. ŷ and y have the same shape; the result is a number (or what `agg` makes of
    the losses, an array of that shape). Raises DimensionMismatch if the shapes differ: losses do not
    broadcast. Raises ArgumentError for arguments that are no numbers, or an `agg` that is no function.

    >>> round(float(mae(np.array([1.1, 1.9, 3.1]), np.array([1, 2, 3]))), 10)
    0.1
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, np.abs(ŷ - y))


def mse(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """Mean squared error, ``agg((ŷ - y)²)``; for complex numbers ``agg(|ŷ - y|²)``.

    Shapes, result and errors as for :func:`mae`. Raises DimensionMismatch if the shapes differ, ArgumentError
    for what holds no numbers.

    >>> round(float(mse(np.array([1.1, 1.9, 3.1]), np.array([1, 2, 3]))), 10)
    0.01
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, _abs2(ŷ - y))


def msle(ŷ: Any, y: Any, *, agg: Any = np.mean, eps: float | None = None) -> Any:
    """Mean squared logarithmic error, ``agg(log((ŷ + eps) / (y + eps))²)``.

    `eps` defaults to the machine epsilon of the float type of `ŷ`. Shapes and result as for :func:`mae`.
    Raises DomainError where the quotient is negative, DimensionMismatch if the shapes differ, ArgumentError
    for what holds no numbers.

    >>> round(float(msle(np.array([1.1, 2.2, 3.3]), np.array([1, 2, 3]))), 6)
    0.009084
    """
    ŷ, y = _arrays(ŷ, y)
    eps = _eps(eps, ŷ)
    return _aggregate(agg, np.square(log((ŷ + eps) / (y + eps))))


def huber_loss(ŷ: Any, y: Any, *, agg: Any = np.mean, delta: float = 1) -> Any:
    """Huber's loss: with ``e = |ŷ - y|``, e²/2 where e < delta, else delta·(e - delta/2).

    `agg` reduces these losses. Shapes and result as for :func:`mae`. Raises DimensionMismatch if the shapes
    differ, ArgumentError for what holds no numbers.

    >>> round(float(huber_loss(np.array([1.1, 2.1, 3.1]), np.array([1, 2, 3]), delta=0.05)), 10)
    0.00375
    """
    ŷ, y = _arrays(ŷ, y)
    error = np.abs(ŷ - y)
    losses = np.where(np.less(plain(error), delta), error * error * 0.5, delta * (error - 0.5 * delta))
    return _aggregate(agg, losses)


def poisson_loss(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """Loss of predicted rates `ŷ` for Poisson-distributed counts `y`, ``agg(ŷ - y·log(ŷ))``.

    That is the negative log-likelihood without the term log(y!), which does not depend on ŷ. Shapes and
    result as for :func:`mae`. Raises DomainError for negative `ŷ`, DimensionMismatch if the shapes differ,
    ArgumentError for what holds no numbers.

    >>> round(float(poisson_loss(np.array([1, 3, 3]), np.array([1, 2, 3]))), 6)
    0.502313
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, ŷ - xlogy(y, ŷ))


# -- classification ------------------------------------------------------------------------------------


@takes_axis
def label_smoothing(y: Any, alpha: float, *, axis: int | None = 0) -> Any:
    """Smoothed labels ``y·(1 - α) + α/n`` for n classes along axis 0 (Szegedy et al. 2016).

    `y` has the shape (classes, batch…), and so has the result. With ``axis=None`` (Flux's ``dims=0``; -1 is
    taken for it too) every number of `y` is a binary label between 0 and 1, and n is 2. Integers become
    floats of the type of `alpha`. Raises ArgumentError unless 0 < alpha < 1, or for another axis.

    >>> label_smoothing(np.array([[1.0], [0.0]]), 0.2)
    array([[0.9],
           [0.1]])
    """
    check_real("alpha", alpha)
    if not 0 < alpha < 1:
        raise ArgumentError(f"α must be between 0 and 1, both excluded; it is {alpha}")
    if not isinstance(axis, (int, np.integer, type(None))) or axis not in (None, -1, 0):
        raise ArgumentError(f"axis is 0 (one-hot labels) or None (labels that are one number); it is {axis}")
    y, alpha = _as_array(y), _double(alpha)
    if np.result_type(plain(y)).kind in "iu" and isinstance(alpha, np.floating):
        y = np.asarray(y, alpha.dtype)
    return y * (1 - alpha) + alpha / ((*np.shape(y), 1)[0] if axis == 0 else 2)


@takes_axis
def crossentropy(ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean, eps: float | None = None) -> Any:
    """Cross entropy of probabilities `ŷ` and labels `y`, ``agg(-sum(y·log(ŷ + eps)))``.

    ŷ and y have the same shape (classes, batch…); the sum runs over `axis`, and `agg` gets an array where
    that axis has length 1. :func:`logitcrossentropy` is more accurate if `ŷ` comes from a softmax. `eps`
    defaults to the machine epsilon. Raises DomainError for negative `ŷ`, DimensionMismatch if the shapes
    differ or there is no such axis, ArgumentError for what holds no numbers.

    >>> y = np.array([[1, 0], [0, 1]])
    >>> round(float(crossentropy(np.array([[0.9, 0.2], [0.1, 0.8]]), y)), 6)
    0.164252
    """
    ŷ, y = _classes("crossentropy", ŷ, y, axis)
    return _aggregate(agg, -np.sum(xlogy(y, ŷ + _eps(eps, ŷ)), axis=axis, keepdims=_kept(ŷ, axis)))


def _cross_entropies(ŷ: Any, y: Any, axis: Any = 0) -> Any:
    z = logsoftmax(ŷ, axis=axis)
    if isinstance(y, OneHotArray):
        return -np.take_along_axis(z, y.indices[None].astype(np.intp), 0)
    return -np.sum(y * z, axis=axis, keepdims=axis is not None)


def _by_logits(dy: Any, _h: Any, ŷ: Any, y: Any, axis: Any = 0) -> Any:
    p = softmax(ŷ, axis=axis)
    return dy * ((p if isinstance(y, OneHotArray) else p * np.sum(y, axis=axis, keepdims=True)) - y)


#: -sum(y·logsoftmax(ŷ)) as one primitive, for speed: most training steps of classifiers contain it.
CROSS_ENTROPIES: Any = primitive(
    None,
    _by_logits,
    lambda dy, _h, ŷ, _y, axis=0: -dy * logsoftmax(ŷ, axis=axis),
    name="logit_cross_entropies",
    compute=_cross_entropies,
)


@takes_axis
def logitcrossentropy(ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean) -> Any:
    """Cross entropy of ``softmax(ŷ)`` and labels `y`, ``agg(-sum(y·logsoftmax(ŷ)))``.

    ŷ are raw outputs (logits) of the shape (classes, batch…), y labels of the same shape; softmax and sum run
    over `axis`. Raises DimensionMismatch if the shapes differ or there is no such axis, TypeError for a
    number as prediction, ArgumentError for what holds no numbers.

    >>> y = np.array([[1, 0], [0, 1]])
    >>> round(float(logitcrossentropy(np.array([[2.0, -1.0], [0.0, 1.0]]), y)), 6)
    0.126928
    """
    compact = isinstance(y, OneHotArray) and axis == 0 and y.shape == np.shape(ŷ)
    ŷ, y = (_as_array(ŷ), y) if compact else _classes("logitcrossentropy", ŷ, y, axis)
    if np.ndim(y) < np.ndim(ŷ):  # one number: the target of every prediction
        y = np.broadcast_to(y, np.shape(ŷ))
    return _aggregate(agg, CROSS_ENTROPIES(ŷ, y, axis=axis))


def binarycrossentropy(ŷ: Any, y: Any, *, agg: Any = np.mean, eps: float | None = None) -> Any:
    """Cross entropy of binary labels, ``agg(-y·log(ŷ + eps) - (1 - y)·log(1 - ŷ + eps))``.

    ŷ holds probabilities, y numbers from 0 to 1, in arrays of the same shape; there is no axis of classes.
    `eps` defaults to the machine epsilon. Raises DomainError for `ŷ` below 0 or above 1, DimensionMismatch if
    the shapes differ, ArgumentError for what holds no numbers.

    >>> round(float(binarycrossentropy(np.array([0.9, 0.2]), np.array([True, False]))), 6)
    0.164252
    """
    ŷ, y = _arrays(ŷ, y)
    eps = _eps(eps, ŷ)
    return _aggregate(agg, -xlogy(y, ŷ + eps) - xlogy(1 - y, 1 - ŷ + eps))


def logitbinarycrossentropy(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """:func:`binarycrossentropy` of ``sigmoid(ŷ)``, more accurate: ``agg((1 - y)·ŷ - logσ(ŷ))``.

    ŷ and y have the same shape, of any size. Raises DimensionMismatch if the shapes differ, ArgumentError for
    what holds no numbers.

    >>> round(float(logitbinarycrossentropy(np.array([2.0, -1.0, 3.1415927]), np.array([1, 0, 1]))), 6)
    0.160832
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, (1 - y) * ŷ - logsigmoid(ŷ))


@takes_axis
def kldivergence(ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean, eps: float | None = None) -> Any:
    """Kullback-Leibler divergence, ``agg(sum(y·log(y))) + crossentropy(ŷ, y)``.

    ŷ and y are distributions along `axis`, in arrays of the same shape (classes, batch…). With ``eps=0`` it
    is infinite where ŷ is 0 and y is not. The entropy of integers is a Float64. Raises DomainError for
    negative numbers, DimensionMismatch if the shapes differ or there is no such axis, ArgumentError for what
    holds no numbers.

    >>> half = np.full((2, 2), 0.5)
    >>> round(float(kldivergence(half, np.eye(2))), 6), float(kldivergence(np.eye(2), half, eps=0))
    (0.693147, inf)
    """
    whole = np.result_type(plain(_as_array(y))).kind in "biu"
    ŷ, y = _classes("kldivergence", ŷ, y, axis)
    weights = y.astype(np.float64) if whole and np.ndim(y) else y  # log of an integer is a Float64
    entropy = _aggregate(agg, np.sum(xlogx(weights), axis=axis, keepdims=_kept(y, axis)))
    return entropy + crossentropy(ŷ, y, axis=axis, agg=agg, eps=eps)


def hinge_loss(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """Hinge loss ``agg(max(0, 1 - ŷ·y))`` for labels 1 and -1.

    At ŷ·y = 1 the derivative is that of the falling line. Shapes and result as for :func:`mae`. Raises
    DimensionMismatch if the shapes differ, ArgumentError for what holds no numbers.

    >>> round(float(hinge_loss(np.array([0.1, 0.3, 1, 1.5]), np.array([1, -1, 1, 1]))), 6)
    0.55
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, np.maximum(0, 1 - ŷ * y))


def squared_hinge_loss(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """Squared hinge loss ``agg(max(0, 1 - ŷ·y)²)`` for labels 1 and -1.

    Shapes and result as for :func:`mae`. Raises DimensionMismatch if the shapes differ, ArgumentError for
    what holds no numbers.

    >>> round(float(squared_hinge_loss(np.array([0.1, 0.3, 1, 1.5]), np.array([1, -1, 1, 1]))), 6)
    0.625
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, np.square(np.maximum(0, 1 - ŷ * y)))


def _focus(p: Any, gamma: float) -> Any:
    """``(1 - p)**gamma``; DomainError where that is no real number."""
    rest = 1 - p
    if gamma != int(gamma) and np.any(np.less(plain(rest), 0)):
        raise DomainError(
            f"(1 - ŷ)**gamma is not real for a probability ŷ above 1 and gamma={gamma}; check that ŷ comes "
            "from a sigmoid or softmax, or take an integer gamma"
        )
    return rest ** int(gamma) if gamma == int(gamma) else rest**gamma


def binary_focal_loss(
    ŷ: Any, y: Any, *, agg: Any = np.mean, gamma: float = 2, eps: float | None = None
) -> Any:
    """Focal loss of binary labels, ``agg(-(1 - p)**gamma · log(p))`` (Lin et al. 2017).

    p is ŷ + eps where the label is 1, and one minus that where it is 0; gamma = 0 gives the binary cross
    entropy. ŷ holds probabilities in the shape of y. Raises DomainError for probabilities outside of [0, 1]
    (above 1: only if gamma is no integer, or the label is 0), DimensionMismatch if the shapes differ,
    ArgumentError for what holds no numbers.

    >>> y = np.array([[0, 1, 0], [1, 0, 1]])
    >>> ŷ = np.array([[0.268941, 0.5, 0.268941], [0.731059, 0.5, 0.731059]])
    >>> round(float(binary_focal_loss(ŷ, y)), 6)
    0.072868
    """
    ŷ, y = _arrays(ŷ, y)
    ŷ = ŷ + _eps(eps, ŷ)
    p = y * ŷ + (1 - y) * (1 - ŷ)
    return _aggregate(agg, _focus(p, gamma) * -log(p))


@takes_axis
def focal_loss(
    ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean, gamma: float = 2, eps: float | None = None
) -> Any:
    """Focal loss of one-hot labels, ``agg(sum(-y·(1 - ŷ)**gamma·log(ŷ)))`` (Lin et al. 2017).

    It weighs well classified observations less; gamma = 0 gives :func:`crossentropy`. ŷ and y have the same
    shape (classes, batch…), and the sum runs over `axis`. Raises DomainError for negative `ŷ`, or for `ŷ`
    above 1 if gamma is no integer, DimensionMismatch if the shapes differ or there is no such axis,
    ArgumentError for what holds no numbers.

    >>> round(float(focal_loss(np.array([[0.9, 0.2], [0.1, 0.8]]), np.eye(2))), 6)
    0.00499
    """
    ŷ, y = _classes("focal_loss", ŷ, y, axis)
    ŷ = ŷ + _eps(eps, ŷ)
    return _aggregate(agg, np.sum(-y * _focus(ŷ, gamma) * log(ŷ), axis=axis, keepdims=_kept(ŷ, axis)))


# -- overlap and distance --------------------------------------------------------------------------------


def dice_coeff_loss(ŷ: Any, y: Any, *, smooth: float = 1) -> Any:
    """Dice loss for segmentation (Milletari et al. 2016), summed over everything.

    ``1 - (2·sum(y·ŷ) + smooth) / (sum(y²) + sum(ŷ²) + smooth)``. ŷ and y have the same shape; the result is a
    number. Raises DimensionMismatch if the shapes differ, ArgumentError for what holds no numbers.

    >>> round(float(dice_coeff_loss(np.array([1.1, 2.1, 3.1]), np.array([1, 2, 3]))), 9)
    0.000992392
    """
    ŷ, y = _arrays(ŷ, y)
    return 1 - (2 * np.sum(y * ŷ) + smooth) / (np.sum(np.square(y)) + np.sum(np.square(ŷ)) + smooth)


def tversky_loss(ŷ: Any, y: Any, *, beta: float = 0.7) -> Any:
    """Tversky's loss for segmentation with rare classes (Salehi et al. 2017).

    ``1 - (sum(y·ŷ) + 1) / (sum(y·ŷ + beta·(1 - y)·ŷ + (1 - beta)·y·(1 - ŷ)) + 1)``: a larger `beta` weighs
    false positives more. ŷ and y have the same shape; the result is a number. Raises DimensionMismatch if the
    shapes differ, ArgumentError for what holds no numbers.

    >>> round(float(tversky_loss(np.array([0.9, 0.1]), np.array([1, 0]))), 6)
    0.05
    """
    ŷ, y = _arrays(ŷ, y)
    both = y * ŷ
    total = np.sum(both + beta * (1 - y) * ŷ + (1 - beta) * y * (1 - ŷ))
    return 1 - (np.sum(both) + 1) / (total + 1)


def siamese_contrastive_loss(ŷ: Any, y: Any, *, agg: Any = np.mean, margin: float = 1) -> Any:
    """Contrastive loss of distances `ŷ`: ``agg((1 - y)·ŷ² + y·max(0, margin - ŷ)²)``.

    From Hadsell et al. 2006. `y` is 0 for pairs that belong together, 1 for others. Shapes and result as for
    :func:`mae`. Raises DomainError for a negative `margin`, DimensionMismatch if the shapes differ,
    ArgumentError for what holds no numbers.

    >>> round(float(siamese_contrastive_loss(np.array([0.5, 1.5, 2.5]), np.array([1, 2, 3]))), 6)
    -4.833333
    """
    if margin < 0:
        raise DomainError(f"the margin must not be negative; it is {margin}")
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, (1 - y) * np.square(ŷ) + y * np.square(np.maximum(0, _double(margin) - ŷ)))
