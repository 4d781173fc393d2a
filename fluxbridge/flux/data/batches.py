"""Single observations into batches and back: batch, chunk, stack, and padding. All differentiable."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer, plain
from ...errors import ArgumentError, DimensionMismatch
from .observations import _ARRAYS, _together, getobs, numobs

__all__ = [
    "batch",
    "batch_sequence",
    "batchseq",
    "chunk",
    "rescale",
    "rpad_constant",
    "stack",
    "unbatch",
    "unsqueeze",
    "unstack",
]


def _is_array(x: Any) -> bool:
    return isinstance(x, _ARRAYS) and np.ndim(x) > 0


def _joined(xs: Any, axis: int) -> Any:
    shapes = [np.shape(x) for x in xs]
    for shape in shapes:
        if shape != shapes[0]:
            raise DimensionMismatch(
                f"arrays of one shape are expected, got {shape} while the first has {shapes[0]}"
            )
    return np.stack(list(xs), axis=axis)


def batch(xs: Any) -> Any:
    """Observations as one array with another axis at the end; of tuples, dicts and named tuples each part.

    Raises DimensionMismatch if the shapes differ, ArgumentError for no observations.

    >>> batch([np.array([1, 2]), np.array([3, 4])])
    array([[1, 3],
           [2, 4]])
    >>> batch([(np.array([1, 2]), "a"), (np.array([3, 4]), "b")])[1]
    ['a', 'b']
    """
    xs = xs if isinstance(xs, (np.ndarray, Tracer)) else list(xs)
    if len(xs) == 0:
        raise ArgumentError("batch needs at least one observation")
    first = xs[0]
    if _is_array(first):
        return xs if isinstance(xs, (np.ndarray, Tracer)) else _joined(xs, -1)
    several = _together(first)
    if several is not None:
        return several[1]([batch(column) for column in _columns(xs)])
    numbers = (int, float, complex, np.number, np.bool_, Tracer)
    if isinstance(xs, list) and all(isinstance(x, numbers) for x in xs):
        return np.stack(xs) if any(isinstance(x, Tracer) for x in xs) else np.asarray(xs)
    return xs


def _columns(xs: list[Any]) -> Any:
    """The parts of tuples or dicts of the same keys, each collected over all of them."""
    first = xs[0]
    if isinstance(first, dict):
        if any(set(x) != set(first) for x in xs):
            raise ArgumentError("dicts with different keys cannot be batched")
        return [[x[key] for x in xs] for key in first]
    if any(len(x) != len(first) for x in xs):
        raise ArgumentError("tuples of different lengths cannot be batched")
    return [list(column) for column in zip(*xs, strict=True)]


def unbatch(x: Any) -> Any:
    """The observations in an array, as a list: the reverse of :func:`batch`.

    >>> unbatch(np.array([[1, 2], [3, 4]]))
    [array([1, 3]), array([2, 4])]
    """
    return list(x) if np.ndim(x) == 1 else [getobs(x, k) for k in range(numobs(x))]


def stack(xs: Any, *, axis: int = -1) -> Any:
    """Arrays of one shape next to each other along a new axis, the last if nothing is said.

    >>> stack([np.array([1, 2]), np.array([3, 4])], axis=0)
    array([[1, 2],
           [3, 4]])
    """
    return _joined(list(xs), axis)


def unstack(xs: Any, *, axis: int) -> list[Any]:
    """A list of the slices along `axis`: the reverse of :func:`stack`.

    >>> unstack(np.array([[1, 2], [3, 4]]), axis=0)
    [array([1, 2]), array([3, 4])]
    """
    rows: Any = np.moveaxis(xs, axis, 0)
    slices = [rows[k] for k in range(np.shape(rows)[0])]
    return [s.copy() if isinstance(s, np.ndarray) else s for s in slices]


def unsqueeze(x: Any = None, *, axis: int) -> Any:
    """The array with a new axis of length 1 at `axis`; without array a function that does it.

    >>> unsqueeze(np.array([1, 2]), axis=0).shape, unsqueeze(axis=1)(np.array([1, 2])).shape
    ((1, 2), (2, 1))
    """
    return (lambda y: np.expand_dims(y, axis)) if x is None else np.expand_dims(x, axis)


def _sizes(total: int, n: Any, size: Any, npartitions: int | None) -> list[int]:
    if (n is None) == (size is None):
        raise ArgumentError("chunk takes either the number of pieces or size=")
    if n is not None and not isinstance(
        n, (int, np.integer)
    ):  # for each element the piece that it belongs to
        places = np.asarray(n)
        if np.any(np.diff(places) < 0):
            raise ArgumentError("the numbers of the pieces must not decrease")
        size = np.bincount(places, minlength=npartitions or 0).tolist()
    elif n is not None:
        if n < 1:
            raise ArgumentError(f"chunk needs at least one piece; n is {n}")
        size = max(-(-total // int(n)), 1)
    if isinstance(size, (int, np.integer)):
        if size < 1:
            raise ArgumentError(f"the size of a chunk is at least 1; it is {size}")
        return [min(int(size), total - k) for k in range(0, total, int(size))]
    if sum(size) != total:
        raise ArgumentError(
            f"the sum of the sizes must be {total}, the length of the axis; it is {sum(size)}"
        )
    return list(size)


def chunk(
    x: Any, n: Any = None, *, size: Any = None, axis: int = -1, npartitions: int | None = None
) -> list[Any]:  # fmt: skip
    """Pieces of an array along `axis` (the last), or of a list: n of them, or of a given `size`.

    All have the same size but the last, which may be smaller; there are fewer than n if the elements
    do not suffice. `size` may be a list of sizes, and n a sorted vector that says for each element to which
    piece it belongs, counting from 0. Pieces of arrays are views.

    >>> chunk(list(range(10)), 3), chunk(np.arange(5), size=2)
    ([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], [array([0, 1]), array([2, 3]), array([4])])
    """
    array = _is_array(x)
    total = np.shape(x)[axis] if array else len(x)
    before = (slice(None),) * (axis % np.ndim(x)) if array else ()
    pieces, start = [], 0
    for length in _sizes(total, n, size, npartitions):
        part = slice(start, start + length)
        index = (*before, part) if array else part
        pieces.append(x[index])
        start += length
    return pieces


def rpad_constant(x: Any, n: Any, value: Any = 0, *, axis: Any = None) -> Any:
    """The array with `value` behind it, up to the length n along `axis` (an axis, several, or all).

    >>> rpad_constant(np.array([1, 2]), 4, -1), rpad_constant(np.array([1, 2, 3]), 2)
    (array([ 1,  2, -1, -1]), array([1, 2, 3]))
    """
    x = x if _is_array(x) else np.asarray(x)
    axes = range(np.ndim(x)) if axis is None else [axis] if isinstance(axis, (int, np.integer)) else axis
    lengths = [n] * len(axes) if isinstance(n, (int, np.integer)) else list(n)
    if len(lengths) != len(axes):
        raise ArgumentError(f"one length an axis is expected: {len(axes)}, got {len(lengths)}")
    for k, length in zip(axes, lengths, strict=True):
        shape = list(np.shape(x))
        shape[k] = max(length - shape[k], 0)
        if shape[k]:
            x = np.concatenate([x, np.full(shape, value, plain(x).dtype)], axis=k)
    return x


def batchseq(xs: Any, value: Any = 0) -> list[Any]:
    """Sequences into one sequence of batches; short ones are padded with `value`.

    >>> batchseq([[1, 2, 3], [4, 5]], 0)
    [array([1, 4]), array([2, 5]), array([3, 0])]
    """
    xs = [x if _is_array(x) else np.asarray(x) for x in xs]
    longest = max(numobs(x) for x in xs)
    padded = [rpad_constant(x, longest, value, axis=-1) for x in xs]
    return [batch([getobs(x, k) for x in padded]) for k in range(longest)]


def batch_sequence(xs: Any, *, pad: Any = 0) -> Any:
    """Sequences of shape (…, length) as one array of shape (…, longest, number of them), padded with `pad`.

    >>> batch_sequence([np.array([1, 2, 3]), np.array([10, 20])])
    array([[ 1, 10],
           [ 2, 20],
           [ 3,  0]])
    """
    longest = max(numobs(x) for x in xs)
    return batch([rpad_constant(x, longest, pad, axis=-1) for x in xs])


def _moments(x: Any, axis: Any) -> tuple[Any, Any]:
    return np.mean(x, axis=axis, keepdims=True), np.std(x, axis=axis, keepdims=True)


def normalise(x: Any, *, axis: Any = -1, eps: float = 1e-5) -> Any:
    """MLUtils' normalisation: ``(x - mean) / (std + eps)`` along `axis`, the observations if nothing is said.

    ``Flux.normalise`` is another one, which adds eps² under the root.

    >>> normalise(np.array([1.0, 3.0])).round(4)
    array([-1.,  1.])
    """
    mean, deviation = _moments(x, axis)
    return (x - mean) / (deviation + eps)


def rescale(x: Any, *, axis: Any = -1, eps: float = 1e-5) -> Any:
    """``(x - min) / (max - min + eps)`` along `axis`: values between 0 and 1."""
    low, high = np.min(x, axis=axis, keepdims=True), np.max(x, axis=axis, keepdims=True)
    return (x - low) / (high - low + eps)
