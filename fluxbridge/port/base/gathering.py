"""What many results become: an array of numbers, or a list."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.template import Record
from .arithmetic import is_array
from .gaussian import ComplexInteger, complex_array
from .mixed import mixed


def _is_number(v: Any) -> bool:
    return isinstance(v, (int, float, complex, np.generic)) or (
        type(v).__module__.startswith("fluxbridge.autodiff") and np.ndim(v) == 0 and not isinstance(v, Record)
    )


def gathered(values: list, shape: tuple | None = None, promote: bool = False) -> Any:
    """The results of a comprehension: numbers become an array, other things a list (or an array of
    objects). Whole numbers beside floats stay what they are, unless ``promote``."""
    if (
        values
        and all(_is_number(v) for v in values)
        and not any(type(v).__name__ == "BigInteger" for v in values)
    ):
        sorts = {type(v) for v in values}
        both = sorts & {int, np.int64} and sorts & {float, np.float64}
        flat = shape is None or len(shape) == 1
        if both and not promote and flat and sorts <= {int, np.int64, float, np.float64}:
            return mixed([v.item() if isinstance(v, np.generic) else v for v in values])
        if ComplexInteger in sorts:
            made = complex_array(values)
        elif any(isinstance(v, np.float32) for v in values) and any(type(v) is float for v in values):
            made = np.array([np.float64(v) for v in values])
        elif {type(v) for v in values} in ({np.float32, int}, {np.float32, np.int64}):
            made = np.array(values, np.float32)
        else:
            made = np.array([int(v) if type(v) is np.int64 else v for v in values])
        return made if shape is None or len(shape) == 1 else np.reshape(made, shape, order="F")
    if shape is None or len(shape) == 1:
        return list(values)
    made = np.empty(len(values), object)
    made[:] = values if not any(is_array(v) or isinstance(v, tuple) for v in values) else [None] * len(values)
    for i, v in enumerate(values):
        made[i] = v
    return np.reshape(made, shape, order="F")
