import numpy as np
from rulecheck import check

from fluxbridge import gradient
from fluxbridge.flux.nnlib import sigmoid
from fluxbridge.flux.nnlib.lstm import lstm

RNG = np.random.default_rng(0)
IN, N, STEPS, BATCH = 2, 3, 4, 2


def arguments(dtype=float):
    shapes = ((IN, STEPS, BATCH), (4 * N, IN), (4 * N, N), (4 * N,), (N, BATCH), (N, BATCH))
    return tuple(RNG.normal(size=s).astype(dtype) for s in shapes)


def step_by_step(x, wi, wh, b, h, c):
    hs, cs = [], []
    for t in range(x.shape[1]):
        gates = wi @ x[:, t] + wh @ h + np.reshape(b, (-1, 1))
        i, f, g, o = (gates[k * N : (k + 1) * N] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=0)


def test_the_same_as_step_by_step():
    xs = arguments()
    for mine, theirs in zip(lstm(*xs), step_by_step(*xs), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    weights = RNG.normal(size=(N, STEPS, BATCH))

    def loss(f):
        return lambda *a: np.sum(f(*a)[0] * weights) + np.sum(f(*a)[1][2] ** 2)

    for mine, theirs in zip(gradient(loss(lstm), *xs), gradient(loss(step_by_step), *xs), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10)


def test_rules_to_second_order():
    xs = arguments()
    check(lambda *a: lstm(*a), *xs)
    check(lambda *a: lstm(*a)[0][:, -1], *xs)
    check(lambda *a: lstm(*a)[1][0], *xs)


def test_types_and_extremes():
    xs = arguments(np.float32)
    hidden, cell = lstm(*xs)
    assert hidden.dtype == cell.dtype == np.float32
    assert all(g.dtype == np.float32 for g in gradient(lambda *a: np.sum(lstm(*a)[0]), *xs))
    x, wi, wh, b, h, c = xs
    assert np.all(np.abs(lstm(x, 1e6 * wi, wh, b, h, c)[0]) <= 1)
    constant = gradient(lambda *w: np.sum(lstm(x, *w)[0]), *xs[1:])
    for mine, theirs in zip(constant, gradient(lambda *a: np.sum(lstm(*a)[0]), *xs)[1:], strict=True):
        np.testing.assert_array_equal(mine, theirs)
