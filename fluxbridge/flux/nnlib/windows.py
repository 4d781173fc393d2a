"""The geometry of convolution and pooling: windows that slide over the spatial axes of an array.

Arrays have the axes WHCN: one to three spatial axes, then channels, then the batch.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...errors import ArgumentError, DimensionMismatch
from .numeric import check_integer

Sizes = tuple[int, ...]


class Windows(NamedTuple):
    """The spatial sizes and settings of a convolution or pooling, one number for each spatial axis.

    `pad` is (begin1, end1, begin2, end2, …), in NNlib's order.
    """

    input: Sizes
    kernel: Sizes
    stride: Sizes
    pad: Sizes
    dilation: Sizes

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.kernel)

    @property
    def padded(self) -> Sizes:
        """The spatial sizes of the padded input."""
        return _padded(self)

    @property
    def output(self) -> Sizes:
        """The number of windows along each axis."""
        return _output(self)

    @property
    def common(self) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """The slices of the input, and of the padded input, that hold the same elements.

        Negative padding cuts elements of the input off.
        """
        ours, theirs = [], []
        for begin, n, whole in zip(self.pad[::2], self.input, self.padded, strict=True):
            start = min(max(begin, 0), whole)
            stop = max(start, min(begin + n, whole))
            theirs.append(slice(start, stop))
            ours.append(slice(start - begin, stop - begin) if stop > start else slice(0, 0))
        return tuple(ours), tuple(theirs)

    def meetings(self, axis: int) -> tuple[tuple[slice, slice], ...]:
        """For each place in the kernel on an axis: the windows and the elements of the input that meet there.

        Windows that meet the padding there are left out.
        """
        return _meetings(self, axis)

    def offsets(self) -> tuple[tuple[Sizes, tuple[slice, ...]], ...]:
        """Each position in the window, first axis fastest, and the slices of the padded input there."""
        return _offsets(self)


@functools.lru_cache(maxsize=512)
def _padded(place: Windows) -> Sizes:
    return tuple(n + place.pad[2 * i] + place.pad[2 * i + 1] for i, n in enumerate(place.input))


@functools.lru_cache(maxsize=512)
def _output(place: Windows) -> Sizes:
    return tuple(
        (n - (k - 1) * d - 1) // s + 1
        for n, k, s, d in zip(place.padded, place.kernel, place.stride, place.dilation, strict=True)
    )


@functools.lru_cache(maxsize=512)
def _meetings(place: Windows, axis: int) -> tuple[tuple[slice, slice], ...]:
    n, s, windows = place.input[axis], place.stride[axis], place.output[axis]
    found = []
    for k in range(place.kernel[axis]):
        begin = k * place.dilation[axis] - place.pad[2 * axis]  # what the first window meets
        first = max(0, -(begin // s))
        last = max(first, min(windows, -((begin - n) // s)))
        start = begin + first * s
        found.append((slice(first, last), slice(start, start + (last - first - 1) * s + 1, s)))
    return tuple(found)


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
    """A number as a tuple with that number for each of `rank` axes; a sequence as a tuple.

    Raises ArgumentError for what are no integers.
    """
    try:
        return (int(n),) * rank if isinstance(n, (int, np.integer)) else tuple(operator.index(i) for i in n)
    except TypeError:
        raise ArgumentError(
            f"sizes, strides, paddings and dilations are integers, one or one for each axis, not {n!r}"
        ) from None


def per_axis(name: str, n: int | Sequence[int], rank: int) -> Sizes:
    """As :func:`expand`. Raises DimensionMismatch unless there is one number for each spatial axis."""
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

    Raises DimensionMismatch if a setting has the wrong length or the padded input is smaller than the kernel,
    ArgumentError for strides, dilations and kernels below 1. Negative padding cuts elements off.

    >>> windows((6, 5), (3, 2), stride=2, pad=1).output
    (3, 3)
    >>> windows((6, 5), (3, 2), pad=-1).output
    (2, 2)
    """
    rank = len(kernel)
    strides, dilations = per_axis("stride", stride, rank), per_axis("dilation", dilation, rank)
    pads = expand(pad, rank)
    if len(pads) == rank:
        pads = tuple(p for p in pads for _ in range(2))
    if len(pads) != 2 * rank:
        raise DimensionMismatch(f"Padding {len(pads)}d, should be either {rank}d or {2 * rank}d: pad={pads}")
    if min((*kernel, *strides, *dilations), default=1) < 1:
        raise ArgumentError(
            "sizes, strides and dilations of windows are at least 1, but got "
            f"kernel={tuple(kernel)}, stride={strides}, dilation={dilations}"
        )
    made = Windows(tuple(input), tuple(kernel), strides, pads, dilations)
    for n, k, d in zip(made.padded, made.kernel, dilations, strict=True):
        if n < (k - 1) * d + 1:
            raise DimensionMismatch(
                f"Kernel * dilation (({k} - 1) * {d} + 1) cannot be larger than input + padding ({n}): "
                f"kernel {made.kernel}, input {made.input}, pad {made.pad}"
            )
    return made


