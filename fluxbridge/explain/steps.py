"""One run of a function as lines: what each step did, and what went back through it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..autodiff.forward import push
from ..autodiff.primitive import Primitive
from ..autodiff.recording import Recording, Step, rule_values
from ..autodiff.sweep import project
from ..autodiff.tape import spec_of
from ..autodiff.tracer import TracedArray, TracedNumber
from .formula import Formula, Symbol, _text, as_contribution, is_complex, uses_cotangent
from .shorten import short
from .sources import Source, source_of

BAR, DOT = "\u0304", "\u0307"

#: How operations are written that have a sign of their own; all others are called by name.
OPERATIONS = {
    "add": "a + b", "subtract": "a - b", "multiply": "a * b", "divide": "a / b", "negative": "-x",
    "positive": "x", "power": "a ** b", "literal_power": "x ** p", "matmul": "a @ b", "dot": "a @ b",
    "getitem": "x[index]", "square": "x ** 2", "absolute": "absolute(x)", "sqrt": "sqrt(x)",
    "transpose": "transposed(x)", "inv": "inv(a)",
}  # fmt: skip


class Names:
    """What the steps and constants of a recording are called."""

    def __init__(self, recording: Recording, arguments: Sequence[str]):
        self.arguments = arguments
        self.constants: dict[int, tuple[str, Any]] = {}
        self.of: dict[Step, str] = {}
        count = 0
        for step in recording.steps:
            if step.is_argument:
                self.of[step] = self.path(step.path)
            else:
                count += 1
                self.of[step] = f"v{count}"

    def path(self, path: str) -> str:
        """``[0].weight`` with the name of the argument: ``m.weight``."""
        head, _, rest = path.partition("]")
        return self.arguments[int(head[1:])] + rest

    def symbol(self, x: Any, mark: str = "") -> Any:
        """The symbol of an input: a step, or a constant; numbers stand for themselves."""
        if not isinstance(x, Step):
            return self._constant(x)
        name = self.of[x]
        return Symbol(marked(name, mark), tex(name, mark), x.value)

    def _constant(self, x: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim and x.size > 1:
            name = self.constants.setdefault(id(x), (f"c{len(self.constants) + 1}", x))[0]
            return Symbol(name, tex(name), x)
        if isinstance(x, (complex, np.complexfloating)):
            return Symbol(f"({short(x)})", f"({short(x)})", x)
        if isinstance(x, np.ndarray):
            return Symbol(short(x), short(x), x)
        return x


def marked(name: str, mark: str) -> str:
    """`name` with a bar or a dot on its first letter, or a ∂ before a name that is a path."""
    if not mark:
        return name
    return name[0] + mark + name[1:] if name.isalnum() else ("∂" if mark == BAR else "δ") + name


def tex(name: str, mark: str = "") -> str:
    """The name in TeX: ``v_{3}``, ``W``, or upright for a path."""
    letters = name.rstrip("0123456789")
    over = {"": "{}", BAR: r"\bar{{{}}}", DOT: r"\dot{{{}}}"}[mark]
    if len(letters) == 1 and letters.isalpha():
        digits = name[1:]
        return over.format(letters) + (f"_{{{digits}}}" if digits else "")
    if mark:
        over = r"\overline{{{}}}" if mark == BAR else r"\dot{{{}}}"
    return over.format(_text(name))


# ---------------------------------------------------------------------------------------------
# Templates of a primitive
# ---------------------------------------------------------------------------------------------


def input_names(primitive: Primitive, count: int) -> list[str]:
    """What the rules of a primitive call its inputs; those of a list get numbers from 0."""
    rules = [primitive.joint] if primitive.vjps is None else [r for r in primitive.vjps if r]
    names: list[str] = []
    if rules and rules[0] is not None:
        for parameter in list(inspect.signature(rules[0]).parameters.values())[2:]:
            if parameter.kind is parameter.VAR_POSITIONAL:
                names += [f"{parameter.name.lstrip('_')}{k}" for k in range(count - len(names))]
            elif len(names) < count:
                names.append(parameter.name.lstrip("_"))
    return names + [f"x{k}" for k in range(len(names), count)]


def defaults(primitive: Primitive) -> dict[str, Any]:
    """The options of a primitive that have default values."""
    rules = [primitive.joint] if primitive.vjps is None else [r for r in primitive.vjps if r]
    if not rules or rules[0] is None:
        return {}
    parameters = inspect.signature(rules[0]).parameters
    return {n: p.default for n, p in parameters.items() if p.default is not p.empty}


def slope_template(step: Step, k: int, cotangent: Any) -> str:
    """The template for input k: the local derivative, or with ``dy`` in it the whole contribution."""
    primitive = step.primitive
    formula = primitive.formulas[k] if primitive.formulas else None
    real = not is_complex((*step.values, step.value))
    if isinstance(formula, str) and (real or primitive.shown is None):
        return formula
    shown = primitive.shown
    if callable(shown):
        found = shown(k, cotangent, step.value, *step.values, **step.options)
    else:
        found = shown[k] if shown is not None and k < len(shown) else None
    if found is None and primitive.area == "special" and is_elementwise(primitive, step):
        names = input_names(primitive, len(step.inputs))
        found = f"partial(primitive, {k}, y, {', '.join(names)})"
    return found or f"pullback(primitive, {k}, dy, known, options)"


def is_elementwise(primitive: Primitive, step: Step) -> bool:
    """A function of single elements, without options and with one result."""
    return primitive.vjps is not None and not step.options and not isinstance(step.value, tuple)


# ---------------------------------------------------------------------------------------------
# Lines
# ---------------------------------------------------------------------------------------------


class Part:
    """What a step has to do with one of its inputs: the local derivative and what goes back."""

    def __init__(self, line: Line, k: int, contribution: Any):
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
        template = self.template if uses_cotangent(self.template) else as_contribution(self.template)
        return Formula(template, self.line.words)

    @cached_property
    def local(self) -> Formula:
        """The local derivative if it can be said without the cotangent, else the contribution."""
        return Formula(self.template, self.line.words)

    def evaluate(self) -> Any:
        """The contribution, computed from the formula that is shown."""
        return project(self.formula.evaluate(), spec_of(self.step.value))

    @cached_property
    def summed(self) -> tuple[int, ...]:
        """The axes of the output along which this input was repeated, so that it sums over them."""
        if isinstance(self.line.step.value, tuple) or isinstance(self.step.value, tuple):
            return ()
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

    def text(self) -> str:
        note, text = self._note(), self.formula.text()
        return f"{note}({text})" if note and " " in text else note + text

    def latex(self) -> str:
        note = ""
        if self.summed:
            note = r"\sum_{\text{" + ("axis " if len(self.summed) == 1 else "axes ")
            note += ", ".join(map(str, self.summed)) + r"}} "
        text = self.formula.latex()
        return rf"{note}\left({text}\right)" if note and " " in text else note + text


class Line:
    """One step, or one argument, with all that is shown of it."""

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
        self.tangent: Any = None

    @cached_property
    def kink(self) -> str:
        """What to say if the step sits on a kink of its primitive, else nothing."""
        found = self.step.primitive.kink or ()
        for kink in found if isinstance(found, (tuple, list)) else (found,):
            ties = kink.ties(self.step.values, self.step.options)
            if ties:
                places = f", in {len(ties)} places" if len(ties) > 1 else ""
                return f"kink: {kink.word or kink.sort}{places}"
        return ""

    @cached_property
    def source(self) -> Source:
        return source_of(self.calls)

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
        if "where" in words:  # which is a word of the formulas
            words["mask"] = words.pop("where")
        for name, x in zip(input_names(step.primitive, len(step.inputs)), step.inputs, strict=True):
            words[name] = self.names.symbol(x)
        ct = np.float64(self.cotangent) if type(self.cotangent) is float else self.cotangent
        words["dy"] = Symbol(self.bar, self.bar_latex, ct)
        words["y"] = Symbol(self.name, self.latex, step.value)
        words["primitive"] = Symbol(step.primitive.name, _text(step.primitive.name), step.primitive)
        words["inputs"] = Symbol("inputs", "", step.values)
        words["known"] = Symbol("known", "", rule_values(step))
        words["options"] = Symbol("options", "", step.options)
        return words

    @cached_property
    def operation(self) -> Formula:
        """What the step computes."""
        return self._operation({})

    def _operation(self, replaced: dict[int, Any]) -> Formula:
        step = self.step
        name = step.primitive.name
        symbols = [replaced.get(k, self.names.symbol(x)) for k, x in enumerate(step.inputs)]
        options = {
            k: v for k, v in step.options.items()
            if k not in _QUIET and v is not None and not _same(v, defaults(step.primitive).get(k))
        }  # fmt: skip
        template = OPERATIONS.get(name, "")
        if name == "transpose" and (options or np.ndim(step.value) != 2):
            template = ""
        if template:
            words = dict(zip(_inputs_of(template), symbols, strict=False))
            return Formula(template, {**options, **words})
        words = {f"i{k}": s for k, s in enumerate(symbols)}
        arguments = [*words, *(f"{k}={k}" for k in options)]
        shown = name.rstrip("0123456789") if name.startswith("einsum") else name
        shown = shown if shown.isidentifier() else "call"
        return Formula(f"{shown}({', '.join(arguments)})", {**words, **options})

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
            found = push(step.primitive, step.value, list(step.values), incoming, step.options)
        if found is None or isinstance(step.value, tuple):
            return found
        return project(found, spec_of(step.value))

    def tangent_formulas(self, tangents: dict[Step, Any]) -> list[Formula]:
        """How the tangents of the inputs make up that of the step: terms of a sum."""
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
                terms.append(self._operation({k: dot}))
            else:
                words = {**self.words, "dx": dot, "tangents": Symbol("", "", _only(step, k, tangents))}
                terms.append(Formula(f"pushed(primitive, {k}, dx, y, inputs, tangents, options)", words))
        return [self._operation(linear)] if linear else terms

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


#: Options that say how, not what, is computed.
_QUIET = {"optimize", "copy", "order", "dtype", "out", "subok", "where", "initial", "method"}


def _inputs_of(template: str) -> list[str]:
    """The names in a template, in the order of the inputs."""
    found = {n.id for n in ast.walk(ast.parse(template)) if isinstance(n, ast.Name)}
    return [name for name in ("a", "x", "b", "p") if name in found]


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and not isinstance(a, np.ndarray) and bool(a == b)


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the parameters; of those that are not known x, or x1, x2 …"""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}[{k}]" for k in range(count - len(names))]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
    names = names[:count]
    missing = count - len(names)
    names += ["x"] if missing == 1 and not names else [f"x{k + 1}" for k in range(len(names), count)]
    # v1, v2 … and c1, c2 … are taken
    return [n + "_" if n[:1] in "vc" and n[1:].isdigit() else n for n in names]


