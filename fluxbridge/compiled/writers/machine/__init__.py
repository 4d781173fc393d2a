"""Writer 2: groups of operations as machine code, made by Numba and LLVM, with NumPy's own inner loops."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from ...passes.kernels import Kernel, kernels
from ...program import Op
from .known import instruction


def written(later: Any, ops: Sequence[Op]) -> tuple[Any, str, str] | None:
    """The function of a program with machine code, its source, and a sentence about it; None if there is none."""
    parts = kernels(ops, later.results, later.contiguous, functools.cache(instruction))
    found = [op for op in parts if isinstance(op, Kernel)]
    if not found:
        return None
    from . import jit

    for op in ops:
        op.into = None  # in the order that they have now, somebody may still read it
    for kernel in found:
        later.writer.machine[kernel] = jit.compiled(kernel)
    source = later.source(parts)
    names = later.writer.names
    exec(compile(source, "<fluxbridge.compiled>", "exec"), names)
    inside = sum(len(kernel.body) for kernel in found)
    count = len(found)
    return names["run"], source, f"{inside} operations in {count} function{'s' * (count > 1)} of machine code"
