"""Data sets of MLDatasets that need no download."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import flux as Flux
from ...errors import ArgumentError
from .indexing import COLON

#: Where the file of UCI, which MLDatasets reads, has other numbers than Fisher's article: (row, column), number.  # noqa: E501
_UCI = {(3, 34): 0.1, (1, 37): 3.1, (2, 37): 1.5}


class Iris:
    """``Iris(as_df = false)``: ``features`` of shape (4, 150) and ``targets`` of shape (1, 150).

    >>> x, y = Iris(as_df=False)[COLON]
    >>> x.shape, y.shape, y[0, 0]
    ((4, 150), (1, 150), 'Iris-setosa')
    """

    def __init__(self, *, as_df: bool = True) -> None:
        if as_df:
            raise ArgumentError("data frames are not supported: write Iris(as_df = false)")
        numbers, names, _ = Flux.load_iris()
        for place, value in _UCI.items():
            numbers[place] = value
        self.features = numbers
        self.targets = np.array([["Iris-" + name for name in names]], object)

    def __len__(self) -> int:
        return 150

    def __getitem__(self, i: Any) -> tuple:
        if i is COLON:
            return self.features, self.targets
        return self.features[:, i], self.targets[:, i]


__all__ = ["Iris"]
