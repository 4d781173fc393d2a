"""Values: literals, names, indices, arrays, comprehensions, text, conditions."""

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
    NATS,
    NONE,
    NUMBERS,
    REALS,
    STR,
    SYM,
    Kind,
    arr,
    join,
    join_all,
    traced,
    tuple_of,
    vector_of,
)  # fmt: skip
from ..syntax import Expr, Literal, Name, Node, Quoted
from .core import Refused, Value
from .operators import COMPARISONS, Operators
from .scope import Scope, python_name, targets

CONSTANTS = {
    "π": ("np.pi", FLOAT), "pi": ("np.pi", FLOAT), "ℯ": ("np.e", FLOAT), "Inf": ("np.inf", FLOAT), "NaN": ("np.nan", FLOAT),  # noqa: E501
    "Inf32": ("np.float32(np.inf)", F32), "NaN32": ("np.float32(np.nan)", F32), "nothing": ("None", NONE), "im": ("1j", COMPLEX),  # noqa: E501
    "Inf64": ("np.inf", FLOAT), "undef": ("None", NONE),
}  # fmt: skip
TYPE_WORDS = frozenset(
    [
        "Any",
        "Number",
        "Real",
        "Integer",
        "Signed",
        "Unsigned",
        "AbstractFloat",
        "Int8",
        "Int16",
        "Int32",
        "Int64",
        "Int",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "BigInt",
        "Bool",
        "Float16",
        "Float32",
        "Float64",
        "Rational",
        "Complex",
        "ComplexF64",
        "AbstractString",
        "String",
        "SubString",
        "AbstractChar",
        "Char",
        "Symbol",
        "Nothing",
        "Missing",
        "Function",
        "AbstractArray",
        "AbstractVector",
        "AbstractMatrix",
        "Array",
        "Vector",
        "Matrix",
        "AbstractRange",
        "UnitRange",
        "Tuple",
        "NamedTuple",
        "AbstractDict",
        "Dict",
        "Set",
        "DataType",
        "Exception",
        "AbstractIrrational",
    ]
)
TYPE_NAMES = {"Any": "Any_", "Function": "Function_", "Symbol": "SymbolType", "Exception": "Exception_"}
EXCEPTIONS = {
    "ErrorException": "ErrorException", "AssertionError": "AssertionError", "KeyError": "KeyError", "BoundsError": "IndexError",  # noqa: E501
    "DomainError": "DomainError", "ArgumentError": "ArgumentError", "DimensionMismatch": "DimensionMismatch",
    "MethodError": "TypeError", "InexactError": "InexactError", "UndefVarError": "UndefVarError", "DivideError": "ZeroDivisionError",  # noqa: E501
    "OverflowError": "OverflowError", "TypeError": "TypeError",
}  # fmt: skip
ELEMENT_KINDS = {
    "Int": INT, "Int64": INT, "Float64": FLOAT, "Float32": F32, "Bool": BOOL, "String": STR, "Symbol": SYM, "Char": CHAR,  # noqa: E501
    "ComplexF64": COMPLEX,
}  # fmt: skip
DTYPES = {"Int": "int", "Int64": "int", "Float64": "float", "Float32": "np.float32", "Bool": "bool"}


