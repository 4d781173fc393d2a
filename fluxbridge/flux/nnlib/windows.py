"""Windows that slide over the spatial axes of an array: the geometry of convolution and pooling.

Arrays are WHCN: one to three spatial axes, then channels, then the batch.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...errors import DimensionMismatch

Sizes = tuple[int, ...]


class Windows(NamedTuple):
    """Where the windows lie: everything spatial that convolution and pooling have to know.

    `pad` is (begin1, end1, begin2, end2, …), as NNlib counts it.
    """

    input: Sizes
    kernel: Sizes
    stride: Sizes
    pad: Sizes
    dilation: Sizes

    @property
    def rank(self) -> int:
        return len(self.kernel)

    @property
    def padded(self) -> Sizes:
        """The spatial sizes of the input with its padding."""
        return tuple(n + self.pad[2 * i] + self.pad[2 * i + 1] for i, n in enumerate(self.input))

    @property
    def output(self) -> Sizes:
        """How many windows there are along each axis."""
        return tuple(
            (n - (k - 1) * d - 1) // s + 1
            for n, k, s, d in zip(self.padded, self.kernel, self.stride, self.dilation, strict=True)
        )

    @property
    def inside(self) -> tuple[slice, ...]:
        """Where the input lies within its padding."""
        return tuple(slice(self.pad[2 * i], self.pad[2 * i] + n) for i, n in enumerate(self.input))

    def offsets(self) -> tuple[tuple[Sizes, tuple[slice, ...]], ...]:
        """Each position in the window, first axis fastest, and the slices of the padded input there."""
        return _offsets(self)


@functools.lru_cache(maxsize=512)
def _offsets(place: Windows) -> tuple[tuple[Sizes, tuple[slice, ...]], ...]:
    output = place.output
    return tuple(
        (
            backwards[::-1],
            tuple(
                slice(k * d, k * d + (n - 1) * s + 1, s)
                for k, d, n, s in zip(backwards[::-1], place.dilation, output, place.stride, strict=True)
            ),
        )
        for backwards in itertools.product(*map(range, reversed(place.kernel)))
    )


def expand(n: int | Sequence[int], rank: int) -> Sizes:
    """One size for all spatial axes, or one for each, as a tuple."""
    return (int(n),) * rank if isinstance(n, (int, np.integer)) else tuple(int(i) for i in n)


def per_axis(name: str, n: int | Sequence[int], rank: int) -> Sizes:
    """As :func:`expand`; DimensionMismatch where there is not one number for each spatial axis."""
    sizes = expand(n, rank)
    if len(sizes) != rank:
        raise DimensionMismatch(f"{name.capitalize()} {len(sizes)}d, should be {rank}d: {name}={sizes}")
    return sizes


def windows(
    input: Sequence[int],
    kernel: Sequence[int],
    stride: int | Sequence[int] = 1,
    pad: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
) -> Windows:
    """The windows of `kernel` over spatial sizes `input`.

    Raises DimensionMismatch if a setting has the wrong length or the kernel does not fit.

    >>> windows((6, 5), (3, 2), stride=2, pad=1).output
    (3, 3)
    """
    rank = len(kernel)
    strides, dilations = per_axis("stride", stride, rank), per_axis("dilation", dilation, rank)
    pads = expand(pad, rank)
    if len(pads) == rank:
        pads = tuple(p for p in pads for _ in range(2))
    if len(pads) != 2 * rank:
        raise DimensionMismatch(f"Padding {len(pads)}d, should be either {rank}d or {2 * rank}d: pad={pads}")
    made = Windows(tuple(input), tuple(kernel), strides, pads, dilations)
    for n, k, d in zip(made.padded, made.kernel, dilations, strict=True):
        if n < (k - 1) * d + 1:
            raise DimensionMismatch(
                f"Kernel * dilation (({k} - 1) * {d} + 1) cannot be larger than input + padding ({n}): "
                f"kernel {made.kernel}, input {made.input}, pad {made.pad}"
            )
    return made


def channels_first(x: np.ndarray) -> np.ndarray:
    """A view of a WHCN array with its channel axis in front: C, spatial, N.

    In this order the results of convolution lie in memory, and so do those of the elementwise
    operations after it; what looks like WHCN is a view.
    """
    n = x.ndim
    return x.transpose(n - 2, *range(n - 2), n - 1)


def channels_last(x: np.ndarray) -> np.ndarray:
    """The way back from :func:`channels_first`."""
    n = x.ndim
    return x.transpose(*range(1, n - 1), 0, n - 1)


def padded(x: np.ndarray, place: Windows, value: float = 0.0) -> np.ndarray:
    """The spatial axes of a C, spatial, N array with their padding, filled with `value`."""
    if not any(place.pad):
        return x
    out = np.full((x.shape[0], *place.padded, x.shape[-1]), value, x.dtype)
    inside: Any = (slice(None), *place.inside)
    out[inside] = x
    return out


def count(sizes: Sequence[int]) -> int:
    return math.prod(sizes)


def check_rank(x: Any, rank: int, who: str) -> None:
    """Raise unless x has `rank` spatial axes, channels and a batch."""
    if np.ndim(x) != rank + 2:
        raise DimensionMismatch(
            f"{who} expects an array of {rank + 2} dimensions ({rank} spatial, channels, batch), "
            f"but got one of shape {np.shape(x)}"
        )


class ConvDims(NamedTuple):
    """One convolution: where its windows are, how many groups of channels, and which way it goes.

    A true convolution turns its kernel round; a cross-correlation (`flipped`) does not.
    """

    place: Windows
    groups: int = 1
    flipped: bool = False


def conv_dims(
    x_shape: Sizes,
    w_shape: Sizes,
    stride: Any = 1,
    pad: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    flipped: bool = False,
) -> ConvDims:
    """What `conv` has to know about arrays of these shapes.

    Raises DimensionMismatch if they do not fit together.
    """
    if len(x_shape) != len(w_shape):
        raise DimensionMismatch(
            f"Rank of x and w must match: x has the shape {x_shape}, w has the shape {w_shape}"
        )
    channels, inside, out = x_shape[-2], w_shape[-2], w_shape[-1]
    if channels != inside * groups:
        raise DimensionMismatch(
            f"Input channels must match: x of shape {x_shape} has {channels}, but w of shape {w_shape} "
            f"with groups={groups} takes {inside * groups}"
        )
    if out % groups:
        raise DimensionMismatch(f"Output channels ({out}) must be divisible by groups ({groups})")
    return ConvDims(windows(x_shape[:-2], w_shape[:-2], stride, pad, dilation), groups, flipped)
