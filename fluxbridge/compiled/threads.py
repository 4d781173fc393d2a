"""Which threads are ours, and run none of the user's code; and what only one of them may do at a time."""

from __future__ import annotations

import ast
import threading

OURS = "fluxbridge"  #: how their names begin


def others_run() -> bool:
    """Are there other threads that could run code of the user's?"""
    return sum(not thread.name.startswith(OURS) for thread in threading.enumerate()) > 1


_PARSING = threading.Lock()


def parsed(text: str, mode: str = "exec") -> ast.AST:
    """``ast.parse(text, mode=mode)``, which in Python 3.11 may fail when several threads do it."""
    with _PARSING:
        for _ in range(20):
            try:
                return ast.parse(text, mode=mode)
            except SystemError:  # a thread of the user's was at it as well
                continue
        return ast.parse(text, mode=mode)
