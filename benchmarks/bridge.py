"""Calls of a real Julia: ``python -m benchmarks --only bridge``; each mode in a process of its own.

The time of a call through the bridge is compared with the time that Julia itself needs for the same,
and with juliacall's own call: an empty Julia function called with the same arguments. What is left is
the bridge's. Elapsed time, the least of many rounds, as the isolated Julia works in another process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from .report import duration
from .timing import in_turns

MODES = ("in process", "isolated")
NUMBER, ARRAY = 10e-6, 25e-6  #: what the bridge may need beyond juliacall's own call, in seconds
PASS = 1.5  #: what "one pass over memory" may take, in times of NumPy's copy of the same array
SECONDS = 2.0  #: for one benchmark


@dataclass(frozen=True)
class Case:
    """A Julia function and its arguments.

    `inside` is the same work in Julia, where it is not the call of `source`. `through(f)` is the call
    from Python, where it is not ``f(*inputs)``; `native` is the part of it that is Python's own work.
    The bridge may need `limit` seconds for each of `crossings` beyond what juliacall needs for them;
    or, for large arrays, `passes` times NumPy's copy of the first argument.
    """

    title: str
    source: str
    inputs: Callable[[], tuple[Any, ...]]
    limit: float | None = None
    crossings: int = 1
    passes: int | None = None
    inside: str | None = None
    through: Callable[[Any], Callable[..., Any]] | None = None
    native: Callable[..., Any] | None = None


def _vector(n: int) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(n)


def _matrix(order: Any, n: int = 1000) -> np.ndarray:
    return np.asarray(_vector(n * n).reshape(n, n), order=order)


def _zygote(f: Any) -> Callable[..., Any]:
    from fluxbridge import AutoZygote, gradient

    return lambda *xs: gradient(f, AutoZygote(), *xs)


def _sine(f: Any) -> Callable[..., Any]:
    from fluxbridge import gradient

    return lambda x: gradient(lambda z: np.sin(f(z)), x)


def _sine_natively(x: np.ndarray) -> Any:
    from fluxbridge import gradient

    return gradient(lambda z: np.sin(np.sum(z)), x)


def _wave(x: np.ndarray) -> Any:
    return np.sum(np.sin(x))


def _calling_python(f: Any) -> Callable[..., Any]:
    from fluxbridge import AutoZygote, gradient, julia

    wave = julia.differentiable(_wave)
    return lambda x: gradient(f, AutoZygote(), wave, x)


def _wave_natively(x: np.ndarray) -> Any:
    from fluxbridge import gradient

    return gradient(_wave, x)


def _perceptron(f: Any) -> Callable[..., Any]:
    from fluxbridge import AutoZygote, gradient, julia

    model = julia.function(_MODEL)
    return lambda x: gradient(f, AutoZygote(), model, x)


_MODEL = "Random.seed!(1); Chain(Dense(4 => 8, tanh), Dense(8 => 1))"
_LOSS = "(m, x) -> sum(abs2, m(x))"
_MILLION = 1_000_000

CASES = (
    Case("a number: x -> 3x^2 + 1", "x -> 3x^2 + 1", lambda: (1.5,), NUMBER),
    Case("a vector of 10 in", "x -> x[1]", lambda: (_vector(10),), ARRAY),
    Case("a vector of 10 in and out", "x -> 2 .* x", lambda: (_vector(10),), ARRAY, 2),
    Case(
        "gradient of x -> 3x^2 + 1", "x -> 3x^2 + 1", lambda: (1.5,), NUMBER,
        inside="x -> gradient(z -> 3z^2 + 1, x)", through=_zygote,
    ),
    Case(
        "gradient of sum(abs2, x), vector of 10", "x -> sum(abs2, x)", lambda: (_vector(10),), ARRAY, 2,
        inside="x -> gradient(z -> sum(abs2, z), x)", through=_zygote,
    ),
    Case(
        "gradient of a Flux MLP 4-8-1, batch of 8", _LOSS,
        lambda: (_vector(32).astype(np.float32).reshape(4, 8),), ARRAY, 6,
        inside=f"let m = begin {_MODEL} end; x -> gradient({_LOSS}, m, x); end", through=_perceptron,
    ),
    Case(
        "native gradient through sum(abs2, x)", "x -> sum(abs2, x)", lambda: (_vector(10),), ARRAY, 3,
        inside="x -> gradient(z -> sum(abs2, z), x)", through=_sine, native=_sine_natively,
    ),
    Case(
        "Zygote's gradient through Python", "(f, x) -> f(x)^2", lambda: (_vector(10),), ARRAY, 4,
        inside="x -> gradient(z -> sum(sin, z)^2, x)", through=_calling_python, native=_wave_natively,
    ),
    Case("a vector of 1e6 in", "x -> x[1]", lambda: (_vector(_MILLION),), passes=1),
    Case("a vector of 1e6 in and out", "x -> x", lambda: (_vector(_MILLION),), passes=2),
    Case("a matrix of 1e6 in, Fortran's order", "x -> x[1]", lambda: (_matrix("F"),), passes=1),
    Case("a matrix of 1e6 in, C's order", "x -> x[1]", lambda: (_matrix("C"),), passes=1),
    Case("a matrix of 1e6 in and out, C's order", "x -> x", lambda: (_matrix("C"),), passes=2),
    Case(
        "gradient of sum(abs2, x), vector of 1e6", "x -> sum(abs2, x)", lambda: (_vector(_MILLION),),
        passes=1, inside="x -> gradient(z -> sum(abs2, z), x)", through=_zygote,
    ),
)  # fmt: skip

_TIMER = """
function (f, seconds, xs...)
    sink, called = Ref{Any}(), Ref{Any}(f)
    run(n) = (start = time_ns(); for _ in 1:n; sink[] = called[](xs...); end; (time_ns() - start) / 1e9 / n)
    run(1)
    n = max(1, floor(Int, 0.002 / run(1)))
    stop, least = time() + seconds, Inf
    while time() < stop || least == Inf
        least = min(least, run(n))
    end
    return least
