"""Questions about values (comparisons, argmax, …) as Julia expressions."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...autodiff.primitive import plain
from ...recording import Choice, Step
from .spelling import Term, aligned, call, converted, elementwise, infix, number_term

#: Functions of each element, by the name of Julia's function or operator.
QUESTIONS: dict[Any, str] = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.equal: "==",
    np.not_equal: "!=",
    np.isnan: "isnan",
    np.isfinite: "isfinite",
    np.isinf: "isinf",
    np.floor: "floor",
    np.ceil: "ceil",
    np.trunc: "trunc",
    np.rint: "round",
    np.fix: "trunc",
    np.round: "round",
    np.around: "round",
    np.sign: "sign",
    np.spacing: "NumPy.spacing",
    np.signbit: "signbit",
    operator.floordiv: "fld",
    np.floor_divide: "fld",
    math.floor: "floor",
    math.ceil: "ceil",
    math.trunc: "trunc",
    round: "round",
    int: "trunc",
}


def _truth(x: Term, value: Any) -> Term:
    """Booleans as they are; numbers are true unless they are 0."""
    return x if x.dtype.kind == "b" else _compared("!=", [x, number_term(0)], value)


def _logical(op: str) -> Callable[..., Term]:
    def spelled(terms: Sequence[Term], value: Any) -> Term:
        a, b = aligned([_truth(x, np.zeros(x.shape, bool)) for x in terms])
        return infix(op, a, b, value, dotted=True)

    return spelled


def _infinite(text: str) -> Callable[..., Term]:
    return lambda terms, value: _compared("==", [terms[0], Term(text, np.inf, literal=False)], value)


def _imaginary(op: str) -> Callable[..., Term]:
    """Has a number an imaginary part?"""

    def spelled(terms: Sequence[Term], value: Any) -> Term:
        return _compared(op, [elementwise("imag", terms, np.zeros(terms[0].shape)), number_term(0)], value)

    return spelled


def _near(
    terms: Sequence[Term], value: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False
) -> Term:
    settings = [number_term(float(rtol)), number_term(float(atol)), number_term(bool(equal_nan))]
    return Term(call("NumPy.isclose.", *aligned(terms), *settings), value)


#: Questions that are more than a name: functions of the terms, the value and the options.
LONGER: dict[Any, Callable[..., Term]] = {
    np.logical_and: _logical("&"),
    np.logical_or: _logical("|"),
    np.logical_xor: _logical("⊻"),
    np.logical_not: lambda terms, value: _compared("==", [terms[0], number_term(0)], value),
    np.isposinf: _infinite("Inf"),
    np.isneginf: _infinite("-Inf"),
    np.isreal: _imaginary("=="),
    np.iscomplex: _imaginary("!="),
    np.isclose: _near,
}


_WIDE = (np.dtype(np.float64), np.dtype(np.int64))


def is_written(choice: Choice) -> bool:
    """Does Julia ask this question about arrays again? What it cannot ask, or what would have another type or
    value there, is taken as a constant."""
    function, options = choice.function, choice.options
    values = [plain(v.value) if isinstance(v, Step) else v for v in choice.inputs]
    if not all(isinstance(x, (int, float, complex, np.generic, np.ndarray)) for x in values):
        return False
    dtypes = [x.dtype for x in values if isinstance(x, np.ndarray)]
    if function is np.isclose:  # of doubles: NumPy rounds the tolerances to what it compares
        numbers = all(isinstance(x, (bool, int, float)) for x in options.values())
        return numbers and len(values) == 2 and all(dtype in _WIDE for dtype in dtypes)
    if function in LONGER:
        return not options and len(values) == (function.nin if isinstance(function, np.ufunc) else 1)
    name = QUESTIONS.get(function, "fld")
    if name == "fld" or options:  # divisions by zero have another value
        return False
    if name in _OPERATORS:
        return name in ("==", "!=") or all(dtype.kind in "biuf" for dtype in dtypes)
    outcome = np.result_type(choice.outcome)
    return len(choice.inputs) == 1 and (outcome.kind == "b" or (outcome.kind == "f" and dtypes == [outcome]))


def question(choice: Choice, terms: Sequence[Term], value: Any) -> Term:
    """A question as Julia asks it, `value` standing for the answer."""
    function = choice.function
    if function in LONGER and is_written(choice):
        return LONGER[function](terms, value, **choice.options)
    name = QUESTIONS.get(function)
    if name is None:
        return Term(call(getattr(function, "__name__", "?"), *terms), value)
    if name in _OPERATORS:
        return _compared(name, terms, value)
    return elementwise(name, _as_wide(terms), value)


_OPERATORS = ("<", "<=", ">", ">=", "==", "!=")


def _compared(op: str, terms: Sequence[Term], value: Any) -> Term:
    a, b = aligned(_as_wide(terms))
    return infix(op, a, b, value, dotted=bool(a.ndim or b.ndim))


def _as_wide(terms: Sequence[Term]) -> list[Term]:
    """Python's numbers as wide as the others, as NumPy compares them: 0.1 with Float32 is 0.1f0."""
    strong = [t.dtype.itemsize for t in terms if t.dtype.kind == "f" and type(t.value) is not float]
    if not strong:
        return list(terms)
    bits = 8 * max(strong)
    out = []
    for t in terms:
        exact = type(t.value) is int and t.literal and abs(t.value) <= 2**11
        if type(t.value) in (float, int) and not exact and (bits < 64 or type(t.value) is int):
            t = number_term(float(t.value), bits) if t.literal else converted(t, f"f{bits // 8}")
        out.append(t)
    return out
