"""Steps as a tree of calls, loops and iterations.

A :class:`Group` holds the steps of one call, of one loop, of one iteration or of one statement. Loops are
found in the bytecode (see :mod:`.turns`). A new iteration begins where the loop variables are bound anew, or
where the instruction counter moves back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, pairwise
from math import inf
from types import CodeType
from typing import Any

from ..recording.sources import expression, last_of_loop, statement, text_of_line, text_of_statement
from .turns import COMPREHENSIONS, Loop, is_comprehension, loops_of


class Group:
    """Some steps under one name; `kind` is ``call``, ``loop``, ``iteration`` or ``line``."""

    def __init__(self, kind: str, label: str, line: int, items: list[Any], owner: str = "", level: int = 0):
        self.kind = kind
        self.label = label
        self.line = line
        self.items = items  #: lines and groups
        self.owner = owner  #: where the object whose method it is stands among the arguments
        self.level = level  #: how many calls deep the code is in which it is written
        self.results: list[Any] | None = None  #: see ExplainedRun.results
        self.iterations = len(items) if kind == "loop" else 0

    def lines(self) -> Iterator[Any]:
        """All steps inside, at every depth."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.lines()
            else:
                yield item

    def groups(self) -> Iterator[Group]:
        """All groups inside, at every depth."""
        for item in self.items:
            if isinstance(item, Group):
                yield item
                yield from item.groups()

    def matches(self, wanted: str) -> bool:
        """Is `wanted` the name, or the end of the name, of this group?"""
        names = (self.owner, self.label, f"line {self.line}" if self.kind == "line" else "")
        return any(n == wanted or n.endswith("." + wanted) or n.startswith(wanted + " ") for n in names if n)

    @property
    def title(self) -> str:
        """The label, of a loop with how often it ran."""
        return f"{self.label}, {self.iterations} iterations" if self.kind == "loop" else self.label

    def __repr__(self) -> str:
        return f"<{self.kind} {self.label!r}: {sum(1 for _ in self.lines())} steps>"


def arrange(
    lines: Sequence[Any],
    owner_path: Callable[[Any], str],
    users: Mapping[Any, Sequence[Any]],
    outputs: Collection[Any],
) -> Group:
    """All steps as one tree. A line has a `step`, its `calls` (see recording.py) and `primitive_name`.

    `users` are the steps that use a step, `outputs` those that the function returned.
    """
    inside = [line for line in lines if line.calls]
    outside = [line for line in lines if not line.calls]
    items = outside + (_Arranger(owner_path, users, outputs).body(inside, 0) if inside else [])
    items.sort(key=lambda item: first_line(item).position)
    return Group("call", "", 0, items)


