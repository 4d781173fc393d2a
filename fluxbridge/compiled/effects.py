"""What a run does besides computing: code that ran is noted, and effects are refused."""

from __future__ import annotations

import _thread
import builtins
import datetime
import gc
import importlib
import inspect
import os
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autodiff.floating import ATTRIBUTING
from ..autodiff.reach import of_library
from .draws import Generators, same_state
from .refusals import CannotCompile
from .sameness import same

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_NUMPY = os.path.dirname(np.__file__) + os.sep
_GENERATORS = os.path.join(_PACKAGE, "random") + os.sep
#: What starts a thread, in this version of Python or another.
_STARTING = ("start_new_thread", "start_new", "start_joinable_thread")
#: Functions whose effect, or whose answer, is another one in every call.
_REFUSED: dict[Any, str] = {
    builtins.print: "it prints", builtins.input: "it asks for input", builtins.open: "it opens a file",
    builtins.exec: "it executes text", builtins.eval: "it executes text",
    globals: "it reads globals by name",
    builtins.__import__: "it imports a module by name",
    time.time: "it asks for the time", time.sleep: "it waits",
    time.perf_counter: "it asks for the time", time.monotonic: "it asks for the time",
    time.process_time: "it asks for the time", time.time_ns: "it asks for the time",
    sys.stdout.__class__.write: "it prints", warnings.warn: "it warns", warnings.warn_explicit: "it warns",
    os.urandom: "it draws random numbers",
    **{getattr(_thread, name): "it starts a thread" for name in _STARTING if hasattr(_thread, name)},
}  # fmt: skip
#: Functions in Python whose answer is that of the world outside, or of settings.
_ASKING = {
    type(os.environ).__getitem__.__code__: "it reads the environment",  # type: ignore[attr-defined]
    importlib.import_module.__code__: "it imports a module by name",
    **dict.fromkeys(
        [inspect.unwrap(f).__code__ for f in (np.array2string, np.get_printoptions, np.set_printoptions)],
        "it writes arrays as text",
    ),
}
#: What sets how warnings and errors are taken, which a program would not do.
_SETTING = {
    np.errstate.__enter__.__code__: "it sets how NumPy takes errors",
    np.seterr.__code__: "it sets how NumPy takes errors",
    np.geterr.__code__: "it asks how NumPy takes errors",
    warnings.catch_warnings.__enter__.__code__: "it sets how warnings are taken",
    warnings.simplefilter.__code__: "it sets how warnings are taken",
}
#: Modules whose functions ask Python or the operating system.
_SYSTEM = {
    id(sys),
    id(gc),
    id(time),
    id(datetime.datetime),
    id(datetime.date),
    id(sys.modules[os.stat.__module__]),
}
_HARMLESS = {os.fspath, os.getpid, os.cpu_count, sys.exc_info, sys.intern, sys.getsizeof}
_CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "remove",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
        "write",
        "appendleft",
        "popleft",
        "rotate",
        "__setitem__",
    ]
)


class _Refused(BaseException):
    """Ends the run at once, past every ``except Exception`` of the user's."""

    def __init__(self, reason: str, line: str):
        super().__init__(reason)
        self.reason, self.line = reason, line


