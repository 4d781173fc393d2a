"""Batches without an observation, and of one."""

from __future__ import annotations

import numpy as np
import pytest
from ownerrors import refused

import fluxbridge.flux as flux
from fluxbridge import gradient, withgradient
from fluxbridge.errors import DimensionMismatch

LAYERS = {
    "Dense": (lambda: flux.Dense((3, 2)), (3,), (2,)),
    "Bilinear": (lambda: flux.Bilinear(((3, 3), 2)), (3,), (2,)),
    "Scale": (lambda: flux.Scale(3), (3,), (3,)),
    "LayerNorm": (lambda: flux.LayerNorm(3), (3,), (3,)),
    "GroupNorm": (lambda: flux.GroupNorm(4, 2), (4, 4, 4), (4, 4, 4)),
    "InstanceNorm": (lambda: flux.InstanceNorm(3), (4, 4, 3), (4, 4, 3)),
    "Conv": (lambda: flux.Conv((3, 3), (2, 4)), (5, 5, 2), (3, 3, 4)),
    "ConvTranspose": (lambda: flux.ConvTranspose((3, 3), (2, 4)), (5, 5, 2), (7, 7, 4)),
    "MaxPool": (lambda: flux.MaxPool((2, 2)), (4, 4, 2), (2, 2, 2)),
    "MeanPool": (lambda: flux.MeanPool((2, 2)), (4, 4, 2), (2, 2, 2)),
    "GlobalMaxPool": (flux.GlobalMaxPool, (4, 4, 2), (1, 1, 2)),
    "GlobalMeanPool": (flux.GlobalMeanPool, (4, 4, 2), (1, 1, 2)),
    "AdaptiveMaxPool": (lambda: flux.AdaptiveMaxPool((2, 2)), (4, 4, 2), (2, 2, 2)),
    "RNN": (lambda: flux.RNN((3, 4)), (3, 5), (4, 5)),
    "LSTM": (lambda: flux.LSTM((3, 4)), (3, 5), (4, 5)),
    "GRU": (lambda: flux.GRU((3, 4)), (3, 5), (4, 5)),
    "Upsample": (lambda: flux.Upsample(2), (4, 4, 2), (8, 8, 2)),
}


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("name", LAYERS)
def test_no_observation_and_one(name, count):
    make, inside, outside = LAYERS[name]
    model, x = make(), np.ones((*inside, count), np.float32)
    assert model(x).shape == (*outside, count)
    of_model, of_x = gradient(lambda m, x: np.sum(m(x)), model, x)
    assert of_x.shape == x.shape
    if count == 0:
        for leaf in flux.trainables(of_model) if of_model is not None else ():
            assert not np.any(leaf)


@pytest.mark.parametrize("count", [0, 1])
def test_running_statistics_take_two_numbers(count):
    layers = flux.BatchNorm(3), flux.InstanceNorm(3, affine=True, track_stats=True)
    for layer, shape in zip(layers, [(3, count), (1, 1, 3, count)], strict=True):
        x = np.ones(shape, np.float32)
        with refused(DimensionMismatch, match="takes two numbers at least"):
            gradient(lambda m, x=x: np.sum(m(x)), layer)
        np.testing.assert_array_equal(layer.σ2, np.ones(3))
        assert flux.testmode_(layer)(x).shape == shape
        if count == 0 or len(shape) == 4:
            continue
        flux.trainmode_(layer)
        data = flux.DataLoader(np.ones((3, 5), np.float32), batchsize=2, partial=False)
        for batch in data:
            gradient(lambda m, batch=batch: np.sum(m(batch)), layer)
        assert np.all(np.isfinite(layer.σ2))


@pytest.mark.parametrize("make", [flux.BatchNorm, lambda n: flux.InstanceNorm(n, track_stats=True)])
def test_a_normalisation_that_stands_in_two_places_counts_both(make):
    x = np.arange(20, dtype=np.float32).reshape(2, 2, 5) ** 2
    apart, norm = make(2), make(2)
    flux.trainmode_(apart)(flux.trainmode_(apart)(x) + 1)
    model = flux.Chain(norm, lambda y: y + 1, norm)
    value, _ = withgradient(lambda m: np.sum(m(x) ** 2), model)
    np.testing.assert_array_equal(norm.μ, apart.μ)
    np.testing.assert_array_equal(norm.σ2, apart.σ2)
    assert norm.μ.any()
    flux.testmode_(model)
    assert np.isfinite(value)
    assert type(norm.μ) is np.ndarray


def test_training_with_a_normalisation_in_two_places():
    x, y = np.ones((2, 6), np.float32).cumsum(axis=1), np.ones((2, 6), np.float32)
    norm = flux.BatchNorm(2)
    model = flux.Chain(norm, flux.Dense((2, 2)), norm)
    state = flux.setup(flux.Adam(0.01), model)
    losses = []
    for _ in range(20):
        loss, (grad,) = withgradient(lambda m: flux.mse(m(x), y), model)
        flux.update_(state, model, grad)
        losses.append(float(loss))
    assert losses[-1] < losses[0]
