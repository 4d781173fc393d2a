"""The subgradient method on problems whose optimum is known."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import SubgradientMethod, gradient
from fluxbridge.nonsmooth.descent import subgradient_bound
from fluxbridge.nonsmooth.hull import nearest_to_origin

RULES = {
    "constant step": (SubgradientMethod.constant_step(0.004), 0.05),
    "constant length": (SubgradientMethod.constant_length(0.004), 0.05),
    "diminishing": (SubgradientMethod.diminishing(0.3, normalised=True), 0.1),
    "polyak": (SubgradientMethod.polyak(None, gap=1.0), 0.1),
}


# -- problems: function, start, optimum ----------------------------------------------------------------


def least_absolute_deviations():
    """A line through seven points: an optimal one passes through two of them, so all pairs are tried."""
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 7)
    y = 0.5 + 2 * x + rng.laplace(scale=0.2, size=7)

    def loss(p):
        return np.sum(np.abs(p[0] + p[1] * x - y))

    optimum = np.inf
    for i in range(7):
        for j in range(i):
            slope = (y[i] - y[j]) / (x[i] - x[j])
            optimum = min(optimum, loss(np.array([y[i] - slope * x[i], slope])))
    return loss, np.zeros(2), optimum


def piecewise_linear_maximum():
    """max(a·x + b): minimal where the origin is a convex combination of active slopes."""
    slopes = np.array([[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0], [0.2, 0.3]])
    offsets = np.array([0.0, 1.0, 1.0, -1.0])
    # x[1] = 0 by symmetry, then x[0] = 1 - x[0]
    return lambda x: np.max(slopes @ x + offsets), np.array([1.5, -1.0]), 0.5


def svm_hinge_loss():
    """Two points at ±1 and the regulariser w²/2: the margin is reached at w = 1, with the value 1/2."""
    x = np.array([1.0, -1.0, 3.0, -2.5])
    label = np.sign(x)

    def loss(p):
        w, b = p[0], p[1]
        return 0.5 * w**2 + 10 * np.mean(np.maximum(0.0, 1 - label * (w * x + b)))

    return loss, np.array([0.0, 0.5]), 0.5


def lasso_problem():
    rng = np.random.default_rng(1)
    a = rng.normal(size=(20, 5))
    b = a @ np.array([2.0, 0.0, -1.0, 0.0, 0.0]) + 0.1 * rng.normal(size=20)
    return a, b, 0.1


def lasso_loss(x):
    a, b, alpha = lasso_problem()
    return np.sum((a @ x - b) ** 2) / (2 * len(b)) + alpha * np.sum(np.abs(x))


#: sklearn.linear_model.Lasso(alpha=0.1, fit_intercept=False, tol=1e-12), scikit-learn 1.9.1
LASSO = np.array([1.9009823494195497, 0.0, -0.8446243645281035, 0.0, 0.0])


def lasso():
    return lasso_loss, np.zeros(5), lasso_loss(LASSO)


PROBLEMS = [least_absolute_deviations, piecewise_linear_maximum, svm_hinge_loss, lasso]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.__name__)
def test_known_optimum(problem, rule):
    method, near = RULES[rule]
    loss, start, optimum = problem()
    run = method(loss, start, steps=1500)
    assert optimum - 1e-9 <= run.value <= optimum + near
    assert run.value == pytest.approx(loss(run.x), abs=1e-12)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.__name__)
def test_polyak_with_the_known_minimum(problem):
    loss, start, optimum = problem()
    run = SubgradientMethod.polyak(optimum)(loss, start, steps=1500, target=optimum + 1e-3)
    assert run.value <= optimum + 2e-3


def test_lasso_of_scikit_learn_is_the_recorded_one():
    linear = pytest.importorskip("sklearn.linear_model")
    a, b, alpha = lasso_problem()
    live = linear.Lasso(alpha=alpha, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(a, b)
    np.testing.assert_allclose(live.coef_, LASSO, atol=1e-8)


def test_recorded_lasso_is_optimal():
    """0 is a subgradient there: the smooth part's gradient is within ±alpha, and at its sign elsewhere."""
    a, b, alpha = lasso_problem()
    smooth = a.T @ (a @ LASSO - b) / len(b)
    np.testing.assert_allclose(smooth[LASSO != 0], -alpha * np.sign(LASSO[LASSO != 0]), atol=1e-7)
    assert np.all(np.abs(smooth[LASSO == 0]) <= alpha)


