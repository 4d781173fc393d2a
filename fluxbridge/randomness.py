"""Random numbers inside of the function that is checked: the same ones for everybody, in every run."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class RandomNumbers:
    """`f` is the function with the same random numbers in each of its runs, where fluxbridge.flux draws them.

    Dropout and its like ask fluxbridge.flux.rng for their numbers, whatever generator they have; so does the
    real Flux, for a model that is compared (see flux.exchange).
    """

    def __init__(self, f: Callable[..., Any]):
        self.f = f
        self._draws: Any = None
        rng = sys.modules.get("fluxbridge.flux.rng")
        if rng is None or type(f).__module__.startswith("fluxbridge.julia"):
            return
        draws = self._draws = rng.Draws()

        @functools.wraps(f)
        def again(*xs: Any) -> Any:
            with draws.run():
                return f(*xs)

        self.f = again

    def notes(self, xs: Sequence[Any]) -> list[str]:
        """What a report says of it. Asked in the mode in which the function was checked."""
        found = []
        if self._draws is not None and self._draws.numbers:
            found.append("the function draws random numbers; every voice and every run got the same ones")
        first, second = (np.asarray(self.f(*xs)) for _ in range(2))
        if first.shape != second.shape or not np.allclose(first, second, rtol=1e-6, atol=0, equal_nan=True):
            found.append(
                "two runs of the function at the same point differ, as it draws random numbers by itself or "
                "changes what it computes with; no comparison means anything before that is fixed"
            )
        return found
