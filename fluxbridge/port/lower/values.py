"""Names, literals, text, tuples, fields."""

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
    NAT,
    NONE,
    STR,
    SYM,
    Kind,
    tuple_of,
)  # fmt: skip
from ..syntax import Expr, Literal, Name, Node, Quoted
from . import models
from .core import Value
from .operators import Operators
from .scope import python_name
from .words import CONSTANTS, EXCEPTIONS, IRRATIONAL, ONE_TO, TYPE_NAMES, TYPE_WORDS


class Values(Operators):
    """Values that stand by themselves."""

    def name(self, node: Name) -> Value:
        """A variable, a constant, or a function as a value."""
        text = node.text
        if text in ("end", "begin") and self.index_stack:
            return self.end_of(text)
        variable = self.lookup(text)
        if variable is not None:
            self.check_missing(text, node)
            if variable.struct is not None and not self.comparing_types:
                self.learned.heavy.add(text)
            kind = self.kind_of(variable)
            if kind.tag == "keywords":
                return f"{self.jl('keywords')}({variable.python})", kind
            return variable.python, kind
        if text in self.missing:
            self.refuse(f"depends on {text}, which was not translated", node)
        if text in CONSTANTS:
            code, kind = CONSTANTS[text]
            if "np." in code:
                self.imports.add("np")
            if code.startswith("jl."):
                code = self.jl(code[3:])
            return code, kind
        if text == ":":
            return self.jl("COLON"), ANY
        if text == "_" and self.autosized:
            return self.flux("_"), NAT
        return self.function_name(text, node)

    def check_missing(self, text: str, node: Any) -> None:
        """Refuse what depends on something that was refused; a variable of a function is another one."""
        own = self.lookup(text)
        if text in self.missing and (own is None or own.scope.home.kind == "file"):
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
            return self.character(repr(value)), CHAR
        if kind == "Nothing":
            return "None", NONE
        if kind.startswith("UInt"):
            return f"{self.np(kind.lower())}({value})", ANY
        self.refuse(f"a literal {kind}", node)

    def character(self, code: str) -> str:
        """A character: text, or a Character where the program shows or asks what it is."""
        return f"{self.jl('Char')}({code})" if self.told else code

    def symbol(self, text: str) -> Value:
        """A symbol: text, or a Symbol where the program shows or asks what it is."""
        if self.told:
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
                code, kind = self.shown_value(part)
                if kind == BOOL:
                    code = f"{self.builtin('str')}({code}).lower()"
                elif not self.plainly(kind) and kind != BOTTOM:
                    self.printed(kind)
                    code = f"{self.jl('string')}({code})"
                parts.append(("code", code))
        return self.format_string(parts), STR

    def shown_value(self, node: Node) -> Value:
        """A value that is printed: ``π`` prints as its name."""
        if isinstance(node, Expr) and node.head == "call" and getattr(node.args[0], "text", "") in ONE_TO:
            self.refuse("Julia shows the range as Base.OneTo; write collect(…) around it", node)
        if isinstance(node, Name) and node.text in IRRATIONAL and self.lookup(node.text) is None:
            return self.jl(IRRATIONAL[node.text]), ANY
        return self.reader(node)

    def plainly(self, kind: Kind) -> bool:
        """Whether Python prints a value as Julia does."""
        return kind in (STR, INT, NAT, CHAR, SYM) or self.has_slot(kind, "__repr__")

    def printed(self, kind: Kind) -> None: ...

    def format_string(self, parts: list[tuple[str, str]]) -> str:
        """An f-string; pieces that cannot stand in one are joined by ``+``."""
        body, quoted = "", False
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
                if "\\" in text or text.startswith("{") or '"' in text or ("'" in text and "f'" in text):
                    return self._joined(parts)
                quoted = quoted or "'" in text
                body += "{" + text + "}"
        if quoted and '"' in body:
            return self._joined(parts)
        quote = '"' if '"' not in body else "'"
        if quote == '"':
            body = body.replace("\\'", "'")
        return f"f{quote}{body}{quote}"

    closed = False
    comparing_types = False

    def field_kind(self, struct: str, field: str) -> Kind: ...  # type: ignore[empty-body]

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
        return self.held(a)

    def held(self, a: Node) -> Value:
        """A value that something else holds; a literal vector in it may grow there."""
        return self.expr(a, "list") if self.may_grow(a) else self.expr(a)

    def may_grow(self, a: Node) -> bool:
        """Whether this is a vector that may grow where it is held."""
        return self.grows_inside and isinstance(a, Expr) and a.head in ("vect", "ref", "comprehension")

    def _record(self, args: list[Node], node: Expr) -> Value:
        if len(args) > 1 and any(isinstance(a, Expr) and a.head == "..." for a in args):
            parts = ", ".join(self._record([a], node)[0] for a in args)
            return f"{self.jl('merge')}({parts})", ANY
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
        if name == "σ²" and kind.tag != "struct":
            return f"{code}.σ2", ANY  # as Python reads the name
        if kind == BOTTOM:
            return f"{code}.{field}", BOTTOM
        if kind.tag == "record":
            for own, inner in kind.args:
                if own == field:
                    return f"{code}.{field}", inner
        if kind.tag == "struct":
            return f"{code}.{field}", self.field_kind(kind.args[0], field)
        if name == "msg" and kind.tag == "error":
            return f"{self.jl('message')}({code})", STR
        if name == "key" and kind.tag == "error":
            return f"{code}.args[0]", ANY
        if kind.tag == "model":
            return f"{code}.{field}", models.field(kind, name)
        if name == "layers":
            return f"{code}.layers", Kind("layers")
        if name in ("first", "second") and kind.tag not in ("record", "struct"):
            return f"{code}[{0 if name == 'first' else 1}]" if kind.tag in (
                "tuple",
                "pair",
            ) else f"{code}.{field}", ANY
        return f"{code}.{field}", ANY
