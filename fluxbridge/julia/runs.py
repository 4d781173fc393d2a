"""A recorded run of a function as the emitter sees it: names, constants, questions."""

from __future__ import annotations

import math
import operator
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..autodiff import recording
from ..autodiff.primitive import PRIMITIVES, Tracer, plain
from ..autodiff.recording import Choice, Recording, Step
from ..autodiff.spelling import Site, Term, spell
from ..errors import NoRuleError


class Run(Recording):
    """A recording that knows of the stack what gives names: (code, instruction) of each frame."""

    def _stack(self) -> Any:
        found = []
        frame: Any = sys._getframe(2)
        while frame is not None and not recording.is_outermost(frame):
            code = frame.f_code
            if not recording.is_hidden(code):
                found.append((code, frame.f_lasti))
            frame = frame.f_back
        found.reverse()
        return found


def constants(run: Recording, spelled: dict[int, list[Term]] | None = None) -> Iterator[tuple[int, Any]]:
    """(position of the step, constant) for all constants of a run, in an order that does not change.

    First those that are inputs of steps. Then, for the steps in `spelled`, the arrays that their
    spellings make of the options (indices, masks).
    """
    masks = {id(c.outcome) for c in run.choices if isinstance(c.outcome, np.ndarray)}
    for step in run.steps:
        for x in step.inputs:
            if not isinstance(x, Step) and is_constant(x) and id(x) not in masks:
                yield step.position, x
    for position in sorted(spelled or ()):
        step = run.steps[position]
        for array in _captures(step, spelled[position]):  # type: ignore[index]
            yield position, array


def _captures(step: Step, terms: list[Term]) -> list[np.ndarray]:
    found: list[np.ndarray] = []

    def capture(array: np.ndarray) -> Term:
        found.append(array)
        return Term("c", array)

    spell(step.primitive.julia, Site(plain(step.value), capture), terms, step.options)
    return found


def is_constant(x: Any) -> bool:
    return x is not None and not isinstance(x, (bool, np.bool_, str))


def identity(x: Any) -> Any:
    """What tells constants and options apart."""
    if isinstance(x, dict):
        return tuple((k, identity(v)) for k, v in x.items())
    if isinstance(x, (tuple, list)):
        return tuple(map(identity, x))
    if isinstance(x, slice):
        return ("slice", identity((x.start, x.stop, x.step)))
    if isinstance(x, (np.ndarray, types.FunctionType, Tracer)):
        return id(x)
    return (type(x), repr(x))


def asked_key(choice: Choice) -> Any:
    """What was asked, by the position of steps; equal for the same question in another run."""
    inputs = [x.position if isinstance(x, Step) else identity(x) for x in choice.inputs]
    return choice.function, tuple(inputs)


#: How Julia asks what a function asked about values.
QUESTIONS: dict[Any, str] = {
    operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=", operator.eq: "==",
    operator.ne: "!=", np.less: "<", np.less_equal: "<=", np.greater: ">", np.greater_equal: ">=",
    np.equal: "==", np.not_equal: "!=", np.isnan: "isnan", np.isfinite: "isfinite", np.isinf: "isinf",
    np.floor: "floor", np.ceil: "ceil", np.trunc: "trunc", np.rint: "round", np.sign: "sign",
    np.signbit: "signbit", operator.floordiv: "fld", np.floor_divide: "fld", math.floor: "floor",
    math.ceil: "ceil", math.trunc: "trunc", round: "round", int: "trunc",
}  # fmt: skip


def spelling_of(primitive: Any) -> Any:
    """How a primitive is spelled in Julia; an error that names it if it is not."""
    if primitive.julia is not None:
        return primitive.julia
    known = PRIMITIVES.get(primitive.name) is primitive
    what = (
        f"{primitive.name} has no spelling in Julia yet"
        if known
        else f"{primitive.name!r} is a function with a rule of its own, in Python"
    )
    raise NoRuleError(
        f"{what}, so this function cannot be written in Julia. fluxbridge.julia.differentiable(f) hands it "
        "to Zygote as it is: Julia calls it back and takes the derivative of the native engine, which is no "
        "independent check."
    )
