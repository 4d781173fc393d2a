"""Structs and abstract types."""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, INT, NAT, NUMBERS, Kind, arr
from ..syntax import Expr, Literal, Name, Node, Quoted
from .dataclasses import Dataclasses
from .scope import Scope, Variable, is_definition, python_name, targets


class Structs(Dataclasses):
    """``struct … end``, constructors, callable structs."""

    current_struct = ""

    def callable_struct(
        self, name: Expr, parameters: list[Node], wheres: list[Node], body: Node, node: Expr
    ) -> list[str]:
        """``(m::M)(x) = …``."""
        if len(name.args) != 2 or not isinstance(name.args[0], Name):
            self.refuse("this definition of a callable struct", node)
        kind = name.args[1]
        while isinstance(kind, Expr) and kind.head in ("curly", "where"):
            kind = kind.args[0]
        own = self.lookup(kind.text) if isinstance(kind, Name) else None
        if own is None or own.struct is None:
            self.refuse("a call of a type that the program does not define", node)
        if own.name in self.missing:
            self.refuse(f"depends on {own.name}, which was not translated", node)
        instance = python_name(name.args[0].text)
        plan = self.plans.get(own.name)
        several = plan is not None and len(plan.calls) > 1
        scope = Scope("block", ("callable", node.at), self.scope)
        scope.add(name.args[0].text, instance, fixed=Kind("struct", (own.name,)))
        called = f"call_{own.python.lower()}"
        first = f"{instance}: {own.python}" if several else instance
        with self.inside(scope):
            lines = self.function(
                called, parameters, wheres, body, node, dispatch=several, key=node.at, first=[first]
            )
        if several:
            return [*lines, f"{own.python}.__call__ = lambda self, *args: {called}(self, *args)"]
        return [*lines, f"{own.python}.__call__ = {called}"]

    def constructor(
        self,
        own: Variable,
        parameters: list[Node],
        wheres: list[Node],
        body: Node,
        node: Expr,
        inner: bool = False,
    ) -> list[str]:
        """An outer constructor, or with ``inner`` one that calls ``new``."""
        option = ", inner=True" if inner else ""
        return self.function(
            f"new_{own.python.lower()}", parameters, wheres, body, node, dispatch=True, key=node.at,
            decorators=[f"@{self.jl('constructor')}({own.python}{option})"],
        )  # fmt: skip

    def parametric_constructor(
        self, name: Expr, parameters: list[Node], wheres: list[Node], body: Node, node: Expr
    ) -> list[str]:
        """``Stack{T}() where T = …``."""
        base = name.args[0]
        own = self.lookup(base.text) if isinstance(base, Name) else None
        if own is None or own.struct is None:
            self.refuse("this constructor", node)
        params = [a.text for a in name.args[1:] if isinstance(a, Name)]
        names = [targets(w if isinstance(w, Name) else w.args[0])[0] for w in wheres]  # type: ignore[union-attr]
        if params != names:
            self.refuse("a constructor for some type parameters only", node)
        scope = Scope("block", ("constructor", node.at), self.scope)
        for p in params:
            scope.add(p, python_name(p), fixed=Kind("type"))
        with self.inside(scope):
            lines = self.function(
                f"new_{own.python.lower()}", parameters, [], body, node, dispatch=True, key=node.at,
                decorators=[f"@{self.jl('parametric')}({own.python})"], first=[python_name(p) for p in params],  # noqa: E501
            )  # fmt: skip
        return lines

    def _s_struct(self, node: Expr, sink: Any) -> list[str]:
        return self.struct(node, None)

    def struct(self, node: Expr, keywords: Any) -> list[str]:
        """A struct as a decorated class."""
        mutable = bool(node.args[0].value) if isinstance(node.args[0], Literal) else False
        head: Node = node.args[1]
        parent = None
        if isinstance(head, Expr) and head.head == "<:":
            head, parent = head.args
        variables: list[Node] = []
        if isinstance(head, Expr) and head.head == "curly":
            variables = head.args[1:]
            head = head.args[0]
        assert isinstance(head, Name)
        own = self.lookup(head.text) or self.scope.home.add(head.text, struct=node)
        own.struct = node
        plan = self.plain(own.name)
        if plan is not None and plan.node is node:
            return self.dataclass(plan, own)
        options = []
        scope = Scope("block", ("struct", node.at), self.scope)
        fields: list[str] = []
        inner: list[Expr] = []
        known: dict[str, Kind] = {}
        self.current_struct = own.name
        with self.inside(scope):
            made = [self.type_variable(v) for v in variables]
            if mutable:
                options.append("mutable=True")
            if parent is not None:
                options.append(f"of={self.type_expr(parent)}")
            if made:
                options.append(f"where=({', '.join(made)},)")
            for item in node.args[2].args if isinstance(node.args[2], Expr) else []:
                fields += self.struct_field(item, keywords, inner, known)
        self.structs[own.name] = known
        call = f"({', '.join(options)})" if options else ""
        lines = [f"@{self.jl('struct')}{call}", f"class {own.python}:", *self.indent(fields)]
        for definition in inner:
            name, parameters, wheres, _result, body = self.parts(definition)
            before, self.new_of = self.new_of, own.python
            try:
                if isinstance(name, Expr):
                    self.refuse("an inner constructor with type parameters", definition)
                lines += self.constructor(own, parameters, wheres, body, definition, inner=True)
            finally:
                self.new_of = before
        return lines

    def struct_field(self, item: Node, keywords: Any, inner: list[Expr], known: dict[str, Kind]) -> list[str]:
        """One field."""
        if is_definition(item):
            inner.append(item)  # type: ignore[arg-type]
            return []
        if isinstance(item, Literal) or (isinstance(item, Expr) and item.head == "macrocall"):
            if isinstance(item, Expr) and isinstance(item.args[0], Name) and item.args[0].text == "Core.@doc":
                return self.struct_field(item.args[-1], keywords, inner, known)
            return []
        default: Node | None = None
        if isinstance(item, Expr) and item.head == "=":
            item, default = item.args
        if isinstance(item, Expr) and item.head == "const":
            item = item.args[0]
        kind = self.jl("Any_")
        if isinstance(item, Expr) and item.head == "::":
            kind_node = item.args[1]
            own_name = self.current_struct
            kind = (
                self.jl("Any_")
                if own_name and self._uses(kind_node, [own_name])
                else self.type_expr(kind_node)
            )
            item = item.args[0]
            if isinstance(item, Name):
                known[python_name(item.text)] = self.field_type_kind(kind_node)
        if not isinstance(item, Name):
            self.refuse("this field", item)
        text = f"{python_name(item.text)}: {kind}"
        if default is not None:
            code, _ = self.expr(default)
            simple = isinstance(default, (Literal, Quoted)) or self.literal_int(code) is not None
            text += f" = {code}" if simple else f" = {self.jl('Default')}(lambda: {code})"
        return [text]

    def field_type_kind(self, node: Node) -> Kind:
        """What a field of this type holds."""
        kind = self.kind_of_type(node)
        if kind == NAT:
            return INT
        if kind.tag == "arr" and kind.element not in NUMBERS:
            return arr(ANY, 1, None)
        return kind

    def _s_abstract(self, node: Expr, sink: Any) -> list[str]:
        head, parent = node.args[0], None
        if isinstance(head, Expr) and head.head == "<:":
            head, parent = head.args
        if not isinstance(head, Name):
            self.refuse("an abstract type with parameters", node)
        own = self.lookup(head.text) or self.scope.home.add(head.text)
        own.fixed = Kind("type")
        if head.text in self.abstract:
            above = f"({self.type_expr(parent)})" if isinstance(parent, Name) and parent.text != "Any" else ""
            return [f"class {own.python}{above}:", "    pass"]
        option = f", {self.type_expr(parent)}" if parent is not None else ""
        return [f"{own.python} = {self.jl('abstract')}({head.text!r}{option})"]

    def _s_primitive(self, node: Expr, sink: Any) -> list[str]:
        self.refuse("a primitive type", node)
