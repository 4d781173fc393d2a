"""A lock around the Julia of this process, and the thread that runs Julia code for other threads.

Julia adopts every thread that calls it. When an adopted thread ends, Julia reads its safepoint page once
more; during a garbage collection that page is protected, and the SIGSEGV is left to Julia's signal handler.
With ``handle_signals=no`` there is none, and the process would end. So only two threads call Julia: the
main thread, and one thread of ours that never ends, the host, which calls it for all others. A thread that
waits for the host runs the Python functions that Julia calls meanwhile.
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
    """A Julia value, released only through the gate."""

    __slots__ = ("_gate", "raw")

    def __init__(self, gate: Gate, raw: Any):
        self._gate = gate
        self.raw = raw

    def __del__(self) -> None:
        self._gate.dropped.append(self.raw)
        del self.raw
        self._gate.tidy()


class Gate:
    """The lock, the host, and the Julia values that are to be released."""

    def __init__(self) -> None:
        self.dropped: deque[Any] = deque()  #: juliacall's values that are to be released
        self._lock = threading.RLock()
        self._main = threading.main_thread().ident
        self._host = _Host()
        self.has_border = False
        self._leave: Callable[[], int] = lambda: 0
        self._back: Callable[[int], None] = lambda state: None
        _gates.add(self)

    def set_border(self, leave: Callable[[], int], back: Callable[[int], None]) -> None:
        """Set the functions that mark a thread as safe for Julia's collector, and as unsafe again."""
        self._leave, self._back, self.has_border = leave, back, True

    def enter(self, f: Callable[..., Any], *args: Any) -> Any:
        """Call `f`, which calls Julia, while no other thread does."""
        me = _ident()
        if me == self._host.ident:  # the lock is held by the thread that waits for the host
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
        """`f` as a function for Julia, which runs it in the thread that asked, safe for Julia's collector."""

        @functools.wraps(f)
        def called(*args: Any) -> Any:
            state = self._leave()
            try:
                return self._host.back(f, *args) if _ident() == self._host.ident else f(*args)
            finally:
                self._back(state)

        return called

    def tidy(self) -> None:
        """Release what was dropped, if this thread may call Julia now; else the next `enter` does."""
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
        """Start anew in a forked child, which has no host; Julia cannot be used in it if it ran before."""
        self._lock = threading.RLock()
        self._main = None if discovery.running() else threading.main_thread().ident
        self._host = _Nobody() if discovery.running() else _Host()


class _Host:
    """A thread that calls Julia for threads other than the main one; it starts when it is first needed."""

    def __init__(self) -> None:
        self.ident: int | None = None
        self._asked, self._answered = _Post(), _Post()

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        """Have the host call `f`; meanwhile run what Julia calls."""
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
    """The host in a forked child: every call is refused."""

    def run(self, f: Callable[..., Any], *args: Any) -> Any:
        raise problem("forked")


class _Post:
    """Messages from one thread to another, one at a time: a question ``(f, args)`` or ``(None, answer)``."""

    def __init__(self) -> None:
        self.message: tuple[Any, Any] | None = None
        self.bell: SimpleQueue[None] = SimpleQueue()


def _ask(to: _Post, from_: _Post, f: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The value of ``f(*args)`` in another thread, which may send questions before it answers.

    An asynchronous exception (Ctrl-C) in this thread while it waits is raised when the answer is there.
    """
    outgoing: tuple[Any, Any] | None = (f, args)
    del f, args
    struck: BaseException | None = None
    while True:
        incoming: tuple[Any, Any] | None = None
        try:
            if outgoing is not None:  # no call between taking and putting, so no asynchronous exception there
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
    value, error = incoming[1]  # type: ignore[misc]
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
