"""Finite differences: the slope of a function of one number at 0.

:func:`central` has a given step: few calls, and an error that is not known. :func:`slopes` chooses its steps
and estimates its error, for dozens of calls: central differences with steps h, h/2, h/4 … are extrapolated
to h = 0 by Neville's scheme; the entry of the table that differs least from its neighbours is taken, and
that difference is the estimate of its error (C. J. F. Ridders, Advances in Engineering Software 4, 1982). It
counts only if differences with far smaller steps do not contradict it: sin(1e8 x) at steps of many periods
has small estimates and wrong slopes.

The small steps also tell a kink from a large curvature. As the step shrinks, the slopes to the left and to
the right approach each other where the function is smooth, and stay apart at a kink. Differences that are
smaller than the rounding of f tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

#: The weights of central differences at the points k·h, by the number of points
#: (those at -k·h are the negatives).
STENCILS = {
    3: {1: 1 / 2},
    5: {1: 2 / 3, 2: -1 / 12},
    7: {1: 3 / 4, 2: -3 / 20, 3: 1 / 60},
}

LEVELS = 14  #: how many times a step is halved
WINDOWS = 4  #: how many times the steps begin anew, each time where the last ones ended
#: Few digits, so that x + h is exact; no power of two, as f may have steps on such a grid.
FIRST_STEP = 11 / 128
#: Small steps, relative to the first one; further ones follow if need be.
PROBES = (2.0**-2, 2.0**-6, 2.0**-10, 2.0**-15, 2.0**-27)
DEEPEST = 12  #: the largest number of small steps
EPS = float(np.finfo(float).eps)

#: Why there is no derivative to compare with.
NO_VALUE = "the function is not finite here"
NO_LIMIT = "differences at smaller and smaller steps have no limit"
STEEP = "the slope grows without bound, or the value jumps"
NOISE = "rounding in the function hides the slope"


def central(f: Callable[[float], Any], h: float, points: int) -> Any:
    """The derivative of f at 0 by central differences with step h, of order h**(points - 1).

    f gives a number or an array; `points` is 3, 5 or 7 (B. Fornberg, Mathematics of Computation 51, 1988,
    table 1).

    >>> round(float(central(np.exp, 1e-3, 5)), 9)
    1.0
    """
    total = 0.0
    for k, weight in STENCILS[points].items():
        for sign in (1, -1):
            total = total + sign * weight * f(sign * k * h)
    return total / h


class Slopes(NamedTuple):
    """The derivative at 0 by differences; an array each.

    `value` is the derivative and `error` an estimate of its error, Inf where nothing is known; then `reason`
    says why. At a kink (`kink`) a derivative may lie anywhere from `low` to `high`, the slopes of both
    sides; elsewhere these are the value.
    """

    value: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    kink: np.ndarray
    reason: np.ndarray
    left: np.ndarray
    right: np.ndarray
    span: np.ndarray  #: the largest value that was met, divided by the step


def slopes(
    f: Callable[[float], Any], scale: float = 1.0, noise: Any = 0.0, least: float = 0.0, relative: Any = 0.0
) -> Slopes:
    """The derivative of f at 0; f returns a number or an array.

    `scale` is the size of the point's coordinate, which the steps are relative to, `noise` how wrong f is by
    rounding (`relative`: in parts of its value), `least` the smallest step that still moves the point. A step
    at which f is not defined (NaN, or an error of arithmetic) is passed over.

    >>> slopes(lambda t: np.exp(3 * t)).value.round(9).item()
    3.0
    >>> at_kink = slopes(abs)
    >>> at_kink.low.item(), at_kink.high.item()
    (-1.0, 1.0)
    """
    samples = _Samples(f, noise, relative)
    shape = np.shape(samples.at)
    best, error = np.full(shape, np.nan), np.full(shape, np.inf)
    sides = None
    probes: list[tuple[float, Any, Any, Any]] = []
    start = FIRST_STEP * 2.0 ** np.floor(np.log2(scale))
    starts = [start * 2.0 ** (-LEVELS * k) for k in range(WINDOWS)]
    if 0 < least < starts[-1] * 2.0**-47:  # a coordinate that is not 0, and far smaller than the steps
        starts.append(least * 2.0**43)
    for start, following in zip(starts, [*starts[1:], 0.0], strict=True):
        if start < least:
            break
        value, doubt, last = _extrapolated(samples, start, least)
        sides = _Sides(samples, start, least)
        probes += sides.steps
        doubt = np.where(_contradicted(probes, value, doubt, last), np.inf, doubt)
        better = doubt < error
        best, error = np.where(better, value, best), np.where(better, doubt, error)
        settled = sides.kink | sides.steep | (error <= 1e-6 * np.abs(best)) | ~np.isfinite(samples.at)
        if following and np.all(settled | (2 * samples.rounding(following) >= error)):
            break
    if sides is None:  # the point cannot be moved by as little as the function may need
        no = np.zeros(shape, bool)
        return Slopes(best, error, best, best, no, _reasons(shape, NOISE), best, best, np.zeros(shape))
    return _judged(samples, best, error, sides)


def _judged(samples: _Samples, best: Any, error: Any, sides: _Sides) -> Slopes:
    shape = np.shape(samples.at)
    left, right, doubt = sides.limits()
    kink = (sides.kink | (sides.steep & ~sides.isolated)) & np.isfinite(doubt)
    low, high = np.fmin(left, right), np.fmax(left, right)
    value = np.where(kink, (low + high) / 2, best)
    error = np.where(
        kink, doubt, np.where(sides.steep | sides.kink | ~np.isfinite(samples.at), np.inf, error)
    )
    with np.errstate(all="ignore"):
        error = np.where(sides.unresolved & ~kink, np.fmax(error, sides.gap), error)
    reason = _reasons(shape, NO_LIMIT)
    with np.errstate(all="ignore"):
        rounding = samples.rounding(sides.start)
        reason[(rounding * 100 > np.abs(value)) | sides.unresolved] = NOISE
    reason[sides.steep] = STEEP
    reason[~np.isfinite(samples.at)] = NO_VALUE
    low, high = np.where(kink, low, value), np.where(kink, high, value)
    return Slopes(
        value, np.where(np.isnan(error), np.inf, error), low, high, kink, reason, left, right, samples.span()
    )


def _reasons(shape: tuple[int, ...], text: str) -> np.ndarray:
    reasons = np.empty(shape, object)
    reasons[...] = text
    return reasons


class _Samples:
    """The values of f that were asked for, and how far rounding may falsify a difference of two."""

    def __init__(self, f: Callable[[float], Any], noise: Any, relative: Any):
        self.f = f
        self.relative = np.fmax(EPS, np.nan_to_num(relative))
        self.at = _value(f, 0.0)
        size = np.nan_to_num(np.abs(self.at), posinf=0.0)
        self.noise = np.fmax(np.fmax(np.nan_to_num(noise), EPS * size), np.finfo(float).tiny)
        self.known: dict[float, Any] = {0.0: self.at}

    def __call__(self, t: float) -> Any:
        y = self.known.get(t)
        if y is None:
            y = _value(self.f, t)
            if np.shape(y) != np.shape(self.at):  # more or fewer results: not the same function
                y = np.full(np.shape(self.at), np.nan)
            self.known[t] = y
        return y

    def span(self) -> Any:
        """The largest value at one of the larger steps, as a slope."""
        steps = sorted((abs(t) for t in self.known), reverse=True)
        largest = np.zeros(np.shape(self.at))
        for h in steps[:6]:
            if h > 0:
                for y in (self(h), self(-h)):
                    with np.errstate(all="ignore"):
                        largest = np.fmax(largest, np.where(np.isfinite(y), np.abs(y), 0.0) / h)
        return largest

    def rounding(self, h: float) -> Any:
        """What rounding does to a difference quotient with step h."""
        return self.noise / h

    def rounding_at(self, h: float, *ys: Any) -> Any:
        size = self.noise
        for y in ys:
            size = np.fmax(size, self.relative * np.abs(y))
        return size / h


def _contradicted(probes: list[Any], value: Any, error: Any, last: tuple[float, Any]) -> Any:
    """Is `value` not what the central differences with smaller steps say, within their rounding?

    `last` is the smallest step that the value comes from, with its difference.
    """
    wrong = np.zeros(np.shape(value), bool)
    smallest, difference = last
    for h, left, right, rounding in probes:
        if h < smallest:
            with np.errstate(all="ignore"):
                bend = 4 * np.nan_to_num(np.abs(difference - value)) * (h / smallest) ** 2
                allowed = 10 * error + 4 * rounding + bend + 1e-9 * np.abs(value)
                wrong |= np.abs((left + right) / 2 - value) > allowed
    return wrong


def _extrapolated(samples: _Samples, start: float, least: float) -> tuple[Any, Any, tuple[float, Any]]:
    """(derivative, estimate of its error, (smallest step, difference there)), by a table of Neville's."""
    best = error = np.full(np.shape(samples.at), np.nan)
    last: tuple[float, Any] = (start, best)
    previous: list[Any] = []
    h = start
    for _ in range(LEVELS):
        if h < least:
            break
        up, down = samples(h), samples(-h)
        with np.errstate(all="ignore"):
            row = [(up - down) / (2 * h)]
            last = (h, row[0])
            rounding = 2 * samples.rounding_at(h, up, down)
            for k, older in enumerate(previous):
                factor = 4.0 ** (k + 1)
                row.append(row[k] + (row[k] - older) / (factor - 1))
                doubt = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - older)) + rounding
                better = ~np.isnan(doubt) & ~(error <= doubt)
                best, error = np.where(better, row[-1], best), np.where(better, doubt, error)
            if np.all((error <= 1e-13 * np.abs(best)) | (rounding >= error)):
                break
        previous = row
        h /= 2
    return best, np.where(np.isnan(error), np.inf, error), last


