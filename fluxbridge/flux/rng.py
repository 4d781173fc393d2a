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

from ..autodiff.drawing import SHARED, drawn, replayed, set_state, state_of
from ..errors import ArgumentError
from .functors import leaf

__all__ = ["default_rng", "rng_from_array", "seed_"]


@leaf
class DefaultRNG:
    """The default generator, a stand-in for the one that :func:`seed_` chose."""

    __slots__ = ()
    generator: Any = np.random.default_rng()
    has_state = True

    @property
    def state(self) -> Any:
        """The state of the generator behind it."""
        return state_of(DefaultRNG.generator)

    @state.setter
    def state(self, state: Any) -> None:
        set_state(DefaultRNG.generator, state)

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
SHARED.append(_DEFAULT)


def default_rng() -> Any:
    """The generator that is used where none is given; :func:`seed_` chooses which one it stands for.

    >>> default_rng()
    default_rng()
    """
    return _DEFAULT


def seed_(seed: Any = None) -> Any:
    """Start the default generator anew from `seed`; or put this generator behind it.

    Returns :func:`default_rng`. Without a seed the operating system chooses one. Raises ArgumentError for
    what is neither a generator nor a seed that NumPy's ``default_rng`` takes (integers from 0).

    >>> first = rand(seed_(1), np.float32, 2)
    >>> bool(np.all(first == rand(seed_(1), np.float32, 2)))
    True
    """
    try:
        DefaultRNG.generator = seed if is_rng(seed) else np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{seed!r} is neither a seed (an integer from 0, or a sequence of them) nor a generator"
        ) from None
    return _DEFAULT


def is_rng(x: Any) -> bool:
    """Is `x` a generator of random numbers?

    >>> is_rng(np.random.default_rng()), is_rng(3)
    (True, False)
    """
    return isinstance(x, np.random.Generator) or (hasattr(type(x), "rand") and not isinstance(x, type))


def rng_from_array(_x: Any) -> Any:
    """The generator for arrays like this one: the default one, as in Flux on the CPU.

    >>> rng_from_array(np.ones(2))
    default_rng()
    """
    return default_rng()


def rand(rng: Any, dtype: Any, *shape: int) -> Any:
    """Uniform random numbers in [0, 1), an array of this dtype and shape.

    >>> rand(np.random.default_rng(0), np.float32, 2)
    array([0.8506242 , 0.63696164], dtype=float32)
    """
    return _again(_rand, rng, dtype, shape)


def randn(rng: Any, dtype: Any, *shape: int) -> Any:
    """Standard normal random numbers, an array of this dtype and shape.

    >>> randn(np.random.default_rng(0), np.float64, 2)
    array([ 0.12573022, -0.13210486])
    """
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
    """A random permutation of 0, …, n - 1.

    >>> sorted(randperm(default_rng(), 3).tolist())
    [0, 1, 2]
    """
    return drawn(_randperm, rng, n)


def _randperm(rng: Any, n: int) -> np.ndarray:
    if isinstance(rng, np.random.Generator):
        return rng.permutation(n)
    return np.asarray(rng.randperm(n))


def shuffled(rng: Any, items: Any) -> np.ndarray:
    """The items in a random order, as an array.

    >>> sorted(shuffled(default_rng(), [3, 1, 2]).tolist())
    [1, 2, 3]
    """
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
        if k < len(self.numbers) and np.shape(self.numbers[k]) != shape:  # this run draws other numbers
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
        return drawn(make, rng, dtype, *shape)
    replayed()
    _running.draws = None  # a generator may draw from another one by the same functions
    try:
        return draws.draw(make, rng, dtype, shape)
    finally:
        _running.draws = draws
