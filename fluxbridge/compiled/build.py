"""From a function and arguments to a compiled program: trace, lower, simplify, write."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff import native
from ..autodiff.structure import take_apart
from ..autodiff.tape import spec_of
from ..autodiff.template import Leaf as LeafTemplate
from ..recording import Step
from .backward import Backward
from .closures import Outline
from .draws import Generators, effective
from .effects import Watch
from .lower import Lowering, number
from .names import parameters
from .passes import numbered, reuse, simplified
from .program import FLOAT, OTHER, Const, Form, Op, Var, every, form_of, variables
from .refusals import CannotCompile, Differs
from .report import Report
from .signature import Signature
from .tiers import Later
from .trace import Given, Trace
from .writers.python import MISS, Writer


class Compiled:
    """A program for one way through a function: ``run(f, xs)`` gives its answer, or MISS."""

    __slots__ = ("confirmed", "later", "report", "run", "signature", "source", "training", "trial")

    def __init__(
        self, run: Callable[..., Any], source: str, signature: Signature, report: Report,
        later: Later | None = None,
    ):  # fmt: skip
        self.run = run
        self.trial = run  #: the same without its effects
        self.source = source
        self.signature: Signature | None = signature
        self.report = report
        self.later = later
        self.confirmed = False
        self.training = True


class Integers:
    """Are arrays of integers and booleans inputs? `used` if there are any."""

    def __init__(self, on: bool):
        self.on, self.used = on, False

    def __bool__(self) -> bool:
        return self.on


class _TellsStandIns(Exception):
    """Arrays outside must be compared and not be inputs: f could tell a stand-in by its type."""


class Traced:
    """A trace of f, and how what it reads is loaded."""

    def __init__(
        self,
        f: Callable[..., Any],
        xs: Sequence[Any],
        by_content: bool,
        training: bool,
        masks: bool,
        integers: Integers,
    ):
        writer = self.writer = Writer()
        names = parameters(f, len(xs))
        writer.reserved.update(names)
        first = Outline(writer.name, by_content=by_content, integers=bool(integers))
        first.take_arguments(xs, names)
        first.take_function(f)
        given = [leaf.value for leaf in first.arguments]
        leaves = take_apart(tuple(xs))[0]
        if len(leaves) != len(given) or any(a is not b for a, b in zip(leaves, given, strict=True)):
            raise CannotCompile("an argument has numbers in places that are not followed")
        outside = list({id(leaf.value): leaf.value for leaf in first.outside}.values())
        given_objects = {id(x) for x in take_apart(tuple(xs), lambda x: hasattr(type(x), "observed"))[0]}
        objects = [x for x in first.objects if id(x) not in given_objects]
        integers.used = integers.used or bool(
            objects or first.within or any(a.dtype.kind in "biu" for a in outside)
        )
        generators = Generators(first.generators)
        with native.outside_of_gradient(), Watch(first.holders, generators) as watch:
            if training:
                with native.as_in_gradient():
                    self.trace = Trace(f, xs, [*outside, *objects], masks, generators, first.within)
            else:
                self.trace = Trace(f, xs, [*outside, *objects], masks, generators, first.within)
        self.outline = Outline(self.writer.name, watch.ran, by_content, bool(integers))
        self.outline.take_arguments(xs, names)
        self.outline.take_function(f)
        self.outline.same_objects(self.trace.guarded)
        if outside and self.outline.tells_stand_ins:
            raise _TellsStandIns
        leaves_found = [*self.outline.arguments, *self.outline.outside]
        self.arrays = [leaf.name for leaf in leaves_found if isinstance(leaf.value, np.ndarray)]
        self.names_of = {id(leaf.value): leaf.name for leaf in self.outline.outside}
        self.outside = outside

    def name_inputs(self, lowering: Lowering) -> None:
        lowering.names = self.outline.known
        lowering.places = {**self.outline.known, **self.outline.places}
        variables = lowering.inputs()
        given = [*[leaf.value for leaf in self.outline.arguments], *self.outside]  # the trace has copies
        self.contiguous = {
            v
            for v, x in zip(variables, given, strict=True)
            if isinstance(x, np.ndarray) and x.flags.c_contiguous and x.ndim
        }
        for var, leaf in zip(variables, self.outline.arguments, strict=False):
            var.name = leaf.name
        for var, array in zip(variables[len(self.outline.arguments) :], self.outside, strict=True):
            var.name = self.names_of.get(id(array), "unread")


class Effects:
    """What a program does beside giving a result; its variables are results, too, so that they stay."""

    def __init__(self, traced: Traced, lowering: Lowering):
        self.drawn: list[Any] = lowering.drawn
        self.places = []
        self.assigned: list[Any] = []
        for owner, name, step, outside in traced.trace.assigned:
            if outside and traced.trace.on[step.position]:
                raise CannotCompile(f"it keeps a value with a derivative in a {type(owner).__name__}")
            if id(owner) not in lowering.names:
                raise CannotCompile(f"it changes a {type(owner).__name__} on a way that is not followed")
            self.places.append((lowering.names[id(owner)], name))
            self.assigned.append(lowering.of[step.position])

    @property
    def any(self) -> bool:
        return bool(self.drawn or self.places)

    def lines(self, writer: Writer) -> list[str]:
        """What is assigned, when all has been computed."""
        found = []
        for (owner, name), v in zip(self.places, self.assigned, strict=True):
            text = writer.operand(v)
            value = f"{text}.copy()" if v.form.kind == "array" else f"float({text})"
            found.append(f"doings.assign({owner}, {name!r}, {value})")
        return found

    @property
    def parameters(self) -> str:
        return "f, xs, doings" if self.any else "f, xs"

    def finish(self, source: str, traced: Traced, report: Report, later: Later | None = None) -> Compiled:
        """The program of this source; what it does counts if it gives a result."""
        for call in traced.trace.calls.values():
            call.forget()
        if later is None:
            source = source.replace("def run(f, xs):", f"def run({self.parameters}):", 1)
        run, trial = self.functions(source, traced.writer)
        made = Compiled(run, source, Signature(traced.trace), report, later)
        made.trial = trial
        return made

    def written(
        self, ops: list[Op], results: Any, tail: list[str], traced: Traced, report: Report, start: float
    ) -> Compiled:
        """The program of these operations, with `tail` at its end; machine code may come later."""
        _check_read(ops)
        reuse(ops, results, traced.contiguous)
        later = Later(
            traced.outline.lines, ops, results, tail, traced.writer, traced.contiguous, self.parameters,
            self.functions,
        )  # fmt: skip
        report.finished(traced, ops, time.perf_counter() - start)
        return self.finish(later.plain, traced, report, later)

    def functions(self, source: str, writer: Writer) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The program of a source, and the same without its effects."""
        exec(compile(source, "<fluxbridge.compiled>", "exec"), writer.names)
        run = writer.names["run"]
        if not self.any:
            return run, run
        return effective(run, MISS), effective(run, MISS, trial=True)


