"""Checks of one recorded call of Flux: its result, and the gradient of its weighted sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fluxrecords import Case, agree, weighted_sum
from ownerrors import refused

from fluxbridge import gradient


def check_call(case: Case, f: Callable[..., Any], **shifted: Any) -> None:
    """`f` of the recorded inputs gives the recorded result and gradient, or the recorded error.

    `shifted` replaces inputs: positions, which count from 1 there and from 0 here.
    """
    inputs = {**case["inputs"], **shifted}
    if case.error:
        with refused(case.error):
            f(*inputs.values())
        return
    agree(f(*inputs.values()), case["result"], case.name)
    expected = case.get("gradient")
    if expected:
        grads = dict(zip(inputs, gradient(lambda *xs: weighted_sum(f(*xs)), *inputs.values()), strict=True))
        agree({k: grads[k] for k in expected}, expected, case.name + " gradient")
