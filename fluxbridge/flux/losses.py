"""Loss functions, as in Flux.Losses: predictions first, features × batch, one number as the answer.

Each takes the prediction `ŷ` and the target `y` of the same shape (a number as target stands for
itself everywhere), and `agg` says what is made of the single losses: ``np.mean`` by default,
``np.sum``, the identity, or any function of an array. Targets may be integers, booleans or a
:class:`~fluxbridge.flux.onehotarrays.OneHotArray`; the result has the float type of the prediction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.elementwise import elementwise
from ..autodiff.primitive import plain, primitive, take_up
from ..errors import ArgumentError, DimensionMismatch, DomainError
from .nnlib import ctc_loss as ctc_loss
from .nnlib import logsigmoid, logsoftmax, softmax
from .onehotarrays import OneHotArray

#: Python's own words for an aggregate mean NumPy's, over all elements.
_AGGREGATES: dict[Any, Any] = {sum: np.sum, min: np.min, max: np.max, None: lambda x: x}


def _aggregate(agg: Any, losses: Any) -> Any:
    return _AGGREGATES.get(agg, agg)(losses)


# -- logarithms that know their limits -------------------------------------------------------------


def _not_negative(x: Any) -> None:
    if np.any(np.less(x, 0)):
        raise DomainError(
            f"the logarithm of a negative number ({np.min(x)}) was asked for: this loss takes probabilities "
            "or positive numbers. For raw outputs of a model take the logit… version of it."
        )


def _log_value(x: Any) -> Any:
    _not_negative(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


def _xlogy_value(x: Any, y: Any) -> Any:
    _not_negative(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.equal(x, 0), np.zeros_like(y), x * np.log(y))[()]


def _quiet(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule whose infinities are no news."""

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
    """x·log(x), and its limit 0 at 0.

    >>> xlogx(np.array([0.0, 1.0, 2.0]))
    array([0.        , 0.        , 1.38629436])
    """
    zero = np.equal(plain(x), 0)
    return np.where(zero, 0.0, x * log(np.where(zero, 1.0, x)))


# -- what comes in -----------------------------------------------------------------------------------


def _float_type(x: Any) -> Any:
    """The float type that goes with the elements of `x`."""
    dtype = np.result_type(plain(x))
    return dtype if dtype.kind in "fc" else np.dtype(np.float64)


def _double(x: Any) -> Any:
    """A float as what it is in Julia: a Float64, which widens what is single. Integers do not."""
    return np.float64(x) if issubclass(type(x), float) else x


def _eps(eps: float | None, ŷ: Any) -> Any:
    return float(np.finfo(_float_type(ŷ)).eps) if eps is None else _double(eps)


_NUMBERS = (np.ndarray, OneHotArray, int, float, complex, np.generic)


def _arrays(ŷ: Any, y: Any) -> tuple[Any, Any]:
    """Both as arrays (or numbers) of one shape, the target as floats."""
    ŷ, y = _as_array(ŷ), _as_array(y)
    for x in (ŷ, y):
        if not isinstance(plain(x), _NUMBERS) or np.result_type(plain(x)).kind not in "biufcO":
            raise ArgumentError(f"losses take numbers and arrays of them, not {x!r} ({type(x).__name__})")
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
    """The square of the absolute value, a real number also where x is complex."""
    return np.real(x * np.conj(x)) if np.iscomplexobj(plain(x)) else np.square(x)


def _as_array(x: Any) -> Any:
    x = take_up(x)
    if isinstance(x, range) or (hasattr(x, "__array__") and not hasattr(x, "astype")):
        return np.asarray(x)
    return x


def _kept(x: Any, axis: Any) -> bool:
    """Does a sum keep its axes, with length 1? Not that of everything, which is a number."""
    return axis is not None and np.ndim(x) > 0


# -- regression --------------------------------------------------------------------------------------


def mae(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """The mean absolute error, ``agg(|ŷ - y|)``; its slope at ŷ = y is 0.

    >>> round(float(mae(np.array([1.1, 1.9, 3.1]), np.array([1, 2, 3]))), 10)
    0.1
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, np.abs(ŷ - y))


def mse(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """The mean squared error, ``agg((ŷ - y)²)``.

    >>> round(float(mse(np.array([1.1, 1.9, 3.1]), np.array([1, 2, 3]))), 10)
    0.01
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, _abs2(ŷ - y))


