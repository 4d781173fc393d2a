"""Macros and imports."""

from __future__ import annotations

from typing import Any

from ..kinds import ANY, BOOL, CHAR, NONE, STR, SYM, Kind
from ..names import MODULES, REFUSED_PACKAGES
from ..syntax import Expr, Literal, Name, Node, Quoted
from .assignments import Sink
from .core import Refused, Value
from .definitions import Definitions
from .scope import Scope, is_definition, python_name, targets
from .sources import written
from .words import TYPE_WORDS

TRANSPARENT = frozenset(
    [
        "@inbounds",
        "@inline",
        "@noinline",
        "@simd",
        "@fastmath",
        "@views",
        "@nospecialize",
        "@time",
        "@elapsed_",
        "@btime",
        "@assume_effects",
        "@propagate_inbounds",
    ]
)
#: How names are marked that are imported one by one from a package of this sort.
PREFIXES = {"plots": "plots", "iterators": "iterators"}
LOGGING = {"@info": "info", "@warn": "warn", "@error": "log_error"}
NO_DOTS = frozenset([":", "=>", "&&", "||", "in", "isa"])


def viewing(node: Node) -> Node:
    """A tree in which slices that are read are views, as ``@views`` makes them."""
    if not isinstance(node, Expr):
        return node
    args = [viewing(a) for a in node.args]
    if (
        node.head.endswith("=")
        and node.head not in ("==", "<=", ">=", "!=")
        and isinstance(node.args[0], Expr)
    ):
        left = node.args[0]
        args[0] = Expr(left.head, [viewing(a) for a in left.args], left.at, left.end)
    made = Expr(node.head, args, node.at, node.end)
    sliced = node.head == "ref" and any(
        (isinstance(a, Name) and a.text == ":")
        or (isinstance(a, Expr) and a.head == "call" and getattr(a.args[0], "text", "") == ":")
        for a in node.args[1:]
    )
    return Expr("macrocall", [Name("@view", node.at), made], node.at, node.end) if sliced else made


