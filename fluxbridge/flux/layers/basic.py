"""Dense, Scale and Bilinear: layers that act on the features, along axis 0."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autodiff.matrices import Diagonal
from ...autodiff.primitive import Tracer
from ...errors import ArgumentError, DimensionMismatch
from ..absent import OldField
from ..declare import layer
from ..initialisers import create_bias, glorot_uniform, ones32
from ..nnlib.activations import ACTIVATIONS
from ..show import function_name
from .affine import affine
from .shapes import activate, as_array, columns, identity, lead, match_eltype, numbers, size_check

__all__ = ["Bilinear", "Dense", "Scale"]


def options_text(σ: Any, bias: Any) -> str:
    """The end of a layer's repr: its activation, and whether it has no bias."""
    act = "" if σ is identity else f", {function_name(σ)}"
    return act + ("; bias=false" if bias is False else "")


def activation(who: str, rest: tuple[Any, ...]) -> Any:
    """The activation among the positional arguments after the size. Raises ArgumentError for others."""
    σ = rest[0] if rest else identity
    if isinstance(σ, str):
        raise ArgumentError(
            f"{who} takes one function, the activation, not the text {σ!r}: write {σ} without quotation "
            f"marks, after from fluxbridge.flux import {σ}"
            if σ in {"tanh", *(f.__name__ for f in ACTIVATIONS)}
            else f"{who} takes one function, the activation, such as relu, not the text {σ!r}"
        )
    if len(rest) > 1 or not callable(σ):
        raise ArgumentError(
            f"{who} takes one function, the activation, after its size (bias and init are keywords), "
            f"not {rest!r}"
        )
    return σ


def bias_and_activation(who: str, rest: tuple[Any, ...], bias: Any) -> tuple[Any, Any]:
    """The bias and the activation among the positional arguments after the weights."""
    if rest:
        bias, *rest = rest  # type: ignore[assignment]
    return bias, activation(who, tuple(rest))


def is_pair(x: Any) -> bool:
    """Is `x` a pair of sizes ``(in, out)``, Julia's ``in => out``?"""
    return isinstance(x, tuple) and len(x) == 2 and isinstance(x[1], (int, np.integer))


