"""Recorded cases of losses: the call in Julia as one in Python, and what it is called with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from fluxrecords import Case, OneHot, loss_weights, variations

from fluxbridge.flux import losses
from fluxbridge.flux.onehotarrays import OneHotArray

WORDS = {
    **{name: getattr(losses, name) for name in dir(losses) if not name.startswith("_")},
    "sum": np.sum, "mean": np.mean, "maximum": np.max, "minimum": np.min, "identity": lambda x: x, "np": np,
    "wmean": lambda x: np.mean(loss_weights(x.shape, x.dtype) * x),
}  # fmt: skip


def in_python(julia: str) -> str:
    """A call in Julia as one in Python."""
    text = julia.replace("Flux.", "").replace(";", ",")
    text = re.sub(r"dims=\((\d), (\d)\)", lambda m: f"axis=({int(m[1]) - 1}, {int(m[2]) - 1})", text)
    text = re.sub(r"dims=(\d)", lambda m: f"axis={int(m[1]) - 1 if int(m[1]) else None}", text)
    text = re.sub(r"agg=z -> sum\(z, axis=0\)", "agg=lambda z: np.sum(z, axis=0, keepdims=True)", text)
    return re.sub(r"(\d+\.\d+)f0", r"np.float32(\1)", text)


def mirrored(case: Case) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The loss of a case as a function of changed inputs, and its inputs, as Python has them."""
    inputs = {
        name: OneHotArray(np.argmax(value, axis=0), len(value)) if isinstance(value, OneHot) else value
        for name, value in case["inputs"].items()
    }
    if case.name.startswith("ctc_loss"):
        inputs["y"] = inputs["y"] - 1  # labels count from 0
    text = case.data["python"] if case in variations("losses") else in_python(case.julia)
    return lambda **changed: eval(text, WORDS, {**inputs, **changed}), inputs
