"""Gated linear units and dropout, as functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..rng import default_rng, rand
from .activations import sigmoid


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

    `rng` is a generator, by default ``fluxbridge.flux.default_rng()``. With `axis` the choice is made along
    these axes only and holds for all others. Raises ValueError unless 0 ≤ p ≤ 1.

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
    kept = rand(rng, np.float64, *shape) > p
    return x * np.where(kept, real.type(1 / (1 - p) if p < 1 else 0), real.type(0))
