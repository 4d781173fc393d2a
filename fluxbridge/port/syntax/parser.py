"""Julia text to a tree."""

from __future__ import annotations

import sys

from .blocks import Blocks
from .errors import JuliaSyntaxError
from .tokens import Lexer, Token
from .tree import Expr, Literal, Name, Node, Source


class Parser(Blocks):
    """The parser; its rules stand in the classes that it is made of."""

    def file(self) -> list[Node]:
        """All statements."""
        statements: list[Node] = []
        while True:
            self.skip_separators()
            if self.peek().kind == "end of text":
                return statements
            statements.append(self.top_statement())
            token = self.peek()
            if token.kind not in ("newline", ";", "end of text"):
                self.fail(f"{self.shown(token)} does not belong here; a line break or ';' is missing")

    def top_statement(self) -> Node:
        """A statement outside of every block, where ``abstract type`` and the like may begin."""
        return self.documented()

    def documented(self) -> Node:
        token = self.peek()
        return super().documented() if token.kind != "id" else self._contextual(token)

    def statement(self) -> Node:
        token = self.peek()
        return (
            self._contextual(token)
            if token.kind == "id" and token.text in ("abstract", "primitive", "mutable")
            else super().statement()
        )

    def _contextual(self, token: Token) -> Node:
        following = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        if token.text in ("abstract", "primitive") and following.kind == "id" and following.text == "type":
            return self._type_definition(token)
        if token.text == "mutable" and following.kind == "keyword" and following.text == "struct":
            self.next()
            self.next()
            with self.plain():
                made = self._struct(following, mutable=True)
            made.at = token.at  # type: ignore[misc]
            return made
        return super().statement()

    def _type_definition(self, token: Token) -> Node:
        self.next()
        self.next()
        with self.plain():
            args = [self.pair()]
            if token.text == "primitive":
                args.append(self.pair())
            self.skip_separators()
            self.finish(token)
        return Expr(token.text, args, token.at, self.last().end)


def parse(text: str) -> Source:
    """The statements and comments of a text.

    Raises :class:`JuliaSyntaxError`, which says line and column.

    >>> from fluxbridge.port.syntax import parse, show
    >>> show(parse("3x^2").statements[0])
    '(:call, :*, 3, (:call, :^, :x, 2))'
    """
    lexer = Lexer(text)
    tokens = lexer.tokens()
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 20_000))
    try:
        statements = Parser(text, tokens).file()
    except RecursionError:
        raise JuliaSyntaxError("brackets and blocks are nested too deeply", text, 0) from None
    finally:
        sys.setrecursionlimit(before)
    return Source(text, statements, lexer.comments)


def parse_one(text: str) -> Node:
    """A single expression; several statements on a line become ``toplevel``."""
    statements = parse(text).statements
    if len(statements) == 1:
        return statements[0]
    return Expr("toplevel", list(statements)) if statements else Literal("Nothing", None)


__all__ = ["Name", "parse", "parse_one"]
