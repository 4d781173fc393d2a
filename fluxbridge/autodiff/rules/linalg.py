"""Products of matrices, and numpy.linalg."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..elementwise import conj
from ..primitive import primitive


def _h(x: Any) -> Any:
    """The conjugate transpose of a matrix, or of a stack of them."""
    return conj(np.swapaxes(x, -1, -2))


def matmul_by_a(dy: Any, _y: Any, _a: Any, b: Any) -> Any:
    if np.ndim(b) == 1:
        return np.multiply(np.expand_dims(dy, -1), conj(b))
    if _a.ndim == 1:
        return np.matmul(np.expand_dims(dy, -2), _h(b))[..., 0, :]
    return np.matmul(dy, _h(b))


def matmul_by_b(dy: Any, _y: Any, a: Any, _b: Any) -> Any:
    if np.ndim(a) == 1:
        if _b.ndim == 1:
            return dy * conj(a)
        return np.multiply(conj(a)[:, None], np.expand_dims(dy, -2))
    if _b.ndim == 1:
        return np.sum(np.multiply(conj(a), np.expand_dims(dy, -1)), axis=tuple(range(np.ndim(a) - 1)))
    return np.matmul(_h(a), dy)


MATMUL = primitive(np.matmul, matmul_by_a, matmul_by_b, jvp="multilinear")
