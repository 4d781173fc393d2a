"""Signs, moved to where they cost nothing: x + (-y) is x - y, and (-x)·y is -(x·y), exactly.

True of real floats, with infinities and zeros of either sign; of a NaN nobody asks for the sign.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..program import Op, Var
from .rename import renamed

_NEGATIVE = (np.negative, operator.neg)
_ADD, _SUBTRACT = (np.add, operator.add), (np.subtract, operator.sub)
_PRODUCT = (np.multiply, operator.mul, np.true_divide, operator.truediv)
_TEXT = {operator.add: "{0} + {1}", operator.sub: "{0} - {1}", operator.neg: "-{0}"}


def signs(ops: list[Op], results: list[Any]) -> list[Op]:
    names: dict[Var, Any] = {}
    negated: dict[Var, Var] = {}  # a variable -> what it is the negative of
    kept: list[Op] = []
    for op in ops:
        op.args = [renamed(a, names) for a in op.args]
        out = op.out
        if out is None or op.check or op.options or not _is_real(out):
            kept.append(op)
        elif op.call in _NEGATIVE:
            x = op.args[0]
            if x in negated:
                names[out] = negated[x]
            else:
                if isinstance(x, Var) and x.form == out.form:
                    negated[out] = x
                kept.append(op)
        elif len(op.args) == 2 and (op.call in _ADD or op.call in _SUBTRACT):
            _sum(op, negated)
            kept.append(op)
        elif op.call in _PRODUCT and any(a in negated for a in op.args if isinstance(a, Var)):
            kept += _product(op, negated)
        else:
            kept.append(op)
    if names:
        renamed(results, names)
    return kept


def _is_real(x: Var) -> bool:
    form = x.form
    return form.dtype is float or (form.kind == "array" and form.dtype.kind == "f")


def _sum(op: Op, negated: dict[Var, Var]) -> None:
    """Turn the sum with a negative into a difference, and a difference into a sum."""
    a, b = op.args
    kind = 0 if op.call in (np.add, np.subtract) else 1
    if isinstance(b, Var) and b in negated:
        op.args[1] = negated[b]
        _become(op, (_SUBTRACT if op.call in _ADD else _ADD)[kind])
    elif op.call in _ADD and isinstance(a, Var) and a in negated:
        op.args = [b, negated[a]]
        _become(op, _SUBTRACT[kind])


def _become(op: Op, call: Any) -> None:
    op.call, op.text = call, _TEXT.get(call, "")
    op.ufunc = call if isinstance(call, np.ufunc) else None


def _product(op: Op, negated: dict[Var, Var]) -> list[Op]:
    """The product, or quotient, of what is negated; and its negative, unless two signs cancel."""
    flips = sum(isinstance(a, Var) and a in negated for a in op.args)
    op.args = [negated.get(a, a) if isinstance(a, Var) else a for a in op.args]
    if flips % 2 == 0:
        return [op]
    out: Any = op.out
    inner = Var(out.form, out.name)
    inner.op, op.out = op, inner
    call: Any = np.negative if out.form.kind == "array" else operator.neg
    outer = Op(
        call,
        [inner],
        out,
        {},
        _TEXT.get(call, ""),
        call if call is np.negative else None,
        False,
        False,
        op.line,
    )
    out.op = outer
    negated[out] = inner
    return [op, outer]
