"""Which variables hold which steps, seen while the function runs.

A step gets the name of a variable only because the variable was seen to hold its value: the frames of the
function are looked at whenever a step is recorded, and once more when all have ended. No source is read.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.tracing import Tracer
from ..recording import Step

ASSIGNED, PARAMETER, ELEMENT = range(3)  #: from the best name to the weakest
MANY = 1000  #: elements of a container that are looked at


class Sighting(NamedTuple):
    """A variable that held a value: an assignment, outermost, is the best one."""

    rank: int
    depth: int
    name: str


class Held:
    """The best name seen for each step and for each array that is no step."""

    def __init__(self, step_of: Callable[[Any], Any], constant_of: Callable[[Any], Any]):
        self.steps: dict[Step, Sighting] = {}
        #: By the id of what the recording keeps of an array, with that array.
        self.constants: dict[int, tuple[Sighting, Any]] = {}
        self._step_of = step_of
        self._constant_of = constant_of
        self._known: dict[int, dict[str, Any]] = {}

    def look(self, frame: Any, local: Any, depth: int, last: bool = False) -> None:
        """Note what the variables of a frame hold; `last` if it has ended."""
        begins = id(frame) not in self._known
        known = self._known.setdefault(id(frame), {})
        code = frame.f_code
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if begins else ()
        for name, x in local.items():
            if isinstance(x, Tracer):
                self._saw(known, x, PARAMETER if name in parameters else ASSIGNED, depth, name)
            elif isinstance(x, (list, tuple, dict)):
                self._inside(known, x, depth, name, last)
            elif isinstance(x, np.ndarray):
                self._saw_array(x, ASSIGNED, depth, name)
        for path in stored_attributes(code):
            x = _at(local, path)
            if isinstance(x, Tracer):
                self._saw(known, x, ASSIGNED, depth, ".".join(path))
        for name in stored_globals(code):
            if isinstance(x := frame.f_globals.get(name), Tracer):
                self._saw(known, x, ASSIGNED, depth, name)
        for name in code.co_names if last else ():
            if isinstance(x := frame.f_globals.get(name), np.ndarray):
                self._saw_array(x, ASSIGNED, depth, name)

    def _saw(self, known: dict[str, Any], x: Any, rank: int, depth: int, name: str) -> None:
        step = self._step_of(x)
        if step is None or known.get(name) is step or not name.isprintable() or name.startswith("."):
            return
        known[name] = step
        before = self.steps.get(step)
        if before is None or (rank, depth) < before[:2]:
            self.steps[step] = Sighting(rank, depth, name)

    def _saw_array(self, x: Any, rank: int, depth: int, name: str) -> None:
        kept = self._constant_of(x)
        if kept is not None:
            before = self.constants.get(id(kept))
            if before is None or (rank, depth) < before[0][:2]:
                self.constants[id(kept)] = Sighting(rank, depth, name), kept

    def _inside(self, known: dict[str, Any], x: Any, depth: int, name: str, last: bool) -> None:
        """The elements of a container, when it is bound, where it grew, and at the end."""
        place = name + "[]"
        before, size = known.get(place, (None, 0))
        if not last and before is x and size == len(x):
            return
        known[place] = x, len(x)
        grown = not last and before is x and isinstance(x, list)
        for key, element in _elements(x, size if grown else 0):
            if isinstance(element, Tracer):
                self._saw(known, element, ELEMENT, depth, f"{name}[{key!r}]")
            elif isinstance(element, np.ndarray):
                self._saw_array(element, ELEMENT, depth, f"{name}[{key!r}]")


def _elements(x: Any, start: int) -> Iterator[tuple[Any, Any]]:
    if isinstance(x, dict):
        pairs = list(x.items())[:MANY]
        return ((k, v) for k, v in pairs if isinstance(k, (str, int)))
    return iter([(k, x[k]) for k in range(start, min(len(x), MANY))])


def _at(local: Any, path: tuple[str, ...]) -> Any:
    """What stands at ``self.layer.h``, without running code of the user."""
    x = local.get(path[0])
    for name in path[1:]:
        try:
            x = object.__getattribute__(x, "__dict__")[name]
        except (AttributeError, KeyError):
            slot = next((vars(t)[name] for t in type(x).__mro__ if name in vars(t)), None)
            if type(slot).__name__ != "member_descriptor":
                return None
            try:
                x = slot.__get__(x)  # type: ignore[union-attr]
            except AttributeError:
                return None
    return x


@cache
def stored_globals(code: CodeType) -> tuple[str, ...]:
    """The global variables that a code assigns."""
    stores = ("STORE_GLOBAL", "STORE_NAME")
    return tuple(dict.fromkeys(i.argval for i in dis.get_instructions(code) if i.opname in stores))


@cache
def stored_attributes(code: CodeType) -> tuple[tuple[str, ...], ...]:
    """The attributes of variables that a code assigns: ``("self", "h")``."""
    found: dict[tuple[str, ...], None] = {}
    path: tuple[str, ...] = ()
    for i in dis.get_instructions(code):
        if i.opname in ("LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK"):
            path = (i.argval,)
        elif i.opname == "LOAD_ATTR" and path:
            path = (*path, i.argval)
        elif i.opname in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW", "STORE_FAST_LOAD_FAST"):
            path = (i.argval[1],)
        else:
            if i.opname == "STORE_ATTR" and path:
                stored = (*path, i.argval)
                found[stored] = None
            path = path if i.opname in ("COPY", "SWAP", "CACHE", "EXTENDED_ARG") else ()
    return tuple(found)
