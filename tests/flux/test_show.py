"""How models print, beyond the records."""

import operator

import numpy as np
import pytest
from fluxlayers import without_bytes

from fluxbridge import flux, gradient
from fluxbridge.flux import BatchNorm, Chain, Dense, PairwiseFusion, Record, layer
from fluxbridge.flux.show import array_summary, function_name, text


def lines(m):
    return without_bytes(str(m)).splitlines()


def test_a_layer_of_ones_own_with_everything_inside():
    class Tmp:
        def __init__(self, x, y):
            self.x, self.y = x, y

    t = Tmp([Dense((2, 3)), np.ones((4, 3))], Record(x=range(1, 5), y=Dense((3, 4)), z=np.ones(3)))
    assert lines(Chain(t)) == [
        "Chain(",
        "  Tmp(",
        "    [",
        "      Dense(2 => 3),                    # 9 parameters",
        "      4×3 Matrix{Float64},              # 12 parameters",
        "    ],",
        "    (;",
        "      x = range(1, 5),",
        "      y = Dense(3 => 4),                # 16 parameters",
        "      z = 3-element Vector{Float64},    # 3 parameters",
        "    ),",
        "  ),",
        ")                   # Total: 6 arrays, 40 parameters, N bytes.",
    ]
    marked = layer(Tmp)(t.x, t.y)
    assert lines(marked)[0:4:3] == ["Tmp(", "    4×3 Matrix{Float64},                # 12 parameters"]
    assert "  3-element Vector{Float64},            # 3 parameters" in lines(marked)


def test_a_field_called_layers_of_ones_own_hides_nothing():
    @layer
    class Mine:
        def __init__(self):
            self.layers = Record(a=Dense((1, 2)), b=np.tanh)
            self.more = Dense((2, 1))

    assert [row.split("  #")[0].rstrip() for row in lines(Mine())[:-1]] == [
        "Mine(",
        "  Dense(1 => 2),",
        "  tanh,",
        "  Dense(2 => 1),",
    ]


def test_named_pairs():
    m = PairwiseFusion(operator.add, a=Dense((3, 3), np.tanh), b=Dense((3, 3)))
    assert lines(m)[:3] == [
        "PairwiseFusion(",
        "  +,",
        "  a = Dense(3 => 3, tanh),              # 12 parameters",
    ]


def test_long_names_keep_two_spaces():
    m = Chain(a_rather_long_name_for_a_layer=Dense((2, 2), flux.leakyrelu), b=Dense((2, 2)))
    assert lines(m)[1] == "  a_rather_long_name_for_a_layer = Dense(2 => 2, leakyrelu),  # 6 parameters"


@pytest.mark.parametrize(
    ("weights", "alarm"),
    [
        (np.zeros((1, 1)), "(all zero)"),
        (np.full((1, 1), np.nan), "(some NaN)"),
        (-np.inf * np.ones((1, 1)), "(some Inf)"),
    ],
)
def test_alarms(weights, alarm):
    assert lines(Dense(weights, False)) == [f"Dense(1 => 1; bias=false)  # 1 parameters  {alarm}"]


@pytest.mark.once
def test_inside_of_a_gradient_nothing_traced_shows():
    seen = []
    m = Chain(Dense((2, 2)), BatchNorm(2), flux.Dropout(0.5), flux.LayerNorm(2), flux.GroupNorm(2, 1))
    gradient(lambda m: seen.append((repr(m), str(m))) or np.sum(m[0](np.ones(2, np.float32))), m)
    assert seen == [(repr(m), str(m))]


def test_words():
    assert [function_name(f) for f in (flux.sigmoid, flux.logσ, flux.gelu, np.multiply, abs, np.mean)] == [
        "σ", "logσ", "gelu_tanh", "*", "abs", "mean",
    ]  # fmt: skip
    assert function_name(flux.softmax, qualified=True) == "NNlib.softmax"
    assert array_summary(np.zeros((2, 3), np.int64)) == "2×3 Matrix{Int64}"
    assert [text(v) for v in (None, True, 3, 1e-5, np.float32(0.1), (1, 2), (1,), [2.5], Record(a=1))] == [
        "nothing", "true", "3", "1.0e-5", "0.1", "(1, 2)", "(1,)", "[2.5]", "(a = 1,)",
    ]  # fmt: skip


def test_notebooks_show_the_lines():
    class Printer:
        def text(self, s):
            self.said = s

    printer, m = Printer(), Chain(Dense((1, 1)))
    m._repr_pretty_(printer, False)
    assert printer.said == str(m)
