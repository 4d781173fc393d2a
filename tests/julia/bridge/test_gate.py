"""The gate to Julia, with Python functions in Julia's place."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from fluxbridge.errors import JuliaNotAvailable
from fluxbridge.julia.bridge.gate import Gate, Handle
from fluxbridge.julia.setup import discovery

ME = threading.get_ident


def in_thread(work: Callable[[], Any]) -> Any:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    (one,) = found
    if isinstance(one, BaseException):
        raise one
    return one


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_the_main_thread_enters_itself_and_all_others_by_the_same_one(gate: Gate) -> None:
    assert gate.enter(ME) == ME()
    first, second = (in_thread(lambda: (ME(), gate.enter(ME))) for _ in range(2))
    assert first[1] == second[1]
    assert first[1] not in (ME(), first[0], second[0])


def test_what_julia_calls_runs_in_the_thread_that_asked(gate: Gate) -> None:
    outside = gate.outside(lambda x: (ME(), x))
    assert gate.enter(lambda: outside(1)) == (ME(), 1)
    me, found = in_thread(lambda: (ME(), gate.enter(lambda: (ME(), outside(2), ME()))))
    assert found[1] == (me, 2)
    assert found[0] == found[2] != me


def test_to_any_depth(gate: Gate) -> None:
    def julia(n: int) -> int:
        return 0 if n == 0 else python(n) + 1

    @gate.outside
    def python(n: int) -> int:
        return int(gate.enter(julia, n - 1))

    assert gate.enter(julia, 30) == in_thread(lambda: gate.enter(julia, 30)) == 30


def test_the_collector_hears_of_every_step_outside(gate: Gate) -> None:
    steps: list[tuple[str, int]] = []
    gate.set_border(lambda: (steps.append(("leave", ME())), 7)[1], lambda s: steps.append(("back", s)))

    @gate.outside
    def fails() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        in_thread(lambda: gate.enter(fails))
    host = in_thread(lambda: gate.enter(ME))
    assert steps == [("leave", host), ("back", 7)]


def test_errors_are_the_same_on_every_level(gate: Gate) -> None:
    error = ValueError("one")

    @gate.outside
    def bad() -> None:
        raise error

    def julia() -> None:
        try:
            bad()
        except ValueError as caught:
            assert caught is error
            raise

    for run in (lambda f: f(), in_thread):
        with pytest.raises(ValueError, match="one") as raised:
            run(lambda: gate.enter(julia))
        assert raised.value is error


def test_one_at_a_time(gate: Gate) -> None:
    inside: list[int] = []

    def julia() -> int:
        inside.append(1)
        time.sleep(0.001)
        most = len(inside)
        inside.pop()
        return most

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(gate.enter(julia))) for _ in range(20)]
    for t in threads:
        t.start()
    found += [gate.enter(julia) for _ in range(20)]
    for t in threads:
        t.join(30)
    assert found == [1] * 40


def test_nothing_of_a_call_is_kept(gate: Gate) -> None:
    class Thing:
        pass

    left: list[str] = []

    def call() -> None:
        thing = Thing()
        weakref.finalize(thing, left.append, "gone")
        gate.enter(lambda x: x, thing)

    in_thread(call)
    assert left == ["gone"]


class Raw:
    """Notes the thread that lets go of it."""

    def __init__(self, gone: list[int]):
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append(ME())


def test_handles_are_let_go_at_the_gate(gate: Gate) -> None:
    gone: list[int] = []
    handle = Handle(gate, Raw(gone))
    del handle
    assert gone == [ME()]  # here: at once

    box = [Handle(gate, Raw(gone))]
    in_thread(box.clear)
    assert len(gone) == 1  # elsewhere: by the next that enters
    gate.enter(lambda: None)
    assert gone == [ME()] * 2

    box = [Handle(gate, Raw(gone))]
    in_thread(box.clear)
    assert gone[2:] == []
    host = in_thread(lambda: gate.enter(ME))
    assert gone[2:] == [host]


def test_handles_are_not_let_go_while_another_thread_is_inside(gate: Gate) -> None:
    gone: list[int] = []
    handle = Handle(gate, Raw(gone))
    entered, leave = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: gate.enter(lambda: (entered.set(), leave.wait(30))))
    thread.start()
    entered.wait(30)
    del handle
    assert gone == []
    leave.set()
    thread.join(30)
    gate.enter(lambda: None)
    assert gone == [ME()]


STRUCK = """
import ctypes, sys, threading, time
from fluxbridge.julia.bridge.gate import Gate

gate, entered, ended, seen = Gate(), threading.Event(), threading.Event(), []
outside = gate.outside(lambda: [time.sleep(0.01) for _ in range(500)])


def julia():
    entered.set()
    try:
        if sys.argv[1] == "outside":
            outside()
        time.sleep(0.3)
    finally:
        ended.set()


def work():
    try:
        gate.enter(julia)
    except TimeoutError:
        seen.append(ended.is_set())


thread = threading.Thread(target=work)
thread.start()
entered.wait(30)
ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TimeoutError))
thread.join(30)
after = threading.Thread(target=lambda: seen.append(gate.enter(lambda: "open")))
after.start()
after.join(30)
print(*seen)
"""


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_an_exception_from_outside_waits_for_the_answer(where: str) -> None:
    """As programs throw it that limit the time of their threads.

    In a process of its own, out of reach of coverage: while such an exception waits for its thread, no
    traced thread of Python 3.11 gets past the beginning of a function.
    """
    done = subprocess.run(
        [sys.executable, "-c", STRUCK, where], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split() == ["True", "open"], done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("running", [True, False])
def test_in_a_forked_child_nobody_enters_a_julia_that_ran(
    gate: Gate, running: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "running", lambda: running)
    in_thread(lambda: gate.enter(ME))
    child = os.fork()
    if child == 0:
        try:
            assert gate.enter(ME) == ME()
            assert in_thread(lambda: gate.enter(ME)) != ME()
            os._exit(5)
        except JuliaNotAvailable:
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == (7 if running else 5)
    assert gate.enter(ME) == ME()
