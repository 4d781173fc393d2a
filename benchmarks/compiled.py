"""Compiled gradients beside their peers: at the first call, and hot; with and without Numba.

A hot call includes taking the arguments apart and putting the answer together. The first call of a peer that
compiles includes compiling; ours is with the trace, that of the Numba row with all until machine code runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from . import memory
from .cases import CASES, Case, rosenbrock
from .engines import CASADI, COMPILED, ENGINES, MACHINE, OURS, installed
from .report import duration, fraction
from .timing import check, in_turns, prepare

JAX, TORCH, ZYGOTE = "JAX, jit", "PyTorch", "Zygote"


@dataclass(frozen=True)
class Row:
    """A case, what it is aimed at (whose time, at most which multiple of which peer's), and its peers."""

    name: str
    targets: tuple[tuple[str, float, str], ...]
    more: tuple[str, ...] = ()
    zygote: str = ""


ROWS = (
    Row(
        "babylonian",
        ((COMPILED, 1 / 2, JAX), (COMPILED, 1 / 3, ZYGOTE), (MACHINE, 1 / 4, JAX)),
        (CASADI,),
        "x -> (t = (1 + x) / 2; for _ in 1:9; t = (t + x / t) / 2; end; t)",
    ),
    Row(
        "scalar-loop",
        ((COMPILED, 1 / 3, ZYGOTE), (MACHINE, 1 / 4, JAX)),
        (CASADI,),
        "x -> (y = x; for _ in 1:1000; y = y * x; end; y)",
    ),
    Row(
        "rosenbrock",
        ((COMPILED, 1 / 2, JAX), (MACHINE, 1.0, ZYGOTE)),
        (CASADI,),
        "x -> sum(100 .* (x[2:end] .- x[1:end-1] .^ 2) .^ 2 .+ (1 .- x[1:end-1]) .^ 2)",
    ),
    Row("small-vectors", ((COMPILED, 1.0, JAX), (MACHINE, 1 / 2, JAX))),
    Row(
        "elementwise", ((COMPILED, 1.0, JAX), (COMPILED, 1.0, TORCH), (MACHINE, 1.0, JAX), (OURS, 1.1, TORCH))
    ),
    Row("polynomial", ((COMPILED, 1.0, JAX), (COMPILED, 1.0, TORCH), (MACHINE, 1.0, JAX))),
    Row("chain", ((COMPILED, 1.0, JAX),)),
    Row("mlp64", ((COMPILED, 1.0, JAX), (COMPILED, 0.9, TORCH), (OURS, 1.1, TORCH))),
    Row("slogdet", ((COMPILED, 1.0, TORCH),)),
)
DIRECTIONS = {
    "hessian": ((MACHINE, 1.0, JAX),),
    "jacobian": ((COMPILED, 2.0, JAX),),
}
FIRST = {"mlp64": 0.050, "scalar-loop": 0.300}  #: seconds that a first call may take


def case_of(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


# -- first calls -----------------------------------------------------------------------------------------


def first_call(case: Case, engine: str) -> float:
    """Seconds of the processor until the first answer; of the Numba row, until machine code has given one."""
    import numpy as np

    from fluxbridge import AutoNative, gradient
    from fluxbridge.compiled.cache import CACHE

    CACHE.clear()
    if engine != COMPILED:
        start = time.process_time()
        prepare(case, engine)()
        return time.process_time() - start
    f, xs = case.make(np), case.inputs()
    start = time.process_time()
    gradient(f, AutoNative(compile="numpy"), *xs)
    return time.process_time() - start


def warm_up() -> None:
    """Load what every engine loads at its very first gradient."""
    case = replace(case_of("small-vectors"), name="warm-up")
    for engine in (OURS, COMPILED, MACHINE, JAX, TORCH):
        if installed()[engine] is not None:
            prepare(case, engine)()


# -- Zygote ----------------------------------------------------------------------------------------------


def zygote(row: Row, case: Case) -> dict[str, float] | None:
    """Seconds inside of Julia; None where there is none."""
    from .bridge import _TIMER, missing

    if not row.zygote or missing():
        return None
    from fluxbridge import julia

    timer = julia.function(_TIMER)
    f = julia.function(f"(x...) -> gradient({row.zygote}, x...)")
    start = time.process_time()
    f(*case.inputs())
    first = time.process_time() - start
    least = float(timer(f, 1.0, *case.inputs()))
    return {"min": least, "median": least, "first": first}


# -- many directions -------------------------------------------------------------------------------------


def directions() -> dict[str, dict[str, Any]]:
    """The Hessian of Rosenbrock's function of 100 variables, and the Jacobian of tanh(A x), 100 × 100."""
    import numpy as np

    from fluxbridge import AutoNative, hessian, jacobian

    x = np.random.default_rng(0).standard_normal(100)
    a = np.random.default_rng(1).standard_normal((100, 100))
    f = rosenbrock(np)

    def g(x: Any) -> Any:
        return np.tanh(a @ x)

    versions = installed()
    engines = {OURS: AutoNative(), COMPILED: AutoNative(compile="numpy")}
    if versions[MACHINE] is not None:
        engines[MACHINE] = AutoNative(compile="numba")
    calls: dict[str, dict[str, Callable[[], Any]]] = {"hessian": {}, "jacobian": {}}
    for name, engine in engines.items():
        calls["hessian"][name] = lambda engine=engine: hessian(f, engine, x)  # type: ignore[misc]
        calls["jacobian"][name] = lambda engine=engine: jacobian(g, engine, x)  # type: ignore[misc]
    if versions[JAX] is not None:
        import jax

        h = jax.jit(jax.hessian(rosenbrock(jax.numpy)))
        j = jax.jit(jax.jacobian(lambda x: jax.numpy.tanh(jax.numpy.asarray(a) @ x)))
        z = jax.numpy.asarray(x)
        calls["hessian"][JAX] = lambda: jax.block_until_ready(h(z))
        calls["jacobian"][JAX] = lambda: jax.block_until_ready(j(z))
    for row in calls.values():
        for call in row.values():
            for _ in range(4):
                call()
    return {name: in_turns(row, seconds=2.0) for name, row in calls.items()}


# -- the table -------------------------------------------------------------------------------------------


def verdicts(targets: Any, times: dict[str, Any]) -> list[dict[str, Any]]:
    """What was found, next to what was aimed at; None where a peer is absent."""
    found = []
    for by, limit, peer in targets:
        ratio = times[by]["min"] / times[peer]["min"] if by in times and peer in times else None
        met = None if ratio is None else ratio <= limit
        found.append({"by": by, "peer": peer, "limit": limit, "found": ratio, "met": met})
    return found


def print_row(
    name: str, title: str, times: dict[str, Any], judged: list[dict[str, Any]], absent: list[str]
) -> None:
    print(f"\n{name}: {title}")
    print(f"  {'':30}{'first call':>12}{'hot':>12}{'/ JAX, jit':>12}{'/ PyTorch':>12}")
    for engine, t in times.items():
        first = duration(t["first"]) if "first" in t else ""
        ratios = [fraction(t["min"] / times[p]["min"]) if p in times else "-" for p in (JAX, TORCH)]
        print(f"  {engine:30}{first:>12}{duration(t['min']):>12}" + "".join(f"{r:>12}" for r in ratios))
    for engine in absent:
        print(f"  {engine:30}{'absent':>12}")
    for v in judged:
        mark = {True: "met   ", False: "MISSED", None: "absent"}[v["met"]]
        ratio = "-" if v["found"] is None else fraction(v["found"])
        print(f"  {mark} {v['by']} at most {fraction(v['limit'])} of {v['peer']}: {ratio}")


def measured(row: Row, versions: dict[str, str | None]) -> dict[str, Any]:
    case = case_of(row.name)
    peers = [OURS, COMPILED, MACHINE, JAX, TORCH, *row.more]
    engines = [name for name in peers if versions[name] is not None]
    absent = [name for name in peers if versions[name] is None]
    firsts = {name: first_call(case, name) for name in engines}
    calls = {name: prepare(case, name) for name in engines}
    check(case, calls)
    times = in_turns(calls, seconds=3.0)
    for name, t in times.items():
        t["first"] = firsts[name]
    of_julia = zygote(row, case)
    if of_julia is not None:
        times[ZYGOTE] = of_julia
    elif row.zygote:
        absent.append(ZYGOTE)
    judged = verdicts(row.targets, times)
    if row.name in FIRST:
        ratio = firsts[COMPILED] / FIRST[row.name]
        judged.append({"by": COMPILED, "peer": f"{duration(FIRST[row.name])} (first call)", "limit": 1.0,
                       "found": ratio, "met": ratio <= 1.0})  # fmt: skip
    print_row(row.name, case.title, times, judged, absent)
    found = {"time": times, "targets": judged, "absent": absent}
    if row.name == "chain":
        found["memory"] = {name: memory.peak(case, name) for name in (OURS, COMPILED, JAX) if name in engines}
        print("  peak memory:", *[f"{name} {mib:.0f} MiB" for name, mib in found["memory"].items()])  # type: ignore[attr-defined]
    return found


def run() -> dict[str, Any]:
    """All rows; engines that cannot be imported are said to be absent."""
    print("\ncompiled gradients, one thread\n")
    versions = {name: version for name, version in installed().items() if name in ENGINES}
    warm_up()
    rows = {row.name: measured(row, versions) for row in ROWS}
    many = directions()
    for name, times in many.items():
        judged = verdicts(DIRECTIONS[name], times)
        print_row(name, "of 100 variables", times, judged, [])
        rows[name] = {"time": times, "targets": judged}
    every = [v for row in rows.values() for v in row["targets"] if v["met"] is not None]
    print(f"\n{sum(v['met'] for v in every)} of {len(every)} targets met")
    return rows
