"""Small functions of NNlib: glu, dropout, bias and activation, logaddexp, within_gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff import native
from ...autodiff.forward import has_tangent
from ...autodiff.primitive import plain, take_up
from ...errors import ArgumentError
from ..axes import takes_axis
from ..rng import default_rng, rand
from .activations import sigmoid
from .conv import conv, depthwiseconv
from .dims import ConvDims, DepthwiseConvDims
from .numeric import check_axis, check_broadcast, check_function, check_numbers, check_real


@takes_axis
def glu(x: Any, axis: int = 0) -> Any:
    """Gated linear unit a · sigmoid(b), where a and b are the halves of x along `axis` (Dauphin et al. 2017).

    x is an array; the result has half the length along `axis`. Raises ValueError for an odd length,
    DimensionMismatch if there is no such axis, ArgumentError for what holds no numbers.

    >>> glu(np.array([2.0, 3.0, 0.0, 0.0]))
    array([1. , 1.5])
    """
    check_numbers("glu", x)
    check_axis("glu", axis, np.ndim(x), several=False)
    x = take_up(x)
    n = np.shape(x)[axis]
    if n % 2:
        raise ValueError(f"Dimension must be even: axis {axis} of x, of shape {np.shape(x)}")
    index: list[Any] = [slice(None)] * np.ndim(x)
    halves = []
    for half in (slice(0, n // 2), slice(n // 2, n)):
        index[axis] = half
        halves.append(x[tuple(index)])
    return halves[0] * sigmoid(halves[1])


@takes_axis
def dropout(*args: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """``dropout([rng], x, p)``: each element is set to 0 with probability p, the others divided by 1 - p.

    The result has the shape of x; integers give Float64. `rng` is a generator of NumPy's or Julia's
    (:mod:`fluxbridge.random`), by default :func:`default_rng`. With `axis` one draw along these axes holds
    for all others. Raises ValueError unless 0 ≤ p ≤ 1, TypeError for another number of arguments,
    DimensionMismatch if there is no such axis (Srivastava et al, ArgumentError for what holds no numbers.
    2014).

    >>> dropout(np.ones(3), 0.0)
    array([1., 1., 1.])
    """
    if len(args) not in (2, 3):
        raise TypeError(f"dropout takes ([rng], x, p), but got {len(args)} arguments")
    rng, x, p = args if len(args) == 3 else (default_rng(), *args)
    check_numbers("dropout", x)
    check_axis("dropout", axis, np.ndim(x))
    x = take_up(x)
    check_real("p", p)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout expects a probability 0 <= p <= 1, got p = {p}")
    if p == 0:
        return x
    shape = np.shape(x)
    if axis is not None:
        axes = {a % len(shape) for a in ((axis,) if isinstance(axis, int) else axis)}
        shape = tuple(n if i in axes else 1 for i, n in enumerate(shape))
    dtype = np.result_type(plain(x))
    dtype = dtype if dtype.kind in "fc" else np.dtype(float)
    real = np.empty(0, dtype).real.dtype
    kept = rand(rng, real, *shape) > real.type(p)
    return x * np.where(kept, real.type(1 / (1 - p) if p < 1 else 0), real.type(0))


def bias_act_(σ: Any, x: Any, b: Any) -> Any:
    """``σ(x + b)`` for an array x, and ``σ(x)`` for ``b=False``; the result has the shape of x.

    NNlib's function may overwrite x, this one does not. Raises ArgumentError for ``b=True``,
    DimensionMismatch if b does not broadcast with x.

    >>> bias_act_(np.tanh, np.zeros(2), False)
    array([0., 0.])
    """
    if b is True:
        raise ArgumentError("bias=True is not accepted; give the array, or False")
    check_function("σ", σ)
    if b is False:
        return σ(x)
    check_numbers("bias_act_", x, b)
    check_broadcast("bias_act_", np.shape(x), np.shape(b))
    return σ(x + b)


def conv_bias_act(x: Any, w: Any, cdims: ConvDims, b: Any, σ: Any = lambda x: x) -> Any:
    """``σ(conv(x, w, cdims) + b)``, with a bias b of shape (1, …, channels, 1).

    x, w and result as for :func:`conv`; `cdims` is a :class:`DenseConvDims` or :class:`DepthwiseConvDims`.
    Raises DimensionMismatch if the shapes do not fit, ArgumentError for another kind of dims.

    >>> from fluxbridge.flux.nnlib import DenseConvDims
    >>> x, w = np.ones((3, 1, 1)), np.ones((2, 1, 1))
    >>> conv_bias_act(x, w, DenseConvDims(x, w), np.full((1, 1, 1), 0.5)).ravel()
    array([2.5, 2.5])
    """
    if not isinstance(cdims, ConvDims):
        raise ArgumentError(f"conv_bias_act takes a DenseConvDims or a DepthwiseConvDims, not {cdims!r}")
    product = depthwiseconv if isinstance(cdims, DepthwiseConvDims) else conv
    check_numbers("conv_bias_act", b)
    check_function("σ", σ)
    y = product(x, w, cdims)
    check_broadcast("conv_bias_act", np.shape(y), np.shape(b))
    return σ(y + b)


def logaddexp(a: Any, b: Any) -> Any:
    """log(exp(a) + exp(b)) elementwise, computed without overflow; two -Inf give -Inf.

    a and b are real numbers or arrays whose shapes broadcast. Raises DimensionMismatch if they do not,
    ArgumentError for what holds no numbers.

    >>> logaddexp(1000.0, 1000.0).round(4).item()
    1000.6931
    """
    check_numbers("logaddexp", a, b)
    if np.iscomplexobj(plain(a)) or np.iscomplexobj(plain(b)):
        raise ArgumentError("logaddexp takes real numbers, not complex ones")
    check_broadcast("logaddexp", np.shape(a), np.shape(b))
    return np.logaddexp(a, b)


def within_gradient(x: Any = None) -> bool:
    """Is the caller inside of a function that is being differentiated?

    In forward mode only an argument `x` (a number or an array of any shape) that carries a tangent tells.
    Raises nothing.

    >>> from fluxbridge import gradient
    >>> within_gradient(1.0), gradient(lambda x: 2 * x if within_gradient(x) else x, 1.0)
    (False, (2.0,))
    """
    return native.within_gradient() or has_tangent(x)
