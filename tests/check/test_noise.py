"""How much rounding there is, by runs in which every operation errs a little."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import gradient
from fluxbridge.autodiff.primitive import PRIMITIVES
from fluxbridge.check.noise import EXACT, noise, scatter

H = 1.0 / (np.arange(8)[:, None] + np.arange(8) + 1.0)


@pytest.mark.parametrize(
    ("f", "xs", "low", "high"),
    [
        (lambda x: (x + 1e16) - 1e16, (1.0,), 0.1, 10),
        (lambda x: np.sin(1e8 * x), (1.0,), 1e-10, 1e-7),
        (lambda x: np.sum(x**2), (np.ones(4),), 1e-17, 1e-14),
        (lambda a: np.sum(np.linalg.inv(a)), (H,), 1e-8, 1e-2),
        (lambda x: np.float32(0.1) * x, (np.ones(1, np.float32),), 1e-9, 1e-7),
        (lambda x: np.max(np.reshape(x, (2, 2)).T[0] - 1), (np.full(4, 3.0),), 1e-17, 1e-15),
        (lambda x: np.sort(-x)[0], (np.array([3.0, 1.0]),), 0, 0),
        (lambda x: np.floor(x) + np.round(x), (2.0,), 0, 1e-15),
        (lambda x: gradient(lambda y: (y + 1e12) ** 2 - 2e12 * y, x)[0], (1.0,), 1e-5, 1e-2),
    ],
)
def test_the_size_of_the_noise(f, xs, low, high):
    assert low <= np.max(noise(f, xs)) <= high


def test_scatter():
    rng = np.random.default_rng(0)
    assert scatter(lambda t: np.sin(t) + 1e-9 * rng.standard_normal(), 1e-6) == pytest.approx(1e-9, rel=1)
    assert scatter(lambda t: 1 + 2 * t + t**3, 1e-3) < 1e-15
    assert scatter(lambda t: np.full(2, np.nan), 1e-3).tolist() == [0, 0]


def test_what_is_called_exact_exists():
    assert not EXACT - set(PRIMITIVES)
