"""The same random numbers in every run of a function."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import models


class RandomNumbers:
    """`f` is the function, drawing the same random numbers in each of its runs, as far as layers draw them.

    Layers like Dropout draw all numbers by :mod:`fluxbridge.flux.rng`, whatever generator they have. So does
    the real Flux, for a model that `cross_check` hands over. A function of Julia is left as it is.
    """

    def __init__(self, f: Callable[..., Any]):
        self.f = f
        in_julia = type(f).__module__.startswith("fluxbridge.julia")
        self._replays = [] if in_julia else models.replays()
        if not self._replays:
            return

        @functools.wraps(f)
        def again(*xs: Any) -> Any:
            with contextlib.ExitStack() as stack:
                for replay in self._replays:
                    stack.enter_context(replay.run())
                return f(*xs)

        self.f = again

    def notes(self, xs: Sequence[Any]) -> list[str]:
        """Remarks for a report: were numbers drawn, and do two runs at `xs` differ all the same?

        It runs the function twice, so it is called in the mode in which the function was checked.
        """
        notes = []
        if any(replay.numbers for replay in self._replays):
            notes.append("the function draws random numbers; every engine and every run got the same ones")
        first, second = (np.asarray(self.f(*xs)) for _ in range(2))
        if first.shape != second.shape or not np.allclose(first, second, rtol=1e-6, atol=0, equal_nan=True):
            notes.append(
                "two runs of the function at the same point differ, as it draws random numbers by itself or "
                "changes what it computes with; no comparison means anything before that is fixed"
            )
        return notes
