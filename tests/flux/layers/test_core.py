"""Layers of features: what the records do not ask."""

import copy
import functools
import operator
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownerrors import refused
from rulecheck import check

from fluxbridge import flux, gradient, hessian, hessian_reverse, pushforward
from fluxbridge.autodiff import native
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import (
    AlphaDropout,
    BatchNorm,
    Chain,
    Dense,
    Dropout,
    Embedding,
    GroupNorm,
    LayerNorm,
    Maxout,
    Parallel,
    SkipConnection,
    relu,
    trainmode_,
)
from fluxbridge.flux.layers.affine import AFFINE
from fluxbridge.flux.layers.shapes import _warned
from fluxbridge.flux.layers.standard import standardise
from fluxbridge.random import Xoshiro

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("batch", [(), (4,), (0,)])
def test_affine_rule(batch):
    w, x, b = RNG.normal(size=(2, 3)), RNG.normal(size=(3, *batch)), RNG.normal(size=2)
    check(AFFINE, w, x, b)
    assert np.allclose(AFFINE(w, x, b), w @ x + (b if not batch else b[:, None]))


def test_affine_rule_of_complex_and_narrow_numbers():
    w = RNG.normal(size=(2, 3)) + 1j * RNG.normal(size=(2, 3))
    check(AFFINE, w, RNG.normal(size=(3, 4)) + 0j, RNG.normal(size=2) + 0j)
    narrow = AFFINE(np.ones((2, 3), np.float32), np.ones((3, 4), np.float32), np.ones(2, np.float32))
    assert narrow.dtype == np.float32
    mixed = AFFINE(np.ones((2, 3), np.float32), np.ones((3, 4), np.float32), np.ones(2))
    assert mixed.dtype == np.float64


def test_dense_does_not_change_its_bias_or_input():
    m, x = Dense(np.ones((2, 3))), np.ones((3, 4))
    m(x)
    assert not m.bias.any()
    assert (x == 1).all()


@settings(max_examples=20, deadline=None)
@given(batch=st.lists(st.integers(0, 3), max_size=3), act=st.sampled_from([np.tanh, relu, flux.identity]))
def test_dense_of_any_batch_is_dense_of_each_vector(batch, act):
    m = Dense(RNG.normal(size=(2, 3)), RNG.normal(size=2), act)
    x = RNG.normal(size=(3, *batch))
    y = m(x)
    assert y.shape == (2, *batch)
    for i in np.ndindex(*batch):
        assert np.allclose(y[(slice(None), *i)], m(x[(slice(None), *i)]))


def test_mismatch_names_layer_and_both_shapes():
    for m, x in ((Dense((3, 2)), np.ones((4, 5))), (Chain(relu, Dense((3, 2))), np.ones((4, 5)))):
        with refused(
            DimensionMismatch, match=r"Dense\(3 => 2\) expects .* size 3 along axis 0.* shape \(4, 5\)"
        ):
            m(x)
    with refused(DimensionMismatch, match=r"Dense\(3 => 2\).* shape \(\)"):
        Dense((3, 2))(np.float32(1))
    with refused(DimensionMismatch, match=r"Dense\(3 => 2\) expects"):  # and inside of a gradient
        gradient(lambda m: np.sum(m(np.ones((4, 5), np.float32))), Dense((3, 2)))
    with refused(DimensionMismatch, match=r"BatchNorm\(3\) expects .*size 3 along axis 0"):
        gradient(lambda m: np.sum(m(np.ones((4, 5)))), BatchNorm(3))


def test_wider_input_is_converted_and_said_once():
    _warned.clear()
    m = Dense((3, 2))
    with pytest.warns(UserWarning, match=r"Dense\(3 => 2\) with float32 parameters got float64"):
        y = m(np.ones((3, 1)))
    assert y.dtype == np.float32
    assert m(np.ones((3, 1))).dtype == np.float32


