"""Bad input gives a clear error or warning, and nothing is half-updated."""

import contextlib
import copy
import operator
import os
import random
import signal

import numpy as np
import pytest
from ownerrors import refused

from fluxbridge import flux
from fluxbridge.errors import ArgumentError, DimensionMismatch, DomainError, FluxbridgeError, StructureError
from fluxbridge.flux import BatchNorm, Chain, Dense, Descent, Losses
from fluxbridge.flux.optimisers import AbstractRule

X, Y = np.ones((3, 4), np.float32), np.ones((2, 4), np.float32)

LAYERS = [
    Dense((3, 2)),
    flux.Scale(3),
    flux.Bilinear(((3, 4), 2)),
    flux.Embedding((3, 2)),
    flux.EmbeddingBag((3, 2)),
    flux.Conv((3, 3), (2, 4)),
    flux.ConvTranspose((3, 3), (2, 4)),
    flux.CrossCor((3,), (2, 4)),
    flux.DepthwiseConv((3, 3), (2, 4)),
    flux.MaxPool((2, 2)),
    flux.MeanPool((2, 2)),
    flux.AdaptiveMaxPool((2, 2)),
    flux.AdaptiveMeanPool((2, 2)),
    flux.GlobalMaxPool(),
    flux.GlobalMeanPool(),
    BatchNorm(3),
    flux.LayerNorm(3),
    flux.InstanceNorm(3),
    flux.GroupNorm(4, 2),
    flux.WeightNorm(Dense((3, 2)), "weight"),
    flux.RNN((3, 2)),
    flux.LSTM((3, 2)),
    flux.GRU((3, 2)),
    flux.GRUv3((3, 2)),
    flux.RNNCell((3, 2)),
    flux.LSTMCell((3, 2)),
    flux.GRUCell((3, 2)),
    flux.MultiHeadAttention(4, nheads=2),
    flux.Upsample(2),
    flux.Upsample("bilinear", scale=2),
    flux.PixelShuffle(2),
    flux.Maxout(lambda: Dense((3, 2)), 2),
    flux.SkipConnection(Dense((3, 2)), operator.add),
    flux.Parallel(flux.vcat, Dense((3, 2)), Dense((3, 2))),
    flux.PairwiseFusion(flux.vcat, Dense((3, 2)), Dense((2, 2))),
]
ANY_SHAPE = (flux.Dropout(0.5, active=True), flux.AlphaDropout(0.5, active=True))


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
@pytest.mark.parametrize("shape", [(5, 2), (7,)], ids=str)
def test_a_wrong_shape_is_said_with_the_layer(layer, shape):
    with refused(FluxbridgeError, match=r"layer |an embedding is asked for integers"):
        layer(np.ones(shape, np.float32))


@pytest.mark.parametrize("layer", [*LAYERS, *ANY_SHAPE], ids=repr)
@pytest.mark.parametrize("value", ["text", None, np.array(["a", "b", "c"])], ids=["text", "None", "array"])
def test_what_is_no_number_is_refused(layer, value):
    with refused(FluxbridgeError):
        layer(value)


def test_connections_do_not_broadcast():
    skip = flux.SkipConnection(Dense((3, 1)), operator.add)
    with refused(DimensionMismatch, match=r"SkipConnection.* \(1, 4\) and \(3, 4\)"):
        skip(X)
    with refused(DimensionMismatch, match=r"Parallel.* \(1, 4\) and \(2, 4\)"):
        flux.Parallel(operator.add, Dense((3, 1)), Dense((3, 2)))(X)
    with refused(DimensionMismatch, match="PairwiseFusion"):
        flux.PairwiseFusion(np.multiply, Dense((3, 2)), Dense((2, 2)))(X, np.ones((3, 4), np.float32))
    assert flux.Parallel(np.multiply, Dense((3, 1)), Dense((3, 2)))(X).shape == (2, 4)  # broadcasts

    def own(a, b):
        raise ValueError("of its own")

    with pytest.raises(ValueError, match="of its own"):
        flux.SkipConnection(Dense((3, 2)), own)(X)


@pytest.mark.parametrize(
    "name", ["mse", "mae", "crossentropy", "logitcrossentropy", "hinge_loss", "huber_loss"]
)
def test_losses_take_numbers(name):
    loss = getattr(Losses, name)
    for bad in ("abc", None):
        with refused(ArgumentError, match="losses take numbers"):
            loss(Y, bad)
        with refused(ArgumentError, match="losses take numbers"):
            loss(bad, Y)


def test_ctc_labels():
    for labels, message in (("abc", "one vector"), (np.ones((2, 2), int), "one vector"), ([0.5], "integers")):
        with refused(ArgumentError, match=message):
            Losses.ctc_loss(np.zeros((3, 2)), labels)
    with refused(ArgumentError, match=r"\(classes, time\)"):
        Losses.ctc_loss(np.zeros(3), [0])


def squares(m, x, y):
    return Losses.mse(m(x), y)


def snapshot(*things):
    return copy.deepcopy([flux.state(thing) for thing in things])


def same(before, *things):
    return repr(before) == repr([flux.state(thing) for thing in things])


