"""scipy.signal: convolutions in all modes, filters."""

from __future__ import annotations

import numpy as np
import pytest

scipy = pytest.importorskip("scipy")

import scipy.signal as ss  # noqa: E402
from rulecheck import Sample, check  # noqa: E402

from fluxbridge.autodiff.native import pushforward, withgradient  # noqa: E402
from fluxbridge.errors import GradientLostError, NoRuleError  # noqa: E402
from fluxbridge.scipy import signal as fg  # noqa: E402

rng = np.random.default_rng(5)
X, K = rng.normal(size=7), rng.normal(size=3)
EVEN = rng.normal(size=4)
X2, K2 = rng.normal(size=(4, 5)), rng.normal(size=(2, 3))
XZ, KZ = X + 1j * rng.normal(size=7), K + 1j * rng.normal(size=3)

PAIRS = [(X, K), (K, X), (X, EVEN), (X2, K2), (K2, X2), (XZ, KZ), (X, KZ)]
MODES = ("full", "valid", "same")
SAMPLES = [
    *[
        Sample(name, lambda a, b, n=name, mode=mode: getattr(fg, n)(a, b, mode), pair)
        for name in ("convolve", "correlate", "fftconvolve", "oaconvolve")
        for mode in MODES
        for pair in PAIRS
    ],
    *[
        Sample(name, lambda a, b, n=name, mode=mode: getattr(fg, n)(a, b, mode=mode), pair)
        for name in ("convolve2d", "correlate2d")
        for mode in MODES
        for pair in [(X2, K2), (K2, X2)]
    ],
    *[
        Sample("fftconvolve", lambda a, b, m=mode: fg.fftconvolve(a, b, m, axes=1), (X2, K2[:1]))
        for mode in MODES
    ],
    Sample("fftconvolve", lambda a, b: fg.fftconvolve(a, b, axes=[-1]), (X2, rng.normal(size=(4, 2)))),
    Sample("convolve", lambda a, b: fg.convolve(a, b, method="direct"), (X, K)),
    Sample("convolve", lambda a, b: fg.convolve(a, b, method="fft"), (X, K)),
    Sample("convolve", fg.convolve, (2.0, 3.0)),
    Sample("lfilter", fg.lfilter, (K, np.array([1.5, 0.3, -0.2]), X)),
    Sample("lfilter", fg.lfilter, (K, np.array([1.5]), X)),
    Sample("lfilter", lambda b, a, x: fg.lfilter(b, a, x, axis=0), (K, np.array([1.5, 0.3]), X2)),
    Sample("lfilter", fg.lfilter, (KZ, np.array([1.5, 0.3 + 0.2j]), XZ)),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_derivatives(sample):
    check(sample.f, *sample.args, order=sample.order)


def test_everything_has_a_sample():
    assert not set(fg.__all__) - {s.name for s in SAMPLES}


@pytest.mark.parametrize("name", ["convolve", "correlate", "fftconvolve", "oaconvolve"])
@pytest.mark.parametrize("mode", MODES)
def test_values_are_those_of_scipy(name, mode):
    for a, b in PAIRS:
        traced = pushforward(lambda a, b=b: getattr(fg, name)(a, b, mode), (a,), (a,))[0]
        np.testing.assert_allclose(traced, getattr(ss, name)(a, b, mode), atol=1e-14)


def test_float32_stays():
    x = X.astype(np.float32)
    _, (g,) = withgradient(lambda x: np.sum(fg.convolve(x, np.ones(3, np.float32))), (x,))
    assert g.dtype == np.float32


def test_empty():
    """Where SciPy has an answer, so has the mirror; where it raises, that error."""
    f = lambda x: np.sum(fg.fftconvolve(x, K)) + np.sum(x)  # noqa: E731
    assert withgradient(f, (np.zeros(0),))[1][0].shape == (0,)


def test_errors():
    with pytest.raises(ValueError, match="same dimensionality"):
        withgradient(lambda x: np.sum(fg.convolve(x, K)), (X2,))
    with pytest.raises(ValueError, match="at least as large"):
        withgradient(lambda x: np.sum(fg.convolve(x, K2.T, mode="valid")), (np.ones((2, 5)),))
    with pytest.raises(ValueError, match="cceptable mode"):
        withgradient(lambda x: np.sum(fg.convolve(x, K, mode="fuller")), (X,))
    for f in (ss.convolve, ss.fftconvolve, ss.correlate):
        with pytest.raises(GradientLostError, match=rf"fluxbridge\.scipy\.signal\.{f.__name__}"):
            withgradient(lambda x, f=f: np.sum(f(x, K)), (X,))
    with pytest.raises(GradientLostError, match=r"fluxbridge\.scipy\.signal\.lfilter"):
        withgradient(lambda x: np.sum(ss.lfilter(K, [1.0], x)), (X,))
    with pytest.raises(NoRuleError, match="boundary='wrap'"):
        withgradient(lambda x: np.sum(fg.convolve2d(x, K2, boundary="wrap")), (X2,))
    with pytest.raises(NoRuleError, match=r"scipy\.signal\.\w+ has no derivative rule"):
        withgradient(lambda x: np.sum(ss.medfilt(x)), (X,))
