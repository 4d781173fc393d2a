"""Expression trees written as text with mathematical symbols, and as TeX."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

import numpy as np

from ..recording.shorten import number, powers, shape_of, short
from .texing import tex_text
from .words import evaluate


def is_complex(x: Any) -> bool:
    """Is there a complex number or array in `x`, which may be a tuple or anything else?"""
    if isinstance(x, tuple):
        return any(map(is_complex, x))
    return isinstance(x, (complex, np.complexfloating)) or (isinstance(x, np.ndarray) and x.dtype.kind == "c")


class Symbol(NamedTuple):
    """A name in a formula: how it is written, and what it stands for."""

    text: str
    latex: str
    value: Any


def constant(node: ast.AST) -> Any:
    """The number that this node is, or None."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    return None


MANY = 8  #: arguments, of which not all are written

_LEVEL = {
    ast.Add: 2,
    ast.Sub: 2,
    ast.Mult: 3,
    ast.Div: 3,
    ast.MatMult: 3,
    ast.Mod: 3,
    ast.Pow: 5,
    ast.BitOr: 1,
    ast.BitAnd: 1,
}
_COMPARE = {
    ast.Lt: ("<", "<"),
    ast.Gt: (">", ">"),
    ast.LtE: ("≤", r"\le"),
    ast.GtE: ("≥", r"\ge"),
    ast.Eq: ("=", "="),
    ast.NotEq: ("≠", r"\ne"),
}
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_TEX_FUNCTIONS = {
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "log",
    "arcsin",
    "arccos",
    "arctan",
    "max",
    "min",
    "det",
}
_TEX_NAMES = {"pi": r"\pi", "ln2": r"\ln 2", "ln10": r"\ln 10"}
_NAMES = {"pi": "π", "ln2": "ln 2", "ln10": "ln 10"}
#: Functions with a notation of their own: (text, LaTeX).
_NOTATION = {
    "sqrt": ("√({})", r"\sqrt{{{}}}"),
    "absolute": ("|{}|", r"\left\lvert {} \right\rvert"),
    "square": ("({})²", r"\left({}\right)^2"),
    "conj": ("conj({})", r"\overline{{{}}}"),
    "floor": ("⌊{}⌋", r"\lfloor {} \rfloor"),
    "ceil": ("⌈{}⌉", r"\lceil {} \rceil"),
}
_POSTFIX = {
    "adjoint": ("ᵀ", "T"),
    "transposed": ("ᵀ", "T"),
    "inv": ("⁻¹", "-1"),
    "inverse_adjoint": ("⁻ᵀ", "-T"),
}


def tex_name(name: str) -> str:
    r"""A word as an upright name in TeX: ``arctan2`` is ``\operatorname{arctan2}``."""
    if name in _TEX_FUNCTIONS:
        return "\\" + name
    return r"\operatorname{" + name.replace("_", r"\_") + "}"


