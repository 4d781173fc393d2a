"""What the words of a program say before it is translated: what grows, what changes, what shares memory."""

from __future__ import annotations

from typing import Any

from .lower import calls_of, is_definition, scan, signature_name, targets
from .lower.facts import expressions, names_in
from .syntax import Expr, Name, Node, Quoted

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
#: Parts of something, and vectors without a name, that a function may make longer.
HELD = frozenset(("ref", ".", "vect", "comprehension"))
SHRINKING = frozenset(
    """pop! popfirst! deleteat! empty! filter! filter splice! popat! resize! keepat! setdiff setdiff!
    intersect intersect! split""".split()  # noqa: SIM905
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


def start_of(node: Node) -> int:
    at = getattr(node, "at", -1)
    return max(at, 0)


def end_of(node: Node, text: str) -> int:
    end = getattr(node, "end", -1)
    if end >= 0:
        return end
    at = start_of(node)
    stop = text.find("\n", at)
    return len(text) if stop < 0 else stop


def extended_names(statements: list[Node]) -> set[str]:
    """Functions of Base to which the program adds methods: ``Base.f(…) = …``, ``import Base: f``."""
    nodes = expressions(Expr("block", list(statements)))
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


def grows_inside(root: Expr, grown: set[str]) -> bool:
    """Whether a vector grows that something else holds: ``push!(xs[1], 2)``, ``push!(v, 2)`` for v in a loop."""  # noqa: E501
    looped: set[str] = set()
    for node in expressions(root):
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


def grown_by_functions(root: Expr, grown: set[str]) -> bool:
    """Variables that are passed to a function which makes its parameter longer; whether it gets parts of others, too."""  # noqa: E501
    definitions: dict[str, list[tuple[list[str], Expr]]] = {}
    calls = []
    for node in expressions(root):
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
        for i, a in enumerate(positional_of(call)):
            if (callee.text, i) in growing and isinstance(a, Name):
                grown.add(a.text)
            elif (callee.text, i) in growing and isinstance(a, Expr) and a.head in HELD:
                held = True
    return held


def only_defines(node: Any) -> bool:
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
        return only_defines(node.args[-1])
    return text in ("@layer", "@functor", "@treelike", "@kwdef", "@with_kw", "@nograd", "@non_differentiable")


def positional_of(call: Expr) -> list[Node]:
    return [a for a in call.args[1:] if not (isinstance(a, Expr) and a.head == "parameters")]


def tells_types_apart(root: Node) -> bool:
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


def random_users(functions: dict[str, list[Expr]]) -> set[str]:
    """Functions of the program that draw random numbers, themselves or through others."""
    used = {
        name: set().union(*(names_in(d.args[1]) for d in ds if len(d.args) > 1))
        for name, ds in functions.items()
    }
    found = {n for n, names in used.items() if names & RANDOM}
    while True:
        more = {n for n, names in used.items() if names & found} - found
        if not more:
            return found
        found |= more


def assigned_in(node: Node) -> list[str]:
    found = scan([node])
    names = [*found.plain, *found.looped, *found.functions, *found.structs, *found.globals]
    if isinstance(node, Expr) and node.head == "macrocall":
        for a in node.args[1:]:
            names += assigned_in(a)
            if (
                isinstance(a, Expr)
                and a.head in ("call", "comparison")
                and getattr(node.args[0], "text", "") == "@variable"
            ):
                names += [n for n in names_in(a) if n.isidentifier()]
    return list(dict.fromkeys(names))


def places_of(root: Expr) -> tuple[dict[str, list[int]], dict[int, int], list[Expr]]:
    """Where variables are assigned, where loops begin and end, and the definitions of functions."""
    assigned: dict[str, list[int]] = {}
    loops, definitions = {}, []
    for n in expressions(root):
        if is_definition(n):
            definitions.append(n)
        elif n.head in ("for", "while"):
            loops[n.at] = n.end
        elif n.head.endswith("=") and n.head not in ("==", "!=", "<=", ">=") and n.args:
            for name in targets(n.args[0]):
                assigned.setdefault(name, []).append(n.at)
    return assigned, loops, definitions


def sharing_pairs(root: Expr) -> list[tuple[str, str]]:
    """Pairs of variables that may share memory: ``b = a``, ``v = vec(A)``, ``w = view(a, 1:2)``."""
    found = []
    for node in expressions(root):
        if node.head != "=" or not isinstance(node.args[0], Name):
            continue
        value: Any = node.args[1]
        if isinstance(value, Expr) and (
            (value.head == "call" and getattr(value.args[0], "text", "") in SHARING)
            or (value.head == "macrocall" and getattr(value.args[0], "text", "") in ("@view", "@views"))
        ):
            found += [(node.args[0].text, n) for n in names_in(value.args[1]) if n.isidentifier()]
        elif isinstance(value, Expr) and value.head == "'" and isinstance(value.args[0], Name):
            found.append((node.args[0].text, value.args[0].text))
        elif isinstance(value, Name):
            found.append((node.args[0].text, value.text))
    return found


def changed_in(node: Any) -> dict[str, int]:
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
