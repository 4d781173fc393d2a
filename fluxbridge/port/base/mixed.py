"""Vectors of numbers of several types, as a comprehension with different results makes them."""

from __future__ import annotations

from typing import Any

import numpy as np


class MixedReals(np.ndarray):
    """A ``Vector{Real}``: an array of floats that remembers which of its elements were whole numbers.

    What is computed from it is such an array, too, of which that is not known any more, unless Julia would
    make floats of all of them.
    """

    values: list | None

    def __array_finalize__(self, source: Any) -> None:
        self.values = None

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        if return_scalar:
            return array[()]
        if array.dtype.kind != "f" or (context is not None and _gives_floats(*context[:2])):
            return array
        return array.view(MixedReals)

    def __getitem__(self, index: Any) -> Any:
        if self.values is not None and isinstance(index, (int, np.integer)):
            return self.values[index]
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        return iter(self.values) if self.values is not None else super().__iter__()


def _gives_floats(f: np.ufunc, arguments: tuple[Any, ...]) -> bool:
    """Is every result a float: by another argument, or as f of whole numbers is none itself?"""
    whole = "l" * f.nin + "->l"
    others = [np.asarray(x) for x in arguments if not isinstance(x, MixedReals)]
    return whole not in f.types or any(x.dtype.kind == "f" for x in others)


def mixed(values: list) -> MixedReals:
    """Numbers, some whole and some not.

    >>> v = mixed([1, 2.5])
    >>> v[0], v.sum(), (v * 2).values
    (1, np.float64(3.5), None)
    >>> type(v * 2.0), type(np.sin(v)), type(v > 1)
    (<class 'numpy.ndarray'>, <class 'numpy.ndarray'>, <class 'numpy.ndarray'>)
    """
    made = np.array(values, float).view(MixedReals)
    made.values = values
    return made


__all__ = ["MixedReals", "mixed"]
