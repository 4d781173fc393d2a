"""Where a primitive is not smooth, as data.

A kink is where some quantities, its *rivals*, are equal: ``abs(x)`` has one where ``x ~ 0``, ``maximum(a,
b)`` where ``a ~ b``, a maximum of many numbers where the two largest are equal. Beside the kink one rival
is largest, and each has a one-sided derivative. So the rivals determine where the kink is, how many
one-sided derivatives there are, and, by the rivals' own derivatives, in which directions each of them
holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.primitive import GENERATED, plain
from .rivals import half, pair, whole

#: What may happen at a kink.
SORTS = {
    "bend": "continuous, with a derivative on each side",
    "jump": "the value itself jumps",
    "steep": "the derivative grows without bound",
    "order": "equal elements may stand in either order",
    "cone": "the derivative depends on the direction, as that of a norm at zero does",
    "split": "equal values (of a matrix, say) part differently in every direction",
}


class Tie(NamedTuple):
    """Rivals that are equal: those in row `row` of group `group`, at the places `tied`."""

    group: int
    row: tuple[int, ...]
    tied: tuple[int, ...]


class Kink:
    """Where a function is not smooth, and what its derivative may be there.

    `rivals` is text, ``"x ~ 0; x ~ 6"`` in the words of :mod:`.elementwise`, or a function of the inputs
    (and options) which returns one array or a tuple of them, rivals along the last axis, or None where
    there is no kink. `sides` are the derivatives where the first rival is largest, the second and so on, as
    text for readers. `sort` is one of :data:`SORTS`, `word` a word about it.

    >>> Kink("a ~ b", ("1, 0", "0, 1"), "the larger one gets the derivative").ties((2.0, 2.0), {})
    [Tie(group=0, row=(), tied=(0, 1))]
    """

    __slots__ = ("compiled", "rivals_text", "sides", "sort", "word")

    def __init__(
        self,
        rivals: str | Callable[..., Any],
        sides: tuple[str, ...] = (),
        word: str = "",
        sort: str = "bend",
    ):
        if sort not in SORTS:
            raise ValueError(f"a kink is one of {', '.join(SORTS)}, not {sort!r}")
        self.rivals_text = rivals if isinstance(rivals, str) else ""
        self.compiled: Any = None if isinstance(rivals, str) else rivals
        self.sides = sides
        self.word = word
        self.sort = sort

    def __repr__(self) -> str:
        return f"<{self.sort} {self.rivals_text or self.word}>"

    def rivals(self, *inputs: Any, **options: Any) -> tuple[Any, ...]:
        """The rivals, as arrays whose last axis they are; differentiable by the inputs."""
        if self.compiled is None:
            self.compiled = _compile(self.rivals_text, len(inputs))
        groups = self.compiled(*inputs, **options)
        if groups is None:
            return ()
        return groups if isinstance(groups, tuple) else (groups,)

    def ties(self, inputs: tuple[Any, ...], options: dict[str, Any], tol: float = 1e-9) -> list[Tie]:
        """The places where rivals meet, up to `tol` relative to their size (or to 1)."""
        ties = []
        with np.errstate(all="ignore"):
            groups = [np.asarray(plain(r)) for r in self.rivals(*inputs, **options)]
        for k, rivals in enumerate(groups):
            if rivals.size == 0:
                continue
            for row in zip(*np.nonzero(self._near(rivals, tol)), strict=True) if rivals.ndim > 1 else [()]:
                ties += [Tie(k, tuple(map(int, row)), tied) for tied in self._tied(rivals[row], tol)]
        return ties

    def _near(self, rivals: np.ndarray, tol: float) -> np.ndarray:
        """Which rows may have ties."""
        if self.sort in ("cone", "split"):
            return np.all(np.abs(rivals) <= tol, axis=-1)
        if rivals.shape[-1] < 2:
            return np.zeros(rivals.shape[:-1], bool)
        ordered = np.sort(rivals, axis=-1)
        gaps, size = np.diff(ordered, axis=-1), np.abs(ordered)
        small = gaps <= tol * np.maximum(1.0, np.maximum(size[..., 1:], size[..., :-1]))
        return np.any(small, axis=-1) if self.sort == "order" else small[..., -1]

    def _tied(self, row: np.ndarray, tol: float) -> list[tuple[int, ...]]:
        if self.sort in ("cone", "split"):
            return [tuple(range(row.size))] if np.all(np.abs(row) <= tol) else []
        if self.sort == "order":
            order = np.argsort(row, kind="stable")
            size = np.abs(row[order])
            scale = tol * np.maximum(1.0, np.maximum(size[1:], size[:-1]))
            runs = np.split(order, np.nonzero(~(np.diff(row[order]) <= scale))[0] + 1)
            return [
                (int(min(i, j)), int(max(i, j)))
                for run in runs
                for n, i in enumerate(run)
                for j in run[n + 1 :]
            ]
        best = np.max(row, initial=-np.inf)
        if not np.isfinite(best):
            return []
        tied = tuple(int(i) for i in np.nonzero(row >= best - tol * max(1.0, abs(best)))[0])
        return [tied] if len(tied) > 1 else []


def _compile(text: str, inputs: int) -> Callable[..., Any]:
    from ..autodiff.elementwise import ARRAY_WORDS, NAMES

    pairs = []
    for part in text.split(";"):
        left, right = part.split("~")
        pairs.append(f"pair({left.strip()}, {right.strip()})")
    words = {**ARRAY_WORDS, "pair": pair, "whole": whole, "half": half}
    source = f"lambda {', '.join(NAMES[inputs])}, **_options: ({', '.join(pairs)},)"
    return eval(compile(source, GENERATED, "eval"), words)  # text, for the rivals are printed in the docs
