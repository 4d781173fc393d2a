"""The answer of an engine compared with the native one: leaf by leaf, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .. import differences
from ..errors import StructureError
from ..recording.point import Entry
from . import nearby
from .question import NOT_LOOKED_AT, Answer, Question
from .report import AGREES, DIFFERS, KINK, UNSURE, Line
from .tolerance import SWING, Tolerance

Kinks = dict[Entry, tuple[Any, Any]]


def lines(
    question: Question, name: str, own: Answer, answer: Answer, allowed: Tolerance, kinks: Kinks
) -> Iterator[Line]:
    """The lines of the report for one engine: one for each leaf, and others where something else differs."""
    for k in question.point.free:
        yield _leaf(question, k, name, own, answer, allowed, kinks)
    if answer.along is not None:
        line = _direction(question, name, own, answer.along, allowed)
        if line.verdict == DIFFERS:
            yield line
    yield from joint(question, name, own, answer, allowed)
    if answer.sides is None:  # differences have the value of the function itself, which is compared already
        line = _value(name, own.value, answer.value, allowed, 1e-8)
        if line.verdict == DIFFERS:
            yield line


def _leaf(
    question: Question, k: int, name: str, own: Answer, answer: Answer, allowed: Tolerance, kinks: Kinks
) -> Line:
    point = question.point
    array = point.arrays[k]
    ours, theirs = _filled(own.leaves[k], answer.leaves[k], array)
    if ours.shape != theirs.shape:
        raise StructureError(
            f"{name} answers with shape {theirs.shape} for {point.paths[k]}, "
            f"the native engine with {ours.shape}"
        )
    size = np.fmax(np.abs(ours), np.abs(theirs))
    bound = np.zeros(ours.shape) + allowed.of(k, size)
    kink = _mask(kinks, k, ours.shape, array.ndim)
    gap = _gap(ours, theirs)
    out = np.zeros(ours.shape, bool)  # entries that this engine cannot judge
    fits = np.zeros(
        ours.shape, bool
    )  # entries at a kink whose answer is one of those that are possible there
    notes = [_none(own.leaves[k], answer.leaves[k], name)]
    if answer.errors is not None:
        doubt = np.broadcast_to(10 * answer.errors[k], ours.shape)
        if answer.sides is not None:
            doubt = doubt + 1e-11 * np.abs(np.nan_to_num(theirs))
        bound = bound + doubt
        if answer.sides is not None:
            low, high = (np.broadcast_to(side[k], ours.shape) for side in answer.sides)
            gap = np.where(kink, _outside(ours, low, high), gap)
            size = np.fmax(size, np.where(kink, np.fmax(np.abs(low), np.abs(high)), size))
        with np.errstate(all="ignore"):
            natural = np.broadcast_to(question.natural(k), ours.shape)
            terms = np.where(
                (ours == 0) & (theirs == 0), natural, np.fmin(natural, allowed.terms(k, ours.shape))
            )
            out = np.isnan(theirs) | ~(bound <= RESOLVES * np.fmax(size, terms) + TINY) | ~np.isfinite(bound)
            if allowed.given:
                out = np.isnan(theirs) | ~(doubt <= RESOLVES * np.fmax(size, natural))
            if answer.spans is not None:  # rounding must be small beside the variation of the function
                out = out | ~(doubt <= RESOLVES * np.fmax(np.abs(theirs), answer.spans[k]) + TINY)
    else:
        silent = np.isnan(theirs) & np.isfinite(ours)  # NaN is no judgement where others have a number
        out = out | silent
        if np.any(silent):
            notes.append(f"it says NaN for {int(np.sum(silent))} of the entries, which judges none of them")
    if answer.sides is not None:
        fits = kink & ~out & (gap <= bound)
    elif name != "zygote":  # of all engines only Zygote must choose as we do at kinks
        between = _between(kinks, k, theirs)
        out = out | between
        if np.any(between):
            notes.append("at kinks it chose one of the one-sided slopes, or a value between them")
    with np.errstate(all="ignore"):
        excess = np.where(out | fits, -1.0, gap / bound)
    if answer.sides is not None and np.any(excess > 1):
        cleared = _cleared(question, k, ours, excess, bound)
        fits, kink = fits | cleared, kink | cleared
        excess = np.where(cleared, -1.0, excess)
    if np.any(fits):
        notes.append(
            f"{int(np.sum(fits))} of the entries are kinks, where ours is one of the possible slopes"
        )
    if answer.reasons is not None and np.any(out):
        notes += _abstained(np.broadcast_to(answer.reasons[k], ours.shape)[out])
    worst = int(np.argmax(excess)) if excess.size else None
    if worst is None:
        verdict = AGREES
    elif excess.flat[worst] < 0:
        verdict = (
            KINK if np.any(fits) or (np.any(kink & ~np.isnan(theirs)) and answer.sides is None) else UNSURE
        )
        worst = int(np.argmax(np.where(fits, gap, -1.0))) if np.any(fits) else worst
    else:
        verdict = AGREES if excess.flat[worst] <= 1 else DIFFERS
        if verdict == DIFFERS and kink.flat[worst]:
            notes.append(
                "the point is a kink, and ours is none of the slopes that are possible there"
                if answer.sides is not None
                else "the point is a kink, and the two chose differently"
            )
    index = () if worst is None else tuple(int(i) for i in np.unravel_index(worst, ours.shape))
    difference, size = (
        (0.0, 0.0) if worst is None else (float(gap[index]), max(abs(ours[index]), abs(theirs[index])))
    )
    return Line(
        path=point.paths[k],
        shape=array.shape,
        dtype=array.dtype.name,
        engine=name,
        entry=point.name(Entry(k, index, 1.0)),
        ours=None if own.leaves[k] is None or worst is None else ours[index],
        theirs=None if answer.leaves[k] is None or worst is None else theirs[index],
        difference=difference,
        relative=_ratio(difference, size),
        ulp=float("nan") if answer.sides is not None else _ulp(difference, size, array.dtype),
        tolerance=float("nan") if worst is None else float(bound[index]),
        verdict=verdict,
        note="; ".join(filter(None, notes)),
    )


def _ratio(difference: float, size: float) -> float:
    return 0.0 if difference == 0 or not size else float(difference / size) if np.isfinite(size) else 1.0


def _abstained(reasons: np.ndarray) -> list[str]:
    """How many entries were not judged, and why."""
    texts, counts = np.unique(reasons.astype(str), return_counts=True)
    return [
        f"{count} of the entries {'is' if count == 1 else 'are'} not judged: {text}"
        for text, count in zip(texts, counts, strict=True)
        if text != NOT_LOOKED_AT
    ]


def _outside(ours: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """How far an answer is outside of a range; the parts of complex numbers each by itself."""
    if any(np.iscomplexobj(x) for x in (ours, low, high)):
        parts = [_outside(f(ours), f(low), f(high)) for f in (np.real, np.imag)]
        return np.hypot(*parts)
    with np.errstate(all="ignore"):
        gap = np.fmax(np.fmax(low - ours, ours - high), 0.0)
    return np.where(np.isnan(ours), np.inf, gap)


CLEARED = 12  #: the most entries of a leaf whose neighbourhood is examined before they count as wrong


def _cleared(
    question: Question, k: int, ours: np.ndarray, excess: np.ndarray, bound: np.ndarray
) -> np.ndarray:
    """The entries that lie within the slopes at points nearby, where kinks in several coordinates meet."""
    cleared = np.zeros(ours.shape, bool)
    array = question.point.arrays[k]
    for flat in np.argsort(excess, axis=None)[::-1][:CLEARED]:
        index = tuple(map(int, np.unravel_index(flat, ours.shape)))
        if not excess[index] > 1:
            break
        if len(index) == array.ndim and question.of == "gradient":
            place, component = index, tuple(index[:0])
        else:
            place = tuple(map(int, np.unravel_index(index[-1], array.shape))) if array.ndim else ()
            component = index[:1]
        for direction, mine in ((1.0, np.real(ours[index])), (1j, np.imag(ours[index]))):
            if direction == 1j and array.dtype.kind != "c":
                continue
            tangents = question.point.unit((Entry(k, place, direction), 1.0))
            sides = _allowed(question, tangents)
            if sides is None:
                return cleared
            low, high = sides[0][component], sides[1][component]
            if not low - bound[index] <= mine <= high + bound[index]:
                return cleared
        cleared[index] = True
    return cleared


def _allowed(question: Question, tangents: Sequence[np.ndarray]) -> tuple[Any, Any] | None:
    """The range of the slopes along `tangents` at points nearby; None if there is no kink."""
    f, point = question.function(), question.point

    def value(jitter: Any, t: float) -> Any:
        return np.asarray(f(*point.displaced(jitter, (tangents, t))), dtype=float)

    try:
        return nearby.allowed(value, question.jitter, question.noise())
    except (ArithmeticError, ValueError, IndexError):
        return None


PAIRS = 6  #: pairs of kinks that are looked at together


def _is_clear(answer: Answer, entry: Entry) -> bool:
    """Are the slopes on both sides of this kink known to 1e-3?"""
    assert answer.errors is not None
    left, right = answer.kinks[entry]
    return float(answer.errors[entry.leaf][entry.index]) <= 1e-3 * max(abs(float(left)), abs(float(right)))


def joint(question: Question, name: str, own: Answer, answer: Answer, allowed: Tolerance) -> Iterator[Line]:
    """Are the choices at several kinks consistent? Those of |x + y| must be the same by x and by y."""
    if question.of != "gradient" or answer.sides is None:
        return
    entries = [e for e in answer.kinks if own.leaves[e.leaf] is not None and _is_clear(answer, e)]
    if len(entries) < 2:
        return
    f, point = question.function(), question.point
    rng = np.random.default_rng(11)
    for n in range(min(PAIRS, len(entries) * (len(entries) - 1) // 2)):
        i, j = (n % len(entries), (n + 1) % len(entries)) if n < 2 else rng.permutation(len(entries))[:2]
        a, b = entries[i], entries[j]
        for sign in (1.0, -1.0):
            weights = rng.uniform(0.5, 1.0), sign * rng.uniform(0.5, 1.0)
            tangents = point.unit((a, weights[0]), (b, weights[1]))
            ours = _inner(own.leaves, tangents)
            slope = differences.slopes(
                lambda t, v=tangents: f(*point.displaced((v, t))),  # type: ignore[misc]
                1.0,
                question.noise(),
                1e-14,  # type: ignore[misc]
            )
            slack = 10 * float(slope.error) + 1e-3 * max(abs(float(slope.low)), abs(float(slope.high)))
            for e, w in zip((a, b), weights, strict=True):
                slack += abs(w) * float(
                    np.broadcast_to(allowed.of(e.leaf, own.leaves[e.leaf]), point.arrays[e.leaf].shape)[
                        e.index
                    ]
                )
            outside = max(float(slope.low) - ours, ours - float(slope.high))
            if not np.isfinite(slack) or not outside > slack:
                continue
            clarke = _allowed(question, tangents)
            if clarke is not None and float(clarke[0]) - slack <= ours <= float(clarke[1]) + slack:
                continue
            yield _plain_line(
                "several leaves" if a.leaf != b.leaf else point.paths[a.leaf],
                name,
                f"{point.name(a)} and {point.name(b)} together",
                ours,
                float(slope.value),
                slack,
                "each of the two is possible at its kink, but not both together",
                outside,
            )
            return


def _inner(leaves: Sequence[Any], tangents: Sequence[np.ndarray]) -> float:
    """The slope along a direction, from the entries of a gradient."""
    pairs = zip(leaves, tangents, strict=True)
    return sum(float(np.sum(np.real(np.conjugate(g) * v))) for g, v in pairs if g is not None)


def _filled(ours: Any, theirs: Any, array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both answers as arrays, zeros for None."""
    known = ours if ours is not None else theirs
    zero = np.zeros(array.shape if known is None else np.shape(known))
    return tuple(zero if x is None else np.asarray(x) for x in (ours, theirs))  # type: ignore[return-value]


