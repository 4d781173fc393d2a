"""Memory that a program keeps from call to call, for the arrays that it does not hand out.

The first call lets NumPy make the arrays. What shapes and orders they have is known then, so from the second
call on each is written into memory of the program, which those that are needed one after the other share.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from .calls import Called, pulled
from .passes.groups import Group
from .program import Op, every

LEAST = 1 << 12  #: bytes from which on memory is kept for an array
_KEPT = 1 << 24
SPARE = 2  #: how much memory is kept for calls at the same time: for so many


class Buffers:
    """The arrays of a program. `lives` says of each when it is made and when it is read for the last time."""

    def __init__(self, lives: Sequence[tuple[int, int]]):
        self.lives = lives
        self.layout: list[tuple[int, Any, Any, Any]] | None = None  # (place, shape, dtype, strides) of each
        self.sizes: list[int] = []  # bytes of each place
        self.free: list[list[Any]] = []

    def get(self) -> list[Any]:
        """Arrays to be written into; None for each before they are known."""
        try:
            return self.free.pop()
        except IndexError:
            return [None] * len(self.lives) if self.layout is None else self._made(self.layout)

    def give(self, arrays: Sequence[Any]) -> None:
        """Take arrays back, which nobody reads any more."""
        if self.layout is None:
            self._learn(arrays)
        elif len(self.free) < SPARE:
            self.free.append(list(arrays))

    def take(self, writer: Any) -> list[str]:
        """Lines that bind the names of the arrays."""
        names = list(writer.into.values())
        return [f"{', '.join(names)}, = {writer.name(self, 'memory')}.get()"] if names else []

    @property
    def nbytes(self) -> int:
        """Bytes of one set of arrays."""
        return sum(self.sizes)

    def _learn(self, arrays: Sequence[np.ndarray]) -> None:
        """Give places to arrays like these; one is used again for an array of its size, when it is free."""
        layout: list[tuple[int, Any, Any, Any]] = []
        sizes: list[int] = []
        busy: list[int] = []  # until when each place is
        for (made, last), x in zip(self.lives, arrays, strict=True):
            place = next((k for k, n in enumerate(sizes) if n == x.nbytes and busy[k] < made), len(sizes))
            if place == len(sizes):
                sizes.append(x.nbytes)
                busy.append(last)
            busy[place] = last
            layout.append((place, x.shape, x.dtype, np.empty_like(x).strides))
        self.sizes, self.layout = sizes, layout
        # Freed once, an array of this size lets glibc keep freed memory up to it. Otherwise every array that
        # is made by the way is given back to the kernel, and got again page by page. It is never touched.
        np.empty(_KEPT, np.uint8)

    def _made(self, layout: list[tuple[int, Any, Any, Any]]) -> list[Any]:
        memory = [np.empty(n, np.uint8) for n in self.sizes]
        return [
            np.ndarray(shape, dtype, memory[place], strides=strides)
            for place, shape, dtype, strides in layout
        ]


def planned(ops: Sequence[Op], away: Any, until_the_end: Any, writer: Any) -> Buffers:
    """Memory for the large arrays of a program, but not for those `away`, which are handed out.

    Arrays that the operations themselves make are let go of after they are read for the last time.
    """
    end = len(ops)
    away, last = set(every(away)), {v: k for k, op in enumerate(ops) for v in op.inputs()}
    for op in ops:
        if _may_keep(op):
            away.update(op.inputs())
    read = dict(last)  # the last time that its name is used; the rest is about its memory
    last.update(dict.fromkeys(every(until_the_end), end))
    for op in reversed(ops):
        if op.shares and op.out is not None:  # the result may lie in the memory of an operand
            for v in op.inputs():
                last[v] = max(last[v], last.get(op.out, 0))
                if op.out in away:
                    away.add(v)
    lives: list[tuple[int, int]] = []
    for k, op in enumerate(ops):
        made: list[Any] = sorted(op.needed, key=str) if isinstance(op, Group) else [op.out]
        for v in made:
            if v is None or v in away or not (v.form.kind in _HOLDING or v.form.nbytes >= LEAST):
                continue
            if v.form.shape and _takes_out(op):
                writer.into[v] = f"b{len(lives)}"
                lives.append((k, last.get(v, end)))
            elif last.get(v, end) < end:
                writer.over.setdefault(id(ops[read[v]]), []).append(v)
    return Buffers(lives)


#: Variables of these kinds may hold arrays of any size.
_HOLDING = ("tuple", "other")


def _may_keep(op: Op) -> bool:
    """Is it the code of somebody else, who may remember the arrays that he is given?"""
    if isinstance(op.call, Called) or op.call is pulled:
        return True
    return (getattr(op.call, "__module__", None) or "").partition(".")[0] not in _KNOWN


_KNOWN = {__name__.partition(".")[0], "", "numpy", "operator", "_operator", "math", "builtins"}


def _takes_out(op: Op) -> bool:
    """Can the operation write its result into an array that is given as ``out=``?"""
    if isinstance(op, Group) or op.check or op.code or op.shares:
        return False
    call = op.call
    if isinstance(call, np.ufunc):
        return call.nout == 1 and (op.ufunc is call or call.signature is not None)
    return isinstance(call, types.FunctionType) and call.__module__.startswith(_PACKAGE) and (
        "out" in inspect.signature(call).parameters
    )  # fmt: skip


_PACKAGE = __name__.partition(".")[0] + "."
