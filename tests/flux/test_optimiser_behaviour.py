"""Optimisers beyond the records: what a step must never do, own rules, old style, flattening."""

import collections
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optimisersamples import RULES, snapshot, unchanged
from ownerrors import refused

from fluxbridge import Params, gradient
from fluxbridge.autodiff.template import Record
from fluxbridge.errors import ArgumentError, DimensionMismatch, DomainError, MutationError, StructureError
from fluxbridge.flux import KeyPath, layer
from fluxbridge.flux import optimisers as opt
from fluxbridge.flux.optimisers import text


class Fields:
    """An object with any attributes."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


def model_of(rng, dtype=np.float64):
    return {"w": rng.normal(size=(3, 2)).astype(dtype), "b": rng.normal(size=2).astype(dtype), "f": np.tanh}


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.complex128])
def test_both_steps_agree_and_leave_alone_what_they_must(rule, dtype, rng=None):
    if dtype is np.complex128 and isinstance(
        rule, (opt.Rprop, opt.AdaMax, opt.Lion, opt.ClipGrad, opt.AMSGrad)
    ):
        pytest.skip("for real numbers")
    if dtype is np.complex128 and isinstance(rule, opt.RMSProp) and rule.centred:
        pytest.skip("for real numbers")
    rng = np.random.default_rng(3)
    model = model_of(rng, dtype)
    tree, other_tree = opt.setup(rule, model), opt.setup(rule, model)
    pure = model
    for _ in range(4):
        grad = {"w": rng.normal(size=(3, 2)).astype(dtype), "b": rng.normal(size=2).astype(dtype)}
        kept = {k: v.copy() for k, v in grad.items()}
        before = {k: pure[k].copy() for k in ("w", "b")}
        text = repr(other_tree)
        new_tree, new = opt.update(other_tree, pure, grad)
        assert repr(other_tree) == text
        for k in before:
            np.testing.assert_array_equal(pure[k], before[k])
            assert new[k].dtype == dtype
        other_tree, pure = new_tree, new
        mine = model["w"]
        _, same = opt.update_(tree, model, grad)
        assert same is model and model["w"] is mine
        for k in kept:
            np.testing.assert_array_equal(grad[k], kept[k])
            np.testing.assert_array_equal(model[k], pure[k])
    assert all(np.isfinite(model[k]).all() for k in ("w", "b"))


@given(st.integers(0, 2**31), st.sampled_from(RULES[:18]))
def test_the_layout_in_memory_does_not_matter(seed, rule):
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    results = []
    for arrange in (np.ascontiguousarray, np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2]):
        model = [arrange(x.copy())]
        tree = opt.setup(rule, model)
        opt.update_(tree, model, [np.asfortranarray(g)])
        opt.update_(tree, model, [g])
        results.append(model[0])
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12)
    np.testing.assert_allclose(results[0], results[2], rtol=1e-12)


def test_integer_gradients_become_floats():
    model = {"w": np.zeros(2, np.float32)}
    opt.update_(opt.setup(opt.Descent(0.5), model), model, {"w": np.array([2, 4])})
    np.testing.assert_array_equal(model["w"], np.array([-1, -2], np.float32))


# -- nothing is half-updated ---------------------------------------------------------------------------


@pytest.mark.parametrize("step", [opt.update, opt.update_])
@pytest.mark.parametrize(
    ("grad", "error", "says"),
    [
        ({"a": np.ones(2), "b": np.ones(4)}, DimensionMismatch, r"\.b has shape \(4,\).*\(3,\)"),
        ({"a": np.ones(2), "b": np.ones(3) * 1j}, ArgumentError, r"\.b has dtype complex128"),
        ({"a": np.ones(2), "b": np.array(["x", "y", "z"])}, ArgumentError, r"\.b has dtype"),
        ({"a": np.ones(2), "b": np.array([1.0, np.nan, 1.0])}, DomainError, "2.0-norm NaN"),
        ((np.ones(2),), StructureError, "nothing for"),
    ],
)
def test_after_an_error_everything_is_as_before(step, grad, error, says):
    model = {"a": np.ones(2), "b": np.ones(3)}
    tree = opt.setup(opt.OptimiserChain(opt.Momentum(), opt.ClipNorm()), model)
    opt.update_(tree, model, {"a": np.ones(2), "b": np.ones(3)})
    before = snapshot(tree, model)
    with pytest.raises(error, match=says):
        step(tree, model, grad)
    unchanged(tree, model, before)


def test_a_rule_of_ones_own_that_fails_changes_nothing():
    @opt.rule
    class Capricious(opt.AbstractRule):
        eta: float = 1.0

        def init(self, x):
            return np.zeros_like(x)

        def apply_(self, state, x, dx):
            state += dx
            if dx.size == 3:
                raise RuntimeError("not today")
            return state, self.eta * state

    model = {"a": np.ones(2), "b": np.ones(3)}
    tree = opt.setup(Capricious(), model)
    before = snapshot(tree, model)
    with pytest.raises(RuntimeError):
        opt.update_(tree, model, {"a": np.ones(2), "b": np.ones(3)})
    unchanged(tree, model, before)
    opt.update_(tree, model, {"a": np.ones(2), "b": None})
    np.testing.assert_array_equal(model["a"], np.zeros(2))


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"a": np.ones(2)}, "the fields a.*the fields a, b"),
        ({"a": np.ones(2), "c": np.ones(3)}, "the fields a, c"),
        ({"a": np.ones(2), "b": 3.0}, r"at \.b the model has float without parameters"),
        ({"a": np.ones(2), "b": np.ones(4)}, r"at \.b the model has a parameter of shape \(4,\)"),
        ({"a": np.ones(2), "b": (np.ones(3),)}, r"at \.b"),
        ((np.ones(2), np.ones(3)), "at the top"),
        (np.ones(2), "at the top"),
    ],
)
def test_the_state_of_another_model_is_refused(other, says):
    tree = opt.setup(opt.Momentum(), {"a": np.ones(2), "b": np.ones(3)})
    with pytest.raises(StructureError, match=says):
        opt.update_(tree, other, None)


def test_the_state_of_a_model_with_fewer_parameters_is_refused():
    tree = opt.setup(opt.Descent(), {"a": np.ones(2), "b": False})
    with pytest.raises(StructureError, match=r"at \.b the model has a parameter, the state nothing"):
        opt.update_(tree, {"a": np.ones(2), "b": np.ones(2)}, None)
    opt.update_(opt.setup(opt.Descent(), Half()), Half(), None)  # what is not trained may be an array


def test_common_slips():
    model = {"a": np.ones(2), "b": np.ones(2)}
    tree = opt.setup(opt.Descent(), model)
    grads = gradient(lambda m: np.sum(m["a"]), model)
    with pytest.raises(StructureError, match=r"is this gradient\(…\)\[0\]"):
        opt.update_(tree, model, grads)
    with pytest.raises(ArgumentError, match="takes the state first"):
        opt.update_(Half(), tree, grads[0])


def test_what_cannot_be_written_to():
    model = {"a": np.broadcast_to(1.0, 3)}
    with pytest.raises(ArgumentError, match=r"array at \.a cannot be written"):
        opt.setup(opt.Descent(), model)
    model = {"a": np.ones(3)}
    tree = opt.setup(opt.Descent(), model)
    model["a"].flags.writeable = False
    with pytest.raises(MutationError):
        opt.update_(tree, model, {"a": np.ones(3)})
    np.testing.assert_allclose(opt.update(tree, model, {"a": np.ones(3)})[1]["a"], 0.9)


def test_everything_frozen_warns():
    model = {"a": np.ones(2)}
    tree = opt.setup(opt.Descent(), model)
    opt.freeze_(tree)
    with pytest.warns(UserWarning, match="all parameters are frozen"):
        opt.update_(tree, model, {"a": np.ones(2)})
    np.testing.assert_array_equal(model["a"], np.ones(2))


def test_a_rule_is_no_state():
    with pytest.raises(ArgumentError, match=r"setup\(rule, model\)"):
        opt.update_(opt.Descent(), {"a": np.ones(2)}, {"a": np.ones(2)})
    with pytest.raises(ArgumentError, match="a rule"):
        opt.setup({"a": np.ones(2)}, opt.Descent())
    with pytest.raises(ArgumentError, match="state tree"):
        opt.adjust_({"a": np.ones(2)}, 0.1)
    with pytest.raises(ArgumentError, match="something to act on"):
        opt.adjust_(opt.setup(opt.Descent(), [np.ones(2)]))


# -- structures ------------------------------------------------------------------------------------------


@layer(trainable=("w",))
class Half:
    def __init__(self):
        self.w, self.fixed = np.ones(2), np.ones(2)


def test_what_a_layer_does_not_train():
    model = Half()
    tree = opt.setup(opt.Descent(1.0), model)
    assert tree.fixed == () and isinstance(tree.w, opt.Leaf)
    opt.update_(tree, model, Record(w=np.ones(2), fixed=np.ones(2)))
    np.testing.assert_array_equal(model.w, np.zeros(2))
    np.testing.assert_array_equal(model.fixed, np.ones(2))
    assert len(opt.trainables(model)) == 1
    flat, re = opt.destructure(model)
    assert flat.shape == (2,) and re(flat).fixed is model.fixed


def test_containers_of_all_kinds():
    Point = collections.namedtuple("Point", "x y")
    ordered = collections.OrderedDict(k=np.ones(1))
    model = [Point(np.ones(1), 2), SimpleNamespace(w=np.ones(1)), ordered, (np.ones(1), None)]

    def loss(m):
        return m[0].x[0] * m[1].w[0] * m[2]["k"][0] * m[3][0][0]

    (grad,) = gradient(loss, model)
    tree = opt.setup(opt.Descent(0.5), model)
    tree, new = opt.update(tree, model, grad)
    assert [float(a[0]) for a in opt.trainables(new)] == [0.5] * 4
    assert type(new[0]) is Point and type(new[2]) is collections.OrderedDict
    opt.update_(tree, model, grad)
    assert [float(a[0]) for a in opt.trainables(model)] == [0.5] * 4


@pytest.mark.parametrize("kind", ["object", "named tuple", "record", "dict"])
def test_a_gradient_may_be_of_another_kind(kind):
    Pair = collections.namedtuple("Pair", "w b")
    model = Fields(w=np.ones(2), b=np.ones(1))
    made = {"object": Fields, "named tuple": Pair, "record": Record, "dict": dict}[kind]
    opt.update_(opt.setup(opt.Descent(0.5), model), model, made(w=np.ones(2), b=None))
    assert model.w.tolist() == [0.5, 0.5] and model.b.tolist() == [1.0]


@pytest.mark.parametrize("grad", [np.ones(2), (np.ones(2),), [1.0], "text", 3.0])
def test_a_gradient_without_the_parts_of_the_model(grad):
    model = {"w": np.ones(2), "b": np.ones(1)}
    with pytest.raises(StructureError, match=r"does not have the structure of the model: nothing for \.w"):
        opt.update_(opt.setup(opt.Descent(0.5), model), model, grad)
    assert model["w"].tolist() == [1.0, 1.0]


def test_closures_are_models():
    w = np.ones(2)
    model = lambda x: np.sum(w * x)  # noqa: E731
    (grad,) = gradient(lambda m: m(np.array([1.0, 2.0])), model)
    opt.update_(opt.setup(opt.Descent(0.5), model), model, grad)
    np.testing.assert_array_equal(w, [0.5, 0.0])


def test_tied_layers_move_together():
    w = np.ones(2)
    model = Fields(enc=Fields(w=w), dec=Fields(w=w))
    (grad,) = gradient(lambda m: np.sum(m.enc.w) + np.sum(3 * m.dec.w), model)
    tree = opt.setup(opt.Descent(0.25), model)
    assert tree.enc.w is tree.dec.w
    opt.update_(tree, model, grad)
    np.testing.assert_array_equal(w, [0.0, 0.0])
    assert len(opt.trainables(model)) == 1
    flat, re = opt.destructure(model)
    rebuilt = re(flat + 1)
    assert flat.shape == (2,) and rebuilt.enc.w is rebuilt.dec.w


def test_a_penalty_counts_tied_arrays_once():
    w = np.array([1.0, 2.0])
    model = (w, w)

    def penalty(m):
        return sum(np.sum(p**2) for p in opt.trainables(m))

    assert penalty(model) == 5.0
    assert gradient(penalty, model)[0][0].tolist() == [2.0, 4.0]


def test_higher_order_gradients_go_along():
    model = {"a": np.ones(2)}
    opt.update_(opt.setup(opt.Descent(0.5), model), model, {"a": np.ones(2)}, {"a": np.ones(2)})
    np.testing.assert_array_equal(model["a"], [0.5, 0.5])


# -- rules ------------------------------------------------------------------------------------------------


def test_spellings():
    assert opt.Adam(η=0.1, β=(0.8, 0.9), ϵ=1e-4) == opt.Adam(0.1, (0.8, 0.9), 1e-4)
    assert opt.AdamW(**{"lambda": 0.5}).λ == 0.5
    assert opt.Momentum(0.1).η == 0.1
    assert opt.adjust(opt.AdamW(), λ=0.25).lambda_ == 0.25
    assert opt.RMSProp(centered=True).centred
    with pytest.raises(ArgumentError, match=r"has no lr=: .* write Momentum\(0\.01\)"):
        opt.Momentum(lr=0.1)
    with pytest.raises(TypeError, match="speed"):
        opt.Momentum(speed=0.1)
    with pytest.raises(AttributeError, match="no field 'lr'"):
        opt.Momentum().lr


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: opt.Adam(-0.1), DomainError),
        (lambda: opt.Adam(0.1, 0.9), ArgumentError),
        (lambda: opt.Adam(0.1, (0.9,)), ArgumentError),
        (lambda: opt.Momentum(1j), ArgumentError),
        (lambda: opt.AccumGrad(1.5), ArgumentError),
        (lambda: opt.OptimiserChain(0.1), ArgumentError),
        (lambda: opt.MixedPrecision(np.int32, opt.Adam()), ArgumentError),
        (lambda: opt.adjust(opt.Adam(), -1.0), DomainError),
    ],
)
def test_refused_rules(make, error):
    with pytest.raises(error):
        make()


def test_accumulated_gradients_are_one_large_batch():
    one, several = {"w": np.ones(2)}, {"w": np.ones(2)}
    grads = [np.array([1.0, 5.0]), np.array([3.0, -1.0])]
    chain = opt.OptimiserChain(opt.AccumGrad(2), opt.Adam(0.1))
    tree = opt.setup(chain, several)
    for g in grads:
        opt.update_(tree, several, {"w": g})
    opt.update_(opt.setup(opt.Adam(0.1), one), one, {"w": sum(grads) / 2})
    np.testing.assert_allclose(one["w"], several["w"], rtol=1e-14)


def test_leaves_compare_and_print():
    tree = opt.setup(opt.Momentum(0.1), {"w": np.zeros((1, 2), np.float32), "b": np.zeros(1)})
    assert repr(tree["w"]) == "Leaf(Momentum(eta=0.1, rho=0.9), Float32[0.0 0.0])"
    single = [np.zeros((2, 2), np.float32), np.zeros(1)]
    assert repr(opt.setup(opt.AdaGrad(), single)) == (  # as Optimisers.jl prints them
        "[Leaf(AdaGrad(eta=0.1, epsilon=1.0e-8), Float32[1.0f-8 1.0f-8; 1.0f-8 1.0f-8]), "
        "Leaf(AdaGrad(eta=0.1, epsilon=1.0e-8), [1.0e-8])]"
    )
    assert repr(opt.setup(opt.OptimiserChain(opt.Descent()), [np.ones(1)])[0]) == (
        "Leaf(OptimiserChain(Descent(0.1)), (nothing,))"
    )
    assert repr(opt.Rprop(np.float32(1e-3))).startswith("Rprop(eta=0.001, ell")
    assert repr(opt.ClipNorm(np.float32(1))) == "ClipNorm{Float32, Float64}(1.0f0, 2.0, true)"
    assert tree["w"] == opt.Leaf(opt.Momentum(0.1), np.zeros((1, 2), np.float32))
    assert tree["w"] != opt.Leaf(opt.Momentum(0.1), np.ones((1, 2), np.float32))


# -- flattening ---------------------------------------------------------------------------------------------


def test_restructure_is_differentiable():
    model = {"w": np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), "b": (np.array([5.0]), "text")}
    flat, re = opt.destructure(model)
    assert flat.dtype == np.float64 and re(flat)["w"].dtype == np.float32
    (g,) = gradient(lambda v: np.sum(re(v)["w"] @ np.array([1.0, 10.0])) * re(v)["b"][0][0], flat)
    np.testing.assert_allclose(g, [5, 5, 50, 50, 64])
    (m,) = gradient(lambda m: np.sum(opt.destructure(m)[0] * np.arange(5.0)), model)
    np.testing.assert_array_equal(m["w"], [[0, 2], [1, 3]])
    with pytest.raises(DimensionMismatch, match="length 5, got 4"):
        re(flat[1:])
    assert opt.destructure({"n": 1})[0].shape == (0,)
    assert repr(re) == "Restructure(dict, ..., 5)" and len(re) == 5


def test_restructure_calls_the_model():
    class Scale:
        def __init__(self, s):
            self.s = s

        def __call__(self, x):
            return self.s * x

    flat, re = opt.destructure(Scale(np.array([2.0])))
    np.testing.assert_array_equal(re(np.array([3.0]), 2 * flat), [12.0])


def test_paths():
    found = opt.trainables(Fields(a=(np.ones(1), 2), b={"k": np.ones(2)}), path=True)
    assert [p for p, _ in found] == [KeyPath("a", 0), KeyPath("b", "k")]


# -- the old style ---------------------------------------------------------------------------------------


def test_implicit_parameters_and_a_rule():
    W, b = np.array([[1.0, 2.0]]), np.array([3.0])
    ps = opt.params((W, b))
    assert isinstance(ps, Params) and len(ps) == 2
    rule, same = opt.Momentum(0.1), opt.Momentum(0.1)
    explicit = {"W": W.copy(), "b": b.copy()}
    tree = opt.setup(same, explicit)
    x = np.array([1.0, -1.0])
    for _ in range(3):
        grads = gradient(lambda: np.sum((W @ x + b) ** 2), ps)
        opt.update_(rule, ps, grads)
        (g,) = gradient(lambda m: np.sum((m["W"] @ x + m["b"]) ** 2), explicit)
        opt.update_(tree, explicit, g)
    np.testing.assert_allclose(W, explicit["W"])
    np.testing.assert_allclose(b, explicit["b"])
    before = W.copy()
    opt.update_(opt.Descent(0.5), W, np.ones((1, 2)))
    np.testing.assert_allclose(W, before - 0.5)
    with pytest.raises(ArgumentError, match="gradient"):
        opt.update_(rule, ps, [1.0])


# -- printing, comparing, refusing -----------------------------------------------------------------------


def test_states_are_compared_in_full():
    a, b = (np.zeros(1), np.ones(1)), (np.zeros(1), np.zeros(1))
    rule = opt.Adam()
    assert opt.Leaf(rule, a) == opt.Leaf(rule, a) and opt.Leaf(rule, a) != opt.Leaf(rule, b)
    assert opt.Leaf(rule, a) != opt.Leaf(rule, a[:1]) and opt.Leaf(rule, a) != opt.Leaf(rule, a, frozen=True)
    assert opt.Leaf(rule, 1) != opt.Leaf(rule, 1.0)


@pytest.mark.parametrize("name", ["freeze_", "thaw_", "adjust_", "adjust"])
def test_a_model_is_no_state(name):
    args = (0.1,) if name.startswith("adjust") else ()
    with pytest.raises(ArgumentError, match=f"{name} must not be applied to a model"):
        getattr(opt, name)({"w": np.ones(2)}, *args)


def test_a_vector_goes_alone_or_behind_the_input():
    flat, re = opt.destructure([np.ones(2)])
    for args in ((), (1, flat, flat)):
        with pytest.raises(TypeError, match=f"one or two arguments; got {len(args)}"):
            re(*args)


def test_init_and_apply_take_a_rule():
    with pytest.raises(ArgumentError, match=r"init\(rule, x\) takes a rule"):
        opt.init(3, np.ones(2))
    with pytest.raises(ArgumentError, match=r"apply_\(rule, state, x, dx\) takes a rule"):
        opt.apply_(3, None, np.ones(2), np.ones(2))
    x = np.ones(2, np.float16)
    rule = opt.MixedPrecision(opt.Descent(0.5))
    state, step = opt.apply_(rule, opt.init(rule, x), x, [1.0, 2.0])
    assert step is None and x.tolist() == [0.5, 0.0] and state[0].tolist() == [0.5, 0.0]
    with pytest.raises(NotImplementedError, match=r"must define init\(self, x\)"):
        opt.init(opt.AbstractRule(), x)
    with pytest.raises(NotImplementedError, match="must define apply"):
        opt.apply_(opt.AbstractRule(), None, x, x)
    for args in ((), (1, 2, 3), (np.float32, 3), ("none", opt.Adam())):
        with pytest.raises(ArgumentError, match="a float type"):
            opt.MixedPrecision(*args)


def test_long_arrays_are_cut_in_the_middle():
    column = text.julia(np.arange(12.0).reshape(12, 1))
    assert column == "[0.0; 1.0; 2.0; 3.0; 4.0; …; 7.0; 8.0; 9.0; 10.0; 11.0;;]"
    assert text.julia(np.arange(10.0).reshape(10, 1)).count(";") == 11
    row = text.julia(np.arange(22.0))
    assert row.startswith("[0.0, ") and "9.0, …, 12.0" in row and row.endswith("21.0]")
    assert "…" not in text.julia(np.arange(20.0))


def test_a_chain_ends_with_mixed_precision():
    rng = np.random.default_rng(0)
    chain = opt.OptimiserChain(
        opt.WeightDecay(0.1), opt.MixedPrecision(np.float64, opt.Descent()), opt.Descent(7.0)
    )
    short = opt.OptimiserChain(opt.WeightDecay(0.1), opt.MixedPrecision(np.float64, opt.Descent()))
    x = rng.normal(size=3).astype(np.float32)
    a, b, g = [x.copy()], [x.copy()], [rng.normal(size=3).astype(np.float32)]
    opt.update_(opt.setup(chain, a), a, g)
    opt.update_(opt.setup(short, b), b, g)
    assert np.array_equal(a[0], b[0]) and not np.array_equal(a[0], x)


def test_mixed_precision_keeps_the_type_of_its_copy():
    x = np.ones(3)
    tree = opt.setup(opt.MixedPrecision(opt.Adam()), [x])
    opt.update_(tree, [x], [np.ones(3)])
    precise, (m, v, _) = tree[0].state
    assert precise.dtype == m.dtype == v.dtype == np.float32 and x.dtype == np.float64
    nested = opt.setup(opt.MixedPrecision(np.float64, opt.MixedPrecision(np.float16, opt.Descent(0.5))), [x])
    opt.update_(nested, [x], [np.ones(3)])
    outer, (inner, _) = nested[0].state
    assert outer.dtype == np.float64 and inner.dtype == np.float16 and np.array_equal(outer, x)


@pytest.mark.parametrize("name", ["eta", "η", "beta"])
def test_a_field_of_a_rule_is_set_by_adjust(name):
    rule = opt.Adam(0.1)
    value = (0.5, 0.5) if name == "beta" else 0.01
    with refused(AttributeError, match=f"its {name} cannot be set") as caught:
        setattr(rule, name, value)
    assert rule == opt.Adam(0.1)
    in_a_state, by_itself = re.findall(r"(adjust_\(.+?\)) for|(adjust\(.+\)) for", str(caught.value))
    names = {**vars(opt), "rule": rule, "state": opt.setup(rule, {"w": np.ones(2)})}
    eval(in_a_state[0], names)
    changed = opt.Adam(0.1, (0.5, 0.5)) if name == "beta" else opt.Adam(0.01)
    assert names["state"]["w"].rule == changed
    assert eval(by_itself[1], names) == changed


def test_a_rule_of_ones_own_and_a_name_that_is_no_field():
    @opt.rule
    class Plain(opt.AbstractRule):
        speed: float = 1.0

    with refused(AttributeError, match=r"adjust\(rule, speed=2.0\)"):
        Plain().speed = 2.0
    with refused(AttributeError, match="no field 'rate'"):
        opt.Descent(0.1).rate = 2.0
