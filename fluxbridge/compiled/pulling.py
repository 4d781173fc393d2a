"""Programs of pullbacks: what is computed on the way forward, and what a seed needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff import native
from ..autodiff.sweep import project
from ..autodiff.tape import spec_of
from ..errors import FluxbridgeError, StructureError
from ..recording import Step
from . import build
from .backward import Backward, _form
from .lower import Lowering
from .passes import numbered, simplified
from .program import Op, Var, variables
from .refusals import CannotCompile
from .report import Report
from .sameness import same
from .writers.python import MISS


@build.with_integers
def pullback(f: Callable[..., Any], xs: Sequence[Any], integers: build.Integers) -> build.Compiled:
    """The program of ``pullback(f, *xs)``, of functions that return one number or array."""
    start = time.perf_counter()
    traced = build.trace_of(f, xs, True, integers)
    trace, writer = traced.trace, traced.writer
    if not isinstance(trace.out, Step):
        raise CannotCompile("the pullback of a function that does not return one number or array")
    lowering = Lowering(trace)
    traced.name_inputs(lowering)
    lowering.forward()
    spec = spec_of(trace.out.value)
    seed = lowering.b.new(_form(spec), "seed")
    back = Backward(lowering, [(trace.out, seed)])
    if not back.active[trace.out.position]:
        raise CannotCompile("the pullback of a constant")
    found = [back.leaf(step) for step in trace.steps[: trace.leaves]]
    effects = build.Effects(traced, lowering)
    results: list[Any] = [lowering.of[trace.out.position], found, effects.drawn, effects.assigned]
    report = Report()
    ops = simplified(lowering.b.ops, results, report)
    numbered(ops)
    value, found = results[:2]
    later = _depending(ops, seed)
    first = [op for op in ops if op not in later]
    made = {op.out for op in first} | set(lowering.of.values())
    used = {v for op in later for v in op.inputs()} | {v for v in found if isinstance(v, Var)}
    kept = [
        v
        for v in dict.fromkeys([*lowering.of.values(), *(op.out for op in first)])
        if v in used and v in made
    ]
    copies = [
        f"{v.name} = {v.name}.copy()" for v in lowering.of.values()
        if v.op is None and v.form.kind == "array" and _reaches(first, v, kept)
    ]  # fmt: skip
    names = ", ".join(v.name for v in kept)
    inner = writer.lines([op for op in ops if op in later])
    body: list[str] = []
    given = [*(v.name for v in kept if v.form.kind == "array"), *([seed.name] if spec.shape else [])]
    gradients = build._gradients(found, trace.templates, writer, body, given)
    own = ".copy()" if value.form.kind == "array" else ""
    text = [
        "def run(f, xs):",
        *[f"    {line}" for line in [*traced.outline.lines, *copies, *writer.lines(first)]],
        *[f"    {line}" for line in effects.lines(writer)],
        f"    return {writer.operand(value)}{own}, "
        f"{writer.name(Back, 'Back')}(back, ({names}{',' if names else ''}), {writer.name(spec, 'spec')}, "
        f"{writer.name(build._Fill(trace.templates), 'fill')}, {trace.leaves}, "
        f"{'None' if effects.any else '(run, f, xs)'})",
        "",
        f"def back(kept, {seed.name}):",
        *([f"    {names}, = kept"] if names else []),
        *[f"    {line}" for line in [*inner, *body, f"return {gradients}"]],
    ]
    source = "\n".join(text) + "\n"
    if any(v.name == "unread" for op in ops for v in op.inputs()):
        raise CannotCompile("it reads an array on a way that is not followed")
    report.finished(traced, ops, time.perf_counter() - start)
    return effects.finish(source, traced, report)


class Back:
    """The function that pulls cotangents back; it can be called repeatedly."""

    __slots__ = ("back", "fill", "kept", "leaves", "source", "spec")

    def __init__(
        self, back: Callable[..., Any], kept: tuple[Any, ...], spec: Any, fill: build._Fill, leaves: int,
        source: tuple[Callable[..., Any], Any, Any] | None,
    ):  # fmt: skip
        self.back, self.kept, self.spec, self.fill, self.leaves = back, kept, spec, fill, leaves
        self.source = source  # the program, function and arguments; None if it has effects

    def __call__(self, seed: Any) -> Any:
        shape = self.spec.shape
        if seed is None:
            return self.fill([None] * self.leaves)
        if np.shape(seed) != shape:
            raise StructureError(f"the seed has shape {np.shape(seed)}, but the output has shape {shape}")
        try:
            return self.back(self.kept, project(seed, self.spec))
        except Exception as error:  # the engine says what is wrong, or knows better
            return self._eager(error)(seed)

    def _eager(self, error: Exception) -> Callable[..., Any]:
        """The engine's pullback, if it would be that of the same values."""
        if self.source is not None:
            run, f, xs = self.source
            again = run(f, xs)
            if again is not MISS and same(_values(again[1].kept), _values(self.kept)):
                return native.pullback(f, xs)[1]
        raise FluxbridgeError(
            "the pullback cannot be computed by the compiled program, and what the function reads has "
            "changed since it was made. Take the pullback without compile=True, or call it before the change."
        ) from error


def _values(kept: Any) -> Any:
    """What is kept, without functions."""
    if type(kept) is tuple:
        return tuple(map(_values, kept))
    return None if callable(kept) else kept


def _depending(ops: list[Op], seed: Var) -> set[Op]:
    """The operations that need the seed."""
    known = {seed}
    found = set()
    for op in ops:
        if any(v in known for v in op.inputs()):
            found.add(op)
            if op.out is not None:
                known.add(op.out)
    return found


def _reaches(ops: list[Op], leaf: Var, kept: Sequence[Var]) -> bool:
    """Does the memory of an argument lie behind something that is kept?"""
    shared = {leaf}
    for op in ops:
        if op.shares and any(v in shared for v in variables(op.args)):
            shared.add(op.out)  # type: ignore[arg-type]
    return any(v in shared for v in kept)
