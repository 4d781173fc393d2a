"""Loops that count from 0 where their variable is only used as a position.

``for i in range(1, n + 1): total += x[i - 1]`` becomes ``for i in range(n): total += x[i]``. A variable that
is shown, stored or computed with keeps Julia's value.
"""

from __future__ import annotations

import ast
from typing import Any

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Shifts(ast.NodeTransformer):
    """Move loops over ``range(1, …)`` to start at 0."""

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.target, ast.Name):
            place = _Place(node, "iter", list(node.body))
            place.shift(node.target.id)
        return node

    def visit_comprehension_of(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        for k, clause in enumerate(node.generators):
            if not isinstance(clause.target, ast.Name):
                continue
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            later = [part for c in node.generators[k + 1 :] for part in (c.iter, *c.ifs)]
            _Place(clause, "iter", [*parts, *clause.ifs, *later]).shift(clause.target.id)
        return node

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_comprehension_of


class _Place:
    """A loop: what holds its range, and where its variable is used."""

    def __init__(self, owner: Any, field: str, body: list[ast.AST]) -> None:
        self.owner, self.field, self.body = owner, field, body

    def shift(self, name: str) -> None:
        """Let the variable count from 0, if that makes the loop simpler and changes nothing else."""
        bounds = _bounds(getattr(self.owner, self.field))
        if bounds is None:
            return
        uses = _Uses(name)
        for part in self.body:
            uses.visit(part)
        if uses.lost or not uses.found:
            return
        offsets = [offset for _, offset in uses.found]
        if offsets.count(-1) <= offsets.count(0):
            return
        start, stop = (_moved(bound, -1) for bound in bounds.args[:2])
        from_zero = isinstance(start, ast.Constant) and start.value == 0 and len(bounds.args) == 2
        bounds.args[:2] = [stop] if from_zero else [start, stop]
        for part in self.body:
            _Rewrite(name).visit(part)


def _bounds(source: ast.AST) -> ast.Call | None:
    """The call of ``range``, if its first number is not 0 and it goes upwards."""
    if not (
        isinstance(source, ast.Call)
        and isinstance(source.func, ast.Name)
        and source.func.id == "range"
        and len(source.args) in (2, 3)
        and not source.keywords
    ):
        return None
    first = source.args[0]
    if isinstance(first, ast.Constant) and not (type(first.value) is int and first.value >= 1):
        return None
    return source


def _offset(node: ast.AST, name: str) -> int | None:
    """``c`` of ``i + c`` and ``i - c``."""
    if isinstance(node, ast.Name) and node.id == name:
        return 0
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, (ast.Add, ast.Sub))
        and isinstance(node.left, ast.Name)
        and node.left.id == name
        and isinstance(node.right, ast.Constant)
        and type(node.right.value) is int
    ):
        return node.right.value if isinstance(node.op, ast.Add) else -node.right.value
    return None


class _Uses(ast.NodeVisitor):
    """The positions that are made of a variable; ``lost`` if it is used otherwise."""

    def __init__(self, name: str) -> None:
        self.name, self.found, self.lost = name, [], False  # type: ignore[var-annotated]

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        index = node.slice
        for part in index.elts if isinstance(index, ast.Tuple) else [index]:
            pieces = (part.lower, part.upper) if isinstance(part, ast.Slice) else (part,)
            self._positions([piece for piece in pieces if piece is not None])
            if isinstance(part, ast.Slice) and part.step is not None:
                self.visit(part.step)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "range" and not node.keywords:
            self._positions(node.args[:2])
            for argument in node.args[2:]:
                self.visit(argument)
            return
        self.generic_visit(node)

    def _positions(self, parts: list) -> None:
        for part in parts:
            offset = _offset(part, self.name)
            if offset is None:
                self.visit(part)
            else:
                self.found.append((part, offset))

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if _offset(node, self.name) == -1:
            self.found.append((node, -1))
            return
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == self.name:
            self.lost = True

    def visit_arg(self, node: ast.arg) -> None:
        if node.arg == self.name:
            self.lost = True

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.lost = self.lost or self.name in node.names


class _Rewrite(ast.NodeTransformer):
    """Write the positions anew for a variable that is one less."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        offset = _offset(node, self.name)
        if offset is not None:
            return _moved(ast.Name(self.name, ast.Load()), offset + 1)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return _moved(ast.Name(self.name, ast.Load()), 1) if node.id == self.name else node


def _moved(node: Any, by: int) -> Any:
    """``node + by`` of a whole number, written shortly."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + by)
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, (ast.Add, ast.Sub))
        and isinstance(node.right, ast.Constant)
        and type(node.right.value) is int
    ):
        by += node.right.value if isinstance(node.op, ast.Add) else -node.right.value
        node = node.left
    if by == 0:
        return node
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def moved(code: str, by: int) -> str:
    """Code of a whole number, so much further: ``n + 1`` and back again is ``n``."""
    try:
        node: Any = ast.parse(code, mode="eval").body
    except SyntaxError:
        return f"{code} {'+' if by > 0 else '-'} {abs(by)}"
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ):
        node = ast.Constant(-node.operand.value)  # type: ignore[operator]
    return ast.unparse(_moved(node, by))
