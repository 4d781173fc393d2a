"""Training against the recorded losses, gradients and parameters of Flux; and what it refuses."""

import functools
import io
import sys

import numpy as np
import pytest
from fluxrecords import OneHot, agree, case, cases, variations
from fluxscripts import Script, flux_words

from fluxbridge import AutoFiniteDifferences, AutoNative, flux, gradient, withgradient
from fluxbridge.autodiff.template import Record
from fluxbridge.errors import ArgumentError, DomainError, NotScalarError, StructureError
from fluxbridge.flux import losses, onehotarrays
from fluxbridge.flux.data import DataLoader
from fluxbridge.flux.layers.basic import Dense
from fluxbridge.flux.layers.containers import Chain
from fluxbridge.flux.layers.normalise import BatchNorm
from fluxbridge.flux.optimisers import (
    Adam,
    Descent,
    Momentum,
    adjust_,
    freeze_,
    params,
    setup,
    thaw_,
    trainables,
    update_,
)
from fluxbridge.flux.precision import f32, f64
from fluxbridge.flux.state import loadmodel_, state
from fluxbridge.flux.training import train_, trainstep_, trainstep_withgradient_

WORDS = flux_words()
RUNS = [c for c in [*cases("training"), *variations("training")] if "rule" in c]


class Run:
    """A recorded training: the model at its start, the data, the loss."""

    def __init__(self, case):
        self.case = case
        self.convert = f32 if case["type"] == "Float32" else f64
        x, y = case["data"]["x"], case["data"]["y"]
        self.x = x.astype(np.float32 if case["type"] == "Float32" else x.dtype)
        if isinstance(y, OneHot):
            self.y = onehotarrays.OneHotArray(np.argmax(y, axis=0), len(y))
        else:
            self.y = y.astype(self.x.dtype) if y.dtype.kind == "f" else y
        self.batchsize = case.get("batchsize") or self.x.shape[-1]
        self.epochs = case.get("epochs") or case["steps"]

    def model(self):
        return loadmodel_(self.convert(eval(self.case["python"], WORDS)), self.case["params0"])

    def rule(self):
        return eval(self.case["rule_python"], WORDS)

    def loss(self, m, x, y):
        text = self.case["loss"].replace("Flux.", "").replace(";", ",")
        return eval(text, WORDS, {"m": m, "x": x, "y": y})

    def batches(self):
        return DataLoader((self.x, self.y), batchsize=self.batchsize)


def tolerance(case):
    return 100 if len(case["losses"]) > 50 else 10


@pytest.mark.parametrize("case", RUNS, ids=lambda c: c.name)
def test_loop_as_recorded(case):
    run = Run(case)
    model = run.model()
    tree = setup(run.rule(), model)
    seen = []
    for _ in range(run.epochs):
        for x, y in run.batches():
            value, (grad,) = withgradient(lambda m, x=x, y=y: run.loss(m, x, y), model)
            if not seen:
                agree(grad, case["gradient_1"], tolerance=10)
            update_(tree, model, grad)
            if not seen:
                agree(state(model), case["params_1"], tolerance=10, types=False)
            seen.append(value)
    agree(np.array(seen, run.x.dtype), case["losses"], tolerance=tolerance(case))
    agree(state(model), case["params_final"], tolerance=tolerance(case), types=False)
    agree(model(run.x), case["final_output"], tolerance=tolerance(case))
    final = run.loss(model, run.x, run.y)
    assert abs(final - case["final_loss"]) <= 1e-4 * abs(case["final_loss"])
    if "final_accuracy" in case:
        hits = onehotarrays.onecold(model(run.x)) == onehotarrays.onecold(run.y)
        assert np.mean(hits) == case["final_accuracy"]


@pytest.mark.parametrize("case", RUNS, ids=lambda c: c.name)
def test_train_as_recorded(case):
    run = Run(case)
    model = run.model()
    tree = setup(run.rule(), model)
    for _ in range(run.epochs):
        assert train_(run.loss, model, run.batches(), tree) is None
    agree(state(model), case["params_final"], tolerance=tolerance(case), types=False)


# -- recorded scripts --------------------------------------------------------------------------------


