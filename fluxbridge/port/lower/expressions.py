"""One method for each head of an expression: conditions, logic, types."""

from __future__ import annotations

from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    F32,
    FLOAT,
    INT,
    REALS,
    Kind,
    join,
)  # fmt: skip
from ..syntax import Expr, Literal, Name, Node, Quoted
from .comprehensions import Comprehensions
from .core import Value
from .operators import COMPARISONS, HELPERS
from .packages import FLUX_TYPES
from .scope import Scope
from .words import HEADS, STATEMENTS


class Expressions(Comprehensions):
    """Expressions of Julia as expressions of Python."""

    def tracked(self, node: Node, want: Any = None) -> Value:
        """The Python code for a value, and its kind; whoever asks follows the calls of a function."""
        if isinstance(node, Name):
            return self.name(node)
        if isinstance(node, Literal):
            return self.literal(node)
        if isinstance(node, Quoted):
            return self.quoted(node)
        method = getattr(self, "_x_" + HEADS.get(node.head, node.head), None)
        if method is None:
            if node.head.endswith("=") and node.head not in ("==",):
                return self.assignment_value(node)
            self.refuse(f"this is not translated: {node.head}", node)
        if want == "list" and node.head in ("vect", "ref", "comprehension"):
            return method(node, want)
        return method(node)

    def _x_if(self, node: Expr) -> Value:
        if len(node.args) < 3:
            return self.block_value(node)
        test = self.condition(node.args[0])
        closed, self.closed = self.closed, True
        try:
            with self.hoisting() as hoisted:
                try:
                    (a, ka), (b, kb) = self.simple(node.args[1]), self.simple(node.args[2])
                except _NeedsStatements:
                    hoisted.append("")
                    a = b = ""
                    ka = kb = ANY
        finally:
            self.closed = closed
        if hoisted:
            return self.block_value(node)
        return f"({a} if {test} else {b})", join(ka, kb)

    def simple(self, node: Node) -> Value:
        """A value that needs no statements."""
        while isinstance(node, Expr) and node.head == "block" and len(node.args) == 1:
            node = node.args[0]
        if isinstance(node, Expr) and node.head in STATEMENTS:
            raise _NeedsStatements
        if isinstance(node, Expr) and (
            node.head == "block" or (node.head.endswith("=") and node.head not in ("==", "!=", "<=", ">="))
        ):
            raise _NeedsStatements
        return self.expr(node)

    def _x_elseif(self, node: Expr) -> Value:
        inner = node.args[0]
        if isinstance(inner, Expr) and inner.head == "block":
            inner = inner.args[-1]
        return self._x_if(Expr("if", [inner, *node.args[1:]], node.at))

    def _logic(self, node: Expr, word: str) -> Value:
        a, ka = self.expr(node.args[0])
        closed, self.closed = self.closed, True
        try:
            with self.hoisting() as hoisted:
                try:
                    b, kb = self.simple(node.args[1])
                except _NeedsStatements:
                    hoisted.append("")
                    b, kb = "", ANY
        finally:
            self.closed = closed
        if hoisted:
            return self.block_value(node)
        return f"({a} {word} {b})", join(BOOL, kb) if ka == BOOL else ANY

    def _x_and(self, node: Expr) -> Value:
        return self._logic(node, "and")

    def _x_or(self, node: Expr) -> Value:
        return self._logic(node, "or")

    def _x_comparison(self, node: Expr) -> Value:
        values = [self.expr(a) for a in node.args[::2]]
        ops = [a.text for a in node.args[1::2] if isinstance(a, Name)]
        if any(o.startswith(".") for o in ops):
            return self._chain(ops, values, node)
        if all(o in COMPARISONS for o in ops) and all(k in REALS | {F32, BOTTOM} for _, k in values):
            return "(" + values[0][0] + "".join(
                f" {COMPARISONS[o]} {c}" for o, (c, _) in zip(ops, values[1:], strict=False)
            ) + ")", BOOL
        for i in range(1, len(values) - 1):
            code, kind = values[i]
            if not code.isidentifier() and self.literal_int(code) is None:
                values[i] = (self.hold(code, "middle"), kind)
        parts = [self.binary(o, values[i], values[i + 1])[0] for i, o in enumerate(ops)]
        return "(" + " and ".join(parts) + ")", BOOL

    def _chain(self, ops: list[str], values: list[Value], node: Expr) -> Value:
        """``0 .<= x .<= 1``."""
        if not all(o.startswith(".") and o[1:] in HELPERS for o in ops):
            self.refuse("a chain of comparisons with and without a dot", node)
        codes = [c for c, _ in values]
        for i in range(1, len(codes) - 1):
            if not codes[i].isidentifier() and self.literal_int(codes[i]) is None:
                codes[i] = self.hold(codes[i], "middle")
        made = ""
        for i, o in enumerate(ops):
            part = f"{self.jl('broadcast')}({self.jl(HELPERS[o[1:]])}, {codes[i]}, {codes[i + 1]})"
            made = f"{self.jl('broadcast')}({self.jl('bitand')}, {made}, {part})" if made else part
        return made, ANY

    def _x_adjoint(self, node: Expr) -> Value:
        code, kind = self.expr(node.args[0])
        if kind in REALS:
            return code, kind
        if kind.tag == "arr" and kind.rank == 2 and kind.stored == "nd" and kind.element in (INT, FLOAT, F32):
            return f"{code}.T", kind
        element = kind.element if kind.tag in ("arr",) else ANY
        result = Kind("row", (element,)) if kind.tag == "arr" and kind.rank == 1 else ANY
        return f"{self.jl('adjoint')}({code})", result

    def _x_parameters(self, node: Expr) -> Value:
        self.refuse("this form of parameters", node)

    def _x_typeassert(self, node: Expr) -> Value:
        if len(node.args) == 2:
            return self.expr(node.args[0])
        self.refuse("a type without a value", node)

    def _x_subtype(self, node: Expr) -> Value:
        """``A <: B``; ``typeof(x) <: B`` asks what ``x isa B`` asks."""
        if len(node.args) != 2:
            self.refuse("a bound without a name", node)
        left, right = node.args
        if isinstance(left, Expr) and left.head == "call" and getattr(left.args[0], "text", "") == "typeof":
            return f"{self.jl('isa')}({self.expr(left.args[1])[0]}, {self.type_expr(right)})", BOOL
        return f"{self.jl('subtype')}({self._as_type(left)}, {self._as_type(right)})", BOOL

    def _as_type(self, node: Node) -> str:
        is_type = isinstance(node, Name) or (isinstance(node, Expr) and node.head == "curly")
        return self.type_expr(node) if is_type else self.expr(node)[0]

    def _x_curly(self, node: Expr) -> Value:
        return self.type_expr(node), Kind("type")

    def type_expr(self, node: Node) -> str:
        """A type as an expression of Python."""
        if isinstance(node, Name):
            variable = self.lookup(node.text)
            if variable is not None:
                self.check_missing(node.text, node)
                return variable.python
            if node.text in self.missing:
                self.refuse(f"depends on {node.text}, which was not translated", node)
            found = self.type_name(node.text)
            if found is not None:
                return found
            if node.text in ("VecOrMat", "AbstractVecOrMat"):
                return self.jl("AbstractArray")
            if node.text in ("IO",):
                return self.jl("Any_")
            if node.text in FLUX_TYPES and self.packages & {"Flux", "Optimisers", f"name:{node.text}"}:
                return self.flux(node.text)
            self.refuse(f"the type {node.text} is not known", node)
        if isinstance(node, Expr) and node.head == "curly":
            name = node.args[0]
            params = node.args[1:]
            if isinstance(name, Name) and name.text == "Type":
                return f"{self.jl('TypeType')}[{self.type_param(params[0])}]"
            if isinstance(name, Name) and name.text == "Union":
                return f"{self.jl('Union')}[{', '.join(self.type_expr(p) for p in params)}]"
            if isinstance(name, Name) and name.text in ("Val", "NTuple", "CartesianIndex", "Ref"):
                if name.text in ("NTuple",):
                    return self.jl("Tuple")
                self.refuse(f"the type {name.text}", node)
            if (
                isinstance(name, Name)
                and name.text == "Tuple"
                and any(
                    isinstance(p, Expr) and p.head == "curly" and getattr(p.args[0], "text", "") == "Vararg"
                    for p in params
                )
            ):
                return self.jl("Tuple")
            if isinstance(name, Name) and params:
                self.learned.heavy.add(name.text)
            inside = ", ".join(self.type_param(p) for p in params)
            return f"{self.type_expr(name)}[{inside}]" if params else self.type_expr(name)
        if isinstance(node, Expr) and node.head == "." and isinstance(node.args[1], Quoted):
            return self.type_expr(Name(node.args[1].value.text, node.at))  # type: ignore[union-attr]
        if isinstance(node, Expr) and node.head == "where":
            with self.inside(Scope("block", ("where", node.at), self.scope)):
                for v in node.args[1:]:
                    self.type_variable(v)
                return self.type_expr(node.args[0])
        if isinstance(node, Expr) and node.head == "<:" and len(node.args) == 1:
            return f"{self.jl('Sub')}({self.type_expr(node.args[0])})"
        if (
            isinstance(node, Expr)
            and node.head == "call"
            and isinstance(node.args[0], Name)
            and node.args[0].text in ("promote_type", "eltype", "typeof")
        ):
            return f"{self.jl(node.args[0].text)}({', '.join(self.type_expr(a) if node.args[0].text == 'promote_type' else self.expr(a)[0] for a in node.args[1:])})"  # noqa: E501
        self.refuse("this type", node)

    def type_param(self, node: Node) -> str:
        """A parameter of a type."""
        if isinstance(node, Literal):
            return str(node.value)
        return self.type_expr(node)

    def type_variable(self, node: Node) -> str:
        """Enter a variable of ``where`` into the scope; the code that makes it."""
        name, bound = node, None
        if isinstance(node, Expr) and node.head == "<:":
            name, bound = node.args
        if isinstance(node, Expr) and node.head == "comparison":
            self.refuse("this bound of a type variable", node)
        assert isinstance(name, Name)
        code = (
            f"{self.jl('TypeVar')}({name.text!r}{', ' + self.type_expr(bound) if bound is not None else ''})"
        )
        self.scope.add(name.text, code, fixed=Kind("type"))
        return code

    def _x_where(self, node: Expr) -> Value:
        return self.type_expr(node), Kind("type")

    def _x_block(self, node: Expr) -> Value:
        if len(node.args) == 1:
            return self.expr(node.args[0])
        return self.block_value(node)

    def _x_lambda(self, node: Expr) -> Value:
        return self.lambda_value(node, None, bind=self.scope)


class _NeedsStatements(Exception):
    """This value cannot be written as one expression."""
