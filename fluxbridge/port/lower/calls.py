"""Calls: functions of the program, idioms of Python, helpers, Flux."""

from __future__ import annotations

from typing import Any, ClassVar

from ... import flux as flux_module
from .. import base
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
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    floated,
    join,
    join_all,
    promoted,
    traced,
    tuple_of,
)  # fmt: skip
from ..names import BASE, COUNTED, ELEMENTWISE, HIGHER, MODULES, RESULTS, SELECTED
from ..syntax import Expr, Literal, Name, Node, Quoted
from .core import Value
from .expressions import ELEMENT_KINDS, TYPE_NAMES, TYPE_WORDS, Expressions
from .idioms import IDIOMS
from .operators import COMPARISONS, HELPERS
from .scope import python_name, targets

FLUX_NAMES = frozenset(n for n in dir(flux_module) if not n.startswith("__"))
BASE_NAMES = frozenset(n for n in dir(base) if not n.startswith("__"))
ITERATORS = {
    "take": "take", "drop": "drop", "filter": "lazy_filter", "map": "lazy_map", "product": "product", "partition": "partition",  # noqa: E501
    "cycle": "cycle", "flatten": "flatten", "rest": "rest", "accumulate": "lazy_accumulate", "repeated": "repeated",  # noqa: E501
    "countfrom": "countfrom", "takewhile": "takewhile", "dropwhile": "dropwhile", "reverse": "reverse_iterator", "zip": "zip_",  # noqa: E501
    "enumerate": "enumerate_", "only": "only", "peel": "peel",
}  # fmt: skip
ZYGOTE = frozenset(["gradient", "withgradient", "jacobian", "withjacobian", "hessian", "hessian_reverse", "diaghessian", "pullback", "Buffer", "Params", "Grads", "checkpointed", "hook", "forwarddiff", "pushforward", "ignore_derivatives"])  # fmt: skip  # noqa: E501
DERIVATIVES = frozenset(
    ["gradient", "withgradient", "jacobian", "hessian", "diaghessian", "pullback", "withjacobian"]
)
MODELS = frozenset(
    [
        "Chain",
        "Dense",
        "Conv",
        "ConvTranspose",
        "CrossCor",
        "BatchNorm",
        "LayerNorm",
        "GroupNorm",
        "InstanceNorm",
        "Dropout",
        "AlphaDropout",
        "MaxPool",
        "MeanPool",
        "GlobalMeanPool",
        "GlobalMaxPool",
        "Parallel",
        "SkipConnection",
        "RNN",
        "LSTM",
        "GRU",
        "Embedding",
        "Scale",
        "Bilinear",
        "Maxout",
        "Upsample",
        "MultiHeadAttention",
    ]
)
OPERATOR_VALUES = {**HELPERS}


