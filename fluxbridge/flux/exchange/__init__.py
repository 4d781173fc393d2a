"""Models here ↔ models of the real Flux, with their parameters, settings and state.

Both sides write a model down as nested lists and read each other's; julia/src/exchange.jl in the sources says
what is in them. `outward` writes, `inward` reads, `layers` and `functions` are the tables of names.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from .inward import Model
from .layers import from_field as from_field
from .layers import is_layer as is_layer
from .outward import Description

__all__ = ["from_julia", "to_julia"]


def to_julia(model: Any, *, functions: Mapping[Any, str] | None = None, keep: bool = False) -> Any:
    """The same model in the real Flux: a :class:`fluxbridge.julia.JuliaObject`, which can be called.

    Layers, parameters, number types, modes and running statistics go over; what is shared stays shared.
    Tuples and dictionaries stay what they are, records and objects that cannot be called become named
    tuples. The arrays are copies. A Xoshiro of a Dropout goes over with its state; for any other generator
    Julia takes its default one.

    `functions` gives Julia source for functions that have no counterpart, ``{half: "x -> x ./ 2"}``, and for
    layers that Flux does not have; with ``keep=True`` both stay in Python, and Julia calls them: Zygote then
    has gradients by what goes through them, but none by their own parameters.

    Starts Julia if it does not run yet. Raises ArgumentError, with the place in the model, for a function
    without counterpart, for what cannot be a part of a model, and for a model that is a part of itself;
    JuliaNotAvailable if there is no Julia.

    >>> import numpy as np
    >>> from fluxbridge import flux as Flux
    >>> model = Flux.Chain(Flux.Dense((2, 3), np.tanh), Flux.BatchNorm(3))
    >>> there = Flux.to_julia(model)  # doctest: +SKIP
    >>> there(np.ones((2, 5), np.float32)).shape  # doctest: +SKIP
    (3, 5)
    """
    return _in_julia("built")(Description(functions or {}, keep).node(model, "model"))


def to_julia_for_checks(model: Any) -> Any:
    """:func:`to_julia` for a comparison: functions without counterpart and random numbers stay in Python."""
    return _in_julia("built")(Description({}, True, asks=True).node(model, "model"))


def from_julia(model: Any, *, functions: Mapping[str, Any] | None = None, keep: bool = False) -> Any:
    """The same model here, of a model in the real Flux: the way back of :func:`to_julia`.

    `model` is a JuliaObject, an object from juliacall, or Julia source. `functions` gives Python functions
    for the names of Julia's that have no counterpart; with ``keep=True`` functions and layers without one
    stay in Julia, as JuliaObject, and are called there. What :func:`to_julia` left here comes back as itself.

    Raises ArgumentError, with the place in the model, for what has no counterpart; JuliaNotAvailable if there
    is no Julia, and what Julia raises for source that it cannot run.

    >>> from fluxbridge import flux as Flux
    >>> Flux.from_julia("Chain(Dense(2 => 3, tanh), softmax)")  # doctest: +SKIP
    Chain(Dense(2 => 3, tanh), softmax)
    """
    from ...julia import JuliaObject, function

    held = model if isinstance(model, JuliaObject) else function(model)
    return Model(functions or {}, keep).part(_in_julia("described")(held), "model")


def _in_julia(name: str) -> Any:
    """A function of exchange.jl."""
    from ...julia import session

    return _defined(session.bridge(), name)


@functools.lru_cache(maxsize=2)  # the two functions; a new process makes them again
def _defined(_bridge: Any, name: str) -> Any:
    from ...julia import function

    return function(f"FluxBridge.{name}")
