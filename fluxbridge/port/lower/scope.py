"""Scopes: which variable a name means, and what it is called in Python."""

from __future__ import annotations

import builtins
import functools
import keyword
import re
from dataclasses import dataclass, field
from typing import Any

from ..syntax import Expr, Literal, Name, Node

GREEK = {
    "∇": "nabla_",
    "∂": "d_",
    "′": "_prime",
    "″": "_prime2",
    "∞": "inf_",
    "√": "sqrt_",
    "∑": "sum_",
    "Δ": "Δ",
    "²": "_2",
    "³": "_3",
}
SUBSCRIPTS = {c: str(i) for i, c in enumerate("₀₁₂₃₄₅₆₇₈₉")} | dict(
    zip("ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼ", "aeoxhklmnpstiruvj", strict=False)
)
RESERVED = frozenset(
    {"np", "jl", "Flux", "print", "range", "len", "enumerate", "zip", "list", "tuple", "gradient_", "self"}
)


@functools.lru_cache(maxsize=10_000)
def python_name(name: str) -> str:
    """A name as Python allows it: ``step!`` is ``step_``, ``∇f`` is ``nabla_f``."""
    text = "".join(GREEK.get(c, SUBSCRIPTS.get(c, c)) for c in name.replace("!", "_"))
    if not text.isidentifier():
        text = re.sub(r"\W", lambda found: f"u{ord(found.group()):x}", text)
        text = text if text.isidentifier() else "v_" + text
    if keyword.iskeyword(text) or text in ("np", "jl", "Flux", "None", "True", "False", "self"):
        text += "_"
    return text


@dataclass
class Variable:
    """A variable: its name in Python and where it lives."""

    name: str
    python: str
    scope: Scope
    functions: list[Expr] = field(default_factory=list)
    struct: Expr | None = None
    loop: bool = False
    fixed: Any = None
    lowest: int | None = None


class Scope:
    """The variables of the file, of a function, or of a loop within one."""

    def __init__(self, kind: str, key: Any, parent: Scope | None = None) -> None:
        self.kind, self.key, self.parent = kind, key, parent
        self.names: dict[str, Variable] = {}
        self.nonlocals: set[str] = set()
        self.globals: set[str] = set()

    @property
    def home(self) -> Scope:
        """The scope of the Python function that this one is part of."""
        scope = self
        while scope.kind == "block" and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def root(self) -> Scope:
        """The scope of the file."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Variable | None:
        """The variable that a name means here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.globals:
                return scope.root.names.get(name)
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def add(self, name: str, python: str | None = None, **more: Any) -> Variable:
        """A new variable."""
        variable = Variable(name, python or python_name(name), self, **more)
        self.names[name] = variable
        return variable


def targets(node: Node) -> list[str]:
    """The names that an assignment to this sets."""
    if isinstance(node, Name):
        return [node.text]
    if isinstance(node, Expr):
        if node.head in ("tuple", "parameters"):
            return [n for a in node.args for n in targets(a)]
        if node.head in ("::", "...", "kw", "outer"):
            return targets(node.args[0])
        if node.head == "=":
            return targets(node.args[0])
    return []


def signature_name(node: Node) -> Node:
    """What is defined by a function's head: a name, ``Base.name``, or a struct for ``(m::M)(x)``."""
    while isinstance(node, Expr) and node.head in ("where", "::") and node.args:
        node = node.args[0]
    if isinstance(node, Expr) and node.head == "call":
        return node.args[0]
    return node


def is_definition(node: Node) -> bool:
    """Whether a node defines a function, in the long or the short form."""
    if not isinstance(node, Expr):
        return False
    if node.head == "function":
        return not (isinstance(node.args[0], Expr) and node.args[0].head == "tuple")
    if node.head == "=":
        left = node.args[0]
        while isinstance(left, Expr) and left.head in ("where", "::") and left.args:
            left = left.args[0]
        return isinstance(left, Expr) and left.head == "call"
    return False


@dataclass
class Found:
    """What a body assigns: plainly, in loops, as loop variables; its functions and structs; names declared
    global."""

    plain: dict[str, int] = field(default_factory=dict)
    looped: dict[str, int] = field(default_factory=dict)
    iterated: dict[str, int] = field(default_factory=dict)
    functions: dict[str, list[Expr]] = field(default_factory=dict)
    structs: dict[str, Expr] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    locals: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)


def scan(nodes: list[Node]) -> Found:
    """What statements assign, not looking into functions and ``let``."""
    found = Found()
    for node in nodes:
        _scan(node, found, False)
    return found


