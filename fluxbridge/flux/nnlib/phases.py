"""The cotangent of a convolution's input, as convolutions of the cotangent of its output.

With a stride of 2, the elements of the input at even places meet every other element of the kernel, and those
at odd places the others. So the cotangent of each part is a convolution of stride 1, with a part of the
kernel, reversed. With a stride of 1 there is one part.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

from .windows import Sizes, Windows


class Phase(NamedTuple):
    """Elements of the input that lie a stride apart, and what of the kernel meets them."""

    part: tuple[slice, ...]  #: of the input
    kernel: tuple[slice, ...]
    place: Windows  #: over the cotangent of the output


@functools.lru_cache(maxsize=512)
def phases(place: Windows) -> tuple[Phase, ...]:
    """The cotangent of the input in parts. What the kernel does not meet is in none of them."""
    starts = (range(min(s, n)) for s, n in zip(place.stride, place.input, strict=True))
    found = []
    for corner in itertools.product(*starts):
        axes = [_phase(place, axis, start) for axis, start in enumerate(corner)]
        if all(axes):
            part, kernel, lengths, pads, gaps = zip(*axes, strict=True)
            ones = (1,) * len(axes)
            whole = Windows(place.output, lengths, ones, tuple(itertools.chain(*pads)), gaps)
            found.append(Phase(part, kernel, whole))
    return tuple(found)


def _phase(place: Windows, axis: int, start: int) -> tuple[slice, slice, int, Sizes, int] | tuple[()]:
    """Of one axis: the slices of input and kernel, the latter's length, the padding, and the dilation."""
    stride, dilation, before = place.stride[axis], place.dilation[axis], start + place.pad[2 * axis]
    meet = [k for k in range(place.kernel[axis]) if (before - k * dilation) % stride == 0]
    if not meet:
        return ()
    common = math.gcd(stride, dilation)
    gap = dilation // common
    reach = (len(meet) - 1) * gap
    begin = reach - (before - meet[0] * dilation) // stride
    windows = len(range(start, place.input[axis], stride))
    end = windows - place.output[axis] - begin + reach
    return slice(start, None, stride), slice(meet[0], None, stride // common), len(meet), (begin, end), gap
