"""Which parts of an explanation are open, and the list of what is then to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..folding import Group
from ..run import ExplainedRun

FEW = 12  #: steps up to which each has a row of its own; of more there is one row a statement


class OpenGroup(NamedTuple):
    """The heading of a group whose items follow."""

    group: Group


def items(e: ExplainedRun, backwards: bool = False) -> list[tuple[int, Any]]:
    """What is to be shown: pairs of a depth and an ExplainedStep, a closed Group, or a number left out.

    The heading of an open group comes as :class:`OpenGroup`, before what is in it; an open statement
    has none.
    """
    opened = opened_groups(e)
    shown: list[tuple[int, Any]] = []

    def walk(items: list[Any], depth: int) -> None:
        left_out = 0
        items = items[::-1] if backwards else items
        room = e.limit if e.unfolded is not None else len(items)
        first, last = (room * 2) // 3, room // 3
        for k, item in enumerate(items):
            if len(items) > room + 1 and first <= k < len(items) - last:
                named = isinstance(item, Group) and id(item) in opened and item.kind not in _SMALL
                if not named:
                    left_out += 1
                    if k == len(items) - last - 1:
                        shown.append((depth, left_out))
                    continue
            if isinstance(item, Group) and id(item) in opened:
                if item.kind == "line":
                    walk(item.items, depth)
                    continue
                shown.append((depth, OpenGroup(item)))
                walk(item.items, depth + 1)
            else:
                shown.append((depth, item))

    walk(e.tree.items, 0)
    return shown


_SMALL = ("iteration", "line")


def rows(e: ExplainedRun) -> Iterator[Any]:
    """Steps and closed groups as `items` has them, those that are left out included."""
    opened = opened_groups(e)

    def walk(items: list[Any]) -> Iterator[Any]:
        for item in items:
            if isinstance(item, Group) and id(item) in opened:
                yield from walk(item.items)
            else:
                yield item

    yield from walk(e.tree.items)


def opened_groups(e: ExplainedRun) -> set[int]:
    """The groups that are open: those asked for, and as many levels as there is room for."""
    groups = list(e.tree.groups())
    if e.unfolded is None:
        return {id(g) for g in groups}
    statements = [g for g in groups if g.kind == "line"]
    few = sum(not line.is_argument for line in e.lines) <= FEW
    opened: set[int] = {id(g) for g in statements} if few else set()
    level: list[Any] = e.tree.items
    rows, depth = len(level), 0
    while True:
        inside = [g for g in level if isinstance(g, Group) and (g.kind != "line" or e.depth is not None)]
        inside += [turn for g in inside if g.kind == "loop" for turn in g.items]  # with its loop
        below = [i for g in inside for i in g.items if getattr(i, "kind", "") != "iteration"]
        more = len(below) + sum(g.kind == "iteration" for g in inside)
        limited = rows + more > e.limit if e.depth is None else depth >= e.depth
        if not inside or limited:
            break
        opened |= {id(g) for g in inside}
        level = below
        rows += more
        depth += 1
    for name in e.unfolded:
        _open(e.tree, name, opened)
    return opened


def _open(group: Group, name: str, opened: set[int]) -> bool:
    """Open what is called `name` and all that is around it; iterations inside count as part of it."""
    opened_any = False
    for item in group.items:
        if isinstance(item, Group):
            hit = item.matches(name)
            if hit:
                opened.update(id(g) for g in item.groups() if g.kind == "iteration")
            if _open(item, name, opened) or hit:
                opened.add(id(item))
                opened_any = True
    return opened_any
