"""Models to Julia and back: every recorded layer, live. Outputs and gradients of both sides agree."""

from __future__ import annotations

import dataclasses
import functools
import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest
from fluxlayers import _NAMES, DEVIATIONS, build, call, from_one, in_mode, narrowest
from fluxrecords import FIELDS, Case, OneHot, agree, cases, loss_weights, weighted_sum

from fluxbridge import AutoZygote, cross_check, flux, gradient, julia, withgradient
from fluxbridge.random import Xoshiro

pytestmark = pytest.mark.julia

#: The functions in the recorded models that have no name in Julia.
SOURCES = {
    _NAMES["halve"]: "x -> x ./ 2",
    _NAMES["addone"]: "x -> x .+ 1",
    _NAMES["square"]: "x -> x .* x",
    _NAMES["mulsum"]: "(a, b) -> a .* b .+ a",
    _NAMES["catc"]: "(a, b) -> cat(a, b; dims = 3)",
}

#: The recorded loss with its weights: sum(w .* y), summed over tuples.
LOSS = """
weighted(w, y) = sum(w .* y)
weighted(w::Array, y::Array) = LinearAlgebra.dot(w, y)
weighted(ws::Tuple, ys::Tuple) = sum(map(weighted, ws, ys))
"""

RECORDED = [
    c
    for c in cases("layers")
    if c.error is None and c.data.get("forward") and (c.data.get("python") or c.name == "Chain tied layers")
    if c.name not in DEVIATIONS
]


@functools.cache
def loss(arguments: tuple[str, ...], forward: str) -> Any:
    """The recorded call and its loss, in Julia."""
    source = f"(m, w, {', '.join(arguments)}) -> (y = {forward}; (weighted(w, y), y))"
    return julia.function(LOSS + source)


def weights(y: Any) -> Any:
    """The weights of the recorded loss for an output."""
    if isinstance(y, tuple):
        return tuple(map(weights, y))
    return loss_weights(np.shape(y), np.asarray(y).dtype) if np.ndim(y) else 1.0


def renamed(g: Any) -> Any:
    """A structure from Julia with the names that fields have here."""
    if isinstance(g, flux.Record):
        return flux.Record(**{FIELDS.get(k, k): renamed(v) for k, v in g.items()})
    return type(g)(map(renamed, g)) if type(g) in (tuple, list) else g


def theirs(inputs: dict[str, Any]) -> list[Any]:
    """The inputs as Julia has them, with positions that count from 1."""
    return [np.asarray(v) if isinstance(v, OneHot) else v for v in inputs.values()]


def models(case: Case) -> tuple[Any, Any]:
    m = in_mode(case, build(case))
    m = flux.f64(m) if case.data.get("type") == "Float64" else m
    if "state" in case:
        flux.loadmodel_(m, case["state"])
    return m, flux.to_julia(m, functions=SOURCES)


@pytest.mark.parametrize("case", RECORDED, ids=lambda c: c.name)
def test_outputs_gradients_and_states_agree(case):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Layer ")
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        m, there = models(case)
        inputs = from_one(case)
        if "loss" not in case:  # random inside of a gradient, or without an output
            agree(call(case, m, inputs), there(*theirs(case.get("inputs") or {})), "output")
            return
        f = loss(tuple(inputs), case.data["forward"])

        def ours(m, inputs):
            y = call(case, m, inputs)
            return weighted_sum(y), y

        (value, y), (grad, of_inputs) = withgradient(ours, m, inputs)
        (expected, y_there), (grad_there, _, *of_inputs_there) = withgradient(
            f, AutoZygote(), there, weights(y), *theirs(case.get("inputs") or {})
        )
    agree(y, y_there, "output")
    agree(value, expected, "loss", types=False)
    narrow = narrowest(m)
    agree(grad, renamed(grad_there), "gradient", least=2.0, accuracy=narrow)
    for name, g in zip(inputs, of_inputs_there, strict=True):
        agree((of_inputs or {}).get(name), g, f"gradient of {name}", least=2.0, accuracy=narrow)
    back = flux.from_julia(there, keep=True)
    agree(flux.state(back), flux.state(m), "state")  # running statistics too
    assert repr(back) == repr(m) or any(f.__name__ in repr(m) for f in SOURCES)


