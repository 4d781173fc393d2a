"""Optimisation rules and states, as in Optimisers.jl.

>>> import numpy as np
>>> from fluxbridge import gradient
>>> from fluxbridge.flux.optimisers import Adam, setup, update_
>>> model = {"w": np.array([1.0, -1.0])}
>>> state = setup(Adam(0.1), model)
>>> for _ in range(3):
...     (grad,) = gradient(lambda m: np.sum(m["w"] ** 2), model)
...     _ = update_(state, model, grad)
>>> np.round(model["w"], 3)
array([ 0.702, -0.702])
"""

from ..absent import explain
from ..functors import KeyPath, getkeypath, haskeypath, trainable
from .base import AbstractRule, apply_, init, rule
from .chain import AccumGrad, ClipGrad, ClipNorm, MixedPrecision, OptimiserChain, SignDecay, WeightDecay
from .changes import adjust, adjust_, freeze_, thaw_
from .implicit import (
    ADAM,
    ADAMW,
    NADAM,
    OADAM,
    RADAM,
    ADADelta,
    ADAGrad,
    ClipValue,
    Optimiser,
    params,
)
from .parameters import Restructure, destructure, isnumeric, trainables
from .rules import (
    AdaBelief,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    Descent,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    OAdam,
    RAdam,
    RMSProp,
    Rprop,
)
from .step import update, update_
from .tree import Leaf, setup

__all__ = [
    "ADAM",
    "ADAMW",
    "NADAM",
    "OADAM",
    "RADAM",
    "ADADelta",
    "ADAGrad",
    "AMSGrad",
    "AbstractRule",
    "AccumGrad",
    "AdaBelief",
    "AdaDelta",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamW",
    "ClipGrad",
    "ClipNorm",
    "ClipValue",
    "Descent",
    "KeyPath",
    "Leaf",
    "Lion",
    "MixedPrecision",
    "Momentum",
    "NAdam",
    "Nesterov",
    "OAdam",
    "Optimiser",
    "OptimiserChain",
    "RAdam",
    "RMSProp",
    "Restructure",
    "Rprop",
    "SignDecay",
    "WeightDecay",
    "adjust",
    "adjust_",
    "apply_",
    "destructure",
    "freeze_",
    "getkeypath",
    "haskeypath",
    "init",
    "isnumeric",
    "params",
    "rule",
    "setup",
    "thaw_",
    "trainable",
    "trainables",
    "update",
    "update_",
]  # fmt: skip

__getattr__ = explain("Optimisers")
