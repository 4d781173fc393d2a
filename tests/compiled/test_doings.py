"""What a program does besides computing: random numbers, running statistics, attributes that are set."""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiledkit import COMPILED, same, states

import fluxbridge
from fluxbridge import flux, hessian, pullback, withgradient
from fluxbridge.compiled import CompileWarning
from fluxbridge.compiled.cache import CACHE
from fluxbridge.compiled.draws import Generators
from fluxbridge.compiled.threads import others_run
from fluxbridge.random import StableRNG, Xoshiro

pytestmark = pytest.mark.once

X = np.random.default_rng(0).standard_normal((4, 8)).astype(np.float32)
ONES = np.ones(3)


def dense() -> Any:
    return flux.Dense((4, 5))


MODELS: dict[str, Callable[[], Any]] = {
    "default generator": lambda: flux.Chain(dense(), flux.Dropout(0.5)),
    "NumPy's": lambda: flux.Chain(dense(), flux.Dropout(0.5, rng=np.random.default_rng(3))),
    "Xoshiro": lambda: flux.Chain(flux.Dropout(0.2, rng=Xoshiro(3)), dense()),
    "StableRNG": lambda: flux.Chain(dense(), flux.AlphaDropout(0.5, rng=StableRNG(3))),
    "along an axis": lambda: flux.Chain(dense(), flux.Dropout(0.5, axis=1)),
    "BatchNorm": lambda: flux.Chain(dense(), flux.BatchNorm(5), flux.relu),
    "InstanceNorm": lambda: flux.Chain(lambda x: np.reshape(x, (2, 2, 8)), flux.InstanceNorm(2, affine=True,
                                                                                              track_stats=True)),
    "GroupNorm": lambda: flux.Chain(lambda x: np.reshape(x, (2, 2, 8)), flux.GroupNorm(2, 2)),
    "all": lambda: flux.Chain(flux.Dropout(0.3), dense(), flux.BatchNorm(5), flux.Dropout(0.1),
                              flux.BatchNorm(5, np.tanh)),
}  # fmt: skip


def loss(m: Any) -> Any:
    return np.sum(m(X) ** 2)


def contents(model: Any) -> list[Any]:
    return [
        v
        for layer in model.layers
        for v in getattr(layer, "__dict__", {}).values()
        if isinstance(v, np.ndarray)
    ]


@pytest.mark.parametrize("name", MODELS)
def test_models_that_draw_and_keep_statistics(name):
    """The same numbers and statistics as eagerly, in every step, from one trace."""
    CACHE.clear()
    runs = []
    for engine in ((), (COMPILED,)):
        flux.seed_(3)
        model, seen = MODELS[name](), []
        for _ in range(5):
            found = withgradient(loss, *engine, model)
            seen.append((tuple(found), copy.deepcopy(contents(model))))
        seen.append(flux.rng.rand(flux.default_rng(), np.float64, 2))
        runs.append(seen)
    assert same(runs[0], runs[1])
    assert [(s.eager, s.calls, s.raised, s.traces) for s in states()] == [("", "", "", 1)]


def stream(generator: Any, f: Callable[..., Any], *engine: Any, calls: int = 6) -> list[Any]:
    generator.seed_(1)
    found = [tuple(withgradient(f, *engine, ONES * k)) for k in range(calls)]
    return [*found, generator.rand()]


@pytest.mark.parametrize("generator", [Xoshiro(1), StableRNG(1)], ids=lambda g: type(g).__name__)
def test_numbers_of_julias_generators(generator):
    def f(x: Any) -> Any:
        noise = generator.randn(3) + generator.rand() * generator.randexp(np.float32, 3)
        return np.sum(x * noise * np.where(generator.bitrand(3), 1.0, -1.0))

    assert same(stream(generator, f, COMPILED), stream(generator, f))
    assert states()[-1].eager == ""


