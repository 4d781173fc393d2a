"""Standardisation to mean 0 and variance 1 along axes, scaled and shifted, as one primitive for speed."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import Tracer, plain, primitive
from ..nnlib.totals import in_long_rows, is_plain, total

Axes = tuple[int, ...]
Shape = tuple[int, ...]


class Moments(NamedTuple):
    """Mean and biased variance along axes, which keep length 1, and the array without its mean."""

    mean: Any
    variance: Any
    centred: Any


def _count(x: Any, axes: Axes) -> int:
    return math.prod([x.shape[i] for i in axes])


def _mean(x: Any, axes: Axes, y: Any = None) -> Any:
    """The mean of x, or of x y, along `axes`."""
    if is_plain(x) and x.size:
        return total(x, axes, y) / _count(x, axes)
    return np.mean(x if y is None else x * y, axis=axes, keepdims=True)


@in_long_rows
def moments(x: Any, axes: Axes) -> Moments:
    """The moments of the array `x` along `axes`. Raises nothing of its own.

    >>> moments(np.array([[1.0, 3.0]]), (1,))
    Moments(mean=array([[2.]]), variance=array([[1.]]), centred=array([[-1.,  1.]]))
    """
    mean = _mean(x, axes)
    centred = x - mean
    return Moments(mean, _mean(centred, axes, centred), centred)


def _root(variance: Any, eps: Any) -> Any:
    return 1 / np.sqrt(variance + eps)


def _memory(gain: np.ndarray, centred: np.ndarray) -> np.ndarray:
    """Memory for a product in the order of `centred`: that of the gain, if it is as large."""
    same = (gain.shape, gain.strides) == (centred.shape, centred.strides)
    return gain if same else np.empty_like(centred)


@in_long_rows
def _standardise(x: Any, eps: Any, *affine: Any, axes: Axes, known: Moments | None, shape: Shape = ()) -> Any:
    _, variance, centred = moments(x, axes) if known is None else known
    root = _root(variance, eps).astype(x.dtype)
    if not affine:
        return centred * root
    scale, shift = [np.reshape(v, shape) for v in affine]
    if not is_plain(centred, scale, shift):
        return scale * (centred * root) + shift
    gain = scale * root
    y = np.multiply(centred, gain, out=_memory(gain, centred))
    y += shift
    return y


def _rule(
    dy: Any, _y: Any, x: Any, eps: Any, *affine: Any, axes: Axes, known: Moments | None, shape: Shape = ()
) -> Any:
    """The cotangents of x and eps, and of scale and shift if there are any.

    With r = 1 / √(variance + eps), x̂ = r (x - mean) and h = scale dy, that of x is r (h - mean(h) - x̂
    mean(h x̂)) (Ioffe and Szegedy 2015). For traced x (second order) the moments are computed again, from x.
    """
    _, variance, centred = moments(x, axes) if known is None or isinstance(x, Tracer) else known
    scale = np.reshape(affine[0], shape) if affine else None
    rule = _plain_rule if is_plain(dy, centred, *affine[:1]) else _traced_rule
    dx, deps, *others = rule(dy, centred, _root(variance, eps), scale, axes)
    return dx, deps, *[np.reshape(d, np.shape(v)) for d, v in zip(others, affine, strict=True)]


def _rest(scale: Any) -> Axes:
    """The axes along which there is one scale for all."""
    return tuple([i for i, n in enumerate(scale.shape) if n == 1])


def _traced_rule(dy: Any, centred: Any, root: Any, scale: Any, axes: Axes) -> Any:
    h = dy if scale is None else dy * scale
    standard = root * centred
    along = _mean(h * standard, axes)
    dx = root * (h - _mean(h, axes) - standard * along)
    deps = -0.5 * _count(dy, axes) * np.sum(along * root * root)
    if scale is None:
        return dx, deps
    return dx, deps, np.sum(dy * standard, axis=_rest(scale)), np.sum(dy, axis=_rest(scale))


@in_long_rows
def _plain_rule(dy: np.ndarray, centred: np.ndarray, root: np.ndarray, scale: Any, axes: Axes) -> Any:
    """The same for plain arrays, with as few passes over memory as possible."""
    root = root.astype(dy.dtype, copy=False)
    gain = root if scale is None else scale * root
    work = np.empty_like(centred)
    if all(gain.shape[i] == 1 for i in axes):
        sums, along = total(dy, axes), total(dy, axes, centred)
        of_affine = [np.sum(v, axis=_rest(scale)) for v in (along * root, sums)] if scale is not None else []
        sums, along = gain * sums, gain * along
        dx = dy * gain
    else:
        product, rest = np.multiply(dy, centred, out=work), _rest(scale)
        of_affine = [total(product, rest, root), total(dy, rest)]
        dx = np.multiply(dy, gain, out=_memory(gain, centred))
        sums, along = total(dx, axes), root * total(product, axes, scale)
    slope = root * root * along
    count = max(_count(dy, axes), 1)
    dx -= np.multiply(centred, slope / count, out=work)
    dx -= sums / count
    return dx, -0.5 * np.sum(slope), *of_affine


STANDARDISE: Any = primitive(None, joint=_rule, name="standardise", compute=_standardise)


def follows(x: Any) -> bool:
    """Is `x` recorded to be computed anew with other values, so that nothing about them may be known?"""
    return hasattr(getattr(x, "level", None), "follow")


def standardise(
    x: Any, eps: Any, axes: Axes, *affine: Any, shape: Shape = (), known: Moments | None = None
) -> Any:
    """(x - mean) / √(variance + eps) along `axes` for real x, in its shape; `known` are its :func:`moments`.

    Axes are counted from the front. `affine` may be a scale and a shift, by which the result is multiplied
    and which is added to it. They have one shape, and broadcast with x once they have this `shape`. Raises
    nothing of its own.

    >>> standardise(np.array([[1.0, 3.0]]), 0.0, (1,))
    array([[-1.,  1.]])
    >>> standardise(np.array([[1.0, 3.0]]), 0.0, (1,), np.array([2.0]), np.array([5.0]), shape=(1, 1))
    array([[3., 7.]])
    """
    if known is None and not follows(x):
        known = moments(plain(x), axes)
    return STANDARDISE(x, eps, *affine, axes=axes, known=known, shape=shape)
