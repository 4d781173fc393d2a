"""A level of tracing that records everything in one run of a function.

The tape of :mod:`fluxbridge.autodiff.tape` keeps only what its sweep needs. Readers that show, check or
translate a computation need more: constant inputs, the line of the user's code, and the comparisons that
decided the branches. :class:`Recording` is a level like the tape and the forward mode, whose steps refer to
each other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..autodiff import floating
from ..autodiff.foreign import in_our_words
from ..autodiff.frames import GENERATED, boundary, engine_package
from ..autodiff.inplace import Memory, alias, related, shares
from ..autodiff.native import unwrap
from ..autodiff.primitive import (
    PRIMITIVES,
    WATCHERS,
    Kind,
    Primitive,
    Tracer,
    apply,
    plain,
    strong,
    take_up,
)
from ..autodiff.running import caught, running
from ..autodiff.structure import Splitter
from ..autodiff.tape import LEAF, ORDER
from ..autodiff.tracer import NumpyNumber, TracedArray, TracedNumber, stand_in
from ..autodiff.tracing import each
from ..errors import MutationError
from .steps import Call, Choice, Step

engine_package(__package__)


class RecordedNumber(TracedNumber, metaclass=Kind):
    __slots__ = ("step",)
    places = ("step",)
    step: Step


class RecordedScalar(NumpyNumber, RecordedNumber):
    """A traced number that stands for a NumPy scalar."""

    __slots__ = ()


RecordedNumber.numpys, RecordedNumber.pythons = RecordedScalar, RecordedNumber


class RecordedArray(TracedArray, metaclass=Kind):
    __slots__ = ("step",)
    step: Step
    state = ("_value", "step")


class Recording:
    """One run of ``f(*xs)``: `steps` in order (the arguments first), `choices`, and `out`.

    `out` is what f returned with a Step in place of every traced value. `templates` are the
    structures of the arguments (see :mod:`.structure`); leaf k of them is step k. With
    ``calls=False`` the stack of calls is not looked at, which is faster.

    >>> import numpy as np
    >>> from fluxbridge.recording import Recording, backward
    >>> r = Recording(lambda x: np.sum(np.sin(x) * 2.0) if x[0] > 0 else 0.0, (np.array([0.5, 1.0]),))
    >>> r.steps
    [v0 = [0](), v1 = getitem(v0), v2 = sin(v0), v3 = multiply(v2, 2.0), v4 = sum(v3)]
    >>> [(c.function.__name__, c.inputs, c.outcome) for c in r.choices]
    [('gt', (v1 = getitem(v0), 0), np.True_)]
    >>> backward(r.steps, {r.out: 1.0})[r.steps[0]]
    array([1.75516512, 1.08060461])
    """

    over = False
    foreign = False  #: arrays of other libraries are not told apart here
    watches = False  #: does it note questions? While the function runs

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any], calls: bool = True):
        self.order = next(ORDER)
        self.refused: Any = None  # what was refused while the function ran
        self.steps: list[Step] = []
        self.choices: list[Choice] = []
        self.memory = Memory()
        self.with_calls = calls
        self._copies: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        splitter = Splitter(self._leaf)
        stand_ins = []
        self.templates: list[Any] = []
        for k, x in enumerate(xs):
            stand_in, template = splitter.split(x)
            stand_ins.append(stand_in)
            self.templates.append(template)
            for index, path in template.paths(f"[{k}]") if template is not None else ():
                self.steps[index].path = path
        self.leaves = len(self.steps)
        self.watches = True
        WATCHERS.add(self)
        running.levels.append(self)
        self.memory.rebuilt = splitter
        settings = floating.attribute()
        try:
            out = _boundary(f, stand_ins)
        except BaseException as error:
            clearer = in_our_words(error, self.refused)
            if clearer is not None:
                raise clearer from error
            raise
        finally:
            WATCHERS.discard(self)
            self.watches = False
            self._finished()
            floating.restore(settings)
            running.levels.pop()
            self.memory.rebuilt = None
        if self.refused is not None:
            raise caught(self.refused)
        splitter.write_back(self)
        out = take_up(out) if isinstance(out, np.ndarray) else out
        self.value = unwrap(out, self)  #: what f returned
        mine = Splitter(lambda t: t.step, lambda x: isinstance(x, Tracer) and x.level is self)
        self.out = out.step if isinstance(out, Tracer) and out.level is self else mine.split(out)[0]

    # -- what a level offers to apply() --------------------------------------------------------------

    def record(self, primitive: Primitive, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
        inputs = tuple(inputs)
        values = [strong(x._value, x.__class__) if self._mine(x) else x for x in inputs]
        y = apply(primitive, values, options)
        result = self._enter(primitive, y, inputs, options)
        if primitive.shares and isinstance(result, RecordedArray) and shares(plain(y), plain(inputs[0])):
            related(inputs[0], result)
        return result

    def constant(self, value: Any, like: Any) -> Any:
        """Refuse an array that depends on no argument where a traced one is needed: it would be no step."""
        raise MutationError(
            "Mutating arrays is not supported -- an array that is being differentiated was overwritten in "
            "place with values that depend on no argument, which cannot be shown as a step. Use a new name."
        )

    def note(self, primitive: Primitive, y: Any, inputs: Iterable[Any]) -> Any:
        """A result that was computed elsewhere; `inputs` are tracers of this level."""
        return self._enter(primitive, y, tuple(inputs), {})

    def watch(
        self, function: Callable[..., Any], inputs: Sequence[Any], options: dict[str, Any], outcome: Any
    ) -> None:
        """Note a question about traced values, if they are ours."""
        if function in _OF_THE_TYPE:
            return
        seen = tuple([self._kept(self._behind(x)) for x in each(inputs)])
        if any(isinstance(x, Step) for x in seen):
            outcome = self._kept_inside(outcome)
            options = {k: self._kept_inside(v) for k, v in options.items()}
            self.choices.append(Choice(function, seen, options, outcome, len(self.steps), self._stack()))

    def copied(self, original: np.ndarray, copy: np.ndarray) -> None:
        """Note that the engine copied an array (an index): the copy counts as the original."""
        self._copies[id(copy)] = (copy, self._kept(original))

    # -- steps ---------------------------------------------------------------------------------------

    def _mine(self, x: Any) -> bool:
        return isinstance(x, Tracer) and x.level is self

    def _behind(self, x: Any) -> Any:
        """The step of `x`, through levels further inside; without one, the plain value."""
        while isinstance(x, Tracer):
            if x.level is self:
                return x.step  # type: ignore[attr-defined]
            x = x._value
        return plain(x)

    def _kept(self, x: Any) -> Any:
        """A read-only copy of an array; the same one for the same array until its content changes."""
        if type(x) is not np.ndarray or (x.base is None and not x.flags.writeable):
            return alias(x) if isinstance(x, TracedArray) else x
        known = self._copies.get(id(x))
        if known is None or not _same_bytes(known[1], x):
            known = self._copies[id(x)] = (x, x.copy())
            known[1].flags.writeable = False
        return known[1]

    def _kept_inside(self, x: Any) -> Any:
        """The same for the arrays in an option."""
        if type(x) is tuple or type(x) is list:
            return type(x)([self._kept_inside(v) for v in x])
        return self._kept(x)

    def _leaf(self, value: Any) -> Any:
        tracer = self._wrap(LEAF, self._kept(value), (), {}, ())
        if isinstance(tracer, RecordedArray):
            self.memory.arguments.append((tracer, value))
        return tracer

    def _enter(self, primitive: Primitive, y: Any, inputs: tuple[Any, ...], options: dict) -> Any:
        taken = tuple([x.step if self._mine(x) else self._kept(x) for x in inputs])
        if options:
            options = {k: self._kept_inside(v) for k, v in options.items()}
        return self._wrap(primitive, y, taken, options, self._stack())

    def _wrap(self, primitive: Primitive, y: Any, inputs: tuple, options: dict, calls: tuple) -> Any:
        if isinstance(y, tuple):
            whole = self._step(primitive, inputs, options, y, calls)
            pick = PRIMITIVES["getitem"]
            parts = [self._wrap(pick, part, (whole,), {"index": k}, calls) for k, part in enumerate(y)]
            return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)
        if type(y) is np.ndarray and y.ndim == 0 and not primitive.keeps_arrays:
            y = y[()]
        if isinstance(y, (bool, np.bool_)):
            return y
        tracer = stand_in(self, y, RecordedArray, RecordedNumber, RecordedScalar)
        tracer.step = self._step(primitive, inputs, options, tracer._value, calls)
        return tracer

    def _step(self, primitive: Primitive, inputs: tuple, options: dict, y: Any, calls: tuple) -> Step:
        step = Step(len(self.steps), primitive, inputs, options, y, calls)
        self.steps.append(step)
        return step

    def _stack(self) -> tuple[Call, ...]:
        """The calls from the function under study down to here, without the engine's own."""
        if not self.with_calls:
            return ()
        calls = []
        frame: Any = sys._getframe(2)
        while frame is not None and not is_outermost(frame):
            code = frame.f_code
            if not is_hidden(code):
                names = code.co_varnames[: code.co_argcount]
                owner = frame.f_locals.get("self") if names[:1] == ("self",) else None
                calls.append(Call(code, frame.f_lineno, frame.f_lasti, owner))
            frame = frame.f_back
        return tuple(reversed(calls))

    def _finished(self) -> None:
        """Called when f has returned, or raised."""


