"""``cross_check``: one function, several engines, an entry-by-entry comparison."""

from __future__ import annotations

import functools
import numbers
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import api
from ..autodiff.native import as_in_gradient
from ..calling import checked, choice
from ..errors import ArgumentError, GradientMismatchError
from ..randomness import RandomNumbers
from ..recording.point import Entry, Point
from . import compare, frameworks
from .engines import ENGINES, answer_of
from .question import DOES_NOT_APPLY, Answer, Question
from .report import Line, Report
from .suspects import nobody_to_blame, suspects
from .tolerance import Tolerance

DEFAULT = ("zygote", "flux", "forwarddiff", "complex step", "finite differences")
KINDS = ("gradient", "jacobian", "hessian", "second")


def cross_check(
    f: Callable[..., Any],
    *xs: Any,
    engines: str | Sequence[str] | None = None,
    of: str = "gradient",
    rtol: float | None = None,
    atol: float | None = None,
    max_entries: int = 500,
    seed: int = 0,
    raise_on_mismatch: bool = False,
) -> Report:
    """Compare the gradient with those of other engines, entry by entry.

    The others are by default Zygote (where there is a Julia), adaptive finite differences, for
    functions of real numbers complex steps and ForwardDiff, and for models of fluxbridge.flux the real
    Flux; `engines` names them instead: "zygote", "flux", "forwarddiff", "complex step", "finite differences",
    "jax", "torch", "tensorflow". Zygote and ForwardDiff get the function as Julia source, Flux gets the
    models among the arguments (the function around them stays native), the frameworks get its steps, as
    traced at `xs`.

    `of` is "gradient", "jacobian", "hessian" (of one argument), or "second": the gradient of a weighted
    sum of all entries of the gradient. Finite differences look at no more than `max_entries` entries,
    drawn by `seed`, and then also along one random direction over all of them.

    Where f draws random numbers by layers like Dropout, all engines and all runs get the same ones; the
    report says so. It also says if two runs at the same point differ all the same; then nothing can be
    compared.

    The tolerance comes from the precision and the conditioning (see the report), or is
    ``atol + rtol * abs(entry)`` if one of the two is given. The report is true if all agree.

    Raises ArgumentError for an unknown engine or `of`, or a negative tolerance; StructureError if no argument
    has a number or an array; what the native engine raises; and with ``raise_on_mismatch=True`` a
    GradientMismatchError for a mismatch, whose text is the report. An engine that fails is listed in the
    report.

    >>> import numpy as np
    >>> from fluxbridge import cross_check
    >>> report = cross_check(lambda w, x: np.sum(np.exp(w @ x)), np.ones((1, 2)), np.array([0.5, 0.1]))
    >>> bool(report), [line.verdict for line in report.lines if line.engine == "finite differences"]
    (True, ['agrees', 'agrees'])
    """
    checked("cross_check", f, xs)
    choice("of", of, KINDS)
    for name, bound in (("rtol", rtol), ("atol", atol)):
        if bound is not None and not (isinstance(bound, numbers.Real) and bound >= 0):
            raise ArgumentError(f"{name} is a number that is not negative, not {bound!r}")
    asked = _names(engines)
    draws = RandomNumbers(f)
    f = draws.f
    title = f"cross_check of {getattr(f, '__name__', type(f).__name__)}"
    target = _weighted_gradient(f, xs, seed) if of == "second" else f
    question = Question(target, xs, "gradient" if of == "second" else of, max_entries, seed)
    report = Report(title, of)

    own, _, report.seconds["native"] = ask("native", question)
    assert own is not None
    report.value["native"] = own.value
    with np.errstate(all="ignore"):  # runs that the user did not ask for
        with as_in_gradient():
            tolerance = Tolerance(question.point.arrays, question.swing(own.leaves), rtol, atol)
            question.noise()
            tolerance.noise = question.value_noise
        report.why = tolerance.why
        report.lines += _value_outside(question, own, tolerance, report)
        for k, why in question.fixed.items():
            report.notes.append(
                f"{question.point.paths[k]} was not varied: the function takes integers there ({why})"
            )

        answers: dict[str, Answer] = {}
        for name in asked:
            answer, why, report.seconds[name] = ask(name, question)
            if answer is not None:
                answers[name] = answer
                report.value[name] = answer.value
            elif engines is not None or not why.startswith(DOES_NOT_APPLY):
                report.silent[name] = why
        kinks = {e: sides for answer in answers.values() for e, sides in answer.kinks.items()}
        for name, answer in answers.items():
            report.lines += compare.lines(question, name, own, answer, tolerance, kinks)
            if answer.along is not None and np.ndim(answer.along.value) == 0:
                report.notes.append(
                    f"{name} looked at {len(question.entries)} of {question.point.size} entries, and along a "
                    f"random direction over all of them: {float(answer.along.value):.8g}, "
                    f"native {compare.slope_along(question, own):.8g}"
                )
        with as_in_gradient():
            report.notes += draws.notes(question.point.xs)
        report.kinks = _kinks(question, {"native": own, **answers}, kinks)
        if of in ("hessian", "second"):
            report.lines += _first_order(f, xs, asked, rtol, atol, max_entries, seed)
        if report.mismatches:
            with as_in_gradient():
                report.suspects = suspects(f, question.point.xs, 2 if of in ("hessian", "second") else 1)
                if not report.suspects:
                    report.notes.append(nobody_to_blame(f, question.point.xs))
            if raise_on_mismatch:
                raise GradientMismatchError(str(report), report)
        return report