def trace_of(f: Callable[..., Any], xs: Sequence[Any], training: bool, integers: Integers) -> Traced:
    """A trace with the arrays outside as inputs, and comparisons of arrays as steps.

    Where that does not go, the answers of comparisons are guarded, and then the contents of the arrays.
    """
    for by_content, masks in ((False, True), (False, False)):
        try:
            return Traced(f, xs, by_content, training, masks, integers if masks else Integers(False))
        except CannotCompile:
            raise
        except Exception:
            if integers and integers.used:
                raise CannotCompile("it uses whole numbers as such") from None
            continue
    return Traced(f, xs, True, training, False, Integers(False))


def with_integers(make: Callable[..., Any]) -> Callable[..., Any]:
    """With arrays of integers and booleans, and one-hot ones, as inputs; else guarded by their contents."""

    @functools.wraps(make)
    def made(*args: Any) -> Compiled:
        integers = Integers(True)
        try:
            return make(*args, integers=integers)
        except CannotCompile:
            if not integers.used:
                raise
            return make(*args, integers=Integers(False))

    return made


def joint(
    f: Callable[..., Any], xs: Sequence[Any], aux: bool, integers: Integers
) -> tuple[Traced, Lowering, list[Any]]:
    """The operations of ``withgradient(f, *xs)`` as they are recorded, and the results: value, gradients."""
    traced = trace_of(f, xs, True, integers)
    trace = traced.trace
    out = trace.out
    target: Any = native.first(out) if aux else out
    value = native.first(trace.value) if aux else trace.value
    native.check_scalar(value)
    lowering = Lowering(trace)
    traced.name_inputs(lowering)
    lowering.forward()
    seeds = []
    if isinstance(target, Step):
        seeds = [(target, Const(native._one(target.value)))]
    back = Backward(lowering, seeds)
    found = [back.leaf(step) for step in trace.steps[: trace.leaves]]
    arrays = not traced.outline.by_content
    return traced, lowering, [_structure(out if aux else target, lowering, back.active, arrays), found]


@with_integers
def gradient(f: Callable[..., Any], xs: Sequence[Any], aux: bool, integers: Integers) -> Compiled:
    """The program of ``withgradient(f, *xs)``."""
    start = time.perf_counter()
    traced, lowering, results = joint(f, xs, aux, integers)
    return finish(traced, lowering, results, traced.trace.templates, start)


