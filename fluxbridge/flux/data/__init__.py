"""Data: observations, batches and the loader, as in MLUtils."""

from .batches import (
    batch,
    batch_sequence,
    batchseq,
    chunk,
    normalise,
    rescale,
    rpad_constant,
    stack,
    unbatch,
    unsqueeze,
    unstack,
)
from .loader import DataLoader
from .observations import (
    ObsView,
    eachobs,
    getobs,
    group_indices,
    numobs,
    obsview,
    randobs,
    shuffleobs,
    splitobs,
)

__all__ = [
    "DataLoader", "ObsView", "batch", "batch_sequence", "batchseq", "chunk", "eachobs", "getobs",
    "group_indices", "normalise", "numobs", "obsview", "randobs", "rescale", "rpad_constant", "shuffleobs",
    "splitobs", "stack", "unbatch", "unsqueeze", "unstack",
]  # fmt: skip
