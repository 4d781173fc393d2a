"""Where arrays are: always on the CPU.

The names that programs for GPUs use (MLDataDevices.jl) work, and move nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..autodiff.primitive import Tracer
from ..errors import ArgumentError
from .functors import fcollect, fmap
from .precision import converted, is_float_type
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

    Raises ArgumentError if `eltype` is no float type.

    >>> device = CPUDevice(np.float32)
    >>> device({"w": np.ones(2)})
    {'w': array([1., 1.], dtype=float32)}
    """

    def __init__(self, eltype: Any = None):
        if eltype is not None and not is_float_type(eltype):
            raise ArgumentError(f"a device converts to a float type such as np.float32, not to {eltype!r}")
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
    """The CPU as a :class:`CPUDevice`, with its errors.

    >>> cpu_device()(1.0)
    1.0
    """
    return CPUDevice(eltype)


_told: set[str] = set()


def gpu_device(_device_id: int | None = None, eltype: Any = None, *, force: bool = False) -> CPUDevice:
    """The CPU, with a warning the first time, as in Flux without a GPU.

    Raises ArgumentError with ``force=True``, or if `eltype` is no float type.

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     gpu_device()
    CPUDevice()
    """
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
    """Let the next :func:`gpu_device` warn again.

    >>> reset_gpu_device_()
    """
    _told.discard("gpu")


def supported_gpu_backends() -> tuple[str, ...]:
    """The names of the GPU backends: there are none.

    >>> supported_gpu_backends()
    ()
    """
    return ()


def cpu(x: Any) -> Any:
    """`x` itself: everything is on the CPU.

    >>> cpu([1.0])
    [1.0]
    """
    return x


def gpu(x: Any) -> Any:
    """`x` itself; the first time with the warning of :func:`gpu_device`.

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     gpu([1.0])
    [1.0]
    """
    return gpu_device()(x)


_NOTHING = object()


def get_device(x: Any = _NOTHING) -> CPUDevice | None:
    """The CPU, or None for what holds no arrays. Raises ArgumentError without an argument.

    >>> get_device({"w": np.ones(2)}), get_device((1, "a"))
    (CPUDevice(), None)
    """
    if x is _NOTHING:
        raise ArgumentError(
            "get_device(x) says where x is; for a device that things are moved to, write gpu_device() or "
            "cpu_device()"
        )
    arrays = (np.ndarray, Tracer)
    return CPUDevice() if any(isinstance(v, arrays) for v in fcollect(x)) else None


def get_device_type(x: Any) -> type | None:
    """The class of :func:`get_device`, or None for what holds no arrays.

    >>> get_device_type(np.ones(2))
    <class 'fluxbridge.flux.devices.CPUDevice'>
    """
    found = get_device(x)
    return None if found is None else type(found)


def default_device_rng(_device: CPUDevice) -> Any:
    """The default generator of random numbers, for every device.

    >>> default_device_rng(cpu_device())
    default_rng()
    """
    return default_rng()


class DeviceIterator:
    """The batches of a loader, each moved to a device.

    ``len`` is that of the loader; TypeError if it has none.

    >>> list(DeviceIterator(cpu_device(np.float32), [1, np.ones(1)]))
    [1, array([1.], dtype=float32)]
    """

    def __init__(self, device: CPUDevice, iterator: Iterable[Any]):
        self.device, self.iterator = device, iterator

    def __iter__(self) -> Iterator[Any]:
        return (self.device(x) for x in self.iterator)

    def __len__(self) -> int:
        return len(self.iterator)  # type: ignore[arg-type]
