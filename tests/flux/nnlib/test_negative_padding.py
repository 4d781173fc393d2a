"""Negative padding cuts elements off, in convolution and pooling; the numbers are those of Flux 0.16."""

import numpy as np
import pytest
import rulecheck
from hypothesis import given, settings
from hypothesis import strategies as st
from ownerrors import refused

from fluxbridge import gradient
from fluxbridge.errors import DimensionMismatch
from fluxbridge.flux import Conv, ConvTranspose, MaxPool, MeanPool, NNlib


def line(*numbers):
    return np.array(numbers, np.float32).reshape(-1, 1, 1)


X = line(*range(1, 9))
ONES = np.ones((3, 1, 1), np.float32)
GRID = np.arange(1, 21, dtype=np.float32).reshape((5, 4, 1, 1), order="F")
SQUARE = Conv(np.ones((2, 2, 1, 1), np.float32), False, pad=(-1, 1, 0, -1), stride=(1, 2))


@pytest.mark.parametrize(
    ("layer", "x", "y"),
    [
        (Conv(ONES, False, pad=-1), X, [9, 12, 15, 18]),
        (Conv(ONES, False, pad=(-1, 2)), X, [9, 12, 15, 18, 21, 15, 8]),
        (SQUARE, GRID, [20, 24, 28, 15]),
        (ConvTranspose(ONES, False, pad=-1), X[:5], [0, 1, 3, 6, 9, 12, 9, 5, 0]),
        (ConvTranspose(ONES, False, pad=(-1, 2)), X[:5], [0, 1, 3, 6, 9, 12]),
        (MaxPool((2,), pad=-1), X, [3, 5, 7]),
        (MaxPool((2,), pad=(-1, 1)), X - 9, [-6, -4, -2, -1]),
        (MeanPool((2,), pad=-1), X, [2.5, 4.5, 6.5]),
        (MeanPool((2,), pad=(-1, 1)), X, [2.5, 4.5, 6.5, 4]),
        (Conv(ONES[:1], False, pad=(-9, 3)), X, [0, 0]),
        (Conv(ONES[:1], False, pad=(3, -9)), X, [0, 0]),
    ],
)
def test_the_output_is_that_of_flux(layer, x, y):
    assert layer(x).ravel(order="F").tolist() == y


@pytest.mark.parametrize(
    ("layer", "x", "slope"),
    [
        (Conv(ONES, False, pad=(-1, 2)), X, [0, 18, 42, 72, 90, 108, 108, 88]),
        (SQUARE, GRID, [0, 40, 88, 104, 86, 0, 40, 88, 104, 86, *[0] * 10]),
        (ConvTranspose(ONES, False, pad=-1), X[:5], [20, 36, 54, 60, 52]),
        (MaxPool((2,), pad=(-1, 1)), X, [0, 0, 6, 0, 10, 0, 14, 16]),
        (MeanPool((2,), pad=(-2, 1)), X, [0, 0, 3.5, 3.5, 5.5, 5.5, 7.5, 7.5]),
    ],
)
def test_the_gradient_is_that_of_flux(layer, x, slope):
    (found,) = gradient(lambda x: np.sum(layer(x) ** 2), x)
    assert found.ravel(order="F").tolist() == slope


def test_the_gradient_of_the_weight_is_that_of_flux():
    (slope,) = gradient(lambda w: np.sum(NNlib.conv(X, w, pad=(-1, 2)) ** 2), ONES)
    assert slope.ravel().tolist() == [960, 1050, 998]


def test_windows_as_rows():
    rows = NNlib.unfold(X[:6], (2, 1, 1), pad=-1)
    assert rows[:, :, 0].tolist() == [[2, 3], [3, 4], [4, 5]]
    assert NNlib.fold(rows, (6, 1, 1), (2, 1, 1), pad=-1).ravel().tolist() == [0, 2, 6, 8, 5, 0]


PADS = st.tuples(*[st.integers(-2, 2)] * 4)


@settings(max_examples=25, deadline=None)
@given(pad=PADS, stride=st.integers(1, 2))
def test_cutting_is_slicing(pad, stride):
    x = np.random.default_rng(0).normal(size=(7, 6, 2, 2))
    w = np.random.default_rng(1).normal(size=(2, 2, 2, 3))
    cut = x[max(-pad[0], 0) : 7 - max(-pad[1], 0), max(-pad[2], 0) : 6 - max(-pad[3], 0)]
    rest = tuple(max(p, 0) for p in pad)
    np.testing.assert_allclose(
        NNlib.conv(x, w, stride=stride, pad=pad), NNlib.conv(cut, w, stride=stride, pad=rest)
    )
    for pool in (NNlib.maxpool, NNlib.meanpool):
        np.testing.assert_allclose(
            pool(x, (2, 2), stride=stride, pad=pad), pool(cut, (2, 2), stride=stride, pad=rest)
        )


def test_derivatives_of_both_kinds():
    x = np.random.default_rng(0).normal(size=(6, 2, 2))
    w = np.random.default_rng(1).normal(size=(2, 2, 3))
    rulecheck.check(lambda x, w: NNlib.conv(x, w, pad=(-1, 1)), x, w)
    rulecheck.check(lambda x: NNlib.maxpool(x, (2,), pad=(1, -2)), x)
    rulecheck.check(lambda x: NNlib.meanpool(x, (2,), pad=(-1, 0)), x)
    layer = ConvTranspose(np.swapaxes(w, 1, 2), False, pad=(-1, 1))
    rulecheck.check(lambda x: layer(x), x)


def test_too_much_is_cut():
    with refused(DimensionMismatch, match="cannot be larger"):
        Conv(ONES, pad=-3)(X)