class Calls(Expressions):
    """Everything that is written ``f(…)``."""

    def _x_call(self, node: Expr) -> Value:
        function, args = node.args[0], node.args[1:]
        if isinstance(function, Name):
            own = self.lookup(function.text)
            if own is None and (
                function.text in OPERATOR_VALUES
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
        code, _kind = self.expr(function)
        inside, _ = self.arguments(args)
        if function.__class__ is Expr and function.head in ("->",):
            code = f"({code})"
        return f"{code}({inside})", Kind("any")

    # Arguments.

    def split(self, args: list[Node]) -> tuple[list[Node], list[Node]]:
        """Positional arguments and keyword arguments."""
        positional: list[Node] = []
        keywords: list[Node] = []
        for a in args:
            if isinstance(a, Expr) and a.head == "parameters":
                keywords.extend(a.args)
            elif isinstance(a, Expr) and a.head == "kw":
                keywords.append(a)
            else:
                positional.append(a)
        return positional, keywords

    def keyword_arguments(self, keywords: list[Node]) -> list[str]:
        """``a=1, **more``."""
        parts = []
        for k in keywords:
            if isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name):
                parts.append(f"{python_name(k.args[0].text)}={self.expr(k.args[1])[0]}")
            elif isinstance(k, Name):
                parts.append(f"{python_name(k.text)}={self.expr(k)[0]}")
            elif isinstance(k, Expr) and k.head == "...":
                code, kind = self.expr(k.args[0])
                parts.append(
                    f"**{code}" if kind.tag == "keywords" else f"**{self.builtin('dict')}({code}.items())"
                )
            elif isinstance(k, Expr) and k.head == "." and isinstance(k.args[1], Quoted):
                inner: Any = k.args[1].value
                parts.append(f"{python_name(inner.text)}={self.expr(k)[0]}")
            else:
                self.refuse("this keyword argument", k)
        return parts

    def arguments(self, args: list[Node]) -> tuple[str, list[Kind]]:
        """The arguments of a call as code, and the kinds of the positional ones."""
        positional, keywords = self.split(args)
        values = [self.passed(a) for a in positional]
        return ", ".join([c for c, _ in values] + self.keyword_arguments(keywords)), [k for _, k in values]

    def passed(self, a: Node) -> Value:
        """A value given to a function."""
        if isinstance(a, Expr) and a.head == "->":
            return self.lambda_value(a, None, bind=self.scope)
        return self.argument(a)

    # Functions of the program.

    def own_call(self, own: Any, args: list[Node], node: Expr) -> Value:
        """A call of a function or a value of the program."""
        self.check_missing(own.name, node)
        positional, keywords = self.split(args)
        kind = self.kind_of(own)
        if own.fixed == Kind("type"):
            code, _ = self.arguments(args)
            return f"{self.jl('convert')}({own.python}, {code})" if len(
                positional
            ) == 1 else f"{own.python}({code})", ANY
        if own.struct is not None:
            code, _ = self.arguments(args)
            return f"{own.python}({code})", Kind("struct", (own.name,))
        if len(own.functions) == 1:
            return self.function_call(own, own.functions[0], positional, keywords)
        if own.functions:
            code, _ = self.arguments(args)
            return f"{own.python}({code})", ANY
        code, kinds = self.arguments(args)
        result = ANY
        if kind.tag == "lambda":
            for i, k in enumerate(kinds):
                self.learn_parameter((kind.args[0], i), k)
            result = self.known.results.get(kind.args[0], BOTTOM)
        elif kind == BOTTOM:
            result = BOTTOM
        return f"{own.python}({code})", result

    def function_call(
        self, own: Any, definition: Expr, positional: list[Node], keywords: list[Node]
    ) -> Value:
        """A call of a function with one method: what is passed is remembered."""
        key = definition.at
        values = [self.passed(a) for a in positional]
        spread = False
        for i, (code, kind) in enumerate(values):
            spread = spread or code.startswith("*")
            self.learn_parameter((key, i), ANY if spread else kind)
        if spread:
            for i in range(len(values), len(values) + 8):
                self.learn_parameter((key, i), ANY)
        named = []
        for k in keywords:
            if isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name):
                code, kind = self.expr(k.args[1])
                self.learn_parameter((key, k.args[0].text), kind)
                named.append(f"{python_name(k.args[0].text)}={code}")
            elif isinstance(k, Name):
                code, kind = self.expr(k)
                self.learn_parameter((key, k.text), kind)
                named.append(f"{python_name(k.text)}={code}")
            else:
                self.learn_parameter((key, "..."), ANY)
                named.extend(self.keyword_arguments([k]))
        inside = ", ".join([c for c, _ in values] + named)
        return f"{own.python}({inside})", self.known.results.get(key, BOTTOM)

    def function_value(self, node: Node, kinds: list[Kind] | None) -> Value:
        """A function as an argument, called with values of these kinds."""
        if isinstance(node, Expr) and node.head == "->":
            return self.lambda_value(node, kinds)
        if isinstance(node, Name):
            own = self.lookup(node.text)
            if own is not None and len(own.functions) == 1 and kinds is not None:
                self.check_missing(node.text, node)
                for i, kind in enumerate(kinds):
                    self.learn_parameter((own.functions[0].at, i), kind)
                return own.python, Kind("lambda", (own.functions[0].at,))
            if own is not None:
                kind = self.kind_of(own)
                if kind.tag == "lambda" and kinds is not None:
                    for i, k in enumerate(kinds):
                        self.learn_parameter((kind.args[0], i), k)
                    return own.python, kind
        return self.expr(node)

    def result_of(self, function: Kind) -> Kind:
        """What a function value gives."""
        return self.known.results.get(function.args[0], BOTTOM) if function.tag == "lambda" else ANY

    # Functions of Julia.

    def function_name(self, text: str, node: Any) -> Value:
        """A function of Julia as a value."""
        if text in self.extended and text not in TYPE_WORDS:
            name = HELPERS.get(text) or self.helper_name(text)
            if name is None:
                self.refuse(f"the function {text} is not known", node)
            return self.jl(name), Kind("function")
        if text in TYPE_WORDS or text in ("ErrorException",):
            found = self.type_name(text)
            if found is not None:
                return found, Kind("type")
        if text in ELEMENTWISE and text in self.visible_names(text):
            code, _ = ELEMENTWISE[text]
            if code.startswith("np."):
                return self.np(code[3:]), Kind("elementwise", (text,))
            return self.flux(code[5:]), Kind("elementwise", (text,))
        if text.startswith(".") and text[1:] in HELPERS:
            return f"{self.jl('Dotted')}({self.jl(HELPERS[text[1:]])})", Kind("function")
        if text in HELPERS and text not in (":",):
            name = HELPERS[text]
            if name == "not_":
                return "(lambda x: not x)", Kind("function")
            return self.jl(name), Kind("function")
        if text in MODULES and (text in self.packages or text in ("Base", "Iterators")):
            return text, Kind("module")
        if text == "I" and "LinearAlgebra" in self.packages:
            return self.jl("I"), ANY
        if text in ZYGOTE and self.packages & {"Zygote", "Flux", "gradient:Zygote"}:
            self.imports.add(f"from fluxbridge import {text}")
            return text, Kind("function")
        helper = self.helper_name(text)
        if helper is not None:
            return self.jl(helper), Kind("function")
        flux = self.flux_name(text)
        if flux is not None:
            return flux, Kind("function")
        if text == "PROGRAM_FILE":
            return "__file__", STR
        if text == "missing":
            return self.jl("missing"), ANY
        if self.free and text.isidentifier():
            return python_name(text), ANY
        if text == "ARGS":
            return "[]", arr(STR, 1, "list")
        if text == "stdout":
            self.imports.add("sys")
            return "sys.stdout", ANY
        self.refuse(f"the name {text} is not known", node)

    def visible_names(self, text: str) -> tuple[str, ...]:
        """Whether a function's name is in reach: those of Flux need Flux."""
        target = ELEMENTWISE[text][0]
        if target.startswith("np."):
            return (text,)
        return (text,) if self.packages & {"Flux", "NNlib"} else ()

    def helper_name(self, text: str) -> str | None:
        """The helper for a function of Julia's Base and standard libraries."""
        if text in SELECTED:
            return text if self.packages & {"Flux", "MLUtils", "OneHotArrays", "ForwardDiff", text} else None
        name = BASE.get(text, text.replace("!", "_"))
        if text.endswith("!") and text not in BASE and name in BASE.values():
            return None
        if not name or name in (
            "gradient",
            "new",
            "struct",
            "extend",
            "dispatch",
            "table",
            "array",
            "matrix",
            "named",
            "Text",
            "wrap",
            "shown",
            "at",
            "message",
            "fixed",
            "mapped",
            "gathered",
            "constructor",
            "Record",
            "add",
            "sub",
            "mul",
            "eq",
            "lt",
            "le",
            "gt",
            "ge",
            "ne",
            "bitand",
            "bitor",
            "abstract",
            "pipe",
            "unary",
            "assign",
            "setat",
            "colon",
            "take",
            "drop",
            "cycle",
            "flatten",
            "rest",
            "partition",
            "product",
            "repeated",
            "countfrom",
            "takewhile",
            "dropwhile",
            "reverse_iterator",
        ):
            return name if text in BASE or text in ("getindex",) else None
        if text in _PACKAGED and not self.packages & set(_PACKAGED[text]):
            return None
        return name if name in BASE_NAMES and callable(getattr(base, name, None)) else None

    def flux_name(self, text: str) -> str | None:
        """A name of Flux, if the program uses Flux or one of its parts."""
        if not self.packages & {
            "Flux",
            "NNlib",
            "Optimisers",
            "MLUtils",
            "OneHotArrays",
            "Functors",
            "Zygote",
            f"name:{text}",
        }:
            return None
        name = python_name(text)
        return self.flux(name) if name in FLUX_NAMES and not text.startswith("@") else None

    def named_call(self, text: str, args: list[Node], node: Expr) -> Value:
        """A call of a function of Julia by its name."""
        idiom = IDIOMS.get(text)
        if idiom is not None and text not in self.extended:
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
        helper = self.helper_name(text)
        if text in ("new",):
            code, _ = self.arguments(args)
            return f"{self.jl('new')}({self.new_of or 'type'}{', ' + code if code else ''})", Kind(
                "struct", (self.new_of or "",)
            )
        if helper is not None:
            return self.helper_call(text, helper, args)
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

    new_of: str | None = None

    def elementwise(self, text: str, arg: Node) -> Value | None:
        """``sin(x)`` of a number of a known kind."""
        code, kind = self.expr(arg)
        target, result = ELEMENTWISE[text]
        if kind == BOTTOM:
            return f"{target}({code})", BOTTOM
        if kind not in REALS | {F32} or (self.in_try and text in ("sqrt", "log", "log2", "log10")):
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

    def helper_call(self, text: str, helper: str, args: list[Node]) -> Value:
        """A call of a helper; functions among the arguments are told the kinds of the elements."""
        positional, keywords = self.split(args)
        if text in HIGHER and positional and self._is_function(positional[0]):
            return self.higher_call(text, helper, positional, keywords)
        values = [self.passed(a) for a in positional]
        named = self._named(keywords, values)
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
        if text == "mapreduce":
            code = f"{code}, {self.function_value(positional[1], None)[0]}"
        inside = ", ".join([code] + [c for c, _ in values] + self.keyword_arguments(keywords))
        return f"{self.jl(helper)}({inside})", result

    def state_of(self, node: Node) -> Kind:
        """What a folding function gave in the pass before."""
        if isinstance(node, Expr):
            return self.known.results.get(node.at, BOTTOM)
        if isinstance(node, Name):
            own = self.lookup(node.text)
            if own is not None and len(own.functions) == 1:
                return self.known.results.get(own.functions[0].at, BOTTOM)
        return ANY

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
        first = kinds[0] if kinds else ANY
        if helper in ("div", "rem", "mod", "int_div", "mod1", "fld", "cld") and set(kinds) <= INTS:
            return INT
        if helper in ("max_", "min_") and kinds and all(k in NUMBERS for k in kinds):
            return promoted(kinds[0], join_all(kinds)) if len(set(kinds)) > 1 else kinds[0]
        if helper == "round_":
            return first if len(kinds) == 1 and first in REALS | {F32} else ANY
        if helper == "hypot" and all(k in REALS for k in kinds):
            return FLOAT
        if helper in ("sort", "reverse", "copy", "deepcopy", "unique", "shuffle") and first.tag == "arr":
            return first
        if helper in ("cumsum", "cumprod", "diff") and first.tag == "arr" and first.rank == 1:
            return first if first.element in NUMBERS - {BOOL} else ANY
        if helper == "det" and first.tag == "arr" and first.element in (INT, FLOAT):
            return FLOAT
        if helper in ("norm", "dot") and first.tag == "arr" and first.element in (INT, FLOAT):
            return FLOAT if helper == "norm" else ANY
        if helper == "literal_power":
            return ANY
        if helper in ("keys",) and first.tag == "dict":
            return Kind("iter", (first.args[0],))
        if helper in ("values",) and first.tag == "dict":
            return Kind("iter", (first.args[1],))
        if helper in ("enumerate_",) and kinds:
            element = (
                first.element
                if first.tag in ("arr", "range", "str", "tuple")
                else first.args[0]
                if first.tag == "iter"
                else ANY
            )
            return Kind("iter", (tuple_of(NAT, element),))
        if helper == "zip_":
            parts = [
                k.element
                if k.tag in ("arr", "range", "str", "tuple")
                else k.args[0]
                if k.tag == "iter"
                else ANY
                for k in kinds
            ]
            return Kind("iter", (tuple_of(*parts),))
        if helper == "pairs" and first.tag == "dict":
            return Kind("iter", (tuple_of(*first.args),))
        if helper == "pairs" and first.tag == "record":
            return Kind("iter", (tuple_of(SYM, join_all(k for _, k in first.args)),))
        if helper == "zero" and first in (INT, NAT, FLOAT):
            return first
        if helper == "only" and first.tag == "arr":
            return first.element
        if helper == "split":
            return arr(STR, 1, "list")
        if helper == "eachindex":
            return Kind("range", (NAT,))
        if helper == "axes" and len(kinds) == 2:
            return Kind("range", (NAT,))
        if (
            helper in ("zeros", "ones", "fill", "rand", "randn")
            and all(k in INTS for k in (kinds[1:] if helper == "fill" else kinds))
            and kinds
        ):
            if helper == "fill":
                return arr(first, len(kinds) - 1) if first in NUMBERS and len(kinds) > 1 else ANY
            return arr(FLOAT, len(kinds))
        if helper in ("rand", "randn") and not kinds:
            return FLOAT
        if helper == "collect" and len(kinds) == 1:
            if first.tag == "range":
                return arr(INT, 1)
            if first.tag == "arr" and first.stored == "nd":
                return first
        return ANY

    # Types as functions.

    def conversion(self, text: str, args: list[Node], node: Expr) -> Value:
        """``Float64(x)``, ``Int(x)``, ``Dict(…)``, ``Matrix(x)``."""
        positional, _keywords = self.split(args)
        helper = {"Dict": "dict_", "Set": "set_", "Symbol": "symbol", "Tuple": "tuple_of", "Matrix": "matrix_of", "Array": "matrix_of",  # noqa: E501
                  "Vector": "matrix_of", "String": "string", "Complex": "complex_"}.get(text)  # fmt: skip
        if helper is not None:
            return self.helper_call(text, helper, args)
        if len(positional) == 1 and text in ELEMENT_KINDS and text not in self.extended:
            code, kind = self.expr(positional[0])
            result = ELEMENT_KINDS[text]
            if (result == INT and kind in INTS) or (result == FLOAT and kind == FLOAT):
                return code, kind
            if result == INT and kind == BOOL:
                return f"{self.builtin('int')}({code})", NAT
            if result == INT and kind == CHAR:
                return f"{self.builtin('ord')}({code})", NAT
            if result == FLOAT and kind in REALS:
                return f"{self.builtin('float')}({code})", FLOAT
            if result == F32 and kind in REALS:
                return f"{self.np('float32')}({code})", F32
            return f"{self.jl(TYPE_NAMES.get(text, text))}({code})", result
        if text in self.extended and len(positional) == 1:
            code, _ = self.arguments(args)
            return f"{self.jl('extended_call')}({text!r}, {self.jl(TYPE_NAMES.get(text, text))}, {code})", ANY
        code, _ = self.arguments(args)
        return f"{self.jl(TYPE_NAMES.get(text, text))}({code})", ANY

    def typed_call(self, function: Expr, args: list[Node], node: Expr) -> Value:
        """``Dict{K, V}()``, ``Vector{T}(undef, n)``, ``Stack{T}()``."""
        name = function.args[0]
        if isinstance(name, Name) and self.lookup(name.text) is None:
            text = name.text
            if text in ("Dict", "IdDict"):
                if not args:
                    key, value = self.kind_of_type(function.args[1]), self.kind_of_type(function.args[2])
                    return "{}", Kind("dict", (key, value))
                return self.helper_call("Dict", "dict_", args)
            if text == "Set":
                return (
                    self.helper_call("Set", "set_", args)
                    if args
                    else (f"{self.builtin('set')}()", Kind("set", (ANY,)))
                )
            if text in ("Vector", "Array", "Matrix"):
                return self._typed_array(text, function, args, node)
            if text == "new":
                code, _ = self.arguments(args)
                params = ", ".join(self.type_param(p) for p in function.args[1:])
                return f"{self.jl('new')}({self.new_of}[{params}]{', ' + code if code else ''})", Kind(
                    "struct", (self.new_of or "",)
                )
            if text == "Ref":
                code, _kinds = self.arguments(args)
                return f"{self.jl('Ref')}({code})", Kind("ref", (ANY,))
            if text in ("Rational", "Complex"):
                code, _ = self.arguments(args)
                return f"{self.jl(text)}({code})", ANY
            if text == "Val":
                self.refuse("Val", node)
            if (
                text == "NamedTuple"
                and isinstance(function.args[1], Expr)
                and function.args[1].head == "tuple"
            ):
                names = ", ".join(
                    repr(python_name(n.value.text))
                    for n in function.args[1].args
                    if isinstance(n, Quoted) and isinstance(n.value, Name)
                )
                code, _ = self.arguments(args)
                return f"{self.jl('named_from')}(({names},), {code})", ANY
        code, _ = self.arguments(args)
        return f"{self.type_expr(function)}({code})", Kind("struct", (name.text,)) if isinstance(
            name, Name
        ) and self.lookup(name.text) else ANY

    def kind_of_type(self, node: Node) -> Kind:
        """What a type says about its values."""
        if isinstance(node, Name) and self.lookup(node.text) is None:
            return ELEMENT_KINDS.get(node.text, ANY)
        if isinstance(node, Name):
            variable = self.lookup(node.text)
            if variable is not None and variable.struct is not None:
                return Kind("struct", (node.text,))
        if isinstance(node, Expr) and node.head == "curly" and isinstance(node.args[0], Name):
            inner = self.kind_of_type(node.args[1])
            if node.args[0].text == "Vector":
                return arr(inner, 1, None)
            if node.args[0].text == "Matrix" and inner in NUMBERS:
                return arr(inner, 2)
        return ANY

    def _typed_array(self, text: str, function: Expr, args: list[Node], node: Expr) -> Value:
        positional, _ = self.split(args)
        element = function.args[1]
        kind = self.kind_of_type(element)
        if not positional:
            return "[]", arr(kind, 1, "list")
        if isinstance(positional[0], Name) and positional[0].text == "undef":
            values = [self.expr(a) for a in positional[1:]]
            rank = len(values) if all(k in INTS for _, k in values) else None
            inside = ", ".join(c for c, _ in values)
            if kind in (INT, FLOAT, F32, BOOL):
                dtype = {INT: "int", FLOAT: "float", F32: "np.float32", BOOL: "bool"}[kind]
                return f"{self.np('zeros')}(({inside},), {dtype})", arr(kind, rank)
            return (
                f"{self.jl('uninitialised')}({self.type_expr(function)}, {inside})",
                ANY if kind != STR else arr(STR, 1, "list"),
            )
        code, _ = self.arguments(args)
        return f"{self.type_expr(function)}({code})", ANY

    # Operators.

    def operator_call(self, op: str, args: list[Node], node: Expr) -> Value:
        """``a + b + c``, ``-x``, ``!x``, ``a .+ b``, ``1:n``, ``>(4)``."""
        if op == ":":
            return self.range_call(args)
        if (len(args) == 1 and op in COMPARISONS) or (
            len(args) == 1 and op in ("===", "∈", "in", "≈", "isa", "⊆")
        ):
            code = self.type_expr(args[0]) if op == "isa" else self.expr(args[0])[0]
            return f"{self.jl('fixed')}({self.jl(HELPERS[op])}, {code})", Kind("function")
        if len(args) == 1:
            return self.prefix(op, args[0], node)
        if op == "isa":
            code, _kind = self.expr(args[0])
            return f"{self.jl('isa')}({code}, {self.type_expr(args[1])})", BOOL
        if op == "=>":
            (a, ka), (b, kb) = self.passed(args[0]), self.passed(args[1])
            return f"{self.jl('Pair')}({a}, {b})", Kind("pair", (ka, kb))
        if op in ("|>", ".|>"):
            return self._pipe(op, args, node)
        if op in ("∈", "in", "∉"):
            return self._membership(op, args)
        if op == "∘":
            parts = [self.function_value(a, None)[0] for a in args]
            self.imports.add("jl")
            return f"{self.jl('compose')}({', '.join(parts)})", Kind("function")
        if op == "*" and isinstance(args[0], Expr) and args[0].head == "'" and len(args) > 1:
            return self._row_product(args)
        if op.startswith(".") and op not in ("..", "..."):
            return self._dotted(op[1:], args, node)
        values = [self.reader(a) for a in args]
        result = values[0]
        for value in values[1:]:
            result = self.binary(op, result, value)
        return result

    def reader(self, node: Node) -> Value:
        """An operand: what it is made of is only read, so slices need no copy."""
        before, self.reading = self.reading, True
        try:
            return self.expr(node)
        finally:
            self.reading = before

    def _row_product(self, args: list[Node]) -> Value:
        first: Any = args[0]
        v, kv = self.reader(first.args[0])
        rest = [self.reader(a) for a in args[1:]]
        if (
            kv.tag == "arr"
            and kv.rank == 1
            and len(rest) == 1
            and kv.stored == "nd"
            and kv.element in (INT, FLOAT)
        ):
            w, kw = rest[0]
            if kw.tag == "arr" and kw.rank == 1 and kw.stored == "nd" and kw.element in (INT, FLOAT):
                return f"({v} @ {w})", promoted(kv.element, kw.element)
        if kv.tag == "arr" and kv.rank == 2:
            result = (f"{v}.T", kv)
            for value in rest:
                result = self.binary("*", result, value)
            return result
        if kv in NUMBERS:
            result = (v, kv)
            for value in rest:
                result = self.binary("*", result, value)
            return result
        kind = ANY
        if kv.tag == "arr" and kv.rank == 1 and rest[-1][1].tag == "arr" and rest[-1][1].rank == 1:
            kind = (
                FLOAT
                if {kv.element, *(k.element for _, k in rest if k.tag == "arr")} <= {FLOAT, INT}
                else ANY
            )
            if all(k.tag == "arr" and k.element == INT for _, k in rest) and kv.element == INT:
                kind = INT
        return f"{self.jl('row_times')}({', '.join([v, *(c for c, _ in rest)])})", kind

    def _membership(self, op: str, args: list[Node]) -> Value:
        (a, _), (b, kb) = self.expr(args[0]), self.expr(args[1])
        word = "not in" if op == "∉" else "in"
        if kb.tag in ("dict",):
            pass
        elif (
            kb.tag in ("set", "range")
            or (kb.tag == "arr" and kb.stored == "list" and kb.element in (STR, SYM, INT, CHAR))
            or (kb.tag == "tuple" and all(k in (STR, SYM, CHAR, INT, NAT, FLOAT) for k in kb.args))
        ):
            return f"({a} {word} {b})", BOOL
        code = f"{self.jl('in_')}({a}, {b})"
        return (f"(not {code})" if op == "∉" else code), BOOL

    def _pipe(self, op: str, args: list[Node], node: Expr) -> Value:
        if op == "|>":
            return (
                self._x_call(Expr("call", [args[1], args[0]], node.at, node.end))
                if not isinstance(args[1], Expr) or args[1].head != "->"
                else (
                    f"({self.function_value(args[1], [self.expr(args[0])[1]])[0]})({self.expr(args[0])[0]})",
                    ANY,
                )
            )
        return self.broadcast_call(args[1], [args[0]], node)

    def prefix(self, op: str, arg: Node, node: Expr) -> Value:
        """``-x``, ``!x``, ``√x``."""
        if op == "√":
            return self.named_call("sqrt", [arg], node)
        if op == "∛":
            return self.named_call("cbrt", [arg], node)
        code, kind = self.reader(arg)
        if op == "!":
            if kind.tag in ("function", "lambda") and kind.tag != "bool":
                return f"(lambda *xs: not {code}(*xs))", Kind("function")
            return f"(not {code})", BOOL
        if op == ".!":
            return (
                f"(~{code})"
                if kind.tag == "arr" and kind.element == BOOL and kind.stored == "nd"
                else f"{self.jl('broadcast')}(lambda x: not x, {code})",
                (kind if kind.tag == "arr" else ANY),
            )
        if op in ("-", ".-") and (
            kind in REALS | {F32}
            or (kind.tag == "arr" and kind.stored == "nd" and kind.element in (INT, FLOAT, F32))
        ):
            return f"(-{code})", INT if kind == NAT else kind
        if op == "+":
            return code, kind
        if op in ("-", ".-"):
            if op == ".-":
                return (
                    f"{self.jl('broadcast')}({self.jl('sub')}, 0, {code})"
                    if False
                    else f"{self.jl('unary')}('-', {code})",
                    kind,
                )
            return f"{self.jl('sub')}({code})", kind if kind in NUMBERS or kind == BOTTOM else ANY
        if op == "~":
            return f"(~{code})", kind
        self.refuse(f"the prefix {op}", node)

    def range_call(self, args: list[Node]) -> Value:
        """``a:b`` and ``a:s:b``."""
        values = [self.expr(a) for a in args]
        kinds = [k for _, k in values]
        codes = [c for c, _ in values]
        if BOTTOM in kinds:
            return f"range({', '.join(codes)})", Kind("range", (BOTTOM,))
        if all(k in INTS for k in kinds):
            element = NAT if kinds[0] == NAT else INT
            literal = self.literal_int(codes[-1])
            if len(codes) == 2:
                stop = str(literal + 1) if literal is not None else self.plus_one(codes[1])
                return f"{self.builtin('range')}({codes[0]}, {stop})", Kind("range", (element,))
            step = self.literal_int(codes[1])
            if step:
                last = (
                    str(literal + (1 if step > 0 else -1))
                    if literal is not None
                    else (self.plus_one(codes[2]) if step > 0 else f"{codes[2]} - 1")
                )
                return f"{self.builtin('range')}({codes[0]}, {last}, {codes[1]})", Kind(
                    "range", (NAT if element == NAT and (step > 0 or kinds[2] == NAT) else INT,)
                )
        if all(k in REALS for k in kinds) and FLOAT in kinds:
            return f"{self.jl('colon')}({', '.join(codes)})", Kind("range", (FLOAT,)) if False else arr(
                FLOAT, 1
            )
        if kinds[0] == CHAR:
            return f"{self.jl('colon')}({', '.join(codes)})", arr(CHAR, 1, "list")
        return f"{self.jl('colon')}({', '.join(codes)})", ANY

    def plus_one(self, code: str) -> str:
        """One more, written shortly."""
        if code.startswith("(") and code.endswith(" - 1)") and self._balanced(code[1:-5]):
            return code[1:-5]
        return f"{code} + 1"

    @staticmethod
    def _balanced(code: str) -> bool:
        depth = 0
        for c in code:
            depth += (c in "([{") - (c in ")]}")
            if depth < 0:
                return False
        return depth == 0

    def _dotted(self, op: str, args: list[Node], node: Expr) -> Value:
        if (
            op
            in (
                "&",
                "|",
                "⊻",
                "==",
                "!=",
                "≈",
                "÷",
                "%",
                "\\",
                "<",
                ">",
                "<=",
                ">=",
                "≤",
                "≥",
                "≠",
                "+",
                "-",
                "*",
                "/",
                "^",
                "//",
                "=>",
                "∈",
                "in",
                "isa",
                "<<",
                ">>",
                "⋅",
                "===",
            )
            or op in HELPERS
        ):
            values = [self.reader(a) for a in args]
            result = values[0]
            for value in values[1:]:
                result = self.dotted(op, result, value)
            return result
        self.refuse(f"the operator .{op} has no counterpart", node)

    # Broadcasting of calls.

    def broadcast_call(self, function: Node, args: list[Node], node: Expr) -> Value:
        """``f.(x, y)``."""
        positional, keywords = self.split(args)
        values = [self.reader(a) for a in positional]
        kinds = [k for _, k in values]
        inside = ", ".join(c for c, _ in values)
        text = function.text if isinstance(function, Name) and self.lookup(function.text) is None else None
        if (
            isinstance(function, Expr)
            and function.head == "."
            and isinstance(function.args[1], Quoted)
            and self.module_path(function.args[0])
        ):
            text = getattr(function.args[1].value, "text", None)
        if BOTTOM in kinds:
            return f"f({inside})", BOTTOM
        if (
            text in ELEMENTWISE
            and len(values) == 1
            and not keywords
            and text not in self.extended
            and self.visible_names(text)
        ):
            kind = kinds[0]
            target, sort = ELEMENTWISE[text]
            if kind.tag == "arr" and kind.stored == "nd" and kind.element in (INT, FLOAT, F32):
                element = {"float": floated(kind.element), "same": kind.element, "bool": BOOL}[sort]
                code = self.np(target[3:]) if target.startswith("np.") else self.flux(target[5:])
                return f"{code}({inside})", arr(element, kind.rank)
            if kind in NUMBERS:
                return self.named_call(text, positional, node)
        if (
            text in ("max", "min")
            and len(values) == 2
            and all(
                k in REALS or (k.tag == "arr" and k.stored == "nd" and k.element in (INT, FLOAT))
                for k in kinds
            )
        ):
            ranks = [k.rank or 0 if k.tag == "arr" else 0 for k in kinds]
            if 0 in ranks or (ranks[0] == ranks[1] and ranks[0]):
                element = promoted(*(k.element if k.tag == "arr" else k for k in kinds))
                return f"{self.np('maximum' if text == 'max' else 'minimum')}({inside})", arr(
                    element, max(ranks)
                ) if element in NUMBERS else ANY
        if (
            (
                text in ("Float32", "Float64", "Int")
                and len(values) == 1
                and kinds[0].tag == "arr"
                and kinds[0].stored == "nd"
            )
            and (text != "Int" or kinds[0].element in (BOOL, INT))
            and kinds[0].element in NUMBERS
        ):
            dtype = {"Float32": "np.float32", "Float64": "float", "Int": "int"}[text]
            if "np" in dtype:
                self.imports.add("np")
            return f"{inside}.astype({dtype})", arr(ELEMENT_KINDS[text], kinds[0].rank)
        elements = [
            k.element
            if k.tag in ("arr", "range")
            else k.element
            if k.tag == "tuple"
            else k.args[0]
            if k.tag == "ref" and k.args
            else k
            for k in kinds
        ]
        if (isinstance(function, Expr) and function.head == "->") or isinstance(function, Name):
            known = [
                e if e in NUMBERS or e.tag in ("struct", "str", "record", "arr", "sym", "char") else ANY
                for e in elements
            ]
            code, fk = self.function_value(function, known)
        else:
            code, fk = self.expr(function)
        named = self.keyword_arguments(keywords)
        result = self._broadcast_kind(text, fk, kinds, elements)
        if result == BOTTOM:
            return f"f({inside})", BOTTOM
        if text in SELECTED or text in TYPE_WORDS:
            code = self.function_name(text, node)[0]  # type: ignore[arg-type]
        return f"{self.jl('broadcast')}({', '.join([code, inside, *named])})", result

    def _broadcast_kind(
        self, text: str | None, function: Kind, kinds: list[Kind], elements: list[Kind]
    ) -> Kind:
        ranks = [
            0
            if k in NUMBERS or k.tag in ("ref", "str", "sym", "char", "struct")
            else k.rank
            if k.tag in ("arr", "range")
            else None
            for k in kinds
        ]
        element = self.result_of(function) if function.tag == "lambda" else ANY
        if text in ("abs2",) and elements[0] in (INT, FLOAT, F32):
            element = elements[0]
        if (
            text in ("round", "floor", "ceil", "trunc", "float", "real", "conj")
            and elements[0] in (FLOAT, F32)
            and len(kinds) == 1
        ):
            element = elements[0]
        if text in ELEMENTWISE and elements[0] in NUMBERS:
            sort = ELEMENTWISE[text][1]
            element = {"float": floated(elements[0]), "same": elements[0], "bool": BOOL}[sort]
        if text in ELEMENT_KINDS and len(kinds) == 1:
            element = ELEMENT_KINDS[text]
        if text in ("max", "min") and all(e in NUMBERS for e in elements):
            element = join_all(elements)
        if text == "length":
            element = INT
        if element == BOTTOM:
            return BOTTOM
        if None in ranks or not any(ranks):
            return ANY
        rank = max(r or 0 for r in ranks)
        if element in NUMBERS:
            return arr(element, rank)
        return (
            arr(element, 1, "list")
            if rank == 1 and element != ANY and element.tag not in ("any", "num")
            else ANY
        )

    # Derivatives and Flux.

    def derivative_call(self, text: str, args: list[Node], node: Expr) -> Value:
        """``gradient(f, x)`` and its relatives."""
        positional, keywords = self.split(args)
        name = text
        if text == "Buffer":
            code, _ = self.arguments(args)
            self.imports.add("from fluxbridge import Buffer")
            return f"Buffer({code})", ANY
        self.imports.add(f"from fluxbridge import {text}")
        if text not in DERIVATIVES or not positional:
            code, _ = self.arguments(args)
            return f"{name}({code})", ANY
        values = [self.passed(a) for a in positional[1:]]
        kinds = [k for _, k in values]
        before, self.in_gradient = self.in_gradient, True
        try:
            function, _ = self.function_value(positional[0], [traced(k) for k in kinds])
        finally:
            self.in_gradient = before
        codes = []
        for code, kind in values:
            if (
                kind.tag == "range"
                or (kind.tag == "arr" and kind.stored == "list" and kind.element in NUMBERS)
                or (
                    kind == ANY
                    and text != "pullback"
                    and not code.startswith(("Params", "Flux.params"))
                    and False
                )
            ):
                code = f"{self.jl('array_of')}({code})"
            codes.append(code)
        result = ANY
        if text == "gradient":
            result = (
                Kind(
                    "tuple",
                    tuple(
                        traced(k) if k in REALS | {F32} or k.tag in ("arr", "range") else ANY for k in kinds
                    ),
                )
                if kinds and not any(c.startswith("*") for c in codes)
                else Kind("gradients")
            )
            if any(self._is_params(a) for a in positional[1:]):
                result = ANY
        elif text in ("jacobian",):
            result = Kind("gradients")
            self._jacobian_order = True
            return (
                f"{name}({', '.join([function, *codes, *self.keyword_arguments(keywords)])}, order='F')",
                result,
            )
        elif text == "hessian":
            return f"{name}({', '.join([function, *codes])}, order='F')" if kinds and kinds[
                0
            ] not in REALS else f"{name}({', '.join([function, *codes])})", (
                arr(FLOAT, 2) if kinds and kinds[0].tag == "arr" and kinds[0].element in (FLOAT,) else ANY
            )
        elif text == "diaghessian":
            result = Kind("gradients")
        return f"{name}({', '.join([function, *codes, *self.keyword_arguments(keywords)])})", result

    @staticmethod
    def _is_params(node: Node) -> bool:
        function = node.args[0] if isinstance(node, Expr) and node.head == "call" else None
        if isinstance(function, Expr) and function.head == "." and isinstance(function.args[1], Quoted):
            function = function.args[1].value
        return isinstance(function, Name) and function.text in ("Params", "params")

    in_gradient = False

    def _captures(self, node: Expr) -> bool:
        """Whether a closure uses variables of the functions around it."""
        own = set(targets(node.args[0]))

        def visit(n: Any) -> bool:
            if isinstance(n, Name):
                variable = self.lookup(n.text) if n.text not in own else None
                return variable is not None and variable.scope.home.kind != "file"
            return isinstance(n, Expr) and any(visit(a) for a in n.args)

        return visit(node.args[1])

    def flux_call(self, code: str, text: str, args: list[Node]) -> Value:
        """A call of the mirror of Flux: pairs are tuples, ``dims`` is ``axis``."""
        if text in COUNTED:
            self.refuse(f"{text}: positions are counted otherwise here")
        if text == "ADAM":
            code = self.flux("Adam")
        positional, keywords = self.split(args)
        if text == "params":
            self.imports.add("Flux")
        values = [self.flux_argument(a) for a in positional]
        named = []
        for k in keywords:
            if (
                isinstance(k, Expr)
                and k.head == "kw"
                and isinstance(k.args[0], Name)
                and k.args[0].text == "dims"
            ):
                named.append(f"axis={self._axis(k.args[1])}")
            elif isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name):
                named.append(f"{python_name(k.args[0].text)}={self.flux_argument(k.args[1])[0]}")
            else:
                named.extend(self.keyword_arguments([k]))
        kind = Kind("model") if text in ("Chain",) else ANY
        return f"{code}({', '.join([c for c, _ in values] + named)})", kind

    def _axis(self, node: Node) -> str:
        code, kind = self.expr(node)
        if isinstance(node, Name) and node.text == ":":
            return "None"
        if kind in INTS:
            return self.minus_one(code)
        if isinstance(node, Expr) and node.head == "tuple":
            return "(" + ", ".join(self.minus_one(self.expr(a)[0]) for a in node.args) + ",)"
        self.refuse("dims that are not known numbers", node)

    def flux_argument(self, node: Node) -> Value:
        """An argument of a constructor of Flux: ``2 => 3`` is ``(2, 3)``."""
        if (
            isinstance(node, Expr)
            and node.head == "call"
            and isinstance(node.args[0], Name)
            and node.args[0].text == "=>"
        ):
            (a, _), (b, _) = self.flux_argument(node.args[1]), self.flux_argument(node.args[2])
            return f"({a}, {b})", tuple_of(ANY, ANY)
        if isinstance(node, Name) and node.text == "identity" and self.lookup("identity") is None:
            return self.flux("identity"), ANY
        if isinstance(node, Name) and node.text in ("+", "-", "*") and node.text not in self.extended:
            self.imports.add("operator")
            return {"+": "operator.add", "-": "operator.sub", "*": "operator.mul"}[node.text], ANY
        if isinstance(node, Name) and node.text in ("vcat", "hcat") and self.lookup(node.text) is None:
            return self.jl(node.text), ANY
        if isinstance(node, Name) and node.text == "tuple" and self.lookup("tuple") is None:
            return "(lambda *xs: xs)", ANY
        return self.passed(node)

    # Modules.

    def module_path(self, node: Node) -> str | None:
        """The module that ``A`` or ``A.B`` names."""
        if isinstance(node, Name) and self.lookup(node.text) is None:
            text = self.aliases.get(node.text, node.text)
            return (
                text
                if text in MODULES
                and (text in self.packages or text in ("Base", "Iterators", "Core", "Main"))
                else None
            )
        if (
            isinstance(node, Expr)
            and node.head == "."
            and isinstance(node.args[1], Quoted)
            and len(node.args) == 2
        ):
            outer = self.module_path(node.args[0])
            inner: Any = node.args[1].value
            return (
                inner.text
                if outer is not None and isinstance(inner, Name) and inner.text in MODULES
                else None
            )
        return None

    aliases: ClassVar[dict[str, str]] = {}

    def module_member(self, module: str, name: str, node: Any) -> Value:
        """``Flux.relu`` as a value."""
        sort = MODULES[module]
        if sort == "main":
            return self.name(Name(name, node.at))
        if sort == "base":
            return self.function_name(name, node)
        if sort == "iterators":
            return self.jl(ITERATORS.get(name, name)), Kind("function")
        if sort in ("flux", "zygote", "forwarddiff"):
            if name in SELECTED:
                return self.jl(name), Kind("function")
            if sort == "zygote" and name in ZYGOTE:
                self.imports.add(f"from fluxbridge import {name}")
                return name, Kind("function")
            python = python_name(name)
            if python in FLUX_NAMES:
                return self.flux(python), Kind("elementwise", (name,)) if name in ELEMENTWISE else Kind(
                    "function"
                )
        self.refuse(f"{module}.{name} is not known", node)

    def module_call(self, module: str, name: str, args: list[Node], node: Expr) -> Value:
        """``Flux.mse(…)``, ``Zygote.gradient(…)``, ``Random.seed!(…)``."""
        sort = MODULES[module]
        if sort == "main":
            return self._x_call(Expr("call", [Name(name, node.at), *args], node.at, node.end))
        if sort == "base":
            if name == "seed!" and module == "Random":
                code, _ = self.arguments(args)
                return f"{self.jl('seed_')}({code})", ANY
            if name in HELPERS or name == "!":
                return self.operator_call(name, args, node)
            return self.named_call(name, args, node)
        if sort == "iterators":
            if name not in ITERATORS or ITERATORS[name] not in BASE_NAMES:
                self.refuse(f"Iterators.{name} is not known", node)
            return self.iterators_call(name, args)
        if sort == "forwarddiff":
            return self.forward_call(name, args, node)
        if name in (
            "gradient",
            "withgradient",
            "jacobian",
            "hessian",
            "diaghessian",
            "pullback",
            "Params",
            "Buffer",
            "withjacobian",
        ) and sort in ("flux", "zygote"):
            return self.derivative_call(name, args, node)
        if name in SELECTED:
            return self.helper_call(name, name, args)
        if (name == "params" or (name in ZYGOTE and sort == "zygote")) and name in ZYGOTE:
            return self.derivative_call(name, args, node)
        python = python_name(name)
        if name in ELEMENTWISE and len(args) == 1:
            self.packages.add("Flux")
            found = self.elementwise(name, args[0])
            if found is not None:
                return found
        if python in FLUX_NAMES and (True):
            return self.flux_call(self.flux(python), name, args)
        self.refuse(f"{module}.{name} is not known", node)

    def iterators_call(self, name: str, args: list[Node]) -> Value:
        """``Iterators.take(xs, 3)``."""
        positional, _ = self.split(args)
        if name in ("filter", "map", "takewhile", "dropwhile"):
            values = [self.passed(a) for a in positional[1:]]
            kinds = [self.elements(a, k) for a, (_, k) in zip(positional[1:], values, strict=False)]
            code, function = self.function_value(positional[0], kinds)
            element = kinds[0] if name != "map" else self.result_of(function)
            return f"{self.jl(ITERATORS[name])}({', '.join([code, *(c for c, _ in values)])})", Kind(
                "iter", (element,)
            )
        values = [self.passed(a) for a in positional]
        kind = ANY
        if name in ("take", "drop", "cycle", "rest", "reverse"):
            kind = Kind("iter", (self.elements(positional[0], values[0][1]),))
        return f"{self.jl(ITERATORS[name])}({', '.join(c for c, _ in values)})", kind

    def forward_call(self, name: str, args: list[Node], node: Expr) -> Value:
        """ForwardDiff's functions, by the engine that there is."""
        positional, _ = self.split(args)
        if len(positional) != 2 or name not in ("derivative", "gradient", "jacobian", "hessian"):
            self.refuse(f"ForwardDiff.{name} in this form", node)
        x, kind = self.passed(positional[1])
        if self.in_gradient and isinstance(positional[0], Expr) and self._captures(positional[0]):
            self.refuse(
                "ForwardDiff inside of a gradient: by what its function captures there is no derivative in Julia",  # noqa: E501
                node,
            )
        function, _ = self.function_value(positional[0], [traced(kind)])
        if name == "derivative":
            return f"{self.jl('derivative')}({function}, {x})", FLOAT if kind in REALS else ANY
        self.imports.add(f"from fluxbridge import {name}")
        if name == "hessian":
            return f"hessian({function}, {x}, order='F')", kind if False else ANY
        if name == "jacobian":
            return f"jacobian({function}, {x}, order='F')[0]", ANY
        return f"gradient({function}, {x})[0]", traced(kind)


