"""Passes over a program. Each gives fewer operations, or cheaper ones, that compute the same bits."""

from __future__ import annotations

from typing import Any

from ..program import Op, Var
from ..report import Report
from .common import common
from .dead import dead
from .folding import folding
from .groups import Group, grouped
from .identities import identities
from .reuse import reuse
from .scaling import scaling
from .signs import signs


def simplified(
    ops: list[Op], results: list[Any], report: Report, contiguous: set[Var] | None = None
) -> list[Op]:
    """The program after all passes; `results` are changed in place where a variable gave way to another.

    With the inputs that are `contiguous`, operations on large arrays are grouped.
    """
    for name, run in (
        ("constants folded", folding), ("identities", identities), ("signs", signs),
        ("factors", scaling), ("common subexpressions", common),
    ):  # fmt: skip
        before = len(ops)
        ops = run(ops, results)
        report.count(name, before - len(ops))
    before = len(ops)
    ops = dead(ops, results)
    report.count("dead operations", before - len(ops))
    return ops if contiguous is None else grouped(ops, results, contiguous, report)


def numbered(ops: list[Op]) -> None:
    """Number the variables in the order in which they are computed."""
    every = [inner for op in ops for inner in (op.ops if isinstance(op, Group) else [op])]
    for k, op in enumerate([op for op in every if op.out is not None], 1):
        op.out.name = f"v{k}"  # type: ignore[union-attr]


__all__ = ["numbered", "reuse", "simplified"]
