"""The steps of an explanation: operation, local derivatives, contributions, tangents."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ..autodiff.forward import push
from ..autodiff.sweep import project
from ..autodiff.tape import spec_of
from ..nonsmooth.table import kinks_of
from ..recording import Step, rule_values
from ..recording.shorten import short
from ..recording.sources import Location, location_of
from .formula import Formula, as_contribution, uses_cotangent
from .names import BAR, DOT, Names, marked, tex
from .patterns import text_of
from .templates import OPERATIONS, QUIET, defaults, input_names, inputs_of, same, slope_template
from .texing import tex_text
from .writing import MANY, Symbol


class Part:
    """A step and one of its inputs: the local derivative, and the contribution to the input's cotangent."""

    def __init__(self, line: ExplainedStep, k: int, contribution: Any):
        self.line = line
        self.index = k
        self.step: Step = line.step.inputs[k]
        self.name = line.names.of[self.step]
        self.contribution = contribution

    @property
    def step_latex(self) -> str:
        return tex(self.name)

    @property
    def bar_latex(self) -> str:
        return tex(self.name, BAR)

    @cached_property
    def template(self) -> str:
        source = self.line.step.inputs[0]
        if isinstance(source, Step) and isinstance(source.value, tuple):
            return "dy"  # one output of several
        return slope_template(self.line.step, self.index, self.line.cotangent)

    @cached_property
    def formula(self) -> Formula:
        """The contribution, as a formula that contains the cotangent."""
        return self.formula_with({})

    def formula_with(self, replaced: dict[str, Any]) -> Formula:
        """The same with formulas in the place of some words of the rule."""
        return Formula(self._whole_template, {**self.line.words, **replaced})

    @property
    def _whole_template(self) -> str:
        return self.template if uses_cotangent(self.template) else as_contribution(self.template)

    @cached_property
    def local(self) -> Formula:
        """The local derivative if its formula needs no cotangent, else the contribution."""
        return Formula(self.template, self.line.words)

    def evaluate(self) -> Any:
        """The contribution, computed from the formula that is shown."""
        return project(self.formula.evaluate(), spec_of(self.step.value))

    @cached_property
    def summed(self) -> tuple[int, ...]:
        """The axes of the output along which this input was repeated, so that it sums over them."""
        if isinstance(self.line.step.value, tuple) or isinstance(self.step.value, tuple):
            return ()
        if all(type(x) is float for x in (self.line.step.value, self.step.value)):
            return ()  # the usual case in loops of numbers
        shape, own = np.shape(self.formula.evaluate()), np.shape(self.step.value)
        extra = len(shape) - len(own)
        if extra < 0:
            return ()
        return (*range(extra), *(i + extra for i, n in enumerate(own) if n == 1 != shape[i + extra]))

    def _note(self) -> str:
        if not self.summed:
            return ""
        if not np.ndim(self.step.value):
            return "Σ "
        return f"Σ[{'axis' if len(self.summed) == 1 else 'axes'} {', '.join(map(str, self.summed))}] "

    @property
    def local_text(self) -> str:
        """The local derivative as text."""
        return text_of(self.template, self.line.words)

    def text(self, formula: Formula | None = None) -> str:
        """The contribution as text; with another formula if the step is part of a statement."""
        note = self._note()
        text = formula.text() if formula is not None else text_of(self._whole_template, self.line.words)
        return f"{note}({text})" if note and " " in text else note + text

    def latex(self, formula: Formula | None = None) -> str:
        note = ""
        if self.summed:
            note = r"\sum_{\text{" + ("axis " if len(self.summed) == 1 else "axes ")
            note += ", ".join(map(str, self.summed)) + r"}} "
        text = (formula or self.formula).latex()
        return rf"{note}\left({text}\right)" if note and " " in text else note + text


