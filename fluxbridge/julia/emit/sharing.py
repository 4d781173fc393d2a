"""Which steps of a run are needed, which compute the same, and how often each result is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Any

import numpy as np

from ...autodiff.primitive import Tracer
from ...recording import Recording, Step
from ...recording.keys import Described, content
from .structures import traced_leaves


class Sharing:
    """Common subexpressions of a run.

    `same` gives for each step the first one that computes the same, `needed` are the steps from which the
    result is computed, `uses` says how many times each is used, and `returned` are those that are part of the
    result. `closed` has the content of the constants that were compared, by the numbers of their holes: for
    another content, other steps compute the same. The holes in `varying` are not compared.
    """

    def __init__(self, run: Recording, described: Described, varying: frozenset[int]):
        self.described = described
        self.varying = varying
        self.same: dict[Step, Step] = {}
        self.closed: dict[int, Hashable] = {}
        self._find_same(run)
        outputs = [self.same[s] for s in traced_leaves(run.out)]
        self.returned = set(outputs)
        self.needed: set[Step] = set()
        self.uses: Counter[Step] = Counter(outputs)
        self._count(outputs)

    def _find_same(self, run: Recording) -> None:
        known: dict[Any, Step] = {}
        for step in run.steps:
            self.same[step] = step
            if step.is_argument:
                continue
            closed: dict[int, Hashable] = {}  # constants that are compared, as these may be equal by chance
            inputs = tuple([self._identity(step, k, x, closed) for k, x in enumerate(step.inputs)])
            key = (step.primitive, inputs, self.described.options[step.position])
            self.same[step] = known.setdefault(key, step)
            if self.same[step] is not step:
                self.closed.update(closed)

    def _identity(self, step: Step, k: int, x: Any, closed: dict[int, Hashable]) -> Hashable:
        """What must be equal for two inputs to be the same."""
        if isinstance(x, Step):
            return self.same[x].position
        number = self.described.hole("step", step.position, k)
        if number is None:
            return content(x) if not isinstance(x, np.ndarray) else ("answer", id(x))
        if isinstance(x, np.ndarray) and x.ndim:
            return "array", self.described.numbers[id(x)]
        if number in self.varying or isinstance(x, Tracer):
            return "hole", number
        closed[number] = content(x)
        return "closed", closed[number]

    def _count(self, outputs: list[Step]) -> None:
        pending = list(outputs)
        while pending:
            step = pending.pop()
            if step in self.needed:
                continue
            self.needed.add(step)
            behind = [self.same[s] for s in self._steps_in((step.inputs, step.options))]
            self.uses.update(behind)
            pending += behind

    def _steps_in(self, x: Any) -> list[Step]:
        """The steps in the inputs and options of a step, and those that the answers among these come from."""
        if isinstance(x, Step):
            return [x]
        if isinstance(x, dict):
            x = list(x.values())
        if isinstance(x, (tuple, list)):
            return [s for v in x for s in self._steps_in(v)]
        if isinstance(x, np.ndarray) and x.ndim and self.described.is_answer(x):
            return self._steps_in(self.described.question(x)[1].inputs)
        return []
