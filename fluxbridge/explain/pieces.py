"""The smooth piece of a function that is active beside a point, in some direction.

A function made of smooth parts and kinks is, next to a point x, one of finitely many smooth functions:
the one whose choices hold at x + εv. That piece is found by running f there, for real, and then the
recorded steps are computed again at x itself, so that its gradient at x is exact and is the limit of
gradients nearby. No choice is ever made that does not occur at a real point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.kinks import Kink, Tie, kinks_of
from ..autodiff.native import check_scalar
from ..autodiff.recording import Choice, Recording, Step, backward, pull
from ..autodiff.structure import put_together, take_apart
from ..autodiff.tape import NUMBERS
from ..errors import StructureError
from .questions import question_kink

STEP = 1e-6  #: how far away the choices are looked up


class Point:
    """The arguments of a function as one vector of real numbers."""

    def __init__(self, xs: Sequence[Any]):
        self.xs = tuple(xs)
        self.originals, self.template = take_apart(self.xs)
        if self.template is None:
            raise StructureError("there is no number and no array among the arguments, so nothing can vary")
        self.leaves = [_precise(x) for x in self.originals]
        self.sizes = [np.size(x) * (2 if np.iscomplexobj(x) else 1) for x in self.leaves]
        self.size = sum(self.sizes)
        largest = max((float(np.max(np.abs(x), initial=0.0)) for x in self.leaves), default=0.0)
        self.step = max(STEP, 1e-12 * largest if math.isfinite(largest) else 0.0)

    def at(self, shift: np.ndarray | None = None) -> tuple[Any, ...]:
        """The arguments, moved by `shift`, all in double precision."""
        leaves = self.leaves if shift is None else [a + b for a, b in zip(self.leaves, self.cut(shift))]
        return put_together(self.xs, leaves)

    def cut(self, vector: np.ndarray) -> list[Any]:
        """The parts of a vector in the shapes of the leaves."""
        parts, start = [], 0
        for leaf, size in zip(self.leaves, self.sizes, strict=True):
            part = np.array(vector[start : start + size], float)
            start += size
            if np.iscomplexobj(leaf):
                part = part.view(np.complex128)
            part = part.reshape(np.shape(leaf))
            parts.append(part if isinstance(leaf, np.ndarray) else part.item())
        return parts

    def join(self, parts: Sequence[Any]) -> np.ndarray:
        """The vector of cotangents (or tangents) of the leaves; None counts as zero."""
        joined = []
        for part, leaf, size in zip(parts, self.leaves, self.sizes, strict=True):
            if part is None:
                joined.append(np.zeros(size))
                continue
            kind = np.complex128 if np.iscomplexobj(leaf) else np.float64
            whole = np.broadcast_to(np.asarray(part, kind), np.shape(leaf))
            joined.append(np.ascontiguousarray(whole).reshape(-1).view(np.float64))
        return np.concatenate(joined) if joined else np.zeros(0)

    def vector(self, structure: Sequence[Any], what: str) -> np.ndarray:
        """The vector of something that has the structure of the arguments (None counts as zero)."""
        parts: list[Any] = [None] * len(self.leaves)
        for index, value, path in self.template.match(tuple(structure), ""):
            if np.shape(value) != np.shape(self.leaves[index]):
                raise StructureError(
                    f"the {what} at {path} has shape {np.shape(value)}, but the argument has shape "
                    f"{np.shape(self.leaves[index])}"
                )
            parts[index] = value
        return self.join(parts)

    def gradient(self, vector: np.ndarray, touched: Sequence[bool]) -> tuple[Any, ...]:
        """The vector as `gradient` would return it; None where the function never looked."""
        parts = self.cut(vector)
        for k, original in enumerate(self.originals):
            kind = getattr(original, "dtype", None)
            if not touched[k]:
                parts[k] = None
            elif isinstance(original, np.ndarray) and kind.kind in "fc" and kind != parts[k].dtype:
                parts[k] = parts[k].astype(kind)
        filled = self.template.fill(parts)
        return filled if filled is not None else (None,) * len(self.xs)


def _precise(x: Any) -> Any:
    """A leaf in double precision."""
    if isinstance(x, np.ndarray):
        return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    return complex(x) if isinstance(x, (complex, np.complexfloating)) else float(x)


class Decision(NamedTuple):
    """Rivals that are equal at x: whose turn it is at x + εv, and the gradients of all of them."""

    key: tuple[Any, ...]
    answer: int
    slopes: np.ndarray  #: one row for each rival
    smooth_if_parallel: bool  #: nothing hangs on it when the rivals have equal gradients

    def rows(self, answer: int) -> np.ndarray:
        """What must be positive along a direction for this answer."""
        return np.delete(self.slopes[answer] - self.slopes, answer, axis=0)

    @property
    def matters(self) -> bool:
        scale = 1e-9 * max(1.0, float(np.max(np.abs(self.slopes), initial=0.0)))
        return bool(np.any(np.abs(self.slopes - self.slopes[0]) > scale))


class Piece:
    """The piece of f that is active at ``point + ε·direction``: its value and gradient at the point.

    `way` is "exact" if the gradient was computed at the point itself, "limit" if it is the limit of
    gradients at real points, "unbounded" if they have none, "outside" if f is not defined there.
    """

    def __init__(self, f: Callable[..., Any], point: Point, direction: np.ndarray, tol: float = 1e-9):
        self.f, self.point, self.direction, self.tol = f, point, direction, tol
        self.sorts: set[str] = set()
        with np.errstate(all="ignore"):
            self.near = self._record(point.step)
            check_scalar(self.near.value)
            self.touched = self._touched()
            self.outside = not math.isfinite(float(self.near.value))
            self.way = "outside" if self.outside else "exact"
            self._places: dict[int, list[tuple[int, Kink, list[Tie]]]] = {}
            self.again: list[Step] = []
            self.value = math.nan
            self.gradient = np.full(point.size, np.nan)
            if not self.outside:
                self._compute()

    def _record(self, step: float) -> Recording:
        return Recording(self.f, self.point.at(step * self.direction), calls=False)

    def _touched(self) -> list[bool]:
        found = self._sweep(self.near.steps, pull) if isinstance(self.near.out, Step) else {}
        return [step in found for step in self.near.steps[: self.near.leaves]]

    def _sweep(self, steps: Sequence[Step], rule: Any) -> dict[Step, Any]:
        return backward(steps, {steps[self.near.out.position]: 1.0}, pull=rule)

    def _compute(self) -> None:
        out = self.near.out
        if not isinstance(out, Step):
            self.value, self.gradient = float(out), np.zeros(self.point.size)
            return
        try:
            self.again = replay(self.near.steps, self.point.leaves)
            self.value = float(self.again[out.position].value)
            self._find_ties()
            if "steep" not in self.sorts:
                self.gradient = self._slope_at_the_point()
        except (ArithmeticError, LookupError, TypeError, ValueError, np.linalg.LinAlgError):
            self.again = []
        if not np.all(np.isfinite(self.gradient)):
            self._take_limits()

    def _slope_at_the_point(self) -> np.ndarray:
        found = self._sweep(self.again, self._sided)
        return self.point.join([found.get(step) for step in self.again[: self.near.leaves]])

    def _take_limits(self) -> None:
        """The gradient from those at x + εv, x + εv/2, x + εv/4."""
        runs = [self.near, *(self._record(self.point.step / k) for k in (2, 4))]
        slopes = []
        for run in runs:
            found = backward(run.steps, {run.out: 1.0}) if isinstance(run.out, Step) else {}
            slopes.append(self.point.join([found.get(step) for step in run.steps[: run.leaves]]))
        first, second = slopes[1] - slopes[0], slopes[2] - slopes[1]
        self.gradient = slopes[2] + second
        self.way = "limit"
        if not math.isfinite(self.value):
            self.value = float(runs[2].value)
        growing = np.abs(second) > 0.75 * np.abs(first)
        growing &= np.abs(slopes[2]) > 1e-3 / self.point.step**0.25
        if np.any(growing) or not np.all(np.isfinite(self.gradient)):
            self.way = "unbounded"
            self.gradient = np.where(growing, np.sign(slopes[2]) * np.inf, self.gradient)

    # -- ties and sides ------------------------------------------------------------------------------

    def _find_ties(self) -> None:
        for step in self.again:
            for number, kink in enumerate(kinks_of(step.primitive.kink)):
                ties = kink.ties(step.values, step.options, self.tol)
                if ties:
                    self._places.setdefault(step.position, []).append((number, kink, ties))
                    self.sorts.add(kink.sort)

    def _sided(self, step: Step, cotangent: Any) -> Sequence[Any]:
        """The rule of a step; at a kink it looks at inputs that lie a trifle towards x + εv."""
        places = self._places.get(step.position)
        if places is None:
            return pull(step, cotangent)
        far = self.near.steps[step.position].values
        size = max((float(np.max(np.abs(v), initial=0.0)) for v in step.values if _varies(v)), default=1.0)
        gap = max(_gap(kink, tie, step) for _, kink, ties in places for tie in ties)
        part = min(1.0, max(1e-5, (1e-12 * size + 1e3 * gap) / self.point.step))
        inputs = [a + part * (b - a) if _varies(a) else a for a, b in zip(step.values, far, strict=True)]
        return pull(beside(step, inputs), cotangent)

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
        inputs = tuple([self.again[x.position] if isinstance(x, Step) else x for x in choice.inputs])
        near = Step(choice.at, None, choice.inputs, choice.options, None)  # type: ignore[arg-type]
        step = Step(choice.at, None, inputs, choice.options, None)  # type: ignore[arg-type]
        try:
            ties = kink.ties(step.values, step.options, self.tol)
            yield from self._decide(kink, ties, step, near, key, choice.at, False)
        except (TypeError, ValueError, LookupError):  # asked in a way that the table does not know
            self.sorts.add("unknown question")

    def _decide(
        self, kink: Kink, ties: list[Tie], step: Step, near: Step, key: tuple[Any, ...], upto: int,
        smooth_if_parallel: bool = True,
    ) -> Iterator[Decision]:  # fmt: skip
        if not ties or kink.sort == "split":
            return
        traced = [k for k, x in enumerate(step.inputs) if isinstance(x, Step)]

        def rivals(*values: Any) -> Any:
            inputs = list(step.values)
            for k, value in zip(traced, values, strict=True):
                inputs[k] = value
            return kink.rivals(*inputs, **step.options)

        run = Recording(rivals, [step.values[k] for k in traced], calls=False)
        there = [np.asarray(r) for r in kink.rivals(*near.values, **near.options)]
        for tie in ties:
            slopes = np.array([self._slope(run, tie, place, step, traced, upto) for place in tie.tied])
            scores = there[tie.group][tie.row][list(tie.tied)]
            if kink.sort == "cone":
                rank = int(np.linalg.matrix_rank(slopes, tol=1e-9 * max(1.0, float(np.abs(slopes).max()))))
                if rank != 1:
                    if rank > 1:
                        self.sorts.add("round cone")
                    continue
                strongest = int(np.argmax(np.linalg.norm(slopes, axis=1)))
                slopes = np.array([slopes[strongest], -slopes[strongest]])
                scores = np.array([scores[strongest], -scores[strongest]])
            parallel = smooth_if_parallel and kink.sort != "jump"
            yield Decision((*key, *tie), int(np.argmax(scores)), slopes, parallel)

    def _slope(
        self, run: Recording, tie: Tie, place: int, step: Step, traced: list[int], upto: int
    ) -> np.ndarray:
        """The gradient of one rival by the arguments of f."""
        target = run.out[tie.group]
        if not isinstance(target, Step):
            return np.zeros(self.point.size)
        seed = np.zeros(np.shape(target.value))
        seed[(*tie.row, place)] = 1.0
        inner = backward(run.steps, {target: seed})
        seeds: dict[Step, Any] = {}
        for k, leaf in zip(traced, run.steps, strict=False):
            ct, source = inner.get(leaf), step.inputs[k]
            if ct is not None:
                seeds[source] = ct if source not in seeds else seeds[source] + ct
        if not seeds:
            return np.zeros(self.point.size)
        steps = self.again[:upto]
        found = backward(steps, seeds, pull=self._sided)
        return self.point.join([found.get(leaf) for leaf in self.again[: self.near.leaves]])


def _varies(x: Any) -> bool:
    return isinstance(x, (float, complex, np.floating, np.complexfloating)) or (
        isinstance(x, np.ndarray) and x.dtype.kind in "fc"
    )


def _gap(kink: Kink, tie: Tie, step: Step) -> float:
    """How far apart the rivals of a tie are."""
    row = np.asarray(kink.rivals(*step.values, **step.options)[tie.group])[tie.row][list(tie.tied)]
    return float(np.max(np.abs(row)) if kink.sort in ("cone", "split") else np.ptp(row))


def beside(step: Step, inputs: Sequence[Any]) -> Step:
    """The same step for other values of its inputs."""
    moved = tuple(
        [
            Step(x.position, x.primitive, x.inputs, x.options, value) if isinstance(x, Step) else value
            for x, value in zip(step.inputs, inputs, strict=True)
        ]
    )
    value = step.primitive.compute(*inputs, **step.options)
    return Step(step.position, step.primitive, moved, step.options, value)


def replay(steps: Sequence[Step], leaves: Sequence[Any]) -> list[Step]:
    """The same steps computed from other values of the leaves; what was decided stays decided."""
    again: list[Step] = []
    for step in steps:
        inputs = tuple([again[x.position] if isinstance(x, Step) else x for x in step.inputs])
        source = inputs[0] if inputs else None
        if step.is_argument:
            value = leaves[step.position]
        elif isinstance(source, Step) and isinstance(source.value, tuple):
            value = source.value[step.options["index"]]
        else:
            values = [x.value if isinstance(x, Step) else x for x in inputs]
            value = step.primitive.compute(*values, **step.options)
        if type(value) is np.ndarray and value.ndim == 0 and not step.is_argument:
            value = value[()]
        if type(value) in NUMBERS:
            value = NUMBERS[type(value)](value)
        again.append(Step(step.position, step.primitive, inputs, step.options, value, step.calls, step.path))
    return again
