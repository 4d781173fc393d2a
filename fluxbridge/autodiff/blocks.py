"""Jacobians and Hessians with many directions in one run (see :mod:`.block`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .block import ELEMENTS, Block, TooLarge, Undecided
from .primitive import Tracer


def pulled(back: Callable[[Any], Any], xs: Sequence[Any], y: Any, order: str) -> list[Any] | None:
    """The cotangents of `xs` for a unit seed at each element of `y`, along a first axis.

    `back` is a pullback that may be called repeatedly. An entry of `xs` may be None, and is so in the result.
    Returns None where the seeds cannot be pulled back together.
    """
    shape, count = np.shape(y), int(np.size(y))
    places = np.reshape(np.arange(count), shape).ravel(order=order)  # type: ignore[arg-type, call-overload]

    def run(level: Block, first: int, last: int) -> list[Any]:
        seeds = np.zeros((level.size, count))
        seeds[np.arange(level.size), places[first:last]] = 1.0
        row = back(level.wrap(seeds.reshape(level.size, *shape)))
        return [None if x is None else _along(level, ct, np.shape(x)) for x, ct in zip(xs, row, strict=True)]

    largest = max([count, *[int(np.size(x)) for x in xs if x is not None]])
    return _in_blocks(count, largest, run)


def pushed(push: Callable[[Any], Any], x: Any) -> Any:
    """What `push` makes of each unit tangent of the array `x`, along a first axis; None where it cannot."""
    shape, count = np.shape(x), int(np.size(x))

    def run(level: Block, first: int, last: int) -> list[Any]:
        tangents = np.zeros((level.size, count), x.dtype if x.dtype.kind in "fc" else np.float64)
        tangents[np.arange(level.size), np.arange(first, last)] = 1
        return [_along(level, push(level.wrap(tangents.reshape(level.size, *shape))), shape)]

    columns = _in_blocks(count, count, run)
    return None if columns is None else columns[0]


def _along(level: Block, x: Any, shape: tuple[int, ...]) -> Any:
    """A result as an array with the directions first; None counts as zeros."""
    if level.mine(x):
        return x.array
    if x is None:
        return np.zeros((level.size, *shape))
    same: list[Any] = [x] * level.size
    return np.stack(same) if isinstance(x, Tracer) else np.repeat(np.asarray(x)[None], level.size, axis=0)


def _in_blocks(count: int, largest: int, run: Callable[[Block, int, int], list[Any]]) -> list[Any] | None:
    """The results of ``run(level, first, last)``, joined; arrays of a block have at most ELEMENTS elements.

    None where there is one direction only, or where a rule asks for a value that differs between them.
    """
    if count < 2:
        return None
    size, start = max(1, ELEMENTS // largest), 0
    parts: list[list[Any]] = []
    while start < count:
        level = Block(min(size, count - start))
        try:
            results = run(level, start, start + level.size)
        except TooLarge as error:
            size = error.size
            continue
        except (Undecided, Exception):  # one by one it succeeds, or says what is wrong
            return None
        if level.undecided:
            return None
        parts.append(results)
        start += level.size
    if len(parts) == 1:
        return parts[0]
    return [None if p[0] is None else np.concatenate(p) for p in zip(*parts, strict=True)]