def test_a_loss_that_is_not_finite_leaves_no_trace():
    model = Chain(BatchNorm(3), Dense((3, 2)))
    state = flux.setup(flux.Adam(), model)
    before, state_before = snapshot(model), repr(state)
    for bad in (np.nan, np.inf):
        with refused(DomainError, match="data item 1"), np.errstate(all="ignore"):
            flux.train_(squares, model, [(bad * X, Y)], state)
        with np.errstate(all="ignore"):
            value, grad = flux.trainstep_withgradient_(squares, model, (bad * X, Y), state)
        assert not np.isfinite(value) and grad is None
    assert same(before, model) and repr(state) == state_before
    flux.train_(squares, model, [(X, Y)], state)
    assert not same(before, model)


def test_a_foreign_state_is_found_before_anything_is_run():
    model = Chain(BatchNorm(3), Dense((3, 2)))
    before = snapshot(model)
    for other in (
        Chain(BatchNorm(4), Dense((4, 2))),
        Dense((3, 2)),
        Chain(BatchNorm(3), Dense((3, 2), bias=False)),
    ):
        with refused(StructureError, match="another model"):
            flux.train_(squares, model, [(X, Y)], flux.setup(flux.Adam(), other))
        with refused(StructureError, match="another model"):
            flux.trainstep_(squares, model, (X, Y), flux.setup(flux.Adam(), other))
    for nothing in (None, flux.Adam, "state"):
        with refused(ArgumentError, match="takes the state first"):
            flux.train_(squares, model, [(X, Y)], nothing)
        with refused(ArgumentError, match="takes the state first"):
            flux.trainstep_(squares, model, (X, Y), nothing)
    assert same(before, model)


def test_how_the_loss_is_called():
    model = Dense((3, 2))
    state = flux.setup(Descent(), model)
    with refused(TypeError, match=r"1 argument, which does not fit.*\[\(x, y\)\]"):
        flux.train_(squares, model, (X, Y), state)
    with refused(ArgumentError, match="takes the loss first; got Dense"):
        flux.train_(model, squares, [(X, Y)], state)

    def broken(m, x, y):
        return m(x) + len(3)

    with pytest.raises(TypeError, match="has no len"):
        flux.train_(broken, model, [(X, Y)], state)


class Interrupts(AbstractRule):
    """Gets a Ctrl-C at its first parameter."""

    fallible = False

    def init(self, _x):
        return None

    def apply_(self, state, _x, dx):
        os.kill(os.getpid(), signal.SIGINT)
        return state, 0 * dx + 1.0


def test_an_interrupt_waits_for_the_end_of_a_step():
    model = {"a": np.zeros(2), "b": np.zeros(3)}
    state = flux.setup(Interrupts(), model)
    grad = {"a": np.ones(2), "b": np.ones(3)}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        with pytest.raises(KeyboardInterrupt):
            flux.update_(state, model, grad)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert model["a"].tolist() == [-1.0, -1.0] and model["b"].tolist() == [-1.0, -1.0, -1.0]


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_damaged_files(tmp_path, ending):
    path, model = tmp_path / f"m.{ending}", Chain(Dense((3, 2)), BatchNorm(2))
    flux.save(path, model)
    data = path.read_bytes()
    target = Chain(Dense((3, 2)), BatchNorm(2))
    before = snapshot(target)
    for n in range(0, len(data), 11):
        path.write_bytes(data[:n])
        with refused(ArgumentError, match=r"cannot be loaded"):
            flux.load(path, target)
    assert same(before, target)
    rng = random.Random(1)
    for _ in range(200):
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(flipped))
        with contextlib.suppress(FluxbridgeError):  # some bits are those of a number, or of nothing
            flux.load(path)


def test_sequences_without_steps():
    for layer in (flux.RNN((3, 2)), flux.LSTM((3, 2)), flux.GRU((3, 2)), flux.GRUv3((3, 2))):
        with refused(DimensionMismatch, match="at least one step"):
            layer(np.ones((3, 0), np.float32))


@pytest.mark.parametrize(
    ("bias", "message"),
    [
        (np.array(["a", "b"]), "bias is of float32, but what is loaded is of <U1"),
        (np.array([1j, 2]), "bias is real"),
        (np.array([object(), None]), "bias is an array"),
        (np.ones(3), "bias is an array of shape"),
        (None, "nothing cannot be loaded into"),
    ],
    ids=["strings", "complex", "objects", "sizes", "nothing"],
)
def test_a_state_that_does_not_fit_loads_nothing(bias, message):
    model = Dense((3, 2))
    before = snapshot(model)
    with refused((ArgumentError, DimensionMismatch), match=message):
        flux.loadmodel_(model, {"weight": np.ones((2, 3)), "bias": bias, "σ": ()})
    assert same(before, model)


def test_parameters_that_cannot_be_written_to_load_nothing():
    model = Dense((3, 2))
    model.bias.flags.writeable = False
    before = snapshot(model)
    with refused(ArgumentError, match="bias cannot be written to"):
        flux.loadmodel_(model, {"weight": np.ones((2, 3)), "bias": np.ones(2), "σ": ()})
    model.bias.flags.writeable = True
    with pytest.raises(RuntimeWarning, match="overflow"):
        flux.loadmodel_(model, {"weight": np.ones((2, 3)), "bias": np.full(2, 1e300), "σ": ()})
    assert same(before, model)
