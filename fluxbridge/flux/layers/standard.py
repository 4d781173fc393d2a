"""Standardisation to mean 0 and variance 1 along axes, as one primitive: norm layers need its speed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer, plain, primitive

Axes = tuple[int, ...]
Moments = tuple[Any, Any]


def _mean(x: Any, axes: Axes) -> Any:
    return np.mean(x, axis=axes, keepdims=True)


def moments(x: Any, axes: Axes) -> Moments:
    """Mean and biased variance of the array `x` along `axes`, which keep length 1. Raises nothing of its own.

    >>> moments(np.array([[1.0, 3.0]]), (1,))
    (array([[2.]]), array([[1.]]))
    """
    mean = _mean(x, axes)
    centred = x - mean
    square = np.multiply(centred, centred, out=centred) if type(centred) is np.ndarray else centred * centred
    return mean, _mean(square, axes)


def _standardise(x: np.ndarray, eps: Any, axes: Axes, known: Moments | None) -> np.ndarray:
    mean, variance = moments(x, axes) if known is None else known
    y = x - mean
    y /= np.sqrt(variance + eps)
    return y


def _inverse_square(x: Any, eps: Any, axes: Axes, known: Moments | None) -> Any:
    """1 / (variance + eps). For traced x (second order) the variance is computed again, from x."""
    variance = moments(x, axes)[1] if known is None or isinstance(x, Tracer) else known[1]
    return 1 / (variance + eps)


def _x_rule(dy: Any, y: Any, x: Any, eps: Any, axes: Axes, known: Moments | None) -> Any:
    """r (dy - mean(dy) - y mean(y dy)) with r = 1 / √(variance + eps) (Ioffe and Szegedy 2015)."""
    scale = np.sqrt(_inverse_square(x, eps, axes, known))
    product = dy * y
    along = _mean(product, axes)
    if {type(dy), type(y), type(x), type(scale)} != {np.ndarray} or product.dtype != scale.dtype:
        return scale * (dy - _mean(dy, axes) - y * along)
    dx = dy - _mean(dy, axes)  # the same steps, with fewer arrays in between
    dx -= np.multiply(y, along, out=product)
    dx *= scale
    return dx


def _eps_rule(dy: Any, y: Any, x: Any, eps: Any, axes: Axes, known: Moments | None) -> Any:
    return -0.5 * np.sum(np.sum(dy * y, axis=axes, keepdims=True) * _inverse_square(x, eps, axes, known))


STANDARDISE: Any = primitive(None, _x_rule, _eps_rule, name="standardise", compute=_standardise)


def follows(x: Any) -> bool:
    """Is `x` recorded to be computed anew with other values, so that nothing about them may be known?"""
    return hasattr(getattr(x, "level", None), "follow")


def standardise(x: Any, eps: Any, axes: Axes, known: Moments | None = None) -> Any:
    """(x - mean) / √(variance + eps) along `axes` for real x, in its shape; `known` are its :func:`moments`.

    Raises nothing of its own.

    >>> standardise(np.array([[1.0, 3.0]]), 0.0, (1,))
    array([[-1.,  1.]])
    """
    if known is None and not follows(x):
        known = moments(plain(x), axes)
    return STANDARDISE(x, eps, axes=axes, known=known)
