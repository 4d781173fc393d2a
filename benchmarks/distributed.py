"""Steps of data-parallel training, timed on one rank and on several, and the collectives in them.

    OPENBLAS_NUM_THREADS=1 mpiexec -n 2 python -m benchmarks.distributed [SECONDS]

Weak scaling: every rank has a batch of its own. Prints the time of a step of rank 0 alone and of all
together, and of the exchange of gradients; then times of collectives by size, blocking ones, those that go on
beside a computation, and what the formula of the ring says; then the exchange with buckets of several sizes.
Of the runs in SECONDS (1 if not given) the fastest is taken. docs/scale.md has a run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fluxbridge import flux as Flux
from fluxbridge.flux import DistributedUtils as DU
from fluxbridge.flux.distributed import buckets
from fluxbridge.flux.optimisers.tree import match

BATCH = 64
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0


def least(f: Callable[[], object], backend: Any) -> float:
    """Seconds of the fastest of many runs, on the slowest rank."""
    best, spent = np.inf, 0.0
    while spent < SECONDS:
        start = time.perf_counter()
        f()
        took = DU.allreduce_(backend, np.array(time.perf_counter() - start), np.maximum).item()
        best, spent = min(best, took), spent + took
    return best


def by_rank_0(f: Callable[[], float], backend: Any) -> float:
    """What `f` gives on rank 0, while the others sleep."""
    found = f() if DU.local_rank(backend) == 0 else 0.0
    request = backend.comm.Ibarrier()
    while not request.Test():
        time.sleep(0.01)
    return found


def training(width: int, backend: Any) -> tuple[Callable[[], Any], Callable[[], Any], int]:
    """(a step, the exchange of its gradients alone, bytes of gradients) of an MLP of three layers."""
    init = Flux.glorot_uniform(np.random.default_rng(0))
    model = Flux.Chain(*[Flux.Dense((width, width), np.tanh, init=init) for _ in range(3)])
    x = np.random.default_rng(DU.local_rank(backend)).normal(size=(width, BATCH)).astype(np.float32)
    state = Flux.setup(DU.DistributedOptimizer(backend, Flux.Descent(0.001)), model)
    entries = match(state, model, model)
    exchange = entries[0].leaf.rule.exchange
    size = sum(p.nbytes for p in Flux.trainables(model))
    step = lambda: Flux.trainstep_(lambda m, x: Flux.mse(m(x), x), model, (x,), state)  # noqa: E731
    step()
    return step, lambda: exchange(entries), size


def steps(backend: Any, say: Callable[[str], None]) -> None:
    say(f"{DU.total_workers(backend)} ranks, a batch of {BATCH} each; ms")
    say("width      bytes    alone together exchange efficiency")
    one = DU.SequentialBackend()
    for width in (64, 128, 256, 512, 1024):
        step, exchange, size = training(width, backend)
        alone = by_rank_0(lambda: least(training(width, one)[0], one), backend)  # noqa: B023
        together, within = least(step, backend), least(exchange, backend)
        say(
            f"{width:>5} {size:>10} {1e3 * alone:8.2f} {1e3 * together:8.2f} {1e3 * within:8.2f} "
            f"{alone / together:10.2f}"
        )


def collectives(backend: Any, say: Callable[[str], None]) -> None:
    from mpi4py import MPI

    p = DU.total_workers(backend)
    neighbours = (backend.rank + 1) % p, (backend.rank - 1) % p
    say("\n    bytes  Allreduce  Iallreduce  2(p-1) exchanges of bytes/p (ms)")
    for k in (8, 14, 17, 20, 22):
        x = np.ones(2**k // 4, np.float32)
        blocking = least(lambda: backend.comm.Allreduce(MPI.IN_PLACE, x), backend)  # noqa: B023
        other = least(lambda: backend.comm.Iallreduce(MPI.IN_PLACE, x).Wait(), backend)  # noqa: B023
        part, other_part = x[: len(x) // p].copy(), x[: len(x) // p].copy()
        exchange = least(
            lambda: backend.comm.Sendrecv(part, neighbours[0], 0, other_part, neighbours[1], 0),  # noqa: B023
            backend,
        )
        say(f"{2**k:>9} {1e3 * blocking:10.3f} {1e3 * other:11.3f} {1e3 * 2 * (p - 1) * exchange:11.3f}")
    x, m = np.ones(1 << 18, np.float32), np.ones((256, 256), np.float32)

    def compute() -> None:
        for _ in range(4):
            m @ m

    def after() -> None:
        compute()
        backend.comm.Allreduce(MPI.IN_PLACE, x)

    def beside() -> None:
        request = backend.comm.Iallreduce(MPI.IN_PLACE, x)
        for _ in range(4):
            m @ m
            request.Test()
        request.Wait()

    say("\na computation; 1 MB after it; 1 MB beside it (ms)")
    say(" ".join(f"{1e3 * least(f, backend):8.3f}" for f in (compute, after, beside)))


def bucket_sizes(backend: Any, say: Callable[[str], None]) -> None:
    model = [np.ones((64, 64), np.float32) for _ in range(128)]
    entries = match(Flux.setup(Flux.Descent(0.1), model), model, model)
    say("\nbuckets of bytes, exchange of 128 arrays of 16 kB (ms)")
    for k in (12, 16, 18, 20, 22):
        plan = buckets.in_buckets(entries, 2**k)
        took = least(lambda: [b.exchange(backend, entries) for b in plan], backend)  # noqa: B023
        say(f"{2**k:>9} {1e3 * took:8.2f}")


def main() -> None:
    DU.initialize(Flux.MPIBackend)
    backend = DU.get_distributed_backend(Flux.MPIBackend)

    def say(text: str) -> None:
        if DU.local_rank(backend) == 0:
            print(text, flush=True)

    for part in (steps, collectives, bucket_sizes):
        part(backend, say)


if __name__ == "__main__":
    main()
