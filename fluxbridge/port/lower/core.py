"""The state of a translation, and the small words that all parts of it use."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from ..kinds import ANY, BOTTOM, Kind, join, narrowed
from ..syntax import Comment, Expr, Literal, Name, Node, Quoted
from .scope import Scope, Variable, python_name

Value = tuple[str, Kind]


class Refused(Exception):
    """A piece of Julia that is not translated, with the reason."""

    #: Packages that the refused statement brings in all the same.
    kept: frozenset[str] = frozenset()

    def __init__(self, reason: str, at: int = -1) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at


class Tables:
    """What passes over the program learn: the kinds of variables, parameters and results."""

    def __init__(self) -> None:
        self.variables: dict[Any, Kind] = {}
        self.parameters: dict[Any, Kind] = {}
        self.results: dict[Any, Kind] = {}
        self.escaped: set[Any] = set()
        self.heavy: set[str] = set()
        self.told = False
        #: The kind of what no pass has seen a value of; at the end that can be anything.
        self.unseen = BOTTOM

    def same_kinds(self, other: Tables) -> bool:
        """Whether the kinds are the same."""
        return (
            self.variables == other.variables
            and self.parameters == other.parameters
            and self.results == other.results
        )

    def same(self, other: Tables) -> bool:
        """Whether nothing new was learned."""
        return (
            self.same_kinds(other)
            and self.escaped == other.escaped
            and self.heavy == other.heavy
            and self.told == other.told
            and self.unseen == other.unseen
        )


class Core:
    """Scopes, kinds, names, hoisted statements."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What a class further up in the tower has: each may call what any other defines."""

    def __init__(self, text: str, known: Tables, soft: bool) -> None:
        self.text, self.known, self.soft = text, known, soft
        self.learned = Tables()
        self.learned.escaped = set(known.escaped)
        self.learned.heavy = set(known.heavy)
        self.learned.told = known.told
        self.learned.unseen = known.unseen
        self.scope = Scope("file", "file")
        self.before: list[str] = []
        self.imports: set[str] = set()
        self.packages: set[str] = set()
        self.extended: set[str] = set()
        self.direct: set[str] = set()
        self.grown: set[str] = set()
        self.grows_inside = False
        self.comments: list[Comment] = []
        self.index_stack: list[tuple[str, Kind, int, int]] = []
        self.counter = 0
        self.given: set[str] = set()
        #: Whether the program shows or asks which type a value has, so that text, characters and symbols
        #: are told apart, and written types are kept.
        self.told = known.told
        #: Whether vectors may become empty, so that what they hold is not seen in them.
        self.shrinks = False
        self.in_try = 0
        self.tried: set[int] = set()
        self.enums: set[str] = set()
        self.missing: dict[str, str] = {}
        self.shadowed: set[str] = set()
        self.helper_calls = 0
        self.structs: dict[str, Any] = {}
        self.plans: dict[str, Any] = {}
        self.following: dict[int, list[Node]] = {}
        self.absorbed: set[int] = set()
        self._slots: dict[str, dict[str, Expr]] = {}
        self.in_function = 0
        self.taken: set[str] = set()
        self.guest = False
        self.free = False
        self.seen: dict[tuple[str, int], Kind] = {}
        self.statement_at = -1
        self.autosized = False

    # Words.

    def refuse(self, reason: str, node: Any = None) -> NoReturn:
        """Give up on this piece."""
        raise Refused(reason, getattr(node, "at", -1))

    def jl(self, name: str) -> str:
        """A helper of the base module."""
        self.imports.add("jl")
        self.helper_calls += 1
        return f"jl.{name}"

    def np(self, name: str) -> str:
        """A function of NumPy."""
        self.imports.add("np")
        return f"np.{name}"

    def flux(self, name: str) -> str:
        """A name of Flux's mirror."""
        self.imports.add("Flux")
        return f"Flux.{name}"

    def builtin(self, name: str) -> str:
        """A builtin of Python, also where the program uses its name otherwise."""
        if name in self.shadowed and hasattr(builtins, name):
            self.imports.add("builtins")
            return f"builtins.{name}"
        return name

    def fresh(self, stem: str) -> str:
        """A name that nobody uses."""
        self.counter += 1
        name = f"{python_name(stem)}_{self.counter}"
        return name

    def free_name(self, *wanted: str) -> str:
        """The first of these names that nobody uses, and from now on nobody else."""
        for name in () if self.guest else wanted:
            if name not in self.taken and name not in self.given:
                self.given.add(name)
                return name
        return "_" + self.fresh("function")

    @contextmanager
    def hoisting(self) -> Iterator[list[str]]:
        """Collect the statements that have to stand before an expression."""
        outer, self.before = self.before, []
        try:
            yield self.before
        finally:
            self.before = outer

    @contextmanager
    def inside(self, scope: Scope) -> Iterator[Scope]:
        """Work in another scope for a while."""
        outer, self.scope = self.scope, scope
        try:
            yield scope
        finally:
            self.scope = outer

    # Kinds of variables.

    def kind_of(self, variable: Variable) -> Kind:
        """What is known about a variable."""
        if variable.fixed is not None:
            return variable.fixed
        if len(variable.functions) == 1 and variable.struct is None:
            return Kind("lambda", (variable.functions[0].at,))
        if variable.functions or variable.struct:
            return Kind("function")
        return self.known.variables.get((variable.scope.key, variable.name), self.known.unseen)

    def learn(self, variable: Variable, kind: Kind) -> None:
        """A value of this kind is assigned to a variable."""
        if variable.scope.kind == "file":  # seen when it ran: exact where that says more
            kind = narrowed(kind, self.seen.get((variable.name, self.statement_at), ANY))
        self.widen(self.learned.variables, (variable.scope.key, variable.name), kind)

    def learn_parameter(self, key: Any, kind: Kind) -> None:
        """An argument of this kind is passed."""
        self.widen(self.learned.parameters, key, kind)

    def learn_result(self, key: Any, kind: Kind) -> None:
        """A function gives a value of this kind."""
        self.widen(self.learned.results, key, kind)

    def widen(self, table: dict, key: Any, kind: Kind) -> None:
        """One more kind in a table; functions that the join loses may be called with anything."""
        old = table.get(key, BOTTOM)
        table[key] = joined = join(old, kind)
        for lost in (old, kind):
            if joined.tag != "lambda":
                self.escape(lost)

    def escape(self, kind: Kind) -> None:
        """A function goes where its calls are not followed: its parameters can be anything."""
        if kind.tag == "lambda":
            self.learned.escaped.update(kind.args)

    def lookup(self, name: str) -> Variable | None:
        """The variable of the program that a name means."""
        return self.scope.find(name)

    # Lines.

    @staticmethod
    def indent(lines: list[str]) -> list[str]:
        """Lines of a block."""
        if all(line.startswith(("'#!", "'#>")) for line in lines):
            lines = [*lines, "pass"]
        return ["    " + line for line in lines]

    def line_of(self, at: int) -> int:
        """The line of a position, from 1."""
        return self.text.count("\n", 0, max(at, 0)) + 1

    # For the parts below.

    def tracked(self, node: Node, want: Any = None) -> Value: ...  # type: ignore[empty-body]

    def expr(self, node: Node, want: Any = None) -> Value:
        """The Python code for a value, and its kind. A function as a value is not followed any further."""
        value = self.tracked(node, want)
        self.escape(value[1])
        return value


__all__ = ["ANY", "Core", "Expr", "Literal", "Name", "Quoted", "Refused", "Tables", "Value"]
