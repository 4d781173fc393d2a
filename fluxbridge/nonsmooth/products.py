"""Every combination of one-sided derivatives, whether or not it can occur: an outer bound.

The chain rule for Clarke's subdifferential combines the choices of all kinks freely, and so contains the
subdifferential; where kinks depend on each other, as in relu(x) - relu(x), it contains more.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..recording import Choice, Recording, Step, backward, pull
from ..recording.point import Point
from .kink import Kink, Tie
from .nearness import near_ties
from .questions import question_kink
from .search import TooManyKinksError
from .sides import alternatives, beside, varies
from .table import kinks_of


def free_products(
    f: Callable[..., Any], point: Point, tol: float, limit: int
) -> tuple[np.ndarray, list[str]]:
    """The distinct gradients of all combinations, and what could not be combined."""
    with np.errstate(all="ignore"):
        recording = Recording(f, point.at(), calls=False)
    notes: list[str] = []
    options: list[list[Any]] = []  # for every tie, what may be chosen
    for step in recording.steps:
        for kink in kinks_of(step.primitive):
            ties = [tie for tie, _ in near_ties(kink, step, recording.steps[: step.position], tol)]
            if ties and kink.sort in ("cone", "split", "steep"):
                notes.append(f"the {kink.sort} of {step.primitive.name} was left as the engine has it")
                continue
            options += [[(step, m) for m in _moves(step, kink, tie)] for tie in ties]
    masks: dict[int, tuple[Choice, np.ndarray]] = {}
    for choice in recording.choices:
        options += _flips(recording, choice, tol, masks, notes)
    count = math.prod(len(o) for o in options)
    if count > 64 * limit:
        raise TooManyKinksError(
            f"subgradients: there are {count} combinations of one-sided derivatives; raise max_vertices, "
            "or leave consistent=True, which looks only at those that occur."
        )
    vectors: list[np.ndarray] = []
    for chosen in itertools.product(*options):
        gradient = _gradient(recording, point, chosen)
        if not any(np.max(np.abs(gradient - g)) <= 1e-6 * max(1.0, np.max(np.abs(g))) for g in vectors):
            vectors.append(gradient)
        if len(vectors) > limit:
            raise TooManyKinksError(f"subgradients: more than {limit} combinations; raise max_vertices.")
    return np.array(vectors).reshape(-1, point.size), notes


def _moves(step: Step, kink: Kink, tie: Tie) -> list[list[Any]]:
    """How the inputs move for each alternative."""
    return [
        [b - a if varies(a) else None for a, b in zip(step.values, moved, strict=True)]
        for moved in alternatives(step, kink, tie)
    ]


def _flips(
    recording: Recording, choice: Choice, tol: float, masks: dict[int, Any], notes: list[str]
) -> list[list[Any]]:
    """The answers of a comparison that may go either way, where they are the condition of a `where`."""
    kink = question_kink(choice.function)
    asked = Step(choice.at, None, choice.inputs, choice.options, None)  # type: ignore[arg-type]
    try:
        near = near_ties(kink, asked, recording.steps[: choice.at], tol) if kink is not None else []
        ties = [tie for tie, _ in near]
    except (TypeError, ValueError, LookupError):
        return []
    if not ties:
        return []
    users = [s for s in recording.steps if any(x is choice.outcome for x in s.inputs)]
    mask = np.asarray(choice.outcome)
    if not users or mask.dtype != bool or isinstance(choice.outcome, bool):
        if not any(choice is other or choice.outcome is other for other, _ in masks.values()):
            notes.append("a branch of the program was not turned over")
        return []
    masks[id(choice.outcome)] = (choice, mask)
    return [[(choice, tie.row, False), (choice, tie.row, True)] for tie in ties]


def _gradient(recording: Recording, point: Point, chosen: Sequence[Any]) -> np.ndarray:
    moved: dict[Step, list[Any]] = {}
    flipped: dict[int, np.ndarray] = {}
    for what, *rest in chosen:
        if isinstance(what, Step):
            total = moved.setdefault(what, list(what.values))
            moved[what] = [a if b is None else a + b for a, b in zip(total, rest[0], strict=True)]
        elif rest[1]:
            mask = flipped.setdefault(id(what.outcome), np.array(what.outcome))
            mask[rest[0]] = ~mask[rest[0]]

    def rule(step: Step, cotangent: Any) -> Sequence[Any]:
        if step in moved:
            step = beside(step, moved[step])
        elif flipped and any(id(x) in flipped for x in step.inputs):
            inputs = tuple([flipped.get(id(x), x) for x in step.inputs])
            step = Step(step.position, step.primitive, inputs, step.options, step.value)
        return pull(step, cotangent)

    if not isinstance(recording.out, Step):
        return np.zeros(point.size)
    cotangent_of = backward(recording.steps, {recording.out: 1.0}, pull=rule)
    return point.join([cotangent_of.get(step) for step in recording.steps[: recording.leaves]])
