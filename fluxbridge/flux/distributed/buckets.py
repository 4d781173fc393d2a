"""Gradients in a few large arrays, each added up over all workers by one collective.

A collective costs some microseconds, however small its array is; so small gradients travel together. Each
bucket ends with a number for each of its parameters: how many ranks have a gradient of it. A gradient that
no rank has stays None; one that some have counts as zero where there is none, as in a run of all batches in
one process.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..optimisers.chain import MixedPrecision
from ..optimisers.tree import Entry
from .backends import AbstractFluxDistributedBackend
from .collectives import allreduce_

BYTES = 1 << 22  #: of a bucket; measured (docs/scale.md)


class Bucket:
    """Parameters of one dtype, and the array in which their gradients travel."""

    def __init__(self, dtype: np.dtype):
        self.dtype = dtype
        self.members: list[int] = []
        self.sizes: list[int] = []

    @property
    def nbytes(self) -> int:
        return sum(self.sizes) * self.dtype.itemsize

    def allocate(self, entries: list[Entry]) -> None:
        n = sum(self.sizes)
        whole = np.zeros(n + len(self.members), self.dtype)
        self.whole, self.values, self.counts = whole, whole[:n], whole[n:]
        self.views = []
        start = 0
        for k, size in zip(self.members, self.sizes, strict=True):
            x = entries[k].array
            order: Any = "F" if x.flags.fnc else "C"
            self.views.append(whole[start : start + size].reshape(x.shape, order=order))
            start += size

    def exchange(self, backend: AbstractFluxDistributedBackend, entries: list[Entry]) -> None:
        """Replace the gradients of its parameters by their mean over all ranks."""
        for j, (k, view) in enumerate(zip(self.members, self.views, strict=True)):
            gradients = entries[k].gradients
            self.counts[j] = gradients is not None
            view[...] = 0 if gradients is None else gradients[0]
        allreduce_(backend, self.whole, np.add)
        self.values /= backend.size
        for j, (k, view) in enumerate(zip(self.members, self.views, strict=True)):
            entries[k].gradients = [received(entries[k], view)] if self.counts[j] else None


def received(entry: Entry, view: np.ndarray) -> np.ndarray:
    """The gradient in a bucket, as the rule of a parameter takes it."""
    if view.dtype != entry.array.dtype and not isinstance(entry.rule, MixedPrecision):
        return view.astype(entry.array.dtype)
    return view.copy(order="K") if entry.rule.keeps_gradient else view  # the next step writes over it


def in_buckets(entries: list[Entry], limit: int = BYTES) -> list[Bucket]:
    """The parameters by dtype, in their order, in buckets of at most `limit` bytes, or of one parameter."""
    made: list[Bucket] = []
    open_ones: dict[np.dtype, Bucket] = {}
    for k, entry in enumerate(entries):
        dtype = travels_as(entry)
        bucket = open_ones.get(dtype)
        if bucket is None or bucket.nbytes + entry.array.size * dtype.itemsize > limit:
            bucket = open_ones[dtype] = Bucket(dtype)
            made.append(bucket)
        bucket.members.append(k)
        bucket.sizes.append(entry.array.size)
    for bucket in made:
        bucket.allocate(entries)
    return made


def travels_as(entry: Entry) -> np.dtype:
    """The dtype in which a gradient is added up: that of the parameter, at least single precision."""
    wider = [entry.rule.dtype] if isinstance(entry.rule, MixedPrecision) else []
    return np.result_type(entry.array.dtype, np.float32, *wider)
