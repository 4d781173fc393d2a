"""NumPy's warnings: each way to a derivative gives those of the user's lines once, and none of its own."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest

import fluxbridge as fb

pytestmark = pytest.mark.once  # a second run would warn a second time
POINT = np.array([-1.0, 1.0])


def loss(x):
    y = np.log(x)
    z = np.sqrt(x - 1)
    return np.sum(y * z)


FIRST = inspect.getsourcelines(loss)[1]
ITS_OWN = [("invalid value encountered in log", FIRST + 1), ("invalid value encountered in sqrt", FIRST + 2)]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: fb.gradient(loss, POINT), ITS_OWN),
        (lambda: fb.pullback(loss, POINT)[1](1.0), ITS_OWN),
        (lambda: fb.pushforward(loss, POINT)(POINT), ITS_OWN),
        (lambda: fb.explain(loss, POINT).text(), ITS_OWN),
        (lambda: fb.cross_check(loss, POINT), ITS_OWN),
        (lambda: fb.gradient(loss, fb.AutoFiniteDifferences(), POINT), ITS_OWN),
        (lambda: fb.pushforward(loss, fb.AutoFiniteDifferences(), POINT)(POINT), ITS_OWN),
        (lambda: fb.kinks(loss, POINT), []),
        (lambda: fb.subgradients(loss, POINT), []),
        (lambda: fb.gradient(np.sqrt, 0.0), []),
        (lambda: fb.explain(np.sqrt, 0.0).text(), []),
        (lambda: fb.hessian(np.sqrt, 0.0), []),
    ],
)
def test_warnings(call, expected):
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        call()
    assert all(w.filename == __file__ for w in given)
    assert [(str(w.message), w.lineno) for w in given] == expected