def test_dense_from_lists_and_old_sizes():
    assert Dense([[1.0, 2.0]])([1.0, 1.0]).tolist() == [3.0]
    assert repr(Dense(3, 2, relu)) == "Dense(3 => 2, relu)"
    with refused(ArgumentError, match="matrix"):
        Dense(np.ones(3))


def test_second_derivatives_of_a_model():
    m = Chain(Dense(RNG.normal(size=(3, 2)), RNG.normal(size=3), np.tanh), Dense(RNG.normal(size=(1, 3))))
    check(lambda w, x: Chain(Dense(w, m[0].bias, np.tanh), m[1])(x), m[0].weight, RNG.normal(size=(2, 4)))


def test_forward_mode_through_a_model():
    m, x, v = Dense(RNG.normal(size=(2, 3)), True, np.tanh), RNG.normal(size=3), RNG.normal(size=3)
    _, dy = native.pushforward(m, (x,), (v,))
    assert np.allclose(dy, (m(x + 1e-6 * v) - m(x - 1e-6 * v)) / 2e-6, atol=1e-6)


def test_layers_can_be_copied_and_pickled():
    m = Chain(Dense((2, 3), np.tanh), BatchNorm(3), named := Dropout(0.5))
    x = np.ones((2, 4), np.float32)
    for other in (copy.deepcopy(m), pickle.loads(pickle.dumps(m)), copy.copy(m)):
        assert np.array_equal(other(x), m(x))
    assert pickle.loads(pickle.dumps(named)).rng is flux.default_rng()


def test_maxout_of_a_number_of_layers():
    m = Maxout(lambda: Dense((3, 2)), 4)
    assert len(m) == 4
    assert m(np.ones((3, 1), np.float32)).shape == (2, 1)


def test_names_that_are_taken():
    with refused(ArgumentError, match="layers"):
        Chain(layers=relu)
    with refused(ArgumentError, match="layers"):
        Parallel(np.add, layers=relu)
    with refused(ArgumentError, match="names"):
        Chain(relu, second=relu)


def test_embedding_refuses_what_is_no_position():
    m = Embedding((4, 2))
    for bad in (4, -1, [0, 4], [[-1]]):
        with refused(IndexError, match="0 to 3"):
            m(bad)
    with refused(ArgumentError, match="integers"):
        m(np.array([0.5]))
    assert m(np.zeros((0,), np.int64)).shape == (2, 0)


def test_embedding_gradient_adds_up_repeated_words():
    (g,) = gradient(lambda m: np.sum(m([1, 1, 0])), Embedding(np.zeros((1, 3))))
    assert g.weight.tolist() == [[1.0, 2.0, 0.0]]


# -- dropout -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Dropout, AlphaDropout])
def test_dropout_is_active_inside_of_a_gradient_only(make):
    m, x = make(0.5, rng=np.random.default_rng(1)), np.ones(1000)
    assert np.array_equal(m(x), x)
    seen = []
    gradient(lambda m: np.sum(seen.append(m(x)) or seen[-1]), m)
    gradient(lambda w: np.sum(w * m(x)), x)  # the layer is not an argument
    assert not np.array_equal(seen[0], x)
    flux.testmode_(m)
    (g,) = gradient(lambda x: np.sum(m(x)), x)
    assert np.array_equal(g, x)


def test_dropout_drops_and_scales():
    m, x = trainmode_(Dropout(0.25, rng=np.random.default_rng(1))), np.ones(20_000, np.float32)
    y = m(x)
    assert y.dtype == np.float32
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs(np.mean(y == 0) - 0.25) < 0.02
    (g,) = gradient(lambda x: np.sum(m(x)), x)
    assert set(np.unique(g)) == {np.float32(0), np.float32(1 / 0.75)}


def test_dropout_along_an_axis():
    y = trainmode_(Dropout(0.5, axis=0, rng=np.random.default_rng(2)))(np.ones((50, 7)))
    assert (y == y[:, :1]).all()
    assert 5 < np.sum(y[:, 0] == 0) < 45


