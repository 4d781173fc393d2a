"""Convolution with one to three spatial axes, and its two transposes, as primitives.

``conv`` is linear in the input and in the weight. Its transposes are ``conv_data`` (the cotangent
of the input; the forward pass of ConvTranspose) and ``conv_weight`` (the cotangent of the weight).
The rules of each are the two others, so there are derivatives of any order.

All are products of a matrix of the weight with matrices whose columns are windows (im2col):

| | the columns | |
| --- | --- | --- |
| conv, conv_weight | a row of the output has many windows | shared by the rows (:mod:`.rows`) |
| | few windows | copied in blocks that fit into the cache |
| conv_data | few channels of output, or as many as of input | those of convolutions (:mod:`.phases`) |
| | else | added up where their windows lie |

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
from .numeric import check_numbers
from .phases import phases
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
    new_array,
    padded,
    per_axis,
    unpadded,
)

#: OpenBLAS multiplies small matrices without copying them first, which is up to twice as fast (AVX-512: 16
#: channels to 16, 3×3, rows of 512 windows: 55 instead of 27 multiplications a nanosecond; the cotangent of
#: the weight: 54 instead of 28). So products are split, unless the parts would be too small to gain by it.
SMALL = 10**6  #: multiplications in a small product
FEW_RESULTS = 1200  #: and elements of its result, if both matrices are read along their rows
FEW_WINDOWS, FEW_ELEMENTS = 64, 48  #: of the kernel; a part has at least so many

ADDED = 2  #: columns that are made in the time in which one is added up

# -- matrices ------------------------------------------------------------------------------------


def _turned(w: np.ndarray, dims: ConvDims) -> np.ndarray:
    """A weight whose kernel lies as the windows do; and back."""
    return w if dims.flipped else w[(slice(None, None, -1),) * dims.place.rank]


def _weight_matrices(w: np.ndarray, groups: int, dtype: np.dtype) -> np.ndarray:
    """The weight as matrices (groups, kernel elements, output channels)."""
    matrix = w.reshape(-1, groups, w.shape[-1] // groups)
    return np.ascontiguousarray(matrix.transpose(1, 0, 2), dtype)


def _output_matrices(dy: np.ndarray, groups: int) -> np.ndarray:
    """An output (WHCN) as (groups, channels of a group, spatial…, N)."""
    dy = channels_first(dy)
    return dy.reshape(groups, dy.shape[0] // groups, *dy.shape[1:])


def window_view(x: np.ndarray, dims: ConvDims) -> np.ndarray:
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
    return view if flipped else view[_backwards(place)]


def _backwards(place: Windows) -> Any:
    """The index that reverses the kernel's axes, which follow the axis of the groups."""
    return (slice(None), *(slice(None, None, -1),) * place.rank)


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


