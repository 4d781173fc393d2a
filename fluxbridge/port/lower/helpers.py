"""Calls of helpers, and the kinds of what they give."""

from __future__ import annotations

import ast

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NUMBERS,
    SYM,
    Kind,
    arr,
    floated,
    join,
)  # fmt: skip
from ..names import ELEMENTWISE, HIGHER, RESULTS
from ..syntax import Expr, Name, Node
from .core import Value
from .functions import Functions
from .operators import HELPERS
from .results import KEPT, KINDS

SHOWING = frozenset(("println", "print_", "string", "show_", "repr_", "display", "isa", "typeof", "length"))
BASIC = ("+", "-", "*", "/", "^", "<", "isless", "==")


#: Helpers that write what they get, with the types of what is in it.
PRINTING = frozenset(
    ("println", "print_", "string", "show_", "repr_", "display", "sprint", "join", "lpad", "rpad")
)
#: Helpers that go through a dictionary in its order.
WALKING = frozenset(
    """println print_ show_ string repr_ sprint display keys values pairs collect first map_ join foreach
    enumerate_ zip_ argmax argmin findmax findmin findall findfirst reduce foldl sum_ mapreduce""".split()  # noqa: SIM905
)


class Helpers(Functions):
    """``map(f, xs)``, ``sum(xs)``, ``join(words)``."""

    def helper_call(self, text: str, helper: str, args: list[Node]) -> Value:
        """A call of a helper; functions among the arguments are told the kinds of the elements."""
        positional, keywords = self.split(args)
        if text in HIGHER and positional and self._is_function(positional[0]):
            return self.higher_call(text, helper, positional, keywords)
        values = [self.passed(a) for a in positional]
        if helper in (
            "unique",
            "set_",
            "dict_",
            "unique_in_place",
            "countmap",
            "union",
            "intersect",
            "setdiff",
        ):
            for _, kind in values:
                self.keyed(kind)
        if helper in WALKING:
            values = [(self.shown(v), v[1]) for v in values]
        named = self._named(keywords, values)
        if self.extended and helper not in SHOWING and self.touches_structs([k for _, k in values]):
            for op in (*BASIC, text):
                self.loosen(op)
        if helper in PRINTING:
            for _, kind in values:
                self.printed(kind)
                shows = helper in ("show_", "repr_", "sprint") and kind in (CHAR, SYM)
                self.learned.told = self.learned.told or shows
        kind = self.helper_kind(text, helper, [k for _, k in values], keywords)
        return f"{self.jl(helper)}({', '.join([c for c, _ in values] + named)})", kind

    def _named(self, keywords: list[Node], values: list[Value]) -> list[str]:
        parts = []
        for k in keywords:
            if (
                isinstance(k, Expr)
                and k.head == "kw"
                and isinstance(k.args[0], Name)
                and k.args[0].text in ("by", "lt", "init")
                and isinstance(k.args[1], Expr)
            ):
                element = values[0][1].element if values else ANY
                count = 1 if k.args[0].text == "by" else 2
                code = (
                    self.function_value(k.args[1], [element] * count)[0]
                    if k.args[0].text != "init"
                    else self.expr(k.args[1])[0]
                )
                parts.append(f"{k.args[0].text}={code}")
            else:
                parts.extend(self.keyword_arguments([k]))
        return parts

    def _is_function(self, node: Node) -> bool:
        if isinstance(node, Expr):
            return node.head == "->"
        if isinstance(node, Name):
            own = self.lookup(node.text)
            if own is not None:
                return bool(own.functions) or self.kind_of(own).tag in ("function", "lambda")
            return (
                node.text in ELEMENTWISE
                or (self.helper_name(node.text) is not None and node.text not in ("I",))
                or node.text in HELPERS
            )
        return False

    def elements(self, node: Node, kind: Kind) -> Kind:
        """The kind of the elements of an argument."""
        return self.iterated_kind(node, kind)

    def higher_call(self, text: str, helper: str, positional: list[Node], keywords: list[Node]) -> Value:
        """``map(f, xs)`` and the like."""
        two = text in ("reduce", "foldl", "foldr", "accumulate")
        first = 2 if text == "mapreduce" else 1
        values = [self.passed(a) for a in positional[first:]]
        kinds = [self.elements(a, k) for a, (_, k) in zip(positional[first:], values, strict=False)]
        init = next(
            (
                k
                for k in keywords
                if isinstance(k, Expr) and k.head == "kw" and getattr(k.args[0], "text", "") == "init"
            ),
            None,
        )
        if two:
            start = self.expr(init.args[1])[1] if isinstance(init, Expr) else (kinds[0] if kinds else ANY)
            code, function = "", self._kind_of_function(positional[0])
            if function.tag != "lambda":
                code, function = self.function_value(positional[0], None)
            result = ANY
            if (
                isinstance(positional[0], Expr)
                or function.tag == "lambda"
                or (isinstance(positional[0], Name) and self.lookup(positional[0].text))
            ):
                state = join(start, self.state_of(positional[0]))
                element = kinds[0] if kinds else ANY
                code, function = self.function_value(
                    positional[0], [state, element] if text != "foldr" else [element, state]
                )
                result = join(start, self.result_of(function))
            elif (
                isinstance(positional[0], Name)
                and positional[0].text in ("+", "*", "max", "min")
                and kinds
                and kinds[0] in NUMBERS
            ):
                result = INT if kinds[0] in INTS and start in INTS else join(start, kinds[0])
            if text == "accumulate":
                result = arr(result, 1) if result in NUMBERS else ANY
        else:
            if (
                text in ("argmax", "argmin", "findall", "findfirst", "findlast", "findmax", "findmin")
                and values
                and values[0][1].tag == "dict"
            ):
                kinds = [values[0][1].args[0] if False else values[0][1].args[1]]
            if text == "ntuple":
                kinds = [NAT]
            if text in ("get", "get!"):
                kinds = []
            code, function = self.function_value(positional[0], kinds)
            result = self.higher_kind(text, function, kinds, values, keywords, positional)
        if text == "map":
            made = self._listed(code, result, kinds, values, keywords)
            if made is not None:
                return made
        if text == "mapreduce":
            code = f"{code}, {self.function_value(positional[1], None)[0]}"
        inside = ", ".join([code] + [c for c, _ in values] + self.keyword_arguments(keywords))
        return f"{self.jl(helper)}({inside})", result

    def _listed(
        self, function: str, result: Kind, kinds: list[Kind], values: list[Value], keywords: list[Node]
    ) -> Value | None:
        """``map(f, xs)`` outside of functions as ``[f(x) for x in xs]``."""
        if len(values) != 1 or keywords or self.scope.home.kind != "file" or result.tag != "arr":
            return None
        code, source = values[0]
        if not (source.tag == "range" or (source.tag == "arr" and source.rank == 1)) or code.startswith("*"):
            return None
        try:
            node = ast.parse(function, mode="eval").body
        except SyntaxError:
            return None
        if isinstance(node, ast.Lambda):
            plain = node.args
            if len(plain.args) != 1 or plain.defaults or plain.vararg or plain.kwonlyargs or plain.kwarg:
                return None
            listed = f"[{ast.unparse(node.body)} for {plain.args[0].arg} in {code}]"
        elif isinstance(node, ast.Name):
            item = "v" if node.id == "x" else "x"
            listed = f"[{function}({item}) for {item} in {code}]"
        else:
            return None
        if result.stored == "list":
            return listed, result
        return (
            (f"{self.np('array')}({listed})", result) if result.element in (INT, FLOAT, F32, BOOL) else None
        )

    def state_of(self, node: Node) -> Kind:
        """What a folding function gave in the pass before."""
        if isinstance(node, Expr):
            return self.known.results.get(node.at, self.known.unseen)
        return self.result_of(self._kind_of_function(node))

    def _kind_of_function(self, node: Node) -> Kind:
        """What is known about a function, without a look at it as a value."""
        if isinstance(node, Expr) and node.head == "->":
            return Kind("lambda", (node.at,))
        own = self.lookup(node.text) if isinstance(node, Name) else None
        return self.kind_of(own) if own is not None else ANY

    def higher_kind(
        self,
        text: str,
        function: Kind,
        kinds: list[Kind],
        values: list[Value],
        keywords: list[Node],
        nodes: list[Node],
    ) -> Kind:
        """The kind of the result of a function that takes a function."""
        if text in ("any", "all"):
            return BOOL
        if text == "count":
            return NAT
        if text == "foreach":
            return Kind("none")
        if any(isinstance(k, Expr) and getattr(k.args[0], "text", "") == "dims" for k in keywords):
            return ANY
        if BOTTOM in kinds:
            return BOTTOM
        element = self.result_of(function)
        if function.tag == "elementwise" and kinds and kinds[0] in NUMBERS:
            sort = ELEMENTWISE[function.args[0]][1]
            element = floated(kinds[0]) if sort == "float" else kinds[0] if sort == "same" else BOOL
        if (
            function.tag == "function"
            and nodes
            and isinstance(nodes[0], Name)
            and nodes[0].text in ("abs2",)
            and kinds
            and kinds[0] in NUMBERS
        ):
            element = kinds[0]
        if text == "map" and values:
            source = values[0][1]
            if source.tag == "tuple":
                return Kind("tuple", (element,) * len(source.args)) if source.args else ANY
            if source.tag in ("range",) or (source.tag == "arr" and source.rank == 1):
                return (
                    BOTTOM
                    if element == BOTTOM
                    else arr(element, 1, "nd")
                    if element in NUMBERS
                    else arr(element, 1, "list" if element != ANY else None)
                )
            return ANY
        if text in ("sum", "prod", "maximum", "minimum") and element in NUMBERS:
            return INT if element in (BOOL, NAT) else element
        if text == "mean" and element in NUMBERS:
            return floated(element)
        if text == "filter" and values:
            source = values[0][1]
            return (
                source
                if source.tag in ("arr", "dict", "set", "str")
                else arr(source.element, 1, "nd")
                if source.tag == "range"
                else ANY
            )
        if text == "findall" and values and values[0][1].tag in ("arr", "range") and values[0][1].rank == 1:
            return arr(INT, 1)
        return BOTTOM if element == BOTTOM else ANY

    def helper_kind(self, text: str, helper: str, kinds: list[Kind], keywords: list[Node]) -> Kind:
        """The kind of the result of a helper."""
        if helper in RESULTS and text not in self.extended:
            return Kind(RESULTS[helper])
        if BOTTOM in kinds:
            return BOTTOM
        rule = KINDS.get(helper)
        if rule is None or not kinds or (keywords and helper not in KEPT) or text in self.extended:
            return FLOAT if helper in ("rand", "randn") and not kinds and not keywords else ANY
        return rule(kinds)