def _same_bytes(a: np.ndarray, b: np.ndarray) -> bool:
    """Are two arrays the same to the last bit, also where they are -0.0 or NaN?"""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(np.all(a == b)) if a.dtype.hasobject else a.tobytes() == b.tobytes()


@boundary
def _boundary(f: Callable[..., Any], xs: Sequence[Any]) -> Any:
    """Call f. The frame of this function marks where the user's part of the stack begins."""
    return f(*xs)


def is_outermost(frame: Any) -> bool:
    """Does the part of the stack that belongs to the function under study end here?"""
    return frame.f_code is _boundary.__code__


def is_hidden(code: Any) -> bool:
    """Is this code of the engine, or of NumPy, and no part of a stack?"""
    return code.co_filename.startswith(_HIDDEN)


#: Questions whose answer depends on shapes and types alone.
_OF_THE_TYPE = {
    np.shape,
    np.ndim,
    np.size,
    np.iscomplexobj,
    np.isrealobj,
    np.isscalar,
    np.result_type,
    np.can_cast,
    np.min_scalar_type,
    np.common_type,
}
#: Files whose frames are left out of the stack of a step: the engine's, NumPy's, generated code.
_HIDDEN = (
    *[
        os.path.join(os.path.dirname(os.path.dirname(__file__)), name)
        for name in ("autodiff", "recording", "api.py", "adtypes.py", "parity.py", "randomness.py")
    ],
    os.path.dirname(np.__file__),
    "<__array_function__",
    GENERATED,
)
