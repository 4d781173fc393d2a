"""The conversation with an isolated Julia, held with a process that has no Julia."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fluxbridge
from fluxbridge import Diagonal, Record, gradient
from fluxbridge.errors import GradientLostError, JuliaCrashed, JuliaError, JuliaNotAvailable, JuliaTimeout
from fluxbridge.julia.bridge.errors import JuliaTypeError
from fluxbridge.julia.bridge.objects import JuliaObject
from fluxbridge.julia.isolated import memory
from fluxbridge.julia.isolated.remote import RemoteBridge

FACTORY = "isolatedfake:make"
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

Pair = namedtuple("Pair", "a b")


@dataclass
class Point:
    x: float
    y: Any


@pytest.fixture(scope="module")
def shared() -> Iterator[RemoteBridge]:
    bridge = RemoteBridge(factory=FACTORY)
    yield bridge
    bridge.close()


@pytest.fixture
def bridge(shared: RemoteBridge) -> Iterator[RemoteBridge]:
    """Tests may end the process; the next one gets a fresh one."""
    watch = threading.Timer(30, lambda: os.kill(shared.start().pid, 9))  # no test waits for ever
    watch.start()
    yield shared
    watch.cancel()


def function(bridge: RemoteBridge, source: str) -> Callable[..., Any]:
    return JuliaObject(bridge.define(source), bridge)


def pid(bridge: RemoteBridge) -> int:
    return bridge.start().pid


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2**100, 2.5, 1 + 2j, "text", (1, [2.0, None]), {"a": 1, 2: "b"}, Fraction(1, 3),
        range(2, 9, 3), {1, 2}, np.float32(1.5), np.int8(3), np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.ones((2, 3), ">f4")),
        np.arange(10)[::3], np.array(2.0), np.zeros((0, 3)), np.array(["a", None], object), np.array([True]),
        Record(a=1.0, b=np.ones(2)), Diagonal(np.ones(2)), np.array([(1, 2.0)], "i4,f8"),
    ],
    ids=repr,
)  # fmt: skip
def test_echo(bridge: RemoteBridge, value: Any) -> None:
    back = function(bridge, "lambda x: x")(value)
    assert type(back) is type(value)
    assert repr(back) == repr(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype
        assert back.flags.writeable
        assert back.flags.owndata or value.dtype.hasobject


@pytest.mark.parametrize("layout", ["C", "F", "strided", "readonly", "c8", "bool"])
def test_large_arrays(bridge: RemoteBridge, layout: str) -> None:
    x = np.arange(200_000.0).reshape(400, 500)
    x = {
        "C": x, "F": np.asfortranarray(x), "strided": x[::2, ::3], "c8": (x * 1j).astype("c8"),
        "bool": x > 1000, "readonly": np.broadcast_to(x, (2, 400, 500)),
    }[layout]  # fmt: skip
    assert x.nbytes >= memory.SHARE_FROM
    back, there = function(bridge, "lambda x: (x, (x.shape, x.dtype.str, float(x.real.sum())))")(x)
    np.testing.assert_array_equal(back, x)
    assert there == (x.shape, x.dtype.str, float(x.real.sum()))
    back[0] = 0  # its memory is its own
    assert function(bridge, "lambda x: [x, x]")(x)[1].dtype == x.dtype


@linux
def test_memory_leaves_nothing_behind(bridge: RemoteBridge) -> None:
    f = function(bridge, "lambda x: x + 1")
    x = np.zeros(50_000)
    f(x)
    gc.collect()  # what earlier tests left open
    before = _descriptors("self"), _descriptors(pid(bridge))
    kept = []
    for _ in range(20):
        kept.append(f(x))
        with pytest.raises(TypeError):
            f(x, x)
    assert all(y[-1] == 1 for y in kept)
    assert _descriptors("self") <= before[0]
    assert _descriptors(pid(bridge)) <= before[1]
    del kept
    # memory without a name: nothing in /dev/shm, which other programs use at the same time
    assert not [name for name in os.listdir("/dev/shm") if "fluxbridge" in name]
    assert "memfd:fluxbridge" not in Path("/proc/self/maps").read_text()


def _descriptors(pid: int | str) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def test_objects_are_taken_apart(bridge: RemoteBridge) -> None:
    parts = function(bridge, "lambda x: server.hooks()['take_apart'](x)[:3]")
    assert parts(Point(1.0, [2.0])) == ("fields", ("x", "y"), (1.0, [2.0]))
    assert parts(Pair(1, 2)) == ("fields", ("a", "b"), (1, 2))
    rebuilt = function(bridge, "lambda x: server.hooks()['take_apart'](x)[3](5, 6)")
    assert rebuilt(Pair(1, 2)) == Pair(5, 6)


def test_what_cannot_be_copied_comes_back_as_itself(bridge: RemoteBridge) -> None:
    echo = function(bridge, "lambda x: [x]")
    for thing in (lambda x: x, Point, np.sin, len, threading.Lock(), object()):
        assert echo(thing)[0] is thing


def test_traced_values_do_not_get_lost(bridge: RemoteBridge) -> None:
    with pytest.raises(GradientLostError):
        gradient(lambda x: bridge.call(bridge.define("lambda x: x"), (x,)), 1.0)


def test_traced_values_on_purpose(bridge: RemoteBridge) -> None:
    handle = bridge.define("lambda x: np.sin(2.0 * x ** 3) + abs(-x) / 2 if 1 < x else x")
    (g,) = gradient(lambda x: bridge.call_traced(handle, (x,)), 2.0)
    assert g == pytest.approx(24 * np.cos(16) + 0.5)


# -- handles ---------------------------------------------------------------------------------------


def test_handles_are_released(bridge: RemoteBridge) -> None:
    count = function(bridge, "lambda: len(server._held)")
    gc.collect()
    count()
    before = count()
    kept = [bridge.wrap(k) for k in range(10)]
    assert count() == before + 10
    del kept
    gc.collect()
    assert count() == before


def test_functions_are_released(bridge: RemoteBridge) -> None:
    f = function(bridge, "lambda g: g(1)")
    f(lambda x: x)
    for _ in range(10):
        assert f(lambda x: x + 1) == 2
    f(int)
    assert len(bridge.start()._exports) <= 2


# -- callbacks and errors ----------------------------------------------------------------------------


def test_callbacks_to_any_depth(bridge: RemoteBridge) -> None:
    again = function(bridge, "lambda f, n: f(n)")

    def down(n: int) -> Any:
        return [n, *(again(down, n - 1) if n else [])]

    assert again(down, 12) == list(range(12, -1, -1))


def test_pullback_runs_here(bridge: RemoteBridge) -> None:
    assert bridge.pullback(bridge.callback(np.sum), (np.ones(3),))[0] == 3  # of a class of NumPy's own
    y, held = bridge.pullback(bridge.callback(lambda x: np.sum(np.sin(x))), (np.ones(3),))
    assert y == pytest.approx(3 * np.sin(1))
    np.testing.assert_allclose(bridge.pull(held, 2.0)[0], 2 * np.cos(np.ones(3)))


def test_errors_of_the_other_side(bridge: RemoteBridge) -> None:
    with pytest.raises(JuliaTypeError, match="no method") as info:
        function(bridge, "lambda: fail('no method')")()
    error = info.value
    assert (error.type, error.message, error.frames) == ("MethodError", "no method", ("f at source:1",))
    assert error.full == "no method and much more"
    with pytest.raises(ZeroDivisionError):
        function(bridge, "lambda: 1 / 0")()
    with pytest.raises(TypeError, match="pickle"):
        function(bridge, "lambda: time.sleep.__self__")()


def test_errors_of_this_side_keep_their_identity(bridge: RemoteBridge) -> None:
    mine = KeyError("mine")

    def f() -> None:
        raise mine

    with pytest.raises(KeyError) as info:
        function(bridge, "lambda f: f()")(f)
    assert info.value is mine
    assert "in f" in "".join(map(str, info.traceback))
    assert function(bridge, "caught")(f) == "KeyError: 'mine'"


def test_threads_take_turns(bridge: RemoteBridge) -> None:
    f = function(bridge, "lambda g, x: g(x) + 1")
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda k=k: found.extend(f(lambda x: x * 2, k) for _ in range(25)))
        for k in range(4)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join(20)
    assert sorted(found) == sorted(2 * k + 1 for k in range(4) for _ in range(25))


def test_output_arrives_here(bridge: RemoteBridge, capsys: pytest.CaptureFixture[str]) -> None:
    function(bridge, "lambda: print('hello', 'ö' * 3)")()
    assert capsys.readouterr().out == "hello ööö\n"
    function(bridge, "lambda: [print('x' * 70) for _ in range(3000)] and None")()
    assert len(capsys.readouterr().out) == 71 * 3000


# -- the ends of a process ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), 9)", "os._exit(7)", "os.abort()"])
def test_crash(bridge: RemoteBridge, how: str) -> None:
    f, data = function(bridge, "lambda: 5"), bridge.wrap([1])
    old = pid(bridge)
    with pytest.raises(JuliaCrashed, match=r"SIGKILL|status 7|SIGABRT|exit status"):
        function(bridge, f"lambda: {how}")()
    assert f() == 5  # made again
    assert pid(bridge) != old
    with pytest.raises(JuliaError, match="Make the object again"):
        bridge.call(bridge.define("lambda x: x"), (JuliaObject(data, bridge),))
    assert bridge.call(bridge.define("lambda x: x"), (1,)) == 1


def test_crash_between_calls(bridge: RemoteBridge) -> None:
    f = function(bridge, "lambda: 5")
    os.kill(pid(bridge), 9)
    time.sleep(0.1)
    with pytest.raises(JuliaCrashed):
        f()
    assert f() == 5


def test_crash_within_callbacks(bridge: RemoteBridge) -> None:
    f = function(bridge, "lambda g: g()")
    with pytest.raises(JuliaCrashed):
        f(lambda: function(bridge, "lambda: os._exit(1)")())
    assert f(lambda: 3) == 3


def test_full_text_is_lost_with_the_process(bridge: RemoteBridge) -> None:
    with pytest.raises(JuliaTypeError) as info:
        function(bridge, "lambda: fail('no method')")()
    os.kill(pid(bridge), 9)
    assert info.value.full.startswith("no method")
    assert "lost" in info.value.full


def test_time_limit(bridge: RemoteBridge) -> None:
    f, sleep = function(bridge, "lambda: 5"), function(bridge, "lambda t: time.sleep(t)")
    before = time.monotonic()
    with bridge.time_limit(0.3), pytest.raises(TimeoutError, match="longer than its time limit") as info:
        sleep(30)
    assert isinstance(info.value, JuliaTimeout)
    assert time.monotonic() - before < 3
    with bridge.time_limit(20):  # does not count the start of the fresh process
        assert f() == 5
    assert bridge.timeout is None


def test_a_time_limit_holds_for_its_own_thread(bridge: RemoteBridge) -> None:
    sleep = function(bridge, "lambda t: time.sleep(t) or 7")
    with ThreadPoolExecutor(1) as pool, bridge.time_limit(0.05):
        assert pool.submit(sleep, 0.3).result() == 7
        with bridge.time_limit(None):
            assert sleep(0.3) == 7
        with pytest.raises(JuliaTimeout):
            sleep(30)


def strike(seconds: float) -> None:
    """Ctrl-C, a little later; called where it is expected, as a slow machine may lose time anywhere."""
    threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT)).start()


@posix
def test_interrupt(bridge: RemoteBridge) -> None:
    sleep = function(bridge, "lambda t: [time.sleep(0.01) for _ in range(100 * t)]")
    old = pid(bridge)
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        strike(0.3)
        sleep(30)
    assert time.monotonic() - before < 5
    assert sleep(0) == []
    assert pid(bridge) == old


@posix
def test_interrupt_within_callbacks(bridge: RemoteBridge) -> None:
    sleep = function(bridge, "lambda t: [time.sleep(0.01) for _ in range(100 * t)]")
    f = function(bridge, "lambda g: g()")
    old = pid(bridge)
    for inner in (lambda: sleep(30), lambda: time.sleep(30)):
        with pytest.raises(KeyboardInterrupt):
            strike(0.3)
            f(inner)
        assert f(lambda: 3) == 3
    assert pid(bridge) == old


@posix
def test_interrupts_never_strike_amid_a_message(bridge: RemoteBridge) -> None:
    f = function(bridge, "lambda g, x: g(x)")
    old = pid(bridge)
    for k in range(20):
        with pytest.raises(KeyboardInterrupt):
            strike(0.01 + 0.0007 * k)
            for _ in range(100_000):
                f(abs, -1)
        assert f(abs, -1) == 1
    assert pid(bridge) == old
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@posix
def test_interrupt_of_what_does_not_listen(bridge: RemoteBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxbridge.julia.isolated.client.PATIENCE", 0.3)
    deaf = function(bridge, "lambda: deaf(30)")
    old = pid(bridge)
    with pytest.raises(KeyboardInterrupt):
        strike(0.3)
        deaf()
    assert function(bridge, "lambda: 5")() == 5
    assert pid(bridge) != old


def test_start_that_fails() -> None:
    with pytest.raises(JuliaNotAvailable, match="exit status 3"):
        RemoteBridge(factory="isolatedfake:broken").start()
    with pytest.raises(AttributeError):
        RemoteBridge(factory="isolatedfake:nothing").start()


def test_closed(bridge: RemoteBridge) -> None:
    other = RemoteBridge(factory=FACTORY)
    f = function(other, "lambda: 5")
    assert f() == 5
    other.close()
    with pytest.raises(JuliaError, match="stopped"):
        f()


# -- the life of this process --------------------------------------------------------------------------

_START = """
import os, sys, time
from fluxbridge.julia.isolated.remote import RemoteBridge
from fluxbridge.julia.bridge.objects import JuliaObject
print("main runs")
bridge = RemoteBridge(factory="isolatedfake:make")
f = JuliaObject(bridge.define("lambda: 5"), bridge)
pid = bridge.start().pid
"""


def _run(code: str) -> subprocess.Popen[str]:
    root = Path(fluxbridge.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _START + code],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _gone(pid: int, limit: float = 5.0) -> bool:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


@posix
def test_ends_with_the_program() -> None:
    out, _ = _run("print(f(), pid)").communicate(timeout=20)
    lines = out.split("\n")
    assert lines[:2] == ["main runs", "a process starts"]  # and main ran once
    value, other = lines[2].split()
    assert value == "5"
    assert _gone(int(other))


@linux
@pytest.mark.parametrize("busy", [False, True])
def test_ends_when_the_program_is_killed(busy: bool) -> None:
    """Also while it works, and while a forked child of the program still lives."""
    child = "child = os.fork()\nif child == 0: time.sleep(20); os._exit(0)\n"
    work = "JuliaObject(bridge.define('lambda: time.sleep(20)'), bridge)()" if busy else "time.sleep(20)"
    program = _run(f"{child}print(pid, child, flush=True)\n{work}")
    assert program.stdout is not None
    lines = [program.stdout.readline() for _ in range(3)]
    other, child_pid = map(int, lines[-1].split())
    time.sleep(0.2)
    program.kill()
    program.wait(5)
    assert _gone(other)
    os.kill(child_pid, 9)
    program.stdout.close()


@posix
def test_forked_child_has_its_own() -> None:
    code = """
child = os.fork()
if child == 0:
    assert f() == 5 and bridge.start().pid != pid
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert f() == 5 and bridge.start().pid == pid
print("good")
"""
    out, _ = _run(code).communicate(timeout=20)
    assert out.rstrip().endswith("good")
