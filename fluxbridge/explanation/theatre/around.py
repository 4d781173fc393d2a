"""Runs of the function at other points than the one that is explained, and what they say of its program."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...recording import Recording, Step
from ...recording.point import Point
from ..run import ExplainedRun

LONGER = 20  #: a run with so many times the steps of the recorded one is given up
TRIALS = 12  #: other points at which a program is compared
SECONDS = 2.0  #: after which no more points are tried


class TooLong(Exception):
    """One run of the function."""


class _Run(Recording):
    """A run that is given up when it takes far more steps than the one that is shown."""

    def __init__(self, f: Callable[..., Any], xs: tuple[Any, ...], most: int):
        self.most = most
        super().__init__(f, xs, calls=False)

    def note(self, *args: Any) -> Any:
        if len(self.choices) > self.most:
            raise TooLong
        return super().note(*args)

    def _enter(self, *args: Any) -> Any:
        if len(self.steps) > self.most:
            raise TooLong
        return super()._enter(*args)


def run_at(e: ExplainedRun, xs: tuple[Any, ...]) -> Recording:
    """One run at other arguments, without warnings and printing. Raises what the function raises."""
    with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        return _Run(e.f, xs, LONGER * len(e.recording.steps) + 200)


def takes_other_constants(e: ExplainedRun, moving: list[int]) -> bool:
    """Does the function use values that are others elsewhere, and no steps, though its way is the same?

    That is so where a derivative is held back, where numbers are drawn, and where a function looks at values
    without a question being noted. The leaves `moving` are moved, by little and by much, and the steps up to
    the first question with another answer are compared.
    """
    point = Point(e.xs)
    until = time.monotonic() + SECONDS
    for leaves in _around(point, moving):
        if time.monotonic() > until:
            break
        try:
            run = run_at(e, point.with_leaves(leaves))
        except Exception:  # what the function raises elsewhere, the page says in its own words
            continue
        if not _same_until_it_turns(e.recording, run):
            return True
    return False


def _around(point: Point, moving: list[int]) -> Iterator[dict[int, Any]]:
    rng = np.random.default_rng(0)
    for k in range(TRIALS):
        reach = 10.0 ** ((k % 4) - 2)  # from 0.01 to 10
        moved = {}
        for leaf in moving:
            x = np.array(point.leaves[leaf], float)
            moved[leaf] = x + reach * rng.standard_normal(x.shape) * np.maximum(np.abs(x), 1.0)
            if k % 3 == 1:
                moved[leaf] = np.round(moved[leaf])  # where numbers are equal, and 0
            if k % 3 == 2 and x.size:
                moved[leaf] = np.full(x.shape, moved[leaf].flat[0])
        yield moved


def _same_until_it_turns(ours: Recording, theirs: Recording) -> bool:
    """Do two runs have the same program, up to the first question that they answer differently?"""
    end = None  # of the steps that are compared
    for a, b in zip(ours.choices, theirs.choices, strict=False):
        if a.function is not b.function or a.at != b.at:
            return False
        if not _same(a.outcome, b.outcome):
            end = a.at
            break
    if end is None and not (len(ours.choices) == len(theirs.choices) and _same(ours.out, theirs.out)):
        return False
    pairs = ours.steps[ours.leaves : end], theirs.steps[theirs.leaves : end]
    return len(pairs[0]) == len(pairs[1]) and all(map(_same_step, *pairs))


def _same_step(a: Step, b: Step) -> bool:
    return a.primitive is b.primitive and _same(a.inputs, b.inputs) and _same(a.options, b.options)


def _same(a: Any, b: Any) -> bool:
    """Are inputs, options or outcomes of two runs the same? A step is the one at the same position."""
    if isinstance(a, Step) or isinstance(b, Step):
        return isinstance(a, Step) and isinstance(b, Step) and a.position == b.position
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[k], b[k]) for k in a)
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return a.shape == b.shape and bool(np.all((a == b) | ((a != a) & (b != b))))
    if isinstance(a, (int, float, complex, np.number, bool, np.bool_)):
        return bool(a == b or (a != a and b != b))
    return True  # functions, types and texts say nothing about values
