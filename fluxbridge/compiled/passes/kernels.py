"""Parts of a program that machine code can compute.

A kernel takes in every operation that has an instruction and does not depend on one that comes after it
outside; views cost nothing, and are made inside and outside, wherever they are read.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..places import Place, char_of
from ..program import Const, Op, Var, every
from .groups import Group, note_contiguous

SIDE_BY_SIDE = frozenset({"loop", "sum", "mended"})  #: instructions for contiguous memory
MOST = 200  #: inputs of a kernel
_CALL, _ARRAY, _STEP, _NUMBER = 0.3, 0.12, 0.35, 0.03  #: microseconds, roughly, of Python


class Kernel(Op):
    """Operations computed by one call of machine code.

    `plain` are the operations as writer 1 writes them, `body` those of the machine code: arrays that are
    constant are `constants`, inputs as all others. `arrays` and `numbers` are what it computes for others.
    """

    __slots__ = ("arrays", "body", "constants", "group", "numbers", "plain")

    def __init__(self, ops: Sequence[Op], needed: set[Var]):
        self.group = ops[0] if len(ops) == 1 and isinstance(ops[0], Group) else None
        self.plain = list(ops)
        self.constants: dict[Var, Any] = {}
        inner = self.group.ops if self.group is not None else ops
        self.body = [self._with_inputs(op) for op in inner]
        made = {op.out for op in self.body}
        inputs = [v for v in dict.fromkeys(v for op in self.body for v in op.inputs()) if v not in made]
        wanted = [op.out for op in self.body if op.out in needed]
        self.arrays = [v for v in wanted if v.form.kind == "array"]  # type: ignore[union-attr]
        self.numbers = [v for v in wanted if v.form.kind == "number"] if self.group is None else []  # type: ignore[union-attr]
        super().__init__(machine_code, inputs, None, {}, "", None, False, False, "")

    def _with_inputs(self, op: Op) -> Op:
        """The operation, with inputs in place of constant arrays."""
        if not any(_is_array(a) for a in op.args):
            return op
        made = copy.copy(op)
        made.args = [self._input(a) if _is_array(a) else a for a in op.args]
        return made

    def _input(self, constant: Const) -> Var:
        for known, there in self.constants.items():
            if there.value is constant.value:
                return known
        made = Var(constant.form, f"constant{len(self.constants)}")
        self.constants[made] = constant
        return made

    @property
    def block(self) -> int | None:
        """How many elements a block has."""
        if self.group is None:
            return None
        row = 1 if self.group.flat else math.prod(self.group.shape[1:])
        return int(self.group.rows) * row

    @property
    def count(self) -> int:
        """How many blocks there are."""
        if self.group is None:
            return 1
        length = math.prod(self.group.shape) if self.group.flat else self.group.shape[0]
        return -(-length // int(self.group.rows))

    def __repr__(self) -> str:
        lines = "\n".join(f"  {op!r}" for op in self.plain)
        return f"machine code:\n{lines}"


def machine_code() -> None:
    """The name of what a kernel is."""


def _is_array(x: Any) -> bool:
    return isinstance(x, Const) and isinstance(x.value, np.ndarray)


def kernels(ops: Sequence[Op], results: Any, contiguous: set[Var], known: Callable[[Op], Any]) -> list[Op]:
    """The program with kernels in it; `known` gives the instruction of an operation, or None."""
    contiguous = set(contiguous)
    note_contiguous(
        [inner for op in ops for inner in (op.ops if isinstance(op, Group) else [op])], contiguous
    )
    end = Op(machine_code, list(every(results)), None, {}, "", None, False, False, "")
    return _parts([*ops, end], contiguous, known)[:-1]


def _parts(ops: Sequence[Op], contiguous: set[Var], known: Callable[[Op], Any]) -> list[Op]:
    found: list[Op] = []
    rest = list(ops)
    while rest:
        first = next((k for k, op in enumerate(rest) if _starts(op, contiguous, known)), None)
        if first is None:
            return [*found, *rest]
        if isinstance(rest[first], Group):
            found += [*rest[:first], _of_group(rest[first], contiguous, known)]
            rest = rest[first + 1 :]
            continue
        before, inside, rest = _parted(rest, contiguous, known)
        found += [*before, *_worth(inside, {v for op in rest for v in op.inputs()})]
    return found


def _starts(op: Op, contiguous: set[Var], known: Callable[[Op], Any]) -> bool:
    """Is there a kernel from here on? A view alone makes none."""
    return isinstance(op, Group) or (_fits(op, set(), contiguous, known) and known(op).kind != "view")


def _of_group(group: Any, contiguous: set[Var], known: Callable[[Op], Any]) -> Op:
    if all(known(op) is not None for op in group.ops) and all(
        _readable(a, {op.out for op in group.ops}, contiguous) for op in group.ops for a in op.args
    ):  # fmt: skip
        return Kernel([group], group.needed)
    return group


def _fits(op: Op, members: set[Var], contiguous: set[Var], known: Callable[[Op], Any]) -> bool:
    if isinstance(op, Group) or known(op) is None:
        return False
    return all(_readable(a, members, contiguous) for a in op.args)


def _readable(x: Any, members: set[Var], contiguous: set[Var]) -> bool:
    if isinstance(x, Const):
        return not isinstance(x.value, np.ndarray) or x.value.flags.c_contiguous
    if x.form.kind == "number":
        return True
    return x in members or x in contiguous


def _parted(
    ops: list[Op], contiguous: set[Var], known: Callable[[Op], Any]
) -> tuple[list[Op], list[Op], list[Op]]:
    """What comes before one kernel, what is in it, and what comes after; the last stays the last."""
    before, inside, after = [], [], []
    members: set[Var] = set()
    later: set[Var] = set()
    views: dict[Var, Op] = {}  # made wherever they are read
    for op in ops:
        inputs = set(op.inputs())
        fits = not inputs & later and _fits(op, members | set(views), contiguous, known)
        if fits and known(op).kind in SIDE_BY_SIDE:
            fits = all(_place(a, views, known).is_contiguous for a in op.args if a in views)
        if fits and known(op).kind == "view":
            views[op.out] = op  # type: ignore[index]
            inside.append(op)
        elif fits:
            inside.append(op)
            if op.out is not None:
                members.add(op.out)
        elif (
            op is ops[-1]
            or inputs & (members | later)
            or any(_root(v, views) in members for v in inputs & set(views))
        ):
            after.append(op)
            if op.out is not None:
                later.add(op.out)
        else:
            before.append(op)
    return _with_views(before, views, set()), inside, _with_views(after, views, set())


def _place(x: Any, views: dict[Var, Op], known: Callable[[Op], Any]) -> Place:
    """How the elements of an array or a view lie."""
    if x not in views:
        return Place(None, char_of(x.form), x.form.shape)
    return _place(views[x].args[0], views, known).view(known(views[x]).what)


def _root(v: Var, views: dict[Var, Op]) -> Var:
    while v in views:
        v = views[v].args[0]
    return v


def _with_views(ops: list[Op], views: dict[Var, Op], made: set[Var]) -> list[Op]:
    """The operations, with the views that they read before them."""
    found: list[Op] = []

    def make(v: Var) -> None:
        if v in views and v not in made:
            make(views[v].args[0])
            made.add(v)
            found.append(views[v])

    for op in ops:
        for v in op.inputs():
            make(v)
        found.append(op)
    return found


def _worth(ops: list[Op], needed: set[Var]) -> list[Op]:
    """The kernel of these operations; or they themselves, if they take Python no longer than calling it."""
    views = {op.out for op in ops if op.out is not None and op.shares and not op.elementwise}
    kernel = Kernel(ops, needed - views)
    cost = _CALL + _ARRAY * sum(v.form.kind == "array" for v in (*kernel.args, *kernel.arrays))
    cost += _STEP * len(kernel.arrays)
    gain = sum(_STEP if _in_arrays(op) else _NUMBER for op in ops if op.out not in views)
    return ops if gain < cost or len(kernel.args) > MOST else [kernel]


def _in_arrays(op: Op) -> bool:
    return any(v.form.kind == "array" for v in (*op.inputs(), *([op.out] if op.out else [])))
