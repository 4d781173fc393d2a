"""Memory for results in between, reused by its thread: it stays in the cache, and allocation takes longer."""

from __future__ import annotations

import math
import threading

import numpy as np

BLOCK = 1 << 19  #: bytes of such a result that are computed at a time


class _Scratch(threading.local):
    buffer = np.empty(0, np.uint8)

    def array(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """An array with any content, which the next call overwrites; a large one is new memory."""
        size = math.prod(shape) * dtype.itemsize
        if size > 16 * BLOCK:
            return np.empty(shape, dtype)
        if self.buffer.size < size:
            self.buffer = np.empty(size, np.uint8)
        return self.buffer[:size].view(dtype).reshape(shape)


SCRATCH = _Scratch()
