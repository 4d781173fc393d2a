"""The smooth piece of a function that is active beside a point, in some direction.

A function made of smooth parts and kinks is, next to a point x, one of finitely many smooth functions: the
one whose choices hold at x + εv. That piece is found by evaluating f there; then the recorded steps are
computed again at x itself, with the same choices, so that its gradient at x is exact and is the limit of
gradients nearby. Only choices that occur at real points are used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from ..autodiff.native import check_scalar
from ..autodiff.tools import no_recomputation
from ..errors import FluxbridgeError
from ..recording import Choice, Recording, Step, backward, pull
from ..recording.point import Point
from .kink import Kink, Tie
from .nearness import TOLERANCE, near_ties
from .points import step_at
from .questions import question_kink
from .sides import along_tangent, beside, compute, pull_rival, record_rivals, varies
from .table import kinks_of


class Decision:
    """Rivals that are equal at x: which is the largest at x + εv, and the gradients of all of them."""

    def __init__(
        self, key: tuple[Any, ...], answer: int, count: int, sort: str, slopes: Callable[[], np.ndarray]
    ):
        self.key, self.answer, self.count, self.sort = key, answer, count, sort
        self._slopes = slopes

    @cached_property
    def slopes(self) -> np.ndarray:
        """The gradients of the rivals by the arguments of f, one row each; computed when asked for."""
        return self._slopes()

    def rows(self, answer: int) -> np.ndarray:
        """What must be positive along a direction for this answer."""
        return np.delete(self.slopes[answer] - self.slopes, answer, axis=0)

    @property
    def undecided(self) -> bool:
        """Have some rivals the same gradient, so that to first order no direction makes one the largest?

        At a bend this does not matter, as both sides have the same derivative then.
        """
        scale = 1e-9 * max(1.0, float(np.max(np.abs(self.slopes), initial=0.0)))
        gaps = np.max(np.abs(self.slopes[:, None] - self.slopes[None]), axis=-1)
        return self.sort == "jump" and bool(np.any(gaps[np.triu_indices(len(gaps), 1)] <= scale))


_SHRINK = (
    1.0,
    1e-3,
    1e-6,
    1e-9,
    1e-12,
)  #: factors of the step, tried until no choice changes closer by


class Piece:
    """The piece of f that is active at ``point + ε·direction``: its value and gradient at the point.

    `way` is "exact" if the gradient was computed at the point itself, "limit" if it is the limit of
    gradients at real points, "unbounded" if these grow, "restless" if they do not settle, "outside" if f
    is not defined there. `apart` is the largest distance at which a kink counted as one at the point, and
    `resolved` says that no comparison changes its answer between the point and the place that was looked at.
    """

    def __init__(self, f: Callable[..., Any], point: Point, direction: np.ndarray, tol: float = TOLERANCE):
        self.f, self.point, self.direction, self.tol = f, point, direction, tol
        with np.errstate(all="ignore"):
            for shrink in _SHRINK:
                self.step = shrink * step_at(point)
                self._look()
                if self.resolved or not point.moves(self.step * 1e-3 * direction):
                    break

    def _look(self) -> None:
        """The piece at the distance `step`."""
        self.sorts: set[str] = set()
        self.outside, self.resolved, self.apart = False, True, 0.0
        self.touched = [False] * len(self.point.leaves)
        try:
            self.near = self._record(self.step)
            self.touched = self._touched()
            self.outside = not math.isfinite(float(self.near.value))
        except FluxbridgeError:
            raise
        except (ArithmeticError, LookupError, TypeError, ValueError):  # f is not defined there
            self.outside = True
        self.way = "outside" if self.outside else "exact"
        self._places: dict[int, list[tuple[int, Kink, list[Tie]]]] = {}
        self.again: list[Step] = []
        self.value = math.nan
        self.gradient = np.full(self.point.size, np.nan)
        if not self.outside:
            self._compute()

    def _record(self, step: float) -> Recording:
        run = Recording(self.f, self.point.at(step * self.direction), calls=False)
        if np.iscomplexobj(run.value):
            raise ArithmeticError("the result is complex there")
        check_scalar(run.value)
        return run

    def _touched(self) -> list[bool]:
        cotangent_of = self._sweep(self.near.steps, pull) if isinstance(self.near.out, Step) else {}
        return [step in cotangent_of for step in self.near.steps[: self.near.leaves]]

    def _argument(self, k: int) -> Any:
        """Leaf k of the point in double precision."""
        value = self.point.wide(k)
        return value if isinstance(self.point.leaves[k], np.ndarray) else value.item()

    def _sweep(self, steps: Sequence[Step], rule: Any) -> dict[Step, Any]:
        return backward(steps, {steps[self.near.out.position]: 1.0}, pull=rule)

    def _compute(self) -> None:
        out = self.near.out
        if not isinstance(out, Step):
            self.value, self.gradient = float(out), np.zeros(self.point.size)
            return
        try:
            self._replay()
            self.resolved = all(map(self._same_answer, self.near.choices))
            self.value = float(self.again[out.position].value)
            if not self.sorts & {"steep", "own rule"}:
                self.gradient = self._slope_at_the_point()
        except (ArithmeticError, LookupError, TypeError, ValueError, np.linalg.LinAlgError):
            self.again = []
        if not np.all(np.isfinite(self.gradient)):
            self._take_limits()

    def _slope_at_the_point(self) -> np.ndarray:
        cotangent_of = self._sweep(self.again, self._sided)
        return self.point.join([cotangent_of.get(step) for step in self.again[: self.near.leaves]])

    def _take_limits(self) -> None:
        """The gradient from those at x + εv, x + εv/4, and so on, as far as they settle."""
        runs = [self.near, *(self._record(self.step / k) for k in (4, 16, 64))]
        slopes = []
        for run in runs:
            cotangent_of = backward(run.steps, {run.out: 1.0}) if isinstance(run.out, Step) else {}
            slopes.append(self.point.join([cotangent_of.get(step) for step in run.steps[: run.leaves]]))
        last = slopes[-1]
        changes = np.diff(slopes, axis=0)
        self.gradient = last + changes[-1] / 3
        self.way = "limit"
        if not math.isfinite(self.value):
            self.value = float(runs[-1].value)
        keeps_on = np.all(np.abs(changes[1:]) > 0.8 * np.abs(changes[:-1]), axis=0)
        keeps_on &= np.abs(changes[-1]) > 1e-6 * np.maximum(1.0, np.abs(last))
        grows = keeps_on & np.all(np.sign(changes) == np.sign(last), axis=0)
        if np.any(grows) or not np.all(np.isfinite(last)):
            self.way = "unbounded"
            self.gradient = np.where(grows, np.sign(last) * np.inf, self.gradient)
        elif np.any(keeps_on):
            self.way = "restless"
            self.gradient = last

    # -- ties and sides ------------------------------------------------------------------------------

    def _replay(self) -> None:
        """The recorded steps computed again at the point, with the choices that were made beside it."""
        for near in self.near.steps:
            inputs = tuple([self.again[x.position] if isinstance(x, Step) else x for x in near.inputs])
            step = Step(near.position, near.primitive, inputs, near.options, None, near.calls, near.path)
            if near.is_argument:
                step.value = self._argument(near.position)
            elif near.primitive.compute is no_recomputation:
                self.sorts.add("own rule")
                step.value = along_tangent(step, near)
            else:
                step.value = compute(step)
            self.again.append(step)
            for number, kink in enumerate(kinks_of(near.primitive)):
                ties = self._near_ties(kink, step)
                if ties:
                    self._places.setdefault(step.position, []).append((number, kink, ties))
                    self.sorts.add(kink.sort)
                    if kink.sort == "jump":
                        step.value = compute(beside(step, self._moved(step)))

    def _near_ties(self, kink: Kink, step: Step) -> list[Tie]:
        ties = near_ties(kink, step, self.again, self.tol, self._sided)
        self.apart = max([self.apart, *[distance for _, distance in ties]])
        return [tie for tie, _ in ties]

    def _asked(self, choice: Choice) -> Step:
        """A question as a step, with the values at the point."""
        inputs = tuple([self.again[x.position] if isinstance(x, Step) else x for x in choice.inputs])
        return Step(choice.at, None, inputs, choice.options, None)  # type: ignore[arg-type]

    def _same_answer(self, choice: Choice) -> bool:
        """Is the answer at the point that of the piece, or is the question at a kink there?"""
        kink = question_kink(choice.function)
        if kink is None:
            return True
        asked = self._asked(choice)
        try:
            outcome = np.asarray(choice.function(*asked.values, **choice.options))
            same = np.asarray(outcome == choice.outcome)
            if np.all(same):
                return True
            for tie, _ in near_ties(kink, asked, self.again, self.tol, self._sided):
                same[tie.row if len(tie.row) == same.ndim else ...] = True
            return bool(np.all(same))
        except (TypeError, ValueError, LookupError, ArithmeticError):
            return True

    def _moved(self, step: Step) -> list[Any]:
        """The inputs of a step at a kink, moved a little towards x + εv."""
        far = self.near.steps[step.position].values
        size = max((float(np.max(np.abs(v), initial=0.0)) for v in step.values if varies(v)), default=1.0)
        gap = max(_gap(kink, tie, step) for _, kink, ties in self._places[step.position] for tie in ties)
        part = min(1.0, max(1e-5, (1e-12 * size + 1e3 * gap) / self.step))
        return [a + part * (b - a) if varies(a) else a for a, b in zip(step.values, far, strict=True)]

    def _sided(self, step: Step, cotangent: Any) -> Sequence[Any]:
        """The rule of a step; at a kink it is applied to inputs a little towards x + εv."""
        if step.position in self._places:
            step = beside(step, self._moved(step))
        return pull(step, cotangent)

    def decisions(self) -> Iterator[Decision]:
        """The choices that this piece made, in the order of the run."""
        if not self.again:
            return
        choices = list(self.near.choices)
        for step in [*self.again, None]:
            at = len(self.again) if step is None else step.position
            while choices and choices[0].at <= at:
                choice = choices.pop(0)
                number = len(self.near.choices) - len(choices)
                kink = question_kink(choice.function)
                if kink is not None:
                    yield from self._of_choice(choice, kink, ("question", number))
            if step is not None:
                for number, kink, ties in self._places.get(step.position, ()):
                    near = self.near.steps[step.position]
                    yield from self._decide(kink, ties, step, near, (step.position, number), step.position)

    def _of_choice(self, choice: Choice, kink: Kink, key: tuple[Any, ...]) -> Iterator[Decision]:
        near = Step(choice.at, None, choice.inputs, choice.options, None)  # type: ignore[arg-type]
        step = self._asked(choice)
        try:
            ties = self._near_ties(kink, step)
            yield from self._decide(kink, ties, step, near, key, choice.at)
        except (TypeError, ValueError, LookupError):  # a question that is not in the table
            self.sorts.add("unknown question")

    def _decide(
        self, kink: Kink, ties: list[Tie], step: Step, near: Step, key: tuple[Any, ...], upto: int
    ) -> Iterator[Decision]:
        if not ties or kink.sort == "split":
            return
        run, traced = record_rivals(step, kink)
        there = [np.asarray(r) for r in kink.rivals(*near.values, **near.options)]
        for tie in ties:
            slopes = partial(self._slopes, run, tie, step, traced, upto)
            scores = there[tie.group][tie.row][list(tie.tied)]
            if kink.sort == "cone":
                rows = slopes()
                rank = int(np.linalg.matrix_rank(rows, tol=1e-9 * max(1.0, float(np.abs(rows).max()))))
                if rank != 1:
                    if rank > 1:
                        self.sorts.add("round cone")
                    continue
                strongest = int(np.argmax(np.linalg.norm(rows, axis=1)))
                slopes = partial(_both_signs, rows[strongest])
                scores = np.array([scores[strongest], -scores[strongest]])
            yield Decision((*key, *tie), int(np.argmax(scores)), len(scores), kink.sort, slopes)

    def _slopes(self, run: Recording, tie: Tie, step: Step, traced: list[int], upto: int) -> np.ndarray:
        return np.array([self._slope(run, tie, place, step, traced, upto) for place in tie.tied])

    def _slope(
        self, run: Recording, tie: Tie, place: int, step: Step, traced: list[int], upto: int
    ) -> np.ndarray:
        """The gradient of one rival by the arguments of f."""
        inner = pull_rival(run, tie, place)
        seeds: dict[Step, Any] = {}
        for k, leaf in zip(traced, run.steps, strict=False):
            ct, source = inner.get(leaf), step.inputs[k]
            if ct is not None:
                seeds[source] = ct if source not in seeds else seeds[source] + ct
        if not seeds:
            return np.zeros(self.point.size)
        steps = self.again[:upto]
        cotangent_of = backward(steps, seeds, pull=self._sided)
        return self.point.join([cotangent_of.get(leaf) for leaf in self.again[: self.near.leaves]])


def _both_signs(slope: np.ndarray) -> np.ndarray:
    return np.array([slope, -slope])


def _gap(kink: Kink, tie: Tie, step: Step) -> float:
    """How far apart the rivals of a tie are."""
    row = np.asarray(kink.rivals(*step.values, **step.options)[tie.group])[tie.row][list(tie.tied)]
    return float(np.max(np.abs(row)) if kink.sort in ("cone", "split") else np.ptp(row))
