"""Dropout and AlphaDropout."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...errors import ArgumentError
from ..axes import takes_axis
from ..declare import layer
from ..mode import HasMode, is_active, tidy
from ..nnlib.numeric import check_axis
from ..rng import default_rng, rand
from ..show import text
from .shapes import ALL_AXES
from .shapes import numbers as array_of_numbers

__all__ = ["AlphaDropout", "Dropout"]

ALPHA = -1.7580993408473766  #: the limit of selu(x) for x → -∞


def _probability(p: Any, name: str) -> Any:
    if not isinstance(plain(p), numbers.Real) or not 0 <= p <= 1:
        raise ArgumentError(f"{name} expects a probability 0 ≤ p ≤ 1, got p = {p}")
    return p


def _real(dtype: np.dtype) -> np.dtype:
    """The real float type of the same width; Float64 for integers."""
    return np.empty(0, dtype).real.dtype if dtype.kind in "fc" else np.dtype(np.float64)


@layer(trainable=())
class Dropout(HasMode):
    """Sets each element to 0 with probability p, and divides the others by 1 - p (Srivastava et al. 2014).

    ``Dropout(p, *, axis=None, active=None, rng=default_rng())``. Takes an array of any shape and returns the
    same shape; floats keep their dtype, integers become Float64. With `axis` one draw along these axes holds
    for all others. It is active inside of a gradient, or as ``trainmode_`` and ``testmode_`` say, and
    otherwise returns x. Fields: `p`, `dims`, `active`, `rng`.

    Raises ArgumentError unless 0 ≤ p ≤ 1 and for what holds no numbers, DimensionMismatch if there is no such
    axis.

    >>> m = Dropout(0.5)
    >>> m(np.ones(3))
    array([1., 1., 1.])
    >>> from fluxbridge.flux import trainmode_
    >>> sorted(set(trainmode_(m)(np.ones(100)).tolist()))
    [0.0, 2.0]
    """

    @takes_axis
    def __init__(self, p: Any, *, axis: Any = None, active: bool | None = None, rng: Any = None):
        self.p = _probability(p, "Dropout")
        self.dims = ALL_AXES if axis is None else axis
        self.active = tidy(active)
        self.rng = default_rng() if rng is None else rng

    def __call__(self, x: Any) -> Any:
        p = plain(self.p)
        if p == 0 or not is_active(self, x):
            return x
        x = array_of_numbers(self, x)
        shape, axis = x.shape, plain(self.dims)
        if axis != ALL_AXES:
            check_axis(repr(self), axis, len(shape))
            chosen = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
            shape = tuple([n if i in chosen else 1 for i, n in enumerate(shape)])
        dtype = _real(x.dtype)
        kept = rand(self.rng, dtype, *shape) > p
        factor = dtype.type(1 / (1 - p) if p < 1 else 0)
        return x * np.where(kept, factor, dtype.type(0))

    def __repr__(self) -> str:
        dims = plain(self.dims)
        along = (
            ""
            if dims == ALL_AXES
            else f", dims={dims + 1 if isinstance(dims, int) else text(tuple(a + 1 for a in dims))}"
        )
        active = "" if self.active is None else f", active={text(self.active)}"
        return f"Dropout({text(plain(self.p))}{along}{active})"


@layer(trainable=())
class AlphaDropout(HasMode):
    """Dropout that preserves mean and variance of the outputs of ``selu`` (Klambauer et al. 2017).

    ``AlphaDropout(p, *, active=None, rng=default_rng())``. Shapes, dtypes, fields (without `dims`) and modes
    as for :class:`Dropout`. Raises ArgumentError unless 0 ≤ p ≤ 1 and for what holds no numbers.

    >>> AlphaDropout(0.5)(np.ones(3))
    array([1., 1., 1.])
    """

    def __init__(self, p: Any, *, active: bool | None = None, rng: Any = None):
        self.p = _probability(p, "AlphaDropout")
        self.active = tidy(active)
        self.rng = default_rng() if rng is None else rng

    def __call__(self, x: Any) -> Any:
        p = plain(self.p)
        if p == 0 or not is_active(self, x):
            return x
        x = array_of_numbers(self, x)
        dtype = _real(x.dtype)
        if p == 1:
            return np.sign(x) * dtype.type(0)
        scale = 1 / math.sqrt((1 - p) * (1 + p * ALPHA**2))
        kept = rand(self.rng, dtype, *x.shape) > p
        scale, shift = dtype.type(scale), dtype.type(-scale * ALPHA * p)
        return scale * np.where(kept, x, dtype.type(ALPHA)) + shift

    def __repr__(self) -> str:
        return f"AlphaDropout({text(plain(self.p))})"
