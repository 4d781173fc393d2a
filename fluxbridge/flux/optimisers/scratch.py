"""What the rules share: averages, squares and quotients, as pure functions or in place.

The functions are pure. Only within ``with WORKSPACE:``, where :mod:`.stepping` takes the step of a large
array block by block, they write into the state and take their intermediate results from a few buffers of the
size of a block: fresh memory for each of them would cost more than the arithmetic, as the operating system
hands it out page by page.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

BLOCK = 1 << 18  #: bytes of a block of a parameter


class Workspace(threading.local):
    """The buffers of this thread. Within ``with WORKSPACE:`` the functions below work in place.

    What they return is then valid until its end: a buffer is handed out again only if it was given back.

    >>> old = np.ones(2)
    >>> with WORKSPACE:
    ...     average(old, 0.5, np.zeros(2)) is old
    True
    """

    def __init__(self) -> None:
        self.active = False
        self.kept: dict[np.dtype[Any], list[np.ndarray]] = {}  #: all buffers, as vectors
        self.used: dict[np.dtype[Any], int] = {}  #: how many of them have been handed out
        self.free: np.ndarray | None = None  #: the array that was given back last

    def __enter__(self) -> None:
        self.active = True

    def __exit__(self, *_: object) -> None:
        self.active, self.free = False, None
        self.used.clear()

    def take(self, like: np.ndarray) -> np.ndarray:
        """An array like `like`, with any contents."""
        free = self.free
        if free is not None and (free.shape, free.strides, free.dtype) == (
            like.shape,
            like.strides,
            like.dtype,
        ):
            self.free = None
            return free
        dtype = like.dtype
        buffers, number = self.kept.setdefault(dtype, []), self.used.get(dtype, 0)
        if number == len(buffers) or buffers[number].size < like.size:
            buffers[number : number + 1] = [np.empty(max(BLOCK // dtype.itemsize, like.size), dtype)]
        self.used[dtype] = number + 1
        return buffers[number][: like.size].reshape(like.shape, order="F" if like.flags.fnc else "C")

    def give(self, array: np.ndarray) -> None:
        """Free an array from :meth:`take` again."""
        self.free = array


WORKSPACE = Workspace()


def average(old: Any, beta: Any, new: Any) -> Any:
    """The exponential moving average ``beta·old + (1 - beta)·new``.

    >>> average(np.array([1.0]), 0.75, np.array([2.0]))
    array([1.25])
    """
    return weighted(old, beta, new, 1 - beta)


def weighted(old: Any, beta: Any, new: Any, weight: Any) -> Any:
    """``beta·old + weight·new``.

    >>> weighted(np.array([1.0]), 0.5, np.array([2.0]), 3.0)
    array([6.5])
    """
    if not WORKSPACE.active:
        return old * beta + new * weight
    buffer = WORKSPACE.take(old)
    return _add_to(old, beta, np.multiply(new, weight, out=buffer))


def average_square(old: Any, beta: Any, new: Any) -> Any:
    """``beta·old + (1 - beta)·|new|²``.

    >>> average_square(np.array([1.0]), 0.75, np.array([2.0]))
    array([1.75])
    """
    if not WORKSPACE.active or new.dtype.kind == "c":
        return old * beta + absolute_square(new) * (1 - beta)
    buffer = np.multiply(new, new, out=WORKSPACE.take(old))
    return _add_to(old, beta, np.multiply(buffer, 1 - beta, out=buffer))


def _add_to(old: np.ndarray, beta: Any, buffer: np.ndarray) -> np.ndarray:
    np.multiply(old, beta, out=old)
    np.add(old, buffer, out=old)
    WORKSPACE.give(buffer)
    return old


def absolute_square(x: np.ndarray) -> np.ndarray:
    """|x|² of each element, a real array.

    >>> absolute_square(np.array([3 + 4j]))
    array([25.])
    """
    return np.square(x) if x.dtype.kind != "c" else np.square(x.real) + np.square(x.imag)


def over_root(m: Any, v: Any, epsilon: Any, scale: Any, correction: Any = None) -> Any:
    """``scale·m / (sqrt(v / correction) + epsilon)``.

    >>> over_root(np.array([2.0]), np.array([8.0]), 1.0, 10.0, 0.5)
    array([4.])
    """
    out = WORKSPACE.take(v) if WORKSPACE.active else None
    if correction is None:
        root = np.sqrt(v, out=out)
    elif v.dtype == np.float16:  # the products below could underflow
        root = np.sqrt(np.divide(v, correction, out=out), out=out)
    else:  # numerator and denominator times sqrt(correction): one division less an element
        factor = np.sqrt(correction)
        epsilon, scale = epsilon * factor, scale * factor
        root = np.sqrt(v, out=out)
    quotient = np.divide(m, np.add(root, epsilon, out=out), out=out)
    return np.multiply(quotient, scale, out=out)
