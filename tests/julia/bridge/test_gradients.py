"""The public operators with Julia's AD types, and Julia functions inside of native gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fluxbridge as fb
from fluxbridge import (
    AutoEnzyme,
    AutoForwardDiff,
    AutoJuliaFiniteDifferences,
    AutoMooncake,
    AutoZygote,
    julia,
)
from fluxbridge.errors import ArgumentError, JuliaNotAvailable

pytestmark = pytest.mark.julia

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.fixture(scope="module")
def cubes() -> Any:
    return julia.function("x -> sum(x .^ 3)")


@pytest.fixture(scope="module")
def model() -> Any:
    return julia.function("Random.seed!(1); Chain(Dense(2 => 3, tanh), Dense(3 => 1))")


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("engine", [AutoZygote(), AutoForwardDiff()])
def test_same_as_native(engine: Any, order: str) -> None:
    f, g = "x -> sum(x .^ 3) + x[1, 2] * x[2, 1]", lambda x: np.sum(x**3) + x[0, 1] * x[1, 0]
    v, w = "x -> permutedims(x) .^ 2", lambda x: x.T**2
    np.testing.assert_allclose(fb.gradient(f, engine, X)[0], fb.gradient(g, X)[0])
    np.testing.assert_allclose(fb.hessian(f, engine, X, order=order), fb.hessian(g, X, order=order))
    np.testing.assert_allclose(fb.diaghessian(f, engine, X)[0], fb.diaghessian(g, X)[0])
    mine, (jac,) = fb.withjacobian(v, engine, X, order=order)
    native, (jac_native,) = fb.withjacobian(w, X, order=order)
    np.testing.assert_allclose(jac, jac_native)
    np.testing.assert_allclose(mine, native)
    assert fb.hessian("x -> x^3", engine, 2.0) == 12.0


def test_forms_of_f(cubes: Any) -> None:
    import juliacall

    x = np.array([1.0, 2.0])
    several = """
        square(x) = x .^ 2
        function total(x)
            return sum(square(x))
        end
    """
    np.testing.assert_array_equal(fb.gradient(julia.function(several), AutoZygote(), x)[0], 2 * x)
    np.testing.assert_array_equal(
        fb.gradient(juliacall.Main.seval("x -> sum(x .^ 2)"), AutoZygote(), x)[0], 2 * x
    )
    assert fb.gradient("sin", AutoZygote(), 0.0) == (1.0,)
    assert fb.gradient(lambda x: x**2, AutoZygote(), 1.0) == (2.0,)
    with pytest.raises(ArgumentError, match="takes a function as f"):
        fb.gradient(3.0, AutoZygote(), 1.0)


def test_pullback() -> None:
    y, back = fb.pullback("x -> (x^2, [x, 2x])", AutoZygote(), 3.0)
    assert y[0] == 9.0
    assert back((1.0, None)) == back((1.0, np.zeros(2))) == (6.0,)
    assert back((None, np.ones(2))) == (3.0,)
    y, back = fb.pullback("p -> (a = p.x, b = 2 .* p.y)", AutoZygote(), fb.Record(x=1.0, y=np.ones(2)))
    np.testing.assert_array_equal(back({"b": np.ones(2)})[0].y, [2.0, 2.0])


@pytest.mark.parametrize("engine", [AutoZygote(), AutoForwardDiff()])
def test_pushforward(engine: Any) -> None:
    f, v = lambda x: np.sum(x**2) * x, np.array([[0.5, 1.0, -2.0], [0.0, 1.0, 3.0]])
    np.testing.assert_allclose(fb.pushforward(f, engine, X)(v), fb.pushforward(f, X)(v))
    np.testing.assert_allclose(fb.pushforward("x -> x .^ 2", engine, X)(v), 2 * X * v)
    assert fb.pushforward(lambda x, y: x * y, engine, 2.0, 3.0)(1.0, 10.0) == 23.0
    assert fb.pushforward(lambda p: p["a"] * p["b"], AutoZygote(), {"a": 2.0, "b": 3.0})({"a": 1.0}) == 3.0


def test_withgradient_with_other_outputs() -> None:
    val, grad = fb.withgradient('x -> (x^2, "extra")', AutoZygote(), 3.0)
    assert val == (9.0, "extra")
    assert grad == (6.0,)
    with pytest.raises(TypeError):
        fb.gradient('x -> (x^2, "extra")', AutoZygote(), 3.0)


@pytest.mark.parametrize(
    ("engine", "package"),
    [
        (AutoEnzyme(), "Enzyme"),
        (AutoMooncake(), "Mooncake"),
        (AutoJuliaFiniteDifferences(), "FiniteDifferences"),
    ],
)
def test_other_packages_or_their_names(engine: Any, package: str) -> None:
    try:
        (g,) = fb.gradient("x -> sum(abs2, x)", engine, np.array([1.0, 2.0]))
    except JuliaNotAvailable as error:
        assert package in error.remedy
    else:
        np.testing.assert_allclose(g, [2.0, 4.0], rtol=1e-6)
        both = fb.gradient("(x, y) -> sum(x) * y", engine, np.array([1.0, 2.0]), 3.0)
        np.testing.assert_allclose(both[0], [3.0, 3.0], rtol=1e-6)
        np.testing.assert_allclose(both[1], 3.0, rtol=1e-6)


def test_flux_model(model: Any) -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    assert model.layers[0].weight.shape == (3, 2)
    assert model.layers[0].sigma is not None
    gm, gx = fb.gradient("(m, x) -> sum(abs2, m(x))", AutoZygote(), model, x)
    assert isinstance(gm, fb.Record)
    assert gm.layers[0].σ is None
    assert gm.layers[0].weight.dtype == np.float32
    nm, nx = fb.gradient(lambda m, x: np.sum(m(x) ** 2), model, x)
    np.testing.assert_allclose(nx, gx, rtol=1e-6)
    for a, b in zip(gm.layers, nm.layers, strict=True):
        np.testing.assert_allclose(a.weight, b.weight, rtol=1e-6)
        np.testing.assert_allclose(a.bias, b.bias, rtol=1e-6)
    W = model.layers[0].weight
    (squares,) = fb.gradient(lambda m: np.sum(m.layers[0].weight ** 2), model)
    np.testing.assert_allclose(squares.layers[0].weight, 2 * W)


def test_julia_inside_python(cubes: Any) -> None:
    x = np.array([0.5, 1.5])
    (got,) = fb.gradient(lambda x: np.sin(cubes(x)) * x[0], x)
    (expected,) = fb.gradient(lambda x: np.sin(np.sum(x**3)) * x[0], x)
    np.testing.assert_allclose(got, expected)


def test_second_derivatives_through_the_border(cubes: Any) -> None:
    x = np.array([2.0, 3.0])
    np.testing.assert_allclose(fb.hessian(lambda x: cubes(x), x), np.diag(6 * x))
    np.testing.assert_allclose(fb.hessian_reverse(lambda x: cubes(x), x), np.diag(6 * x))
    np.testing.assert_allclose(fb.hessian_reverse(cubes, AutoZygote(), x), np.diag(6 * x))
    inner = fb.gradient(lambda x: np.sum(fb.gradient(cubes, AutoZygote(), x)[0]), x)[0]
    np.testing.assert_allclose(inner, 6 * x)
    assert fb.pushforward(cubes, x)(np.array([1.0, 0.0])) == pytest.approx(12.0)
    s = julia.function("x -> sin(x)")
    third = fb.gradient(lambda x: fb.gradient(lambda y: fb.gradient(s, y)[0], x)[0], 0.3)[0]
    assert third == pytest.approx(-np.cos(0.3))


def test_traced_by_the_native_engine() -> None:
    f = julia.function("x -> sin(x) * x^2 + (x > 1 ? exp(-x) : x) / 2", trace=True)
    for x in (0.5, 1.5):
        expected = fb.gradient("x -> sin(x) * x^2 + (x > 1 ? exp(-x) : x) / 2", AutoZygote(), x)[0]
        assert fb.gradient(f, x)[0] == pytest.approx(expected)
    g = julia.function("x -> sum(x .^ 2) * x[1]", trace=True)
    np.testing.assert_allclose(fb.gradient(g, np.array([1.0, 2.0]))[0], [7.0, 4.0])
    assert f(0.5) == pytest.approx(np.sin(0.5) * 0.25 + 0.25)


def test_keywords() -> None:
    f = julia.function("(x; p = 2) -> x^p")
    assert f(3.0, p=3) == 27.0
    assert fb.gradient(lambda x: f(x, p=3), 2.0) == (12.0,)
