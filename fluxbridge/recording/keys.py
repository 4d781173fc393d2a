"""The key of a recorded run, under which a reader caches what it made of the run.

The rule: *everything in a recording that can change belongs in the key by content, except what the reader
takes from each run.* In detail:

* A step: its primitive, its inputs (by position), its options and the type, shape and dtype of its value.
  The value itself is computed anew.
* An option (an axis, an index, a dtype, a flag), text, None and booleans: by content. What Python or NumPy
  compares as equal is told apart: ``1``, ``1.0``, ``True`` and ``np.float32(1)``; ``0.0`` and ``-0.0``; a
  tuple and a list; the order of a dict. An object of another kind counts by identity and by its fields, and
  the key holds it, so that no other object gets its identity.
* A constant that is a number or an array, and an array of one axis or more in an option: a *hole*. The key
  has its type, shape and dtype, and which holes are the same array. Its content is not in the key, so whoever
  reuses something compares the content (`content`), or passes the present value (`holes`).
* The answer to a question that is an input of a step (a mask in ``np.where(x > 0, …)``): by the question, its
  inputs and options, if the reader asks it again; else it is a constant. An answer that was changed after it
  was given is a constant, too, and so is an array that happens to be equal to one.
* The structure of the arguments, and that of the result, whose other numbers and arrays are holes.

A reader that is given nothing but the key and the content of some holes writes the same for every run with
that key and content.
"""

from __future__ import annotations

import numbers
import struct
import types
from collections.abc import Callable, Hashable
from enum import Enum
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer, plain
from ..autodiff.structure import Splitter
from ..autodiff.template import Branch
from .recording import Recording
from .steps import Choice, Step


class Same:
    """An object that is equal to itself only; it is kept, so that no other object gets its identity."""

    __slots__ = ("x",)

    def __init__(self, x: Any):
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.x is other.x

    def __hash__(self) -> int:
        return id(self.x)


# ---------------------------------------------------------------------------------------------
# Content
# ---------------------------------------------------------------------------------------------

#: Types whose values are equal only if nothing tells them apart.
_EXACT = (int, bool, str, bytes, type(None), type(Ellipsis), type(NotImplemented))


def content(x: Any) -> Hashable:
    """The content of a value as a key: equal only for values that cannot be told apart.

    >>> content(1) == content(1.0), content(0.0) == content(-0.0), content((1, 2)) == content([1, 2])
    (False, False, False)
    >>> content(np.arange(3)) == content(np.arange(3)), content(float("nan")) == content(float("nan"))
    (True, True)
    """
    kind = type(x)
    if kind in _EXACT:
        return kind, x
    if kind is float:
        return kind, struct.pack("d", x)
    if isinstance(x, Tracer):
        return Same(x)
    if kind is complex:
        return kind, struct.pack("dd", x.real, x.imag)
    if isinstance(x, np.ndarray):
        return kind, x.dtype.str, x.shape, _elements(x)
    if isinstance(x, np.generic):
        return kind, x.dtype.str, _elements(np.asarray(x))
    if isinstance(x, (tuple, list)):
        return (kind, *map(content, x))
    if isinstance(x, dict):
        return (kind, *[(content(k), content(v)) for k, v in x.items()])
    if isinstance(x, (set, frozenset)):
        return kind, frozenset(map(content, x))
    if kind is slice:
        return kind, content(x.start), content(x.stop), content(x.step)
    if kind is range:
        return kind, x.start, x.stop, x.step
    if isinstance(x, np.dtype):
        return np.dtype, x.str, str(x)
    if isinstance(x, (type, types.FunctionType, types.BuiltinFunctionType, np.ufunc, types.ModuleType, Enum)):
        return Same(x)
    if isinstance(x, types.MethodType):
        return kind, Same(x.__self__), Same(x.__func__)
    if isinstance(x, numbers.Number):
        return kind, repr(x)
    return Same(x), tuple([(k, _field(v)) for k, v in getattr(x, "__dict__", {}).items()])


def _field(x: Any) -> Hashable:
    """The content of a field; other objects count by identity, as their fields may refer back."""
    return Same(x) if hasattr(x, "__dict__") and not isinstance(x, (np.ndarray, np.generic)) else content(x)


def _elements(x: np.ndarray) -> Hashable:
    return tuple(map(content, x.ravel().tolist())) if x.dtype.hasobject else x.tobytes()


def kind_of(x: Any) -> Any:
    """Type, shape and dtype of a value."""
    if isinstance(x, Tracer):
        return Tracer, kind_of(plain(x))
    kind = type(x)
    if isinstance(x, (np.ndarray, np.generic)):
        return kind, x.dtype.str, x.shape
    if isinstance(x, tuple):
        return (kind, *map(kind_of, x))
    return (kind, tuple(x.shape)) if hasattr(x, "shape") else kind


# ---------------------------------------------------------------------------------------------
# A run
# ---------------------------------------------------------------------------------------------

_INT64 = range(-(2**63), 2**63)


def is_hole(x: Any) -> bool:
    """Is this constant a number or an array, which may differ from run to run?"""
    if isinstance(x, (bool, np.bool_, str, bytes, type(None))):
        return False
    return type(x) is not int or x in _INT64  # larger integers have no dtype


