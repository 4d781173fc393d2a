"""The programs that were made, by function: bounded, and the least recently used goes first."""

from __future__ import annotations

import os
import sys
import threading
import types
import warnings
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from ..autodiff.primitive import LISTENERS
from .build import Compiled
from .refusals import CompileWarning

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
FUNCTIONS = 256  #: functions that are remembered
PATHS = 16  #: programs that are kept for each
PATIENCE = 24  #: traces without use, after which a function is taken for one that goes a new way every time


class State:
    """What is known about one function: its programs, the last used first, or why it has none."""

    __slots__ = ("calls", "eager", "entries", "hits", "how", "looked", "name", "raised", "traces")

    def __init__(self, name: str):
        self.entries: list[Compiled] = []
        self.eager = ""
        self.calls = ""  # why a call ran eagerly, though others do not
        self.traces = 0
        self.hits = 0
        self.looked = 0  # the hits when the cache last looked for what to drop
        self.raised = ""  # what the last program raised that did
        self.name = name
        self.how: Any = None  # which writer is used

    def add(self, entry: Compiled) -> None:
        self.traces += 1
        self.entries = [entry, *self.entries[: PATHS - 1]]

    def to_front(self, entry: Compiled) -> None:
        self.entries = [entry, *[e for e in self.entries if e is not entry]]

    def say(self, reason: str) -> None:
        """This call runs eagerly, which is said once."""
        if not self.calls:
            self.calls = reason
            _warn(f"A call of {self.name} runs eagerly, not compiled: {reason}. The result is the same.")

    def refuse(self, reason: str) -> None:
        """From now on the function runs eagerly, which is said once."""
        if not self.eager:
            self.eager = reason
            self.entries = []
            _warn(f"{self.name} runs eagerly, not compiled: {reason}. The result is the same.")


def _warn(text: str) -> None:
    """Warn at the line of the user's call, outside of this package."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, CompileWarning, stacklevel=level)


class Cache:
    """States by key, with a bound."""

    def __init__(self, bound: int = FUNCTIONS):
        self.bound = bound
        self.states: OrderedDict[Hashable, State] = OrderedDict()
        self.lock = threading.Lock()

    def state(self, key: Hashable, f: Any) -> State:
        found = self.states.get(key)
        if found is not None:
            return found
        with self.lock:
            found = self.states.setdefault(key, State(getattr(f, "__qualname__", type(f).__qualname__)))
            self.states.move_to_end(key)
            while len(self.states) > self.bound:
                self._drop(key)
        return found

    def _drop(self, new: Hashable) -> None:
        """Drop the oldest that was not used since it was last looked at; those that were go behind."""
        while True:
            key, state = next(iter(self.states.items()))
            if state.hits == state.looked and key != new:
                del self.states[key]
                return
            state.looked = state.hits
            self.states.move_to_end(key)

    def clear(self) -> None:
        with self.lock:
            self.states.clear()

    def __len__(self) -> int:
        return len(self.states)


def code_of(f: Any) -> Any:
    """What tells one function from another, however often it is made anew."""
    if type(f) is types.FunctionType:
        return f.__code__
    if type(f) is types.MethodType:
        return getattr(f.__func__, "__code__", f.__func__)
    return type(f)


CACHE = Cache()
LISTENERS.append(lambda _function: CACHE.clear())  # another rule, another program
