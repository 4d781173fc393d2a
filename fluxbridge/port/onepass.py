"""One pass over a program, with the kinds that the passes before learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kinds import ANY, Kind
from .lower import (
    Lowerer,
    Refused,
    Tables,
    calls_of,
    enumerated,
    is_definition,
    python_name,
    scan,
    shadowed_builtins,
    signature_name,
    targets,
)
from .lower.defaults import with_defaults
from .lower.definitions import DIRECT, EXTENDABLE
from .lower.facts import abstract_classes, expressions, names_in, pirated, tells, tried
from .lower.fields import CHANGING, static_reasons
from .lower.plans import plans_of, read_plan, struct_of
from .pieces import Piece
from .simplify import simplified
from .survey import (
    DIFFERENTIATING,
    GROWING,
    RANDOM,
    SHRINKING,
    assigned_in,
    changed_in,
    end_of,
    extended_names,
    grown_by_functions,
    grows_inside,
    only_defines,
    places_of,
    random_users,
    sharing_pairs,
    start_of,
    tells_types_apart,
)
from .syntax import Expr, Node, Quoted


class _Recorder(dict):
    """The kinds of parameters, remembering which were asked for."""

    def __init__(self, values: dict, asked: set) -> None:
        super().__init__(values)
        self.asked = asked

    def get(self, key: Any, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


class Pass:
    """One pass over the program with what the passes before learned."""

    def __init__(
        self,
        source: Any,
        known: Tables,
        lost: dict[str, str],
        soft: bool,
        free: bool = False,
        final: bool = False,
        seen: Mapping[tuple[str, int], Kind] | None = None,
        interactive: bool = False,
        ends: list[int] | None = None,
    ) -> None:
        self.source, self.soft, self.interactive, self.ends = source, soft, interactive, ends or []
        self.finish = simplified if final else list
        self.known_open = getattr(known, "open", False)
        self.parameter_keys: set = set()
        known.parameters = _Recorder(known.parameters, self.parameter_keys)
        self.lowerer = Lowerer(source.text, known, soft)
        self.lowerer.free = free
        self.lowerer.seen = dict(seen or {})
        if self.known_open:
            self.lowerer.learned.parameters = {k: v for k, v in known.parameters.items() if v == ANY}
            self.lowerer.learned.variables = {
                k: v
                for k, v in known.variables.items()
                if v == ANY and isinstance(k[0], tuple) and k[0][0] == "struct"
            }
            self.lowerer.learned.open = True  # type: ignore[attr-defined]
        self.before_lost = lost
        self.joined: dict[int, Expr] = {}
        self.lost: dict[str, str] = {}
        self.prepare()

    def prepare(self) -> None:
        """Enter the names of the file into its scope."""
        t, statements = self.lowerer, self.source.statements
        t.comments = self.source.comments
        found = scan(statements)
        t.shadowed = shadowed_builtins(found)
        t.extended = extended_names(statements)
        t.direct = t.extended & DIRECT
        self.prepare_structs(found)
        for name in (*found.plain, *found.looped):
            t.scope.add(name)
        for name, definitions in found.functions.items():
            if name in t.extended or not (name[0].isalpha() or name[0] in "_∇∂∑∏∫"):
                continue
            joined = with_defaults(name, definitions) if not self.interactive else None
            if joined is not None and all(d in statements for d in definitions):
                longest, replaced = joined
                self.joined[longest.at] = longest
                t.absorbed.update(d.at for d in replaced)
                definitions = [longest]
            t.scope.add(name, functions=definitions)
            if len(definitions) > 1 or self.interactive:
                for d in definitions:
                    _open_all(t, d)
        for name, definition in found.structs.items():
            t.scope.add(name, struct=definition)
        if self.interactive:
            bodies = [names_in(d) for ds in found.functions.values() for d in ds]
            for name in set().union(*bodies) & {*found.plain, *found.looped}:
                t.learn(t.scope.names[name], ANY)
        for statement in statements:
            for place, name in enumerate(enumerated(statement)):
                t.scope.add(name, fixed=ANY)
                if place == 0:
                    t.enums.add(name)
        t.settled = set(found.plain)
        root = Expr("block", list(statements))
        grown: set[str] = set()
        calls_of(root, set(GROWING), grown)
        inside = grown_by_functions(root, grown)
        t.grown, t.grows_inside = grown, inside or grows_inside(root, grown)
        t.changes = changed_in(root)  # type: ignore[misc]
        t.assignments, t.loops, t.definitions_at = places_of(root)  # type: ignore[misc]
        self.pairs = sharing_pairs(root)
        t.tried = tried(root)
        t.shrinks = bool(names_in(root) & SHRINKING) or any(n.head == "filter" for n in expressions(root))
        t.told = t.known.told or tells_types_apart(root)
        self.assigned_by_refused: dict[str, int] = {}
        if self.soft and not any(
            isinstance(n, Expr) and n.head in ("using", "import") for n in expressions(root)
        ):
            t.packages.add("Flux")
        t.lost_names = self.before_lost  # type: ignore[attr-defined]
        self.random_users = random_users(found.functions)
        for name, reason in self.before_lost.items():
            t.missing[name] = reason

    def prepare_structs(self, found: Any) -> None:
        """Read the structs; those that no dataclass can be are known at once."""
        t, statements = self.lowerer, self.source.statements
        t.plans = plans_of(statements, t.extended)
        root = Expr("block", list(statements))
        t.pirated = pirated(statements, t.extended, t.plans)
        names = names_in(root)
        t.taken = {python_name(n) for n in names}
        t.guest = self.interactive or t.free
        t.changing = bool(names & CHANGING)
        t.differentiating = bool(names & DIFFERENTIATING)
        nodes = [n for n in map(struct_of, statements) if n is not None]
        t.abstract = abstract_classes(statements)
        for name, plan in t.plans.items():
            count = sum(
                1 for n, _, _ in nodes if (p := read_plan(n, False, None)) is not None and p.name == name
            )
            if (
                self.interactive
                or t.taken & {"dataclass", "field"}
                or static_reasons(plan, t.abstract, count > 1)
            ):
                t.learned.heavy.add(name)
            if f"new_{python_name(name).lower()}" in t.taken:
                plan.making = "make"
            checks = t.checked(plan)
            if checks is None or any(tells(c, set(checks[1])) for c in checks[0]):
                plan.computed = plan.inner[0]
        ends = self.ends
        for i, statement in enumerate(statements):
            struct = struct_of(statement)
            if struct is None:
                continue
            end = next((e for e in ends if e > start_of(statement)), len(self.source.text))
            run = []
            for node in statements[i + 1 :]:
                if start_of(node) >= end or not only_defines(node):
                    break
                run.append(node)
            t.following[struct[0].at] = run

    def all(self) -> list[Piece]:
        """The pieces of the program."""
        pieces: list[Piece] = []
        t = self.lowerer
        good: set[str] = set()
        random_lost: str | None = None
        seeded = False
        here = 0
        for node in self.source.statements:
            at = start_of(node)
            stop = max(end_of(node, self.source.text), at + 1)
            node = self.joined.get(at, node)
            if at in t.absorbed:
                here = max(here, stop)
                pieces.append(Piece(self.source.text[at:stop].rstrip(), at))
                continue
            comments = t.comment_lines(here, at)
            if comments:
                pieces.append(
                    Piece("", here if not pieces else self._comment_at(here, at), self.finish(comments))
                )
            here = stop
            piece = Piece(self.source.text[at:stop].rstrip(), at)
            assigned, names = self.facts(node)
            piece.names = assigned
            before = t.helper_calls
            t.statement_at = at
            state = dict(t.missing), set(t.imports), set(t.packages)
            if names & {"seed!"} or "seed!" in piece.julia:
                random_lost, seeded = None, True
            try:
                if random_lost and names & (RANDOM | self.random_users) and not only_defines(node):
                    raise Refused(f"draws random numbers after {random_lost}, so they would not be Julia's")
                lines = t.statement(node)
                trailing = t.trailing_comment(stop - 1)
                piece.lines = self.finish(lines + ([f"'#>{trailing}'"] if trailing and lines else []))
                piece.helpers = t.helper_calls - before
                good.update(piece.names)
            except (
                Refused,
                SyntaxError,
                ValueError,
                TypeError,
                AttributeError,
                IndexError,
                KeyError,
                AssertionError,
                RecursionError,
            ) as refusal:
                reason = (
                    getattr(refusal, "reason", None)
                    or f"the translator does not understand it ({type(refusal).__name__}: {refusal})"
                )
                piece.refused = reason
                t.missing, t.imports, t.packages = state
                t.packages |= getattr(refusal, "kept", frozenset())
                if isinstance(node, Expr) and node.head in ("using", "import"):
                    t.free = False  # names that are not known may be those of the package
                changed = (
                    set()
                    if is_definition(node)
                    else set(changed_in(node)) | set(getattr(refusal, "shared", ()))
                )
                changed = {n for n in self.shared_with(changed) if n in t.scope.names}
                t.missing |= dict.fromkeys(self.without_method(node), reason)
                for name in {*piece.names, *changed}:
                    t.missing[name] = reason
                    self.assigned_by_refused[name] = 1
                if seeded and names & (RANDOM | self.random_users) and not only_defines(node):
                    random_lost = "a statement that was not translated"
            pieces.append(piece)
        rest = t.comment_lines(here, len(self.source.text))
        if rest:
            pieces.append(Piece("", self._comment_at(here, len(self.source.text)), self.finish(rest)))
        self.lost = {n: r for n, r in t.missing.items() if n in self.assigned_by_refused and n not in good}
        return pieces

    def without_method(self, node: Node) -> set[str]:
        """What means something else once a method for a function of Base was refused: calls of it, and for
        what Julia calls by itself (``show``, ``+``) the structs of the program that it is for."""
        if not is_definition(node):
            return set()
        name: Any = signature_name(node.args[0])  # type: ignore[union-attr]
        if isinstance(name, Expr) and name.head == "." and isinstance(name.args[1], Quoted):
            name = name.args[1].value
        text = getattr(name, "text", "")
        if text not in self.lowerer.extended:
            return set()
        structs = [n for n, variable in self.lowerer.scope.names.items() if variable.struct is not None]
        if text in EXTENDABLE or text in ("hash", "print", "isequal", "similar", "axes", "copyto!"):
            return {n for n in names_in(node.args[0]) if n in structs}  # type: ignore[union-attr]
        return {text}

    def shared_with(self, names: set[str]) -> set[str]:
        """These variables and all that may share memory with them."""
        found = set(names)
        while True:
            more = {n for pair in self.pairs if found & set(pair) for n in pair} - found
            if not more:
                return found
            found |= more

    def _comment_at(self, start: int, end: int) -> int:
        found = (c.at for c in self.lowerer.comments_from(start) if c.at < end and not c.trailing)
        return next(found, start)

    def facts(self, node: Node) -> tuple[list[str], set[str]]:
        """What a statement assigns, and all names in it; they are the same in all passes."""
        known = self.source.facts
        if id(node) not in known:
            known[id(node)] = assigned_in(node), names_in(node)
        return known[id(node)]

    def header(self) -> list[str]:
        """The imports."""
        wanted = self.lowerer.imports
        lines = []
        for module in ("builtins", "itertools", "math", "operator", "os", "re", "sys"):
            if module in wanted:
                lines.append(f"import {module}")
        plain = sorted(w.split()[-1] for w in wanted if w.startswith("from dataclasses import"))
        if plain:
            lines.append(f"from dataclasses import {', '.join(plain)}")
        if "np" in wanted:
            lines += [*([""] if lines else []), "import numpy as np"]
        if "plt" in wanted:
            lines.insert(len(lines) - ("np" in wanted), "import matplotlib.pyplot as plt")
        names = sorted(w.split()[-1] for w in wanted if w.startswith("from fluxbridge import"))
        second = []
        if "Flux" in wanted:
            second.append("from fluxbridge import flux as Flux")
        if names:
            second.append(f"from fluxbridge import {', '.join(names)}")
        if "jl" in wanted:
            second.append("from fluxbridge.port import base as jl")
        return [*lines, *([""] if lines and second else []), *second]

    def python_names(self) -> dict[str, str]:
        """The variables of the file: their names in Julia and in Python."""
        return {name: v.python for name, v in self.lowerer.scope.names.items()}


def _open_all(t: Any, definition: Expr) -> None:
    for i in range(12):
        t.learn_parameter((definition.at, i), ANY)
    head = definition.args[0]
    while isinstance(head, Expr) and head.head in ("where", "::"):
        head = head.args[0]
    if isinstance(head, Expr):
        for a in head.args:
            if isinstance(a, Expr) and a.head == "parameters":
                for k in a.args:
                    for n in targets(k):
                        t.learn_parameter((definition.at, n), ANY)
