"""Convolution with few channels in a group, as sums of shifted products.

With one channel in a group there is no matrix product to speak of, and copying windows into columns takes
longer than the arithmetic. Here the padded input is one run of memory for each channel. In a run, all
elements at one offset of the kernel are the run itself, begun later; so each offset adds weight · (part of
the run) to the output, which NumPy's einsum does without a result in between. The output has the padded
length along the inner axes; what stands between its rows is left out when it is copied.

All functions take arrays with channels first (see :mod:`.windows`), and settings with strides of 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .scratch import SCRATCH
from .windows import ConvDims, Sizes, Windows, count, padded

RUN = 1 << 17  #: bytes of one channel that are computed at a time
TOGETHER = 1 << 20  #: and of all channels
FEW = 4  #: weights of a group at one offset, up to which this is faster than a matrix product


def has_few(shape: Sizes, dims: ConvDims) -> bool:
    """Is this the faster way for a weight of the shape (kernel…, channels of a group, output channels)?"""
    return shape[-2] * shape[-1] <= FEW * dims.groups and set(dims.place.stride) == {1}


def transposed(dims: ConvDims) -> ConvDims:
    """The convolution that takes the cotangent of an output to that of the input."""
    place, groups, flipped = dims
    reach = [(k - 1) * d for k, d in zip(place.kernel, place.dilation, strict=True) for _ in range(2)]
    pad = tuple(r - p for r, p in zip(reach, place.pad, strict=True))
    return ConvDims(place._replace(input=place.output, pad=pad), groups, not flipped)


def weights(w: np.ndarray, dims: ConvDims) -> np.ndarray:
    """The weight as (groups, output channels of a group, channels of a group, kernel…), not reversed."""
    rank = dims.place.rank
    if not dims.flipped:
        w = w[(slice(None, None, -1),) * rank]
    split = w.reshape(*w.shape[:-1], dims.groups, w.shape[-1] // dims.groups)
    return split.transpose(rank + 1, rank + 2, rank, *range(rank))


def weight(w: np.ndarray, dims: ConvDims) -> np.ndarray:
    """The inverse of :func:`weights`."""
    rank = dims.place.rank
    w = w.transpose(*range(3, rank + 3), 2, 0, 1)
    w = w.reshape(*w.shape[:-2], w.shape[-2] * w.shape[-1])
    return w if dims.flipped else w[(slice(None, None, -1),) * rank]


def shifted_sums(x: np.ndarray, w: np.ndarray, dims: ConvDims) -> np.ndarray:
    """The output (groups, channels of a group, spatial…, batch), for a weight as :func:`weights` has it."""
    place, groups, _ = dims
    dtype = np.result_type(x, w)
    runs = _Runs(x, dtype, dims)
    w = np.ascontiguousarray(w, dtype)
    y = np.empty((groups, w.shape[1], *place.output, x.shape[-1]), dtype)
    for some, rows in runs.blocks(w.shape[1]):
        view = runs.windows(some, rows)
        part = y[some, :, rows]
        wide = SCRATCH.array((*part.shape[:3], *place.padded[1:], x.shape[-1]), dtype)
        flat = wide.reshape(*part.shape[:2], -1)[:, :, : view.shape[-1]]
        np.einsum(_SUM[place.rank], w[some], view, out=flat)
        np.copyto(part, wide[runs.inner])
    return y


def shifted_dots(x: np.ndarray, dy: np.ndarray, dims: ConvDims) -> np.ndarray:
    """The cotangent of the weight, as :func:`weights` has it, by that of the output (groups, …) as above."""
    place, groups, _ = dims
    dtype = np.result_type(x, dy)
    runs = _Runs(x, dtype, dims)
    dw = np.zeros((groups, dy.shape[1], x.shape[0] // groups, *place.kernel), dtype)
    for some, rows in runs.blocks(dy.shape[1]):
        view = runs.windows(some, rows)
        part = dy[some, :, rows]
        wide = SCRATCH.array((*part.shape[:3], *place.padded[1:], x.shape[-1]), dtype)
        wide.fill(0)
        wide[runs.inner] = part
        flat = wide.reshape(*part.shape[:2], *(1,) * (place.rank + 1), -1)[..., : view.shape[-1]]
        dw[some] += np.matmul(view[:, None, ..., None, :], flat[..., None])[..., 0, 0]
    return dw


#: The sum over the channels of a group (c) and the offsets in the kernel, for so many spatial axes.
_SUM = {1: "gmci,gcil->gml", 2: "gmcij,gcijl->gml", 3: "gmcijk,gcijkl->gml"}


class _Runs:
    """The padded input as (groups, channels of a group, elements), and the windows over it."""

    def __init__(self, x: np.ndarray, dtype: np.dtype, dims: ConvDims):
        self.place: Windows = dims.place
        whole = np.ascontiguousarray(padded(x, self.place), dtype)
        self.row = count(whole.shape[2:])  #: elements from one row, along the first spatial axis, to the next
        self.strides: Sizes = tuple(s // dtype.itemsize for s in whole.strides[1:-1])
        self.x = whole.reshape(dims.groups, whole.shape[0] // dims.groups, -1)
        lengths = (slice(n) for n in self.place.output[1:])
        self.inner: Any = (slice(None), slice(None), slice(None), *lengths)  #: what of a wide output is meant
        ends = zip(self.place.output[1:], self.strides[1:], strict=True)
        self.last = sum((n - 1) * s for n, s in ends) + whole.shape[-1]  #: elements of the last row

    def blocks(self, outputs: int) -> Iterator[tuple[slice, slice]]:
        """Ranges of groups and of rows of the output, such that a block stays in the cache."""
        size, n, groups = self.x.itemsize, self.place.output[0], self.x.shape[0]
        rows = max(1, min(n, RUN // max(1, self.row * size)))
        step = max(1, TOGETHER // max(1, rows * self.row * size * outputs))
        for group in range(0, groups, step):
            for row in range(0, n, rows):
                yield slice(group, min(group + step, groups)), slice(row, min(row + rows, n))

    def windows(self, some: slice, rows: slice) -> np.ndarray:
        """These groups as (groups, channels of a group, kernel…, elements of the wide output)."""
        part = self.x[some, :, rows.start * self.row :]
        length = (rows.stop - rows.start - 1) * self.row + self.last
        size = part.itemsize
        shifts = zip(self.strides, self.place.dilation, strict=True)
        return as_strided(
            part,
            (*part.shape[:2], *self.place.kernel, length),
            (*part.strides[:2], *(s * d * size for s, d in shifts), size),
            writeable=False,
        )
