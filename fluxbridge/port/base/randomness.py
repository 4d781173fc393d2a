"""Julia's random functions; after ``seed_`` the numbers are Julia's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...flux import rng as flux_rng
from .gathering import gathered
from .indexing import is_integer
from .types import DTYPE_OF, Type


def seed_(*args: Any) -> Any:
    """``Random.seed!(n)``: for ``rand``, ``randn`` and the layers of Flux."""
    from ...random import Xoshiro

    generator = Xoshiro(int(args[-1]))
    flux_rng.seed_(generator)
    return generator


def default_rng() -> Any:
    """``Random.default_rng()``."""
    return flux_rng.DefaultRNG.generator


def xoshiro(seed: int) -> Any:
    """``Xoshiro(seed)`` and ``MersenneTwister`` are not the same; this is ``Xoshiro``."""
    from ...random import Xoshiro

    return Xoshiro(int(seed))


def _split(args: tuple) -> tuple[Any, list]:
    if args and hasattr(args[0], "randperm"):
        return args[0], list(args[1:])
    generator = flux_rng.DefaultRNG.generator
    if not hasattr(generator, "rand"):
        from ...random import Xoshiro

        generator = Xoshiro(int(np.random.default_rng().integers(2**62)))
        flux_rng.seed_(generator)
    return generator, list(args)


def _drawn(name: str, args: tuple) -> Any:
    generator, rest = _split(args)
    if rest and isinstance(rest[0], Type):
        rest[0] = DTYPE_OF[rest[0].name].type if rest[0].name != "Int64" else int
    sizes = (
        rest[1:]
        if rest
        and not is_integer(rest[0])
        and not (isinstance(rest[0], tuple) and len(rest) == 1 and all(map(is_integer, rest[0])))
        else rest
    )
    if sizes and isinstance(sizes[0], tuple):
        rest = rest[: len(rest) - len(sizes)] + list(sizes[0])
    result = getattr(generator, name)(*rest)
    return gathered(list(result)) if isinstance(result, list) else result


def rand(*args: Any) -> Any:
    """``rand()``, ``rand(T, sizes…)``, ``rand(collection, sizes…)``, with a generator before."""
    return _drawn("rand", args)


def randn(*args: Any) -> Any:
    """``randn(T, sizes…)``."""
    return _drawn("randn", args)


def randexp(*args: Any) -> Any:
    """``randexp(T, sizes…)``."""
    return _drawn("randexp", args)


def randperm(*args: Any) -> Any:
    """``randperm(n)``: numbers from 1."""
    generator, rest = _split(args)
    return generator.randperm(int(rest[0])) + 1


def randcycle(*args: Any) -> Any:
    """``randcycle(n)``: numbers from 1."""
    generator, rest = _split(args)
    return generator.randcycle(int(rest[0])) + 1


def randsubseq(*args: Any) -> Any:
    """``randsubseq(x, p)``."""
    generator, rest = _split(args)
    return generator.randsubseq(*rest)


def bitrand(*args: Any) -> Any:
    """``bitrand(sizes…)``."""
    generator, rest = _split(args)
    return generator.bitrand(*rest)


def shuffle(*args: Any) -> Any:
    """``shuffle(x)``."""
    generator, rest = _split(args)
    return generator.shuffle(rest[0])


def shuffle_(*args: Any) -> Any:
    """``shuffle!(x)``."""
    generator, rest = _split(args)
    return generator.shuffle_(rest[0])


def rand_(*args: Any) -> Any:
    """``rand!(x)``."""
    generator, rest = _split(args)
    return generator.rand_(*rest)


def randn_(*args: Any) -> Any:
    """``randn!(x)``."""
    generator, rest = _split(args)
    return generator.randn_(*rest)


def randstring(*args: Any) -> str:
    """``randstring(n)``."""
    generator, rest = _split(args)
    return generator.randstring(*rest)
