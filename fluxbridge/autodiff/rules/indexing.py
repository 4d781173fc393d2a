"""Reading pieces of arrays: indexing, taking, choosing; and what scatters cotangents back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..primitive import primitive


def _getitem(x: Any, index: Any) -> Any:
    return x[index]


# The sweep collects cotangents of getitem in a Scatter; this rule says the same for other readers.
primitive(
    None,
    lambda dy, _y, x, index: apply_scatter(dy, index, x),
    jvp="linear",
    name="getitem",
    compute=_getitem,
)


def apply_scatter(dy: Any, index: Any, x: Any) -> Any:
    return SCATTER(dy, indices=[index], shape=np.shape(x), dtype=np.float64)


def _scatter(*parts: Any, indices: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array of zeros with every part added at its index."""
    if any(np.iscomplexobj(p) for p in parts if type(p) is not float):
        dtype = np.result_type(dtype, np.complex64)
    out = np.zeros(shape, dtype)
    if len(parts) > 8 and set(map(type, indices)) == {int} and set(map(type, parts)) == {float}:
        np.add.at(out, np.array(indices), np.array(parts))  # a loop over the elements of a vector
        return out
    for index, part in zip(indices, parts, strict=True):
        if type(index) is slice or _is_basic(index):
            out[index] += part
        else:
            np.add.at(out, index, part)
    return out


def _is_basic(index: Any) -> bool:
    if isinstance(index, tuple):
        return all(_is_basic(i) for i in index)
    return index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice))


SCATTER = primitive(
    None,
    joint=lambda dy, _y, *_parts, indices, shape, dtype: tuple(
        dy if i is Ellipsis else dy[i] for i in indices
    ),
    jvp="linear",
    name="scatter",
    compute=_scatter,
)
