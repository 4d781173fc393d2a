"""Slopes at points nearby: the range of generalised derivatives at a kink, by sampling.

Where several kinks meet, slopes along the coordinates are not enough: the median of three equal numbers is
flat along each coordinate, and yet its gradient nearby is a unit vector. The limits of gradients nearby
span Clarke's generalised gradient. The range of slopes in a neighbourhood shrinks with the neighbourhood
where the function is smooth; where it does not shrink, there is a kink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

POINTS = 64
RADII = (1e-3, 1e-5)  #: of the neighbourhoods, relative to the size of the coordinates
STEP = 1e-3  #: of the differences, relative to the radius


def allowed(
    value: Callable[[Any, Any], Any],
    jitters: Callable[[np.random.Generator], Any],
    noise: Any,
    seed: int = 0,
) -> tuple[Any, Any] | None:
    """The range (low, high) of the slopes nearby; None where no kink shows.

    `value(jitter, t)` is the function at the point moved by a jitter, and then by t along the direction
    in question; `jitters(rng)` draws a jitter of size 1, and ``None`` stands for none.
    """
    rng = np.random.default_rng(seed)
    ranges = []
    for radius in RADII:
        step = STEP * radius
        slopes = []
        for _ in range(POINTS):
            jitter = (jitters(rng), radius)
            with np.errstate(all="ignore"):
                slopes.append((value(jitter, step) - value(jitter, -step)) / (2 * step))
        with np.errstate(all="ignore"):
            stacked = np.stack(slopes)
            seen = np.any(np.isfinite(stacked), axis=0)
            low = np.min(np.where(np.isfinite(stacked), stacked, np.inf), axis=0)
            high = np.max(np.where(np.isfinite(stacked), stacked, -np.inf), axis=0)
            ranges.append((np.where(seen, low, np.nan), np.where(seen, high, np.nan), noise / step))
    (low1, high1, _), (low2, high2, rounding) = ranges
    with np.errstate(all="ignore"):
        kink = (high2 - low2 >= 0.3 * (high1 - low1)) & (high2 - low2 > 16 * rounding)
        bend = np.abs(low1 - low2) + np.abs(high1 - high2)  # curvature changes the range 100-fold
        slack = 4 * rounding + 1e-5 * (high2 - low2) + 0.02 * bend
    if not np.any(kink):
        return None
    return np.where(kink, low2 - slack, np.nan), np.where(kink, high2 + slack, np.nan)


def sizes(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The size of a step for each entry: its own, or the mean one of its array; 1 where all are zero."""
    steps = []
    for a in arrays:
        size = np.abs(a).astype(float)
        size = np.where(np.isfinite(size), size, 1.0)
        typical = float(np.sqrt(np.mean(size**2))) if size.size and np.max(size) < 1e150 else 0.0
        size = np.maximum(size, typical)
        steps.append(np.where(size > 0, size, 1.0))
    return steps


def tangent(rng: np.random.Generator, a: np.ndarray, size: Any) -> np.ndarray:
    """A random direction for one array."""
    drawn = rng.standard_normal(a.shape)
    return size * (drawn + 1j * rng.standard_normal(a.shape) if a.dtype.kind == "c" else drawn)
