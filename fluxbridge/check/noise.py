"""Estimates of rounding errors by Monte Carlo arithmetic (D. S. Parker, 1997).

The rounding error of a result may exceed its last place by far: (x + 1e16) - 1e16 may be wrong by 1.
:class:`Shaken` is a level of tracing like the tape. It perturbs the result of every inexact operation by a
random fraction of the precision, so the spread of a few runs estimates the rounding error. A gradient taken
inside of this level is perturbed in the same way, which estimates its rounding errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..adtypes import ADType, AutoNative
from ..autodiff import native
from ..autodiff.inplace import Memory, related, shares
from ..autodiff.primitive import Primitive, Tracer, apply, holds_tracer, plain, take_up
from ..autodiff.tape import NUMBERS, ORDER
from ..autodiff.tracer import NumpyNumber, TracedArray, TracedNumber

SAMPLES = 4

#: Operations without rounding: they move or choose numbers, or change their signs.
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

#: Areas whose errors are relative to the largest element of a matrix, not to each element.
OF_MATRICES = frozenset(("linalg", "decompositions", "determinant"))

#: The error of an operation in roundings, where it is more than one.
ROUNDINGS = {"special": 16.0, "polynomials": 16.0}


class ShakenNumber(TracedNumber):
    __slots__ = ()
    places = ()


class ShakenScalar(NumpyNumber, ShakenNumber):
    """A number that is one of NumPy's outside."""

    __slots__ = ()


ShakenNumber.numpys, ShakenNumber.pythons = ShakenScalar, ShakenNumber


class ShakenArray(TracedArray):
    __slots__ = ()
    state = ("_value",)


class Shaken:
    """A level at which every inexact operation errs by a random fraction of the precision.

    >>> f = lambda x: (x + 1e16) - 1e16
    >>> 0.1 < float(np.max(noise(f, (1.0,)))) < 10
    True
    """

    over = False
    foreign = False  # arrays of other libraries are not disturbed

    def __init__(self, rng: np.random.Generator, factor: float = 1.0):
        self.refused: Any = None  #: what was refused while the function ran
        self.order = next(ORDER)
        self.memory = Memory()
        self.rng = rng
        self.eps = EPS * factor  #: the largest relative error in double precision
        self.factor = factor

    def record(self, primitive: Primitive, inputs: Iterable[Any], options: dict[str, Any]) -> Any:
        inputs = tuple(inputs)
        values = [x._value if isinstance(x, Tracer) and x.level is self else x for x in inputs]
        exact = primitive.name in EXACT
        if not exact and not primitive.formulas:  # a result that combines many numbers
            whole = primitive.area in OF_MATRICES
            values = [self.disturbed(v, whole) for v in values]
        y = apply(primitive, values, options)
        if primitive.shares and isinstance(y, np.ndarray) and shares(plain(y), plain(values[0])):
            result = self.wrap(y, 0.0)  # a view of an input of this level stays one, for changes in place
            if isinstance(result, ShakenArray) and values[0] is not inputs[0]:
                related(inputs[0], result)
            return result
        return self.wrap(y, 0.0 if exact else ROUNDINGS.get(primitive.area, 1.0))

    def note(self, primitive: Primitive, y: Any, inputs: Iterable[Any]) -> Any:
        """A result that was computed elsewhere."""
        return self.wrap(y, 1.0)

    def constant(self, value: Any, _like: Any) -> Any:
        """An array of this level that was not computed at it."""
        return self.leaf(value)

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
        scalar = y.__class__ is np.float64 or y.__class__ is np.int64
        if type(y) in NUMBERS:
            y = NUMBERS[type(y)](y)
        return self.leaf(y, scalar)

    def leaf(self, value: Any, scalar: bool = False) -> Any:
        """A stand-in; with `scalar`, for a number that is one of NumPy's outside."""
        array = isinstance(value, (np.ndarray, TracedArray))
        tracer: Any = object.__new__(ShakenArray if array else ShakenScalar if scalar else ShakenNumber)
        tracer._value = value
        tracer.level = self
        return tracer

    def disturbed(self, x: Any, whole: bool, roundings: float = 1.0) -> Any:
        """`x` perturbed by so many roundings, with `whole` relative to the largest element."""
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
    """The native engine with a traced seed, so that the reverse sweep is perturbed even where f is linear."""

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
    furthest = np.zeros(np.shape(at))
    with np.errstate(all="ignore"):
        for run in runs:
            if np.shape(run) == np.shape(at):
                furthest = np.fmax(furthest, np.abs(np.asarray(run) - at))
    return np.where(np.isnan(furthest), 0.0, furthest)


def width(runs: Sequence[Any]) -> Any:
    """The largest difference of each element between two of the runs."""
    with np.errstate(all="ignore"):
        range_ = np.max(np.stack(runs), axis=0) - np.min(np.stack(runs), axis=0)
    return np.where(np.isnan(range_), 0.0, range_)


def noise(f: Callable[..., Any], xs: Sequence[Any]) -> Any:
    """How far rounding moves each element of f(*xs)."""
    runs = disturbed_runs(f, lambda stand_in: [stand_in(x) for x in xs])
    return spread(f(*xs), [values(y) for y in runs])


def scatter(f: Callable[[float], Any], step: float) -> Any:
    """How far the values of f at neighbouring points differ from a smooth function.

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
