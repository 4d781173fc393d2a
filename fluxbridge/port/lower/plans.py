"""What the program says about its structs, read off its statements before they are translated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..syntax import Expr, Literal, Name, Node, Quoted
from .scope import is_definition, signature_name


@dataclass
class Field:
    """One field: its name, the type and the default that are written there."""

    name: str
    type: Node | None = None
    default: Node | None = None


@dataclass
class Plan:
    """A struct with all that the program defines for it."""

    name: str
    node: Expr
    mutable: bool
    parent: Node | None
    variables: list[str]
    fields: list[Field]
    inner: list[Expr]
    documentation: str | None = None
    keywords: bool = False
    outer: list[Expr] = field(default_factory=list)
    calls: list[Expr] = field(default_factory=list)
    methods: dict[str, list[Expr]] = field(default_factory=dict)
    layer: bool = False
    #: How the names of constructors that are functions begin.
    making: str = "new"
    #: An inner constructor that computes the fields, or shows what it was given; it is a function of its own.
    computed: Expr | None = None

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((f for f in self.fields if f.name == name), None)

    @property
    def shown(self) -> bool:
        """Whether the program says how it is printed."""
        return "show" in self.methods


def struct_of(node: Node) -> tuple[Expr, bool, str | None] | None:
    """The struct that a statement defines, whether by ``@kwdef``, and its documentation."""
    keywords, text = False, None
    while isinstance(node, Expr) and node.head == "macrocall" and len(node.args) > 1:
        name: Any = node.args[0]
        if isinstance(name, Expr) and name.head == "." and isinstance(name.args[1], Quoted):
            name = name.args[1].value
        name = getattr(name, "text", "")
        if name in ("@kwdef", "@with_kw"):
            keywords = True
        elif name in ("Core.@doc", "@doc"):
            first = node.args[1]
            text = first.value if isinstance(first, Literal) and first.type == "String" else text
        else:
            return None
        node = node.args[-1]
    return (node, keywords, text) if isinstance(node, Expr) and node.head == "struct" else None


def read_plan(node: Expr, keywords: bool, documentation: str | None) -> Plan | None:
    """What is written inside of a struct; ``None`` if it is of no common form."""
    mutable = bool(node.args[0].value) if isinstance(node.args[0], Literal) else False
    head: Node = node.args[1]
    parent = None
    if isinstance(head, Expr) and head.head == "<:":
        head, parent = head.args
    variables: list[str] = []
    if isinstance(head, Expr) and head.head == "curly":
        for v in head.args[1:]:
            name = v.args[0] if isinstance(v, Expr) and v.head == "<:" else v
            if not isinstance(name, Name):
                return None
            variables.append(name.text)
        head = head.args[0]
    if not isinstance(head, Name):
        return None
    plan = Plan(head.text, node, mutable, parent, variables, [], [], documentation, keywords)
    body = node.args[2]
    for item in body.args if isinstance(body, Expr) else []:
        if is_definition(item):
            plan.inner.append(item)  # type: ignore[arg-type]
            continue
        if isinstance(item, Literal):
            continue
        if isinstance(item, Expr) and item.head == "macrocall":
            item = item.args[-1]
        default = None
        if isinstance(item, Expr) and item.head == "=":
            item, default = item.args
        if isinstance(item, Expr) and item.head == "const":
            item = item.args[0]
        kind = None
        if isinstance(item, Expr) and item.head == "::":
            item, kind = item.args
        if not isinstance(item, Name):
            return None
        plan.fields.append(Field(item.text, kind, default))
    return plan


def parameters_of(definition: Expr) -> list[Node]:
    """The positional parameters of a method."""
    head = definition.args[0]
    while isinstance(head, Expr) and head.head in ("where", "::"):
        head = head.args[0]
    if not (isinstance(head, Expr) and head.head == "call"):
        return []
    return [a for a in head.args[1:] if not (isinstance(a, Expr) and a.head == "parameters")]


def type_of(parameter: Node) -> Node | None:
    """The type that is written at a parameter."""
    if isinstance(parameter, Expr) and parameter.head in ("kw", "="):
        parameter = parameter.args[0]
    return parameter.args[-1] if isinstance(parameter, Expr) and parameter.head == "::" else None


def base_name(node: Node | None) -> str:
    """The name of a type without its parameters."""
    while isinstance(node, Expr) and node.head in ("curly", "where"):
        node = node.args[0]
    return node.text if isinstance(node, Name) else ""


def extended_name(definition: Expr, imported: set[str]) -> str | None:
    """The function of Base that a method is for."""
    name = signature_name(definition.args[0])
    if isinstance(name, Expr) and name.head == "." and isinstance(name.args[1], Quoted):
        return getattr(name.args[1].value, "text", None)
    return name.text if isinstance(name, Name) and name.text in imported else None


def plans_of(statements: list[Node], imported: set[str]) -> dict[str, Plan]:
    """The structs of a program by name."""
    plans: dict[str, Plan] = {}
    for statement in statements:
        found = struct_of(statement)
        if found is not None and (plan := read_plan(*found)) is not None:
            plans[plan.name] = plan
    for statement in statements:
        node: Node = statement
        while isinstance(node, Expr) and node.head == "macrocall" and len(node.args) > 1:
            name: Any = node.args[0]
            if isinstance(name, Expr) and isinstance(name.args[-1], Quoted):
                name = name.args[-1].value
            if getattr(name, "text", "") in ("@layer", "@functor"):
                for a in node.args[1:]:
                    if isinstance(a, Name) and a.text in plans:
                        plans[a.text].layer = True
            node = node.args[-1]
        if not (is_definition(node) and isinstance(node, Expr)):
            continue
        called = signature_name(node.args[0])
        if isinstance(called, Expr) and called.head == "::":
            name = base_name(called.args[-1])
            if name in plans:
                plans[name].calls.append(node)
        elif base_name(called) in plans:
            plans[base_name(called)].outer.append(node)
        elif (text := extended_name(node, imported)) is not None:
            for name in {base_name(type_of(p)) for p in parameters_of(node)} & set(plans):
                plans[name].methods.setdefault(text, []).append(node)
    return plans
