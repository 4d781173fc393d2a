"""One rank that fails ends all of them: nobody waits for ever for a rank that does not come.

Three things are watched for. An exception that ends a rank ends the others by ``MPI_Abort``. A rank that ends
in the ordinary way says so to all others; those that wait for it in a collective then end. And a collective
that takes longer than a limit ends all ranks. (A process that is killed is noticed by ``mpiexec`` itself.)
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
from typing import Any

PERIOD = 0.25  #: seconds between two looks at a collective
GRACE = 2.0  #: seconds after which a collective is taken to wait for a rank that has ended


class Guard:
    """Watches over the collectives of one process among several."""

    def __init__(self, mpi: Any, time_limit: float):
        self.mpi, self.time_limit = mpi, time_limit
        self.comm = mpi.COMM_WORLD.Dup()  # for what the guards say to each other
        self.rank, self.size = self.comm.Get_rank(), self.comm.Get_size()
        self.since: float | None = None
        self.what = ""
        others = [r for r in range(self.size) if r != self.rank]
        self.ends = {r: self.comm.Irecv([bytearray(1), mpi.BYTE], source=r) for r in others}
        self.ended: set[int] = set()
        self.previous_hook = sys.excepthook
        sys.excepthook = self.on_exception
        atexit.register(self.say_end)
        if mpi.Query_thread() >= mpi.THREAD_MULTIPLE:
            threading.Thread(target=self.watch, name="fluxbridge-guard", daemon=True).start()

    def waiting(self, what: str) -> Guard:
        """``with guard.waiting("…"):`` around a collective."""
        self.what = what
        return self

    def __enter__(self) -> None:
        self.since = time.monotonic()

    def __exit__(self, *_: Any) -> None:
        self.since = None

    def watch(self) -> None:
        """What the thread does: look at the collective that runs, now and then."""
        while not self.mpi.Is_finalized():
            time.sleep(PERIOD)
            since = self.since
            if since is None:
                continue
            waited = time.monotonic() - since
            if waited > GRACE and self.missing() and self.since == since:
                self.stop(
                    f"rank {min(self.ended)} has ended, and rank {self.rank} waits for it in {self.what}; "
                    "every rank must take the same number of steps (give each as many batches)"
                )
            if waited > self.time_limit:
                self.stop(
                    f"rank {self.rank} of {self.size} waits since {self.time_limit:g} s in {self.what} for "
                    "a rank that does not come; initialize(MPIBackend, time_limit=…) sets this limit"
                )

    def missing(self) -> set[int]:
        """The ranks that have said that they end."""
        self.ended |= {r for r, request in self.ends.items() if r not in self.ended and request.Test()}
        return self.ended

    def stop(self, message: str) -> None:
        """Say why, and end all ranks."""
        print(f"fluxbridge: {message}. All ranks are stopped.", file=sys.stderr, flush=True)
        self.comm.Abort(1)

    def on_exception(self, kind: Any, error: Any, traceback: Any) -> None:
        """The excepthook of a rank."""
        self.previous_hook(kind, error, traceback)
        sys.stderr.flush()
        self.stop(f"rank {self.rank} of {self.size} ended with the {kind.__name__} above")

    def say_end(self) -> None:
        """At the ordinary end: tell the others, and wait until they end too, as MPI_Finalize would."""
        self.since = None
        said = [self.comm.Isend([b"e", self.mpi.BYTE], dest=r) for r in self.ends]
        while len(self.missing()) < len(self.ends):
            time.sleep(0.005)
        self.mpi.Request.Waitall(said)
