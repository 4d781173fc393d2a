"""grid_sample: linear interpolation of images at given points."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...autodiff.primitive import plain, primitive
from ...errors import ArgumentError, DimensionMismatch
from .gather import GATHER, SCATTER_ADD
from .numeric import check_numbers


def _places(grid: Any, sizes: tuple[int, ...], border: bool) -> tuple[list[Any], list[Any]]:
    """The points in pixels (from 0) along each axis, and the derivative of that by the grid."""
    places, slopes = [], []
    for k, n in enumerate(sizes):
        place: Any = (grid[k].astype(float) + 1.0) * 0.5 * (n - 1.0)
        slope: Any = 0.5 * (n - 1.0)
        if border:  # constant on the border and outside
            inside = (plain(place) > 0) & (plain(place) < n - 1)
            edge = np.clip(plain(place), 0.0, n - 1.0)
            place, slope = np.where(inside, place, edge), np.where(inside, slope, 0.0)
        places.append(place)
        slopes.append(slope)
    return places, slopes


def _corners(places: list[Any], sizes: tuple[int, ...]) -> Iterator[tuple[Any, list[Any], tuple[int, ...]]]:
    """For each corner of the cells around the points: the pixel's index, its weights, and the corner.

    There is one weight for each axis, and a last one, 0 where there is no such pixel, else 1.
    """
    floors = [np.floor(plain(p)) for p in places]
    batch = np.broadcast_to(np.arange(floors[0].shape[-1]), floors[0].shape)
    for corner in itertools.product((0, 1), repeat=len(sizes)):
        exists = np.ones(floors[0].shape)
        index, weights = [], []
        for place, floor, step, n in zip(places, floors, corner, sizes, strict=True):
            pixel = floor + step
            inside = (pixel >= 0) & (pixel < n)  # False for NaN
            exists = exists * inside
            index.append(np.where(inside, pixel, 0).astype(int))
            weights.append(place - floor if step else (floor + 1.0) - place)
        yield (*index, batch), [*weights, exists], corner


def _product(factors: list[Any]) -> Any:
    return functools.reduce(operator.mul, factors)


def _sample(x: Any, grid: Any, border: bool) -> Any:
    sizes = np.shape(x)[:-2]
    of_channels = np.moveaxis(x, -2, 0)
    places, _ = _places(grid, sizes, border)
    parts = [GATHER(of_channels, index=index) * _product(w) for index, w, _ in _corners(places, sizes)]
    return np.moveaxis(sum(parts[1:], parts[0]), 0, -2).astype(x.dtype)


def _to_image(dy: Any, _y: Any, _x: Any, grid: Any, border: bool) -> Any:
    *sizes, _, batch = np.shape(_x)
    places, _ = _places(grid, tuple(sizes), border)
    dy, to = np.moveaxis(dy, -2, 0), (*sizes, batch)
    parts = [
        SCATTER_ADD(dy * _product(w), index=index, sizes=to) for index, w, _ in _corners(places, tuple(sizes))
    ]
    return np.moveaxis(sum(parts[1:], parts[0]), 0, -2)


def _to_grid(dy: Any, _y: Any, x: Any, grid: Any, border: bool) -> Any:
    sizes = np.shape(x)[:-2]
    places, slopes = _places(grid, sizes, border)
    of_channels, dy = np.moveaxis(x, -2, 0), np.moveaxis(dy, -2, 0)
    totals: list[Any] = [0.0] * len(sizes)
    for index, weights, corner in _corners(places, sizes):
        pull = np.sum(GATHER(of_channels, index=index) * dy, axis=0)
        for k, step in enumerate(corner):
            others = _product([w for j, w in enumerate(weights) if j != k])
            totals[k] = totals[k] + (pull * others if step else -(pull * others))
    return np.stack([total * slope for total, slope in zip(totals, slopes, strict=True)], axis=0)


GRID_SAMPLE: Any = primitive(
    None,
    _to_image,
    _to_grid,
    name="grid_sample",
    compute=_sample,
)

_MODES = {"zeros": False, "border": True}


def grid_sample(x: Any, grid: Any, *, padding_mode: str = "zeros") -> Any:
    """x (W, H, channels, batch) interpolated at the points of `grid` (2, W', H', batch).

    The result has the shape (W', H', channels, batch) and the dtype of x. The points have coordinates from
    -1, the centre of the first pixel of an axis, to 1, that of the last. Outside there is 0, with
    ``padding_mode="border"`` the nearest pixel. With a third spatial axis x is (W, H, D, channels, batch) and
    grid (3, W', H', D', batch). Raises DimensionMismatch if the shapes do not fit, ArgumentError for another
    mode or what holds no numbers.

    >>> x = np.arange(4.0).reshape(2, 2, 1, 1)
    >>> middle = np.zeros((2, 1, 1, 1))
    >>> grid_sample(x, middle).item()
    1.5
    """
    if not isinstance(padding_mode, str) or padding_mode not in _MODES:
        raise ArgumentError(f'padding_mode is "zeros" or "border", not {padding_mode!r}')
    check_numbers("grid_sample", x, grid)
    shape, points = np.shape(x), np.shape(grid)
    rank = len(shape) - 2
    if rank not in (2, 3):
        raise DimensionMismatch(f"grid_sample takes arrays of 4 or 5 axes, but x has the shape {shape}")
    if len(points) != len(shape) or points[0] != rank or points[-1] != shape[-1]:
        raise DimensionMismatch(
            f"grid_sample: for x of shape {shape} the grid has the shape ({rank}, …, {shape[-1]}) with "
            f"{rank} axes between, but it has the shape {points}"
        )
    return GRID_SAMPLE(x, grid, border=_MODES[padding_mode])