def _gap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        gap = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    return np.where(np.isnan(gap), np.inf, gap)


#: An entry is judged if its bound is no larger than this part of it, or of the terms that it is made of.
RESOLVES = 1e-2
TINY = 100 * float(np.finfo(float).tiny)


def _mask(kinks: Kinks, k: int, shape: tuple[int, ...], ndim: int) -> np.ndarray:
    """Which entries of leaf k are kinks; all of a matrix of derivatives if one is."""
    mask = np.zeros(shape, bool)
    for entry in kinks:
        if entry.leaf == k:
            mask[entry.index if len(shape) == ndim else ...] = True
    return mask


def _between(kinks: Kinks, k: int, theirs: np.ndarray) -> np.ndarray:
    """Which entries are kinks at which the answer lies between the slopes on both sides."""
    mask = np.zeros(theirs.shape, bool)
    for entry, (left, right) in kinks.items():
        if entry.leaf == k and entry.direction == 1.0 and np.ndim(left) == 0:
            low, high = sorted((float(left), float(right)))
            slack = 1e-4 * (1 + abs(low) + abs(high))
            mask[entry.index] = low - slack <= theirs[entry.index].real <= high + slack
    return mask


def _none(ours: Any, theirs: Any, name: str) -> str:
    """A note where one answer is None (no dependence) and the other has numbers, or both are None."""
    if (ours is None) == (theirs is None):
        return "both say None: the result does not depend on it" if ours is None else ""
    who, other = ("native", name) if ours is None else (name, "native")
    return f"{who} says None (no dependence), {other} gives numbers"


