"""One voice beside the native engine: leaf by leaf, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import StructureError
from .point import Entry, Point
from .report import AGREES, DIFFERS, KINK, UNSURE, Line
from .tolerance import Tolerance
from .voices import Answer, Question

Kinks = dict[Entry, tuple[Any, Any]]


def lines(
    question: Question, name: str, own: Answer, answer: Answer, allowed: Tolerance, kinks: Kinks
) -> Iterator[Line]:
    """The lines of the report for one voice: one a leaf, and more where something else differs."""
    for k in question.point.free:
        yield _leaf(question.point, k, name, own, answer, allowed, kinks)
    if answer.along is not None:
        line = _direction(question, name, own, answer, allowed)
        if line.verdict == DIFFERS:
            yield line
    line = _value(name, own.value, answer.value)
    if line.verdict == DIFFERS:
        yield line


def _leaf(
    point: Point, k: int, name: str, own: Answer, answer: Answer, allowed: Tolerance, kinks: Kinks
) -> Line:
    array = point.arrays[k]
    ours, theirs = _filled(own.leaves[k], answer.leaves[k], array)
    if ours.shape != theirs.shape:
        raise StructureError(
            f"{name} answers with shape {theirs.shape} for {point.paths[k]}, "
            f"the native engine with {ours.shape}"
        )
    bound = np.zeros(ours.shape) + allowed.of(k, np.fmax(np.abs(ours), np.abs(theirs)))
    kink = _mask(kinks, k, ours.shape, array.ndim)
    out = np.zeros(ours.shape, bool)  # entries that this voice cannot judge
    notes = [_none(own.leaves[k], answer.leaves[k], name)]
    if answer.errors is not None:
        doubt = np.broadcast_to(_doubt(answer.errors[k], theirs), ours.shape)
        unsure = doubt > 1e-2 * (np.abs(theirs) + 1e-3)
        bound, out = bound + doubt, np.isnan(theirs) | kink | unsure
        if np.any(kink):
            notes.append(f"{int(np.sum(kink))} of the entries are kinks, where differences have no say")
    elif name != "zygote":  # only Zygote's choices at kinks are ours
        out = _between(kinks, k, theirs)
        if np.any(out):
            notes.append("at kinks it chose one of the one-sided slopes, or a value between them")
    gap = _gap(ours, theirs)
    with np.errstate(all="ignore"):
        excess = np.where(out, -1.0, gap / bound)
    worst = int(np.argmax(excess)) if excess.size else None
    if worst is None:
        verdict = AGREES
    elif excess.flat[worst] < 0:
        verdict = KINK if np.any(kink) else UNSURE
    else:
        verdict = AGREES if excess.flat[worst] <= 1 else DIFFERS
        if verdict == DIFFERS and kink.flat[worst]:
            notes.append("the point is a kink, and the two chose differently")
    index = () if worst is None else tuple(int(i) for i in np.unravel_index(worst, ours.shape))
    difference, size = (
        (0.0, 0.0) if worst is None else (float(gap[index]), max(abs(ours[index]), abs(theirs[index])))
    )
    return Line(
        path=point.paths[k], shape=array.shape, dtype=array.dtype.name, voice=name,
        entry=point.name(Entry(k, index, 1.0)),
        ours=None if own.leaves[k] is None or worst is None else ours[index],
        theirs=None if answer.leaves[k] is None or worst is None else theirs[index],
        difference=difference,
        relative=difference / size if size else 0.0,
        ulp=float("nan") if answer.errors is not None else _ulp(difference, size, array.dtype),
        tolerance=float("nan") if worst is None else float(bound[index]),
        verdict=verdict,
        note="; ".join(filter(None, notes)),
    )  # fmt: skip


def _filled(ours: Any, theirs: Any, array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both answers as arrays, zeros for None."""
    known = ours if ours is not None else theirs
    zero = np.zeros(array.shape if known is None else np.shape(known))
    return tuple(zero if x is None else np.asarray(x) for x in (ours, theirs))  # type: ignore[return-value]


def _gap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        gap = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    return np.where(np.isnan(gap), np.inf, gap)


def _doubt(errors: Any, slopes: Any) -> Any:
    """What finite differences say of their own error, with room for a wrong guess."""
    return 10 * errors + 1e-10 * np.abs(np.nan_to_num(slopes)) + 1e-12


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
    """None means no dependence, and 0 that the slope is 0: the same number, not the same statement."""
    if (ours is None) == (theirs is None):
        return "both say None: the result does not depend on it" if ours is None else ""
    who, other = ("native", name) if ours is None else (name, "native")
    return f"{who} says None (no dependence), {other} gives numbers"


def _ulp(difference: float, size: float, dtype: np.dtype) -> float:
    """The difference in units in the last place of the larger of the two."""
    if difference == 0 or not np.isfinite(size):
        return difference
    return difference / float(np.spacing(np.asarray(size, np.finfo(dtype).dtype)))


def slope_along(question: Question, answer: Answer) -> float:
    """The slope along the question's direction, from the entries of a gradient."""
    pairs = zip(answer.leaves, question.direction, strict=True)
    return sum(float(np.sum(np.real(np.conjugate(g) * v))) for g, v in pairs if g is not None)


def _direction(question: Question, name: str, own: Answer, answer: Answer, allowed: Tolerance) -> Line:
    assert answer.along is not None
    theirs, error = answer.along
    ours = slope_along(question, own)
    rounding = sum(a * v.size for a, v in zip(allowed.atol, question.direction, strict=True))
    return _plain_line(
        "all leaves",
        name,
        "a random direction",
        ours,
        theirs,
        10 * error + 1e-6 * (1 + abs(theirs)) + rounding,
    )


def _value(name: str, ours: Any, theirs: Any) -> Line:
    a, b = np.asarray(ours), np.asarray(theirs)
    worst = int(np.argmax(_gap(a, b))) if a.size else 0
    a, b = (np.ravel(x)[worst] if x.size else np.float64(0) for x in (a, b))
    size = float(np.nan_to_num(max(abs(a), abs(b)), posinf=0.0))
    precision = 1e-4 if np.asarray(ours).dtype.itemsize <= 4 else 1e-8
    return _plain_line("the value", name, "", a, b, precision * size + 1e-10)


def _plain_line(what: str, name: str, entry: str, ours: Any, theirs: Any, bound: float) -> Line:
    difference = float(_gap(np.asarray(ours), np.asarray(theirs)))
    size = max(abs(ours), abs(theirs))
    return Line(
        path=what, shape=(), dtype="", voice=name, entry=entry or what, ours=ours, theirs=theirs,
        difference=difference, relative=difference / size if size else 0.0, ulp=float("nan"), tolerance=bound,
        verdict=AGREES if difference <= bound else DIFFERS,
    )  # fmt: skip