def test_train_with_data_tuples_and_a_custom_loss():
    with Script("train! with data tuples and a custom loss", "training") as (s, i):
        m = Dense(i.w, i.b)
        opt = setup(Momentum(0.1), m)
        train_(lambda m, x, y: np.sum(np.abs(m(x) - y)) * 10, m, [(i.x1, i.y1), (i.x1, i.y1)], opt)
        s.snap("params", state(m))
        s.snap("opt", opt)


def test_train_stops_at_nan():
    with Script("train! stops at NaN", "training") as (s, i):
        m = Dense(i.w, i.b)
        opt = setup(Descent(0.1), m)
        with pytest.raises(DomainError, match="Loss is NaN on data item 1, stopping training"):
            train_(lambda m, x: np.sum(m(x)) * np.nan, m, [(i.x1,)], opt)
        s.trace.pop(0)
        s.snap("params unchanged", state(m))


def test_train_with_data_that_are_not_tuples():
    with Script("train! with data that are not tuples", "training") as (s, i):
        m = Dense(i.w, i.b)
        train_(lambda m, x: np.sum(m(x) ** 2), m, [i.x1, 2 * i.x1], setup(Descent(0.1), m))
        s.snap("params", state(m))


def test_regularised_loss():
    with Script("regularised loss", "training") as (s, i):
        m = Chain(Dense(i.w, i.b, np.tanh), Dense(i.w2))

        def loss(m):
            penalty = 0.1 * np.sum(m[0].weight ** 2) + 0.01 * np.sum(np.abs(m[1].weight))
            return losses.mse(m(i.x1), i.y1) + penalty

        value, grad = withgradient(loss, m)
        s.snap("loss", value)
        s.snap("gradient", grad[0])


def test_withgradient_with_a_tuple():
    with Script("withgradient with a tuple", "training") as (s, i):
        r = withgradient(lambda m: (np.sum(m(i.x1) ** 2), m(i.x1)), Dense(i.w, i.b))
        s.snap("val", r.val)
        s.snap("grad", r.grad)


def test_update_of_a_flux_model():
    with Script("update! of a Flux model") as (s, i):
        m = Chain(Dense(i.a, i.b, np.tanh), Dense(i.c, True))
        st = setup(Adam(0.1), m)
        for k in range(1, 4):
            value, gs = withgradient(lambda m: np.sum(m(i.da) ** 2), m)
            update_(st, m, gs[0])
            s.snap(f"loss {k}", value)
            s.snap(f"params {k}", state(m))
        s.snap("state", st)


def test_frozen_layer_of_a_flux_model():
    with Script("frozen layer of a Flux model") as (s, i):
        m = Chain(Dense(i.a, i.b, np.tanh), Dense(i.c, True))
        st = setup(Momentum(0.1), m)
        freeze_(st.layers[0])
        (g,) = gradient(lambda m: np.sum(m(i.da) ** 2), m)
        update_(st, m, g)
        s.snap("params", state(m))
        thaw_(st)
        adjust_(st, 0.30000000000000004)
        update_(st, m, g)
        s.snap("params after thaw and adjust", state(m))


# -- steps ----------------------------------------------------------------------------------------------


def line():
    return Dense(np.array([[1.0]]), np.array([0.0]))


X, Y = np.array([[1.0, 2.0]]), np.array([[3.0, 5.0]])


def squares(m, x, y):
    return losses.mse(m(x), y)


def test_a_step_returns_what_the_loss_returns():
    m = line()
    tree = setup(Descent(0.1), m)
    value, grad = trainstep_withgradient_(squares, m, (X, Y), tree)
    assert value == 6.5 and grad.bias.tolist() == [-5.0]
    value, shape = trainstep_(lambda m, x: (np.sum(m(x)), x.shape), m, X, tree)
    assert shape == (1, 2)
    value = trainstep_(lambda m, x: {"loss": np.sum(m(x)), "n": 2}, m, X, tree)
    assert value["n"] == 2


def test_another_engine():
    a, b = line(), line()
    trainstep_(squares, a, (X, Y), setup(Descent(0.1), a))
    train_(squares, AutoFiniteDifferences(), b, [(X, Y)], setup(Descent(0.1), b))
    np.testing.assert_allclose(a.weight, b.weight, rtol=1e-8)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_changes_nothing(bad):
    m = line()
    tree = setup(Adam(), m)
    text = repr(tree)
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(trainstep_(lambda m, x: np.sum(m(x)) * bad, m, X, tree))
        assert m.weight == [[1.0]] and repr(tree) == text
        with pytest.raises(DomainError, match="on data item 2"):
            train_(lambda m, x, s: np.sum(m(x)) * s, m, [(X, 1.0), (X, bad), (X, 1.0)], tree)
    assert m.weight != [[1.0]]


