"""Sizes without computing."""

import itertools
import threading
import warnings

import numpy as np
import pytest
from fluxlayers import without_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from ownerrors import refused

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
from fluxbridge.flux.layers import shapes


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
    assert max(s[-1] for s in seen) <= 3


def test_statistics_are_left_alone():
    m = flux.trainmode_(Chain(Dense((3, 2)), BatchNorm(2)))
    assert outputsize(m, (3, 100)) == (2, 100)
    assert m[1].μ.tolist() == [0.0, 0.0]
    assert outputsize(flux.InstanceNorm(2), (4, 2, 8)) == (4, 2, 8)


def test_mismatch_names_the_layer_and_both_shapes():
    with refused(DimensionMismatch, match=r"Dense\(4 => 2\) expects an input of size 4 .* shape \(5, 100\)"):
        outputsize(Chain(Dense((3, 5)), Dense((4, 2))), (3, 100))


def test_no_size():
    with refused(ArgumentError, match="no size"):
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
    with refused(ArgumentError, match="does not reach"):
        autosize(
            (3, 1),
            Chain(Dense((3, 2)), SkipConnection(lambda x: x, lambda y, x, held=lazy: x), _Unused(lazy)),
        )


class _Unused:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, x):
        return x


def test_autosize_that_calculates():
    _ = flux._
    m = autosize(
        (28, 28, 1, 32),
        Chain(
            Chain(
                c=Conv((3, 3), (_, 5), stride=2, pad=flux.SamePad()),
                p=flux.MeanPool((3, 3)),
                b=BatchNorm(_),
                f=flux.flatten,
            ),
            Dense((_, _ // 4), relu, init=flux.rand32),
            SkipConnection(Dense((_, _), relu), np.add),
            Dense((_, 10)),
        ),
    )
    assert without_bytes(str(m)) == (
        "Chain(\n"
        "  Chain(\n"
        "    c = Conv((3, 3), 1 => 5, pad=1, stride=2),  # 50 parameters\n"
        "    p = MeanPool((3, 3)),\n"
        "    b = BatchNorm(5),                   # 10 parameters, plus 10\n"
        "    f = Flux.flatten,\n"
        "  ),\n"
        "  Dense(80 => 20, relu),                # 1_620 parameters\n"
        "  SkipConnection(\n"
        "    Dense(20 => 20, relu),              # 420 parameters\n"
        "    +,\n"
        "  ),\n"
        "  Dense(20 => 10),                      # 210 parameters\n"
        ")         # Total: 10 trainable arrays, 2_310 parameters,\n"
        "          # plus 2 non-trainable, 10 parameters, summarysize N bytes."
    )
    assert outputsize(m, (28, 28, 1, 32)) == (10, 32)


@pytest.mark.parametrize(
    ("shape", "make", "text"),
    [
        ((3,), lambda _: Dense((_, 4)), "Dense(3 => 4)"),
        ((2, 3, 4, 5), lambda _: Dense((_, 10)), "Dense(2 => 10)"),
        ((9,), lambda _: Dense((_, _ // 2)), "Dense(9 => 4)"),
        ((3, 4, 5), lambda _: flux.LayerNorm(_), "LayerNorm(3)"),
        ((3, 3, 10), lambda _: flux.LayerNorm(_, _), "LayerNorm(3, 3)"),
        ((3, 4), lambda _: flux.Bilinear((_, 10)), "Bilinear(3 => 10)"),
        (
            (3,),
            lambda _: SkipConnection(Dense((_, 4)), Parallel(vcat, Dense((_, 5)), Dense((_, 6)))),
            "SkipConnection(Dense(3 => 4), Parallel(vcat, Dense(4 => 5), Dense(3 => 6)))",
        ),
        ((3, 1), lambda _: Chain(c=Dense((_, 2), flux.sigmoid), b=BatchNorm(_, affine=False)),
         "Chain(c = Dense(3 => 2, σ), b = BatchNorm(2, affine=false))"),
    ],
)  # fmt: skip
def test_autosize_of_layers(shape, make, text):
    assert repr(autosize(shape, make(flux._))) == text


class OwnNorm:
    """A layer of one's own with running statistics, a counter, random numbers, and inner layers."""

    def __init__(self, size):
        self.scale = np.ones(size, np.float32)
        self.mean, self.var, self.calls = np.zeros(size), np.ones(size), 0
        self.seen = {"shapes": []}
        self.rng = np.random.default_rng(1)
        self.inner = Dense((size, size))

    def __call__(self, x):
        self.calls += 1
        self.seen["shapes"].append(x.shape)
        self.rng.normal()
        axes = tuple(range(1, x.ndim))
        self.mean *= 0.9
        self.mean += 0.1 * np.mean(x, axis=axes)
        self.var = 0.9 * self.var + 0.1 * np.sum((x - 1) ** 2, axis=axes) / np.float64(x.shape[-1] - 1)
        return self.inner(x) * self.scale[:, None]


class Locked(OwnNorm):
    """The same, with something that cannot be copied."""

    def __init__(self, size):
        super().__init__(size)
        self.lock = threading.Lock()

    def __call__(self, x):
        with self.lock:
            return super().__call__(x)


def untouched(layer):
    fresh = np.random.default_rng(1).normal()
    kept = (layer.mean.tolist(), layer.var.tolist(), layer.calls, layer.seen)
    return kept == ([0.0] * 3, [1.0] * 3, 0, {"shapes": []}) and layer.rng.normal() == fresh


@pytest.mark.parametrize("kind", [OwnNorm, Locked])
@pytest.mark.parametrize("batch", [1, 2, 3, 50])
def test_layers_of_ones_own_stay_as_they_are(kind, batch):
    own = kind(3)
    assert outputsize(Chain(Dense((2, 3)), own, Dense((3, 4))), (2, batch)) == (4, batch)
    assert untouched(own)


@pytest.mark.parametrize("kind", [OwnNorm, Locked])
def test_autosize_leaves_layers_of_ones_own_as_they_are(kind):
    own = kind(3)
    weight = own.inner.weight
    m = autosize((2, 5), Chain(Dense((flux._, 3)), own, Dense((flux._, 4))))
    assert repr(m[0]) == "Dense(2 => 3)" and repr(m[2]) == "Dense(3 => 4)"
    assert untouched(m[1]) and untouched(kind(3))
    assert m[1].inner.weight is weight, "what is trained later are the given arrays"


def test_a_model_inside_of_a_gradient_has_a_size():
    m = Chain(Dense((2, 3)), OwnNorm(3))

    def loss(m):
        assert outputsize(m, (2, 5)) == (3, 5)
        return np.sum(m[0].weight)

    assert flux.gradient(loss, m)[0].layers[0].weight.tolist() == [[1.0] * 2] * 3


def test_the_filters_of_warnings_are_left_alone(monkeypatch):
    """They are of the whole process, so that another thread would see them change."""
    monkeypatch.setattr(shapes, "_warned", set())  # the Float32 layer gets Float64
    during = []

    def look(x):
        during.append(list(warnings.filters))
        return x

    before = list(warnings.filters)
    assert outputsize(Chain(look, flux.f64(Dense((2, 3))), Dense((3, 1))), (2, 9)) == (1, 9)
    assert during and all(filters == before for filters in during)


def test_statistics_of_few_observations_give_no_warning():
    assert outputsize(lambda x: x / np.std(x, axis=-1, ddof=1, keepdims=True), (2, 9)) == (2, 9)
    assert outputsize(lambda x: np.log(x) / x, (2, 1)) == (2, 1)