class Described:
    """The key of a run, and its holes.

    `holes` are the values of the constants, in the order of `places`: where each of them stands, as
    ``("step", position, input)``, ``("asked", question, input)`` or ``("out", number)``. `arrays` are the
    positions of the steps with arrays in their options, `options` the keys of the options of each step, and
    `asked` the questions whose answers are inputs or options of steps.
    """

    def __init__(self, run: Recording, asks: Callable[[Choice], bool]):
        self.holes: list[Any] = []
        self.places: dict[tuple[str, int, int], int] = {}
        self.numbers: dict[int, int] = {}  #: id of an array -> its number among the arrays
        self.arrays: list[int] = []
        self.options: list[Hashable] = []
        self.asked: list[Choice] = []
        self._answers = {
            id(c.outcome): c
            for c in run.choices
            if isinstance(c.outcome, np.ndarray) and c.outcome.ndim and asks(c)
        }
        self._known: dict[int, int] = {}
        self._found = False
        steps = tuple([self._step(step) for step in run.steps])
        self._outputs = 0
        self.key = steps, self._out(run.out), tuple(map(_structure, run.templates))

    def _step(self, step: Step) -> Hashable:
        place = step.position
        inputs = tuple([self._input("step", place, k, x) for k, x in enumerate(step.inputs)])
        options: Hashable = ()
        if step.options:
            self._found = False
            options = self._option(step.options)
            if self._found:
                self.arrays.append(place)
        self.options.append(options)
        return step.primitive, inputs, options, kind_of(step.value)

    def _input(self, what: str, place: int, k: int, x: Any) -> Hashable:
        if isinstance(x, Step):
            return x.position
        if isinstance(x, np.ndarray) and id(x) in self._answers:
            return self._question(self._answers[id(x)])
        if not is_hole(x):
            return content(x)
        self.places[what, place, k] = len(self.holes)
        self.holes.append(x)
        if isinstance(x, np.ndarray) and x.ndim:
            return "hole", self._number(x), kind_of(x)
        return "hole", kind_of(x)

    def _number(self, x: np.ndarray) -> int:
        return self.numbers.setdefault(id(x), len(self.numbers))

    def _question(self, choice: Choice) -> Hashable:
        """A question whose answer is used; in full where it is used for the first time."""
        known = self._known.get(id(choice))
        if known is not None:
            return "asked", known
        number = self._known[id(choice)] = len(self.asked)
        self.asked.append(choice)
        inputs = tuple([self._input("asked", number, k, x) for k, x in enumerate(choice.inputs)])
        return "asked", choice.function, inputs, content(choice.options), kind_of(choice.outcome)

    def _option(self, x: Any) -> Hashable:
        if isinstance(x, np.ndarray) and x.ndim:
            self._found = True
            if id(x) in self._answers:
                return self._question(self._answers[id(x)])
            return "array", self._number(x), kind_of(x)
        if isinstance(x, (tuple, list)):
            return (type(x), *map(self._option, x))
        if isinstance(x, dict):
            return (type(x), *[(k, self._option(v)) for k, v in x.items()])
        return content(x)

    def _out(self, out: Any) -> Hashable:
        if isinstance(out, Step):
            return out.position
        if isinstance(out, (tuple, list)):
            return (type(out), *map(self._out, out))
        if isinstance(out, dict):
            return (type(out), *[(content(k), self._out(v)) for k, v in out.items()])
        if isinstance(out, (int, float, complex, np.generic, np.ndarray)):
            number = self._outputs
            self._outputs += 1
            return self._input("out", 0, number, out)
        steps: list[Step] = []
        Splitter(steps.append, lambda x: isinstance(x, Step)).split(out)
        return (type(out), *[s.position for s in steps])

    def is_answer(self, x: Any) -> bool:
        """Is this array the answer to a question that the reader asks again?"""
        return id(x) in self._answers

    def question(self, x: np.ndarray) -> tuple[int, Choice]:
        """The question that was answered with this array, and its number; it is the input of a step."""
        choice = self._answers[id(x)]
        return self._known[id(choice)], choice

    def hole(self, what: str, place: int, k: int) -> int | None:
        """The number of the hole at a place."""
        return self.places.get((what, place, k))


def describe(run: Recording, asks: Callable[[Choice], bool] = lambda choice: True) -> Described:
    """The key of a run, and its holes.

    `asks` says which questions the reader asks again, where their answers are arrays; the answers to the
    others are holes.

    >>> f = lambda x, p: np.sum(x**2) * p
    >>> one, other = (describe(Recording(lambda x: f(x, p), (np.ones(2),))) for p in (3.0, 4.0))
    >>> one.key == other.key, one.holes, other.holes
    (True, [2, 3.0], [2, 4.0])
    """
    return Described(run, asks)


def _structure(template: Any) -> Hashable:
    """The structure of an argument: its fields, in their order, and what has no number in it."""
    if not isinstance(template, Branch):
        return None if template is None else template.index
    children = [(content(k), _structure(child)) for k, child in template.children.items()]
    return (template.spelling, *children)
