"""Whole training steps, compiled and eager: the same weights and states, and nothing of it handed out."""

from __future__ import annotations

import copy
import gc
import pickle
import signal
import threading
import warnings
from typing import Any

import numpy as np
import pytest
from compiledkit import same
from optimisersamples import RULES

import fluxbridge
from fluxbridge import flux
from fluxbridge.compiled import buffers
from fluxbridge.compiled.cache import CACHE
from fluxbridge.errors import DomainError, MutationError, StructureError
from fluxbridge.flux import training_compiled
from fluxbridge.flux.optimisers.tree import leaves

pytestmark = pytest.mark.once

RNG = np.random.default_rng(0)
BATCHES = [(RNG.standard_normal((30, n)), RNG.standard_normal((3, n))) for n in (40, 40, 40, 40, 7)] * 2


@pytest.fixture(autouse=True)
def _no_programs(monkeypatch):
    """No program from another test; and memory that is used again as soon as possible."""
    CACHE.clear()
    monkeypatch.setattr(buffers, "LEAST", 1)


def network() -> Any:
    """A network in double precision, of which every sum of a compiled program is that of the engine."""
    return flux.f64(
        flux.Chain(flux.Dense((30, 20), flux.relu), flux.Dense((20, 20), np.tanh), flux.Dense((20, 3)))
    )


def loss(m: Any, x: Any, y: Any) -> Any:
    return flux.mse(m(x), y)


def weights(model: Any) -> list[np.ndarray]:
    return [np.array(w) for w in flux.trainables(model)]


def state_of(tree: Any) -> list[Any]:
    return [leaf.state for leaf in leaves(tree)]


def both(rule: Any, train: Any, model: Any = None) -> tuple[Any, Any]:
    """A model and its state, trained eagerly and compiled; they must be the same."""
    made = []
    for compile in (False, True):
        m = copy.deepcopy(NETWORK if model is None else model)
        tree = flux.setup(rule, m)
        made.append((m, tree, train(m, tree, compile)))
    (eager, eager_tree, found), (ours, tree, also) = made
    assert same(weights(ours), weights(eager))
    assert same(state_of(tree), state_of(eager_tree))
    assert same(also, found)
    assert all(not s.eager for s in CACHE.states.values())
    assert CACHE.states
    return ours, tree


NETWORK = network()


def steps(m: Any, tree: Any, compile: bool) -> list[Any]:
    return [flux.trainstep_(loss, m, batch, tree, compile=compile) for batch in BATCHES]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_every_rule(rule):
    both(rule, steps)


def test_a_pass_over_a_loader_with_a_smaller_last_batch():
    x, y = RNG.standard_normal((30, 50)), RNG.standard_normal((3, 50))

    def train(m: Any, tree: Any, compile: bool) -> None:
        for _ in range(4):
            flux.train_(loss, m, flux.DataLoader((x, y), batchsize=16), tree, compile=compile)

    both(flux.Adam(0.01), train)
    (state,) = CACHE.states.values()
    assert state.traces == 2  # one for each size


def test_rates_change_between_steps_and_layers_freeze():
    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        found = []
        for k, batch in enumerate(BATCHES):
            flux.adjust_(tree, 0.1 / (k + 1))
            if k == 4:
                flux.freeze_(tree["layers"][0])
            if k == 8:
                flux.thaw_(tree)
            found.append(flux.trainstep_(loss, m, batch, tree, compile=compile))
        return found

    both(flux.OptimiserChain(flux.WeightDecay(0.01), flux.Momentum()), train)


def test_what_is_frozen_has_no_gradient_in_the_program():
    model = network()
    before = weights(model)
    tree = flux.setup(flux.Descent(0.1), model)
    flux.freeze_(tree["layers"][0])
    steps(model, tree, True)
    (state,) = CACHE.states.values()
    assert state.entries[0].source.count("matmul(") == 3  # two weights, and the way to the first of them
    assert same(weights(model)[:2], before[:2])


