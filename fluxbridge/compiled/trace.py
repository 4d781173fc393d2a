"""One run of a function, recorded so that nothing it depends on stays unseen.

A :class:`Trace` is a recording whose stand-ins notice when somebody looks at their values on the side
(see :mod:`.sites`): that becomes a question of the recording, whose answer is the value, so that a program
made of it applies only where the value is the same. Arrays that the function finds by itself are
leaves, too.
"""

from __future__ import annotations

import contextlib
import operator
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..autodiff import native
from ..autodiff.frames import engine_package
from ..autodiff.holders import contents, put
from ..autodiff.primitive import (
    FUNCTIONS,
    NO_DERIVATIVE,
    PRIMITIVES,
    UFUNCS,
    Kind,
    Primitive,
    Tracer,
    plain,
    strong,
)
from ..autodiff.reach import Rebuilder, Way
from ..autodiff.structure import take_apart
from ..autodiff.tape import LEAF
from ..autodiff.tracing import each
from ..recording import Call, Choice, Recording, Step
from ..recording.recording import RecordedArray, RecordedNumber, RecordedScalar
from .calls import Apart, Called, Hole, forms, is_float, opened, primitive_of, ruled
from .captured import Captured
from .closures import same
from .draws import Generators
from .refusals import CannotCompile
from .sites import place_of, reads_value

engine_package(__package__)
_HERE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_NUMPY = os.path.dirname(np.__file__) + os.sep
_slot: Any = Tracer._value  # type: ignore[misc]


def the_value(x: Any) -> Any:
    """A question of its own: what is the value?"""
    return x


def _read(self: Any) -> Any:
    value = _slot.__get__(self)
    level = self.level
    if level.watching:
        frame = place_of(sys._getframe(1))
        if frame is not None and reads_value(frame):
            level.looked_at(self, value)
    return value


def itself(x: Any) -> Any:
    return x


class _Looked(BaseException):
    """Ends a call of a function whose rule looks at values."""


class _Stopped(BaseException):
    """Ends a run past every ``except Exception`` of the user's."""


class WatchedNumber(RecordedNumber, metaclass=Kind):
    __slots__ = ()
    _value = property(_read, _slot.__set__)


class WatchedScalar(RecordedScalar, metaclass=Kind):
    """A number that is one of NumPy's outside."""

    __slots__ = ()
    _value = property(_read, _slot.__set__)


WatchedNumber.numpys, WatchedNumber.pythons = WatchedScalar, WatchedNumber
WatchedScalar.numpys, WatchedScalar.pythons = WatchedScalar, WatchedNumber


class WatchedArray(RecordedArray, metaclass=Kind):
    __slots__ = ()
    _value = property(_read, _slot.__set__)


class WatchedMask(WatchedArray, metaclass=Kind):
    """The answers of a comparison of each element: an array of booleans that is a step of its own.

    For everybody else it is as constant as a plain one; no cotangent goes through it.
    """

    __slots__ = ()
    is_answer = True


def _answer(ufunc: np.ufunc, operation: Callable[..., Any], swap: bool = False) -> Callable[..., Any]:
    """A method that compares each element of an array of a trace that follows such answers."""
    name = operation.__name__
    usual = getattr(RecordedArray, f"__{'r' if swap else ''}{name.strip('_')}__")

    def method(self: Any, *others: Any) -> Any:
        if not self.level.masks or not all(isinstance(x, _OPERANDS) for x in others):
            return usual(self, *others)
        inputs = (*others, self) if swap else (self, *others)
        return self.level.mask(ufunc, inputs) if _by_elements(inputs) else usual(self, *others)

    return method


def _by_elements(inputs: Sequence[Any]) -> bool:
    """Do these broadcast to an array with axes, by way of one trace alone?"""
    try:
        shape = np.broadcast_shapes(*[np.shape(x) for x in inputs])
    except ValueError:
        return False
    levels = {id(x.level) for x in inputs if isinstance(x, Tracer)}
    return bool(shape) and len(levels) == 1


_OPERANDS = (Tracer, np.ndarray, np.generic, float, int, complex)
for _operation, _ufunc in (
    (operator.lt, np.less), (operator.le, np.less_equal), (operator.gt, np.greater),
    (operator.ge, np.greater_equal), (operator.eq, np.equal), (operator.ne, np.not_equal),
):  # fmt: skip
    setattr(WatchedArray, f"__{_operation.__name__}__", _answer(_ufunc, _operation))
