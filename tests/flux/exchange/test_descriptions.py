"""What is written down of a model, and what is read from it: in pure Python, without a Julia."""

import functools
from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from named import named

from fluxbridge import flux
from fluxbridge.autodiff.template import Record
from fluxbridge.errors import ArgumentError
from fluxbridge.flux.exchange.functions import ACTIVATIONS, OF_ARRAYS, OF_NUMBERS, from_name, to_name
from fluxbridge.flux.exchange.inward import Model
from fluxbridge.flux.exchange.layers import LAYERS
from fluxbridge.flux.exchange.outward import Description
from fluxbridge.random import Xoshiro


def written(x, functions=None, keep=False, **options):
    return Description(functions or {}, keep, **options).node(x, "model")


def read(node, functions=None, keep=False):
    return Model(functions or {}, keep).part(node, "model")


def field(node, name):
    """The node of a field of a layer."""
    if node[0] == "tied":
        node = node[2]
    kind, _, names, nodes = node
    assert kind == "layer"
    return nodes[names.index(name)]


class Pair(NamedTuple):
    a: float
    b: float


@dataclass
class Empty:
    pass


@pytest.mark.parametrize(
    ("x", "node"),
    [
        (None, ["value", None]),
        (2.5, ["value", 2.5]),
        (np.tanh, ["elementwise", "tanh"]),
        (flux.relu, ["function", "relu"]),
        (flux.softmax, ["function", "softmax"]),
        ((1, "a"), ["tuple", [["value", 1], ["value", "a"]]]),
        ([1], ["tied", 0, ["vector", [["value", 1]]]]),
        ({"k": 1}, ["tied", 0, ["dict", ["k"], [["value", 1]]]]),
        (Pair(1.0, 2.0), ["named", ["a", "b"], [["value", 1.0], ["value", 2.0]]]),
        (Record(a=1), ["named", ["a"], [["value", 1]]]),
        (Record(), ["named", [], []]),
        (SimpleNamespace(a=1), ["tied", 0, ["named", ["a"], [["value", 1]]]]),
        (Empty(), ["tied", 0, ["named", [], []]]),
        (functools.partial(np.add, 1.0),
         ["tied", 0, ["layer", "Fix1", ["f", "x"], [["elementwise", "+"], ["value", 1.0]]]]),
        (flux.default_rng(), ["tied", 0, ["generator", []]]),
    ],
    ids=named,
)  # fmt: skip
def test_nodes(x, node):
    found = written(x)
    assert found == node and repr(found) == repr(node)


def test_axes_count_from_one():
    assert field(written(flux.Dropout(0.5, axis=0)), "dims") == ["value", 1]
    assert field(written(flux.Dropout(0.5, axis=(0, 2))), "dims") == ["tuple", [["value", 1], ["value", 3]]]
    assert field(written(flux.Dropout(0.5)), "dims") == ["colon"]
    for axis in (1, (0, 2)):
        assert read(written(flux.Dropout(0.5, axis=axis))).dims == axis
    with pytest.raises(ArgumentError, match=r"model\.dims = -1 counts from the last axis"):
        written(flux.Dropout(0.5, axis=-1))
    assert (
        read(["layer", "Dropout", ["p", "dims"], [["value", 0.5], ["colon"]]]).dims == flux.Dropout(0.5).dims
    )


def test_fields_have_the_names_and_types_of_flux():
    _, _, (kind, name, fields, nodes) = written(flux.BatchNorm(2, momentum=0.25))
    assert (kind, name) == ("layer", "BatchNorm")
    assert "σ²" in fields and "ϵ" in fields and not {"σ2", "ε"} & set(fields)
    momentum = dict(zip(fields, nodes, strict=True))["momentum"][1]
    assert momentum == 0.25 and type(momentum) is np.float32  # as Flux has it
    precise = field(written(flux.BatchNorm(2, momentum=0.1)), "momentum")[1]
    assert precise == 0.1 and type(precise) is float  # no Float32 is as exact
    assert field(written(flux.Upsample("nearest", scale=2)), "mode") == ["symbol", "nearest"]


def test_an_activation_is_a_function_of_numbers():
    assert field(written(flux.Dense((2, 3), np.tanh)), "σ") == ["function", "tanh"]
    assert written(flux.Chain(np.tanh))[2][3] == [["tuple", [["elementwise", "tanh"]]]]