def test_tied_weights_take_the_sum_of_their_gradients():
    w = RNG.standard_normal((30, 30))
    tied = flux.Chain(flux.Dense(w, False, np.tanh), flux.Dense(w.T, False), flux.Dense(w, False))

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [
            flux.trainstep_(lambda m, x: np.sum(m(x) ** 2), m, x, tree, compile=compile) for x, _ in BATCHES
        ]

    model, _ = both(flux.Adam(0.01), train, tied)
    assert np.shares_memory(model.layers[0].weight, model.layers[2].weight)


def test_a_parameter_without_gradient_keeps_its_state():
    model = {"w": np.ones((20, 20)), "unused": np.ones(3)}

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [
            flux.trainstep_(lambda m, x: np.sum((m["w"] @ x) ** 2), m, np.full((20, 5), 1.0 + k), tree,
                            compile=compile) for k in range(4)
        ]  # fmt: skip

    both(flux.Adam(), train, model)


def test_what_the_loss_returns_besides_is_the_users_own():
    def several(m: Any, x: Any, y: Any) -> Any:
        out = m(x)
        return flux.mse(out, y), out, {"layer": m.layers[0](x)}

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [flux.trainstep_(several, m, batch, tree, compile=compile) for batch in BATCHES]

    both(flux.Adam(0.01), train)  # all results of all steps are compared at the end


def test_gradients_that_are_returned_are_the_users_own():
    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [flux.trainstep_withgradient_(loss, m, batch, tree, compile=compile) for batch in BATCHES]

    both(flux.Momentum(0.01), train)


def test_a_rule_may_keep_the_gradient():
    class Last(flux.AbstractRule):
        """The step is the gradient of the step before."""

        def init(self, x: Any) -> Any:
            return np.zeros_like(x)

        def apply(self, state: Any, x: Any, dx: Any) -> Any:
            return dx, 0.01 * state

    for rule in (Last(), flux.OptimiserChain(flux.ClipGrad(), Last()), flux.OptimiserChain(Last())):
        both(rule, steps)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_no_rule_of_ours_keeps_the_gradient(rule):
    assert not rule.keeps_gradient
    x, dx = np.ones((40, 40)), np.full((40, 40), 0.5)
    state = rule.init(x)
    for _ in range(3):
        state, _ = rule.apply_(state, x, dx)
        assert not any(np.shares_memory(part, dx) for part in _arrays(state))


def _arrays(state: Any) -> list[np.ndarray]:
    if isinstance(state, tuple):
        return [a for part in state for a in _arrays(part)]
    return [state] if isinstance(state, np.ndarray) else []


def test_a_loss_that_is_not_finite_stops_the_training():
    model = network()
    tree = flux.setup(flux.Adam(0.01), model)
    steps(model, tree, True)
    before, at = weights(model), copy.deepcopy(state_of(tree))
    x, y = BATCHES[0]
    with np.errstate(all="ignore"), pytest.raises(DomainError, match="Loss is NaN on data item 1"):
        flux.train_(loss, model, [(x * np.nan, y)], tree, compile=True)
    assert same(weights(model), before)
    assert same(state_of(tree), at)


def test_an_error_of_the_rule_changes_nothing():
    def total(m: Any, x: Any) -> Any:
        return np.sum(m(x))

    model = flux.f64(flux.Dense((30, 3)))
    tree = flux.setup(flux.OptimiserChain(flux.Momentum(), flux.ClipNorm(1.0)), model)
    for x, _ in BATCHES:
        flux.trainstep_(total, model, x, tree, compile=True)
    before, at = weights(model), copy.deepcopy(state_of(tree))
    with np.errstate(all="ignore"), pytest.raises(DomainError, match="gradient has"):
        flux.trainstep_(total, model, BATCHES[0][0] * 1e200, tree, compile=True)
    assert same(weights(model), before)
    assert same(state_of(tree), at)


