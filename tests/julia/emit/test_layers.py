"""Models of fluxbridge.flux: written in Julia with NNlib's functions, and differentiated by Zygote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_programs import same

from fluxbridge import AutoZygote, cross_check, flux, gradient, withgradient
from fluxbridge.flux import LSTM, BatchNorm, Chain, Conv, Dense, Dropout, LayerNorm, MaxPool, relu, softmax
from fluxbridge.flux.state import loadmodel_, state
from fluxbridge.julia import source
from fluxbridge.julia.emit import translation

rng = np.random.default_rng(3)


def loss(model: Any, x: Any) -> Any:
    return np.sum(np.sin(model(x)))


MODELS = {
    "dense": (Chain(Dense((4, 6), relu), Dense((6, 3)), softmax), rng.normal(size=(4, 5)).astype(np.float32)),
    "convolution": (
        Chain(Conv((3, 3), (2, 4), relu, pad=1), MaxPool((2, 2)), flux.flatten, Dense((36, 2))),
        rng.normal(size=(6, 6, 2, 3)).astype(np.float32),
    ),
    "recurrent": (Chain(LSTM((3, 5)), Dense((5, 2))), rng.normal(size=(3, 4, 2)).astype(np.float32)),
    "norm": (Chain(Dense((4, 6), np.tanh), LayerNorm(6)), rng.normal(size=(4, 5)).astype(np.float32)),
}


def test_a_model_reads_like_flux():
    model, x = MODELS["dense"]
    text = source(loss, model, x)
    assert "NNlib.relu.(" in text and "model.layers[1].weight * x .+ model.layers[1].bias" in text
    assert "NNlib.softmax(" in text


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_written(name):
    assert source(loss, *MODELS[name]).endswith("end")


@pytest.mark.julia
@pytest.mark.parametrize("name", MODELS)
def test_native_and_zygote_agree(name):
    model, x = MODELS[name]
    same(gradient(loss, AutoZygote(), model, x), gradient(loss, model, x), 2e-5)


# -- layers that train inside of a gradient ----------------------------------------------------------


class Written:
    """A bridge that takes down what it is to define."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def define(self, text: str) -> Any:
        self.texts.append(text)
        return text

    def capture(self, handle: Any, values: tuple) -> Any:
        return handle


def batch_norm() -> Any:
    return Chain(Dense((4, 6), np.tanh), BatchNorm(6), Dense((6, 2)))


def test_what_is_written_for_a_gradient_trains_and_the_plain_source_does_not():
    model, x = batch_norm(), MODELS["dense"][1]
    plain = source(loss, model, x)
    assert "μ" in plain and "standardise" not in plain
    assert not np.any(model.layers[1].μ)
    translation.Translated(bridge := Written(), loss, (model, x))
    (text,) = bridge.texts
    assert "FluxBridge.standardise(" in text and "μ" not in text
    assert source(loss, model, x) == plain


def test_statistics_are_updated_once_as_by_the_native_gradient():
    model, x = batch_norm(), MODELS["dense"][1]
    other = batch_norm()
    loadmodel_(other, state(model))
    translation.Translated(Written(), loss, (model, x))
    gradient(loss, other, x)
    for name in ("μ", "σ2"):
        np.testing.assert_array_equal(getattr(model.layers[1], name), getattr(other.layers[1], name))


def test_the_mask_of_dropout_is_a_constant_of_the_run():
    model, x = Chain(Dropout(0.5)), np.ones((4, 5))
    assert translation.Translated(Written(), loss, (model, x)).captured[0].shape == (4, 5)
    assert not source(loss, model, x).captured


def test_a_check_leaves_the_model_alone_and_its_differences_train():
    model, x = batch_norm(), MODELS["dense"][1].astype(np.float64)
    model = flux.f64(model)
    before = model.layers[1].μ
    report = cross_check(loss, model, x, engines=["finite differences"])
    assert report, report
    assert model.layers[1].μ is before


@pytest.mark.julia
def test_native_and_zygote_agree_in_training():
    model, x = flux.f64(batch_norm()), MODELS["dense"][1].astype(np.float64)
    y, here = withgradient(loss, model, x)
    z, there = withgradient(loss, AutoZygote(), model, x)
    same(z, y, 1e-12)
    same(there[0].layers[1].γ, here[0].layers[1].γ, 1e-11)
    same(there[0].layers[0].weight, here[0].layers[0].weight, 1e-11)
    same(there[1], here[1], 1e-11)
    assert cross_check(loss, model, x, engines=["zygote", "finite differences"])


@pytest.mark.julia
def test_value_and_gradient_have_the_same_mask():
    weights, x = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    model = Chain(Dropout(0.5))

    def product(m: Any, x: Any) -> Any:
        return np.sum(weights * m(x))  # linear in x: the value is the product of gradient and x

    masks = set()
    for _ in range(3):
        y, grads = withgradient(product, AutoZygote(), model, x)
        np.testing.assert_allclose(np.sum(grads[1] * x), y, rtol=1e-12)
        masks.add(tuple((grads[1] == 0).ravel()))
    assert len(masks) > 1