class _Sides:
    """The slopes to the left and to the right by smaller and smaller steps, and what they show.

    `kink`: they stay apart, or one side is not defined; `steep`: they grow without bound, or the value jumps;
    `unresolved`: they are apart by `gap`, and rounding hides what happens at still smaller steps.
    """

    def __init__(self, samples: _Samples, start: float, least: float):
        self.samples, self.start = samples, start
        self.steps: list[tuple[float, Any, Any, Any]] = []  # (h, left, right, rounding)
        shape = np.shape(samples.at)
        self.gap = np.full(shape, np.nan)  # between both slopes, at the last step that told something
        self.closed = np.zeros(shape, bool)  # the gap was shrinking
        self.stays = np.zeros(shape, int)  # how many times in a row it stayed the same
        self.grows = np.zeros(shape, int)  # and how many times it grew
        settled: Any = True
        for k, fraction in enumerate(PROBES):
            if start * fraction >= least:
                settled = self._look(start * fraction)
                if k == 3 and not np.all(settled) and start * 2.0**-20 >= least:
                    self._look(start * 2.0**-20)
        h = start * PROBES[-1] / 16
        while h >= least and len(self.steps) < DEEPEST and not np.all(settled):
            settled = self._look(h)
            h /= 16
        apart = ~self.closed & (self.gap > 0)
        # conclusive: steps small beside the coordinate itself, of which `least` is about 2**-47
        conclusive = not least or (bool(self.steps) and self.steps[-1][0] <= 1e-4 * 2.0**47 * least)
        self.steep = apart & (self.grows >= 2) & conclusive
        self.isolated = self._isolated()
        self.kink = apart & (self.stays >= 2) & conclusive
        self.unresolved = apart & ~self.kink & ~self.steep

    def _look(self, h: float) -> Any:
        """Take one more step; returns where nothing more can be learned."""
        samples = self.samples
        up, down = samples(h), samples(-h)
        with np.errstate(all="ignore"):
            right, left = (up - samples.at) / h, (samples.at - down) / h
            seen = 16 * samples.rounding_at(h, up, down)
            border = np.isnan(right) ^ np.isnan(left)  # defined on one side
            gap = np.where(border, np.fmax(np.abs(right), np.abs(left)), np.abs(right - left))
            before = self.gap
            fresh = np.isnan(before)
            blind = np.isnan(gap) | (~fresh & (seen > 0.5 * before))
            shrinks = ~border & np.where(fresh, gap <= seen, gap <= np.fmax(seen, 0.5 * before))
            stays = ~blind & ~shrinks & ~fresh
            self.closed = np.where(blind, self.closed, shrinks)
            growing = stays & (gap >= 1.5 * before)
            self.stays = np.where(blind, self.stays, np.where(stays & ~growing, self.stays + 1, 0))
            self.grows = np.where(blind, self.grows, np.where(growing, self.grows + 1, 0))
            self.gap = np.where(blind, before, gap)
        self.steps.append((h, left, right, seen / 8))
        return self.closed | (blind & ~np.isnan(gap))

    def _isolated(self) -> Any:
        """Does the value jump on both sides, so that this point is like no other?"""
        if len(self.steps) < 3:
            return np.zeros(np.shape(self.gap), bool)
        jumps = np.ones(np.shape(self.gap), bool)
        (*_, (_, left0, right0, _), (_, left, right, rounding)) = self.steps
        with np.errstate(all="ignore"):
            for before, now in ((left0, left), (right0, right)):
                jumps &= (np.abs(now) >= 1.5 * np.abs(before)) & (np.abs(now) > 4 * rounding)
        return jumps

    def limits(self) -> tuple[Any, Any, Any]:
        """(left, right, error): the slopes on both sides; where the value jumps, those beside the point.

        A side on which f is not defined has the slope of the other one.
        """
        sides = []
        for side in (1, 2):
            limit, error = self._limit([step[side] for step in self.steps], 1, False)
            jumped, doubt = self._limit(self._beside(side), 2, True)
            sides.append((np.where(self.steep, jumped, limit), np.where(self.steep, doubt, error)))
        (left, a), (right, b) = sides
        missing = [np.all([np.isnan(step[side]) for step in self.steps], axis=0) for side in (1, 2)]
        left, a = np.where(missing[0], right, left), np.where(missing[0], b, a)
        right, b = np.where(missing[1], left, right), np.where(missing[1], a, b)
        return left, right, np.maximum(a, b)

    def _beside(self, side: int) -> list[Any]:
        """The slopes between neighbouring steps on one side, the point itself left out."""
        slopes = []
        for (h, *_), (smaller, *_) in zip(self.steps, self.steps[1:], strict=False):
            sign = -1.0 if side == 1 else 1.0
            with np.errstate(all="ignore"):
                rise = self.samples(sign * h) - self.samples(sign * smaller)
                slopes.append(sign * rise / (h - smaller))
        return slopes

    def _limit(self, slopes: list[Any], offset: int, strict: bool) -> tuple[Any, Any]:
        """The limit of slopes by these steps, and its error; if `strict`, only where there is a limit."""
        best = np.full(np.shape(self.samples.at), np.nan)
        error = np.full(np.shape(best), np.inf)
        steps = self.steps[: len(slopes)]
        rows = zip(steps, steps[1:], slopes, slopes[1:], self.steps[offset:], strict=False)
        for (h, *_), (smaller, *_), a, b, (*_, rounding) in rows:
            with np.errstate(all="ignore"):
                value = b + (b - a) / (h / smaller - 1)
                doubt = np.abs(b - a) + rounding
                better = doubt < error
                if strict:
                    better &= np.abs(b - a) <= 1e-2 * np.fmax(np.abs(a), np.abs(b)) + 4 * rounding
                best, error = np.where(better, value, best), np.where(better, doubt, error)
        return best, error


def real(y: Any) -> Any:
    """A result in double precision; NaN where it is no real number, as (-1.0)**0.5 in Python."""
    if np.iscomplexobj(y):
        y = np.where(np.imag(y) == 0, np.real(y), np.nan)
    return np.asarray(y, dtype=float)


def _value(f: Callable[[float], Any], t: float) -> Any:
    """f(t) in double precision; NaN where it is not defined."""
    try:
        with np.errstate(all="ignore"):
            return real(f(t))
    except (
        ArithmeticError,
        ValueError,
        IndexError,
    ):  # outside of the domain: math.log(-1), a singular matrix
        return np.asarray(np.nan)
