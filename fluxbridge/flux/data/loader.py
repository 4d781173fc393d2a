"""DataLoader: a data set in batches, shuffled anew for each epoch if that is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ..habits import own_keywords
from ..onehotarrays import OneHotArray
from ..optimisers.text import type_name
from ..rng import default_rng, randperm
from .observations import getobs, numobs, whole
from .views import collated, fitting_batchsize

__all__ = ["DataLoader", "eachobs"]


class DataLoader:
    """Iterates over batches of `data` (an array, a tuple or dict of them, a sequence …).

    * batchsize: how many observations a batch has; 0 or less gives single observations
    * shuffle: a new random order each time the iteration begins, drawn from `rng`
    * partial: with False the last batch is left out if it is too small
    * collate: how observations become a batch: None takes them out of the data together, True
      calls :func:`batch` on the list of them, False leaves the list, a function is called with it
    * parallel: True (or a number) loads the next batches in that many threads meanwhile
    * rng: the generator for `shuffle`
    * buffer: accepted and ignored: batches are always new arrays
    * num_workers: must be 0, as there are no worker processes

    Warns if there are fewer observations than `batchsize`, and makes one batch of them. Raises
    DimensionMismatch if parts have different numbers of observations; ArgumentError if there are none, the
    data have none that can be counted, `batchsize` is no integer, or `num_workers` is not 0.

    >>> for x, y in DataLoader((np.arange(6).reshape(2, 3), "abc"), batchsize=2):
    ...     print(x.tolist(), y)
    [[0, 1], [3, 4]] ab
    [[2], [5]] c
    """

    @own_keywords
    def __init__(
        self,
        data: Any,
        *,
        batchsize: int = 1,
        shuffle: bool = False,
        partial: bool = True,
        collate: bool | Callable[[list[Any]], Any] | None = None,
        parallel: bool | int = False,
        rng: Any = None,
        buffer: bool = False,
        num_workers: int = 0,
    ):
        self.data = data
        self.count = numobs(data)
        if num_workers:
            raise ArgumentError("there are no worker processes here; parallel=N loads with N threads")
        self.batchsize = whole(batchsize, "batchsize")
        #: the size of a batch, 0 for single observations
        self.size = fitting_batchsize(self.batchsize, self.count) if self.batchsize > 0 else 0
        if self.count == 0:
            raise ArgumentError("the data have no observations, so there is nothing to iterate over")
        self.shuffle, self.partial, self.collate = bool(shuffle), bool(partial), collate
        self.parallel = parallel
        self.rng = default_rng() if rng is None else rng

    def __len__(self) -> int:
        if not self.size:
            return self.count
        return -(-self.count // self.size) if self.partial else self.count // self.size

    def __iter__(self) -> Iterator[Any]:
        """An epoch. With `shuffle` its order is drawn at the first batch."""
        order = randperm(self.rng, self.count) if self.shuffle else None
        jobs = (self._places(k, order) for k in range(len(self)))
        return self._ahead(jobs) if self.parallel else map(self._load, jobs)

    def _places(self, k: int, order: np.ndarray | None) -> Any:
        """The positions of the observations of the k-th batch."""
        if not self.size:
            return k if order is None else int(order[k])
        part = slice(k * self.size, min((k + 1) * self.size, self.count))
        return part if order is None else order[part]

    def _load(self, places: Any) -> Any:
        return collated(self.data, places, self.collate) if self.size else getobs(self.data, places)

    def _ahead(self, jobs: Iterator[Any]) -> Iterator[Any]:
        """The batches in order, loaded by threads while the one before is used."""
        workers = max(int(self.parallel), 1)
        pool = ThreadPoolExecutor(workers, thread_name_prefix="DataLoader")
        waiting: deque[Future] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(self._load, job))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # also when the loop is left early
            pool.shutdown(wait=False, cancel_futures=True)

    def _first(self) -> Any:
        return self._load(self._places(0, None))

    def __repr__(self) -> str:
        settings = [f"data::{type_text(self.data)}"]
        for name, usual in (
            ("parallel", False),
            ("shuffle", False),
            ("batchsize", 1),
            ("partial", True),
            ("collate", None),
        ):
            value = getattr(self, name)
            if value is not usual and value != usual:
                settings.append(f"{name}={str(value).lower() if isinstance(value, bool) else value}")
        head = f"{len(self)}-element DataLoader({', '.join(settings)})"
        return f"{head}\n  with first element:\n  {summary(self._first())}" if len(self) else head


# -- in Julia's words ---------------------------------------------------------------------------------------


def type_text(x: Any) -> str:
    """The type of data as Julia writes it.

    >>> type_text((np.zeros((2, 3)), np.zeros(3, np.float32), [1, 2]))
    'Tuple{Matrix{Float64}, Vector{Float32}, Vector{Int64}}'
    """
    if isinstance(x, OneHotArray):
        return (
            "OneHotMatrix{UInt32, Vector{UInt32}}" if x.ndim == 2 else f"OneHotArray{{UInt32, {x.ndim - 1}}}"
        )
    if isinstance(x, np.ndarray):
        name = {1: "Vector{%s}", 2: "Matrix{%s}"}.get(x.ndim, f"Array{{%s, {x.ndim}}}")
        return name % type_name(x.dtype.type)
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        fields = zip(x._fields, map(type_text, x), strict=True)
        return "@NamedTuple{" + ", ".join(f"{k}::{t}" for k, t in fields) + "}"
    if isinstance(x, tuple):
        return f"Tuple{{{', '.join(map(type_text, x))}}}"
    if isinstance(x, list):
        kinds = {type_text(v) for v in x}
        return f"Vector{{{kinds.pop() if len(kinds) == 1 else 'Any'}}}"
    if isinstance(x, dict):
        return f"Dict{{String, {'Any'}}}"
    if isinstance(x, (str, range)):
        return (
            "String"
            if isinstance(x, str)
            else "UnitRange{Int64}"
            if x.step == 1
            else "StepRange{Int64, Int64}"
        )
    return type_name(type(x)) if isinstance(x, (bool, int, float, complex, np.generic)) else type(x).__name__


def summary(x: Any) -> str:
    """The size and type of one batch, as Julia says it.

    >>> summary((np.zeros((2, 3)), [1, 2]))
    '(2×3 Matrix{Float64}, 2-element Vector{Int64},)'
    """
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return "(; " + ", ".join(f"{k} = {summary(v)}" for k, v in zip(x._fields, x, strict=True)) + ")"
    if isinstance(x, tuple):
        return "(" + ", ".join(map(summary, x)) + ",)"
    if isinstance(x, dict):
        return "{" + ", ".join(f"{k!r}: {summary(v)}" for k, v in x.items()) + "}"
    if isinstance(x, OneHotArray):
        return x.summary()
    if isinstance(x, np.ndarray):
        size = f"{x.shape[0]}-element" if x.ndim == 1 else "×".join(map(str, x.shape)) or "0-dimensional"
        return f"{size} {type_text(x)}"
    return f"{len(x)}-element {type_text(x)}" if isinstance(x, list) else type_text(x)


def eachobs(data: Any, **options: Any) -> DataLoader:
    """A :class:`DataLoader` over single observations, with its options and errors.

    >>> [x.shape for x in eachobs(np.ones((3, 2)))]
    [(3,), (3,)]
    """
    return DataLoader(data, **{"batchsize": -1, **options})
