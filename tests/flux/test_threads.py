"""Small models are trained in one thread of OpenBLAS, and afterwards everything is as before."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge.flux import Descent, setup, threads, train_, trainstep_


class Library:
    """What threadpoolctl says of OpenBLAS, and what it does."""

    def __init__(self, num_threads: int):
        self.num_threads = num_threads


class Controller:
    def __init__(self, *numbers: int):
        self.lib_controllers = [Library(n) for n in numbers]

    def limit(self, *, limits, user_api):
        assert user_api == "blas"
        return Limited(self.lib_controllers, limits)


class Limited:
    def __init__(self, libraries, limits):
        self.libraries, self.limits = libraries, limits

    def __enter__(self):
        self.before = [lib.num_threads for lib in self.libraries]
        for lib in self.libraries:
            lib.num_threads = self.limits

    def __exit__(self, *_):
        for lib, number in zip(self.libraries, self.before, strict=True):
            lib.num_threads = number


@pytest.fixture
def blas(monkeypatch):
    """An OpenBLAS with eight threads on a machine with eight cores, about which nothing is set."""
    for name in threads.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    controller = Controller(8)
    monkeypatch.setattr(threads, "_controller", lambda: controller)
    monkeypatch.setattr(threads, "_cores", lambda: 8)
    return controller.lib_controllers[0]


def trained(blas, model, how):
    """How many threads the loss saw."""
    seen = []

    def loss(m, x):
        seen.append(blas.num_threads)
        return np.sum(m["w"] * x)

    how(loss, model)
    return seen


def by_train(loss, model):
    train_(loss, model, [(1.0,), (2.0,)], setup(Descent(0.1), model))


def by_step(loss, model):
    trainstep_(loss, model, (1.0,), setup(Descent(0.1), model))


hows = pytest.mark.parametrize("how", [by_train, by_step])


@hows
@pytest.mark.once
def test_one_thread_inside_and_eight_after(blas, how):
    assert set(trained(blas, {"w": np.ones(3)}, how)) == {1}
    assert blas.num_threads == 8


@pytest.mark.once
def test_restored_after_an_error(blas):
    def loss(m, x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        by_train(loss, {"w": np.ones(3)})
    assert blas.num_threads == 8


@pytest.mark.parametrize("name", threads.SETTINGS)
@pytest.mark.once
def test_a_variable_of_the_environment_is_obeyed(blas, monkeypatch, name):
    monkeypatch.setenv(name, "8")
    assert set(trained(blas, {"w": np.ones(3)}, by_train)) == {8}


@pytest.mark.once
def test_a_number_set_with_threadpoolctl_is_obeyed(blas):
    blas.num_threads = 4
    assert set(trained(blas, {"w": np.ones(3)}, by_train)) == {4}
    assert blas.num_threads == 4


@hows
@pytest.mark.once
def test_large_models_keep_their_threads(blas, monkeypatch, how):
    monkeypatch.setattr(threads, "LARGE", 5)
    assert set(trained(blas, {"w": np.ones(5)}, how)) == {1}
    assert set(trained(blas, {"w": np.ones(6)}, how)) == {8}


@pytest.mark.once
def test_without_threadpoolctl_nothing_changes(blas, monkeypatch):
    monkeypatch.setattr(threads, "_controller", lambda: None)
    assert set(trained(blas, {"w": np.ones(3)}, by_train)) == {8}


def test_objects_are_looked_at_once_and_forgotten(monkeypatch):
    class Model:
        def __init__(self, size):
            self.w = np.ones(size)

    monkeypatch.setattr(threads, "LARGE", 5)
    model, other = Model(5), Model(6)
    assert threads._is_small(model) and not threads._is_small(other)
    monkeypatch.setattr(threads, "trainables", None)
    assert threads._is_small(model) and not threads._is_small(other)
    key = id(model)
    del model
    assert key not in threads._known


def test_the_real_one(monkeypatch):
    pytest.importorskip("threadpoolctl", reason="threadpoolctl is not installed")
    for name in threads.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    controller = threads._controller()
    if controller is None:
        pytest.skip("NumPy has no OpenBLAS here")
    number = controller.lib_controllers[0].num_threads
    monkeypatch.setattr(threads, "_cores", lambda: max(number, 2))
    with threads.one_thread({"w": np.ones(3)}):
        assert controller.lib_controllers[0].num_threads == 1
    assert controller.lib_controllers[0].num_threads == number
