"""How a kernel is written: a call of its machine code, and a function with the lines that it stands for.

That is what runs where machine code gives up: a question has another answer, or something was divided by zero,
overflowed or is invalid, of which Python raises an error, or NumPy warns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..passes.kernels import Kernel
from .blocks import Pool


def lines(kernel: Kernel, native: Any, writer: Any) -> list[str]:
    """The source of one kernel."""
    empty = writer.name(np.empty)
    found = [f"{v.name} = {empty}({v.form.shape}, {writer.name(v.form.dtype)})" for v in kernel.arrays]
    args = [writer.operand(kernel.constants.get(v, v)) for v in kernel.args]
    args += [v.name for v in kernel.arrays]
    held = ""
    if native.memory:
        pool = Pool([((native.memory,), np.dtype(np.uint8))])
        writer.planned += native.memory
        held = writer.name(pool, "pool")
        found.append(f"w, = {held}.take()")
        args.append("w")
    after = []
    if kernel.group is not None:
        length = kernel.group.shape[0] if not kernel.group.flat else int(np.prod(kernel.group.shape))
        count = -(-length // kernel.group.rows)
        for v in native.sums:
            found.append(f"b{v.name} = {empty}({count})")
            args.append(f"b{v.name}")
            after.append(f"{v.name} = {writer.name(in_order)}(b{v.name})")
        args += ["0", str(count)]
    results = ", ".join(["s", *[v.name for v in kernel.numbers]])
    found.append(f"{results} = {writer.name(native.call, 'kernel')}({', '.join(args)})")
    found += [f"{held}.give((w,))"] if held else []
    inner = [f"    {line}" for line in _again(kernel, native, writer)]
    found += [f"if s and {writer.name(unsafe)}(s):", *inner]
    return [*found, "else:", *[f"    {line}" for line in after]] if after else found


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
