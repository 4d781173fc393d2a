"""Functions of NumPy and calls with a rule of their own, as one step of a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from ..autodiff.inplace import given_out
from ..autodiff.primitive import FUNCTIONS, NO_DERIVATIVE, PRIMITIVES, Primitive, Tracer, plain, strong
from ..autodiff.tracer import TracedArray
from ..autodiff.tracing import each
from ..recording import Choice, Step
from ..recording.recording import RecordedScalar
from .calls import Apart, Called, Hole, forms, is_float, is_whole, opened, primitive_of, ruled
from .captured import Captured


def the_value(x: Any) -> Any:
    """A question of its own: what is the value?"""
    return x


def _is_function(x: Any) -> bool:
    """Is this, or a member of it, a function, which may look at values by itself?"""
    if isinstance(x, (list, tuple)):
        return any(map(_is_function, x))
    return callable(x) and not isinstance(x, (type, Tracer, np.ufunc))


def itself(x: Any) -> Any:
    return x


class Looked(BaseException):
    """Ends a call of a function whose rule looks at values."""


class Attempts:
    """What a :class:`~.trace.Trace` does with them.

    A function of NumPy is run as its rule says. If the rule looks at a value on the way, what it did is
    forgotten, and the function becomes one step that is called in every run.
    """

    stop: Callable[[str], NoReturn]
    steps: list[Step]
    choices: list[Choice]
    memory: Any
    strong: dict[int, tuple[bool, ...]]
    looked: set[int]
    watching: bool
    in_f: bool
    masks: bool
    training: bool
    beside: Callable[..., Any]
    failed: Callable[[Iterable[Any]], None]
    _wrap: Callable[..., Any]
    _step: Callable[..., Step]
    _stack: Callable[[], Any]
    _kept: Callable[[Any], Any]

    def __init__(self) -> None:
        self.attempts: list[bool] = []  #: may the functions of NumPy that run be called as one step?
        self.calls: dict[int, Called] = {}  #: the steps that are calls
        self.objects: dict[int, Any] = {}  #: stand-ins for objects that the program finds, by id
        self.guarded: list[Any] = []  #: functions and objects that calls refer to
        self.handed_out: list[Any] = []  #: kept, as the memory of what they were made of must not change
        self.bare: set[int] = set()  #: steps that are parts of results, and no floats
        self.cut: set[int] = set()  #: steps, and leaves outside, that have no derivative
        self.on: list[bool] = []  #: has a step a derivative?

    def may_attempt(self, function: Any, args: Sequence[Any], options: dict[str, Any]) -> bool:
        """May the call be one step, if its rule looks at values? Not with functions of the user's in it."""
        if not self.watching or not self.in_f or function in _IN_PLACE or options.get("out") is not None:
            return False
        if function in NO_DERIVATIVE and function not in FUNCTIONS:
            return False
        return not any(_is_function(x) for x in (*args, *options.values()))

    def attempt(
        self, function: Any, args: Sequence[Any], options: dict[str, Any], usual: Callable[[], Any]
    ) -> Any:
        """What a function of NumPy gives: its steps, or one step if its rule looks at values."""
        if function not in _LOOKING:
            mark = len(self.steps), len(self.choices)
            self.attempts.append(True)
            try:
                return usual()
            except Looked:
                self._forget(*mark)
            finally:
                self.attempts.pop()
        try:
            found = self.call(function, args, options)
            if not any(
                isinstance(x, Tracer) and is_whole(plain(x)) for x in each((*args, *options.values()))
            ):
                _LOOKING.add(function)  # else it may have been a whole number, taken as an option
            return found
        except Apart:
            self.attempts.append(False)
            try:
                return usual()
            finally:
                self.attempts.pop()

    def _forget(self, steps: int, choices: int) -> None:
        """Go back to where there were so many steps and choices."""
        if self.memory.changed:
            self.stop("a function changes what it was given")
        for stand_in in self.objects.values():
            if stand_in.place is not None and stand_in.place >= steps:
                stand_in.place = None
        del self.steps[steps:], self.choices[choices:], self.on[steps:]
        for found in (self.strong, self.calls):
            for position in [p for p in found if p >= steps]:
                del found[position]
        self.looked = {p for p in self.looked if p < steps}
        self.cut = {p for p in self.cut if p < steps}

    def call(self, function: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """``function(*args, **options)`` as one step."""
        inputs: list[Any] = []
        holed = opened(tuple(args), self, inputs), opened(options, self, inputs)
        call = Called(function, *holed, [self.on[t.step.position] for t in inputs], self.training)
        watching, self.watching = self.watching, False
        try:
            y = call.first([strong(t._value, t.__class__) for t in inputs])
        except Exception:
            self.failed(inputs)
            raise
        finally:
            self.watching = watching
        return self._call(call, primitive_of(function), y, inputs, {"args": holed[0], "options": holed[1]})

    def _call(
        self, call: Called, primitive: Primitive, y: Any, inputs: Sequence[Any], options: dict[str, Any]
    ) -> Any:
        place = len(self.steps)
        self.calls[place] = call
        call.wanted = call.wanted or (forms(y), ())
        self.strong[place] = tuple([isinstance(t, RecordedScalar) for t in inputs])
        if not any(call.gives):
            self.cut.add(place)
        steps, calls = tuple([t.step for t in inputs]), self._stack()
        if not isinstance(y, tuple) or all(map(is_float, y)):
            return self._wrap(primitive, y, steps, options, calls)
        whole = self._step(primitive, steps, options, y, calls)
        parts = []
        for k, part in enumerate(y):  # whole numbers count as answers to a question
            if is_float(part):
                parts.append(self._wrap(PRIMITIVES["getitem"], part, (whole,), {"index": k}, calls))
            else:
                step = self._step(PRIMITIVES["getitem"], (whole,), {"index": k}, part, calls)
                self.bare.add(step.position)
                self.choices.append(Choice(the_value, (step,), {}, self._kept(part), len(self.steps), calls))
                parts.append(part)
        return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)

    def ignored(self, x: Any, plainly: Callable[[], Any]) -> Any:
        """`x` without its derivative: a step, or where steps will not do its value."""
        if not self.masks or not self.watching:
            return plainly()
        found = self.beside(itself, (x,), {})
        if isinstance(x, TracedArray):
            given_out(x, found)
            self.handed_out.append(found)
        return found

    def note(self, primitive: Primitive, y: Any, inputs: Iterable[Any]) -> Any:
        """A call with a rule of its own: it is called with that rule in every run."""
        again = primitive.again
        parts = y if isinstance(y, tuple) else (y,)
        try:
            if again is None or not all(map(is_float, parts)):
                raise Apart
            held = Captured(again)  # type: ignore[arg-type]
        except Apart:
            self.stop(f"{primitive.name} has a rule of its own")
        self.guarded += held.guarded
        inputs = list(inputs)
        holes = tuple([Hole(k) for k in range(len(inputs))])
        call = Called(again, holes, {}, [self.on[t.step.position] for t in inputs], self.training)
        made = ruled(primitive.name, primitive.where)
        return self._call(call, made, y, inputs, {"holds": held.constants})


#: Functions whose rules have been seen to look at values.
_LOOKING: set[Any] = set()
_IN_PLACE = {np.copyto, np.put, np.putmask, np.place, np.fill_diagonal, np.put_along_axis}
