"""Functions that make initial weights, called as ``init(*size)`` or ``init(rng, *size)``.

The result is a Float32 array of that size. Without a size they return a function of the size with the
generator and the options fixed. ``rng`` is a generator of NumPy's or Julia's, by default ``default_rng()``.
For a matrix (out, in), fan in is in and fan out is out; for a kernel (…, in, out) both are multiplied with
the kernel's size.

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
import operator
import statistics
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, plain, take_up
from ..errors import ArgumentError, DimensionMismatch
from .nnlib.numeric import check_numbers, check_real
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
    """The pair (fan in, fan out) of weights of this size.

    A vector (n,) has (1, n), a matrix (out, in) has (in, out), and a kernel (k…, in, out) both times the
    product of k… Raises nothing.

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


def _sizes(name: str, size: tuple[Any, ...]) -> tuple[int, ...]:
    """The arguments as sizes. Raises TypeError for what are no integers, ArgumentError for negative ones."""
    try:
        sizes = tuple(map(operator.index, size))
    except TypeError:
        raise TypeError(f"{name} takes sizes as separate integers, as in {name}(3, 4), not {size}") from None
    if min(sizes, default=0) < 0:
        raise ArgumentError(f"{name} takes sizes that are not negative, but got {size}")
    return sizes


def initialiser(draw: Callable[..., Any]) -> Initialiser:
    """Make an initialiser of ``draw(rng, *size, **options)``: callable with and without generator and size.

    What it makes has the shape `size`. The initialiser raises TypeError for sizes that are no integers,
    ArgumentError for negative ones. Raises nothing itself.

    >>> halves = initialiser(lambda rng, *size: np.full(size, 0.5))
    >>> halves(2), halves()(2)
    (array([0.5, 0.5]), array([0.5, 0.5]))
    """

    @functools.wraps(draw)
    def init(*args: Any, **options: Any) -> Any:
        rng, size = (args[0], args[1:]) if args and is_rng(args[0]) else (default_rng(), args)
        if not size:
            return lambda *dims, **more: init(rng, *dims, **{**options, **more})
        return draw(rng, *_sizes(draw.__name__, size), **options)

    return init


