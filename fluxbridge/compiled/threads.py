"""Which threads are ours, and run none of the user's code; and what only one of them may do at a time."""

from __future__ import annotations

import ast
import sys
import threading
from types import FrameType

from ..autodiff.reach import of_library

OURS = "fluxbridge"  #: how their names begin


#: Whose threads serve notebooks, debuggers and tests, and call the user's code in the main thread alone.
_SERVING = {
    "IPython", "debugpy", "execnet", "ipykernel", "jupyter_client", "pydevd", "tornado", "tqdm", "traitlets",
    "zmq",
}  # fmt: skip


def others_run() -> bool:
    """Is there another thread that runs code of the user's now?"""
    ours = {t.ident for t in threading.enumerate() if t.name.startswith(OURS)} | {threading.get_ident()}
    return any(_runs_the_users(f) for ident, f in sys._current_frames().items() if ident not in ours)


def _runs_the_users(frame: FrameType | None) -> bool:
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        package = name.partition(".")[0]
        if not (package in sys.stdlib_module_names or package in _SERVING or of_library(name)):
            return True
        frame = frame.f_back
    return False


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
