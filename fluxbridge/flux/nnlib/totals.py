"""Sums along axes by products of BLAS, which goes over memory twice as fast as NumPy's sums."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

LONG = 4096  #: numbers that BLAS adds up in one go; more would lose digits, so their sums are added in pairs
ROW = 1024  #: numbers in a row from which NumPy shall not copy what broadcasts with it into its buffer


def in_long_rows(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let operations in `function` take an operand that is the same for all rows, or within each, as it is.

    By default NumPy writes it out for rows of up to 8192 numbers, and takes twice as long.
    """

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        before = np.setbufsize(ROW)
        try:
            return function(*args, **options)
        finally:
            np.setbufsize(before)

    return call


def is_plain(x: Any, *others: Any) -> bool:
    """Are these arrays of NumPy, all of Float32 or all of Float64?"""
    if type(x) is not np.ndarray or x.dtype.char not in "fd":
        return False
    return all(type(v) is np.ndarray and v.dtype == x.dtype for v in others)


class Runs(NamedTuple):
    """How an array lies in memory: in runs of axes that are all summed over, or all kept."""

    order: tuple[int, ...]  #: the axes of the array as they lie in memory
    lengths: tuple[int, ...]  #: of the runs, which take turns
    summed: tuple[int, ...]  #: the places of those that are summed over
    sums: tuple[int, ...]  #: the shape of the sums, with the axes in this order
    back: tuple[int, ...]  #: the order that brings the axes to their places


@functools.lru_cache(1024)
def _runs(
    shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int, axes: tuple[int, ...]
) -> Runs | None:
    """None if there are gaps in memory, nothing to be summed, or too much at once without good parts."""
    order = sorted(range(len(shape)), key=lambda i: (shape[i] != 1, -strides[i]))
    size = itemsize
    for i in reversed(order):
        if shape[i] != 1 and strides[i] != size:
            return None
        size *= shape[i]
    long = [i for i in order if shape[i] != 1]
    runs = [(of, list(run)) for of, run in itertools.groupby(long, lambda i: i in axes)]
    summed = tuple([k for k, (of, _) in enumerate(runs) if of])
    if not summed:
        return None
    lengths = tuple([math.prod([shape[i] for i in run]) for _, run in runs])
    if summed[-1] == len(lengths) - 1 and lengths[-1] > LONG:
        part = max(k for k in range(1, LONG + 1) if lengths[-1] % k == 0)
        if part < LONG // 64:
            return None
        lengths, summed = (*lengths[:-1], lengths[-1] // part, part), (*summed, len(lengths))
    sums = tuple([1 if i in axes else shape[i] for i in order])
    return Runs(tuple(order), lengths, summed, sums, tuple(map(order.index, range(len(shape)))))


@functools.lru_cache(64)
def _ones(n: int, dtype: np.dtype) -> np.ndarray:
    return np.ones(n, dtype)


def total(x: np.ndarray, axes: tuple[int, ...], y: np.ndarray | None = None) -> np.ndarray:
    """The sum of x, or of x y, along `axes` (from the front), which keep length 1; for plain arrays.

    y has the shape of x, or that with length 1 for the other axes. Raises nothing of its own.

    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> total(x, (0,)), total(x, (0,), x), total(x, (0,), np.array([[10.0], [1.0]]))
    (array([[4., 6.]]), array([[10., 20.]]), array([[13., 24.]]))
    """
    runs = _runs(x.shape, x.strides, x.itemsize, axes)
    whole = y is not None and y.strides == x.strides and y.shape == x.shape
    weights = y is None or all(n == (x.shape[i] if i in axes else 1) for i, n in enumerate(y.shape))
    if runs is None or not (whole or y is None or (weights and len(runs.summed) == 1)):
        return np.add.reduce(x if y is None else x * y, axis=axes, keepdims=True)
    order, lengths, (*others, last), sums, back = runs
    a = x.transpose(order).reshape(lengths)
    inner = last == len(lengths) - 1
    if whole:
        b = y.transpose(order).reshape(lengths)  # type: ignore[union-attr]
        places = list(range(len(lengths)))
        found = np.vecdot(a, b) if inner else np.einsum(a, places, b, places, places[:last] + places[-1:])
    else:
        b = _ones(lengths[last], x.dtype) if y is None else y.transpose(order).reshape(-1)
        with np.errstate(invalid="ignore"):  # BLAS raises the flag now and then without a NaN
            found = a @ b if inner else b @ a
    if others:
        found = np.add.reduce(found, axis=tuple(others))
    return found.reshape(sums).transpose(back)