class _Arranger:
    def __init__(self, owner_path: Callable[[Any], str], users: Any, outputs: Any):
        self.owner_path = owner_path
        self.users = users
        self.outputs = outputs

    def body(self, lines: Sequence[Any], level: int, within: Loop | None = None) -> list[Any]:
        """The items of one run through the code at `level`, inside of the loop `within` of it."""
        items: list[Any] = []
        k = 0
        while k < len(lines):
            code = lines[k].calls[level].code
            loop = self._loop(lines[k], level, within)
            run = [lines[k]]
            while k + len(run) < len(lines):
                after = lines[k + len(run)]
                if after.calls[level].code is not code or self._loop(after, level, within) != loop:
                    break
                if loop is None and after.calls[level].instruction != run[0].calls[level].instruction:
                    break
                run.append(after)
            k += len(run)
            items += self._loop_items(run, level, loop) if loop else self._call_items(run, level)
        return self._statements(items, level)

    def _statements(self, items: list[Any], level: int) -> list[Any]:
        """The same with the steps of one statement folded into its results."""
        found: list[Any] = []
        for key, run in groupby(items, lambda item: _statement_of(item, level)):
            together = list(run)
            found += together if key is None else self._rows(together, level)
        return found

    def _rows(self, lines: list[Any], level: int) -> list[Any]:
        """Steps of one statement, each put to the result that it is for; what is for several is a result."""
        inside = {line.step for line in lines}
        place: dict[Any, Any] = {}  # of each step, the result that it belongs to
        for line in reversed(lines):
            users = self.users.get(line.step, ())
            homes = {place[user] for user in users if user in inside}
            alone = (
                len(homes) == 1 and all(user in inside for user in users) and line.step not in self.outputs
            )
            place[line.step] = homes.pop() if alone else line.step
        rows: dict[Any, list[Any]] = {}
        for line in lines:
            rows.setdefault(place[line.step], []).append(line)
        call = lines[0].calls[level]
        label = text_of_statement(call.code, call.line)
        ordered = sorted(rows.values(), key=lambda row: row[-1].position)
        return [r[0] if len(r) == 1 else Group("line", label, call.line, r, level=level) for r in ordered]

    def _loop(self, line: Any, level: int, within: Loop | None) -> Loop | None:
        """The outermost loop around this place that lies inside of the loop `within`."""
        call = line.calls[level]
        around = [x for x in loops_of(call.code) if x[0] <= call.instruction <= x[1]]
        around = [x for x in around if call.line <= _last_line(call.code, x)]
        if within is not None:
            around = [x for x in around if x != within and within[0] <= x[0] and x[1] <= within[1]]
        return max(around, key=lambda x: x[1] - x[0], default=None)

    def _loop_items(self, lines: Sequence[Any], level: int, loop: Loop) -> list[Any]:
        code = lines[0].calls[level].code
        bodies = [self.body(run, level, loop) for run in self._iterations(lines, level, loop)]
        if len(bodies) == 1:
            return bodies[0]
        if (
            all(len(body) == 1 and isinstance(body[0], Group) for body in bodies)
            and bodies[0][0].kind != "line"
        ):
            calls = [body[0] for body in bodies]
            if len({c.label for c in calls}) == len(calls):  # a loop over layers: no loop is shown
                return calls
        at = _line_of(code, loop[0])
        if is_comprehension(code, loop):
            label = "comprehension"
        else:
            at, label = _heading(code, at, loops_of(code)[loop] is None)
        turns: list[Any] = [
            Group("iteration", f"iteration {n} of {len(bodies)}", at, body, level=level)
            for n, body in enumerate(bodies, start=1)
        ]
        return [Group("loop", label, at, turns, level=level)]

    def _iterations(self, lines: Sequence[Any], level: int, loop: Loop) -> list[list[Any]]:
        runs: list[list[Any]] = [[]]
        told = any(_turned(a, b, level, loop) for a, b in pairwise(lines))  # do loop variables change?
        before, last = -1, None
        for line in lines:
            inner = self._loop(line, level, loop)
            place = inner[0] if inner else line.calls[level].instruction
            again = place < before
            if last is not None and not again:
                if told:
                    again = _turned(last, line, level, loop)
                elif inner is not None:
                    again = place == before and _begun_again(runs[-1], line, level, inner)
                else:
                    first = runs[-1][0]
                    again = _once(first, level) and _signature(line, level) == _signature(first, level)
                    # or the same instruction called something else, as a loop over layers does
                    again |= place == before and _other_call(last, line, level)
            if again:
                runs.append([])
            runs[-1].append(line)
            before, last = place, line
        return runs

    def _call_items(self, lines: Sequence[Any], level: int) -> list[Any]:
        """Steps of one instruction: single ones, or a call into more code of the user."""
        items: list[Any] = []
        deeper: list[Any] = []
        for line in [*lines, None]:
            nested = line is not None and len(line.calls) > level + 1
            if nested and not (deeper and _other_call(deeper[-1], line, level)):
                deeper.append(line)
                continue
            if deeper:
                items += self._call(deeper, level)
                deeper = [line] if nested else []
            if line is not None and not nested:
                items.append(line)
        return items

    def _call(self, lines: Sequence[Any], level: int) -> list[Any]:
        items = self.body(lines, level + 1)
        call, caller = lines[0].calls[level + 1], lines[0].calls[level]
        owner = self.owner_path(call.owner) if call.owner is not None else ""
        name = call.code.co_name
        if name in COMPREHENSIONS or (len(lines) == 1 and not owner):
            return items
        label = {"<lambda>": "lambda", "forward": "", "__call__": ""}.get(name, name)
        if call.owner is not None:
            kind = type(call.owner).__name__
            label = " ".join(x for x in (owner, kind if not label else f"{kind}.{label}") if x)
        elif not label or label == "lambda":
            label = expression(caller.code, caller.line, caller.instruction) or "lambda"
        return [Group("call", label, caller.line, items, owner, level)]


