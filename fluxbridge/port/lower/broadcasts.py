"""Calls with a dot."""

from __future__ import annotations

from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    F32,
    FLOAT,
    INT,
    NUMBERS,
    REALS,
    Kind,
    arr,
    floated,
    join_all,
    promoted,
)  # fmt: skip
from ..names import ELEMENTWISE, SELECTED
from ..syntax import Expr, Name, Node, Quoted
from .core import Value
from .elementwise import works_on_arrays
from .operations import Operations
from .words import ELEMENT_KINDS, TYPE_WORDS


class Broadcasts(Operations):
    """``f.(x, y)``."""

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
            code, fk = self.function_value(function, [ANY] * len(elements))
        whole = self._whole_array(code, fk, kinds, keywords, inside)
        if whole is not None:
            return whole
        named = self.keyword_arguments(keywords)
        result = self._broadcast_kind(text, fk, kinds, elements)
        if result == BOTTOM:
            return f"f({inside})", BOTTOM
        if text in SELECTED or text in TYPE_WORDS:
            code = self.function_name(text, node)[0]  # type: ignore[arg-type]
        return f"{self.jl('broadcast')}({', '.join([code, inside, *named])})", result

    def _whole_array(
        self, code: str, function: Kind, kinds: list[Kind], keywords: list[Node], inside: str
    ) -> Value | None:
        """``f(x)`` for ``f.(x)``, where the function does the same with whole arrays."""
        if len(kinds) != 1 or keywords or function.tag != "lambda" or len(function.args) != 1:
            return None
        kind, key = kinds[0], function.args[0]
        definition = self.definition_at(key)
        if (
            definition is None
            or not (kind.tag == "arr" and kind.stored == "nd" and kind.element == FLOAT and kind.rank)
            or kind.ranged
            or key in self.known.escaped
            or self.known.parameters.get((key, 0)) != FLOAT
            or self.known.results.get(key) != FLOAT
            or not works_on_arrays(self, definition)
        ):
            return None
        return f"{code}({inside})", arr(FLOAT, kind.rank)

    def definition_at(self, key: Any) -> Expr | None:
        """The function of the program that is defined at a place."""
        for variable in self.scope.root.names.values():
            if len(variable.functions) == 1 and variable.functions[0].at == key:
                return variable.functions[0]
        return None

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
