"""Definitions: functions, methods, closures, structs, abstract types."""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, BOTTOM, INT, NAT, NUMBERS, Kind, arr, join
from ..syntax import Expr, Literal, Name, Node, Quoted
from .core import Value
from .methods import OWN_METHODS, Methods
from .scope import Scope, Variable, python_name, signature_name, targets
from .words import ELEMENT_KINDS

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
        "length",
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


class Definitions(Methods):
    """Functions and types of the program."""

    def parts(self, node: Expr) -> tuple[Node, list[Node], list[Node], Node | None, Node]:
        """The name, parameters, variables of ``where``, type of the result and body of a definition."""
        head, body = node.args[0], node.args[1] if len(node.args) > 1 else Expr("block", [])
        wheres: list[Node] = []
        result: Node | None = None
        while isinstance(head, Expr) and head.head in ("where", "::"):
            if head.head == "where":
                wheres = [*head.args[1:], *wheres]
            elif len(head.args) == 2:
                result = head.args[1]
                if isinstance(result, Expr) and result.head == "where":
                    wheres = [*result.args[1:], *wheres]
            head = head.args[0]
        if isinstance(head, Expr) and head.head == "call":
            return head.args[0], head.args[1:], wheres, result, body
        if isinstance(head, Expr) and head.head == "tuple":
            return Name("_"), head.args, wheres, result, body
        return head, [], wheres, result, body

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
            return self.constructor(own, parameters, wheres, body, node)
        if own is None and name.text in self.extended:
            return self.extension(name.text, parameters, wheres, body, node)
        if own is None and not (name.text[0].isalpha() or name.text[0] in "_∇∂"):
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

    documentation: Node | None = None
    current_struct = ""

    def _plain_types(self, parameters: list[Node]) -> bool:
        return True

    def _uses_where(self, wheres: list[Node], body: Node) -> bool:
        names = [
            n
            for w in wheres
            for n in targets(w if isinstance(w, Name) else w.args[0] if isinstance(w, Expr) else w)
        ]
        return self._uses(body, names)

    # Parameters.

    def function(
        self, python: str, parameters: list[Node], wheres: list[Node], body: Node, node: Expr, dispatch: bool, key: Any,  # noqa: E501
        documented: Node | None = None, decorators: list[str] | None = None, typed: bool | None = None, bind: list[str] | None = None,  # noqa: E501
        first: list[str] | None = None,
    ) -> list[str]:  # fmt: skip
        """``def`` with its body."""
        typed = dispatch if typed is None else typed
        scope = Scope("function", key, self.scope)
        outer_kinds, self.result_kinds = self.result_kinds, []
        missing_defaults: list[str] = []
        closed, self.closed = self.closed, False
        statement_level, self.statement_level = self.statement_level, False
        self.in_function += 1
        try:
            with self.inside(scope):
                extra = []
                for w in wheres:
                    self.type_variable(w)
                used = [
                    n
                    for w in wheres
                    for n in targets(w if isinstance(w, Name) else getattr(w, "args", [w])[0])
                    if self._uses(body, [n])
                ]  # type: ignore[union-attr]
                signature, opening = self.signature(parameters, key, typed, missing_defaults)
                for name in used:
                    scope.names[name] = Variable(name, python_name(name), scope, fixed=Kind("type"))
                    extra.append(python_name(name))
                if extra and not typed:
                    self.refuse("a type variable that the body uses", node)
                statements = body.args if isinstance(body, Expr) and body.head == "block" else [body]
                self.declare(scope, statements)
                lines = self.block(
                    statements, self.returning, getattr(body, "at", -1), getattr(body, "end", -1)
                )
                if bind:
                    signature += [f"{n}={n}" for n in bind]
                if extra:
                    signature += ([] if any(s.startswith("*") for s in signature) else ["*"]) + extra
            result = BOTTOM
            for kind in self.result_kinds:
                result = join(result, kind)
            self.learned.results[key] = join(self.learned.results.get(key, BOTTOM), result)
        finally:
            self.result_kinds, self.closed, self.statement_level = outer_kinds, closed, statement_level
            self.in_function -= 1
        text = self._docstring(documented)
        decorated = list(decorators or [])
        if dispatch and not decorated:
            decorated = [f"@{self.jl('dispatch')}"]
        inside = [*text, *self.declarations(scope), *missing_defaults, *opening, *lines]
        while inside and inside[-1] == "return None":
            inside.pop()
        return [*decorated, f"def {python}({', '.join([*(first or []), *signature])}):", *self.indent(inside)]

    def _docstring(self, documented: Node | None) -> list[str]:
        if not (isinstance(documented, Literal) and documented.type == "String"):
            return []
        self.documentation = None
        return [f"{documented.value.strip()!r}"]

    def signature(
        self, parameters: list[Node], key: Any, typed: bool, defaults: list[str]
    ) -> tuple[list[str], list[str]]:
        """The parameters of a ``def``, and lines that open its body."""
        parts: list[str] = []
        opening: list[str] = []
        keywords: list[Node] = []
        position = 0
        for p in parameters:
            if isinstance(p, Expr) and p.head == "parameters":
                keywords = p.args
                continue
            parts.append(self.parameter(p, key, position, typed, defaults, opening))
            position += 1
        if keywords:
            rest = [k for k in keywords if isinstance(k, Expr) and k.head == "..."]
            if not any(p.startswith("*") for p in parts) and len(rest) < len(keywords):
                parts.append("*")
            for k in keywords:
                if isinstance(k, Expr) and k.head == "...":
                    name: Any = k.args[0]
                    self.scope.add(name.text, fixed=Kind("keywords"))
                    parts.append(f"**{python_name(name.text)}")
                else:
                    parts.append(self.parameter(k, key, None, False, defaults, opening))
        return parts, opening

    def parameter(
        self, p: Node, key: Any, position: int | None, typed: bool, defaults: list[str], opening: list[str]
    ) -> str:
        """One parameter."""
        default: Node | None = None
        kind_node: Node | None = None
        if isinstance(p, Expr) and p.head in ("kw", "="):
            p, default = p.args
        rest = False
        if isinstance(p, Expr) and p.head == "...":
            p, rest = p.args[0], True
        if isinstance(p, Expr) and p.head == "::":
            kind_node = p.args[-1]
            p = p.args[0] if len(p.args) == 2 else Name("_")
        if isinstance(p, Expr) and p.head == "tuple":
            python = self.fresh("pair")
            annotation = f": {self.type_expr(kind_node)}" if typed and kind_node is not None else ""
            known = self.parameter_kind(key, position, kind_node)
            opening += self._unpack(p, python, known)
            return python + annotation
        if not isinstance(p, Name):
            self.refuse("this parameter", p)
        name = p.text
        python = python_name(name) if name != "_" else f"_{position}"
        if rest:
            self.scope.add(name, python, fixed=Kind("tuple"))
            return f"*{python}" + (
                f": {self.type_expr(kind_node)}" if typed and kind_node is not None else ""
            )
        known = self.parameter_kind(key, position if position is not None else name, kind_node)
        text = python
        if typed and kind_node is not None:
            text += f": {self.type_expr(kind_node)}"
        if default is not None:
            code, kind = self.default_value(default, python, defaults)
            known = join(known, kind)
            self.learn_parameter((key, position if position is not None else name), kind)
            text += f" = {code}" if ":" in text else f"={code}"
        variable = self.scope.add(name, python)
        self.learn(variable, known)
        return text

    def default_value(self, default: Node, python: str, defaults: list[str]) -> Value:
        """A default: literals stand in the signature, the rest is computed when the function is called."""
        code, kind = self.expr(default)
        if (
            isinstance(default, (Literal, Quoted))
            or code in ("None", "np.inf", "()")
            or self.literal_int(code) is not None
        ):
            return code, kind
        defaults += [f"if {python} is ...:", f"    {python} = {code}"]
        return "...", kind

    def parameter_kind(self, key: Any, position: Any, kind_node: Node | None) -> Kind:
        """What is known about a parameter: from its type, else from all calls."""
        if kind_node is not None:
            known = self.declared_kind(kind_node)
            if known is not None:
                return known
        return self.known.parameters.get((key, position), BOTTOM)

    def declared_kind(self, node: Node) -> Kind | None:
        """What a type says about a parameter."""
        if isinstance(node, Name):
            variable = self.lookup(node.text)
            if variable is not None and variable.struct is not None:
                return Kind("struct", (node.text,))
            if variable is None and node.text in (
                "Int",
                "Int64",
                "Float64",
                "Float32",
                "Bool",
                "String",
                "Symbol",
                "Char",
            ):
                return ELEMENT_KINDS[node.text]
            if variable is not None:
                return ANY
        if isinstance(node, Expr) and node.head == "curly" and isinstance(node.args[0], Name):
            variable = self.lookup(node.args[0].text)
            if variable is not None and variable.struct is not None:
                return Kind("struct", (node.args[0].text,))
        return None

    # Closures.

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
        if False:
            self.refuse("a function of several statements inside of a condition", node)
        if self.closed:
            self.refuse("a function of several statements inside of a condition or a comprehension", node)
        python = "_" + self.fresh(name or "function") if name is None else python_name(name)
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
        from .words import STATEMENTS

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
        counter = self.counter
        defaults: list[str] = []
        try:
            with self.inside(scope), self.hoisting() as hoisted:
                from .core import Refused

                signature, opening = self.signature(list(parameters), key, False, defaults)
                try:
                    code, kind = self.expr(body)
                except Refused as refusal:
                    if "inside of a condition" in refusal.reason or "needed twice" in refusal.reason:
                        self.counter = counter
                        return None
                    raise
            if hoisted or opening or defaults:
                return None
            self.learned.results[key] = join(self.learned.results.get(key, BOTTOM), kind)
        finally:
            self.closed, self.result_kinds = closed, outer_kinds
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

    # Methods.

    def extension(
        self, text: str, parameters: list[Node], wheres: list[Node], body: Node, node: Expr
    ) -> list[str]:
        """A method of a function of Base or of a package."""
        if text in OWN_METHODS:
            return self.package_method(text, parameters, wheres, body, node)
        if text in ("Float64", "Int", "Int64", "Float32", "String"):
            pass
        elif text not in EXTENDABLE:
            self.refuse(f"a method of {text} of one's own", node)
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
        scope = Scope("block", ("callable", node.at), self.scope)
        scope.add(name.args[0].text, instance, fixed=Kind("struct", (own.name,)))
        with self.inside(scope):
            lines = self.function(
                f"call_{own.python.lower()}",
                parameters,
                wheres,
                body,
                node,
                dispatch=False,
                key=node.at,
                first=[instance],
            )
        return [*lines, f"{own.python}.__call__ = call_{own.python.lower()}"]

    # Structs.

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
        from .scope import is_definition

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
        option = f", {self.type_expr(parent)}" if parent is not None else ""
        return [f"{own.python} = {self.jl('abstract')}({head.text!r}{option})"]

    def _s_primitive(self, node: Expr, sink: Any) -> list[str]:
        self.refuse("a primitive type", node)

    def _s_module(self, node: Expr, sink: Any) -> list[str]:
        self.refuse("a module", node)

    def _s_macro(self, node: Expr, sink: Any) -> list[str]:
        self.refuse("the definition of a macro", node)


__all__ = ["Definitions"]
