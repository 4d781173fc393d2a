"""numpy.fft. Every transform is linear, and its adjoint is the inverse transform, scaled.

The adjoint of a transform that is not scaled is its inverse that is not scaled: norm="backward" in
one direction corresponds to "forward" in the other. An input that was cut or padded is padded or
cut on the way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..axes import normal_axis
from ..elementwise import conj
from ..primitive import implements, plain, primitive, refuse_out
from ..values import in_numpys_types
from .shaping import as_array

_ADJOINT: dict[Any, Any] = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _fit(x: Any, length: int, axis: int) -> Any:
    """Cut x along an axis, or pad it with zeros, to this length."""
    n = np.shape(x)[axis]
    if n == length:
        return x
    axis %= np.ndim(x)
    if n > length:
        return x[(slice(None),) * axis + (slice(length),)]
    shape = [length - n if i == axis else k for i, k in enumerate(np.shape(x))]
    return np.concatenate([x, np.zeros(shape, plain(x).dtype)], axis=axis)


def _weights(n: int, ndim: int, axis: int, inner: float) -> np.ndarray:
    """For the half of a spectrum: 1 where the whole one has an element once, `inner` where twice."""
    w = np.full(n // 2 + 1, inner)
    w[0] = 1.0
    if n % 2 == 0:
        w[-1] = 1.0
    return w.reshape([-1 if i == axis % ndim else 1 for i in range(ndim)])


# -- one axis ----------------------------------------------------------------------------------------


def fft_rule(
    dy: Any, _y: Any, _x: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None
) -> Any:
    return _fit(np.fft.ifft(dy, n, axis, _ADJOINT[norm]), _x.shape[axis], axis)


def ifft_rule(
    dy: Any, _y: Any, _x: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None
) -> Any:
    return _fit(np.fft.fft(dy, n, axis, _ADJOINT[norm]), _x.shape[axis], axis)


def rfft_rule(
    dy: Any, _y: Any, _x: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None
) -> Any:
    n = _x.shape[axis] if n is None else n
    weights = _weights(n, _x.ndim, axis, 0.5)
    return _fit(np.fft.irfft(dy * weights, n, axis, _ADJOINT[norm]), _x.shape[axis], axis)


def irfft_rule(
    dy: Any, _y: Any, _x: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None
) -> Any:
    n = np.shape(dy)[axis]
    weights = _weights(n, _x.ndim, axis, 2.0)
    return _fit(np.fft.rfft(dy, n, axis, _ADJOINT[norm]) * weights, _x.shape[axis], axis)


primitive(np.fft.fft, fft_rule, jvp="linear")
primitive(np.fft.ifft, ifft_rule, jvp="linear")
primitive(np.fft.rfft, rfft_rule, jvp="linear")
primitive(np.fft.irfft, irfft_rule, jvp="linear")


@implements(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """The transform of a signal with Hermitian symmetry, of which half is given: a real result."""
    refuse_out("hfft", out)
    a = as_array(a)
    n = 2 * (np.shape(a)[axis] - 1) if n is None else n
    return np.fft.irfft(np.conjugate(a), n, axis, _ADJOINT[norm])


@implements(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    refuse_out("ihfft", out)
    return conj(np.fft.rfft(a, n, axis, _ADJOINT[norm]))


# -- several axes --------------------------------------------------------------------------------------


def _lengths(x: Any, s: Any, axes: Any, half: bool = False) -> tuple[list[int], list[int]]:
    """The length of the transform along each axis, and the axes; `half`: x is half a spectrum."""
    n = np.ndim(x)
    if axes is None:
        axes = range(n) if s is None else range(-len(s), 0)
    axes = [int(a) for a in axes]
    for a in axes:
        normal_axis(a, n)
    if s is None:
        lengths = [np.shape(x)[a] for a in axes]
        if half:
            lengths[-1] = 2 * (lengths[-1] - 1)
    else:
        lengths = [np.shape(x)[a] if k == -1 else int(k) for k, a in zip(s, axes, strict=True)]
        if half and s[-1] == -1:
            lengths[-1] = 2 * (lengths[-1] - 1)
    return lengths, axes


def _cut(x: Any, shape: Sequence[int], axes: Sequence[int]) -> Any:
    for axis in set(axes):
        x = _fit(x, shape[axis], axis)
    return x


def fftn_rule(dy: Any, _y: Any, _x: Any, s: Any, axes: Any, norm: Any) -> Any:
    return _cut(np.fft.ifftn(dy, s, axes, _ADJOINT[norm]), _x.shape, axes)


def ifftn_rule(dy: Any, _y: Any, _x: Any, s: Any, axes: Any, norm: Any) -> Any:
    return _cut(np.fft.fftn(dy, s, axes, _ADJOINT[norm]), _x.shape, axes)


FFTN = primitive(None, fftn_rule, jvp="linear", name="fftn", compute=np.fft.fftn)
IFFTN = primitive(None, ifftn_rule, jvp="linear", name="ifftn", compute=np.fft.ifftn)


@implements(np.fft.fftn)
def fftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fftn", out)
    a = as_array(a)
    s, axes = _lengths(a, s, axes)
    return FFTN(a, s=s, axes=axes, norm=norm)


@implements(np.fft.ifftn)
def ifftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("ifftn", out)
    a = as_array(a)
    s, axes = _lengths(a, s, axes)
    return IFFTN(a, s=s, axes=axes, norm=norm)


@implements(np.fft.rfftn)
def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Real input: half the spectrum along the last axis, then the others."""
    refuse_out("rfftn", out)
    a = as_array(a)
    s, axes = _lengths(a, s, axes)
    a = np.fft.rfft(a, s[-1], axes[-1], norm)
    return FFTN(a, s=s[:-1], axes=axes[:-1], norm=norm) if len(axes) > 1 else a


@implements(np.fft.irfftn)
@in_numpys_types(np.fft.irfftn, np.float64, np.complex128)
def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("irfftn", out)
    a = as_array(a)
    s, axes = _lengths(a, s, axes, half=True)
    a = IFFTN(a, s=s[:-1], axes=axes[:-1], norm=norm) if len(axes) > 1 else a
    return np.fft.irfft(a, s[-1], axes[-1], norm)


@implements(np.fft.fft2)
def fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    return fftn(a, s, axes, norm, out)


@implements(np.fft.ifft2)
def ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    return ifftn(a, s, axes, norm, out)


@implements(np.fft.rfft2)
def rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    return rfftn(a, s, axes, norm, out)


@implements(np.fft.irfft2)
def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    return irfftn(a, s, axes, norm, out)


# -- order of the frequencies ----------------------------------------------------------------------------

primitive(
    np.fft.fftshift,
    lambda dy, _y, _x, axes=None: np.fft.ifftshift(dy, axes),
    jvp="linear",
    name="fftshift",
)
primitive(
    np.fft.ifftshift,
    lambda dy, _y, _x, axes=None: np.fft.fftshift(dy, axes),
    jvp="linear",
    name="ifftshift",
)