def channels_first(x: np.ndarray) -> np.ndarray:
    """A view of a WHCN array in the order channels, spatial axes, batch.

    Results of convolution are contiguous in this order, and so are those of elementwise operations on them;
    their WHCN form is a view.
    """
    n = x.ndim
    return x.transpose(n - 2, *range(n - 2), n - 1)


def channels_last(x: np.ndarray) -> np.ndarray:
    """The inverse of :func:`channels_first`."""
    n = x.ndim
    return x.transpose(*range(1, n - 1), 0, n - 1)


def new_array(shape: Sizes, dtype: np.dtype) -> np.ndarray:
    """Memory of its own for an array of WHCN shape, which lies as the results of convolution do."""
    order = channels_last(np.empty((2,) * len(shape), dtype))
    return np.empty_like(order, shape=shape)


def padded(x: np.ndarray, place: Windows, value: float = 0.0) -> np.ndarray:
    """An array (channels, spatial…, batch) with its spatial axes padded with `value`, or cut."""
    if not any(place.pad):
        return x
    out = np.full((x.shape[0], *place.padded, x.shape[-1]), value, x.dtype)
    ours, theirs = place.common
    there: Any = (slice(None), *theirs)
    here: Any = (slice(None), *ours)
    out[there] = x[here]
    return out


def unpadded(x: np.ndarray, place: Windows) -> np.ndarray:
    """The transpose of :func:`padded` with zeros, for an array (…, padded spatial…, batch)."""
    ours, theirs = place.common
    there: Any = (..., *theirs, slice(None))
    if min(place.pad, default=0) >= 0:
        return x[there]
    out = np.zeros((*x.shape[: -place.rank - 1], *place.input, x.shape[-1]), x.dtype)
    here: Any = (..., *ours, slice(None))
    out[here] = x[there]
    return out


def count(sizes: Sequence[int]) -> int:
    """The product of `sizes`."""
    return math.prod(sizes)


def check_rank(x: Any, rank: int, who: str) -> None:
    """Raise DimensionMismatch unless x has `rank` spatial axes, channels and a batch."""
    if np.ndim(x) != rank + 2:
        raise DimensionMismatch(
            f"{who} expects an array of {rank + 2} dimensions ({rank} spatial, channels, batch), "
            f"but got one of shape {np.shape(x)}"
        )


class ConvDims(NamedTuple):
    """The settings of a convolution: its windows, the number of groups of channels, and its direction.

    A convolution reverses the axes of its kernel; a cross-correlation (`flipped`) does not.
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
    """The settings of the convolution of arrays of these shapes.

    Raises DimensionMismatch if the shapes and settings do not fit together, ArgumentError for settings that
    are out of range.
    """
    check_integer("groups", groups, 1)
    if len(x_shape) != len(w_shape):
        raise DimensionMismatch(
            f"Rank of x and w must match: x has the shape {x_shape}, w has the shape {w_shape}"
        )
    if len(x_shape) < 3:
        raise DimensionMismatch(
            "a convolution takes arrays with spatial axes, channels and a batch, but got the shapes "
            f"{x_shape} and {w_shape}"
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
