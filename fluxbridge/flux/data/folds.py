"""Cross-validation: a data set divided into training and validation parts, several times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...errors import ArgumentError, DimensionMismatch
from ..rng import randperm
from .observations import _generator, group_indices, numobs, obsview

__all__ = ["kfolds", "leavepout", "timeseries_kfolds"]

Assignments = tuple[list[np.ndarray], list[np.ndarray]]


def _assignments(n: int, k: int) -> Assignments:
    """For each of k folds the positions to train with, and those to validate with."""
    if not 2 <= k <= n:
        raise ArgumentError(f"n must be positive and k within 2:{max(2, n)}; n is {n} and k is {k}")
    validate = np.array_split(np.arange(n), k)
    return [np.setdiff1d(np.arange(n), part) for part in validate], validate


def _by_label(labels: Any, k: int) -> Assignments:
    """The same, with the share of each label in every fold."""
    folds: list[list[int]] = [[] for _ in range(k)]
    for label, places in group_indices(labels).items():
        if not 2 <= k <= len(places):
            raise ArgumentError(
                f"k={k} must be within 2:{len(places)} for stratified kfolds (label {label!r} has "
                f"{len(places)} observations)"
            )
        for fold, part in zip(folds, np.array_split(places, k), strict=True):
            fold.extend(part.tolist())
    validate = [np.sort(fold) for fold in folds]
    return [np.setdiff1d(np.arange(len(labels)), part) for part in validate], validate


def _views(data: Any, assignments: Assignments) -> Iterator[tuple[Any, Any]]:
    return ((obsview(data, train), obsview(data, test)) for train, test in zip(*assignments, strict=True))


def kfolds(data: Any, *rest: Any, k: int = 5, shuffle: bool = False, stratified: Any = None) -> Any:
    """``kfolds([rng,] data, [k])``: k pairs (training part, validation part), lazily.

    Each observation is in one validation part. With `shuffle` the observations are put into a random order
    first; `stratified` may be a label for each, whose shares then hold in every part. With a number of
    observations in place of the data, two lists of positions: those to train with and those to validate with,
    one for each fold.

    Raises ArgumentError unless 2 ≤ k ≤ number of observations (of each label, if stratified),
    DimensionMismatch if labels and observations differ in number, TypeError for other arguments.

    >>> kfolds(5, 2)
    ([array([3, 4]), array([0, 1, 2])], [array([0, 1, 2]), array([3, 4])])
    >>> list(kfolds("abcd", k=2))
    [('cd', 'ab'), ('ab', 'cd')]
    """
    if rest and isinstance(rest[-1], (int, np.integer)):
        rest, k = rest[:-1], int(rest[-1])
    rng, data = _generator(data, rest)
    if isinstance(data, (int, np.integer)):
        return _assignments(int(data), k)
    n = numobs(data)
    order = randperm(rng, n) if shuffle else None
    if order is not None:
        data = obsview(data, order)
    if stratified is None:
        return _views(data, _assignments(n, k))
    labels = stratified.tolist() if isinstance(stratified, np.ndarray) else list(stratified)
    if len(labels) != n:
        raise DimensionMismatch(f"stratified has {len(labels)} labels for {n} observations")
    return _views(data, _by_label(labels if order is None else [labels[i] for i in order], int(k)))


def leavepout(data: Any, p: int = 1) -> Any:
    """:func:`kfolds` with so many folds that each validation part has about p observations.

    Raises ArgumentError unless 1 ≤ p ≤ half the number of observations.

    >>> list(leavepout("abc"))
    [('bc', 'a'), ('ac', 'b'), ('ab', 'c')]
    """
    n = int(data) if isinstance(data, (int, np.integer)) else numobs(data)
    if not 1 <= p <= n // 2:
        raise ArgumentError(f"p must be within 1:{n // 2}, but it is {p}")
    return kfolds(data, n // p)


def timeseries_kfolds(data: Any, *, k: int = 5, gap: int = 0, max_train_size: int | None = None) -> Any:
    """k pairs (training part, validation part) in the order of time.

    Each validation part comes after its training part. `gap` observations between the two are left out, and a
    training part has at most `max_train_size`. With a number of observations in place of the data, two lists
    of positions. Raises ArgumentError unless 2 ≤ k < number of observations, or if `gap` is negative or
    leaves nothing to train with, or `max_train_size` is less than 1.

    >>> timeseries_kfolds(10, k=3)[1]
    [array([4, 5]), array([6, 7]), array([8, 9])]
    """
    n = int(data) if isinstance(data, (int, np.integer)) else numobs(data)
    if not 2 <= k <= n - 1:
        raise ArgumentError(f"k must be within 2:{max(2, n - 1)}, but it is {k}")
    if gap < 0:
        raise ArgumentError(f"gap must not be negative; it is {gap}")
    if max_train_size is not None and max_train_size < 1:
        raise ArgumentError(f"max_train_size must be positive; it is {max_train_size}")
    size = n // (k + 1)
    train, validate = [], []
    for i in range(k):
        start = n - (k - i) * size
        stop = start - gap
        if stop < 1:
            raise ArgumentError(f"gap={gap} is too large for k={k} folds")
        begin = 0 if max_train_size is None else max(0, stop - max_train_size)
        train.append(np.arange(begin, stop))
        validate.append(np.arange(start, start + size))
    return (train, validate) if isinstance(data, (int, np.integer)) else _views(data, (train, validate))
