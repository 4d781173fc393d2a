"""Random numbers: a million of them, against NumPy's own generator."""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np

from fluxbridge.random import StableRNG, Xoshiro

COUNT = 10**6
LIMIT = 10.0  # times as long as NumPy's; the target is on normal numbers
ROUNDS = 7

NUMPY: dict[str, Any] = {
    "randn": lambda g: g.standard_normal(COUNT),
    "randn, float32": lambda g: g.standard_normal(COUNT, np.float32),
    "randexp": lambda g: g.standard_exponential(COUNT),
    "rand": lambda g: g.random(COUNT),
    "rand, float32": lambda g: g.random(COUNT, np.float32),
    "rand of range(1, 7)": lambda g: g.integers(1, 7, COUNT),
    "shuffle": lambda g: g.permutation(COUNT // 10),
}
OURS: dict[str, Any] = {
    "randn": lambda g: g.randn(COUNT),
    "randn, float32": lambda g: g.randn(np.float32, COUNT),
    "randexp": lambda g: g.randexp(COUNT),
    "rand": lambda g: g.rand(COUNT),
    "rand, float32": lambda g: g.rand(np.float32, COUNT),
    "rand of range(1, 7)": lambda g: g.rand(range(1, 7), COUNT),
    "shuffle": lambda g: g.randperm(COUNT // 10),
}


def measure() -> dict[str, dict[str, float]]:
    """Seconds of processor time, the least of some rounds, in turns."""
    generators = {"NumPy": np.random.default_rng(1), "Xoshiro": Xoshiro(1), "StableRNG": StableRNG(1)}
    found: dict[str, dict[str, float]] = {name: {} for name in OURS}
    for name, times in found.items():
        for _ in range(ROUNDS):
            for who, g in generators.items():
                call = (NUMPY if who == "NumPy" else OURS)[name]
                start = process_time()
                call(g)
                times[who] = min(times.get(who, np.inf), process_time() - start)
    return found


def print_random(found: dict[str, dict[str, float]]) -> None:
    print(f"\nrandom: {COUNT:,} numbers (a permutation: a tenth), times as long as NumPy takes")
    for name, times in found.items():
        base = times["NumPy"]
        ratios = "   ".join(f"{who} {times[who] / base:5.1f}" for who in ("Xoshiro", "StableRNG"))
        print(f"  {name:20} NumPy {1e3 * base:6.1f} ms   {ratios}")
    normal = found["randn"]
    worst = max(normal["Xoshiro"], normal["StableRNG"]) / normal["NumPy"]
    print(f"  target: randn within {LIMIT:g} times: {'met' if worst <= LIMIT else 'MISSED'} ({worst:.1f})")
