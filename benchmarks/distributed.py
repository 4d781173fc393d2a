"""Steps of data-parallel training, timed on one rank and on several, beside what a formula says.

    python -m benchmarks.distributed > one.json
    mpiexec -n 2 python -m benchmarks.distributed one.json

With OPENBLAS_NUM_THREADS=1, so that a rank has one core. Weak scaling: every rank has a batch of its own.
Prints the time of a step alone and together, the seconds in the exchange, and, with more than one rank, time
and bandwidth of collectives by size, for blocking ones, for those that go on beside a computation, and for
buckets of several sizes. The least of several runs is taken. See docs/scale.md.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fluxbridge import flux as Flux
from fluxbridge.flux import DistributedUtils as DU
from fluxbridge.flux.distributed import buckets
from fluxbridge.flux.optimisers.tree import match

BATCH = 64
WIDTHS = 64, 256, 512, 1024, 2048


def least(f: Callable[[], object], backend, seconds: float = 1.0) -> float:
    """Seconds of the fastest of many runs, on the slowest rank."""
    best, spent = np.inf, 0.0
    while spent < seconds:
        start = time.perf_counter()
        f()
        took = DU.allreduce_(backend, np.array(time.perf_counter() - start), np.maximum).item()
        best, spent = min(best, took), spent + took
    return best


def step_of(width: int, backend):
    """(step of training, exchange of its gradients alone, bytes of gradients)"""
    init = Flux.glorot_uniform(np.random.default_rng(0))
    model = Flux.Chain(*[Flux.Dense((width, width), np.tanh, init=init) for _ in range(3)])
    x = np.random.default_rng(DU.local_rank(backend)).normal(size=(width, BATCH)).astype(np.float32)
    state = Flux.setup(DU.DistributedOptimizer(backend, Flux.Descent(0.001)), model)
    entries = match(state, model, model)
    exchange = entries[0].leaf.rule.exchange
    size = sum(p.nbytes for p in Flux.trainables(model))
    return (
        lambda: Flux.trainstep_(lambda m, x: Flux.mse(m(x), x), model, (x,), state),
        lambda: exchange(entries),
        size,
    )


def steps(backend) -> dict[str, list[float]]:
    found = {}
    for width in WIDTHS:
        step, exchange, size = step_of(width, backend)
        step()
        found[str(width)] = [size, least(step, backend), least(exchange, backend)]
    return found


def collectives(backend) -> None:
    print("\nbytes, blocking ms, nonblocking ms, bandwidth in GB/s of 2(p-1)/p·bytes")
    from mpi4py import MPI

    p = DU.total_workers(backend)
    for k in range(8, 27, 3):
        x = np.ones(2**k // 4, np.float32)
        blocking = least(lambda: backend.comm.Allreduce(MPI.IN_PLACE, x), backend)  # noqa: B023
        other = least(lambda: backend.comm.Iallreduce(MPI.IN_PLACE, x).Wait(), backend)  # noqa: B023
        rate = 2 * (p - 1) / p * 2**k / blocking / 1e9
        say(backend, f"{2**k:>9} {1e3 * blocking:9.3f} {1e3 * other:9.3f} {rate:6.2f}")
    x, m = np.ones(1 << 20, np.float32), np.ones((512, 512), np.float32)

    def compute() -> None:
        for _ in range(8):
            m @ m

    def beside() -> None:
        request = backend.comm.Iallreduce(MPI.IN_PLACE, x)
        for _ in range(8):
            m @ m
            request.Test()
        request.Wait()

    def after() -> None:
        compute()
        backend.comm.Allreduce(MPI.IN_PLACE, x)

    times = [1e3 * least(f, backend) for f in (compute, after, beside)]
    say(
        backend,
        "\nms of a computation; with 4 MB after it; with 4 MB beside it: "
        + " ".join(f"{t:.2f}" for t in times),
    )
    say(backend, "\nbucket bytes, ms of an exchange of 12.6 MB")
    for k in range(14, 28, 2):
        model = [np.ones((512, 512), np.float32) for _ in range(12)]
        entries = match(Flux.setup(Flux.Descent(0.1), model), model, model)
        plan = buckets.in_buckets(entries, 2**k)
        time_ = least(lambda: [b.exchange(backend, entries) for b in plan], backend)  # noqa: B023
        say(backend, f"{2**k:>9} {1e3 * time_:8.2f}")


def say(backend, text: str) -> None:
    if DU.local_rank(backend) == 0:
        print(text, flush=True)


def main() -> None:
    DU.initialize(Flux.MPIBackend)
    backend = DU.get_distributed_backend(Flux.MPIBackend)
    ours = steps(backend)
    if len(sys.argv) < 2:
        say(backend, json.dumps(ours))
        return
    alone = json.loads(Path(sys.argv[1]).read_text())
    say(backend, f"{DU.total_workers(backend)} ranks, batches of {BATCH} each; ms")
    say(backend, "width      bytes    alone together exchange  efficiency")
    for width, (size, together, exchange) in ours.items():
        one = alone[width][1]
        say(
            backend,
            f"{width:>5} {int(size):>10} {1e3 * one:8.2f} {1e3 * together:8.2f} {1e3 * exchange:8.2f} "
            f"{one / together:8.2f}",
        )
    collectives(backend)


if __name__ == "__main__":
    main()
