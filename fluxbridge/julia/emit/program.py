"""A recorded run of a Python function, as Julia source.

How a step is written says the table of :mod:`fluxbridge.julia.emit.spelled`; here the steps are put together.
A result that is used once is written where it is used; others get a name, that of the Python variable if
there is one. Numbers and small arrays are written out; larger arrays, the captured values, are further
parameters of the function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import Tracer, plain
from ...autodiff.template import Branch
from ...recording import Choice, Recording, Step
from ...recording.keys import Described, content, describe
from . import names
from .comments import Comments
from .layout import wrapped
from .questions import is_written, question
from .runs import Written, blank, is_constant, is_small, spelling_of, wraps_round
from .sharing import Sharing
from .spelling import Term, array_literal, call, number_term
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
        values = [described.holes[k] for k in self.captured]
        for position, written in self.written.items():
            arrays = written.again(run.steps[position], described)
            if arrays is None:
                return None
            values += arrays
        return values


_COMMENT = re.compile(r"^ *#.*\n", re.MULTILINE)


class Open(NamedTuple):
    """What must be an argument, as it differs between runs: holes, by their numbers, and arrays in the
    options of
    steps, by the positions of the steps."""

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
    """Writes one run. `taken` are the names that cannot be used."""

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
        self.lines: list[str | Choice] = []
        self.captured: dict[int, str] = {}
        self.written: dict[int, Written] = {}
        self.by_id: dict[int, str] = {}
        self.answered: set[int] = set()  #: ids of the questions that are asked in the code
        self.outputs = 0
        self.held = names.held_names(f)
        sharing = Sharing(run, described, opened.holes)
        self.same, self.closed = sharing.same, sharing.closed
        self.needed, self.uses, self.returned = sharing.needed, sharing.uses, sharing.returned
        self.comments = Comments(self.terms, self.same, self.by_id, self.held)

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
        self.users = self._assigned()
        asked = list(run.choices)
        for step in run.steps:
            asked = self._comments(asked, step.position)
            if step in self.needed and not step.is_argument and self.same[step] is step:
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

    def _assigned(self) -> dict[Step, str]:
        """The Python variable of each step; of a run of steps in one instruction only the last has it."""
        names_of: dict[Step, str] = {}
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
                names_of[self.same[step]] = name
        return names_of

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
            term = self._answer(array)
            if term is not None:
                written.answers.append(term)
            return term

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
        answer = self._answer(x) if isinstance(x, np.ndarray) and x.ndim else None
        if answer is not None:
            return answer
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

    # -- comments ----------------------------------------------------------------------------------------

    def _comments(self, asked: list[Choice], position: int) -> list[Choice]:
        """Write the comments for the choices before this step; returns the other ones."""
        for choice in asked:
            if choice.at > position:
                continue
            if isinstance(choice.outcome, tuple) or np.ndim(choice.outcome):
                self.lines.append(choice)  # it will turn out whether the code asks this
                continue
            line = self.comments.branch(choice)
            if line and line not in self.lines[-1:]:
                self.lines.append(line)
        return [c for c in asked if c.at > position]

    def _said(self) -> list[str]:
        """The lines, with a comment for every array of answers that the code does not ask for itself."""
        lines: list[str] = []
        for line in self.lines:
            if isinstance(line, Choice):
                if id(line) in self.answered:
                    continue
                line = self.comments.constant(line)
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
    """Is this as short as a name?"""
    return bool(re.fullmatch(r"[\w.\"']+(\[[\d:, end-]+\])*'?", text)) and len(text) <= 24
