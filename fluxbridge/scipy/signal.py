"""scipy.signal with derivatives: convolution, correlation, recursive filters."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from ..autodiff.elementwise import conj
from ..autodiff.primitive import plain, primitive
from ..autodiff.refusals import no_option
from .mirror import array, mirror

# -- convolution -------------------------------------------------------------------------------------
# One bilinear primitive in two modes, of which each is the transpose of the other: "full", and
# "valid" with the longer array first. `axes` None stands for all of them.


def _convolve(a: Any, b: Any, mode: str = "full", axes: Any = None, method: str = "auto") -> Any:
    if axes is None:
        return scipy.signal.convolve(a, b, mode, method)
    return scipy.signal.fftconvolve(a, b, mode, axes)


def _turned(x: Any, axes: Any) -> Any:
    """The conjugate, reversed along `axes`."""
    return conj(np.flip(x, axes))


def convolve_by_a(
    dy: Any, _y: Any, _a: Any, b: Any, mode: str = "full", axes: Any = None, method: str = "auto"
) -> Any:
    other = "valid" if mode == "full" else "full"
    return CONVOLVE(dy, _turned(b, axes), mode=other, axes=axes, method=method)


def convolve_by_b(
    dy: Any, _y: Any, a: Any, _b: Any, mode: str = "full", axes: Any = None, method: str = "auto"
) -> Any:
    if mode == "full":
        return CONVOLVE(dy, _turned(a, axes), mode="valid", axes=axes, method=method)
    return CONVOLVE(_turned(a, axes), dy, mode="valid", axes=axes, method=method)


CONVOLVE = primitive(
    None,
    convolve_by_a,
    convolve_by_b,
    jvp="multilinear",
    name="signal.convolve",
    compute=_convolve,
)


def _axes(a: Any, b: Any, axes: Any) -> tuple[int, ...]:
    if axes is None:
        return tuple(range(np.ndim(a)))
    axes = axes if np.iterable(axes) else (axes,)
    return tuple(int(i) % max(np.ndim(a), 1) for i in axes)


def _any_mode(a: Any, b: Any, mode: str, axes: Any, method: str, late: bool = False) -> Any:
    """A convolution in one of three modes; `late`: "same" begins one later if there is no middle."""
    a, b = array(a), array(b)
    if np.ndim(a) != np.ndim(b):
        raise ValueError("in1 and in2 should have the same dimensionality")
    if np.ndim(a) == 0:
        return a * b
    if a.size == 0 or b.size == 0:
        return np.array([])
    over = _axes(a, b, axes)
    if mode == "valid":
        if any(a.shape[i] < b.shape[i] for i in over):
            a, b = b, a
        if any(a.shape[i] < b.shape[i] for i in over):
            raise ValueError(
                "For 'valid' mode, one must be at least as large as the other in every dimension"
            )
        return CONVOLVE(a, b, mode="valid", axes=axes, method=method)
    full = CONVOLVE(a, b, mode="full", axes=axes, method=method)
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")
    window = [slice(None)] * a.ndim
    for i in over:
        start = (full.shape[i] - a.shape[i] + late) // 2
        window[i] = slice(start, start + a.shape[i])
    return full[tuple(window)]


@mirror(scipy.signal.convolve)
def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    return _any_mode(in1, in2, mode, None, method)


@mirror(scipy.signal.fftconvolve)
def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    return _any_mode(in1, in2, mode, None if axes is None else _axes(in1, in2, axes), "fft")


@mirror(scipy.signal.oaconvolve)
def oaconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    return _any_mode(in1, in2, mode, None if axes is None else _axes(in1, in2, axes), "fft")


@mirror(scipy.signal.correlate)
def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    return _any_mode(in1, _turned(array(in2), None), mode, None, method)


def _only_fill(name: str, boundary: str, fillvalue: Any) -> None:
    if boundary != "fill" or fillvalue != 0:
        raise no_option(f"scipy.signal.{name}(..., boundary={boundary!r}, fillvalue={fillvalue!r})")


@mirror(scipy.signal.convolve2d)
def convolve2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Any:
    _only_fill("convolve2d", boundary, fillvalue)
    return _any_mode(in1, in2, mode, None, "direct")


@mirror(scipy.signal.correlate2d)
def correlate2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Any:
    _only_fill("correlate2d", boundary, fillvalue)
    a, b = array(in1), array(in2)
    if mode == "valid" and any(m < n for m, n in zip(a.shape, b.shape, strict=True)):
        return _turned(_any_mode(b, _turned(a, None), mode, None, "direct"), None)
    return _any_mode(a, _turned(b, None), mode, None, "direct", late=True)


# -- filters -----------------------------------------------------------------------------------------


def _lfilter(b: Any, a: Any, x: Any) -> Any:
    return scipy.signal.lfilter(b, a, x)


def lfilter_rule(dy: Any, y: Any, b: Any, a: Any, x: Any) -> Any:
    """Along the last axis. The adjoint of a filter that starts at rest runs backwards in time."""
    db = LFILTER(np.ones(1), conj(a), dy[..., ::-1])[..., ::-1]
    dx = LFILTER(conj(b), conj(a), dy[..., ::-1])[..., ::-1]
    return _lagged(db, x, len(plain(b))), -_lagged(db, y, len(plain(a))), dx


def _lagged(dy: Any, x: Any, count: int) -> Any:
    """Σ dy[n]·conj(x[n - k]) for k = 0 … count - 1."""
    size = np.shape(x)[-1]
    parts = [np.sum(dy[..., k:] * conj(x[..., : max(size - k, 0)])) for k in range(count)]
    return np.stack(parts)


LFILTER = primitive(None, joint=lfilter_rule, name="lfilter", compute=_lfilter)


@mirror(scipy.signal.lfilter)
def lfilter(b: Any, a: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
    if zi is not None:
        raise no_option("scipy.signal.lfilter(..., zi=...)")
    b, a, x = np.atleast_1d(array(b)), np.atleast_1d(array(a)), array(x)
    y = LFILTER(b, a, np.moveaxis(x, axis, -1))
    return np.moveaxis(y, -1, axis)


__all__ = ["convolve", "convolve2d", "correlate", "correlate2d", "fftconvolve", "lfilter", "oaconvolve"]


def __getattr__(name: str) -> Any:
    return getattr(scipy.signal, name)


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(scipy.signal)})
