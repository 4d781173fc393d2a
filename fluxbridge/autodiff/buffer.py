"""An array that may be written into while a function is differentiated."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import MutationError
from .inplace import alias
from .primitive import apply, plain, primitive, take_up


def _assemble(base: Any, *values: Any, indices: Sequence[Any]) -> np.ndarray:
    out = np.array(base, dtype=np.result_type(base, *values) if values else None)
    for index, value in zip(indices, values, strict=True):
        out[index] = value
    return out


def _assemble_rule(dy: Any, _y: Any, _base: Any, *_values: Any, indices: Sequence[Any]) -> Any:
    """Every element's cotangent goes to whoever wrote it last."""
    shape = np.shape(dy)
    owner = np.full(shape, -1)
    place = np.zeros(shape, int) if any(map(_may_repeat, indices)) else None
    places: list[Any] = []  # for each write the numbers of its elements, where one may be written twice
    for k, index in enumerate(indices):
        owner[index] = k
        numbers = None
        if place is not None and _may_repeat(index):
            there = np.shape(owner[index])
            place[index] = numbers = np.arange(np.prod(there, dtype=int)).reshape(there)
        places.append(numbers)
    parts = []
    for k, index in enumerate(indices):
        last = owner[index] == k
        if places[k] is not None:
            last = last & (place[index] == places[k])  # type: ignore[index]
        parts.append(np.where(last, dy[index], 0.0))
    return np.where(owner == -1, dy, 0.0), *parts


def _may_repeat(index: Any) -> bool:
    """Is there an array of positions in the index, which may name an element twice?"""
    return any(isinstance(i, (list, np.ndarray)) for i in (index if isinstance(index, tuple) else (index,)))


ASSEMBLE = primitive(None, joint=_assemble_rule, jvp="linear", name="assemble", compute=_assemble)


def _is_position(i: Any) -> bool:
    return isinstance(i, (int, np.integer)) and not isinstance(i, bool)


def _kept(x: Any) -> Any:
    """A copy of an array that its owner could change before the writes are put together."""
    if isinstance(x, tuple):
        return tuple([_kept(i) for i in x])
    return x.copy() if type(x) is np.ndarray else list(x) if isinstance(x, list) else x


class Buffer:
    """A mutable array of the shape of `x`, for code that fills an array element by element.

    Write with ``b[i] = v``, read with ``b[i]``, and take the result with ``b.copy()``, after which
    it is frozen. Elements that were never written are 0. Sizes and a dtype may follow `x`, as for
    Julia's ``similar``: ``Buffer(x, 3, 4)``, ``Buffer(x, (3, 4))``, ``Buffer(x, np.float32)``, or as
    `shape` and `dtype`. Raises :class:`fluxbridge.errors.MutationError` on writing into a frozen buffer.

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

    def __init__(self, x: Any, *similar: Any, shape: Any = None, dtype: Any = None):
        value = x if hasattr(x, "dtype") and hasattr(x, "shape") else np.asarray(plain(x))
        sizes = []
        for word in map(plain, similar):
            if isinstance(word, (type, np.dtype, str)):
                dtype = word
            else:
                sizes += [word] if np.ndim(word) == 0 else list(word)
        if shape is None:
            shape = sizes if any(not isinstance(w, (type, np.dtype, str)) for w in similar) else value.shape
        self.shape = tuple(map(operator.index, (shape,) if np.ndim(shape) == 0 else shape))
        self.dtype = np.dtype(dtype or (value.dtype if value.dtype.kind in "fc" else np.float64))
        self._array: Any = np.zeros(self.shape, self.dtype)
        self._writes: list[tuple[Any, Any]] = []  # since the array was last put together
        self._elements: dict[Any, Any] = {}  # those of the writes that are single elements
        self._frozen = False

    def _position(self, index: Any) -> Any:
        """A full integer index as a tuple of positions, else None."""
        parts = index if isinstance(index, tuple) else (index,)
        if len(parts) != len(self.shape) or not all(_is_position(i) for i in parts):
            return None
        for i, n in zip(parts, self.shape, strict=True):
            if not -n <= i < n:
                raise IndexError(f"index {i} is out of bounds for a buffer of shape {self.shape}")
        return tuple(int(i) % n for i, n in zip(parts, self.shape, strict=True))

    def __setitem__(self, index: Any, value: Any) -> None:
        if self._frozen:
            raise MutationError("this Buffer is frozen, because copy() was called; make a new one")
        index = _kept(plain(index))
        value = _kept(take_up(value))
        value = alias(value) if hasattr(value, "state") else value  # as it is now
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
