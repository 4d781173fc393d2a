"""What the rules share: averages, squares and quotients, as pure functions or in place.

The functions are pure. Only within ``with LOCAL:``, where :mod:`.stepping` takes the step of a large
array block by block, they write into the state and take their intermediate results from a few buffers of the
size of a block: fresh memory for each of them would cost more than the arithmetic, as the operating system
hands it out page by page.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

BLOCK = 1 << 18  #: bytes of a block of a parameter


class Workspace:
    """Buffers for the intermediate results of one block, used again for the next one.

    >>> space, x = Workspace(), np.ones(2)
    >>> buffer = space.take(x)
    >>> space.give(buffer)
    >>> space.take(x) is buffer, space.take(x) is buffer
    (True, False)
    """

    __slots__ = ("free", "kept", "unused")

    def __init__(self) -> None:
        self.kept: list[np.ndarray] = []  #: all buffers, contiguous
        self.unused: list[np.ndarray] = []  #: those that have not been handed out for this block
        self.free: np.ndarray | None = None  #: the array that was given back last

    def take(self, like: np.ndarray) -> np.ndarray:
        """An array like `like`, with any contents."""
        free, unused, strides, dtype = self.free, self.unused, like.strides, like.dtype
        if free is not None and free.strides == strides and free.shape == like.shape and free.dtype == dtype:
            self.free = None
            return free
        if (
            unused
            and (last := unused[-1]).strides == strides
            and last.shape == like.shape
            and last.dtype == dtype
        ):
            return unused.pop()
        for k, buffer in enumerate(unused):
            if buffer.size >= like.size and buffer.dtype == dtype:
                del unused[k]
                order: Any = "F" if like.flags.fnc else "C"
                return buffer.ravel(order="K")[: like.size].reshape(like.shape, order=order)
        self.kept.append(np.empty_like(like))
        return self.kept[-1]

    def give(self, array: np.ndarray) -> None:
        """Free an array from :meth:`take` again."""
        self.free = array


class Local(threading.local):
    """The workspace of this thread, and whether it is in use.

    Within ``with LOCAL:`` the functions below work in place. What they return is then valid until its end: a
    buffer is handed out again only if it was given back.

    >>> old = np.ones(2)
    >>> with LOCAL:
    ...     average(old, 0.5, np.zeros(2)) is old
    True
    """

    def __init__(self) -> None:
        self.own = Workspace()
        self.space: Workspace | None = None

    def __enter__(self) -> None:
        self.space = space = self.own
        space.unused, space.free = space.kept.copy(), None

    def __exit__(self, *_: object) -> None:
        self.space = None


LOCAL = Local()


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
    space = LOCAL.space
    if space is None:
        return old * beta + new * weight
    return _add_to(old, beta, np.multiply(new, weight, space.take(old)), space)


def average_square(old: Any, beta: Any, new: Any) -> Any:
    """``beta·old + (1 - beta)·|new|²``.

    >>> average_square(np.array([1.0]), 0.75, np.array([2.0]))
    array([1.75])
    """
    space = LOCAL.space
    if space is None or new.dtype.kind == "c":
        return old * beta + absolute_square(new) * (1 - beta)
    buffer = np.multiply(new, new, space.take(old))
    return _add_to(old, beta, np.multiply(buffer, 1 - beta, buffer), space)


def _add_to(old: np.ndarray, beta: Any, buffer: np.ndarray, space: Workspace) -> np.ndarray:
    np.multiply(old, beta, old)
    np.add(old, buffer, old)
    space.give(buffer)
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
    space = LOCAL.space
    out = None if space is None else space.take(v)  # positional, as a keyword takes longer to parse
    if correction is None:
        root = np.sqrt(v, out)
    elif v.dtype == np.float16:  # the products below could underflow
        root = np.sqrt(np.divide(v, correction, out), out)
    else:  # numerator and denominator times sqrt(correction): one division less an element
        factor = np.sqrt(correction)
        epsilon, scale = epsilon * factor, scale * factor
        root = np.sqrt(v, out)
    quotient = np.divide(m, np.add(root, epsilon, out), out)
    return np.multiply(quotient, scale, out)
