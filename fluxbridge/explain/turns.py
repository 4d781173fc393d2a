"""The loops in a code object, and in which iteration of them a step was recorded."""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import takewhile
from types import CodeType
from typing import Any, NamedTuple

from ..recording import Recording, is_hidden, is_outermost

Loop = tuple[int, int]  #: first and last instruction


class Place(NamedTuple):
    """One entry of a stack, as :class:`~fluxbridge.recording.Call`, with the iterations of its loops.

    `frame` is the id of the frame; `turns` has, for each loop around the instruction, the objects that the
    loop variables are bound to, which are others in each iteration.
    """

    code: Any
    line: int
    instruction: int
    owner: Any  #: the object whose method this is, None for a function
    frame: int
    turns: dict[Loop, tuple[Any, ...]]


class TurnRecording(Recording):
    """A Recording that stores a :class:`Place` for each frame."""

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any]):
        self._frames: dict[int, Any] = {}  # keeps frames alive, or another one could have the same id
        super().__init__(f, xs)

    def _stack(self) -> Any:
        places = []
        frame: Any = sys._getframe(2)
        while frame is not None and not is_outermost(frame):
            code = frame.f_code
            if not is_hidden(code):
                self._frames.setdefault(id(frame), frame)
                names, local = code.co_varnames[: code.co_argcount], frame.f_locals
                owner = local.get("self") if names[:1] == ("self",) else None
                turns = {
                    loop: tuple([local.get(n, frame.f_globals.get(n)) for n in variables])
                    for loop, variables in loops_of(code).items()
                    if variables and loop[0] <= frame.f_lasti <= loop[1]
                }
                places.append(Place(code, frame.f_lineno, frame.f_lasti, owner, id(frame), turns))
            frame = frame.f_back
        return tuple(reversed(places))

    def _finished(self) -> None:
        self._frames.clear()


@cache
def loops_of(code: CodeType) -> dict[Loop, tuple[str, ...] | None]:
    """The loops of a code object, found by backward jumps, and their loop variables.

    These are the targets of a ``for``; none if the body binds one of them, too; None for a ``while``.
    """
    instructions = list(dis.get_instructions(code))
    ends: dict[int, int] = {}
    for i in instructions:
        if (i.opcode in dis.hasjrel or i.opcode in dis.hasjabs) and i.argval < i.offset:
            ends[i.argval] = max(ends.get(i.argval, 0), i.offset)
    return {loop: _variables(instructions, loop) for loop in sorted(ends.items())}


def _variables(instructions: list[Any], loop: Loop) -> tuple[str, ...] | None:
    inside = [i for i in instructions if loop[0] <= i.offset <= loop[1]]
    if not inside or inside[0].opname != "FOR_ITER":
        return None
    head = list(takewhile(lambda i: i.opname.startswith(("STORE_", "UNPACK_", "EXTENDED_ARG")), inside[1:]))
    targets = [name for i in head for name in _stored(i)]
    later = {name for i in inside[1 + len(head) :] for name in _stored(i)}
    return () if later & set(targets) else tuple(targets)


def _stored(instruction: Any) -> tuple[str, ...]:
    """The names that an instruction binds (some bind or load two at once)."""
    name, names = instruction.opname, instruction.argval
    if not name.startswith(("STORE_FAST", "STORE_DEREF", "STORE_NAME", "STORE_GLOBAL")):
        return ()
    if isinstance(names, str):
        return (names,)
    return tuple(names[:1]) if "LOAD" in name else tuple(names)
