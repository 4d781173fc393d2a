"""How steps are taken: pure rules, in blocks and whole, all or none; arrays that share their memory."""

import itertools

import numpy as np
import pytest
from optimisersamples import RULES, snapshot, unchanged

from fluxbridge.errors import ArgumentError, DomainError
from fluxbridge.flux import optimisers as opt
from fluxbridge.flux.optimisers import scratch, stepping, ties
from fluxbridge.flux.optimisers.tree import same_state

CHAINS = [
    opt.OptimiserChain(opt.WeightDecay(0.1), opt.ClipNorm(0.5), opt.SignDecay(), opt.ClipGrad(0.2), last)
    for last in RULES[:18]
] + [opt.OptimiserChain(rule, opt.ClipGrad(0.1), rule) for rule in RULES[:18]]


@pytest.mark.parametrize("rule", RULES + CHAINS, ids=repr)
def test_blocks_give_what_whole_arrays_give(rule, monkeypatch):
    """In blocks of four numbers, as one block in place, and by the pure function: bit for bit the same."""

    def trained(large, block):
        monkeypatch.setattr(stepping, "LARGE", large)
        monkeypatch.setattr(stepping, "BLOCK", block)
        rng = np.random.default_rng(5)
        model = [rng.normal(size=(3, 4)), rng.normal(size=7).astype(np.float32), rng.normal(size=(2, 3)).T]
        tree = opt.setup(rule, model)
        for _ in range(4):
            opt.update_(tree, model, [rng.normal(size=a.shape).astype(a.dtype) for a in model])
        return model, [leaf.state for leaf in tree]

    pure, states = trained(1 << 40, 32)
    for block in (32, 1 << 18):
        arrays, other = trained(0, block)
        for a, b in zip(arrays, pure, strict=True):
            np.testing.assert_array_equal(a, b)
        assert all(same_state(a, b) for a, b in zip(other, states, strict=True))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("rule", [opt.OAdam(), opt.MixedPrecision(np.float64, opt.RAdam())], ids=repr)
def test_large_arrays(rule, dtype, monkeypatch):
    """Of several blocks and a rest; the copies of MixedPrecision are larger than a block."""
    sizes = [(3, 100_001), (stepping.BLOCK // 4 + 1,), (7, 5)]
    results = []
    for large in (stepping.LARGE, 1 << 40):
        monkeypatch.setattr(stepping, "LARGE", large)
        rng = np.random.default_rng(5)
        model = [rng.normal(size=size).astype(dtype) for size in sizes]
        model.append(np.repeat(model[0], 2, axis=1)[:, : sizes[0][1]])  # no flat view
        model.append(np.asfortranarray(model[0]))
        tree = opt.setup(rule, model)
        for _ in range(2):
            opt.update_(tree, model, [rng.normal(size=a.shape).astype(dtype) for a in model])
        results.append((model, [leaf.state for leaf in tree]))
    (blocks, states), (pure, pure_states) = results
    assert all(np.array_equal(a, b) for a, b in zip(blocks, pure, strict=True))
    assert all(same_state(a, b) for a, b in zip(states, pure_states, strict=True))


def test_a_state_in_another_order_than_its_parameter():
    """Such a state has no flat view beside the parameter: the step is computed for the whole array."""
    rng = np.random.default_rng(0)
    rule, shape = opt.Adam(), (300, 301)
    x, m, v, g = (rng.normal(size=shape) for _ in range(4))
    results = []
    for arrange in (np.ascontiguousarray, np.asfortranarray):
        model = [x.copy()]
        tree = [opt.Leaf(rule, (arrange(m.copy()), np.abs(v), opt.init(rule, x)[2]))]
        opt.update_(tree, model, [g])
        results.append((model[0], tree[0].state))
    assert np.array_equal(results[0][0], results[1][0]) and same_state(results[0][1], results[1][1])
    assert not np.array_equal(results[0][0], x)


def read_only(state):
    if isinstance(state, tuple):
        return tuple(map(read_only, state))
    if isinstance(state, np.ndarray):
        state = state.copy()
        state.flags.writeable = False
    return state


@pytest.mark.parametrize("rule", RULES + CHAINS, ids=repr)
def test_apply_is_a_pure_function(rule):
    rng = np.random.default_rng(1)
    x, state = read_only(rng.normal(size=3)), rule.init(np.zeros(3))
    for _ in range(3):
        state, dx = read_only(state), read_only(rng.normal(size=3))
        first, again = rule.apply(state, x, dx), rule.apply(state, x, dx)
        assert repr(first[0]) == repr(again[0])
        state = first[0]


@pytest.mark.parametrize("size", [3, 100_000])
def test_errors_of_numpy_change_nothing(size):
    """The first parameter could be updated, the second overflows."""
    model = {"a": np.ones(size), "b": np.full(size, 1e200)}
    tree = opt.setup(opt.OptimiserChain(opt.RMSProp(), opt.Descent()), model)
    grad = {"a": np.ones(size), "b": np.full(size, 1e200)}
    before = snapshot(tree, model)
    with pytest.raises(FloatingPointError), np.errstate(over="raise"):
        opt.update_(tree, model, grad)
    unchanged(tree, model, before)
    model["b"] *= 1e108
    tree, grad = opt.setup(opt.Descent(1.0), model), {"a": np.ones(size), "b": np.full(size, -1.7e308)}
    before = snapshot(tree, model)
    with pytest.raises(FloatingPointError), np.errstate(over="raise"):  # x - step, not the rule, overflows
        opt.update_(tree, model, grad)
    unchanged(tree, model, before)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (lambda dx: dx * 1j, r"Own\(\) gave a step of dtype complex128 for a parameter of dtype float64"),
        (lambda dx: np.ones(3), r"Own\(\) gave a step of shape \(3,\) for a parameter of shape \(2,\)"),
        (lambda dx: "much", "gave a step of dtype <U4"),
    ],
)
def test_a_step_that_cannot_be_taken(step, says):
    class Own(opt.AbstractRule):
        def init(self, x):
            return 0

        def apply(self, state, x, dx):
            return state + 1, step(dx) if x[0] else dx

    model = {"a": np.zeros(2), "b": np.ones(2)}
    tree = opt.setup(Own(), model)
    before = snapshot(tree, model)
    with pytest.raises(ArgumentError, match=says):
        opt.update_(tree, model, {"a": np.ones(2), "b": np.ones(2)})
    unchanged(tree, model, before)


