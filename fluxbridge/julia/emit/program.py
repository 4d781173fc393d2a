"""A recorded run of a Python function, as Julia source.

The spelling of each step stands with the registration of its primitive (see
:mod:`fluxbridge.julia.emit.spelling`); here they are put together: what is used once is written where it
is used, the rest gets a name, that of the Python variable if there is one. Numbers and small arrays are
written out, larger arrays are further parameters of the function, the captured values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import Tracer, plain
from ...autodiff.template import Branch
from ...errors import NoRuleError
from ...recording import Choice, Recording, Step
from ...recording.keys import Described, content, describe
from . import names
from .layout import wrapped
from .questions import is_written, question
from .runs import Written, blank, is_constant, is_small, spelling_of, wraps_round
from .spelling import (
    COMPARISON,
    Site,
    Term,
    array_literal,
    call,
    number_term,
    spell,
)
from .structures import accessed, ordered, traced_leaves

_INLINE = 60  #: the longest text that is written into another


class Emitted(NamedTuple):
    """Julia source of one run.

    `names` are those of the further arguments, the captured values: first those of the holes `captured`
    (see :mod:`fluxbridge.recording.keys`), by their numbers, then those of the steps in `written`, by their
    positions. `closed` has the content of the holes that are written out, by their numbers.
    """

    name: str
    text: str
    names: tuple[str, ...]
    captured: tuple[int, ...]
    written: dict[int, Written]
    closed: dict[int, Hashable]

    @property
    def code(self) -> str:
        """The text without its comments."""
        return _COMMENT.sub("", self.text)

    def values(self, run: Recording, described: Described) -> list[Any] | None:
        """The captured values for a run with the same key; None if another text is needed."""
        if any(content(described.holes[k]) != known for k, known in self.closed.items()):
            return None
        found = [described.holes[k] for k in self.captured]
        for position, written in self.written.items():
            arrays = written.again(run.steps[position], described)
            if arrays is None:
                return None
            found += arrays
        return found


_COMMENT = re.compile(r"^ *#.*\n", re.MULTILINE)


class Open(NamedTuple):
    """What must not be written out, since it differs from run to run: holes by their numbers, and the arrays
    that steps are written with, by their positions."""

    holes: frozenset[int] = frozenset()
    steps: frozenset[int] = frozenset()


NOTHING = Open()


def emit(
    run: Recording, f: Callable[..., Any], described: Described | None = None, opened: Open = NOTHING
) -> Emitted:
    """The Julia source of a run of f. But for names and comments it depends on nothing except the key of the
    run and the content of the holes in `closed`."""
    described = described or describe(run, is_written)
    taken: frozenset[str] = frozenset()
    while True:
        emission = Emission(run, f, described, opened, taken)
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
    """One run on its way to Julia. `taken` are names that are not free."""

    def __init__(
        self,
        run: Recording,
        f: Callable[..., Any],
        described: Described,
        opened: Open,
        taken: frozenset[str] = frozenset(),
    ):
        self.run = run
        self.f = f
        self.described = described
        self.opened = opened
        self.taken: set[str] = set(taken)
        self.terms: dict[Step, Term] = {}
        self.same: dict[Step, Step] = {}
        self.lines: list[str | Choice] = []
        self.captured: dict[int, str] = {}
        self.closed: dict[int, Hashable] = {}
        self.written: dict[int, Written] = {}
        self.by_id: dict[int, str] = {}
        self.answered: set[int] = set()  #: ids of the questions that are asked in the code
        self.outputs = 0
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
        returned = self._output(run.out)
        body = [*self._said(), f"return {returned}"]
        further = list(self.captured.values())
        for written in self.written.values():
            further += written.names
        head = f"function {self.name}({', '.join(parameters + further)})"
        text = "\n".join([wrapped(head, ""), *[wrapped(line, "    ") for line in body], "end"]) + "\n"
        return Emitted(self.name, text, tuple(further), tuple(self.captured), self.written, self.closed)

    def _arguments(self, template: Any, text: str) -> None:
        """The terms of the leaves of an argument: ``m.layers[1].W``."""
        if template is None:
            return
        if not isinstance(template, Branch):
            step = self.run.steps[template.index]
            self.terms[step] = Term(text, blank(step.value))
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
            closed: dict[int, Hashable] = {}  # constants that happen to be what those of an earlier step are
            inputs = tuple([self._identity(step, k, x, closed) for k, x in enumerate(step.inputs)])
            key = (step.primitive, inputs, self.described.options[step.position])
            self.same[step] = known.setdefault(key, step)
            if self.same[step] is not step:
                self.closed.update(closed)

    def _identity(self, step: Step, k: int, x: Any, closed: dict[int, Hashable]) -> Hashable:
        """What tells the inputs of steps apart."""
        if isinstance(x, Step):
            return self.same[x].position
        number = self.described.hole("step", step.position, k)
        if number is None:
            return content(x) if not isinstance(x, np.ndarray) else ("answer", id(x))
        if isinstance(x, np.ndarray) and x.ndim:
            return "array", self.described.numbers[id(x)]
        if number in self.opened.holes or isinstance(x, Tracer):
            return "hole", number
        closed[number] = content(x)
        return "closed", closed[number]

    def _behind(self, step: Step) -> list[Step]:
        """The steps that a step is computed from, and those behind the answers that it takes."""
        return [self.same[s] for s in self._steps_in((step.inputs, step.options))]

    def _steps_in(self, x: Any) -> list[Step]:
        if isinstance(x, Step):
            return [x]
        if isinstance(x, dict):
            x = list(x.values())
        if isinstance(x, (tuple, list)):
            return [s for v in x for s in self._steps_in(v)]
        if isinstance(x, np.ndarray) and x.ndim and self.described.is_answer(x):
            return self._steps_in(self.described.question(x)[1].inputs)
        return []

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
        for step, after in zip(steps, [*steps[1:], None], strict=False):
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
        spelling_of(step.primitive)  # an error, if there is none
        terms = [self._input("step", step.position, k, x) for k, x in enumerate(step.inputs)]
        written = Written(terms, step.position in self.opened.steps)

        def name() -> str:
            written.names.append(self._fresh("c"))
            return written.names[-1]

        def answer(array: np.ndarray) -> Term | None:
            found = self._answer(array)
            if found is not None:
                written.answers.append(found)
            return found

        term, values = written.spelled(step, answer, name)
        if values or step.position in self.described.arrays:
            written.text = term.text
            self.written[step.position] = written
        wraps = wraps_round(step)
        if wraps is not None:
            term = Term(call("NumPy.wrapped", wraps, term), term.value)
        if isinstance(step.value, tuple):
            self._several(step, term)
            return
        if self._is_inlined(step, term):
            self.terms[step] = term
            return
        variable = self._fresh(self.users.get(step) or "v")
        self.lines.append(f"{variable} = {term}")
        self.terms[step] = Term(variable, blank(step.value))

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
                self.terms[self.same[s]] = Term(name, blank(s.value))
        self.lines.append(f"{', '.join(parts)} = {term}")

    def _input(self, what: str, place: int, k: int, x: Any) -> Term:
        """An input of a step, or of a question."""
        if isinstance(x, Step):
            return self.terms[self.same[x]]
        number = self.described.hole(what, place, k)
        if number is not None:
            term = self._constant(number, x)
            term.constant = True
            return term
        found = self._answer(x) if isinstance(x, np.ndarray) and x.ndim else None
        if found is not None:
            return found
        if x is None:
            return Term("nothing", None, literal=True)
        if not is_constant(x):
            return Term(str(x).lower() if isinstance(x, (bool, np.bool_)) else f'"{x}"', x, literal=True)
        term = self._literal(plain(x))
        term.constant = True
        return term

    def _answer(self, x: np.ndarray) -> Term | None:
        """The question that was answered with this array, if Julia can ask it."""
        if not self.described.is_answer(x):
            return None
        number, choice = self.described.question(x)
        self.answered.add(id(choice))
        terms = [self._input("asked", number, k, v) for k, v in enumerate(choice.inputs)]
        return question(choice, terms, blank(choice.outcome))

    def _constant(self, number: int, x: Any) -> Term:
        """A constant, written out if it is small, else by its name."""
        value = plain(x)
        if not isinstance(value, (np.ndarray, np.generic, int, float, complex, Fraction)):
            value = np.asarray(value)  # an array of another make
        if is_small(value) and number not in self.opened.holes and not isinstance(x, Tracer):
            self.closed[number] = content(x)
            return self._literal(value)
        array = isinstance(x, np.ndarray) and x.ndim > 0
        name = self.by_id.get(id(x)) if array else None
        if name is None:
            known = names.name_of(value, self.held) if isinstance(value, np.ndarray) else None
            name = self.captured[number] = self._fresh(known or "c")
            if array:
                self.by_id[id(x)] = name
        return Term(name, blank(value))

    def _literal(self, value: Any) -> Term:
        if isinstance(value, np.ndarray) and value.ndim:
            column = value.ndim == 2 and value.shape[1] == 1 and value.size > 0
            thin = Term(array_literal(value[:, 0]), value[:, 0]) if column else None
            return Term(array_literal(value), value, thin=thin)
        return number_term(value.item() if isinstance(value, np.ndarray) else value)

    def _fresh(self, name: str) -> str:
        name = names.julia_name(name, self.taken)
        self.taken.add(name)
        return name

    # -- questions ----------------------------------------------------------------------------------------

    def _question(self, choice: Choice) -> Term:
        """A question, for a comment."""
        return question(choice, [self._asked(x, brief=True) for x in choice.inputs], choice.outcome)

    def _asked(self, x: Any, brief: bool = False) -> Term:
        if isinstance(x, Step):
            term = self._shown(self.same[x])
            return Term("…", x.value) if brief and len(term.text) > _INLINE // 2 else term
        if isinstance(x, np.ndarray) and x.ndim:
            if is_small(x):
                return Term(array_literal(x), x)
            known = self.by_id.get(id(x)) or names.name_of(x, self.held)
            return Term(known or "…", x)
        x = x.item() if isinstance(x, (np.ndarray, np.generic)) else x
        return number_term(x) if isinstance(x, (int, float, complex)) else Term(repr(x), 0)

    def _shown(self, step: Step) -> Term:
        """A step that is perhaps not computed otherwise, for a comment."""
        known = self.terms.get(step)
        if known is not None:
            return known
        if any(isinstance(x, Step) and isinstance(x.value, tuple) for x in step.inputs):
            return Term("…", step.value)
        try:
            terms = [self._asked(x) for x in step.inputs]
            site = Site(blank(step.value), lambda array: Term("…", array))
            return spell(spelling_of(step.primitive), site, terms, step.options)
        except NoRuleError:
            return Term(step.primitive.name, step.value)

    def _comments(self, asked: list[Choice], position: int) -> list[Choice]:
        """Say which way the choices before this step went."""
        due = [c for c in asked if c.at <= position]
        for choice in due:
            if isinstance(choice.outcome, tuple) or np.ndim(choice.outcome):
                self.lines.append(choice)  # it will turn out whether the code asks this
                continue
            question = self._question(choice)
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

    def _said(self) -> list[str]:
        """The lines, with a comment for every array of answers that the code does not ask for itself."""
        lines: list[str] = []
        for line in self.lines:
            if isinstance(line, Choice):
                if id(line) in self.answered:
                    continue
                line = f"# taken as a constant: {self._question(line)}"
            if line not in lines[-1:] or not line.startswith("#"):
                lines.append(line)
        return lines

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
        if not isinstance(out, (int, float, complex, np.generic, np.ndarray)):
            return "nothing"
        number = self.described.hole("out", 0, self.outputs)
        self.outputs += 1
        if number is None or np.result_type(out).kind not in "biufc" or not is_small(out):
            return "nothing"
        return self._constant(number, out).text


_SHORT = {"eigenvalues": "w", "eigenvectors": "V", "logabsdet": "logdet", "U": "U", "S": "s", "Vh": "Vt"}


def _starts_with(calls: Sequence[Any], start: Sequence[Any]) -> bool:
    return len(calls) >= len(start) and list(calls[: len(start)]) == list(start)


def _is_trivial(text: str) -> bool:
    """Is this no more to read than a name?"""
    return bool(re.fullmatch(r"[\w.\"']+(\[[\d:, end-]+\])*'?", text)) and len(text) <= 24
