"""Groups of elementwise operations over arrays of one shape, to be computed block by block.

A group takes in every operation of single elements whose operands do not depend on what is computed of
the group outside of it; sums of whole arrays may be at its end. So a forward pass, its sum, and the
backward pass that needs no more of the sum than its slope of one, are one group, and the arrays in between
never exist.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..lower import total
from ..program import Const, Op, Var, every
from ..report import Report

LARGE = 1 << 14  #: elements from which on an array is taken in blocks
BLOCK = 1 << 12  #: elements of a block, or a few rows more


class Group(Op):
    """Operations that are computed together. `needed` are those of their variables that others use."""

    __slots__ = ("flat", "needed", "ops", "shape")

    def __init__(self, ops: list[Op], shape: tuple[int, ...], needed: set[Var]):
        inside = {op.out for op in ops}
        args = [v for v in dict.fromkeys(v for op in ops for v in op.inputs()) if v not in inside]
        super().__init__(blocks, args, None, {}, "", None, False, False, "")
        self.ops, self.shape, self.needed = ops, shape, needed
        self.flat = all(
            v.form.shape in (shape, ()) for op in ops for v in (*op.inputs(), op.out) if v is not None
        ) and all(a.form.shape in (shape, ()) for op in ops for a in op.args if isinstance(a, Const))

    @property
    def rows(self) -> int:
        """How much of the first axis is a block."""
        return BLOCK if self.flat else max(1, BLOCK // max(1, math.prod(self.shape[1:])))

    def __repr__(self) -> str:
        lines = "\n".join(f"  {op!r}" for op in self.ops)
        return f"in blocks of {self.rows}, over {self.shape}:\n{lines}"


def blocks() -> None:
    """The name of what a group is."""


def is_total(op: Op) -> bool:
    """Is this the sum of all elements?"""
    return op.call is total


def grouped(ops: list[Op], results: list[Any], contiguous: set[Var], report: Report) -> list[Op]:
    """The operations with those of large arrays in groups."""
    needed = set(every(results))
    return _grouped(list(ops), needed, set(contiguous), report)


def _grouped(ops: list[Op], needed: set[Var], contiguous: set[Var], report: Report) -> list[Op]:
    note_contiguous(ops, contiguous)
    start = next((k for k, op in enumerate(ops) if _fits(op, None, contiguous)), None)
    if start is None:
        return ops
    shape = ops[start].out.form.shape  # type: ignore[union-attr]
    before, group, after = ops[:start], [], []
    members: set[Var] = set()
    later: set[Var] = set()
    for op in ops[start:]:
        inputs = set(op.inputs())
        if not inputs & later and _fits(op, shape, contiguous):
            group.append(op)
            members.add(op.out)  # type: ignore[arg-type]
        elif is_total(op) and inputs <= members and not inputs & later:
            group.append(op)
            later.add(op.out)  # type: ignore[arg-type]
        elif inputs & (members | later):
            after.append(op)
            if op.out is not None:
                later.add(op.out)
        else:
            before.append(op)
    used = needed | {v for op in after for v in op.inputs()}
    if sum(not is_total(op) for op in group) < 2:
        return [*before, *group, *_grouped(after, needed, contiguous, report)]
    made = Group(group, shape, {op.out for op in group if op.out in used})  # type: ignore[misc]
    kept = "".join(f", {v}" for v in made.needed if v.form.kind == "array")
    report.groups.append(
        f"{len(group)} operations over {shape} in blocks of {made.rows}; whole arrays: {kept[2:] or 'none'}"
    )
    return [*before, made, *_grouped(after, needed, contiguous, report)]


def _fits(op: Op, shape: tuple[int, ...] | None, contiguous: set[Var]) -> bool:
    """Can the operation be done block by block, over this shape?"""
    if not op.elementwise or op.check or op.out is None or op.out.form.kind != "array" or op.options:
        return False
    form = op.out.form
    if form.size < LARGE or (shape is not None and form.shape != shape) or form.dtype.kind not in "fb":
        return False
    if len(form.shape) > 1 and math.prod(form.shape[1:]) > 4 * BLOCK and any(
        a.form.shape not in (form.shape, ()) for a in op.args
    ):  # fmt: skip
        return False
    return all(_operand_fits(a, form.shape, contiguous) for a in op.args)


def _operand_fits(x: Any, shape: tuple[int, ...], contiguous: set[Var]) -> bool:
    form = x.form
    if form.kind in ("number", "scalar"):
        return True
    if form.kind != "array":
        return False
    if form.shape == shape:
        return x.value.flags.c_contiguous if isinstance(x, Const) else x in contiguous
    return len(form.shape) <= len(shape)


def note_contiguous(ops: Sequence[Op], contiguous: set[Var]) -> None:
    """Add the variables whose arrays are surely in C order."""
    for op in ops:
        if op.out is None or op.out.form.kind != "array":
            continue
        if op.elementwise:
            if all(a.form.kind != "array" or a.form.shape != op.out.form.shape or (
                a.value.flags.c_contiguous if isinstance(a, Const) else a in contiguous
            ) for a in op.args):  # fmt: skip
                contiguous.add(op.out)
        elif op.call in (np.matmul, np.full) or op.call.__name__ == "pieces":
            contiguous.add(op.out)