class Writer:
    """Writes a tree with the fewest parentheses. A level is a precedence."""

    def __init__(self, symbols: dict[str, Symbol], latex: bool):
        self.symbols = symbols
        self.tex = latex
        self.real = not any(is_complex(s.value) for s in self.symbols.values())

    def write(self, node: ast.AST, level: int = 0) -> str:
        text, own = getattr(self, "_" + type(node).__name__)(node)
        return self._brackets(text) if own < level else text

    def _brackets(self, text: str) -> str:
        return rf"\left({text}\right)" if self.tex else f"({text})"

    def _Constant(self, node: ast.Constant) -> tuple[str, int]:
        value = node.value
        if isinstance(value, str):
            return (tex_text(str(value)) if self.tex else repr(value)), 9
        if value == 1j:
            return ("i" if self.tex else "1j"), 9
        text = number(value)
        if self.tex and type(value) is float and "e" in text:
            mantissa, _, exponent = text.partition("e")
            return rf"{mantissa} \cdot 10^{{{int(exponent)}}}", 3
        if type(value) is float and "e" in text:
            return powers(text), 3
        return text, 4 if text.startswith("-") or "j" in text else 9

    def _Name(self, node: ast.Name) -> tuple[str, int]:
        symbol = self.symbols.get(node.id)
        if symbol is not None:
            return (symbol.latex if self.tex else symbol.text), 9
        return (_TEX_NAMES if self.tex else _NAMES).get(node.id, node.id), 9

    def _UnaryOp(self, node: ast.UnaryOp) -> tuple[str, int]:
        sign = "¬" if isinstance(node.op, (ast.Invert, ast.Not)) else "-"
        return (r"\lnot " if self.tex and sign == "¬" else sign) + self.write(node.operand, 3), 3

    def _BinOp(self, node: ast.BinOp) -> tuple[str, int]:
        op, level = type(node.op), _LEVEL[type(node.op)]
        if op is ast.Pow:
            return self._power(node)
        if self.tex and op is ast.Div:
            return rf"\frac{{{self.write(node.left)}}}{{{self.write(node.right)}}}", 6
        left = self.write(node.left, level)
        right = self.write(node.right, level if op in (ast.Add, ast.Mult, ast.MatMult) else level + 1)
        if self._apart(op, node, node.left):
            left = self._brackets(left)
        if right.startswith("-") or self._apart(op, node, node.right):
            right = self._brackets(right)
        return f"{left} {self._sign(op, node)} {right}", level

    def _apart(self, op: type[ast.operator], node: ast.BinOp, factor: ast.expr) -> bool:
        """Would this product, as a factor of another one, be read in another way without brackets?"""
        if not isinstance(factor, ast.BinOp):
            return False
        inner, last = type(factor.op), factor is node.right
        if op is ast.MatMult:  # which is no product of elements
            if inner is ast.Div:
                return last and not self.tex and self._is_array(factor.right)
            elements = inner is ast.Mult and (last or self._sign(inner, factor) != self._sign(op, node))
            return elements or (inner is ast.MatMult and last and self._dimensions(factor.left) == 1)
        if inner is ast.MatMult:
            if op is ast.Mult:  # by elements, or by a number
                return not self._is_array(factor) or self._sign(op, node) != self._sign(inner, factor)
            return op is ast.Div and not self.tex and self._is_array(node.right)
        return op is inner is ast.Mult and last and self._sign(op, factor) != self._sign(op, node)

    def _sign(self, op: type[ast.operator], node: Any) -> str:
        if op is ast.MatMult or op is ast.Mult:
            both = op is ast.Mult and self._is_array(node.left) and self._is_array(node.right)
            return (r"\odot" if both else r"\cdot") if self.tex else ("⊙" if both else "·")
        signs: dict[Any, str] = {
            ast.Add: "+",
            ast.Sub: "-",
            ast.Div: "/",
            ast.Mod: "mod",
            ast.BitOr: "or",
            ast.BitAnd: "and",
        }
        return rf"\text{{{signs[op]}}}" if self.tex and signs[op].isalpha() else signs[op]

    def _is_array(self, node: ast.expr) -> bool:
        """Is the value of this part an array? An element of one is a number, and so is a sum of all."""
        names = (self.symbols.get(n.id) for n in ast.walk(node) if isinstance(n, ast.Name))
        if not any(s is not None and (isinstance(s.value, tuple) or np.ndim(s.value) > 0) for s in names):
            return False
        return self._dimensions(node) > 0

    def _dimensions(self, node: ast.expr) -> int:
        """Of the value of this part; what no rule below says is computed."""
        if (known := getattr(node, "dimensions", None)) is not None:
            return int(known)
        if isinstance(node, ast.Constant):
            return 0
        if isinstance(node, ast.Name) and node.id in self.symbols:
            return np.ndim(self.symbols[node.id].value)
        if isinstance(node, ast.UnaryOp):
            return self._dimensions(node.operand)
        if isinstance(node, ast.BinOp):
            a, b = self._dimensions(node.left), self._dimensions(node.right)
            return max(a, b) - ((a == 1) + (b == 1) if type(node.op) is ast.MatMult and a and b else 0)
        return np.ndim(evaluate(node, self.symbols))

    def _power(self, node: ast.BinOp) -> tuple[str, int]:
        base, exponent = self.write(node.left, 6), constant(node.right)
        if (
            type(exponent) is int and exponent < 0 and self._is_array(node.left)
        ):  # not the inverse of a matrix
            below = ast.BinOp(node.left, ast.Pow(), ast.Constant(-exponent)) if exponent < -1 else node.left
            text, level = self._BinOp(ast.BinOp(ast.Constant(1), ast.Div(), below))
            return text, level if self.tex else 2  # in brackets as a factor
        if self.tex:
            return f"{base}^{{{self.write(node.right)}}}", 5
        if type(exponent) is int:
            return base + str(exponent).translate(_SUPERSCRIPT), 5
        return f"{base}^{self.write(node.right, 6)}", 5

    def _Compare(self, node: ast.Compare) -> tuple[str, int]:
        text = self.write(node.left, 2)
        for op, right in zip(node.ops, node.comparators, strict=True):
            text += f" {_COMPARE[type(op)][self.tex]} {self.write(right, 2)}"
        return text, 1

    def _Subscript(self, node: ast.Subscript) -> tuple[str, int]:
        place = node.slice
        if isinstance(place, ast.Tuple):
            inside = ", ".join(self.write(e) for e in place.elts)
        elif isinstance(place, ast.Name) and place.id in self.symbols:
            inside = short(self.symbols[place.id].value, index=True)
        elif isinstance(place, ast.Subscript) and isinstance(place.value, ast.Name):
            held = self.symbols[place.value.id].value
            inside = short(held[place.slice.value], index=True)  # type: ignore[attr-defined]
        else:
            inside = self.write(place)
        inside = tex_text(inside) if self.tex and not inside.lstrip("-").isdigit() else inside
        base = self.write(node.value, 6)
        # the empty group lets an accented letter with an index take another one
        return (f"{{{base}{{}}}}_{{[{inside}]}}" if self.tex else f"{base}[{inside}]"), 8

    def _value(self, node: ast.AST) -> str:
        """The text of a literal, or of an option's value."""
        if isinstance(node, ast.Name) and node.id in self.symbols:
            return repr(self.symbols[node.id].value)
        return ast.unparse(node)

    def _Slice(self, node: ast.Slice) -> tuple[str, int]:
        parts = ["" if x is None else self.write(x) for x in (node.lower, node.upper, node.step)]
        return ":".join(parts if node.step is not None else parts[:2]), 9

    def _Attribute(self, node: ast.Attribute) -> tuple[str, int]:
        if node.attr == "T":
            return self._postfix(node.value, "ᵀ", "T")
        if isinstance(node.value, ast.Name) and node.value.id in self.symbols:
            value = getattr(self.symbols[node.value.id].value, node.attr)
            return (tex_text(short(value)) if self.tex else short(value)), 9
        return f"{self.write(node.value, 8)}.{node.attr}", 8

    def _postfix(self, node: ast.AST, text: str, tex: str) -> tuple[str, int]:
        if not self.real:
            text, tex = text.replace("ᵀ", "ᴴ"), tex.replace("T", "H")
        base = self.write(node, 6)
        return (f"{{{base}}}^{{{tex}}}" if self.tex else base + text), 7

    def _Call(self, node: ast.Call) -> tuple[str, int]:
        name = ast.unparse(node.func)
        if name == "select":
            return self._cases(node.args[1], node.args[0], "0")
        if name == "where":
            return self._cases(node.args[1], node.args[0], self.write(node.args[2]))
        if name == "partial":
            function, k, values = self.write(node.args[0]), node.args[1].value + 1, node.args[3:]  # type: ignore[attr-defined]
            mark = rf"\partial_{{{k}}} {function}" if self.tex else f"∂{_sub(k)}{function}"
            return mark + self._brackets(", ".join(self.write(v) for v in values)), 9
        if name == "put":
            at, dy = self.write(ast.Subscript(ast.Name(""), node.args[1])), self.write(node.args[0], 3)
            return dy + (r" \text{ at } " if self.tex else " at ") + at.lstrip("_"), 2
        if name == "spread":
            dy, axis = self.write(node.args[0], 9), short(ast.literal_eval(self._value(node.args[1])))
            where = f" along axis {axis}" if axis.lstrip("-").isdigit() else f" along axes {axis}"
            return dy + (tex_text(where) if self.tex else where), 2
        if name == "pushed":
            function, dx = self.write(node.args[0]), self.write(node.args[2])
            return (rf"D{function}" if self.tex else f"D[{function}]") + self._brackets(dx), 9
        if name == "pullback":
            function, dy = self.write(node.args[0]), self.write(node.args[2])
            mark = rf"\operatorname{{pullback}}_{{{function}}}" if self.tex else f"pullback[{function}]"
            return mark + self._brackets(dy), 9
        if name == "shape" and isinstance(node.args[0], ast.Name):
            return short(np.shape(self.symbols[node.args[0].id].value)), 9
        if (
            name == "ones"
            and isinstance(node.args[0], ast.Call)
            and isinstance(node.args[0].args[0], ast.Name)
        ):
            shape = shape_of(self.symbols[node.args[0].args[0].id].value)
            return (rf"\mathbf{{1}}_{{{shape}}}" if self.tex else f"ones({shape})"), 9
        if name in _POSTFIX:
            return self._postfix(node.args[0], *_POSTFIX[name])
        if name in _NOTATION and len(node.args) == 1:
            inside = self.write(node.args[0])
            if name == "sqrt" and not self.tex and inside.replace("_", "").isalnum():
                return "√" + inside, 9
            return _NOTATION[name][self.tex].format(inside), 9
        arguments = [self.write(a) for a in node.args]
        if len(arguments) > MANY:
            arguments = [*arguments[:3], r"\dots" if self.tex else "…", arguments[-1]]
        inside = ", ".join(arguments + [self._keyword(k) for k in node.keywords])
        name = name.rpartition(".")[2]
        return f"{tex_name(name) if self.tex else name}{self._brackets(inside)}", 9

    def _keyword(self, node: ast.keyword) -> str:
        value = self.write(node.value)
        if self.tex:
            if "\\" in value:
                return f"{tex_text(str(node.arg))} = {value}"
            return tex_text(f"{node.arg} = {value}")
        return f"{node.arg}={value}"

    def _cases(self, yes: ast.AST, condition: ast.AST, no: str) -> tuple[str, int]:
        value, given = self.write(yes), self.write(condition)
        if self.tex:
            return (
                rf"\begin{{cases}} {value} & \text{{if }} {given} \\ {no} & \text{{else}} \end{{cases}}",
                9,
            )
        return f"{value} if {given} else {no}", 0

    def _Tuple(self, node: ast.Tuple) -> tuple[str, int]:
        inside = ", ".join(self.write(e) for e in node.elts)
        return self._brackets(inside + "," * (len(node.elts) == 1)), 9

    def _List(self, node: ast.List) -> tuple[str, int]:
        return "[" + ", ".join(self.write(e) for e in node.elts) + "]", 9

    def _Starred(self, node: ast.Starred) -> tuple[str, int]:
        return self.write(node.value), 9


def _sub(k: int) -> str:
    return str(k).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
