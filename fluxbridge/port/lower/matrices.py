"""Vectors and matrices written out."""

from __future__ import annotations

from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    COMPLEX,
    F32,
    FLOAT,
    INT,
    INTS,
    NAT,
    NUMBERS,
    STR,
    SYM,
    Kind,
    arr,
    join_all,
    vector_of,
)  # fmt: skip
from ..syntax import Expr, Name, Node
from .core import Refused, Value
from .indices import Indices
from .words import DTYPES, ELEMENT_KINDS, TYPE_NAMES, TYPE_WORDS

#: Types of numbers whose vectors are arrays of another width.
WIDTHS = frozenset(("Int8", "Int16", "Int32", "UInt8", "UInt16", "UInt32", "UInt64", "Float16"))


class Matrices(Indices):
    """``[1, 2]``, ``[1 2; 3 4]``, ``Float64[]``."""

    def element_of_type(self, node: Node) -> str | None:
        """The name of the type in ``Int[…]``, or ``None`` if this is an index."""
        if isinstance(node, Name) and self.lookup(node.text) is None and node.text in TYPE_WORDS:
            return node.text
        if isinstance(node, Name):
            variable = self.lookup(node.text)
            if variable is not None and (variable.struct is not None or variable.fixed == Kind("type")):
                return node.text
            if node.text in self.enums and variable is not None and variable.scope.kind == "file":
                return node.text
        if isinstance(node, Expr) and node.head == "curly":
            return "Any"
        if (
            isinstance(node, Name)
            and node.text in ("CartesianIndex", "Pair")
            and self.lookup(node.text) is None
        ):
            return "Any"
        return None

    def typed_list(self, node: Node, inside: str = "") -> str:
        """A list; where types are seen one that knows the type of its elements, if that has a name here."""
        if not self.told and "convert" not in self.extended:
            return f"[{inside}]"
        try:
            kind = self.type_expr(node)
        except Refused:
            return f"[{inside}]"
        return f"{self.jl('typed')}({kind}{', [' + inside + ']' if inside else ''})"

    def typed_vector(self, element: str, items: list[Node], want: Any, node: Node) -> Value:
        """``Float64[…]``."""
        kind = ELEMENT_KINDS.get(element, ANY)
        if not items:
            return self.typed_list(node), arr(kind, 1, "list")
        values = [self.argument(i) for i in items]
        inside = ", ".join(c for c, _ in values)
        if kind in (INT, FLOAT, F32, BOOL) and not any(c.startswith("*") for c, _ in values):
            if want == "list":
                maker = {INT: "int", FLOAT: "float", F32: "np.float32", BOOL: "bool"}[kind]
                if all(k == kind or (k == NAT and kind == INT) for _, k in values):
                    return f"[{inside}]", arr(kind, 1, "list")
                if "np" in maker:
                    self.imports.add("np")
                return "[" + ", ".join(f"{maker}({c})" for c, _ in values) + "]", arr(kind, 1, "list")
            if all(k in NUMBERS for _, k in values):
                self.imports.add("np")
                if kind == INT and not all(k in INTS for _, k in values):
                    return f"{self.jl('array')}([{inside}], {self.jl('Int64')})", arr(INT, 1)
                if kind == F32:
                    return f"np.float32([{inside}])", arr(F32, 1)
                exact = kind == INT or (kind == BOOL and all(k == BOOL for _, k in values))
                dtype = "" if exact else ", float" if kind == FLOAT else ", bool"
                return f"np.array([{inside}]{dtype})", arr(kind, 1)
            return f"{self.jl('array')}([{inside}], {self.jl(TYPE_NAMES.get(element, element))})", arr(
                kind, 1, "nd"
            )
        if element in WIDTHS:
            return f"{self.jl('array')}([{inside}], {self.jl(element)})", ANY
        return self.typed_list(node, inside), arr(kind, 1, "list")

    def _x_vect(self, node: Expr, want: Any = None) -> Value:
        if node.args and isinstance(node.args[0], Expr) and node.args[0].head == "parameters":
            self.refuse("this form of an array", node)
        values = [self.argument(a) for a in node.args]
        inside = ", ".join(c for c, _ in values)
        element = join_all(k for _, k in values)
        spread = any(c.startswith("*") for c, _ in values)
        if not values:
            return self.typed_list(Name("Any")), arr(ANY, 1, "list")
        if want == "list":
            if (
                (any(k in (FLOAT,) for _, k in values) and element == FLOAT)
                or element not in NUMBERS
                or element in (INT, NAT)
            ):
                return f"[{inside}]", arr(element, 1, "list")
            return f"{self.builtin('list')}({self.jl('array')}([{inside}]))", arr(element, 1, "list")
        if spread:
            return f"{self.jl('array')}([{inside}])", ANY
        if element == BOTTOM:
            return f"[{inside}]", BOTTOM
        if (
            element in (REAL_KIND := Kind("real"), FLOAT) and any(k == FLOAT for _, k in values)
        ) or element in (INT, NAT, F32, BOOL, COMPLEX):
            self.imports.add("np")
            if element == REAL_KIND:
                element = FLOAT
            if element == COMPLEX:
                return f"{self.jl('array')}([{inside}])", arr(element, 1)
            if element == F32 and any(k != F32 for _, k in values):
                return f"np.array([{inside}], np.float32)", arr(F32, 1)
            return f"np.array([{inside}])", arr(element, 1)
        if all(k.tag == "struct" for _, k in values):
            return f"[{inside}]", arr(element, 1, "list")
        if element in (STR, SYM, CHAR) or element.tag in (
            "arr",
            "tuple",
            "dict",
            "record",
            "struct",
            "model",
        ):
            return f"[{inside}]", arr(element, 1, "list")
        return f"{self.jl('array')}([{inside}])", vector_of(element) if element in NUMBERS else arr(
            element, 1, None
        )

    def rows(self, node: Expr) -> list[list[Node]]:
        """The elements of a matrix literal, row by row."""
        if node.head in ("hcat", "row"):
            return [node.args]
        return [a.args if isinstance(a, Expr) and a.head == "row" else [a] for a in node.args]

    def _matrix(self, rows: list[list[Node]], element: str | None, node: Expr) -> Value:
        values = [[self.argument(a) for a in row] for row in rows]
        kinds = [k for row in values for _, k in row]
        joined = join_all(kinds)
        made = [[c for c, _ in row] for row in values]
        if joined == BOTTOM:
            return "[]", BOTTOM
        if (
            all(k in NUMBERS for k in kinds)
            and len({len(r) for r in made}) == 1
            and not any(c.startswith("*") for r in made for c in r)
        ):
            inside = ", ".join("[" + ", ".join(r) + "]" for r in made)
            if element in DTYPES:
                kind = ELEMENT_KINDS[element]
                if kind == INT and joined not in INTS:
                    return (
                        f"{self.jl('matrix')}({', '.join('(' + ', '.join(r) + ',)' for r in made)}, element={self.jl('Int64')})",  # noqa: E501
                        arr(INT, 2),
                    )
                self.imports.add("np")
                return f"np.array([{inside}], {DTYPES[element]})", arr(kind, 2)
            if joined == Kind("real"):
                joined = FLOAT
            if joined in (INT, NAT, FLOAT, F32, BOOL) and element is None:
                if node.head == "vcat" and all(len(r) == 1 for r in made):
                    return f"{self.np('array')}([{', '.join(r[0] for r in made)}])", arr(joined, 1)
                return f"{self.np('array')}([{inside}])", arr(joined, 2)
        if element is not None and element not in DTYPES:
            self.refuse("a typed matrix of this type", node)
        option = f", element={self.jl(TYPE_NAMES.get(element, element))}" if element else ""
        rank = (
            2 if any(len(r) > 1 for r in made) or any(k.tag == "arr" and k.rank == 2 for k in kinds) else None
        )
        if rank is None and all(k in NUMBERS or (k.tag == "arr" and k.rank == 1) for k in kinds):
            rank = 1
        inner = join_all(k.element if k.tag == "arr" else k for k in kinds)
        kind = arr(inner, rank) if inner in NUMBERS and rank else ANY
        if all(len(r) == 1 for r in made) and not option:
            return f"{self.jl('vcat')}({', '.join(r[0] for r in made)})", kind
        if len(made) == 1 and not option:
            return f"{self.jl('hcat')}({', '.join(made[0])})", kind
        return f"{self.jl('matrix')}({', '.join('(' + ', '.join(r) + ',)' for r in made)}{option})", kind

    def _x_hcat(self, node: Expr) -> Value:
        return self._matrix(self.rows(node), None, node)

    def _x_vcat(self, node: Expr) -> Value:
        return self._matrix(self.rows(node), None, node)

    def _typed(self, node: Expr, head: str) -> Value:
        element = self.element_of_type(node.args[0])
        if element is None:
            self.refuse("a typed array of this type", node)
        return self._matrix(self.rows(Expr(head, node.args[1:], node.at)), element, node)

    def _x_typed_hcat(self, node: Expr) -> Value:
        return self._typed(node, "hcat")

    def _x_typed_vcat(self, node: Expr) -> Value:
        return self._typed(node, "vcat")

    def _x_typed_ncat(self, node: Expr) -> Value:
        element = self.element_of_type(node.args[0])
        dims: Any = node.args[1]
        if (
            element in DTYPES
            and dims.value == 2
            and not any(isinstance(a, Expr) and a.head in ("row", "nrow") for a in node.args[2:])
        ):
            return self._matrix([list(node.args[2:])], element, node)
        self.refuse("a typed array literal of several dimensions", node)

    def _x_ncat(self, node: Expr) -> Value:
        dims: Any = node.args[0]
        if dims.value == 2 and not any(
            isinstance(a, Expr) and a.head in ("row", "nrow") for a in node.args[1:]
        ):
            return self._matrix([list(node.args[1:])], None, node)
        return self._block(dims.value, node.args[1:]), ANY

    def _block(self, dims: int, nodes: list[Node]) -> str:
        """``[a; b;; c; d]``: blocks joined along one axis."""
        parts = []
        for n in nodes:
            if isinstance(n, Expr) and n.head == "nrow":
                parts.append(self._block(n.args[0].value, n.args[1:]))  # type: ignore[union-attr, arg-type]
            elif isinstance(n, Expr) and n.head == "row":
                parts.append(self._block(2, n.args))
            else:
                parts.append(self.argument(n)[0])
        return f"{self.jl('joined_along')}({', '.join([str(dims), *parts])})"
