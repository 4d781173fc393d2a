"""Calls: who is called decides who writes it."""

from __future__ import annotations

from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    INT,
    NONE,
    NUMBERS,
    REALS,
    Kind,
    floated,
)  # fmt: skip
from ..names import ELEMENTWISE, REFUSED_NAMES, datasets
from ..syntax import Expr, Name, Node, Quoted
from .core import Value
from .derivatives import Derivatives
from .idioms import IDIOMS
from .packages import (
    ITERATORS,
    OPERATOR_VALUES,
    ZYGOTE,
)
from .plans import Plan
from .plots import FIGURE, Plotter, is_plot
from .scope import python_name
from .words import TYPE_WORDS

#: Functions that take sizes, as numbers or as a tuple.
SIZED = frozenset(["zeros", "ones", "fill", "trues", "falses", "rand", "randn", "reshape"])


#: Functions that are told a type and do not make values of it.
TAKING_TYPES = frozenset(
    (
        "zero",
        "one",
        "fieldnames",
        "fieldtypes",
        "fieldcount",
        "eltype",
        "nameof",
        "supertype",
        "typemax",
        "typemin",
        "isa",
    )
)


class Calls(Derivatives):
    """Everything that is written ``f(…)``."""

    def _x_call(self, node: Expr) -> Value:
        before, self.comparing_types = self.comparing_types, False
        try:
            return self._call(node)
        finally:
            self.comparing_types = before

    def _call(self, node: Expr) -> Value:
        function, args = node.args[0], node.args[1:]
        if isinstance(function, Name):
            own = self.lookup(function.text)
            if own is None and (
                (function.text in OPERATOR_VALUES and function.text not in ("min", "max"))
                or function.text.startswith(".")
                or function.text in ("!", "~", "≉", "∉", "!==", "√", "∛")
            ):
                return self.operator_call(function.text, args, node)
            if own is not None:
                return self.own_call(own, args, node)
            if function.text in self.missing:
                self.refuse(f"depends on {function.text}, which was not translated", node)
            return self.named_call(function.text, args, node)
        if (
            isinstance(function, Expr)
            and function.head == "."
            and len(function.args) == 2
            and isinstance(function.args[1], Quoted)
        ):
            module = self.module_path(function.args[0])
            if module is not None:
                inner: Any = function.args[1].value
                return self.module_call(module, inner.text, args, node)
        if isinstance(function, Expr) and function.head == "curly":
            return self.typed_call(function, args, node)
        if isinstance(function, Expr) and function.head == "'":
            code, _ = self.function_value(function.args[0], None)
            inside, _ = self.arguments(args)
            return f"{self.jl('derivative')}({code})({inside})", ANY
        code, kind = self.tracked(function)
        if function.__class__ is Expr and function.head in ("->",):
            code = f"({code})"
        return self.value_call(code, kind, args)

    def named_call(self, text: str, args: list[Node], node: Expr) -> Value:
        """A call of a function of Julia by its name."""
        if is_plot(text) and text not in self.extended and self.packages & {"Plots", f"plots:{text}"}:
            return Plotter(self, text, args, node).value()
        if text in REFUSED_NAMES and text not in self.extended:
            self.refuse(f"{text}: {REFUSED_NAMES[text]}", node)
        known = text in datasets.HERE or text in datasets.ELSEWHERE
        if known and self.packages & {"MLDatasets", f"name:{text}"}:
            return self.dataset(text, args, node)
        if f"iterators:{text}" in self.packages and text in ITERATORS:
            return self.iterators_call(text, args)
        args = self.unsplat(text, args)
        if text in TAKING_TYPES and not self.comparing_types:
            self.comparing_types = True
            try:
                return self.named_call(text, args, node)
            finally:
                self.comparing_types = False
        if text in self.direct and (helper := self.helper_name(text)) is not None:
            positional, keywords = self.split(args)
            if not keywords:
                values = [f"{text!r}", self.jl(helper), *(self.passed(a)[0] for a in positional)]
                return f"{self.jl('extended_call')}({', '.join(values)})", ANY
        idiom = IDIOMS.get(text)
        if text in self.extended and (made := self.special_named(text, args)) is not None:
            return made
        if (
            idiom is not None
            and (text not in self.extended or self._untouched(text, args))
            and not self.spreads(args)
        ):
            positional, keywords = self.split(args)
            found = idiom(self, positional, keywords, node)
            if found is not None:
                return found
        if text in ELEMENTWISE and len(args) == 1 and text not in self.extended and self.visible_names(text):
            found = self.elementwise(text, args[0])
            if found is not None:
                return found
        if text in TYPE_WORDS:
            return self.conversion(text, args, node)
        if text in ZYGOTE and self.packages & {"Zygote", "Flux", f"name:{text}"}:
            return self.derivative_call(text, args, node)
        if text == "derivative" and "ForwardDiff" in self.packages | {
            "ForwardDiff" if "name:derivative" in self.packages else ""
        }:
            return self.forward_call(text, args, node)
        if text == "I" and "LinearAlgebra" in self.packages and len(args) == 1:
            return f"{self.np('eye')}({self.expr(args[0])[0]}, dtype=bool)", ANY
        if text == "display" and len(args) == 1 and self.expr(args[0])[1] == FIGURE:
            self.imports.add("plt")
            return "plt.show()", NONE
        helper = self.helper_name(text)
        if text == "new" and self.new_plan is not None:
            plan = self.new_plan
            made = self._fields_call(plan, python_name(plan.name), args, Kind("struct", (plan.name,)))
            if made is not None:
                return made
            self.weigh(plan.name)
        if text in ("new",):
            code, _ = self.arguments(args)
            return f"{self.jl('new')}({self.new_of or 'type'}{', ' + code if code else ''})", Kind(
                "struct", (self.new_of or "",)
            )
        if helper is not None:
            return self.helper_call(text, helper, args)
        if self.packages & {"Flux", f"name:{text}"}:
            old = self.old_name(text, args)
            if old is not None:
                return old
        flux = self.flux_name(text)
        if flux is not None:
            return self.flux_call(flux, text, args)
        if text in ("throw",):
            code, _ = self.arguments(args)
            return f"{self.jl('throw')}({code})", ANY
        if text in ("typeof",):
            code, _ = self.arguments(args)
            return f"{self.jl('typeof')}({code})", Kind("type")
        if text in ("undef",):
            self.refuse("undef", node)
        error = self.type_name(text)
        if error is not None:
            code, _ = self.arguments(args)
            return f"{error}({code})", ANY
        if self.free and python_name(text.rstrip("!")).isidentifier():
            code, _ = self.arguments(args)
            return f"{python_name(text)}({code})", ANY
        self.refuse(f"the function {text} is not known", node)

    def _untouched(self, text: str, args: list[Node]) -> bool:
        """Whether a function that the program extends is called with nothing of its own."""
        if text in self.pirated:
            return False
        positional, _ = self.split(args)
        if any(isinstance(a, Expr) and a.head in ("...", "->", "do") for a in positional):
            return False
        with self.hoisting():
            kinds = [self.expr(a)[1] for a in positional]
        return BOTTOM not in kinds and not self.touches_structs(kinds)

    def special_named(self, text: str, args: list[Node]) -> Value | None:
        """``length(s)`` of a struct with ``__len__``."""
        positional, keywords = self.split(args)
        if text != "length" or len(positional) != 1 or keywords:
            return None
        code, kind = self.expr(positional[0])
        return (f"{self.builtin('len')}({code})", INT) if self.has_slot(kind, "__len__") else None

    def spreads(self, args: list[Node]) -> bool:
        """Whether ``xs...`` is among the arguments."""
        return any(isinstance(a, Expr) and a.head == "..." for a in args)

    def unsplat(self, text: str, args: list[Node]) -> list[Node]:
        """``ones(size(x)...)`` as ``ones(size(x))``: these functions take a tuple of sizes, too."""
        if text not in SIZED or not args:
            return args
        last = args[-1]
        count = len(args) - 1 - (text in ("fill", "reshape", "similar"))
        first = args[0]
        typed = text not in ("fill", "reshape") and isinstance(first, Name) and first.text in TYPE_WORDS
        if not (isinstance(last, Expr) and last.head == "...") or count != typed or self.spreads(args[:-1]):
            return args
        return [*args[:-1], last.args[0]] if self.expr(last.args[0])[1].tag == "tuple" else args

    new_of: str | None = None
    new_plan: Plan | None = None

    def elementwise(self, text: str, arg: Node) -> Value | None:
        """``sin(x)`` of a number of a known kind."""
        code, kind = self.expr(arg)
        target, result = ELEMENTWISE[text]
        if kind == BOTTOM:
            return f"{target}({code})", BOTTOM
        if kind not in REALS or (self.in_try and text in ("sqrt", "log", "log2", "log10")):
            if target.startswith("Flux."):
                return f"{self.flux(target[5:])}({code})", ANY
            helper = self.helper_name(text)
            if helper is None:
                return None
            return f"{self.jl(helper)}({code})", floated(
                kind
            ) if kind in NUMBERS and result == "float" else ANY
        if target == "np.abs":
            return f"{self.builtin('abs')}({code})", kind
        if target.startswith("np."):
            return f"{self.np(target[3:])}({code})", {"float": floated(kind), "same": kind, "bool": BOOL}[
                result
            ]
        return f"{self.flux(target[5:])}({code})", floated(kind) if result == "float" else kind
