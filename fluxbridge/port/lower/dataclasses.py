"""Structs as dataclasses, with the methods that the program defines next to them."""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, BOOL, F32, FLOAT, INT, NUMBERS, Kind
from ..syntax import Expr, Literal, Name, Node, Quoted
from .core import Refused
from .fields import EXACT, constructor_name
from .parameters import written_doc
from .plans import Field, Plan, base_name, parameters_of
from .scope import Scope, Variable, is_definition, python_name, targets
from .special import BINARY, Special

ANNOTATIONS = {
    "Float64": "float",
    "Float32": "np.float32",
    "Int": "int",
    "Int64": "int",
    "Bool": "bool",
    "String": "str",
    "Symbol": "str",
    "Char": "str",
    "AbstractString": "str",
    "Dict": "dict",
    "AbstractDict": "dict",
    "Set": "set",
    "Tuple": "tuple",
    "Integer": "int",
    "AbstractFloat": "float",
    "Real": "float",
}
ARRAYS = frozenset(
    ("Vector", "Matrix", "Array", "AbstractVector", "AbstractMatrix", "AbstractArray", "AbstractVecOrMat")
)


class Dataclasses(Special):
    """``@dataclass`` with its methods."""

    # The class.

    def dataclass(self, plan: Plan, own: Variable) -> list[str]:
        """``@dataclass class P: …``."""
        self.imports.add("from dataclasses import dataclass")
        kinds = [self.field_kind(plan.name, python_name(f.name)) for f in plan.fields]
        comparable = all(k in NUMBERS or k in EXACT or k.tag == "struct" for k in kinds)
        slots = self.slots(plan)
        options = [] if plan.mutable else ["frozen=True"]
        if plan.mutable or "__eq__" in slots or not comparable:
            options.append("eq=False")
        run = self._run(plan)
        decorators, taken = self._layers(plan, run)
        lines = [f"    {written_doc(plan.documentation, 1)}"] if plan.documentation else []
        lines += self._inner_comments(plan)
        for f in plan.fields:
            self.learned.variables.setdefault((("struct", plan.name), python_name(f.name)), Kind("bottom"))
            lines.append(f"    {python_name(f.name)}: {self._annotation(plan, f)}{self._default(plan, f)}")
        if plan.inner and plan.computed is None:
            lines += ["", *self.indent(self._checks(plan))]
        for definition, comments in run:
            method = self._method(plan, definition, slots)
            if method is None:
                continue
            lines += ["", *(f"    {c}" for c in comments), *(f"    {line}" for line in method)]
            taken.append(definition)
        self.absorbed.update(d.at for d in taken)
        above = f"({self.type_expr(plan.parent)})" if plan.parent is not None else ""
        call = f"({', '.join(options)})" if options else ""
        body = lines or ["    pass"]
        made = [*decorators, f"@dataclass{call}", f"class {own.python}{above}:", *body]
        return [*made, *self._computed(plan, own)] if plan.computed is not None else made

    def _computed(self, plan: Plan, own: Variable) -> list[str]:
        """An inner constructor that computes the fields, as a function; ``new`` is the class itself."""
        assert plan.computed is not None
        _name, parameters, wheres, _result, body = self.parts(plan.computed)
        before, self.new_plan = self.new_plan, plan
        try:
            python = constructor_name(plan, plan.computed, own.python)
            return self.function(python, parameters, wheres, body, plan.computed, False, plan.computed.at)
        finally:
            self.new_plan = before

    def _inner_comments(self, plan: Plan) -> list[str]:
        body = plan.node.args[2]
        start, end = getattr(body, "at", -1), plan.node.end
        return [f"    {c}" for c in self.comment_lines(start, end)] if start >= 0 else []

    def _run(self, plan: Plan) -> list[tuple[Expr, list[str]]]:
        """The definitions right behind a struct, each with the comments before it."""
        found = []
        here = plan.node.end
        for node in self.following.get(plan.node.at, []):
            definition: Any = node
            while (
                isinstance(definition, Expr) and definition.head == "macrocall" and len(definition.args) > 1
            ):
                definition = definition.args[-1]
            at, end = getattr(node, "at", here), getattr(node, "end", here)
            comments = self.comment_lines(here, at)
            here = max(here, end)
            if is_definition(node) and isinstance(node, Expr):
                found.append((node, comments))
        return found

    def _layers(self, plan: Plan, run: Any) -> tuple[list[str], list[Any]]:
        """``@Flux.layer`` as a decorator, if nothing but definitions stands between."""
        for node in self.following.get(plan.node.at, []):
            if not (isinstance(node, Expr) and node.head == "macrocall"):
                continue
            if self.macro_name(node) not in ("@layer", "@functor"):
                continue
            names = [a for a in node.args[1:] if isinstance(a, Name)]
            if [n.text for n in names] == [plan.name]:
                call = self.layer(node.args[1:])[0]
                return [f"@{call.removesuffix(f'({python_name(plan.name)})')}"], [node]
        return [], []

    def macro_name(self, node: Expr) -> str: ...  # type: ignore[empty-body]

    def layer(self, args: list[Node]) -> list[str]: ...  # type: ignore[empty-body]

    def _method(self, plan: Plan, definition: Expr, slots: dict[str, Expr]) -> list[str] | None:
        """A method in the class, if it is one."""
        state = set(self.imports), self.counter, self.helper_calls
        try:
            if definition in plan.calls and len(plan.calls) == 1:
                return self.call_method(plan, definition)
            for name, other in slots.items():
                if other is definition:
                    return self.special_method(plan, name, definition, name)
        except Refused:
            self.imports, self.counter, self.helper_calls = state
        return None

    def special_method(self, plan: Plan, name: str, definition: Expr, python: str) -> list[str]:
        """A method with one of Python's names."""
        found = self.special(definition, plan)
        assert found is not None
        _, parameters, me = found
        body = definition.args[1]
        if name == "__repr__":
            body = self._text_of(body)
        scope = Scope("block", ("method", definition.at), self.scope)
        scope.add(me, "self", fixed=Kind("struct", (plan.name,)))
        if name.strip("_").removeprefix("r") not in BINARY.values() or self._loose(definition):
            for k in range(len(parameters)):
                self.learn_parameter((definition.at, k), ANY)
        with self.inside(scope):
            lines = self.function(
                python, parameters, [], body, definition, False, definition.at, first=["self"]
            )
        if name == "__eq__":
            other = python_name(next(iter(targets(parameters[0])), "other"))
            lines.insert(1, f"    if not isinstance({other}, {python_name(plan.name)}):")
            lines.insert(2, "        return NotImplemented")
        return lines

    def _loose(self, definition: Expr) -> bool:
        """Whether the method is called from places that are not seen."""
        return ("op", self.extended_text(definition)) in self.known.escaped

    @staticmethod
    def _text_of(body: Node) -> Node:
        """The body of ``show`` with what is printed as its value."""
        statements = list(body.args) if isinstance(body, Expr) and body.head == "block" else [body]
        last: Any = statements[-1]
        parts: list[Node] = []
        for a in last.args[2:]:
            parts += a.args if isinstance(a, Expr) and a.head == "string" else [a]
        text: Node = Expr("string", parts, last.at, last.end)
        if len(parts) == 1 and isinstance(parts[0], Literal) and parts[0].type == "String":
            text = parts[0]
        return Expr("block", [*statements[:-1], text], getattr(body, "at", -1), getattr(body, "end", -1))

    def call_method(self, plan: Plan, definition: Expr) -> list[str]:
        """``(m::M)(x) = …`` as ``__call__``."""
        name, parameters, wheres, _result, body = self.parts(definition)
        assert isinstance(name, Expr)
        if len(name.args) != 2 or not isinstance(name.args[0], Name) or not isinstance(name.args[1], Name):
            raise Refused("this definition of a callable struct", definition.at)
        scope = Scope("block", ("callable", definition.at), self.scope)
        scope.add(name.args[0].text, "self", fixed=Kind("struct", (plan.name,)))
        with self.inside(scope):
            return self.function(
                "__call__", parameters, wheres, body, definition, False, definition.at, first=["self"]
            )

    def attached(self, plan: Plan, definition: Expr) -> list[str] | None:
        """A special method that stands elsewhere: a function, and the class gets it."""
        for name, other in self.slots(plan).items():
            if other is definition:
                python = f"{name.strip('_')}_{python_name(plan.name).lower()}"
                lines = self.special_method(plan, name, definition, python)
                return [*lines, f"{python_name(plan.name)}.{name} = {python}"]
        return None

    # Constructors.

    def checked(self, plan: Plan) -> tuple[list[Node], dict[str, str]] | None:
        """The checks of an inner constructor that ends with ``new`` of its parameters, and their fields."""
        if not plan.inner:
            return [], {}
        definition = plan.inner[0]
        head = definition.args[0]
        if not (isinstance(head, Expr) and head.head == "call" and isinstance(head.args[0], Name)):
            return None
        names = [next(iter(targets(p)), "") for p in parameters_of(definition)]
        if self._keywords(definition) or any(
            isinstance(p, Expr) and p.head in ("kw", "=", "...") for p in parameters_of(definition)
        ):
            return None
        body = definition.args[1]
        statements = list(body.args) if isinstance(body, Expr) and body.head == "block" else [body]
        last: Any = statements.pop() if statements else None
        if isinstance(last, Expr) and last.head == "return" and last.args:
            last = last.args[0]
        if isinstance(last, Expr) and last.head == "if" and len(last.args) == 3:
            test, yes, no = last.args
            if is_failure(no):
                statements.append(Expr("||", [test, strip(no)], last.at, last.end))
                last = strip(yes)
            elif is_failure(yes):
                statements.append(Expr("&&", [test, strip(yes)], last.at, last.end))
                last = strip(no)
        if not (
            isinstance(last, Expr)
            and last.head == "call"
            and isinstance(last.args[0], Name)
            and last.args[0].text == "new"
            and [getattr(a, "text", None) for a in last.args[1:]] == names
            and len(names) == len(plan.fields)
        ):
            return None
        if not all(is_check(s) for s in statements):
            return None
        return statements, {n: f.name for n, f in zip(names, plan.fields, strict=True)}

    def _checks(self, plan: Plan) -> list[str]:
        found = self.checked(plan)
        assert found is not None
        statements, names = found
        if not statements:
            return ["pass"]
        scope = Scope("function", plan.inner[0].at, self.scope)
        for name, field in names.items():
            python = python_name(field)
            scope.add(name, f"self.{python}", fixed=self.field_kind(plan.name, python))
        before, self.result_kinds = self.result_kinds, []
        try:
            with self.inside(scope):
                lines = self.block(statements)
        finally:
            self.result_kinds = before
        return ["def __post_init__(self):", *self.indent(lines)]

    def outer_constructor(self, plan: Plan, own: Variable, definition: Expr) -> list[str]:
        """An outer constructor as a function of its own."""
        _name, parameters, wheres, _result, body = self.parts(definition)
        python = constructor_name(plan, definition, own.python)
        return self.function(python, parameters, wheres, body, definition, False, definition.at, typed=False)

    # Fields.

    def _annotation(self, plan: Plan, f: Field) -> str:
        """What a field is, in Python's words."""
        node = f.type
        if isinstance(node, Expr) and base_name(node) == "Union":
            parts = [a for a in node.args[1:] if base_name(a) != "Nothing"]
            if len(parts) == 1:
                inner = self._annotation(plan, Field(f.name, parts[0]))
                return repr(f"{inner[1:-1]} | None") if inner.startswith("'") else f"{inner} | None"
        name = base_name(node)
        if name in ARRAYS:
            element = base_name(node.args[1]) if isinstance(node, Expr) and len(node.args) > 1 else ""
            return (
                "list"
                if element and ANNOTATIONS.get(element) in (None, "str") and element not in plan.variables
                else self.np("ndarray")
            )
        if name in ANNOTATIONS and self.lookup(name) is None:
            text = ANNOTATIONS[name]
            if text.startswith("np."):
                self.imports.add("np")
            return text
        if name in self.plans:
            return python_name(name) if self.plans[name].node.at < plan.node.at else repr(python_name(name))
        kind = self.field_kind(plan.name, python_name(f.name))
        if kind in NUMBERS:
            return {INT: "int", Kind("nat"): "int", BOOL: "bool"}.get(
                kind, "float" if kind in (FLOAT, F32) else "object"
            )
        if kind.tag == "arr":
            return self.np("ndarray") if kind.stored == "nd" else "list"
        return {"str": "str", "sym": "str", "dict": "dict", "tuple": "tuple", "set": "set"}.get(
            kind.tag, "object"
        )

    def _default(self, plan: Plan, f: Field) -> str:
        if f.default is None:
            return ""
        code, kind = self.expr(f.default)
        made = self.fitted(code, kind, f.type)
        if made is None:
            self.weigh(plan.name)
            return f" = {code}"
        self.learn_field(plan.name, f.name, kind)
        if (
            isinstance(f.default, (Literal, Quoted))
            or self.literal_int(code) is not None
            or made in ("None", "np.pi", "np.inf")
        ):
            return f" = {made}"
        self.imports.add("from dataclasses import field")
        return f" = field(default_factory=lambda: {made})"


def strip(node: Node) -> Node:
    """A block of one statement is that statement."""
    while isinstance(node, Expr) and node.head == "block" and len(node.args) == 1:
        node = node.args[0]
    return node


def is_failure(node: Node) -> bool:
    """``error(…)`` and ``throw(…)``."""
    node = strip(node)
    return (
        isinstance(node, Expr)
        and node.head == "call"
        and isinstance(node.args[0], Name)
        and node.args[0].text in ("error", "throw")
    )


def is_check(node: Node) -> bool:
    """A statement that does nothing but stop if something is wrong."""
    if not isinstance(node, Expr):
        return False
    if node.head in ("||", "&&"):
        return is_failure(node.args[1])
    if node.head == "if":
        return len(node.args) == 2 and is_failure(node.args[1])
    return node.head == "macrocall" and getattr(node.args[0], "text", "") == "@assert"