class Watch:
    """Within it calls are watched: `ran` are the code objects that ran.

    `holders` are the things outside with what they held before; a call that would change one, prints or
    asks for the time ends the run with CannotCompile before it happens. What was assigned is put back.
    What runs while garbage is collected on the way (finalizers, `gc.callbacks`) is not the function's doing.
    """

    def __init__(self, holders: Sequence[tuple[Any, Any]], generators: Generators):
        self.holders = holders
        self.generators = generators
        self.outside = {id(x) for x, _ in holders}
        self.ran: set[Any] = set()
        self.before: Any = None
        self.random: Any = None
        self.thread = threading.get_ident()
        self.collecting = False

    def __enter__(self) -> Watch:
        self.random = np.random.get_state(legacy=False)  # noqa: NPY002
        self.before = sys.getprofile()
        gc.callbacks.insert(0, self._collection_starts)
        gc.callbacks.append(self._collection_stops)
        sys.setprofile(self._seen)
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        sys.setprofile(self.before)
        gc.callbacks.remove(self._collection_starts)
        gc.callbacks.remove(self._collection_stops)
        changed = self._put_back()
        unseen = self.generators.put_back()
        if not same_state(self.random, np.random.get_state(legacy=False)):  # noqa: NPY002
            np.random.set_state(self.random)  # noqa: NPY002
            if error is None:
                raise CannotCompile("it draws random numbers from np.random")
        if isinstance(error, _Refused):
            raise CannotCompile(error.reason, error.line) from None
        if unseen and error is None:
            raise CannotCompile("it draws random numbers by itself", call=self.generators.meanwhile)
        if changed and error is None:
            raise CannotCompile(f"it changes a {changed} that it finds outside")

    def _collection_starts(self, phase: str, _info: Any) -> None:
        """The first of `gc.callbacks`."""
        if phase == "start" and threading.get_ident() == self.thread:
            self.collecting = True

    def _collection_stops(self, phase: str, _info: Any) -> None:
        """The last of `gc.callbacks`."""
        if phase == "stop" and threading.get_ident() == self.thread:
            self.collecting = False

    def _seen(self, frame: Any, event: str, what: Any) -> None:
        if self.collecting:
            return
        if event == "call":
            self.ran.add(frame.f_code)
            reason = _ASKING.get(frame.f_code)
            if frame.f_globals.get("__name__") == "logging":
                reason = "it logs"
            elif frame.f_code.co_filename.startswith(_GENERATORS) and self._looks_into(frame):
                reason = "it looks into a generator of random numbers"
            elif frame.f_code in _SETTING and _of_user(frame.f_back):
                reason = _SETTING[frame.f_code]
            if reason:
                raise _Refused(reason, _users_line(frame))
        elif event == "c_call":
            owner = getattr(what, "__self__", None)
            if owner is not None and id(owner) in self.outside and what.__name__ in _CHANGING:
                raise _Refused(f"it changes a {type(owner).__name__} that it finds outside", _line(frame))
            try:
                reason = _REFUSED.get(what)
            except TypeError:
                return
            if what is id and not of_library(frame.f_globals.get("__name__")):
                raise _Refused("it asks for the identity of an object", _line(frame))
            if id(owner) in _SYSTEM and what not in _HARMLESS and _of_user(frame):
                clock = id(owner) in (id(time), id(datetime.datetime), id(datetime.date))
                reason = "it asks for the time" if clock else "it asks Python or the operating system"
                raise _Refused(_known_reason(what) or reason, _users_line(frame))
            if reason is None and type(owner).__module__ in (
                "random",
                "_random",
                "_io",
                "numpy.random.mtrand",
            ):
                reason = (
                    "it draws random numbers"
                    if "random" in type(owner).__module__
                    else "it reads or writes a file"
                )
            if reason is None or (frame.f_code.co_filename.startswith(_NUMPY) and what is not open):
                return
            if frame.f_code is ATTRIBUTING:
                return  # NumPy's own warning, handed on
            if reason != "it warns" and frame.f_code.co_filename.startswith(_PACKAGE):
                return
            if "thread" in reason and not _of_user(frame):
                return  # one that compiles for a gradient inside
            if "time" in reason and of_library(frame.f_globals.get("__name__")):
                return  # a library's own business
            raise _Refused(reason, _line(frame))

    def _looks_into(self, frame: Any) -> bool:
        """Does the user's code call this method of a generator, and no number is drawn?"""
        return not self.generators.drawing and frame.f_code.co_name != "draw" and _of_user(frame.f_back)

    def _put_back(self) -> str:
        """Undo what was assigned to the things outside; the name of a type that was changed."""
        changed = ""
        for x, held in self.holders:
            if isinstance(x, np.ndarray):
                if not same(x, held):
                    x[...], changed = held, "array"
            elif isinstance(x, list):
                if len(x) != len(held) or any(a is not b for a, b in zip(x, held, strict=True)):
                    x[:], changed = held, "list"
            elif isinstance(x, dict):
                if list(x) != list(held) or any(x[k] is not v for k, v in held.items()):
                    x.clear()
                    x.update(held)
                    changed = "dict"
            elif isinstance(x, set):
                if x != held:
                    x.clear()
                    x.update(held)
                    changed = "set"
            elif isinstance(x, frozenset) or type(x) is tuple:
                continue
            elif hasattr(x, "cell_contents"):
                if x.cell_contents is not held["cell_contents"]:
                    x.cell_contents, changed = held["cell_contents"], "variable"
            else:
                changed = _object_put_back(x, held) or changed
        return changed


def _object_put_back(x: Any, held: dict[str, Any]) -> str:
    from ..autodiff.holders import fields_of, put, remove

    now = fields_of(x)
    if len(now) == len(held) and all(now.get(k) is v for k, v in held.items()):
        return ""
    for name in now:
        if name not in held:
            remove(x, name)
    for name, value in held.items():
        if now.get(name) is not value:
            put(x, name, value)
    return type(x).__name__


def _known_reason(what: Any) -> str | None:
    try:
        return _REFUSED.get(what)
    except TypeError:
        return None


def _of_user(frame: Any) -> bool:
    """Is it a function of the user's for which a library does this, and not the engine or an import?"""
    while frame is not None and of_library(frame.f_globals.get("__name__")):
        if frame.f_code.co_filename.startswith((_PACKAGE, _NUMPY, "<frozen importlib")):
            return False
        frame = frame.f_back
    return True


def _users_line(frame: Any) -> str:
    while frame is not None and of_library(frame.f_globals.get("__name__")):
        frame = frame.f_back
    return _line(frame) if frame is not None else ""


def _line(frame: Any) -> str:
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
