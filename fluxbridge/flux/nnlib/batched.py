"""Products of batches of matrices, (rows, columns, batch…): the batch axes come last, as in Julia."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autodiff.elementwise import conj
from ...autodiff.primitive import primitive
from ...errors import DimensionMismatch
from .numeric import check_numbers


def _matrices_last(x: np.ndarray) -> np.ndarray:
    """The batch axes in front, and rows or columns without gaps in memory, as BLAS needs it."""
    x = x.transpose(*range(2, x.ndim), 0, 1)
    if x.itemsize in x.strides[-2:]:
        return x
    if x.strides[-2] < x.strides[-1]:  # the columns stay further apart: half the time
        return np.ascontiguousarray(x.swapaxes(-2, -1)).swapaxes(-2, -1)
    return np.ascontiguousarray(x)


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
    """Every matrix of a batch (rows, columns, batch…) transposed: (columns, rows, batch…).

    Raises DimensionMismatch for an array of less than 2 axes, ArgumentError for what holds no numbers.

    >>> batched_transpose(np.zeros((2, 3, 5))).shape
    (3, 2, 5)
    """
    check_numbers("a batched transpose", x)
    if np.ndim(x) < 2:
        raise DimensionMismatch(f"a batch of matrices has at least 2 axes, not the shape {np.shape(x)}")
    return np.swapaxes(x, 0, 1)


def batched_adjoint(x: Any) -> Any:
    """Every matrix of a batch (rows, columns, batch…) conjugated and transposed.

    Raises DimensionMismatch for an array of less than 2 axes, ArgumentError for what holds no numbers.

    >>> batched_adjoint(np.array([[[1j]], [[2]]])).ravel()
    array([0.-1.j, 2.-0.j])
    """
    return conj(batched_transpose(x))


def batched_mul(a: Any, b: Any) -> Any:
    """Products ``a[:, :, k] @ b[:, :, k]`` of two batches of matrices, (m, n, batch…) and (n, p, batch…).

    The result has the shape (m, p, batch…). A single matrix, (m, n) or (m, n, 1), is multiplied with every
    matrix of the other batch. Raises DimensionMismatch if the shapes do not fit, ArgumentError for what holds
    no numbers.

    >>> batched_mul(np.ones((2, 3, 5)), np.ones((3, 4, 5))).shape
    (2, 4, 5)
    """
    check_numbers("batched_mul", a, b)
    if np.ndim(a) == 2 and np.ndim(b) > 2:
        a = np.reshape(a, (*np.shape(a), 1))
    if np.ndim(b) == 2 and np.ndim(a) > 2:
        b = np.reshape(b, (*np.shape(b), 1))
    first, second = np.shape(a), np.shape(b)
    if len(first) != len(second) or len(first) < 3 or first[1] != second[0]:
        raise DimensionMismatch(f"batched_mul cannot multiply batches of shape {first} and {second}")
    one = len(first) == 3 and 1 in (first[2], second[2])
    if first[2:] != second[2:] and not one:
        raise DimensionMismatch(f"batch size mismatch: batched_mul of shapes {first} and {second}")
    return BATCHED_MUL(a, b)


def batched_vec(a: Any, b: Any) -> Any:
    """Products ``a[:, :, k] @ b[:, k]`` of a batch of matrices (m, n, batch…) and of vectors (n, batch…).

    The result has the shape (m, batch…). A single vector (n,) is multiplied with every matrix. Raises
    DimensionMismatch if the shapes do not fit, ArgumentError for what holds no numbers.

    >>> batched_vec(np.ones((2, 3, 5)), np.ones((3, 5))).shape
    (2, 5)
    """
    if np.ndim(b) == 1:
        b = np.reshape(b, (-1,) + (1,) * (np.ndim(a) - 2))
    elif np.ndim(a) != np.ndim(b) + 1 or np.shape(a)[2:] != np.shape(b)[1:]:
        raise DimensionMismatch(f"batched_vec cannot multiply shapes {np.shape(a)} and {np.shape(b)}")
    return batched_mul(a, np.expand_dims(b, 1))[:, 0]
