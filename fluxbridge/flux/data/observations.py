"""Observations: what a data set consists of, one after another along the last axis.

Arrays hold their observations along the last axis; lists, ranges, strings and other sequences one an
element; tuples, dicts and named tuples hold several data sets that go together. Other objects
need ``len(data)`` and ``data[i]``. Positions count from 0.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...autodiff.template import Record
from ...errors import ArgumentError, DimensionMismatch
from ..functors import functor, pairs
from ..functors.trees import collected
from ..onehotarrays import OneHotArray
from ..rng import default_rng, is_rng, randperm

__all__ = [
    "ObsView",
    "getobs",
    "getobs_",
    "group_counts",
    "group_indices",
    "numobs",
    "obsview",
    "randobs",
    "shuffleobs",
    "splitobs",
]

_ARRAYS: Any = (np.ndarray, OneHotArray, Tracer)


def _together(data: Any) -> Any:
    """The data sets in a tuple, dict or named tuple, and what puts others there; None for a single one."""
    if isinstance(data, (tuple, dict, Record)):
        parts, rebuild = functor(data)
        return [v for _, v in pairs(parts)], lambda new: rebuild(collected(parts, new))
    return None


def numobs(data: Any) -> int:
    """The number of observations.

    Raises DimensionMismatch if parts that go together have different numbers of them; ArgumentError for data
    without ``len``, an array without axes, an empty tuple or dict.

    >>> numobs(np.zeros((2, 5))), numobs((np.zeros((2, 5)), "abcde"))
    (5, 5)
    """
    several = _together(data)
    if several is not None:
        counts = [numobs(part) for part in several[0]]
        if len(set(counts)) > 1:
            raise DimensionMismatch(
                f"All data containers must have the same number of observations; these have {counts}"
            )
        if not counts:
            raise ArgumentError("an empty tuple or dict has no observations")
        return counts[0]
    if isinstance(data, _ARRAYS):
        if np.ndim(data) == 0:
            raise ArgumentError("an array without axes has no observations")
        return int(np.shape(data)[-1])
    if hasattr(data, "__len__"):
        return len(data)
    raise ArgumentError(
        f"{type(data).__name__} has no observations that can be counted: data are arrays (observations on "
        "the last axis), sequences, tuples and dicts of them, or objects with len(data) and data[i]"
    )


def checked_axis(x: Any, axis: Any, more: int = 0) -> int:
    """`axis` counted from 0, of an array with `more` axes than x; DimensionMismatch if there is none."""
    n = np.ndim(x) + more
    if not isinstance(axis, (int, np.integer)) or not -n <= axis < n:
        raise DimensionMismatch(
            f"axis={axis!r} is no axis of {'the result of ' if more else ''}an array of shape {np.shape(x)}; "
            f"axes count from 0" + (f", and Julia's dims={axis} is axis={axis - 1}" if axis == n else "")
        )
    return int(axis) % n


def whole(n: Any, name: str) -> int:
    """`n` as an int; ArgumentError if it is no integer."""
    try:
        return operator.index(n)
    except TypeError:
        raise ArgumentError(f"{name} is an integer, not {n!r}") from None


def _at(array: Any, index: Any) -> Any:
    """The elements at `index` on the last axis."""
    place = (slice(None),) * (np.ndim(array) - 1) + (index,)
    return array[place]


def getobs(data: Any, index: Any = None) -> Any:
    """The observation at a position, or those at several (list, array, slice), as data of the same kind.

    Without `index` all of them: a lazy :class:`ObsView` is loaded. Positions count from 0, negative ones from
    the end. Slices of arrays are copies. Raises IndexError if there is no such observation.

    >>> getobs((np.array([[1, 2, 3], [4, 5, 6]]), "abc"), [0, 2])
    (array([[1, 3],
           [4, 6]]), 'ac')
    """
    several = _together(data)
    if several is not None:
        return several[1]([getobs(part, index) for part in several[0]])
    if isinstance(data, DataContainer):
        return data[slice(None) if index is None else index]
    if index is None:
        return data
    if isinstance(data, _ARRAYS):
        picked = _at(data, index)
        is_view = isinstance(index, slice) and isinstance(picked, np.ndarray)
        return picked.copy(order="K") if is_view else picked
    if hasattr(data, "iloc"):  # a pandas DataFrame
        return data.iloc[index]
    if isinstance(data, range) and not isinstance(index, (int, np.integer)):
        return np.asarray(data)[index]
    if isinstance(index, (int, np.integer, slice)):
        return data[index]
    members = [data[int(k)] for k in index]
    return "".join(members) if isinstance(data, str) else members


def getobs_(buffer: Any, data: Any, index: Any = None) -> Any:
    """:func:`getobs`, written into `buffer` where data are arrays, and the buffer returned.

    Other data are returned as getobs gives them. Raises DimensionMismatch if the buffer has not the shape of
    the observations, ArgumentError if it cannot hold their dtype, or does not have the parts of the data;
    IndexError if there is no such observation.

    >>> buffer = np.zeros((2, 1), int)
    >>> getobs_(buffer, np.array([[1, 2], [3, 4]]), [1]) is buffer, buffer.ravel()
    (True, array([2, 4]))
    """
    several = _together(data)
    if several is not None:
        parts, buffers = several[0], _together(buffer)
        if buffers is None or len(buffers[0]) != len(parts):
            raise ArgumentError(f"the data have {len(parts)} parts, so the buffer must have as many")
        return several[1]([getobs_(b, p, index) for b, p in zip(buffers[0], parts, strict=True)])
    found = getobs(data, index)
    if not (isinstance(buffer, np.ndarray) and isinstance(data, np.ndarray)):
        return found
    if buffer.shape != np.shape(found):
        raise DimensionMismatch(
            f"the buffer has the shape {buffer.shape}, the observations {np.shape(found)}"
        )
    if not np.can_cast(found.dtype, buffer.dtype, "same_kind"):
        raise ArgumentError(f"a buffer of {buffer.dtype} cannot hold observations of {found.dtype}")
    np.copyto(buffer, found, casting="same_kind")
    return buffer


class DataContainer(Sequence):
    """The base class of lazy data sets.

    Subclasses define ``len``, ``one(k)`` and, where there is a faster way, ``several``. Positions are checked
    here: IndexError for one that does not exist.
    """

    def one(self, k: int) -> Any:
        """The observation at a valid position k."""
        raise NotImplementedError

    def several(self, places: np.ndarray) -> Any:
        """The observations at valid positions."""
        return [self.one(int(k)) for k in places]

    def __getitem__(self, index: Any) -> Any:
        n = len(self)
        if not isinstance(index, (int, np.integer)):
            return self.several(np.arange(n)[index])
        if not -n <= index < n:
            raise IndexError(f"position {index} of a data set with {n} observations")
        return self.one(int(index) % n)

    def __iter__(self) -> Iterator[Any]:
        return (self.one(k) for k in range(len(self)))

    def __repr__(self) -> str:
        return f"{len(self)}-element {type(self).__name__}"


class ObsView(DataContainer):
    """Some observations of a data set, fetched when they are asked for.

    Raises IndexError for positions that do not exist.

    >>> list(ObsView(["a", "b", "c"], [2, 0]))
    ['c', 'a']
    """

    def __init__(self, data: Any, indices: Any = slice(None)):
        self.data = data
        self.indices = np.arange(numobs(data))[indices]

    def __len__(self) -> int:
        return len(self.indices)

    def one(self, k: int) -> Any:
        return getobs(self.data, int(self.indices[k]))

    def several(self, places: np.ndarray) -> Any:
        return getobs(self.data, self.indices[places])

    def __repr__(self) -> str:
        return f"ObsView({type(self.data).__name__}, {len(self)} observations)"


def obsview(data: Any, indices: Any = slice(None), obsdim: Any = None) -> Any:
    """Part of a data set, without copying it where that is possible.

    A slice of an array is a view of it. Of a tuple or dict each part is taken. What is no array, list, range
    or text becomes a lazy :class:`ObsView`. For observations along another axis give an :class:`ObsDim` in
    place of the indices, or after them. Raises IndexError for positions that do not exist, and what
    :func:`numobs` raises.

    >>> obsview(np.array([[1, 2, 3], [4, 5, 6]]), slice(1, 3))
    array([[2, 3],
           [5, 6]])
    """
    if hasattr(indices, "view") and not isinstance(indices, np.ndarray):
        return indices.view(data)
    if obsdim is not None:
        return obsdim.view(data, indices)
    several = _together(data)
    if several is not None:
        return several[1]([obsview(part, indices) for part in several[0]])
    if isinstance(data, _ARRAYS):
        return _at(data, indices)
    if isinstance(data, (list, range, str)):
        return data[indices] if isinstance(indices, slice) else getobs(data, indices)
    if isinstance(data, ObsView):
        return ObsView(data.data, data.indices[indices])
    return ObsView(data, indices)


def _generator(first: Any, rest: tuple[Any, ...]) -> tuple[Any, Any]:
    """(generator, data) of the arguments ``([rng,] data)``."""
    if rest:
        if len(rest) > 1 or not is_rng(first):
            raise TypeError("the arguments are ([rng,] data), where rng is a generator of random numbers")
        return first, rest[0]
    return default_rng(), first


def default_or_given(args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """(generator, the other arguments) of ``([rng,] …)``."""
    return (args[0], args[1:]) if args and is_rng(args[0]) else (default_rng(), args)


def shuffleobs(data: Any, *rest: Any) -> Any:
    """``shuffleobs([rng,] data)``: the observations in a random order; parts that go together stay together.

    A view, as :func:`obsview` gives it. Raises TypeError for other arguments, and what :func:`numobs` raises.

    >>> x, y = shuffleobs(np.random.default_rng(0), (np.arange(5), 10 * np.arange(5)))
    >>> bool(np.all(10 * x == y)), sorted(x.tolist())
    (True, [0, 1, 2, 3, 4])
    """
    rng, data = _generator(data, rest)
    return obsview(data, randperm(rng, numobs(data)))


def splitobs(
    data: Any, *rest: Any, at: Any, shuffle: bool = False, stratified: Any = None
) -> tuple[Any, ...]:
    """``splitobs([rng,] data; at)``: disjoint parts, ``at=0.7`` or ``at=(0.5, 0.3)`` and the rest.

    `at` holds shares, or numbers of observations if all are integers. With `shuffle` the observations are put
    into a random order first. `stratified` may be a label for each observation; the shares then hold for each
    label. A number of observations in place of the data gives positions.

    Raises ArgumentError if a share is negative or their sum is more than 1, DimensionMismatch if labels and
    observations differ in number, TypeError for other arguments.

    >>> splitobs(list(range(10)), at=(0.5, 0.3))
    ([0, 1, 2, 3, 4], [5, 6, 7], [8, 9])
    """
    rng, data = _generator(data, rest)
    if isinstance(data, (int, np.integer)):
        data = np.arange(data)
    n = numobs(data)
    order = randperm(rng, n) if shuffle else None
    if stratified is None:
        borders = _borders(n, at)
        pieces: list[Any] = [slice(a, b) for a, b in zip([0, *borders], [*borders, n], strict=True)]
        return tuple(obsview(data, p if order is None else order[p]) for p in pieces)
    labels = np.asarray(stratified)
    if len(labels) != n:
        raise DimensionMismatch(f"stratified has {len(labels)} labels for {n} observations")
    order = np.arange(n) if order is None else order
    shares = tuple(a / n for a in _as_tuple(at)) if _counts(at) else at
    groups = [order[labels[order] == label] for label in dict.fromkeys(labels[order].tolist())]
    parts = [splitobs(group, at=shares) for group in groups]
    return tuple(obsview(data, np.concatenate(p)) for p in zip(*parts, strict=True))


def _as_tuple(at: Any) -> tuple[Any, ...]:
    return tuple(at) if isinstance(at, (tuple, list)) else (at,)


def _counts(at: Any) -> bool:
    return all(isinstance(a, (int, np.integer)) and not isinstance(a, bool) for a in _as_tuple(at))


def _borders(n: int, at: Any) -> list[int]:
    """The ends of the parts, rounded as in MLUtils: each share is one of what remains."""
    shares = [a / n for a in _as_tuple(at)] if _counts(at) and n else list(_as_tuple(at))
    if n and not (all(share >= 0 for share in shares) and sum(shares) <= 1 + 1e-9):
        raise ArgumentError(f"shares are between 0 and 1, and so is their sum; at={at} of {n} observations")
    borders: list[int] = []
    left = n
    for share in shares:
        share = min(share * n / left, 1.0) if left else 1.0  # of what remains
        left -= round(left * share)
        borders.append(n - left)
    return borders


def group_indices(labels: Any) -> dict[Any, np.ndarray]:
    """The positions of each label, in the order in which labels first occur.

    >>> group_indices(["yes", "no", "yes"])
    {'yes': array([0, 2]), 'no': array([1])}
    """
    places: dict[Any, list[int]] = {}
    for k, label in enumerate(labels.tolist() if isinstance(labels, np.ndarray) else labels):
        places.setdefault(label, []).append(k)
    return {label: np.array(found) for label, found in places.items()}


def group_counts(labels: Any) -> dict[Any, int]:
    """The number of occurrences of each label.

    >>> group_counts("abb")
    {'a': 1, 'b': 2}
    """
    return {label: len(found) for label, found in group_indices(labels).items()}


def randobs(data: Any, *rest: Any) -> Any:
    """``randobs([rng,] data, [n])``: a random observation, or n of them, drawn with replacement.

    Raises ArgumentError if there are no observations, TypeError for more arguments.

    >>> randobs(np.random.default_rng(0), "abc", 4)
    'cbba'
    """
    rng = default_rng()
    if is_rng(data):
        rng, data, *rest = data, *rest  # type: ignore[assignment]
    if len(rest) > 1:
        raise TypeError("the arguments are ([rng,] data, [n])")
    count = whole(rest[0], "the number of observations") if rest else 1
    n = numobs(data)
    if n == 0 or count < 0:
        raise ArgumentError(f"{count} observations cannot be drawn from {n}")
    rng = getattr(rng, "generator", rng)  # the one that default_rng() stands for
    draws = rng.integers(n, size=count) if isinstance(rng, np.random.Generator) else rng.rand(range(n), count)
    return getobs(data, draws if rest else int(draws[0]))
