"""Closures: lambdas, functions inside of functions, ``do``."""

from __future__ import annotations

from typing import Any

from ..kinds import Kind
from ..syntax import Expr, Literal, Name, Node
from .core import Refused, Value
from .parameters import Parameters
from .scope import Scope, python_name
from .words import STATEMENTS


class Closures(Parameters):
    """``x -> …``."""

    def lambda_value(self, node: Node, kinds: Any, bind: Any = None, name: str | None = None) -> Value:
        """``x -> …``: a lambda, or a ``def`` before the statement."""
        assert isinstance(node, Expr)
        key = node.at
        if kinds is not None:
            for i, kind in enumerate(kinds):
                self.learn_parameter((key, i), kind)
        head = node.args[0]
        wheres: list[Node] = []
        while (
            isinstance(head, Expr)
            and head.head in ("where", "::")
            and not (head.head == "::" and isinstance(head.args[0], Name))
        ):
            head = head.args[0]
        parameters = head.args if isinstance(head, Expr) and head.head == "tuple" else [head]
        if isinstance(head, Expr) and head.head == "block":
            named = [
                Expr("kw", a.args, a.at, a.end) if isinstance(a, Expr) and a.head == "=" else a
                for a in head.args[1:]
            ]
            parameters = [Expr("parameters", named), head.args[0]]
        body = node.args[1]
        statements = body.args if isinstance(body, Expr) and body.head == "block" else [body]
        captured = self.captured_loop_variables(node) if bind is not None else []
        if (
            len(statements) == 1
            and all(self._simple_parameter(p) for p in parameters)
            and not self._has_comment(node)
        ):
            made = self.short_lambda(statements[0], parameters, key, captured)
            if made is not None:
                return made
        if self.closed:
            self.refuse("a function of several statements inside of a condition or a comprehension", node)
        python = self.free_name("f", "g", "h") if name is None else python_name(name)
        if name is not None:
            variable = self.lookup(name)
            if variable is None or variable.scope.home is not self.scope.home:
                variable = self.scope.home.add(name)
            python = variable.python
            self.learn(variable, Kind("lambda", (key,)))
        lines = self.function(
            python, list(parameters), wheres, body, node, dispatch=False, key=key, bind=captured
        )
        self.before.extend(lines)
        if name is not None:
            return python, Kind("lambda", (key,))
        return python, Kind("lambda", (key,))

    def _has_comment(self, node: Expr) -> bool:
        return any(node.at <= c.at < node.end for c in self.comments)

    @staticmethod
    def _simple_parameter(p: Node) -> bool:
        if isinstance(p, Expr) and p.head == "::" and len(p.args) == 2:
            p = p.args[0]
        if isinstance(p, Expr) and p.head == "...":
            p = p.args[0]
        if isinstance(p, Expr) and p.head in ("kw", "=") and isinstance(p.args[1], Literal):
            p = p.args[0]
        if isinstance(p, Expr) and p.head == "parameters":
            return False
        return isinstance(p, Name)

    def short_lambda(self, body: Node, parameters: Any, key: Any, captured: list[str]) -> Value | None:
        """A lambda of Python, if the body is one expression."""
        while isinstance(body, Expr) and body.head == "block" and len(body.args) == 1:
            body = body.args[0]
        if isinstance(body, Expr) and (
            body.head in STATEMENTS
            or body.head == "block"
            or (body.head.endswith("=") and body.head not in ("==", "!=", "<=", ">="))
        ):
            return None
        scope = Scope("function", key, self.scope)
        closed, self.closed = self.closed, True
        outer_kinds, self.result_kinds = self.result_kinds, []
        counter, given = self.counter, set(self.given)
        defaults: list[str] = []
        self.in_try += key in self.tried
        try:
            with self.inside(scope), self.hoisting() as hoisted:
                signature, opening = self.signature(list(parameters), key, False, defaults)
                try:
                    code, kind = self.tracked(body)
                except Refused as refusal:
                    if "inside of a condition" in refusal.reason or "needed twice" in refusal.reason:
                        self.counter, self.given = counter, given
                        return None
                    raise
            if hoisted or opening or defaults:
                self.given = given
                return None
            self.learn_result(key, kind)
        finally:
            self.closed, self.result_kinds = closed, outer_kinds
            self.in_try -= key in self.tried
        signature += [f"{n}={n}" for n in captured]
        head = f"lambda {', '.join(signature)}" if signature else "lambda"
        return f"({head}: {code})", Kind("lambda", (key,))

    def captured_loop_variables(self, node: Expr) -> list[str]:
        """Loop variables around a closure that it uses: Julia makes new ones each time around."""
        found: dict[str, None] = {}
        own: set[str] = set()
        heads: list[Any] = [node.args[0]]
        while heads:
            part = heads.pop()
            if isinstance(part, Name):
                own.add(part.text)
            elif isinstance(part, Expr):
                heads.extend(part.args[:1] if part.head in ("kw", "=", "::") else part.args)

        def visit(n: Any) -> None:
            if isinstance(n, Name) and n.text not in own:
                scope: Scope | None = self.scope
                while scope is not None and scope.kind == "block":
                    variable = scope.names.get(n.text)
                    if variable is not None and variable.loop:
                        found[variable.python] = None
                    elif scope.key[0] == "loop" and self.made_in_loop(n.text, scope.key[1], node):
                        found[(variable or self.scope.find(n.text) or n).python] = None  # type: ignore[union-attr]
                    scope = scope.parent
            elif isinstance(n, Expr):
                for a in n.args:
                    visit(a)

        visit(node.args[1])
        return list(found)

    def made_in_loop(self, name: str, loop: int, closure: Expr) -> bool:
        """Whether a variable that a closure uses is a new one each time around the loop at ``loop``. Refuses
        one that changes after the closure is made: Python has one variable for all iterations."""
        variable = self.scope.find(name)
        if variable is None or variable.loop or variable.functions or variable.struct is not None:
            return False
        around = [d for d in self.definitions_at if d.at < closure.at < d.end]
        inner = max(around, key=lambda d: d.at) if around else None
        if inner is not None and self._uses(inner.args[0], [name]):
            return False
        places = self.assignments.get(name, ())
        if inner is not None:
            places = [p for p in places if inner.at <= p < inner.end]
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.globals:
                return False
            scope = scope.parent
        if not places:
            return False
        end = self.loops.get(loop, -1)
        if not all(loop <= p < end for p in places):
            return False
        if any(p >= closure.at for p in places):
            self.refuse(f"a closure in a loop over {name}, which changes after the closure is made", closure)
        return True

    def _x_do(self, node: Expr) -> Value:
        call, arrow = node.args
        assert isinstance(call, Expr) and isinstance(arrow, Expr)
        arrow = Expr("->", arrow.args, arrow.at if arrow.at >= 0 else node.at, arrow.end)
        if call.head == "macrocall":
            self.refuse("do after a macro", node)
        rest = call.args[1:]
        if call.head == ".":
            self.refuse("do after a broadcast call", node)
        parameters = [a for a in rest if isinstance(a, Expr) and a.head == "parameters"]
        others = [a for a in rest if not (isinstance(a, Expr) and a.head == "parameters")]
        return self.expr(Expr("call", [call.args[0], *parameters, arrow, *others], node.at, node.end))

    def _x_function(self, node: Expr) -> Value:
        head = node.args[0]
        if isinstance(head, Expr) and head.head == "tuple":
            return self.lambda_value(
                Expr("->", [head, node.args[1]], node.at, node.end), None, bind=self.scope
            )
        self.before.extend(self.definition(node))
        return self.defined_name(node), Kind("function")