def test_numbers_that_nobody_uses_are_drawn():
    generator = Xoshiro(1)

    def f(x: Any) -> Any:
        generator.randn(5)
        return np.sum(x * x)

    assert same(stream(generator, f, COMPILED), stream(generator, f))
    assert states()[-1].eager == ""


def test_numbers_that_decide_are_drawn_once():
    """A program that turns out not to apply has drawn nothing; nor has one that is cut short by an error."""
    generator = Xoshiro(1)

    def f(x: Any) -> Any:
        y = np.sum(x * generator.randn(3))
        if y > 0.0:
            return y * generator.rand()
        return -y

    def g(x: Any) -> Any:
        y = generator.rand() * np.sum(x)
        if np.sum(x) > 6.0:
            raise KeyError("too large")
        return y

    assert same(stream(generator, f, COMPILED, calls=12), stream(generator, f, calls=12))
    assert states()[-1].eager == "" and states()[-1].traces == 2
    drawn = []
    for engine in ((), (COMPILED,)):
        generator.seed_(1)
        for k in (1, 1, 1, 1):
            withgradient(g, *engine, ONES * k)
        with pytest.raises(KeyError):
            withgradient(g, *engine, ONES * 3)
        drawn.append(generator.rand())
    assert drawn[0] == drawn[1]


def test_in_other_operators():
    generator = Xoshiro(1)

    def f(x: Any) -> Any:
        return np.sum(generator.randn(3) * x**3)

    for operator in (lambda *e: hessian(f, *e, ONES), lambda *e: pullback(f, *e, ONES)[1](2.0)):
        found = []
        for engine in ((), (COMPILED,)):
            generator.seed_(1)
            found.append([operator(*engine) for _ in range(4)] + [generator.rand()])
        assert same(*found)


def test_a_generator_that_is_replaced():
    class Holder:
        generator: Any = Xoshiro(1)

    holder = Holder()
    holder.generator = Xoshiro(1)

    def f(x: Any) -> Any:
        return np.sum(x * holder.generator.rand(3))

    for k in range(6):
        holder.generator = Xoshiro(k)
        found = withgradient(f, COMPILED, ONES)
        holder.generator = Xoshiro(k)
        assert same(tuple(found), tuple(withgradient(f, ONES)))
    assert states()[-1].eager == ""


NUMPYS = np.random.default_rng(1)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x * NUMPYS.standard_normal(3)),
        lambda x: np.sum(x * flux.default_rng().random(3)),
        lambda x: np.sum(x[flux.rng.randperm(flux.default_rng(), 3)[:2]]),
        lambda x: np.sum(x * NUMPYS.bit_generator.state["state"]["state"]),
        lambda x: np.sum(x * flux.rng.rand(flux.seed_(3), np.float64, 3)),
        lambda x: np.sum(x * Xoshiro(3).rand(3)),
        lambda x: fluxbridge.ignore_derivatives(lambda: flux.rng.rand(flux.default_rng(), np.float64)) * x[0],
    ],
)
def test_other_ways_to_draw_run_eagerly(f):
    def numbers(*engine: Any) -> list[Any]:
        flux.seed_(2)
        NUMPYS.bit_generator.state = np.random.default_rng(1).bit_generator.state
        return [tuple(withgradient(f, *engine, ONES)) for _ in range(5)]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompileWarning)
        assert same(numbers(COMPILED), numbers())


def test_the_state_of_a_generator_is_no_constant():
    generator = Xoshiro(1)

    def f(x: Any) -> Any:
        return np.sum(x) * (generator.state[0] % 7)

    for k in range(4):
        generator.seed_(k)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CompileWarning)
            assert same(tuple(withgradient(f, COMPILED, ONES)), tuple(withgradient(f, ONES)))


def test_random_numbers_of_another_run_are_no_constants():
    draws = flux.rng.Draws()
    model = flux.Chain(flux.Dropout(0.5))
    for k in range(4):
        runs = []
        for engine in ((COMPILED,), ()):
            flux.seed_(k)
            draws.numbers.clear()
            with draws.run(), warnings.catch_warnings():
                warnings.simplefilter("ignore", CompileWarning)
                runs.append(tuple(withgradient(lambda x: np.sum(model(x)), *engine, X)))
        assert same(*runs)


