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
from .like import fill_like, ones_like, rand_like, randn_like, zeros_like
from .loader import DataLoader
from .observations import (
    ObsView,
    eachobs,
    getobs,
    group_counts,
    group_indices,
    mapobs,
    numobs,
    obsview,
    randobs,
    shuffleobs,
    splitobs,
)

__all__ = [
    "DataLoader", "ObsView", "batch", "batch_sequence", "batchseq", "chunk", "eachobs", "fill_like",
    "getobs", "group_counts", "group_indices", "mapobs", "normalise", "numobs", "obsview", "ones_like",
    "rand_like", "randn_like", "randobs", "rescale", "rpad_constant", "shuffleobs", "splitobs", "stack",
    "unbatch", "unsqueeze", "unstack", "zeros_like",
]  # fmt: skip
