"""Pieces of Flux's own tutorials, with the numbers that the real Flux 0.16.10 printed for them."""

import numpy as np
import pytest

from fluxbridge import flux as Flux
from fluxbridge import gradient
from fluxbridge.flux import (
    AccumGrad,
    AdaBelief,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    ClipGrad,
    ClipNorm,
    Dense,
    Descent,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    OAdam,
    OptimiserChain,
    RAdam,
    RMSProp,
    Rprop,
    SignDecay,
    WeightDecay,
)


def test_a_straight_line():
    x_train, x_test = np.arange(6, dtype=np.float32)[None], np.arange(6, 11, dtype=np.float32)[None]
    y_train = 4 * x_train + 2
    predict = Dense((1, 1))
    predict.weight[:] = 0.5

    def loss(model, x, y):
        return np.mean(Flux.abs2(model(x) - y))

    assert loss(predict, x_train, y_train) == pytest.approx(151.29167)
    opt_state = Flux.setup(Descent(), predict)
    Flux.train_(loss, predict, [(x_train, y_train)], opt_state)
    assert loss(predict, x_train, y_train) == pytest.approx(143.57927, rel=1e-6)
    assert predict.weight.item() == pytest.approx(7.9166675)
    assert predict.bias.item() == pytest.approx(2.15)
    for _ in range(200):
        Flux.train_(loss, predict, [(x_train, y_train)], opt_state)
    assert loss(predict, x_train, y_train) == pytest.approx(0.0041924133, rel=1e-3)
    assert predict.weight.item() == pytest.approx(4.0198374)
    assert predict.bias.item() == pytest.approx(2.0055857)
    assert predict(x_test) == pytest.approx(
        np.array([[26.12461, 30.144447, 34.164284, 38.18412, 42.203957]]), rel=1e-6
    )


#: Three steps from (1, 1) on (a² + 10 b²) / 2.
STEPS = [
    (Descent(0.1), [0.7290000000000001, 0.0]),
    (Momentum(0.01, 0.9), [0.944379, 0.486]),
    (Nesterov(0.01, 0.9), [0.920893941, 0.3273209999999999]),
    (RMSProp(0.01), [0.9270530996585012, 0.9270530979723051]),
    (Adam(0.1), [0.701586274504415, 0.7015862716993226]),
    (RAdam(0.1), [0.7157700524373665, -0.5977859778597787]),
    (AdaMax(0.1), [0.7154994747395158, 0.7154994723170176]),
    (OAdam(0.1), [0.6177932632606932, 0.6177932596155624]),
    (AdaGrad(0.1), [0.780456183837889, 0.7804561815297165]),
    (AdaDelta(0.9), [0.9990294138976112, 0.9990294138484971]),
    (AMSGrad(0.1), [-0.16213755855556056, -0.16214142048906244]),
    (NAdam(0.1), [0.6404384189361433, 0.6404384156159322]),
    (AdamW(0.1, (0.9, 0.999), 0.01), [0.6989111847156932, 0.6989111819122635]),
    (AdaBelief(0.1), [0.6523053662261047, 0.6523053662260783]),
    (Lion(0.1), [0.7000000000000001, 0.7000000000000001]),
    (Rprop(0.1), [0.636, 0.636]),
    (OptimiserChain(WeightDecay(0.42), Adam(0.1)), [0.7015862735825537, 0.7015862716867596]),
    (OptimiserChain(SignDecay(0.1), Descent(0.1)), [0.7019, -0.010000000000000002]),
    (OptimiserChain(ClipGrad(1), Descent(0.1)), [0.7290000000000001, 0.7000000000000001]),
    (OptimiserChain(ClipNorm(1), Descent(0.1)), [0.9669889940264886, 0.7018339051752361]),
    (OptimiserChain(AccumGrad(2), Descent(0.1)), [0.9, 0.0]),
]


@pytest.mark.parametrize(("rule", "after"), STEPS, ids=[repr(rule) for rule, _ in STEPS])
def test_rules(rule, after):
    model = {"w": np.array([1.0, 1.0])}
    opt_state = Flux.setup(rule, model)
    for _ in range(3):
        (g,) = gradient(lambda m: (m["w"][0] ** 2 + 10 * m["w"][1] ** 2) / 2, model)
        Flux.update_(opt_state, model, g)
    assert model["w"] == pytest.approx(np.array(after), rel=1e-10, abs=1e-15)


def test_custom_layers():
    @Flux.layer(trainable=("W",))
    class Affine:
        def __init__(self, W, b):
            self.W, self.b = W, b

        def __call__(self, x):
            return self.W @ x + self.b

    a = Affine(np.array([[1, 2], [3, 4], [5, 6]], np.float32), np.array([7, 8, 9], np.float32))
    assert list(Flux.trainable(a).keys()) == ["W"]
    model = Flux.Chain(Flux.Parallel(Flux.vcat, Dense((1, 5)), Dense((1, 7)), Dense((1, 2))), Dense((14, 1)))
    xs = tuple(np.ones((1, 3), np.float32) for _ in range(3))
    assert model(xs).shape == (1, 3)

    class Split:
        def __init__(self, *paths):
            self.paths = paths

        def __call__(self, x):
            return tuple(f(x) for f in self.paths)

    model = Flux.Chain(Dense((10, 5)), Split(Dense((5, 1), np.tanh), Dense((5, 3), np.tanh), Dense((5, 2))))
    outs = model(np.ones(10, np.float32))
    assert [y.shape for y in outs] == [(1,), (3,), (2,)]

    def loss(model, x):
        return sum(np.mean(Flux.abs2(y - 1)) for y in model(x))

    (g,) = gradient(loss, model, np.ones(10, np.float32))[:1]
    assert [p.weight.shape for p in g.layers[1].paths] == [(1, 5), (3, 5), (2, 5)]
    opt_state = Flux.setup(Adam(0.01), model)
    before = loss(model, np.ones(10, np.float32))
    for _ in range(20):
        Flux.train_(loss, model, [(np.ones(10, np.float32),)], opt_state)
    assert loss(model, np.ones(10, np.float32)) < before
