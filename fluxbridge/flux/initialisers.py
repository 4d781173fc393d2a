"""Initial weights: each is called ``init(*size)``, ``init(rng, *size)``, or without a size to fix the rest.

>>> import numpy as np
>>> glorot_uniform(np.random.default_rng(0), 2, 3).dtype
dtype('float32')
>>> wide = glorot_uniform(gain=2)  # a function of the size
>>> wide(4, 3).shape
(4, 3)
"""

from __future__ import annotations

import functools
import math
import statistics
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, take_up
from ..errors import ArgumentError, DimensionMismatch
from .rng import default_rng, is_rng, rand, randn, randperm

__all__ = [
    "create_bias",
    "glorot_normal",
    "glorot_uniform",
    "identity_init",
    "kaiming_normal",
    "kaiming_uniform",
    "lecun_normal",
    "nfan",
    "ones32",
    "orthogonal",
    "rand32",
    "randn32",
    "sparse_init",
    "truncated_normal",
    "zeros32",
]

Initialiser = Callable[..., Any]
_F32 = np.float32


def nfan(*size: Any) -> tuple[int, int]:
    """(fan in, fan out) of weights of this size.

    >>> nfan(4, 3), nfan(5), nfan(3, 3, 2, 5)
    ((3, 4), (1, 5), (18, 45))
    """
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = tuple(size[0])
    if len(size) < 2:
        return 1, (size[0] if size else 1)
    if len(size) == 2:
        return size[1], size[0]
    window = math.prod(size[:-2])
    return window * size[-2], window * size[-1]


def initialiser(draw: Callable[..., Any]) -> Initialiser:
    """Give ``draw(rng, *size, **options)`` Flux's ways to be called."""

    @functools.wraps(draw)
    def init(*args: Any, **options: Any) -> Any:
        rng, size = (args[0], args[1:]) if args and is_rng(args[0]) else (default_rng(), args)
        if not size:
            return lambda *dims, **more: init(rng, *dims, **{**options, **more})
        return draw(rng, *map(int, size), **options)

    return init


