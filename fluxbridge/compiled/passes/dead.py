"""Dead code: what no result and no question needs."""

from __future__ import annotations

from typing import Any

from ..program import Op, Var, variables


def dead(ops: list[Op], results: list[Any]) -> list[Op]:
    needed: set[Var] = set(_in(results))
    kept = []
    for op in reversed(ops):
        if op.check or op.out in needed:
            needed.update(op.inputs())
            kept.append(op)
    kept.reverse()
    return kept


def _in(x: Any) -> Any:
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, (list, tuple)):
        for v in x:
            yield from _in(v)
    else:
        yield from variables([x])
