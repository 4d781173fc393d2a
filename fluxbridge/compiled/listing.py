"""The operations of a function and its gradient as text, before and after the passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .build import Integers, joint, with_integers
from .passes import Group, numbered, simplified
from .program import Op
from .report import Report

Row = tuple[str, str]  #: an operation, and the place in the user's code as ``file.py:12``; both may be empty


class Listing(NamedTuple):
    """The operations as they were recorded, and those that are left after the passes."""

    recorded: list[Row]
    program: list[Row]


@with_integers
def listing(f: Callable[..., Any], xs: Sequence[Any], integers: Integers) -> Listing:
    """The operations of ``withgradient(f, *xs)``. Raises CannotCompile where there is no program.

    >>> for text, _ in listing(lambda x: 2.0 * x + 2.0 * x, (3.0,)).program:
    ...     print(text)
    v1 = 2.0 * x
    v2 = v1 + v1
    """
    traced, lowering, results = joint(f, xs, True, integers)
    numbered(lowering.b.ops)
    recorded = list(rows(lowering.b.ops))
    ops = simplified(lowering.b.ops, results, Report(), traced.contiguous)
    numbered(ops)
    return Listing(recorded, list(rows(ops)))


def rows(ops: Iterable[Op]) -> Iterable[Row]:
    """One row an operation; a group is a heading and its operations, further in."""
    for op in ops:
        if isinstance(op, Group):
            heading = repr(op).partition("\n")[0]
            yield heading, ""
            yield from ((f"  {inner!r}", inner.line) for inner in op.ops)
        else:
            yield repr(op), op.line
