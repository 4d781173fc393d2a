"""Blocks, definitions, imports and macro calls."""

from __future__ import annotations

from .brackets import Brackets
from .operators import PRECEDENCE, UNARY
from .tokens import Token, base
from .tree import Expr, Literal, Name, Node, Quoted


class Blocks(Brackets):
    """The rules of the parser for everything that begins with a keyword or ``@``."""

    def body(self, *ends: str, documented: bool = False) -> Expr:
        """Statements up to one of these keywords, which is not taken; in some blocks a text documents what
        follows."""
        at = self.peek().at
        statements: list[Node] = []
        while True:
            self.skip_separators()
            token = self.peek()
            if token.kind == "keyword" and token.text in ends:
                return Expr("block", statements, at, self.last().end)
            if token.kind == "end of text":
                self.fail(f"'{ends[-1]}' is missing at the end of the text")
            statements.append(self.documented() if documented else self.statement())
            token = self.peek()
            if token.kind not in ("newline", ";") and not (token.kind == "keyword" and token.text in ends):
                self.fail(f"{self.shown(token)} does not belong here; a line break or ';' is missing")

    def documented(self) -> Node:
        """A statement; a string directly before a definition is its documentation."""
        token = self.peek()
        at = token.at
        value = self.statement()
        is_text = (isinstance(value, Literal) and value.type == "String") or (
            isinstance(value, Expr) and value.head == "string"
        )
        if is_text and token.kind == "string" and self.tokens[self.position].kind == "newline":
            following = self.tokens[self.position + 1]
            ends = following.kind in ("newline", "end of text", ";") or (
                following.kind == "keyword"
                and following.text in ("end", "else", "elseif", "catch", "finally")
            )
            if not ends:
                self.next()
                return Expr(
                    "macrocall", [Name("Core.@doc", at), value, self.statement()], at, self.last().end
                )
        return value

    def finish(self, opening: Token) -> int:
        """Take ``end``."""
        if not self.keyword("end"):
            self.fail(
                f"'end' is missing for '{opening.text}' of line {self.text.count(chr(10), 0, opening.at) + 1}"
            )
        return self.next().end

    def block_of(self, token: Token) -> Node:
        """The statement that begins with this keyword."""
        self.next()
        return getattr(self, "_" + token.text)(token)

    def _begin(self, token: Token) -> Node:
        block = self.body("end", documented=True)
        self.finish(token)
        return Expr("block", block.args, token.at, self.last().end)

    def _quote(self, token: Token) -> Node:
        block = self.body("end", documented=True)
        self.finish(token)
        return Expr("quote", [block], token.at, self.last().end)

    def _if(self, token: Token) -> Node:
        condition: Node = Expr("block", []) if self.peek().kind in ("newline", ";") else self.condition()
        args: list[Node] = [condition, self.body("elseif", "else", "end")]
        if self.keyword("elseif"):
            inner = self.next()
            below = self._if_rest(inner)
            args.append(below)
            return Expr("if", args, token.at, self.last().end)
        if self.keyword("else"):
            self.next()
            args.append(self.body("end"))
        self.finish(token)
        return Expr("if", args, token.at, self.last().end)

    def _if_rest(self, token: Token) -> Node:
        condition = self.condition()
        args: list[Node] = [
            Expr("block", [condition], getattr(condition, "at", -1)),
            self.body("elseif", "else", "end"),
        ]
        if self.keyword("elseif"):
            args.append(self._if_rest(self.next()))
        else:
            if self.keyword("else"):
                self.next()
                args.append(self.body("end"))
            self.finish(token)
        return Expr("elseif", args, token.at, self.last().end)

    def condition(self) -> Node:
        """The condition of ``if`` and ``while``."""
        return self.assignment()

    def _while(self, token: Token) -> Node:
        condition = self.condition()
        block = self.body("end")
        self.finish(token)
        return Expr("while", [condition, block], token.at, self.last().end)

    def _for(self, token: Token) -> Node:
        ranges = [self.iteration()]
        while self.peek().kind == ",":
            self.next()
            self.skip_newlines()
            ranges.append(self.iteration())
        block = self.body("end")
        self.finish(token)
        head = ranges[0] if len(ranges) == 1 else Expr("block", ranges)
        return Expr("for", [head, block], token.at, self.last().end)

    def _let(self, token: Token) -> Node:
        bindings: list[Node] = []
        while self.peek().kind not in ("newline", ";"):
            bindings.append(self.assignment())
            if self.peek().kind == ",":
                self.next()
                self.skip_newlines()
            elif self.peek().kind not in ("newline", ";"):
                break
        block = self.body("end")
        self.finish(token)
        single = len(bindings) == 1
        head = bindings[0] if single else Expr("block", bindings)
        return Expr("let", [head, block], token.at, self.last().end)

    def _function(self, token: Token) -> Node:
        return self._definition("function", token)

    def _macro(self, token: Token) -> Node:
        return self._definition("macro", token)

    def _definition(self, head: str, token: Token) -> Node:
        anonymous = self.peek().kind == "(" and self._is_anonymous()
        if anonymous:
            at = self.peek().at
            signature: Node = Expr("tuple", self.arguments(")", keywords=True), at, self.last().end)
            with self.state(wheres=False):
                signature = self.declared_after(signature, at)
            while self.peek().kind == "id" and self.peek().text == "where":
                signature = self._where(signature, at)
            self._fix_tuple(signature)
        else:
            signature = self.signature()
        if isinstance(signature, Name) and self.keyword("end"):
            self.next()
            return Expr(head, [signature], token.at, self.last().end)
        block = self.body("end")
        self.finish(token)
        return Expr(head, [signature, block], token.at, self.last().end)

    @staticmethod
    def _fix_tuple(signature: Node) -> None:
        if isinstance(signature, Expr) and signature.head == "tuple":
            signature.args = [
                Expr("=", a.args, a.at, a.end) if isinstance(a, Expr) and a.head == "kw" else a
                for a in signature.args
            ]

    def _is_anonymous(self) -> bool:
        """``function (x) …`` rather than ``function (m::M)(x) …``."""
        depth, here = 0, self.position
        while here < len(self.tokens):
            kind = self.tokens[here].kind
            if kind in ("(", "[", "{"):
                depth += 1
            elif kind in (")", "]", "}"):
                depth -= 1
                if depth == 0:
                    following = self.tokens[here + 1]
                    return not (
                        (following.kind == "(" and not following.spaced)
                        or (following.kind == "op" and following.text == ".")
                    )
            here += 1
        return True

    def signature(self) -> Node:
        """The name and parameters of a function, with its type and ``where``."""
        at = self.peek().at
        token = self.peek()
        if token.kind == "op" and token.text not in ("$", "::"):
            name = self.operator_value(self.next())
            left = self.postfix(name, at)
        else:
            left = self.postfix_expression()
        with self.state(wheres=False):
            left = self.declared_after(left, at)
        while self.peek().kind == "id" and self.peek().text == "where":
            left = self._where(left, at)
        return left

    def _struct(self, token: Token, mutable: bool = False) -> Node:
        name = self.pair()
        block = self.body("end", documented=True)
        self.finish(token)
        return Expr("struct", [Literal("Bool", mutable), name, block], token.at, self.last().end)

    def _module(self, token: Token, bare: bool = False) -> Node:
        name = self.postfix_expression()
        block = self.body("end", documented=True)
        self.finish(token)
        return Expr("module", [Literal("Bool", not bare), name, block], token.at, self.last().end)

    def _baremodule(self, token: Token) -> Node:
        return self._module(token, bare=True)

    def _try(self, token: Token) -> Node:
        block = self.body("catch", "else", "finally", "end")
        caught: Node = Literal("Bool", False)
        handler: Node = Literal("Bool", False)
        otherwise: Node | None = None
        final: Node | None = None
        if self.keyword("catch"):
            self.next()
            if self.peek().kind == "id" and self.second().kind in ("newline", ";"):
                caught = self.primary()
            elif self.peek().kind not in ("newline", ";", "keyword"):
                caught = self.postfix_expression()
            handler = self.body("else", "finally", "end")
        if self.keyword("else"):
            self.next()
            otherwise = self.body("finally", "end")
        if self.keyword("finally"):
            self.next()
            final = self.body("catch", "end")
            if self.keyword("catch"):
                self.next()
                if self.peek().kind == "id":
                    caught = self.primary()
                handler = self.body("end")
        self.finish(token)
        args: list[Node] = [block, caught, handler]
        if final is not None or otherwise is not None:
            args.append(final if final is not None else Literal("Bool", False))
        if otherwise is not None:
            args.append(otherwise)
        return Expr("try", args, token.at, self.last().end)

    def _return(self, token: Token) -> Node:
        if self._ends_here():
            return Expr("return", [Literal("Nothing", None)], token.at, token.end)
        return Expr("return", [self.statement()], token.at, self.last().end)

    def _ends_here(self) -> bool:
        token = self.tokens[self.position]
        return (
            token.kind in ("newline", ";", ")", "]", "}", ",", "end of text")
            or (
                token.kind == "keyword" and token.text in ("end", "else", "elseif", "catch", "finally", "for")
            )
            or (token.kind == "op" and token.text == ":" and not self._quotes(token))
        )

    def _break(self, token: Token) -> Node:
        return Expr("break", [], token.at, token.end)

    def _continue(self, token: Token) -> Node:
        return Expr("continue", [], token.at, token.end)

    def _const(self, token: Token) -> Node:
        return Expr("const", [self.statement()], token.at, self.last().end)

    def _global(self, token: Token) -> Node:
        return self._scoped("global", token)

    def _local(self, token: Token) -> Node:
        return self._scoped("local", token)

    def _scoped(self, head: str, token: Token) -> Node:
        if self.keyword("const"):
            self.next()
            return Expr("const", [Expr(head, [self.statement()], token.at)], token.at, self.last().end)
        value = self.statement()
        args = value.args if isinstance(value, Expr) and value.head == "tuple" else [value]
        return Expr(head, args, token.at, self.last().end)

    def _export(self, token: Token) -> Node:
        names = [self._import_name()]
        while self.peek().kind == ",":
            self.next()
            self.skip_newlines()
            names.append(self._import_name())
        return Expr("export", names, token.at, self.last().end)

    def _import_name(self) -> Node:
        token = self.next()
        if token.kind == "@":
            return Name("@" + self.next().text, token.at)
        if token.kind == "(":
            inner = self.next()
            self.take(")")
            return Name(inner.text, inner.at)
        if token.kind == "op" and token.text == "$":
            return Expr("$", [self.primary()], token.at)
        if token.kind in ("id", "op") or token.kind == "keyword":
            return Name(("." if token.dotted and token.text != "." else "") + token.text, token.at)
        if token.kind == "string macro" and token.parts[0] == "var":
            return self.string_macro(token)
        return self.fail(f"a name was expected, not {self.shown(token)}", token)

    def _using(self, token: Token) -> Node:
        return self._imports("using", token)

    def _import(self, token: Token) -> Node:
        return self._imports("import", token)

    def _imports(self, head: str, token: Token) -> Node:
        first = self._path()
        if self.op(":"):
            self.next()
            names = [self._renamed(self._path())]
            while self.peek().kind == ",":
                self.next()
                self.skip_newlines()
                names.append(self._renamed(self._path()))
            return Expr(head, [Expr(":", [first, *names])], token.at, self.last().end)
        paths = [self._renamed(first)]
        while self.peek().kind == ",":
            self.next()
            self.skip_newlines()
            paths.append(self._renamed(self._path()))
        return Expr(head, paths, token.at, self.last().end)

    def _renamed(self, path: Node) -> Node:
        if self.peek().kind == "id" and self.peek().text == "as":
            self.next()
            return Expr("as", [path, self._import_name()])
        return path

    def _path(self) -> Node:
        at = self.peek().at
        parts: list[Node] = []
        while self.peek().kind == "op" and self.peek().text in (".", "..", "..."):
            parts += [Name(".")] * len(self.next().text)
        parts.append(self._import_name())
        while self.tokens[self.position].kind == "op" and (
            self.tokens[self.position].text == "." or self.tokens[self.position].dotted
        ):
            if self.tokens[self.position].dotted:
                operator = self.next()
                parts.append(Name(operator.text, operator.at))
                continue
            self.next()
            if self.op(":"):
                self.next()
            parts.append(self._import_name())
        return Expr(".", parts, at, self.last().end)

    def do_block(self, call: Expr, at: int) -> Node:
        """``f(x) do y … end``."""
        token = self.next()
        with self.plain():
            parameters: list[Node] = []
            if self.peek().kind not in ("newline", ";"):
                parameters = [self.assignment()]
                while self.peek().kind == ",":
                    self.next()
                    parameters.append(self.assignment())
            block = self.body("end")
            self.finish(token)
        arrow = Expr("->", [Expr("tuple", parameters), block], token.at, self.last().end)
        return Expr("do", [call, arrow], at, self.last().end)

    def macro_call(self, module: Node | None = None, at: int = -1) -> Node:
        """``@name args…`` or ``@name(args…)``."""
        token = self.take("@")
        at = token.at if at < 0 else at
        name = self._macro_name(module)
        following = self.tokens[self.position]
        if following.kind == "(" and not following.spaced:
            args = self.arguments(")", keywords=False)
            call: Node = Expr("macrocall", [name, *args], at, self.last().end)
            return self._do(call, at) if self.keyword("do") else call  # type: ignore[arg-type]
        if following.kind == "[" and not following.spaced:
            return Expr("macrocall", [name, self.square_brackets()], at, self.last().end)
        args = []
        with self.state(spaces=True, brackets=self.brackets):
            while not self._macro_ends():
                args.append(self._macro_argument())
        if (
            isinstance(name, Name)
            and name.text == "@doc"
            and len(args) == 1
            and self.newlines
            and self.tokens[self.position].kind == "newline"
        ):
            following = self.tokens[self.position + 1]
            if following.kind not in ("newline", "end of text"):
                self.next()
                args.append(self.statement())
        return Expr("macrocall", [name, *args], at, self.last().end)

    def _macro_argument(self) -> Node:
        return self.statement() if not self.brackets and self.newlines else self.assignment()

    def _macro_ends(self) -> bool:
        token = self.tokens[self.position]
        if token.kind == "newline":
            return self.newlines or self._skip_and_end()
        return (
            (
                self._ends_here()
                and not (token.kind == "op" and self._quotes(token))
                and not (token.kind == "keyword" and token.text == "for")
            )
            or (token.kind == "keyword" and token.text == "for" and self.brackets)
            or (token.kind == "op" and token.text in ("?", "=", "&&", "||"))
            or (token.kind == "op" and not self._begins_value(token))
            or (token.kind == "keyword" and token.text == "do")
        )

    def _skip_and_end(self) -> bool:
        self.peek()
        return self._macro_ends()

    def _quotes(self, token: Token) -> bool:
        following = self.tokens[self.position + 1]
        return token.text == ":" and not following.spaced and following.kind in ("id", "(", "op", "keyword")

    def _begins_value(self, token: Token) -> bool:
        if token.text in ("::", "$", ":", "&"):
            return True
        following = self.tokens[self.position + 1]
        return (token.text in UNARY and (not following.spaced or self.tokens[self.position].spaced)) or base(
            token.text
        ) in PRECEDENCE

    def _macro_name(self, module: Node | None) -> Node:
        token = self.next()
        if token.kind == "op" and token.text == "." and not token.dotted:
            return Name("@__dot__", token.at)
        if token.kind == "op" and token.text == ".":
            return Name("@__dot__", token.at)
        if token.kind == "op" and token.dotted:
            self.fail("the name of the macro is missing", token)
        name = token.text
        parts = [name]
        while (
            self.tokens[self.position].kind == "op"
            and self.tokens[self.position].text == "."
            and not self.tokens[self.position].spaced
            and token.kind == "id"
        ):
            self.next()
            parts.append(self.next().text)
        if module is not None:
            return Expr(".", [module, Quoted(Name("@" + parts[-1], token.at), token.at)], token.at)
        result: Node = Name(parts[0], token.at)
        if len(parts) == 1:
            return Name("@" + name, token.at)
        for part in parts[1:-1]:
            result = Expr(".", [result, Quoted(Name(part), token.at)], token.at)
        return Expr(".", [result, Quoted(Name("@" + parts[-1]), token.at)], token.at)


__all__ = ["Blocks"]
