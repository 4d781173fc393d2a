"""Peak memory: each engine in a process of its own, ``python -m benchmarks.memory CASE ENGINE``.

What counts is the most physical memory that the process held during one gradient, less what it held
just before, with the libraries and inputs loaded, and compiled and run once on the way (with a small
input where the engine does not compile for a shape). The kernel counts it, so memory of every
library is seen, while tracemalloc knows NumPy's and Python's only.
"""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
from dataclasses import replace
from typing import Any

from .cases import CASES, Case
from .timing import prepare


def _reset_peak() -> bool:
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return False
    return True


def _peak() -> float:
    """MiB: VmHWM where it can be read, since ru_maxrss begins with the parent's on Linux."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
    except OSError:
        import resource

        unit = 2**20 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _shrunk(case: Case) -> Case:
    """The case with short vectors, to load what a library loads on its first use."""

    def inputs() -> tuple[Any, ...]:
        return tuple(x[:1000] if x.ndim == 1 and x.size > 1000 else x for x in case.inputs())

    return replace(case, inputs=inputs)


def peak_here(case: Case, engine: str) -> float:
    """MiB that one gradient needs on top of what is there."""
    prepare(_shrunk(case), engine)()
    call = prepare(case, engine)
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    _reset_peak()
    before = _peak()
    call()
    return _peak() - before


def peak(case: Case, engine: str) -> float:
    """The same, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", case.name, engine]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    name, engine = sys.argv[1:]
    print(peak_here(next(case for case in CASES if case.name == name), engine))
