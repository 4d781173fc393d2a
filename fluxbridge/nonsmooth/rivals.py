"""The rivals of primitives that are not smooth: functions of their inputs and options, for :mod:`.table`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.axes import to_last
from ..autodiff.primitive import plain
from ..autodiff.rules.statistics import deviations


def pair(a: Any, b: Any) -> Any:
    """Two rivals, broadcast against each other."""
    shape = np.broadcast_shapes(np.shape(a), np.shape(b))
    return np.stack([np.broadcast_to(a, shape), np.broadcast_to(b, shape)], axis=-1)


def whole(x: Any) -> Any:
    """The nearest whole number, which does not vary."""
    return np.round(plain(x))


def half(x: Any) -> Any:
    """The nearest number halfway between whole ones, which does not vary."""
    return np.floor(plain(x)) + 0.5


def parts(x: Any) -> Any:
    """The real numbers that a number consists of, along a new last axis."""
    if np.iscomplexobj(plain(x)):
        return np.stack([np.real(x), np.imag(x)], axis=-1)
    return np.expand_dims(x, -1) if np.ndim(x) else np.reshape(x, (1,))


def modulus_at_zero(x: Any) -> Any:
    """The rivals of |z| for complex z."""
    return parts(x) if np.iscomplexobj(plain(x)) else None


def sign_change(x: Any) -> Any:
    """The rivals of |x| for real x."""
    return None if np.iscomplexobj(plain(x)) else pair(x, 0.0)


def limits(x: Any, low: Any = None, high: Any = None) -> Any:
    """The rivals of x between limits, either of which may be missing."""
    return tuple(pair(x, limit) for limit in (low, high) if limit is not None) or None


def along(x: Any, axis: Any, sign: float = 1.0) -> Any:
    """The rivals of a reduction: the elements along the reduced axes."""

    x = np.reshape(x, (1,)) if np.ndim(x) == 0 else x
    return sign * to_last(x, axis)


def row_of(x: Any, axis: int = -1, **_options: Any) -> Any:
    """The elements along one axis."""
    return along(x, -1 if axis is None else axis)


def _all_real(*xs: Any) -> bool:
    return all(np.isrealobj(plain(x)) for x in xs)


def steep_root(a: Any, b: Any) -> Any:
    """The rivals of a power at zero: a**b has an infinite slope there where b < 1 (and is not 0)."""
    if not _all_real(a, b):
        return None
    return pair(np.where((plain(b) >= 1) | (plain(b) == 0), 1.0, a), 0.0)


def components(x: Any, axis: Any = None, **_options: Any) -> Any:
    """The real numbers that a norm is taken of."""
    if np.iscomplexobj(plain(x)):
        return np.concatenate([components(np.real(x), axis), components(np.imag(x), axis)], axis=-1)
    return to_last(np.reshape(x, (1,)) if np.ndim(x) == 0 else x, axis)


def between_decimals(x: Any, decimals: int = 0, **_options: Any) -> Any:
    """The rivals of rounding to so many decimals."""
    scaled = x * 10.0**decimals
    return pair(scaled, np.floor(plain(scaled)) + 0.5)


def gaps_between(values: Any) -> Any:
    """The distances of neighbouring eigenvalues, each by itself."""
    return np.diff(np.sort_complex(plain(values)), axis=-1)[..., None]


def singular_gaps(a: Any, **_options: Any) -> Any:
    """The distances of neighbouring singular values, and of the last one from zero."""
    s = np.linalg.svd(plain(a), compute_uv=False)
    return -np.diff(s, axis=-1, append=0.0)[..., None]


def deviations_of(x: Any, axis: Any = None, where: Any = True, **_options: Any) -> Any:
    """The deviations from the mean, which are all 0 where a standard deviation has no derivative."""
    return along(deviations(np.real(x), axis, where)[0], axis)


def extremes(sign: float) -> Callable[..., Any]:
    """The rivals of a maximum (sign 1) or a minimum (sign -1)."""

    def rivals(x: Any, axis: Any = None, initial: Any = None, where: Any = True, **_options: Any) -> Any:
        rows = to_last(np.reshape(x, (1,)) if np.ndim(x) == 0 else x, axis if np.ndim(x) else None)
        if where is not True:
            counted = to_last(np.broadcast_to(where, np.shape(x)), axis)
            rows = np.where(counted, rows, -sign * np.inf)
        if initial is not None:
            rows = np.concatenate([rows, np.full((*np.shape(rows)[:-1], 1), initial)], axis=-1)
        return sign * rows

    return rivals
