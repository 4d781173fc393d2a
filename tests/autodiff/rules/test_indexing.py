"""Rules that read, choose and fill."""

from __future__ import annotations

import numpy as np
import pytest
from rulecheck import Sample, check

from fluxbridge.autodiff.native import withgradient
from fluxbridge.autodiff.primitive import PRIMITIVES
from fluxbridge.errors import MutationError

rng = np.random.default_rng(2)
X = rng.normal(size=(3, 4))
Y = rng.normal(size=(3, 4))
V = rng.normal(size=5)
T = rng.normal(size=(2, 3, 4))
Z = rng.normal(size=(3, 4)) + 1j * rng.normal(size=(3, 4))
S = 0.7
MASK = np.array([[True, False, True, True], [False] * 4, [True, True, False, False]])


def grad(f, *xs):
    return withgradient(f, xs)[1]


def S_(name, f, *args):
    def squared(*xs):
        out = f(*xs)
        return tuple(o * o for o in out) if isinstance(out, (tuple, list)) else out * out

    return Sample(name, squared, args)


INDICES = [
    0, -1, (1, 2), (slice(None), 1), slice(None, None, -1), (slice(2, None, -2), slice(1, 4, 2)), ...,
    (..., 0), (None, 1), (slice(None), None, 2), [0, 0, 2], np.array([[0, 1], [1, 1]]),
    ([0, 0, 1], [1, 1, 3]),
    (slice(None), [3, 3, 0]), ([0, 2], slice(1, 3)), ([[0], [1]], [0, 2]), MASK, MASK[:, 0],
    (slice(None), MASK[0]), (MASK[:, 0], [1, 1]), (np.int64(1), slice(None)), (), np.array([], int),
    (0, [1, 1]), (None, [0, 0], ..., 1), slice(0, 0), True, (np.array(1), np.array(-1)),
]  # fmt: skip

SAMPLES = [
    *[S_("getitem", lambda x, i=i: x[i], X) for i in INDICES],
    *[S_("getitem", lambda x, i=i: x[i], Z) for i in INDICES[::4]],
    S_("getitem", lambda t: t[[0, 0], :, [1, 1]], T),
    S_("getitem", lambda t: t[:, [0, 0], [[1], [1]]], T),
    S_("getitem", lambda v: sum(v[i] * v[-i] for i in range(5)), V),
    S_(
        "scatter",
        lambda v: PRIMITIVES["scatter"](v, v[:2], indices=[..., [0, 0]], shape=(5,), dtype=float),
        V,
    ),
    S_("take", lambda v: np.take(v, [0, 0, -1]), V),
    S_("take", lambda x: np.take(x, 5), X),
    S_("take", lambda x: np.take(x, [[0, 1], [1, 1]], axis=1), X),
    S_("take", lambda x: np.take(x, [4, -5, 1], axis=1, mode="wrap"), X),
    S_("take", lambda x: x.take([4, -5, 1], axis=0, mode="clip"), X),
    S_("take_along_axis", lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1), X),
    S_("take_along_axis", lambda x: np.take_along_axis(x, np.array([[0, 0, 2, 1]]), axis=0), X),
    S_("take_along_axis", lambda x: np.take_along_axis(x, np.array([0, 5, 5]), axis=None), X),
    S_("compress", lambda x: np.compress([False, True, True], x, axis=1), X),
    S_("compress", lambda v: v.compress(v > 0), V),
    S_("extract", lambda x: np.extract(MASK, x), X),
    S_("diag", np.diag, V),
    S_("diag", lambda v: np.diag(v, -2), V),
    S_("diag", np.diag, X),
    S_("diag", lambda x: np.diag(x, 2), X),
    S_("diagflat", np.diagflat, X),
    S_("diagflat", lambda x: np.diagflat(x, 1), V),
    S_("diagonal", np.diagonal, X),
    S_("diagonal", lambda t: np.diagonal(t, -1, 1, 2), T),
    S_("diagonal", lambda t: t.diagonal(1, 2, 0), T),
    S_("linalg.diagonal", lambda t: np.linalg.diagonal(t, offset=1), T),
    S_("tril", np.tril, X),
    S_("tril", lambda t: np.tril(t, -1), T),
    S_("triu", lambda x: np.triu(x, k=1), X),
    S_("triu", np.triu, V),
    S_("where", lambda x, y: np.where(x > 0, x, y), X, Y),
    S_("where", lambda x, s: np.where(MASK, s, x[0]), X, S),
    S_("where", lambda x, z: np.where(MASK, x, z), X, Z),
    S_("where", lambda s: np.where(s > 0, s, 2 * s), S),
    S_("where", lambda x: np.where(MASK, x, 1.0), X),
    S_("select", lambda x, y, s: np.select([x > 1, x > 0], [x, y], s), X, Y, S),
    S_("select", lambda x: np.select([MASK, x > 0], [x * x, 3 * x]), X),
    S_("choose", lambda x, y: np.choose(MASK.astype(int), [x, y]), X, Y),
    S_("choose", lambda x, s: np.choose(np.arange(12).reshape(3, 4), [x, s, 2.0], mode="wrap"), X, S),
    S_("choose", lambda x, y: np.choose([[-1], [0], [7]], (x, y, 2 * x), mode="clip"), X, Y),
    S_("piecewise", lambda v: np.piecewise(v, [v < 0, v >= 0], [lambda u: u * u, np.sin]), V),
    S_("piecewise", lambda x, s: np.piecewise(x, [x < 0, x > 1], [s, np.exp, lambda u: s * u]), X, S),
    S_(
        "piecewise",
        lambda x: np.piecewise(x, [x > -9, x > 0], [lambda u, k: u, lambda u, k: k * u * u], 3.0),
        X,
    ),
    S_("piecewise", lambda s: np.piecewise(s, [s < 0, s >= 0], [np.sin, np.cos]), S),
    S_("nan_to_num", np.nan_to_num, X),
    S_("nan_to_num", np.nan_to_num, Z),
    S_("nan_to_num", lambda x, s: np.nan_to_num(np.where(MASK, x, np.nan), nan=s), X, S),
    S_("full_like", lambda s: np.full_like(X * s, s), S),
    S_("full_like", lambda x: np.full_like(x, x[0] + 1), X),
    S_("linspace", lambda a, b: np.linspace(a, b, 7), S, 2.0),
    S_("linspace", lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=1), X, Y),
    S_("linspace", lambda a, b: np.linspace(a, b, num=3, axis=-1), V, 1.5),
    S_("linspace", lambda a: np.linspace(0, a, 5, retstep=True), S),
    S_("linspace", lambda a: np.linspace(a, 2.0, 1), S),
    S_("logspace", lambda a, b: np.logspace(a, b, 5), S, 1.5),
    S_("logspace", lambda a, b, c: np.logspace(a, b, 5, base=c), S, 1.5, 2.5),
    S_("logspace", lambda a, c: np.logspace(a, 1.0, 3, base=c), V, np.array([1.5, 2, 2.5, 3, 3.5])),
    S_("geomspace", lambda a, b: np.geomspace(a, b, 5), S, 1.5),
    S_("geomspace", lambda a: np.geomspace(a, -8.0, 4, endpoint=False), -S),
    S_("geomspace", lambda a, b: np.geomspace(a, b, 4, axis=1), np.abs(V) + 0.5, 2.0),
    S_("geomspace", lambda a: np.geomspace(a, 1 + 1j, 4), 0.5 + 1.5j),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_rule(sample):
    check(sample.f, *sample.args, order=sample.order)