class Macros(Definitions):
    """``@name …``, ``using``, ``import``, ``export``."""

    def macro_name(self, node: Expr) -> str:
        """The name of the macro that is called, without its module."""
        name = node.args[0]
        if isinstance(name, Expr) and name.head == "." and isinstance(name.args[1], Quoted):
            inner: Any = name.args[1].value
            module = name.args[0]
            if isinstance(module, Name) and module.text in REFUSED_PACKAGES:
                self.refuse(f"{module.text}: {REFUSED_PACKAGES[module.text]}", node)
            return inner.text
        return name.text if isinstance(name, Name) else "@?"

    def _s_macrocall(self, node: Expr, sink: Sink) -> list[str]:
        name, args = self.macro_name(node), node.args[1:]
        if name in ("Core.@doc", "@doc"):
            self.documentation = args[0]
            lines = self.statement(args[-1], sink)
            self.documentation = None
            return lines
        if name == "@show":
            lines = []
            for a in args:
                code, kind = self.shown_value(a) if isinstance(a, Name) else self.expr(a)
                self.learned.told = self.learned.told or kind in (CHAR, SYM) or self.tells(kind)
                lines.append(f"{self.jl('shown')}({written(a)!r}, {code})")
            return lines + (sink(*self.expr(args[-1])) if sink and args else [])
        if name == "@views":
            return self.statement(viewing(args[-1]), sink)
        if name in TRANSPARENT and args:
            return self.statement(args[-1], sink)
        if name == "@assert":
            test = self.condition(args[0])
            message = f", {self.expr(args[1])[0]}" if len(args) > 1 else ""
            return [f"assert {test}{message}"] + (sink("None", NONE) if sink else [])
        if name == "@printf":
            template = args[0]
            if not (isinstance(template, Literal) and template.type == "String"):
                self.refuse("a format that is no literal", node)
            values = ", ".join(self.formatted(a) for a in args[1:])
            return [f"{self.jl('printf')}({template.value!r}{', ' + values if values else ''})"] + (
                sink("None", NONE) if sink else []
            )
        if name == "@debug":
            return ["pass"]
        if name in LOGGING:
            return [self.logged(name, args)] + (sink("None", NONE) if sink else [])
        if name in ("@kwdef", "@with_kw"):
            return self.struct(args[0], True)  # type: ignore[arg-type]
        if name in ("@layer", "@functor", "@treelike", "@flexiblefunctor"):
            return self.layer(args)
        if name in ("@test",):
            return [f"assert {self.condition(args[0])}"]
        if name == "@testset":
            body = args[-1]
            return self.branch(body, None)
        if name == "@eval" or name in (
            "@generated",
            "@macroexpand",
            "@code_lowered",
            "@code_typed",
            "@code_llvm",
            "@code_native",
            "@code_warntype",
        ):
            self.refuse(f"{name}: code that makes code", node)
        if name == "@enum" and args:
            return self.enumeration(args, node)
        if name == "@adjoint" and len(args) == 1 and is_definition(args[0]):
            return self.rule(args[0], node)
        if name in ("@nograd", "@non_differentiable") and len(args) == 1:
            own = self.constant_function(args[0])
            if own is not None:
                return [f"{own} = {self.jl('constant')}({own})"]
            self.refuse(f"{name}: write fluxbridge.ignore_derivatives(x) where the value is used", node)
        if name == "@bind":
            self.refuse("@bind: widgets of Pluto have no counterpart here", node)
        if name in ("@variable", "@constraint", "@objective", "@NLobjective"):
            self.refuse("JuMP: use scipy.optimize", node)
        if name == "@__dot__" and len(args) == 1:
            return self.statement(dotted(args[0]), sink)
        if name == "@epochs":
            count, _ = self.expr(args[0])
            return [f"for _ in {self.builtin('range')}({count}):", *self.indent(self.branch(args[1], None))]
        if name == "@progress" or name == "@showprogress":
            return self.statement(args[-1], sink)
        code, kind = self.expr(node)
        return sink(code, kind) if sink else [code]

    def constant_function(self, node: Any) -> str | None:
        """The function of the program that ``@nograd f`` or ``@non_differentiable f(x)`` names."""
        name = node.args[0] if isinstance(node, Expr) and node.head == "call" else node
        own = self.lookup(name.text) if isinstance(name, Name) else None
        if own is None or not own.functions:
            return None
        self.check_missing(own.name, node)
        return own.python

    def enumeration(self, args: list[Node], node: Expr) -> list[str]:
        """``@enum Color red green = 5``."""
        names = enumerated(node)
        if not names or self.scope.kind != "file":
            self.refuse("this form of @enum", node)
        lines, here = [], 0
        for a in args[1].args if len(args) == 2 and getattr(args[1], "head", "") == "block" else args[1:]:  # type: ignore[union-attr]
            if isinstance(a, Expr):
                literal = self.literal_int(self.expr(a.args[1])[0])
                if literal is None:
                    self.refuse("@enum with a number that is no literal", node)
                here = literal
            member: Any = a.args[0] if isinstance(a, Expr) else a
            lines.append(f"{python_name(member.text)} = {here}")
            here += 1
        kind, *members = (self.lookup(n).python for n in names)  # type: ignore[union-attr]
        tail = f"{', '.join(members)}{',' if len(members) == 1 else ''} = {kind}"
        return [f"class {kind}({self.jl('Enum')}):", *self.indent(lines), tail]

    def logged(self, name: str, args: list[Node]) -> str:
        """``@info "text" loss = 0.5``."""
        parts = []
        for i, a in enumerate(args):
            named = isinstance(a, Expr) and a.head in ("=", "kw") and isinstance(a.args[0], Name)
            value: Any = a.args[1] if isinstance(a, Expr) and named else a
            code = self.reader(value)[0]
            label = a.args[0].text if isinstance(a, Expr) and named else self.text_of(a)  # type: ignore[union-attr]
            if i == 0 and not named:
                parts.append(code)
            elif label.isidentifier() and python_name(label) == label:
                parts.append(f"{label}={code}")
            else:
                parts.append(f"**{{{label!r}: {code}}}")
        return f"{self.jl(LOGGING[name])}({', '.join(parts)})"

    def formatted(self, node: Node) -> str:
        """A value that ``@printf`` writes; ``t...`` gives several."""
        if isinstance(node, Expr) and node.head == "..." and len(node.args) == 1:
            return f"*{self.iterable(*self.expr(node.args[0]))}"
        return self.reader(node)[0]

    def text_of(self, node: Any) -> str:
        """How an expression is written."""
        return self.text[node.at : node.end] if isinstance(node, Expr) else getattr(node, "text", "value")

    def defined(self, name: Node, node: Expr) -> str:
        """``@isdefined(x)`` of a global name, where it is certain."""
        if isinstance(name, Name) and self.scope.kind == "file":
            own = self.lookup(name.text)
            if own is None and self.helper_name(name.text) is None and name.text not in TYPE_WORDS:
                return "False"
            places = self.assignments.get(name.text, [])
            first = min(places, default=node.at)
            within = any(a <= first < b for a, b in self.loops.items())
            if own is not None and first < node.at and not own.loop and not within:
                return "True"
        self.refuse("@isdefined", node)

    def rule(self, definition: Any, node: Expr) -> list[str]:
        """``@adjoint f(x) = y, ȳ -> (…,)`` for a function of the program."""
        name, parameters, wheres, _, body = self.parts(definition)
        own = self.lookup(name.text) if isinstance(name, Name) else None
        if own is None or not own.functions or wheres:
            self.refuse("@adjoint of a function that the program does not define", node)
        own.functions = [d for d in own.functions if d is not definition] or own.functions
        if len(own.functions) != 1:
            self.refuse("@adjoint of a function with several methods", node)
        if not parameters:
            self.refuse("@adjoint of a function without arguments: ask Flux.within_gradient(x)", node)
        self.imports.add("from fluxbridge import adjoint")
        before: list[str] = []
        scope = Scope("block", ("rule", node.at), self.scope)
        if self._uses(body, [own.name]):
            plain = self.fresh("plain_" + own.name)
            before.append(f"{plain} = {own.python}")
            scope.add(own.name, plain, fixed=Kind("function"))
        for key in list(self.learned.results):
            if key == own.functions[0].at:
                self.learned.results[key] = ANY
        with self.inside(scope):
            made = self.function(
                own.python,
                parameters,
                [],
                body,
                definition,
                dispatch=False,
                key=definition.at,
                decorators=["@adjoint"],
            )
        return before + made

    def layer(self, args: list[Node]) -> list[str]:
        """``Flux.@layer M trainable=(W,)``."""
        options = []
        lines = []
        names = []
        for a in args:
            if (
                isinstance(a, Expr)
                and a.head == "="
                and isinstance(a.args[0], Name)
                and a.args[0].text == "trainable"
            ):
                fields = (
                    a.args[1].args
                    if isinstance(a.args[1], Expr) and a.args[1].head == "tuple"
                    else [a.args[1]]
                )
                inside = ", ".join(repr(f.text) for f in fields if isinstance(f, Name))
                options.append(f"trainable=({inside},)")
            elif isinstance(a, Quoted):
                continue
            elif isinstance(a, Name):
                names.append(a)
            elif isinstance(a, Expr) and a.head == "tuple":
                options.append(
                    f"trainable=({', '.join(repr(f.text) for f in a.args if isinstance(f, Name))},)"
                )
        for name in names:
            own = self.lookup(name.text)
            if own is None or own.struct is None:
                self.refuse("@layer of a type that the program does not define", name)
            if own.name in self.missing:
                self.refuse(f"depends on {own.name}, which was not translated", name)
            call = (
                f"{self.flux('layer')}({', '.join(options)})({own.python})"
                if options
                else f"{self.flux('layer')}({own.python})"
            )
            lines.append(f"{own.python} = {call}" if False else call)
        return lines

    def autosize(self, args: list[Node]) -> Value:
        """``@autosize (28, 28, 1, 1) Chain(Dense(_ => 2))``."""
        size, _ = self.expr(args[0])
        outer, self.autosized = self.autosized, True
        try:
            model, _ = self.expr(args[1])
        finally:
            self.autosized = outer
        return f"{self.flux('autosize')}({size}, {model})", Kind("model")

    def _x_macrocall(self, node: Expr) -> Value:
        name, args = self.macro_name(node), node.args[1:]
        if name == "@views":
            return self.expr(viewing(args[-1]))
        if name in TRANSPARENT and args:
            return self.expr(args[-1])
        if name == "@view":
            ref: Any = args[0]
            base, kind = self.expr(ref.args[0])
            positions = []
            for place, i in enumerate(ref.args[1:]):
                self.index_stack.append((base, kind, place, len(ref.args) - 1))
                positions.append(self.expr(i))
                self.index_stack.pop()
            before, self.reading = self.reading, True
            sliced, result = self.indexed(base, kind, positions, ref.args[1:])
            self.reading = before
            if (
                kind.tag == "arr"
                and kind.stored == "nd"
                and not sliced.startswith("jl.")
                and result.tag == "arr"
            ):
                return sliced, result
            return f"{self.jl('view')}({base}, {', '.join(c for c, _ in positions)})", result
        if name == "@__dot__":
            return self.expr(dotted(args[0]))
        if name == "@sprintf" and isinstance(args[0], Literal):
            values = ", ".join(self.formatted(a) for a in args[1:])
            return f"{self.jl('sprintf')}({args[0].value!r}{', ' + values if values else ''})", STR
        if name == "@show" and len(args) == 1:
            code, kind = self.expr(args[0])
            return f"{self.jl('shown')}({written(args[0])!r}, {code})", kind
        if name == "@r_str" and isinstance(args[0], Literal):
            self.imports.add("re")
            return f"re.compile({args[0].value!r})", ANY
        if name == "@s_str" and isinstance(args[0], Literal):
            return f"{self.jl('Substitution')}({args[0].value!r})", ANY
        if name in ("@md_str", "@html_str") and isinstance(args[0], Literal):
            return repr(args[0].value), STR
        if name == "@L_str" and isinstance(args[0], Literal):
            text = str(args[0].value)
            return repr(text if "$" in text else f"${text}$"), STR
        if name in ("@gif", "@animate"):
            self.refuse(f"{name}: write with matplotlib.animation", node)
        if name == "@raw_str" and isinstance(args[0], Literal):
            return repr(args[0].value), STR
        if name == "@elapsed":
            self.refuse("@elapsed: times are not compared", node)
        if name == "@__FILE__":
            return "__file__", STR
        if name == "@__DIR__":
            return f"{self.jl('source_folder')}(globals())", STR
        if name == "Core.@big_str":
            return f"{self.jl('BigInteger')}({args[0].value})", ANY  # type: ignore[union-attr]
        if name == "@autosize" and len(args) == 2:
            return self.autosize(args)
        if name in ("@ignore", "@ignore_derivatives") and len(args) == 1:
            self.imports.add("from fluxbridge import ignore_derivatives")
            return f"ignore_derivatives({self.expr(args[0])[0]})", ANY
        if name == "@isdefined":
            return self.defined(args[0], node), BOOL
        if name == "@something":
            return f"{self.jl('something')}({', '.join(self.expr(x)[0] for x in args)})", ANY
        if name == "@assert" or name in LOGGING:
            return self.block_value(node)
        if name == "@allocated":
            self.refuse("@allocated: memory is not compared", node)
        self.refuse(f"the macro {name} is not known", node)

    # Imports.

    def _s_using(self, node: Expr, sink: Sink) -> list[str]:
        refused: Refused | None = None
        for path in node.args:
            try:
                self.use(path, node)
            except Refused as problem:
                refused = refused or problem
        if refused is not None:
            refused.kept = frozenset(self.packages)
            raise refused
        return []

    _s_import = _s_using

    def _s_export(self, node: Expr, sink: Sink) -> list[str]:
        return []

    def use(self, path: Node, node: Expr) -> None:
        """One package of ``using`` or ``import``."""
        if isinstance(path, Expr) and path.head == ":":
            module = self.path_name(path.args[0], node)
            for one in path.args[1:]:
                alias = None
                if isinstance(one, Expr) and one.head == "as":
                    alias = one.args[1].text  # type: ignore[union-attr]
                    one = one.args[0]
                name = one.args[-1].text if isinstance(one, Expr) else one.text  # type: ignore[union-attr]
                sort = PREFIXES.get(MODULES.get(module, ""), "name")
                self.packages.add(f"{sort}:{name}")
                if alias is not None:
                    self.refuse(f"{name} as {alias}", node)
            return
        if isinstance(path, Expr) and path.head == "as":
            name = self.path_name(path.args[0], node)
            self.aliases = {**self.aliases, path.args[1].text: name}  # type: ignore[misc, union-attr]
            self.packages.add(name)
            return
        name = self.path_name(path, node)
        self.packages.add(name)

    def path_name(self, path: Node, node: Expr) -> str:
        """The package of a path; those without a counterpart are refused."""
        parts = [a.text for a in path.args if isinstance(a, Name)] if isinstance(path, Expr) else []
        if not parts or parts[0] == ".":
            return parts[-1] if parts else ""
        if parts[0] in REFUSED_PACKAGES:
            self.refuse(f"{parts[0]}: {REFUSED_PACKAGES[parts[0]]}", node)
        if parts[-1] not in MODULES and parts[0] not in MODULES:
            self.refuse(f"the package {parts[0]} has no counterpart here", node)
        if len(parts) > 1:
            self.packages.add(parts[0]) if parts[0] in ("Flux",) else None
        return parts[-1]


