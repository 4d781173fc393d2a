"""Who the workers are: processes that MPI started, or this one alone.

A script that runs with ``mpiexec -n 4 python train.py`` runs alone, too: ``python train.py`` is one worker.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import Any

from ...errors import ArgumentError, FluxbridgeError, MissingPackage
from .guard import Guard

__all__ = [
    "AbstractFluxDistributedBackend",
    "MPIBackend",
    "SequentialBackend",
    "get_distributed_backend",
    "initialize",
    "initialized",
    "local_rank",
    "total_workers",
]

_INSTALL = 'MPIBackend needs mpi4py: pip install "fluxbridge[mpi]", or on a cluster mpi4py built on its MPI'

#: Where launchers say how many processes they started.
_SIZES = (
    "OMPI_COMM_WORLD_SIZE",
    "PMI_SIZE",
    "MPI_LOCALNRANKS",
    "MV2_COMM_WORLD_SIZE",
    "SLURM_STEP_NUM_TASKS",
)


class AbstractFluxDistributedBackend:
    """The base class of what connects workers: `rank` of `size`, and a communicator of mpi4py, or None.

    >>> AbstractFluxDistributedBackend().size
    1
    """

    comm: Any = None
    rank: int = 0
    size: int = 1

    def waiting(self, what: str) -> Any:
        """The context of a collective; what it is for stands in the message of one that does not end."""
        return contextlib.nullcontext()

    def everyones(self, x: Any) -> list[Any]:
        """`x` of every rank, by rank. Small objects only: they are pickled."""
        return [x]

    def of(self, x: Any, root: int = 0) -> Any:
        """`x` of one rank. Small objects only: they are pickled."""
        return x


class SequentialBackend(AbstractFluxDistributedBackend):
    """One worker, alone: every collective is the identity.

    >>> SequentialBackend()
    SequentialBackend()
    """

    def __repr__(self) -> str:
        return "SequentialBackend()"


class MPIBackend(AbstractFluxDistributedBackend):
    """Workers that MPI started. Take ``get_distributed_backend(MPIBackend)`` rather than the constructor.

    `comm` is an intracommunicator of mpi4py, COMM_WORLD if none is given. Raises MissingPackage without
    mpi4py.

    >>> MPIBackend.__name__
    'MPIBackend'
    """

    def __init__(self, comm: Any = None):
        if comm is None:
            comm = _mpi().COMM_WORLD
        self.comm = comm
        self.rank, self.size = comm.Get_rank(), comm.Get_size()

    def waiting(self, what: str) -> Any:
        return super().waiting(what) if _STATE.guard is None else _STATE.guard.waiting(what)

    def everyones(self, x: Any) -> list[Any]:
        with self.waiting("a comparison of the ranks"):
            return self.comm.allgather(x)

    def of(self, x: Any, root: int = 0) -> Any:
        with self.waiting("synchronize_"):
            return self.comm.bcast(x, root=root)

    def __repr__(self) -> str:
        return f"MPIBackend(rank {self.rank} of {self.size})"


class _State:
    """What `initialize` found."""

    backend: AbstractFluxDistributedBackend | None = None
    guard: Guard | None = None


_STATE = _State()


def _mpi() -> Any:
    """The module mpi4py.MPI, whose import starts MPI. MissingPackage, with what to do, without it.

    A rank that waits lets other processes run, unless the environment says otherwise: where ranks share
    cores, Open MPI's spinning makes an exchange a hundred times slower, and elsewhere it gains nothing.
    """
    os.environ.setdefault("OMPI_MCA_mpi_yield_when_idle", "1")
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:  # RuntimeError: mpi4py is there, and no MPI
        raise MissingPackage(f"{_INSTALL} ({error})") from error
    return MPI


def _started() -> int:
    """How many processes a launcher says that it started; 1 without one."""
    sizes = [os.environ.get(name, "") for name in _SIZES]
    return max((int(size) for size in sizes if size.isdigit()), default=1)


def initialize(backend: type, *, time_limit: float = 600.0) -> None:
    """Start MPI, and see to it that a rank that fails ends the others. Before anything else; once is enough.

    A collective that takes longer than `time_limit` seconds, as one rank does not come to it, ends all ranks:
    make it longer if one of them is to be left alone for that long. Without mpi4py a script that runs alone
    goes on as one worker, with a warning.

    Raises ArgumentError if `backend` is not MPIBackend; MissingPackage without mpi4py in a program that
    a launcher started several times; FluxbridgeError if the launcher belongs to another MPI than mpi4py.

    >>> initialize(MPIBackend)  # doctest: +SKIP
    """
    _refuse_other(backend, "initialize")
    if not time_limit > 0:
        raise ArgumentError(f"time_limit is a number of seconds above 0; got {time_limit!r}")
    if _STATE.backend is not None:
        if _STATE.guard is not None:
            _STATE.guard.time_limit = time_limit
        return
    started = _started()
    try:
        mpi = _mpi()
    except ModuleNotFoundError as error:
        if started > 1:
            raise
        warnings.warn(f"one worker, alone: {error}", stacklevel=2)
        _STATE.backend = SequentialBackend()
        return
    made = MPIBackend(mpi.COMM_WORLD)
    if started > 1 and made.size == 1:
        raise FluxbridgeError(
            f"{started} processes were started, but mpi4py sees one: mpiexec belongs to another MPI than "
            f"mpi4py, which uses {mpi.Get_library_version().splitlines()[0].split(',')[0]}"
        )
    if made.size > 1:
        _STATE.guard = Guard(mpi, time_limit)
    _STATE.backend = made


def initialized(backend: type) -> bool:
    """Was ``initialize(backend)`` called? Raises ArgumentError if `backend` is not MPIBackend.

    >>> initialized(MPIBackend)
    False
    """
    _refuse_other(backend, "initialized")
    return _STATE.backend is not None


def get_distributed_backend(backend: type) -> AbstractFluxDistributedBackend:
    """The workers: an MPIBackend, or a SequentialBackend where `initialize` found no mpi4py.

    Raises ArgumentError if `backend` is not MPIBackend, or was not initialised.

    >>> get_distributed_backend(MPIBackend)
    Traceback (most recent call last):
    fluxbridge.errors.ArgumentError: MPIBackend is not initialised; call DistributedUtils.initialize(…) first
    """
    _refuse_other(backend, "get_distributed_backend")
    if _STATE.backend is None:
        raise ArgumentError("MPIBackend is not initialised; call DistributedUtils.initialize(…) first")
    return _STATE.backend


def _refuse_other(backend: Any, name: str) -> None:
    if backend is not MPIBackend:
        raise ArgumentError(f"{name} takes the class MPIBackend; got {backend!r}")


def local_rank(backend: AbstractFluxDistributedBackend) -> int:
    """Which worker this is, counted from 0, among all of them (as in Flux, on all hosts).

    >>> local_rank(SequentialBackend())
    0
    """
    return backend.rank


def total_workers(backend: AbstractFluxDistributedBackend) -> int:
    """How many workers there are.

    >>> total_workers(SequentialBackend())
    1
    """
    return backend.size
