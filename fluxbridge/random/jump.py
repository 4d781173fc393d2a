"""Long streams of xoshiro256++ with NumPy: many blocks of one stream at once.

One step of xoshiro is linear over the field of two elements, so 2^e steps are a 256 × 256 matrix of bits. It
is kept as 32 tables, one for each byte of the state: the state after 2^e steps is the XOR of 32 entries. With
it the states at the start of every block of a stream are computed first; then all blocks are stepped
together, as vectors.

A state is a row of four uint64. What is stepped at the same time is an array of such rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

_17, _19, _23, _41, _45 = (np.uint64(n) for n in (17, 19, 23, 41, 45))
CHUNK = 1 << 20  #: words that are made at once, at most


def blocks(states: Words, steps: int) -> tuple[Words, Words, int]:
    """`steps` words from each of the states, the start states of the blocks, and the length of a block.

    The words have the shape (steps, number of states). Block j starts at step j·length. The last start state
    is the one after the last block.
    """
    lanes = len(states)
    length = steps if steps <= 16 else 1 << _exponent(steps * lanes)
    count = -(-steps // length)
    starts = states[None]
    while len(starts) < count:
        further = advance(starts[: count - len(starts)], (length * len(starts)).bit_length() - 1)
        starts = np.concatenate([starts, further])
    words, last = _run(starts.reshape(-1, 4), length)
    words = words.reshape(length, count, lanes).swapaxes(0, 1).reshape(count * length, lanes)[:steps]
    return words, np.concatenate([starts, last.reshape(count, lanes, 4)[-1:]]), length


def _exponent(words: int) -> int:
    """Of the length of a block: for longer streams both the blocks and their number grow."""
    return min(max(words.bit_length() // 2 - 2, 4), 8)


def _run(states: Words, steps: int) -> tuple[Words, Words]:
    """The words of this many steps, in their order, and the states after them."""
    s0, s1, s2, s3 = np.ascontiguousarray(states.T)
    out = np.empty((steps, len(states)), np.uint64)
    t = np.empty_like(s0)
    for row in out:
        np.add(s0, s3, out=row)
        np.right_shift(row, _41, out=t)
        np.left_shift(row, _23, out=row)
        row |= t
        row += s0
        np.left_shift(s1, _17, out=t)
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        np.right_shift(s3, _19, out=t)
        s3 <<= _45
        s3 |= t
    return out, np.stack([s0, s1, s2, s3], axis=-1)


def advance(states: Words, exponent: int) -> Words:
    """The states after 2^exponent steps."""
    octets = np.ascontiguousarray(states).astype("<u8", copy=False).view(np.uint8)
    parts = _tables(exponent)[np.arange(32), octets]
    return np.bitwise_xor.reduce(parts, axis=-2)


@cache
def _tables(exponent: int) -> Words:
    """For 2^exponent steps: the contribution of each value of each byte of a state."""
    if exponent == 0:
        bits = np.uint64(1) << np.arange(64, dtype=np.uint64)
        images = np.zeros((4, 64, 4), np.uint64)
        for word in range(4):
            images[word, :, word] = bits
        images = _run(images.reshape(256, 4), 1)[1]
    else:
        before = _tables(exponent - 1)
        images = advance(before[:, [1, 2, 4, 8, 16, 32, 64, 128]].reshape(256, 4), exponent - 1)
    images = images.reshape(32, 8, 4)
    tables = np.zeros((32, 256, 4), np.uint64)
    for bit in range(8):
        tables[:, 1 << bit : 2 << bit] = tables[:, : 1 << bit] ^ images[:, bit, None]
    return tables
