"""Where arrays are: on the CPU, or where CuPy is installed and finds one, on an NVIDIA GPU.

The names are those of MLDataDevices.jl. Without a GPU they work as well, and move nothing.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..autodiff.families import family_of
from ..autodiff.primitive import Tracer
from ..errors import ArgumentError
from .functors import fcollect, fmap
from .precision import converted, is_float_type
from .rng import default_rng

__all__ = [
    "CPUDevice",
    "CUDADevice",
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
    """Moves a model or data to the CPU; with an `eltype` float arrays become that type.

    CuPy's arrays become NumPy's; everything else is there already.

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
        if self.eltype is None and not _on_gpu(x):
            return x
        return fmap(self._moved, x)

    def _moved(self, leaf: Any) -> Any:
        leaf = leaf.get() if _is_cupys(leaf) else leaf
        return leaf if self.eltype is None else converted(leaf, self.eltype)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, CPUDevice) and self.eltype == other.eltype

    def __hash__(self) -> int:
        return hash(self.eltype)

    def __repr__(self) -> str:
        return f"CPUDevice({'' if self.eltype is None else self.eltype})"


class CUDADevice:
    """Moves a model or data to an NVIDIA GPU: NumPy's arrays become CuPy's. It counts GPUs from 0.

    With an `eltype` float arrays become that type first. Numbers, text and generators stay. Raises
    ArgumentError where CuPy is not installed or finds no such GPU, and if `eltype` is no float type.

    >>> model = {"w": np.ones(2)}
    >>> CUDADevice(0)(model)  # where there is a GPU  # doctest: +SKIP
    {'w': array([1., 1.])}
    """

    def __init__(self, device_id: int = 0, eltype: Any = None):
        count = _gpus()
        if not 0 <= device_id < count:
            raise ArgumentError(
                f"there is no GPU number {device_id}: "
                + (f"CuPy finds {count}, counted from 0" if count else "CuPy is not installed or finds none")
            )
        self.device_id = device_id
        self.eltype = CPUDevice(eltype).eltype

    def __call__(self, x: Any) -> Any:
        cupy: Any = importlib.import_module("cupy")
        with cupy.cuda.Device(self.device_id):
            return fmap(lambda leaf: self._moved(leaf, cupy), x)

    def _moved(self, leaf: Any, cupy: Any) -> Any:
        if not isinstance(leaf, np.ndarray) or leaf.dtype.kind not in "biufc":
            return leaf
        return cupy.asarray(leaf if self.eltype is None else converted(leaf, self.eltype))

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, CUDADevice):
            return False
        return (self.device_id, self.eltype) == (other.device_id, other.eltype)

    def __hash__(self) -> int:
        return hash((self.device_id, self.eltype))

    def __repr__(self) -> str:
        return f"CUDADevice({self.device_id}{'' if self.eltype is None else f', {self.eltype}'})"


Device = CPUDevice | CUDADevice


def _gpus() -> int:
    """How many GPUs CuPy finds; it is imported only here and where arrays go to one."""
    if importlib.util.find_spec("cupy") is None:
        return 0
    try:
        return int(importlib.import_module("cupy").cuda.runtime.getDeviceCount())
    except Exception:  # a driver that is missing or too old is told in many ways
        return 0


def _is_cupys(x: Any) -> bool:
    family = family_of(x)
    return family is not None and family.name == "CuPy"


def _on_gpu(x: Any) -> bool:
    return any(map(_is_cupys, fcollect(x)))


def cpu_device(eltype: Any = None) -> CPUDevice:
    """The CPU as a :class:`CPUDevice`, with its errors.

    >>> cpu_device()(1.0)
    1.0
    """
    return CPUDevice(eltype)


_told: set[str] = set()


def gpu_device(device_id: int | None = None, eltype: Any = None, *, force: bool = False) -> Device:
    """A GPU, the first or that of this number, where CuPy finds one; else the CPU, with a warning once.

    Raises ArgumentError with ``force=True`` where there is none, for a number that no GPU has, and if
    `eltype` is no float type.

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     device = gpu_device()
    >>> isinstance(device, (CPUDevice, CUDADevice))
    True
    """
    if _gpus():
        return CUDADevice(device_id or 0, eltype)
    if force:
        raise ArgumentError(
            "No functional GPU device found: CuPy is not installed, or finds none. Install it for your CUDA "
            "(pip install cupy-cuda12x), or leave force out: everything is computed on the CPU then"
        )
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
    """The names of the GPU backends.

    >>> supported_gpu_backends()
    ('CUDA',)
    """
    return ("CUDA",)


def cpu(x: Any) -> Any:
    """`x` on the CPU: itself, but for CuPy's arrays, which become NumPy's.

    >>> cpu([1.0])
    [1.0]
    """
    return CPUDevice()(x)


def gpu(x: Any) -> Any:
    """`x` on :func:`gpu_device`: itself without a GPU, the first time with its warning.

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     gpu([1.0])
    [1.0]
    """
    return gpu_device()(x)


_NOTHING = object()


def get_device(x: Any = _NOTHING) -> Device | None:
    """Where the arrays of `x` are, or None for what holds none.

    Raises ArgumentError without an argument, and if some are on one device and some on another.

    >>> get_device({"w": np.ones(2)}), get_device((1, "a"))
    (CPUDevice(), None)
    """
    if x is _NOTHING:
        raise ArgumentError(
            "get_device(x) says where x is; for a device that things are moved to, write gpu_device() or "
            "cpu_device()"
        )
    found: list[Device] = []
    for leaf in fcollect(x):
        device: Device | None = None
        if _is_cupys(leaf):
            device = CUDADevice(leaf.device.id)
        elif isinstance(leaf, (np.ndarray, Tracer)):
            device = CPUDevice()
        if device is not None and device not in found:
            found.append(device)
    if len(found) > 1:
        raise ArgumentError(f"arrays are on {' and on '.join(map(repr, found))}: move all to one, device(x)")
    return found[0] if found else None


def get_device_type(x: Any) -> type | None:
    """The class of :func:`get_device`, or None for what holds no arrays.

    >>> get_device_type(np.ones(2))
    <class 'fluxbridge.flux.devices.CPUDevice'>
    """
    found = get_device(x)
    return None if found is None else type(found)


def default_device_rng(_device: Device) -> Any:
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

    def __init__(self, device: Device, iterator: Iterable[Any]):
        self.device, self.iterator = device, iterator

    def __iter__(self) -> Iterator[Any]:
        return (self.device(x) for x in self.iterator)

    def __len__(self) -> int:
        return len(self.iterator)  # type: ignore[arg-type]
