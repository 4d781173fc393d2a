"""Pooling layers, which have settings and no parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..nnlib.pooling import maxpool, meanpool
from ..nnlib.windows import Sizes, expand, per_axis
from .conv import calc_padding, check_spatial, same_or_all
from .shapes import numbers

__all__ = ["AdaptiveMaxPool", "AdaptiveMeanPool", "GlobalMaxPool", "GlobalMeanPool", "MaxPool", "MeanPool"]


def _size(pool: Any, k: Any) -> Sizes:
    """The sizes that a pooling layer is made with, one for each spatial axis."""
    if isinstance(k, (int, np.integer)):
        raise ArgumentError(
            f"{type(pool).__name__} takes a tuple with a number for each spatial axis, "
            f"like ({k}, {k}) for images; got {k}"
        )
    return expand(k, 0)


class _Pool:
    """Pooling over windows of a fixed size."""

    __fluxbridge_constants__ = ("k", "pad", "stride")
    _pool: Callable[..., Any]

    def __init__(self, k: Any, *, pad: Any = 0, stride: Any = None):
        self.k = _size(self, k)
        rank = len(self.k)
        self.pad = calc_padding(pad, self.k, (1,) * rank)
        self.stride = self.k if stride is None else per_axis("stride", stride, rank)

    def __call__(self, x: Any) -> Any:
        x = numbers(self, x)
        check_spatial(self, x, len(self.k) + 2)
        return type(self)._pool(x, self.k, stride=self.stride, pad=self.pad)

    def __repr__(self) -> str:
        k, pad, stride = self.k, self.pad, self.stride
        padding = f", pad={same_or_all(pad)}" if any(pad) else ""
        steps = f", stride={same_or_all(stride)}" if stride != k else ""
        return f"{type(self).__name__}({k}{padding}{steps})"


@layer
class MaxPool(_Pool):
    """The largest element of each window: ``MaxPool(window, *, pad=0, stride=window)``.

    `window` is a tuple with a size for each spatial axis; pad and stride are as for Conv, pad may be
    SamePad(). Takes x (spatial…, channels, batch) and returns (spatial…, channels, batch), with (size +
    padding - window) // stride + 1 along each axis, in the dtype of x. The padding never is the maximum.
    Fields: `k`, `pad`, `stride`. Raises DimensionMismatch if x has other axes or is smaller than the window,
    ArgumentError for settings out of range.

    >>> import numpy as np
    >>> MaxPool((5, 5))(np.ones((100, 100, 3, 50))).shape
    (20, 20, 3, 50)
    >>> MaxPool((5,), pad=2, stride=(3,))
    MaxPool((5,), pad=2, stride=3)
    """

    _pool = staticmethod(maxpool)


@layer
class MeanPool(_Pool):
    """The mean of each window: ``MeanPool(window, *, pad=0, stride=window)``.

    Shapes, fields and settings as for :class:`MaxPool`; the padding counts as zeros. Raises DimensionMismatch
    and ArgumentError as MaxPool does.

    >>> import numpy as np
    >>> MeanPool((5, 5))(np.ones((100, 100, 3, 50))).shape
    (20, 20, 3, 50)
    """

    _pool = staticmethod(meanpool)


class _AdaptivePool:
    """Pooling to a fixed size of the output."""

    __fluxbridge_constants__ = ("out",)
    _pool: Callable[..., Any]

    def __init__(self, out: Any):
        self.out = _size(self, out)
        if min(self.out, default=0) < 1:
            raise ArgumentError(f"the sizes of the output of {type(self).__name__} are at least 1, not {out}")

    def __call__(self, x: Any) -> Any:
        x = numbers(self, x)
        out = self.out
        check_spatial(self, x, len(out) + 2)
        size: Sizes = x.shape[:-2]
        if any(n < m for n, m in zip(size, out, strict=True)):
            raise DimensionMismatch(f"layer {self!r} cannot enlarge an input of shape {x.shape}")
        stride = tuple(n // m for n, m in zip(size, out, strict=True))
        k = tuple(n - (m - 1) * s for n, m, s in zip(size, out, stride, strict=True))
        return type(self)._pool(x, k, stride=stride)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.out})"


@layer
class AdaptiveMaxPool(_AdaptivePool):
    """The largest element of each window, for windows such that the output has the spatial sizes `out`.

    Takes x (spatial…, channels, batch) and returns (out…, channels, batch); the stride is size // out, the
    window size - (out - 1)·stride along each axis. Field: `out`. Raises DimensionMismatch if x has other axes
    or is smaller than `out`, ArgumentError unless `out` is a tuple of integers.

    >>> import numpy as np
    >>> AdaptiveMaxPool((25, 25))(np.ones((100, 100, 3, 50))).shape
    (25, 25, 3, 50)
    """

    _pool = staticmethod(maxpool)


@layer
class AdaptiveMeanPool(_AdaptivePool):
    """The mean of each window, for windows such that the output has the spatial sizes `out`.

    Shapes and windows as for :class:`AdaptiveMaxPool`. Raises DimensionMismatch and ArgumentError as it does.

    >>> import numpy as np
    >>> AdaptiveMeanPool((25, 25))(np.ones((100, 100, 3, 50))).shape
    (25, 25, 3, 50)
    """

    _pool = staticmethod(meanpool)


class _GlobalPool:
    """Pooling over everything: (spatial…, channels, batch) → (1…, channels, batch)."""

    _pool: Callable[..., Any]

    def __call__(self, x: Any) -> Any:
        x = numbers(self, x)
        if len(x.shape) < 3:
            raise DimensionMismatch(
                f"layer {self!r} expects an input with spatial axes, channels and a batch, "
                f"but got one of shape {x.shape}"
            )
        return type(self)._pool(x, x.shape[:-2])

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


@layer
class GlobalMaxPool(_GlobalPool):
    """The largest element of each channel: x (spatial…, channels, batch) → (1…, channels, batch).

    Raises DimensionMismatch if x has no spatial axis, ArgumentError for what holds no numbers.

    >>> import numpy as np
    >>> GlobalMaxPool()(np.ones((10, 10, 3, 5))).shape
    (1, 1, 3, 5)
    """

    _pool = staticmethod(maxpool)


@layer
class GlobalMeanPool(_GlobalPool):
    """The mean of each channel: x (spatial…, channels, batch) → (1…, channels, batch).

    Raises DimensionMismatch if x has no spatial axis, ArgumentError for what holds no numbers.

    >>> import numpy as np
    >>> GlobalMeanPool()(np.ones((10, 10, 3, 5))).shape
    (1, 1, 3, 5)
    """

    _pool = staticmethod(meanpool)
