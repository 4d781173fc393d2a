"""The tables."""

from __future__ import annotations

from typing import Any

from .cases import Case, Target
from .engines import CHECKPOINTED, COMPILED, FORWARD, MACHINE, OURS


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def fraction(x: float) -> str:
    return f"1/{1 / x:.3g}" if x < 0.6 else f"{x:.3g}"


def print_case(case: Case, result: dict[str, Any]) -> None:
    times, memory = result["time"], result["memory"]
    print(f"\n{case.name}: {case.title}")
    print(f"  {'':26}{'min':>10}{'median':>10}   {OURS} / it" + ("      peak   ratio" if memory else ""))
    for name, t in times.items():
        ratio = "" if name == OURS else fraction(times[OURS]["min"] / t["min"])
        line = f"  {name:26}{duration(t['min']):>10}{duration(t['median']):>10}   {ratio:>15}"
        if name in memory:
            line += f"  {memory[name]:5.0f} MiB"
            line += "" if name == OURS else f"{fraction(memory[OURS] / max(memory[name], 0.1)):>8}"
        print(line)
    for name, why in case.without.items():
        print(f"  {name:26}left out: {why}")
    for target in result["targets"]:
        print("  " + target_line(target))


def target_line(target: dict[str, Any]) -> str:
    mark = "met   " if target["met"] else "MISSED"
    return (
        f"{mark} {target['of']} of {target['by']} at most {fraction(target['limit'])} of {target['peer']}'s: "
        f"{fraction(target['found'])}"
    )


def judge(target: Target, times: dict[str, Any], memory: dict[str, float]) -> dict[str, Any] | None:
    """The ratio found, next to the one aimed at; None if the peer is not there."""
    values = {k: t["min"] for k, t in times.items()} if target.of == "time" else memory
    if target.peer not in values or target.by not in values:
        return None
    found = values[target.by] / values[target.peer]
    return {
        "of": target.of, "by": target.by, "peer": target.peer,
        "limit": target.limit, "found": found, "met": found <= target.limit,
    }  # fmt: skip


def print_summary(results: dict[str, Any]) -> None:
    """One line a benchmark: fluxbridge's time, and its ratio to every other engine's."""
    peers = [FORWARD]
    for result in results.values():
        peers += [name for name in result["time"] if name not in (*peers, OURS)]
    short = {FORWARD: "forward", CHECKPOINTED: "in blocks", COMPILED: "compiled", MACHINE: "Numba"}
    print(f"\n{OURS}'s time / that of the others (least of all rounds)\n")
    print(f"  {'':15}{OURS:>11}" + "".join(f"{short.get(p, p):>11}" for p in peers) + "  targets")
    for name, result in results.items():
        times = result["time"]
        ours = times[OURS]["min"]
        cells = [fraction(ours / times[p]["min"]) if p in times else "-" for p in peers]
        met = [t["met"] for t in result["targets"]]
        mark = f"{sum(met)} of {len(met)}" if met else ""
        print(f"  {name:15}{duration(ours):>11}" + "".join(f"{c:>11}" for c in cells) + f"  {mark}")


def print_growth(growth: dict[str, dict[int, float]], limit: float) -> None:
    print("\ngrowth: a chain of n operations on one number, time of one operation")
    for name, per_operation in growth.items():
        print(f"  {name:18}", *[f"{n:>9,}: {duration(t):8}" for n, t in per_operation.items()])
    small, *_, large = growth["usual"].values()
    mark = "met   " if large / small <= limit else "MISSED"
    print(f"  {mark} the last at most {limit} times the first: {large / small:.3g}")
