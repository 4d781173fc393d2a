"""Operators: Python's own where the kinds say that they mean the same, else a helper."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    COMPLEX,
    F32,
    FLOAT,
    FLOATS,
    INT,
    INTS,
    NAT,
    NUMBERS,
    RANGED,
    REAL,
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    floated,
    join,
    promoted,
)  # fmt: skip
from ..syntax import Expr, Literal, Name, Node
from .core import Core, Value

HELPERS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow_", "÷": "int_div", "%": "rem", "\\": "left_divide", "//": "rational",  # noqa: E501
    "==": "eq", "!=": "ne", "≠": "ne", "<": "lt", "<=": "le", "≤": "le", ">": "gt", ">=": "ge", "≥": "ge", "===": "egal",  # noqa: E501
    "≡": "egal", "≈": "isapprox", "&": "bitand", "|": "bitor", "⊻": "xor", "xor": "xor", "<<": "shift_left", ">>>": "shift_right_logical", ">>": "shift_right",  # noqa: E501
    "⋅": "dot", "×": "cross", "∘": "compose", "∩": "intersect", "∪": "union", "⊆": "issubset", "∈": "in_", "in": "in_", "=>": "Pair",  # noqa: E501
    ":": "colon", "isa": "isa", "|>": "pipe", "√": "sqrt", "!": "not_", "⊠": "batched_mul", "≡ ": "egal", "∉": "notin_", "!==": "negal",  # noqa: E501
    "min": "min_", "max": "max_",
}  # fmt: skip
COMPARISONS = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "≥": ">=",
    "==": "==",
    "!=": "!=",
    "≠": "!=",
}
ARRAY_FLOATS = (FLOAT, F32)


def is_number(code: str) -> bool:
    """Whether code is a number that is written out."""
    try:
        return isinstance(ast.literal_eval(code), (int, float))
    except (ValueError, SyntaxError):
        return False


class Operators(Core):
    """Arithmetic, comparison, logic."""

    def literal_int(self, code: str) -> int | None:
        """The value of a literal integer."""
        try:
            value = ast.literal_eval(code)
        except (ValueError, SyntaxError):
            return None
        return value if type(value) is int else None

    def binary(self, op: str, a: Value, b: Value, nodes: tuple[Any, Any] = (None, None)) -> Value:
        """``a op b`` without a dot."""
        (x, kx), (y, ky) = a, b = self._irrational(a, b)
        if BOTTOM in (kx, ky):
            kinds = BOTTOM if op not in COMPARISONS else BOOL
            return f"({x} {COMPARISONS.get(op, '+')} {y})", kinds
        if op in self.extended:
            made = self.special_operator(op, a, b)
            if made is not None:
                return made
            if ((kx in NUMBERS and ky in NUMBERS) or kx == ky == STR) or (
                op not in self.pirated and not self.touches_structs([kx, ky])
            ):
                pass
            else:
                return self._helper(op, a, b)
        elif op in (">", "!=", "≠") and self.extended:
            made = self.special_operator(op, a, b)
            if made is not None:
                return made
        method = {"+": self._sum, "-": self._sum, "*": self._product, "/": self._quotient, "^": self._power, "÷": self._whole,  # noqa: E501
                  "%": self._remainder}.get(op)  # fmt: skip
        made = method(op, a, b) if method is not None else None
        if made is None and op in COMPARISONS:
            made = self._compare(op, a, b)
        if made is None and op in ("⊻", "xor") and kx == ky == BOOL:
            made = f"({x} != {y})", BOOL
        if made is None and op in ("&", "|", "⊻") and (kx == ky == BOOL or {kx, ky} <= INTS):
            sign = {"&": "&", "|": "|", "⊻": "^"}[op]
            made = f"({x} {sign} {y})", BOOL if kx == BOOL else INT
        if made is None and op == "===" and "None" in (x, y):
            made = (f"({x} is None)" if y == "None" else f"({y} is None)"), BOOL
        if made is None and op == "!==" and "None" in (x, y):
            made = (f"({x} is not None)" if y == "None" else f"({y} is not None)"), BOOL
        if made is None and op == "===" and (kx in (SYM, INT, NAT) and kx == ky):
            made = f"({x} == {y})", BOOL
        if made is None and op == "≈" and kx == ky == FLOAT and self.scope.home.kind == "file":
            made = self.close(x, y)
        return made if made is not None else self._helper(op, a, b)

    def close(self, x: str, y: str) -> Value | None:
        """``x ≈ y`` of two floats: equal to half of the digits."""
        if "math" in self.taken:
            return None
        self.imports.add("math")
        return f"math.isclose({x}, {y}, rel_tol=2**-26)", BOOL

    def _irrational(self, a: Value, b: Value) -> tuple[Value, Value]:
        """``π`` and ``ℯ`` take the width of the number beside them."""
        found = []
        for (code, kind), (_, other) in ((a, b), (b, a)):
            if code in ("np.pi", "np.e"):
                element = self._element(other)
                if element == F32:
                    code, kind = f"{self.np('float32')}({code})", F32
                elif element not in NUMBERS and element != BOTTOM:
                    code = self.jl({"np.pi": "PI", "np.e": "E"}[code])
            found.append((code, kind))
        return found[0], found[1]

    def _helper(self, op: str, a: Value, b: Value) -> Value:
        (x, kx), (y, ky) = a, b
        if op == "!==":
            return f"(not {self.jl('egal')}({x}, {y}))", BOOL
        if op in ("∉", "not in"):
            return f"(not {self.jl('in_')}({x}, {y}))", BOOL
        if op in ("≉",):
            return f"(not {self.jl('isapprox')}({x}, {y}))", BOOL
        if op == "⊠":
            return f"{self.flux('batched_mul')}({x}, {y})", ANY
        if op not in HELPERS:
            self.refuse(f"the operator {op} has no counterpart")
        kind = ANY
        if self.extended and self.touches_structs([kx, ky]):
            for used in (op, *("*" if op == "^" else ""), *(("isless", "<") if op in COMPARISONS else ())):
                self.loosen(used)
        if op in COMPARISONS or op in ("===", "≈", "⊆", "∈", "in", "isa"):
            kind = BOOL if not (self.extended and op in self.extended) else ANY
        elif kx in NUMBERS and ky in NUMBERS and op in "+-*":
            kind = promoted(kx, ky)
        elif kx in NUMBERS and ky in NUMBERS and op == "/":
            kind = (
                join(floated(kx), floated(ky)) if F32 not in (kx, ky) else promoted(floated(kx), floated(ky))
            )
        elif kx in INTS and ky in INTS and op in ("÷", "%", "<<", ">>"):
            kind = INT
        elif kx in INTS and ky in INTS and op == "^":
            kind = INT if (self.literal_int(y) or 9) <= 3 and self.literal_int(x) is None else Kind("num")
        elif op == "^" and kx in (FLOAT,) and ky in REALS:
            kind = FLOAT
        elif op == "⋅" and kx.tag == "arr" and ky.tag == "arr":
            kind = promoted(kx.element, ky.element)
        elif op == "\\" and kx.tag == "arr" and kx.rank == 2 and ky.tag == "arr":
            kind = arr(FLOAT, ky.rank) if {kx.element, ky.element} <= REALS else ANY
        elif kx.tag == "arr" and ky.tag == "arr" and op in "+-" and not self.extended:
            element = promoted(kx.element, ky.element)
            kind = arr(element, kx.rank if kx.rank == ky.rank else None) if element in NUMBERS else ANY
        elif op == "*" and {kx.tag, ky.tag} & {"arr"} and not self.extended:
            kind = self._product_kind(kx, ky)
        elif op == "/" and kx.tag == "arr" and ky in NUMBERS and not self.extended:
            element = promoted(floated(kx.element), ky)
            kind = arr(element, kx.rank) if element in NUMBERS else ANY
        return f"{self.jl(HELPERS[op])}({x}, {y})", kind

    @staticmethod
    def _product_kind(kx: Kind, ky: Kind) -> Kind:
        ex = kx.element if kx.tag == "arr" else kx
        ey = ky.element if ky.tag == "arr" else ky
        element = promoted(ex, ey)
        if element not in NUMBERS:
            return ANY
        if kx.tag == "arr" and ky.tag == "arr":
            if kx.rank == 2 and ky.rank in (1, 2):
                return arr(element, ky.rank)
            return ANY
        if kx in NUMBERS or ky in NUMBERS:
            return arr(element, (kx if kx.tag == "arr" else ky).rank)
        return ANY

    def _sum(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        if {kx, ky} <= REALS:
            literal = self.literal_int(y) if ky == NAT else self.literal_int(x) if kx == NAT else None
            kind = promoted(kx, ky)
            if op == "+" and {kx, ky} == {NAT} and literal is not None:
                kind = NAT
            if op == "-" and kx == NAT and literal is not None and literal <= self.lowest(x):
                kind = NAT
            return f"({x} {op} {y})", kind
        if (
            kx == ky == F32
            or (kx == F32 and self.literal_int(y) is not None)
            or (ky == F32 and self.literal_int(x) is not None)
        ):
            return f"({x} {op} {y})", F32
        if STR in (kx, ky) and {kx, ky} <= {STR} | INTS | {FLOAT}:
            return f"{self.jl('no_method')}({op!r}, {x}, {y})", ANY
        if kx == CHAR and ky in INTS:
            return self.character(f"chr(ord({x}) {op} {y})"), CHAR
        if kx == ky == CHAR and op == "-":
            return f"(ord({x}) - ord({y}))", INT
        if self._same_arrays(kx, ky):
            return f"({x} {op} {y})", arr(promoted(kx.element, ky.element), kx.rank)
        if (kx == COMPLEX and ky in REALS | {COMPLEX}) or (ky == COMPLEX and kx in REALS):
            return f"({x} {op} {y})", COMPLEX
        return None

    def lowest(self, code: str) -> int:
        """The least value of a loop variable, else a number below all literals."""
        scope: Any = self.scope
        while scope is not None:
            for variable in scope.names.values():
                if variable.python == code:
                    return -1 if variable.lowest is None else variable.lowest
            scope = scope.parent
        return -1

    @staticmethod
    def _same_arrays(kx: Kind, ky: Kind) -> bool:
        return (
            kx.tag == ky.tag == "arr" and kx.rank == ky.rank and kx.rank is not None and kx.stored == ky.stored == "nd"  # noqa: E501
            and ((kx.element == ky.element and kx.element in (INT, FLOAT, F32)) or {kx.element, ky.element} <= {INT, FLOAT})  # noqa: E501
        )  # fmt: skip

    def _product(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        if {kx, ky} <= INTS:
            small = [v for v in (self.literal_int(x), self.literal_int(y)) if v is not None]
            if (any(abs(v) < 2**31 for v in small) and not self._calls_itself(x, y)) or kx == ky == NAT:
                return f"({x} * {y})", INT
            return None
        if {kx, ky} <= REALS:
            if FLOAT not in (kx, ky) and self.literal_int(x) is None and self.literal_int(y) is None:
                return None  # both may be integers, and overflow
            return f"({x} * {y})", promoted(kx, ky)
        if (
            kx == ky == F32
            or (kx == F32 and self.literal_int(y) is not None)
            or (ky == F32 and self.literal_int(x) is not None)
        ):
            return f"({x} * {y})", F32
        if y == "jl.im" and kx == FLOAT and is_number(x):
            return f"{x}j", COMPLEX
        if (kx == COMPLEX and ky in REALS | {COMPLEX}) or (ky == COMPLEX and kx in REALS):
            return f"({x} * {y})", COMPLEX
        if kx in (STR, CHAR) and ky in (STR, CHAR):
            return f"({x} + {y})", STR
        if kx.tag == "arr" and kx.stored == "nd" and kx.rank == 1 and ky.tag == "row":
            row = y.removeprefix("jl.adjoint(").removesuffix(")")
            ex, ey = kx.element, ky.args[0]
            if (
                y.startswith("jl.adjoint(")
                and row.isidentifier()
                and ({ex, ey} <= {INT, FLOAT} or ex == ey == F32)
            ):
                self.helper_calls -= 1
                return f"{self.np('outer')}({x}, {row})", arr(promoted(ex, ey), 2)
        for scalar, array in ((kx, ky), (ky, kx)):
            if (
                array.tag == "arr"
                and array.stored == "nd"
                and array.element in (INT, FLOAT)
                and scalar in REALS
            ):
                return f"({x} * {y})", arr(promoted(array.element, scalar), array.rank)
        if (
            kx.tag == ky.tag == "arr"
            and kx.stored == ky.stored == "nd"
            and kx.rank == 2
            and ky.rank in (1, 2)
        ) and (
            (kx.element == ky.element and kx.element in (INT, FLOAT, F32))
            or {kx.element, ky.element} <= {INT, FLOAT}
        ):
            return f"({x} @ {y})", arr(promoted(kx.element, ky.element), ky.rank)
        return None

    def _calls_itself(self, *codes: str) -> bool:
        """Whether an operand calls the function that is being defined: products of it may overflow."""
        home: Any = self.scope.home
        names = [
            v.python
            for v in self.scope.root.names.values()
            if v.functions and any(f"{v.python}(" in c for c in codes)
        ]
        return home.kind == "function" and bool(names)

    def _quotient(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        if {kx, ky} <= REALS:
            zero = self.literal_int(y)
            if zero == 0 or y in ("0.0", "-0.0"):
                return None
            return f"({x} / {y})", FLOAT
        if (
            kx == ky == F32
            or (kx == F32 and self.literal_int(y) is not None)
            or (ky == F32 and self.literal_int(x) is not None)
        ):
            return f"({x} / {y})", F32
        if kx.tag == "arr" and kx.stored == "nd" and kx.element in (INT, FLOAT) and ky in REALS:
            return f"({x} / {y})", arr(FLOAT, kx.rank)
        return None

    def _power(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        exponent = self.literal_int(y)
        if x.startswith("-"):
            x = f"({x})"
        if exponent is not None:
            if kx == FLOAT and exponent == -2:  # as Julia computes it
                return f"((1 / {x}) ** 2)", kx
            if kx in FLOATS or (kx == REAL and exponent >= 0):
                return f"({x} ** {y})", kx
            if kx == NAT and exponent == 2:
                return f"({x} ** 2)", INT
            base = self.literal_int(a[0])
            if base is not None and 0 <= exponent < 64 and abs(base**exponent) < 2**62:
                return f"({x} ** {y})", (NAT if 0 <= base**exponent < 2**31 else Kind("num"))
            if exponent < 0 or kx not in INTS:
                kind = FLOAT if exponent < 0 and kx in INTS else ANY
                return f"{self.jl('literal_power')}({x}, {y})", kind
        if kx == FLOAT and ky in INTS:
            return f"({x} ** {y})", FLOAT
        return None

    def _whole(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        if kx == NAT and ky == NAT:
            return f"({x} // {y})", NAT
        return None

    def _remainder(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        if kx == NAT and ky == NAT:
            return f"({x} % {y})", NAT
        return None

    def _compare(self, op: str, a: Value, b: Value) -> Value | None:
        (x, kx), (y, ky) = a, b
        plain = REALS | {F32, BOOL}
        if (kx in plain and ky in plain and self._same_width(a, b)) or (kx == ky and kx in (STR, SYM, CHAR)):
            return f"({x} {COMPARISONS[op]} {y})", BOOL
        if kx != ky and {kx, ky} <= {STR, SYM, CHAR} and op in ("==", "!="):
            return str(op == "!="), BOOL
        if "None" in (x, y) and op in ("==", "!="):
            other = x if y == "None" else y
            return f"({other} is {'not ' if op == '!=' else ''}None)", BOOL
        if op in ("==", "!=", "≠") and kx.tag == ky.tag == "arr" and kx.stored == ky.stored == "nd":
            made = f"{self.np('array_equal')}({x}, {y})"
            return (made if op == "==" else f"(not {made})"), BOOL
        return None

    def special_operator(self, op: str, a: Value, b: Value) -> Value | None: ...  # type: ignore[empty-body]

    def touches_structs(self, kinds: list[Kind]) -> bool: ...  # type: ignore[empty-body]

    def loosen(self, op: str) -> None: ...

    def has_slot(self, kind: Kind, name: str) -> bool: ...  # type: ignore[empty-body]

    def special_call(self, name: str, kind: Kind) -> Kind | None: ...  # type: ignore[empty-body]

    pirated: frozenset[str] | set[str] = frozenset()

    # Broadcasting.

    def dotted(self, op: str, a: Value, b: Value) -> Value:
        """``a .op b``: NumPy's operator where ranks and types fit, else ``broadcast``."""
        (x, kx), (y, ky) = a, b = self._irrational(a, b)
        if BOTTOM in (kx, ky):
            return f"({x} + {y})", BOTTOM
        if kx in NUMBERS | {STR, SYM, CHAR} and ky in NUMBERS | {STR, SYM, CHAR}:
            return self.binary(op, a, b)
        ex, ey = self._element(kx), self._element(ky)
        if "row" in (kx.tag, ky.tag):
            made = self._row_broadcast(op, a, b)
            if made is not None:
                return made
        sign = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "**", **COMPARISONS}.get(op)
        fits = (
            {ex, ey} <= {INT, NAT, FLOAT, REAL}
            or ex == ey == F32
            or (F32 in (ex, ey) and self._literal_whole(x, y, ex, ey))
        )
        same_width = op in COMPARISONS and self._same_width(a, b)
        if op in COMPARISONS:
            fits = (
                fits
                or ({ex, ey} <= REALS | {F32} and same_width)
                or (op in ("==", "!=") and ex == ey == BOOL)
            )
        if {ex, ey} == {F32, FLOAT} and self.scope.home.kind == "file" and not same_width:
            x, y = (
                f"{self.np('float64')}({c})" if k == FLOAT and is_number(c) else c
                for c, k in ((x, kx), (y, ky))
            )
            fits = fits or "np.float64(" in (x[:11], y[:11]) or kx.tag == ky.tag == "arr"
        stored = all(
            k in NUMBERS or (k.tag == "arr" and k.stored == "nd" and k.rank is not None) for k in (kx, ky)
        )
        if sign and fits and stored and not (op == "^" and not self._power_fits(ex, ey, y)):
            rank = max(kx.rank or 0, ky.rank or 0)
            left, right = self._raised(x, kx, rank), self._raised(y, ky, rank)
            if sign == "**" and left is not None and left.startswith("-"):
                left = f"({left})"
            if left is not None and right is not None:
                element = BOOL if op in COMPARISONS else promoted(ex, ey)
                if op == "/":
                    element = promoted(floated(ex), floated(ey)) if F32 in (ex, ey) else FLOAT
                stays = sign in ("+", "-", "*", "/") and (kx.ranged or ky.ranged)
                stays = stays and {kx.rank, ky.rank} == {0, 1}
                return f"({left} {sign} {right})", arr(element, rank, RANGED if stays else "nd")
        if op not in HELPERS:
            self.refuse(f"the operator .{op} has no counterpart")
        if self.extended:
            self.loosen(op)
        return f"{self.jl('broadcast')}({self.jl(HELPERS[op])}, {x}, {y})", self._dotted_kind(
            op, kx, ky, ex, ey
        )

    def _row_broadcast(self, op: str, a: Value, b: Value) -> Value | None:
        """``y .* z'``: NumPy lines a vector up with the last axis, as a row stands."""
        opened = []
        for code, kind in (a, b):
            if kind.tag == "row":
                row = code.removeprefix("jl.adjoint(").removesuffix(")")
                if not code.startswith("jl.adjoint(") or not row.isidentifier():
                    return None
                opened.append((row, kind.element, "row"))
            elif kind.tag == "arr" and kind.stored == "nd" and kind.rank in (1, 2):
                opened.append((f"{code}[:, None]" if kind.rank == 1 else code, kind.element, "array"))
            else:
                return None
        (x, ex, sx), (y, ey, sy) = opened
        sign = {"+": "+", "-": "-", "*": "*", "/": "/"}.get(op)
        if sign is None or sx == sy or not ({ex, ey} <= {INT, FLOAT} or ex == ey == F32):
            return None
        self.helper_calls -= 1
        return f"({x} {sign} {y})", arr(FLOAT if op == "/" and ex != F32 else promoted(ex, ey), 2)

    def _literal_whole(self, x: str, y: str, ex: Kind, ey: Kind) -> bool:
        return (ex == F32 and self.literal_int(y) is not None) or (
            ey == F32 and self.literal_int(x) is not None
        )

    def _same_width(self, a: Value, b: Value) -> bool:
        """Whether NumPy compares two numbers as Julia does: beside a Float32 it rounds a float of Python."""
        for (_, here), (code, other) in ((a, b), (b, a)):
            if self._element(here) == F32 and other in REALS:
                try:
                    value = ast.literal_eval(code)
                except (ValueError, SyntaxError):
                    return False
                if float(np.float32(value)) != value:
                    return False
        return True

    def _power_fits(self, ex: Kind, ey: Kind, y: str) -> bool:
        exponent = self.literal_int(y)
        if exponent is None:
            return ex == FLOAT and ey in INTS
        return ex in FLOATS or (ex == INT and exponent == 2)

    @staticmethod
    def _element(kind: Kind) -> Kind:
        return kind.element if kind.tag in ("arr", "range") else kind.args[0] if kind.tag == "row" else kind

    @staticmethod
    def _raised(code: str, kind: Kind, rank: int) -> str | None:
        own = kind.rank or 0
        if own in (0, rank):
            return code
        if kind.tag == "row":
            return code if rank == 2 else None
        if own == 1 and rank == 2:
            return f"{code}[:, None]"
        return None

    def _dotted_kind(self, op: str, kx: Kind, ky: Kind, ex: Kind, ey: Kind) -> Kind:
        numeric = all(
            k in NUMBERS or k.tag == "range" or (k.tag == "arr" and k.element in NUMBERS) for k in (kx, ky)
        )
        if not numeric:
            return ANY
        ranks = [k.rank if k not in NUMBERS else 0 for k in (kx, ky)]
        if None in ranks:
            rank = None
        else:
            rank = max(r or 0 for r in ranks)
            if rank == 0:
                return ANY
        if op in COMPARISONS or op == "≈":
            return arr(BOOL, rank)
        element = promoted(ex, ey)
        if op == "/":
            element = promoted(floated(ex), floated(ey))
        if op in "+-*/" and (kx.ranged or ky.ranged) and element in NUMBERS and rank == 1:
            whole = all(k.tag == "range" or k in INTS for k in (kx, ky))
            if element == INT and whole and (op != "*" or 0 in ranks):
                return Kind("range", (INT,))
            return ANY if element == INT else arr(element, rank, RANGED)
        if op in "+-*/^" and element in NUMBERS:
            return arr(element, rank)
        return ANY

    def condition(self, node: Node) -> str:
        """A condition of ``if`` and ``while``."""
        before, self.testing = self.testing, True
        try:
            return self.expr(node)[0]
        finally:
            self.testing = before

    testing = False

    def flatten_call(self, node: Expr) -> tuple[str, list[Node]]:
        """The operator of a call and its operands."""
        name = node.args[0]
        assert isinstance(name, Name)
        return name.text, node.args[1:]

    def is_adjoint(self, node: Node) -> bool:
        """``v'``."""
        return isinstance(node, Expr) and node.head == "'"


__all__ = ["BOOL", "Literal", "Operators"]
