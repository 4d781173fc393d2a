"""The rivals of the primitives of layers. They are called for recorded steps, so the mirror is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autodiff.primitive import plain


def windows(x: Any, place: Any) -> Any:
    """The elements of each window, along a new last axis."""
    from ..flux.nnlib.pooling import _lowest

    if any(place.pad):
        ours, theirs = place.common  # negative padding cuts elements off
        edges = [(part.start, n - part.stop) for part, n in zip(theirs, place.padded, strict=True)]
        x = np.pad(x[ours], [*edges, (0, 0), (0, 0)], constant_values=_lowest(x))
    return np.stack([x[slices] for _, slices in place.offsets()], axis=-1)


def gathered(sign: float) -> Callable[..., Any]:
    """The slices that go to the same place, for each place with more than one."""

    def rivals(src: Any, index: Any, sizes: tuple[int, ...]) -> Any:
        from ..flux.nnlib.gather import _flat, _groups

        kept = np.shape(src)[: np.ndim(src) - index[0].ndim]
        columns = sign * np.reshape(src, (*kept, -1))
        order, starts, _ = _groups(_flat(index, sizes))
        return tuple(columns[..., places] for places in np.split(order, starts[1:]) if places.size > 1)

    return rivals


def pixels(x: Any, grid: Any, border: bool) -> Any:
    """For each axis the places of the points and the nearest pixels, where the slope changes."""
    from ..flux.nnlib.sampling import _places

    out = 0 if border else 1  # zeros begin a pixel outside
    rivals = []
    for place, n in zip(_places(grid, np.shape(x)[:-2], False)[0], np.shape(x), strict=False):
        rivals.append(np.stack([place, np.clip(np.round(plain(place)), -out, n - 1 + out)], axis=-1))
    return tuple(rivals)
