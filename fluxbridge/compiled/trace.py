"""One run of a function, recorded so that nothing it depends on stays unseen.

A :class:`Trace` is a recording whose stand-ins notice when somebody looks at their values on the side
(see :mod:`.sites`): that becomes a question of the recording, whose answer is the value, so that a program
made of it applies only where the value is the same. Arrays that the function finds by itself are
leaves, too.
"""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..autodiff import native
from ..autodiff.elementwise import LOW
from ..autodiff.frames import engine_package
from ..autodiff.holders import contents, put
from ..autodiff.primitive import Primitive, Tracer, plain
from ..autodiff.reach import Rebuilder, Way
from ..autodiff.structure import take_apart
from ..autodiff.tape import LEAF
from ..autodiff.tracer import TracedArray
from ..autodiff.tracing import each
from ..recording import Call, Choice, Recording, Step
from ..recording.recording import RecordedArray, RecordedScalar
from .attempts import Attempts, Looked, the_value
from .draws import Generators
from .refusals import CannotCompile
from .sameness import same
from .watched import ANSWERS, BOOL, CLASSES, MASKS, SLOT, WatchedMask, WatchedScalar

engine_package(__package__)
_HERE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_NUMPY = os.path.dirname(np.__file__) + os.sep


class _Stopped(BaseException):
    """Ends a run past every ``except Exception`` of the user's."""


#: Functions that are followed as one step.
FOLLOWED: dict[Callable[..., Any], Primitive] = {}
#: Functions whose result counts as constant, as one step.
BESIDE: dict[Callable[..., Any], Primitive] = {}
OBJECT = Primitive("object", compute=lambda: None, vjps=())  #: one that the program finds
DRAW = Primitive("draw", compute=lambda *_, **__: None, vjps=())
_INT = np.dtype(int)


class Assigned(NamedTuple):
    """An attribute to which f gave a new value; `outside` if the object is none of the arguments."""

    owner: Any
    name: str
    step: Step
    outside: bool


class Given:
    """In a result: something that f was given, or has found, itself."""

    __slots__ = ("original",)

    def __init__(self, original: Any):
        self.original = original


