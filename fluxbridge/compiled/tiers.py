"""When a program is written again with machine code (writer 2), and by whom.

A program begins as Python and NumPy. Once its calls have taken about as long as compiling does, it is
handed to a thread that compiles it with Numba; the caller goes on with what it has until that is done.
Where Numba is absent, or refuses, the program stays as it is, and its report says why.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

from .program import Op, Var
from .threads import OURS

PAYS = 0.1  #: seconds that the calls of a program take, roughly, before it is compiled
FEWEST, MOST = 50, 20_000  #: calls before that, at least and at most


class Later:
    """How a program can be written again: the lines before and after its operations."""

    __slots__ = (
        "calls", "contiguous", "due", "functions", "head", "ops", "parameters", "plain", "results", "tail",
        "waits", "writer",
    )  # fmt: skip

    def __init__(
        self, head: Sequence[str], ops: Sequence[Op], results: Any, tail: Sequence[str], writer: Any,
        contiguous: set[Var], parameters: str, functions: Callable[[str, Any], tuple[Any, Any]],
    ):  # fmt: skip
        self.head, self.ops, self.results, self.tail = head, ops, results, tail
        self.writer, self.contiguous = writer, contiguous
        self.parameters, self.functions = parameters, functions
        self.plain = self.source(ops)
        self.calls = 0
        self.due = min(MOST, max(FEWEST, int(PAYS / max(1e-9, sum(map(seconds, ops))))))
        self.waits = True

    def source(self, ops: Sequence[Op]) -> str:
        self.writer.functions.clear()
        lines = [*self.head, *self.writer.lines(ops), *self.tail]
        text = f"def run({self.parameters}):\n" + "\n".join(f"    {line}" for line in lines) + "\n"
        return text + "".join(self.writer.functions)

    def called(self, entry: Any, how: Any) -> None:
        """Note a call of the program."""
        self.calls += 1
        self.writer.threads = how.threads
        if how.writer == "numba":
            upgrade(entry)
        elif how.writer == "numpy":
            self.waits = False
        elif self.calls >= self.due:
            self.waits = False
            if missing():
                entry.report.machine = missing()
            else:
                WORKER.take(entry)


def seconds(op: Op) -> float:
    """What an operation takes, roughly: the call, and a nanosecond for each element."""
    inner = getattr(op, "ops", None)
    if inner is not None:
        return float(sum(map(seconds, inner)))
    form = op.out.form if op.out is not None else None
    return 5e-7 + 1e-9 * form.size if form is not None and form.kind == "array" else 3e-8


def missing() -> str:
    """Why there is no machine code on this machine; empty if there is."""
    return (
        ""
        if importlib.util.find_spec("numba") is not None
        else "Numba is not installed (fluxbridge[compile])"
    )


def upgrade(entry: Any) -> None:
    """Write the program of an entry with machine code, if that goes; its report says how it went."""
    later = entry.later
    later.waits = False
    ops, later.ops = later.ops, None
    if ops is None:
        return
    try:
        from .writers import machine

        found = machine.written(later, ops)
    except Exception as error:  # whatever it is: the program goes on as it is
        entry.report.machine = f"not compiled by Numba: {error}"
        return
    finally:
        later.results = later.contiguous = None
    if found is None:
        entry.report.machine = "nothing in it for machine code"
        return
    source, entry.report.machine = found
    entry.run, entry.trial = later.functions(source, later.writer)
    entry.source = source


class Worker:
    """A thread that compiles, one program after the other."""

    def __init__(self) -> None:
        self.todo: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.thread: threading.Thread | None = None
        self.lock = threading.Lock()
        self.idle = threading.Event()
        self.open = 0

    def take(self, entry: Any) -> None:
        with self.lock:
            self.open += 1
            self.idle.clear()
            self.todo.put(entry)
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name=f"{OURS} compiles", daemon=True)
                self.thread.start()

    def _run(self) -> None:
        """Compile until there is nothing to do; the next program starts another thread."""
        while True:
            with self.lock:
                try:
                    entry = self.todo.get_nowait()
                except queue.Empty:
                    self.thread = None
                    return
            try:
                upgrade(entry)
            finally:
                with self.lock:
                    self.open -= 1
                    if not self.open:
                        self.idle.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything that was taken is compiled."""
        with self.lock:
            if not self.open:
                return True
        return self.idle.wait(timeout)

    def drop(self) -> None:
        """Compile nothing more, but finish what was begun: LLVM must not be interrupted."""
        while True:
            try:
                self.todo.get_nowait()
            except queue.Empty:
                break
            with self.lock:
                self.open -= 1
                if not self.open:
                    self.idle.set()
        self.wait(60.0)


WORKER = Worker()
atexit.register(lambda: WORKER.drop())


def _in_child() -> None:
    global WORKER
    WORKER = Worker()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