_bits: Any
for _operation, _bits in (
    (operator.and_, np.bitwise_and), (operator.or_, np.bitwise_or), (operator.xor, np.bitwise_xor),
):  # fmt: skip
    setattr(WatchedMask, f"__{_operation.__name__.strip('_')}__", _answer(_bits, _operation))
    setattr(WatchedMask, f"__r{_operation.__name__.strip('_')}__", _answer(_bits, _operation, True))
WatchedMask.__invert__ = _answer(np.invert, operator.invert)  # type: ignore[method-assign]


def _array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    level = self.level
    if level.masks and ufunc in _MASKS and method == "__call__" and not options and _by_elements(inputs):
        of_masks = ufunc not in _BITS or all(getattr(x, "dtype", None) is _BOOL for x in inputs)
        if of_masks and all(isinstance(x, _OPERANDS) for x in inputs):
            return level.mask(ufunc, inputs)
    return RecordedArray.__array_ufunc__(self, ufunc, method, *inputs, **options)


def _getitem(self: Any, index: Any) -> Any:
    """Elements at places that are computed, or given anew, by a call."""
    parts = index if type(index) is tuple else (index,)
    if self.level.masks and self.level.watching and any(map(_is_places, parts)):
        with contextlib.suppress(Apart):
            return self.level.call(operator.getitem, (self, index), {})
    return RecordedArray.__getitem__(self, index)


def _is_places(x: Any) -> bool:
    if isinstance(x, WatchedNumber):
        return type(_slot.__get__(x)) is int
    return isinstance(x, WatchedArray) and x.dtype.kind in "iu"


WatchedArray.__getitem__ = _getitem  # type: ignore[method-assign]


def _attempting(usual: Callable[..., Any]) -> Callable[..., Any]:
    """The protocol of NumPy's ufuncs by way of :meth:`Trace.attempt`."""

    def method(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        direct = method == "__call__" and not options and ufunc in UFUNCS
        if direct or not self.level.may_attempt(ufunc, inputs, options):
            return usual(self, ufunc, method, *inputs, **options)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return self.level.attempt(
            function, inputs, options, lambda: usual(self, ufunc, method, *inputs, **options)
        )

    return method


def _array_function(self: Any, func: Any, types: Any, args: tuple, kwargs: dict) -> Any:
    def usual() -> Any:
        return RecordedArray.__array_function__(self, func, types, args, kwargs)

    return (
        self.level.attempt(func, args, kwargs, usual)
        if self.level.may_attempt(func, args, kwargs)
        else usual()
    )


for _class in (WatchedNumber, WatchedScalar, WatchedArray):
    _class.__array_function__ = _array_function  # type: ignore[method-assign]
    _usual = _array_ufunc if _class is WatchedArray else _class.__array_ufunc__
    _class.__array_ufunc__ = _attempting(_usual)  # type: ignore[method-assign]
_BOOL = np.dtype(bool)
_BITS = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}
#: Functions of each element that answer with a boolean, as steps.
_MASKS: dict[np.ufunc, Primitive] = {
    u: Primitive(f"answer of {u.__name__}", compute=u, vjps=(None,) * u.nin)
    for u in (
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and,
        np.logical_or, np.logical_not, np.logical_xor, np.isnan, np.isinf, np.isfinite, np.signbit, *_BITS,
    )
}  # fmt: skip
#: Functions that are followed as one step.
FOLLOWED: dict[Callable[..., Any], Primitive] = {}
#: Functions whose result counts as constant, as one step.
BESIDE: dict[Callable[..., Any], Primitive] = {}
OBJECT = Primitive("object", compute=lambda: None, vjps=())  #: one that the program finds
DRAW = Primitive("draw", compute=lambda *_, **__: None, vjps=())
ANSWERS = set(_MASKS.values())
_INT = np.dtype(int)
_CLASSES = {RecordedNumber: WatchedNumber, RecordedScalar: WatchedScalar, RecordedArray: WatchedArray}


class Assigned(NamedTuple):
    """An attribute to which f gave a new value; `outside` if the object is none of the arguments."""

    owner: Any
    name: str
    step: Step
    outside: bool


