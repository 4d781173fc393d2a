"""Every rule of the optimisers, and what an update must not change."""

import numpy as np

from fluxbridge.flux import optimisers as opt

RULES = [
    opt.Descent(), opt.Momentum(), opt.Nesterov(), opt.Rprop(), opt.RMSProp(), opt.RMSProp(centred=True),
    opt.Adam(), opt.RAdam(), opt.AdaMax(), opt.OAdam(), opt.AdaGrad(), opt.AdaDelta(), opt.AMSGrad(),
    opt.NAdam(), opt.AdamW(λ=0.1), opt.AdamW(lambda_=0.1, couple=False), opt.AdaBelief(), opt.Lion(),
    opt.WeightDecay(),
    opt.SignDecay(), opt.ClipGrad(), opt.ClipNorm(), opt.AccumGrad(2),
    opt.OptimiserChain(opt.AccumGrad(2), opt.ClipNorm(0.5), opt.Adam()),
    opt.MixedPrecision(np.float64, opt.Adam()),
]  # fmt: skip


def snapshot(tree, model):
    return repr(tree), [a.copy() for a in opt.trainables(model)]


def unchanged(tree, model, before):
    text, arrays = before
    assert repr(tree) == text
    for a, b in zip(opt.trainables(model), arrays, strict=True):
        np.testing.assert_array_equal(a, b)