@initialiser
def glorot_uniform(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """Uniform in ±gain·√(6 / (fan in + fan out)) (Glorot and Bengio 2010).

    Returns a Float32 array of shape `size`. Raises TypeError for sizes that are no integers, ArgumentError
    for negative ones.

    >>> glorot_uniform(3, 4).shape, bool(np.all(abs(glorot_uniform(50, 50)) <= np.sqrt(6 / 100)))
    ((3, 4), True)
    """
    scale = _F32(gain) * np.sqrt(_F32(24) / _F32(sum(nfan(*size))))
    return (rand(rng, _F32, *size) - _F32(0.5)) * scale


@initialiser
def glorot_normal(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """Normal with standard deviation gain·√(2 / (fan in + fan out)) (Glorot and Bengio 2010).

    Returns a Float32 array of shape `size`. Raises TypeError for sizes that are no integers, ArgumentError
    for negative ones.

    >>> glorot_normal(3, 4).shape
    (3, 4)
    """
    return randn(rng, _F32, *size) * (_F32(gain) * np.sqrt(_F32(2) / _F32(sum(nfan(*size)))))


@initialiser
def kaiming_uniform(rng: Any, *size: int, gain: float = math.sqrt(2)) -> np.ndarray:
    """Uniform in ±gain·√(3 / fan in) (He et al. 2015).

    Returns a Float32 array of shape `size`. Raises TypeError for sizes that are no integers, ArgumentError
    for negative ones.

    >>> kaiming_uniform(3, 4).shape
    (3, 4)
    """
    bound = _F32(math.sqrt(3) * gain / math.sqrt(nfan(*size)[0] or 1))
    return (rand(rng, _F32, *size) - _F32(0.5)) * (2 * bound)


@initialiser
def kaiming_normal(rng: Any, *size: int, gain: float = math.sqrt(2)) -> np.ndarray:
    """Normal with standard deviation gain / √(fan in) (He et al. 2015).

    Returns a Float32 array of shape `size`. Raises TypeError for sizes that are no integers, ArgumentError
    for negative ones.

    >>> kaiming_normal(3, 4).shape
    (3, 4)
    """
    return randn(rng, _F32, *size) * _F32(gain / math.sqrt(nfan(*size)[0] or 1))


@initialiser
def truncated_normal(
    rng: Any, *size: int, mean: float = 0, std: float = 1, lo: float = -2, hi: float = 2
) -> np.ndarray:
    """Normal with this mean and standard deviation, restricted to [lo, hi].

    Returns a Float32 array of shape `size`. Warns where the mean is far outside of the interval. Raises
    ArgumentError unless std > 0 and lo < hi, and for negative sizes, TypeError for sizes that are no
    integers.

    >>> bool(np.all(abs(truncated_normal(100, lo=-1, hi=1)) <= 1))
    True
    """
    if not std > 0 or not lo < hi:
        raise ArgumentError(
            f"truncated_normal needs std > 0 and lo < hi, but got std={std}, lo={lo}, hi={hi}"
        )
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
    """The quantile function of the standard normal distribution."""
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
    """Truncated normal with standard deviation gain / √(fan in) (LeCun et al. 1998).

    Returns a Float32 array of shape `size`. Raises TypeError for sizes that are no integers, ArgumentError
    for negative ones.

    >>> lecun_normal(3, 4).shape
    (3, 4)
    """
    std = float(_F32(gain) * np.sqrt(_F32(1) / _F32(nfan(*size)[0] or 1)))
    return truncated_normal(rng, *size, mean=0, std=std)


@initialiser
def orthogonal(rng: Any, *size: int, gain: float = 1) -> np.ndarray:
    """A (semi) orthogonal matrix times gain, reshaped to the size (Saxe et al. 2014).

    Returns a Float32 array of shape `size`; from a QR decomposition of a normal matrix. Raises TypeError for
    sizes that are no integers, ArgumentError for negative ones.

    >>> w = orthogonal(2, 3)
    >>> np.allclose(w @ w.T, np.eye(2), atol=1e-6)
    True
    """
    rows, cols = math.prod(size[:-1]), size[-1]
    if len(size) != 2:
        return np.reshape(orthogonal(rng, rows, cols, gain=gain), size, order="F")
    if rows < cols:
        return np.ascontiguousarray(orthogonal(rng, cols, rows, gain=gain).T)
    q, r = np.linalg.qr(randn(rng, _F32, rows, cols))
    return (q * np.sign(np.diag(r)) * _F32(gain)).astype(_F32)


@initialiser
def sparse_init(rng: Any, *size: int, sparsity: float, std: float = 0.01) -> np.ndarray:
    """A matrix with this fraction of zeros in every column, the rest normal with `std` (Martens 2010).

    Returns a Float32 array of shape `size`. Raises ArgumentError unless the size has two numbers, TypeError
    for sizes that are no integers.

    >>> np.sum(sparse_init(4, 3, sparsity=0.5) == 0, axis=0)
    array([2, 2, 2])
    """
    if len(size) != 2:
        raise ArgumentError(f"sparse_init makes matrices only, not something of size {size}")
    check_real("sparsity", sparsity)
    rows, cols = size
    made = randn(rng, _F32, rows, cols) * _F32(std)
    made[: max(0, math.ceil(min(1.0, sparsity) * rows))] = 0
    return np.stack([made[randperm(rng, rows), k] for k in range(cols)], axis=1) if cols else made


@initialiser
def identity_init(_rng: Any, *size: int, gain: float = 1, shift: int | tuple[int, ...] = 0) -> np.ndarray:
    """The identity: a unit matrix, a kernel that is 1 in its middle, zeros for a bias; times gain.

    Returns a Float32 array of shape `size`. `shift` rolls it, along axis 0 or, as a tuple, along each axis.
    Raises TypeError for sizes that are no integers, ArgumentError for negative ones.

    >>> identity_init(2, 3)
    array([[1., 0., 0.],
           [0., 1., 0.]], dtype=float32)
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
    """A Float32 array of ones, of shape `size`.

    Raises TypeError for sizes that are no integers, ArgumentError for negative ones.

    >>> ones32(2)
    array([1., 1.], dtype=float32)
    """
    return np.ones(_sizes("ones32", size), _F32)


def zeros32(*size: int) -> np.ndarray:
    """A Float32 array of zeros, of shape `size`.

    Raises TypeError for sizes that are no integers, ArgumentError for negative ones.

    >>> zeros32(2)
    array([0., 0.], dtype=float32)
    """
    return np.zeros(_sizes("zeros32", size), _F32)


@initialiser
def rand32(rng: Any, *size: int) -> np.ndarray:
    """A Float32 array of shape `size`, uniform in [0, 1).

    Raises TypeError for sizes that are no integers, ArgumentError for negative ones.

    >>> rand32(2, 3).shape
    (2, 3)
    """
    return rand(rng, _F32, *size)


@initialiser
def randn32(rng: Any, *size: int) -> np.ndarray:
    """A Float32 array of shape `size` with the standard normal distribution.

    Raises TypeError for sizes that are no integers, ArgumentError for negative ones.

    >>> randn32(2, 3).shape
    (2, 3)
    """
    return randn(rng, _F32, *size)


def create_bias(weights: Any, bias: Any, *size: int) -> Any:
    """The bias of a layer, of shape `size`, in the dtype of the weights.

    Zeros for ``bias=True``, False for False, else the given array. Weights and bias may be traced. Raises
    DimensionMismatch if the array has another size, ArgumentError if it holds no numbers, TypeError for sizes
    that are no integers.

    >>> create_bias(np.ones((2, 3)), True, 2)
    array([0., 0.])
    """
    check_numbers("create_bias", weights)
    dtype, size = np.asarray(plain(weights)).dtype, _sizes("create_bias", size)
    if isinstance(bias, (bool, np.bool_)):
        return np.zeros(size, dtype) if bias else False
    bias = take_up(bias)
    if not isinstance(bias, Tracer) and np.asarray(bias).dtype.kind not in "biufc":
        raise ArgumentError(f"a bias is True, False, or an array of numbers, not {bias!r}")
    if np.shape(bias) != size:
        raise DimensionMismatch(f"expected a bias of size {size}, but got one of size {np.shape(bias)}")
    if isinstance(bias, Tracer):
        return bias if bias.dtype == dtype else bias.astype(dtype)
    return np.asarray(bias, dtype=dtype)
