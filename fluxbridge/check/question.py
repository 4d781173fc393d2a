"""What engines are asked and what they answer, and the rounding errors in both."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import api, differences
from ..autodiff.native import as_in_gradient, check_scalar
from ..recording.point import Entry
from . import nearby, noise
from .point import CheckedPoint
from .tolerance import swing


class NoAnswer(Exception):
    """The reason why an engine gives no answer."""


NOT_LOOKED_AT = "not looked at"  #: the reason of entries that were not drawn
DOES_NOT_APPLY = "is only for"  #: how the reason begins if an engine is not for this kind of function


JOLT = 1000.0  #: the factor of larger disturbances, by which kinks are told from rounding


class Answer:
    """The answer of one engine: the value, and for each leaf an array, or None for no dependence.

    The answers of finite differences are known at some `entries` only (NaN elsewhere), each with an
    estimated error, and at a kink as a range from `low` to `high`.
    """

    def __init__(
        self,
        value: Any,
        leaves: Sequence[Any],
        errors: Sequence[Any] | None = None,
        kinks: dict[Entry, tuple[Any, Any]] | None = None,
        along: differences.Slopes | None = None,
        sides: tuple[Sequence[Any], Sequence[Any]] | None = None,
        reasons: Sequence[Any] | None = None,
        spans: Sequence[Any] | None = None,
    ):
        self.value = value
        self.leaves = list(leaves)
        self.errors = errors
        self.kinks = kinks or {}  #: entries where the slopes to the left and right differ
        self.along = along  #: the slope along the question's random direction
        self.sides = sides  #: (low, high): an array for each leaf
        self.spans = spans  #: for each leaf: the largest values that were met, as slopes
        self.reasons = reasons  #: for each leaf an array of texts: why an entry cannot be judged


class Question:
    """What is asked: derivatives of f at xs.

    `of` is "gradient", "jacobian" or "hessian". `entries` are the coordinates that finite differences
    look at; if they are not all, `direction` is one tangent over all of them. `fixed` are the integers among
    the leaves that cannot be varied, with the reason.
    """

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any], of: str, max_entries: int, seed: int):
        self.f = f
        self.of = of
        copied = CheckedPoint(xs).with_leaves({})  # layers update their statistics in it
        self.point = CheckedPoint(copied)
        self.rng = np.random.default_rng(seed)
        self.fixed = self._fix()
        self.entries = self.point.sample(max_entries, self.rng)
        self.complete = len(self.entries) == self.point.size
        self.sizes = nearby.sizes(self.point.arrays)
        self.direction = self.jitter(self.rng)
        self._noise: dict[bool, Any] = {}
        self.value_noise: Any = 0.0  #: the spread of the values in disturbed runs
        self.relative: Any = 0.0  #: the relative rounding error of a result, away from zeros of the function

    def _fix(self) -> dict[int, str]:
        """Fix the integers that the function does not take as floats; the reason for each."""
        fixed = {}
        for k in self.point.whole_numbers():
            moved = self.point.with_leaves({k: self.point.arrays[k] + differences.FIRST_STEP})
            try:
                with as_in_gradient(), np.errstate(all="ignore"):
                    self.function()(*moved)
                    self.derivative(xs=moved)
            except Exception as error:
                fixed[k] = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        self.point.free = [k for k in self.point.free if k not in fixed]
        return fixed

    def jitter(self, rng: np.random.Generator) -> list[np.ndarray]:
        """A random tangent, each entry in proportion to its size."""
        pairs = zip(self.point.arrays, self.sizes, strict=True)
        return [nearby.tangent(rng, a, s) * (k in self.point.free) for k, (a, s) in enumerate(pairs)]

    def scalar(self) -> bool:
        """Is it the gradient of a function of real numbers, without arrays?"""
        return self.of == "gradient" and all(
            isinstance(x, (int, float)) and not isinstance(x, bool) for x in self.point.leaves
        )

    def derivative(self, *engine: Any, xs: Sequence[Any] | None = None) -> tuple[Any, Sequence[Any]]:
        """(value, one array for each leaf) by an AD type, the native one if none is given."""
        xs = self.point.xs if xs is None else xs
        if self.of == "gradient":
            value, grads = api.withgradient(self.f, *engine, *xs)
            check_scalar(value)
        elif self.of == "jacobian":
            value, grads = api.withjacobian(self.f, *engine, *xs)
        else:
            value, grads = self.f(*xs), (api.hessian(self.f, *engine, *xs),)
        return value, self.point.flatten(grads)

    def again(self, *xs: Any) -> Sequence[Any]:
        """The native derivative at another point of the same structure."""
        return self.derivative(xs=xs)[1]

    def plain(self) -> Any:
        """The value of f outside of a derivative."""
        return self.f(*self.point.with_leaves({}))

    def function(self) -> Callable[..., Any]:
        """What finite differences are taken of: f itself, or for second derivatives its gradient."""
        if self.of == "hessian":
            return lambda *xs: np.ravel(api.gradient(self.f, *xs)[0])
        return lambda *xs: np.ravel(self.f(*xs)) if self.of == "jacobian" else self.f(*xs)

    def swing(self, at: Sequence[Any]) -> list[Any]:
        """How far rounding moves each entry of the native derivative `at`."""
        point = self.point
        at = [np.zeros(()) if a is None else a for a in at]

        def shaken(factor: float) -> list[list[Any]]:
            runs = noise.disturbed_runs(
                lambda *xs, engine: self.derivative(engine, xs=xs)[1],
                lambda stand_in: point.rebuilt(stand_in, wide=False),
                arguments=True,
                factor=factor,
                engine=True,
            )
            return [list(leaf) for leaf in zip(*runs, strict=True)]

        try:
            runs = shaken(1.0)
            spreads = [noise.spread(a, leaf) for a, leaf in zip(at, runs, strict=True)]
            largest = max((float(np.max(np.abs(a), initial=0.0)) for a in at), default=0.0)
            if not any(np.any(s > 1e-6 * largest) for s in spreads):
                return spreads
            # at a kink the choice flips: then there are few values, whatever the size of the disturbance
            jolted = shaken(JOLT)
            further = [noise.spread(a, leaf) for a, leaf in zip(at, jolted, strict=True)]
            few = [_few(a, leaf) for a, leaf in zip(at, map(operator.add, runs, jolted), strict=True)]
            return [
                np.where(few_ & (far <= JOLT / 30 * s), 0.0, s)
                for s, far, few_ in zip(spreads, further, few, strict=True)
            ]
        except Exception:  # not every function can be traced once more
            try:
                return swing(self.again, lambda: point.rounded(self.rng), at)
            except Exception:  # nor called at other points, with whatever error
                return [np.zeros(np.shape(a)) for a in at]

    def noise(self, arguments: bool = False) -> Any:
        """How far rounding moves the results of :meth:`function` in double precision."""
        if arguments not in self._noise:
            with as_in_gradient(), np.errstate(all="ignore"):
                jitter = self.jitter(np.random.default_rng(7))
                rounding = self._noise_at(arguments, None)
                near = [t * 2.0**-6 for t in jitter]
                try:
                    away = self._noise_at(arguments, near) / np.abs(
                        self._value(*self.point.displaced((near, 1.0)))
                    )
                except (ArithmeticError, ValueError, IndexError):
                    away = np.zeros(())
                here = rounding / np.abs(self._value(*self.point.displaced()))
                self.relative = np.nan_to_num(np.fmin(here, away), nan=0.0, posinf=0.0)
                scattered = noise.scatter(lambda t: self._value(*self.point.displaced((jitter, t))), 2.0**-49)
                if np.shape(scattered) == np.shape(rounding):
                    rounding = np.fmax(rounding, scattered)
                self._noise[arguments] = rounding
        return self._noise[arguments]

    def _value(self, *xs: Any) -> Any:
        return differences.real(noise.values(self.function()(*xs)))

    def _noise_at(self, arguments: bool, jitter: Sequence[np.ndarray] | None) -> Any:
        """The same at the point moved by `jitter`."""
        point, f = self.point, self.function()
        moved = [] if jitter is None else [(jitter, 1.0)]
        at = self._value(*point.displaced(*moved))
        try:
            runs = noise.disturbed_runs(
                f, lambda stand_in: point.rebuilt(stand_in, wide=True, jitter=jitter), arguments
            )
            values = [differences.real(noise.values(y)) for y in runs]
            if jitter is None and not arguments:
                self.value_noise = noise.width(values)
            return noise.spread(at, values)
        except Exception:  # a function of another language, or one that cannot be traced twice
            largest = np.zeros(at.shape)
            for k in range(noise.SAMPLES):
                rounded = (self.jitter(np.random.default_rng(k)), 2.0**-52)
                largest = np.fmax(largest, np.abs(self._value(*point.displaced(*moved, rounded)) - at))
            return largest

    def natural(self, k: int) -> Any:
        """The size of the derivatives by leaf k if the value changed by itself over the whole coordinate."""
        value = np.nan_to_num(np.abs(self._value(*self.point.displaced())), posinf=0.0)
        size = self.sizes[k]
        return (
            value / size
            if self.of == "gradient"
            else as_matrix(np.multiply.outer(value, 1 / size), value.shape, size)
        )


def _few(at: Any, runs: Sequence[Any]) -> Any:
    """Where do the runs have at most three different values?"""
    if any(r is None or np.shape(r) != np.shape(at) for r in runs):
        return np.zeros(np.shape(at), bool)
    ordered = np.sort(np.abs(np.stack([at, *runs])), axis=0)
    return np.sum(np.diff(ordered, axis=0) > 1e-9 * ordered[-1], axis=0) <= 2


def as_matrix(x: np.ndarray, tail: tuple[int, ...], a: np.ndarray) -> np.ndarray:
    """Derivatives in the shape of jacobian and hessian: rows for the output, columns for the leaf."""
    return np.reshape(x, (*tail, -1)) if tail and a.ndim else x
