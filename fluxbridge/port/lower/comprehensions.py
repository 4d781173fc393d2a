"""Comprehensions, generators, and what loops go over."""

from __future__ import annotations

from typing import Any, ClassVar

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    F32,
    FLOAT,
    INT,
    NAT,
    NUMBERS,
    STR,
    SYM,
    Kind,
    arr,
)  # fmt: skip
from ..syntax import Expr, Literal, Name, Node
from .core import Refused, Value
from .matrices import Matrices
from .scope import Scope, Variable, python_name, targets
from .words import DTYPES, ELEMENT_KINDS, TYPE_OF

LAZY = frozenset(("enumerate", "zip", "keys", "values", "pairs", "eachrow", "eachcol"))


class Comprehensions(Matrices):
    """``[f(x) for x in xs if …]``."""

    def _x_comprehension(self, node: Expr, want: Any = None) -> Value:
        return self._comprehension(node.args[0], None, want)

    def _x_typed_comprehension(self, node: Expr) -> Value:
        element = self.element_of_type(node.args[0])
        if element is None:
            self.refuse("a typed comprehension of this type", node)
        return self._comprehension(node.args[1], element, None)

    def clauses(self, node: Node) -> tuple[Node, list[tuple[list[Expr], Node | None]]]:
        """The element of a generator and its ``for`` parts with conditions, outermost first."""
        groups: list[tuple[list[Expr], Node | None]] = []
        here: Any = node
        while isinstance(here, Expr) and here.head in ("generator", "flatten"):
            if here.head == "flatten":
                here = here.args[0]
            ranges, test = here.args[1:], None
            if ranges and isinstance(ranges[0], Expr) and ranges[0].head == "filter":
                test, ranges = ranges[0].args[0], ranges[0].args[1:]
            groups.append((ranges, test))
            inner = here.args[0]
            if not (
                (isinstance(inner, Expr) and inner.head in ("generator", "flatten") and here is not node)
                or False
            ) and not (
                isinstance(inner, Expr) and inner.head == "generator" and self._flattened(node, len(groups))
            ):
                return inner, groups
            here = inner
        return here, groups

    @staticmethod
    def _flattened(node: Any, depth: int) -> bool:
        count, here = 0, node
        while isinstance(here, Expr) and here.head == "flatten":
            count += 1
            here = here.args[0]
            if isinstance(here, Expr):
                here = here.args[0]
        return count >= depth

    def generate(self, node: Node) -> tuple[str, Kind, str]:
        """The element code, its kind, and the ``for … in … if …`` part of a generator."""
        element, groups = self.clauses(node)
        parts: list[str] = []
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        outer = self.scope
        closed, self.closed = self.closed, True
        try:
            self.scope = scope
            for ranges, test in groups:
                for one in ranges:
                    parts.append(self.for_clause(one, scope))
                if test is not None:
                    parts.append("if " + self.expr(test)[0])
            with self.hoisting() as hoisted:
                code, kind = self.escaping(element, scope)
            if hoisted:
                raise Refused("a comprehension whose element needs statements", getattr(node, "at", -1))
        finally:
            self.scope, self.closed = outer, closed
        return code, kind, " ".join(parts)

    def escaping(self, node: Node, scope: Scope) -> Value:
        """A value that outlives the iteration: closures take the loop variables with them."""
        return (
            self.lambda_value(node, None, bind=scope)
            if isinstance(node, Expr) and node.head == "->"
            else self.held(node)
        )

    def for_clause(self, one: Node, scope: Scope) -> str:
        """``for x in xs`` of a comprehension."""
        assert isinstance(one, Expr)
        source, kind = self.loop_value(one.args[1])
        target = self.loop_target(one.args[0], self.iterated_kind(one.args[1], kind), scope)
        self.bounded(one, scope)
        return f"for {target} in {self.iterable(source, kind, one.args[1])}"

    looping = False

    def loop_value(self, node: Node) -> Value:
        """What a loop goes over, once: ``keys(d)`` and ``enumerate(xs)`` need no list."""
        lazy = (
            isinstance(node, Expr)
            and node.head == "call"
            and isinstance(node.args[0], Name)
            and node.args[0].text in LAZY
        )
        before, self.looping = self.looping, lazy
        try:
            return self.expr(node)
        finally:
            self.looping = before

    def iterated_kind(self, node: Node, kind: Kind) -> Kind:
        """The kind of what a loop over this gives."""
        if kind.tag in ("iter", "loader"):
            return kind.args[0]
        if kind == BOTTOM:
            return BOTTOM
        return (
            kind.element
            if kind.tag in ("arr", "range", "set", "str", "tuple", "dict")
            else kind
            if kind in NUMBERS
            else ANY
        )

    def iterable(self, code: str, kind: Kind, node: Any = None) -> str:
        """Code that Python can loop over."""
        if kind.tag == "str" and self.told:
            return f"{self.jl('iterate')}({code})"
        if kind.tag in ("iter", "loader", "range", "tuple", "str", "set", "bottom", "layers") or (
            kind.tag == "arr" and kind.rank == 1
        ):
            return code
        if kind.tag == "dict":
            return self.walked(code, kind) + ".items()"
        return f"{self.jl('iterate')}({code})"

    def shown(self, value: Value) -> str:
        """A value that is printed, or gone through by a helper."""
        code, kind = value
        named = kind.tag == "arr" and kind.stored == "list" and kind.element in TYPE_OF
        if self.shrinks and named and not code.startswith("["):
            return f"{self.jl('vector_of')}({self.jl(TYPE_OF[kind.element])}, {code})"
        sorted_out = not self.told and kind.tag == "dict" and kind.args[0] in (SYM, CHAR)
        return self.walked(code, kind) if sorted_out else code

    def walked(self, code: str, kind: Kind) -> str:
        """A dictionary in the order in which Julia goes through it."""
        keys = {CHAR: ", 'Char'", SYM: ", 'Symbol'"}.get(kind.args[0], "")
        return f"{self.jl('ordered')}({code}{keys})"

    def bounded(self, one: Expr, scope: Scope) -> None:
        """A loop variable over ``2:n`` is at least 2."""
        source = one.args[1]
        variable = scope.names.get(getattr(one.args[0], "text", ""))
        if (
            variable is not None
            and isinstance(source, Expr)
            and source.head == "call"
            and getattr(source.args[0], "text", "") == ":"
            and isinstance(source.args[1], Literal)
            and type(source.args[1].value) is int
            and (len(source.args) == 3 or (isinstance(source.args[2], Literal) and source.args[2].value > 0))
        ):
            variable.lowest = source.args[1].value

    def loop_target(self, node: Node, kind: Kind, scope: Scope) -> str:
        """The variables of a loop, as a target of Python."""
        if isinstance(node, Name):
            if node.text == "_":
                return "_"
            taken = scope.parent.find(node.text) if scope.parent is not None else None
            python = python_name(node.text)
            if (
                taken is not None
                and scope.kind == "block"
                and scope.key[0] != "generator"
                and self.hides(taken, scope)
            ):
                python = self.renamed(python)
            variable = scope.add(node.text, python, loop=True)
            self.learn(variable, kind)
            return python
        if (
            isinstance(node, Expr)
            and node.head == "tuple"
            and not (node.args and isinstance(node.args[0], Expr) and node.args[0].head == "parameters")
        ):
            kinds: list[Kind] = (
                list(kind.args)
                if kind.tag == "tuple" and len(kind.args) >= len(node.args)
                else [BOTTOM if kind == BOTTOM else kind.element if kind.tag == "arr" else ANY]
                * len(node.args)
            )
            parts = [self.loop_target(a, k, scope) for a, k in zip(node.args, kinds, strict=False)]
            return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
        if isinstance(node, Expr) and node.head == "::":
            return self.loop_target(node.args[0], kind, scope)
        if isinstance(node, Expr) and node.head == "...":
            return "*" + self.loop_target(node.args[0], ANY, scope)
        if isinstance(node, Expr) and node.head == "outer":
            self.refuse("for outer", node)
        self.refuse("this loop variable", node)

    def hides(self, taken: Variable, scope: Scope) -> bool:
        """Whether a loop variable would hide one that is used outside of the loop."""
        if taken.scope.home.kind != "file" or scope.home.kind == "file":
            return True
        place = scope.key[1]
        around = [d for d in self.definitions_at if d.at <= place < d.end]
        if not around:
            return True
        inner = max(around, key=lambda d: d.at)
        return _count(inner, taken.name, None) > _count(inner, taken.name, place)

    definitions_at: ClassVar[list[Expr]] = []

    def renamed(self, python: str) -> str:
        """Another name for a loop variable that hides one outside."""
        return python + "_"

    def _comprehension(self, node: Node, element: str | None, want: Any) -> Value:
        _, groups = self.clauses(node)
        ranges, test = groups[0]
        wide = len(groups) == 1 and len(ranges) > 1 and test is None
        if wide:
            return self._table(node, ranges, element)
        code, kind, loops = self.generate(node)
        if len(groups) == 1 and len(ranges) == 1 and test is None and not element:
            source = self.kind_only(ranges[0])
            if (
                (source.tag == "arr" and source.rank != 1)
                or source == ANY
                or (source.tag == "iter" and source.args[1:] == ("wide",))
            ) and source.tag != "iter":
                return self._over(node, ranges[0], code, kind)
        if len(ranges) > 1 and test is not None:
            loops = self._fastest_first(node)
        listed = f"[{code} {loops}]"
        if element is not None:
            own = ELEMENT_KINDS.get(element)
            if own in (INT, FLOAT, F32, BOOL):
                if own == kind and own in (INT, FLOAT):
                    return f"{self.np('array')}({listed})", arr(own, 1)
                return f"{self.jl('array')}({listed}, {self.jl(element)})", arr(own, 1)
            return listed, arr(own or ANY, 1, "list")
        if want == "list" and kind in (INT, NAT, FLOAT, STR, SYM):
            return listed, arr(kind, 1, "list")
        if want == "list":
            return f"{self.builtin('list')}({self.jl('array')}({listed}))", arr(kind, 1, "list")
        if kind in (INT, NAT, FLOAT, F32, BOOL):
            return f"{self.np('array')}({listed})", arr(kind, 1)
        if kind == BOTTOM:
            return listed, BOTTOM
        if kind in (STR, SYM, CHAR) or kind.tag in (
            "arr",
            "tuple",
            "dict",
            "record",
            "struct",
            "function",
            "model",
        ):
            return listed, arr(kind, 1, "list")
        return f"{self.jl('gathered')}({listed})", arr(kind, 1, "nd" if kind in NUMBERS else None)

    def kind_only(self, one: Expr) -> Kind:
        """The kind of what a ``for`` part goes over."""
        with self.hoisting():
            return self.expr(one.args[1])[1]

    def _fastest_first(self, node: Node) -> str:
        _element, groups = self.clauses(node)
        ranges, test = groups[0]
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        parts = []
        outer, self.scope = self.scope, scope
        try:
            for one in reversed(ranges):
                parts.append(self.for_clause(one, scope))
            if test is not None:
                parts.append("if " + self.expr(test)[0])
        finally:
            self.scope = outer
        return " ".join(parts)

    def _over(self, node: Node, one: Expr, code: str, kind: Kind) -> Value:
        """A comprehension over something whose shape it keeps."""
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        source, source_kind = self.expr(one.args[1])
        outer, self.scope = self.scope, scope
        try:
            target = self.loop_target(one.args[0], self.iterated_kind(one.args[1], source_kind), scope)
        finally:
            self.scope = outer
        if "(" in target:
            return f"{self.jl('gathered')}([{code} for {target} in {self.jl('iterate')}({source})])", ANY
        return f"{self.jl('map_')}(lambda {target}: {code}, {source})", ANY

    def _table(self, node: Node, ranges: list[Expr], element: str | None) -> Value:
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        sources, names = [], []
        for one in ranges:
            code, kind = self.expr(one.args[1])
            sources.append(code)
            names.append((one.args[0], self.iterated_kind(one.args[1], kind)))
        outer, self.scope = self.scope, scope
        closed, self.closed = self.closed, True
        try:
            parts = [self.loop_target(n, k, scope) for n, k in names]
            if any("(" in p for p in parts):
                self.refuse("a comprehension over several ranges that takes tuples apart", node)
            inner, _ = self.clauses(node)
            with self.hoisting() as hoisted:
                code, kind = self.expr(inner)
            if hoisted:
                self.refuse("a comprehension whose element needs statements", node)
        finally:
            self.scope, self.closed = outer, closed
        option = f", element={self.jl(element)}" if element in DTYPES else ""
        result = arr(kind, len(ranges)) if kind in NUMBERS else ANY
        if option:
            result = arr(ELEMENT_KINDS[element], len(ranges))  # type: ignore[index]
        if kind in (INT, NAT, FLOAT) and not option and len(ranges) == 2 and all(k != ANY for _, k in names):
            first, second = (self.iterable_of(o) for o in ranges)
            if (
                first is not None
                and second is not None
                and not self._uses(ranges[1].args[1], targets(ranges[0].args[0]))
            ):
                return (
                    f"{self.np('array')}([[{code} for {parts[1]} in {second}] for {parts[0]} in {first}])",
                    result,
                )
        return f"{self.jl('table')}(lambda {', '.join(parts)}: {code}, {', '.join(sources)}{option})", result

    def iterable_of(self, one: Expr) -> str | None:
        """The loop source of a ``for`` part, if it can be gone over again."""
        code, kind = self.expr(one.args[1])
        return self.iterable(code, kind) if kind.tag in ("range", "arr") else None

    def _uses(self, node: Node, names: list[str]) -> bool:
        if isinstance(node, Name):
            return node.text in names
        return isinstance(node, Expr) and any(self._uses(a, names) for a in node.args)

    def _x_generator(self, node: Expr) -> Value:
        code, kind, loops = self.generate(node)
        _, groups = self.clauses(node)
        if len(groups) == 1 and len(groups[0][0]) > 1:
            loops = self._fastest_first(node)
        return f"({code} {loops})", Kind("iter", (kind,))

    def _x_flatten(self, node: Expr) -> Value:
        code, kind, loops = self.generate(node)
        return f"({code} {loops})", Kind("iter", (kind,))


def _count(node: Any, name: str, loop: int | None) -> int:
    """How often a name stands in an expression, or with ``loop`` in the loop that begins there."""
    if isinstance(node, Name):
        return int(node.text == name and loop is None)
    if not isinstance(node, Expr):
        return 0
    if node.head == "for" and node.at == loop:
        return _count(node, name, None)
    return sum(_count(a, name, loop) for a in node.args)
