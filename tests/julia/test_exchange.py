"""Models to Julia and back: every recorded layer, live. Outputs and gradients of both sides agree."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np
import pytest
from fluxlayers import _NAMES, DEVIATIONS, build, call, from_one, in_mode
from fluxrecords import FIELDS, Case, OneHot, agree, cases, loss_weights, weighted_sum

from fluxbridge import AutoZygote, flux, julia, withgradient

pytestmark = pytest.mark.julia

#: The functions in the recorded models that have no name in Julia.
SOURCES = {
    _NAMES["halve"]: "x -> x ./ 2",
    _NAMES["addone"]: "x -> x .+ 1",
    _NAMES["square"]: "x -> x .* x",
    _NAMES["mulsum"]: "(a, b) -> a .* b .+ a",
    _NAMES["catc"]: "(a, b) -> cat(a, b; dims = 3)",
}

#: The recorded loss with its weights: sum(w .* y), summed over tuples.
LOSS = """
weighted(w, y) = sum(w .* y)
weighted(w::Array, y::Array) = LinearAlgebra.dot(w, y)
weighted(ws::Tuple, ys::Tuple) = sum(map(weighted, ws, ys))
"""

RECORDED = [
    c
    for c in cases("layers")
    if c.error is None and c.data.get("forward") and (c.data.get("python") or c.name == "Chain tied layers")
    if c.name not in DEVIATIONS
]


@functools.cache
def loss(arguments: tuple[str, ...], forward: str) -> Any:
    """The recorded call and its loss, in Julia."""
    source = f"(m, w, {', '.join(arguments)}) -> (y = {forward}; (weighted(w, y), y))"
    return julia.function(LOSS + source)


def weights(y: Any) -> Any:
    """The weights of the recorded loss for an output."""
    if isinstance(y, tuple):
        return tuple(map(weights, y))
    return loss_weights(np.shape(y), np.asarray(y).dtype) if np.ndim(y) else 1.0


def renamed(g: Any) -> Any:
    """A structure from Julia with the names that fields have here."""
    if isinstance(g, flux.Record):
        return flux.Record(**{FIELDS.get(k, k): renamed(v) for k, v in g.items()})
    return type(g)(map(renamed, g)) if type(g) in (tuple, list) else g


def theirs(inputs: dict[str, Any]) -> list[Any]:
    """The inputs as Julia has them, with positions that count from 1."""
    return [np.asarray(v) if isinstance(v, OneHot) else v for v in inputs.values()]


def models(case: Case) -> tuple[Any, Any]:
    m = in_mode(case, build(case))
    m = flux.f64(m) if case.data.get("type") == "Float64" else m
    if "state" in case:
        flux.loadmodel_(m, case["state"])
    return m, flux.to_julia(m, functions=SOURCES)


@pytest.mark.parametrize("case", RECORDED, ids=lambda c: c.name)
def test_outputs_gradients_and_states_agree(case):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Layer ")
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        m, there = models(case)
        inputs = from_one(case)
        if "loss" not in case:  # random inside of a gradient, or without an output
            agree(call(case, m, inputs), there(*theirs(case.get("inputs") or {})), "output")
            return
        f = loss(tuple(inputs), case.data["forward"])

        def ours(m, inputs):
            y = call(case, m, inputs)
            return weighted_sum(y), y

        (value, y), (grad, of_inputs) = withgradient(ours, m, inputs)
        (expected, y_there), (grad_there, _, *of_inputs_there) = withgradient(
            f, AutoZygote(), there, weights(y), *theirs(case.get("inputs") or {})
        )
    agree(y, y_there, "output")
    agree(value, expected, "loss", types=False)
    least = 1e-4 if case.data.get("type") == "Float32" else 0.0
    agree(grad, renamed(grad_there), "gradient", least=least)
    for name, g in zip(inputs, of_inputs_there, strict=True):
        agree((of_inputs or {}).get(name), g, f"gradient of {name}", least=least)
    back = flux.from_julia(there, keep=True)
    agree(flux.state(back), flux.state(m), "state")  # running statistics too
    assert repr(back) == repr(m) or any(f.__name__ in repr(m) for f in SOURCES)
