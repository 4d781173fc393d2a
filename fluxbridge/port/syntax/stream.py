"""The parser's view of the tokens: the next one, with or without line breaks, and what is special at this
place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from .errors import JuliaSyntaxError
from .tokens import Token


class Stream:
    """Tokens of one text and the state that Julia's grammar depends on.

    ``newlines``: line breaks end an expression; ``spaces``: white space separates elements (matrices, macro
    arguments); ``ranges``: ``:`` is an operator (not between ``?`` and ``:``); ``index``: ``end`` and
    ``begin``
    are values; ``wheres``: ``where`` may follow.
    """

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens, self.position = text, tokens, 0
        self.newlines, self.spaces, self.ranges, self.index = True, False, True, False
        self.brackets, self.wheres = False, True

    def peek(self) -> Token:
        """The next token; line breaks are passed over where they mean nothing."""
        token = self.tokens[self.position]
        if not self.newlines:
            while token.kind == "newline":
                self.position += 1
                token = self.tokens[self.position]
        return token

    def next(self) -> Token:
        """Take the next token."""
        token = self.peek()
        if token.kind != "end of text":
            self.position += 1
        return token

    def second(self) -> Token:
        """The token after the next."""
        self.peek()
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def last(self) -> Token:
        """The token that was taken last."""
        return self.tokens[max(self.position - 1, 0)]

    def skip_newlines(self) -> None:
        """Pass over line breaks."""
        while self.tokens[self.position].kind == "newline":
            self.position += 1

    def skip_separators(self) -> None:
        """Pass over line breaks and semicolons."""
        while self.tokens[self.position].kind in ("newline", ";"):
            self.position += 1

    def take(self, kind: str, what: str = "") -> Token:
        """Take a token of this kind, or raise."""
        token = self.peek()
        if token.kind != kind:
            self.fail(what or f"{kind!r} was expected, not {self.shown(token)}", token)
        return self.next()

    def keyword(self, word: str) -> bool:
        """Whether the next token is this keyword."""
        token = self.peek()
        return token.kind == "keyword" and token.text == word

    def op(self, *names: str) -> bool:
        """Whether the next token is one of these undotted operators."""
        token = self.peek()
        return token.kind == "op" and not token.dotted and token.text in names

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        """Raise an error that points at a token."""
        token = token or self.peek()
        raise JuliaSyntaxError(message, self.text, token.at)

    @staticmethod
    def shown(token: Token) -> str:
        """A token as error messages name it."""
        return token.kind if token.kind in ("end of text", "newline") else repr(token.text)

    @contextmanager
    def state(self, **flags: bool) -> Iterator[None]:
        """Other flags for a while."""
        before = {name: getattr(self, name) for name in flags}
        for name, value in flags.items():
            setattr(self, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)

    def plain(self):  # type: ignore[no-untyped-def]
        """The state of ordinary code, as inside of a block."""
        return self.state(newlines=True, spaces=False, ranges=True, index=False, brackets=False, wheres=True)

    def enclosed(self, **flags: bool):  # type: ignore[no-untyped-def]
        """The state inside of round brackets."""
        return self.state(
            **{"newlines": False, "spaces": False, "ranges": True, "brackets": False, "wheres": True, **flags}
        )
