"""The public operators: results, options, errors, AD types."""

from __future__ import annotations

import numpy as np
import pytest

import fluxbridge
from fluxbridge import (
    ADType,
    AutoFiniteDifferences,
    AutoNative,
    Record,
    compose,
    diaghessian,
    gradient,
    hessian,
    hessian_reverse,
    jacobian,
    pipe,
    pullback,
    pushforward,
    withgradient,
    withjacobian,
)
from fluxbridge.errors import ArgumentError, FluxbridgeError, NotScalarError, StructureError

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
V = np.array([1.0, 2.0])


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_everything_public_has_a_docstring():
    for name in fluxbridge.__all__:
        assert getattr(fluxbridge, name).__doc__, name


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: x**2, "Output is an array.*Perhaps you wanted jacobian"),
        (lambda x: 1j * np.sum(x), "Output is complex"),
        (lambda x: "abc", "Output should be scalar; gradients are not defined for output 'abc'"),
        (lambda x: None, "not defined for output None"),
        (lambda x: [x, x], "Output should be scalar|Output is an array"),
        (lambda x: {}, "not defined for output"),
        (lambda x: (np.sum(x), 1.0), "gradients are not defined for output.*withgradient"),
        (lambda x: {"loss": np.sum(x)}, "gradients are not defined for output"),
    ],
)
def test_outputs_without_a_gradient_are_refused(f, words):
    with pytest.raises(NotScalarError, match=words):
        gradient(f, V)
    assert issubclass(NotScalarError, TypeError)


def test_auxiliary_outputs():
    value, grad = withgradient(lambda x: {"loss": np.sum(x), "more": x}, V)
    assert value["loss"] == 3.0
    np.testing.assert_array_equal(value["more"], V)
    np.testing.assert_array_equal(grad[0], [1, 1])
    result = withgradient(lambda x: (x * 2, "s"), 3)
    assert repr(result) == "(val=(6, 's'), grad=(2.0,))"


@pytest.mark.parametrize("order", ["C", "F"])
def test_jacobians_flatten_in_either_order(order):
    W = np.arange(1.0, 9.0).reshape(4, 2)
    f = lambda x: W @ x  # noqa: E731
    y, (J,) = withjacobian(f, X, order=order)
    assert J.shape == (12, 6)
    np.testing.assert_allclose(J @ X.ravel(order=order), y.ravel(order=order))
    expected = jacobian(f, AutoFiniteDifferences(), X, order=order)[0]
    np.testing.assert_allclose(J, expected, rtol=1e-8, atol=1e-8)


def test_jacobians_of_other_arguments():
    a, s, name, both = jacobian(lambda a, s, n, t: a**2 * s * t[0], V, 3.0, "name", (1.0, 2.0))
    np.testing.assert_array_equal(a, np.diag(2 * V * 3))
    np.testing.assert_array_equal(s, V**2)
    assert (name, both) == (None, None)
    (J,) = jacobian(lambda x: np.zeros(0), V)
    assert J.shape == (0, 2)
    (J,) = jacobian(lambda x: np.ones(2), V)
    np.testing.assert_array_equal(J, np.zeros((2, 2)))
    (J,) = jacobian(lambda x: 2 * x, np.array([1, 2]))
    assert J.dtype == int
    (J,) = jacobian(lambda x: np.array([x, x**2]), 3.0)
    np.testing.assert_array_equal(J, [1.0, 6.0])


def test_jacobian_refusals():
    with pytest.raises(StructureError, match="complex output"):
        jacobian(lambda x: x, np.array([1 + 1j]))
    with pytest.raises(StructureError, match="array or a number"):
        jacobian(lambda x: "s", V)
    assert issubclass(StructureError, ValueError)


@pytest.mark.parametrize("order", ["C", "F"])
def test_hessians_three_ways(order):
    f = lambda x: np.sum(x**3) * x[0, 1] + np.sum(x[0] * x[1])  # noqa: E731
    h = hessian(f, X, order=order)
    np.testing.assert_allclose(h, hessian_reverse(f, X, order=order), rtol=1e-12)
    np.testing.assert_allclose(h, h.T)
    differences = hessian(f, AutoFiniteDifferences(), X, order=order)
    np.testing.assert_allclose(h, differences, rtol=1e-4, atol=1e-3)
    flat = X.ravel(order=order)
    g = gradient(lambda v: f(v.reshape(X.shape, order=order)), flat)[0]
    np.testing.assert_allclose(g, gradient(f, X)[0].ravel(order=order))


def test_hessians_of_numbers_and_their_diagonals():
    assert hessian(lambda x: x**4, 2.0) == 48.0
    assert hessian(lambda x: x**4, 2) == 48.0
    assert hessian(lambda x: 3.0 * x, 2.0) == 0.0
    d, n, s = diaghessian(lambda x, y, s: np.sum(x**3) * y**2, V, 3.0, "s")
    np.testing.assert_allclose(d, 6 * V * 9)
    assert n == pytest.approx(18.0)
    assert s is None
    np.testing.assert_allclose(np.diag(hessian(rosenbrock, V)), diaghessian(rosenbrock, V)[0])
    with pytest.raises(StructureError, match="real"):
        hessian(lambda z: np.real(z * z), 1j)


