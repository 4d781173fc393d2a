"""Single observations into batches and back: batch, chunk, stack, and padding. All differentiable."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer, plain
from ...errors import ArgumentError, DimensionMismatch
from ..axes import takes_axis
from ..onehotarrays import OneHotArray
from .observations import _ARRAYS, _together, checked_axis, getobs, numobs

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
    if not shapes:
        raise ArgumentError("stack needs at least one array")
    checked_axis(xs[0], axis, 1)
    for shape in shapes:
        if shape != shapes[0]:
            raise DimensionMismatch(
                f"arrays of one shape are expected, got {shape} while the first has {shapes[0]}"
            )
    return np.stack(list(xs), axis=axis)


def batch(xs: Any) -> Any:
    """Observations as one array with a new last axis, of their dtype.

    Of tuples, dicts and named tuples each part is batched. Numbers become a vector; other things (texts) stay
    a list, an array stays as it is. Raises ArgumentError without observations, or if tuples differ in length
    or dicts in their keys; DimensionMismatch if arrays differ in shape.

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
    """The parts of tuples, or of dicts of the same keys, each as a list over all of them."""
    first = xs[0]
    if isinstance(first, dict):
        if any(set(x) != set(first) for x in xs):
            raise ArgumentError("dicts with different keys cannot be batched")
        return [[x[key] for x in xs] for key in first]
    if any(len(x) != len(first) for x in xs):
        raise ArgumentError("tuples of different lengths cannot be batched")
    return [list(column) for column in zip(*xs, strict=True)]


def unbatch(x: Any) -> Any:
    """The observations in an array of shape (…, n), a list of n: the reverse of :func:`batch`.

    Of a tuple or dict each is a tuple or dict. Raises what :func:`numobs` raises.

    >>> unbatch(np.array([[1, 2], [3, 4]]))
    [array([1, 3]), array([2, 4])]
    """
    return list(x) if np.ndim(x) == 1 else [getobs(x, k) for k in range(numobs(x))]


@takes_axis
def stack(xs: Any, *, axis: int = -1) -> Any:
    """Arrays of one shape next to each other along a new axis, by default the last.

    Raises ArgumentError without arrays, DimensionMismatch if their shapes differ.

    >>> stack([np.array([1, 2]), np.array([3, 4])], axis=0)
    array([[1, 2],
           [3, 4]])
    """
    return _joined(list(xs), axis)


@takes_axis
def unstack(xs: Any, *, axis: int) -> list[Any]:
    """A list of copies of the slices along `axis`: the reverse of :func:`stack`.

    Raises DimensionMismatch if the array has no such axis.

    >>> unstack(np.array([[1, 2], [3, 4]]), axis=0)
    [array([1, 2]), array([3, 4])]
    """
    rows: Any = np.moveaxis(xs, checked_axis(xs, axis), 0)
    slices = [rows[k] for k in range(np.shape(rows)[0])]
    return [s.copy() if isinstance(s, np.ndarray) else s for s in slices]


@takes_axis
def unsqueeze(x: Any = None, *, axis: int) -> Any:
    """The array with a new axis of length 1 at `axis`; without an array, a function that inserts one.

    Raises DimensionMismatch if the result has no such axis.

    >>> unsqueeze(np.array([1, 2]), axis=0).shape, unsqueeze(axis=1)(np.array([1, 2])).shape
    ((1, 2), (2, 1))
    """
    if x is None:
        return lambda y: unsqueeze(y, axis=axis)
    return np.expand_dims(x, checked_axis(x, axis, 1))


def _sizes(total: int, n: Any, size: Any, npartitions: int | None) -> list[int]:
    if (n is None) == (size is None):
        raise ArgumentError("chunk takes either the number of pieces or size=")
    if n is not None and not isinstance(n, (int, np.integer)):  # the number of the piece, for each element
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