def _first_order(f: Callable[..., Any], xs: Sequence[Any], asked: Sequence[str], *options: Any) -> list[Line]:
    """The mismatches of the gradient, as second derivatives are compared with differences of the gradient."""
    rtol, atol, max_entries, seed = options
    if "finite differences" not in asked:
        return []
    first = cross_check(
        f,
        *xs,
        engines=["finite differences"],
        rtol=rtol,
        atol=atol,
        max_entries=max_entries,
        seed=seed,
    )
    return [line._replace(path=f"the gradient itself, {line.path}") for line in first.mismatches]


def _value_outside(question: Question, own: Answer, allowed: Tolerance, report: Report) -> list[Line]:
    """Does the function return the same inside of a gradient as outside of it?"""
    try:
        with as_in_gradient(), np.errstate(all="ignore"):
            plain = question.plain()
    except Exception as error:
        text = str(error).partition("\n")[0]
        report.notes.append(f"outside of a gradient the function raises {type(error).__name__}: {text}")
        return []
    line = compare.plain_value(own.value, plain, allowed)
    return [] if line is None else [line]


def _names(names: str | Sequence[str] | None) -> list[str]:
    names = [names] if isinstance(names, str) else names
    known = [*ENGINES, *frameworks.NAMES]
    for name in names or ():
        if name not in known:
            raise ArgumentError(f"no engine is called {name!r}; there are {', '.join(known)}")
    return [name for name in (DEFAULT if names is None else names) if name != "native"]


def ask(name: str, question: Question) -> tuple[Answer | None, str, float]:
    """(answer, why there is none, seconds)."""
    began = time.perf_counter()
    engine = ENGINES.get(name) or functools.partial(frameworks.answer, name)
    with as_in_gradient():  # so layers are in training mode for all engines
        answer, why = answer_of(engine, question, must=name == "native")
    return answer, why, time.perf_counter() - began


def _weighted_gradient(f: Callable[..., Any], xs: Sequence[Any], seed: int) -> Callable[..., Any]:
    """The inner product of f's gradient with fixed weights: its gradient is of second order."""
    point = Point(xs)
    rng = np.random.default_rng(seed)
    weights = [
        np.cos(1 + np.arange(a.size)).reshape(a.shape) * rng.uniform(0.5, 1.5, a.shape) for a in point.arrays
    ]

    def weighted(*ys: Any) -> Any:
        total: Any = 0.0
        for k, part, _ in point.template.match(api.gradient(f, *ys), ""):
            total = total + np.sum(np.real(part) * weights[k])
        return total

    return weighted


SHOWN = 20  #: the most kinks that a report lists


def _kinks(question: Question, answers: dict[str, Answer], kinks: compare.Kinks) -> list[str]:
    """For each kink the slopes on both sides, and the slope that each engine chose."""
    if question.of != "gradient":
        return [
            f"{question.point.name(entry)}: the slopes to the left and to the right differ" for entry in kinks
        ]
    texts = []
    for entry, (left, right) in list(kinks.items())[:SHOWN]:
        chosen = [
            f"{name} {_at_entry(answer.leaves[entry.leaf], entry):.6g}"
            for name, answer in answers.items()
            if answer.errors is None
        ]
        texts.append(
            f"{question.point.name(entry)}: slope {float(left):.6g} to the left, {float(right):.6g} to the "
            f"right; chosen: {', '.join(chosen)}"
        )
    return texts + ([f"and {len(kinks) - SHOWN} more entries"] if len(kinks) > SHOWN else [])


def _at_entry(leaf: Any, entry: Entry) -> float:
    if leaf is None:
        return 0.0
    value = leaf[entry.index]
    return float(np.imag(value) if entry.direction == 1j else np.real(value))
