"""Structs that are plain dataclasses: what their fields hold, and what is passed to them.

A struct of the program becomes a dataclass if every use of it is known to mean the same: each argument
has the kind of its field (or is converted where it is passed), the type is not used as a value, and so on.
Whoever finds a use that is not certain calls :meth:`Fields.weigh`; then it is written with ``@jl.struct``.
"""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, BOOL, BOTTOM, F32, FLOAT, INT, INTS, NAT, NUMBERS, REALS, Kind, arr, join, traced
from ..syntax import Expr, Name, Node
from .core import Value
from .expressions import Expressions
from .plans import Plan, base_name, parameters_of, type_of
from .scope import python_name
from .words import ELEMENT_KINDS

UNCONVERTED = frozenset(
    [
        "Any",
        "Number",
        "Real",
        "Integer",
        "AbstractFloat",
        "AbstractString",
        "AbstractVector",
        "AbstractMatrix",
        "AbstractArray",
        "AbstractVecOrMat",
        "VecOrMat",
        "Function",
        "Symbol",
        "Char",
        "String",
        "Tuple",
        "NamedTuple",
        "AbstractDict",
        "Array",
        "Vector",
        "Matrix",
        "IO",
        "AbstractRNG",
        "Chain",
        "Dense",
    ]
)
ARRAYS = frozenset(("Vector", "Matrix", "Array"))
EXACT = (INT, NAT, BOOL, Kind("str"), Kind("sym"), Kind("char"), Kind("none"))
CONVERSIONS = {"Float64": "Float64", "Int": "Int64", "Int64": "Int64", "Float32": "Float32"}
CHANGING = frozenset(
    ("f32", "f64", "f16", "bf16", "fmap", "adapt", "cpu", "gpu", "loadmodel!", "setfield!", "setproperty!")
)


def _is_empty(code: str) -> bool:
    """An empty vector, possibly with the type of its elements."""
    return code == "[]" or (code.startswith("jl.typed(") and ", [" not in code)


