"""How a kernel is written: a call of its machine code, and a function with the lines that it stands for.

That is what runs where machine code gives up: a question has another answer, or something was divided by
zero, overflowed or is invalid, of which Python raises an error, or NumPy warns.
"""

from __future__ import annotations

import functools
import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..passes.kernels import Kernel
from ..threads import OURS
from .blocks import Pool


def lines(kernel: Kernel, native: Any, writer: Any) -> list[str]:
    """The source of one kernel."""
    empty, call = writer.name(np.empty), writer.name(native.call, "kernel")
    code = writer.name(native.code, "code")
    writer.name(native.engine, "engine")  # as long as the program lives, so does its code
    found = [f"{v.name} = {empty}({v.form.shape}, {writer.name(v.form.dtype)})" for v in kernel.arrays]
    args = [writer.operand(kernel.constants.get(v, v)) for v in kernel.args]
    args += [v.name for v in kernel.arrays]
    pool = Pool([((native.memory,), np.dtype(np.uint8))]) if native.memory else None
    writer.planned += native.memory * writer.threads
    sums = [f"b{v.name}" for v in native.sums]
    found += [f"{name} = {empty}({kernel.count})" for name in sums]
    results = ", ".join(["s", *[v.name for v in kernel.numbers]])
    if kernel.group is not None and writer.threads > 1:
        given = f"({''.join(f'{a}, ' for a in args)}), ({''.join(f'{b}, ' for b in sums)})"
        spread = writer.name(Spread(native, pool, kernel.count, writer.threads), "spread")
        found.append(f"s = {spread}({given})")
    else:
        span = ["0", str(kernel.count)] if kernel.group is not None else []
        held = writer.name(pool, "pool") if pool is not None else ""
        found += [f"w, = {held}.take()"] if held else []
        found.append(
            f"{results} = {call}({', '.join([code, *args, *(['w'] if held else []), *sums, *span])})"
        )
        found += [f"{held}.give((w,))"] if held else []
    inner = [f"    {line}" for line in _again(kernel, native, writer)]
    found += [f"if s and {writer.name(unsafe)}(s):", *inner]
    after = [f"    {v.name} = {writer.name(in_order)}(b{v.name})" for v in native.sums]
    return [*found, "else:", *after] if after else found


class Spread:
    """The blocks of a kernel on several threads; the caller's is one of them."""

    def __init__(self, native: Any, pool: Pool | None, count: int, threads: int):
        self.native, self.pool = native, pool
        bounds = [count * k // threads for k in range(threads + 1)]
        self.spans = [(a, b) for a, b in itertools.pairwise(bounds) if a < b]

    def __call__(self, args: tuple[Any, ...], sums: tuple[Any, ...]) -> int:
        others = [helpers().submit(self._some, args, sums, *span) for span in self.spans[1:]]
        status = self._some(args, sums, *self.spans[0])
        for other in others:
            status |= other.result()
        return status

    def _some(self, args: tuple[Any, ...], sums: tuple[Any, ...], first: int, last: int) -> int:
        work = self.pool.take() if self.pool is not None else ()
        try:
            return int(self.native.call(self.native.code, *args, *work, *sums, first, last))
        finally:
            if self.pool is not None:
                self.pool.give(work)


@functools.cache
def helpers() -> ThreadPoolExecutor:
    """The threads that compute blocks, started as they are needed."""
    return ThreadPoolExecutor(os.cpu_count() or 1, f"{OURS} computes")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=helpers.cache_clear)


def _again(kernel: Kernel, native: Any, writer: Any) -> list[str]:
    """A call of the same operations, written by writer 1 as a function of its own."""
    made = [v.name for v in (*kernel.arrays, *kernel.numbers, *native.sums)]
    given = [v.name for v in kernel.args if v not in kernel.constants]
    end = f"return {', '.join(made)}," if made else "return ()"
    name = writer.define("plain", given, [*writer.lines(kernel.plain), end])
    found = [f"t = {name}({', '.join(given)})", "if t is MISS: return MISS"]
    return [*found, f"{', '.join(made)}, = t"] if made else found


def unsafe(status: int) -> bool:
    """Does a status say more than that something became very small, of which NumPy is not to speak?"""
    from .machine.loops import flags

    known = flags()
    low = known.underflow if known else 0
    return bool(status & ~low) or np.geterr()["under"] != "ignore"


def in_order(parts: np.ndarray) -> float:
    """The sum of the sums of blocks, one after the other, as they are added up without machine code."""
    return float(np.add.accumulate(parts)[-1])
