"""The common functions of StatsBase; samples are drawn in its order of steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ArgumentError
from .arithmetic import array_of
from .gathering import gathered
from .iteration import iterate
from .randomness import rand
from .types import Type


class Weights:
    """``Weights(w)``: how much each observation counts."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(array_of(values))

    def __len__(self) -> int:
        return len(self.values)


weights = FrequencyWeights = ProbabilityWeights = AnalyticWeights = Weights


def sample(*args: Any, replace: bool = True, ordered: bool = False) -> Any:
    """``sample([rng,] a, [weights,] [n]; replace, ordered)``. Raises ArgumentError for several weighted ones."""  # noqa: E501
    rng, rest = _generator(args)
    population = list(iterate(rest[0])) if not _whole(rest[0]) else list(range(1, int(rest[0]) + 1))
    rest = rest[1:]
    if rest and isinstance(rest[0], Weights):
        return _weighted(rng, population, rest[0].values, rest[1:])
    n = len(population)
    if not rest:
        return population[_draw(rng, 1, n) - 1]
    shape = rest[0] if isinstance(rest[0], tuple) else tuple(rest)
    k = int(np.prod(shape))
    if replace:
        places = [_draw(rng, 1, n) for _ in range(k)]
    else:
        places = _distinct(rng, n, k)
    if ordered:
        places.sort()
    return gathered([population[p - 1] for p in places], shape)


def wsample(*args: Any) -> Any:
    """``wsample([rng,] a, w)``."""
    rng, rest = _generator(args)
    return _weighted(rng, list(iterate(rest[0])), np.asarray(array_of(rest[1])), rest[2:])


def _whole(x: Any) -> bool:
    return isinstance(x, (int, np.integer))


def _generator(args: tuple) -> tuple[tuple, list]:
    return ((args[0],), list(args[1:])) if hasattr(args[0], "randperm") else ((), list(args))


def _draw(rng: tuple, low: int, high: int) -> int:
    return int(rand(*rng, range(low, high + 1)))


def _weighted(rng: tuple, population: list, shares: Any, rest: Any) -> Any:
    if len(rest):
        raise ArgumentError("several weighted samples are not supported; draw them one by one")
    goal = rand(*rng) * float(np.sum(shares))
    place, reached = 0, float(shares[0])
    while reached < goal and place < len(population) - 1:
        place += 1
        reached += float(shares[place])
    return population[place]


def _distinct(rng: tuple, n: int, k: int) -> list[int]:
    """k different positions of n, as StatsBase finds them for this n and k."""
    if k > n:
        raise ArgumentError(f"{k} different ones of {n}")
    if k == 1:
        return [_draw(rng, 1, n)]
    if k == 2:
        first, second = _draw(rng, 1, n), _draw(rng, 1, n - 1)
        return [first, n if second == first else second]
    if n < k * 24:
        places = list(range(1, n + 1))
        for i in range(k):
            j = _draw(rng, i + 1, n) - 1
            places[i], places[j] = places[j], places[i]
        return places[:k]
    found: list[int] = []
    while len(found) < k:
        place = _draw(rng, 1, n)
        if place not in found:
            found.append(place)
    return found


def countmap(x: Any) -> dict:
    """``countmap(x)``: how often each value occurs."""
    counts: dict = {}
    for v in iterate(x):
        counts[v] = counts.get(v, 0) + 1
    return counts


def proportionmap(x: Any) -> dict:
    """``proportionmap(x)``."""
    counts = countmap(x)
    total = sum(counts.values())
    return {k: n / total for k, n in counts.items()}


def mode(x: Any) -> Any:
    """``mode(x)``: of the most frequent values the one that is so first."""
    counts: dict = {}
    best, most = None, 0
    for v in iterate(x):
        counts[v] = counts.get(v, 0) + 1
        if counts[v] > most:
            best, most = v, counts[v]
    return best


def zscore(x: Any, mean: Any = None, std: Any = None) -> Any:
    """``zscore(x)``: (x - mean) / std, with n - 1."""
    x = np.asarray(array_of(x))
    return (x - (np.mean(x) if mean is None else mean)) / (np.std(x, ddof=1) if std is None else std)


def summary(x: Any) -> str:
    """``summary(x)``: the size and type of an array, the type of another value."""
    from .types import typeof

    kind = typeof(x)
    if not np.ndim(x):
        return repr(kind) if isinstance(kind, Type) else str(kind)
    sizes = np.shape(x)
    return f"{f'{sizes[0]}-element' if len(sizes) == 1 else '×'.join(map(str, sizes))} {kind!r}"


__all__ = [
    "AnalyticWeights", "FrequencyWeights", "ProbabilityWeights", "Weights", "countmap", "mode", "proportionmap", "sample", "summary",  # noqa: E501
    "weights", "wsample", "zscore",
]  # fmt: skip
