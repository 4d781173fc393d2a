"""Embedding and EmbeddingBag: a vector for each word of a vocabulary; words are numbered from 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...autodiff.tracer import TracedArray
from ...autodiff.tracing import follower
from ...errors import ArgumentError
from ..absent import OldField
from ..declare import layer
from ..initialisers import randn32
from .basic import is_pair
from .shapes import as_array, size_check

__all__ = ["Embedding", "EmbeddingBag"]

_REDUCTIONS = {sum: np.sum, max: np.max, min: np.min}  #: Python's built-in functions take no axis


def _look_up(weight: Any, index: np.ndarray) -> Any:
    """The columns of `weight` at `index`, of shape ``(out, *index.shape)``."""
    count = weight.shape[1]
    if index.size and (index.min() < 0 or index.max() >= count):
        wrong = index.min() if index.min() < 0 else index.max()
        raise IndexError(f"an embedding of {count} has positions 0 to {count - 1}, not {wrong}")
    return weight[:, index]


def _weight(who: str, size: Any, init: Any) -> Any:
    """The weight (out, in) for a size (in, out), or the given matrix."""
    if is_pair(size):
        return init(size[1], size[0])
    weight = as_array(size)
    if len(weight.shape) != 2:
        raise ArgumentError(f"{who} takes its size (in, out) or a matrix (out, in), not shape {weight.shape}")
    return weight


def _is_one_hot(x: Any) -> bool:
    return x.dtype.kind == "b"


def embed(layer: Any, x: Any) -> Any:
    """The columns of the weight at positions x, of shape ``(out, *x.shape)``, or for one-hot columns x."""
    level = follower(x) if isinstance(x, TracedArray) and x.dtype.kind in "iu" else None
    if level is not None:
        return level.call(_look_up, (layer.weight, x), {})
    weight, x = layer.weight, as_array(plain(x))
    if _is_one_hot(x):
        size_check(layer, x, 0, weight.shape[1])
        if x.ndim <= 2:
            return weight @ x
        flat = x.reshape(x.shape[0], math.prod(x.shape[1:]))
        return np.reshape(weight @ flat, (weight.shape[0], *x.shape[1:]))
    if x.dtype.kind not in "iu":
        if x.size:
            raise ArgumentError(f"an embedding is asked for integers, not for {x.dtype}")
        x = x.astype(np.intp)
    return _look_up(weight, x)


@layer
class Embedding:
    """A vector for each of `in` words: ``Embedding((in, out), *, init=randn32)``, or ``Embedding(weight)``.

    Takes a position (from 0), an array of them, or one-hot columns, and returns an array (out, …) with the
    axes of the positions, in the dtype of the field `weight`, a matrix (out, in). Raises IndexError outside
    of 0 … in - 1, ArgumentError for positions that are no integers, DimensionMismatch for one-hot columns of
    another length.

    >>> m = Embedding(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    >>> m(2), m([0, 2]).tolist()
    (array([3., 6.]), [[1.0, 3.0], [4.0, 6.0]])
    """

    autosize_axis = 0  # the axis of the input whose size replaces `_`

    W = OldField("weight")

    def __init__(self, size: Any, *rest: Any, init: Any = randn32):
        if rest:
            size = (size, *rest)
        self.weight = _weight("Embedding", size, init)

    def __call__(self, x: Any) -> Any:
        return embed(self, x)

    def __repr__(self) -> str:
        return f"Embedding({self.weight.shape[1]} => {self.weight.shape[0]})"


def _split_at(data: Any, at: Any) -> list[Any]:
    """The pieces of `data` that begin at the positions `at`."""
    if not hasattr(data, "__len__"):
        raise ArgumentError(f"with at, EmbeddingBag takes a vector of positions, not {data!r}")
    at = np.asarray(at)
    if at.ndim != 1 or (at.size and at.dtype.kind not in "iu"):
        raise ArgumentError(
            f"the positions in at are a vector of integers, not {at.dtype} of shape {at.shape}"
        )
    if not at.size or at[0] != 0:
        raise ArgumentError("the first position in at must be 0")
    if at[-1] >= len(data):
        raise ArgumentError(f"the last position in at must be below the length of the data, {len(data)}")
    if np.any(np.diff(at) <= 0):
        raise ArgumentError("the positions in at must increase, without duplicates")
    return [data[a:b] for a, b in zip(at, [*at[1:], len(data)], strict=True)]


@layer
class EmbeddingBag:
    """The mean (or another reduction) of the vectors of the words in a bag.

    ``EmbeddingBag((in, out), reduction=np.mean, *, init=randn32)``, or with a weight (out, in). Called with
    one bag (a vector of positions from 0, or one-hot columns) it returns (out,); with several, (out, bags): a
    matrix whose columns are bags, a list of bags, or ``(data, at)``, one vector and the positions where its
    bags begin. Fields: `weight`, `reduction`. Raises IndexError for positions outside of the vocabulary,
    ArgumentError for a single position, bad `at` or a reduction that is no function.

    >>> m = EmbeddingBag(np.array([[1.0, 2.0, 3.0]]))
    >>> m([0, 2]), m([[0], [1, 2]]), m([0, 1, 2], [0, 1])
    (array([2.]), array([[1. , 2.5]]), array([[1. , 2.5]]))
    """

    def __init__(self, size: Any, reduction: Any = np.mean, *, init: Any = randn32):
        self.weight = _weight("EmbeddingBag", size, init)
        if not callable(reduction):
            raise ArgumentError(
                f"the reduction of EmbeddingBag is a function like np.mean, not {reduction!r}"
            )
        self.reduction = reduction

    def __call__(self, x: Any, at: Any = None) -> Any:
        x = plain(x)
        if at is not None:
            x = _split_at(x, plain(at))
        if _is_ragged(x):
            bags = np.empty(len(x), dtype=object)
            bags[:] = x
            return self._bags(bags)
        x = as_array(x)
        if x.dtype.hasobject and all(np.ndim(bag) for bag in x.flat):
            return self._bags(x)
        if x.ndim == 0 or (_is_one_hot(x) and x.ndim == 1):
            raise ArgumentError("EmbeddingBag takes an array of positions, not one of them")
        return self._reduce(embed(self, x))

    def _bags(self, bags: np.ndarray) -> Any:
        made = np.stack([self(bag) for bag in bags.ravel()], axis=1)
        return made if bags.ndim == 1 else np.reshape(made, (self.weight.shape[0], *bags.shape))

    def _reduce(self, vectors: Any) -> Any:
        return _REDUCTIONS.get(self.reduction, self.reduction)(vectors, axis=1)

    def __repr__(self) -> str:
        return f"EmbeddingBag({self.weight.shape[1]} => {self.weight.shape[0]})"


def _is_ragged(x: Any) -> bool:
    """Is `x` a list of bags, of any lengths?"""
    return isinstance(x, (list, tuple)) and any(np.ndim(bag) > 0 for bag in x)