def _statement_of(item: Any, level: int) -> Any:
    """What tells a statement that is running from others; nothing for a group."""
    if isinstance(item, Group):
        return None
    call = item.calls[level]
    return call.frame, statement(call.code, call.line)


def first_line(item: Any) -> Any:
    """The first step of an item."""
    return next(item.lines()) if isinstance(item, Group) else item


def _other_call(before: Any, line: Any, level: int) -> bool:
    """Was something else called at this level than for the line before: other code, another object?

    A comprehension that runs again is something else, too; a function that is called again is not.
    """
    if len(before.calls) <= level + 1 or len(line.calls) <= level + 1:
        return len(before.calls) != len(line.calls)
    a, b = before.calls[level + 1], line.calls[level + 1]
    if a.code is b.code and a.code.co_name in COMPREHENSIONS:
        return a.frame != b.frame
    return a.code is not b.code or a.owner is not b.owner


def _turned(before: Any, line: Any, level: int, loop: Loop) -> bool:
    """Are the loop variables bound to other objects than for the line before?

    A step that fetches the next element (a row of a traced array) is made before they are bound.
    """
    a, b = before.calls[level], line.calls[level]
    if any(loop[0] <= place.instruction <= loop[0] + 2 for place in (a, b)):  # it may stand at a cache
        return False
    return any(x is not y for x, y in zip(a.turns.get(loop, ()), b.turns.get(loop, ()), strict=True))


def _begun_again(run: Sequence[Any], line: Any, level: int, inner: Loop) -> bool:
    """Is the loop `inner`, in which `run` ends, in its first iteration again after later ones?"""
    same = [before for before in run if inner in before.calls[level].turns]
    first = next(iter(same), None)
    return (
        first is not None and _turned(same[-1], line, level, inner) and not _turned(first, line, level, inner)
    )


def _once(line: Any, level: int) -> bool:
    """Does this step occur once in a call made at `level`, as it is in no loop further inside?"""
    return not any(
        start <= call.instruction <= end
        for call in line.calls[level + 1 :]
        for start, end in loops_of(call.code)
    )


def _signature(line: Any, level: int) -> tuple[Any, ...]:
    return (line.primitive_name, *[c.instruction for c in line.calls[level:]])


def _heading(code: CodeType, line: int, is_while: bool) -> tuple[int, str]:
    """The line with the ``for`` or ``while`` of a loop that begins near `line`, and its text."""
    word = "while " if is_while else "for "
    for at in range(line, max(code.co_firstlineno - 1, line - 50), -1):
        text = text_of_line(code, at)
        if text.startswith(word):
            return at, text.rstrip(":")
    return line, text_of_line(code, line) or f"loop on line {line}"


@cache
def _last_line(code: CodeType, loop: Loop) -> float:
    """The last line of a loop. What follows a ``break`` may have been compiled into the loop."""
    if is_comprehension(code, loop):
        return inf
    at, _ = _heading(code, _line_of(code, loop[0]), loops_of(code)[loop] is None)
    return last_of_loop(code, at) or inf


def _line_of(code: CodeType, offset: int) -> int:
    """The line on which the loop that begins at this instruction is written."""
    line = code.co_firstlineno
    for start, _, number in code.co_lines():
        if start <= offset and number is not None:
            line = number
    return line
