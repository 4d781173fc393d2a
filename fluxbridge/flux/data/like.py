"""New arrays in the shape and type of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ..rng import rand, randn
from .observations import default_or_given

__all__ = ["falses_like", "fill_like", "ones_like", "rand_like", "randn_like", "trues_like", "zeros_like"]


def _asked(x: Any, dtype: Any, shape: Any) -> tuple[Any, tuple[int, ...]]:
    """(dtype, shape): the shape may stand in the place of the dtype."""
    if isinstance(dtype, (int, tuple)):
        dtype, shape = None, dtype
    shape = np.shape(x) if shape is None else (shape,) if isinstance(shape, int) else shape
    return plain(x).dtype if dtype is None else np.dtype(dtype), shape


def fill_like(x: Any, value: Any, dtype: Any = None, shape: Any = None) -> np.ndarray:
    """An array of `value` with the dtype and shape of `x`, unless others are given.

    >>> fill_like(np.zeros((1, 2), np.float32), 3)
    array([[3., 3.]], dtype=float32)
    """
    dtype, shape = _asked(x, dtype, shape)
    return np.full(shape, value, dtype)


def ones_like(x: Any, dtype: Any = None, shape: Any = None) -> np.ndarray:
    """Ones with the dtype and shape of `x`, unless others are given."""
    return fill_like(x, 1, dtype, shape)


def zeros_like(x: Any, dtype: Any = None, shape: Any = None) -> np.ndarray:
    """Zeros with the dtype and shape of `x`, unless others are given."""
    return fill_like(x, 0, dtype, shape)


def trues_like(x: Any, shape: Any = None) -> np.ndarray:
    """True everywhere, in the shape of `x` unless another is given."""
    return fill_like(x, True, bool, np.shape(x) if shape is None else shape)


def falses_like(x: Any, shape: Any = None) -> np.ndarray:
    """False everywhere, in the shape of `x` unless another is given.

    >>> falses_like(np.ones(2)), trues_like(np.ones(2), 1)
    (array([False, False]), array([ True]))
    """
    return fill_like(x, False, bool, np.shape(x) if shape is None else shape)


def _drawn(draw: Any, args: tuple[Any, ...]) -> Any:
    rng, (x, *rest) = default_or_given(args)
    dtype, shape = _asked(x, *(*rest, None, None)[:2])
    return draw(rng, dtype, *shape)


def rand_like(*args: Any) -> np.ndarray:
    """``rand_like([rng,] x, [dtype], [shape])``: random numbers between 0 and 1.

    >>> rand_like(np.zeros((2, 3), np.float32)).shape
    (2, 3)
    """
    return _drawn(rand, args)


def randn_like(*args: Any) -> np.ndarray:
    """``randn_like([rng,] x, [dtype], [shape])``: normally distributed random numbers; x may be traced."""
    return _drawn(randn, args)
