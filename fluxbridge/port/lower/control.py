"""Control flow: conditions, loops, ``return``, ``try``."""

from __future__ import annotations

from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    NONE,
    STR,
    Kind,
)
from ..syntax import Expr, Literal, Name, Node
from .assignments import BLOCKS, Assignments, Sink
from .core import Refused, Value
from .operators import COMPARISONS
from .scope import Scope, python_name, scan, targets
from .words import EXCEPTIONS


class Control(Assignments):
    """``if``, ``for``, ``while``, ``try``, ``&&`` and ``||`` as statements."""

    def _s_block(self, node: Expr, sink: Sink) -> list[str]:
        return self.block(node.args, sink, node.at, node.end)

    def _s_if(self, node: Expr, sink: Sink) -> list[str]:
        if sink is not None and self._simple_if(node):
            code, kind = self.expr(node)
            return sink(code, kind)
        test = node.args[0]
        if isinstance(test, Expr) and test.head == "block":
            test = test.args[-1]
        code = "__name__ == '__main__'" if is_main(test) else self.condition(test)
        lines = [f"if {code}:", *self.indent(self.branch(node.args[1], sink))]
        if len(node.args) > 2:
            other = node.args[2]
            if isinstance(other, Expr) and other.head == "elseif":
                with self.hoisting() as hoisted:
                    rest = self._s_if(other, sink)
                if hoisted or not rest[0].startswith("if "):
                    lines += ["else:", *self.indent(hoisted + rest)]
                else:
                    lines += ["el" + rest[0], *rest[1:]]
            else:
                lines += ["else:", *self.indent(self.branch(other, sink))]
        elif sink is not None:
            lines += ["else:", *self.indent(sink("None", NONE))]
        return lines

    _s_elseif = _s_if

    def branch(self, node: Node, sink: Sink) -> list[str]:
        """The lines of a branch."""
        if isinstance(node, Expr) and node.head == "block":
            return self.block(node.args, sink, node.at, node.end)
        return self.statement(node, sink)

    def _s_and(self, node: Expr, sink: Sink) -> list[str]:
        return self._short(node, sink, "")

    def _s_or(self, node: Expr, sink: Sink) -> list[str]:
        return self._short(node, sink, "not ")

    def _short(self, node: Expr, sink: Sink, negation: str) -> list[str]:
        if sink is not None:
            right: Any = node.args[1]
            needs = isinstance(right, Expr) and (
                right.head in BLOCKS | {"return", "break", "continue", "block"}
                or (right.head.endswith("=") and right.head not in ("==", "!=", "<=", ">="))
            )
            if not needs:
                with self.hoisting() as hoisted:
                    try:
                        code, kind = self.expr(node)
                        needs = False
                    except Refused:
                        needs = True
                if not needs:
                    self.before.extend(hoisted)
                    return sink(code, kind)
            test = self.condition(node.args[0])
            return [f"if {negation}{test}:", *self.indent(self.branch(node.args[1], sink)), "else:",
                    *self.indent(sink("True" if negation else "False", BOOL))]  # fmt: skip
        if self.scope.kind == "file" and self._is_question(node.args[1]):
            return [self.expr(node)[0]]
        test = self.condition(node.args[0])
        return [f"if {negation}{test}:", *self.indent(self.branch(node.args[1], None))]

    def _is_question(self, node: Node) -> bool:
        """Whether a value is asked for, not something done: ``isempty(v)``, ``a < b``."""
        if isinstance(node, Expr) and node.head in ("&&", "||"):
            return all(self._is_question(a) for a in node.args)
        if isinstance(node, Expr) and node.head == "call" and isinstance(node.args[0], Name):
            name = node.args[0].text
            return (
                name in COMPARISONS or name in ("!", "≈", "===", "∈", "in") or name.startswith(("is", "has"))
            )
        return isinstance(node, (Name, Literal)) or (isinstance(node, Expr) and node.head == "comparison")

    def failure(self, node: Node) -> list[str] | None:
        """``error("…")`` and ``throw(DomainError(…))`` as ``raise``."""
        if not (isinstance(node, Expr) and node.head == "call" and isinstance(node.args[0], Name)):
            return None
        name, args = node.args[0].text, node.args[1:]
        if name not in ("error", "throw") or self.lookup(name) is not None or len(args) != 1:
            return None
        if name == "error":
            code, kind = self.reader(args[0])
            if kind != STR:
                code = f"{self.jl('string')}({code})"
            return [f"raise {self.jl('ErrorException')}({code})"]
        what = args[0]
        if not (isinstance(what, Expr) and what.head == "call" and isinstance(what.args[0], Name)):
            return None
        if what.args[0].text not in EXCEPTIONS or self.lookup(what.args[0].text) is not None:
            return None
        return [f"raise {self.expr(what)[0]}"]

    def _s_while(self, node: Expr, sink: Sink) -> list[str]:
        scope = self.loop_scope(node, node.args[1])
        with self.inside(scope):
            with self.hoisting() as hoisted:
                test = self.condition(node.args[0])
            body = self.branch(node.args[1], None)
            if hoisted:
                lines = ["while True:", *self.indent([*hoisted, f"if not {test}:", "    break", *body])]
            else:
                lines = [f"while {test}:", *self.indent(body)]
        return lines + (sink("None", NONE) if sink else [])

    def loop_scope(self, node: Expr, body: Node) -> Scope:
        """The scope of a loop; in a script, globals that it assigns without ``global`` are new variables."""
        scope = Scope("block", ("loop", node.at), self.scope)
        found = scan([body])
        for name in found.locals:
            if self.scope.find(name) is not None:
                scope.add(name, python_name(name) + "_")
        if self.scope.kind == "file" and not self.soft:
            for name in [*found.plain, *found.looped]:
                variable = self.scope.find(name)
                if (
                    variable is not None
                    and name not in found.globals
                    and name in self.settled
                    and not variable.functions
                ):
                    scope.add(name, python_name(name) + "_")
        return scope

    settled: frozenset[str] | set[str] = frozenset()

    def _s_for(self, node: Expr, sink: Sink) -> list[str]:
        head = node.args[0]
        ranges = head.args if isinstance(head, Expr) and head.head == "block" else [head]
        if len(ranges) > 1 and self._breaks(node.args[1]):
            lines = self._product_loop(node, ranges)
        else:
            lines = self._nested(node, list(ranges), node.args[1])
        return lines + (sink("None", NONE) if sink else [])

    def _breaks(self, body: Node) -> bool:
        if not isinstance(body, Expr) or body.head in ("for", "while", "->", "function", "comprehension"):
            return False
        return body.head == "break" or any(self._breaks(a) for a in body.args)

    def _product_loop(self, node: Expr, ranges: Any) -> list[str]:
        """``for i in xs, j in ys`` that is left as a whole by ``break``."""
        scope = self.loop_scope(node, node.args[1])
        names = [n for one in ranges for n in targets(one.args[0])]
        depends = any(self._uses(one.args[1], names) for one in ranges)
        parts, sources = [], []
        with self.inside(scope):
            assigned = scan([node.args[1]])
            for one in ranges:
                source, kind = self.loop_source(one.args[1])
                parts.append(self.loop_target(one.args[0], kind, scope))
                if getattr(one.args[0], "text", "") not in {*assigned.plain, *assigned.looped}:
                    self.bounded(one, scope)
                sources.append(source)
            body = self.branch(node.args[1], None)
        every = ", ".join(parts)
        if depends or "itertools" in self.taken:
            loops = " ".join(f"for {p} in {s}" for p, s in zip(parts, sources, strict=True))
            return [f"for {every} in (({every}) {loops}):", *self.indent(body)]
        self.imports.add("itertools")
        return [f"for {every} in itertools.product({', '.join(sources)}):", *self.indent(body)]

    def _nested(self, node: Expr, ranges: list[Any], body: Node) -> list[str]:
        one = ranges[0]
        source, kind = self.loop_source(one.args[1])
        scope = (
            self.loop_scope(node, body)
            if len(ranges) == 1
            else Scope("block", ("loop", node.at, one.at), self.scope)
        )
        with self.inside(scope):
            target_node = one.args[0]
            before: list[str] = []
            if (
                isinstance(target_node, Expr)
                and target_node.head == "tuple"
                and target_node.args
                and isinstance(target_node.args[0], Expr)
                and target_node.args[0].head == "parameters"
            ):
                target = self.fresh("item")
                names = [a for a in target_node.args[0].args if isinstance(a, Name)]
                parts = [self.loop_target(a, self._field_kind(kind, a.text), scope) for a in names]
                before = [
                    f"{', '.join(parts)} = {', '.join(f'{target}.{python_name(a.text)}' for a in names)}"
                ]
            else:
                target = self.loop_target(target_node, kind, scope)
                assigned = scan([body])
                if getattr(target_node, "text", "") not in {*assigned.plain, *assigned.looped}:
                    self.bounded(one, scope)
            target = target[1:-1] if target.startswith("(") and not target.endswith(",)") else target
            inner = self._nested(node, ranges[1:], body) if len(ranges) > 1 else self.branch(body, None)
            return [f"for {target} in {source}:", *self.indent(before + inner)]

    def _field_kind(self, kind: Kind, name: str) -> Kind:
        if kind.tag == "record":
            return dict(kind.args).get(python_name(name), ANY)
        return ANY

    def loop_source(self, node: Node) -> Value:
        """What a loop goes over, and the kind of what it gives."""
        code, kind = self.loop_value(node)
        return self.iterable(code, kind), self.iterated_kind(node, kind)

    def _s_break(self, node: Expr, sink: Sink) -> list[str]:
        return ["break"]

    def _s_continue(self, node: Expr, sink: Sink) -> list[str]:
        return ["continue"]

    def _s_return(self, node: Expr, sink: Sink) -> list[str]:
        if self.result_kinds is None:
            self.refuse("return outside of a function", node)
        return self.statement(node.args[0], self.returning)

    def returning(self, code: str, kind: Kind) -> list[str]:
        """The sink of ``return``."""
        assert self.result_kinds is not None
        self.result_kinds.append(kind)
        return [f"return {code}"]

    def _s_try(self, node: Expr, sink: Sink) -> list[str]:
        block, caught, handler = node.args[:3]
        final = node.args[3] if len(node.args) > 3 else None
        otherwise = node.args[4] if len(node.args) > 4 else None
        self.in_try += 1
        try:
            lines = ["try:", *self.indent(self.branch(block, sink))]
        finally:
            self.in_try -= 1
        if isinstance(handler, Expr):
            name = caught.text if isinstance(caught, Name) else None
            scope = Scope("block", ("catch", node.at), self.scope)
            if name is not None:
                taken = self.scope.find(name)
                variable = scope.add(
                    name, python_name(name) + ("_" if taken is not None else ""), fixed=Kind("error")
                )
                lines.append(f"except Exception as {variable.python}:")
            else:
                lines.append("except Exception:")
            with self.inside(scope):
                lines += self.indent(self.branch(handler, sink))
        if isinstance(otherwise, Expr):
            lines += ["else:", *self.indent(self.branch(otherwise, sink))]
        if isinstance(final, Expr):
            lines += ["finally:", *self.indent(self.branch(final, None))]
        return lines


def is_main(test: Node) -> bool:
    """``abspath(PROGRAM_FILE) == @__FILE__``: whether the file is run as a program."""
    if not (
        isinstance(test, Expr)
        and test.head == "call"
        and isinstance(test.args[0], Name)
        and test.args[0].text == "=="
    ):
        return False
    macros = [
        a
        for a in test.args[1:]
        if isinstance(a, Expr) and a.head == "macrocall" and getattr(a.args[0], "text", "") == "@__FILE__"
    ]
    return len(macros) == 1
