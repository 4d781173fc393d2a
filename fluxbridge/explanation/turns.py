"""The loops in a code object, in which iteration of them a step was recorded, and what variables held it."""

from __future__ import annotations

import dis
import inspect
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import takewhile
from types import CodeType
from typing import Any, NamedTuple

from ..recording import Recording, Step, is_hidden, is_outermost
from ..recording.sources import is_users
from .held import Held

RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
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
    """A Recording that stores a :class:`Place` for each frame, and the names that were seen (`held`)."""

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any]):
        # frames are kept alive, or another one could have the same id
        self._frames: dict[int, tuple[Any, int]] = {}
        self._before: dict[int, tuple[int, int, Place]] = {}
        self.held = Held(self._step_behind, self._constant_behind)
        self.held_back: list[Step] = []  #: what ignore_derivatives was called with
        super().__init__(f, xs)

    def _stack(self) -> Any:
        frames = []
        frame: Any = sys._getframe(2)
        while frame is not None and not is_outermost(frame):
            if not is_hidden(frame.f_code):
                frames.append(frame)
            frame = frame.f_back
        places = []
        inner = 0
        for depth, frame in enumerate(frames):  # from the inside out
            # a frame in which the same call runs as before has not moved; a generator may have
            before = self._before.get(id(frame))
            resumed = inner and frames[depth - 1].f_code.co_flags & RESUMED
            if before is None or not inner or resumed or before[:2] != (frame.f_lasti, inner):
                place = self._place(frame, len(frames) - 1 - depth)
                before = self._before[id(frame)] = (frame.f_lasti, inner, place)
            places.append(before[2])
            inner = id(frame)
        return tuple(reversed(places))

    def _place(self, frame: Any, depth: int) -> Place:
        self._frames.setdefault(id(frame), (frame, depth))
        code, local = frame.f_code, frame.f_locals
        if is_users(code.co_filename):
            self.held.look(frame, local, depth)
        owner = local.get("self") if code.co_varnames[: min(code.co_argcount, 1)] == ("self",) else None
        turns = {
            loop: tuple([local.get(n, frame.f_globals.get(n)) for n in variables])
            for loop, variables in loops_of(code).items()
            if variables and loop[0] <= frame.f_lasti <= loop[1]
        }
        return Place(code, frame.f_lineno, frame.f_lasti, owner, id(frame), turns)

    def note_ignored(self, x: Any) -> None:
        """Note that ignore_derivatives was called with a tracer of this level."""
        self.held_back.append(x.step)

    def _step_behind(self, x: Any) -> Any:
        step = self._behind(x)
        return step if isinstance(step, Step) and not step.is_argument else None

    def _constant_behind(self, x: Any) -> Any:
        """What the recording keeps of an array that a step used."""
        known = self._copies.get(id(x))
        return known[1] if known is not None else x if not x.flags.writeable else None

    def _finished(self) -> None:
        for frame, depth in self._frames.values():
            if is_users(frame.f_code.co_filename):
                self.held.look(frame, frame.f_locals, depth, last=True)
        self._frames.clear()
        self._before.clear()


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


COMPREHENSIONS = {"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"}
_COLLECTS = {"LIST_APPEND", "SET_ADD", "MAP_ADD"}


@cache
def is_comprehension(code: CodeType, loop: Loop) -> bool:
    """Is this the loop of a comprehension? Since Python 3.12 it stands in the code around it."""
    if code.co_name in COMPREHENSIONS:
        return True
    inner = [x for x in loops_of(code) if x != loop and loop[0] <= x[0] and x[1] <= loop[1]]
    return any(
        i.opname in _COLLECTS and not any(a <= i.offset <= b for a, b in inner)
        for i in dis.get_instructions(code)
        if loop[0] <= i.offset <= loop[1]
    )


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
