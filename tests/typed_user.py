"""What a user writes whose code is checked in strict mode (test_typing.py reads and runs it)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fluxbridge
from fluxbridge import (
    AutoFiniteDifferences,
    AutoNative,
    Params,
    SubgradientMethod,
    adjoint,
    checkpointed,
    compiled,
    compose,
    cross_check,
    diaghessian,
    explain,
    fill_none,
    gradient,
    hessian,
    ignore_derivatives,
    is_subgradient,
    jacobian,
    kinks,
    pipe,
    pullback,
    pushforward,
    subgradients,
    withgradient,
    withjacobian,
)
from fluxbridge.flux import (
    Adam,
    BatchNorm,
    Chain,
    Conv,
    DataLoader,
    Dense,
    Descent,
    Dropout,
    OptimiserChain,
    WeightDecay,
    logitcrossentropy,
    mse,
    onehotbatch,
    relu,
    setup,
    train_,
)
from fluxbridge.random import StableRNG, Xoshiro

Vector = NDArray[np.float64]


# -- numbers -------------------------------------------------------------------------------------------------


def parabola(x: float) -> float:
    return 3 * x**2 + 2 * x + 1


def newton(f: Callable[[float], float], x: float, steps: int = 5) -> float:
    """The root of f, by Newton's method."""
    for _ in range(steps):
        value, (slope,) = withgradient(f, x)
        if slope is None or slope == 0:
            raise ValueError("f does not depend on x")
        x = x - value / slope
    return x


def two(x: float, y: Vector) -> tuple[float | None, NDArray[Any] | None]:
    return gradient(lambda x, y: x * np.sum(y), x, y)


def three(x: float, y: Vector, z: complex) -> tuple[float | None, NDArray[Any] | None, complex | None]:
    return gradient(lambda x, y, z: x * np.sum(y) * abs(z), AutoNative(), x, y, z)


root = newton(parabola, 3.0, 1)
by_differences: tuple[float | None] = gradient(parabola, AutoFiniteDifferences(), 3.0)
second: float = hessian(parabola, 3.0)
push: float = pushforward(parabola, 3.0)(1.0)


# -- arrays --------------------------------------------------------------------------------------------------


def loss(w: Vector, x: Vector, y: Vector) -> float:
    return float(np.sum((x @ w - y) ** 2)) if isinstance(w, int) else np.sum((x @ w - y) ** 2)


def fit(x: Vector, y: Vector, rate: float = 0.01, steps: int = 20) -> Vector:
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        grads = gradient(lambda w: loss(w, x, y), w)
        assert grads[0] is not None
        w -= rate * grads[0]
    return w


points = np.arange(6.0).reshape(3, 2)
fitted = fit(points, points @ np.array([1.0, -1.0]))
jac = jacobian(lambda x: x**2, fitted)[0]
value, jacs = withjacobian(lambda x: x**2, fitted)
hess: NDArray[Any] = hessian(lambda x: np.sum(x**3), fitted)
diagonal = diaghessian(lambda x: np.sum(x**3), fitted)[0]
y, back = pullback(lambda x: x**2, fitted)
seeded: tuple[Any, ...] = back(np.ones(2))
full: tuple[Vector] = fill_none(gradient(lambda x: 1.0, fitted), (fitted,))


# -- structures ----------------------------------------------------------------------------------------------


@dataclass
class Affine:
    W: Vector
    b: Vector

    def __call__(self, x: Vector) -> Vector:
        return np.tanh(self.W @ x + self.b)


affine = Affine(np.ones((1, 2)), np.zeros(1))
(slope_of_model,) = gradient(lambda m: np.sum(m(np.ones(2))), affine)
weight: Vector = slope_of_model.W
(of_dict,) = gradient(lambda p: p["a"] ** 2, {"a": 3.0})
a_number: float = of_dict["a"]
implicit = gradient(lambda: np.sum(fitted**2), Params([fitted]))
of_fitted = implicit[fitted]


# -- words of the tutorials ----------------------------------------------------------------------------------


@adjoint
def cube(x: float) -> tuple[float, Callable[[float], tuple[float]]]:
    def back(dy: float) -> tuple[float]:
        return (dy * 3 * x**2,)

    return x**3, back


@compiled
def quick(x: float) -> float:
    return x * x + 1.0


piped = pipe(3.0, np.sqrt, np.exp)
composed = compose(np.sqrt, np.exp)(3.0)
kept = gradient(lambda x: checkpointed(np.sin, x) * ignore_derivatives(x), 1.0)[0]
quick_slope = gradient(quick, 2.0)[0]
code: str = quick.source(2.0)


# -- looking at it -------------------------------------------------------------------------------------------

report = cross_check(parabola, 3.0, engines=["finite differences"])
good: bool = bool(report)
explanation = explain(parabola, 3.0)
as_text: str = explanation.text()
as_html: str = explanation.html()
found = kinks(abs, 0.0)


def two_kinks(x: float) -> Any:
    return abs(x) + np.maximum(x, 0)


interval = subgradients(two_kinks, 0.0)
member = bool(is_subgradient(0.5, abs, 0.0))
method: type = SubgradientMethod


# -- models --------------------------------------------------------------------------------------------------


def cross_entropy(m: Chain, x: Vector, y: Vector) -> Any:
    return logitcrossentropy(m(x), y)


def squares(m: Dense, x: Vector, y: Vector) -> Any:
    return mse(m(x), y)


def train(steps: int = 3) -> float:
    rng = Xoshiro(1)
    x = np.asarray(StableRNG(2).randn(4, 32), np.float32)
    labels = onehotbatch(list(np.arange(32) % 3), range(3))
    model = Chain(Dense((4, 8), relu), BatchNorm(8), Dropout(0.1, rng=rng), Dense((8, 3)))
    state = setup(OptimiserChain(WeightDecay(1e-4), Adam(0.01)), model)
    loader = DataLoader((x, labels), batchsize=8, shuffle=True)
    for _ in range(steps):
        train_(cross_entropy, model, loader, state)
    return float(logitcrossentropy(model(x), labels))


final = train()
picture = Conv((3, 3), (1, 2), relu, pad=1)(np.ones((8, 8, 1, 1), np.float32))
line = Dense((1, 1))
ones = np.ones((1, 3), np.float32)
train_(squares, line, [(ones, ones)], setup(Descent(0.1), line))


# -- errors --------------------------------------------------------------------------------------------------

try:
    gradient(lambda x: np.array([x, x]), 1.0)
except fluxbridge.errors.FluxbridgeError as error:
    refused: str = str(error)