def owner_path(names: Names) -> Callable[[Any], str]:
    """A function that tells where an object with parameters stands among the arguments."""
    known: dict[int, str] = {}

    def find(owner: Any) -> str:
        if id(owner) not in known:
            known[id(owner)] = _path_of(owner, names, 3)
        return known[id(owner)]

    return find


def _path_of(owner: Any, names: Names, depth: int) -> str:
    """By the path of some leaf inside, less the way from the owner to that leaf."""
    for leaf, way in _leaves(owner, "", depth):
        path = leaf.step.path
        if path and path.endswith(way) and way:
            return names.path(path[: -len(way)])
    return ""


def _leaves(x: Any, way: str, depth: int) -> Any:
    if isinstance(x, (TracedNumber, TracedArray)):
        if hasattr(x, "step"):
            yield x, way
    elif depth and isinstance(x, (list, tuple)):
        for k, v in enumerate(x):
            yield from _leaves(v, f"{way}[{k}]", depth - 1)
    elif depth and isinstance(x, dict):
        for k, v in x.items():
            yield from _leaves(v, f"{way}[{k!r}]", depth - 1)
    elif depth and hasattr(x, "__dict__"):
        for k, v in vars(x).items():
            yield from _leaves(v, f"{way}.{k}", depth - 1)
