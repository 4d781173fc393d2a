"""Common subexpressions: what is computed twice from the same operands is computed once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from ...recording.keys import content
from ..program import Const, Op, Var
from .rename import renamed


def common(ops: list[Op], results: list[Any]) -> list[Op]:
    names: dict[Var, Any] = {}
    known: dict[Hashable, Var] = {}
    kept = []
    for op in ops:
        op.args = [renamed(a, names) for a in op.args]
        key = None if op.check or op.out is None else _key(op)
        if key is None or op.out is None:
            kept.append(op)
        elif key in known:
            names[op.out] = known[key]
        else:
            known[key] = op.out
            kept.append(op)
    if names:
        renamed(results, names)
    return kept


def _key(op: Op) -> Hashable | None:
    """What tells an operation from others; None where it may not be shared."""
    if op.ufunc is None and not op.blockwise and not op.text:
        return None
    if op.options or op.code:
        return None
    return op.call, op.text, tuple([_operand(a) for a in op.args])


def _operand(x: Any) -> Hashable:
    if isinstance(x, Var):
        return id(x)
    if isinstance(x, tuple):
        return tuple([_operand(v) for v in x])
    if isinstance(x, Const):
        return "array", id(x.value) if isinstance(x.value, np.ndarray) else content(x.value)
    return id(x)
