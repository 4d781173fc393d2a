"""unfold: the windows of an array as the rows of a matrix; fold: its transpose, the sum of the windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import primitive
from ...errors import DimensionMismatch
from .conv import window_view
from .numeric import check_numbers
from .windows import (
    ConvDims,
    Sizes,
    channels_first,
    channels_last,
    conv_dims,
    count,
    expand,
    padded,
    unpadded,
)


def _unfold(x: np.ndarray, dims: ConvDims) -> np.ndarray:
    rank = dims.place.rank
    view = window_view(padded(channels_first(x), dims.place), dims)[0]  # kernel…, channels, windows…, N
    windows_first = np.moveaxis(view, range(rank + 1, 2 * rank + 1), range(rank))
    sizes = count(dims.place.output), count(view.shape[: rank + 1]), x.shape[-1]
    return windows_first.reshape(sizes, order="F")


def _fold(y: np.ndarray, dims: ConvDims) -> np.ndarray:
    place, rank = dims.place, dims.place.rank
    channels, batch = y.shape[1] // count(place.kernel), y.shape[-1]
    parts = y.reshape((*place.output, *place.kernel, channels, batch), order="F")
    parts = np.moveaxis(parts, (*range(rank, 2 * rank), 2 * rank), (*range(rank), rank))
    if not dims.flipped:
        parts = parts[(slice(None, None, -1),) * rank]
    x = np.zeros((channels, *place.padded, batch), y.dtype)
    for offset, slices in place.offsets():
        here: Any = (slice(None), *slices)
        into = x[here]
        into += parts[offset]
    return channels_last(unpadded(x, place))


UNFOLD: Any = primitive(
    None,
    lambda dy, _y, _x, dims: FOLD(dy, dims=dims),
    jvp="linear",
    name="unfold",
    compute=_unfold,
)
FOLD: Any = primitive(
    None,
    lambda dx, _x, _y, dims: UNFOLD(dx, dims=dims),
    jvp="linear",
    name="fold",
    compute=_fold,
)


def _dims(shape: Sizes, kernel_size: Sequence[int], options: dict[str, Any]) -> ConvDims:
    return conv_dims(shape, expand(kernel_size, 0), **options)


def unfold(
    x: Any,
    kernel_size: Sequence[int],
    *,
    stride: Any = 1,
    pad: Any = 0,
    dilation: Any = 1,
    flipped: bool = True,
) -> Any:
    """The windows of x (spatial…, channels, batch) as rows: an array (windows, elements of a window, batch).

    `kernel_size` is the shape of the weight of a convolution; ``unfold(x, w.shape)`` times the weight as a
    matrix is the cross-correlation, with ``flipped=False`` the convolution. Windows and their elements are in
    Julia's order, first axis fastest. Settings as for :func:`conv`. Raises DimensionMismatch if they do not
    fit x, ArgumentError for settings out of range and what holds no numbers.

    >>> x = np.array([100, 2, 3, 40]).reshape(4, 1, 1)
    >>> unfold(x, (3, 1, 1))[:, :, 0]
    array([[100,   2,   3],
           [  2,   3,  40]])
    """
    options = {"stride": stride, "pad": pad, "dilation": dilation, "flipped": flipped}
    check_numbers("unfold", x)
    return UNFOLD(x, dims=_dims(np.shape(x), kernel_size, options))


def fold(
    y: Any,
    output_size: Sequence[int],
    kernel_size: Sequence[int],
    *,
    stride: Any = 1,
    pad: Any = 0,
    dilation: Any = 1,
    flipped: bool = True,
) -> Any:
    """The transpose of :func:`unfold`: every window added to its place in an array of shape `output_size`.

    y has the shape (windows, elements of a window, batch); `output_size` is (spatial…, channels, batch).
    Raises DimensionMismatch if y has not the shape of ``unfold`` for these sizes, ArgumentError for settings
    out of range and what holds no numbers.

    >>> x = np.array([100, 2, 3, 40]).reshape(4, 1, 1)
    >>> fold(unfold(x, (3, 1, 1)), x.shape, (3, 1, 1)).ravel()
    array([100,   4,   6,  40])
    """
    check_numbers("fold", y)
    shape = expand(output_size, 0)
    options = {"stride": stride, "pad": pad, "dilation": dilation, "flipped": flipped}
    dims = _dims(shape, kernel_size, options)
    expected = (count(dims.place.output), count(dims.place.kernel) * shape[-2], shape[-1])
    if np.shape(y) != expected:
        raise DimensionMismatch(
            f"fold: for an output of shape {shape} and the kernel {tuple(kernel_size)} the windows have "
            f"the shape {expected}, but y has the shape {np.shape(y)}"
        )
    return FOLD(y, dims=dims)
