"""Operators as they are called."""

from __future__ import annotations

from typing import Any

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
    RANGED,
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    promoted,
)  # fmt: skip
from ..shifts import moved
from ..syntax import Expr, Node
from .conversions import Conversions
from .core import Value
from .operators import COMPARISONS, HELPERS
from .plans import base_name


class Operations(Conversions):
    """``a + b + c``, ``-x``, ``1:n``, ``x' * y``, ``>(4)``."""

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
            if base_name(args[1]) in self.plans and self.plain(base_name(args[1])) is not None:
                return f"{self.builtin('isinstance')}({code}, {self.type_expr(args[1])})", BOOL
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
        before, self.comparing_types = self.comparing_types, op in ("==", "!=", "===", "!==", "<:")
        try:
            values = [self.reader(a) for a in args]
        finally:
            self.comparing_types = before
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
        if kv.tag == "arr" and kv.rank == 1 and kv.stored == "nd" and len(rest) == 2 and rest[1][1].rank == 1:
            kinds = [kv, *(k for _, k in rest)]
            elements = {k.element for k in kinds}
            if (
                all(k.tag == "arr" and k.stored == "nd" for k in kinds)
                and rest[0][1].rank == 2
                and (elements <= {INT, FLOAT} or elements == {F32})
            ):
                element = promoted(promoted(kv.element, rest[0][1].element), rest[1][1].element)
                return f"({v} @ {rest[0][0]} @ {rest[1][0]})", element
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
            if kind.tag == "elementwise":
                return f"(lambda x: not {code}(x))", Kind("function")
            if kind.tag in ("function", "lambda"):
                return f"(lambda *xs: not {code}(*xs))", Kind("function")
            if kind == ANY and not self.testing:  # of a function it is the function that says the opposite
                return f"{self.jl('not_')}({code})", ANY
            return f"(not {code})", BOOL
        if op == ".!":
            return (
                f"(~{code})"
                if kind.tag == "arr" and kind.element == BOOL and kind.stored == "nd"
                else f"{self.jl('broadcast')}(lambda x: not x, {code})",
                (kind if kind.tag == "arr" else ANY),
            )
        if op == "-" and (negated := self.special_call("__neg__", kind)) is not None:
            return f"(-{code})", negated
        if op in ("-", ".-") and (
            kind in REALS | {F32}
            or (kind.tag == "arr" and kind.stored == "nd" and kind.element in (INT, FLOAT, F32))
        ):
            return f"(-{code})", INT if kind == NAT else kind
        if op == "+":
            return code, kind
        if op in ("-", ".-"):
            if op == ".-":
                return f"{self.jl('unary')}('-', {code})", kind
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
                    else moved(codes[2], 1 if step > 0 else -1)
                )
                return f"{self.builtin('range')}({codes[0]}, {last}, {codes[1]})", Kind(
                    "range", (NAT if element == NAT and (step > 0 or kinds[2] == NAT) else INT,)
                )
        if all(k in REALS for k in kinds) and FLOAT in kinds:
            return f"{self.jl('colon')}({', '.join(codes)})", arr(FLOAT, 1, RANGED)
        if kinds[0] == CHAR:
            return f"{self.jl('colon')}({', '.join(codes)})", arr(CHAR, 1, "list")
        return f"{self.jl('colon')}({', '.join(codes)})", ANY

    def plus_one(self, code: str) -> str:
        """One more, written shortly."""
        return moved(code, 1)

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
