"""Who is asked: the native engine, Zygote, the real Flux, ForwardDiff, finite differences, complex steps.

A voice is a function ``(question) -> Answer``. It raises :class:`Silent` with the reason if it has
nothing to say here, because a program is missing or the question is not one for it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import api
from ..adtypes import AutoForwardDiff, AutoZygote
from ..autodiff.native import as_in_gradient, check_scalar
from ..autodiff.template import Record
from ..recording import Recording
from . import differences, nearby, noise
from .point import Entry, Point
from .progress import Progress
from .tolerance import swing


class Silent(Exception):
    """A voice has nothing to say, and why."""


NOT_LOOKED_AT = "not looked at"  #: the reason of entries that were not drawn
DOES_NOT_APPLY = "is only for"  #: how the reason begins if a voice does not apply to this kind of function


JOLT = 1000.0  #: how many times larger than roundings disturbances are that tell roundings from kinks


class Answer:
    """What one voice says: the value, and for each leaf an array, or None for no dependence.

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
        self.point = Point(Point(xs).with_leaves({}))  # a copy: layers update their statistics in it
        self.rng = np.random.default_rng(seed)
        self.fixed = self._fix()
        self.entries = self.point.sample(max_entries, self.rng)
        self.complete = len(self.entries) == self.point.size
        self.sizes = nearby.sizes(self.point.arrays)
        self.direction = self.jitter(self.rng)
        self._noise: dict[bool, Any] = {}
        self.value_noise: Any = 0.0  #: the same, if the function computes something else when it is traced
        self.relative: Any = 0.0  #: what part of a result rounding takes, away from a zero of the function

    def _fix(self) -> dict[int, str]:
        """Take out the integers with which the function does not work when they are no integers."""
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
        """A random direction over all entries, each in its own size."""
        pairs = zip(self.point.arrays, self.sizes, strict=True)
        return [nearby.tangent(rng, a, s) * (k in self.point.free) for k, (a, s) in enumerate(pairs)]

    def scalar(self) -> bool:
        """Is this about a function of real numbers, not arrays?"""
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
        """What f returns when it is simply called."""
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
            found = [noise.spread(a, leaf) for a, leaf in zip(at, runs, strict=True)]
            largest = max((float(np.max(np.abs(a), initial=0.0)) for a in at), default=0.0)
            if not any(np.any(s > 1e-6 * largest) for s in found):
                return found
            # The choice at a kink is another one: there are a few values only, however large the disturbance
            jolted = shaken(JOLT)
            further = [noise.spread(a, leaf) for a, leaf in zip(at, jolted, strict=True)]
            few = [_few(a, leaf) for a, leaf in zip(at, map(operator.add, runs, jolted), strict=True)]
            return [
                np.where(few_ & (far <= JOLT / 30 * s), 0.0, s)
                for s, far, few_ in zip(found, further, few, strict=True)
            ]
        except Exception:  # what runs in a gradient need not run in a gradient of higher order
            try:
                return swing(self.again, lambda: point.rounded(self.rng), at)
            except Exception:
                return [np.zeros(np.shape(a)) for a in at]

    def noise(self, arguments: bool = False) -> Any:
        """How far rounding moves the results of :meth:`function` in double precision."""
        if arguments not in self._noise:
            with as_in_gradient(), np.errstate(all="ignore"):
                jitter = self.jitter(np.random.default_rng(7))
                found = self._noise_at(arguments, None)
                near = [t * 2.0**-6 for t in jitter]
                try:
                    away = self._noise_at(arguments, near) / np.abs(
                        self._value(*self.point.displaced((near, 1.0)))
                    )
                except (ArithmeticError, ValueError, IndexError):
                    away = np.zeros(())
                here = found / np.abs(self._value(*self.point.displaced()))
                self.relative = np.nan_to_num(np.fmin(here, away), nan=0.0, posinf=0.0)
                scattered = noise.scatter(lambda t: self._value(*self.point.displaced((jitter, t))), 2.0**-49)
                if np.shape(scattered) == np.shape(found):
                    found = np.fmax(found, scattered)
                self._noise[arguments] = found
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
            found = np.zeros(at.shape)
            for k in range(noise.SAMPLES):
                rounded = (self.jitter(np.random.default_rng(k)), 2.0**-52)
                found = np.fmax(found, np.abs(self._value(*point.displaced(*moved, rounded)) - at))
            return found

    def natural(self, k: int) -> Any:
        """A natural size of the derivatives by leaf k: the value for a change by the whole coordinate."""
        value = np.nan_to_num(np.abs(self._value(*self.point.displaced())), posinf=0.0)
        size = self.sizes[k]
        return (
            value / size
            if self.of == "gradient"
            else _as_matrix(np.multiply.outer(value, 1 / size), value.shape, size)
        )


