"""New arrays in the shape and type of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...errors import ArgumentError
from ..rng import rand, randn
from .observations import default_or_given

__all__ = ["falses_like", "fill_like", "ones_like", "rand_like", "randn_like", "trues_like", "zeros_like"]


def _asked(x: Any, dtype: Any, shape: Any) -> tuple[Any, tuple[int, ...]]:
    """(dtype, shape) of the new array; the shape may stand in the place of the dtype."""
    if isinstance(dtype, (int, tuple)):
        dtype, shape = None, dtype
    shape = np.shape(x) if shape is None else (shape,) if isinstance(shape, int) else shape
    try:
        return plain(x).dtype if dtype is None else np.dtype(dtype), shape
    except TypeError:
        raise ArgumentError(f"{dtype!r} is no dtype; give one such as np.float32") from None


def fill_like(x: Any, value: Any, dtype: Any = None, shape: Any = None) -> np.ndarray:
    """An array of `value` with the dtype and shape of `x`, unless others are given.

    The shape may stand in the place of the dtype. Raises ArgumentError for a dtype that NumPy does not know.

    >>> fill_like(np.zeros((1, 2), np.float32), 3), fill_like(np.zeros(1), 3, 2)
    (array([[3., 3.]], dtype=float32), array([3., 3.]))
    """
    dtype, shape = _asked(x, dtype, shape)
    return np.full(shape, value, dtype)


def ones_like(x: Any, dtype: Any = None, shape: Any = None) -> np.ndarray:
    """Ones with the dtype and shape of `x`, unless others are given. Raises as :func:`fill_like`.

    >>> ones_like(np.zeros(2, np.float32), (1, 2))
    array([[1., 1.]], dtype=float32)
    """
    return fill_like(x, 1, dtype, shape)


def zeros_like(x: Any, dtype: Any = None, shape: Any = None) -> np.ndarray:
    """Zeros with the dtype and shape of `x`, unless others are given. Raises as :func:`fill_like`.

    >>> zeros_like(np.ones(2), int)
    array([0, 0])
    """
    return fill_like(x, 0, dtype, shape)


def trues_like(x: Any, shape: Any = None) -> np.ndarray:
    """True everywhere, a bool array in the shape of `x` unless another is given.

    >>> trues_like(np.ones(2), (1, 1))
    array([[ True]])
    """
    return fill_like(x, True, bool, np.shape(x) if shape is None else shape)


def falses_like(x: Any, shape: Any = None) -> np.ndarray:
    """False everywhere, a bool array in the shape of `x` unless another is given.

    >>> falses_like(np.ones(2)), falses_like(np.ones(2), 1)
    (array([False, False]), array([False]))
    """
    return fill_like(x, False, bool, np.shape(x) if shape is None else shape)


def _drawn(draw: Any, args: tuple[Any, ...]) -> Any:
    rng, given = default_or_given(args)
    if not 1 <= len(given) <= 3:
        raise TypeError("the arguments are ([rng,] x, [dtype], [shape])")
    x, *rest = given
    dtype, shape = _asked(x, *(*rest, None, None)[:2])
    return draw(rng, dtype, *shape)


def rand_like(*args: Any) -> np.ndarray:
    """``rand_like([rng,] x, [dtype], [shape])``: uniform random numbers in [0, 1).

    They have the dtype and shape of `x`, unless others are given. Raises TypeError without `x`, ArgumentError
    for a dtype that NumPy does not know.

    >>> rand_like(np.zeros((2, 3), np.float32)).shape
    (2, 3)
    """
    return _drawn(rand, args)


def randn_like(*args: Any) -> np.ndarray:
    """``randn_like([rng,] x, [dtype], [shape])``: normal numbers, as :func:`rand_like`; x may be traced.

    Raises as :func:`rand_like`.

    >>> randn_like(np.random.default_rng(0), np.zeros(3), np.float32, 1).dtype
    dtype('float32')
    """
    return _drawn(randn, args)
