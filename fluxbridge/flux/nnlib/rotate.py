"""imrotate: rotation of images about a point."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...autodiff.primitive import primitive, take_up
from ...errors import ArgumentError, DimensionMismatch
from .numeric import check_numbers, check_real


class Turn(NamedTuple):
    """The angle in radians, the interpolation method, and the centre of rotation (pixels count from 0)."""

    angle: float
    method: str
    centre: tuple[float, float]


#: A weighted copy of pixels: (rows of the target, columns, rows of the source, columns, weight).
Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Any]


def _right_angle(rows: int, columns: int, turn: Turn) -> int | None:
    """The number of right angles, if the rotation only permutes pixels (about the middle of the image)."""
    middle = ((rows - 1) / 2, (columns - 1) / 2)
    quarters = turn.angle / (math.pi / 2)
    whole = round(quarters)
    if whole == 0:
        return 0 if turn.angle == 0 else None
    fits = rows % 2 == columns % 2 and (rows == columns or whole == 2)
    near = math.isclose(quarters, whole, rel_tol=1e-7) and np.allclose(turn.centre, middle, rtol=1e-7)
    return whole if whole < 4 and fits and near else None


def _parts(shape: tuple[int, ...], dtype: np.dtype, turn: Turn) -> list[Part]:
    rows, columns = shape[:2]
    i, j = (np.arange(n)[index] for n, index in ((rows, np.s_[:, None]), (columns, np.s_[None, :])))
    i, j = np.broadcast_arrays(i, j)
    i, j = i.ravel(), j.ravel()
    quarters = _right_angle(rows, columns, turn)
    if quarters is not None:
        sources = [(i, j), (columns - 1 - j, i), (rows - 1 - i, columns - 1 - j), (j, rows - 1 - i)]
        return [(i, j, *sources[quarters], dtype.type(1))]
    real = np.empty(0, dtype).real.dtype if dtype.kind in "fc" else np.dtype(float)
    angle = real.type(turn.angle)
    sin, cos = np.sin(angle), np.cos(angle)
    at = [real.type(c + 1) for c in turn.centre]  # counted from 1: the same rounding as in Julia
    y, x = (i + 1).astype(real) - at[0], (j + 1).astype(real) - at[1]
    row, column = cos * y - sin * x + at[0] - 1, sin * y + cos * x + at[1] - 1
    if turn.method == "nearest":
        a, b = _nearest(row), _nearest(column)
        inside = (a >= 0) & (a < rows) & (b >= 0) & (b < columns)
        return [(i[inside], j[inside], a[inside], b[inside], dtype.type(1))]
    a, b = np.floor(row).astype(int), np.floor(column).astype(int)
    inside = (a >= 0) & (a < rows - 1) & (b >= 0) & (b < columns - 1)
    i, j, a, b, row, column = (v[inside] for v in (i, j, a, b, row, column))
    down, right = (row - a).astype(real), (column - b).astype(real)
    up, left = 1 - down, 1 - right
    return [
        (i, j, a, b, left * up),
        (i, j, a + 1, b, left * down),
        (i, j, a, b + 1, right * up),
        (i, j, a + 1, b + 1, right * down),
    ]


def _nearest(place: np.ndarray) -> np.ndarray:
    """Rounded to integers, halves upwards, as positions that count from 1 are in Julia."""
    return np.floor(place + 1.5).astype(int) - 1


def _rotate(x: np.ndarray, turn: Turn) -> np.ndarray:
    out = np.zeros(x.shape, x.dtype)
    for i, j, a, b, weight in _parts(x.shape, x.dtype, turn):
        out[i, j] += x[a, b] * np.reshape(weight, (-1, 1, 1))
    return out


def _rotate_back(dy: np.ndarray, turn: Turn) -> np.ndarray:
    dx = np.zeros(dy.shape, dy.dtype)
    for i, j, a, b, weight in _parts(dy.shape, dy.dtype, turn):
        np.add.at(dx, (a, b), dy[i, j] * np.reshape(weight, (-1, 1, 1)))
    return dx


IMROTATE: Any = primitive(
    None,
    lambda dy, _y, _x, turn: IMROTATE_BACK(dy, turn=turn),
    jvp="linear",
    name="imrotate",
    compute=_rotate,
)
IMROTATE_BACK: Any = primitive(
    None,
    lambda dx, _x, _dy, turn: IMROTATE(dx, turn=turn),
    jvp="linear",
    name="imrotate_back",
    compute=_rotate_back,
)


def imrotate(
    x: Any, θ: float, *, method: str = "bilinear", rotation_center: tuple[float, ...] | None = None
) -> Any:
    """Images x (W, H, channels, batch) rotated by the angle θ in radians about their centre pixel.

    Each pixel of the result interpolates the four pixels around its origin (``method="bilinear"``) or copies
    the nearest one (``"nearest"``); outside of x there is 0. `rotation_center` is a pair of pixel positions
    that count from 0, by default (W // 2, H // 2). Shape and dtype are those of x. There is a derivative by
    x, none by θ. Raises DimensionMismatch if x has not 4 axes, ArgumentError for another method, for integers
    with "bilinear", or an angle or centre that is no number or pair of numbers.

    >>> x = np.zeros((3, 3, 1, 1))
    >>> x[0, 1] = 1.0
    >>> imrotate(x, np.pi / 4, method="nearest")[:, :, 0, 0]
    array([[0., 0., 1.],
           [0., 0., 0.],
           [0., 0., 0.]])
    """
    check_numbers("imrotate", x)
    check_real("the angle of imrotate", θ)
    x, shape = take_up(x), np.shape(x)
    if len(shape) != 4:
        raise DimensionMismatch(f"imrotate takes an array of 4 axes (W, H, channels, batch), not {shape}")
    if not isinstance(method, str) or method not in ("bilinear", "nearest"):
        raise ArgumentError(f'No interpolation method such as {method!r}: it is "bilinear" or "nearest"')
    if method == "bilinear" and x.dtype.kind in "iub":
        raise ArgumentError('an array of integers can be turned with method="nearest" only')
    if rotation_center is not None and (
        np.shape(rotation_center) != (2,) or np.asarray(rotation_center).dtype.kind not in "iuf"
    ):
        raise ArgumentError(f"rotation_center is a pair of pixel positions, not {rotation_center!r}")
    centre = (shape[0] // 2, shape[1] // 2) if rotation_center is None else rotation_center
    real = np.float32 if x.dtype in (np.float32, np.complex64) else np.float64
    angle = float(np.mod(real(θ), real(2 * np.pi)))
    return IMROTATE(x, turn=Turn(angle, method, (float(centre[0]), float(centre[1]))))
