"""Layers that contain layers: Chain, Maxout, SkipConnection, Parallel, PairwiseFusion."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...autodiff.template import Record
from ...errors import ArgumentError, DimensionMismatch
from ..declare import layer
from ..show import text
from .shapes import hcat, vcat

__all__ = ["Chain", "Maxout", "PairwiseFusion", "Parallel", "SkipConnection", "activations"]

#: Binary functions that Julia defines for any number of arguments.
_OF_ANY_NUMBER = {operator.add, operator.mul, np.add, np.multiply, np.maximum, np.minimum}

#: Functions that Julia defines for arrays of equal shape only.
_OF_ONE_SHAPE = {operator.add, operator.sub}


def _connect(layer: Any, connection: Any, *xs: Any) -> Any:
    """``connection(*xs)`` of the outputs xs of a layer's branches; for the class ``tuple`` the tuple of them.

    ``operator.add`` and ``operator.sub`` are Julia's ``+`` and ``-`` of arrays, which do not broadcast.
    Raises DimensionMismatch, with the layer, where a known connection does not take the shapes.
    """
    if connection is tuple:
        return xs
    hashable = connection.__hash__ is not None
    if hashable and connection in _OF_ONE_SHAPE:
        shapes = {_without_ones(np.shape(x)) for x in xs}
        if len(shapes) > 1:
            raise _do_not_connect(layer, connection, xs)
    try:
        if len(xs) != 2 and hashable and connection in _OF_ANY_NUMBER:
            return functools.reduce(connection, xs)
        return connection(*xs)
    except ValueError as error:
        if not _is_known(connection):
            raise
        raise _do_not_connect(layer, connection, xs) from error


def _function(kind: str, connection: Any) -> Any:
    if not callable(connection):
        raise ArgumentError(f"the connection of a {kind} layer is a function, not {connection!r}")
    return connection


def _is_known(connection: Any) -> bool:
    """Is this a function whose ValueErrors are about shapes?"""
    module = getattr(connection, "__module__", None)
    return isinstance(connection, np.ufunc) or module == "_operator" or connection in (vcat, hcat)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without trailing ones, which Julia ignores."""
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def _do_not_connect(layer: Any, connection: Any, xs: tuple[Any, ...]) -> DimensionMismatch:
    shapes = " and ".join(str(np.shape(x)) for x in xs)
    return DimensionMismatch(f"layer {layer!r}: {text(connection)} cannot connect outputs of shapes {shapes}")


def _layers_text(layers: Any) -> str:
    if isinstance(layers, Record):
        return ", ".join(f"{k} = {text(v)}" for k, v in layers.items())
    joined = ", ".join(map(text, layers))
    return f"[{joined}]" if isinstance(layers, list) else joined


def _picked(layers: Any, index: Any) -> Any:
    """The layers at a slice or a list of positions, in a container of the same kind."""
    positions = range(len(layers))[index] if isinstance(index, slice) else index
    if isinstance(layers, Record):
        names = list(layers.keys())
        return Record(**{names[i]: layers[i] for i in positions})
    return type(layers)(layers[i] for i in positions)


class _Container:
    """Length, indexing and iteration of the layers with a field `layers`."""

    layers: Any

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, (slice, list, range, np.ndarray)):
            return self._with(_picked(self.layers, index))
        try:
            return self.layers[index]
        except IndexError:
            n = len(self.layers)
            hint = f"; Julia's m[{n}] is m[{n - 1}]" if n and index == n else ""
            raise IndexError(
                f"{type(self).__name__} has {n} layers, at positions from 0, and none at {index}{hint}"
            ) from None

    def keys(self) -> Any:
        """A list of the names of the layers, or of their positions."""
        return list(self.layers.keys()) if isinstance(self.layers, Record) else list(range(len(self.layers)))

    def _with(self, layers: Any) -> Any:
        raise NotImplementedError


