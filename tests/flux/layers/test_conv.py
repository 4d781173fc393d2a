import copy

import numpy as np
import pytest
from ownerrors import refused
from rulecheck import check

from fluxbridge import gradient
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import (
    AdaptiveMeanPool,
    Chain,
    Conv,
    ConvTranspose,
    CrossCor,
    DepthwiseConv,
    GlobalMeanPool,
    MaxPool,
    SamePad,
    Upsample,
    f64,
    outputsize,
    relu,
    state,
)
from fluxbridge.flux.layers.shapes import _warned

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("kind", [Conv, CrossCor, ConvTranspose])
def test_fields_are_those_of_flux(kind):
    fields = ["σ", "weight", "bias", "stride", "pad", "dilation"]
    if kind is ConvTranspose:
        fields.insert(5, "outpad")
    if kind is not CrossCor:
        fields.append("groups")
    assert list(vars(kind((3, 3), (1, 2)))) == fields
    assert list(state(kind((3, 3), (1, 2))).keys()) == fields


def test_defaults():
    layer = Conv((3, 2), (4, 6), groups=2)
    assert layer.weight.shape == (3, 2, 2, 6) and layer.weight.dtype == np.float32
    assert layer.bias.shape == (6,) and not layer.bias.any()
    assert Conv((3,), (1, 1), bias=False).bias is False
    assert ConvTranspose((3, 2), (4, 6), groups=2).weight.shape == (3, 2, 3, 4)
    assert Conv((2,), (1, 1), init=lambda *size: np.ones(size)).weight.dtype == np.float64


@pytest.mark.parametrize("size", [(7, 8), (10, 5)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 5)])
def test_same_pad(size, stride, kernel):
    x = np.ones((*size, 1, 1), np.float32)
    y = Conv(kernel, (1, 1), pad=SamePad(), stride=stride)(x)
    assert y.shape[:2] == tuple(-(-n // stride) for n in size)
    assert Conv(kernel, (1, 1), pad=SamePad)(x).shape == x.shape
    if min(kernel) >= stride:
        up = ConvTranspose(kernel, (1, 1), pad=SamePad(), stride=stride)(x)
        assert up.shape[:2] == tuple(n * stride for n in size)


def test_transposes_undo_sizes():
    x = np.ones((9, 8, 2, 3), np.float32)
    down = Conv((3, 4), (2, 5), stride=2, pad=1)
    up = ConvTranspose((3, 4), (5, 2), stride=2, pad=1)
    assert up(down(x)).shape == x.shape


def test_crosscor_does_not_turn_its_kernel():
    x, w = RNG.normal(size=(6, 1, 1)), RNG.normal(size=(3, 1, 1))
    np.testing.assert_allclose(CrossCor(w)(x), Conv(w[::-1])(x))


def test_gradients_to_second_order():
    x = RNG.normal(size=(5, 4, 2, 2))
    w = RNG.normal(size=(3, 2, 2, 3))
    b = RNG.normal(size=3)
    layer = Conv(w, b, np.tanh, pad=1)
    check(lambda x: layer(x), x)

    def by_parameters(w, b):
        changed = copy.copy(layer)
        changed.weight, changed.bias = w, b
        return changed(x)

    check(by_parameters, w, b)
    check(ConvTranspose(w, RNG.normal(size=2), np.tanh, stride=2), RNG.normal(size=(3, 2, 3, 2)))


def test_a_model_of_images():
    model = f64(
        Chain(Conv((3, 3), (1, 2), relu, pad=1), MaxPool((2, 2)), Conv((2, 2), (2, 3)), GlobalMeanPool())
    )
    x = RNG.normal(size=(6, 6, 1, 2))
    grad = gradient(lambda m: np.sum(m(x) ** 2), model)[0]
    assert grad.layers[0].weight.shape == (3, 3, 1, 2) and grad.layers[1] is None
    assert grad.layers[0].stride is None and grad.layers[0].σ is None
    assert outputsize(model, (6, 6, 1, 100)) == (1, 1, 3, 100)


def test_float64_input_is_converted_and_said():
    _warned.clear()  # said once in a process
    layer = Conv((2,), (1, 1))
    with pytest.warns(UserWarning, match="float32"):
        layer_warned = layer(np.ones((3, 1, 1)))
    assert layer_warned.dtype == np.float32


def test_what_does_not_fit_is_named():
    layer = Conv((3, 3), (2, 3))
    with refused(DimensionMismatch, match=r"Conv\(\(3, 3\), 2 => 3\).*\(6, 5, 3, 1\)"):
        layer(np.ones((6, 5, 3, 1), np.float32))
    with refused(DimensionMismatch, match="4 dimensions"):
        layer(np.ones((6, 5, 2), np.float32))
    with refused(DimensionMismatch, match="larger"):
        layer(np.ones((2, 5, 2, 1), np.float32))
    with refused(ArgumentError, match="groups"):
        Conv((3, 3), (3, 4), groups=2)
    with refused(ArgumentError, match="groups"):
        DepthwiseConv((2, 2), (2, 3))
    with refused(DimensionMismatch, match="init"):
        Conv((3,), (1, 1), init=lambda *size: np.ones(3))
    with refused(DimensionMismatch, match="enlarge"):
        AdaptiveMeanPool((9, 9))(np.ones((4, 4, 1, 1)))
    with refused(DimensionMismatch, match="spatial"):
        GlobalMeanPool()(np.ones((4, 4)))
    with refused(ArgumentError, match="cubic"):
        Upsample("cubic", scale=2)
    with refused(ArgumentError, match="not both"):
        Upsample(2, size=(4, 4))