_PACKAGED = {
    **dict.fromkeys(
        [
            "norm",
            "dot",
            "cross",
            "det",
            "tr",
            "rank",
            "cond",
            "opnorm",
            "pinv",
            "kron",
            "diag",
            "diagm",
            "triu",
            "tril",
            "Symmetric",
            "UpperTriangular",
            "LowerTriangular",
            "Diagonal",
            "issymmetric",
            "isposdef",
            "eigvals",
            "eigen",
            "eigvecs",
            "svd",
            "svdvals",
            "qr",
            "cholesky",
            "normalize",
        ],
        ("LinearAlgebra",),
    ),
    **dict.fromkeys(["mean", "std", "var", "median", "quantile", "cov", "cor"], ("Statistics", "StatsBase")),
    **{
        n: ("Random", "name:" + n)
        for n in [
            "seed!",
            "randperm",
            "shuffle",
            "shuffle!",
            "rand!",
            "randn!",
            "randexp",
            "randstring",
            "default_rng",
        ]
    },
    "isprime": ("Primes",),
}
for _name in (
    "norm",
    "dot",
    "mean",
    "std",
    "var",
    "median",
    "det",
    "tr",
    "shuffle",
    "seed!",
    "randperm",
    "cross",
    "I",
):
    if _name in _PACKAGED:
        _PACKAGED[_name] = (*_PACKAGED[_name], "name:" + _name)
__all__ = ["HIGHER", "STR", "Calls", "Literal"]
