"""Where NumPy's inner loops and the functions of C's library are, to be called without Python.

A ufunc keeps a table of loops by types, in a structure that is part of NumPy's interface for C
(``PyUFuncObject`` in ufuncobject.h). A loop gets the addresses of its operands, the count of elements, and
the steps in bytes. Calling it gives the same bits as calling the ufunc, whichever instructions NumPy chose.
"""

from __future__ import annotations

import ctypes
import functools
import math
import platform
from typing import NamedTuple

import numpy as np


class _UFunc(ctypes.Structure):
    _fields_ = [
        ("references", ctypes.c_ssize_t), ("kind", ctypes.c_void_p), ("nin", ctypes.c_int),
        ("nout", ctypes.c_int), ("nargs", ctypes.c_int), ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_void_p)), ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("ntypes", ctypes.c_int), ("reserved", ctypes.c_int), ("name", ctypes.c_char_p),
    ]  # fmt: skip


_CALL = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)


class Loop(NamedTuple):
    """An inner loop: its address, and what it gets as its last argument."""

    address: int
    data: int

    def __call__(self, operands: list[np.ndarray], count: int, steps: list[int]) -> None:
        places = (ctypes.c_void_p * len(operands))(*[a.ctypes.data for a in operands])
        _CALL(self.address)(
            places, (ctypes.c_ssize_t * 1)(count), (ctypes.c_ssize_t * len(steps))(*steps), self.data
        )


@functools.cache
def loop_of(ufunc: np.ufunc, types: str) -> Loop | None:
    """The loop for operands and result of these types ("dd" is a double to a double); None if there is none.

    It is tried out: on a few numbers it must give what the ufunc gives.
    """
    signatures = [t.replace("->", "") for t in ufunc.types]
    if types not in signatures or ufunc.signature is not None:
        return None
    found = _UFunc.from_address(id(ufunc))
    if (found.nin, found.nout, found.ntypes) != (ufunc.nin, ufunc.nout, ufunc.ntypes):
        return None
    k = signatures.index(types)
    loop = Loop(found.functions[k] or 0, found.data[k] or 0)
    return loop if loop.address and _agrees(loop, ufunc, types) else None


def _agrees(loop: Loop, ufunc: np.ufunc, types: str) -> bool:
    points = np.linspace(0.1, 0.9, 19)
    ins = [np.roll(points, k).astype(t) for k, t in enumerate(types[:-1])]
    out = np.zeros(19, types[-1])
    with np.errstate(all="ignore"):
        loop([*ins, out], 19, [a.itemsize for a in (*ins, out)])
        one = np.zeros(1, types[-1])
        loop([*[a[3:4] for a in ins], one], 1, [a.itemsize for a in (*ins, one)])
        wanted = ufunc(*ins)
    return bool(
        np.array_equal(out, wanted, equal_nan=True) and np.array_equal(one, wanted[3:4], equal_nan=True)
    )


@functools.cache
def adder(dtype: str) -> Loop | None:
    """NumPy's loop of np.add as it is used for sums; None if a sum comes out another way."""
    loop = loop_of(np.add, dtype * 3)
    if loop is None:
        return None
    for count in (1, 7, 8, 100, 129, 1000):
        x = np.sin(np.arange(count)).astype(dtype)
        total = np.zeros(1, dtype)
        loop([total, x, total], count, [0, x.itemsize, 0])
        if total[0] != np.add.reduce(x, None):
            return None
    return loop


@functools.cache
def symbol(name: str) -> int:
    """The address of a function of C's library; 0 if it is not to be had."""
    try:
        return ctypes.cast(getattr(ctypes.CDLL(None), name), ctypes.c_void_p).value or 0
    except (AttributeError, OSError, TypeError):
        return 0


@functools.cache
def of_math(name: str) -> int:
    """The function of C's library that Python's `math` calls; 0 if it gives other numbers."""
    address = symbol(name)
    if not address:
        return 0
    count = 2 if name == "pow" else 1
    call = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * count)(address)
    points = [0.1, 0.37, 0.5, 0.83, 0.999]
    theirs = getattr(math, name)
    return address if all(call(*[p] * count) == theirs(*[p] * count) for p in points) else 0


class Flags(NamedTuple):
    """The bits that the processor sets: invalid, division by zero, overflow; and underflow."""

    grave: int
    underflow: int


#: As in C's <fenv.h>, by processor.
_FLAGS = {"x86_64": Flags(1 | 4 | 8, 16), "amd64": Flags(1 | 4 | 8, 16)}
_FLAGS |= dict.fromkeys(("aarch64", "arm64"), Flags(1 | 2 | 4, 8))


def flags() -> Flags | None:
    """The bits on this machine, if they can be asked for."""
    known = _FLAGS.get(platform.machine().lower())
    return known if known and symbol("feclearexcept") and symbol("fetestexcept") else None
