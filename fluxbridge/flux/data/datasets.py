"""Small data sets: iris, and points on a sine, a polynomial, a spiral and two half circles."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..rng import default_rng, rand, randn
from .observations import shuffleobs

__all__ = ["load_iris"]

Draw = Callable[..., Any]


def load_iris() -> tuple[np.ndarray, list[str], list[str]]:
    """(measurements of shape (4, 150), species, names of the measurements). Fisher, 1936.

    >>> x, y, names = load_iris()
    >>> x.shape, y[0], names[0]
    ((4, 150), 'setosa', 'Sepal length')
    """
    with (Path(__file__).parent / "iris.csv").open(encoding="utf-8", newline="") as lines:
        names, *rows = csv.reader(lines)
    numbers = np.array([[float(v) for v in row[:4]] for row in rows]).T.copy()
    return numbers, [row[4] for row in rows], [name.capitalize() for name in names[:4]]


def _noise(f_rand: Draw | None, *shape: int) -> Any:
    return randn(default_rng(), np.float64, *shape) if f_rand is None else f_rand(*shape)


def make_sin(
    n: int = 50, start: float = 0, stop: float = 2 * np.pi, *, noise: float = 0.3, f_rand: Draw | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """n points x from `start` to `stop`, and sin(x) with noise. ``f_rand(*shape)`` draws it; normal if None.

    >>> make_sin(3, 0, np.pi, noise=0)[1].round(12)
    array([0., 1., 0.])
    """
    x = np.linspace(start, stop, n)
    return x, np.sin(x) + noise * _noise(f_rand, n)


def make_poly(coef: Any, x: Any, *, noise: float = 0.1, f_rand: Draw | None = None) -> tuple[Any, Any]:
    """x, and the polynomial with these coefficients, the highest power first, with noise.

    As in MLUtils one number of noise is added to all points.

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
    """2n points (2, 2n) on two arms of a spiral, and which arm each is on (1 or 0).

    As in MLUtils one number of noise is added to all first coordinates, one to all second ones.

    >>> x, y = make_spiral(5, noise=0)
    >>> x.shape, y
    ((2, 10), array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]))
    """
    index = np.arange(float(n))
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
    """Points (2, n) on two half circles that reach into each other, and which each is on (1 or 2).

    >>> x, y = make_moons((3, 2), shuffle=False)
    >>> x.shape, y
    ((2, 5), array([1, 1, 1, 2, 2]))
    """
    if isinstance(n_samples, tuple):
        outer, inner = n_samples
    else:
        outer, inner = n_samples // 2, n_samples - n_samples // 2
    rng = default_rng()
    t, s = (rand(rng, np.float64, count) * np.pi for count in (outer, inner))
    x = np.stack([np.r_[np.cos(t), 1 - np.cos(s)], np.r_[np.sin(t), 0.5 - np.sin(s)]])
    x = x + noise * _noise(f_rand, *x.shape)
    y = np.repeat([1, 2], [outer, inner])
    return shuffleobs((x, y)) if shuffle else (x, y)
