"""Models to Julia and back, without a Julia: descriptions beside those that the real Flux gave of its own."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from exchanged import Listener, lines, model, models, normal, read

from fluxbridge import flux
from fluxbridge.julia import session
from fluxbridge.random import Xoshiro

MODELS = models()
#: Flux applies this function to whole arrays; as an activation here it would be one of numbers.
WHOLE = "Dense(4 => 3, softmax)"
RECORDED = {line["julia"]: read(line["described"]) for line in lines() if line["julia"] in MODELS}
WHOLES = RECORDED.pop(WHOLE)


@pytest.fixture
def listen(monkeypatch):
    """Put a stand-in in Julia's place."""

    def listen(description=None):
        listener = Listener(description)
        monkeypatch.setattr(session, "bridge", lambda: listener)
        return listener

    return listen


def of_julia(node) -> bool:
    """Is there anything that has no name in both languages?"""
    return isinstance(node, list) and (node[:1] == ["unknown"] or any(map(of_julia, node)))


def sources(m) -> dict:
    """Julia source for the functions of the records, which has names of its own."""
    from test_exchange import SOURCES

    return SOURCES


def made(source: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model(MODELS[source])


def test_nearly_all_layers_are_recorded():
    assert len(RECORDED) >= 0.9 * len(MODELS)


@pytest.mark.parametrize("source", RECORDED)
def test_what_goes_over_is_what_flux_says_of_its_own(source, listen):
    listener = listen()
    m = made(source)
    flux.to_julia(m, functions=sources(m))
    assert normal(listener.heard) == normal(RECORDED[source])


@pytest.mark.parametrize("source", [s for s, node in RECORDED.items() if not of_julia(node)])
def test_what_comes_back_is_the_model(source, listen):
    listen(RECORDED[source])
    back = flux.from_julia(source)
    m = made(source)
    assert repr(back) == repr(m)
    described = []
    for x in (back, m):
        listener = listen()
        flux.to_julia(x)
        described.append(normal(listener.heard))
    assert described[0] == described[1]
    same_settings(back, m)


def test_functions_of_whole_arrays_are_no_activations(listen):
    listen(WHOLES)
    with pytest.raises(ValueError, match=r"model\.σ is softmax, which Flux does not have"):
        flux.to_julia(made(WHOLE))
    with pytest.raises(ValueError, match=r"model\.σ is Julia's softmax of a whole array"):
        flux.from_julia(WHOLE)


def same_settings(a, b) -> None:
    """Equal types and values of all that is no array."""
    a, b = (float(x) if type(x) is np.float64 else x for x in (a, b))
    assert type(a) is type(b)
    if isinstance(a, np.ndarray):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
    elif isinstance(a, (tuple, list)):
        assert len(a) == len(b)
        for u, v in zip(a, b, strict=True):
            same_settings(u, v)
    elif type(a).__module__.startswith("fluxbridge.flux.layers"):
        assert list(vars(a)) == list(vars(b))
        for k in vars(a):
            same_settings(getattr(a, k), getattr(b, k))
    elif isinstance(a, (int, float, str, bool, type(None))) and not isinstance(a, np.ndarray):
        assert a == b


# -- what the names and numbers are, one by one ----------------------------------------------------------


def field(listener: Listener, name: str):
    """The node of a field of the one layer that went over."""
    node = listener.heard
    node = node[2] if node[0] == "tied" else node
    assert node[0] == "layer"
    return node[3][node[2].index(name)]


def test_axes_are_counted_from_one(listen):
    for axis, expected in (
        (0, ["value", 1]),
        ((0, 2), ["tuple", [["value", 1], ["value", 3]]]),
        (None, ["colon"]),
    ):
        listener = listen()
        flux.to_julia(flux.Dropout(0.5, axis=axis) if axis is not None else flux.Dropout(0.5))
        assert field(listener, "dims") == expected
    with pytest.raises(ValueError, match="counts from the last axis"):
        flux.to_julia(flux.Dropout(0.5, axis=-1))


def test_fields_have_the_names_of_flux(listen):
    listener = listen()
    flux.to_julia(flux.BatchNorm(3))
    node = listener.heard[2]
    assert node[1] == "BatchNorm" and {"σ²", "ϵ", "μ", "β", "γ"} <= set(node[2])
    assert field(listener, "σ²")[2][1].shape == (3,)
    ((_, epsilon), (_, momentum)) = field(listener, "ϵ"), field(listener, "momentum")
    assert type(epsilon) is type(momentum) is np.float32 and epsilon == np.float32(1e-5)


def test_shared_parts_are_described_once(listen):
    d = flux.Dense((2, 2))
    listener = listen()
    flux.to_julia((d, d, flux.Dense(d.weight, d.bias)))
    first, second, third = listener.heard[1]
    assert second == ["again", first[1]]
    inner = dict(zip(third[2][2], third[2][3], strict=True))
    weight = dict(zip(first[2][2], first[2][3], strict=True))["weight"]
    assert inner["weight"] == ["again", weight[1]]
    listen(listener.heard)
    a, b, c = flux.from_julia("m")
    assert a is b and c.weight is a.weight


def test_generators_go_over_with_their_words(listen):
    rng = Xoshiro(3)
    listener = listen()
    flux.to_julia(flux.Dropout(0.5, rng=rng))
    node = field(listener, "rng")
    node = node[2] if node[0] == "tied" else node
    np.testing.assert_array_equal(node[1], np.array(rng.state, np.uint64))
    listen(["generator", [str(w) for w in rng.state]])
    assert flux.from_julia("m").state == rng.state


def test_axes_come_back_counted_from_zero(listen):
    for node, axis in ((["value", 1], 0), (["tuple", [["value", 2], ["value", 3]]], (1, 2))):
        listener = listen()
        flux.to_julia(flux.Dropout(0.5, axis=0))
        heard = listener.heard
        inner = heard[2] if heard[0] == "tied" else heard
        inner[3][inner[2].index("dims")] = node
        listen(heard)
        assert flux.from_julia("m").dims == axis