def test_dropout_begins_anew_at_a_seed():
    m, x = trainmode_(Dropout(0.5)), np.ones(30)
    flux.seed_(3)
    first = m(x)
    flux.seed_(3)
    assert np.array_equal(m(x), first)
    assert not np.array_equal(m(x), first)


def test_alphadropout_keeps_mean_and_variance():
    m = trainmode_(AlphaDropout(0.3, rng=np.random.default_rng(3)))
    y = m(np.random.default_rng(4).normal(size=200_000))
    assert abs(y.mean()) < 0.02
    assert abs(y.std() - 1) < 0.02


# -- normalisation -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [lambda: GroupNorm(4, 2, np.tanh), lambda: LayerNorm(3, 5), lambda: BatchNorm(4)]
)
def test_norms_by_finite_differences(make):
    m, x = trainmode_(flux.f64(make())), RNG.normal(size=(3, 5, 4, 2))
    check(m, x)


@pytest.mark.once
def test_statistics_follow_a_gradient_however_the_model_gets_in():
    x = RNG.normal(size=(2, 5))
    one, two, three = (flux.f64(BatchNorm(2)) for _ in range(3))
    gradient(lambda m: np.sum(m(x) ** 2), one)
    gradient(lambda x: np.sum(two(x) ** 2), x)
    trainmode_(three)(x)
    assert np.any(one.μ != 0)
    assert np.array_equal(one.μ, two.μ)
    assert np.array_equal(one.σ2, three.σ2)


def test_statistics_are_left_alone_when_the_function_fails():
    m = BatchNorm(2)

    def fails(m):
        m(np.ones((2, 3)))
        raise RuntimeError("later")

    with pytest.raises(RuntimeError, match="later"):
        gradient(fails, m)
    assert m.μ.tolist() == [0.0, 0.0]


def test_groups_are_of_neighbouring_channels():
    x = np.arange(8.0).reshape(2, 4, 1)
    y = GroupNorm(4, 2, affine=False)(x)
    first = x[:, :2]
    assert np.allclose(y[:, :2], (first - first.mean()) / first.std(), atol=1e-5)


def test_connections_of_any_number():
    for plus in (operator.add, np.add):
        assert Parallel(plus, abs, np.sqrt, lambda x: x)(4.0) == 10.0
        assert Parallel(plus, abs)(-1.0) == 1.0
    assert Parallel(flux.hcat, lambda x: 1 / x)(1.0, 2.0, 4.0).tolist() == [[1.0, 0.5, 0.25]]
    assert Chain(lambda x: x, Parallel(operator.add, lambda x: 1 / x, flux.abs2))(4, 5) == 25.25


def test_modes_are_checked_at_once():
    for make in (lambda a: Dropout(0.5, active=a), lambda a: BatchNorm(2, active=a)):
        with refused(ArgumentError, match="other"):
            make("other")
        assert make(True).active is True


def test_half_precision():
    x = RNG.normal(size=(3, 8)).astype(np.float16)
    for m in (Dense((3, 3), np.tanh), BatchNorm(3), trainmode_(BatchNorm(3)), LayerNorm(3), Dropout(0.5)):
        y, wide = flux.f16(m)(x), m(x.astype(np.float32))
        assert y.dtype == np.float16
        assert np.allclose(y, wide, atol=1e-2)


def test_dropout_of_complex_numbers():
    x = np.array([1 + 0j, 2 + 1j, 3 + 3j])
    assert not trainmode_(Dropout(1))(x).any()
    y = trainmode_(Dropout(0.5, rng=np.random.default_rng(0)))(np.tile(x, 10).astype(np.complex64))
    assert y.dtype == np.complex64


def test_partial_functions_in_a_chain():
    m = Chain(functools.partial(np.multiply, np.ones((2, 3), np.float32)), flux.softmax)
    assert repr(m) == "Chain(partial(*, 2×3 Matrix{Float32}), softmax)"
    assert "  partial(*, 2×3 Matrix{Float32}),      # 6 parameters" in str(m)