def paired(size: Any, rest: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Two sizes as a pair, and what follows them: ``Dense(in, out, σ)`` is ``Dense((in, out), σ)``.

    >>> paired(2, (3, "σ")), paired((2, 3), ("σ",))
    (((2, 3), ('σ',)), ((2, 3), ('σ',)))
    """
    if isinstance(size, (int, np.integer)) and rest and isinstance(rest[0], (int, np.integer)):
        return (size, rest[0]), rest[1:]
    return size, rest


@layer
class Dense:
    """Fully connected layer, σ(W x + b).

    ``Dense((in, out), σ=identity, *, bias=True, init=glorot_uniform)``, or ``Dense(W, bias=True,
    σ=identity)``. Takes x of shape (in,) or (in, batch…) and returns (out,) or (out, batch…), in the dtype of
    the weights. Fields: `weight` (out, in), `bias` (out,) or False, and the activation `σ`, which is applied
    elementwise. For a :class:`~fluxbridge.Diagonal` as W it is a :class:`Scale`.

    Raises DimensionMismatch if x has another number of features, or the bias another size; ArgumentError for
    weights that are no matrix and an activation that is no function.

    >>> model = Dense((3, 2), np.tanh)
    >>> model
    Dense(3 => 2, tanh)
    >>> model(np.ones((3, 5), np.float32)).shape
    (2, 5)
    >>> Dense(np.array([[1.0, 2.0]]))(np.ones(2))
    array([3.])
    """

    autosize_axis = 0  # the axis of the input whose size replaces `_`
    W, b = OldField("weight"), OldField("bias")

    if not TYPE_CHECKING:  # for type checkers a Dense is a Dense

        def __new__(cls, *args: Any, **options: Any) -> Any:
            if args and isinstance(args[0], Diagonal):
                return Scale(args[0].diag, *args[1:])
            return object.__new__(cls)

    def __init__(self, size: Any, *rest: Any, init: Any = glorot_uniform, bias: Any = True):
        size, rest = paired(size, rest)
        if is_pair(size):
            self.weight = init(size[1], size[0])
            σ = activation("Dense", rest)
        else:
            self.weight = as_array(size)
            if self.weight.ndim != 2:
                raise ArgumentError(f"the weights of Dense are a matrix, not of shape {self.weight.shape}")
            bias, σ = bias_and_activation("Dense", rest, bias)
        self.bias = create_bias(self.weight, bias, self.weight.shape[0])
        self.σ = σ

    def __call__(self, x: Any) -> Any:
        weight, σ = self.weight, self.σ
        if not hasattr(x, "shape"):
            x = as_array(x)
        shape = x.shape
        if not shape or shape[0] != weight.shape[1]:
            size_check(self, x, 0, weight.shape[1])
        if x.dtype is not weight.dtype:
            x = match_eltype(self, weight, x)
        if len(shape) > 2:
            y = affine(weight, columns(x), self.bias)
            y = np.reshape(y, (weight.shape[0], *shape[1:]))
        else:
            y = affine(weight, x, self.bias)
        return activate(self, σ, y)

    def __repr__(self) -> str:
        rows, cols = self.weight.shape
        return f"Dense({cols} => {rows}{options_text(self.σ, self.bias)})"


@layer
class Scale:
    """Elementwise affine layer, σ(scale · x + bias).

    ``Scale(*size, σ=identity, *, bias=True, init=ones32)``, or ``Scale(scale, bias=True, σ=identity)``. Takes
    x of shape (size…, batch…), where axes of length 1 broadcast, and returns that shape. Fields: `scale` and
    `bias` of shape `size` (bias may be False), and `σ`.

    Raises DimensionMismatch if the leading axes of x do not go with the size, ArgumentError without a size or
    for an activation that is no function.

    >>> Scale(2, bias=False)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 2.],
           [3., 4.]])
    """

    α, β = OldField("scale"), OldField("bias")

    def __init__(self, *args: Any, bias: Any = True, init: Any = ones32):
        if not args:
            raise ArgumentError("Scale needs the size of its weights, or the weights")
        if not isinstance(args[0], (int, np.integer, np.ndarray, list, Tracer)):
            raise ArgumentError(f"Scale needs the size of its weights, or the weights, not {args[0]!r}")
        if isinstance(args[0], (int, np.integer)):
            size = tuple(itertools.takewhile(lambda n: isinstance(n, (int, np.integer)), args))
            σ = activation("Scale", args[len(size) :])
            self.scale = init(*size)
        else:
            self.scale = as_array(args[0])
            bias, σ = bias_and_activation("Scale", args[1:], bias)
        self.bias = create_bias(self.scale, bias, *self.scale.shape)
        self.σ = σ

    def __call__(self, x: Any) -> Any:
        x = numbers(self, x)
        shape = self.scale.shape
        if any(n != m and 1 not in (n, m) for n, m in zip(shape, x.shape, strict=False)):
            raise DimensionMismatch(
                f"layer {self!r} expects an input whose leading axes go with {shape}, but got shape {x.shape}"
            )
        ndim = max(x.ndim, len(shape))
        y = lead(self.scale, ndim) * lead(x, ndim)
        if self.bias is not False:
            y = y + lead(self.bias, ndim)
        return activate(self, self.σ, y)

    def __repr__(self) -> str:
        return f"Scale({', '.join(map(str, self.scale.shape))}{options_text(self.σ, self.bias)})"


@layer
class Bilinear:
    """Bilinear layer, z_o = σ(Σᵢⱼ xᵢ W_oij yⱼ + b_o).

    ``Bilinear(((in1, in2), out), σ=identity, *, bias=True, init=glorot_uniform)``; ``Bilinear((in, out))``
    has equal sizes, and ``Bilinear(W, bias=True, σ=identity)`` takes the weights. Called with x (in1, batch)
    and y (in2, batch), with a tuple of both, or with one array for both; vectors are observations without
    batch. Returns (out, batch) or (out,). Fields: `weight` (out, in1, in2), `bias` (out,) or False, `σ`.

    Raises DimensionMismatch if sizes or numbers of columns do not agree, ArgumentError for weights without 3
    axes and an activation that is no function.

    >>> Bilinear(((3, 4), 2))(np.ones(3, np.float32), np.ones(4, np.float32)).shape
    (2,)
    """

    W, b = OldField("weight"), OldField("bias")

    def __init__(self, size: Any, *rest: Any, bias: Any = True, init: Any = glorot_uniform):
        if isinstance(size, (int, np.integer)) and len(rest) > 1:
            size, rest = ((size, rest[0]), rest[1]), rest[2:]
        if is_pair(size):
            first, out = size
            in1, in2 = first if isinstance(first, tuple) else (first, first)
            self.weight = init(out, in1, in2)
            σ = activation("Bilinear", rest)
        else:
            self.weight = as_array(size)
            if self.weight.ndim != 3:
                raise ArgumentError(f"the weights of Bilinear have 3 axes, not shape {self.weight.shape}")
            bias, σ = bias_and_activation("Bilinear", rest, bias)
        self.bias = create_bias(self.weight, bias, self.weight.shape[0])
        self.σ = σ

    def __call__(self, x: Any, y: Any = None) -> Any:
        if y is None:
            x, y = x if isinstance(x, tuple) else (x, x)
        x, y = numbers(self, x), numbers(self, y)
        if x.ndim == 1 and y.ndim == 1:
            return np.reshape(self(np.reshape(x, (-1, 1)), np.reshape(y, (-1, 1))), (-1,))
        out, in1, in2 = self.weight.shape
        if x.ndim != 2 or y.ndim != 2 or x.shape[0] != in1 or y.shape[0] != in2:
            raise DimensionMismatch(
                f"layer {self!r} expects inputs with {in1} and {in2} rows, but got shapes "
                f"{x.shape} and {y.shape}"
            )
        if x.shape[1] != y.shape[1]:
            raise DimensionMismatch(
                f"layer {self!r} expects inputs with the same number of columns, but got shapes "
                f"{x.shape} and {y.shape}"
            )
        wy = np.reshape(np.reshape(self.weight, (out * in1, in2)) @ y, (out, in1, y.shape[1]))
        z = np.sum(wy * x, axis=1)
        if self.bias is not False:
            z = z + np.reshape(self.bias, (-1, 1))
        return activate(self, self.σ, z)

    def __repr__(self) -> str:
        out, in1, in2 = self.weight.shape
        size = in1 if in1 == in2 else f"({in1}, {in2})"
        return f"Bilinear({size} => {out}{options_text(self.σ, self.bias)})"
