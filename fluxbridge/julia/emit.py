"""A recorded run of a Python function, as Julia source.

The spelling of each step stands with the registration of its primitive (see
:mod:`fluxbridge.autodiff.spelling`); here they are put together: what is used once is written where it
is used, the rest gets a name, that of the Python variable if there is one. Numbers and small arrays are
written out, larger arrays are further parameters of the function, the captured values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.primitive import Tracer, plain
from ..autodiff.recording import Choice, Recording, Step
from ..autodiff.spelling import (
    COMPARISON,
    Site,
    Term,
    aligned,
    array_literal,
    call,
    elementwise,
    infix,
    number_term,
    spell,
)
from ..autodiff.template import Branch
from ..errors import NoRuleError
from . import names
from .layout import wrapped
from .runs import QUESTIONS, asked_key, constants, identity, is_constant, spelling_of
from .structures import accessed, ordered, traced_leaves

_INLINE = 60  #: the longest text that is written into another
_SMALL = 8  #: the most elements of an array that is written out


class Emitted(NamedTuple):
    """Julia source of one run.

    `captured` are the numbers of the constants that are passed as further arguments, `names` their names;
    `inlined` has the value of every constant that is written out, by its number.
    """

    name: str
    text: str
    captured: tuple[int, ...]
    names: tuple[str, ...]
    inlined: dict[int, Any]
    asked: dict[int, Any]  #: constants that are answers to a question, by their number (see asked_key)
    spelled: dict[int, list[Term]]  #: steps whose spelling refers to arrays: position -> terms


def emit(run: Recording, f: Callable[..., Any], varying: frozenset[int] = frozenset()) -> Emitted:
    """The Julia source of a run of f."""
    taken: frozenset[str] = frozenset()
    while True:
        emission = Emission(run, f, varying, taken)
        emitted = emission.emit()
        called = {m[1] for m in _CALLED.finditer(emitted.text)}  # names of functions must stay theirs
        clashes = (called | _TYPES) & (emission.taken - {emitted.name})
        if _calls_itself(emitted) or emitted.name in _PRELUDE:
            clashes |= {emitted.name}
        if clashes <= taken:
            return emitted
        taken |= clashes


_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)\.?\(|(?<![\w.])(NumPy|NNlib|SpecialFunctions)\.")
_TYPES = {"NumPy", "NNlib", "SpecialFunctions", "Symmetric", "Hermitian", "CartesianIndex"}


#: Names that a module for Julia source has already (see PRELUDE in functions.jl).
_PRELUDE = {"FluxBridge", "NumPy", "SpecialFunctions", "gradient", "withgradient", "eval", "include"}


def _calls_itself(emitted: Emitted) -> bool:
    return len(re.findall(rf"(?<![\w.]){emitted.name}\.?\(", emitted.text)) > 1


class Emission:
    """One run on its way to Julia.

    `varying` are the numbers of constants that must not be written out, `taken` names that are not free.
    """

    def __init__(
        self, run: Recording, f: Callable[..., Any], varying: frozenset[int] = frozenset(),
        taken: frozenset[str] = frozenset(),
    ):  # fmt: skip
        self.run = run
        self.f = f
        self.varying = varying
        self.taken: set[str] = set(taken)
        self.terms: dict[Step, Term] = {}
        self.same: dict[Step, Step] = {}
        self.lines: list[str] = []
        self.captured: dict[int, str] = {}
        self.inlined: dict[int, Any] = {}
        self.asked: dict[int, Any] = {}
        self.spelled: dict[int, list[Term]] = {}
        self.by_id: dict[int, str] = {}
        self.kept: list[Any] = []
        self.masks = {id(c.outcome): c for c in run.choices if isinstance(c.outcome, np.ndarray)}
        self.numbers: dict[tuple[int, int], int] = {}  # (position, id of constant) -> its number
        for k, (position, x) in enumerate(constants(run)):
            self.numbers.setdefault((position, id(x)), k)
        self.count = sum(1 for _ in constants(run))
        self.held = names.held_names(f)

    # -- the whole ------------------------------------------------------------------------------------

    def emit(self) -> Emitted:
        run = self.run
        self.name = names.julia_name(names.function_name(self.f), self.taken)
        self.taken.add(self.name)
        parameters = []
        for name, template in zip(
            names.argument_names(self.f, len(run.templates)), run.templates, strict=True
        ):
            parameters.append(names.julia_name(name, self.taken))
            self.taken.add(parameters[-1])
            self._arguments(template, parameters[-1])
        self._find_same()
        needed, self.uses = self._count_uses()
        self.users = self._assigned()
        asked = list(run.choices)
        for step in run.steps:
            asked = self._comments(asked, step.position)
            if step in needed and not step.is_argument and self.same[step] is step:
                self._step(step)
        self._comments(asked, len(run.steps))
        body = [*self.lines, f"return {self._output(run.out)}"]
        further = list(self.captured.values())
        head = f"function {self.name}({', '.join(parameters + further)})"
        text = "\n".join([wrapped(head, ""), *[wrapped(line, "    ") for line in body], "end"]) + "\n"
        return Emitted(
            self.name, text, tuple(self.captured), tuple(further), self.inlined, self.asked, self.spelled
        )  # fmt: skip

    def _arguments(self, template: Any, text: str) -> None:
        """The terms of the leaves of an argument: ``m.layers[1].W``."""
        if template is None:
            return
        if not isinstance(template, Branch):
            step = self.run.steps[template.index]
            self.terms[step] = Term(text, step.value)
            return
        for child, below in accessed(template):
            self._arguments(child, text + below)

    def _find_same(self) -> None:
        """Steps that compute the same as an earlier one: the first stands for all."""
        known: dict[Any, Step] = {}
        for step in self.run.steps:
            self.same[step] = step
            if step.is_argument:
                continue
            inputs: list[Any] = []
            equal = {}  # constants that happen to be what those of an earlier step are
            for x in step.inputs:
                number = self.numbers.get((step.position, id(x)))
                if isinstance(x, Step):
                    inputs.append(self.same[x])
                elif number in self.varying:
                    inputs.append(number)
                else:
                    inputs.append(identity(x))
                    if number is not None and not isinstance(x, np.ndarray):
                        equal[number] = x
            key = (step.primitive, tuple(inputs), identity(step.options))
            self.same[step] = known.setdefault(key, step)
            if self.same[step] is not step:
                self.inlined.update(equal)

    def _behind(self, step: Step) -> list[Step]:
        """The steps that a step is computed from, and those behind the masks that it takes."""
        found = []
        for x in step.inputs:
            if isinstance(x, Step):
                found.append(self.same[x])
            elif id(x) in self.masks:
                found += [self.same[s] for s in self.masks[id(x)].inputs if isinstance(s, Step)]
        return found

    def _count_uses(self) -> tuple[set[Step], Counter[Step]]:
        outputs = [self.same[s] for s in traced_leaves(self.run.out)]
        uses: Counter[Step] = Counter(outputs)
        needed: set[Step] = set()
        pending = list(outputs)
        while pending:
            step = pending.pop()
            if step in needed:
                continue
            needed.add(step)
            behind = self._behind(step)
            uses.update(behind)
            pending += behind
        self.returned = set(outputs)
        return needed, uses

    def _assigned(self) -> dict[Step, str]:
        """The Python variable of each step; of a run of steps in one instruction only the last has it."""
        found: dict[Step, str] = {}
        steps = self.run.steps
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            calls: Any = step.calls
            if not calls:
                continue
            inside = after is not None and _starts_with(after.calls, calls)
            if inside and after is not None and after.primitive is not step.primitive:
                continue
            name = names.assigned_name(calls)
            if name is not None:
                found[self.same[step]] = name
        return found

    # -- steps -----------------------------------------------------------------------------------------

    def _step(self, step: Step) -> None:
        source = step.inputs[0] if step.inputs else None
        if isinstance(source, Step) and isinstance(source.value, tuple):
            return  # one output of several: named with them
        julia = spelling_of(step.primitive)
        terms = [self._input(step, x) for x in step.inputs]

        def capture(array: np.ndarray) -> Term:
            self.spelled[step.position] = terms
            number = self.count
            self.count += 1
            return self._constant(number, array)

        term = spell(julia, Site(plain(step.value), capture), terms, step.options)
        if isinstance(step.value, tuple):
            self._several(step, term)
            return
        if self._is_inlined(step, term):
            self.terms[step] = term
            return
        name = self._fresh(self.users.get(step) or "v")
        self.lines.append(f"{name} = {term}")
        self.terms[step] = Term(name, step.value)

    def _is_inlined(self, step: Step, term: Term) -> bool:
        uses = self.uses[step]
        if _is_trivial(term.text):
            return True
        if uses > 1 or len(term.text) > _INLINE:
            return uses == 1 and step in self.returned
        return step not in self.users or step in self.returned

    def _several(self, step: Step, term: Term) -> None:
        """``q, r = NumPy.qr(A)``: a name for each output."""
        fields = getattr(step.value, "_fields", None) or [f"v{k + 1}" for k in range(len(step.value))]
        picked = [s for s in self.run.steps if s.inputs and s.inputs[0] is step]
        parts = []
        for k, field in enumerate(fields):
            mine = [s for s in picked if s.options["index"] == k]
            used = [s for s in mine if self.uses[self.same[s]]]
            name = "_" if not used else self._fresh(_SHORT.get(field, field))
            parts.append(name)
            for s in mine:
                self.terms[self.same[s]] = Term(name, s.value)
        self.lines.append(f"{', '.join(parts)} = {term}")

    def _input(self, step: Step, x: Any) -> Term:
        if isinstance(x, Step):
            return self.terms[self.same[x]]
        if id(x) in self.masks:
            return self._question(self.masks[id(x)])
        if x is None:
            return Term("nothing", None, literal=True)
        if not is_constant(x):
            return Term(str(x).lower() if isinstance(x, (bool, np.bool_)) else f'"{x}"', x, literal=True)
        term = self._constant(self.numbers[step.position, id(x)], x)
        term.constant = True
        return term

    def _constant(self, number: int, x: Any) -> Term:
        """A constant, written out if it is small, else by its name."""
        value = plain(x)
        if not isinstance(value, (np.ndarray, np.generic, int, float, complex)):
            value = np.asarray(value)  # an array of another make
        if isinstance(value, np.ndarray) and value.dtype == bool and number not in self.varying:
            for choice in self.masks.values():  # a mask in an index is a copy of the answer
                if choice.outcome.shape == value.shape and np.array_equal(choice.outcome, value):
                    self.asked[number] = asked_key(choice)
                    return self._question(choice)
        small = np.ndim(value) == 0 or (np.size(value) <= _SMALL and np.ndim(value) <= 2)
        if small and number not in self.varying and not isinstance(x, Tracer):
            self.inlined[number] = value
            if isinstance(value, np.ndarray) and value.ndim:
                column = value.ndim == 2 and value.shape[1] == 1 and value.size > 0
                thin = Term(array_literal(value[:, 0]), value[:, 0]) if column else None
                return Term(array_literal(value), value, thin=thin)
            return number_term(value.item() if isinstance(value, np.ndarray) else value)
        name = self.by_id.get(id(x))
        if name is None:
            known = names.name_of(value, self.held) if isinstance(value, np.ndarray) else None
            name = self._fresh(known or "c")
            self.captured[number] = self.by_id[id(x)] = name
            self.kept.append(x)  # so that no other array gets its id
        return Term(name, value)

    def _fresh(self, name: str) -> str:
        name = names.julia_name(name, self.taken)
        self.taken.add(name)
        return name

    # -- questions ----------------------------------------------------------------------------------------

    def _question(self, choice: Choice, brief: bool = False) -> Term:
        """A question as Julia asks it."""
        terms = [self._asked(x, brief) for x in choice.inputs]
        widest = max((t.dtype.itemsize for t in terms if t.dtype.kind == "f" and not t.literal), default=8)
        terms = [number_term(t.value, widest * 8) if t.literal and t.dtype.kind == "f" else t for t in terms]
        name = QUESTIONS.get(choice.function)
        if name is None:
            return Term(call(getattr(choice.function, "__name__", "?"), *terms), choice.outcome)
        if name[0].isalpha():
            return elementwise(name, terms, choice.outcome)
        a, b = aligned(terms)
        return infix(name, a, b, choice.outcome, dotted=bool(a.ndim or b.ndim))

    def _asked(self, x: Any, brief: bool = False) -> Term:
        if isinstance(x, Step):
            term = self._shown(self.same[x])
            return Term("…", x.value) if brief and len(term.text) > _INLINE // 2 else term
        if isinstance(x, np.ndarray) and x.ndim:
            if x.size <= _SMALL and x.ndim <= 2:
                return Term(array_literal(x), x)
            known = self.by_id.get(id(x)) or names.name_of(x, self.held)
            return Term(known or "c", x)
        x = x.item() if isinstance(x, (np.ndarray, np.generic)) else x
        return number_term(x) if isinstance(x, (int, float, complex)) else Term(repr(x), x)

    def _shown(self, step: Step) -> Term:
        """A step that is perhaps not computed otherwise, for a comment."""
        known = self.terms.get(step)
        if known is not None:
            return known
        if any(isinstance(x, Step) and isinstance(x.value, tuple) for x in step.inputs):
            return Term("…", step.value)
        try:
            terms = [self._asked(x) for x in step.inputs]
            site = Site(plain(step.value), lambda array: Term("…", array))
            return spell(spelling_of(step.primitive), site, terms, step.options)
        except NoRuleError:
            return Term(step.primitive.name, step.value)

    def _comments(self, asked: list[Choice], position: int) -> list[Choice]:
        """Say which way the choices before this step went."""
        due = [c for c in asked if c.at <= position]
        for choice in due:
            if isinstance(choice.outcome, np.ndarray) and choice.outcome.ndim:
                continue
            question = self._question(choice, brief=True)
            outcome = choice.outcome
            if isinstance(outcome, (bool, np.bool_)):
                if choice.function is bool:
                    question = self._asked(choice.inputs[0], brief=True)
                    text = f"{question.at(COMPARISON + 1)} != 0"
                else:
                    text = question.text
                line = f"# branch: {text} is {'true' if outcome else 'false'}"
            elif isinstance(outcome, (int, float, np.number)):
                line = f"# taken as a constant: {question} is {outcome}"
            else:
                continue
            if line not in self.lines[-1:]:
                self.lines.append(line)
        return [c for c in asked if c.at > position]

    # -- the result ------------------------------------------------------------------------------------------

    def _output(self, out: Any) -> str:
        if isinstance(out, Step):
            return self.terms[self.same[out]].text
        pretty = list(ordered(out))
        leaves = traced_leaves(out)
        if len(pretty) != len(leaves):
            inside = ", ".join(self.terms[self.same[s]].text for s in leaves)
            return f"({inside}{',' if len(leaves) == 1 else ''})"
        return self._structure(out)

    def _structure(self, out: Any) -> str:
        if isinstance(out, Step):
            return self.terms[self.same[out]].text
        if isinstance(out, (tuple, list)):
            inside = ", ".join(map(self._structure, out))
            return f"({inside}{',' if len(out) == 1 else ''})"
        if isinstance(out, dict) and all(isinstance(k, str) for k in out):
            inside = ", ".join(f"{names.field(k)} = {self._structure(v)}" for k, v in out.items())
            return f"(; {inside})"
        if isinstance(out, (int, float, complex, np.number)) and not isinstance(out, bool):
            return number_term(out).text
        if (
            isinstance(out, np.ndarray)
            and out.size <= _SMALL
            and 0 < out.ndim <= 2
            and out.dtype.kind in "biufc"
        ):
            return array_literal(out)
        return "nothing"


_SHORT = {"eigenvalues": "w", "eigenvectors": "V", "logabsdet": "logdet", "U": "U", "S": "s", "Vh": "Vt"}


def _starts_with(calls: Sequence[Any], start: Sequence[Any]) -> bool:
    return len(calls) >= len(start) and list(calls[: len(start)]) == list(start)


def _is_trivial(text: str) -> bool:
    """Is this no more to read than a name?"""
    return bool(re.fullmatch(r"[\w.\"']+(\[[\d:, end-]+\])*'?", text)) and len(text) <= 24
