"""Derivatives by complex steps, for functions that are analytic in their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import differences
from ..recording import Recording
from ..recording.point import Entry
from .question import DOES_NOT_APPLY, NOT_LOOKED_AT, Answer, NoAnswer, Question

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
    """The imaginary part of f(x + ih)/h, without cancellation, for functions that are analytic in the inputs.

    W. Squire and G. Trapp, SIAM Review 40 (1998).
    """
    point = question.point
    if question.of != "gradient" or any(a.dtype.char not in "dl" for a in point.arrays):
        raise NoAnswer(f"{DOES_NOT_APPLY} gradients by real numbers in double precision")
    recording = Recording(question.f, point.with_leaves({}), calls=False)
    if not np.isfinite(recording.value):
        raise NoAnswer(f"{DOES_NOT_APPLY} functions that are finite here")
    steps = [s.primitive for s in recording.steps if not s.is_argument]
    rough = sorted({p.name for p in steps if not p.holomorphic and p.name not in ANALYTIC})
    if rough:
        raise NoAnswer(f"{DOES_NOT_APPLY} holomorphic functions, not {', '.join(rough)}")
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
                raise NoAnswer(f"{DOES_NOT_APPLY} functions that compute the same with complex numbers")
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
        raise NoAnswer(f"the function does not take complex numbers ({error})") from None


def _confirmed(question: Question, leaves: Sequence[np.ndarray]) -> None:
    """Raise NoAnswer unless differences along one direction confirm the slopes by complex steps."""
    point = question.point
    tangents = [np.where(np.isnan(leaf), 0.0, t) for leaf, t in zip(leaves, question.direction, strict=True)]
    slope = sum(float(np.sum(np.nan_to_num(leaf) * t)) for leaf, t in zip(leaves, tangents, strict=True))
    along = differences.slopes(
        lambda t: question.f(*point.displaced((tangents, t))), 1.0, question.noise(arguments=True), 1e-14
    )
    if np.isfinite(along.error) and not along.kink:
        bound = 100 * float(along.error) + 1e-7 * abs(slope)
        if abs(float(along.value) - slope) > bound:
            raise NoAnswer(f"{DOES_NOT_APPLY} functions that compute the same with complex numbers")