def test_what_is_shared_is_written_once():
    w = np.ones(2)
    node = written((w, w, [w]))
    assert node == [
        "tuple",
        [["tied", 0, ["value", w]], ["again", 0], ["tied", 1, ["vector", [["again", 0]]]]],
    ]
    a, b, (c,) = read(node)
    assert a is b is c
    loop = []
    loop.append(loop)
    with pytest.raises(ArgumentError, match=r"model\[0\] is a part of itself"):
        written(loop)


def test_a_generator_by_its_state():
    rng = Xoshiro(3)
    kind, _, node = written(rng)
    assert kind == "tied" and node[0] == "generator" and node[1].dtype == np.uint64
    assert read(node) == rng and read(["generator", []]) is flux.default_rng()


def half(x):
    return x / 2


class Own:
    def __init__(self):
        self.w = np.ones(2)

    def __call__(self, x):
        return self.w * x


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (half, r'model is half, .*functions=\{half: "x -> \.\.\."\}'),
        (functools.partial(half), r'model is partial, .*functions=\{f: "x'),
        (Own(), "model is Own, which Flux does not have"),
        ((1, {2}), r"model\[1\] is a set, which cannot be a part of a model"),
        ({"a": [len]}, r"model\['a'\]\[0\] is len"),
        (SimpleNamespace(f=half), r"model\.f is half"),
        (flux.Chain(half), r"model\.layers\[0\] is half"),
    ],
    ids=named,
)
def test_what_cannot_go_over_is_refused_with_its_place(x, says):
    with pytest.raises(ArgumentError, match=says):
        written(x)


def test_for_checks():
    with pytest.raises(ArgumentError, match="model is rrelu, which in Julia draws random numbers"):
        written(flux.rrelu, keep=True, asks=True)
    with pytest.raises(ArgumentError, match="model is Own, a layer that Flux does not have"):
        written(Own(), keep=True, asks=True)


@pytest.mark.parametrize("name", sorted({*OF_NUMBERS, *OF_ARRAYS, *ACTIVATIONS}))
def test_functions_go_both_ways(name):
    for activation in (False, True):
        for kind in ("function", "elementwise"):
            f = from_name(kind, name, activation)
            if f is None:
                continue
            back = to_name(f, activation)
            if activation and name not in OF_NUMBERS and name not in ACTIVATIONS:
                assert back is None  # a function of whole arrays is no activation
            else:
                assert back is not None and from_name(*back, activation) is f


def test_names_that_are_not_known():
    assert (
        to_name(half, False) is None
        and to_name([], True) is None
        and from_name("function", "half", False) is None
    )
    with pytest.raises(
        ArgumentError, match=r"model is Julia's half of a whole array.*functions=\{'half': f\}"
    ):
        read(["function", "half"])
    with pytest.raises(ArgumentError, match=r"Julia's sin of a whole array.*Base\.BroadcastFunction\(sin\)"):
        read(["function", "sin"])
    assert read(["function", "half"], functions={"half": half}) is half
    with pytest.raises(ArgumentError, match="model is a thing, which has no counterpart"):
        read(["unknown", "a thing", 3])
    assert read(["unknown", "a thing", 3], keep=True) == 3


MODELS = [
    flux.Chain(flux.Dense((2, 3), np.tanh), flux.BatchNorm(3), flux.Dropout(0.5, rng=Xoshiro(1))),
    flux.Chain(flux.Conv((3, 3), (1, 2), flux.relu, stride=2, pad=1), flux.MaxPool((2, 2)), flux.flatten),
    flux.Chain(flux.LSTM((2, 3)), flux.LayerNorm(3)),
    flux.Parallel(np.add, flux.Scale(2), flux.identity),
    flux.Maxout(lambda: flux.Dense((2, 2)), 2),
    flux.SkipConnection(flux.Dense((2, 2)), np.add),
    flux.MultiHeadAttention(4, nheads=2),
    flux.Chain(flux.Upsample("bilinear", scale=2), flux.PixelShuffle(2)),
    flux.Embedding((4, 2)),
    {"a": [flux.GRU((2, 2)), (1, None)], "b": flux.Bilinear(((2, 2), 1))},
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_there_and_back(model):
    back = read(written(model))
    assert repr(back) == repr(model) and repr(flux.state(back)) == repr(flux.state(model))
    for a, b in zip(flux.trainables(back), flux.trainables(model), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


def test_the_table_of_layers():
    for name in ("Chain", "Dense", "Conv", "LSTM", "GRUv3", "MultiHeadAttention", "Fix1", "WeightNorm"):
        assert name in LAYERS
    assert not {"SamePad", "HasMode"} & set(LAYERS)
    assert all(kind.__name__ == name for name, kind in LAYERS.items())
