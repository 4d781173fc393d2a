"""The formulas of elementwise rules as operations: ``dy * (1 - y * y)`` is two products and a difference."""

from __future__ import annotations

import ast
import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.elementwise import _MATH, ARRAY_WORDS, NAMES, NUMBER_WORDS, _times, conj, select
from .program import FLOAT, Builder, Const, Form, Var
from .threads import parsed

_BINARY: dict[type, tuple[Any, Any, str]] = {
    ast.Add: (np.add, operator.add, "{0} + {1}"),
    ast.Sub: (np.subtract, operator.sub, "{0} - {1}"),
    ast.Mult: (np.multiply, operator.mul, "{0} * {1}"),
    ast.Div: (np.true_divide, operator.truediv, "{0} / {1}"),
    ast.BitOr: (np.bitwise_or, operator.or_, "{0} | {1}"),
    ast.Gt: (np.greater, operator.gt, "{0} > {1}"),
    ast.GtE: (np.greater_equal, operator.ge, "{0} >= {1}"),
    ast.Lt: (np.less, operator.lt, "{0} < {1}"),
    ast.LtE: (np.less_equal, operator.le, "{0} <= {1}"),
    ast.NotEq: (np.not_equal, operator.ne, "{0} != {1}"),
    ast.Eq: (np.equal, operator.eq, "{0} == {1}"),
}


@functools.lru_cache(maxsize=512)
def _parsed(text: str) -> ast.expr:
    return parsed(text, "eval").body  # type: ignore[attr-defined]


def is_array(x: Any) -> bool:
    return x.form.kind == "array"


def is_real(x: Any) -> bool:
    """Is this operand of real floats, or a real Python number?"""
    form = x.form
    if form.kind == "array" or form.kind == "scalar":
        return form.dtype is not None and form.dtype.kind == "f"
    return form.kind == "number" and form.dtype in (float, int)


def broadcast(args: Sequence[Any]) -> tuple[int, ...]:
    return np.broadcast_shapes(*[a.form.shape for a in args])


def form_of_ufunc(ufunc: np.ufunc, args: Sequence[Any]) -> Form:
    """What the ufunc gives for operands of these forms."""
    tiny = []
    for a in args:
        form = a.form
        if form.kind == "array":
            tiny.append(np.ones(0, form.dtype))
        elif isinstance(a, Const):
            tiny.append(a.value)
        else:
            tiny.append(form.dtype.type(1) if form.kind == "scalar" else form.dtype(1))
    with np.errstate(all="ignore"):
        dtype = ufunc(*tiny).dtype
    return Form("array", broadcast(args), dtype)


def apply_ufunc(b: Builder, ufunc: np.ufunc, *args: Any) -> Var:
    """One ufunc, of which at least one operand is an array."""
    return b.emit(ufunc, args, form_of_ufunc(ufunc, args), ufunc=ufunc)


def expand(b: Builder, formula: Any, holomorphic: bool, dy: Any, y: Any, inputs: Sequence[Any]) -> Any:
    """The cotangent of one input by its formula, as an operand; all operands are real."""
    names = {"dy": dy, "y": y, **dict(zip(NAMES[len(inputs)], inputs, strict=True))}
    if not isinstance(formula, str):
        if getattr(formula, "near", None) is not None and is_array(y):
            return binary(b, ast.Mult, dy, _saturating(b, formula, y, inputs[0]))
        slope = call_word(b, formula, [y, *inputs])
        return binary(b, ast.Mult, dy, slope)
    return translate(b, _parsed(_times(formula, "dy", holomorphic)), names)


