"""Runs the recorded cases of layers: builds the layer, loads the recorded parameters, compares everything."""

from __future__ import annotations

import operator
import re
import warnings
from typing import Any

import numpy as np
from fluxrecords import SPECIAL, Case, OneHot, agree, weighted_sum
from ownerrors import refused

from fluxbridge import Diagonal, flux
from fluxbridge.autodiff.primitive import plain
from fluxbridge.flux import nnlib

_NAMES = {
    **{k: getattr(nnlib, k) for k in dir(nnlib) if not k.startswith("_")},
    **{k: getattr(flux, k) for k in flux.__all__},
    "np": np, "operator": operator, "tanh": np.tanh, "exp": np.exp, "sin": np.sin, "cos": np.cos,
    "sum": np.sum, "maximum": np.max, "minimum": np.min, "mean": np.mean, "abs": np.abs, "sqrt": np.sqrt,
    "reshape": lambda v, *size: np.reshape(v, size, order="F"), "tuple": tuple,
    "log": np.log, "atan": np.arctan, "sinh": np.sinh,
    "ones": lambda *size: np.ones(size), "Diagonal": Diagonal,
}  # fmt: skip


def _named(name: str, f: Any) -> None:
    f.__name__ = name
    _NAMES[name] = f


_named("halve", lambda x: x / 2)
_named("addone", lambda x: x + 1)
_named("square", lambda x: x * x)
_named("mulsum", lambda a, b: a * b + a)
_named("catc", lambda a, b: flux.cat(a, b, axis=2))

#: Cases where the mirror gives an answer and Flux none; docs/flux.md says why.
DEVIATIONS = {"Chain tanh as a layer is not elementwise", "BatchNorm one observation train"}

#: Cases whose normalised numbers hardly differ: 1 / √(variance + eps) makes rounding that much larger.
LARGER_ROUNDING = {"BatchNorm constant nothing": 20.0, "GroupNorm(4, 2) test fresh": 20.0}

#: Constructors for which there is no mechanical translation.
PYTHON = {
    "Chain tied layers": "(lambda d: Chain(d, Dense((3, 3)), d))(Dense((3, 3), tanh))",
    "WeightNorm unknown field": "WeightNorm(Dense((2, 2)), 'scale')",
}


def build(case: Case) -> Any:
    """The layer of a case, as constructed."""
    source = PYTHON.get(case.name) or case.data.get("python")
    assert source, f"no Python for {case.julia}"
    return eval(source, dict(_NAMES))


def from_one(case: Case) -> dict[str, Any]:
    """The inputs, with positions that count from 0."""
    inputs = case.get("inputs") or {}
    shift = _shifted if "Embedding" in case.julia else lambda x: x
    return {
        k: flux.OneHotArray(np.argmax(v, axis=0), len(v)) if isinstance(v, OneHot) else shift(v)
        for k, v in inputs.items()
    }


def _shifted(x: Any) -> Any:
    if isinstance(x, list):
        return [_shifted(v) for v in x]
    if isinstance(x, np.ndarray):
        return x - 1 if x.dtype.kind == "i" else x
    return x - 1 if type(x) is int else x


def call(case: Case, m: Any, inputs: dict[str, Any]) -> Any:
    """The recorded call."""
    source = re.sub(r";\s*(\w+)\)", r", \1=\1)", case.data["forward"])
    return eval(source, {"m": m, **inputs})


def without_bytes(text: str) -> str:
    """A printed model without its size in memory."""
    return re.sub(r"[\d.]+ (bytes?|[KM]iB)\.", "N bytes.", text)


def in_mode(case: Case, m: Any) -> Any:
    mode = case.data.get("mode")
    return {"train": flux.trainmode_, "test": flux.testmode_}.get(mode, lambda m: m)(m)


def check_layer(case: Case) -> None:
    """Compare everything that is recorded of a layer."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Layer ")  # Float64 input for Float32 parameters
        warnings.filterwarnings("ignore", category=RuntimeWarning)  # of observations that are not there
        if case.error is None:
            _check(case)
            return
        with refused(case.error):
            _check(case)
        if case.data.get("show") is not None:
            _check_looks(case, in_mode(case, build(case)))


def _check(case: Case) -> None:
    m = in_mode(case, build(case))
    if case.error is None:
        _check_looks(case, m)
    m = flux.f64(m) if case.data.get("type") == "Float64" else m
    if "state" in case:
        flux.loadmodel_(m, case["state"])
        agree(flux.state(m), _comparable(case["state"]), "state")
    inputs = from_one(case)
    y = call(case, m, inputs)
    agree(y, case.get("output"), "output", tolerance=LARGER_ROUNDING.get(case.name, 1.0))
    after = case.get("state_after") or case.get("state")
    if after is not None:
        agree(flux.state(m), _comparable(after), "state after")
    if "loss" in case:
        _check_gradient(case, m, inputs)
    _check_outputsize(case, m)


def narrowest(m: Any) -> Any:
    """The number type of the parameters, which the input is converted to."""
    return min((a.dtype for a in flux.trainables(m)), key=lambda d: d.itemsize, default=None)


def _comparable(state: Any) -> Any:
    """A recorded state without what is counted otherwise here: axes."""
    if isinstance(state, flux.Record):
        return flux.Record(**{k: _comparable(v) for k, v in state.items() if k not in ("dims", "which")})
    return tuple(map(_comparable, state)) if type(state) is tuple else state


def _check_gradient(case: Case, m: Any, inputs: dict[str, Any]) -> None:
    flux.loadmodel_(m, case["state"])
    seen: list[Any] = []

    def loss(m: Any, inputs: dict[str, Any]) -> Any:
        y = call(case, m, inputs)
        seen.append(plain(y))
        return weighted_sum(y)

    value, (gm, gx) = flux.withgradient(loss, m, inputs)
    expected = case.get("output_in_gradient")
    tolerance = LARGER_ROUNDING.get(case.name, 1.0)
    agree(
        seen[0],
        case.get("output") if expected is None else expected,
        "output in gradient",
        tolerance=tolerance,
    )
    agree(value, SPECIAL.get(case["loss"], case["loss"]), "loss", least=2.0, tolerance=tolerance, types=False)
    cancelling = {"least": 2.0, "accuracy": narrowest(m), "tolerance": tolerance}
    if "grad_model" in case:
        agree(gm, case["grad_model"], "gradient", **cancelling)
    for name, g in case["grad_inputs"].items():
        agree((gx or {}).get(name), g, f"gradient of {name}", **cancelling)
    after = case.get("state_after_gradient") or case.get("state_after") or case.get("state")
    agree(flux.state(m), _comparable(after), "state after gradient")


def _check_looks(case: Case, m: Any) -> None:
    if case.data.get("show") is None:
        return
    assert repr(m) == re.sub(r"Recurrence\{.*\}\(", "Recurrence(", case["show"])  # type parameters
    assert without_bytes(str(m)) == without_bytes(case["show_plain"])
    trained = flux.trainables(m)
    assert sum(a.size for a in trained) == case["num_params"]
    assert len(trained) == case["num_arrays"]


def _check_outputsize(case: Case, m: Any) -> None:
    expected = case.data.get("outputsize")
    if expected is None or (isinstance(expected, dict) and expected["error"] == "MethodError"):
        return  # what Flux cannot find out is no model for us
    source = case.data["outputsize_julia"].removeprefix("Flux.").replace(";", ",").replace("true", "True")
    assert eval(source, {**_NAMES, "m": m}) == tuple(expected)