def test_values_are_numpys():
    for sample in SAMPLES:
        seen = []
        grad(lambda *xs: seen.append(sample.f(*xs)) or 0.0, *sample.args)  # noqa: B023
        want = sample.f(*sample.args)
        parts, wants = (seen[0], want) if isinstance(want, (tuple, list)) else ([seen[0]], [want])
        for p, w in zip(parts, wants, strict=True):
            while hasattr(p, "level"):
                p = p._value
            np.testing.assert_allclose(p, w, rtol=1e-12, err_msg=repr(sample))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_float32_stays(sample):
    args = [
        a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == float else a for a in sample.args
    ]

    def total(*xs):
        out = sample.f(*xs)
        return (
            sum(np.sum(np.real(o)) for o in out) if isinstance(out, (tuple, list)) else np.sum(np.real(out))
        )

    for g, a in zip(grad(total, *args), args, strict=True):
        if isinstance(a, np.ndarray) and g is not None:
            assert g.dtype == a.dtype and g.shape == a.shape


def test_repeated_indices_add_up():
    (g,) = grad(lambda x: np.sum(x[[0, 0, 1]]), np.ones(3))
    assert g.tolist() == [2.0, 1.0, 0.0]
    (g,) = grad(lambda x: np.sum(x[[0, 0, 1], [1, 1, 0]]), np.ones((2, 2)))
    assert g.tolist() == [[0.0, 2.0], [1.0, 0.0]]


def test_pieces_are_collected():
    """Pieces of every kind and the whole array, used side by side."""
    (g,) = grad(lambda x: np.sum(x) + x[0] + np.sum(x[1:]) + np.sum(x[x > 0]) + np.sum(x[[1, 1]]), np.ones(3))
    assert g.tolist() == [3.0, 5.0, 3.0]


def test_traced_numbers_as_index():
    (g, n) = grad(lambda x, n: x[n] * x[n + 1 : 3][0] * x[(n,)], np.array([1.0, 2.0, 3.0]), 1)
    assert g.tolist() == [0.0, 12.0, 4.0] and n is None


def test_changing_an_index_afterwards_changes_nothing():
    index = np.array([0, 1])

    def f(x):
        y = np.sum(x[index] ** 2) + np.sum(x[index, None] ** 2)
        index[:] = 2
        return y

    assert grad(f, np.array([1.0, 2.0, 3.0]))[0].tolist() == [4.0, 8.0, 0.0]


