"""One step at other values of its inputs, and what is on each side of a kink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autodiff.forward import push
from ..autodiff.tape import NUMBERS
from ..recording import Recording, Step, backward
from .kink import Kink, Tie


def varies(x: Any) -> bool:
    return isinstance(x, (float, complex, np.floating, np.complexfloating)) or (
        isinstance(x, np.ndarray) and x.dtype.kind in "fc"
    )


def beside(step: Step, inputs: Sequence[Any]) -> Step:
    """The same step for other values of its inputs."""
    moved = tuple(
        [
            Step(x.position, x.primitive, x.inputs, x.options, value) if isinstance(x, Step) else value
            for x, value in zip(step.inputs, inputs, strict=True)
        ]
    )
    there = Step(step.position, step.primitive, moved, step.options, None)
    there.value = compute(there)
    return there


def compute(step: Step) -> Any:
    """The value of a step, by its inputs."""
    source = step.inputs[0] if step.inputs else None
    if isinstance(source, Step) and isinstance(source.value, tuple):
        value = source.value[step.options["index"]]
    else:
        value = step.primitive.compute(*step.values, **step.options)
    if type(value) is np.ndarray and value.ndim == 0:
        value = value[()]
    return NUMBERS[type(value)](value) if type(value) in NUMBERS else value


def along_tangent(step: Step, near: Step) -> Any:
    """The value of a call that cannot be repeated, from that at inputs nearby and its own rule."""
    tangents = [
        a - b if isinstance(x, Step) else None
        for x, a, b in zip(step.inputs, step.values, near.values, strict=True)
    ]
    change = push(near.primitive, near.value, list(near.values), tangents, near.options)
    if isinstance(near.value, tuple):
        return tuple([y + dy for y, dy in zip(near.value, change, strict=True)])
    return near.value + change


def alternatives(step: Step, kink: Kink, tie: Tie) -> list[list[Any]]:
    """For each of the equal rivals: the inputs of the step, moved a little so that it is the largest."""
    if kink.sort in ("cone", "split", "steep"):
        return []
    run, traced = record_rivals(step, kink)
    slopes: list[list[Any]] = []
    for place in tie.tied:
        pulled = pull_rival(run, tie, place)
        slopes.append([pulled.get(leaf) for leaf in run.steps[: run.leaves]])
    others = []
    for mine in slopes:
        inputs = list(step.values)
        for at, k in enumerate(traced):
            away = [s[at] for s in slopes if s is not mine and s[at] is not None]
            own: Any = 0.0 if mine[at] is None else mine[at]
            move = own * len(slopes) - sum(away)
            value = step.values[k]
            size = np.maximum(1.0, np.abs(value))
            inputs[k] = value + 1e-9 * size * move if varies(value) else value
        others.append(inputs)
    return others


def _rivals(step: Step, kink: Kink, traced: Sequence[int]) -> Any:
    def rivals(*values: Any) -> Any:
        inputs = list(step.values)
        for k, value in zip(traced, values, strict=True):
            inputs[k] = value
        return kink.rivals(*inputs, **step.options)

    return rivals


def record_rivals(step: Step, kink: Kink) -> tuple[Recording, list[int]]:
    """The rivals of a kink as functions of the inputs that vary, and the places of these."""
    traced = [k for k, x in enumerate(step.inputs) if isinstance(x, Step)]
    return Recording(_rivals(step, kink, traced), [step.values[k] for k in traced], calls=False), traced


def pull_rival(run: Recording, tie: Tie, place: int) -> dict[Step, Any]:
    """The cotangents of the inputs of the rivals, for one rival."""
    target = run.out[tie.group]
    if not isinstance(target, Step):
        return {}
    seed = np.zeros(np.shape(target.value))
    seed[tie.row][place] = 1.0
    return backward(run.steps, {target: seed})