def enumerated(node: Node) -> list[str]:
    """The type and the names that ``@enum`` defines."""
    if not (
        isinstance(node, Expr) and node.head == "macrocall" and getattr(node.args[0], "text", "") == "@enum"
    ):
        return []
    names = []
    parts: list[Any] = list(node.args[1:])
    if len(parts) == 2 and isinstance(parts[1], Expr) and parts[1].head == "block":
        parts = [parts[0], *parts[1].args]
    for a in parts:
        while isinstance(a, Expr) and a.head in ("=", "kw", "::") and a.args:
            a = a.args[0]
        if not isinstance(a, Name):
            return []
        names.append(a.text)
    return names


def dotted(node: Node) -> Node:
    """``@. x``: a dot on every operator and call."""
    if not isinstance(node, Expr):
        return node
    if node.head == "call" and isinstance(node.args[0], Name):
        name = node.args[0].text
        args = [dotted(a) for a in node.args[1:]]
        is_op = not (name[0].isalpha() or name[0] in "_σ")
        if name in NO_DOTS or name.startswith("."):
            return Expr("call", [node.args[0], *args], node.at, node.end)
        if is_op:
            return Expr("call", [Name("." + name, node.args[0].at), *args], node.at, node.end)
        return Expr(".", [node.args[0], Expr("tuple", args, node.at, node.end)], node.at, node.end)
    if node.head == "call":
        return Expr(
            ".",
            [node.args[0], Expr("tuple", [dotted(a) for a in node.args[1:]], node.at, node.end)],
            node.at,
            node.end,
        )
    if node.head in ("=", "+=", "-=", "*=", "/=", "^="):
        return Expr("." + node.head, [node.args[0], dotted(node.args[1])], node.at, node.end)
    if node.head in ("->", "ref", ".", "quote", "macrocall", "$", "let", "for"):
        return node
    return Expr(node.head, [dotted(a) for a in node.args], node.at, node.end)


__all__ = ["BOOL", "Kind", "Macros", "is_definition", "targets"]
