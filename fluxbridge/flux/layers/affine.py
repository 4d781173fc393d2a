"""W x + b as one primitive, for speed: one record on the tape, and no array for the product alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.chunks import CHUNKED
from ...autodiff.elementwise import conj
from ...autodiff.primitive import primitive


def _column(b: Any, ndim: int) -> Any:
    return b if ndim == 1 else np.reshape(b, (-1, 1))


def _affine(w: np.ndarray, x: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    y = np.matmul(w, x, out=out)
    b = _column(b, y.ndim)
    if y.dtype == np.result_type(y.dtype, b.dtype):
        y += b
        return y
    return y + b


def _outer(dy: Any, x: Any) -> Any:
    if np.ndim(dy) == 1:
        return np.reshape(dy, (-1, 1)) * np.reshape(conj(x), (1, -1))
    return dy @ conj(x).T


def _transposed_times(w: Any, dy: Any) -> Any:
    """conj(w).T @ dy; a single row is no business of matrix products, which take several times as long."""
    return conj(w).T * dy if np.shape(w)[0] == 1 and np.ndim(dy) == 2 else conj(w).T @ dy


AFFINE: Any = primitive(
    None,
    lambda dy, _y, _w, x, _b: _outer(dy, x),
    lambda dy, _y, w, _x, _b: _transposed_times(w, dy),
    lambda dy, _y, _w, _x, _b: dy if np.ndim(dy) == 1 else np.sum(dy, axis=1),
    jvp=(
        lambda dw, _y, _w, x, _b: dw @ x,
        lambda dx, _y, w, _x, _b: w @ dx,
        lambda db, y, _w, _x, _b: _column(db, y.ndim) * np.ones(y.shape, y.dtype),
    ),
    name="affine",
    compute=_affine,
)
CHUNKED.add("affine")


def affine(w: Any, x: Any, b: Any) -> Any:
    """``w @ x + b`` for w of shape (out, in), x (in,) or (in, batch), and b (out,) or False.

    The result has the shape (out,) or (out, batch) and the common dtype. Shapes are checked by the layers
    that call it; raises nothing of its own.

    >>> affine(np.ones((1, 2)), np.ones((2, 3)), np.ones(1))
    array([[3., 3., 3.]])
    """
    if b is False:
        return w @ x
    if hasattr(x, "indices"):  # one-hot: the product selects columns of w
        y = w @ x
        return y + _column(b, y.ndim)
    return AFFINE(w, x, b)