def test_what_training_refuses():
    m = line()
    tree = setup(Descent(0.1), m)
    with pytest.raises(NotScalarError):
        train_(lambda m, x: m(x), m, [X], tree)
    with pytest.raises(StructureError, match="another model"):
        train_(lambda m, x: np.sum(m(x)), Chain(m), [X], tree)
    with pytest.raises(ArgumentError, match="callbacks"):
        train_(squares, m, [(X, Y)], tree, cb=print)
    with pytest.raises(ArgumentError, match="iterate over"):
        train_(squares, m, 3, tree)
    with pytest.raises(ArgumentError, match="row by row"):
        train_(lambda m, x: np.sum(m(x)), m, X, tree)
    with pytest.raises(TypeError, match="2 arguments after the loss"):
        train_(squares, m, [(X, Y)])
    assert m.weight == [[1.0]]


def test_what_training_warns_of():
    m = line()
    tree = setup(Descent(0.1), m)
    with pytest.warns(UserWarning, match="data were empty"):
        train_(squares, m, [], tree)
    pairs = zip([X], [Y], strict=True)
    train_(squares, m, pairs, tree)
    with pytest.warns(UserWarning, match="data were empty"):
        train_(squares, m, pairs, tree)
    with pytest.warns(UserWarning, match="Adam has a state"):
        train_(squares, m, [(X, Y)], Adam())
    train_(squares, m, [(X, Y)], Descent(0.1))
    freeze_(tree)
    before = m.weight.copy()
    with pytest.warns(UserWarning, match="frozen"):
        train_(squares, m, [(X, Y)], tree)
    np.testing.assert_array_equal(m.weight, before)


def test_models_of_ones_own():
    w = np.array([1.0])
    train_(lambda m, x: np.sum(m["w"] * x), {"w": w}, [2.0, 3.0], setup(Descent(0.1), {"w": w}))
    np.testing.assert_allclose(w, [0.5])
    rows = [Record(x=1.0, y=2.0)]
    train_(lambda m, r: m[0][0] * r.x * r.y, (w,), rows, setup(Descent(0.1), (w,)))
    np.testing.assert_allclose(w, [0.3])


# -- the old style ----------------------------------------------------------------------------------------


def test_the_old_style_gives_the_same():
    recorded = Run(case("(c) iris minibatches"))
    old, new = recorded.model(), recorded.model()
    tree = setup(recorded.rule(), new)
    calls = []
    rule = recorded.rule()
    for _ in range(recorded.epochs):
        train_(recorded.loss, new, recorded.batches(), tree)
        train_(
            lambda x, y: recorded.loss(old, x, y), params(old), recorded.batches(), rule,
            cb=lambda: calls.append(1),
        )  # fmt: skip
    agree(state(old), recorded.case["params_final"], tolerance=10)
    agree(state(new), recorded.case["params_final"], tolerance=10)
    assert len(calls) == 15
    ps = params(old)
    assert [id(a) for a in ps] == [id(a) for a in trainables(old)]


def test_old_loops_stop_at_nan():
    m = line()
    with pytest.raises(DomainError), np.errstate(invalid="ignore"):
        train_(lambda x: np.sum(m(x)) * np.nan, params(m), [X], Descent(0.1))
    assert m.weight == [[1.0]]


# -- the progress bar ------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_shows_the_loss_in_a_terminal_only(monkeypatch):
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr(tqdm, "tqdm", functools.partial(tqdm.tqdm, mininterval=0))

    def shown(stream, **options):
        monkeypatch.setattr(sys, "stderr", stream)
        m = line()
        train_(squares, m, [(X, Y)] * 3, setup(Descent(0.1), m), **options)
        return stream.getvalue()

    assert shown(io.StringIO()) == ""
    assert shown(Terminal(), progress=False) == ""
    text = shown(Terminal())
    assert "3/3" in text and "loss=" in text


def test_the_old_style_shows_no_bar_either_if_told_so(monkeypatch):
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr(tqdm, "tqdm", functools.partial(tqdm.tqdm, mininterval=0))
    m = line()
    for options in ({"progress": False}, {}):
        monkeypatch.setattr(sys, "stderr", Terminal())
        train_(lambda x, y: squares(m, x, y), params(m), [(X, Y)] * 3, Descent(0.1), **options)
        assert ("loss=" in sys.stderr.getvalue()) == (not options)


