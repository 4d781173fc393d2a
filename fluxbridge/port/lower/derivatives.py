"""Derivatives, Flux, and names with a module before them."""

from __future__ import annotations

from typing import Any, ClassVar

from ...flux import optimisers
from ...flux.oldnames import OLD_KEYWORDS, OLD_NAMES
from ...flux.oldnames import TABLE as OLD_TABLE
from ..kinds import (
    ANY,
    BOTTOM,
    F32,
    FLOAT,
    INTS,
    NONE,
    NUMBERS,
    REALS,
    Kind,
    arr,
    traced,
    tuple_of,
)  # fmt: skip
from ..names import COUNTED, ELEMENTWISE, MODULES, SELECTED, datasets
from ..syntax import Expr, Name, Node, Quoted
from . import models
from .broadcasts import Broadcasts
from .core import Value
from .idioms import IDIOMS
from .operators import HELPERS
from .packages import (
    BASE_NAMES,
    DERIVATIVES,
    FLUX_NAMES,
    ITERATORS,
    ZYGOTE,
)
from .scope import python_name, targets

#: Functions of Flux that look at a model and do not call it.
NOT_CALLING = frozenset(
    [
        "setup",
        "update!",
        "params",
        "trainables",
        "trainable",
        "state",
        "adjust!",
        "freeze!",
        "thaw!",
        "f32",
        "f64",
        "f16",
        "cpu",
        "gpu",
        "testmode!",
        "trainmode!",
        "mse",
        "mae",
        "logitcrossentropy",
        "crossentropy",
        "binarycrossentropy",
        "logitbinarycrossentropy",
        "huber_loss",
        "onehotbatch",
        "onehot",
        "onecold",
        "DataLoader",
        "softmax",
        "logsoftmax",
        "relu",
        "sigmoid",
        "glorot_uniform",
        "glorot_normal",
        "Adam",
        "Descent",
        "Momentum",
        "AdamW",
    ]
)
#: Types of numbers, for functions of Flux that take one.
ARRAY_TYPES = {
    "Float64": "float64",
    "Float32": "float32",
    "Float16": "float16",
    "Int": "int64",
    "Int64": "int64",
}


