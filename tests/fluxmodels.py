"""Checks of one recorded layer of Flux: its output, gradients, state, printed form and size of the output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fluxrecords import Case, agree, weighted_sum

from fluxbridge import flux, withgradient

NAMES = {name: getattr(flux, name) for name in flux.__all__} | {"flux": flux, "np": np, "tanh": np.tanh}


def build(case: Case) -> Any:
    """The model of a recorded case, by its constructor in Python, in its number type and mode, with its state."""
    model = eval(case.data["python"], dict(NAMES))
    if case.data.get("type") == "Float64":
        model = flux.f64(model)
    state = case.get("state")
    if state:
        flux.loadmodel_(model, state)
    mode = case.data.get("mode")
    return model if mode is None else flux.trainmode_(model, mode == "train")


def call(case: Case) -> Callable[..., Any]:
    """The recorded call, as a function of the model and the inputs."""
    python = case.data["forward"].replace("; mask", ", mask=mask")
    names = list(case["inputs"])
    return eval(f"lambda m, {', '.join(names)}: {python}", dict(NAMES))


def check_layer(case: Case) -> None:
    """Everything that was recorded of a layer holds."""
    if case.error and "forward" not in case:
        with pytest.raises(case.error):
            build(case)
        return
    model, forward, inputs = build(case), call(case), case["inputs"]
    if case.error:
        with pytest.raises(case.error):
            forward(model, *inputs.values())
        return
    check_looks(case, model)
    agree(forward(model, *inputs.values()), case["output"], case.name)
    if case.get("grad_model") is not None or case.get("grad_inputs"):
        check_gradient(case, model, forward, inputs)
    if "outputsize" in case:
        shapes = [x.shape for x in inputs.values()]
        assert flux.outputsize(model, *shapes) == tuple(np.ravel(case["outputsize"]).tolist())


def check_looks(case: Case, model: Any) -> None:
    if "Recurrence" not in case.name:  # which Julia prints with its type parameters
        assert repr(model) == case.data["show"]
    trained = flux.trainables(model)
    assert sum(a.size for a in trained) == case.data["num_params"]
    assert len(trained) == case.data["num_arrays"]


def check_gradient(case: Case, model: Any, forward: Any, inputs: dict[str, Any]) -> None:
    value, grads = withgradient(lambda m, *xs: weighted_sum(forward(m, *xs)), model, *inputs.values())
    agree(value, case["loss"], case.name + " loss", types=False)
    agree(grads[0], case.get("grad_model"), case.name + " gradient")
    got = dict(zip(inputs, grads[1:], strict=True))
    expected = case["grad_inputs"]
    agree({k: got[k] for k in expected}, expected, case.name + " gradient")
