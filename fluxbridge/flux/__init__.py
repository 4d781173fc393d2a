"""Flux in Python: layers, losses, optimisers, training and data with Flux's names, shapes and numbers.

>>> import numpy as np
>>> from fluxbridge import flux as Flux
>>> from fluxbridge.flux import Chain, Dense
>>> model = Chain(Dense((2, 3), np.tanh), Dense((3, 1)))
>>> model
Chain(Dense(2 => 3, tanh), Dense(3 => 1))
>>> (slope,) = Flux.gradient(lambda m: np.sum(m(np.ones((2, 5), np.float32))), model)
>>> slope.layers[1].bias
array([5.], dtype=float32)
"""

from typing import TYPE_CHECKING

import numpy as np

from .. import adtypes
from ..adtypes import AutoEnzyme as AutoEnzyme
from ..adtypes import AutoFiniteDifferences as AutoFiniteDifferences
from ..adtypes import AutoForwardDiff as AutoForwardDiff
from ..adtypes import AutoMooncake as AutoMooncake
from ..adtypes import AutoNative as AutoNative
from ..adtypes import AutoZygote as AutoZygote
from ..api import diaghessian as diaghessian
from ..api import gradient as gradient
from ..api import hessian as hessian
from ..api import jacobian as jacobian
from ..api import pullback as pullback
from ..api import withgradient as withgradient
from ..api import withjacobian as withjacobian
from ..autodiff.template import Record as Record
from . import data, devices, distributed, functors, losses, nnlib, onehotarrays, optimisers, training
from . import registration as registration
from .absent import explain as _explain
from .callbacks import *
from .data.batches import *
from .data.datasets import *
from .data.folds import *
from .data.like import *
from .data.loader import *
from .data.observations import *
from .data.resample import *
from .data.search import *
from .data.views import *
from .declare import *
from .devices import *
from .distributed.backends import MPIBackend as MPIBackend
from .exchange import *
from .functors.keypath import KeyPath as KeyPath
from .functors.keypath import getkeypath as getkeypath
from .functors.keypath import haskeypath as haskeypath
from .functors.maps import *
from .functors.trained import *
from .functors.trees import children as children
from .functors.trees import functor as functor
from .functors.trees import isleaf as isleaf
from .functors.trees import leaf as leaf
from .initialisers import *
from .layers.attention import *
from .layers.basic import *
from .layers.containers import *
from .layers.conv import *
from .layers.dropout import *
from .layers.embedding import *
from .layers.normalise import *
from .layers.pooling import *
from .layers.recurrent import *
from .layers.shapes import *
from .layers.upsample import *
from .layers.weightnorm import *
from .lazy import _ as _
from .losses import *
from .mode import *
from .names import exported as _exported
from .nnlib import *
from .onehotarrays import *
from .optimisers.base import AbstractRule as AbstractRule
from .optimisers.chain import *
from .optimisers.changes import *
from .optimisers.implicit import *
from .optimisers.parameters import destructure as destructure
from .optimisers.parameters import trainables as trainables
from .optimisers.rules import *
from .optimisers.step import *
from .optimisers.tree import setup as setup
from .outputsize import *
from .precision import *
from .rng import *
from .saving import *
from .state import *
from .training import *

ADTypes = adtypes
DistributedUtils = distributed
Functors = functors
Losses = losses
MLDataDevices = devices
MLUtils = data
NNlib = nnlib
OneHotArrays = onehotarrays
Optimisers = optimisers
Train = training
tanh = np.tanh  #: part of Julia's Base

if not TYPE_CHECKING:  # for type checkers a star exports what it imports
    del TYPE_CHECKING
    __all__ = _exported(
        globals(),
        "ADTypes",
        "DistributedUtils",
        "Functors",
        "Losses",
        "MLDataDevices",
        "MLUtils",
        "NNlib",
        "OneHotArrays",
        "Optimisers",
        "Train",
    )
    __getattr__ = _explain("Flux", __all__)
