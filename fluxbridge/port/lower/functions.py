"""Arguments, functions of the program, and names of functions as values."""

from __future__ import annotations

from typing import Any

from .. import base
from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    F32,
    FLOAT,
    REALS,
    STR,
    Kind,
    arr,
    floated,
    join_all,
)  # fmt: skip
from ..names import BASE, ELEMENTWISE, MODULES, OWN_WORDS, SELECTED
from ..syntax import Expr, Name, Node, Quoted
from . import models
from .core import Value
from .fields import Fields
from .operators import HELPERS
from .packages import (
    _PACKAGED,
    BASE_NAMES,
    FLUX_NAMES,
    ZYGOTE,
)
from .scope import python_name
from .words import ELEMENT_KINDS, TYPE_WORDS

#: Packages whose names are in SELECTED.
SELECTING = ("Flux", "MLUtils", "OneHotArrays", "NNlib", "Optimisers", "Functors", "ForwardDiff")


MATRIX_FUNCTIONS = {"inv": "linalg.inv", "det": "linalg.det", "tr": "trace"}


class Functions(Fields):
    """Functions and what is passed to them."""

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
                variable = self.lookup(k.args[0].text) if isinstance(k.args[0], Name) else None
                if variable is not None and self.kind_of(variable).tag == "keywords":
                    parts.append(f"**{variable.python}")
                    continue
                parts.append(f"**{self.builtin('dict')}({self.expr(k.args[0])[0]}.items())")
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

    def own_call(self, own: Any, args: list[Node], node: Expr) -> Value:
        """A call of a function or a value of the program."""
        self.check_missing(own.name, node)
        positional, _keywords = self.split(args)
        kind = self.kind_of(own)
        if own.fixed == Kind("type"):
            code, _ = self.arguments(args)
            return f"{self.jl('convert')}({own.python}, {code})" if len(
                positional
            ) == 1 else f"{own.python}({code})", ANY
        if own.struct is not None:
            plan = self.plain(own.name)
            if plan is not None:
                made = self.plain_call(plan, own.python, args, node)
                if made is not None:
                    return made
                self.weigh(own.name)
            code, _ = self.arguments(args)
            return f"{own.python}({code})", Kind("struct", (own.name,))
        if len(own.functions) == 1:
            return self.followed_call(own.python, (own.functions[0].at,), args)
        if own.functions:
            code, _ = self.arguments(args)
            return f"{own.python}({code})", self.results_of(tuple(d.at for d in own.functions))
        return self.value_call(own.python, kind, args)

    def value_call(self, function: str, kind: Kind, args: list[Node]) -> Value:
        """A call of a function that is a value."""
        if kind.tag == "lambda":
            return self.followed_call(function, kind.args, args)
        if kind.tag == "struct" and (called := self.called_method(kind)) is not None:
            return self.followed_call(function, (called.at,), args)
        self.called_unseen(kind)
        code, kinds = self.arguments(args)
        if kind.tag == "model":
            return f"{function}({code})", BOTTOM if BOTTOM in kinds else models.called(kind, kinds)
        return f"{function}({code})", BOTTOM if kind == BOTTOM else ANY

    def handed(self, a: Node) -> Value:
        """A value given to a function of the program, which follows it."""
        if isinstance(a, Expr) and a.head == "->":
            return self.lambda_value(a, None, bind=self.scope)
        if isinstance(a, Expr) and a.head == "...":
            return self.argument(a)
        code, kind = self.tracked(a, "list" if self.may_grow(a) else None)
        return code, Kind("lambda", kind.args) if kind.tag == "elementwise" else kind

    def followed_call(self, function: str, keys: tuple, args: list[Node]) -> Value:
        """A call of functions with one method each: what is passed is remembered."""
        positional, keywords = self.split(args)
        values = [self.handed(a) for a in positional]
        kinds = [k for _, k in values]
        spread = next((i for i, (code, _) in enumerate(values) if code.startswith("*")), None)
        if spread is not None:
            kinds = kinds[:spread] + [ANY] * (len(values) + 8)
        named = []
        learned: dict[Any, Kind] = dict(enumerate(kinds))
        for k in keywords:
            if isinstance(k, Expr) and k.head == "kw" and isinstance(k.args[0], Name):
                code, kind = self.handed(k.args[1])
                learned[k.args[0].text] = kind
                named.append(f"{python_name(k.args[0].text)}={code}")
            elif isinstance(k, Name):
                code, kind = self.handed(k)
                learned[k.text] = kind
                named.append(f"{python_name(k.text)}={code}")
            else:
                learned["..."] = ANY
                named.extend(self.keyword_arguments([k]))
        self.learn_call(keys, learned)
        inside = ", ".join([c for c, _ in values] + named)
        return f"{function}({inside})", self.results_of(keys, kinds)

    def learn_call(self, keys: tuple, kinds: dict[Any, Kind]) -> None:
        """Functions are called with arguments of these kinds."""
        for key in keys:
            if isinstance(key, str):
                continue
            for place, kind in kinds.items():
                self.learn_parameter((key, place), kind)

    def results_of(self, keys: tuple, kinds: list[Kind] | None = None) -> Kind:
        """What functions gave in the pass before; functions of one number by what they are called with."""
        return join_all(
            self._elementwise_result(key, kinds or [])
            if isinstance(key, str)
            else self.known.results.get(key, self.known.unseen)
            for key in keys
        )

    @staticmethod
    def _elementwise_result(name: str, kinds: list[Kind]) -> Kind:
        if len(kinds) != 1 or kinds[0] not in REALS | {F32, BOTTOM}:
            return ANY
        return {"float": floated(kinds[0]), "same": kinds[0], "bool": BOOL}[ELEMENTWISE[name][1]]

    def function_value(self, node: Node, kinds: list[Kind] | None) -> Value:
        """A function as an argument, called with values of these kinds."""
        if isinstance(node, Expr) and node.head == "->":
            return self.lambda_value(node, kinds)
        if kinds is None:
            return self.expr(node)
        plain = self.plain_function(node, kinds)
        if plain is not None:
            return plain
        code, kind = self.tracked(node)
        if kind.tag == "lambda":
            self.learn_call(kind.args, dict(enumerate(kinds)))
        self.called_unseen(kind)
        return code, kind

    def plain_function(self, node: Node, kinds: list[Kind]) -> Value | None:
        """``det`` and ``*`` as they are written in Python, where they get matrices and numbers."""
        if not isinstance(node, Name) or self.lookup(node.text) is not None or node.text in self.extended:
            return None
        text = node.text
        if text in MATRIX_FUNCTIONS and len(kinds) == 1 and self.helper_name(text) is not None:
            kind = kinds[0]
            matrix = (
                kind.tag == "arr" and kind.rank == 2 and kind.stored == "nd" and kind.element in (FLOAT, F32)
            )
            if matrix or kind.tag in ("diagonal", "uniform"):
                return self.np(MATRIX_FUNCTIONS[text]), Kind("function")
        if text in ("+", "-", "*", "/") and len(kinds) >= 2 and all(k == FLOAT for k in kinds):
            names = "abcdefgh"[: len(kinds)]
            if len(names) == len(kinds) and (len(kinds) == 2 or text in "+*"):
                return f"(lambda {', '.join(names)}: {f' {text} '.join(names)})", Kind("function")
        return None

    def result_of(self, function: Kind) -> Kind:
        """What a function value gives."""
        return self.results_of(function.args) if function.tag == "lambda" else ANY

    def function_name(self, text: str, node: Any) -> Value:
        """A function of Julia as a value."""
        if text in self.extended and text not in TYPE_WORDS:
            name = HELPERS.get(text) or self.helper_name(text)
            if name is None:
                self.refuse(f"the function {text} is not known", node)
            self.check_missing(text, node)
            self.loosen(text)
            if text in self.direct:
                own = f"(lambda *xs: {self.jl('extended_call')}({text!r}, {self.jl(name)}, *xs))"
                return own, Kind("function")
            return self.jl(name), Kind("function")
        if text in TYPE_WORDS or text in ("ErrorException",):
            found = self.type_name(text)
            if found is not None:
                return found, Kind("type", (ELEMENT_KINDS[text],) if text in ELEMENT_KINDS else ())
        if text in ELEMENTWISE and text in self.visible_names(text):
            code, _ = ELEMENTWISE[text]
            if text in ("sqrt", "log", "log2", "log10") and (self.in_try or self.tried):
                return self.jl(self.helper_name(text) or text), Kind("function")
            if code.startswith("np."):
                return self.np(code[3:]), Kind("elementwise", (text,))
            return self.flux(code[5:]), Kind("elementwise", (text,))
        if text.startswith(".") and text[1:] in HELPERS:
            return f"{self.jl('Dotted')}({self.jl(HELPERS[text[1:]])})", Kind("function")
        if text in HELPERS and text not in (":",):
            name = HELPERS[text]
            return self.jl(name), Kind("function")
        if text in MODULES and (text in self.packages or text in ("Base", "Iterators")):
            return text, Kind("module")
        if text == "I" and "LinearAlgebra" in self.packages:
            self.imports.add("from fluxbridge import I")
            return "I", Kind("uniform")
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
            near = self.packages & {*SELECTING, f"name:{text}"}
            return text.replace("!", "_") if near else None
        name = BASE.get(text, text.replace("!", "_"))
        if text.endswith("!") and text not in BASE and name in BASE.values():
            return None
        if not name or name in OWN_WORDS:
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
