"""Permutations, cycles and subsequences: orders that are drawn place by place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import StructureError
from .kinds import FLOAT64
from .words import Source
from .ziggurat import exponential

PORTION = 4096  # words that are drawn at once, at most
FEW = 0.15  # the share up to which it is quicker to draw how many elements are skipped


def _masked(source: Source, bounds: range, widths: Callable[[int], int]) -> list[int]:
    """For each bound a number below it: of so many bits, drawn again until it is below."""
    values: list[int] = []
    place, last = 0, len(bounds)
    while place < last:
        words, seek = source._window(min(last - place + 8, PORTION))
        bound = bounds[place]
        mask = (1 << widths(bound)) - 1
        used = 0
        for word in source._bits(words, 52).tolist():
            used += 1
            value = word & mask
            if value < bound:
                values.append(value)
                place += 1
                if place == last:
                    break
                bound = bounds[place]
                mask = (1 << widths(bound)) - 1
        seek(used)
    return values


def permutation(source: Source, n: int) -> list[int]:
    """Of 0 … n - 1; built from the inside out."""
    order = [0] * n
    draws = _masked(source, range(2, n + 1), lambda bound: max(2, (bound - 1).bit_length()))
    for i, j in enumerate(draws, 1):
        order[i] = order[j]
        order[j] = i
    return order


def cycle(source: Source, n: int) -> list[int]:
    """A permutation of 0 … n - 1 that is one cycle."""
    order = [0] * n
    draws = _masked(source, range(1, n), lambda bound: max(2, bound.bit_length()))
    for i, j in enumerate(draws, 1):
        order[i] = order[j]
        order[j] = i
    return order


def shuffle(source: Source, items: Any) -> None:
    """Exchange the elements of a list or vector, from the last to the second."""
    n = len(items)
    draws = _masked(source, range(n, 1, -1), lambda bound: (bound - (bound == n)).bit_length())
    for i, j in zip(range(n - 1, 0, -1), draws, strict=True):
        items[i], items[j] = items[j], items[i]


def subsequence(source: Source, n: int, share: Any) -> list[int]:
    """The places in 0 … n - 1, each taken with the probability `share`."""
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
    scale, i = -1 / math.log1p(-share), 0
    while True:
        skip = source._by_ziggurat(exponential()) * scale
        if skip >= n - i:
            return
        i += math.ceil(skip)
        yield i - 1