class ExplainedStep:
    """One step or argument with everything that views show of it."""

    def __init__(self, names: Names, step: Step):
        self.names = names
        self.step = step
        self.position = step.position
        self.calls = step.calls
        self.primitive_name = step.primitive.name
        self.name = names.of[step]
        self.is_argument = step.is_argument
        self.value = step.value
        self.cotangent: Any = None
        self.parts: list[Part] = []
        self.incoming: list[Part] = []  #: what its cotangent is the sum of, in the order of the sweep
        self.tangent: Any = None

    @cached_property
    def kink(self) -> str:
        """The remark if the step is at a kink of its primitive and has a derivative, else empty."""
        if self.cotangent is None and self.tangent is None:
            return ""
        for kink in kinks_of(self.step.primitive):
            ties = kink.ties(self.step.values, self.step.options)
            if ties:
                places = f", in {len(ties)} places" if len(ties) > 1 else ""
                return f"kink: {kink.word or kink.sort}{places}"
        return ""

    @cached_property
    def source(self) -> Location:
        return location_of(self.calls)

    @property
    def bar(self) -> str:
        """The name of the cotangent."""
        return marked(self.name, BAR)

    @property
    def bar_latex(self) -> str:
        return tex(self.name, BAR)

    @property
    def dot(self) -> str:
        """The name of the tangent."""
        return marked(self.name, DOT)

    @property
    def dot_latex(self) -> str:
        return tex(self.name, DOT)

    @property
    def latex(self) -> str:
        return tex(self.name)

    @property
    def inputs(self) -> list[str]:
        symbols = [self.names.symbol(x) for x in self.step.inputs]
        return [s.text if isinstance(s, Symbol) else short(s) for s in symbols]

    @cached_property
    def words(self) -> dict[str, Any]:
        """The names that a template may use, for this step."""
        step = self.step
        words: dict[str, Any] = {**defaults(step.primitive), **step.options}
        if "where" in words:  # which is the name of a function in formulas
            words["mask"] = words.pop("where")
        for name, x in self.input_words():
            words[name] = self.names.symbol(x)
        ct = np.float64(self.cotangent) if type(self.cotangent) is float else self.cotangent
        words["dy"] = Symbol(self.bar, self.bar_latex, ct)
        words["y"] = Symbol(self.name, self.latex, step.value)
        words["primitive"] = Symbol(step.primitive.name, tex_text(step.primitive.name), step.primitive)
        words["inputs"] = Symbol("inputs", "", step.values)
        words["known"] = Symbol("known", "", rule_values(step))
        words["options"] = Symbol("options", "", step.options)
        return words

    def input_words(self) -> list[tuple[str, Any]]:
        """What the rules call the inputs, and the inputs."""
        step = self.step
        return list(zip(input_names(step.primitive, len(step.inputs)), step.inputs, strict=True))

    @cached_property
    def operation(self) -> Formula:
        """What the step computes."""
        return self.operation_with({})

    def operation_with(self, replaced: dict[int, Any]) -> Formula:
        """The same with something else for some inputs: another symbol, or the formula of an input."""
        return Formula(*self._operation(replaced), simplify=False)

    @property
    def operation_text(self) -> str:
        """What the step computes, as text."""
        return text_of(*self._operation({}), simplify=False)

    def _operation(self, replaced: dict[int, Any]) -> tuple[str, dict[str, Any]]:
        step = self.step
        name = step.primitive.name
        symbols = [replaced.get(k, self.names.symbol(x)) for k, x in enumerate(step.inputs)]
        options = {
            k: v
            for k, v in step.options.items()
            if k not in QUIET and v is not None and not same(v, defaults(step.primitive).get(k))
        }
        template = OPERATIONS.get(name, "")
        if name == "transpose" and (options or np.ndim(step.value) != 2):
            template = ""
        if name == "dot" and max(map(np.ndim, step.values)) > 2:  # not the product of matrices in a stack
            template = ""
        if template:
            words = dict(zip(inputs_of(template), symbols, strict=False))
            return template, {**options, **words}
        words = {f"i{k}": s for k, s in enumerate(symbols)}
        arguments = [*words, *(f"{k}={k}" for k in options)]
        shown = name.rstrip("0123456789") if name.startswith("einsum") else name
        shown = shown if shown.isidentifier() else "call"
        return f"{shown}({', '.join(arguments)})", {**words, **options}

    @property
    def main_parts(self) -> list[Part | int]:
        """The parts; of very many the first and the last, with the number of those between them."""
        if len(self.parts) <= MANY:
            return list(self.parts)
        return [*self.parts[:3], len(self.parts) - 5, *self.parts[-2:]]

    # -- forward mode ------------------------------------------------------------------------------

    def push(self, tangents: dict[Step, Any]) -> Any:
        """The tangent of this step, given those of the steps before it."""
        step = self.step
        incoming = [tangents.get(x) if isinstance(x, Step) else None for x in step.inputs]
        if all(t is None for t in incoming) or isinstance(step.value, (bool, np.bool_)):
            return None
        source = step.inputs[0]
        if isinstance(source, Step) and isinstance(source.value, tuple):
            whole = incoming[0]
            return None if whole is None else whole[step.options["index"]]
        with np.errstate(all="ignore"):
            tangent = push(step.primitive, step.value, list(step.values), incoming, step.options)
        if tangent is None or isinstance(step.value, tuple):
            return tangent
        return project(tangent, spec_of(step.value))

    def tangent_formulas(self, tangents: dict[Step, Any]) -> list[Formula]:
        """The tangent of the step as a sum of terms, one for each input."""
        step = self.step
        terms: list[Formula] = []
        linear: dict[int, Any] = {}
        for k, x in enumerate(step.inputs):
            if not isinstance(x, Step) or tangents.get(x) is None:
                continue
            name = self.names.of[x]
            dot = Symbol(marked(name, DOT), tex(name, DOT), tangents[x])
            template = None if isinstance(x.value, tuple) else self._forward_template(k)
            if step.primitive.jvp == "linear" or isinstance(x.value, tuple):
                linear[k] = dot
            elif template is not None:
                terms.append(Formula(template, {**self.words, "dx": dot}))
            elif step.primitive.jvp == "multilinear":
                terms.append(self.operation_with({k: dot}))
            else:
                words = {**self.words, "dx": dot, "tangents": Symbol("", "", _only(step, k, tangents))}
                terms.append(Formula(f"pushed(primitive, {k}, dx, y, inputs, tangents, options)", words))
        return [self.operation_with(linear)] if linear else terms

    def _forward_template(self, k: int) -> str | None:
        if not self.step.primitive.formulas:
            return None
        template = slope_template(self.step, k, None)
        if uses_cotangent(template):
            return None
        value, given, condition = template.partition(" if ")
        if value.startswith("1 / "):
            value = f"dx / ({value[4:]})"
        else:
            value = f"({value}) * dx"
        return f"{value} if {condition}" if given else value


def _only(step: Step, k: int, tangents: dict[Step, Any]) -> list[Any]:
    return [tangents.get(x) if i == k else None for i, x in enumerate(step.inputs)]
