"""Python functions applied to slices of an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import implements
from .shaping import as_array


@implements(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    rows = np.moveaxis(as_array(arr), axis, -1)
    outside = np.shape(rows)[:-1]
    if 0 in outside:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [as_array(func1d(rows[index], *args, **kwargs)) for index in np.ndindex(outside)]
    inside = np.shape(results[0])
    stacked = np.reshape(np.stack(results), outside + inside)
    axis = axis % (len(outside) + 1)
    return np.moveaxis(
        stacked, range(len(outside), len(outside) + len(inside)), range(axis, axis + len(inside))
    )


@implements(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    result = as_array(a)
    ndim = np.ndim(result)
    for axis in np.atleast_1d(np.asarray(axes)):
        axis = int(axis) % ndim
        folded = func(result, axis)
        result = folded if np.ndim(folded) == ndim else np.expand_dims(folded, axis)
        if np.ndim(result) != ndim:
            raise ValueError("function is not returning an array of the correct shape")
    return result