def test_sizes_that_do_not_go_together():
    with refused(DimensionMismatch, match=r"Scale\(10\) .* shape \(2,\)"):
        flux.Scale(10)(np.ones(2))
    assert flux.Scale(10)(np.ones(1)).shape == (10,)
    assert flux.Scale(2, 3, bias=False)(np.ones((2, 1, 4))).shape == (2, 3, 4)
    for wrong in (1.0, np.sin):
        with refused(ArgumentError, match="size"):
            flux.Scale(wrong)
    for m in (Embedding((10, 4)), flux.EmbeddingBag((10, 4))):
        with refused(DimensionMismatch, match=r"expects .* size 10 along axis 0.* \(1000, 2\)"):
            m(flux.onehotbatch([3, 4], range(1000)))
    with refused(ArgumentError, match="connection"):
        Parallel(flux.hcat, connection=relu)
    assert repr(flux.Bilinear(10, 2, 3, relu)) == "Bilinear((10, 2) => 3, relu)"


@pytest.mark.once  # the gradient is 0, and what is left of it by rounding is no value to be compared
def test_the_sum_of_what_is_normalised_has_no_second_derivative():
    x = RNG.normal(size=(3, 2))
    m = flux.f64(BatchNorm(3))
    h = hessian_reverse(lambda v: np.sum(m(np.reshape(v, (3, 2)))), x.ravel())
    assert np.allclose(h, 0, atol=1e-6)


def test_second_derivatives_and_forward_mode_of_norms():
    x = RNG.normal(size=(3, 2))
    m = trainmode_(flux.f64(BatchNorm(3)))

    def loss(v):
        return np.sum(np.reshape(v, (3, 2)) * m(np.reshape(v, (3, 2))) ** 3)

    assert np.allclose(hessian_reverse(loss, x.ravel()), hessian(loss, x.ravel()), atol=1e-8)
    before = m.μ.copy()
    native.pushforward(m, (x,), (np.ones_like(x),))
    assert not np.array_equal(m.μ, before)
    assert type(m.μ) is np.ndarray


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2), (0, 1, 2)])
def test_standardise_rule(axes):
    x = RNG.normal(size=(3, 4, 2))
    check(lambda x, eps: standardise(x, eps, axes), x, 0.3)
    narrow = standardise(x.astype(np.float32), 1e-5, axes)
    assert narrow.dtype == np.float32
    assert np.allclose(narrow, standardise(x, 1e-5, axes), atol=1e-5)


def test_branches_that_do_not_fit_are_named():
    x = np.ones((3, 5), np.float32)
    for layer, shapes in (
        (SkipConnection(Dense((3, 1)), operator.add), r"\(1, 5\) and \(3, 5\)"),  # + does not broadcast
        (Parallel(operator.sub, Dense((3, 2)), Dense((3, 1))), r"\(2, 5\) and \(1, 5\)"),
        (flux.Maxout(Dense((3, 2)), Dense((3, 4))), r"\(2, 5\) and \(4, 5\)"),
        (Parallel(flux.hcat, Dense((3, 2)), Dense((3, 4))), r"\(2, 5\) and \(4, 5\)"),
    ):
        with refused(DimensionMismatch, match=shapes):
            layer(x)
    assert SkipConnection(Dense((3, 1)), np.add)(x).shape == (3, 5)  # as Julia's .+


def test_softmax_is_no_activation():
    with refused(ArgumentError, match="layer of its own"):
        Dense((3, 2), flux.softmax)(np.ones(3, np.float32))


@pytest.mark.parametrize("kind", [flux.RNN, flux.LSTM, flux.GRU, flux.GRUv3])
def test_states_that_do_not_fit_are_refused(kind):
    wrong = np.ones(2, np.float32)
    with refused(DimensionMismatch, match="expects a state of size 3"):
        kind((2, 3))(np.ones((2, 4), np.float32), (wrong, wrong) if kind is flux.LSTM else wrong)


