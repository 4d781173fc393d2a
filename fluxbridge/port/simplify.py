"""The last touch: lines of Python without needless brackets, comments put back in."""

from __future__ import annotations

import ast
import re
from typing import Any

from .shifts import Shifts

MARK = re.compile(r"""^(\s*)(\"{3}|'{3}|['"])#([!>])(.*)\2$""")
OPPOSITES: dict[type, type] = {ast.Is: ast.IsNot, ast.In: ast.NotIn, ast.IsNot: ast.Is, ast.NotIn: ast.In}


class _Simpler(ast.NodeTransformer):
    """Small rewritings that keep the meaning."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.operand
        if not (isinstance(node.op, ast.Not) and isinstance(inner, ast.Compare) and len(inner.ops) == 1):
            return node
        opposite = OPPOSITES.get(type(inner.ops[0]))
        if opposite is None and _is_size(inner.left):
            opposite = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}.get(type(inner.ops[0]))
        return ast.Compare(inner.left, [opposite()], inner.comparators) if opposite is not None else node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        node.test = _asked(node.test)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.test = _asked(node.test)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        node.test = _asked(node.test)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "range" and len(node.args) == 2:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value == 0 and not node.keywords:
                return ast.Call(node.func, node.args[1:], [])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.left
        if not (isinstance(inner, ast.BinOp) and _is_size(inner.left)):
            return node
        first, second = _step(inner), _step(node)
        if first is None or second is None:
            return node
        total = first + second
        if total == 0:
            return inner.left
        return ast.BinOp(inner.left, ast.Add() if total > 0 else ast.Sub(), ast.Constant(abs(total)))


def _asked(test: ast.expr) -> ast.expr:
    """``not not x`` where only the truth of it matters."""
    while (
        isinstance(test, ast.UnaryOp)
        and isinstance(test.op, ast.Not)
        and isinstance(test.operand, ast.UnaryOp)
        and isinstance(test.operand.op, ast.Not)
    ):
        test = test.operand.operand
    return test


def _step(node: ast.BinOp) -> int | None:
    """``c`` of ``x + c`` and ``x - c``."""
    if not (isinstance(node.op, (ast.Add, ast.Sub)) and isinstance(node.right, ast.Constant)):
        return None
    value = node.right.value
    return None if type(value) is not int else value if isinstance(node.op, ast.Add) else -value


def _is_size(node: ast.AST) -> bool:
    """Whether this is a whole number for certain: a length."""
    return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len") or (
        isinstance(node, ast.Attribute) and node.attr == "size"
    )


class _Bare(ast.NodeTransformer):
    """Takes out what :mod:`ast` writes with more brackets than a person: tuples that are returned or
    assigned, and a generator that is the only argument. Names stand for them until all is written."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def _bare(self, node: Any) -> ast.Name:
        name = f"__bare_{len(self.texts)}__"
        text = ast.unparse(node)
        self.texts[name] = text[1:-1]
        return ast.Name(name, ast.Load())

    @staticmethod
    def _is_open(node: ast.AST | None) -> bool:
        return isinstance(node, ast.Tuple) and len(node.elts) > 1

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if self._is_open(node.value):
            node.value = self._bare(node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        if self._is_open(node.value):
            node.value = self._bare(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.GeneratorExp):
            node.args = [self._bare(node.args[0])]
        return node

    def written(self, text: str) -> str:
        """The text with all of them back in."""
        for name, part in reversed(self.texts.items()):
            text = text.replace(name, part)
        return text


def simplified(lines: list[str]) -> list[str]:
    """Lines of statements, written anew. Raises SyntaxError if they are no Python."""
    if not lines:
        return []
    tree = Shifts().visit(_Simpler().visit(ast.parse("\n".join(lines))))
    bare = _Bare()
    tree = bare.visit(tree)
    ast.fix_missing_locations(tree)
    written = [line for statement in tree.body for line in ast.unparse(statement).split("\n")]
    return _comments([bare.written(line) for line in written])


def _comments(lines: list[str]) -> list[str]:
    """Comments back in: a marker is a text that stands alone on its line. One that stands above a definition
    stays next to it."""
    out: list[str] = []
    for line in lines:
        found = MARK.match(line)
        if not found:
            above = len(out) - 1
            if line == "" and out and out[-1].lstrip().startswith("#"):
                while above > 0 and out[above - 1].lstrip().startswith("#"):
                    above -= 1
                out.insert(above, "")
            else:
                out.append(line)
            continue
        text = ast.literal_eval(line.strip())
        if text.startswith("#!"):
            out.append(found.group(1) + text[2:])
        elif out:
            out[-1] = f"{out[-1]}  {text[2:]}"
    return out