def test_a_rule_of_ones_own_sees_whole_arrays():
    """Also when it is derived from one that is computed element by element."""

    class Centred(opt.Adam):
        def apply(self, state, x, dx):
            return super().apply(state, x, dx - np.mean(dx))

    class Old(opt.Descent):
        def apply_(self, state, x, dx):
            return super().apply_(state, x, dx - np.mean(dx))

    rng = np.random.default_rng(0)
    for kind, plain in ((Centred, opt.Adam), (Old, opt.Descent)):
        assert plain.elementwise and not kind.elementwise
        a, b = [np.zeros(100_000)], [np.zeros(100_000)]
        g = rng.normal(size=100_000) + 1
        opt.update_(opt.setup(kind(0.1), a), a, [g])
        opt.update_(opt.setup(plain(0.1), b), b, [g - np.mean(g)])
        np.testing.assert_array_equal(a[0], b[0])


def test_a_norm_that_is_not_finite():
    model = [np.ones(2)]
    grad = [np.array([np.inf, 1.0])]
    with pytest.raises(DomainError, match=r"throw=False"):
        opt.update_(opt.setup(opt.ClipNorm(1.0), model), model, grad)
    with np.errstate(invalid="ignore"):
        opt.update_(opt.setup(opt.ClipNorm(1.0, throw=False), model), model, grad)
    assert np.isnan(model[0][0]) and model[0][1] == 1.0  # inf / inf, and 1 / inf
    zero = [np.ones(2)]
    opt.update_(opt.setup(opt.ClipNorm(1.0), zero), zero, [np.zeros(2)])
    assert zero[0].tolist() == [1.0, 1.0]


def test_buffers_are_used_again_for_other_shapes():
    space = scratch.Workspace()
    large = space.take(np.ones((4, 5), np.float32))
    assert large.shape == (4, 5) and large.dtype == np.float32
    for like in (
        np.ones((2, 3), np.float32),
        np.asfortranarray(np.ones((2, 3), np.float32)),
        np.ones(7, np.float32),
    ):
        space.unused, space.free = space.kept.copy(), None
        small = space.take(like)
        assert small.shape == like.shape and small.flags.fnc == like.flags.fnc
        assert np.shares_memory(small, large) and len(space.kept) == 1
        assert not np.shares_memory(space.take(like), small)  # handed out once
        del space.kept[1:]
    space.unused, space.free = space.kept.copy(), None
    assert not np.shares_memory(space.take(np.ones((4, 5))), large)  # another type
    space.unused = space.kept[:1]
    assert not np.shares_memory(space.take(np.ones(21, np.float32)), large)  # too small


# -- ties --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 3), (2, 3), (1, 3), (3, 1), (1, 1), (2, 1, 3), (2, 2, 2), (2, 3, 2)])
def test_a_transpose_of_a_parameter_is_tied_to_it(shape):
    for axes in itertools.permutations(range(len(shape))):
        w = np.zeros(shape)
        other = w.transpose(axes)
        order = ties.permutation(w, other)
        there = w if order is None else w.transpose(order)
        assert there.shape == other.shape and np.shares_memory(there, other)
        model = {"a": w, "b": other}
        rng = np.random.default_rng(0)
        grad = {"a": rng.normal(size=w.shape), "b": rng.normal(size=other.shape)}
        opt.update_(opt.setup(opt.Descent(1.0), model), model, grad)
        np.testing.assert_allclose(w, -(grad["a"] + grad["b"].transpose(np.argsort(axes))))


def test_arrays_that_only_overlap_are_not_tied():
    w = np.zeros((2, 3))
    for part in (w[:1], w[:, :2], w[:, ::2], w.ravel(), w.reshape(3, 2), w.view(np.int64)):
        assert ties.memory(part) != ties.memory(w)
    assert ties.memory(np.zeros(0)) != ties.memory(np.zeros(0))
