"""Layers that are made inside of a gradient, of arrays that are differentiated; as Flux does it."""

import numpy as np
import pytest
from ownerrors import refused
from rulecheck import check

from fluxbridge import flux, gradient
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import nnlib

RNG = np.random.default_rng(6)


def numbers(*shape):
    return 0.5 * RNG.normal(size=shape)


X, IMAGE, SEQUENCE = numbers(3, 4), numbers(5, 4, 2, 3), numbers(3, 5, 2)

MADE = {
    "Dense": (lambda W, b: flux.Dense(W, b, np.tanh)(X), (2, 3), (2,)),
    "Dense without bias": (lambda W: flux.Dense(W, False)(X), (2, 3)),
    "Dense with zeros": (lambda W: flux.Dense(W)(X), (2, 3)),
    "Dense of rows": (lambda w, b: flux.Dense(np.stack([w, 2 * w]), [b[0], b[0] * b[1]])(X), (3,), (2,)),
    "Bilinear": (lambda W, b: flux.Bilinear(W, b)(X, X), (2, 3, 3), (2,)),
    "Scale": (lambda s, b: flux.Scale(s, b, np.tanh)(X), (3,), (3,)),
    "Embedding": (lambda W: flux.Embedding(W)([0, 2, 2]), (2, 3)),
    "EmbeddingBag": (lambda W: flux.EmbeddingBag(W)([[0, 1], [2]]), (2, 3)),
    "Conv": (lambda W, b: flux.Conv(W, b, np.tanh, stride=2, pad=1)(IMAGE), (3, 2, 2, 4), (4,)),
    "CrossCor": (lambda W, b: flux.CrossCor(W, b)(IMAGE), (3, 2, 2, 4), (4,)),
    "ConvTranspose": (lambda W, b: flux.ConvTranspose(W, b, stride=2)(IMAGE), (3, 2, 4, 2), (4,)),
    "DepthwiseConv": (lambda W, b: flux.DepthwiseConv(W, b)(IMAGE), (2, 2, 2, 3), (6,)),
    "RNNCell": (
        lambda Wi, Wh, b: flux.RNN(flux.RNNCell(np.tanh, Wi, Wh, b))(SEQUENCE),
        (2, 3),
        (2, 2),
        (2,),
    ),
    "LSTMCell": (lambda Wi, Wh, b: flux.LSTM(flux.LSTMCell(Wi, Wh, b))(SEQUENCE), (8, 3), (8, 2), (8,)),
    "GRUCell": (lambda Wi, Wh, b: flux.GRU(flux.GRUCell(Wi, Wh, b))(SEQUENCE), (6, 3), (6, 2), (6,)),
    "GRUv3Cell": (
        lambda Wi, Wh, b, Wn: flux.GRUv3(flux.GRUv3Cell(Wi, Wh, b, Wn))(SEQUENCE),
        (6, 3),
        (6, 2),
        (6,),
        (2, 2),
    ),
    "Chain": (
        lambda W, b, V: flux.Chain(flux.Dense(W, b, np.tanh), flux.Dense(V))(X),
        (2, 3),
        (2,),
        (1, 2),
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_made_inside(name):
    f, *shapes = MADE[name]
    check(f, *[numbers(*shape) for shape in shapes])


def test_a_bias_of_another_type_takes_the_type_of_the_weights():
    W, b = numbers(2, 3).astype(np.float32), numbers(2)
    dW, db = gradient(lambda W, b: np.sum(flux.Dense(W, b)(X.astype(np.float32))), W, b)
    assert dW.dtype == np.float32 and db.dtype == np.float64 and db.tolist() == [4.0, 4.0]
    assert flux.create_bias(W, [1, 2], 2).dtype == np.float32
    with refused(DimensionMismatch, match=r"\(2,\).*\(3,\)"):
        gradient(lambda b: np.sum(flux.Dense(W, b)(X)), numbers(3))


def test_cells_of_arrays_that_do_not_fit():
    with refused(DimensionMismatch, match=r"LSTMCell: .* 8 rows"):
        flux.LSTMCell(numbers(6, 3), numbers(8, 2), numbers(8))
    with refused(ArgumentError, match="Wi, Wh, bias"):
        flux.GRUCell(numbers(6, 3))
    with refused(DimensionMismatch, match="Wh_h̃"):
        flux.GRUv3Cell(numbers(6, 3), numbers(6, 2), numbers(6), numbers(3, 3))
    assert nnlib.within_gradient() is False
