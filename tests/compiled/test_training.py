"""Models and training, compiled and eager."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, same, states

import fluxbridge
from fluxbridge import flux
from fluxbridge.compiled.cache import CACHE
from fluxbridge.errors import ArgumentError

pytestmark = pytest.mark.once

RNG = np.random.default_rng(0)
X = RNG.standard_normal((4, 8)).astype(np.float32)
IMAGES = RNG.standard_normal((12, 12, 1, 3)).astype(np.float32)
SEQUENCE = RNG.standard_normal((4, 6, 3)).astype(np.float32)
LABELS = np.eye(2, dtype=np.float32)[:, [0, 1] * 4]

MODELS: dict[str, tuple[Any, Any]] = {
    "dense": (lambda: flux.Chain(flux.Dense((4, 5), flux.relu), flux.Dense((5, 2))), X),
    "softmax": (lambda: flux.Chain(flux.Dense((4, 5), np.tanh), flux.Dense((5, 2)), flux.softmax), X),
    "layernorm": (lambda: flux.Chain(flux.Dense((4, 5)), flux.LayerNorm(5), flux.Dense((5, 2))), X),
    "conv": (
        lambda: flux.Chain(flux.Conv((3, 3), (1, 4), flux.relu), flux.MaxPool((2, 2)), flux.flatten,
                           flux.Dense((100, 3))), IMAGES),
    "rnn": (lambda: flux.RNN((4, 5)), SEQUENCE),
    "lstm": (lambda: flux.LSTM((4, 5)), SEQUENCE),
    "gru": (lambda: flux.GRU((4, 5)), SEQUENCE),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_gradients_of_models(name):
    make, x = MODELS[name]
    model = make()
    CACHE.states.clear()

    def loss(m: Any) -> Any:
        y = m(x)
        return np.sum(y * y)

    for k in range(4):
        for array in fluxbridge.flux.trainables(model):
            array *= 1.0 + 0.1 * k
        wanted = fluxbridge.withgradient(loss, copy.deepcopy(model))
        found = fluxbridge.withgradient(loss, COMPILED, model)
        assert same(tuple(found), tuple(wanted))
    assert [s.eager for s in states()] == [""]
    assert [s.traces for s in states()] == [1]


def trained(rule: Any, model: Any, **options: Any) -> Any:
    state = flux.setup(rule, model)
    data = [(X * k, LABELS) for k in (1, 2, 3)] * 3

    def loss(m: Any, x: Any, y: Any) -> Any:
        return flux.logitcrossentropy(m(x), y)

    flux.train_(loss, model, data, state, **options)
    return [np.array(w) for w in flux.trainables(model)]


@pytest.mark.parametrize("rule", [flux.Descent(0.1), flux.Adam(0.01), flux.Momentum(0.1)], ids=str)
def test_training_is_the_same(rule):
    model = MODELS["dense"][0]()
    assert same(trained(rule, copy.deepcopy(model)), trained(rule, model, compile=True))


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_running_statistics_are_updated_once_a_step():
    model = flux.Chain(flux.Dense((4, 5)), flux.BatchNorm(5), flux.Dense((5, 2)))
    twin = copy.deepcopy(model)
    assert same(trained(flux.Descent(0.1), twin), trained(flux.Descent(0.1), model, compile=True))
    assert same(model.layers[1].μ, twin.layers[1].μ)


@pytest.mark.filterwarnings("ignore::fluxbridge.compiled.CompileWarning")
def test_dropout_draws_anew():
    model = flux.Chain(flux.Dense((4, 5)), flux.Dropout(0.5))
    found = [
        fluxbridge.gradient(lambda m: np.sum(m(X)), COMPILED, model)[0].layers[0].weight for _ in range(6)
    ]
    assert not any(np.array_equal(a, b) for a, b in itertools.pairwise(found))


def test_a_loss_that_is_not_finite_changes_nothing():
    model = MODELS["dense"][0]()
    state = flux.setup(flux.Descent(0.1), model)

    def loss(m: Any, x: Any) -> Any:
        return np.sum(m(x))

    for _ in range(3):
        flux.trainstep_(loss, model, X, state, compile=True)
    before = copy.deepcopy(model)
    with np.errstate(all="ignore"):
        assert not np.isfinite(flux.trainstep_(loss, model, X * np.float32(np.inf), state, compile=True))
    assert same([np.array(w) for w in flux.trainables(model)], [np.array(w) for w in flux.trainables(before)])


def test_an_engine_and_compile():
    with pytest.raises(ArgumentError, match="not both"):
        flux.train_(lambda m, x: 0.0, COMPILED, {"w": np.ones(1)}, [X], flux.Descent(0.1), compile=True)
