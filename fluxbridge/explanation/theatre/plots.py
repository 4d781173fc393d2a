"""A function of one or two numbers around the point: its values, subgradients, and ways downhill."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...errors import FluxbridgeError
from ...nonsmooth.descent import SubgradientMethod
from ...nonsmooth.directional import directional
from ...nonsmooth.subgradients import subgradients, vector_of
from ...recording import Step, backward
from ...recording.point import Point
from ..run import ExplainedRun
from .around import run_at

POINTS, SIDE = 161, 33  #: points of a curve; points along each side of a plane
WAY = 40  #: steps of a way downhill
FAR = 20  #: pictures away from which a way is not followed further
MOST_STEPS = {1: 300, 2: 60}  #: steps of functions that are evaluated all over the picture, by their numbers
SECONDS = 10.0  #: after which there is no picture


class Entry(NamedTuple):
    """One real number among the arguments: its leaf, its place in it, and how it is called."""

    leaf: int
    place: int
    name: str


def entries(e: ExplainedRun) -> list[Entry]:
    """The numbers that the gradient is taken by, as far as they are real; at most three of them."""
    found: list[Entry] = []
    for leaf in e.recording.steps[: e.recording.leaves]:
        line = e.of_step.get(leaf)
        if line is None or line.cotangent is None:
            continue
        if np.result_type(leaf.value).kind not in "fi" or np.size(leaf.value) > 2:
            return []
        array = np.ndim(leaf.value) > 0
        for k in range(np.size(leaf.value)):
            found.append(Entry(leaf.position, k, f"{line.name}[{k}]" if array else line.name))
    return found


def span(x: float) -> tuple[float, float]:
    """The range of a slider around x."""
    reach = 2.0 * max(1.0, abs(x))
    return x - reach, x + reach


class _TooSlow(Exception):
    """All runs together."""


class _Field:
    """The function at points around."""

    def __init__(self, e: ExplainedRun, found: list[Entry]):
        self.e, self.entries = e, found
        self.point = Point(e.xs)
        self.deadline = time.monotonic() + SECONDS

    def arguments(self, point: Any) -> tuple[Any, ...]:
        leaves = {n.leaf: np.array(self.point.leaves[n.leaf], float) for n in self.entries}
        for entry, x in zip(self.entries, point, strict=True):
            leaves[entry.leaf].flat[entry.place] = x
        return self.point.with_leaves(leaves)

    def at(self, point: Any) -> tuple[float | None, np.ndarray | None]:
        """Value and gradient; None where there is none. Raises _TooSlow."""
        if time.monotonic() > self.deadline:
            raise _TooSlow
        try:
            run = run_at(self.e, self.arguments(point))
            value = float(run.value)
            with np.errstate(all="ignore"):
                back = backward(run.steps, {run.out: 1.0}) if isinstance(run.out, Step) else {}
        except Exception:  # what the function raises elsewhere is a gap in the picture
            return None, None
        if not np.isfinite(value):
            return None, None
        found = [np.ravel(back.get(run.steps[n.leaf], np.zeros(2)))[n.place] for n in self.entries]
        return value, np.array(found, float)

    def value(self, point: Any) -> float | None:
        return self.at(point)[0]


def plot(e: ExplainedRun) -> dict[str, Any] | None:
    """What page/plot.js draws; None for functions of more numbers, and for long ones."""
    found = entries(e)
    if e.forward or len(e.recording.steps) > MOST_STEPS.get(len(found), 0):
        return None
    try:
        return _plot(_Field(e, found))
    except _TooSlow:
        return None


def _plot(field: _Field) -> dict[str, Any]:
    e, found = field.e, field.entries
    point = [float(np.ravel(field.point.leaves[n.leaf])[n.place]) for n in found]
    ranges = [span(x) for x in point]
    result: dict[str, Any] = {
        "kind": "curve" if len(found) == 1 else "plane",
        "arguments": [{"id": n.leaf, "index": n.place} for n in found],
        "names": [n.name for n in found],
        "title": f"{e.function}({', '.join(e.names.arguments)})",
        "range": ranges,
        "at": point,
    }
    if len(found) == 1:
        xs = np.linspace(*ranges[0], POINTS)
        result |= {"xs": _short(xs), "ys": _short([field.value([x]) for x in xs])}
        ways = [(1.0,), (-1.0,)]
    else:
        xs, ys = (np.linspace(*r, SIDE) for r in ranges)
        result["zs"] = [_short([field.value([x, y]) for x in xs]) for y in ys]
        result["paths"] = paths(field, point, ranges)
        ways = [(np.cos(k * np.pi / 4), np.sin(k * np.pi / 4)) for k in range(8)]  # type: ignore[misc]
    if any(line.kink for line in e.lines):
        result |= _fan(field, point, ways)
    return result


def _fan(field: _Field, point: list[float], ways: list[Any]) -> dict[str, Any]:
    """Subgradients and directional derivatives at a kink."""

    e, place = field.e, field.point
    if place.size != len(point):
        return {}
    every = [True] * len(place.leaves)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            fan = [vector_of(v, place).tolist() for v in subgradients(e.f, *e.xs).vertices]
            along = [float(directional(e.f, *e.xs, *place.gradient(np.array(way), every))) for way in ways]
        if not np.all(np.isfinite(along)) or not np.all(np.isfinite(fan)):
            return {}
    except (FluxbridgeError, ArithmeticError, ValueError, TypeError):
        return {}
    return {"fan": fan, "directional": along}


def paths(field: _Field, point: list[float], ranges: list[tuple[float, float]]) -> list[dict[str, Any]]:
    """Gradient descent with a fixed step, and the subgradient method with steps that become shorter."""
    value, gradient = field.at(point)
    if value is None or gradient is None or not np.any(gradient):
        return []
    size = min(high - low for low, high in ranges)
    fixed = size / 40 / float(np.linalg.norm(gradient))
    shrinking = SubgradientMethod.diminishing(size / 10, normalised=True)
    return [
        {"name": "gradient descent", "points": _way(field, point, FAR * size, lambda *_: fixed)},
        {"name": "subgradient method", "points": _way(field, point, FAR * size, shrinking.length)},
    ]


def _way(
    field: _Field, point: list[float], far: float, length: Callable[[int, float, float, float], float]
) -> list[Any]:
    x, best, found = np.array(point), np.inf, []
    for k in range(1, WAY + 1):
        value, gradient = field.at(x)
        if value is None or gradient is None:
            break
        found.append(_short(x))
        norm, best = float(np.linalg.norm(gradient)), min(best, value)
        if norm == 0 or not np.isfinite(norm) or np.max(np.abs(x - point)) > far:
            break
        x = x - length(k, value, norm, best) * gradient
    return found


def _short(values: Any) -> list[float | None]:
    """Six digits are enough for a picture."""
    return [None if v is None else float(f"{v:.6g}") for v in values]