class Expressions(Operators):
    """One method for each head of an expression."""

    def expr(self, node: Node, want: Any = None) -> Value:
        """The Python code for a value, and its kind."""
        if isinstance(node, Name):
            return self.name(node)
        if isinstance(node, Literal):
            return self.literal(node)
        if isinstance(node, Quoted):
            return self.quoted(node)
        method = getattr(self, "_x_" + HEADS.get(node.head, node.head), None)
        if method is None:
            if node.head.endswith("=") and node.head not in ("==",):
                return self.assignment_value(node)
            self.refuse(f"this is not translated: {node.head}", node)
        if want == "list" and node.head in ("vect", "ref", "comprehension"):
            return method(node, want)
        return method(node)

    # Names and literals.

    def name(self, node: Name) -> Value:
        """A variable, a constant, or a function as a value."""
        text = node.text
        if text in ("end", "begin") and self.index_stack:
            return self.end_of(text)
        variable = self.lookup(text)
        if variable is not None:
            self.check_missing(text, node)
            if variable.functions:
                self.learned.escaped.add(
                    text if variable.scope.kind == "file" else (variable.scope.key, text)
                )
            return variable.python, self.kind_of(variable)
        if text in self.missing:
            self.refuse(f"depends on {text}, which was not translated", node)
        if text in CONSTANTS:
            code, kind = CONSTANTS[text]
            if "np." in code:
                self.imports.add("np")
            return code, kind
        if text == ":":
            return self.jl("COLON"), ANY
        return self.function_name(text, node)

    def check_missing(self, text: str, node: Any) -> None:
        """Refuse what depends on something that was refused."""
        if text in self.missing:
            self.refuse(f"depends on {text}, which was not translated", node)

    def type_name(self, text: str) -> str | None:
        """The name of a built-in type."""
        if text in TYPE_WORDS:
            return self.jl(TYPE_NAMES.get(text, text))
        if text in EXCEPTIONS:
            plain = EXCEPTIONS[text]
            return (
                plain
                if plain
                in (
                    "KeyError",
                    "IndexError",
                    "AssertionError",
                    "ZeroDivisionError",
                    "OverflowError",
                    "TypeError",
                )
                else self.jl(plain)
            )
        return None

    def literal(self, node: Literal) -> Value:
        """A number, text or truth value."""
        kind, value = node.type, node.value
        if kind == "Int64":
            return str(value), NAT if 0 <= value < 2**31 else INT
        if kind == "Float64":
            return repr(float(value)), FLOAT
        if kind == "Float32":
            return f"{self.np('float32')}({float(str(value))!r})", F32
        if kind == "Bool":
            return str(bool(value)), BOOL
        if kind == "String":
            return repr(value), STR
        if kind == "Char":
            return repr(value), CHAR
        if kind == "Nothing":
            return "None", NONE
        if kind.startswith("UInt"):
            return f"{self.np(kind.lower())}({value})", ANY
        self.refuse(f"a literal {kind}", node)

    def symbol(self, text: str) -> Value:
        """A symbol: text, or a Symbol where the program tells them apart."""
        if self.symbols:
            return f"{self.jl('Symbol')}({text!r})", SYM
        return repr(text), SYM

    def quoted(self, node: Quoted) -> Value:
        """``:x``."""
        if isinstance(node.value, Name):
            return self.symbol(node.value.text)
        if isinstance(node.value, Literal):
            return self.literal(node.value)
        self.refuse("quoted code", node)

    def _x_quote(self, node: Expr) -> Value:
        self.refuse("quoted code", node)

    def _x_string(self, node: Expr) -> Value:
        parts = []
        for part in node.args:
            if isinstance(part, Literal) and part.type == "String":
                parts.append(("text", part.value))
            else:
                code, kind = self.expr(part)
                if kind not in (STR, INT, NAT, FLOAT, CHAR, SYM, F32, BOTTOM):
                    code = f"{self.jl('string')}({code})"
                parts.append(("code", code))
        return self.format_string(parts), STR

    def format_string(self, parts: list[tuple[str, str]]) -> str:
        """An f-string; pieces that cannot stand in one are joined by ``+``."""
        body = ""
        for sort, text in parts:
            if sort == "text":
                body += (
                    repr("'" + text)[2:-1]
                    .replace("{", "{{")
                    .replace("}", "}}")
                    .replace('\\"', '"')
                    .replace("'", "\\'")
                    if "'" in text
                    else (repr(text)[1:-1].replace("{", "{{").replace("}", "}}"))
                )
            else:
                if "'" in text or "\\" in text or "{" in text or '"' in text:
                    temporary = None if self.closed else self.fresh("text")
                    if temporary is None:
                        return self._joined(parts)
                    return self._joined(parts)
                body += "{" + text + "}"
        quote = '"' if '"' not in body else "'"
        if quote == '"':
            body = body.replace("\\'", "'")
        return f"f{quote}{body}{quote}"

    closed = False

    def _joined(self, parts: list[tuple[str, str]]) -> str:
        pieces = [repr(text) if sort == "text" else text for sort, text in parts]
        template = "".join(
            text.replace("{", "{{").replace("}", "}}") if sort == "text" else "{}" for sort, text in parts
        )
        values = ", ".join(p for (sort, _), p in zip(parts, pieces, strict=False) if sort == "code")
        return f"{template!r}.format({values})"

    # Tuples and records.

    def _x_tuple(self, node: Expr) -> Value:
        args = node.args
        if args and isinstance(args[0], Expr) and args[0].head == "parameters":
            return self._record(args[0].args + args[1:], node)
        if args and all(isinstance(a, Expr) and a.head == "=" for a in args):
            return self._record(args, node)
        parts, kinds = [], []
        spread = False
        for a in args:
            code, kind = self.argument(a)
            spread = spread or code.startswith("*")
            parts.append(code)
            kinds.append(kind)
        inside = ", ".join(parts) + ("," if len(parts) == 1 else "")
        return f"({inside})", ANY if spread else tuple_of(*kinds)

    def argument(self, a: Node) -> Value:
        """An element of a list, possibly ``xs...``."""
        if isinstance(a, Expr) and a.head == "...":
            code, kind = self.expr(a.args[0])
            return "*" + self.iterable(code, kind), ANY
        return self.expr(a)

    def _record(self, args: list[Node], node: Expr) -> Value:
        fields, kinds = [], []
        for a in args:
            if isinstance(a, Expr) and a.head in ("=", "kw") and isinstance(a.args[0], Name):
                code, kind = self.expr(a.args[1])
                fields.append((python_name(a.args[0].text), code))
                kinds.append((python_name(a.args[0].text), kind))
            elif isinstance(a, Name):
                code, kind = self.expr(a)
                fields.append((python_name(a.text), code))
                kinds.append((python_name(a.text), kind))
            elif isinstance(a, Expr) and a.head == "." and isinstance(a.args[1], Quoted):
                code, kind = self.expr(a)
                fields.append((python_name(a.args[1].value.text), code))  # type: ignore[union-attr]
                kinds.append((python_name(a.args[1].value.text), kind))  # type: ignore[union-attr]
            elif isinstance(a, Expr) and a.head == "..." and len(args) == 1:
                code, _ = self.expr(a.args[0])
                return f"{self.jl('named_of')}({code})", ANY
            else:
                self.refuse("this form of a named tuple", node)
        inside = ", ".join(f"{n}={c}" for n, c in fields)
        return f"{self.jl('Record')}({inside})", Kind("record", tuple(kinds))

    # Fields.

    def _x_field(self, node: Expr) -> Value:
        base = node.args[0]
        if len(node.args) == 1 and isinstance(base, Name):
            code, _ = self.function_name(base.text, node)
            return f"{self.jl('Dotted')}({code})", Kind("function")
        second = node.args[1]
        if isinstance(second, Expr) and second.head == "tuple":
            return self.broadcast_call(base, second.args, node)
        module = self.module_path(base)
        if module is not None and isinstance(second, Quoted) and isinstance(second.value, Name):
            return self.module_member(module, second.value.text, node)
        if isinstance(second, Quoted) and isinstance(second.value, Name):
            return self.field_of(base, second.value.text, node)
        self.refuse("this form of a field", node)

    def field_of(self, base: Node, name: str, node: Expr) -> Value:
        """``a.b``."""
        code, kind = self.expr(base)
        field = python_name(name)
        if kind.tag == "record":
            for own, inner in kind.args:
                if own == field:
                    return f"{code}.{field}", inner
        if kind.tag == "struct":
            return f"{code}.{field}", self.field_kind(kind.args[0], field)
        if name == "msg" and kind.tag == "error":
            return f"{self.jl('message')}({code})", STR
        if name == "layers":
            return f"{code}.layers", Kind("layers")
        if name in ("first", "second") and kind.tag not in ("record", "struct"):
            return f"{code}[{0 if name == 'first' else 1}]" if kind.tag in (
                "tuple",
                "pair",
            ) else f"{code}.{field}", ANY
        return f"{code}.{field}", ANY

    def field_kind(self, struct: str, field: str) -> Kind:
        """What the type of a field says about its value."""
        return self.structs.get(struct, {}).get(field, ANY)

    # Indices.

    def end_of(self, word: str) -> Value:
        """``end`` or ``begin`` in an index."""
        code, kind, position, count = self.index_stack[-1]
        if word == "begin":
            return "1", NAT
        if (
            kind.tag in ("str", "tuple")
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
            return self.typed_vector(element, index, want)
        if (
            not index
            and isinstance(base, Expr)
            and base.head == "call"
            and isinstance(base.args[0], Name)
            and base.args[0].text == "eltype"
        ):
            return "[]", arr(ANY, 1, "list")
        code, kind = self.expr(base)
        if not index:
            return f"{self.jl('at')}({code})" if kind.tag != "ref" else f"{code}.value", kind.args[
                0
            ] if kind.tag == "ref" and kind.args else ANY
        simple = code if code.isidentifier() or "(" not in code else None
        if simple is None and len(index) == 1 and isinstance(index[0], Name) and index[0].text == "end":
            if (kind.tag == "arr" and kind.rank == 1) or kind.tag == "str":
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
        if kind.tag == "struct" or any(c.startswith("*") for c, _ in positions):
            return f"{self.jl('at')}({code}, {', '.join(c for c, _ in positions)})", ANY
        if kind.tag in ("tuple", "layers", "gradients") and len(positions) == 1:
            place, ik = positions[0]
            literal = self.literal_int(place)
            if literal is not None and literal >= 1 and ik in INTS:
                if kind.tag == "tuple" and literal <= len(kind.args):
                    return f"{code}[{literal - 1}]", kind.args[literal - 1]
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
            return f"{code}[{literal - 1}]", Kind("model")
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
        literal = self.literal_int(code)
        if literal is not None:
            return str(literal - 1)
        if code.startswith("(") and code.endswith(" + 1)"):
            inner = code[1:-5]
            if inner.isidentifier():
                return inner
        if code.startswith("(") and code.endswith(" - 1)") and code[1:-5].isidentifier():
            return f"{code[1:-5]} - 2"
        return f"{code} - 1"

    def _from_end(self, code: str, base: str, place: int) -> str | None:
        """``len(x)`` as a negative position."""
        for size in (f"{self.builtin('len')}({base})", f"{base}.shape[{place}]"):
            if code == size:
                return "-1"
            if code.startswith(f"({size} - ") and code.endswith(")"):
                rest = self.literal_int(code[len(size) + 4 : -1])
                if rest is not None and rest >= 0:
                    return str(-1 - rest)
        return None

    def _vector_index(self, code: str, kind: Kind, position: Value, node: Node) -> Value | None:
        place, ik = position
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
            return f"{code}[{made}]" + (".copy()" if kind.stored == "nd" and not self.reading else ""), arr(
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

    # Arrays.

    def element_of_type(self, node: Node) -> str | None:
        """The name of the type in ``Int[…]``, or ``None`` if this is an index."""
        if isinstance(node, Name) and self.lookup(node.text) is None and node.text in TYPE_WORDS:
            return node.text
        if isinstance(node, Name):
            variable = self.lookup(node.text)
            if variable is not None and (variable.struct is not None or variable.fixed == Kind("type")):
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

    def typed_vector(self, element: str, items: list[Node], want: Any) -> Value:
        """``Float64[…]``."""
        kind = ELEMENT_KINDS.get(element, ANY)
        if not items:
            return "[]", arr(kind, 1, "list")
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
                return f"np.array([{inside}]{'' if kind in (INT, BOOL) else ', float'})", arr(kind, 1)
            return f"{self.jl('array')}([{inside}], {self.jl(TYPE_NAMES.get(element, element))})", arr(
                kind, 1, "nd"
            )
        return f"[{inside}]", arr(kind, 1, "list")

    def _x_vect(self, node: Expr, want: Any = None) -> Value:
        if node.args and isinstance(node.args[0], Expr) and node.args[0].head == "parameters":
            self.refuse("this form of an array", node)
        values = [self.argument(a) for a in node.args]
        inside = ", ".join(c for c, _ in values)
        element = join_all(k for _, k in values)
        spread = any(c.startswith("*") for c, _ in values)
        if not values:
            return "[]", arr(ANY, 1, "list")
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
            return f"np.array([{inside}])", arr(element, 1)
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
            if joined in (INT, NAT, FLOAT, F32, BOOL, COMPLEX) and element is None:
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
        self.refuse("an array literal of several dimensions", node)

    def _x_ncat(self, node: Expr) -> Value:
        dims: Any = node.args[0]
        if dims.value == 2 and not any(
            isinstance(a, Expr) and a.head in ("row", "nrow") for a in node.args[1:]
        ):
            return self._matrix([list(node.args[1:])], None, node)
        self.refuse("an array literal of several dimensions", node)

    # Comprehensions.

    def _x_comprehension(self, node: Expr, want: Any = None) -> Value:
        return self._comprehension(node.args[0], None, want)

    def _x_typed_comprehension(self, node: Expr) -> Value:
        element = self.element_of_type(node.args[0])
        if element is None:
            self.refuse("a typed comprehension of this type", node)
        return self._comprehension(node.args[1], element, None)

    def clauses(self, node: Node) -> tuple[Node, list[tuple[list[Expr], Node | None]]]:
        """The element of a generator and its ``for`` parts with conditions, outermost first."""
        groups: list[tuple[list[Expr], Node | None]] = []
        here: Any = node
        while isinstance(here, Expr) and here.head in ("generator", "flatten"):
            if here.head == "flatten":
                here = here.args[0]
            ranges, test = here.args[1:], None
            if ranges and isinstance(ranges[0], Expr) and ranges[0].head == "filter":
                test, ranges = ranges[0].args[0], ranges[0].args[1:]
            groups.append((ranges, test))
            inner = here.args[0]
            if not (
                (isinstance(inner, Expr) and inner.head in ("generator", "flatten") and here is not node)
                or False
            ) and not (
                isinstance(inner, Expr) and inner.head == "generator" and self._flattened(node, len(groups))
            ):
                return inner, groups
            here = inner
        return here, groups

    @staticmethod
    def _flattened(node: Any, depth: int) -> bool:
        count, here = 0, node
        while isinstance(here, Expr) and here.head == "flatten":
            count += 1
            here = here.args[0]
            if isinstance(here, Expr):
                here = here.args[0]
        return count >= depth

    def generate(self, node: Node) -> tuple[str, Kind, str]:
        """The element code, its kind, and the ``for … in … if …`` part of a generator."""
        element, groups = self.clauses(node)
        parts: list[str] = []
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        outer = self.scope
        closed, self.closed = self.closed, True
        try:
            self.scope = scope
            for ranges, test in groups:
                for one in ranges:
                    parts.append(self.for_clause(one, scope))
                if test is not None:
                    parts.append("if " + self.expr(test)[0])
            with self.hoisting() as hoisted:
                code, kind = self.escaping(element, scope)
            if hoisted:
                raise Refused("a comprehension whose element needs statements", getattr(node, "at", -1))
        finally:
            self.scope, self.closed = outer, closed
        return code, kind, " ".join(parts)

    def escaping(self, node: Node, scope: Scope) -> Value:
        """A value that outlives the iteration: closures take the loop variables with them."""
        return (
            self.lambda_value(node, None, bind=scope)
            if isinstance(node, Expr) and node.head == "->"
            else self.expr(node)
        )

    def for_clause(self, one: Node, scope: Scope) -> str:
        """``for x in xs`` of a comprehension."""
        assert isinstance(one, Expr)
        source, kind = self.expr(one.args[1])
        target = self.loop_target(one.args[0], self.iterated_kind(one.args[1], kind), scope)
        return f"for {target} in {self.iterable(source, kind, one.args[1])}"

    def iterated_kind(self, node: Node, kind: Kind) -> Kind:
        """The kind of what a loop over this gives."""
        if kind.tag == "iter":
            return kind.args[0]
        if kind == BOTTOM:
            return BOTTOM
        return (
            kind.element
            if kind.tag in ("arr", "range", "set", "str", "tuple", "dict")
            else kind
            if kind in NUMBERS
            else ANY
        )

    def iterable(self, code: str, kind: Kind, node: Any = None) -> str:
        """Code that Python can loop over."""
        if kind.tag in ("iter", "range", "tuple", "str", "set", "bottom", "layers") or (
            kind.tag == "arr" and kind.rank == 1
        ):
            if False:
                return f"{code}.tolist()"
            return code
        if kind.tag == "dict":
            return f"{code}.items()"
        return f"{self.jl('iterate')}({code})"

    def loop_target(self, node: Node, kind: Kind, scope: Scope) -> str:
        """The variables of a loop, as a target of Python."""
        if isinstance(node, Name):
            if node.text == "_":
                return "_"
            taken = scope.parent.find(node.text) if scope.parent is not None else None
            python = python_name(node.text)
            if taken is not None and scope.kind == "block" and scope.key[0] != "generator":
                python = self.renamed(python)
            variable = scope.add(node.text, python, loop=True)
            self.learn(variable, kind)
            return python
        if (
            isinstance(node, Expr)
            and node.head == "tuple"
            and not (node.args and isinstance(node.args[0], Expr) and node.args[0].head == "parameters")
        ):
            kinds: list[Kind] = (
                list(kind.args)
                if kind.tag == "tuple" and len(kind.args) >= len(node.args)
                else [BOTTOM if kind == BOTTOM else kind.element if kind.tag == "arr" else ANY]
                * len(node.args)
            )
            parts = [self.loop_target(a, k, scope) for a, k in zip(node.args, kinds, strict=False)]
            return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
        if isinstance(node, Expr) and node.head == "::":
            return self.loop_target(node.args[0], kind, scope)
        if isinstance(node, Expr) and node.head == "...":
            return "*" + self.loop_target(node.args[0], ANY, scope)
        if isinstance(node, Expr) and node.head == "outer":
            self.refuse("for outer", node)
        self.refuse("this loop variable", node)

    def renamed(self, python: str) -> str:
        """Another name for a loop variable that hides one outside."""
        return python + "_"

    def _comprehension(self, node: Node, element: str | None, want: Any) -> Value:
        _, groups = self.clauses(node)
        ranges, test = groups[0]
        wide = len(groups) == 1 and len(ranges) > 1 and test is None
        if wide:
            return self._table(node, ranges, element)
        code, kind, loops = self.generate(node)
        if len(groups) == 1 and len(ranges) == 1 and test is None and not element:
            source = self.kind_only(ranges[0])
            if (
                (source.tag == "arr" and source.rank != 1)
                or source == ANY
                or (source.tag == "iter" and source.args[1:] == ("wide",))
            ) and source.tag != "iter":
                return self._over(node, ranges[0], code, kind)
        if len(ranges) > 1 and test is not None:
            loops = self._fastest_first(node)
        listed = f"[{code} {loops}]"
        if element is not None:
            own = ELEMENT_KINDS.get(element)
            if own in (INT, FLOAT, F32, BOOL):
                if own == kind and own in (INT, FLOAT):
                    return f"{self.np('array')}({listed})", arr(own, 1)
                return f"{self.jl('array')}({listed}, {self.jl(element)})", arr(own, 1)
            return listed, arr(own or ANY, 1, "list")
        if want == "list" and kind in (INT, NAT, FLOAT, STR, SYM):
            return listed, arr(kind, 1, "list")
        if want == "list":
            return f"{self.builtin('list')}({self.jl('array')}({listed}))", arr(kind, 1, "list")
        if kind in (INT, NAT, FLOAT, F32, BOOL, COMPLEX):
            return f"{self.np('array')}({listed})", arr(kind, 1)
        if kind == BOTTOM:
            return listed, BOTTOM
        if kind in (STR, SYM, CHAR) or kind.tag in (
            "arr",
            "tuple",
            "dict",
            "record",
            "struct",
            "function",
            "model",
        ):
            return listed, arr(kind, 1, "list")
        return f"{self.jl('array')}({listed})", arr(kind, 1, "nd" if kind in NUMBERS else None)

    def kind_only(self, one: Expr) -> Kind:
        """The kind of what a ``for`` part goes over."""
        with self.hoisting():
            return self.expr(one.args[1])[1]

    def _fastest_first(self, node: Node) -> str:
        _element, groups = self.clauses(node)
        ranges, test = groups[0]
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        parts = []
        outer, self.scope = self.scope, scope
        try:
            for one in reversed(ranges):
                parts.append(self.for_clause(one, scope))
            if test is not None:
                parts.append("if " + self.expr(test)[0])
        finally:
            self.scope = outer
        return " ".join(parts)

    def _over(self, node: Node, one: Expr, code: str, kind: Kind) -> Value:
        """A comprehension over something whose shape it keeps."""
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        source, source_kind = self.expr(one.args[1])
        outer, self.scope = self.scope, scope
        try:
            target = self.loop_target(one.args[0], self.iterated_kind(one.args[1], source_kind), scope)
        finally:
            self.scope = outer
        if "(" in target:
            return f"{self.jl('array')}([{code} for {target} in {self.jl('iterate')}({source})])", ANY
        return f"{self.jl('map_')}(lambda {target}: {code}, {source})", ANY

    def _table(self, node: Node, ranges: list[Expr], element: str | None) -> Value:
        scope = Scope("block", ("generator", getattr(node, "at", 0), getattr(node, "end", 0)), self.scope)
        sources, names = [], []
        for one in ranges:
            code, kind = self.expr(one.args[1])
            sources.append(code)
            names.append((one.args[0], self.iterated_kind(one.args[1], kind)))
        outer, self.scope = self.scope, scope
        closed, self.closed = self.closed, True
        try:
            parts = [self.loop_target(n, k, scope) for n, k in names]
            if any("(" in p for p in parts):
                self.refuse("a comprehension over several ranges that takes tuples apart", node)
            inner, _ = self.clauses(node)
            with self.hoisting() as hoisted:
                code, kind = self.expr(inner)
            if hoisted:
                self.refuse("a comprehension whose element needs statements", node)
        finally:
            self.scope, self.closed = outer, closed
        option = f", element={self.jl(element)}" if element in DTYPES else ""
        result = arr(kind, len(ranges)) if kind in NUMBERS else ANY
        if option:
            result = arr(ELEMENT_KINDS[element], len(ranges))  # type: ignore[index]
        if kind in (INT, NAT, FLOAT) and not option and len(ranges) == 2 and all(k != ANY for _, k in names):
            first, second = (self.iterable_of(o) for o in ranges)
            if (
                first is not None
                and second is not None
                and not self._uses(ranges[1].args[1], targets(ranges[0].args[0]))
            ):
                return (
                    f"{self.np('array')}([[{code} for {parts[1]} in {second}] for {parts[0]} in {first}])",
                    result,
                )
        return f"{self.jl('table')}(lambda {', '.join(parts)}: {code}, {', '.join(sources)}{option})", result

    def iterable_of(self, one: Expr) -> str | None:
        """The loop source of a ``for`` part, if it can be gone over again."""
        code, kind = self.expr(one.args[1])
        return self.iterable(code, kind) if kind.tag in ("range", "arr") else None

    def _uses(self, node: Node, names: list[str]) -> bool:
        if isinstance(node, Name):
            return node.text in names
        return isinstance(node, Expr) and any(self._uses(a, names) for a in node.args)

    def _x_generator(self, node: Expr) -> Value:
        code, kind, loops = self.generate(node)
        _, groups = self.clauses(node)
        if len(groups) == 1 and len(groups[0][0]) > 1:
            loops = self._fastest_first(node)
        return f"({code} {loops})", Kind("iter", (kind,))

    def _x_flatten(self, node: Expr) -> Value:
        code, kind, loops = self.generate(node)
        return f"({code} {loops})", Kind("iter", (kind,))

    # Conditions and logic.

    def _x_if(self, node: Expr) -> Value:
        if len(node.args) < 3:
            return self.block_value(node)
        test = self.condition(node.args[0])
        closed, self.closed = self.closed, True
        try:
            with self.hoisting() as hoisted:
                try:
                    (a, ka), (b, kb) = self.simple(node.args[1]), self.simple(node.args[2])
                except _NeedsStatements:
                    hoisted.append("")
                    a = b = ""
                    ka = kb = ANY
        finally:
            self.closed = closed
        if hoisted:
            return self.block_value(node)
        return f"({a} if {test} else {b})", join(ka, kb)

    def simple(self, node: Node) -> Value:
        """A value that needs no statements."""
        while isinstance(node, Expr) and node.head == "block" and len(node.args) == 1:
            node = node.args[0]
        if isinstance(node, Expr) and node.head in STATEMENTS:
            raise _NeedsStatements
        if isinstance(node, Expr) and (
            node.head == "block" or (node.head.endswith("=") and node.head not in ("==", "!=", "<=", ">="))
        ):
            raise _NeedsStatements
        return self.expr(node)

    def _x_elseif(self, node: Expr) -> Value:
        inner = node.args[0]
        if isinstance(inner, Expr) and inner.head == "block":
            inner = inner.args[-1]
        return self._x_if(Expr("if", [inner, *node.args[1:]], node.at))

    def _logic(self, node: Expr, word: str) -> Value:
        a, ka = self.expr(node.args[0])
        closed, self.closed = self.closed, True
        try:
            with self.hoisting() as hoisted:
                try:
                    b, kb = self.simple(node.args[1])
                except _NeedsStatements:
                    hoisted.append("")
                    b, kb = "", ANY
        finally:
            self.closed = closed
        if hoisted:
            return self.block_value(node)
        return f"({a} {word} {b})", join(BOOL, kb) if ka == BOOL else ANY

    def _x_and(self, node: Expr) -> Value:
        return self._logic(node, "and")

    def _x_or(self, node: Expr) -> Value:
        return self._logic(node, "or")

    def _x_comparison(self, node: Expr) -> Value:
        values = [self.expr(a) for a in node.args[::2]]
        ops = [a.text for a in node.args[1::2] if isinstance(a, Name)]
        if any(o.startswith(".") for o in ops):
            self.refuse("a chain of broadcast comparisons", node)
        if all(o in COMPARISONS for o in ops) and all(k in REALS | {F32, BOTTOM} for _, k in values):
            return "(" + values[0][0] + "".join(
                f" {COMPARISONS[o]} {c}" for o, (c, _) in zip(ops, values[1:], strict=False)
            ) + ")", BOOL
        for i in range(1, len(values) - 1):
            code, kind = values[i]
            if not code.isidentifier() and self.literal_int(code) is None:
                values[i] = (self.hold(code, "middle"), kind)
        parts = [self.binary(o, values[i], values[i + 1])[0] for i, o in enumerate(ops)]
        return "(" + " and ".join(parts) + ")", BOOL

    def _x_adjoint(self, node: Expr) -> Value:
        code, kind = self.expr(node.args[0])
        if kind in REALS:
            return code, kind
        if kind.tag == "arr" and kind.rank == 2 and kind.stored == "nd" and kind.element in (INT, FLOAT, F32):
            return f"{code}.T", kind
        element = kind.element if kind.tag in ("arr",) else ANY
        result = Kind("row", (element,)) if kind.tag == "arr" and kind.rank == 1 else ANY
        return f"{self.jl('adjoint')}({code})", result

    def _x_parameters(self, node: Expr) -> Value:
        self.refuse("this form of parameters", node)

    def _x_typeassert(self, node: Expr) -> Value:
        if len(node.args) == 2:
            return self.expr(node.args[0])
        self.refuse("a type without a value", node)

    def _x_curly(self, node: Expr) -> Value:
        return self.type_expr(node), Kind("type")

    def type_expr(self, node: Node) -> str:
        """A type as an expression of Python."""
        if isinstance(node, Name):
            variable = self.lookup(node.text)
            if variable is not None:
                self.check_missing(node.text, node)
                return variable.python
            if node.text in self.missing:
                self.refuse(f"depends on {node.text}, which was not translated", node)
            found = self.type_name(node.text)
            if found is not None:
                return found
            if node.text in ("VecOrMat", "AbstractVecOrMat"):
                return self.jl("AbstractArray")
            if node.text in ("IO",):
                return self.jl("Any_")
            if (
                node.text in ("Chain", "Dense", "Conv", "BatchNorm", "Dropout", "Embedding")
                and "Flux" in self.packages
            ):
                return self.flux(node.text)
            self.refuse(f"the type {node.text} is not known", node)
        if isinstance(node, Expr) and node.head == "curly":
            name = node.args[0]
            params = node.args[1:]
            if isinstance(name, Name) and name.text == "Type":
                return f"{self.jl('TypeType')}[{self.type_param(params[0])}]"
            if isinstance(name, Name) and name.text == "Union":
                return f"{self.jl('Union')}[{', '.join(self.type_expr(p) for p in params)}]"
            if isinstance(name, Name) and name.text in ("Val", "NTuple", "Pair", "CartesianIndex", "Ref"):
                if name.text in ("NTuple",):
                    return self.jl("Tuple")
                self.refuse(f"the type {name.text}", node)
            if (
                isinstance(name, Name)
                and name.text == "Tuple"
                and any(
                    isinstance(p, Expr) and p.head == "curly" and getattr(p.args[0], "text", "") == "Vararg"
                    for p in params
                )
            ):
                return self.jl("Tuple")
            inside = ", ".join(self.type_param(p) for p in params)
            return f"{self.type_expr(name)}[{inside}]" if params else self.type_expr(name)
        if isinstance(node, Expr) and node.head == "." and isinstance(node.args[1], Quoted):
            return self.type_expr(Name(node.args[1].value.text, node.at))  # type: ignore[union-attr]
        if isinstance(node, Expr) and node.head == "where":
            with self.inside(Scope("block", ("where", node.at), self.scope)):
                for v in node.args[1:]:
                    self.type_variable(v)
                return self.type_expr(node.args[0])
        if isinstance(node, Expr) and node.head == "<:" and len(node.args) == 1:
            return f"{self.jl('Sub')}({self.type_expr(node.args[0])})"
        if (
            isinstance(node, Expr)
            and node.head == "call"
            and isinstance(node.args[0], Name)
            and node.args[0].text in ("promote_type", "eltype", "typeof")
        ):
            return f"{self.jl(node.args[0].text)}({', '.join(self.type_expr(a) if node.args[0].text == 'promote_type' else self.expr(a)[0] for a in node.args[1:])})"  # noqa: E501
        self.refuse("this type", node)

    def type_param(self, node: Node) -> str:
        """A parameter of a type."""
        if isinstance(node, Literal):
            return str(node.value)
        return self.type_expr(node)

    def type_variable(self, node: Node) -> str:
        """Enter a variable of ``where`` into the scope; the code that makes it."""
        name, bound = node, None
        if isinstance(node, Expr) and node.head == "<:":
            name, bound = node.args
        if isinstance(node, Expr) and node.head == "comparison":
            self.refuse("this bound of a type variable", node)
        assert isinstance(name, Name)
        code = (
            f"{self.jl('TypeVar')}({name.text!r}{', ' + self.type_expr(bound) if bound is not None else ''})"
        )
        self.scope.add(name.text, code, fixed=Kind("type"))
        return code

    def _x_where(self, node: Expr) -> Value:
        return self.type_expr(node), Kind("type")

    def _x_block(self, node: Expr) -> Value:
        if len(node.args) == 1:
            return self.expr(node.args[0])
        return self.block_value(node)

    def _x_lambda(self, node: Expr) -> Value:
        return self.lambda_value(node, None, bind=self.scope)

    # In the parts below.

    def block_value(self, node: Expr) -> Value: ...  # type: ignore[empty-body]
    def assignment_value(self, node: Expr) -> Value: ...  # type: ignore[empty-body]
    def lambda_value(self, node: Node, kinds: Any, bind: Any = None, name: Any = None) -> Value: ...  # type: ignore[empty-body]
    def broadcast_call(self, function: Node, args: list[Node], node: Expr) -> Value: ...  # type: ignore[empty-body]
    def module_path(self, node: Node) -> str | None: ...
    def module_member(self, module: str, name: str, node: Any) -> Value: ...  # type: ignore[empty-body]
    def function_name(self, text: str, node: Any) -> Value: ...  # type: ignore[empty-body]


class _NeedsStatements(Exception):
    """This value cannot be written as one expression."""


HEADS = {
    ".": "field", "if": "if", "&&": "and", "||": "or", "'": "adjoint", "::": "typeassert", "->": "lambda", "<:": "subtype", ">:": "supertype",  # noqa: E501
}  # fmt: skip
STATEMENTS = frozenset(
    [
        "for",
        "while",
        "try",
        "let",
        "return",
        "break",
        "continue",
        "function",
        "struct",
        "global",
        "local",
        "const",
        "using",
        "import",
    ]
)
__all__ = [
    "DTYPES",
    "ELEMENT_KINDS",
    "EXCEPTIONS",
    "NATS",
    "STATEMENTS",
    "TYPE_NAMES",
    "TYPE_WORDS",
    "Expressions",
    "traced",
]
