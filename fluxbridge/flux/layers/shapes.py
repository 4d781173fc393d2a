"""Checks of sizes and number types in layers, and the functions of arrays that stand between layers."""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any

import numpy as np

from ...autodiff.axes import axes_of
from ...autodiff.primitive import Tracer, plain, take_up
from ...errors import ArgumentError, DimensionMismatch, FluxbridgeError
from ..axes import takes_axis
from ..mode import shapes_only
from ..nnlib.numeric import check_axis, check_integer, check_numbers
from ..nnlib.softmax import logsoftmax, logsumexp, softmax
from .standard import standardise

__all__ = ["abs2", "cat", "flatten", "hcat", "identity", "normalise", "vcat"]

#: The value of the field `dims` for all axes: Julia's colon.
ALL_AXES = slice(None)

#: Functions of whole arrays; an activation is elementwise.
_OF_ARRAYS = (softmax, logsoftmax, logsumexp)

_warned: set[tuple[str, str]] = set()


def as_array(x: Any) -> Any:
    """`x` as an array; what has a shape is returned unchanged. Raises ArgumentError for what is no number."""
    if isinstance(x, (list, tuple)):
        x = take_up(x)
    if hasattr(x, "shape"):
        return x
    array = np.asarray(x)
    if array.dtype.kind not in "biufcO" or (array.dtype.hasobject and array.ndim == 0):
        raise ArgumentError(f"layers take numbers and arrays of them, not {x!r} ({type(x).__name__})")
    return array


def numbers(layer: Any, x: Any) -> Any:
    """`x` as an array of numbers. Raises ArgumentError, with the layer, for other types."""
    x = as_array(x)
    if x.dtype.kind not in "biufc":
        raise ArgumentError(f"layer {plain_repr(layer)} takes arrays of numbers, not of type {x.dtype}")
    return x


def size_check(layer: Any, x: Any, axis: int, size: int) -> None:
    """Raise DimensionMismatch, with the layer and both shapes, unless x has this size along `axis`."""
    shape = x.shape
    if axis < 0 or axis >= len(shape):
        raise DimensionMismatch(
            f"layer {plain_repr(layer)} expects an input of at least {max(axis, 0) + 1} dimensions, "
            f"but got one of shape {shape}"
        )
    if shape[axis] != size:
        raise DimensionMismatch(
            f"layer {plain_repr(layer)} expects an input of size {plain(size)} along axis {axis}, "
            f"but got one of shape {shape}"
        )


def activate(layer: Any, σ: Any, y: Any) -> Any:
    """σ(y). Raises ArgumentError for softmax and its like, which Flux would call with single numbers."""
    if σ is identity:
        return y
    if any(σ is f for f in _OF_ARRAYS):
        name = σ.__name__
        raise ArgumentError(
            f"the activation of layer {plain_repr(layer)} works by elements, and {name} does not: "
            f"make it a layer of its own, as in Chain(…, {name})"
        )
    return σ(y)


def plain_repr(layer: Any) -> str:
    """How a layer prints; inside of a gradient its fields may be traced, which must not show."""
    return repr(layer)


def match_eltype(layer: Any, weight: Any, x: Any) -> Any:
    """`x` in the number type of the weights; warns once for each pair of types if that loses precision."""
    dtype, given = weight.dtype, x.dtype
    is_array: bool = isinstance(x, (np.ndarray, Tracer))
    if given == dtype or not is_array:
        return x  # one-hot arrays have their own multiplication
    if given.kind not in "biufc":
        raise ArgumentError(f"layer {plain_repr(layer)} takes arrays of numbers, not of type {given}")
    if given.kind not in "fiub" or dtype.kind not in "fc":
        return x
    key = (dtype.name, given.name)
    if key in (("float32", "float64"), ("float16", "float32")) and key not in _warned and not shapes_only():
        _warned.add(key)
        advice = (
            "The input will be converted, but any earlier layers may be very slow."
            if dtype.itemsize == 4
            else "The input will be converted, but this may point to a problem in earlier layers."
        )
        warnings.warn(
            f"Layer {plain_repr(layer)} with {dtype.name} parameters got {given.name} input of shape "
            f"{x.shape}. {advice}",
            stacklevel=3,
        )
    return x.astype(dtype)


def lead(a: Any, ndim: int) -> Any:
    """`a` with axes of length 1 appended up to `ndim`, so that it broadcasts along its leading axes."""
    shape = a.shape
    return a if len(shape) >= ndim else np.reshape(a, shape + (1,) * (ndim - len(shape)))


def columns(x: Any) -> Any:
    """`x` as a matrix: all axes but the first are flattened."""
    shape = x.shape
    return x if len(shape) == 2 else np.reshape(x, (shape[0], math.prod(shape[1:])))