def test_pushforward_takes_structures_and_none():
    push = pushforward(lambda p, x: {"y": p["a"] * x, "z": p["b"]}, {"a": 2.0, "b": 5.0}, V)
    out = push({"a": 1.0}, np.array([10.0, 0.0]))
    np.testing.assert_array_equal(out["y"], [1.0 + 20.0, 2.0])
    assert out["z"] == 5.0 or out["z"] is None
    with pytest.raises(ArgumentError, match="one tangent an argument"):
        push(1.0)
    with pytest.raises(StructureError, match="shape"):
        pushforward(lambda x: x, V)(np.ones(3))


@pytest.mark.parametrize("engine", [AutoNative(), AutoFiniteDifferences(), AutoFiniteDifferences(order=7)])
def test_ad_types(engine):
    np.testing.assert_allclose(gradient(rosenbrock, engine, V)[0], [-400 + 0.0, 200.0], rtol=1e-7)
    g = gradient(lambda d, z: d["a"] ** 2 * np.abs(z) ** 2, engine, {"a": 3.0, "s": "x"}, 1 + 2j)
    assert g[0]["a"] == pytest.approx(30.0)
    assert g[1] == pytest.approx(9 * (2 + 4j))
    _, back = pullback(lambda x: x**2, engine, V)
    np.testing.assert_allclose(back(np.array([1.0, 0.0]))[0], [2.0, 0.0], atol=1e-9)
    with pytest.raises(NotScalarError):
        gradient(lambda x: x, engine, V)


def test_finite_differences_keep_float32():
    (g,) = gradient(lambda x: np.sum(x**2), AutoFiniteDifferences(), V.astype(np.float32))
    assert g.dtype == np.float32
    np.testing.assert_allclose(g, 2 * V, rtol=1e-2)
    with pytest.raises(ValueError, match="order"):
        AutoFiniteDifferences(order=4)


def test_a_new_ad_type_needs_only_a_pullback():
    class Doubled(ADType):
        def pullback(self, f, xs):
            y, back = pullback(f, *xs)
            return y, lambda dy: tuple(2 * g for g in back(dy))

    assert gradient(lambda x: x * x, Doubled(), 3.0) == (12.0,)
    np.testing.assert_array_equal(jacobian(lambda x: x * x, Doubled(), V)[0], np.diag(4 * V))


def test_small_words():
    assert pipe(4.0, np.sqrt, lambda x: x + 1) == 3.0
    assert compose(lambda x: x + 1, np.sqrt)(4.0) == 3.0
    assert gradient(compose(lambda x: x * x, lambda x: 3 * x), 2.0) == (36.0,)


def test_the_gradient_of_a_composition_has_the_fields_that_julia_gives_it():
    def line(a):
        return lambda x: a * x

    model = compose(abs, line(2.0), line(3.0))  # (abs ∘ line) ∘ line
    assert model(-1.0) == 6.0
    of_x, of_model = gradient(pipe, -1.0, model)
    assert of_x == -6.0
    assert of_model == Record(outer=Record(outer=None, inner=Record(a=3.0)), inner=Record(a=2.0))


def test_every_error_is_ours_and_a_builtin():
    from fluxbridge import errors

    classes = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    for kind in classes:
        assert issubclass(kind, FluxbridgeError)
        if kind is FluxbridgeError:
            continue
        if kind is errors.Refusal:  # each refusal is one by itself
            continue
        builtin = (TypeError, ValueError, RuntimeError, NotImplementedError, AssertionError, ImportError)
        assert issubclass(kind, builtin)


def test_the_arguments_stand_after_the_function():
    operators = (
        gradient, withgradient, pullback, pushforward, jacobian, hessian, hessian_reverse, diaghessian,
    )  # fmt: skip
    for operator in operators:
        with pytest.raises(ArgumentError, match=rf"write lambda x: {operator.__name__}\(f, x\)|instead of"):
            operator(lambda x: x**2)
    assert gradient(lambda: 2.0) == ()
    for operator in (hessian, hessian_reverse):
        with pytest.raises(ArgumentError, match=r"np\.concatenate"):
            operator(lambda x, y: x * y, 2.0, 3.0)
    advice = hessian(lambda p: (lambda x, y: x**2 * y)(p[0], p[1]), np.array([2.0, 3.0]))
    np.testing.assert_array_equal(advice, [[6, 4], [4, 0]])


def test_none_in_a_list_of_cotangents_is_no_cotangent():
    _, back = pullback(lambda x: x * np.array([2.0, 3.0]), np.ones(2))
    np.testing.assert_array_equal(back([5.0, None])[0], [10.0, 0.0])
    _, back = pullback(lambda x: x * 2, np.ones((1, 2)))
    np.testing.assert_array_equal(back([[None, 1.0]])[0], [[0.0, 2.0]])
