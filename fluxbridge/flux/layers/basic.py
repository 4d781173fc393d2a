"""Dense, Scale, Bilinear: the layers with weights for features."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.matrices import Diagonal
from ...autodiff.primitive import Tracer
from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..initialisers import create_bias, glorot_uniform, ones32
from ..show import function_name
from .affine import affine
from .shapes import activate, as_array, columns, identity, lead, match_eltype, numbers, size_check

__all__ = ["Bilinear", "Dense", "Scale"]


def options_text(σ: Any, bias: Any) -> str:
    """The end of what a layer prints: its activation, and that it has no bias."""
    act = "" if σ is identity else f", {function_name(σ)}"
    return act + ("; bias=false" if bias is False else "")


def is_pair(x: Any) -> bool:
    """Is `x` a pair of sizes ``(in, out)``, Julia's ``in => out``?"""
    return isinstance(x, tuple) and len(x) == 2 and isinstance(x[1], (int, np.integer))


@layer
class Dense:
    """σ(W x + b): every output depends on every input.

    ``Dense((in, out), σ=identity, *, bias=True, init=glorot_uniform)``, or
    ``Dense(W, bias=True, σ=identity)``. The input is a vector of `in` features, or an array whose first
    axis they are; the other axes stay. Raises DimensionMismatch if the input has another number of
    features, or the bias another size.

    >>> model = Dense((3, 2), np.tanh)
    >>> model
    Dense(3 => 2, tanh)
    >>> model(np.ones((3, 5), np.float32)).shape
    (2, 5)
    >>> Dense(np.array([[1.0, 2.0]]))(np.ones(2))
    array([3.])
    """

    autosize_axis = 0  # where the size is that `_` stands for

    def __new__(cls, *args: Any, **options: Any) -> Any:
        if args and isinstance(args[0], Diagonal):
            return Scale(args[0].diag, *args[1:])
        return object.__new__(cls)

    def __init__(self, size: Any, *rest: Any, init: Any = glorot_uniform, bias: Any = True):
        if isinstance(size, (int, np.integer)) and rest and isinstance(rest[0], (int, np.integer)):
            size, rest = (size, rest[0]), rest[1:]
        if is_pair(size):
            self.weight = init(size[1], size[0])
            (σ,) = rest or (identity,)
        else:
            self.weight = as_array(size)
            if self.weight.ndim != 2:
                raise ArgumentError(f"the weights of Dense are a matrix, not of shape {self.weight.shape}")
            bias, σ = (*rest, *(bias, identity)[len(rest) :])
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
    """σ(scale · x + bias), element by element.

    ``Scale(*size, σ=identity, *, bias=True, init=ones32)``, or ``Scale(scale, bias=True, σ=identity)``.
    The sizes are those of the leading axes of the input.

    >>> Scale(2, bias=False)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[1., 2.],
           [3., 4.]])
    """

    def __init__(self, *args: Any, bias: Any = True, init: Any = ones32):
        if not args:
            raise ArgumentError("Scale needs the size of its weights, or the weights")
        if not isinstance(args[0], (int, np.integer, np.ndarray, list, Tracer)):
            raise ArgumentError(f"Scale needs the size of its weights, or the weights, not {args[0]!r}")
        if isinstance(args[0], (int, np.integer)):
            *size, last = args
            σ = identity
            if isinstance(last, (int, np.integer)):
                size.append(last)
            else:
                σ = last
            self.scale = init(*size)
        else:
            self.scale = as_array(args[0])
            bias, σ = (*args[1:], *(bias, identity)[len(args) - 1 :])
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
    """σ(xᵢ Wₒᵢⱼ yⱼ + bₒ): ``Bilinear(((in1, in2), out), σ=identity, *, bias=True, init=glorot_uniform)``.

    Called with two inputs, a tuple of two, or one that stands for both; ``Bilinear((in, out))`` has
    equal sizes. Raises DimensionMismatch if sizes or numbers of columns do not agree.

    >>> Bilinear(((3, 4), 2))(np.ones(3, np.float32), np.ones(4, np.float32)).shape
    (2,)
    """

    def __init__(self, size: Any, *rest: Any, bias: Any = True, init: Any = glorot_uniform):
        if isinstance(size, (int, np.integer)) and len(rest) > 1:
            size, rest = ((size, rest[0]), rest[1]), rest[2:]
        if is_pair(size):
            first, out = size
            in1, in2 = first if isinstance(first, tuple) else (first, first)
            self.weight = init(out, in1, in2)
            (σ,) = rest or (identity,)
        else:
            self.weight = as_array(size)
            if self.weight.ndim != 3:
                raise ArgumentError(f"the weights of Bilinear have 3 axes, not shape {self.weight.shape}")
            bias, σ = (*rest, *(bias, identity)[len(rest) :])
        self.bias = create_bias(self.weight, bias, self.weight.shape[0])
        self.σ = σ

    def __call__(self, x: Any, y: Any = None) -> Any:
        if y is None:
            x, y = x if isinstance(x, tuple) else (x, x)
        x, y = as_array(x), as_array(y)
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