def msle(ŷ: Any, y: Any, *, agg: Any = np.mean, eps: float | None = None) -> Any:
    """The mean squared logarithmic error, ``agg(log((ŷ + eps) / (y + eps))²)``.

    `eps` is the resolution of the float type of `ŷ` if it is not given. Raises DomainError where
    the quotient is negative.

    >>> round(float(msle(np.array([1.1, 2.2, 3.3]), np.array([1, 2, 3]))), 6)
    0.009084
    """
    ŷ, y = _arrays(ŷ, y)
    eps = _eps(eps, ŷ)
    return _aggregate(agg, np.square(log((ŷ + eps) / (y + eps))))


def huber_loss(ŷ: Any, y: Any, *, agg: Any = np.mean, delta: float = 1) -> Any:
    """Huber's loss: with e = \\|ŷ - y\\|, e²/2 where e < delta, else delta·(e - delta/2).

    >>> round(float(huber_loss(np.array([1.1, 2.1, 3.1]), np.array([1, 2, 3]), delta=0.05)), 10)
    0.00375
    """
    ŷ, y = _arrays(ŷ, y)
    error = np.abs(ŷ - y)
    losses = np.where(np.less(plain(error), delta), error * error * 0.5, delta * (error - 0.5 * delta))
    return _aggregate(agg, losses)


