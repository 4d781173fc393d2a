"""The generator of StableRNGs.jl: a multiplicative congruential generator with 128 bits."""

from __future__ import annotations

import operator
from functools import cache
from typing import Any

import numpy as np

from ..errors import StructureError
from .generator import Generator
from .jump import Words
from .words import MASK64, Pick, Seek, high_half

FACTOR = 0x45A31EFC5A35D971261FD0407A968ADD
MASK128 = (1 << 128) - 1
BLOCK = 4096


class StableRNG(Generator):
    """`StableRNG(seed)` of StableRNGs.jl, which gives the same numbers in every version of Julia.

    The seed is an integer in 0 … 2^64 - 1; ``StableRNG(state=g.state)`` continues as g does. Raises
    StructureError for another seed, without one, or for a state that is not odd and below 2^128.

    >>> g = StableRNG(123)
    >>> g.rand()
    0.18102554215580358
    >>> g
    StableRNG(state=0x3062e57b09f4cc2bc8b1ee36473ffb3b)
    """

    precision = {16: 10, 32: 23, 64: 52}  # noqa: RUF012

    def __init__(self, seed: Any = None, *, state: int | None = None):
        if (seed is None) == (state is None):
            raise StructureError("StableRNG needs a seed; there is no default.")
        if state is None:
            self.seed_(seed)
        else:
            self.state = state

    def seed_(self, seed: Any) -> StableRNG:
        """Start anew from a seed, as `Random.seed!`; returns the generator.

        Raises StructureError for another seed.

        >>> StableRNG(1).seed_(123).rand()
        0.18102554215580358
        """
        try:
            number = operator.index(seed)
        except TypeError:
            number = -1
        if not 0 <= number <= MASK64:
            raise StructureError(f"The seed of a StableRNG is an integer in 0 … 2^64 - 1; this is {seed!r}.")
        self._state = number << 1 | 1
        return self

    @property
    def state(self) -> int:
        """The state, an odd number: `StableRNG(state=g.state)` goes on as g does."""
        return self._state

    @state.setter
    def state(self, state: int) -> None:
        number = operator.index(state) if hasattr(state, "__index__") else 0
        if not (0 < number <= MASK128 and number & 1):
            raise StructureError(f"The state of a StableRNG is odd and below 2^128; this is {state!r}.")
        self._state = number

    def __repr__(self) -> str:
        return f"StableRNG(state=0x{self._state:032x})"

    def _next(self) -> int:
        self._state = self._state * FACTOR & MASK128
        return self._state >> 64

    def _window(self, n: int) -> tuple[Words, Seek]:
        start = self._state

        def seek(k: int) -> None:
            self._state = start * pow(FACTOR, k, 1 << 128) & MASK128

        low, high = _powers()
        words = np.empty(n, np.uint64)
        for i in range(0, n, BLOCK):
            state = start * pow(FACTOR, i, 1 << 128) & MASK128
            size = min(BLOCK, n - i)
            words[i : i + size] = (
                high_half(low[:size], state & MASK64)
                + low[:size] * np.uint64(state >> 64)
                + high[:size] * np.uint64(state & MASK64)
            )
        return words, seek

    def _bits(self, word: Any, n: int) -> Any:
        return word & ((1 << n) - 1) if isinstance(word, int) else word & np.uint64((1 << n) - 1)

    def _wide(self, first: int, second: int) -> int:
        return second << 64 | first

    def _below(self, bound: int, bits: int = 64) -> Pick:
        """As many bits as the greatest value has; larger numbers are rejected."""
        greatest = bound - 1
        width = greatest.bit_length()
        if bound == 1 << width:
            return lambda word: (self._bits(word, width), None)

        def pick(word: Any) -> tuple[Any, Any]:
            value = self._bits(word, width)
            return value, value <= greatest

        return pick


@cache
def _powers() -> tuple[Words, Words]:
    """The powers of the factor, from the first on, as lower and upper halves."""
    powers = [FACTOR]
    for _ in range(BLOCK - 1):
        powers.append(powers[-1] * FACTOR & MASK128)
    return np.array([p & MASK64 for p in powers], np.uint64), np.array([p >> 64 for p in powers], np.uint64)
