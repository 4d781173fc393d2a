"""The number type of a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from .functors import fmap

__all__ = ["f16", "f32", "f64"]

_COMPLEX = {"e": np.complex64, "f": np.complex64, "d": np.complex128}


def converted(x: Any, dtype: Any) -> Any:
    """An array of floats in this precision, a complex one accordingly; anything else as it is."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "fc":
        return x
    target = np.dtype(dtype if x.dtype.kind == "f" else _COMPLEX[np.dtype(dtype).char])
    return x if x.dtype == target else x.astype(target)


def f16(model: Any) -> Any:
    """A model like this with its floating point arrays in Float16.

    >>> f16({"w": np.ones(2), "n": 3})
    {'w': array([1., 1.], dtype=float16), 'n': 3}
    """
    return fmap(lambda x: converted(x, np.float16), model)


def f32(model: Any) -> Any:
    """A model like this with its floating point arrays in Float32. Numbers stay as they are."""
    return fmap(lambda x: converted(x, np.float32), model)


def f64(model: Any) -> Any:
    """A model like this with its floating point arrays in Float64."""
    return fmap(lambda x: converted(x, np.float64), model)