def poisson_loss(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """How far `ŷ` is from Poisson-distributed counts `y`: ``agg(ŷ - y·log(ŷ))``.

    >>> round(float(poisson_loss(np.array([1, 3, 3]), np.array([1, 2, 3]))), 6)
    0.502313
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, ŷ - xlogy(y, ŷ))


# -- classification ------------------------------------------------------------------------------------


def label_smoothing(y: Any, alpha: float, *, axis: int | None = 0) -> Any:
    """Labels with less confidence: ``y·(1 - α) + α/n`` for n classes along axis 0.

    With ``axis=None`` (Flux's ``dims=0``; -1 is taken for it as well) each number of `y` is a label
    of its own between 0 and 1, which moves towards a half. `alpha` is between 0 and 1, both excluded.

    >>> label_smoothing(np.array([[1.0], [0.0]]), 0.2)
    array([[0.9],
           [0.1]])
    """
    if not 0 < alpha < 1:
        raise ArgumentError(f"α must be between 0 and 1, both excluded; it is {alpha}")
    if axis not in (None, -1, 0):
        raise ArgumentError(f"axis is 0 (one-hot labels) or None (labels that are one number); it is {axis}")
    y, alpha = _as_array(y), _double(alpha)
    if np.result_type(plain(y)).kind in "iu" and isinstance(alpha, np.floating):
        y = np.asarray(y, alpha.dtype)
    return y * (1 - alpha) + alpha / ((*np.shape(y), 1)[0] if axis == 0 else 2)


def crossentropy(ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean, eps: float | None = None) -> Any:
    """The cross entropy of probabilities `ŷ` and labels `y`: ``agg(-sum(y·log(ŷ + eps)))``.

    The sum goes over the classes along `axis` (which is kept, with length 1). :func:`logitcrossentropy`
    is more exact where `ŷ` comes from a softmax. Raises DomainError for negative `ŷ`.

    >>> y = np.array([[1, 0], [0, 1]])
    >>> round(float(crossentropy(np.array([[0.9, 0.2], [0.1, 0.8]]), y)), 6)
    0.164252
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, -np.sum(xlogy(y, ŷ + _eps(eps, ŷ)), axis=axis, keepdims=_kept(ŷ, axis)))


def _cross_entropies(ŷ: Any, y: Any, axis: Any = 0) -> Any:
    z = logsoftmax(ŷ, axis=axis)
    if isinstance(y, OneHotArray):
        return -np.take_along_axis(z, y.indices[None].astype(np.intp), 0)
    return -np.sum(y * z, axis=axis, keepdims=axis is not None)


def _by_logits(dy: Any, _h: Any, ŷ: Any, y: Any, axis: Any = 0) -> Any:
    p = softmax(ŷ, axis=axis)
    return dy * ((p if isinstance(y, OneHotArray) else p * np.sum(y, axis=axis, keepdims=True)) - y)


#: -sum(y·logsoftmax(ŷ)) in one piece: it is in most training steps.
CROSS_ENTROPIES: Any = primitive(
    None,
    _by_logits,
    lambda dy, _h, ŷ, _y, axis=0: -dy * logsoftmax(ŷ, axis=axis),
    name="logit_cross_entropies",
    compute=_cross_entropies,
)


def logitcrossentropy(ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean) -> Any:
    """The cross entropy of ``softmax(ŷ)`` and labels `y`: ``agg(-sum(y·logsoftmax(ŷ)))``.

    >>> y = np.array([[1, 0], [0, 1]])
    >>> round(float(logitcrossentropy(np.array([[2.0, -1.0], [0.0, 1.0]]), y)), 6)
    0.126928
    """
    compact = isinstance(y, OneHotArray) and axis == 0 and y.shape == np.shape(ŷ)
    ŷ, y = (_as_array(ŷ), y) if compact else _arrays(ŷ, y)
    if np.ndim(y) < np.ndim(ŷ):  # one number is the target of each
        y = np.broadcast_to(y, np.shape(ŷ))
    return _aggregate(agg, CROSS_ENTROPIES(ŷ, y, axis=axis))


def binarycrossentropy(ŷ: Any, y: Any, *, agg: Any = np.mean, eps: float | None = None) -> Any:
    """The cross entropy of labels that are one number between 0 and 1 each.

    ``agg(-y·log(ŷ + eps) - (1 - y)·log(1 - ŷ + eps))``; `ŷ` is usually made by a sigmoid.

    >>> round(float(binarycrossentropy(np.array([0.9, 0.2]), np.array([True, False]))), 6)
    0.164252
    """
    ŷ, y = _arrays(ŷ, y)
    eps = _eps(eps, ŷ)
    return _aggregate(agg, -xlogy(y, ŷ + eps) - xlogy(1 - y, 1 - ŷ + eps))


def logitbinarycrossentropy(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """:func:`binarycrossentropy` of ``sigmoid(ŷ)``, more exactly: ``agg((1 - y)·ŷ - logσ(ŷ))``.

    >>> round(float(logitbinarycrossentropy(np.array([2.0, -1.0, 3.1415927]), np.array([1, 0, 1]))), 6)
    0.160832
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, (1 - y) * ŷ - logsigmoid(ŷ))


def kldivergence(ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean, eps: float | None = None) -> Any:
    """The Kullback-Leibler divergence of distributions: the cross entropy less the entropy of `y`.

    >>> half = np.full((2, 2), 0.5)
    >>> round(float(kldivergence(half, np.eye(2))), 6), float(kldivergence(np.eye(2), half, eps=0))
    (0.693147, inf)
    """
    whole = np.result_type(plain(_as_array(y))).kind in "biu"
    ŷ, y = _arrays(ŷ, y)
    weights = y.astype(np.float64) if whole and np.ndim(y) else y  # the logarithm of an integer
    entropy = _aggregate(agg, np.sum(xlogx(weights), axis=axis, keepdims=_kept(y, axis)))
    return entropy + crossentropy(ŷ, y, axis=axis, agg=agg, eps=eps)


def hinge_loss(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """``agg(max(0, 1 - ŷ·y))`` for labels 1 and -1; at the corner the slope is that of the line.

    >>> round(float(hinge_loss(np.array([0.1, 0.3, 1, 1.5]), np.array([1, -1, 1, 1]))), 6)
    0.55
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, np.maximum(0, 1 - ŷ * y))


def squared_hinge_loss(ŷ: Any, y: Any, *, agg: Any = np.mean) -> Any:
    """``agg(max(0, 1 - ŷ·y)²)`` for labels 1 and -1.

    >>> round(float(squared_hinge_loss(np.array([0.1, 0.3, 1, 1.5]), np.array([1, -1, 1, 1]))), 6)
    0.625
    """
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, np.square(np.maximum(0, 1 - ŷ * y)))


def _focus(p: Any, gamma: float) -> Any:
    """``(1 - p)**gamma``."""
    rest = 1 - p
    if gamma != int(gamma) and np.any(np.less(plain(rest), 0)):
        raise DomainError(f"a probability above 1 cannot be focussed with gamma={gamma}, which is no integer")
    return rest ** int(gamma) if gamma == int(gamma) else rest**gamma


