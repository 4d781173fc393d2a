"""What Optimisers.jl answered to whole scripts: freezing, adjusting, ties, flattening."""

import numpy as np
import pytest
from fluxrecords import case
from fluxscripts import Script

from fluxbridge import gradient
from fluxbridge.autodiff.template import Record
from fluxbridge.errors import DomainError
from fluxbridge.flux import BatchNorm, Chain, Dense, Dropout, Parallel, SkipConnection, state, vcat
from fluxbridge.flux.optimisers import (
    Adam,
    ClipGrad,
    ClipNorm,
    Descent,
    Momentum,
    OptimiserChain,
    adjust,
    adjust_,
    destructure,
    freeze_,
    setup,
    thaw_,
    trainables,
    update,
    update_,
)
from fluxbridge.flux.optimisers.text import type_name


def test_nested_model_with_missing_gradient():
    with Script("nested model with missing gradient") as (s, i):
        m = Record(layers=(Record(weight=i.a, bias=i.b, act=np.tanh), Record(weight=i.c, bias=False)), n=3)
        st = setup(Momentum(0.1, 0.9), m)
        s.snap("state0", st)
        g = Record(layers=(Record(weight=i.da, bias=None, act=None), Record(weight=i.dc, bias=None)), n=None)
        st, m = update(st, m, g)
        s.trace[0][1]["layers"][0]._fields.pop("act")  # the name of a function
        s.snap("params1", m)
        s.snap("state1", st)
        st, m = update(st, m, Record(layers=(None, Record(weight=i.dc, bias=None)), n=None))
        s.trace[0][1]["layers"][0]._fields.pop("act")
        s.snap("params2", m)
        s.snap("state2", st)


def test_update_mutates_or_not():
    with Script("update! mutates, update does not") as (s, i):
        m, g = Record(w=i.a, b=i.b), Record(w=i.da, b=i.db)
        st = setup(Descent(0.1), m)
        _, m2 = update(st, m, g)
        s.snap("original", m)
        s.snap("new", m2)
        _, m3 = update_(st, m, g)
        s.snap("original after update!", m)
        s.snap("returned", m3)
        s.snap("same object", m3.w is m.w)


def test_freeze_and_thaw():
    with Script("freeze! and thaw!") as (s, i):
        m = Record(l1=Record(w=i.a, b=i.b), l2=Record(w=i.c))
        st = setup(Momentum(0.1, 0.9), m)
        g = Record(l1=Record(w=i.da, b=i.db), l2=Record(w=i.dc))
        freeze_(st.l1)
        s.snap("state frozen", st)
        st, m = update_(st, m, g)
        s.snap("params after frozen update", m)
        s.snap("state", st)
        thaw_(st)
        st, m = update_(st, m, g)
        s.snap("params after thaw", m)
        s.snap("state after thaw", st)
        freeze_(st.l1.b)
        st, m = update_(st, m, g)
        s.snap("only bias frozen", m)


def test_adjust():
    with Script("adjust!") as (s, i):
        m, g = Record(w=i.a, b=i.b), Record(w=i.da, b=i.db)
        st = setup(OptimiserChain(ClipGrad(0.5), Adam(0.1)), m)
        st, m = update_(st, m, g)
        s.snap("params1", m)
        adjust_(st, 0.2)
        s.snap("state adjusted eta", st)
        st, m = update_(st, m, g)
        s.snap("params2", m)
        adjust_(st, beta=(0.5, 0.6), delta=0.1)
        s.snap("state adjusted beta, delta", st)
        st, m = update_(st, m, g)
        s.snap("params3", m)
        adjust_(st.b, 0.001)
        st, m = update_(st, m, g)
        s.snap("params4 (b with a small rate)", m)
        st5 = adjust(st, 0.7)
        s.snap("adjust gives a copy", (repr(st.w.rule), repr(st5.w.rule)))
        adjust_(st, nosuch=1.0)
        s.snap("unknown names are ignored", repr(st.w.rule))


def test_tied_arrays():
    with Script("tied arrays") as (s, i):
        m = Record(a=i.a, b=Record(x=i.a, y=i.c))
        st = setup(Momentum(0.1, 0.9), m)
        s.snap("one leaf for both", st.a is st.b.x)
        st, m = update(st, m, Record(a=i.da, b=Record(x=2 * i.da, y=i.dc)))
        s.snap("params", m)
        s.snap("still tied", m.a is m.b.x)
        s.snap("state", st)
        st, m = update(st, m, Record(a=None, b=Record(x=i.da, y=None)))
        s.snap("params2", m)


@pytest.mark.parametrize("step", [update, update_])
def test_tied_through_a_transpose(step):
    with Script("tied through a transpose") as (s, i):
        m = Record(a=i.a, b=i.a.T)
        st = setup(Descent(0.1), m)
        s.snap("state", st)
        st, m = step(st, m, Record(a=i.da, b=i.da))
        s.snap("a", m.a)
        s.snap("b", m.b)
        assert np.shares_memory(m.a, m.b)