@layer
class Chain(_Container):
    """Layers (any functions) applied one after the other.

    ``Chain(f, g, …)``, ``Chain(first=f, second=g)``, or ``Chain([f, g])``; ``chain(x)`` is ``g(f(x))``, so
    shapes and dtypes are those of the layers. The field `layers` is a tuple, a list, or a record of names. A
    chain can be indexed by position or name; a slice of it is a chain. Without layers it returns None, as in
    Flux.

    Raises ArgumentError for a layer named `layers`, or if only some have names.

    >>> from fluxbridge.flux import Dense
    >>> m = Chain(Dense((3, 4), np.tanh), Dense((4, 2)))
    >>> m
    Chain(Dense(3 => 4, tanh), Dense(4 => 2))
    >>> m[0], len(m[1:])
    (Dense(3 => 4, tanh), 1)
    >>> Chain(double=lambda x: 2 * x, up=lambda x: x + 1)(3)
    7
    """

    shows_names = True  # in the printout of several lines

    def __init__(self, *layers: Any, **named: Any):
        if "layers" in named:
            raise ArgumentError("a Chain cannot have a layer named layers")
        if layers and named:
            raise ArgumentError("the layers of a Chain either all have names, or none has one")
        if len(layers) == 1 and isinstance(layers[0], (tuple, list, Record)):
            (layers,) = layers
        self.layers: Any = Record(**named) if named else layers

    def __call__(self, x: Any, *more: Any) -> Any:
        if more:
            x = (x, *more)
        layers = self.layers
        if not layers and not isinstance(layers, list):
            return None
        for f in layers:
            x = f(x)
        return x

    def _with(self, layers: Any) -> Chain:
        return Chain(layers)

    def __repr__(self) -> str:
        return f"Chain({_layers_text(self.layers)})"


def activations(chain: Any, x: Any) -> tuple[Any, ...]:
    """The outputs of all layers of a chain for the input x, of whatever shape the layers take, as a tuple.

    Raises what the layers raise.

    >>> activations(Chain(lambda x: 2 * x, lambda x: x + 1), 3)
    (6, 7)
    """
    return tuple(itertools.accumulate(chain.layers, lambda x, f: f(x), initial=x))[1:]


@layer
class Maxout(_Container):
    """The elementwise maximum of the outputs of several layers (Goodfellow et al. 2013).

    ``Maxout(f, g, …)``, or ``Maxout(make, n)`` with n layers that ``make()`` returns; the field `layers` is
    their tuple. The result has the shape of the outputs. Of equal outputs the last one gets the gradient.
    Raises ArgumentError without layers, DimensionMismatch if the shapes of the outputs do not broadcast.

    >>> Maxout(lambda x: x, lambda x: -x)(np.array([1.0, -3.0]))
    array([1., 3.])
    """

    def __init__(self, *layers: Any):
        if len(layers) == 2 and isinstance(layers[1], (int, np.integer)):
            layers = tuple(layers[0]() for _ in range(layers[1]))
        elif len(layers) == 1 and isinstance(layers[0], tuple):
            layers = layers[0]
        if not layers:
            raise ArgumentError("Maxout needs at least one layer")
        self.layers = layers

    def __call__(self, x: Any) -> Any:
        return functools.reduce(
            lambda best, y: _connect(self, np.maximum, best, y), [f(x) for f in self.layers]
        )

    def _with(self, layers: Any) -> Maxout:
        return Maxout(layers)

    def __repr__(self) -> str:
        return f"Maxout({_layers_text(self.layers)})"


@layer
class SkipConnection:
    """A residual connection, ``connection(layers(x), x)``.

    `layers` is a layer, `connection` a function of two arrays, such as ``operator.add`` (equal shapes),
    ``np.add`` (broadcasts) or ``vcat``. Raises DimensionMismatch if these do not take the shapes,
    ArgumentError for a connection that is no function.

    >>> import operator
    >>> SkipConnection(lambda x: 10 * x, operator.add)(2)
    22
    """

    def __init__(self, layers: Any, connection: Any):
        self.layers = layers
        self.connection = _function("SkipConnection", connection)

    def __call__(self, x: Any) -> Any:
        return _connect(self, self.connection, self.layers(x), x)

    def __getitem__(self, index: Any) -> Any:
        return self.layers[index]

    def __repr__(self) -> str:
        return f"SkipConnection({text(self.layers)}, {text(self.connection)})"


