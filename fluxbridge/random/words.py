"""Random words made into numbers, in the same way for every generator.

Everything is drawn from a stream of 64-bit words. A *pick* is a function that takes a word, or an array of
words, and gives the value and whether it is accepted (None: always); after a rejection the next word is
taken. A pick works on Python integers and on arrays alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .jump import CHUNK, Words
from .kinds import FLOAT64, Kind, kind_of
from .ziggurat import Ziggurat

Pick = Callable[[Any], tuple[Any, Any]]
Seek = Callable[[int], None]

HIGHEST_CHARACTER, SURROGATES, SURROGATE_COUNT = 0x10FFFF, 0xD800, 0x800
MASK64 = (1 << 64) - 1


class Source:
    """A stream of 64-bit words, and the numbers that Julia makes of single words.

    A subclass defines how its stream continues, which bits of a word are used first, and how a number below a
    bound is drawn.
    """

    #: how many random bits there are in a Float16, a Float32, a Float64
    precision: dict[int, int]

    def _next(self) -> int:
        """The next word."""
        raise NotImplementedError

    def _window(self, n: int) -> tuple[Words, Seek]:
        """The next n words, at most CHUNK, and ``seek(k)``, which continues the stream after k of them."""
        raise NotImplementedError

    def _bits(self, word: Any, n: int) -> Any:
        """n bits of a word."""
        raise NotImplementedError

    def _wide(self, first: int, second: int) -> int:
        """128 bits from two words."""
        raise NotImplementedError

    def _below(self, bound: int, bits: int = 64) -> Pick:
        """A pick of a number in [0, bound), in Julia of an integer type with so many bits."""
        raise NotImplementedError

    # One number.

    def _uniform(self) -> float:
        n = self.precision[64]
        return self._bits(self._next(), n) * 2.0**-n

    def _52(self) -> int:
        return self._bits(self._next(), 52)

    def _one(self, pick: Pick) -> Any:
        while True:
            value, kept = pick(self._next())
            if kept is None or kept:
                return value

    def _number(self, kind: Kind) -> Any:
        """One number of a type, as a Python number."""
        if kind.family == "float":
            n = self.precision[kind.bits]
            return self._bits(self._next(), n) * 2.0**-n
        if kind.family == "complex":
            part = kind_of(f"f{kind.bits // 8}")
            return complex(self._number(part), self._number(part))
        if kind.family == "char":
            return chr(_character(self._one(self._below(HIGHEST_CHARACTER + 1 - SURROGATE_COUNT, 32))))
        if kind.bits == 128:
            value = self._wide(self._next(), self._next())
        else:
            value = self._bits(self._next(), kind.bits)
        if kind.family == "bool":
            return bool(value & 1)
        return value - (1 << kind.bits) if kind.family == "int" and value >> (kind.bits - 1) else value

    # Many numbers.

    def _words(self, n: int) -> Words:
        """The next n words."""
        parts: list[Words] = []
        while True:
            size = min(n, CHUNK)
            words, seek = self._window(size)
            seek(size)
            n -= size
            if n == 0 and not parts:
                return words
            parts.append(words)
            if n == 0:
                return np.concatenate(parts)

    def _many(self, pick: Pick, n: int) -> np.ndarray:
        """n numbers of one pick, the same as one by one."""
        parts: list[np.ndarray] = []
        guess = 1.0  # words for a number
        while n > 0 or not parts:
            size = min(int(n * guess) + (16 if guess > 1 else 0), CHUNK)
            words, seek = self._window(size)
            values, kept = pick(words)
            if kept is None:
                used, found = size, values
            else:
                places = np.flatnonzero(kept)[:n]
                used = int(places[-1]) + 1 if len(places) == n and n > 0 else size
                found = values[places]
                guess = 1.1 * size / max(len(places), 1)
            seek(used)
            parts.append(found)
            n -= len(found)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _sequence(self, kind: Kind, n: int) -> np.ndarray:
        """n numbers of a type, the same as one by one."""
        if kind.family == "complex":
            return self._sequence(kind_of(f"f{kind.bits // 8}"), 2 * n).view(kind.dtype)
        if kind.family == "char":
            codes = _character(self._many(self._below(HIGHEST_CHARACTER + 1 - SURROGATE_COUNT, 32), n))
            return codes.astype(np.uint32).view("U1")
        if kind.bits == 128:
            return objects([self._number(kind) for _ in range(n)])
        words = self._words(n)
        if kind.family == "float":
            precision = self.precision[kind.bits]
            return floats(self._bits(words, precision), precision, kind.dtype)
        values = self._bits(words, kind.bits)
        if kind.family == "bool":
            return (values & np.uint64(1)).astype(bool)
        return values.astype(f"u{kind.bits // 8}").view(kind.dtype)

    def _fill(self, kind: Kind, n: int) -> np.ndarray:
        """The n numbers of an array, for which a generator may have a way of its own."""
        return self._sequence(kind, n)

    # Normal and exponential numbers.

    def _by_ziggurat(self, ziggurat: Ziggurat) -> float:
        return ziggurat.one(self._52(), self._52, self._uniform)

    def _ziggurat_sequence(self, ziggurat: Ziggurat, n: int) -> np.ndarray:
        """n numbers by a ziggurat, the same as one by one."""
        out = np.empty(n)
        done, least = 0, 16
        while done < n:
            size = min(max(n - done + (n - done) // 32, least), CHUNK)
            words, seek = self._window(size)
            used, made = self._ziggurat_window(ziggurat, words, out[done:])
            seek(used)
            done += made
            least = 2 * least  # a number may need any number of words
        return out

    def _ziggurat_window(self, ziggurat: Ziggurat, words: Words, out: np.ndarray) -> tuple[int, int]:
        """Fill `out` from a window as far as it reaches: (words used, numbers made)."""
        end, position, made = len(words), 0, 0
        random = self._bits(words, 52)
        values, sure = ziggurat.candidates(random)
        unsure = np.flatnonzero(~sure)
        place, below, high, density = ziggurat.edges(random[unsure], values[unsure])
        precision = self.precision[64]
        uniforms = floats(self._bits(words, precision), precision, FLOAT64.dtype)
        accepted = high * uniforms.take(unsure + 1, mode="clip") + below < density

        def uniform() -> float:
            nonlocal position
            position += 1
            return float(uniforms[position - 1])

        cases = zip(unsure.tolist(), place.tolist(), (high == 0.0).tolist(), accepted.tolist(), strict=True)
        for at, where, tail, good in [*cases, (end, 0, False, False)]:
            if at < position:
                continue  # an earlier number has used this word
            run = min(at - position, len(out) - made)
            out[made : made + run] = values[position : position + run]
            position += run
            made += run
            if made == len(out) or at == end:
                break
            if tail:
                position += 1
                try:
                    out[made] = ziggurat.tail(where, uniform)
                except IndexError:  # the window ends within this number
                    return at, made
                made += 1
            elif at + 1 == end:
                return at, made
            else:
                position += 2
                if good:
                    out[made] = values[at]
                    made += 1
        return position, made

    def _ziggurat_fill(self, ziggurat: Ziggurat, n: int) -> np.ndarray:
        """The n numbers of a Float64 array, for which a generator may have a way of its own."""
        return self._ziggurat_sequence(ziggurat, n)


class Reader:
    """Reads single numbers from a source, with the words taken from it in bulk."""

    def __init__(self, source: Source, expected: int):
        self.source, self.size = source, min(expected + 16, CHUNK)
        self.precision, self.scale = source.precision[64], 2.0 ** -source.precision[64]
        self._refill()

    def _refill(self) -> None:
        words, self.seek = self.source._window(self.size)
        self.words, self.position = words.tolist(), 0

    def _next(self) -> int:
        if self.position == self.size:
            self.close()
            self._refill()
        self.position += 1
        return self.words[self.position - 1]

    def draw(self) -> int:
        return self.source._bits(self._next(), 52)

    def uniform(self) -> float:
        return self.source._bits(self._next(), self.precision) * self.scale

    def close(self) -> None:
        """Let the source continue after what was read."""
        self.seek(self.position)


def floats(bits: np.ndarray, precision: int, dtype: np.dtype[Any]) -> np.ndarray:
    """Numbers in [0, 1) of so many bits each; all steps are exact."""
    values = bits.astype(FLOAT64.dtype if precision > 24 else np.float32)
    values *= values.dtype.type(2.0**-precision)
    return values.astype(dtype, copy=False)


def _character(code: Any) -> Any:
    """Skips the surrogates, which are no characters."""
    return code + (code >= SURROGATES) * SURROGATE_COUNT


def objects(items: list) -> np.ndarray:
    """A vector of Python objects, also where the objects are sequences themselves."""
    out = np.empty(len(items), object)
    for i, item in enumerate(items):
        out[i] = item
    return out


def high_half(x: Any, factor: int) -> Any:
    """The upper 64 bits of a product of 64-bit numbers."""
    if isinstance(x, int):
        return x * factor >> 64
    low, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    f_low, f_high = np.uint64(factor & 0xFFFFFFFF), np.uint64(factor >> 32)
    x_low, x_high = x & low, x >> shift
    middle = x_high * f_low + (x_low * f_low >> shift)
    if not f_high:
        return middle >> shift
    return x_high * f_high + (middle >> shift) + ((x_low * f_high + (middle & low)) >> shift)
