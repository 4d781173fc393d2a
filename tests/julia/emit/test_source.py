"""Python functions as Julia source: whole programs against golden texts, and what is promised of the text.

``python tests/julia/emit/test_source.py`` writes the golden texts anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from programs import PROGRAMS

from fluxbridge import adjoint, gradient, ignore_derivatives
from fluxbridge.errors import NoRuleError
from fluxbridge.julia import source

GOLDEN = Path(__file__).parent / "golden"
CHOSEN = [
    "mlp_loss",
    "chain_of_layers",
    "softmax_cross_entropy",
    "attention",
    "convolution_loss",
    "recurrence",
    "layer_norm",
    "mixture_likelihood",
    "gaussian_with_covariance",
    "gaussian_process",
    "correlation",
    "huber_regression",
    "babylonian",
    "newton_until_converged",
    "potential_energy",
    "heat_equation",
    "spectrum",
    "running_product",
    "ray_trace",
    "single_precision",
    "interference",
]
BY_NAME = {p.name: p for p in PROGRAMS}


def texts() -> dict[str, str]:
    return {name: source(BY_NAME[name].f, *BY_NAME[name].args) + "\n" for name in CHOSEN}


@pytest.mark.parametrize("name", CHOSEN)
def test_golden_text(name):
    program = BY_NAME[name]
    assert source(program.f, *program.args) + "\n" == (GOLDEN / f"{name}.jl").read_text()


def test_there_are_thirty_programs():
    assert len(PROGRAMS) >= 30


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_every_program_is_emitted(program):
    text = source(program.f, *program.args)
    assert f"function {program.name}(" in text
    assert max(map(len, text.splitlines())) <= 100


def body(f, *xs) -> str:
    """The line that returns, or all lines."""
    lines = source(f, *xs).splitlines()
    inside = [line[4:] for line in lines if line.startswith("    ")]
    return inside[0].removeprefix("return ") if len(inside) == 1 else "\n".join(inside)


X = np.array([1.0, 2.0, 3.0])
M = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("f", "xs", "text"),
    [
        (lambda x: 3 * x**2 + 2 * x + 1, (3,), "3 * x^2 + 2 * x + 1"),
        (lambda x: -(x + 1) * (x - (2 - x)), (X,), "-(x .+ 1) .* (x .- (2 .- x))"),
        (lambda x: (-x) ** 2 - x**-1, (2.0,), "(-x)^2 - x^(-1)"),
        (lambda x: 2.0**x, (2.0,), "2.0^x"),
        (lambda x: x[0] + x[-1] + x[-2], (X,), "x[1] + x[end] + x[end-1]"),
        (lambda x: x[1:] - x[:-1], (X,), "x[2:end] .- x[1:end-1]"),
        (lambda x: x[::-1] * x[::2][0], (X,), "x[end:-1:1] * x[1:2:end][1]"),
        (lambda x: x[:, 1] + x[0, -1], (M,), "x[:, 2] .+ x[1, end]"),
        (lambda x: x[..., 0], (M,), "x[:, 1]"),
        (lambda x: x[[2, 0]], (X,), "x[[3, 1]]"),
        (lambda x: x[np.array([0, 1]), np.array([2, 0])], (M,), "x[CartesianIndex.(1:2, [3, 1])]"),
        (lambda x: x[x > 1.5], (X,), "x[x .> 1.5]"),
        (lambda x: np.where(x > 0, x, 0.1 * x), (X,), "ifelse.(x .> 0, x, 0.1 * x)"),
        (lambda x, b: x + b, (M, X), "x .+ b'"),
        (lambda x, b: x + b[:, None], (M, X[:2]), "x .+ b"),
        (lambda x, y: x[:, None] - y, (X, X), "x .- y'"),
        (lambda x: x - x.mean(axis=0), (M,), "x .- mean(x; dims=1)"),
        (lambda x: x / x.sum(axis=1, keepdims=True), (M,), "x ./ sum(x; dims=2)"),
        (lambda x: x.sum(axis=1), (M,), "vec(sum(x; dims=2))"),
        (lambda x: x.reshape(3, 2), (M,), "NumPy.reshape(x, 3, 2)"),
        (lambda x: x.reshape(1, 3), (X,), "reshape(x, 1, :)"),
        (lambda x: x.ravel(), (M,), "NumPy.reshape(x, 6)"),
        (lambda x: x.T @ x, (M,), "x' * x"),
        (lambda x: x.T.T, (M,), "x"),
        (lambda x, y: y @ x, (M, X[:2]), "x' * y"),
        (lambda x: np.transpose(x[None], (1, 2, 0)), (M,), "permutedims(reshape(x, 1, 2, 3), (2, 3, 1))"),
        (lambda x: np.concatenate([x, 2 * x], axis=1), (M,), "hcat(x, 2 * x)"),
        (lambda x: np.array([x, x * x]), (2.0,), "[x, x * x]"),
        (lambda x: np.clip(x, None, 1.0), (X,), "min.(x, 1.0)"),
        (lambda x: x * np.float32(0.1), (np.ones(2, np.float32),), "x * 0.1f0"),
        (lambda x: x * 0.1 + 1, (np.ones(2, np.float32),), "x * 0.1f0 .+ 1"),
        (lambda x, s: x * s, (np.ones(2, np.float32), 2.0), "x * Float32(s)"),
        (lambda x: x + np.arange(2), (np.ones(2, np.float32),), "x .+ Float64.([0, 1])"),
        (lambda x: x * np.inf, (1.0,), "x * Inf"),
        (lambda z: z * (1 + 2j), (1j,), "z * (1.0 + 2.0im)"),
        (lambda p: p["a b"] * p["end"], ({"a b": 1.0, "end": 2.0},), 'p.var"a b" * p.var"end"'),
        (lambda p: p[3] * p["x"], ({3: 1.0, "x": 2.0},), "p[1] * p[2]"),
        (lambda end: end + 1, (1.0,), "end_ + 1"),
        (lambda x: {"a": x * x, "b": [x / 2, None]}, (1.0,), "(; a = x * x, b = (x / 2, nothing))"),
        (lambda sum: np.sum(sum), (X,), "sum(sum2)"),
    ],
)  # fmt: skip
def test_small_texts(f, xs, text):
    assert body(f, *xs) == text


def test_what_is_used_twice_has_a_name_and_equal_steps_are_one():
    def f(x):
        return np.sum(np.sin(x * x) + np.cos(x * x))

    assert body(f, X) == "v = x .* x\nreturn sum(sin.(v) .+ cos.(v))"


def test_comments_say_which_branch_was_taken():
    def f(x):
        if x[0] > 0 and not x[1] <= x[0]:
            return x[0] * 2
        return x[1]

    assert body(f, X).splitlines() == [
        "# branch: x[1] > 0 is true",
        "# branch: x[2] <= x[1] is false",
        "return x[1] * 2",
    ]
    assert "# branch: x != 0 is true" in source(lambda x: x if x else -x, 2.0)
    assert "# taken as a constant: trunc(x) is 2" in source(lambda x: x * int(x), 2.5)


def test_large_constants_are_parameters_with_their_names():
    table = np.arange(100.0)

    def f(x):
        return np.sum(table * x) + np.sum(np.sqrt(np.arange(50.0)) * x)

    text = source(f, 2.0)
    assert text.startswith("function f(x, table, c)")
    assert np.array_equal(text.captured["table"], table)
    assert np.array_equal(text.captured["c"], np.sqrt(np.arange(50.0)))


def test_the_packages_that_are_needed_are_said():
    def f(x):
        return np.mean(x) + x @ x

    assert source(f, X).startswith("using LinearAlgebra, Statistics\n\nfunction f(x)")


def test_what_has_no_spelling_is_named():
    with pytest.raises(NoRuleError, match=r"nextafter has no spelling.*differentiable"):
        source(lambda x: np.nextafter(x, 2.0), 1.0)

    @adjoint
    def special(x):
        return x, lambda dy: (dy,)

    with pytest.raises(NoRuleError, match=r"'special' is a function with a rule of its own.*differentiable"):
        source(lambda x: special(x) * 2, 1.0)


def test_functions_of_every_kind():
    class Model:
        def __init__(self):
            self.w = 2.0

        def __call__(self, x):
            return self.w * x

        def loss(self, x):
            return (self.w * x) ** 2

    model = Model()
    assert source(model, 3.0) == "function Model(x)\n    return 2.0 * x\nend"
    assert source(model.loss, 3.0) == "function loss(x)\n    return (2.0 * x)^2\nend"
    assert source(lambda m, x: m(x), model, 3.0) == "function f(m, x)\n    return m.w * x\nend"
    assert source(np.sin, 3.0) == "function sin2(x)\n    return sin(x)\nend"

    def gradient(x):
        return x * 2

    assert source(gradient, 3.0).startswith("function gradient2(x)")

    def outer(w):
        return lambda x: w * x

    assert source(lambda g, x: g(x), outer(3.0), 2.0) == "function f(g, x)\n    return g.w * x\nend"


def test_constants_are_as_they_were():
    assert body(lambda x: x * ignore_derivatives(x), 3.0) == "x * 3.0"
    assert body(lambda x: 5.0, 3.0) == "5.0"


def test_a_gradient_inside_is_written_out():
    text = body(lambda x: gradient(lambda y: y**3, x)[0] * x, 2.0)
    assert "x^2" in text


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in texts().items():
        (GOLDEN / f"{name}.jl").write_text(text)


def test_powers_of_integers_of_few_bits_have_room_for_their_derivative():
    n = np.array([100, 7], np.int16)
    assert "NumPy.wrapped(Int16, Int64.(n) .^ 3)" in source(lambda n: np.sum(n**3), n)
    assert "NumPy.wrapped(Int16, Int64.(n) .^ n)" in source(lambda n: np.sum(n**n), n)
    assert "NumPy.wrapped(Int16, Int64(n[1])^3)" in source(lambda n: n[0] ** 3, n)
    assert "n .^ x" in source(lambda n, x: np.sum(n**x), n, np.ones(2))
    assert "n .^ 3" in source(lambda n: np.sum(n**3), n.astype(int))


def test_names_are_the_same_when_the_function_has_run_often():
    def f(table):
        mean = np.mean(table, axis=0)
        picked = table[np.array([2, 0])]
        return np.sum(picked * mean * picked)

    table = np.arange(6.0).reshape(3, 2)
    first = source(f, table)
    for _ in range(50):
        assert source(f, table) == first
    assert "picked = table" in first and "mean2 = vec(mean(" in first
