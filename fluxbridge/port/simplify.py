"""The last touch: lines of Python without needless brackets, comments put back in."""

from __future__ import annotations

import ast
import re

from .shifts import Shifts

MARK = re.compile(r"""^(\s*)(\"{3}|'{3}|['"])#([!>])(.*)\2$""")


class _Simpler(ast.NodeTransformer):
    """Small rewritings that keep the meaning."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if (
            isinstance(node.op, ast.Not)
            and isinstance(node.operand, ast.Compare)
            and len(node.operand.ops) == 1
        ):
            opposite = {ast.Is: ast.IsNot, ast.In: ast.NotIn, ast.IsNot: ast.Is, ast.NotIn: ast.In}.get(
                type(node.operand.ops[0])
            )
            if opposite is not None:
                return ast.Compare(node.operand.left, [opposite()], node.operand.comparators)
        if (
            isinstance(node.op, ast.USub)
            and isinstance(node.operand, ast.Constant)
            and isinstance(node.operand.value, (int, float))
        ):
            return node
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if (
            isinstance(node.func, ast.Name)
            and node.func.id == "range"
            and len(node.args) == 2
            and not node.keywords
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value == 0:
                return ast.Call(node.func, node.args[1:], [])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        inner = node.left
        if (
            isinstance(node.op, (ast.Add, ast.Sub)) and isinstance(node.right, ast.Constant) and type(node.right.value) is int  # noqa: E501
            and isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Add, ast.Sub)) and isinstance(inner.right, ast.Constant)  # noqa: E501
            and type(inner.right.value) is int and not isinstance(inner.left, ast.Constant)
        ):  # fmt: skip
            total = (inner.right.value if isinstance(inner.op, ast.Add) else -inner.right.value) + (
                node.right.value if isinstance(node.op, ast.Add) else -node.right.value
            )
            if _is_position(inner.left):
                if total == 0:
                    return inner.left
                return ast.BinOp(inner.left, ast.Add() if total > 0 else ast.Sub(), ast.Constant(abs(total)))
        return node


def _is_position(node: ast.AST) -> bool:
    """Whether this is a whole number for certain: a length."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def simplified(lines: list[str]) -> list[str]:
    """Lines of statements, written anew. Raises SyntaxError if they are no Python."""
    if not lines:
        return []
    tree = Shifts().visit(_Simpler().visit(ast.parse("\n".join(lines))))
    ast.fix_missing_locations(tree)
    return _comments([line for statement in tree.body for line in ast.unparse(statement).split("\n")])


def _comments(lines: list[str]) -> list[str]:
    """Comments back in: a marker is a text that stands alone on its line."""
    out: list[str] = []
    for line in lines:
        found = MARK.match(line)
        if not found:
            out.append(line)
            continue
        text = ast.literal_eval(line.strip())
        if text.startswith("#!"):
            out.append(found.group(1) + text[2:])
        elif out:
            out[-1] = f"{out[-1]}  {text[2:]}"
    return out
