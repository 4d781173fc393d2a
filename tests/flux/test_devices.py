"""The words for GPUs, which leave everything on the CPU."""

import warnings

import numpy as np
import pytest

from fluxbridge import flux
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
    assert flux.supported_gpu_backends() == ()
