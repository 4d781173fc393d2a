import numpy as np
import pytest
from ownerrors import refused
from rulecheck import check

from fluxbridge import flux, gradient
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import (
    GRU,
    LSTM,
    RNN,
    GRUCell,
    GRUv3,
    GRUv3Cell,
    LSTMCell,
    MultiHeadAttention,
    Recurrence,
    RNNCell,
    f64,
    fmap,
    initialstates,
    make_causal_mask,
    relu,
    state,
)

RNG = np.random.default_rng(0)
LAYERS = {RNN: RNNCell, LSTM: LSTMCell, GRU: GRUCell, GRUv3: GRUv3Cell}


@pytest.mark.parametrize("batch", [(), (2,)])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_is_its_cell_in_a_loop(kind, batch):
    layer = f64(kind((3, 4), return_state=True))
    assert type(layer.cell) is LAYERS[kind] and layer.return_state
    x = RNG.normal(size=(3, 5, *batch))
    y, last = layer(x)
    now = initialstates(layer)
    for t in range(5):
        step, now = layer.cell(x[:, t], now)
        np.testing.assert_allclose(y[:, t], step, rtol=1e-12)
    for mine, theirs in zip(last if kind is LSTM else (last,), now if kind is LSTM else (now,), strict=True):
        assert mine.shape == theirs.shape == (4, *batch)
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    np.testing.assert_allclose(Recurrence(layer.cell)(x), y, rtol=1e-12)


@pytest.mark.parametrize("kind", LAYERS)
def test_gradients_of_a_layer_and_of_its_cell_in_a_loop(kind):
    layer = f64(kind((3, 4)))
    x = RNG.normal(size=(3, 5, 2))

    def loss(layer, x):
        return np.sum(layer(x) ** 2)

    ours, dx = gradient(loss, layer, x)
    theirs, dx2 = gradient(loss, Recurrence(layer.cell), x)
    np.testing.assert_allclose(dx, dx2, rtol=1e-9)
    for name, g in theirs.cell.items():
        if g is not None:
            np.testing.assert_allclose(ours.cell[name], g, rtol=1e-9)


def test_lstm_states_of_mixed_shapes():
    layer = f64(LSTM((3, 4), return_state=True, bias=False))
    x, one = RNG.normal(size=(3, 5, 2)), RNG.normal(size=4)
    both = np.stack([one, one], axis=1)
    y, _ = layer(x, (one, both))
    expected, _ = layer(x, (both, both))
    np.testing.assert_allclose(y, expected)
    many, (h, _) = layer(x[:, :, 0], (both, both))
    np.testing.assert_allclose(many[:, :, 0], expected[:, :, 0])
    assert h.shape == (4, 2)
    check(lambda h, c: layer(x, (h, c))[0], both, one, order=1)


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell, GRUv3Cell])
def test_cells(cell):
    layer = cell((3, 4))
    assert all(s.dtype == np.float32 and not s.any() for s in np.atleast_2d(initialstates(layer)))
    y, s = layer(np.ones((3, 2), np.float32))
    assert y.shape == (4, 2) and y.dtype == np.float32
    again, _ = layer(np.ones((3, 2), np.float32), s)
    assert again.shape == (4, 2)
    with refused(DimensionMismatch, match=cell.__name__):
        layer(np.ones((5, 2), np.float32))
    with refused(DimensionMismatch, match="one step"):
        layer(np.ones((3, 2, 2), np.float32))


@pytest.mark.parametrize("kind", LAYERS)
def test_refusals(kind):
    layer = kind((3, 4))
    with refused(DimensionMismatch, match="sequence"):
        layer(np.ones(3, np.float32))
    with refused(DimensionMismatch, match="axis 0"):
        layer(np.ones((2, 5, 1), np.float32))


def test_return_state_is_kept_where_flux_keeps_it():
    assert isinstance(fmap(lambda x: x, LSTM((1, 2), return_state=True))(np.ones((1, 3), np.float32)), tuple)
    forgets = fmap(lambda x: x, Recurrence(RNNCell((1, 2)), return_state=True))
    assert forgets(np.ones((1, 3), np.float32)).shape == (2, 3)
    assert list(state(LSTM((1, 2), return_state=True)).keys()) == ["cell"]