def binary_focal_loss(
    ŷ: Any, y: Any, *, agg: Any = np.mean, gamma: float = 2, eps: float | None = None
) -> Any:
    """The focal loss of labels that are one number each; :func:`binarycrossentropy` for gamma = 0.

    With p the probability given to what is true, ``agg(-(1 - p)**gamma · log(p))`` (Lin et al. 2017).

    >>> y = np.array([[0, 1, 0], [1, 0, 1]])
    >>> ŷ = np.array([[0.268941, 0.5, 0.268941], [0.731059, 0.5, 0.731059]])
    >>> round(float(binary_focal_loss(ŷ, y)), 6)
    0.072868
    """
    ŷ, y = _arrays(ŷ, y)
    ŷ = ŷ + _eps(eps, ŷ)
    p = y * ŷ + (1 - y) * (1 - ŷ)
    return _aggregate(agg, _focus(p, gamma) * -log(p))


def focal_loss(
    ŷ: Any, y: Any, *, axis: Any = 0, agg: Any = np.mean, gamma: float = 2, eps: float | None = None
) -> Any:
    """The focal loss of one-hot labels: ``agg(sum(-y·(1 - ŷ)**gamma·log(ŷ)))`` along `axis`.

    It gives less weight to what is classified well; :func:`crossentropy` for gamma = 0.

    >>> round(float(focal_loss(np.array([[0.9, 0.2], [0.1, 0.8]]), np.eye(2))), 6)
    0.00499
    """
    ŷ, y = _arrays(ŷ, y)
    ŷ = ŷ + _eps(eps, ŷ)
    return _aggregate(agg, np.sum(-y * _focus(ŷ, gamma) * log(ŷ), axis=axis, keepdims=_kept(ŷ, axis)))


# -- overlap and distance --------------------------------------------------------------------------------


def dice_coeff_loss(ŷ: Any, y: Any, *, smooth: float = 1) -> Any:
    """One minus the dice coefficient, for segmentation: ``1 - (2·sum(y·ŷ) + s) / (sum(y²) + sum(ŷ²) + s)``.

    >>> round(float(dice_coeff_loss(np.array([1.1, 2.1, 3.1]), np.array([1, 2, 3]))), 9)
    0.000992392
    """
    ŷ, y = _arrays(ŷ, y)
    return 1 - (2 * np.sum(y * ŷ) + smooth) / (np.sum(np.square(y)) + np.sum(np.square(ŷ)) + smooth)


def tversky_loss(ŷ: Any, y: Any, *, beta: float = 0.7) -> Any:
    """Tversky's loss for segmentation with rare classes; a larger `beta` weighs false positives more.

    ``1 - (sum(y·ŷ) + 1) / (sum(y·ŷ + β·(1 - y)·ŷ + (1 - β)·y·(1 - ŷ)) + 1)``

    >>> round(float(tversky_loss(np.array([0.9, 0.1]), np.array([1, 0]))), 6)
    0.05
    """
    ŷ, y = _arrays(ŷ, y)
    both = y * ŷ
    total = np.sum(both + beta * (1 - y) * ŷ + (1 - beta) * y * (1 - ŷ))
    return 1 - (np.sum(both) + 1) / (total + 1)


def siamese_contrastive_loss(ŷ: Any, y: Any, *, agg: Any = np.mean, margin: float = 1) -> Any:
    """The contrastive loss of distances `ŷ`, ``agg((1 - y)·ŷ² + y·max(0, margin - ŷ)²)``.

    From Hadsell et al. 2006. `y` is 0 for pairs that belong together. Raises DomainError for a negative
    `margin`.

    >>> round(float(siamese_contrastive_loss(np.array([0.5, 1.5, 2.5]), np.array([1, 2, 3]))), 6)
    -4.833333
    """
    if margin < 0:
        raise DomainError(f"the margin must not be negative; it is {margin}")
    ŷ, y = _arrays(ŷ, y)
    return _aggregate(agg, (1 - y) * np.square(ŷ) + y * np.square(np.maximum(0, _double(margin) - ŷ)))
