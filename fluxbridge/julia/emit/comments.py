"""Comments in Julia source: which way the choices of a run went, and what was taken as a constant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import NoRuleError
from ...recording import Choice, Step
from . import names
from .questions import question
from .runs import blank, is_small, spelling_of
from .spelling import COMPARISON, Site, Term, array_literal, number_term, spell

_LONGEST = 30  #: the longest text of a step in a question; a longer one is "…"


class Comments:
    """Writes questions, in the terms of the steps that the code has so far.

    `terms` are those terms, `same` is that of :class:`~.sharing.Sharing`, `array_names` has the names of
    captured arrays by their ids, and `held` the arrays that the function holds by name.
    """

    def __init__(
        self,
        terms: Mapping[Step, Term],
        same: Mapping[Step, Step],
        array_names: Mapping[int, str],
        held: Any,
    ):
        self.terms, self.same, self.array_names, self.held = terms, same, array_names, held

    def branch(self, choice: Choice) -> str:
        """The comment for a question with a single answer; empty where there is nothing to say."""
        outcome = choice.outcome
        if isinstance(outcome, (bool, np.bool_)):
            if choice.function is bool:
                text = f"{self._input(choice.inputs[0], brief=True).at(COMPARISON + 1)} != 0"
            else:
                text = self._question(choice).text
            return f"# branch: {text} is {'true' if outcome else 'false'}"
        if isinstance(outcome, (int, float, np.number)):
            return f"# taken as a constant: {self._question(choice)} is {outcome}"
        return ""

    def constant(self, choice: Choice) -> str:
        """The comment for a question whose answers, an array, are constants in the code."""
        return f"# taken as a constant: {self._question(choice)}"

    def _question(self, choice: Choice) -> Term:
        return question(choice, [self._input(x, brief=True) for x in choice.inputs], choice.outcome)

    def _input(self, x: Any, brief: bool = False) -> Term:
        if isinstance(x, Step):
            term = self._step(self.same[x])
            return Term("…", x.value) if brief and len(term.text) > _LONGEST else term
        if isinstance(x, np.ndarray) and x.ndim:
            if is_small(x):
                return Term(array_literal(x), x)
            known = self.array_names.get(id(x)) or names.name_of(x, self.held)
            return Term(known or "…", x)
        x = x.item() if isinstance(x, (np.ndarray, np.generic)) else x
        return number_term(x) if isinstance(x, (int, float, complex)) else Term(repr(x), 0)

    def _step(self, step: Step) -> Term:
        """The term of a step; of one that the code does not compute, as it would be written."""
        known = self.terms.get(step)
        if known is not None:
            return known
        if any(isinstance(x, Step) and isinstance(x.value, tuple) for x in step.inputs):
            return Term("…", step.value)
        try:
            terms = [self._input(x) for x in step.inputs]
            site = Site(blank(step.value), lambda array: Term("…", array))
            return spell(spelling_of(step.primitive), site, terms, step.options)
        except NoRuleError:
            return Term(step.primitive.name, step.value)
