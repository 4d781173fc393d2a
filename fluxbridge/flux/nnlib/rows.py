"""Convolution as products of matrices that overlap in memory.

The windows of one row of the output (all that have the same place on the first spatial axis) lie in as many
lines of the input as the kernel has. So columns are made for the other axes of the kernel only, line by line:
those of a window's lines stand one after the other and are one matrix, without being copied again for each
place in the kernel. With a kernel of 3×3 that is a third of the copying. The padding is what is left out when
lines are copied into zeros. If the first axis is dilated, every so-manieth line is taken, so that a window's
lines stand one after the other as well.

All functions take arrays with channels first (see :mod:`.windows`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .scratch import SCRATCH
from .windows import ConvDims, Windows, count

LINES = 3 << 18  #: bytes of lines that are made at a time
NARROW = 48  #: windows in a row, below which the products are too small


def is_wide(place: Windows, batch: int) -> bool:
    """Do rows of the output fill matrices?"""
    return count(place.output[1:]) * batch >= NARROW


def row_matrices(x: np.ndarray, dims: ConvDims, dtype: np.dtype) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Ranges of groups and of rows of the output, and matrices of their windows.

    These have the shape (groups, rows, kernel elements, windows). A block is overwritten by the next one. The
    padding of x is not part of it.
    """
    place, groups, flipped = dims
    inside, n, batch = x.shape[0] // groups, place.output[0], x.shape[-1]
    windows = count(place.output[1:]) * batch
    lines = x.reshape(groups, inside, *x.shape[1:]).swapaxes(1, 2)
    if count(place.kernel) == 1 and not any(place.pad):  # the input is the matrices
        first, *others = (slice(None, None, s) for s in place.stride)
        everywhere: Any = (slice(None), first, slice(None), *others)
        whole = lines[everywhere].reshape(groups, n, inside, windows).astype(dtype, copy=False)
        yield slice(0, groups), slice(0, n), whole
        return
    kernel, gap = place.kernel[0], place.dilation[0]
    apart = gap // math.gcd(gap, place.stride[0])  # so far apart are rows that have lines in common
    stride = place.stride[0] * apart // gap
    meetings = list(itertools.product(*(place.meetings(axis) for axis in range(1, place.rank))))
    of_line = max(1, len(meetings) * inside * windows * dtype.itemsize)  # bytes
    rows = max(1, max(LINES // of_line - kernel, 2 * kernel) // stride)
    rows = -(-n // (apart * -(-n // (apart * rows))))  # equal blocks
    height = (rows - 1) * stride + kernel
    together = min(groups, max(1, LINES // (of_line * height)))
    shape = (together, height, len(meetings), inside, *place.output[1:], batch)
    columns = SCRATCH.array(shape, dtype)
    into = columns if flipped else columns[:, ::-1, ::-1]
    matrices = as_strided(
        columns[:, 0 if flipped else height - kernel :],
        (together, rows, kernel * len(meetings) * inside, windows),
        (columns.strides[0], into.strides[1] * stride, windows * dtype.itemsize, dtype.itemsize),
        writeable=False,
    )
    copies: list[tuple[Any, Any]] = []
    for i, meeting in enumerate(meetings):
        for axis, (there, _) in enumerate(meeting, 3):
            of_axis = into[:, :, i].swapaxes(0, axis)
            of_axis[: there.start] = of_axis[there.stop :] = 0
        theirs, ours = zip(*meeting, strict=True) if meeting else ((), ())
        copies.append(((slice(None), slice(None), i, slice(None), *theirs), (..., *ours, slice(None))))
    for group, phase in itertools.product(range(0, groups, together), range(min(apart, n))):
        some = slice(group, min(group + together, groups))
        for start in range(phase, n, rows * apart):
            chosen = range(start, min(start + rows * apart, n), apart)
            used = (len(chosen) - 1) * stride + kernel
            top = start * place.stride[0] - place.pad[0]  # where the first line lies in x
            begin = min(used, max(0, -(top // gap)))
            end = max(begin, min(used, -((top - place.input[0]) // gap)))
            block = into[: some.stop - group, :used]
            block[:, :begin] = block[:, end:] = 0
            if begin < end:
                block = block[:, begin:end]
                source = lines[some, top + begin * gap : top + (end - 1) * gap + 1 : gap]
                for there, here in copies:
                    np.copyto(block[there], source[here])
            yield some, slice(start, chosen[-1] + 1, apart), matrices[: some.stop - group, : len(chosen)]