def test_large_gather_and_scatter():
    """The two ways of adding up, on vectors and on rows, agree with np.add.at."""
    for shape, count in (((50, 6), 200), ((500, 2), 3), ((300,), 900), ((4, 5, 6), 100)):
        x, i = rng.normal(size=shape), rng.integers(0, shape[0], count)
        w = rng.normal(size=(count, *shape[1:]))
        want = np.zeros(shape)
        np.add.at(want, i, w)
        np.testing.assert_allclose(grad(lambda x: np.sum(x[i] * w), x)[0], want)  # noqa: B023


def test_where_with_one_argument_gives_positions():
    (g,) = grad(lambda x: np.sum(x[np.where(x > 0)]), np.array([-1.0, 2.0]))
    assert g.tolist() == [0.0, 1.0]


def test_where_is_a_strong_zero():
    """What was not chosen gets zero, even where its own derivative is infinite."""
    with np.errstate(all="ignore"):
        (g,) = grad(lambda x: np.sum(np.where(x > 0, x, 1.0) * 2), np.array([-np.inf, 2.0]))
        assert g.tolist() == [0.0, 2.0]
        (g,) = grad(lambda x: np.sum(np.where(x > 0, np.inf * x, 3 * x)), np.array([-1.0]))
        assert np.isnan(g[0]) or g[0] == 3.0  # 0·inf belongs to the product, not to where


def test_nan_to_num_at_replaced_numbers():
    x = np.array([np.nan, np.inf, -np.inf, 2.0])
    (g,) = grad(lambda x: np.sum(np.nan_to_num(x, posinf=1.0, neginf=2.0) * 3), x)
    assert g.tolist() == [0.0, 0.0, 0.0, 3.0]
    assert withgradient(lambda x: np.sum(np.nan_to_num(x)), (x,))[0] == np.sum(np.nan_to_num(x))
    with pytest.raises(MutationError):
        grad(lambda x: np.sum(np.nan_to_num(x, copy=False)), x)


def test_empty():
    for f in (
        lambda x: np.take(x, []), lambda x: x[[]], lambda x: x[np.zeros(3, bool)], np.diag, np.diagflat,
        lambda x: np.where(x > 9, x, 0.0), lambda x: np.extract(x > 9, x), lambda x: np.tril(x[:0]),
        lambda x: np.linspace(x[0], 1.0, 0), lambda x: np.geomspace(x[0], 1.0, 0), lambda x: np.diag(x[:0]),
        lambda x: np.piecewise(x[:0], [x[:0] > 0], [np.sin]),
        lambda x: np.choose(np.zeros((0,), int), [x[:0]]),
    ):  # fmt: skip
        (g,) = grad(lambda x: np.sum(f(x)), np.ones(3))  # noqa: B023
        assert g is None or g.shape == (3,)


def test_integer_results_have_no_derivative():
    assert grad(lambda a: np.sum(np.linspace(a, 5, 4, dtype=int)), 1.0) == (None,)
    assert grad(lambda a: np.sum(np.full_like(np.ones(3, int), a)), 1.5) == (None,)


def test_numpys_own_errors():
    for f in (
        lambda x: x[5], lambda x: np.take(x, 99), lambda x: np.diag(x[None]), lambda x: np.where(x > 0, x),
        lambda x: np.take(x, np.array([0.5])), lambda x: np.select([], []),
        lambda x: np.choose([5, 5, 5, 5], [x, x]),
        lambda x: np.take_along_axis(x, np.array([0]), 0), lambda x: np.geomspace(x[0, 0] * 0, 1, 3),
        lambda x: np.piecewise(x, [x > 0], [1, 2, 3]), lambda x: np.linspace(x, 1, -1),
    ):  # fmt: skip
        with pytest.raises((ValueError, IndexError, TypeError)):
            f(X)
        with pytest.raises((ValueError, IndexError, TypeError)):
            grad(lambda x: np.sum(f(x)), X)  # noqa: B023


WRITERS = {
    "copyto": lambda x, a: np.copyto(a, x),
    "copyto to traced": lambda x, a: np.copyto(x, a),
    "put": lambda x, a: np.put(x, [0], 1.0),
    "place": lambda x, a: np.place(x, x > 0, 1.0),
    "putmask": lambda x, a: np.putmask(x, x > 0, 1.0),
    "fill_diagonal": lambda x, a: np.fill_diagonal(x, 0.0),
    "put_along_axis": lambda x, a: np.put_along_axis(x, np.zeros((1, 4), int), 1.0, 0),
    "full": lambda x, a: np.full(3, x[0, 0], dtype=float),
    "full_like": lambda x, a: np.full_like(a, x[0, 0]),
}


@pytest.mark.parametrize("name", WRITERS)
def test_writing_is_refused(name):
    with pytest.raises(MutationError, match=r"np\.|Buffer"):
        grad(lambda x: WRITERS[name](x, np.zeros((3, 4))) or np.sum(x), X)
