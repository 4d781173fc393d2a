"""Where arrays are: always on the CPU, with the words that a program for GPUs uses (MLDataDevices.jl)."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer
from ..errors import ArgumentError
from .functors import fcollect, fmap
from .precision import converted
from .rng import default_rng

__all__ = [
    "CPUDevice",
    "DeviceIterator",
    "cpu",
    "cpu_device",
    "default_device_rng",
    "get_device",
    "get_device_type",
    "gpu",
    "gpu_device",
    "reset_gpu_device_",
    "supported_gpu_backends",
]


class CPUDevice:
    """Moves a model or data to the CPU, where they are; with an `eltype` float arrays become that type.

    >>> device = CPUDevice(np.float32)
    >>> device({"w": np.ones(2)})
    {'w': array([1., 1.], dtype=float32)}
    """

    def __init__(self, eltype: Any = None):
        self.eltype = None if eltype is None else np.dtype(eltype)

    def __call__(self, x: Any) -> Any:
        return x if self.eltype is None else fmap(lambda leaf: converted(leaf, self.eltype), x)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, CPUDevice) and self.eltype == other.eltype

    def __hash__(self) -> int:
        return hash(self.eltype)

    def __repr__(self) -> str:
        return f"CPUDevice({'' if self.eltype is None else self.eltype})"


def cpu_device(eltype: Any = None) -> CPUDevice:
    """The CPU.

    >>> cpu_device()(1.0)
    1.0
    """
    return CPUDevice(eltype)


_told: set[str] = set()


def gpu_device(_device_id: int | None = None, eltype: Any = None, *, force: bool = False) -> CPUDevice:
    """The CPU, with a warning the first time, as in Flux without a GPU. With `force` an ArgumentError."""
    if force:
        raise ArgumentError("No functional GPU device found: everything here is computed on the CPU")
    if "gpu" not in _told:
        _told.add("gpu")
        warnings.warn(
            "No functional GPU backend found! Defaulting to CPU. Nothing needs to be done: models and data "
            "stay where they are",
            stacklevel=2,
        )
    return CPUDevice(eltype)


def reset_gpu_device_() -> None:
    """Let :func:`gpu_device` look, and warn, anew."""
    _told.discard("gpu")


def supported_gpu_backends() -> tuple[str, ...]:
    """There are none."""
    return ()


def cpu(x: Any) -> Any:
    """`x` itself: everything here is on the CPU."""
    return x


def gpu(x: Any) -> Any:
    """`x` itself; the first time there is a warning that there is no GPU."""
    return gpu_device()(x)


def get_device(x: Any) -> CPUDevice | None:
    """The CPU, or None for what holds no arrays.

    >>> get_device({"w": np.ones(2)}), get_device((1, "a"))
    (CPUDevice(), None)
    """
    arrays = (np.ndarray, Tracer)
    return CPUDevice() if any(isinstance(v, arrays) for v in fcollect(x)) else None


def get_device_type(x: Any) -> type | None:
    """The class of :func:`get_device`."""
    found = get_device(x)
    return None if found is None else type(found)


def default_device_rng(_device: CPUDevice) -> Any:
    """The generator of random numbers that is used where none is given."""
    return default_rng()


class DeviceIterator:
    """The batches of a loader, each moved to a device.

    >>> list(DeviceIterator(cpu_device(), [1, 2]))
    [1, 2]
    """

    def __init__(self, device: CPUDevice, iterator: Iterable[Any]):
        self.device, self.iterator = device, iterator

    def __iter__(self) -> Iterator[Any]:
        return (self.device(x) for x in self.iterator)

    def __len__(self) -> int:
        return len(self.iterator)  # type: ignore[arg-type]
