"""Random numbers for initialisers, dropout and shuffling, from NumPy's generators or from Julia's.

A generator is a ``numpy.random.Generator``, or any object with the methods ``rand(dtype, *shape)``,
``randn(dtype, *shape)`` and ``randperm(n)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .functors import leaf


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
    if not isinstance(rng, np.random.Generator):
        return rng.rand(dtype, *shape)
    return _draw(rng.random, dtype, shape)


def randn(rng: Any, dtype: Any, *shape: int) -> Any:
    """Numbers with the standard normal distribution."""
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
