"""The one way into the Julia of this process: one thread at a time, and only threads that never end.

Julia remembers every thread that was ever inside of it. When such a thread ends, Julia looks once more
whether its collector is at work, by reading memory that is closed while it is; the signal that this
raises is Julia's to handle. Python keeps its signals here, so it would end the process. Thus only two
threads enter: the main thread, and one of ours, the host, which does so for all others. Meanwhile the
thread that asks waits, and runs the Python functions that Julia calls.
"""

from __future__ import annotations

import functools
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from ..setup import discovery
from ..setup.failures import problem

_ident = threading.get_ident


class Handle:
    """An object in Julia: juliacall's value, of which Julia must hear at the gate that it is let go."""

    __slots__ = ("_gate", "raw")

    def __init__(self, gate: Gate, raw: Any):
        self._gate = gate
        self.raw = raw

    def __del__(self) -> None:
        self._gate.dropped.append(self.raw)
        del self.raw
        self._gate.tidy()


class Gate:
    """Who is inside of Julia, and how to get in and out."""

    def __init__(self) -> None:
        self.dropped: deque[Any] = deque()  #: juliacall's values that nobody needs any more
        self._lock = threading.RLock()
        self._main = threading.main_thread().ident
        self._host = _Host()
        self.has_border = False
        self._leave: Callable[[], int] = lambda: 0
        self._back: Callable[[int], None] = lambda state: None
        _gates.add(self)

    def set_border(self, leave: Callable[[], int], back: Callable[[int], None]) -> None:
        """How a thread inside of Julia tells its collector that it leaves for Python, and that it is back."""
        self._leave, self._back, self.has_border = leave, back, True

    def enter(self, f: Callable[..., Any], *args: Any) -> Any:
        """Call `f`, which goes into Julia, when nobody else is inside."""
        me = _ident()
        if me == self._host.ident:  # the lock is held by the thread that it works for
            return f(*args)
        lock = self._lock
        lock.acquire()
        try:
            if me == self._main:
                if self.dropped:
                    self.dropped.clear()
                return f(*args)
            return self._host.run(self._cleared, f, *args)
        finally:
            lock.release()

    def outside(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """`f`, Python code that Julia calls, as a function that runs it in the thread that called Julia."""

        @functools.wraps(f)
        def called(*args: Any) -> Any:
            state = self._leave()
            try:
                return self._host.back(f, *args) if _ident() == self._host.ident else f(*args)
            finally:
                self._back(state)

        return called

    def tidy(self) -> None:
        """Let go of what was dropped, if this thread may do it now; else the next that enters does."""
        me = _ident()
        if me == self._host.ident:
            self.dropped.clear()
        elif me == self._main and self._lock.acquire(blocking=False):
            try:
                self.dropped.clear()
            finally:
                self._lock.release()

    def _cleared(self, f: Callable[..., Any], *args: Any) -> Any:
        self.dropped.clear()
        return f(*args)

    def after_fork(self) -> None:
        """A forked child has threads of its own; if Julia ran already, it did not survive the fork."""
        self._lock = threading.RLock()
        self._main = None if discovery.running() else threading.main_thread().ident
        self._host = _Nobody() if discovery.running() else _Host()


class _Host:
    """A thread that never ends, for those that do; it starts with the first of them."""

    def __init__(self) -> None:
        self.ident: int | None = None
        self._asked, self._answered = _Post(), _Post()

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        """Have the host call `f`, and serve it meanwhile."""
        if self.ident is None:
            thread = threading.Thread(target=self._serve, name="fluxbridge: Julia", daemon=True)
            thread.start()
            self.ident = thread.ident
        return _ask(self._asked, self._answered, f, args)

    def back(self, f: Callable[..., Any], *args: Any) -> Any:
        """Called in the host: have the thread that waits for it call `f`."""
        return _ask(self._answered, self._asked, f, args)

    def _serve(self) -> None:
        asked, answered = self._asked, self._answered
        while True:
            while asked.message is None:
                asked.bell.get()
            question, asked.message = asked.message, None
            answered.message = _answer(*question)
            del question  # nothing of it is kept until the next
            answered.bell.put(None)


class _Nobody(_Host):
    """Where Julia is not any more: in a forked child."""

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        raise problem("forked")


class _Post:
    """Messages from one thread to another, one at a time: a question ``(f, args)`` or ``(None, answer)``."""

    def __init__(self) -> None:
        self.message: tuple[Any, Any] | None = None
        self.bell: SimpleQueue[None] = SimpleQueue()


def _ask(to: _Post, from_: _Post, f: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The value of ``f(*args)`` in another thread, which may ask back before it answers.

    An exception that strikes this thread from outside while it waits is raised when the answer is there.
    """
    outgoing: tuple[Any, Any] | None = (f, args)
    del f, args
    struck: BaseException | None = None
    while True:
        incoming: tuple[Any, Any] | None = None
        try:
            if outgoing is not None:  # no call between taking and putting: nothing strikes there
                to.message, outgoing = outgoing, None
                to.bell.put(None)
            while from_.message is None:
                from_.bell.get()
            incoming, from_.message = from_.message, None
            if incoming[0] is not None and struck is None:
                outgoing = _answer(*incoming)
        except BaseException as error:
            struck = error
        if incoming is None:
            continue
        if incoming[0] is None:
            break
        if outgoing is None:
            outgoing = None, (None, struck)
    value, error = incoming[1]
    del incoming
    if struck is not None:
        raise struck
    if error is None:
        return value
    try:
        raise error
    finally:
        del error


def _answer(f: Callable[..., Any], args: tuple[Any, ...]) -> tuple[None, tuple[Any, BaseException | None]]:
    try:
        return None, (f(*args), None)
    except BaseException as error:
        return None, (None, error)


_gates: weakref.WeakSet[Gate] = weakref.WeakSet()


def _after_fork() -> None:
    for gate in list(_gates):
        gate.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
