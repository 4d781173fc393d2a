"""The lexer: Julia text to tokens, with comments beside them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from ...julia.emit.reserved import RESERVED
from . import numbers
from .errors import JuliaSyntaxError
from .operators import NO_DOT, NO_SUFFIX, PRECEDENCE, SUFFIXES, SYMBOLS
from .tree import Comment

_BY_FIRST: dict[str, list[str]] = {}
for _symbol in SYMBOLS:
    _BY_FIRST.setdefault(_symbol[0], []).append(_symbol)
_OPERATOR_CHARACTERS = frozenset(s for s in SYMBOLS if len(s) == 1)


@dataclass
class Token:
    """One token: kind, text, place, whether white space stands before it, and the parts of a string."""

    kind: str
    text: str
    at: int
    end: int
    spaced: bool = False
    parts: Any = field(default=None, repr=False)
    dotted: bool = False


def starts_name(c: str) -> bool:
    """Whether an identifier of Julia may begin with this character."""
    if c.isascii():
        return c.isalpha() or c == "_"
    if c in _OPERATOR_CHARACTERS:
        return False
    return unicodedata.category(c) in _NAME_START or c in "∞∅∇∂℘℮゛゜∀∃∎∏∐∑⊤⊥∫∬∭∮∯∰°ª"


def continues_name(c: str) -> bool:
    """Whether an identifier of Julia may go on with this character."""
    if c.isascii():
        return c.isalnum() or c in "_!"
    if c in _OPERATOR_CHARACTERS:
        return False
    return starts_name(c) or unicodedata.category(c) in _NAME_MORE or c in "′″‴⁗"


def normal(name: str) -> str:
    """An identifier as Julia normalises it (NFC, and a few letters that look alike)."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFC", name).translate(_ALIKE)


_ALIKE = str.maketrans({"ɛ": "ε", "µ": "μ"})
_OPERATOR_NAMES = {"\u00b7": "⋅", "\u0387": "⋅", "−": "-"}
_NAME_START = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "So"])
_NAME_MORE = frozenset(["Mn", "Mc", "Nd", "Pc", "Sk", "Me", "No"])
_CLOSES_VALUE = frozenset(("id", "number", "string", "char", "cmd", ")", "]", "}", "'"))