def _ulp(difference: float, size: float, dtype: np.dtype) -> float:
    """The difference in units in the last place of the larger of the two."""
    if difference == 0 or not np.isfinite(size):
        return difference
    return difference / float(np.spacing(np.asarray(size, np.finfo(dtype).dtype)))


def slope_along(question: Question, answer: Answer) -> Any:
    """The slope along the question's direction, from the entries of a derivative."""
    if question.of == "gradient":
        return _inner(answer.leaves, question.direction)
    pairs = zip(answer.leaves, question.direction, strict=True)
    return sum(np.reshape(g, (-1, v.size)) @ np.ravel(v) for g, v in pairs if g is not None)


def _direction(
    question: Question, name: str, own: Answer, slope: differences.Slopes, allowed: Tolerance
) -> Line:
    ours = np.asarray(slope_along(question, own))
    rounding = sum(
        np.sum(
            np.reshape(np.broadcast_to(allowed.of(k, _filled(g, None, v)[0]), np.shape(g)) * np.abs(v), -1)
        )
        for k, (g, v) in enumerate(zip(own.leaves, question.direction, strict=True))
        if g is not None and question.of == "gradient"
    )
    bound = 10 * slope.error + 1e-11 * np.abs(slope.value) + rounding
    if question.of != "gradient":
        bound = bound + 1e-9 * np.max(np.abs(ours), initial=0.0)
    with np.errstate(all="ignore"):
        resolved = bound <= RESOLVES * np.fmax(np.abs(ours), np.abs(slope.value))
        excess = np.where(resolved & ~slope.kink, _gap(ours, slope.value) / bound, -1.0)
    worst = int(np.argmax(excess)) if excess.size else 0
    if excess.size and excess.flat[worst] > 1 and _allowed(question, question.direction) is not None:
        excess = np.full(excess.shape, -1.0)  # there are kinks nearby, of more entries than can be told apart
    if not excess.size or excess.flat[worst] < 0:
        return _plain_line("all leaves", name, "a random direction", 0.0, 0.0, 0.0)
    at = np.unravel_index(worst, excess.shape)
    return _plain_line(
        "all leaves", name, "a random direction", float(ours[at]), float(slope.value[at]), float(bound[at])
    )


