"""Convolutions and Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....errors import NoRuleError
from ..spelling import Site, Spelled, Term, call, spelling, tuple_of, typed
from .axes import axes_from_one, from_one


@spelling("NumPy.convolve(a, v), NumPy.convolve(a, v, :same)")
def convolve(site: Site, a: Term, v: Term, mode: str = "full", axes: Any = None, method: str = "") -> Spelled:
    if axes is not None and sorted(axes_from_one(axes, a.ndim)) != list(range(1, a.ndim + 1)):
        raise NoRuleError("a convolution along some of the axes only has no spelling in Julia yet")
    return call("NumPy.convolve", *typed([a, v], site.out), *([f":{mode}"] if mode != "full" else []))


def transform(name: str) -> Callable[..., Spelled]:
    """A Fourier transform along one axis."""

    @spelling(f"NumPy.{name}(x; dims)")
    def spelled(site: Site, x: Term, n: Any = None, axis: int = -1, norm: Any = None, **_: Any) -> Spelled:
        length = np.shape(site.out)[axis] if name == "irfft" else x.shape[axis] if n is None else int(n)
        usual = 2 * (x.shape[axis] - 1) if name == "irfft" else x.shape[axis]
        return call(
            f"NumPy.{name}",
            x,
            n=None if length == usual else length,
            dims=from_one(axis, x.ndim) if x.ndim > 1 else None,
            norm=None if norm in (None, "backward") else f":{norm}",
        )

    return spelled


def transforms(name: str) -> Callable[..., Spelled]:
    """A Fourier transform along several axes, one after the other."""

    @spelling(f"NumPy.{name}(x; dims)")
    def spelled(site: Site, x: Term, s: Any = None, axes: Any = None, norm: Any = None) -> Spelled:
        one = transform(name)
        for length, axis in zip(s, axes, strict=True):
            out = np.moveaxis(np.zeros(x.shape, complex), axis, -1)[..., :1]
            out = np.moveaxis(np.broadcast_to(out, (*out.shape[:-1], int(length))), -1, axis)
            x = Term(str(one(Site(out, site.capture), x, n=length, axis=axis, norm=norm)), out)
        return Term(x.text, site.out)

    return spelled


def shift_of_frequencies(inverse: bool) -> Callable[..., Spelled]:
    @spelling("circshift(x, (1, 2))")
    def spelled(site: Site, x: Term, axes: Any = None) -> Spelled:
        shifts = [0] * x.ndim
        for axis in axes_from_one(axes, x.ndim):
            n = x.shape[axis - 1]
            shifts[axis - 1] = -(n // 2) if inverse else n // 2
        return call("circshift", x, tuple_of(shifts) if x.ndim > 1 else shifts[0])

    return spelled
