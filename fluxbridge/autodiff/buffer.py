"""An array that may be written into while a function is differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import MutationError
from . import spelled
from .primitive import apply, plain, primitive


def _assemble(base: Any, *values: Any, indices: Sequence[Any]) -> np.ndarray:
    out = np.array(base, dtype=np.result_type(base, *values) if values else None)
    for index, value in zip(indices, values, strict=True):
        out[index] = value
    return out


def _assemble_rule(dy: Any, _y: Any, _base: Any, *_values: Any, indices: Sequence[Any]) -> Any:
    """Every element's cotangent goes to whoever wrote it last."""
    owner = np.full(np.shape(dy), -1)
    for k, index in enumerate(indices):
        owner[index] = k
    parts = [np.where(owner[i] == k, dy[i], 0.0) for k, i in enumerate(indices)]
    return np.where(owner == -1, dy, 0.0), *parts


ASSEMBLE = primitive(None, joint=_assemble_rule, jvp="linear", name="assemble", compute=_assemble,
                     julia=spelled.assemble)  # fmt: skip


class Buffer:
    """A mutable array of the shape of `x`, for code that fills an array element by element.

    Write with ``b[i] = v``, read with ``b[i]``, and take the result with ``b.copy()``, after which
    it is frozen. Elements that were never written are 0. `shape` and `dtype` may differ from those
    of `x`. Raises :class:`fluxbridge.errors.MutationError` on writing into a frozen buffer.

    >>> import numpy as np
    >>> from fluxbridge import Buffer, gradient
    >>> def f(x):
    ...     b = Buffer(x)
    ...     for i in range(len(x)):
    ...         b[i] = x[i] ** 2
    ...     return np.sum(b.copy())
    >>> gradient(f, np.array([1.0, 3.0]))
    (array([2., 6.]),)
    """

    def __init__(self, x: Any, shape: tuple[int, ...] | int | None = None, dtype: Any = None):
        value = np.asarray(plain(x))
        self.shape = value.shape if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        self.dtype = np.dtype(dtype or (value.dtype if value.dtype.kind in "fc" else np.float64))
        self._array: Any = np.zeros(self.shape, self.dtype)
        self._writes: list[tuple[Any, Any]] = []  # since the array was last put together
        self._elements: dict[Any, Any] = {}  # those of the writes that are single elements
        self._frozen = False

    def _position(self, index: Any) -> Any:
        """A full integer index as a tuple of positions, else None."""
        parts = index if isinstance(index, tuple) else (index,)
        if len(parts) != len(self.shape) or not all(isinstance(i, (int, np.integer)) for i in parts):
            return None
        for i, n in zip(parts, self.shape, strict=True):
            if not -n <= i < n:
                raise IndexError(f"index {i} is out of bounds for a buffer of shape {self.shape}")
        return tuple(int(i) % n for i, n in zip(parts, self.shape, strict=True))

    def __setitem__(self, index: Any, value: Any) -> None:
        if self._frozen:
            raise MutationError("this Buffer is frozen, because copy() was called; make a new one")
        index = plain(index)
        position = self._position(index)
        if position is None:
            self._elements.clear()
        else:
            self._elements[position] = value
        self._writes.append((index if position is None else position, value))

    def __getitem__(self, index: Any) -> Any:
        index = plain(index)
        position = self._position(index)
        if position in self._elements:
            return self._elements[position]
        return self._settled()[index]

    def _settled(self) -> Any:
        if self._writes:
            indices, values = zip(*self._writes, strict=True)
            self._array = apply(ASSEMBLE, (self._array, *values), {"indices": list(indices)})
            self._writes = []
            self._elements.clear()
        return self._array

    def copy(self) -> Any:
        """The array as written; from now on the buffer refuses writes."""
        self._frozen = True
        return self._settled()

    def __copy__(self) -> Any:
        return self.copy()

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"Buffer(shape={self.shape}, dtype={self.dtype}{', frozen' if self._frozen else ''})"