def _value(name: str, ours: Any, theirs: Any, allowed: Tolerance, precision: float) -> Line:
    a, b = np.asarray(ours), np.asarray(theirs)
    if a.shape != b.shape:
        return _plain_line("the value", name, f"shapes {a.shape} and {b.shape}", 0.0, np.inf, 0.0)
    gap = _gap(a, b)
    precision = 1e-4 if allowed.single or a.dtype.itemsize <= 4 else precision
    with np.errstate(all="ignore"):
        bound = precision * np.fmax(np.abs(a), np.abs(b)) + SWING * np.broadcast_to(
            allowed.of_value(a.shape), a.shape
        )
        excess = np.where(gap == 0, 0.0, gap / bound)
    worst = int(np.argmax(excess)) if excess.size else 0
    a, b, bound = (np.ravel(x)[worst] if x.size else np.float64(0) for x in (a, b, bound))
    return _plain_line("the value", name, "", a, b, float(np.nan_to_num(bound)))


def plain_value(ours: Any, theirs: Any, allowed: Tolerance) -> Line | None:
    """A line if the function returns another value inside of a gradient than outside of it."""
    line = _value("the function itself", ours, theirs, allowed, 1e-10)
    if line.verdict != DIFFERS:
        return None
    return line._replace(note="the function returns another value inside of a gradient than outside of it")


def _plain_line(
    what: str,
    name: str,
    entry: str,
    ours: Any,
    theirs: Any,
    bound: float,
    note: str = "",
    difference: float | None = None,
) -> Line:
    if difference is None:
        difference = float(_gap(np.asarray(ours), np.asarray(theirs)))
    size = max(abs(ours), abs(theirs))
    return Line(
        path=what,
        shape=(),
        dtype="",
        engine=name,
        entry=entry or what,
        ours=ours,
        theirs=theirs,
        difference=difference,
        relative=_ratio(difference, size),
        ulp=float("nan"),
        tolerance=bound,
        verdict=AGREES if difference <= bound else DIFFERS,
        note=note,
    )