@with_integers
def call(f: Callable[..., Any], xs: Sequence[Any], integers: Integers) -> Compiled:
    """The program of ``f(*xs)`` itself, for functions that contain derivatives."""
    start = time.perf_counter()
    traced = trace_of(f, xs, False, integers)
    trace = traced.trace
    lowering = Lowering(trace)
    traced.name_inputs(lowering)
    lowering.forward()
    out = _structure(trace.out, lowering, trace.on, arrays=True)
    effects = Effects(traced, lowering)
    inputs = {v for v in lowering.of.values() if v.op is None}
    if any(v.op is None and v not in inputs for v in every(out)):
        raise CannotCompile("it returns what it was given, or finds outside, as it is")
    copied = _copied(out, inputs, lowering.b)
    results = [copied, effects.drawn, effects.assigned]
    report = Report()
    ops = simplified(lowering.b.ops, results, report, traced.contiguous)
    numbered(ops)
    writer = traced.writer
    given = "".join(f", {name}" for name in traced.arrays)
    made_of = f"{writer.name(own)}({writer_text(results[0], writer)}{given})"
    tail = [f"made = {made_of}", *effects.lines(writer), "return made"]
    made = effects.written(ops, results, tail, traced, report, start)
    made.training = False
    return made


def own(result: Any, *given: Any) -> Any:
    """Results with memory of their own, which is not that of the given arrays."""
    seen = set(map(id, given))

    def owned(x: Any) -> Any:
        if type(x) is np.ndarray:
            x = x if x.flags.owndata and x.flags.writeable and id(x) not in seen else x.copy(order="K")
            seen.add(id(x))
            return x
        if type(x) in (tuple, list):
            return type(x)([owned(v) for v in x])
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[owned(v) for v in x])
        return {k: owned(v) for k, v in x.items()} if type(x) is dict else x

    return owned(result)


class Fields(list[Any]):
    """The fields of a named tuple among the results, whose class is `kind`."""

    def __init__(self, kind: type, parts: list[Any]):
        super().__init__(parts)
        self.kind = kind


def _copied(x: Any, inputs: set[Any], b: Any) -> Any:
    """A result in which inputs of the program are copies."""
    if isinstance(x, Var):
        return b.emit(np.copy, [x], x.form, "{0}.copy()") if x in inputs and x.form.kind == "array" else x
    if isinstance(x, Fields):
        return Fields(x.kind, [_copied(v, inputs, b) for v in x])
    if isinstance(x, (tuple, list)):
        return type(x)([_copied(v, inputs, b) for v in x])
    return {k: _copied(v, inputs, b) for k, v in x.items()} if isinstance(x, dict) else x


def _check_read(ops: Sequence[Any]) -> None:
    if any(v.name == "unread" for op in ops for v in op.inputs()):
        raise CannotCompile("it reads an array on a way that is not followed")


def finish(
    traced: Traced, lowering: Lowering, results: list[Any], templates: Sequence[Any], start: float
) -> Compiled:
    writer = traced.writer
    report = Report()
    effects = Effects(traced, lowering)
    results += [effects.drawn, effects.assigned]
    ops = simplified(lowering.b.ops, results, report, traced.contiguous)
    numbered(ops)
    value, found = results[:2]
    tail: list[str] = []
    gradients = _gradients(found, templates, writer, tail, traced.arrays)
    if effects.places:
        tail += [f"made = {writer_text(value, writer)}, {gradients}", *effects.lines(writer), "return made"]
    else:
        tail.append(f"return {writer_text(value, writer)}, {gradients}")
    return effects.written(ops, results, tail, traced, report, start)


def _gradients(
    found: list[Any], templates: Sequence[Any], writer: Writer, body: list[str], given: Sequence[str]
) -> str:
    """The text of the gradients in their structure; arrays are made the caller's own, and not the given."""
    if not _all_fresh(found):
        vars_ = [_number_text(v, writer) for v in found]
        body.append(f"g = [{', '.join(vars_)}]")
        body.append(f"{writer.name(_fresh)}(g, ({''.join(f'{name}, ' for name in given)}))")
        found_text = [f"g[{k}]" for k in range(len(found))]
    else:
        found_text = [_number_text(v, writer) for v in found]
    if all(t is None or (isinstance(t, LeafTemplate) and t.finish is None) for t in templates):
        parts = ["None" if t is None else found_text[t.index] for t in templates]
        return "(" + "".join(f"{p}, " for p in parts) + ")"
    return f"{writer.name(_Fill(templates), 'fill')}([{', '.join(found_text)}])"


