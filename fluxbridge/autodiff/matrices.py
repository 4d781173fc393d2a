"""Matrices with structure: a diagonal matrix, and multiples of the identity of any size."""

from __future__ import annotations

from typing import Any

import numpy as np

from .structure import Splitter
from .template import Leaf


class Structured:
    """Base of matrices whose gradient keeps their structure.

    Inside a differentiated function they are ordinary (traced) square arrays, so every NumPy
    function takes them; their gradient is projected onto the structure.
    """

    __slots__ = ()


class Diagonal(Structured):
    """The square matrix with `diag` on its diagonal, as ``Diagonal`` in Julia.

    `diag` is a vector of length n; the matrix has shape (n, n). Its gradient is a Diagonal.

    >>> import numpy as np
    >>> from fluxbridge import Diagonal, gradient
    >>> gradient(np.linalg.det, Diagonal([1.0, 2.0]))
    (Diagonal([2., 1.]),)
    """

    __slots__ = ("diag",)

    def __init__(self, diag: Any):
        self.diag = np.asarray(diag)
        if self.diag.ndim != 1:
            raise ValueError(f"Diagonal takes a vector, not an array of shape {self.diag.shape}")

    @property
    def shape(self) -> tuple[int, int]:
        return (self.diag.size, self.diag.size)

    ndim = 2

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.diag(self.diag).astype(dtype or self.diag.dtype)

    def __eq__(self, other: object) -> Any:
        return np.asarray(self) == np.asarray(other)

    __hash__ = None  # type: ignore[assignment]

    def __matmul__(self, other: Any) -> Any:
        return np.asarray(self) @ other

    def __rmatmul__(self, other: Any) -> Any:
        return other @ np.asarray(self)

    def __repr__(self) -> str:
        return f"Diagonal({np.array2string(self.diag, separator=', ')})"

    def __fluxbridge_split__(self, splitter: Splitter) -> tuple[Any, Any]:
        stand_in = splitter.stand_in(np.asarray(self))
        leaf = Leaf(splitter.count, lambda ct: Diagonal(np.diagonal(ct).copy()))
        splitter.count += 1
        return stand_in, leaf


class UniformScaling(np.lib.mixins.NDArrayOperatorsMixin):
    """A multiple of the identity matrix, of whatever size is needed, as ``I`` in Julia.

    ``A + I``, ``2 * I - A``, ``I @ x`` and ``np.linalg.det(I)`` work. It has no gradient (None).
    """

    __slots__ = ("factor",)

    def __init__(self, factor: float = 1):
        self.factor = factor

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        others = [x for x in inputs if not isinstance(x, UniformScaling)]
        shape = np.shape(others[0]) if others else ()
        if ufunc is np.matmul and others:
            return self.factor * others[0]
        if shape == ():
            factors = [x.factor if isinstance(x, UniformScaling) else x for x in inputs]
            if ufunc is np.matmul:
                ufunc = np.multiply
            return UniformScaling(ufunc(*factors))
        if len(shape) < 2 or shape[-1] != shape[-2]:  # type: ignore[misc]
            raise ValueError(f"I needs a square matrix beside it, not an array of shape {shape}")
        eye = self.factor * np.eye(shape[-1], dtype=self._type_beside(others[0]))  # type: ignore[misc]
        return ufunc(*[eye if x is self else x for x in inputs], **options)

    def _type_beside(self, other: Any) -> Any:
        """A multiple by a whole number has the type of the matrix beside it, as in Julia."""
        beside = np.dtype(getattr(other, "dtype", float))
        whole = isinstance(self.factor, (int, np.integer))
        return int if whole and beside.kind in "biu" else beside if whole else float

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func is np.linalg.det and self.factor == 1:
            return 1.0
        if func is np.linalg.inv:
            return UniformScaling(1 / self.factor)
        if func in (np.transpose, np.conjugate):
            return self
        name = f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1)
        raise TypeError(f"{name} needs a matrix of a known size: use np.eye(n) instead of I")

    def __repr__(self) -> str:
        return "I" if self.factor == 1 else f"{self.factor} * I"


I = UniformScaling()
