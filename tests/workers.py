"""Many starts and ends of the process for an isolated Julia, in all its ways: nothing may be left behind.

``python tests/workers.py [--starts 1000] [--julia]``. Without ``--julia`` a stand-in takes Julia's place.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import glob
import os
import signal
import sys
import threading
import time
from typing import NamedTuple

import numpy as np

from fluxbridge.errors import JuliaCrashed, JuliaTimeout
from fluxbridge.julia.bridge.objects import JuliaObject
from fluxbridge.julia.isolated import remote
from fluxbridge.julia.isolated.remote import RemoteBridge


class State(NamedTuple):
    """What the system knows of this process, and what has a name in shared memory."""

    children: int
    files: int
    threads: int
    shared: int
    mapped: int

    @classmethod
    def now(cls) -> State:
        gc.collect()
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            children = len(file.read().split())
        with open("/proc/self/maps") as file:
            mapped = sum("memfd:fluxbridge" in line for line in file)
        shared = len(glob.glob("/dev/shm/*"))
        return cls(children, len(os.listdir("/proc/self/fd")), threading.active_count(), shared, mapped)


#: Source of: an echo, and endings of the process from within a call.
SOURCES = {
    False: ("lambda x: x", "lambda: time.sleep(60)", "lambda: os._exit(3)"),
    True: ("x -> x", "() -> sleep(60)", "() -> ccall(:_exit, Cvoid, (Cint,), 3)"),
}


def once(way: int, julia: bool) -> int:
    """Start a process, use it, and end it in one of five ways; its number."""
    bridge = RemoteBridge(factory=remote.JULIA if julia else "isolatedfake:make")
    echo, sleep, leave = (JuliaObject(bridge.define(source), bridge) for source in SOURCES[julia])
    pid = bridge.start().pid
    x = np.ones(50_000)
    np.testing.assert_array_equal(echo(x), x)
    if way == 1:
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(JuliaCrashed):
            echo(x)
            raise AssertionError("the process lives")
    elif way == 2:
        with bridge.time_limit(0.05), contextlib.suppress(JuliaTimeout):
            sleep()
            raise AssertionError("the limit does not hold")
    elif way == 3:
        with contextlib.suppress(JuliaCrashed):
            leave()
            raise AssertionError("the process lives")
    elif way == 4:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        with contextlib.suppress(KeyboardInterrupt):
            sleep()
            raise AssertionError("no interrupt")
        np.testing.assert_array_equal(echo(x), x)
    bridge.close()
    return pid


def run(starts: int, julia: bool = False, show: bool = False) -> list[str]:
    """What is left behind after that many starts; empty if nothing is."""
    pids = [once(way, julia) for way in range(5)]
    before, began = State.now(), time.monotonic()
    for k in range(starts):
        pids.append(once(k % 5, julia))
        if show and k % 10 == 9:
            print(
                f"\r{k + 1} starts, {time.monotonic() - began:.0f} s, {State.now()}", end="", file=sys.stderr
            )
    after = State.now()
    left = [f"{name}: {a} -> {b}" for name, a, b in zip(State._fields, before, after, strict=True) if b > a]
    return left + [f"orphan {pid}" for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    """Is there a process of ours with this number? The system may have given it to another one by now."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"fluxbridge.julia.isolated.worker" in file.read()
    except OSError:
        return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=1000)
    parser.add_argument("--julia", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background the shell takes it away
    left = run(options.starts, options.julia, show=True)
    print(f"\n{options.starts} starts; left behind: {left or 'nothing'}")
    raise SystemExit(bool(left))
