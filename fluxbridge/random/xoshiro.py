"""Julia's default generator: xoshiro256++, seeded by SHA-256, and eight of them for long arrays."""

from __future__ import annotations

import hashlib
import operator
import os
from typing import Any

import numpy as np

from ..errors import StructureError
from .generator import Generator
from .jump import CHUNK, Words, blocks
from .kinds import UINT64, Kind
from .words import MASK64, Pick, Reader, Seek, floats, high_half
from .ziggurat import Ziggurat

LANES = 8  # generators that fill a long array together
LANE_FACTORS = (0x02011CE34BCE797F, 0x5A94851FB48A6E05, 0x3688CF5D48899FA7, 0x867B4BB4C42E5661)
LONG, LONG_BOOL = 64, 640  # bytes from which on they do so
VECTOR = 256  # words from which on NumPy is quicker than a loop
LOWEST_BITS = np.uint64(0x0101010101010101)


class Xoshiro(Generator):
    """`Xoshiro(seed)` of Julia 1.10: the numbers after `Random.seed!(seed)`, bit for bit.

    The seed is an integer from 0 of any size, or a vector of np.uint32 or np.uint64; without one the
    operating system chooses. Four or five words are taken as the state itself, as `repr` writes it; the fifth
    serves only to make the generators of new tasks in Julia. Raises StructureError for another seed or
    another number of words.

    >>> g = Xoshiro(42)
    >>> g.rand()
    0.6293451231426089
    >>> g.randn(2)
    array([-0.8798586 , -0.87379348])
    >>> g.rand(range(1, 7), 2, 3)
    array([[5, 1, 5],
           [5, 4, 3]])
    """

    precision = {16: 11, 32: 24, 64: 53}  # noqa: RUF012

    def __init__(self, *seed: Any):
        if len(seed) in (4, 5):
            self._set(*(_word(s) for s in seed))
        elif len(seed) <= 1:
            self.seed_(*seed)
        else:
            raise StructureError(
                f"Xoshiro takes one seed, or the 4 or 5 words of a state; here are {len(seed)}."
            )

    def seed_(self, seed: Any = None) -> Xoshiro:
        """Start anew from a seed, as `Random.seed!`; returns the generator.

        Raises StructureError for another seed.

        >>> Xoshiro(0).seed_(42).rand()
        0.6293451231426089
        """
        octets = os.urandom(32) if seed is None else hashlib.sha256(_seed_octets(seed)).digest()
        self._set(*(int.from_bytes(octets[i : i + 8], "little") for i in range(0, 32, 8)))
        return self

    def _set(self, s0: int, s1: int, s2: int, s3: int, s4: int | None = None) -> None:
        self._state = s0, s1, s2, s3
        self._split = (s0 + 3 * s1 + 5 * s2 + 7 * s3) & MASK64 if s4 is None else s4

    @property
    def state(self) -> tuple[int, ...]:
        """The five words of the state: `Xoshiro(*g.state)` goes on as g does."""
        return (*self._state, self._split)

    @state.setter
    def state(self, state: tuple[int, ...]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def __repr__(self) -> str:
        return f"Xoshiro({', '.join(f'0x{word:016x}' for word in self.state)})"

    # The stream of words.

    def _next(self) -> int:
        s0, s1, s2, s3 = self._state
        t = (s0 + s3) & MASK64
        word = ((t << 23 | t >> 41) + s0) & MASK64
        s2 ^= s0
        s3 ^= s1
        self._state = s0 ^ s3, s1 ^ s2, s2 ^ (s1 << 17) & MASK64, (s3 << 45 | s3 >> 19) & MASK64
        return word

    def _window(self, n: int) -> tuple[Words, Seek]:
        start = self._state
        if n < VECTOR:
            words = np.array([self._next() for _ in range(n)], np.uint64)
            end = self._state
            self._state = start

            def seek(k: int) -> None:
                if k == n:
                    self._state = end
                else:
                    self._step_from(start, k)

        else:
            made, starts, length = blocks(np.array([start], np.uint64), n)
            words = made[:, 0]

            def seek(k: int) -> None:
                block, rest = divmod(k, length)
                self._step_from(tuple(starts[block, 0].tolist()), rest)

        return words, seek

    def _step_from(self, state: Any, steps: int) -> None:
        self._state = state
        for _ in range(steps):
            self._next()

    def _bits(self, word: Any, n: int) -> Any:
        return word >> (64 - n)

    def _wide(self, first: int, second: int) -> int:
        return first << 64 | second

    def _below(self, bound: int, bits: int = 64) -> Pick:
        """Multiply and shift; few words are rejected (D. Lemire, arXiv:1805.10941, algorithm 5)."""
        bits = 64 if bits > 32 else 32
        if bound == 1 << bits:
            return lambda word: (self._bits(word, bits), None)
        least = ((1 << bits) - bound) % bound

        def pick(word: Any) -> tuple[Any, Any]:
            if bits == 32:
                product = self._bits(word, 32) * bound
                value, low = product >> 32, product & 0xFFFFFFFF
            else:
                value = high_half(word, bound)
                low = word * bound & MASK64 if isinstance(word, int) else word * np.uint64(bound)
            return value, (low >= least if least else None)

        return pick

    # Arrays: from 64 bytes on, eight generators fill them.

    def _fill(self, kind: Kind, n: int) -> np.ndarray:
        if kind.family == "bool":
            return self._bools(n)
        if kind.bits == 128:
            low, high = self._octets(16 * n).view("<u8").reshape(n, 2).T.tolist() if n else ([], [])
            return np.array([_join(a, b, kind) for a, b in zip(low, high, strict=True)], object)
        if kind.family in ("int", "uint"):
            return self._octets(n * kind.bits // 8).view(kind.dtype)
        if kind.family == "float" and kind.bits >= 32:
            precision, octets = self.precision[kind.bits], self._octets(n * kind.bits // 8)
            words = octets.view(f"<u{kind.bits // 8}") >> (kind.bits - precision)
            return floats(words, precision, kind.dtype)
        return self._sequence(kind, n)

    def _octets(self, n: int) -> np.ndarray:
        """n random bytes."""
        steps = n // 64 if n >= LONG else 0
        long = self._lanes(steps).reshape(-1) if steps else np.empty(0, np.uint64)
        rest = self._words((n - 64 * steps + 7) // 8)
        words = np.concatenate([long, rest]) if len(rest) else long
        return words.astype("<u8", copy=False).view(np.uint8)[:n]

    def _lanes(self, steps: int) -> Words:
        """A row for each step of eight new generators, which are discarded afterwards."""
        seeds = [[self._next() * factor & MASK64 for _ in range(LANES)] for factor in LANE_FACTORS]
        states = np.array(seeds, np.uint64).T
        parts = []
        while steps:
            size = min(steps, CHUNK // LANES)
            words, starts, _ = blocks(states, size)
            parts.append(words)
            states = starts[-1]
            steps -= size
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _bools(self, n: int) -> np.ndarray:
        """One bit of each byte of a word, then the next bit of each byte."""
        steps = n // 512 if n >= LONG_BOOL else 0
        parts = [_spread(self._lanes(steps)).reshape(-1)] if steps else []
        whole, rest = divmod(n - 512 * steps, 8)
        parts.append(_spread(self._words((whole + 7) // 8)[:, None]).reshape(-1)[:whole])
        if rest:
            parts.append(self._words(1) & LOWEST_BITS)
        return np.concatenate(parts).astype("<u8", copy=False).view(bool)[:n]

    def _ziggurat_fill(self, ziggurat: Ziggurat, n: int) -> np.ndarray:
        """From 7 numbers on, a word for each number comes first, and further ones for rejected ones after."""
        if n < 7:
            return self._ziggurat_sequence(ziggurat, n)
        random = self._bits(self._fill(UINT64, n), 52)
        values, sure = ziggurat.candidates(random)
        unsure = np.flatnonzero(~sure)
        reader = Reader(self, 2 * len(unsure))
        edges = zip(*(a.tolist() for a in ziggurat.edges(random[unsure], values[unsure])), strict=True)
        for at, (place, below, high, density) in zip(unsure.tolist(), edges, strict=True):
            if high == 0.0:
                values[at] = ziggurat.tail(place, reader.uniform)
            elif high * reader.uniform() + below >= density:
                values[at] = ziggurat.one(reader.draw(), reader.draw, reader.uniform)
        reader.close()
        return values


def _spread(words: Words) -> Words:
    """Rows of words to eight rows each: bit 0 of every byte, bit 1, and so on."""
    shifts = np.arange(8, dtype=np.uint64)[:, None]
    return (words[:, None, :] >> shifts) & LOWEST_BITS


def _join(low: int, high: int, kind: Kind) -> int:
    value = high << 64 | low
    return value - (1 << 128) if kind.family == "int" and high >> 63 else value


def _word(value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise StructureError(f"A word of the state is an integer, not {value!r}.")
    word = operator.index(value)
    if not 0 <= word <= MASK64:
        raise StructureError(f"A word of the state is in 0 … 2^64 - 1; this is {word}.")
    return word


def _seed_octets(seed: Any) -> bytes:
    """What is hashed: the seed in words of 32 bits, at least one, or the words of an array."""
    if isinstance(seed, np.ndarray) and seed.ndim == 1 and seed.dtype in (np.uint32, np.uint64):
        return seed.astype(seed.dtype.newbyteorder("<")).tobytes()
    try:
        number = operator.index(seed)
    except TypeError:
        raise StructureError(
            f"A seed is an integer that is not negative, or a vector of np.uint32 or np.uint64, not {seed!r}."
        ) from None
    if number < 0:
        raise StructureError(f"Julia 1.10 takes no negative seeds; this is {number}.")
    return number.to_bytes(4 * max(1, -(-number.bit_length() // 32)), "little")