# ---------------------------------------------------------------------------------------------
# Functions between layers
# ---------------------------------------------------------------------------------------------


def identity(x: Any) -> Any:
    """`x` itself, of any type and shape. Raises nothing.

    >>> identity(3)
    3
    """
    return x


def flatten(x: Any) -> Any:
    """x (axes…, batch) as a matrix (features, batch); a vector (batch,) becomes (1, batch).

    The features are in Julia's order, first axis fastest. The dtype is that of x. Raises ArgumentError for
    what holds no numbers.

    >>> flatten(np.arange(8).reshape(2, 2, 2)).tolist()
    [[0, 1], [4, 5], [2, 3], [6, 7]]
    >>> flatten(np.ones(3)).shape
    (1, 3)
    """
    x = as_array(x)
    shape = x.shape
    if len(shape) == 2:
        return x
    if not shape:
        return np.reshape(x, (1, 1))
    return np.reshape(x, (math.prod(shape[:-1]), shape[-1]), order="F")


def _join(name: str, arrays: list[Any], axis: int) -> Any:
    """The arrays joined along `axis`. Raises DimensionMismatch if they have other shapes along other axes."""
    try:
        return np.concatenate(arrays, axis=axis)
    except (TypeError, ValueError) as error:
        if isinstance(error, FluxbridgeError):
            raise
        check_numbers(name, *arrays)
        shapes = " and ".join(str(np.shape(x)) for x in arrays) or "of no arrays"
        raise DimensionMismatch(
            f"{name} joins arrays that differ along axis {axis} only, but got the shapes {shapes}"
        ) from error


def vcat(*xs: Any) -> Any:
    """The arrays joined along axis 0; numbers count as vectors of length 1.

    Raises DimensionMismatch if their other axes differ, ArgumentError for what holds no numbers. The result
    has the shape (sum of the lengths, other axes…) and the common dtype.

    >>> vcat(np.ones(2), np.zeros(1))
    array([1., 1., 0.])
    """
    return _join("vcat", [np.reshape(x, (1,)) if np.ndim(x) == 0 else x for x in xs], 0)


def hcat(*xs: Any) -> Any:
    """The arrays joined along axis 1; vectors count as columns.

    Raises DimensionMismatch if their other axes differ, ArgumentError for what holds no numbers. The result
    has the shape (rows, sum of the columns, other axes…) and the common dtype.

    >>> hcat(np.ones(2), np.zeros((2, 1)))
    array([[1., 0.],
           [1., 0.]])
    """
    return _join("hcat", [np.reshape(x, (-1, 1)) if np.ndim(x) < 2 else x for x in xs], 1)


@takes_axis
def cat(*xs: Any, axis: int) -> Any:
    """The arrays joined along `axis`, for which axes of length 1 are appended where needed.

    Raises DimensionMismatch if their other axes differ or there is no such axis, ArgumentError for what holds
    no numbers. The result has the common dtype.

    >>> cat(np.ones((2, 3)), np.ones((2, 3)), axis=2).shape
    (2, 3, 2)
    """
    check_integer("axis", axis, -sys.maxsize)
    ndim = max([axis + 1, *map(np.ndim, xs)])
    check_axis("cat", axis, ndim)
    return _join("cat", [lead(as_array(x), ndim) for x in xs], axis)


def abs2(x: Any) -> Any:
    """``|x|²`` elementwise, in the shape of x; real also for complex x, and integers stay integers.

    Raises ArgumentError for what holds no numbers.

    >>> abs2(-3.0)
    9.0
    """
    check_numbers("abs2", x)
    x = take_up(x)
    return x * x if np.isrealobj(plain(x)) else np.real(x) ** 2 + np.imag(x) ** 2


EPS = float(np.float32(1e-5))  #: 1f-5, Flux's default for what is added to variances


@takes_axis
def normalise(x: Any, *, axis: Any = -1, eps: Any = EPS) -> Any:
    """(x - mean) / √(variance + eps²) along `axis`: one axis, several, or None for all.

    The variance is the biased one. The result has the shape of x; integers give Float64. Raises
    DimensionMismatch if there is no such axis, ArgumentError for what holds no numbers.

    >>> normalise(np.array([1.0, 3.0]), eps=0)
    array([-1.,  1.])
    """
    check_numbers("normalise", x)
    x = as_array(x)
    x = x if x.dtype.kind in "fc" else x.astype(np.float64)
    axis = range(x.ndim) if axis is None else axis
    axes = tuple(axis) if isinstance(axis, (list, tuple, range)) else (axis,)
    check_axis("normalise", axes, x.ndim)
    if x.dtype.kind == "f":
        return standardise(x, eps * eps, axes_of(axes, x.ndim))
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return centred / np.sqrt(np.mean(abs2(centred), axis=axes, keepdims=True) + eps * eps)
