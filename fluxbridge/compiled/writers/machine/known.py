"""What machine code can compute, and how: a table from operations to instructions.

An :class:`Instruction` is one of few kinds: "each" (an operation of single elements that LLVM has), "loop"
(one of NumPy's inner loops), "call" (a function of C's library, of numbers), and what is done with memory.
"""

from __future__ import annotations

import ast
import math
import operator
from typing import Any, NamedTuple

import numpy as np

from ...lower import total
from ...program import Const, Op, Var
from ...written import spelled_index, strong_zeros
from . import loops


class Instruction(NamedTuple):
    """`kind` of instruction, `what` it does, to these operands."""

    kind: str
    what: Any
    args: tuple[Any, ...]


_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_NP_COMPARISONS = dict(
    zip(
        (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal),
        _COMPARISONS,
        strict=True,
    )
)
#: Ufuncs whose result LLVM's own instructions give, to the last bit.
EACH: dict[Any, str] = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/", np.negative: "neg",
    np.positive: "same", np.absolute: "abs", np.square: "square", np.sqrt: "sqrt", np.sign: "sign",
    np.isnan: "isnan", np.copy: "same", np.where: "where", strong_zeros: "strong_zeros", **_NP_COMPARISONS,
    np.logical_and: "and", np.logical_or: "or", np.logical_xor: "xor", np.logical_not: "not",
    np.bitwise_and: "and", np.bitwise_or: "or", np.bitwise_xor: "xor", np.invert: "not",
}  # fmt: skip
_LOGIC = frozenset({"and", "or", "xor", "not"})
_OF_FLOATS = frozenset({"+", "-", "*", "/", "neg", "same", "abs", "square", "sqrt", "sign", "strong_zeros"})
#: How operations on Python's numbers are spelled.
NUMBERS: dict[str, str] = {
    "{0} + {1}": "+", "{0} - {1}": "-", "{0} * {1}": "*", "{0} / {1}": "divide", "-{0}": "neg",
    "+{0}": "same", "abs({0})": "abs", "({1} if {0} else 0.0)": "select",
    "{0} if {0} == {0} or {1} != 0 else 0.0": "strong",
    **{f"{{0}} {sign} {{1}}": sign for sign in _COMPARISONS},
}  # fmt: skip
_MATH = {getattr(math, name): name for name in (
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "expm1", "log1p", "log2", "log10", "asin",
    "acos", "atan", "pow",
)}  # fmt: skip
WHOLE = 2**53  #: up to here whole numbers are floats


def is_operand(x: Any) -> bool:
    """A number or an array that machine code can take."""
    form = x.form
    if form.kind == "number":
        if isinstance(x, Const) and type(x.value) is int:
            return abs(x.value) <= WHOLE
        return form.dtype is float
    return bool(
        form.kind == "array" and form.shape and form.size and form.dtype.char in "df?" and form.dtype.isnative
    )


def instruction(op: Op) -> Instruction | None:
    """The instruction for an operation; None if it has none."""
    if not all(isinstance(a, Var | Const) for a in op.args):
        return None
    if op.check:
        return _question(op)
    out: Any = op.out
    if out is None or out.form.kind not in ("number", "array"):
        return None
    if op.call is np.full:
        return _full(op)
    if op.options and op.call.__name__ != "pieces":
        return None
    if out.form.kind == "number":
        return _number(op)
    return _array(op) if is_operand(out) else None


def _question(op: Op) -> Instruction | None:
    sign = NUMBERS.get(op.text)
    if sign in _COMPARISONS and type(op.wanted) is bool and all(
        is_operand(a) and a.form.kind == "number" for a in op.args
    ):  # fmt: skip
        return Instruction("ask", (sign, op.wanted), tuple(op.args))
    return None


def _full(op: Op) -> Instruction | None:
    _shape, value, dtype = op.args
    good = isinstance(dtype, Const) and is_operand(value) and value.form.kind == "number"
    return Instruction("each", "same", (value,)) if good and is_operand(op.out) else None


def _number(op: Op) -> Instruction | None:
    args = tuple(op.args)
    if op.text.startswith("{0}.item("):
        x = args[0]
        good = isinstance(x, Var) and len(x.form.shape) == 1 and x.form.dtype.char == "d" and is_operand(x)
        index = ast.literal_eval(op.text[len("{0}.item(") : -1])
        return Instruction("item", index, args) if good and type(index) is int else None
    if op.call is total:
        good = is_operand(args[0]) and args[0].form.kind == "array" and args[0].form.dtype.char == "d"
        return Instruction("sum", None, args) if good and loops.adder("d") else None
    if op.out is None or op.out.form.dtype is not float:
        return None
    if not all(is_operand(a) and a.form.kind == "number" for a in args):
        return None
    if op.text in NUMBERS:
        return Instruction("each", NUMBERS[op.text], args)
    if op.call is operator.pow and op.text == "{0} ** {1}":
        return Instruction("call", "pow", args) if loops.of_math("pow") else None
    if isinstance(op.call, np.ufunc) and op.text.endswith(".item()"):
        return Instruction("loop", op.call, args) if loops.loop_of(op.call, "d" * (len(args) + 1)) else None
    name = _MATH.get(op.call, "") if op.text in ("", "{f}({0}, {1})") else ""
    if op.call is math.sqrt:
        return Instruction("each", "sqrt", args)
    return Instruction("call", name, args) if name and loops.of_math(name) else None


def _array(op: Op) -> Instruction | None:
    args = tuple(op.args)
    out: Any = op.out
    if op.shares and not op.elementwise:
        return _view(op)
    if op.call.__name__ == "pieces":
        simple = bool(op.code) and all(map(is_operand, args))
        return (
            Instruction("scatter", op.call.indices, args) if simple and hasattr(op.call, "indices") else None
        )
    if hasattr(op.call, "exact"):
        simple = all(a.form == out.form for a in args) and isinstance(args[1], Var)
        return Instruction("mended", (op.call.exact, op.call.low), args) if simple else None  # type: ignore[attr-defined]
    if not all(map(is_operand, args)):
        return None
    kinds = [a.form.dtype.char if a.form.kind == "array" else "d" for a in args]
    arrays = [a.form.dtype.char for a in args if a.form.kind == "array"]
    result = out.form.dtype.char
    what = EACH.get(op.ufunc if op.ufunc is not None else op.call)
    if what in _OF_FLOATS and result != "?":
        return Instruction("each", what, args)
    if what == "where" and kinds[0] == "?" and result != "?" and args[0].form.kind == "array":
        return Instruction("each", what, args)
    if what in _LOGIC and result == "?" and set(arrays) == {"?"} and len(arrays) == len(args):
        return Instruction("each", what, args)
    if (what in _COMPARISONS or what == "isnan") and "?" not in arrays:
        return Instruction("each", what, args)
    if isinstance(op.ufunc, np.ufunc) and set(arrays) <= {arrays[0]} <= {"d", "f"} and all(
        a.form.kind == "number" or a.form.shape == out.form.shape for a in args
    ):  # fmt: skip
        types = arrays[0] * len(args) + result
        return Instruction("loop", op.ufunc, args) if loops.loop_of(op.ufunc, types) else None
    return None


def _view(op: Op) -> Instruction | None:
    x = op.args[0]
    if not (isinstance(x, Var) and is_operand(x)):
        return None
    if op.text == "{0}.T":
        return Instruction("view", "T", (x,))
    if op.text.startswith("{0}[") and len(op.args) == 1:
        index = eval(f"_[{op.text[4:-1]}]", {"_": np.s_})
        return Instruction("view", index, (x,)) if spelled_index(index) == op.text[4:-1] else None
    return None
