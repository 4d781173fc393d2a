"""Models of fluxbridge.flux: written in Julia with NNlib's functions, and differentiated by Zygote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_programs import same

from fluxbridge import AutoZygote, flux, gradient
from fluxbridge.flux import LSTM, Chain, Conv, Dense, LayerNorm, MaxPool, relu, softmax
from fluxbridge.julia import source

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
