"""Expressions with operators: precedence climbing over the table of operators."""

from __future__ import annotations

from .atoms import Atoms
from .operators import (
    AND,
    ARROW,
    ASSIGNMENT,
    BINARY_AND_UNARY,
    COLON,
    COMMA,
    COMPARISON,
    CONDITIONAL,
    OR,
    PAIR,
    PIPE_LEFT,
    PLUS,
    POWER,
    PRECEDENCE,
    RADICAL,
    RIGHT,
    SYNTACTIC,
    SYNTAX_UNARY,
    TIMES,
    UNARY,
)  # fmt: skip
from .tokens import Token, base
from .tree import Expr, Literal, Name, Node, Quoted

_CLOSING = frozenset((")", "]", "}", ",", ";", "newline", "end of text"))
_LAST_WORDS = frozenset(["end", "else", "elseif", "catch", "finally"])


class Expressions(Atoms):
    """The rules of the parser for operators; those for single values stand in :class:`Atoms`."""

    def statement(self) -> Node:
        """An expression, an assignment, or a tuple without brackets."""
        return self.binary(ASSIGNMENT, commas=True)

    def assignment(self) -> Node:
        """An expression or assignment, without a tuple."""
        return self.binary(ASSIGNMENT)

    def pair(self) -> Node:
        """An expression that is no assignment."""
        return self.binary(PAIR)

    def _level(self, token: Token) -> int:
        if token.kind != "op":
            return 0
        return PRECEDENCE.get(base(token.text), 0)

    def binary(self, lowest: int, commas: bool = False) -> Node:
        """An expression whose operators bind at least as tightly as ``lowest``."""
        at = self.peek().at
        left = self.operand()
        while True:
            token = self.peek()
            if self._separates(token):
                return left
            level = self._level(token)
            if token.kind == "op" and token.text == "?" and not token.dotted:
                if lowest > CONDITIONAL or not token.spaced:
                    return left
                left = self._conditional(left, at)
            elif token.kind == "op" and token.text == "..." and not token.dotted:
                if lowest > COLON:
                    return left
                self.next()
                left = Expr("...", [left], at, token.end)
            elif token.kind == "," and commas and lowest <= COMMA:
                left = self._commas(left, at)
            elif level == 0 or level < lowest or level == POWER:
                return left
            elif level == ASSIGNMENT:
                if (
                    token.text == "~"
                    and not token.dotted
                    and self.spaces
                    and not self._followed_by_space(token)
                ):
                    return left
                left = self._assign(left, at, commas)
            elif level == COMPARISON:
                left = self._comparison(left, at)
            elif level == COLON and token.text == ":":
                if not self.ranges:
                    return left
                following = self.second()
                if following.kind in _CLOSING or (
                    following.kind == "keyword" and following.text in _LAST_WORDS - {"end"}
                ):
                    return left
                left = self._range(left, at)
            else:
                left = self._infix(left, at, level)

    def _followed_by_space(self, token: Token) -> bool:
        following = self.second()
        return following.spaced or following.kind == "newline"

    def _separates(self, token: Token) -> bool:
        """Whether white space ends the element here: ``[1 -2]``."""
        if not (self.spaces and token.spaced):
            return False
        if token.kind == "op" and token.text in BINARY_AND_UNARY | {":", "::"}:
            if token.text == ":" or token.text == "::":
                return not self._followed_by_space(token) and token.text == ":" and self.second().kind != "op"
            return not self._followed_by_space(token)
        return False

    def _operator(self) -> Token:
        token = self.next()
        self.skip_newlines()
        return token

    @staticmethod
    def _name(token: Token) -> str:
        return ("." if token.dotted else "") + token.text

    def _call(self, name: str, args: list[Node], at: int, op_at: int) -> Expr:
        plain = name.lstrip(".") if name not in ("..", "...") else name
        if plain in SYNTACTIC:
            return Expr(name, args, at, self.last().end)
        return Expr("call", [Name(name, op_at), *args], at, self.last().end)

    def _infix(self, left: Node, at: int, level: int) -> Node:
        token = self._operator()
        name = self._name(token)
        right = self.binary(level if level in RIGHT else level + 1)
        if level == PAIR or level in (ARROW, OR, AND, PIPE_LEFT):
            return self._call(name, [left, right], at, token.at)
        args = [left, right]
        if name in ("+", "*", "++"):
            while self.op(name) and not self._separates(self.peek()):
                self._operator()
                args.append(self.binary(level + 1))
        return self._call(name, args, at, token.at)

    def _comparison(self, left: Node, at: int) -> Node:
        chain: list[Node] = [left]
        names: list[tuple[str, int]] = []
        while self._level(self.peek()) == COMPARISON and not self._separates(self.peek()):
            token = self._operator()
            names.append((self._name(token), token.at))
            chain.append(self.binary(COMPARISON + 1))
        if len(names) == 1:
            return self._call(names[0][0], chain, at, names[0][1])
        mixed: list[Node] = [left]
        for (name, place), value in zip(names, chain[1:], strict=False):
            mixed += [Name(name, place), value]
        return Expr("comparison", mixed, at, self.last().end)

    def _range(self, left: Node, at: int) -> Node:
        token = self._operator()
        args = [left, self.binary(COLON + 1)]
        if self.op(":") and self.ranges and not self._separates(self.peek()):
            following = self.second()
            if following.kind not in _CLOSING:
                self._operator()
                args.append(self.binary(COLON + 1))
        return Expr("call", [Name(":", token.at), *args], at, self.last().end)

    def _conditional(self, left: Node, at: int) -> Node:
        self._operator()
        with self.state(ranges=False):
            then = self.assignment()
        if not self.newlines or self.peek().kind == "newline":
            self.skip_newlines()
        if not self.op(":"):
            self.fail("the ':' of the ?: expression was expected")
        self._operator()
        return Expr("if", [left, then, self.assignment()], at, self.last().end)

    def _commas(self, left: Node, at: int) -> Node:
        args = [left]
        while self.peek().kind == ",":
            self.next()
            following = self.peek()
            if self.op("=") or following.kind in ("end of text", ";", ")"):
                break
            self.skip_newlines()
            args.append(self.binary(PAIR))
        return Expr("tuple", args, at, self.last().end)

    def _assign(self, left: Node, at: int, commas: bool) -> Node:
        token = self._operator()
        name = self._name(token)
        right = self.binary(ASSIGNMENT, commas)
        if token.text == "~":
            return Expr("call", [Name(name, token.at), left, right], at, self.last().end)
        is_block = isinstance(right, Expr) and right.head == "block"
        if name == "=" and self.defines_function(left) and not is_block:
            right = Expr("block", [right], getattr(right, "at", at), self.last().end)
        return Expr(name, [left, right], at, self.last().end)

    @staticmethod
    def defines_function(left: Node) -> bool:
        """Whether an assignment to this is the short form of a function."""
        while isinstance(left, Expr) and left.head in ("where", "::") and left.args:
            left = left.args[0]
        return isinstance(left, Expr) and left.head == "call"

    def operand(self) -> Node:
        """An operand of an infix operator: unary operators, juxtaposition, powers, ``where``."""
        at = self.peek().at
        left = self.juxtaposed()
        while True:
            token = self.peek()
            if not (token.kind == "id" and token.text == "where" and not (self.spaces and self.brackets)):
                return left
            left = self._where(left, at)

    def _where(self, left: Node, at: int) -> Node:
        """``where T``, ``where {T, S <: Real}``."""
        self.next()
        if self.peek().kind == "{":
            braces = self.curly_brackets()
            args = braces.args if isinstance(braces, Expr) else [braces]
        else:
            args = [self._where_type()]
        return Expr("where", [left, *args], at, self.last().end)

    def _where_type(self) -> Node:
        at = self.peek().at
        left = self.juxtaposed()
        return self._comparison(left, at) if self.op("<:", ">:") else left

    def juxtaposed(self) -> Node:
        """``2x``, ``3x^2``, ``2(x + 1)``: a product that binds more tightly than ``*``."""
        at = self.peek().at
        left = self.unary()
        if not self._juxtaposes(left):
            return left
        args = [left]
        while self._juxtaposes(args[-1]):
            args.append(self.power())
        return Expr("call", [Name("*", at), *args], at, self.last().end)

    def _juxtaposes(self, left: Node) -> bool:
        token = self.tokens[self.position]
        if token.spaced or token.kind in _CLOSING or token.kind in ("[", "{", "'", "keyword", "@"):
            return False
        if token.kind == "op":
            return token.text in ("√", "∛", "∜") and not token.dotted
        if (
            token.kind in ("string", "cmd", "string macro")
            or (isinstance(left, Literal) and left.type == "String")
        ) and (
            token.kind in ("string", "string macro") or (isinstance(left, Literal) and left.type == "String")
        ):
            return token.kind == "string macro" and self.is_number(left)
        if token.kind == "number":
            return False
        if isinstance(left, Expr) and left.head in ("macrocall",) and self.last().kind != ")":
            return False
        return token.kind in ("id", "(", "char", "cmd", "string macro")

    @staticmethod
    def is_number(node: Node) -> bool:
        """Whether a node is a literal number."""
        return isinstance(node, Literal) and node.type not in ("String", "Char", "Bool", "Nothing")

    def unary(self) -> Node:
        """A prefix operator, or a power."""
        token = self.peek()
        if token.kind != "op" or not (
            token.text in UNARY or token.text in SYNTAX_UNARY or token.text in PRECEDENCE
        ):
            return self.power()
        if token.text in ("in", "isa"):
            self.next()
            return self.power_after(self.postfix(Name(token.text, token.at), token.at), token.at)
        if token.text == ":" or (token.text in SYNTAX_UNARY and token.text != "&"):
            return self.power()
        following = self.tokens[self.position + 1]
        if self._stands_alone(token, following):
            return self.power()
        name = self._name(token)
        if token.text not in UNARY and token.text != "&":
            if following.kind == "(" and not following.spaced:
                return self.power()
            self.fail(f"{self.shown(token)} needs a value before it")
        at = token.at
        if token.text in "+-" and not token.dotted and following.kind == "number" and not following.spaced:
            after = self.tokens[self.position + 2]
            if not (after.kind == "op" and base(after.text) == "^"):
                literal = self._negative(token)
                if literal is not None:
                    return literal
        if following.kind == "(" and not following.spaced:
            found = self._operator_call(token)
            if found is not None:
                return found
        self._operator()
        value = self.unary()
        if token.text in ("<:", ">:", "&"):
            return Expr(name, [value], at, self.last().end)
        return Expr("call", [Name(name, at), value], at, self.last().end)

    def _stands_alone(self, token: Token, following: Token) -> bool:
        """Whether an operator is a value here: ``map(+, xs)``, ``(-)``, ``op = +``."""
        if following.kind in (")", "]", "}", ",", ";", "newline", "end of text"):
            return True
        if (
            following.kind == "op"
            and (following.text in ("=", "=>", "...", "∘", "|>", "==", "===", "."))
            and token.text not in ("!", "-")
        ):
            return True
        if following.kind == "keyword" and following.text in _LAST_WORDS | {"for"}:
            return not self.index or following.text != "end"
        if (
            self.spaces
            and following.spaced
            and not token.dotted
            and token.text not in ("!", "√")
            and self.brackets
        ):
            return False
        return False

    def _negative(self, sign: Token) -> Node | None:
        self.next()
        literal = self.power_base_literal()
        if sign.text == "-" and isinstance(literal, Literal):
            if literal.type.startswith("UInt"):
                return self._postfixed(
                    Expr("call", [Name("-", sign.at), literal], sign.at, self.last().end), sign.at
                )
            literal = Literal(literal.type, -literal.value, sign.at)
        elif isinstance(literal, Literal):
            literal = Literal(literal.type, literal.value, sign.at)
        elif sign.text == "-":
            if literal.args[1].value == "9223372036854775808":
                return Literal("Int64", -(2**63), sign.at)
            return Expr("call", [Name("-", sign.at), literal], sign.at, self.last().end)
        return self._postfixed(literal, sign.at)

    def _postfixed(self, value: Node, at: int) -> Node:
        return self.power_after(self.postfix(value, at), at)

    def _operator_call(self, token: Token) -> Node | None:
        """``-(x)`` is a sign, ``+(x, y)`` a call. ``None``: read it as a sign."""
        start = self.position
        at = token.at
        self.next()
        args, is_list = self.call_arguments_or_block()
        if not is_list:
            self.position = start
            return None
        call = Expr("call", [self.operator_value(token), *args], at, self.last().end)
        if token.text in ("<:", ">:"):
            call = Expr(self._name(token), args, at, self.last().end)
        return self._postfixed(call, at)

    def power(self) -> Node:
        """A value with postfix operators, a type after ``::``, a lambda after it, or a power of it."""
        at = self.peek().at
        return self.power_after(self.declared(), at)

    def power_after(self, left: Node, at: int) -> Node:
        """Go on with ``^`` or ``->`` or ``::``."""
        left = self.declared_after(left, at)
        token = self.peek()
        if self._level(token) == POWER and not (
            self.spaces
            and token.spaced
            and not self._followed_by_space(token)
            and token.text in BINARY_AND_UNARY
        ):
            self._operator()
            right = self.juxtaposed_power()
            return Expr("call", [Name(self._name(token), token.at), left, right], at, self.last().end)
        return left

    def juxtaposed_power(self) -> Node:
        """The exponent: it may have a sign, or be a product like ``2x``."""
        return self.juxtaposed()

    def declared(self) -> Node:
        """``x::T``, ``::T``, ``$x`` and plain values."""
        at = self.peek().at
        if self.op("::"):
            self.next()
            kind = self._type()
            return self.declared_after(Expr("::", [kind], at, self.last().end), at)
        return self.postfix_expression()

    def declared_after(self, left: Node, at: int) -> Node:
        """Go on with ``::`` or ``->``."""
        while True:
            token = self.peek()
            if self.op("::") and not self._separates(token):
                self._operator()
                left = Expr("::", [left, self._type()], at, self.last().end)
            elif self.op("->"):
                self._operator()
                body = self._arrow_body()
                left = Expr("->", [left, body], at, self.last().end)
            else:
                return left

    def _arrow_body(self) -> Node:
        body = self.binary(ASSIGNMENT)
        if isinstance(body, Expr) and body.head == "block":
            return body
        return Expr("block", [body], getattr(body, "at", -1), self.last().end)

    def _type(self) -> Node:
        """The type after ``::``, which may have a ``where`` of its own (but not in the head of a long
        function)."""
        at = self.peek().at
        left = self.postfix_expression()
        while self.wheres and self.peek().kind == "id" and self.peek().text == "where":
            left = self._where(left, at)
        return left

    def postfix_expression(self) -> Node:
        """A value with calls, indices, fields, transposes behind it."""
        at = self.peek().at
        if self.op("$"):
            self.next()
            inner = self.postfix_expression_no_call()
            return self.postfix(Expr("$", [inner], at, self.last().end), at)
        if self.op("&") and not self._stands_alone(self.peek(), self.tokens[self.position + 1]):
            self.next()
            return Expr("&", [self.postfix_expression()], at, self.last().end)
        return self.postfix(self.primary(), at)

    def postfix_expression_no_call(self) -> Node:
        """What ``$`` interpolates: a name, a number, something in brackets."""
        return self.primary()


__all__ = ["PLUS", "RADICAL", "TIMES", "Expressions", "Quoted"]
