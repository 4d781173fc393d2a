"""Logistic regression on data four times larger than the memory that the process may use.

``python -m benchmarks.more_than_memory [megabytes of memory]`` writes a file of random data, and starts
itself again with that much address space (RLIMIT_AS). There the loss and its gradient are computed together,
and timed against Dask's own forward pass and a gradient written by hand. Linux only.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

COLUMNS = 64
ROWS = 1 << 14  #: of a chunk, 8 MiB


def write(path: str, megabytes: int) -> int:
    """A file with at least so many megabytes of float64; returns how many rows it has."""
    blocks = (megabytes << 20) // (8 * COLUMNS * ROWS) + 1
    rng = np.random.default_rng(0)
    with open(path, "wb") as file:
        for _ in range(blocks):
            rng.standard_normal((ROWS, COLUMNS)).tofile(file)
    return blocks * ROWS


def read(path: str, block_info: Any = None) -> np.ndarray:
    """The rows of one chunk."""
    start, stop = block_info[None]["array-location"][0]
    flat = np.fromfile(path, count=(stop - start) * COLUMNS, offset=start * COLUMNS * 8)
    return flat.reshape(stop - start, COLUMNS)


def measured(run: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - start)
    return best, result


def train(path: str, rows: int, megabytes: int) -> None:
    import dask
    import dask.array as da

    from fluxbridge import compute, gradient, withgradient

    dask.config.set(scheduler="threads", num_workers=2)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    x = da.map_blocks(
        read, path, chunks=((ROWS,) * (rows // ROWS), (COLUMNS,)), dtype=np.float64, meta=np.zeros((0, 0))
    )
    truth = np.linspace(-1, 1, COLUMNS)
    y = (x @ truth > 0).astype(np.float64)
    w = np.zeros(COLUMNS)

    def loss(w: Any) -> Any:
        z = x @ w
        return np.mean(np.logaddexp(0.0, z) - y * z)

    def by_hand(w: Any) -> Any:
        z = x @ w
        return np.mean(np.logaddexp(0.0, z) - y * z), x.T @ (1 / (1 + np.exp(-z)) - y) / rows

    forward, _ = measured(lambda: loss(w).compute())
    ours, (value, (slope,)) = measured(lambda: compute(*withgradient(loss, w)))
    theirs, (_, expected) = measured(lambda: dask.compute(*by_hand(w)))
    assert np.allclose(slope, expected)
    for _ in range(3):
        w = w - 20 * compute(gradient(loss, w)[0])
    print(f"data {os.path.getsize(path) >> 20} MiB, address space at most {megabytes} MiB")
    print(f"peak of memory in use {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
    print(f"forward pass of Dask {forward:.2f} s; by hand {theirs:.2f} s, {theirs / forward:.2f} times that")
    print(f"loss and gradient {ours:.2f} s, {ours / forward:.2f} times the forward pass")
    print(f"loss {float(value):.4f} at first, {float(loss(w).compute()):.4f} after 3 steps")


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 512
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data")
        rows = write(path, 4 * megabytes)
        few = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}  # each would reserve address space
        call = [sys.executable, "-m", "benchmarks.more_than_memory", "train", path, str(rows), str(megabytes)]
        subprocess.run(call, check=True, env={**os.environ, **few})


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
