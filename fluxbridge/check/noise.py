"""How much rounding there is in a result: the function is run again, and every operation errs a little.

A computed value may differ from the exact one by more than a unit in its last place: (x + 1e16) - 1e16 is
wrong by 2 although nothing in the result shows it. :class:`Shaken` is a level of tracing like the tape. It
disturbs the result of every inexact operation by a random fraction of the precision, so the
spread of a few runs shows what rounding does to the result (Monte Carlo arithmetic). A gradient that
is taken inside of this level is disturbed in the same way, and so are the roundings of the gradient found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..adtypes import ADType, AutoNative
from ..autodiff import native
from ..autodiff.primitive import Primitive, Tracer, apply, holds_tracer, plain, take_up
from ..autodiff.tape import NUMBERS, ORDER
from ..autodiff.tracer import TracedArray, TracedNumber

SAMPLES = 4

#: Operations whose results are exact: they move, choose or change the sign of numbers.
EXACT = frozenset(
    {
        "negative",
        "positive",
        "absolute",
        "fabs",
        "sign",
        "maximum",
        "minimum",
        "fmax",
        "fmin",
        "copysign",
        "conjugate",
        "real",
        "imag",
        "reshape",
        "transpose",
        "swapaxes",
        "moveaxis",
        "squeeze",
        "expand_dims",
        "broadcast_to",
        "flip",
        "rot90",
        "roll",
        "tile",
        "getitem",
        "tril",
        "triu",
        "diag",
        "where",
        "max",
        "min",
        "concatenate",
        "stack",
        "fftshift",
        "ifftshift",
        "pad",
        "floor",
        "ceil",
        "rint",
        "round",
        "around",
        "fix",
        "heaviside",
        "clip",
        "sort",
        "partition",
        "assemble",
        "remainder",
        "fmod",
    }
)

#: Areas whose errors belong to a matrix as a whole, not to each of its elements.
OF_MATRICES = frozenset(("linalg", "decompositions", "determinant"))

#: How many roundings an operation makes, where it is more than one.
ROUNDINGS = {"special": 16.0, "polynomials": 16.0}


class ShakenNumber(TracedNumber):
    __slots__ = ()


class ShakenArray(TracedArray):
    __slots__ = ()


class Shaken:
    """A level at which every inexact operation errs by a random fraction of the precision.

    >>> f = lambda x: (x + 1e16) - 1e16
    >>> 0.1 < float(np.max(noise(f, (1.0,)))) < 10
    True
    """

    def __init__(self, rng: np.random.Generator, factor: float = 1.0):
        self.order = next(ORDER)
        self.rng = rng
        self.eps = EPS * factor  #: the largest relative error in double precision
        self.factor = factor

    def record(self, primitive: Primitive, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
        values = [x._value if isinstance(x, Tracer) and x.level is self else x for x in inputs]
        exact = primitive.name in EXACT
        if not exact and not primitive.formulas:  # a result of many numbers
            whole = primitive.area in OF_MATRICES
            values = [self.disturbed(v, whole) for v in values]
        y = apply(primitive, values, options)
        return self.wrap(y, 0.0 if exact else ROUNDINGS.get(primitive.area, 1.0))

    def note(self, primitive: Primitive, y: Any, inputs: Iterable[Any]) -> Any:
        """A result that was computed elsewhere."""
        return self.wrap(y, 1.0)

    def wrap(self, y: Any, roundings: float) -> Any:
        if isinstance(y, tuple):
            parts = [self.wrap(v, roundings) for v in y]
            return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)
        if type(y) is np.ndarray and y.ndim == 0:
            y = y[()]
        if isinstance(y, (bool, np.bool_)) or not hasattr(y, "__abs__"):
            return y
        if roundings:
            y = self.disturbed(y, False, roundings)
        if type(y) in NUMBERS:
            y = NUMBERS[type(y)](y)
        return self.leaf(y)

    def leaf(self, value: Any) -> Any:
        array = isinstance(value, (np.ndarray, TracedArray))
        tracer: Any = object.__new__(ShakenArray if array else ShakenNumber)
        tracer._value = value
        tracer.level = self
        return tracer

    def disturbed(self, x: Any, whole: bool, roundings: float = 1.0) -> Any:
        """`x` with other last digits; if `whole`, those of the largest element of the matrix."""
        kind = type(x)
        if kind is float:
            return x * (1.0 + roundings * self.eps * self.rng.uniform(-1, 1))
        if isinstance(x, Tracer) or not (isinstance(x, (np.ndarray, np.generic, complex))):
            return x
        a = np.asarray(x)
        if a.dtype.kind not in "fc":
            return x
        eps = roundings * self.factor * np.finfo(a.dtype).eps
        size = np.abs(a)
        if whole and a.ndim:
            size = np.maximum(size, np.max(size, axis=(-2, -1)[-a.ndim :], keepdims=True, initial=0.0))
        change = self.rng.uniform(-1, 1, a.shape) * size
        if a.dtype.kind == "c":
            change = change + 1j * self.rng.uniform(-1, 1, a.shape) * size
        with np.errstate(all="ignore"):
            moved = (a + eps * change).astype(a.dtype)
        return moved if isinstance(x, np.ndarray) else kind(moved[()])


EPS = float(np.finfo(float).eps)


class Disturbed(AutoNative):
    """The native engine with a disturbed seed, so that the way back is disturbed even where it is linear."""

    def __init__(self, stand_in: Callable[[Any], Any]):
        self.stand_in = stand_in

    def pullback(self, f: Callable[..., Any], xs: Sequence[Any]) -> tuple[Any, Callable[..., Any]]:
        y, back = native.pullback(f, xs)
        return y, lambda seed: back(self.stand_in(seed))

    def withgradient(self, f: Callable[..., Any], xs: Sequence[Any], aux: bool) -> tuple[Any, Any]:
        return ADType.withgradient(self, f, xs, aux)


def disturbed_runs(
    f: Callable[..., Any],
    rebuild: Callable[[Callable[[Any], Any]], Sequence[Any]],
    arguments: bool = False,
    factor: float = 1.0,
    engine: bool = False,
) -> Iterator[Any]:
    """What f returns in a few disturbed runs.

    `rebuild(stand_in)` gives its arguments with stand-ins for leaves. With `arguments` their last digits
    are disturbed as well. The disturbances are `factor` times as large as roundings. If f takes derivatives,
    it gets an `engine` for them.
    """
    for k in range(SAMPLES):
        level = Shaken(np.random.default_rng(k), factor)

        def stand_in(x: Any, level: Shaken = level) -> Any:
            if isinstance(x, (np.integer, int)):
                x = float(x)
            return level.leaf(level.disturbed(x, False) if arguments else x)

        with np.errstate(all="ignore"):
            xs = rebuild(stand_in)
            yield f(*xs, engine=Disturbed(stand_in)) if engine else f(*xs)


def spread(at: Any, runs: Iterable[Any]) -> Any:
    """The largest difference of each element of an array from its value in a few runs."""
    found = np.zeros(np.shape(at))
    with np.errstate(all="ignore"):
        for run in runs:
            if np.shape(run) == np.shape(at):
                found = np.fmax(found, np.abs(np.asarray(run) - at))
    return np.where(np.isnan(found), 0.0, found)


def width(runs: Sequence[Any]) -> Any:
    """The largest difference of each element between two of the runs."""
    with np.errstate(all="ignore"):
        found = np.max(np.stack(runs), axis=0) - np.min(np.stack(runs), axis=0)
    return np.where(np.isnan(found), 0.0, found)


def noise(f: Callable[..., Any], xs: Sequence[Any]) -> Any:
    """How far rounding moves each element of f(*xs)."""
    runs = disturbed_runs(f, lambda stand_in: [stand_in(x) for x in xs])
    return spread(f(*xs), [values(y) for y in runs])


def scatter(f: Callable[[float], Any], step: float) -> Any:
    """How far the values of f at neighbouring points scatter about a smooth curve.

    Differences of order six of eight values remove what is smooth; what is left is noise, sqrt(924) times as
    large (R. Hamming, Introduction to Applied Numerical Analysis, 1971).
    """
    rows = [np.asarray(f(k * step)) for k in range(8)]
    if any(r.shape != rows[0].shape or not np.all(np.isfinite(r)) for r in rows):
        return np.zeros(rows[0].shape)
    return np.max(np.abs(np.diff(np.stack(rows), 6, axis=0)), axis=0) / np.sqrt(924.0)


def values(y: Any) -> Any:
    """The plain value of a number or array that may hold stand-ins."""
    return plain(take_up(y) if isinstance(y, (np.ndarray, list)) and holds_tracer(y) else y)
