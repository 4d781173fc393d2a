"""Factors that are constant, gathered where that is exact: -(c·x) is (-c)·x, and a·(2·x) is (2a)·x.

The product with a power of two is exact unless it overflows, and where it does, or nothing is lost below,
so does the product with 2a, for |a| ≥ 1. Of arrays of double precision.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..program import Const, Op, Var


def scaling(ops: list[Op], results: list[Any]) -> list[Op]:
    scaled: dict[Var, tuple[float, Var]] = {}  # a variable -> the factor and what it is a multiple of
    for op in ops:
        if op.out is None or op.options or op.out.form.kind != "array" or op.out.form.dtype != np.float64:
            continue
        inner = next((a for a in op.args if isinstance(a, Var) and a in scaled), None)
        if op.call is np.negative and inner is not None:
            _become(op, -scaled[inner][0], scaled[inner][1])
        elif op.call is np.multiply and inner is not None:
            a, (c, x) = _factor(op), scaled[inner]
            exact = c >= 1 and math.frexp(c)[0] == 0.5
            if a is not None and exact and abs(a) >= 1 and math.isfinite(a * c):
                _become(op, a * c, x)
        factor = _factor(op) if op.call is np.multiply else None
        if factor is not None and math.isfinite(factor):
            x = next(a for a in op.args if isinstance(a, Var))
            if x.form == op.out.form:
                scaled[op.out] = (factor, x)
    return ops


def _factor(op: Op) -> float | None:
    """The constant number of a product."""
    for a in op.args:
        if isinstance(a, Const) and type(a.value) in (int, float) and abs(a.value) <= 2**53:
            return float(a.value)
    return None


def _become(op: Op, factor: float, x: Var) -> None:
    op.call = op.ufunc = np.multiply
    op.args, op.text = [Const(factor), x], ""
