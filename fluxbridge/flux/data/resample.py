"""Data with as many observations of each class: oversample repeats some, undersample leaves some out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ArgumentError, DimensionMismatch
from ..rng import randperm, shuffled
from .observations import default_or_given, group_indices, numobs, obsview

__all__ = ["oversample", "undersample"]


def _arguments(args: tuple[Any, ...]) -> tuple[Any, Any, Any, bool]:
    """(generator, data, classes, whether they came together) of ``([rng,] data, [classes])``."""
    rng, args = default_or_given(args)
    together = len(args) == 1 and isinstance(args[0], tuple) and len(args[0]) > 1
    if together:
        args = args[0][:-1], args[0][-1]
    if len(args) != 2:
        raise TypeError("the arguments are ([rng,] data, classes), or ([rng,] (data, …, classes))")
    data, classes = args
    if numobs(data) != numobs(classes):
        raise DimensionMismatch(f"{numobs(data)} observations have {numobs(classes)} classes")
    if numobs(data) == 0:
        raise ArgumentError("there are no observations, so there are no classes to balance")
    return rng, data, classes, together


def _result(data: Any, classes: Any, places: Any, together: bool) -> tuple[Any, Any]:
    picked = obsview(data, places), obsview(classes, places)
    return (*picked[0], picked[1]) if together else picked


def oversample(*args: Any, fraction: float = 1, shuffle: bool = True) -> tuple[Any, ...]:
    """``oversample([rng,] data, classes)``: observations repeated until the classes are balanced.

    Every class then has at least `fraction` times as many as the largest. `data` may be a tuple whose last
    part is the classes. The result, (data, classes), is in a random order; without `shuffle` the repeated
    observations are at the end. Raises DimensionMismatch if data and classes differ in number, ArgumentError
    without observations, TypeError for other arguments.

    >>> oversample((np.arange(4), "abbb"), shuffle=False)
    (array([0, 1, 2, 3, 0, 0]), 'abbbaa')
    """
    rng, data, classes, together = _arguments(args)
    groups = list(group_indices(classes).values())
    wanted = round(fraction * max(map(len, groups)))
    places = [np.arange(numobs(data))]
    for group in groups:
        missing = wanted - len(group)
        while missing > len(group):
            missing -= len(group)
            places.append(group)
        if missing > 0:
            places.append(group[randperm(rng, len(group))[:missing]] if shuffle else group[:missing])
    joined = np.concatenate(places)
    return _result(data, classes, shuffled(rng, joined) if shuffle else joined, together)


def undersample(*args: Any, shuffle: bool = True) -> tuple[Any, ...]:
    """``undersample([rng,] data, classes)``: as many observations of every class as the smallest has.

    `data` may be a tuple whose last part is the classes. Which ones is random, and so is their order; without
    `shuffle` the first of each class, in their order. Raises DimensionMismatch if data and classes differ in
    number, ArgumentError without observations, TypeError for other arguments.

    >>> undersample((np.arange(5), "abbba"), shuffle=False)
    (array([0, 1, 2, 4]), 'abba')
    """
    rng, data, classes, together = _arguments(args)
    groups = list(group_indices(classes).values())
    least = min(map(len, groups))
    if shuffle:
        picked = [group[randperm(rng, len(group))[:least]] for group in groups]
        return _result(data, classes, shuffled(rng, np.concatenate(picked)), together)
    return _result(data, classes, np.sort(np.concatenate([g[:least] for g in groups])), together)