def _few(at: Any, runs: Sequence[Any]) -> Any:
    """Where are there at most three different values among these?"""
    if any(r is None or np.shape(r) != np.shape(at) for r in runs):
        return np.zeros(np.shape(at), bool)
    ordered = np.sort(np.abs(np.stack([at, *runs])), axis=0)
    return np.sum(np.diff(ordered, axis=0) > 1e-9 * ordered[-1], axis=0) <= 2


def native(question: Question) -> Answer:
    return Answer(*question.derivative())


def _in_julia(question: Question, engine: Any) -> Answer:
    from ..julia import available

    found = available()
    if not found:
        raise Silent(f"was not asked, as there is no Julia: {found.reason}")
    return Answer(*question.derivative(engine))


def zygote(question: Question) -> Answer:
    return _in_julia(question, AutoZygote())


def forwarddiff(question: Question) -> Answer:
    if not question.scalar():
        raise Silent(f"{DOES_NOT_APPLY} functions of real numbers")
    return _in_julia(question, AutoForwardDiff())


def flux(question: Question) -> Answer:
    """The models among the arguments by the real Flux; what the function does around them stays native."""
    from ..flux.exchange import from_field, is_layer, to_julia_for_checks
    from ..julia import available

    xs = question.point.xs
    if question.of != "gradient" or not any(map(is_layer, xs)):
        raise Silent(f"{DOES_NOT_APPLY} gradients by models of fluxbridge.flux")
    found = available()
    if not found:
        raise Silent(f"was not asked, as there is no Julia: {found.reason}")

    def named_here(g: Any) -> Any:
        if isinstance(g, Record):
            return Record(**{from_field(k): named_here(v) for k, v in g.items()})
        return tuple(map(named_here, g)) if type(g) is tuple else g

    there = [to_julia_for_checks(x) if is_layer(x) else x for x in xs]
    value, grads = api.withgradient(question.f, *there)
    check_scalar(value)
    return Answer(value, question.point.flatten([named_here(g) for g in grads]))


def finite_differences(question: Question) -> Answer:
    """Adaptive central differences of every entry, and the slopes on both sides of it."""
    point, f = question.point, question.function()
    value = np.asarray(f(*point.displaced()))
    rounding = question.noise()
    tail = () if question.of == "gradient" else value.shape
    leaves, lows, highs = (
        [np.full((*tail, *a.shape), np.nan, np.result_type(a, float)) for a in point.arrays] for _ in range(3)
    )
    spans = [np.zeros(leaf.shape) for leaf in leaves]
    errors = [np.full(leaf.shape, np.inf) for leaf in leaves]
    reasons = [np.full(leaf.shape, NOT_LOOKED_AT, object) for leaf in leaves]
    kinks: dict[Entry, tuple[Any, Any]] = {}
    for entry in Progress("finite differences", question.entries):

        def moved(t: float, entry: Entry = entry) -> Any:
            return f(*point.moved(entry, t))

        found = differences.slopes(moved, point.scale(entry), rounding, point.least(entry), question.relative)
        if np.any(found.kink):
            kinks[entry] = (found.left, found.right)
        k, at = entry.leaf, (..., *entry.index)
        for into, part in ((leaves, found.value), (lows, found.low), (highs, found.high)):
            if entry.direction == 1j:
                into[k][at] = into[k][at].real + 1j * part
            else:
                into[k][at] = part
        spans[k][at] = np.fmax(spans[k][at], found.span)
        second = entry.direction == 1j
        errors[k][at] = errors[k][at] + found.error if second else found.error
        reasons[k][at] = np.where(np.isinf(found.error) | ~second, found.reason, reasons[k][at])
    along = None
    if not question.complete and question.of != "hessian":
        along = differences.slopes(
            lambda t: f(*point.displaced((question.direction, t))), 1.0, question.noise(arguments=True), 1e-14
        )
    shaped, low, high, bounds, texts, span = (
        [_as_matrix(leaf, tail, a) for leaf, a in zip(found, point.arrays, strict=True)]
        for found in (leaves, lows, highs, errors, reasons, spans)
    )
    return Answer(question.plain(), shaped, bounds, kinks, along, (low, high), texts, span)


def _as_matrix(x: np.ndarray, tail: tuple[int, ...], a: np.ndarray) -> np.ndarray:
    """In the shape in which jacobian and hessian give it: rows for the output, columns for the leaf."""
    return np.reshape(x, (*tail, -1)) if tail and a.ndim else x


