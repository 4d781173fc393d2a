"""Audio: window functions, the short-time Fourier transform and its inverse, spectrograms, mel filters."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from ...autodiff.primitive import take_up
from ...errors import ArgumentError
from .numeric import check_integer, check_numbers, check_real
from .padding import pad_reflect, pad_zeros


def hamming_window(
    window_length: int,
    dtype: Any = np.float32,
    *,
    periodic: bool = True,
    α: float = 0.54,
    β: float = 0.46,
) -> np.ndarray:
    """Hamming window α - β·cos(2πk / n) for k = 0, …, window_length - 1, a vector.

    n is the length, for ``periodic=False`` one less. Raises ArgumentError for a length below 1, or a dtype
    that is no real float.

    >>> hamming_window(4, float)
    array([0.08, 0.54, 1.  , 0.54])
    """
    check_integer("window_length", window_length, -sys.maxsize)
    if window_length < 1:
        raise ArgumentError(f"window_length must be > 0, instead: {window_length}")
    if not isinstance(dtype, (type, np.dtype)) or dtype not in (float, np.float16, np.float32, np.float64):
        raise ArgumentError(f"a window has a real float type such as numpy.float32, not {dtype!r}")
    real = np.dtype(dtype).type
    n = real(window_length if periodic else window_length - 1)
    with np.errstate(all="ignore"):  # NaN for a symmetric window of length 1, as in NNlib
        scale = real(2) * real(np.pi) / n
        return real(α) - real(β) * np.cos(scale * np.arange(window_length, dtype=dtype))


def hann_window(window_length: int, dtype: Any = np.float32, *, periodic: bool = True) -> np.ndarray:
    """Hann window ½(1 - cos(2πk / n)), a vector: :func:`hamming_window` with α = β = ½.

    Raises ArgumentError as :func:`hamming_window` does.

    >>> hann_window(4, float)
    array([0. , 0.5, 1. , 0.5])
    """
    return hamming_window(window_length, dtype, periodic=periodic, α=0.5, β=0.5)


def _hop(n_fft: int, hop_length: int | None) -> int:
    """The distance of frames. Raises ArgumentError unless both are positive integers."""
    check_integer("n_fft", n_fft, 1)
    hop = n_fft // 4 if hop_length is None else hop_length
    check_integer("hop_length", hop, -sys.maxsize)
    if hop <= 0:
        raise ArgumentError(f"Expected hop_length > 0, but got hop_length={hop}")
    return hop


def _full_window(window: Any, n_fft: int) -> Any:
    """The window, zero-padded on both sides to the length of the transform."""
    if window is None:
        return None
    check_numbers("stft: window", window)
    if np.ndim(window) != 1:
        raise ArgumentError(f"a window is a vector, not of shape {np.shape(window)}")
    length = len(window)
    if not 0 < length <= n_fft:
        raise ArgumentError(f"Expected 0 < len(window) <= n_fft={n_fft}, but got len(window)={length}")
    left = (n_fft - length) // 2
    return np.pad(window, (left, n_fft - length - left)) if length < n_fft else window


def _along_time(window: Any, x: Any) -> Any:
    return np.reshape(window, (-1,) + (1,) * (np.ndim(x) - 1))


def stft(
    x: Any,
    *,
    n_fft: int,
    hop_length: int | None = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
) -> Any:
    """Short-time Fourier transform of signals x, (time,) or (time, batch): (frequency, frame, batch).

    Frame k holds the n_fft numbers from k·hop_length on (by default n_fft // 4), times the window, a vector
    of at most n_fft numbers. With `center` the signal is reflected at both ends first, so that frames are
    centred there. Real signals give n_fft // 2 + 1 frequencies, complex ones n_fft. `normalized` divides by
    √n_fft. Differentiable. Raises ArgumentError for sizes that do not fit or what holds no numbers.

    >>> stft(np.ones(8), n_fft=4, center=False).shape
    (3, 5)
    """
    hop = _hop(n_fft, hop_length)
    window = _full_window(window, n_fft)
    check_numbers("stft", x)
    x = take_up(x)
    if np.ndim(x) not in (1, 2):
        raise ArgumentError(f"stft takes signals of shape (time,) or (time, batch), not {np.shape(x)}")
    n = np.shape(x)[0]
    if center:
        if n <= n_fft // 2:
            raise ArgumentError(
                f"a signal of length {n} cannot be reflected by n_fft // 2 = {n_fft // 2}; take "
                "center=False, or a smaller n_fft"
            )
        x = pad_reflect(x, n_fft // 2, axis=0)
        n = np.shape(x)[0]
    if not 0 < n_fft <= n:
        raise ArgumentError(f"Expected 0 < n_fft <= {n}, the length of the signal, but got n_fft={n_fft}")
    starts = hop * np.arange(1 + (n - n_fft) // hop)
    frames = x[np.arange(n_fft)[:, None] + starts]
    if window is not None:
        frames = frames * _along_time(window, frames)
    y = np.fft.fft(frames, axis=0) if frames.dtype.kind == "c" else np.fft.rfft(frames, axis=0)
    return y * y.dtype.type(n_fft**-0.5) if normalized else y


def istft(
    y: Any,
    *,
    n_fft: int,
    hop_length: int | None = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    return_complex: bool = False,
    original_length: int | None = None,
) -> Any:
    """The signals, (time,) or (time, batch), whose :func:`stft` with the same settings is y.

    y has the shape (frequency, frame) or (frequency, frame, batch). Every sample is read from the first frame
    that holds it, and divided by the window there. `return_complex` says that the signal was complex;
    `original_length` cuts the signal to its length. Raises ArgumentError for sizes that do not fit or what
    holds no numbers.

    >>> x = np.arange(8.0)
    >>> istft(stft(x, n_fft=4), n_fft=4).round(12)
    array([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    hop = _hop(n_fft, hop_length)
    window = _full_window(window, n_fft)
    check_numbers("istft", y)
    y, frequencies = take_up(y), n_fft if return_complex else n_fft // 2 + 1
    if np.ndim(y) not in (2, 3) or np.shape(y)[0] != frequencies:
        raise ArgumentError(
            f"istft with n_fft={n_fft} takes an array ({frequencies} frequencies, frames, batch), but got "
            f"one of shape {np.shape(y)}"
        )
    n_frames = np.shape(y)[1]
    if normalized:
        y = y * y.dtype.type(n_fft**0.5)
    frames = np.fft.ifft(y, axis=0) if return_complex else np.fft.irfft(y, n_fft, axis=0)
    if window is not None:
        with np.errstate(all="ignore"):  # NaN or Inf where the window is 0
            frames = frames / _along_time(window, frames)
    new = min(hop, n_fft)  # the samples of a frame that the frame before does not have
    rows = np.concatenate([np.arange(n_fft), np.tile(np.arange(n_fft - new, n_fft), n_frames - 1)])
    columns = np.concatenate([np.zeros(n_fft, int), np.repeat(np.arange(1, n_frames), new)])
    x = frames[rows, columns]
    left = n_fft // 2 if center else 0
    if original_length is not None:
        return x[left : left + original_length]
    return x[left : np.shape(x)[0] - left] if center else x


def spectrogram(
    waveform: Any,
    *,
    n_fft: int,
    hop_length: int,
    window: Any,
    pad: int = 0,
    center: bool = True,
    power: float = 2.0,
    normalized: bool = False,
    window_normalized: bool = False,
) -> Any:
    """``abs(stft(waveform)) ** power``: (frequency, frame, batch…) of signals (time, batch…).

    With ``power=0`` the complex transform itself. `pad` zeros are added at both ends first; `normalized`
    divides by √n_fft, `window_normalized` by the norm of the window. Raises ArgumentError for sizes that do
    not fit or what holds no real floats.

    >>> spectrogram(np.ones(16), n_fft=8, hop_length=4, window=hann_window(8, float)).shape
    (5, 5)
    """
    waveform = take_up(waveform)
    if not np.size(waveform) or not np.ndim(waveform) or waveform.dtype.kind not in "fc":
        raise ArgumentError(f"spectrogram takes floats of shape (time, batch…), not {waveform!r}")
    if pad > 0:
        waveform = pad_zeros(waveform, (pad, pad), axis=0)
    shape = np.shape(waveform)
    settings = {"n_fft": n_fft, "hop_length": hop_length, "window": window}
    signals = np.reshape(waveform, (shape[0], -1))
    spec = stft(signals, center=center, normalized=normalized, **settings)
    spec = np.reshape(spec, (*np.shape(spec)[:2], *shape[1:]))
    if window_normalized:
        spec = spec / np.linalg.norm(window)
    if power <= 0:
        return spec
    real = np.finfo(waveform.dtype)
    return np.abs(spec + real.eps) ** real.dtype.type(power)


def power_to_db(s: Any, *, ref: float = 1.0, amin: float = 1e-10, top_db: float = 80.0) -> Any:
    """Powers in decibels, 10·log₁₀(s / ref), elementwise and in the shape of s.

    Powers below `amin` count as amin; the results are at least the largest minus `top_db`. Constants are
    Float32, as in NNlib. Raises ArgumentError for what holds no numbers.

    >>> power_to_db(np.array([1.0, 100.0])).round(4)
    array([ 0., 20.])
    """
    check_numbers("power_to_db", s)
    lowest, level = np.float32(amin), np.log10(np.float32(max(amin, ref)))  # Float32, as in NNlib
    if not np.size(s):
        raise ArgumentError("power_to_db needs at least one power, since it compares with the largest")
    logs = 10 * (np.log10(np.maximum(lowest, s)) - level)
    return np.maximum(logs, np.max(logs) - np.float32(top_db))


def db_to_power(s_db: Any, *, ref: float = 1.0) -> Any:
    """The inverse of :func:`power_to_db`: ref·10^(s_db / 10), elementwise and in the shape of s_db.

    Raises ArgumentError for what holds no numbers.

    >>> db_to_power(np.array([0.0, 20.0])).round(4)
    array([  1., 100.])
    """
    check_numbers("db_to_power", s_db)
    s_db = take_up(s_db)
    return np.float32(ref) * np.float32(10) ** (s_db * np.float32(0.1))


def melscale_filterbanks(
    *, n_freqs: int, n_mels: int, sample_rate: int, fmin: float = 0.0, fmax: float | None = None
) -> np.ndarray:
    """Triangular filters at equal distances on the mel scale: a Float32 matrix (n_freqs, n_mels).

    mel = 2595·log₁₀(1 + f/700). `fmax` defaults to sample_rate // 2. Warns if a filter is zero everywhere,
    because there are too many. Raises ArgumentError unless there is a frequency and a filter.

    >>> melscale_filterbanks(n_freqs=200, n_mels=8, sample_rate=16000).shape
    (200, 8)
    """
    check_integer("n_freqs", n_freqs, 1)
    check_integer("n_mels", n_mels, 1)
    check_real("sample_rate", sample_rate)
    top = sample_rate // 2 if fmax is None else fmax
    real = np.float32

    def to_mel(f: float) -> Any:
        return real(2595) * np.log10(real(1) + real(f) / real(700))

    mels = np.linspace(float(to_mel(fmin)), float(to_mel(top)), n_mels + 2).astype(real)
    points = real(700) * (real(10) ** (mels / real(2595)) - real(1))
    frequencies = np.linspace(0, sample_rate // 2, n_freqs).astype(real)
    steps = np.diff(points)
    slopes = points[None, :] - frequencies[:, None]
    banks = np.maximum(0, np.minimum(-slopes[:, :-2] / steps[:-1], slopes[:, 2:] / steps[1:]))
    if np.any(np.max(banks, axis=0) == 0):
        warnings.warn(
            f"At least one mel filter is zero everywhere: n_mels={n_mels} may be too high, or "
            f"n_freqs={n_freqs} too low",
            stacklevel=2,
        )
    return banks
