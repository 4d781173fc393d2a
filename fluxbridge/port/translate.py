"""Cells of Julia to cells of Python."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import answered
from .kinds import ANY, BOTTOM, Kind
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
from .lower.facts import abstract_classes, pirated, tells, tried
from .lower.facts import expressions as _expressions
from .lower.facts import names_in as _names_in
from .lower.fields import CHANGING, static_reasons
from .lower.plans import plans_of, read_plan, struct_of
from .modules import flattened
from .simplify import simplified
from .syntax import Expr, JuliaSyntaxError, Name, Node, Quoted, parse
from .widgets import bound_widgets

GROWING = frozenset(
    [
        "push!",
        "append!",
        "pushfirst!",
        "pop!",
        "popfirst!",
        "insert!",
        "deleteat!",
        "prepend!",
        "empty!",
        "resize!",
        "splice!",
        "popat!",
        "unique!",
    ]
)
SHRINKING = frozenset(
    """pop! popfirst! deleteat! empty! filter! filter splice! popat! resize! keepat! setdiff setdiff! intersect
    intersect! split""".split()
)
RANDOM = frozenset(
    [
        "rand",
        "randn",
        "rand!",
        "randn!",
        "shuffle",
        "shuffle!",
        "randperm",
        "randstring",
        "randexp",
        "bitrand",
        "randsubseq",
        "randcycle",
        "rand!",
        "shuffleobs",
        "Dense",
        "Conv",
        "ConvTranspose",
        "RNN",
        "LSTM",
        "GRU",
        "Embedding",
        "Bilinear",
        "DataLoader",
        "glorot_uniform",
        "glorot_normal",
        "kaiming_uniform",
        "kaiming_normal",
        "rand32",
        "randn32",
        "dropout",
        "Dropout",
        "splitobs",
        "sample",
    ]
)
SHARING = frozenset(["vec", "reshape", "view", "flatten", "selectdim", "dropdims", "transpose", "adjoint"])
DIFFERENTIATING = frozenset(
    [
        "gradient",
        "withgradient",
        "pullback",
        "jacobian",
        "hessian",
        "diaghessian",
        "train!",
        "derivative",
        "forwarddiff",
    ]
)
PASSES = 12
KINDS = ("variables", "parameters", "results")
#: How deep expressions may be nested: each level takes several of Python's thousand calls.
DEEPEST = 100


@dataclass
class Piece:
    """One statement of Julia: its Python, or why there is none."""

    julia: str
    at: int
    lines: list[str] = field(default_factory=list)
    refused: str | None = None
    names: list[str] = field(default_factory=list)
    helpers: int = 0

    @property
    def python(self) -> str:
        """The code of this statement."""
        return "\n".join(self.lines)


@dataclass
class Translation:
    """What became of a program."""

    header: list[str]
    pieces: list[Piece]
    text: str
    cells: list[tuple[int, int]]
    names: dict[str, str]

    @property
    def refusals(self) -> list[Piece]:
        """The statements that were not translated."""
        return [p for p in self.pieces if p.refused is not None]

    def cell(self, number: int) -> str:
        """The Python of one cell; what was refused is a comment with its reason."""
        return render(self.of_cell(number), self.text)

    def of_cell(self, number: int) -> list[Piece]:
        """The statements of one cell, in order."""
        first, last = (bisect.bisect_left(self.pieces, at, key=lambda p: p.at) for at in self.cells[number])
        return self.pieces[first:last]

    @property
    def code(self) -> str:
        """The whole program."""
        body = render(self.pieces, self.text)
        return "\n".join([*self.header, "", body]).strip() + "\n" if self.header else body.strip() + "\n"


def render(pieces: list[Piece], text: str) -> str:
    """Statements below each other, with the blank lines of the source."""
    out: list[str] = []
    for piece in pieces:
        gap = text[max(piece.at - 400, 0) : piece.at].rstrip(" \t")
        if out and gap.endswith("\n\n") and out[-1] != "":
            out.append("")
        if piece.refused is not None:
            out.append(f"# not translated: {piece.refused}")
            out.extend("#   " + line for line in piece.julia.replace("\0", "\\0").splitlines())
        else:
            out.extend(piece.lines)
    return "\n".join(out)


def translate_cells(
    cells: list[str],
    soft: bool = False,
    free: bool = False,
    seen: Mapping[tuple[str, int], Kind] | None = None,
    interactive: bool = False,
) -> Translation:
    """Translate cells that belong to one program.

    ``soft``: loops may assign globals, as at the prompt. ``free``: names that nobody defines are variables
    of the reader; else what needs them is refused. ``seen``: the kinds that variables had when the program
    ran, by name and the position of the statement that assigns it. ``interactive``: the reader may call the
    functions with anything later, and give the variables that they use other values.
    """
    text, bounds, broken = _joined(answered(cells))
    more: dict[str, Any] = {
        "seen": seen or {},
        "interactive": interactive,
        "ends": [end for _, end in bounds],
    }
    source = parse(text)
    source.statements = bound_widgets(flattened(source.statements), text)
    known = Tables()
    lost: dict[str, str] = {}
    hopeful = True
    pinned: set[Any] = set()
    for number in range(16 * PASSES):
        run = _Pass(source, known, lost, soft, free, **more)
        run.all()
        learned = run.lowerer.learned
        _pin(learned, pinned)
        if hopeful:  # until the kinds are settled, nothing is ruled out
            hopeful = number < PASSES // 2 and not learned.same_kinds(known)
            if hopeful:
                learned.escaped, learned.heavy = set(), set()
        if learned.same(known) and run.lost == lost:
            if not _open_parameters(learned, run):
                break
            learned = _opened(learned, run)
        elif number >= PASSES:
            learned = _widened(known, learned, pinned)
        known, lost = learned, run.lost
    run = _Pass(source, known, lost, soft, free, final=True, **more)
    pieces = run.all()
    pieces += broken
    pieces.sort(key=lambda p: p.at)
    return Translation(_used(run.header(), pieces), pieces, text, bounds, run.python_names())


def translate(julia: str, soft: bool = True) -> str:
    """The Python for a piece of Julia, in which the names of the reader may stand.

    What is not translated becomes a comment with its reason. Raises nothing for invalid Julia: that is a
    refusal, too.

    >>> from fluxbridge.port import translate
    >>> print(translate("f(x) = 3x^2 + 1\\nf(2.0)"))
    def f(x):
        return 3 * x ** 2 + 1
    f(2.0)
    """
    return translate_cells([julia], soft, free=True).code.rstrip("\n")


def _used(header: list[str], pieces: list[Piece]) -> list[str]:
    """The imports without the names that nothing uses."""
    body = "\n".join(line for p in pieces if p.refused is None for line in p.lines)
    kept = []
    for line in header:
        start, _, names = line.rpartition("import ")
        wanted = [
            n for n in names.split(", ") if n and re.search(rf"(?<![\w.]){re.escape(n.split()[-1])}\b", body)
        ]
        if not line or wanted:
            kept.append(f"{start}import {', '.join(wanted)}" if line else line)
    return "\n".join(kept).strip("\n").replace("\n\n\n", "\n\n").split("\n") if any(kept) else []


def _joined(cells: list[str]) -> tuple[str, list[tuple[int, int]], list[Piece]]:
    """The cells in one text; those that are no Julia are blanked out and reported."""
    parts, bounds, broken = [], [], []
    here = 0
    for cell in cells:
        cell = cell.replace("\r\n", "\n")
        try:
            statements = parse(cell).statements
            if _depth(statements) > DEEPEST:
                raise JuliaSyntaxError("brackets and blocks are nested too deeply", cell, 0)
            kept = cell
        except JuliaSyntaxError as problem:
            broken.append(Piece(cell, here, refused=f"no valid Julia: {problem}"))
            kept = "".join(c if c == "\n" else " " for c in cell)
        parts.append(kept + "\n")
        bounds.append((here, here + len(kept) + 1))
        here += len(kept) + 1
    return "".join(parts), bounds, broken


def _depth(nodes: list[Node]) -> int:
    """How deep expressions are nested."""
    depth, level = 0, [n for n in nodes if isinstance(n, Expr)]
    while level:
        depth += 1
        level = [a for n in level for a in n.args if isinstance(a, Expr)]
    return depth


def _open_parameters(learned: Tables, run: _Pass) -> bool:
    return (
        any(v == BOTTOM for v in run.lowerer.learned.variables.values())
        and not getattr(run, "opened", False)
        and not run.known_open
    )


def _opened(learned: Tables, run: _Pass) -> Tables:
    """Parameters of functions that nobody calls can be anything."""
    made = Tables()
    made.variables, made.results = dict(learned.variables), dict(learned.results)
    made.parameters = dict(learned.parameters)
    made.escaped, made.heavy, made.told = set(learned.escaped), set(learned.heavy), learned.told
    for key, kind in made.variables.items():
        if kind == BOTTOM and isinstance(key[0], tuple) and key[0][0] == "struct":
            made.variables[key] = ANY
    for key in run.parameter_keys:
        if made.parameters.get(key, BOTTOM) == BOTTOM:
            made.parameters[key] = ANY
    made.open = True  # type: ignore[attr-defined]
    return made


def _widened(before: Tables, after: Tables, pinned: set[Any]) -> Tables:
    """What still changes is taken to be anything, in all passes that follow."""
    for name in KINDS:
        old, new = getattr(before, name), getattr(after, name)
        pinned.update((name, k) for k, v in new.items() if old.get(k, v) != v)
    _pin(after, pinned)
    return after


def _pin(tables: Tables, pinned: set[Any]) -> None:
    """Kinds that were given up."""
    for name, key in pinned:
        table = getattr(tables, name)
        if key in table and table[key] != ANY:
            if table[key].tag == "lambda":
                tables.escaped.update(table[key].args)
            table[key] = ANY


class _Recorder(dict):
    """The kinds of parameters, remembering which were asked for."""

    def __init__(self, values: dict, asked: set) -> None:
        super().__init__(values)
        self.asked = asked

    def get(self, key: Any, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


class _Pass:
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
        t.extended = _extended(statements)
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
            bodies = [_names_in(d) for ds in found.functions.values() for d in ds]
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
        inside = _grown_by_functions(root, grown)
        t.grown, t.grows_inside = grown, inside or _grows_inside(root, grown)
        t.changes = _changed(root)  # type: ignore[misc]
        t.assignments, t.loops, t.definitions_at = _places(root)  # type: ignore[misc]
        self.pairs = _sharing(root)
        t.tried = tried(root)
        t.shrinks = bool(_names_in(root) & SHRINKING) or any(n.head == "filter" for n in _expressions(root))
        t.told = t.known.told or _tells_types_apart(root)
        self.assigned_by_refused: dict[str, int] = {}
        if self.soft and not any(
            isinstance(n, Expr) and n.head in ("using", "import") for n in _expressions(root)
        ):
            t.packages.add("Flux")
        t.lost_names = self.before_lost  # type: ignore[attr-defined]
        self.random_users = _random_users(found.functions)
        for name, reason in self.before_lost.items():
            t.missing[name] = reason

    def prepare_structs(self, found: Any) -> None:
        """Read the structs; those that no dataclass can be are known at once."""
        t, statements = self.lowerer, self.source.statements
        t.plans = plans_of(statements, t.extended)
        root = Expr("block", list(statements))
        t.pirated = pirated(statements, t.extended, t.plans)
        names = _names_in(root)
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
            end = next((e for e in ends if e > _start(statement)), len(self.source.text))
            run = []
            for node in statements[i + 1 :]:
                if _start(node) >= end or not _only_defines(node):
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
            at = _start(node)
            stop = max(_end(node, self.source.text), at + 1)
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
                if random_lost and names & (RANDOM | self.random_users) and not _only_defines(node):
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
                    else set(_changed(node)) | set(getattr(refusal, "shared", ()))
                )
                changed = {n for n in self.shared_with(changed) if n in t.scope.names}
                t.missing |= dict.fromkeys(self.without_method(node), reason)
                for name in {*piece.names, *changed}:
                    t.missing[name] = reason
                    self.assigned_by_refused[name] = 1
                if seeded and names & (RANDOM | self.random_users) and not _only_defines(node):
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
            return {n for n in _names_in(node.args[0]) if n in structs}  # type: ignore[union-attr]
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
            known[id(node)] = _assigned(node), _names_in(node)
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


def _start(node: Node) -> int:
    at = getattr(node, "at", -1)
    return max(at, 0)


def _end(node: Node, text: str) -> int:
    end = getattr(node, "end", -1)
    if end >= 0:
        return end
    at = _start(node)
    stop = text.find("\n", at)
    return len(text) if stop < 0 else stop


def _extended(statements: list[Node]) -> set[str]:
    """Functions of Base to which the program adds methods: ``Base.f(…) = …``, ``import Base: f``."""
    nodes = _expressions(Expr("block", list(statements)))
    imported: set[str] = set()
    for node in nodes:
        if node.head == "import":
            for path in node.args:
                if (
                    isinstance(path, Expr)
                    and path.head == ":"
                    and isinstance(path.args[0], Expr)
                    and getattr(path.args[0].args[0], "text", "") == "Base"
                ):
                    imported.update(
                        getattr(p.args[-1], "text", "") for p in path.args[1:] if isinstance(p, Expr)
                    )
    found: set[str] = set()
    for node in nodes:
        if is_definition(node):
            name = signature_name(node.args[0])
            if isinstance(name, Expr) and name.head == "." and isinstance(name.args[1], Quoted):
                found.add(getattr(name.args[1].value, "text", ""))
            elif isinstance(name, Name) and name.text in imported:
                found.add(name.text)
    return found


def _grows_inside(root: Expr, grown: set[str]) -> bool:
    """Whether a vector grows that something else holds: ``push!(xs[1], 2)``, ``push!(v, 2)`` for v in a loop."""  # noqa: E501
    looped: set[str] = set()
    for node in _expressions(root):
        if node.head == "for":
            head = node.args[0]
            for one in head.args if isinstance(head, Expr) and head.head == "block" else [head]:
                if isinstance(one, Expr) and one.args:
                    looped |= set(targets(one.args[0]))
        if node.head == "call" and getattr(node.args[0], "text", "") in GROWING and len(node.args) > 1:
            first = node.args[1]
            if isinstance(first, Expr) and first.head in ("ref", ".", "call"):
                return True
    return bool(looped & grown)


def _grown_by_functions(root: Expr, grown: set[str]) -> bool:
    """Variables that are passed to a function which makes its parameter longer; whether it gets parts of others, too."""  # noqa: E501
    definitions: dict[str, list[tuple[list[str], Expr]]] = {}
    calls = []
    for node in _expressions(root):
        if is_definition(node) and len(node.args) > 1:
            head = node.args[0]
            while isinstance(head, Expr) and head.head in ("where", "::"):
                head = head.args[0]
            name = signature_name(node.args[0])
            if isinstance(name, Name) and isinstance(head, Expr):
                positional = [
                    a for a in head.args[1:] if not (isinstance(a, Expr) and a.head == "parameters")
                ]
                names = [next(iter(targets(a)), "") for a in positional]
                definitions.setdefault(name.text, []).append((names, Expr("block", [node.args[1]])))
        if node.head == "call" and isinstance(node.args[0], Name):
            calls.append(node)
    growing: set[tuple[str, int]] = set()
    for defined, found in definitions.items():
        for names, body in found:
            inside: set[str] = set()
            calls_of(body, set(GROWING), inside)
            growing |= {(defined, i) for i, n in enumerate(names) if n in inside}
    held = False
    for call in calls:
        callee: Any = call.args[0]
        for i, a in enumerate(_positional(call)):
            if (callee.text, i) in growing and isinstance(a, Name):
                grown.add(a.text)
            elif (callee.text, i) in growing and isinstance(a, Expr) and a.head in ("ref", "."):
                held = True
    return held


def _only_defines(node: Any) -> bool:
    """Whether a statement runs nothing: a definition, a type, an import, ``@layer``."""
    if not isinstance(node, Expr):
        return False
    if is_definition(node) or node.head in ("struct", "abstract", "using", "import", "export"):
        return True
    if node.head != "macrocall":
        return False
    name = node.args[0]
    text = getattr(name, "text", "") or getattr(getattr(name.args[1], "value", None), "text", "")  # type: ignore[union-attr]
    if text in ("@doc", "Core.@doc"):
        return _only_defines(node.args[-1])
    return text in ("@layer", "@functor", "@treelike", "@kwdef", "@with_kw", "@nograd", "@non_differentiable")


def _positional(call: Expr) -> list[Node]:
    return [a for a in call.args[1:] if not (isinstance(a, Expr) and a.head == "parameters")]


def _tells_types_apart(root: Node) -> bool:
    """Whether the program asks if something is text, a character or a symbol."""
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Expr):
            if (
                node.head == "::"
                and isinstance(node.args[-1], Name)
                and node.args[-1].text in ("String", "AbstractString", "Symbol", "Char", "AbstractChar")
            ):
                return True
            if (
                node.head == "call"
                and isinstance(node.args[0], Name)
                and node.args[0].text in ("isa", "typeof", "eltype")
            ):
                return True
            stack.extend(node.args)
    return False


def _random_users(functions: dict[str, list[Expr]]) -> set[str]:
    """Functions of the program that draw random numbers, themselves or through others."""
    used = {
        name: set().union(*(_names_in(d.args[1]) for d in ds if len(d.args) > 1))
        for name, ds in functions.items()
    }
    found = {n for n, names in used.items() if names & RANDOM}
    while True:
        more = {n for n, names in used.items() if names & found} - found
        if not more:
            return found
        found |= more


def _assigned(node: Node) -> list[str]:
    found = scan([node])
    names = [*found.plain, *found.looped, *found.functions, *found.structs, *found.globals]
    if isinstance(node, Expr) and node.head == "macrocall":
        for a in node.args[1:]:
            names += _assigned(a)
            if (
                isinstance(a, Expr)
                and a.head in ("call", "comparison")
                and getattr(node.args[0], "text", "") == "@variable"
            ):
                names += [n for n in _names_in(a) if n.isidentifier()]
    return list(dict.fromkeys(names))


def _places(root: Expr) -> tuple[dict[str, list[int]], dict[int, int], list[Expr]]:
    """Where variables are assigned, where loops begin and end, and the definitions of functions."""
    assigned: dict[str, list[int]] = {}
    loops, definitions = {}, []
    for n in _expressions(root):
        if is_definition(n):
            definitions.append(n)
        elif n.head in ("for", "while"):
            loops[n.at] = n.end
        elif n.head.endswith("=") and n.head not in ("==", "!=", "<=", ">=") and n.args:
            for name in targets(n.args[0]):
                assigned.setdefault(name, []).append(n.at)
    return assigned, loops, definitions


def _sharing(root: Expr) -> list[tuple[str, str]]:
    """Pairs of variables that may share memory: ``b = a``, ``v = vec(A)``, ``w = view(a, 1:2)``."""
    found = []
    for node in _expressions(root):
        if node.head != "=" or not isinstance(node.args[0], Name):
            continue
        value: Any = node.args[1]
        if isinstance(value, Expr) and (
            (value.head == "call" and getattr(value.args[0], "text", "") in SHARING)
            or (value.head == "macrocall" and getattr(value.args[0], "text", "") in ("@view", "@views"))
        ):
            found += [(node.args[0].text, n) for n in _names_in(value.args[1]) if n.isidentifier()]
        elif isinstance(value, Expr) and value.head == "'" and isinstance(value.args[0], Name):
            found.append((node.args[0].text, value.args[0].text))
        elif isinstance(value, Name):
            found.append((node.args[0].text, value.text))
    return found


def _changed(node: Any) -> dict[str, int]:
    """Variables whose contents a statement may change, and the last place where."""
    found: dict[str, int] = {}

    def add(name: str, at: int) -> None:
        found[name] = max(at, found.get(name, -1))

    stack = [node]
    while stack:
        here = stack.pop()
        if not isinstance(here, Expr):
            continue
        if here.head == "call":
            name = here.args[0]
            text = (
                name.text
                if isinstance(name, Name)
                else getattr(getattr(name.args[1], "value", None), "text", "")
                if isinstance(name, Expr) and name.head == "." and len(name.args) > 1
                else ""
            )
            if text.endswith("!"):
                for a in here.args[1:]:
                    if isinstance(a, Name):
                        add(a.text, here.at)
        if here.head.endswith("=") and here.head not in ("==", "<=", ">=", "!=") and here.args:
            first = here.args[0]
            for left in first.args if isinstance(first, Expr) and first.head == "tuple" else [first]:
                while isinstance(left, Expr) and left.head in ("ref", ".") and left.args:
                    left = left.args[0]
                    if isinstance(left, Name):
                        add(left.text, here.at)
            if here.head.startswith(".") and isinstance(here.args[0], Name):
                add(here.args[0].text, here.at)
        stack.extend(here.args)
    return found


__all__ = ["Piece", "Translation", "ast", "python_name", "render", "translate", "translate_cells"]
