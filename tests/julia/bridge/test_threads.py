"""Threads that come and go while Julia collects. In processes of their own, as what fails here crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.julia

ROOT = Path(__file__).parents[3]

BEGIN = """
import gc, threading
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import fluxbridge as fb
from fluxbridge import AutoZygote, flux, julia
from fluxbridge.autodiff.native import within_gradient


def in_threads(n, work):
    found, failed = [], []

    def run(k):
        try:
            found.append(work(k))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(240)
    assert not failed, failed
    return found


collect = julia.function("() -> (GC.gc(false); nothing)")
known = julia.function("() -> Threads.maxthreadid()")
at_first = known()
"""

#: Julia came to know one more thread, the one that serves all others.
END = """
collect()
assert known() <= at_first + 1, f"Julia knows {known()} threads"
print("done")
"""

CALLS = """
f = julia.function("(g, x) -> (Zygote.ignore_derivatives(GC.gc); g(x) + sum(x))")


def work(k):
    me = threading.get_ident()

    def g(x):  # runs in the thread that asked
        assert threading.get_ident() == me and within_gradient()
        return np.sum(x) * k

    return [fb.gradient(f, AutoZygote(), g, np.ones(3))[1][0] - k for _ in range(20)]


assert in_threads(4, work) == [[1.0] * 20] * 4
"""

ENDING = """
double = julia.function("x -> 2 .* x")
for _ in range(40):  # while these end, the main thread collects
    threads = [threading.Thread(target=double, args=(np.ones(2),)) for _ in range(4)]
    for t in threads:
        t.start()
    for _ in range(5):
        collect()
    for t in threads:
        t.join()
"""

DROPPING = """


def drop(k):
    fs = [julia.function(f"struct A; x; end; A(zeros({k + 1}))") for _ in range(3)]
    y, back = fb.pullback("x -> 3 .* x", AutoZygote(), np.ones(4))
    assert back(y)[0].tolist() == [9.0] * 4
    try:
        julia.function("x -> error(string(x))")(k)
    except julia.JuliaError as error:
        assert str(k) in str(error) and "Stacktrace" in error.full
    fs.append(fs)  # a circle, which Python's collector finds in any thread
    del fs
    gc.collect()


in_threads(20, drop)
from fluxbridge.julia import session
collect()
assert len(session._gate.dropped) == 0
"""

NESTED = """
inner = julia.function("x -> sum(abs2, x)")
outer = julia.function("(f, x) -> f(x)^2")
x = np.array([0.1, 0.2])
expected = fb.gradient(lambda x: np.exp(np.sin(np.sum(x**2)) ** 2), x)[0]


class Mine(Exception):
    pass


def bad(x):
    raise Mine("mine")


def nested(k):
    got = fb.gradient(lambda x: np.exp(outer(lambda z: np.sin(inner(z)), x)), x)[0]
    np.testing.assert_allclose(got, expected)
    try:
        outer(bad, 1.0)
    except Mine:
        return k


with ThreadPoolExecutor(3) as pool:
    assert list(pool.map(nested, range(9))) == list(range(9))
model = flux.Chain(flux.Dense((2, 3), np.tanh), flux.Dense((3, 1)))
there = flux.to_julia(model)
assert all(in_threads(3, lambda k: repr(flux.from_julia(there)) == repr(model)))
trace = julia.function("x -> x < 3 ? x^3 + sin(x) : x", trace=True)
assert all(abs(g - 12 - np.cos(2)) < 1e-9 for g in in_threads(3, lambda k: fb.gradient(trace, 2.0)[0]))
"""


def run(code: str, isolated: bool = False) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    environment["FLUXBRIDGE_ISOLATED"] = "1" if isolated else "0"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, timeout=600, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.splitlines()[-1:] == ["done"]


def test_threads_come_and_go_while_julia_collects() -> None:
    run(BEGIN + CALLS + ENDING + DROPPING + NESTED + END)


def test_an_isolated_julia_serves_threads() -> None:
    run(BEGIN + CALLS + NESTED + 'print("done")', isolated=True)


START = """
import threading
from fluxbridge import gradient, AutoZygote, julia

found = []
def first():
    found.append(gradient("x -> x^2", AutoZygote(), 3.0))
thread = threading.Thread(target=first)
thread.start()
thread.join()
assert found == [(6.0,)], found
collect = julia.function("() -> (GC.gc(); Threads.maxthreadid())")
known = collect()
for _ in range(10):
    thread = threading.Thread(target=collect)
    thread.start()
    assert collect() == known
    thread.join()
print("done")
"""

#: juliacall, started by the user in the main thread; then fluxbridge, first used in another one.
AFTER = """
import threading
from fluxbridge.julia.setup import settings
settings.apply()
import juliacall
from fluxbridge import gradient, AutoZygote, julia
from fluxbridge.errors import JuliaNotAvailable

found = []
def work():
    try:
        found.append(gradient("x -> x^2", AutoZygote(), 3.0))
    except JuliaNotAvailable as error:
        found.append(str(error))
def in_thread():
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
in_thread()
assert "julia.start() once in the thread that imported juliacall" in found[0]
julia.start()
in_thread()
assert found[1] == (6.0,)
print("done")
"""


@pytest.mark.parametrize("code", [START, AFTER], ids=["started-in-a-thread", "juliacall-was-first"])
def test_where_julia_was_started(code: str) -> None:
    run(code)
