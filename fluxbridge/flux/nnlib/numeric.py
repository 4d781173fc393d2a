"""What the functions of NNlib have in common: Julia's result types, and silence about Inf and NaN."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np


def as_float(x: Any) -> Any:
    """`x` as Julia's ``float(x)``: what is not floating point yet becomes Float64."""
    if type(x) is np.ndarray:
        return x if x.dtype.kind in "fc" else x.astype(np.float64)
    if isinstance(x, (float, complex, np.inexact)):
        return x
    return as_float(np.asarray(x)) if isinstance(x, (list, tuple, np.ndarray)) else float(x)


def scalar_or_array(y: Any, x: Any) -> Any:
    """An elementwise result as the kind of thing that `x` was: a Python number for a Python number."""
    if isinstance(x, (np.ndarray, list, tuple)):
        return y
    return y.item() if isinstance(x, (float, int)) and not isinstance(x, np.generic) else y[()]


def elementwise_compute(function: Callable[..., Any], keep_integers: bool = False) -> Callable[..., Any]:
    """Let an elementwise formula for arrays take numbers and integers as well.

    Integers become Float64 first, as in Julia, unless the formula keeps them. A parameter never
    widens the result: NumPy numbers beside x are taken as Python's, which have no width.
    """

    @functools.wraps(function)
    def compute(x: Any, *parameters: Any) -> Any:
        z = np.asarray(x) if keep_integers else as_float(x)
        if type(z) is not np.ndarray:
            z = np.asarray(z)
        weak = [p.item() if isinstance(p, np.generic) else p for p in parameters]
        with np.errstate(all="ignore"):
            return scalar_or_array(np.asarray(function(z, *weak)), x)

    return compute
