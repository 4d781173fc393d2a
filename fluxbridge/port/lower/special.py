"""Methods of Base for the program's structs that have a name in Python: ``__add__``, ``__repr__``."""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, BOOL, FLOAT, INTS, NUMBERS, REALS, Kind
from ..syntax import Expr, Name, Node, Quoted
from .closures import Closures
from .core import Value
from .plans import Plan, base_name, parameters_of, type_of
from .scope import signature_name

BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "^": "pow",
    "==": "eq",
    "<": "lt",
    "isless": "lt",
}
SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "**", "==": "==", "<": "<"}


class Special(Closures):
    """Special methods: which there are, and where operators mean them."""

    #: Functions of Base with a method of the program for none of its own structs.
    pirated: frozenset[str] | set[str] = frozenset()

    def special(self, definition: Expr, plan: Plan) -> tuple[str, list[Node], str] | None:
        """Python's name for a method, its parameters without the struct, and what the struct is called."""
        text = self.extended_text(definition)
        if text is None or self._wheres(definition):
            return None
        parameters = parameters_of(definition)
        if any(isinstance(p, Expr) and p.head in ("kw", "=", "...") for p in parameters) or self._keywords(
            definition
        ):
            return None
        mine = [base_name(type_of(p)) == plan.name and isinstance(type_of(p), Name) for p in parameters]
        first = mine[0] if mine else False
        if text == "-" and len(parameters) == 1 and first:
            return self._slot("__neg__", parameters, 0)
        if text in BINARY and len(parameters) == 2:
            if first:
                return self._slot(f"__{BINARY[text]}__", parameters, 0)
            other = base_name(type_of(parameters[0]))
            if mine[1] and text in "+-*/" and other not in self.plans:
                return self._slot(f"__r{BINARY[text]}__", parameters, 1)
            return None
        if text == "length" and len(parameters) == 1 and first:
            return self._slot("__len__", parameters, 0)
        if text == "getindex" and len(parameters) == 2 and first:
            return self._slot("__getitem__", parameters, 0)
        if text == "setindex!" and len(parameters) == 3 and first:
            return self._slot("__setitem__", [parameters[0], parameters[2], parameters[1]], 0)
        if text == "show" and len(parameters) == 2 and len(mine) == 2 and mine[1]:
            return self._slot("__repr__", [parameters[1]], 0) if self._shows(definition) else None
        return None

    @staticmethod
    def _slot(name: str, parameters: list[Node], own: int) -> tuple[str, list[Node], str] | None:
        me: Any = parameters[own]
        if not (isinstance(me, Expr) and len(me.args) == 2 and isinstance(me.args[0], Name)):
            return None
        return name, [p for k, p in enumerate(parameters) if k != own], me.args[0].text

    def extended_text(self, definition: Expr) -> str | None:
        """The function of Base that a definition is a method of."""
        name = signature_name(definition.args[0])
        if isinstance(name, Expr) and name.head == "." and isinstance(name.args[1], Quoted):
            return getattr(name.args[1].value, "text", None)
        return name.text if isinstance(name, Name) and name.text in self.extended else None

    @staticmethod
    def _wheres(definition: Expr) -> bool:
        head = definition.args[0]
        while isinstance(head, Expr) and head.head == "::":
            head = head.args[0]
        return isinstance(head, Expr) and head.head == "where"

    @staticmethod
    def _keywords(definition: Expr) -> bool:
        head = definition.args[0]
        return isinstance(head, Expr) and any(
            isinstance(a, Expr) and a.head == "parameters" for a in head.args
        )

    def _shows(self, definition: Expr) -> bool:
        """Whether ``show`` does nothing but print once, at its end."""
        io: Any = parameters_of(definition)[0]
        io = io.args[0] if isinstance(io, Expr) and io.head == "::" and len(io.args) == 2 else io
        if not isinstance(io, Name):
            return False
        body = definition.args[1]
        statements = body.args if isinstance(body, Expr) and body.head == "block" else [body]
        last = statements[-1] if statements else None
        return (
            isinstance(last, Expr)
            and last.head == "call"
            and isinstance(last.args[0], Name)
            and last.args[0].text in ("print", "write")
            and len(last.args) > 2
            and isinstance(last.args[1], Name)
            and last.args[1].text == io.text
            and not any(self._uses(s, [io.text]) for s in [*statements[:-1], *last.args[2:]])
            and not any(isinstance(a, Expr) and a.head in ("...", "parameters") for a in last.args)
        )

    def slots(self, plan: Plan) -> dict[str, Expr]:
        """The special methods of a struct; two methods for one of them are left to ``@jl.extend``."""
        if plan.name in self._slots:
            return self._slots[plan.name]
        made: dict[str, Expr] = {}
        for definitions in plan.methods.values():
            found = [(self.special(d, plan), d) for d in definitions]
            names = [s[0] for s, _ in found if s is not None]
            if len(names) == len(set(names)):
                made.update({s[0]: d for s, d in found if s is not None and s[0] not in made})
        self._slots[plan.name] = made
        return made

    # Where they are used.

    def loosen(self, op: str) -> None:
        """An operator is used where it is not known with what: its methods may get anything."""
        self.learned.escaped.add(("op", op))

    def special_operator(self, op: str, a: Value, b: Value) -> Value | None:
        """``a + b`` of structs with such a method."""
        (x, kx), (y, ky) = a, b
        if op in ("!=", "≠"):
            made = self.special_operator("==", a, b)
            return (f"({x} != {y})", BOOL) if made is not None else None
        if op == ">":
            made = self.special_operator("<", b, a)
            return (f"({x} > {y})", made[1]) if made is not None else None
        if op not in BINARY:
            return None
        found = self._slot_for(f"__{BINARY[op]}__", kx, ky)
        if found is None and kx.tag != "struct":
            found = self._slot_for(f"__r{BINARY[op]}__", ky, kx)
        if found is None:
            return None
        return f"({x} {SIGNS[op]} {y})", found

    def _slot_for(self, name: str, mine: Kind, other: Kind) -> Kind | None:
        """The kind of the result of a special method, if it takes the other operand for certain."""
        plan = self.plain(mine.args[0]) if mine.tag == "struct" else None
        definition = self.slots(plan).get(name) if plan is not None else None
        if plan is None or definition is None:
            return None
        found = self.special(definition, plan)
        assert found is not None
        parameter = found[1][0] if found[1] else None
        if parameter is not None:
            if not self.takes(type_of(parameter), other):
                return None
            self.learn_parameter((definition.at, 0), other)
        return self.results_of((definition.at,))

    def takes(self, node: Node | None, kind: Kind) -> bool:
        """Whether a parameter of this type takes a value of this kind for certain."""
        name = base_name(node)
        if node is None or name == "Any":
            return True
        if name in self.plans:
            return kind == Kind("struct", (name,))
        if name == "Number":
            return kind in NUMBERS
        if name == "Real":
            return kind in REALS or kind.tag in ("f32", "bool")
        if name in ("Integer", "Int", "Int64"):
            return kind in INTS
        return name in ("AbstractFloat", "Float64") and kind == FLOAT

    def special_call(self, name: str, kind: Kind) -> Kind | None:
        """The kind of ``len(x)``, ``-x`` of a struct with such a method."""
        return self._slot_for(name, kind, ANY)

    def has_slot(self, kind: Kind, name: str) -> bool:
        """Whether values of this kind have a special method."""
        plan = self.plain(kind.args[0]) if kind.tag == "struct" else None
        return plan is not None and name in self.slots(plan)

    def touches_structs(self, kinds: list[Kind]) -> bool:
        """Whether one of these values may be a struct of the program."""
        return any(k.tag != "bottom" and self.structs_in(k) for k in kinds)
