"""What stands in for an array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .families import family_of
from .inplace import copied, is_part
from .primitive import PRIMITIVES, WATCHERS, Tracer, apply, plain
from .refusals import lost, mutation, no_rule
from .running import about
from .special_methods import OPERANDS, Operators, astype
from .traced_number import as_pythons
from .tracing import watching


class TracedArray(Operators, Tracer):
    """Stands in for a NumPy array."""

    __slots__ = ("__weakref__",)
    state: tuple[str, ...] = ()  #: what an object of this level holds, beside the level itself
    operands = (*OPERANDS, list, tuple)
    __hash__ = None  # type: ignore[assignment]

    __class__ = property(lambda self: np.ndarray)  # type: ignore[assignment]

    @property
    def shape(self) -> tuple[int, ...]:
        return plain(self).shape

    @property
    def ndim(self) -> int:
        return plain(self).ndim

    @property
    def size(self) -> int:
        return plain(self).size

    @property
    def dtype(self) -> np.dtype:
        return plain(self).dtype

    @property
    def strides(self) -> tuple[int, ...]:
        return plain(self).strides

    @property
    def flags(self) -> Any:
        return plain(self).flags

    @property
    def itemsize(self) -> int:
        return plain(self).itemsize

    @property
    def nbytes(self) -> int:
        return plain(self).nbytes

    @property
    def T(self) -> Any:
        return np.transpose(self)  # type: ignore[call-overload]

    @property
    def mT(self) -> Any:
        return np.swapaxes(self, -1, -2)  # type: ignore[call-overload]

    @property
    def flat(self) -> Flat:
        return Flat(self)

    def __len__(self) -> int:
        return len(plain(self))

    def __getitem__(self, index: Any) -> Any:
        return apply(PRIMITIVES["getitem"], (self,), {"index": _frozen(index, self)})

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __contains__(self, other: Any) -> bool:
        return plain(other) in plain(self)

    def __setitem__(self, index: Any, value: Any) -> None:
        if not is_part(self, _frozen(index, self), value):
            raise about(mutation("array[i] = value"), self)

    def item(self, *index: int) -> Any:
        if len(index) < 2:
            return as_pythons(np.ravel(self)[0 if not index else index[0]])  # type: ignore[call-overload]
        return as_pythons(self[index])

    def tolist(self) -> Any:
        return [v.tolist() if isinstance(v, Tracer) else v for v in self] if self.ndim else self.item()

    def reshape(self, *shape: Any, order: str = "C", **copy: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order, **copy)  # type: ignore[call-overload]

    def transpose(self, *axes: Any) -> Any:
        axes = axes[0] if len(axes) == 1 else axes
        return np.transpose(self, axes or None)  # type: ignore[call-overload]

    def flatten(self, order: str = "C") -> Any:
        return copied(np.ravel(self, order=order))  # type: ignore[call-overload]

    def astype(
        self, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        return self if not copy and np.dtype(dtype) == self.dtype else astype(self, dtype, casting)

    def copy(self, order: str = "C") -> TracedArray:
        return copied(self, order)

    def __copy__(self) -> TracedArray:
        return copied(self, "K")

    def __deepcopy__(self, memo: Any) -> TracedArray:
        return copied(self, "K")

    def compress(self, condition: Any, axis: int | None = None, out: Any = None) -> Any:
        return np.compress(condition, self, axis, out)

    def view(self, dtype: Any = None) -> TracedArray:
        if dtype is not None and np.dtype(dtype) != self.dtype:
            raise about(no_rule("array.view(dtype)"), self)
        return self

    def tobytes(self, *args: Any) -> bytes:
        raise about(lost("Bytes were asked for", "Take what is saved out of the function."), self)


class Flat:
    """What ``x.flat`` is: the elements of an array in C order, one after the other and by number."""

    __slots__ = ("base", "index")

    def __init__(self, base: Any):
        self.base = base
        self.index = 0  #: of the element that comes next

    @property
    def coords(self) -> tuple[int, ...]:
        return tuple([int(i) for i in np.unravel_index(self.index, self.base.shape)])

    def copy(self) -> Any:
        return self.base.flatten()

    def __len__(self) -> int:
        return self.base.size

    def __getitem__(self, index: Any) -> Any:
        picked = np.ravel(self.base)[index]  # type: ignore[call-overload]
        return picked.copy() if isinstance(picked, TracedArray) else picked

    def __setitem__(self, index: Any, value: Any) -> None:
        raise mutation("array.flat[i] = value")

    def __iter__(self) -> Flat:
        return self

    def __next__(self) -> Any:
        if self.index >= self.base.size:
            raise StopIteration
        self.index += 1
        return np.ravel(self.base)[self.index - 1]  # type: ignore[call-overload]

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array(self.copy(), dtype=dtype)


def _frozen(index: Any, owner: Any) -> Any:
    """An index of `owner` as it is now: plain, and with arrays that no one else can change."""
    kind = type(index)
    if kind is int:
        return index
    if kind is tuple:
        return tuple([_frozen(i, owner) for i in index])
    index = plain(index)
    if kind is list:
        return _as_array(index)
    if type(index) is not np.ndarray:
        family = family_of(index)
        if family is not None and family.lazy:
            raise about(
                lost(
                    f"An index that is an array of {family.name} was used",
                    "Write np.where(mask, x, 0.0) instead of x[mask].",
                ),
                owner,
            )
        return index
    copy = index.copy()
    if WATCHERS:
        for level in watching((owner,)):
            level.copied(index, copy)
    return copy


def _as_array(index: list[Any]) -> Any:
    """A list as an index; left as it is where NumPy will have something to say about it."""
    try:
        array = np.asarray(index) if index else np.zeros(0, np.intp)
    except ValueError:
        return index
    return array if array.dtype.kind in "biu" else index
