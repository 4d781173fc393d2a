"""Training steps by compiled programs: the loss and its gradient by one, and then the update, in place.

The update is that of :func:`~fluxbridge.flux.update_`. What it would find out in every step, which leaf of
the state goes with which array and gradient, is found out once for a program and a state.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from operator import is_
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.template import Record
from ..compiled import training
from .optimisers.step import update_
from .optimisers.stepping import take_steps
from .optimisers.ties import memory
from .optimisers.tree import Entry, Leaf, match, other_shape


class Place(NamedTuple):
    """One parameter: the number of its leaf in the state, and its place among the leaves of the model."""

    number: int
    place: int
    path: Any


class Known:
    """What is known about one state: the model that it was found to belong to, and programs of its steps."""

    def __init__(self, leaves: list[Leaf]):
        self.first = weakref.ref(leaves[0])
        self.others = leaves[1:]
        self.model: Callable[[], Any] = _nothing
        self.places: dict[int, tuple[training.Program, list[Place] | None]] = {}

    def check(self, state: Any, model: Any) -> None:
        """Raise StructureError if the state belongs to another model than that it was checked with."""
        if self.model() is not model:
            match(state, model, None)
            try:
                self.model = weakref.ref(model)
            except TypeError:  # a dict, a tuple
                self.model = _nothing

    def is_about(self, leaves: list[Leaf]) -> bool:
        """Is this what is known about the state with these leaves?"""
        others = leaves[1:]
        alike = len(others) == len(self.others) and all(map(is_, others, self.others))
        return alike and self.first() is leaves[0]

    def entries(
        self, found: training.Found, leaves: list[Leaf], state: Any, model: Any
    ) -> list[Entry] | None:
        """The steps to be taken; None if that is not so simple."""
        program = found.program
        kept = self.places.get(id(program))
        if kept is None or kept[0] is not program:
            if len(self.places) >= _PROGRAMS:
                self.places.clear()
            kept = self.places[id(program)] = program, places(program, leaves, state, model)
        if kept[1] is None:
            return None
        if any(leaf.rule.exchange is not None for leaf in leaves):
            return None  # gradients of other processes are added first
        made = []
        for number, place, path in kept[1]:
            leaf, gradient, x = leaves[number], found.gradients[place], found.parameters[place]
            if gradient is not None and not leaf.frozen:
                if not x.flags.writeable or other_shape(leaf.state, x.shape) is not None:
                    return None
                entry = Entry(leaf, x, path)
                entry.gradients = [gradient]
                made.append(entry)
        return made


_PROGRAMS = 32  #: of which a state knows its places


def _nothing() -> None:
    """In place of a reference to a model that there can be none to."""


class States:
    """What is known about states, by their first leaf, as long as that lives."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}

    def of(self, leaves: list[Leaf], state: Any, model: Any) -> Known:
        """What is known about a state, which is checked to belong to the model."""
        first = leaves[0]
        key = id(first)
        known = self.known.get(key)
        if known is None or not known.is_about(leaves):
            if known is None:
                weakref.finalize(first, self.known.pop, key, None)
            known = self.known[key] = Known(leaves)
        known.check(state, model)
        return known


STATES = States()


def flat(state: Any, found: list[Leaf]) -> list[Leaf]:
    """The leaves of a state, as :func:`.optimisers.tree.leaves` gives them, but faster."""
    kind = type(state)
    if kind is Record:
        state = state._fields.values()
    elif kind is dict:
        state = state.values()
    for node in state if kind is not Leaf else (state,):
        if type(node) is Leaf:
            found.append(node)
        elif node:
            flat(node, found)
    return found


def places(program: training.Program, leaves: list[Leaf], state: Any, model: Any) -> list[Place] | None:
    """Where the arrays and gradients of a state's parameters are among the leaves of the program.

    None if a gradient is a sum (of tied arrays), or is cast, so that the update has to find it itself.
    """
    marks = [f and np.broadcast_to(np.zeros((), f[1]), f[0]) for f in program.forms]
    of_mark = {id(mark): k for k, mark in enumerate(marks) if mark is not None}
    of_leaf = {id(leaf): k for k, leaf in enumerate(leaves)}
    found = []
    for entry in match(state, model, program.structure(marks)):
        if entry.gradients is not None:
            place = of_mark.get(id(entry.gradients[0]))
            if place is None:
                return None
            found.append(Place(of_leaf[id(entry.leaf)], place, entry.path))
    return found


def compiled_step(
    loss: Callable[..., Any], f: Callable[..., Any], model: Any, state: Any, returns: bool,
    eager: Callable[[], tuple[Any, Any]],
) -> tuple[Any, Any]:  # fmt: skip
    """(loss, gradient) of one step, after the update; `f` gives the loss of the model alone.

    The gradient is None unless it `returns`. Where there is no program, `eager` takes the step.
    """
    leaves = flat(state, [])
    if not leaves or all(leaf.frozen for leaf in leaves):
        return eager()
    known = STATES.of(leaves, state, model)
    frozen = tuple([leaf.frozen for leaf in leaves])
    which = frozen if any(frozen) and not returns else returns

    def wanted() -> Callable[[Any], bool]:
        trained = {memory(e.array) for e in match(state, model, None) if not e.leaf.frozen}
        return lambda x: returns or (isinstance(x, np.ndarray) and memory(x) in trained)

    reuse = not returns and not any(leaf.rule.keeps_gradient for leaf in leaves)
    found = training.step(f, loss, model, which, wanted, reuse, eager)
    if type(found) is not training.Found:
        return found
    entries = known.entries(found, leaves, state, model)
    if entries is None:
        update_(state, model, found.structure())
    else:
        take_steps(entries)
    if returns:
        return found.value, found.structure()
    found.give_back()
    return found.value, None
