"""Data: observations, batches and the loader, as in MLUtils."""

from ..absent import explain
from ..layers.shapes import flatten
from . import datasets as Datasets
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
from .datasets import (
    load_iris,
)
from .folds import (
    kfolds,
    leavepout,
    timeseries_kfolds,
)
from .like import (
    falses_like,
    fill_like,
    ones_like,
    rand_like,
    randn_like,
    trues_like,
    zeros_like,
)
from .loader import DataLoader, eachobs
from .observations import (
    ObsView,
    getobs,
    getobs_,
    group_counts,
    group_indices,
    numobs,
    obsview,
    randobs,
    shuffleobs,
    splitobs,
)
from .resample import (
    oversample,
    undersample,
)
from .search import (
    batched_searchsortedfirst,
    batched_searchsortedlast,
    topk,
)
from .views import (
    BatchView,
    ObsDim,
    batchsize,
    filterobs,
    groupobs,
    joinobs,
    mapobs,
    slidingwindow,
)

__all__ = [
    "BatchView",
    "DataLoader",
    "Datasets",
    "ObsDim",
    "ObsView",
    "batch",
    "batch_sequence",
    "batched_searchsortedfirst",
    "batched_searchsortedlast",
    "batchseq",
    "batchsize",
    "chunk",
    "eachobs",
    "falses_like",
    "fill_like",
    "filterobs",
    "flatten",
    "getobs",
    "getobs_",
    "group_counts",
    "group_indices",
    "groupobs",
    "joinobs",
    "kfolds",
    "leavepout",
    "load_iris",
    "mapobs",
    "normalise",
    "numobs",
    "obsview",
    "ones_like",
    "oversample",
    "rand_like",
    "randn_like",
    "randobs",
    "rescale",
    "rpad_constant",
    "shuffleobs",
    "slidingwindow",
    "splitobs",
    "stack",
    "timeseries_kfolds",
    "topk",
    "trues_like",
    "unbatch",
    "undersample",
    "unsqueeze",
    "unstack",
    "zeros_like",
]  # fmt: skip

__getattr__ = explain("MLUtils")