class Fields(Expressions):
    """Fields, and the calls that make structs."""

    changing: bool = False
    #: Abstract types of the program that are written as classes.
    abstract: frozenset[str] | set[str] = frozenset()
    differentiating: bool = False

    def weigh(self, name: str) -> None:
        """Something is done with a struct that a dataclass would do otherwise."""
        self.learned.heavy.add(name)

    def plain(self, name: str) -> Plan | None:
        """The struct of this name, if it is a dataclass."""
        return self.plans.get(name) if name not in self.known.heavy else None

    def structs_in(self, kind: Kind) -> set[str]:
        """The structs that a value of this kind may be or hold."""
        if kind == ANY:
            return set(self.plans)
        if kind.tag == "struct":
            return {kind.args[0]}
        if kind.tag == "record":
            return {n for _, k in kind.args for n in self.structs_in(k)}
        return {n for k in kind.args if isinstance(k, Kind) for n in self.structs_in(k)}

    def printed(self, kind: Kind) -> None:
        """A value is printed: structs with type parameters say so, dataclasses cannot."""
        if self.tells(kind):
            self.learned.told = True
        for name in self.structs_in(kind):
            if self.plans[name].variables and not self.plans[name].shown:
                self.weigh(name)

    def tells(self, kind: Kind) -> bool:
        """Whether the types of what is in a value of this kind are seen when it is printed."""
        if kind == BOTTOM or kind in NUMBERS or kind.tag in ("range", "model", "none", "str", "onehot"):
            return False
        if kind.tag == "struct":
            return True
        if kind.tag == "arr" and kind.stored == "nd":
            return kind.element not in NUMBERS
        if kind.tag == "tuple":
            return any(self.tells(k) for k in kind.args)
        if kind.tag == "record":
            return any(self.tells(k) for _, k in kind.args)
        return True

    def keyed(self, kind: Kind) -> None:
        """A value is looked up in a dictionary or a set: as it is equal in Julia."""
        for name in self.structs_in(kind):
            plan = self.plans[name]
            if not plan.mutable and not all(self.field_kind(name, f.name) in EXACT for f in plan.fields):
                self.weigh(name)

    # Structs that are called.

    def called_method(self, kind: Kind) -> Expr | None:
        """``(m::M)(x) = …`` of a struct that has one such method."""
        plan = self.plain(kind.args[0])
        return plan.calls[0] if plan is not None and len(plan.calls) == 1 else None

    def called_unseen(self, kind: Kind) -> None:
        """A value of this kind is called somewhere with arguments that are not seen."""
        for name in self.structs_in(kind):
            self.learned.escaped.update(d.at for d in self.plans[name].calls)

    # Fields.

    def field_kind(self, struct: str, field: str) -> Kind:
        """What a field holds: by its type, else by what is put into it."""
        plan = self.plans.get(struct)
        if plan is None:
            return self.structs.get(struct, {}).get(field, ANY)
        found = next((f for f in plan.fields if python_name(f.name) == field), None)
        if found is None:
            return ANY
        declared = self.declared_field(found.type)
        if declared != ANY:
            return declared
        if self.plain(struct) is None or self.changing:
            return ANY
        learned = self.known.variables.get((("struct", struct), field), self.known.unseen)
        if self.differentiating and learned.tag in ("nat", "int", "real", "arr", "range"):
            return join(learned, traced(learned))
        return learned

    def declared_field(self, node: Node | None) -> Kind:
        """What the type of a field says about its value."""
        kind = self.kind_of_type(node) if node is not None else ANY
        if kind == NAT:
            return INT
        if kind.tag == "arr" and kind.element not in (INT, FLOAT, F32, BOOL):
            return arr(ANY, 1, None)
        return kind

    def kind_of_type(self, node: Node) -> Kind: ...  # type: ignore[empty-body]

    def learn_field(self, struct: str, field: str, kind: Kind) -> None:
        """A value of this kind is put into a field."""
        self.escape(kind)
        if kind.tag == "lambda":
            kind = Kind("function")
        self.widen(self.learned.variables, (("struct", struct), python_name(field)), kind)

    def fitted(self, code: str, kind: Kind, node: Node | None) -> str | None:
        """A value as a field of this type holds it, or ``None`` if that is not known."""
        if node is None or kind == BOTTOM:
            return code
        name = base_name(node)
        if isinstance(node, Name) and self.lookup(name) is None and name in ELEMENT_KINDS:
            return self._number_for(code, kind, name)
        if isinstance(node, Name) and (
            name in UNCONVERTED or name in self.plans or self.lookup(name) is not None
        ):
            return code
        if isinstance(node, Expr) and node.head == "curly":
            return self._fitted_generic(code, kind, node, name)
        return None

    def _number_for(self, code: str, kind: Kind, name: str) -> str | None:
        wanted = ELEMENT_KINDS[name]
        if kind == wanted or (wanted == INT and kind in INTS):
            return code
        if wanted in EXACT and wanted != INT:
            return code if kind == ANY and wanted != BOOL else None
        if wanted == FLOAT and kind in REALS | {BOOL, F32}:
            literal = self.literal_int(code)
            return repr(float(literal)) if literal is not None else f"{self.builtin('float')}({code})"
        if wanted == F32 and kind in REALS:
            return f"{self.np('float32')}({code})"
        if wanted == INT and kind == BOOL:
            return f"{self.builtin('int')}({code})"
        if name in CONVERSIONS and kind.tag in ("any", "num", "real", "int", "float", "f32"):
            return f"{self.jl(CONVERSIONS[name])}({code})"
        return None

    def _fitted_generic(self, code: str, kind: Kind, node: Expr, name: str) -> str | None:
        if name == "Union":
            if kind.tag == "none" and any(base_name(a) == "Nothing" for a in node.args[1:]):
                return code
            others = [a for a in node.args[1:] if base_name(a) not in ("Nothing", "Missing")]
            if all(base_name(a) in self.plans or base_name(a) in self.abstract for a in others):
                return code
            made = self.fitted(code, kind, others[0]) if len(others) == 1 and kind != ANY else None
            return made if made == code else None
        if name in self.plans:
            self.weigh(name)
            return code
        element = node.args[1]
        inner = ELEMENT_KINDS.get(base_name(element)) if self.lookup(base_name(element)) is None else None
        if name in ARRAYS and self.told and _is_empty(code):
            return self.typed_list(element)
        if name in ARRAYS and isinstance(element, Name) and inner in (INT, FLOAT, F32, BOOL):
            if _is_empty(code) or (kind.tag == "arr" and kind.element == inner):
                return code
            if kind.tag == "arr" and kind.stored == "nd" and inner == FLOAT and kind.element == INT:
                return f"{code}.astype(float)"
            return None
        if name in ARRAYS and inner is not None:
            return code if _is_empty(code) or (kind.tag == "arr" and kind.element == inner) else None
        if name in ARRAYS:
            is_variable = (
                isinstance(element, Name)
                and self.lookup(element.text) is None
                and element.text not in UNCONVERTED
            )
            mine = isinstance(element, Name) and (element.text in self.plans or element.text in self.abstract)
            return code if _is_empty(code) or is_variable or (mine and kind.tag == "arr") else None
        if name in ("AbstractArray", "AbstractVector", "AbstractMatrix", "Tuple", "NTuple"):
            return code
        return code if name in ("Dict", "Set") and kind.tag in ("dict", "set") else None

    # Calls.

    def plain_call(self, plan: Plan, python: str, args: list[Node], node: Expr) -> Value | None:
        """``P(1, 2)`` of a dataclass; ``None`` if it is not certain what that makes."""
        positional, keywords = self.split(args)
        if any(isinstance(a, Expr) and a.head == "..." for a in [*positional, *keywords]):
            return None
        result = Kind("struct", (plan.name,))
        if plan.computed is not None:
            function = constructor_name(plan, plan.computed, python)
            return self.followed_call(function, (plan.computed.at,), args)[0], result
        return self._fields_call(plan, python, args, result)

    def _fields_call(self, plan: Plan, python: str, args: list[Node], result: Kind) -> Value | None:
        """A call that gives a value for each field, or of an outer constructor."""
        positional, keywords = self.split(args)
        if plan.outer:
            with self.hoisting():
                kinds = [self.handed(a)[1] for a in positional]
            chosen = self._constructor(plan, kinds)
            if chosen is not None:
                code, _ = self.followed_call(constructor_name(plan, chosen, python), (chosen.at,), args)
                return code, result
            if self._ambiguous(plan, kinds):
                return None
        values = [self.handed(a) for a in positional]
        if keywords and (not plan.keywords or positional):
            return None
        if not keywords and len(values) != len(plan.fields) and not (plan.keywords and not values):
            return None
        parts = []
        for field, (code, kind) in zip(plan.fields, values, strict=False):
            made = self.fitted(code, kind, field.type)
            if made is None:
                return None
            self.learn_field(plan.name, field.name, kind)
            parts.append(made)
        for k in keywords:
            name = k.args[0] if isinstance(k, Expr) and k.head == "kw" else k
            named = plan.field(name.text) if isinstance(name, Name) else None
            if named is None:
                return None
            code, kind = self.handed(k.args[1] if isinstance(k, Expr) else k)
            made = self.fitted(code, kind, named.type)
            if made is None:
                return None
            self.learn_field(plan.name, named.name, kind)
            parts.append(f"{python_name(named.name)}={made}")
        return f"{python}({', '.join(parts)})", result

    def _constructor(self, plan: Plan, kinds: list[Kind]) -> Expr | None:
        """The outer constructor that is called, if it is one of them for certain."""
        for definition in plan.outer:
            parameters = parameters_of(definition)
            if len(parameters) != len(kinds):
                continue
            if len(kinds) != len(plan.fields):
                return definition
            if all(self._surely(k, p) for k, p in zip(kinds, parameters, strict=True)):
                return definition
        return None

    def _ambiguous(self, plan: Plan, kinds: list[Kind]) -> bool:
        """Whether an outer constructor may be meant, and it is not known."""
        if BOTTOM in kinds:
            return False
        for definition in plan.outer:
            parameters = parameters_of(definition)
            if len(parameters) == len(kinds) and not any(
                self._surely_not(k, p) for k, p in zip(kinds, parameters, strict=True)
            ):
                return True
        return False

    def _surely(self, kind: Kind, parameter: Node) -> bool:
        name = base_name(type_of(parameter))
        if name in self.plans:
            return kind == Kind("struct", (name,))
        return (name in ("Integer", "Int", "Int64") and kind in INTS) or (
            name in ("Real", "Number") and kind in REALS
        )

    def _surely_not(self, kind: Kind, parameter: Node) -> bool:
        name = base_name(type_of(parameter))
        if name in ("Integer", "Int", "Int64"):
            return kind.tag in ("float", "f32", "arr", "struct", "str", "tuple", "lambda", "model", "dict")
        if name in self.plans:
            return kind != ANY and kind.tag not in ("any", "num") and kind != Kind("struct", (name,))
        if name in ("Real", "Number", "Float64"):
            return kind.tag in ("arr", "struct", "str", "tuple", "lambda", "model", "dict")
        return False

    def set_field(self, base: Kind, field: str, code: str, kind: Kind) -> str:
        """A value that is assigned to a field, converted as its type says."""
        python = python_name(field)
        for name in self.structs_in(base):
            plan = self.plans[name]
            found = next((f for f in plan.fields if python_name(f.name) == python), None)
            if found is None:
                continue
            if not plan.mutable:
                self.weigh(name)
                continue
            made = self.fitted(code, kind, found.type)
            if made is None or (base == ANY and made != code):
                self.weigh(name)
                continue
            self.learn_field(name, field, kind)
            code = made
        return code

    def handed(self, a: Node) -> Value: ...  # type: ignore[empty-body]

    def followed_call(self, function: str, keys: tuple, args: list[Node]) -> Value: ...  # type: ignore[empty-body]

    def split(self, args: list[Node]) -> tuple[list[Node], list[Node]]: ...  # type: ignore[empty-body]


