"""Models go over to another process and come back; also when that process is a new one. It has no Julia."""

import os

import numpy as np
import pytest

from fluxbridge import flux
from fluxbridge.errors import JuliaError
from fluxbridge.julia import JuliaObject, session
from fluxbridge.julia.isolated.remote import RemoteBridge
from fluxbridge.random import Xoshiro


@pytest.fixture
def bridge(monkeypatch):
    made = RemoteBridge(factory="exchangefake:make")
    monkeypatch.setattr(session, "_bridge", made)
    yield made
    made.close()


def model():
    shared = flux.Dense((2, 2), np.tanh)
    return flux.Chain(shared, flux.BatchNorm(2), flux.Dropout(0.5, rng=Xoshiro(2)), shared, np.sin)


def test_there_and_back(bridge):
    m = model()
    there = flux.to_julia(m)
    assert isinstance(there, JuliaObject)
    back = flux.from_julia(there)
    assert repr(back) == repr(m) and back[0] is back[3]
    np.testing.assert_array_equal(back[0].weight, m[0].weight)
    assert back[0].weight is not m[0].weight


def test_a_new_process_knows_the_functions_again(bridge):
    before = flux.to_julia(model())
    first = bridge.start().pid
    os.kill(first, 9)
    with pytest.raises(JuliaError):
        flux.from_julia(before)
    there = flux.to_julia(model())  # the process is another one, and so is what it holds
    assert bridge.start().pid != first
    assert repr(flux.from_julia(there)) == repr(model())
    with pytest.raises(JuliaError, match="lost with the process"):
        flux.from_julia(before)


def test_another_bridge_has_functions_of_its_own(bridge, monkeypatch):
    flux.to_julia(model())
    bridge.close()
    other = RemoteBridge(factory="exchangefake:make")
    monkeypatch.setattr(session, "_bridge", other)
    try:
        assert repr(flux.from_julia(flux.to_julia(model()))) == repr(model())
    finally:
        other.close()