@initialiser
def glorot_uniform(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """Uniform in ±gain·√(6 / (fan in + fan out)). Glorot and Bengio, 2010."""
    scale = _F32(gain) * np.sqrt(_F32(24) / _F32(sum(nfan(*size))))
    return (rand(rng, _F32, *size) - _F32(0.5)) * scale


@initialiser
def glorot_normal(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """Normal with standard deviation gain·√(2 / (fan in + fan out)). Glorot and Bengio, 2010."""
    return randn(rng, _F32, *size) * (_F32(gain) * np.sqrt(_F32(2) / _F32(sum(nfan(*size)))))


@initialiser
def kaiming_uniform(rng: Any, *size: int, gain: float = math.sqrt(2)) -> np.ndarray:
    """Uniform in ±gain·√(3 / fan in). He et al., 2015."""
    bound = _F32(math.sqrt(3) * gain / math.sqrt(nfan(*size)[0]))
    return (rand(rng, _F32, *size) - _F32(0.5)) * (2 * bound)


@initialiser
def kaiming_normal(rng: Any, *size: int, gain: float = math.sqrt(2)) -> np.ndarray:
    """Normal with standard deviation gain / √(fan in). He et al., 2015."""
    return randn(rng, _F32, *size) * _F32(gain / math.sqrt(nfan(*size)[0]))


@initialiser
def truncated_normal(
    rng: Any, *size: int, mean: float = 0, std: float = 1, lo: float = -2, hi: float = 2
) -> np.ndarray:
    """Normal with this mean and standard deviation, within [lo, hi]."""
    if mean < lo - 2 * std or mean > hi + 2 * std:
        warnings.warn(
            "the mean of truncated_normal is more than two standard deviations outside of [lo, hi], "
            "so the distribution may be inaccurate",
            stacklevel=3,
        )
    low, high = (0.5 * (1 + math.erf((edge - mean) / std / math.sqrt(2))) for edge in (lo, hi))
    quantile = np.asarray(rand(rng, _F32, *size), np.float64) * (high - low) + low
    return np.clip(_normal_quantile(quantile) * std + mean, lo, hi).astype(_F32)


def _normal_quantile(p: np.ndarray) -> np.ndarray:
    """The inverse of the standard normal distribution function."""
    try:
        from scipy.special import ndtri
    except ImportError:
        inverse = statistics.NormalDist().inv_cdf
        tiny = np.finfo(float).tiny
        inside = np.clip(p, tiny, 1 - 2.0**-53)
        return np.array([inverse(v) for v in inside.ravel()]).reshape(p.shape)
    return ndtri(p)


@initialiser
def lecun_normal(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """Truncated normal with standard deviation gain / √(fan in). LeCun et al., 1998."""
    std = float(_F32(gain) * np.sqrt(_F32(1) / _F32(nfan(*size)[0])))
    return truncated_normal(rng, *size, mean=0, std=std)


@initialiser
def orthogonal(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """A (semi) orthogonal matrix, reshaped to the size. Saxe et al., 2014."""
    rows, cols = math.prod(size[:-1]), size[-1]
    if len(size) != 2:
        return np.reshape(orthogonal(rng, rows, cols, gain=gain), size, order="F")
    if rows < cols:
        return np.ascontiguousarray(orthogonal(rng, cols, rows, gain=gain).T)
    q, r = np.linalg.qr(randn(rng, _F32, rows, cols))
    return (q * np.sign(np.diag(r)) * _F32(gain)).astype(_F32)


@initialiser
def sparse_init(rng: Any, *size: int, sparsity: float, std: float = 0.01) -> np.ndarray:
    """A matrix with this fraction of zeros in every column, the rest normal. Martens, 2010."""
    if len(size) != 2:
        raise ArgumentError(f"sparse_init makes matrices only, not something of size {size}")
    rows, cols = size
    made = randn(rng, _F32, rows, cols) * _F32(std)
    made[: max(0, math.ceil(min(1.0, sparsity) * rows))] = 0
    return np.stack([made[randperm(rng, rows), k] for k in range(cols)], axis=1) if cols else made


@initialiser
def identity_init(_rng: Any, *size: int, gain: float = 1, shift: int | tuple[int, ...] = 0) -> np.ndarray:
    """What makes a layer the identity: a unit matrix, a kernel with one weight in its middle, a zero bias.

    `shift` rolls the result, along axis 0 or, as a tuple, along each.
    """
    made = np.zeros(size, _F32)
    if len(size) > 1:
        k = np.arange(min(size[-2:]))
        middle: Any = (*[(n + 1) // 2 - 1 for n in size[:-2]], k, k)
        made[middle] = gain
        shifts = (shift,) if isinstance(shift, int) else tuple(shift)
        made = np.roll(made, shifts, axis=tuple(range(len(shifts))))
    return made


def ones32(*size: int) -> np.ndarray:
    """Float32 ones.

    >>> ones32(2)
    array([1., 1.], dtype=float32)
    """
    return np.ones(size, _F32)


def zeros32(*size: int) -> np.ndarray:
    """Float32 zeros."""
    return np.zeros(size, _F32)


@initialiser
def rand32(rng: Any, *size: int) -> np.ndarray:
    """Float32 numbers from [0, 1)."""
    return rand(rng, _F32, *size)


@initialiser
def randn32(rng: Any, *size: int) -> np.ndarray:
    """Float32 numbers with the standard normal distribution."""
    return randn(rng, _F32, *size)


def create_bias(weights: Any, bias: Any, *size: int) -> Any:
    """The bias of a layer: zeros for True, False for False, else the given array in the type of the weights.

    Weights and bias may be traced. Raises DimensionMismatch if the array has another size.

    >>> create_bias(np.ones((2, 3)), True, 2)
    array([0., 0.])
    """
    if isinstance(bias, (bool, np.bool_)):
        return np.zeros(size, weights.dtype) if bias else False
    bias = take_up(bias)
    if np.shape(bias) != size:
        raise DimensionMismatch(f"expected a bias of size {size}, but got one of size {np.shape(bias)}")
    if isinstance(bias, Tracer):
        return bias if bias.dtype == weights.dtype else bias.astype(weights.dtype)
    return np.asarray(bias, dtype=weights.dtype)
