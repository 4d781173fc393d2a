"""Own rules, checkpoints, hooks, constants, buffers, structured matrices."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import (
    AutoFiniteDifferences,
    Buffer,
    Diagonal,
    I,
    adjoint,
    checkpointed,
    forwarddiff,
    gradient,
    hessian,
    hook,
    ignore_derivatives,
    jacobian,
    pullback,
    pushforward,
    withgradient,
)
from fluxbridge.errors import MutationError

X = np.array([1.0, 2.0, 3.0])


def test_adjoint_gives_a_function_its_own_rule():
    @adjoint
    def add(a, b):
        return a + b, lambda dy: (dy, -dy)

    assert add(1.0, 2.0) == 3.0
    assert gradient(add, 1.0, 2.0) == (1.0, -1.0)
    assert gradient(lambda a: add(a, a * a), 3.0) == (1.0 - 6.0,)


def test_adjoint_with_structures_options_and_none():
    @adjoint
    def norm2(model, scale=1.0):
        y = scale * np.sum(model["w"] ** 2)
        return y, lambda dy: ({"w": dy * 2 * scale * model["w"]},)

    (g,) = gradient(lambda m: norm2(m, scale=3.0), {"w": X, "b": 1.0})
    np.testing.assert_array_equal(g["w"], 6 * X)
    assert set(g) == {"w"}

    @adjoint
    def first(a, b):
        return a * 1.0, lambda dy: (dy, None)

    assert gradient(first, 1.0, 2.0) == (1.0, None)


def test_adjoint_of_second_order_and_in_forward_mode():
    @adjoint
    def cube(x):
        return x**3, lambda dy: (dy * 3 * x**2,)

    assert gradient(lambda x: gradient(cube, x)[0], 2.0) == (12.0,)
    assert hessian(cube, 2.0) == 12.0
    assert pushforward(cube, 2.0)(1.0) == 12.0


def test_adjoint_of_a_function_with_several_results():
    @adjoint
    def both(x):
        return (np.sin(x), {"c": np.cos(x)}), lambda dy: (
            (0.0 if dy[0] is None else dy[0] * np.cos(x))
            - (0.0 if dy[1] is None else dy[1]["c"] * np.sin(x)),
        )

    assert gradient(lambda x: both(x)[0], 0.5)[0] == pytest.approx(np.cos(0.5))
    assert gradient(lambda x: both(x)[1]["c"], 0.5)[0] == pytest.approx(-np.sin(0.5))


def test_adjoint_gives_a_numpy_function_a_rule():
    own = gradient(lambda x: np.sum(np.unwrap(x)), X)[0]

    @adjoint(np.unwrap)
    def _(x):
        return np.unwrap(x), lambda dy: (100 * dy,)

    try:
        np.testing.assert_array_equal(gradient(lambda x: np.sum(np.unwrap(x)), X)[0], [100.0] * 3)
    finally:
        adjoint(np.unwrap, None)
    np.testing.assert_array_equal(gradient(lambda x: np.sum(np.unwrap(x)), X)[0], own)


def test_adjoint_of_a_number_of_numpy_in_forward_mode():
    total = adjoint(lambda x: (np.sum(x), lambda dy: (dy * np.ones(3),)))
    assert pushforward(total, X)(np.ones(3)) == 3.0
    with np.errstate(divide="ignore"):
        assert gradient(lambda x: 1 / (total(x) - np.sum(X)), X)[0][0] == -np.inf  # as NumPy's numbers divide


def test_rules_get_numpys_numbers_where_the_function_does():
    inverse = adjoint(lambda x: (1.0 / x, lambda dy: (-dy / x**2,)))
    with np.errstate(divide="ignore"):
        assert inverse(np.sum(0.0 * X)) == np.inf
        assert pullback(lambda x: inverse(np.sum(x)), 0.0 * X)[0] == np.inf
    with pytest.raises(ZeroDivisionError):
        pullback(inverse, 0.0)


@pytest.mark.once
def test_checkpointed_equals_the_function():
    def f(m, x):
        return np.sum(np.tanh(m["W"] @ x))

    model = {"W": np.arange(6.0).reshape(2, 3) / 10}
    plain = gradient(f, model, X)
    calls = []
    saved = gradient(lambda m, x: checkpointed(lambda m, x: calls.append(1) or f(m, x), m, x), model, X)
    np.testing.assert_array_equal(plain[0]["W"], saved[0]["W"])
    np.testing.assert_array_equal(plain[1], saved[1])
    assert len(calls) == 2
    assert hessian(lambda x: checkpointed(lambda z: z**3, x), 2.0) == pytest.approx(12.0)


def test_checkpointed_sees_what_its_closure_captured():
    assert gradient(lambda x: checkpointed(lambda y: x * y * y, x), 2.0) == (12.0,)


def test_hooks_see_and_change_cotangents():
    seen = []
    assert gradient(lambda x: hook(lambda d: seen.append(d) or 10 * d, x) * 3.0, 2.0) == (30.0,)
    assert seen == [3.0]


def test_ignore_derivatives():
    assert gradient(lambda x: x * ignore_derivatives(x), 3.0) == (3.0,)
    assert gradient(lambda x: x * ignore_derivatives(lambda: x + 1.0), 3.0) == (4.0,)
    value = []
    gradient(lambda x: value.append(ignore_derivatives({"x": x})) or np.sum(x), X)
    np.testing.assert_array_equal(value[0]["x"], X)
    with pytest.raises(ValueError, match="read-only"):
        value[0]["x"][0] = 1.0


def test_forwarddiff_inside_reverse():
    f = lambda x: forwarddiff(lambda t: np.array([t, t**2, t**3]), x)  # noqa: E731
    assert gradient(lambda x: np.sum(f(x)), 2.0) == (1 + 4 + 12.0,)
    g = lambda x: forwarddiff(lambda t: np.sum(t**2) * t, x)  # noqa: E731
    expected = jacobian(lambda t: np.sum(t**2) * t, X)[0]
    np.testing.assert_allclose(jacobian(g, X)[0], expected)


# -- Buffer ------------------------------------------------------------------------------------------


def test_a_buffer_is_filled_element_by_element():
    def f(x):
        b = Buffer(x)
        b[0] = x[0]
        for i in range(1, len(x)):
            b[i] = b[i - 1] * x[i]
        return np.sum(b.copy() * np.array([1.0, 10.0, 100.0]))

    value, (g,) = withgradient(f, X)
    assert value == 1 + 20 + 600
    np.testing.assert_allclose(g, [1 + 20 + 600, 10 + 300, 200])
    assert hessian(f, X).shape == (3, 3)


def test_a_buffer_takes_slices_and_later_writes_win():
    def f(x):
        b = Buffer(x, shape=(2, 3))
        b[:] = 1.0
        b[0] = x * 2
        b[:, 1] = x[0]
        b[1, 2] = x[2] ** 2
        return np.sum(b.copy() * np.arange(1.0, 7.0).reshape(2, 3))

    value, (g,) = withgradient(f, X)
    b = np.ones((2, 3))
    b[0] = X * 2
    b[:, 1] = X[0]
    b[1, 2] = X[2] ** 2
    assert value == np.sum(b * np.arange(1.0, 7.0).reshape(2, 3))
    np.testing.assert_allclose(g, [2 + 2 + 5, 0, 6 + 6 * 6])


def test_a_buffer_freezes():
    b = Buffer(np.zeros(2))
    b[0] = 1.0
    np.testing.assert_array_equal(b.copy(), [1.0, 0.0])
    with pytest.raises(MutationError, match="frozen"):
        b[1] = 2.0
    with pytest.raises(IndexError, match="out of bounds"):
        b[5]


def test_the_last_of_repeated_positions_wins():
    def f(x):
        b = Buffer(np.zeros(3))
        b[[0, 0, 1]] = x
        return np.sum(b.copy() * np.array([1.0, 10.0, 100.0]))

    assert withgradient(f, X).val == 2 + 30
    np.testing.assert_array_equal(gradient(f, X)[0], [0.0, 1.0, 10.0])
    np.testing.assert_allclose(pushforward(f, X)(np.array([5.0, 1.0, 1.0])), 11.0)

    def g(x):
        b = Buffer(x, (2, 2))
        b[np.array([[0, 1], [1, 1]]), np.array([[0, 1], [1, 0]])] = np.reshape(x, (2, 2))
        return np.sum(b.copy() * np.array([[1.0, 2.0], [3.0, 4.0]]))

    np.testing.assert_array_equal(gradient(g, np.arange(4.0))[0], [1.0, 0.0, 4.0, 3.0])


def test_a_buffer_takes_sizes_and_a_dtype_as_similar_does():
    for b in (Buffer(X, 3, 4), Buffer(X, (3, 4)), Buffer(X, shape=(3, 4)), Buffer(X, [3, np.int64(4)])):
        assert b.shape == (3, 4)
        assert b.dtype == np.float64
    assert Buffer(X, np.float32).copy().dtype == np.float32
    for b in (Buffer(X, np.float32, 2), Buffer(X, (2,), np.float32), Buffer(X, 2, dtype="f4")):
        assert (b.shape, b.dtype) == ((2,), np.float32)
    assert Buffer(X, shape=()).shape == Buffer(1.0).shape == ()


def test_a_buffer_is_indexed_and_written_as_an_array():
    def f(x, buffer=True):
        b = Buffer(x, 2, 3) if buffer else np.zeros((2, 3))
        b[:] = x
        b[0, ::2] = x[:2]
        b[np.array([True, False])] = x * 3
        b[-1] += x
        b[1] = np.stack([x[0], 1.0, x[2]]) if not buffer else [x[0], 1.0, x[2]]
        b[:, 1] = x[0]
        b[(1, 0), (0, 0)] = np.stack([x[1], x[2]])
        b[None, 0] = x[None] * 2
        return np.sum((b.copy() if buffer else b) * np.arange(1.0, 7.0).reshape(2, 3) ** 2)

    value, (g,) = withgradient(f, X)
    assert value == f(X, buffer=False)
    np.testing.assert_allclose(g, gradient(f, AutoFiniteDifferences(), X)[0], rtol=1e-9)


def test_a_buffer_keeps_what_was_written_not_what_becomes_of_it():
    def f(x):
        b, values, index = Buffer(x), np.array([1.0, 2.0]), np.array([0, 1])
        b[index] = values
        values[:], index[:] = 100.0, 2
        b[2] = x[2]
        return np.sum(b.copy())

    assert withgradient(f, X) == (6.0, (pytest.approx(np.array([0.0, 0.0, 1.0])),))


def test_a_long_recurrence_in_a_buffer_is_linear():
    def f(x):
        b = Buffer(np.zeros(5000))
        b[0] = x
        for i in range(1, 5000):
            b[i] = b[i - 1] * 1.0
        return np.sum(b.copy())

    assert gradient(f, 2.0) == (5000.0,)


# -- structured matrices -------------------------------------------------------------------------------


def test_the_gradient_of_a_diagonal_matrix_is_diagonal():
    (g,) = gradient(lambda A: A[0, 0] ** 2 + A[0, 1], Diagonal([3.0, 4.0]))
    assert isinstance(g, Diagonal)
    np.testing.assert_array_equal(g.diag, [6.0, 0.0])
    np.testing.assert_array_equal(np.asarray(g), [[6, 0], [0, 0]])
    (j,) = jacobian(lambda A: A * 2.0, Diagonal([3.0, 4.0]))
    np.testing.assert_array_equal(j, 2 * np.eye(4))
    h = hessian(np.linalg.det, Diagonal([3.0, 4.0]))
    np.testing.assert_allclose(h, [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]])
    with pytest.raises(ValueError, match="vector"):
        Diagonal(np.eye(2))


def test_the_identity_of_any_size():
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(A + I, A + np.eye(2))
    np.testing.assert_array_equal(2 * I - A, 2 * np.eye(2) - A)
    np.testing.assert_array_equal(A @ I, A)
    assert np.linalg.det(I) == 1.0
    assert gradient(np.linalg.det, I) == (None,)
    np.testing.assert_array_equal(gradient(lambda A: np.sum((A + I) ** 2), A)[0], 2 * (A + np.eye(2)))
    assert gradient(lambda x: np.sum((x * I) @ np.ones(2)), 3.0) == (2.0,)
    assert gradient(lambda x: np.sum((np.eye(2) + x * I) ** 2), 3.0) == (16.0,)
    with pytest.raises(ValueError, match="square"):
        I + np.ones((2, 3))
    with pytest.raises(TypeError, match=r"np\.linalg\.det needs a matrix of a known size"):
        np.linalg.det(2 * I)


def test_a_rule_of_ones_own_cannot_write_into_its_arguments():
    @adjoint
    def doubled(x):
        x *= 2
        return np.sum(x), lambda dy: (np.full(2, 2.0) * dy,)

    @adjoint
    def doubled_copy(x):
        y = x.copy()
        y *= 2
        return np.sum(y), lambda dy: (np.full(2, 2.0) * dy,)

    def f(x, rule):
        y = x * 1.0
        return rule(y) + np.sum(y)

    with pytest.raises(MutationError, match=r"change a copy \(y\.copy\(\)\)"):
        gradient(lambda x: f(x, doubled), np.ones(2))
    value, (slope,) = withgradient(lambda x: f(x, doubled_copy), np.ones(2))
    assert value == 6.0
    np.testing.assert_array_equal(slope, 3.0)
