"""With respect to what: which arguments the gradient is taken by, which are constants, and why."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..recording import Step
from .names import Names
from .reach import ancestors
from .turns import TurnRecording

MANY = 6  #: arguments that are listed


class Argument(NamedTuple):
    """One argument: the gradient is taken by `reached` of its `leaves`; if by none, `reason` says why."""

    name: str
    leaves: list[Step]
    reached: int
    reason: str

    def __str__(self) -> str:
        if self.reached and self.reached < len(self.leaves):
            return f"{self.name} ({self.reached} of its {len(self.leaves)} parts)"
        return f"{self.name} ({self.reason})" if self.reason else self.name


def about(recording: TurnRecording, names: Names, xs: Sequence[Any], out: Sequence[Step]) -> list[Argument]:
    """One entry for each argument."""
    needed = ancestors(out)
    used = {x for step in recording.steps for x in step.inputs if isinstance(x, Step)}
    asked = ancestors(x for choice in recording.choices for x in choice.inputs)
    held_back = ancestors(recording.held_back)
    found = []
    for k, (template, x) in enumerate(zip(recording.templates, xs, strict=True)):
        own = [index for index, _ in template.paths("")] if template is not None else []
        leaves = [recording.steps[index] for index in own]
        reached = sum(leaf in needed for leaf in leaves)
        reason = ""
        if not leaves:
            reason = _kind(x)
        elif not reached:
            whole = isinstance(x, numbers.Integral) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu")
            if any(leaf in held_back for leaf in leaves):
                reason = "held back by ignore_derivatives"
            elif any(leaf in asked for leaf in leaves):
                reason = (
                    "a whole number that only counts or is compared" if whole else "only a test depends on it"
                )
            elif any(leaf in used for leaf in leaves):
                reason = "the result does not depend on it"
            else:
                reason = "not used"
        found.append(Argument(names.arguments[k], leaves, reached, reason))
    return found


def sentence(arguments: Sequence[Argument], forward: bool = False) -> str:
    """``with respect to W and b; constant: n (a whole number …)``."""
    by = [str(a) for a in arguments if a.reached]
    constant = [str(a) for a in arguments if not a.reached]
    if len(by) > MANY:
        by = [*by[: MANY - 1], f"{len(by) - MANY + 1} more"]
    said = "derivative along " if forward else "gradient with respect to "
    text = said + (_listed(by) if by else "nothing")
    return text + (f"; constant: {', '.join(constant)}" if constant else "")


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _kind(x: Any) -> str:
    """What an argument is that holds no number to differentiate by."""
    if x is None:
        return "None"
    if isinstance(x, (bool, np.bool_)):
        return "a flag"
    if isinstance(x, (str, bytes)):
        return "a text"
    if isinstance(x, np.ndarray):
        return f"an array of {x.dtype.name}"
    if callable(x) and not isinstance(x, type):
        return "a function without parameters"
    return f"{type(x).__name__} without numbers"