@takes_axis
def chunk(
    x: Any, n: Any = None, *, size: Any = None, axis: int = -1, npartitions: int | None = None
) -> list[Any]:
    """Pieces of an array along `axis` (the last), or of a list: n of them, or of a given `size`.

    All have the same size but the last, which may be smaller; there are fewer than n if there are fewer
    elements. `size` may be a list of sizes, and n a sorted vector that gives the number of the piece, from 0,
    for each element; `npartitions` is then the least number of pieces. Pieces of arrays are views.

    Raises ArgumentError unless either n or `size` is given, if a number of pieces or a size is less than 1,
    if sizes do not add up to the length, or if numbers of pieces decrease; DimensionMismatch if the array has
    no such axis.

    >>> chunk(list(range(10)), 3), chunk(np.arange(5), size=2)
    ([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], [array([0, 1]), array([2, 3]), array([4])])
    >>> chunk(np.arange(5), np.array([0, 0, 0, 2, 2]))
    [array([0, 1, 2]), array([], dtype=int64), array([3, 4])]
    """
    array = _is_array(x)
    axis = checked_axis(x, axis) if array else 0
    total = np.shape(x)[axis] if array else len(x)
    before = (slice(None),) * axis
    pieces, start = [], 0
    for length in _sizes(total, n, size, npartitions):
        part = slice(start, start + length)
        index = (*before, part) if array else part
        pieces.append(x[index])
        start += length
    return pieces


@takes_axis
def rpad_constant(x: Any, n: Any, value: Any = 0, *, axis: Any = None) -> Any:
    """The array with `value` appended up to length n along `axis` (one, several, or all); longer axes stay.

    n is one length for all these axes, or one for each. The dtype stays. Raises ArgumentError if the numbers
    of axes and lengths differ or the dtype cannot hold `value`, DimensionMismatch if the array has no such
    axis.

    >>> rpad_constant(np.array([1, 2]), 4, -1), rpad_constant(np.array([1, 2, 3]), 2)
    (array([ 1,  2, -1, -1]), array([1, 2, 3]))
    """
    x = x if _is_array(x) else np.asarray(x)
    axes = range(np.ndim(x)) if axis is None else [axis] if isinstance(axis, (int, np.integer)) else axis
    lengths = [n] * len(axes) if isinstance(n, (int, np.integer)) else list(n)
    if len(lengths) != len(axes):
        raise ArgumentError(f"one length an axis is expected: {len(axes)}, got {len(lengths)}")
    for k, length in zip([checked_axis(x, k) for k in axes], lengths, strict=True):
        shape = list(np.shape(x))
        shape[k] = max(length - shape[k], 0)
        if shape[k]:
            x = np.concatenate([x, _filled(shape, value, plain(x).dtype)], axis=k)
    return x


def _filled(shape: Any, value: Any, dtype: Any) -> np.ndarray:
    """An array of `value`, which is a number or an array of this shape.

    Raises DimensionMismatch for another shape, ArgumentError if the dtype cannot hold the value.
    """
    if np.shape(value) not in ((), tuple(shape)):
        raise DimensionMismatch(
            f"the padding has the shape {np.shape(value)}, but what it stands for has {tuple(shape)}"
        )
    value = np.asarray(value)
    whole = np.dtype(dtype).kind in "iub" and value.dtype.kind in "fc"
    if whole and not np.array_equal(value, np.real(value).astype(dtype)):
        raise ArgumentError(
            f"the padding {value} does not fit into an array of type {dtype}; pad with a float array"
        )
    return np.broadcast_to(value, shape).astype(dtype)