def test_functional_dropout_takes_the_generators_of_julia():
    x = np.ones((3, 5), np.float32)
    layer = flux.trainmode_(flux.Dropout(0.3, rng=Xoshiro(4)))
    np.testing.assert_array_equal(flux.NNlib.dropout(Xoshiro(4), x, 0.3), layer(x))


@pytest.mark.once
def test_forward_mode_trains_what_depends_on_its_input():
    x = np.array([[1, 2, 3], [4, 5, 7]], np.float32)
    norm = BatchNorm(2)
    slope = pushforward(lambda t: np.sum(norm(t * x) ** 2), np.float32(1))(np.float32(1))
    assert np.isclose(slope, 0.00012820493, rtol=0.05)  # Flux's, by dual numbers; it cancels
    np.testing.assert_allclose(norm.μ, [0.2, 0.53333336], rtol=1e-6)
    np.testing.assert_allclose(norm.σ2, [1.0, 1.1333333], rtol=1e-6)
    still = BatchNorm(2)  # the derivative is by something after it
    assert np.isclose(pushforward(lambda t: np.sum((still(x) * t) ** 2), 1.0)(1.0), 207.99792)
    assert not np.any(still.μ)
    drop = Dropout(0.5)
    assert 300 < np.sum(pushforward(lambda t: drop(t * np.ones(1000)), 1.0)(1.0) == 0) < 700


def test_trailing_axes_of_length_one_do_not_matter_to_plus():
    for connection in (operator.add, operator.sub):
        skip = SkipConnection(lambda x: x[:, :1], connection)
        with refused(DimensionMismatch, match="cannot connect"):
            skip(np.ones((3, 4, 1)))
        with refused(DimensionMismatch, match="cannot connect"):
            skip(np.ones((3, 4)))
    assert SkipConnection(lambda x: x[..., None], operator.add)(np.ones((1, 1))).shape == (1, 1, 1)
    assert SkipConnection(np.copy, operator.add)(np.ones((1,))).shape == (1,)


def test_weightnorm():
    small = flux.WeightNorm(Dense(np.array([[3e-9, 4e-9]])))
    np.testing.assert_allclose(small.g, [[np.sqrt(25e-18 + np.finfo(float).eps)]], rtol=1e-14)
    with refused(ArgumentError, match="all zero"):
        flux.WeightNorm(Dense(np.zeros((1, 2))))
    with refused(ArgumentError, match="does not have a field 'scale'"):
        flux.WeightNorm(Dense((2, 2)), "scale")
    with refused(DimensionMismatch, match="no axis 2"):
        flux.WeightNorm(Dense((2, 2)), axis=2)
    with refused(ArgumentError, match="takes a WeightNorm"):
        flux.reparametrize(Dense((2, 2)))


def test_the_wrong_word_is_named():
    m = Embedding((4, 2))
    for words, wrong in (([0, 7], 7), ([-1, 7], -1), ([3, 4], 4)):
        with refused(IndexError, match=f"0 to 3, not {wrong}$"):
            m(np.array(words))


def test_arguments_after_the_size():
    for make in (
        lambda: Dense((3, 2), relu, True),
        lambda: Dense((3, 2), "relu"),
        lambda: Dense(np.ones((2, 3)), True, relu, relu),
        lambda: flux.Scale(2, relu, relu),
        lambda: flux.Bilinear((2, 3), "relu"),
        lambda: flux.Conv((3,), (1, 2), relu, True),
        lambda: flux.ConvTranspose((3,), (1, 2), "relu"),
        lambda: flux.CrossCor(np.ones((3, 1, 2)), True, 5),
        lambda: flux.RNNCell((2, 3), "tanh"),
    ):
        with refused(ArgumentError, match="one function, the activation"):
            make()
    for make in (lambda: flux.Conv((3,)), lambda: flux.DepthwiseConv((3, 3))):
        with refused(ArgumentError, match=r"the channels \(in, out\)"):
            make()
    for make in (lambda: flux.Conv((3,), 2), lambda: flux.DepthwiseConv((3,), 2)):
        with refused(ArgumentError, match="pair of channels"):
            make()
    for kind in (flux.Conv, flux.CrossCor, flux.ConvTranspose, flux.DepthwiseConv):
        with refused(ArgumentError, match="has the axes"):
            kind(np.ones((2, 2)))


