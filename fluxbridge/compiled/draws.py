"""What a program does besides computing: it draws random numbers, and hands new values to objects.

Random numbers are drawn in the order in which the function draws them, from the generators that it finds;
what it assigns is assigned when everything has been computed. A program that does not apply after all puts
the states of the generators back, so the next one, or the engine, draws the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..autodiff.drawing import SHARED, is_generator, set_state, state_of
from ..autodiff.holders import put
from .refusals import CannotCompile
from .threads import others_run


def same_state(a: Any, b: Any) -> bool:
    """Are these states of generators the same?"""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same_state(v, b[k]) for k, v in a.items())
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else bool(a == b)


class Generators:
    """The generators that a function can draw from, while it is traced: what it draws goes through `draw`."""

    def __init__(self, found: Iterable[Any]):
        self.before = {id(g): (g, state_of(g)) for g in [*SHARED, *found]}
        self.now = {key: state for key, (_, state) in self.before.items()}
        self.meanwhile = False  # may another thread have drawn from a shared one?
        self.drawing = False  # is a number being drawn by `draw`?

    def draw(self, make: Callable[..., Any], generator: Any, args: tuple[Any, ...]) -> Any:
        if id(generator) not in self.before:
            raise CannotCompile(
                f"it draws random numbers from a {type(generator).__name__} that is not followed"
            )
        if not same_state(state_of(generator), self.now[id(generator)]):
            raise CannotCompile("it draws random numbers by itself")
        self.drawing = True
        try:
            return make(generator, *args)
        finally:
            self.drawing = False
            self.now[id(generator)] = state_of(generator)

    def put_back(self) -> bool:
        """Put the states back; has something been drawn that `draw` did not see?

        What another thread may have drawn from a shared generator is not taken back.
        """
        unseen, others = False, others_run()
        for key, (generator, state) in self.before.items():
            now = state_of(generator)
            if not same_state(now, self.now[key]):
                unseen = True
                if others and any(generator is shared for shared in SHARED):
                    self.meanwhile = True
                    continue
            if not same_state(now, state):
                set_state(generator, state)
        return unseen


class Doings:
    """What one run of a program does: the states of generators before, and what is to be assigned."""

    __slots__ = ("assignments", "states")

    def __init__(self) -> None:
        self.states: dict[int, Any] = {}
        self.assignments: list[tuple[Any, str, Any]] = []

    def assign(self, owner: Any, name: str, value: Any) -> None:
        self.assignments.append((owner, name, value))

    def done(self) -> None:
        for owner, name, value in self.assignments:
            put(owner, name, value)

    def undone(self) -> None:
        for generator, state in self.states.values():
            set_state(generator, state)


def draw(doings: Doings, make: Callable[..., Any], _number: int, generator: Any, *args: Any) -> Any:
    """Draw in a program, which notes the states before. `_number` tells a draw from others."""
    if id(generator) not in doings.states:
        doings.states[id(generator)] = generator, state_of(generator)
    return make(generator, *args)


def effective(run: Callable[..., Any], miss: Any, trial: bool = False) -> Callable[..., Any]:
    """``run(f, xs, doings)`` as ``run(f, xs)``: what it does counts if it gives a result and is no trial."""

    def program(f: Any, xs: Any) -> Any:
        doings = Doings()
        found = miss
        try:
            found = run(f, xs, doings)
        finally:
            if found is miss or trial:
                doings.undone()
        if found is not miss and not trial:
            doings.done()
        return found

    return program


__all__ = ["Doings", "Generators", "draw", "effective", "is_generator", "same_state"]