# -- the theory -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_the_bound_holds(rule):
    loss, start, optimum = piecewise_linear_maximum()
    run = RULES[rule][0](loss, start, steps=500)
    assert run.value - optimum <= subgradient_bound(run, float(np.linalg.norm(start - [0.5, 0.0]))) + 1e-12


def test_constant_steps_do_not_converge_and_diminishing_ones_do():
    constant = SubgradientMethod.constant_step(0.3)(abs, 1.0, steps=2000)
    shrinking = SubgradientMethod.diminishing(0.3)(abs, 1.0, steps=2000)
    assert constant.value == pytest.approx(0.1) and shrinking.value < 5e-3


def test_values_go_up_and_down_and_the_best_is_kept():
    run = SubgradientMethod.constant_step(0.7)(lambda x: np.sum(np.abs(x)), np.array([1.0, 0.5]), steps=20)
    assert np.any(np.diff(run.values) > 0) and np.all(np.diff(run.best) <= 0)
    assert run.value == np.min(run.values)
    assert np.sum(np.abs(run.x)) == pytest.approx(run.value)


# -- the run --------------------------------------------------------------------------------------------


def test_history():
    run = SubgradientMethod.constant_length(0.25)(abs, 1.1, steps=3, keep_points=True)
    np.testing.assert_allclose(run.points, [1.1, 0.85, 0.6, 0.35])
    np.testing.assert_allclose(run.values, run.points)
    assert len(run) == 3 and len(run.factors) == len(run.norms) == 3 and run.stopped == "steps"
    assert SubgradientMethod.constant_step(1.0)(abs, 1.0, steps=1).points is None


def test_ways_to_stop():
    assert SubgradientMethod.constant_step(0.5)(abs, 1.0, steps=99).stopped == "zero subgradient"
    assert SubgradientMethod.constant_step(0.4)(abs, 1.0, steps=99, target=0.3).stopped == "target"
    assert SubgradientMethod.polyak(0.0)(lambda x: x**2, 1.0, steps=3).stopped == "steps"


def test_structures():
    data = {"w": np.array([1.0, -1.0]), "b": 0.5, "name": "model"}

    def loss(p):
        return np.sum(np.abs(p["w"] - 2.0)) + abs(p["b"])

    run = SubgradientMethod.diminishing(1.0)(loss, data, steps=2000)
    np.testing.assert_allclose(run.x["w"], [2.0, 2.0], atol=0.05)
    assert run.x["name"] == "model" and data["b"] == 0.5


def test_projection():
    """Within the unit ball, the least of a linear function is at its border."""
    run = SubgradientMethod.diminishing(0.5)(
        lambda x: x[0] + abs(x[1]), np.zeros(2), steps=500,
        project=lambda x: x / max(1.0, float(np.linalg.norm(x))),
    )  # fmt: skip
    np.testing.assert_allclose(run.x, [-1.0, 0.0], atol=1e-6)


def test_own_rule():
    halving = SubgradientMethod(lambda k, _value, norm, _best: 0.5**k / norm)
    assert halving(abs, 1.0, steps=4).values[-1] == pytest.approx(0.0625)
    assert "own rule" in repr(halving) and "polyak" in repr(SubgradientMethod.polyak(1.0))


def test_refused():
    with pytest.raises(ValueError, match="positive"):
        SubgradientMethod.constant_step(0.0)
    with pytest.raises(ValueError, match="converge"):
        SubgradientMethod.diminishing(1.0, power=2.0)
    with pytest.raises(ValueError, match="shorter steps"):
        SubgradientMethod.constant_step(1e200)(lambda x: x**2, 1.0, steps=9)


def test_the_minimum_norm_subgradient_certifies():
    """At the minimum of a maximum of lines, the nearest point of the hull of active slopes is 0."""
    slopes = np.array([[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]])
    nearest, weights = nearest_to_origin(slopes)
    np.testing.assert_allclose(nearest, 0.0, atol=1e-12)
    np.testing.assert_allclose(weights, [0.5, 0.25, 0.25])
    assert gradient(lambda x: np.max(slopes @ x), np.zeros(2))[0].tolist() == [1.0, 0.0]
