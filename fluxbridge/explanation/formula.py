"""Formulas as small Python expressions that can be both evaluated and written as mathematics.

A template such as ``"a.T @ dy"`` names the cotangent, the output and the inputs of a step. Put in
the names of the steps at hand it is a :class:`Formula`: ``text()`` writes ``Wᵀ · v̄3``, ``latex()``
the same for TeX, and ``evaluate()`` computes it, so the tests check the formula that is shown.
"""

from __future__ import annotations

import ast
import operator
from functools import cache
from typing import Any

import numpy as np

from ..recording.shorten import short
from .words import evaluate
from .writing import Symbol, Writer, constant, is_complex


class Formula:
    """An expression over symbols.

    >>> W = Symbol("W", "W", np.eye(2))
    >>> f = Formula("adjoint(a) @ dy * n", {"a": W, "dy": Symbol("v̄3", "", np.ones(2)), "n": 3})
    >>> f.text(), f.evaluate()
    ('Wᵀ · v̄3 · 3', array([3., 3.]))
    """

    value: Any = None  #: what it computes, where a formula around it depends on its shape

    def __init__(self, template: str, names: dict[str, Any], simplify: bool = True):
        self.symbols: dict[str, Symbol] = {}
        tree = parse(template)
        self.tree: ast.expr = _Filler(names, self.symbols, simplify).visit(tree)

    def put_into(self, symbols: dict[str, Symbol]) -> ast.expr:
        """The tree as a part of another formula, whose symbols it adds its own to, under other names.

        This formula is used up by that.
        """
        names = {name: f"{name}_{len(symbols) + k}_" for k, name in enumerate(self.symbols)}
        symbols |= {names[name]: symbol for name, symbol in self.symbols.items()}
        tree: ast.expr = _Renamer(names).visit(self.tree)
        if self.value is not None and not isinstance(self.value, tuple):
            tree.dimensions = np.ndim(self.value)  # type: ignore[attr-defined]
        return tree

    def evaluate(self) -> Any:
        """The value, computed from the tree that is shown."""
        return evaluate(self.tree, self.symbols)

    def text(self) -> str:
        return Writer(self.symbols, latex=False).write(self.tree)

    def latex(self) -> str:
        return Writer(self.symbols, latex=True).write(self.tree)

    def is_one(self) -> bool:
        return isinstance(self.tree, ast.Constant) and self.tree.value == 1

    def __repr__(self) -> str:
        return self.text()


def parse(template: str) -> ast.expr:
    """A template as a tree of its own; ``"p if c"`` stands for select(c, p)."""
    value, given, condition = template.partition(" if ")
    if given and " else " not in condition:
        template = f"select({condition}, {value})"
    return ast.parse(template, mode="eval").body


def as_contribution(slope: str) -> str:
    """The template of what a cotangent contributes, given that of the local derivative."""
    value, given, condition = slope.partition(" if ")
    if given:
        return f"{as_contribution(value)} if {condition}"
    if slope.startswith("1 / "):
        return f"dy / conj({slope[4:]})"
    return f"dy * conj({slope})"


@cache
def uses_cotangent(template: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "dy" for n in ast.walk(parse(template)))


_FOLDED: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class _Renamer(ast.NodeTransformer):
    """Gives the symbols of a formula other names; functions are called as before."""

    def __init__(self, names: dict[str, str]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.Call:
        node.args = [self.visit(a) for a in node.args]
        node.keywords = [self.visit(k) for k in node.keywords]
        return node


class _Filler(ast.NodeTransformer):
    """Replaces names by symbols and constants, and simplifies."""

    def __init__(self, names: dict[str, Any], symbols: dict[str, Symbol], simplify: bool):
        self.names = names
        self.simplify = simplify
        self.symbols = symbols
        self.real = not any(is_complex(s.value) for s in names.values() if isinstance(s, Symbol))

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id not in self.names:
            return node
        value = self.names[node.id]
        if isinstance(value, Formula):
            return value.put_into(self.symbols)
        if type(value) in (int, float) or isinstance(value, (np.integer, np.floating)):
            return ast.Constant(value.item() if isinstance(value, np.generic) else value)
        if not isinstance(value, Symbol):
            value = Symbol(short(value), short(value), value)
        self.symbols[node.id] = value
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "shape":
            inner = self.names.get(getattr(node.args[0], "id", ""))
            if isinstance(inner, Formula):  # the shape is known, and the formula does not matter
                name = f"shape{len(self.symbols)}_"
                self.symbols[name] = Symbol("", "", inner.value)
                node.args = [ast.Name(name, ast.Load())]
                return node
        node.args = [self.visit(a) for a in node.args]  # not the function: an option may have its name
        node.keywords = [self.visit(k) for k in node.keywords]
        if isinstance(node.func, ast.Name):
            if node.func.id == "conj" and self.real:
                return node.args[0]
            if node.func.id == "real" and self.real:
                return node.args[0]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        if not self.simplify:
            return node
        a, b, op = constant(node.left), constant(node.right), type(node.op)
        if a is not None and b is not None:
            try:
                folded = _FOLDED[op](a, b)
            except (ArithmeticError, KeyError):
                return node
            # a fraction stays as it was written: 1/3 says more than 0.333333
            return node if op is ast.Div and folded != round(folded) else ast.Constant(folded)
        if op is ast.Mult and ast.dump(node.left) == ast.dump(node.right) and a is None:
            return ast.BinOp(node.left, ast.Pow(), ast.Constant(2))
        if op is ast.Mult and a == -1:
            return ast.UnaryOp(ast.USub(), node.right)
        if op is ast.Mult and a == 1:
            return node.right
        if b == 1 and op in (ast.Mult, ast.Div, ast.Pow):
            return node.left
        if op in (ast.Add, ast.Sub) and b == 0:
            return node.left
        if op is ast.Add and a == 0:
            return node.right
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        value = constant(node.operand)
        if isinstance(node.op, ast.USub) and value is not None:
            return ast.Constant(-value)
        return node
