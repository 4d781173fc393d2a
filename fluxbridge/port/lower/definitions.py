"""Definitions of functions and methods."""

from __future__ import annotations

from typing import Any

from ..syntax import Expr, Name, Node, Quoted
from .methods import OWN_METHODS, Methods
from .scope import python_name, signature_name, targets

METHOD_NAMES = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "^": "power", "==": "equal", "<": "less", "\\": "solve", "%": "rem", "÷": "div", "<=": "less_equal",  # noqa: E501
    "isless": "less", "∘": "compose", "⋅": "dot", "&": "bitand", "|": "bitor", "!": "not_", "//": "rational",
}  # fmt: skip
EXTENDABLE = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "^",
        "==",
        "<",
        "isless",
        "show",
        "showerror",
        "length",
        "lastindex",
        "firstindex",
        "size",
        "iterate",
        "eltype",
        "push!",
        "pop!",
        "append!",
        "isempty",
        "first",
        "last",
        "zero",
        "one",
        "convert",
        "promote_rule",
        "getindex",
        "setindex!",
        "sin",
        "cos",
        "tan",
        "exp",
        "log",
        "sqrt",
        "abs",
        "abs2",
        "inv",
        "sinh",
        "cosh",
        "tanh",
        "asin",
        "acos",
        "atan",
        "max",
        "min",
        "in",
        "get",
        "empty!",
        "iszero",
        "clamp",
        "conj",
        "real",
        "imag",
        "float",
        "div",
        "rem",
        "mod",
        "fld",
        "log2",
        "log10",
        "sign",
    ]
)

#: Functions that may get methods, too, and that nothing calls but the program itself.
DIRECT = frozenset(
    """copy reverse reverse! sum prod maximum minimum sort sort! map filter filter! keys values haskey delete!
    insert! count union intersect merge pushfirst! popfirst!""".split()  # noqa: SIM905
)


class Definitions(Methods):
    """Functions and methods of the program."""

    def defined_name(self, node: Expr) -> str:
        """The Python name of what a definition defines."""
        name = signature_name(node.args[0])
        return self.lookup(name.text).python if isinstance(name, Name) and self.lookup(name.text) else "None"  # type: ignore[union-attr]

    def definition(self, node: Expr) -> list[str]:
        """The lines of a function or method."""
        name, parameters, wheres, _result, body = self.parts(node)
        if len(node.args) == 1:
            if isinstance(name, Name):
                return [f"{python_name(name.text)} = {self.jl('Function')}({name.text!r})"]
            self.refuse("this declaration of a function", node)
        if isinstance(name, Expr) and name.head == "::":
            return self.callable_struct(name, parameters, wheres, body, node)
        if (
            isinstance(name, Expr)
            and name.head == "."
            and isinstance(name.args[1], Quoted)
            and isinstance(name.args[1].value, Name)
        ):
            return self.extension(name.args[1].value.text, parameters, wheres, body, node)
        if isinstance(name, Expr) and name.head == "curly":
            return self.parametric_constructor(name, parameters, wheres, body, node)
        if not isinstance(name, Name):
            self.refuse("this definition of a function", node)
        own = self.lookup(name.text)
        if own is not None and own.struct is not None:
            plan = self.plain(own.name)
            if plan is not None and any(d is node for d in plan.outer):
                return self.outer_constructor(plan, own, node)
            return self.constructor(own, parameters, wheres, body, node)
        if own is None and name.text in self.extended:
            return self.extension(name.text, parameters, wheres, body, node)
        if own is None and not (name.text[0].isalpha() or name.text[0] in "_∇∂∑∏∫"):
            self.refuse(f"a new function called {name.text}", node)
        if own is None:
            own = self.scope.home.add(name.text, functions=[node])
        if own.fixed is None and not own.functions:
            own.functions = [node]
        if name.text in self.missing:
            del self.missing[name.text]
        several = len(own.functions) > 1
        if not several and (wheres or not self._plain_types(parameters)):
            several = bool(wheres) and self._uses_where(wheres, body)
        captured = self.captured_loop_variables(node) if self.in_loop() else []
        if several and captured:
            self.refuse("several methods in a loop that use its variables", node)
        return self.function(
            own.python,
            parameters,
            wheres,
            body,
            node,
            dispatch=several,
            key=node.at,
            documented=self.documentation,
            bind=captured,
        )

    def _plain_types(self, parameters: list[Node]) -> bool:
        return True

    def _uses_where(self, wheres: list[Node], body: Node) -> bool:
        names = [
            n
            for w in wheres
            for n in targets(w if isinstance(w, Name) else w.args[0] if isinstance(w, Expr) else w)
        ]
        return self._uses(body, names)

    def extension(
        self, text: str, parameters: list[Node], wheres: list[Node], body: Node, node: Expr
    ) -> list[str]:
        """A method of a function of Base or of a package."""
        if text in OWN_METHODS:
            return self.package_method(text, parameters, wheres, body, node)
        if text in ("Float64", "Int", "Int64", "Float32", "String"):
            pass
        elif text not in EXTENDABLE and (text not in DIRECT or self.helper_name(text) is None):
            self.refuse(f"a method of {text} of one's own", node)
        for plan in map(self.plain, self.plans):
            if plan is not None and node in plan.methods.get(text, []):
                made = self.attached(plan, node)
                if made is not None:
                    return made
        stem = METHOD_NAMES.get(text, python_name(text))
        kinds = []
        for p in parameters:
            if isinstance(p, Expr) and p.head == "::" and isinstance(p.args[-1], Name):
                kinds.append(p.args[-1].text.lower())
        python = "_".join([stem, *kinds[:2]])
        python = python if python.isidentifier() else stem
        return self.function(
            python,
            parameters,
            wheres,
            body,
            node,
            dispatch=True,
            key=node.at,
            decorators=[f"@{self.jl('extend')}({text!r})"],
        )

    def _s_module(self, node: Expr, sink: Any) -> list[str]:
        self.refuse("a module", node)

    def _s_macro(self, node: Expr, sink: Any) -> list[str]:
        self.refuse("the definition of a macro", node)
