"""What code reads by name, and names for arguments."""

from __future__ import annotations

import dis
import functools
import os
import re
import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..autodiff.reach import of_library
from .refusals import CannotCompile


def parameters(f: Any, count: int) -> list[str]:
    """Names for the arguments of a function: its own, as far as they are to be had."""
    code = getattr(getattr(f, "__func__", f), "__code__", None)
    names = list(code.co_varnames[: code.co_argcount]) if code is not None else []
    if isinstance(f, types.MethodType):
        names = names[1:]
    good = [n for n in names[:count] if n not in ("f", "xs", "i", "j", "same") and not _OURS.fullmatch(n)]
    return good if len(good) == count else [f"x{k}" if count > 1 else "x" for k in range(count)]


_OURS = re.compile(r"[vahcwpk]\d+|a\d+_|MISS|seed|kept|g|ndarray")
#: Where code lies that reads nothing of the user's.
_LIBRARY = (
    os.path.dirname(os.path.dirname(__file__)) + os.sep, os.path.dirname(np.__file__) + os.sep, "<frozen ",
    "<fluxbridge", "<__array_function__",
)  # fmt: skip
_PYTHON = os.path.dirname(os.__file__) + os.sep


def of_users(ran: Iterable[types.CodeType]) -> Iterator[types.CodeType]:
    """Those that are neither ours nor of NumPy or Python's library."""
    for code in ran:
        name = code.co_filename
        if not name.startswith(_LIBRARY) and (not name.startswith(_PYTHON) or "site-packages" in name):
            yield code


@functools.lru_cache(maxsize=4096)
def global_names(code: types.CodeType) -> tuple[str, ...]:
    """The global names that a code object, or a function inside of it, reads."""
    found: dict[str, None] = {}
    for i in dis.get_instructions(code):
        if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            found[i.argval] = None
        elif i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            raise CannotCompile(f"it assigns the global {i.argval}")
        elif i.opname == "IMPORT_NAME" and not of_library(i.argval):
            raise CannotCompile(f"it imports {i.argval}")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(global_names(constant)))
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def tells_stand_ins(code: types.CodeType) -> bool:
    """Does this code call ``type(x)``, and not only for an attribute of the type?"""
    called = ""
    for i in dis.get_instructions(code):
        if called == "type()" and not i.opname.startswith(("LOAD_ATTR", "LOAD_METHOD")):
            return True
        if i.opname in ("LOAD_GLOBAL", "LOAD_NAME") and i.argval == "type":
            called = "type"
        elif called and i.opname in ("CALL", "CALL_FUNCTION"):
            called += "()"
        elif called != "type":
            called = ""
    return False


@functools.lru_cache(maxsize=4096)
def names_in(code: types.CodeType) -> tuple[str, ...]:
    """The names of globals and attributes in a code object, and in the functions inside of it."""
    found = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(names_in(constant)))
    return tuple(found)