class Trace(Recording):
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
        self.watching = False
        self.masks = masks  # are the answers of comparisons of each element steps?
        self.strong: dict[int, tuple[bool, ...]] = {}
        self.looked: set[int] = set()
        self.attempts: list[
            bool
        ] = []  #: is the innermost function of NumPy to be called as one step, if need be?
        self.calls: dict[int, Called] = {}  #: the steps that are calls
        self.objects: dict[int, Any] = {}  #: stand-ins for objects that the program finds, by id
        self.guarded: list[Any] = []  #: functions and objects that calls refer to
        self.bare: set[int] = set()  #: steps that are parts of results, and no floats
        self.cut: set[int] = set()  #: steps, and leaves outside, that have no derivative
        self.on: list[bool] = []  #: has a step a derivative?
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
            return out

        super().__init__(run, xs)

    def _is_result(self, x: Any) -> bool:
        """Is this a traced value? Note those that are NumPy's numbers."""
        if isinstance(x, WatchedScalar) and x.level is self:
            self.scalars.add(x.step.position)
        return isinstance(x, Tracer)

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
            if primitive in ANSWERS or (isinstance(made, RecordedArray) and y.dtype == _BOOL)
            else _CLASSES.get(type(made))
        )
        if kind is None:
            return made
        twin = object.__new__(kind)
        twin._value = _slot.__get__(made)
        twin.level, twin.step = self, made.step
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
            raise _Looked
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
        """A function of each element whose derivative nobody will want, as one step."""
        if function not in FOLLOWED:
            FOLLOWED[function] = Primitive("slope", compute=function, vjps=(None,) * len(inputs))
        return self.record(FOLLOWED[function], inputs, {})

    def beside(self, function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        """``function(*inputs, **options)`` as one step, through which no cotangent goes."""
        if function not in BESIDE:
            BESIDE[function] = Primitive(function.__name__, compute=function, vjps=(None,) * len(inputs))
        return self.record(BESIDE[function], inputs, options)

    # -- functions as one step -----------------------------------------------------------------------

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
            except _Looked:
                self._forget(*mark)
            finally:
                self.attempts.pop()
        try:
            found = self.call(function, args, options)
            _LOOKING.add(function)
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
        finally:
            self.watching = watching
        return self._call(call, primitive_of(function), y, inputs, {"args": holed[0], "options": holed[1]})

    def _call(
        self, call: Called, primitive: Primitive, y: Any, inputs: Sequence[Any], options: dict[str, Any]
    ) -> Any:
        place = len(self.steps)
        self.calls[place] = call
        call.wanted = forms(y)
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
        return self.beside(itself, (x,), {}) if self.masks and self.watching else plainly()

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
        return self.record(_MASKS[ufunc], inputs, {})

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

    def stop(self, reason: str) -> NoReturn:
        """End the run: f is not compiled."""
        if self.stopped is None:
            self.stopped = CannotCompile(reason, line_of(self._stack()))
        raise _Stopped

    def looked_at(self, tracer: Any, value: Any) -> None:
        """Somebody uses a value on the side."""
        if self.attempts and self.attempts[-1]:
            raise _Looked
        step = tracer.step
        if step.position in self.looked:
            return
        self.looked.add(step.position)
        self.choices.append(Choice(the_value, (step,), {}, self._kept(value), len(self.steps), self._stack()))

    def record(self, primitive: Primitive, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
        before, self.watching = self.watching, False
        try:
            return super().record(primitive, inputs, options)
        finally:
            self.watching = before

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


def _is_function(x: Any) -> bool:
    """Is this, or a member of it, a function, which may look at values by itself?"""
    if isinstance(x, (list, tuple)):
        return any(map(_is_function, x))
    return callable(x) and not isinstance(x, (type, Tracer, np.ufunc))


def hollow(x: np.ndarray) -> np.ndarray:
    """An array of the same shape and type without its memory: a step is asked for no more."""
    return np.ndarray(x.shape, x.dtype, np.zeros(1, x.dtype), 0, (0,) * x.ndim)


#: Functions whose rules have been seen to look at values.
_LOOKING: set[Any] = set()
_IN_PLACE = {np.copyto, np.put, np.putmask, np.place, np.fill_diagonal, np.put_along_axis}
LONGEST = 30_000  #: steps that are compiled, which takes some seconds
_CONSTANTS = 1 << 25  #: bytes of constants that a program may keep
_LARGE = 1 << 20  #: bytes from which on the values of steps are not kept
#: Comparisons of two values, whose answers are what they are.
_PLAIN = {operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne, bool}


def line_of(calls: Sequence[Call]) -> str:
    """The place in the user's code, as ``file.py:12``."""
    return f"{os.path.basename(calls[-1].code.co_filename)}:{calls[-1].line}" if calls else ""
