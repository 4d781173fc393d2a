"""What an explanation says: sweeps, gradients, structure, errors, states, and how it is imported."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

import fluxbridge
from fluxbridge import AutoNative, Diagonal, I, Params, gradient, pushforward, tutorial
from fluxbridge.autodiff.structure import take_apart
from fluxbridge.errors import ArgumentError, GradientLostError, MutationError, NotScalarError, StructureError
from fluxbridge.explanation import Explanation, explain


def same(a, b):
    if a is None or b is None:
        assert a is b
        return
    for x, y in zip(take_apart(a)[0], take_apart(b)[0], strict=True):
        assert type(x) is type(y)
        np.testing.assert_array_equal(x, y)


def babylonian(a):
    x = (1 + a) / 2
    while abs(x * x - a) > 1e-12:
        x = (x + a / x) / 2
    return x


@dataclass
class Affine:
    W: object
    b: object
    act: object = np.tanh

    def __call__(self, x):
        return self.act(self.W @ x + self.b)


W = np.array([[1.0, -2.0], [0.5, 1.0], [0.0, 3.0]])
PROGRAMS = [
    (lambda x: 3 * x**2 + 2 * x + 1, (3,)),
    (lambda x, y, z: x * y + z**2, (1, 2, 3)),
    (babylonian, (2.0,)),
    (lambda m, x: np.sum(m(x)), (Affine(W, np.zeros(3)), np.array([2.0, 3.0]))),
    (lambda p, name: p["w"] * p["x"], ({"w": 2.0, "x": 3.0, "name": "line"}, "a name")),
    (lambda x: np.linalg.qr(x)[1][0, 0], (W,)),
    (lambda z: np.abs(z * z).real, (1 + 2j,)),
    (lambda x: 7.0, (1.0,)),
    (lambda x: x, (2.0,)),
    (lambda xs: sum(x * x for x in xs), ([1.0, 2.0],)),
    (lambda x: gradient(lambda y: x * y**3, 2.0)[0] * x, (3.0,)),
    (lambda x: np.float32(2) * x.sum(), (np.ones(3, np.float32),)),
]


@pytest.mark.parametrize(("f", "xs"), PROGRAMS)
def test_the_gradient_is_that_of_gradient(f, xs):
    explanation = explain(f, *xs)
    for mine, expected, again in zip(
        explanation.gradient, gradient(f, *xs), explanation.gradient_from_formulas(), strict=True
    ):
        same(mine, expected)
        leaves = (take_apart(g)[0] if g is not None else [] for g in (again, expected))
        for x, y in zip(*leaves, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12)
    for view in ("text", "html", "markdown", "latex", "mermaid", "dot", "json"):
        assert getattr(explanation, view)()


#: The calls of the gradient tutorial, which print gradients of functions: (function, arguments).
TUTORIAL = [
    (lambda x: 3 * x**2 + 2 * x + 1, (3,)),
    (lambda x, y, z: x * y + z**2, (1, 2, 3)),
    (lambda x, y: np.sum((x - y) ** 2), (np.array([2.0, 1.0]), np.array([2.0, 0.0]))),
    (lambda x, y: x @ tutorial.A @ y, (np.array([1, 2, 3]), np.array([4, 5, 6]))),
    (lambda a: np.linalg.inv(a)[1, 2], (Diagonal(np.ones(3)),)),
    (np.linalg.det, (Diagonal(np.ones(3)),)),
    (np.linalg.det, (I,)),
    (np.linalg.det, (tutorial.U,)),
    (np.linalg.det, (np.array([[4, 1, 5], [3, 4, 5], [6, 7, 8]]),)),
    (lambda a, b, c: a * b * c, (2.0, 3.0, 5.0)),
    (tutorial.power_sum, (np.array([7, 11]), 0, 1)),
    (lambda x, y, z: np.sum(x * y[:, None] * z), (tutorial.X, tutorial.Y, tutorial.Z)),
    (lambda x, y: np.sum((x - y) ** 2), (tutorial.P, tutorial.Q)),
]


@pytest.mark.parametrize(("f", "xs"), TUTORIAL)
def test_functions_of_the_tutorial(f, xs):
    assert len(TUTORIAL) == len(tutorial.CALLS)
    explanation = explain(f, *xs)
    for mine, expected in zip(explanation.gradient, gradient(f, *xs), strict=True):
        same(mine, expected)
    assert explanation.check() < 1e-12
    assert str(explanation) and explanation.html() and explanation.latex()


def test_forward_mode_is_the_pushforward():
    for f, xs, vs in [
        (babylonian, (2.0,), (1.0,)),
        (lambda x, y: x @ y / np.sum(x), (np.array([1.0, 2.0]), np.array([3.0, 4.0])), (np.ones(2), None)),
        (lambda x: np.linalg.svd(x)[1][0], (W,), (np.ones((3, 2)),)),
        (lambda x: np.maximum(np.sort(x), 0.5), (np.array([3.0, 0.1]),), (np.array([1.0, 2.0]),)),
    ]:
        explanation = explain(f, *xs, forward=True, along=vs)
        np.testing.assert_allclose(explanation.tangent, pushforward(f, *xs)(*vs), rtol=1e-14)
        for line in explanation.lines:
            if line.is_argument or line.tangent is None or isinstance(line.value, tuple):
                continue
            total = sum(formula.evaluate() for formula in line.tangent_formulas(explanation.tangents))
            np.testing.assert_allclose(total, line.tangent, rtol=1e-12, atol=1e-14)
        assert explanation.html() and explanation.markdown() and explanation.latex() and explanation.json()


def test_a_direction_is_asked_for():
    with pytest.raises(StructureError, match=r"\(x, y\) needs a direction: along="):
        explain(lambda x, y: x * y, 1.0, 2.0, forward=True)
    with pytest.raises(StructureError, match="2 expected, 1 given"):
        explain(lambda x, y: x * y, 1.0, 2.0, forward=True, along=(1.0,))
    with pytest.raises(
        StructureError, match=r"tangent of x has shape \(\), but the argument has shape \(2,\)"
    ):
        explain(lambda x: x, np.ones(2), forward=True, along=1.0)


def test_leaves_are_called_by_their_path():
    explanation = explain(
        lambda m, p, *rest: np.sum(m(p["x"])) * rest[0], Affine(W, np.zeros(3)), {"x": np.ones(2)}, 2.0
    )
    assert [line.name for line in explanation.lines if line.is_argument] == [
        "m.W",
        "m.b",
        "p['x']",
        "rest[0]",
    ]
    assert [line.name for line in explain(np.sin, 1.0).lines] == ["x", "v1"]
    assert [line.name for line in explain(lambda v1: v1 * v1, 1.0).lines] == ["v1", "v2"]


def test_the_sweep_is_told_step_by_step():
    states = list(explain(lambda x, y: x * y + np.sin(x), 2.0, 3.0).steps())
    assert [s.sweep for s in states] == ["forward"] * 5 + ["reverse"] * 3
    assert states[4].known == {"x": 2.0, "y": 3.0, "v1": 6.0, "v2": np.sin(2.0), "v3": 6.0 + np.sin(2.0)}
    assert str(states[5]) == "v̄3 = 1: v1 gets v̄3 = 1; v2 gets v̄3 = 1"
    assert states[-1].known["x"] == 3.0 + np.cos(2.0)
    assert states[0].known == {"x": 2.0}


def test_records_are_plain():
    records = explain(lambda x: np.sum(x**2), np.array([1.0, 3.0])).records()
    assert [r["name"] for r in records] == ["x", "v1", "v2"]
    power = records[1]
    assert power["inputs"] == ["x", "2"]
    assert power["expression"] == ("x**2" if sys.version_info >= (3, 11) else power["expression"])
    assert power["shape"] == [2] and power["dtype"] == "float64" and power["operation"] == "literal_power"
    (contribution,) = power["contributions"]
    assert contribution["to"] == "x" and contribution["local"] == "2 · x"
    assert contribution["formula"] == "v̄1 ⊙ (2 · x)"
    np.testing.assert_array_equal(contribution["value"], [2.0, 6.0])


def test_errors_are_those_of_gradient():
    with pytest.raises(NotScalarError, match="array of shape"):
        explain(lambda x: x * 2, np.ones(3))
    with pytest.raises(MutationError):
        explain(lambda x: x.__setitem__(0, 1.0), np.ones(3))
    with pytest.raises(GradientLostError):
        explain(lambda x: np.array([x, x])[0] if False else float(x), 1.0)
    with pytest.raises(ArgumentError, match="explain takes no AD type"):
        explain(lambda x: x, AutoNative(), 1.0)
    with pytest.raises(TypeError, match="not Params"):
        explain(lambda: 1.0, Params([np.ones(2)]))
    with pytest.raises(KeyError, match="no step is called 'v9'"):
        explain(np.sin, 1.0)["v9"]


def test_names_of_steps_lead_to_them():
    line = explain(lambda x: np.sin(x) * x, 1.0)["v1"]
    assert line.operation.text() == "sin(x)"
    assert line.parts[0].local.text() == "cos(x)"


def test_it_is_imported_when_it_is_used():
    code = (
        "import sys, fluxbridge; print('fluxbridge.explanation' in sys.modules); fluxbridge.explain(abs, 1.0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert isinstance(fluxbridge.explain(np.sin, 0.0), Explanation)
