"""Permutations, cycles and subsequences, drawn element by element as in Julia."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import StructureError
from .kinds import FLOAT64
from .words import Source
from .ziggurat import exponential

PORTION = 1 << 14  # words that are drawn at once, at most
FEW = 0.15  # up to this probability it is faster to draw the numbers of skipped elements


def _masked(source: Source, bounds: np.ndarray, widths: np.ndarray) -> list[int]:
    """For each bound a random number below it: of `widths` bits, drawn again until it is below.

    The bound that a word is for depends on how many words before it were accepted, and that on their bounds.
    All are first taken for accepted, and this is corrected until it holds; each time at least one more word
    is right.
    """
    masks = (1 << widths) - 1
    parts, place, last = [], 0, len(bounds)
    while place < last:
        words, seek = source._window(min(last - place + 8, PORTION))
        random = source._bits(words, 52).view(np.int64)
        at = np.minimum(np.arange(place, place + len(words)), last - 1)
        while True:
            values = random & masks[at]
            good = values < bounds[at]
            mended = np.minimum(place + np.cumsum(good) - good, last - 1)
            if np.array_equal(mended, at):
                break
            at = mended
        found = np.flatnonzero(good)[: last - place]
        place += len(found)
        seek(int(found[-1]) + 1 if place == last else len(words))
        parts.append(values[found])
    return np.concatenate(parts).tolist() if parts else []


def _bit_length(numbers: np.ndarray) -> np.ndarray:
    return np.frexp(numbers.astype(float))[1].astype(np.int64)


def permutation(source: Source, n: int) -> list[int]:
    """Of 0 … n - 1, by the inside-out algorithm."""
    order = [0] * n
    bounds = np.arange(2, n + 1)
    for i, j in enumerate(_masked(source, bounds, np.maximum(2, _bit_length(bounds - 1))), 1):
        order[i] = order[j]
        order[j] = i
    return order


def cycle(source: Source, n: int) -> list[int]:
    """A cyclic permutation of 0 … n - 1."""
    order = [0] * n
    bounds = np.arange(1, n)
    for i, j in enumerate(_masked(source, bounds, np.maximum(2, _bit_length(bounds))), 1):
        order[i] = order[j]
        order[j] = i
    return order


def shuffle(source: Source, items: Any) -> None:
    """Exchange the elements of a list, from the last to the second."""
    n = len(items)
    bounds = np.arange(n, 1, -1)
    draws = _masked(source, bounds, _bit_length(bounds - (bounds == n)))
    for i, j in zip(range(n - 1, 0, -1), draws, strict=True):
        items[i], items[j] = items[j], items[i]


def subsequence(source: Source, n: int, share: Any) -> list[int]:
    """The positions in 0 … n - 1, each with the probability `share`.

    Raises StructureError unless that is in [0, 1].
    """
    if not 0 <= share <= 1:
        raise StructureError(f"A probability is in 0 … 1; this is {share!r}.")
    if share == 1:
        return list(range(n))
    if share == 0:
        return []
    if share > FEW:
        return np.flatnonzero(source._sequence(FLOAT64, n) <= float(share)).tolist()
    return list(_skipping(source, n, float(share)))


def _skipping(source: Source, n: int, share: float) -> Iterator[int]:
    """A subsequence for a small probability: the numbers of elements between two of them are drawn."""
    scale, i = -1 / math.log1p(-share), 0
    while True:
        skip = source._by_ziggurat(exponential()) * scale
        if skip >= n - i:
            return
        i += math.ceil(skip)
        yield i - 1
