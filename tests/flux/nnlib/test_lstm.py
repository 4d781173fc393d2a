import numpy as np
from rulecheck import check

from fluxbridge import gradient
from fluxbridge.flux.nnlib import sigmoid
from fluxbridge.flux.nnlib.lstm import lstm

RNG = np.random.default_rng(0)
N, STEPS, BATCH = 3, 4, 2


def arguments(dtype=float):
    shapes = ((4 * N, STEPS, BATCH), (4 * N, N), (N, BATCH), (N, BATCH))
    return tuple(RNG.normal(size=s).astype(dtype) for s in shapes)


def step_by_step(z, wh, h, c):
    hs, cs = [], []
    for t in range(z.shape[1]):
        gates = z[:, t] + wh @ h
        i, f, g, o = (gates[k * N : (k + 1) * N] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def test_the_same_as_step_by_step():
    xs = arguments()
    for mine, theirs in zip(lstm(*xs), step_by_step(*xs), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    weights = RNG.normal(size=(N, STEPS, BATCH))

    def loss(f):
        return lambda *a: np.sum(f(*a)[0] * weights) + np.sum(f(*a)[1][:, 2] ** 2)

    for mine, theirs in zip(gradient(loss(lstm), *xs), gradient(loss(step_by_step), *xs), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10)


def test_rules_to_second_order():
    xs = arguments()
    check(lambda *a: lstm(*a), *xs)
    check(lambda *a: lstm(*a)[0][:, -1], *xs)
    check(lambda *a: lstm(*a)[1][:, 0], *xs)


def test_types_and_extremes():
    xs = arguments(np.float32)
    hidden, cell = lstm(*xs)
    assert hidden.dtype == cell.dtype == np.float32
    assert all(g.dtype == np.float32 for g in gradient(lambda *a: np.sum(lstm(*a)[0]), *xs))
    z = np.full((4 * N, 1, 1), -1e4, np.float32)
    assert np.all(lstm(z, xs[1], xs[2][:, :1], xs[3][:, :1])[0] == 0)
    empty = lstm(np.zeros((4 * N, 0, BATCH)), *xs[1:])[0]
    assert empty.shape == (N, 0, BATCH)
