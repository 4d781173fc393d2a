"""Random numbers for initialisers, dropout and shuffling, from NumPy's generators or from Julia's.

A generator is a ``numpy.random.Generator``, or any object with the methods ``rand(dtype, *shape)``,
``randn(dtype, *shape)`` and ``randperm(n)``.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .functors import leaf

__all__ = ["default_rng", "rng_from_array", "seed_"]


@leaf
class DefaultRNG:
    """The generator that is used where none is given; :func:`seed_` decides which that is."""

    __slots__ = ()
    generator: Any = np.random.default_rng()

    def rand(self, dtype: Any, *shape: int) -> Any:
        return rand(DefaultRNG.generator, dtype, *shape)

    def randn(self, dtype: Any, *shape: int) -> Any:
        return randn(DefaultRNG.generator, dtype, *shape)

    def randperm(self, n: int) -> np.ndarray:
        return randperm(DefaultRNG.generator, n)

    def shuffle(self, items: Any) -> np.ndarray:
        return shuffled(DefaultRNG.generator, items)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(DefaultRNG.generator, name)

    def __repr__(self) -> str:
        return "default_rng()"

    def __reduce__(self) -> Any:
        return default_rng, ()


_DEFAULT = DefaultRNG()


def default_rng() -> Any:
    """The generator that is used where none is given.

    >>> default_rng()
    default_rng()
    """
    return _DEFAULT


def seed_(seed: Any = None) -> Any:
    """Let the default generator begin anew at `seed`; or use this generator from now on.

    >>> first = rand(seed_(1), np.float32, 2)
    >>> bool(np.all(first == rand(seed_(1), np.float32, 2)))
    True
    """
    DefaultRNG.generator = seed if is_rng(seed) else np.random.default_rng(seed)
    return _DEFAULT


def is_rng(x: Any) -> bool:
    """Is `x` a generator of random numbers?"""
    return isinstance(x, np.random.Generator) or (hasattr(type(x), "rand") and not isinstance(x, type))


def rng_from_array(_x: Any) -> Any:
    """The generator for arrays like this: the default one."""
    return default_rng()


def rand(rng: Any, dtype: Any, *shape: int) -> Any:
    """Numbers from the interval [0, 1)."""
    return _again(_rand, rng, dtype, shape)


def randn(rng: Any, dtype: Any, *shape: int) -> Any:
    """Numbers with the standard normal distribution."""
    return _again(_randn, rng, dtype, shape)


def _rand(rng: Any, dtype: Any, *shape: int) -> Any:
    if not isinstance(rng, np.random.Generator):
        return rng.rand(dtype, *shape)
    return _draw(rng.random, dtype, shape)


def _randn(rng: Any, dtype: Any, *shape: int) -> Any:
    if not isinstance(rng, np.random.Generator):
        return rng.randn(dtype, *shape)
    return _draw(rng.standard_normal, dtype, shape)


def randperm(rng: Any, n: int) -> np.ndarray:
    """A permutation of 0, …, n - 1."""
    if isinstance(rng, np.random.Generator):
        return rng.permutation(n)
    return np.asarray(rng.randperm(n))


def shuffled(rng: Any, items: Any) -> np.ndarray:
    """The items in a random order, as an array."""
    if isinstance(rng, np.random.Generator):
        return rng.permutation(items)
    return np.asarray(rng.shuffle(list(items)))


def _draw(draw: Any, dtype: Any, shape: tuple[int, ...]) -> Any:
    kind = np.dtype(dtype)
    made = kind if kind in (np.float32, np.float64) else np.dtype(np.float32)
    return np.asarray(draw(shape, made), dtype=kind)


class Draws:
    """The random numbers that a function draws, the same ones in each of its runs.

    >>> draws, numbers = Draws(), []
    >>> for _ in range(2):
    ...     with draws.run():
    ...         numbers.append(rand(default_rng(), np.float32, 3))
    >>> bool(np.all(numbers[0] == numbers[1])), len(draws.numbers)
    (True, 1)
    """

    def __init__(self) -> None:
        self.numbers: list[Any] = []
        self._next = 0

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        """Within it `rand` and `randn` give again what they gave in the first run."""
        before, _running.draws, self._next = _running.draws, self, 0
        try:
            yield
        finally:
            _running.draws = before

    def draw(self, make: Callable[..., Any], rng: Any, dtype: Any, shape: tuple[int, ...]) -> Any:
        k, self._next = self._next, self._next + 1
        if k < len(self.numbers) and np.shape(self.numbers[k]) != shape:  # this run goes another way
            del self.numbers[k:]
        if k == len(self.numbers):
            self.numbers.append(make(rng, dtype, *shape))
        return np.asarray(self.numbers[k], dtype)


class _Running(threading.local):
    draws: Draws | None = None


_running = _Running()


def _again(make: Callable[..., Any], rng: Any, dtype: Any, shape: tuple[int, ...]) -> Any:
    draws = _running.draws
    if draws is None:
        return make(rng, dtype, *shape)
    _running.draws = None  # a generator may be made of another one, which is asked by the same functions
    try:
        return draws.draw(make, rng, dtype, shape)
    finally:
        _running.draws = draws
