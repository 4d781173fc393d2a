"""Many mixed calls between Python and Julia: no crash, and no memory that grows.

``python tests/soak.py [--calls 100000] [--isolated]``. Numbers, arrays of several sizes, structures, both
directions and nested, errors on either side, both garbage collectors now and then.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fluxbridge import AutoZygote, Record, gradient, jacobian, julia

MiB = 2**20


def resident(pid: int | str = "self") -> float:
    """The memory of a process that is in use, in MiB (Linux)."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MiB


def total() -> float:
    """That of this process and of those it started: an isolated Julia is one of them."""
    found = resident()
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        for child in file.read().split():
            found += resident(child)
    return found


#: Ends what is garbage, and gives back to the system what malloc keeps for later.
TIDY = "() -> (GC.gc(); ccall(:malloc_trim, Cint, (Csize_t,), 0))"


class Refused(Exception):
    pass


def calls() -> list[Callable[[int], Any]]:
    """The kinds of calls; each checks its own answer."""
    square = julia.function("x -> x^2")
    norm2 = julia.function("x -> sum(abs2, x)")
    field = julia.function('p -> p["a"]^2')
    double = julia.function("x -> 2 .* x")
    swap = julia.function("t -> (t[2], t[1])")
    fail = julia.function('x -> x > 0 ? error("as asked") : x')
    apply = julia.function("(g, x) -> g(x)^2")
    model = julia.function("Dense([1.0 2.0; 3.0 4.0], [0.5, -0.5], tanh)")
    twice = julia.differentiable(lambda x: np.sum(norm2(x) * 2.0))
    refuse = julia.differentiable(_refuse)
    arrays = [np.random.default_rng(n).normal(size=n) for n in (1, 10, 1000, 20_000)]
    matrix = np.asfortranarray(np.arange(12.0).reshape(3, 4))

    def number(k: int) -> None:
        assert square(float(k)) == float(k) ** 2
        assert gradient(square, AutoZygote(), float(k)) == (2.0 * k,)

    def array(k: int) -> None:
        x = arrays[k % 4]
        np.testing.assert_allclose(gradient(norm2, AutoZygote(), x)[0], 2 * x)
        np.testing.assert_allclose(norm2(matrix), 506.0)

    def structure(k: int) -> None:
        assert swap((1.0, {"a": k, "b": (None, "s")}))[1] == 1.0
        (g,) = gradient(field, AutoZygote(), {"a": 3.0, "b": 4.0})
        assert g == {"a": 6.0}

    def across(k: int) -> None:
        x = arrays[1]
        np.testing.assert_allclose(gradient(lambda v: np.sin(norm2(v)), x)[0], np.cos(x @ x) * 2 * x)
        g = gradient(lambda m, v: np.sum(m(v)), model, x[:2])
        assert isinstance(g[0], Record)

    def nested(k: int) -> None:
        x = arrays[0]
        np.testing.assert_allclose(gradient(apply, AutoZygote(), twice, x)[1], 2 * (2 * x @ x) * 4 * x)

    def errors(k: int) -> None:
        for f, xs, kind in ((fail, (1.0,), julia.JuliaError), (refuse, (1.0,), Refused)):
            try:
                gradient(f, AutoZygote(), *xs)
            except kind:
                continue
            raise AssertionError("no error came back")

    def matrices(k: int) -> None:
        np.testing.assert_allclose(jacobian(double, AutoZygote(), arrays[1])[0], 2 * np.eye(10))

    return [number, array, structure, across, nested, errors, matrices]


def _refuse(x: Any) -> Any:
    raise Refused("as asked")


class State(NamedTuple):
    """What there is after both collectors have been at work: memory in MiB, and Python's objects.

    `resident` is what the system sees; Julia's heap grows in steps of pages that it keeps, so it is noisy.
    `live` is what Julia still refers to, `objects` the number of what Python's collector knows.
    """

    resident: float
    live: float
    objects: int

    def grew(self, since: State) -> list[str]:
        """What grew by more than noise since another state; empty if nothing did."""
        limits = State(60.0, 3.0, 2000)
        pairs = zip(State._fields, self, since, limits, strict=True)
        return [f"{name}: {was:.0f} -> {now:.0f}" for name, now, was, limit in pairs if now - was > limit]


def run(count: int, show: bool = False) -> tuple[State, State]:
    """Make `count` calls; the state after the first tenth of them, and at the end."""
    kinds, tidy, live = calls(), julia.function(TIDY), julia.function("() -> Base.gc_live_bytes() / 2^20")
    trim = ctypes.CDLL(None).malloc_trim
    start = time.monotonic()

    def state() -> State:
        for _ in range(3):
            gc.collect()
            tidy()
        trim(0)
        return State(total(), live(), len(gc.get_objects()))

    for k in range(count):
        kinds[k % len(kinds)](k)
        if k == count // 10:
            warm = state()
        if show and k % 2000 == 1999:
            line = f"{k + 1:,} calls, {total():.0f} MiB, {time.monotonic() - start:.0f} s"
            print("\r" + line.ljust(60), end="", file=sys.stderr, flush=True)
    return warm, state()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--isolated", action="store_true")
    options = parser.parse_args()
    julia.start(isolated=options.isolated)
    warm, end = run(options.calls, show=True)
    print(f"\n{options.calls:,} calls; after a tenth of them {warm}, at the end {end}")
    raise SystemExit("; ".join(end.grew(warm)) or 0)
