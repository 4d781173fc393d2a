"""A function of one or two numbers around the point: its values, subgradients, and ways downhill."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...errors import FluxbridgeError
from ...nonsmooth.descent import SubgradientMethod
from ...nonsmooth.directional import directional
from ...nonsmooth.subgradients import subgradients
from ...recording import Recording, Step, backward
from ..run import ExplainedRun

POINTS, SIDE = 161, 33  #: points of a curve; points along each side of a plane
WAY = 40  #: steps of a way downhill
LONGER = 20  #: a run with so many times the steps of the recorded one is given up
MOST_STEPS = 300  #: steps of functions that are evaluated all over the picture


class Entry(NamedTuple):
    """One real number among the arguments: the leaf that holds it, and its place in an array."""

    leaf: Step
    index: int
    name: str


def entries(e: ExplainedRun) -> list[Entry]:
    """All the numbers that the function is of, if its arguments are plain numbers and arrays; else none."""
    found = []
    for leaf in e.recording.steps[: e.recording.leaves]:
        name = e.of_step[leaf].name if leaf in e.of_step else ""
        plain = leaf.path.startswith("[") and leaf.path.count("[") == 1 and "." not in leaf.path
        if not plain or np.result_type(leaf.value) not in (np.float64, np.int64):
            return []
        count = np.size(leaf.value)
        found += [Entry(leaf, k, f"{name}[{k}]" if np.ndim(leaf.value) else name) for k in range(min(count, 3))]
    return found


def span(x: float) -> tuple[float, float]:
    """The range of a slider around x."""
    reach = 2.0 * max(1.0, abs(x))
    return x - reach, x + reach


class _TooLong(Exception):
    pass


class _Run(Recording):
    """A run that is given up when it takes far more steps than the one that is shown."""

    def __init__(self, f: Callable[..., Any], xs: tuple[Any, ...], most: int):
        self.most = most
        super().__init__(f, xs, calls=False)

    def note(self, *args: Any) -> Any:
        if len(self.choices) > self.most:
            raise _TooLong
        return super().note(*args)

    def _enter(self, *args: Any) -> Any:
        if len(self.steps) > self.most:
            raise _TooLong
        return super()._enter(*args)


class _Field:
    """The function at points around."""

    def __init__(self, e: ExplainedRun, found: list[Entry]):
        self.e, self.entries = e, found
        self.most = LONGER * len(e.recording.steps) + 200

    def arguments(self, point: Any) -> tuple[Any, ...]:
        xs = list(self.e.xs)
        for entry, x in zip(self.entries, point, strict=True):
            k = int(entry.leaf.path[1:-1])
            if np.ndim(entry.leaf.value):
                xs[k] = np.array(xs[k], float) if xs[k] is self.e.xs[k] else xs[k]
                xs[k].flat[entry.index] = x
            else:
                xs[k] = float(x)
        return tuple(xs)

    def at(self, point: Any) -> tuple[float | None, np.ndarray | None]:
        """Value and gradient; None where there is none."""
        try:
            with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
                run = _Run(self.e.f, self.arguments(point), self.most)
                value = float(run.value)
                back = backward(run.steps, {run.out: 1.0}) if isinstance(run.out, Step) else {}
        except Exception:  # what the function raises elsewhere is a gap in the picture
            return None, None
        if not np.isfinite(value):
            return None, None
        gradient = [np.ravel(back.get(run.steps[i], 0.0)) for i in self.leaves]
        flat = [g[n.index] if g.size > 1 else g[0] for g, n in zip(gradient, self.entries, strict=True)]
        return value, np.array(flat, float)

    @property
    def leaves(self) -> list[int]:
        return [entry.leaf.position for entry in self.entries]

    def value(self, point: Any) -> float | None:
        return self.at(point)[0]


def plot(e: ExplainedRun) -> dict[str, Any] | None:
    """What page/plot.js draws; None for functions of more numbers, and for long ones."""
    found = entries(e)
    if e.forward or len(found) not in (1, 2) or len(e.recording.steps) > MOST_STEPS:
        return None
    field = _Field(e, found)
    point = [float(np.ravel(n.leaf.value)[n.index]) for n in found]
    ranges = [span(x) for x in point]
    result: dict[str, Any] = {
        "kind": "curve" if len(found) == 1 else "plane",
        "arguments": [{"id": n.leaf.position, "index": n.index} for n in found],
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
        ways = [(np.cos(k * np.pi / 4), np.sin(k * np.pi / 4)) for k in range(8)]
    if any(line.kink for line in e.lines):
        result |= _fan(field, point, ways)
    return result


def _fan(field: _Field, point: list[float], ways: list[Any]) -> dict[str, Any]:
    """Subgradients and directional derivatives at a kink."""

    def f(x: np.ndarray) -> Any:
        xs = list(field.e.xs)
        for n, entry in enumerate(field.entries):
            k = int(entry.leaf.path[1:-1])
            xs[k] = x if np.ndim(entry.leaf.value) and np.size(entry.leaf.value) == len(point) else x[n]
        return field.e.f(*xs)

    x = np.array(point)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            fan = [np.ravel(v[0]).tolist() for v in subgradients(f, x).vertices]
            along = [float(directional(f, x, np.array(way))) for way in ways]
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
        {"name": "gradient descent", "points": _way(field, point, lambda *_: fixed)},
        {"name": "subgradient method", "points": _way(field, point, shrinking.length)},
    ]


def _way(field: _Field, point: list[float], length: Callable[[int, float, float, float], float]) -> list[Any]:
    x, best, found = np.array(point), np.inf, []
    for k in range(1, WAY + 1):
        value, gradient = field.at(x)
        if value is None or gradient is None:
            break
        found.append(_short(x))
        norm, best = float(np.linalg.norm(gradient)), min(best, value)
        if norm == 0 or not np.isfinite(norm):
            break
        x = x - length(k, value, norm, best) * gradient
    return found


def _short(values: Any) -> list[float | None]:
    """Six digits are enough for a picture."""
    return [None if v is None else float(f"{v:.6g}") for v in values]
