"""Memory that is used again: an elementwise operation writes into an operand that nobody reads afterwards.

>>> import numpy as np
>>> from ..program import Builder, Const, Form
>>> b, form = Builder(), Form("array", (3,), np.dtype(float))
>>> x = b.new(form, "x")
>>> y = b.emit(np.sin, [x], form, ufunc=np.sin)
>>> z = b.emit(np.multiply, [y, x], form, ufunc=np.multiply)
>>> reuse(b.ops, [z], {x})
>>> [op.into for op in b.ops]
[None, v1]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..program import Op, Var, variables
from .groups import note_contiguous


def reuse(ops: Sequence[Op], results: Any, contiguous: set[Var]) -> None:
    """Note for operations of which operand they may take the memory; never that of an argument.

    Results keep the layout that NumPy gives them, on which the order of sums depends: with several axes, only
    arrays in C order are used again, for results in C order. Of the inputs those are `contiguous`.
    """
    contiguous = set(contiguous)
    note_contiguous(ops, contiguous)
    last: dict[Var, int] = dict.fromkeys(_in(results), len(ops))
    for k in reversed(range(len(ops))):
        op = ops[k]
        for v in op.inputs():
            last.setdefault(v, k)
        if op.shares and op.out is not None:  # a view, or the operand itself, may live longer
            for v in op.inputs():
                last[v] = max(last[v], last.get(op.out, k))
    made: set[Var] = set()
    for k, op in enumerate(ops):
        op.into = None
        if op.ufunc is None or op.out is None or op.options or not op.out.form.shape:
            continue
        form = op.out.form
        if len(form.shape) == 1 or op.out in contiguous:
            op.into = next((v for v in op.inputs() if v in made and v.form == form and last[v] == k), None)
            made.add(op.out)


def _in(x: Any) -> Any:
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, (list, tuple)):
        for v in x:
            yield from _in(v)
    else:
        yield from variables([x])
