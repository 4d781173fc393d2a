"""Models here ↔ models of the real Flux, with their parameters, settings and state.

Both sides write a model down as nested lists and read each other's; julia/src/exchange.jl in the sources
says what is in them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from ..autodiff.holders import blank, fields_of
from ..autodiff.template import Record
from ..errors import ArgumentError
from ..random import Xoshiro
from .functors import _is_shared
from .julianames import from_name, to_name
from .layers import (
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
from .layers.shapes import ALL_AXES
from .nnlib import rrelu
from .optimisers.parameters import trainables
from .rng import DefaultRNG, default_rng, is_rng, rand

_FILES = (
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
_NO_LAYERS = {"SamePad", "HasMode"}

#: The layers that both sides have, by the name that both give them; and Julia's function with a filled
#: first argument, which a LayerNorm without parameters has inside.
LAYERS: dict[str, type] = {
    name: kind
    for file in _FILES
    for name, kind in vars(file).items()
    if isinstance(kind, type)
    and kind.__module__ == file.__name__
    and name[0] != "_"
    and name not in _NO_LAYERS
}
_KINDS = {kind: name for name, kind in LAYERS.items()}

#: Fields with another name there.
_TO_FIELD = {"σ2": "σ²", "ε": "ϵ"}
_FROM_FIELD = {there: here for here, there in _TO_FIELD.items()}
_ACTIVATIONS = {"σ", "λ"}  #: fields with a function of numbers
_AXES = {("Dropout", "dims"), ("WeightNorm", "dims")}
_SYMBOLS = {("WeightNorm", "which"), ("Upsample", "mode")}
_SMALL = {"ε", "momentum"}  #: numbers that Flux has in Float32


def is_layer(x: Any) -> bool:
    """Is this one of the layers that both sides have?"""
    return type(x) in _KINDS


def from_field(name: str) -> str:
    """The name here of a field of Flux's.

    >>> from_field("σ²"), from_field("weight")
    ('σ2', 'weight')
    """
    return _FROM_FIELD.get(name, name)


def to_julia(model: Any, *, functions: Mapping[Any, str] | None = None, keep: bool = False) -> Any:
    """The same model in the real Flux: a :class:`fluxbridge.julia.JuliaObject`, which can be called.

    Layers, parameters, number types, modes and running statistics go over; what is shared stays shared.
    Tuples and dictionaries stay what they are, records and objects that cannot be called become named
    tuples. The arrays are copies. A Xoshiro of a Dropout goes over with its state; for any other generator
    Julia takes its default one.

    `functions` gives Julia source for functions that have no counterpart, ``{half: "x -> x ./ 2"}``, and for
    layers that Flux does not have; with ``keep=True`` both stay in Python, and Julia calls them: Zygote then
    has gradients by what goes through them, but none by their own parameters. Else they raise ArgumentError
    with their place, as does what cannot be a part of a model. Julia starts if it does not run yet.

    >>> from fluxbridge import flux as Flux
    >>> model = Flux.Chain(Flux.Dense((2, 3), np.tanh), Flux.BatchNorm(3))
    >>> there = Flux.to_julia(model)  # doctest: +SKIP
    >>> there(np.ones((2, 5), np.float32)).shape  # doctest: +SKIP
    (3, 5)
    """
    return _in_julia("built")(_Description(functions or {}, keep).node(model, "model"))


def to_julia_for_checks(model: Any) -> Any:
    """The same, for a comparison: what has no counterpart stays here, as do the random numbers."""
    return _in_julia("built")(_Description({}, True, asks=True).node(model, "model"))


def from_julia(model: Any, *, functions: Mapping[str, Any] | None = None, keep: bool = False) -> Any:
    """The same model here, of a model in the real Flux: the way back of :func:`to_julia`.

    `model` is a JuliaObject, an object from juliacall, or Julia source. `functions` gives Python functions
    for the names of Julia's that have no counterpart; with ``keep=True`` functions and layers without one
    stay in Julia, as JuliaObject, and are called there. Else they raise ArgumentError with their place. What
    :func:`to_julia` left here comes back as itself.

    >>> from fluxbridge import flux as Flux
    >>> Flux.from_julia("Chain(Dense(2 => 3, tanh), softmax)")  # doctest: +SKIP
    Chain(Dense(2 => 3, tanh), softmax)
    """
    from ..julia import JuliaObject, function

    held = model if isinstance(model, JuliaObject) else function(model)
    return _Model(functions or {}, keep).part(_in_julia("described")(held), "model")


def _in_julia(name: str) -> Any:
    """A function of exchange.jl."""
    from ..julia import session

    bridge = session.bridge()
    return _defined(getattr(bridge, "worker", None) or bridge, name)


@functools.lru_cache(maxsize=8)
def _defined(_owner: Any, name: str) -> Any:
    from ..julia import function

    return function(f"FluxBridge.{name}")


# ---------------------------------------------------------------------------------------------
# Python → Julia
# ---------------------------------------------------------------------------------------------


class _Description:
    """Writes a model down."""

    def __init__(self, functions: Mapping[Any, str], keep: bool, asks: bool = False):
        self.functions, self.keep = functions, keep
        self.asks = asks  #: does Julia ask generators here for every number?
        self.numbers: dict[int, tuple[Any, int]] = {}  # what was seen, kept so that its id stays its own
        self.open: set[int] = set()  # what is being written down

    def node(self, x: Any, at: str, activation: bool = False) -> list[Any]:
        from ..julia import JuliaObject

        if x is None or isinstance(x, (str, bool, int, float, complex, np.generic, JuliaObject)):
            return ["value", x]
        if self.asks and x is rrelu:
            raise ArgumentError(f"{at} is rrelu, which in Julia draws random numbers of its own")
        if callable(x):
            named = to_name(x, activation)
            if named is not None:
                return list(named)
        if not _is_shared(x):
            return self.parts(x, at, activation)
        if id(x) in self.open:
            raise ArgumentError(f"{at} is a part of itself; such a model cannot be written down")
        if id(x) in self.numbers:
            return ["again", self.numbers[id(x)][1]]
        number = len(self.numbers)
        self.numbers[id(x)] = x, number
        self.open.add(id(x))
        parts = self.parts(x, at, activation)
        self.open.remove(id(x))
        return ["tied", number, parts]

    def parts(self, x: Any, at: str, activation: bool) -> list[Any]:
        kind = type(x)
        if kind is np.ndarray and not x.dtype.hasobject:
            return ["value", x]
        if kind in _KINDS:
            return self.layer(x, _KINDS[kind], at)
        if self.asks and is_rng(x):
            from ..julia import differentiable

            return ["asked", differentiable(lambda dtype, shape: rand(x, dtype, *shape))]
        if kind is DefaultRNG or isinstance(x, np.random.Generator):
            return ["generator", []]
        if kind is Xoshiro:
            return ["generator", np.array(x.state, np.uint64)]
        if isinstance(x, tuple) and not hasattr(kind, "_fields"):
            return ["tuple", [self.node(v, f"{at}[{i}]") for i, v in enumerate(x)]]
        if isinstance(x, (list, np.ndarray)):
            return ["vector", [self.node(v, f"{at}[{i}]") for i, v in enumerate(x)]]
        if isinstance(x, dict):
            return ["dict", list(x), [self.node(v, f"{at}[{k!r}]") for k, v in x.items()]]
        if isinstance(x, functools.partial) and len(x.args) == 1 and not x.keywords:
            return [
                "layer",
                "Fix1",
                ["f", "x"],
                [self.node(x.func, f"{at}.func"), self.node(x.args[0], f"{at}.args[0]")],
            ]
        if callable(x):
            return self.function(x, at)
        fields = x._asdict() if isinstance(x, tuple) else dict(x.items()) if kind is Record else fields_of(x)
        if not fields and kind is not Record and not is_dataclass(x):
            raise ArgumentError(
                f"{at} is a {kind.__name__}, which cannot be a part of a model in Julia; these can: layers, "
                "functions, numbers, arrays, texts, and tuples, lists, dicts, records and objects of these"
            )
        return ["named", list(fields), [self.node(v, f"{at}.{k}") for k, v in fields.items()]]

    def layer(self, x: Any, name: str, at: str) -> list[Any]:
        fields = fields_of(x)
        nodes = [self.field(name, k, v, f"{at}.{k}", fields) for k, v in fields.items()]
        return ["layer", name, [_TO_FIELD.get(k, k) for k in fields], nodes]

    def field(self, layer: str, name: str, value: Any, at: str, fields: dict[str, Any]) -> list[Any]:
        if (layer, name) in _AXES:
            return _axes_node(value, at)
        if (layer, name) in _SYMBOLS:
            return ["symbol", value]
        if name in _SMALL and isinstance(value, float) and float(np.float32(value)) == value:
            return ["value", np.float32(value)]
        fixed = layer == "Fix1" and name == "x" and fields["f"] is normalise.broadcast
        return self.node(value, at, activation=name in _ACTIVATIONS or fixed)

    def function(self, f: Any, at: str) -> list[Any]:
        """A function (or another object that can be called) that has no name in Julia."""
        from ..julia import differentiable, function

        source = self.functions.get(f) if f.__hash__ is not None else None
        if source is not None:
            return ["value", function(source)]
        name = getattr(f, "__name__", type(f).__name__)
        if self.asks and trainables(f):
            raise ArgumentError(f"{at} is {name}, a layer that Flux does not have")
        if self.keep:
            return ["value", differentiable(f)]
        key = name if name.isidentifier() and not isinstance(f, functools.partial) else "f"
        raise ArgumentError(
            f"{at} is {name}, which Flux does not have; give Julia source for it, "
            f'to_julia(model, functions={{{key}: "x -> ..."}}), or let Julia call it with keep=True'
        )


def _axes_node(axes: Any, at: str) -> list[Any]:
    """Axes counted from 1."""
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


# ---------------------------------------------------------------------------------------------
# Julia → Python
# ---------------------------------------------------------------------------------------------


class _Model:
    """Reads what Julia wrote down."""

    def __init__(self, functions: Mapping[str, Any], keep: bool):
        self.functions, self.keep = functions, keep
        self.known: dict[int, Any] = {}

    def part(self, node: Any, at: str, activation: bool = False) -> Any:
        kind, *rest = node
        if kind == "value":
            return rest[0]
        if kind == "symbol":
            return rest[0]
        if kind == "colon":
            return None
        if kind == "again":
            return self.known[rest[0]]
        if kind == "tied":
            self.known[rest[0]] = found = self.part(rest[1], at, activation)
            return found
        if kind == "generator":
            return Xoshiro(*map(int, rest[0])) if len(rest[0]) else default_rng()
        if kind in ("function", "elementwise"):
            return self.function(kind, rest[0], at, activation)
        if kind == "unknown":
            return self.unknown(rest[0], rest[1], at)
        if kind == "layer":
            return self.layer(rest[0], rest[1], rest[2], at)
        if kind in ("tuple", "vector"):
            parts = [self.part(p, f"{at}[{i}]") for i, p in enumerate(rest[0])]
            return tuple(parts) if kind == "tuple" else parts
        keys = rest[0].tolist() if isinstance(rest[0], np.ndarray) else list(rest[0])
        if kind == "named":
            return Record(**{k: self.part(p, f"{at}.{k}") for k, p in zip(keys, rest[1], strict=True)})
        return {k: self.part(p, f"{at}[{k!r}]") for k, p in zip(keys, rest[1], strict=True)}

    def layer(self, name: str, fields: Any, nodes: Any, at: str) -> Any:
        new = blank(LAYERS[name])
        for there, node in zip(fields, nodes, strict=True):
            field = _FROM_FIELD.get(there, there)
            place = f"{at}.{there}"
            fixed = name == "Fix1" and there == "x" and getattr(new, "f", None) is normalise.broadcast
            value = self.part(node, place, activation=field in _ACTIVATIONS or fixed)
            if (name, field) in _AXES:
                value = _axes_here(value)
            elif isinstance(value, np.floating):
                value = float(value)  # a setting: Python's numbers, for every width
            setattr(new, field, value)
        return new

    def function(self, kind: str, name: str, at: str, activation: bool) -> Any:
        if name in self.functions:
            return self.functions[name]
        found = from_name(kind, name, activation)
        if found is not None:
            return found
        whole = from_name("function", name, True) is not None
        advice = f"; to apply it by elements write Base.BroadcastFunction({name})" if whole else ""
        if self.keep:
            from ..julia import function

            return function(name if kind == "function" else f"Base.BroadcastFunction({name})")
        raise ArgumentError(
            f"{at} is Julia's {name} of a whole array, which has no counterpart here{advice}; or give one, "
            f"from_julia(model, functions={{{name!r}: f}}), or leave it in Julia with keep=True"
        )

    def unknown(self, text: str, value: Any, at: str) -> Any:
        if self.keep:
            return value
        raise ArgumentError(
            f"{at} is {text}, which has no counterpart here; leave it in Julia with keep=True, "
            "or put a layer of Flux or a function with a name in its place"
        )


def _axes_here(axes: Any) -> Any:
    """Axes counted from 0."""
    return tuple(a - 1 for a in axes) if isinstance(axes, tuple) else ALL_AXES if axes is None else axes - 1
