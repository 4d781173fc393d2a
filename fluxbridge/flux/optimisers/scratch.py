"""Memory for intermediate results of a step, used again by the next one.

Fresh memory for every parameter at every step costs more than the arithmetic on it, since the operating
system hands it out page by page. During a step, large arrays of scratch therefore come from a
small pool, one for each thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

SMALL, LARGE = 1 << 16, 1 << 26  #: bytes from and up to which memory is kept


class Pool(threading.local):
    def __init__(self) -> None:
        self.active = False
        self.buffers: dict[Any, list[np.ndarray]] = {}


POOL = Pool()


@contextmanager
def reusing() -> Iterator[None]:
    """Within, :func:`scratch_like` may give out the same memory again and again."""
    before, POOL.active = POOL.active, True
    try:
        yield
    finally:
        POOL.active = before


def scratch_like(x: np.ndarray, busy: np.ndarray) -> np.ndarray:
    """An array like `x` with any contents, that shares no memory with `busy`.

    It is only good until the next one is asked for: a rule may return it as its step, but not keep it
    in its state.
    """
    if not POOL.active or not SMALL <= x.nbytes <= LARGE:
        return np.empty_like(x)
    buffers = POOL.buffers.setdefault(x.dtype, [])
    place = next((k for k, buffer in enumerate(buffers) if busy.base is not buffer), len(buffers))
    if place == len(buffers):
        buffers.append(np.empty(x.size, x.dtype))
    elif buffers[place].size < x.size:
        buffers[place] = np.empty(x.size, x.dtype)
    return buffers[place][: x.size].reshape(x.shape, order="F" if x.flags.fnc else "C")
