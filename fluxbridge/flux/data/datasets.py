"""Small data sets: iris, and points on a sine, a polynomial, a spiral and two half circles. As in MLUtils."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ..rng import default_rng, rand, randn
from .observations import shuffleobs, whole

__all__ = ["load_iris"]

Draw = Callable[..., Any]


def load_iris() -> tuple[np.ndarray, list[str], list[str]]:
    """Fisher's irises (1936): (measurements of shape (4, 150), list of species, names of the measurements).

    >>> x, y, names = load_iris()
    >>> x.shape, y[0], names[0]
    ((4, 150), 'setosa', 'Sepal length')
    """
    with (Path(__file__).parent / "iris.csv").open(encoding="utf-8", newline="") as lines:
        names, *rows = csv.reader(lines)
    numbers = np.array([[float(v) for v in row[:4]] for row in rows]).T.copy()
    return numbers, [row[4] for row in rows], [name.capitalize() for name in names[:4]]


def _points(n: Any) -> int:
    if whole(n, "the number of points") < 0:
        raise ArgumentError(f"there cannot be {n} points; give a number from 0")
    return whole(n, "the number of points")


def _noise(f_rand: Draw | None, *shape: int) -> Any:
    return randn(default_rng(), np.float64, *shape) if f_rand is None else f_rand(*shape)


def make_sin(
    n: int = 50, start: float = 0, stop: float = 2 * np.pi, *, noise: float = 0.3, f_rand: Draw | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """n points from `start` to `stop`, and their sines with noise: two float64 vectors of length n.

    The noise is ``noise·f_rand(n)``; f_rand is normal by default. Raises ArgumentError if n is negative.

    >>> make_sin(3, 0, np.pi, noise=0)[1].round(12)
    array([0., 1., 0.])
    """
    x = np.linspace(start, stop, _points(n))
    return x, np.sin(x) + noise * _noise(f_rand, n)


def make_poly(coef: Any, x: Any, *, noise: float = 0.1, f_rand: Draw | None = None) -> tuple[Any, Any]:
    """x, and the polynomial with these coefficients, the highest power first, with noise.

    As in MLUtils one random number, ``noise·f_rand()``, is added to all points.

    >>> make_poly([1, 0, 2], [1.0, 2.0], noise=0)
    (array([1., 2.]), array([3., 6.]))
    """
    x = np.asarray(x)
    return x, np.polyval(coef, x).astype(float) + noise * _noise(f_rand)


def make_spiral(
    n: int = 97,
    a: float = 6.5,
    theta: float = 16.0,
    b: float = 104.0,
    *,
    noise: float = 0.1,
    f_rand: Draw | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Points of shape (2, 2n) on two arms of a spiral, and their arms, 1 or 0, of shape (2n,).

    Point k of the first arm has the radius ``a·(b - k) / b`` and the angle ``k·π / theta``; the second arm is
    opposite. As in MLUtils one random number is added to all first coordinates, one to all second ones.
    Raises ArgumentError if n is negative.

    >>> x, y = make_spiral(5, noise=0)
    >>> x.shape, y
    ((2, 10), array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]))
    """
    index = np.arange(float(_points(n)))
    angle, radius = index * np.pi / theta, a * (b - index) / b
    arm = np.stack([radius * np.sin(angle), radius * np.cos(angle)])
    x = np.concatenate([arm, -arm], axis=1)
    x[0] += noise * _noise(f_rand)
    x[1] += noise * _noise(f_rand)
    return x, np.repeat([1, 0], n)


def make_moons(
    n_samples: int | tuple[int, int] = 100,
    *,
    noise: float = 0.0,
    f_rand: Draw | None = None,
    shuffle: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Points of shape (2, n) on two interleaved half circles, and their half circles, 1 or 2, of shape (n,).

    `n_samples` may be the two numbers of points. Their angles are random; ``noise·f_rand(2, n)`` is added;
    they are shuffled unless `shuffle` is False. Raises ArgumentError if a number of points is negative.

    >>> x, y = make_moons((3, 2), shuffle=False)
    >>> x.shape, y
    ((2, 5), array([1, 1, 1, 2, 2]))
    """
    if isinstance(n_samples, tuple):
        outer, inner = n_samples
    else:
        outer, inner = n_samples // 2, n_samples - n_samples // 2
    rng = default_rng()
    t, s = (rand(rng, np.float64, count) * np.pi for count in (_points(outer), _points(inner)))
    x = np.stack([np.r_[np.cos(t), 1 - np.cos(s)], np.r_[np.sin(t), 0.5 - np.sin(s)]])
    x = x + noise * _noise(f_rand, *x.shape)
    y = np.repeat([1, 2], [outer, inner])
    return shuffleobs((x, y)) if shuffle else (x, y)
