"""A model here written down for Julia, as nested lists."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from ...autodiff.holders import fields_of
from ...autodiff.template import Record
from ...errors import ArgumentError
from ...random import Xoshiro
from ..functors.trees import is_shared
from ..nnlib import rrelu
from ..optimisers.parameters import trainables
from ..rng import DefaultRNG, is_rng, rand
from .functions import to_name
from .layers import AXES, KINDS, SMALL, SYMBOLS, TO_FIELD, axes_node, is_activation


class Description:
    """Writes a model down.

    A walk of its own beside those of functors/: it follows the fields of objects, settings included, and not
    the parts that :func:`functor` gives; and a node says what kind of object it was.
    """

    def __init__(self, functions: Mapping[Any, str], keep: bool, asks: bool = False):
        self.functions, self.keep = functions, keep
        self.asks = asks  #: does Julia draw from the generators in Python?
        self.numbers: dict[
            int, tuple[Any, int]
        ] = {}  # shared objects and their numbers; the objects are kept, as ids are reused
        self.open: set[int] = set()  # objects on the current path (cycle guard)

    def node(self, x: Any, at: str, activation: bool = False) -> list[Any]:
        from ...julia import JuliaObject

        if x is None or isinstance(x, (str, bool, int, float, complex, np.generic, JuliaObject)):
            return ["value", x]
        if self.asks and x is rrelu:
            raise ArgumentError(f"{at} is rrelu, which in Julia draws random numbers of its own")
        if callable(x):
            named = to_name(x, activation)
            if named is not None:
                return list(named)
        if not is_shared(x):
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
        if kind in KINDS:
            return self.layer(x, KINDS[kind], at)
        if self.asks and is_rng(x):
            from ...julia import differentiable

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
        fields = x._asdict() if isinstance(x, tuple) else dict(x.items()) if kind is Record else fields_of(x)  # type: ignore[attr-defined]
        if not fields and kind is not Record and not is_dataclass(x):
            raise ArgumentError(
                f"{at} is a {kind.__name__}, which cannot be a part of a model in Julia; these can: layers, "
                "functions, numbers, arrays, texts, and tuples, lists, dicts, records and objects of these"
            )
        return ["named", list(fields), [self.node(v, f"{at}.{k}") for k, v in fields.items()]]

    def layer(self, x: Any, name: str, at: str) -> list[Any]:
        fields = fields_of(x)
        nodes = [self.field(name, k, v, f"{at}.{k}", fields) for k, v in fields.items()]
        return ["layer", name, [TO_FIELD.get(k, k) for k in fields], nodes]

    def field(self, layer: str, name: str, value: Any, at: str, fields: dict[str, Any]) -> list[Any]:
        if (layer, name) in AXES:
            return axes_node(value, at)
        if (layer, name) in SYMBOLS:
            return ["symbol", value]
        if name in SMALL and isinstance(value, float) and float(np.float32(value)) == value:
            return ["value", np.float32(value)]
        return self.node(value, at, is_activation(layer, name, fields.get("f")))

    def function(self, f: Any, at: str) -> list[Any]:
        """A function (or another object that can be called) that has no name in Julia."""
        from ...julia import differentiable, function

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
