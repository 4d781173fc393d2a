"""Formulas read as people read them: from the text alone, with the names and the shapes beside it.

This knows nothing of how the text was made. Products and quotients are read from the left, ``·`` is that of
matrices where both sides are arrays, a power is one of elements, and ``A⁻¹`` the inverse of a matrix.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SIGNS = {"⊙": "*", "≤": "<=", "≥": ">=", "≠": "!=", "¬": "~", " = ": " == ", " mod ": " % ", "^": "**"}
SKIPPED = ("[]", "pullback[", "D[", "∂", "ln", "1j", "ᴴ")  #: what this does not read


#: Functions that take other arguments than NumPy's, as their inputs are arrays and all else is an option.
OTHERWISE = {"concatenate", "stack", "einsum", "bincount", "lstsq", "astype", "MASK", "nan", "float64"}


class Unread(Exception):
    """The text has something that this does not know."""


class Value:
    """A number or an array between the signs of a formula."""

    def __init__(self, x: Any):
        self.x = x

    def __matmul__(self, other: Value) -> Value:
        both = np.ndim(self.x) and np.ndim(other.x)
        return Value(self.x @ other.x if both else self.x * other.x)

    def __mul__(self, other: Value) -> Value:
        assert np.ndim(self.x) and np.ndim(other.x), "⊙ stands between arrays"
        return Value(self.x * other.x)

    def __getitem__(self, index: Any) -> Value:
        return Value(self.x[index])


class _Reader(ast.NodeTransformer):
    """Makes `a if c else b` and comparisons those of elements, and numbers values."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        parts = [self.visit(x) for x in (node.test, node.body, node.orelse)]
        return ast.Call(ast.Name("where_", ast.Load()), parts, [])

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        sides = [self.visit(x) for x in (node.left, *node.comparators)]
        signs = [ast.Constant(type(op).__name__) for op in node.ops]
        return ast.Call(ast.Name("compared_", ast.Load()), [ast.List(signs, ast.Load()), *sides], [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        word = "logical_and" if isinstance(node.op, ast.And) else "logical_or"
        return ast.Call(ast.Name(word, ast.Load()), [self.visit(x) for x in node.values], [])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        word = {ast.Add: "add", ast.Sub: "subtract", ast.Div: "divide", ast.Pow: "power_", ast.Mod: "mod"}
        left, right = self.visit(node.left), self.visit(node.right)
        if type(node.op) in word:
            return ast.Call(ast.Name(word[type(node.op)], ast.Load()), [left, right], [])
        return ast.BinOp(left, node.op, right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        word = "negative" if isinstance(node.op, ast.USub) else "logical_not"
        return ast.Call(ast.Name(word, ast.Load()), [self.visit(node.operand)], [])

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return ast.Subscript(self.visit(node.value), node.slice, ast.Load())  # an index has plain numbers

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return node

    def visit_List(self, node: ast.List) -> ast.AST:
        return ast.Call(ast.Name("array", ast.Load()), [node], [])

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        return node  # shapes and axes

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Call(ast.Name("value_", ast.Load()), [node], [])


def _power(a: Any, b: Any) -> Any:
    return np.linalg.inv(a) if np.ndim(b) == 0 and b == -1 and np.ndim(a) >= 2 else np.power(a * 1.0, b)


def _first(place: Any) -> Any:
    """Where the largest or smallest element stands."""

    def find(x: Any, axis: Any = None) -> Any:
        found = np.expand_dims(place(x, axis), axis) if axis is not None else place(x)
        if axis is None:
            return np.reshape(np.arange(np.size(x)) == found, np.shape(x))
        shape = [-1 if k == axis % np.ndim(x) else 1 for k in range(np.ndim(x))]
        return np.reshape(np.arange(np.shape(x)[axis]), shape) == found

    return find


def _compared(signs: list[str], *sides: Any) -> Any:
    words = {"Lt": "less", "LtE": "less_equal", "Gt": "greater", "GtE": "greater_equal", "Eq": "equal"}
    words["NotEq"] = "not_equal"
    pairs = zip(signs, sides[:-1], sides[1:], strict=True)
    return np.logical_and.reduce([getattr(np, words[s])(a, b) for s, a, b in pairs])


class _Words(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        own = {"power_": _power, "compared_": _compared, "where_": np.where, "value_": lambda x: x}
        own |= {
            "transposed_": lambda x: np.swapaxes(x, -1, -2),
            "π": Value(np.pi),
            "first_max": _first(np.argmax),
        }
        own |= {"transposed_inverse_": lambda x: np.linalg.inv(np.swapaxes(x, -1, -2))}
        own["first_min"] = _first(np.argmin)
        if name in OTHERWISE:
            raise Unread(name)
        f = own.get(name) or getattr(np, name, None) or getattr(np.linalg, name, None)
        if isinstance(f, Value):
            return f
        if f is None:
            raise Unread(name)

        def call(*args: Any, **options: Any) -> Value:
            return Value(f(*(a.x if isinstance(a, Value) else a for a in args), **options))

        return call


def read(text: str, names: Mapping[str, Any], shape: tuple[int, ...] | None = None) -> Any:
    """The value of a formula, and if it is a contribution, in the `shape` of what it goes to."""
    text = re.sub(r"(\d)·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"{m[1]}e{m[2].translate(RAISED)}", text)
    known: dict[str, Any] = {}
    for k, name in enumerate(sorted(names, key=len, reverse=True)):
        text, count = re.subn(rf"(?<![\w.]){re.escape(name)}(?![A-Za-z0-9_₀-₉\u0304])", f"N{k}N", text)
        if count:
            known[f"N{k}N"] = Value(names[name])
    sums = re.match(r"Σ(\[ax.s [\d, ]*\])? ", text)
    text = text[sums.end() :] if sums else text
    put = re.fullmatch(r"(.*) at (\[[^\[\]]*\])", text)
    spread = re.fullmatch(r"(.*) along ax.s \(?([-\d, ]*?),?\)?", text)
    if "…" in text:
        raise Unread(text)
    if put or spread:
        text = (put or spread)[1]  # type: ignore[index]
    if any(word in text for word in SKIPPED) or " at " in text or " along " in text:
        raise Unread(text)
    for sign, code in SIGNS.items():
        text = text.replace(sign, code)
    text = re.sub(r"\|([^|]*)\|", r"absolute(\1)", text)
    text = re.sub(r"√(\w+)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    text = re.sub(r"[⌊⌈]([^⌋⌉]*)[⌋⌉]", lambda m: f"{'floor' if '⌊' in m[0] else 'ceil'}({m[1]})", text)
    text = re.sub(r"ones\((\d+(?:×\d+)*)\)", lambda m: f"ones(({m[1].replace('×', ',')},))", text)
    text = re.sub(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?!ᵀ)", lambda m: f"**({m[1].translate(RAISED)})", text)
    text = re.sub(r"(N\d+N(?:\[\d\])?|\([^()]*\))(⁻?)ᵀ", r"transposed\2_(\1)", text).replace(
        "⁻_", "_inverse_"
    )
    text = text.replace("·", "@")
    try:
        tree = _Reader().visit(ast.parse(text.strip(), mode="eval"))
    except SyntaxError as error:
        raise Unread(text) from error
    code = compile(ast.fix_missing_locations(tree), "<read>", "eval")
    words = _Words(known)
    with np.errstate(all="ignore"):
        found = eval(code, {"__builtins__": {}}, words)
    value = found.x if isinstance(found, Value) else found
    if put:
        place = np.zeros(shape)
        place[eval(f"np.s_{put[2]}", {"np": np})] += value
        value = place
    elif spread:
        axes = tuple(int(a) for a in spread[2].split(",") if a)
        value = np.broadcast_to(np.expand_dims(value, axes) if np.ndim(value) < len(shape) else value, shape)
    if shape is not None and np.shape(value) != shape:
        assert sums, f"{text} has the shape {np.shape(value)}, and not {shape}"
        value = np.sum(value, tuple(range(np.ndim(value) - len(shape))))
        value = np.sum(value, tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True)
    return value
