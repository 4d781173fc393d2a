"""``python -m benchmarks [--only NAME] [--json FILE]``, from the root of the repository."""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from . import bridge, compiled, flux, layers, memory, random, timing
from .cases import CASES
from .engines import ENGINES, OF_NUMBERS, installed
from .report import judge, print_case, print_growth, print_summary

GROWTH, BRIDGE, FLUX, RANDOM, COMPILED, LAYERS = "growth", "bridge", "flux", "random", "compiled", "layers"
LINEAR = 1.5  # an operation among 1e6 may take so many times as long as one among 1e4


def main() -> None:
    names = [case.name for case in CASES] + [GROWTH, COMPILED, BRIDGE, LAYERS, FLUX, RANDOM]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="fluxbridge and other engines.")
    listed = "one of: " + ", ".join(names)
    parser.add_argument("--only", metavar="NAME", action="append", choices=names, help=listed)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all numbers there too")
    options = parser.parse_args()
    chosen = options.only or names

    versions = installed()
    engines = [name for name in ENGINES if versions[name] is not None and name not in OF_NUMBERS]
    print(f"Python {platform.python_version()}", *[f"{n} {versions[n]}" for n in engines[2:]], sep=", ")
    for name in ENGINES:
        if versions[name] is None:
            print(f"{name} is not installed and is left out")

    results: dict[str, Any] = {}
    for case in CASES:
        if case.name not in chosen:
            continue
        times = timing.measure(case, engines)
        peaks = {name: memory.peak(case, name) for name in times} if case.memory else {}
        judged = [judge(target, times, peaks) for target in case.targets]
        results[case.name] = {"time": times, "memory": peaks, "targets": [t for t in judged if t]}
        print_case(case, results[case.name])
    written: dict[str, Any] = {"versions": versions, "cases": results}
    if GROWTH in chosen:
        written[GROWTH] = timing.growth()
        print_growth(written[GROWTH], LINEAR)
    if COMPILED in chosen:
        written[COMPILED] = compiled.run()
    if RANDOM in chosen:
        written[RANDOM] = random.measure()
        random.print_random(written[RANDOM])
    if BRIDGE in chosen:
        reason = bridge.missing()
        if reason:
            print(f"\nbridge: left out, no Julia: {reason}")
        else:
            written[BRIDGE] = {mode: bridge.in_a_process(mode) for mode in bridge.MODES}
            bridge.print_bridge(written[BRIDGE])
    if LAYERS in chosen:
        written[LAYERS] = layers.run()
    if FLUX in chosen:
        reason = bridge.missing()
        if reason:
            print(f"\nflux: without the real Flux, no Julia: {reason}")
        written[FLUX] = flux.run(with_flux=not reason)
    if len(results) > 1:
        print_summary(results)
    if options.json:
        options.json.write_text(json.dumps(written, indent=2) + "\n")


if __name__ == "__main__":
    main()