#: Primitives, besides those of single complex numbers, whose complex results are analytic in their inputs.
ANALYTIC = frozenset(
    {
        "sum",
        "mean",
        "prod",
        "cumsum",
        "cumprod",
        "matmul",
        "matvec",
        "dot",
        "outer",
        "tensordot",
        "cross",
        "trace",
        "einsum1",
        "einsum2",
        "einsum3",
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
        "scatter",
        "tril",
        "triu",
        "diag",
        "concatenate",
        "stack",
        "pad",
        "where",
        "convolve",
        "inv",
        "solve",
        "det",
        "assemble",
    }
)
TINY = (1e-20, 1e-32)  #: the imaginary parts, relative to the size of the entry


def complex_step(question: Question) -> Answer:
    """The imaginary part of f(x + ih)/h, exact to the last digits: for formulas of real numbers."""
    point = question.point
    if question.of != "gradient" or any(a.dtype.char not in "dl" for a in point.arrays):
        raise Silent(f"{DOES_NOT_APPLY} gradients by real numbers in double precision")
    recording = Recording(question.f, point.with_leaves({}), calls=False)
    if not np.isfinite(recording.value):
        raise Silent(f"{DOES_NOT_APPLY} functions that are finite here")
    steps = [s.primitive for s in recording.steps if not s.is_argument]
    rough = sorted({p.name for p in steps if not p.holomorphic and p.name not in ANALYTIC})
    if rough:
        raise Silent(f"{DOES_NOT_APPLY} holomorphic functions, not {', '.join(rough)}")
    rounding = 1e-12 if any(p.area == "special" for p in steps) else 0.0
    leaves = [np.full(a.shape, np.nan) for a in point.arrays]
    errors = [np.zeros(a.shape) for a in point.arrays]
    reasons = [np.full(a.shape, NOT_LOOKED_AT, object) for a in point.arrays]
    near = 1e-6 * np.abs(recording.value) + 1e6 * np.max(question.noise())
    for entry in question.entries:
        parts = []
        for tiny in TINY:
            h = tiny * float(question.sizes[entry.leaf][entry.index])
            with np.errstate(all="ignore"):
                y = _by_complex(question, entry, h)
                parts.append(np.imag(y) / h)
            if not abs(np.real(y) - recording.value) <= near:
                raise Silent(f"{DOES_NOT_APPLY} functions that compute the same with complex numbers")
        leaves[entry.leaf][entry.index] = parts[0]
        errors[entry.leaf][entry.index] = rounding * abs(parts[0]) + np.finfo(float).tiny / h
        if not abs(parts[0] - parts[1]) <= 1e-9 * abs(parts[0]) + np.finfo(float).tiny:
            leaves[entry.leaf][entry.index] = np.nan
            reasons[entry.leaf][entry.index] = "the complex steps have no limit"
    _confirmed(question, leaves)
    return Answer(recording.value, leaves, errors, reasons=reasons)


def _by_complex(question: Question, entry: Entry, h: float) -> Any:
    array = question.point.arrays[entry.leaf].astype(complex)
    array[entry.index] += 1j * h
    try:
        return question.f(*question.point.with_leaves({entry.leaf: array}))
    except (TypeError, ArithmeticError, ValueError) as error:
        raise Silent(f"the function does not take complex numbers ({error})") from None


def _confirmed(question: Question, leaves: Sequence[np.ndarray]) -> None:
    """Ask differences along one direction, whether the function is analytic in the way it computes."""
    point = question.point
    tangents = [np.where(np.isnan(leaf), 0.0, t) for leaf, t in zip(leaves, question.direction, strict=True)]
    slope = sum(float(np.sum(np.nan_to_num(leaf) * t)) for leaf, t in zip(leaves, tangents, strict=True))
    found = differences.slopes(
        lambda t: question.f(*point.displaced((tangents, t))), 1.0, question.noise(arguments=True), 1e-14
    )
    if np.isfinite(found.error) and not found.kink:
        bound = 100 * float(found.error) + 1e-7 * abs(slope)
        if abs(float(found.value) - slope) > bound:
            raise Silent(f"{DOES_NOT_APPLY} functions that compute the same with complex numbers")


VOICES: dict[str, Callable[[Question], Answer]] = {
    "native": native,
    "zygote": zygote,
    "flux": flux,
    "forwarddiff": forwarddiff,
    "complex step": complex_step,
    "finite differences": finite_differences,
}


def answer_of(
    voice: Callable[[Question], Answer], question: Question, must: bool
) -> tuple[Answer | None, str]:
    """The answer, or why there is none; what goes wrong is only raised if there `must` be one."""
    try:
        return voice(question), ""
    except Silent as silent:
        return None, str(silent)
    except Exception as error:
        if must:
            raise
        text = str(error).partition("\n")[0]
        return None, f"failed with {type(error).__name__}: {text}"
