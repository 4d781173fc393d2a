"""Changing the shape of arrays, and putting arrays together."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import implements, primitive

primitive(np.reshape, lambda dy, _y, _x, shape, order="C", copy=None: np.reshape(dy, _x.shape, order=order), jvp="linear")
primitive(
    np.transpose,
    lambda dy, _y, _x, axes=None: np.transpose(dy, None if axes is None else np.argsort(axes)),
    jvp="linear",
)
primitive(np.swapaxes, lambda dy, _y, _x, axis1, axis2: np.swapaxes(dy, axis1, axis2), jvp="linear")
primitive(
    np.moveaxis,
    lambda dy, _y, _x, source, destination: np.moveaxis(dy, destination, source),
    jvp="linear",
)
primitive(np.squeeze, lambda dy, _y, _x, axis=None: np.reshape(dy, _x.shape), jvp="linear")
primitive(np.expand_dims, lambda dy, _y, _x, axis: np.reshape(dy, _x.shape), jvp="linear")
primitive(np.broadcast_to, lambda dy, _y, _x, shape, subok=False: dy, jvp="linear")
primitive(
    None, lambda dy, _y, _x, dtype=None: dy, jvp="linear", name="astype",
    compute=lambda x, dtype=None: np.asarray(x).astype(dtype)[()],
)  # fmt: skip


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    return np.reshape(a, -1, order=order)


def _stack(*arrays: Any, axis: int = 0) -> Any:
    return np.stack(arrays, axis=axis)


STACK = primitive(
    None,
    joint=lambda dy, _y, *_arrays, axis=0: tuple(np.moveaxis(dy, axis, 0)),
    jvp="linear",
    name="stack",
    compute=_stack,
)