def batchseq(xs: Any, value: Any = 0) -> list[Any]:
    """Sequences into one list of batches, one for each position; short sequences are padded with `value`.

    A sequence is a list of numbers, a list of arrays of one shape (steps, which are then batched along a new
    last axis), or an array with its steps along the last axis. `value` is a number, or a step of padding.
    Raises ArgumentError without sequences or if their type cannot hold `value`, DimensionMismatch if steps
    differ in shape.

    >>> batchseq([[1, 2, 3], [4, 5]], 0)
    [array([1, 4]), array([2, 5]), array([3, 0])]
    >>> batchseq([[np.array([1, 2]), np.array([3, 4])], [np.array([5, 6])]], 0)[1]
    array([[3, 0],
           [4, 0]])
    """
    xs = list(xs)
    if any(_has_steps(x) for x in xs):
        return _batched_steps([_steps(x) for x in xs], value)
    given, xs = xs, [x if _is_array(x) else np.asarray(x) for x in xs]
    longest = _longest(xs)
    dtype = np.result_type(*[plain(x).dtype for x in xs])  # lists of numbers get the type of all
    xs = [x if x is y else x.astype(dtype) for x, y in zip(xs, given, strict=True)]
    padded = [rpad_constant(x, longest, value, axis=-1) for x in xs]
    return [batch([getobs(x, k) for x in padded]) for k in range(longest)]


def _has_steps(x: Any) -> bool:
    """Is this a list of arrays, or of lists of numbers?"""
    return isinstance(x, (list, tuple)) and any(_is_array(s) or isinstance(s, (list, tuple)) for s in x)


def _steps(x: Any) -> list[Any]:
    return [s if _is_array(s) else np.asarray(s) for s in (unbatch(x) if _is_array(x) else x)]


def _batched_steps(xs: list[list[Any]], value: Any) -> list[Any]:
    first = next(x[0] for x in xs if x)
    dtype = np.result_type(*[plain(step).dtype for x in xs for step in x])
    longest, shortest = max(map(len, xs)), min(map(len, xs))
    padding = value
    if shortest < longest and not isinstance(value, OneHotArray):
        padding = _filled(np.shape(first), value, dtype)
    return [batch([x[k] if k < len(x) else padding for x in xs]) for k in range(longest)]


def _longest(xs: list[Any]) -> int:
    if not xs:
        raise ArgumentError("there are no sequences, so there is nothing to batch")
    return max(numobs(x) for x in xs)


def batch_sequence(xs: Any, *, pad: Any = 0) -> Any:
    """Sequences of shape (…, length) as one array of shape (…, longest, number of them), padded with `pad`.

    Raises ArgumentError without sequences, DimensionMismatch if they differ in other axes.

    >>> batch_sequence([np.array([1, 2, 3]), np.array([10, 20])])
    array([[ 1, 10],
           [ 2, 20],
           [ 3,  0]])
    """
    xs = list(xs)
    longest = _longest(xs)
    return batch([rpad_constant(x, longest, pad, axis=-1) for x in xs])


def _axes(x: Any, axis: Any) -> Any:
    """One axis, several, or None for all of them, each checked."""
    if axis is None:
        return None
    return tuple(checked_axis(x, k) for k in axis) if isinstance(axis, tuple) else checked_axis(x, axis)


@takes_axis
def normalise(x: Any, *, axis: Any = -1, eps: float = 1e-5) -> Any:
    """``(x - mean) / (std + eps)`` along `axis`, by default the observations: MLUtils' normalisation.

    The deviation is that of the population (divided by n). ``Flux.normalise`` is another function, which adds
    eps² under the root. Raises DimensionMismatch if the array has no such axis.

    >>> normalise(np.array([1.0, 3.0])).round(4)
    array([-1.,  1.])
    """
    axis = _axes(x, axis)
    mean, deviation = np.mean(x, axis=axis, keepdims=True), np.std(x, axis=axis, keepdims=True)
    return (x - mean) / (deviation + eps)


@takes_axis
def rescale(x: Any, *, axis: Any = -1, eps: float = 1e-5) -> Any:
    """``(x - min) / (max - min + eps)`` along `axis`, by default the observations: from 0 to below 1.

    Raises DimensionMismatch if the array has no such axis.

    >>> rescale(np.array([1.0, 2.0, 3.0]), eps=0)
    array([0. , 0.5, 1. ])
    """
    axis = _axes(x, axis)
    low, high = np.min(x, axis=axis, keepdims=True), np.max(x, axis=axis, keepdims=True)
    return (x - low) / (high - low + eps)
