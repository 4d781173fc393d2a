"""The layers that both sides have, and which of their fields differ in name or meaning."""

from __future__ import annotations

from typing import Any

from ...errors import ArgumentError
from ..layers import (
    attention,
    basic,
    containers,
    conv,
    dropout,
    embedding,
    normalise,
    pooling,
    recurrent,
    upsample,
    weightnorm,
)
from ..layers.shapes import ALL_AXES

_FILES = (
    attention, basic, containers, conv, dropout, embedding, normalise, pooling, recurrent, upsample,
    weightnorm,
)  # fmt: skip
_NO_LAYERS = {"SamePad", "HasMode"}

#: The layers that both sides have, by their common names; and Fix1, Julia's function with a fixed first
#: argument, which is inside of a LayerNorm without parameters.
LAYERS: dict[str, type] = {
    name: kind
    for file in _FILES
    for name, kind in vars(file).items()
    if isinstance(kind, type)
    and kind.__module__ == file.__name__
    and name[0] != "_"
    and name not in _NO_LAYERS
}
KINDS = {kind: name for name, kind in LAYERS.items()}

#: Fields with another name in Flux.
TO_FIELD = {"σ2": "σ²", "ε": "ϵ"}
FROM_FIELD = {there: here for here, there in TO_FIELD.items()}
ACTIVATIONS = {"σ", "λ"}  #: fields with a function of numbers
AXES = {("Dropout", "dims"), ("WeightNorm", "dims")}  #: axes, counted from 1 in Flux
SYMBOLS = {("WeightNorm", "which"), ("Upsample", "mode")}
SMALL = {"ε", "momentum"}  #: numbers that Flux has in Float32


def is_layer(x: Any) -> bool:
    """Is this one of the layers that both sides have?

    >>> is_layer(basic.Scale(2)), is_layer([])
    (True, False)
    """
    return type(x) in KINDS


def from_field(name: str) -> str:
    """The name here of a field of Flux's.

    >>> from_field("σ²"), from_field("weight")
    ('σ2', 'weight')
    """
    return FROM_FIELD.get(name, name)


def is_activation(layer: str, field: str, function: Any) -> bool:
    """Does the field hold a function that the layer applies element by element?

    `function` is the field ``f`` of a Fix1, which broadcasts what is in its ``x``.

    >>> is_activation("Dense", "σ", None), is_activation("Chain", "layers", None)
    (True, False)
    """
    return field in ACTIVATIONS or (layer == "Fix1" and field == "x" and function is normalise.broadcast)


def axes_node(axes: Any, at: str) -> list[Any]:
    """Axes as a node, counted from 1. Raises ArgumentError if they count from the last one.

    >>> axes_node((0, 2), "dims")
    ['tuple', [['value', 1], ['value', 3]]]
    """
    if axes == ALL_AXES:
        return ["colon"]
    several = isinstance(axes, tuple)
    counted = list(axes) if several else [axes]
    if any(a < 0 for a in counted):
        raise ArgumentError(
            f"{at} = {axes} counts from the last axis, which Flux does not; count from the first"
        )
    nodes = [["value", int(a) + 1] for a in counted]
    return ["tuple", nodes] if several else nodes[0]


def axes_here(axes: Any) -> Any:
    """Axes of Julia's, counted from 0; None stands for all of them.

    >>> axes_here((1, 3))
    (0, 2)
    """
    return tuple(a - 1 for a in axes) if isinstance(axes, tuple) else ALL_AXES if axes is None else axes - 1
