"""Convolution with one to three spatial axes, and its two transposes, as primitives.

``conv`` is linear in the input and in the weight. Its transposes are ``conv_data`` (the cotangent
of the input; the forward pass of ConvTranspose) and ``conv_weight`` (the cotangent of the weight).
The rules of each are the two others, so there are derivatives of any order.

Algorithm (im2col): the windows are copied into the columns of a matrix, in blocks that fit into the cache,
and each block is multiplied with the weight; where rows of windows are long, by :mod:`.rows`, with less
copying. Where groups have few channels, as in depthwise convolutions, :mod:`.depthwise` does without columns.
The batch is the last axis, so the copied pieces of memory are long; the result is contiguous in the order
channels, spatial axes, batch (see :mod:`.windows`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...autodiff.elementwise import conj
from ...autodiff.primitive import primitive
from ...errors import DimensionMismatch
from . import dims as public
from .depthwise import has_few, shifted_dots, shifted_sums, transposed, weight, weights
from .numeric import check_numbers
from .rows import is_wide, row_matrices
from .scratch import BLOCK, SCRATCH
from .windows import (
    ConvDims,
    Sizes,
    Windows,
    channels_first,
    channels_last,
    conv_dims,
    count,
    expand,
    padded,
    per_axis,
    unpadded,
)

# -- columns -------------------------------------------------------------------------------------


def _blocks(
    place: Windows, rows: int, batch: int, itemsize: int, groups: int
) -> Iterator[tuple[slice, slice]]:
    """Ranges of groups, and of windows along the first axis, whose columns take about BLOCK bytes each.

    A group has so many `rows` of columns.
    """
    n = place.output[0]
    of_window = max(1, rows * count(place.output[1:]) * batch * itemsize)
    together = max(1, BLOCK // (of_window * max(1, n)))
    step = max(1, BLOCK // of_window)
    parts = -(-n // step)
    step = -(-n // parts) if parts else 1
    for group in range(0, groups, together):
        for i in range(0, n, step):
            yield slice(group, min(group + together, groups)), slice(i, min(i + step, n))


def _window_view(x: np.ndarray, dims: ConvDims) -> np.ndarray:
    """A view of padded x (C, spatial…, N) as (groups, kernel…, channels of a group, windows…, N)."""
    place, groups, flipped = dims
    of_channel, *spatial, of_batch = x.strides
    inside = x.shape[0] // groups
    view = as_strided(
        x,
        (groups, *place.kernel, inside, *place.output, x.shape[-1]),
        (
            inside * of_channel,
            *(s * d for s, d in zip(spatial, place.dilation, strict=True)),
            of_channel,
            *(s * n for s, n in zip(spatial, place.stride, strict=True)),
            of_batch,
        ),
        writeable=False,
    )
    return view if flipped else view[_turned(place)]


def _turned(place: Windows) -> Any:
    """The index that reverses the kernel's axes, which follow the axis of the groups."""
    return (slice(None), *(slice(None, None, -1),) * place.rank)


def _columns(view: np.ndarray, rank: int, some: slice, rows: slice) -> np.ndarray:
    """Windows of some groups of a window view as matrices (groups, kernel elements, windows)."""
    where: Any = (some, *(slice(None),) * (rank + 1), rows)
    part = view[where]
    columns = SCRATCH.array(part.shape, part.dtype)
    np.copyto(columns, part)
    return columns.reshape(part.shape[0], count(view.shape[1 : rank + 2]), -1)


