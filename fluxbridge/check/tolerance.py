"""How far two right answers may be apart, and why.

Two programs that compute the same derivative round differently. How much that matters depends on the
precision of the numbers and on the point: the tolerance of an entry is a few units of the precision
times the entry itself, plus a multiple of what happens to the gradient when every number of the
arguments is rounded once more. Where that is a lot the problem is ill-conditioned, and nobody's last
digits mean anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

ROUNDINGS = 8  #: how many roundings of an entry are forgiven
SWING = 16  #: how many times the change under rounded arguments is
SAMPLES = 3


class Tolerance:
    """The allowed difference for every leaf; `why` says in words where it comes from."""

    def __init__(
        self, arrays: Sequence[np.ndarray], swing: Sequence[Any], rtol: float | None, atol: float | None
    ):
        self.given = rtol is not None or atol is not None
        self.rtol = [rtol if rtol is not None else 0.0 if self.given else ROUNDINGS * _eps(a) for a in arrays]
        self.atol = [
            atol if atol is not None else 0.0 if self.given else SWING * s + np.finfo(float).tiny
            for s in swing
        ]
        self.why = "as given" if self.given else _why(arrays)

    def of(self, leaf: int, reference: Any) -> Any:
        return self.atol[leaf] + self.rtol[leaf] * np.abs(reference)


def _eps(a: np.ndarray) -> float:
    return float(np.finfo(a.dtype).eps)


def _why(arrays: Sequence[np.ndarray]) -> str:
    kinds = sorted({a.dtype.name for a in arrays})
    return (
        f"{ROUNDINGS} roundings ({', '.join(kinds)}) of each entry, and {SWING} times what the gradient "
        "changes by when the arguments are rounded once more"
    )


def swing(
    derivative: Callable[..., Sequence[Any]], rounded: Callable[[], tuple[Any, ...]], at: Sequence[Any]
) -> list[float]:
    """The largest change of any entry of each leaf when the arguments are rounded once more."""
    found = [0.0] * len(at)
    for _ in range(SAMPLES):
        with np.errstate(all="ignore"):
            moved = derivative(*rounded())
            for k, (a, b) in enumerate(zip(at, moved, strict=True)):
                if a is not None and b is not None and np.shape(a) == np.shape(b) and np.size(a):
                    change = np.abs(np.asarray(a) - b)
                    found[k] = max(found[k], float(np.max(change, initial=0.0, where=np.isfinite(change))))
    return found
