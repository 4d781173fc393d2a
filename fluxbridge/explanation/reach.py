"""Which steps are shown: those that only a test looks at are none.

The stopping test of a loop computes ``abs(x * x - a)`` and compares it. No derivative goes that way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..autodiff.structure import Splitter
from ..recording import Recording, Step


def outputs(recording: Recording) -> list[Step]:
    """The steps in what the function returned."""
    if isinstance(recording.out, Step):
        return [recording.out]
    found: list[Step] = []
    Splitter(found.append, lambda x: isinstance(x, Step)).split(recording.out)
    return found


def ancestors(steps: Iterable[Any]) -> set[Step]:
    """These steps and all that they were computed from."""
    found: set[Step] = set()
    waiting = [x for x in steps if isinstance(x, Step)]
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += [x for x in step.inputs if isinstance(x, Step)]
    return found


def shown_steps(recording: Recording, out: Sequence[Step]) -> list[Step]:
    """All steps but those whose only use is in questions; arguments are always there."""
    asked = ancestors(x for choice in recording.choices for x in choice.inputs)
    needed = ancestors([*out, *(s for s in recording.steps if s not in asked)])
    return [s for s in recording.steps if s.is_argument or s in needed]
