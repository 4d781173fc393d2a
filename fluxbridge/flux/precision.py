"""Converting a model to another float type."""

from __future__ import annotations

from typing import Any

import numpy as np

from .functors import fmap

__all__ = ["f16", "f32", "f64"]

_COMPLEX = {"e": np.complex64, "f": np.complex64, "d": np.complex128, "g": np.clongdouble}


def is_float_type(dtype: Any) -> bool:
    """Is it a NumPy type (or the name of one) of real floating-point numbers?

    >>> is_float_type(np.float32), is_float_type(int), is_float_type("none")
    (True, False, False)
    """
    try:
        return np.dtype(dtype).kind == "f"
    except TypeError:
        return False


def converted(x: Any, dtype: Any) -> Any:
    """An array of floats in this precision, a complex one accordingly; anything else as it is."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "fc":
        return x
    target = np.dtype(dtype if x.dtype.kind == "f" else _COMPLEX[np.dtype(dtype).char])
    return x if x.dtype == target else x.astype(target)


def f16(model: Any) -> Any:
    """A model like this with its floating-point arrays in float16, complex ones in complex64; all else stays.

    >>> f16({"w": np.ones(2), "n": 3})
    {'w': array([1., 1.], dtype=float16), 'n': 3}
    """
    return fmap(lambda x: converted(x, np.float16), model)


def f32(model: Any) -> Any:
    """A model like this with its floating-point arrays in float32, complex ones in complex64.

    Numbers stay as they are.

    >>> f32({"w": np.ones(2), "z": np.array([1j]), "lr": 0.1})
    {'w': array([1., 1.], dtype=float32), 'z': array([0.+1.j], dtype=complex64), 'lr': 0.1}
    """
    return fmap(lambda x: converted(x, np.float32), model)


def f64(model: Any) -> Any:
    """A model like this with its floating-point arrays in float64, complex ones in complex128.

    Numbers stay as they are.

    >>> f64([np.ones(1, np.float16)])
    [array([1.])]
    """
    return fmap(lambda x: converted(x, np.float64), model)