def test_integer_arrays_and_numbers_are_not_trained():
    with Script("integer arrays and numbers are not trained") as (s, i):
        m = Record(w=i.a, n=np.array([1, 2]), s=2.0, f=np.tanh, t=(i.b, "x"))
        st = setup(Descent(0.1), m)
        s.snap("state", st)
        g = Record(w=i.da, n=np.array([5, 5]), s=1.0, f=None, t=(i.db, None))
        st, m = update(st, m, g)
        s.snap("w", m.w)
        s.snap("n", m.n)
        s.snap("s", m.s)
        s.snap("t1", m.t[0])


def test_destructure():
    with Script("destructure") as (s, i):
        flat, re = destructure(Record(w=i.a, n=np.array([1, 2]), t=(i.b, i.c)))
        s.snap("flat", flat)
        s.snap("re(2flat)", re(2 * flat))
        s.snap("length", len(re))


def julia_path(path):
    """KeyPath("a", 0) as Julia prints it."""
    keys = [f":{k}" if isinstance(k, str) else str(k + 1) for k in path]
    return f"KeyPath({', '.join(keys)}{',' if len(keys) == 1 else ''})"


def test_trainables():
    with Script("trainables") as (s, i):
        m = Record(w=i.a, n=np.array([1, 2]), t=(i.b, i.c), again=i.a)
        s.snap("trainables", trainables(m))
        s.snap("paths", [julia_path(path) for path, _ in trainables(m, path=True)])


def test_setup_of_something_without_parameters():
    with Script("setup of something without parameters") as (s, _):
        with pytest.warns(UserWarning, match="no trainable parameters"):
            st = setup(Adam(), Record(f=np.tanh, n=3))
        s.snap("state", st)


@pytest.mark.parametrize("bad", ["NaN", "Inf"])
def test_clipnorm_refuses(bad):
    b = case(f"ClipNorm with {bad}")["inputs"]["b"]
    g = Record(w=np.array([1.0, float(bad)]))
    with pytest.raises(DomainError, match=f"norm {bad}"):
        update(setup(ClipNorm(1.0), Record(w=b)), Record(w=b), g)
    with Script(f"ClipNorm with {bad} throw=false") as (s, i):
        m = Record(w=i.b)
        with np.errstate(invalid="ignore"):
            _, m = update(setup(ClipNorm(1.0, throw=False), m), m, g)
        s.snap("params", m)


def test_freeze_on_a_model_is_an_error():
    recorded = case("freeze! on a model is an error")
    with pytest.raises(recorded.error, match="only to the state tree"):
        freeze_(recorded["inputs"]["a"])


# -- flattening models of layers ------------------------------------------------------------------------


def test_destructure_and_restructure():
    with Script("destructure and restructure", "utilities") as (s, i):
        m = Chain(Dense(i.w1, i.b1, np.tanh), Dense(i.w2, False))
        flat, re = destructure(m)
        s.snap("flat", flat)
        rebuilt = re(flat)
        same = all(np.array_equal(a, b) for a, b in zip(trainables(rebuilt), trainables(m), strict=True))
        s.snap("round trip is equal", same)
        s.snap("re(flat .+ 1)", state(re(flat + 1)))
        s.snap("keeps the activation", rebuilt[0].σ.__name__)


def test_restructure_with_a_wrong_length():
    recorded = case("restructure with a wrong length")
    flat, re = destructure(Dense(recorded["inputs"]["w1"], recorded["inputs"]["b1"]))
    with pytest.raises(recorded.error, match="length 9, got 8"):
        re(flat[:-1])


def test_restructure_float32():
    with Script("restructure Float32", "utilities") as (s, i):
        flat, re = destructure(Dense(i.w1, i.b1))
        s.snap("eltype", type_name(re(flat.astype(np.float32)).weight.dtype))


def test_destructure_a_nested_model():
    with Script("destructure a nested model", "layers") as (s, i):
        m = Chain(
            Dense(i.w1, i.b1, np.tanh),
            BatchNorm(3),
            Parallel(vcat, Dense(i.w2, i.b2), SkipConnection(Dense(i.w3, False), np.add)),
            Dropout(0.1),
        )
        flat, re = destructure(m)
        s.snap("flat", flat)
        s.snap("length", len(re))
        s.snap("state", state(m))
        s.snap("rebuilt state", state(re(2 * flat)))
        (g,) = gradient(lambda v: np.sum(re(v)[0](i.x) ** 2), flat)
        s.snap("gradient through re", g)


def test_trainables_and_parameter_counts():
    with Script("trainables and parameter counts", "utilities") as (s, i):
        m = Chain(Dense(i.w1, i.b1, np.tanh), BatchNorm(3), Dense(i.w2, False))
        s.snap("trainables", trainables(m))
        s.snap("paths", [julia_path(path) for path, _ in trainables(m, path=True)])
        s.snap("count", sum(a.size for a in trainables(m)))