def constructor_name(plan: Plan, definition: Expr, python: str) -> str:
    """What an outer constructor is called as a function."""
    number = next((i for i, d in enumerate(plan.outer) if d is definition), 0)
    return f"{plan.making}_{python.lower()}" + (f"_{number + 1}" if number else "")


def static_reasons(plan: Plan, abstract: set[str], repeated: bool) -> bool:
    """Whether a struct cannot be a dataclass, whatever is done with it."""
    if repeated or (
        plan.parent is not None and not (isinstance(plan.parent, Name) and plan.parent.text in abstract)
    ):
        return True
    if len(plan.inner) > 1 or (plan.inner and (plan.outer or plan.keywords)):
        return True
    if plan.inner and not is_plain_constructor(plan.inner[0], plan.name):
        return True
    names = [f.name for f in plan.fields]
    seen_default = False
    for f in plan.fields:
        if f.default is not None and not plan.keywords:
            return True
        if seen_default and f.default is None:
            return True
        seen_default = seen_default or f.default is not None
        if f.default is not None and mentions(f.default, names):
            return True
    counts = []
    for definition in plan.outer:
        head = definition.args[0]
        if isinstance(head, Expr) and head.head != "call":
            return True
        if not (isinstance(head, Expr) and isinstance(head.args[0], Name)):
            return True
        parameters = parameters_of(definition)
        if any(isinstance(p, Expr) and p.head in ("...", "kw", "=") for p in parameters):
            return True
        counts.append(len(parameters))
    return len(counts) != len(set(counts))


def mentions(node: Any, names: list[str]) -> bool:
    """Whether an expression uses one of these names."""
    if isinstance(node, Name):
        return node.text in names
    return isinstance(node, Expr) and any(mentions(a, names) for a in node.args)


def is_plain_constructor(definition: Expr, name: str) -> bool:
    """An inner constructor without type parameters, whose parameters are all positional."""
    head = definition.args[0]
    if not (isinstance(head, Expr) and head.head == "call" and head.args[0] == Name(name)):
        return False
    return not any(isinstance(p, Expr) and p.head in ("parameters", "...") for p in head.args[1:])
