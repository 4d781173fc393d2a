"""Time: all engines in one process, in turns, so that a disturbance meets all of them.

It is the time of the processor, of all threads together: what else runs on the machine counts less.
"""

from __future__ import annotations

import ctypes
import gc
import statistics
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import numpy as np

from .cases import Case, scalar_loop
from .engines import CHECKPOINTED, ENGINES, FORWARD, OURS, Call, as_arrays

ROUNDS = (5, 60)  # at least, at most
SECONDS = 6.0  # for one benchmark, beyond the least number of rounds
SAMPLE = 0.004  # seconds that one measurement takes at least, by repetition


def takes_part(case: Case, engine: str) -> bool:
    return engine not in case.without and (engine != CHECKPOINTED or case.in_blocks is not None)


def prepare(case: Case, engine: str) -> Call:
    make = case.in_blocks if engine == CHECKPOINTED and case.in_blocks else case.make
    return ENGINES[engine][1](make, case.inputs())


def check(case: Case, calls: dict[str, Call]) -> None:
    """All engines must give the same gradients."""
    wanted = as_arrays(calls[OURS]())
    for name, call in calls.items():
        if name in (OURS, FORWARD):
            continue
        found = as_arrays(call())
        for ours, theirs in zip(wanted, found, strict=True):
            close = case.tolerance * float(np.max(np.abs(ours)))
            if ours.shape != theirs.shape or not np.allclose(ours, theirs, case.tolerance, close):
                raise AssertionError(f"{case.name}: {name} gives another gradient than {OURS}")


def _keep_freed_memory() -> None:
    """Let glibc hand freed memory out again, rather than to the kernel and back, page by page.

    Whether it does so by itself is chance (what lies at the end of the heap), and changes the time
    of anything with large arrays by a factor of two, for every engine.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # not glibc
    mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD
    mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD


def _once(call: Callable[[], Any], repeat: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(repeat):
        call()
    return (clock() - start) / repeat


def in_turns(
    calls: dict[str, Call], seconds: float = SECONDS, clock: Callable[[], float] = process_time
) -> dict[str, dict[str, float]]:
    """Seconds that a call of each needs: the least and the median over rounds A B C, A B C, ..."""
    repeats = {name: max(1, int(SAMPLE / _once(call, 1, clock))) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    gc.freeze()  # what the libraries hold is not searched again at every collection
    end = perf_counter() + seconds
    for done in range(ROUNDS[1]):
        if done >= ROUNDS[0] and perf_counter() > end:
            break
        for name, call in calls.items():
            if len(times[name]) >= 2 and times[name][0] > 1.0:
                continue  # seconds long: two measurements say enough
            times[name].append(_once(call, repeats[name], clock))
    gc.unfreeze()
    return {name: {"min": min(t), "median": statistics.median(t)} for name, t in times.items()}


def measure(case: Case, engines: list[str]) -> dict[str, dict[str, float]]:
    _keep_freed_memory()
    calls = {name: prepare(case, name) for name in engines if takes_part(case, name)}
    check(case, calls)
    return in_turns(calls)


def growth(sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)) -> dict[str, dict[int, float]]:
    """Seconds an operation, for chains of so many operations on one number.

    Also without Python's garbage collector, which walks everything alive again and again.
    """

    def call(n: int) -> Call:
        return ENGINES[OURS][1](lambda xp: scalar_loop(xp, n), (1.0 + 1e-7,))

    def measured() -> dict[int, float]:
        found = in_turns({str(n): call(n) for n in sizes})
        return {n: found[str(n)]["min"] / n for n in sizes}

    usual = measured()
    gc.disable()
    try:
        return {"usual": usual, "without collector": measured()}
    finally:
        gc.enable()
