"""Paths and files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .printing import string

joinpath, isfile, isdir, ispath = os.path.join, os.path.isfile, os.path.isdir, os.path.exists
basename, dirname, abspath, splitext = os.path.basename, os.path.dirname, os.path.abspath, os.path.splitext
pwd, mkdir, rm = os.getcwd, os.mkdir, os.remove


def cd(path: Any = "~", *rest: Any) -> Any:
    """``cd(path)``, or ``cd(f, path)`` for one call."""
    if not callable(path):
        return os.chdir(os.path.expanduser(path))
    before = os.getcwd()
    os.chdir(rest[0])
    try:
        return path()
    finally:
        os.chdir(before)


def source_folder(names: dict[str, Any]) -> str:
    """``@__DIR__``: the folder of a script; of a notebook the one that it runs in."""
    return os.path.dirname(os.path.abspath(names["__file__"])) if "__file__" in names else os.getcwd()


def mkpath(path: str) -> str:
    """``mkpath(path)``: the folder and those above it."""
    os.makedirs(path, exist_ok=True)
    return path


def readdir(path: str = ".", *, join: bool = False) -> list[str]:
    """``readdir(path)``: the names in order."""
    names = sorted(os.listdir(path))
    return [os.path.join(path, n) for n in names] if join else names


def homedir() -> str:
    """``homedir()``."""
    return os.path.expanduser("~")


def read(file: Any, kind: Any = None) -> Any:
    """``read(file, String)``; without a type the bytes."""
    name = getattr(kind, "name", kind)
    if hasattr(file, "read"):
        return file.read()
    if name == "String":
        with open(file, encoding="utf-8") as source:
            return source.read()
    with open(file, "rb") as source:
        return np.frombuffer(source.read(), np.uint8)


def readlines(file: Any) -> list[str]:
    """``readlines(file)``: without the line breaks."""
    if hasattr(file, "read"):
        return file.read().splitlines()
    with open(file, encoding="utf-8") as source:
        return source.read().splitlines()


def eachline(file: Any) -> list[str]:
    """``eachline(file)``."""
    return readlines(file)


def open_(first: Any, *rest: Any) -> Any:
    """``open(path, mode)``, or ``open(f, path, mode)`` for one call."""
    if not callable(first):
        return _Stream(open(first, rest[0] if rest else "r", encoding="utf-8"))
    with open(rest[0], rest[1] if len(rest) > 1 else "r", encoding="utf-8") as source:
        return first(_Stream(source))


class _Stream:
    """A file of text, into which any value can be written as ``print`` shows it."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, *parts: Any) -> int:
        return self.file.write(string(*parts))

    def read(self, *_: Any) -> str:
        return self.file.read()

    def close(self) -> None:
        self.file.close()


def close(stream: Any) -> None:
    """``close(io)``."""
    stream.close()


def readdlm(file: str, delimiter: Any = None, *rest: Any, header: bool = False, skipstart: int = 0) -> Any:
    """``readdlm(file, ',')``: a matrix of numbers; with ``header`` also the names above it.

    Raises ValueError if there is text among the numbers.
    """
    with open(file, encoding="utf-8") as source:
        lines = [line for line in source.read().splitlines()[skipstart:] if line.strip()]
    split: Callable = lambda line: line.split(delimiter if isinstance(delimiter, str) else None)  # noqa: E731
    rows = [split(line) for line in lines]
    names = np.array([rows.pop(0)], object) if header else None
    try:
        made = np.array([[float(v) for v in row] for row in rows])
    except ValueError:
        raise ValueError(f"{file} has text among the numbers; read it with pandas.read_csv") from None
    return (made, names) if header else made


def writedlm(file: str, x: Any, delimiter: str = "\t") -> None:
    """``writedlm(file, x, ',')``."""
    rows = [row if np.ndim(row) else [row] for row in x]
    with open(file, "w", encoding="utf-8") as out:
        out.writelines(delimiter.join(string(v) for v in row) + "\n" for row in rows)


def sleep(seconds: float) -> None:
    """``sleep(seconds)``."""
    time.sleep(float(seconds))


__all__ = [
    "abspath", "basename", "cd", "close", "dirname", "eachline", "homedir", "isdir", "isfile", "ispath", "joinpath", "mkdir", "mkpath",  # noqa: E501
    "open_", "pwd", "read", "readdir", "readdlm", "readlines", "rm", "sleep", "source_folder", "splitext", "writedlm",  # noqa: E501
]  # fmt: skip
