"""What the emission of Julia source needs of a recorded run: code positions, constants, options."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...autodiff.primitive import PRIMITIVES, entry, plain
from ...errors import NoRuleError
from ...recording import Recording, Step, recording
from ...recording.keys import Described
from .spelled.table import SPELLINGS
from .spelling import Site, Term, array_literal, julia_type, number_term, spell


class CodeRecording(Recording):
    """A Recording that stores (code, instruction) for each frame, by which variables are found."""

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any], calls: bool = True):
        super().__init__(f, xs, calls)
        for step in self.steps:
            if type(step.value) is int and not -(2**63) <= step.value < 2**63:
                raise NoRuleError(_too_large(step))

    def _stack(self) -> Any:
        frames = []
        frame: Any = sys._getframe(2)
        while frame is not None and not recording.is_outermost(frame):
            code = frame.f_code
            if not recording.is_hidden(code):
                frames.append((code, frame.f_lasti))
            frame = frame.f_back
        frames.reverse()
        return frames


def _too_large(step: Step) -> str:
    what = f"the argument {step.path}" if step.is_argument else f"the result of {step.primitive.name}"
    return (
        f"{what} is the integer {step.value:.6g}, and Julia's Int64 goes up to 9.2e18; it would wrap round. "
        "Call the function with floats (3.0 instead of 3)."
    )


#: Rules that move elements, or leave them as they are.
_MOVING = {"shaping", "indexing", "joining", "padding", "choosing"}


def wraps_round(step: Step) -> str | None:
    """The type of integers that NumPy computes this step in, if it is another than Julia's Int64."""
    if isinstance(step.value, tuple) or step.primitive.area in _MOVING:
        return None
    dtype = np.result_type(plain(step.value)) if not isinstance(plain(step.value), int) else np.dtype(int)
    return julia_type(dtype) if dtype.kind in "iu" and dtype != np.dtype(np.int64) else None


def is_constant(x: Any) -> bool:
    return x is not None and not isinstance(x, (bool, np.bool_, str))


def blank(x: Any) -> Any:
    """Zeros of the same type, shape and dtype: for what must not depend on the content."""
    x = plain(x)
    if isinstance(x, tuple):
        parts = map(blank, x)
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if isinstance(x, (np.ndarray, np.generic)):
        zero = np.zeros((), x.dtype)
        return np.broadcast_to(zero, x.shape) if isinstance(x, np.ndarray) else zero[()]
    return type(x)() if isinstance(x, (int, float, complex, Fraction)) else x


class Written:
    """A step whose spelling contains arrays made from its options, such as indices and masks.

    `terms` are its inputs and `text` is what was written. With `is_open` no content of the arrays is written
    out. `answers` are the terms of arrays that are answers to questions, `names` the names of the others.
    """

    __slots__ = ("answers", "is_open", "names", "terms", "text")

    def __init__(self, terms: list[Term], is_open: bool):
        self.terms = terms
        self.is_open = is_open
        self.text = ""
        self.answers: list[Term] = []
        self.names: list[str] = []

    def spelled(
        self, step: Step, answer: Callable[[np.ndarray], Term | None], name: Callable[[], str]
    ) -> Any:
        """(the step in Julia, the arrays that have names)."""
        values: list[np.ndarray] = []

        def capture(array: np.ndarray) -> Term:
            known = answer(array)
            if known is not None:
                return known
            if is_small(array) and not self.is_open:
                return Term(array_literal(array), array) if array.ndim else number_term(array.item())
            values.append(array)
            return Term(name(), blank(array))

        site = Site(blank(step.value), capture, self.is_open)
        return spell(spelling_of(step.primitive), site, self.terms, step.options), values

    def again(self, step: Step, described: Described) -> list[np.ndarray] | None:
        """The arrays for another run with the same key; None if something else would have to be written."""
        answers, names = iter(self.answers), iter(self.names)

        def answer(array: np.ndarray) -> Term | None:
            return next(answers, None) if described.is_answer(array) else None

        term, values = self.spelled(step, answer, lambda: next(names, "?"))
        return values if term.text == self.text else None


def is_small(x: Any) -> bool:
    """Is this constant written out? By its shape, never by its content."""
    return np.ndim(x) == 0 or (np.size(x) <= _SMALL and np.ndim(x) <= 2)


_SMALL = 8  #: the most elements of an array that is written out


def spelling_of(primitive: Any) -> Any:
    """How a primitive is spelled in Julia; an error that names it if it is not."""
    spelling = entry(SPELLINGS, primitive)
    if spelling is not None:
        return spelling
    known = PRIMITIVES.get(primitive.name) is primitive
    what = (
        f"{primitive.name} has no spelling in Julia yet"
        if known
        else f"{primitive.name!r} is a function with a rule of its own, in Python"
    )
    raise NoRuleError(
        f"{what}, so this function cannot be written in Julia. fluxbridge.julia.differentiable(f) hands it "
        "to Zygote as it is: Julia calls it back and takes the derivative of the native engine, which is no "
        "independent check."
    )
