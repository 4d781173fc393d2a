"""Types as functions."""

from __future__ import annotations

from ..kinds import (
    ANY,
    BOOL,
    CHAR,
    F32,
    FLOAT,
    FLOATS,
    INT,
    INTS,
    NAT,
    NUMBERS,
    REALS,
    STR,
    Kind,
    arr,
)  # fmt: skip
from ..syntax import Expr, Name, Node, Quoted
from .core import Refused, Value
from .helpers import Helpers
from .scope import python_name
from .words import ELEMENT_KINDS, TYPE_NAMES


class Conversions(Helpers):
    """``Float64(x)``, ``Dict{K, V}()``, ``Vector{T}(undef, n)``."""

    def conversion(self, text: str, args: list[Node], node: Expr) -> Value:
        """``Float64(x)``, ``Int(x)``, ``Dict(…)``, ``Matrix(x)``."""
        positional, _keywords = self.split(args)
        helper = {"Dict": "dict_", "Set": "set_", "Symbol": "symbol", "Tuple": "tuple_of", "Matrix": "matrix_of", "Array": "matrix_of",  # noqa: E501
                  "Vector": "matrix_of", "String": "text_of", "Complex": "complex_"}.get(text)  # fmt: skip
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
                kind = Kind("dict", tuple(self.kind_of_type(p) for p in function.args[1:3]))
                types = self.written_types(function) if text == "Dict" else None
                if types is not None:
                    code, _ = self.arguments(args)
                    return f"{self.jl('typed_dict')}({types}{', ' + code if code else ''})", kind
                if not args:
                    return "{}", kind
                return self.helper_call("Dict", "dict_", args)
            if text == "Set" and self.told:
                code, _ = self.arguments(args)
                element = function.args[1]
                inside = self.type_expr(element) + (", " + code if code else "")
                return f"{self.jl('typed_set')}({inside})", Kind("set", (self.kind_of_type(element),))
            if text == "Set":
                return (
                    self.helper_call("Set", "set_", args)
                    if args
                    else (f"{self.jl('set_')}()", Kind("set", (ANY,)))
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

    def written_types(self, function: Expr) -> str | None:
        """The types of ``Dict{K, V}``, where values are converted to them or they are seen."""
        floats = any(self.kind_of_type(p) in FLOATS for p in function.args[1:])
        if not (floats or self.told) or len(function.args) != 3:
            return None
        try:
            return ", ".join(self.type_expr(p) for p in function.args[1:])
        except Refused:
            return None

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
            return self.typed_list(element), arr(kind, 1, "list")
        if isinstance(positional[0], Name) and positional[0].text == "undef":
            values = [self.argument(a) for a in positional[1:]]
            whole = all(k in INTS for _, k in values)
            rank = len(values) if whole else None
            inside = ", ".join(c for c, _ in values)
            if whole and kind in (INT, FLOAT, F32, BOOL):
                dtype = {INT: "int", FLOAT: "float", F32: "np.float32", BOOL: "bool"}[kind]
                return f"{self.np('zeros')}(({inside},), {dtype})", arr(kind, rank)
            return (
                f"{self.jl('uninitialised')}({self.type_expr(function)}, {inside})",
                ANY if kind != STR else arr(STR, 1, "list"),
            )
        code, _ = self.arguments(args)
        return f"{self.type_expr(function)}({code})", ANY
