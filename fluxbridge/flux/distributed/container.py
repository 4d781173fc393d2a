"""The part of a data set that belongs to one worker."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ArgumentError
from ..data.observations import DataContainer, getobs, numobs
from .backends import AbstractFluxDistributedBackend

__all__ = ["DistributedDataContainer"]


class DistributedDataContainer(DataContainer):
    """The observations of this worker: of n in a row each has ``ceil(n / total_workers)``, the last the rest.

    It goes into a DataLoader. All workers must take the same number of steps: give a number of observations
    that the workers divide, or ``partial=False`` and a `batchsize` with which they have as many batches.

    `idxs` are the positions in `data`. Raises ArgumentError on all workers if one of them would have no
    observations, and what :func:`~fluxbridge.flux.numobs` raises.

    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> DistributedDataContainer(SequentialBackend(), np.arange(6).reshape(2, 3))[[0, 2]]
    array([[0, 2],
           [3, 5]])
    """

    def __init__(self, backend: AbstractFluxDistributedBackend, data: Any):
        n, workers = numobs(data), backend.size
        each = -(-n // workers)
        if each * (workers - 1) >= n:
            raise ArgumentError(
                f"{n} observations in parts of {each} leave none for the last of {workers} workers"
            )
        self.data = data
        self.idxs = np.arange(n)[backend.rank * each : (backend.rank + 1) * each]

    def __len__(self) -> int:
        return len(self.idxs)

    def one(self, k: int) -> Any:
        return getobs(self.data, int(self.idxs[k]))

    def several(self, places: np.ndarray) -> Any:
        return getobs(self.data, self.idxs[places])

    def __repr__(self) -> str:
        return f"DistributedDataContainer({type(self.data).__name__}, {len(self)} observations)"