class Symbol:
    """A stand-in for an operand, of which a function of few operators makes operations."""

    def __init__(self, b: Builder, x: Any):
        self.b, self.x = b, x

    def _with(self, kind: type, other: Any, swap: bool = False) -> Symbol:
        y = other.x if isinstance(other, Symbol) else Const(other)
        return Symbol(self.b, binary(self.b, kind, *((y, self.x) if swap else (self.x, y))))

    def __mul__(self, other: Any) -> Symbol:
        return self._with(ast.Mult, other)

    def __rmul__(self, other: Any) -> Symbol:
        return self._with(ast.Mult, other, True)

    def __sub__(self, other: Any) -> Symbol:
        return self._with(ast.Sub, other)

    def __rsub__(self, other: Any) -> Symbol:
        return self._with(ast.Sub, other, True)

    def __add__(self, other: Any) -> Symbol:
        return self._with(ast.Add, other)

    __radd__ = __add__

    def __truediv__(self, other: Any) -> Symbol:
        return self._with(ast.Div, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return self._with(ast.Div, other, True)

    def __neg__(self) -> Symbol:
        return np.negative(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        operands = [x.x if isinstance(x, Symbol) else Const(x) for x in inputs]
        return Symbol(self.b, apply_ufunc(self.b, ufunc, *operands))


def _saturating(b: Builder, slope: Any, y: Any, x: Any) -> Any:
    """The slope of a function that levels off: by the output, and where that says too little by the input."""
    try:
        near = slope.near(Symbol(b, y)).x
    except (TypeError, AttributeError):
        return call_word(b, slope, [y, x])
    return b.emit(slope.mended, [near, x], near.form, blockwise=True, shares=True)


def call_word(b: Builder, function: Callable[..., Any], args: Sequence[Any]) -> Var:
    """A function of single elements that is no ufunc."""
    arrays = [a for a in args if is_array(a)]
    if not arrays:
        return b.emit(function, args, FLOAT)
    tiny = [
        np.ones(1, a.form.dtype) if is_array(a)
        else a.value if isinstance(a, Const)
        else a.form.dtype.type(1) if a.form.kind == "scalar"
        else a.form.dtype(1)
        for a in args
    ]  # fmt: skip
    with np.errstate(all="ignore"):
        dtype = np.asarray(function(*tiny)).dtype
    return b.emit(function, args, Form("array", broadcast(args), dtype), blockwise=True)


def binary(b: Builder, kind: type, left: Any, right: Any) -> Any:
    ufunc, operation, text = _BINARY[kind]
    if isinstance(left, Const) and isinstance(right, Const):
        return Const(operation(left.value, right.value))
    if is_array(left) or is_array(right):
        return apply_ufunc(b, ufunc, left, right)
    return b.emit(operation, [left, right], FLOAT, text)


def translate(b: Builder, node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return Const(node.value)
    if isinstance(node, ast.Name):
        return names[node.id] if node.id in names else Const(ARRAY_WORDS[node.id])
    if isinstance(node, ast.BinOp):
        return binary(b, type(node.op), translate(b, node.left, names), translate(b, node.right, names))
    if isinstance(node, ast.Compare):
        return binary(
            b, type(node.ops[0]), translate(b, node.left, names), translate(b, node.comparators[0], names)
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        x = translate(b, node.operand, names)
        if isinstance(x, Const):
            return Const(-x.value)
        return apply_ufunc(b, np.negative, x) if is_array(x) else b.emit(operator.neg, [x], FLOAT, "-{0}")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(b, node.func.id, [translate(b, a, names) for a in node.args])
    raise KeyError(ast.dump(node))


def _called(b: Builder, word: str, args: list[Any]) -> Any:
    function = ARRAY_WORDS[word]
    if function is conj:
        return args[0]
    if any(map(is_array, args)):
        if isinstance(function, np.ufunc):
            return apply_ufunc(b, function, *args)
        if function is select and not is_array(args[1]):
            return call_word(b, np.where, [*args, Const(0.0)])
        return call_word(b, function, args)
    if all(isinstance(a, Const) for a in args):
        return Const(NUMBER_WORDS[word](*[a.value for a in args]))
    if function is select:
        return b.emit(select, args, FLOAT, "({1} if {0} else 0.0)")
    if word in _MATH and args[0].form == FLOAT:
        return b.emit(getattr(math, word), args, FLOAT)
    return b.emit(NUMBER_WORDS[word], args, FLOAT)