class Trace(Attempts, Recording):
    """A run of ``f(*xs)``; the arrays `outside` are leaves after those of the arguments.

    `strong` says of every step which of its inputs are numbers of NumPy's, which do not adapt to float32.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        xs: Sequence[Any],
        outside: Sequence[np.ndarray] = (),
        masks: bool = True,
        generators: Generators | None = None,
        within: bool = False,
    ):
        Attempts.__init__(self)
        self.watching = False
        self.masks = masks  # are the answers of comparisons of each element steps?
        self.strong: dict[int, tuple[bool, ...]] = {}
        self.looked: set[int] = set()
        self.training = native.within_gradient()
        self.outside: list[Step] = []
        self.generators = generators
        self.drawn: dict[int, Any] = {}  #: the generators that steps drew from
        self.assigned: list[Assigned] = []
        self.rebuilder: Rebuilder | None = None
        self.in_f = False
        self.stopped: CannotCompile | None = None
        self.constant_bytes = 0
        self.scalars: set[int] = set()  #: the results that are NumPy's numbers

        def run(*stand_ins: Any) -> Any:
            if self.objects and take_apart(stand_ins, lambda x: id(x) in self.objects)[0]:
                raise CannotCompile("a one-hot array stands where it is not followed")
            called = f
            if outside and within:
                called, stand_ins = self._with_leaves((f, stand_ins), outside)
            elif outside:
                called = self._with_leaves(f, outside)
            self.watching = self.in_f = True
            try:
                out = called(*stand_ins)
            except _Stopped:
                raise self.stopped from None  # type: ignore[misc]
            finally:
                self.watching = self.in_f = False
            splitters = [self.memory.rebuilt, self.rebuilder]
            if self.memory.changed:
                raise CannotCompile("it changes what it was given")
            for splitter in splitters:
                for original, copy, made in splitter.changes() if splitter is not None else ():
                    self._assigned(original, copy, made, splitter is self.rebuilder)
            if self.stopped is not None:  # f caught what was raised
                raise self.stopped
            take_apart(out, self._is_result)
            self.given = {
                id(copy): original for s in splitters if s is not None for original, copy, _ in s.copies
            }
            return self._returned(out)

        Recording.__init__(self, run, xs)

    def _is_result(self, x: Any) -> bool:
        """Is this a traced value? Note those that are NumPy's numbers."""
        if isinstance(x, WatchedScalar) and x.level is self:
            self.scalars.add(x.step.position)
        return isinstance(x, Tracer)

    def _returned(self, x: Any) -> Any:
        """A result in which what was given, or found outside, stands for itself and not for our copy."""
        kind = type(x)
        if id(x) in self.given and not isinstance(x, Tracer):
            return Given(self.given[id(x)])
        if kind is list or kind is tuple:
            new: Any = kind([self._returned(v) for v in x])
        elif kind is dict:
            new = {k: self._returned(v) for k, v in x.items()}
        else:
            return x
        return new if any(a is not b for a, b in zip(_members(new), _members(x), strict=True)) else x

    def _with_leaves(self, f: Any, outside: Sequence[Any]) -> Any:
        """f, and what is given to it, rebuilt to meet stand-ins for the arrays."""
        targets = {id(array): array for array in outside}
        wanted = Way().to(targets, f)
        wanted -= {id(t) for t in take_apart(f, lambda x: isinstance(x, Tracer))[0]}  # which lead to us
        stand_ins = {}
        for key, array in targets.items():
            if hasattr(array, "observed"):
                stand_ins[key] = self.observed(array)
                continue
            stand_ins[key] = tracer = self._leaf(array)
            self.outside.append(tracer.step)
            self.cut.add(tracer.step.position)
            self.on[tracer.step.position] = False
        self.rebuilder = rebuilder = Rebuilder(stand_ins, wanted)
        return rebuilder.split(f)[0]

    # -- stand-ins that notice -----------------------------------------------------------------------

    def _wrap(self, primitive: Primitive, y: Any, inputs: tuple, options: dict, calls: tuple) -> Any:
        if isinstance(y, (bool, np.bool_)):  # nobody hears of it as of a question
            step = self._step(primitive, inputs, options, y, calls)
            self.choices.append(Choice(the_value, (step,), {}, y, len(self.steps), self._stack()))
            return y
        if hasattr(y, "observed"):
            stand_in = y.observed(self)
            stand_in.place = len(self.steps)
            self._step(primitive, inputs, options, y, calls)
            return stand_in
        made = super()._wrap(primitive, y, inputs, options, calls)
        kind = (
            WatchedMask
            if primitive in ANSWERS or (isinstance(made, RecordedArray) and y.dtype == BOOL)
            else CLASSES.get(type(made))
        )
        if kind is None:
            return made
        twin = object.__new__(kind)
        twin._value = SLOT.__get__(made)  # type: ignore[attr-defined]
        twin.level, twin.step = self, made.step  # type: ignore[attr-defined]
        if isinstance(y, np.ndarray) and primitive is not LEAF and y.nbytes > _LARGE:
            made.step.value = hollow(y)
        return twin

    def _enter(self, primitive: Primitive, y: Any, inputs: tuple[Any, ...], options: dict) -> Any:
        place = len(self.steps)
        made = super()._enter(primitive, y, inputs, options)
        self.strong[place] = tuple([isinstance(x, RecordedScalar) for x in inputs])
        return made

    # -- one-hot arrays and the like -----------------------------------------------------------------

    def observed(self, x: Any) -> Any:
        """A stand-in for an object that the program finds, or computes, in every run."""
        if not self.masks:
            return x
        found = self.objects.get(id(x))
        if found is None:
            found = self.objects[id(x)] = x.observed(self)
        return found

    def step_of(self, stand_in: Any) -> Step:
        """The step that gives the object behind a stand-in."""
        if stand_in.place is None:
            stand_in.place = len(self.steps)
            self._step(OBJECT, (), {}, stand_in._value, ())
        return self.steps[stand_in.place]

    def _kept(self, x: Any) -> Any:
        """A copy keeps the layout, on which the order of sums in products depends."""
        if getattr(x, "level", None) is self and not isinstance(x, Tracer):
            return x.step
        known = len(self._copies)
        kept = super()._kept(x)
        if self.in_f and type(x) is np.ndarray and len(self._copies) > known:
            self.constant_bytes += x.nbytes
            if self.constant_bytes > _CONSTANTS:
                self.stop("it uses constants of more than 32 MB")
        if type(x) is np.ndarray and kept.strides != x.strides and kept.size:
            kept = x.copy("K")
            kept.flags.writeable = False
            self._copies[id(x)] = (x, kept)
        return kept

    def watch(
        self, function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any], outcome: Any
    ) -> None:
        """Note a question; one that, asked again, has another answer is a question for its inputs."""
        before = len(self.choices)
        super().watch(function, inputs, options, outcome)
        if len(self.choices) == before or (function in _PLAIN and isinstance(outcome, (bool, np.bool_))):
            return
        if self.attempts and self.attempts[-1] and not isinstance(outcome, (bool, np.bool_)):
            raise Looked
        watching, self.watching = self.watching, False
        try:
            values = [plain(x) for x in each(inputs)]
            if not _answers(function, values, self.choices[before].options, outcome):
                del self.choices[before:]
                for x in each(inputs):
                    if isinstance(x, Tracer) and x.level is self:
                        self.looked_at(x, plain(x))
        finally:
            self.watching = watching

    def follow(self, function: Callable[..., Any], inputs: Sequence[Any]) -> Any:
        """A function of each element as one step; None if its derivative will be wanted.

        `function` is the slope of one that levels off; of a number it is computed as the engine does.
        """
        if self.training and any(
            self.on[x.step.position] for x in inputs if getattr(x, "level", None) is self
        ):
            slope = None if isinstance(inputs[0], TracedArray) else function.near(inputs[0])  # type: ignore[attr-defined]
            return None if slope is None or slope < LOW else slope
        if function not in FOLLOWED:
            FOLLOWED[function] = Primitive("slope", compute=function, vjps=(None,) * len(inputs))
        return self.record(FOLLOWED[function], inputs, {})

    def beside(self, function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        """``function(*inputs, **options)`` as one step, through which no cotangent goes."""
        if function not in BESIDE:
            BESIDE[function] = Primitive(function.__name__, compute=function, vjps=(None,) * len(inputs))
        return self.record(BESIDE[function], inputs, options)

    def draw(self, make: Callable[..., Any], generator: Any, args: tuple[Any, ...]) -> Any:
        """Random numbers, as a step that draws them."""
        if not self.in_f or self.generators is None or self.generators.drawing:
            return make(generator, *args)
        if any(isinstance(x, Tracer) for x in args):
            self.stop("what it draws depends on an argument")
        try:
            numbers = self.generators.draw(make, generator, args)
        except CannotCompile as refusal:
            self.stop(refusal.reason)
        if not (isinstance(numbers, (float, np.floating)) or getattr(numbers, "dtype", _INT).kind in "fcb"):
            self.stop("it draws random numbers that are no floats")
        self.drawn[len(self.steps)] = generator
        return self._wrap(DRAW, numbers, (), {"make": make, "args": args}, self._stack())

    def _assigned(self, original: Any, copy: Any, made: dict[Any, Any], outside: bool) -> None:
        """Note the attributes of an object that f has set, and put back what was there."""
        now = contents(copy)
        if isinstance(original, (list, dict)) or not hasattr(original, "__dict__") or list(now) != list(made):
            raise CannotCompile("it changes what it was given")
        for name, value in now.items():
            if value is made[name]:
                continue
            if not (isinstance(value, Tracer) and value.level is self) or value.step.is_argument:  # type: ignore[attr-defined]
                raise CannotCompile(f"it changes the attribute {name} of a {type(original).__name__}")
            self.assigned.append(Assigned(original, name, value.step, outside))  # type: ignore[attr-defined]
            put(copy, name, made[name])

    def mask(self, ufunc: np.ufunc, inputs: Sequence[Any]) -> Any:
        """The answers of a comparison, as a step."""
        return self.record(MASKS[ufunc], inputs, {})

    def _step(self, primitive: Primitive, inputs: tuple, options: dict, y: Any, calls: tuple) -> Step:
        if len(self.steps) >= LONGEST:
            self.stop(f"it takes more than {LONGEST:,} steps")
        on = (
            any(isinstance(x, Step) and self.on[x.position] for x in inputs)
            if primitive is not LEAF
            else True
        )
        made = super()._step(primitive, inputs, options, y, calls)
        counts = primitive not in ANSWERS and primitive.original.compute not in BESIDE
        self.on.append(on and counts and made.position not in self.cut)
        return made

    def stop(self, reason: str) -> NoReturn:
        """End the run: f is not compiled."""
        if self.stopped is None:
            self.stopped = CannotCompile(reason, line_of(self._stack()))
        raise _Stopped

    def looked_at(self, tracer: Any, value: Any) -> None:
        """Somebody uses a value on the side."""
        if self.attempts and self.attempts[-1]:
            raise Looked
        step = tracer.step
        if step.position in self.looked:
            return
        self.looked.add(step.position)
        self.choices.append(Choice(the_value, (step,), {}, self._kept(value), len(self.steps), self._stack()))

    def record(self, primitive: Primitive, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
        before, self.watching = self.watching, False
        inputs = tuple(inputs)
        try:
            return super().record(primitive, inputs, options)
        except Exception:
            self.failed(inputs)
            raise
        finally:
            self.watching = before

    def failed(self, inputs: Iterable[Any]) -> None:
        """What is computed from these raised something, which f may catch: with other values it may not."""
        if not self.in_f:
            return
        for x in inputs:
            if isinstance(x, Tracer) and x.level is self:
                self.looked_at(x, SLOT.__get__(x))

    def _stack(self) -> tuple[Call, ...]:
        """The innermost line of the user's code, alone."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if not name.startswith((_HERE, _NUMPY, "<__array_function__", "<fluxbridge>")):
                return (Call(frame.f_code, frame.f_lineno, frame.f_lasti, None),)
            frame = frame.f_back
        return ()


def _answers(function: Callable[..., Any], values: list[Any], options: dict[str, Any], outcome: Any) -> bool:
    """Does the question, asked again, have this answer?"""
    try:
        with np.errstate(all="ignore"):
            return same(function(*values, **options), outcome)
    except Exception:
        return False


def _members(x: Any) -> Iterable[Any]:
    return x.values() if type(x) is dict else x


def hollow(x: np.ndarray) -> np.ndarray:
    """An array of the same shape and type without its memory: a step is asked for no more."""
    return np.ndarray(x.shape, x.dtype, np.zeros(1, x.dtype), 0, (0,) * x.ndim)


LONGEST = 30_000  #: steps that are compiled, which takes some seconds
_CONSTANTS = 1 << 25  #: bytes of constants that a program may keep
_LARGE = 1 << 20  #: bytes from which on the values of steps are not kept
#: Comparisons of two values, whose answers are what they are.
_PLAIN = {operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne, bool}


def line_of(calls: Sequence[Call]) -> str:
    """The place in the user's code, as ``file.py:12``."""
    return f"{os.path.basename(calls[-1].code.co_filename)}:{calls[-1].line}" if calls else ""