end
"""


def measure(isolated: bool) -> list[dict[str, Any]]:
    """Seconds, for each case, in this process."""
    from fluxbridge import julia

    julia.start(isolated=isolated)
    timer = julia.function(_TIMER)
    empty = None if isolated else _empty()
    return [_measured(case, timer, empty) for case in CASES]


def _empty() -> Any:
    """A Julia function that does nothing, called by juliacall without the bridge."""
    import juliacall

    return juliacall.newmodule("Benchmarks").seval("(xs...) -> nothing")


def _measured(case: Case, timer: Any, empty: Any) -> dict[str, Any]:
    from fluxbridge import julia

    xs = case.inputs()
    f = julia.function(case.source)
    call = case.through(f) if case.through else f
    calls: dict[str, Callable[[], Any]] = {"bridge": lambda: call(*xs)}
    if empty is not None:
        calls["juliacall"] = lambda: empty(*xs)
    if case.native:
        native = case.native
        calls["native"] = lambda: native(*xs)
    if case.passes:
        order: Any = "F" if xs[0].flags.f_contiguous else "C"
        calls["copy"] = lambda: np.array(xs[0], order=order)
        calls["turned"] = lambda: np.array(xs[0], order="C" if order == "F" and xs[0].ndim > 1 else "F")
    for _ in range(3):
        calls["bridge"]()  # compiles
    found = {name: t["min"] for name, t in in_turns(calls, SECONDS, perf_counter).items()}
    found["julia"] = timer(julia.function(case.inside) if case.inside else f, SECONDS / 4, *xs)
    if case.passes:
        found |= _copies(calls["bridge"], xs[0].nbytes)
    return found


def _copies(call: Callable[[], Any], size: int) -> dict[str, float]:
    """How often Julia and NumPy allocated the memory of the array during a call."""
    from fluxbridge import julia

    allocated = julia.function("() -> (Base.gc_num(); Base.gc_bytes())")
    before = allocated()
    call()
    in_julia = (allocated() - before) / size
    tracemalloc.start()
    call()
    in_numpy = tracemalloc.get_traced_memory()[1] / size
    tracemalloc.stop()
    return {"allocated by Julia": in_julia, "allocated by NumPy": in_numpy}


def judge(case: Case, found: dict[str, Any], own: float) -> dict[str, Any]:
    """The bridge's own time, and how much of it is allowed; `own` is juliacall's time for a crossing."""
    beyond = found["bridge"] - found["julia"] - found.get("native", 0.0)
    if case.passes:
        turned = found["turned"] if "C's order" in case.title else found["copy"]
        limit = case.passes * PASS * turned + ARRAY
    else:
        assert case.limit is not None
        beyond -= own
        limit = case.crossings * case.limit
    return {"beyond": beyond, "limit": limit, "met": beyond <= limit}


def print_bridge(results: dict[str, list[dict[str, Any]]]) -> None:
    """A table for each mode: the whole call, the work inside of Julia, juliacall's own call."""
    raw = [found["juliacall"] for found in results[MODES[0]]]
    for mode, rows in results.items():
        print(f"\nbridge, {mode}")
        print(f"  {'':46}{'call':>10}{'in Julia':>10}{'juliacall':>10}{'beyond':>10}{'limit':>10}")
        for case, found, own in zip(CASES, rows, raw, strict=True):
            verdict = judge(case, found, own * case.crossings)
            cells = [found["bridge"], found["julia"], own, max(0.0, verdict["beyond"]), verdict["limit"]]
            mark = "met" if verdict["met"] else "MISSED" if mode == MODES[0] else "-"
            if case.passes and mode == MODES[0]:
                copies = [found[f"allocated by {who}"] for who in ("Julia", "NumPy")]
                mark += ", arrays allocated in Julia {:.2f}, in NumPy {:.2f}".format(*copies)
            print(f"  {case.title:46}" + "".join(f"{duration(c):>10}" for c in cells) + f"  {mark}")


def missing() -> str:
    """Why there is no Julia for a fresh process; empty if there is one."""
    code = "from fluxbridge.julia import available as a; print('' if a() else a().reason)"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True).stdout.strip()


def in_a_process(mode: str) -> list[dict[str, Any]]:
    """`measure` in a fresh process, as Julia is best started before anything else is."""
    command = [sys.executable, "-m", "benchmarks.bridge", mode]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1] == MODES[1])))
