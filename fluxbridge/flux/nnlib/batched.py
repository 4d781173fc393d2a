"""Products of stacks of matrices. The batch comes last, as in Julia."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.elementwise import conj
from ...autodiff.primitive import primitive
from ...errors import DimensionMismatch


def _matrices_last(x: np.ndarray) -> np.ndarray:
    """The stack with its batch axes in front, contiguous, so that BLAS can take it."""
    return np.ascontiguousarray(np.moveaxis(x, (0, 1), (-2, -1)))


def _batched_mul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.moveaxis(np.matmul(_matrices_last(a), _matrices_last(b)), (-2, -1), (0, 1))


BATCHED_MUL: Any = primitive(
    None,
    lambda dy, _y, _a, b: BATCHED_MUL(dy, batched_adjoint(b)),
    lambda dy, _y, a, _b: BATCHED_MUL(batched_adjoint(a), dy),
    jvp="multilinear",
    name="batched_mul",
    compute=_batched_mul,
)


def batched_transpose(x: Any) -> Any:
    """Each matrix of the stack transposed.

    >>> batched_transpose(np.zeros((2, 3, 5))).shape
    (3, 2, 5)
    """
    return np.swapaxes(x, 0, 1)


def batched_adjoint(x: Any) -> Any:
    """Each matrix of the stack conjugated and transposed."""
    return conj(np.swapaxes(x, 0, 1))


def batched_mul(a: Any, b: Any) -> Any:
    """a[:, :, k] @ b[:, :, k] for every k; a matrix, or a stack of one, goes with every k.

    Raises DimensionMismatch if the shapes do not fit.

    >>> batched_mul(np.ones((2, 3, 5)), np.ones((3, 4, 5))).shape
    (2, 4, 5)
    """
    if np.ndim(a) == 2 and np.ndim(b) > 2:
        a = np.reshape(a, (*np.shape(a), 1))
    if np.ndim(b) == 2 and np.ndim(a) > 2:
        b = np.reshape(b, (*np.shape(b), 1))
    first, second = np.shape(a), np.shape(b)
    if len(first) != len(second) or len(first) < 3 or first[1] != second[0]:
        raise DimensionMismatch(f"batched_mul cannot multiply stacks of shape {first} and {second}")
    one = len(first) == 3 and 1 in (first[2], second[2])
    if first[2:] != second[2:] and not one:
        raise DimensionMismatch(f"batch size mismatch: batched_mul of shapes {first} and {second}")
    return BATCHED_MUL(a, b)


def batched_vec(a: Any, b: Any) -> Any:
    """a[:, :, k] @ b[:, k] for every k; one vector b goes with every k.

    >>> batched_vec(np.ones((2, 3, 5)), np.ones((3, 5))).shape
    (2, 5)
    """
    if np.ndim(b) == 1:
        b = np.reshape(b, (-1,) + (1,) * (np.ndim(a) - 2))
    elif np.ndim(a) != np.ndim(b) + 1 or np.shape(a)[2:] != np.shape(b)[1:]:
        raise DimensionMismatch(f"batched_vec cannot multiply shapes {np.shape(a)} and {np.shape(b)}")
    return batched_mul(a, np.expand_dims(b, 1))[:, 0]
