"""Single values: names, literals, brackets, and what may be written directly behind a value."""

from __future__ import annotations

from typing import Any

from . import numbers, strings
from .operators import OPENING, PRECEDENCE, SYNTACTIC, UNARY
from .stream import Stream
from .tokens import Token, base
from .tree import Expr, Literal, Name, Node, Quoted

_WORDS = {"true": ("Bool", True), "false": ("Bool", False)}


class Atoms(Stream):
    """The rules of the parser for values. Brackets and blocks are in the classes below it."""

    def primary(self) -> Node:
        """One value."""
        token = self.peek()
        kind, at = token.kind, token.at
        if kind == "id":
            self.next()
            if token.text in _WORDS:
                return Literal(*_WORDS[token.text], at)
            return Name(token.text, at)
        if kind == "number":
            self.next()
            return numbers.number(token.text, at)
        if kind == "string":
            self.next()
            return self.string(token)
        if kind == "string macro":
            self.next()
            return self.string_macro(token)
        if kind == "cmd":
            self.next()
            text = strings.raw("".join(token.parts[1]), "`")
            return Expr("macrocall", [Name("Core.@cmd", at), Literal("String", text, at)], at, token.end)
        if kind == "char":
            self.next()
            value = strings.unescape(token.text, self.text, at)
            if len(value) != 1:
                self.fail(
                    f"'{token.text}' is more than one character; text stands between double quotes", token
                )
            return Literal("Char", value, at)
        if kind == "(":
            return self.round_brackets()
        if kind == "[":
            return self.square_brackets()
        if kind == "{":
            return self.curly_brackets()
        if kind == "@":
            return self.macro_call()
        if kind == "keyword":
            return self.word(token)
        if kind == "op":
            return self.operator_atom(token)
        return self.fail(f"a value was expected, not {self.shown(token)}", token)

    def word(self, token: Token) -> Node:
        """A keyword: a block, or ``end`` and ``begin`` in an index."""
        if self.index and token.text in ("end", "begin"):
            self.next()
            return Name(token.text, token.at)
        if token.text in OPENING:
            with self.plain():
                return self.block_of(token)
        return self.fail(f"'{token.text}' does not belong here", token)

    def operator_value(self, token: Token) -> Node:
        """An operator used as a value; a dotted one is ``(. op)``."""
        if token.dotted:
            return Name("." + token.text, token.at)
        return Name(token.text, token.at)

    def operator_atom(self, token: Token) -> Node:
        """An operator where a value is expected: ``:x``, ``:``, ``+``."""
        if token.text == ":" and not token.dotted:
            return self.colon()
        if token.text in ("::", "$"):
            return self.declared()
        if (
            base(token.text) in PRECEDENCE or token.text in UNARY or token.text == ".."
        ) and token.text not in ("=", "?"):
            following = self.second()
            if (
                token.text in SYNTACTIC
                and token.text not in ("<:", ">:")
                and not token.dotted
                and following.kind not in (")", ",")
            ):
                self.fail(f"{self.shown(token)} does not belong here", token)
            self.next()
            if token.dotted and not (
                self.tokens[self.position].kind == "(" and not self.tokens[self.position].spaced
            ):
                return Expr(".", [Name(token.text, token.at)], token.at, token.end)
            return self.operator_value(token)
        return self.fail(f"{self.shown(token)} does not belong here", token)

    def colon(self) -> Node:
        """``:name``, ``:(…)``, or the colon that means all of an axis."""
        token = self.next()
        following = self.tokens[self.position]
        if following.spaced or following.kind in (")", "]", "}", ",", ";", "newline", "end of text"):
            return Name(":", token.at)
        if following.kind == "id" or following.kind == "keyword":
            self.next()
            if following.text in _WORDS:
                return Quoted(Literal(*_WORDS[following.text], following.at), token.at)
            return Quoted(Name(following.text, following.at), token.at)
        if following.kind == "op":
            if following.text in ("=",) and self.tokens[self.position + 1].kind == ")":
                self.next()
                return Quoted(Name("=", following.at), token.at)
            self.next()
            return Quoted(Name(("." if following.dotted else "") + following.text, following.at), token.at)
        if following.kind in ("number", "string", "char"):
            inner = self.primary()
            return Quoted(inner, token.at) if isinstance(inner, Literal) else Expr("quote", [inner], token.at)
        if following.kind == "(":
            second = self.tokens[self.position + 1]
            third = self.tokens[min(self.position + 2, len(self.tokens) - 1)]
            if third.kind == ")" and (second.kind == "op" or second.kind == "keyword"):
                self.next()
                self.next()
                self.next()
                return Quoted(Name(("." if second.dotted else "") + second.text, second.at), token.at)
            inner = self.round_brackets()
        else:
            with self.enclosed():
                inner = self.primary()
        if isinstance(inner, Name) or (isinstance(inner, Literal) and inner.type != "Nothing"):
            return Quoted(inner, token.at)
        return Expr("quote", [inner], token.at, self.last().end)

    def string(self, token: Token) -> Node:
        """A string, with interpolation if there is any."""
        triple, parts = token.parts
        if triple:
            parts = strings.dedent(parts)
        values: list[Node] = []
        for part in parts:
            if isinstance(part, str):
                text = strings.unescape(part, self.text, token.at).replace("\r\n", "\n")
                if text or len(parts) == 1:
                    values.append(Literal("String", text, token.at))
            else:
                values.append(self.sub(part))
        if not values:
            return Literal("String", "", token.at)
        if len(values) == 1 and isinstance(values[0], Literal) and isinstance(parts[0], str):
            return values[0]
        return Expr("string", values, token.at, token.end)

    def sub(self, tokens: list[Token]) -> Node:
        """What stands in a string after ``$``."""
        parser = type(self)(self.text, tokens)
        if tokens[0].kind == "(":
            parser.next()
            with parser.enclosed():
                inner = parser.assignment()
                parser.take(")", "only one expression may stand in $(…)")
        else:
            inner = parser.primary()
        return inner

    def string_macro(self, token: Token) -> Node:
        """``r"…"``, ``md"…"``: a macro call with the raw text; ``var"…"`` is a name."""
        name, quote, (triple, parts), flags = token.parts
        if triple:
            parts = strings.dedent(parts)
        text = strings.raw("".join(parts), quote)
        if name == "var":
            return Name(text, token.at)
        macro = f"@{name}_str" if quote == '"' else f"@{name}_cmd"
        args: list[Node] = [Name(macro, token.at), Literal("String", text, token.at)]
        if flags:
            args.append(Literal("String", flags, token.at))
        return Expr("macrocall", args, token.at, token.end)

    def postfix(self, value: Node, at: int) -> Node:
        """Calls, indices, fields, type parameters, transposes and ``do`` behind a value."""
        while True:
            token = self.tokens[self.position]
            kind = token.kind
            spaced = token.spaced
            if kind == "(" and not spaced and not self.is_plain_number(value):
                args = self.call_arguments()
                value = Expr("call", [value, *args], at, self.last().end)
                value = self._do(value, at)
            elif kind == "[" and not spaced and not self.is_plain_number(value):
                value = self.indexed(value, at)
            elif kind == "{" and not spaced:
                braces: Any = self.curly_brackets()
                value = Expr("curly", [value, *braces.args], at, self.last().end)
            elif kind == "'" and not spaced:
                self.next()
                value = Expr("'", [value], at, token.end)
            elif kind == "op" and token.text == "." and not token.dotted and not spaced:
                value = self.field(value, at)
            else:
                return value

    @staticmethod
    def is_plain_number(value: Node) -> bool:
        """Whether brackets behind this are no call: ``2(x)`` is a product."""
        return isinstance(value, Literal) and value.type not in ("String", "Nothing") and value.at >= 0

    def _do(self, call: Expr, at: int) -> Node:
        if not (self.keyword("do") and self.tokens[self.position].kind == "keyword"):
            return call
        return self.do_block(call, at)

    def field(self, value: Node, at: int) -> Node:
        """``a.b``, ``f.(x)``, ``Base.:+``, ``a.$b``, ``Mod.@macro``."""
        self.next()
        token = self.tokens[self.position]
        if token.kind == "(":
            args = self.call_arguments()
            made: Node = Expr(".", [value, Expr("tuple", args, token.at)], at, self.last().end)
            return self._do(made, at) if self.keyword("do") else made  # type: ignore[arg-type]
        if token.kind == "op" and token.text == ":":
            self.next()
            named = self.tokens[self.position]
            if named.kind == "(":
                self.next()
                inner = self.next()
                self.take(")")
                name: Node = Name(("." if inner.dotted else "") + inner.text, inner.at)
            else:
                self.next()
                name = Name(("." if named.dotted else "") + named.text, named.at)
            return Expr(".", [value, Quoted(name, token.at)], at, self.last().end)
        if token.kind == "@":
            return self.macro_call(value, at)
        if token.kind == "op" and token.text == "$":
            self.next()
            inner_value = self.primary()
            return Expr(".", [value, Quoted(Expr("$", [inner_value]), token.at)], at, self.last().end)
        if token.kind == "string":
            return Expr(".", [value, self.primary()], at, self.last().end)
        if token.kind == "string macro" and token.parts[0] == "var":
            return Expr(".", [value, Quoted(self.primary(), token.at)], at, self.last().end)
        if token.kind == "string macro":
            self.next()
            macro: Any = self.string_macro(token)
            head = Expr(".", [value, Quoted(macro.args[0], token.at)], at, token.end)
            return Expr("macrocall", [head, *macro.args[1:]], at, token.end)
        if token.kind in ("id", "keyword"):
            self.next()
            return Expr(".", [value, Quoted(Name(token.text, token.at), token.at)], at, token.end)
        if token.kind == "op" and (base(token.text) in PRECEDENCE or token.text in UNARY):
            self.next()
            return Expr(".", [value, Quoted(Name(token.text, token.at), token.at)], at, token.end)
        return self.fail(f"a field name was expected after '.', not {self.shown(token)}", token)

    def power_base_literal(self) -> Any:
        """A number, for a sign directly before it."""
        token = self.next()
        return numbers.number(token.text, token.at)

    # written in the classes below
    def round_brackets(self) -> Node: ...  # type: ignore[empty-body]
    def square_brackets(self) -> Node: ...  # type: ignore[empty-body]
    def curly_brackets(self) -> Node: ...  # type: ignore[empty-body]
    def macro_call(self, module: Node | None = None, at: int = -1) -> Node: ...  # type: ignore[empty-body]
    def block_of(self, token: Token) -> Node: ...  # type: ignore[empty-body]
    def do_block(self, call: Expr, at: int) -> Node: ...  # type: ignore[empty-body]
    def call_arguments(self) -> list[Node]: ...  # type: ignore[empty-body]
    def call_arguments_or_block(self) -> tuple[list[Node], bool]: ...  # type: ignore[empty-body]
    def indexed(self, value: Node, at: int) -> Node: ...  # type: ignore[empty-body]
    def declared(self) -> Node: ...  # type: ignore[empty-body]
    def statement(self) -> Node: ...  # type: ignore[empty-body]
    def assignment(self) -> Node: ...  # type: ignore[empty-body]
