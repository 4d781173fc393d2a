"""Mean 0 and variance 1 along some axes, as one primitive: where layers that normalise spend their time."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import primitive

Axes = tuple[int, ...]


def _mean(x: Any, axes: Axes) -> Any:
    return np.mean(x, axis=axes, keepdims=True)


def _standardise(x: np.ndarray, eps: Any, axes: Axes) -> np.ndarray:
    y = x - _mean(x, axes)
    y /= np.sqrt(_mean(y * y, axes) + eps)
    return y


def _inverse_square(x: Any, eps: Any, axes: Axes) -> Any:
    """1 / (variance + eps)."""
    centred = x - _mean(x, axes)
    return 1 / (_mean(centred * centred, axes) + eps)


def _x_rule(dy: Any, y: Any, x: Any, eps: Any, axes: Axes) -> Any:
    """r (dy - mean(dy) - y mean(y dy)), with r = 1 / √(variance + eps). Ioffe and Szegedy, 2015."""
    inner = dy - _mean(dy, axes) - y * _mean(dy * y, axes)
    return np.sqrt(_inverse_square(x, eps, axes)) * inner


STANDARDISE: Any = primitive(
    None,
    _x_rule,
    lambda dy, y, x, eps, axes: -0.5 * np.sum(dy * y * _inverse_square(x, eps, axes)),
    name="standardise",
    compute=_standardise,
)


def standardise(x: Any, eps: Any, axes: Axes) -> Any:
    """(x - mean) / √(variance + eps) along `axes`, for real x; the variance is the biased one.

    >>> standardise(np.array([[1.0, 3.0]]), 0.0, (1,))
    array([[-1.,  1.]])
    """
    return STANDARDISE(x, eps, axes=axes)
