"""Constant folding: what depends on no input is computed once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Const, Op, Var
from .rename import renamed

_LARGE = 1 << 12  #: bytes from which on a constant is not kept
_FRESH = (np.copy, np.full)  #: make new memory for a result


def folding(ops: list[Op], results: list[Any]) -> list[Op]:
    names: dict[Var, Any] = {}
    kept = []
    for op in ops:
        op.args = [renamed(a, names) for a in op.args]
        folded = _folded(op)
        if folded is None:
            kept.append(op)
        else:
            names[op.out] = folded  # type: ignore[index]
    if names:
        renamed(results, names)
    return kept


def _folded(op: Op) -> Const | None:
    if op.check or op.out is None or op.code or op.call in _FRESH or op.call.__name__ == "pieces":
        return None
    if not all(isinstance(a, Const) for a in op.args):
        return None
    try:
        with np.errstate(all="ignore"):
            value = op.call(*[a.value for a in op.args], **op.options)
    except Exception:
        return None
    if type(value) is np.float64 and op.out.form.kind == "number":
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.nbytes > _LARGE:
            return None
        value = value.copy()
        value.flags.writeable = False
    return Const(value) if isinstance(value, (float, int, np.ndarray, np.generic)) else None
