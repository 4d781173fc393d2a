"""numpy.fft."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import withgradient
from fluxbridge.errors import MutationError

fft = np.fft
rng = np.random.default_rng(3)
NORMS = (None, "backward", "ortho", "forward")


def real(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape)


def cplx(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def _samples() -> list[Sample]:
    out: list[Sample] = []

    def add(name, f, *args):
        out.append(Sample(name, f, args, 1))

    takes = {
        "fft": (real, cplx), "ifft": (real, cplx), "rfft": (real,), "irfft": (real, cplx),
        "hfft": (real, cplx), "ihfft": (real,),
    }  # fmt: skip
    for name, makes in takes.items():
        f = getattr(fft, name)
        for make, norm, n, length in itertools.product(makes, NORMS, (None, 3, 4, 6, 7), (4, 5)):
            add(name, lambda x, f=f, n=n, norm=norm: f(x, n=n, norm=norm), make(length))
        for make in makes:
            add(name, lambda x, f=f: f(x, 5, 0), make(4, 2))
            add(name, lambda x, f=f: f(x, axis=1), make(2, 3, 2))
    several = {
        "fftn": (real, cplx), "ifftn": (real, cplx), "rfftn": (real,), "irfftn": (real, cplx),
        "fft2": (real, cplx), "ifft2": (real, cplx), "rfft2": (real,), "irfft2": (real, cplx),
    }  # fmt: skip
    for name, makes in several.items():
        f = getattr(fft, name)
        for make, norm in itertools.product(makes, NORMS):
            add(name, lambda x, f=f, norm=norm: f(x, norm=norm), make(3, 4))
            add(name, lambda x, f=f, norm=norm: f(x, s=(2, 5), axes=(0, 2), norm=norm), make(3, 2, 4))
            add(name, lambda x, f=f, norm=norm: f(x, (5, 4), (-1, -2), norm), make(2, 3, 4))
        for make in makes:
            add(name, lambda x, f=f: f(x), make(2, 3, 3))
            add(name, lambda x, f=f: f(x, axes=(1,)), make(2, 4))
    for name in ("fftshift", "ifftshift"):
        f = getattr(fft, name)
        for make in (real, cplx):
            add(name, f, make(5))
            add(name, f, make(3, 4))
            add(name, lambda x, f=f: f(x, axes=1), make(2, 3))
            add(name, lambda x, f=f: f(x, (0, 2)), make(3, 2, 5))
    return out


SAMPLES: list[Sample] = _samples()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "rfftn", "irfftn"])
def test_single_precision_stays(name):
    x = real(3, 4).astype(np.float32)
    y = getattr(fft, name)(x)
    (g,) = withgradient(lambda x: np.sum(np.real(getattr(fft, name)(x))), (x,))[1]
    assert g.dtype == np.float32
    assert y.dtype in (np.float32, np.complex64, np.float64, np.complex128)


def test_keywords_lists_integers_and_empty():
    (g,) = withgradient(lambda x: np.real(fft.fft(a=x, n=2)[0]), (np.array([1, 2, 3]),))[1]
    np.testing.assert_array_equal(g, [1, 1, 0])
    (g,) = withgradient(lambda x: np.sum(fft.fftfreq(3) * x), (np.ones(3),))[1]
    np.testing.assert_allclose(g, fft.fftfreq(3))
    (g,) = withgradient(lambda x: np.sum(np.abs(fft.fft(x))), (np.zeros((0, 3)),))[1]
    assert g.shape == (0, 3)
    (g,) = withgradient(lambda x: np.sum(fft.fftshift(x)), (np.zeros(0),))[1]
    assert g.shape == (0,)


def test_inverse_undoes():
    x = real(3, 5)
    for f in (
        lambda x: fft.ifftn(fft.fftn(x)),
        lambda x: fft.irfft2(fft.rfft2(x), s=x.shape),
        lambda x: fft.hfft(fft.ihfft(x), 5),
        lambda x: fft.ifftshift(fft.fftshift(x)),
    ):
        (g,) = withgradient(lambda x, f=f: 0.5 * np.sum(np.real(f(x)) ** 2), (x,))[1]
        np.testing.assert_allclose(g, x, atol=1e-12)


def test_refusals():
    x = real(4)
    with pytest.raises(ValueError, match="nvalid norm"):
        withgradient(lambda x: np.sum(np.abs(fft.fft(x, norm="nonsense"))), (x,))
    with pytest.raises(ValueError, match="out of bounds"):
        withgradient(lambda x: np.sum(np.abs(fft.fftn(x, axes=(3,)))), (x,))
    if hasattr(np, "vecdot"):  # NumPy 2
        with pytest.raises(MutationError, match="out"):
            withgradient(lambda x: np.sum(np.abs(fft.fftn(x, out=np.zeros(4, complex)))), (x,))