def test_what_is_shared_stays_shared():
    tied = flux.Dense((3, 3), np.tanh)
    there = flux.to_julia(flux.Chain(tied, flux.Dense((3, 3)), tied))
    assert julia.function("m -> m[1].weight === m[3].weight && m[1].weight !== m[2].weight")(there)
    back = flux.from_julia(there)
    assert back[0] is back[2] and back[0] is not back[1]


def test_a_generator_goes_over_with_its_state():
    m = flux.trainmode_(flux.Dropout(0.5, rng=Xoshiro(3)))
    there, x = flux.to_julia(m), np.ones((20, 3))
    back = flux.from_julia(there)
    assert back.rng.state == m.rng.state
    np.testing.assert_array_equal(there(x) == 0, m(x) == 0)


def test_what_has_no_counterpart_is_refused_with_its_place():
    with pytest.raises(ValueError, match=r"model\.layers\[1\]"):
        flux.to_julia(flux.Chain(flux.Dense((2, 2)), lambda x: x / 2))
    with pytest.raises(ValueError, match=r"model\.layers\[1\].*BroadcastFunction\(tanh\)"):
        flux.from_julia("Chain(Dense(2 => 2), tanh)")
    with pytest.raises(ValueError, match=r"model\.layers\[1\].*keep=True"):
        flux.from_julia("Chain(Dense(2 => 2), x -> x ./ 2)")


class Plain:
    def __init__(self, a, b):
        self.a, self.b = a, b


@dataclasses.dataclass
class Pair:
    a: Any
    b: Any


class Named(NamedTuple):
    a: Any
    b: Any


@pytest.mark.parametrize("make", [Plain, Pair, Named, lambda a, b: flux.Record(a=a, b=b)])
def test_objects_become_named_tuples(make):
    d, w = flux.Dense((2, 2), np.tanh), np.arange(4.0).reshape(2, 2)
    there = flux.to_julia(make(d, w))
    assert julia.function("m -> m isa NamedTuple{(:a, :b)} && m.a isa Dense")(there)
    back = flux.from_julia(there)
    assert repr(back) == repr(flux.Record(a=d, b=w))
    x = np.ones((2, 1), np.float32)
    loss = julia.function("(m, x) -> sum(m.a(x)) + sum(m.b)")
    g = gradient(loss, AutoZygote(), there, x)[0]
    ours = gradient(lambda m, x: np.sum(m.a(x)) + np.sum(m.b), make(d, w), x)[0]
    np.testing.assert_allclose(g.a.weight, ours.a.weight, rtol=1e-5)
    np.testing.assert_array_equal(g.b, np.ones((2, 2)))


D = flux.Dense((2, 2), np.tanh)


@pytest.mark.parametrize(
    "model",
    [(D, 1.5), [D, flux.Dense((2, 3))], [D, None, "text"], {"a": D, "b": np.ones(2)}, {1: D, 2: [D, (D,)]},
     [], (), {}, np.arange(3), 2.0, None, "text", True, np.float32(2), np.ones(2, np.float16)],
    ids=repr,
)  # fmt: skip
def test_plain_structures_stay_what_they_are(model):
    back = flux.from_julia(flux.to_julia(model))
    assert type(back) is type(model)
    assert repr(back) == repr(model) or sorted(map(repr, back.items())) == sorted(map(repr, model.items()))


@pytest.mark.parametrize(
    "part", [{1, 2}, b"ab", iter([1]), np.dtype("f4"), object()], ids=lambda x: type(x).__name__
)
def test_what_cannot_be_a_part_is_refused(part):
    with pytest.raises(ValueError, match=r"model\['a'\]\[0\] is a \w+, which cannot be a part"):
        flux.to_julia({"a": [part]})


def test_a_part_of_itself_is_refused():
    m = [D]
    m.append({"m": m})
    with pytest.raises(ValueError, match=r"model\[1\]\['m'\] is a part of itself"):
        flux.to_julia(m)


class Twice:
    def __init__(self):
        self.inner = flux.Dense((2, 2))

    def __call__(self, x):
        return 2 * self.inner(x)