def test_an_interrupt_leaves_whole_steps(monkeypatch):
    model = network()
    twin = copy.deepcopy(model)
    tree, twins = flux.setup(flux.Adam(0.01), model), flux.setup(flux.Adam(0.01), twin)
    for batch in BATCHES[:4]:
        flux.trainstep_(loss, model, batch, tree, compile=True)
        flux.trainstep_(loss, twin, batch, twins)
    apply = flux.Adam.apply
    calls = []

    def interrupted(self: Any, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            signal.raise_signal(signal.SIGINT)
        return apply(self, *args)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        monkeypatch.setattr(flux.Adam, "apply", interrupted)
        with pytest.raises(KeyboardInterrupt):
            flux.train_(loss, model, BATCHES[:1] * 3, tree, compile=True)
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.undo()
    flux.trainstep_(loss, twin, BATCHES[0], twins)  # exactly one step was taken
    assert same(weights(model), weights(twin))
    assert same(state_of(tree), state_of(twins))
    for m, t, compile in ((model, tree, True), (twin, twins, False)):
        flux.trainstep_(loss, m, BATCHES[1], t, compile=compile)
    assert same(weights(model), weights(twin))


def test_a_state_of_another_model_is_refused_before_anything_runs():
    model, runs = network(), []

    def counted(m: Any, x: Any, y: Any) -> Any:
        runs.append(1)
        return loss(m, x, y)

    tree = flux.setup(flux.Adam(), flux.Chain(flux.Dense((30, 20)), flux.Dense((20, 3))))
    with pytest.raises(StructureError, match="belongs to another model"):
        flux.trainstep_(counted, model, BATCHES[0], tree, compile=True)
    assert not runs


def test_a_known_state_with_another_model():
    model, other = network(), flux.f64(flux.Chain(flux.Dense((30, 3))))
    tree = flux.setup(flux.Adam(), model)
    steps(model, tree, True)
    steps(other, flux.setup(flux.Adam(), other), True)
    with pytest.raises(StructureError, match="belongs to another model"):
        flux.trainstep_(loss, other, BATCHES[0], tree, compile=True)


def test_a_parameter_that_cannot_be_written_to():
    model = network()
    tree = flux.setup(flux.Descent(), model)
    steps(model, tree, True)
    model.layers[1].weight.flags.writeable = False
    with pytest.raises(MutationError, match=r"layers\[1\]\.weight"):
        steps(model, tree, True)


def test_arrays_and_states_may_be_replaced_between_steps():
    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        found = []
        for k, batch in enumerate(BATCHES):
            if k == 5:
                m.layers[0].weight = m.layers[0].weight * 2
                for leaf in leaves(tree):
                    leaf.state = copy.deepcopy(leaf.state)
            found.append(flux.trainstep_(loss, m, batch, tree, compile=compile))
        return found

    both(flux.Adam(0.01), train)


def test_training_goes_on_from_saved_model_and_state():
    model = network()
    tree = flux.setup(flux.Adam(0.01), model)
    steps(model, tree, True)
    again, loaded = pickle.loads(pickle.dumps((model, tree)))
    steps(model, tree, False)
    steps(again, loaded, True)
    assert same(weights(again), weights(model))
    assert same(state_of(loaded), state_of(tree))


def test_memory_is_kept_and_shared():
    model = network()
    tree = flux.setup(flux.Descent(0.01), model)
    for _ in range(4):
        flux.trainstep_(loss, model, BATCHES[0], tree, compile=True)
    (state,) = CACHE.states.values()
    memory = state.entries[0].run.__globals__["memory"]
    assert len(memory.free) == 1  # given back
    (arrays,) = memory.free
    assert 0 < memory.nbytes < sum(a.nbytes for a in arrays)  # one after the other in the same place
    flux.trainstep_(loss, model, BATCHES[0], tree, compile=True)
    assert memory.free[0][0] is arrays[0]


def test_two_threads_train_two_models_with_one_program():
    models = [network() for _ in range(2)]
    twins = copy.deepcopy(models)
    x, y = BATCHES[0]

    def train(model: Any, tree: Any, compile: bool) -> None:
        for k in range(60):
            flux.trainstep_(loss, model, (x * (1 + k / 60), y), tree, compile=compile)

    trees = [flux.setup(flux.Adam(0.01), m) for m in models]
    for model, tree in zip(models, trees, strict=True):
        train(model, tree, True)
    for twin in twins:
        tree = flux.setup(flux.Adam(0.01), twin)
        train(twin, tree, False)
        train(twin, tree, False)
    threads = [threading.Thread(target=train, args=(m, t, True)) for m, t in zip(models, trees, strict=True)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for model, twin in zip(models, twins, strict=True):
        assert same(weights(model), weights(twin))


def test_states_are_forgotten_with_their_leaves():
    known = training_compiled.STATES.known
    known.clear()
    model = network()
    tree = flux.setup(flux.Adam(), model)
    steps(model, tree, True)
    assert len(known) == 1
    del tree
    gc.collect()
    assert not known


def test_without_anything_to_train():
    model = {"f": np.tanh}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = flux.setup(flux.Descent(), model)
    assert flux.trainstep_(lambda m, x: np.sum(x), model, np.ones(2), tree, compile=True) == 2.0


LOSSES: dict[str, Any] = {
    "logitbinarycrossentropy": lambda m, x, y: flux.logitbinarycrossentropy(m(x), (y > 0) * 1.0),
    "binarycrossentropy": lambda m, x, y: flux.binarycrossentropy(flux.sigmoid(m(x)), (y > 0) * 1.0),
    "logitcrossentropy": lambda m, x, y: flux.logitcrossentropy(m(x), flux.softmax(y)),
    "crossentropy": lambda m, x, y: flux.crossentropy(flux.softmax(m(x)), flux.softmax(y)),
    "huber": lambda m, x, y: flux.huber_loss(m(x), y),
    "mae": lambda m, x, y: flux.mae(m(x), y),
    "focal": lambda m, x, y: flux.focal_loss(flux.softmax(m(x)), flux.softmax(y)),
    "penalty": lambda m, x, y: flux.mse(m(x), y) + 0.01 * sum(np.sum(w**2) for w in flux.trainables(m)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [flux.trainstep_(LOSSES[name], m, batch, tree, compile=compile) for batch in BATCHES]

    both(flux.Adam(0.01), train)


def test_a_penalty_over_all_parameters_is_one_program():
    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        penalised = LOSSES["penalty"]
        return [flux.trainstep_(penalised, m, BATCHES[0], tree, compile=compile) for _ in range(6)]

    both(flux.Adam(0.01), train)
    (state,) = CACHE.states.values()
    assert state.traces == 1


def test_a_tie_that_is_made_or_broken_is_another_program():
    def squares(m: Any, x: Any) -> Any:
        return sum(np.sum(w**2) for w in flux.trainables(m)) + np.sum(x)

    model = {"a": np.ones((2, 2)), "b": np.ones((2, 2))}
    values = []
    for k in range(9):
        model["b"] = np.ones((2, 2)) if k % 3 else model["a"]
        wanted = squares(model, np.zeros(1))
        tree = flux.setup(flux.Descent(0.0), model)
        values.append(flux.trainstep_(squares, model, np.zeros(1), tree, compile=True))
        assert values[-1] == wanted
    assert values == [4.0, 8.0, 8.0] * 3


def test_named_layers():
    x, y = BATCHES[0]
    model = flux.f64(flux.Chain(enc=flux.Dense((30, 8), np.tanh), dec=flux.Dense((8, 3))))

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [flux.trainstep_(loss, m, (x, y), tree, compile=compile) for _ in range(6)]

    both(flux.Momentum(0.01), train, model)


def test_a_network_with_everything_and_one_hot_labels():
    """Convolution, pooling, running statistics, random numbers, and batches of labels that differ."""
    data = flux.DataLoader(
        (RNG.standard_normal((8, 8, 1, 30)), flux.onehotbatch(RNG.integers(0, 3, 30), range(3))), batchsize=8
    )
    model = flux.f64(flux.Chain(
        flux.Conv((3, 3), (1, 4), flux.relu, pad=1), flux.BatchNorm(4), flux.MaxPool((2, 2)), flux.flatten,
        flux.Dense((64, 8), flux.relu), flux.Dropout(0.3, rng=np.random.default_rng(3)), flux.Dense((8, 3)),
    ))  # fmt: skip

    def several(m: Any, x: Any, y: Any) -> Any:
        return flux.logitcrossentropy(m(x), y)

    def train(m: Any, tree: Any, compile: bool) -> Any:
        for _ in range(4):
            flux.train_(several, m, data, tree, compile=compile)
        norm = m.layers[1]
        return norm.μ, norm.σ2

    both(flux.Adam(0.01), train, model)
    (state,) = CACHE.states.values()
    assert state.traces == 2


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_recurrent_layers(kind):
    x, y = RNG.standard_normal((3, 6, 5)), RNG.standard_normal((1, 6, 5))
    model = flux.f64(flux.Chain(getattr(flux, kind)((3, 4)), flux.Dense((4, 1))))

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [flux.trainstep_(loss, m, (x * k, y), tree, compile=compile) for k in range(5)]

    both(flux.Adam(0.01), train, model)


LAST = threading.local()  # which no guard looks into
LAST.dy = None


def remember(dy: Any) -> Any:
    LAST.dy = dy
    return dy


@fluxbridge.adjoint
def doubled(x: Any) -> Any:
    return 2 * x, lambda dy: (2 * remember(dy),)


def test_arrays_that_somebody_keeps_are_his_own():
    """A rule of the user's sees cotangents, and remembers them."""

    def ruled(m: Any, x: Any, y: Any) -> Any:
        return flux.mse(doubled(m(x)), y)

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        kept = []
        for _ in range(6):
            flux.trainstep_(ruled, m, BATCHES[0], tree, compile=compile)
            kept.append((LAST.dy, LAST.dy.copy()))
        assert all(np.array_equal(*pair) for pair in kept)
        return [dy for dy, _ in kept]

    both(flux.Adam(0.01), train)


ROOTS: dict[str, Any] = {
    "an array": (np.ones((4, 3)), lambda m: m),
    "a tuple": ((np.ones((4, 3)), np.zeros(2), np.tanh), lambda m: m[0] + np.sum(m[1])),
    "a dict of lists": ({"w": [np.ones((4, 3)), 2.0], "n": 3}, lambda m: m["w"][0] * m["w"][1]),
    "complex": ({"w": np.ones((4, 3)) + 0.5j}, lambda m: m["w"]),
    "single precision": ({"w": np.ones((4, 3), np.float32)}, lambda m: m["w"]),
    "Fortran's order": ({"w": np.asfortranarray(np.ones((4, 3)))}, lambda m: m["w"]),
}


@pytest.mark.parametrize("name", ROOTS)
@pytest.mark.parametrize("rule", [flux.Adam(0.01), flux.Descent(0.1)], ids=repr)
def test_models_of_all_kinds(name, rule):
    model, weight = ROOTS[name]

    def distance(m: Any, x: Any) -> Any:
        return np.sum(np.abs(weight(m) @ x - 1) ** 2)

    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [
            flux.trainstep_(distance, m, np.full((3, 2), 0.1 * k), tree, compile=compile) for k in range(6)
        ]

    both(rule, train, model)


def test_a_loss_without_the_model():
    def train(m: Any, tree: Any, compile: bool) -> list[Any]:
        return [
            flux.trainstep_(lambda m, x: np.sum(x), m, np.ones(3) * k, tree, compile=compile)
            for k in range(4)
        ]

    both(flux.Adam(), train, {"w": np.ones(3)})
