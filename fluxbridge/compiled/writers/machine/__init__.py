"""Writer 2: groups of operations as machine code, made by Numba and LLVM, with NumPy's own inner loops."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from ...passes.kernels import Kernel, kernels
from ...program import Op
from .known import instruction


def written(later: Any, ops: Sequence[Op]) -> tuple[str, str] | None:
    """The source of a program with machine code, and a sentence about it; None if there is none in it."""
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
    inside = sum(len(kernel.body) for kernel in found)
    count = len(found)
    return source, f"{inside} operations in {count} function{'s' * (count > 1)} of machine code"