class Derivatives(Broadcasts):
    """``gradient(f, x)``, ``Dense(2 => 3)``, ``Flux.mse(ŷ, y)``."""

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
            if text == "forwarddiff" and self.in_gradient and isinstance(positional[0], Expr):
                self.refuse_captures(positional[0], node)
            code, _ = self.arguments(args)
            return f"{name}({code})", ANY
        values = [self.passed(a) for a in positional[1:]]
        kinds = [k for _, k in values]
        before, self.in_gradient = self.in_gradient, True
        try:
            function, function_kind = self.function_value(positional[0], [traced(k) for k in kinds])
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
                result = Kind("grads")
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
        elif text == "withgradient":
            given = self.result_of(function_kind)
            result = tuple_of(given if given in (FLOAT, F32, BOTTOM) else ANY, Kind("gradients"))
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

    def refuse_captures(self, function: Expr, node: Expr) -> None:
        """Forward mode inside of a gradient gives no derivative by what its function captures."""
        if self._captures(function):
            self.refuse(
                "ForwardDiff inside of a gradient: by what its function captures there is no derivative in Julia",  # noqa: E501
                node,
            )

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
        values = self._trained(positional) if text == "train!" else None
        if values is None:
            values = [self.flux_argument(a) for a in positional]
            if text not in NOT_CALLING:
                for _, kind in values:
                    self.called_unseen(kind)
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
                name = OLD_KEYWORDS.get(k.args[0].text, k.args[0].text)
                named.append(f"{python_name(name)}={self.flux_argument(k.args[1])[0]}")
            else:
                named.extend(self.keyword_arguments([k]))
        kinds = [k for _, k in values]
        words = [
            k.args[0].text if isinstance(k, Expr) and isinstance(k.args[0], Name) else "" for k in keywords
        ]
        names = [self._flux_word(a) for a in positional]
        kind = BOTTOM if BOTTOM in kinds else models.made_by(text, kinds, names, words)
        return f"{code}({', '.join([c for c, _ in values] + named)})", kind

    def _trained(self, positional: list[Node]) -> list[Value] | None:
        """``train!(loss, model, data, opt)``: the loss is called with the model and each batch."""
        if len(positional) != 4:
            return None
        with self.hoisting():
            kinds = [self.expr(a)[1] for a in positional[1:]]
        data = kinds[1].args[0] if kinds[1].tag == "loader" else kinds[1].element
        if kinds[0].tag not in ("model", "struct") or BOTTOM in kinds:
            return None
        batch = list(data.args) if data.tag == "tuple" and data.args else None
        if batch is None:
            return None
        function = self.function_value(positional[0], [traced(kinds[0]), *map(traced, batch)])
        return [function, *(self.flux_argument(a) for a in positional[1:])]

    def _flux_word(self, node: Node) -> str:
        """The name of a function of Flux or Base that is passed."""
        if isinstance(node, Expr) and node.head == "." and isinstance(node.args[-1], Quoted):
            node = node.args[-1].value
        return node.text if isinstance(node, Name) and self.lookup(node.text) is None else ""

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
        if isinstance(node, Name) and node.text in ARRAY_TYPES and self.lookup(node.text) is None:
            return self.np(ARRAY_TYPES[node.text]), Kind("type")
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

    def module_path(self, node: Node) -> str | None:
        """The module that ``A`` or ``A.B`` names."""
        if isinstance(node, Name) and self.lookup(node.text) is None:
            text = self.aliases.get(node.text, node.text)
            known = text in self.packages or text in ("Base", "Iterators", "Core", "Main")
            known = known or (self.soft and MODULES.get(text) in ("flux", "zygote"))
            return text if text in MODULES and known else None
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
        if module == "Pkg":
            return "None", NONE
        if sort == "datasets":
            return self.dataset(name, args, node)
        if sort == "plots":
            self.packages.add(f"plots:{name}")
            return self.named_call(name, args, node)
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
            positional, keywords = self.split(args)
            found = IDIOMS[name](self, positional, keywords, node) if name in IDIOMS else None
            return found if found is not None else self.helper_call(name, name.replace("!", "_"), args)
        if (name == "params" or (name in ZYGOTE and sort == "zygote")) and name in ZYGOTE:
            return self.derivative_call(name, args, node)
        python = python_name(name)
        if name == "refresh" and module == "Zygote" and not args:
            return "None", NONE
        if name == "_pullback" and module == "Zygote":
            return self.helper_call(name, "pullback_with_function", args)
        old = self.old_name(name, args)
        if old is not None:
            return old
        if module == "Optimisers" and hasattr(optimisers, python) and python not in FLUX_NAMES:
            return self.flux_call(self.flux(f"Optimisers.{python}"), name, args)
        if name in ELEMENTWISE and len(args) == 1:
            self.packages.add("Flux")
            found = self.elementwise(name, args[0])
            if found is not None:
                return found
        if python in FLUX_NAMES and (True):
            return self.flux_call(self.flux(python), name, args)
        self.refuse(f"{module}.{name} is not known", node)

    def old_name(self, name: str, args: list[Node]) -> Value | None:
        """A name of older versions of Flux: what it is now, or why there is nothing."""
        python = python_name(name)
        if name == "reset!" and len(args) == 1:
            return "None", NONE
        if name == "get_device" and not args:
            return f"{self.flux('gpu_device')}()", ANY
        if name == "update!" and len(args) == 2 and self.statement_level:
            return f"{self.expr(args[0])[0]} -= {self.expr(args[1])[0]}", NONE
        if name in ("param", "data") and len(args) == 1:
            return self.expr(args[0])
        old = OLD_TABLE.get(python)
        if old is not None and old.renamed and python not in FLUX_NAMES:
            return self.flux_call(self.flux(old.renamed), name, args)
        if python in OLD_NAMES:
            self.refuse(f"{name} is a name of older versions of Flux: {OLD_NAMES[python]}")
        return None

    def dataset(self, name: str, args: list[Node], node: Expr) -> Value:
        """``Iris(as_df = false)``; data sets that are not here are refused."""
        if name not in datasets.HERE:
            self.refuse(f"{name}: {datasets.ELSEWHERE.get(name, 'this data set is a download')}", node)
        code, _ = self.arguments(args)
        if "as_df=False" not in code:
            self.refuse(f"{name} as a data frame: write {name}(as_df = false)", node)
        return f"{self.jl(name)}({code})", ANY

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
        if self.in_gradient and isinstance(positional[0], Expr):
            self.refuse_captures(positional[0], node)
        function, _ = self.function_value(positional[0], [traced(kind)])
        if name == "derivative":
            return f"{self.jl('derivative')}({function}, {x})", FLOAT if kind in REALS else ANY
        self.imports.add(f"from fluxbridge import {name}")
        if name == "hessian":
            return f"hessian({function}, {x}, order='F')", kind if False else ANY
        if name == "jacobian":
            return f"jacobian({function}, {x}, order='F')[0]", ANY
        return f"gradient({function}, {x})[0]", traced(kind)
