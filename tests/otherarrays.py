"""Arrays that are not NumPy's, for tests: a wrapped ndarray, and Dask's with a scheduler that refuses."""

from __future__ import annotations

from typing import Any

import numpy as np


class Wrapped(np.lib.mixins.NDArrayOperatorsMixin):
    """An ndarray behind NumPy's protocols, and no ndarray itself."""

    __hash__ = None

    def __init__(self, array: Any):
        self.array = np.asarray(array)

    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)
    ndim = property(lambda self: self.array.ndim)
    size = property(lambda self: self.array.size)
    T = property(lambda self: Wrapped(self.array.T))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("an array on another device is not copied by itself")

    def __float__(self) -> float:
        return float(self.array)

    def __bool__(self) -> bool:
        return bool(self.array)

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index: Any) -> Any:
        return Wrapped(self.array[inside(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[inside(index)] = inside(value)

    def sum(self, **options: Any) -> Any:
        return np.sum(self, **options)

    def copy(self) -> Any:
        return type(self)(self.array.copy())

    def astype(self, dtype: Any) -> Any:
        return Wrapped(self.array.astype(dtype))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        for x in (*inputs, *options.get("out", ())):
            if not issubclass(type(x), (Wrapped, np.ndarray, np.generic, int, float, complex, bool, tuple)):
                return NotImplemented
        options = {k: inside(v) for k, v in options.items()}
        return outside(getattr(ufunc, method)(*map(inside, inputs), **options))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if not all(issubclass(t, (Wrapped, np.ndarray)) for t in types):
            return NotImplemented
        options = {k: v for k, v in options.items() if k != "like"}
        return outside(function(*inside(args), **inside(options)))


def inside(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(inside, x))
    if isinstance(x, dict):
        return {k: inside(v) for k, v in x.items()}
    return x.array if isinstance(x, Wrapped) else x


def outside(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(outside, x))
    return Wrapped(x) if isinstance(x, (np.ndarray, np.generic)) else x


def refuse_to_compute(*_: Any, **__: Any) -> Any:
    raise AssertionError("something was computed")