def _scan(node: Node, found: Found, loop: bool) -> None:
    if not isinstance(node, Expr):
        return
    head, args = node.head, node.args
    if is_definition(node):
        name: Any = signature_name(args[0])
        if isinstance(name, Expr) and name.head == "curly":
            name = name.args[0]
        if isinstance(name, Name):
            found.functions.setdefault(name.text, []).append(node)
        return
    if head == "struct":
        name = args[1]
        while isinstance(name, Expr):
            name = name.args[0]
        if isinstance(name, Name):
            found.structs[name.text] = node
        return
    if head == "abstract":
        name = args[0]
        while isinstance(name, Expr):
            name = name.args[0]
        if isinstance(name, Name):
            found.plain.setdefault(name.text, node.at)
        return
    if head in (
        "->",
        "let",
        "quote",
        "module",
        "do",
        "generator",
        "comprehension",
        "typed_comprehension",
        "flatten",
    ):
        if head == "do":
            _scan(args[0], found, loop)
        if head == "let":
            for binding in args[:1]:
                if isinstance(binding, Expr) and binding.head == "=":
                    _scan(binding.args[1], found, loop)
        if head == "comprehension" or head == "typed_comprehension":
            return
        return
    if head == "function":
        return
    if head == "global":
        for a in args:
            found.globals.update(
                targets(a)
                if not (isinstance(a, Expr) and a.head.endswith("=") and a.head not in ("=",))
                else targets(a.args[0])
            )
            if isinstance(a, Expr) and a.head.endswith("="):
                for name in targets(a.args[0]):
                    found.looped.setdefault(name, node.at)
                _scan(a.args[1], found, loop)
        return
    if head == "local":
        for a in args:
            found.locals.update(targets(a))
            if isinstance(a, Expr) and len(a.args) > 1:
                _scan(a.args[1], found, loop)
        return
    if head == "const":
        _scan(args[0], found, loop)
        return
    if head == "for":
        heads = args[0].args if isinstance(args[0], Expr) and args[0].head == "block" else [args[0]]
        for one in heads:
            if isinstance(one, Expr):
                for name in targets(one.args[0]):
                    found.iterated.setdefault(name, node.at)
                _scan(one.args[1], found, loop)
        _scan(args[1], found, True)
        return
    if head == "while":
        _scan(args[0], found, loop)
        _scan(args[1], found, True)
        return
    if head == "try":
        if isinstance(args[1], Name):
            found.iterated.setdefault(args[1].text, node.at)
        for a in (args[0], *args[2:]):
            _scan(a, found, loop)
        return
    if head == "kw":
        _scan(args[1], found, loop)
        return
    if (
        head == "="
        or (
            head.endswith("=")
            and head not in ("==", "!=", "<=", ">=", "===", "!==", ".==", "=>", ".<=", ".>=", ".!=")
        )
    ) and len(args) == 2:
        if not head.startswith("."):
            for name in targets(args[0]):
                (found.looped if loop else found.plain).setdefault(name, node.at)
        if isinstance(args[0], Expr):
            for a in args[0].args if args[0].head in ("ref",) else ():
                _scan(a, found, loop)
        _scan(args[1], found, loop)
        return
    if head == "macrocall" and getattr(args[0], "text", "") == "@__dot__":  # ``@. x = y`` writes into x
        for a in args[1:]:
            _scan(
                a.args[1] if isinstance(a, Expr) and a.head.endswith("=") and len(a.args) == 2 else a,
                found,
                loop,
            )
        return
    if head == "macrocall" and isinstance(args[0], Name) and args[0].text in ("@bind",) and len(args) > 1:
        for name in targets(args[1]):
            found.plain.setdefault(name, node.at)
        return
    if (
        head == "macrocall"
        and isinstance(args[0], Name)
        and args[0].text in ("@variable", "@constraint", "@objective")
    ):
        return
    if head == "tuple" or head == "call" or head == "parameters":
        for a in args:
            if isinstance(a, Expr) and a.head in ("=", "kw"):
                _scan(a.args[1], found, loop)
            else:
                _scan(a, found, loop)
        return
    for a in args:
        _scan(a, found, loop)


def calls_of(node: Any, names: set[str], found: set[str]) -> None:
    """Variables and fields that some call of these functions changes in length: ``push!(xs, …)``."""
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, Expr):
            if (
                here.head == "call"
                and isinstance(here.args[0], Name)
                and here.args[0].text in names
                and len(here.args) > 1
            ):
                first = next(
                    (a for a in here.args[1:] if not (isinstance(a, Expr) and a.head == "parameters")), None
                )
            elif (
                here.head == "call"
                and isinstance(here.args[0], Name)
                and here.args[0].text == "filter!"
                and len(here.args) == 3
            ):
                first = here.args[2]
            else:
                first = None
            if first is not None:
                if isinstance(first, Name):
                    found.add(first.text)
                elif isinstance(first, Expr) and first.head == ".":
                    field_name: Any = first.args[1]
                    found.add("." + getattr(getattr(field_name, "value", None), "text", ""))
            stack.extend(here.args)


def shadowed_builtins(found: Found) -> set[str]:
    """Builtins of Python that the program uses as names of its own."""
    mine = {
        python_name(n)
        for group in (found.plain, found.looped, found.iterated, found.functions, found.structs)
        for n in group
    }
    return {n for n in mine if hasattr(builtins, n)}


__all__ = [
    "Found",
    "Literal",
    "Scope",
    "Variable",
    "calls_of",
    "is_definition",
    "python_name",
    "scan",
    "shadowed_builtins",
    "signature_name",
    "targets",
]
