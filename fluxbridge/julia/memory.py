"""Large arrays between processes: memory without a name, so that nothing can be left behind.

The sender copies an array into an anonymous file in memory, and its descriptor travels over the
socket; the receiver maps it. It is gone when the last of the two lets go, however that comes about.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Any

import numpy as np

#: Smaller arrays travel inside of the message.
SHARE_FROM = 1 << 16
_FLAGS = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0) if hasattr(mmap, "MAP_SHARED") else 0


def order_of(x: np.ndarray) -> str:
    return "F" if x.flags.f_contiguous and not x.flags.c_contiguous else "C"


def share(x: np.ndarray) -> int:
    """A file with the elements of `x`, in one copy."""
    file = _anonymous(x.nbytes)
    try:
        if x.flags.forc:
            _write(file, x)
        else:
            os.ftruncate(file, x.nbytes)
            with mmap.mmap(file, x.nbytes, _FLAGS) as memory:
                np.ndarray(x.shape, x.dtype, memory)[...] = x
    except BaseException:
        os.close(file)
        raise
    return file


def opened(file: int, shape: tuple[int, ...], dtype: Any, order: str) -> np.ndarray:
    """The array in a file, without a copy."""
    try:
        memory = mmap.mmap(file, 0, _FLAGS)
    finally:
        os.close(file)
    return np.ndarray(shape, dtype, memory, order=order)  # type: ignore[arg-type]


def _anonymous(size: int) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("fluxbridge")
    with tempfile.TemporaryFile() as unnamed:
        return os.dup(unnamed.fileno())


def _write(file: int, x: np.ndarray) -> None:
    rest = memoryview(x.ravel(order="K").view(np.uint8))
    while rest:
        rest = rest[os.write(file, rest[: 1 << 30]) :]
