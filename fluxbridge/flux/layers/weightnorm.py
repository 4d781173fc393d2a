"""WeightNorm: weights as a direction times a norm; and its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...errors import ArgumentError
from ..axes import takes_axis
from ..declare import layer
from ..functors import fmap, functor
from ..nnlib.numeric import check_axis
from ..show import Verbatim, text
from .shapes import ALL_AXES, abs2

__all__ = ["WeightNorm", "remove_weight_norms", "reparametrize"]


@layer
class WeightNorm:
    """A layer whose weights are a direction times a norm (Salimans and Kingma 2016).

    ``WeightNorm(layer, which="weight", *, axis=-1)``. The layer works with g·v/‖v‖, where v is its field
    `which` and the norms are over `axis` (one, several, or None for all). Takes and returns what the layer
    does. Fields: `layer`, `g` (the norms, `axis` having length 1), `which`, `dims`. Raises ArgumentError if
    there is no such field, or it is all zero, DimensionMismatch if it has no such axis.

    >>> from fluxbridge.flux import Dense
    >>> m = WeightNorm(Dense(np.array([[3.0, 4.0]])))
    >>> m, m.g.round(6).tolist()
    (WeightNorm(Dense(2 => 1), :weight; dims=2), [[5.0]])
    """

    @takes_axis
    def __init__(self, layer: Any, which: str = "weight", *, axis: Any = -1):
        parts = functor(layer)[0]
        if not isinstance(which, str) or which not in getattr(parts, "keys", list)():
            raise ArgumentError(f"{layer!r} does not have a field {which!r}")
        weight = getattr(layer, which)
        if not np.any(weight):
            raise ArgumentError(f"the field {which!r} of {layer!r} is all zero, which would result in NaN")
        ndim = np.ndim(weight)
        check_axis("WeightNorm", axis, ndim)
        if axis is not None:
            axis = axis % ndim if isinstance(axis, int) else tuple(a % ndim for a in axis)
        self.layer = layer
        self.g = np.sqrt(_lengths2(weight, axis) + np.finfo(weight.dtype).eps)
        self.which = which
        self.dims = ALL_AXES if axis is None else axis

    def __call__(self, *xs: Any) -> Any:
        return reparametrize(self)(*xs)

    def _dims_text(self) -> str:
        if isinstance(self.dims, slice):
            return "Colon()"
        return str(self.dims + 1) if isinstance(self.dims, int) else text(tuple(a + 1 for a in self.dims))

    def __flux_parts__(self) -> list[Any]:
        return [self.layer, self.g, Verbatim(f":{self.which}"), Verbatim(self._dims_text())]

    def __repr__(self) -> str:
        return f"WeightNorm({text(self.layer)}, :{self.which}; dims={self._dims_text()})"


def _lengths2(weight: Any, axis: Any) -> Any:
    return np.sum(abs2(weight), axis=axis, keepdims=axis is not None)


def reparametrize(m: WeightNorm) -> Any:
    """The layer inside of a WeightNorm, with the weights g·v/‖v‖ in their shape.

    Raises ArgumentError for another layer.

    >>> from fluxbridge.flux import Dense
    >>> reparametrize(WeightNorm(Dense(np.array([[3.0, 4.0]])))).weight.round(6)
    array([[3., 4.]])
    """
    if not isinstance(m, WeightNorm):
        raise ArgumentError(f"reparametrize takes a WeightNorm layer, not {m!r}")
    weight = getattr(m.layer, m.which)
    axis = None if plain(m.dims) == ALL_AXES else plain(m.dims)
    eps = float(np.finfo(weight.dtype).eps)
    parts, rebuild = functor(m.layer)
    new = m.g * weight / np.sqrt(_lengths2(weight, axis) + eps)
    return rebuild({**dict(parts.items()), m.which: new})


def remove_weight_norms(model: Any) -> Any:
    """A copy of the model in which each WeightNorm is replaced by its layer, with the weights g·v/‖v‖.

    The arrays keep their shapes; the model is left alone. Raises nothing of its own.

    >>> from fluxbridge.flux import Dense
    >>> remove_weight_norms((WeightNorm(Dense(np.array([[3.0, 4.0]]))),))
    (Dense(2 => 1),)
    """
    return fmap(
        lambda part: reparametrize(part) if isinstance(part, WeightNorm) else part,
        model,
        exclude=lambda part: isinstance(part, WeightNorm),
    )
