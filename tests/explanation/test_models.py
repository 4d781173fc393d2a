"""Models of Flux explained, and steps that sit on a kink."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import flux, gradient
from fluxbridge.autodiff.structure import take_apart
from fluxbridge.explanation import explain

rng = np.random.default_rng(5)
MLP = flux.Chain(flux.Dense((2, 8), flux.relu), flux.Dense((8, 8), np.tanh), flux.Dense((8, 1)))


def loss(model, x, y):
    return flux.mse(model(x), y)


@pytest.mark.parametrize("columns", [(), (5,)])
def test_the_formulas_of_a_perceptron_add_up_to_its_gradient(columns):
    x, y = (rng.normal(size=(n, *columns)).astype(np.float32) for n in (2, 1))
    explanation = explain(loss, MLP, x, y)
    shown = take_apart(explanation.gradient_from_formulas())[0]
    expected = take_apart(gradient(loss, MLP, x, y))[0]
    assert len(shown) == len(expected) > 6
    for a, b in zip(shown, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
    templates = {part.template for line in explanation.lines for part in line.parts}
    assert not any("pullback(" in t for t in templates)


def test_layers_are_named_by_their_path():
    explanation = explain(loss, MLP, np.ones(2, np.float32), np.ones(1, np.float32))
    owners = [group.owner for group in explanation.tree.groups() if group.owner.startswith("model.layers")]
    assert owners == ["model.layers[0]", "model.layers[1]", "model.layers[2]"]
    opened = explanation.fold(0).unfold("layers[1]")
    assert "model.layers[1].weight · " in str(opened) and "model.layers[2].weight · " not in str(opened)


def test_a_long_sequence_is_folded():
    model = flux.Chain(flux.RNN((2, 3)), flux.Dense((3, 1)))
    explanation = explain(lambda m, x: np.sum(m(x)), model, np.ones((2, 50, 1), np.float32))
    assert len(str(explanation).splitlines()) < 80
    assert explanation.check() < 1e-5


@pytest.mark.parametrize(
    ("f", "x", "word"),
    [
        (lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]), "a corner at 0"),
        (lambda x: np.maximum(x, 2.0), 2.0, "the larger one"),
        (lambda x: np.max(x), np.array([1.0, 1.0]), "the largest"),
        (lambda x: flux.relu(x), 0.0, "flat below 0"),
    ],
)
def test_kinks_are_marked(f, x, word):
    explanation = explain(f, x)
    (marked,) = [line for line in explanation.lines if line.kink]
    assert "kink: " in marked.kink and word in marked.kink
    assert marked.kink in str(explanation) and word in explanation.html() and word in explanation.markdown()
    assert [r["kink"] for r in explanation.records() if "kink" in r] == [marked.kink]
    assert not any(
        line.kink for line in explain(f, x + np.linspace(0.3, 0.5, np.size(x)).reshape(np.shape(x))).lines
    )
