"""Where a step is in the source: file, line, and, from Python 3.11 on, the expression."""

from __future__ import annotations

import ast
import linecache
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from types import CodeType
from typing import Any, NamedTuple

from .recording import Call
from .steps import Choice

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep


class Location(NamedTuple):
    """A place in the source. The expression is empty where the text is not available."""

    file: str
    line: int
    expression: str
    function: str


NOWHERE = Location("", 0, "", "")


def location_of(calls: Sequence[Call]) -> Location:
    """The innermost place in the code of the user: not this package's, nor a library's."""
    call = _chosen(calls)
    return NOWHERE if call is None else _source(call.code, call.line, call.instruction)


def _chosen(calls: Sequence[Call]) -> Call | None:
    for call in reversed(calls):
        if is_users(call.code.co_filename):
            return call
    return calls[-1] if calls else None


class Place(NamedTuple):
    """Where an expression stands: lines from 1, and its first and last column in characters from 0."""

    file: str
    line: int
    last: int
    columns: tuple[int, int] | None


def place_of(calls: Sequence[Call]) -> Place | None:
    """The place of a step, as :func:`location_of` chooses it."""
    call = _chosen(calls)
    return None if call is None else _place(call.code, call.line, call.instruction)


@cache
def _place(code: CodeType, line: int, instruction: int) -> Place:
    found = _position(code, instruction) if hasattr(code, "co_positions") else None
    if found is None:
        return Place(code.co_filename, line, line, None)
    first, last, start, end = found
    columns = [
        len(_line(code, n).encode()[:at].decode(errors="replace")) for n, at in ((first, start), (last, end))
    ]
    return Place(code.co_filename, first, last, (columns[0], columns[1]))


def questioned(choice: Choice) -> str:
    """The text of a question in the code, or what was asked."""
    return location_of(choice.calls).expression or getattr(choice.function, "__name__", "")


def lines_of(file: str, codes: Sequence[CodeType], first: int, last: int) -> list[str]:
    """The text of some lines of a file; `codes` are of that file."""
    if codes:
        return [_line(codes[0], n) for n in range(first, last + 1)]
    return [linecache.getline(file, n).rstrip("\n") for n in range(first, last + 1)]


def is_users(file: str) -> bool:
    """Is this file neither this package's nor a library's?"""
    return not file.startswith(PACKAGE) and f"{os.sep}site-packages{os.sep}" not in file


@cache
def _source(code: CodeType, line: int, instruction: int) -> Location:
    return Location(code.co_filename, line, expression(code, line, instruction), code.co_name)


def expression(code: CodeType, line: int, instruction: int) -> str:
    """The text of the expression of one instruction; before Python 3.11 that of its line."""
    if hasattr(code, "co_positions"):
        place = _position(code, instruction)
        if place is not None:
            return _piece(code, *place)
    return text_of_line(code, line)


def _position(code: CodeType, instruction: int) -> tuple[int, int, int, int] | None:
    """First line, last line, first column, last column (in bytes)."""
    for k, place in enumerate(code.co_positions()):  # type: ignore[attr-defined]
        if k == instruction // 2:
            first, last, start, end = place
            if first is None or last is None or start is None or end is None:
                return None
            return first, last, start, end
    return None


def _piece(code: CodeType, first: int, last: int, start: int, end: int) -> str:
    lines = [_line(code, n).encode() for n in range(first, last + 1)]
    if not any(lines):
        return ""
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    words = [part.decode(errors="replace").partition("  #")[0].strip() for part in lines]
    return " ".join(word for word in words if word)


def statement(code: CodeType, line: int) -> tuple[int, int]:
    """First and last line of the statement around a line; of a loop or a branch those of its head."""
    return _statements(code).get(line, (line, line))


def last_of_loop(code: CodeType, line: int) -> int | None:
    """The last line of the loop whose ``for`` or ``while`` is on a line; None if there is none."""
    return _loops(_text(code)).get(line)


@cache
def _loops(text: str) -> dict[int, int]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    loops = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While, ast.AsyncFor))]
    return {node.lineno: node.end_lineno or node.lineno for node in loops}


@cache
def _statements(code: CodeType) -> dict[int, tuple[int, int]]:
    return _spans(_text(code))


def _text(code: CodeType) -> str:
    """The whole text that a code object was compiled from, if it is known."""
    lines = _command_line(code) if code.co_filename == "<string>" else ()
    return "\n".join(lines) or "".join(linecache.getlines(code.co_filename))


@cache
def _spans(text: str) -> dict[int, tuple[int, int]]:
    """For each line the statement that it belongs to; nothing if the text is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    spans: dict[int, tuple[int, int]] = {}
    for node in ast.walk(tree):  # from the outside in
        if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            body: Any = getattr(node, "body", getattr(node, "cases", None))
            first = getattr(node, "lineno", 0) or node.pattern.lineno  # type: ignore[union-attr]
            last = node.end_lineno if not body else max(first, _first_line(body[0]) - 1)  # type: ignore[union-attr]
            spans |= dict.fromkeys(range(first, (last or first) + 1), (first, last or first))
    return spans


def _first_line(node: Any) -> int:
    return node.lineno if hasattr(node, "lineno") else node.pattern.lineno


def text_of_statement(code: CodeType, line: int) -> str:
    """The statement around a line, on one line and without comments."""
    first, last = statement(code, line)
    words = [text_of_line(code, n) for n in range(first, last + 1)]
    return " ".join(word for word in words if word)


def text_of_line(code: CodeType, line: int) -> str:
    """The line without its comment."""
    return _line(code, line).partition("  #")[0].strip()


def _line(code: CodeType, line: int) -> str:
    text = linecache.getline(code.co_filename, line)
    if not text and code.co_filename == "<string>":
        lines = _command_line(code)
        text = lines[line - 1] if 0 < line <= len(lines) else ""
    return text.rstrip("\n")


@cache
def _command_line(code: CodeType) -> tuple[str, ...]:
    """The text behind ``python -c``, if `code` is part of it."""
    words = getattr(sys, "orig_argv", [])
    if "-c" not in words[:-1]:
        return ()
    text = words[words.index("-c") + 1]
    try:
        whole = compile(text, "<string>", "exec", dont_inherit=True)
    except SyntaxError:
        return ()
    return tuple(text.splitlines()) if code in _all_codes(whole) else ()


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_codes(constant)
