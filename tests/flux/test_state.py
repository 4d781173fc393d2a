"""Loading parameters: everything or nothing, and what is said."""

import numpy as np
import pytest

from fluxbridge import flux
from fluxbridge.errors import ArgumentError, DimensionMismatch
from fluxbridge.flux import Chain, Dense, loadmodel_, state


def test_all_differences_are_listed_and_nothing_is_copied():
    dst = Chain(Dense((2, 3)), Dense((3, 4)), Dense((4, 1)))
    src = Chain(Dense((2, 3)), Dense((3, 5)), Dense((5, 1)))
    before = [a.copy() for a in flux.trainables(dst)]
    with pytest.raises(DimensionMismatch) as caught:
        loadmodel_(dst, src)
    text = str(caught.value)
    assert "layers.1.weight is an array of shape (4, 3), not of shape (5, 3)" in text
    assert "layers.1.bias" in text
    assert "layers.2.weight" in text
    assert all(np.array_equal(a, b) for a, b in zip(flux.trainables(dst), before, strict=True))


def test_structure_and_sizes_together_are_a_structure_error():
    with pytest.raises(
        ArgumentError, match=r"layers.0 has the parts weight, bias, σ, not the parts scale, bias, σ"
    ):
        loadmodel_(Chain(Dense((2, 3)), Dense((3, 1))), Chain(flux.Scale(3), Dense((2, 1))))


def test_arrays_stay_the_same_objects_and_keep_their_type():
    dst = Dense((2, 1))
    weight = dst.weight
    loadmodel_(dst, {"weight": np.array([[1.0, 2.0]]), "bias": [], "σ": ()} | {"bias": np.zeros(1)})
    assert dst.weight is weight
    assert weight.dtype == np.float32
    assert weight.tolist() == [[1.0, 2.0]]


def test_false_is_a_bias_of_zeros():
    dst = Dense((2, 1))
    dst.bias[:] = 3
    loadmodel_(dst, Dense((2, 1), bias=False))
    assert dst.bias.tolist() == [0.0]
    with pytest.raises(ArgumentError, match="True cannot be loaded"):
        loadmodel_(dst, {"weight": np.zeros((1, 2)), "bias": True, "σ": ()})
    with pytest.raises(ArgumentError, match="nothing cannot be loaded"):
        loadmodel_(dst, {"weight": np.zeros((1, 2)), "bias": None, "σ": ()})


def test_an_array_cannot_go_where_none_is():
    with pytest.raises(ArgumentError, match="β is nothing, which an array cannot be loaded into"):
        loadmodel_(flux.BatchNorm(2, affine=False), flux.BatchNorm(2))


def test_tied_parameters_must_agree():
    d = Dense((2, 2))
    tied = Chain(d, d)
    same = state(tied)
    loadmodel_(tied, same)
    with pytest.raises(ArgumentError, match="tied"):
        loadmodel_(tied, Chain(Dense((2, 2)), Dense((2, 2))))


def test_a_filter_leaves_parts_out():
    dst, src = Chain(Dense((2, 2)), flux.BatchNorm(2)), Chain(Dense(np.ones((2, 2))), flux.Dropout(0.1))
    loadmodel_(dst, src, filter=lambda x: not isinstance(x, (flux.BatchNorm, flux.Dropout)))
    assert np.all(dst[0].weight == 1)


def test_complex_into_real_is_refused():
    with pytest.raises(ArgumentError, match="complex"):
        loadmodel_({"w": np.zeros(1)}, {"w": np.ones(1) * 1j})


def test_an_array_by_itself():
    x = np.zeros(2)
    assert loadmodel_(x, np.ones(2)) is x
    assert x.tolist() == [1.0, 1.0]


def test_a_filter_counts_the_other_parts_anew():
    few, more = Chain(Dense((2, 3)), Dense((3, 1))), Chain(Dense((2, 3)), flux.Dropout(0.2), Dense((3, 1)))
    loadmodel_(few, more, filter=lambda x: not isinstance(x, flux.Dropout))
    assert np.array_equal(few[1].weight, more[2].weight)


def test_a_chain_of_a_list_goes_into_a_chain():
    src = Chain([Dense((2, 3)), flux.flatten])
    dst = loadmodel_(Chain(Dense((2, 3)), lambda x: x), src)
    assert np.array_equal(dst[0].weight, src[0].weight)


def test_names_from_julia():
    m = flux.BatchNorm(1)
    parts = dict(state(m).items())
    parts["σ²"], parts["ϵ"] = np.array([4.0]), parts.pop("ε")
    del parts["σ2"]
    order = ["λ", "β", "γ", "μ", "σ²", "ϵ", "momentum", "affine", "track_stats", "active", "chs"]
    loadmodel_(m, {k: parts[k] for k in order})
    assert m.σ2.tolist() == [4.0]


def test_what_is_a_module():
    pair, arrays = (1, 2.0), (np.ones(1), np.ones(2))
    mixed = (np.ones(1), 2.0)
    found = flux.modules([pair, arrays, mixed, "text", np.tanh])
    assert len(found) == 2 and found[1] is mixed  # the list, and the tuple of different things


def test_what_does_not_fit_is_named():
    with pytest.raises(ArgumentError, match=r"bias is an array, which True cannot be loaded into"):
        loadmodel_({"bias": np.ones(2)}, {"bias": True})
    with pytest.raises(ArgumentError, match=r"a is nothing, which an array cannot be loaded into"):
        loadmodel_({"a": None}, {"a": np.ones(2)})
    with pytest.raises(ArgumentError, match=r"a is nothing, which"):
        loadmodel_({"a": ()}, {"a": np.ones(2)})
    with pytest.raises(ArgumentError, match=r"a is 3.0, which"):
        loadmodel_({"a": 3.0}, {"a": np.ones(2)})


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, "and 1 more"), (25, "and 5 more")])
def test_twenty_differences_are_listed(count, more):
    dst, src = ([np.zeros(n) for _ in range(count)] for n in (2, 3))
    with pytest.raises(DimensionMismatch) as caught:
        loadmodel_(dst, src)
    text = str(caught.value)
    assert text.count("is an array of shape") == min(count, 20)
    assert ("more" in text) == bool(more) and more in text