def _weight_matrices(w: np.ndarray, groups: int) -> np.ndarray:
    """The weight as matrices (groups, kernel elements, output channels)."""
    matrix = w.reshape(-1, groups, w.shape[-1] // groups)
    return matrix.transpose(1, 0, 2)


def _output_matrices(dy: np.ndarray, groups: int) -> np.ndarray:
    """An output (WHCN) as (groups, channels of a group, spatial…, N)."""
    dy = channels_first(dy)
    return dy.reshape(groups, dy.shape[0] // groups, *dy.shape[1:])


# -- the three products --------------------------------------------------------------------------


def _conv(x: np.ndarray, w: np.ndarray, dims: ConvDims) -> np.ndarray:
    place, groups, _ = dims
    out, batch = w.shape[-1], x.shape[-1]
    if has_few(w.shape, dims):
        y = shifted_sums(channels_first(x), weights(w, dims), dims)
        return channels_last(y.reshape(out, *place.output, batch))
    dtype = np.result_type(x, w)
    y = np.empty((groups, out // groups, *place.output, batch), dtype)
    x = padded(channels_first(x), place)
    kernel = np.swapaxes(_weight_matrices(w, groups), 1, 2)
    if is_wide(place, batch):
        by_rows = y.reshape(groups, out // groups, place.output[0], -1).swapaxes(1, 2)
        for some, lines, columns in row_matrices(x, place, groups, dims.flipped):
            np.matmul(kernel[some, None], columns, out=by_rows[some, lines])
        return channels_last(y.reshape(out, *place.output, batch))
    view = _window_view(x, dims)
    rows = count(view.shape[1 : place.rank + 2])
    each = count(place.output[1:]) * batch
    product = y.reshape(groups, out // groups, -1)
    for some, part in _blocks(place, rows, batch, x.itemsize, groups):
        columns = _columns(view, place.rank, some, part)
        np.matmul(kernel[some], columns, out=product[some, :, part.start * each : part.stop * each])
    return channels_last(y.reshape(out, *place.output, batch))


def _conv_data(dy: np.ndarray, w: np.ndarray, dims: ConvDims) -> np.ndarray:
    place, groups, flipped = dims
    batch, inside = dy.shape[-1], w.shape[-2]
    outputs = w.shape[-1] // groups
    work, other = outputs * count(place.input), inside * count(place.output)
    if set(place.stride) == {1} and work <= 2 * other:  # a convolution again, which need not add to memory
        split = np.swapaxes(w.reshape(*w.shape[:-1], groups, outputs), -3, -1)
        return _conv(dy, split.reshape(*place.kernel, outputs, groups * inside), transposed(dims))
    dtype = np.result_type(dy, w)
    dx = np.zeros((groups, inside, *place.padded, batch), dtype)
    kernel = _weight_matrices(w, groups)
    dy = _output_matrices(dy, groups)
    stride = place.stride[0]
    for some, windows in _blocks(place, kernel.shape[1], batch, dy.itemsize, groups):
        part = dy[some, :, windows]
        columns = SCRATCH.array((part.shape[0], *place.kernel, inside, *part.shape[2:]), dtype)
        part = part.reshape(*part.shape[:2], -1)
        np.matmul(kernel[some], part, out=columns.reshape(part.shape[0], kernel.shape[1], -1))
        if not flipped:
            columns = columns[_turned(place)]
        start, stop = windows.start, windows.stop
        for offset, (first, *others) in place.offsets():
            rows = slice(first.start + start * stride, first.start + (stop - 1) * stride + 1, stride)
            there: Any = (slice(None), *offset)
            here: Any = (some, slice(None), rows, *others)
            into = dx[here]
            into += columns[there]
    return channels_last(unpadded(dx, place).reshape(groups * inside, *place.input, batch))


def _conv_weight(x: np.ndarray, dy: np.ndarray, dims: ConvDims) -> np.ndarray:
    place, groups, _ = dims
    w_shape = (*place.kernel, x.shape[-2] // groups, dy.shape[-2])
    dy = _output_matrices(dy, groups)
    if has_few(w_shape, dims):
        return weight(shifted_dots(channels_first(x), dy, dims), dims)
    rows = count(w_shape[:-1])
    dw = np.zeros((groups, rows, dy.shape[1]), np.result_type(x, dy))
    x = padded(channels_first(x), place)
    if is_wide(place, x.shape[-1]):
        of_rows = dy.reshape(*dy.shape[:3], -1).transpose(0, 2, 3, 1)
        for some, lines, columns in row_matrices(x, place, groups, dims.flipped):
            each = max(1, BLOCK // max(1, dw[some].nbytes))  # rows whose products are added up at once
            part = of_rows[some, lines]
            for i in range(0, part.shape[1], each):
                dw[some] += np.matmul(columns[:, i : i + each], part[:, i : i + each]).sum(axis=1)
        return np.moveaxis(dw, 0, 1).reshape(w_shape)
    view = _window_view(x, dims)
    for some, windows in _blocks(place, rows, x.shape[-1], x.itemsize, groups):
        columns = _columns(view, place.rank, some, windows)
        part = dy[some, :, windows]
        dw[some] += np.matmul(columns, np.swapaxes(part.reshape(*part.shape[:2], -1), 1, 2))
    return np.moveaxis(dw, 0, 1).reshape(w_shape)


CONV: Any = primitive(
    None,
    lambda dy, _y, _x, w, dims: CONV_DATA(dy, conj(w), dims=dims),
    lambda dy, _y, x, _w, dims: CONV_WEIGHT(conj(x), dy, dims=dims),
    jvp="multilinear",
    name="conv",
    compute=_conv,
)
CONV_DATA: Any = primitive(
    None,
    lambda dx, _y, _dy, w, dims: CONV(dx, conj(w), dims=dims),
    lambda dx, _y, dy, _w, dims: CONV_WEIGHT(dx, conj(dy), dims=dims),
    jvp="multilinear",
    name="conv_data",
    compute=_conv_data,
)
CONV_WEIGHT: Any = primitive(
    None,
    lambda dw, _y, _x, dy, dims: CONV_DATA(conj(dy), dw, dims=dims),
    lambda dw, _y, x, _dy, dims: CONV(conj(x), dw, dims=dims),
    jvp="multilinear",
    name="conv_weight",
    compute=_conv_weight,
)

# -- the public functions --------------------------------------------------------------------------


def conv(
    x: Any,
    w: Any,
    stride: Any = 1,
    pad: Any = 0,
    dilation: Any = 1,
    flipped: bool = False,
    groups: int = 1,
) -> Any:
    """Convolution of x (spatial…, channels, batch) with w (kernel…, channels/groups, output channels).

    The result has the shape (spatial…, output channels, batch), with (size + padding - (kernel - 1)·dilation
    - 1) // stride + 1 along each spatial axis, and the common dtype of x and w. `stride`, `pad` and
    `dilation` are integers, one or one for each spatial axis; `pad` may also be (begin1, end1, begin2, end2,
    …), and negative padding cuts elements off. With `flipped` it is a
    cross-correlation. As in NNlib a :class:`DenseConvDims` in third place stands
    for all settings.

    Raises DimensionMismatch if the shapes do not fit, ArgumentError for settings out of range (a stride of 0)
    and for what holds no numbers.

    >>> x = np.arange(9.0).reshape(3, 3, 1, 1)
    >>> conv(x, np.ones((2, 2, 1, 1)))[:, :, 0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    check_numbers("conv", x, w)
    if isinstance(stride, public.ConvDims):
        stride.check(x, w)
        return CONV(x, w, dims=stride.settings())
    dims = conv_dims(np.shape(x), np.shape(w), stride, pad, dilation, groups, flipped)
    return CONV(x, w, dims=dims)


def conv_transpose_dims(
    x_shape: Sizes,
    w_shape: Sizes,
    stride: Any = 1,
    pad: Any = 0,
    outpad: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    flipped: bool = False,
) -> ConvDims:
    """The convolution whose output has the shape `x_shape`; its transpose is applied to that.

    Raises DimensionMismatch if the shapes do not fit, or unless 0 <= outpad < stride, without which the
    convolution has another output.
    """
    rank = len(w_shape) - 2
    strides, dilations, outpads = (
        per_axis(name, n, rank)
        for name, n in (("stride", stride), ("dilation", dilation), ("outpad", outpad))
    )
    pads = expand(pad, rank)
    if len(pads) == rank:
        pads = tuple(p for p in pads for _ in range(2))
    sizes = tuple(
        (n - 1) * strides[i] + 1 + (w_shape[i] - 1) * dilations[i] - sum(pads[2 * i : 2 * i + 2]) + outpads[i]
        for i, n in enumerate(x_shape[:-2])
    )
    whole = (*sizes, w_shape[-2] * groups, x_shape[-1])
    dims = conv_dims(whole, w_shape, strides, pads, dilations, groups, flipped)
    if dims.place.output != tuple(x_shape[:-2]):
        raise DimensionMismatch(
            f"outpad={outpads} does not fit stride={strides}: outpad chooses among the input sizes that a "
            "convolution takes to the same output, so it must be at least 0 and smaller than the stride"
        )
    return dims


def depthwiseconv(
    x: Any, w: Any, stride: Any = 1, pad: Any = 0, dilation: Any = 1, flipped: bool = False
) -> Any:
    """Convolution of every channel on its own, with w of shape (kernel…, multiplier, channels).

    x has the shape (spatial…, channels, batch), the result (spatial…, multiplier·channels, batch), where the
    outputs of a channel stand together. Settings as for :func:`conv`, or a :class:`DepthwiseConvDims`. Raises
    DimensionMismatch if the shapes do not fit, ArgumentError for settings out of range.

    >>> x = np.ones((3, 3, 2, 1))
    >>> depthwiseconv(x, np.ones((2, 2, 3, 2))).shape
    (2, 2, 6, 1)
    """
    if isinstance(stride, public.DepthwiseConvDims):
        check_numbers("depthwiseconv", x, w)
        stride.check(x, w)
        return CONV(x, depthwise_weight(w), dims=stride.settings())
    return conv(x, depthwise_weight(w), stride, pad, dilation, flipped, groups=np.shape(w)[-1])


def depthwise_weight(w: Any) -> Any:
    """A weight (kernel…, multiplier, channels) as that of a convolution with one group for each channel."""
    if np.ndim(w) < 3:
        raise DimensionMismatch(
            f"a depthwise weight has the shape (kernel…, multiplier, channels), not {np.shape(w)}"
        )
    *kernel, multiplier, channels = np.shape(w)
    return np.reshape(np.swapaxes(w, -1, -2), (*kernel, 1, multiplier * channels))
