"""Functions: their parameters and bodies."""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, BOTTOM, Kind, join
from ..syntax import Expr, Literal, Name, Node, Quoted
from .core import Value
from .scope import Scope, Variable, python_name, targets
from .statements import Statements
from .words import ELEMENT_KINDS


class Parameters(Statements):
    """``def`` with its parameters."""

    documentation: Node | None = None

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
        self.in_try += node.at in self.tried
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
            for kind in self.result_kinds or [BOTTOM]:
                self.learn_result(key, kind)
        finally:
            self.result_kinds, self.closed, self.statement_level = outer_kinds, closed, statement_level
            self.in_function -= 1
            self.in_try -= node.at in self.tried
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
        return [written_doc(documented.value, self.in_function + 1)]

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
            if default is not None:
                if known != ANY:
                    self.learn_parameter((key, position), self.expr(default)[1])
                return f"{python}{annotation}={self.default_value(default, python, defaults)[0]}"
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
        return (
            ANY
            if key in self.known.escaped
            else self.known.parameters.get((key, position), self.known.unseen)
        )

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


def written_doc(text: str, depth: int) -> str:
    """A documentation of Julia as one of Python, indented as its definition."""
    lines = text.strip().splitlines()
    if len(lines) == 1:
        return repr(lines[0].strip())
    margin = "    " * depth
    own = min((len(li) - len(li.lstrip()) for li in lines[1:] if li.strip()), default=0)
    rest = [f"{margin}{li[own:]}".rstrip() for li in lines[1:]]
    return repr("\n".join([lines[0].strip(), *rest, margin]))
