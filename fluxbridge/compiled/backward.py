"""The sweep backwards as operations: what `autodiff.sweep` does with values, done with variables.

The rules of elementwise functions are written out (:mod:`.formulas`), those in :mod:`.written` too; any
other rule is an operation of its own, called with the values of each run, just as the sweep calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autodiff.primitive import PRIMITIVES, Primitive, Spec
from ..autodiff.sweep import project
from ..autodiff.tape import FLOAT as FLOAT_SPEC
from ..autodiff.tape import NUMBERS, as_floats, spec_of
from ..recording import Step
from . import written
from .calls import pulled
from .formulas import expand, is_array, is_real
from .lower import Lowering
from .program import FLOAT, Const, Form, Var
from .refusals import CannotCompile, Differs
from .trace import line_of

_FLOATS = "fc"


def settle(part: Any, spec: Spec) -> Any:
    """What a rule gave for an input, brought into the space of the input; equal numbers are written out."""
    if type(part) is np.ndarray and part.shape == spec[0] and part.dtype is spec[1]:
        return part
    if part is None:
        raise CannotCompile("a rule gives no gradient for a value on the way")
    if type(part) is float and spec[0]:
        return np.full(spec[0], part, spec[1])
    part = project(part, spec)
    return part.item() if type(part) is np.float64 and spec[1] is float else part


def settled_leaf(part: Any, spec: Spec) -> Any:
    """The same for a leaf, which may have no gradient: if there is another part, the sum fails."""
    return None if part is None else settle(part, spec)


def _form(spec: Spec) -> Form:
    """The form of a cotangent that was settled."""
    if isinstance(spec.dtype, np.dtype):
        return Form("array", spec.shape, spec.dtype)
    if spec.dtype is tuple:
        return Form("tuple")
    if spec.dtype is float or spec.dtype is complex:
        return Form("number", (), spec.dtype)
    return Form("scalar", (), np.dtype(spec.dtype)) if spec.dtype is not None else Form("other")


class Pieces:
    """Cotangents of pieces of one array, until its own turn comes."""

    def __init__(self) -> None:
        self.indices: list[Any] = []
        self.parts: list[Any] = []

    def add(self, index: Any, part: Any) -> None:
        self.indices.append(index)
        self.parts.append(part)


class Backward:
    """The sweep over the steps of a trace. `seeds` are the cotangents of steps, as operands."""

    def __init__(self, lowering: Lowering, seeds: Sequence[tuple[Step, Any]]):
        self.low = lowering
        self.b = lowering.b
        steps = lowering.trace.steps
        self.active = lowering.trace.on
        self.found: dict[int, Any] = {}
        for step, seed in seeds:
            if self.active[step.position]:
                self._add(step, self._project(seed, spec_of(step.value)))
        for step in reversed(steps):
            if step.position in self.found and not step.is_argument:
                self.b.line = line_of(step.calls)
                self._pull(step, self.found.pop(step.position))
        self.b.line = ""

    def leaf(self, step: Step) -> Any:
        """The cotangent of an argument; None if there is none."""
        ct = self.found.get(step.position)
        if ct is None:
            return None
        spec = spec_of(step.value)
        if isinstance(ct, Pieces):
            return self._project(self._dense(ct, spec), spec)
        if ct.form.kind == "number" and spec.shape and spec.dtype.kind == "f":
            return self.b.emit(np.full, [Const(spec.shape), ct, Const(spec.dtype)], _form(spec))
        return self._project(ct, spec)

    # -- one step ------------------------------------------------------------------------------------

    def _pull(self, step: Step, ct: Any) -> None:
        primitive = step.primitive.original
        spec = spec_of(step.value)
        traced = [isinstance(x, Step) and self.active[x.position] for x in step.inputs]
        operands = [self.low.operand(x) for x in step.inputs]
        y = self.low.of[step.position]
        if step.position in self.low.trace.calls:
            return self._pull_call(step, ct)
        if self._numbers(primitive, step, operands, y):
            return self._pull_numbers(primitive, step, ct, y, operands, traced)
        if isinstance(ct, Pieces):
            ct = self._project(self._dense(ct, spec), spec)
        elif isinstance(ct, dict):
            parts = [ct.get(k, Const(None)) for k in range(len(step.value))]
            ct = self.b.emit(
                _as_tuple,
                parts,
                Form("tuple"),
                f"({''.join(f'{{{k}}}, ' for k in range(len(parts)))})",
                shares=True,
            )
        elif ct.form.kind == "number" and spec.shape and not self._keeps_shape(primitive, step, traced, spec):
            ct = self._full(ct, spec)
        source = step.inputs[0] if step.inputs else None
        if primitive is PRIMITIVES["getitem"] and isinstance(source, Step):
            self._piece(source, step.options["index"], ct)
            return None
        strong = self.low.trace.strong.get(step.position, ())
        operands = [
            self.low._strong(a, k < len(strong) and strong[k], operands) for k, a in enumerate(operands)
        ]
        for k, part in self._parts(primitive, step, ct, y, operands, traced, spec):
            self._give(step.inputs[k], part)
        return None

    def _pull_call(self, step: Step, ct: Any) -> None:
        """A function that is called with its derivative."""
        call, spec = self.low.trace.calls[step.position], spec_of(step.value)
        if isinstance(ct, dict):
            seeds = [ct.get(k, Const(None)) for k in range(len(step.value))]
        elif isinstance(ct, Pieces):
            seeds = [self._project(self._dense(ct, spec), spec)]
        else:
            seeds = [self._full(ct, spec) if ct.form.kind == "number" and spec.shape else ct]
        made = self.low.made[step.position]
        gives = call.giving([not (isinstance(v, Const) and v.value is None) for v in seeds])
        several = self.b.emit(pulled, [made, Const(tuple(gives)), *seeds], Form("tuple"), shares=True)
        for k, given in enumerate(gives):
            if given:
                part = self.b.emit(_pick, [several, Const(k)], Form("other"), "{0}[{1}]", shares=True)
                self._give(step.inputs[k], part)

    def _give(self, to: Any, part: Any) -> None:
        spec = spec_of(to.value)
        form = part.form
        if form.kind == "other":
            how = settled_leaf if to.is_argument else settle
            part = self.b.emit(how, [part, Const(spec)], _form(spec), shares=True)
        elif form.kind == "array":
            if form != _form(spec):
                part = self._project(part, spec)
        elif form.kind != "number" or not spec.shape or spec.dtype.kind != "f":
            part = self._project(part, spec)
        self._add(to, part)

    def _parts(
        self, primitive: Primitive, step: Step, ct: Any, y: Any, operands: list[Any], traced: list[bool],
        spec: Spec,
    ) -> list[tuple[int, Any]]:  # fmt: skip
        """The cotangents that the rules of a primitive give to its traced inputs, not yet projected."""
        found: list[tuple[int, Any]] = []
        everything = [ct, y, *operands]
        real = all(map(is_real, everything)) and not any(x.form.kind == "scalar" for x in everything)
        rules = written.RULES.get(primitive.name)
        opaque = []
        for k, on in enumerate(traced):
            if not on:
                continue
            if primitive.vjps is not None and primitive.vjps[k] is None:
                continue
            part = None
            if rules is not None:
                part = rules(self.b, k, ct, y, operands, step.options)
            if part is None and real and not step.options and _has_formulas(primitive, k):
                part = expand(self.b, primitive.slopes[k], primitive.holomorphic, ct, y, operands)
            if part is None:
                opaque.append(k)
            else:
                found.append((k, part))
        if opaque:
            found += self._opaque(primitive, step, ct, y, operands, traced, opaque)
        return found

    def _opaque(
        self, primitive: Primitive, step: Step, ct: Any, y: Any, operands: list[Any], traced: list[bool],
        wanted: list[int],
    ) -> list[tuple[int, Any]]:  # fmt: skip
        keep_output, keep_inputs = primitive.keep(tuple(traced))
        values: list[Any] = [self._float(y) if keep_output else Const(spec_of(step.value))]
        for k, (x, operand, keep) in enumerate(zip(step.inputs, operands, keep_inputs, strict=True)):
            value = x.value if isinstance(x, Step) else x
            if not keep:
                values.append(Const(spec_of(value)))
            elif primitive.vjps is not None and primitive.vjps[k] is None:
                values.append(operand)
            else:
                values.append(self._float(operand))
        other = Form("other")
        if primitive.vjps is None:
            joint: Any = primitive.joint
            options = step.options
            if "by_x" in options:  # is the cotangent of the first input wanted?
                options = {**options, "by_x": traced[0]}
            several = self.b.emit(joint, [ct, *values], Form("tuple"), options=options, shares=True)
            return [
                (k, self.b.emit(_pick, [several, Const(k)], other, "{0}[{1}]", shares=True)) for k in wanted
            ]
        return [
            (k, self.b.emit(primitive.vjps[k], [ct, *values], other, options=step.options, shares=True))  # type: ignore[arg-type]
            for k in wanted
        ]

    def _float(self, x: Any) -> Any:
        """An array of integers as one of floats, as rules get it."""
        if x.form.kind == "array" and x.form.dtype.kind in "iu":
            if isinstance(x, Const):
                return Const(as_floats(x.value))
            return self.b.emit(as_floats, [x], Form("array", x.form.shape, np.dtype(float)))
        return x

    # -- numbers -------------------------------------------------------------------------------------

    def _numbers(self, primitive: Primitive, step: Step, operands: list[Any], y: Any) -> bool:
        """Is this one of the operations between Python numbers that the sweep has a short way for?"""
        if primitive.number_vjp is None or type(step.value) not in NUMBERS:
            return False
        return all(type(x.value if isinstance(x, Step) else x) in NUMBERS for x in step.inputs)

    def _pull_numbers(
        self, primitive: Primitive, step: Step, ct: Any, y: Any, operands: list[Any], traced: list[bool]
    ) -> None:
        if isinstance(ct, Pieces):
            raise Differs
        operands = [a if isinstance(a, Var) else Const(NUMBERS[type(a.value)](a.value)) for a in operands]
        written_out = written.NUMBERS.get(primitive.name)
        parts: list[Any] = [None, None]
        if written_out is not None:
            parts = [written_out(self.b, k, ct, y, operands) if on else None for k, on in enumerate(traced)]
        elif all(_has_number_formulas(primitive, k) for k, on in enumerate(traced) if on):
            parts = [
                expand(self.b, primitive.slopes[k], False, ct, y, operands)
                if on and primitive.slopes[k] is not None else None
                for k, on in enumerate(traced)
            ]  # fmt: skip
        else:
            pair = self.b.emit(primitive.number_vjp, [ct, (y, *operands)], Form("tuple"))  # type: ignore[arg-type]
            for k, on in enumerate(traced):
                if on and (primitive.vjps is None or primitive.vjps[k] is not None):
                    parts[k] = self.b.emit(_pick, [pair, Const(k)], FLOAT, "{0}[{1}]")
        for x, part, on in zip(step.inputs, parts, traced, strict=False):
            if on and part is not None:
                self._add(x, part)

    # -- adding up -----------------------------------------------------------------------------------

    def _add(self, to: Step, part: Any) -> None:
        known = self.found.get(to.position)
        if known is None:
            self.found[to.position] = part
        elif isinstance(known, Pieces):
            known.add(..., part)
        elif isinstance(known, dict):
            raise Differs
        else:
            self.found[to.position] = self._sum(known, part)

    def _sum(self, a: Any, b: Any) -> Any:
        if is_array(a) or is_array(b):
            form = a.form if is_array(a) else b.form
            return self.b.emit(np.add, [a, b], form, ufunc=np.add)
        if isinstance(a, Const) and isinstance(b, Const):
            return Const(a.value + b.value)
        kind = "number" if a.form.kind == b.form.kind == "number" else "other"
        form = a.form if a.form == b.form else Form(kind, (), complex if kind == "number" else None)
        return self.b.emit(_plus, [a, b], form, "{0} + {1}")

    def _piece(self, source: Step, index: Any, ct: Any) -> None:
        known = self.found.get(source.position)
        if isinstance(source.value, tuple):
            several = self.found.setdefault(source.position, {})
            several[index] = ct
            return
        if not isinstance(known, Pieces):
            pieces = self.found[source.position] = Pieces()
            if known is not None:
                pieces.add(..., known)
            known = pieces
        known.add(index, ct)

    def _dense(self, pieces: Pieces, spec: Spec) -> Any:
        form = Form("array", spec.shape, spec.dtype)
        if any(not is_real(p) for p in pieces.parts):
            form = Form("other")
        return written.scatter(self.b, pieces.parts, pieces.indices, form, spec)

    def _full(self, ct: Any, spec: Spec) -> Any:
        return self._project(ct, spec)

    def _project(self, ct: Any, spec: Spec) -> Any:
        form = ct.form
        if spec == FLOAT_SPEC and form == FLOAT:
            return ct
        if form.kind == "array" and form == _form(spec):
            return ct
        if isinstance(ct, Const):
            value = project(ct.value, spec)
            return Const(value.item() if type(value) is np.float64 and spec.dtype is float else value)
        return self.b.emit(settle, [ct, Const(spec)], _form(spec), shares=True)

    def _keeps_shape(self, primitive: Primitive, step: Step, traced: list[bool], spec: Spec) -> bool:
        for x, on in zip(step.inputs, traced, strict=True):
            if on and spec_of(x.value)[0] != spec.shape:
                return False
        return primitive.number_vjp is not None


def _has_formulas(primitive: Primitive, k: int) -> bool:
    """Is the rule of this input the one that its formula gives?"""
    return k < len(primitive.slopes) and primitive.slopes[k] is not None


def _has_number_formulas(primitive: Primitive, k: int) -> bool:
    return k < len(primitive.slopes) and (primitive.slopes[k] is None or isinstance(primitive.slopes[k], str))


def _as_tuple(*parts: Any) -> tuple[Any, ...]:
    return parts


def _pick(parts: Any, k: int) -> Any:
    return parts[k]


def _plus(a: Any, b: Any) -> Any:
    return a + b
