"""Identities that are exact in floating point: 1·x and x/1 are x, with NaN and -0.0 as they are."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..program import Const, Op, Var
from .rename import renamed

_TIMES = (np.multiply, operator.mul)
_OVER = (np.true_divide, operator.truediv)


def identities(ops: list[Op], results: list[Any]) -> list[Op]:
    names: dict[Var, Any] = {}
    kept = []
    for op in ops:
        op.args = [renamed(a, names) for a in op.args]
        simpler = _simpler(op)
        if simpler is None or op.out is None:
            kept.append(op)
        else:
            names[op.out] = simpler
    if names:
        renamed(results, names)
    return kept


def _simpler(op: Op) -> Any:
    """The operand that the result is equal to, of the same form."""
    if len(op.args) != 2 or op.check or op.call not in (*_TIMES, *_OVER):
        return None
    a, b = op.args
    for one, x in ((a, b), (b, a)) if op.call in _TIMES else ((b, a),):
        if (
            isinstance(one, Const)
            and type(one.value) in (int, float)
            and one.value == 1
            and isinstance(x, Var)
            and op.out is not None
            and x.form == op.out.form
        ):
            return x
    return None
