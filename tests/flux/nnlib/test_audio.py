"""The short-time Fourier transform against its definition; FFTs are no part of the recorded answers."""

import numpy as np
import pytest
from ownerrors import refused
from rulecheck import check

from fluxbridge.errors import ArgumentError
from fluxbridge.flux import nnlib

RNG = np.random.default_rng(4)


def by_definition(x, n_fft, hop, window):
    """Σ window[k] · x[m·hop + k] · exp(-2πi ωk / n_fft)."""
    frames = 1 + (len(x) - n_fft) // hop
    k = np.arange(n_fft)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(n_fft // 2 + 1), k) / n_fft)
    return np.stack([waves @ (window * x[m * hop : m * hop + n_fft]) for m in range(frames)], axis=1)


@pytest.mark.parametrize(("n_fft", "hop"), [(8, 2), (6, 5), (7, 3)])
def test_stft(n_fft, hop):
    x, window = RNG.normal(size=30), nnlib.hann_window(n_fft, float)
    settings = {"n_fft": n_fft, "hop_length": hop, "window": window}
    np.testing.assert_allclose(
        nnlib.stft(x, center=False, **settings), by_definition(x, n_fft, hop, window), atol=1e-12
    )
    centred = np.pad(x, n_fft // 2, mode="reflect")
    expected = by_definition(centred, n_fft, hop, window)
    np.testing.assert_allclose(nnlib.stft(x, **settings), expected, atol=1e-12)
    np.testing.assert_allclose(
        nnlib.stft(x, normalized=True, **settings), expected / np.sqrt(n_fft), atol=1e-12
    )


@pytest.mark.parametrize(
    ("window", "whole"), [([1.0, 2, 3], [0, 1.0, 2, 3, 0, 0]), ([1.0], [0, 0, 1.0, 0, 0, 0])], ids=len
)
def test_a_short_window_is_padded_on_both_sides(window, whole):
    x = RNG.normal(size=20)
    got = nnlib.stft(x, n_fft=6, hop_length=2, window=np.array(window), center=False)
    np.testing.assert_allclose(got, by_definition(x, 6, 2, np.array(whole)), atol=1e-12)
    with refused(ArgumentError, match="0 < len"):
        nnlib.stft(x, n_fft=6, window=np.ones(0))


@pytest.mark.parametrize("shape", [(40,), (40, 3)])
@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("normalized", [True, False])
def test_istft_is_the_inverse(shape, center, normalized):
    x = RNG.normal(size=shape)
    settings = {"n_fft": 8, "hop_length": 4, "center": center, "normalized": normalized}
    settings["window"] = nnlib.hamming_window(8, float)
    y = nnlib.stft(x, **settings)
    np.testing.assert_allclose(nnlib.istft(y, **settings), x, atol=1e-12)
    np.testing.assert_allclose(nnlib.istft(y, original_length=33, **settings), x[:33], atol=1e-12)


def test_complex_signals():
    x = RNG.normal(size=20) + 1j * RNG.normal(size=20)
    y = nnlib.stft(x, n_fft=4)
    assert y.shape == (4, 21)
    np.testing.assert_allclose(nnlib.istft(y, n_fft=4, return_complex=True), x, atol=1e-12)


def test_derivatives_and_types():
    x, window = RNG.normal(size=(14, 2)), nnlib.hann_window(6, float)
    check(lambda x: nnlib.stft(x, n_fft=6, hop_length=3, window=window), x)
    check(lambda x: nnlib.spectrogram(x, n_fft=6, hop_length=3, window=window), x)
    single = nnlib.spectrogram(
        x.astype(np.float32),
        n_fft=6,
        hop_length=3,
        window=nnlib.hann_window(6),
        pad=2,
        window_normalized=True,
    )
    assert single.dtype == np.float32 and single.shape == (4, 7, 2)
    spec = nnlib.spectrogram(x, n_fft=6, hop_length=3, window=window, power=0)
    np.testing.assert_allclose(spec, nnlib.stft(x, n_fft=6, hop_length=3, window=window))


def test_bad_input():
    x = np.ones(10)
    with refused(ArgumentError, match="hop_length > 0"):
        nnlib.stft(x, n_fft=4, hop_length=0)
    with refused(ArgumentError, match=r"n_fft <= 10"):
        nnlib.stft(x, n_fft=11, hop_length=2, center=False)
    with refused(ArgumentError, match="cannot be reflected"):
        nnlib.stft(x[:4], n_fft=8)
    with refused(ArgumentError, match=r"len\(window\)=5"):
        nnlib.stft(x, n_fft=4, window=np.ones(5))
    with refused(ArgumentError, match="window_length"):
        nnlib.hann_window(0)
    with pytest.warns(UserWarning, match="n_mels=40 may be too high"):
        nnlib.melscale_filterbanks(n_freqs=20, n_mels=40, sample_rate=8000)


def test_the_smallest_transform():
    x = RNG.normal(size=5)
    y = nnlib.stft(x, n_fft=1, hop_length=2, center=False)
    np.testing.assert_allclose(y, x[None, ::2])
    np.testing.assert_allclose(nnlib.istft(nnlib.stft(x, n_fft=1, hop_length=1), n_fft=1, hop_length=1), x)
    for size in (0, 2.5):
        with refused(ArgumentError, match="n_fft is an integer of at least 1"):
            nnlib.stft(x, n_fft=size)
    with refused(ArgumentError, match="hop_length > 0"):
        nnlib.stft(x, n_fft=2)  # n_fft // 4