def test_axes_that_are_not_there():
    x = np.ones((3, 4))
    for f in (
        lambda: flux.normalise(x, axis=2),
        lambda: flux.cat(x, x, axis=-3),
        lambda: flux.softmax(x, axis=2),
        lambda: flux.logitcrossentropy(x, x, axis=2),
        lambda: Dropout(0.5, axis=2, active=True)(x),
        lambda: LayerNorm(3, 4, 1, affine=False)(x),
    ):
        with refused(DimensionMismatch, match="no axis -?[23]"):
            f()
    with refused(ArgumentError, match="not all different"):
        flux.softmax(x, axis=(0, -2))


def test_joins_of_arrays_that_do_not_fit():
    for join, shapes in (
        (flux.vcat, [(2, 3), (2, 4)]),
        (flux.hcat, [(2, 3), (3, 3)]),
        (flux.vcat, [(2, 3), (2, 3, 1)]),
        (lambda *xs: flux.cat(*xs, axis=2), [(2, 3), (2, 4)]),
        (lambda *xs: flux.cat(*xs, axis=-1), [(2, 3), (1, 3)]),
        (flux.vcat, []),
    ):
        with refused(DimensionMismatch, match="joins arrays that differ along axis"):
            join(*map(np.ones, shapes))
    assert flux.cat(np.ones((2, 3)), np.ones((2, 1)), axis=-1).shape == (2, 4)
    assert flux.cat(np.ones((2, 3)), np.ones((2, 3, 2)), axis=2).shape == (2, 3, 3)


def test_layernorm_is_named_by_its_own_errors():
    for affine, size in ((True, (3,)), (True, (3, 4)), (False, (3, 4))):
        layer = LayerNorm(*size, affine=affine)
        with refused(DimensionMismatch, match="LayerNorm|no axis 1"):
            layer(np.ones(5) if not affine else np.ones((5, 4)))


@pytest.mark.parametrize("kind", [float, complex])
def test_normalise_adds_the_square_of_eps_to_the_variance(kind):
    x = RNG.normal(size=(4, 3)).astype(kind) * (1 + 1j if kind is complex else 1)
    centred = x - x.mean(axis=0)
    variance = np.mean(np.abs(centred) ** 2, axis=0)
    np.testing.assert_allclose(flux.normalise(x, axis=0, eps=0.7), centred / np.sqrt(variance + 0.49))


@pytest.mark.parametrize(
    ("weights", "input_type", "advice"),
    [(np.float32, np.float64, "may be very slow"), (np.float16, np.float32, "a problem in earlier layers")],
)
def test_what_is_said_of_input_that_loses_precision(weights, input_type, advice):
    _warned.clear()
    layer = Dense(np.ones((2, 3), weights))
    with pytest.warns(UserWarning, match=f"{np.dtype(input_type).name} input .*{advice}"):
        assert layer(np.ones(3, input_type)).dtype == weights
    assert layer(np.ones(3, input_type)).dtype == weights  # said once


@pytest.mark.parametrize(
    "make",
    [
        lambda σ: flux.Dense((2, 3), σ),
        lambda σ: flux.Conv((3,), (2, 3), σ),
        lambda σ: flux.Scale(2, σ),
        lambda σ: flux.RNNCell((2, 3), σ),
    ],
)
def test_the_name_of_an_activation_is_not_the_function(make):
    with refused(ArgumentError, match="without quotation marks") as caught:
        make("relu")
    scope = {}
    exec(str(caught.value).rpartition("after ")[2], scope)
    make(scope["relu"])
    with refused(ArgumentError, match="such as relu"):
        make("linear")
