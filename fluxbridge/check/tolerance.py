"""How far two right answers may be apart, and why.

Two programs that compute the same derivative round differently, by an amount that depends on the precision
and on the conditioning at the point. The tolerance of an entry is a few roundings of the entry itself, plus
a multiple of its change when the arguments and the result of every operation are rounded once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

ROUNDINGS = 8  #: roundings of an entry that are allowed
SWING = 16  #: multiples of the change under rounding that are allowed
SAMPLES = 4


class Tolerance:
    """The allowed difference for every leaf; `why` says in words where it comes from."""

    def __init__(
        self,
        arrays: Sequence[np.ndarray],
        swing: Sequence[Any],
        rtol: float | None,
        atol: float | None,
    ):
        self.noise: Any = 0.0  #: how far rounding moves the value of the function
        self._swing = list(swing)
        self._eps = [_eps(a) for a in arrays]
        self.single = any(eps > 1e-10 for eps in self._eps)
        self.given = rtol is not None or atol is not None
        self.rtol = [rtol if rtol is not None else 0.0 if self.given else ROUNDINGS * _eps(a) for a in arrays]
        self.atol = [
            np.asarray(atol if atol is not None else 0.0 if self.given else SWING * s + np.finfo(float).tiny)
            for s in swing
        ]
        self.why = "as given" if self.given else _why(arrays)

    def terms(self, leaf: int, shape: tuple[int, ...]) -> Any:
        """The size of the terms whose sum an entry is: they are rounded, and so it moves."""
        swing = np.asarray(self._swing[leaf])
        return swing / self._eps[leaf] if swing.shape == shape else np.zeros(shape)

    def of_value(self, shape: tuple[int, ...]) -> Any:
        """How far rounding moves the value of the function."""
        return self.noise if np.shape(self.noise) == shape else np.max(self.noise, initial=0.0)

    def of(self, leaf: int, reference: Any) -> Any:
        atol = self.atol[leaf]
        if atol.ndim and atol.shape != np.shape(reference):  # the native engine has no numbers there
            atol = np.zeros(())
        return atol + self.rtol[leaf] * np.abs(reference)


def _eps(a: np.ndarray) -> float:
    return float(np.finfo(a.dtype).eps)


def _why(arrays: Sequence[np.ndarray]) -> str:
    kinds = sorted({a.dtype.name for a in arrays})
    return (
        f"{ROUNDINGS} roundings ({', '.join(kinds)}) of each entry, and {SWING} times what it changes by "
        "when the arguments and all operations are rounded once more"
    )


def swing(
    derivative: Callable[..., Sequence[Any]], rounded: Callable[[], tuple[Any, ...]], at: Sequence[Any]
) -> list[Any]:
    """How far each entry of each leaf moves when the arguments are rounded once more."""
    spreads = [np.zeros(np.shape(a)) for a in at]
    for _ in range(SAMPLES):
        with np.errstate(all="ignore"):
            moved = derivative(*rounded())
            for k, (a, b) in enumerate(zip(at, moved, strict=True)):
                if a is not None and b is not None and np.shape(a) == np.shape(b):
                    change = np.abs(np.asarray(a) - b)
                    spreads[k] = np.fmax(spreads[k], np.where(np.isfinite(change), change, 0.0))
    return spreads