class _Branches(_Container):
    """Constructor of Parallel and PairwiseFusion: a connection, and layers with or without names."""

    shows_names = True

    def __init__(self, connection: Any, /, *layers: Any, **named: Any):
        kind = type(self).__name__
        if "layers" in named or "connection" in named:
            raise ArgumentError(f"a {kind} layer cannot have a layer named layers or connection")
        if layers and named:
            raise ArgumentError(f"the layers of a {kind} layer either all have names, or none has one")
        if len(layers) == 1 and isinstance(layers[0], (tuple, Record)):
            (layers,) = layers
        self.connection = _function(kind, connection)
        self.layers: Any = Record(**named) if named else layers

    def _with(self, layers: Any) -> Any:
        return type(self)(self.connection, layers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({text(self.connection)}, {_layers_text(self.layers)})"


@layer
class Parallel(_Branches):
    """Layers side by side, ``connection(f(x), g(x), …)``.

    ``Parallel(connection, f, g, …)``, or with names for the layers. With as many inputs as layers (or a tuple
    of them) each layer has its own; a single layer takes any number of inputs in turn. Shapes are those of
    the layers and the connection. Fields: `connection` and `layers`.

    Raises ArgumentError for another number of inputs, without layers, or for a connection that is no
    function, DimensionMismatch if a known connection does not take the shapes.

    >>> import operator
    >>> m = Parallel(operator.add, lambda x: 2 * x, lambda x: -x)
    >>> m(3), m(3, 1), m((3, 1))
    (3, 5, 5)
    """

    def __init__(self, connection: Any, /, *layers: Any, **named: Any):
        super().__init__(connection, *layers, **named)
        if not len(self.layers):
            raise ArgumentError("a Parallel layer needs at least one layer inside")

    def __call__(self, *xs: Any) -> Any:
        if len(xs) == 1 and type(xs[0]) is tuple:
            xs = xs[0]
        layers = list(self.layers)
        if not xs:
            raise ArgumentError("a Parallel layer cannot be called without an input")
        if len(xs) == 1:
            return _connect(self, self.connection, *[f(xs[0]) for f in layers])
        if len(layers) == 1:
            return _connect(self, self.connection, *[layers[0](x) for x in xs])
        if len(layers) != len(xs):
            raise ArgumentError(
                f"Parallel with {len(layers)} layers takes one input or {len(layers)} inputs, "
                f"but got {len(xs)}"
            )
        return _connect(self, self.connection, *[f(x) for f, x in zip(layers, xs, strict=True)])


@layer
class PairwiseFusion(_Branches):
    """Layers whose outputs are connected with the next input: y₁ = f₁(x₁), y₂ = f₂(connection(y₁, x₂)), …

    ``PairwiseFusion(connection, f₁, f₂, …)``, or with names. Returns the tuple of all yᵢ; shapes are those of
    the layers. One input (not a tuple) stands for all. Raises ArgumentError for another number of inputs than
    layers or a connection that is no function, DimensionMismatch if a known connection does not take the
    shapes.

    >>> import operator
    >>> PairwiseFusion(operator.add, lambda x: 2 * x, lambda x: -x)(1, 10)
    (2, -12)
    """

    def __call__(self, *xs: Any) -> tuple[Any, ...]:
        inputs = xs[0] if len(xs) == 1 else xs
        layers = list(self.layers)
        if not isinstance(inputs, tuple):
            inputs = (inputs,) * len(layers)
        elif len(inputs) != len(layers):
            raise ArgumentError(
                f"PairwiseFusion with {len(layers)} layers takes one input or {len(layers)} inputs, "
                f"but got {len(inputs)}"
            )
        ys: list[Any] = []
        for f, x in zip(layers, inputs, strict=True):
            ys.append(f(_connect(self, self.connection, ys[-1], x) if ys else x))
        return tuple(ys)
