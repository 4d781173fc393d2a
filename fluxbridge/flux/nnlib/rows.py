"""Convolution as products of matrices that overlap in memory.

The windows of one row of the output (all that have the same place on the first spatial axis) lie in as many
rows of the input as the kernel has. So the columns are made for the other axes of the kernel only, row by
row: those of a window's rows stand one after the other and are one matrix, without being copied again for
each place in the kernel. With a kernel of 3×3 that is a third of the copying.

All functions take arrays with channels first (see :mod:`.windows`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .scratch import BLOCK, SCRATCH
from .windows import Windows, count

NARROW = 48  #: windows in a row, below which the products are too small


def is_wide(place: Windows, batch: int) -> bool:
    """Do rows of the output fill matrices, and stand the rows of a window side by side?"""
    return count(place.output[1:]) * batch >= NARROW and place.dilation[0] == 1


def row_matrices(
    x: np.ndarray, place: Windows, groups: int, flipped: bool
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Ranges of groups and of rows of the output, and matrices for them.

    These have the shape (groups, rows, kernel elements, windows). x is the padded input. A block is
    overwritten by the next one.
    """
    size, batch = x.itemsize, x.shape[-1]
    inside, kernel, stride = x.shape[0] // groups, place.kernel[0], place.stride[0]
    offsets = list(itertools.product(*map(range, place.kernel[1:])))
    windows = count(place.output[1:]) * batch
    bytes_of_row = max(1, len(offsets) * inside * windows * size)
    n = place.output[0]
    rows = max(1, min(n, max(BLOCK // bytes_of_row - kernel, 4 * kernel) // stride))
    together = max(1, BLOCK // (bytes_of_row * (rows * stride + kernel)))
    grouped = x.reshape(groups, inside, *x.shape[1:])
    for group, start in itertools.product(range(0, groups, together), range(0, n, rows)):
        some, stop = slice(group, min(group + together, groups)), min(start + rows, n)
        lines = slice(start * stride, (stop - 1) * stride + kernel)
        part = grouped[some, :, lines]
        if not flipped:
            part = part[:, :, ::-1]
        shape = (part.shape[0], part.shape[2], len(offsets), inside, *place.output[1:], batch)
        columns = SCRATCH.array(shape, x.dtype)
        for i, offset in enumerate(offsets if flipped else offsets[::-1]):
            cut: Any = (slice(None),) * 3 + tuple(
                slice(k * d, k * d + (m - 1) * s + 1, s)
                for k, d, m, s in zip(
                    offset, place.dilation[1:], place.output[1:], place.stride[1:], strict=True
                )
            )
            np.copyto(columns[:, :, i], np.swapaxes(part[cut], 1, 2))
        of_group, of_line = columns.strides[:2]
        first = columns if flipped else columns[:, columns.shape[1] - kernel :]
        view = as_strided(
            first,
            (shape[0], stop - start, kernel * len(offsets) * inside, windows),
            (of_group, of_line * stride * (1 if flipped else -1), windows * size, size),
            writeable=False,
        )
        yield some, slice(start, stop), view
