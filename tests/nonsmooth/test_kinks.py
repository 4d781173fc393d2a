"""kinks(): which steps sit on a kink, with their lines, what was chosen and what else was possible."""

from __future__ import annotations

import numpy as np
import pytest

from fluxbridge import gradient, kinks
from fluxbridge.flux import nnlib
from fluxbridge.nonsmooth.hull import corners, direction_inside, distance_to_hull, nearest_to_origin


def only(f, *xs, **options):
    (kink,) = kinks(f, *xs, **options)
    return kink


@pytest.mark.parametrize(
    ("f", "x", "chosen", "others"),
    [
        (abs, 0.0, (0.0,), ((1.0,), (-1.0,))),
        (lambda x: np.maximum(x, 0.0), 0.0, (0.0,), ((1.0,),)),
        (lambda x: np.maximum(0.0, x), 0.0, (1.0,), ((0.0,),)),
        (lambda x: np.clip(x, 0.0, 1.0), 1.0, (1.0,), ((0.0,),)),
        (nnlib.relu, 0.0, (0.0,), ((1.0,),)),
        (nnlib.hardswish, -3.0, (-0.5,), ((0.0,),)),
        (lambda x: nnlib.elu(x, 2.0), 0.0, (1.0,), ((2.0,),)),
        (lambda x: nnlib.softshrink(x, 0.5), 0.5, (0.0,), ((1.0,),)),
    ],
)
def test_elementwise(f, x, chosen, others):
    kink = only(f, x)
    assert kink.chosen == pytest.approx(chosen) and kink.chosen == gradient(f, x)
    assert sorted(o[0] for o in kink.others) == pytest.approx(sorted(o[0] for o in others))
    assert kink.distance == 0 and kink.sort == "bend"


def test_two_inputs():
    kink = only(lambda x, y: np.maximum(x, y), 1.0, 1.0)
    assert kink.chosen == (0.0, 1.0) and kink.others == ((1.0, 0.0),)


def test_whole_rows():
    kink = only(lambda x: np.max(x), np.array([2.0, 1.0, 2.0]))
    assert kink.chosen[0].tolist() == [1, 0, 0] and kink.others[0][0].tolist() == [0, 0, 1]
    kink = only(lambda x: np.sum(np.sort(x) ** 2), np.array([1.0, 1.0]))
    assert kink.sort == "order" and kink.others[0][0].tolist() == [2, 1]


def test_elements_are_named():
    found = kinks(lambda x: np.sum(np.abs(x)), np.array([[1.0, 0.0], [0.0, 2.0]]))
    assert [k.element for k in found] == [(0, 1), (1, 0)]


def test_lines_and_expressions():
    def f(x):
        y = 2 * x
        return np.maximum(y, 0.0) + 1.0

    kink = only(f, 0.0)
    assert kink.source.line == f.__code__.co_firstlineno + 2
    assert "np.maximum(y, 0.0)" in kink.source.expression
    assert kink.where == f"test_kinks.py:{kink.source.line}" and kink.name == "v2"


def test_comparisons():
    def f(x):
        if x > 0:
            return x
        return 2 * x

    kink = only(f, 0.0)
    assert kink.operation == "v0 > 0" and kink.chosen == "False" and kink.others == ("True",)
    kink = only(lambda x: np.sum(np.where(x < 1, x, 2 * x)), np.array([0.0, 1.0]))
    assert kink.element == (1,) and kink.chosen == "False"
    kink = only(lambda x: x[np.argmax(x)], np.array([3.0, 3.0]))
    assert kink.chosen == "0" and kink.others == ("1",)


def test_what_is_inside_other_functions():
    assert only(np.median, np.array([1.0, 2.0, 2.0])).sort == "order"
    assert only(lambda x: np.linalg.norm(x, np.inf), np.array([2.0, -2.0])).chosen == "1"
    assert only(lambda x: np.maximum.accumulate(x)[-1], np.array([2.0, 2.0])).sort == "order"
    assert only(np.linalg.norm, np.zeros(2)).sort == "cone"
    assert only(np.std, np.ones(2)).sort == "cone"


def test_jumps_show_the_values():
    kink = only(lambda x: np.floor(x), 2.0)
    assert kink.sort == "jump" and set(kink.others) == {"value 1", "value 2"}
    assert only(lambda x: np.mod(x, 3.0), 6.0).others == ("value 0", "value 3")


def test_tolerance_is_relative():
    def f(x):
        return abs(x - 1.0)

    assert not kinks(f, 1.001)
    kink = only(f, 1.001, tol=1e-2)
    assert kink.distance == pytest.approx(1e-3) and kink.chosen == (1.0,)
    assert not kinks(abs, 1e-12) and not kinks(abs, 1e-12, tol=1e-2)  # far from 0, for its size
    assert only(lambda x: abs(x - 0.3), 0.1 + 0.2).distance < 1e-16
    assert not kinks(lambda x: abs(x - 0.3), 0.1 + 0.2, tol=0) and len(kinks(abs, 0.0, tol=0)) == 1


def test_smooth():
    assert len(kinks(lambda x: np.sin(x) * np.exp(x), 0.0)) == 0
    assert repr(kinks(np.sin, 0.0)).startswith("no kinks")


def test_text_and_html():
    found = kinks(lambda x: np.sum(np.abs(x)), np.zeros(25))
    lines = repr(found).splitlines()
    assert lines[0].startswith("step") and lines[-1] == "… and 5 more" and len(lines) == 22
    page = found._repr_html_()
    assert page.count("<tr>") == 21 and "also possible" in page
    assert found[0].name == found[24].name and len(found) == 25


# -- hulls ------------------------------------------------------------------------------------------------


def test_nearest_point_is_optimal():
    rng = np.random.default_rng(0)
    for n, d in ((1, 2), (5, 2), (30, 3), (20, 10), (8, 20)):
        points = rng.normal(size=(n, d)) + rng.normal(size=d)
        nearest, weights = nearest_to_origin(points)
        np.testing.assert_allclose(weights @ points, nearest, atol=1e-10)
        assert np.all(weights >= 0) and np.sum(weights) == pytest.approx(1.0)
        assert np.all(points @ nearest >= nearest @ nearest - 1e-9)  # the condition of optimality


def test_hulls_against_a_linear_program():
    optimize = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(1)
    for _ in range(40):
        points, g = rng.normal(size=(6, 3)), 0.4 * rng.normal(size=3)
        equal = np.vstack([points.T, np.ones(6)])
        answer = optimize.linprog(np.zeros(6), A_eq=equal, b_eq=[*g, 1.0])
        assert (distance_to_hull(g, points) < 1e-9) == answer.success


def test_corners():
    square = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.5, 0], [1, 1]])
    assert sorted({tuple(square[k]) for k in corners(square)}) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert corners(np.array([[1.0], [3.0], [2.0]])) == [0, 1]
    assert corners(np.array([[1.0], [1.0]])) == [0]


def test_directions():
    assert direction_inside(np.array([[1.0, 0.0], [-1.0, 0.0]])) is None
    assert direction_inside(np.array([[1.0, 1.0], [0.0, 0.0]])) is None
    rows = np.array([[1.0, 0.1], [-1.0, 0.1], [0.0, 5.0]])
    assert np.all(rows @ direction_inside(rows) > 0)


def test_integers_stay_integers():
    assert not kinks(lambda n: (n & 1) * n, 3)
    assert only(lambda n, x: abs(x[n]) * (n << 1), 1, np.array([1.0, 0.0])).chosen == (0.0,)
