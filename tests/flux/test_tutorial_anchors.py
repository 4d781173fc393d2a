"""Numbers that the real Flux gave for its own tutorials, from fixed starts."""

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
)  # fmt: skip

#: Three steps down x²/2 + 5y² from (1, 1).
THREE_STEPS = [
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


@pytest.mark.parametrize(("rule", "expected"), THREE_STEPS, ids=lambda v: repr(v)[:40])
def test_three_steps_of_every_rule(rule, expected):
    model = {"w": np.ones(2)}
    state = Flux.setup(rule, model)
    for _ in range(3):
        (grad,) = gradient(lambda m: 0.5 * np.sum(np.array([1.0, 10.0]) * m["w"] ** 2), model)
        Flux.update_(state, model, grad)
    np.testing.assert_allclose(model["w"], expected, rtol=1e-12, atol=1e-15)


def test_the_overview_fits_a_line():
    x = np.arange(6, dtype=np.float32).reshape(1, -1)
    y = 4 * x + 2
    model = Flux.Dense(np.array([[0.5]], np.float32))
    state = Flux.setup(Descent(), model)

    def loss(m, x, y):
        return np.mean(np.abs(m(x) - y) ** 2)

    def same(expected, weight, bias):
        np.testing.assert_allclose(loss(model, x, y), expected, rtol=1e-4)
        np.testing.assert_allclose(model.weight, [[weight]], rtol=1e-5)
        np.testing.assert_allclose(model.bias, [bias], rtol=1e-5)

    assert loss(model, x, y) == pytest.approx(151.29167)
    Flux.train_(loss, model, [(x, y)], state)
    same(143.57927, 7.9166675, 2.15)
    for _ in range(200):
        Flux.train_(loss, model, [(x, y)], state)
    same(0.0041924133, 4.0198374, 2.0055857)
    later = model(np.arange(6, 11, dtype=np.float32).reshape(1, -1))
    np.testing.assert_allclose(later, [[26.12461, 30.144447, 34.164284, 38.18412, 42.203957]], rtol=1e-6)