def test_what_another_thread_draws_meanwhile_is_not_taken_back():
    generator = flux.default_rng()
    for alive in (False, True):
        flux.seed_(1)
        stop = threading.Event()
        if alive:
            threading.Thread(target=lambda stop=stop: stop.wait(), daemon=True).start()
        try:
            traced = Generators(())
            first = generator.random()
            assert traced.put_back() and traced.meanwhile is (alive or others_run())
            assert (generator.random() == first) is not traced.meanwhile
        finally:
            stop.set()


def test_a_thread_that_runs_no_code_of_the_users_draws_nothing():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, daemon=True)  # as those of a notebook's kernel
    thread.start()
    try:
        assert not others_run()
    finally:
        stop.set()
        thread.join()


class Cell:
    """A layer that keeps its last output."""

    def __init__(self) -> None:
        self.weight, self.state, self.count = np.array([0.5, 2.0, -1.0]), np.zeros(3), 0.0

    def __call__(self, x: Any) -> Any:
        self.state = np.tanh(self.weight * x + self.state)
        self.count = self.count + np.sum(self.state)
        return np.sum(self.state)


def test_attributes_that_are_set():
    """Each is assigned once all is computed, is the object's own, and is not assigned where f fails."""

    def f(m: Any, x: Any) -> Any:
        y = m(x) + m(2 * x)
        if np.sum(x) > 100.0:
            raise KeyError("too large")
        return y

    cells = Cell(), Cell()
    CACHE.clear()
    for k in range(5):
        found = [
            tuple(withgradient(f, *e, m, ONES * k)) for e, m in zip(((), (COMPILED,)), cells, strict=True)
        ]
        assert same(*found)
        assert same(vars(cells[0]), vars(cells[1]))
        found[1][1][0].state[...] = 7.0
        assert same(vars(cells[0]), vars(cells[1]))
    assert [s.eager for s in states()] == [""]
    for e, m in zip(((), (COMPILED,)), cells, strict=True):
        with pytest.raises(KeyError):
            withgradient(f, *e, m, ONES * 100)
    assert same(vars(cells[0]), vars(cells[1]))
    own = cells[1].state
    withgradient(f, COMPILED, cells[1], ONES)
    assert cells[1].state is not own


def test_attributes_of_what_is_found_outside():
    """The statistics of a layer outside; a value with a derivative escapes, as it does eagerly."""
    layers = flux.BatchNorm(4), flux.BatchNorm(4)

    def of(layer: Any) -> Callable[..., Any]:
        return lambda x: np.sum(layer(x) ** 3)

    CACHE.clear()
    for k in range(5):
        x = X * np.float32(k)
        found = [tuple(withgradient(of(m), *e, x)) for e, m in zip(((), (COMPILED,)), layers, strict=True)]
        assert same(*found) and same(layers[0].μ, layers[1].μ) and same(layers[0].σ2, layers[1].σ2)
    assert [(s.eager, s.traces) for s in states()] == [("", 1)]
    cell = Cell()
    with pytest.warns(CompileWarning, match="keeps a value with a derivative in a Cell"):
        withgradient(of(cell), COMPILED, ONES)


def test_training_with_dropout_and_statistics():
    def trained(**options: Any) -> Any:
        flux.seed_(5)
        model = flux.Chain(dense(), flux.BatchNorm(5, flux.relu), flux.Dropout(0.4), flux.Dense((5, 2)))
        state = flux.setup(flux.Adam(0.01), model)
        data = [(X * k, X[:2]) for k in (1, 2, 3)] * 3
        flux.train_(lambda m, x, y: flux.mse(m(x), y), model, data, state, **options)
        return contents(model)

    CACHE.clear()
    assert same(trained(compile=True), trained())
    assert all(not s.eager for s in states())