class Lexer:
    """Tokens of a text. ``comments`` fills up while it runs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[Comment] = []

    def tokens(self, at: int = 0, until_close: bool = False) -> list[Token]:
        """All tokens from here on; with ``until_close`` to the bracket that closes the one opened here."""
        text, depth, spaced = self.text, 0, False
        found: list[Token] = []
        size = len(text)
        while at < size:
            c = text[at]
            if c in " \t\r\xa0\ufeff":
                at, spaced = at + 1, True
                continue
            if c == "\\" and text[at : at + 2] == "\\\n":
                at, spaced = at + 2, True
                continue
            if c == "#":
                at = self._comment(at, found)
                spaced = True
                continue
            if c == "\n":
                token = Token("newline", c, at, at + 1, spaced)
            else:
                token = self._token(at, found[-1] if found else None, spaced)
            token.spaced = spaced
            found.append(token)
            at, spaced = token.end, False
            if until_close:
                if token.kind in ("(", "[", "{"):
                    depth += 1
                elif token.kind in (")", "]", "}"):
                    depth -= 1
                    if depth == 0:
                        return found
        if until_close:
            raise JuliaSyntaxError("a bracket in the string is not closed", text, found[0].at)
        found.append(Token("end of text", "", size, size, spaced))
        return found

    def _comment(self, at: int, found: list[Token]) -> int:
        text = self.text
        if text.startswith("#=", at):
            depth, here = 1, at + 2
            while depth:
                opened, closed = text.find("#=", here), text.find("=#", here)
                if closed < 0:
                    raise JuliaSyntaxError("the comment that begins with #= is not closed", text, at)
                if 0 <= opened < closed:
                    depth, here = depth + 1, opened + 2
                else:
                    depth, here = depth - 1, closed + 2
        else:
            here = text.find("\n", at)
            here = len(text) if here < 0 else here
        trailing = bool(found) and found[-1].kind != "newline" and "\n" not in text[found[-1].end : at]
        self.comments.append(Comment(text[at:here].rstrip(), at, trailing))
        return here

    def _token(self, at: int, before: Token | None, spaced: bool) -> Token:
        text = self.text
        c = text[at]
        if starts_name(c):
            return self._name(at, before, spaced)
        following = text[at + 1 : at + 2]
        if c.isdigit() or (
            c == "." and following.isdigit() and not (before and not spaced and before.kind in _CLOSES_VALUE)
        ):
            found = numbers.match(text, at)
            return Token("number", found, at, at + len(found))
        if c == '"':
            return self._string(at, "string")
        if c == "`":
            return self._string(at, "cmd")
        if c == "'" and not (before and not spaced and self._transposes(before)):
            return self._char(at)
        if c in "()[]{},;":
            return Token(c, c, at, at + 1)
        if c == "@":
            return Token("@", c, at, at + 1)
        return self._operator(at)

    @staticmethod
    def _transposes(before: Token) -> bool:
        return before.kind in _CLOSES_VALUE or (before.kind == "keyword" and before.text in ("end", "begin"))

    def _name(self, at: int, before: Token | None, spaced: bool) -> Token:
        text, here, size = self.text, at + 1, len(self.text)
        while here < size and continues_name(text[here]):
            if text[here] == "!" and text[here + 1 : here + 2] == "=" and text[here + 1 : here + 3] != "==":
                break
            if text[here] == "!" and text.startswith("!==", here):
                break
            here += 1
        name = normal(text[at:here])
        if name in RESERVED:
            field_name = before is not None and not spaced and before.kind == "op" and before.text == "."
            return Token("id" if field_name else "keyword", name, at, here)
        if text[here : here + 1] in ('"', "`") and name != "end":
            token = self._string(here, "string macro", raw=True)
            token.text, token.at = name, at
            flags = token.end
            while flags < size and continues_name(text[flags]):
                flags += 1
            token.parts = (name, text[here], token.parts, text[token.end : flags])
            token.end = flags
            return token
        if name in ("in", "isa"):
            return Token("op" if not (before and not spaced and before.text == ".") else "id", name, at, here)
        return Token("id", name, at, here)

    def _operator(self, at: int) -> Token:
        text = self.text
        start, dotted = at, False
        if text[at] == "." and text[at + 1 : at + 2] not in (".", "", "'"):
            inner = self._longest(at + 1)
            if inner and inner not in NO_DOT:
                at, dotted = at + 1, True
        symbol = self._longest(at)
        if not symbol:
            raise JuliaSyntaxError(f"{text[start]!r} does not belong here", text, start)
        end = at + len(symbol)
        if symbol not in NO_SUFFIX:
            while end < len(text) and text[end] in SUFFIXES:
                end += 1
        kind = "'" if symbol == "'" else "op"
        name = _OPERATOR_NAMES.get(text[at:end], text[at:end])
        return Token(kind, name, start, end, dotted=dotted)

    def _longest(self, at: int) -> str | None:
        for symbol in _BY_FIRST.get(self.text[at : at + 1], ()):
            if self.text.startswith(symbol, at):
                return symbol
        return None

    def _char(self, at: int) -> Token:
        text, here = self.text, at + 1
        while here < len(text) and text[here] != "'":
            here += 2 if text[here] == "\\" else 1
        if text.startswith("'''", at):
            here = at + 2
        if here >= len(text) or here == at + 1:
            raise JuliaSyntaxError("the character literal is not closed", text, at)
        return Token("char", text[at + 1 : here], at, here + 1)

    def _string(self, at: int, kind: str, raw: bool = False) -> Token:
        """A string with its parts: pieces of raw text, and lists of tokens where something is
        interpolated."""
        text, size = self.text, len(self.text)
        quote = text[at]
        triple = text.startswith(quote * 3, at)
        close = quote * 3 if triple else quote
        here = at + len(close)
        parts: list[Any] = []
        piece: list[str] = []
        while True:
            if here >= size:
                raise JuliaSyntaxError("the string that begins here is not closed", text, at)
            c = text[here]
            if text.startswith(close, here):
                break
            if c == "\\" and here + 1 < size:
                piece.append(text[here : here + 2])
                here += 2
            elif c == "$" and not raw and kind != "cmd":
                if piece:
                    parts.append("".join(piece))
                    piece = []
                here, inner = self._interpolated(here)
                parts.append(inner)
            else:
                piece.append(c)
                here += 1
        if piece:
            parts.append("".join(piece))
        token = Token(kind, text[at : here + len(close)], at, here + len(close))
        token.parts = (triple, parts)
        return token

    def _interpolated(self, at: int) -> tuple[int, list[Token]]:
        text = self.text
        if text[at + 1 : at + 2] == "(":
            inner = Lexer(text).tokens(at + 1, until_close=True)
            end = inner[-1].end
        else:
            here = at + 1
            if not (here < len(text) and starts_name(text[here])):
                raise JuliaSyntaxError(
                    "after $ in a string comes a name or (…); write \\$ for the sign", text, at
                )
            while here < len(text) and continues_name(text[here]) and text[here] != "!":
                here += 1
            inner, end = [Token("id", normal(text[at + 1 : here]), at + 1, here)], here
        return end, [*inner, Token("end of text", "", end, end)]


def is_operator(token: Token) -> bool:
    """Whether a token is an operator that stands between two expressions."""
    return token.kind == "op" and base(token.text) in PRECEDENCE


def base(text: str) -> str:
    """An operator without the marks behind it: ``+₁`` is ``+``."""
    return text if text in PRECEDENCE else text.rstrip("".join(SUFFIXES)) or text
