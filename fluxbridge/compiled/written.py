"""Rules that are written out, beside those of the elementwise formulas: a table by primitive.

A row takes (builder, k, dy, y, inputs, options) and gives the cotangent of input k as an operand, or None
where it does not apply. What it writes computes to the last bit what the rule itself computes.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autodiff.primitive import PRIMITIVES, Spec
from ..autodiff.rules.arithmetic import literal_power_of
from .formulas import apply_ufunc, binary, call_word, is_array, is_real
from .program import FLOAT, Builder, Const, Form, Var

Row = Callable[..., Any]


def _sum(b: Builder, _k: int, dy: Any, _y: Any, _xs: Sequence[Any], options: dict[str, Any]) -> Any:
    if options.get("where", True) is True and dy.form == FLOAT:
        return dy
    return None


def _mean(b: Builder, _k: int, dy: Any, _y: Any, xs: Sequence[Any], options: dict[str, Any]) -> Any:
    if (
        options.get("where", True) is True
        and dy.form == FLOAT
        and options.get("axis") is None
        and is_array(xs[0])
    ):
        return binary(b, ast.Div, dy, Const(max(xs[0].form.size, 1)))
    return None


def _matmul(b: Builder, k: int, dy: Any, _y: Any, xs: Sequence[Any], _options: dict[str, Any]) -> Any:
    if not (is_array(dy) and all(is_array(x) and is_real(x) and len(x.form.shape) == 2 for x in xs)):
        return None
    other = _transposed(b, xs[1 - k])
    args = (dy, other) if k == 0 else (other, dy)
    shape = (args[0].form.shape[0], args[1].form.shape[1])
    return b.emit(
        np.matmul, args, Form("array", shape, np.result_type(args[0].form.dtype, args[1].form.dtype))
    )


def _affine(b: Builder, k: int, dy: Any, _y: Any, xs: Sequence[Any], _options: dict[str, Any]) -> Any:
    if not all(is_array(x) and is_real(x) for x in (dy, *xs)) or len(xs[1].form.shape) != 2:
        return None
    if len({x.form.dtype for x in (dy, *xs)}) > 1 or (k == 1 and xs[0].form.shape[0] == 1):
        return None
    if k == 2:
        return b.emit(np.add.reduce, [dy, Const(1)], Form("array", dy.form.shape[:1], dy.form.dtype))
    return _matmul(b, k, dy, None, xs[:2], {})


def _transposed(b: Builder, x: Any) -> Any:
    if isinstance(x, Const):
        return Const(x.value.T)
    form = x.form
    return b.emit(np.transpose, [x], Form("array", form.shape[::-1], form.dtype), "{0}.T", shares=True)


def _absolute(b: Builder, _k: int, dy: Any, _y: Any, xs: Sequence[Any], _options: dict[str, Any]) -> Any:
    if not (is_real(dy) and is_real(xs[0]) and is_array(xs[0])):
        return None
    return binary(b, ast.Mult, dy, apply_ufunc(b, np.sign, xs[0]))


def _where(b: Builder, k: int, dy: Any, y: Any, xs: Sequence[Any], _options: dict[str, Any]) -> Any:
    if k == 0 or not is_real(dy) or not is_array(xs[0]):
        return None
    zero = Const(0.0)
    return call_word(b, np.where, [xs[0], dy, zero] if k == 1 else [xs[0], zero, dy])


def _literal_power(b: Builder, k: int, dy: Any, y: Any, xs: Sequence[Any], _options: dict[str, Any]) -> Any:
    x, p = xs
    if k or not (is_array(x) and is_real(x) and is_real(dy) and isinstance(p, Const)):
        return None
    if type(p.value) not in (int, float) or p.value == 0:
        return None
    if p.value == 2:
        slope: Any = binary(b, ast.Mult, Const(2), x)
    else:
        slope = binary(
            b, ast.Mult, p, b.emit(literal_power_of, [x, Const(p.value - 1)], x.form, blockwise=True)
        )
    product = binary(b, ast.Mult, dy, slope)
    if isinstance(dy, Const) and type(dy.value) is float and np.isfinite(dy.value):
        return product
    mended = b.emit(strong_zeros, [slope, product], product.form, blockwise=True, shares=True)
    mended.op.code = _STRONG_ZEROS  # type: ignore[union-attr]
    return mended


_STRONG_ZEROS = ("{out} = {1}", "t = vdot({out}, {out})", "if t != t: {out} = strong_zeros({0}, {out})")


def strong_zeros(slope: Any, product: Any) -> Any:
    """The product, with 0 where the slope is exactly 0, even against Inf or NaN."""
    total = np.vdot(product, product)
    return np.where(np.equal(slope, 0), 0.0, product) if total != total else product


#: Names in the statements of operations.
STATEMENTS = {"vdot": np.vdot, "zeros": np.zeros, "strong_zeros": strong_zeros}

RULES: dict[str, Row] = {
    "sum": _sum, "mean": _mean, "matmul": _matmul, "affine": _affine, "absolute": _absolute, "where": _where,
    "literal_power": _literal_power,
}  # fmt: skip


# -- numbers ---------------------------------------------------------------------------------------


def _number_power(b: Builder, k: int, dy: Any, y: Any, xs: Sequence[Any]) -> Any:
    x, p = xs
    if k:
        return None
    p = p.value if isinstance(p, Const) else None
    if not isinstance(p, (int, float)) or isinstance(x, Const):
        pair = b.emit(PRIMITIVES["literal_power"].number_vjp, [dy, (y, *xs)], Form("tuple"))  # type: ignore[arg-type]
        return b.emit(operator.getitem, [pair, Const(0)], FLOAT, "{0}[{1}]")
    if p == 2:
        slope: Any = b.emit(operator.mul, [Const(2), x], FLOAT, "{0} * {1}")
    elif p:
        power = b.emit(operator.pow, [x, Const(p - 1)], FLOAT, "{0} ** {1}")
        slope = b.emit(operator.mul, [Const(p), power], FLOAT, "{0} * {1}")
    else:
        slope = Const(0.0)
    product = binary(b, ast.Mult, dy, slope)
    if isinstance(product, Const):
        return product
    if isinstance(dy, Const) and np.isfinite(dy.value):
        return product
    return b.emit(strong_zero, [product, slope], FLOAT, "{0} if {0} == {0} or {1} != 0 else 0.0")


def strong_zero(product: float, slope: float) -> float:
    return 0.0 if product != product and slope == 0 else product


NUMBERS: dict[str, Row] = {"literal_power": _number_power}


# -- pieces ----------------------------------------------------------------------------------------


def scatter(b: Builder, parts: Sequence[Any], indices: Sequence[Any], form: Form, spec: Spec) -> Var:
    """An array of zeros with every part added at its index."""
    simple = form.kind == "array" and all(map(_is_simple, indices)) and len(parts) <= 8
    if not simple:
        return b.emit(adding_anywhere(list(indices), spec), parts, form)
    found = b.emit(adding(tuple(indices), spec), parts, form)
    code = ["{out} = zeros({shape}, {dtype})"]
    for k, index in enumerate(indices):
        whole = isinstance(index, slice) or (
            isinstance(index, tuple) and any(isinstance(i, slice) for i in index)
        )
        at = f"{{out}}[{spelled_index(index)}]"
        code += [f"t = {at}", f"t += {{{k}}}"] if whole else [f"{at} += {{{k}}}"]
    found.op.code, found.op.options = tuple(code), {"shape": spec.shape, "dtype": spec.dtype}  # type: ignore[union-attr]
    return found


def _is_simple(index: Any) -> bool:
    """Is this a number, a slice, or several, so that every element is named once?"""
    parts = index if isinstance(index, tuple) else (index,)
    return all(type(i) in (int, slice) for i in parts) and bool(spelled_index(index))


def spelled_index(index: Any) -> str:
    """A basic index as it is written; empty for any other."""
    if isinstance(index, tuple):
        parts = [spelled_index(i) for i in index]
        return (", ".join(parts) + ("," if len(parts) == 1 else "")) if parts and all(parts) else ""
    if type(index) is int:
        return str(index)
    if index is None or index is Ellipsis:
        return "None" if index is None else "..."
    if type(index) is not slice:
        return ""
    parts = [index.start, index.stop, index.step]
    if not all(p is None or type(p) is int for p in parts):
        return ""
    text = ["" if p is None else str(p) for p in parts]
    return ":".join(text if text[2] else text[:2])


def adding(indices: tuple[Any, ...], spec: Spec) -> Callable[..., np.ndarray]:
    """The function that adds parts at numbers and slices."""
    shape, dtype = spec

    def pieces(*parts: Any) -> np.ndarray:
        out = np.zeros(shape, dtype)
        for index, part in zip(indices, parts):  # noqa: B905 (speed)
            out[index] += part
        return out

    pieces.indices = indices  # type: ignore[attr-defined]
    return pieces


def adding_anywhere(indices: list[Any], spec: Spec) -> Callable[..., np.ndarray]:
    compute = PRIMITIVES["scatter"].compute

    def pieces(*parts: Any) -> np.ndarray:
        return compute(*parts, indices=indices, shape=spec.shape, dtype=spec.dtype)

    return pieces