def test_closures_and_layers_of_your_own():
    w, own = np.array([[1.0, 2.0], [3.0, 4.0]]), flux.f64(Twice())

    def closure(x):
        return w @ x

    m = flux.f64(flux.Chain(flux.Dense((2, 2), np.tanh), closure, own))
    with pytest.raises(ValueError, match=r"model\.layers\[1\] is closure.*functions=\{closure: "):
        flux.to_julia(m)
    with pytest.raises(ValueError, match=r"model is <lambda>.*functions=\{f: "):
        flux.to_julia(lambda x: x)
    there, x = flux.to_julia(m, keep=True), np.ones((2, 3))
    np.testing.assert_allclose(there(x), m(x))
    back = flux.from_julia(there)
    assert back[1] is m[1] and back[2] is m[2]
    loss = julia.function("(m, x) -> sum(abs2, m(x))")
    g, gx = gradient(loss, AutoZygote(), there, x)
    ours, ours_x = gradient(lambda m, x: np.sum(m(x) ** 2), m, x)
    np.testing.assert_allclose(gx, ours_x)
    np.testing.assert_allclose(g.layers[0].weight, ours.layers[0].weight)
    source = "x -> 2 .* ([1.0 2.0; 3.0 4.0] * x)"
    there = flux.to_julia(flux.Chain(closure, own), functions={closure: source, own: "x -> x"})
    np.testing.assert_allclose(there(x), 2 * w @ x)


def test_a_layer_of_your_own_is_no_matter_for_the_real_flux():
    m = flux.f64(flux.Chain(flux.Dense((2, 2)), Twice()))
    report = cross_check(lambda m, x: np.sum(m(x)), m, np.ones((2, 2)), engines=["zygote", "flux"])
    assert report and "Twice, a layer that Flux does not have" in report.silent["flux"]


def test_functions_without_a_name_can_stay_where_they_are():
    x = np.ones((2, 3))
    m = flux.f64(flux.Chain(flux.Dense((2, 2)), lambda x: x / 2))
    np.testing.assert_allclose(flux.to_julia(m, keep=True)(x), m(x))
    there = julia.function("f64(Chain(Dense(2 => 2), x -> x ./ 2))")
    np.testing.assert_allclose(flux.from_julia(there, keep=True)(x), there(x))


def test_the_real_flux_is_an_engine():
    m = flux.Chain(flux.Dense((2, 3), np.tanh), flux.BatchNorm(3), flux.Dense((3, 2)))
    x, y = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 1.0]], np.float32), np.eye(2, 3, dtype=np.float32)
    report = cross_check(lambda m: flux.logitcrossentropy(m(x), y), m, engines=["flux"])
    assert report, str(report)
    assert len(report.lines) == len(flux.trainables(m))


@pytest.mark.parametrize("rng", [None, Xoshiro(3)], ids=["default", "Xoshiro"])
def test_every_engine_drops_the_same(rng):
    m = flux.Chain(
        flux.Dense((2, 6), np.tanh), flux.Dropout(0.5, rng=rng), flux.AlphaDropout(0.4), flux.Dense((6, 3)),
        flux.Dropout(0.5, axis=1), flux.Dropout(0.9, active=False),
    )  # fmt: skip
    x = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)
    report = cross_check(lambda m, x: np.sum(m(x) ** 2), m, x, engines=["zygote", "flux"])
    assert report, str(report)
    assert report.engines == ["native", "zygote", "flux"]
    m = flux.MultiHeadAttention(4, nheads=2, dropout_prob=0.4)
    x = np.linspace(-1, 1, 24, dtype=np.float32).reshape(4, 3, 2)
    report = cross_check(lambda m: np.sum(m(x)[0] ** 2), m, engines=["zygote", "flux"])
    assert report, str(report)
    assert report.engines == ["native", "zygote", "flux"]


def test_a_function_that_draws_in_julia_itself_is_no_engine():
    report = cross_check(
        lambda m: np.sum(m(np.ones(2))), flux.f64(flux.Dense((2, 3), flux.rrelu)), engines=["flux"]
    )
    assert "rrelu" in report.silent["flux"]
