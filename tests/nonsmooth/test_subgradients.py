"""Subgradients against sets known in closed form, and against gradients at real points nearby."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxbridge import adjoint, directional, gradient, is_subgradient, subgradients
from fluxbridge.errors import ArgumentError, NotScalarError, StructureError
from fluxbridge.flux import nnlib
from fluxbridge.nonsmooth.membership import subgradient_gap
from fluxbridge.nonsmooth.search import TooManyKinksError


def relu(x):
    return np.maximum(x, 0.0)


def branch(x):
    if x > 0:
        return x
    return 2 * x


def unit(n, *places):
    e = np.zeros(n)
    e[list(places)] = 1.0
    return e


POINTS = np.array([1.0, 2.0, 2.0, 4.0])
X, LABEL = np.array([2.0, -1.0]), -1.0
SIGNS = [np.array(s) for s in itertools.product((-1.0, 1.0), repeat=2)]

#: name, function, point, all limits of gradients
TEXTBOOK = [
    ("absolute value", abs, 0.0, [-1, 1]),
    ("its negative", lambda x: -abs(x), 0.0, [-1, 1]),
    ("abs + relu depend on each other", lambda x: abs(x) + relu(x), 0.0, [-1, 2]),
    ("relu - relu is zero", lambda x: relu(x) - relu(x), 0.0, [0]),
    ("relu(x) - relu(-x) is x", lambda x: relu(x) - relu(-x), 0.0, [1]),
    ("two lines", lambda x: np.maximum(-x, 2 * x), 0.0, [-1, 2]),
    ("parabola and line at 1", lambda x: np.maximum(x**2, x), 1.0, [1, 2]),
    ("parabola and line at 0", lambda x: np.maximum(x**2, x), 0.0, [0, 1]),
    ("parabola turned up", lambda x: abs(x**2 - 1), 1.0, [-2, 2]),
    ("cube of abs is smooth", lambda x: abs(x) ** 3, 0.0, [0]),
    ("x·relu(x) is smooth", lambda x: x * relu(x), 0.0, [0]),
    ("distance from an interval", lambda x: relu(abs(x) - 1), 1.0, [0, 1]),
    ("pinball loss", lambda r: np.maximum(0.9 * r, -0.1 * r), 0.0, [-0.1, 0.9]),
    ("least absolute deviations", lambda m: np.sum(abs(m - POINTS)), 2.0, [-2, 2]),
    ("a branch", branch, 0.0, [1, 2]),
    ("np.where", lambda x: np.where(x < 0, -3 * x, x), 0.0, [-3, 1]),
    ("clip at its upper end", lambda x: np.clip(x, 0.0, 1.0), 1.0, [0, 1]),
    ("relu6 at 6", nnlib.relu6, 6.0, [0, 1]),
    ("leakyrelu", lambda x: nnlib.leakyrelu(x, 0.1), 0.0, [0.1, 1]),
    ("hardswish at 3", nnlib.hardswish, 3.0, [1, 1.5]),
    ("elu with alpha 2", lambda x: nnlib.elu(x, 2.0), 0.0, [1, 2]),
    ("elu with alpha 1 is smooth", lambda x: nnlib.elu(x, 1.0), 0.0, [1]),
    ("softshrink", lambda x: nnlib.softshrink(x, 0.5), -0.5, [0, 1]),
    ("norm of a line", lambda x: np.linalg.norm(x * np.array([3.0, 4.0])), 0.0, [-5, 5]),
    ("l1 norm", lambda x: np.sum(np.abs(x)), np.array([0.0, 3.0]), [[-1, 1], [1, 1]]),
    ("l1 norm at zero", lambda x: np.linalg.norm(x, 1), np.zeros(2), SIGNS),
    ("saddle of absolute values", lambda x: abs(x[0]) - abs(x[1]), np.zeros(2), SIGNS),
    ("maximum norm", lambda x: np.linalg.norm(x, np.inf), np.array([2.0, -2.0, 1.0]),
     [[1, 0, 0], [0, -1, 0]]),
    ("maximum norm at zero", lambda x: np.max(np.abs(x)), np.zeros(2), [[1, 0], [-1, 0], [0, 1], [0, -1]]),
    ("largest element", np.max, np.array([2.0, 2.0, 1.0, 2.0]), [unit(4, 0), unit(4, 1), unit(4, 3)]),
    ("smallest element", np.min, np.ones(3), np.eye(3)),
    ("second largest", lambda x: np.sort(x)[1], np.ones(3), np.eye(3)),
    ("sum of the two largest", lambda x: np.sum(np.sort(x)[1:]), np.ones(3), [unit(3, 0, 1), unit(3, 0, 2),
                                                                            unit(3, 1, 2)]),
    ("median", np.median, np.array([1.0, 2.0, 2.0, 2.0, 3.0]), np.eye(5)[1:4]),
    ("range", np.ptp, np.zeros(2), [[1, -1], [-1, 1]]),
    ("total variation", lambda x: np.sum(np.abs(np.diff(x))), np.ones(3),
     [[-1, 0, 1], [-1, 2, -1], [1, -2, 1], [1, 0, -1]]),
    ("hinge loss", lambda w: relu(1 - LABEL * (w @ X)), np.array([0.0, 1.0]), [[0, 0], -LABEL * X]),
    ("svm objective", lambda w: relu(1 - LABEL * (w @ X)) + w @ w, np.array([0.0, 1.0]),
     [np.array([0.0, 2.0]), np.array([0.0, 2.0]) - LABEL * X]),
    ("nonsmooth Rosenbrock", lambda x: (x[0] - 1) ** 2 / 4 + abs(x[1] - 2 * x[0] ** 2 + 1), np.ones(2),
     [[-4, 1], [4, -1]]),
    ("1-norm of a matrix", lambda a: np.linalg.norm(a, 1), np.array([[1.0, 2.0], [1.0, 0.5]]),
     [np.array([[0, 1], [0, 1.0]])]),
    ("max-pool", lambda x: np.sum(nnlib.maxpool(x[:, None, None], (2,))), np.array([3.0, 3.0, 1.0, 0.0]),
     [[1, 0, 1, 0], [0, 1, 1, 0]]),
    ("max-pool of a part", lambda x: np.sum(nnlib.maxpool(x[:, None, None], (2,), pad=(-1, 1))),
     np.array([9.0, 3.0, 3.0, 1.0]), [[0, 1, 0, 1], [0, 0, 1, 1]]),
]  # fmt: skip


def as_set(vectors):
    return sorted(tuple(np.round(np.ravel(v).astype(float), 6) + 0.0) for v in vectors)


@pytest.mark.parametrize(("f", "x", "limits"), [row[1:] for row in TEXTBOOK], ids=[r[0] for r in TEXTBOOK])
def test_textbook(f, x, limits):
    found = subgradients(f, x)
    assert found.exact, found.notes
    assert as_set(g for (g,) in found.limits) == as_set(limits)


def test_there_are_at_least_twenty_five():
    assert len(TEXTBOOK) >= 25


@pytest.mark.parametrize(("f", "x", "limits"), [row[1:] for row in TEXTBOOK], ids=[r[0] for r in TEXTBOOK])
def test_no_false_vertex_and_none_missing_by_samples(f, x, limits):
    """Gradients at random points nearby are the limits, each of them and no other."""
    found = subgradients(f, x).vectors
    rng = np.random.default_rng(1)
    hit = np.zeros(len(found), bool)
    for _ in range(100):
        step = rng.normal(size=np.shape(x))
        near = np.ravel(gradient(f, x + 1e-5 * step)[0])
        gaps = np.max(np.abs(found - near), axis=1)
        assert np.min(gaps) < 1e-3
        hit[np.argmin(gaps)] = True
    assert np.all(hit)


@pytest.mark.parametrize(("f", "x", "limits"), [row[1:] for row in TEXTBOOK], ids=[r[0] for r in TEXTBOOK])
def test_outer_bound_contains_them(f, x, limits):
    bound = subgradients(f, x, consistent=False)
    listed = as_set(bound.vectors)
    assert bound.outer and set(as_set(limits)) <= set(listed)
    assert as_set(v for v, real in zip(bound.vectors, bound.real, strict=True) if real) == as_set(limits)


def test_trap_of_free_products():
    bound = subgradients(lambda x: relu(x) - relu(x), 0.0, consistent=False)
    assert [g for (g,) in bound.limits] == [-1.0, 0.0, 1.0] and bound.real == [False, True, False]
    assert not bound.exact and "may be smaller" in bound.notes[0]


# -- against a dense sweep of directions ---------------------------------------------------------------


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_relu_networks_in_the_plane(seed):
    """Three layers without biases: at the origin all kinks of the first layer meet."""
    rng = np.random.default_rng(seed)
    first, second, last = rng.normal(size=(4, 2)), rng.normal(size=(3, 4)), rng.normal(size=3)

    def network(x):
        return last @ relu(second @ relu(first @ x))

    found = subgradients(network, np.zeros(2))
    assert found.exact
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    swept = [gradient(network, 1e-3 * np.array([np.cos(a), np.sin(a)]))[0] for a in angles]
    for g in swept:  # none is missing
        assert np.min(np.max(np.abs(found.vectors - g), axis=1)) < 1e-9
    for (v,), (d,) in zip(found.limits, found.directions, strict=True):  # none is false
        np.testing.assert_allclose(gradient(network, 1e-3 * d)[0], v, atol=1e-9)


@given(st.integers(0, 10_000), st.integers(2, 9))
@settings(max_examples=20, deadline=None)
def test_maximum_of_affine_functions(seed, count):
    spatial = pytest.importorskip("scipy.spatial")
    rng = np.random.default_rng(seed)
    slopes, x0 = rng.normal(size=(count, 2)), rng.normal(size=2)
    offsets = -slopes @ x0  # all meet at x0
    found = subgradients(lambda x: np.max(slopes @ x + offsets), x0)
    expected = slopes if count < 3 else slopes[spatial.ConvexHull(slopes).vertices]
    assert found.exact and as_set(g for (g,) in found.vertices) == as_set(expected)


# -- what is not piecewise smooth ------------------------------------------------------------------------


def test_infinite_slopes_and_ends():
    assert subgradients(np.cbrt, 0.0).interval == (np.inf, np.inf)
    found = subgradients(np.sqrt, 0.0)
    assert not found.exact and any("not defined" in n for n in found.notes)
    assert any("without bound" in n for n in found.notes)


def test_square_root_of_a_square():
    found = subgradients(lambda x: np.sqrt(x**2), 0.0)
    np.testing.assert_allclose(found.interval, (-1, 1), atol=1e-6)
    assert not found.exact and "infinite slope" in found.notes[0]


def test_other_ends_of_domains():
    for f in (lambda x: x**0.5, lambda x: x if x >= 0 else [][1], lambda x: np.log(x) * 0):
        found = subgradients(f, 0.0)
        assert not found.exact and any("not defined" in n for n in found.notes)


def test_calls_with_a_rule_of_their_own():
    @adjoint
    def cube_plus(x):
        return x**3 + x, lambda dy: ((3 * x**2 + 1) * dy,)

    found = subgradients(lambda x: abs(cube_plus(x) - 2.0), 1.0)
    np.testing.assert_allclose(found.interval, (-4, 4), rtol=1e-6)
    assert not found.exact and "rule of its own" in found.notes[0]


def test_interpolation_at_a_knot():
    f = np.interp
    found = subgradients(lambda x: f(x, np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0])), 1.0)
    assert found.exact and found.interval == (-1.0, 1.0)


def test_what_is_refused():
    with pytest.raises(NotScalarError, match="array"):
        subgradients(lambda x: x, np.zeros(2))
    with pytest.raises(StructureError, match="nothing to differentiate by"):
        subgradients(lambda x: 1.0, "text")
    with pytest.raises(StructureError, match="empty"):
        subgradients(np.sum, np.zeros(0))
    with pytest.raises(StructureError, match="shape"):
        is_subgradient(np.zeros(3), np.max, np.zeros(2))


def test_jumps_are_named():
    for f in (lambda x: np.floor(x) * x, lambda x: x if x > 1 else x + 1, lambda x: np.mod(x, 1.0)):
        found = subgradients(f, 1.0)
        assert not found.exact and any("jumps" in n for n in found.notes)


def test_comparison_that_is_equal_to_first_order():
    found = subgradients(lambda x: np.where(x**2 > 0, x, 2 * x), 0.0)
    assert [g for (g,) in found.limits] == [1.0] and not found.exact


def test_restless_gradients():
    found = subgradients(lambda x: x**2 * np.sin(1 / x) if x != 0 else 0.0 * x, 0.0)
    assert not found.exact and found.notes


def test_kinks_that_touch_along_a_curve():
    """Between 0 and x² a third piece hides, which no straight direction enters."""
    found = subgradients(lambda x: relu(np.minimum(x[1], x[0] ** 2 - x[1])), np.zeros(2))
    assert not found.exact and any("curve" in n for n in found.notes)


def test_norm_at_zero_is_a_ball():
    for f, n in ((np.linalg.norm, 3), (lambda x: np.hypot(x[0], x[1]), 2)):
        found = subgradients(f, np.zeros(n))
        np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1.0, rtol=1e-6)
        assert any("infinitely many" in note for note in found.notes)
        assert is_subgradient(np.full(n, 0.9 / np.sqrt(n)), f, np.zeros(n))
        assert not is_subgradient(np.full(n, 1.1 / np.sqrt(n)), f, np.zeros(n))


def test_largest_eigenvalue():
    """At a multiple of I: all matrices v vᵀ, so convex combinations have trace 1 and are positive."""

    def f(a):
        return np.linalg.eigvalsh((a + a.T) / 2)[-1]

    assert is_subgradient(np.eye(2) / 2, f, np.eye(2))
    assert not is_subgradient(np.diag([0.9, 0.3]), f, np.eye(2))
    assert not is_subgradient(np.diag([1.2, -0.2]), f, np.eye(2))


def test_too_many():
    def f(x):
        return np.sum(np.abs(x))

    with pytest.raises(TooManyKinksError, match="max_vertices"):
        subgradients(f, np.zeros(20))
    with pytest.raises(TooManyKinksError, match="combinations"):
        subgradients(lambda x: sum(abs(k * x) for k in range(1, 17)), 0.0, consistent=False)
    assert len(subgradients(f, np.zeros(6))) == 64
    assert is_subgradient(np.full(20, 0.5), f, np.zeros(20))
    assert not is_subgradient(np.full(20, 1.1), f, np.zeros(20))


# -- structures, types ---------------------------------------------------------------------------------


def test_structures_and_several_arguments():
    def f(p, x, unused):
        return abs(p["w"] * x) + np.max(x)

    found = subgradients(f, {"w": 2.0, "name": "n"}, np.zeros(1)[0] * 1.0, 3.0)
    assert found.exact
    assert found.vertices == [({"w": 0.0}, -1.0, None), ({"w": 0.0}, 3.0, None)]


def test_types_are_those_of_gradients():
    x = np.zeros(2, np.float32)
    (g,) = subgradients(lambda x: np.sum(np.abs(x)), x).vertices[0]
    assert g.dtype == np.float32 and g.shape == (2,)
    (z,) = subgradients(lambda z: abs(np.real(z)), 0j).vertices[0]
    assert z == -1 + 0j
    assert subgradients(abs, 0).interval == (-1.0, 1.0)


def test_interval_needs_a_number():
    with pytest.raises(ValueError, match="vertices"):
        _ = subgradients(np.max, np.zeros(2)).interval


def test_smooth_points():
    found = subgradients(lambda x: np.sin(x) * np.exp(x), 1.0)
    assert found.smooth and found.exact
    assert found.limits[0] == pytest.approx(gradient(lambda x: np.sin(x) * np.exp(x), 1.0))


def test_the_text():
    assert repr(subgradients(abs, 0.0)) == "<subgradients: [-1, 1]>"
    assert "hull of" in repr(subgradients(np.max, np.zeros(2)))
    assert "note:" in repr(subgradients(np.floor, 1.0))


# -- membership, directions, the inequality -------------------------------------------------------------


@pytest.mark.parametrize(("f", "x", "limits"), [row[1:] for row in TEXTBOOK], ids=[r[0] for r in TEXTBOOK])
def test_membership(f, x, limits):
    limits = [np.asarray(g, float).reshape(np.shape(x)) for g in limits]
    middle = sum(limits) / len(limits)
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(len(limits)))
    inside = sum(w * g for w, g in zip(weights, limits, strict=True))
    for g in (middle, inside, *limits):
        assert is_subgradient(g if np.ndim(x) else float(g), f, x)
    outside = limits[0] + 0.1 * (limits[0] - middle) + 0.01 * (len(limits) == 1)
    assert is_subgradient(outside, f, x) == subgradients(f, x).contains(outside)
    far = middle + 100.0
    assert not is_subgradient(far if np.ndim(x) else float(far), f, x)


@pytest.mark.parametrize(("f", "x", "limits"), [row[1:] for row in TEXTBOOK], ids=[r[0] for r in TEXTBOOK])
def test_directional_derivatives(f, x, limits):
    rng = np.random.default_rng(3)
    for _ in range(5):
        v = rng.normal(size=np.shape(x)) if np.ndim(x) else float(rng.normal())
        t = 1e-7
        quotient = (f(x + t * v) - f(x)) / t
        assert directional(f, x, v) == pytest.approx(quotient, abs=1e-5)


def test_directional_along_a_kink():
    assert directional(lambda x: abs(x[0]) + x[1], np.zeros(2), np.array([0.0, 2.0])) == 2.0
    assert directional(np.max, np.zeros(2), np.array([1.0, 1.0])) == 1.0
    assert directional(lambda x, y: abs(x - y), 1.0, 1.0, 1.0, 3.0) == 2.0
    assert directional(abs, 0.0, 0.0) == 0.0


def test_directional_of_jumps_and_walls():
    assert directional(np.sqrt, 0.0, 1.0) == np.inf
    assert np.isnan(directional(np.sqrt, 0.0, -1.0))
    assert directional(np.floor, 1.0, -1.0) == -np.inf
    assert directional(np.floor, 1.0, 1.0) == 0.0
    with pytest.raises(ArgumentError, match="as many directions"):
        directional(abs, 0.0)


CONVEX = {
    "absolute value", "two lines", "pinball loss", "least absolute deviations", "l1 norm", "l1 norm at zero",
    "largest element", "svm objective", "hinge loss", "total variation", "maximum norm",
}  # fmt: skip
BOWLS = [row for row in TEXTBOOK if row[0] in CONVEX]


@pytest.mark.parametrize(("f", "x", "limits"), [row[1:] for row in BOWLS], ids=[row[0] for row in BOWLS])
def test_subgradient_inequality(f, x, limits):
    middle = sum(np.asarray(g, float) for g in limits) / len(limits)
    assert subgradient_gap(middle if np.ndim(x) else float(middle), f, x) >= -1e-12
    wrong = middle + 5.0
    assert subgradient_gap(wrong if np.ndim(x) else float(wrong), f, x) < 0


@pytest.mark.parametrize(
    ("f", "x", "interval"),
    [
        (lambda x: abs(x) + abs(x - 1e-9), 0.0, (-2, 0)),
        (lambda x: abs(x) + abs(x + 1e-13), 0.0, (0, 2)),
        (lambda x: 1e12 * abs(x - 1e-10), 0.0, (-1e12, -1e12)),
        (lambda x: abs(x) + abs(1e6 * x - 1e-5), 0.0, (-1e6 - 1, -1e6 + 1)),
        (lambda x: np.maximum(x, 1e-12) + abs(x), 0.0, (-1, 1)),
        (lambda x: x if x > 1e-9 else 2 * x, 0.0, (2, 2)),
        (lambda x: (x if x < 1e-11 else -x) + abs(x), 0.0, (0, 2)),
        (lambda x: np.sum(np.where(np.stack([x, x - 1e-8]) > 0, 1.0, 3.0) * x), 0.0, (4, 6)),
    ],
)
def test_kinks_nearby_are_not_at_the_point(f, x, interval):
    for tol in ({}, {"tol": 0}):
        found = subgradients(f, x, **tol)
        assert found.interval == pytest.approx(interval) and found.exact


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: abs(x - 0.3), 0.1 + 0.2),
        (lambda x: abs(x**2 - 2), np.sqrt(2.0)),
        (lambda x: np.maximum(np.sum(x), 0.6), np.array([0.1, 0.2, 0.3])),
        (lambda x: abs(np.sin(x)), np.pi),
    ],
)
def test_what_is_equal_but_for_rounding_counts_and_is_not_called_exact(f, x):
    found = subgradients(f, x)
    assert len(found) == 2 and not found.exact and "away counts as one" in found.notes[0]
    alone = subgradients(f, x, tol=0)
    assert alone.smooth and alone.exact


def test_what_cannot_be_decided_is_not_known():
    def f(x):
        return -np.linalg.norm(x)

    assert is_subgradient(np.array([0.6, 0.7]), np.linalg.norm, np.zeros(2)) is True
    assert is_subgradient(np.array([0.6, 0.9]), np.linalg.norm, np.zeros(2)) is False
    unknown = is_subgradient(np.array([0.6, 0.9]), f, np.zeros(2))
    assert not unknown and repr(unknown).startswith("not known: the limits are infinitely many")
    assert is_subgradient(1.5, lambda x: abs(x) + abs(x - 1e-9), 0.0) is False
