"""Statements with their comments; ``let`` and declarations."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Any

from ..kinds import (
    BOTTOM,
    NONE,
    Kind,
    join,
)
from ..syntax import Comment, Expr, Name, Node
from .assignments import HEADS, Sink
from .control import Control
from .scope import Scope, is_definition, python_name, scan, targets


class Statements(Control):
    """Statements as lines of Python; the value of the last one goes to a sink."""

    def block(self, nodes: list[Node], sink: Sink = None, start: int = -1, end: int = -1) -> list[str]:
        """The lines of several statements; the value of the last one goes to ``sink``."""
        lines: list[str] = []
        here = start
        for i, node in enumerate(nodes):
            at = getattr(node, "at", -1)
            if here >= 0 and at >= 0:
                lines += self.comment_lines(here, at)
            stop = getattr(node, "end", -1)
            lines += self.statement(node, sink if i == len(nodes) - 1 else None)
            if at >= 0:
                trailing = self.trailing_comment(max(at, stop))
                if trailing and lines:
                    lines.append(f"'#>{trailing}'")
                here = max(stop, at + 1, here)
        if here >= 0 and end >= 0:
            lines += self.comment_lines(here, end)
        if not nodes and sink is not None:
            lines += sink("None", NONE)
        return lines

    def comments_from(self, at: int) -> Iterator[Comment]:
        """The comments from a place on."""
        if self.places is None:
            self.places = [c.at for c in self.comments]
        first = bisect.bisect_left(self.places, at)
        return iter(self.comments[first : first + 64])

    places: list[int] | None = None

    def comment_lines(self, start: int, end: int) -> list[str]:
        """The comments of their own lines between two places, as markers."""
        lines = []
        here = start
        while True:
            found = [c for c in self.comments_from(here) if c.at < end]
            lines += [f"'#!{quote(c.text)}'" for c in found if not c.trailing and not c.text.startswith("#=")]
            if len(found) < 64:
                return lines
            here = found[-1].at + 1

    def trailing_comment(self, at: int) -> str:
        """The comment behind the statement that ends here."""
        line_end = self.text.find("\n", at)
        line_end = len(self.text) if line_end < 0 else line_end
        for c in self.comments_from(at):
            if c.at > line_end:
                break
            if c.trailing and not c.text.startswith("#="):
                return quote(c.text)
        return ""

    def statement(self, node: Node, sink: Sink = None) -> list[str]:
        """The lines of one statement."""
        with self.hoisting() as hoisted:
            lines = self._statement(node, sink)
        return hoisted + lines

    def _statement(self, node: Node, sink: Sink) -> list[str]:
        if isinstance(node, Expr):
            if is_definition(node):
                lines = self.definition(node)
                return lines + (sink(self.defined_name(node), Kind("function")) if sink else [])
            method = getattr(self, "_s_" + HEADS.get(node.head, node.head), None)
            if method is not None:
                return method(node, sink)
            if node.head.endswith("=") and node.head not in ("==", "!=", "<=", ">="):
                return self.assignment(node, sink)
        raised = self.failure(node)
        if raised is not None:
            return raised
        level, self.statement_level = self.statement_level, sink is None
        try:
            code, kind = self.tracked(node) if sink is not None else self.expr(node)
        finally:
            self.statement_level = level
        if sink is None and code == "None":
            return []
        return sink(code, kind) if sink is not None else [code]

    def _s_let(self, node: Expr, sink: Sink) -> list[str]:
        head, body = node.args
        bindings = head.args if isinstance(head, Expr) and head.head == "block" else [head]
        name = "_" + self.fresh("let")
        scope = Scope("function", ("let", node.at), self.scope)
        outer_kinds, self.result_kinds = self.result_kinds, []
        lines: list[str] = []
        try:
            with self.inside(scope):
                for one in bindings:
                    if isinstance(one, Expr) and one.head == "=":
                        grown = isinstance(one.args[0], Name) and one.args[0].text in self.grown
                        outside: Any = scope.parent if self._self_bound(one) else scope
                        with self.inside(outside), self.hoisting() as hoisted:
                            code, kind = self.expr(one.args[1], "list" if grown else None)
                        for n in targets(one.args[0]):
                            if n not in scope.names:
                                scope.add(n)
                        if self._self_bound(one):
                            inner = self.fresh("outer")
                            lines_before = [f"{inner} = {code}"]
                            self.before.extend(hoisted + lines_before)
                            code, hoisted = inner, []
                        lines += hoisted + self.store(one.args[0], code, kind)
                    elif isinstance(one, Name):
                        scope.add(one.text)
                self.declare(scope, body.args if isinstance(body, Expr) else [body])
                inner_lines = self.block(body.args if isinstance(body, Expr) else [body], self.returning)
                result = BOTTOM
                for kind in self.result_kinds:
                    result = join(result, kind)
            self.declared_lines(scope, lines)
            made = [f"def {name}():", *self.indent(self.declarations(scope) + lines + inner_lines)]
        finally:
            self.result_kinds = outer_kinds
        if sink is None:
            return [*made, f"{name}()"]
        return made + sink(f"{name}()", result)

    def _self_bound(self, one: Expr) -> bool:
        names = set(targets(one.args[0]))
        return bool(names) and any(self._uses(one.args[1], [n]) for n in names)

    def declared_lines(self, scope: Scope, lines: list[str]) -> None:
        """Nothing yet: declarations are made by :meth:`declarations`."""

    def declare(self, scope: Scope, nodes: list[Node]) -> None:
        """Enter the variables of a body into its scope."""
        found = scan(nodes)
        scope.globals |= found.globals
        for name in (*found.plain, *found.looped):
            if name in found.globals or name in scope.names:
                continue
            outer = scope.parent.find(name) if scope.parent is not None else None
            if outer is not None and outer.scope.home.kind != "file" and name not in found.locals:
                scope.nonlocals.add(name)
            elif (
                name not in found.looped
                or outer is None
                or name in found.plain
                or name in found.locals
                or outer.scope.home.kind == "file"
            ):
                scope.add(name)
        for name in found.locals:
            if name not in scope.names:
                scope.add(name)
        for name, definitions in found.functions.items():
            if name not in scope.names:
                scope.add(name, functions=definitions)

    def declarations(self, scope: Scope) -> list[str]:
        """``nonlocal`` and ``global`` lines of a function."""
        lines = []
        assigned = sorted(scope.nonlocals)
        names = [v.python for n in assigned if (v := scope.find(n)) is not None and v.scope is not scope]
        if names:
            lines.append(f"nonlocal {', '.join(names)}")
        if scope.globals:
            lines.append(f"global {', '.join(sorted(python_name(n) for n in scope.globals))}")
        return lines

    def _s_global(self, node: Expr, sink: Sink) -> list[str]:
        home = self.scope.home
        lines: list[str] = []
        for a in node.args:
            names = targets(a if not (isinstance(a, Expr) and a.head.endswith("=")) else a.args[0])
            for name in names:
                if home.kind != "file":
                    home.globals.add(name)
                elif self.scope.kind == "block":
                    self.scope.names.pop(name, None)
            if isinstance(a, Expr) and a.head.endswith("="):
                lines += self.statement(a, sink)
        return lines

    def _s_local(self, node: Expr, sink: Sink) -> list[str]:
        lines: list[str] = []
        for a in node.args:
            for name in targets(a if not (isinstance(a, Expr) and a.head.endswith("=")) else a.args[0]):
                if name not in self.scope.names:
                    taken = self.scope.find(name)
                    self.scope.add(name, python_name(name) + ("_" if taken is not None else ""))
            if isinstance(a, Expr) and a.head.endswith("="):
                lines += self.statement(a, sink)
        return lines

    def _s_const(self, node: Expr, sink: Sink) -> list[str]:
        return self.statement(node.args[0], sink)


def quote(text: str) -> str:
    """A comment inside of a marker."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
