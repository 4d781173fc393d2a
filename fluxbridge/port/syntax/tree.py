"""The tree of Julia code: names, literals and expressions, each with its place in the text.

An :class:`Expr` has the heads and the order of arguments of Julia's own ``Expr`` (manual, "Julia ASTs").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Name:
    """An identifier or an operator used as a value."""

    text: str
    at: int = field(default=-1, compare=False)


@dataclass(frozen=True)
class Literal:
    """A number, string, character or ``nothing``.

    ``type`` is the Julia type (``"Int64"``, ``"Float32"``, ``"UInt8"``, ``"String"``, ``"Char"``, ``"Bool"``,
    ``"Nothing"``, ``"Int128"``, ``"BigInt"``), ``value`` the Python value.
    """

    type: str
    value: Any
    at: int = field(default=-1, compare=False)


@dataclass(frozen=True)
class Quoted:
    """A quoted name or literal (Julia's ``QuoteNode``): ``:x``, and the field in ``a.x``."""

    value: Node
    at: int = field(default=-1, compare=False)


@dataclass
class Expr:
    """An expression: its head, its arguments, and where it begins and ends in the text."""

    head: str
    args: list[Node]
    at: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


Node = Name | Literal | Quoted | Expr


@dataclass(frozen=True)
class Comment:
    """A comment: its text with the ``#``, where it begins, and whether code stands before it on its line."""

    text: str
    at: int
    trailing: bool


@dataclass
class Source:
    """A parsed text: its statements in order and its comments."""

    text: str
    statements: list[Node]
    comments: list[Comment]
    facts: dict[int, Any] = field(default_factory=dict)
