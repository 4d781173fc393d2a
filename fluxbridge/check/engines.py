"""The engines: native, Zygote, the real Flux, ForwardDiff, finite differences, complex steps.

An engine is a function ``(question) -> Answer``. It raises :class:`NoAnswer` with the reason where a program
is missing, or where it cannot answer this question.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import api, differences, models
from ..adtypes import AutoForwardDiff, AutoZygote
from ..autodiff.native import check_scalar
from ..autodiff.template import Record
from ..progress import Progress
from ..recording.point import Entry
from .complexstep import complex_step
from .question import DOES_NOT_APPLY, NOT_LOOKED_AT, Answer, NoAnswer, Question, as_matrix
from .report import NO_JULIA


def native(question: Question) -> Answer:
    return Answer(*question.derivative())


def _need_julia() -> None:
    from ..julia import available

    julia = available()
    if not julia:
        raise NoAnswer(f"{NO_JULIA}: {julia.reason}")


def _in_julia(question: Question, engine: Any) -> Answer:
    _need_julia()
    return Answer(*question.derivative(engine))


def zygote(question: Question) -> Answer:
    return _in_julia(question, AutoZygote())


def forwarddiff(question: Question) -> Answer:
    if not question.scalar():
        raise NoAnswer(f"{DOES_NOT_APPLY} functions of real numbers")
    return _in_julia(question, AutoForwardDiff())


def flux(question: Question) -> Answer:
    """The models among the arguments in the real Flux, the function around them by the native engine."""
    xs = question.point.xs
    if question.of != "gradient" or not any(map(models.is_layer, xs)):
        raise NoAnswer(f"{DOES_NOT_APPLY} gradients by models of fluxbridge.flux")
    _need_julia()
    from ..flux.exchange import from_field, to_julia_for_checks

    def named_here(g: Any) -> Any:
        if isinstance(g, Record):
            return Record(**{from_field(k): named_here(v) for k, v in g.items()})
        return tuple(map(named_here, g)) if type(g) is tuple else g

    there = [to_julia_for_checks(x) if models.is_layer(x) else x for x in xs]
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

        slope = differences.slopes(moved, point.scale(entry), rounding, point.least(entry), question.relative)
        if np.any(slope.kink):
            kinks[entry] = (slope.left, slope.right)
        k, at = entry.leaf, (..., *entry.index)
        for into, part in ((leaves, slope.value), (lows, slope.low), (highs, slope.high)):
            if entry.direction == 1j:
                into[k][at] = into[k][at].real + 1j * part
            else:
                into[k][at] = part
        spans[k][at] = np.fmax(spans[k][at], slope.span)
        second = entry.direction == 1j
        errors[k][at] = errors[k][at] + slope.error if second else slope.error
        reasons[k][at] = np.where(np.isinf(slope.error) | (not second), slope.reason, reasons[k][at])
    along = None
    if not question.complete and question.of != "hessian":
        along = differences.slopes(
            lambda t: f(*point.displaced((question.direction, t))), 1.0, question.noise(arguments=True), 1e-14
        )
    shaped, low, high, bounds, texts, span = (
        [as_matrix(leaf, tail, a) for leaf, a in zip(per_leaf, point.arrays, strict=True)]
        for per_leaf in (leaves, lows, highs, errors, reasons, spans)
    )
    return Answer(question.plain(), shaped, bounds, kinks, along, (low, high), texts, span)


ENGINES: dict[str, Callable[[Question], Answer]] = {
    "native": native,
    "zygote": zygote,
    "flux": flux,
    "forwarddiff": forwarddiff,
    "complex step": complex_step,
    "finite differences": finite_differences,
}


def answer_of(
    engine: Callable[[Question], Answer], question: Question, must: bool
) -> tuple[Answer | None, str]:
    """The answer, or why there is none; with `must`, exceptions are raised and not reported."""
    try:
        return engine(question), ""
    except NoAnswer as silent:
        return None, str(silent)
    except Exception as error:
        if must:
            raise
        text = str(error).partition("\n")[0]
        return None, f"failed with {type(error).__name__}: {text}"
