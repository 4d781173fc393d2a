"""Lazy data sets made of others: mapped, joined, in batches, in windows, along another axis."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...errors import ArgumentError
from .batches import batch
from .observations import DataContainer, checked_axis, getobs, numobs, obsview, whole

__all__ = ["BatchView", "ObsDim", "batchsize", "filterobs", "groupobs", "joinobs", "mapobs", "slidingwindow"]


class Mapped(DataContainer):
    """The observations of a data set, changed by a function when they are asked for.

    Raises ArgumentError if `batched` is not "auto", "never" or "always".
    """

    def __init__(self, f: Callable[[Any], Any], data: Any, batched: str = "auto"):
        if batched not in ("auto", "never", "always"):
            raise ArgumentError(f'batched is "auto", "never" or "always", not {batched!r}')
        self.f, self.data, self.batched = f, data, batched

    def __len__(self) -> int:
        return numobs(self.data)

    def one(self, k: int) -> Any:
        if self.batched == "always":
            return getobs(self.f(getobs(self.data, [k])), 0)
        return self.f(getobs(self.data, k))

    def several(self, places: np.ndarray) -> Any:
        if self.batched == "never":
            return [self.f(getobs(self.data, int(k))) for k in places]
        return self.f(getobs(self.data, places))

    def __repr__(self) -> str:
        name = getattr(self.f, "__name__", repr(self.f))
        return f"mapobs({name}, {type(self.data).__name__}; batched={self.batched})"


class MappedFields(DataContainer):
    """A data set of records: each field is a function of the observation."""

    def __init__(self, functions: dict[str, Callable[[Any], Any]], data: Any):
        self._functions, self._data = functions, data

    def __len__(self) -> int:
        return numobs(self._data)

    def one(self, k: int) -> Any:
        observation = getobs(self._data, k)
        return Record(**{name: f(observation) for name, f in self._functions.items()})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._functions:
            raise AttributeError(name)
        return Mapped(self._functions[name], self._data)

    def __repr__(self) -> str:
        return f"mapobs({list(self._functions)}, {type(self._data).__name__})"


def mapobs(f: Any, data: Any, *, batched: str = "auto") -> Any:
    """A data set whose observations are ``f(observation)``, computed when they are asked for.

    If several are asked for, `f` gets them together (``batched="auto"``), one after another ("never"), or
    always gets several ("always"). A tuple of functions gives a tuple of data sets, a dict of functions one
    data set of records. Raises ArgumentError for another `batched`, or if `f` is no function.

    >>> tens = mapobs(lambda x: 10 * x, np.array([1, 2, 3]))
    >>> tens[0].item(), tens[[0, 2]]
    (10, array([10, 30]))
    >>> mapobs({"half": lambda x: x / 2, "double": lambda x: 2 * x}, [1, 2, 3])[2]
    (half=1.5, double=6)
    """
    given = f if isinstance(f, tuple) else tuple(f.values()) if isinstance(f, (dict, Record)) else (f,)
    for g in given:
        if not callable(g):
            raise ArgumentError(f"mapobs takes a function, or a tuple or dict of functions; {g!r} is none")
    if isinstance(f, tuple):
        return tuple(Mapped(g, data, batched) for g in f)
    if isinstance(f, (dict, Record)):
        return MappedFields(dict(f.items()), data)
    return Mapped(f, data, batched)


def filterobs(f: Callable[[Any], Any], data: Any) -> Any:
    """The observations for which ``f(observation)`` is true, as :func:`obsview` gives them.

    Raises what :func:`numobs` raises.

    >>> filterobs(lambda x: x > 2, [1, 2, 3, 4])
    [3, 4]
    """
    places = [k for k in range(numobs(data)) if f(getobs(data, k))]
    return obsview(data, np.array(places, dtype=int))


def groupobs(f: Callable[[Any], Any], data: Any) -> dict[Any, Any]:
    """Several data sets, by the value of ``f(observation)``: a dict from values to observations.

    Raises what :func:`numobs` raises.

    >>> groupobs(lambda x: x % 2, [1, 2, 3, 4])
    {1: [1, 3], 0: [2, 4]}
    """
    places: dict[Any, list[int]] = {}
    for k in range(numobs(data)):
        places.setdefault(f(getobs(data, k)), []).append(k)
    return {group: obsview(data, np.array(found)) for group, found in places.items()}


class Joined(DataContainer):
    """Several data sets in a row."""

    def __init__(self, parts: list[Any]):
        self.parts = parts
        self.ends = np.cumsum([numobs(part) for part in parts])

    def __len__(self) -> int:
        return int(self.ends[-1]) if self.parts else 0

    def one(self, k: int) -> Any:
        part = int(np.searchsorted(self.ends, k, side="right"))
        return getobs(self.parts[part], k - (int(self.ends[part - 1]) if part else 0))


def joinobs(*datas: Any) -> Joined:
    """Data sets in a row, as one. Raises what :func:`numobs` raises.

    >>> list(joinobs([1, 2], range(3, 5)))
    [1, 2, 3, 4]
    """
    parts = [part for data in datas for part in (data.parts if isinstance(data, Joined) else [data])]
    return Joined(parts)


class BatchView(DataContainer):
    """A data set whose observations are batches of another one.

    `batchsize`, `partial` and `collate` as in :class:`DataLoader`. Warns if there are fewer observations than
    `batchsize`, and makes one batch of them. Raises ArgumentError if there are none, or `batchsize` is not a
    positive integer.

    >>> batches = BatchView(np.arange(5), batchsize=2)
    >>> len(batches), batches[2]
    (3, array([4]))
    """

    def __init__(
        self,
        data: Any,
        *,
        batchsize: int = 1,
        partial: bool = True,
        collate: bool | Callable[[list[Any]], Any] | None = None,
    ):
        self.data, self.partial, self.collate = data, bool(partial), collate
        self.batchsize = fitting_batchsize(batchsize, numobs(data))

    def __len__(self) -> int:
        n = numobs(self.data)
        return -(-n // self.batchsize) if self.partial else n // self.batchsize

    def _range(self, k: int) -> slice:
        return slice(k * self.batchsize, min((k + 1) * self.batchsize, numobs(self.data)))

    def one(self, k: int) -> Any:
        return collated(self.data, self._range(k), self.collate)

    def several(self, places: np.ndarray) -> Any:
        members = [np.arange(numobs(self.data))[self._range(int(k))] for k in places]
        return collated(self.data, np.concatenate(members), self.collate)


def batchsize(data: BatchView) -> int:
    """The number of observations in a batch. Raises ArgumentError for what is not in batches.

    >>> batchsize(BatchView(np.arange(6), batchsize=3))
    3
    """
    if not isinstance(getattr(data, "batchsize", None), int):
        raise ArgumentError(f"a {type(data).__name__} is not in batches; make a BatchView of it")
    return data.batchsize


def fitting_batchsize(size: int, n: int) -> int:
    """`size`, or `n` with a warning if that is less.

    Raises ArgumentError if there are no observations, or if `size` is not a positive integer.

    >>> fitting_batchsize(2, 5)
    2
    """
    if n == 0:
        raise ArgumentError("the data have no observations, so there is nothing to iterate over")
    if whole(size, "batchsize") < 1:
        raise ArgumentError(f"a batch has at least one observation; batchsize is {size}")
    if n < size:
        warnings.warn(
            f"Number of observations less than batch-size, decreasing the batch-size to {n}", stacklevel=3
        )
        return n
    return size


def collated(data: Any, places: Any, collate: Any) -> Any:
    """The observations at `places` as a batch: taken out together, or one by one and collated."""
    if collate is None:
        return getobs(data, places)
    members = np.arange(numobs(data))[places]
    single = [getobs(data, int(k)) for k in members]
    if collate is False:
        return single
    return batch(single) if collate is True else collate(single)


class ObsDim:
    """Says along which axis an array has its observations: ``obsview(data, ObsDim(0))``.

    Raises DimensionMismatch if the array has no such axis, IndexError for positions that do not exist.

    >>> rows = obsview(np.array([[1, 2], [3, 4], [5, 6]]), ObsDim(0))
    >>> len(rows), rows[2]
    (3, array([5, 6]))
    """

    def __init__(self, axis: int):
        self.axis = axis

    def view(self, data: Any, indices: Any = slice(None)) -> AxisView:
        axis = checked_axis(data, self.axis)
        return AxisView(data, np.arange(np.shape(data)[axis])[indices], axis)


class AxisView(DataContainer):
    """An array whose observations are along another axis than the last."""

    def __init__(self, data: Any, indices: np.ndarray, axis: int):
        self.data, self.indices, self.axis = data, indices, axis

    def __len__(self) -> int:
        return len(self.indices)

    def _at(self, places: Any) -> Any:
        return self.data[(slice(None),) * self.axis + (places,)]

    def one(self, k: int) -> Any:
        return self._at(int(self.indices[k]))

    def several(self, places: np.ndarray) -> Any:
        return self._at(self.indices[places])


class SlidingWindow(DataContainer):
    """A data set whose observations are windows of another one."""

    def __init__(self, data: Any, size: int, stride: int):
        self.data, self.size, self.stride = data, size, stride

    def __len__(self) -> int:
        return (numobs(self.data) - self.size) // self.stride + 1

    def one(self, k: int) -> Any:
        return getobs(self.data, slice(k * self.stride, k * self.stride + self.size))

    def __repr__(self) -> str:
        return f"slidingwindow({type(self.data).__name__}, size={self.size}, stride={self.stride})"


def slidingwindow(data: Any, *, size: int, stride: int = 1, obsdim: int | None = None) -> SlidingWindow:
    """Windows of `size` neighbouring observations, each `stride` behind the one before; whole ones only.

    `obsdim` is the axis of an array along which its observations are, if not the last. Raises ArgumentError
    if `size` is not from 1 to the number of observations, or `stride` is less than 1; DimensionMismatch if
    the array has no such axis.

    >>> [w.tolist() for w in slidingwindow(range(11, 31), size=6, stride=5)]
    [[11, 12, 13, 14, 15, 16], [16, 17, 18, 19, 20, 21], [21, 22, 23, 24, 25, 26]]
    """
    if obsdim is not None:
        data = ObsDim(obsdim).view(data)
    if not 0 < size <= numobs(data):
        raise ArgumentError(f"a window has 1 to {numobs(data)} observations here; size is {size}")
    if stride < 1:
        raise ArgumentError(f"stride is at least 1; it is {stride}")
    return SlidingWindow(data, size, stride)
