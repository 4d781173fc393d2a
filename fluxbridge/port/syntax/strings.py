"""What strings and characters in Julia source mean: escapes, and the indentation of triple quotes."""

from __future__ import annotations

import re
from typing import Any

from .errors import JuliaSyntaxError

_SIMPLE = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "0": "\0",
    "\\": "\\", '"': '"', "'": "'", "`": "`", "$": "$",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|\n[ \t]*|.)", re.DOTALL
)
_BYTES = re.compile(r"(?:\\x[0-9a-fA-F]{1,2})+")


def unescape(text: str, source: str, at: int) -> str:
    """The text that an escaped piece stands for. Raises for an unknown escape."""

    def bytes_of(run: re.Match[str]) -> str:
        data = bytes(int(part, 16) for part in run.group().split("\\x")[1:])
        return data.decode("utf-8", "surrogateescape").replace("\\", "\\\\")

    def one(found: re.Match[str]) -> str:
        body = found.group(1)
        if body[0] in "uU" and len(body) > 1:
            return chr(int(body[1:], 16))
        if body[0] in "01234567":
            return chr(int(body, 8))
        if body[0] == "\n":
            return ""
        if body not in _SIMPLE:
            raise JuliaSyntaxError(f"\\{body} is no escape sequence", source, at)
        return _SIMPLE[body]

    if "\\" not in text:
        return text
    if "\\x" in text:
        text = _BYTES.sub(bytes_of, text) if "\\\\x" not in text else text
    return _ESCAPE.sub(one, text)


def raw(text: str, quote: str) -> str:
    """The text of a string macro: only backslashes before a quote mean something."""

    def shorter(found: re.Match[str]) -> str:
        slashes = len(found.group(1))
        return "\\" * (slashes // 2) + (quote if slashes % 2 else "") + ("" if slashes % 2 else quote)

    text = re.sub(r"(\\+)" + re.escape(quote), shorter, text)
    tail = len(text) - len(text.rstrip("\\"))
    return text[: len(text) - tail] + "\\" * (tail // 2) if tail else text


def dedent(parts: list[Any]) -> list[Any]:
    """The parts of a triple-quoted string without their common indentation and first line break."""
    widths: list[str] = []
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            continue
        lines = part.split("\n")
        last_part = index == len(parts) - 1
        for number, line in enumerate(lines[1:], 1):
            indentation = line[: len(line) - len(line.lstrip(" \t"))]
            ends_here = number == len(lines) - 1
            if line.strip(" \t") or (ends_here and last_part) or (ends_here and not last_part):
                widths.append(indentation)
    if parts and isinstance(parts[0], str) and not parts[0].startswith(("\n", "\r\n")):
        first = parts[0].split("\n")[0]
        if first.strip(" \t") or len(parts) > 1:
            pass
    common = widths[0] if widths else ""
    for width in widths:
        while not width.startswith(common):
            common = common[:-1]
    result: list[Any] = []
    for part in parts:
        result.append(part.replace("\n" + common, "\n") if isinstance(part, str) and common else part)
    if result and isinstance(result[0], str):
        result[0] = re.sub(r"^\r?\n", "", result[0], count=1)
        if result[0] == "":
            result.pop(0)
    return result