def _window_matrices(
    x: np.ndarray, dims: ConvDims, dtype: np.dtype
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Ranges of groups and of windows along the first axis, and matrices of these windows.

    They have the shape (groups, kernel elements, windows). A block is overwritten by the next one.
    """
    place = dims.place
    view = window_view(padded(x, place), dims)
    elements = count(view.shape[1 : place.rank + 2])
    for some, rows in _blocks(place, elements, x.shape[-1], dtype.itemsize, dims.groups):
        where: Any = (some, *(slice(None),) * (place.rank + 1), rows)
        part = view[where]
        columns = SCRATCH.array(part.shape, dtype)
        np.copyto(columns, part)
        yield some, rows, columns.reshape(part.shape[0], elements, -1)


def _parts(n: int, most: int, least: int) -> int:
    """The number of equal parts of n with at most `most` elements each; 1 if they had less than `least`."""
    for parts in range(max(1, -(-n // max(1, most))), n // least + 1):
        if n % parts == 0:
            return parts
    return 1


# -- the three products --------------------------------------------------------------------------


def _conv(x: np.ndarray, w: np.ndarray, dims: ConvDims) -> np.ndarray:
    place, groups, _ = dims
    out, batch = w.shape[-1], x.shape[-1]
    dtype = np.result_type(x, w)
    y = new_array((*place.output, out, batch), dtype)
    n, windows = place.output[0], count(place.output[1:]) * batch  # rows, and windows in a row
    product = channels_first(y).reshape(groups, out // groups, n * windows)
    kernel = np.swapaxes(_weight_matrices(w, groups, dtype), 1, 2)
    x = channels_first(x)
    if not is_wide(place, batch):
        for some, rows, matrices in _window_matrices(x, dims, dtype):
            into = product[some, :, rows.start * windows : rows.stop * windows]
            np.matmul(kernel[some], matrices, out=into)
        return y
    parts = _parts(windows, SMALL // max(1, count(kernel.shape[1:])), FEW_WINDOWS)
    size = n, parts, windows // parts
    by_parts = product.reshape(*product.shape[:2], *size).transpose(0, 2, 3, 1, 4)
    for some, rows, matrices in row_matrices(x, dims, dtype):
        split = matrices.reshape(*matrices.shape[:3], *size[1:]).swapaxes(2, 3)
        np.matmul(kernel[some, None, None], split, out=by_parts[some, rows])
    return y


def _by_phases(dy: np.ndarray, w: np.ndarray, dims: ConvDims) -> np.ndarray:
    """The cotangent of the input by convolutions, which need not add to memory."""
    place, groups, _ = dims
    inside, outputs = w.shape[-2], w.shape[-1] // groups
    w = np.swapaxes(w.reshape(*w.shape[:-1], groups, outputs), -3, -1)
    w = w.reshape(*place.kernel, outputs, groups * inside)
    parts = phases(place)
    if count(place.stride) == 1:
        return _conv(dy, w, ConvDims(parts[0].place, groups, not dims.flipped))
    dx = new_array((*place.input, groups * inside, dy.shape[-1]), np.result_type(dy, w))
    if len(parts) < count(place.stride):
        dx.fill(0)
    for part, kernel, windows in parts:
        of_part = _turned(_turned(w, dims)[kernel], dims)
        dx[part] = _conv(dy, of_part, ConvDims(windows, groups, not dims.flipped))
    return dx


def _conv_data(dy: np.ndarray, w: np.ndarray, dims: ConvDims) -> np.ndarray:
    place, groups, _ = dims
    batch, inside = dy.shape[-1], w.shape[-2]
    outputs = w.shape[-1] // groups
    of_phases = outputs * count(place.input) / count(place.stride)  # columns for each element of the kernel
    if of_phases <= ADDED * inside * count(place.output):
        return _by_phases(dy, w, dims)
    dtype = np.result_type(dy, w)
    dx = np.zeros((groups, inside, *place.padded, batch), dtype)
    kernel = _weight_matrices(w, groups, dtype)
    dy = _output_matrices(dy, groups)
    stride = place.stride[0]
    for some, windows in _blocks(place, kernel.shape[1], batch, dy.itemsize, groups):
        part = dy[some, :, windows]
        columns = SCRATCH.array((part.shape[0], *place.kernel, inside, *part.shape[2:]), dtype)
        part = part.reshape(*part.shape[:2], -1)
        np.matmul(kernel[some], part, out=columns.reshape(part.shape[0], kernel.shape[1], -1))
        if not dims.flipped:
            columns = columns[_backwards(place)]
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
    shape = (*place.kernel, x.shape[-2] // groups, dy.shape[-2])
    dtype = np.result_type(x, dy)
    elements, outputs = count(shape[:-1]), shape[-1] // groups
    dw = np.zeros((groups, elements, outputs), dtype)
    x, dy = channels_first(x), _output_matrices(dy, groups)
    if is_wide(place, x.shape[-1]):
        lines = dy.reshape(*dy.shape[:3], 1, count(dy.shape[3:])).transpose(0, 2, 3, 4, 1)
        most = min(SMALL // max(1, count(lines.shape[3:])), FEW_RESULTS // max(1, outputs))
        parts = _parts(elements, most, FEW_ELEMENTS)
        by_parts = dw.reshape(groups, parts, elements // parts, outputs)
        for some, rows, matrices in row_matrices(x, dims, dtype):
            split = matrices.reshape(*matrices.shape[:2], *by_parts.shape[1:3], matrices.shape[-1])
            each = max(1, BLOCK // max(1, dw[some].nbytes))  # rows whose products are added up at once
            part = lines[some, rows]
            for i in range(0, part.shape[1], each):
                by_parts[some] += np.matmul(split[:, i : i + each], part[:, i : i + each]).sum(axis=1)
    else:
        for some, rows, matrices in _window_matrices(x, dims, dtype):
            part = dy[some, :, rows]
            dw[some] += np.matmul(matrices, np.swapaxes(part.reshape(*part.shape[:2], -1), 1, 2))
    return np.moveaxis(dw, 0, 1).reshape(shape)


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
