"""Arrays sent to all workers, and added up over them, in place."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import ArgumentError, MutationError
from .backends import AbstractFluxDistributedBackend

__all__ = ["allreduce_", "avg", "bcast_", "reduce_"]


def avg(x: Any, y: Any) -> Any:
    """The mean over all workers, as `op` of :func:`allreduce_` and :func:`reduce_`; of two numbers theirs.

    >>> avg(1.0, 2.0)
    1.5
    """
    return (x + y) / 2


#: The operations: functions that stand for them, by their names in MPI.
OPERATIONS: dict[Any, str] = {
    avg: "SUM", np.add: "SUM", operator.add: "SUM", sum: "SUM", np.multiply: "PROD", operator.mul: "PROD",
    np.maximum: "MAX", max: "MAX", np.minimum: "MIN", min: "MIN",
}  # fmt: skip


def operation(op: Any) -> Any:
    """The operation of mpi4py for a function. ArgumentError if there is none."""
    name = OPERATIONS.get(op)
    if name is None:
        raise ArgumentError(f"op is avg, np.add, np.multiply, np.maximum or np.minimum; got {op!r}")
    from mpi4py import MPI

    return getattr(MPI, name)


def bcast_(backend: AbstractFluxDistributedBackend, *buffers: Any, root: int = 0) -> Any:
    """``bcast_(backend, sendrecvbuf)`` or ``bcast_(backend, sendbuf, recvbuf)``: the array of `root` for all.

    Writes into the last array, of any shape, the same on all ranks, and returns it; `sendbuf` is read on rank
    `root` only. Raises ArgumentError for other arguments, MutationError if the array cannot be written to.

    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> bcast_(SequentialBackend(), np.array([1.0, 2.0]))
    array([1., 2.])
    """
    send, receive = _buffers("bcast_", buffers)
    if send is not receive and backend.rank == root:
        receive[...] = send

    def run(flat: np.ndarray) -> None:
        backend.comm.Bcast(flat, root=root)

    return _flat(backend, receive, "bcast_", run)


def allreduce_(backend: AbstractFluxDistributedBackend, *args: Any) -> Any:
    """``allreduce_(backend, sendrecvbuf, op)`` or ``(backend, sendbuf, recvbuf, op)``: the sum over workers.

    `op` is :func:`avg`, np.add, np.multiply, np.maximum or np.minimum. Writes into the last array, of any
    shape, the same on all ranks, and returns it. Raises ArgumentError for other arguments, MutationError if
    the array cannot be written to.

    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> allreduce_(SequentialBackend(), np.array([1.0, 2.0]), avg)
    array([1., 2.])
    """
    receive, op = _received("allreduce_", args)

    def run(flat: np.ndarray) -> None:
        from mpi4py import MPI

        backend.comm.Allreduce(MPI.IN_PLACE, flat, operation(op))
        if op is avg:
            flat /= backend.size

    return _flat(backend, receive, "allreduce_", run)


def reduce_(backend: AbstractFluxDistributedBackend, *args: Any, root: int = 0) -> Any:
    """:func:`allreduce_` for rank `root` only: the arrays of the others are as they were.

    Raises as :func:`allreduce_`.

    >>> from fluxbridge.flux.distributed import SequentialBackend
    >>> reduce_(SequentialBackend(), np.array([1.0, 2.0]), np.add)
    array([1., 2.])
    """
    receive, op = _received("reduce_", args)

    def run(flat: np.ndarray) -> None:
        from mpi4py import MPI

        if backend.rank == root:
            backend.comm.Reduce(MPI.IN_PLACE, flat, operation(op), root=root)
            if op is avg:
                flat /= backend.size
        else:
            backend.comm.Reduce(flat, None, operation(op), root=root)

    return _flat(backend, receive, "reduce_", run)


def _received(name: str, args: tuple[Any, ...]) -> tuple[np.ndarray, Any]:
    """(the array that is written into, with what is sent in it; the operation)"""
    *buffers, op = args or (None,)
    if op not in OPERATIONS:
        operation(op)
    send, receive = _buffers(name, tuple(buffers))
    if op is avg and receive.dtype.kind not in "fc":
        raise ArgumentError(f"{name}: the mean of {receive.dtype} is not of that type; take floats")
    if send is not receive:
        receive[...] = send
    return receive, op


def _buffers(name: str, buffers: tuple[Any, ...]) -> tuple[np.ndarray, np.ndarray]:
    if len(buffers) not in (1, 2) or not all(isinstance(b, np.ndarray) for b in buffers):
        kinds = ", ".join(type(b).__name__ for b in buffers) or "nothing"
        raise ArgumentError(f"{name} takes one array, or two, to send and to write to; got {kinds}")
    send, receive = buffers[0], buffers[-1]
    if send.shape != receive.shape or send.dtype != receive.dtype:
        raise ArgumentError(
            f"{name}: sendbuf is of shape {send.shape} and {send.dtype}, recvbuf of {receive.shape} and "
            f"{receive.dtype}"
        )
    if receive.dtype.kind not in "biufc":
        raise ArgumentError(f"{name} sends arrays of numbers, not of {receive.dtype}")
    if not receive.flags.writeable:
        raise MutationError(f"{name}: the array cannot be written to")
    return send, receive


def _flat(
    backend: AbstractFluxDistributedBackend, x: np.ndarray, name: str, run: Callable[[np.ndarray], None]
) -> np.ndarray:
    """`run` on `x` as MPI can take it: contiguous, in C order, and no half precision."""
    if backend.comm is None or backend.size == 1:
        return x
    half = x.dtype == np.float16
    wide = x.astype(np.float32) if half else x if x.flags.c_contiguous else x.copy(order="C")
    with backend.waiting(f"{name} of an array of shape {x.shape}"):
        run(wide.reshape(-1))
    if wide is not x:
        x[...] = wide
    return x
