"""Sizes without computing."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge import flux
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import (
    BatchNorm,
    Chain,
    Conv,
    Dense,
    Parallel,
    SkipConnection,
    autosize,
    outputsize,
    relu,
    vcat,
)


@settings(max_examples=25, deadline=None)
@given(
    widths=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    rest=st.lists(st.integers(0, 5), max_size=3),
    skip=st.booleans(),
)
def test_it_is_the_size_of_the_output(widths, rest, skip):
    layers = [Dense(pair) for pair in itertools.pairwise(widths)]
    m = Chain(*layers, SkipConnection(Dense((widths[-1], 2)), vcat) if skip else relu)
    shape = (widths[0], *rest)
    assert outputsize(m, shape) == m(np.zeros(shape, np.float32)).shape


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lambda x: x.reshape(-1), (3, 50)),
        (lambda x: np.sum(x, axis=-1), (3, 50)),
        (lambda x: x.T, (3, 50)),
        (lambda x: np.concatenate([x, x], axis=1), (3, 50)),
        (lambda x: np.max(x, axis=1), (3, 50)),
        (lambda x: x.reshape(3, 5, -1), (3, 50)),
        (lambda x: (x, x[:1]), (3, 50)),
    ],
)
def test_functions_that_use_the_batch(f, shape):
    y = f(np.zeros(shape))
    expected = tuple(p.shape for p in y) if isinstance(y, tuple) else y.shape
    assert outputsize(f, shape) == expected


def test_large_batches_are_not_computed():
    seen = []

    def look(x):
        seen.append(x.shape)
        return x

    assert outputsize(Chain(look, Dense((10, 5))), (10, 10**9)) == (5, 10**9)
    assert max(s[-1] for s in seen) <= 2


def test_statistics_are_left_alone():
    m = flux.trainmode_(Chain(Dense((3, 2)), BatchNorm(2)))
    assert outputsize(m, (3, 100)) == (2, 100)
    assert m[1].μ.tolist() == [0.0, 0.0]
    assert outputsize(flux.InstanceNorm(2), (4, 2, 8)) == (4, 2, 8)


def test_mismatch_names_the_layer_and_both_shapes():
    with pytest.raises(
        DimensionMismatch, match=r"Dense\(4 => 2\) expects an input of size 4 .* shape \(5, 100\)"
    ):
        outputsize(Chain(Dense((3, 5)), Dense((4, 2))), (3, 100))


def test_no_size():
    with pytest.raises(ArgumentError, match="no size"):
        outputsize(Chain(), (3, 4))


def test_autosize_through_branches():
    _ = flux._
    m = autosize(
        (3, 32), Chain(Parallel(vcat, a=Dense((_, 5)), b=Dense((_, _ * 2))), Dense((_, 1)), flux.LayerNorm(_))
    )
    assert (
        repr(m) == "Chain(Parallel(vcat, a = Dense(3 => 5), b = Dense(3 => 6)), Dense(11 => 1), LayerNorm(1))"
    )
    conv = autosize(
        (10, 10, 3, 7), Chain(Conv((3, 3), (_, 4)), BatchNorm(_), flux.flatten, Dense((_, 2), bias=False))
    )
    assert repr(conv) == "Chain(Conv((3, 3), 3 => 4), BatchNorm(4), flatten, Dense(256 => 2; bias=false))"


def test_autosize_that_cannot_know():
    _ = flux._
    unused = Chain(Dense((3, 2)), SkipConnection(lambda x: x, lambda y, x: x), [Dense((_, 2))].pop())
    assert repr(autosize((3, 1), unused)[2]) == "Dense(2 => 2)"
    lazy = Dense((_, 2))
    assert repr(lazy) == "LazyLayer(Dense((_, 2)))"
    with pytest.raises(ArgumentError, match="does not reach"):
        autosize(
            (3, 1),
            Chain(Dense((3, 2)), SkipConnection(lambda x: x, lambda y, x, held=lazy: x), _Unused(lazy)),
        )


class _Unused:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, x):
        return x
