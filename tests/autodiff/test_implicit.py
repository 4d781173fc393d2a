"""Implicit parameters: arrays that a function reaches by itself."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from fluxbridge import Params, gradient, jacobian, pullback, withgradient
from fluxbridge.errors import FluxbridgeError, StructureError

X = np.array([[1, 2, 3], [4, 5, 6]])
Y = np.array([7, 8])
Z = np.array([1, 10, 100])
COUNT = 0


def helper():
    return np.sum(X * Y[:, None] * Z)


def counting():
    global COUNT
    COUNT += 1
    return helper()


class Model:
    def __init__(self):
        self.W = np.eye(2)
        self.parts = {"b": np.zeros(2)}

    def __call__(self, x):
        return self.W @ x + self.parts["b"]


EXPECTED = [[7.0, 70.0, 700.0], [8.0, 80.0, 800.0]]


@pytest.mark.parametrize(
    "f",
    [
        helper,
        lambda: helper(),
        counting,
        functools.partial(lambda g: g(), helper),
        lambda: (lambda: helper())(),
    ],
)
def test_through_globals_and_the_functions_that_are_called(f):
    g = gradient(f, Params([X, Y]))
    np.testing.assert_array_equal(g[X], EXPECTED)
    np.testing.assert_array_equal(g[Y], [321.0, 654.0])
    assert X in g
    assert Z not in g
    assert [a is b for a, b in zip(g.keys(), [X, Y], strict=True)] == [True, True]
    np.testing.assert_array_equal(X, [[1, 2, 3], [4, 5, 6]])
    assert isinstance(X, np.ndarray)


def test_globals_that_the_function_assigns_are_kept():
    before = COUNT
    gradient(counting, Params([X]))
    assert before + 1 == COUNT


def test_through_closures_and_objects():
    model, x = Model(), np.array([1.0, 2.0])
    W, b = model.W, model.parts["b"]
    loss = lambda: np.sum(model(x) ** 2)  # noqa: E731
    value, g = withgradient(loss, Params([W, b]))
    assert value == 5.0
    np.testing.assert_array_equal(g[W], [[2, 4], [4, 8]])
    np.testing.assert_array_equal(g[b], [2, 4])
    assert model.W is W


def test_what_is_not_reached_is_none_and_what_is_unknown_is_an_error():
    w, b = np.array([1.0, 2.0]), np.array([3.0])
    g = gradient(lambda: np.sum(w * w), Params([w, b, w]))
    assert len(g) == 2
    assert g[b] is None
    with pytest.raises(KeyError, match="equal copy"):
        g[w.copy()]


def test_numbers_are_refused():
    with pytest.raises(StructureError, match="identity"):
        Params([1.0])
    assert issubclass(StructureError, FluxbridgeError)


def test_arithmetic_of_gradients():
    w = np.array([1.0, 2.0])
    b = np.array([3.0])
    ps = Params([w, b])
    g = gradient(lambda: np.sum(w * w), ps)
    h = 2 * g + g
    np.testing.assert_array_equal(h[w], [6.0, 12.0])
    assert h[b] is None
    np.testing.assert_array_equal(g.map(np.negative)[w], [-2.0, -4.0])
    with pytest.raises(StructureError, match="different parameters"):
        g + gradient(lambda: np.sum(w), Params([w]))


def test_a_norm_over_the_parameters_themselves():
    w = np.array([3.0, 4.0])
    ps = Params([w])
    g = gradient(lambda: sum(np.sum(p**2) for p in ps), ps)
    np.testing.assert_array_equal(g[w], [6.0, 8.0])


def test_pullbacks_and_jacobians():
    w = np.array([3.0, 4.0])
    y, back = pullback(lambda: w * w, Params([w]))
    np.testing.assert_array_equal(y, [9.0, 16.0])
    np.testing.assert_array_equal(back(np.array([1.0, 0.0]))[w], [6.0, 0.0])
    np.testing.assert_array_equal(jacobian(lambda: w * w, Params([w]))[w], [[6.0, 0.0], [0.0, 8.0]])