def test_looks():
    assert repr(RNNCell((3, 2), relu)) == "RNNCell(3 => 2, relu)"
    assert repr(GRUv3Cell((3, 2))) == "GRUv3Cell(3 => 2)"
    assert repr(LSTM((3, 2))) == "LSTM(3 => 2)"


def test_a_recurrence_of_any_cell():
    class Sum:
        def initialstates(self):
            return 0.0

        def __call__(self, x, s):
            return s + x, s + x

    y = Recurrence(Sum())(np.ones((1, 4)))
    assert np.array_equal(y, [[1, 2, 3, 4]])


def test_attention():
    layer = f64(MultiHeadAttention(4, nheads=2))
    x = RNG.normal(size=(4, 3, 2))
    y, scores = layer(x, mask=make_causal_mask(x))
    assert y.shape == x.shape and scores.shape == (3, 3, 2, 2)
    assert scores[2, 0].max() == 0  # the last position is hidden from the first
    changed = np.where(np.arange(3)[:, None] == 2, 7.0, x)
    np.testing.assert_allclose(layer(changed, mask=make_causal_mask(x))[0][:, :2], y[:, :2])
    check(lambda x: layer(x)[0], x[:, :, :1])
    with refused(ArgumentError, match="nheads = 3"):
        MultiHeadAttention(4, nheads=3)
    with refused(DimensionMismatch, match="MultiHeadAttention"):
        layer(x[:, :, 0])
    with refused(DimensionMismatch, match="Dense"):
        layer(x[:3])


def test_weights_and_states_of_other_shapes():
    for arrays in (
        (np.ones((2, 3, 1)), np.ones((2, 2))),
        (np.ones((2, 3)), np.ones((2, 2, 1))),
        (np.ones((3, 3)), np.ones((2, 2))),
        (np.ones((2, 3)), np.ones((3, 2))),
    ):
        with refused(DimensionMismatch, match="rows"):
            RNNCell(np.tanh, *arrays)
    for cell, wrong in (
        (RNNCell, np.ones((4, 3))),
        (GRUCell, np.ones((4, 2, 1))),
        (GRUv3Cell, np.ones((4, 3))),
    ):
        with refused(DimensionMismatch, match="expects a state of shape"):
            cell((3, 4))(np.ones((3, 2)), wrong)
    lstm = LSTMCell((3, 4))
    with refused(DimensionMismatch, match="expects a state of shape"):
        lstm(np.ones((3, 2)), (np.ones((4, 2)), np.ones((4, 3))))
    for kind in (lstm, LSTM(lstm)):
        with refused(ArgumentError, match=r"pair \(h, c\)"):
            kind(np.ones((3, 2)), np.ones(4))
    with refused(DimensionMismatch, match="states for the batch"):
        LSTM(lstm)(np.ones((3, 5)), (np.ones((4, 2)), np.ones((4, 3))))
    with refused(DimensionMismatch, match="at least one step"):
        flux.Recurrence(lstm)(np.ones((3, 0)))
    with refused(DimensionMismatch, match="expects a sequence"):
        flux.Recurrence(lstm)(np.ones(3))
    with refused(ArgumentError, match="initialstates"):
        initialstates(np.tanh)


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell, GRUv3Cell])
def test_a_cell_takes_two_sizes_as_in_flux(cell):
    made = cell(2, 5)
    assert repr(made) == repr(cell((2, 5)))
    assert made(np.ones(2, np.float32))[0].shape == (5,)
    assert [a.shape for a in flux.trainables(cell(2, 5, bias=False))] == [
        a.shape for a in flux.trainables(cell((2, 5), bias=False))
    ]


def test_the_activation_follows_two_sizes():
    assert repr(RNNCell(2, 5, flux.relu)) == "RNNCell(2 => 5, relu)"


@pytest.mark.parametrize("layer", [flux.RNN, flux.LSTM, flux.GRU, flux.GRUv3])
def test_a_layer_takes_a_pair(layer):
    with refused(ArgumentError) as caught:
        layer(2, 5)
    advice = str(caught.value).rpartition("write ")[2]
    assert repr(eval(advice, vars(flux))) == repr(layer((2, 5)))
