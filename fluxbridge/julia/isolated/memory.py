"""Large arrays between processes, in anonymous shared memory.

The sender copies an array into an anonymous file in memory and sends its descriptor over the socket; the
receiver maps it. The system frees it when neither process has it open, also after a crash.
"""

from __future__ import annotations

import ctypes
import functools
import mmap
import os
import tempfile
import weakref
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
        memory = _mapped(file, os.fstat(file).st_size)
    finally:
        os.close(file)
    return np.ndarray(shape, dtype, memory, order=order)  # type: ignore[arg-type]


def _mapped(file: int, size: int) -> Any:
    """The memory of a file. Python's own mmap keeps the file open, and there can be only some hundreds."""
    place = _libc().mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, _FLAGS, file, 0)
    if place == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "an array from the Julia process cannot be mapped")
    memory = (ctypes.c_char * size).from_address(place)
    weakref.finalize(memory, _libc().munmap, place, size).atexit = False
    return memory


@functools.cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    integer, pointer, size = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t
    libc.mmap.argtypes = [pointer, size, integer, integer, integer, ctypes.c_longlong]
    libc.mmap.restype = pointer
    libc.munmap.argtypes = [pointer, size]
    return libc


def _anonymous(size: int) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("fluxbridge")
    with tempfile.TemporaryFile() as unnamed:
        return os.dup(unnamed.fileno())


def _write(file: int, x: np.ndarray) -> None:
    rest = memoryview(x.ravel(order="K").view(np.uint8))  # type: ignore[arg-type]
    while rest:
        rest = rest[os.write(file, rest[: 1 << 30]) :]
