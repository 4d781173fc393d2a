"""A model that Julia wrote down, made here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...autodiff.holders import blank
from ...autodiff.template import Record
from ...errors import ArgumentError
from ...random import Xoshiro
from ..rng import default_rng
from .functions import from_name
from .layers import AXES, LAYERS, axes_here, from_field, is_activation


class Model:
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
            field = from_field(there)
            activation = is_activation(name, field, getattr(new, "f", None))
            value = self.part(node, f"{at}.{there}", activation)
            if (name, field) in AXES:
                value = axes_here(value)
            elif isinstance(value, np.floating):
                value = float(value)  # a setting, which is a Python float here for every width
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
            from ...julia import function

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
