"""Recorded calls and scripts of initialisers, trees, states, modes and looks."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from fluxlayers import _NAMES, without_bytes
from fluxrecords import agree, case, cases
from fluxscripts import Script
from ownerrors import refused

from fluxbridge import flux, gradient
from fluxbridge.flux import (
    BatchNorm,
    Chain,
    Conv,
    Dense,
    Dropout,
    LayerNorm,
    Parallel,
    Record,
    Scale,
    SkipConnection,
    WeightNorm,
    relu,
    softmax,
)
from fluxbridge.flux.show import function_name


class OneRNG:
    """Every random number is 1."""

    def rand(self, dtype, *shape):
        return np.ones(shape, dtype)

    randn = rand


class FixedRNG:
    """The known numbers of the records."""

    def rand(self, dtype, *shape):
        k = np.arange(1, np.prod(shape) + 1)
        return np.round(np.mod(0.5 + 0.37 * k, 1), 4).reshape(shape, order="F").astype(dtype)

    def randn(self, dtype, *shape):
        k = np.arange(1, np.prod(shape) + 1)
        return np.round(1.5 * np.sin(1.3 * k), 4).reshape(shape, order="F").astype(dtype)


WORDS = {
    **_NAMES,
    "OneRNG": OneRNG,
    "FixedRNG": FixedRNG,
    "fixedu": lambda *size: FixedRNG().rand(np.float32, *size),
}
BY_HAND = {
    "orthogonal is orthogonal": "(lambda w: np.round((w @ w.T).astype(float), 4) + 0.0)(orthogonal(3, 5))",
    "orthogonal tall": "(lambda w: np.round((w.T @ w).astype(float), 4) + 0.0)(orthogonal(5, 3, gain=2))",
    "sparse_init zeros per column": "np.sum(sparse_init(10, 5, sparsity=0.3) == 0, axis=0)",
    "rand32 and randn32": "(rand32(2, 3).shape, 'Float' + str(rand32(2).dtype)[5:], "
    "randn32(4).shape, 'Float32')",
    "create_bias array": "create_bias(np.ones((2, 2)), np.array([1, 2], np.float32), 2)",
    "jacobian": "jacobian(lambda z: z**2, x)[0]",
    "hessian": "hessian(lambda z: np.sum(z**3), x)",
    "diaghessian": "diaghessian(lambda z: np.sum(z**3), x)[0]",
    "gradient with several arguments": "gradient(lambda a, b: np.sum(a * b), x, y)",
}
CALLS = (
    "flatten", "normalise", "nfan", "truncated_normal", "identity_init", "orthogonal", "sparse_init",
    "ones32", "zeros32", "rand32", "create_bias", "glorot", "kaiming", "lecun", "gradient of flatten",
    "jacobian", "hessian", "diaghessian", "gradient with",
)  # fmt: skip


def in_python(call):
    known = BY_HAND.get(call.name) or call.data.get("python")
    if known:
        return known
    text = call.julia.replace("Flux.", "").replace("; ", ", ")
    return re.sub(r"\[1\]$", ".flat[0]", text)


@pytest.mark.parametrize("case", cases("utilities", *CALLS), ids=lambda c: c.name)
def test_calls(case):
    source = in_python(case)
    if case.error:
        with refused(case.error):
            eval(source, {**WORDS, **case["inputs"]})
        return
    agree(eval(source, {**WORDS, **case["inputs"]}), case["result"])
    from fluxrecords import weighted_sum

    for name, expected in (case.get("gradient") or {}).items():
        inputs = {**WORDS, **case["inputs"]}
        (slope,) = gradient(lambda x, n=name, v=inputs: weighted_sum(eval(source, {**v, n: x})), inputs[name])
        agree(slope, expected, name)


def script(name, group="utilities"):
    return Script(name, group)


def test_fmap():
    with script("fmap") as (s, i):
        m = Record(layers=(Dense(i.w1, i.b1), Record(a=i.w2, f=np.tanh, n=3)), t=(1.0, "x"))
        number = (int, float)
        s.snap(
            "fmap 2x on arrays",
            flux.state(flux.fmap(lambda x: 2 * x if isinstance(x, np.ndarray) else x, m)),
        )
        s.snap(
            "fmap on numbers as well",
            flux.state(flux.fmap(lambda x: x + 1 if isinstance(x, (np.ndarray, *number)) else x, m)),
        )


def test_fmap_keeps_ties():
    with script("fmap keeps ties") as (s, i):
        m2 = flux.fmap(lambda x: x + 1 if isinstance(x, np.ndarray) else x, Record(a=i.w1, b=i.w1))
        s.snap("tied", m2.a is m2.b)
        s.snap("a", m2.a)


def test_fmap_of_two():
    with script("fmap with two arguments and exclude") as (s, i):
        one, two = Record(a=i.w1, b=(i.b1, 2)), Record(a=i.w1, b=(i.b1, 3))
        s.snap("fmap +", flux.fmap(lambda a, b: a + b, one, two))


def test_fmapstructure():
    def look(x):
        return x.shape if isinstance(x, np.ndarray) else function_name(x) if callable(x) else x

    with script("fmapstructure") as (s, i):
        s.snap("sizes", flux.fmapstructure(look, Chain(Dense(i.w1, i.b1, np.tanh), Dense(i.w2, False))))


def test_children():
    with script("Functors.children and functor") as (s, i):
        s.snap("keys", list(flux.children(Dense(i.w1, i.b1)).keys()))
        s.snap("chain", list(flux.children(Chain(Dense(i.w1, i.b1))).keys()))
        s.snap("isleaf", tuple(map(flux.isleaf, (i.w1, Dense(i.w1, i.b1), 2, (1,), ()))))


def test_state():
    with script("state") as (s, i):
        s.snap("Dense", flux.state(Dense(i.w1, i.b1, np.tanh)))
        s.snap("Dense without bias", flux.state(Dense(i.w1, False)))
        s.snap("Chain", flux.state(Chain(Dense(i.w1, i.b1, np.tanh), Dense(i.w2, False), softmax)))
        s.snap("named", flux.state(Chain(a=Dense(i.w1, i.b1), b=Dropout(0.2))))
        s.snap("BatchNorm", flux.state(BatchNorm(2)))
        s.snap("Conv", flux.state(Conv(i.b1.reshape(-1, 1, 1), False, stride=2)))
        s.snap("LayerNorm", flux.state(LayerNorm(2)))
        s.snap("LSTM", list(flux.state(flux.LSTM((2, 1))).cell.keys()))
        s.snap("MultiHeadAttention", list(flux.state(flux.MultiHeadAttention(4, nheads=2)).keys()))
        s.snap("Parallel", list(flux.state(Parallel(np.add, Dense(i.w1, i.b1))).keys()))


def test_loadmodel_from_a_model():
    with script("loadmodel! from a model") as (s, i):
        dst = Chain(Dense((2, 3), np.tanh), Dense((3, 1)))
        r = flux.loadmodel_(dst, Chain(Dense(i.w1, i.b1, relu), Dense(i.w2, False)))
        s.snap("state", flux.state(dst))
        s.snap("returns dst", r is dst)
        s.snap("activation is not copied", function_name(dst[0].σ))


def test_loadmodel_from_a_state():
    with script("loadmodel! from a state") as (s, i):
        st = flux.state(Chain(Dense(i.w1, i.b1, relu), Dense(i.w2, False)))
        dst = flux.f64(Chain(Dense((2, 3)), Dense((3, 1), bias=False)))
        s.snap("state", flux.state(flux.loadmodel_(dst, st)))


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("loadmodel! size mismatch", lambda i: (Dense((3, 3)), Dense(i.w1, i.b1))),
        (
            "loadmodel! structure mismatch",
            lambda i: (Chain(Dense((2, 3))), Chain(Dense(i.w1, i.b1), Dense(i.w2))),
        ),
        ("loadmodel! layer mismatch", lambda i: (Dense((2, 3)), Scale(2))),
    ],
)
def test_loadmodel_errors(name, load):
    recorded = case(name, "utilities")
    dst, src = load(SimpleNamespace(**recorded["inputs"]))
    before = flux.fmap(lambda x: x.copy() if isinstance(x, np.ndarray) else x, dst)
    with refused(recorded.error):
        flux.loadmodel_(dst, src)
    agree(flux.state(dst), flux.state(before))


def test_loadmodel_without_bias():
    with script("loadmodel! zero bias into a layer without") as (s, i):
        d = Dense((2, 3), bias=False)
        s.snap("state", flux.state(flux.loadmodel_(d, Dense(i.w1, 0 * i.b1))))
    with script("loadmodel! bias into a layer without") as (s, i):
        flux.loadmodel_(Dense((2, 3), bias=False), Dense(i.w1, i.b1))


def test_loadmodel_of_statistics():
    with script("loadmodel! running statistics") as (s, i):
        a, b = BatchNorm(2), flux.trainmode_(BatchNorm(2))
        b(i.x.astype(np.float32))
        flux.loadmodel_(a, b)
        s.snap("μ", a.μ)
        s.snap("σ²", a.σ2)
        s.snap("active is not copied", repr(a))


def test_number_types():
    recorded = case("f32 f64 f16", "utilities")
    i = Record(**recorded["inputs"])
    m = Chain(Dense(i.w1, i.b1, np.tanh), BatchNorm(3))
    a = flux.f32(m)
    b = flux.f64(a)
    assert (a[0].weight.dtype, a[1].μ.dtype) == (np.float32, np.float32)
    assert (b[0].weight.dtype, b[1].μ.dtype) == (np.float64, np.float64)
    assert a[1].ε == b[1].ε == np.float32(1e-5)
    assert flux.f16(m)[0].bias.dtype == np.float16
    assert flux.f32({"n": np.array([1, 2])})["n"].dtype == np.int64


def test_default_types():
    made = (Dense((2, 3)).weight, Dense((2, 3)).bias, Conv((3,), (1, 1)).weight,
            flux.Embedding((2, 3)).weight,
            Dense(np.ones((2, 2))).bias, Dense(np.array([[1, 2], [3, 4]])).bias)  # fmt: skip
    with script("default types") as (s, _):
        s.snap("types", tuple(a.dtype.name.capitalize() for a in made))


def test_trainables():
    with script("trainables and parameter counts") as (s, i):
        m = Chain(Dense(i.w1, i.b1, np.tanh), BatchNorm(3), Dense(i.w2, False))
        s.snap("trainables", flux.trainables(m))
        paths = [path for path, _ in flux.trainables(m, path=True)]
        in_julia = [
            "KeyPath(" + ", ".join(str(k + 1) if isinstance(k, int) else f":{k}" for k in p) + ")"
            for p in paths
        ]
        s.snap("paths", in_julia)
        s.snap("count", sum(a.size for a in flux.trainables(m)))


def test_trainable_of_layers():
    layers = (Dense((2, 2)), Dense((2, 2), bias=False), BatchNorm(2), LayerNorm(2), Dropout(0.1),
              Conv((1,), (1, 1)),
              flux.LSTM((1, 1)), WeightNorm(Dense((2, 2))))  # fmt: skip
    recorded = case("trainable of layers", "utilities")["trace"]
    for m, (label, expected) in zip(layers, recorded, strict=True):
        assert type(m).__name__ == label
        julia = [{"ε": "ϵ"}.get(k, k) for k in list(flux.trainable(m).keys())]
        assert julia == list(expected)


def test_modules():
    m = Chain(
        Dense((2, 2)), Chain(BatchNorm(2), Dropout(0.1)), Parallel(np.add, Dense((2, 2)), Dense((2, 2)))
    )
    with script("modules") as (s, _):
        names = [type(x).__name__ for x in flux.modules(m)]
        s.snap("modules", [n.replace("tuple", "Tuple") for n in names])


def test_autosize():
    _ = flux._
    with script("autosize") as (s, _i):
        m = flux.autosize(
            (28, 28, 1, 32),
            Chain(
                Conv((3, 3), (_, 5), relu, stride=2), flux.flatten, Dense((_, _ // 4), relu), Dense((_, 10))
            ),
        )
        s.snap("show", repr(m))


def test_running_statistics():
    with script("running statistics over several batches", "layers") as (s, i):
        m = flux.trainmode_(flux.f64(BatchNorm(2)))
        for k in (1, 2, 3):
            s.snap(f"y {k}", m(k * i.x))
            s.snap(f"μ {k}", m.μ)
            s.snap(f"σ² {k}", m.σ2)
        flux.testmode_(m)
        s.snap("test output", m(i.x))
        s.snap("μ unchanged", m.μ)


def test_modes():
    m = Chain(Dense((2, 2)), BatchNorm(2), Dropout(0.5))
    with script("trainmode!, testmode!, auto", "layers") as (s, _):
        steps = [("auto", lambda m: m), ("test", flux.testmode_), ("train", flux.trainmode_),
                 ("auto again", lambda m: flux.testmode_(m, "auto")),
                 ("testmode!(m, false)", lambda m: flux.testmode_(m, False))]  # fmt: skip
        for label, step in steps:
            step(m)
            s.snap(label, (repr(m[1]), repr(m[2])))
    with refused(case("testmode! with a bad mode", "layers").error):
        flux.testmode_(Dropout(0.5), "other")


def test_chain_indexing():
    with script("Chain indexing", "layers") as (s, _):
        m = Chain(a=Dense((2, 3), np.tanh), b=Dense((3, 2)), c=softmax)
        s.snap("length", len(m))
        s.snap("m[1:2]", repr(m[0:2]))
        s.snap("m[:b]", repr(m["b"]))
        s.snap("m[end]", function_name(m[-1]))
        s.snap("keys", m.keys())
        m2 = Chain(Dense((2, 3), np.tanh), Dense((3, 2)))
        s.snap("m2[1]", repr(m2[0]))
        s.snap("m2[1:1]", repr(m2[0:1]))
        s.snap("m2[2].σ", function_name(m2[1].σ))
        s.snap("first", repr(m2[0]))
        s.snap("last", repr(m2[-1]))


def test_activations():
    with script("activations", "layers") as (s, i):
        m = Chain(lambda x: x + 1, lambda x: x / 2, lambda x: x * x)
        s.snap("activations", flux.activations(m, i.x))
        s.snap("m(x)", m(i.x))


def test_remove_weight_norms():
    with script("remove_weight_norms", "layers") as (s, i):
        m = Chain(WeightNorm(Dense(i.w1, i.b1, np.tanh)), Dense(i.w2))
        s.snap("show", repr(m))
        r = flux.remove_weight_norms(m)
        s.snap("show after", repr(r))
        s.snap("state", flux.state(r))


def test_outputsizes():
    net = Chain(Conv((3, 3), (3, 8)), flux.flatten, Dense((288, 10)))
    agree(
        flux.outputsize(net, (8, 8, 3), padbatch=True), tuple(case("outputsize padbatch", "layers")["result"])
    )
    two = Parallel(flux.vcat, Dense((5, 9)), Dense((7, 11)))
    agree(flux.outputsize(two, (5, 4), (7, 4)), tuple(case("outputsize two inputs", "layers")["result"]))
    layers = [Dense((10, 4)), Dense((4, 2))]
    agree(flux.outputsize(layers, (10, 1)), tuple(case("outputsize vector of layers", "layers")["result"]))
    with refused(
        case("outputsize mismatch", "layers").error, match=r"Conv\(\(3, 3\), 3 => 16\).*\(10, 10, 7"
    ):
        flux.outputsize(Chain(Conv((3, 3), (3, 16)), Conv((3, 3), (16, 32))), (10, 10, 7, 64))


PRINTED = {
    "printed: nested": lambda: Chain(Dense((784, 32), relu), Chain(Dense((32, 16)), BatchNorm(16, relu)),
                                     Dropout(0.5), Dense((16, 10)), softmax),
    "printed: conv": lambda: Chain(
        Conv((5, 5), (1, 6), relu), flux.MaxPool((2, 2)), Conv((5, 5), (6, 16), relu), flux.MaxPool((2, 2)),
        flux.flatten, Dense((256, 120), relu), Dense((120, 84), relu), Dense((84, 10))),
    "printed: named parallel": lambda: Chain(
        encoder=Chain(Dense((4, 8), relu), Dense((8, 2))),
        both=Parallel(flux.vcat, left=Dense((2, 3)), right=SkipConnection(Dense((2, 2)), np.add)),
        out=Dense((5, 1), flux.sigmoid)),
    "printed: maxout and embedding": lambda: Chain(
        flux.Embedding((1000, 16)), flux.Maxout(Dense((16, 4)), Dense((16, 4))), LayerNorm(4), Scale(4),
        flux.MultiHeadAttention(4, nheads=2)),
    "printed: recurrent": lambda: Chain(
        flux.LSTM((3, 5)), flux.Recurrence(flux.GRUCell((5, 2))), Dense((2, 1))),
    "printed: all zero": lambda: Chain(Dense(np.zeros((2, 2))), Dense((2, 2))),
    "printed: some NaN": lambda: Dense(np.full((2, 2), np.nan)),
    "printed: some Inf": lambda: Dense(np.array([[1.0, np.inf]])),
}  # fmt: skip


@pytest.mark.parametrize("name", PRINTED)
def test_printed(name):
    m = PRINTED[name]()
    lines, line = case(name, "layers")["result"]
    assert without_bytes(str(m)) == without_bytes(lines)
    assert repr(m) == re.sub(r"\{.*\}", "", line)  # Julia's type parameters