def test_without_the_library_there_is_no_bar(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    m = line()
    train_(squares, m, [(X, Y)], setup(Descent(0.1), m))
    assert sys.stderr.getvalue() == ""


# -- what a loss returns -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extra", [lambda v: (v, np.nan), lambda v: {"loss": v, "rest": np.nan}], ids=["tuple", "dict"]
)
def test_only_the_first_of_several_results_is_the_loss(extra):
    m = line()
    returned = trainstep_(lambda m, x: extra(np.sum(m(x))), m, X, setup(Descent(0.1), m))
    assert np.isfinite(returned[0] if isinstance(returned, tuple) else returned["loss"])
    assert m.weight != [[1.0]]
    train_(lambda m, x: extra(np.sum(m(x))), m, [X], setup(Descent(0.1), m))


@pytest.mark.parametrize("engine", [(), (AutoNative(),)], ids=["default", "named"])
def test_a_loss_that_is_not_finite_leaves_no_trace(engine):
    m = Chain(BatchNorm(1), Dense((1, 1)))
    before = repr(state(m))
    with np.errstate(all="ignore"):
        value, grad = trainstep_withgradient_(
            lambda m, x: np.sum(m(x)) * np.nan, *engine, m, np.float32(X), setup(Descent(0.1), m)
        )
    assert np.isnan(value) and grad is None and repr(state(m)) == before


def test_a_loss_may_hold_arrays_and_a_model_none():
    weights = np.array([1.0])
    model = Chain(np.tanh)

    def loss(m, x):
        return np.sum(weights * m(x))

    with pytest.warns(UserWarning, match="no trainable"):
        state = setup(Descent(0.1), model)
    train_(loss, model, [X], state)
    with pytest.raises(ArgumentError, match="takes the loss first"):
        train_(Dense((1, 1)), loss_without_arrays, [X], state)


def loss_without_arrays(m, x):
    return np.sum(m(x))


def test_a_vector_is_data_number_by_number():
    m = [np.array([0.0])]
    train_(lambda m, x: np.sum((m[0] - x) ** 2), m, np.array([1.0, 3.0]), setup(Descent(0.5), m))
    assert m[0] == [3.0]
    with pytest.raises(ArgumentError, match="taken row by row"):
        train_(lambda m, x: np.sum(m[0] * x), m, np.ones((2, 2)), setup(Descent(0.5), m))


@pytest.mark.parametrize("bias", [True, False])
def test_a_penalty_on_the_parameters_inside_of_an_implicit_loss(bias):
    m = flux.f64(flux.Chain(flux.Dense((2, 3), flux.tanh, bias=bias), flux.Dense((3, 1))))
    x = np.random.default_rng(0).normal(size=(2, 4))
    for layer in m.layers:
        if layer.bias is not False:
            layer.bias[:] = 0.5

    def penalty(arrays):
        return sum(np.linalg.norm(p) for p in arrays)

    ps = flux.params(m)
    found = flux.gradient(lambda: np.sum(m(x) ** 2) + penalty(flux.params(m)), ps)
    captured = flux.gradient(lambda: np.sum(m(x) ** 2) + penalty(ps), ps)
    (explicit,) = flux.gradient(lambda m: np.sum(m(x) ** 2) + penalty(flux.params(m)), m)
    (expected,) = flux.gradient(lambda m: np.sum(m(x) ** 2) + penalty(flux.trainables(m)), m)
    for k, layer in enumerate(m.layers):
        for name in ("weight", "bias") if layer.bias is not False else ("weight",):
            right = getattr(expected.layers[k], name)
            assert np.all(right != 0)
            for got in (found[getattr(layer, name)], captured[getattr(layer, name)]):
                np.testing.assert_allclose(got, right, rtol=1e-12)
            np.testing.assert_array_equal(getattr(explicit.layers[k], name), right)


def test_a_second_derivative_of_a_penalty():
    w = np.array([1.0, 2.0])

    def slope():
        inner = flux.gradient(lambda: sum(np.sum(p**3) for p in flux.params(w)), flux.params(w))
        return np.sum(inner.grads.values()[0])

    assert flux.gradient(slope, flux.params(w))[w].tolist() == [6.0, 12.0]
