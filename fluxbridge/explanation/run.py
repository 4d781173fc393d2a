"""One run of a function with both sweeps, step by step: the data of all views."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ..autodiff.implicit import Params
from ..autodiff.native import check_scalar
from ..autodiff.tape import spec_of
from ..errors import StructureError
from ..recording import Step, backward
from .about import Argument, about
from .folding import Group, arrange
from .names import ASCII, Names, argument_names, owner_path
from .reach import outputs, shown_steps
from .steps import ExplainedStep, Part
from .turns import TurnRecording

R = TypeVar("R", bound="ExplainedRun")


class ExplainedRun:
    """A recorded run with its sweeps, and which groups of its steps are unfolded."""

    def __init__(
        self,
        f: Callable[..., Any],
        xs: Sequence[Any],
        forward: bool,
        along: Any,
        limit: int,
        depth: int | None,
    ):
        if xs and isinstance(xs[0], Params):
            raise TypeError(
                f"explain takes the function and its arguments, not {type(xs[0]).__name__}; it shows "
                "what the native engine does."
            )
        self.f, self.xs = f, tuple(xs)
        self.function = getattr(f, "__name__", type(f).__name__)
        self.f = f
        self.xs = tuple(xs)
        self.forward = forward
        self.along = along
        self.limit = limit
        self.depth = depth
        self.unfolded: tuple[str, ...] | None = ()  #: names of groups; None for everything
        self.recording = recording = TurnRecording(f, xs)
        self.value = recording.value
        if not forward:
            check_scalar(self.value)
        self.outputs = outputs(recording)  #: the steps in what f returned
        steps = shown_steps(recording, self.outputs)
        self.names = Names(steps, argument_names(f, len(xs)), recording.held)
        self.lines = [ExplainedStep(self.names, step) for step in steps]
        self.of_step = {line.step: line for line in self.lines}
        self.reverse_order: list[ExplainedStep] = []  #: the steps in the order of the reverse sweep
        self.gradient: tuple[Any, ...] | None = None  #: what ``gradient`` returns; None in forward mode
        self.tangent: Any = None
        if forward:
            self._push(along)
        else:
            self._pull()

    # -- the sweeps ----------------------------------------------------------------------------------

    def _pull(self) -> None:
        recording = self.recording
        out = recording.out
        if not isinstance(out, Step):
            self.gradient = (None,) * len(recording.templates)
            return

        def seen(step: Step, cotangent: Any, contributions: list[Any]) -> None:
            line = self.of_step[step]
            line.cotangent = cotangent
            line.parts = [Part(line, k, c) for k, c in enumerate(contributions) if c is not None]
            for part in line.parts:
                self.of_step[part.step].incoming.append(part)
            self.reverse_order.append(line)

        cotangent_of = backward(recording.steps, {out: 1.0}, seen=seen)
        leaves = recording.steps[: recording.leaves]
        for step in leaves:
            self.of_step[step].cotangent = cotangent_of.get(step)
        cotangents = [_plain(cotangent_of.get(step)) for step in leaves]
        self.gradient = tuple(None if t is None else t.fill(cotangents) for t in recording.templates)

    def _push(self, along: Any) -> None:
        tangents = self._seeds(along)
        self.tangents: dict[Step, Any] = dict(tangents)
        for line in self.lines:
            if not line.is_argument:
                self.tangents[line.step] = line.push(self.tangents)
            line.tangent = self.tangents.get(line.step)
        out = self.recording.out
        self.tangent = self.tangents.get(out) if isinstance(out, Step) else None

    def _seeds(self, along: Any) -> dict[Step, Any]:
        recording = self.recording
        leaves = recording.steps[: recording.leaves]
        if along is None:
            if len(leaves) == 1 and np.ndim(leaves[0].value) == 0:
                return {leaves[0]: 1.0}
            names = ", ".join(self.names.arguments)
            raise StructureError(
                f"explain(..., forward=True) with more than one number in ({names}) needs a direction: "
                "along=(…), one tangent an argument, None for those that stand still."
            )
        along = along if isinstance(along, tuple) else (along,)
        if len(along) != len(recording.templates):
            raise StructureError(
                f"one tangent an argument: {len(recording.templates)} expected, {len(along)} given"
            )
        seeds = {}
        for k, (template, tangent) in enumerate(zip(recording.templates, along, strict=True)):
            for index, value, path in template.match(tangent, f"[{k}]") if template is not None else ():
                if np.shape(value) != np.shape(leaves[index].value):
                    raise StructureError(
                        f"the tangent of {self.names.path(path)} has shape {np.shape(value)}, but the "
                        f"argument has shape {np.shape(leaves[index].value)}"
                    )
                value = float(value) if np.ndim(value) == 0 and np.isrealobj(value) else np.asarray(value)
                seeds[leaves[index]] = value
        return seeds

    @cached_property
    def arguments(self) -> list[ExplainedStep]:
        """The leaves that are worth showing: not the settings of objects that no step uses."""
        used = {x for step in self.recording.steps for x in step.inputs if isinstance(x, Step)}
        used |= {x for choice in self.recording.choices for x in choice.inputs if isinstance(x, Step)}
        plain = {self.names.path(f"[{k}]") for k in range(len(self.names.arguments))}
        leaves = [line for line in self.lines if line.is_argument]
        return [v for v in leaves if v.step in used or v.step is self.recording.out or v.name in plain]

    @cached_property
    def about(self) -> list[Argument]:
        """What the gradient is taken by, and why not by the other arguments."""
        return about(self.recording, self.names, self.xs, self.outputs)

    @property
    def independent(self) -> list[str]:
        """The arguments that have no gradient at all: texts, flags, functions."""
        pairs = zip(self.names.arguments, self.recording.templates, strict=True)
        return [name for name, template in pairs if template is None]

    @property
    def without_steps(self) -> str:
        """Why the reverse sweep has no step to show."""
        out = self.recording.out
        if isinstance(out, Step):
            return f"the result is {self.of_step[out].name} itself, so its gradient is 1"
        return "the result does not depend on the arguments"

    # -- folding -------------------------------------------------------------------------------------

    @cached_property
    def tree(self) -> Group:
        """All steps but the arguments, arranged by calls and loops."""
        lines = [line for line in self.lines if not line.is_argument]
        kept = {*self.outputs, *self.names.assigned}
        return arrange(lines, owner_path(self.names), self.users, kept)

    @cached_property
    def users(self) -> dict[Step, list[Step]]:
        """For each step those that are shown and use it."""
        users: dict[Step, list[Step]] = {}
        for line in self.lines:
            for x in dict.fromkeys(x for x in line.step.inputs if isinstance(x, Step)):
                users.setdefault(x, []).append(line.step)
        return users

    def results(self, group: Group) -> list[ExplainedStep]:
        """The steps of a group that are used outside of it, or returned; the last one if there are none."""
        if group.results is None:
            lines = list(group.lines())
            inside = {line.step for line in lines}
            used = [
                line
                for line in lines
                if line.step in self.outputs or any(u not in inside for u in self.users.get(line.step, ()))
            ]
            group.results = used or lines[-1:]
        return group.results

    def unfold(self: R, *names: str, depth: int | None = None) -> R:
        """The same with the named parts open: ``unfold("layers[1]")``, a function, a loop's line.

        Without a name, everything is open; with `depth`, everything down to so many levels.
        """
        other = copy.copy(self)
        if depth is not None:
            other.depth = depth
        elif not names:
            other.unfolded = None
        else:
            known = list(self.tree.groups())
            for name in names:
                if not any(g.matches(name) for g in known):
                    have = ", ".join(
                        dict.fromkeys(g.owner or g.label for g in known if g.kind in ("call", "loop"))
                    )
                    raise KeyError(f"nothing to unfold is called {name!r}; there is: {have or 'nothing'}")
            other.unfolded = (*(self.unfolded or ()), *names)
        return other

    def fold(self: R, depth: int = 1) -> R:
        """The same with only `depth` levels of calls and loops open."""
        other = copy.copy(self)
        other.depth, other.unfolded = depth, ()
        return other

    # -- is it right? ----------------------------------------------------------------------------------

    def check(self) -> float:
        """The largest difference between a shown formula, evaluated, and what the engine used.

        It is relative to the size of the contribution.
        """
        worst = 0.0
        for line in self.lines:
            for part in line.parts:
                worst = max(worst, _difference(part.evaluate(), part.contribution))
        return worst

    def gradient_from_formulas(self) -> tuple[Any, ...]:
        """The gradient again, from nothing but the shown formulas."""
        cotangent_of: dict[Step, Any] = {}
        for line in self.reverse_order:
            for part in line.parts:
                value = part.evaluate()
                known = cotangent_of.get(part.step)
                cotangent_of[part.step] = value if known is None else known + value
        leaves = [_plain(cotangent_of.get(s)) for s in self.recording.steps[: self.recording.leaves]]
        if self.recording.leaves and self.recording.out in self.recording.steps[: self.recording.leaves]:
            leaves[self.recording.steps.index(self.recording.out)] = 1.0
        return tuple(None if t is None else t.fill(leaves) for t in self.recording.templates)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> ExplainedStep:
        if not hasattr(self, "_by_name"):
            # x1 finds x₁ where nothing else is called x1
            self._by_name = {line.name.translate(ASCII): line for line in self.lines}
            self._by_name |= {line.name: line for line in self.lines}
        if name in self._by_name:
            return self._by_name[name]
        raise KeyError(f"no step is called {name!r}; there are {self.lines[0].name} … {self.lines[-1].name}")


def _plain(ct: Any) -> Any:
    """A cotangent as gradients come back: Python floats, arrays with memory of their own."""
    if isinstance(ct, np.float64):
        return ct.item()
    return ct.copy() if isinstance(ct, np.ndarray) else ct


def _difference(a: Any, b: Any) -> float:
    if isinstance(a, tuple) or isinstance(b, tuple):
        return max(
            (_difference(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None),
            default=0.0,
        )
    a, b = np.asarray(a), np.asarray(b)
    if spec_of(a).shape != spec_of(b).shape:
        return np.inf
    if not a.size:
        return 0.0
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    scale = np.max(np.abs(np.where(np.isfinite(b), b, 0.0))) or 1.0
    gap = np.where(same, 0.0, np.abs(np.where(same, 0.0, a) - np.where(same, 0.0, b)))
    return float(np.nan_to_num(np.max(gap) / scale, nan=np.inf))
