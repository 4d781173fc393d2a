"""Indices and slices."""

from __future__ import annotations

from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    BOTTOM,
    CHAR,
    INTS,
    NAT,
    STR,
    Kind,
    arr,
)  # fmt: skip
from ..shifts import moved
from ..syntax import Expr, Literal, Name, Node
from . import models
from .core import Value
from .values import Values


class Indices(Values):
    """``x[i, j]``, ``x[2:end]``: positions of Python where signs and kinds are known."""

    def end_of(self, word: str) -> Value:
        """``end`` or ``begin`` in an index."""
        code, kind, position, count = self.index_stack[-1]
        if word == "begin":
            return "1", NAT
        if kind.tag == "str":
            return f"{self.jl('lastindex')}({code})", NAT
        if (
            kind.tag == "tuple"
            or (kind.tag == "range")
            or (kind.tag == "arr" and kind.rank == 1 and count == 1)
        ):
            return f"{self.builtin('len')}({code})", NAT
        if kind.tag == "arr" and kind.stored == "nd" and kind.rank == count and count > 1:
            return f"{code}.shape[{position}]", NAT
        return f"{self.jl('last_index')}({code}, {position}, {count})", NAT

    def _x_ref(self, node: Expr, want: Any = None) -> Value:
        base, index = node.args[0], node.args[1:]
        element = self.element_of_type(base)
        if element is not None:
            return self.typed_vector(element, index, want, base)
        if (
            not index
            and isinstance(base, Expr)
            and base.head == "call"
            and isinstance(base.args[0], Name)
            and base.args[0].text in ("eltype", "typeof")
        ):
            return "[]", arr(ANY, 1, "list")
        code, kind = self.expr(base)
        if not index:
            return f"{self.jl('at')}({code})" if kind.tag != "ref" else f"{code}.value", kind.args[
                0
            ] if kind.tag == "ref" and kind.args else ANY
        simple = code if code.isidentifier() or "(" not in code else None
        if simple is None and len(index) == 1 and isinstance(index[0], Name) and index[0].text == "end":
            if (kind.tag == "arr" and kind.rank == 1) or (kind.tag == "str" and not self.told):
                return f"{code}[-1]", kind.element
            if kind.tag == "tuple" and kind.args:
                return f"{code}[-1]", kind.args[-1]
            return f"{self.jl('last')}({code})", kind.element if kind.tag in (
                "arr",
                "range",
            ) else BOTTOM if kind == BOTTOM else ANY
        if simple is None and any(self._mentions_end(i) for i in index):
            if self.closed:
                name = self.fresh("x")
                inner, result = self._ref_of(name, kind, index)
                return f"(lambda {name}: {inner})({code})", result
            code = self.hold(code, "x")
        return self._ref_of(code, kind, index)

    def _ref_of(self, code: str, kind: Kind, index: list[Node]) -> Value:
        """``x[i, j]`` of something that may be written several times."""
        positions: list[Value] = []
        for place, i in enumerate(index):
            self.index_stack.append((code, kind, place, len(index)))
            try:
                positions.append(self.argument(i))
            finally:
                self.index_stack.pop()
        return self.indexed(code, kind, positions, index)

    def _mentions_end(self, node: Node) -> bool:
        if isinstance(node, Name):
            return node.text == "end"
        return isinstance(node, Expr) and node.head != "ref" and any(self._mentions_end(a) for a in node.args)

    def hold(self, code: str, stem: str) -> str:
        """Evaluate something once, before the statement."""
        if self.closed:
            self.refuse("a value that is needed twice inside of a condition or function")
        name = self.fresh(stem)
        self.before.append(f"{name} = {code}")
        return name

    def indexed(self, code: str, kind: Kind, positions: list[Value], nodes: list[Node]) -> Value:
        """``x[i, j]`` with known code."""
        if kind == BOTTOM:
            return f"{code}[0]", BOTTOM
        if kind.tag == "dict" and len(positions) == 1:
            return f"{code}[{positions[0][0]}]", kind.args[1]
        if kind.tag == "grads" and len(positions) == 1 and positions[0][1].tag == "arr":
            return f"{code}[{positions[0][0]}]", ANY
        if len(positions) == 1 and self.has_slot(kind, "__getitem__"):
            return f"{code}[{positions[0][0]}]", self.special_call("__getitem__", kind) or ANY
        if kind.tag == "struct" or any(c.startswith("*") for c, _ in positions):
            return f"{self.jl('at')}({code}, {', '.join(c for c, _ in positions)})", ANY
        if kind.tag in ("tuple", "layers", "gradients") and len(positions) == 1:
            place, ik = positions[0]
            literal = self.literal_int(place)
            if literal is not None and literal >= 1 and ik in INTS:
                if kind.tag == "tuple" and literal <= len(kind.args):
                    return f"{code}[{literal - 1}]", kind.args[literal - 1]
                if kind.tag == "layers" and kind.args:
                    return f"{code}[{literal - 1}]", models.part(kind.args[0], literal)
                if kind.tag != "tuple":
                    return f"{code}[{literal - 1}]", ANY
            if ik in INTS and kind.tag == "tuple" and kind.args:
                return f"{code}[{self.minus_one(place)}]", kind.element
        if (
            kind.tag == "model"
            and len(positions) == 1
            and (literal := self.literal_int(positions[0][0])) is not None
            and literal >= 1
        ):
            return f"{code}[{literal - 1}]", models.part(kind, literal)
        vector = (kind.tag == "arr" and kind.rank == 1) or kind.tag in ("str",)
        if vector and len(positions) == 1:
            made = self._vector_index(code, kind, positions[0], nodes[0])
            if made is not None:
                return made
        if kind.tag == "arr" and kind.stored == "nd" and kind.rank == len(positions) and len(positions) > 1:
            made = self._array_index(code, kind, positions, nodes)
            if made is not None:
                return made
        result = ANY
        if (
            kind.tag == "arr"
            and all(k in INTS for _, k in positions)
            and (len(positions) == kind.rank or len(positions) == 1)
        ):
            result = kind.element
        elif (
            kind.tag == "arr"
            and len(positions) == 1
            and kind.rank == 1
            and (positions[0][1].tag in ("arr", "range") or positions[0][0].endswith("COLON"))
        ):
            result = arr(kind.element, 1, kind.stored)
        elif kind.tag == "arr" and len(positions) == kind.rank:
            rank = sum(k not in INTS for _, k in positions)
            if all(
                k in INTS or k.tag in ("range",) or (k.tag == "arr" and k.rank == 1) or c.endswith("COLON")
                for c, k in positions
            ):
                result = arr(kind.element, rank)
        elif kind.tag == "str" and positions[0][1] in INTS:
            result = CHAR
        elif kind.tag == "range" and positions[0][1] in INTS:
            result = kind.element if kind.element != NAT else NAT
        return f"{self.jl('at')}({code}, {', '.join(c for c, _ in positions)})", result

    def minus_one(self, code: str) -> str:
        """A position of Julia for Python."""
        return moved(code, -1)

    def _from_end(self, code: str, base: str, place: int) -> str | None:
        """``len(x)`` as a negative position."""
        for size in (f"{self.builtin('len')}({base})", f"jl.lastindex({base})", f"{base}.shape[{place}]"):
            if code == size:
                return "-1"
            if code.startswith(f"({size} - ") and code.endswith(")"):
                rest = self.literal_int(code[len(size) + 4 : -1])
                if rest is not None and rest >= 0:
                    return str(-1 - rest)
        return None

    def _vector_index(self, code: str, kind: Kind, position: Value, node: Node) -> Value | None:
        place, ik = position
        if self.in_try or (kind.tag == "str" and self.told):
            return None
        if kind.tag == "str" and self.literal_int(place) != 1 and self._from_end(place, code, 0) != "-1":
            return None
        if ik in INTS:
            end = self._from_end(place, code, 0)
            if end is not None:
                return f"{code}[{end}]", kind.element
            if ik == NAT or self.literal_int(place) is not None or isinstance(node, Name):
                literal = self.literal_int(place)
                if literal is not None and literal < 1:
                    return None
                return f"{code}[{self.minus_one(place)}]", kind.element
            return None
        made = self._slice(node, code, 0)
        if made is not None and kind.tag == "arr":
            return f"{code}[{made}]" + (".copy()" if kind.stored != "list" and not self.reading else ""), arr(
                kind.element, 1, kind.stored
            )
        if made is not None:
            return f"{code}[{made}]", STR
        if ik.tag == "arr" and ik.element == BOOL and ik.stored == "nd" and kind.stored == "nd":
            return f"{code}[{place}]", arr(kind.element, 1)
        return None

    reading = False

    def _slice(self, node: Node, base: str, place: int) -> str | None:
        """A range as a slice of Python, for bounds whose sign is known."""
        if isinstance(node, Name) and node.text == ":":
            return ":"
        if not (
            isinstance(node, Expr)
            and node.head == "call"
            and isinstance(node.args[0], Name)
            and node.args[0].text == ":"
        ):
            return None
        bounds = node.args[1:]
        if len(bounds) == 3 and not (
            isinstance(bounds[1], Literal) and isinstance(bounds[1].value, int) and bounds[1].value > 0
        ):
            return None
        kind = Kind("arr", (ANY, None, None))
        self.index_stack.append((base, self.index_kind, place, self.index_count))
        try:
            (low, lk), (high, hk) = self.expr(bounds[0]), self.expr(bounds[-1])
        finally:
            self.index_stack.pop()
        if lk not in INTS or hk not in INTS or kind is None:
            return None
        start = self._from_end(low, base, place) or self._start(low, lk)
        if start is None:
            return None
        stop = self._stop(high, hk, base, place)
        if stop is None:
            return None
        step = f":{bounds[1].value}" if len(bounds) == 3 else ""  # type: ignore[union-attr]
        return f"{'' if start == '0' else start}:{stop}{step}"

    index_kind = Kind("arr", (ANY, 1, "nd"))
    index_count = 1

    def _start(self, low: str, kind: Kind) -> str | None:
        literal = self.literal_int(low)
        if literal is not None:
            return str(literal - 1) if literal >= 1 else None
        return self.minus_one(low) if kind == NAT else None

    def _stop(self, high: str, kind: Kind, base: str, place: int) -> str | None:
        end = self._from_end(high, base, place)
        if end is not None:
            return "" if end == "-1" else str(int(end) + 1)
        literal = self.literal_int(high)
        if literal is not None:
            return str(literal) if literal >= 0 else None
        return high if kind == NAT else None

    def _array_index(self, code: str, kind: Kind, positions: list[Value], nodes: list[Node]) -> Value | None:
        if self.in_try:
            return None
        parts, rank = [], 0
        before = self.index_kind, self.index_count
        self.index_kind, self.index_count = kind, len(positions)
        try:
            for place, ((position, ik), node) in enumerate(zip(positions, nodes, strict=False)):
                if ik in INTS:
                    end = self._from_end(position, code, place)
                    literal = self.literal_int(position)
                    if (literal is not None and literal < 1) or (
                        end is None and literal is None and ik != NAT and not isinstance(node, Name)
                    ):
                        return None
                    parts.append(end if end is not None else self.minus_one(position))
                    continue
                made = self._slice(node, code, place)
                if made is None:
                    return None
                parts.append(made)
                rank += 1
        finally:
            self.index_kind, self.index_count = before
        copy = ".copy()" if rank and not self.reading else ""
        return f"{code}[{', '.join(parts)}]{copy}", arr(kind.element, rank) if rank else kind.element
