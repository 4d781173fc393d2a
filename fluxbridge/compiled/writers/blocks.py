"""How a group of elementwise operations is written: a loop over blocks, into few buffers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..passes.groups import Group, is_total
from ..program import Const, Op, Var


class Pool:
    """Work arrays of one group, for as many calls at once as there are."""

    def __init__(self, shapes: list[tuple[tuple[int, ...], Any]]):
        self.shapes = shapes
        self.free: list[tuple[np.ndarray, ...]] = []

    def take(self) -> tuple[np.ndarray, ...]:
        try:
            return self.free.pop()
        except IndexError:
            return tuple([np.empty(shape, dtype) for shape, dtype in self.shapes])

    def give(self, arrays: tuple[np.ndarray, ...]) -> None:
        if len(self.free) < 4:
            self.free.append(arrays)

    @property
    def nbytes(self) -> int:
        return sum(int(np.prod(shape)) * dtype.itemsize for shape, dtype in self.shapes)


class _Plan:
    """Which buffer holds which variable."""

    def __init__(self, group: Group):
        self.group = group
        self.buffers: list[Any] = []  # the dtype of each
        self.place: dict[Var, str] = {}
        self.free: dict[Any, list[str]] = {}
        self.last: dict[Var, int] = {}
        for k, op in enumerate(group.ops):
            for v in op.inputs():
                self.last[v] = k
        for k in reversed(range(len(group.ops))):
            op = group.ops[k]
            if op.shares and op.out is not None:  # the result may lie in the memory of an operand
                for v in op.inputs():
                    self.last[v] = max(self.last[v], self.last.get(op.out, k))
        self.ending: dict[int, list[Var]] = {}
        for v, k in self.last.items():
            self.ending.setdefault(k, []).append(v)

    def release(self, op: Op, k: int) -> None:
        """What is read for the last time frees its buffer, which the result may take."""
        for v in self.ending.get(k, ()):
            if v in self.place and v not in self.group.needed:
                self.free.setdefault(v.form.dtype, []).append(self.place[v])

    def take(self, v: Var) -> str:
        found = self.free.get(v.form.dtype)
        if found:
            name = found.pop()
        else:
            name = f"w{len(self.buffers)}"
            self.buffers.append(v.form.dtype)
        self.place[v] = name
        return name


def lines(group: Group, writer: Any, number: int) -> list[str]:
    """The source of one group."""
    plan = _Plan(group)
    shape, rows = group.shape, group.rows
    length = int(np.prod(shape)) if group.flat else shape[0]
    head: list[str] = []
    body: list[str] = []
    block: dict[Any, str] = {}

    def operand(x: Any) -> str:
        if isinstance(x, Var):
            return block.get(x) or x.name
        if isinstance(x, Const) and isinstance(x.value, np.ndarray) and x.value.ndim:
            return block[id(x.value)]
        return writer.operand(x)

    def sliced(x: Any, name: str, text: str) -> None:
        """A block of an array that is given."""
        if (
            x.form.kind != "array"
            or x.form.shape == ()
            or (x.form.shape != shape and _is_broadcast(x.form.shape, shape))
        ):
            block[x if isinstance(x, Var) else id(x.value)] = text
            return
        flat = group.flat and len(shape) > 1
        if flat:
            head.append(f"{name}f = {text}.reshape(-1)")
        body.append(f"{name}_ = {name + 'f' if flat else text}[i:j]")
        block[x if isinstance(x, Var) else id(x.value)] = f"{name}_"

    for v in group.args:
        sliced(v, v.name, v.name)
    constants = {
        id(a.value): a
        for op in group.ops
        for a in op.args
        if isinstance(a, Const) and isinstance(a.value, np.ndarray)
    }
    for a in constants.values():
        name = writer.operand(a)
        sliced(a, name, name)
    for v in sorted(group.needed, key=lambda v: v.name):
        if v.form.kind == "array":
            head.append(f"{v.name} = {writer.name(np.empty)}({v.form.shape}, {writer.name(v.form.dtype)})")
            sliced(v, v.name, v.name)
    sums = [op for op in group.ops if is_total(op)]
    head += [f"{op.out} = 0.0" for op in sums]
    line = ""
    for k, op in enumerate(group.ops):
        if op.line != line:
            line = op.line
            body += [f"# {line}"] if line else []
        if is_total(op):
            axes = "" if group.flat else ", None"
            body.append(f"{op.out} += {writer.name(op.call)}({operand(op.args[0])}{axes})")
            plan.release(op, k)
            continue
        out: Any = op.out
        operands = [
            operand(a) if isinstance(a, Var) or a.form.kind == "array" else text
            for a, text in zip(op.args, writer.operands(op), strict=True)
        ]
        args = ", ".join(operands)
        call = writer.name(op.call)
        if op.ufunc is not None and out.form.dtype.kind == "f":
            plan.release(op, k)
            name = block[out] if out in group.needed else plan.take(out)
            body.append(writer.writing(op, operands, name))
            block[out] = name
        elif out in group.needed:
            body.append(f"{block[out]}[...] = {call}({args})")
            plan.release(op, k)
        else:
            body.append(f"{out} = {call}({args})")
            block[out] = out.name
            plan.release(op, k)
    size = (rows,) if group.flat else (rows, *shape[1:])
    pool = Pool([(size, dtype) for dtype in plan.buffers])
    writer.planned += pool.nbytes
    names = [f"w{k}" for k in range(len(plan.buffers))]
    taken = ", ".join(names) + ("," if len(names) == 1 else "")
    held = f"p{number}"
    found = [*head]
    if names:
        found += [f"{held} = {writer.name(pool, 'pool')}.take()", f"{taken} = {held}"]
    found.append(f"for i in range(0, {length}, {rows}):")
    inner = [f"j = i + {rows}"]
    if names and length % rows:
        rest = ", ".join(f"{n}[:{length % rows}]" for n in names) + ("," if len(names) == 1 else "")
        inner.append(f"if j > {length}: {taken} = {rest}")
    found += [f"    {text}" for text in [*inner, *body]]
    if names:
        found.append(f"{writer.name(pool, 'pool')}.give({held})")
    found += [f"{op.out} = float({op.out})" for op in sums]
    return found


def _is_broadcast(small: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Is an array of this shape the same for every row?"""
    return len(small) < len(shape) or small[0] == 1