def _number_text(v: Any, writer: Writer) -> str:
    """A result; a number is one of Python's."""
    text = writer_text(v, writer)
    if isinstance(v, Var) and v.form.kind == "array" and not v.form.shape:  # arithmetic gives NumPy's numbers
        return f"{writer.name(number)}({text})"
    if not isinstance(v, Var) or v.form.kind not in ("number", "other"):
        return text
    call = "float" if v.form == FLOAT else writer.name(number)
    return f"{text} if type({text}) is float else {call}({text})"


class _Fill:
    """Puts the gradients of the leaves into the structures of the arguments."""

    def __init__(self, templates: Sequence[Any]):
        self.templates = list(templates)

    def __call__(self, found: list[Any]) -> tuple[Any, ...]:
        return tuple([None if t is None else t.fill(found) for t in self.templates])


def _fresh(found: list[Any], given: tuple[Any, ...]) -> None:
    for i, ct in enumerate(found):
        if type(ct) is np.float64:
            found[i] = ct.item()
    native._make_fresh(found, list(given))


def _all_fresh(found: Sequence[Any]) -> bool:
    """Is every array among these made by an operation that gives new memory, and in one place only?"""
    seen = set()
    for v in found:
        if isinstance(v, Const) and isinstance(v.value, np.ndarray):
            return False
        if not isinstance(v, Var):
            continue
        if v.form.kind == "number":
            continue
        if v.op is None or v.op.shares or id(v) in seen or v.form.kind == "other":
            return False
        if v.op.ufunc is None and v.op.call not in (np.matmul, np.full) and v.op.call.__name__ != "pieces":
            return False
        seen.add(id(v))
    return True


def writer_text(x: Any, writer: Writer) -> str:
    """A result as text: variables, and constants (arrays are copied), in tuples, lists and dicts."""
    if x is None:
        return "None"
    if isinstance(x, Var | Const):
        constant = isinstance(x, Const) and isinstance(x.value, np.ndarray)
        return f"{writer.operand(x)}{'.copy()' if constant else ''}"
    if isinstance(x, tuple):
        return "(" + "".join(f"{writer_text(v, writer)}, " for v in x) + ")"
    if isinstance(x, Fields):
        return f"{writer.name(x.kind)}({', '.join(writer_text(v, writer) for v in x)})"
    if isinstance(x, list):
        return "[" + ", ".join(writer_text(v, writer) for v in x) + "]"
    return (
        "{" + ", ".join(f"{writer.operand(Const(k))}: {writer_text(v, writer)}" for k, v in x.items()) + "}"
    )


def _structure(out: Any, lowering: Lowering, active: list[bool], arrays: bool = False) -> Any:
    """What f returned, with variables in place of steps; constant arrays are copied, if they may occur."""
    original = out.original if type(out) is Given else out
    if id(original) in lowering.places:
        return Var(OTHER, lowering.places[id(original)])
    if type(out) is Given:
        raise CannotCompile(f"it returns a {type(original).__name__} on a way that is not followed")
    if isinstance(out, Step):
        var = lowering.of[out.position]
        if not active[out.position] and out.position in lowering.trace.scalars and var.form.kind == "number":
            kind: Any = np.float64 if var.form.dtype is float else np.int64
            return lowering.b.emit(kind, [var], Form("scalar", (), np.dtype(kind)), "{f}({0})")
        return var
    kind = type(out)
    if kind is list or kind is dict:
        if id(out) in lowering.returned:
            raise CannotCompile(f"the same {kind.__name__} stands twice in what it returns")
        lowering.returned.add(id(out))
    if kind is tuple or kind is list:
        return kind([_structure(v, lowering, active, arrays) for v in out])
    if isinstance(out, tuple) and kind.__new__.__module__ == f"namedtuple_{kind.__name__}":
        return Fields(kind, [_structure(v, lowering, active, arrays) for v in out])
    if kind is dict and all(k is None or type(k) in (bool, int, float, str, bytes) for k in out):
        return {k: _structure(v, lowering, active, arrays) for k, v in out.items()}
    if out is None or kind in (bool, int, float, complex, str, bytes) or isinstance(out, np.generic):
        return Const(out)
    if arrays and kind is np.ndarray and out.dtype.kind in "biufc":
        return lowering.b.emit(np.copy, [Const(out.copy())], form_of(out), "{0}.copy()")
    raise CannotCompile(f"it returns a {kind.__name__}")


__all__ = ["Compiled", "Differs", "Traced", "finish", "gradient", "spec_of", "trace_of", "variables"]
