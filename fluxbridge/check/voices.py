"""Who is asked: the native engine, Zygote, the real Flux, ForwardDiff, finite differences, complex steps.

A voice is a function ``(question) -> Answer``. It raises :class:`Silent` with the reason if it has
nothing to say here, because a program is missing or the question is not one for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import api
from ..adtypes import AutoForwardDiff, AutoZygote
from ..autodiff.native import check_scalar
from ..autodiff.recording import Recording
from ..autodiff.template import Record
from . import differences
from .point import Entry, Point
from .progress import Progress


class Silent(Exception):
    """A voice has nothing to say, and why."""


DOES_NOT_APPLY = "is only for"  #: how the reason begins if a voice does not apply to this kind of function


class Answer:
    """What one voice says: the value, and for each leaf an array, or None for no dependence.

    The answers of finite differences are known at some `entries` only (NaN elsewhere), each with an
    estimated error.
    """

    def __init__(
        self,
        value: Any,
        leaves: Sequence[Any],
        errors: Sequence[Any] | None = None,
        kinks: dict[Entry, tuple[Any, Any]] | None = None,
        along: tuple[float, float] | None = None,
    ):
        self.value = value
        self.leaves = list(leaves)
        self.errors = errors
        self.kinks = kinks or {}  #: entries where the slopes to the left and right differ
        self.along = along  #: the slope along the question's random direction, and its error


class Question:
    """What is asked: derivatives of f at xs.

    `of` is "gradient", "jacobian" or "hessian". `entries` are the coordinates that finite differences
    look at; if they are not all, `direction` is one tangent over all of them.
    """

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any], of: str, max_entries: int, seed: int):
        self.f = f
        self.of = of
        self.point = Point(Point(xs).with_leaves({}))  # a copy: layers update their statistics in it
        self.rng = np.random.default_rng(seed)
        self.entries = self.point.sample(max_entries, self.rng)
        self.complete = len(self.entries) == self.point.size
        self.direction = [
            _tangent(self.rng, a) * (k in self.point.free) for k, a in enumerate(self.point.arrays)
        ]

    def scalar(self) -> bool:
        """Is this about a function of real numbers, not arrays?"""
        return self.of == "gradient" and all(
            isinstance(x, (int, float)) and not isinstance(x, bool) for x in self.point.leaves
        )

    def derivative(self, *engine: Any) -> tuple[Any, Sequence[Any]]:
        """(value, one array for each leaf) by an AD type, the native one if none is given."""
        xs = self.point.xs
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
        other = object.__new__(Question)
        other.f, other.of, other.point = self.f, self.of, Point(xs)
        return other.derivative()[1]

    def function(self) -> Callable[..., Any]:
        """What finite differences are taken of: f itself, or for second derivatives its gradient."""
        if self.of == "hessian":
            return lambda *xs: np.ravel(api.gradient(self.f, *xs)[0])
        return lambda *xs: np.ravel(self.f(*xs)) if self.of == "jacobian" else self.f(*xs)


def _tangent(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    tangent = rng.standard_normal(a.shape)
    return tangent + 1j * rng.standard_normal(a.shape) if a.dtype.kind == "c" else tangent


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
    value = np.asarray(f(*point.xs))
    tail = () if question.of == "gradient" else value.shape
    leaves = [np.full((*tail, *a.shape), np.nan, np.result_type(a, float)) for a in point.arrays]
    errors = [np.full(leaf.shape, np.inf) for leaf in leaves]
    kinks: dict[Entry, tuple[Any, Any]] = {}
    for entry in Progress("finite differences", question.entries):
        scale = point.scale(entry)

        def moved(t: float, entry: Entry = entry) -> Any:
            return f(*point.moved(entry, t))

        slope, error = differences.slope(moved, scale)
        left, right = differences.one_sided(moved, scale)
        if differ(left, right):
            kinks[entry] = (left, right)
        elif differ(slope, left) and differ(slope, right):  # the larger steps saw something else
            slope, error = (left + right) / 2, np.abs(left - right) + 1e-6 * np.abs(left)
        at = (..., *entry.index)
        if entry.direction == 1j:
            leaves[entry.leaf][at] = np.nan_to_num(leaves[entry.leaf][at]) + 1j * slope
        elif leaves[entry.leaf].dtype.kind == "c":
            leaves[entry.leaf][at] = slope + 1j * np.nan_to_num(leaves[entry.leaf][at].imag)
        else:
            leaves[entry.leaf][at] = slope
        errors[entry.leaf][at] = np.fmin(errors[entry.leaf][at], error)
    along = None
    if question.of == "gradient" and not question.complete:
        slope, error = differences.slope(lambda t: f(*point.along(question.direction, t)))
        along = (float(slope), float(error))
    shaped = [_as_matrix(leaf, tail, a) for leaf, a in zip(leaves, point.arrays, strict=True)]
    bounds = [_as_matrix(leaf, tail, a) for leaf, a in zip(errors, point.arrays, strict=True)]
    return Answer(question.f(*point.xs), shaped, bounds, kinks, along)


def _as_matrix(x: np.ndarray, tail: tuple[int, ...], a: np.ndarray) -> np.ndarray:
    """In the shape in which jacobian and hessian give it: rows for the output, columns for the leaf."""
    return np.reshape(x, (*tail, -1)) if tail and a.ndim else x


def differ(left: Any, right: Any) -> bool:
    """Are two one-sided slopes so different that there is a kink between them?"""
    with np.errstate(all="ignore"):
        gap = np.abs(np.asarray(left) - right)
        size = np.maximum(np.abs(left), np.abs(right))
    if np.any(np.isnan(gap)):  # defined on one side only, or on neither
        return True
    return bool(np.any(gap > 1e-3 * (size + 1e-3)))


def complex_step(question: Question) -> Answer:
    """The imaginary part of f(x + ih)/h, exact to the last digits: for formulas of real numbers."""
    if not question.scalar():
        raise Silent(f"{DOES_NOT_APPLY} functions of real numbers")
    point = question.point
    recording = Recording(question.f, point.xs, calls=False)
    rough = sorted(
        {s.primitive.name for s in recording.steps if not s.is_argument and not s.primitive.holomorphic}
    )
    if rough:
        raise Silent(f"{DOES_NOT_APPLY} holomorphic functions, not {', '.join(rough)}")
    h = 1e-20
    leaves = []
    for k, x in enumerate(point.leaves):
        xs = point.with_leaves({k: np.asarray(complex(x, h))})
        try:
            y = question.f(*xs)
        except TypeError as error:
            raise Silent(f"the function does not take complex numbers ({error})") from None
        leaves.append(np.asarray(np.imag(y) / h))
    return Answer(recording.value, leaves)


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
