"""Vectors of numbers of several types, as a comprehension with different results makes them."""

from __future__ import annotations

from typing import Any

import numpy as np


class MixedReals(np.ndarray):
    """A ``Vector{Real}``: an array of floats that remembers which of its elements were whole numbers.

    What is computed from it is such an array, too, of which that is not known any more.
    """

    values: list | None

    def __array_finalize__(self, source: Any) -> None:
        self.values = None

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else array

    def __getitem__(self, index: Any) -> Any:
        if self.values is not None and isinstance(index, (int, np.integer)):
            return self.values[index]
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        return iter(self.values) if self.values is not None else super().__iter__()


def mixed(values: list) -> MixedReals:
    """Numbers, some whole and some not.

    >>> v = mixed([1, 2.5])
    >>> v[0], v.sum(), (v * 2).values
    (1, np.float64(3.5), None)
    """
    made = np.array(values, float).view(MixedReals)
    made.values = values
    return made


__all__ = ["MixedReals", "mixed"]
