"""Small functions of NNlib: gated linear units, dropout, bias and activation, logaddexp."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff import native
from ...autodiff.forward import has_tangent
from ...errors import ArgumentError
from ..rng import default_rng, rand
from .activations import sigmoid
from .conv import conv, depthwiseconv
from .dims import ConvDims, DepthwiseConvDims


def glu(x: Any, axis: int = 0) -> Any:
    """a · sigmoid(b), a and b being the halves of x along `axis` (Dauphin et al., 2017).

    Raises ValueError if that axis has an odd length.

    >>> glu(np.array([2.0, 3.0, 0.0, 0.0]))
    array([1. , 1.5])
    """
    n = np.shape(x)[axis]
    if n % 2:
        raise ValueError(f"Dimension must be even: axis {axis} of x, of shape {np.shape(x)}")
    index: list[Any] = [slice(None)] * np.ndim(x)
    halves = []
    for half in (slice(0, n // 2), slice(n // 2, n)):
        index[axis] = half
        halves.append(x[tuple(index)])
    return halves[0] * sigmoid(halves[1])


def dropout(*args: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """``dropout([rng], x, p)``: each element is 0 with probability p, else x / (1 - p).

    `rng` is a generator of NumPy's or Julia's (:mod:`fluxbridge.random`), :func:`default_rng` unless
    it is given. With `axis` the choice is made along these axes only and holds for
    all others. Raises ValueError unless 0 ≤ p ≤ 1.

    >>> dropout(np.ones(3), 0.0)
    array([1., 1., 1.])
    """
    rng, x, p = args if len(args) == 3 else (default_rng(), *args)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout expects a probability 0 <= p <= 1, got p = {p}")
    if p == 0:
        return x
    shape = np.shape(x)
    if axis is not None:
        axes = {a % len(shape) for a in ((axis,) if isinstance(axis, int) else axis)}
        shape = tuple(n if i in axes else 1 for i, n in enumerate(shape))
    dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
    real = np.empty(0, dtype).real.dtype
    kept = rand(rng, real, *shape) > real.type(p)
    return x * np.where(kept, real.type(1 / (1 - p) if p < 1 else 0), real.type(0))


def bias_act_(σ: Any, x: Any, b: Any) -> Any:
    """``σ(x + b)``; `b` may be False, for none. NNlib's may overwrite x, this one leaves it alone.

    >>> bias_act_(np.tanh, np.zeros(2), False)
    array([0., 0.])
    """
    if b is True:
        raise ArgumentError("bias=True is not accepted; give the array, or False")
    return σ(x) if b is False else σ(x + b)


def conv_bias_act(x: Any, w: Any, cdims: ConvDims, b: Any, σ: Any = lambda x: x) -> Any:
    """``σ(conv(x, w, cdims) + b)``, with a bias of shape (1, …, channels, 1).

    >>> from fluxbridge.flux.nnlib import DenseConvDims
    >>> x, w = np.ones((3, 1, 1)), np.ones((2, 1, 1))
    >>> conv_bias_act(x, w, DenseConvDims(x, w), np.full((1, 1, 1), 0.5)).ravel()
    array([2.5, 2.5])
    """
    product = depthwiseconv if isinstance(cdims, DepthwiseConvDims) else conv
    return σ(product(x, w, cdims) + b)


def logaddexp(a: Any, b: Any) -> Any:
    """log(exp(a) + exp(b)), without overflow; two -Inf give -Inf.

    >>> logaddexp(1000.0, 1000.0).round(4).item()
    1000.6931
    """
    return np.logaddexp(a, b)


def within_gradient(x: Any = None) -> bool:
    """Is this called from a function that is being differentiated? In forward mode `x` has to take part.

    >>> from fluxbridge import gradient
    >>> within_gradient(1.0), gradient(lambda x: 2 * x if within_gradient(x) else x, 1.0)
    (False, (2.0,))
    """
    return native.within_gradient() or has_tangent(x)
