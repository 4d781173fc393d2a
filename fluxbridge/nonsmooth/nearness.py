"""When two values count as equal: if errors of a relative size `tol` could have made them differ.

The difference of two rivals is a function of everything that was computed before. To first order an error of
the relative size tol in each of these values v moves it by no more than tol · Σ |v̄ · v|, where v̄ is the
cotangent of v for the difference (the running error analysis of J. H. Wilkinson, Rounding Errors in Algebraic
Processes, 1963). So ``x - 0.3`` is zero at ``0.1 + 0.2``, which is made of numbers of that size, and
``x - 1e-9`` is not zero at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..recording import Pull, Recording, Step, backward, pull
from .kink import Kink, Tie
from .sides import pull_rival, record_rivals

TOLERANCE = 1e-9  #: relative, and what is taken where none is given
_LOOSE = 1e-6  #: what is worth a closer look, relative to the rivals or to 1


def near_ties(
    kink: Kink, step: Step, steps: Sequence[Step], tol: float, rule: Pull = pull
) -> list[tuple[Tie, float]]:
    """The ties of a step, each with its distance: how far apart its rivals are (0 if they are equal).

    `steps` are all that were made before, backwards through which `rule` goes.
    """
    near_ones = []
    run: tuple[Recording, list[int]] | None = None
    for tie in kink.ties(step.values, step.options, max(tol, _LOOSE)):
        row = np.asarray(kink.rivals(*step.values, **step.options)[tie.group])[tie.row]
        if _spread(kink, row, tie.tied) == 0:
            near_ones.append((tie, 0.0))
            continue
        if tol == 0:
            near = _equal(kink, row, tie)
        else:
            run = run or record_rivals(step, kink)
            near = _within(kink, row, tie, _Noise(run, tie, step, steps, rule), tol)
        if near is not None:
            near_ones.append((near, _spread(kink, row, near.tied)))
    return near_ones


def _spread(kink: Kink, row: np.ndarray, tied: Sequence[int]) -> float:
    values = row[list(tied)]
    return float(np.max(np.abs(values)) if kink.sort in ("cone", "split") else np.ptp(values))


def _equal(kink: Kink, row: np.ndarray, tie: Tie) -> Tie | None:
    """The part of a tie whose rivals are equal to the last digit."""
    if kink.sort in ("cone", "split", "order"):
        return None
    best = max(row[list(tie.tied)])
    return _of(tie, [k for k in tie.tied if row[k] == best])


def _within(kink: Kink, row: np.ndarray, tie: Tie, noise: _Noise, tol: float) -> Tie | None:
    """The part of a tie whose rivals are as near as the tolerance says."""
    if kink.sort in ("cone", "split"):
        return tie if all(abs(row[k]) <= tol * noise.of(k, None) for k in tie.tied if row[k]) else None
    best = max(tie.tied, key=lambda k: row[k])
    return _of(
        tie, [k for k in tie.tied if row[k] == row[best] or row[best] - row[k] <= tol * noise.of(best, k)]
    )


def _of(tie: Tie, tied: list[int]) -> Tie | None:
    return Tie(tie.group, tie.row, tuple(tied)) if len(tied) > 1 else None


class _Noise:
    """Σ |v̄ · v| for one rival, or for the difference of two."""

    def __init__(
        self, run: tuple[Recording, list[int]], tie: Tie, step: Step, steps: Sequence[Step], rule: Pull
    ):
        self.run, self.traced = run
        self.tie, self.step, self.steps, self.rule = tie, step, steps, rule
        self.pulled: dict[int, dict[Step, Any]] = {}

    def of(self, first: int, second: int | None) -> float:
        seeds: dict[Step, Any] = {}
        for place, sign in ((first, 1.0), (second, -1.0)):
            if place is None:
                continue
            if place not in self.pulled:
                self.pulled[place] = pull_rival(self.run, self.tie, place)
            for k, leaf in zip(self.traced, self.run.steps, strict=False):
                ct, source = self.pulled[place].get(leaf), self.step.inputs[k]
                if ct is not None:
                    seeds[source] = sign * ct + seeds.get(source, 0.0)
        total = 0.0

        def seen(step: Step, cotangent: Any, _contributions: list[Any]) -> None:
            nonlocal total
            total += _size(cotangent, step.value)

        with np.errstate(all="ignore"):
            cotangent_of = backward(self.steps, seeds, pull=self.rule, seen=seen) if seeds else {}
            total += sum(_size(ct, step.value) for step, ct in cotangent_of.items() if step.is_argument)
        return total


def _size(cotangent: Any, value: Any) -> float:
    if isinstance(value, tuple):
        return sum(_size(ct, v) for ct, v in zip(cotangent, value, strict=True) if ct is not None)
    return float(np.sum(np.nan_to_num(np.abs(np.asarray(cotangent) * value))))
