"""The words for GPUs: without one they leave everything on the CPU; a stand-in for CuPy has two."""

import importlib.machinery
import sys
import types
import warnings

import numpy as np
import pytest
from otherarrays import Wrapped

from fluxbridge import flux, gradient
from fluxbridge.errors import ArgumentError
from fluxbridge.flux import Chain, Dense


def test_gpu_warns_once_and_changes_nothing():
    model = Chain(Dense((2, 3)), Dense((3, 1)))
    flux.reset_gpu_device_()
    with pytest.warns(UserWarning, match="No functional GPU"):
        assert flux.gpu(model) is model
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert flux.gpu(model) is model
        assert flux.gpu_device()(model) is model
    assert flux.cpu(model) is model
    with pytest.raises(ArgumentError, match="No functional GPU"):
        flux.gpu_device(force=True)


def test_devices():
    model = Dense((2, 3))
    assert flux.get_device(model) == flux.cpu_device()
    assert flux.get_device_type(model) is flux.CPUDevice
    assert flux.get_device_type(3) is None
    assert flux.cpu_device(np.float64)(model).weight.dtype == np.float64
    assert list(flux.DeviceIterator(flux.cpu_device(), flux.DataLoader([1, 2], batchsize=-1))) == [1, 2]
    assert len(flux.DeviceIterator(flux.cpu_device(), [1, 2])) == 2
    assert flux.default_device_rng(flux.cpu_device()) is flux.default_rng() is flux.rng_from_array(np.ones(1))
    assert flux.supported_gpu_backends() == ("CUDA",)


@pytest.fixture
def cupy(monkeypatch):
    """A stand-in for CuPy with two GPUs: arrays that are no ndarrays, and know their device."""

    class ndarray(Wrapped):
        def __init__(self, array):
            super().__init__(array)
            self.device = types.SimpleNamespace(id=current[-1])

        def get(self):
            return self.array.copy()

    class Device:
        def __init__(self, number):
            self.number = number

        def __enter__(self):
            current.append(self.number)

        def __exit__(self, *_):
            current.pop()

    current = [0]
    ndarray.__module__ = "cupy"
    module = types.ModuleType("cupy")
    module.__spec__ = importlib.machinery.ModuleSpec("cupy", None)
    module.ndarray = ndarray
    module.asarray = lambda x: ndarray(np.array(x))
    module.cuda = types.SimpleNamespace(
        Device=Device, runtime=types.SimpleNamespace(getDeviceCount=lambda: 2)
    )
    monkeypatch.setitem(sys.modules, "cupy", module)
    return module


def test_arrays_go_to_the_gpu_and_back(cupy):
    model = Chain(Dense((2, 3)), Dense((3, 1)))
    there = flux.gpu(model)
    assert isinstance(there.layers[0].weight, cupy.ndarray) and there.layers[0].weight.dtype == np.float32
    assert isinstance(model.layers[0].weight, np.ndarray)
    assert flux.get_device(there) == flux.gpu_device() == flux.CUDADevice(0)
    assert flux.get_device_type(there) is flux.CUDADevice
    back = flux.cpu(there)
    np.testing.assert_array_equal(back.layers[1].weight, model.layers[1].weight)
    assert flux.get_device(back) == flux.cpu_device()
    double = flux.gpu_device(1, np.float64)(model)
    assert double.layers[0].bias.dtype == np.float64 and repr(flux.get_device(double)) == "CUDADevice(1)"
    assert flux.gpu({"n": 3, "name": "x", "labels": np.array([1, 2])})["n"] == 3


def test_what_is_on_two_devices_or_on_none(cupy):
    with pytest.raises(ArgumentError, match=r"on CUDADevice\(0\) and on CPUDevice\(\)"):
        flux.get_device([flux.gpu(np.ones(2)), np.ones(2)])
    with pytest.raises(ArgumentError, match="no GPU number 7: CuPy finds 2, counted from 0"):
        flux.gpu_device(7)


def test_a_gradient_on_the_gpu(cupy):
    x = flux.gpu(np.array([1.0, 2.0]))
    (slope,) = gradient(lambda x: np.sum(x**2), x)
    np.testing.assert_array_equal(slope.array, [2.0, 4.0])
